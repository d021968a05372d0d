//! What is answered is what is so: success is something written, a failure looks like nothing else.

use crate::pages::{Screen, id, tap};
use crate::support::{Reply, TestPlant, fresh, row};
use chrono::NaiveDate;
use reqwest::Method;
use rusqlite::types::Value as Stored;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use spoolboard::domain::Cell;
use spoolboard::workbook::sqlite::FILE;

/// What may be asked of one spool, and by whom.
const VERBS: [&str; 8] = ["tomar", "pausar", "completar", "cancelar", "deshacer", "aprobar", "rechazar", "otro"];

/// A spool's cells as they lie on the disk, and how many audit rows it has.
type OnDisk = (Vec<Stored>, i64);

/// A name, the operation that is tried there, and the cells that make it.
type State = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const ARMED: [(&str, &str); 2] = [("Armador", "MR(93)"), ("Fecha_Armado", "10-11-2026")];
const WELDED: [(&str, &str); 4] = [ARMED[0], ARMED[1], ("Soldador", "CP(95)"), ("Fecha_Soldadura", "12-11-2026")];
const REJECTED: [(&str, &str); 5] =
    [WELDED[0], WELDED[1], WELDED[2], WELDED[3], ("Estado_Detalle", "RECHAZADO (Ciclo 1/3) - Pendiente reparación")];

fn on_disk(record: &Connection, tag: &str) -> OnDisk {
    let cells = record.query_row("SELECT * FROM operaciones WHERE TAG_SPOOL = ?1", [tag], |found| {
        (0..found.as_ref().column_count()).map(|place| found.get(place)).collect::<Result<Vec<Stored>, _>>()
    });
    let audit = record.query_row("SELECT count(*) FROM metadata WHERE TAG_SPOOL = ?1", [tag], |found| found.get(0));
    (cells.unwrap(), audit.unwrap())
}

async fn ask(plant: &TestPlant, verb: &str, tag: &str, operation: &str, last: &str) -> Reply {
    let (helper, inspector) = (plant.worker(101), plant.worker(96));
    match verb {
        "tomar" => helper.take(tag, operation).await,
        "otro" => plant.worker(102).take(tag, operation).await,
        "pausar" => helper.pause(tag).await,
        "completar" => helper.complete(tag).await,
        "cancelar" => helper.cancel(tag).await,
        "deshacer" => helper.undo(tag, last).await,
        "aprobar" => inspector.inspect(tag, "APROBADO").await,
        _ => inspector.inspect(tag, "RECHAZADO").await,
    }
}

#[tokio::test]
async fn d6_every_200_has_changed_the_row_on_the_disk_and_every_refusal_has_left_it() {
    let states: [State; 4] =
        [("LIBRE", "ARM", &[]), ("ARMADO", "SOLD", &ARMED), ("SOLDADO", "ARM", &WELDED), ("RECHAZADO", "REPARACION", &REJECTED)];
    let pairs = || VERBS.into_iter().flat_map(|first| VERBS.into_iter().map(move |second| (first, second)));
    let plant = TestPlant::edited(|sheets| {
        let rows = states.iter().flat_map(|(state, _, cells)| {
            pairs().map(move |(first, second)| row(&format!("MK-{state}-{first}-{second}"), "1335", cells))
        });
        sheets.operaciones.rows = (2..).zip(rows).collect();
    })
    .await;
    let record = Connection::open_with_flags(plant.data().join(FILE), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let (mut landed, mut refused) = (0, 0);
    for (state, operation, _) in states {
        for (first, second) in pairs() {
            let tag = format!("MK-{state}-{first}-{second}");
            for verb in ["tomar", first, second] {
                let history = plant.get(&format!("/api/history/{tag}")).await;
                let last = history.json["events"]
                    .as_array()
                    .unwrap()
                    .last()
                    .map_or_else(fresh, |event| event["id"].as_str().unwrap().to_owned());
                let before = on_disk(&record, &tag);
                let reply = ask(&plant, verb, &tag, operation, &last).await;
                let after = on_disk(&record, &tag);
                let what = format!("{tag}, {verb}: {} {}", reply.status, reply.message());
                // To take what one has already is no change, and is said to be none.
                if reply.status == 200 && !reply.message().starts_with("Ya tienes") {
                    assert_ne!(before.0, after.0, "{what}");
                    assert_eq!(before.1 + 1, after.1, "{what}");
                    landed += 1;
                } else {
                    assert_eq!(before, after, "{what}");
                    assert!(reply.status < 500, "{what}");
                    refused += 1;
                }
            }
        }
    }
    assert!(landed > 150 && refused > 150, "{landed} landed, {refused} refused: the sequences reach both");
}

#[tokio::test]
async fn e6_every_screen_answers_on_a_plant_full_empty_and_closed() {
    let routes = include_str!("../../src/web/pages/mod.rs");
    let gets = routes.split(".route(\"").skip(1).filter(|rest| rest.contains("get("));
    let mut pages: Vec<String> = gets.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert!(pages.len() >= 6, "{pages:?}");
    let plant = TestPlant::embedded().await;
    let spool = id(&plant, "MK-0001").await;
    for page in &mut pages {
        *page = page.replace("{id}", &spool).replace("{*tag}", "MK-0001");
        if page.starts_with("/carretes") || page == "/registro" {
            page.push_str("?trabajador=93");
        }
        if page == "/escaneo" {
            page.push_str("?trabajador=93&tag=MK-0001");
        }
    }
    let empty = TestPlant::edited(|sheets| sheets.operaciones.rows.clear()).await;
    for page in &pages {
        let reply = plant.get(page).await;
        assert_eq!(reply.status, 200, "{page}");
        assert!(reply.text.contains("</") || page.ends_with(".csv"), "{page}: {}", reply.text);
        if !page.contains(&spool) && !page.contains("MK-0001") {
            assert_eq!(empty.get(page).await.status, 200, "{page} without spools");
        }
    }
    plant.running.app.plant.workbook().close().await;
    for page in &pages {
        assert_eq!(plant.get(page).await.status, 200, "{page} while the record is closed");
    }
}

#[tokio::test]
async fn e7_without_redis_one_process_serves_the_whole_cycle_and_says_so() {
    let plant = TestPlant::embedded().await;
    for path in ["/", "/tablero"] {
        assert!(plant.get(path).await.text.contains("Modo un servidor"), "{path}");
    }
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 200);
    assert_eq!(plant.worker(94).take("MK-0001", "ARM").await.status, 409);
    assert_eq!(plant.worker(93).complete("MK-0001").await.status, 200);
    let ready = plant.get("/ready").await;
    assert_eq!((ready.status, &ready.json["locks"]["adapter"]), (200, &json!("memory")), "{}", ready.text);
}

#[tokio::test]
async fn f3_an_audit_row_holds_true_dates_a_plain_day_and_the_instant_in_iso() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    let complete = json!({"tag_spool": "MK-0001", "worker_id": 93, "fecha_operacion": "2026-11-20"});
    assert_eq!(plant.post("/api/occupation/completar", complete).await.status, 200);
    let audit = plant.stored().metadata;
    let cell = |number: usize, name: &str| audit.rows[number].1[audit.place(name).unwrap()].clone();
    let day = |day| Cell::date(NaiveDate::from_ymd_opt(2026, 11, day).unwrap());
    for (number, date, event) in [(0, 21, "TOMAR_SPOOL"), (1, 20, "COMPLETAR_ARM")] {
        assert_eq!(cell(number, "Evento_Tipo"), Cell::text(event));
        let (stored, expected) = (cell(number, "Fecha_Operacion"), day(date));
        assert!(matches!(stored, Cell::Date(_)), "{stored:?} is text that no formula of the workbook understands");
        assert_eq!(stored, expected);
        let Cell::Date(timestamp) = cell(number, "Timestamp") else { panic!("{:?}", cell(number, "Timestamp")) };
        let noon = (timestamp.fract() * 1_440.0).round();
        assert_eq!(noon, 642.0, "10:42 on the plant's wall");
        let notes: Value = serde_json::from_str(&cell(number, "Metadata_JSON").display()).unwrap();
        assert_eq!(notes["utc"], "2026-11-21T13:42:00Z");
    }
}

#[tokio::test]
async fn g9_a_record_that_cannot_be_reached_never_looks_like_a_plant_without_spools() {
    let plant = TestPlant::embedded().await;
    plant.worker(94).take("MK-0001", "ARM").await;
    plant.running.app.plant.workbook().close().await;
    for path in ["/carretes?trabajador=93", "/carretes?trabajador=93&ver=ocupados", "/tablero", "/kiosko", "/"] {
        let text = plant.get(path).await.text;
        assert!(!text.contains("No hay carretes") && !text.contains("No hay trabajadores"), "{path}: {text}");
    }
    let list = Screen::open(&plant, "/carretes?trabajador=93").await;
    assert!(list.count("article.spool") > 0 && list.count(".empty") == 0);
    assert_eq!(Screen::open(&plant, "/tablero").await.text("#total-ocupados"), "1");
    assert_eq!(plant.get("/api/spools").await.json["total"], 69);
    // A list that is truly empty says so, and says why.
    let empty = TestPlant::edited(|sheets| sheets.operaciones.rows.clear()).await;
    assert!(Screen::open(&empty, "/carretes?trabajador=93").await.text(".empty").contains("No hay carretes aquí ahora."));
    // A failure is neither.
    let failed = plant.get("/carretes?trabajador=999").await;
    let page = Screen::of(&failed);
    assert_eq!((failed.status, page.count("[role=alert] .big"), page.count(".empty")), (404, 1, 0));
    assert!(page.texts("a.button").contains(&"ELEGIR NOMBRE".to_owned()), "what to do next");
}

#[tokio::test]
async fn i8_the_answer_to_each_action_is_the_card_as_it_is_now_and_what_was_done() {
    let plant = TestPlant::embedded().await;
    let spool = id(&plant, "MK-0001").await;
    let welded = id(&plant, "MK-SOLDADO").await;
    let other = id(&plant, "MK-0002").await;
    for (worker, spool, verb, more, class, says) in [
        ("93", &spool, "tomar", Some(("operacion", "ARM")), "mine", "ARM tomado"),
        ("93", &spool, "pausar", None, "paused", "ARM pausado"),
        ("93", &spool, "tomar", Some(("operacion", "ARM")), "mine", "ARM tomado"),
        ("93", &spool, "completar", Some(("fecha", "2026-11-20")), "done", "ARM completado"),
        ("93", &other, "tomar", Some(("operacion", "ARM")), "mine", "ARM tomado"),
        ("93", &other, "cancelar", None, "free", "ARM cancelado"),
        ("96", &welded, "metrologia", Some(("resultado", "RECHAZADO")), "rejected", "METROLOGÍA rechazada"),
        ("98", &welded, "tomar", Some(("operacion", "REPARACION")), "mine", "REPARACIÓN tomada"),
        ("98", &welded, "completar", Some(("fecha", "2026-11-21")), "done", "REPARACIÓN completada"),
        ("96", &welded, "metrologia", Some(("resultado", "APROBADO")), "done", "METROLOGÍA aprobada"),
    ] {
        let fields: Vec<_> = [("trabajador", worker)].into_iter().chain(more).collect();
        let reply = tap(&plant, &format!("/carretes/{spool}/{verb}"), &fields).await;
        let answer = Screen::of(&reply);
        let card = format!("hx-partial[hx-target='#spool-{spool}'] article#spool-{spool}.{class}");
        assert_eq!((reply.status, answer.count(&card)), (200, 1), "{verb}, {card}: {}", reply.text);
        let toast = answer.text("hx-partial[hx-target='#toasts'] .toast.good p");
        assert!(toast.starts_with(says), "{verb}: {toast}");
        let undo = answer.attribute("input[name=evento]", "value");
        assert!(!undo.is_empty(), "{verb}: what may be taken back is named");
        if verb == "cancelar" {
            let undone = tap(&plant, &format!("/carretes/{spool}/deshacer"), &[("trabajador", worker), ("evento", &undo)]).await;
            assert_eq!(Screen::of(&undone).count(&format!("article#spool-{spool}.mine")), 1, "{}", undone.text);
        }
    }
}

#[tokio::test]
async fn i9_a_workbook_that_refuses_is_503_in_one_sentence_on_the_page_in_the_toast_and_in_the_api() {
    let closed = TestPlant::embedded().await;
    let spool = id(&closed, "MK-0001").await;
    closed.running.app.plant.workbook().close().await;
    let without = TestPlant::edited(|sheets| {
        let header = &mut sheets.operaciones.header;
        let place = header.iter().position(|name| name == "Fecha_Ocupacion").unwrap();
        header[place] = "Otra cosa".into();
    })
    .await;
    for (plant, why) in [(&closed, "closed"), (&without, "a column is gone")] {
        let form = [("trabajador", "93"), ("operacion", "ARM")];
        let path = format!("/carretes/{spool}/tomar");
        let api = plant.worker(93).take("MK-0001", "ARM").await;
        assert_eq!(api.verdict(), (503, "SHEETS_NO_DISPONIBLE"), "{why}: {}", api.text);
        let sentence = api.message().to_owned();
        assert!(sentence.contains("no se guardó nada") && sentence.ends_with('.'), "{why}: {sentence}");
        let toast = tap(plant, &path, &form).await;
        let shown = Screen::of(&toast);
        assert_eq!(toast.status, 503, "{why}");
        assert!(shown.text("hx-partial[hx-target='#alertas'] .toast.bad p").starts_with(&sentence), "{why}: {}", toast.text);
        assert_eq!(shown.count("article"), 0, "{why}: the card stays as it is, with what was typed on it");
        let page = plant.send(plant.request(Method::POST, &path).form(&form)).await;
        assert_eq!((page.status, Screen::of(&page).text("[role=alert] .big")), (503, sentence.clone()), "{why}");
        for reply in [&api, &toast, &page] {
            assert_eq!(reply.headers["retry-after"], "5", "{why}");
        }
        assert_eq!(plant.get("/ready").await.status, 503, "{why}");
        assert_eq!(plant.get("/carretes?trabajador=93").await.status, 200, "{why}: the screens go on showing");
    }
    // Without a sheet of the audit, or of the roles, nothing fails at all.
    let renamed = TestPlant::edited(|sheets| {
        sheets.metadata = Default::default();
        sheets.roles = Default::default();
    })
    .await;
    for path in ["/", "/carretes?trabajador=93", "/tablero", "/historial/MK-0001", "/api/history/MK-0001"] {
        assert_eq!(renamed.get(path).await.status, 200, "{path}");
    }
    let refused = renamed.worker(93).take("MK-0001", "ARM").await;
    assert_eq!(refused.verdict(), (403, "ROL_NO_AUTORIZADO"));
}

#[tokio::test]
async fn i10_every_success_and_every_line_of_the_history_names_the_operation_and_how_far_it_came() {
    let plant = TestPlant::embedded().await;
    let (helper, inspector) = (plant.worker(101), plant.worker(96));
    let said = |reply: Reply| {
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.message().split(':').next().unwrap().to_owned()
    };
    for (operation, tag, [taken, paused, cancelled, undone, completed]) in [
        ("ARM", "MK-0001", ["ARM tomado", "ARM pausado", "ARM cancelado", "Última acción deshecha (ARM)", "ARM completado"]),
        (
            "SOLD",
            "MK-0001",
            ["SOLD tomado", "SOLD pausado", "SOLD cancelado", "Última acción deshecha (SOLD)", "SOLD completado"],
        ),
        (
            "REPARACION",
            "MK-RECHAZADO",
            [
                "REPARACIÓN tomada",
                "REPARACIÓN pausada",
                "REPARACIÓN cancelada",
                "Última acción deshecha (REPARACIÓN)",
                "REPARACIÓN completada",
            ],
        ),
    ] {
        assert_eq!(said(helper.take(tag, operation).await), taken);
        assert_eq!(said(helper.pause(tag).await), paused);
        assert_eq!(said(helper.take(tag, operation).await), taken);
        assert_eq!(said(helper.cancel(tag).await), cancelled);
        let history = plant.get(&format!("/api/history/{tag}")).await;
        let last = history.json["events"].as_array().unwrap().last().unwrap()["id"].clone();
        assert_eq!(said(helper.undo(tag, last.as_str().unwrap()).await), undone);
        assert_eq!(said(helper.complete(tag).await), completed);
    }
    assert_eq!(said(inspector.inspect("MK-0001", "RECHAZADO").await), "METROLOGÍA rechazada");
    assert_eq!(said(inspector.inspect("MK-RECHAZADO", "APROBADO").await), "METROLOGÍA aprobada");
    let page = Screen::open(&plant, "/historial/MK-0001").await;
    let lines = page.texts("section:nth-of-type(2) tbody th");
    assert_eq!(lines.len(), 13);
    for line in &lines {
        assert!(["ARM", "SOLD", "METROLOGÍA"].iter().any(|operation| line.ends_with(operation)), "{line}");
    }
    assert_eq!((lines[0].as_str(), lines[1].as_str()), ("RECHAZAR METROLOGÍA", "COMPLETAR SOLD"));
}
