//! `/diagnostico`: the last requests that could not be served, which tablets there are, and what was done on one of
//! them, step by step (`field-failures.md` F4, H3).

use super::door::tablet_name;
use super::fields::Fields;
use super::{Answer, page};
use crate::domain::cell::at_plant;
use crate::error::Error;
use crate::trail::{Mark, Step, Steps, Tablet};
use crate::web::peers::{self, Known};
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, NaiveTime, TimeDelta, Utc};

/// The most steps that are shown at once.
const MOST: u32 = 500;

#[derive(Template)]
#[template(path = "diagnostics.html")]
struct Diagnostics<'a> {
    site: &'a Site,
    known: Known,
    /// What other processes did last may be missing.
    cut_off: bool,
    tablets: Vec<Seen>,
    /// The tablet that was asked for, what it is called, and the day that is shown of it.
    tablet: &'a str,
    name: String,
    day: String,
    steps: Vec<Line>,
    /// Before which place there are older steps of the day.
    older: Option<Mark>,
}

struct Seen {
    id: String,
    name: String,
    last: String,
    build: String,
    old: bool,
    steps: i64,
}

struct Line {
    time: String,
    what: String,
    fields: String,
    outcome: String,
    bad: bool,
    took: u32,
}

/// The page.
pub(super) async fn show(State(app): State<App>, query: Fields) -> Answer {
    let zone = app.plant.clock().zone();
    let day = query.date()?.unwrap_or(app.plant.clock().today());
    let tablet = query.text("tableta").unwrap_or_default();
    let unread = |why: String| Error::Internal(format!("the trail of the tablets: {why}"));
    let tablets = app.trail.tablets().await.map_err(unread)?;
    let begin = |day: NaiveDate| at_plant(day.and_time(NaiveTime::MIN), zone).with_timezone(&Utc);
    let before = query.text("antes").and_then(Mark::read).unwrap_or(Mark::at(begin(day + TimeDelta::days(1))));
    let Steps { steps, older } = app.trail.steps(tablet, begin(day), before, MOST).await.map_err(unread)?;
    Ok(page(&Diagnostics {
        site: &app.site,
        known: peers::known(&app).await,
        cut_off: app.trail.is_cut_off(),
        tablets: tablets.into_iter().map(|tablet| seen(tablet, &app)).collect(),
        tablet,
        name: tablet_name(&app, tablet),
        day: day.format("%Y-%m-%d").to_string(),
        steps: steps.into_iter().map(|step| line(step, &app)).collect(),
        older,
    }))
}

fn seen(tablet: Tablet, app: &App) -> Seen {
    let last = tablet.last.with_timezone(&app.plant.clock().zone()).format("%d-%m-%Y %H:%M").to_string();
    let (name, old) = (tablet_name(app, &tablet.id), tablet.is_old(&app.site.build));
    Seen { id: tablet.id, name, last, build: tablet.build, old, steps: tablet.steps }
}

fn line(step: Step, app: &App) -> Line {
    let bad = step.status >= 400;
    let outcome = if step.code.is_empty() { step.status.to_string() } else { format!("{} {}", step.status, step.code) };
    let time = step.at.with_timezone(&app.plant.clock().zone()).format("%H:%M:%S").to_string();
    Line { time, what: step.what, fields: step.fields, outcome, bad, took: step.took }
}

/// What a page tells of itself, such as a dialog that was opened; that it came is all there is to do.
pub(super) async fn told(_told: Fields) -> Response {
    StatusCode::NO_CONTENT.into_response()
}
