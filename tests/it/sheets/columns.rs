//! Columns that a hand renames, inserts or moves within the one round trip of a batch.

use super::{BATCHES, Floor, landed};
use crate::stand_in::a1::letters;
use crate::stand_in::{Fault, Held, When};
use crate::support::google::{BOOK, quick, seldom};
use crate::support::{cell, eventually};
use spoolboard::domain::{Cell, Column};
use spoolboard::error::Error;
use spoolboard::workbook::Workbook;
use uuid::Uuid;

const OTHER: &str = "Columna nueva";

/// What stands in a column of any name, in the row of a tag.
fn under(floor: &Floor, tag: &str, header: &str) -> Cell {
    let sheet = floor.sheets().operaciones;
    let (place, tags) = (sheet.place(header).unwrap(), sheet.place("TAG_SPOOL").unwrap());
    let (_, cells) = sheet.rows.iter().find(|(_, cells)| cells[tags].display() == tag).unwrap();
    cells.get(place).cloned().unwrap_or_default()
}

#[tokio::test]
async fn b5_a_header_renamed_where_it_stands_while_a_batch_is_on_its_way_undoes_nothing() {
    let columns = ["Ocupado_Por", "Armador", "Fecha_Materiales", "Cliente"].map(|column| [(column, OTHER), (column, "")]);
    for (column, other) in columns.concat() {
        let floor = Floor::of(3, seldom()).await;
        let mut header = String::new();
        floor.google.human(BOOK, |human| header = format!("{}1", letters(human.column("Operaciones", column))));
        floor.google.human_will(When::BeforeWrite, BOOK, move |human| human.renames_header("Operaciones", column, other));
        let id = Uuid::new_v4();
        let answer = floor.taken("MK-0002", 93, id).await;
        assert!(landed(&answer), "{column}: {answer:?}");
        assert_eq!((floor.audited(id), floor.workbook.alarms()), (1, 0), "{column}");
        floor.google.human(BOOK, |human| human.edits("Operaciones", &header, column));
        assert_eq!(floor.cell("MK-0002", Column::OccupiedBy), Cell::text("MR(93)"), "{column}");
        assert_eq!(floor.cell("MK-0002", Column::ArmWorker), Cell::text("MR(93)"), "{column}");
        assert_eq!(floor.cell("MK-0002", Column::Version), Cell::text(id.to_string()), "{column}");
        assert_eq!(floor.shown("MK-0002").version, Some(id.to_string()), "{column}");
    }
}

#[tokio::test]
async fn b5_a_header_renamed_where_it_stands_after_a_batch_whose_reply_was_lost_undoes_nothing() {
    for when in [Held::BeforeApplying, Held::BeforeAnswering] {
        let floor = Floor::of(3, seldom()).await;
        let mut gate = floor.google.hold(BATCHES, when);
        floor.google.fail(BATCHES, Fault::LostAfter);
        let id = Uuid::new_v4();
        let taking = floor.applying(floor.take("MK-0002", 93, id));
        gate.arrived().await;
        floor.google.human(BOOK, |human| human.renames_header("Operaciones", "Ocupado_Por", OTHER));
        gate.open();
        let answer = taking.await.unwrap();
        assert!(landed(&answer), "{when:?}: {answer:?}");
        assert_eq!(under(&floor, "MK-0002", OTHER), Cell::text("MR(93)"), "{when:?}");
        assert_eq!(floor.cell("MK-0002", Column::ArmWorker), Cell::text("MR(93)"), "{when:?}");
        assert!(floor.shown("MK-0002").occupation.is_some(), "{when:?}");
        assert_eq!((floor.audited(id), floor.workbook.event(id).is_some()), (1, true));
    }
}

#[tokio::test]
async fn b6_rows_that_moved_while_a_column_has_another_name_are_put_right_when_it_has_its_own_again() {
    let floor = Floor::of(4, quick()).await;
    assert!(landed(&floor.taken("MK-0002", 94, Uuid::new_v4()).await));
    floor.google.human_will(When::BeforeWrite, BOOK, |human| {
        human.inserts_rows("Operaciones", 2, 1);
        human.renames_header("Operaciones", "Ocupado_Por", OTHER);
    });
    let id = Uuid::new_v4();
    let answer = floor.taken("MK-0003", 93, id).await;
    assert!(matches!(answer, Err(Error::OutcomeUnknown)), "{answer:?}");
    assert_eq!(under(&floor, "MK-0002", OTHER), Cell::text("MR(93)"), "nothing is written without the column");
    floor.google.human(BOOK, |human| human.renames_header("Operaciones", OTHER, "Ocupado_Por"));
    eventually("the row that was hit has its cells back", async || {
        floor.cell("MK-0002", Column::OccupiedBy) == Cell::text("MR(94)")
    })
    .await;
    eventually("the row that was meant has them", async || {
        floor.cell("MK-0003", Column::Version) == Cell::text(id.to_string()) && floor.workbook.status().writable.is_ok()
    })
    .await;
    assert_eq!(floor.cell("MK-0003", Column::OccupiedBy), Cell::text("MR(93)"));
    assert_eq!(floor.audited(id), 1);
}

#[tokio::test]
async fn b5_a_column_inserted_while_a_batch_is_on_its_way_puts_nothing_into_a_wrong_cell() {
    for fault in [None, Some(Fault::LostAfter)] {
        let floor = Floor::of(3, seldom()).await;
        floor.google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_column("Operaciones", "Ocupado_Por", "Nueva"));
        if let Some(fault) = fault {
            floor.google.fail(BATCHES, fault);
        }
        let id = Uuid::new_v4();
        let answer = floor.taken("MK-0002", 93, id).await;
        assert!(landed(&answer), "{fault:?}: {answer:?}");
        let sheets = floor.sheets();
        assert_eq!(cell(&sheets.operaciones, 3, "Nueva"), Cell::Empty, "{fault:?}");
        assert_eq!(floor.cell("MK-0002", Column::OccupiedBy), Cell::text("MR(93)"));
        assert_eq!(floor.cell("MK-0002", Column::Version), Cell::text(id.to_string()));
        assert_eq!(cell(&sheets.operaciones, 3, "Total_Uniones"), Cell::Date(7.0));
        assert_eq!((floor.audited(id), floor.workbook.alarms()), (1, u64::from(fault.is_none())));
    }
}

#[tokio::test]
async fn b6_a_row_and_a_column_inserted_while_a_batch_is_on_its_way_leave_every_cell_with_its_own() {
    for fault in [None, Some(Fault::LostAfter)] {
        let floor = Floor::of(4, seldom()).await;
        let before = Uuid::new_v4();
        assert!(landed(&floor.taken("MK-0002", 94, before).await));
        floor.google.human_will(When::BeforeWrite, BOOK, |human| {
            human.inserts_rows("Operaciones", 2, 1);
            human.inserts_column("Operaciones", "Ocupado_Por", "Nueva");
        });
        if let Some(fault) = fault {
            floor.google.fail(BATCHES, fault);
        }
        let id = Uuid::new_v4();
        let answer = floor.taken("MK-0003", 93, id).await;
        assert!(landed(&answer), "{fault:?}: {answer:?}");
        for (tag, who, version) in [("MK-0002", "MR(94)", before), ("MK-0003", "MR(93)", id)] {
            assert_eq!(floor.cell(tag, Column::OccupiedBy), Cell::text(who), "{tag} {fault:?}");
            assert_eq!(floor.cell(tag, Column::ArmWorker), Cell::text(who), "{tag} {fault:?}");
            assert_eq!(floor.cell(tag, Column::Version), Cell::text(version.to_string()), "{tag} {fault:?}");
            assert!(floor.cell(tag, Column::Detail).display().contains("trabajando"), "{tag} {fault:?}");
            assert!(matches!(floor.cell(tag, Column::OccupiedSince), Cell::Date(_)), "{tag} {fault:?}");
            assert_eq!(under(&floor, tag, "Nueva"), Cell::Empty, "{tag} {fault:?}");
        }
        assert_eq!(floor.audited(id), 1);
    }
}
