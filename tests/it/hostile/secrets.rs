//! What is secret is in no log, no answer and no figure, however much is logged and whatever fails.

use crate::stand_in::{Fault, Google, On};
use crate::support::binary::Binary;
use crate::support::google::{BOOK, book_of};
use crate::support::redis::RealRedis;
use crate::support::{eventually, small_plant};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

pub(super) const PASSWORD: &str = "clave-de-redis-7f3a91c2";
const SECRET: &str = "clave-para-firmar-0123456789abcdef0123456789";
const COOKIE: &str = "galleta-ajena-55d1e0";
const TOKEN: &str = "ficha-ajena-9e21bb";
const REASON: &str = "motivo-privado-de-una-persona";

/// What must appear nowhere.
fn secrets(credentials: &str) -> Vec<String> {
    let account: Value = serde_json::from_str(credentials).unwrap();
    let key = account["private_key"].as_str().unwrap().to_owned();
    let lines = key.lines().filter(|line| !line.starts_with("-----")).map(str::to_owned);
    let fixed = [PASSWORD, SECRET, COOKIE, TOKEN, "ya29.", "BEGIN PRIVATE KEY", "assertion="];
    lines.chain(fixed.map(str::to_owned)).collect()
}

pub(super) fn holds_none(text: &str, secrets: &[String], place: &str) {
    for secret in secrets {
        let found = text.find(secret.as_str());
        let around = found.map(|at| text[..at].lines().last().unwrap_or_default());
        assert!(found.is_none(), "{secret} is in {place}: {around:?}");
    }
}

/// The lines of a log in JSON.
fn lines(log: &Path) -> Vec<Value> {
    let text = fs::read_to_string(log).unwrap();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[tokio::test]
async fn h4_no_secret_is_logged_shown_or_counted_whatever_fails() {
    let mut redis = RealRedis::with_password(PASSWORD);
    let google = Google::with(book_of(&small_plant())).await;
    let (folder, credentials) = (tempfile::tempdir().unwrap(), google.credentials());
    let (log, redis_url) = (folder.path().join("log"), redis.url());
    let variables = [
        ("REDIS_URL", redis_url.as_str()),
        ("SPOOLBOARD_SECRET", SECRET),
        ("SPOOLBOARD_ACCESS", "open"),
        ("GOOGLE_SHEET_ID", BOOK),
        ("GOOGLE_APPLICATION_CREDENTIALS_JSON", credentials.as_str()),
        ("RUST_LOG", "trace"),
    ];
    let url = google.url();
    let variables = [&variables[..], &[("GOOGLE_SHEETS_URL", url.as_str())]].concat();
    let mut binary = Binary::serve_logging(&folder.path().join("data"), "127.0.0.1:0", &variables, &log).await;
    let client = reqwest::Client::new();
    let mut shown = Vec::new();
    let take = |tag: &str| json!({"tag_spool": tag, "worker_id": 93, "operacion": "ARM", "motivo": REASON});
    let post = async |path: &str, body: &Value| {
        let request = client.post(format!("{}{path}", binary.url)).json(body);
        let request = request.header("Cookie", format!("sesion={COOKIE}; tableta={COOKIE}"));
        request.header("Authorization", format!("Bearer {TOKEN}")).send().await.unwrap().text().await.unwrap()
    };
    eventually("a take works", async || post("/api/occupation/tomar", &take("MK-0001")).await.contains("\"success\":true")).await;
    shown.push(post("/api/occupation/pausar", &take("MK-0001")).await);
    // Everything fails, one after the other, and is asked all the same.
    google.revoke_tokens();
    shown.push(post("/api/occupation/tomar", &take("MK-0002")).await);
    google.fail_times(On::Writes, Fault::Internal, 3);
    shown.push(post("/api/occupation/tomar", &take("MK-0003")).await);
    redis.kill9();
    shown.push(post("/api/occupation/tomar", &take("MK-0004")).await);
    google.away(true);
    shown.push(post("/api/occupation/tomar", &take("MK-0005")).await);
    shown.push(post("/api/nada", &take("MK-NADA")).await);
    for path in ["/", "/metrics", "/ready", "/health", "/diagnostico", "/tablero", "/api/redis-health", "/api/spools", "/nada"] {
        let request = client.get(format!("{}{path}", binary.url)).header("Cookie", format!("tableta={COOKIE}"));
        shown.push(request.send().await.unwrap().text().await.unwrap());
    }
    binary.kill().await;
    let secrets = secrets(&credentials);
    holds_none(&shown.join("\n"), &secrets, "an answer");
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains("Redis does not answer") && log.contains("\"level\":\"DEBUG\""), "everything was logged: {log}");
    holds_none(&log, &secrets, "the log");
    holds_none(&log, &[REASON.to_owned()], "the log");
}

#[tokio::test]
async fn h3_a_failure_is_found_in_the_log_by_the_id_that_its_answer_carried() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut binary =
        Binary::serve_logging(&folder.path().join("data"), "127.0.0.1:0", &[("REDIS_URL", "redis://127.0.0.1:1")], &log).await;
    let body = json!({"tag_spool": "MK-1335-CW-25238-013", "worker_id": 93, "operacion": "ARM"});
    let url = format!("{}/api/occupation/tomar", binary.url);
    let client = reqwest::Client::new();
    let ours = client.post(&url).json(&body).send().await.unwrap();
    assert_eq!(ours.status(), 503, "no locks, no work");
    let ours = ours.headers()["x-request-id"].to_str().unwrap().to_owned();
    let theirs = client.post(&url).json(&body).header("X-Request-Id", "tableta-7.3").send().await.unwrap();
    assert_eq!(theirs.headers()["x-request-id"], "tableta-7.3");
    for id in [ours.as_str(), "tableta-7.3"] {
        eventually("both lines are there", async || lines(&log).iter().filter(|line| line["span"]["id"] == id).count() >= 2)
            .await;
        let lines = lines(&log);
        let of = |what: &str| {
            lines
                .iter()
                .find(|line| line["span"]["id"] == id && line["message"] == what)
                .unwrap_or_else(|| panic!("{id}: {what}"))
        };
        let (cause, end) = (of("could not be served"), of("answered"));
        assert_eq!(
            (&cause["level"], &cause["code"], &cause["status"]),
            (&json!("WARN"), &json!("REDIS_NO_DISPONIBLE"), &json!(503))
        );
        assert!(cause["cause"].as_str().unwrap().starts_with("locks unavailable"), "{cause}");
        assert_eq!((&end["span"]["route"], &end["span"]["method"]), (&json!("/api/occupation/tomar"), &json!("POST")));
        assert!(end["latency_ms"].is_number() && end["timestamp"].is_string(), "{end}");
    }
    binary.kill().await;
}
