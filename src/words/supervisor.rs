//! Words of the supervisor's page: what may be done, why, and what then becomes of whom.

use super::catalogue::{say, text};
use super::operation;
use crate::domain::problem::Kind;
use crate::domain::{Inspection, Mend, Remedy, Spool};
use std::time::Duration;

/// An act as a button says it.
pub fn act(what: &Mend) -> String {
    match what {
        Mend::Release => text("act-release").into(),
        Mend::Reopen(of) => say("act-reopen").with("operation", operation(*of)).into(),
        Mend::Unblock => text("act-unblock").into(),
        Mend::Correct(Remedy::Empty(column), _) => say("remedy-empty").with("column", column.header()).into(),
        Mend::Correct(Remedy::Name(column), Some(worker)) => {
            say("act-note").with("name", worker.full_name()).with("column", column.header()).into()
        }
        Mend::Correct(Remedy::Name(column), None) => say("act-note-somebody").with("column", column.header()).into(),
        Mend::Correct(Remedy::Begin, _) => text("act-begin").into(),
        Mend::Correct(Remedy::Since, _) => text("remedy-since").into(),
        Mend::Correct(Remedy::Retell, _) => text("act-retell").into(),
    }
}

/// What the act means for the person or the spool; nothing where the cells say it all.
pub fn outcome(what: &Mend, spool: &Spool) -> Option<String> {
    match what {
        Mend::Release => {
            let holder = &spool.occupation.as_ref()?.name;
            Some(say("outcome-release").with("name", holder).into())
        }
        Mend::Reopen(of) => Some(say("outcome-reopen").with("operation", operation(*of)).into()),
        Mend::Unblock if spool.inspection == Some(Inspection::Blocked) => Some(text("outcome-unblock").into()),
        Mend::Unblock | Mend::Correct(..) => None,
    }
}

/// Reasons to choose from.
pub fn reasons(what: &Mend) -> Vec<&'static str> {
    match what {
        Mend::Release => {
            vec![text("because-shift-end"), text("because-left"), text("because-mistaken"), text("because-other-goes-on")]
        }
        Mend::Reopen(_) => vec![text("because-completed-mistaken"), text("because-work-missing"), text("because-other-spool")],
        Mend::Unblock => vec![text("because-engineering"), text("because-quality")],
        Mend::Correct(..) => vec![text("because-half-done"), text("because-typing")],
    }
}

/// A kind of problem as a heading.
pub fn problem_title(kind: Kind) -> &'static str {
    match kind {
        Kind::NoColumn => text("problem-title-no-column"),
        Kind::BadTag => text("problem-title-bad-tag"),
        Kind::NotADate => text("problem-title-not-a-date"),
        Kind::NotAWorker => text("problem-title-not-a-worker"),
        Kind::NotText => text("problem-title-not-text"),
        Kind::Formula => text("problem-title-formula"),
        Kind::Filler => text("problem-title-filler"),
        Kind::UnknownName => text("problem-title-unknown-name"),
        Kind::DateWithoutWorker => text("problem-title-date-without-worker"),
        Kind::WeldedBeforeFitted => text("problem-title-welded-before-fitted"),
        Kind::InspectedBeforeWelded => text("problem-title-inspected-before-welded"),
        Kind::ApprovalDateAgainstText => text("problem-title-approval-date-against-text"),
        Kind::ApprovedWithoutDate => text("problem-title-approved-without-date"),
        Kind::RepairBeforeWelded => text("problem-title-repair-before-welded"),
        Kind::RepairWithoutOccupant => text("problem-title-repair-without-occupant"),
        Kind::OccupiedWithoutSince => text("problem-title-occupied-without-since"),
        Kind::SinceWithoutOccupant => text("problem-title-since-without-occupant"),
        Kind::OccupiedWithoutOperation => text("problem-title-occupied-without-operation"),
        Kind::OccupiedAndDone => text("problem-title-occupied-and-done"),
        Kind::TwoOperationsOpen => text("problem-title-two-operations-open"),
    }
}

/// How long something took.
pub fn millis(took: Duration) -> String {
    match took.as_millis() {
        0 => text("less-than-millisecond").into(),
        _ => say("milliseconds").count("count", took.as_millis() as u64).into(),
    }
}

/// A share as the plant writes it: `12,5 %`.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0).replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_written_with_a_comma() {
        assert_eq!([percent(0.0), percent(0.125), percent(1.0)], ["0,0 %", "12,5 %", "100,0 %"]);
    }
}
