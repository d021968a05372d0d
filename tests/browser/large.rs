//! Letters of twice the size by the browser's own setting, and the narrowest page: what a screen is when it is magnified
//! four times (WCAG 1.4.4, 1.4.10).

use crate::everybody::{DEAF, SCREENS};
use crate::flows::card;
use crate::look;
use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, TABLET, TABLETS, TAG, button};

/// A telephone, and what 1,280 × 1,024 pixels are when they are magnified four times.
const NARROWEST: [(u32, u32); 2] = [(320, 640), (320, 256)];

/// What does not fit of the page that is open with letters of twice the size, and on the narrowest page; and where less
/// than `least` of its height is left for the content.
pub(crate) async fn magnified(tab: &Tab, name: &str, least: f64) -> Vec<String> {
    let mut wrong = Vec::new();
    let cases = TABLETS.map(|size| (size, 32)).into_iter().chain(NARROWEST.map(|size| (size, 16)));
    for ((width, height), letters) in cases {
        tab.letters(letters).await;
        tab.size(width, height, true).await;
        let size: String = tab.ask("getComputedStyle(document.documentElement).fontSize").await;
        assert_eq!(size, format!("{letters}px"), "the browser's setting is heeded");
        let found = look::unfit(tab).await;
        wrong.extend(found.into_iter().map(|what| format!("{name} at {width}x{height}, letters of {letters}: {what}")));
        let room: f64 = tab.ask("document.querySelector('main').clientHeight / innerHeight").await;
        if room < least {
            wrong.push(format!(
                "{name} at {width}x{height}, letters of {letters}: {room:.2} of the height is left for the content"
            ));
        }
        tab.shoot(&format!("letras-{letters}-{name}-{width}x{height}")).await;
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_letters_of_twice_the_size_by_the_browsers_setting_and_a_page_of_320_pixels_leave_every_button_in_reach() {
    let mut rows: Vec<Row> = (10..24).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    rows.push(Row { ot: 1_400, ..ready(TAG) });
    rows.push(ready("MK-1923-TW-17422-004-TRAMO-NORTE-ESTACION-DE-BOMBEO-000123456789"));
    rows.push(Row { welded: true, ..ready("MK-1350-GW-30000-001") });
    rows.push(Row { welded: true, detail: "BLOQUEADO - Contactar supervisor", ..ready("MK-1350-GW-30000-003") });
    rows.push(Row { overdue: true, ..ready("MK-1350-GW-30000-004") });
    let served = Served::with(&rows, 12).await;
    for number in [20, 21] {
        assert_eq!(served.act("tomar", &format!("MK-1346-TW-28082-{number:03}"), 93).await, 200);
    }
    served.ask_for_help("MK-1346-TW-28082-021", 93, "falta la plantilla de la brida").await;
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tab.beforehand(DEAF).await;
        // A wall is a picture for one size of screen; nobody reads it from near.
        for (name, path) in SCREENS.into_iter().filter(|(name, _)| !name.starts_with("kiosko")) {
            tab.goto(&served.at(path)).await;
            wrong.extend(magnified(&tab, name, 0.3).await);
        }
        for dialog in ["motivo", "cancelar"] {
            tab.letters(16).await;
            tab.size(TABLET.0, TABLET.1, true).await;
            tab.goto(&served.at("/carretes?trabajador=93")).await;
            tab.until(crate::SETTLED).await;
            tab.tap(&format!("button[commandfor^={dialog}]")).await;
            tab.until("!!document.querySelector('dialog[open]')").await;
            wrong.extend(magnified(&tab, dialog, 0.3).await);
        }
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_what_is_ticked_said_and_asked_leaves_every_button_in_reach_with_letters_of_twice_the_size() {
    const TWIN: &str = "MK-REPETIDO-007";
    let mut rows: Vec<Row> = (10..16).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    rows.extend([ready(TWIN), Row { ot: 1_400, ..ready(TWIN) }]);
    let served = Served::with(&rows, 4).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tab = served.tablet(browser, "/").await;
        for name in ["barras", "hecho", "varios", "cual-de-dos"] {
            tab.letters(16).await;
            tab.size(TABLET.0, TABLET.1, true).await;
            tab.goto(&served.at("/carretes?trabajador=93")).await;
            tab.until(crate::SETTLED).await;
            match name {
                "barras" => {
                    tab.tap("#tomar .pick").await;
                    tab.tap("#tengo .pick").await;
                    tab.sees("SOLTAR (1)").await;
                }
                "hecho" => {
                    tab.tap("#lote [type=reset]").await;
                    tab.tap("#soltar [type=reset]").await;
                    tab.tap(&button(NEIGHBOUR, "tomar")).await;
                    // What has the focus does not go by itself.
                    tab.until(
                        "!!document.querySelector('#toasts .undo') && (document.querySelector('#toasts .undo').focus(), true)",
                    )
                    .await;
                }
                "varios" => {
                    tab.block(&["*/tarjeta*"]).await;
                    for number in [13, 14] {
                        tab.tap(&format!("{} .pick", card(&format!("MK-1346-TW-28082-{number:03}")))).await;
                    }
                    assert_eq!(served.act("tomar", "MK-1346-TW-28082-013", 94).await, 200);
                    tab.tap("#lote .take").await;
                    tab.sees("Tomaste 1 de 2").await;
                    tab.block(&[]).await;
                }
                _ => {
                    tab.types(TWIN, 10, Some("Enter")).await;
                    tab.sees("2 carretes tienen el TAG").await;
                }
            }
            // It stands over the list for a while only, some of which is still seen.
            wrong.extend(magnified(&tab, name, 0.1).await);
        }
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
