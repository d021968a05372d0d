//! A process that is killed while events wait, and the one after it.

use super::outbox::{appends, audit, deleted, emptied};
use super::{BATCHES, Floor, landed};
use crate::stand_in::grid::Sheet;
use crate::stand_in::{Fault, Google, Held, When};
use crate::support::google::{BOOK, book_of, config, folder, now, quick, seldom};
use crate::support::redis::RealRedis;
use crate::support::{ZONE, eventually, pause, plant, soon};
use rusqlite::Connection;
use serde_json::Value as Json;
use spoolboard::domain::{Cell, Column};
use spoolboard::error::Error;
use spoolboard::redis::Link;
use spoolboard::workbook::sheets::{BadSetting, Limits, SheetsConfig};
use spoolboard::workbook::{Applied, GoogleSheets, Workbook};
use std::collections::HashSet;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

/// An adapter in a runtime of its own, which can end at once and in the middle of anything.
pub(super) struct Life {
    floor: Floor,
    runtime: Runtime,
}

impl Deref for Life {
    type Target = Floor;
    fn deref(&self) -> &Floor {
        &self.floor
    }
}

impl Life {
    pub(super) async fn begin(google: &Google, data: &Path, limits: Limits) -> Life {
        Life::among(google, None, data, limits).await
    }

    /// One of several on one Redis.
    pub(super) async fn among(google: &Google, share: Option<Link>, data: &Path, limits: Limits) -> Life {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let config = SheetsConfig { share, data: data.to_owned(), ..config(google, BOOK, limits) };
        let workbook = {
            let _inside = runtime.enter();
            Arc::new(GoogleSheets::connect(config, now, ZONE).unwrap())
        };
        workbook.connected().await;
        Life { floor: Floor { google: google.clone(), workbook }, runtime }
    }

    /// As by SIGKILL: nothing is told, nothing is finished.
    pub(super) fn killed(self) {
        self.runtime.shutdown_background();
    }
}

pub(super) async fn shop(count: u32) -> (Google, PathBuf) {
    let google = Google::with(book_of(&plant(count))).await;
    google.quota(60_000, 60_000);
    (google, folder())
}

#[tokio::test]
async fn f1_events_that_wait_outlive_the_process_and_are_known_to_the_next() {
    let (google, data) = shop(3).await;
    let all: [Uuid; 4] = std::array::from_fn(|_| Uuid::new_v4());
    let sheet = deleted(&google);
    let life = Life::begin(&google, &data, seldom()).await;
    assert!(landed(&life.taken("MK-0001", 93, all[0]).await));
    assert!(landed(&life.taken("MK-0002", 94, all[1]).await));
    let pausing = pause(&life.workbook.view(), life.shown("MK-0001").id(), 93, all[2]);
    assert!(landed(&life.workbook.apply(pausing, soon()).await));
    life.killed();

    let life = Life::begin(&google, &data, quick()).await;
    assert_eq!(life.workbook.status().outbox, 3);
    assert!(all[..3].iter().all(|id| life.workbook.event(*id).is_some()));
    let events: Vec<Uuid> = life.shown("MK-0001").events.iter().map(|event| event.id).collect();
    assert_eq!(events, [all[0], all[2]]);
    assert!(landed(&life.taken("MK-0003", 93, all[3]).await));
    google.human(BOOK, |human| human.restores_sheet(sheet));
    emptied(&life).await;
    assert_eq!(audit(&google, &all), all);
    let first = life.workbook.event(all[0]).unwrap();
    assert_eq!((first.worker_name.as_str(), first.tag.as_str()), ("Marta Ríos", "MK-0001"));
    life.killed();
}

#[tokio::test]
async fn f1_a_process_killed_between_its_note_and_its_answer_leaves_what_the_row_says() {
    for (held, versions) in [
        (Held::BeforeAnswering, true),
        (Held::BeforeAnswering, false),
        (Held::BeforeApplying, true),
        (Held::BeforeApplying, false),
    ] {
        let (google, data) = shop(2).await;
        if !versions {
            google.human(BOOK, |human| human.deletes_column("Operaciones", "version"));
        }
        let sheet = deleted(&google);
        let life = Life::begin(&google, &data, seldom()).await;
        let (id, next) = (Uuid::new_v4(), Uuid::new_v4());
        let mut gate = google.hold(BATCHES, held);
        let taking = life.applying(life.take("MK-0001", 93, id));
        gate.arrived().await;
        life.killed();
        taking.abort();

        let life = Life::begin(&google, &data, quick()).await;
        let applied = held == Held::BeforeAnswering;
        let calls = google.journal().calls().len();
        gate.open();
        eventually("the call of the dead is over", async || applied || google.journal().calls().len() > calls).await;
        assert_eq!((life.workbook.event(id).is_some(), life.workbook.status().outbox), (applied, usize::from(applied)));
        assert_eq!(life.cell("MK-0001", Column::OccupiedBy) == Cell::text("MR(93)"), applied);
        assert!(landed(&life.taken("MK-0002", 94, next).await));
        google.human(BOOK, |human| human.restores_sheet(sheet));
        emptied(&life).await;
        let expected = if applied { vec![id, next] } else { vec![next] };
        assert_eq!(audit(&google, &[id, next]), expected, "{held:?}, version {versions}");
        life.killed();
    }
}

#[tokio::test]
async fn a_change_that_others_have_built_upon_since_the_kill_did_land() {
    let (google, data) = shop(2).await;
    let sheet = deleted(&google);
    let life = Life::begin(&google, &data, seldom()).await;
    let (id, later) = (Uuid::new_v4(), Uuid::new_v4());
    let mut gate = google.hold(BATCHES, Held::BeforeAnswering);
    let taking = life.applying(life.take("MK-0001", 93, id));
    gate.arrived().await;
    life.killed();
    taking.abort();
    gate.open();
    google.human(BOOK, |human| human.restores_sheet(sheet));
    let other = Life::begin(&google, &folder(), seldom()).await;
    let pausing = pause(&other.workbook.view(), other.shown("MK-0001").id(), 93, later);
    assert!(landed(&other.workbook.apply(pausing, soon()).await));
    other.workbook.close().await;
    other.killed();

    let life = Life::begin(&google, &data, quick()).await;
    emptied(&life).await;
    assert_eq!(audit(&google, &[later, id]), [later, id]);
    life.killed();
}

#[tokio::test]
async fn f1_a_change_that_others_have_built_upon_is_not_forgotten_by_who_has_read_that_before_his_turn() {
    let ((google, data), redis) = (shop(2).await, RealRedis::start());
    let sheet = deleted(&google);
    let life = Life::among(&google, Some(redis.link()), &data, seldom()).await;
    let (id, later) = (Uuid::new_v4(), Uuid::new_v4());
    let mut gate = google.hold(BATCHES, Held::BeforeAnswering);
    let taking = life.applying(life.take("MK-0001", 93, id));
    gate.arrived().await;
    life.killed();
    taking.abort();
    gate.open();
    google.human(BOOK, |human| human.restores_sheet(sheet));
    redis.flushall();
    let other = Life::among(&google, Some(redis.link()), &folder(), seldom()).await;
    let pausing = pause(&other.workbook.view(), other.shown("MK-0001").id(), 93, later);
    assert!(landed(&other.workbook.apply(pausing, soon()).await));
    // It has its turn until it is answered.
    let mut gate = google.hold(BATCHES, Held::BeforeAnswering);
    let taking = other.applying(other.take("MK-0002", 94, Uuid::new_v4()));
    gate.arrived().await;
    let life = Life::among(&google, Some(redis.link()), &data, quick()).await;
    let readings = life.readings();
    life.workbook.watched();
    eventually("it has read all of the audit", async || life.readings() > readings + 5).await;
    gate.open();
    assert!(landed(&taking.await.unwrap()));
    emptied(&life).await;
    assert_eq!(audit(&google, &[later, id]), [later, id]);
    other.killed();
    life.killed();
}

#[tokio::test]
async fn f1_one_tap_that_was_repeated_at_another_process_does_not_make_a_lost_batch_a_landed_one() {
    let ((google, data), redis) = (shop(4).await, RealRedis::start());
    deleted(&google);
    let [life, other] = [
        Life::among(&google, Some(redis.link()), &data, seldom()).await,
        Life::among(&google, Some(redis.link()), &folder(), seldom()).await,
    ];
    // Its fence is known then: the next batch is that of the three.
    assert!(landed(&life.taken("MK-0004", 93, Uuid::new_v4()).await));
    let all: [Uuid; 3] = std::array::from_fn(|_| Uuid::new_v4());
    let mut reading = google.hold(super::READINGS, Held::BeforeAnswering);
    let mut gate = google.hold(BATCHES, Held::BeforeApplying);
    google.fail(BATCHES, Fault::LostBefore);
    let taking = [0, 1, 2].map(|n| life.applying(life.take(&format!("MK-000{}", n + 1), 93, all[n])));
    reading.arrived().await;
    eventually("all three go together", async || life.workbook.status().waiting == 3).await;
    reading.open();
    gate.arrived().await;
    redis.flushall();
    assert!(landed(&other.taken("MK-0001", 93, all[0]).await));
    gate.open();
    for take in taking {
        let answer = take.await.unwrap();
        assert!(!answer.is_ok_and(|applied| matches!(applied, Applied::Landed(_))), "its batch was lost");
    }
    for tag in ["MK-0002", "MK-0003"] {
        assert_eq!(life.cell(tag, Column::OccupiedBy), Cell::Empty, "{tag}");
    }
    assert_eq!(life.workbook.status().outbox, 1, "of MK-0004");
    life.killed();
    other.killed();
}

#[tokio::test]
async fn f1_an_event_that_reached_the_audit_before_the_kill_is_not_written_again() {
    for held in [Held::BeforeAnswering, Held::BeforeApplying] {
        let (google, data) = shop(2).await;
        let sheet = deleted(&google);
        let life = Life::begin(&google, &data, quick()).await;
        let all: [Uuid; 2] = std::array::from_fn(|_| Uuid::new_v4());
        for (tag, id) in [("MK-0001", all[0]), ("MK-0002", all[1])] {
            assert!(landed(&life.taken(tag, 93, id).await));
        }
        let mut gate = google.hold(appends(), held);
        google.human(BOOK, |human| human.restores_sheet(sheet));
        gate.arrived().await;
        life.killed();
        // The one that has not been applied yet arrives in the middle of the next start, right after
        // its second reading: the first only learns the headers.
        drop(google.hold(super::READINGS, Held::BeforeAnswering));
        let mut reading = google.hold(super::READINGS, Held::BeforeAnswering);
        let starting = Life::begin(&google, &data, quick());
        let (life, ()) = tokio::join!(starting, async {
            reading.arrived().await;
            let calls = google.journal().calls().len();
            gate.open();
            eventually("the append of the dead is over", async || {
                held == Held::BeforeAnswering || google.journal().calls().len() > calls
            })
            .await;
            reading.open();
        });
        emptied(&life).await;
        assert_eq!(audit(&google, &all), all, "{held:?}");
        life.killed();
    }
}

#[tokio::test]
async fn f1_what_cannot_be_noted_is_refused_and_not_written() {
    let (google, data) = shop(2).await;
    let life = Life::begin(&google, &data, seldom()).await;
    life.workbook.close().await;
    life.killed();
    // The disk takes no more of it.
    let full = "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    Connection::open(data.join("outbox.db")).unwrap().execute(full, []).unwrap();

    let sheet = deleted(&google);
    let life = Life::begin(&google, &data, quick()).await;
    let (refused, good) = (Uuid::new_v4(), Uuid::new_v4());
    let answer = life.taken("MK-0001", 93, refused).await;
    assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
    assert_eq!((life.cell("MK-0001", Column::OccupiedBy), life.workbook.status().outbox), (Cell::Empty, 0));
    google.human(BOOK, |human| human.restores_sheet(sheet));
    eventually("it is written again", async || landed(&life.taken("MK-0001", 93, good).await)).await;
    assert_eq!(audit(&google, &[refused, good]), [good]);
    life.killed();
}

#[tokio::test]
async fn b6_what_a_process_killed_in_the_middle_has_put_into_wrong_rows_is_put_right_by_the_next() {
    for taken in [true, false] {
        let (google, data) = shop(4).await;
        let life = Life::begin(&google, &data, seldom()).await;
        let (before, id) = (Uuid::new_v4(), Uuid::new_v4());
        if taken {
            assert!(landed(&life.taken("MK-0002", 94, before).await));
        }
        google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
        let mut gate = google.hold(BATCHES, Held::BeforeAnswering);
        let taking = life.applying(life.take("MK-0003", 93, id));
        gate.arrived().await;
        assert_eq!(life.cell("MK-0002", Column::OccupiedBy), Cell::text("MR(93)"), "it hit another's row");
        life.killed();
        taking.abort();
        gate.open();

        let life = Life::begin(&google, &data, quick()).await;
        let stamp = if taken { Cell::text("MR(94)") } else { Cell::Empty };
        let version = if taken { Cell::text(before.to_string()) } else { Cell::Number(0.0) };
        eventually("the row that was hit has its own again", async || life.cell("MK-0002", Column::Version) == version).await;
        assert_eq!((life.cell("MK-0002", Column::OccupiedBy), life.cell("MK-0002", Column::ArmWorker)), (stamp.clone(), stamp));
        assert_eq!(life.cell("MK-0003", Column::OccupiedBy), Cell::text("MR(93)"));
        assert_eq!((life.cell("MK-0003", Column::Version), life.audited(id)), (Cell::text(id.to_string()), 1));
        eventually("memory has followed", async || life.shown("MK-0003").version == Some(id.to_string())).await;
        eventually("work goes on", async || life.workbook.status().writable.is_ok()).await;
        assert_eq!(life.workbook.alarms(), 1);
        let view = life.workbook.view();
        assert!(landed(&life.workbook.apply(pause(&view, life.shown("MK-0003").id(), 93, Uuid::new_v4()), soon()).await));
        life.killed();
    }
}

/// A process in whose outbox so many events wait; and the audit as it was.
async fn crowded(google: &Google, data: &Path, count: usize) -> (Life, Sheet) {
    let sheet = deleted(google);
    let life = Life::begin(google, data, seldom()).await;
    assert!(landed(&life.taken("MK-0001", 93, Uuid::new_v4()).await));
    life.workbook.close().await;
    life.killed();
    fill(&data.join("outbox.db"), count);
    (Life::begin(google, data, quick()).await, sheet)
}

#[tokio::test]
async fn a_full_outbox_refuses_what_would_need_it() {
    let (google, data) = shop(2).await;
    let (life, _) = crowded(&google, &data, 10_000).await;
    let answer = life.taken("MK-0002", 94, Uuid::new_v4()).await;
    assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
    assert!(life.workbook.status().writable.is_err_and(|why| why.contains("Metadata")));
    assert_eq!((life.workbook.status().outbox, life.cell("MK-0002", Column::OccupiedBy)), (10_000, Cell::Empty));
    life.killed();
}

#[tokio::test]
async fn many_events_follow_in_groups_that_google_takes() {
    const MANY: usize = 1_000;
    let (google, data) = shop(2).await;
    google.snapshots(false);
    let (life, sheet) = crowded(&google, &data, MANY).await;
    google.human(BOOK, |human| human.restores_sheet(sheet));
    emptied(&life).await;
    let rows = life.sheets().metadata.rows;
    let ids: HashSet<String> = rows[1..].iter().map(|(_, cells)| cells[0].display()).collect();
    assert_eq!((rows.len(), ids.len()), (MANY + 1, MANY));
    let journal = google.journal();
    let weights = journal.batches().map(|batch| batch.request.to_string().len()).filter(|weight| *weight > 10_000);
    let weights: Vec<usize> = weights.collect();
    assert!(weights.len() > 1 && weights.iter().all(|weight| *weight < 1_100_000), "{weights:?}");
    assert!(landed(&life.taken("MK-0002", 94, Uuid::new_v4()).await));
    life.killed();
}

/// Repeats the one event of an outbox under other ids until there are so many.
fn fill(file: &Path, count: usize) {
    let mut file = Connection::open(file).unwrap();
    let cells: String = file.query_row("SELECT cells FROM events", [], |row| row.get(0)).unwrap();
    let mut cells: Vec<Json> = serde_json::from_str(&cells).unwrap();
    let filling = file.transaction().unwrap();
    for _ in 1..count {
        let id = Uuid::new_v4().to_string();
        cells[0] = Json::from(id.as_str());
        let cells = serde_json::to_string(&cells).unwrap();
        filling.execute("INSERT INTO events (id, due, cells) VALUES (?1, TRUE, ?2)", [id, cells]).unwrap();
    }
    filling.commit().unwrap();
}

#[tokio::test]
async fn a_second_process_in_the_same_data_folder_is_refused_with_one_line() {
    let (google, data) = shop(1).await;
    let life = Life::begin(&google, &data, seldom()).await;
    let config = SheetsConfig { data: data.clone(), ..config(&google, BOOK, seldom()) };
    match GoogleSheets::connect(config, now, ZONE) {
        Err(BadSetting::Outbox(why)) => assert!(why.contains("otro spoolboard") && !why.contains('\n'), "{why}"),
        other => panic!("{other:?}"),
    }
    life.workbook.close().await;
    life.killed();
}
