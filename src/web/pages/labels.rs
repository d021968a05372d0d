//! Short words of the screens: states, reasons and problems as a card says them.

use crate::domain::decision::Missing;
use crate::domain::{Action, AuditEvent, Inspection, Operation, Progress, Refusal};
use crate::web::words;

/// The operation with its accents.
pub(super) fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Arm => "ARM",
        Operation::Sold => "SOLD",
        Operation::Metrology => "METROLOGÍA",
        Operation::Repair => "REPARACIÓN",
    }
}

/// ARM or SOLD and how far it has come.
pub(super) fn progress(operation: Operation, progress: Option<Progress>) -> String {
    let word = match progress {
        Some(Progress::Pending) => "pendiente",
        Some(Progress::InProgress) => "en curso",
        Some(Progress::Paused) => "pausado",
        Some(Progress::Done) => "terminado",
        None => "no se puede leer",
    };
    format!("{} {word}", self::operation(operation))
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

/// `NV 0650`, also where the sheet says `NV0650`; empty where it says nothing.
pub(super) fn numbered(kind: &str, value: &str) -> String {
    let named = value.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind));
    if named || value.is_empty() { value.to_owned() } else { format!("{kind} {value}") }
}

/// Why nobody can take it yet, in a few words; the whole sentence where few do not suffice.
pub(super) fn reason(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Prerequisite { missing: Missing::Materials, .. } => "Falta Fecha_Materiales".into(),
        Refusal::Prerequisite { missing: Missing::Arm, .. } => "ARM sin terminar".into(),
        Refusal::Prerequisite { missing: Missing::Sold, .. } => "SOLD sin terminar".into(),
        Refusal::NotAvailable { state: Some(state), .. } => inspection(*state).into(),
        other => words::refusal(other),
    }
}

/// An event of the audit, as the history says it.
pub(super) fn event(event: &AuditEvent) -> String {
    let verb = match event.action {
        Action::Take => "TOMAR",
        Action::Pause => "PAUSAR",
        Action::Complete => match event.notes.approved {
            Some(true) => "APROBAR",
            Some(false) => "RECHAZAR",
            None => "COMPLETAR",
        },
        Action::Cancel => "CANCELAR",
        Action::Release => "LIBERAR",
        Action::Reopen => "REABRIR",
        Action::Undo => "DESHACER",
        Action::Unblock => "DESBLOQUEAR",
        Action::Other => event.event_type.as_str(),
    };
    match event.operation {
        Some(operation) if event.action != Action::Other => format!("{verb} {}", self::operation(operation)),
        _ => verb.to_owned(),
    }
}
