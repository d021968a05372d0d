//! Short words of the screens: states and reasons as a card, a board and a history say them.

use super::catalogue::{say, text};
use super::{operation, refusal};
use crate::domain::decision::Missing;
use crate::domain::{Action, AuditEvent, Column, Help, Inspection, Operation, Progress, Refusal, Remedy, Spool};
use std::fmt::Display;

/// Who supervises where nobody signs in.
pub const SUPERVISOR: &str = "Supervisor";

/// On a board, when the workbook does not say who has what.
pub fn unknown_holders() -> &'static str {
    text("holders-unknown")
}

/// An occupied spool whose operation nobody knows.
pub fn no_operation() -> &'static str {
    text("no-operation")
}

/// A spool that can be inspected now.
pub fn to_inspect() -> &'static str {
    text("ready-to-inspect")
}

/// A spool whose row cannot be read.
pub fn bad_row() -> &'static str {
    text("row-with-problem")
}

/// A request for help, in one line: who, since when, what for, and whether anybody has seen it.
pub fn help(help: &Help) -> String {
    let line = match &help.seen_by {
        Some(name) => say("help-line-seen").with("seen", name),
        None => say("help-line-unseen"),
    };
    let reason = help.reason.as_deref().map(super::echo);
    line.with("name", &help.name).maybe("clock", help.since.map(|at| at.format("%H:%M"))).maybe("reason", reason).into()
}

/// Reasons to pause that a button gives; another one is typed.
pub fn pause_reasons() -> [&'static str; 6] {
    [
        text("reason-material"),
        text("reason-drawing"),
        text("reason-machine"),
        text("reason-quality"),
        text("reason-meal"),
        text("reason-shift-end"),
    ]
}

/// The same for several spools at once, the likeliest first.
pub fn drop_reasons() -> [&'static str; 6] {
    let [material, drawing, machine, quality, meal, shift_end] = pause_reasons();
    [shift_end, meal, material, drawing, machine, quality]
}

/// What help may be asked for; anything else is typed.
pub fn help_reasons() -> [&'static str; 5] {
    [text("reason-material"), text("reason-drawing"), text("reason-machine"), text("reason-quality"), text("reason-safety")]
}

/// What a remedy does, as its button says it.
pub fn remedy(spool: &Spool, remedy: Remedy) -> String {
    let holder = spool.occupation.as_ref().map_or("", |holder| holder.name.as_str());
    match remedy {
        Remedy::Empty(column) => say("remedy-empty").with("column", column.header()).into(),
        Remedy::Name(column) => say("remedy-name").with("column", column.header()).into(),
        Remedy::Begin => say("remedy-begin").with("holder", holder).into(),
        Remedy::Since => text("remedy-since").into(),
        Remedy::Retell => say("remedy-retell").with("column", Column::Detail.header()).into(),
    }
}

/// What is being done to an occupied spool; `max` is the rejection that blocks, 0 none.
pub fn in_course(of: Option<Operation>, cycle: u32, max: u32) -> String {
    match of {
        Some(Operation::Repair) => both(inspection(Inspection::InRepair), self::cycle(cycle, max)),
        Some(of) => say("running").with("operation", operation(of)).into(),
        None => text("running-unknown").into(),
    }
}

/// How far a free spool has come with an operation that can begin.
pub fn ready(spool: &Spool, of: Operation, max: u32) -> String {
    match (of, spool.inspection) {
        (Operation::Repair, Some(state @ Inspection::Blocked)) => inspection(state).to_owned(),
        (Operation::Repair, Some(state)) => both(inspection(state), cycle(spool.cycle, max)),
        (of, _) => progress(of, spool.work(of).and_then(|work| work.progress)),
    }
}

/// An operation that cannot begin yet.
pub fn not_yet(of: Operation) -> String {
    say("not-yet").with("operation", operation(of)).into()
}

/// How far a spool has come altogether.
pub fn standing(spool: &Spool) -> String {
    match spool.inspection {
        Some(state) => inspection(state).to_owned(),
        None => {
            let (arm, sold) = (spool.arm.progress, spool.sold.progress);
            both(progress(Operation::Arm, arm), progress(Operation::Sold, sold))
        }
    }
}

/// ARM or SOLD and how far it has come.
fn progress(of: Operation, progress: Option<Progress>) -> String {
    let said = match progress {
        Some(Progress::Pending) => say("progress-pending"),
        Some(Progress::InProgress) => say("progress-running"),
        Some(Progress::Paused) => say("progress-paused"),
        Some(Progress::Done) => say("progress-done"),
        None => say("progress-unreadable"),
    };
    said.with("operation", operation(of)).into()
}

/// Two things that are said of one spool.
fn both(first: impl Display, second: impl Display) -> String {
    say("state-and").with("first", first).with("second", second).into()
}

/// Where a welded spool stands.
pub(super) fn inspection(state: Inspection) -> &'static str {
    match state {
        Inspection::Pending => text("inspection-pending"),
        Inspection::Approved => text("inspection-approved"),
        Inspection::Rejected => text("inspection-rejected"),
        Inspection::InRepair => text("inspection-in-repair"),
        Inspection::RepairPaused => text("inspection-repair-paused"),
        Inspection::Blocked => text("inspection-blocked"),
    }
}

/// `ciclo 2/3`; without a limit `ciclo 2`.
pub(super) fn cycle(cycle: u32, max: u32) -> String {
    match max {
        0 => say("cycle").count("cycle", cycle.max(1)).into(),
        max => say("cycle-of").count("cycle", cycle.max(1)).count("most", max).into(),
    }
}

/// `NV 0650`, but `NV0650` where the sheet itself says so; empty where it says nothing.
pub fn numbered(kind: &str, value: &str) -> String {
    let named = value.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind));
    if named || value.is_empty() { value.to_owned() } else { format!("{kind} {value}") }
}

/// What tells a row from the others of its tag, `NV0650 · OT 1335 · fila 67`; `None` where its tag is its own.
pub fn which(spool: &Spool) -> Option<String> {
    if !spool.identity.duplicate {
        return None;
    }
    let parts = [numbered("NV", &spool.nv), numbered("OT", &spool.ot), say("row").with("row", spool.fila).into()];
    Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "))
}

/// Why nobody can take it yet, in a few words; the whole sentence where few do not suffice.
pub fn reason(why: &Refusal) -> String {
    match why {
        Refusal::Prerequisite { missing: Missing::Materials, .. } => text("lacks-materials").into(),
        Refusal::Prerequisite { missing: Missing::Arm, .. } => text("lacks-arm").into(),
        Refusal::Prerequisite { missing: Missing::Sold, .. } => text("lacks-sold").into(),
        Refusal::NotAvailable { state: Some(state), .. } => inspection(*state).into(),
        other => refusal(other),
    }
}

/// An event of the audit, as the history says it.
pub fn event(event: &AuditEvent) -> String {
    let verb = match (event.action, event.notes.approved) {
        (Action::Complete, Some(true)) => text("event-approve"),
        (Action::Complete, Some(false)) => text("event-reject"),
        (Action::Other, _) => return event.event_type.clone(),
        (action, _) => action.verb(),
    };
    match event.operation {
        Some(of) => say("event-of").with("verb", verb).with("operation", operation(of)).into(),
        None => verb.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_names_itself_is_not_named_twice() {
        assert_eq!(numbered("NV", "NV0650"), "NV0650");
        assert_eq!(numbered("NV", "nv-0650"), "nv-0650");
        assert_eq!(numbered("NV", "0650"), "NV 0650");
        assert_eq!(numbered("OT", ""), "");
    }
}
