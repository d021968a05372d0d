//! Who is at the tablet: the names, those who were here last, the way back to the names, and what the tablet remembers.

use crate::clock::MOMENT;
use crate::flows::opener;
use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TAG, button};

/// Makes seconds pass for the scripts of a page.
pub(crate) fn pass(seconds: u32) -> String {
    format!(
        "(() => {{ const now = performance.now.bind(performance); performance.now = () => now() + {seconds}000; return true; }})()"
    )
}

/// Waits as long as two looks of the script at its clock take.
pub(crate) const LOOKED: &str = "new Promise((go) => setTimeout(() => go(true), 2200))";

#[tokio::test(flavor = "multi_thread")]
async fn who_was_here_last_stands_first_by_his_number_alone() {
    let served = Served::with(&[ready(TAG)], 60).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/").await;
        let hidden: bool = tablet.ask("document.getElementById('recientes').hidden").await;
        assert!(hidden, "nobody was here yet");
        for worker in [93, 20, 94] {
            tablet.goto(&served.at(&format!("/carretes?trabajador={worker}"))).await;
            tablet.until("document.querySelector('h1').innerText.length > 0").await;
        }
        tablet.goto(&served.at("/")).await;
        tablet.until("document.querySelectorAll('#recientes a.person').length === 3").await;
        tablet.shoot("nombres-recientes").await;
        let names: Vec<String> = tablet.ask("[...document.querySelectorAll('#recientes b')].map((el) => el.innerText)").await;
        assert_eq!(names, ["Juan Carlos Pérez López", "Pedro Salas", "Marta Ríos"]);
        assert_eq!(tablet.ask::<String>("localStorage.recientes").await, r#"["94","20","93"]"#);
        tablet.tap("#recientes li:nth-child(2) a").await;
        tablet.until("document.querySelector('h1').innerText === 'Pedro Salas'").await;
        let size: f64 = tablet.ask("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)").await;
        assert!(size >= 32.0, "the name of who acts is {size} px");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_tablet_goes_back_to_the_names_after_a_warning_that_any_touch_stops() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(&pass(91)).await;
        tablet.sees("¿Sigues ahí?").await;
        tablet.shoot("vuelta").await;
        tablet.tap(".spool h3").await;
        tablet.until("document.getElementById('vuelta').textContent === ''").await;
        // What was ticked comes back with its worker.
        tablet.tap(".pick").await;
        tablet.ask::<bool>(&pass(91)).await;
        tablet.sees("¿Sigues ahí?").await;
        tablet.press("Tab").await;
        tablet.until("document.getElementById('vuelta').textContent === ''").await;
        tablet.ask::<bool>(&pass(106)).await;
        tablet.until("location.pathname === '/'").await;
        tablet.tap("#recientes a").await;
        tablet.sees("TOMAR SELECCIONADOS (1)").await;
        tablet.tap("#lote [type=reset]").await;
        // A reason that is being typed keeps the page.
        tablet.until(SETTLED).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector('.spool.mine') && {SETTLED}")).await;
        tablet.tap("button[commandfor^=motivo]").await;
        tablet.tap("dialog[open] [name=otro]").await;
        tablet.text("falta el").await;
        tablet.ask::<bool>(&pass(200)).await;
        tablet.ask::<bool>(LOOKED).await;
        let kept: String = tablet.ask("location.pathname + document.querySelector('[name=otro]').value").await;
        assert_eq!(kept, "/carretesfalta el");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_colours_for_the_sun_are_chosen_once_and_are_there_before_the_first_picture() {
    let served = Served::with(&[ready(TAG)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/").await;
        const GROUND: &str = "getComputedStyle(document.body).backgroundColor";
        assert_eq!(tablet.ask::<String>(GROUND).await, "rgb(0, 31, 63)");
        tablet.tap("button[data-tema]").await;
        tablet.until("document.querySelector('button[data-tema]').getAttribute('aria-pressed') === 'true'").await;
        assert_eq!(tablet.ask::<String>(GROUND).await, "rgb(243, 240, 234)");
        // What the body looked like when it began to exist, before any other script ran.
        tablet
            .beforehand("new MutationObserver((_, o) => { if (!document.body) return; o.disconnect(); window.primero = getComputedStyle(document.body).backgroundColor; }).observe(document, { childList: true, subtree: true });")
            .await;
        for path in ["/carretes?trabajador=93", "/tablero", "/"] {
            tablet.goto(&served.at(path)).await;
            assert_eq!(tablet.ask::<String>("window.primero").await, "rgb(243, 240, 234)", "{path}");
        }
        tablet.tap("button[data-tema]").await;
        tablet.until("!document.documentElement.dataset.tema").await;
        let kept: bool = tablet.ask("localStorage.getItem('tema') === null").await;
        assert!(kept);
        assert_eq!(tablet.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_a_new_build_says_so_at_once_and_waits_for_what_is_unsent() {
    let served = Served::with(&[ready(TAG)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        tablet.sees("CONECTADO").await;
        tablet.tap(".pick").await;
        tablet.ask::<bool>("(() => { document.body.dataset.build = 'anterior'; window.anterior = true; const old = document.getElementById('vivo'), fresh = old.cloneNode(false); old.replaceWith(fresh); htmx.process(fresh); return true; })()").await;
        tablet.sees("Nueva versión: ACTUALIZAR").await;
        tablet.ask::<bool>(&pass(60)).await;
        tablet.ask::<bool>(LOOKED).await;
        assert!(tablet.ask::<bool>("window.anterior === true").await, "a choice that was not sent keeps the page");
        tablet.tap("#version").await;
        tablet.until("window.anterior === undefined && document.getElementById('version').hidden").await;
        tablet.sees("TOMAR SELECCIONADOS (1)").await;
    })
    .await;
}

/// Holds the page's fetch of itself back until `suelta()`, and counts how often it was asked for.
const KEPT_BACK: &str = "(() => { const send = window.fetch.bind(window); window.pedidas = 0; const held = []; \
     window.suelta = () => held.splice(0).forEach((go) => go()); \
     window.fetch = (url, what) => url !== location.href ? send(url, what) \
       : (window.pedidas += 1, new Promise((go) => held.push(go)).then(() => send(url))); \
     window.anterior = true; document.body.dataset.build = 'anterior'; \
     const old = document.getElementById('vivo'), fresh = old.cloneNode(false); old.replaceWith(fresh); htmx.process(fresh); return true; })()";

#[tokio::test(flavor = "multi_thread")]
async fn c6_what_is_begun_while_a_new_build_is_on_its_way_keeps_the_page() {
    let served = Served::with(&[ready(TAG)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("{SETTLED} && !!document.querySelector('.spool.mine')")).await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.until(SETTLED).await;
        tablet.sees("CONECTADO").await;
        tablet.ask::<bool>(KEPT_BACK).await;
        tablet.until("window.pedidas === 1").await;
        tablet.tap(&opener(TAG, "motivo")).await;
        tablet.tap("dialog[open] input[name=otro]").await;
        tablet.text("falta la grúa").await;
        tablet.ask::<bool>("window.suelta() || true").await;
        // The next time that it asks for itself is when nobody is at it any more.
        tablet.ask::<bool>(LOOKED).await;
        let typed = "document.querySelector('dialog[open] input[name=otro]')?.value ?? ''";
        assert_eq!(tablet.ask::<String>(typed).await, "falta la grúa");
        tablet.tap("dialog[open] .other button").await;
        tablet.sees("ARM pausado").await;
        tablet.ask::<bool>(&pass(60)).await;
        tablet.until("!document.querySelector('.toast')").await;
        tablet.until("window.pedidas === 2").await;
        tablet.ask::<bool>("window.suelta() || true").await;
        tablet.until("window.anterior === undefined && document.getElementById('version').hidden").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_or_a_board_that_came_from_a_list_goes_back_to_the_names_and_a_board_that_is_watched_stays() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        for link in ["a.chip.link", "a[href^='/tablero']", "a[href^='/registro']"] {
            tablet.goto(&served.at("/carretes?trabajador=93")).await;
            tablet.until(SETTLED).await;
            tablet.tap(link).await;
            tablet.until("location.pathname !== '/carretes' && document.readyState === 'complete'").await;
            tablet.ask::<bool>(&pass(91)).await;
            tablet.sees("¿Sigues ahí?").await;
            tablet.tap("h2").await;
            tablet.until("document.getElementById('vuelta').textContent === ''").await;
            tablet.ask::<bool>(&pass(106)).await;
            tablet.until("location.pathname === '/'").await;
        }
        tablet.tap("a[href='/tablero']").await;
        tablet.until("location.pathname === '/tablero' && document.readyState === 'complete'").await;
        tablet.ask::<bool>(&pass(200)).await;
        tablet.ask::<bool>(LOOKED).await;
        assert_eq!(tablet.ask::<String>("location.pathname").await, "/tablero");
    })
    .await;
}

/// Brings a button to TOMAR to where something in the bars below the list ends up when they are gone, and says where.
fn laid_under(what: &str) -> String {
    format!(
        "(() => {{ const main = document.querySelector('main'), box = document.querySelector('{what}').getBoundingClientRect(); \
         const take = [...document.querySelectorAll('.spool .take')].find((it) => it.getBoundingClientRect().y > box.y); \
         main.scrollTop += take.getBoundingClientRect().y - (box.y + box.height / 2 - 40); \
         const button = take.getBoundingClientRect(), place = [button.x + button.width / 2, box.y + box.height / 2]; \
         return document.elementFromPoint(...place).closest('.bottom') && button.y < place[1] && button.bottom > place[1] ? place : null; }})()"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn g11_a_tap_on_a_bar_that_goes_presses_nothing_that_was_under_it() {
    let rows: Vec<Row> = (10..30).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    let served = Served::with(&rows, 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, "about:blank", TABLET, true).await;
        tablet.beforehand(MOMENT).await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.until(&format!("document.readyState === 'complete' && pasa(400) && {SETTLED}")).await;
        let nothing = async |what: &str| {
            tablet.until("!document.querySelector('form.htmx-request')").await;
            let taken: u32 = tablet.ask("document.querySelectorAll('.spool.mine').length").await;
            assert_eq!(taken, 0, "{what}");
        };
        tablet.ask::<bool>(&pass(91)).await;
        tablet.sees("¿Sigues ahí?").await;
        let (x, y): (f64, f64) = tablet.ask(&laid_under("#vuelta")).await;
        tablet.touch(x, y).await;
        tablet.until("pasa(400) && document.getElementById('vuelta').textContent === ''").await;
        nothing("who said that he is still there").await;
        // Put away twice, because the first time did not seem to do anything.
        tablet.until("pasa(400) && !document.querySelector('[data-nueva]')").await;
        tablet.ask::<bool>("document.dispatchEvent(new CustomEvent('aviso', { detail: 'Se perdió' }))").await;
        let (_, y): (f64, f64) = tablet.ask(&laid_under("#alertas [data-cerrar]")).await;
        tablet.tap("#alertas [data-cerrar]").await;
        tablet.until("!document.querySelector('#alertas .toast')").await;
        tablet.ask::<bool>("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => go(true))))").await;
        tablet.touch(x, y).await;
        nothing("who put an error away").await;
        tablet.until("pasa(400) && !document.querySelector('[data-nueva]')").await;
        tablet.touch(x, y).await;
        tablet.until("!!document.querySelector('.spool.mine')").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g10_a_tablet_that_has_slept_asks_who_is_there_and_shows_the_time_that_has_passed() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    in_browser(async |browser| {
        let tablet = Tab::open(browser, "about:blank", TABLET, true).await;
        tablet
            .beforehand("window.latidos = 0; document.addEventListener('htmx:sse:after:message', (e) => { if (e.detail.message.event === 'latido') window.latidos += 1; });")
            .await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.until("window.latidos > 0 && document.querySelector('.spool.mine time').textContent === '0m'").await;
        // Its own time is an hour behind what the plant has counted.
        let slept = "(() => { const now = performance.now.bind(performance); performance.now = () => now() - 3600000; window.latidos = 0; return true; })()";
        tablet.ask::<bool>(slept).await;
        tablet.until("window.latidos > 0").await;
        tablet.until("document.querySelector('.spool.mine time').textContent === '0m'").await;
        let wakes = "(() => { document.dispatchEvent(new Event('visibilitychange')); return true; })()";
        tablet.ask::<bool>(wakes).await;
        tablet.sees("¿Sigues ahí?").await;
    })
    .await;
}
