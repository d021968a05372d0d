//! Every screen in every state, on a plant of the real size with the longest names: it must fit
//! every device, also with letters twice as large. `tests/shots` keeps the pictures.

use crate::everybody::DEAF;
use crate::look::{UNFIT, theme};
use crate::served::{Row, Served, ready};
use crate::silence::HELD;
use crate::tab::{Tab, in_browser, pictured};
use crate::{SETTLED, TABLET, TABLETS, TAG, WALL, button};
use chromiumoxide::Browser;

const DESK: (u32, u32) = (1_280, 800);
const LOW: (u32, u32) = (1_024, 600);
const SMALL: (u32, u32) = (601, 962);
const LONG: &str = "MK-1923-TW-17422-004-TRAMO-NORTE-ESTACION-DE-BOMBEO-000123456789";
const TO_REPAIR: &str = "MK-1350-GW-30000-002";
const BLOCKED: &str = "MK-1350-GW-30000-003";
const HALF_DONE: &str = "MK-1350-GW-30000-005";

async fn plant() -> Served {
    let tag = |number: u32| format!("MK-{}-CW-{}-{:05}", 1335 + number % 12, 25_000 + number % 777, number);
    let mut rows: Vec<Row> = (0..2_550).map(|number| Row { ot: 1_335 + number % 40, ..ready(&tag(number)) }).collect();
    rows[0].tag = LONG.to_owned();
    rows.push(ready(TAG));
    rows.extend(["MK-1350-GW-30000-001", TO_REPAIR, BLOCKED].map(|tag| Row { welded: true, ..ready(tag) }));
    rows.push(Row { overdue: true, ..ready("MK-1350-GW-30000-004") });
    rows.push(Row { held: "MR(93)", ..ready(HALF_DONE) });
    rows.push(Row { held: "turno noche", ..ready("MK-1350-GW-30000-006") });
    rows.push(ready("MK-REPETIDO-007"));
    rows.push(Row { ot: 1_400, ..ready("MK-REPETIDO-007") });
    Served::with(&rows, 60).await
}

/// Things happen: sixty spools are held, some are finished, one waits for repair, one is blocked.
async fn busy(served: &Served) {
    for number in 0..64_u32 {
        let tag = if number == 0 {
            LONG.to_owned()
        } else {
            format!("MK-{}-CW-{}-{number:05}", 1335 + number % 12, 25_000 + number % 777)
        };
        let worker = if number < 4 { 93 } else { 200 + number % 56 };
        assert_eq!(served.act("tomar", &tag, worker).await, 200, "{tag}");
        if number % 16 == 3 {
            assert_eq!(served.act("completar", &tag, worker).await, 200);
        }
        if number == 1 {
            assert_eq!(served.act("pausar", &tag, worker).await, 200);
        }
    }
    let reason = "la grúa no llega y falta el plano de la revisión C";
    for (tag, worker) in [(LONG, 93), ("MK-1341-CW-25006-00006", 206)] {
        served.ask_for_help(tag, worker, reason).await;
    }
    for (tag, rejections) in [(TO_REPAIR, 1), (BLOCKED, 3)] {
        for rejection in 1..=rejections {
            let verdict = serde_json::json!({"tag_spool": tag, "worker_id": 30, "resultado": "RECHAZADO"});
            assert_eq!(served.send("/api/metrologia/completar", verdict).await, 200);
            if rejection < rejections {
                let take = serde_json::json!({"tag_spool": tag, "worker_id": 20, "operacion": "REPARACION"});
                assert_eq!(served.send("/api/occupation/tomar", take).await, 200);
                assert_eq!(served.act("completar", tag, 20).await, 200);
            }
        }
    }
}

/// A screen: its name, its address.
type Shot<'a> = (&'a str, &'a str);

const EMPTY: [Shot<'_>; 3] = [
    ("tablero-vacio", "/tablero?operacion=SOLD"),
    ("kiosko-vacio", "/kiosko?operacion=SOLD"),
    ("registro-vacio", "/registro?trabajador=93"),
];

const FULL: [Shot<'_>; 29] = [
    ("nombres", "/"),
    ("nombres-sin-resultado", "/?q=zzz"),
    ("carretes", "/carretes?trabajador=93"),
    ("carretes-vacio", "/carretes?trabajador=93&q=zzz"),
    ("carretes-pausado", "/carretes?trabajador=93&ver=mios"),
    ("carretes-de-otros", "/carretes?trabajador=93&ver=ocupados"),
    ("metrologia", "/carretes?trabajador=30"),
    ("reparacion-y-bloqueado", "/carretes?trabajador=20&operacion=REPARACION"),
    ("tablero", "/tablero"),
    ("tablero-por-persona", "/tablero?orden=persona&trabajador=93"),
    ("tablero-listos", "/tablero?ver=listos"),
    ("tablero-filtrado", "/tablero?nv=NV0650&ot=1335&operacion=ARM"),
    ("tablero-sin-resultado", "/tablero?ot=99999"),
    ("kiosko", "/kiosko"),
    ("kiosko-filtrado", "/kiosko?nv=NV0650&ot=1335&operacion=ARM"),
    ("historial", "/historial/MK-1350-GW-30000-003"),
    ("historial-largo", "/historial/MK-1923-TW-17422-004-TRAMO-NORTE-ESTACION-DE-BOMBEO-000123456789"),
    ("historial-elegir", "/historial/MK-REPETIDO-007"),
    ("diagnostico", "/diagnostico"),
    ("registro", "/registro?trabajador=93"),
    ("falla", "/historial/MK-NO-EXISTE"),
    ("sin-conexion-instalada", "/sin-conexion"),
    ("supervisor", "/supervisor"),
    ("supervisor-ocupados", "/supervisor?ver=ocupados"),
    ("supervisor-buscar", "/supervisor?q=GW-30000"),
    ("supervisor-sin-resultado", "/supervisor?q=zzz"),
    ("supervisor-datos", "/supervisor/datos"),
    ("supervisor-salud", "/supervisor/salud"),
    ("supervisor-actividad", "/supervisor/actividad"),
];

/// The supervisor's pages of one spool: a name, the spool, what follows its address.
const OF_ONE: [(&str, &str, &str); 5] = [
    ("supervisor-carrete", HALF_DONE, ""),
    ("supervisor-carrete-largo", LONG, ""),
    ("supervisor-liberar", LONG, "/liberar"),
    ("supervisor-desbloquear", BLOCKED, "/desbloquear"),
    ("supervisor-no-se-puede", TO_REPAIR, "/liberar"),
];

/// Opens each screen at each size, in the other colours and with large letters, and keeps its pictures.
async fn look(browser: &Browser, served: &Served, shots: &[Shot<'_>], unfit: &mut Vec<String>) {
    let tab = Tab::open(browser, &served.at("/"), TABLET, true).await;
    tab.beforehand(DEAF).await;
    for (name, path) in shots {
        let wall = name.starts_with("kiosko");
        tab.goto(&served.at(path)).await;
        let sizes: Vec<(u32, u32)> = if wall { vec![WALL, DESK] } else { TABLETS.into_iter().chain([WALL]).collect() };
        for size in sizes {
            tab.size(size.0, size.1, size != WALL).await;
            let found: Vec<String> = tab.ask(UNFIT).await;
            unfit.extend(found.into_iter().map(|what| format!("{name} at {}x{}: {what}", size.0, size.1)));
            tab.shoot(&format!("{name}-{}x{}", size.0, size.1)).await;
        }
        other_colours(&tab, name, if wall { WALL } else { TABLET }).await;
        for size in [SMALL, TABLET, LOW, DESK].into_iter().filter(|_| !wall) {
            tab.size(size.0, size.1, true).await;
            tab.ask::<bool>("(document.documentElement.style.fontSize = '200%') !== ''").await;
            let found: Vec<String> = tab.ask(UNFIT).await;
            unfit.extend(found.into_iter().map(|what| format!("{name} at {}x{}, large letters: {what}", size.0, size.1)));
            tab.shoot(&format!("{name}-grande-{}x{}", size.0, size.1)).await;
            tab.ask::<bool>("(document.documentElement.style.fontSize = '') === ''").await;
        }
    }
}

/// A picture in the colours for the sun, and one in none.
async fn other_colours(tab: &Tab, name: &str, size: (u32, u32)) {
    tab.size(size.0, size.1, size != WALL).await;
    tab.ask::<bool>(&theme(true)).await;
    tab.shoot(&format!("sol-{name}")).await;
    tab.ask::<bool>(&theme(false)).await;
    tab.ask::<bool>("(document.documentElement.style.filter = 'grayscale(1)') !== ''").await;
    tab.shoot(&format!("gris-{name}")).await;
    tab.ask::<bool>("(document.documentElement.style.filter = '') === ''").await;
}

/// Keeps a picture of a state, and notes what does not fit in it.
async fn keep(tab: &Tab, name: &str, (width, height): (u32, u32), unfit: &mut Vec<String>) {
    tab.shoot(&format!("{name}-{width}x{height}")).await;
    unfit.extend(tab.ask::<Vec<String>>(UNFIT).await.into_iter().map(|what| format!("{name} at {width}x{height}: {what}")));
}

/// What only taps, scanners and time bring about.
async fn tapped(browser: &Browser, served: &Served, unfit: &mut Vec<String>) {
    // The narrowest and the lowest; the lowest alone, where nobody wants to look at pictures.
    for size in [LOW, SMALL].into_iter().take(if pictured() { 2 } else { 1 }) {
        let tablet = Tab::open(browser, &served.at(&format!("/carretes?trabajador=94&q={TAG}")), size, true).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until("!!document.querySelector('.spool.mine')").await;
        keep(&tablet, "tomado", size, unfit).await;
        if size == SMALL {
            tablet.tap(".more summary").await;
            keep(&tablet, "mas-filtros", size, unfit).await;
        }
        for dialog in ["motivo", "cancelar"] {
            tablet.tap(&format!("button[commandfor^={dialog}]")).await;
            tablet.until("!!document.querySelector('dialog[open]')").await;
            keep(&tablet, &format!("dialogo-{dialog}"), size, unfit).await;
            tablet.tap("dialog[open] .back").await;
            tablet.until("!document.querySelector('dialog[open]')").await;
        }
        tablet.tap("[data-ayuda]").await;
        tablet.until("!!document.querySelector('.result')").await;
        keep(&tablet, "pedir-ayuda", size, unfit).await;
        assert_eq!(served.act("cancelar", TAG, 94).await, 200);
        refusals(browser, served, size, unfit).await;
        let many = Tab::open(browser, &served.at("/carretes?trabajador=201&ver=disponibles"), size, true).await;
        many.until(SETTLED).await;
        many.ask::<bool>("[...document.querySelectorAll('.elige')].slice(0, 3).forEach((el) => el.click()) || true").await;
        keep(&many, "elegidos", size, unfit).await;
        many.tap("#lote button.take").await;
        many.until("!!document.querySelector('.result .verdicts')").await;
        keep(&many, "lote", size, unfit).await;
        let inspector = Tab::open(browser, &served.at("/carretes?trabajador=30"), size, true).await;
        inspector.tap("button[commandfor^=rechazar]").await;
        inspector.until("!!document.querySelector('dialog[open]')").await;
        keep(&inspector, "dialogo-rechazar", size, unfit).await;
        inspector.goto(&served.at("/carretes?trabajador=93&ver=ocupados")).await;
        inspector.tap("button[commandfor^=relevar]").await;
        inspector.until("!!document.querySelector('dialog[open]')").await;
        keep(&inspector, "dialogo-relevar", size, unfit).await;
    }
}

/// What is refused, slow, unknown or cut off.
async fn refusals(browser: &Browser, served: &Served, size: (u32, u32), unfit: &mut Vec<String>) {
    let tablet = Tab::open(browser, &served.at("/carretes?trabajador=200&ver=disponibles"), size, true).await;
    tablet.sees("CONECTADO").await;
    tablet
        .ask::<bool>("document.querySelectorAll('input[name=operacion]').forEach((el) => { el.value = 'PINTURA'; }) || true")
        .await;
    tablet.tap(".spool form[action$='/tomar'] button").await;
    tablet.until("!!document.querySelector('.toast.bad')").await;
    keep(&tablet, "rechazado", size, unfit).await;
    tablet.tap("#alertas [data-cerrar]").await;
    tablet.types("MK-9999-XX-1", 10, Some("Enter")).await;
    tablet.sees("No existe ningún carrete").await;
    keep(&tablet, "escaneo-desconocido", size, unfit).await;
    tablet.tap("#alertas [data-cerrar]").await;
    tablet.types("MK-REPETIDO-007", 10, Some("Enter")).await;
    tablet.sees("2 carretes tienen el TAG").await;
    keep(&tablet, "escaneo-repetido", size, unfit).await;
    tablet.tap(".result [data-cerrar]").await;
    tablet.types(BLOCKED, 10, Some("Enter")).await;
    tablet.until(&format!("location.search.includes('carrete=') && {SETTLED}")).await;
    tablet.sees("CONECTADO").await;
    keep(&tablet, "escaneado", size, unfit).await;
    tablet.goto(&served.at("/carretes?trabajador=200&ver=disponibles")).await;
    tablet.sees("CONECTADO").await;
    tablet.ask::<bool>(HELD).await;
    tablet.tap(".spool form[action$='/tomar'] button").await;
    tablet.sees("no se registra dos veces").await;
    keep(&tablet, "demora", size, unfit).await;
    tablet.goto(&served.at("/carretes?trabajador=200&ver=disponibles")).await;
    tablet.sees("CONECTADO").await;
    tablet.ask::<bool>("document.querySelector('#cargando').classList.add('htmx-request') || true").await;
    tablet.until("getComputedStyle(document.getElementById('cargando')).visibility === 'visible'").await;
    keep(&tablet, "cargando", size, unfit).await;
    tablet.ask::<bool>("document.querySelector('#cargando').classList.remove('htmx-request') || true").await;
    tablet.block(&["*/carretes?*"]).await;
    tablet.tap("#q").await;
    tablet.text("011").await;
    tablet.sees("No se pudo cargar").await;
    keep(&tablet, "falla-de-carga", size, unfit).await;
    tablet.block(&[]).await;
    tablet.goto(&served.at("/carretes?trabajador=200&ver=disponibles")).await;
    tablet.sees("CONECTADO").await;
    tablet.ask::<bool>("(() => { document.getElementById('version').hidden = false; const now = performance.now.bind(performance); performance.now = () => now() + 91000; return true; })()").await;
    tablet.sees("¿Sigues ahí?").await;
    keep(&tablet, "vuelta", size, unfit).await;
    // A stream that is open goes on when the driver takes the network away, and a heartbeat on it is a connection.
    tablet.block(&["*/vivo/*", "*/health"]).await;
    tablet.goto(&served.at("/carretes?trabajador=200&ver=disponibles")).await;
    tablet.sees("Sin conexión: no se puede registrar").await;
    keep(&tablet, "sin-conexion", size, unfit).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_in_every_state_fits_every_device_and_is_pictured() {
    let mut served = plant().await;
    let mut unfit = Vec::new();
    in_browser(async |browser| {
        look(browser, &served, &EMPTY, &mut unfit).await;
        busy(&served).await;
        look(browser, &served, &FULL, &mut unfit).await;
        for (name, tag, act) in OF_ONE {
            let path = format!("/supervisor/carretes/{}{act}", served.id(tag).await);
            look(browser, &served, &[(name, path.as_str())], &mut unfit).await;
        }
        tapped(browser, &served, &mut unfit).await;
        let wall = Tab::open(browser, &served.at("/kiosko"), WALL, false).await;
        let board = Tab::open(browser, &served.at("/tablero"), DESK, false).await;
        board.sees("CONECTADO").await;
        served.kill().await;
        for (tab, name) in [(&board, "tablero-sin-conexion"), (&wall, "kiosko-sin-conexion")] {
            tab.ask::<bool>("(() => { const now = performance.now.bind(performance); performance.now = () => now() + 41000; return true; })()").await;
            tab.until("!document.getElementById('sin-conexion').hidden").await;
            unfit.extend(tab.ask::<Vec<String>>(UNFIT).await);
            tab.shoot(name).await;
        }
    })
    .await;
    assert!(unfit.is_empty(), "{}", unfit.join("\n"));
}
