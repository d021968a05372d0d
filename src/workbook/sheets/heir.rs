//! What a process that died has left behind: a batch that hit other rows than were meant, because
//! somebody moved them within its round trip, and nobody who remembers how they were.
//!
//! A row that carries the event of another row, which does not, was hit. Whose batch it was knows what stood
//! there and puts it right; while he lives he says so in his beats, and is waited for. After him whoever had
//! read the row before knows best. Last comes who only has the audit: it says what had been decided, and what
//! the row held before as far as the app had written it. What only a person had written there, where work was
//! written over it, is gone then: it is emptied, and said aloud.

use super::a1::{Col, Fila};
use super::batch::{Target, same};
use super::columns::{self, There};
use super::compare;
use super::refresh::Layout;
use super::settle::Doubt;
use super::writer::Writer;
use crate::domain::{AuditEvent, Cell, Change, Column, Row, Spool};
use crate::workbook::View;
use chrono::Duration;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::time::Instant;
use tracing::error;
use uuid::Uuid;

/// How much older than the newest event others can be that were in the last batch: they were decided
/// within 30 s, and a write takes less.
const LAST: Duration = Duration::minutes(2);

/// How long the mark of an operation is, in characters.
const MARK: usize = 36;

/// How well a process knows what has to be put right: not at all, from a reading before, or because it was
/// its own batch.
const READ: u8 = 1;
const OWN: u8 = 2;

/// What one process knows of batches that others may have left in wrong rows.
#[derive(Debug, Default)]
pub(super) struct Heir {
    /// Since when there may be something to look for.
    since: Option<Instant>,
    /// Rows that were hit, as they were read before.
    stood: HashMap<Arc<str>, Arc<Spool>>,
    /// How many operations were not in their rows when it was last looked.
    found: Option<usize>,
}

/// An operation that stands in a row and is not shown by its own.
struct Stray {
    event: Arc<AuditEvent>,
    /// What of it stands there, and in which columns.
    cells: Vec<(Column, Cell)>,
    /// Where columns were when it was sent, if somebody has inserted one since.
    then: Option<Layout>,
}

impl Heir {
    /// There may be something to look for: the fence was replaced, or events wait since before the start.
    pub(super) fn looks(&mut self) {
        self.since = Some(Instant::now());
    }
}

impl Writer {
    /// A batch of ours is on its way.
    pub(super) fn begins(&self) {
        self.state.knows.store(OWN, Ordering::Relaxed);
    }

    /// Tells the siblings how well this process knows what has to be put right.
    pub(super) fn knows(&self) -> u8 {
        let knows = match self.is_settled() && self.orphans.is_empty() {
            false => OWN,
            true if !self.heir.stood.is_empty() => READ,
            true => 0,
        };
        self.state.knows.store(knows, Ordering::Relaxed);
        knows
    }

    /// After a reading: looks for what a process that died has left behind, once nobody else can be expected
    /// to put it right.
    pub(super) fn inherit(&mut self) {
        if !self.is_settled() || self.outbox.is_unsettled() {
            return;
        }
        let knows = self.knows();
        let is_due = |since: Instant| since.elapsed() >= self.limits.others || self.pulse.leave_it_to(knows, since);
        if self.heir.since.is_some_and(is_due) {
            self.doubt = self.inherited();
            let found = self.doubt.as_ref().map(Doubt::len);
            let before = std::mem::take(&mut self.heir).found;
            // What was hidden under something else shows once that is right.
            if found.is_some_and(|found| before.is_none_or(|before| found < before)) {
                self.heir = Heir { since: Some(Instant::now()), found, ..Heir::default() };
            }
            self.knows();
        }
    }

    /// Remembers how rows were that a reading shows to have been hit since `before`.
    pub(super) fn remember(&mut self, before: &View) {
        let view = self.state.mirror.view();
        let mut stood = std::mem::take(&mut self.heir.stood);
        stood.retain(|id, _| view.get(id).is_some_and(|spool| self.stray(spool, &view).is_some()));
        for spool in view.others_than(before) {
            if let Some(old) = before.get(spool.id()).filter(|old| old.version != spool.version)
                && !stood.contains_key(spool.id())
                && self.stray(spool, &view).is_some()
                && self.stray(old, &view).is_none()
            {
                stood.insert(Arc::clone(&spool.identity.id), Arc::clone(old));
                self.heir.since.get_or_insert_with(Instant::now);
            }
        }
        self.heir.stood = stood;
    }

    /// Whether a row may be one that a process that died has left wrong. Until that has been looked into nothing
    /// is decided on it: what it shows was meant for another row, or its own last operation is not in it yet.
    pub(super) fn is_in_question(&self, spool: &Spool, view: &View) -> bool {
        self.heir.since.is_some() && (self.stray(spool, view).is_some() || self.missing(spool).is_some())
    }

    /// The last batch of a process that died, as far as it is in wrong rows. What is in no row is taken back:
    /// nobody was told that it was saved, and somebody may have been told that it was refused.
    fn inherited(&mut self) -> Option<Doubt> {
        let (layout, view) = (self.reader.layout()?.clone(), self.state.mirror.view());
        let newest = view.spools.iter().filter_map(|spool| spool.events.last()?.at).max()?;
        let is_last = |event: &Arc<AuditEvent>| event.at.is_some_and(|at| newest - at < LAST);
        let strays = view.spools.iter().filter_map(|spool| Some((spool, self.stray(spool, &view)?)));
        let mut strays: Vec<(&Arc<Spool>, Stray)> = strays.filter(|(_, stray)| is_last(&stray.event)).collect();
        let missing = view.spools.iter().filter_map(|spool| Some((spool, self.missing(spool)?)));
        let missing: Vec<_> =
            missing.filter(|(_, event)| is_last(event) && strays.iter().all(|(_, other)| other.event.id != event.id)).collect();
        if strays.is_empty() && missing.is_empty() {
            return None;
        }
        let rows = strays.iter().map(|(row, _)| row.fila).chain(missing.iter().map(|(row, _)| row.fila));
        let rows: Vec<u32> = rows.collect();
        error!(?rows, "a process that died has left work in wrong rows or in none; look at them in the workbook");
        self.state.alarm("inherited");
        missing.iter().for_each(|(_, event)| self.take_back(AuditEvent::clone(event)));
        if strays.is_empty() {
            return None;
        }
        // What came under other columns was another batch: it is looked into after this one.
        let then = strays.iter().find_map(|(_, stray)| stray.then.clone());
        let line = |layout: &Option<Layout>| layout.as_ref().map(|layout| layout.line.clone());
        strays.retain(|(_, stray)| line(&stray.then) == line(&then));
        // In `version`, what stands in a row that nothing of ours has ever touched.
        let untouched = view.spools.iter().find(|spool| spool.version.is_none() && spool.events.is_empty());
        let fresh = untouched.map(|spool| spool.row[Column::Version].clone()).unwrap_or_default();
        let mut images = compare::images(&view);
        for spool in &view.spools {
            let hit = strays.iter().find(|(row, _)| row.id() == spool.id()).map(|(_, stray)| &stray.cells);
            let own = strays.iter().map(|(_, stray)| &*stray.event).find(|event| event.spool.as_deref() == Some(spool.id()));
            if hit.is_some() || own.is_some() {
                let hit = hit.map_or(&[][..], Vec::as_slice);
                images.insert(Arc::clone(&spool.identity.id), self.image(spool, hit, own, &fresh));
            }
        }
        let items = strays.iter().filter_map(|(row, Stray { event, .. })| {
            let spool: Arc<str> = event.spool.as_deref()?.into();
            // A row that is gone has none, and gets nothing.
            let image = images.get(&spool).cloned().unwrap_or_default();
            let (cells, event) = (event.notes.after.clone(), AuditEvent::clone(event));
            let target = Target { fila: Fila(row.fila), after: row.row.clone(), cells: cells.clone() };
            Some((Change { spool, image, cells, event }, target))
        });
        let items: Vec<(Change, Target)> = items.collect();
        Some(Doubt::left_behind(items, images, then.unwrap_or_else(|| layout.clone()), layout.line))
    }

    /// The last event of a row that does not show it, although nobody has written there since: it was in a
    /// wrong row, which has been given its own back, or did not hold, and who knew that died before he said so.
    fn missing(&self, spool: &Spool) -> Option<Arc<AuditEvent>> {
        let event = spool.events.last().filter(|event| !self.state.is_void(event.id))?;
        let stands = |(column, cell): &(Column, Cell)| same(&spool.row[*column], cell);
        let versioned = event.notes.before.iter().any(|(column, _)| *column == Column::Version);
        (versioned && !spool.carries(event.id) && event.notes.before.iter().all(stands)).then(|| Arc::clone(event))
    }

    /// An operation that stands in this row and should not, or not so.
    fn stray(&self, spool: &Spool, view: &View) -> Option<Stray> {
        let straight = |event: Arc<AuditEvent>| Stray { cells: event.notes.after.clone(), event, then: None };
        self.straight(spool, view).map(straight).or_else(|| self.aslant(spool))
    }

    /// An operation that no row carries and whose mark stands in another column than `version`: somebody has
    /// inserted a column left of that one while it was on its way.
    fn aslant(&self, spool: &Spool) -> Option<Stray> {
        let mark = |column: Column| match &spool.row[column] {
            Cell::Text(text) if column.is_ours() && column != Column::Version && text.len() == MARK => Uuid::parse_str(text).ok(),
            _ => None,
        };
        let event = Column::ALL.into_iter().filter_map(mark).find_map(|id| self.state.event(id))?;
        if self.state.is_shown(event.id) {
            return None;
        }
        let layout = self.reader.layout()?;
        let is_ours = |place: usize| Column::ALL.into_iter().any(|column| layout.col(column) == Some(Col(place)));
        let inserted = (0..layout.col(Column::Version)?.0).rev().filter(|place| !is_ours(*place));
        inserted.map(|place| without(layout, place)).find_map(|then| {
            let there = columns::there(&then, &layout.line, layout);
            let landed = event.notes.after.iter().filter_map(|(column, cell)| match there(*column)? {
                There::Tracked(tracked) => Some((tracked, cell.clone())),
                There::New(_) | There::Office(_) => None,
            });
            let cells: Vec<(Column, Cell)> = landed.collect();
            let stands = cells.iter().all(|(column, cell)| same(&spool.row[*column], cell));
            let marked = matches!(there(Column::Version), Some(There::Tracked(column)) if mark(column) == Some(event.id));
            drop(there);
            (stands && marked).then(|| Stray { event: Arc::clone(&event), cells, then: Some(then) })
        })
    }

    /// The event of another row that this one carries, and that one has not.
    fn straight(&self, spool: &Spool, view: &View) -> Option<Arc<AuditEvent>> {
        let id = Uuid::parse_str(spool.version.as_deref()?).ok()?;
        if spool.events.iter().any(|event| event.id == id) {
            return None;
        }
        let event = self.state.event(id)?;
        let here = event.notes.after.iter().all(|(column, cell)| same(&spool.row[*column], cell));
        let Some(meant) = view.get(event.spool.as_deref()?) else {
            // The row that was meant was deleted, or has another name now: then it is this one, unless this one
            // has a past of its own that the event was not decided on.
            let has_another_past = spool.events.last().is_some_and(|last| !event.follows(last.id));
            return (here && has_another_past).then_some(event);
        };
        // Under an id that the audit does not tell yet somebody may have gone on from it.
        let untouched = event.notes.before.contains(&(Column::Version, meant.row[Column::Version].clone()));
        let known = |id: &str| Uuid::parse_str(id).is_ok_and(|id| self.state.mirror.event(id).is_some());
        let is_told = untouched || meant.version.as_deref().is_none_or(known);
        // Of rows that are equal in all of it, a sort makes one the other.
        let name = |spool: &Spool| (spool.tag().clone(), spool.nv.clone(), spool.ot.clone());
        (here && is_told && name(meant) != name(spool) && !meant.carries(id)).then_some(event)
    }

    /// A row as it was before: as it was read, or what its own events wrote, where it was hit; and what its
    /// own change was decided on.
    fn image(&self, spool: &Spool, hit: &[(Column, Cell)], own: Option<&AuditEvent>, fresh: &Cell) -> Row {
        let is_fresh = |column: Column| column == Column::Version && spool.identity.tag_ok;
        let unknown = |column: Column| if is_fresh(column) { fresh.clone() } else { Cell::Empty };
        let hit = hit.iter();
        let mut cells: BTreeMap<Column, Cell> = match self.heir.stood.get(spool.id()) {
            Some(old) => hit.map(|(column, _)| (*column, old.row[*column].clone())).collect(),
            None => hit.map(|(column, _)| (*column, unknown(*column))).collect(),
        };
        if !self.heir.stood.contains_key(spool.id()) {
            let held = spool.events.iter();
            let held = held.filter(|event| own.is_none_or(|own| own.id != event.id) && !self.state.is_void(event.id));
            for (column, cell) in held.flat_map(|event| &event.notes.after) {
                cells.entry(*column).and_modify(|known| known.clone_from(cell));
            }
        }
        // Who has gone on without it since has written over what it was decided on.
        let own = own.filter(|own| spool.events.last().is_some_and(|last| last.id == own.id));
        cells.extend(own.into_iter().flat_map(|event| event.notes.before.iter().cloned()));
        spool.row.with(&cells.into_iter().collect::<Vec<_>>())
    }
}

/// Where columns were before the one at this place was inserted.
fn without(layout: &Layout, place: usize) -> Layout {
    let mut line = layout.line.clone();
    line.remove(place);
    layout.under(line)
}
