//! While nothing can be registered: who comes in, who goes, and pages that come back by themselves.

use crate::gaps::{OPEN, shows, three};
use crate::locked::{LOCKED, desk, first_supervisor, sign_in};
use crate::served::Served;
use crate::stand_in::Google;
use crate::stand_in::plant::{BOOK, Plant};
use crate::tab::{Tab, in_browser};
use crate::wire::{Passes, Wire};
use crate::{NEIGHBOUR, SETTLED, TABLET, TAG, WALL, button};
use chromiumoxide::Browser;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What stands in the place of each button with which something is registered, once each time.
const INSTEAD: &str = "[...new Set([...document.querySelectorAll('.spool > .acts form button')].map((el) => getComputedStyle(el, '::after').content))]";

/// No clock of these pages is touched: a list, a board and a wall on a way to the server, marked so that a reload shows.
async fn untouched(browser: &Browser, at: impl Fn(&str) -> String) -> [Tab; 3] {
    let mut tabs = Vec::new();
    for (path, size) in [("/carretes?trabajador=94", TABLET), ("/tablero", WALL), ("/kiosko", WALL)] {
        let tab = Tab::open(browser, &at(path), size, size == TABLET).await;
        tab.until(if path == "/kiosko" { SETTLED } else { "document.getElementById('conexion').dataset.estado === 'vivo'" })
            .await;
        assert!(tab.ask::<bool>("window.primera = true").await);
        tabs.push(tab);
    }
    tabs[0].until(SETTLED).await;
    tabs.try_into().unwrap_or_else(|_| unreachable!())
}

/// Somebody else has taken a spool: every screen shows it, and none had to be loaded again.
async fn all_show(tabs: &[Tab; 3], tag: &str) {
    for tab in tabs {
        tab.until(&shows(tag)).await;
        assert!(tab.ask::<bool>("window.primera === true").await, "without a reload");
    }
}

/// Half a minute in which no stream lives: work goes on, more slowly, and then as before.
async fn half_a_minute_without_streams(served: &Served, wire: &Wire, tabs: &[Tab; 3]) {
    let [tablet, board, _] = tabs;
    wire.set(Passes::NoStreams);
    let began = Instant::now();
    for tab in [tablet, board] {
        tab.until("document.getElementById('conexion').dataset.estado === 'lento'").await;
        crate::figure!("stream cut: said after {} ms", began.elapsed().as_millis());
    }
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    for tab in [tablet, board] {
        tab.until(&shows(TAG)).await;
        crate::figure!("stream cut: what another took is seen after {} ms of the cut", began.elapsed().as_millis());
    }
    sleep_until(began + Duration::from_secs(30)).await;
    wire.set(Passes::All);
    for tab in [tablet, board] {
        tab.until("document.getElementById('conexion').dataset.estado === 'vivo'").await;
    }
    crate::figure!("stream cut: streams again {} ms after they may", began.elapsed().as_millis() - 30_000);
    assert_eq!(served.act("tomar", NEIGHBOUR, 93).await, 200);
    all_show(tabs, NEIGHBOUR).await;
}

/// Two minutes in which there is no server: each screen says so, nothing can be registered, and all comes back by itself.
async fn two_minutes_without_a_server(served: &mut Served, tabs: &[Tab; 3]) {
    let tablet = &tabs[0];
    served.kill().await;
    let began = Instant::now();
    for tab in tabs {
        tab.until("!document.getElementById('sin-conexion').hidden").await;
        crate::figure!("server down: said after {} ms", began.elapsed().as_millis());
    }
    // What is pressed now is refused where it stands.
    tablet.tap(&button(TAG, "tomar")).await;
    let refused: (u32, Vec<String>, u32) = tablet
        .ask(&format!("[{OPEN}, {INSTEAD}, document.querySelectorAll('form.htmx-request, .toast, .spool.mine').length]"))
        .await;
    assert_eq!(refused, (0, vec!["\"Sin conexión: no se puede registrar.\"".to_owned()], 0));
    sleep_until(began + Duration::from_secs(120)).await;
    for tab in tabs {
        assert!(tab.ask::<bool>("!document.getElementById('sin-conexion').hidden && window.primera === true").await);
    }
    // Whoever stood there all the while; else it would go on to the names.
    tablet.press("Escape").await;
    served.restart().await;
    let back = Instant::now();
    for tab in tabs {
        tab.until("document.getElementById('sin-conexion').hidden").await;
        crate::figure!("server back: seen after {} ms", back.elapsed().as_millis());
    }
    assert_eq!(served.act("tomar", NEIGHBOUR, 93).await, 200);
    all_show(tabs, NEIGHBOUR).await;
    tablet.until(&format!("{OPEN} > 0 && {SETTLED}")).await;
    tablet.tap(&button(TAG, "tomar")).await;
    tablet.sees("ARM tomado").await;
    let events: u32 =
        tablet.ask(&format!("fetch('/api/history/{TAG}').then((it) => it.json()).then((it) => it.events.length)")).await;
    assert_eq!(events, 1, "what was pressed in between was not kept for later");
}

#[tokio::test(flavor = "multi_thread")]
async fn e3_half_a_minute_without_streams_and_two_minutes_without_a_server_as_long_as_they_really_last() {
    let (cut, mut down) = (Served::with(&three(), 4).await, Served::with(&three(), 4).await);
    let wire = Wire::to(&cut.at("")).await;
    in_browser(async |browser| {
        let (on_wire, direct) = (untouched(browser, |path| wire.at(path)).await, untouched(browser, |path| down.at(path)).await);
        // Both at once: what they wait for is real time.
        tokio::join!(half_a_minute_without_streams(&cut, &wire, &on_wire), two_minutes_without_a_server(&mut down, &direct));
    })
    .await;
}

/// Nothing that writes the workbook can be pressed, and the banner says why.
const LOOKS_ONLY: &str = "document.readyState === 'complete' && document.body.dataset.registro === 'solo-mirar'";

#[tokio::test(flavor = "multi_thread")]
async fn e1_in_an_outage_whoever_comes_signs_in_and_out_and_a_page_without_a_stream_comes_back_by_itself() {
    let google = Google::with(Plant::of(40).build()).await;
    let served = Served::at_google(&google, &LOCKED).await;
    first_supervisor(&served).await;
    in_browser(async |browser| {
        let watching = desk(browser, &served, "/supervisor").await;
        google.human(BOOK, |office| office.renames_header("Operaciones", "Armador", "Otra"));
        watching.until(LOOKS_ONLY).await;
        let closed = "document.querySelector(\"form[action='/salir'] button\").disabled";
        assert!(!watching.ask::<bool>(closed).await, "whoever goes home signs out");

        let called = served.desk(browser, "/supervisor/salud").await;
        called.until(&format!("location.pathname === '/entrar' && {LOOKS_ONLY}")).await;
        sign_in(&called).await;
        called.until("location.pathname === '/supervisor/salud'").await;
        called.sees("Armador").await;

        called.goto(&served.at(&format!("/supervisor/carretes/{}/liberar", Plant::tag(4)))).await;
        called.until(&format!("{LOOKS_ONLY} && document.querySelector('.confirm .danger').disabled")).await;
        google.human(BOOK, |office| office.renames_header("Operaciones", "Otra", "Armador"));
        called
            .until("!document.querySelector('.confirm .danger').disabled && document.getElementById('sin-conexion').hidden")
            .await;
        // And what is opened in good times learns of an outage.
        google.human(BOOK, |office| office.renames_header("Operaciones", "Armador", "Otra"));
        called.until(&format!("{LOOKS_ONLY} && document.querySelector('.confirm .danger').disabled")).await;
    })
    .await;
}
