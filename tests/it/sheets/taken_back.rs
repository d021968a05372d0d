//! Operations that the audit holds and whose rows did not get them: they are told to nobody as saved, written by
//! nobody later, and the audit says once that they did not happen.

use super::restart::{Life, shop};
use super::{BATCHES, Floor, landed};
use crate::stand_in::{Google, Held, When};
use crate::support::eventually;
use crate::support::google::{BOOK, folder, quick, seldom};
use crate::support::redis::RealRedis;
use spoolboard::domain::{Cell, Column};
use spoolboard::error::Error;
use spoolboard::workbook::Workbook;
use spoolboard::workbook::sheets::Limits;
use std::time::Duration;
use uuid::Uuid;

/// Takes them back long after the test.
fn slow() -> Limits {
    Limits { orphan: Duration::from_secs(3_600), ..seldom() }
}

/// A TAKE of MK-0003 under which its row moved and its materials went: it is refused.
async fn refused(google: &Google, life: &Life, id: Uuid) {
    google.human_will(When::BeforeWrite, BOOK, |human| {
        human.inserts_rows("Operaciones", 2, 1);
        human.types("Operaciones", "Fecha_Materiales", 5, "");
    });
    let answer = life.taken("MK-0003", 93, id).await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    assert_eq!((life.cell("MK-0003", Column::OccupiedBy), life.audited(id)), (Cell::Empty, 1));
}

/// How often the audit says that it did not happen.
fn told(floor: &Floor, id: Uuid) -> usize {
    let rows = floor.sheets().metadata.rows;
    rows.iter().filter(|(_, cells)| cells[9].display().contains(&format!("\"deshace\":\"{id}\""))).count()
}

async fn is_taken_back(floor: &Floor, id: Uuid) {
    eventually("the audit says that it did not happen", async || told(floor, id) == 1).await;
    assert_eq!(floor.cell("MK-0003", Column::OccupiedBy), Cell::Empty);
    assert_eq!(floor.cell("MK-0003", Column::Version), Cell::Number(0.0));
    eventually("memory knows it", async || floor.workbook.event(id).is_none()).await;
}

#[tokio::test]
async fn d4_what_was_refused_after_its_row_had_changed_is_not_written_by_the_next_process() {
    let ((google, data), id) = (shop(4).await, Uuid::new_v4());
    let life = Life::begin(&google, &data, slow()).await;
    refused(&google, &life, id).await;
    life.killed();
    let life = Life::begin(&google, &data, quick()).await;
    is_taken_back(&life, id).await;
    eventually("work goes on", async || life.workbook.status().writable.is_ok()).await;
    google.human(BOOK, |human| human.types("Operaciones", "Fecha_Materiales", 5, "01-11-2026"));
    let is_read = async || life.shown("MK-0003").row[Column::Materials] != Cell::Empty;
    eventually("it is read", is_read).await;
    assert!(landed(&life.taken("MK-0003", 94, Uuid::new_v4()).await));
    assert_eq!(told(&life, id), 1);
    life.killed();
}

#[tokio::test]
async fn d4_what_one_process_takes_back_no_other_writes() {
    let ((google, _), redis, id) = (shop(4).await, RealRedis::start(), Uuid::new_v4());
    let life = Life::among(&google, Some(redis.link()), &folder(), slow()).await;
    refused(&google, &life, id).await;
    // Whose turn it was, and under which fence, is forgotten: the other one looks for what may be left.
    redis.flushall();
    let other = Life::among(&google, Some(redis.link()), &folder(), quick()).await;
    other.workbook.watched();
    assert!(landed(&other.taken("MK-0001", 94, Uuid::new_v4()).await));
    let readings = other.readings();
    eventually("it has looked for longer than it asks who knows", async || other.readings() > readings + 40).await;
    assert_eq!((other.cell("MK-0003", Column::OccupiedBy), told(&other, id)), (Cell::Empty, 0), "it is left to who knows");
    life.workbook.close().await;
    life.killed();
    is_taken_back(&other, id).await;
    assert_eq!(other.workbook.alarms(), 0);
    other.killed();
}

#[tokio::test]
async fn d4_what_did_not_happen_is_told_before_a_process_ends() {
    let ((google, data), id) = (shop(4).await, Uuid::new_v4());
    let life = Life::begin(&google, &data, slow()).await;
    refused(&google, &life, id).await;
    life.workbook.close().await;
    is_taken_back(&life, id).await;
    life.killed();
}

#[tokio::test]
async fn d4_an_audit_row_that_takes_back_and_arrives_after_it_was_given_up_is_there_once() {
    let ((google, data), id) = (shop(4).await, Uuid::new_v4());
    let late = Limits { write: Duration::from_millis(300), orphan: Duration::from_millis(500), ..seldom() };
    let life = Life::begin(&google, &data, Limits { refresh: Duration::from_millis(100), ..late }).await;
    refused(&google, &life, id).await;
    life.workbook.watched();
    let mut gate = google.hold(BATCHES, Held::BeforeApplying);
    gate.arrived().await;
    // It is given up, and comes right before the fence is replaced: after what was read until then.
    let mut fence = google.hold(BATCHES, Held::BeforeApplying);
    fence.arrived().await;
    let applied = life.batches();
    gate.open();
    eventually("the late one is there", async || told(&life, id) == 1 || life.batches() > applied).await;
    fence.open();
    is_taken_back(&life, id).await;
    let readings = life.readings();
    eventually("nothing comes after it", async || life.readings() > readings + 10).await;
    assert_eq!(told(&life, id), 1);
    life.killed();
}
