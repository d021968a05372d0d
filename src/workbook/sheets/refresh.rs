//! Reading the workbook: one call for the header, the tracked columns, the people and what is new
//! in the audit (`design.md` 5.1).

use super::a1::{self, Col, Fila, TabId};
use super::budget::{Budget, Need};
use super::client::{Book, Client, Columns, Failed, Reason, Render, Tab};
use crate::domain::{Cell, Column, Header, Moment, Row, Spool};
use crate::words;
use crate::workbook::audit_row::HEADERS;
use crate::workbook::sheet::places_in;
use crate::workbook::{Loaded, Names, Seen, Sheet, Sheets, View};
use chrono::Duration;
use chrono_tz::Tz;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// Audit rows that are read at a time when all of them are.
const BLOCK: u32 = 20_000;

/// How far back the audit is kept in memory (`design.md` 5.8).
const MEMORY: Duration = Duration::days(400);

/// How often a reading begins again because the workbook moved beneath it.
const TRIES: u32 = 4;

/// Where things are in the workbook, as last seen.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) operaciones: Tab,
    trabajadores: Tab,
    roles: Tab,
    pub(super) metadata: Option<Tab>,
    /// The header line of `Operaciones`.
    pub(super) line: Vec<String>,
    pub(super) header: Header,
    /// The header line of `Metadata`.
    pub(super) audit: Vec<String>,
}

impl Layout {
    /// Where a tracked column is.
    pub(super) fn col(&self, column: Column) -> Option<Col> {
        self.header.place(column).map(Col)
    }

    /// Where the ten columns of the audit are, and in which tab; else what is wrong with it.
    pub(super) fn audit(&self) -> Result<(TabId, [Col; 10]), String> {
        let Some(tab) = &self.metadata else { return Err(words::text("sheets-no-audit").into()) };
        if tab.is_barred() {
            return Err(words::say("sheets-tab-protected").with("tab", &tab.title).to_string());
        }
        let missing = |missing: Vec<&str>| lacks_columns(&tab.title, &missing);
        self.audit_columns().map(|columns| (tab.id, columns)).map_err(missing)
    }

    /// The same tabs under another header line of `Operaciones`.
    pub(super) fn under(&self, line: Vec<String>) -> Layout {
        Layout { header: Header::read(&line), line, ..self.clone() }
    }

    /// Where the ten columns of the audit are; else the names of those that are not there.
    pub(super) fn audit_columns(&self) -> Result<[Col; 10], Vec<&'static str>> {
        let found = places_in(&self.audit, HEADERS);
        let missing: Vec<&str> =
            HEADERS.into_iter().zip(found).filter(|(_, place)| place.is_none()).map(|(name, _)| name).collect();
        if missing.is_empty() { Ok(found.map(|place| Col(place.unwrap_or_default()))) } else { Err(missing) }
    }
}

/// Why a reading brought nothing.
#[derive(Debug, Clone)]
pub(super) enum Unread {
    /// The call failed.
    Failed(Failed),
    /// It cannot be true, or not yet: the last good reading stays.
    Implausible(String),
    /// The workbook itself is not as it must be, in words for who can put it right.
    Wrong(String),
}

/// Plain words; with `{:#}` what the network or Google said, too.
impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Failed(Failed::NotApplied(reason)) => match reason {
                Reason::ApiOff => f.write_str(words::text("sheets-api-off")),
                Reason::Quota { .. } => f.write_str(words::text("sheets-quota")),
                Reason::Auth(_) => f.write_str(words::text("sheets-key-refused")),
                Reason::BadRequest { text, .. } => detailed(f, words::text("sheets-not-understood"), text),
                Reason::Permission => f.write_str(words::text("sheets-not-shared")),
                Reason::NotFound => f.write_str(words::text("sheets-no-such")),
                Reason::Unreachable(why) => detailed(f, words::text("sheets-silent"), why),
            },
            Unread::Failed(Failed::Doubtful(why)) => detailed(f, words::text("sheets-silent"), why),
            Unread::Implausible(why) | Unread::Wrong(why) => f.write_str(why),
        }
    }
}

/// What is said of a tab that lacks columns.
pub(super) fn lacks_columns(tab: &str, columns: &[&str]) -> String {
    words::say("sheets-no-columns").count("count", columns.len()).with("tab", tab).with("columns", columns.join(", ")).to_string()
}

fn detailed(f: &mut fmt::Formatter<'_>, words: &str, why: &str) -> fmt::Result {
    if f.alternate() { write!(f, "{words} ({why})") } else { f.write_str(words) }
}

impl From<Failed> for Unread {
    fn from(failed: Failed) -> Unread {
        Unread::Failed(failed)
    }
}

/// What was read.
#[derive(Debug)]
pub(super) struct Fresh {
    pub(super) loaded: Loaded,
    /// `loaded` holds the whole audit, not only what is new in it.
    pub(super) whole: bool,
    /// The last row of the audit, from which the next reading goes on.
    last: Option<(Fila, Uuid)>,
}

/// Reads the workbook, and remembers where everything was.
#[derive(Debug)]
pub(super) struct Reader {
    names: Names,
    zone: Tz,
    /// Once found by name, a tab is known by its id.
    ids: [Option<TabId>; 4],
    layout: Option<Layout>,
    /// The last audit row that is known.
    audited: Option<(Fila, Uuid)>,
    /// The last reading had far fewer rows than the one before.
    doubted: bool,
    /// Of a long audit only the beginning and the end are read.
    briefly: bool,
}

impl Reader {
    pub(super) fn new(names: Names, zone: Tz) -> Reader {
        Reader { names, zone, ids: [None; 4], layout: None, audited: None, doubted: false, briefly: false }
    }

    /// Reads of a long audit only its beginning and its end, for who wants to know how long it is.
    pub(super) fn briefly(self) -> Reader {
        Reader { briefly: true, ..self }
    }

    /// Where things were when the workbook was last read.
    pub(super) fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    /// Reads everything that may have changed; what has not is as `known` has it.
    pub(super) async fn read(
        &mut self,
        client: &Client,
        budget: &mut Budget,
        need: Need,
        known: &View,
        at: Moment,
    ) -> Result<Fresh, Unread> {
        for _ in 0..TRIES {
            let layout = match self.layout.clone() {
                Some(layout) => layout,
                None => self.locate(client, budget, need).await?,
            };
            let (asked, places) = self.ranges(&layout);
            budget.reads.take(need).await;
            let mut found = match client.batch_get(&asked, Render::Value).await {
                Err(Failed::NotApplied(Reason::BadRequest { .. })) => {
                    // A tab was renamed or deleted, or the grid became smaller.
                    (self.layout, self.audited) = (None, None);
                    continue;
                }
                found => found?.into_iter(),
            };
            let mut next = || found.next().unwrap_or_default();
            let line = texts(&next());
            let (workers, roles) = (whole_sheet(next()), whole_sheet(next()));
            let audit = if layout.metadata.is_some() { texts(&next()) } else { Vec::new() };
            if line != layout.line || audit != layout.audit {
                if audit != layout.audit {
                    // What was read of it under another header may read otherwise now.
                    self.audited = None;
                }
                let header = Header::read(&line);
                // A column that somebody has inserted makes the tab wider than when it was listed.
                let width = audit.len();
                let metadata = layout.metadata.map(|tab| Tab { columns: tab.columns.max(width), ..tab });
                self.layout = Some(Layout { line, header, audit, metadata, ..layout });
                continue;
            }
            let has_audit = layout.metadata.as_ref().is_some_and(|tab| tab.rows > 1);
            let mut rows = if has_audit { sheet_rows(self.audit_from(), next()) } else { Vec::new() };
            let columns: Columns = places.iter().flat_map(|(first, last)| padded(next(), last.0 - first.0 + 1)).collect();
            let whole = self.audited.is_none();
            if whole && let Some(tab) = &layout.metadata {
                let skipped = if self.briefly { (tab.rows + 1).saturating_sub(BLOCK) } else { 0 };
                rows.extend(older(tab, skipped.max(2 + BLOCK), client, budget, need).await?);
            }
            let header: Vec<String> =
                places.iter().flat_map(|(first, last)| layout.line[first.0..=last.0].iter().cloned()).collect();
            let seen = seen(columns, &Header::read(&header), known);
            let operaciones = Sheet { header, rows: Vec::new() };
            let last = rows.iter().rev().find(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())).map(|(fila, _)| *fila);
            rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
            let first = rows.first().map(|(fila, _)| *fila);
            let metadata = Sheet { header: layout.audit.clone(), rows };
            let sheets = Sheets { operaciones, trabajadores: workers, roles, metadata };
            let mut loaded = sheets.load(self.zone, at);
            loaded.rows = seen;
            // Of the sheet itself, and not of the columns that were asked for.
            loaded.header = layout.header.clone();
            let known = self.audited.map(|(fila, id)| (Some(fila.0), Some(id)));
            if known.is_some_and(|known| known != (first, loaded.events.first().map(|event| event.id))) {
                // The audit is not as it was: rows of it were moved or taken away.
                tracing::warn!("the rows of the audit have moved; reading all of it");
                self.audited = None;
                continue;
            }
            let last = last.zip(loaded.events.last()).map(|(fila, event)| (Fila(fila), event.id));
            loaded.events.retain(|event| event.at.is_none_or(|then| at - then < MEMORY));
            return Ok(Fresh { loaded, whole, last });
        }
        Err(Unread::Implausible(words::text("sheets-changes").into()))
    }

    /// Judges a reading by the one before it, of `before` rows (`field-failures.md` C5).
    pub(super) fn judge(&mut self, fresh: &Fresh, before: usize) -> Result<(), Unread> {
        let rows = fresh.loaded.rows.len();
        let implausible = |why: String| Err(Unread::Implausible(why));
        if before == 0 {
            return Ok(());
        }
        if Column::ALL.iter().filter(|column| column.is_critical()).all(|column| fresh.loaded.missing.contains(column)) {
            return implausible(words::text("sheets-no-header").into());
        }
        if rows == 0 {
            return implausible(words::text("sheets-empty").into());
        }
        if rows * 10 < before * 8 && !std::mem::replace(&mut self.doubted, true) {
            return implausible(words::say("sheets-too-few").count("rows", rows).count("before", before).to_string());
        }
        self.doubted = false;
        Ok(())
    }

    /// Finds the tabs; `None` of them is looked for by name again once its id is known.
    pub(super) async fn locate(&mut self, client: &Client, budget: &mut Budget, need: Need) -> Result<Layout, Unread> {
        budget.reads.take(need).await;
        let book = client.get().await?;
        self.place(&book)
    }

    /// Takes a list of tabs that was just read.
    pub(super) fn place(&mut self, book: &Book) -> Result<Layout, Unread> {
        if self.layout.is_none() && book.zone != self.zone.name() {
            tracing::warn!(workbook = book.zone, plant = self.zone.name(), "the workbook is in another time zone");
        }
        let names = self.names.all();
        let mut tabs = [const { None }; 4];
        for (place, name) in names.iter().enumerate() {
            let by_id = book.tabs.iter().find(|tab| Some(tab.id) == self.ids[place]);
            let by_name = || book.tabs.iter().find(|tab| tab.title.trim().to_lowercase() == name.trim().to_lowercase());
            tabs[place] = by_id.or_else(by_name).cloned();
            self.ids[place] = tabs[place].as_ref().map(|tab| tab.id).or(self.ids[place]);
        }
        let missing: Vec<&str> =
            names.iter().zip(&tabs).take(3).filter(|(_, tab)| tab.is_none()).map(|(name, _)| *name).collect();
        let [Some(operaciones), Some(trabajadores), Some(roles), metadata] = tabs else {
            return Err(Unread::Wrong(
                words::say("sheets-no-tab").count("count", missing.len()).with("tabs", missing.join(", ")).to_string(),
            ));
        };
        let (line, header, audit) =
            self.layout.take().map(|layout| (layout.line, layout.header, layout.audit)).unwrap_or_default();
        let layout = Layout { operaciones, trabajadores, roles, metadata, line, header, audit };
        self.layout = Some(layout.clone());
        Ok(layout)
    }

    /// Memory has taken a reading: the next one needs no more of the audit than what follows. One
    /// that was not taken is read again.
    pub(super) fn accept(&mut self, fresh: &Fresh) {
        self.audited = fresh.last.or(self.audited);
    }

    /// Which cells of the columns that we write hold a formula: row of the sheet, column and text.
    pub(super) async fn formulas(&self, client: &Client, budget: &mut Budget) -> Result<Vec<(u32, Column, String)>, Failed> {
        let Some(layout) = &self.layout else { return Ok(Vec::new()) };
        let ours = Column::ALL.into_iter().filter(|column| column.is_ours());
        let ours: Vec<(Column, Col)> = ours.filter_map(|column| Some((column, layout.col(column)?))).collect();
        let title = &layout.operaciones.title;
        let asked: Vec<String> = ours.iter().map(|(_, col)| a1::columns(title, Fila(2), *col, *col)).collect();
        budget.reads.take(Need::Sometime).await;
        let found = client.batch_get(&asked, Render::Formula).await?;
        let mut formulas = Vec::new();
        for ((column, _), cells) in ours.iter().zip(found) {
            let texts = (2..).zip(cells.into_iter().next().unwrap_or_default());
            formulas.extend(texts.filter(|(_, cell)| is_formula(cell)).map(|(fila, cell)| (fila, *column, cell.display())));
        }
        Ok(formulas)
    }

    /// How many rows the audit has, those included that memory does not keep.
    pub(super) fn audit_rows(&self) -> u32 {
        self.audited.map_or(0, |(fila, _)| fila.0.saturating_sub(1))
    }

    fn audit_from(&self) -> Fila {
        self.audited.map_or(Fila(2), |(fila, _)| fila)
    }

    /// What one reading asks for, and the runs of columns that it ends with.
    fn ranges(&self, layout: &Layout) -> (Vec<String>, Vec<(Col, Col)>) {
        let Layout { operaciones, trabajadores, roles, metadata, .. } = layout;
        let mut asked = vec![a1::row(&operaciones.title, Fila(1)), a1::tab(&trabajadores.title), a1::tab(&roles.title)];
        if let Some(tab) = metadata {
            asked.push(a1::row(&tab.title, Fila(1)));
            let from = self.audit_from();
            if tab.rows > 1 {
                asked.push(if self.audited.is_some() { to_the_end(tab, from) } else { block(tab, from) });
            }
        }
        let tracked = Column::ALL.into_iter().filter_map(|column| layout.col(column)).collect();
        let runs = if operaciones.rows > 1 { a1::runs(tracked) } else { Vec::new() };
        asked.extend(runs.iter().map(|(first, last)| a1::columns(&operaciones.title, Fila(2), *first, *last)));
        (asked, runs)
    }
}

/// Leaves out what is no formula but a text that looks like one: it reads as it is written.
pub(super) fn true_formulas(found: Vec<(u32, Column, String)>, view: &View) -> Vec<(Arc<Spool>, Column, String)> {
    let by_fila: HashMap<u32, &Arc<Spool>> = view.spools.iter().map(|spool| (spool.fila, spool)).collect();
    let known = found.into_iter().filter_map(|(fila, column, text)| {
        let spool = by_fila.get(&fila).filter(|spool| spool.row[column].display() != text)?;
        Some((Arc::clone(spool), column, text))
    });
    known.collect()
}

/// The blocks of the audit from a row after the first block on.
async fn older(
    tab: &Tab,
    mut from: u32,
    client: &Client,
    budget: &mut Budget,
    need: Need,
) -> Result<Vec<(u32, Vec<Cell>)>, Failed> {
    let mut rows = Vec::new();
    while from <= tab.rows {
        budget.reads.take(need).await;
        let found = client.batch_get(&[block(tab, Fila(from))], Render::Value).await?;
        rows.extend(sheet_rows(Fila(from), found.into_iter().next().unwrap_or_default()));
        from += BLOCK;
    }
    Ok(rows)
}

/// One block of the audit. The last one has no end: since the tabs were listed, batches of our own
/// have made theirs longer.
fn block(tab: &Tab, from: Fila) -> String {
    match from.0 + BLOCK > tab.rows {
        true => to_the_end(tab, from),
        false => a1::rows(&tab.title, from, Fila(from.0 + BLOCK - 1), tab.columns),
    }
}

fn to_the_end(tab: &Tab, from: Fila) -> String {
    a1::columns(&tab.title, from, Col(0), Col(tab.columns.saturating_sub(1)))
}

fn is_formula(cell: &Cell) -> bool {
    // A text that begins so is shown with an apostrophe before it, or was written as text by us.
    matches!(cell, Cell::Text(text) if text.starts_with('=') && text.len() > 1)
}

/// The texts of a line that was read by columns.
fn texts(columns: &Columns) -> Vec<String> {
    columns.iter().map(|cells| cells.first().map(Cell::display).unwrap_or_default()).collect()
}

/// So many columns, the last of which may have been left out because they are empty.
fn padded(mut columns: Columns, width: usize) -> Columns {
    columns.resize(width, Vec::new());
    columns
}

/// The rows of `Operaciones` that hold anything in its tracked columns, from row 2 on.
fn seen(mut columns: Columns, header: &Header, known: &View) -> Vec<(u32, Seen)> {
    static EMPTY: Cell = Cell::Empty;
    static MISSING: Cell = Cell::Missing;
    let length = columns.iter().map(Vec::len).max().unwrap_or_default();
    let places = Column::ALL.map(|column| header.place(column));
    let mut rows = Vec::with_capacity(length);
    let mut known = known.spools.iter().peekable();
    for (index, fila) in (0..length).zip(2..) {
        while known.next_if(|spool| spool.fila < fila).is_some() {}
        let as_known = known.peek().filter(|spool| {
            let cell = |place: usize| columns[place].get(index).unwrap_or(&EMPTY);
            let shown = places.map(|place| place.map_or(&MISSING, cell));
            spool.fila == fila && Column::ALL.into_iter().zip(shown).all(|(column, cell)| spool.row[column] == *cell)
        });
        if let Some(spool) = as_known {
            rows.push((fila, Seen::As(Arc::clone(spool))));
            continue;
        }
        let mut cell = |place: usize| columns[place].get_mut(index).map(std::mem::take).unwrap_or_default();
        let mut row = Row::default();
        for (column, place) in Column::ALL.into_iter().zip(places) {
            row[column] = place.map_or(Cell::Missing, &mut cell);
        }
        if row.holds_any() {
            rows.push((fila, row.into()));
        }
    }
    rows
}

/// Columns as rows, numbered from `first` on.
fn sheet_rows(first: Fila, columns: Columns) -> Vec<(u32, Vec<Cell>)> {
    let length = columns.iter().map(Vec::len).max().unwrap_or_default();
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let mut line = || columns.iter_mut().map(|column| column.next().unwrap_or_default()).collect();
    (first.0..).take(length).map(|fila| (fila, line())).collect()
}

fn whole_sheet(columns: Columns) -> Sheet {
    let header = texts(&columns);
    let mut rows = sheet_rows(Fila(1), columns);
    rows.retain(|(fila, cells)| *fila > 1 && cells.iter().any(|cell| !cell.is_empty()));
    Sheet { header, rows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::Mirror;

    fn read(rows: &[&[&str]], known: &View) -> Vec<(u32, Seen)> {
        let header = Header::read(&["NV", "TAG_SPOOL", "Ocupado_Por"]);
        let column = |place: usize| rows.iter().map(|row| row.get(place).map_or(Cell::Empty, |text| Cell::text(*text))).collect();
        seen((0..3).map(column).collect(), &header, known)
    }

    fn plant(rows: &[&[&str]]) -> Arc<View> {
        let mirror = Mirror::new(chrono_tz::UTC);
        mirror.load(Loaded { rows: read(rows, &View::default()), ..Loaded::default() });
        mirror.view()
    }

    #[test]
    fn only_rows_that_differ_from_what_stood_there_are_made_anew() {
        let known = plant(&[&["1", "MK-1"], &["1", "MK-2", "MR(93)"], &[], &["2", "MK-3"]]);
        let anew = |rows: &[&[&str]]| {
            let (filas, new): (Vec<u32>, Vec<bool>) =
                read(rows, &known).iter().map(|(fila, row)| (*fila, matches!(row, Seen::New(_)))).unzip();
            (filas, new)
        };
        let (same, filas) = (vec![false; 3], vec![2, 3, 5]);
        assert_eq!(anew(&[&["1", "MK-1"], &["1", "MK-2", "MR(93)"], &[], &["2", "MK-3"]]), (filas.clone(), same));
        let freed = anew(&[&["1", "MK-1"], &["1", "MK-2"], &[], &["2", "MK-3"]]);
        assert_eq!(freed, (filas, vec![false, true, false]));
        let deleted = anew(&[&["1", "MK-1"], &[], &["2", "MK-3"]]);
        assert_eq!(deleted, (vec![2, 4], vec![false, true]));
        let inserted = anew(&[&["9", "MK-9"], &["1", "MK-1"], &["1", "MK-2", "MR(93)"], &[], &["2", "MK-3"]]);
        assert_eq!(inserted, (vec![2, 3, 4, 6], vec![true; 4]));
    }

    #[test]
    fn a_row_made_anew_has_its_cells_and_lacks_what_the_sheet_lacks() {
        let rows = read(&[&["1", "MK-1", "MR(93)"], &["", " "]], &View::default());
        assert_eq!(rows.len(), 1, "a row of blanks is none");
        let row = &rows[0].1;
        assert_eq!((&row[Column::Tag], &row[Column::OccupiedBy]), (&Cell::text("MK-1"), &Cell::text("MR(93)")));
        assert_eq!((&row[Column::ArmWorker], &row[Column::Ot]), (&Cell::Missing, &Cell::Missing));
    }
}
