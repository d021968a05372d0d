//! What a process that was killed, or is taken for dead, has put into wrong rows.

use super::outbox::deleted;
use super::restart::{Life, shop};
use super::{BATCHES, landed};
use crate::stand_in::{Fault, Gate, Google, Held, Method, On, When};
use crate::support::google::{BOOK, folder, quick, seldom};
use crate::support::redis::RealRedis;
use crate::support::{eventually, pause, soon};
use spoolboard::domain::{Cell, Column};
use spoolboard::error::Error;
use spoolboard::workbook::sheets::Limits;
use spoolboard::workbook::{Applied, Workbook};
use std::time::Duration;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// What the office has written where a TAKE writes.
pub(super) const BY_HAND: &str = "avisar a la oficina";

/// What is meant for MK-0003 goes into MK-0002; its reply is held.
pub(super) async fn hits(google: &Google, life: &Life, id: Uuid) -> (Gate, JoinHandle<Result<Applied, Error>>) {
    google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
    let mut gate = google.hold(BATCHES, Held::BeforeAnswering);
    let taking = life.applying(life.take("MK-0003", 93, id));
    gate.arrived().await;
    assert_eq!(life.cell("MK-0002", Column::Version), Cell::text(id.to_string()), "it hit another's row");
    (gate, taking)
}

/// The same, by a process that is killed then.
async fn dies_of_it(google: &Google, life: Life, id: Uuid) {
    let (gate, taking) = hits(google, &life, id).await;
    life.killed();
    taking.abort();
    gate.open();
}

/// Killed before what it sends to put right a row that it hit has arrived.
pub(super) async fn dies_in_doubt(google: &Google, life: Life, id: Uuid) {
    let (gate, taking) = hits(google, &life, id).await;
    google.fail(BATCHES, Fault::LostBefore);
    let mut repair = google.hold(BATCHES, Held::BeforeApplying);
    gate.open();
    repair.arrived().await;
    life.killed();
    taking.abort();
    repair.open();
}

pub(super) async fn put_right(life: &Life, id: Uuid, detail: Cell) {
    eventually("the row that was hit has its own again", async || life.cell("MK-0002", Column::Version) == Cell::Number(0.0))
        .await;
    assert_eq!((life.cell("MK-0002", Column::OccupiedBy), life.cell("MK-0002", Column::Detail)), (Cell::Empty, detail));
    let is_there = async || life.cell("MK-0003", Column::Version) == Cell::text(id.to_string());
    eventually("the row that was meant has it", is_there).await;
    assert_eq!((life.cell("MK-0003", Column::OccupiedBy), life.audited(id)), (Cell::text("MR(93)"), 1));
}

#[tokio::test]
async fn b6_a_process_that_had_read_a_row_gives_back_what_only_a_person_had_written_there() {
    let ((google, _), redis, id) = (shop(4).await, RealRedis::start(), Uuid::new_v4());
    google.human(BOOK, |human| human.types("Operaciones", "Estado_Detalle", 3, BY_HAND));
    let heir = Life::among(&google, Some(redis.link()), &folder(), quick()).await;
    let life = Life::among(&google, Some(redis.link()), &folder(), seldom()).await;
    dies_of_it(&google, life, id).await;
    // Whose turn it was is not waited for.
    redis.flushall();
    heir.workbook.watched();
    put_right(&heir, id, Cell::text(BY_HAND)).await;
    assert_eq!(heir.workbook.alarms(), 1);
    heir.killed();
}

#[tokio::test]
async fn b5_what_a_dead_process_has_put_into_wrong_columns_is_put_right() {
    // Into another row, and into its own.
    for moves in [true, false] {
        let ((google, _), id) = (shop(4).await, Uuid::new_v4());
        let life = Life::among(&google, None, &folder(), seldom()).await;
        let mut gate = google.hold(BATCHES, Held::BeforeApplying);
        let taking = life.applying(life.take("MK-0003", 93, id));
        gate.arrived().await;
        life.killed();
        taking.abort();
        google.human(BOOK, |human| {
            human.inserts_column("Operaciones", "Ocupado_Por", "Observado");
            if moves {
                human.inserts_rows("Operaciones", 2, 1);
            }
        });
        let landed = google.journal().entries().len() + 1;
        gate.open();
        google.changes(landed).await;
        let heir = Life::among(&google, None, &folder(), quick()).await;
        let observed = || {
            let sheets = crate::support::google::sheets_of(&google.book(BOOK));
            let place = sheets.operaciones.place("Observado").unwrap();
            sheets.operaciones.rows.iter().any(|(_, cells)| cells.get(place).is_some_and(|cell| !cell.is_empty()))
        };
        assert!(observed(), "it came one column too far left");
        put_right(&heir, id, Cell::Empty).await;
        eventually("nothing is left of it", async || !observed()).await;
        assert_eq!(heir.workbook.alarms(), 1);
        heir.killed();
    }
}

#[tokio::test]
async fn b6_rows_that_a_dead_process_has_left_wrong_take_no_work_before_they_are_right() {
    let ((google, _), redis, id) = (shop(4).await, RealRedis::start(), Uuid::new_v4());
    let heir = Life::among(&google, Some(redis.link()), &folder(), quick()).await;
    let life = Life::among(&google, Some(redis.link()), &folder(), seldom()).await;
    dies_of_it(&google, life, id).await;
    redis.flushall();
    heir.workbook.watched();
    eventually("it shows the row that was hit", async || heir.shown("MK-0002").version == Some(id.to_string())).await;
    let (there, not_there) = (Uuid::new_v4(), Uuid::new_v4());
    let pausing = pause(&heir.workbook.view(), heir.shown("MK-0002").id(), 93, there);
    let (paused, taken) = tokio::join!(heir.workbook.apply(pausing, soon()), heir.taken("MK-0003", 94, not_there));
    assert!(!landed(&paused), "decided on what was meant for another row: {paused:?}");
    assert!(!landed(&taken), "decided on a row that lacks its last operation: {taken:?}");
    put_right(&heir, id, Cell::Empty).await;
    assert_eq!((heir.audited(there), heir.audited(not_there)), (0, 0));
    eventually("memory has followed", async || heir.shown("MK-0002").occupation.is_none()).await;
    eventually("work goes on", async || heir.workbook.status().writable.is_ok()).await;
    assert!(landed(&heir.taken("MK-0002", 94, Uuid::new_v4()).await));
    heir.killed();
}

#[tokio::test]
async fn b6_what_a_process_that_lives_has_put_into_wrong_rows_is_left_to_it() {
    let ((google, _), redis, id) = (shop(4).await, RealRedis::start(), Uuid::new_v4());
    google.human(BOOK, |human| human.types("Operaciones", "Estado_Detalle", 3, BY_HAND));
    let patient = Limits { write: Duration::from_secs(60), ..seldom() };
    let life = Life::among(&google, Some(redis.link()), &folder(), patient).await;
    let (gate, taking) = hits(&google, &life, id).await;
    redis.flushall();
    // It never saw how the rows were, and takes over.
    let other = Life::among(&google, Some(redis.link()), &folder(), quick()).await;
    assert!(landed(&other.taken("MK-0001", 94, Uuid::new_v4()).await));
    let readings = other.readings();
    other.workbook.watched();
    eventually("it has looked for longer than it asks who knows", async || other.readings() > readings + 40).await;
    assert_eq!((other.workbook.alarms(), other.cell("MK-0002", Column::OccupiedBy)), (0, Cell::text("MR(93)")));
    gate.open();
    assert!(landed(&taking.await.unwrap()));
    put_right(&other, id, Cell::text(BY_HAND)).await;
    eventually("both know", async || other.shown("MK-0003").version == Some(id.to_string())).await;
    assert_eq!(other.workbook.alarms(), 0);
    life.killed();
    other.killed();
}

#[tokio::test]
async fn b6_an_heir_that_is_killed_in_the_middle_of_it_has_an_heir() {
    let ((google, data), id) = (shop(4).await, Uuid::new_v4());
    dies_of_it(&google, Life::begin(&google, &data, seldom()).await, id).await;
    let life = Life::begin(&google, &data, quick()).await;
    // The first of its batches is what puts rows right.
    let mut gate = google.hold(BATCHES, Held::BeforeApplying);
    gate.arrived().await;
    let calls = google.journal().calls().len();
    life.killed();
    let life = Life::begin(&google, &data, quick()).await;
    gate.open();
    eventually("the call of the dead is over", async || google.journal().calls().len() > calls).await;
    put_right(&life, id, Cell::Empty).await;
    assert_eq!(life.workbook.alarms(), 1);
    life.killed();
}

#[tokio::test]
async fn b6_an_heir_waits_for_the_header_that_somebody_is_renaming() {
    let ((google, data), id) = (shop(4).await, Uuid::new_v4());
    dies_of_it(&google, Life::begin(&google, &data, seldom()).await, id).await;
    google.human(BOOK, |human| human.renames_header("Operaciones", "Armador", "Columna nueva"));
    let life = Life::begin(&google, &data, quick()).await;
    let readings = life.readings();
    eventually("it has looked under the fence that is its own", async || life.readings() > readings + 5).await;
    google.human(BOOK, |human| human.renames_header("Operaciones", "Columna nueva", "Armador"));
    put_right(&life, id, Cell::Empty).await;
    life.killed();
}

#[tokio::test]
async fn b6_what_was_meant_for_a_row_that_was_deleted_is_taken_out_of_the_one_in_its_place() {
    let ((google, data), first, id) = (shop(4).await, Uuid::new_v4(), Uuid::new_v4());
    let life = Life::begin(&google, &data, seldom()).await;
    assert!(landed(&life.taken("MK-0003", 94, first).await));
    google.human_will(When::BeforeWrite, BOOK, |human| human.deletes_rows("Operaciones", 3, 1));
    let mut gate = google.hold(BATCHES, Held::BeforeAnswering);
    let taking = life.applying(life.take("MK-0002", 93, id));
    gate.arrived().await;
    assert_eq!(life.cell("MK-0003", Column::Version), Cell::text(id.to_string()), "it hit another's row");
    life.killed();
    taking.abort();
    gate.open();
    let life = Life::begin(&google, &data, quick()).await;
    let is_back = async || life.cell("MK-0003", Column::Version) == Cell::text(first.to_string());
    eventually("the row that was hit has its own again", is_back).await;
    assert_eq!(life.cell("MK-0003", Column::OccupiedBy), Cell::text("MR(94)"));
    let told =
        || life.sheets().metadata.rows.iter().any(|(_, cells)| cells[9].display().contains(&format!("\"deshace\":\"{id}\"")));
    eventually("the audit names what did not hold", async || told()).await;
    assert_eq!((life.audited(id), life.audited(first), life.workbook.event(id)), (1, 1, None));
    life.killed();
}

#[tokio::test]
async fn b6_a_process_killed_while_it_puts_right_what_it_hit_goes_on_with_what_it_knew() {
    for audit_goes in [false, true] {
        let ((google, data), id) = (shop(4).await, Uuid::new_v4());
        google.human(BOOK, |human| human.types("Operaciones", "Estado_Detalle", 3, BY_HAND));
        dies_in_doubt(&google, Life::begin(&google, &data, seldom()).await, id).await;
        if audit_goes {
            let mut made = deleted(&google);
            (made.id, made.rows) = (made.id + 1, made.rows[..1].to_vec());
            google.human(BOOK, |human| human.restores_sheet(made));
        }
        let life = Life::begin(&google, &data, quick()).await;
        let is_its_own = async || life.cell("MK-0002", Column::Version) == Cell::Number(0.0);
        eventually("the row that was hit has its own again", is_its_own).await;
        assert_eq!(life.cell("MK-0002", Column::Detail), Cell::text(BY_HAND), "the audit is gone: {audit_goes}");
        let is_there = async || life.cell("MK-0003", Column::Version) == Cell::text(id.to_string());
        eventually("the row that was meant has it", is_there).await;
        eventually("work goes on", async || life.workbook.status().writable.is_ok()).await;
        assert!(landed(&life.taken("MK-0004", 94, Uuid::new_v4()).await));
        life.killed();
    }
}

#[tokio::test]
async fn what_the_office_has_changed_since_a_batch_landed_right_is_not_written_over_after_a_restart() {
    let ((google, data), id) = (shop(2).await, Uuid::new_v4());
    let life = Life::begin(&google, &data, seldom()).await;
    assert!(landed(&life.taken("MK-0002", 94, Uuid::new_v4()).await));
    // It lands, and nobody can tell: it is killed before it could find out.
    google.fail(BATCHES, Fault::LostAfter);
    let mut asks = google.hold(On::Only(Method::Get), Held::BeforeApplying);
    let taking = life.applying(life.take("MK-0001", 93, id));
    asks.arrived().await;
    assert_eq!(life.cell("MK-0001", Column::Version), Cell::text(id.to_string()), "it landed");
    life.killed();
    taking.abort();
    asks.open();
    // The office frees it by hand.
    for name in ["Ocupado_Por", "Fecha_Ocupacion"] {
        google.human(BOOK, |human| human.types("Operaciones", name, 2, ""));
    }
    let life = Life::begin(&google, &data, quick()).await;
    eventually("it has looked into it", async || life.workbook.status().writable.is_ok()).await;
    assert_eq!(life.cell("MK-0001", Column::OccupiedBy), Cell::Empty);
    assert_eq!(life.audited(id), 1);
    life.killed();
}

#[tokio::test]
async fn b6_who_has_gone_on_in_a_row_that_was_put_right_keeps_his_work_when_the_killed_one_comes_back() {
    let ((google, data), id) = (shop(4).await, Uuid::new_v4());
    let (held, ends) = (Uuid::new_v4(), Uuid::new_v4());
    let life = Life::begin(&google, &data, seldom()).await;
    for (tag, worker, id) in [("MK-0002", 94, held), ("MK-0003", 93, Uuid::new_v4())] {
        assert!(landed(&life.taken(tag, worker, id).await));
    }
    // A pause of MK-0003 comes into MK-0002, and what it sends to put that right never arrives.
    google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
    let mut gate = google.hold(BATCHES, Held::BeforeAnswering);
    let pausing = life.applying(pause(&life.workbook.view(), life.shown("MK-0003").id(), 93, id));
    gate.arrived().await;
    assert_eq!(life.cell("MK-0002", Column::Version), Cell::text(id.to_string()), "it hit another's row");
    google.fail(BATCHES, Fault::LostBefore);
    let mut repair = google.hold(BATCHES, Held::BeforeApplying);
    gate.open();
    repair.arrived().await;
    life.killed();
    pausing.abort();
    repair.open();
    let other = Life::begin(&google, &folder(), quick()).await;
    eventually("another one puts it right", async || other.cell("MK-0002", Column::Version) == Cell::text(held.to_string()))
        .await;
    eventually("its memory has followed", async || other.shown("MK-0002").version == Some(held.to_string())).await;
    eventually("work goes on", async || other.workbook.status().writable.is_ok()).await;
    let ending = pause(&other.workbook.view(), other.shown("MK-0002").id(), 94, ends);
    assert!(landed(&other.workbook.apply(ending, soon()).await));
    other.workbook.close().await;
    other.killed();
    let life = Life::begin(&google, &data, quick()).await;
    eventually("it has looked into it", async || life.workbook.status().writable.is_ok()).await;
    assert_eq!(life.cell("MK-0002", Column::Version), Cell::text(ends.to_string()));
    assert_eq!(life.cell("MK-0002", Column::OccupiedBy), Cell::Empty);
    life.killed();
}
