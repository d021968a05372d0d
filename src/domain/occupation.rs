//! TOMAR, PAUSAR, COMPLETAR and CANCELAR of ARM, SOLD and REPARACION.

use super::audit::{self, Action, Notes};
use super::cell::Cell;
use super::column::Column;
use super::decision::{Actor, Change, Circumstance, Decision, Ending, Missing, Refusal};
use super::detail::{self, Verdict};
use super::operation::{Inspection, Operation, Progress};
use super::spool::{Occupation, Spool};
use super::worker::{Worker, WorkerId};
use chrono::NaiveDate;
use std::sync::Arc;

/// TOMAR: begin, resume or take over an operation of a spool.
///
/// `takeover` confirms that a *vencida* occupation of another worker is to be ended. The order of
/// refusals is that of `design.md` 4.
pub fn take(spool: &Spool, worker: &Arc<Worker>, operation: Operation, takeover: bool, at: &Circumstance<'_>) -> Decision {
    Refusal::unless_readable(spool)?;
    let tag = || spool.tag().clone();
    let mut previous = None;
    if let Some(holder) = &spool.occupation {
        if holder.worker == worker.id {
            return match holder.operation == Some(operation) {
                true => Ok(None),
                false => Err(Refusal::YoursForOther { tag: tag(), operation: holder.operation }),
            };
        }
        let overdue = holder.overdue(at.now, at.rules.occupation_max);
        if !(overdue && takeover) {
            let relief = overdue && may_begin(spool, worker, operation, at).is_ok();
            return Err(Refusal::Occupied { tag: tag(), holder: holder.clone(), relief });
        }
        previous = Some(holder);
    }
    may_begin(spool, worker, operation, at)?;
    let (stamp, max) = (worker.stamp(), at.rules.repair_max_cycles);
    let mut cells = vec![(Column::OccupiedBy, Cell::text(&stamp)), (Column::OccupiedSince, Cell::moment(at.now))];
    if let Some((column, _)) = operation.columns() {
        cells.push((column, Cell::text(&stamp)));
    }
    let text = match operation {
        Operation::Repair => detail::in_repair(cycle(spool, max), max, &stamp),
        _ => {
            let (arm, sold) = progresses(spool, operation, Progress::InProgress);
            detail::working(&stamp, operation, arm, sold)
        }
    };
    cells.push((Column::Detail, Cell::text(text)));
    let (previous, previous_name) = (previous.map(|holder| holder.worker), previous.map(|holder| holder.name.clone()));
    let notes = Notes { previous, previous_name, ..Notes::default() };
    Ok(Some(Change::new(spool, at, &Actor::Worker(Arc::clone(worker)), Action::Take, operation, cells, notes)))
}

/// Whether a worker with the role could take (or inspect) the operation now; takeovers apart.
pub fn can(spool: &Spool, operation: Operation) -> bool {
    spool.is_free() && prerequisites(spool, operation).is_ok()
}

/// Why nobody could take the operation even if the spool were free; `None` when somebody could.
pub fn obstacle(spool: &Spool, operation: Operation) -> Option<Refusal> {
    Refusal::unless_readable(spool).and_then(|()| prerequisites(spool, operation)).err()
}

/// PAUSAR: let go of the spool; the work stays begun.
pub fn pause(spool: &Spool, worker: &Arc<Worker>, reason: Option<String>, at: &Circumstance<'_>) -> Decision {
    let holder = own(spool, worker)?;
    let notes = Notes { reason, ..Notes::default() };
    let (operation, cells) = let_go(spool, holder, at);
    Ok(Some(Change::new(spool, at, &Actor::Worker(Arc::clone(worker)), Action::Pause, operation, cells, notes)))
}

/// COMPLETAR: worker, date and release together, in the columns of the operation in course only.
///
/// `date` is when the work was finished: any day up to today.
pub fn complete(spool: &Spool, worker: &Arc<Worker>, date: Option<NaiveDate>, at: &Circumstance<'_>) -> Decision {
    let holder = own(spool, worker)?;
    let operation = holder.operation.ok_or(Refusal::NotStarted { tag: spool.tag().clone() })?;
    let max = at.rules.repair_max_cycles;
    let today = at.now.date_naive();
    let date = date.unwrap_or(today);
    if date > today {
        return Err(Refusal::FutureDate { date, today });
    }
    let mut cells = freed();
    match operation.columns() {
        Some((worker_column, date_column)) => {
            let (arm, sold) = progresses(spool, operation, Progress::Done);
            cells.push((worker_column, Cell::text(worker.stamp())));
            cells.push((date_column, Cell::date(date)));
            cells.push((Column::Detail, Cell::text(detail::available(arm, sold))));
        }
        None => {
            // Whatever date an earlier verdict left there is no approval of what was just mended.
            cells.push((Column::QcDate, Cell::Empty));
            cells.push((Column::Detail, Cell::text(detail::pending_metrology())));
        }
    }
    let notes = Notes { cycle: (operation == Operation::Repair).then(|| cycle(spool, max)), ..Notes::default() };
    Ok(Some(Change::new(spool, at, &Actor::Worker(Arc::clone(worker)), Action::Complete, operation, cells, notes).dated(date)))
}

/// CANCELAR: as if the spool had not been taken; the worker column becomes what it was before.
pub fn cancel(spool: &Spool, worker: &Arc<Worker>, at: &Circumstance<'_>) -> Decision {
    let holder = own(spool, worker)?;
    let operation = holder.operation.ok_or(Refusal::NotStarted { tag: spool.tag().clone() })?;
    let max = at.rules.repair_max_cycles;
    let mut cells = freed();
    match operation.columns() {
        Some((column, _)) => {
            let before = worker_before(spool, worker, operation, column);
            let left = if before.is_empty() || before.is_filler() { Progress::Pending } else { Progress::Paused };
            let (arm, sold) = progresses(spool, operation, left);
            cells.push((column, before));
            cells.push((Column::Detail, Cell::text(detail::available(arm, sold))));
        }
        None => cells.push((Column::Detail, Cell::text(detail::rejected(cycle(spool, max), max)))),
    }
    let notes = Notes { cycle: (operation == Operation::Repair).then(|| cycle(spool, max)), ..Notes::default() };
    Ok(Some(Change::new(spool, at, &Actor::Worker(Arc::clone(worker)), Action::Cancel, operation, cells, notes)))
}

/// The asker's occupation, or why he has none: 410 when his has ended, 403 when he never had it.
pub(super) fn own<'a>(spool: &'a Spool, worker: &Worker) -> Result<&'a Occupation, Refusal> {
    Refusal::unless_readable(spool)?;
    let tag = spool.tag().clone();
    match &spool.occupation {
        Some(holder) if holder.worker == worker.id => Ok(holder),
        holder => Err(match ended(spool, worker.id) {
            Some(ending) => Refusal::Ended { tag, ending },
            None => Refusal::NotOwner { tag, holder: holder.clone() },
        }),
    }
}

/// How a worker's latest occupation of a spool that he has not any more came to its end; `None` when he
/// never had it.
pub fn ended(spool: &Spool, worker: WorkerId) -> Option<Ending> {
    match audit::last_occupation(&spool.events, worker) {
        Some((start, by)) => Some(Ending { operation: start.operation, by }),
        None => {
            let by = audit::taken_away(&spool.events, worker)?;
            Some(Ending { operation: by.operation, by: Some(Arc::clone(by)) })
        }
    }
}

/// The operation that an event about an occupied row names, and the cells that free the row and
/// keep its work begun.
pub(super) fn let_go(spool: &Spool, holder: &Occupation, at: &Circumstance<'_>) -> (Operation, Vec<(Column, Cell)>) {
    let operation = holder.operation.unwrap_or_else(|| presumed(spool));
    let max = at.rules.repair_max_cycles;
    let mut cells = freed();
    let text = match holder.operation {
        Some(Operation::Repair) => detail::repair_paused(cycle(spool, max), max),
        Some(operation) => {
            let (arm, sold) = progresses(spool, operation, Progress::Paused);
            detail::available(arm, sold)
        }
        // Half-done by the earlier app: nothing was in course, so nothing becomes paused; and a
        // text about metrology must not be lost.
        None if detail::read(&spool.detail).is_some() => return (operation, cells),
        None => detail::available(state(spool, Operation::Arm), state(spool, Operation::Sold)),
    };
    cells.push((Column::Detail, Cell::text(text)));
    (operation, cells)
}

/// The cells that end an occupation.
pub(super) fn freed() -> Vec<(Column, Cell)> {
    vec![(Column::OccupiedBy, Cell::Empty), (Column::OccupiedSince, Cell::Empty)]
}

/// The states of ARM and SOLD, with one of them replaced.
pub(super) fn progresses(spool: &Spool, operation: Operation, becomes: Progress) -> (Progress, Progress) {
    match operation {
        Operation::Arm => (becomes, state(spool, Operation::Sold)),
        _ => (state(spool, Operation::Arm), becomes),
    }
}

pub(super) fn state(spool: &Spool, operation: Operation) -> Progress {
    spool.work(operation).and_then(|work| work.progress).unwrap_or(Progress::Pending)
}

/// The cycle of the repair in course: at least the first, and under the limit, since the rejection
/// that reaches it blocks (`domain.md` 8) and whoever opened the spool again, by hand or with
/// SUPERVISOR_OVERRIDE, allowed one more repair.
pub(super) fn cycle(spool: &Spool, max: u32) -> u32 {
    let most = if max == 0 { u32::MAX } else { max.saturating_sub(1).max(1) };
    spool.cycle.clamp(1, most)
}

/// The operation that the next step of the spool would be, for a row that does not say.
pub(super) fn presumed(spool: &Spool) -> Operation {
    match (spool.arm.done, spool.sold.done, detail::read(&spool.detail)) {
        (None, _, _) => Operation::Arm,
        (_, None, _) => Operation::Sold,
        (_, _, Some(Verdict::Rejected(_) | Verdict::RepairPaused(_) | Verdict::InRepair(_))) => Operation::Repair,
        _ => Operation::Metrology,
    }
}

fn may_begin(spool: &Spool, worker: &Worker, operation: Operation, at: &Circumstance<'_>) -> Result<(), Refusal> {
    if spool.inspection == Some(Inspection::Blocked) {
        return Err(Refusal::Blocked { tag: spool.tag().clone() });
    }
    if !at.rules.roles.allows(worker, operation) {
        return Err(Refusal::RoleMissing { operation, needed: at.rules.roles.needed(operation) });
    }
    if operation == Operation::Metrology {
        return Err(Refusal::NotAvailable { tag: spool.tag().clone(), operation, state: spool.inspection });
    }
    prerequisites(spool, operation)
}

/// What the rows must say before an operation begins (`domain.md` 4, 7, 8), whoever asks.
pub(super) fn prerequisites(spool: &Spool, operation: Operation) -> Result<(), Refusal> {
    let tag = || spool.tag().clone();
    let missing = |missing| Err(Refusal::Prerequisite { tag: tag(), operation, missing });
    if let Some(work) = spool.work(operation) {
        if work.done.is_some() {
            return Err(Refusal::AlreadyDone { tag: tag(), operation, on: work.done });
        }
        return match operation {
            Operation::Arm if spool.materials.is_none() => missing(Missing::Materials),
            Operation::Sold if spool.arm.done.is_none() => missing(Missing::Arm),
            _ => Ok(()),
        };
    }
    if !spool.inspectable {
        return Err(Refusal::InspectionOff);
    }
    match (operation, spool.inspection) {
        (_, None) if spool.arm.done.is_none() => missing(Missing::Arm),
        (_, None) => missing(Missing::Sold),
        (_, Some(Inspection::Blocked)) => Err(Refusal::Blocked { tag: tag() }),
        (Operation::Metrology, Some(Inspection::Pending)) => Ok(()),
        (Operation::Metrology, Some(Inspection::Approved)) => Err(Refusal::AlreadyDone { tag: tag(), operation, on: spool.qc }),
        // A takeover of a repair meets it in course.
        (Operation::Repair, Some(Inspection::Rejected | Inspection::RepairPaused | Inspection::InRepair)) => Ok(()),
        (_, state) => Err(Refusal::NotAvailable { tag: tag(), operation, state }),
    }
}

/// What the worker column held before the TAKE that is being cancelled.
fn worker_before(spool: &Spool, worker: &Worker, operation: Operation, column: Column) -> Cell {
    audit::last_occupation(&spool.events, worker.id)
        .filter(|(start, end)| end.is_none() && start.operation == Some(operation))
        .and_then(|(start, _)| start.notes.before.iter().find(|(found, _)| *found == column).map(|(_, cell)| cell.clone()))
        .unwrap_or(Cell::Empty)
}
