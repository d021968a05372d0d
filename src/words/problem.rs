//! What is wrong with a row, for the people who can put it right in the workbook.

use super::catalogue::{say, text};
use crate::domain::cell::spelt_out;
use crate::domain::problem::Kind;
use crate::domain::{Cell, Column, Problem};

/// A problem as one sentence that begins with the column, so that it reads well by itself and
/// after "Por corregir:".
pub fn problem(problem: &Problem) -> String {
    let (column, what) = (problem.column.header(), problem_kind(problem.kind));
    match value(problem.column, problem.value.trim()).as_str() {
        "" => say("problem").with("column", column).with("what", what).into(),
        value => say("problem-value").with("column", column).with("value", super::echo(value)).with("what", what).into(),
    }
}

/// What a cell holds as the office sees it: in a date column a day, and not the number that the
/// workbook keeps; what nobody sees is spelt out.
pub fn value(column: Column, value: &str) -> String {
    let is_number = column.date_format().is_some() && value.parse::<f64>().is_ok();
    match Cell::text(value).read_moment(chrono_tz::UTC) {
        Ok(Some(at)) if is_number && column == Column::OccupiedSince => super::moment(at),
        Ok(Some(at)) if is_number => super::day(at.date_naive()),
        _ => spelt_out(value),
    }
}

/// A kind of problem, as the rest of a sentence that begins with the column's name.
pub fn problem_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::NoColumn => text("problem-no-column"),
        Kind::BadTag => text("problem-bad-tag"),
        Kind::NotADate => text("problem-not-a-date"),
        Kind::NotAWorker => text("problem-not-a-worker"),
        Kind::NotText => text("problem-not-text"),
        Kind::Formula => text("problem-formula"),
        Kind::Filler => text("problem-filler"),
        Kind::UnknownName => text("problem-unknown-name"),
        Kind::DateWithoutWorker => text("problem-date-without-worker"),
        Kind::WeldedBeforeFitted => text("problem-welded-before-fitted"),
        Kind::InspectedBeforeWelded => text("problem-inspected-before-welded"),
        Kind::ApprovalDateAgainstText => text("problem-approval-date-against-text"),
        Kind::ApprovedWithoutDate => text("problem-approved-without-date"),
        Kind::RepairBeforeWelded => text("problem-repair-before-welded"),
        Kind::RepairWithoutOccupant => text("problem-repair-without-occupant"),
        Kind::OccupiedWithoutSince => text("problem-occupied-without-since"),
        Kind::SinceWithoutOccupant => text("problem-since-without-occupant"),
        Kind::OccupiedWithoutOperation => text("problem-occupied-without-operation"),
        Kind::OccupiedAndDone => text("problem-occupied-and-done"),
        Kind::TwoOperationsOpen => text("problem-two-operations-open"),
    }
}
