//! `Metadata` rows: audit event <-> the ten cells, `Metadata_JSON` included.
//!
//! Writing has one form. Reading is total: three programs and some hands have written this sheet
//! (`domain.md` 1.3, `field-failures.md` F1–F3), and no row of it may stop the plant.

use crate::domain::cell::{clean, fold, takes_no_place, visible};
use crate::domain::{Action, AuditEvent, Cell, Column, Moment, Notes, Operation, People, WorkerId};
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The header line of `Metadata`.
pub(super) const HEADERS: [&str; 10] = [
    "ID",
    "Timestamp",
    "Evento_Tipo",
    "TAG_SPOOL",
    "Worker_ID",
    "Worker_Nombre",
    "Operacion",
    "Accion",
    "Fecha_Operacion",
    "Metadata_JSON",
];

/// Whether a number in this column of `Metadata` is a date.
pub(super) fn is_date(header: &str) -> bool {
    matches!(header, "Timestamp" | "Fecha_Operacion")
}

/// The ten cells of an event. Times are true dates in the plant's `zone`; the exact instant is in
/// the JSON, since a workbook knows no zones (`design.md` 5.9).
pub(super) fn to_cells(event: &AuditEvent, zone: Tz) -> [Cell; 10] {
    [
        Cell::text(event.id.to_string()),
        event.at.map_or(Cell::Empty, |at| Cell::moment(in_plant(at, zone))),
        Cell::text(&event.event_type),
        Cell::text(&event.tag),
        Cell::Number(f64::from(event.worker.get())),
        Cell::text(&event.worker_name),
        event.operation.map_or(Cell::Empty, |operation| Cell::text(operation.name())),
        Cell::text(event.action.verb()),
        event.date.map_or(Cell::Empty, Cell::date),
        Cell::text(json_of_event(event).to_string()),
    ]
}

/// Reads the ten cells of a row, whoever wrote it.
pub(super) fn from_cells(cells: &[Cell], zone: Tz) -> AuditEvent {
    let mut all: [Cell; 10] = Default::default();
    all.iter_mut().zip(cells).for_each(|(place, cell)| *place = cell.clone());
    let [_, timestamp, event_type, tag, worker, worker_name, operation, _, date, notes] = &all;
    let json = serde_json::from_str(&notes.display()).unwrap_or(Value::Null);
    let (action, of_name) = Action::read(&event_type.display());
    let short_id = |id: &&str| id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    AuditEvent {
        id: id_of(&all),
        at: read_at(&json, timestamp, zone),
        action,
        event_type: visible(&event_type.display()),
        tag: tag.display(),
        spool: json["id"].as_str().filter(short_id).map(str::to_owned),
        worker: read_worker(worker).or_else(|| read_worker(worker_name)).unwrap_or(WorkerId::SYSTEM),
        worker_name: visible(clean(&worker_name.display())),
        operation: of_name.or_else(|| Operation::read(&operation.display())),
        date: date.read_date().ok().flatten(),
        notes: notes_of_json(&json),
    }
}

/// The ten cells as one text, for where there is no sheet to hold them.
pub(super) fn to_json(event: &AuditEvent, zone: Tz) -> String {
    Value::Array(to_cells(event, zone).iter().map(json_of_cell).collect()).to_string()
}

/// Reads what [`to_json`] wrote; `None` for any other text.
pub(super) fn from_json(text: &str, zone: Tz) -> Option<AuditEvent> {
    let json: Vec<Value> = serde_json::from_str(text).ok()?;
    let cells: Vec<Cell> = json.iter().map(cell_of_json).collect::<Option<_>>()?;
    (cells.len() == HEADERS.len()).then(|| from_cells(&cells, zone))
}

/// The id of a row: its UUID, else one made from its content, which is the same at every reading.
pub(super) fn id_of(cells: &[Cell]) -> Uuid {
    let own = cells.first().and_then(|cell| Uuid::try_parse(clean(&cell.display())).ok());
    own.unwrap_or_else(|| content_id(cells, 1))
}

/// A text of several lines without what is not seen in it.
fn seen(text: &str) -> String {
    text.chars().filter(|c| !takes_no_place(*c)).collect()
}

/// An id made from the content of a row, for the `nth` row that holds just this.
pub(super) fn content_id(cells: &[Cell], nth: u32) -> Uuid {
    let mut content = cells.iter().take(HEADERS.len()).map(Cell::display).collect::<Vec<_>>().join("\u{1f}");
    if nth > 1 {
        content.push_str(&format!("\u{1e}{nth}"));
    }
    Uuid::new_v5(&Uuid::NAMESPACE_OID, content.as_bytes())
}

/// A cell in JSON, so that the very same cell can be read back.
pub(super) fn json_of_cell(cell: &Cell) -> Value {
    match cell {
        Cell::Empty | Cell::Missing => Value::Null,
        Cell::Text(text) => json!(text),
        Cell::Bool(value) => json!(value),
        Cell::Number(n) if !n.is_finite() => json!({ "error": n.to_string() }),
        // Whole numbers without ".0": people read these with the sqlite3 shell.
        Cell::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => json!(*n as i64),
        Cell::Number(n) => json!(n),
        Cell::Date(n) => json!({ "fecha": n }),
        Cell::Error(text) => json!({ "error": text }),
    }
}

/// Reads what [`json_of_cell`] wrote; `None` for any other JSON.
pub(super) fn cell_of_json(json: &Value) -> Option<Cell> {
    Some(match json {
        Value::Null => Cell::Empty,
        Value::Bool(value) => Cell::Bool(*value),
        Value::Number(number) => Cell::Number(number.as_f64()?),
        Value::String(text) => Cell::Text(text.clone()),
        Value::Object(object) => match (object.get("fecha"), object.get("error")) {
            (Some(days), _) => Cell::Date(days.as_f64()?),
            (None, Some(error)) => Cell::Error(error.as_str()?.to_owned()),
            (None, None) => return None,
        },
        Value::Array(_) => return None,
    })
}

fn json_of_event(event: &AuditEvent) -> Value {
    let notes = &event.notes;
    let mut json = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            json.insert(key.to_owned(), value);
        }
    };
    let cells = |cells: &[(Column, Cell)]| -> Option<Value> {
        let by_header = cells.iter().map(|(column, cell)| (column.header().to_owned(), json_of_cell(cell)));
        (!cells.is_empty()).then(|| Value::Object(by_header.collect()))
    };
    put("utc", event.at.map(|at| json!(at.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::AutoSi, true))));
    put("id", event.spool.as_ref().map(|id| json!(id)));
    put("antes", cells(&notes.before));
    put("despues", cells(&notes.after));
    put("motivo", notes.reason.as_ref().map(|reason| json!(reason)));
    put("resultado", notes.approved.map(|approved| json!(if approved { "APROBADO" } else { "RECHAZADO" })));
    put("ciclo", notes.cycle.map(|cycle| json!(cycle)));
    put("anterior", notes.previous.map(|worker| json!(worker.get())));
    put("anterior_nombre", notes.previous_name.as_ref().map(|name| json!(name)));
    put("deshace", notes.undoes.map(|id| json!(id.to_string())));
    Value::Object(json)
}

fn notes_of_json(json: &Value) -> Notes {
    let cells = |key: &str| {
        let of = |column: Column| Some((column, cell_of_json(json[key].get(column.header())?)?));
        Column::ALL.into_iter().filter_map(of).collect()
    };
    // The earlier app wrote English keys.
    let either = |ours: &str, theirs: &str| if json[ours].is_null() { json[theirs].clone() } else { json[ours].clone() };
    Notes {
        before: cells("antes"),
        after: cells("despues"),
        reason: json["motivo"].as_str().map(seen),
        approved: match fold(either("resultado", "result").as_str().unwrap_or_default()).as_str() {
            "aprobado" => Some(true),
            "rechazado" => Some(false),
            _ => None,
        },
        cycle: read_cycle(&either("ciclo", "cycle")),
        previous: json["anterior"].as_u64().and_then(|id| u32::try_from(id).ok()).and_then(WorkerId::new),
        previous_name: json["anterior_nombre"].as_str().map(visible),
        undoes: json["deshace"].as_str().and_then(|id| Uuid::try_parse(id).ok()),
    }
}

/// A cycle as a number, or as the text `2` or `2/3`.
fn read_cycle(json: &Value) -> Option<u32> {
    match json {
        Value::String(text) => text.split('/').next()?.trim().parse().ok(),
        number => number.as_u64().and_then(|n| u32::try_from(n).ok()),
    }
}

/// When: `utc` of the JSON; else a `Timestamp` that names its own zone; else plant time.
fn read_at(json: &Value, timestamp: &Cell, zone: Tz) -> Option<Moment> {
    let stated = json["utc"].as_str().and_then(instant);
    let zoned = || instant(clean(&timestamp.display()));
    let local = || timestamp.read_moment(zone).ok().flatten();
    stated.or_else(zoned).map(|at| in_plant(at, zone)).or_else(local)
}

/// An ISO-8601 instant; one writer put its Z behind an offset.
fn instant(text: &str) -> Option<Moment> {
    let parse = |text: &str| DateTime::parse_from_rfc3339(text).ok();
    parse(text).or_else(|| parse(text.strip_suffix('Z')?))
}

fn in_plant(at: Moment, zone: Tz) -> Moment {
    at.with_timezone(&zone).fixed_offset()
}

/// A worker's number, bare or in a stamp; 0 is the system (`field-failures.md` F1).
fn read_worker(cell: &Cell) -> Option<WorkerId> {
    if let Ok(Some(number)) = cell.read_id() {
        return Some(WorkerId::new(number).unwrap_or(WorkerId::SYSTEM));
    }
    // Nobody needs to be known for the number in parentheses to be read.
    People::default().read_stamp(&cell.display())?.id()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cell::at_plant;
    use chrono::{NaiveDate, NaiveDateTime};
    use proptest::prelude::*;

    const ZONE: Tz = chrono_tz::America::Santiago;

    fn plant_time(text: &str) -> Moment {
        at_plant(NaiveDateTime::parse_from_str(text, "%d-%m-%Y %H:%M:%S").unwrap(), ZONE)
    }

    fn row(event_type: &str, timestamp: Cell, worker: Cell, operation: &str, json: &str) -> AuditEvent {
        let cells = [
            Cell::Empty,
            timestamp,
            Cell::text(event_type),
            Cell::text("MK-1"),
            worker,
            Cell::Empty,
            Cell::text(operation),
            Cell::Empty,
            Cell::text("20-01-2026"),
            Cell::text(json),
        ];
        from_cells(&cells, ZONE)
    }

    fn cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            Just(Cell::Empty),
            ".*".prop_map(Cell::Text),
            (-1e18..1e18).prop_map(Cell::Number),
            any::<i32>().prop_map(|n| Cell::Number(n.into())),
            (1.0..60_000.0).prop_map(Cell::Date),
            any::<bool>().prop_map(Cell::Bool),
            "#[A-Z/]{2,5}[!?]".prop_map(Cell::Error),
        ]
    }

    proptest! {
        #[test]
        fn a_cell_in_json_is_the_very_same_cell_when_read_back(cell in cell()) {
            let text = json_of_cell(&cell).to_string();
            let read = cell_of_json(&serde_json::from_str(&text).unwrap()).unwrap();
            prop_assert_eq!(&read, &cell);
            prop_assert_eq!(matches!(read, Cell::Date(_)), matches!(cell, Cell::Date(_)));
        }

        #[test]
        fn a7_any_ten_cells_are_an_event_and_always_the_same_one(cells in prop::collection::vec(cell(), 0..12)) {
            prop_assert_eq!(from_cells(&cells, ZONE), from_cells(&cells, ZONE));
        }
    }

    #[test]
    fn f1_an_event_comes_back_from_its_ten_cells_whole() {
        let event = AuditEvent {
            id: Uuid::new_v4(),
            at: Some(plant_time("13-05-2026 11:33:48") + chrono::Duration::nanoseconds(123_456_789)),
            action: Action::Complete,
            event_type: "COMPLETAR_METROLOGIA".into(),
            tag: "MK-1335-CW-25238-011".into(),
            spool: Some("0123456789abcdef".into()),
            worker: WorkerId::new(93).unwrap(),
            worker_name: "Marta Ríos".into(),
            operation: Some(Operation::Metrology),
            date: NaiveDate::from_ymd_opt(2026, 5, 12),
            notes: Notes {
                before: vec![(Column::QcDate, Cell::Empty), (Column::Detail, Cell::text("=1+1"))],
                after: vec![(Column::QcDate, Cell::Date(46155.0)), (Column::Detail, Cell::text("METROLOGIA APROBADO ✓"))],
                reason: Some("falta \"material\"\nmañana".into()),
                approved: Some(false),
                cycle: Some(2),
                previous: WorkerId::new(94),
                previous_name: Some("Nicolás Ríos".into()),
                undoes: Some(Uuid::new_v4()),
            },
        };
        let cells = to_cells(&event, ZONE);
        assert_eq!(from_cells(&cells, ZONE), event);
        assert_eq!(from_json(&to_json(&event, ZONE), ZONE).as_ref(), Some(&event));
        assert!(matches!(cells[1], Cell::Date(_)) && matches!(cells[8], Cell::Date(46154.0)), "{cells:?}");
        let (action, event_type) = (Action::Release, "LIBERAR_SPOOL".to_owned());
        let system = AuditEvent { worker: WorkerId::SYSTEM, operation: None, at: None, date: None, action, event_type, ..event };
        assert_eq!(from_cells(&to_cells(&system, ZONE), ZONE), system);
    }

    #[test]
    fn f2_rows_of_every_generation_are_read() {
        let iso = row("SPOOL_ARM_PAUSADO", Cell::text("2026-01-20T13:00:00.123456Z"), Cell::Number(93.0), "", "no es JSON");
        assert_eq!((iso.action, iso.operation), (Action::Pause, Some(Operation::Arm)));
        assert_eq!(iso.at.unwrap().to_rfc3339(), "2026-01-20T10:00:00.123456-03:00");
        assert_eq!(iso.date, NaiveDate::from_ymd_opt(2026, 1, 20));

        let local = row("TOMAR_SPOOL", Cell::text("20-01-2026 10:00:00"), Cell::text("MR(93)"), "SOLD", "");
        assert_eq!((local.action, local.operation), (Action::Take, Some(Operation::Sold)));
        assert_eq!((local.at, local.worker), (Some(plant_time("20-01-2026 10:00:00")), WorkerId::new(93).unwrap()));

        let verdict = r#"{"result": "RECHAZADO", "cycle": "2/3", "id": "unión 4", "lock_token": "93:x"}"#;
        let english = row("COMPLETAR_METROLOGIA", Cell::text("ayer"), Cell::text("¿?"), "", verdict);
        assert_eq!((english.notes.approved, english.notes.cycle), (Some(false), Some(2)));
        assert_eq!((english.at, english.worker, english.spool), (None, WorkerId::SYSTEM, None));
    }

    #[test]
    fn the_instant_in_the_json_is_preferred_to_the_time_on_the_wall() {
        // 23:30 of that night occurs twice; only the JSON says which one it was.
        let event = row("TOMAR_SPOOL", Cell::text("04-04-2026 23:30:00"), Cell::Empty, "", r#"{"utc":"2026-04-05T03:30:00Z"}"#);
        assert_eq!(event.at.unwrap().to_rfc3339(), "2026-04-04T23:30:00-04:00");
    }

    #[test]
    fn a_row_without_an_id_gets_one_from_its_content() {
        let made = row("TOMAR_ARM", Cell::text("20-01-2026"), Cell::Number(93.0), "ARM", "");
        assert_eq!(made.id, row("TOMAR_ARM", Cell::text("20-01-2026"), Cell::Number(93.0), "ARM", "").id);
        assert_ne!(made.id, row("TOMAR_ARM", Cell::text("20-01-2026"), Cell::Number(94.0), "ARM", "").id);
    }
}
