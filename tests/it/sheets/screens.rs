//! What is shown while the workbook cannot be read, or cannot be written.

use crate::pages::Screen;
use crate::stand_in::Google;
use crate::support::google::{BOOK, book_of};
use crate::support::{TestPlant, eventually, small_plant};
use chrono::Duration;
use serde_json::json;

const PAGES: [&str; 9] = [
    "/",
    "/carretes?trabajador=93",
    "/escaneo?trabajador=93&tag=MK-0001",
    "/tablero",
    "/tablero?nv=NV0650",
    "/tablero.csv",
    "/kiosko",
    "/historial/MK-0001",
    "/registro?trabajador=93",
];

const CALLS: [&str; 6] = [
    "/api/spools",
    "/api/workers",
    "/api/dashboard/occupied",
    "/api/history/MK-0001",
    "/api/occupation/status/MK-0001",
    "/api/sse/stream",
];

async fn google() -> Google {
    let google = Google::with(book_of(&small_plant())).await;
    google.quota(60_000, 60_000);
    google
}

async fn banner(plant: &TestPlant, path: &str) -> String {
    let screen = Screen::open(plant, path).await;
    match screen.count("#sin-conexion[hidden]") {
        0 => screen.text("#sin-conexion"),
        _ => String::new(),
    }
}

#[tokio::test]
async fn g9_until_the_workbook_was_read_nothing_is_said_to_be_empty_or_unknown() {
    let google = google().await;
    google.away(true);
    let plant = TestPlant::at_google(&google, None).await;
    for path in PAGES {
        let page = plant.get(path).await;
        let screen = Screen::of(&page);
        assert_eq!((page.status, screen.text("h1")), (503, "Conectando con la planilla…".into()), "{path}");
        assert!(screen.text(".big").contains("se sigue intentando"), "{path}: {}", page.text);
        assert_eq!(screen.count("#sin-conexion[hidden]"), 1, "{path}: there is nothing to look at, either");
        assert_eq!((&page.headers["refresh"], &page.headers["retry-after"]), (&"5".parse().unwrap(), &"5".parse().unwrap()));
    }
    for path in CALLS {
        let reply = plant.get(path).await;
        assert_eq!(reply.verdict(), (503, "SHEETS_NO_DISPONIBLE"), "{path}");
        assert_eq!(reply.json["detail"], reply.json["message"]);
        assert!(reply.headers.contains_key("retry-after") && !reply.headers.contains_key("refresh"), "{path}");
    }
    let unknown = plant.post("/api/occupation/tomar", json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM"})).await;
    assert_eq!(unknown.verdict(), (503, "SHEETS_NO_DISPONIBLE"));
    let tap = crate::pages::tap(&plant, "/carretes/MK-0001/tomar", &[("trabajador", "93"), ("operacion", "ARM")]).await;
    assert_eq!((tap.status, Screen::of(&tap).count("hx-partial .toast.bad")), (503, 1), "{}", tap.text);
    assert!(!tap.headers.contains_key("refresh"));
    // What needs no workbook is answered all the same.
    for (path, status) in [("/health", 200), ("/api/redis-health", 200), ("/metrics", 200), ("/api/nada", 404)] {
        assert_eq!(plant.get(path).await.status, status, "{path}");
    }
    google.away(false);
    eventually("pages come", async || plant.get("/tablero").await.status == 200).await;
    assert_eq!(plant.get("/api/spools").await.status, 200);
}

#[tokio::test]
async fn c2_a_workbook_that_is_not_shared_is_said_to_be_on_the_first_page() {
    let google = google().await;
    google.share(BOOK, crate::stand_in::ACCOUNT, None);
    let plant = TestPlant::at_google(&google, None).await;
    eventually("it says so", async || plant.get("/").await.text.contains("La planilla no está compartida con esta cuenta."))
        .await;
}

#[tokio::test]
async fn b10_without_a_critical_column_from_the_start_rows_are_shown_and_nobody_is_called_free() {
    let google = google().await;
    google.human(BOOK, |human| human.renames_header("Operaciones", "Ocupado_Por", "Otra"));
    let plant = TestPlant::at_google(&google, None).await;
    eventually("the banner names it", async || {
        plant.get("/").await.status == 200 && banner(&plant, "/").await.contains("falta el encabezado Ocupado_Por")
    })
    .await;
    let list = Screen::open(&plant, "/carretes?trabajador=93&ver=todo").await;
    assert_eq!((list.count("article.spool"), list.count("article.spool.problem"), list.count("article .acts")), (60, 60, 0));
    for path in ["/tablero", "/tablero?operacion=SOLD", "/kiosko", "/kiosko?operacion=SOLD"] {
        let text = Screen::open(&plant, path).await.text("main");
        assert!(
            text.contains("No se sabe quién tiene cada carrete") && !text.contains("No hay carretes ocupados"),
            "{path}: {text}"
        );
    }
    let spools = plant.get("/api/spools?limit=1").await.json;
    assert_eq!(
        (&spools["items"][0]["puede"], &spools["items"][0]["problemas"][0]["columna"]),
        (&json!([]), &json!("Ocupado_Por"))
    );
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.verdict(), (503, "SHEETS_NO_DISPONIBLE"));
    let batch = json!({"tag_spools": ["MK-0001", "MK-0002"], "worker_id": 93, "operacion": "ARM"});
    assert_eq!(plant.post("/api/occupation/batch-tomar", batch).await.status, 503);
    google.human(BOOK, |human| human.renames_header("Operaciones", "Otra", "Ocupado_Por"));
    eventually("the banner goes away", async || banner(&plant, "/").await.is_empty()).await;
    assert!(Screen::open(&plant, "/carretes?trabajador=93").await.count("article .acts") > 0);
}

#[tokio::test]
async fn c5_rows_that_are_old_are_shown_without_actions_and_with_their_age() {
    let google = google().await;
    let plant = TestPlant::at_google(&google, None).await;
    eventually("it is ready", async || plant.get("/ready").await.status == 200).await;
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 200);
    google.human(BOOK, |human| human.renames_header("Operaciones", "Armador", "Otra"));
    eventually("it is seen", async || banner(&plant, "/tablero").await.contains("Armador")).await;
    plant.later(Duration::minutes(12));
    for path in ["/tablero", "/tablero?operacion=ARM"] {
        let board = Screen::open(&plant, path).await;
        assert!(board.text("#sin-conexion").contains("Los datos son de hace 12 minutos."), "{path}");
        assert!(board.text(".as-of").starts_with("Al 21-11-2026 10:42"), "{path}: {}", board.text(".as-of"));
    }
    let wall = Screen::open(&plant, "/kiosko").await;
    assert_eq!((wall.text("#hora-datos"), wall.text("time[data-reloj]")), ("10:42".into(), "10:54".into()));
    let list = Screen::open(&plant, "/carretes?trabajador=93").await;
    assert_eq!((list.count("article.spool.mine"), list.count("article .acts")), (1, 0), "the last good row");
}
