//! Every screen for everybody: at every size, in both themes, with large text, for fingers in gloves and for those who do
//! not see.

use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{SETTLED, TABLET, TABLETS, TAG, WALL};
use sha2::{Digest, Sha256};

pub(crate) const AXE: &str = include_str!("vendor/axe-core-4.14.1.min.js");

/// The screens of a worker, by a name for their picture.
const SCREENS: [(&str, &str); 14] = [
    ("nombres", "/"),
    ("carretes", "/carretes?trabajador=93"),
    ("ayudante", "/carretes?trabajador=200"),
    ("metrologia", "/carretes?trabajador=30"),
    ("reparacion", "/carretes?trabajador=93&operacion=REPARACION&ver=disponibles"),
    ("de-otros", "/carretes?trabajador=93&ver=ocupados"),
    ("buscar", "/carretes?trabajador=93&q=zzz"),
    ("cual", "/escaneo?trabajador=93&tag=MK-1346-TW-28082-010"),
    ("no-hay", "/carretes?trabajador=7"),
    ("apagada", "/sin-conexion"),
    ("tablero", "/tablero"),
    ("tablero-listos", "/tablero?ver=listos"),
    ("registro", "/registro?trabajador=93"),
    ("historial", "/historial/MK-1346-TW-28082-020"),
];

/// A plant as large as the real one, with each kind of card.
async fn plant() -> Served {
    let mut rows: Vec<Row> = (0..2_556).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    rows[10] = ready(TAG);
    rows.push(Row { ot: 1_400, ..ready(TAG) });
    let welded = |tag: &str, detail| Row { welded: true, detail, ..ready(tag) };
    rows.insert(0, welded("MK-1350-GW-30000-001", ""));
    rows.insert(1, welded("MK-1350-GW-30000-002", "RECHAZADO (Ciclo 2/3) - Pendiente reparación"));
    rows.insert(2, welded("MK-1350-GW-30000-003", "BLOQUEADO - Contactar supervisor"));
    let served = Served::with(&rows, 60).await;
    for number in 20..32 {
        assert_eq!(served.act("tomar", &format!("MK-1346-TW-28082-{number:03}"), 93 + number % 2).await, 200);
    }
    assert_eq!(served.act("pausar", "MK-1346-TW-28082-030", 93).await, 200);
    served
}

/// Everything that can be pressed: its size, and whether its middle is its own once it is in view.
pub(crate) const PRESSABLE: &str = r#"
(() => {
  const bad = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) bad.push(`scrolls sideways by ${wide} px`);
  const main = document.querySelector('main');
  if (main.scrollWidth > main.clientWidth) bad.push(`main scrolls sideways by ${main.scrollWidth - main.clientWidth} px`);
  const dialog = document.querySelector('dialog[open]');
  for (const el of (dialog || document).querySelectorAll('a[href], button, input, select, summary, label.pick')) {
    if (el.disabled || el.type === 'hidden' || el.matches('.skip') || !el.checkVisibility({ visibilityProperty: true })) continue;
    el.scrollIntoView({ block: 'center' });
    const box = el.getBoundingClientRect();
    const target = el.matches('input:is([type=checkbox], [type=radio])') ? el.closest('label').getBoundingClientRect() : box;
    const name = (el.textContent.trim() || el.name || el.type).slice(0, 40);
    const least = el.matches('.spool button:is(.take, .pause, .complete):not(dialog *)') ? 96
      : el.matches('.take, .pause, .complete, .danger, .reject, .changes, .reason, .back') ? 64 : el.matches('p:not(.note) a:not(.button, .chip), td a, th a') ? 24 : 48;
    if (target.height < least) bad.push(`${name}: ${target.height} px high, ${least} wanted`);
    if (target.width < Math.min(least, 48)) bad.push(`${name}: ${target.width} px wide`);
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (!hit || !(el.contains(hit) || hit.contains(el) || el.labels && [...el.labels].some((label) => label.contains(hit))))
      bad.push(`${name}: covered by ${hit?.outerHTML.slice(0, 60)}`);
  }
  return bad;
})()
"#;

/// The page without a connection reloads itself once the server answers, also while another one is being opened: in
/// these journeys it hears nothing, as where it is shown.
const DEAF: &str = "if (location.pathname === '/sin-conexion') window.fetch = () => Promise.reject(new Error('away'));";

/// What axe finds wrong on a page.
pub(crate) fn axe() -> String {
    format!(
        "{AXE}; axe.run(document).then((found) => found.passes.length < 15 ? ['axe found little to look at'] : found.violations.flatMap((rule) => \
         rule.nodes.slice(0, 3).map((node) => rule.id + ': ' + node.html.slice(0, 120) + ' | ' + (node.any[0]?.message || node.all[0]?.message || ''))))"
    )
}

/// Puts the theme of a tablet.
pub(crate) fn theme(sun: bool) -> String {
    format!(
        "(() => {{ {}; return true; }})()",
        if sun { "localStorage.setItem('tema', 'sol')" } else { "localStorage.removeItem('tema')" }
    )
}

#[test]
fn what_is_vendored_for_tests_is_what_is_on_record() {
    let record = include_str!("vendor/README.md");
    for (name, body) in [("axe-core-4.14.1.min.js", AXE), ("axe-core-LICENSE", include_str!("vendor/axe-core-LICENSE"))] {
        let found: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let line = record.lines().find(|line| line.contains(name)).unwrap();
        assert!(line.contains(&found), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g1_every_button_can_be_pressed_at_every_size_in_both_themes() {
    let served = plant().await;
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tab.beforehand(DEAF).await;
        for sun in [false, true] {
            tab.ask::<bool>(&theme(sun)).await;
            let light = if sun { "sol" } else { "navy" };
            for (width, height) in TABLETS {
                tab.size(width, height, true).await;
                for (name, path) in SCREENS {
                    tab.goto(&served.at(path)).await;
                    tab.shoot(&format!("{name}-{width}x{height}-{light}")).await;
                    let found: Vec<String> = tab.ask(PRESSABLE).await;
                    wrong.extend(found.into_iter().map(|what| format!("{name} at {width}x{height}, {light}: {what}")));
                }
            }
        }
        tab.size(WALL.0, WALL.1, false).await;
        tab.goto(&served.at("/kiosko")).await;
        tab.sees("1 / 2").await;
        tab.shoot("kiosko").await;
        let capitals: f64 = tab
            .ask("Math.min(...[...document.querySelectorAll('.pagina:not([hidden]) .tag')].map((el) => parseFloat(getComputedStyle(el).fontSize)))")
            .await;
        assert!(capitals * 0.7 >= 37.0, "capitals of about {} px", capitals * 0.7);
        let wide: i64 = tab.ask("document.documentElement.scrollWidth - innerWidth").await;
        assert!(wide <= 0, "the wall scrolls sideways");
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn g1_dialogs_selection_and_messages_leave_every_button_within_reach_on_the_lowest_screen() {
    let served = plant().await;
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLETS[0], true).await;
        for (width, height) in [TABLETS[0], TABLETS[2]] {
            tab.size(width, height, true).await;
            tab.goto(&served.at("/carretes?trabajador=93")).await;
            tab.until(SETTLED).await;
            for dialog in ["motivo", "cancelar"] {
                tab.tap(&format!("button[commandfor^={dialog}]")).await;
                tab.until("!!document.querySelector('dialog[open]')").await;
                tab.shoot(&format!("{dialog}-{width}x{height}")).await;
                let found: Vec<String> = tab.ask(PRESSABLE).await;
                wrong.extend(found.into_iter().map(|what| format!("{dialog} at {width}x{height}: {what}")));
                tab.tap("dialog[open] .back").await;
                tab.until("!document.querySelector('dialog[open]')").await;
            }
            tab.tap("#tomar .pick").await;
            tab.tap("#tengo .pick").await;
            tab.sees("SOLTAR (1)").await;
            tab.shoot(&format!("barras-{width}x{height}")).await;
            let found: Vec<String> = tab.ask(PRESSABLE).await;
            wrong.extend(found.into_iter().map(|what| format!("selection at {width}x{height}: {what}")));
            tab.tap("#lote [type=reset]").await;
            tab.tap("#soltar [type=reset]").await;
        }
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn g1_text_of_twice_the_size_still_has_every_button_in_reach() {
    let served = plant().await;
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/"), TABLET, true).await;
        for (width, height) in TABLETS {
            tab.size(width, height, true).await;
            for (name, path) in [SCREENS[0], SCREENS[1], SCREENS[3], SCREENS[6]] {
                tab.goto(&served.at(path)).await;
                tab.ask::<bool>("(() => { document.documentElement.style.fontSize = '200%'; return true; })()").await;
                tab.shoot(&format!("{name}-{width}x{height}-200")).await;
                let found: Vec<String> = tab.ask(PRESSABLE).await;
                wrong.extend(found.into_iter().map(|what| format!("{name} at {width}x{height}, 200 %: {what}")));
                let room: f64 = tab.ask("document.querySelector('main').clientHeight / innerHeight").await;
                if room < 0.3 {
                    wrong.push(format!("{name} at {width}x{height}, 200 %: {room:.2} of the height is left for the content"));
                }
            }
        }
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_axe_finds_nothing_on_any_screen_in_either_theme() {
    let served = plant().await;
    let mut wrong = Vec::new();
    let run = axe();
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/"), TABLETS[0], true).await;
        tab.beforehand(DEAF).await;
        tab.less_motion().await;
        for sun in [false, true] {
            tab.ask::<bool>(&theme(sun)).await;
            for (name, path) in SCREENS
                .into_iter()
                .chain([("elegido", "/carretes?trabajador=93&ver=mios"), ("motivo", "/carretes?trabajador=93")])
            {
                tab.goto(&served.at(path)).await;
                match name {
                    "motivo" => {
                        tab.until(SETTLED).await;
                        tab.tap("button[commandfor^=motivo]").await;
                    }
                    "elegido" => {
                        tab.until(SETTLED).await;
                        tab.tap(".pick").await;
                    }
                    _ => {}
                }
                let found: Vec<String> = tab.ask(&run).await;
                wrong.extend(found.into_iter().map(|what| format!("{name}, {}: {what}", if sun { "sol" } else { "navy" })));
            }
        }
        let moving: u32 = tab.ask("document.getAnimations().length").await;
        assert_eq!(moving, 0, "nothing moves where the system asks for less motion");
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
