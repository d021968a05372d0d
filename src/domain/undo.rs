//! DESHACER: a worker takes back his own last action, while nothing has happened since.

use super::audit::{Action, AuditEvent, Notes};
use super::cell::Cell;
use super::column::Column;
use super::decision::{Actor, Change, Circumstance, Decision, Ending, Refusal};
use super::occupation;
use super::spool::Spool;
use super::worker::Worker;
use std::sync::Arc;
use uuid::Uuid;

/// Restores the cells that the event `id` changed, from its `antes`.
///
/// It must be the spool's last event and this worker's, and the cells it wrote must still stand:
/// a hand in the workbook since then is a reason to refuse, too.
pub fn undo(spool: &Spool, worker: &Arc<Worker>, id: Uuid, at: &Circumstance<'_>) -> Decision {
    Refusal::unless_readable(spool)?;
    let tag = || spool.tag().clone();
    let Some(event) = spool.events.iter().rev().find(|event| event.id == id) else {
        return Err(Refusal::NotYours { tag: tag() });
    };
    if event.worker != worker.id || event.action.is_help() || matches!(event.action, Action::Undo | Action::Other) {
        return Err(Refusal::NotYours { tag: tag() });
    }
    let untouched = event.notes.after.iter().all(|(column, cell)| spool.row[*column] == *cell);
    let last = spool.events.last().is_some_and(|last| last.id == id);
    let Some(operation) = event.operation.filter(|_| last && untouched && !event.notes.before.is_empty()) else {
        return Err(match lost(spool, worker, event) {
            Some(ending) => Refusal::Ended { tag: tag(), ending },
            None => Refusal::ChangedSince { tag: tag() },
        });
    };
    let cells: Vec<(Column, Cell)> =
        event.notes.before.iter().filter(|(column, _)| *column != Column::Version).cloned().collect();
    let notes = Notes { undoes: Some(id), ..Notes::default() };
    Ok(Some(Change::new(spool, at, &Actor::Worker(Arc::clone(worker)), Action::Undo, operation, cells, notes)))
}

/// How another one ended the occupation that a TAKE began: it is not that somebody changed something, there is nothing left
/// to take back.
fn lost(spool: &Spool, worker: &Worker, take: &AuditEvent) -> Option<Ending> {
    let has_it = spool.occupation.as_ref().is_some_and(|holder| holder.worker == worker.id);
    let ending = occupation::ended(spool, worker.id).filter(|_| take.action == Action::Take && !has_it)?;
    ending.is_loss().then_some(ending)
}
