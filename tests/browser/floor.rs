//! Fingers, fleeting messages, wiped tablets, new builds: what only a real browser can show.

use crate::names::LOOKED;
use crate::served::{Row, Served, ready};
use crate::silence::HELD;
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TAG, button};
use std::process::Stdio;
use tokio::process::Command;

/// A tablet lying on its side, with the keyboard's room gone: the lowest screen of the plant.
const LOW: (u32, u32) = (1_024, 600);

/// Makes the page's timers run a thousand times as fast from now on, but for the 40 s after which
/// a request is given up.
const FAST: &str = "(() => { const slow = setTimeout; \
                    window.setTimeout = (f, ms, ...rest) => slow(f, ms === 40000 ? ms : ms / 1000, ...rest); return true; })()";

#[tokio::test(flavor = "multi_thread")]
async fn g2_the_last_of_sixty_workers_is_reached_by_scrolling_the_one_thing_that_scrolls() {
    let served = Served::with(&[ready(TAG)], 60).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), LOW, true).await;
        let people: u32 = tablet.ask("document.querySelectorAll('a.person').length").await;
        assert_eq!(people, 60);
        let scrolling: Vec<String> = tablet
            .ask(
                "[...document.querySelectorAll('*')].filter((el) => el.scrollHeight > el.clientHeight + 1 && \
                 /auto|scroll/.test(getComputedStyle(el).overflowY)).map((el) => el.tagName)",
            )
            .await;
        assert_eq!(scrolling, ["MAIN"], "never a scroll inside a scroll");
        let reached: bool = tablet
            .ask(
                "(() => { const main = document.querySelector('main'); main.scrollTop = main.scrollHeight; \
                 const last = [...document.querySelectorAll('a.person')].at(-1), box = last.getBoundingClientRect(); \
                 return last.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) \
                 && box.bottom <= main.getBoundingClientRect().bottom; })()",
            )
            .await;
        assert!(reached, "the last name is whole and under nothing");
        tablet.ask::<bool>("(() => { [...document.querySelectorAll('a.person')].at(-1).id = 'ultima'; return true; })()").await;
        tablet.tap("#ultima").await;
        tablet.until("location.pathname === '/carretes'").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g8_an_error_is_still_there_after_a_minute_and_a_success_is_not() {
    let mut served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(FAST).await;
        tablet.ask::<bool>("document.querySelectorAll('input[name=operacion]').forEach((el, i) => { if (i === 1) el.value = 'PINTURA'; }) || true").await;
        tablet.tap(&button(NEIGHBOUR, "tomar")).await;
        tablet.until("!!document.querySelector('#alertas .toast.bad')").await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.sees("ARM tomado").await;
        tablet.until("!document.querySelector('#toasts .toast')").await;
        served.kill().await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(TAG, "pausar")).await;
        tablet.sees("No hubo respuesta").await;
        tablet.ask::<bool>("setTimeout(() => { window.unMinuto = true; }, 60000) > 0").await;
        tablet.until("window.unMinuto === true").await;
        let errors: u32 = tablet.ask("document.querySelectorAll('#alertas .toast.bad').length").await;
        assert_eq!(errors, 2, "the refusal and the silence both stay until they are put away");
        tablet.tap("#alertas .toast.bad [data-cerrar]").await;
        tablet.until("document.querySelectorAll('#alertas .toast.bad').length === 1").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g9_a_search_while_the_server_is_away_keeps_the_list_and_says_that_there_is_no_connection() {
    let mut served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.sees("CONECTADO").await;
        served.kill().await;
        tablet.ask::<bool>("(() => { const q = document.getElementById('q'); q.value = 'zzz'; return q.dispatchEvent(new Event('input', { bubbles: true })); })()").await;
        tablet.until("!document.getElementById('sin-conexion').hidden").await;
        let (cards, empty): (u32, u32) =
            tablet.ask("[document.querySelectorAll('.spool').length, document.querySelectorAll('.empty').length]").await;
        assert_eq!((cards, empty), (2, 0), "what was known stays on the screen");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g10_a_tablet_that_was_wiped_shows_the_same_list_after_the_name_is_chosen() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    const CARDS: &str = "[...document.querySelectorAll('section')].map((el) => el.innerText.replace(/\\s+/g, ' ')).join('|')";
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tablet.tap("a[href='/carretes?trabajador=93']").await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await;
        let kept: String =
            tablet.ask("Object.keys(localStorage).join() + Object.keys(sessionStorage).join() + document.cookie").await;
        assert_eq!(kept, "recientes", "of the plant only the number of who was here is kept on the tablet");
        assert_eq!(tablet.ask::<String>("localStorage.recientes").await, "[\"93\"]");
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        let before: String = tablet.ask(CARDS).await;
        // A tab of its own context has neither cookies nor storage: a tablet out of the box.
        let wiped = Tab::open(browser, &served.at("/"), TABLET, true).await;
        wiped.tap("a[href='/carretes?trabajador=93']").await;
        wiped.until("document.readyState === 'complete' && location.pathname === '/carretes' && !!document.querySelector('.spool.mine')").await;
        assert_eq!(wiped.ask::<String>(CARDS).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g11_what_becomes_free_elsewhere_waits_behind_a_button_and_moves_nothing_under_a_finger() {
    let rows: Vec<Row> = (10..14).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    let served = Served::with(&rows, 4).await;
    const PLACES: &str = "[...document.querySelectorAll('.spool')].map((el) => [el.id, el.getBoundingClientRect().y])";
    in_browser(async |browser| {
        // The first of the sheet is taken: once free it belongs at the top, above the finger.
        assert_eq!(served.act("tomar", TAG, 94).await, 200);
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93&ver=disponibles"), TABLET, true).await;
        tablet.sees("CONECTADO").await;
        tablet.until(SETTLED).await;
        tablet.tap(".spool h3").await;
        let before: Vec<(String, f64)> = tablet.ask(PLACES).await;
        assert_eq!(before.len(), 3);
        assert_eq!(served.act("cancelar", TAG, 94).await, 200);
        tablet.until("!document.getElementById('cambios').hidden").await;
        assert_eq!(tablet.ask::<Vec<(String, f64)>>(PLACES).await, before);
        tablet.sees("1 cambio – ACTUALIZAR").await;
        tablet.tap("#cambios").await;
        tablet.until("document.querySelectorAll('.spool').length === 4").await;
        let first: String = tablet.ask("document.querySelector('.spool').getAttribute('aria-label')").await;
        assert_eq!(first, format!("Carrete {TAG}"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g17_every_screen_is_reached_by_its_address_and_back_leads_to_the_one_before() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tablet.tap("a[href='/carretes?trabajador=93']").await;
        tablet.until(&format!("location.search === '?trabajador=93' && {SETTLED}")).await;
        tablet.tap("a.filter[href$='ver=disponibles']").await;
        tablet.until(&format!("location.search.endsWith('ver=disponibles') && {SETTLED}")).await;
        tablet.tap("a.chip.link").await;
        tablet.until("location.pathname.startsWith('/historial/')").await;
        for (address, shows) in [
            ("/carretes?trabajador=93&ver=disponibles", "TOMAR ARM"),
            ("/carretes?trabajador=93", "TOMAR ARM"),
            ("/", "¿Quién eres?"),
        ] {
            tablet.ask::<bool>("setTimeout(() => history.back()) > 0").await;
            tablet.until(&format!("location.pathname + location.search === '{address}' && {SETTLED}")).await;
            tablet.sees(shows).await;
        }
        // What was filtered for one worker is not for the next.
        tablet.tap("a[href='/carretes?trabajador=94']").await;
        tablet.until("location.search === '?trabajador=94'").await;
        for (address, shows) in [
            ("/carretes?trabajador=93&q=011", NEIGHBOUR),
            ("/carretes?trabajador=20", "No hay carretes aquí ahora."),
            ("/tablero", "No hay carretes ocupados actualmente"),
            ("/kiosko", "No hay carretes ocupados actualmente"),
            (&format!("/historial/{TAG}"), "Nadie lo ha tomado todavía."),
        ] {
            tablet.goto(&served.at(address)).await;
            tablet.sees(shows).await;
            tablet.ask::<bool>("setTimeout(() => location.reload()) > 0").await;
            tablet.sees(shows).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_a_page_of_an_older_build_reloads_when_it_is_idle_and_never_under_somebodys_hands() {
    let mut served = Served::with(&[ready(TAG)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.sees("CONECTADO").await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until("!!document.querySelector('.spool.mine dialog')").await;
        // The page is of another build than the server that comes back; half a minute passes.
        let older = "document.body.dataset.build = 'anterior'; window.anterior = true; \
                     document.querySelector('.spool dialog').showModal(); \
                     document.addEventListener('htmx:sse:after:message', (e) => { if (e.detail.message.event === 'latido') window.latidos = (window.latidos || 0) + 1; }); \
                     { const now = performance.now.bind(performance); performance.now = () => now() + 35000; } true";
        tablet.until("!document.querySelector('.toast')").await;
        tablet.ask::<bool>(older).await;
        served.kill().await;
        tablet.until("document.getElementById('conexion').dataset.estado !== 'vivo'").await;
        served.restart().await;
        tablet.until("window.latidos > 0").await;
        // A reload would have fetched the page by the time that it has come twice more.
        let twice = "fetch(location.href).then((r) => r.text()).then(() => fetch(location.href)).then((r) => r.ok)";
        assert!(tablet.ask::<bool>(twice).await);
        assert!(tablet.ask::<bool>("window.anterior === true").await, "a page in use is left alone");
        tablet.ask::<bool>("(() => { document.querySelector('.spool dialog').close(); return true; })()").await;
        tablet.until("window.anterior === undefined && document.body?.dataset.build !== 'anterior'").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_while_redis_is_away_a_list_says_why_and_its_buttons_come_back_by_themselves() {
    let port = crate::port::free_port().to_string();
    let served = Served::set(&[ready(TAG), ready(NEIGHBOUR)], 4, &[("REDIS_URL", &format!("redis://127.0.0.1:{port}"))]).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.sees("no se puede comprobar quién tiene cada carrete").await;
        tablet.until("!document.querySelector('.acts')").await;
        let arguments = ["--port", &port, "--save", "", "--appendonly", "no"];
        let redis = || Command::new("redis-server").args(arguments).stdout(Stdio::null()).kill_on_drop(true).spawn().unwrap();
        let there = redis();
        tablet.until("!!document.querySelector('.acts') && document.querySelector('#sin-conexion').hidden").await;
        drop(there);
        tablet.until("!document.querySelector('.acts') && !document.querySelector('#sin-conexion').hidden").await;
        let there = redis();
        tablet.until("!!document.querySelector('.acts') && document.querySelector('#sin-conexion').hidden").await;
        // What somebody has ticked and the day that he has chosen stay where they are, and outlast a list without them.
        assert_eq!(served.act("tomar", TAG, 93).await, 200);
        tablet.until(&format!("!!document.querySelector('.spool.mine .date input') && {SETTLED}")).await;
        const DATE: &str = "document.querySelector('.date input')";
        let chosen: String =
            tablet.ask(&format!("(document.querySelector('.elige[form=lote]').click(), {DATE}.stepDown(1), {DATE}.value)")).await;
        drop(there);
        tablet.until("!document.querySelector('#sin-conexion').hidden").await;
        tablet.ask::<bool>(LOOKED).await;
        assert_eq!(tablet.ask::<u32>("document.querySelectorAll('.spool .acts').length").await, 2, "nothing was taken away");
        tablet.ask::<bool>("document.dispatchEvent(new Event('lista:pedir'))").await;
        tablet.until("!document.querySelector('.acts')").await;
        let there = redis();
        tablet.until("!!document.querySelector('.acts') && document.querySelector('#sin-conexion').hidden").await;
        tablet.until(&format!("{DATE}?.value === '{chosen}' && document.querySelectorAll('.elige:checked').length === 1")).await;
        drop(there);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_was_typed_outlives_an_answer_that_is_no_and_an_outage() {
    let port = crate::port::free_port().to_string();
    let arguments = ["--port", &port, "--save", "", "--appendonly", "no"];
    let redis = || Command::new("redis-server").args(arguments).stdout(Stdio::null()).kill_on_drop(true).spawn().unwrap();
    let first = redis();
    let served = Served::set(&[ready(TAG)], 4, &[("REDIS_URL", &format!("redis://127.0.0.1:{port}"))]).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until("!!document.querySelector('.acts')").await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector('.spool.mine .acts') && {SETTLED}")).await;
        let (opener, typed) = ("button[commandfor^=motivo]", "document.querySelector('[name=otro]')?.value === 'lluvia'");
        tablet.tap(opener).await;
        tablet.tap("dialog[open] [name=otro]").await;
        tablet.text("lluvia").await;
        // The card changes, and then its list: he may still pause.
        tablet.press("Escape").await;
        served.ask_for_help(TAG, 93, "falta la plantilla").await;
        tablet.sees("falta la plantilla").await;
        assert!(tablet.ask::<bool>(typed).await, "it is on the card that came");
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(HELD).await;
        tablet.tap(opener).await;
        tablet.tap("dialog[open] form.other button").await;
        tablet.until("window.retenidas === 1").await;
        drop(first);
        tablet.sees("no se puede comprobar quién tiene cada carrete").await;
        tablet.ask::<bool>("window.suelta() || true").await;
        tablet.until("!!document.querySelector('#alertas .toast.bad') && !document.querySelector('dialog[open]')").await;
        assert!(tablet.ask::<bool>(typed).await, "an answer that is no takes nothing away");
        tablet.ask::<bool>("document.dispatchEvent(new Event('lista:pedir'))").await;
        tablet.until("!document.querySelector('.acts')").await;
        let _second = redis();
        tablet.until(&format!("!!document.querySelector('.acts') && {typed} && {SETTLED}")).await;
        tablet.tap(opener).await;
        tablet.tap("dialog[open] form.other button").await;
        tablet.until("window.retenidas === 2").await;
        tablet.ask::<bool>("window.suelta() || true").await;
        tablet.sees("ARM pausado").await;
        let told = format!("fetch('/historial/{TAG}').then((page) => page.text()).then((text) => text.includes('lluvia'))");
        assert!(tablet.ask::<bool>(&told).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_open_past_midnight_offers_the_new_day_where_nobody_chose_another() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    for tag in [TAG, NEIGHBOUR] {
        assert_eq!(served.act("tomar", tag, 93).await, 200);
    }
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.sees("CONECTADO").await;
        tablet.until(SETTLED).await;
        const DATES: &str = "[...document.querySelectorAll('.spool.mine input[type=date]')]";
        let today: String = tablet.ask(&format!("{DATES}[0].value")).await;
        // The page as it was made on the day before; on the second card he chose a day himself.
        let before = format!(
            "{DATES}.map((el, i) => {{ el.stepDown(1); el.max = el.defaultValue = el.value; if (i) el.value = '2020-01-01'; return el.value; }}).includes('{today}')"
        );
        assert!(!tablet.ask::<bool>(&before).await);
        // The stream begins anew, and its first word is which day it is.
        tablet.ask::<bool>("dispatchEvent(new Event('online'))").await;
        tablet.until(&format!("{DATES}.every((el) => el.max === '{today}')")).await;
        let shown: Vec<String> = tablet.ask(&format!("{DATES}.map((el) => el.value)")).await;
        assert_eq!(shown, [today.as_str(), "2020-01-01"]);
        tablet.tap(&button(TAG, "completar")).await;
        tablet.sees("ARM completado").await;
        let row = format!("/supervisor/carretes/{}", served.id(TAG).await);
        let row: String = tablet.ask(&format!("fetch('{row}').then((page) => page.text())")).await;
        let [year, month, day] = today.split('-').collect::<Vec<_>>()[..] else { panic!("{today}") };
        assert!(row.contains(&format!("{day}-{month}-{year}")), "the day on which it was completed is in the row");
    })
    .await;
}
