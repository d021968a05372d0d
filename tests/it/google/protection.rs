//! Protected sheets and ranges.
//! Document: reference of `AddProtectedRangeRequest` and `ProtectedRange`; recordings of `burnash/gspread`:
//! `WorksheetTest.test_add_protected_range_normal.json`, `test_delete_protected_range.json`.

use super::{BOOK, Caller, blank};
use crate::stand_in::{ACCOUNT, Access, OWNER};
use serde_json::json;

const BARRED: &str = "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if you need to edit.";

#[tokio::test]
async fn who_protects_a_range_is_among_its_editors() {
    let caller = Caller::with(blank(1000, 26)).await;
    let range = json!({"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2, "sheetId": 0});
    let wanted = json!({"range": range, "description": null, "warningOnly": false, "editors": {"users": [], "groups": []}});
    let (_, reply) = caller.batch(json!([{"addProtectedRange": {"protectedRange": wanted}}])).await;
    let added = &reply["replies"][0]["addProtectedRange"]["protectedRange"];
    let written = json!({"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2});
    assert_eq!((&added["range"], &added["requestingUserCanEdit"]), (&written, &json!(true)), "an id of 0 is left out");
    assert_eq!(caller.put("A1", "RAW", json!([["x"]])).await.0, 200);
    let (_, tabs) = caller.get("", &[("fields", "sheets.protectedRanges")]).await;
    assert_eq!(tabs["sheets"][0]["protectedRanges"][0]["editors"], json!({"users": [ACCOUNT]}));
    let gone = caller.batch(json!([{"deleteProtectedRange": {"protectedRangeId": added["protectedRangeId"]}}])).await;
    assert_eq!(gone.0, 200);
}

#[tokio::test]
async fn somebody_elses_protection_keeps_everybody_but_the_owner_out() {
    let mut caller = Caller::with(blank(10, 5)).await;
    caller.google.human(BOOK, |human| human.protects_sheet("Sheet1", &["jefa@taller.example"]));
    let cell = json!({"updateCells": {"start": {"sheetId": 0}, "fields": "*", "rows": [{"values": [{}]}]}});
    assert_eq!(caller.refusal(cell).await, format!("Invalid requests[0].updateCells: {BARRED}"));
    let append = json!({"appendCells": {"sheetId": 0, "fields": "userEnteredValue", "rows": [{"values": [{}]}]}});
    assert_eq!(caller.refusal(append).await, format!("Invalid requests[0].appendCells: {BARRED}"));
    assert_eq!(caller.put("A1", "RAW", json!([["x"]])).await.1["error"]["message"], BARRED);
    assert_eq!(caller.google.journal().entries().len(), 1, "only the protection itself");
    caller.token = caller.google.token_of(OWNER);
    assert_eq!(caller.put("A1", "RAW", json!([["x"]])).await.0, 200);
    caller.google.share(BOOK, "jefa@taller.example", Some(Access::Write));
    caller.token = caller.google.token_of("jefa@taller.example");
    assert_eq!(caller.put("A1", "RAW", json!([["y"]])).await.0, 200);
}

#[tokio::test]
async fn a_protected_range_moves_with_its_rows() {
    let caller = Caller::with(blank(10, 5)).await;
    let range = json!({"sheetId": 0, "startRowIndex": 4, "endRowIndex": 5});
    caller.batch(json!([{"addProtectedRange": {"protectedRange": {"range": range}}}])).await;
    caller.google.human(BOOK, |human| human.inserts_rows("Sheet1", 2, 3));
    let (_, tabs) = caller.get("", &[("fields", "sheets.protectedRanges.range")]).await;
    assert_eq!(tabs["sheets"][0]["protectedRanges"][0]["range"], json!({"startRowIndex": 7, "endRowIndex": 8}));
}
