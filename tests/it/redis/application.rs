//! The application with its locks and events in Redis, and what its people see while that is away.

use crate::support::redis::{RealRedis, free_port};
use crate::support::shop::{Time, ZONE, order, ready, sheets};
use crate::support::{Reply, TestPlant, eventually};
use chrono::Duration;
use futures_util::future::join_all;
use spoolboard::domain::{Cell, Operation, Refusal, Rules};
use spoolboard::error::Error;
use spoolboard::events::Redis as Events;
use spoolboard::locks::{LockKey, Redis};
use spoolboard::metrics::Metrics;
use spoolboard::plant::Plant;
use spoolboard::tally;
use spoolboard::workbook::{Sheets, Sqlite, Workbook};
use std::sync::Arc;

const TAG: &str = "MK-0001";

/// What somebody may look at.
const PAGES: [&str; 7] = [
    "/",
    "/carretes?trabajador=93",
    "/tablero",
    "/kiosko",
    "/historial/MK-0001",
    "/registro?trabajador=93",
    "/api/spools?estado=ocupado",
];

async fn all_pages_show(plant: &TestPlant) {
    for page in PAGES {
        assert_eq!(plant.get(page).await.status, 200, "{page}");
    }
}

/// The one answer to any action while Redis is away.
fn refused(reply: &Reply) {
    assert_eq!(reply.verdict(), (503, "REDIS_NO_DISPONIBLE"), "{}", reply.text);
    assert!(reply.message().contains("no se guardó nada"), "{}", reply.message());
    assert!(reply.headers.contains_key("retry-after"));
}

fn has_lock(server: &RealRedis, tag: &str) -> bool {
    server.ask::<usize>(&["EXISTS", &format!("spool_lock:{tag}")]) == 1
}

#[tokio::test]
async fn e1_an_application_that_starts_before_redis_shows_everything_and_works_once_it_is_there() {
    let port = free_port();
    let plant = TestPlant::with_redis(&format!("redis://127.0.0.1:{port}")).await;
    all_pages_show(&plant).await;
    refused(&plant.worker(93).take(TAG, "ARM").await);
    assert_eq!(plant.get("/ready").await.status, 503);
    let health = plant.get("/api/redis-health").await;
    assert_eq!(health.text, r#"{"operational":false,"configured":true,"latency_ms":null}"#);
    let server = RealRedis::with(port, &[]);
    eventually("a spool can be taken", async || plant.worker(93).take(TAG, "ARM").await.status == 200).await;
    assert!(has_lock(&server, TAG));
    eventually("it is ready", async || plant.get("/ready").await.status == 200).await;
}

#[tokio::test]
async fn health_says_how_redis_is() {
    let server = RealRedis::start();
    let plant = TestPlant::with_redis(&server.url()).await;
    assert_eq!(plant.worker(93).take(TAG, "ARM").await.status, 200);
    let health = plant.get("/api/redis-health").await.json;
    assert_eq!((&health["operational"], &health["configured"]), (&true.into(), &true.into()));
    assert!(health["latency_ms"].as_f64().unwrap() > 0.0);
    eventually("both ports are heard", async || {
        let ready = plant.get("/ready").await.json;
        let port =
            |name: &str| ready[name]["adapter"] == "redis" && ready[name]["ok"] == true && ready[name]["age_seconds"].is_f64();
        port("locks") && port("events")
    })
    .await;
}

#[tokio::test]
async fn d3_nobody_loses_a_spool_when_redis_dies_and_comes_back_with_its_data_or_empty() {
    for kept in [true, false] {
        let mut server = if kept { RealRedis::with(free_port(), &["--appendonly", "yes"]) } else { RealRedis::start() };
        let plant = TestPlant::with_redis(&server.url()).await;
        assert_eq!(plant.worker(93).take(TAG, "ARM").await.status, 200);
        assert_eq!(plant.worker(94).take("MK-0002", "ARM").await.status, 200);
        server.kill9();
        all_pages_show(&plant).await;
        refused(&plant.worker(94).take("MK-0003", "ARM").await);
        refused(&plant.worker(93).pause(TAG).await);
        refused(&plant.worker(93).complete(TAG).await);
        eventually("the state is known", async || plant.get("/ready").await.status == 503).await;
        let ready = plant.get("/ready").await.json;
        assert!(ready["locks"]["reason"].is_string() && ready["workbook"]["ok"] == true, "{ready}");
        assert_eq!(plant.get(&format!("/api/occupation/status/{TAG}")).await.json["worker_nombre"], "Marta Ríos");

        server.restart();
        eventually("the locks follow the rows again", async || has_lock(&server, TAG) && has_lock(&server, "MK-0002")).await;
        let told = plant.worker(94).take(TAG, "ARM").await;
        assert_eq!(told.verdict(), (409, "SPOOL_OCCUPIED"));
        assert!(told.message().contains("Marta Ríos"), "{}", told.message());
        assert_eq!(plant.worker(94).take("MK-0003", "ARM").await.status, 200);
        plant.later(Duration::hours(9));
        assert_eq!(plant.worker(93).complete(TAG).await.status, 200, "a job of nine hours");
        assert_eq!(plant.events(TAG).await, ["TOMAR_SPOOL", "COMPLETAR_ARM"]);
        assert!(!has_lock(&server, TAG));
    }
}

#[tokio::test]
async fn locks_that_were_flushed_are_made_anew_without_waiting_for_the_next_round() {
    let server = RealRedis::start();
    let plant = TestPlant::with_redis(&server.url()).await;
    let tags: Vec<String> = (1..=50).map(|number| format!("MK-{number:04}")).collect();
    let body = serde_json::json!({"tag_spools": tags, "worker_id": 93, "operacion": "ARM"});
    assert_eq!(plant.post("/api/occupation/batch-tomar", body).await.json["succeeded"], 50);
    for _ in 0..3 {
        assert!(tags.iter().all(|tag| has_lock(&server, tag)));
        server.flushall();
        eventually("every occupied row has its lock", async || tags.iter().all(|tag| has_lock(&server, tag))).await;
    }
}

#[tokio::test]
async fn d1_fifty_tablets_take_one_spool_and_one_of_them_gets_it() {
    let server = RealRedis::start();
    let plant = TestPlant::with_redis(&server.url()).await;
    let workers: Vec<_> = (101..=150).map(|id| plant.worker(id)).collect();
    let replies = join_all(workers.iter().map(|worker| worker.take(TAG, "ARM"))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    let winner = plant.get(&format!("/api/occupation/status/{TAG}")).await.json["worker_nombre"].as_str().unwrap().to_owned();
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(reply.verdict(), (409, "SPOOL_OCCUPIED"));
        assert!(reply.message().contains(&winner), "{} and not {winner}", reply.message());
    }
    assert_eq!(plant.events(TAG).await, ["TOMAR_SPOOL"]);
}

/// A shop with fifty more fitters, 101 to 150.
fn crowded(tags: &[&str]) -> Sheets {
    let mut sheets = sheets(tags.iter().map(|tag| ready(tag)).collect());
    for id in 101..=150 {
        let number = || Cell::Number(f64::from(id));
        let worker = vec![number(), Cell::text("Tomás"), Cell::text(format!("Vega {id}")), Cell::Bool(true)];
        sheets.trabajadores.rows.push((id as u32, worker));
        sheets.roles.rows.push((id as u32, vec![number(), Cell::text("Armador"), Cell::Bool(true)]));
    }
    sheets
}

/// One process of several on one record.
fn process(server: &RealRedis, workbook: &Arc<Sqlite>, time: &Time) -> Plant {
    let link = server.link();
    Plant::new(
        Arc::clone(workbook) as Arc<dyn Workbook>,
        Arc::new(Redis::new(link.clone(), crate::ports::locks::TTL)),
        Arc::new(Events::new(link.clone())),
        Arc::new(tally::Redis::new(link)),
        time.clock(),
        Rules::default(),
        Arc::new(Metrics::default()),
    )
}

#[tokio::test]
async fn d1_two_processes_on_one_redis_give_a_spool_to_one_worker_and_name_him_to_the_others() {
    let server = RealRedis::start();
    let (workbook, time) = (Arc::new(Sqlite::in_memory(ZONE).unwrap()), Time::new());
    workbook.replace(crowded(&["MK-1", "MK-2", "MK-3", "MK-4"]), time.now()).await.unwrap();
    let plants = [process(&server, &workbook, &time), process(&server, &workbook, &time)];
    for tag in ["MK-1", "MK-2", "MK-3", "MK-4"] {
        let takes = (101..=150).map(|id| plants[id as usize % 2].take(order(tag, id), Operation::Arm, false));
        let results = join_all(takes).await;
        let winners: Vec<_> = results.iter().flatten().collect();
        assert_eq!(winners.len(), 1, "{tag}");
        let owner = winners[0].spool.occupation.clone().unwrap();
        let key = LockKey::of(&winners[0].spool);
        let holder = plants[0].locks().holder(&key).await.unwrap().unwrap();
        assert_eq!(holder.token.worker, owner.worker, "the lock is his as well");
        for result in results {
            let Err(error) = result else { continue };
            let Error::Refused(refusal) = error else { panic!("{error}") };
            let told = match *refusal {
                Refusal::Occupied { holder, .. } => holder.name,
                Refusal::BeingTaken { name, .. } => name,
                other => panic!("{other:?}"),
            };
            assert_eq!(told, owner.name, "{tag}");
        }
    }
    assert_eq!(workbook.read_all().await.unwrap().metadata.rows.len(), 4);
}
