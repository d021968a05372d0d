//! Writing: what lands in which cell, in how many calls.

use super::{BATCHES, Floor, READINGS, landed};
use crate::stand_in::grid::NumberFormat;
use crate::stand_in::{Fault, Google, Held};
use crate::support::google::{BOOK, book_of, connected, seldom};
use crate::support::{eventually, plant, soon};
use spoolboard::domain::{Cell, Column};
use spoolboard::error::Error;
use spoolboard::workbook::Workbook;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

#[tokio::test]
async fn a1_a_date_is_a_number_that_the_workbook_shows_as_a_date() {
    let floor = Floor::of(2, seldom()).await;
    let id = Uuid::new_v4();
    assert!(landed(&floor.taken("MK-0001", 93, id).await));
    floor.google.human(BOOK, |human| {
        let row = human.row("Operaciones", "TAG_SPOOL", "MK-0001").unwrap();
        assert_eq!(human.sees("Operaciones", "Fecha_Ocupacion", row), "21-01-2026 08:33:48");
        assert_eq!(human.sees("Operaciones", "version", row), id.to_string());
        let audit = human.row("Metadata", "ID", &id.to_string()).unwrap();
        assert_eq!(human.sees("Metadata", "Timestamp", audit), "21-01-2026 08:33:48");
        assert_eq!(human.sees("Metadata", "Fecha_Operacion", audit), "21-01-2026");
    });
}

#[tokio::test]
async fn a5_a_counter_that_is_dressed_as_a_date_stays_what_it_is() {
    let floor = Floor::of(2, seldom()).await;
    let before = floor.sheets();
    assert!(landed(&floor.taken("MK-0001", 93, Uuid::new_v4()).await));
    let place = before.operaciones.place("Total_Uniones").unwrap();
    assert_eq!(floor.sheets().operaciones.rows[0].1[place], Cell::Date(7.0));
}

#[tokio::test]
async fn b8_an_audit_row_begins_in_its_first_column_right_behind_the_last() {
    let mut book = book_of(&plant(1));
    let audit = book.sheets.iter_mut().find(|sheet| sheet.title == "Metadata").unwrap();
    for row in 2..10 {
        audit.cell_mut(row, 3).format = Some(Arc::new(NumberFormat::new("DATE", "")));
    }
    let google = Google::with(book).await;
    let floor = Floor { workbook: connected(&google, BOOK, seldom()).await, google };
    let id = Uuid::new_v4();
    assert!(landed(&floor.taken("MK-0001", 93, id).await));
    let sheets = floor.sheets();
    // The one row of the plant's earlier audit has no id: an empty first column.
    assert_eq!(sheets.metadata.rows.len(), 2);
    assert_eq!((sheets.metadata.rows[1].0, sheets.metadata.rows[1].1[0].display()), (3, id.to_string()));
}

#[tokio::test]
async fn b9_no_sheet_but_the_audit_ever_grows() {
    let mut book = book_of(&plant(2));
    for sheet in &mut book.sheets {
        sheet.row_count = sheet.rows.len().max(2);
    }
    let google = Google::with(book).await;
    let floor = Floor { workbook: connected(&google, BOOK, seldom()).await, google };
    let size = |title: &str| floor.google.book(BOOK).by_title(title).map(|sheet| (sheet.row_count, sheet.column_count)).unwrap();
    let before = (size("Operaciones"), size("Metadata"));
    assert!(landed(&floor.taken("MK-0002", 93, Uuid::new_v4()).await));
    assert_eq!(size("Operaciones"), before.0);
    assert_eq!(size("Metadata"), (before.1.0 + 1, before.1.1));
}

#[tokio::test]
async fn c1_fifty_changes_are_one_reading_and_one_batch() {
    let floor = Floor::of(50, seldom()).await;
    let (readings, batches) = (floor.readings(), floor.batches());
    let changes: Vec<_> = (1..=50).map(|n| floor.take(&format!("MK-{n:04}"), 93, Uuid::new_v4())).collect();
    let tasks: Vec<_> = changes.into_iter().map(|change| floor.applying(change)).collect();
    for task in tasks {
        assert!(landed(&task.await.unwrap()));
    }
    assert_eq!((floor.readings() - readings, floor.batches() - batches), (1, 1));
}

#[tokio::test]
async fn c4_a_change_is_in_memory_before_its_answer_and_can_be_built_upon() {
    let floor = Floor::of(1, seldom()).await;
    assert!(landed(&floor.taken("MK-0001", 93, Uuid::new_v4()).await));
    let view = floor.workbook.view();
    let pause = crate::support::pause(&view, floor.shown("MK-0001").id(), 93, Uuid::new_v4());
    assert!(landed(&floor.workbook.apply(pause, soon()).await));
    assert_eq!(floor.cell("MK-0001", Column::OccupiedBy), Cell::Empty);
}

#[tokio::test]
async fn c3_a_write_over_the_quota_waits_and_lands_once() {
    let floor = Floor::of(1, seldom()).await;
    floor.google.fail(BATCHES, Fault::TooManyFor(1));
    let id = Uuid::new_v4();
    assert!(landed(&floor.taken("MK-0001", 93, id).await));
    assert_eq!(floor.audited(id), 1);
}

#[tokio::test]
async fn a_change_that_waited_too_long_is_withdrawn_and_never_lands() {
    let floor = Floor::of(2, seldom()).await;
    let (late, other) = (floor.take("MK-0001", 93, Uuid::new_v4()), floor.take("MK-0002", 94, Uuid::new_v4()));
    let mut gate = floor.google.hold(READINGS, Held::BeforeApplying);
    let withdrawn = floor.workbook.apply(late.clone(), Instant::now() + Duration::from_millis(50));
    let (answer, ()) = tokio::join!(withdrawn, gate.arrived());
    assert!(matches!(answer, Err(Error::Withdrawn)), "{answer:?}");
    let waits = floor.applying(other);
    gate.open();
    assert!(landed(&waits.await.unwrap()));
    assert_eq!((floor.audited(late.event.id), floor.cell("MK-0001", Column::OccupiedBy)), (0, Cell::Empty));
    assert_eq!(floor.workbook.status().waiting, 0);
}

#[tokio::test]
async fn closing_lets_what_waits_land() {
    let floor = Floor::of(2, seldom()).await;
    let mut gate = floor.google.hold(READINGS, Held::BeforeApplying);
    let waits = floor.applying(floor.take("MK-0001", 93, Uuid::new_v4()));
    gate.arrived().await;
    let workbook = Arc::clone(&floor.workbook);
    let closing = tokio::spawn(async move { workbook.close().await });
    eventually("it is closing", async || floor.workbook.status().writable.is_err()).await;
    gate.open();
    assert!(landed(&waits.await.unwrap()));
    closing.await.unwrap();
}
