//! What the checker lets pass: each from both sides, just allowed and just not.

use super::tale::{Draft, Tale};
use crate::history::{By, State};
use serde_json::json;
use std::time::Duration;

/// Rows moved: what was meant for MK-1 went into MK-2.
pub(super) fn hit(book: &mut Draft) {
    let before = book.before("MK-1");
    book.occupy("a", "MK-2", 93);
    book.event("a", "TOMAR_SPOOL", "MK-1", 93, before);
}

fn give_back(book: &mut Draft) {
    book.set("MK-2", "Ocupado_Por", "");
    book.set("MK-2", "version", "");
}

pub(super) fn repair(book: &mut Draft) {
    give_back(book);
    book.occupy("a", "MK-1", 93);
}

/// The system takes back what did not hold.
fn void(book: &mut Draft, op: &str, tag: &str) {
    book.event(&format!("void {op}"), "DESHACER_SPOOL", tag, 0, json!({"deshace": op}));
}

/// What was meant for MK-1 came where no row is.
fn blank(book: &mut Draft) {
    let before = book.before("MK-1");
    let cells = [("Ocupado_Por", "MR(93)"), ("version", "a")];
    book.rows.push(cells.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    book.event("a", "TOMAR_SPOOL", "MK-1", 93, before);
}

#[test]
fn a_row_that_was_hit_needs_somebody_who_had_moved_rows_within_the_round_trip() {
    let mut tale = Tale::new();
    tale.sorted().ours(hit).ours(repair);
    assert_eq!(tale.holds().repaired, 1);
    let mut tale = Tale::new();
    tale.sorted().later().ours(hit).ours(repair);
    assert!(tale.breaks(6).what.contains("nobody had moved"));
    // Typing moves nothing.
    let mut tale = Tale::new();
    tale.human(|book| book.set("MK-2", "Notas", "vista")).ours(hit).ours(repair);
    tale.breaks(6);
}

#[test]
fn what_was_written_where_no_row_is_has_to_go_again() {
    let land = |book: &mut Draft| book.occupy("a", "MK-1", 93);
    let mut tale = Tale::new();
    tale.sorted().ours(blank).ours(|book| {
        book.rows.pop();
        land(book);
    });
    assert_eq!(tale.holds().repaired, 1);
    let mut tale = Tale::new();
    tale.sorted().ours(blank).ours(land);
    tale.breaks(6);
    let mut tale = Tale::new();
    tale.ours(blank).ours(|book| drop(book.rows.pop())).ours(land);
    tale.breaks(6);
    // A line of the office without a name is not ours to clear away.
    let mut tale = Tale::new();
    tale.human(|book| book.rows.push([("Notas".to_owned(), "Entrega 3".to_owned())].into())).ours(|book| drop(book.rows.pop()));
    tale.breaks(6);
}

#[test]
fn a_row_that_got_its_cells_back_does_not_bring_the_right_one_its_own() {
    let mut tale = Tale::new();
    tale.sorted().ours(hit).ours(give_back);
    assert!(tale.breaks(5).what.contains("its spool did not change"));
    let mut tale = Tale::new();
    tale.sorted().ours(hit).ours(give_back).ours(|book| void(book, "a", "MK-1"));
    tale.told("a", "MK-1", 93, 409, "SPOOL_OCCUPIED");
    tale.holds();
}

#[test]
fn the_system_takes_back_only_what_did_not_hold() {
    let mut tale = Tale::new();
    tale.ours(|book| book.take("a", "MK-1", 93)).ours(|book| void(book, "a", "MK-1"));
    assert!(tale.breaks(5).what.contains("which holds or never was"));
    let mut tale = Tale::new();
    tale.ours(|book| void(book, "nunca", "MK-1"));
    tale.breaks(5);
    let mut tale = Tale::new();
    tale.sorted().ours(hit).ours(give_back).ours(|book| void(book, "a", "MK-3"));
    tale.breaks(5);
    // Nor is anything saved that it takes back.
    let mut tale = Tale::new();
    tale.sorted().ours(hit).told("a", "MK-1", 93, 200, "").ours(give_back).ours(|book| void(book, "a", "MK-1"));
    assert!(tale.breaks(2).what.contains("takes it back"));
}

#[test]
fn an_audit_row_of_the_system_needs_its_row_like_any_other() {
    let mut tale = Tale::new();
    tale.ours(|book| book.take("a", "MK-1", 93)).ours(|book| {
        let before = book.before("MK-1");
        book.set("MK-1", "Ocupado_Por", "");
        book.set("MK-1", "version", "b");
        book.event("b", "LIBERAR_SPOOL", "MK-1", 0, before);
    });
    tale.holds();
    let mut tale = Tale::new();
    tale.ours(|book| book.event("b", "LIBERAR_SPOOL", "MK-1", 0, json!({"deshace": "old"})));
    assert!(tale.breaks(5).what.contains("its spool did not change"), "only an undoing takes back");
}

#[test]
fn a_column_that_is_renamed_in_place_stays_the_same_column() {
    let rename = |book: &mut Draft| book.rename("Ocupado_Por", "Columna nueva");
    let back = |book: &mut Draft| book.rename("Columna nueva", "Ocupado_Por");
    let take_blindly = |book: &mut Draft| {
        let before = json!({"antes": {"Ocupado_Por": null, "version": null}});
        book.set("MK-1", "Columna nueva", "MR(93)");
        book.set("MK-1", "version", "a");
        book.event("a", "TOMAR_SPOOL", "MK-1", 93, before);
    };
    let mut tale = Tale::new();
    tale.human(rename).ours(take_blindly).human(back).told("a", "MK-1", 93, 200, "").screen(&[("MK-1", 93)]);
    assert_eq!(tale.holds().residues, 0, "nobody typed into that cell");
    // Who read it under its other name may not write it.
    let mut tale = Tale::new();
    tale.human(rename).later().ours(take_blindly);
    assert!(tale.breaks(6).what.contains("while it had another name"));
    // Nor does it hide whose spool it is.
    let mut tale = Tale::new();
    tale.ours(|book| book.take("x", "MK-1", 94)).human(rename).ours(take_blindly);
    tale.breaks(1);
    // Another column, by that name, is another one.
    let mut tale = Tale::new();
    tale.human(rename).human(back).human(|book| book.rename("Notas", "Columna nueva"));
    tale.ours(|book| book.set("MK-1", "Columna nueva", "MR(93)"));
    tale.breaks(6);
}

#[test]
fn a_rename_lets_no_row_be_forgotten_that_was_hit() {
    let rename = |tale: &mut Tale| {
        tale.human(|book| book.rename("Ocupado_Por", "Columna nueva")).human(|book| book.rename("Columna nueva", "Ocupado_Por"));
    };
    // Another spool's batch had hit MK-1 before MK-1 got its own.
    let both = |book: &mut Draft| {
        let (first, second) = (book.before("MK-1"), book.before("MK-2"));
        book.occupy("b", "MK-1", 94);
        book.event("a", "TOMAR_SPOOL", "MK-1", 93, first);
        book.event("b", "TOMAR_SPOOL", "MK-2", 94, second);
    };
    let mut tale = Tale::new();
    tale.sorted().ours(both);
    rename(&mut tale);
    tale.ours(|book| {
        book.occupy("a", "MK-1", 93);
        book.occupy("b", "MK-2", 94);
    });
    assert_eq!(tale.holds().repaired, 1);
    let mut tale = Tale::new();
    tale.sorted().ours(both);
    rename(&mut tale);
    tale.ours(|book| book.occupy("b", "MK-2", 94)).ours(|book| book.take("c", "MK-4", 95));
    assert!(tale.breaks(5).at < Duration::from_secs(3), "MK-1 still is with the other one");
}

#[test]
fn what_a_person_types_explains_that_cell_and_no_other() {
    let blind = |book: &mut Draft| {
        book.occupy("a", "MK-1", 93);
        book.set("MK-1", "Armador", "MR(93)");
        book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!({"antes": {"Armador": null, "Ocupado_Por": null}}));
    };
    let mut tale = Tale::new();
    tale.human(|book| book.set("MK-1", "Armador", "JP(94)")).ours(blind);
    assert_eq!(tale.holds().residues, 1);
    let mut tale = Tale::new();
    tale.human(|book| book.set("MK-1", "Armador", "JP(94)")).later();
    tale.human(|book| book.set("MK-1", "Notas", "vista")).ours(blind);
    assert!(tale.breaks(4).what.contains("Armador of MK-1"));
    // Whom a person has just put there cannot be seen; whom he put there before can.
    let mut tale = Tale::new();
    tale.human(|book| book.set("MK-1", "Ocupado_Por", "TV(94)")).ours(blind);
    assert_eq!(tale.holds().residues, 1);
    let mut tale = Tale::new();
    tale.human(|book| book.set("MK-1", "Ocupado_Por", "TV(94)")).later();
    tale.human(|book| book.set("MK-1", "Armador", "")).ours(blind);
    tale.breaks(1);
}

#[test]
fn what_a_person_types_over_a_wrong_cell_is_his_and_the_other_cells_are_not() {
    let mut tale = Tale::new();
    tale.sorted().ours(hit).human(|book| book.set("MK-2", "Ocupado_Por", "TV(94)"));
    tale.ours(|book| {
        book.set("MK-2", "version", "");
        book.occupy("a", "MK-1", 93);
    });
    tale.holds();
    let mut tale = Tale::new();
    tale.sorted().ours(hit).human(|book| book.set("MK-2", "Ocupado_Por", "TV(94)"));
    tale.ours(|book| book.occupy("a", "MK-1", 93));
    assert!(tale.breaks(6).what.contains("version"));
}

/// A TOMAR while the audit is closed.
fn unaudited(book: &mut Draft) -> serde_json::Value {
    let before = book.before("MK-1");
    book.occupy("a", "MK-1", 93);
    before
}

/// One that was made while the audit was closed, whose audit row waits.
fn closed() -> (Tale, serde_json::Value) {
    let (mut tale, mut notes) = (Tale::new(), json!(null));
    tale.human(|book| book.closed = true).ours(|book| notes = unaudited(book)).human(|book| book.closed = false);
    (tale, notes)
}

#[test]
fn an_audit_row_may_wait_only_for_a_tab_that_is_closed() {
    let (mut tale, notes) = closed();
    tale.ours(|book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, notes)).told("a", "MK-1", 93, 200, "");
    tale.holds();
    let (tale, _) = closed();
    assert!(tale.breaks(5).what.contains("never came"));
    // Who cannot know yet that it is open again may let it wait, but not for long.
    let opened = || {
        let mut tale = Tale::new();
        tale.human(|book| book.closed = true).human(|book| book.closed = false);
        (0..6).for_each(|_| _ = tale.later());
        tale
    };
    let wait = |tale: &mut Tale| {
        tale.ours(|book| drop(unaudited(book))).ours(|book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!(null)));
    };
    let mut tale = opened();
    wait(&mut tale);
    tale.holds();
    let mut tale = opened();
    wait(tale.later());
    assert!(tale.breaks(5).what.contains("no audit row has that id"));
    // Who had written before may have had no calls to look with since; but he learns it from his next batch.
    let known = || {
        let mut tale = Tale::new();
        tale.ours(|book| book.take("x", "MK-3", 95)).human(|book| book.closed = true).human(|book| book.closed = false);
        (0..9).for_each(|_| _ = tale.later());
        tale
    };
    let mut tale = known();
    wait(&mut tale);
    tale.holds();
    let mut tale = known();
    wait(tale.ours(|book| book.take("y", "MK-4", 96)));
    assert!(tale.breaks(5).what.contains("no audit row has that id"));
}

#[test]
fn audit_rows_that_waited_come_in_order_and_are_not_overtaken() {
    let second = |book: &mut Draft| book.occupy("b", "MK-2", 94);
    let event = |book: &mut Draft, op: &str, tag: &str, worker: u32| book.event(op, "TOMAR_SPOOL", tag, worker, json!(null));
    let (mut tale, _) = closed();
    tale.ours(second).ours(|book| {
        event(book, "a", "MK-1", 93);
        event(book, "b", "MK-2", 94);
    });
    tale.holds();
    let (mut tale, _) = closed();
    tale.ours(second).ours(|book| {
        event(book, "b", "MK-2", 94);
        event(book, "a", "MK-1", 93);
    });
    assert!(tale.breaks(5).what.contains("which is older"));
    // Another process has an outbox of its own.
    let (mut tale, _) = closed();
    tale.by((1, 0), |book| book.take("b", "MK-2", 94)).ours(|book| event(book, "a", "MK-1", 93));
    tale.holds();
    let (mut tale, _) = closed();
    tale.by((0, 1), |book| book.take("b", "MK-2", 94)).ours(|book| event(book, "a", "MK-1", 93));
    assert!(tale.breaks(5).what.contains("overtook"));
}

#[test]
fn a_change_whose_audit_row_came_later_is_judged_like_any_other() {
    let mut tale = Tale::new();
    tale.ours(|book| book.take("x", "MK-1", 94)).human(|book| book.closed = true);
    tale.ours(|book| book.occupy("a", "MK-1", 93)).human(|book| book.closed = false);
    tale.ours(|book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!({"antes": {"Ocupado_Por": "MR(94)"}})));
    assert_eq!(tale.breaks(1).at, Duration::from_secs(3), "when it was done, not when it was told");
    let (mut tale, _) = closed();
    tale.ours(|book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!({"antes": {"Ocupado_Por": "MR(94)"}})));
    tale.breaks(4);
    // Meant for another row, although nothing had moved.
    let (mut tale, _) = closed();
    tale.ours(|book| book.event("a", "TOMAR_SPOOL", "MK-2", 93, json!(null)));
    assert!(tale.breaks(6).what.contains("nobody had moved"));
}

#[test]
fn a_row_that_was_hit_while_the_audit_was_closed_gets_its_cells_back_in_time() {
    let taken = |book: &mut Draft| book.occupy("a", "MK-2", 93);
    let begin = || {
        let mut tale = Tale::new();
        tale.human(|book| book.closed = true).sorted().ours(taken);
        tale
    };
    let end = |tale: &mut Tale| {
        tale.human(|book| book.closed = false).ours(|book| book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!(null)));
    };
    let mut tale = begin();
    tale.ours(repair);
    end(&mut tale);
    assert_eq!(tale.holds().repaired, 1);
    let mut tale = begin();
    tale.ours(|book| book.occupy("b", "MK-3", 94)).ours(|book| book.occupy("c", "MK-4", 95)).ours(repair);
    assert!(tale.breaks(6).what.contains("too late"));
    let mut tale = Tale::new();
    tale.human(|book| book.closed = true).later().ours(taken).ours(repair);
    end(&mut tale);
    assert!(tale.breaks(4).what.contains("nothing had moved"));
}

#[test]
fn rows_that_moved_under_a_batch_while_the_audit_was_closed_are_judged_by_what_came_of_them() {
    // What was meant for MK-1 went into MK-2, and that into MK-3.
    let shifted = |tale: &mut Tale| {
        tale.human(|book| book.closed = true).sorted().ours(|book| {
            book.occupy("a", "MK-2", 93);
            book.occupy("b", "MK-3", 94);
        });
        tale.told("a", "MK-1", 93, 503, "RESULTADO_DESCONOCIDO").told("b", "MK-2", 94, 503, "RESULTADO_DESCONOCIDO");
    };
    let repair = |book: &mut Draft| {
        book.occupy("a", "MK-1", 93);
        book.occupy("b", "MK-2", 94);
        book.set("MK-3", "Ocupado_Por", "");
        book.set("MK-3", "version", "");
    };
    let end = |tale: &mut Tale| {
        tale.human(|book| book.closed = false).ours(|book| {
            book.event("b", "TOMAR_SPOOL", "MK-2", 94, json!({"antes": {"Ocupado_Por": null, "version": null}}));
            book.event("a", "TOMAR_SPOOL", "MK-1", 93, json!({"antes": {"Ocupado_Por": null, "version": null}}));
        });
    };
    let mut tale = Tale::new();
    shifted(&mut tale);
    tale.ours(repair);
    end(&mut tale);
    assert_eq!(tale.holds().repaired, 2);
    let mut tale = Tale::new();
    shifted(&mut tale);
    tale.later().ours(|_| ()).ours(|_| ()).ours(repair);
    end(&mut tale);
    tale.breaks(6);
}

#[test]
fn two_batches_are_those_of_the_process_that_hit_the_row() {
    let other = |tale: &mut Tale| {
        for (op, tag) in [("b", "MK-3"), ("c", "MK-4")] {
            tale.by((1, 0), |book| book.take(op, tag, 94));
        }
    };
    let mut tale = Tale::new();
    tale.sorted().ours(hit);
    other(&mut tale);
    tale.ours(repair);
    tale.holds();
    let mut tale = Tale::new();
    tale.sorted().by((1, 0), hit).later();
    other(&mut tale);
    tale.ours(repair);
    tale.breaks(6);
}

#[test]
fn a_hit_upon_a_hit_is_put_right_by_what_stood_there_before_both() {
    let begin = || {
        let mut tale = Tale::new();
        tale.sorted().ours(hit).sorted().ours(|book| {
            let before = book.before("MK-3");
            book.occupy("b", "MK-2", 94);
            book.event("b", "TOMAR_SPOOL", "MK-3", 94, before);
        });
        tale
    };
    let mut tale = begin();
    tale.ours(|book| {
        repair(book);
        book.occupy("b", "MK-3", 94);
    });
    assert_eq!(tale.holds().repaired, 2);
    let mut tale = begin();
    tale.ours(|book| {
        book.occupy("a", "MK-1", 93);
        book.occupy("a", "MK-2", 93);
        book.occupy("b", "MK-3", 94);
    });
    tale.breaks(6);
}

#[test]
fn a_batch_under_which_rows_move_is_none_of_the_two() {
    let missed = |tale: &mut Tale| {
        tale.sorted().ours(|book| book.take("b", "MK-3", 94)).sorted().ours(|book| book.pause("c", "MK-3", 94));
    };
    let mut tale = Tale::new();
    tale.sorted().ours(hit);
    missed(&mut tale);
    tale.later().ours(|_| ()).ours(repair);
    tale.holds();
    let mut tale = Tale::new();
    tale.sorted().ours(hit);
    missed(&mut tale);
    tale.later().ours(|_| ()).ours(|_| ()).ours(repair);
    tale.breaks(6);
}

#[test]
fn what_a_moved_column_brings_into_version_is_a_hit_and_no_operation() {
    let shifted = |book: &mut Draft| {
        book.set("MK-2", "Ocupado_Por", "");
        book.set("MK-2", "version", "Disponible - ARM pausado");
    };
    let back = |book: &mut Draft| book.occupy("a", "MK-2", 93);
    let begin = || {
        let mut tale = Tale::new();
        tale.ours(|book| book.take("a", "MK-2", 93)).sorted();
        tale
    };
    let mut tale = begin();
    tale.ours(shifted).ours(back);
    assert_eq!(tale.holds().repaired, 1);
    let mut tale = begin();
    tale.ours(shifted).later().ours(|_| ()).ours(|_| ()).ours(back);
    tale.breaks(6);
    let mut tale = begin();
    tale.later().ours(shifted).ours(back);
    assert!(tale.breaks(6).what.contains("nobody had moved"));
}

#[test]
fn a_new_fence_counts_for_nothing_and_changes_nothing() {
    let fence = |tale: &mut Tale, deed: fn(&mut Draft)| _ = tale.step(By::Fence, (0, 0), "batchUpdate", deed);
    let mut tale = Tale::new();
    tale.sorted().ours(hit);
    (0..3).for_each(|_| fence(&mut tale, |_| ()));
    tale.ours(repair);
    tale.holds();
    let mut tale = Tale::new();
    tale.sorted().ours(hit);
    fence(&mut tale, |book| book.set("MK-4", "Notas", "encima"));
    tale.ours(repair);
    assert!(tale.breaks(6).what.contains("more than the fence"));
    // A batch that changes nothing is a batch all the same.
    let mut tale = Tale::new();
    tale.sorted().ours(hit).later().ours(|_| ()).ours(|_| ()).ours(repair);
    tale.breaks(6);
}

#[test]
fn a_refusal_after_it_was_applied_is_a_lie_unless_the_office_took_the_record_away() {
    let taken = || {
        let mut tale = Tale::new();
        tale.ours(|book| book.take("a", "MK-1", 93)).told("a", "MK-1", 93, 503, "RESULTADO_DESCONOCIDO");
        tale
    };
    let later = |tale: &mut Tale| (0..7).for_each(|_| _ = tale.later());
    let mut tale = taken();
    later(&mut tale);
    tale.told("a", "MK-1", 93, 200, "");
    tale.holds();
    let mut tale = taken();
    later(&mut tale);
    tale.told("a", "MK-1", 93, 409, "SPOOL_OCCUPIED");
    tale.breaks(3);
    // Another process cannot know it at once.
    let mut tale = taken();
    tale.later().told("a", "MK-1", 93, 409, "SPOOL_OCCUPIED");
    tale.holds();
    let mut tale = taken();
    tale.human(|book| book.audit.clear());
    later(&mut tale);
    tale.told("a", "MK-1", 93, 409, "SPOOL_OCCUPIED");
    tale.holds();
}

#[test]
fn a_spool_that_goes_back_to_what_it_was_is_no_repair() {
    let mut tale = Tale::new();
    tale.ours(|book| book.take("a", "MK-1", 93)).ours(|book| book.pause("b", "MK-1", 93));
    let state: State = tale.draft.state();
    assert_eq!(state.occupied(), []);
    tale.sorted().ours(|book| book.occupy("a", "MK-1", 93));
    assert!(tale.breaks(4).what.contains("went back to a"));
}
