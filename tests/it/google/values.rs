//! Reading values. Recordings are those of `burnash/gspread`, `tests/cassettes`; documents are below
//! <https://developers.google.com/workspace/sheets/api/reference/rest/v4>.

use super::{BOOK, Caller, blank};
use crate::stand_in::grid::{NumberFormat, Sheet};
use crate::stand_in::{Access, Fault, On};
use serde_json::json;
use std::sync::Arc;

/// Recording: `WorksheetTest.test_get_all_values_date_time_render_options.json`, all four combinations;
/// `test_get_all_records_value_render_options.json` for FORMULA.
#[tokio::test]
async fn each_render_option_shows_formulas_dates_and_numbers_as_google_does() {
    let caller = Caller::with(blank(2, 4)).await;
    let rows = json!([["=4/2", "2020-01-01", "string", 53], ["=3/2", 0.12, "1999-01-02", ""]]);
    let (status, reply) = caller.put("'Sheet1'!A1:D2", "USER_ENTERED", rows).await;
    let expected = json!({
        "spreadsheetId": BOOK, "updatedRange": "Sheet1!A1:D2", "updatedRows": 2, "updatedColumns": 4, "updatedCells": 8,
    });
    assert_eq!((status, reply), (200, expected));
    let plain = json!([[2, 43831, "string", 53], [1.5, 0.12, 36162]]);
    let dates = json!([[2, "2020-01-01", "string", 53], [1.5, 0.12, "1999-01-02"]]);
    let shown = json!([["2", "2020-01-01", "string", "53"], ["1.5", "0.12", "1999-01-02"]]);
    let formula = json!([["=4/2", 43831, "string", 53], ["=3/2", 0.12, 36162]]);
    for (values, times, expected) in [
        ("UNFORMATTED_VALUE", "SERIAL_NUMBER", &plain),
        ("UNFORMATTED_VALUE", "FORMATTED_STRING", &dates),
        ("FORMATTED_VALUE", "SERIAL_NUMBER", &shown),
        ("FORMATTED_VALUE", "FORMATTED_STRING", &shown),
        ("FORMULA", "SERIAL_NUMBER", &formula),
    ] {
        let query = [("valueRenderOption", values), ("dateTimeRenderOption", times)];
        let (_, reply) = caller.get("/values/'Sheet1'", &query).await;
        assert_eq!(reply, json!({"range": "Sheet1!A1:D2", "majorDimension": "ROWS", "values": expected}), "{values} {times}");
    }
}

/// Recordings: `WorksheetTest.test_batch_get.json`, `test_batch_update.json`, `test_cell.json`, `test_find.json`.
#[tokio::test]
async fn empty_cells_and_rows_at_the_end_are_left_out() {
    let caller = Caller::with(blank(1000, 26)).await;
    assert_eq!(caller.get("/values/'Sheet1'!A1", &[]).await.1, json!({"range": "Sheet1!A1", "majorDimension": "ROWS"}));
    let rows = json!([["A1", "B1", "", "D1"], ["", "b2", "", ""], ["", "", "", ""], ["A4", "B4", "", "D4"]]);
    let (_, reply) = caller.put("'Sheet1'!A1", "RAW", rows).await;
    assert_eq!((&reply["updatedRange"], &reply["updatedCells"]), (&json!("Sheet1!A1:D4"), &json!(16)));
    let query =
        [("ranges", "'Sheet1'!A1:B1"), ("ranges", "'Sheet1'!B4:D4"), ("ranges", "Sheet1!A:D"), ("ranges", "Sheet1!E2:E3")];
    let (_, reply) = caller.get("/values:batchGet", &query).await;
    let expected = json!({"spreadsheetId": BOOK, "valueRanges": [
        {"range": "Sheet1!A1:B1", "majorDimension": "ROWS", "values": [["A1", "B1"]]},
        {"range": "Sheet1!B4:D4", "majorDimension": "ROWS", "values": [["B4", "", "D4"]]},
        {"range": "Sheet1!A1:D1000", "majorDimension": "ROWS", "values": [["A1", "B1", "", "D1"], ["", "b2"], [], ["A4", "B4", "", "D4"]]},
        {"range": "Sheet1!E2:E3", "majorDimension": "ROWS"},
    ]});
    assert_eq!(reply, expected);
    let (_, columns) = caller.get("/values/Sheet1!A1:D4", &[("majorDimension", "COLUMNS")]).await;
    assert_eq!(columns["values"], json!([["A1", "", "", "A4"], ["B1", "b2", "", "B4"], [], ["D1", "", "", "D4"]]));
}

/// Recordings: `SpreadsheetTest.test_values_batch_get.json` (a title that needs quotes, whole columns),
/// `WorksheetTest.test_append_row.json` (`A1:1`), `test_range_unbounded.json` (`A1:C`).
#[tokio::test]
async fn ranges_are_answered_with_both_corners_and_quotes_where_needed() {
    let mut book = blank(1000, 26);
    book.sheets.push(Sheet::new(7, "🌵 it's", 10, 10));
    let caller = Caller::with(book).await;
    for (asked, answered) in [
        ("🌵 it's!A:A", "'🌵 it''s'!A1:A10"),
        ("'🌵 it''s'!B2:C", "'🌵 it''s'!B2:C10"),
        ("'Sheet1'!A1:1", "Sheet1!A1:Z1"),
        ("'Sheet1'!A3:3", "Sheet1!A3:Z3"),
        ("'Sheet1'!A1:C", "Sheet1!A1:C1000"),
        ("sheet1", "Sheet1!A1:Z1000"),
        ("B2", "Sheet1!B2"),
        ("$B$2:A1", "Sheet1!A1:B2"),
    ] {
        let (status, reply) = caller.get("/values:batchGet", &[("ranges", asked)]).await;
        assert_eq!((status, &reply["valueRanges"][0]["range"]), (200, &json!(answered)), "{asked}: {reply}");
    }
}

/// Reports: <https://github.com/airbytehq/airbyte/issues/1740>, <https://github.com/home-assistant/core/issues/104198>.
#[tokio::test]
async fn a_range_that_cannot_be_read_is_refused_in_googles_words() {
    let caller = Caller::with(blank(981, 24)).await;
    for (asked, sentence) in [
        ("Nada!A1", "Unable to parse range: Nada!A1"),
        ("Sheet1!A1:::", "Unable to parse range: Sheet1!A1:::"),
        ("Sheet1!Y1", "Range (Sheet1!Y1) exceeds grid limits. Max rows: 981, max columns: 24"),
        ("Sheet1!990:995", "Range (Sheet1!990:995) exceeds grid limits. Max rows: 981, max columns: 24"),
    ] {
        let (status, reply) = caller.get("/values:batchGet", &[("ranges", asked)]).await;
        assert_eq!((status, &reply["error"]["message"]), (400, &json!(sentence)));
    }
    let (status, _) = caller.get("/values/Sheet1!A1:ZZ5000", &[]).await;
    assert_eq!(status, 200, "a range that only ends behind the grid is cut");
}

/// Document: `/guides/formats`; the serial is that of `field-failures.md` A6.
#[tokio::test]
async fn a_number_is_shown_in_its_format_and_in_the_workbooks_locale() {
    let mut book = blank(10, 5);
    book.locale = "es_CL".into();
    let formats = [
        (46_155.481_805_555_56, "DATE_TIME", "dd-mm-yyyy hh:mm:ss", "13-05-2026 11:33:48"),
        (46_155.0, "DATE", "d/m/yy", "13/5/26"),
        (7.0, "DATE", "yyyy-mm-dd", "1900-01-06"),
        (0.5, "TIME", "h:mm am/pm", "12:00 PM"),
        (1234567.891, "NUMBER", "#,##0.00", "1.234.567,89"),
        (0.125, "PERCENT", "0.0%", "12,5%"),
        (46_155.481_805_555_56, "", "", "46155,48181"),
    ];
    for (row, (number, kind, pattern, _)) in formats.iter().enumerate() {
        let cell = book.sheets[0].cell_mut(row, 0);
        cell.put(Some(crate::stand_in::grid::Value::Number(*number)));
        cell.format = (!kind.is_empty()).then(|| Arc::new(NumberFormat::new(kind, pattern)));
    }
    let caller = Caller::with(book).await;
    let (_, reply) = caller.get("/values/Sheet1!A1:A7", &[("majorDimension", "COLUMNS")]).await;
    let expected: Vec<&str> = formats.iter().map(|(_, _, _, shown)| *shown).collect();
    assert_eq!(reply["values"], json!([expected]));
}

/// Recordings: `SpreadsheetTest.test_add_del_worksheet.json`, `WorksheetTest.test_get_notes.json`.
#[tokio::test]
async fn a_workbook_is_described_as_far_as_the_mask_asks() {
    let mut book = blank(1000, 26);
    book.sheets.push(Sheet { hidden: true, frozen_rows: 1, ..Sheet::new(5, "Otra hoja", 10, 4) });
    let caller = Caller::with(book).await;
    let (_, all) = caller.get("", &[("includeGridData", "false")]).await;
    let first = json!({"properties": {
        "sheetId": 0, "title": "Sheet1", "index": 0, "sheetType": "GRID", "gridProperties": {"rowCount": 1000, "columnCount": 26},
    }});
    assert_eq!(all["sheets"][0], first);
    assert_eq!((&all["properties"]["locale"], &all["properties"]["timeZone"]), (&json!("en_US"), &json!("America/Santiago")));
    let (_, tabs) = caller.get("", &[("fields", "sheets.properties(sheetId,title,hidden)")]).await;
    let expected = json!({"sheets": [
        {"properties": {"sheetId": 0, "title": "Sheet1"}},
        {"properties": {"sheetId": 5, "title": "Otra hoja", "hidden": true}},
    ]});
    assert_eq!(tabs, expected);
    let notes = [("ranges", "'Sheet1'"), ("fields", "sheets/data/rowData/values/note")];
    assert_eq!(caller.get("", &notes).await.1, json!({"sheets": [{"data": [{}]}]}));
    let note = |row: u32, column: u32, text: &str| {
        let range = json!({"startRowIndex": row, "endRowIndex": row + 1, "startColumnIndex": column, "endColumnIndex": column + 1, "sheetId": 0});
        json!({"updateCells": {"range": range, "fields": "note", "rows": [{"values": [{"note": text}]}]}})
    };
    caller.batch(json!([note(1, 1, "dos"), note(2, 0, "tres"), note(2, 2, "cinco")])).await;
    let notes = [("ranges", "'Sheet1'!A2:C3"), ("fields", "sheets.data.rowData.values.note")];
    let expected = json!([{"values": [{}, {"note": "dos"}]}, {"values": [{"note": "tres"}, {}, {"note": "cinco"}]}]);
    assert_eq!(caller.get("", &notes).await.1["sheets"][0]["data"][0]["rowData"], expected);
    let (status, wrong) = caller.get("", &[("fields", "hojas")]).await;
    assert_eq!((status, &wrong["error"]["details"][0]["fieldViolations"][0]["field"]), (400, &json!("hojas")));
}

/// Document: `/spreadsheets/cells` — value entered, value shown, text shown, number format.
#[tokio::test]
async fn grid_data_tells_formula_value_and_format_apart() {
    let caller = Caller::with(blank(10, 5)).await;
    caller.put("Sheet1!B2:D2", "USER_ENTERED", json!([["=1/0", "2026-05-13", true]])).await;
    let (_, reply) = caller.get("", &[("ranges", "Sheet1!B2:E4"), ("includeGridData", "true")]).await;
    let data = &reply["sheets"][0]["data"][0];
    assert_eq!((&data["startRow"], &data["startColumn"]), (&json!(1), &json!(1)));
    let cells = &data["rowData"][0]["values"];
    assert_eq!(cells[0]["userEnteredValue"], json!({"formulaValue": "=1/0"}));
    assert_eq!(cells[0]["effectiveValue"]["errorValue"]["type"], "DIVIDE_BY_ZERO");
    let date = json!({
        "userEnteredValue": {"numberValue": 46155}, "effectiveValue": {"numberValue": 46155}, "formattedValue": "2026-05-13",
        "userEnteredFormat": {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}},
        "effectiveFormat": {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}},
    });
    assert_eq!(cells[1], date);
    assert_eq!(cells[2]["formattedValue"], "TRUE");
}

/// Recordings: `ClientTest.test_access_non_existing_spreadsheet.json`, `test_access_private_spreadsheet.json`.
#[tokio::test]
async fn unknown_and_unshared_workbooks_are_told_apart() {
    let mut caller = Caller::with(blank(10, 5)).await;
    let error = |code: u16, message: &str, status: &str| json!({"error": {"code": code, "message": message, "status": status}});
    caller.google.share(BOOK, crate::stand_in::ACCOUNT, None);
    assert_eq!(caller.get("", &[]).await, (403, error(403, "The caller does not have permission", "PERMISSION_DENIED")));
    caller.google.share(BOOK, crate::stand_in::ACCOUNT, Some(Access::Read));
    assert_eq!(caller.get("", &[]).await.0, 200);
    assert_eq!(caller.put("A1", "RAW", json!([["x"]])).await.0, 403, "a reader may not write");
    caller.book = "test".into();
    assert_eq!(caller.get("", &[]).await, (404, error(404, "Requested entity was not found.", "NOT_FOUND")));
}

/// Document: <https://developers.google.com/workspace/sheets/api/guides/performance> (gzip).
#[tokio::test]
async fn replies_are_compressed_for_who_accepts_it_and_spaces_can_be_left_out() {
    let caller = Caller::plant(100).await;
    let url = format!("{}v4/spreadsheets/{}/values/Operaciones", caller.google.url(), caller.book);
    let plain = reqwest::Client::builder().no_gzip().build().unwrap();
    let get = |query: &'static str| plain.get(format!("{url}?{query}")).bearer_auth(&caller.token);
    let pretty = get("").send().await.unwrap().bytes().await.unwrap();
    let dense = get("alt=json&key=none&prettyPrint=false").send().await.unwrap().bytes().await.unwrap();
    let gzip = get("").header("accept-encoding", "gzip").header("user-agent", "anything (gzip)").send().await.unwrap();
    assert_eq!(gzip.headers()["content-encoding"], "gzip");
    let gzip = gzip.bytes().await.unwrap();
    assert!(gzip.len() * 4 < dense.len() && dense.len() < pretty.len(), "{} {} {}", gzip.len(), dense.len(), pretty.len());
    caller.google.fail(On::Reads, Fault::Internal);
    assert_eq!(caller.get("", &[]).await.1["error"]["status"], "INTERNAL");
}
