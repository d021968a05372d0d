//! One change of one row, inside a transaction that others share.

use super::cells::to_sql;
use super::sheets::{APPEND, AUDITED, TRACKED, audit_cells, audit_values, tracked_cell};
use crate::domain::{AuditEvent, Cell, Change, Column, Header, Row};
use crate::workbook::audit_row;
use chrono_tz::Tz;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use uuid::Uuid;

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// What became of one change, once the transaction it is in has been committed.
#[derive(Debug)]
pub(super) enum Fate {
    /// Row and audit stand; the row as it is now.
    Landed(Row),
    /// The audit held its operation id already.
    Already(AuditEvent),
    /// The row no longer equals the image; as it is now, if it is there at all.
    Conflict(Option<Row>),
}

/// Lands a change on a row that still equals its image.
pub(super) fn land(connection: &Connection, header: &Header, change: &Change, zone: Tz) -> Result<Fate> {
    if let Some(event) = event(connection, change.event.id, zone)? {
        return Ok(Fate::Already(event));
    }
    match row(connection, header, &change.spool)? {
        Some(found) if found == change.image => {}
        other => return Ok(Fate::Conflict(other)),
    }
    write(connection, change)?;
    append(connection, &change.event, zone)?;
    Ok(Fate::Landed(change.after()))
}

fn event(connection: &Connection, id: Uuid, zone: Tz) -> Result<Option<AuditEvent>> {
    let mut select = connection.prepare_cached(&format!("SELECT {} FROM metadata WHERE clave = ?1", *AUDITED))?;
    let cells = select.query_row([id.to_string()], audit_cells).optional()?;
    Ok(cells.map(|cells| audit_row::from_cells(&cells, zone)))
}

fn row(connection: &Connection, header: &Header, id: &str) -> Result<Option<Row>> {
    let mut select = connection.prepare_cached(&format!("SELECT {} FROM operaciones WHERE id = ?1", *TRACKED))?;
    let read = |found: &rusqlite::Row<'_>| {
        let mut cells = Vec::with_capacity(Column::COUNT);
        for (index, column) in Column::ALL.into_iter().enumerate() {
            cells.push(tracked_cell(found, index, column)?);
        }
        Ok(cells)
    };
    let Some(cells) = select.query_row([id], read).optional()? else { return Ok(None) };
    let mut row = Row::default();
    for (column, cell) in Column::ALL.into_iter().zip(cells) {
        row[column] = if header.place(column).is_some() { cell } else { Cell::Missing };
    }
    Ok(Some(row))
}

/// Writes the cells of a change and no other.
fn write(connection: &Connection, change: &Change) -> Result<()> {
    let sets: Vec<String> = change.cells.iter().map(|(column, _)| format!("\"{}\" = ?", column.header())).collect();
    let mut values: Vec<Value> = change.cells.iter().map(|(column, cell)| to_sql(cell, column.date_format().is_some())).collect();
    values.push(Value::Text(change.spool.to_string()));
    let mut update = connection.prepare_cached(&format!("UPDATE operaciones SET {} WHERE id = ?", sets.join(", ")))?;
    update.execute(params_from_iter(values))?;
    Ok(())
}

fn append(connection: &Connection, event: &AuditEvent, zone: Tz) -> Result<()> {
    let cells = audit_row::to_cells(event, zone);
    let mut insert = connection.prepare_cached(&APPEND)?;
    insert.execute(params_from_iter(audit_values(&event.id.to_string(), &cells, "{}".into())))?;
    Ok(())
}
