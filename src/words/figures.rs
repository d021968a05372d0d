//! Words of the board's figures: stages, bands of time, days, and the headings of its file.

use super::{BAD_ROW, operation};
use crate::domain::stage::Stage;
use crate::domain::{Action, AuditEvent, Inspection, Moment, Operation, WorkerId};
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;

/// The bands of time that a spool may have been in its stage, and what has no date.
pub const BANDS: [&str; 6] = ["menos de 4 h", "4 a 24 h", "1 a 3 días", "3 a 7 días", "más de 7 días", "sin fecha"];

/// The headings of the board's file, for who has what.
pub const HELD: [&str; 9] =
    ["Carrete", "NV", "OT", "Fila de la planilla", "Operación", "Lo tiene", "Desde", "Minutos", "Vencido"];

/// The headings of the board's file, for what waits.
pub const WAITING: [&str; 7] = ["Carrete", "NV", "OT", "Fila de la planilla", "Listo para", "Espera desde", "Minutos"];

/// Yes or no, in a cell.
pub fn yes(yes: bool) -> &'static str {
    if yes { "sí" } else { "no" }
}

/// Where a spool stands, as boards count it.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::NoMaterials => "Sin materiales",
        Stage::ArmReady => "ARM por empezar",
        Stage::ArmRunning => "ARM en curso",
        Stage::ArmPaused => "ARM pausado",
        Stage::SoldReady => "SOLD por empezar",
        Stage::SoldRunning => "SOLD en curso",
        Stage::SoldPaused => "SOLD pausado",
        Stage::ToInspect => super::labels::inspection(Inspection::Pending),
        Stage::Rejected => "Espera reparación",
        Stage::Repairing => super::labels::inspection(Inspection::InRepair),
        Stage::RepairPaused => super::labels::inspection(Inspection::RepairPaused),
        Stage::Blocked => super::labels::inspection(Inspection::Blocked),
        Stage::Welded => "Soldado",
        Stage::Approved => super::labels::inspection(Inspection::Approved),
        Stage::Unclear => "Ocupado sin operación",
        Stage::Problem => BAD_ROW,
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
        "" => super::labels::NO_HOLDERS.into(),
        narrowed => format!("No hay carretes ocupados de {narrowed}").into(),
    }
}

/// What a board says of an NV or OT that no spool has.
pub fn nothing(numbers: &str) -> String {
    format!("Ningún carrete es de {numbers}")
}

/// A day of the week and its date: `sáb 21-11`.
pub fn weekday(date: NaiveDate) -> String {
    let names = ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"];
    let name = names.get(date.weekday().num_days_from_monday() as usize).copied().unwrap_or_default();
    format!("{name} {}", date.format("%d-%m"))
}

/// An hour of the day: `9 a 10 h`.
pub fn hour(hour: u32) -> String {
    format!("{hour} a {} h", hour + 1)
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
    let from = start.map_or_else(|| NO_HOUR.to_owned(), super::moment);
    let to = match (ended, lasts) {
        (Some(Some(end)), _) if start.is_some_and(|start| start.date_naive() == end.date_naive()) => {
            end.format("%H:%M").to_string()
        }
        (Some(end), _) => end.map_or_else(|| NO_HOUR.to_owned(), super::moment),
        (None, true) => LASTS.to_owned(),
        (None, false) => "se soltó a mano en la planilla".to_owned(),
    };
    format!("{from} → {to}")
}

/// An end or a beginning that nobody knows the hour of.
pub const NO_HOUR: &str = "sin hora";

/// What has not ended.
pub const LASTS: &str = "sigue";

/// How a session of a worker ended.
pub fn ending(event: &AuditEvent, worker: WorkerId) -> String {
    match event.action {
        Action::Complete => "completado".into(),
        Action::Pause => "pausado".into(),
        Action::Cancel => "cancelado".into(),
        Action::Release => format!("liberado por {}", event.worker_name),
        Action::Take if event.worker != worker => format!("relevado por {}", event.worker_name),
        Action::Take => "tomado otra vez".into(),
        _ => super::event(event),
    }
}

/// What metrology said, and which rejection in a row it was; empty for what is no verdict.
pub fn verdict(event: &AuditEvent, max: u32) -> String {
    match (event.notes.approved, event.notes.cycle) {
        (Some(true), _) => "aprobado".into(),
        (Some(false), Some(cycle)) => format!("rechazado, {}", super::labels::cycle(cycle, max)),
        (Some(false), None) => "rechazado".into(),
        (None, _) => String::new(),
    }
}
