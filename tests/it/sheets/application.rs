//! The application with the plant's workbook at Google, as a tablet sees it.

use crate::stand_in::{Google, Held, On};
use crate::support::google::{BOOK, book_of, quick};
use crate::support::redis::{RealRedis, free_port};
use crate::support::{Reply, TestPlant, cell, eventually, fresh, small_plant};
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use spoolboard::domain::Cell;
use spoolboard::trail::Mark;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

const TAG: &str = "MK-0001";

pub(super) async fn small_google() -> Google {
    let google = Google::with(book_of(&small_plant())).await;
    google.quota(60_000, 60_000);
    google
}

pub(super) async fn connected(google: &Google, redis: Option<&str>) -> TestPlant {
    let plant = TestPlant::at_google(google, redis).await;
    eventually("it is ready", async || plant.get("/ready").await.status == 200).await;
    plant
}

#[tokio::test]
async fn c2_a_start_without_google_shows_why_and_recovers_by_itself() {
    let google = small_google().await;
    google.away(true);
    let plant = TestPlant::at_google(&google, None).await;
    let ready = plant.get("/ready").await;
    assert_eq!((ready.status, &ready.json["workbook"]["reason"]), (503, &"conectando con la planilla".into()));
    google.away(false);
    eventually("it is ready", async || plant.get("/ready").await.status == 200).await;
    assert_eq!(plant.worker(93).take(TAG, "ARM").await.status, 200);
}

#[tokio::test]
async fn a_tap_is_in_the_plants_own_workbook_when_it_is_answered() {
    let google = small_google().await;
    let plant = connected(&google, None).await;
    assert_eq!(plant.worker(93).take(TAG, "ARM").await.status, 200);
    let sheets = crate::support::google::sheets_of(&google.book(BOOK));
    assert_eq!(cell(&sheets.operaciones, 2, "Ocupado_Por"), Cell::text("MR(93)"));
    assert_eq!(sheets.metadata.rows.len(), 1);
    assert!(plant.get("/tablero").await.text.contains("Modo un servidor"));
}

#[tokio::test]
async fn g6_a_take_whose_tablet_hung_up_while_the_workbook_was_slow_is_counted_and_in_the_trail_with_its_end() {
    let google = small_google().await;
    let plant = connected(&google, None).await;
    let mut gate = google.hold(On::Holding("MR(93)".into()), Held::BeforeApplying);
    let (body, tablet) = (asked().to_string(), format!("{:032x}", 7));
    let head = format!(
        "POST /api/occupation/tomar HTTP/1.1\r\nHost: localhost\r\nCookie: tableta={tablet}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(plant.running.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    gate.arrived().await;
    drop(stream);
    // Until the server has noticed.
    sleep(Duration::from_millis(300)).await;
    gate.open();
    let line = "spoolboard_requests_total{method=\"POST\",route=\"/api/occupation/tomar\",status=\"200\"} 1";
    eventually("it is counted", async || plant.get("/metrics").await.text.contains(line)).await;
    let steps =
        plant.running.app.trail.steps(&tablet, DateTime::UNIX_EPOCH, Mark::at(DateTime::<Utc>::MAX_UTC), 10).await.unwrap();
    assert_eq!(
        steps.steps.iter().map(|step| (step.what.as_str(), step.status)).collect::<Vec<_>>(),
        [("POST /api/occupation/tomar", 200)]
    );
}

#[tokio::test]
async fn d4_a_tap_that_the_audit_has_and_its_row_has_not_is_not_told_as_saved() {
    let google = small_google().await;
    let plant = connected(&google, None).await;
    let key = fresh();
    let again = async || plant.post_as(&key, "/api/occupation/tomar", asked()).await;
    assert_eq!(again().await.status, 200);
    assert_eq!(again().await.status, 200, "the first result");
    google.human(BOOK, |human| {
        for column in ["Ocupado_Por", "Fecha_Ocupacion", "Armador", "version"] {
            human.types("Operaciones", column, 2, "");
        }
    });
    let status = async || plant.get(&format!("/api/occupation/status/{TAG}")).await.json;
    eventually("it was read", async || status().await["ocupado"] == false).await;
    let told = again().await;
    assert_eq!(told.verdict(), (503, "RESULTADO_DESCONOCIDO"), "{}", told.text);
}

#[tokio::test]
async fn d4_a_tap_that_others_have_built_upon_is_told_its_first_result() {
    let google = small_google().await;
    let plant = connected(&google, None).await;
    let key = fresh();
    let again = async || plant.post_as(&key, "/api/occupation/tomar", asked()).await;
    assert_eq!(again().await.status, 200);
    assert_eq!(plant.worker(93).pause(TAG).await.status, 200);
    assert_eq!(again().await.status, 200);
}

/// The TOMAR of a worker.
fn asked() -> serde_json::Value {
    serde_json::json!({"tag_spool": TAG, "worker_id": 93, "operacion": "ARM"})
}

#[tokio::test]
async fn e7_with_redis_and_google_nobody_is_told_to_run_one_process_only() {
    let (google, redis) = (small_google().await, RealRedis::start());
    let plant = connected(&google, Some(&redis.url())).await;
    assert!(!plant.get("/tablero").await.text.contains("Modo un servidor"));
}

#[tokio::test]
async fn a1_of_fifty_at_once_one_has_the_spool_and_the_others_are_told_who() {
    let (google, redis) = (small_google().await, RealRedis::start());
    let plant = connected(&google, Some(&redis.url())).await;
    for (tag, crowd) in [(TAG, 10), ("MK-0002", 50)] {
        let replies = join_all((101..101 + crowd).map(|id| take(&plant, id, tag)));
        let replies = replies.await;
        let won = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(won, 1, "of {crowd}");
        for lost in replies.iter().filter(|reply| reply.status != 200) {
            assert_eq!(lost.status, 409, "{}", lost.text);
            assert!(lost.message().contains("Tomás Vega"), "{}", lost.message());
        }
    }
}

#[tokio::test]
async fn of_a_call_for_help_the_workbook_gets_an_audit_row_and_a_version_and_nothing_else() {
    let google = small_google().await;
    let plant = connected(&google, None).await;
    let before = crate::support::google::sheets_of(&google.book(BOOK)).operaciones;
    let path = format!("/carretes/{}/ayuda", crate::pages::id(&plant, TAG).await);
    let asked = crate::pages::tap(&plant, &path, &[("trabajador", "93"), ("motivo", "calidad")]).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let sheets = crate::support::google::sheets_of(&google.book(BOOK));
    let row = |sheet: &spoolboard::workbook::Sheet| {
        let version = sheet.place("version").unwrap();
        let cells = sheet.rows[0].1.iter().enumerate().filter(|(place, _)| *place != version);
        cells.map(|(_, cell)| cell.display()).collect::<Vec<_>>()
    };
    assert_eq!(row(&sheets.operaciones), row(&before));
    assert_ne!(cell(&sheets.operaciones, 2, "version"), cell(&before, 2, "version"));
    assert_eq!(cell(&sheets.metadata, 2, "Evento_Tipo"), Cell::text("PEDIR_AYUDA"));
    assert_eq!(cell(&sheets.metadata, 2, "Operacion"), Cell::text("ARM"));
}

#[tokio::test]
async fn a_tablet_of_another_process_is_told_who_freed_its_spool_and_why_and_who_calls_for_help() {
    let (google, redis) = (small_google().await, RealRedis::start());
    let one = connected(&google, Some(&redis.url())).await;
    let two = connected(&google, Some(&redis.url())).await;
    assert_eq!(one.worker(93).take(TAG, "ARM").await.status, 200);
    let spool = crate::pages::id(&one, TAG).await;
    let mut tablet = crate::live::Stream::open(&two, "/vivo/carretes").await;
    tablet.named("latido").await;
    let form = [("motivo", "fin de turno")];
    let free = one.request(reqwest::Method::POST, &format!("/supervisor/carretes/{spool}/liberar")).form(&form);
    assert_eq!(one.send(free).await.status, 200);
    let said = loop {
        let change = tablet.named(&format!("carrete-{spool}")).await;
        if change.contains("aviso") {
            break change;
        }
    };
    assert!(said.contains("\"para\":93") && said.contains("motivo: fin de turno"), "{said}");
    eventually("his next action says so there, too", async || two.worker(93).complete(TAG).await.status == 410).await;
    let path = format!("/carretes/{spool}/ayuda");
    assert_eq!(crate::pages::tap(&one, &path, &[("trabajador", "93")]).await.status, 200);
    eventually("the wall of the other process shows it", async || two.get("/kiosko").await.text.contains("wall-calls")).await;
}

async fn take(plant: &TestPlant, id: u32, tag: &str) -> Reply {
    plant.worker(id).take(tag, "ARM").await
}

/// How often it is asked whether actions work again, and how long that may take in all: asked more
/// often than these go into it, it has failed. Nothing is measured by the clock.
const POLL: Duration = Duration::from_millis(50);
const WITHIN: Duration = Duration::from_secs(3);

/// The pages that somebody may look at.
const PAGES: [&str; 6] = ["/", "/carretes?trabajador=93", "/tablero", "/kiosko", "/historial/MK-0001", "/registro?trabajador=93"];

#[tokio::test]
async fn d3_with_the_plants_workbook_too_nobody_loses_a_spool_when_redis_dies() {
    for kept in [true, false] {
        let redis = if kept { RealRedis::with(free_port(), &["--appendonly", "yes"]) } else { RealRedis::start() };
        redis_dies(redis).await;
    }
}

/// Kills Redis twice, and starts it again with its data or without.
async fn redis_dies(mut redis: RealRedis) {
    let google = small_google().await;
    let plant = connected(&google, Some(&redis.url())).await;
    for round in 0..2 {
        let tags = [format!("MK-{:04}", 10 * round + 1), format!("MK-{:04}", 10 * round + 2)];
        assert_eq!(plant.worker(93).take(&tags[0], "ARM").await.status, 200);
        redis.kill9();
        for page in PAGES {
            assert_eq!(plant.get(page).await.status, 200, "{page}");
        }
        for reply in [plant.worker(94).take(&tags[1], "ARM").await, plant.worker(93).pause(&tags[0]).await] {
            assert_eq!(reply.verdict(), (503, "REDIS_NO_DISPONIBLE"), "{}", reply.text);
        }
        redis.restart();
        let (back, mut asked) = (Instant::now(), 0);
        while plant.worker(94).take(&tags[1], "ARM").await.status != 200 {
            asked += 1;
            assert!(asked * POLL < WITHIN, "Redis has been back for {:?}", back.elapsed());
            sleep(POLL).await;
        }
        println!("works again {:?} after Redis was back, asked {} times", back.elapsed(), asked + 1);
        // Nobody had to wait until an empty bucket of calls was full enough again.
        let left: f64 = redis.ask(&["HGET", "spool_sheet_writes", "tokens"]);
        assert!(left > 0.9 * 0.2 * quick().calls, "{left} calls were left");
        let told = plant.worker(94).take(&tags[0], "ARM").await;
        assert_eq!(told.status, 409, "{}", told.text);
        assert!(told.message().contains("Marta Ríos"), "{}", told.message());
        plant.later(chrono::Duration::hours(9));
        assert_eq!(plant.worker(93).complete(&tags[0]).await.status, 200, "a job of nine hours");
    }
}

fn has_lock(redis: &RealRedis, tag: &str) -> bool {
    redis.ask(&["EXISTS", &format!("spool_lock:{tag}")])
}

#[tokio::test]
async fn d3_a_start_without_google_has_the_locks_of_all_occupied_rows_once_they_can_be_read() {
    let (google, redis) = (small_google().await, RealRedis::start());
    google.human(BOOK, |human| {
        human.types("Operaciones", "Ocupado_Por", 2, "MR(93)");
        human.types("Operaciones", "Fecha_Ocupacion", 2, "'10-11-2026 08:00:00");
    });
    google.away(true);
    let plant = TestPlant::at_google(&google, Some(&redis.url())).await;
    let line = async || plant.get("/ready").await.json["locks"]["ok"] == true;
    eventually("Redis is there", line).await;
    // They were compared with no rows at all by then: the first comparison waits for no more than five seconds.
    eventually("it was tried", async || plant.running.app.plant.metrics().uncompared.get() > 0).await;
    google.away(false);
    eventually("the row has its lock", async || has_lock(&redis, TAG)).await;
}

#[tokio::test]
async fn d3_a_spool_that_is_paused_while_redis_forgets_is_free_for_the_next_one_at_once() {
    let (google, redis) = (small_google().await, RealRedis::start());
    let plant = connected(&google, Some(&redis.url())).await;
    assert_eq!(plant.worker(93).take(TAG, "ARM").await.status, 200);
    let mut batch = google.hold(super::BATCHES, Held::BeforeApplying);
    let worker = plant.worker(93);
    let (paused, ()) = tokio::join!(worker.pause(TAG), async {
        batch.arrived().await;
        redis.flushall();
        eventually("the lock was made anew", async || has_lock(&redis, TAG)).await;
        batch.open();
    });
    assert_eq!(paused.status, 200, "{}", paused.text);
    let taken = plant.worker(94).take(TAG, "ARM").await;
    assert_eq!(taken.status, 200, "{}", taken.text);
}

#[tokio::test]
async fn who_could_not_be_relieved_has_his_lock_again() {
    let (google, redis) = (small_google().await, RealRedis::start());
    let plant = connected(&google, Some(&redis.url())).await;
    assert_eq!(plant.worker(93).take(TAG, "ARM").await.status, 200);
    plant.later(chrono::Duration::hours(20));
    google.human(BOOK, |human| human.protects_sheet("Operaciones", &[]));
    let told = plant.worker(94).take_over(TAG, "ARM").await;
    assert_eq!(told.status, 503, "{}", told.text);
    let holder: String = redis.ask(&["GET", &format!("spool_lock:{TAG}")]);
    assert!(holder.starts_with("93:"), "{holder}");
}

#[tokio::test]
async fn d1_tablets_of_two_servers_take_one_spool_and_one_of_them_gets_it() {
    let (google, redis) = (small_google().await, RealRedis::start());
    let servers = [connected(&google, Some(&redis.url())).await, connected(&google, Some(&redis.url())).await];
    for (tag, crowd) in [(TAG, 10_u32), ("MK-0002", 50)] {
        let replies = join_all((101..101 + crowd).map(|id| take(&servers[id as usize % 2], id, tag))).await;
        let won: Vec<u32> = (101..).zip(&replies).filter(|(_, reply)| reply.status == 200).map(|(id, _)| id).collect();
        assert_eq!(won.len(), 1, "of {crowd}");
        for lost in replies.iter().filter(|reply| reply.status != 200) {
            assert_eq!(lost.status, 409, "{}", lost.text);
            assert!(lost.message().contains(&format!("Vega {}", won[0])), "{}", lost.message());
        }
    }
}

#[tokio::test]
async fn d2_a_spool_that_the_office_has_freed_by_hand_is_free_after_its_holder_was_told_so() {
    let google = small_google().await;
    let plant = connected(&google, None).await;
    assert_eq!(plant.worker(93).take(TAG, "ARM").await.status, 200);
    // Memory does not know it yet: the reading under way is from before.
    let mut reading = google.hold(super::READINGS, Held::BeforeAnswering);
    reading.arrived().await;
    google.human(BOOK, |human| {
        for column in ["Ocupado_Por", "Fecha_Ocupacion"] {
            human.types("Operaciones", column, 2, "");
        }
    });
    let (holder, other) = (plant.worker(93), plant.worker(94));
    let (paused, ()) = tokio::join!(holder.pause(TAG), async {
        eventually("it waits to be written", async || plant.get("/ready").await.json["workbook"]["waiting"] == 1).await;
        reading.open();
    });
    assert_eq!(paused.status, 410, "{}", paused.text);
    let taken = other.take(TAG, "ARM").await;
    assert_eq!(taken.status, 200, "{}", taken.text);
}
