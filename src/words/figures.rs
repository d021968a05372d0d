//! Words of the board's figures: stages, bands of time, days, and the headings of its file.

use super::catalogue::{say, text};
use super::{bad_row, operation};
use crate::domain::stage::Stage;
use crate::domain::{Action, AuditEvent, Inspection, Moment, Operation, WorkerId};
use chrono::{Datelike, NaiveDate, Weekday};
use std::borrow::Cow;

/// The bands of time that a spool may have been in its stage, and what has no date.
pub fn bands() -> [&'static str; 6] {
    [text("band-4-hours"), text("band-day"), text("band-3-days"), text("band-week"), text("band-longer"), text("no-date")]
}

/// The headings of the board's file, for who has what.
pub fn held_headings() -> [&'static str; 9] {
    let [spool, nv, ot, row] = spool_headings();
    let (operation, holder, since) = (text("operation"), text("holder"), text("since"));
    [spool, nv, ot, row, operation, holder, since, text("file-minutes"), text("file-overdue")]
}

/// The headings of the board's file, for what waits.
pub fn waiting_headings() -> [&'static str; 7] {
    let [spool, nv, ot, row] = spool_headings();
    [spool, nv, ot, row, text("board-ready-for"), text("board-waits-since"), text("file-minutes")]
}

fn spool_headings() -> [&'static str; 4] {
    [text("spool"), text("nv"), text("ot"), text("file-row")]
}

/// Yes or no, in a cell.
pub fn yes(yes: bool) -> &'static str {
    if yes { text("yes") } else { text("no") }
}

/// Where a spool stands, as boards count it.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::NoMaterials => text("stage-no-materials"),
        Stage::ArmReady => text("stage-arm-ready"),
        Stage::ArmRunning => text("stage-arm-running"),
        Stage::ArmPaused => text("stage-arm-paused"),
        Stage::SoldReady => text("stage-sold-ready"),
        Stage::SoldRunning => text("stage-sold-running"),
        Stage::SoldPaused => text("stage-sold-paused"),
        Stage::ToInspect => super::labels::inspection(Inspection::Pending),
        Stage::Rejected => text("stage-rejected"),
        Stage::Repairing => super::labels::inspection(Inspection::InRepair),
        Stage::RepairPaused => super::labels::inspection(Inspection::RepairPaused),
        Stage::Blocked => super::labels::inspection(Inspection::Blocked),
        Stage::Welded => text("stage-welded"),
        Stage::Approved => super::labels::inspection(Inspection::Approved),
        Stage::Unclear => text("stage-unclear"),
        Stage::Problem => bad_row(),
    }
}

/// What a board was narrowed to: `NV0650 · OT 1335 · ARM`; empty when it shows everything.
pub fn narrowed(nv: &str, ot: &str, of: Option<Operation>) -> String {
    let parts = [super::numbered("NV", nv), super::numbered("OT", ot), of.map_or("", operation).to_owned()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// What a board says when nobody has any spool of what it was narrowed to.
pub fn nobody(narrowed: &str) -> Cow<'static, str> {
    match narrowed {
        "" => text("holders-none").into(),
        narrowed => String::from(say("holders-none-of").with("what", narrowed)).into(),
    }
}

/// What a board says of an NV or OT that no spool has.
pub fn nothing(numbers: &str) -> String {
    say("spools-none-of").with("numbers", numbers).into()
}

/// A day of the week and its date: `sáb 21-11`.
pub fn weekday(date: NaiveDate) -> String {
    let name = match date.weekday() {
        Weekday::Mon => say("day-mon"),
        Weekday::Tue => say("day-tue"),
        Weekday::Wed => say("day-wed"),
        Weekday::Thu => say("day-thu"),
        Weekday::Fri => say("day-fri"),
        Weekday::Sat => say("day-sat"),
        Weekday::Sun => say("day-sun"),
    };
    name.with("date", date.format("%d-%m")).into()
}

/// An hour of the day: `9 a 10 h`.
pub fn hour(hour: u32) -> String {
    say("hours-from-to").count("from", hour).count("to", hour + 1).into()
}

/// Since when, in a list of one's own: the day only where it is not `day`.
pub fn within(at: Moment, day: NaiveDate) -> String {
    match at.date_naive() == day {
        true => at.format("%H:%M").to_string(),
        false => at.format("%d-%m %H:%M").to_string(),
    }
}

/// From when to when: `21-11-2026 10:42 → 12:57`. `ended` is the time of what ended it, if anything
/// did; `lasts`, whether it still goes on.
pub fn stretch(start: Option<Moment>, ended: Option<Option<Moment>>, lasts: bool) -> String {
    let from = start.map_or_else(|| no_hour().to_owned(), super::moment);
    let to = match (ended, lasts) {
        (Some(Some(end)), _) if start.is_some_and(|start| start.date_naive() == end.date_naive()) => {
            end.format("%H:%M").to_string()
        }
        (Some(end), _) => end.map_or_else(|| no_hour().to_owned(), super::moment),
        (None, true) => lasting().to_owned(),
        (None, false) => text("freed-by-hand").to_owned(),
    };
    format!("{from} → {to}")
}

/// An end or a beginning that nobody knows the hour of.
pub fn no_hour() -> &'static str {
    text("no-hour")
}

/// What has not ended.
pub fn lasting() -> &'static str {
    text("lasts")
}

/// How a session of a worker ended.
pub fn ending(event: &AuditEvent, worker: WorkerId) -> String {
    match event.action {
        Action::Complete => text("ending-completed").into(),
        Action::Pause => text("ending-paused").into(),
        Action::Cancel => text("ending-cancelled").into(),
        Action::Release => say("ending-released").with("name", &event.worker_name).into(),
        Action::Take if event.worker != worker => say("ending-relieved").with("name", &event.worker_name).into(),
        Action::Take => text("ending-taken-again").into(),
        _ => super::event(event),
    }
}

/// What metrology said, and which rejection in a row it was; empty for what is no verdict.
pub fn verdict(event: &AuditEvent, max: u32) -> String {
    match (event.notes.approved, event.notes.cycle) {
        (Some(true), _) => text("verdict-approved").into(),
        (Some(false), Some(cycle)) => say("verdict-rejected-cycle").with("cycle", super::labels::cycle(cycle, max)).into(),
        (Some(false), None) => text("verdict-rejected").into(),
        (None, _) => String::new(),
    }
}
