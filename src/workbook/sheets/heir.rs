//! What a process that died has left behind: a batch that hit other rows than were meant, because
//! somebody moved them within its round trip, and nobody who remembers how they were.
//!
//! Whoever replaces a fence without having been told that all under it is settled looks at the last
//! events of the audit. A row that carries one of another row, which does not, was hit; the audit says
//! what had been decided, and what the row held before as far as the app had written it. What only a
//! person had written there, where work was written over it, is gone: it is emptied, and said aloud.

use super::a1::Fila;
use super::batch::{Target, same};
use super::settle::Doubt;
use super::writer::Writer;
use crate::domain::{AuditEvent, Cell, Change, Column, Row, Spool};
use crate::workbook::View;
use chrono::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;
use tracing::error;
use uuid::Uuid;

/// How much older than the newest event others can be that were in the last batch: they were decided
/// within 30 s, and a write takes less.
const LAST: Duration = Duration::minutes(2);

impl Writer {
    /// The last batch of a process that died, as far as it is in wrong rows.
    pub(super) fn inherited(&self) -> Option<Doubt> {
        let (layout, view) = (self.reader.layout()?, self.state.mirror.view());
        let newest = view.spools.iter().filter_map(|spool| spool.events.last()?.at).max()?;
        let strays: Vec<(&Arc<Spool>, Arc<AuditEvent>)> = view
            .spools
            .iter()
            .filter_map(|spool| Some((spool, self.stray(spool, &view)?)))
            .filter(|(_, event)| event.at.is_some_and(|at| newest - at < LAST))
            .collect();
        if strays.is_empty() {
            return None;
        }
        // In `version`, what stands in a row that nothing of ours has ever touched.
        let untouched = view.spools.iter().find(|spool| spool.version.is_none() && spool.events.is_empty());
        let fresh = untouched.map(|spool| spool.row[Column::Version].clone()).unwrap_or_default();
        let mut images = View::clone(&view);
        for spool in &mut images.spools {
            let hit = strays.iter().find(|(row, _)| row.id() == spool.id()).map(|(_, event)| event.as_ref());
            let own =
                strays.iter().find(|(_, event)| event.spool.as_deref() == Some(spool.id())).map(|(_, event)| event.as_ref());
            if hit.is_some() || own.is_some() {
                *spool = Arc::new(Spool { row: self.image(spool, hit, own, &fresh), ..Spool::clone(spool) });
            }
        }
        let items = strays.iter().filter_map(|(row, event)| {
            let spool = images.get(event.spool.as_deref()?)?;
            let (cells, event) = (event.notes.after.clone(), AuditEvent::clone(event));
            let target = Target { fila: Fila(row.fila), after: row.row.clone(), cells: cells.clone() };
            Some((Change { spool: Arc::clone(&spool.identity.id), image: spool.row.clone(), cells, event }, target))
        });
        let items: Vec<(Change, Target)> = items.collect();
        let rows: Vec<u32> = strays.iter().map(|(row, _)| row.fila).collect();
        error!(?rows, "a process that died has left work in wrong rows; look at them in the workbook");
        self.state.alarm("inherited");
        Some(Doubt::left_behind(items, Arc::new(images), layout.clone()))
    }

    /// The event of another row that this one carries, and that one has not.
    fn stray(&self, spool: &Spool, view: &View) -> Option<Arc<AuditEvent>> {
        let id = Uuid::parse_str(spool.version.as_deref()?).ok()?;
        if spool.events.iter().any(|event| event.id == id) {
            return None;
        }
        let event = self.state.event(id)?;
        let meant = view.get(event.spool.as_deref()?)?;
        let here = event.notes.after.iter().all(|(column, cell)| same(&spool.row[*column], cell));
        let last = meant.events.last().is_some_and(|last| last.id == id);
        // Of rows that are equal in all of it, a sort makes one the other.
        let name = |spool: &Spool| (spool.tag().clone(), spool.nv.clone(), spool.ot.clone());
        (here && last && name(meant) != name(spool) && !meant.carries(id)).then_some(event)
    }
    /// A row as it was before: what its own events wrote, where it was hit; and what its own change was
    /// decided on.
    fn image(&self, spool: &Spool, hit: Option<&AuditEvent>, own: Option<&AuditEvent>, fresh: &Cell) -> Row {
        let is_fresh = |column: Column| column == Column::Version && spool.identity.tag_ok;
        let unknown = |column: Column| if is_fresh(column) { fresh.clone() } else { Cell::Empty };
        let hit = hit.into_iter().flat_map(|event| &event.notes.after).map(|(column, _)| (*column, unknown(*column)));
        let mut cells: BTreeMap<Column, Cell> = hit.collect();
        let held = spool.events.iter().filter(|event| own.is_none_or(|own| own.id != event.id) && !self.state.is_void(event.id));
        for (column, cell) in held.flat_map(|event| &event.notes.after) {
            cells.entry(*column).and_modify(|known| known.clone_from(cell));
        }
        cells.extend(own.into_iter().flat_map(|event| event.notes.before.iter().cloned()));
        spool.row.with(&cells.into_iter().collect::<Vec<_>>())
    }
}
