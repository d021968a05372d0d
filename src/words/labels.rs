//! Short words of the screens: states and reasons as a card, a board and a history say them.

use super::catalogue::text;
use super::{operation, refusal};
use crate::domain::decision::Missing;
use crate::domain::{Action, AuditEvent, Column, Help, Inspection, Operation, Progress, Refusal, Remedy, Spool};

/// Who supervises where nobody signs in.
pub const SUPERVISOR: &str = "Supervisor";

/// On a board, when nobody has anything.
pub(super) const NO_HOLDERS: &str = "No hay carretes ocupados actualmente";

/// On a board, when the workbook does not say who has what.
pub const UNKNOWN_HOLDERS: &str = "No se sabe quién tiene cada carrete: falta la columna Ocupado_Por";

/// An occupied spool whose operation nobody knows.
pub const NO_OPERATION: &str = "sin operación";

/// A spool that can be inspected now.
pub const TO_INSPECT: &str = "Listo para metrología";

/// A spool whose row cannot be read.
pub const BAD_ROW: &str = "Fila con un problema";

/// A request for help, in one line: who, since when, what for, and whether anybody has seen it.
pub fn help(help: &Help) -> String {
    let since = help.since.map(|at| format!(" a las {}", at.format("%H:%M"))).unwrap_or_default();
    let reason = help.reason.as_deref().map(|reason| format!(": {}", super::echo(reason))).unwrap_or_default();
    let seen = help.seen_by.as_deref().map_or_else(|| "nadie lo ha visto".to_owned(), |name| format!("visto por {name}"));
    format!("{} pide ayuda{since}{reason} ({seen})", help.name)
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
        Remedy::Empty(column) => format!("Vaciar {}", column.header()),
        Remedy::Name(column) => format!("Anotar quién en {}", column.header()),
        Remedy::Begin => format!("Anotar que {holder} empezó"),
        Remedy::Since => "Anotar desde cuándo".into(),
        Remedy::Retell => format!("Escribir {} según las demás columnas", Column::Detail.header()),
    }
}

/// What is being done to an occupied spool; `max` is the rejection that blocks, 0 none.
pub fn in_course(of: Option<Operation>, cycle: u32, max: u32) -> String {
    match of {
        Some(Operation::Repair) => format!("{}, {}", inspection(Inspection::InRepair), self::cycle(cycle, max)),
        Some(of) => format!("{} en curso", operation(of)),
        None => "Ocupado sin operación en curso".to_owned(),
    }
}

/// How far a free spool has come with an operation that can begin.
pub fn ready(spool: &Spool, of: Operation, max: u32) -> String {
    match (of, spool.inspection) {
        (Operation::Repair, Some(state @ Inspection::Blocked)) => inspection(state).to_owned(),
        (Operation::Repair, Some(state)) => format!("{}, {}", inspection(state), cycle(spool.cycle, max)),
        (of, _) => progress(of, spool.work(of).and_then(|work| work.progress)),
    }
}

/// An operation that cannot begin yet.
pub fn not_yet(of: Operation) -> String {
    format!("Todavía no: {}", operation(of))
}

/// How far a spool has come altogether.
pub fn standing(spool: &Spool) -> String {
    match spool.inspection {
        Some(state) => inspection(state).to_owned(),
        None => {
            let (arm, sold) = (spool.arm.progress, spool.sold.progress);
            format!("{}, {}", progress(Operation::Arm, arm), progress(Operation::Sold, sold))
        }
    }
}

/// ARM or SOLD and how far it has come.
fn progress(of: Operation, progress: Option<Progress>) -> String {
    let word = match progress {
        Some(Progress::Pending) => "pendiente",
        Some(Progress::InProgress) => "en curso",
        Some(Progress::Paused) => "pausado",
        Some(Progress::Done) => "terminado",
        None => "no se puede leer",
    };
    format!("{} {word}", operation(of))
}

/// Where a welded spool stands.
pub(super) fn inspection(state: Inspection) -> &'static str {
    match state {
        Inspection::Pending => "Espera metrología",
        Inspection::Approved => "Aprobado por metrología",
        Inspection::Rejected => "Rechazado por metrología",
        Inspection::InRepair => "En reparación",
        Inspection::RepairPaused => "Reparación pausada",
        Inspection::Blocked => "Bloqueado",
    }
}

/// `ciclo 2/3`; without a limit `ciclo 2`.
pub(super) fn cycle(cycle: u32, max: u32) -> String {
    match max {
        0 => format!("ciclo {}", cycle.max(1)),
        max => format!("ciclo {}/{max}", cycle.max(1)),
    }
}

/// `NV 0650`, but `NV0650` where the sheet itself says so; empty where it says nothing.
pub fn numbered(kind: &str, value: &str) -> String {
    let named = value.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind));
    if named || value.is_empty() { value.to_owned() } else { format!("{kind} {value}") }
}

/// Why nobody can take it yet, in a few words; the whole sentence where few do not suffice.
pub fn reason(why: &Refusal) -> String {
    match why {
        Refusal::Prerequisite { missing: Missing::Materials, .. } => "Falta Fecha_Materiales".into(),
        Refusal::Prerequisite { missing: Missing::Arm, .. } => "ARM sin terminar".into(),
        Refusal::Prerequisite { missing: Missing::Sold, .. } => "SOLD sin terminar".into(),
        Refusal::NotAvailable { state: Some(state), .. } => inspection(*state).into(),
        other => refusal(other),
    }
}

/// An event of the audit, as the history says it.
pub fn event(event: &AuditEvent) -> String {
    let verb = match (event.action, event.notes.approved) {
        (Action::Complete, Some(true)) => "APROBAR",
        (Action::Complete, Some(false)) => "RECHAZAR",
        (Action::Other, _) => return event.event_type.clone(),
        (action, _) => action.verb(),
    };
    event.operation.map_or_else(|| verb.to_owned(), |of| format!("{verb} {}", operation(of)))
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
