//! The smaller steps of a day, by a finger and by the keyboard alone, with Back and reload at each: pages, all and none,
//! the colours, one of two rows, a reason in one's own words, another date, the next one at the tablet; a board that is
//! narrowed, put in order and downloaded.

use crate::back::{cards, comes, deeds, stands};
use crate::flows::{By, card, opener, works};
use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{DESK, NEIGHBOUR, SETTLED, TABLET, TAG, button};
use std::path::Path;

const TWIN: &str = "MK-REPETIDO-007";
const OTHER: &str = "MK-1400-TW-30000-001";
const REASON: &str = "se cortó la luz en la nave 2";

/// The boxes of those that are to be taken: how many are ticked.
const TICKED: &str = "document.querySelectorAll('.elige[form=lote]:checked').length";

fn plant() -> Vec<Row> {
    let mut rows = works();
    rows.extend([ready(TWIN), Row { ot: 1_400, ..ready(TWIN) }, Row { ot: 1_400, ..ready(OTHER) }]);
    rows.extend((100..170).map(|number| ready(&format!("MK-1346-TW-30000-{number}"))));
    rows
}

/// Waits until an address is open and what it shows takes taps.
async fn at(tab: &Tab, said: &str) {
    tab.until(&format!("(location.pathname + location.search).includes('{said}') && {SETTLED}")).await;
}

/// Another page of the list, and back to the first.
async fn pages(tab: &Tab, by: By) {
    by.press(tab, "a.filter[href$='ver=disponibles']").await;
    at(tab, "ver=disponibles").await;
    by.press(tab, "a[rel=next]").await;
    at(tab, "desde=60").await;
    stands(tab, by, 0, "document.querySelectorAll('.spool').length < 60 && !!document.querySelector('a[rel=prev]')").await;
    by.press(tab, "a[rel=prev]").await;
    tab.until(&format!("document.querySelectorAll('.spool').length === 60 && {SETTLED}")).await;
    stands(tab, by, 0, "!document.querySelector('a[rel=prev]')").await;
}

/// All of what is shown, and none of it.
async fn all_and_none(tab: &Tab, by: By) {
    by.begins(tab, "#q").await;
    tab.text("28082").await;
    at(tab, "q=28082").await;
    by.pick(tab, TAG).await;
    by.press(tab, "#lote [data-todos]").await;
    stands(tab, by, 0, &format!("{TICKED} === 2 && document.querySelector('#lote [data-cuenta]').textContent === '(2)'")).await;
    by.press(tab, "#lote [type=reset]").await;
    tab.until(&format!("{TICKED} === 0")).await;
    stands(tab, by, 0, &format!("{TICKED} === 0 && !document.querySelector('[data-elegido]') && getComputedStyle(document.getElementById('lote')).display === 'none'")).await;
}

/// The colours for the sun, and the others again.
async fn the_colours(tab: &Tab, by: By) {
    for (sun, ground) in [("sol", "rgb(243, 240, 234)"), ("", "rgb(0, 31, 63)")] {
        by.press(tab, "button[data-tema]").await;
        let shows = format!(
            "(document.documentElement.dataset.tema ?? '') === '{sun}' && getComputedStyle(document.body).backgroundColor === '{ground}'"
        );
        tab.until(&shows).await;
        stands(tab, by, 0, &shows).await;
    }
}

/// A TAG that stands on two rows: the one of the other order is meant.
async fn one_of_two(tab: &Tab, by: By) {
    for done in [false, true] {
        tab.types(TWIN, 10, Some("Enter")).await;
        tab.sees("2 carretes tienen el TAG").await;
        if !done {
            stands(tab, by, 0, "document.querySelectorAll('.spool').length > 0").await;
        }
    }
    by.press(tab, ".result li:nth-child(2) a.person").await;
    at(tab, "carrete=").await;
    let one =
        "document.querySelectorAll('.spool').length === 1 && document.querySelector('.spool .chips').innerText.includes('1400')";
    stands(tab, by, 0, one).await;
    by.press(tab, "#lista .note a.button").await;
    tab.until(&format!("!location.search.includes('carrete=') && {SETTLED}")).await;
}

/// A pause with a reason in his own words; one that is only begun is no pause.
async fn his_own_words(tab: &Tab, by: By) {
    by.press(tab, &button(NEIGHBOUR, "tomar")).await;
    tab.until(&format!("!!document.querySelector(\"{}.mine\") && {SETTLED}", card(NEIGHBOUR))).await;
    for done in [false, true] {
        by.press(tab, &opener(NEIGHBOUR, "motivo")).await;
        by.begins(tab, "dialog[open] [name=otro]").await;
        tab.text(REASON).await;
        if !done {
            stands(tab, by, 1, &format!("{} && document.querySelector('[name=otro]').value === ''", cards(1, "mine"))).await;
        }
    }
    by.press(tab, "dialog[open] form.other button").await;
    tab.sees("ARM pausado").await;
    stands(tab, by, 2, &format!("{} && {}", cards(0, "mine"), cards(1, "paused"))).await;
}

/// A completion on the day on which it was: one that is only begun is none, and the day is today's again.
async fn another_date(tab: &Tab, by: By) {
    by.press(tab, &button(TAG, "tomar")).await;
    let date = format!("{} input[type=date]", card(TAG));
    let value = format!("document.querySelector(\"{date}\").value");
    tab.until(&format!("!!document.querySelector(\"{date}\") && {SETTLED}")).await;
    for done in [false, true] {
        match by {
            // What a finger gets is the tablet's own picker, which a driver cannot press.
            By::Finger => assert!(tab.ask::<bool>(&format!("({value} = '2020-01-01') !== ''")).await),
            By::Keyboard => {
                tab.tab_to(&date).await;
                tab.types("01012020", 100, None).await;
            }
        }
        tab.until(&format!("{value} === '2020-01-01'")).await;
        if !done {
            stands(tab, by, 3, &format!("{} && {value} === document.querySelector(\"{date}\").max", cards(1, "mine"))).await;
        }
    }
    by.press(tab, &button(TAG, "completar")).await;
    tab.sees("ARM completado").await;
    stands(tab, by, 4, &cards(0, "mine")).await;
    let id: String = tab.ask(&format!("fetch('/api/occupation/status/{TAG}').then((it) => it.json()).then((it) => it.id)")).await;
    let row: String = tab.ask(&format!("fetch('/supervisor/carretes/{id}').then((page) => page.text())")).await;
    assert!(row.contains("01-01-2020"), "the date that he chose is in the row");
    let history: String = tab.ask(&format!("fetch('/historial/{NEIGHBOUR}').then((page) => page.text())")).await;
    assert!(history.contains(REASON));
}

/// A board that is narrowed by its form, put in order, and downloaded; then the whole one again.
async fn the_board(tab: &Tab, by: By, folder: &Path) {
    let done = deeds(tab).await;
    tab.downloads_to(folder).await;
    by.begins(tab, "select[name=nv]").await;
    match by {
        // What a finger gets is the tablet's own list.
        By::Finger => assert!(tab.ask::<bool>("(document.querySelector('select[name=nv]').value = 'NV0650') !== ''").await),
        By::Keyboard => tab.press("ArrowDown").await,
    }
    by.begins(tab, "input[name=ot]").await;
    tab.text("1400").await;
    by.press(tab, "form.narrow button").await;
    at(tab, "nv=NV0650&ot=1400").await;
    let held = "[...document.querySelectorAll('.board th.tag a')].map((el) => el.textContent).join()";
    let narrowed = format!(
        "document.querySelector('select[name=nv]').value === 'NV0650' && document.querySelector('input[name=ot]').value === '1400' && {held} === '{OTHER}'"
    );
    stands(tab, by, done, &narrowed).await;
    for (order, sorted) in [("persona", "ascending"), ("operacion", "ascending"), ("tiempo", "descending")] {
        by.press(tab, &format!("#orden-{order}")).await;
        let shows = format!("document.querySelector('#orden-{order}').closest('th').ariaSort === '{sorted}'");
        tab.until(&format!("{shows} && {SETTLED}")).await;
        stands(tab, by, done, &format!("{shows} && {narrowed}")).await;
    }
    by.press(tab, "a.file").await;
    let file = tab.downloaded(folder).await;
    assert!(file.contains(OTHER) && !file.contains(NEIGHBOUR), "what the board shows, and no more: {file}");
    by.press(tab, "form.narrow a.button:not(.file)").await;
    tab.until(&format!("!location.search.includes('ot=') && {SETTLED}")).await;
    stands(tab, by, done, "document.querySelectorAll('.board th.tag').length === 3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g17_the_smaller_steps_of_a_day_go_by_touch_and_by_the_keyboard_and_back_and_reload_undo_none() {
    in_browser(async |browser| {
        for by in [By::Finger, By::Keyboard] {
            let served = Served::with(&plant(), 4).await;
            let tab = Tab::open(browser, &served.at("/"), TABLET, by == By::Finger).await;
            comes(&tab, by, 93).await;
            pages(&tab, by).await;
            all_and_none(&tab, by).await;
            the_colours(&tab, by).await;
            one_of_two(&tab, by).await;
            tab.goto(&served.at("/carretes?trabajador=93&q=28082")).await;
            his_own_words(&tab, by).await;
            another_date(&tab, by).await;
            // The next one at the tablet.
            by.press(&tab, ".top a.button[href='/']").await;
            tab.until("location.pathname === '/' && !!document.querySelector('#recientes a.person')").await;
            stands(&tab, by, 4, "document.querySelectorAll('#recientes a.person').length === 1").await;
            for (tag, worker) in [(NEIGHBOUR, 93), (OTHER, 94)] {
                assert_eq!(served.act("tomar", tag, worker).await, 200);
            }
            by.press(&tab, ".links a[href='/tablero']").await;
            at(&tab, "/tablero").await;
            let folder = tempfile::tempdir().unwrap();
            // Its columns have heads, by which it is put in order, where there is room for columns.
            tab.size(DESK.0, DESK.1, by == By::Finger).await;
            the_board(&tab, by, folder.path()).await;
            assert_eq!(tab.complaints(), Vec::<String>::new());
        }
    })
    .await;
}
