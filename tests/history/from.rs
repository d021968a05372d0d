//! A history out of the stand-in's journal.

use super::state::{Cells, Event, State, number_text, truth};
use super::{Asked, By, Call, History, Process, Screen, Step};
use crate::stand_in::book::Book;
use crate::stand_in::grid::{Cell, Sheet, Value};
use crate::stand_in::quota::Quota;
use crate::stand_in::{ACCOUNT, Entry, Journal, Method};
use spoolboard::domain::Column;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A row as the stand-in holds it, shared by the versions of a sheet.
type Line = Arc<Vec<Cell>>;

/// Reads workbooks; rows that several versions share are read once.
#[derive(Default)]
struct Reader {
    /// By the row and the header it was read under; both are kept alive by the journal.
    rows: HashMap<(*const Vec<Cell>, *const Vec<Cell>), Cells>,
    events: HashMap<*const Vec<Cell>, Arc<Event>>,
    header: Option<(Line, Arc<Vec<String>>)>,
}

/// The account of a process in one of its lives. Who gives each its own lets the checker tell them apart.
pub(crate) fn account((number, life): Process) -> String {
    format!("tablero-{number}-{life}@taller-inventado.iam.gserviceaccount.com")
}

/// Whose account it is, if it is one of those.
fn process(account: &str) -> Option<Process> {
    let (number, life) = account.strip_prefix("tablero-")?.split_once('@')?.0.split_once('-')?;
    Some((number.parse().ok()?, life.parse().ok()?))
}

/// The history of a run: how the workbook was before it, what the stand-in wrote down, what the
/// clients asked, and what the screens show now. The journal must have kept its snapshots.
///
/// What a process with an account of its own decided on is what it was last told; of others a read and the
/// write after it are believed to take `round_trip`.
pub(crate) fn journal(
    before: &Book,
    journal: &Journal,
    asked: Vec<Asked>,
    screens: Vec<Screen>,
    round_trip: Duration,
) -> History {
    let mut reader = Reader::default();
    let start = reader.state(before);
    let of_book = journal.entries().iter().filter(|entry| entry.book == before.id);
    let readings = readings(journal);
    let steps = of_book.map(|entry| {
        let process = process(&entry.by);
        let last = process.and_then(|_| {
            let of_it = readings.get(entry.by.as_str())?;
            of_it.get(of_it.partition_point(|at| *at <= entry.came).checked_sub(1)?).copied()
        });
        Step {
            at: entry.at,
            by: by(entry),
            process: process.unwrap_or_default(),
            since: last.unwrap_or_else(|| entry.at.saturating_sub(round_trip)),
            what: entry.what.clone(),
            after: reader.state(entry.after.as_ref().expect("the journal kept no snapshots")),
        }
    });
    let steps = steps.collect();
    // What was refused for the quota was asked all the same.
    let calls = journal.calls().iter().filter(|call| call.counted.is_some() || call.status == 429);
    let calls =
        calls.map(|call| Call { at: call.at, writes: call.counted.map_or(writes(call.method), |quota| quota == Quota::Write) });
    History { start, steps, calls: calls.collect(), asked, screens }
}

fn by(entry: &Entry) -> By {
    let parts = entry.request["requests"].as_array();
    let is_fence = |part: &serde_json::Value| !part["deleteSheet"].is_null() || !part["addSheet"].is_null();
    match parts {
        _ if entry.is_human() => By::Human,
        Some(parts) if !parts.is_empty() && parts.iter().all(is_fence) => By::Fence,
        _ => By::Us,
    }
}

/// When each account was told of the rows.
fn readings(journal: &Journal) -> HashMap<&str, Vec<Duration>> {
    let mut readings: HashMap<&str, Vec<Duration>> = HashMap::new();
    let heard = |call: &&crate::stand_in::journal::Record| call.heard && call.status == 200;
    for call in journal.calls().iter().filter(heard).filter(|call| call.method == Method::ValuesBatchGet.name()) {
        readings.entry(&call.by).or_default().push(call.at);
    }
    readings.values_mut().for_each(|times| times.sort());
    readings
}

fn writes(method: &str) -> bool {
    ["pdate", "ppend", "lear"].iter().any(|word| method.contains(word))
}

impl Reader {
    fn state(&mut self, book: &Book) -> State {
        let (Some(rows), metadata) = (book.titled("Operaciones"), book.titled("Metadata")) else { return State::default() };
        let header = self.header(rows);
        let Some((head, body)) = rows.rows.split_first() else { return State::default() };
        let cells = body.iter().map(|row| {
            let read = || Arc::new(named(&header, row));
            Arc::clone(self.rows.entry((Arc::as_ptr(row), Arc::as_ptr(head))).or_insert_with(read))
        });
        let cells: Vec<Cells> = cells.collect();
        let audit = metadata.map_or_else(Vec::new, |sheet| self.audit(sheet));
        let closed = metadata.is_none_or(|sheet| book.guard(ACCOUNT, sheet.id, sheet.rect()).is_err());
        State { audit_closed: closed, ..State::new(header, cells, audit) }
    }

    fn header(&mut self, sheet: &Sheet) -> Arc<Vec<String>> {
        let Some(row) = sheet.rows.first() else { return Arc::default() };
        match &self.header {
            Some((known, header)) if Arc::ptr_eq(known, row) => Arc::clone(header),
            _ => {
                let header: Arc<Vec<String>> = Arc::new(row.iter().map(|cell| usual(&text(cell))).collect());
                self.header = Some((Arc::clone(row), Arc::clone(&header)));
                header
            }
        }
    }

    fn audit(&mut self, sheet: &Sheet) -> Vec<Arc<Event>> {
        let Some((head, body)) = sheet.rows.split_first() else { return Vec::new() };
        let names: Vec<String> = head.iter().map(text).collect();
        let rows = body.iter().filter(|row| row.iter().any(|cell| !cell.is_empty()));
        rows.map(|row| Arc::clone(self.events.entry(Arc::as_ptr(row)).or_insert_with(|| Arc::new(event(&names, row))))).collect()
    }
}

fn event(names: &[String], row: &[Cell]) -> Event {
    let of =
        |name: &str| names.iter().position(|found| found == name).and_then(|place| row.get(place)).map(text).unwrap_or_default();
    Event {
        id: of("ID"),
        tag: of("TAG_SPOOL"),
        kind: of("Evento_Tipo"),
        worker: of("Worker_ID").parse().unwrap_or(0),
        notes: serde_json::from_str(&of("Metadata_JSON")).unwrap_or_default(),
        whole: row.iter().map(text).collect::<Vec<_>>().join(" | "),
    }
}

fn named(header: &[String], row: &[Cell]) -> std::collections::BTreeMap<String, String> {
    let cells = header.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
    cells.map(|(name, cell)| (name.clone(), cell.source().map_or_else(|| text(cell), str::to_owned))).collect()
}

/// The usual name of a tracked column, however the sheet spells it.
fn usual(header: &str) -> String {
    Column::from_header(header).map_or_else(|| header.to_owned(), |column| column.header().to_owned())
}

fn text(cell: &Cell) -> String {
    match &cell.value {
        None => String::new(),
        Some(Value::Text(text) | Value::Error(text)) => text.clone(),
        Some(Value::Number(number)) => number_text(*number),
        Some(Value::Bool(value)) => truth(*value),
    }
}
