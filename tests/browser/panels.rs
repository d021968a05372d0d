//! What a supervisor sees of a workbook with all that real ones have, and of a program that cannot do all of its work.

use crate::locked::{LOCKED, desk, first_supervisor, sent, tablet, write};
use crate::served::{Served, ready};
use crate::stand_in::Google;
use crate::stand_in::plant::{BOOK, Plant};
use crate::tab::{Tab, in_browser};
use crate::{SETTLED, TAG, WALL, button};
use rusqlite::Connection;
use serde_json::json;
use std::time::Duration;

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
        let pause = sent("/api/occupation/pausar", &json!({"tag_spool": TAG, "worker_id": 93}));
        for status in [200, 410] {
            assert_eq!(mine.ask::<(u16, String)>(&pause).await.0, status);
        }
        desk.goto(&served.at("/supervisor/salud")).await;
        for told in ["75,0 %", "20,0 %", "SOBRE LA ALERTA", "Los más disputados", TAG] {
            desk.sees(told).await;
        }
        let marked: Vec<String> = desk.ask("[...document.querySelectorAll('.tile.loud b')].map((share) => share.textContent)").await;
        assert_eq!(marked, ["75,0 %", "20,0 %"], "too late, and not theirs any more");
        desk.shoot("supervisor-salud").await;
        desk.click("a[href='/supervisor/actividad']").await;
        for told in ["TOMAR ARM", "Marta Ríos", "Armado 1", "Armado 2"] {
            desk.sees(told).await;
        }
        let first = line(&desk, "Armado 1").await;
        assert!(first[1].as_bytes().get(2) == Some(&b':') && first[2].ends_with('m'), "when it was last heard: {first:?}");
        assert!(!first[3].is_empty() && !first[3].contains("ANTERIOR"), "of this build: {first:?}");
        desk.ask::<bool>("(() => { [...document.querySelectorAll('a[href^=\"/diagnostico?tableta\"]')].find((a) => a.textContent === 'Armado 2').id = 'segunda'; return true; })()").await;
        desk.click("#segunda").await;
        desk.sees("Qué se hizo en la tableta Armado 2").await;
        desk.sees("409 SPOOL_OCCUPIED").await;
        desk.sees("POST /api/occupation/tomar").await;
        let took: Vec<String> = desk.ask("[...document.querySelectorAll('section tr td:nth-child(5)')].map((cell) => cell.innerText)").await;
        let is_time = |took: &String| took.strip_suffix(" ms").is_some_and(|number| number.parse::<u32>().is_ok());
        assert!(took.len() > 3 && took.iter().all(is_time), "how long each answer took: {took:?}");
        desk.shoot("diagnostico-tableta").await;
        assert_eq!(desk.complaints(), Vec::<String>::new());
    })
    .await;
}

/// The cells of a tablet's line in the list of tablets.
async fn line(desk: &Tab, name: &str) -> Vec<String> {
    let found = format!(
        "[...document.querySelectorAll('tr:has(a[href^=\"/diagnostico?tableta\"])')].find((row) => row.cells[0].innerText === {})",
        json!(name)
    );
    desk.until(&format!("document.readyState === 'complete' && !!({found})")).await;
    desk.ask(&format!("[...({found}).cells].map((cell) => cell.innerText.trim())")).await
}

/// The file with what was done on tablets.
fn trail(served: &Served) -> Connection {
    let file = Connection::open(served.data().join("tablets.db")).unwrap();
    file.busy_timeout(Duration::from_secs(5)).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_a_supervisor_sees_which_tablet_is_kept_on_an_old_page_and_which_one_is_heard_no_more() {
    let served = crate::locked::locked(&[ready(TAG)]).await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor").await;
        let [kept, silent] = [
            tablet(browser, &served, &desk, "Armado 1").await,
            tablet(browser, &served, &desk, "Armado 2").await,
        ];
        kept.goto(&served.at("/carretes?trabajador=93")).await;
        kept.sees("CONECTADO").await;
        kept.until(SETTLED).await;
        // Its page was made before this server was, and what is typed on it keeps it.
        kept.ask::<bool>("Boolean(document.body.dataset.build = '0.0.9-de-ayer')").await;
        write(&kept, "#q", TAG).await;
        desk.until("fetch('/diagnostico').then((page) => page.text()).then((page) => page.includes('0.0.9-de-ayer'))").await;
        kept.offline(true).await;
        silent.goto("about:blank").await;
        let name = async |name: &str| {
            desk.goto(&served.at("/supervisor/actividad")).await;
            line(&desk, name).await
        };
        assert!(!name("Armado 2").await.join(" ").contains("CALLADA"));
        let id = "[...document.querySelectorAll('a[href^=\"/diagnostico?tableta\"]')].find((a) => a.textContent === 'Armado 2').href.split('=')[1]";
        let id: String = desk.ask(id).await;
        assert!(trail(&served).execute("UPDATE step SET at = at - 16 * 60000 WHERE tablet = ?1", [id]).unwrap() > 0);
        let (old, gone) = (name("Armado 1").await, name("Armado 2").await);
        assert_eq!(old[3], "0.0.9-de-ayer ANTERIOR", "{old:?}");
        assert!(gone[2].starts_with("16m") && gone[2].ends_with("CALLADA") && !gone[3].contains("ANTERIOR"), "{gone:?}");
        assert!(!old[2].contains("CALLADA"), "{old:?}");
        desk.shoot("supervisor-actividad-tabletas").await;
        desk.goto(&served.at("/diagnostico")).await;
        assert_eq!(line(&desk, "Armado 1").await[2], "0.0.9-de-ayer (anterior)");
        // A stream says it, too: it is what a tablet that nobody touches asks.
        let streams = "SELECT count(*), count(nullif(build, '')) FROM step WHERE what LIKE 'GET /vivo/%'";
        let streams = trail(&served).query_row(streams, [], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?))).unwrap();
        assert!(streams.0 > 0 && streams.0 == streams.1, "opened, and with a build: {streams:?}");
        assert_eq!(desk.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_a_supervisor_goes_back_over_a_day_of_more_acts_and_more_steps_than_a_page_holds() {
    let tags: Vec<String> = (1..=320).map(|number| format!("MK-1346-TW-28082-{number:03}")).collect();
    let served = Served::with(&tags.iter().map(|tag| ready(tag)).collect::<Vec<_>>(), 4).await;
    for tags in tags.chunks(40) {
        let batch = json!({"tag_spools": tags, "worker_id": 93, "operacion": "ARM"});
        assert_eq!(served.send("/api/occupation/batch-tomar", batch).await, 200);
    }
    in_browser(async |browser| {
        let desk = served.desk(browser, "/supervisor/actividad").await;
        let rows = |part: &str| format!("document.querySelectorAll('{part} tbody tr').length");
        let day = rows("section[aria-labelledby=t-dia]");
        desk.sees("Se muestran 300 de 320").await;
        assert_eq!(desk.ask::<u32>(&day).await, 300);
        desk.click("section[aria-labelledby=t-dia] a[href*='antes=']").await;
        desk.until(&format!("document.readyState === 'complete' && {day} === 20")).await;
        assert!(desk.ask::<bool>("!document.querySelector('a[href*=\"antes=\"]')").await, "these are the first");
        // As many steps as on a busy tablet.
        let mut file = trail(&served);
        let steps = file.transaction().unwrap();
        let step =
            "INSERT INTO step SELECT max(at) + ?1, tablet, build, 'POST /rastro', ?2, 204, '', 1 FROM step GROUP BY tablet";
        for number in 0..520 {
            steps.execute(step, rusqlite::params![i64::from(number == 0), format!("que=paso {number:03}")]).unwrap();
        }
        steps.commit().unwrap();
        desk.goto(&served.at("/diagnostico")).await;
        desk.click("a[href^='/diagnostico?tableta']").await;
        let steps = rows("section:first-of-type");
        desk.until(&format!("document.readyState === 'complete' && {steps} === 500")).await;
        desk.sees("paso 519").await;
        assert!(!desk.ask::<bool>("document.body.innerText.includes('paso 000')").await);
        desk.click("section:first-of-type a[href*='antes=']").await;
        desk.until("document.readyState === 'complete' && document.body.innerText.includes('paso 000')").await;
        desk.sees("GET /supervisor/actividad").await;
        assert!(desk.ask::<bool>("!document.querySelector('section:first-of-type a[href*=\"antes=\"]')").await);
        assert_eq!(desk.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_idle_and_what_is_held_too_long_is_marked_on_card_board_and_wall() {
    let google = Google::with(Plant::of(40).build()).await;
    let served = Served::at_google(&google, &[]).await;
    in_browser(async |browser| {
        let desk = served.desk(browser, "/supervisor?ver=parados").await;
        desk.until("document.readyState === 'complete' && !!document.querySelector('tbody th.tag a')").await;
        let idle: String = desk.ask("document.querySelector('tbody th.tag a').textContent").await;
        let tablet = served.tablet(browser, &format!("/carretes?trabajador=91&ver=todo&q={idle}")).await;
        let card = |mark: &str| format!("[...document.querySelectorAll('article.spool')].some((card) => [...card.querySelectorAll('.chip.loud')].some((chip) => chip.textContent === '{mark}'))");
        tablet.until(&card("PARADO")).await;
        tablet.shoot("carretes-parado").await;
        tablet.goto(&served.at("/carretes?trabajador=91&ver=ocupados")).await;
        tablet.until(&card("VENCIDO")).await;
        tablet.shoot("carretes-vencido").await;
        for (path, size, mark) in [("/tablero", crate::DESK, ("tr.overdue .chip.loud", "VENCIDO")), ("/kiosko", WALL, (".pagina:not([hidden]) li.overdue .late", "!"))] {
            let screen = Tab::open(browser, &served.at(path), size, false).await;
            screen.until(&format!("document.querySelector('{}')?.textContent === '{}'", mark.0, mark.1)).await;
            for told in ["VENCIDO", "Parados"] {
                screen.sees(told).await;
            }
            screen.shoot(&format!("{}-vencido", path.trim_start_matches('/'))).await;
            assert_eq!(screen.complaints(), Vec::<String>::new());
        }
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
