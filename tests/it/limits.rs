//! What grows: people, spools, audit rows, the size of a batch.

use crate::pages::{Screen, id, tap};
use crate::support::{TestPlant, row, sheet};
use serde_json::json;
use spoolboard::domain::Cell;
use spoolboard::plant::BATCH;
use spoolboard::workbook::Sheets;
use std::collections::HashSet;
use std::sync::Arc;

/// A plant of so many spools that are ready for ARM.
fn of_spools(count: usize) -> impl FnOnce(&mut Sheets) {
    move |sheets: &mut Sheets| {
        let rows = (1..=count).map(|number| row(&format!("MK-{number:05}"), "1335", &[]));
        sheets.operaciones.rows = (2..).zip(rows).collect();
    }
}

#[tokio::test]
async fn c7_people_are_read_once_and_an_edit_of_them_shows_after_the_next_start() {
    let plant = TestPlant::embedded().await;
    let people = || Arc::clone(&plant.running.app.plant.view().people);
    let before = people();
    for path in
        ["/", "/carretes?trabajador=93", "/tablero", "/kiosko", "/registro?trabajador=93", "/api/workers", "/historial/MK-0001"]
    {
        assert_eq!(plant.get(path).await.status, 200, "{path}");
    }
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 200);
    assert!(Arc::ptr_eq(&before, &people()), "neither a request nor a change reads the people again");
    drop(before);

    let plant = plant
        .restarted_after(|sheets| {
            let newcomer = vec![Cell::Number(200.0), Cell::text("Elsa"), Cell::text("Mora"), Cell::Bool(true)];
            let place = sheets.trabajadores.rows.len() as u32 + 2;
            sheets.trabajadores.rows.push((place, newcomer));
            sheets.trabajadores.rows[1].1[3] = Cell::Bool(false);
        })
        .await;
    let names = Screen::open(&plant, "/").await.texts(".person b");
    assert!(names.iter().any(|name| name == "Elsa Mora") && !names.iter().any(|name| name == "Nicolás Ríos"), "{names:?}");
    assert_eq!(plant.worker(94).take("MK-0002", "ARM").await.status, 403, "who was marked as gone may not act");
}

#[tokio::test]
async fn c8_more_spools_than_a_page_holds_are_all_reached_and_the_rest_is_counted() {
    for count in [101usize, 2_000] {
        let plant = TestPlant::edited(of_spools(count)).await;
        let all = plant.get("/api/spools").await;
        assert_eq!((&all.json["total"], all.json["items"].as_array().unwrap().len()), (&json!(count), count));
        let mut address = "/carretes?trabajador=93".to_owned();
        let mut seen = HashSet::new();
        loop {
            let screen = Screen::open(&plant, &address).await;
            assert_eq!(screen.text("#tomar h2 small"), count.to_string(), "the heading counts what is not shown, too");
            seen.extend(screen.texts("article.spool h3"));
            let left = count - seen.len();
            if left == 0 {
                assert_eq!(screen.count("a[rel=next]"), 0);
                break;
            }
            assert_eq!(screen.text("a[rel=next]"), format!("MÁS ({left}) →"));
            address = screen.attribute("a[rel=next]", "href");
        }
        assert_eq!(Screen::open(&plant, "/tablero").await.text("[data-operacion=ARM] b"), count.to_string());
    }
}

#[tokio::test]
async fn c8_the_largest_batch_is_one_number_for_screens_and_clients_and_one_more_is_refused_in_words() {
    let plant = TestPlant::edited(of_spools(2 * BATCH + 1)).await;
    let tags = |from: usize, count: usize| (from..from + count).map(|number| format!("MK-{number:05}")).collect::<Vec<_>>();
    let ask = |tags: Vec<String>| json!({"tag_spools": tags, "worker_id": 93, "operacion": "ARM"});
    let over = plant.post("/api/occupation/batch-tomar", ask(tags(1, BATCH + 1))).await;
    assert_eq!(over.verdict(), (400, "VALIDACION"));
    assert!(over.message().contains(&format!("de 1 a {BATCH} ")), "{}", over.message());
    let full = plant.post("/api/occupation/batch-tomar", ask(tags(1, BATCH))).await;
    assert_eq!((full.status, &full.json["succeeded"]), (200, &json!(BATCH)));

    let mut form = vec![("trabajador", "93".to_owned())];
    for tag in tags(BATCH + 1, BATCH + 1) {
        form.push(("carretes", format!("ARM:{}", id(&plant, &tag).await)));
    }
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let over = tap(&plant, "/carretes/tomar", &form).await;
    assert_eq!(over.status, 400);
    let words = Screen::of(&over).text("hx-partial[hx-target='#alertas'] .toast.bad p");
    assert!(words.contains(&format!("Elegiste {} ", BATCH + 1)) && words.contains(&format!("máximo es {BATCH}.")), "{words}");
    let full = tap(&plant, "/carretes/tomar", &form[..=BATCH]).await;
    assert_eq!(Screen::of(&full).text(".result h2"), format!("Tomaste {BATCH} de {BATCH}"));
}

#[tokio::test]
async fn c9_the_history_of_one_spool_is_found_among_a_hundred_thousand_audit_rows_and_holds_nobody_elses() {
    const ROWS: usize = 100_000;
    let plant = TestPlant::edited(|sheets| {
        let header = ["ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Operacion"];
        let events = (0..ROWS).map(|number| {
            // Of 50 spools; the last of them is named in four rows only.
            let spool = if number % 25_000 == 0 { 60 } else { 1 + number % 49 };
            let event = if number / 25_000 % 2 == 0 { "TOMAR_SPOOL" } else { "PAUSAR_SPOOL" };
            vec![
                Cell::Empty,
                Cell::Date(45_000.0 + number as f64 / 100.0),
                Cell::text(event),
                Cell::text(format!("MK-{spool:04}")),
                Cell::Number(93.0),
                Cell::text("ARM"),
            ]
        });
        sheets.metadata = sheet(&header, events.collect());
    })
    .await;
    let view = plant.running.app.plant.view();
    let events = |number: usize| view.find(&format!("MK-{number:04}")).unwrap().events.len();
    assert_eq!((1..=60).map(events).sum::<usize>(), ROWS, "each row once, in the history of its spool");
    // The record is closed: whatever is answered now was in memory.
    plant.running.app.plant.workbook().close().await;
    assert_eq!(plant.events("MK-0060").await, ["TOMAR_SPOOL", "PAUSAR_SPOOL", "TOMAR_SPOOL", "PAUSAR_SPOOL"]);
    let page = Screen::open(&plant, "/historial/MK-0060").await;
    assert_eq!(page.count("section:nth-of-type(2) tbody tr"), 4);
    assert_eq!(page.count("section:nth-of-type(1) .step"), 2);
}
