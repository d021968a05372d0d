//! Whole sheets <-> tables.

use super::cells::{from_sql, to_sql, unreadable};
use crate::domain::spool::identify;
use crate::domain::{Cell, Column, Header};
use crate::workbook::audit_row::{self, cell_of_json, content_id, id_of, json_of_cell};
use crate::workbook::sheet::{Sheet, Sheets, place_in};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use serde_json::{Map, Value as Json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

type Result<T> = std::result::Result<T, rusqlite::Error>;

const OPERACIONES: &str = "operaciones";
const METADATA: &str = "metadata";

/// The tracked columns of `operaciones`, quoted, in the order of [`Column::ALL`].
pub(super) static TRACKED: LazyLock<String> = LazyLock::new(|| quoted(Column::ALL.map(Column::header)));
/// The ten columns of `metadata`, quoted.
pub(super) static AUDITED: LazyLock<String> = LazyLock::new(|| quoted(audit_row::HEADERS));
/// Adds one audit row; one that is there already, by its `clave`, is an error.
pub(super) static APPEND: LazyLock<String> =
    LazyLock::new(|| format!("INSERT INTO metadata (clave, {}, otras) {}", *AUDITED, values(12)));

fn quoted<const N: usize>(names: [&str; N]) -> String {
    names.map(|name| format!("\"{name}\"")).join(", ")
}

fn values(count: usize) -> String {
    format!("VALUES ({})", vec!["?"; count].join(", "))
}

/// Where the tracked columns stand in the header line that is stored.
pub(super) fn tracked_header(connection: &Connection) -> Result<Header> {
    Ok(Header::read(&header(connection, OPERACIONES)?))
}

/// Reads all four sheets; within a transaction, as they stand at one instant.
pub(super) fn read(connection: &Connection) -> Result<Sheets> {
    Ok(Sheets {
        operaciones: read_operaciones(connection)?,
        trabajadores: read_plain(connection, "trabajadores")?,
        roles: read_plain(connection, "roles")?,
        metadata: read_metadata(connection)?,
    })
}

/// Puts the sheets in place of what is stored; `metadata` only grows.
pub(super) fn replace(connection: &Connection, sheets: &Sheets) -> Result<()> {
    replace_operaciones(connection, &sheets.operaciones)?;
    replace_plain(connection, "trabajadores", &sheets.trabajadores)?;
    replace_plain(connection, "roles", &sheets.roles)?;
    append_metadata(connection, &sheets.metadata)
}

fn header(connection: &Connection, sheet: &str) -> Result<Vec<String>> {
    let mut select = connection.prepare_cached("SELECT nombre FROM hojas WHERE hoja = ?1 ORDER BY posicion")?;
    select.query_map([sheet], |row| row.get(0))?.collect()
}

fn set_header(connection: &Connection, sheet: &str, names: &[String]) -> Result<()> {
    connection.execute("DELETE FROM hojas WHERE hoja = ?1", [sheet])?;
    let mut insert = connection.prepare_cached("INSERT INTO hojas (hoja, posicion, nombre) VALUES (?1, ?2, ?3)")?;
    for (place, name) in names.iter().enumerate() {
        insert.execute((sheet, place as i64, name))?;
    }
    Ok(())
}

fn read_operaciones(connection: &Connection) -> Result<Sheet> {
    let names = header(connection, OPERACIONES)?;
    let tracked = Header::read(&names);
    let mut select = connection.prepare(&format!("SELECT {}, otras, fila FROM operaciones ORDER BY fila", *TRACKED))?;
    let mut rows = select.query([])?;
    let mut sheet = Sheet { rows: Vec::new(), header: names };
    while let Some(row) = rows.next()? {
        let mut cells = vec![Cell::Empty; sheet.header.len()];
        for (index, column) in Column::ALL.into_iter().enumerate() {
            if let Some(place) = tracked.place(column) {
                put(&mut cells, place, tracked_cell(row, index, column)?);
            }
        }
        for (place, cell) in others(row, Column::COUNT)? {
            put(&mut cells, place.parse().map_err(unreadable)?, cell);
        }
        sheet.rows.push((row.get(Column::COUNT + 1)?, cells));
    }
    Ok(sheet)
}

fn replace_operaciones(connection: &Connection, sheet: &Sheet) -> Result<()> {
    set_header(connection, OPERACIONES, &sheet.header)?;
    connection.execute("DELETE FROM operaciones", [])?;
    let ids = short_ids(sheet);
    let tracked = Header::read(&sheet.header);
    let ours: HashSet<usize> = Column::ALL.into_iter().filter_map(|column| tracked.place(column)).collect();
    let insert = format!("INSERT INTO operaciones (fila, id, {}, otras) {}", *TRACKED, values(Column::COUNT + 3));
    let mut insert = connection.prepare(&insert)?;
    for (fila, cells) in &sheet.rows {
        let row = tracked.row(cells.clone());
        let foreign = cells.iter().enumerate().filter(|(place, _)| !ours.contains(place));
        let otras = json_of(foreign.map(|(place, cell)| (place.to_string(), cell)));
        let mut all = vec![Value::Integer((*fila).into()), ids.get(fila).map_or(Value::Null, |id| Value::Text(id.to_string()))];
        all.extend(Column::ALL.map(|column| to_sql(&row[column], column.date_format().is_some())));
        all.push(Value::Text(otras));
        insert.execute(params_from_iter(all))?;
    }
    Ok(())
}

/// The short id of each row that holds anything: the same that the memory gives it.
fn short_ids(sheet: &Sheet) -> HashMap<u32, Arc<str>> {
    let rows = sheet.clone().tracked();
    let identities = identify(rows.iter().map(|(_, row)| &**row));
    rows.iter().zip(identities).map(|((fila, _), identity)| (*fila, identity.id)).collect()
}

/// Makes the stored ids those of the rows as they stand: somebody with a shell may have added a
/// row, or changed the TAG of one.
pub(super) fn reindex(connection: &Connection) -> Result<()> {
    let ids = short_ids(&read_operaciones(connection)?);
    let mut select = connection.prepare("SELECT fila, id FROM operaciones")?;
    let stored = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<(u32, Option<String>)>>>()?;
    let right = |fila: &u32, id: &Option<String>| ids.get(fila).map(AsRef::as_ref) == id.as_deref();
    let stale: Vec<u32> = stored.iter().filter(|(fila, id)| !right(fila, id)).map(|(fila, _)| *fila).collect();
    let mut update = connection.prepare("UPDATE operaciones SET id = ?2 WHERE fila = ?1")?;
    // Rows may have swapped theirs, and no two may have one at any time.
    for fila in &stale {
        update.execute((fila, None::<&str>))?;
    }
    for fila in &stale {
        update.execute((fila, ids.get(fila).map(AsRef::<str>::as_ref)))?;
    }
    Ok(())
}

fn read_plain(connection: &Connection, table: &str) -> Result<Sheet> {
    let mut sheet = Sheet { header: header(connection, table)?, rows: Vec::new() };
    let mut select = connection.prepare(&format!("SELECT fila, celdas FROM {table} ORDER BY fila"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let json: Vec<Json> = serde_json::from_str(row.get_ref(1)?.as_str().map_err(unreadable)?).map_err(unreadable)?;
        let cells = json.iter().map(stored_cell).collect::<Result<Vec<Cell>>>()?;
        sheet.rows.push((row.get(0)?, cells));
    }
    Ok(sheet)
}

fn replace_plain(connection: &Connection, table: &str, sheet: &Sheet) -> Result<()> {
    set_header(connection, table, &sheet.header)?;
    connection.execute(&format!("DELETE FROM {table}"), [])?;
    let mut insert = connection.prepare(&format!("INSERT INTO {table} (fila, celdas) VALUES (?1, ?2)"))?;
    for (fila, cells) in &sheet.rows {
        let json = Json::Array(cells.iter().map(json_of_cell).collect());
        insert.execute((fila, json.to_string()))?;
    }
    Ok(())
}

fn read_metadata(connection: &Connection) -> Result<Sheet> {
    let mut sheet = Sheet { header: header(connection, METADATA)?, rows: Vec::new() };
    complete_audit_header(&mut sheet.header);
    let places = audit_row::HEADERS.map(|name| sheet.place(name));
    let mut select = connection.prepare(&format!("SELECT {}, otras FROM metadata ORDER BY seq", *AUDITED))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let mut cells = vec![Cell::Empty; sheet.header.len()];
        for (index, cell) in audit_cells(row)?.into_iter().enumerate() {
            if let Some(place) = places[index] {
                put(&mut cells, place, cell);
            }
        }
        for (name, cell) in others(row, audit_row::HEADERS.len())? {
            if let Some(place) = foreign_place(&sheet.header, &name) {
                put(&mut cells, place, cell);
            }
        }
        sheet.rows.push((sheet.rows.len() as u32 + 2, cells));
    }
    Ok(sheet)
}

fn append_metadata(connection: &Connection, sheet: &Sheet) -> Result<()> {
    let mut names = sheet.header.clone();
    complete_audit_header(&mut names);
    // Rows that stay may hold cells of a column that this sheet lacks.
    for name in header(connection, METADATA)? {
        if place_in(&names, &name).is_none() {
            names.push(name);
        }
    }
    set_header(connection, METADATA, &names)?;
    let places = audit_row::HEADERS.map(|name| sheet.place(name));
    let mut keys = Keys::default();
    let mut known = connection.prepare("SELECT 1 FROM metadata WHERE clave = ?1")?;
    let mut insert = connection.prepare(&APPEND)?;
    for (_, row) in &sheet.rows {
        let cells = places.map(|place| place.and_then(|place| row.get(place)).cloned().unwrap_or_default());
        let foreign = row.iter().enumerate().filter(|(place, _)| !places.contains(&Some(*place)));
        let otras = json_of(foreign.map(|(place, cell)| (foreign_name(&sheet.header, place), cell)));
        if cells.iter().all(Cell::is_empty) && otras == "{}" {
            continue;
        }
        let key = keys.next(&cells);
        if !known.exists([&key])? {
            insert.execute(params_from_iter(audit_values(&key, &cells, otras)))?;
        }
    }
    Ok(())
}

/// The values of one row of `metadata`, in the order of [`APPEND`].
pub(super) fn audit_values(key: &str, cells: &[Cell; 10], otras: String) -> Vec<Value> {
    let mut all = vec![Value::Text(key.to_owned())];
    all.extend(audit_row::HEADERS.iter().zip(cells).map(|(name, cell)| to_sql(cell, audit_row::is_date(name))));
    all.push(Value::Text(otras));
    all
}

/// The ten cells of a row that was selected with [`AUDITED`] first.
pub(super) fn audit_cells(row: &Row<'_>) -> Result<Vec<Cell>> {
    let read = |(index, name): (usize, &&str)| from_sql(row.get_ref(index)?, audit_row::is_date(name));
    audit_row::HEADERS.iter().enumerate().map(read).collect()
}

/// A tracked cell of a row that was selected with [`TRACKED`] first.
pub(super) fn tracked_cell(row: &Row<'_>, index: usize, column: Column) -> Result<Cell> {
    from_sql(row.get_ref(index)?, column.date_format().is_some())
}

/// The `clave` of each row of one sheet: its operation id. Where a sheet holds an id, or a row
/// without one, more than once, each further row is told apart by its content and its occurrence,
/// so that none is lost and a second import of the sheet still adds nothing.
#[derive(Default)]
struct Keys {
    used: HashSet<String>,
    repeats: HashMap<String, u32>,
}

impl Keys {
    fn next(&mut self, cells: &[Cell]) -> String {
        let id = id_of(cells).to_string();
        if self.used.insert(id.clone()) {
            return id;
        }
        let nth = self.repeats.entry(content_id(cells, 1).to_string()).or_insert(1);
        *nth += 1;
        content_id(cells, *nth).to_string()
    }
}

/// The ten columns come first in an empty header, and last where a sheet lacks some.
fn complete_audit_header(header: &mut Vec<String>) {
    for name in audit_row::HEADERS {
        if place_in(header, name).is_none() {
            header.push(name.to_owned());
        }
    }
}

/// A foreign column by name; one without a name, or with another's, by its place: `#12`.
fn foreign_name(header: &[String], place: usize) -> String {
    match header.get(place) {
        Some(name) if !name.is_empty() && !header[..place].contains(name) => name.clone(),
        _ => format!("#{place}"),
    }
}

fn foreign_place(header: &[String], name: &str) -> Option<usize> {
    let by_name = header.iter().position(|found| found == name).or_else(|| place_in(header, name));
    by_name.or_else(|| name.strip_prefix('#')?.parse().ok())
}

/// Cells that hold something, by key.
fn json_of<'a>(cells: impl Iterator<Item = (String, &'a Cell)>) -> String {
    let held = cells.filter(|(_, cell)| !cell.is_empty()).map(|(key, cell)| (key, json_of_cell(cell)));
    Json::Object(held.collect()).to_string()
}

/// The cells of a column `otras`.
fn others(row: &Row<'_>, index: usize) -> Result<Vec<(String, Cell)>> {
    let text = row.get_ref(index)?.as_str().map_err(unreadable)?;
    let json: Map<String, Json> = serde_json::from_str(text).map_err(unreadable)?;
    json.into_iter().map(|(key, json)| Ok((key, stored_cell(&json)?))).collect()
}

fn stored_cell(json: &Json) -> Result<Cell> {
    cell_of_json(json).ok_or_else(|| unreadable(format!("no cell: {json}")))
}

/// A row may be longer than its header.
fn put(cells: &mut Vec<Cell>, place: usize, cell: Cell) {
    if cells.len() <= place {
        cells.resize(place + 1, Cell::Empty);
    }
    cells[place] = cell;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::sqlite::Store;

    fn sheet(header: &[&str], rows: Vec<Vec<Cell>>) -> Sheet {
        let numbered = rows.into_iter().enumerate().map(|(index, cells)| (index as u32 + 2, cells));
        Sheet { header: header.iter().map(|name| (*name).to_owned()).collect(), rows: numbered.collect() }
    }

    fn event(id: &str, kind: &str, union: Cell) -> Vec<Cell> {
        let mut row = vec![Cell::text(id), Cell::text("2026-01-20T13:00:00Z"), Cell::text(kind), Cell::text("MK-1")];
        row.extend([Cell::Number(93.0), Cell::text("Marta Ríos"), Cell::text("ARM"), Cell::text("X"), Cell::Date(46042.0)]);
        row.extend([Cell::text("{\"otra\": 1}"), union]);
        row
    }

    fn audit(rows: Vec<Vec<Cell>>) -> Sheets {
        let mut header: Vec<&str> = audit_row::HEADERS.to_vec();
        header.push("N_UNION");
        Sheets { metadata: sheet(&header, rows), ..Sheets::default() }
    }

    #[test]
    fn whole_sheets_come_back_with_every_column_type_and_place() {
        let cells = vec![
            Cell::text("x"),
            Cell::text("MK-1"),
            Cell::Number(1335.0),
            Cell::Date(4.0),
            Cell::Error("#REF!".into()),
            Cell::Bool(false),
            Cell::text("=1+1"),
        ];
        let mut operaciones =
            sheet(&["Cliente", "TAG_SPOOL", "OT", "Total", "Armador", "", "Cliente"], vec![cells.clone(), cells]);
        operaciones.rows[1].0 = 9;
        operaciones.rows.push((12, vec![Cell::Empty; 7]));
        let people = sheet(&["Id", "Turno"], vec![vec![Cell::Number(93.0), Cell::Date(0.5)], vec![Cell::Bool(true)]]);
        let sheets = Sheets { operaciones, trabajadores: people.clone(), roles: people, ..audit(vec![]) };
        let mut store = Store::in_memory().unwrap();
        store.replace_sheets(&sheets).unwrap();
        let read = store.read_all().unwrap();
        assert_eq!(read, sheets);
        assert!(matches!(read.operaciones.rows[0].1[3], Cell::Date(_)), "a date-formatted counter stays one (A5)");
    }

    #[test]
    fn audit_rows_are_only_ever_added_and_each_only_once() {
        let uuid = "6f1de2a4-3f3e-4a76-9d4b-0d1f4c9a2a11";
        let first = audit(vec![
            event(uuid, "TOMAR_ARM", Cell::Number(3.0)),
            event("", "PAUSAR_SPOOL", Cell::Empty),
            event("", "PAUSAR_SPOOL", Cell::Empty),
            event(uuid, "COMPLETAR_ARM", Cell::Empty),
            vec![],
        ]);
        let mut store = Store::in_memory().unwrap();
        store.replace_sheets(&first).unwrap();
        let read = store.read_all().unwrap();
        assert_eq!(read.metadata.rows.len(), 4, "two rows of one content and two of one id are four rows");
        assert_eq!(read.metadata.rows[0].1, first.metadata.rows[0].1);
        store.replace_sheets(&read).unwrap();
        assert_eq!(store.read_all().unwrap(), read, "a second import adds nothing");

        let other =
            Sheets { metadata: sheet(&["Evento_Tipo", "ID"], vec![vec![Cell::text("TOMAR_SPOOL")]]), ..Sheets::default() };
        store.replace_sheets(&other).unwrap();
        let grown = store.read_all().unwrap().metadata;
        assert_eq!(grown.rows.len(), 5);
        let union = grown.place("N_UNION").unwrap();
        assert_eq!(grown.rows[0].1[union], Cell::Number(3.0), "a column that the later sheet lacks is kept");
        assert_eq!(grown.header[..2], ["Evento_Tipo", "ID"]);
    }
}
