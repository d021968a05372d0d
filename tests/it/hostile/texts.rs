//! Texts that a browser or a spreadsheet would obey, in every cell and every field: what is shown is
//! the text, and the page around it stays the page that it is.

use crate::access::{PASSWORD, PIN, Persona, asking, locked_plant, now, register};
use crate::stand_in::Google;
use crate::support::google::book_of;
use crate::support::{AUDIT, Reply, TestPlant, eventually, row, sheet, small_plant};
use reqwest::Method;
use scraper::Html;
use serde_json::json;
use spoolboard::domain::{Cell, WorkerId, cell};
use spoolboard::workbook::Sheets;

/// A text that no page can be made of, of the same kind as the hostile ones.
const PLAIN: &str = "texto raro";

/// Texts that would be elements, attributes, scripts or formulas where they are not only text.
pub(super) const HOSTILE: [&str; 16] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' x='",
    "\" autofocus onfocus=\"alert(1)",
    "</td></table><hostil-x>",
    "</script></style></title></textarea><hostil-x>",
    "<hx-partial hx-target=\"body\"><hostil-x></hx-partial>",
    "\" hx-get=\"/x\" hx-trigger=\"load",
    "<!--<hostil-x>-->",
    "&lt;hostil-x&gt;&#60;hostil-x&#62;",
    "javascript:alert(1)//",
    "=HYPERLINK(\"http://malo.example\";\"ver\")",
    "+cmd|' /C calc'!A0",
    "\u{a0}@SUM(1+1)",
    "NV1,=cmd|' /C calc'!A0",
    "NV1;\u{a0}@SUM(1+1)",
];

/// The screens on which cells are shown; `{id}` is a spool's.
const SCREENS: [&str; 22] = [
    "/",
    "/carretes?trabajador=93",
    "/carretes?trabajador=94",
    "/carretes?trabajador=93&ver=todos",
    "/tablero",
    "/tablero?ver=listos",
    "/tablero?orden=persona",
    "/kiosko",
    "/registro?trabajador=93",
    "/historial/{id}",
    "/carretes/{id}/tarjeta?trabajador=93",
    "/escaneo?trabajador=93&tag=MK-DOS",
    "/diagnostico",
    "/supervisor",
    "/supervisor?ver=ocupados",
    "/supervisor/datos",
    "/supervisor/salud",
    "/supervisor/actividad?fecha=2026-11-20",
    "/supervisor/carretes/{id}",
    "/supervisor/carretes/{id}/liberar",
    "/supervisor/carretes/{id}/desbloquear",
    "/supervisor/carretes/{id}/corregir?remedio=nombrar%20Armador",
];

/// Rows that hold a text in one cell after the other, or in several; what is behind it stands in a
/// word or two.
fn plant_of(text: &str) -> impl FnOnce(&mut Sheets) {
    let cells = [
        vec![],
        vec![("Ocupado_Por", text)],
        vec![("Fecha_Ocupacion", text)],
        vec![("Armador", text)],
        vec![("Armador", "MR(93)"), ("Fecha_Armado", text)],
        vec![("Fecha_Materiales", text)],
        vec![("Soldador", text), ("Fecha_Soldadura", text)],
        vec![("Estado_Detalle", text)],
        vec![("version", text)],
        vec![("Fecha_QC_Metrología", text)],
    ];
    let mut rows: Vec<Vec<Cell>> = (1..).zip(&cells).map(|(n, cells)| row(&format!("MK-{n}"), "1335", cells)).collect();
    // In the key itself, and twice: as a row of its own, and as two of one tag.
    rows.push(row(text, text, &[("NV", text)]));
    rows.push(row(
        text,
        "7",
        &[("Ocupado_Por", "MR(93)"), ("Fecha_Ocupacion", "20-11-2026 09:00:00"), ("Armador", "MR(93)"), ("NV", text)],
    ));
    rows.extend(["1", "2"].map(|ot| row("MK-DOS", ot, &[("NV", text)])));
    let (text, more) = (text.to_owned(), row("MK-LARGO", "1335", &[("NV", &format!("nota\n{text}"))]));
    rows.push(more);
    move |sheets| {
        sheets.operaciones.rows = (2..).zip(rows).collect();
        let name = |cells: &mut Vec<Cell>| (cells[1], cells[2]) = (Cell::text(text.as_str()), Cell::text(text.as_str()));
        sheets.trabajadores.rows.iter_mut().take(2).for_each(|(_, cells)| name(cells));
        sheets.roles.rows[2].1[1] = Cell::text(text.as_str());
        // Somebody whose number and state are none, and his role; and columns that are not ours.
        let stranger = [text.as_str(), "Elsa", "Mora", text.as_str()];
        sheets.trabajadores.rows.push((90, stranger.map(Cell::text).to_vec()));
        sheets.roles.rows.push((90, [text.as_str(), text.as_str(), text.as_str()].map(Cell::text).to_vec()));
        for sheet in [&mut sheets.operaciones, &mut sheets.trabajadores, &mut sheets.roles] {
            let width = sheet.header.len();
            sheet.header.push(text.clone());
            for (_, cells) in &mut sheet.rows {
                cells.resize(width, Cell::Empty);
                cells.push(Cell::text(text.as_str()));
            }
        }
        let event = |kind: &str, worker: &str| {
            let json = json!({"motivo": text, "antes": {"Armador": text}}).to_string();
            let cells = ["", "2026-11-20T12:00:00Z", kind, "MK-1", worker, &text, "ARM", &text, &text, &json, ""];
            cells.map(Cell::text).to_vec()
        };
        let events = vec![event("TOMAR_SPOOL", "93"), event("PAUSAR_SPOOL", "93"), event(&text, &text)];
        sheets.metadata = sheet(&AUDIT, events);
    }
}

/// What a page is made of: each element with the names of its attributes. Texts are not in it.
pub(super) fn bones(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let elements = page.tree.nodes().filter_map(|node| node.value().as_element());
    let bones = elements.map(|element| {
        let mut names: Vec<&str> = element.attrs().map(|(name, _)| name).collect();
        names.sort_unstable();
        format!("{} {}", element.name(), names.join(" "))
    });
    bones.collect()
}

/// Nothing in the page leads to a script or somewhere else.
pub(super) fn leads_nowhere(html: &str, what: &str) {
    let page = Html::parse_document(html);
    for element in page.tree.nodes().filter_map(|node| node.value().as_element()) {
        for (name, value) in element.attrs() {
            assert!(!name.starts_with("on"), "{what}: <{} {name}>", element.name());
            if matches!(name, "href" | "src" | "action" | "formaction" | "hx-get" | "hx-post" | "xlink:href") {
                let here = value.is_empty() || value.starts_with(['/', '#', '?']) && !value.starts_with("//");
                assert!(here, "{what}: {name}={value}");
            }
        }
    }
}

async fn ids(plant: &TestPlant) -> Vec<String> {
    let items = plant.get("/api/spools").await.json["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Every screen, with the spools in their order in the sheet.
async fn screens(plant: &TestPlant) -> Vec<(String, Reply)> {
    let mut shown = Vec::new();
    for (number, id) in ids(plant).await.into_iter().enumerate() {
        for screen in SCREENS.iter().filter(|screen| number == 0 || screen.contains("{id}")) {
            shown.push((format!("{number}: {screen}"), plant.get(&screen.replace("{id}", &id)).await));
        }
    }
    shown
}

#[tokio::test]
async fn a8_no_text_in_any_cell_becomes_markup_or_a_formula() {
    let plain = screens(&TestPlant::edited(plant_of(PLAIN)).await).await;
    for hostile in HOSTILE {
        let plant = TestPlant::edited(plant_of(hostile)).await;
        let shown = screens(&plant).await;
        assert_eq!(shown.len(), plain.len(), "{hostile}");
        for ((name, reply), (_, before)) in shown.iter().zip(&plain) {
            let what = format!("{name} with {hostile}");
            assert_eq!(reply.status, before.status, "{what}");
            assert_eq!(bones(&reply.text), bones(&before.text), "{what}");
            leads_nowhere(&reply.text, &what);
        }
        assert!(
            shown.iter().any(|(_, reply)| Html::parse_document(&reply.text)
                .root_element()
                .text()
                .any(|text| text.contains(hostile.trim())))
        );
        for path in ["/tablero.csv", "/tablero.csv?ver=listos"] {
            let file = plant.get(path).await;
            assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"), "{path}");
            is_no_formula(&file.text, hostile);
        }
        for path in ["/api/spools", "/api/workers", "/api/history/MK-1"] {
            let reply = plant.get(path).await;
            assert!(reply.headers["content-type"].to_str().unwrap().starts_with("application/json"), "{path}");
            assert!(!reply.json.is_null(), "{path}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn a8_signs_that_nobody_sees_are_on_no_screen_whatever_cell_they_are_in() {
    let unseen = "Mar\u{202e}ta\u{200b} R\u{2066}\u{ed}os\u{200d}\u{ad}x\u{61c}y\u{e0041}z";
    let plant = TestPlant::edited(plant_of(unseen)).await;
    let mut shown = screens(&plant).await;
    let ids = ids(&plant).await;
    let of_each = ids.iter().map(|id| format!("/supervisor/carretes/{id}"));
    let others = ["/supervisor", "/supervisor/datos", "/supervisor/actividad", "/tablero.csv", "/tablero.csv?ver=listos"];
    for path in others.map(str::to_owned).into_iter().chain(of_each) {
        let reply = plant.get(&path).await;
        shown.push((path, reply));
    }
    let is_hidden = |c: char| cell::is_unseen(c) && !matches!(c, '\n' | '\r' | '\t');
    for (name, reply) in &shown {
        let text = reply.text.trim_start_matches('\u{feff}');
        let found = text.chars().position(is_hidden);
        let around = found.map(|at| text.chars().skip(at.saturating_sub(60)).take(120).collect::<String>());
        assert_eq!(around, None, "{name}");
    }
    let read = |wanted: &str| shown.iter().any(|(_, reply)| reply.text.contains(wanted));
    assert!(read("Marta R\u{ed}osxyz"), "what is left is read");
    assert!(read("Mar[U+202E]ta[U+200B]"), "and who puts it right sees what stands there");
    let workers = plant.get("/api/workers").await.text;
    assert!(!workers.chars().any(is_hidden), "{workers}");
}

/// No line of any cell is one that a spreadsheet would calculate.
/// Whichever sign a spreadsheet takes for what parts cells, and whether or not it knows of quotes.
fn is_no_formula(file: &str, hostile: &str) {
    let (text, mut cells) = (file.trim_start_matches('\u{feff}'), 0);
    let bare = |text: &str| text.replace('\'', "");
    let begins = |cell: &str| cell.trim_start_matches(|c: char| c.is_whitespace() || c == '"').chars().next().unwrap_or(' ');
    for parting in [b';', b',', b'\t'] {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(parting).flexible(true).has_headers(false).from_reader(text.as_bytes());
        for record in reader.records() {
            for cell in &record.unwrap() {
                cells += usize::from(parting == b';' && bare(cell).contains(bare(hostile).trim()));
                assert!(
                    cell.split(['\r', '\n']).all(|line| !"=+-@".contains(begins(line))),
                    "{cell:?} by {:?}",
                    char::from(parting)
                );
            }
        }
        for cell in text.split(['\r', '\n', char::from(parting)]) {
            assert!(!"=+-@".contains(begins(cell)), "{cell:?} by {:?} without quotes", char::from(parting));
        }
    }
    assert!(cells > 0, "{hostile} is in the file as text: {file}");
}

/// Addresses and forms whose answers show what was sent, which are compared with those to a plain text; `{}` is the text.
/// Whether any field at all is obeyed is tried in `fields.rs`.
const FIELDS: [(&str, &str, &str); 37] = [
    ("GET", "/?q={}", ""),
    ("GET", "/carretes?trabajador=93&q={}", ""),
    ("GET", "/carretes?trabajador=93&nv={}", ""),
    ("GET", "/carretes?trabajador=93&ot={}", ""),
    ("GET", "/carretes?trabajador=93&carrete={}", ""),
    ("GET", "/carretes?trabajador={}", ""),
    ("GET", "/tablero?nv={}", ""),
    ("GET", "/tablero?ot={}", ""),
    ("GET", "/tablero?operacion={}", ""),
    ("GET", "/kiosko?nv={}&ot={}", ""),
    ("GET", "/historial/{}", ""),
    ("GET", "/escaneo?trabajador=93&tag={}", ""),
    ("GET", "/diagnostico?tableta={}", ""),
    ("GET", "/{}", ""),
    ("POST", "/carretes/{}/tomar", "trabajador=93&operacion=ARM"),
    ("POST", "/carretes/MK-0001/tomar", "trabajador={}&operacion={}&id_operacion={}"),
    ("POST", "/carretes/MK-0009/pausar", "trabajador=93&motivo={}&otro={}"),
    ("POST", "/carretes/tomar", "trabajador=93&carretes={}"),
    ("POST", "/carretes/MK-0001/completar", "trabajador=93&fecha={}"),
    ("POST", "/carretes/MK-0001/cancelar", "trabajador={}"),
    ("POST", "/carretes/MK-0001/deshacer", "trabajador=93&evento={}"),
    ("POST", "/carretes/MK-0001/metrologia", "trabajador=93&resultado={}"),
    ("GET", "/carretes/{}/ayuda?trabajador=93", ""),
    ("POST", "/carretes/{}/ayuda", "trabajador=93&motivo={}"),
    ("GET", "/tablero?orden={}&ver={}&trabajador=93", ""),
    ("GET", "/supervisor?hecho={}", ""),
    ("POST", "/supervisor/carretes/MK-0001/desbloquear", "motivo=otro&otro={}"),
    ("POST", "/supervisor/carretes/MK-0001/ayuda", "paso={}&volver={}"),
    ("POST", "/rastro", "que={}&build={}"),
    ("GET", "/supervisor?q={}&ver={}", ""),
    ("GET", "/supervisor/datos?tipo={}", ""),
    ("GET", "/supervisor/actividad?quien={}", ""),
    ("GET", "/supervisor/carretes/{}", ""),
    ("GET", "/supervisor/carretes/MK-0001/corregir?remedio={}&trabajador={}", ""),
    ("POST", "/supervisor/carretes/MK-0001/liberar", "motivo=otro&otro={}&visto={}"),
    ("POST", "/supervisor/carretes/MK-0001/reabrir", "operacion=ARM&motivo={}"),
    ("POST", "/supervisor/carretes/MK-0001/corregir", "remedio={}&motivo={}&otro={}&trabajador={}"),
];

pub(super) fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn sent(plant: &TestPlant, (method, path, body): (&str, &str, &str), text: &str, htmx: bool) -> Reply {
    let put = |place: &str| place.replace("{}", &encoded(text));
    let mut request = plant.request(Method::from_bytes(method.as_bytes()).unwrap(), &put(path));
    if method == "POST" {
        request = request.header("Content-Type", "application/x-www-form-urlencoded").body(put(body));
    }
    // What one tablet shows is found again; taps of one would come too fast.
    if method == "GET" || path == "/rastro" {
        request = request.header("Cookie", format!("tableta={:032x}", 9));
    }
    plant.send(if htmx { request.header("HX-Request", "true") } else { request }).await
}

#[tokio::test]
async fn no_text_in_any_field_becomes_markup() {
    let plant = TestPlant::embedded().await;
    for field in FIELDS {
        for htmx in [false, true] {
            let plain = sent(&plant, field, PLAIN, htmx).await;
            for hostile in HOSTILE {
                let what = format!("{field:?} with {hostile}, htmx {htmx}");
                let reply = sent(&plant, field, hostile, htmx).await;
                assert_eq!(reply.status, plain.status, "{what}");
                assert_eq!(bones(&reply.text), bones(&plain.text), "{what}");
                leads_nowhere(&reply.text, &what);
            }
        }
    }
    let trail = plant.get(&format!("/diagnostico?tableta={:032x}", 9)).await;
    assert_eq!(trail.status, 200);
    leads_nowhere(&trail.text, "the trail");
    assert!(!bones(&trail.text).iter().any(|bone| bone.starts_with("hostil-x") || bone.starts_with("img")));
}

#[tokio::test]
async fn a8_a_reason_goes_from_the_page_through_the_audit_to_the_history_as_text() {
    let plant = TestPlant::embedded().await;
    for (number, hostile) in (1..).zip(HOSTILE) {
        let tag = format!("MK-{number:04}");
        assert_eq!(plant.worker(93).take(&tag, "ARM").await.status, 200);
        let pause = plant.post("/api/occupation/pausar", json!({"tag_spool": tag, "worker_id": 93, "motivo": hostile}));
        assert_eq!(pause.await.status, 200);
        let page = plant.get(&format!("/historial/{tag}")).await;
        leads_nowhere(&page.text, hostile);
        let text: String = Html::parse_document(&page.text).root_element().text().collect();
        assert!(text.contains(hostile.trim()), "{hostile}: {text}");
        assert!(!bones(&page.text).iter().any(|bone| bone.starts_with("hostil-x") || bone.starts_with("img")));
    }
}

#[tokio::test]
async fn a8_texts_that_the_office_typed_at_google_are_texts_on_every_screen_and_in_the_file() {
    // Of each kind one: an element, an attribute, the end of a script, a formula.
    for hostile in [HOSTILE[0], HOSTILE[1], HOSTILE[5], HOSTILE[11]] {
        let mut sheets = small_plant();
        plant_of(hostile)(&mut sheets);
        let google = Google::with(book_of(&sheets)).await;
        let plant = TestPlant::at_google(&google, None).await;
        eventually("it was read", async || plant.get("/ready").await.status == 200).await;
        for (name, reply) in screens(&plant).await {
            let what = format!("{name} with {hostile}");
            leads_nowhere(&reply.text, &what);
            let found = bones(&reply.text).into_iter().find(|bone| bone.starts_with("hostil-x") || bone.starts_with("img"));
            assert_eq!(found, None, "{what}");
        }
        is_no_formula(&plant.get("/tablero.csv?ver=listos").await.text, hostile);
    }
}

/// The pages behind a locked door, where everybody and everything that can be given a name has this one.
async fn behind_the_door(text: &str) -> Vec<(String, Reply)> {
    let plant = locked_plant().await.restarted_after(plant_of(text)).await;
    let (access, at) = (register(&plant), now(&plant));
    access.add_supervisor(text, PASSWORD, at).await.unwrap();
    let (mut device, code) = asking(&plant).await;
    let id = access.let_in(&code, text, text, at).await.unwrap();
    access.add_token(text, true, text, at).await.unwrap();
    access.new_wall(at).await.unwrap();
    let worker = WorkerId::new(93).unwrap();
    access.set_pin(worker, Some(PIN), at).await.unwrap();
    access.add_badge(text, worker, at).await.unwrap();
    let take = json!({"tag_spool": "MK-1", "worker_id": 93, "operacion": "ARM"});
    assert_eq!(device.post(&plant, "/api/occupation/tomar", take).await.status, 200);
    access.ask_pins(true).await.unwrap();
    let mut boss = Persona::new();
    assert_eq!(boss.form(&plant, "/entrar", &[("nombre", text), ("clave", PASSWORD)]).await.status, 303);
    let steps = format!("/diagnostico?tableta={id}");
    let mut shown = Vec::new();
    for path in ["/", "/pin?trabajador=93", "/carretes?trabajador=93"] {
        shown.push((path.to_owned(), device.get(&plant, path).await));
    }
    shown.push(("a wrong PIN".into(), device.form(&plant, "/pin", &[("trabajador", "93"), ("pin", "295038")]).await));
    let behind = ["/supervisor", "/supervisor/tabletas", "/supervisor/claves", "/supervisor/actividad", "/diagnostico"];
    for path in behind.into_iter().chain([steps.as_str()]) {
        shown.push((path.split('=').next().unwrap().to_owned(), boss.get(&plant, path).await));
    }
    plant.later(chrono::Duration::minutes(11));
    let rename = [("id", id.as_str()), ("nombre", text)];
    shown.push(("the password again".into(), boss.form(&plant, "/supervisor/tabletas/nombrar", &rename).await));
    shown
}

#[tokio::test]
async fn h4_no_name_that_somebody_was_given_at_the_door_becomes_markup_on_the_pages_behind_it() {
    let plain = behind_the_door(PLAIN).await;
    for hostile in HOSTILE {
        let shown = behind_the_door(hostile).await;
        for ((name, reply), (_, before)) in shown.iter().zip(&plain) {
            let what = format!("{name} with {hostile}");
            assert_eq!(reply.status, before.status, "{what}");
            assert_eq!(bones(&reply.text), bones(&before.text), "{what}");
            leads_nowhere(&reply.text, &what);
        }
        for page in ["/supervisor/tabletas", "/supervisor/claves", "/supervisor/actividad", "/diagnostico", "/pin?trabajador"] {
            let (_, reply) = shown.iter().find(|(name, _)| name.starts_with(page)).unwrap();
            let html = Html::parse_document(&reply.text);
            let in_one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let name = in_one_line(hostile);
            assert!(html.root_element().text().any(|text| in_one_line(text).contains(&name)), "{page} shows {hostile}");
        }
    }
}
