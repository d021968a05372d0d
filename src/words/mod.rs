//! What there is to say about the domain: its types in, a sentence out. The sentences themselves are in the
//! [catalogue](Language), by key.
//!
//! One sentence for one thing, whoever says it: pages, API, command line, report of an import. All
//! of them say "tú". A refusal says what happened, who has the spool and since when, and what to do now; a success
//! names the operation and how far it has come (`field-failures.md` G13, I3, I10).

mod catalogue;
mod door;
mod fault;
mod figures;
mod labels;
mod obstacle;
mod problem;
mod supervisor;

pub use catalogue::{HOME, Language, Number, Said, language, say, source, speak, takes, text, those_of, unfilled};
pub use door::{Door, asked};
pub use fault::{Fault, Wants};
pub use figures::{
    bands, ending, held_headings, hour, lasting, narrowed, no_hour, nobody, nothing, stage, stretch, verdict, waiting_headings,
    weekday, within, yes,
};
pub use labels::{
    SUPERVISOR, bad_row, drop_reasons, event, help, help_reasons, in_course, no_operation, not_yet, numbered, pause_reasons,
    ready, reason, remedy, standing, to_inspect, unknown_holders, which,
};
pub use obstacle::{Obstacle, age, obstacle};
pub use problem::{problem, problem_kind, value};
pub use supervisor::{act, millis, outcome, percent, problem_title, reasons};

use crate::domain::cell::visible;
use crate::domain::decision::{Candidate, Ending, Missing};
use crate::domain::{Action, AuditEvent, Column, Help, Inspection, Moment, Occupation, Operation, Refusal, Role, Spool, Tag};
use crate::error::{Error, Service};
use chrono::{NaiveDate, Timelike};

/// The longest piece of a caller's own text that is said back to him.
const ECHO: usize = 60;

/// How many rows of one tag a sentence lists.
const LISTED: usize = 4;

/// What a refusal says to the person, with every time dated.
pub fn refusal(refusal: &Refusal) -> String {
    told(refusal, None)
}

/// [`refusal`] as said at `now`: a time of today goes without its date.
pub fn refusal_at(refusal: &Refusal, now: Moment) -> String {
    told(refusal, Some(now))
}

fn told(refusal: &Refusal, now: Option<Moment>) -> String {
    let said = match refusal {
        // The row of a card that is still shown: the office has named it otherwise, or deleted it.
        Refusal::UnknownSpool { asked } if is_id(asked) => return text("refusal-spool-gone").into(),
        Refusal::UnknownSpool { asked } => say("refusal-unknown-spool").with("asked", echo(asked)),
        Refusal::UnknownWorker { id } => say("refusal-unknown-worker").with("id", id),
        Refusal::InactiveWorker { name } => say("refusal-inactive").with("name", name),
        Refusal::AmbiguousTag { tag, candidates } => ambiguous(tag, candidates),
        Refusal::Unreadable { tag, problem: found } => say("refusal-unreadable").with("tag", tag).with("problem", problem(found)),
        Refusal::YoursForOther { tag, operation } => {
            say("refusal-yours").with("tag", tag).maybe("operation", operation.map(self::operation))
        }
        Refusal::Occupied { tag, holder, relief: true } => {
            say("refusal-occupied-overdue").with("tag", tag).with("held", held(holder, now))
        }
        Refusal::Occupied { tag, holder, relief: false } => {
            say("refusal-occupied").with("tag", tag).with("held", held(holder, now))
        }
        Refusal::BeingTaken { tag, name } => say("refusal-being-taken").with("tag", tag).with("name", name),
        Refusal::Blocked { tag } => say("refusal-blocked").with("tag", tag),
        Refusal::RoleMissing { operation: of, needed } => role_missing(*of, needed),
        Refusal::AlreadyDone { tag, operation, on } => {
            let done = say("refusal-done").with("tag", tag).with("operation", self::operation(*operation));
            done.with("finished", finished(*operation)).maybe("day", on.map(day))
        }
        Refusal::Prerequisite { tag, operation, missing } => prerequisite(tag, *operation, *missing),
        Refusal::NotAvailable { tag, operation, state } => not_available(tag, *operation, *state),
        Refusal::NotStarted { tag } => say("refusal-not-started").with("tag", tag),
        Refusal::NotOwner { tag, holder: None } => say("refusal-free").with("tag", tag),
        Refusal::NotOwner { tag, holder: Some(holder) } => {
            say("refusal-not-owner").with("tag", tag).with("held", held(holder, now))
        }
        Refusal::Ended { tag, ending } => ended(tag, ending, now),
        Refusal::FutureDate { date, today } => say("refusal-future").with("day", day(*date)).with("today", day(*today)),
        Refusal::NotYours { tag } => say("refusal-not-yours").with("tag", tag),
        Refusal::ChangedSince { tag } => say("refusal-changed-since").with("tag", tag),
        Refusal::AlreadyFree { tag } => say("refusal-already-free").with("tag", tag),
        Refusal::NotDone { tag, operation } => say("refusal-not-done")
            .with("tag", tag)
            .with("operation", self::operation(*operation))
            .with("finished", finished(*operation)),
        Refusal::NextBegun { tag, next } => say("refusal-next-begun").with("tag", tag).with("operation", operation(*next)),
        Refusal::NotBlocked { tag } => say("refusal-not-blocked").with("tag", tag),
        Refusal::ReasonMissing => return text("refusal-reason").into(),
        Refusal::SeenOtherwise { tag } => say("refusal-seen-otherwise").with("tag", tag),
        Refusal::NothingToCorrect { tag } => say("refusal-nothing-to-correct").with("tag", tag),
        Refusal::WorkerMissing { tag, column } => say("refusal-worker-missing").with("tag", tag).with("column", column.header()),
        Refusal::HelpAsked { tag, help } => help_asked(tag, help, now),
        Refusal::NoHelp { tag } => say("refusal-no-help").with("tag", tag),
        Refusal::NotAsker { tag, name } => say("refusal-not-asker").with("tag", tag).with("name", name),
        Refusal::InspectionOff => {
            say("refusal-inspection-off").with("detail", Column::Detail.header()).with("date", Column::QcDate.header())
        }
        Refusal::KeyReused => return text("refusal-key-reused").into(),
    };
    said.into()
}

/// What any failure says to the person. `now` leaves today's date out of a time; `reference` is
/// the request id by which a bug is found in the log.
pub fn error(error: &Error, now: Option<Moment>, reference: Option<&str>) -> String {
    match error {
        Error::Refused(refusal) => told(refusal, now),
        Error::Conflict => text("error-conflict").into(),
        Error::Unavailable { service: Service::Workbook, .. } => text("error-workbook").into(),
        Error::Unavailable { service: Service::Locks, .. } => text("error-locks").into(),
        Error::Unavailable { service: Service::Events, .. } => text("error-events").into(),
        Error::Withdrawn => text("error-withdrawn").into(),
        Error::OutcomeUnknown => text("error-unknown").into(),
        Error::Internal(_) => say("error-internal").maybe("reference", reference).into(),
    }
}

/// Whether the list from which somebody asked was older than what this says: the sentence sends him to a newer one.
pub fn is_of_an_old_list(error: &Error) -> bool {
    let Error::Refused(refusal) = error else { return matches!(error, Error::Conflict) };
    match &**refusal {
        Refusal::UnknownSpool { asked } => is_id(asked),
        Refusal::BeingTaken { .. } | Refusal::ChangedSince { .. } | Refusal::NoHelp { .. } => true,
        Refusal::Ended { .. } | Refusal::KeyReused => true,
        _ => false,
    }
}

/// What a success says: the operation, the spool, and how far it has come.
///
/// It is made from the event alone, so that a repeated request reads the first result.
pub fn done(spool: &Spool, event: Option<&AuditEvent>) -> String {
    let tag = spool.tag();
    let Some(event) = event else {
        let of = spool.occupation.as_ref().and_then(|holder| holder.operation);
        return say("done-already").with("tag", tag).maybe("operation", of.map(operation)).into();
    };
    let said = match event.action {
        Action::Take if event.notes.previous.is_some() => agreeing(say("done-relieved"), event),
        Action::Take => agreeing(say("done-taken"), event),
        Action::Pause => agreeing(say("done-paused"), event),
        Action::Complete => completed(event),
        Action::Cancel => agreeing(say("done-cancelled"), event),
        Action::Release => say("done-released"),
        Action::Reopen => agreeing(say("done-reopened"), event),
        Action::Undo => say("done-undone").with("operation", event.operation.map_or(text("done-spool"), operation)),
        Action::Unblock => say("done-unblocked"),
        Action::Correct => say("done-corrected"),
        Action::AskHelp => say("done-help-asked"),
        Action::SeeHelp => say("done-help-seen"),
        Action::SolveHelp => say("done-help-solved"),
        Action::Other => say("done-saved"),
    };
    said.with("tag", tag).into()
}

/// A sentence about what was done to an operation, in its gender.
fn agreeing(said: Said, event: &AuditEvent) -> Said {
    let of = event.operation.map_or(text("done-spool"), operation);
    said.with("operation", of).maybe("kind", event.operation.map(Operation::name))
}

/// An operation as screens write it, with its accent.
pub fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Arm => text("operation-arm"),
        Operation::Sold => text("operation-sold"),
        Operation::Metrology => text("operation-metrology"),
        Operation::Repair => text("operation-repair"),
    }
}

/// A role as screens write it, with its accent.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Metrologia => text("role-metrology"),
        other => other.name(),
    }
}

/// A day as the plant writes it: 21-11-2026.
pub fn day(date: NaiveDate) -> String {
    date.format("%d-%m-%Y").to_string()
}

/// A day and the time on the plant's wall: 21-11-2026 10:42.
pub fn moment(at: Moment) -> String {
    at.format("%d-%m-%Y %H:%M").to_string()
}

/// A time of the day within a sentence: `a las 10:42`, and `el 20-11-2026 a las 10:42` when it is
/// not of the day of `now`.
pub fn at(moment: Moment, now: Option<Moment>) -> String {
    say("time-at").with("clock", clock(moment)).maybe("day", another_day(moment, now)).into()
}

/// [`at`] for a beginning: `desde las 10:42`, `desde el 20-11-2026 a las 10:42`.
pub fn since(moment: Moment, now: Option<Moment>) -> String {
    say("time-since").with("clock", clock(moment)).maybe("day", another_day(moment, now)).into()
}

/// The day of a moment, where it is not today.
fn another_day(moment: Moment, now: Option<Moment>) -> Option<String> {
    let is_today = now.is_some_and(|now| now.date_naive() == moment.date_naive());
    (!is_today).then(|| day(moment.date_naive()))
}

fn clock(moment: Moment) -> Said {
    say("time-clock").count("hour", moment.hour()).with("clock", moment.format("%H:%M"))
}

/// Whether a caller means a row by its short id (`Identity`), which nobody has ever seen. A code of sixteen digits may stand
/// on a spool.
fn is_id(asked: &str) -> bool {
    let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    asked.len() == 16 && asked.chars().all(hex) && asked.contains(char::is_alphabetic)
}

/// "lo tiene Nicolás Ríos (ARM) desde las 10:42."
fn held(holder: &Occupation, now: Option<Moment>) -> Said {
    let held = say("refusal-held").with("name", &holder.name).maybe("operation", holder.operation.map(operation));
    held.maybe("since", holder.since.map(|at| since(at, now)))
}

fn help_asked(tag: &Tag, help: &Help, now: Option<Moment>) -> Said {
    let said = match &help.seen_by {
        Some(name) => say("refusal-help-seen").with("seen", name),
        None => say("refusal-help-unseen"),
    };
    said.with("name", &help.name).with("tag", tag).maybe("since", help.since.map(|at| since(at, now)))
}

fn ambiguous(tag: &Tag, candidates: &[Candidate]) -> Said {
    let row = |row: &Candidate| {
        let said = say("refusal-twin").with("nv", numbered("NV", &row.nv)).with("ot", numbered("OT", &row.ot));
        said.with("row", row.fila).to_string()
    };
    let rows: Vec<String> = candidates.iter().take(LISTED).map(row).collect();
    let said = if candidates.len() > LISTED { say("refusal-twins-more") } else { say("refusal-twins") };
    said.count("count", candidates.len()).with("tag", tag).with("rows", rows.join("; "))
}

fn role_missing(of: Operation, needed: &[Role]) -> Said {
    let roles: Vec<&str> = needed.iter().map(|needed| role(*needed)).collect();
    let roles = roles.join(&format!(" {} ", text("refusal-role-or")));
    say("refusal-role").with("operation", operation(of)).with("roles", roles)
}

/// The word for a finished operation.
fn finished(of: Operation) -> Said {
    say("finished").with("kind", of.name())
}

fn prerequisite(tag: &Tag, of: Operation, missing: Missing) -> Said {
    let before = |missing| say("refusal-before").with("missing", operation(missing));
    let said = match missing {
        Missing::Materials => say("refusal-materials").with("column", Column::Materials.header()),
        Missing::Arm => before(Operation::Arm),
        Missing::Sold => before(Operation::Sold),
    };
    said.with("operation", operation(of)).with("tag", tag)
}

fn not_available(tag: &Tag, of: Operation, state: Option<Inspection>) -> Said {
    let state = match state {
        None => text("refusal-state-not-welded"),
        Some(Inspection::Pending) if of == Operation::Metrology => return say("refusal-inspect").with("tag", tag),
        Some(Inspection::Pending) => text("refusal-state-pending"),
        Some(Inspection::Approved) => text("refusal-state-approved"),
        Some(Inspection::Rejected) => text("refusal-state-rejected"),
        Some(Inspection::InRepair) => text("refusal-state-in-repair"),
        Some(Inspection::RepairPaused) => text("refusal-state-repair-paused"),
        Some(Inspection::Blocked) => text("refusal-state-blocked"),
    };
    say("refusal-not-available").with("tag", tag).with("operation", operation(of)).with("state", state)
}

/// How and when an occupation ended (`design.md` 4: 410 says how and when).
fn ended(tag: &Tag, ending: &Ending, now: Option<Moment>) -> Said {
    let of = ending.operation.map(operation);
    let Some(event) = &ending.by else { return say("ended-by-hand").with("tag", tag).maybe("operation", of) };
    let said = match event.action {
        Action::Pause => say("ended-paused"),
        Action::Complete => say("ended-completed"),
        Action::Cancel => say("ended-cancelled"),
        Action::Take => say("ended-relieved").with("name", &event.worker_name),
        Action::Release => {
            let named = Some(event.worker_name.as_str()).filter(|name| *name != SUPERVISOR);
            say("ended-released").maybe("name", named).maybe("reason", event.notes.reason.as_deref().map(echo))
        }
        _ => say("ended-otherwise"),
    };
    said.with("tag", tag).maybe("operation", of).maybe("when", event.at.map(|moment| at(moment, now)))
}

fn completed(event: &AuditEvent) -> Said {
    match (event.operation, event.notes.approved) {
        (_, Some(true)) => say("done-approved"),
        (_, Some(false)) => {
            let blocked = event.notes.after.iter().any(|(column, cell)| {
                *column == Column::Detail
                    && crate::domain::detail::read(&cell.display()) == Some(crate::domain::detail::Verdict::Blocked)
            });
            if blocked { say("done-rejected-blocked") } else { say("done-rejected").maybe("cycle", event.notes.cycle) }
        }
        (Some(Operation::Arm), _) => followed(event, Operation::Sold),
        (Some(Operation::Sold | Operation::Repair), _) => followed(event, Operation::Metrology),
        _ => agreeing(say("done-completed"), event),
    }
}

fn followed(event: &AuditEvent, next: Operation) -> Said {
    agreeing(say("done-completed-next"), event).with("next", operation(next))
}

/// A caller's own text, short and without what is not seen.
fn echo(text: &str) -> String {
    let clean = visible(text);
    match clean.chars().count() > ECHO {
        true => format!("{}…", clean.chars().take(ECHO).collect::<String>()),
        false => clean,
    }
}

#[cfg(test)]
pub(crate) mod tests;
