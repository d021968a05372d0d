//! What somebody has in his hands: nothing that comes by itself takes it from him, and nothing holds the tablet when he
//! is gone.

use crate::names::{LOOKED, pass};
use crate::served::{Served, ready};
use crate::silence::HELD;
use crate::tab::{Tab, in_browser};
use crate::wire::{Passes, Wire};
use crate::{NEIGHBOUR, SETTLED, TABLET, TAG, button};

/// Counts the messages of a page's stream that are no heartbeat.
const HEARD: &str = "(() => { window.dichos = 0; document.addEventListener('htmx:sse:before:message', (e) => { \
     if (e.detail.message.event !== 'latido') window.dichos += 1; }); return true; })()";

/// Counts the requests of a page that got no answer.
const FAILED: &str =
    "(() => { window.fallas = 0; document.addEventListener('htmx:error', () => { window.fallas += 1; }); return true; })()";

/// Holds back each question whether the server is there until `contesta()`, and remembers one without a time limit.
const ASKED: &str = "(() => { const send = window.fetch.bind(window), held = []; window.preguntas = 0; window.sinLimite = false; \
     window.contesta = () => held.splice(0).forEach((go) => go()); \
     window.fetch = (url, what) => { if (url !== '/health') return send(url, what); \
     window.preguntas += 1; window.sinLimite ||= !what?.signal; \
     return new Promise((go) => held.push(go)).then(() => send(url, what)); }; return true; })()";

#[tokio::test(flavor = "multi_thread")]
async fn who_touches_his_tablet_while_it_asks_for_the_names_stays() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(ASKED).await;
        tablet.ask::<bool>(&pass(106)).await;
        tablet.until("window.preguntas > 0").await;
        tablet.ask::<bool>(LOOKED).await;
        tablet.tap("#q").await;
        tablet.text("0").await;
        tablet.ask::<bool>("(() => { window.antes = true; contesta(); return true; })()").await;
        tablet.ask::<bool>(LOOKED).await;
        let (path, limits): (String, bool) = tablet.ask("[location.pathname, window.antes && !window.sinLimite]").await;
        assert_eq!((path.as_str(), limits), ("/carretes", true), "he is there, and no question waits for ever");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_in_a_closed_dialog_and_a_dialog_without_a_word_hold_nobodys_name() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        tablet.tap("button[commandfor^=motivo]").await;
        tablet.tap("dialog[open] [name=otro]").await;
        tablet.text("l").await;
        tablet.tap("dialog[open] .back").await;
        tablet.until("!document.querySelector('dialog[open]')").await;
        assert_eq!(tablet.ask::<String>("document.querySelector('[name=otro]').value").await, "", "VOLVER is to begin anew");
        tablet.tap("button[commandfor^=motivo]").await;
        tablet.tap("dialog[open] [name=otro]").await;
        tablet.text("l").await;
        tablet.press("Escape").await;
        tablet.until("!document.querySelector('dialog[open]')").await;
        tablet.ask::<bool>(&pass(106)).await;
        tablet.until("location.pathname === '/'").await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.until(SETTLED).await;
        tablet.tap("button[commandfor^=cancelar]").await;
        tablet.until("!!document.querySelector('dialog[open]')").await;
        tablet.ask::<bool>(&pass(106)).await;
        tablet.until("location.pathname === '/'").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_was_chosen_stays_while_its_card_changes_and_is_gone_with_the_work_that_it_was_for() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.sees("CONECTADO").await;
        tablet.until(SETTLED).await;
        const DATE: &str = "document.querySelector('.spool.mine input[type=date]')";
        let today: String = tablet.ask(&format!("{DATE}.value")).await;
        let yesterday: String = tablet.ask(&format!("({DATE}.stepDown(1), {DATE}.value)")).await;
        // The card tells what happens to his spool, and the list what else there is; the day is still the one that he chose.
        served.ask_for_help(TAG, 93, "falta la plantilla").await;
        tablet.sees("falta la plantilla").await;
        assert_eq!(tablet.ask::<String>(&format!("{DATE}.value")).await, yesterday);
        tablet.ask::<bool>("(() => { window.antes = document.getElementById('lista'); document.dispatchEvent(new Event('lista:pedir')); return true; })()").await;
        tablet.until("document.getElementById('lista') !== window.antes").await;
        assert_eq!(tablet.ask::<String>(&format!("{DATE}.value")).await, yesterday);
        // While he is choosing, nothing takes the field from under his fingers.
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(HEARD).await;
        tablet.ask::<bool>(&format!("({DATE}.focus(), window.antes = {DATE}) !== null")).await;
        tablet.press("ArrowUp").await;
        let choosing = format!("{DATE} === window.antes && {DATE}.value");
        let chosen: String = tablet.ask(&choosing).await;
        // His time stands still: he has just pressed a key.
        tablet.ask::<bool>("(() => { const at = performance.now(); window.antes2 = performance.now.bind(performance); performance.now = () => at; return true; })()").await;
        const VERSION: &str = "document.querySelector('.spool.mine')?.dataset.version";
        let before: String = tablet.ask(VERSION).await;
        for verb in ["pausar", "tomar"] {
            assert_eq!(served.act(verb, TAG, 93).await, 200);
        }
        tablet.until("window.dichos > 1").await;
        tablet.ask::<bool>(LOOKED).await;
        assert_eq!(tablet.ask::<String>(&choosing).await, chosen);
        tablet.ask::<bool>("(() => { performance.now = () => window.antes2() + 40000; return true; })()").await;
        tablet.until(&format!("({VERSION} ?? '{before}') !== '{before}'")).await;
        assert_eq!(tablet.ask::<String>(&format!("{DATE}.value")).await, chosen);
        // It was paused on another tablet: there is nothing to complete, and the next work is of today.
        assert_eq!(served.act("pausar", TAG, 93).await, 200);
        tablet.until(&format!("!!document.querySelector('.spool.paused') && !{DATE}")).await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("{DATE}?.value === '{today}'")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g11_a_board_keeps_still_under_a_finger_and_keeps_the_focus_when_it_moves() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let board = served.desk(browser, "/tablero").await;
        board.sees("CONECTADO").await;
        board.ask::<bool>(HEARD).await;
        // Its time stands still: the finger stays where it is.
        board.ask::<bool>("(() => { const at = performance.now(); window.antes = performance.now.bind(performance); performance.now = () => at; return true; })()").await;
        board.click("#tablero").await;
        assert_eq!(served.act("tomar", TAG, 93).await, 200);
        board.until("window.dichos > 0").await;
        board.ask::<bool>(LOOKED).await;
        let moved: bool = board.ask("!!document.querySelector('.board th.tag')").await;
        assert!(!moved, "nothing comes under a finger");
        board.ask::<bool>("(() => { performance.now = () => window.antes() + 5000; return true; })()").await;
        board.until("!!document.querySelector('.board th.tag a')").await;
        board.ask::<bool>("(() => { document.querySelector('.board th.tag a').focus(); return true; })()").await;
        assert_eq!(served.act("tomar", NEIGHBOUR, 94).await, 200);
        board.until("document.querySelectorAll('.board th.tag a').length === 2").await;
        let focus: String = board.ask("document.activeElement.textContent").await;
        assert_eq!(focus, TAG);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisors_half_typed_search_and_chosen_person_stay_while_the_plant_works() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let desk = served.desk(browser, "/supervisor").await;
        for (path, begin, kept) in [
            ("/supervisor", "document.getElementById('q').value = '28082-0'", "document.getElementById('q').value"),
            (
                "/supervisor/actividad",
                "document.querySelector('[name=quien]').value = 'supervisor'",
                "document.querySelector('[name=quien]').value",
            ),
        ] {
            desk.goto(&served.at(path)).await;
            desk.sees("CONECTADO").await;
            desk.ask::<bool>(HEARD).await;
            let begun: String = desk.ask(begin).await;
            for verb in ["tomar", "cancelar"] {
                assert_eq!(served.act(verb, TAG, 93).await, 200);
            }
            desk.until("window.dichos > 1").await;
            desk.until("!document.getElementById('cambios').hidden").await;
            desk.ask::<bool>(LOOKED).await;
            assert_eq!(desk.ask::<String>(kept).await, begun, "{path}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g11_names_that_moved_down_take_no_tap_that_was_on_its_way() {
    let served = Served::with(&[ready(TAG)], 20).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until("localStorage.recientes === '[\"93\"]'").await;
        // Nothing settles until it is told to; and what comes of a tap is kept.
        tablet
            .beforehand(
                "{ const slow = setTimeout; window.setTimeout = (f, ms, ...rest) => ms === 400 ? (window.asienta = f, 0) : slow(f, ms, ...rest); \
                 window.addEventListener('click', (e) => { window.toque = e; }, true); }",
            )
            .await;
        tablet.goto(&served.at("/")).await;
        let name = "#gente section:not(#recientes) a.person";
        let (x, y): (f64, f64) = tablet
            .ask(&format!("(() => {{ const box = document.querySelector('{name}').getBoundingClientRect(); return [box.x + 40, box.y + 40]; }})()"))
            .await;
        tablet.until("!!document.querySelector('#recientes a.person')").await;
        tablet.touch(x, y).await;
        tablet.until("!!window.toque").await;
        assert!(tablet.ask::<bool>("window.toque.defaultPrevented").await, "it was meant for what stood there before");
        tablet.ask::<bool>("(() => { asienta(); return true; })()").await;
        tablet.tap("#recientes a.person").await;
        tablet.until("location.pathname === '/carretes'").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_wifi_that_carries_nothing_a_page_that_is_opened_is_the_page_without_a_connection() {
    let served = Served::with(&[ready(TAG)], 4).await;
    in_browser(async |browser| {
        let wire = Wire::to(&served.at("")).await;
        let tablet = Tab::open(browser, &wire.at("/"), TABLET, true).await;
        tablet.install().await;
        tablet.until("navigator.serviceWorker.ready.then((it) => it.active?.state === 'activated')").await;
        wire.set(Passes::Nothing);
        tablet.ask::<bool>("setTimeout(() => location.assign('/carretes?trabajador=93')) > 0").await;
        tablet.sees("La tableta no llega al servidor").await;
        wire.set(Passes::All);
        tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "tomar"))).await;
        // Nor does it stand in the way of a page that sends whoever asks for it on to another one.
        tablet.ask::<bool>(&format!("setTimeout(() => location.assign('/escaneo?trabajador=93&tag={TAG}')) > 0")).await;
        tablet.until("location.search.includes('carrete=') && !!document.querySelector('#lista[data-carrete]')").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_several_is_said_where_it_is_heard_and_moves_no_focus() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(HELD).await;
        tablet.tap(".pick").await;
        tablet.tap("#lote .take").await;
        tablet.until("window.retenidas === 1").await;
        tablet.ask::<bool>("window.suelta() || true").await;
        tablet.until("!!document.querySelector('.result')").await;
        // The region was in the page before: only so it is read out.
        let (heard, inside): (bool, bool) = tablet
            .ask("[document.getElementById('toasts').textContent.includes('Tomaste 1 de 1'), !!document.querySelector('.result[role], .result:focus')]")
            .await;
        assert_eq!((heard, inside), (true, false));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g11_a_change_is_counted_only_where_it_belongs_on_the_list_and_comes_up_under_no_finger() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/").await;
        let one = format!("carrete={}", served.id(NEIGHBOUR).await);
        const HIDDEN: &str = "document.getElementById('cambios').hidden";
        for asked in ["q=011", "ver=mios", "operacion=SOLD", &one] {
            tablet.goto(&served.at(&format!("/carretes?trabajador=93&{asked}"))).await;
            tablet.sees("CONECTADO").await;
            tablet.ask::<bool>(HEARD).await;
            for verb in ["tomar", "cancelar"] {
                assert_eq!(served.act(verb, TAG, 94).await, 200);
            }
            tablet.until("window.dichos > 1").await;
            assert!(tablet.ask::<bool>(HIDDEN).await, "{asked}");
        }
        assert_eq!(served.act("tomar", TAG, 94).await, 200);
        tablet.goto(&served.at("/carretes?trabajador=93&ver=disponibles")).await;
        tablet.sees("CONECTADO").await;
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(HEARD).await;
        // Its time stands still: the finger stays where it is.
        tablet.ask::<bool>("(() => { const at = performance.now(); window.antes = performance.now.bind(performance); performance.now = () => at; return true; })()").await;
        tablet.tap(".spool h3").await;
        assert_eq!(served.act("cancelar", TAG, 94).await, 200);
        tablet.until("window.dichos > 0").await;
        tablet.ask::<bool>(LOOKED).await;
        assert!(tablet.ask::<bool>(HIDDEN).await, "nothing comes up under a finger");
        tablet.ask::<bool>("(() => { performance.now = () => window.antes() + 2500; return true; })()").await;
        tablet.sees("1 cambio – ACTUALIZAR").await;
        // And it goes again when there is nothing to bring.
        assert_eq!(served.act("tomar", TAG, 94).await, 200);
        tablet.until(HIDDEN).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_fetched_anew_is_asked_for_again() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        let board = served.desk(browser, "/tablero").await;
        for tab in [&tablet, &board] {
            tab.sees("CONECTADO").await;
            tab.ask::<bool>(FAILED).await;
        }
        // The board was under a finger when it was told, and asks then: its time stands still.
        board.ask::<bool>(HEARD).await;
        board.ask::<bool>("(() => { const at = performance.now(); window.antes = performance.now.bind(performance); performance.now = () => at; return true; })()").await;
        board.click("#tablero").await;
        tablet.block(&["*/tarjeta*"]).await;
        board.block(&["*/tablero*"]).await;
        assert_eq!(served.act("tomar", TAG, 94).await, 200);
        board.until("window.dichos > 0").await;
        board.ask::<bool>("(() => { performance.now = () => window.antes() + 5000; return true; })()").await;
        for tab in [&tablet, &board] {
            tab.until("window.fallas > 0").await;
            tab.block(&[]).await;
            tab.sees("Juan Carlos Pérez López").await;
        }
    })
    .await;
}
