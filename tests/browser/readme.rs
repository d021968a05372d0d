//! The pictures of the README: the demonstration plant, as whoever starts the program for the first time finds it.

use crate::look::UNFIT;
use crate::served::Served;
use crate::tab::{Tab, in_browser};
use crate::{DESK, TABLET, WALL};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chromiumoxide::Browser;

/// A wall and a tablet beside each other, where `{wall}` and `{tablet}` are what they show.
const TOGETHER: &str = include_str!("readme.html");
const TOGETHER_SIZE: (u32, u32) = (1_760, 880);

/// A screen of the plant, once it is live and fits.
async fn screen(browser: &Browser, served: &Served, path: &str, size: (u32, u32)) -> Tab {
    let tab = Tab::open(browser, &served.at(path), size, size == TABLET).await;
    if path != "/kiosko" {
        tab.sees("CONECTADO").await;
    }
    assert_eq!(tab.ask::<Vec<String>>(UNFIT).await, Vec::<String>::new(), "{path}");
    tab
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_plant_fits_the_screens_on_which_the_readme_shows_it() {
    let served = Served::demonstration().await;
    in_browser(async |browser| {
        let wall = screen(browser, &served, "/kiosko", WALL).await;
        let tablet = screen(browser, &served, "/carretes?trabajador=93", TABLET).await;
        let picture = async |tab: &Tab| BASE64_STANDARD.encode(tab.picture().await);
        let page = TOGETHER.replace("{wall}", &picture(&wall).await).replace("{tablet}", &picture(&tablet).await);
        let both = Tab::open(browser, "about:blank", TOGETHER_SIZE, false).await;
        both.write(&page).await;
        both.until("document.images.length === 2 && [...document.images].every((it) => it.complete && it.naturalWidth > 0)")
            .await;
        both.shoot("screens").await;
        screen(browser, &served, "/tablero", WALL).await.shoot("board").await;
        served.ask_for_help("MK-1923-TW-17422-005", 85, "falta el plano de la revisión C").await;
        screen(browser, &served, "/supervisor", DESK).await.shoot("supervisor").await;
    })
    .await;
}
