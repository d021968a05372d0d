//! A spool's time line, and a worker's own record.

use super::Screen;
use crate::support::{TestPlant, row};
use chrono::Duration;

#[tokio::test]
async fn a_time_line_has_sessions_verdicts_cycles_and_reasons_with_the_newest_above() {
    let plant = TestPlant::embedded().await;
    plant.worker(96).inspect("MK-SOLDADO", "RECHAZADO").await;
    plant.later(Duration::minutes(5));
    plant.worker(98).take("MK-SOLDADO", "REPARACION").await;
    plant.later(Duration::minutes(75));
    let body = serde_json::json!({"tag_spool": "MK-SOLDADO", "worker_id": 98, "motivo": "falta material"});
    assert_eq!(plant.post("/api/occupation/pausar", body).await.status, 200);
    plant.later(Duration::minutes(5));
    plant.worker(98).take("MK-SOLDADO", "REPARACION").await;
    plant.later(Duration::minutes(30));
    let line = Screen::open(&plant, "/historial/MK-SOLDADO").await;
    assert_eq!(line.count("ol.line > li.step"), 3);
    let steps = line.texts("ol.line > li.step");
    assert_eq!(steps[0], "REPARACIÓN Sara Lagos 30m 21-11-2026 12:07 → sigue");
    assert_eq!(steps[1], "REPARACIÓN Sara Lagos 1h 15m 21-11-2026 10:47 → 12:02 pausado: falta material");
    assert_eq!(steps[2], "METROLOGÍA Ana Paz 21-11-2026 10:42 rechazado, ciclo 1/3");
    assert_eq!(line.count("li.running") + line.count("li.ended") + line.count("li.rejected"), 3);
    plant.worker(98).complete("MK-SOLDADO").await;
    plant.worker(96).inspect("MK-SOLDADO", "APROBADO").await;
    let line = Screen::open(&plant, "/historial/MK-SOLDADO").await;
    assert_eq!(line.text("li.approved .step-how"), "aprobado");
    assert!(line.text("li.finished").contains("completado"));
}

#[tokio::test]
async fn a_takeover_names_both_and_what_was_undone_leaves_the_line_but_not_the_list() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.later(Duration::hours(13));
    plant.worker(94).take_over("MK-0001", "ARM").await;
    let line = Screen::open(&plant, "/historial/MK-0001").await;
    assert_eq!(line.texts("li.step .step-who"), ["Nicolás Ríos", "Marta Ríos"]);
    assert_eq!(line.text("li.ended .step-how"), "relevado por Nicolás Ríos");
    plant.worker(94).take("MK-0002", "ARM").await;
    let event = plant.get("/api/history/MK-0002").await.json["events"][0]["id"].as_str().unwrap().to_owned();
    plant.worker(94).undo("MK-0002", &event).await;
    let undone = Screen::open(&plant, "/historial/MK-0002").await;
    assert_eq!(undone.text(".empty"), "Nadie lo ha tomado todavía.");
    assert_eq!(undone.count("table.board tbody tr"), 2, "the audit holds both");
}

#[tokio::test]
async fn an_unknown_tag_is_a_clear_page_and_a_repeated_one_a_choice() {
    let plant = TestPlant::embedded().await;
    let reply = plant.get("/historial/MK-NO-EXISTE").await;
    let page = Screen::of(&reply);
    assert_eq!((reply.status, page.text("h1").as_str()), (404, "No se pudo"));
    assert!(page.text("[role=alert] .big").contains("No existe ningún carrete «MK-NO-EXISTE»"));
    let choice = plant.get("/historial/MK-REPETIDO").await;
    assert_eq!(choice.status, 300);
    let path = Screen::of(&choice).attribute("a.person", "href");
    assert_eq!(Screen::open(&plant, &path).await.text("h2.tag"), "MK-REPETIDO");
}

#[tokio::test]
async fn a_record_is_one_link_from_the_list_and_sums_up_today_and_this_week() {
    let plant = TestPlant::embedded().await;
    let list = Screen::open(&plant, "/carretes?trabajador=93").await;
    let path = list.attribute("a[href^='/registro']", "href");
    assert_eq!(path, "/registro?trabajador=93");
    let empty = Screen::open(&plant, &path).await;
    assert_eq!(empty.text(".empty"), "Esta semana no hay nada registrado todavía.");
    assert_eq!(empty.attribute(".links a", "href"), "/carretes?trabajador=93");
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.worker(93).take("MK-0002", "ARM").await;
    plant.later(Duration::minutes(90));
    plant.worker(93).complete("MK-0001").await;
    plant.worker(94).take("MK-0003", "ARM").await;
    let mine = Screen::open(&plant, &path).await;
    assert_eq!(mine.texts("#hoy .tile"), ["1ARMterminado", "2Carretes", "1h 30mTiempo con carretes"]);
    assert_eq!(mine.texts("#semana .tile"), mine.texts("#hoy .tile"));
    assert_eq!(mine.texts("table.board th.tag a"), ["MK-0002", "MK-0001"], "what he has now stands first");
    assert_eq!(
        mine.texts("table.board tbody td"),
        [
            "ARM",
            "10:42",
            "sigue",
            "1h 30m",
            "", //
            "ARM",
            "10:42",
            "12:12",
            "1h 30m",
            "✓ completado",
        ]
    );
    // 21-11-2026 is a Saturday: two days later another week has begun.
    plant.worker(93).pause("MK-0002").await;
    plant.later(Duration::days(1));
    let sunday = Screen::open(&plant, &path).await;
    assert_eq!((sunday.text("#hoy .tile"), sunday.text("#semana .tile")), ("0Terminados".into(), "1ARMterminado".into()));
    plant.later(Duration::days(1));
    assert_eq!(Screen::open(&plant, &path).await.count("table.board"), 0);
}

#[tokio::test]
async fn a_record_of_nobody_says_so() {
    let plant = TestPlant::edited(|sheets| sheets.operaciones.rows.push((999, row("MK-X", "1", &[])))).await;
    for (path, status) in [("/registro?trabajador=999", 404), ("/registro?trabajador=97", 403), ("/registro?trabajador=x", 400)] {
        let reply = plant.get(path).await;
        assert_eq!((reply.status, Screen::of(&reply).text("h1").as_str()), (status, "No se pudo"), "{path}");
    }
    assert_eq!(Screen::of(&plant.get("/registro").await).text("h1"), "¿Quién eres?");
}

#[tokio::test]
async fn a_history_that_was_opened_from_a_list_still_says_whose_it_is_and_leads_back() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    let list = Screen::open(&plant, "/carretes?trabajador=93").await;
    let story = Screen::open(&plant, &list.attribute(".chips a[href^='/historial/']", "href")).await;
    assert_eq!(story.text("h1"), "Marta Ríos");
    assert_eq!(story.attribute(".links a", "href"), "/carretes?trabajador=93");
    let record = Screen::open(&plant, "/registro?trabajador=93").await;
    assert_eq!(record.attribute("th.tag a", "href"), list.attribute(".chips a[href^='/historial/']", "href"));
    for nobodys in ["/historial/MK-0001", "/historial/MK-0001?trabajador=4711"] {
        let story = Screen::open(&plant, nobodys).await;
        assert_eq!(story.text("h1"), "Historial", "{nobodys}");
        assert_eq!(story.attribute(".links a", "href"), "/tablero");
    }
}

#[tokio::test]
async fn g14_the_end_of_a_tag_stands_out_alike_on_every_screen() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    for path in ["/carretes?trabajador=93", "/historial/MK-0001", "/registro?trabajador=93", "/tablero", "/kiosko", "/supervisor"]
    {
        let ends = Screen::open(&plant, path).await.texts(".tag b");
        assert!(ends.contains(&"0001".to_owned()), "{path}: {ends:?}");
    }
}
