//! `spreadsheets.batchUpdate`. Recordings are those of `burnash/gspread`, `tests/cassettes`; the document is
//! <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/batchUpdate>.

use super::{BOOK, Caller, blank};
use crate::stand_in::grid::{NumberFormat, Sheet};
use crate::stand_in::plant;
use serde_json::{Value, json};
use std::sync::Arc;

fn text(text: &str) -> Value {
    json!({"userEnteredValue": {"stringValue": text}})
}

/// "If any request is not valid then the entire request will fail and nothing will be applied" (document).
#[tokio::test]
async fn one_wrong_part_voids_the_whole_batch() {
    let caller = Caller::with(blank(10, 5)).await;
    let right =
        json!({"updateCells": {"start": {"sheetId": 0}, "fields": "userEnteredValue", "rows": [{"values": [text("kept out")]}]}});
    let add = json!({"addSheet": {"properties": {"title": "kept out"}}});
    let wrong = json!({"updateCells": {"start": {"sheetId": 99}, "fields": "userEnteredValue", "rows": []}});
    let (status, reply) = caller.batch(json!([right, add, wrong])).await;
    let error = json!({"error": {"code": 400, "message": "Invalid requests[2].updateCells: No grid with id: 99", "status": "INVALID_ARGUMENT"}});
    assert_eq!((status, reply), (400, error));
    assert_eq!(caller.values("Sheet1").await, Value::Null);
    assert_eq!(caller.google.book(BOOK).sheets.len(), 1);
    let (status, reply) = caller.batch(json!([right, add])).await;
    assert_eq!((status, reply["replies"].as_array().unwrap().len(), &reply["replies"][0]), (200, 2, &json!({})));
}

/// Reports: <https://github.com/blinkk/rootjs/issues/554>, <https://github.com/OpenRefine/OpenRefine/issues/2760>,
/// <https://github.com/googleapis/google-api-nodejs-client/issues/1001>, recording
/// `WorksheetTest.test_hide_show_worksheet.json`; the others stand in many public logs.
#[tokio::test]
async fn refusals_are_worded_as_google_words_them() {
    let caller = Caller::with(blank(10, 3)).await;
    let cells = |start: Value, rows: Value| json!({"updateCells": {"start": start, "fields": "userEnteredValue", "rows": rows}});
    let wide = json!([{"values": [text("1"), text("2"), text("3"), text("4")]}]);
    let range =
        |dimension: &str, from: u32, to: u32| json!({"sheetId": 0, "dimension": dimension, "startIndex": from, "endIndex": to});
    let properties =
        |properties: Value, fields: &str| json!({"updateSheetProperties": {"properties": properties, "fields": fields}});
    for (request, sentence) in [
        (properties(json!({"sheetId": 5, "hidden": true}), "hidden"), "updateSheetProperties: No sheet with id: 5"),
        (
            properties(json!({"sheetId": 0, "hidden": true}), "hidden"),
            "updateSheetProperties: You can't hide all the sheets in a document.",
        ),
        (
            properties(json!({"sheetId": 0}), ""),
            "updateSheetProperties: At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)",
        ),
        (json!({"deleteSheet": {"sheetId": 7}}), "deleteSheet: No sheet with id: 7"),
        (json!({"deleteSheet": {"sheetId": 0}}), "deleteSheet: You can't remove all the sheets in a document."),
        (
            json!({"addSheet": {"properties": {"title": "SHEET1"}}}),
            "addSheet: A sheet with the name \"SHEET1\" already exists. Please enter another name.",
        ),
        (
            cells(json!({"sheetId": 0}), wide.clone()),
            "updateCells: Attempting to write column: 3, beyond the last requested column of: 2",
        ),
        (
            json!({"appendCells": {"sheetId": 0, "fields": "*", "rows": wide}}),
            "appendCells: Attempting to write column: 3, beyond the last requested column of: 2",
        ),
        (
            cells(json!({"sheetId": 0, "rowIndex": 10}), json!([{"values": [text("x")]}])),
            "updateCells: GridCoordinate.rowIndex[10] is after last row in grid[9]",
        ),
        (
            cells(json!({"sheetId": 0}), json!([{"values": [text(&"x".repeat(50_001))]}])),
            "updateCells: Your input contains more than the maximum of 50000 characters in a single cell.",
        ),
        (
            json!({"deleteDimension": {"range": range("ROWS", 10, 11)}}),
            "deleteDimension: Cannot delete a row that doesn't exist. Tried to delete row index 10 but there are only 10 rows.",
        ),
    ] {
        assert_eq!(caller.refusal(request).await, format!("Invalid requests[0].{sentence}"));
    }
    let (_, reply) = caller.batch(json!([])).await;
    assert_eq!(reply["error"]["message"], "Must specify at least one request.");
    let unknown = caller.refusal(json!({"paintCells": {}})).await;
    assert_eq!(unknown, "Invalid JSON payload received. Unknown name \"paintCells\" at 'requests[0]': Cannot find field.");
    assert_eq!(caller.google.journal().entries().len(), 0);
}

/// "It is an error to specify the ID of a sheet that already exists" (reference of `AddSheetRequest`); recording
/// `SpreadsheetTest.test_add_del_worksheet.json` for the reply. Google's sentence for the id is not public.
#[tokio::test]
async fn a_sheet_is_added_under_a_free_id_only() {
    let caller = Caller::with(blank(1000, 26)).await;
    let add = |id: Value, title: &str| json!({"addSheet": {"properties": {"sheetId": id, "title": title, "sheetType": "GRID", "gridProperties": {"rowCount": 1, "columnCount": 1}}}});
    let (_, reply) = caller.batch(json!([add(json!(1_877_059_582), "uno"), add(Value::Null, "dos")])).await;
    let properties = json!({"sheetId": 1_877_059_582, "title": "uno", "index": 1, "sheetType": "GRID", "gridProperties": {"rowCount": 1, "columnCount": 1}});
    assert_eq!(reply["replies"][0], json!({"addSheet": {"properties": properties}}));
    assert_eq!(reply["replies"][1]["addSheet"]["properties"]["index"], 2);
    assert!(caller.refusal(add(json!(1_877_059_582), "tres")).await.starts_with("Invalid requests[0].addSheet: "));
    // A rotation of a fence: the same id may come back once it is free.
    let (status, _) = caller.batch(json!([{"deleteSheet": {"sheetId": 1_877_059_582}}, add(json!(1_877_059_582), "uno")])).await;
    assert_eq!(status, 200);
    let (status, _) =
        caller.batch(json!([{"deleteSheet": {"sheetId": 1_877_059_582}}, {"deleteSheet": {"sheetId": 1_877_059_582}}])).await;
    assert_eq!(status, 400);
}

/// Reference of `UpdateCellsRequest`: cells of the range without data lose the fields that the mask names, and
/// other fields stay.
#[tokio::test]
async fn cells_are_updated_field_by_field() {
    let mut book = blank(10, 5);
    book.sheets[0].cell_mut(0, 0).format = Some(Arc::new(NumberFormat::new("DATE", "dd-mm-yyyy")));
    let caller = Caller::with(book).await;
    let number = json!({"userEnteredValue": {"numberValue": 46155}});
    let start = json!({"updateCells": {"start": {"sheetId": 0}, "fields": "userEnteredValue", "rows": [{"values": [number, text("=1+1"), text("'x")]}]}});
    assert_eq!(caller.batch(json!([start])).await.0, 200);
    assert_eq!(
        caller.get("/values/A1:C1", &[]).await.1["values"],
        json!([["13-05-2026", "=1+1", "'x"]]),
        "a stringValue is never parsed"
    );
    let range = json!({"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 3});
    let part = json!({"updateCells": {"range": range, "fields": "userEnteredValue", "rows": [{"values": [{"userEnteredValue": {"numberValue": 46043.5}}]}]}});
    caller.batch(json!([part])).await;
    assert_eq!(caller.values("A1:C1").await, json!([[46043.5]]), "the rest of the range was cleared");
    let format = json!({"type": "DATE_TIME", "pattern": "dd-mm-yyyy hh:mm:ss"});
    let cell = json!({"userEnteredFormat": {"numberFormat": format, "horizontalAlignment": "CENTER"}});
    caller.batch(json!([{"repeatCell": {"range": range, "cell": cell, "fields": "userEnteredFormat.numberFormat"}}])).await;
    assert_eq!(caller.get("/values/A1", &[]).await.1["values"], json!([["21-01-2026 12:00:00"]]));
    let dressed = caller.google.book(BOOK).sheets[0].cell(0, 0).rare.as_ref().is_some_and(|rare| !rare.dress.is_empty());
    assert!(!dressed, "the mask named the number format only");
    let empty = json!({"updateCells": {"start": {"sheetId": 0}, "fields": "userEnteredValue", "rows": [{"values": [{}]}]}});
    caller.batch(json!([empty])).await;
    assert_eq!(caller.values("A1").await, Value::Null);
}

/// Reference of `AppendCellsRequest`: "after the last row with data in a sheet, inserting new rows into the sheet
/// if necessary".
#[tokio::test]
async fn appended_cells_go_behind_the_last_data_and_grow_the_grid() {
    let mut book = blank(3, 3);
    // A row that only has a format is no data.
    book.sheets[0].cell_mut(2, 0).format = Some(Arc::new(NumberFormat::new("DATE", "")));
    let caller = Caller::with(book).await;
    caller.put("B1", "RAW", json!([["first"]])).await;
    let rows = json!([{"values": [text("a")]}, {"values": [text("b")]}, {"values": [text("c")]}]);
    let (_, reply) = caller.batch(json!([{"appendCells": {"sheetId": 0, "fields": "userEnteredValue", "rows": rows}}])).await;
    assert_eq!(reply["replies"], json!([{}]));
    assert_eq!(caller.values("Sheet1").await, json!([["", "first"], ["a"], ["b"], ["c"]]));
    assert_eq!(caller.google.book(BOOK).sheets[0].row_count, 4);
}

/// Recordings: `WorksheetTest.test_delete_row.json`, `test_delete_cols.json`, `test_insert_row.json`, `test_resize.json`.
#[tokio::test]
async fn rows_and_columns_come_and_go() {
    let caller = Caller::with(blank(4, 3)).await;
    caller.put("A1:C3", "RAW", json!([["a1", "b1", "c1"], ["a2", "b2", "c2"], ["a3", "b3", "c3"]])).await;
    let range =
        |dimension: &str, from: u32, to: u32| json!({"sheetId": 0, "dimension": dimension, "startIndex": from, "endIndex": to});
    let insert = json!({"insertDimension": {"range": range("ROWS", 1, 2), "inheritFromBefore": false}});
    let delete = json!({"deleteDimension": {"range": range("COLUMNS", 0, 1)}});
    let append = json!({"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 2}});
    assert_eq!(caller.batch(json!([insert, delete, append])).await.0, 200);
    assert_eq!(caller.values("Sheet1").await, json!([["b1", "c1"], [], ["b2", "c2"], ["b3", "c3"]]));
    let sheet = &caller.google.book(BOOK).sheets[0];
    assert_eq!((sheet.row_count, sheet.column_count), (5, 4));
    let smaller = json!({"sheetId": 0, "gridProperties": {"rowCount": 3, "columnCount": 1}});
    let fields = "gridProperties/rowCount,gridProperties/columnCount";
    caller.batch(json!([{"updateSheetProperties": {"properties": smaller, "fields": fields}}])).await;
    assert_eq!(caller.values("Sheet1").await, json!([["b1"], [], ["b2"]]));
}

/// Recording: `WorksheetTest.test_sort.json`, its rows and three of its sorts.
#[tokio::test]
async fn a_range_is_sorted_by_columns() {
    let caller = Caller::with(blank(6, 3)).await;
    let rows = json!([
        ["Apple", "2012", "4"],
        ["Banana", "2013", "3"],
        ["Canada", "2007", "1"],
        ["Dinosaur", "2013", "6"],
        ["Elephant", "2019", "2"],
        ["Fox", "2077", "5"],
    ]);
    caller.put("A1:C6", "RAW", rows).await;
    let sort = async |from: u32, keys: &[(u32, &str)]| {
        let range = json!({"sheetId": 0, "startRowIndex": from, "endRowIndex": 6, "startColumnIndex": 0, "endColumnIndex": 3});
        let keys: Vec<Value> = keys.iter().map(|(column, order)| json!({"dimensionIndex": column, "sortOrder": order})).collect();
        assert_eq!(caller.batch(json!([{"sortRange": {"range": range, "sortSpecs": keys}}])).await.0, 200);
        let (_, reply) = caller.get("/values/A1:A6", &[("majorDimension", "COLUMNS")]).await;
        reply["values"][0].as_array().unwrap().iter().map(|name| name.as_str().unwrap()[..1].to_owned()).collect::<String>()
    };
    assert_eq!(sort(0, &[(2, "ASCENDING")]).await, "CEBAFD");
    assert_eq!(sort(0, &[(1, "ASCENDING"), (2, "ASCENDING")]).await, "CABDEF");
    assert_eq!(sort(1, &[(2, "DESCENDING")]).await, "CDFABE");
}

/// Document: `includeSpreadsheetInResponse`, `responseRanges`, `responseIncludeGridData`, and a field mask over the
/// reply: how a writer sees TAG and version of the rows it has just written.
#[tokio::test]
async fn the_reply_shows_the_rows_that_were_written() {
    let caller = Caller::plant(20).await;
    let write = json!({"updateCells": {"start": {"sheetId": plant::OPERACIONES, "rowIndex": 5, "columnIndex": 29}, "fields": "userEnteredValue", "rows": [{"values": [text("v2")]}]}});
    let body = json!({
        "requests": [write], "includeSpreadsheetInResponse": true, "responseIncludeGridData": true,
        "responseRanges": ["Operaciones!D6:D6", "Operaciones!AD6:AD6"],
    });
    let fields = "replies,updatedSpreadsheet.sheets(properties.sheetId,data(startRow,rowData.values.effectiveValue))";
    let (_, reply) = caller.send("POST", ":batchUpdate", &[("fields", fields)], Some(body.clone())).await.unwrap();
    let data = |shown: &str| json!({"startRow": 5, "rowData": [{"values": [{"effectiveValue": {"stringValue": shown}}]}]});
    let sheets = json!([{"properties": {"sheetId": 0}, "data": [data("MK-1300-CW-25000-005"), data("v2")]}]);
    assert_eq!(reply, json!({"replies": [{}], "updatedSpreadsheet": {"sheets": sheets}}));
    let (_, all) = caller.post(":batchUpdate", body).await;
    assert_eq!(all["updatedSpreadsheet"]["sheets"].as_array().unwrap().len(), 1, "only sheets that the ranges touch");
    assert_eq!(
        all["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"][0]["values"][0]["formattedValue"],
        "MK-1300-CW-25000-005"
    );
}

/// Reference of `SheetProperties.index`: the place is counted before the move.
#[tokio::test]
async fn sheets_are_renamed_hidden_and_moved() {
    let mut book = blank(5, 5);
    book.sheets.extend([Sheet::new(1, "B", 5, 5), Sheet::new(2, "C", 5, 5)]);
    let caller = Caller::with(book).await;
    let update = |properties: Value, fields: &str| json!({"updateSheetProperties": {"properties": properties, "fields": fields}});
    let rename = update(json!({"sheetId": 1, "title": "Bé", "hidden": true}), "title,hidden");
    let (status, _) = caller.batch(json!([rename, update(json!({"sheetId": 0, "index": 2}), "index")])).await;
    assert_eq!(status, 200);
    let (_, tabs) = caller.get("", &[("fields", "sheets.properties(title,hidden)")]).await;
    let expected = json!([{"title": "Bé", "hidden": true}, {"title": "Sheet1"}, {"title": "C"}]);
    assert_eq!(
        tabs["sheets"].as_array().unwrap().iter().map(|tab| tab["properties"].clone()).collect::<Vec<_>>(),
        *expected.as_array().unwrap()
    );
}
