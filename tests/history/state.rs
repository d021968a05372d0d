//! A workbook at one instant, reduced to what the promises are about.

use spoolboard::domain::{Cell, Column};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The cells of one row by header, tracked columns under their usual name; empty ones are not there.
pub(crate) type Cells = Arc<BTreeMap<String, String>>;

/// A column in which two versions of a row differ, and what stood there before and after.
pub(crate) type Difference = (String, String, String);

/// A workbook at one instant.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// The columns of `Operaciones`, in order.
    pub(crate) header: Arc<Vec<String>>,
    /// In the order of the sheet.
    pub(crate) rows: Vec<Row>,
    /// In the order of the sheet.
    pub(crate) audit: Vec<Arc<Event>>,
    /// The audit cannot be written: its tab is away, or protected from us.
    pub(crate) audit_closed: bool,
    /// Columns that somebody has given another name for a while, by their own.
    pub(crate) renamed: BTreeSet<String>,
}

/// A row of `Operaciones`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// TAG, NV, OT and which of its equals: what it is, wherever it stands.
    pub(crate) key: Arc<str>,
    /// Where it stands, counted from 0.
    pub(crate) place: usize,
    pub(crate) cells: Cells,
}

/// A row of `Metadata`.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) tag: String,
    pub(crate) kind: String,
    /// 0 is the system.
    pub(crate) worker: u32,
    /// Its `Metadata_JSON`.
    pub(crate) notes: serde_json::Value,
    /// All of it, as it stands.
    pub(crate) whole: String,
}

impl State {
    /// A state whose rows know what they are.
    pub(crate) fn new(header: Arc<Vec<String>>, rows: impl IntoIterator<Item = Cells>, audit: Vec<Arc<Event>>) -> State {
        let rows = rows.into_iter().enumerate().filter(|(_, cells)| !cells.is_empty());
        State { header, rows: keyed(rows), audit, ..State::default() }
    }

    /// The same under other names: `names` says what each name that is not its column's own stands for.
    pub(crate) fn under(&self, names: &BTreeMap<String, String>) -> State {
        if names.is_empty() {
            return self.clone();
        }
        let usual = |name: &String| names.get(name).unwrap_or(name).clone();
        let cells = |row: &Row| Arc::new(row.cells.iter().map(|(name, text)| (usual(name), text.clone())).collect());
        State {
            header: Arc::new(self.header.iter().map(usual).collect()),
            rows: keyed(self.rows.iter().map(|row| (row.place, cells(row)))),
            renamed: names.values().cloned().collect(),
            ..self.clone()
        }
    }

    /// The rows by what they are.
    pub(crate) fn by_key(&self) -> BTreeMap<&str, &Row> {
        self.rows.iter().map(|row| (&*row.key, row)).collect()
    }

    /// TAG and worker of each occupied row whose worker can be read.
    pub(crate) fn occupied(&self) -> Vec<(String, u32)> {
        let mut found: Vec<_> =
            self.rows.iter().filter_map(|row| Some((row.cell(Column::Tag).to_owned(), worker_of(row.occupant()?)?))).collect();
        found.sort();
        found
    }
}

fn keyed(rows: impl Iterator<Item = (usize, Cells)>) -> Vec<Row> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let keyed = rows.map(|(place, cells)| {
        let part = |column: Column| cells.get(column.header()).cloned().unwrap_or_default();
        let name = format!("{} ({}, OT {})", part(Column::Tag), part(Column::Nv), part(Column::Ot));
        let nth = seen.entry(name.clone()).or_default();
        *nth += 1;
        Row { key: if *nth == 1 { name.into() } else { format!("{name} no. {nth}").into() }, place, cells }
    });
    keyed.collect()
}

impl Row {
    /// What stands in a tracked column; nothing is the empty text.
    pub(crate) fn cell(&self, column: Column) -> &str {
        self.cells.get(column.header()).map_or("", String::as_str)
    }

    /// Whoever has it.
    pub(crate) fn occupant(&self) -> Option<&str> {
        let text = self.cell(Column::OccupiedBy);
        let free = text.is_empty() || text.eq_ignore_ascii_case("disponible") || Cell::text(text).is_filler();
        (!free).then_some(text)
    }

    /// The columns in which two rows differ, with both contents.
    pub(crate) fn differences(&self, after: &Row) -> Vec<Difference> {
        if Arc::ptr_eq(&self.cells, &after.cells) {
            return Vec::new();
        }
        let names: BTreeSet<&String> = self.cells.keys().chain(after.cells.keys()).collect();
        let text = |row: &Row, name: &str| row.cells.get(name).cloned().unwrap_or_default();
        let pairs = names.into_iter().map(|name| (name.clone(), text(self, name), text(after, name)));
        pairs.filter(|(_, before, after)| before != after).collect()
    }
}

/// Whether two cells say the same: a number may lose its last digits on the way.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    a == b || number(a).zip(number(b)).is_some_and(|(a, b)| (a - b).abs() < 5e-9)
}

/// The number in a stamp such as `MR(93)`.
pub(crate) fn worker_of(stamp: &str) -> Option<u32> {
    stamp.rsplit_once('(')?.1.strip_suffix(')')?.parse().ok()
}

/// A cell in `antes` as [`Row`] holds it.
pub(crate) fn text_of_json(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Bool(value) => truth(*value),
        serde_json::Value::Number(number) => number.as_f64().map(number_text).unwrap_or_default(),
        other => match (other["fecha"].as_f64(), other["error"].as_str()) {
            (Some(days), _) => number_text(days),
            (None, Some(error)) => error.to_owned(),
            (None, None) => other.to_string(),
        },
    }
}

pub(crate) fn truth(value: bool) -> String {
    if value { "TRUE" } else { "FALSE" }.to_owned()
}

/// The shortest text that reads back as this number.
pub(crate) fn number_text(number: f64) -> String {
    number.to_string()
}
