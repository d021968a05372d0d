//! What a supervisor may put right: free, reopen, unblock, and rows that contradict themselves; each
//! with a reason, each one change.

use super::audit::{Action, Notes};
use super::cell::Cell;
use super::column::Column;
use super::correct::{self, Remedy};
use super::decision::{Actor, Change, Circumstance, Decision, Refusal};
use super::detail;
use super::occupation::{cycle, let_go, presumed, progresses};
use super::operation::{Inspection, Operation, Progress};
use super::spool::Spool;
use super::worker::Worker;
use std::sync::Arc;
use uuid::Uuid;

/// What is to be put right.
#[derive(Debug, Clone)]
pub enum Mend {
    /// LIBERAR_SPOOL: end another's occupation; the work stays begun, the event names the owner.
    Release,
    /// REABRIR_SPOOL: an operation completed by mistake is unfinished again, its worker as before;
    /// refused when the next operation has begun.
    Reopen(Operation),
    /// SUPERVISOR_OVERRIDE: a blocked spool may be repaired once more; another rejection blocks it
    /// again.
    Unblock,
    /// CORREGIR_SPOOL: one of the remedies that the row as it stands calls for, with the worker that
    /// it needs.
    Correct(Remedy, Option<Arc<Worker>>),
}

impl Mend {
    /// The action of its audit event.
    pub fn action(&self) -> Action {
        match self {
            Mend::Release => Action::Release,
            Mend::Reopen(_) => Action::Reopen,
            Mend::Unblock => Action::Unblock,
            Mend::Correct(..) => Action::Correct,
        }
    }
}

/// In whose name and why a supervisor acts.
#[derive(Debug, Clone)]
pub struct Mandate {
    /// The supervisor's name; `Worker_ID` is 0.
    pub supervisor: String,
    /// Why; required.
    pub reason: String,
    /// The row that he was shown ([`Row::print`](super::Row::print)); `None` when he was shown none.
    pub seen: Option<Uuid>,
}

/// What a mend writes, and what it is about.
#[derive(Debug)]
pub(super) struct Cells {
    pub(super) operation: Operation,
    pub(super) cells: Vec<(Column, Cell)>,
    pub(super) notes: Notes,
}

/// Decides on a mend. A row that is not as the supervisor was shown it is refused: he frees whom he
/// sees, and nobody who came since.
pub fn decide(spool: &Spool, what: &Mend, mandate: &Mandate, at: &Circumstance<'_>) -> Decision {
    let Cells { operation, cells, notes } = cells(spool, what, at)?;
    let reason = match mandate.reason.trim() {
        "" => return Err(Refusal::ReasonMissing),
        reason => reason.to_owned(),
    };
    if mandate.seen.is_some_and(|seen| seen != spool.row.print()) {
        return Err(Refusal::SeenOtherwise { tag: spool.tag().clone() });
    }
    let (by, notes) = (Actor::Supervisor(mandate.supervisor.clone()), Notes { reason: Some(reason), ..notes });
    Ok(Some(Change::new(spool, at, &by, what.action(), operation, cells, notes)))
}

/// The cells that a mend would change, each before and after.
pub fn preview(spool: &Spool, what: &Mend, at: &Circumstance<'_>) -> Result<Vec<(Column, Cell, Cell)>, Refusal> {
    let cells = cells(spool, what, at)?.cells.into_iter();
    let changed = cells.map(|(column, after)| (column, spool.row[column].clone(), after));
    Ok(changed.filter(|(_, before, after)| before != after && *before != Cell::Missing).collect())
}

fn cells(spool: &Spool, what: &Mend, at: &Circumstance<'_>) -> Result<Cells, Refusal> {
    Refusal::unless_readable(spool)?;
    match what {
        Mend::Release => release(spool, at),
        Mend::Reopen(operation) => reopen(spool, *operation, at),
        Mend::Unblock => unblock(spool, at),
        Mend::Correct(remedy, worker) => correct::cells(spool, *remedy, worker.as_ref(), at),
    }
}

fn release(spool: &Spool, at: &Circumstance<'_>) -> Result<Cells, Refusal> {
    let holder = spool.occupation.as_ref().ok_or_else(|| Refusal::AlreadyFree { tag: spool.tag().clone() })?;
    let (operation, cells) = let_go(spool, holder, at);
    let (previous, previous_name) = (Some(holder.worker), Some(holder.name.clone()));
    Ok(Cells { operation, cells, notes: Notes { previous, previous_name, ..Notes::default() } })
}

fn reopen(spool: &Spool, operation: Operation, at: &Circumstance<'_>) -> Result<Cells, Refusal> {
    let tag = || spool.tag().clone();
    let next_begun = |next| Err(Refusal::NextBegun { tag: tag(), next });
    let done = match operation {
        Operation::Metrology => spool.inspection == Some(Inspection::Approved),
        // It waits for a verdict, and not for its first one.
        Operation::Repair => spool.inspection == Some(Inspection::Pending) && spool.cycle > 0,
        _ => spool.work(operation).is_some_and(|work| work.done.is_some()),
    };
    if !done {
        return Err(Refusal::NotDone { tag: tag(), operation });
    }
    if let Some(holder) = &spool.occupation {
        return next_begun(holder.operation.unwrap_or_else(|| presumed(spool)));
    }
    let inspected = spool.cycle > 0 || spool.inspection.is_some_and(|state| state != Inspection::Pending);
    let cells = match operation {
        Operation::Arm if spool.sold.worker.is_some() || spool.sold.done.is_some() => return next_begun(Operation::Sold),
        Operation::Sold if inspected => return next_begun(Operation::Metrology),
        Operation::Arm | Operation::Sold => {
            let left = match spool.work(operation).is_some_and(|work| work.worker.is_some()) {
                true => Progress::Paused,
                false => Progress::Pending,
            };
            let (arm, sold) = progresses(spool, operation, left);
            let date = if operation == Operation::Arm { Column::ArmDate } else { Column::SoldDate };
            vec![(date, Cell::Empty), (Column::Detail, Cell::text(detail::available(arm, sold)))]
        }
        // An approval given by mistake: the spool waits for its verdict again.
        Operation::Metrology => vec![(Column::QcDate, Cell::Empty), (Column::Detail, Cell::text(detail::pending_metrology()))],
        Operation::Repair => {
            let max = at.rules.repair_max_cycles;
            return Ok(rejected(cycle(spool, max), max));
        }
    };
    Ok(Cells { operation, cells, notes: Notes::default() })
}

fn unblock(spool: &Spool, at: &Circumstance<'_>) -> Result<Cells, Refusal> {
    if spool.inspection != Some(Inspection::Blocked) {
        return Err(Refusal::NotBlocked { tag: spool.tag().clone() });
    }
    let max = at.rules.repair_max_cycles;
    let cycle = if max == 0 { cycle(spool, max) } else { max.saturating_sub(1).max(1) };
    Ok(rejected(cycle, max))
}

/// The spool is to be repaired.
fn rejected(cycle: u32, max: u32) -> Cells {
    let cells = vec![(Column::Detail, Cell::text(detail::rejected(cycle, max)))];
    Cells { operation: Operation::Repair, cells, notes: Notes { cycle: Some(cycle), ..Notes::default() } }
}
