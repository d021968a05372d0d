//! The binary is killed under load: what was answered is there, and nothing else is half done.

use crate::support::binary::Binary;
use crate::support::shop::{ZONE, ready, sheets};
use serde_json::{Value, json};
use spoolboard::domain::{Action, Cell, Column, Moment};
use spoolboard::workbook::sqlite::Store;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;
use uuid::Uuid;

const ROUNDS: usize = 20;
const TABLETS: usize = 20;

/// An action that was answered as saved.
#[derive(Clone)]
struct Saved {
    key: String,
    verb: &'static str,
    tag: String,
    worker: usize,
    answer: Value,
}

/// What the tablets were told, and who waits for the next answer.
#[derive(Default)]
struct Told {
    saved: Mutex<Vec<Saved>>,
    more: Notify,
}

fn tag(tablet: usize) -> String {
    format!("MK-1335-CW-25238-{tablet:03}")
}

/// Takes and pauses one spool in turn, until the server is gone.
async fn tablet(url: String, number: usize, told: Arc<Told>) {
    let client = reqwest::Client::new();
    let worker = 93 + number % 5;
    loop {
        for verb in ["tomar", "pausar"] {
            let key = Uuid::new_v4().to_string();
            let Ok((status, answer)) = ask(&client, &url, verb, &tag(number), worker, &key).await else { return };
            // A kill may have come between a landed TAKE and its answer: 410 and 200-without-event follow.
            if status == 200 {
                let saved = Saved { key, verb, tag: tag(number), worker, answer };
                told.saved.lock().unwrap().push(saved);
                told.more.notify_one();
            }
        }
    }
}

async fn ask(
    client: &reqwest::Client,
    url: &str,
    verb: &str,
    tag: &str,
    worker: usize,
    key: &str,
) -> Result<(u16, Value), reqwest::Error> {
    let body = json!({"tag_spool": tag, "worker_id": worker, "operacion": "ARM"});
    let request = client.post(format!("{url}/api/occupation/{verb}")).header("Idempotency-Key", key).json(&body);
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.json().await?))
}

/// The audit ids, after checking that each row is what its last event says.
fn check(data: &Path) -> HashSet<String> {
    let sheets = Store::open(data).unwrap().read_all().unwrap();
    let loaded = sheets.load(ZONE, Moment::default());
    let mut ids = HashSet::new();
    let mut last = HashMap::new();
    for event in &loaded.events {
        assert!(ids.insert(event.id.to_string()), "one audit row a change: {}", event.id);
        let before = event.notes.before.iter().find(|(column, _)| *column == Column::Version).map(|(_, cell)| cell.display());
        let expected = last.insert(event.tag.clone(), event).map(|event| event.id.to_string());
        assert_eq!(before.unwrap(), expected.unwrap_or_default(), "each change follows the one before it");
    }
    for (_, row) in &loaded.rows {
        let Some(event) = last.get(&row[Column::Tag].display()) else {
            assert_eq!(row[Column::Version], Cell::Empty, "a row changed without an event");
            continue;
        };
        assert_eq!(row[Column::Version].display(), event.id.to_string());
        let occupied = !row[Column::OccupiedBy].is_empty();
        assert_eq!(occupied, event.action == Action::Take, "{}", event.event_type);
        assert_eq!(occupied, !row[Column::OccupiedSince].is_empty(), "half a TAKE");
        assert!(!row[Column::ArmWorker].is_empty(), "half a TAKE");
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn d4_twenty_kills_under_load_lose_nothing_that_was_answered_and_leave_nothing_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    Store::open(data).unwrap().replace_sheets(&sheets((0..TABLETS).map(|number| ready(&tag(number))).collect())).unwrap();
    let told = Arc::new(Told::default());
    for round in 0..ROUNDS {
        let mut server = Binary::serve(data, "127.0.0.1:0").await;
        let before = told.saved.lock().unwrap().len();
        let tablets: Vec<_> =
            (0..TABLETS).map(|number| tokio::spawn(tablet(server.url.clone(), number, Arc::clone(&told)))).collect();
        while told.saved.lock().unwrap().len() < before + 10 + round * 7 {
            told.more.notified().await;
        }
        server.kill().await;
        for tablet in tablets {
            tablet.await.unwrap();
        }
        let ids = check(data);
        // A TAKE that met one's own spool is answered without an event; it was saved before.
        let saved = told.saved.lock().unwrap();
        for saved in saved.iter().filter(|saved| saved.verb == "pausar") {
            assert!(ids.contains(&saved.key), "{} was answered and is gone", saved.key);
        }
    }
    let server = Binary::serve(data, "127.0.0.1:0").await;
    let client = reqwest::Client::new();
    let some: Vec<Saved> =
        told.saved.lock().unwrap().iter().filter(|saved| saved.verb == "pausar").rev().take(25).cloned().collect();
    assert_eq!(some.len(), 25);
    for saved in some {
        let (status, answer) = ask(&client, &server.url, saved.verb, &saved.tag, saved.worker, &saved.key).await.unwrap();
        assert_eq!((status, answer), (200, saved.answer), "the first result again");
    }
}
