//! Gaps of half a minute, two minutes and twenty: what a screen shows meanwhile, and that it comes back by itself,
//! without a reload and without flickering.

use crate::clock::{pass, shown, wind};
use crate::names::LOOKED;
use crate::served::{Row, Served, ready};
use crate::stand_in::Google;
use crate::stand_in::plant::Plant;
use crate::tab::{Tab, in_browser};
use crate::wire::{Passes, Wire};
use crate::{NEIGHBOUR, SETTLED, TABLET, TAG, WALL, button};
use chromiumoxide::Browser;

const THIRD: &str = "MK-1346-TW-28082-012";

/// The buttons with which something is registered, and how many of them are open.
pub(crate) const OPEN: &str = "[...document.querySelectorAll('.spool > .acts form button')].filter((el) => !el.disabled).length";

pub(crate) fn three() -> [Row; 3] {
    [ready(TAG), ready(NEIGHBOUR), ready(THIRD)]
}

/// A list, a board and a wall on a way to the server, each with a clock that can be wound, and each marked so that a
/// reload would show.
async fn screens(browser: &Browser, at: impl Fn(&str) -> String) -> [Tab; 3] {
    let mut tabs = Vec::new();
    for (path, size) in [("/carretes?trabajador=94", TABLET), ("/tablero", WALL), ("/kiosko", WALL)] {
        let tab = Tab::open(browser, "about:blank", size, size == TABLET).await;
        wind(&tab).await;
        tab.goto(&at(path)).await;
        tab.until("document.readyState === 'complete' && !!document.getElementById('vivo')").await;
        if path != "/kiosko" {
            tab.sees("CONECTADO").await;
        }
        tab.ask::<bool>("window.primera = true").await;
        tabs.push(tab);
    }
    tabs[0].until(SETTLED).await;
    tabs.try_into().unwrap_or_else(|_| unreachable!())
}

/// Somebody is at the tablet again, else it would go on to the names, and has taken his finger away.
async fn somebody_comes(tablet: &Tab) {
    tablet.press("Escape").await;
    pass(tablet, 11).await;
}

/// Whether a screen shows that Marta has a spool.
pub(crate) fn shows(tag: &str) -> String {
    format!(
        "[...document.querySelectorAll('article, .board tr, .wall li')].some((el) => \
         el.innerText.replace(/\\s+/g, '').includes('{tag}') && /Marta/.test(el.innerText))"
    )
}

/// One second of a page's own time, in which the network answers: it has a time of its own. A question that goes by a
/// connection that died before has no answer; the page gives such a one up by its own time, which waits for this.
async fn second(tab: &Tab) {
    pass(tab, 1).await;
    let asked = "fetch('/health', { signal: AbortSignal.timeout(2000) }).then(() => true, () => true)";
    assert!(tab.ask::<bool>(asked).await);
}

/// The holder of what was taken while a screen was cut off is on it within half a minute of its own time.
async fn caught_up(tab: &Tab, tag: &str) {
    let shows = shows(tag);
    for _ in 0..30 {
        if tab.ask::<bool>(&shows).await {
            break;
        }
        second(tab).await;
    }
    tab.until(&shows).await;
    assert!(tab.ask::<bool>("window.primera === true").await, "without a reload");
}

#[tokio::test(flavor = "multi_thread")]
async fn e3_screens_come_back_after_two_minutes_and_after_twenty_without_a_server() {
    let mut served = Served::with(&three(), 4).await;
    in_browser(async |browser| {
        let tabs = screens(browser, |path| served.at(path)).await;
        for (seconds, tag) in [(120, TAG), (20 * 60, NEIGHBOUR)] {
            served.kill().await;
            for tab in &tabs {
                pass(tab, seconds).await;
                tab.until("!document.getElementById('sin-conexion').hidden").await;
            }
            tabs[0].sees("Sin conexión: no se puede registrar").await;
            assert_eq!(tabs[0].ask::<u32>(OPEN).await, 0, "nothing can be pressed that cannot be registered");
            assert_eq!(tabs[0].ask::<String>("location.pathname").await, "/carretes", "no page of the browser's own");
            somebody_comes(&tabs[0]).await;
            served.restart().await;
            assert_eq!(served.act("tomar", tag, 93).await, 200);
            for tab in &tabs {
                caught_up(tab, tag).await;
                tab.until("document.getElementById('sin-conexion').hidden").await;
            }
            tabs[0].until(&format!("{OPEN} > 0")).await;
        }
        for tab in &tabs {
            assert_eq!(shown(tab).await, ["vivo", "caido", "vivo", "caido", "vivo"], "once each way");
        }
    })
    .await;
}

/// Time stands still from now on, but for what `window.ahora` is set to; and the page notes that its stream has ended.
const STOPPED: &str = "(() => { window.ahora = performance.now(); performance.now = () => window.ahora; window.cortado = false; \
     for (const type of ['htmx:sse:error', 'htmx:error', 'htmx:response:error']) document.addEventListener(type, () => { window.cortado = true; }); \
     return true; })()";

#[tokio::test(flavor = "multi_thread")]
async fn e1_a_gap_of_three_seconds_is_no_alarm_and_one_of_six_is() {
    let mut served = Served::with(&three(), 4).await;
    in_browser(async |browser| {
        let tabs = [served.tablet(browser, "/carretes?trabajador=93").await, served.desk(browser, "/tablero").await];
        for tab in &tabs {
            tab.sees("CONECTADO").await;
            tab.ask::<bool>(STOPPED).await;
        }
        served.kill().await;
        for tab in &tabs {
            tab.until("window.cortado").await;
            for state in ["vivo", "caido"] {
                tab.ask::<bool>("(window.ahora += 3000) > 0").await;
                tab.ask::<bool>(LOOKED).await;
                assert_eq!(tab.ask::<String>("document.getElementById('conexion').dataset.estado").await, state);
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e3_what_was_begun_is_still_there_after_twenty_minutes_without_a_server() {
    let mut served = Served::with(&three(), 4).await;
    assert_eq!(served.act("tomar", TAG, 94).await, 200);
    in_browser(async |browser| {
        let [tablet, ..] = screens(browser, |path| served.at(path)).await;
        tablet.tap(&format!("article[aria-label='Carrete {NEIGHBOUR}'] .pick")).await;
        const DATE: &str = "document.querySelector('.spool.mine input[type=date]').value";
        tablet.ask::<bool>(&format!("({DATE} = '2020-01-01') !== ''")).await;
        served.kill().await;
        pass(&tablet, 20 * 60).await;
        tablet.until("!document.getElementById('sin-conexion').hidden").await;
        somebody_comes(&tablet).await;
        served.restart().await;
        assert_eq!(served.act("tomar", THIRD, 93).await, 200);
        caught_up(&tablet, THIRD).await;
        tablet.until("document.getElementById('sin-conexion').hidden").await;
        let kept: (u32, String) = tablet.ask(&format!("[document.querySelectorAll('.elige:checked').length, {DATE}]")).await;
        assert_eq!(kept, (1, "2020-01-01".into()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e3_a_wifi_that_falls_silent_for_half_a_minute_or_for_twenty_is_noticed_and_survived() {
    let served = Served::with(&three(), 4).await;
    let wire = Wire::to(&served.at("")).await;
    in_browser(async |browser| {
        let tabs = screens(browser, |path| wire.at(path)).await;
        for (seconds, tag) in [(30, TAG), (20 * 60, NEIGHBOUR)] {
            wire.set(Passes::Nothing);
            assert_eq!(served.act("tomar", tag, 93).await, 200);
            for tab in &tabs {
                pass(tab, seconds).await;
                if seconds > 60 {
                    tab.until("!document.getElementById('sin-conexion').hidden").await;
                }
            }
            somebody_comes(&tabs[0]).await;
            wire.set(Passes::All);
            for tab in &tabs {
                caught_up(tab, tag).await;
                tab.until("document.getElementById('sin-conexion').hidden").await;
            }
            // The stream is back as well, not only the asking. The first new one may be tried on a dead connection.
            let is_live = "document.getElementById('conexion').dataset.estado === 'vivo'";
            for _ in 0..4 {
                if tabs[0].ask::<bool>(is_live).await {
                    break;
                }
                pass(&tabs[0], 20).await;
            }
            tabs[0].until(is_live).await;
        }
        for tab in &tabs {
            let states = shown(tab).await;
            // The browser may try the new stream on a connection that is dead, too: then the page asks again and again meanwhile.
            assert!(states.iter().filter(|state| *state == "caido").count() <= 2, "once each way: {states:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_a_tap_that_a_silent_wifi_swallows_has_the_connection_looked_at_at_once() {
    let served = Served::with(&three(), 4).await;
    let wire = Wire::to(&served.at("")).await;
    in_browser(async |browser| {
        let [tablet, ..] = screens(browser, |path| wire.at(path)).await;
        wire.set(Passes::Nothing);
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until("!!document.querySelector('form.htmx-request')").await;
        // Long before the next heartbeat would be missed.
        pass(&tablet, 8).await;
        tablet.ask::<bool>(LOOKED).await;
        assert_eq!(tablet.ask::<String>("document.getElementById('conexion').dataset.estado").await, "caido");
        assert_eq!(tablet.ask::<u32>(OPEN).await, 0, "nothing else is sent into it");
        wire.set(Passes::All);
        for _ in 0..30 {
            second(&tablet).await;
        }
        tablet.until("document.getElementById('conexion').dataset.estado !== 'caido'").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e3_a_wall_is_dim_and_says_since_when_half_a_minute_after_the_workbook_was_last_read() {
    let google = Google::with(Plant::of(40).build()).await;
    let served = Served::at_google(&google, &[("SHEETS_REFRESH_SECONDS", "1")]).await;
    in_browser(async |browser| {
        // Also where a proxy lets no stream through.
        for blocked in [false, true] {
            let wall = Tab::open(browser, "about:blank", WALL, false).await;
            wind(&wall).await;
            if blocked {
                wall.block(&["*/vivo/*"]).await;
            }
            wall.goto(&served.at("/kiosko")).await;
            wall.until("document.readyState === 'complete' && !!document.querySelector('#muro li')").await;
            google.away(true);
            wall.until("fetch('/health').then((it) => it.json()).then((it) => !!it.obstacle)").await;
            for _ in 0..31 {
                second(&wall).await;
            }
            wall.until("/^SIN CONEXIÓN desde \\d\\d:\\d\\d$/.test(document.getElementById('sin-conexion').innerText)").await;
            wall.until("getComputedStyle(document.querySelector('main')).filter.includes('grayscale')").await;
            google.away(false);
            wall.until("fetch('/health').then((it) => it.json()).then((it) => !it.obstacle)").await;
            for _ in 0..16 {
                second(&wall).await;
            }
            wall.until("document.getElementById('sin-conexion').hidden").await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e7_half_a_minute_without_streams_only_is_worked_through_and_the_streams_are_used_again() {
    let served = Served::with(&three(), 4).await;
    let wire = Wire::to(&served.at("")).await;
    in_browser(async |browser| {
        let tabs = screens(browser, |path| wire.at(path)).await;
        let [tablet, board, wall] = &tabs;
        wire.set(Passes::NoStreams);
        for tab in [tablet, board] {
            // One by one: a page that was wound on before its question is answered would say that nobody is there.
            for _ in 0..8 {
                second(tab).await;
            }
            tab.until("document.getElementById('conexion').dataset.estado === 'lento'").await;
            tab.sees("CADA 20 s").await;
        }
        // What others do comes by asking, within the half minute.
        assert_eq!(served.act("tomar", TAG, 93).await, 200);
        for tab in [tablet, board] {
            caught_up(tab, TAG).await;
        }
        // And work goes on meanwhile.
        tablet.until(SETTLED).await;
        tablet.tap(&button(THIRD, "tomar")).await;
        tablet.sees("ARM tomado").await;
        for _ in 0..30 {
            second(wall).await;
        }
        let calm: bool = tablet.ask("document.getElementById('sin-conexion').hidden").await;
        assert!(calm, "the server is there, and nothing says otherwise");
        somebody_comes(tablet).await;
        wire.set(Passes::All);
        for tab in [tablet, board] {
            pass(tab, 20).await;
            tab.until("document.getElementById('conexion').dataset.estado === 'vivo'").await;
        }
        pass(wall, 20).await;
        caught_up(wall, TAG).await;
        // By the stream again: no time passes for the pages.
        somebody_comes(tablet).await;
        assert_eq!(served.act("tomar", NEIGHBOUR, 93).await, 200);
        for tab in &tabs {
            tab.until(&shows(NEIGHBOUR)).await;
            assert!(tab.ask::<bool>("window.primera === true").await, "without a reload");
        }
        for tab in [tablet, board] {
            assert_eq!(shown(tab).await, ["vivo", "lento", "vivo"], "once each way");
        }
        assert_eq!(shown(wall).await, ["vivo"], "half a minute is no alarm");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e7_a_page_that_is_left_gives_its_connection_back_and_the_next_one_opens() {
    let served = Served::with(&three(), 4).await;
    let wire = Wire::to(&served.at("")).await;
    // The browser keeps a page that is left for a minute, with what it still waits for, and has six connections to a server.
    wire.set(Passes::LateStreams);
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &wire.at("/"), TABLET, true).await;
        let list = "/carretes?trabajador=93";
        let pages = [list, "/tablero", "/historial/MK-1346-TW-28082-010", "/tablero?ver=listos", list, "/", "/tablero", list];
        for (asked, path) in (1..).zip(pages) {
            wire.keeps_the_last_of(asked).await;
            tablet.goto(&wire.at(path)).await;
        }
        wire.keeps_the_last_of(pages.len() + 1).await;
    })
    .await;
}
