//! Every screen for everybody: at every size, in both themes, with large text, for fingers in gloves and for those who do
//! not see.

use crate::look::{self, AXE, PRESSABLE, SIZES, everywhere};
use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{SETTLED, TABLET, TABLETS, TAG, WALL};
use sha2::{Digest, Sha256};

/// Every page of the floor and of those who watch, by a name; those of supervisors and of the door are in `offices`.
pub(crate) const SCREENS: [(&str, &str); 24] = [
    ("nombres", "/"),
    ("nombre-que-no-hay", "/?q=zzz"),
    ("carretes", "/carretes?trabajador=93"),
    ("ayudante", "/carretes?trabajador=200"),
    ("metrologia", "/carretes?trabajador=30"),
    ("reparacion", "/carretes?trabajador=20&operacion=REPARACION&ver=disponibles"),
    ("de-otros", "/carretes?trabajador=93&ver=ocupados"),
    ("todo", "/carretes?trabajador=94&ver=todo&desde=2520"),
    ("buscar", "/carretes?trabajador=93&q=zzz"),
    ("cual", "/escaneo?trabajador=93&tag=MK-1346-TW-28082-010"),
    ("no-hay", "/carretes?trabajador=7"),
    ("apagada", "/sin-conexion"),
    ("tablero", "/tablero"),
    ("tablero-por-persona", "/tablero?orden=persona&ot=1335&trabajador=93"),
    ("tablero-listos", "/tablero?ver=listos"),
    ("tablero-vacio", "/tablero?ot=99999"),
    ("kiosko", "/kiosko"),
    ("kiosko-filtrado", "/kiosko?nv=NV0650&ot=1335&operacion=ARM"),
    ("registro", "/registro?trabajador=93"),
    ("historial", "/historial/MK-1346-TW-28082-020"),
    ("historial-cual", "/historial/MK-1346-TW-28082-010"),
    ("diagnostico", "/diagnostico"),
    ("ayuda", "/carretes/MK-1346-TW-28082-020/ayuda?trabajador=93"),
    ("no-existe", "/no-existe"),
];

/// Somebody has had it for months.
const OVERDUE: &str = "MK-1350-GW-30000-004";

/// A plant as large as the real one, with each kind of card, and somebody who asks for help.
async fn plant() -> Served {
    let mut rows: Vec<Row> = (0..2_556).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    rows[10] = ready(TAG);
    rows.push(Row { ot: 1_400, ..ready(TAG) });
    let welded = |tag: &str, detail| Row { welded: true, detail, ..ready(tag) };
    rows.insert(0, welded("MK-1350-GW-30000-001", ""));
    rows.insert(1, welded("MK-1350-GW-30000-002", "RECHAZADO (Ciclo 2/3) - Pendiente reparación"));
    rows.insert(2, welded("MK-1350-GW-30000-003", "BLOQUEADO - Contactar supervisor"));
    rows.insert(3, Row { overdue: true, ..ready(OVERDUE) });
    rows.insert(4, Row { held: "turno noche", ..ready("MK-1350-GW-30000-005") });
    let served = Served::with(&rows, 60).await;
    for number in 20..32 {
        assert_eq!(served.act("tomar", &format!("MK-1346-TW-28082-{number:03}"), 93 + number % 2).await, 200);
    }
    assert_eq!(served.act("pausar", "MK-1346-TW-28082-030", 93).await, 200);
    served.ask_for_help("MK-1346-TW-28082-021", 94, "falta la plantilla de la brida").await;
    served
}

/// The page without a connection reloads itself once the server answers, also while another one is being opened: in
/// these journeys it hears nothing, as where it is shown.
pub(crate) const DEAF: &str =
    "if (location.pathname === '/sin-conexion') window.fetch = () => Promise.reject(new Error('away'));";

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
async fn g1_every_button_can_be_pressed_and_every_text_read_at_every_size_in_both_themes() {
    let served = plant().await;
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tab.beforehand(DEAF).await;
        for (name, path) in SCREENS {
            tab.goto(&served.at(path)).await;
            wrong.extend(everywhere(&tab, name, async |_, _| look::unfit(&tab).await).await);
        }
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_a_wall_is_read_from_five_metres() {
    let served = plant().await;
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/kiosko"), WALL, false).await;
        tab.sees("1 / 2").await;
        tab.sees("falta la plantilla").await;
        tab.shoot("muro").await;
        // Whatever has letters of its own; capitals are at least seven tenths of a letter's size.
        let small: Vec<String> = tab
            .ask(
                "[...document.querySelectorAll('body *')].filter((el) => el.checkVisibility() && [...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) \
                 .map((el) => [0.7 * parseFloat(getComputedStyle(el).fontSize), el]).filter(([capital]) => capital < 37) \
                 .map(([capital, el]) => `${capital.toFixed(1)} px: ${el.className} ${el.textContent}`)",
            )
            .await;
        assert_eq!(small, Vec::<String>::new());
        let rows: u32 = tab.ask("document.querySelectorAll('.pagina:not([hidden]) li').length").await;
        assert!((8..=12).contains(&rows), "{rows} rows a page");
        let low: Vec<String> = tab
            .ask("[...document.querySelectorAll('.pagina:not([hidden]) li')].filter((el) => el.scrollHeight > el.clientHeight + 1).map((el) => el.textContent)")
            .await;
        assert_eq!(low, Vec::<String>::new(), "no line is lower than its letters");
    })
    .await;
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
            tab.goto(&served.at("/carretes?trabajador=93&ver=ocupados")).await;
            tab.tap(&format!("article[aria-label='Carrete {OVERDUE}'] button[commandfor^=relevar]")).await;
            tab.until("!!document.querySelector('dialog[open]')").await;
            let found: Vec<String> = tab.ask(PRESSABLE).await;
            wrong.extend(found.into_iter().map(|what| format!("relevar at {width}x{height}: {what}")));
            tab.goto(&served.at("/carretes?trabajador=93")).await;
            tab.until(SETTLED).await;
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
        tab.beforehand(DEAF).await;
        for (name, path) in SCREENS.into_iter().filter(|(name, _)| !name.starts_with("kiosko")) {
            tab.goto(&served.at(path)).await;
            tab.ask::<bool>("(document.documentElement.style.fontSize = '200%') !== ''").await;
            for (width, height) in SIZES {
                tab.size(width, height, (width, height) != WALL).await;
                let found = look::unfit(&tab).await;
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
async fn g12_axe_finds_nothing_on_any_screen_at_any_size_in_either_theme() {
    let served = plant().await;
    let mut wrong = Vec::new();
    // What a size changes shows in the first few of many; all of them are looked at on one.
    const MANY: &str = "'.cards > :nth-child(n + 5), .people > :nth-child(n + 5), .board tr:nth-child(n + 5)'";
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tab.beforehand(DEAF).await;
        tab.less_motion().await;
        let begun = [("elegido", "/carretes?trabajador=93&ver=mios"), ("motivo", "/carretes?trabajador=93")];
        for (name, path) in SCREENS.into_iter().chain(begun) {
            tab.goto(&served.at(path)).await;
            tab.until(SETTLED).await;
            match name {
                "motivo" => tab.tap("button[commandfor^=motivo]").await,
                "elegido" => tab.tap(".pick").await,
                _ => {}
            }
            look::bring_axe(&tab).await;
            let found =
                everywhere(&tab, name, async |size, _| look::axe(&tab, if size == TABLET { "" } else { MANY }).await).await;
            wrong.extend(found);
        }
        let moving: u32 = tab.ask("document.getAnimations().length").await;
        assert_eq!(moving, 0, "nothing moves where the system asks for less motion");
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
