//! The streams to the screens, read as a browser reads them.

use crate::pages::{Screen, id, tap};
use crate::stand_in::Google;
use crate::support::google::{BOOK, book_of};
use crate::support::{TestPlant, cell, eventually, freed, small_plant};
use chrono::NaiveDate;
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::Value;
use spoolboard::domain::Cell;
use spoolboard::events::SpoolChanged;
use std::time::Duration;
use tokio::time::timeout;

/// How long a message may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// One message: its name, empty for a fragment, and its data.
type Message = (String, String);

/// An open stream.
pub(crate) struct Stream {
    response: std::pin::Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<axum::body::Bytes>> + Send>>,
    text: String,
}

impl Stream {
    pub(crate) async fn open(plant: &TestPlant, path: &str) -> Stream {
        let response = plant.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Stream { response: Box::pin(response.bytes_stream()), text: String::new() }
    }

    /// The next message; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n").map(|(a, b)| (a.to_owned(), b.to_owned())) {
                self.text = rest;
                let value = |name: &str| {
                    let of = |line: &str| line.strip_prefix(name).map(|rest| rest.trim_start().to_owned());
                    message.lines().filter_map(of).collect::<Vec<_>>().join("\n")
                };
                if message.starts_with("retry:") {
                    continue;
                }
                return Some((value("event:"), value("data:")));
            }
            let bytes = timeout(PATIENCE, self.response.next()).await.expect("a message came")?.ok()?;
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next message with this name.
    pub(crate) async fn named(&mut self, name: &str) -> String {
        loop {
            let (found, data) = self.next().await.expect("the stream goes on");
            if found == name {
                return data;
            }
        }
    }
}

#[tokio::test]
async fn e4_a_screen_that_connects_gets_the_whole_picture_and_the_heartbeat() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    for (path, target) in [("/vivo/tablero", "#tablero"), ("/vivo/kiosko", "#muro")] {
        let mut stream = Stream::open(&plant, path).await;
        let picture = stream.named("").await;
        assert!(picture.contains(&format!("hx-target=\"{target}\"")) && picture.contains("<b>0001</b>"), "{picture}");
        let beat: Value = serde_json::from_str(&stream.named("latido").await).unwrap();
        assert_eq!((beat["edad"].as_i64(), beat["reloj"].as_i64()), (Some(0), Some(38_520)));
        let page = plant.get(path.trim_start_matches("/vivo")).await.text;
        assert!(page.contains(&format!("data-build=\"{}\"", beat["build"].as_str().unwrap())), "the build of the pages");
    }
}

#[tokio::test]
async fn e5_a_change_reaches_boards_lists_and_the_api() {
    let plant = TestPlant::embedded().await;
    let spool = id(&plant, "MK-0001").await;
    let mut board = Stream::open(&plant, "/vivo/tablero").await;
    let mut lists = Stream::open(&plant, "/vivo/carretes").await;
    let mut api = Stream::open(&plant, "/api/sse/stream").await;
    board.named("latido").await;
    plant.worker(93).take("MK-0001", "ARM").await;
    assert!(board.named("").await.contains("Marta Ríos"));
    let told: Value = serde_json::from_str(&lists.named(&format!("carrete-{spool}")).await).unwrap();
    assert_eq!(told["puede"], serde_json::json!([]));
    let now = plant.get("/api/occupation/status/MK-0001").await.json["version"].clone();
    assert!(now.is_string() && told["version"] == now, "a card that shows this state need not be fetched again: {told}");
    let update: Value = serde_json::from_str(&api.named("spool_update").await).unwrap();
    assert_eq!(update["event_type"], "TOMAR");
    assert_eq!((update["tag_spool"].as_str(), update["worker_id"].as_u64()), (Some("MK-0001"), Some(93)));
    assert_eq!((update["worker_nombre"].as_str(), update["operacion"].as_str()), (Some("Marta Ríos"), Some("ARM")));
    assert_eq!(update["timestamp"], "2026-11-21T10:42:00-03:00");
}

#[tokio::test]
async fn a_burst_of_changes_is_one_picture() {
    let plant = TestPlant::embedded().await;
    let mut board = Stream::open(&plant, "/vivo/tablero").await;
    board.named("latido").await;
    let items: Vec<String> = (1..=50).map(|n| format!("MK-{n:04}")).collect();
    let body = serde_json::json!({"tag_spools": items, "worker_id": 93, "operacion": "ARM"});
    assert_eq!(plant.post("/api/occupation/batch-tomar", body).await.json["succeeded"], 50);
    let mut pictures = 1;
    while !board.named("").await.contains("id=\"total-ocupados\">50<") {
        pictures += 1;
    }
    assert!(pictures < 50, "{pictures} pictures for 50 changes");
}

#[tokio::test]
async fn e3_open_streams_end_when_the_program_stops() {
    let plant = TestPlant::embedded().await;
    let mut streams = Vec::new();
    for path in ["/vivo/tablero", "/vivo/kiosko", "/vivo/carretes", "/api/sse/stream"] {
        let mut stream = Stream::open(&plant, path).await;
        stream.named("latido").await;
        streams.push(stream);
    }
    let open = plant.get("/metrics").await.text;
    assert!(open.contains("spoolboard_streams 4"), "{open}");
    let _plant = plant.restarted().await;
    for mut stream in streams {
        while stream.next().await.is_some() {}
    }
}

#[tokio::test]
async fn screens_are_told_at_once_when_actions_cannot_be_served() {
    let plant = TestPlant::embedded().await;
    let mut list = Stream::open(&plant, "/vivo/carretes").await;
    assert!(list.named("latido").await.contains("\"escribe\":true"));
    let boards = ["/tablero", "/tablero?operacion=SOLD"];
    for path in boards {
        assert_eq!(Screen::open(&plant, path).await.count("#sin-conexion[hidden]"), 1, "{path}");
    }
    plant.running.app.plant.workbook().close().await;
    // One heartbeat more may have been on its way; the next of the clock comes after 15 s.
    while !list.named("latido").await.contains("\"escribe\":false") {}
    for path in boards {
        assert_eq!(Screen::open(&plant, path).await.count("#sin-conexion[hidden]"), 0, "{path}: in the same second");
    }
}

#[tokio::test]
async fn c10_a_list_that_was_told_of_a_change_before_it_was_read_is_told_again() {
    let plant = TestPlant::embedded().await;
    let mut list = Stream::open(&plant, "/vivo/carretes").await;
    list.named("latido").await;
    let inner = &plant.running.app.plant;
    let view = inner.view();
    let spool = view.find("MK-0001").unwrap();
    let change = crate::support::take(&view, spool.id(), 93, uuid::Uuid::new_v4());
    // As from another process: first the event, then what this one reads of the workbook.
    inner.events().publish(SpoolChanged::new(spool, &change.event)).await.unwrap();
    let name = format!("carrete-{}", spool.id());
    assert!(list.named(&name).await.contains("\"ARM\""), "as it was");
    inner.workbook().apply(change, crate::support::soon()).await.unwrap();
    assert!(!list.named(&name).await.contains("\"ARM\""), "as it is");
}

#[tokio::test]
async fn a_narrowed_board_is_told_of_changes_in_its_own_part_of_the_plant() {
    let plant = TestPlant::embedded().await;
    plant.worker(94).take("MK-0002", "ARM").await;
    let mut sold = Stream::open(&plant, "/vivo/tablero?operacion=SOLD&orden=persona").await;
    let first = sold.named("").await;
    assert!(first.contains("hx-get=\"/tablero?operacion=SOLD&#38;orden=persona\"") && !first.contains("MK-"), "{first}");
    sold.named("latido").await;
    let mut wall = Stream::open(&plant, "/vivo/kiosko?nv=NV0650&operacion=SOLD").await;
    wall.named("latido").await;
    plant.worker(95).take("MK-ARMADO", "SOLD").await;
    for (stream, target) in [(&mut sold, "#tablero"), (&mut wall, "#muro")] {
        loop {
            let picture = stream.named("").await;
            assert!(picture.contains(&format!("hx-target=\"{target}\"")) && !picture.contains("<b>0002</b>"), "{picture}");
            if picture.contains("<b>ARMADO</b>") {
                break;
            }
        }
    }
    assert_eq!(plant.get("/vivo/tablero?operacion=PINTURA").await.status, 400);
}

#[tokio::test]
async fn the_heartbeat_says_which_day_the_plant_has_and_work_that_ends_past_midnight_is_of_that_day() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    let mut list = Stream::open(&plant, "/vivo/carretes").await;
    let beat: Value = serde_json::from_str(&list.named("latido").await).unwrap();
    assert_eq!(beat["hoy"], "2026-11-21");
    plant.later(chrono::Duration::hours(14));
    let mut list = Stream::open(&plant, "/vivo/carretes").await;
    let beat: Value = serde_json::from_str(&list.named("latido").await).unwrap();
    let today = beat["hoy"].as_str().unwrap();
    let path = format!("/carretes/{}/completar", id(&plant, "MK-0001").await);
    assert_eq!(tap(&plant, &path, &[("trabajador", "93"), ("fecha", today)]).await.status, 200);
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    assert_eq!(cell(&plant.stored().operaciones, 2, "Fecha_Armado"), Cell::date(day));
}

#[tokio::test]
async fn lists_are_told_when_a_row_that_they_show_has_got_another_name() {
    let google = Google::with(book_of(&small_plant())).await;
    google.quota(60_000, 60_000);
    let plant = TestPlant::at_google(&google, None).await;
    eventually("actions work", async || plant.get("/ready").await.status == 200).await;
    let spool = id(&plant, "MK-0001").await;
    let mut list = Stream::open(&plant, "/vivo/carretes").await;
    list.named("latido").await;
    // Who was told of one row has been looked for with all the others.
    google.human(BOOK, |office| office.types("Operaciones", "Fecha_Materiales", 3, "03-11-2026"));
    list.named(&format!("carrete-{}", id(&plant, "MK-0002").await)).await;
    google.human(BOOK, |office| office.types("Operaciones", "TAG_SPOOL", 2, "MK-0001-B"));
    list.named("resync").await;
    // Whoever was faster than that is told what happened, and not a number that he has never seen.
    let one = tap(&plant, &format!("/carretes/{spool}/pausar"), &[("trabajador", "93")]).await;
    let several = tap(&plant, "/carretes/soltar", &[("trabajador", "93"), ("carretes", &spool)]).await;
    assert_eq!((one.status, several.status), (404, 200));
    for said in [one.text, several.text] {
        assert!(said.contains("cambió en la planilla") && !said.contains(&spool), "{said}");
    }
}

#[tokio::test]
async fn a_worker_whose_spool_was_freed_hears_it_within_a_second_also_on_his_board_and_nobody_else_does() {
    let plant = TestPlant::embedded().await;
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 200);
    let his = ["/vivo/tablero?trabajador=93", "/vivo/tablero?trabajador=93&operacion=ARM"];
    let others = ["/vivo/tablero?trabajador=94", "/vivo/tablero", "/vivo/tablero?operacion=ARM", "/vivo/kiosko"];
    let mut streams = Vec::new();
    for path in his.into_iter().chain(others) {
        let mut stream = Stream::open(&plant, path).await;
        stream.named("latido").await;
        streams.push((path, stream));
    }
    let name = format!("carrete-{}", id(&plant, "MK-0001").await);
    freed(&plant, "MK-0001").await;
    for (path, stream) in &mut streams {
        let mut told = Vec::new();
        while let Ok(message) = timeout(Duration::from_secs(1), stream.next()).await {
            told.push(message.expect("the stream goes on"));
        }
        let losses: Vec<&Message> = told.iter().filter(|(_, data)| data.contains("aviso")).collect();
        assert_eq!(losses.len(), usize::from(his.contains(path)), "{path}: {told:?}");
        for (found, data) in losses {
            let told: Value = serde_json::from_str(data).unwrap();
            assert_eq!((found, &told["aviso"]["para"]), (&name, &93.into()));
            let text = told["aviso"]["texto"].as_str().unwrap();
            assert!(text.contains("El supervisor liberó MK-0001") && text.contains("fin de turno"), "{text}");
        }
        assert!(told.iter().any(|(name, data)| name.is_empty() && data.contains("hx-partial")), "{path} is painted anew");
    }
}
