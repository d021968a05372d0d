//! The shape of an event between processes. Fields are added, never renamed: an old process reads
//! what a new one wrote, and the other way round.

use super::SpoolChanged;
use crate::domain::{Action, Moment, Operation, WorkerId};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Wire {
    id: String,
    tag: String,
    action: String,
    operation: Option<String>,
    worker: u32,
    worker_name: String,
    #[serde(default)]
    previous: Option<u32>,
    #[serde(default)]
    reason: Option<String>,
    detail: String,
    at: Option<Instant>,
}

/// Seconds and nanoseconds since 1970, and the plant's offset in seconds.
#[derive(Serialize, Deserialize)]
struct Instant(i64, u32, i32);

/// The text of an event.
pub(super) fn write(changed: &SpoolChanged) -> serde_json::Result<String> {
    serde_json::to_string(&Wire {
        id: changed.id.to_string(),
        tag: changed.tag.clone(),
        action: changed.action.verb().to_owned(),
        operation: changed.operation.map(|operation| operation.name().to_owned()),
        worker: changed.worker.get(),
        worker_name: changed.worker_name.clone(),
        previous: changed.previous.map(WorkerId::get),
        reason: changed.reason.clone(),
        detail: changed.detail.clone(),
        at: changed.at.map(|at| Instant(at.timestamp(), at.timestamp_subsec_nanos(), at.offset().local_minus_utc())),
    })
}

/// Reads an event; `None` for what is none. An action that is not known here is [`Action::Other`].
pub(super) fn read(text: &str) -> Option<SpoolChanged> {
    let wire: Wire = serde_json::from_str(text).ok()?;
    let worker = match wire.worker {
        0 => WorkerId::SYSTEM,
        number => WorkerId::new(number)?,
    };
    Some(SpoolChanged {
        id: wire.id.into(),
        tag: wire.tag,
        action: read_action(&wire.action),
        operation: wire.operation.as_deref().and_then(Operation::read),
        worker,
        worker_name: wire.worker_name,
        previous: wire.previous.and_then(WorkerId::new),
        reason: wire.reason,
        detail: wire.detail,
        at: wire.at.and_then(read_instant),
    })
}

fn read_action(verb: &str) -> Action {
    Action::WRITTEN.into_iter().find(|action| action.verb() == verb).unwrap_or(Action::Other)
}

fn read_instant(Instant(seconds, nanos, offset): Instant) -> Option<Moment> {
    Some(DateTime::from_timestamp(seconds, nanos)?.with_timezone(&FixedOffset::east_opt(offset)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(action: Action, operation: Option<Operation>, worker: WorkerId) -> SpoolChanged {
        let at = FixedOffset::west_opt(3 * 3_600)
            .and_then(|zone| Some(DateTime::from_timestamp(1_790_000_000, 7)?.with_timezone(&zone)));
        SpoolChanged {
            id: "0f9a3c1e".into(),
            tag: "MK-1-ÑU \"01\"".into(),
            action,
            operation,
            worker,
            worker_name: "Marta Ríos".into(),
            previous: WorkerId::new(94).filter(|_| action == Action::Release),
            reason: (action == Action::Release).then(|| "fin de turno".into()),
            detail: "MR(93) trabajando ARM".into(),
            at,
        }
    }

    #[test]
    fn what_is_written_is_read_back_as_itself() {
        for action in Action::WRITTEN.into_iter().chain([Action::Other]) {
            for operation in Operation::ALL.into_iter().map(Some).chain([None]) {
                for worker in [WorkerId::new(93).unwrap(), WorkerId::SYSTEM] {
                    let before = changed(action, operation, worker);
                    assert_eq!(read(&write(&before).unwrap()), Some(before));
                }
            }
        }
    }

    #[test]
    fn an_event_of_a_program_that_says_less_is_read_all_the_same() {
        let before = changed(Action::Pause, Some(Operation::Arm), WorkerId::SYSTEM);
        let text = write(&before).unwrap().replace("\"previous\":null,\"reason\":null,", "");
        assert!(!text.contains("reason"), "{text}");
        assert_eq!(read(&text), Some(before));
    }

    #[test]
    fn what_is_no_event_is_not_read_as_one() {
        for text in ["", "{}", "[]", "null", "{\"id\":1}"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
