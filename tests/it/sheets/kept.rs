//! What a process keeps on its disk of a batch in doubt, when the next one finds it too old, foreign, spoilt,
//! taken back, or done by somebody else.

use super::heirs::{BY_HAND, dies_in_doubt, hits, put_right};
use super::outbox::{audit, deleted, emptied};
use super::restart::{Life, shop};
use super::{BATCHES, READINGS, landed};
use crate::stand_in::{Fault, Held, Method, On};
use crate::support::eventually;
use crate::support::google::{BOOK, folder, quick, seldom};
use crate::support::redis::RealRedis;
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use spoolboard::domain::{Cell, Column};
use spoolboard::workbook::Workbook;
use spoolboard::workbook::sheets::Limits;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

fn kept(data: &Path) -> Option<String> {
    let file = Connection::open(data.join("outbox.db")).unwrap();
    file.query_row("SELECT doubt FROM kept", [], |row| row.get(0)).ok()
}

/// Changes what is kept in a data folder that nobody uses.
fn spoil(data: &Path, how: impl Fn(Json) -> String) {
    let spoilt = how(serde_json::from_str(&kept(data).expect("it is kept")).unwrap());
    let file = Connection::open(data.join("outbox.db")).unwrap();
    assert_eq!(file.execute("UPDATE kept SET doubt = ?1", [spoilt]).unwrap(), 1);
}

#[tokio::test]
async fn b6_what_was_kept_is_of_no_use_after_an_hour_or_for_another_workbook_or_when_it_cannot_be_read() {
    let whole = |kept: Json| kept.to_string();
    let old = |mut kept: Json| {
        kept["at"] = json!(kept["at"].as_i64().unwrap() - 3_601);
        kept.to_string()
    };
    let foreign = |mut kept: Json| {
        kept["book"] = json!("another-workbook-of-another-plant");
        kept.to_string()
    };
    let cut = |kept: Json| kept.to_string()[..100].to_owned();
    // What only a person had written is known by what was kept alone; without it the audit tells the rest.
    type Case<'a> = (&'a dyn Fn(Json) -> String, Cell, u64);
    let cases: [Case<'_>; 4] =
        [(&whole, Cell::text(BY_HAND), 0), (&old, Cell::Empty, 2), (&foreign, Cell::Empty, 1), (&cut, Cell::Empty, 2)];
    for (nth, (how, detail, alarms)) in cases.into_iter().enumerate() {
        let ((google, data), id) = (shop(4).await, Uuid::new_v4());
        google.human(BOOK, |human| human.types("Operaciones", "Estado_Detalle", 3, BY_HAND));
        dies_in_doubt(&google, Life::begin(&google, &data, seldom()).await, id).await;
        spoil(&data, how);
        let life = Life::begin(&google, &data, quick()).await;
        put_right(&life, id, detail).await;
        eventually("work goes on", async || life.workbook.status().writable.is_ok()).await;
        assert_eq!(life.workbook.alarms(), alarms, "case {nth}");
        life.workbook.close().await;
        life.killed();
        assert_eq!(kept(&data), None, "case {nth}");
    }
}

#[tokio::test]
async fn b6_an_operation_that_the_audit_has_taken_back_is_not_written_again_by_the_killed_one() {
    let ((google, data), id) = (shop(4).await, Uuid::new_v4());
    dies_in_doubt(&google, Life::begin(&google, &data, seldom()).await, id).await;
    // The office gives the spool to somebody else meanwhile: what was decided on it does not hold.
    let office = |who: &str| google.human(BOOK, |human| human.types("Operaciones", "Ocupado_Por", 5, who));
    office("PT(95)");
    let other = Life::begin(&google, &folder(), quick()).await;
    let is_its_own = async || other.cell("MK-0002", Column::Version) == Cell::Number(0.0);
    eventually("the row that was hit has its own again", is_its_own).await;
    let taken_back = || {
        let rows = other.sheets().metadata.rows;
        rows.iter().any(|(_, cells)| cells[9].display().contains(&format!("\"deshace\":\"{id}\"")))
    };
    eventually("the audit takes it back", async || taken_back()).await;
    other.workbook.close().await;
    other.killed();
    office("");
    let life = Life::begin(&google, &data, quick()).await;
    eventually("it has looked into it", async || life.workbook.status().writable.is_ok()).await;
    assert_eq!(
        (life.cell("MK-0003", Column::OccupiedBy), life.cell("MK-0003", Column::Version)),
        (Cell::Empty, Cell::Number(0.0))
    );
    assert!(landed(&life.taken("MK-0003", 94, Uuid::new_v4()).await));
    life.killed();
}

#[tokio::test]
async fn f1_an_operation_that_waits_at_two_processes_is_in_the_audit_once() {
    let ((google, data), redis) = (shop(2).await, RealRedis::start());
    let sheet = deleted(&google);
    let (id, next) = (Uuid::new_v4(), Uuid::new_v4());
    let life = Life::among(&google, Some(redis.link()), &data, seldom()).await;
    // Its batch is lost, and it is killed before it could find that out.
    google.fail(BATCHES, Fault::LostBefore);
    let mut asks = google.hold(On::Only(Method::Get), Held::BeforeApplying);
    let taking = life.applying(life.take("MK-0001", 93, id));
    asks.arrived().await;
    life.killed();
    taking.abort();
    asks.open();
    redis.flushall();
    // The tablet repeats its tap elsewhere.
    let other = Life::among(&google, Some(redis.link()), &folder(), quick()).await;
    assert!(landed(&other.taken("MK-0001", 93, id).await));
    let patient = Limits { write: Duration::from_secs(60), ..seldom() };
    let life = Life::among(&google, Some(redis.link()), &data, patient).await;
    eventually("it has looked into it", async || life.workbook.status().writable.is_ok()).await;
    assert_eq!((life.workbook.status().outbox, other.workbook.status().outbox), (1, 1), "it waits at both");
    // The audit is there again in its turn, in which the other one can only read.
    let mut gate = google.hold(On::Holding(next.to_string()), Held::BeforeAnswering);
    let taking = life.applying(life.take("MK-0002", 94, next));
    gate.arrived().await;
    google.human(BOOK, |human| human.restores_sheet(sheet));
    let readings = other.readings();
    eventually("the other one knows that it is there", async || other.readings() > readings + 2).await;
    let mut reading = google.hold(READINGS, Held::BeforeAnswering);
    reading.arrived().await;
    gate.open();
    assert!(landed(&taking.await.unwrap()));
    emptied(&life).await;
    reading.open();
    emptied(&other).await;
    assert_eq!(audit(&google, &[id, next]), [id, next]);
    life.killed();
    other.killed();
}

#[tokio::test]
async fn b6_who_knows_better_and_does_nothing_is_waited_for_no_longer_than_a_minute() {
    let ((google, _), redis, id) = (shop(4).await, RealRedis::start(), Uuid::new_v4());
    let patient = Limits { write: Duration::from_secs(60), ..seldom() };
    let life = Life::among(&google, Some(redis.link()), &folder(), patient).await;
    let (gate, taking) = hits(&google, &life, id).await;
    // It lives, says that it knows, and hangs on a reply; whose turn it was is not waited for.
    redis.flushall();
    let short = Limits { others: Duration::from_secs(1), ..quick() };
    let other = Life::among(&google, Some(redis.link()), &folder(), short).await;
    other.workbook.watched();
    put_right(&other, id, Cell::Empty).await;
    assert_eq!(other.workbook.alarms(), 1);
    gate.open();
    assert!(landed(&taking.await.unwrap()));
    put_right(&life, id, Cell::Empty).await;
    life.killed();
    other.killed();
}
