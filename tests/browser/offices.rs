//! Every page of supervisors and of the door for everybody: at every size, in both themes, for fingers and for those who
//! do not see; and that no page of the program is left out.

use crate::large::magnified;
use crate::locked::{NAME, asks, comes_with, desk, locked, pass, sent, tablet, wall_link, write};
use crate::look::{self, everywhere};
use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{DESK, TABLET, TABLETS, TAG, everybody};
use serde_json::json;
use spoolboard::web::caller::TABLE;

const HALF_DONE: &str = "MK-1350-GW-30000-001";
const BLOCKED: &str = "MK-1350-GW-30000-002";
const UNREADABLE: &str = "MK-1350-GW-30000-004";

/// What a supervisor opens.
const SUPERVISORS: [(&str, &str); 16] = [
    ("supervisor", "/supervisor"),
    ("supervisor-bloqueados", "/supervisor?ver=bloqueados"),
    ("supervisor-buscado", "/supervisor?q=30000"),
    ("supervisor-no-hay", "/supervisor?q=zzz"),
    ("supervisor-datos", "/supervisor/datos"),
    ("supervisor-datos-tipo", "/supervisor/datos?tipo=OccupiedWithoutOperation"),
    ("supervisor-salud", "/supervisor/salud"),
    ("supervisor-actividad", "/supervisor/actividad"),
    ("supervisor-carrete", "/supervisor/carretes/MK-1350-GW-30000-001"),
    ("supervisor-liberar", "/supervisor/carretes/MK-1350-GW-30000-001/liberar"),
    ("supervisor-corregir", "/supervisor/carretes/MK-1350-GW-30000-001/corregir?remedio=empezar"),
    ("supervisor-desbloquear", "/supervisor/carretes/MK-1350-GW-30000-002/desbloquear"),
    ("supervisor-reabrir", "/supervisor/carretes/MK-1350-GW-30000-003/reabrir?operacion=METROLOGIA"),
    ("supervisor-no-se-puede", "/supervisor/carretes/MK-1350-GW-30000-001/reabrir?operacion=ARM"),
    ("diagnostico-cerrado", "/diagnostico"),
    ("claves-sin-nada", "/supervisor/claves"),
];

/// What only a button brings up, and the pages of those who are not let in yet; named where they are opened.
const OPENED: [&str; 5] = ["/supervisor/tabletas", "/supervisor/claves", "/entrar", "/tableta", "/pin"];

/// What is no page: data, files, streams, a fragment of a page, and a page that is gone in a moment.
const NO_PAGES: [&str; 12] = [
    "/api*",
    "/vivo/*",
    "/static/*",
    "/health",
    "/ready",
    "/metrics",
    "/tablero.csv",
    "/manifest.webmanifest",
    "/sw.js",
    "/favicon.ico",
    "/carretes/{id}/tarjeta",
    "/muro/{llave}",
];

#[test]
fn no_page_of_the_program_is_left_out_where_pages_are_looked_at_at_every_size() {
    let addresses = everybody::SCREENS.iter().chain(&SUPERVISORS).map(|(_, path)| *path).chain(OPENED);
    let looked_at: Vec<Vec<&str>> = addresses.map(|path| path.split('?').next().unwrap().split('/').collect()).collect();
    let fits = |route: &str, path: &[&str]| {
        let parts: Vec<&str> = route.split('/').collect();
        parts.len() == path.len() && parts.iter().zip(path).all(|(part, here)| part == here || part.starts_with('{'))
    };
    let is_page = |route: &str| {
        !NO_PAGES.iter().any(|none| none.strip_suffix('*').map_or(*none == route, |begin| route.starts_with(begin)))
    };
    let pages = TABLE.iter().filter(|(method, route, _)| *method == "GET" && is_page(route)).map(|(_, route, _)| *route);
    let left_out: Vec<&str> = pages.filter(|route| !looked_at.iter().any(|path| fits(route, path))).collect();
    assert_eq!(left_out, Vec::<&str>::new());
}

/// A plant with something in each panel, and two tablets in it.
async fn busy(browser: &chromiumoxide::Browser, served: &Served) -> (Tab, Tab) {
    let desk = desk(browser, served, "/supervisor").await;
    let tablet = tablet(browser, served, &desk, "Armado 1").await;
    let act = |verb: &str, worker: u32| {
        sent(&format!("/api/occupation/{verb}"), &json!({"tag_spool": TAG, "worker_id": worker, "operacion": "ARM"}))
    };
    assert_eq!(tablet.ask::<(u16, String)>(&act("tomar", 93)).await.0, 200);
    assert_eq!(tablet.ask::<(u16, String)>(&act("tomar", 94)).await.0, 409);
    tablet.goto(&served.at("/carretes?trabajador=93")).await;
    tablet.tap("article.mine a[href*='/ayuda']").await;
    tablet.tap("#pregunta button.reason[value='máquina']").await;
    tablet.sees("AYUDA PEDIDA").await;
    (desk, tablet)
}

fn rows() -> Vec<Row> {
    let welded = |tag: &str, detail| Row { welded: true, detail, ..ready(tag) };
    vec![
        ready(TAG),
        Row { held: "MR(93)", ..ready(HALF_DONE) },
        welded(BLOCKED, "BLOQUEADO - Contactar supervisor"),
        welded("MK-1350-GW-30000-003", "METROLOGIA APROBADO ✓"),
        ready("MK-REPETIDO-007"),
        Row { ot: 1_400, ..ready("MK-REPETIDO-007") },
        Row { held: "turno noche", ..ready(UNREADABLE) },
        Row { overdue: true, ..ready("MK-1923-TW-17422-004-TRAMO-NORTE-ESTACION-DE-BOMBEO-000123456789") },
    ]
}

/// Looks at the page that is open in every way.
async fn looked_at(tab: &Tab, name: &str) -> Vec<String> {
    tab.until("document.readyState === 'complete'").await;
    look::bring_axe(tab).await;
    let shot = async |size: (u32, u32), sun: bool| {
        if !sun && [TABLET, DESK].contains(&size) {
            tab.shoot(&format!("oficina-{name}-{}x{}", size.0, size.1)).await;
        }
        let mut found = look::unfit(tab).await;
        found.extend(look::axe(tab, "").await);
        found
    };
    let mut wrong = everywhere(tab, name, shot).await;
    wrong.extend(magnified(tab, name, 0.3).await);
    tab.letters(16).await;
    for (width, height) in TABLETS {
        tab.size(width, height, true).await;
        tab.ask::<bool>("(document.documentElement.style.fontSize = '200%') !== ''").await;
        wrong.extend(look::unfit(tab).await.into_iter().map(|what| format!("{name} at {width}x{height}, 200 %: {what}")));
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_every_page_of_a_supervisor_fits_every_device_in_both_themes_and_axe_finds_nothing_on_it() {
    let served = locked(&rows()).await;
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let (desk, _tablet) = busy(browser, &served).await;
        for (name, path) in SUPERVISORS {
            desk.goto(&served.at(path)).await;
            wrong.extend(looked_at(&desk, name).await);
        }
        desk.goto(&served.at("/supervisor/actividad")).await;
        desk.click("a[href^='/diagnostico?tableta']").await;
        desk.until("location.pathname === '/diagnostico'").await;
        wrong.extend(looked_at(&desk, "diagnostico-tableta").await);
        // Ten minutes later each form has one more field.
        desk.goto(&served.at(&format!("/supervisor/carretes/{HALF_DONE}/liberar"))).await;
        pass(&served, 601);
        comes_with(&desk, "name=\"clave\"").await;
        wrong.extend(looked_at(&desk, "supervisor-liberar-clave").await);
        desk.click("label.pick:has(input[value='fin de turno'])").await;
        write(&desk, "input[name=clave]", "no es esta clave").await;
        desk.click("button.danger").await;
        desk.sees("CLAVE_INCORRECTA").await;
        wrong.extend(looked_at(&desk, "supervisor-clave-incorrecta").await);
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_every_page_of_the_door_fits_every_device_in_both_themes_and_axe_finds_nothing_on_it() {
    let served = locked(&rows()).await;
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let stranger = served.tablet(browser, "/tableta").await;
        wrong.extend(looked_at(&stranger, "tableta").await);
        asks(&stranger).await;
        // Its page looks every five seconds whether it was let in, which takes what was brought into it away.
        stranger.ask::<bool>("(() => { window.stop(); return true; })()").await;
        wrong.extend(looked_at(&stranger, "tableta-codigo").await);
        stranger.goto(&served.at("/entrar")).await;
        wrong.extend(looked_at(&stranger, "entrar").await);
        write(&stranger, "input[name=nombre]", NAME).await;
        write(&stranger, "input[name=clave]", "no es esta clave").await;
        stranger.click("form[action='/entrar'] button").await;
        stranger.sees("no son correctos").await;
        wrong.extend(looked_at(&stranger, "entrar-mal").await);

        let (desk, tablet) = busy(browser, &served).await;
        wall_link(&desk, &served).await;
        wrong.extend(looked_at(&desk, "claves-muro").await);
        desk.goto(&served.at("/supervisor/claves")).await;
        write(&desk, "form[action$='/crear'] input[name=nombre]", "Prometheus de la sala de servidores").await;
        desk.click("form[action$='/crear'] button").await;
        desk.until("!!document.getElementById('clave-nueva')").await;
        wrong.extend(looked_at(&desk, "claves-token").await);
        desk.goto(&served.at("/supervisor/tabletas?codigo=BCDFGHJK")).await;
        desk.click(".keys summary").await;
        wrong.extend(looked_at(&desk, "tabletas-abierta").await);
        pass(&served, 601);
        comes_with(&desk, "name=\"clave\"").await;
        desk.click(".keys summary").await;
        wrong.extend(looked_at(&desk, "tabletas-clave").await);
        tablet.goto(&served.at("/pin?trabajador=93")).await;
        wrong.extend(looked_at(&tablet, "pin").await);
        write(&tablet, "input[name=pin]", "111213").await;
        tablet.tap("form[action='/pin'] button").await;
        tablet.sees("El PIN no es correcto").await;
        wrong.extend(looked_at(&tablet, "pin-mal").await);
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
