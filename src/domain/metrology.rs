//! METROLOGIA: an instant verdict. Nobody occupies a spool for it, and a rejection leaves the QC
//! date alone: that date means approval only (`field-failures.md` D12).

use super::audit::{Action, Notes};
use super::cell::Cell;
use super::column::Column;
use super::decision::{Actor, Change, Circumstance, Decision, Refusal};
use super::detail;
use super::occupation::prerequisites;
use super::operation::{Inspection, Operation};
use super::spool::Spool;
use super::worker::Worker;
use std::sync::Arc;

/// APROBADO or RECHAZADO. The rejection that reaches the limit of cycles blocks the spool
/// (`domain.md` 8, DECIDED: the third in a row).
pub fn inspect(spool: &Spool, worker: &Arc<Worker>, approved: bool, at: &Circumstance<'_>) -> Decision {
    const OPERATION: Operation = Operation::Metrology;
    Refusal::unless_readable(spool)?;
    if let Some(holder) = &spool.occupation {
        if holder.worker == worker.id {
            return Err(Refusal::YoursForOther { tag: spool.tag().clone(), operation: holder.operation });
        }
        // Nobody takes it over for a verdict.
        return Err(Refusal::Occupied { tag: spool.tag().clone(), holder: holder.clone(), relief: false });
    }
    if spool.inspection == Some(Inspection::Blocked) {
        return Err(Refusal::Blocked { tag: spool.tag().clone() });
    }
    if !at.rules.roles.allows(worker, OPERATION) {
        return Err(Refusal::RoleMissing { operation: OPERATION, needed: at.rules.roles.needed(OPERATION) });
    }
    prerequisites(spool, OPERATION)?;
    let max = at.rules.repair_max_cycles;
    let cycle = spool.cycle + 1;
    let cells = match approved {
        true => vec![(Column::QcDate, Cell::date(at.now.date_naive())), (Column::Detail, Cell::text(detail::approved()))],
        false if max > 0 && cycle >= max => vec![(Column::Detail, Cell::text(detail::blocked()))],
        false => vec![(Column::Detail, Cell::text(detail::rejected(cycle, max)))],
    };
    let notes = Notes { approved: Some(approved), cycle: (!approved).then_some(cycle), ..Notes::default() };
    Ok(Some(Change::new(spool, at, &Actor::Worker(Arc::clone(worker)), Action::Complete, OPERATION, cells, notes)))
}
