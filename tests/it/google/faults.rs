//! Quotas, faults on demand, held calls. The body of a 429 is that of
//! <https://github.com/n8n-io/n8n/issues/16750>; the limits are those of
//! <https://developers.google.com/workspace/sheets/api/limits>.

use super::{BOOK, Caller, blank};
use crate::stand_in::{Fault, Held, Latency, Method, On, Quota};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn sixty_reads_and_sixty_writes_a_minute_and_no_more() {
    let caller = Caller::with(blank(5, 5)).await;
    // In the middle of no minute: all of this must fall into one.
    caller.google.advance(Duration::from_secs(60) - Duration::from_millis(caller.google.now().as_millis() as u64 % 60_000));
    for _ in 0..60 {
        assert_eq!(caller.get("/values/A1", &[]).await.0, 200);
        assert_eq!(caller.put("A1", "RAW", json!([["x"]])).await.0, 200);
    }
    let (status, reply) = caller.get("/values/A1", &[]).await;
    let error = &reply["error"];
    assert_eq!((status, &error["code"], &error["status"]), (429, &json!(429), &json!("RESOURCE_EXHAUSTED")));
    let sentence = "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service 'sheets.googleapis.com' for consumer 'project_number:100000000000'.";
    assert_eq!(error["message"], sentence);
    let information = &error["details"][0];
    assert_eq!(information["reason"], "RATE_LIMIT_EXCEEDED");
    assert_eq!(information["metadata"]["quota_limit"], "ReadRequestsPerMinutePerUser");
    assert_eq!(information["metadata"]["quota_limit_value"], "60");
    assert_eq!(caller.put("A1", "RAW", json!([["x"]])).await.0, 429);
    caller.google.advance(Duration::from_secs(60));
    assert_eq!(caller.get("/values/A1", &[]).await.0, 200);
    let journal = caller.google.journal();
    assert_eq!((journal.counted(Quota::Read), journal.counted(Quota::Write)), (61, 60));
    assert_eq!(journal.per_minute(Quota::Read).iter().sum::<usize>(), 61);
    assert_eq!((journal.most_in_a_minute(Quota::Read), journal.longest_run_of_429()), (60, 2));
}

/// Reports: 503, applied all the same, <https://github.com/theoephraim/node-google-spreadsheet/issues/512>; 503 on a
/// reading, <https://github.com/burnash/gspread/issues/724>; 500,
/// <https://github.com/googleapis/google-api-nodejs-client/issues/1227>; 409, `ABORTED` of
/// <https://google.aip.dev/193> and <https://github.com/jennybc/googlesheets/issues/364>; a reply that was cut,
/// <https://github.com/burnash/gspread/pull/1510>; a connection that was reset,
/// <https://github.com/metalwarrior665/actor-google-sheets/issues/25>.
#[tokio::test]
async fn a_fault_hits_the_next_call_that_fits_and_says_whether_it_was_applied() {
    let caller = Caller::with(blank(20, 5)).await;
    let write = async || caller.send("PUT", "/values/A1", &[("valueInputOption", "RAW")], Some(json!({"values": [["x"]]}))).await;
    for (fault, status, applied) in [
        (Fault::TooMany, Some(429), false),
        (Fault::TooManyFor(7), Some(429), false),
        (Fault::Internal, Some(500), false),
        (Fault::Unavailable, Some(503), false),
        (Fault::UnavailableYetApplied, Some(503), true),
        (Fault::Aborted, Some(409), false),
        (Fault::BadGateway, Some(502), false),
        (Fault::BadGatewayYetApplied, Some(502), true),
        (Fault::Unauthenticated, Some(401), false),
        (Fault::CutBody, None, true),
        (Fault::LostBefore, None, false),
        (Fault::LostAfter, None, true),
    ] {
        caller.google.fail(On::Writes, fault);
        assert_eq!(caller.get("/values/A1", &[]).await.0, 200, "{fault:?} waits for a write");
        let before = caller.google.journal().entries().len();
        let sent = write().await;
        assert_eq!(sent.ok().map(|(status, _)| status), status, "{fault:?}");
        assert_eq!(caller.google.journal().entries().len() - before, usize::from(applied), "{fault:?}");
        assert_eq!(write().await.unwrap().0, 200, "and only one call");
    }
    caller.google.fail(On::Holding("secret".into()), Fault::Internal);
    assert_eq!(write().await.unwrap().0, 200);
    assert_eq!(caller.put("A1", "RAW", json!([["secret"]])).await.0, 500);
}

/// Reports: <https://github.com/akretion/connector-google-spreadsheet/issues/5> (the page itself),
/// <https://github.com/burnash/gspread/issues/1504>.
#[tokio::test]
async fn an_html_page_takes_the_place_of_json_when_the_front_end_fails() {
    let caller = Caller::with(blank(5, 5)).await;
    caller.google.fail(On::Reads, Fault::BadGateway);
    let (status, body) = caller.get("", &[]).await;
    assert!(status == 502 && matches!(&body, Value::String(page) if page.starts_with("<!DOCTYPE html>")), "{body}");
}

/// Report: an append that was given up and repeated stood there twice,
/// <https://github.com/daniel-hauser/moneyman/issues/496>.
#[tokio::test]
async fn a_batch_is_applied_although_its_client_has_left() {
    let caller = Caller::with(blank(5, 5)).await;
    let mut gate = caller.google.hold(On::Writes, Held::BeforeApplying);
    let url = format!("{}v4/spreadsheets/{BOOK}/values/A1?valueInputOption=RAW", caller.google.url());
    let send = caller.http.put(url).bearer_auth(&caller.token).json(&json!({"values": [["late"]]})).send();
    let client = tokio::spawn(send);
    gate.arrived().await;
    client.abort();
    assert_eq!(caller.values("A1").await, Value::Null);
    let mut answering = caller.google.hold(On::Only(Method::ValuesGet), Held::BeforeAnswering);
    gate.open();
    caller.google.changes(1).await;
    assert_eq!(caller.values("A1").await, json!([["late"]]));
    let read = async {
        answering.arrived().await;
        caller.put("A1", "RAW", json!([["newer"]])).await;
        answering.open();
    };
    let (stale, ()) = tokio::join!(caller.get("/values/A1", &[]), read);
    assert_eq!(stale.1["values"], json!([["late"]]), "a delayed reply is as old as the moment it was read at");
}

/// Nobody promises when a request that was given up is applied, if at all: the worst that a client can meet. Report of
/// one that ran for two minutes: <https://github.com/burnash/gspread/issues/940>.
#[tokio::test]
async fn a_lost_request_can_be_applied_later() {
    let caller = Caller::with(blank(5, 5)).await;
    caller.google.fail(On::Writes, Fault::LostThenApplied(Duration::from_millis(30)));
    let body = Some(json!({"values": [["later"]]}));
    assert!(caller.send("PUT", "/values/A1", &[("valueInputOption", "RAW")], body).await.is_err());
    caller.google.changes(1).await;
    assert_eq!(caller.values("A1").await, json!([["later"]]));
}

/// A request that takes long, and one whose reply does: <https://github.com/burnash/gspread/issues/940>.
#[tokio::test]
async fn a_slow_request_is_applied_late_and_a_slow_reply_comes_after_it_was_applied() {
    let caller = Caller::with(blank(5, 5)).await;
    let long = Duration::from_millis(200);
    for fault in [Fault::Late(long), Fault::SlowReply(long)] {
        caller.google.fail(On::Writes, fault);
        assert_eq!(caller.put("A1", "RAW", json!([["slow"]])).await.0, 200);
        let (answered, journal) = (caller.google.now(), caller.google.journal());
        let entry = journal.entries().last().unwrap();
        let (waited, told) = (entry.at - entry.came, answered - entry.at);
        assert!(if fault == Fault::Late(long) { waited } else { told } >= long, "{fault:?}: {waited:?}, {told:?}");
        assert_eq!(caller.values("A1").await, json!([["slow"]]));
    }
}

#[tokio::test]
async fn chances_and_jitter_follow_a_seed() {
    let run = async |seed: u64| {
        let caller = Caller::with(blank(5, 5)).await;
        caller.google.seed(seed);
        caller.google.quota(1_000, 1_000);
        caller.google.chance(On::Reads, Fault::Unavailable, 0.3);
        let mut seen = Vec::new();
        for _ in 0..40 {
            seen.push(caller.get("/values/A1", &[]).await.0);
        }
        seen
    };
    let first = run(7).await;
    assert_eq!(first, run(7).await);
    assert_ne!(first, run(8).await);
    assert!((4..25).contains(&first.iter().filter(|status| **status == 503).count()), "{first:?}");
}

/// Reports: <https://github.com/googleapis/google-api-nodejs-client/issues/826> (hangs for ever),
/// <https://github.com/googleapis/google-api-python-client/issues/2186>.
#[tokio::test]
async fn calls_can_be_slow_or_hang_until_everything_is_calm_again() {
    let caller = Caller::with(blank(5, 5)).await;
    let slow = Latency { fixed: Duration::from_millis(40), jitter: Duration::from_millis(10) };
    caller.google.latency(slow, Latency::default());
    let start = std::time::Instant::now();
    caller.get("/values/A1", &[]).await;
    assert!(start.elapsed() >= Duration::from_millis(40));
    caller.google.fail(On::Any, Fault::Hang);
    let hanging = caller.send("GET", "/values/A1", &[], None);
    assert!(tokio::time::timeout(Duration::from_millis(100), hanging).await.is_err());
    caller.google.fail(On::Any, Fault::Internal);
    caller.google.calm();
    assert_eq!(caller.get("/values/A1", &[]).await.0, 200);
}

/// Report of an outage of hours: <https://github.com/burnash/gspread/issues/278>.
#[tokio::test]
async fn google_can_be_away_and_come_back() {
    let caller = Caller::with(blank(5, 5)).await;
    caller.google.away(true);
    assert!(caller.send("GET", "/values/A1", &[], None).await.is_err());
    caller.google.away(false);
    assert_eq!(caller.get("/values/A1", &[]).await.0, 200);
    caller.google.fail(On::Reads, Fault::TooManyFor(7));
    let url = format!("{}v4/spreadsheets/{BOOK}", caller.google.url());
    let refused = caller.http.get(url).bearer_auth(&caller.token).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "7");
}
