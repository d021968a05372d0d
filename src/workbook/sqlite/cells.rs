//! One cell <-> one SQLite value.

use crate::domain::Cell;
use crate::workbook::audit_row::{cell_of_json, json_of_cell};
use rusqlite::types::{FromSqlError, Type, Value, ValueRef};
use serde_json::Value as Json;

/// What SQLite stores for a cell; `dates` says that numbers of this column are dates.
pub(super) fn to_sql(cell: &Cell, dates: bool) -> Value {
    match cell {
        Cell::Empty | Cell::Missing => Value::Null,
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Number(n) | Cell::Date(n) if dates && n.is_finite() => Value::Real(*n),
        Cell::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => Value::Integer(*n as i64),
        Cell::Number(n) if n.is_finite() => Value::Real(*n),
        _ => Value::Blob(json_of_cell(cell).to_string().into_bytes()),
    }
}

/// The cell that a SQLite value stands for.
pub(super) fn from_sql(value: ValueRef<'_>, dates: bool) -> Result<Cell, rusqlite::Error> {
    let number = |n: f64| if dates { Cell::Date(n) } else { Cell::Number(n) };
    Ok(match value {
        ValueRef::Null => Cell::Empty,
        ValueRef::Integer(n) => number(n as f64),
        ValueRef::Real(n) => number(n),
        ValueRef::Text(_) => Cell::text(value.as_str().map_err(unreadable)?),
        ValueRef::Blob(json) => parsed(std::str::from_utf8(json).map_err(unreadable)?)?,
    })
}

fn parsed(text: &str) -> Result<Cell, rusqlite::Error> {
    let json: Json = serde_json::from_str(text).map_err(unreadable)?;
    cell_of_json(&json).ok_or_else(|| unreadable(FromSqlError::InvalidType))
}

/// JSON in the file that this program did not write: an error that says so, never an empty cell.
pub(super) fn unreadable(cause: impl Into<crate::error::Cause>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, cause.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_survives_sqlite_in_columns_of_dates_and_of_others() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (c ANY) STRICT").unwrap();
        for cell in [
            Cell::Empty,
            Cell::text("=1+1"),
            Cell::text("1335"),
            Cell::Number(1335.0),
            Cell::Number(0.1),
            Cell::Number(-1e300),
            Cell::Date(46155.48180555556),
            Cell::Date(7.0),
            Cell::Bool(true),
            Cell::Error("#REF!".into()),
        ] {
            for dates in [false, true] {
                connection.execute("INSERT INTO t VALUES (?1)", [to_sql(&cell, dates)]).unwrap();
                let read = connection
                    .query_row("SELECT c FROM t ORDER BY rowid DESC LIMIT 1", [], |row| from_sql(row.get_ref(0)?, dates))
                    .unwrap();
                assert_eq!(read, cell);
                assert!(dates || matches!(read, Cell::Date(_)) == matches!(cell, Cell::Date(_)), "{cell:?}");
            }
        }
    }
}
