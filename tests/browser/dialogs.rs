//! Questions before what cannot be taken back lightly, and several at once.

use crate::clock::MOMENT;
use crate::served::{Row, Served, ready};
use crate::silence::HELD;
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TABLETS, TAG, button};

const WELDED: &str = "MK-1350-GW-30000-001";

/// The card of a spool.
fn card(tag: &str) -> String {
    format!("article[aria-label='Carrete {tag}']")
}

/// The button that opens a card's dialog.
fn opener(tag: &str, dialog: &str) -> String {
    format!("{} button[command=show-modal][commandfor^={dialog}]", card(tag))
}

#[tokio::test(flavor = "multi_thread")]
async fn g5_a_tap_beside_a_dialog_leaves_it_open_and_escape_closes_the_topmost_only() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        assert_eq!(served.act("tomar", TAG, 93).await, 200);
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        tablet.tap(&opener(TAG, "motivo")).await;
        tablet.until("!!document.querySelector('dialog[open]')").await;
        tablet.shoot("dialogo-motivo").await;
        tablet
            .ask::<bool>("(() => { document.querySelector('dialog[open] [name=otro]').value = 'Lluvia'; return true; })()")
            .await;
        // Beside it, and in each corner of the screen.
        for (x, y) in [(4, 4), (796, 4), (4, 1_276), (796, 1_276), (400, 20)] {
            tablet.touch(f64::from(x), f64::from(y)).await;
        }
        // Somebody else changes the very card: what is being typed stays.
        assert_eq!(served.act("pausar", TAG, 93).await, 200);
        assert_eq!(served.act("tomar", TAG, 93).await, 200);
        tablet.ask::<bool>("fetch('/health').then((r) => r.ok)").await;
        let kept: (bool, String) =
            tablet.ask("[!!document.querySelector('dialog[open]'), document.querySelector('[name=otro]').value]").await;
        assert_eq!(kept, (true, "Lluvia".into()));
        // A second one on top, as a question over a question.
        tablet.ask::<bool>("(() => { document.querySelector('dialog[id^=cancelar]').showModal(); return true; })()").await;
        tablet.press("Escape").await;
        tablet.until("[...document.querySelectorAll('dialog[open]')].map((el) => el.id.slice(0, 6)).join() === 'motivo'").await;
        tablet.press("Escape").await;
        tablet.until("!document.querySelector('dialog[open]')").await;
        let focus: bool = tablet.ask("document.activeElement.matches('[commandfor^=motivo]')").await;
        assert!(focus, "the focus is back where the dialog was opened");
        tablet.tap(&opener(TAG, "motivo")).await;
        tablet.tap("dialog[open] [command=close]").await;
        tablet.until("!document.querySelector('dialog[open]')").await;
        // And the tablet's record tells it (F4).
        let record = "fetch('/diagnostico').then((page) => page.text()).then((text) => fetch(/.diagnostico.tableta=[0-9a-f]+/.exec(text)[0])).then((page) => page.text())";
        tablet
            .until(&format!(
                "{record}.then((told) => ['abre', 'cierra'].every((did) => told.includes(`que=${{did}} ¿Por qué pausas {TAG}?`)))"
            ))
            .await;
        assert_eq!(tablet.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_has_a_reason_a_cancellation_and_a_rejection_ask_with_the_whole_tag_and_all_can_be_undone() {
    let served = Served::with(&[ready(TAG), Row { welded: true, ..ready(WELDED) }], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.tap(&opener(TAG, "motivo")).await;
        tablet.tap("dialog[open] button[value=máquina]").await;
        tablet.sees("ARM pausado").await;
        tablet.tap("#toasts .undo").await;
        tablet.sees("Última acción deshecha").await;
        tablet.tap(&opener(TAG, "motivo")).await;
        tablet.tap("dialog[open] [name=otro]").await;
        tablet.text("Se cortó la luz").await;
        tablet.tap("dialog[open] form.other button").await;
        tablet.sees("ARM pausado").await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.tap(&opener(TAG, "cancelar")).await;
        tablet.sees(&format!("¿Cancelar tu trabajo en {TAG}?")).await;
        tablet.tap("dialog[open] .danger").await;
        tablet.sees("ARM cancelado").await;
        tablet.goto(&served.at(&format!("/historial/{TAG}"))).await;
        for told in ["máquina", "Se cortó la luz", "DESHACER"] {
            tablet.sees(told).await;
        }
        let inspector = Tab::open(browser, &served.at("/carretes?trabajador=30"), TABLET, true).await;
        inspector.tap(&opener(WELDED, "rechazar")).await;
        inspector.sees(&format!("¿Rechazar {WELDED}?")).await;
        inspector.shoot("dialogo-rechazar").await;
        inspector.tap("dialog[open] [command=close]").await;
        inspector.tap(&opener(WELDED, "rechazar")).await;
        inspector.tap("dialog[open] .danger").await;
        inspector.sees("ciclo 1/3").await;
        assert_eq!((tablet.complaints(), inspector.complaints()), (vec![], vec![]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g7_several_are_taken_and_let_go_at_once_and_what_failed_stays_on_the_screen() {
    let rows: Vec<Row> = (10..15).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    let served = Served::with(&rows, 4).await;
    let tag = |number: u32| format!("MK-1346-TW-28082-{number:03}");
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        for number in [10, 12] {
            tablet.tap(&format!("{} .pick", card(&tag(number)))).await;
        }
        // A search changes what is shown, not what was chosen.
        tablet.tap("#q").await;
        tablet.text("28082-014").await;
        tablet.until(&format!("document.querySelectorAll('.spool').length === 1 && {SETTLED}")).await;
        tablet.tap(&format!("{} .pick", card(&tag(14)))).await;
        tablet.sees("TOMAR SELECCIONADOS (3)").await;
        tablet.shoot("seleccion").await;
        // Nor does another page, nor the way back to it.
        tablet.goto(&served.at("/tablero")).await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.sees("TOMAR SELECCIONADOS (3)").await;
        tablet.until("document.querySelectorAll('.elige:checked').length === 3").await;
        tablet.until(SETTLED).await;
        // One is taken by somebody else, and the news does not reach this tablet in time.
        tablet.block(&["*/tarjeta*"]).await;
        assert_eq!(served.act("tomar", &tag(12), 94).await, 200);
        tablet.tap("#lote .take").await;
        tablet.sees("Tomaste 2 de 3").await;
        tablet.sees("lo tiene Juan Carlos Pérez López").await;
        tablet.shoot("lote-resultado").await;
        tablet.until(SETTLED).await;
        let bar: bool = tablet.ask("getComputedStyle(document.getElementById('lote')).display === 'none'").await;
        assert!(bar, "what was sent is not chosen any more");
        tablet.tap(".result [data-cerrar]").await;
        tablet.tap(&format!("{} .pick", card(&tag(10)))).await;
        tablet.tap("#soltar [data-todos]").await;
        tablet.sees("SOLTAR (2)").await;
        tablet.shoot("soltar").await;
        tablet.tap("#soltar .pause").await;
        tablet.sees("Soltaste 2 de 2").await;
        tablet.until("document.querySelectorAll('.spool.paused').length === 2").await;
        tablet.goto(&served.at(&format!("/historial/{}", tag(14)))).await;
        tablet.sees("fin de turno").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g6_five_quick_taps_are_one_take_and_the_button_says_that_it_is_saving() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        let take = button(TAG, "tomar");
        let place: (f64, f64) = tablet
            .ask(&format!("(() => {{ const box = document.querySelector(\"{take}\").getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"))
            .await;
        tablet.ask::<bool>(HELD).await;
        tablet.touch(place.0, place.1).await;
        let said: String = tablet.ask(&format!("document.querySelector(\"{take}\").innerText")).await;
        assert_eq!(said, "GUARDANDO…", "before anything else happens");
        for _ in 0..4 {
            tablet.touch(place.0, place.1).await;
        }
        tablet.ask::<bool>("window.suelta() || true").await;
        tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await;
        let asked: u32 = tablet.ask("window.retenidas").await;
        assert_eq!(asked, 1);
        tablet.goto(&served.at(&format!("/historial/{TAG}"))).await;
        let events: u32 = tablet.ask("document.querySelectorAll('section:last-of-type tbody tr').length").await;
        assert_eq!(events, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g6_five_quick_taps_on_the_bar_of_several_and_on_undo_are_one_change_each() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(crate::silence::HELD).await;
        let mut asked = 0;
        let mut taps = async |selector: &str| {
            tablet.until(&format!("!!document.querySelector(\"{selector}\") && {SETTLED}")).await;
            let (x, y): (f64, f64) = tablet
                .ask(&format!("(() => {{ const box = document.querySelector(\"{selector}\").getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"))
                .await;
            for _ in 0..5 {
                tablet.touch(x, y).await;
            }
            asked += 1;
            tablet.until(&format!("window.retenidas === {asked}")).await;
            tablet.ask::<bool>("window.suelta() || true").await;
        };
        for tag in [TAG, NEIGHBOUR] {
            tablet.tap(&format!("{} .pick", card(tag))).await;
        }
        taps("#lote .take").await;
        tablet.sees("Tomaste 2 de 2").await;
        tablet.tap(".result [data-cerrar]").await;
        taps(&button(TAG, "pausar")).await;
        tablet.sees("ARM pausado").await;
        taps("#toasts .undo").await;
        tablet.sees("Última acción deshecha").await;
        for tag in [TAG, NEIGHBOUR] {
            tablet.tap(&format!("{} .pick", card(tag))).await;
        }
        taps("#soltar .pause").await;
        tablet.sees("Soltaste 2 de 2").await;
        let done: Vec<String> = tablet
            .ask(&format!("fetch('/api/history/{TAG}').then((it) => it.json()).then((it) => it.events.map((one) => one.evento_tipo))"))
            .await;
        assert_eq!(done, ["TOMAR_SPOOL", "PAUSAR_SPOOL", "DESHACER_SPOOL", "PAUSAR_SPOOL"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g6_five_quick_taps_are_one_deed_when_the_answer_is_faster_than_the_second_one() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        for size in TABLETS {
            let tablet = Tab::open(browser, "about:blank", size, true).await;
            tablet.beforehand(MOMENT).await;
            tablet.goto(&served.at("/carretes?trabajador=93")).await;
            tablet.until("document.readyState === 'complete'").await;
            for (verb, next, event) in [("tomar", "pausar", "TOMAR_SPOOL"), ("pausar", "tomar", "PAUSAR_SPOOL")] {
                tablet.until(&format!("pasa(400) && {SETTLED}")).await;
                let before = served.events(TAG).await.len();
                let (x, y): (f64, f64) = tablet
                    .ask(&format!("(() => {{ const box = document.querySelector(\"{}\").getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()", button(TAG, verb)))
                    .await;
                tablet.touch(x, y).await;
                tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, next))).await;
                for _ in 0..4 {
                    tablet.ask::<bool>("pasa(200)").await;
                    tablet.touch(x, y).await;
                }
                tablet.until("!document.querySelector('form.htmx-request')").await;
                assert_eq!(served.events(TAG).await[before..], [event], "at {size:?}");
                assert_eq!(served.events(NEIGHBOUR).await, Vec::<String>::new(), "what moved up, at {size:?}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g7_what_failed_of_several_stays_whatever_is_asked_or_scanned_and_so_does_a_date_that_was_chosen() {
    let tag = |number: u32| format!("MK-1346-TW-28082-{number:03}");
    let rows: Vec<Row> = (10..45).map(|number| ready(&tag(number))).collect();
    let served = Served::with(&rows, 4).await;
    assert_eq!(served.act("tomar", &tag(11), 93).await, 200);
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        tablet.block(&["*/tarjeta*"]).await;
        for number in [10, 12] {
            tablet.tap(&format!("{} .pick", card(&tag(number)))).await;
        }
        assert_eq!(served.act("tomar", &tag(12), 94).await, 200);
        tablet.tap("#lote .take").await;
        const FAILED: &str = "document.querySelector('.result .bad')?.innerText.includes('Juan Carlos') === true";
        tablet.until(FAILED).await;
        let date = format!("document.querySelector(\"{} input[type=date]\")", card(&tag(11)));
        let chosen: String = tablet.ask(&format!("({date}.stepDown(1), {date}.value)")).await;
        tablet.until(SETTLED).await;
        // Help is asked for, and the question put away.
        tablet.tap(&format!("{} [data-ayuda]", card(&tag(11)))).await;
        tablet.until("!!document.querySelector('#pregunta form')").await;
        assert!(tablet.ask::<bool>(FAILED).await, "beside a question");
        tablet.tap("#pregunta [data-cerrar]").await;
        tablet.until("!document.querySelector('#pregunta form')").await;
        // A card that is on the screen, and one that is not.
        for number in [13, 44] {
            tablet.types(&tag(number), 10, Some("Enter")).await;
            tablet.until(&format!("document.activeElement.matches(\"{}\")", button(&tag(number), "tomar"))).await;
            assert!(tablet.ask::<bool>(FAILED).await, "after {number}");
        }
        tablet.until("location.search.includes('carrete=') && document.querySelectorAll('.spool').length === 1").await;
        tablet.tap("#q").await;
        tablet.text("28082-01").await;
        tablet.until(&format!("{date}?.value === '{chosen}'")).await;
        // The next ones that are taken stand above it, and in the place of each other.
        for number in [15, 16] {
            tablet.until(SETTLED).await;
            tablet.tap(&format!("{} .pick", card(&tag(number)))).await;
            tablet.tap("#lote .take").await;
            tablet.until(&format!("document.querySelector('.result').innerText.includes('{}')", tag(number))).await;
            let results: u32 = tablet.ask("document.querySelectorAll('.result').length").await;
            assert!(tablet.ask::<bool>(FAILED).await && results == 2, "after {number}, {results}");
        }
        // What is done goes with the next scan.
        tablet.tap(".result:has(.bad) [data-cerrar]").await;
        tablet.until(SETTLED).await;
        tablet.tap(&format!("{} .pick", card(&tag(14)))).await;
        tablet.tap("#lote .take").await;
        tablet.until(&format!("document.querySelector('.result')?.innerText.includes('{}') === true", tag(14))).await;
        tablet.ask::<bool>("(() => { document.activeElement.blur(); return true; })()").await;
        tablet.types(&tag(13), 10, Some("Enter")).await;
        tablet.until("!document.querySelector('.result')").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g7_what_is_ticked_while_others_are_on_their_way_is_still_to_be_sent() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(HELD).await;
        tablet.tap(&format!("{} .pick", card(TAG))).await;
        tablet.tap("#lote .take").await;
        tablet.until("window.retenidas === 1").await;
        tablet.tap(&format!("{} .pick", card(NEIGHBOUR))).await;
        tablet.until("document.querySelector('#lote [data-cuenta]').textContent === '(2)'").await;
        tablet.ask::<bool>("window.suelta() || true").await;
        tablet.sees("Tomaste 1 de 1").await;
        let (ticked, count): (u32, String) = tablet
            .ask(
                "[document.querySelectorAll('.elige:checked').length, document.querySelector('#lote [data-cuenta]').textContent]",
            )
            .await;
        assert_eq!((ticked, count.as_str()), (1, "(1)"));
    })
    .await;
}
