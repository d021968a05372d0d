//! What a board can be narrowed to, its pictures, and its file.

use super::Screen;
use crate::support::{TestPlant, row};
use chrono::Duration;
use spoolboard::workbook::Sheets;

/// Two spools of another NV, one of them with a tag that a spreadsheet would calculate.
fn another_nv(sheets: &mut Sheets) {
    for (tag, ot) in [("=1+1", "77"), ("MK-AJENO-001", "78")] {
        let fila = sheets.operaciones.rows.last().unwrap().0 + 1;
        let mut cells = row(tag, ot, &[]);
        cells[1] = spoolboard::domain::Cell::text("NV0700");
        sheets.operaciones.rows.push((fila, cells));
    }
}

async fn watched() -> TestPlant {
    let plant = TestPlant::edited(another_nv).await;
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.later(Duration::minutes(10));
    plant.worker(94).take("MK-AJENO-001", "ARM").await;
    plant.later(Duration::minutes(10));
    plant.worker(95).take("MK-ARMADO", "SOLD").await;
    plant.later(Duration::minutes(10));
    plant.worker(93).take("MK-0002", "ARM").await;
    plant
}

#[tokio::test]
async fn a_board_is_narrowed_by_its_address_and_says_to_what() {
    let plant = watched().await;
    const TAGS: &str = "table.board tbody th.tag a";
    for (query, tags) in [
        ("", vec!["MK-0001", "MK-AJENO-001", "MK-ARMADO", "MK-0002"]),
        ("?nv=NV0700", vec!["MK-AJENO-001"]),
        ("?nv=0700", vec!["MK-AJENO-001"]),
        ("?ot=1335", vec!["MK-0001", "MK-ARMADO", "MK-0002"]),
        ("?ot=1335&operacion=SOLD", vec!["MK-ARMADO"]),
        ("?nv=NV0650&operacion=ARM", vec!["MK-0001", "MK-0002"]),
        ("?operacion=METROLOGIA", vec![]),
    ] {
        let board = Screen::open(&plant, &format!("/tablero{query}")).await;
        assert_eq!(board.texts(TAGS), tags, "{query}");
        assert_eq!(board.text("#total-ocupados"), tags.len().to_string(), "{query}");
        assert_eq!(board.attribute("#tablero", "hx-get"), format!("/tablero{query}"));
        assert_eq!(board.attribute("#vivo", "hx-sse:connect"), format!("/vivo/tablero{query}"), "the stream is narrowed alike");
        assert_eq!(board.attribute("a.file", "href"), format!("/tablero.csv{query}"));
    }
    let narrowed = Screen::open(&plant, "/tablero?nv=NV0700&ot=78&operacion=ARM").await;
    assert_eq!(narrowed.attribute("select[name=nv] option[selected]", "value"), "");
    assert_eq!(narrowed.text("select[name=nv] option[selected]"), "NV0700");
    assert_eq!(narrowed.attribute("input[name=ot]", "value"), "78");
    assert_eq!(narrowed.attribute("form.narrow input[name=operacion]", "value"), "ARM", "what was chosen by a tap stays");
    assert_eq!(narrowed.text("nav.filters details a[aria-current]"), "ARM");
    assert_eq!(narrowed.attribute("a.filter[href*='operacion=SOLD']", "href"), "/tablero?nv=NV0700&ot=78&operacion=SOLD");
    assert!(narrowed.text(".as-of").ends_with("solo NV0700 · OT 78 · ARM"));
    let nobody = Screen::open(&plant, "/tablero?nv=NV0700&operacion=SOLD").await;
    assert!(nobody.text(".empty").starts_with("No hay carretes ocupados de NV0700 · SOLD."));
    let nothing = Screen::open(&plant, "/tablero?ot=%3Cb%3E9").await;
    assert!(nothing.text(".empty").starts_with("Ningún carrete es de OT <b>9."), "{}", nothing.text(".empty"));
    let wrong = plant.get("/tablero?operacion=PINTURA").await;
    assert_eq!((wrong.status, Screen::of(&wrong).text("h1").as_str()), (400, "No se pudo"));
}

#[tokio::test]
async fn a_wall_is_narrowed_alike() {
    let plant = watched().await;
    let wall = Screen::open(&plant, "/kiosko?nv=NV0700").await;
    assert_eq!(wall.texts(".pagina .tag"), ["MK-AJENO-001"]);
    assert_eq!(wall.text("h1"), "NV0700 1");
    assert_eq!(wall.attribute("#muro", "hx-get"), "/kiosko?nv=NV0700");
    assert_eq!(wall.attribute("#vivo", "hx-sse:connect"), "/vivo/kiosko?nv=NV0700");
    let empty = Screen::open(&plant, "/kiosko?nv=NV0700&operacion=SOLD").await;
    assert_eq!(empty.text(".wall-empty"), "No hay carretes ocupados de NV0700 · SOLD");
}

#[tokio::test]
async fn a_board_in_order_of_people_or_operations_has_a_heading_for_each() {
    let plant = watched().await;
    let people = Screen::open(&plant, "/tablero?orden=persona").await;
    assert_eq!(people.texts("tr.group th"), ["Carla Pinto 1", "Marta Ríos 2", "Nicolás Ríos 1"]);
    assert_eq!(people.count("th[aria-sort]"), 1);
    let operations = Screen::open(&plant, "/tablero?orden=operacion").await;
    assert_eq!(operations.texts("tr.group th"), ["ARM 3", "SOLD 1"]);
    plant.later(Duration::hours(13));
    let late = Screen::open(&plant, "/tablero?orden=persona").await;
    assert_eq!(
        late.texts("tr.group th"),
        ["Carla Pinto 1 · 1 vencido", "Marta Ríos 2 · 2 vencidos", "Nicolás Ríos 1 · 1 vencido"]
    );
    assert_eq!(late.count("tr.overdue"), 4);
}

#[tokio::test]
async fn what_waits_is_listed_with_the_longest_waiting_first_and_no_more_than_sixty() {
    let plant = watched().await;
    let board = Screen::open(&plant, "/tablero").await;
    assert_eq!(board.attribute("[data-operacion=SOLD] a", "href"), "/tablero?operacion=SOLD&ver=listos");
    plant.worker(95).pause("MK-ARMADO").await;
    let sold = Screen::open(&plant, "/tablero?operacion=SOLD&ver=listos").await;
    assert_eq!(sold.texts("table.board tbody td")[..3], ["SOLD", "SOLD pausado", "11:12"]);
    let all = Screen::open(&plant, "/tablero?ver=listos").await;
    assert_eq!(all.count("table.board tbody tr"), 60);
    assert!(all.text("section .note").contains("más: están todos en el archivo"), "{}", all.text("section .note"));
    let none = Screen::open(&plant, "/tablero?ot=77&operacion=SOLD&ver=listos").await;
    assert!(none.text(".empty").starts_with("No hay carretes listos para empezar."));
}

/// A row of the table beside the fortnight's picture, counted from 1.
fn day(board: &Screen, nth: usize) -> Vec<String> {
    board.texts(&format!("section[aria-labelledby=t-dias] .hide tbody tr:nth-child({nth}) > *"))
}

#[tokio::test]
async fn pictures_show_what_was_finished_today_and_say_the_same_in_a_table() {
    let plant = watched().await;
    let before = Screen::open(&plant, "/tablero").await;
    assert_eq!(before.text("section[aria-labelledby=t-horas] .none"), "Nada terminado hoy todavía.");
    assert_eq!(before.count("section[aria-labelledby=t-dias] svg.bars"), 1, "the sheet says what was finished in earlier days");
    plant.worker(93).complete("MK-0001").await;
    plant.worker(95).complete("MK-ARMADO").await;
    let board = Screen::open(&plant, "/tablero").await;
    assert_eq!(board.text("[data-operacion=ARM] .today"), "1 hecho hoy");
    const HOURS: &str = "section[aria-labelledby=t-horas]";
    assert_eq!(board.count(&format!("{HOURS} svg.bars[aria-hidden=true] rect.k0")), 1);
    assert_eq!(board.count(&format!("{HOURS} svg.bars[aria-hidden=true] rect.k1")), 1);
    let hours = board.texts(&format!("{HOURS} .hide tbody tr:nth-child(5) > *"));
    assert_eq!(hours, ["11 a 12 h", "1", "1", "0", "0", "2"]);
    assert_eq!(board.count("section[aria-labelledby=t-dias] .hide tbody tr"), 14);
    assert_eq!(day(&board, 14), ["sáb 21-11", "1", "1", "0", "0", "2"]);
    let sold = Screen::open(&plant, "/tablero?operacion=SOLD").await;
    assert_eq!(day(&sold, 14), ["sáb 21-11", "0", "1", "0", "0", "1"]);
    let arm = board.texts(".stages tbody tr:nth-child(3) > *");
    assert_eq!(arm, ["ARM en curso", "2", "menos de 4 h: 2", "0m", "20m"]);
    let counts: usize = board.texts(".stages tbody td:nth-child(2)").iter().map(|count| count.parse::<usize>().unwrap()).sum();
    assert_eq!(counts, 71, "each row is in exactly one state");
}

#[tokio::test]
async fn a2_the_pictures_of_today_begin_anew_at_midnight_of_the_plant() {
    let plant = watched().await;
    plant.worker(93).complete("MK-0001").await;
    // 23:59 of the 21st is the next day in UTC.
    plant.later(Duration::minutes(12 * 60 + 47));
    assert_eq!(Screen::open(&plant, "/tablero").await.text("[data-operacion=ARM] .today"), "1 hecho hoy");
    plant.later(Duration::minutes(1));
    let next = Screen::open(&plant, "/tablero").await;
    assert_eq!(next.text("[data-operacion=ARM] .today"), "0 hechos hoy");
    assert_eq!(day(&next, 13), ["sáb 21-11", "1", "0", "0", "0", "1"]);
}

#[tokio::test]
async fn a8_the_file_opens_in_a_spreadsheet_with_its_letters_and_runs_nothing() {
    let plant = watched().await;
    plant.worker(94).take("=1+1", "ARM").await;
    let reply = plant.get("/tablero.csv?nv=NV0700").await;
    assert_eq!((reply.status, reply.headers["content-type"].to_str().unwrap()), (200, "text/csv; charset=utf-8; header=present"));
    assert_eq!(reply.headers["content-disposition"], "attachment; filename=\"tablero-2026-11-21.csv\"");
    let text = reply.text.trim_start_matches('\u{feff}');
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], "Carrete;NV;OT;Fila de la planilla;Operación;Lo tiene;Desde;Minutos;Vencido");
    assert_eq!(lines[1], "MK-AJENO-001;NV0700;OT 78;72;ARM;Nicolás Ríos;21-11-2026 10:52;20;no");
    assert_eq!(lines[2], "'=1+1;NV0700;OT 77;71;ARM;Nicolás Ríos;21-11-2026 11:12;0;no");
    assert_eq!((lines.len(), lines[3]), (4, ""));
    let bytes = plant.request(reqwest::Method::GET, "/tablero.csv").send().await.unwrap().bytes().await.unwrap();
    assert!(bytes.starts_with(b"\xef\xbb\xbfCarrete;"), "a byte-order mark says that it is UTF-8");
    let waiting = plant.get("/tablero.csv?ver=listos").await.text;
    assert!(waiting.contains("Listo para;Espera desde;Minutos\r\n"));
    assert!(waiting.lines().count() > 61, "the file holds all that waits");
}

#[tokio::test]
async fn g13_the_watchers_screens_speak_the_plants_language_and_no_other() {
    let plant = watched().await;
    plant.worker(96).inspect("MK-SOLDADO", "RECHAZADO").await;
    plant.worker(93).pause("MK-0002").await;
    let denied = [
        "board",
        "wall",
        "kiosk",
        "filter",
        "worker",
        "spool",
        "error",
        "null",
        "undefined",
        "none",
        "true",
        "false",
        "stage",
        "arm_",
        "metrologia",
        "reparacion",
        "dia",
        "dias",
        "operacion",
        "maximo",
        "tipico",
        "todavia",
        "ningun",
        "duracion",
        "libro",
        "vencida",
        "vencidas",
    ];
    plant.later(Duration::hours(13));
    for path in [
        "/tablero",
        "/tablero?ver=listos",
        "/tablero?nv=x",
        "/tablero?orden=persona",
        "/kiosko",
        "/historial/MK-SOLDADO",
        "/registro?trabajador=93",
        "/supervisor",
        "/supervisor/salud",
    ] {
        let text = Screen::open(&plant, path).await.text("main").to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        let wrong: Vec<&str> = words.filter(|word| denied.contains(word)).collect();
        assert!(wrong.is_empty() && !text.contains(['{', '}']), "{path}: {wrong:?}");
    }
}
