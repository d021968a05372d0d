//! Rows that a hand moves within the one round trip of a batch.

use super::{BATCHES, Floor, READINGS, landed};
use crate::stand_in::{Fault, Held, Quota, When};
use crate::support::google::{BOOK, quick, seldom};
use crate::support::{cell, eventually, plant, soon};
use spoolboard::domain::{Cell, Column};
use spoolboard::error::Error;
use spoolboard::workbook::Workbook;
use uuid::Uuid;

/// The cells of every row by tag, in the order of the sheet: what must not change for others.
fn occupants(floor: &Floor) -> Vec<(String, String)> {
    let sheets = floor.sheets();
    let rows = sheets.operaciones.rows.iter().map(|(fila, _)| *fila);
    rows.map(|fila| {
        let shown = |name: &str| cell(&sheets.operaciones, fila, name).display();
        (shown("TAG_SPOOL"), shown("Ocupado_Por") + &shown("Armador"))
    })
    .collect()
}

#[tokio::test]
async fn b6_a_row_inserted_while_a_batch_is_on_its_way_costs_nothing_but_an_alarm() {
    let floor = Floor::of(5, seldom()).await;
    assert!(landed(&floor.taken("MK-0002", 94, Uuid::new_v4()).await));
    floor.google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
    let id = Uuid::new_v4();
    let answer = floor.taken("MK-0003", 93, id).await;
    assert!(landed(&answer), "{answer:?}");
    let free = |tag: &str| (tag.to_owned(), String::new());
    let taken = |tag: &str, who: &str| (tag.to_owned(), format!("{who}{who}"));
    let expected =
        [free(""), free("MK-0001"), taken("MK-0002", "MR(94)"), taken("MK-0003", "MR(93)"), free("MK-0004"), free("MK-0005")];
    assert_eq!(occupants(&floor), expected);
    assert_eq!((floor.audited(id), floor.workbook.alarms()), (1, 1));
    assert_eq!(floor.workbook.view().spools.len(), 5);
    assert_eq!(floor.shown("MK-0003").version, Some(id.to_string()));
}

#[tokio::test]
async fn b6_a_row_that_was_hit_by_mistake_is_put_right_although_the_first_attempt_is_lost() {
    for fault in [Fault::Unavailable, Fault::UnavailableYetApplied, Fault::LostAfter, Fault::TooManyFor(0)] {
        let floor = Floor::of(5, seldom()).await;
        floor.google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
        let mut gate = floor.google.hold(BATCHES, Held::BeforeAnswering);
        let id = Uuid::new_v4();
        let taking = floor.applying(floor.take("MK-0003", 93, id));
        gate.arrived().await;
        floor.google.fail(BATCHES, fault);
        gate.open();
        let answer = taking.await.unwrap();
        assert!(landed(&answer), "{fault:?}: {answer:?}");
        let taken = occupants(&floor).into_iter().filter(|(_, who)| !who.is_empty()).collect::<Vec<_>>();
        assert_eq!(taken, [("MK-0003".to_owned(), "MR(93)MR(93)".to_owned())], "{fault:?}");
        assert_eq!(floor.audited(id), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn b6_a_sort_while_a_batch_of_many_is_on_its_way_leaves_every_row_with_its_own() {
    let floor = Floor::of(8, seldom()).await;
    floor.google.human_will(When::BeforeWrite, BOOK, |human| human.sorts("Operaciones", "TAG_SPOOL", true));
    let ids: Vec<Uuid> = (0..6).map(|_| Uuid::new_v4()).collect();
    let tasks: Vec<_> = (1..=6).zip(&ids).map(|(n, id)| floor.applying(floor.take(&format!("MK-{n:04}"), 93, *id))).collect();
    for task in tasks {
        let answer = task.await.unwrap();
        assert!(landed(&answer), "{answer:?}");
    }
    for (n, id) in (1..=6).zip(&ids) {
        assert_eq!(floor.cell(&format!("MK-{n:04}"), Column::Version), Cell::text(id.to_string()));
        assert_eq!(floor.audited(*id), 1);
    }
    for tag in ["MK-0007", "MK-0008"] {
        assert_eq!((floor.cell(tag, Column::OccupiedBy), floor.cell(tag, Column::ArmWorker)), (Cell::Empty, Cell::Empty));
        assert_eq!(floor.cell(tag, Column::Version), Cell::Number(0.0));
    }
}

#[tokio::test]
async fn b6_a_row_that_moved_and_may_not_be_taken_any_more_is_left_and_the_audit_says_so() {
    let floor = Floor::of(3, quick()).await;
    floor.google.human_will(When::BeforeWrite, BOOK, |human| {
        human.inserts_rows("Operaciones", 2, 1);
        human.types("Operaciones", "Ocupado_Por", 3, "MR(94)");
    });
    let id = Uuid::new_v4();
    let answer = floor.taken("MK-0001", 93, id).await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    assert!(floor.workbook.event(id).is_none(), "it did not happen");
    assert_eq!(floor.cell("MK-0001", Column::OccupiedBy), Cell::text("MR(94)"));
    assert_eq!(occupants(&floor)[0], (String::new(), String::new()));
    let undone =
        || floor.sheets().metadata.rows.iter().any(|(_, cells)| cells[9].display().contains(&format!("\"deshace\":\"{id}\"")));
    eventually("the audit names what did not hold", async || undone()).await;
    assert_eq!(floor.audited(id), 1);
}

#[tokio::test]
async fn b6_many_rows_that_moved_and_may_not_be_taken_any_more_are_told_to_the_audit_at_once() {
    let floor = Floor::of(6, quick()).await;
    floor.google.human_will(When::BeforeWrite, BOOK, |human| {
        human.inserts_rows("Operaciones", 2, 5);
        (7..=11).for_each(|row| human.types("Operaciones", "Ocupado_Por", row, "MR(94)"));
    });
    let ids: Vec<Uuid> = (1..=5).map(|_| Uuid::new_v4()).collect();
    let tasks: Vec<_> = (1..=5).zip(&ids).map(|(n, id)| floor.applying(floor.take(&format!("MK-{n:04}"), 93, *id))).collect();
    for task in tasks {
        let answer = task.await.unwrap();
        assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    }
    let writes = || floor.google.journal().counted(Quota::Write);
    let before = writes();
    let voids: Vec<Uuid> = ids.iter().map(|id| Uuid::new_v5(id, b"void")).collect();
    eventually("the audit names all that did not hold", async || voids.iter().all(|id| floor.audited(*id) == 1)).await;
    assert_eq!(writes() - before, 1);
}

#[tokio::test]
async fn b6_blank_rows_that_were_hit_are_emptied_at_once() {
    let floor = Floor::of(4, seldom()).await;
    floor.google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_rows("Operaciones", 2, 4));
    let takes = (1..=4).map(|n| floor.take(&format!("MK-{n:04}"), if n % 2 == 0 { 93 } else { 94 }, Uuid::new_v4()));
    let tasks: Vec<_> = takes.map(|take| floor.applying(take)).collect();
    for task in tasks {
        let answer = task.await.unwrap();
        assert!(landed(&answer), "{answer:?}");
    }
    assert!(occupants(&floor).iter().all(|(tag, who)| tag.is_empty() == who.is_empty()));
    let journal = floor.google.journal();
    let sent: Vec<String> = journal.batches().map(|batch| batch.request.to_string()).collect();
    let repairs = sent.iter().filter(|sent| sent.contains("updateCells") && !sent.contains("appendCells"));
    assert_eq!(repairs.count(), 1);
}

/// A TAKE whose row moved and changed between its reading and its writing; its operation, which may be decided on again.
async fn conflict_on_a_moved_row() -> (Floor, Uuid) {
    let floor = Floor::of(3, seldom()).await;
    floor.google.human_will(When::BeforeWrite, BOOK, |human| {
        human.inserts_rows("Operaciones", 2, 1);
        human.types("Operaciones", "Estado_Detalle", 3, "otra cosa");
    });
    let id = Uuid::new_v4();
    assert!(matches!(floor.taken("MK-0001", 93, id).await, Err(Error::Conflict)));
    (floor, id)
}

#[tokio::test]
async fn b6_a_row_that_moved_may_be_decided_on_again_under_the_same_id() {
    let (floor, id) = conflict_on_a_moved_row().await;
    assert!(landed(&floor.taken("MK-0001", 93, id).await));
    assert_eq!((floor.audited(id), floor.cell("MK-0001", Column::Version)), (1, Cell::text(id.to_string())));
    assert_eq!(floor.workbook.event(id).map(|event| event.id), Some(id));
    assert_eq!(floor.shown("MK-0001").events.iter().filter(|event| event.id == id).count(), 1);
}

#[tokio::test]
async fn b6_rows_that_move_again_while_they_are_put_right_are_put_right_all_the_same() {
    let floor = Floor::of(8, seldom()).await;
    for n in 1..=8 {
        assert!(landed(&floor.taken(&format!("MK-{n:04}"), 94, Uuid::new_v4()).await));
    }
    let before = occupants(&floor);
    // Sorted the other way round, what is meant for each of the two hits the other.
    let changes = ["MK-0003", "MK-0006"].map(|tag| floor.pausing(tag, 94, Uuid::new_v4()));
    floor.google.human_will(When::BeforeWrite, BOOK, |human| human.sorts("Operaciones", "TAG_SPOOL", true));
    floor.google.human_will(When::BeforeWrite, BOOK, |human| human.sorts("Operaciones", "TAG_SPOOL", false));
    floor.google.human_will(When::BeforeWrite, BOOK, |human| human.sorts("Operaciones", "TAG_SPOOL", true));
    for answer in changes.map(|change| floor.applying(change)) {
        let answer = answer.await.unwrap();
        assert!(landed(&answer), "{answer:?}");
    }
    let mut after = occupants(&floor);
    after.sort();
    let expected = before.into_iter().map(|(tag, who)| {
        let who = if tag == "MK-0003" || tag == "MK-0006" { "MR(94)".into() } else { who };
        (tag, who)
    });
    let mut expected: Vec<_> = expected.collect();
    expected.sort();
    assert_eq!(after, expected);
}

#[tokio::test]
async fn b6_a_row_that_is_hit_by_what_was_to_put_another_right_gets_its_own_cells_back() {
    let floor = Floor::of(9, seldom()).await;
    for n in 1..=9 {
        assert!(landed(&floor.taken(&format!("MK-{n:04}"), 94, Uuid::new_v4()).await));
    }
    let before = occupants(&floor);
    let paused = ["MK-0004", "MK-0005", "MK-0007"];
    let changes = paused.map(|tag| floor.pausing(tag, 94, Uuid::new_v4()));
    for rows in [1, 2] {
        floor.google.human_will(When::BeforeWrite, BOOK, move |human| human.inserts_rows("Operaciones", 2, rows));
    }
    for answer in changes.map(|change| floor.applying(change)) {
        let answer = answer.await.unwrap();
        assert!(landed(&answer), "{answer:?}");
    }
    let after: Vec<_> = occupants(&floor).into_iter().filter(|(tag, who)| !(tag.is_empty() && who.is_empty())).collect();
    let expected = before.into_iter().map(|(tag, who)| {
        let who = if paused.contains(&tag.as_str()) { "MR(94)".into() } else { who };
        (tag, who)
    });
    assert_eq!(after, expected.collect::<Vec<_>>());
    for tag in ["MK-0003", "MK-0006"] {
        assert!(floor.shown(tag).occupation.is_some());
        assert!(floor.cell(tag, Column::Detail).display().contains("trabajando"), "{tag}");
    }
}

#[tokio::test]
async fn b6_what_a_second_mistake_has_left_of_a_first_is_taken_away() {
    let floor = Floor::of(5, seldom()).await;
    // What MK-0004 is to get back has one cell less than what hits MK-0002.
    floor.google.human(BOOK, |human| human.types("Operaciones", "Armador", 5, "MR(93)"));
    for rows in [1, 2] {
        floor.google.human_will(When::BeforeWrite, BOOK, move |human| human.inserts_rows("Operaciones", 2, rows));
    }
    for answer in ["MK-0003", "MK-0005"].map(|tag| floor.applying(floor.take(tag, 93, Uuid::new_v4()))) {
        let answer = answer.await.unwrap();
        assert!(landed(&answer), "{answer:?}");
    }
    let named = |(tag, _): &(String, String)| !tag.is_empty();
    let after: Vec<String> = occupants(&floor).into_iter().filter(named).map(|(_, who)| who).collect();
    assert_eq!(after, ["", "", "MR(93)MR(93)", "MR(93)", "MR(93)MR(93)"]);
    assert_eq!(floor.cell("MK-0002", Column::Version), Cell::Number(0.0));
}

#[tokio::test]
async fn b6_a_row_that_is_deleted_while_its_batch_is_on_its_way_costs_no_cell_of_the_next() {
    for fault in [None, Some(Fault::LostAfter)] {
        let floor = Floor::of(3, quick()).await;
        floor.google.human_will(When::BeforeWrite, BOOK, |human| human.deletes_rows("Operaciones", 3, 1));
        if let Some(fault) = fault {
            floor.google.fail(BATCHES, fault);
        }
        let id = Uuid::new_v4();
        let answer = floor.taken("MK-0002", 93, id).await;
        assert!(matches!(answer, Err(Error::Conflict)), "{fault:?}: {answer:?}");
        assert_eq!(occupants(&floor), [("MK-0001".into(), String::new()), ("MK-0003".into(), String::new())], "{fault:?}");
        let void = Uuid::new_v5(&id, b"void");
        eventually("the audit says that it did not hold", async || floor.audited(void) == 1).await;
        assert!(landed(&floor.taken("MK-0003", 94, Uuid::new_v4()).await), "{fault:?}");
    }
}

#[tokio::test]
async fn b6_memory_shows_no_row_as_put_right_before_it_is() {
    let floor = Floor::of(4, seldom()).await;
    assert!(landed(&floor.taken("MK-0002", 94, Uuid::new_v4()).await));
    floor.google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
    let mut sent = floor.google.hold(BATCHES, Held::BeforeAnswering);
    let taking = floor.applying(floor.take("MK-0003", 93, Uuid::new_v4()));
    sent.arrived().await;
    let mut repair = floor.google.hold(BATCHES, Held::BeforeApplying);
    sent.open();
    repair.arrived().await;
    assert!(floor.shown("MK-0003").occupation.is_none(), "its row has it not yet");
    assert_eq!(floor.shown("MK-0002").occupation.as_ref().map(|holder| holder.stamp.as_str()), Some("MR(94)"));
    repair.open();
    let answer = taking.await.unwrap();
    assert!(landed(&answer), "{answer:?}");
    assert_eq!(floor.shown("MK-0003").occupation.as_ref().map(|holder| holder.stamp.as_str()), Some("MR(93)"));
}

#[tokio::test]
async fn b6_a_row_that_is_decided_on_again_in_a_batch_that_never_arrives_is_not_told_as_saved() {
    let (floor, id) = conflict_on_a_moved_row().await;
    floor.google.fail(BATCHES, Fault::LostBefore);
    let answer = floor.taken("MK-0001", 93, id).await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    assert_eq!(floor.cell("MK-0001", Column::OccupiedBy), Cell::Empty);
    assert!(landed(&floor.taken("MK-0001", 93, id).await));
    assert_eq!((floor.audited(id), floor.cell("MK-0001", Column::Version)), (1, Cell::text(id.to_string())));
}

#[tokio::test]
async fn b6_what_the_audit_says_did_not_hold_is_not_done_later_under_the_same_id() {
    let floor = Floor::of(3, quick()).await;
    floor.google.human_will(When::BeforeWrite, BOOK, |human| {
        human.inserts_rows("Operaciones", 2, 1);
        human.types("Operaciones", "Estado_Detalle", 3, "otra cosa");
    });
    let id = Uuid::new_v4();
    assert!(matches!(floor.taken("MK-0001", 93, id).await, Err(Error::Conflict)));
    let void = Uuid::new_v5(&id, b"void");
    eventually("the audit says so, and it was read", async || floor.workbook.event(void).is_some()).await;
    let answer = floor.taken("MK-0001", 93, id).await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    assert_eq!((floor.audited(id), floor.cell("MK-0001", Column::OccupiedBy)), (1, Cell::Empty));
    assert!(landed(&floor.taken("MK-0001", 93, Uuid::new_v4()).await));
}

#[tokio::test]
async fn b6_a_row_that_google_lets_nobody_write_keeps_no_other_from_being_put_right() {
    let floor = Floor::of(4, quick()).await;
    floor.google.human_will(When::BeforeWrite, BOOK, |human| {
        human.inserts_rows("Operaciones", 2, 1);
        // What was meant for the last two rows; the last of all is among what is finished.
        human.protects_rows("Operaciones", 6, &[]);
    });
    let (right, lost) = (Uuid::new_v4(), Uuid::new_v4());
    let tasks = [("MK-0002", right), ("MK-0004", lost)].map(|(tag, id)| floor.applying(floor.take(tag, 93, id)));
    let [put_right, not_written] = tasks;
    assert!(landed(&put_right.await.unwrap()));
    assert!(!landed(&not_written.await.unwrap()), "nobody could write it");
    assert_eq!(floor.cell("MK-0002", Column::Version), Cell::text(right.to_string()));
    for tag in ["MK-0001", "MK-0003"] {
        assert_eq!((floor.cell(tag, Column::OccupiedBy), floor.cell(tag, Column::Version)), (Cell::Empty, Cell::Number(0.0)));
    }
    assert_eq!(floor.cell("MK-0004", Column::OccupiedBy), Cell::Empty);
    // Moved, and not mended: no talk of a rival.
    assert_eq!(floor.workbook.alarms(), 2);
    assert!(landed(&floor.taken("MK-0001", 94, Uuid::new_v4()).await), "work goes on");
}

#[tokio::test]
async fn b6_what_was_to_put_rows_right_and_came_into_others_is_given_back_whole() {
    let mut sheets = plant(4);
    let place = |name: &str| sheets.operaciones.place(name).unwrap();
    let (version, fitter, fitted) = (place("version"), place("Armador"), place("Fecha_Armado"));
    let rows = &mut sheets.operaciones.rows;
    rows.iter_mut().for_each(|(_, cells)| cells[version] = Cell::Empty);
    (rows[1].1[fitter], rows[1].1[fitted]) = (Cell::text("LC(77)"), Cell::text("10-11-2026"));
    let floor = Floor::with(&sheets, seldom()).await;
    let (taken, paused) = (Uuid::new_v4(), Uuid::new_v4());
    assert!(landed(&floor.taken("MK-0004", 94, taken).await));
    assert!(landed(&floor.workbook.apply(floor.pausing("MK-0004", 94, paused), soon()).await));
    // Each of two comes into the row above its own, one of them into one that is empty.
    let mut reading = floor.google.hold(READINGS, Held::BeforeApplying);
    let both = ["MK-0001", "MK-0003"].map(|tag| floor.applying(floor.take(tag, 93, Uuid::new_v4())));
    reading.arrived().await;
    eventually("both wait", async || floor.workbook.status().waiting == 2).await;
    floor.google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
    let mut hitting = floor.google.hold(BATCHES, Held::BeforeAnswering);
    reading.open();
    hitting.arrived().await;
    // What is to put that right comes when the empty row is gone, and the one that was hit, and nobody hears of it.
    let mut repair = floor.google.hold(BATCHES, Held::BeforeApplying);
    floor.google.fail(BATCHES, Fault::LostAfter);
    hitting.open();
    repair.arrived().await;
    floor.google.human(BOOK, |human| {
        human.deletes_rows("Operaciones", 4, 1);
        human.deletes_rows("Operaciones", 2, 1);
    });
    let before = floor.cell("MK-0004", Column::ArmWorker);
    repair.open();
    for answer in both {
        let answer = answer.await.unwrap();
        assert!(landed(&answer), "{answer:?}");
    }
    let all = ["MK-0001", "MK-0003"].map(|tag| floor.cell(tag, Column::ArmWorker));
    assert_eq!(all, ["MR(93)", "MR(93)"].map(Cell::text));
    assert_eq!(floor.cell("MK-0004", Column::Version), Cell::text(paused.to_string()));
    assert_eq!(floor.cell("MK-0004", Column::ArmWorker), before);
}
