//! `/historial/{tag}`: who had a spool, when, and for what, and what metrology said of it.

use super::elapsed::span;
use super::face::Asker;
use super::fields::Fields;
use super::tag::parted;
use super::{Answer, page};
use crate::domain::audit::{Session, effective, sessions};
use crate::domain::decision::Candidate;
use crate::domain::{Action, AuditEvent, Moment, Operation, Refusal, Spool, Worker};
use crate::web::input::Asked;
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "history.html")]
struct History<'a> {
    site: &'a Site,
    spool: &'a Spool,
    head: &'a str,
    tail: &'a str,
    /// Whose list it was opened from: his name stays above, and the way back.
    worker: Option<&'a Worker>,
    steps: Vec<Step>,
    events: Vec<Line>,
}

/// One step of the time line: a session, a verdict, or what a supervisor or another program did.
struct Step {
    at: Option<Moment>,
    look: &'static str,
    what: String,
    who: String,
    when: String,
    /// Of a session, how long; a verdict takes no time.
    duration: String,
    how: String,
    reason: String,
}

/// One event as a row.
struct Line {
    at: String,
    what: String,
    who: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct Choose<'a> {
    site: &'a Site,
    tag: &'a str,
    candidates: &'a [Candidate],
}

/// The page; of a tag that several rows share, the rows to choose from.
pub(super) async fn show(State(app): State<App>, asker: Asker, Asked(asked): Asked, query: Fields) -> Answer {
    let view = app.plant.view();
    let spool: &Arc<Spool> = match view.find(&asked) {
        Ok(spool) => spool,
        Err(Refusal::AmbiguousTag { tag, candidates }) => {
            let mut choice = page(&Choose { site: &app.site, tag: tag.as_str(), candidates: &candidates });
            *choice.status_mut() = StatusCode::MULTIPLE_CHOICES;
            return Ok(choice);
        }
        Err(refusal) => return Err(asker.told(refusal)),
    };
    let worker = query.worker_if_any().map_err(|failure| asker.told(failure))?;
    let worker = worker.and_then(|id| view.people.get(id)).filter(|worker| worker.active).map(|worker| &**worker);
    let (head, tail) = parted(spool.tag().as_str());
    let steps = steps(spool, app.plant.clock().now(), app.plant.rules().repair_max_cycles);
    let events = spool.events.iter().rev().map(|event| line(event)).collect();
    Ok(page(&History { site: &app.site, spool, head, tail, worker, steps, events }))
}

/// The time line, the newest first. What was taken back is no part of it.
fn steps(spool: &Spool, now: Moment, repair_max: u32) -> Vec<Step> {
    let mut steps: Vec<Step> = sessions(&spool.events).iter().map(|session| stretch(session, spool, now)).collect();
    let alone = |event: &&&Arc<AuditEvent>| match event.action {
        Action::Complete => event.operation == Some(Operation::Metrology),
        Action::Reopen | Action::Unblock | Action::Correct | Action::Other => true,
        Action::AskHelp | Action::SeeHelp | Action::SolveHelp => true,
        Action::Take | Action::Pause | Action::Cancel | Action::Release | Action::Undo => false,
    };
    steps.extend(effective(&spool.events).iter().filter(alone).map(|event| mark(event, repair_max)));
    // Stable: of two without an hour, or of the same second, the one that was told later is above.
    steps.reverse();
    steps.sort_by_key(|step| std::cmp::Reverse(step.at));
    steps
}

fn stretch(session: &Session, spool: &Spool, now: Moment) -> Step {
    let ended = session.end.as_ref();
    let holds = spool.occupation.as_ref().is_some_and(|holder| holder.worker == session.worker);
    let look = match ended.map(|event| event.action) {
        None if holds => "running",
        Some(Action::Complete) => "finished",
        _ => "ended",
    };
    let duration = if ended.is_some() || holds { session.minutes(now) } else { None };
    Step {
        at: session.start,
        look,
        what: session.operation.map_or(words::no_operation(), words::operation).to_owned(),
        who: session.worker_name.clone(),
        when: words::stretch(session.start, ended.map(|event| event.at), holds),
        duration: duration.map(span).unwrap_or_default(),
        how: ended.map(|event| words::ending(event, session.worker)).unwrap_or_default(),
        reason: ended.and_then(|event| event.notes.reason.clone()).unwrap_or_default(),
    }
}

fn mark(event: &AuditEvent, repair_max: u32) -> Step {
    // A verdict is named by its operation, as a session is; what else happened, by its verb.
    let of = event.operation.filter(|_| event.notes.approved.is_some());
    let look = match event.notes.approved {
        Some(true) => "approved",
        Some(false) => "rejected",
        None => "told",
    };
    Step {
        at: event.at,
        look,
        what: of.map_or_else(|| words::event(event), |of| words::operation(of).to_owned()),
        who: event.worker_name.clone(),
        when: when(event.at),
        duration: String::new(),
        how: words::verdict(event, repair_max),
        reason: event.notes.reason.clone().unwrap_or_default(),
    }
}

fn line(event: &AuditEvent) -> Line {
    Line {
        at: when(event.at),
        what: words::event(event),
        who: event.worker_name.clone(),
        reason: event.notes.reason.clone().unwrap_or_default(),
    }
}

fn when(at: Option<Moment>) -> String {
    at.map_or_else(|| words::no_hour().to_owned(), words::moment)
}
