//! Where a spool stands on its way through the shop, since when, and how old that is: what a board
//! counts. Every row is in exactly one stage (`field-failures.md` G18).

use super::audit::AuditEvent;
use super::cell::{Moment, at_plant};
use super::operation::{Inspection, Operation, Progress};
use super::spool::Spool;
use chrono::{Duration, NaiveTime};
use chrono_tz::Tz;

/// One place on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // `words::stage` spells each of them out
pub enum Stage {
    NoMaterials,
    ArmReady,
    ArmRunning,
    ArmPaused,
    SoldReady,
    SoldRunning,
    SoldPaused,
    ToInspect,
    Rejected,
    Repairing,
    RepairPaused,
    Blocked,
    /// Welded in a workbook without the columns of metrology.
    Welded,
    Approved,
    /// Somebody has it, and nobody knows for what.
    Unclear,
    /// The row cannot be read.
    Problem,
}

impl Stage {
    /// All of them, in the order of the work.
    pub const ALL: [Stage; 16] = [
        Stage::NoMaterials,
        Stage::ArmReady,
        Stage::ArmRunning,
        Stage::ArmPaused,
        Stage::SoldReady,
        Stage::SoldRunning,
        Stage::SoldPaused,
        Stage::ToInspect,
        Stage::Rejected,
        Stage::Repairing,
        Stage::RepairPaused,
        Stage::Blocked,
        Stage::Welded,
        Stage::Approved,
        Stage::Unclear,
        Stage::Problem,
    ];

    /// The stage of a row.
    pub fn of(spool: &Spool) -> Stage {
        if spool.unreadable().is_some() {
            return Stage::Problem;
        }
        if let Some(holder) = &spool.occupation {
            return match holder.operation {
                Some(Operation::Arm) => Stage::ArmRunning,
                Some(Operation::Sold) => Stage::SoldRunning,
                Some(Operation::Repair) => Stage::Repairing,
                Some(Operation::Metrology) | None => Stage::Unclear,
            };
        }
        match spool.inspection {
            Some(Inspection::Pending) => Stage::ToInspect,
            Some(Inspection::Approved) => Stage::Approved,
            Some(Inspection::Rejected) => Stage::Rejected,
            Some(Inspection::InRepair) => Stage::Repairing,
            Some(Inspection::RepairPaused) => Stage::RepairPaused,
            Some(Inspection::Blocked) => Stage::Blocked,
            None => before_metrology(spool),
        }
    }

    /// The operation that the stage belongs to: the one in course, or the next.
    pub fn operation(self) -> Option<Operation> {
        match self {
            Stage::NoMaterials | Stage::ArmReady | Stage::ArmRunning | Stage::ArmPaused => Some(Operation::Arm),
            Stage::SoldReady | Stage::SoldRunning | Stage::SoldPaused => Some(Operation::Sold),
            Stage::ToInspect | Stage::Approved | Stage::Welded => Some(Operation::Metrology),
            Stage::Rejected | Stage::Repairing | Stage::RepairPaused | Stage::Blocked => Some(Operation::Repair),
            Stage::Unclear | Stage::Problem => None,
        }
    }

    /// Whether the time that a spool spends here is worth a picture: not where it waits for the
    /// office, nor where nothing is left to do.
    pub fn ages(self) -> bool {
        !matches!(self, Stage::NoMaterials | Stage::Welded | Stage::Approved | Stage::Problem)
    }

    /// Whether work on the spool was begun and nobody has it.
    pub fn is_paused(self) -> bool {
        matches!(self, Stage::ArmPaused | Stage::SoldPaused | Stage::RepairPaused)
    }

    /// Since when a spool is here; `None` where neither the audit nor a date of the sheet says it.
    ///
    /// An occupation names its own beginning. Otherwise it is the last event that counts, or the
    /// day that the office typed if that came later, which has no hour: its midnight.
    pub fn since(self, spool: &Spool, zone: Tz) -> Option<Moment> {
        if let Some(holder) = &spool.occupation {
            return holder.since;
        }
        let typed = match self {
            Stage::ArmReady => spool.materials,
            Stage::SoldReady => spool.arm.done,
            Stage::ToInspect | Stage::Welded => spool.sold.done,
            Stage::Approved => spool.qc,
            _ => None,
        };
        let typed = typed.map(|day| at_plant(day.and_time(NaiveTime::MIN), zone));
        last_told(spool).and_then(|event| event.at).max(typed)
    }
}

/// Since when a spool lies idle too long (*parado*): begun, let go, and nobody has gone on for longer
/// than `max`; `None` is never (`IDLE_MAX_HOURS`).
pub fn idle(spool: &Spool, now: Moment, max: Option<Duration>, zone: Tz) -> Option<Moment> {
    let stage = Stage::of(spool);
    let since = Some(stage).filter(|stage| stage.is_paused())?.since(spool, zone)?;
    max.is_some_and(|max| now - since > max).then_some(since)
}

fn before_metrology(spool: &Spool) -> Stage {
    match (spool.arm.progress, spool.sold.progress) {
        (Some(Progress::Pending), _) if spool.materials.is_none() => Stage::NoMaterials,
        (Some(Progress::Pending), _) => Stage::ArmReady,
        (Some(Progress::Paused), _) => Stage::ArmPaused,
        (Some(Progress::Done), Some(Progress::Pending)) => Stage::SoldReady,
        (Some(Progress::Done), Some(Progress::Paused)) => Stage::SoldPaused,
        (Some(Progress::Done), Some(Progress::Done)) => Stage::Welded,
        // In progress without an occupant does not exist; without a state the row cannot be read.
        (Some(Progress::InProgress), _) | (_, Some(Progress::InProgress)) => Stage::Unclear,
        (None, _) | (_, None) => Stage::Problem,
    }
}

/// The last event that counts: what was taken back, and its taking back, do not.
fn last_told(spool: &Spool) -> Option<&AuditEvent> {
    let told = super::audit::effective(&spool.events);
    told.into_iter().rev().find(|event| event.action.moves()).map(|event| &**event)
}

/// How long is "long": the upper ends of the bands, the last without one.
const BANDS: [Option<Duration>; 5] =
    [Some(Duration::hours(4)), Some(Duration::hours(24)), Some(Duration::days(3)), Some(Duration::days(7)), None];

/// How old the spools of one stage are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ages {
    /// How many there are.
    pub count: usize,
    /// How many are younger than 4 h, a day, 3 days, 7 days, and the rest.
    pub bands: [usize; 5],
    /// How many of them nobody knows the age of.
    pub unknown: usize,
    /// The middle one, in minutes.
    pub median: Option<i64>,
    /// The oldest one, in minutes.
    pub oldest: Option<i64>,
}

impl Ages {
    /// The ages at `now` of spools that are in a stage since these moments. Elapsed time is
    /// counted between instants, so that a change of the clocks adds or takes nothing, and it is
    /// never negative.
    pub fn at(now: Moment, since: &[Option<Moment>]) -> Ages {
        let mut known: Vec<i64> = since.iter().flatten().map(|since| (now - since).num_minutes().max(0)).collect();
        known.sort_unstable();
        let mut bands = [0; 5];
        for minutes in &known {
            let band = BANDS.iter().position(|end| end.is_none_or(|end| *minutes < end.num_minutes()));
            if let Some(count) = band.and_then(|band| bands.get_mut(band)) {
                *count += 1;
            }
        }
        Ages {
            count: since.len(),
            bands,
            unknown: since.len() - known.len(),
            median: known.get(known.len().saturating_sub(1) / 2).copied(),
            oldest: known.last().copied(),
        }
    }
}
