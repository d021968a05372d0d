//! Our types <-> Google's messages.

use super::{Book, Guard, Part, Reply, Span, Tab};
use crate::domain::Cell;
use crate::workbook::sheets::a1::{Col, Fila, TabId};
use google_sheets4::FieldMask;
use google_sheets4::api::{
    AddSheetRequest, AppendCellsRequest, BatchUpdateSpreadsheetResponse, CellData, CellFormat, DeleteSheetRequest, ExtendedValue,
    GridCoordinate, GridProperties, GridRange, NumberFormat, ProtectedRange, Request, RowData, SheetProperties, Spreadsheet,
    UpdateCellsRequest, UpdateSheetPropertiesRequest,
};
use serde_json::Value as Json;
use std::collections::HashMap;

/// A cell as `values:batchGet` gives it. An error is a text there; it is known by its spelling, in
/// the workbook's language too.
pub(super) fn cell(json: Json) -> Cell {
    match json {
        Json::Null => Cell::Empty,
        Json::Bool(value) => Cell::Bool(value),
        Json::Number(number) => number.as_f64().map_or(Cell::Empty, Cell::Number),
        Json::String(text) if is_error(&text) => Cell::Error(text),
        Json::String(text) => Cell::text(text),
        other => Cell::text(other.to_string()),
    }
}

fn is_error(text: &str) -> bool {
    let name = text.strip_prefix('#').map(|name| name.trim_matches(['¡', '¿', '!', '?']));
    let known = ["REF", "N/A", "N/D", "VALUE", "VALOR", "DIV/0", "NAME", "NOMBRE", "NUM", "NULL", "NULO", "ERROR", "SPILL"];
    name.is_some_and(|name| known.contains(&name))
}

fn shown_cell(value: &ExtendedValue) -> Cell {
    match value {
        ExtendedValue { string_value: Some(text), .. } => Cell::text(text),
        ExtendedValue { number_value: Some(number), .. } => Cell::Number(*number),
        ExtendedValue { bool_value: Some(value), .. } => Cell::Bool(*value),
        ExtendedValue { error_value: Some(error), .. } => Cell::Error(error.type_.clone().unwrap_or_default()),
        _ => Cell::Empty,
    }
}

pub(super) fn book(found: Spreadsheet) -> Book {
    let tabs = found.sheets.unwrap_or_default().into_iter().filter_map(|sheet| {
        let properties = sheet.properties?;
        let grid = properties.grid_properties.unwrap_or_default();
        let guards = sheet.protected_ranges.unwrap_or_default().into_iter().filter(|found| found.warning_only != Some(true));
        Some(Tab {
            id: TabId(properties.sheet_id.unwrap_or_default()),
            title: properties.title.unwrap_or_default(),
            rows: grid.row_count.and_then(|count| u32::try_from(count).ok()).unwrap_or_default(),
            columns: grid.column_count.and_then(|count| usize::try_from(count).ok()).unwrap_or_default(),
            guards: guards.map(guard).collect(),
        })
    });
    Book { tabs: tabs.collect(), zone: found.properties.and_then(|properties| properties.time_zone).unwrap_or_default() }
}

fn guard(found: ProtectedRange) -> Guard {
    let range = found.range.unwrap_or_default();
    let ends = [range.start_row_index, range.end_row_index, range.start_column_index, range.end_column_index];
    let whole = ends.iter().all(|end| end.unwrap_or_default() == 0);
    let except = found.unprotected_ranges.unwrap_or_default().iter().map(span).collect();
    Guard { ours: found.requesting_user_can_edit == Some(true), whole, protects: span(&range), except }
}

fn span(range: &GridRange) -> Span {
    let place = |index: Option<i32>| index.and_then(|index| usize::try_from(index).ok()).unwrap_or_default();
    let between = |start, end: Option<i32>| place(start)..end.map_or(usize::MAX, |end| place(Some(end)));
    Span {
        rows: between(range.start_row_index, range.end_row_index),
        columns: between(range.start_column_index, range.end_column_index),
    }
}

pub(super) fn reply(found: BatchUpdateSpreadsheetResponse) -> Reply {
    let mut shown = HashMap::new();
    for sheet in found.updated_spreadsheet.and_then(|book| book.sheets).unwrap_or_default() {
        let tab = TabId(sheet.properties.and_then(|properties| properties.sheet_id).unwrap_or_default());
        for data in sheet.data.unwrap_or_default() {
            let (top, left) = (data.start_row.unwrap_or_default(), data.start_column.unwrap_or_default());
            for (row, line) in (top..).zip(data.row_data.unwrap_or_default()) {
                for (column, cell) in (left..).zip(line.values.unwrap_or_default()) {
                    let value = cell.effective_value.as_ref().map_or(Cell::Empty, shown_cell);
                    shown.insert((tab, Fila::at(row), Col(usize::try_from(column).unwrap_or_default())), value);
                }
            }
        }
    }
    Reply(shown)
}

pub(super) fn request(part: &Part) -> Request {
    let properties = |id: &TabId| SheetProperties { sheet_id: Some(id.0), hidden: Some(true), ..SheetProperties::default() };
    match part {
        Part::Fence(tab) => {
            let fields = Some(FieldMask::new(&["hidden"]));
            let update = UpdateSheetPropertiesRequest { properties: Some(properties(tab)), fields };
            Request { update_sheet_properties: Some(update), ..Request::default() }
        }
        Part::Write { tab, fila, col, cells } => {
            let column_index = i32::try_from(col.0).ok();
            let start = GridCoordinate { sheet_id: Some(tab.0), row_index: Some(fila.index()), column_index };
            let (rows, fields) = line(cells);
            let update = UpdateCellsRequest { start: Some(start), rows, fields, ..UpdateCellsRequest::default() };
            Request { update_cells: Some(update), ..Request::default() }
        }
        Part::Append { tab, cells } => {
            let (rows, fields) = line(cells);
            let append = AppendCellsRequest { sheet_id: Some(tab.0), rows, fields, ..AppendCellsRequest::default() };
            Request { append_cells: Some(append), ..Request::default() }
        }
        Part::AddTab { id, title } => {
            let grid = GridProperties { row_count: Some(1), column_count: Some(1), ..GridProperties::default() };
            let properties = SheetProperties { title: Some(title.clone()), grid_properties: Some(grid), ..properties(id) };
            Request { add_sheet: Some(AddSheetRequest { properties: Some(properties) }), ..Request::default() }
        }
        Part::DeleteTab(tab) => {
            Request { delete_sheet: Some(DeleteSheetRequest { sheet_id: Some(tab.0) }), ..Request::default() }
        }
    }
}

/// One row of cells. The client drops nulls from lists and so moves every later cell to the left
/// (`reliability.md` 0, finding 4): an empty cell is an object without a value.
fn line(cells: &[(Cell, Option<&'static str>)]) -> (Option<Vec<RowData>>, Option<FieldMask>) {
    let formatted = cells.iter().any(|(_, format)| format.is_some());
    let fields: &[&str] = if formatted { &["userEnteredValue", "userEnteredFormat.numberFormat"] } else { &["userEnteredValue"] };
    let values = cells.iter().map(|(cell, format)| data(cell, *format)).collect();
    (Some(vec![RowData { values: Some(values) }]), Some(FieldMask::new(fields)))
}

/// Text goes as text, never as something to be parsed (`field-failures.md` A1, A8).
fn data(cell: &Cell, format: Option<&'static str>) -> CellData {
    let value = match cell {
        Cell::Empty | Cell::Missing => None,
        Cell::Text(text) | Cell::Error(text) => {
            Some(ExtendedValue { string_value: Some(text.clone()), ..ExtendedValue::default() })
        }
        Cell::Number(number) | Cell::Date(number) => {
            Some(ExtendedValue { number_value: Some(*number), ..ExtendedValue::default() })
        }
        Cell::Bool(value) => Some(ExtendedValue { bool_value: Some(*value), ..ExtendedValue::default() }),
    };
    let user_entered_format = format.map(|pattern| {
        let kind = if pattern.contains("hh") { "DATE_TIME" } else { "DATE" };
        let number_format = Some(NumberFormat { type_: Some(kind.into()), pattern: Some(pattern.into()) });
        CellFormat { number_format, ..CellFormat::default() }
    });
    CellData { user_entered_value: value, user_entered_format, ..CellData::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_formulas_are_known_in_both_languages_and_other_text_is_text() {
        for text in ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#¡REF!", "#¿NOMBRE?", "#¡VALOR!", "#N/D"] {
            assert!(matches!(cell(Json::from(text)), Cell::Error(_)), "{text}");
        }
        for text in ["#", "#12", "REF", "# REF!", "N/A"] {
            assert!(matches!(cell(Json::from(text)), Cell::Text(_)), "{text}");
        }
        assert!(matches!(cell(Json::from("")), Cell::Empty));
    }

    #[test]
    fn an_empty_cell_between_two_others_keeps_its_place() {
        let cells = [Cell::text("a"), Cell::Empty, Cell::text("c")].map(|cell| (cell, None));
        let (rows, _) = line(&cells);
        let json = serde_json::to_value(&rows.unwrap()[0]).unwrap();
        assert_eq!(json["values"].as_array().unwrap().len(), 3);
        assert!(json["values"][1].is_object());
    }
}
