//! Journeys in a real Chromium against the shipped binary.
//!
//! `tests/shots` keeps a picture of every screen in every state, `tests/shots --readme` makes those of the README.

// What must hold is said by failing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

/// Prints a figure, also of a test that passes: what `println!` says is shown of those that fail only.
macro_rules! figure {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let mut out = std::io::stdout().lock();
        writeln!(out, $($text)*).unwrap()
    }};
}
pub(crate) use figure;

mod back;
#[path = "../it/support/binary.rs"]
mod binary;
mod clock;
mod dialogs;
mod door;
mod everybody;
mod floor;
mod flows;
mod full;
mod gaps;
mod hands;
mod keyboard;
mod keys;
mod large;
mod lasting;
mod locked;
mod look;
mod names;
mod offices;
mod outage;
mod panels;
#[path = "../it/support/port.rs"]
mod port;
mod readme;
mod scanner;
mod served;
mod shots;
mod silence;
#[path = "../stand_in/mod.rs"]
mod stand_in;
mod states;
mod steps;
mod supervisor;
mod tab;
mod watchers;
mod weight;
mod wire;

use served::{Served, ready};
use tab::{Tab, in_browser};

const TAG: &str = "MK-1346-TW-28082-010";
const NEIGHBOUR: &str = "MK-1346-TW-28082-011";
const TABLET: (u32, u32) = (800, 1_280);
const TABLETS: [(u32, u32); 4] = [(601, 962), TABLET, (1_024, 600), (1_280, 800)];
const WALL: (u32, u32) = (1_920, 1_080);
const DESK: (u32, u32) = (1_280, 800);

/// No card ignores taps any more because it has only just come.
const SETTLED: &str = "document.readyState === 'complete' && !document.querySelector('.spool[data-nueva]')";

/// Takes, pauses, completes: the card's one form for a verb.
fn button(tag: &str, verb: &str) -> String {
    format!("article[aria-label='Carrete {tag}'] form[action$='/{verb}'] button")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spool_goes_from_the_fitter_to_metrology_while_a_board_watches() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let board = Tab::open(browser, &served.at("/tablero"), WALL, false).await;
        board.sees("No hay carretes ocupados actualmente").await;
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tablet.tap("a[href='/carretes?trabajador=93']").await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await;
        board.sees("Marta Ríos").await;
        tablet.until("document.querySelector('.spool time').textContent === '0m'").await;
        tablet.tap(&button(TAG, "pausar")).await;
        tablet.sees("ARM pausado").await;
        board.sees("No hay carretes ocupados actualmente").await;
        tablet.goto(&served.at("/carretes?trabajador=94")).await;
        tablet.sees("Trabajo previo: MR(93)").await;

        for (worker, verb) in [(94, "completar"), (20, "completar")] {
            tablet.goto(&served.at(&format!("/carretes?trabajador={worker}"))).await;
            tablet.tap(&button(TAG, "tomar")).await;
            board.sees(if worker == 94 { "Juan Carlos Pérez López" } else { "Pedro Salas" }).await;
            tablet.tap(&button(TAG, verb)).await;
            board.sees("No hay carretes ocupados actualmente").await;
        }
        tablet.goto(&served.at("/carretes?trabajador=30")).await;
        tablet.tap(&button(TAG, "metrologia")).await;
        tablet.sees("METROLOGÍA aprobada").await;
        tablet.goto(&served.at(&format!("/historial/{TAG}"))).await;
        for name in ["Marta Ríos", "Juan Carlos Pérez López", "Pedro Salas", "Olga Fuentes"] {
            tablet.sees(name).await;
        }
        assert_eq!((tablet.complaints(), board.complaints()), (vec![], vec![]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_a_card_that_another_tablet_takes_changes_in_place() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let mine = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        let theirs = Tab::open(browser, &served.at("/carretes?trabajador=94"), TABLET, true).await;
        mine.sees("CONECTADO").await;
        theirs.tap(&button(TAG, "tomar")).await;
        mine.sees("Juan Carlos Pérez López").await;
        let still: bool = mine.ask(&format!("!!document.querySelector(\"{}\")", button(NEIGHBOUR, "tomar"))).await;
        assert!(still, "the neighbour is where it was");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn e4_a_board_catches_up_with_what_it_missed_while_the_server_was_away() {
    let mut served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let board = Tab::open(browser, &served.at("/tablero"), WALL, false).await;
        board.sees("CONECTADO").await;
        assert_eq!(served.act("tomar", TAG, 93).await, 200);
        board.sees(TAG).await;
        served.kill().await;
        board.sees("Sin conexión").await;
        served.restart().await;
        assert_eq!(served.act("tomar", NEIGHBOUR, 94).await, 200);
        board.sees(NEIGHBOUR).await;
        board.sees("CONECTADO").await;
        board.until("document.getElementById('sin-conexion').hidden").await;
        board.sees(TAG).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_a_tablet_with_a_wrong_clock_shows_the_servers_minutes() {
    let served = Served::with(&[ready(TAG)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tablet.clock_off_by_hours(5).await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until("document.querySelector('.spool time')?.textContent === '0m'").await;
    })
    .await;
}
