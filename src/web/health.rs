//! For whoever watches the program: is it up, can it serve, what has it counted.

use super::App;
use crate::workbook::Status;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new().route("/health", get(health)).route("/ready", get(ready)).route("/metrics", get(metrics))
}

#[derive(Serialize)]
struct Up<'a> {
    status: &'static str,
    version: &'static str,
    build: &'a str,
    /// Why nobody may act now, for pages that have no stream to hear it by.
    obstacle: Option<&'a str>,
    /// How many seconds old the rows are, for the same.
    age: i64,
}

/// The process is up; nothing more is asked.
async fn health(State(app): State<App>) -> Response {
    // As on the pages: before the first reading there is nothing to look at, either.
    let obstacle = app.live.obstacle().filter(|_| app.plant.view().read_at.is_some());
    let obstacle = obstacle.as_ref().map(|why| why.as_str());
    let age = super::live::age(&app.plant);
    Json(Up { status: "ok", version: env!("CARGO_PKG_VERSION"), build: &app.site.build, obstacle, age }).into_response()
}

#[derive(Serialize)]
struct Ready {
    ready: bool,
    workbook: WorkbookPort,
    locks: LocksPort,
    events: EventsPort,
}

#[derive(Serialize)]
struct WorkbookPort {
    adapter: &'static str,
    ok: bool,
    reason: Option<String>,
    /// Seconds since the rows were last read, or changed by us.
    age_seconds: Option<i64>,
    waiting: usize,
    /// Audit events that wait for their tab; they stop nobody.
    outbox: usize,
    /// How often something happened that somebody should look into.
    alarms: u64,
    spools: usize,
    missing_columns: Vec<&'static str>,
}

#[derive(Serialize)]
struct LocksPort {
    adapter: &'static str,
    ok: bool,
    reason: Option<String>,
    latency_ms: Option<f64>,
    /// Seconds since they were last heard of.
    age_seconds: Option<f64>,
}

#[derive(Serialize)]
struct EventsPort {
    adapter: &'static str,
    ok: bool,
    reason: Option<String>,
    /// Seconds since the channel was last heard.
    age_seconds: Option<f64>,
    untold: u64,
}

impl WorkbookPort {
    fn of(app: &App, status: Status) -> WorkbookPort {
        let (view, now) = (app.plant.view(), app.plant.clock().now());
        WorkbookPort {
            adapter: status.adapter,
            ok: status.writable.is_ok(),
            reason: status.writable.err(),
            age_seconds: view.read_at.map(|at| (now - at).num_seconds().max(0)),
            waiting: status.waiting,
            outbox: status.outbox,
            alarms: status.alarms,
            spools: view.spools.len(),
            missing_columns: view.missing.iter().map(|column| column.header()).collect(),
        }
    }
}

impl EventsPort {
    /// Screens that hear no other process are late; it stops nobody from working.
    fn of(app: &App) -> EventsPort {
        let health = app.plant.events().health();
        EventsPort {
            adapter: health.adapter,
            ok: health.heard.is_ok(),
            age_seconds: health.heard.as_ref().ok().map(|age| age.as_secs_f64()),
            reason: health.heard.err(),
            untold: app.plant.metrics().untold.get(),
        }
    }
}

/// Every port with its state; 503 when actions cannot be served.
async fn ready(State(app): State<App>) -> Response {
    let (status, locks) = (app.plant.workbook().status(), app.plant.locks().health().await);
    let (writable, reachable) = (status.writable.is_ok(), locks.latency.is_ok());
    let stopping = app.stop.is_cancelled();
    let body = Ready {
        ready: writable && reachable && !stopping,
        workbook: WorkbookPort::of(&app, status),
        locks: LocksPort {
            adapter: locks.adapter,
            ok: reachable,
            latency_ms: locks.latency.as_ref().ok().map(|round_trip| round_trip.as_secs_f64() * 1e3),
            age_seconds: locks.age.map(|age| age.as_secs_f64()),
            reason: locks.latency.err(),
        },
        events: EventsPort::of(&app),
    };
    let code = if body.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(body)).into_response()
}

/// The Prometheus text. Gauges of the plant are set when somebody looks.
async fn metrics(State(app): State<App>) -> Response {
    let (view, metrics) = (app.plant.view(), app.plant.metrics());
    let count = |fits: fn(&crate::domain::Spool) -> bool| view.spools.iter().filter(|spool| fits(spool)).count();
    metrics.spools.set(gauge(view.spools.len()));
    metrics.occupied.set(gauge(count(|spool| spool.occupation.is_some())));
    metrics.problems.set(gauge(count(|spool| spool.unreadable().is_some())));
    metrics.age.set(super::live::age(&app.plant));
    metrics.locks.set(app.plant.locks().health().await.latency.is_ok().into());
    metrics.events.set(app.plant.events().health().heard.is_ok().into());
    let status = app.plant.workbook().status();
    metrics.waiting.set(gauge(status.waiting));
    metrics.outbox.set(gauge(status.outbox));
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, kind)], metrics.text()).into_response()
}

fn gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
