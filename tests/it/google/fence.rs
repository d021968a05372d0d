//! What the fence of `design.md` 5.4 rests on: batches are whole, sub-requests on a missing sheet are refused, and
//! a late batch is as late as the moment it is applied at. Grounds: the atomicity that the reference of
//! `spreadsheets.batchUpdate` promises, and <https://github.com/blinkk/rootjs/issues/554>.

use super::{Caller, plant};
use crate::stand_in::{Held, Method, On};
use serde_json::{Value, json};

/// The batch of a writer that believes it holds this fence.
fn fenced(fence: i64, row: usize, who: &str) -> Value {
    let cell = |text: &str| json!({"values": [{"userEnteredValue": {"stringValue": text}}]});
    let start = json!({"sheetId": plant::OPERACIONES, "rowIndex": row - 1, "columnIndex": 27});
    json!([
        {"updateSheetProperties": {"properties": {"sheetId": fence, "hidden": true}, "fields": "hidden"}},
        {"updateCells": {"start": start, "fields": "userEnteredValue", "rows": [cell(who)]}},
        {"appendCells": {"sheetId": plant::METADATA, "fields": "userEnteredValue", "rows": [cell("an id")]}},
    ])
}

fn add(fence: i64) -> Value {
    let grid = json!({"rowCount": 1, "columnCount": 1});
    json!({"addSheet": {"properties": {"sheetId": fence, "title": format!("_fence_{fence}"), "hidden": true, "gridProperties": grid}}})
}

fn rotation(old: i64, new: i64) -> Value {
    json!([{"deleteSheet": {"sheetId": old}}, add(new)])
}

#[tokio::test]
async fn a_late_batch_that_names_a_rotated_fence_changes_nothing() {
    let caller = Caller::plant(20).await;
    assert_eq!(caller.batch(json!([add(1_001)])).await.0, 200);
    assert_eq!(caller.batch(fenced(1_001, 2, "MR(91)")).await.0, 200);
    let mut gate = caller.google.hold(On::Holding("NR(92)".into()), Held::BeforeApplying);
    let rotate = async {
        gate.arrived().await;
        assert_eq!(caller.batch(rotation(1_001, 1_002)).await.0, 200);
        let settled = caller.google.book(&caller.book);
        gate.open();
        settled
    };
    let ((status, reply), settled) = tokio::join!(caller.batch(fenced(1_001, 3, "NR(92)")), rotate);
    let sentence = "Invalid requests[0].updateSheetProperties: No sheet with id: 1001";
    assert_eq!((status, &reply["error"]["message"]), (400, &json!(sentence)));
    assert_eq!(caller.google.book(&caller.book), settled, "what was read after the rotation is final");
    assert_eq!(caller.batch(fenced(1_002, 3, "CP(93)")).await.0, 200);
}

#[tokio::test]
async fn of_many_rotations_at_once_exactly_one_wins() {
    let caller = Caller::plant(5).await;
    caller.batch(json!([add(1)])).await;
    let rivals = (2..12).map(|new| caller.batch(rotation(1, new)));
    let answers = futures_util::future::join_all(rivals).await;
    let won: Vec<i64> = (2..12).zip(&answers).filter(|(_, (status, _))| *status == 200).map(|(new, _)| new).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    let book = caller.google.book(&caller.book);
    let fences: Vec<i64> = book.sheets.iter().filter(|sheet| sheet.title.starts_with("_fence_")).map(|sheet| sheet.id).collect();
    assert_eq!(fences, won);
    assert_eq!(caller.google.journal().count(Method::BatchUpdate.name()), 11);
}

#[tokio::test]
async fn row_and_audit_are_written_together_or_not_at_all() {
    let caller = Caller::plant(20).await;
    caller.batch(json!([add(1)])).await;
    let before = caller.google.book(&caller.book);
    caller.google.human(&caller.book, |human| human.protects_sheet("Metadata", &[]));
    let (status, reply) = caller.batch(fenced(1, 2, "MR(91)")).await;
    let message = reply["error"]["message"].as_str().unwrap();
    assert!(
        status == 400 && message.starts_with("Invalid requests[2].appendCells: You are trying to edit a protected"),
        "{reply}"
    );
    caller.google.human(&caller.book, |human| human.unprotects_sheet("Metadata"));
    assert_eq!(caller.google.book(&caller.book), before);
    caller.google.human(&caller.book, |human| human.deletes_sheet("Metadata"));
    let (_, reply) = caller.batch(fenced(1, 2, "MR(91)")).await;
    assert_eq!(reply["error"]["message"], format!("Invalid requests[2].appendCells: No grid with id: {}", plant::METADATA));
}
