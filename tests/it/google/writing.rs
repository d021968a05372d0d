//! Writing through the `values` methods. Recordings are those of `burnash/gspread`, `tests/cassettes`.

use super::{BOOK, Caller, blank};
use serde_json::json;

/// Document: <https://developers.google.com/workspace/sheets/api/reference/rest/v4/ValueInputOption>;
/// it is what went wrong in `field-failures.md` A1 and A8.
#[tokio::test]
async fn raw_stores_the_text_and_user_entered_what_typing_it_would() {
    let mut book = blank(20, 6);
    book.locale = "es_CL".into();
    let caller = Caller::with(book).await;
    let typed = json!([["21-01-2026", "'21-01-2026", "=1+1", "1.234,5", "12%", "VERDADERO"]]);
    caller.put("Sheet1!A1:F1", "RAW", typed.clone()).await;
    caller.put("Sheet1!A2:F2", "USER_ENTERED", typed.clone()).await;
    assert_eq!(caller.values("Sheet1!A1:F1").await, typed);
    assert_eq!(caller.values("Sheet1!A2:F2").await, json!([[46043, "21-01-2026", 2, 1234.5, 0.12, true]]));
    let (_, shown) = caller.get("/values/Sheet1!A2:F2", &[]).await;
    assert_eq!(shown["values"], json!([["21-01-2026", "21-01-2026", "2", "1234,5", "12%", "VERDADERO"]]));
    caller.put("Sheet1!A3", "USER_ENTERED", json!([["13-05-2026 11:33:48"]])).await;
    assert_eq!(caller.get("/values/Sheet1!A3", &[]).await.1["values"], json!([["13-05-2026 11:33:48"]]));
}

/// Document: as above, with the locale of the United States: the same text is no date there.
#[tokio::test]
async fn dates_are_understood_in_the_workbooks_locale() {
    let caller = Caller::with(blank(5, 5)).await;
    caller.put("Sheet1!A1:D1", "USER_ENTERED", json!([["21-01-2026", "1/21/2026", "2026-01-21", "1,234.5"]])).await;
    assert_eq!(caller.values("Sheet1!A1:D1").await, json!([["21-01-2026", 46043, 46043, 1234.5]]));
}

/// `field-failures.md` A5: a cell keeps its format, and typing a number into it does not change it.
#[tokio::test]
async fn a_number_typed_into_a_cell_with_a_date_format_is_shown_as_a_date() {
    let caller = Caller::with(blank(5, 5)).await;
    caller.put("Sheet1!A1", "USER_ENTERED", json!([["2026-01-21"]])).await;
    caller.put("Sheet1!A1", "USER_ENTERED", json!([["4"]])).await;
    assert_eq!(caller.get("/values/Sheet1!A1", &[]).await.1["values"], json!([["1900-01-03"]]));
    assert_eq!(caller.values("Sheet1!A1").await, json!([[4]]));
}

/// Document: <https://developers.google.com/workspace/sheets/api/guides/values#writing> (null skips, "" empties).
#[tokio::test]
async fn null_leaves_a_cell_alone_and_an_empty_text_empties_it() {
    let caller = Caller::with(blank(5, 5)).await;
    caller.put("Sheet1!A1:C1", "RAW", json!([["a", "b", "c"]])).await;
    caller.put("Sheet1!A1:C1", "RAW", json!([[null, "", "z"]])).await;
    assert_eq!(caller.values("Sheet1!A1:C1").await, json!([["a", "", "z"]]));
}

/// Recording: `WorksheetTest.test_add_validation.json` (a text for rows); the sentence on the range is in
/// many public logs: `Requested writing within range [Sheet2!A2:C400], but tried writing to row [401]`.
#[tokio::test]
async fn a_write_that_does_not_fit_is_refused_and_changes_nothing() {
    let caller = Caller::with(blank(10, 3)).await;
    let message =
        async |range: &str, values| caller.put(range, "RAW", values).await.1["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(
        message("Sheet1!A1", json!("X")).await,
        "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\""
    );
    assert_eq!(
        message("Sheet1!A1:B2", json!([["1"], ["2"], ["3"]])).await,
        "Requested writing within range [Sheet1!A1:B2], but tried writing to row [3]"
    );
    assert_eq!(
        message("Sheet1!A1:B1", json!([["1", "2", "3"]])).await,
        "Requested writing within range [Sheet1!A1:B1], but tried writing to column [C]"
    );
    assert_eq!(message("Sheet1!D1", json!([["x"]])).await, "Range (Sheet1!D1) exceeds grid limits. Max rows: 10, max columns: 3");
    // Report: <https://github.com/moevm/github_repo_commitment_calc/issues/67>.
    let long = "x".repeat(50_001);
    assert_eq!(
        message("Sheet1!A1", json!([["kept out", long]])).await,
        "Your input contains more than the maximum of 50000 characters in a single cell."
    );
    let (status, reply) = caller.put("Sheet1!A1", "TYPED", json!([["x"]])).await;
    assert_eq!((status, &reply["error"]["message"]), (400, &json!("'valueInputOption' is required but not specified")));
    assert_eq!(caller.values("Sheet1").await, json!(null));
    assert_eq!(caller.google.journal().entries().len(), 0);
}

/// Recording: `WorksheetTest.test_batch_update.json`.
#[tokio::test]
async fn a_batch_of_values_is_counted_and_applied_as_a_whole() {
    let caller = Caller::with(blank(1000, 26)).await;
    let data = json!([
        {"range": "'Sheet1'!A1:D1", "values": [["A1", "B1", "", "D1"]]},
        {"range": "'Sheet1'!A4:D4", "values": [["A4", "B4", "", "D4"]]},
    ]);
    let (_, reply) = caller.post("/values:batchUpdate", json!({"valueInputOption": "RAW", "data": data})).await;
    let part = |range: &str| json!({"spreadsheetId": BOOK, "updatedRange": range, "updatedRows": 1, "updatedColumns": 4, "updatedCells": 4});
    let expected = json!({
        "spreadsheetId": BOOK, "totalUpdatedRows": 2, "totalUpdatedColumns": 4, "totalUpdatedCells": 8, "totalUpdatedSheets": 1,
        "responses": [part("Sheet1!A1:D1"), part("Sheet1!A4:D4")],
    });
    assert_eq!(reply, expected);
    let data = json!([{"range": "A1", "values": [["changed"]]}, {"range": "Nada!A1", "values": [["x"]]}]);
    let (status, reply) = caller.post("/values:batchUpdate", json!({"valueInputOption": "RAW", "data": data})).await;
    assert_eq!((status, &reply["error"]["message"]), (400, &json!("Invalid data[1]: Unable to parse range: Nada!A1")));
    assert_eq!(caller.values("A1").await, json!([["A1"]]), "nothing of it was applied");
}

/// Recordings: `WorksheetTest.test_append_row_with_empty_value.json` (the row lands in column C: this is
/// `field-failures.md` B8), `..._and_table_range.json`, `test_delete_row.json`.
#[tokio::test]
async fn an_append_goes_after_the_last_table_that_the_range_touches() {
    let caller = Caller::with(blank(1000, 26)).await;
    let append = async |range: &str| {
        let query = [("valueInputOption", "RAW"), ("includeValuesInResponse", "False")];
        let body = json!({"values": [["uno", "", "tres"]]});
        caller.send("POST", &format!("/values/{range}:append"), &query, Some(body)).await.unwrap().1
    };
    let updates = |range: &str| json!({"spreadsheetId": BOOK, "updatedRange": range, "updatedRows": 1, "updatedColumns": 3, "updatedCells": 3});
    assert_eq!(append("'Sheet1'").await, json!({"spreadsheetId": BOOK, "updates": updates("Sheet1!A1:C1")}));
    assert_eq!(
        append("'Sheet1'").await,
        json!({"spreadsheetId": BOOK, "tableRange": "Sheet1!C1", "updates": updates("Sheet1!C2:E2")})
    );
    assert_eq!(
        append("'Sheet1'!A1").await,
        json!({"spreadsheetId": BOOK, "tableRange": "Sheet1!A1", "updates": updates("Sheet1!A2:C2")})
    );
}

/// Document: <https://developers.google.com/workspace/sheets/api/guides/values#append_values>, its own example:
/// tables in A1:C2 and B4:D6.
#[tokio::test]
async fn tables_are_found_as_in_googles_own_example() {
    for (range, expected) in [
        ("Sheet1", "Sheet1!B7"),
        ("B4", "Sheet1!B7"),
        ("C5:D5", "Sheet1!B7"),
        ("B2:D4", "Sheet1!B7"),
        ("A3:G10", "Sheet1!B7"),
        ("A1", "Sheet1!A3"),
        ("E4", "Sheet1!E4"),
    ] {
        let caller = Caller::with(blank(30, 10)).await;
        caller.put("A1:C2", "RAW", json!([["x", "y", "z"], ["x", "y", "z"]])).await;
        caller.put("B4:D6", "RAW", json!([["x", "y"], ["y", "z"], ["x", "y", "z"]])).await;
        let body = Some(json!({"values": [["new"]]}));
        let sent = caller.send("POST", &format!("/values/{range}:append"), &[("valueInputOption", "RAW")], body).await;
        assert_eq!(sent.unwrap().1["updates"]["updatedRange"], expected, "{range}");
    }
}

/// Document: reference of `values.append`, `insertDataOption`; an append at the end of the grid makes room.
#[tokio::test]
async fn an_append_can_insert_rows_and_grows_the_grid() {
    let caller = Caller::with(blank(3, 3)).await;
    caller.put("A1:A3", "RAW", json!([["table"], [""], ["below"]])).await;
    let append = async |option: &str| {
        let query = [("valueInputOption", "RAW"), ("insertDataOption", option)];
        caller.send("POST", "/values/A1:append", &query, Some(json!({"values": [["new"]]}))).await.unwrap().0
    };
    assert_eq!(append("INSERT_ROWS").await, 200);
    assert_eq!(caller.values("Sheet1").await, json!([["table"], ["new"], [], ["below"]]));
    for _ in 0..3 {
        assert_eq!(append("OVERWRITE").await, 200);
    }
    assert_eq!(caller.values("Sheet1").await, json!([["table"], ["new"], ["new"], ["below"], ["new"], ["new"]]));
    assert_eq!(caller.google.book(BOOK).sheets[0].row_count, 6);
}

/// Recordings: `WorksheetTest.test_clear.json`, `test_batch_clear.json`.
#[tokio::test]
async fn clearing_takes_values_and_leaves_formats() {
    let caller = Caller::with(blank(1000, 26)).await;
    caller.put("A1:B1", "USER_ENTERED", json!([["2026-01-21", "x"]])).await;
    let (_, reply) = caller.post("/values:batchClear", json!({"ranges": ["'Sheet1'!A1:B1", "'Sheet1'!C2:E2"]})).await;
    assert_eq!(reply, json!({"spreadsheetId": BOOK, "clearedRanges": ["Sheet1!A1:B1", "Sheet1!C2:E2"]}));
    let (_, reply) = caller.send("POST", "/values/'Sheet1':clear", &[], None).await.unwrap();
    assert_eq!(reply, json!({"spreadsheetId": BOOK, "clearedRange": "Sheet1!A1:Z1000"}));
    caller.put("A1", "RAW", json!([[46043]])).await;
    assert_eq!(caller.get("/values/A1", &[]).await.1["values"], json!([["2026-01-21"]]));
}
