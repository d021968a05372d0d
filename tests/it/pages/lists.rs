//! Who are you, and a worker's list.

use super::{Screen, id, tap};
use crate::support::{TestPlant, row};
use chrono::Duration;
use spoolboard::domain::Cell;

#[tokio::test]
async fn everybody_active_is_a_card_and_the_one_without_a_role_says_why() {
    let plant = TestPlant::embedded().await;
    let screen = Screen::open(&plant, "/").await;
    assert_eq!(screen.count(".person"), 65, "the one who left is not there");
    assert_eq!(screen.count("a.person[href='/carretes?trabajador=93']"), 1);
    assert!(screen.text("section[aria-label='Sin rol']").contains("Sara Lagos"));
    assert!(screen.text("section[aria-label='Sin rol'] .why").contains("solo pueden reparar"));
    let found = Screen::open(&plant, "/?q=nicolas%20r").await;
    assert_eq!(found.texts(".person b"), ["Nicolás Ríos"]);
    assert!(Screen::open(&plant, "/?q=zzz").await.text(".empty").contains("Nadie se llama «zzz»"));
}

#[tokio::test]
async fn a_list_sends_twenty_four_cards_a_filtered_one_sixty_and_the_rest_behind_a_link() {
    let plant = TestPlant::embedded().await;
    for (show, page) in [("", 24), ("&ver=disponibles", 60), ("&ver=todo", 60)] {
        let path = format!("/carretes?trabajador=93{show}");
        let first = Screen::open(&plant, &path).await;
        assert_eq!((first.count("article.spool"), first.text("h1")), (page, "Marta Ríos".to_owned()));
        let next = first.attribute("a[rel=next]", "href");
        assert_eq!(next, format!("{path}&desde={page}"));
        let second = Screen::open(&plant, &next).await;
        assert!(second.count("article.spool") > 0);
        assert_eq!(second.attribute("a[rel=prev]", "href"), path);
    }
}

#[tokio::test]
async fn a_page_behind_the_last_card_is_the_last_one_that_has_any() {
    let plant = TestPlant::embedded().await;
    for (path, total, last) in [("/carretes?trabajador=93&ver=todo", 69, 9), ("/carretes?trabajador=93&ver=problemas", 1, 1)] {
        for from in [total, total + 1, 6_000, usize::MAX] {
            let screen = Screen::open(&plant, &format!("{path}&desde={from}")).await;
            assert_eq!(screen.count("article.spool"), last, "{path} from {from}");
            assert_eq!(screen.count("a[rel=prev]"), usize::from(total > last), "{path} from {from}");
            assert_eq!((screen.count("a[rel=next]"), screen.count(".empty")), (0, 0), "{path} from {from}");
        }
    }
    let none = Screen::open(&plant, "/carretes?trabajador=93&ver=mios&desde=60").await;
    assert_eq!((none.count(".empty"), none.count("a[rel=prev]")), (1, 0), "of no cards there is one page");
}

#[tokio::test]
async fn an_empty_list_says_what_it_would_hold_and_of_what_waits_only_where_that_is_why() {
    let plant = TestPlant::edited(|sheets| {
        sheets.operaciones.rows = vec![(2, row("MK-1", "1", &[("Fecha_Materiales", "")]))];
    })
    .await;
    let said = async |show: &str| Screen::open(&plant, &format!("/carretes?trabajador=93{show}")).await.text(".empty");
    let waits = "1 todavía no se puede tomar (falta material o una operación anterior): ver por qué.";
    for show in ["", "&ver=disponibles", "&operacion=ARM"] {
        assert_eq!(said(show).await, format!("No hay carretes aquí ahora. {waits}"), "{show}");
    }
    assert_eq!(said("&ver=mios").await, "No tienes carretes tomados ni pausados.");
    assert_eq!(said("&ver=ocupados").await, "Nadie más tiene un carrete ahora.");
    assert_eq!(said("&ver=problemas").await, "Ningún carrete está detenido por un problema en la planilla.");
    // With one operation chosen there may be others of them.
    assert_eq!(said("&ver=mios&operacion=ARM").await, "No hay carretes aquí ahora.");
}

#[tokio::test]
async fn a_scanned_row_that_is_gone_is_said_to_be_gone_with_what_to_do() {
    let plant = TestPlant::embedded().await;
    let gone = Screen::open(&plant, "/carretes?trabajador=93&carrete=0123456789abcdef").await;
    let note = gone.text("#lista .note");
    assert!(note.contains("ya no existe en la planilla") && note.contains("Escanéalo otra vez"), "{note}");
    assert_eq!(gone.attribute("#lista .note a", "href"), "/carretes?trabajador=93");
    assert!(!gone.text("#lista").contains("No hay carretes") && !note.contains("Solo el carrete escaneado"), "{note}");
    let there = Screen::open(&plant, &format!("/carretes?trabajador=93&carrete={}", id(&plant, "MK-0001").await)).await;
    assert!(there.text("#lista .note").contains("Solo el carrete escaneado"));
}

#[tokio::test]
async fn two_people_of_one_name_are_told_apart_by_their_number() {
    let plant = TestPlant::edited(|sheets| {
        let twin = vec![Cell::Number(193.0), Cell::text("marta "), Cell::text("Ríos"), Cell::Bool(true)];
        let gone = vec![Cell::Number(295.0), Cell::text("Carla"), Cell::text("Pinto"), Cell::Bool(false)];
        let next = sheets.trabajadores.rows.last().unwrap().0 + 1;
        sheets.trabajadores.rows.extend([(next, twin), (next + 1, gone)]);
    })
    .await;
    let screen = Screen::open(&plant, "/").await;
    let small = |id: u32| screen.text(&format!("a.person[href$='trabajador={id}'] small"));
    assert!(small(93).starts_with("MR(93)"), "{}", small(93));
    assert!(small(193).starts_with("MR(193)"), "{}", small(193));
    assert_eq!(small(95), "Soldador", "who has left is nobody's twin");
    // The search that shows one of them does not make him the only one.
    let found = Screen::open(&plant, "/?q=MR(93)").await;
    assert_eq!((found.count(".person"), found.text(".person small").starts_with("MR(93)")), (1, true));
}

#[tokio::test]
async fn g18_each_row_is_in_exactly_one_place_of_each_list() {
    let plant = TestPlant::embedded().await;
    plant.worker(94).take("MK-0001", "ARM").await;
    for worker in [93, 94, 95, 96, 98, 101] {
        let path = format!("/carretes?trabajador={worker}&ver=todo");
        let mut found = Vec::new();
        for from in [0, 60] {
            let screen = Screen::open(&plant, &format!("{path}&desde={from}")).await;
            found.extend(screen.texts("article.spool h3"));
            assert_eq!(screen.count("article.spool"), screen.count("section > .cards > article.spool"));
        }
        assert_eq!(found.len(), 69, "worker {worker}");
    }
}

#[tokio::test]
async fn g3_a_search_ignores_hyphens_blanks_and_case() {
    let plant = TestPlant::embedded().await;
    for q in ["mk0007", "MK-0007", "mk%200007"] {
        let screen = Screen::open(&plant, &format!("/carretes?trabajador=93&q={q}")).await;
        assert_eq!(screen.texts("article.spool h3"), ["MK-0007"], "{q}");
    }
    let input = Screen::open(&plant, "/carretes?trabajador=93").await;
    assert_eq!(input.attribute("input[name=q]", "autocapitalize"), "characters");
    assert_eq!(input.attribute("input[name=q]", "inputmode"), "text");
    let none = Screen::open(&plant, "/carretes?trabajador=93&q=zzz").await;
    assert!(none.text(".empty").contains("Ningún carrete coincide con «zzz»"));
}

#[tokio::test]
async fn what_cannot_be_done_says_why() {
    let plant = TestPlant::embedded().await;
    let screen = Screen::open(&plant, "/carretes?trabajador=93&q=materiales").await;
    assert_eq!(screen.text("article.spool .why"), "Falta Fecha_Materiales");
    assert_eq!(screen.count("article.spool button"), 0);
    let screen = Screen::open(&plant, "/carretes?trabajador=95&q=0003").await;
    assert_eq!(screen.text("article.spool .why"), "ARM sin terminar");
    let screen = Screen::open(&plant, "/carretes?trabajador=93&ver=problemas").await;
    assert_eq!(screen.texts("article.spool h3"), ["MK-ILEGIBLE"]);
    assert!(screen.text("article.spool .problem-text").contains("turno noche"));
    assert_eq!(screen.count("article.spool button"), 0);
    let blocked = Screen::open(&plant, "/carretes?trabajador=93&q=bloqueado").await;
    assert!(blocked.text("article.spool.blocked").contains("Avisa a tu supervisor"));
    assert_eq!(blocked.count("article.spool button"), 0);
}

#[tokio::test]
async fn g14_rows_of_one_tag_are_told_apart_and_the_tail_of_a_tag_stands_out() {
    let plant = TestPlant::embedded().await;
    let screen = Screen::open(&plant, "/carretes?trabajador=93&q=repetido").await;
    let chips = screen.texts("article.spool .chip.loud");
    assert!(chips.len() == 2 && chips[0] != chips[1], "{chips:?}");
    let one = Screen::open(&plant, "/carretes?trabajador=93&q=mk0007").await;
    assert_eq!(one.text("article.spool h3 b"), "0007");
    let choice = plant.get("/historial/MK-REPETIDO").await;
    assert_eq!(choice.status, 300);
    assert_eq!(Screen::of(&choice).count("a[href^='/historial/']"), 2);
}

#[tokio::test]
async fn an_overdue_spool_may_be_taken_over_after_naming_its_holder() {
    let plant = TestPlant::embedded().await;
    plant.worker(94).take("MK-0001", "ARM").await;
    let path = "/carretes?trabajador=93&q=mk0001";
    let screen = Screen::open(&plant, path).await;
    assert!(screen.text("article.spool.taken").contains("Lo tiene Nicolás Ríos"));
    assert_eq!(screen.count("article.spool button"), 0);
    plant.later(Duration::hours(13));
    let screen = Screen::open(&plant, path).await;
    assert!(screen.text("article.spool.overdue dialog").contains("Nicolás Ríos lo tiene hace"));
    let id = id(&plant, "MK-0001").await;
    let reply =
        tap(&plant, &format!("/carretes/{id}/tomar"), &[("trabajador", "93"), ("operacion", "ARM"), ("relevar", "si")]).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(Screen::of(&reply).count("article.spool.mine"), 1);
}

#[tokio::test]
async fn no_screen_has_script_or_style_of_its_own_and_all_allow_zoom() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    for path in [
        "/",
        "/carretes?trabajador=93",
        "/carretes?trabajador=96&ver=todo",
        "/tablero",
        "/tablero?ver=listos",
        "/kiosko",
        "/historial/MK-0001",
        "/registro?trabajador=93",
    ] {
        let screen = Screen::open(&plant, path).await;
        assert_eq!(screen.attribute("html", "lang"), "es-CL", "{path}");
        assert_eq!(screen.count("script:not([src]), style, [style], [onclick], [hx-on]"), 0, "{path}");
        let viewport = screen.attribute("meta[name=viewport]", "content");
        assert!(!viewport.contains("scalable") && !viewport.contains("maximum"), "{path}");
        let (status, alert) = (screen.count("[role=status]"), screen.count("[role=alert]"));
        assert!(path == "/kiosko" || (status > 0 && alert > 0), "{path}");
    }
}
