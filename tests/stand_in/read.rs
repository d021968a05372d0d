//! What the reading methods answer: `values.get`, `values.batchGet`, `spreadsheets.get`.
//! Documents: <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values/batchGet>,
//! <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/get>.

use super::a1::{self, Range};
use super::book::Book;
use super::cell::{json_number, written};
use super::format::shown;
use super::grid::{Cell, Rect, Sheet, Value};
use super::mask::Mask;
use super::refusal::{Answer, Refusal};
use serde_json::{Map, Value as Json, json};

/// The query of a call, in the order it came.
pub(crate) type Query = [(String, String)];

/// The last value of a query parameter.
pub(crate) fn asked<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// A choice among names that Google knows; another name is refused.
pub(crate) fn choice<'a>(query: &'a Query, name: &str, known: &[&'a str]) -> Answer<&'a str> {
    match asked(query, name) {
        None | Some("") => Ok(known[0]),
        Some(value) if known.contains(&value) => Ok(value),
        Some(value) => {
            let snake: String =
                name.chars().flat_map(|c| if c.is_uppercase() { vec!['_', c.to_ascii_lowercase()] } else { vec![c] }).collect();
            Err(Refusal::field(
                &snake,
                format!("Invalid value at '{snake}' (type.googleapis.com/google.apps.sheets.v4), \"{value}\""),
            ))
        }
    }
}

/// How values are to be shown.
pub(crate) struct Render<'a> {
    values: &'a str,
    dates: &'a str,
    columns: bool,
    locale: &'a str,
}

impl<'a> Render<'a> {
    /// Reads it from the query; `prefix` is `response` for the replies of writing methods.
    pub(crate) fn asked(query: &'a Query, book: &'a Book, prefix: &str) -> Answer<Render<'a>> {
        let name = |name: &str| {
            if prefix.is_empty() { name.to_owned() } else { format!("{prefix}{}{}", name[..1].to_uppercase(), &name[1..]) }
        };
        let kinds = ["FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"];
        let values = choice(query, &name("valueRenderOption"), &kinds)?;
        let dates = choice(query, &name("dateTimeRenderOption"), &["SERIAL_NUMBER", "FORMATTED_STRING"])?;
        let columns = choice(query, "majorDimension", &["ROWS", "COLUMNS", "DIMENSION_UNSPECIFIED"])? == "COLUMNS";
        Ok(Render { values, dates, columns, locale: &book.locale })
    }

    fn value(&self, cell: &Cell) -> Json {
        if self.values == "FORMATTED_VALUE" {
            return json!(shown(cell, self.locale));
        }
        match (&cell.value, cell.source()) {
            (_, Some(source)) if self.values == "FORMULA" => json!(source),
            (Some(Value::Number(_)), _)
                if self.dates == "FORMATTED_STRING" && cell.format.as_ref().is_some_and(|f| f.is_date()) =>
            {
                json!(shown(cell, self.locale))
            }
            (Some(Value::Number(number)), _) => json_number(*number),
            (Some(Value::Bool(value)), _) => json!(value),
            (Some(Value::Text(text) | Value::Error(text)), _) => json!(text),
            (None, _) => json!(""),
        }
    }

    /// A `ValueRange`: cut at the last cell of each row and at the last row that has something; no
    /// `values` at all when nothing does (`WorksheetTest.test_batch_get.json`).
    pub(crate) fn range(&self, sheet: &Sheet, rect: Rect) -> Json {
        let (lines, width) = if self.columns {
            (rect.left..rect.right, rect.top..rect.bottom.min(sheet.rows.len()))
        } else {
            (rect.top..rect.bottom.min(sheet.rows.len()), rect.left..rect.right)
        };
        let mut values: Vec<Vec<Json>> = Vec::new();
        let mut end = 0;
        for line in lines {
            let at = |place: usize| if self.columns { sheet.cell(place, line) } else { sheet.cell(line, place) };
            let last = width.clone().rev().find(|place| !at(*place).is_empty());
            values.push(last.map_or(Vec::new(), |last| (width.start..=last).map(|place| self.value(at(place))).collect()));
            if last.is_some() {
                end = values.len();
            }
        }
        values.truncate(end);
        let dimension = if self.columns { "COLUMNS" } else { "ROWS" };
        let mut range = json!({"range": a1::written(sheet, rect), "majorDimension": dimension});
        if !values.is_empty() {
            range["values"] = json!(values);
        }
        range
    }
}

/// A range for reading: cut at the grid's end, refused when it begins behind it.
/// Report: <https://github.com/airbytehq/airbyte/issues/1740>.
pub(crate) fn readable<'a>(book: &'a Book, text: &str) -> Answer<(&'a Sheet, Rect)> {
    let range = Range::parse(book, text)?;
    let sheet = book.sheet(range.sheet).ok_or_else(Refusal::unknown)?;
    if range.top >= sheet.row_count || range.left >= sheet.column_count {
        return Err(beyond(sheet, text));
    }
    Ok((sheet, range.clipped(sheet)))
}

/// The refusal of a range outside the grid.
/// Reports: <https://github.com/home-assistant/core/issues/104198>, <https://github.com/cloudfour/lighthouse-parade/issues/151>.
pub(crate) fn beyond(sheet: &Sheet, text: &str) -> Refusal {
    let cells = text.rsplit_once('!').map_or(text, |(_, cells)| cells);
    let title = a1::quoted(&sheet.title);
    let (rows, columns) = (sheet.row_count, sheet.column_count);
    Refusal::invalid(format!("Range ({title}!{cells}) exceeds grid limits. Max rows: {rows}, max columns: {columns}"))
}

/// `values.get`.
pub(crate) fn values(book: &Book, range: &str, query: &Query) -> Answer {
    let (sheet, rect) = readable(book, range)?;
    Ok(Render::asked(query, book, "")?.range(sheet, rect))
}

/// `values.batchGet`.
pub(crate) fn values_batch(book: &Book, query: &Query) -> Answer {
    let render = Render::asked(query, book, "")?;
    let ranges = query.iter().filter(|(name, _)| name == "ranges").map(|(_, range)| {
        let (sheet, rect) = readable(book, range)?;
        Ok(render.range(sheet, rect))
    });
    let ranges = ranges.collect::<Answer<Vec<Json>>>()?;
    Ok(json!({"spreadsheetId": book.id, "valueRanges": ranges}))
}

/// `spreadsheets.get`.
pub(crate) fn spreadsheet(book: &Book, who: &str, query: &Query) -> Answer {
    let ranges: Vec<String> = query.iter().filter(|(name, _)| name == "ranges").map(|(_, range)| range.clone()).collect();
    let mask = asked(query, "fields").filter(|text| !text.is_empty()).map(Mask::parse).transpose()?;
    if let Some(mask) = &mask {
        mask.check(&[
            "spreadsheetId",
            "properties",
            "sheets",
            "namedRanges",
            "spreadsheetUrl",
            "developerMetadata",
            "dataSources",
            "dataSourceSchedules",
        ])?;
    }
    let grid = match &mask {
        // With a mask, it alone says whether cells are wanted (reference of `spreadsheets.get`).
        Some(mask) => (!mask.is_all() && mask.wants(&["sheets", "data"])).then(|| mask.clone()),
        None => (asked(query, "includeGridData") == Some("true")).then(Mask::default),
    };
    described(book, who, &ranges, grid.as_ref())
}

/// The workbook as JSON, with cells when a mask for them is given.
pub(crate) fn described(book: &Book, who: &str, ranges: &[String], grid: Option<&Mask>) -> Answer {
    let ranges =
        ranges.iter().map(|text| readable(book, text).map(|(sheet, rect)| (sheet.id, rect))).collect::<Answer<Vec<_>>>()?;
    let mut sheets = Vec::new();
    for (index, sheet) in book.sheets.iter().enumerate() {
        let own: Vec<Rect> = ranges.iter().filter(|(id, _)| *id == sheet.id).map(|(_, rect)| *rect).collect();
        if !ranges.is_empty() && own.is_empty() {
            continue;
        }
        let mut described = json!({"properties": properties(sheet, index)});
        if let Some(mask) = grid {
            let own = if own.is_empty() { vec![sheet.rect()] } else { own };
            described["data"] = own.iter().map(|rect| data(sheet, *rect, &book.locale, mask)).collect();
        }
        let protections = book.protections.iter().filter(|protection| protection.range.sheet == sheet.id);
        let protections: Vec<Json> = protections.map(|protection| super::batch::protection_json(book, protection, who)).collect();
        if !protections.is_empty() {
            described["protectedRanges"] = json!(protections);
        }
        sheets.push(described);
    }
    let font = json!({"fontFamily": "arial,sans,sans-serif", "fontSize": 10});
    Ok(json!({
        "spreadsheetId": book.id,
        "properties": {
            "title": book.title, "locale": book.locale, "autoRecalc": "ON_CHANGE", "timeZone": book.time_zone,
            "defaultFormat": {"textFormat": font, "verticalAlignment": "BOTTOM", "wrapStrategy": "OVERFLOW_CELL"},
        },
        "sheets": sheets,
        "spreadsheetUrl": format!("https://docs.google.com/spreadsheets/d/{}/edit", book.id),
    }))
}

/// `SheetProperties`; what is zero or false is left out, as Google does.
pub(crate) fn properties(sheet: &Sheet, index: usize) -> Json {
    let mut grid = json!({"rowCount": sheet.row_count, "columnCount": sheet.column_count});
    if sheet.frozen_rows > 0 {
        grid["frozenRowCount"] = json!(sheet.frozen_rows);
    }
    if sheet.frozen_columns > 0 {
        grid["frozenColumnCount"] = json!(sheet.frozen_columns);
    }
    let mut properties =
        json!({"sheetId": sheet.id, "title": sheet.title, "index": index, "sheetType": "GRID", "gridProperties": grid});
    if sheet.hidden {
        properties["hidden"] = json!(true);
    }
    properties
}

/// `GridData` of a rectangle, cut like the values.
fn data(sheet: &Sheet, rect: Rect, locale: &str, mask: &Mask) -> Json {
    let fields = ["userEnteredValue", "effectiveValue", "formattedValue", "userEnteredFormat", "effectiveFormat", "note"];
    let path = |name: &'static str| ["sheets", "data", "rowData", "values", name];
    let wanted: Vec<&str> = fields.into_iter().filter(|name| mask.wants(&path(name))).collect();
    let below = if wanted.len() == fields.len() { Mask::default() } else { Mask::parse(&wanted.join(",")).unwrap_or_default() };
    let mut rows: Vec<Json> = Vec::new();
    for row in rect.top..rect.bottom.min(sheet.rows.len()) {
        let last = (rect.left..rect.right).rev().find(|column| *sheet.cell(row, *column) != Cell::default());
        rows.push(match last.filter(|_| !wanted.is_empty()) {
            Some(last) => json!({"values": (rect.left..=last).map(|column| written(sheet.cell(row, column), locale, &below)).collect::<Vec<_>>()}),
            None => json!({}),
        });
    }
    while rows.last().is_some_and(|row| row.as_object().is_some_and(Map::is_empty)) {
        rows.pop();
    }
    let mut data = json!({});
    if rect.top > 0 {
        data["startRow"] = json!(rect.top);
    }
    if rect.left > 0 {
        data["startColumn"] = json!(rect.left);
    }
    if !rows.is_empty() {
        data["rowData"] = json!(rows);
    }
    data
}
