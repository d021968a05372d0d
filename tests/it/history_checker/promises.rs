//! One history that keeps every promise, and for each promise some that break it.

use super::tale::{Draft, Tale};
use crate::history::{Answer, Call, Counted, Event, check};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn a_history_that_keeps_every_promise_passes() {
    let mut tale = Tale::new();
    tale.ours(|book| {
        book.take("a", "MK-1", 93);
        book.take("b", "MK-2", 94);
    });
    tale.told("a", "MK-1", 93, 200, "").told("b", "MK-2", 94, 200, "").told("c", "MK-1", 94, 409, "SPOOL_OCCUPIED");
    tale.human(|book| book.rows.reverse()).human(|book| book.set("MK-3", "Notas", "vista"));
    tale.ours(|book| {
        book.pause("d", "MK-1", 93);
        book.take("e", "MK-1", 95);
    });
    tale.told("d", "MK-1", 93, 200, "").told("e", "MK-1", 95, 200, "");
    // Who has it already is told so, and nothing is written.
    tale.told("f", "MK-1", 95, 200, "");
    tale.asked("g", "MK-4", 93, Duration::from_secs(3), Answer::Lost(Duration::from_secs(4)));
    tale.screen(&[("MK-2", 94), ("MK-1", 95)]);
    tale.history.calls = (0..60).map(|second| Call { at: Duration::from_millis(second * 990), writes: true }).collect();
    let counted = Counted { changes: 4, saved: 5, refused: 1, residues: 0, repaired: 0 };
    assert_eq!(tale.holds(), counted);
}

#[test]
fn promise_1_a_take_of_what_another_has_is_caught() {
    let mut tale = Tale::new();
    tale.ours(|book| book.take("a", "MK-1", 93)).ours(|book| book.take("b", "MK-1", 94));
    let violation = tale.breaks(1);
    assert!(violation.what.contains("94 took MK-1") && violation.what.contains("MR(93) had it"), "{violation}");
    // Within one batch, and in the row only.
    let mut tale = Tale::new();
    tale.ours(|book| {
        book.take("a", "MK-1", 93);
        book.take("b", "MK-1", 94);
    });
    tale.breaks(1);
    let mut tale = Tale::new();
    tale.ours(|book| {
        book.take("a", "MK-1", 93);
        book.set("MK-1", "Ocupado_Por", "MR(94)");
    });
    tale.breaks(1);
}

#[test]
fn promise_1_a_takeover_that_names_the_one_before_is_none() {
    let mut tale = Tale::new();
    tale.ours(|book| book.take("a", "MK-1", 93));
    tale.ours(|book| {
        let mut notes = book.before("MK-1");
        notes["anterior"] = json!(93);
        book.occupy("b", "MK-1", 94);
        book.event("b", "TOMAR_SPOOL", "MK-1", 94, notes);
    });
    tale.holds();
}

#[test]
fn promise_2_saved_and_not_applied_or_too_late_or_twice_is_caught() {
    let mut tale = Tale::new();
    tale.ours(|book| book.take("a", "MK-1", 93)).told("a", "MK-1", 93, 200, "").told("b", "MK-2", 94, 200, "");
    assert_eq!(tale.breaks(2).op, "b");
    let mut tale = Tale::new();
    tale.told("a", "MK-1", 93, 200, "").ours(|book| book.take("a", "MK-1", 93));
    assert!(tale.breaks(2).what.contains("before it was"));
    let mut tale = Tale::new();
    tale.ours(|book| book.take("a", "MK-1", 93)).told("a", "MK-1", 93, 200, "");
    tale.ours(|book| book.pause("p", "MK-1", 93)).ours(|book| book.take("a", "MK-1", 93));
    assert!(tale.breaks(2).what.contains("second time"));
}

#[test]
fn promise_3_refused_and_applied_is_caught() {
    let mut tale = Tale::new();
    tale.told("a", "MK-1", 93, 409, "SPOOL_OCCUPIED").ours(|book| book.take("a", "MK-1", 93));
    let violation = tale.breaks(3);
    assert!(violation.to_string().contains("told    93 TOMAR MK-1 [a]: 409 SPOOL_OCCUPIED"), "{violation}");
    // The same request again, that was saved: nobody was told a lie.
    let mut tale = Tale::new();
    tale.told("a", "MK-1", 93, 409, "SPOOL_OCCUPIED").ours(|book| book.take("a", "MK-1", 93)).told("a", "MK-1", 93, 200, "");
    tale.holds();
    // That something is away is a promise, too: nothing was saved.
    for code in ["SHEETS_NO_DISPONIBLE", "REDIS_NO_DISPONIBLE", "SHEETS_TIMEOUT"] {
        let mut tale = Tale::new();
        tale.told("a", "MK-1", 93, 503, code).ours(|book| book.take("a", "MK-1", 93));
        tale.breaks(3);
    }
    let mut tale = Tale::new();
    tale.told("a", "MK-1", 93, 503, "REDIS_NO_DISPONIBLE").ours(|book| book.take("a", "MK-1", 93)).told("a", "MK-1", 93, 200, "");
    tale.holds();
    // Nobody knew how it would end.
    let mut tale = Tale::new();
    tale.told("a", "MK-1", 93, 503, "RESULTADO_DESCONOCIDO").ours(|book| book.take("a", "MK-1", 93));
    tale.holds();
}

#[test]
fn promise_4_a_write_over_another_row_than_the_one_it_was_decided_on_is_caught() {
    let mut tale = Tale::new();
    tale.ours(|book| book.take("a", "MK-1", 93)).ours(|book| book.pause("p", "MK-1", 93));
    tale.ours(|book| {
        // Decided on the row as it was at the very beginning.
        book.occupy("b", "MK-1", 94);
        book.event("b", "TOMAR_SPOOL", "MK-1", 94, json!({"antes": {"Ocupado_Por": null, "version": null}}));
    });
    let violation = tale.breaks(4);
    assert!(violation.what.contains("version of MK-1") && violation.what.contains("stood as «p»"), "{violation}");
}

#[test]
fn promise_4_what_a_person_types_within_a_round_trip_is_counted_apart() {
    let stale = |tale: &mut Tale| {
        let blind = json!({"antes": {"Armador": null}});
        tale.ours(|book| {
            book.occupy("a", "MK-1", 93);
            book.set("MK-1", "Armador", "MR(93)");
            book.event("a", "TOMAR_SPOOL", "MK-1", 93, blind);
        });
    };
    let mut tale = Tale::new();
    tale.human(|book| book.set("MK-1", "Armador", "JP(94)"));
    stale(&mut tale);
    assert_eq!(tale.holds().residues, 1);
    let mut tale = Tale::new();
    tale.human(|book| book.set("MK-1", "Armador", "JP(94)")).later();
    stale(&mut tale);
    tale.breaks(4);
}

#[test]
fn promise_5_a_change_without_its_audit_row_and_the_reverse_are_caught() {
    let mut tale = Tale::new();
    tale.ours(|book| book.occupy("a", "MK-1", 93));
    tale.breaks(5);
    let mut tale = Tale::new();
    tale.ours(|book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!(null)));
    tale.breaks(5);
    let mut tale = Tale::new();
    tale.ours(|book| book.take("a", "MK-1", 93)).ours(|book| book.pause("b", "MK-1", 93));
    tale.ours(|book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!(null)));
    tale.breaks(5);
}

#[test]
fn promise_5_an_audit_row_that_was_altered_is_caught() {
    let deeds: [fn(&mut Draft); 3] = [
        |book| drop(book.audit.remove(0)),
        |book| book.audit.swap(0, 1),
        |book| book.audit[0] = Arc::new(Event { whole: "otra".into(), ..Event::clone(&book.audit[0]) }),
    ];
    for deed in deeds {
        let mut tale = Tale::new();
        tale.ours(|book| book.take("a", "MK-1", 93)).ours(deed);
        assert!(tale.breaks(5).what.contains("altered"));
    }
}

#[test]
fn promise_5_audit_rows_that_had_to_wait_for_their_tab_may_come_later() {
    let mut tale = Tale::new();
    tale.human(|book| book.closed = true).ours(|book| book.occupy("a", "MK-1", 93));
    tale.told("a", "MK-1", 93, 200, "").human(|book| book.closed = false);
    tale.ours(|book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!(null)));
    tale.holds();
}

#[test]
fn promise_6_a_cell_of_another_spool_or_column_is_caught_unless_it_is_repaired_in_time() {
    let wrong = |book: &mut Draft| {
        let before = book.before("MK-1");
        // The row had moved: another one was hit.
        book.occupy("a", "MK-2", 93);
        book.event("a", "TOMAR_SPOOL", "MK-1", 93, before);
    };
    let repair = |book: &mut Draft| {
        book.set("MK-2", "Ocupado_Por", "");
        book.set("MK-2", "version", "");
        book.occupy("a", "MK-1", 93);
    };
    let mut tale = Tale::new();
    tale.sorted().ours(wrong);
    let caught = check(&tale.history).unwrap_err();
    assert!([5, 6].contains(&caught.invariant), "{caught}");
    let mut tale = Tale::new();
    tale.sorted().ours(wrong).ours(|book| book.take("b", "MK-3", 94)).ours(repair);
    assert_eq!(tale.holds().repaired, 1);
    let mut tale = Tale::new();
    tale.sorted().ours(wrong).later();
    tale.ours(|book| book.take("b", "MK-3", 94)).ours(|book| book.pause("c", "MK-3", 94)).ours(repair);
    assert!(check(&tale.history).is_err(), "too late");
    let mut tale = Tale::new();
    tale.ours(|book| {
        book.take("a", "MK-1", 93);
        book.set("MK-1", "Notas", "");
    });
    assert!(tale.breaks(6).what.contains("Notas (it was «urgente»)"));
    let mut tale = Tale::new();
    tale.ours(|book| book.set("MK-4", "Notas", "encima"));
    tale.breaks(6);
    let mut tale = Tale::new();
    tale.ours(|book| drop(book.rows.pop()));
    tale.breaks(6);
}

#[test]
fn promise_6_rows_that_moved_under_a_batch_are_judged_by_what_came_of_them() {
    // A row was inserted above: what was meant for MK-1 went into MK-2, and that into MK-3.
    let shifted = |book: &mut Draft| {
        let (first, second) = (book.before("MK-1"), book.before("MK-2"));
        book.occupy("a", "MK-2", 93);
        book.occupy("b", "MK-3", 94);
        book.event("a", "TOMAR_SPOOL", "MK-1", 93, first);
        book.event("b", "TOMAR_SPOOL", "MK-2", 94, second);
    };
    let repair = |book: &mut Draft, last: u32| {
        book.set("MK-3", "Ocupado_Por", "");
        book.set("MK-3", "version", "");
        book.occupy("a", "MK-1", 93);
        book.occupy("b", "MK-2", last);
    };
    let mut tale = Tale::new();
    tale.sorted().ours(shifted).ours(|book| repair(book, 94));
    assert_eq!(tale.holds().repaired, 2);
    let mut tale = Tale::new();
    tale.sorted().ours(shifted).ours(|book| repair(book, 95));
    tale.breaks(1);
    let mut tale = Tale::new();
    tale.sorted().ours(shifted).human(|_| {}).human(|_| {});
    assert!(check(&tale.history).is_err(), "never repaired");
}

#[test]
fn promise_7_a_screen_that_shows_something_else_in_the_end_is_caught() {
    for shown in [&[][..], &[("MK-1", 94)], &[("MK-1", 93), ("MK-2", 94)]] {
        let mut tale = Tale::new();
        tale.ours(|book| book.take("a", "MK-1", 93)).screen(&[("MK-1", 93)]).screen(shown);
        tale.breaks(7);
    }
}

#[test]
fn promise_8_the_sixty_first_call_within_any_minute_is_caught() {
    for writes in [true, false] {
        let mut tale = Tale::new();
        // Sixty around the turn of a minute, as no counter by the clock would see them.
        let call = |second: u64| Call { at: Duration::from_millis(30_000 + second * 980), writes };
        tale.history.calls = (0..61).map(call).collect();
        assert!(tale.breaks(8).what.starts_with("61 "));
        tale.history.calls.iter_mut().step_by(2).for_each(|call| call.writes = !writes);
        tale.holds();
    }
}

#[test]
fn promise_9_a_request_that_waits_too_long_is_caught() {
    for answer in
        [Answer::Never, Answer::Told(Duration::from_secs(40), 503, String::new()), Answer::Lost(Duration::from_secs(99))]
    {
        let mut tale = Tale::new();
        tale.asked("a", "MK-1", 93, Duration::from_secs(1), answer);
        assert_eq!(tale.breaks(9).at, Duration::from_secs(36));
    }
}

#[test]
fn the_first_violation_is_told_with_what_happened_around_it_and_nothing_else() {
    let mut tale = Tale::new();
    tale.ours(|book| book.take("x", "MK-3", 97)).told("x", "MK-3", 97, 200, "");
    tale.ours(|book| book.take("a", "MK-1", 93)).told("a", "MK-1", 93, 200, "");
    tale.ours(|book| book.take("b", "MK-1", 94)).told("c", "MK-2", 95, 200, "");
    let told = tale.breaks(1).to_string();
    let wanted =
        "I1 (one occupant a spool, and a TOMAR only on a free row) at 3.000 s: 94 took MK-1 (NV1, OT 1335) while MR(93) had it\n";
    assert!(told.starts_with(wanted), "{told}");
    for line in ["asks    93 TOMAR MK-1 [a]", "applied #3 MK-1 (NV1, OT 1335): Ocupado_Por «MR(93)» → «MR(94)»", "1.500 s  asks"]
    {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
    assert!(!told.contains("MK-3") && !told.contains("MK-2"), "{told}");
}
