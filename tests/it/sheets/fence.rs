//! The fence: taken at the start, seen when it is gone or somebody else's.

use super::{Floor, landed};
use crate::support::eventually;
use crate::support::google::{BOOK, connected, quick, seldom};
use spoolboard::domain::{Cell, Column};
use spoolboard::error::Error;
use spoolboard::workbook::Workbook;
use uuid::Uuid;

fn fences(floor: &Floor) -> Vec<(i64, bool)> {
    let book = floor.google.book(BOOK);
    book.sheets.iter().filter(|sheet| sheet.title.starts_with("_fence_")).map(|sheet| (sheet.id, sheet.hidden)).collect()
}

#[tokio::test]
async fn a_start_leaves_one_hidden_fence_and_the_next_start_replaces_it() {
    let floor = Floor::of(1, seldom()).await;
    let first = fences(&floor);
    assert!(matches!(first[..], [(_, true)]), "{first:?}");
    floor.workbook.close().await;
    let again = Floor { workbook: connected(&floor.google, BOOK, seldom()).await, google: floor.google.clone() };
    let second = fences(&again);
    assert!(second.len() == 1 && second != first, "{second:?}");
    assert!(landed(&again.taken("MK-0001", 93, Uuid::new_v4()).await));
}

#[tokio::test]
async fn a_second_program_on_the_workbook_is_seen_and_never_overwritten() {
    let first = Floor::of(2, quick()).await;
    let second = Floor { workbook: connected(&first.google, BOOK, seldom()).await, google: first.google.clone() };
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    assert!(landed(&second.taken("MK-0001", 94, two).await));
    let answer = first.taken("MK-0002", 93, one).await;
    assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
    assert_eq!((first.audited(one), first.workbook.alarms()), (0, 1));
    let said = first.workbook.status().writable.unwrap_err();
    assert!(said.contains("otro programa"), "{said}");
    second.workbook.close().await;
    eventually("after the pause it writes again", async || first.workbook.status().writable.is_ok()).await;
    assert!(landed(&first.taken("MK-0002", 93, one).await));
    assert_eq!(first.cell("MK-0001", Column::OccupiedBy), Cell::text("MR(94)"));
}

#[tokio::test]
async fn a_fence_that_somebody_deletes_is_made_anew_after_a_pause() {
    let floor = Floor::of(1, quick()).await;
    let title = floor.google.book(BOOK).sheets.iter().find(|sheet| sheet.title.starts_with("_fence_")).unwrap().title.clone();
    floor.google.human(BOOK, |human| human.deletes_sheet(&title));
    let refused = floor.taken("MK-0001", 93, Uuid::new_v4()).await;
    assert!(matches!(refused, Err(Error::Unavailable { .. })), "{refused:?}");
    assert!(floor.workbook.status().writable.is_err());
    eventually("it can be written again", async || floor.workbook.status().writable.is_ok()).await;
    assert!(landed(&floor.taken("MK-0001", 93, Uuid::new_v4()).await));
    assert_eq!(fences(&floor).len(), 1);
}

#[tokio::test]
async fn of_two_fences_none_is_believed() {
    let floor = Floor::of(1, seldom()).await;
    floor.workbook.close().await;
    floor.google.human(BOOK, |human| human.adds_sheet("_fence_de_nadie"));
    assert_eq!(fences(&floor).len(), 2);
    let again = Floor { workbook: connected(&floor.google, BOOK, seldom()).await, google: floor.google.clone() };
    assert_eq!(fences(&again).len(), 1);
    assert!(landed(&again.taken("MK-0001", 93, Uuid::new_v4()).await));
}
