//! `/supervisor/actividad`: who did what on a day, and the tablets with their last contact and build.
//! What was done on one tablet, step by step, is on `/diagnostico` (`field-failures.md` F4).

use super::{Answer, Choice, Frame, Named, Tab};
use crate::domain::{AuditEvent, Moment, Spool, WorkerId};
use crate::error::Error;
use crate::trail::Tablet;
use crate::web::pages::door::tablet_name;
use crate::web::pages::elapsed::Elapsed;
use crate::web::pages::fields::Fields;
use crate::web::pages::page;
use crate::web::peers;
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::extract::State;
use chrono::NaiveDate;
use std::collections::HashSet;
use std::sync::Arc;

/// The most events that are shown at once of a day.
const MOST: usize = 300;

/// After this a tablet counts as silent that does not follow the plant either, in seconds.
const SILENT: i64 = 15 * 60;

#[derive(Template)]
#[template(path = "supervisor/activity.html")]
struct Activity<'a> {
    site: &'a Site,
    frame: Frame,
    day: String,
    /// Whose events: everybody's, those of supervisors, or of one worker.
    who: &'a str,
    people: Vec<Choice>,
    lines: Vec<Line>,
    total: usize,
    /// How many there are before those that are shown.
    older: usize,
    tablets: Vec<Seen>,
    /// What other processes did last may be missing.
    cut_off: bool,
}

struct Line {
    time: String,
    what: String,
    /// Whose occupation it ended.
    whom: Option<String>,
    who: String,
    spool: Named,
    reason: String,
}

struct Seen {
    id: String,
    /// What it is called.
    name: String,
    last: Elapsed,
    /// Of the page that it shows; empty when it never said one.
    build: String,
    old: bool,
    silent: bool,
}

/// The page.
pub(in crate::web::pages) async fn show(State(app): State<App>, query: Fields) -> Answer {
    let day = query.date()?.unwrap_or(app.plant.clock().today());
    let who = query.text("quien").unwrap_or_default();
    let worker = if who == "supervisor" { Some(WorkerId::SYSTEM) } else { who.parse().ok().and_then(WorkerId::new) };
    let here = format!("/supervisor/actividad?fecha={day}&quien={}", worker.map(|_| who).unwrap_or_default());
    let frame = Frame::of(&app, Some(Tab::Activity), here, &query)?;
    let before = query.text("antes").and_then(|text| text.parse().ok());
    let (lines, total, older) = lines(&app, day, worker, before);
    let unread = |why: String| Error::Internal(format!("the trail of the tablets: {why}"));
    let tablets = app.trail.tablets().await.map_err(unread)?;
    let people = app.plant.view().people.all().iter().map(|person| Choice::of(person, worker == Some(person.id))).collect();
    let day = day.format("%Y-%m-%d").to_string();
    let following = peers::known(&app).await.following;
    let tablets = tablets.into_iter().map(|tablet| seen(tablet, &following, &app)).collect();
    let cut_off = app.trail.is_cut_off();
    Ok(page(&Activity { site: &app.site, frame, day, who, people, lines, total, older, tablets, cut_off }))
}

/// The last events of a day, the newest first, how many there are of it, and how many came before those. `before`: the
/// last ones of that many which came first, so that what happens meanwhile moves nothing.
fn lines(app: &App, day: NaiveDate, worker: Option<WorkerId>, before: Option<usize>) -> (Vec<Line>, usize, usize) {
    let (view, zone) = (app.plant.view(), app.plant.clock().zone());
    let mut found: Vec<(Moment, &Arc<AuditEvent>, &Arc<Spool>)> = Vec::new();
    for spool in &view.spools {
        // Most spools have not been touched for long: their last event says so.
        for event in
            spool.events.iter().rev().take_while(|event| event.at.is_none_or(|at| at.with_timezone(&zone).date_naive() >= day))
        {
            let fits = worker.is_none_or(|worker| event.worker == worker);
            if let Some(at) = event.at.filter(|at| fits && at.with_timezone(&zone).date_naive() == day) {
                found.push((at, event, spool));
            }
        }
    }
    found.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    let line = |(at, event, spool): &(Moment, &Arc<AuditEvent>, &Arc<Spool>)| Line {
        time: at.format("%H:%M:%S").to_string(),
        what: words::event(event),
        whom: event.notes.previous_name.clone(),
        who: event.worker_name.clone(),
        spool: Named::of(spool),
        reason: event.notes.reason.clone().unwrap_or_default(),
    };
    let last = before.unwrap_or(usize::MAX).min(found.len());
    (found.iter().skip(found.len() - last).take(MOST).map(line).collect(), found.len(), last.saturating_sub(MOST))
}

fn seen(tablet: Tablet, following: &HashSet<String>, app: &App) -> Seen {
    let now = app.plant.clock().now();
    let last = Elapsed::between(tablet.last.with_timezone(&app.plant.clock().zone()).fixed_offset(), now);
    let silent = last.seconds > SILENT && !following.contains(&tablet.id);
    let old = tablet.is_old(&app.site.build);
    let name = tablet_name(app, &tablet.id);
    Seen { id: tablet.id, name, last, old, build: tablet.build, silent }
}
