//! `spreadsheets.batchUpdate`: every part in order, or nothing.
//! Document: <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/batchUpdate>.

mod cells;
mod dimensions;
mod protections;
mod tabs;

pub(crate) use protections::protection_json;

use super::a1::Range;
use super::book::Book;
use super::grid::{Dimension, Rect, Sheet};
use super::mask::Mask;
use super::read::{self, Query, asked};
use super::refusal::{Answer, Refusal};
use serde_json::{Value as Json, json};

/// Applies a batch to a copy of the workbook, which the caller puts in the place of the original.
pub(crate) fn apply(book: &mut Book, who: &str, query: &Query, body: &Json) -> Answer {
    let mask = asked(query, "fields").filter(|text| !text.is_empty()).map(Mask::parse).transpose()?;
    if let Some(mask) = &mask {
        mask.check(&["spreadsheetId", "replies", "updatedSpreadsheet"])?;
    }
    let known = ["requests", "includeSpreadsheetInResponse", "responseRanges", "responseIncludeGridData"];
    if let Some(name) = body.as_object().and_then(|fields| fields.keys().find(|name| !known.contains(&name.as_str()))) {
        return Err(Refusal::field("", format!("Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.")));
    }
    // Report: <https://github.com/googleapis/google-api-nodejs-client/issues/1001>.
    let requests = body["requests"].as_array().filter(|requests| !requests.is_empty());
    let requests = requests.ok_or_else(|| Refusal::invalid("Must specify at least one request."))?;
    let mut replies = Vec::new();
    for (index, request) in requests.iter().enumerate() {
        let (kind, arguments) = only(request, index)?;
        let reply = one(book, who, kind, arguments).map_err(|refusal| refusal.within(&format!("requests[{index}].{kind}")))?;
        replies.push(reply);
    }
    let mut reply = json!({"spreadsheetId": book.id, "replies": replies});
    if body["includeSpreadsheetInResponse"] == true {
        let ranges = body["responseRanges"].as_array().into_iter().flatten();
        let ranges: Vec<String> = ranges.filter_map(|range| range.as_str().map(str::to_owned)).collect();
        let grid = match &mask {
            Some(mask) => mask.below("updatedSpreadsheet").filter(|mask| !mask.is_all() && mask.wants(&["sheets", "data"])),
            None => (body["responseIncludeGridData"] == true).then(Mask::default),
        };
        reply["updatedSpreadsheet"] = read::described(book, who, &ranges, grid.as_ref())?;
    }
    Ok(reply)
}

/// The one kind of request that a part may set.
fn only(request: &Json, index: usize) -> Answer<(&str, &Json)> {
    let mut set = request.as_object().into_iter().flatten().filter(|(_, arguments)| !arguments.is_null());
    match (set.next(), set.next()) {
        (Some((kind, arguments)), None) => Ok((kind, arguments)),
        (None, _) => Err(Refusal::invalid(format!("Invalid requests[{index}]: No request set."))),
        (Some(_), Some((second, _))) => {
            let sentence =
                format!("Invalid value at 'requests[{index}]' (oneof), oneof field 'kind' is already set. Cannot set '{second}'");
            Err(Refusal::field(&format!("requests[{index}]"), sentence))
        }
    }
}

fn one(book: &mut Book, who: &str, kind: &str, arguments: &Json) -> Answer {
    match kind {
        "updateCells" => cells::update(book, who, arguments),
        "appendCells" => cells::append(book, who, arguments),
        "repeatCell" => cells::repeat(book, who, arguments),
        "sortRange" => cells::sort(book, who, arguments),
        "addSheet" => tabs::add(book, arguments),
        "deleteSheet" => tabs::delete(book, who, arguments),
        "updateSheetProperties" => tabs::update(book, who, arguments),
        "updateSpreadsheetProperties" => tabs::update_book(book, arguments),
        "insertDimension" => dimensions::insert(book, who, arguments),
        "deleteDimension" => dimensions::delete(book, who, arguments),
        "appendDimension" => dimensions::append(book, who, arguments),
        "addProtectedRange" => protections::add(book, who, arguments),
        "deleteProtectedRange" => protections::delete(book, who, arguments),
        "autoResizeDimensions" | "updateDimensionProperties" => Ok(json!({})),
        _ => {
            let sentence = format!("Invalid JSON payload received. Unknown name \"{kind}\" at 'requests[0]': Cannot find field.");
            Err(Refusal::field("requests[0]", sentence))
        }
    }
}

/// The sheet that a request names; none means 0, as in any message of Google's.
fn sheet_id(arguments: &Json) -> i64 {
    arguments["sheetId"].as_i64().unwrap_or(0)
}

/// A place that a request names, counted from 0.
fn place(arguments: &Json, name: &str) -> Answer<Option<usize>> {
    match &arguments[name] {
        Json::Null => Ok(None),
        value => value
            .as_u64()
            .map(|value| Some(value as usize))
            .ok_or_else(|| Refusal::invalid(format!("{name} must be >= 0, is {value}"))),
    }
}

/// A `GridRange`; an end that is not given reaches to the end of the grid.
fn grid_range(arguments: &Json) -> Answer<Range> {
    Ok(Range {
        sheet: sheet_id(arguments),
        top: place(arguments, "startRowIndex")?.unwrap_or(0),
        left: place(arguments, "startColumnIndex")?.unwrap_or(0),
        bottom: place(arguments, "endRowIndex")?,
        right: place(arguments, "endColumnIndex")?,
    })
}

/// A `GridRange` within the grid. The wording for a range is that known for a coordinate:
/// `GridCoordinate.rowIndex[99998] is after last row in grid[999]`.
fn within(sheet: &Sheet, range: &Range) -> Answer<Rect> {
    let after = |name: &str, place: usize, what: &str, count: usize| {
        Refusal::invalid(format!("{name}[{place}] is after last {what} in grid[{count}]"))
    };
    if range.top >= sheet.row_count {
        return Err(after("range.startRowIndex", range.top, "row", sheet.row_count - 1));
    }
    if range.left >= sheet.column_count {
        return Err(after("range.startColumnIndex", range.left, "column", sheet.column_count - 1));
    }
    if let Some(bottom) = range.bottom.filter(|bottom| *bottom > sheet.row_count) {
        return Err(after("range.endRowIndex", bottom, "row", sheet.row_count));
    }
    if let Some(right) = range.right.filter(|right| *right > sheet.column_count) {
        return Err(after("range.endColumnIndex", right, "column", sheet.column_count));
    }
    Ok(range.clipped(sheet))
}

fn dimension(arguments: &Json, name: &str) -> Answer<Dimension> {
    match arguments[name].as_str() {
        Some("ROWS") => Ok(Dimension::Rows),
        Some("COLUMNS") => Ok(Dimension::Columns),
        _ => Err(Refusal::invalid("No dimension specified.")),
    }
}

/// The fields that an updating request names; none is an error.
fn fields(arguments: &Json) -> Answer<Mask> {
    let text = arguments["fields"].as_str().filter(|text| !text.is_empty());
    let missing = || Refusal::invalid("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)");
    Mask::parse(text.ok_or_else(missing)?)
}
