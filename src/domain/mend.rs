//! What a supervisor may put right: free, reopen, unblock; each with a reason, each one change.

use super::audit::{Action, Notes};
use super::cell::Cell;
use super::column::Column;
use super::decision::{Actor, Change, Circumstance, Decision, Refusal};
use super::detail;
use super::occupation::{cycle, let_go, presumed, progresses};
use super::operation::{Inspection, Operation, Progress};
use super::spool::Spool;

/// LIBERAR_SPOOL: end another's occupation; the work stays begun, the event names the owner.
pub fn release(spool: &Spool, supervisor: &str, reason: &str, at: &Circumstance<'_>) -> Decision {
    Refusal::unless_readable(spool)?;
    let reason = given(reason)?;
    let holder = spool.occupation.as_ref().ok_or(Refusal::AlreadyFree { tag: spool.tag().clone() })?;
    let (operation, cells) = let_go(spool, holder, at);
    let notes = Notes { reason: Some(reason), previous: Some(holder.worker), ..Notes::default() };
    Ok(Some(Change::new(spool, at, &Actor::Supervisor(supervisor.into()), Action::Release, operation, cells, notes)))
}

/// REABRIR_SPOOL: an operation completed by mistake is unfinished again, its worker as before;
/// refused when the next operation has begun.
pub fn reopen(spool: &Spool, operation: Operation, supervisor: &str, reason: &str, at: &Circumstance<'_>) -> Decision {
    Refusal::unless_readable(spool)?;
    let reason = given(reason)?;
    let tag = || spool.tag().clone();
    let next_begun = |next| Err(Refusal::NextBegun { tag: tag(), next });
    let done = match operation {
        Operation::Metrology => spool.inspection == Some(Inspection::Approved),
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
        Operation::Metrology | Operation::Repair => {
            vec![(Column::QcDate, Cell::Empty), (Column::Detail, Cell::text(detail::pending_metrology()))]
        }
    };
    let notes = Notes { reason: Some(reason), ..Notes::default() };
    Ok(Some(Change::new(spool, at, &Actor::Supervisor(supervisor.into()), Action::Reopen, operation, cells, notes)))
}

/// SUPERVISOR_OVERRIDE: a blocked spool may be repaired once more; another rejection blocks it
/// again.
pub fn unblock(spool: &Spool, supervisor: &str, reason: &str, at: &Circumstance<'_>) -> Decision {
    Refusal::unless_readable(spool)?;
    let reason = given(reason)?;
    if spool.inspection != Some(Inspection::Blocked) {
        return Err(Refusal::NotBlocked { tag: spool.tag().clone() });
    }
    let max = at.rules.repair_max_cycles;
    let cycle = if max == 0 { cycle(spool, max) } else { max.saturating_sub(1).max(1) };
    let cells = vec![(Column::Detail, Cell::text(detail::rejected(cycle, max)))];
    let notes = Notes { reason: Some(reason), cycle: Some(cycle), ..Notes::default() };
    Ok(Some(Change::new(spool, at, &Actor::Supervisor(supervisor.into()), Action::Unblock, Operation::Repair, cells, notes)))
}

fn given(reason: &str) -> Result<String, Refusal> {
    match reason.trim() {
        "" => Err(Refusal::ReasonMissing),
        reason => Ok(reason.to_owned()),
    }
}
