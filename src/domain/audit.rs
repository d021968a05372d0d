//! The audit: one event for each change, never altered, and what the rules may learn from it.

use super::cell::{Cell, Moment};
use super::column::Column;
use super::operation::Operation;
use super::worker::WorkerId;
use chrono::NaiveDate;
use std::sync::Arc;
use uuid::Uuid;

/// What happened. Closed: each event that the app writes is one of these, so that no name can be
/// unknown to the writer (`field-failures.md` F1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// TOMAR, a resume and a takeover included.
    Take,
    /// PAUSAR.
    Pause,
    /// COMPLETAR; of METROLOGIA, the verdict.
    Complete,
    /// CANCELAR.
    Cancel,
    /// LIBERAR_SPOOL: a supervisor freed the spool.
    Release,
    /// REABRIR_SPOOL: a supervisor reopened a finished operation.
    Reopen,
    /// DESHACER_SPOOL: a worker took back his own last action.
    Undo,
    /// SUPERVISOR_OVERRIDE: a supervisor opened a blocked spool for another repair.
    Unblock,
    /// CORREGIR_SPOOL: a supervisor put a contradiction of the row right.
    Correct,
    /// PEDIR_AYUDA: a worker asked for help with the spool.
    AskHelp,
    /// AYUDA_VISTA: a supervisor has seen that.
    SeeHelp,
    /// AYUDA_RESUELTA: it is solved.
    SolveHelp,
    /// Something that other programs wrote; it is shown and decides nothing.
    Other,
}

impl Action {
    /// Every action that the app writes.
    pub const WRITTEN: [Action; 12] = [
        Action::Take,
        Action::Pause,
        Action::Complete,
        Action::Cancel,
        Action::Release,
        Action::Reopen,
        Action::Undo,
        Action::Unblock,
        Action::Correct,
        Action::AskHelp,
        Action::SeeHelp,
        Action::SolveHelp,
    ];

    /// The value of `Evento_Tipo` (`domain.md` 1.3, DECIDED).
    pub fn event_type(self, operation: Operation) -> String {
        let of = |verb: &str| format!("{verb}_{operation}");
        match (self, operation) {
            (Action::Take, Operation::Repair) => of("TOMAR"),
            (Action::Pause, Operation::Repair) => of("PAUSAR"),
            (Action::Take, _) => "TOMAR_SPOOL".into(),
            (Action::Pause, _) => "PAUSAR_SPOOL".into(),
            (Action::Complete, _) => of("COMPLETAR"),
            (Action::Cancel, _) => of("CANCELAR"),
            (Action::Release, _) => "LIBERAR_SPOOL".into(),
            (Action::Reopen, _) => "REABRIR_SPOOL".into(),
            (Action::Undo, _) => "DESHACER_SPOOL".into(),
            (Action::Unblock, _) => "SUPERVISOR_OVERRIDE".into(),
            (Action::Correct, _) => "CORREGIR_SPOOL".into(),
            (Action::AskHelp, _) => "PEDIR_AYUDA".into(),
            (Action::SeeHelp, _) => "AYUDA_VISTA".into(),
            (Action::SolveHelp, _) => "AYUDA_RESUELTA".into(),
            (Action::Other, _) => "OTRO".into(),
        }
    }

    /// The value of `Accion`.
    pub fn verb(self) -> &'static str {
        match self {
            Action::Take => "TOMAR",
            Action::Pause => "PAUSAR",
            Action::Complete => "COMPLETAR",
            Action::Cancel => "CANCELAR",
            Action::Release => "LIBERAR",
            Action::Reopen => "REABRIR",
            Action::Undo => "DESHACER",
            Action::Unblock => "DESBLOQUEAR",
            Action::Correct => "CORREGIR",
            Action::AskHelp => "PEDIR AYUDA",
            Action::SeeHelp => "AYUDA VISTA",
            Action::SolveHelp => "AYUDA RESUELTA",
            Action::Other => "OTRO",
        }
    }

    /// Whether it ends the occupation that was open.
    fn ends_occupation(self) -> bool {
        matches!(self, Action::Take | Action::Pause | Action::Complete | Action::Cancel | Action::Release)
    }

    /// Whether it is about a request for help, and changes nothing of the work.
    pub fn is_help(self) -> bool {
        matches!(self, Action::AskHelp | Action::SeeHelp | Action::SolveHelp)
    }

    /// Whether the spool may stand elsewhere on its way after it.
    pub fn moves(self) -> bool {
        !self.is_help() && !matches!(self, Action::Correct | Action::Other)
    }

    /// Reads every spelling of `Evento_Tipo` that has been written, with the operation where the
    /// name holds it (`field-failures.md` F2).
    pub fn read(event_type: &str) -> (Action, Option<Operation>) {
        let name = event_type.trim().to_uppercase();
        let fixed = match name.as_str() {
            "LIBERAR_SPOOL" => Some(Action::Release),
            "REABRIR_SPOOL" => Some(Action::Reopen),
            "DESHACER_SPOOL" => Some(Action::Undo),
            "SUPERVISOR_OVERRIDE" => Some(Action::Unblock),
            "CORREGIR_SPOOL" => Some(Action::Correct),
            "PEDIR_AYUDA" => Some(Action::AskHelp),
            "AYUDA_VISTA" => Some(Action::SeeHelp),
            "AYUDA_RESUELTA" => Some(Action::SolveHelp),
            _ => None,
        };
        if let Some(action) = fixed {
            return (action, None);
        }
        if let Some((operation, state)) = name.strip_prefix("SPOOL_").and_then(|rest| rest.split_once('_')) {
            let action = match state {
                "INICIADO" | "TOMADO" => Action::Take,
                "PAUSADO" => Action::Pause,
                "COMPLETADO" => Action::Complete,
                "CANCELADO" => Action::Cancel,
                _ => Action::Other,
            };
            return (action, Operation::read(operation));
        }
        let Some((verb, of)) = name.split_once('_') else { return (Action::Other, None) };
        let operation = Operation::read(of);
        let action = match verb {
            "TOMAR" | "INICIAR" => Action::Take,
            "PAUSAR" => Action::Pause,
            "COMPLETAR" | "FINALIZAR" => Action::Complete,
            "CANCELAR" => Action::Cancel,
            _ => return (Action::Other, None),
        };
        if operation.is_none() && of != "SPOOL" {
            return (Action::Other, None);
        }
        (action, operation)
    }
}

/// One row of `Metadata`.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// The operation id; the row's `version` after the change. Rows of other programs without a
    /// UUID get one made from their content.
    pub id: Uuid,
    /// When. `None` where an old row holds no readable time.
    pub at: Option<Moment>,
    /// What.
    pub action: Action,
    /// `Evento_Tipo` as it stands, for screens and for what no rule understands.
    pub event_type: String,
    /// `TAG_SPOOL` as it stands.
    pub tag: String,
    /// The short id of the exact row; rows of the earlier app carry none.
    pub spool: Option<String>,
    /// Who; [`WorkerId::SYSTEM`] for a supervisor or the app.
    pub worker: WorkerId,
    /// The name at that time.
    pub worker_name: String,
    /// Of which operation.
    pub operation: Option<Operation>,
    /// `Fecha_Operacion`.
    pub date: Option<NaiveDate>,
    /// What only some events have.
    pub notes: Notes,
}

impl AuditEvent {
    /// Whether it was decided on a row that carried the operation `id` as its `version`.
    pub fn follows(&self, id: Uuid) -> bool {
        let id = Cell::text(id.to_string());
        self.notes.before.iter().any(|(column, cell)| *column == Column::Version && *cell == id)
    }
}

/// The content of `Metadata_JSON` that the rules and the screens know.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notes {
    /// The changed cells before (`antes`).
    pub before: Vec<(Column, Cell)>,
    /// The changed cells after (`despues`).
    pub after: Vec<(Column, Cell)>,
    /// Why a worker paused or a supervisor acted (`motivo`).
    pub reason: Option<String>,
    /// Of a verdict: APROBADO or RECHAZADO (`resultado`).
    pub approved: Option<bool>,
    /// The repair cycle after the event (`ciclo`).
    pub cycle: Option<u32>,
    /// Whose occupation a takeover or a release ended (`anterior`).
    pub previous: Option<WorkerId>,
    /// His name at that time (`anterior_nombre`).
    pub previous_name: Option<String>,
    /// The event that this one takes back (`deshace`).
    pub undoes: Option<Uuid>,
}

/// The events of one spool, oldest first, that still count: an undone event and its undoing
/// cancel each other out.
pub fn effective(events: &[Arc<AuditEvent>]) -> Vec<&Arc<AuditEvent>> {
    let undone: Vec<Uuid> = events.iter().filter_map(|event| event.notes.undoes).collect();
    events.iter().filter(|event| event.action != Action::Undo && !undone.contains(&event.id)).collect()
}

/// Rejections since the last approval. An event that names its cycle is believed: the text it
/// was decided on may have known of rejections that are older than the audit.
pub fn rejections(events: &[Arc<AuditEvent>]) -> u32 {
    let (mut count, mut approved_at) = (0, 0);
    for event in effective(events) {
        let reopened = event.action == Action::Reopen && event.operation == Some(Operation::Metrology);
        match (event.notes.approved, event.notes.cycle) {
            (Some(true), _) => (count, approved_at) = (0, count),
            (_, Some(cycle)) => count = cycle,
            (Some(false), None) => count += 1,
            // An approval given by mistake forgave nothing.
            (None, None) if reopened => count = approved_at,
            (None, None) => {}
        }
    }
    count
}

/// The operation of the last TAKE.
pub fn last_taken(events: &[Arc<AuditEvent>]) -> Option<Operation> {
    effective(events).iter().rev().find(|event| event.action == Action::Take)?.operation
}

/// A worker's last TAKE of this spool, and the event that ended that occupation, be it his own
/// undoing of that TAKE.
///
/// The second is `None` when no event did: it lasts, or somebody changed the workbook by hand.
pub fn last_occupation(events: &[Arc<AuditEvent>], worker: WorkerId) -> Option<(Arc<AuditEvent>, Option<Arc<AuditEvent>>)> {
    let start = events.iter().rposition(|event| event.action == Action::Take && event.worker == worker)?;
    let undoing = events[start..].iter().find(|event| event.notes.undoes == Some(events[start].id));
    let later = effective(&events[start..]).into_iter().skip(1);
    let end = undoing.or_else(|| later.into_iter().find(|event| event.action.ends_occupation()));
    Some((Arc::clone(&events[start]), end.cloned()))
}

/// The event that ended a worker's occupation of which no TAKE is known: the earlier app lost some
/// (`field-failures.md` F1), and who ends it names him.
pub fn taken_away(events: &[Arc<AuditEvent>], worker: WorkerId) -> Option<&Arc<AuditEvent>> {
    effective(events).into_iter().rev().find(|event| event.notes.previous == Some(worker))
}

/// A stretch of time during which one worker had the spool.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Who.
    pub worker: WorkerId,
    /// The name at that time.
    pub worker_name: String,
    /// For what.
    pub operation: Option<Operation>,
    /// The TAKE.
    pub start: Option<Moment>,
    /// What ended it; `None` while it lasts.
    pub end: Option<Arc<AuditEvent>>,
}

impl Session {
    /// Whole minutes from the start to the end, or to `now` while it lasts; never negative.
    pub fn minutes(&self, now: Moment) -> Option<i64> {
        let end = match &self.end {
            Some(event) => event.at?,
            None => now,
        };
        Some((end - self.start?).num_minutes().max(0))
    }
}

/// The occupations of one spool in order, from events of every generation. The earlier app
/// recorded a repeated tap as another TAKE: that one continues the session it finds.
pub fn sessions(events: &[Arc<AuditEvent>]) -> Vec<Session> {
    let mut sessions: Vec<Session> = Vec::new();
    for event in effective(events) {
        let takes = event.action == Action::Take;
        if let Some(open) = sessions.last_mut().filter(|session| session.end.is_none() && event.action.ends_occupation()) {
            if takes && open.worker == event.worker && open.operation == event.operation {
                continue;
            }
            open.end = Some(Arc::clone(event));
            // What the next TAKE is for says nothing about the one that it ends.
            open.operation = open.operation.or(event.operation.filter(|_| !takes));
        }
        if takes {
            sessions.push(Session {
                worker: event.worker,
                worker_name: event.worker_name.clone(),
                operation: event.operation,
                start: event.at,
                end: None,
            });
        }
    }
    sessions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f2_every_historic_event_name_is_read() {
        use Action::*;
        use Operation::*;
        for (name, expected) in [
            ("INICIAR_ARM", (Take, Some(Arm))),
            ("INICIAR_METROLOGIA", (Take, Some(Metrology))),
            ("COMPLETAR_SOLD", (Complete, Some(Sold))),
            ("COMPLETAR_METROLOGIA", (Complete, Some(Metrology))),
            ("CANCELAR_ARM", (Cancel, Some(Arm))),
            ("TOMAR_SPOOL", (Take, None)),
            ("PAUSAR_SPOOL", (Pause, None)),
            ("TOMAR_ARM", (Take, Some(Arm))),
            ("TOMAR_SOLD", (Take, Some(Sold))),
            ("TOMAR_REPARACION", (Take, Some(Repair))),
            ("PAUSAR_REPARACION", (Pause, Some(Repair))),
            ("SUPERVISOR_OVERRIDE", (Unblock, None)),
            ("SPOOL_ARM_PAUSADO", (Pause, Some(Arm))),
            ("LIBERAR_SPOOL", (Release, None)),
            ("REABRIR_SPOOL", (Reopen, None)),
            ("DESHACER_SPOOL", (Undo, None)),
            ("SYSTEM_REMEDIATION", (Other, None)),
            ("NOTAS_ACTUALIZADA", (Other, None)),
            ("METROLOGIA_AUTO_TRIGGERED", (Other, None)),
            ("UNION_ARM_REGISTRADA", (Other, None)),
            ("", (Other, None)),
        ] {
            assert_eq!(Action::read(name), expected, "{name}");
        }
    }

    #[test]
    fn f1_every_event_that_is_written_is_read_back_as_itself() {
        for action in Action::WRITTEN {
            for operation in Operation::ALL {
                let (read, of) = Action::read(&action.event_type(operation));
                assert_eq!(read, action);
                assert!(of.is_none() || of == Some(operation));
            }
        }
    }
}
