//! Letters of twice the size by the browser's own setting, and the narrowest page: what a screen is when it is magnified
//! four times (WCAG 1.4.4, 1.4.10).

use crate::everybody::{DEAF, SCREENS};
use crate::look;
use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{TABLET, TABLETS, TAG};

/// A telephone, and what 1,280 × 1,024 pixels are when they are magnified four times.
const NARROWEST: [(u32, u32); 2] = [(320, 640), (320, 256)];

/// What does not fit of the page that is open with letters of twice the size, and on the narrowest page.
pub(crate) async fn magnified(tab: &Tab, name: &str) -> Vec<String> {
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
        if room < 0.3 {
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
        for (name, path) in SCREENS.into_iter().filter(|(name, _)| *name != "kiosko") {
            tab.goto(&served.at(path)).await;
            wrong.extend(magnified(&tab, name).await);
        }
        for dialog in ["motivo", "cancelar"] {
            tab.letters(16).await;
            tab.size(TABLET.0, TABLET.1, true).await;
            tab.goto(&served.at("/carretes?trabajador=93")).await;
            tab.until(crate::SETTLED).await;
            tab.tap(&format!("button[commandfor^={dialog}]")).await;
            tab.until("!!document.querySelector('dialog[open]')").await;
            wrong.extend(magnified(&tab, dialog).await);
        }
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
