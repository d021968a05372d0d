//! CORREGIR_SPOOL: rows that were left half-done by the earlier app, or that a hand has made to
//! contradict themselves (`field-failures.md` A13, D4). Each problem has its remedies; what cannot be
//! read, and what is the office's, is put right in the workbook itself (`design.md` 5.7).

use super::audit::{Action, Notes};
use super::cell::Cell;
use super::column::Column;
use super::decision::{Circumstance, Refusal};
use super::detail::{self, Verdict};
use super::mend::Cells;
use super::occupation::{cycle, prerequisites, presumed, progresses, state};
use super::operation::{Inspection, Operation, Progress};
use super::problem::{Kind, Level, Problem};
use super::spool::Spool;
use super::worker::{Worker, WorkerId};
use std::sync::Arc;

/// One way to put a row right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// Empty a cell that holds a filler, or what the other cells deny.
    Empty(Column),
    /// Name a worker in a column that names nobody, or nobody known.
    Name(Column),
    /// The occupant becomes the worker of the operation that he must have begun.
    Begin,
    /// Write since when the occupant has it.
    Since,
    /// Let `Estado_Detalle` say what the other columns say.
    Retell,
}

impl Remedy {
    /// What a problem of this row may be put right with, the likeliest first.
    pub fn of(spool: &Spool, problem: &Problem) -> Vec<Remedy> {
        if problem.level == Level::Error || spool.unreadable().is_some() || !problem.column.is_ours() {
            return Vec::new();
        }
        let holder = spool.occupation.as_ref();
        let in_course = holder.and_then(|holder| holder.operation);
        let retell = if holder.is_none() || in_course.is_some() { vec![Remedy::Retell] } else { Vec::new() };
        match problem.kind {
            Kind::Filler | Kind::InspectedBeforeWelded | Kind::SinceWithoutOccupant => vec![Remedy::Empty(problem.column)],
            Kind::DateWithoutWorker => vec![Remedy::Name(problem.column)],
            Kind::UnknownName if problem.column != Column::OccupiedBy => vec![Remedy::Name(problem.column)],
            Kind::ApprovalDateAgainstText if holder.is_some() => vec![Remedy::Empty(problem.column)],
            Kind::ApprovalDateAgainstText => vec![Remedy::Empty(problem.column), Remedy::Retell],
            Kind::ApprovedWithoutDate if !spool.inspectable => Vec::new(),
            Kind::ApprovedWithoutDate | Kind::RepairBeforeWelded | Kind::RepairWithoutOccupant => retell,
            Kind::OccupiedWithoutSince => vec![Remedy::Since],
            Kind::OccupiedWithoutOperation if begins(spool).is_some() => vec![Remedy::Begin],
            // Two are open and one of them must be wrong: SOLD, unless it is what he works at.
            Kind::TwoOperationsOpen if in_course != Some(Operation::Sold) => vec![Remedy::Empty(problem.column)],
            _ => Vec::new(),
        }
    }

    /// Every remedy that this row calls for, each once.
    pub fn all(spool: &Spool) -> Vec<Remedy> {
        let mut found = Vec::new();
        for remedy in spool.problems.iter().flat_map(|problem| Remedy::of(spool, problem)) {
            if !found.contains(&remedy) {
                found.push(remedy);
            }
        }
        found
    }

    /// Its name in an address.
    pub fn name(self) -> String {
        match self {
            Remedy::Empty(column) => format!("vaciar {}", column.header()),
            Remedy::Name(column) => format!("nombrar {}", column.header()),
            Remedy::Begin => "empezar".into(),
            Remedy::Since => "desde".into(),
            Remedy::Retell => "texto".into(),
        }
    }

    /// Reads what [`Remedy::name`] wrote.
    pub fn read(text: &str) -> Option<Remedy> {
        let columns = Column::ALL.into_iter().flat_map(|column| [Remedy::Empty(column), Remedy::Name(column)]);
        columns.chain([Remedy::Begin, Remedy::Since, Remedy::Retell]).find(|remedy| remedy.name() == text)
    }
}

/// Who most likely belongs into a worker column: who completed the operation by the audit, else who
/// took it last.
pub fn likely(spool: &Spool, column: Column) -> Option<WorkerId> {
    let of = Operation::ALL.into_iter().find(|operation| operation.columns().is_some_and(|(worker, _)| worker == column))?;
    let did = |action: Action| {
        let by = spool.events.iter().rev().find(|event| event.action == action && event.operation == Some(of))?;
        Some(by.worker).filter(|worker| *worker != WorkerId::SYSTEM)
    };
    did(Action::Complete).or_else(|| did(Action::Take))
}

pub(super) fn cells(
    spool: &Spool,
    remedy: Remedy,
    worker: Option<&Arc<Worker>>,
    at: &Circumstance<'_>,
) -> Result<Cells, Refusal> {
    let tag = || spool.tag().clone();
    if !Remedy::all(spool).contains(&remedy) {
        return Err(Refusal::NothingToCorrect { tag: tag() });
    }
    let holder = spool.occupation.as_ref();
    let in_course = holder.and_then(|holder| holder.operation).unwrap_or_else(|| presumed(spool));
    let (operation, cells) = match remedy {
        Remedy::Empty(column @ Column::SoldWorker) if holder.is_some() && spool.arm.done.is_none() => {
            let stamp = holder.map_or("", |holder| &holder.stamp);
            let text = detail::working(stamp, Operation::Arm, Progress::InProgress, Progress::Pending);
            (Operation::Arm, vec![(column, Cell::Empty), (Column::Detail, Cell::text(text))])
        }
        Remedy::Empty(column) => (in_course, vec![(column, Cell::Empty)]),
        Remedy::Name(column) => {
            let worker = worker.ok_or_else(|| Refusal::WorkerMissing { tag: tag(), column })?;
            let of = if column == Column::ArmWorker { Operation::Arm } else { Operation::Sold };
            (of, vec![(column, Cell::text(worker.stamp()))])
        }
        Remedy::Begin => begin(spool, at).ok_or_else(|| Refusal::NothingToCorrect { tag: tag() })?,
        Remedy::Since => {
            let taken = holder.and_then(|holder| super::audit::last_occupation(&spool.events, holder.worker));
            let since = taken.filter(|(_, end)| end.is_none()).and_then(|(start, _)| start.at).unwrap_or(at.now);
            (in_course, vec![(Column::OccupiedSince, Cell::moment(since))])
        }
        Remedy::Retell => (in_course, vec![(Column::Detail, Cell::text(retold(spool, at)))]),
    };
    Ok(Cells { operation, cells, notes: Notes::default() })
}

/// What the occupant of a row without an operation in course must have begun, if that can be said.
fn begins(spool: &Spool) -> Option<Operation> {
    let next = match spool.inspection {
        Some(Inspection::Rejected | Inspection::InRepair | Inspection::RepairPaused) => Operation::Repair,
        _ => presumed(spool),
    };
    (next != Operation::Metrology && prerequisites(spool, next).is_ok()).then_some(next)
}

fn begin(spool: &Spool, at: &Circumstance<'_>) -> Option<(Operation, Vec<(Column, Cell)>)> {
    let (holder, operation) = (spool.occupation.as_ref()?, begins(spool)?);
    let stamp = at.people.get(holder.worker).map_or_else(|| holder.stamp.clone(), |worker| worker.stamp());
    let max = at.rules.repair_max_cycles;
    let mut cells = Vec::new();
    match operation.columns() {
        Some((worker, _)) => {
            let (arm, sold) = progresses(spool, operation, Progress::InProgress);
            let text = detail::working(&stamp, operation, arm, sold);
            cells.extend([(worker, Cell::text(&stamp)), (Column::Detail, Cell::text(text))]);
        }
        None => cells.push((Column::Detail, Cell::text(detail::in_repair(cycle(spool, max), max, &stamp)))),
    }
    if holder.since.is_none() {
        cells.push((Column::OccupiedSince, Cell::moment(at.now)));
    }
    Some((operation, cells))
}

/// What `Estado_Detalle` should say by the other columns.
fn retold(spool: &Spool, at: &Circumstance<'_>) -> String {
    let max = at.rules.repair_max_cycles;
    let welded = spool.arm.done.is_some() && spool.sold.done.is_some();
    let (arm, sold) = (state(spool, Operation::Arm), state(spool, Operation::Sold));
    match (&spool.occupation, detail::read(&spool.detail)) {
        (None, Some(Verdict::InRepair(_))) if welded => detail::repair_paused(cycle(spool, max), max),
        (None, _) if welded && spool.qc.is_some() => detail::approved(),
        (None, _) if welded => detail::pending_metrology(),
        (None, _) => detail::available(arm, sold),
        (Some(holder), _) => match holder.operation {
            Some(operation) => detail::working(&holder.stamp, operation, arm, sold),
            None => detail::available(arm, sold),
        },
    }
}
