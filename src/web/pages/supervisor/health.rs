//! `/supervisor/salud`: workbook, locks, events, screens, conflicts, and the last errors.

use super::{Answer, Frame, Tab};
use crate::domain::AuditEvent;
use crate::locks;
use crate::tally::Conflicts;
use crate::web::pages::elapsed::span;
use crate::web::pages::fields::Fields;
use crate::web::pages::page;
use crate::web::peers::{self, Known};
use crate::web::{App, Site};
use crate::words;
use crate::workbook::Status;
use askama::Template;
use axum::extract::State;
use std::sync::Arc;

/// Above how many per cent the plant wants to be alarmed of TAKEs that came too late (409).
const LATE: u32 = 10;

/// The same of acts on an occupation that had ended (410).
const ENDED: u32 = 5;

/// How many contended spools are shown.
const HOT: usize = 10;

#[derive(Template)]
#[template(path = "supervisor/health.html")]
struct Health<'a> {
    site: &'a Site,
    frame: Frame,
    workbook: Status,
    /// What waits longest for the audit.
    waiting: Vec<Waiting>,
    /// How old the rows are that are shown.
    age: String,
    spools: usize,
    missing: Vec<&'static str>,
    locks: locks::Health,
    events: crate::events::Health,
    untold: u64,
    streams: i64,
    connections: i64,
    expiries: u64,
    conflicts: Conflicts,
    known: Known,
}

/// An event that waits for the audit.
struct Waiting {
    tag: String,
    what: String,
    /// For how long; empty where its time cannot be read.
    age: String,
}

impl Health<'_> {
    fn late(&self) -> bool {
        self.conflicts.conflict_rate() > f64::from(LATE) / 100.0
    }

    fn ended(&self) -> bool {
        self.conflicts.ended_rate() > f64::from(ENDED) / 100.0
    }

    fn percent(&self, share: f64) -> String {
        words::percent(share)
    }

    fn hot(&self) -> &[(String, usize)] {
        self.conflicts.hot.get(..HOT).unwrap_or(&self.conflicts.hot)
    }

    /// A round trip in milliseconds.
    fn latency(&self) -> String {
        self.locks.latency.as_ref().map(|trip| words::millis(*trip)).unwrap_or_default()
    }

    /// How old the rows of a process are, or how long it has said nothing.
    fn ago(&self, seconds: &i64) -> String {
        said_age(*seconds)
    }

    /// How long ago the other processes were heard.
    fn heard(&self) -> words::Said {
        words::say("script-seconds").count("count", self.events.heard.as_ref().map_or(0, |age| age.as_secs()))
    }
}

/// How long ago something was read.
fn said_age(seconds: i64) -> String {
    if seconds < 60 { words::say("script-seconds").count("count", seconds).into() } else { span(seconds / 60) }
}

/// The page.
pub(in crate::web::pages) async fn show(State(app): State<App>, query: Fields) -> Answer {
    let (view, metrics) = (app.plant.view(), app.plant.metrics());
    let age = crate::web::live::age(&app.plant);
    Ok(page(&Health {
        site: &app.site,
        frame: Frame::of(&app, Some(Tab::Health), "/supervisor/salud".into(), &query)?,
        workbook: app.plant.workbook().status(),
        waiting: waiting(&app),
        age: said_age(age),
        spools: view.spools.len(),
        missing: view.missing.iter().map(|column| column.header()).collect(),
        locks: app.plant.locks().health().await,
        events: app.plant.events().health(),
        untold: metrics.untold.get(),
        streams: metrics.streams.get(),
        connections: metrics.connections.get(),
        expiries: metrics.lock_expiries.get(),
        conflicts: app.plant.conflicts().await,
        known: peers::known(&app).await,
    }))
}

fn waiting(app: &App) -> Vec<Waiting> {
    let now = app.plant.clock().now();
    let age = |event: &AuditEvent| event.at.map_or_else(String::new, |at| said_age((now - at).num_seconds().max(0)));
    let waiting = |event: &Arc<AuditEvent>| Waiting { tag: event.tag.clone(), what: words::event(event), age: age(event) };
    app.plant.workbook().outbox().iter().map(waiting).collect()
}
