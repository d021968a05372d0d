//! Requests that work on cells.

use super::super::book::Book;
use super::super::cell;
use super::super::grid::Rect;
use super::super::mask::Mask;
use super::super::refusal::{Answer, Refusal};
use super::{fields, grid_range, place, sheet_id, within};
use serde_json::{Value as Json, json};

/// The cells of each `RowData`.
fn lines(arguments: &Json) -> Vec<Vec<Json>> {
    let rows = arguments["rows"].as_array().into_iter().flatten();
    rows.map(|row| row["values"].as_array().cloned().unwrap_or_default()).collect()
}

fn cell_fields(arguments: &Json) -> Answer<Mask> {
    let mask = fields(arguments)?;
    mask.check(&[
        "userEnteredValue",
        "userEnteredFormat",
        "note",
        "hyperlink",
        "textFormatRuns",
        "dataValidation",
        "pivotTable",
    ])?;
    Ok(mask)
}

/// Refuses cells outside. Report: <https://github.com/OpenRefine/OpenRefine/issues/2760>.
fn fits(lines: &[Vec<Json>], rect: Rect) -> Answer<()> {
    let beyond = |what: &str, place: usize, last: usize| {
        Refusal::invalid(format!("Attempting to write {what}: {place}, beyond the last requested {what} of: {last}"))
    };
    if rect.top + lines.len() > rect.bottom {
        return Err(beyond("row", rect.bottom, rect.bottom - 1));
    }
    let widest = lines.iter().map(Vec::len).max().unwrap_or(0);
    if rect.left + widest > rect.right {
        return Err(beyond("column", rect.right, rect.right - 1));
    }
    Ok(())
}

/// `updateCells`: rows from a corner on, or a range whose remaining cells lose the named fields.
pub(super) fn update(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let (mask, lines, locale) = (cell_fields(arguments)?, lines(arguments), book.locale.clone());
    let (start, range) = (&arguments["start"], &arguments["range"]);
    let widest = lines.iter().map(Vec::len).max().unwrap_or(0);
    let (id, rect, whole) = match (start.is_object(), range.is_object()) {
        (true, false) => {
            let (id, top, left) =
                (sheet_id(start), place(start, "rowIndex")?.unwrap_or(0), place(start, "columnIndex")?.unwrap_or(0));
            let sheet = book.grid(id)?;
            let after = |name: &str, place: usize, what: &str, count: usize| {
                Refusal::invalid(format!("GridCoordinate.{name}[{place}] is after last {what} in grid[{}]", count - 1))
            };
            if top >= sheet.row_count {
                return Err(after("rowIndex", top, "row", sheet.row_count));
            }
            if left >= sheet.column_count {
                return Err(after("columnIndex", left, "column", sheet.column_count));
            }
            fits(&lines, Rect { top, left, ..sheet.rect() })?;
            (id, Rect::at(top, left, lines.len(), widest), false)
        }
        (false, true) => {
            let range = grid_range(range)?;
            let rect = within(book.grid(range.sheet)?, &range)?;
            fits(&lines, rect)?;
            (range.sheet, rect, true)
        }
        _ => return Err(Refusal::invalid("Must specify exactly one of start or range.")),
    };
    book.guard(who, id, rect)?;
    let sheet = book.grid(id)?;
    for row in rect.top..rect.bottom {
        let line = lines.get(row - rect.top).map(Vec::as_slice).unwrap_or_default();
        let width = if whole { rect.right - rect.left } else { line.len() };
        for column in 0..width {
            let empty = json!({});
            let data = line.get(column).filter(|data| !data.is_null()).unwrap_or(&empty);
            cell::write(sheet, (row, rect.left + column), data, &mask, &locale)?;
        }
    }
    Ok(json!({}))
}

/// `appendCells`: behind the last row with data; the grid grows when it must.
pub(super) fn append(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let (mask, lines, locale, id) = (cell_fields(arguments)?, lines(arguments), book.locale.clone(), sheet_id(arguments));
    let sheet = book.grid(id)?;
    let top = sheet.end_of_data();
    fits(&lines, Rect { top, left: 0, bottom: usize::MAX, right: sheet.column_count })?;
    let rect = Rect::at(top, 0, lines.len(), lines.iter().map(Vec::len).max().unwrap_or(0));
    sheet.row_count = sheet.row_count.max(rect.bottom);
    book.guard(who, id, rect)?;
    let sheet = book.grid(id)?;
    for (row, line) in lines.iter().enumerate() {
        for (column, data) in line.iter().enumerate() {
            cell::write(sheet, (top + row, column), data, &mask, &locale)?;
        }
    }
    Ok(json!({}))
}

/// `repeatCell`: one cell's fields into every cell of a range.
pub(super) fn repeat(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let (mask, range, locale) = (cell_fields(arguments)?, grid_range(&arguments["range"])?, book.locale.clone());
    let rect = within(book.grid(range.sheet)?, &range)?;
    book.guard(who, range.sheet, rect)?;
    let sheet = book.grid(range.sheet)?;
    let empty = json!({});
    let data = if arguments["cell"].is_object() { &arguments["cell"] } else { &empty };
    for row in rect.top..rect.bottom {
        for column in rect.left..rect.right {
            cell::write(sheet, (row, column), data, &mask, &locale)?;
        }
    }
    Ok(json!({}))
}

/// `sortRange`. Recording: `WorksheetTest.test_sort.json`.
pub(super) fn sort(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let range = grid_range(&arguments["range"])?;
    let rect = within(book.grid(range.sheet)?, &range)?;
    book.guard(who, range.sheet, rect)?;
    let mut keys = Vec::new();
    for specification in arguments["sortSpecs"].as_array().into_iter().flatten() {
        let column = place(specification, "dimensionIndex")?.unwrap_or(0);
        if !(rect.left..rect.right).contains(&column) {
            return Err(Refusal::invalid(format!("sortSpecs.dimensionIndex[{column}] is not in the range")));
        }
        keys.push((column, specification["sortOrder"] == "DESCENDING"));
    }
    book.grid(range.sheet)?.sort(rect, &keys);
    Ok(json!({}))
}
