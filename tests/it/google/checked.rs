//! What the checker of histories makes of the stand-in's journal.

use super::Caller;
use crate::history::{Answer, Asked, Screen, check, from};
use crate::stand_in::plant::{self, HEADER, Plant};
use serde_json::{Value, json};
use std::time::Duration;

const ROUND_TRIP: Duration = Duration::from_secs(2);

/// The batch of a TOMAR of the first spool, which is free: its row, and its audit row.
fn take(op: &str, row: usize, who: u32) -> Vec<Value> {
    let text = |text: &str| json!({"userEnteredValue": {"stringValue": text}});
    let cell = |header: &str, value: Value| {
        let column = HEADER.iter().position(|known| *known == header).unwrap();
        let start = json!({"sheetId": plant::OPERACIONES, "rowIndex": row - 1, "columnIndex": column});
        json!({"updateCells": {"start": start, "fields": "userEnteredValue", "rows": [{"values": [value]}]}})
    };
    let notes = json!({"antes": {"Ocupado_Por": null, "version": null}}).to_string();
    let number = json!({"userEnteredValue": {"numberValue": who}});
    let empty = || json!({});
    let event = [
        text(op),
        empty(),
        text("TOMAR_SPOOL"),
        text(&Plant::tag(1)),
        number,
        text("Alguien"),
        text("ARM"),
        text("TOMAR"),
        empty(),
        text(&notes),
    ];
    let append = json!({"appendCells": {"sheetId": plant::METADATA, "fields": "userEnteredValue", "rows": [{"values": event}]}});
    vec![cell("Ocupado_Por", text(&format!("MR({who})"))), cell("version", text(op)), append]
}

fn asked(op: &str, worker: u32, at: Duration, answer: Answer) -> Asked {
    Asked { op: op.into(), tag: Plant::tag(1), verb: "TOMAR".into(), worker, at, answer }
}

#[tokio::test]
async fn a_take_is_understood_and_one_over_it_is_caught() {
    let caller = Caller::with(Plant::of(30).dirty().build()).await;
    let before = caller.google.book(plant::BOOK);
    let row = Plant::row(1);
    let begun = caller.google.now();
    assert_eq!(caller.batch(json!(take("a", row, 91))).await.0, 200);
    let saved = asked("a", 91, begun, Answer::Told(caller.google.now(), 200, String::new()));
    caller.google.human(plant::BOOK, |human| human.inserts_column("Operaciones", "Ocupado_Por", "MatSys2"));
    caller.google.human(plant::BOOK, |human| human.sorts("Operaciones", "TAG_SPOOL", true));
    let shown = |more: &[(String, u32)]| {
        let history = from::journal(&before, &caller.google.journal(), Vec::new(), Vec::new(), ROUND_TRIP);
        let mut occupied = history.steps.last().unwrap().after.occupied();
        occupied.extend_from_slice(more);
        vec![Screen { name: "tablero".into(), occupied }]
    };
    let history = from::journal(&before, &caller.google.journal(), vec![saved.clone()], shown(&[]), ROUND_TRIP);
    assert_eq!(history.steps.len(), 4, "a column that was inserted and named is two");
    assert!(history.steps[0].after.occupied().contains(&(Plant::tag(1), 91)));
    let counted = check(&history).unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!((counted.changes, counted.saved), (1, 1));
    let ghost = from::journal(&before, &caller.google.journal(), Vec::new(), shown(&[("MK-9".into(), 91)]), ROUND_TRIP);
    assert_eq!(check(&ghost).unwrap_err().invariant, 7);
}

#[tokio::test]
async fn a_second_take_of_the_same_row_is_caught() {
    let caller = Caller::plant(30).await;
    let before = caller.google.book(plant::BOOK);
    for (op, who) in [("a", 91), ("b", 92)] {
        assert_eq!(caller.batch(json!(take(op, Plant::row(1), who))).await.0, 200);
    }
    let history = from::journal(&before, &caller.google.journal(), Vec::new(), Vec::new(), ROUND_TRIP);
    let violation = check(&history).unwrap_err();
    assert_eq!(violation.invariant, 1, "{violation}");
}

#[tokio::test]
async fn a_row_that_moved_under_a_write_is_caught() {
    let caller = Caller::plant(30).await;
    let before = caller.google.book(plant::BOOK);
    caller.google.human(plant::BOOK, |human| human.sorts("Operaciones", "TAG_SPOOL", true));
    assert_eq!(caller.batch(json!(take("a", Plant::row(1), 91))).await.0, 200);
    let history = from::journal(&before, &caller.google.journal(), Vec::new(), Vec::new(), ROUND_TRIP);
    let violation = check(&history).unwrap_err();
    assert!([5, 6].contains(&violation.invariant), "{violation}");
}

#[tokio::test]
async fn a_change_whose_audit_row_was_left_out_is_caught_unless_the_tab_is_gone() {
    for gone in [false, true] {
        let caller = Caller::plant(30).await;
        let before = caller.google.book(plant::BOOK);
        if gone {
            caller.google.human(plant::BOOK, |human| human.deletes_sheet("Metadata"));
        }
        let mut batch = take("a", Plant::row(1), 91);
        batch.pop();
        assert_eq!(caller.batch(json!(batch)).await.0, 200);
        let history = from::journal(&before, &caller.google.journal(), Vec::new(), Vec::new(), ROUND_TRIP);
        assert_eq!(check(&history).err().map(|violation| violation.invariant), (!gone).then_some(5));
    }
}
