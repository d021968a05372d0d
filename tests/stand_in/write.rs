//! What the `values` methods write: update, batchUpdate, append, clear, batchClear.
//! Document: <https://developers.google.com/workspace/sheets/api/guides/values>; recordings: `burnash/gspread`,
//! `WorksheetTest.test_append_row*.json`, `test_batch_update.json`, `test_batch_clear.json`.

use super::a1::{self, Range, letters};
use super::book::Book;
use super::cell::not_too_long;
use super::grid::{Rect, Sheet, Value};
use super::parse;
use super::read::{Query, Render, asked, beyond, choice, readable};
use super::refusal::{Answer, Refusal};
use serde_json::{Value as Json, json};

/// Whether texts are parsed as if typed; Google wants it said.
fn typed(option: Option<&str>) -> Answer<bool> {
    match option {
        Some("RAW") => Ok(false),
        Some("USER_ENTERED") => Ok(true),
        _ => Err(Refusal::field("valueInputOption", "'valueInputOption' is required but not specified".into())),
    }
}

/// The rows of a `ValueRange`.
fn rows(body: &Json) -> Answer<Vec<Vec<Json>>> {
    let wrong = |value: &Json| {
        let sentence = format!("Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), {value}");
        Refusal::field("data.values", sentence)
    };
    let lines = match &body["values"] {
        Json::Null => return Ok(Vec::new()),
        Json::Array(lines) => lines,
        other => return Err(wrong(other)),
    };
    let lines = lines.iter().map(|line| line.as_array().cloned().ok_or_else(|| wrong(line))).collect::<Answer<Vec<_>>>()?;
    if body["majorDimension"] != "COLUMNS" {
        return Ok(lines);
    }
    let height = lines.iter().map(Vec::len).max().unwrap_or(0);
    Ok((0..height).map(|row| lines.iter().map(|line| line.get(row).cloned().unwrap_or(Json::Null)).collect()).collect())
}

fn width(rows: &[Vec<Json>]) -> usize {
    rows.iter().map(Vec::len).max().unwrap_or(0)
}

/// Puts rows into a sheet from a corner on; `null` leaves a cell alone, `""` empties it.
fn put(sheet: &mut Sheet, top: usize, left: usize, rows: &[Vec<Json>], typed: bool, locale: &str) -> Answer<()> {
    for (row, line) in rows.iter().enumerate() {
        for (column, value) in line.iter().enumerate() {
            let at = (top + row, left + column);
            match value {
                Json::Null => {}
                Json::String(text) if typed && !text.is_empty() => {
                    not_too_long(text)?;
                    parse::enter(sheet, at.0, at.1, text, locale);
                }
                Json::String(text) => {
                    not_too_long(text)?;
                    sheet.cell_mut(at.0, at.1).put(Some(Value::Text(text.clone())));
                }
                Json::Bool(value) => sheet.cell_mut(at.0, at.1).put(Some(Value::Bool(*value))),
                Json::Number(number) => sheet.cell_mut(at.0, at.1).put(number.as_f64().map(Value::Number)),
                other => {
                    let kind = if other.is_array() { "list_value" } else { "struct_value" };
                    return Err(Refusal::invalid(format!("Invalid values[{row}][{column}]: {kind} {other}")));
                }
            }
        }
    }
    Ok(())
}

/// One `ValueRange` into the workbook; answers with an `UpdateValuesResponse`.
fn update(book: &mut Book, who: &str, text: &str, body: &Json, typed: bool, query: &Query) -> Answer {
    let range = Range::parse(book, text)?;
    let rows = rows(body)?;
    let (sheet, locale) = (book.sheet(range.sheet).ok_or_else(Refusal::unknown)?.clone(), book.locale.clone());
    let rect = Rect::at(range.top, range.left, rows.len().max(1), width(&rows).max(1));
    let limits = range.clipped(&sheet);
    if rect.top >= sheet.row_count || rect.left >= sheet.column_count || (range.is_cell() && !sheet.rect().holds(&rect)) {
        return Err(beyond(&sheet, text));
    }
    // A range wider than the grid is refused, however little is written into it.
    if range.bottom.is_some_and(|bottom| bottom > sheet.row_count) || range.right.is_some_and(|right| right > sheet.column_count)
    {
        return Err(beyond(&sheet, text));
    }
    // Report: <https://github.com/burnash/gspread/issues/371> and the sentence that many public logs show.
    let within = a1::written(&sheet, limits);
    let outside =
        |place: String| Refusal::invalid(format!("Requested writing within range [{within}], but tried writing to {place}"));
    if !range.is_cell() && rect.bottom > limits.bottom {
        return Err(outside(format!("row [{}]", limits.bottom + 1)));
    }
    if !range.is_cell() && rect.right > limits.right {
        return Err(outside(format!("column [{}]", letters(limits.right))));
    }
    book.guard(who, range.sheet, rect)?;
    put(book.grid(range.sheet)?, rect.top, rect.left, &rows, typed, &locale)?;
    let sheet = book.sheet(range.sheet).ok_or_else(Refusal::unknown)?;
    let cells: usize = rows.iter().flatten().filter(|value| !value.is_null()).count();
    let mut reply = json!({"spreadsheetId": book.id, "updatedRange": a1::written(sheet, rect)});
    if cells > 0 {
        reply["updatedRows"] = json!(rows.len());
        reply["updatedColumns"] = json!(width(&rows));
        reply["updatedCells"] = json!(cells);
    }
    if asked(query, "includeValuesInResponse").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        reply["updatedData"] = Render::asked(query, book, "response")?.range(sheet, rect);
    }
    Ok(reply)
}

/// `values.update`.
pub(crate) fn values(book: &mut Book, who: &str, range: &str, query: &Query, body: &Json) -> Answer {
    if let Some(other) = body["range"].as_str().filter(|other| Range::parse(book, other).ok() != Range::parse(book, range).ok()) {
        return Err(Refusal::invalid(format!("Requested writing to range {range}, but data range is {other}")));
    }
    update(book, who, range, body, typed(asked(query, "valueInputOption"))?, query)
}

/// `values.batchUpdate`: all of it or nothing.
pub(crate) fn values_batch(book: &mut Book, who: &str, query: &Query, body: &Json) -> Answer {
    let typed = typed(body["valueInputOption"].as_str())?;
    let mut replies = Vec::new();
    for (index, data) in body["data"].as_array().into_iter().flatten().enumerate() {
        let range = data["range"].as_str().unwrap_or_default();
        replies.push(update(book, who, range, data, typed, query).map_err(|refusal| refusal.within(&format!("data[{index}]")))?);
    }
    let total = |name: &str| replies.iter().filter_map(|reply| reply[name].as_u64()).sum::<u64>();
    let widest = replies.iter().filter_map(|reply| reply["updatedColumns"].as_u64()).max().unwrap_or(0);
    let titles: std::collections::BTreeSet<&str> =
        replies.iter().filter_map(|reply| reply["updatedRange"].as_str()?.rsplit_once('!').map(|(title, _)| title)).collect();
    Ok(json!({
        "spreadsheetId": book.id,
        "totalUpdatedRows": total("updatedRows"),
        "totalUpdatedColumns": widest,
        "totalUpdatedCells": total("updatedCells"),
        "totalUpdatedSheets": titles.len(),
        "responses": replies,
    }))
}

/// `values.append`: after the last table that the range touches, in that table's first column; where
/// there is none, at the range's own corner.
/// Document: <https://developers.google.com/workspace/sheets/api/guides/values#append_values>.
pub(crate) fn append(book: &mut Book, who: &str, range: &str, query: &Query, body: &Json) -> Answer {
    let typed = typed(asked(query, "valueInputOption"))?;
    let insert = choice(query, "insertDataOption", &["OVERWRITE", "INSERT_ROWS"])? == "INSERT_ROWS";
    let (sheet, searched) = readable(book, range)?;
    let (id, rows, locale) = (sheet.id, rows(body)?, book.locale.clone());
    let table = tables(sheet).into_iter().filter(|table| table.meets(&searched)).max_by_key(|table| (table.bottom, table.right));
    let (top, left) = table.map_or((searched.top, searched.left), |table| (table.bottom, table.left));
    let rect = Rect::at(top, left, rows.len(), width(&rows));
    let mut reply = json!({"spreadsheetId": book.id});
    if let Some(table) = table {
        reply["tableRange"] = json!(a1::written(sheet, table));
    }
    if rect.right > sheet.column_count {
        let text = format!("{}{}", letters(rect.right - 1), rect.top + 1);
        return Err(beyond(sheet, &text));
    }
    book.guard(who, id, rect)?;
    let grid = book.grid(id)?;
    if insert && top < grid.row_count {
        grid.insert(super::grid::Dimension::Rows, top, rows.len());
    }
    grid.row_count = grid.row_count.max(rect.bottom);
    put(grid, top, left, &rows, typed, &locale)?;
    let sheet = book.sheet(id).ok_or_else(Refusal::unknown)?;
    let cells = rows.iter().flatten().filter(|value| !value.is_null()).count();
    let mut updates = json!({
        "spreadsheetId": book.id,
        "updatedRange": a1::written(sheet, rect),
        "updatedRows": rows.len(),
        "updatedColumns": width(&rows),
        "updatedCells": cells,
    });
    if asked(query, "includeValuesInResponse").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        updates["updatedData"] = Render::asked(query, book, "response")?.range(sheet, rect);
    }
    reply["updates"] = updates;
    Ok(reply)
}

/// The tables of a sheet: cells with data that touch one another, as rectangles.
fn tables(sheet: &Sheet) -> Vec<Rect> {
    let mut tables: Vec<Rect> = Vec::new();
    for (row, cells) in sheet.rows.iter().enumerate() {
        for column in (0..cells.len()).filter(|column| !cells[*column].is_empty()) {
            let cell = Rect::at(row, column, 1, 1);
            let around = Rect { top: row.saturating_sub(1), left: column.saturating_sub(1), bottom: row + 2, right: column + 2 };
            let mut joined = cell;
            // Two that come to touch are one; each joining can only let another touch.
            let mut near = around;
            while let Some(index) = tables.iter().rposition(|table| table.meets(&near)) {
                let table = tables.swap_remove(index);
                joined = Rect {
                    top: joined.top.min(table.top),
                    left: joined.left.min(table.left),
                    bottom: joined.bottom.max(table.bottom),
                    right: joined.right.max(table.right),
                };
                near = Rect {
                    top: joined.top.saturating_sub(1),
                    left: joined.left.saturating_sub(1),
                    bottom: joined.bottom + 1,
                    right: joined.right + 1,
                };
            }
            tables.push(joined);
        }
    }
    tables
}

fn clear_one(book: &mut Book, who: &str, text: &str) -> Answer<String> {
    let (sheet, rect) = readable(book, text)?;
    let (id, written) = (sheet.id, a1::written(sheet, rect));
    book.guard(who, id, rect)?;
    let grid = book.grid(id)?;
    for row in rect.top..rect.bottom.min(grid.rows.len()) {
        for column in rect.left..rect.right.min(grid.rows[row].len()) {
            if !grid.cell(row, column).is_empty() {
                grid.cell_mut(row, column).put(None);
            }
        }
    }
    Ok(written)
}

/// `values.clear`: the values go, formats and notes stay.
pub(crate) fn clear(book: &mut Book, who: &str, range: &str) -> Answer {
    let cleared = clear_one(book, who, range)?;
    Ok(json!({"spreadsheetId": book.id, "clearedRange": cleared}))
}

/// `values.batchClear`.
pub(crate) fn clear_batch(book: &mut Book, who: &str, body: &Json) -> Answer {
    let ranges: Vec<&str> = body["ranges"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let cleared = ranges.into_iter().map(|range| clear_one(book, who, range)).collect::<Answer<Vec<_>>>()?;
    Ok(json!({"spreadsheetId": book.id, "clearedRanges": cleared}))
}
