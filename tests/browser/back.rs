//! Back and reload at every step of what is done on a tablet: nothing happens a second time, nothing that was chosen is
//! lost, what was said before is not said again, and the address says what is shown.

use crate::flows::{By, OLD, REJECTED, WELDED, card, opener, works};
use crate::served::Served;
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TAG, button};
use serde_json::json;

/// What is shown came just now: nothing of what was said, asked or opened before.
const FRESH: &str = "document.readyState === 'complete' && window.antes === undefined && !document.querySelector('.toast, .result, dialog[open], .htmx-request')";

/// How often anything was registered of the spools, by whatever tablet.
pub(crate) async fn deeds(tab: &Tab) -> usize {
    let tags = json!([TAG, NEIGHBOUR, WELDED, REJECTED, OLD]);
    let count = "then((it) => it.json()).then((it) => it.events.length)";
    tab.ask(&format!(
        "Promise.all({tags}.map((tag) => fetch(`/api/history/${{tag}}`).{count})).then((all) => all.reduce((a, b) => a + b))"
    ))
    .await
}

/// So many cards of a look.
pub(crate) fn cards(count: usize, look: &str) -> String {
    format!("document.querySelectorAll('.spool.{look}').length === {count}")
}

/// After so many deeds: whoever reloads, or goes Back and forward again, is where he was, and has done nothing more.
pub(crate) async fn stands(tab: &Tab, by: By, done: usize, shows: &str) {
    assert_eq!(deeds(tab).await, done, "{shows}");
    let here: String = tab.ask("location.pathname + location.search").await;
    let again = format!("location.pathname + location.search === {} && {FRESH} && {shows}", json!(here));
    tab.ask::<bool>("(() => { window.antes = true; setTimeout(() => location.reload()); return true; })()").await;
    tab.until(&again).await;
    by.goes(tab, "back").await;
    let left = format!("location.pathname + location.search !== {} && document.readyState === 'complete'", json!(here));
    tab.until(&left).await;
    by.goes(tab, "forward").await;
    tab.until(&again).await;
    assert_eq!(deeds(tab).await, done, "nothing twice: {shows}");
}

/// Chooses a name.
pub(crate) async fn comes(tab: &Tab, by: By, worker: u32) {
    by.press(tab, &format!("#gente a[href$='trabajador={worker}']")).await;
    tab.until(&format!("location.pathname === '/carretes' && {SETTLED}")).await;
}

/// The fitter: several at once, a pause, an undo, a cancellation, a call for help, a completion.
async fn the_fitter(tab: &Tab, by: By) {
    comes(tab, by, 93).await;
    by.begins(tab, "#q").await;
    tab.text("28082").await;
    tab.until(&format!("location.search.includes('q=28082') && {SETTLED}")).await;
    for tag in [TAG, NEIGHBOUR] {
        by.pick(tab, tag).await;
    }
    let chosen = "document.querySelectorAll('.elige:checked').length === 2 && document.querySelector('#lote [data-cuenta]').textContent === '(2)'";
    stands(tab, by, 0, &format!("{chosen} && document.getElementById('q').value === '28082'")).await;
    by.press(tab, "#lote .take").await;
    tab.sees("Tomaste 2 de 2").await;
    stands(tab, by, 2, &format!("{} && !document.querySelector('.elige:checked, [data-elegido]')", cards(2, "mine"))).await;
    for tag in [TAG, NEIGHBOUR] {
        by.pick(tab, tag).await;
    }
    by.press(tab, "#soltar .pause").await;
    tab.sees("Soltaste 2 de 2").await;
    stands(tab, by, 4, &cards(2, "paused")).await;
    for (done, tag) in [(5, TAG), (6, NEIGHBOUR)] {
        by.press(tab, &button(tag, "tomar")).await;
        tab.until(&format!("{SETTLED} && !!document.querySelector(\"{}.mine\")", card(tag))).await;
        assert_eq!(deeds(tab).await, done);
    }
    by.press(tab, &opener(TAG, "motivo")).await;
    tab.until("!!document.querySelector('dialog[open]')").await;
    stands(tab, by, 6, &cards(2, "mine")).await;
    by.press(tab, &opener(TAG, "motivo")).await;
    by.press(tab, "dialog[open] button[value=máquina]").await;
    tab.sees("ARM pausado").await;
    stands(tab, by, 7, &cards(1, "mine")).await;
    by.press(tab, &button(NEIGHBOUR, "pausar")).await;
    by.press(tab, "#toasts .undo").await;
    tab.sees("Última acción deshecha").await;
    stands(tab, by, 9, &cards(1, "mine")).await;
    by.press(tab, &opener(NEIGHBOUR, "cancelar")).await;
    tab.until("!!document.querySelector('dialog[open]')").await;
    stands(tab, by, 9, &cards(1, "mine")).await;
    let help = format!("{} [data-ayuda]", card(NEIGHBOUR));
    by.press(tab, &help).await;
    tab.until("!!document.querySelector('.result')").await;
    stands(tab, by, 9, &cards(1, "mine")).await;
    by.press(tab, &help).await;
    by.press(tab, ".result button[value=máquina]").await;
    tab.sees("AYUDA PEDIDA").await;
    stands(tab, by, 10, "document.querySelectorAll('.call').length === 1").await;
    by.press(tab, &button(NEIGHBOUR, "completar")).await;
    tab.sees("ARM completado").await;
    stands(tab, by, 11, &cards(0, "mine")).await;
    by.press(tab, &button(TAG, "tomar")).await;
    by.press(tab, &opener(TAG, "cancelar")).await;
    by.press(tab, "dialog[open] .danger").await;
    tab.sees("ARM cancelado").await;
    stands(tab, by, 13, &format!("{} && {}", cards(0, "mine"), cards(1, "paused"))).await;
}

/// The inspector and the welder who mends: a rejection that is asked for, a repair, an approval.
async fn the_inspector_and_the_welder(tab: &Tab, by: By) {
    comes(tab, by, 30).await;
    by.press(tab, &opener(WELDED, "rechazar")).await;
    tab.until("!!document.querySelector('dialog[open]')").await;
    stands(tab, by, 13, &format!("!!document.querySelector(\"{}\")", opener(WELDED, "rechazar"))).await;
    by.press(tab, &opener(WELDED, "rechazar")).await;
    by.press(tab, "dialog[open] .danger").await;
    tab.until(&format!("!!document.querySelector(\"{}.rejected\")", card(WELDED))).await;
    stands(tab, by, 14, "true").await;
    by.goes(tab, "back").await;
    comes(tab, by, 20).await;
    by.press(tab, "a.filter[href*='operacion=REPARACION']").await;
    by.press(tab, &button(WELDED, "tomar")).await;
    tab.until(&format!("!!document.querySelector(\"{}.mine\")", card(WELDED))).await;
    stands(tab, by, 15, &format!("location.search.includes('REPARACION') && {}", cards(1, "mine"))).await;
    by.press(tab, &button(WELDED, "completar")).await;
    tab.sees("REPARACIÓN completad").await;
    stands(tab, by, 16, &format!("location.search.includes('REPARACION') && {}", cards(0, "mine"))).await;
}

/// A takeover that is only asked for, and one that is done.
async fn the_takeover(tab: &Tab, by: By) {
    comes(tab, by, 93).await;
    by.press(tab, &opener(OLD, "relevar")).await;
    tab.until("!!document.querySelector('dialog[open]')").await;
    stands(tab, by, 17, &format!("!!document.querySelector(\"{}\")", opener(OLD, "relevar"))).await;
    by.press(tab, &opener(OLD, "relevar")).await;
    by.press(tab, "dialog[open] .take").await;
    tab.sees("por relevo").await;
    stands(tab, by, 18, &format!("!!document.querySelector(\"{}.mine\")", card(OLD))).await;
}

/// Who watches from his list: a board narrowed step by step, a history, one's own record; his name stays above.
async fn the_board(tab: &Tab, by: By) {
    let his = "document.querySelector('h1').innerText === 'Marta Ríos'";
    by.press(tab, ".links a[href^='/tablero']").await;
    tab.until(&format!("location.pathname === '/tablero' && {SETTLED} && {his}")).await;
    by.press(tab, ".queues a[href*='operacion=ARM']").await;
    tab.until(&format!("location.search.includes('operacion=ARM') && {SETTLED}")).await;
    stands(tab, by, 18, &format!("{his} && location.search === '?operacion=ARM&ver=listos&trabajador=93'")).await;
    by.press(tab, ".filters a[href$='operacion=ARM&trabajador=93']").await;
    tab.until(&format!("!location.search.includes('listos') && {SETTLED}")).await;
    by.press(tab, ".board a[href^='/historial/']").await;
    tab.until(&format!("location.pathname.startsWith('/historial/') && {SETTLED}")).await;
    stands(tab, by, 18, &format!("{his} && !!document.querySelector('h2.tag')")).await;
    by.press(tab, ".links a[href^='/carretes']").await;
    tab.until(&format!("location.pathname === '/carretes' && {SETTLED}")).await;
    by.press(tab, "a[href^='/registro']").await;
    tab.until(&format!("location.pathname === '/registro' && {SETTLED}")).await;
    stands(tab, by, 18, &format!("{his} && !!document.querySelector('.board')")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g17_back_and_reload_at_every_step_of_acting_do_nothing_twice_and_lose_nothing() {
    in_browser(async |browser| {
        for by in [By::Finger, By::Keyboard] {
            let served = Served::with(&works(), 4).await;
            let tab = Tab::open(browser, &served.at("/"), TABLET, by == By::Finger).await;
            the_fitter(&tab, by).await;
            tab.goto(&served.at("/")).await;
            the_inspector_and_the_welder(&tab, by).await;
            tab.goto(&served.at("/")).await;
            comes(&tab, by, 30).await;
            by.press(&tab, &button(WELDED, "metrologia")).await;
            tab.sees("METROLOGÍA aprobada").await;
            stands(&tab, by, 17, "true").await;
            tab.goto(&served.at("/")).await;
            the_takeover(&tab, by).await;
            // What only shows is reached by the keyboard in other journeys.
            if by == By::Finger {
                the_board(&tab, by).await;
            }
            assert_eq!(tab.complaints(), Vec::<String>::new());
        }
    })
    .await;
}
