//! What a visit costs: bytes, shifts of the layout, the time to a list that can be used, taps.

use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TABLETS, TAG, WALL, button};

/// Adds up every shift of the layout, as the browser itself sees them.
const SHIFTS: &str = "window.corridas = []; new PerformanceObserver((list) => list.getEntries().forEach((it) => \
     window.corridas.push({ valor: it.value, toque: it.hadRecentInput, que: it.sources.map((one) => `${one.node?.id || one.node?.className || one.node?.nodeName || ''} from ${['x', 'y', 'width', 'height'].map((it) => one.previousRect[it])} to ${['x', 'y', 'width', 'height'].map((it) => one.currentRect[it])}`).join('; ') }))) \
     .observe({ type: 'layout-shift', buffered: true });";

/// Those that nobody's finger asked for.
const SHIFTED: &str = "window.corridas.filter((it) => !it.toque).map((it) => `${it.valor.toFixed(4)} ${it.que}`)";

/// Two frames later: what was to be painted is.
const PAINTED: &str = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => go(true))))";

/// Notes when the first card's button is there, open and listened to: htmx has begun, with what stands around the cards.
const WIRED: &str = "new MutationObserver((_, watch) => { const button = document.querySelector('.spool form[hx-post] button'); \
     if (document.querySelector('#q[data-htmx-powered]') && button?.disabled === false) { window.listo = performance.now(); watch.disconnect(); } }) \
     .observe(document, { attributeFilter: ['data-htmx-powered'], subtree: true });";

/// It is painted, and its first button is noted: on a busy machine a page can be whole before it is seen.
const SHOWN: &str = "window.listo > 0 && performance.getEntriesByName('first-contentful-paint').length === 1";

/// Counts the fingers that touched the screen.
const TAPS: &str =
    "addEventListener('pointerdown', () => { sessionStorage.toques = Number(sessionStorage.toques || 0) + 1; }, true);";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_on_a_screen_shifts_by_itself() {
    let rows: Vec<Row> = (0..200).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    let served = Served::with(&rows, 60).await;
    for number in 20..40 {
        assert_eq!(served.act("tomar", &format!("MK-1346-TW-28082-{number:03}"), 93 + number % 2).await, 200);
    }
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        for size in TABLETS.into_iter().chain([WALL]) {
            let tab = Tab::open(browser, "about:blank", size, size != WALL).await;
            tab.beforehand(SHIFTS).await;
            for path in [
                "/",
                "/carretes?trabajador=93",
                "/carretes?trabajador=94",
                "/",
                "/tablero",
                "/tablero?ver=listos",
                "/kiosko",
                "/registro?trabajador=93",
                "/historial/MK-1346-TW-28082-020",
            ] {
                tab.goto(&served.at(path)).await;
                if path != "/kiosko" {
                    tab.until("document.getElementById('conexion').dataset.estado === 'vivo'").await;
                }
                // What happens elsewhere moves nothing, either: a card changes in its place, a board in its.
                if path == "/carretes?trabajador=93" {
                    tab.until(SETTLED).await;
                    assert_eq!(served.act("tomar", "MK-1346-TW-28082-001", 94).await, 200);
                    tab.sees("Juan Carlos Pérez López").await;
                    assert_eq!(served.act("cancelar", "MK-1346-TW-28082-001", 94).await, 200);
                    tab.until(&format!("!!document.querySelector(\"{}\")", button("MK-1346-TW-28082-001", "tomar"))).await;
                }
                tab.ask::<bool>(PAINTED).await;
                let found: Vec<String> = tab.ask(SHIFTED).await;
                wrong.extend(found.into_iter().map(|what| format!("{path} at {}x{}: {what}", size.0, size.1)));
            }
        }
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_visit_is_light_and_a_list_of_the_whole_plant_is_there_at_once() {
    let rows: Vec<Row> =
        (0..2_556).map(|number| ready(&format!("MK-{}-CW-{}-{number:05}", 1335 + number % 12, 25_000 + number % 777))).collect();
    let served = Served::with(&rows, 60).await;
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/"), TABLET, true).await;
        let sizes = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')] \
                     .filter((it) => !it.name.includes('/vivo/')).map((it) => [new URL(it.name).pathname, it.transferSize, it.decodedBodySize])";
        let files: Vec<(String, u64, u64)> = tab.ask(sizes).await;
        let sum: u64 = files.iter().map(|(_, sent, _)| sent).sum();
        for (name, sent, whole) in &files {
            crate::figure!("{sent:>7} bytes sent, {whole:>7} whole  {name}");
        }
        crate::figure!("{sum:>7} bytes sent for a first visit (budget 61,440)");
        assert!(files.len() > 4 && files.iter().all(|(_, sent, _)| *sent > 0), "a first visit: {files:?}");
        assert!(sum <= 60 * 1_024, "{sum} bytes");
        tab.beforehand(WIRED).await;
        // A tablet is about four times slower than this machine; Lighthouse reckons so, too.
        for (slower, round) in [(1, "first"), (1, "second"), (1, "third"), (4, "first"), (4, "second"), (4, "third")] {
            tab.slow_down(slower).await;
            tab.goto(&served.at("/")).await;
            tab.ask::<bool>("document.addEventListener('click', () => { sessionStorage.tocado = Date.now(); }, true) || true").await;
            tab.tap("a[href='/carretes?trabajador=93']").await;
            tab.until(&format!("location.pathname === '/carretes' && {SETTLED} && {SHOWN}")).await;
            let [answered, painted, wired, size]: [f64; 4] = tab
                .ask(
                    "(() => { const nav = performance.getEntriesByType('navigation')[0], began = performance.timeOrigin - Number(sessionStorage.tocado); \
                     const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN; \
                     return [nav.responseEnd + began, paint + began, window.listo + began, nav.transferSize]; })()",
                )
                .await;
            crate::figure!(
                "list of 2,556, processor {slower}x slower, {round}: answered {answered:.0} ms after the click, painted {painted:.0} ms, \
                 first card's button open and listened to {wired:.0} ms (budget 500), {size} bytes; cards take taps 400 ms later, on purpose"
            );
        }
    })
    .await;
}

/// Notes how long after a finger came down the button says that it is saving: when the frame is made that shows it first.
const SAVING: &str = "(() => { const button = document.querySelector('.spool form[action$=\"/tomar\"] button'); \
     addEventListener('pointerdown', (e) => { const look = () => { \
       if (button.querySelector('.busy').checkVisibility()) window.pulsado = performance.now() - e.timeStamp; else requestAnimationFrame(look); }; \
       look(); }, { capture: true, once: true }); return true; })()";

#[tokio::test(flavor = "multi_thread")]
async fn g6_a_tapped_button_says_that_it_is_saving_while_its_request_has_not_even_left() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        for slower in [1, 1, 1, 4, 4, 4] {
            tablet.goto(&served.at("/carretes?trabajador=93")).await;
            tablet.slow_down(slower).await;
            tablet.until(SETTLED).await;
            tablet.ask::<bool>(crate::silence::HELD).await;
            tablet.ask::<bool>(SAVING).await;
            tablet.tap(".spool form[action$='/tomar'] button").await;
            tablet.until("window.pulsado !== undefined").await;
            let after: f64 = tablet.ask("window.pulsado").await;
            crate::figure!("processor {slower}x slower: GUARDANDO… {after:.0} ms after the finger came down (budget 100)");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn htmx_looks_at_a_card_only_when_something_in_it_is_sent() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        let looked_at = "document.querySelectorAll('.cards [data-htmx-powered]').length";
        for (tag, round) in [(TAG, "as it came with the page"), (NEIGHBOUR, "as it came with a search")] {
            tablet.until(&format!("{SETTLED} && !!document.querySelector('#q[data-htmx-powered]')")).await;
            if tag == NEIGHBOUR {
                tablet.ask::<bool>("!!(document.querySelector('.cards').id = 'antes') && htmx.trigger('#q', 'search')").await;
                tablet.until(&format!("!document.getElementById('antes') && {SETTLED}")).await;
            }
            assert_eq!(tablet.ask::<u32>(looked_at).await, 0, "{round}");
            // The form itself would lead to another page, this one is not left.
            tablet.ask::<bool>("window.misma = true").await;
            tablet.tap(&button(tag, "tomar")).await;
            tablet.until(&format!("!!document.querySelector(\"{}\")", button(tag, "pausar"))).await;
            assert!(tablet.ask::<bool>("window.misma === true").await, "{round}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g16_taps_are_counted_for_take_pause_and_complete() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tablet.beforehand(TAPS).await;
        tablet.goto(&served.at("/")).await;
        let mut before = 0;
        let mut taken = async |what: &str, most: u32| {
            let now: u32 = tablet.ask("Number(sessionStorage.toques || 0)").await;
            crate::figure!("taps, {what}: {}", now - before);
            assert!((1..=most).contains(&(now - before)), "{what}");
            before = now;
        };
        tablet.tap("a[href='/carretes?trabajador=93']").await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.sees("ARM tomado").await;
        taken("take, from the names", 3).await;
        tablet.tap(&button(TAG, "pausar")).await;
        tablet.sees("ARM pausado").await;
        taken("pause", 2).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector(\"{}\") && {SETTLED}", button(TAG, "completar"))).await;
        taken("take, from the list", 3).await;
        tablet.tap(&format!("article[aria-label='Carrete {TAG}'] button[commandfor^=motivo]")).await;
        tablet.tap("dialog[open] button[value=calidad]").await;
        tablet.until(&format!("!!document.querySelector(\"{}\") && {SETTLED}", button(TAG, "tomar"))).await;
        taken("pause with a reason", 2).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector(\"{}\") && {SETTLED}", button(TAG, "completar"))).await;
        taken("take again", 3).await;
        tablet.tap(&button(TAG, "completar")).await;
        tablet.sees("ARM completado").await;
        taken("complete", 2).await;
    })
    .await;
}
