//! The contract of `Workbook`: what holds for the plant's record, whichever it is.

use crate::support::{cell, id_of, morning, pause, plant, plant_of, soon, take, tracked};
use async_trait::async_trait;
use spoolboard::domain::cell::clean;
use spoolboard::domain::{Action, AuditEvent, Cell, Column, Operation, Progress};
use spoolboard::error::Error;
use spoolboard::workbook::{Applied, Sheets, Workbook};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// A record that outlives the adapters that are opened on it, one after the other.
#[async_trait]
pub(crate) trait Record: Send + Sync + Sized {
    /// A record that holds these sheets.
    async fn new(sheets: Sheets) -> Self;
    /// Opens an adapter on it, which has read everything when this returns.
    async fn open(&self) -> Arc<dyn Workbook>;
    /// A hand in the workbook: writes one cell past the adapter, which is not told.
    async fn edit(&self, fila: u32, column: Column, cell: Cell);
    /// All that it holds now.
    async fn sheets(&self) -> Sheets;
}

/// Runs the contract on an adapter.
macro_rules! contract {
    ($record:ty: $($sentence:ident)*) => {
        $(#[tokio::test]
        async fn $sentence() {
            $crate::ports::workbook::$sentence::<$record>().await;
        })*
    };
    ($record:ty) => {
        $crate::ports::workbook::contract! { $record:
            a_change_lands_with_its_audit_row_and_memory_shows_it_before_the_answer
            a_stale_image_conflicts_and_leaves_nothing_but_a_fresh_row_in_memory
            one_operation_id_lands_once_and_always_answers_with_its_first_event
            fifty_changes_of_fifty_rows_at_once_all_land
            d1_of_changes_decided_on_one_image_exactly_one_lands
            a_change_whose_deadline_has_passed_is_withdrawn
            a_record_that_is_opened_again_has_everything
            cells_of_other_columns_and_other_rows_stay_as_they_were
            b7_two_rows_of_one_tag_are_told_apart
            a_row_that_has_become_another_is_left_alone_and_the_new_one_can_be_taken
            b10_without_a_critical_column_everything_is_shown_and_nothing_is_written
            without_its_version_column_the_audit_alone_knows_the_operation
            a_closed_record_takes_no_change
        }
    };
}
pub(crate) use contract;

fn landed(applied: Result<Applied, Error>) -> Arc<spoolboard::domain::Spool> {
    match applied {
        Ok(Applied::Landed(spool)) => spool,
        other => panic!("{other:?}"),
    }
}

/// The audit rows of one operation.
fn audited(sheets: &Sheets, id: Uuid) -> usize {
    let place = sheets.metadata.place("ID").unwrap();
    sheets.metadata.rows.iter().filter(|(_, cells)| clean(&cells[place].display()) == id.to_string()).count()
}

pub(crate) async fn a_change_lands_with_its_audit_row_and_memory_shows_it_before_the_answer<R: Record>() {
    let record = R::new(plant(3)).await;
    let workbook = record.open().await;
    let (view, id) = (workbook.view(), Uuid::new_v4());
    let change = take(&view, &id_of(&view, "MK-0002"), 93, id);
    let spool = landed(workbook.apply(change, soon()).await);
    assert_eq!(spool.version.as_deref(), Some(id.to_string().as_str()));

    let shown = workbook.view();
    assert!(shown.number > view.number);
    let shown = shown.find("MK-0002").unwrap();
    let holder = shown.occupation.clone().unwrap();
    assert_eq!((holder.worker.get(), holder.name.as_str(), holder.since), (93, "Marta Ríos", Some(morning())));
    assert_eq!((holder.operation, shown.arm.progress), (Some(Operation::Arm), Some(Progress::InProgress)));
    assert_eq!(shown.events.last().unwrap().id, id);
    assert_eq!(workbook.event(id).unwrap().action, Action::Take);

    let sheets = record.sheets().await;
    assert_eq!(tracked(&sheets, 3, Column::OccupiedBy), Cell::text("MR(93)"));
    assert_eq!(tracked(&sheets, 3, Column::OccupiedSince), Cell::moment(morning()));
    let (fila, audit) = sheets.metadata.rows.last().unwrap();
    assert!(audit.iter().take(10).all(|cell| !cell.is_empty()), "all ten fields: {audit:?}");
    assert_eq!(cell(&sheets.metadata, *fila, "Evento_Tipo"), Cell::text("TOMAR_SPOOL"));
    assert_eq!(cell(&sheets.metadata, *fila, "Timestamp"), Cell::moment(morning()));
    assert_eq!(audited(&sheets, id), 1);
}

pub(crate) async fn a_stale_image_conflicts_and_leaves_nothing_but_a_fresh_row_in_memory<R: Record>() {
    let record = R::new(plant(2)).await;
    let workbook = record.open().await;
    let (view, id) = (workbook.view(), Uuid::new_v4());
    let change = take(&view, &id_of(&view, "MK-0001"), 93, id);
    // The office does not touch `version`: only the image can tell.
    record.edit(2, Column::OccupiedBy, Cell::text("MR(94)")).await;
    let before = record.sheets().await;
    let answer = workbook.apply(change, soon()).await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    assert_eq!(record.sheets().await, before);
    assert!(workbook.event(id).is_none());
    assert_eq!(workbook.view().find("MK-0001").unwrap().occupation.clone().unwrap().worker.get(), 94);
}

pub(crate) async fn one_operation_id_lands_once_and_always_answers_with_its_first_event<R: Record>() {
    let record = R::new(plant(2)).await;
    let workbook = record.open().await;
    let (view, id) = (workbook.view(), Uuid::new_v4());
    let change = take(&view, &id_of(&view, "MK-0001"), 93, id);
    let (first, second) = tokio::join!(workbook.apply(change.clone(), soon()), workbook.apply(change.clone(), soon()));
    let answers = [first.unwrap(), second.unwrap()];
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Applied::Landed(_))).count(), 1);
    let other = take(&workbook.view(), &id_of(&view, "MK-0002"), 94, id);
    for again in [workbook.apply(change, soon()).await, workbook.apply(other, soon()).await] {
        let Ok(Applied::Already(event)) = again else { panic!("{again:?}") };
        assert_eq!((event.id, event.worker.get(), event.tag.as_str()), (id, 93, "MK-0001"));
    }
    let sheets = record.sheets().await;
    assert_eq!((audited(&sheets, id), tracked(&sheets, 3, Column::OccupiedBy)), (1, Cell::Empty));
}

pub(crate) async fn fifty_changes_of_fifty_rows_at_once_all_land<R: Record>() {
    let record = R::new(plant(50)).await;
    let workbook = record.open().await;
    let view = workbook.view();
    let changes = view.spools.iter().map(|spool| take(&view, spool.id(), 93, Uuid::new_v4()));
    let tasks: Vec<_> = changes
        .map(|change| {
            let workbook = Arc::clone(&workbook);
            tokio::spawn(async move { workbook.apply(change, soon()).await })
        })
        .collect();
    for task in tasks {
        landed(task.await.unwrap());
    }
    assert!(workbook.view().spools.iter().all(|spool| spool.occupation.is_some()));
    let sheets = record.sheets().await;
    assert!((2..52).all(|fila| tracked(&sheets, fila, Column::ArmWorker) == Cell::text("MR(93)")));
    let versions: HashSet<String> = (2..52).map(|fila| tracked(&sheets, fila, Column::Version).display()).collect();
    assert_eq!((versions.len(), sheets.metadata.rows.len()), (50, 51));
    assert_eq!(workbook.status().waiting, 0);
}

pub(crate) async fn d1_of_changes_decided_on_one_image_exactly_one_lands<R: Record>() {
    let record = R::new(plant(1)).await;
    let workbook = record.open().await;
    let view = workbook.view();
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let change = take(&view, &id_of(&view, "MK-0001"), 93 + n % 2, Uuid::new_v4());
            let workbook = Arc::clone(&workbook);
            tokio::spawn(async move { workbook.apply(change, soon()).await })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(Applied::Landed(spool)) => winners.push(spool),
            Err(Error::Conflict) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(workbook.view().find("MK-0001").unwrap().version, winners[0].version);
    assert_eq!(record.sheets().await.metadata.rows.len(), 2);
}

pub(crate) async fn a_change_whose_deadline_has_passed_is_withdrawn<R: Record>() {
    let record = R::new(plant(1)).await;
    let workbook = record.open().await;
    let (view, before) = (workbook.view(), record.sheets().await);
    let change = take(&view, &id_of(&view, "MK-0001"), 93, Uuid::new_v4());
    let answer = workbook.apply(change, Instant::now() - Duration::from_millis(1)).await;
    assert!(matches!(answer, Err(Error::Withdrawn)), "{answer:?}");
    assert_eq!(record.sheets().await, before);
    assert!(workbook.view().find("MK-0001").unwrap().is_free());
}

pub(crate) async fn a_record_that_is_opened_again_has_everything<R: Record>() {
    let record = R::new(plant(3)).await;
    let workbook = record.open().await;
    let id = id_of(&workbook.view(), "MK-0001");
    let (taken, paused) = (Uuid::new_v4(), Uuid::new_v4());
    landed(workbook.apply(take(&workbook.view(), &id, 93, taken), soon()).await);
    landed(workbook.apply(pause(&workbook.view(), &id, 93, paused), soon()).await);
    let before = workbook.view();
    workbook.close().await;
    drop(workbook);

    let workbook = record.open().await;
    let after = workbook.view();
    assert_eq!(after.spools.len(), 3);
    for (old, new) in before.spools.iter().zip(&after.spools) {
        assert_eq!((&new.identity, new.fila, &new.row), (&old.identity, old.fila, &old.row));
        assert_eq!(sorted(&new.events), sorted(&old.events));
    }
    assert_eq!(after.get(&id).unwrap().events.len(), 3, "the plant's earlier audit included");
    assert_eq!(workbook.event(paused).unwrap().notes.reason.as_deref(), Some("falta material"));
    assert_eq!(after.people.all().len(), 2);
    let again = take(&after, &id, 94, taken);
    assert!(matches!(workbook.apply(again, soon()).await, Ok(Applied::Already(_))), "the audit knows it across a restart");
}

/// The order of the cells within an event means nothing.
fn sorted(events: &[Arc<AuditEvent>]) -> Vec<AuditEvent> {
    let mut events: Vec<AuditEvent> = events.iter().map(|event| AuditEvent::clone(event)).collect();
    for event in &mut events {
        event.notes.before.sort_by_key(|(column, _)| *column);
        event.notes.after.sort_by_key(|(column, _)| *column);
    }
    events
}

pub(crate) async fn cells_of_other_columns_and_other_rows_stay_as_they_were<R: Record>() {
    let record = R::new(plant(2)).await;
    let workbook = record.open().await;
    let before = record.sheets().await;
    let view = workbook.view();
    let change = take(&view, &id_of(&view, "MK-0002"), 93, Uuid::new_v4());
    let written: HashSet<usize> =
        change.cells.iter().map(|(column, _)| before.operaciones.place(column.header()).unwrap()).collect();
    landed(workbook.apply(change, soon()).await);
    let after = record.sheets().await;
    assert_eq!(after.operaciones.header, before.operaciones.header);
    assert_eq!(after.operaciones.rows[0], before.operaciones.rows[0]);
    for (place, (old, new)) in before.operaciones.rows[1].1.iter().zip(&after.operaciones.rows[1].1).enumerate() {
        assert_eq!(old == new, !written.contains(&place), "column {}", before.operaciones.header[place]);
    }
    assert_eq!(after.metadata.rows[0], before.metadata.rows[0]);
    assert_eq!((after.trabajadores, after.roles), (before.trabajadores, before.roles));
}

pub(crate) async fn b7_two_rows_of_one_tag_are_told_apart<R: Record>() {
    let record = R::new(plant_of(&["MK-0001", "MK-0002", "MK-0001"])).await;
    let workbook = record.open().await;
    let view = workbook.view();
    let second = view.spools[2].id().to_owned();
    assert_ne!(view.spools[0].id(), second);
    landed(workbook.apply(take(&view, &second, 93, Uuid::new_v4()), soon()).await);
    let sheets = record.sheets().await;
    assert_eq!(tracked(&sheets, 4, Column::OccupiedBy), Cell::text("MR(93)"));
    assert_eq!(tracked(&sheets, 2, Column::OccupiedBy), Cell::Empty);
    workbook.close().await;
    drop(workbook);
    let view = record.open().await.view();
    assert!(view.spools[0].events.is_empty() && view.spools[0].is_free());
    assert_eq!(view.get(&second).unwrap().events.len(), 1);
}

pub(crate) async fn a_row_that_has_become_another_is_left_alone_and_the_new_one_can_be_taken<R: Record>() {
    let record = R::new(plant(2)).await;
    let workbook = record.open().await;
    let view = workbook.view();
    let change = take(&view, &id_of(&view, "MK-0001"), 93, Uuid::new_v4());
    record.edit(2, Column::Tag, Cell::text("MK-0002")).await;
    record.edit(3, Column::Tag, Cell::text("MK-0003")).await;
    let answer = workbook.apply(change, soon()).await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    let view = workbook.view();
    assert!(view.find("MK-0001").is_err());
    let (second, third) = (id_of(&view, "MK-0002"), id_of(&view, "MK-0003"));
    landed(workbook.apply(take(&view, &second, 93, Uuid::new_v4()), soon()).await);
    landed(workbook.apply(take(&view, &third, 94, Uuid::new_v4()), soon()).await);
    let sheets = record.sheets().await;
    assert_eq!(tracked(&sheets, 2, Column::OccupiedBy), Cell::text("MR(93)"));
    assert_eq!(tracked(&sheets, 3, Column::OccupiedBy), Cell::text("MR(94)"));
}

pub(crate) async fn b10_without_a_critical_column_everything_is_shown_and_nothing_is_written<R: Record>() {
    let whole = R::new(plant(1)).await.open().await;
    let change = take(&whole.view(), &id_of(&whole.view(), "MK-0001"), 93, Uuid::new_v4());
    let record = R::new(without(Column::OccupiedBy)).await;
    let workbook = record.open().await;
    let before = record.sheets().await;
    assert_eq!((workbook.view().spools.len(), workbook.view().missing.clone()), (1, vec![Column::OccupiedBy]));
    assert!(workbook.status().writable.unwrap_err().contains("Ocupado_Por"));
    assert!(matches!(workbook.apply(change, soon()).await, Err(Error::Unavailable { .. })));
    assert_eq!(record.sheets().await, before);
}

pub(crate) async fn without_its_version_column_the_audit_alone_knows_the_operation<R: Record>() {
    let record = R::new(without(Column::Version)).await;
    let workbook = record.open().await;
    let (view, id) = (workbook.view(), Uuid::new_v4());
    let change = take(&view, &id_of(&view, "MK-0001"), 93, id);
    assert!(workbook.status().writable.is_ok());
    assert_eq!(landed(workbook.apply(change.clone(), soon()).await).version, None);
    assert!(matches!(workbook.apply(change, soon()).await, Ok(Applied::Already(_))));
    assert_eq!(record.sheets().await.operaciones.header, without(Column::Version).operaciones.header);
}

/// A plant of one spool whose sheet lacks a column.
fn without(column: Column) -> Sheets {
    let mut sheets = plant(1);
    let place = sheets.operaciones.place(column.header()).unwrap();
    sheets.operaciones.header.remove(place);
    sheets.operaciones.rows.iter_mut().for_each(|(_, cells)| {
        cells.remove(place);
    });
    sheets
}

pub(crate) async fn a_closed_record_takes_no_change<R: Record>() {
    let record = R::new(plant(1)).await;
    let workbook = record.open().await;
    let view = workbook.view();
    let change = take(&view, &id_of(&view, "MK-0001"), 93, Uuid::new_v4());
    workbook.close().await;
    workbook.close().await;
    assert!(matches!(workbook.apply(change, soon()).await, Err(Error::Unavailable { .. })));
    assert!(workbook.status().writable.is_err());
    assert_eq!(workbook.view().spools.len(), 1, "what was read can still be shown");
}
