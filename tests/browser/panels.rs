//! What a supervisor sees of a workbook with all that real ones have, and of a program that cannot do all of its work.

use crate::locked::{LOCKED, desk, first_supervisor, sent, tablet};
use crate::served::{Served, ready};
use crate::stand_in::Google;
use crate::stand_in::plant::{BOOK, Plant};
use crate::tab::in_browser;
use crate::{SETTLED, TAG, button};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_sees_what_is_wrong_in_the_workbook_what_is_left_lying_and_what_waits() {
    let google = Google::with(Plant::of(300).dirty().build()).await;
    google.human(BOOK, |office| office.edits("Roles", "B4", "Jardinero"));
    let served = Served::at_google(&google, &LOCKED).await;
    first_supervisor(&served).await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor").await;
        for part in ["Vencidos", "Parados", "Bloqueados", "Ocupados"] {
            desk.sees(part).await;
        }
        let marks: (u32, u32) = desk
            .ask("['VENCIDO', 'PARADO'].map((mark) => [...document.querySelectorAll('.chip.loud')].filter((el) => el.textContent === mark).length)")
            .await;
        assert!(marks.0 > 0 && marks.1 > 0, "marks {marks:?}");
        desk.click("a[href='/supervisor?ver=parados']").await;
        desk.until("location.search === '?ver=parados' && !!document.querySelector('tbody tr')").await;
        desk.shoot("supervisor-parados").await;
        desk.click("a[href='/supervisor/datos']").await;
        for kind in ["Fecha que no se puede leer", "TAG que no se puede leer", "Ocupado sin operación (a medias)", "Relleno en vez de una celda vacía", "TAG repetidos", "Nelson Rojas"] {
            desk.sees(kind).await;
        }
        let place: String = desk.ask("[...document.querySelectorAll('tr')].find((row) => row.innerText.includes('abc'))?.cells[1].innerText ?? ''").await;
        assert!(place.contains("Operaciones, fila 38") && place.contains("Fecha_Armado"), "sheet, row and column: {place}");
        desk.shoot("supervisor-datos").await;
        // The tab of the audit is gone: work goes on, what waits is said on every page, and it follows.
        let tablet = tablet(browser, &served, &desk, "Armado 1").await;
        let audit = google.book(BOOK).by_title("Metadata").unwrap().clone();
        google.human(BOOK, |office| office.deletes_sheet("Metadata"));
        tablet.goto(&served.at("/carretes?trabajador=91&ver=disponibles")).await;
        tablet.until(SETTLED).await;
        tablet.tap("#tomar form[action$='/tomar'] button").await;
        tablet.sees("tomad").await;
        desk.goto(&served.at("/supervisor")).await;
        desk.sees("1 registro de auditoría espera en este equipo").await;
        desk.click(".said.bad a[href='/supervisor/salud']").await;
        desk.sees("1 ESPERA").await;
        desk.sees("responden en menos de 1 ms").await;
        desk.shoot("supervisor-salud-auditoria").await;
        google.human(BOOK, |office| office.restores_sheet(audit));
        desk.until("fetch('/supervisor').then((page) => page.text()).then((page) => !page.includes('auditoría espera'))").await;
        desk.goto(&served.at("/supervisor/salud")).await;
        desk.sees("al día").await;
        assert_eq!(desk.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_a_supervisor_sees_who_comes_too_late_and_who_did_what_on_which_tablet() {
    let served = crate::locked::locked(&[ready(TAG)]).await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor").await;
        let [mine, theirs] = [
            tablet(browser, &served, &desk, "Armado 1").await,
            tablet(browser, &served, &desk, "Armado 2").await,
        ];
        mine.goto(&served.at("/carretes?trabajador=93")).await;
        mine.until(SETTLED).await;
        mine.tap(&button(TAG, "tomar")).await;
        mine.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await;
        let late = sent("/api/occupation/tomar", &json!({"tag_spool": TAG, "worker_id": 94, "operacion": "ARM"}));
        for _ in 0..3 {
            assert_eq!(theirs.ask::<(u16, String)>(&late).await.0, 409);
        }
        desk.goto(&served.at("/supervisor/salud")).await;
        for told in ["75,0 %", "SOBRE LA ALERTA", "Los más disputados", TAG] {
            desk.sees(told).await;
        }
        desk.shoot("supervisor-salud").await;
        desk.click("a[href='/supervisor/actividad']").await;
        for told in ["TOMAR ARM", "Marta Ríos", "Armado 1", "Armado 2"] {
            desk.sees(told).await;
        }
        desk.ask::<bool>("(() => { [...document.querySelectorAll('a[href^=\"/diagnostico?tableta\"]')].find((a) => a.textContent === 'Armado 2').id = 'segunda'; return true; })()").await;
        desk.click("#segunda").await;
        desk.sees("Qué se hizo en la tableta Armado 2").await;
        desk.sees("409 SPOOL_OCCUPIED").await;
        desk.sees("POST /api/occupation/tomar").await;
        desk.shoot("diagnostico-tableta").await;
        assert_eq!(desk.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h3_a_supervisor_sees_the_last_errors_and_that_the_locks_do_not_answer_without_any_secret() {
    // Nobody listens on this port: who holds what cannot be found out.
    let served = Served::set(&[ready(TAG)], 4, &[("REDIS_URL", "redis://:s3creta@127.0.0.1:1")]).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 503);
    in_browser(async |browser| {
        let desk = served.desk(browser, "/supervisor/salud").await;
        for told in ["NO RESPONDEN", "503 REDIS_NO_DISPONIBLE", "POST /api/occupation/tomar"] {
            desk.sees(told).await;
        }
        desk.shoot("supervisor-salud-redis").await;
        let page: String = desk.ask("document.documentElement.outerHTML").await;
        assert!(!page.contains("s3creta"));
    })
    .await;
}
