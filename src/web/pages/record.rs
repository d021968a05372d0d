//! `/registro?trabajador={id}`: what one worker did today and this week. It replaces the notebook in
//! his pocket (`domain.md` 15).

use super::elapsed::span;
use super::face::Asker;
use super::fields::Fields;
use super::tag::parted;
use super::{Answer, page};
use crate::domain::record::{Entry, Record, Totals};
use crate::domain::{Moment, Operation, Worker};
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use chrono::NaiveDate;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "record.html")]
struct Page<'a> {
    site: &'a Site,
    worker: &'a Worker,
    sums: [Sum; 2],
    days: Vec<Day>,
}

/// The sums of a day or a week.
struct Sum {
    id: &'static str,
    /// Finished operations, those that he did at least once.
    finished: Vec<(&'static str, usize)>,
    rejected: usize,
    spools: usize,
    time: String,
}

/// One day of the week.
struct Day {
    name: String,
    rows: Vec<Row>,
}

/// One thing that he did.
struct Row {
    id: Arc<str>,
    head: String,
    tail: String,
    numbers: String,
    operation: &'static str,
    start: String,
    end: String,
    duration: String,
    how: String,
    finished: bool,
    lasts: bool,
}

/// The page.
pub(super) async fn show(State(app): State<App>, asker: Asker, query: Fields) -> Answer {
    if query.text("trabajador").is_none() {
        return Ok(Redirect::to("/").into_response());
    }
    let id = query.worker().map_err(|failure| asker.told(failure))?;
    let view = app.plant.view();
    let worker = view.people.active(id).map_err(|refusal| asker.told(refusal))?;
    let (now, zone) = (app.plant.clock().now(), app.plant.clock().zone());
    let record = Record::of(id, view.spools.iter(), now, zone);
    let sums = [sum("hoy", &record.today), sum("semana", &record.week)];
    Ok(page(&Page { site: &app.site, worker, sums, days: days(&record.entries, now) }))
}

fn sum(id: &'static str, totals: &Totals) -> Sum {
    let finished = Operation::ALL.into_iter().zip(totals.finished).filter(|(_, count)| *count > 0);
    Sum {
        id,
        finished: finished.map(|(operation, count)| (words::operation(operation), count)).collect(),
        rejected: totals.rejected,
        spools: totals.spools,
        time: span(totals.minutes),
    }
}

fn days(entries: &[Entry], now: Moment) -> Vec<Day> {
    let mut days: Vec<(NaiveDate, Day)> = Vec::new();
    for entry in entries {
        match days.last_mut().filter(|(day, _)| *day == entry.day) {
            Some((_, day)) => day.rows.push(row(entry, now)),
            None => days.push((entry.day, Day { name: words::weekday(entry.day), rows: vec![row(entry, now)] })),
        }
    }
    days.into_iter().map(|(_, day)| day).collect()
}

fn row(entry: &Entry, now: Moment) -> Row {
    let (head, tail) = parted(entry.spool.tag().as_str());
    let at = |at: Option<Moment>| {
        at.map_or_else(|| words::no_hour().to_owned(), |at| words::within(at.with_timezone(now.offset()), entry.day))
    };
    let how = entry.end.as_ref().map(|event| match entry.operation {
        Some(Operation::Metrology) => words::verdict(event, 0),
        _ => words::ending(event, event.worker),
    });
    let reason = entry.end.as_ref().and_then(|event| event.notes.reason.as_deref());
    Row {
        id: Arc::clone(&entry.spool.identity.id),
        head: head.to_owned(),
        tail: tail.to_owned(),
        numbers: words::narrowed(&entry.spool.nv, &entry.spool.ot, None),
        operation: entry.operation.map_or(words::no_operation(), words::operation),
        start: at(entry.start),
        end: if entry.end.is_some() { at(entry.ended_at()) } else { words::lasting().to_owned() },
        duration: entry.minutes.map(span).unwrap_or_default(),
        how: match (how.unwrap_or_default(), reason) {
            (how, Some(reason)) => format!("{how}: {reason}"),
            (how, None) => how,
        },
        finished: entry.finished,
        lasts: entry.end.is_none(),
    }
}
