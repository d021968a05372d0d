//! `/historial/{tag}`: who had a spool, when, and for what.

use super::elapsed::span;
use super::face::Asker;
use super::{Answer, page};
use crate::domain::audit::{Session, sessions};
use crate::domain::decision::Candidate;
use crate::domain::{Moment, Refusal, Spool};
use crate::error::Error;
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
    sessions: Vec<Stretch>,
    events: Vec<Line>,
}

/// One session as a row.
struct Stretch {
    worker: String,
    operation: String,
    start: String,
    end: String,
    duration: String,
    how: String,
    lasts: bool,
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
pub(super) async fn show(State(app): State<App>, asker: Asker, Asked(asked): Asked) -> Answer {
    let view = app.plant.view();
    let spool: &Arc<Spool> = match view.find(&asked) {
        Ok(spool) => spool,
        Err(Refusal::AmbiguousTag { tag, candidates }) => {
            let mut choice = page(&Choose { site: &app.site, tag: tag.as_str(), candidates: &candidates });
            *choice.status_mut() = StatusCode::MULTIPLE_CHOICES;
            return Ok(choice);
        }
        Err(refusal) => return Err(asker.told(Error::from(refusal))),
    };
    let now = app.plant.clock().now();
    let sessions = sessions(&spool.events).iter().rev().map(|session| stretch(session, now)).collect();
    let events = spool
        .events
        .iter()
        .rev()
        .map(|event| Line {
            at: when(event.at),
            what: words::event(event),
            who: event.worker_name.clone(),
            reason: event.notes.reason.clone().unwrap_or_default(),
        })
        .collect();
    Ok(page(&History { site: &app.site, spool, sessions, events }))
}

fn stretch(session: &Session, now: Moment) -> Stretch {
    let ended = session.end.as_ref();
    let reason = ended.and_then(|event| event.notes.reason.as_deref());
    let how = ended.map(|event| words::event(event)).unwrap_or_default();
    Stretch {
        worker: session.worker_name.clone(),
        operation: session.operation.map_or("", words::operation).to_owned(),
        start: when(session.start),
        end: ended.map_or_else(|| "sigue".to_owned(), |event| when(event.at)),
        duration: session.minutes(now).map(span).unwrap_or_default(),
        how: match reason {
            Some(reason) => format!("{how}: {reason}"),
            None => how,
        },
        lasts: ended.is_none(),
    }
}

fn when(at: Option<Moment>) -> String {
    at.map_or_else(|| "sin hora".to_owned(), words::moment)
}
