//! The network away, a proxy in the way, a server that takes its time.

use crate::served::{Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TABLETS, TAG, button};

/// Holds every POST of the page back until `suelta()`, and counts them.
pub(crate) const HELD: &str = "(() => { const send = window.fetch.bind(window); window.retenidas = 0; const held = []; \
     window.suelta = () => held.splice(0).forEach((go) => go()); \
     window.fetch = (url, what) => (what?.method || '').toUpperCase() !== 'POST' ? send(url, what) \
       : (window.retenidas += 1, new Promise((go) => held.push(go)).then(() => send(url, what))); return true; })()";

#[tokio::test(flavor = "multi_thread")]
async fn e1_while_the_network_is_away_actions_are_closed_and_say_so_and_all_comes_back_by_itself() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.sees("CONECTADO").await;
        tablet.until(SETTLED).await;
        tablet.tap(".pick").await;
        tablet.offline(true).await;
        tablet.sees("Sin conexión: no se puede registrar").await;
        tablet.shoot("sin-conexion").await;
        let open: Vec<String> = tablet
            .ask("[...document.querySelectorAll('form[method=post] button:not([type=button], [type=reset])')].filter((el) => !el.disabled).map((el) => el.innerText)")
            .await;
        assert_eq!(open, Vec::<String>::new(), "closed, not only grey");
        assert_eq!(served.act("tomar", NEIGHBOUR, 94).await, 200);
        tablet.offline(false).await;
        tablet.sees("CONECTADO").await;
        tablet.until("document.getElementById('sin-conexion').hidden").await;
        tablet.until(&format!("!document.querySelector(\"{}\")?.disabled", button(TAG, "tomar"))).await;
        // What was missed meanwhile comes when it moves nothing under a finger, or behind a button.
        tablet.until("document.body.innerText.includes('Juan Carlos') || !document.getElementById('cambios').hidden").await;
        let chosen: u32 = tablet.ask("document.querySelectorAll('.elige:checked').length").await;
        assert_eq!(chosen, 1, "the choice is still there");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e7_a_proxy_that_lets_no_stream_through_leaves_a_list_that_is_asked_for_again_and_again() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tablet.block(&["*/vivo/*"]).await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.sees("CADA 20 s").await;
        let open: bool = tablet.ask(&format!("!document.querySelector(\"{}\").disabled", button(TAG, "tomar"))).await;
        assert!(open, "actions do not need the stream");
        assert_eq!(served.act("tomar", NEIGHBOUR, 94).await, 200);
        tablet.ask::<bool>("(() => { const now = performance.now.bind(performance); performance.now = () => now() + 15000; return true; })()").await;
        tablet.sees("Juan Carlos Pérez López").await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.sees("ARM tomado").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g9_a_search_that_fails_keeps_the_list_and_offers_to_try_again() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        tablet.block(&["*/carretes?*"]).await;
        tablet.tap("#q").await;
        tablet.text("011").await;
        tablet.sees("No se pudo cargar").await;
        tablet.shoot("falla").await;
        let shown: (u32, u32) =
            tablet.ask("[document.querySelectorAll('.spool').length, document.querySelectorAll('.empty').length]").await;
        assert_eq!(shown, (2, 0));
        tablet.block(&[]).await;
        tablet.tap("[data-reintentar]").await;
        tablet
            .until("document.querySelectorAll('.spool').length === 1 && document.getElementById('falla').childElementCount === 0")
            .await;
        // Nor is a call for help swallowed: it is not asked, and that is said.
        tablet.block(&["*/ayuda*"]).await;
        tablet.tap("[data-ayuda]").await;
        tablet.sees("No se pudo cargar").await;
        tablet.block(&[]).await;
        tablet.tap("[data-reintentar]").await;
        tablet
            .until("!!document.querySelector('.result form') && document.getElementById('falla').childElementCount === 0")
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g6_a_slow_answer_is_words_after_two_seconds_and_an_explanation_after_eight() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(HELD).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.sees("Guardando todavía").await;
        tablet.sees("no se registra dos veces").await;
        tablet.shoot("demora").await;
        let other: bool = tablet.ask(&format!("document.querySelector(\"{}\").disabled", button(NEIGHBOUR, "tomar"))).await;
        assert!(!other, "only this card waits");
        tablet.ask::<bool>("window.suelta() || true").await;
        tablet.sees("ARM tomado").await;
        tablet.until("document.getElementById('demora').textContent === ''").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_whoever_was_slower_sees_who_won_on_the_card_itself() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let slow = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        slow.until(SETTLED).await;
        slow.ask::<bool>(HELD).await;
        slow.tap(&button(TAG, "tomar")).await;
        slow.until("window.retenidas === 1").await;
        assert_eq!(served.act("tomar", TAG, 94).await, 200);
        slow.ask::<bool>("window.suelta() || true").await;
        slow.until("document.querySelector('#alertas .toast.bad')?.innerText.includes('Juan Carlos Pérez López')").await;
        slow.until(&format!(
            "document.querySelector(\"article[aria-label='Carrete {TAG}'].taken\")?.innerText.includes('Juan Carlos Pérez López')"
        ))
        .await;
        slow.shoot("perdio").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_a_page_that_is_opened_says_so_and_comes_back_by_itself() {
    let mut served = Served::with(&[ready(TAG)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tablet.install().await;
        tablet.until("navigator.serviceWorker.ready.then((it) => it.active?.state === 'activated')").await;
        served.kill().await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.sees("La tableta no llega al servidor").await;
        tablet.shoot("apagado").await;
        assert_eq!(tablet.ask::<u32>("document.querySelectorAll('.spool, .person').length").await, 0, "no data was kept");
        let kept: Vec<String> = tablet.ask("caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((it) => it.keys())))).then((all) => all.flat().map((it) => new URL(it.url).pathname).filter((path) => !path.startsWith('/static/')))").await;
        assert_eq!(kept, ["/sin-conexion"]);
        served.restart().await;
        tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "tomar"))).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_an_answer_is_seen_although_its_card_was_replaced_while_it_was_on_its_way() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        let searches = async |text: &str, left: u32| {
            tablet.tap("#q").await;
            tablet.ask::<bool>("(() => { document.querySelector('#q').select(); return true; })()").await;
            tablet.text(text).await;
            tablet.until(&format!("document.querySelectorAll('.spool').length === {left} && {SETTLED}")).await;
        };
        let released = "window.suelta() || true";
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(HELD).await;
        // Another one was faster, and this one looks for the next spool meanwhile.
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until("window.retenidas === 1").await;
        assert_eq!(served.act("tomar", TAG, 94).await, 200);
        searches("28082-011", 1).await;
        tablet.ask::<bool>(released).await;
        tablet.until("document.querySelector('#alertas .toast.bad')?.innerText.includes('Juan Carlos Pérez López')").await;
        tablet.tap("#alertas [data-cerrar]").await;
        // What was done is said as well, and can be undone.
        tablet.tap(&button(NEIGHBOUR, "tomar")).await;
        tablet.until("window.retenidas === 2").await;
        searches("28082", 2).await;
        tablet.ask::<bool>(released).await;
        tablet.tap("#toasts .undo").await;
        tablet.until("window.retenidas === 3").await;
        // So is what became of DESHACER, whose toast was put away.
        tablet.tap("#toasts [data-cerrar]").await;
        tablet.ask::<bool>(released).await;
        tablet.sees("Última acción deshecha").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g9_a_search_for_a_name_that_fails_keeps_the_names_and_offers_to_try_again() {
    let served = Served::with(&[ready(TAG)], 20).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/").await;
        tablet.until("!!document.querySelector('#q[data-htmx-powered]')").await;
        const NAMES: &str = "document.querySelectorAll('#gente a.person').length";
        let before: u32 = tablet.ask(NAMES).await;
        tablet.block(&["*/?q=*"]).await;
        tablet.tap("#q").await;
        tablet.text("Salas").await;
        tablet.sees("No se pudo cargar").await;
        assert_eq!(
            tablet.ask::<(u32, u32)>(&format!("[{NAMES}, document.querySelectorAll('.empty').length]")).await,
            (before, 0)
        );
        tablet.block(&[]).await;
        tablet.tap("[data-reintentar]").await;
        tablet.until(&format!("{NAMES} === 1 && document.getElementById('falla').childElementCount === 0")).await;
        assert_eq!(tablet.ask::<String>("document.querySelector('#gente a.person b').innerText").await, "Pedro Salas");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g8_the_newest_message_is_in_sight_however_many_are_there() {
    let served = Served::with(&[ready(TAG)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLETS[2], true).await;
        tablet.until(SETTLED).await;
        let many = "Array.from({ length: 9 }, (_, i) => document.dispatchEvent(new CustomEvent('aviso', { detail: `Se perdió ${i}` }))).length";
        tablet.ask::<u32>(many).await;
        let seen: bool = tablet
            .ask(
                "(() => { const last = [...document.querySelectorAll('.toast')].at(-1), box = last.getBoundingClientRect(); \
                 return last.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); })()",
            )
            .await;
        assert!(seen, "the last one");
    })
    .await;
}
