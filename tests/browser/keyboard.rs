//! Looking for somebody or something by the keyboard alone.

use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLETS, TAG, button};

/// The filters of a list.
const FILTERS: &str = "document.querySelectorAll('.filters a.filter')";

/// The element that has the focus, where something lies over its middle.
const COVERED: &str = "(() => { const el = document.activeElement, box = el.getBoundingClientRect(); \
     const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2); \
     return at && (el.contains(at) || at.contains(el) || [...(el.labels ?? [])].some((it) => it.contains(at))) ? '' \
     : `${el.outerHTML.slice(0, 90)} under ${at?.outerHTML.slice(0, 60)}`; })()";

/// Writes into the field of the search by the keyboard, after what was there is gone.
async fn looks_for(keys: &Tab, text: &str) {
    if !keys.ask::<bool>("document.activeElement.id === 'q'").await {
        keys.tab_to("#q").await;
    }
    keys.press("Escape").await;
    keys.until("document.getElementById('q').value === ''").await;
    keys.text(text).await;
}

/// Whoever has no mouse sees where he is.
async fn sees_the_focus(keys: &Tab) {
    let ring: String = keys.ask("getComputedStyle(document.activeElement).outlineStyle").await;
    assert_ne!(ring, "none", "the focus is seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_found_without_a_finger() {
    let served = Served::with(&[ready(TAG)], 60).await;
    in_browser(async |browser| {
        let keys = served.desk(browser, "/").await;
        looks_for(&keys, "march").await;
        keys.until("document.querySelectorAll('#gente a.person').length === 56").await;
        looks_for(&keys, "zzz").await;
        keys.sees("Nadie se llama «zzz»").await;
        sees_the_focus(&keys).await;
        looks_for(&keys, "perez").await;
        keys.until("document.querySelectorAll('#gente a.person').length === 1").await;
        assert!(keys.ask::<bool>("document.activeElement.id === 'q'").await, "the field keeps the focus while the names change");
        keys.tab_to("#gente a.person").await;
        sees_the_focus(&keys).await;
        keys.press("Enter").await;
        keys.until("document.querySelector('h1')?.innerText === 'Juan Carlos Pérez López'").await;
        assert_eq!(keys.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spool_is_found_by_search_by_each_filter_and_by_pages_without_a_finger() {
    let mut rows: Vec<Row> = (100..180).map(|number| ready(&format!("MK-1346-TW-28082-{number}"))).collect();
    rows.extend([ready(TAG), Row { ot: 1_400, ..ready(NEIGHBOUR) }]);
    let served = Served::with(&rows, 4).await;
    assert_eq!(served.act("tomar", NEIGHBOUR, 94).await, 200);
    in_browser(async |browser| {
        let keys = served.desk(browser, "/carretes?trabajador=93").await;
        keys.until(SETTLED).await;
        let cards = |count: u32| format!("document.querySelectorAll('.spool').length === {count} && {SETTLED}");
        // By order, by the end of the tag, by nothing that there is.
        looks_for(&keys, "1400").await;
        keys.until(&cards(1)).await;
        looks_for(&keys, "28082-155").await;
        keys.until(&cards(1)).await;
        keys.until("location.search.includes('q=28082-155')").await;
        looks_for(&keys, "zzz").await;
        keys.sees("Ningún carrete coincide con «zzz»").await;
        keys.tab_to(".empty a").await;
        keys.press("Enter").await;
        keys.until(&format!("!location.search.includes('q=') && {}", cards(24))).await;
        // Each filter, one after the other; the search stays what it was.
        looks_for(&keys, "28082").await;
        keys.until("location.search.includes('q=28082')").await;
        let filters: u32 = keys.ask(&format!("{FILTERS}.length")).await;
        assert!(filters >= 6, "{filters} filters");
        for number in 0..filters {
            let is = |what: &str| format!("document.readyState === 'complete' && {FILTERS}[{number}]?.{what}");
            keys.until(&is("isConnected")).await;
            keys.ask::<bool>(&format!("(() => {{ {FILTERS}[{number}].dataset.este = ''; return true; }})()")).await;
            keys.tab_to("[data-este]").await;
            sees_the_focus(&keys).await;
            keys.press("Enter").await;
            keys.until(&format!("!document.querySelector('[data-este]') && {}", is("getAttribute('aria-current') === 'true'")))
                .await;
            assert_eq!(keys.ask::<String>("document.getElementById('q').value").await, "28082");
        }
        // Beyond the sixty that are shown, and back.
        keys.goto(&served.at("/carretes?trabajador=93&ver=disponibles")).await;
        keys.tab_to("a[rel=next]").await;
        keys.press("Enter").await;
        keys.until(&format!("location.search.includes('desde=60') && {}", cards(21))).await;
        keys.tab_to(&button("MK-1346-TW-28082-179", "tomar")).await;
        keys.press("Enter").await;
        keys.sees("ARM tomado").await;
        assert_eq!(keys.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_on_by_tab_never_loses_sight_of_where_he_is() {
    let rows: Vec<Row> = (10..18).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    let served = Served::with(&rows, 4).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    let mut covered = Vec::new();
    in_browser(async |browser| {
        // The lowest screen, with both bars of chosen spools below the list.
        let keys = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLETS[2], false).await;
        keys.until(SETTLED).await;
        keys.ask::<bool>(
            "['lote', 'soltar'].every((form) => { document.querySelector(`.elige[form=${form}]`).click(); return true; })",
        )
        .await;
        keys.sees("SOLTAR (1)").await;
        let mut go_on = async |times: u32| {
            for _ in 0..times {
                keys.press("Tab").await;
                covered.extend(Some(keys.ask::<String>(COVERED).await).filter(|found| !found.is_empty()));
            }
        };
        go_on(70).await;
        // A question that is longer than the screen, with its way back always in sight.
        keys.ask::<bool>("(document.documentElement.style.fontSize = '200%') !== ''").await;
        keys.ask::<bool>("(() => { document.querySelector('dialog[id^=motivo]').showModal(); return true; })()").await;
        go_on(20).await;
    })
    .await;
    assert_eq!(covered, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_undoes_puts_away_or_takes_several_goes_on_from_the_card_where_he_was() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let keys = served.desk(browser, "/carretes?trabajador=93").await;
        let enter = async |selector: &str| {
            keys.tab_to(selector).await;
            keys.until(SETTLED).await;
            keys.press("Enter").await;
        };
        let on = |tag: &str| format!("document.activeElement.matches(\"article[aria-label='Carrete {tag}']\") && !document.querySelector('form.htmx-request')");
        enter(&button(TAG, "tomar")).await;
        keys.sees("ARM tomado").await;
        enter("#toasts .undo").await;
        keys.sees("Última acción deshecha").await;
        keys.until(&on(TAG)).await;
        enter("#toasts [data-cerrar]").await;
        keys.until("!document.querySelector('.toast')").await;
        keys.until(&on(TAG)).await;
        keys.tab_to(&format!("article[aria-label='Carrete {NEIGHBOUR}'] .elige")).await;
        keys.press(" ").await;
        enter("#lote .take").await;
        keys.sees("Tomaste 1 de 1").await;
        keys.until(&on(NEIGHBOUR)).await;
    })
    .await;
}
