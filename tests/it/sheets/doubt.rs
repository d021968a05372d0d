//! Writes whose outcome nobody told: never sent again, and never left in doubt if Google can be asked.

use super::{BATCHES, Floor, landed};
use crate::stand_in::{Fault, Held, When};
use crate::support::google::{BOOK, connected, quick, seldom};
use crate::support::{eventually, plant, soon};
use futures_util::future::join_all;
use spoolboard::domain::{Cell, Column};
use spoolboard::error::Error;
use spoolboard::workbook::Workbook;
use spoolboard::workbook::sheets::Limits;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

#[tokio::test]
async fn d4_after_any_fault_row_and_audit_are_both_there_or_both_not_and_the_answer_says_which() {
    for (fault, applied) in [
        (Fault::Internal, false),
        (Fault::Unavailable, false),
        (Fault::UnavailableYetApplied, true),
        (Fault::Aborted, false),
        (Fault::BadGateway, false),
        (Fault::BadGatewayYetApplied, true),
        (Fault::CutBody, true),
        (Fault::LostBefore, false),
        (Fault::LostAfter, true),
    ] {
        let floor = Floor::of(2, seldom()).await;
        floor.google.fail(BATCHES, fault);
        let id = Uuid::new_v4();
        let answer = floor.taken("MK-0001", 93, id).await;
        assert_eq!(landed(&answer), applied, "{fault:?}: {answer:?}");
        assert!(applied || matches!(answer, Err(Error::Conflict)), "{fault:?}: {answer:?}");
        let row = floor.cell("MK-0001", Column::Version) == Cell::text(id.to_string());
        assert_eq!((row, floor.audited(id)), (applied, usize::from(applied)), "{fault:?}");
        assert_eq!(floor.workbook.event(id).is_some(), applied);
        // What did not land may be decided on again, under the same id.
        assert!(applied || landed(&floor.taken("MK-0001", 93, id).await), "{fault:?}");
        assert_eq!(floor.audited(id), 1, "{fault:?}");
        assert!(landed(&floor.taken("MK-0002", 94, Uuid::new_v4()).await), "{fault:?}: work goes on");
    }
}

#[tokio::test]
async fn d4_a_batch_that_made_the_audit_longer_than_its_tab_was_is_found_there_whole() {
    let mut sheets = plant(40);
    sheets.metadata.rows.clear();
    let floor = Floor::with(&sheets, seldom()).await;
    let rows = floor.google.book(BOOK).by_title("Metadata").unwrap().row_count;
    assert!(rows < 40, "the tab has to grow: {rows}");
    floor.google.fail(BATCHES, Fault::LostAfter);
    let answers = join_all((1..=40).map(|n| floor.applying(floor.take(&format!("MK-{n:04}"), 93, Uuid::new_v4())))).await;
    let lost: Vec<_> = answers.iter().map(|answer| answer.as_ref().unwrap()).filter(|answer| !landed(answer)).collect();
    assert!(lost.is_empty(), "{} of 40 were not found: {:?}", lost.len(), lost[0]);
}

#[tokio::test]
async fn a_batch_that_arrives_after_it_was_given_up_changes_nothing() {
    let floor = Floor::of(2, Limits { write: Duration::from_millis(300), ..seldom() }).await;
    let mut gate = floor.google.hold(BATCHES, Held::BeforeApplying);
    let (late, again) = (Uuid::new_v4(), Uuid::new_v4());
    let taking = floor.applying(floor.take("MK-0001", 93, late));
    gate.arrived().await;
    let answer = taking.await.unwrap();
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    assert!(landed(&floor.taken("MK-0001", 94, again).await), "another worker takes it");
    let calls = floor.google.journal().calls().len();
    gate.open();
    eventually("the late batch was decided", async || floor.google.journal().calls().len() > calls).await;
    assert_eq!((floor.audited(late), floor.audited(again)), (0, 1));
    assert_eq!(floor.cell("MK-0001", Column::OccupiedBy), Cell::text("MR(94)"));
}

#[tokio::test]
async fn f1_what_another_process_did_of_a_batch_that_was_lost_does_not_tell_for_the_rest_of_it() {
    for barred in [false, true] {
        let floor = Floor::of(3, Limits { write: Duration::from_secs(60), audit: Duration::ZERO, ..seldom() }).await;
        if barred {
            floor.google.human(BOOK, |human| human.protects_sheet("Metadata", &[]));
            assert!(landed(&floor.taken("MK-0003", 93, Uuid::new_v4()).await));
        }
        let (repeated, lost) = (Uuid::new_v4(), Uuid::new_v4());
        floor.google.fail(BATCHES, Fault::LostBefore);
        let mut gate = floor.google.hold(BATCHES, Held::BeforeApplying);
        let (one, two) = (floor.take("MK-0001", 93, repeated), floor.take("MK-0002", 94, lost));
        let takes = join_all([floor.applying(one), floor.applying(two)]);
        let other = async {
            gate.arrived().await;
            floor.google.human(BOOK, |human| human.unprotects_sheet("Metadata"));
            // The tablet repeats its tap at another process.
            let other = Floor { workbook: connected(&floor.google, BOOK, seldom()).await, google: floor.google.clone() };
            assert!(landed(&other.taken("MK-0001", 93, repeated).await));
            other.workbook.close().await;
            gate.open();
        };
        let (answers, ()) = tokio::join!(takes, other);
        let refused = |answer: &Result<_, _>| matches!(answer, Ok(Err(Error::Conflict)));
        assert!(answers.iter().all(refused), "barred {barred}: {answers:?}");
        assert_eq!((floor.cell("MK-0002", Column::OccupiedBy), floor.audited(lost)), (Cell::Empty, 0), "barred {barred}");
        assert!(floor.workbook.event(repeated).is_some(), "whoever asks again learns that it is done");
        assert!(landed(&floor.taken("MK-0002", 94, lost).await), "it may be decided again");
        eventually("each has its event", async || floor.audited(repeated) == 1 && floor.audited(lost) == 1).await;
    }
}

#[tokio::test]
async fn d4_a_change_that_is_in_a_batch_is_not_waited_for_long_beyond_its_deadline() {
    let limits = Limits { write: Duration::from_secs(60), beyond: Duration::from_millis(100), ..seldom() };
    let floor = Floor::of(1, limits).await;
    let mut gate = floor.google.hold(BATCHES, Held::BeforeAnswering);
    let (id, deadline) = (Uuid::new_v4(), Instant::now() + Duration::from_secs(2));
    let taking = floor.workbook.apply(floor.take("MK-0001", 93, id), deadline);
    let (answer, ()) = tokio::join!(taking, gate.arrived());
    assert!(matches!(answer, Err(Error::OutcomeUnknown)), "{answer:?}");
    gate.open();
    eventually("the card settles itself", async || floor.workbook.event(id).is_some()).await;
}

#[tokio::test]
async fn when_nobody_can_be_asked_the_answer_is_that_nobody_knows_and_it_settles_later() {
    let limits =
        Limits { write: Duration::from_millis(200), settle: Duration::from_millis(400), ..crate::support::google::quick() };
    let floor = Floor::of(2, limits).await;
    let mut gate = floor.google.hold(BATCHES, Held::BeforeAnswering);
    let id = Uuid::new_v4();
    let taking = floor.applying(floor.take("MK-0001", 93, id));
    gate.arrived().await;
    floor.google.away(true);
    let answer = taking.await.unwrap();
    assert!(matches!(answer, Err(Error::OutcomeUnknown)), "{answer:?}");
    gate.open();
    floor.google.away(false);
    eventually("the card settles itself", async || floor.workbook.event(id).is_some()).await;
    assert!(floor.shown("MK-0001").occupation.is_some());
    eventually("work goes on", async || floor.workbook.status().writable.is_ok()).await;
    assert!(landed(&floor.taken("MK-0002", 94, Uuid::new_v4()).await));
    assert_eq!(floor.google.book(BOOK).sheets.iter().filter(|sheet| sheet.title.starts_with("_fence_")).count(), 1);
}

#[tokio::test]
async fn f1_whatever_was_told_as_saved_is_there_once_with_its_audit_row() {
    let floor = Floor::of(12, seldom()).await;
    floor.google.seed(7);
    for fault in [Fault::LostAfter, Fault::LostBefore, Fault::UnavailableYetApplied, Fault::CutBody] {
        floor.google.chance(BATCHES, fault, 0.15);
    }
    let mut told = Vec::new();
    for n in 1..=12 {
        let (tag, id) = (format!("MK-{n:04}"), Uuid::new_v4());
        if landed(&floor.taken(&tag, 93, id).await) {
            told.push((tag, id));
        }
    }
    floor.google.calm();
    assert!(!told.is_empty());
    for (tag, id) in told {
        assert_eq!((floor.audited(id), floor.cell(&tag, Column::Version)), (1, Cell::text(id.to_string())));
    }
}

#[tokio::test]
async fn b6_a_column_inserted_after_a_batch_whose_reply_was_lost_took_its_cells_along() {
    let floor = Floor::of(3, seldom()).await;
    let mut gate = floor.google.hold(BATCHES, Held::BeforeAnswering);
    floor.google.fail(BATCHES, Fault::LostAfter);
    let id = Uuid::new_v4();
    let taking = floor.applying(floor.take("MK-0002", 93, id));
    gate.arrived().await;
    floor.google.human(BOOK, |human| human.inserts_column("Operaciones", "Ocupado_Por", "Columna nueva"));
    gate.open();
    let answer = taking.await.unwrap();
    assert!(landed(&answer), "{answer:?}");
    assert_eq!(floor.cell("MK-0002", Column::OccupiedBy), Cell::text("MR(93)"));
    assert_eq!((floor.cell("MK-0002", Column::Version), floor.audited(id)), (Cell::text(id.to_string()), 1));
}

#[tokio::test]
async fn b6_a_row_that_was_hit_by_a_batch_nobody_could_ask_about_is_put_right_later() {
    let limits =
        Limits { write: Duration::from_millis(200), settle: Duration::from_millis(400), ..crate::support::google::quick() };
    let floor = Floor::of(4, limits).await;
    assert!(landed(&floor.taken("MK-0002", 94, Uuid::new_v4()).await));
    floor.google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
    let mut gate = floor.google.hold(BATCHES, Held::BeforeAnswering);
    let id = Uuid::new_v4();
    let taking = floor.applying(floor.take("MK-0003", 93, id));
    gate.arrived().await;
    assert_eq!(floor.cell("MK-0002", Column::OccupiedBy), Cell::text("MR(93)"), "it hit another's row");
    floor.google.away(true);
    let answer = taking.await.unwrap();
    assert!(matches!(answer, Err(Error::OutcomeUnknown)), "{answer:?}");
    gate.open();
    floor.google.away(false);
    let given_back = async || floor.cell("MK-0002", Column::OccupiedBy) == Cell::text("MR(94)");
    eventually("the row that was hit has its cells back", given_back).await;
    eventually("the row that was meant has them", async || {
        floor.cell("MK-0003", Column::Version) == Cell::text(id.to_string()) && floor.audited(id) == 1
    })
    .await;
}

#[tokio::test]
async fn f1_a_lost_batch_that_another_process_has_built_upon_without_the_audit_did_land() {
    let floor = Floor::of(2, Limits { write: Duration::from_secs(60), ..quick() }).await;
    let id = Uuid::new_v4();
    floor.google.fail(BATCHES, Fault::LostAfter);
    let mut gate = floor.google.hold(BATCHES, Held::BeforeAnswering);
    let taking = floor.applying(floor.take("MK-0001", 93, id));
    let other = async {
        gate.arrived().await;
        floor.google.human(BOOK, |human| human.protects_sheet("Metadata", &[]));
        let other = Floor { workbook: connected(&floor.google, BOOK, seldom()).await, google: floor.google.clone() };
        let pausing = other.pausing("MK-0001", 93, Uuid::new_v4());
        assert!(landed(&other.workbook.apply(pausing, soon()).await));
        other.workbook.close().await;
        gate.open();
    };
    let (answer, ()) = tokio::join!(taking, other);
    let answer = answer.unwrap();
    assert!(landed(&answer), "{answer:?}");
    floor.google.human(BOOK, |human| human.unprotects_sheet("Metadata"));
    assert!(landed(&floor.taken("MK-0002", 94, Uuid::new_v4()).await), "work goes on");
    assert_eq!((floor.audited(id), floor.audited(Uuid::new_v5(&id, b"void"))), (1, 0));
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_not_sent_again_when_its_batch_comes_back_refused() {
    let limits = Limits { write: Duration::from_secs(60), beyond: Duration::from_millis(100), ..seldom() };
    let floor = Floor::of(2, limits).await;
    floor.google.fail(BATCHES, Fault::TooManyFor(0));
    let mut gate = floor.google.hold(BATCHES, Held::BeforeApplying);
    let (id, deadline) = (Uuid::new_v4(), Instant::now() + Duration::from_secs(1));
    let taking = floor.workbook.apply(floor.take("MK-0001", 93, id), deadline);
    let (answer, ()) = tokio::join!(taking, gate.arrived());
    assert!(matches!(answer, Err(Error::OutcomeUnknown)), "{answer:?}");
    gate.open();
    assert!(landed(&floor.taken("MK-0002", 94, Uuid::new_v4()).await));
    assert_eq!((floor.audited(id), floor.cell("MK-0001", Column::OccupiedBy)), (0, Cell::Empty));
}
