//! The shipped binary at Google, killed while audit events wait for their tab.

use super::outbox::{audit, deleted};
use crate::stand_in::Google;
use crate::support::binary::Binary;
use crate::support::google::BOOK;
use crate::support::{eventually, fresh};
use serde_json::json;
use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;

async fn serve(google: &Google, folder: &TempDir, log: &Path) -> Binary {
    let (url, key) = (google.url(), google.credentials());
    let variables = [("GOOGLE_SHEET_ID", BOOK), ("GOOGLE_APPLICATION_CREDENTIALS_JSON", &key), ("GOOGLE_SHEETS_URL", &url)];
    let binary = Binary::serve_logging(folder.path(), "127.0.0.1:0", &variables, log).await;
    let ready = async || reqwest::get(format!("{}/ready", binary.url)).await.is_ok_and(|reply| reply.status() == 200);
    eventually("it is ready", ready).await;
    binary
}

async fn act(binary: &Binary, verb: &str, tag: &str) -> Uuid {
    let id = fresh();
    let body = json!({"tag_spool": tag, "worker_id": 93, "operacion": "ARM"});
    let request = reqwest::Client::new().post(format!("{}/api/occupation/{verb}", binary.url));
    let reply = request.header("Idempotency-Key", &id).json(&body).send().await.unwrap();
    assert_eq!(reply.status(), 200, "{}", reply.text().await.unwrap());
    id.parse().unwrap()
}

#[tokio::test]
async fn f1_events_that_wait_when_the_program_is_killed_arrive_once_each_in_order_and_its_log_says_that_they_wait() {
    let (google, folder) = (super::application::small_google().await, TempDir::new().unwrap());
    let log = folder.path().join("log");
    let mut binary = serve(&google, &folder, &log).await;
    let lost = deleted(&google);
    let mut told = Vec::new();
    for (verb, tag) in [("tomar", "MK-0001"), ("tomar", "MK-0002"), ("pausar", "MK-0001")] {
        told.push(act(&binary, verb, tag).await);
    }
    let says = |text: &str| std::fs::read_to_string(&log).unwrap().contains(text);
    assert!(says("its events wait in the outbox"));
    assert_eq!(
        reqwest::get(format!("{}/ready", binary.url)).await.unwrap().json::<serde_json::Value>().await.unwrap()["workbook"]["outbox"],
        3
    );
    binary.kill().await;
    let mut binary = serve(&google, &folder, &log).await;
    assert!(says("audit events wait in the outbox since before the start"));
    told.push(act(&binary, "pausar", "MK-0002").await);
    google.human(BOOK, |human| human.restores_sheet(lost));
    eventually("the audit has them", async || audit(&google, &told) == told).await;
    binary.kill().await;
}
