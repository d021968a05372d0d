//! A supervisor at a desk, and the people on the floor to whom his acts happen.

use crate::everybody::AXE;
use crate::look::{PRESSABLE, UNFIT, theme};
use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TAG, WALL, button};
use std::time::Instant;

const DESK: (u32, u32) = (1_280, 800);
const HALF_DONE: &str = "MK-1350-GW-30000-001";
const BLOCKED: &str = "MK-1350-GW-30000-002";

async fn plant() -> Served {
    let welded = |tag: &str, detail| Row { welded: true, detail, ..ready(tag) };
    let rows = [
        ready(TAG),
        ready(NEIGHBOUR),
        Row { held: "MR(93)", ..ready(HALF_DONE) },
        welded(BLOCKED, "BLOQUEADO - Contactar supervisor"),
        welded("MK-1350-GW-30000-003", "METROLOGIA APROBADO ✓"),
        ready("MK-REPETIDO-007"),
        Row { ot: 1_400, ..ready("MK-REPETIDO-007") },
        Row { held: "turno noche", ..ready("MK-1350-GW-30000-004") },
    ];
    Served::with(&rows, 8).await
}

/// The line of a spool in a list of the supervisor.
fn line(tag: &str, button: &str) -> String {
    let tail = tag.rsplit('-').next().unwrap();
    format!(
        "[...document.querySelectorAll('tr')].filter((row) => row.querySelector('.tag b')?.textContent === '{tail}')\
         .map((row) => row.querySelector({button:?})).find(Boolean)"
    )
}

/// Clicks what a script finds.
async fn click(desk: &Tab, found: &str) {
    desk.until(&format!("!!({found})")).await;
    desk.ask::<bool>(&format!("(() => {{ ({found}).id = 'pulsa'; return true; }})()")).await;
    press(desk, "#pulsa").await;
}

/// Clicks what a selector finds, once the page is there.
async fn press(desk: &Tab, selector: &str) {
    desk.until(&format!("document.readyState === 'complete' && !!document.querySelector({selector:?})")).await;
    desk.click(selector).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_frees_a_spool_in_three_clicks_and_the_tablet_of_its_worker_says_why() {
    let served = plant().await;
    in_browser(async |browser| {
        let mine = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        let other = Tab::open(browser, &served.at("/carretes?trabajador=94"), TABLET, true).await;
        mine.until(SETTLED).await;
        mine.tap(&button(TAG, "tomar")).await;
        mine.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await;
        let desk = Tab::open(browser, &served.at("/supervisor"), DESK, false).await;
        desk.sees("CONECTADO").await;
        click(&desk, &line(TAG, "a[href$='/liberar']")).await;
        desk.until("location.pathname.endsWith('/liberar') && document.readyState === 'complete'").await;
        desk.sees("Lo tiene Marta Ríos").await;
        desk.shoot("supervisor-liberar").await;
        press(&desk, "label.pick:has(input[value='fin de turno'])").await;
        let began = Instant::now();
        press(&desk, "button.danger").await;
        mine.sees("El supervisor liberó").await;
        println!("from the third click to the worker's tablet: {} ms", began.elapsed().as_millis());
        mine.sees("motivo: fin de turno").await;
        mine.shoot("carretes-liberado").await;
        desk.until("location.pathname === '/supervisor'").await;
        desk.sees("liberado: queda libre").await;
        mine.until("document.querySelector('.spool.paused .loss') !== null").await;
        let told: u32 = mine.ask("document.querySelectorAll('#alertas .toast').length").await;
        assert_eq!(told, 1, "once, and until it is put away");
        let others: u32 = other.ask("document.querySelectorAll('#alertas .toast').length").await;
        assert_eq!(others, 0, "it is nobody else's business");
        assert_eq!(served.act("completar", TAG, 93).await, 410);
        assert_eq!((mine.complaints(), desk.complaints()), (vec![], vec![]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d4_a_row_left_half_done_is_found_shown_before_and_after_and_then_completed_by_its_occupant() {
    let served = plant().await;
    in_browser(async |browser| {
        let desk = Tab::open(browser, &served.at("/supervisor"), DESK, false).await;
        press(&desk, "a[href='/supervisor/datos']").await;
        desk.sees("Ocupado sin operación (a medias)").await;
        click(&desk, &line(HALF_DONE, "a[href*='remedio=empezar']")).await;
        desk.sees("Anotar al ocupante como quien empezó").await;
        desk.until("[...document.querySelectorAll('ins')].some((cell) => cell.textContent === 'MR(93)')").await;
        desk.shoot("supervisor-corregir").await;
        press(&desk, "label.pick:has(input[value='quedó a medias'])").await;
        press(&desk, "button.danger").await;
        desk.sees("corregido").await;
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(HALF_DONE, "completar")).await;
        tablet.sees("ARM completado").await;
        desk.goto(&served.at("/supervisor?ver=bloqueados")).await;
        click(&desk, &line(BLOCKED, "a[href$='/desbloquear']")).await;
        press(&desk, "label.pick:has(input[value='autorizado por calidad'])").await;
        press(&desk, "button.danger").await;
        desk.sees("desbloqueado").await;
        desk.until("!document.querySelector('section[aria-labelledby=t-bloqueados]')").await;
        assert_eq!(desk.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_for_help_is_on_every_screen_and_sees_that_somebody_has_seen_it() {
    let served = plant().await;
    in_browser(async |browser| {
        let desk = Tab::open(browser, &served.at("/supervisor"), DESK, false).await;
        let board = Tab::open(browser, &served.at("/tablero"), DESK, false).await;
        let wall = Tab::open(browser, &served.at("/kiosko"), WALL, false).await;
        desk.sees("CONECTADO").await;
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        tablet.tap(&format!("article[aria-label='Carrete {TAG}'] a[href*='/ayuda']")).await;
        tablet.sees("¿Qué ayuda necesitas").await;
        tablet.shoot("carretes-ayuda").await;
        tablet.tap("button.reason[value='falta plano/ingeniería']").await;
        tablet.sees("AYUDA PEDIDA").await;
        tablet.until("document.querySelector('#resultado').childElementCount === 0").await;
        for screen in [&desk, &board, &wall] {
            screen.sees("Marta Ríos").await;
            screen.sees("falta plano/ingeniería").await;
        }
        board.shoot("tablero-ayuda").await;
        wall.shoot("kiosko-ayuda").await;
        desk.until("!!document.querySelector('section[aria-labelledby=t-ayuda] button[value=visto]')").await;
        desk.shoot("supervisor-ayuda").await;
        press(&desk, "section[aria-labelledby=t-ayuda] button[value=visto]").await;
        tablet.sees("visto por Supervisor").await;
        wall.sees("AYUDA VISTA").await;
        desk.until("!document.querySelector('button[value=visto]') && !!document.querySelector('button[value=resuelta]')").await;
        press(&desk, "section[aria-labelledby=t-ayuda] button[value=resuelta]").await;
        desk.until("location.search.startsWith('?hecho=') && !document.querySelector('section[aria-labelledby=t-ayuda]')").await;
        tablet.until("!document.querySelector('.call')").await;
        wall.until("!document.querySelector('.wall-calls')").await;
        assert_eq!((tablet.complaints(), desk.complaints(), wall.complaints()), (vec![], vec![], vec![]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_supervisors_screens_fit_desk_and_tablet_and_axe_finds_nothing_on_them() {
    let served = plant().await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    assert_eq!(served.act("tomar", TAG, 94).await, 409);
    let spools: serde_json::Value = reqwest::get(served.at("/api/spools?q=MK1350")).await.unwrap().json().await.unwrap();
    let at = |tag: &str| {
        let found = spools["items"].as_array().unwrap().iter().find(|spool| spool["tag_spool"] == tag).unwrap();
        format!("/supervisor/carretes/{}", found["id"].as_str().unwrap())
    };
    let screens = [
        ("supervisor", "/supervisor".to_owned()),
        ("supervisor-datos", "/supervisor/datos".to_owned()),
        ("supervisor-salud", "/supervisor/salud".to_owned()),
        ("supervisor-actividad", "/supervisor/actividad".to_owned()),
        ("supervisor-carrete", at(HALF_DONE)),
        ("supervisor-acto", format!("{}/liberar", at(HALF_DONE))),
        ("supervisor-rechazado", format!("{}/desbloquear", at(HALF_DONE))),
    ];
    let run = format!(
        "{AXE}; axe.run(document).then((found) => found.violations.flatMap((rule) => rule.nodes.slice(0, 3).map((node) => \
         rule.id + ': ' + node.html.slice(0, 120) + ' | ' + (node.any[0]?.message || node.all[0]?.message || ''))))"
    );
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/"), DESK, false).await;
        for sun in [false, true] {
            for size in [DESK, TABLET, (601, 962), (1_024, 600)] {
                tab.size(size.0, size.1, false).await;
                for (name, path) in &screens {
                    tab.goto(&served.at(path)).await;
                    tab.ask::<bool>(&theme(sun)).await;
                    if !sun {
                        tab.shoot(&format!("{name}-{}x{}", size.0, size.1)).await;
                    }
                    let mut found: Vec<String> = tab.ask(PRESSABLE).await;
                    found.extend(tab.ask::<Vec<String>>(UNFIT).await);
                    if size == DESK {
                        found.extend(tab.ask::<Vec<String>>(&run).await);
                    }
                    wrong.extend(found.into_iter().map(|what| format!("{name} at {}x{}: {what}", size.0, size.1)));
                }
            }
        }
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_a_wall_with_calls_for_help_still_shows_nine_whole_rows() {
    const LONG: &str = "MK-1923-TW-17422-004-TRAMO-NORTE-ESTACION-DE-BOMBEO-000123456789";
    let tags: Vec<String> = (1..=12).map(|number| format!("MK-1346-TW-28082-{number:03}")).chain([LONG.into()]).collect();
    let rows: Vec<Row> = tags.iter().map(|tag| ready(tag)).collect();
    let served = Served::with(&rows, 8).await;
    for tag in &tags {
        assert_eq!(served.act("tomar", tag, 200).await, 200);
    }
    let reason = "la grúa no llega y falta el plano de la revisión C que ingeniería prometió para hoy a primera hora";
    for (tag, worker) in [(LONG, 200), (tags[0].as_str(), 93), (tags[1].as_str(), 94)] {
        served.ask_for_help(tag, worker, reason).await;
    }
    in_browser(async |browser| {
        let wall = Tab::open(browser, &served.at("/kiosko"), WALL, false).await;
        wall.sees("AYUDA 1 de 3").await;
        wall.shoot("kiosko-ayuda-lleno").await;
        let cut: Vec<String> = wall
            .ask(
                "[...document.querySelectorAll('.pagina:not([hidden]) li, .wall-calls, .wall-bottom')].filter((el) => \
                 el.scrollHeight > el.clientHeight + 1 || el.getBoundingClientRect().bottom > innerHeight).map((el) => el.textContent)",
            )
            .await;
        assert_eq!(cut, Vec::<String>::new());
        let over: f64 = wall
            .ask(
                "document.querySelector('.pagina:not([hidden]) li:last-child').getBoundingClientRect().bottom \
                 - document.querySelector('.pagina:not([hidden]) .wall-page').getBoundingClientRect().top",
            )
            .await;
        assert!(over <= 0.0, "the last row lies {over} px over the number of the page");
        assert_eq!(wall.ask::<u32>("document.querySelectorAll('.pagina:not([hidden]) li').length").await, 9);
        assert_eq!(wall.ask::<Vec<String>>(UNFIT).await, Vec::<String>::new());
    })
    .await;
}
