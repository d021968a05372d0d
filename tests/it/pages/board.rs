//! The board and the wall.

use super::Screen;
use crate::support::TestPlant;
use chrono::Duration;

#[tokio::test]
async fn an_empty_board_says_so_and_a_full_one_says_who_has_what_since_when() {
    let plant = TestPlant::embedded().await;
    for path in ["/tablero", "/kiosko"] {
        assert!(Screen::open(&plant, path).await.text("main").contains("No hay carretes ocupados actualmente"));
    }
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.later(Duration::minutes(135));
    let board = Screen::open(&plant, "/tablero").await;
    assert_eq!(board.text("#total-ocupados"), "1");
    assert_eq!(board.texts("table.board tbody td")[..3], ["Marta Ríos", "ARM", "10:42"]);
    assert_eq!(board.text("table.board time"), "2h 15m");
    assert_eq!(board.attribute("table.board time", "data-desde"), "8100");
    assert_eq!(board.text("[data-operacion=METROLOGIA] b"), "1");
    plant.later(Duration::hours(10));
    assert_eq!(Screen::open(&plant, "/tablero").await.count("tr.overdue"), 1);
}

#[tokio::test]
async fn h4_the_wall_says_that_the_door_is_open_like_every_screen_and_is_silent_where_it_is_locked() {
    let plant = TestPlant::embedded().await;
    assert_eq!(Screen::open(&plant, "/kiosko").await.text(".wall-open"), "Acceso abierto: cualquiera puede registrar.");
    let locked = crate::access::locked_plant().await;
    let boss = crate::access::supervisor(&locked).await;
    assert_eq!(Screen::of(&boss.get(&locked, "/kiosko").await).count(".wall-open"), 0);
}

#[tokio::test]
async fn a_board_opened_from_a_workers_list_says_who_he_is_wherever_he_goes_on_it_and_a_watchers_does_not() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    let list = Screen::open(&plant, "/carretes?trabajador=93").await;
    assert_eq!(list.attribute(".links a[href^='/tablero']", "href"), "/tablero?trabajador=93");
    for path in
        ["/tablero?trabajador=93", "/tablero?nv=NV0650&operacion=ARM&ver=listos&trabajador=93", "/tablero?ot=0&trabajador=93"]
    {
        let board = Screen::open(&plant, path).await;
        assert_eq!((board.text("h1"), board.attribute("body", "data-trabajador")), ("Marta Ríos".into(), "93".into()), "{path}");
        // Every way on from it, but for the file, and the stream that changes it.
        let ways = board.count("main a[href^='/tablero?'], main a[href^='/historial'], #tablero[hx-get], #vivo");
        let his = board.count("main a[href$='trabajador=93']:not([download]), #tablero[hx-get$='trabajador=93'], #vivo[hx-sse\\:connect$='trabajador=93']");
        assert_eq!(his, ways, "{path}");
        assert_eq!(board.attribute("form [name=trabajador]", "value"), "93");
        assert_eq!(board.count("a[href='/tablero'], a[href='/supervisor']"), 0, "{path}");
    }
    for path in ["/tablero", "/tablero?trabajador=7777"] {
        let board = Screen::open(&plant, path).await;
        assert_eq!((board.text("h1"), board.count("[data-trabajador], .top .initials")), ("Tablero".into(), 0), "{path}");
    }
    let ask = Screen::open(&plant, "/carretes/MK-0001/ayuda?trabajador=93").await;
    assert_eq!(ask.text("h1"), "Marta Ríos");
}

#[tokio::test]
async fn a10_elapsed_time_is_words_and_an_instant_of_the_server_and_no_script_reads_a_date() {
    let plant = TestPlant::embedded().await;
    plant.later(Duration::minutes(228));
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.later(Duration::minutes(135));
    for (path, place) in [("/tablero", "table.board"), ("/kiosko", ".pagina"), ("/carretes?trabajador=93", "article.mine")] {
        let screen = Screen::open(&plant, path).await;
        assert_eq!(screen.text(&format!("{place} time")), "2h 15m", "{path}");
        assert_eq!(screen.attribute(&format!("{place} time"), "datetime"), "2026-11-21T14:30:00-03:00", "{path}");
        assert_eq!(screen.attribute(&format!("{place} time"), "data-desde"), "8100", "{path}");
    }
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/static");
    for entry in std::fs::read_dir(scripts).unwrap() {
        let path = entry.unwrap().path();
        let script = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        let script = String::from_utf8_lossy(&script);
        for word in ["new Date", "Date.parse", "Date.now", "Date("] {
            assert!(
                !script.contains(word),
                "{word}: a tablet's clock and its reading of dates are no part of {}",
                path.display()
            );
        }
    }
}

#[tokio::test]
async fn the_wall_shows_nine_rows_a_page_and_says_which_page() {
    let plant = TestPlant::embedded().await;
    for n in 1..=12 {
        plant.worker(93).take(&format!("MK-{n:04}"), "ARM").await;
    }
    let wall = Screen::open(&plant, "/kiosko").await;
    assert_eq!(wall.count(".pagina"), 2);
    assert_eq!(wall.count(".pagina[hidden]"), 1);
    assert_eq!(wall.count(".pagina:not([hidden]) li"), 9);
    assert_eq!(wall.texts(".wall-page"), ["1 / 2", "2 / 2"]);
    assert_eq!(wall.attribute("time[data-reloj]", "data-reloj"), "38520");
}

#[tokio::test]
async fn g13_a_tag_of_any_letters_is_shown_and_never_obeyed() {
    let plant = TestPlant::embedded().await;
    let list = Screen::open(&plant, "/carretes?trabajador=93&q=raro").await;
    let path = list.attribute("a.link", "href");
    assert_eq!(Screen::open(&plant, &path).await.text("h2.tag"), "MK/RARO ñ&<b>");
    let by_tag = Screen::open(&plant, "/historial/MK/RARO%20%C3%B1&%3Cb%3E").await;
    assert_eq!(by_tag.text("h2.tag"), "MK/RARO ñ&<b>");
}
