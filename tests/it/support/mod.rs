//! An invented plant, and the acts of its people.

pub(crate) mod binary;
pub(crate) mod dirty;
pub(crate) mod google;
pub(crate) mod port;
pub(crate) mod proxy;
pub(crate) mod redis;
pub(crate) mod shop;
mod test_plant;

pub(crate) use test_plant::{Reply, TestPlant, freed, fresh, small_plant, spool as row};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use spoolboard::domain::{Cell, Change, Circumstance, Column, Decision, Moment, Operation, Rules, Worker, WorkerId, occupation};
use spoolboard::workbook::{Sheet, Sheets, View};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// The plant's zone.
pub(crate) const ZONE: Tz = chrono_tz::America::Santiago;

/// Some morning in the plant's zone.
pub(crate) fn morning() -> Moment {
    let utc: DateTime<Utc> = "2026-01-21T11:33:48Z".parse().unwrap();
    utc.with_timezone(&ZONE).fixed_offset()
}

/// A deadline that no test reaches.
pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(600)
}

/// The header of `Operaciones` in an order that is no rule, with columns of the office in between.
pub(crate) const HEADER: [&str; 18] = [
    "Cliente",
    "NV",
    "OT",
    "SPLIT",
    "TAG_SPOOL",
    "Fecha_Materiales",
    "Armador",
    "Fecha_Armado",
    "Soldador",
    "Fecha_Soldadura",
    "FECHA QC METROLOGIA",
    "MatSys",
    "Ocupado_Por",
    "Fecha_Ocupacion",
    "version",
    "Estado_Detalle",
    "Total_Uniones",
    "Notas",
];

/// A plant of `count` spools whose materials are ready, two workers who may do anything, and an
/// audit that began before this program.
pub(crate) fn plant(count: u32) -> Sheets {
    let tags: Vec<String> = (1..=count).map(|n| format!("MK-{n:04}")).collect();
    plant_of(&tags.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The same, with these tags.
pub(crate) fn plant_of(tags: &[&str]) -> Sheets {
    let rows = tags.iter().map(|tag| spool(tag)).collect();
    let person =
        |id: f64, given: &str, family: &str| vec![Cell::Number(id), Cell::text(given), Cell::text(family), Cell::Bool(true)];
    let role = |id: f64, role: &str| vec![Cell::Number(id), Cell::text(role), Cell::text("VERDADERO")];
    let people = vec![person(93.0, "Marta", "Ríos"), person(94.0, "Mario", "Rojas")];
    let event = vec![
        Cell::Empty,
        Cell::text("2026-01-05T12:00:00Z"),
        Cell::text("INICIAR_ARM"),
        Cell::text("MK-0001"),
        Cell::text("MR(93)"),
        Cell::text("Marta Ríos"),
        Cell::text("ARM"),
        Cell::text("INICIAR"),
        Cell::text("2026-01-05"),
        Cell::text("{\"lock_token\": \"93:abc\"}"),
        Cell::Number(4.0),
    ];
    Sheets {
        operaciones: sheet(&HEADER, rows),
        trabajadores: sheet(&["Id", "Nombre", "Apellido", "Activo"], people),
        roles: sheet(&["Id", "Rol", "Activo"], vec![role(93.0, "Ayudante"), role(94.0, "Ayudante")]),
        metadata: sheet(&AUDIT, vec![event]),
    }
}

/// The header of the audit, with the column that the plant added.
pub(crate) const AUDIT: [&str; 11] = [
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
    "N_UNION",
];

/// A sheet whose rows follow its header without a gap.
pub(crate) fn sheet(header: &[&str], rows: Vec<Vec<Cell>>) -> Sheet {
    Sheet { header: header.iter().map(|name| (*name).to_owned()).collect(), rows: (2..).zip(rows).collect() }
}

fn spool(tag: &str) -> Vec<Cell> {
    let mut row = vec![Cell::Empty; HEADER.len()];
    let mut put = |name: &str, cell: Cell| row[HEADER.iter().position(|found| *found == name).unwrap()] = cell;
    put("Cliente", Cell::text("=1+1"));
    put("NV", Cell::text("NV0650"));
    put("OT", Cell::Number(1335.0));
    put("TAG_SPOOL", Cell::text(tag));
    put("Fecha_Materiales", Cell::text("'02-01-2026"));
    put("MatSys", Cell::Error("#REF!".into()));
    put("version", Cell::Number(0.0));
    put("Total_Uniones", Cell::Date(7.0));
    put("Notas", Cell::Bool(false));
    row
}

/// The change by which a worker takes the ARM of a row that the view shows.
pub(crate) fn take(view: &View, id: &str, worker: u32, operation: Uuid) -> Change {
    decide(view, operation, |at| occupation::take(view.get(id).unwrap(), &person(view, worker), Operation::Arm, false, at))
}

/// The change by which a worker pauses a row that the view shows as his.
pub(crate) fn pause(view: &View, id: &str, worker: u32, operation: Uuid) -> Change {
    let reason = Some("falta material".to_owned());
    decide(view, operation, |at| occupation::pause(view.get(id).unwrap(), &person(view, worker), reason, at))
}

fn decide(view: &View, id: Uuid, rule: impl FnOnce(&Circumstance<'_>) -> Decision) -> Change {
    let rules = Rules::default();
    rule(&Circumstance { rules: &rules, people: &view.people, now: morning(), id }).unwrap().unwrap()
}

fn person(view: &View, id: u32) -> Arc<Worker> {
    Arc::clone(view.people.get(WorkerId::new(id).unwrap()).unwrap())
}

/// The short id of the only row with this tag.
pub(crate) fn id_of(view: &View, tag: &str) -> String {
    view.find(tag).unwrap().id().to_owned()
}

/// The cell of a sheet under this name, in the row at this place.
pub(crate) fn cell(sheet: &Sheet, fila: u32, name: &str) -> Cell {
    let place = sheet.place(name).unwrap();
    let (_, cells) = sheet.rows.iter().find(|(found, _)| *found == fila).unwrap();
    cells.get(place).cloned().unwrap_or_default()
}

/// The cell of `Operaciones` in a tracked column.
pub(crate) fn tracked(sheets: &Sheets, fila: u32, column: Column) -> Cell {
    cell(&sheets.operaciones, fila, column.header())
}

/// Waits until `holds`, looking often; fails, naming what was waited for, after half a minute.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(Instant::now() < deadline, "not so after 30 s: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}
