//! A scanner, which types like a keyboard.

use crate::flows::{OLD, WELDED, works};
use crate::names::LOOKED;
use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TAG, button};

/// Ten milliseconds between two keys: a scanner.
const GUN: u32 = 10;

/// The slowest ones of the field; a person's fingers take twice as long.
const SLOW: u32 = 50;

/// Counts what is heard.
const TONES: &str = "window.tonos = 0; { const start = OscillatorNode.prototype.start; \
     OscillatorNode.prototype.start = function (...at) { window.tonos += 1; return start.apply(this, at); }; }";

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_tag_jumps_to_its_card_and_presses_nothing() {
    let mut rows: Vec<Row> = (100..200).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    rows.insert(0, ready(TAG));
    rows.insert(1, ready(NEIGHBOUR));
    rows.push(Row { ot: 1_400, ..ready("MK-1346-TW-28082-150") });
    let served = Served::with(&rows, 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, "about:blank", TABLET, true).await;
        tablet.beforehand(TONES).await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.until(SETTLED).await;
        let on = |tag: &str| format!("document.activeElement.matches(\"{}\")", button(tag, "tomar"));
        // Known, in view, with each way in which scanners end a code.
        for (tag, suffix, gap) in [
            (TAG, Some("Enter"), GUN),
            (NEIGHBOUR, Some("Tab"), GUN),
            (TAG, None, GUN),
            (NEIGHBOUR, Some("Enter"), SLOW),
            (TAG, Some("Tab"), SLOW),
            (NEIGHBOUR, None, SLOW),
        ] {
            tablet.types(&tag.replace('-', "'"), gap, suffix).await;
            tablet.until(&on(tag)).await;
        }
        // The focus is on TOMAR now; the next code and its Enter do not press it.
        tablet.types(TAG, GUN, Some("Enter")).await;
        tablet.until(&on(TAG)).await;
        let taken: u32 = tablet.ask("document.querySelectorAll('.spool.mine').length").await;
        assert_eq!(taken, 0);
        // Unknown: a sentence and a tone, and the list stays.
        assert_eq!(tablet.ask::<u32>("window.tonos").await, 0);
        tablet.types("MK-9999-XX-1", GUN, Some("Enter")).await;
        tablet.sees("No existe ningún carrete «MK-9999-XX-1»").await;
        assert_eq!(tablet.ask::<u32>("window.tonos").await, 1);
        tablet.tap("#alertas [data-cerrar]").await;
        // On two rows: a choice.
        tablet.types("MK-1346-TW-28082-150", GUN, Some("Enter")).await;
        tablet.sees("2 carretes tienen el TAG").await;
        tablet.until("document.activeElement.matches('.result')").await;
        tablet.shoot("escaneo-repetido").await;
        tablet.tap(".result [data-cerrar]").await;
        // Beyond the sixty that are shown: the page that shows it.
        tablet.types("MK-1346-TW-28082-199", GUN, Some("Enter")).await;
        tablet.until("location.search.includes('carrete=')").await;
        tablet.until(&on("MK-1346-TW-28082-199")).await;
        tablet.shoot("escaneo").await;
        tablet.until(SETTLED).await;
        tablet.press("Enter").await;
        tablet.sees("ARM tomado").await;
        let refused = |text: &String| !text.contains("404");
        assert_eq!(tablet.complaints().into_iter().filter(refused).collect::<Vec<_>>(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_types_and_a_field_that_has_the_focus_keep_their_keys() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        tablet.ask::<bool>("(() => { window.preguntas = 0; document.getElementById('escaner').addEventListener('submit', () => { window.preguntas += 1; }); return true; })()").await;
        // In the search field a scan is a search, letter by letter, and Enter is the field's own.
        tablet.tap("#q").await;
        tablet.types(NEIGHBOUR, GUN, None).await;
        tablet.until("document.querySelectorAll('.spool').length === 1").await;
        assert_eq!(tablet.ask::<String>("document.getElementById('q').value").await, NEIGHBOUR);
        // Somebody's fingers outside any field are no scanner.
        tablet.ask::<bool>("(() => { document.activeElement.blur(); return true; })()").await;
        tablet.types(TAG, 100, Some("Enter")).await;
        // Behind an open dialog nothing is looked up.
        tablet.until(SETTLED).await;
        tablet.tap(&button(NEIGHBOUR, "tomar")).await;
        tablet.until(&format!("!!document.querySelector('.spool.mine') && {SETTLED}")).await;
        tablet.tap("button[commandfor^=motivo]").await;
        tablet.until("!!document.querySelector('dialog[open]')").await;
        tablet.types(TAG, GUN, Some("Enter")).await;
        tablet.ask::<bool>("fetch('/health').then((r) => r.ok)").await;
        let state: (u32, bool) = tablet.ask("[window.preguntas, !!document.querySelector('dialog[open]')]").await;
        assert_eq!(state, (0, true));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_comes_while_a_date_a_reason_or_a_search_has_the_focus_is_looked_up_and_garbles_nothing() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        tablet.until(SETTLED).await;
        let on = format!("document.activeElement.matches(\"{}\")", button(NEIGHBOUR, "tomar"));
        let chosen: String = tablet
            .ask("(() => { const date = document.querySelector('input[type=date]'); date.stepDown(1); date.focus(); return date.value; })()")
            .await;
        for suffix in [Some("Enter"), Some("Tab"), None] {
            tablet.ask::<bool>("(() => { document.querySelector('input[type=date]').focus(); return true; })()").await;
            tablet.types(NEIGHBOUR, GUN, suffix).await;
            tablet.until(&on).await;
            assert_eq!(tablet.ask::<String>("document.querySelector('input[type=date]').value").await, chosen, "{suffix:?}");
        }
        assert_eq!(tablet.ask::<u32>("document.querySelectorAll('.spool.mine').length").await, 1, "nothing was completed");
        tablet.tap("#tengo .pick").await;
        const REASON: &str = "document.querySelector('#soltar select')";
        let before: u32 = tablet.ask(&format!("({REASON}.selectedIndex = 1, {REASON}.focus(), {REASON}.selectedIndex)")).await;
        tablet.types(NEIGHBOUR, GUN, Some("Enter")).await;
        tablet.until(&on).await;
        assert_eq!(tablet.ask::<u32>(&format!("{REASON}.selectedIndex")).await, before);
        // Two codes without an end of their own: the second takes the place of the first.
        tablet.tap("#q").await;
        for tag in [TAG, NEIGHBOUR] {
            tablet.types(tag, GUN, None).await;
            tablet.until(&format!("document.querySelectorAll('.spool').length === 1 && document.querySelector('.spool').ariaLabel.endsWith('{tag}')")).await;
            assert_eq!(tablet.ask::<String>("document.getElementById('q').value").await, tag);
        }
        assert_eq!(tablet.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_card_has_what_can_be_done_with_it_in_focus_whoevers_it_is() {
    const BLOCKED: &str = "MK-1350-GW-30000-004";
    let mut rows = works();
    rows.push(Row { welded: true, detail: "BLOQUEADO - Contactar supervisor", ..ready(BLOCKED) });
    let served = Served::with(&rows, 4).await;
    for (tag, worker) in [(TAG, 93), (NEIGHBOUR, 94)] {
        assert_eq!(served.act("tomar", tag, worker).await, 200);
    }
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/").await;
        for (worker, tag, what) in [
            (93, TAG, "form[action$='/pausar'] button"),
            (93, OLD, "button[commandfor^=relevar]"),
            (30, WELDED, "form[action$='/metrologia'] button.complete"),
            // Nothing can be done with these but to look what happened.
            (93, NEIGHBOUR, "a.link"),
            (20, BLOCKED, "a.link"),
        ] {
            tablet.goto(&served.at(&format!("/carretes?trabajador={worker}"))).await;
            tablet.until(SETTLED).await;
            tablet.types(tag, GUN, Some("Enter")).await;
            let on = format!("document.activeElement.closest('.spool')?.ariaLabel === 'Carrete {tag}'");
            tablet.until(&format!("{on} && document.activeElement.matches(\"{what}\")")).await;
        }
        let held: u32 = tablet.ask("fetch('/api/dashboard/occupied').then((it) => it.json()).then((it) => it.total)").await;
        assert_eq!(held, 3, "nothing was pressed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_comes_where_a_reason_is_typed_sends_nothing() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        tablet.tap("button[commandfor^=motivo]").await;
        tablet.tap("dialog[open] [name=otro]").await;
        tablet.types(NEIGHBOUR, GUN, Some("Enter")).await;
        tablet
            .until(&format!(
                "document.querySelector('[name=otro]').value === '{NEIGHBOUR}' && !document.querySelector('form.htmx-request')"
            ))
            .await;
        assert!(tablet.ask::<bool>("!!document.querySelector('dialog[open]') && !document.querySelector('.toast')").await);
        assert_eq!(served.events(TAG).await, ["TOMAR_SPOOL"]);
        // What is asked elsewhere comes first, and that is said and heard.
        tablet.tap("dialog[open] .back").await;
        tablet.ask::<bool>(&format!("(() => {{ {TONES}; return true; }})()")).await;
        tablet.tap("button[commandfor^=cancelar]").await;
        tablet.until("!!document.querySelector('dialog[open]')").await;
        tablet.types(NEIGHBOUR, GUN, Some("Enter")).await;
        tablet.until("window.tonos === 1 && !!document.querySelector('dialog[open]')?.innerText.includes('Responde primero')").await;
        tablet.tap("dialog[open] .back").await;
        // A key that is held is no scanner.
        tablet.ask::<bool>("(() => { window.pedidas = 0; const send = window.fetch.bind(window); window.fetch = (url, what) => { window.pedidas += 1; return send(url, what); }; document.activeElement.blur(); return true; })()").await;
        tablet.holds(" ", 14).await;
        tablet.holds("7", 14).await;
        tablet.ask::<bool>(LOOKED).await;
        assert_eq!(tablet.ask::<u32>("window.pedidas").await, 0);
        // Who types and presses Enter himself means it.
        tablet.tap("button[commandfor^=motivo]").await;
        tablet.tap("dialog[open] [name=otro]").await;
        tablet.types("luz", 100, Some("Enter")).await;
        tablet.sees("ARM pausado").await;
    })
    .await;
}
