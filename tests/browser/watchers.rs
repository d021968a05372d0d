//! The watchers' screens: a narrowed board, the wall through a day, history, paper.

use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, TABLET, TAG, WALL};

const OTHER: &str = "MK-1400-TW-28082-001";

/// The wall's page turns in a moment, its other timers as ever.
const HASTY: &str =
    "{ const slow = setInterval; window.setInterval = (f, ms, ...rest) => slow(f, ms === 15000 ? 150 : ms, ...rest); }";

/// Counts how often the page asks for the screen to stay on.
const AWAKE: &str = "Object.defineProperty(navigator, 'wakeLock', { value: { request: () => { \
                     window.pedidos = (window.pedidos || 0) + 1; return Promise.resolve({}); } } });";

/// Half a minute passes for the page.
const LATER: &str =
    "(() => { const now = performance.now.bind(performance); performance.now = () => now() + 31000; return true; })()";

fn two_orders() -> Vec<Row> {
    vec![ready(TAG), ready(NEIGHBOUR), Row { ot: 1_400, ..ready(OTHER) }]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrowed_board_stays_narrowed_through_reload_back_and_live_changes() {
    let served = Served::with(&two_orders(), 4).await;
    in_browser(async |browser| {
        let board = Tab::open(browser, &served.at("/tablero"), WALL, false).await;
        board.sees("CONECTADO").await;
        board.ask::<bool>("(() => { document.querySelector('input[name=ot]').value = '1400'; return true; })()").await;
        board.click("form.narrow button").await;
        board.until("location.search.includes('ot=1400') && document.readyState === 'complete'").await;
        board.sees("CONECTADO").await;
        assert_eq!(served.act("tomar", TAG, 93).await, 200);
        assert_eq!(served.act("tomar", OTHER, 94).await, 200);
        board.sees(OTHER).await;
        let shown: Vec<String> = board.ask("[...document.querySelectorAll('.board th.tag a')].map((el) => el.textContent)").await;
        assert_eq!(shown, [OTHER], "a change elsewhere is told to others");
        board.ask::<bool>("setTimeout(() => location.reload()) > 0").await;
        board.until("document.readyState === 'complete' && document.querySelector('input[name=ot]')?.value === '1400'").await;
        board.sees(OTHER).await;
        board.click("a.filter[href*='operacion=SOLD']").await;
        board.sees("No hay carretes ocupados de OT 1400 · SOLD").await;
        board.ask::<bool>("setTimeout(() => history.back()) > 0").await;
        board.until("!location.search.includes('SOLD') && document.readyState === 'complete'").await;
        board.sees(OTHER).await;
        assert_eq!(served.act("pausar", OTHER, 94).await, 200);
        board.sees("No hay carretes ocupados de OT 1400").await;
        board.ask::<bool>("setTimeout(() => history.back()) > 0").await;
        board.until("location.search === '' && document.readyState === 'complete'").await;
        board.sees(TAG).await;
        assert_eq!(board.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wall_turns_its_pages_by_itself_and_keeps_the_screen_on() {
    let rows: Vec<Row> = (0..20).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    let served = Served::with(&rows, 4).await;
    for row in &rows {
        assert_eq!(served.act("tomar", &row.tag, 93).await, 200);
    }
    in_browser(async |browser| {
        let wall = Tab::open(browser, &served.at("/"), WALL, false).await;
        wall.beforehand(HASTY).await;
        wall.beforehand(AWAKE).await;
        wall.goto(&served.at("/kiosko")).await;
        for page in ["2 / 3", "3 / 3", "1 / 3"] {
            wall.until(&format!("document.querySelector('.pagina:not([hidden]) .wall-page')?.textContent === '{page}'")).await;
        }
        let asked: u32 = wall.ask("window.pedidos").await;
        assert_eq!(asked, 1);
        wall.ask::<bool>("document.dispatchEvent(new Event('visibilitychange'))").await;
        wall.until("window.pedidos === 2").await;
        let (wide, high): (i64, i64) =
            wall.ask("[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]").await;
        assert!(wide <= 0 && high <= 0, "it never scrolls: {wide}, {high}");
        let cut: Vec<String> = wall
            .ask("[...document.querySelectorAll('.wall .tag .head, .wall .tag b, .wall .holder, .wall .op, .wall .num')].filter((el) => el.offsetParent && el.scrollWidth > el.clientWidth + 1).map((el) => el.textContent)")
            .await;
        assert_eq!(cut, Vec::<String>::new());
        assert_eq!(wall.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_a_wall_without_a_server_is_grey_and_says_since_when_and_comes_back_by_itself() {
    let mut served = Served::with(&two_orders(), 4).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    in_browser(async |browser| {
        let wall = Tab::open(browser, &served.at("/kiosko"), WALL, false).await;
        wall.sees("Marta Ríos").await;
        wall.until("!!document.querySelector('#vivo')").await;
        let said: String = wall.ask("document.getElementById('hora-datos').textContent").await;
        served.kill().await;
        let fresh: bool = wall.ask("document.getElementById('sin-conexion').hidden").await;
        assert!(fresh, "a moment's silence is no alarm");
        wall.ask::<bool>(LATER).await;
        wall.until("!document.getElementById('sin-conexion').hidden").await;
        let since: String = wall.ask("document.getElementById('sin-conexion').textContent").await;
        assert!(since.starts_with("SIN CONEXIÓN desde ") && since.len() == "SIN CONEXIÓN desde 00:00".len(), "{since}");
        let minutes = |text: &str| text[..2].parse::<i32>().unwrap() * 60 + text[3..5].parse::<i32>().unwrap();
        let apart = (minutes(&since[since.len() - 5..]) - minutes(&said)).rem_euclid(1_440);
        assert!(apart <= 1, "the minute of the last data is {said}: {since}");
        let look: String = wall.ask("getComputedStyle(document.querySelector('main')).filter").await;
        assert_eq!(look, "grayscale(1)");
        wall.sees("Marta Ríos").await;
        served.restart().await;
        assert_eq!(served.act("tomar", NEIGHBOUR, 94).await, 200);
        wall.until("document.getElementById('sin-conexion').hidden").await;
        wall.sees("Juan Pérez").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_a_wall_of_an_older_build_reloads_itself() {
    let mut served = Served::with(&two_orders(), 4).await;
    in_browser(async |browser| {
        let wall = Tab::open(browser, &served.at("/kiosko?ot=1400"), WALL, false).await;
        wall.sees("No hay carretes ocupados de OT 1400").await;
        served.kill().await;
        // It heard of the new build, and then the server went: it must not go too, to the browser's own page of error.
        wall.ask::<bool>("(document.body.dataset.build = 'anterior') && (window.anterior = true)").await;
        let heard = "{ detail: { message: { event: 'latido', data: '{\"build\":\"nueva\"}' } }, bubbles: true }";
        wall.ask::<bool>(&format!("document.body.dispatchEvent(new CustomEvent('htmx:sse:after:message', {heard}))")).await;
        served.restart().await;
        wall.until("window.anterior === undefined && document.body?.dataset.build !== 'anterior'").await;
        wall.sees("No hay carretes ocupados de OT 1400").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_and_a_record_are_reached_by_links_and_show_what_just_happened() {
    let served = Served::with(&two_orders(), 4).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    assert_eq!(served.act("pausar", TAG, 93).await, 200);
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.tap("a[href='/registro?trabajador=93']").await;
        tablet.sees("Esta semana, desde el lunes").await;
        tablet.sees("pausado").await;
        tablet.tap("table.board th.tag a").await;
        tablet.until("location.pathname.startsWith('/historial/')").await;
        tablet.sees("pausado").await;
        let steps: u32 = tablet.ask("document.querySelectorAll('ol.line > li').length").await;
        assert_eq!(steps, 1);
        tablet.until("document.getElementById('conexion-texto').textContent === 'CONECTADO'").await;
        assert_eq!(tablet.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_on_paper_is_black_on_white_and_has_its_tables_and_nothing_to_press() {
    let mut rows: Vec<Row> = (0..60).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    rows.push(Row { welded: true, ..ready("MK-1350-GW-30000-001") });
    let served = Served::with(&rows, 4).await;
    for number in 0..40 {
        assert_eq!(served.act("tomar", &format!("MK-1346-TW-28082-{number:03}"), 93).await, 200);
    }
    assert_eq!(served.act("completar", "MK-1346-TW-28082-000", 93).await, 200);
    in_browser(async |browser| {
        let board = Tab::open(browser, &served.at("/tablero"), WALL, false).await;
        board.sees("CONECTADO").await;
        // What is printable of A4 within its margins, in the browser's pixels.
        board.size(703, 1_032, false).await;
        board.on_paper().await;
        let (gone, ground, ink): (u32, String, String) = board
            .ask(
                "[[...document.querySelectorAll('button, select, input, .links, .filters, .link-state')].filter((el) => el.checkVisibility()).length, \
                 getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.board td')).color]",
            )
            .await;
        assert_eq!((gone, ground.as_str(), ink.as_str()), (0, "rgb(255, 255, 255)", "rgb(0, 0, 0)"));
        let (head, dated, wide): (String, bool, i64) = board
            .ask(
                "[getComputedStyle(document.querySelector('.board thead')).display, document.querySelector('.as-of').checkVisibility(), \
                 document.documentElement.scrollWidth - innerWidth]",
            )
            .await;
        assert_eq!((head.as_str(), dated), ("table-header-group", true), "each sheet says what its columns are, and of when");
        assert!(wide <= 0, "{wide} px beyond the paper");
        let whole: bool = board.ask("document.querySelector('main').scrollHeight <= document.querySelector('main').clientHeight + 1").await;
        assert!(whole, "nothing is left in a scroll");
        let sheets = board.sheets("tablero").await;
        assert!((2..=4).contains(&sheets), "{sheets} sheets for 39 rows, two charts and the states");
    })
    .await;
}
