//! Sessions: who had a spool, for what and how long, from events of every generation.

use super::Ask::*;
use super::*;
use Operation::{Arm, Metrology, Repair, Sold};

/// An event as the earlier app left it: a name, a worker, minutes after the morning; of its
/// `Operacion` column what is given.
fn legacy(name: &str, operation: Option<Operation>, worker: u32, minutes: i64) -> Arc<AuditEvent> {
    let (action, of) = Action::read(name);
    Arc::new(AuditEvent {
        id: Uuid::new_v4(),
        at: Some(morning() + Duration::minutes(minutes)),
        action,
        event_type: name.into(),
        tag: "MK-1".into(),
        spool: None,
        worker: WorkerId::new(worker).unwrap(),
        worker_name: "como entonces".into(),
        operation: of.or(operation),
        date: None,
        notes: Notes::default(),
    })
}

type Line = (u32, Option<Operation>, Option<i64>, Option<Action>);

/// Each session as worker, operation, minutes and what ended it; now is ten hours after the morning.
fn lines(events: &[Arc<AuditEvent>]) -> Vec<Line> {
    let now = morning() + Duration::hours(10);
    let line = |s: audit::Session| (s.worker.get(), s.operation, s.minutes(now), s.end.map(|event| event.action));
    audit::sessions(events).into_iter().map(line).collect()
}

#[test]
fn f2_every_spelling_of_a_take_gives_a_session_with_its_duration() {
    for (start, operation, end) in [
        ("TOMAR_ARM", None, "PAUSAR_SPOOL"),
        ("TOMAR_SPOOL", Some(Arm), "PAUSAR_SPOOL"),
        ("INICIAR_ARM", None, "COMPLETAR_ARM"),
        ("INICIAR_ARM", None, "CANCELAR_ARM"),
        ("TOMAR_SPOOL", None, "SPOOL_ARM_PAUSADO"),
        ("TOMAR_SPOOL", None, "COMPLETAR_ARM"),
    ] {
        let events = [legacy(start, operation, MARTA, 0), legacy(end, None, MARTA, 135)];
        let ended = Action::read(end).0;
        assert_eq!(lines(&events), [(MARTA, Some(Arm), Some(135), Some(ended))], "{start} … {end}");
    }
}

#[test]
fn f2_what_other_programs_wrote_between_ends_no_session() {
    let events = [
        legacy("TOMAR_ARM", None, MARTA, 0),
        legacy("NOTAS_ACTUALIZADA", None, OMAR, 5),
        legacy("UNION_ARM_REGISTRADA", None, MARTA, 6),
        legacy("PAUSAR_SPOOL", Some(Arm), MARTA, 30),
    ];
    assert_eq!(lines(&events), [(MARTA, Some(Arm), Some(30), Some(Action::Pause))]);
}

#[test]
fn a_session_that_lasts_counts_until_now_and_one_without_times_counts_nothing() {
    let taken = legacy("TOMAR_ARM", None, MARTA, 60);
    assert_eq!(lines(std::slice::from_ref(&taken)), [(MARTA, Some(Arm), Some(540), None)]);
    let timeless = Arc::new(AuditEvent { at: None, ..AuditEvent::clone(&taken) });
    assert_eq!(lines(&[timeless]), [(MARTA, Some(Arm), None, None)]);
    let backwards = [legacy("TOMAR_ARM", None, MARTA, 60), legacy("PAUSAR_SPOOL", None, MARTA, 10)];
    assert_eq!(lines(&backwards)[0].2, Some(0), "never negative");
}

#[test]
fn a_take_repeated_without_an_end_between_continues_the_session() {
    let taps = [0, 1, 3, 6].map(|minute| legacy("INICIAR_ARM", None, MARTA, minute));
    let events = [&taps[..], &[legacy("COMPLETAR_ARM", None, MARTA, 90)]].concat();
    assert_eq!(lines(&events), [(MARTA, Some(Arm), Some(90), Some(Action::Complete))]);
    let other = [legacy("INICIAR_ARM", None, MARTA, 0), legacy("INICIAR_SOLD", None, MARTA, 40)];
    assert_eq!(lines(&other).len(), 2, "another operation is another session");
}

#[test]
fn the_take_that_ends_an_unnamed_session_does_not_name_it() {
    let events = [legacy("TOMAR_SPOOL", None, MARTA, 0), legacy("TOMAR_SOLD", None, SARA, 40)];
    assert_eq!(lines(&events)[0], (MARTA, None, Some(40), Some(Action::Take)));
}

#[test]
fn a_takeover_splits_the_time_between_two_workers() {
    let bench = Bench::ready().play(&[(OMAR, Take(Arm))]).later(13).play(&[(MARTA, Seize(Arm)), (MARTA, Complete)]);
    assert_eq!(
        lines(&bench.spool.events),
        [(OMAR, Some(Arm), Some(13 * 60 + 1), Some(Action::Take)), (MARTA, Some(Arm), Some(1), Some(Action::Complete))]
    );
}

#[test]
fn what_was_undone_is_no_session_and_ends_none() {
    let bench = Bench::ready().play(&[(MARTA, Take(Arm)), (MARTA, Undo(0))]);
    assert_eq!(lines(&bench.spool.events), []);
    let bench = bench.play(&[(MARTA, Take(Arm)), (MARTA, Pause), (MARTA, Undo(0))]);
    assert_eq!(lines(&bench.spool.events).len(), 1);
    assert_eq!(lines(&bench.spool.events)[0].3, None, "the pause was taken back");
    let bench = Bench::ready().play(&[(OMAR, Take(Arm))]).later(13).play(&[(MARTA, Seize(Arm)), (MARTA, Undo(0)), (OMAR, Pause)]);
    assert_eq!(lines(&bench.spool.events), [(OMAR, Some(Arm), Some(13 * 60 + 3), Some(Action::Pause))]);
}

#[test]
fn a_release_ends_a_session_and_a_verdict_makes_none() {
    let bench = Bench::ready().play(&[
        (MARTA, Take(Arm)),
        (MARTA, Complete),
        (SARA, Take(Sold)),
        (OMAR, Release),
        (SARA, Take(Sold)),
        (SARA, Complete),
        (VERA, Reject),
        (NICO, Take(Repair)),
        (NICO, Complete),
        (VERA, Approve),
    ]);
    let found: Vec<_> = lines(&bench.spool.events).into_iter().map(|(who, operation, _, end)| (who, operation, end)).collect();
    assert_eq!(
        found,
        [
            (MARTA, Some(Arm), Some(Action::Complete)),
            (SARA, Some(Sold), Some(Action::Release)),
            (SARA, Some(Sold), Some(Action::Complete)),
            (NICO, Some(Repair), Some(Action::Complete)),
        ]
    );
    assert_eq!(bench.last().operation, Some(Metrology));
}

#[test]
fn f1_each_change_names_its_event_operation_and_action() {
    let bench = Bench::ready().play(&[
        (MARTA, Take(Arm)),
        (MARTA, Pause),
        (MARTA, Take(Arm)),
        (MARTA, Cancel),
        (MARTA, Undo(0)),
        (OMAR, Release),
        (MARTA, Take(Arm)),
        (MARTA, Complete),
        (OMAR, Reopen(Arm)),
    ]);
    let found: Vec<_> = bench.changes.iter().map(|change| change.event.event_type.as_str()).collect();
    assert_eq!(
        found,
        [
            "TOMAR_SPOOL",
            "PAUSAR_SPOOL",
            "TOMAR_SPOOL",
            "CANCELAR_ARM",
            "DESHACER_SPOOL",
            "LIBERAR_SPOOL",
            "TOMAR_SPOOL",
            "COMPLETAR_ARM",
            "REABRIR_SPOOL"
        ]
    );
    assert!(bench.changes.iter().all(|change| change.event.operation == Some(Arm) && !change.event.worker_name.is_empty()));
}
