//! What a supervisor sees and puts right.

use super::{Screen, id, tap};
use crate::live::Stream;
use crate::stand_in::Google;
use crate::support::google::book_of;
use crate::support::redis::RealRedis;
use crate::support::{Reply, TestPlant, eventually, fresh, row, small_plant};
use chrono::Duration;
use reqwest::{Client, Method};
use spoolboard::workbook::Sheets;

/// The address of an act on a spool, and the form that its page shows, filled in.
pub(super) struct Confirm {
    path: String,
    fields: Vec<(String, String)>,
    screen: Screen,
}

impl Confirm {
    pub(super) async fn open(plant: &TestPlant, tag: &str, act: &str) -> Confirm {
        let path = format!("/supervisor/carretes/{}/{act}", id(plant, tag).await);
        let screen = Screen::open(plant, &path).await;
        let hidden = "form[method=post] input[type=hidden]";
        let fields = screen.attributes(hidden, "name").into_iter().zip(screen.attributes(hidden, "value")).collect();
        Confirm { path, fields, screen }
    }

    /// The table of cells: column, now, then.
    pub(super) fn cells(&self) -> Vec<String> {
        let cells = self.screen.texts("section.confirm tbody :is(th, td)");
        cells.chunks(3).map(|row| row.join(" | ")).collect()
    }

    pub(super) async fn send(&self, plant: &TestPlant, reason: &str) -> Reply {
        let form: Vec<(&str, &str)> = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        send(plant, &self.path, &[&form[..], &[("motivo", reason)]].concat()).await
    }
}

/// A form as a browser sends it: the answer is where it leads to.
async fn send(plant: &TestPlant, path: &str, form: &[(&str, &str)]) -> Reply {
    let path = path.split('?').next().unwrap();
    let straight = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    plant.send(straight.request(Method::POST, plant.url(path)).form(form)).await
}

/// What a form led to.
async fn followed(plant: &TestPlant, reply: &Reply) -> Screen {
    assert_eq!(reply.status, 303, "{}", reply.text);
    Screen::open(plant, reply.headers["location"].to_str().unwrap()).await
}

fn add(sheets: &mut Sheets, rows: Vec<Vec<spoolboard::domain::Cell>>) {
    for cells in rows {
        let fila = sheets.operaciones.rows.last().unwrap().0 + 1;
        sheets.operaciones.rows.push((fila, cells));
    }
}

#[tokio::test]
async fn a_supervisor_frees_a_spool_in_three_steps_and_its_worker_is_told_why_at_once_and_later() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    let list = Screen::open(&plant, "/supervisor").await;
    assert_eq!(list.count("section[aria-labelledby=t-ocupados] a[href$='/liberar']"), 1, "the first click");
    let confirm = Confirm::open(&plant, "MK-0001", "liberar").await;
    assert_eq!(confirm.screen.text("h2").as_str(), "¿Liberar MK-0001?");
    assert_eq!(confirm.cells()[0], "Ocupado_Por columna M | MR(93) | vacía");
    assert!(confirm.screen.text(".danger").ends_with("MK-0001") && confirm.screen.count("input[type=radio]") > 2);
    let mut tablet = Stream::open(&plant, "/vivo/carretes").await;
    tablet.named("latido").await;
    let freed = confirm.send(&plant, "fin de turno").await;
    let said = tablet.named(&format!("carrete-{}", id(&plant, "MK-0001").await)).await;
    assert!(said.contains("\"para\":93") && said.contains("El supervisor liberó MK-0001 (ARM)"), "{said}");
    assert!(said.contains("motivo: fin de turno"), "{said}");
    let after = followed(&plant, &freed).await;
    assert!(after.text(".said").starts_with("MK-0001 liberado"), "{}", after.text(".said"));

    let late = plant.worker(93).complete("MK-0001").await;
    assert_eq!(late.verdict(), (410, "LOCK_EXPIRED"));
    assert!(late.message().contains("liberó MK-0001 (ARM) a las 10:42, motivo: fin de turno"), "{}", late.message());
    let own = Screen::open(&plant, "/carretes?trabajador=93").await;
    assert!(own.text(".loss").contains("motivo: fin de turno"), "who was not there reads it on the card");
    assert_eq!(Screen::open(&plant, "/carretes?trabajador=94").await.count(".loss"), 0);
    plant.later(Duration::hours(25));
    assert_eq!(Screen::open(&plant, "/carretes?trabajador=93").await.count(".loss"), 0);

    assert_eq!(plant.events("MK-0001").await, ["TOMAR_SPOOL", "LIBERAR_SPOOL"]);
    let audit = plant.stored().metadata;
    let last: Vec<String> = audit.rows.last().unwrap().1.iter().map(spoolboard::domain::Cell::display).collect();
    assert_eq!((last[4].as_str(), last[5].as_str(), last[7].as_str()), ("0", "Supervisor", "LIBERAR"));
    assert!(last[9].contains("\"anterior\":93") && last[9].contains("\"anterior_nombre\":\"Marta Ríos\""), "{}", last[9]);
    assert!(last[9].contains("\"antes\"") && last[9].contains("\"motivo\":\"fin de turno\""), "{}", last[9]);
    assert_eq!(plant.worker(94).take("MK-0001", "ARM").await.status, 200);
}

#[tokio::test]
async fn whose_overdue_spool_was_taken_over_is_told_by_whom() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.later(Duration::hours(13));
    let mut tablet = Stream::open(&plant, "/vivo/carretes").await;
    tablet.named("latido").await;
    assert_eq!(plant.worker(94).take_over("MK-0001", "ARM").await.status, 200);
    let said = tablet.named(&format!("carrete-{}", id(&plant, "MK-0001").await)).await;
    assert!(said.contains("\"para\":93") && said.contains("Nicolás Ríos tomó el relevo de MK-0001 (ARM)"), "{said}");
    let his = Screen::open(&plant, "/carretes?trabajador=93&ver=ocupados").await;
    assert!(his.text("article .loss").starts_with("Nicolás Ríos tomó el relevo"), "{}", his.text("article .loss"));
}

#[tokio::test]
async fn g6_two_clicks_on_the_same_confirmation_are_one_release() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    let confirm = Confirm::open(&plant, "MK-0001", "liberar").await;
    let (one, two) = tokio::join!(confirm.send(&plant, "fin de turno"), confirm.send(&plant, "fin de turno"));
    assert_eq!((one.status, two.status), (303, 303));
    assert_eq!(plant.events("MK-0001").await, ["TOMAR_SPOOL", "LIBERAR_SPOOL"]);
}

#[tokio::test]
async fn without_a_reason_or_when_the_row_changed_nothing_is_freed_and_the_page_comes_back_fresh() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    let confirm = Confirm::open(&plant, "MK-0001", "liberar").await;
    let silent = confirm.send(&plant, "").await;
    assert_eq!((silent.status, Screen::of(&silent).count(".said.bad[role=alert]")), (400, 1));
    plant.worker(93).pause("MK-0001").await;
    plant.worker(94).take("MK-0001", "ARM").await;
    let late = confirm.send(&plant, "fin de turno").await;
    let shown = Screen::of(&late);
    assert_eq!(late.status, 409);
    assert!(shown.text(".said.bad").contains("cambió desde que abriste"), "{}", shown.text(".said.bad"));
    assert!(shown.text("tbody tr").contains("NR(94)"), "the row as it is now: {}", shown.text("tbody tr"));
    assert_eq!(shown.attribute("input[type=radio][value='fin de turno']", "checked"), "", "what was said is kept");
    assert_eq!(shown.count("input[type=radio][value='fin de turno'][checked]"), 1);
    let free = Screen::open(&plant, &format!("/supervisor/carretes/{}/liberar", id(&plant, "MK-0002").await)).await;
    assert_eq!(
        (free.count("form[method=post]"), free.text(".said.bad").as_str()),
        (0, "MK-0002 ya está libre: no hay nada que liberar.")
    );
}

#[tokio::test]
async fn what_was_completed_by_mistake_is_reopened_with_its_worker_and_not_once_the_next_has_begun() {
    let plant = TestPlant::embedded().await;
    let confirm = Confirm::open(&plant, "MK-ARMADO", "reabrir?operacion=ARM").await;
    let done = confirm.send(&plant, "se completó por error").await;
    assert!(followed(&plant, &done).await.text(".said").starts_with("ARM reabierto"));
    let status = plant.get("/api/spools?q=MK-ARMADO").await;
    assert_eq!(status.json["items"][0]["arm"], "PAUSADO");
    assert_eq!(plant.worker(93).take("MK-ARMADO", "ARM").await.status, 200, "his again");
    plant.worker(93).complete("MK-ARMADO").await;
    plant.worker(95).take("MK-ARMADO", "SOLD").await;
    let begun = Confirm::open(&plant, "MK-ARMADO", "reabrir?operacion=ARM").await;
    assert!(begun.screen.text(".said.bad").contains("SOLD ya empezó") && begun.screen.count("form[method=post]") == 0);
    let id = id(&plant, "MK-ARMADO").await;
    let forced = send(&plant, &format!("/supervisor/carretes/{id}/reabrir"), &[("operacion", "ARM"), ("motivo", "x")]).await;
    assert_eq!(forced.status, 400);
}

#[tokio::test]
async fn a_blocked_spool_is_opened_for_one_more_repair() {
    let plant = TestPlant::embedded().await;
    let list = Screen::open(&plant, "/supervisor?ver=bloqueados").await;
    assert_eq!(list.texts("tbody th.tag a"), ["MK-BLOQUEADO"]);
    let confirm = Confirm::open(&plant, "MK-BLOQUEADO", "desbloquear").await;
    confirm.send(&plant, "autorizado por ingeniería").await;
    assert_eq!(plant.events("MK-BLOQUEADO").await, ["SUPERVISOR_OVERRIDE"]);
    assert_eq!(plant.worker(98).take("MK-BLOQUEADO", "REPARACION").await.status, 200);
}

#[tokio::test]
async fn d4_a_row_left_half_done_is_listed_shown_before_and_after_and_put_right() {
    let plant = TestPlant::edited(|sheets| {
        add(sheets, vec![row("MK-A-MEDIAS", "1335", &[("Ocupado_Por", "MR(93)"), ("Fecha_Ocupacion", "20-11-2026 08:00:00")])]);
    })
    .await;
    let data = Screen::open(&plant, "/supervisor/datos").await;
    let remedy = data.attribute("section[aria-labelledby=t-OccupiedWithoutOperation] a.quiet", "href");
    assert!(remedy.ends_with("/corregir?remedio=empezar"), "{remedy}");
    let confirm = Confirm::open(&plant, "MK-A-MEDIAS", "corregir?remedio=empezar").await;
    assert_eq!(confirm.cells()[0], "Armador columna G | vacía | MR(93)");
    let done = confirm.send(&plant, "quedó a medias").await;
    let one = followed(&plant, &done).await;
    assert_eq!(one.count("section[aria-labelledby=t-mal]"), 0, "{}", one.text("main"));
    assert_eq!(plant.worker(93).complete("MK-A-MEDIAS").await.status, 200, "its occupant goes on");
    assert_eq!(plant.events("MK-A-MEDIAS").await, ["CORREGIR_SPOOL", "COMPLETAR_ARM"]);
}

#[tokio::test]
async fn a13_contradictions_are_listed_by_kind_with_sheet_row_and_column_and_named_workers_fill_the_gap() {
    let plant = TestPlant::edited(|sheets| {
        add(
            sheets,
            vec![
                row("MK-SIN-NOMBRE", "1335", &[("Fecha_Armado", "10-11-2026")]),
                row("MK-AL-REVES", "1335", &[("Soldador", "CP(95)"), ("Fecha_Soldadura", "10-11-2026")]),
            ],
        );
    })
    .await;
    let data = Screen::open(&plant, "/supervisor/datos").await;
    let (unnamed, torn) = ("section[aria-labelledby=t-DateWithoutWorker]", "section[aria-labelledby=t-NotAWorker]");
    assert_eq!(data.text(&format!("{unnamed} h2")), "Fecha sin trabajador 1");
    assert!(data.text(&format!("{unnamed} td")).starts_with("Operaciones, fila 71, celda G71"), "{}", data.text(unnamed));
    assert!(data.text(torn).contains("celda M69") && data.text(torn).contains("Corregir en la planilla"), "{}", data.text(torn));
    assert_eq!(data.count("section[aria-labelledby=t-WeldedBeforeFitted]"), 1);
    let only = Screen::open(&plant, "/supervisor/datos?tipo=NotAWorker").await;
    assert_eq!(only.count("section table"), 1);

    let gap = Confirm::open(&plant, "MK-SIN-NOMBRE", "corregir?remedio=nombrar%20Armador").await;
    assert!(gap.screen.text(".said.bad").contains("Elígelo") && gap.screen.count("form[method=post]") == 0);
    assert!(gap.screen.count("select[name=trabajador] option") > 60);
    let named = Confirm::open(&plant, "MK-SIN-NOMBRE", "corregir?remedio=nombrar%20Armador&trabajador=93").await;
    assert_eq!(named.cells(), ["Armador columna G | vacía | MR(93)"]);
    named.send(&plant, "error al escribir en la planilla").await;
    let after = Screen::open(&plant, "/supervisor/datos").await;
    assert_eq!(after.count(unnamed), 0);
    assert_eq!(named.send(&plant, "otra vez").await.status, 303, "sent again it is the first result");
    let form = [("remedio", "nombrar Armador"), ("trabajador", "94"), ("motivo", "otra vez")];
    let anew = send(&plant, &named.path, &form).await;
    assert_eq!((anew.status, plant.events("MK-SIN-NOMBRE").await.len()), (400, 1), "there is nothing left to correct");
}

#[tokio::test]
async fn b7_tags_that_rows_share_and_workers_without_a_role_are_listed() {
    let plant = TestPlant::embedded().await;
    let data = Screen::open(&plant, "/supervisor/datos").await;
    let twins = "section[aria-labelledby=t-repetidos]";
    assert_eq!(data.text(&format!("{twins} tr.group")), "MK-REPETIDO 2 filas");
    assert_eq!(data.count(&format!("{twins} tbody th.tag")), 2);
    assert!(data.text(twins).contains("OT 1") && data.text(twins).contains("OT 2"), "{}", data.text(twins));
    let view = plant.running.app.plant.view();
    let rows = view.spools.iter().filter(|spool| spool.tag().as_str() == "MK-REPETIDO").map(|spool| spool.fila);
    let letters = view.letters(spoolboard::domain::Column::Tag).unwrap();
    for row in rows {
        let place = format!("Operaciones, fila {row}, celda {letters}{row}");
        assert!(data.text(twins).contains(&place) && data.text(twins).contains("TAG_SPOOL"), "{place}: {}", data.text(twins));
    }
    assert_eq!(data.texts("section[aria-labelledby=t-sin-rol] li"), ["Sara Lagos · SL(98)"]);
}

#[tokio::test]
async fn f4_a_day_of_more_events_than_a_page_holds_is_paged_back_while_others_go_on() {
    let plant = TestPlant::embedded().await;
    for _ in 0..160 {
        assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 200);
        assert_eq!(plant.worker(93).pause("MK-0001").await.status, 200);
        plant.later(Duration::seconds(1));
    }
    let day = Screen::open(&plant, "/supervisor/actividad").await;
    let rows = "section[aria-labelledby=t-dia] tbody tr";
    assert_eq!(day.count(rows), 300);
    let older = day.attribute("section[aria-labelledby=t-dia] a[href*='antes=']", "href");
    let shown = Screen::open(&plant, &older).await.texts(rows);
    assert_eq!(shown.len(), 20);
    plant.worker(93).take("MK-0001", "ARM").await;
    assert_eq!(Screen::open(&plant, &older).await.texts(rows), shown, "what happens meanwhile moves nothing");
    assert_eq!(Screen::open(&plant, &older).await.count("a[href*='antes=']"), 0);
}

#[tokio::test]
async fn i3_conflicts_hot_spots_and_the_plants_alert_lines_are_shown() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    let calm = Screen::open(&plant, "/supervisor/salud").await;
    assert_eq!(calm.count("section[aria-labelledby=t-conflictos] .tile.loud"), 0);
    for _ in 0..3 {
        plant.worker(94).take("MK-0001", "ARM").await;
    }
    plant.worker(93).pause("MK-0001").await;
    plant.worker(93).pause("MK-0001").await;
    let health = Screen::open(&plant, "/supervisor/salud").await;
    let tiles = health.texts("section[aria-labelledby=t-conflictos] .tile");
    assert!(tiles[1].starts_with("75,0 %Llegaron tarde (409)3 veces") && tiles[1].ends_with("SOBRE LA ALERTA"), "{tiles:?}");
    assert!(tiles[2].starts_with("20,0 %Ya no lo tenían (410)1 vez"), "{tiles:?}");
    assert_eq!(health.texts("section[aria-labelledby=t-conflictos] tbody tr"), ["MK-00013 veces"]);
}

#[tokio::test]
async fn i3_a_tile_is_marked_above_ten_and_five_per_cent_and_not_at_them() {
    let plant = TestPlant::embedded().await;
    let takes = async |tags: std::ops::RangeInclusive<u32>| {
        for tag in tags {
            assert_eq!(plant.worker(93).take(&format!("MK-{tag:04}"), "ARM").await.status, 200);
        }
    };
    let late = async || assert_eq!(plant.worker(94).take("MK-0018", "ARM").await.status, 409);
    let ended = async || assert_eq!(plant.worker(93).pause("MK-0001").await.status, 410);
    // Both tiles: the share, and whether it is marked.
    let told = async || {
        let page = Screen::open(&plant, "/supervisor/salud").await;
        let (tiles, loud) = ("section[aria-labelledby=t-conflictos] .tile", "section[aria-labelledby=t-conflictos] .tile.loud");
        let (tiles, loud) = (page.texts(tiles), page.texts(loud));
        let share = |tile: &String| format!("{}{}", tile.split('%').next().unwrap(), if loud.contains(tile) { "!" } else { "" });
        assert!(tiles.iter().all(|tile| loud.contains(tile) == tile.ends_with("SOBRE LA ALERTA")), "in words, too: {tiles:?}");
        tiles.iter().skip(1).map(share).collect::<Vec<_>>()
    };
    takes(1..=18).await;
    assert_eq!(plant.worker(93).pause("MK-0001").await.status, 200);
    late().await;
    ended().await;
    assert_eq!(told().await, ["5,3 ", "5,0 "], "1 of 19, and 1 of 20");
    late().await;
    assert_eq!(told().await, ["10,0 ", "4,8 "], "2 of 20, and 1 of 21");
    takes(19..=26).await;
    late().await;
    assert_eq!(told().await, ["10,3 !", "3,3 "], "3 of 29, and 1 of 30");
    takes(27..=34).await;
    ended().await;
    assert_eq!(told().await, ["8,1 ", "5,1 !"], "3 of 37, and 2 of 39");
}

#[tokio::test]
async fn h3_a_request_that_could_not_be_served_is_on_the_supervisors_page_without_what_was_sent() {
    // Nobody listens on this port: who holds what cannot be found out.
    let plant = TestPlant::with_redis("redis://:s3creta@127.0.0.1:1").await;
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 503);
    let health = Screen::open(&plant, "/supervisor/salud").await;
    let error = health.text("section[aria-labelledby=t-errores] tbody tr");
    assert!(error.contains("503 REDIS_NO_DISPONIBLEPOST /api/occupation/tomar"), "{error}");
    assert!(!error.contains("MK-0001") && !health.text("body").contains("s3creta"), "{error}");
    let support = Screen::open(&plant, "/diagnostico").await;
    assert_eq!(support.text("section[aria-labelledby=t-errores] tbody tr"), error, "and where support looks");
    assert!(health.text("section[aria-labelledby=t-puertos]").contains("NO RESPONDEN"));
    let cannot = Confirm::open(&plant, "MK-0001", "reabrir?operacion=ARM").await;
    assert!(cannot.screen.text(".said.bad").contains("no está completado"));
}

#[tokio::test]
async fn a_call_for_help_is_on_card_board_wall_and_supervisors_page_and_survives_a_restart() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    let spool = id(&plant, "MK-0001").await;
    let ask = format!("/carretes/{spool}/ayuda");
    let form = Screen::open(&plant, &format!("{ask}?trabajador=93")).await;
    assert!(form.count("button.reason") > 4 && form.text("h2").contains("MK-0001"));
    let me = [("trabajador", "93"), ("motivo", "falta plano/ingeniería")];
    let asked = Screen::of(&tap(&plant, &ask, &me).await);
    assert!(
        asked.text("article .call").starts_with("AYUDA PEDIDA Marta Ríos pide ayuda a las 10:42"),
        "{}",
        asked.text("article .call")
    );
    assert!(asked.text(".toast.good").contains("Ayuda pedida con MK-0001") && asked.count(".toast input[name=evento]") == 0);
    let again = tap(&plant, &ask, &[("trabajador", "94")]).await;
    assert_eq!((again.status, Screen::of(&again).text(".toast small").as_str()), (409, "AYUDA_YA_PEDIDA"));

    let plant = plant.restarted().await;
    for (path, selector) in [
        ("/carretes?trabajador=94&ver=ocupados", "article .call"),
        ("/tablero", ".calls li"),
        ("/kiosko", ".wall-calls li"),
        ("/supervisor", "section[aria-labelledby=t-ayuda] tbody .call"),
    ] {
        let shown = Screen::open(&plant, path).await.text(selector);
        assert!(shown.contains("AYUDA") && shown.contains("Marta Ríos") && shown.contains("falta plano"), "{path}: {shown}");
    }
    let step = |step: &'static str| [("paso", step), ("id_operacion", Box::leak(fresh().into_boxed_str()) as &str)];
    let help = format!("/supervisor/carretes/{spool}/ayuda");
    let seen = send(&plant, &help, &step("visto")).await;
    assert!(followed(&plant, &seen).await.text("section[aria-labelledby=t-ayuda] .call").starts_with("AYUDA VISTA"));
    assert!(Screen::open(&plant, "/kiosko").await.text(".wall-calls li").starts_with("AYUDA VISTA"));
    let solved = send(&plant, &help, &step("resuelta")).await;
    assert_eq!(followed(&plant, &solved).await.count("section[aria-labelledby=t-ayuda]"), 0);
    assert_eq!(
        (Screen::open(&plant, "/tablero").await.count(".calls"), Screen::open(&plant, "/kiosko").await.count(".wall-calls")),
        (0, 0)
    );
    assert_eq!(plant.events("MK-0001").await, ["TOMAR_SPOOL", "PEDIR_AYUDA", "AYUDA_VISTA", "AYUDA_RESUELTA"]);
    assert_eq!(plant.worker(93).complete("MK-0001").await.status, 200, "the work was never touched");
}

#[tokio::test]
async fn who_asked_for_help_takes_it_back_and_nobody_else() {
    let plant = TestPlant::embedded().await;
    let spool = id(&plant, "MK-SIN-MATERIALES").await;
    tap(&plant, &format!("/carretes/{spool}/ayuda"), &[("trabajador", "93"), ("motivo", "otro"), ("otro", "no llega")]).await;
    let solve = format!("/carretes/{spool}/ayuda/resuelta");
    assert_eq!(tap(&plant, &solve, &[("trabajador", "94")]).await.status, 403);
    assert_eq!(tap(&plant, &solve, &[("trabajador", "93")]).await.status, 200);
    assert_eq!(tap(&plant, &solve, &[("trabajador", "93")]).await.status, 400);
}

#[tokio::test]
async fn what_was_begun_and_left_lying_is_marked_on_card_board_and_supervisors_page() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.worker(93).pause("MK-0001").await;
    assert_eq!(Screen::open(&plant, "/supervisor?ver=parados").await.count("tbody tr"), 0);
    plant.later(Duration::hours(25));
    let idle = Screen::open(&plant, "/supervisor?ver=parados").await;
    assert!(idle.text("tbody tr").contains("MK-0001") && idle.text("tbody tr").contains("PARADO"));
    let card = Screen::open(&plant, "/carretes?trabajador=93&ver=mios").await;
    assert!(card.text("article.paused").contains("PARADO nadie lo ha seguido en 1d 1h"), "{}", card.text("article.paused"));
    let board = Screen::open(&plant, "/tablero").await;
    assert!(board.texts(".tile").contains(&"1Parados".to_owned()), "{:?}", board.texts(".tile"));
    assert!(Screen::open(&plant, "/kiosko").await.text(".wall-bottom").contains("Parados 1"));
}

#[tokio::test]
async fn f4_what_happened_on_a_day_and_which_tablets_there_are() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    Confirm::open(&plant, "MK-0001", "liberar").await.send(&plant, "fin de turno").await;
    Screen::open(&plant, "/carretes?trabajador=93").await;
    let all = Screen::open(&plant, "/supervisor/actividad").await;
    assert_eq!(all.texts("section[aria-labelledby=t-dia] tbody th"), ["LIBERAR ARM a Marta Ríos", "TOMAR ARM"]);
    assert!(all.count("section[aria-labelledby=t-tabletas] tbody a[href^='/diagnostico?tableta=']") > 0);
    let his = Screen::open(&plant, "/supervisor/actividad?quien=supervisor").await;
    assert_eq!(his.texts("section[aria-labelledby=t-dia] tbody tr").len(), 1);
    assert!(his.text("section[aria-labelledby=t-dia] tbody tr").ends_with("SupervisorMK-0001fin de turno"));
    let before = Screen::open(&plant, "/supervisor/actividad?fecha=2026-11-20").await;
    assert_eq!(before.count("section[aria-labelledby=t-dia] tbody"), 0);
    let found = Screen::open(&plant, "/supervisor?q=mk0007").await;
    assert_eq!(found.texts("tbody th.tag a"), ["MK-0007"]);
}

#[tokio::test]
async fn h3_a_page_says_that_it_lacks_what_other_processes_did_only_while_they_cannot_be_heard() {
    let (google, mut redis) = (Google::with(book_of(&small_plant())).await, RealRedis::start());
    let one_of_several = TestPlant::at_google(&google, Some(&redis.url())).await;
    eventually("it was read", async || one_of_several.get("/ready").await.status == 200).await;
    let alone = TestPlant::embedded().await;
    let paths = ["/supervisor/salud", "/supervisor/actividad", "/diagnostico", "/diagnostico?tableta=x"];
    let said = async |plant: &TestPlant, path: &str| Screen::open(plant, path).await.text("main").contains("Redis no responde");
    for path in paths {
        eventually("it hears the others", async || !said(&one_of_several, path).await).await;
    }
    redis.kill9();
    for path in paths {
        eventually("it does not", async || said(&one_of_several, path).await).await;
        assert!(!said(&alone, path).await, "there are no others: {path}");
    }
}

#[tokio::test]
async fn h4_whoever_is_freed_at_one_process_is_told_on_a_screen_of_another_and_refused_there() {
    let (google, redis) = (Google::with(book_of(&small_plant())).await, RealRedis::start());
    let one = TestPlant::at_google(&google, Some(&redis.url())).await;
    let two = TestPlant::at_google(&google, Some(&redis.url())).await;
    eventually("she has it", async || one.worker(93).take("MK-0001", "ARM").await.status == 200).await;
    eventually("two was read", async || two.get("/ready").await.status == 200).await;
    let (mut tablet, name) = (Stream::open(&two, "/vivo/carretes").await, format!("carrete-{}", id(&one, "MK-0001").await));
    tablet.named("latido").await;
    let freed = Confirm::open(&one, "MK-0001", "liberar").await.send(&one, "fin de turno").await;
    assert_eq!(freed.status, 303, "{}", freed.text);
    let mut said = tablet.named(&name).await;
    while !said.contains("aviso") {
        said = tablet.named(&name).await;
    }
    assert!(said.contains("\"para\":93") && said.contains("motivo: fin de turno"), "{said}");
    eventually("her next act says why", async || {
        let late = two.worker(93).complete("MK-0001").await;
        late.status == 410 && late.message().contains("motivo: fin de turno")
    })
    .await;
}
