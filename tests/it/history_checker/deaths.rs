//! What the checker lets pass where rows were hit and a process died, or the audit was closed.

use super::leniencies::{hit, repair};
use super::tale::{Draft, Tale};
use crate::history::Answer;
use serde_json::json;

#[test]
fn a_row_that_was_hit_may_be_put_right_by_the_next_process_after_its_audit_row_came() {
    let begin = || {
        let mut tale = Tale::new();
        tale.human(|book| book.closed = true).sorted().ours(|book| book.occupy("a", "MK-2", 93));
        tale.human(|book| book.closed = false).by((0, 1), |book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!(null)));
        tale
    };
    let mut tale = begin();
    tale.by((0, 1), repair);
    assert_eq!(tale.holds().repaired, 1);
    assert!(begin().breaks(6).what.contains("did not repair it"));
}

#[test]
fn what_only_a_person_had_written_dies_with_the_process_that_hit_it_and_nothing_else_does() {
    let taken = |book: &mut Draft| {
        hit(book);
        book.set("MK-2", "Armador", "MR(93)");
    };
    let mend = |text: &'static str| {
        move |book: &mut Draft| {
            repair(book);
            book.set("MK-2", "Armador", text);
        }
    };
    let begin = |told: serde_json::Value| {
        let mut tale = Tale::new();
        tale.draft.set("MK-2", "Armador", "TV(90)");
        tale.draft.event("x", "COMPLETAR_ARM", "MK-2", 90, json!({"despues": told}));
        tale.history.start = tale.draft.state();
        tale.sorted().ours(taken);
        tale
    };
    let nothing = json!(null);
    let mut tale = begin(nothing.clone());
    tale.by((0, 1), mend(""));
    assert_eq!((tale.holds().repaired, tale.holds().residues), (1, 1));
    let mut tale = begin(nothing.clone());
    tale.by((0, 1), mend("TV(90)"));
    assert_eq!((tale.holds().repaired, tale.holds().residues), (1, 0));
    // Who hit it lives, and knows.
    let mut tale = begin(nothing.clone());
    tale.ours(mend(""));
    tale.breaks(6);
    let mut tale = begin(nothing.clone());
    tale.later().ours(|book| book.take("c", "MK-4", 95)).by((0, 1), mend(""));
    tale.breaks(6);
    // Rows had moved under that one, too.
    let mut tale = begin(nothing.clone());
    tale.sorted().ours(|book| book.take("c", "MK-4", 95)).by((0, 1), mend(""));
    tale.holds();
    // Another one had read it, unless it died, too.
    let mut tale = begin(nothing.clone());
    tale.by((1, 0), |_| ()).by((0, 1), mend(""));
    tale.breaks(6);
    let mut tale = begin(nothing.clone());
    tale.by((1, 1), |_| ()).by((0, 1), mend(""));
    tale.holds();
    // The audit tells.
    let mut tale = begin(json!({"Armador": "TV(90)"}));
    tale.by((0, 1), mend(""));
    tale.breaks(6);
    // It may be emptied, and not be left.
    let mut tale = begin(nothing);
    tale.by((0, 1), repair);
    tale.breaks(6);
}

#[test]
fn audit_rows_that_waited_come_in_the_order_of_their_batch_although_one_was_in_a_wrong_row_first() {
    let notes = || json!(null);
    let mut tale = Tale::new();
    tale.human(|book| book.closed = true).sorted().ours(|book| {
        book.occupy("a", "MK-2", 93);
        book.occupy("b", "MK-3", 94);
    });
    tale.told("a", "MK-1", 93, 200, "").ours(repair).human(|book| book.closed = false).ours(|book| {
        book.event("a", "TOMAR_SPOOL", "MK-1", 93, notes());
        book.event("b", "TOMAR_SPOOL", "MK-3", 94, notes());
    });
    tale.history.asked.iter_mut().for_each(|asked| asked.answer = Answer::Lost(asked.at));
    assert_eq!(tale.holds().repaired, 1);
}

#[test]
fn part_of_what_a_row_had_before_is_what_was_meant_for_another_row() {
    let notes = || json!({"antes": {"Ocupado_Por": null, "version": null}});
    // What was to put another row right comes into a row whose audit row still waits.
    let begin = || {
        let mut tale = Tale::new();
        tale.human(|book| book.closed = true).ours(|book| book.occupy("a", "MK-1", 93)).sorted();
        tale.ours(|book| book.set("MK-1", "version", ""));
        tale
    };
    let end = |tale: &mut Tale| {
        tale.human(|book| book.closed = false).ours(|book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, notes()));
    };
    let mut tale = begin();
    tale.ours(|book| book.set("MK-1", "version", "a"));
    end(&mut tale);
    assert_eq!(tale.holds().repaired, 1);
    let mut tale = begin();
    tale.ours(|_| ()).ours(|_| ());
    end(&mut tale);
    tale.breaks(6);
}

#[test]
fn who_has_put_all_of_a_batch_that_waits_into_wrong_rows_has_it_wait_still_when_he_puts_it_right() {
    let begin = || {
        let mut tale = Tale::new();
        tale.ours(|book| book.take("x", "MK-4", 95)).human(|book| book.closed = true).human(|book| book.closed = false);
        (0..9).for_each(|_| _ = tale.later());
        tale.sorted().ours(|book| book.occupy("a", "MK-2", 93));
        tale.told("a", "MK-1", 93, 503, "RESULTADO_DESCONOCIDO").ours(repair);
        tale
    };
    let mut tale = begin();
    tale.ours(|book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!({"antes": {"Ocupado_Por": null, "version": null}})));
    assert_eq!(tale.holds().repaired, 1);
    assert!(begin().breaks(5).what.contains("never came"));
}
