//! What goes over a stream, as text: named events, and fragments that htmx puts in their place.

use super::rendered;
use crate::domain::{Action, Operation, Spool, WorkerId, occupation};
use crate::events::SpoolChanged;
use crate::plant::Plant;
use crate::web::pages::board::{Filter, Screen, Tally, part};
use axum::body::Bytes;
use chrono::Timelike;
use serde_json::json;
use std::fmt::Write;
use uuid::Uuid;

/// A named event. Line ends of any kind separate lines: a bare CR would break the format.
pub(super) fn event(name: &str, data: &str) -> Bytes {
    let mut frame = String::with_capacity(data.len() + name.len() + 32);
    if !name.is_empty() {
        // Writing into a String cannot fail.
        let _ = writeln!(frame, "event: {name}");
    }
    for line in data.split(['\n', '\r']) {
        let _ = writeln!(frame, "data: {line}");
    }
    frame.push('\n');
    frame.into()
}

/// A screen's changing part, put in place of the one that is shown.
pub(super) fn screen(screen: Screen, tally: &Tally, filter: &Filter, plant: &Plant) -> Bytes {
    let html = rendered(part(screen, tally, filter, plant));
    let target = if screen == Screen::Board { "tablero" } else { "muro" };
    let html = String::from_utf8_lossy(&html);
    event("", &format!("<hx-partial hx-target=\"#{target}\" hx-swap=\"outerHTML\">{html}</hx-partial>"))
}

/// The heartbeat: which build answers, how old its data are, what day and time the plant has, and whether
/// actions can be served, or why not.
pub(super) fn beat(plant: &Plant, build: &str, obstacle: Option<&str>) -> Bytes {
    let now = plant.clock().now();
    let data = json!({
        "build": build,
        "edad": super::age(plant),
        "ahora": now.timestamp(),
        "hoy": now.date_naive(),
        "reloj": now.num_seconds_from_midnight(),
        "escribe": obstacle.is_none(),
        "motivo": obstacle,
        "numero": plant.view().number,
    });
    event("latido", &data.to_string())
}

/// How long a screen waits before it comes back: each another time, so that a restart is no
/// stampede (`ux.md` 5).
pub(super) fn retry() -> Bytes {
    let chance = u32::from(Uuid::new_v4().as_bytes()[0]);
    format!("retry: {}\n\n", 500 + chance * 10).into()
}

/// Start over: messages were missed.
pub(super) fn resync() -> Bytes {
    event("resync", "{}")
}

/// To worker lists: this spool changed, who has it and what somebody may begin with it now. `version` is the
/// state that the change led to: a card that shows it already stays as it is. A change by the
/// office's hand has none, because it leaves the `version` of the row as it was. `loss` is for the one
/// worker whose occupation another one has ended, and told wherever his list is open.
pub(super) fn card(id: &str, spool: Option<&Spool>, version: Option<&str>, loss: Option<(WorkerId, String)>) -> Bytes {
    let can = |operation: &Operation| spool.is_some_and(|spool| occupation::can(spool, *operation));
    let ready: Vec<&str> = Operation::ALL.into_iter().filter(can).map(Operation::name).collect();
    let holder = spool.and_then(|spool| Some(spool.occupation.as_ref()?.worker.get()));
    let notice = loss.map(|(worker, text)| json!({ "para": worker.get(), "texto": text }));
    let data = json!({ "id": id, "puede": ready, "tiene": holder, "version": version, "aviso": notice });
    event(&format!("carrete-{id}"), &data.to_string())
}

/// To clients of the API: what happened.
pub(super) fn update(changed: &SpoolChanged) -> Bytes {
    let data = json!({
        "event_type": event_type(changed.action, changed.operation),
        "id": &*changed.id,
        "tag_spool": changed.tag,
        "worker_id": changed.worker.get(),
        "worker_nombre": changed.worker_name,
        "operacion": changed.operation.map(Operation::name),
        "estado_detalle": changed.detail,
        "timestamp": changed.at.map(|at| at.to_rfc3339()),
    });
    event("spool_update", &data.to_string())
}

/// The name of a change in the public stream (`domain.md` 12).
fn event_type(action: Action, operation: Option<Operation>) -> &'static str {
    match (action, operation) {
        (Action::Take, Some(Operation::Repair)) => "TOMAR_REPARACION",
        (Action::Pause, Some(Operation::Repair)) => "PAUSAR_REPARACION",
        (Action::Complete, Some(Operation::Repair)) => "COMPLETAR_REPARACION",
        (Action::Cancel, Some(Operation::Repair)) => "CANCELAR_REPARACION",
        (Action::Complete, Some(Operation::Metrology)) => "COMPLETAR_METROLOGIA",
        (Action::Take, _) => "TOMAR",
        (Action::Pause, _) => "PAUSAR",
        (Action::Complete, _) => "COMPLETAR",
        _ => "STATE_CHANGE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_line_end_can_break_an_event() {
        assert_eq!(event("x", "a\r\nb\rc"), "event: x\ndata: a\ndata: \ndata: b\ndata: c\n\n");
        assert_eq!(event("", "a"), "data: a\n\n");
    }

    #[test]
    fn the_public_stream_has_nine_names() {
        let known = [
            (Action::Take, Operation::Arm, "TOMAR"),
            (Action::Pause, Operation::Sold, "PAUSAR"),
            (Action::Complete, Operation::Arm, "COMPLETAR"),
            (Action::Complete, Operation::Metrology, "COMPLETAR_METROLOGIA"),
            (Action::Cancel, Operation::Arm, "STATE_CHANGE"),
            (Action::Release, Operation::Sold, "STATE_CHANGE"),
            (Action::Take, Operation::Repair, "TOMAR_REPARACION"),
            (Action::Pause, Operation::Repair, "PAUSAR_REPARACION"),
            (Action::Complete, Operation::Repair, "COMPLETAR_REPARACION"),
            (Action::Cancel, Operation::Repair, "CANCELAR_REPARACION"),
        ];
        for (action, operation, name) in known {
            assert_eq!(event_type(action, Some(operation)), name);
        }
        let names: BTreeSet<&str> = known.into_iter().map(|(.., name)| name).collect();
        assert_eq!(names.len(), 9);
        for action in Action::WRITTEN.into_iter().chain([Action::Other]) {
            for operation in Operation::ALL.into_iter().map(Some).chain([None]) {
                assert!(names.contains(event_type(action, operation)), "{action:?} {operation:?}");
            }
        }
    }
}
