//! Every screen in every state, on a plant of the real size with the longest names: it must fit
//! every device, also with letters twice as large. `tests/shots` keeps the pictures.

use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{TABLET, TABLETS, TAG, WALL, button};
use chromiumoxide::Browser;

const DESK: (u32, u32) = (1_280, 800);
const LONG: &str = "MK-1923-TW-17422-004-TRAMO-NORTE-ESTACION-DE-BOMBEO-000123456789";
const TO_REPAIR: &str = "MK-1350-GW-30000-002";
const BLOCKED: &str = "MK-1350-GW-30000-003";

/// What is wider than its room, or cut off without dots that say so.
pub(crate) const UNFIT: &str = r#"
(() => {
  const bad = [];
  const root = document.documentElement, main = document.querySelector('main');
  if (root.scrollWidth > root.clientWidth) bad.push(`the page scrolls sideways by ${root.scrollWidth - root.clientWidth} px`);
  if (main.scrollWidth > main.clientWidth) bad.push(`the content scrolls sideways by ${main.scrollWidth - main.clientWidth} px`);
  const right = main.getBoundingClientRect().right + 1;
  for (const el of main.querySelectorAll('*')) {
    if (el.closest('.hide, svg, [hidden]') || !el.checkVisibility()) continue;
    const style = getComputedStyle(el), box = el.getBoundingClientRect();
    if (style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis' && el.scrollWidth > el.clientWidth + 1) bad.push(`cut: ${el.className} ${el.textContent.slice(0, 40)}`);
    if (box.width > 0 && box.right > right) bad.push(`beyond the edge: ${el.tagName} ${el.className} ${el.textContent.slice(0, 40)}`);
  }
  return bad.slice(0, 5);
})()
"#;

async fn plant() -> Served {
    let tag = |number: u32| format!("MK-{}-CW-{}-{:05}", 1335 + number % 12, 25_000 + number % 777, number);
    let mut rows: Vec<Row> = (0..2_550).map(|number| Row { ot: 1_335 + number % 40, ..ready(&tag(number)) }).collect();
    rows[0].tag = LONG.to_owned();
    rows.push(ready(TAG));
    rows.extend(["MK-1350-GW-30000-001", TO_REPAIR, BLOCKED].map(|tag| Row { welded: true, ..ready(tag) }));
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
type Shot = (&'static str, &'static str);

const EMPTY: [Shot; 3] =
    [("tablero-vacio", "/tablero"), ("kiosko-vacio", "/kiosko"), ("registro-vacio", "/registro?trabajador=93")];

const FULL: [Shot; 20] = [
    ("nombres", "/"),
    ("nombres-sin-resultado", "/?q=zzz"),
    ("carretes", "/carretes?trabajador=93"),
    ("carretes-vacio", "/carretes?trabajador=93&q=zzz"),
    ("carretes-pausado", "/carretes?trabajador=93&ver=mios"),
    ("carretes-de-otros", "/carretes?trabajador=93&ver=ocupados"),
    ("metrologia", "/carretes?trabajador=30"),
    ("reparacion-y-bloqueado", "/carretes?trabajador=20&operacion=REPARACION"),
    ("tablero", "/tablero"),
    ("tablero-por-persona", "/tablero?orden=persona"),
    ("tablero-listos", "/tablero?ver=listos"),
    ("tablero-filtrado", "/tablero?nv=NV0650&ot=1335&operacion=ARM"),
    ("tablero-sin-resultado", "/tablero?ot=99999"),
    ("kiosko", "/kiosko"),
    ("kiosko-filtrado", "/kiosko?nv=NV0650&ot=1335&operacion=ARM"),
    ("historial", "/historial/MK-1350-GW-30000-003"),
    ("historial-largo", "/historial/MK-1923-TW-17422-004-TRAMO-NORTE-ESTACION-DE-BOMBEO-000123456789"),
    ("historial-elegir", "/historial/MK-REPETIDO-007"),
    ("registro", "/registro?trabajador=93"),
    ("falla", "/historial/MK-NO-EXISTE"),
];

/// Opens each screen at each size, once more with large letters, and keeps pictures at two sizes.
async fn look(browser: &Browser, served: &Served, shots: &[Shot], unfit: &mut Vec<String>) {
    let tab = Tab::open(browser, &served.at("/"), TABLET, true).await;
    for (name, path) in shots {
        let wall = name.starts_with("kiosko");
        tab.goto(&served.at(path)).await;
        let sizes: Vec<(u32, u32)> = if wall { vec![WALL, DESK] } else { TABLETS.into_iter().chain([WALL]).collect() };
        for size in sizes {
            tab.size(size.0, size.1, size != WALL).await;
            let found: Vec<String> = tab.ask(UNFIT).await;
            unfit.extend(found.into_iter().map(|what| format!("{name} at {}x{}: {what}", size.0, size.1)));
            if size == TABLET || size == DESK || size == WALL {
                tab.shoot(&format!("{name}-{}x{}", size.0, size.1)).await;
            }
        }
        for size in [TABLET, DESK].into_iter().filter(|_| !wall) {
            tab.size(size.0, size.1, true).await;
            tab.ask::<bool>("(document.documentElement.style.fontSize = '200%') !== ''").await;
            let found: Vec<String> = tab.ask(UNFIT).await;
            unfit.extend(found.into_iter().map(|what| format!("{name} at {}x{}, large letters: {what}", size.0, size.1)));
            tab.shoot(&format!("{name}-grande-{}x{}", size.0, size.1)).await;
            tab.ask::<bool>("(document.documentElement.style.fontSize = '') === ''").await;
        }
    }
}

/// What only taps bring about.
async fn tapped(browser: &Browser, served: &Served) {
    for size in [TABLET, DESK] {
        let named = |name: &str| format!("{name}-{}x{}", size.0, size.1);
        let tablet = Tab::open(browser, &served.at(&format!("/carretes?trabajador=94&q={TAG}")), size, true).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until("!!document.querySelector('.spool.mine')").await;
        tablet.shoot(&named("carretes-tomado")).await;
        assert_eq!(served.act("cancelar", TAG, 94).await, 200);
        let refused = Tab::open(browser, &served.at("/carretes?trabajador=200&ver=disponibles"), size, true).await;
        refused
            .ask::<bool>("document.querySelectorAll('input[name=operacion]').forEach((el) => { el.value = 'PINTURA'; }) || true")
            .await;
        refused.tap(".spool form[action$='/tomar'] button").await;
        refused.until("!!document.querySelector('.toast.bad')").await;
        refused.shoot(&named("carretes-rechazado")).await;
        let many = Tab::open(browser, &served.at("/carretes?trabajador=201&ver=disponibles"), size, true).await;
        many.until("document.readyState === 'complete' && !document.querySelector('.spool[data-nueva]')").await;
        many.ask::<bool>("[...document.querySelectorAll('.elige')].slice(0, 3).forEach((el) => el.click()) || true").await;
        many.tap("#lote button.take").await;
        many.until("!!document.querySelector('.result .verdicts')").await;
        many.shoot(&named("lote")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_in_every_state_fits_every_device_and_is_pictured() {
    let mut served = plant().await;
    let mut unfit = Vec::new();
    in_browser(async |browser| {
        look(browser, &served, &EMPTY, &mut unfit).await;
        busy(&served).await;
        look(browser, &served, &FULL, &mut unfit).await;
        tapped(browser, &served).await;
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
