//! What one worker did today and this week: his own record, made from the audit alone.

use super::audit::{Action, AuditEvent, sessions};
use super::cell::{Moment, at_plant};
use super::finished::Counts;
use super::operation::Operation;
use super::spool::Spool;
use super::worker::WorkerId;
use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use std::sync::Arc;

/// Something he did on a spool: a stretch of work, or a verdict.
#[derive(Debug, Clone)]
pub struct Entry {
    /// On which spool.
    pub spool: Arc<Spool>,
    /// The day it counts for: that of its end; of what is not ended, today.
    pub day: NaiveDate,
    /// For what.
    pub operation: Option<Operation>,
    /// When he took it.
    pub start: Option<Moment>,
    /// What ended it; `None` while it lasts.
    pub end: Option<Arc<AuditEvent>>,
    /// How long, in minutes; a verdict takes none.
    pub minutes: Option<i64>,
    /// Whether he finished the operation: completed it, or approved.
    pub finished: bool,
}

/// Sums of a day or a week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Finished operations.
    pub finished: Counts,
    /// Verdicts that rejected.
    pub rejected: usize,
    /// Spools that he worked on.
    pub spools: usize,
    /// Minutes during which he had at least one spool: two at once count once.
    pub minutes: i64,
}

/// His record of this week, Monday first.
#[derive(Debug, Clone)]
pub struct Record {
    /// Since midnight.
    pub today: Totals,
    /// Since Monday's midnight.
    pub week: Totals,
    /// What he did, the newest first.
    pub entries: Vec<Entry>,
}

impl Record {
    /// The record of a worker at `now`.
    pub fn of<'a>(worker: WorkerId, spools: impl Iterator<Item = &'a Arc<Spool>>, now: Moment, zone: Tz) -> Record {
        let today = now.with_timezone(&zone).date_naive();
        let monday = today.checked_sub_days(Days::new(today.weekday().num_days_from_monday().into())).unwrap_or(today);
        let mut entries = Vec::new();
        for spool in spools.filter(|spool| spool.events.iter().any(|event| event.worker == worker)) {
            stretches(spool, worker, now, zone, &mut entries);
            verdicts(spool, worker, zone, &mut entries);
        }
        entries.retain(|entry| entry.day >= monday);
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.end.is_none(), entry.day, entry.ended_at().or(entry.start))));
        let midnight = |day: NaiveDate| at_plant(day.and_time(NaiveTime::MIN), zone);
        Record {
            today: totals(&entries, today, midnight(today), now),
            week: totals(&entries, monday, midnight(monday), now),
            entries,
        }
    }
}

impl Entry {
    /// When it ended.
    pub fn ended_at(&self) -> Option<Moment> {
        self.end.as_ref().and_then(|event| event.at)
    }
}

fn stretches(spool: &Arc<Spool>, worker: WorkerId, now: Moment, zone: Tz, entries: &mut Vec<Entry>) {
    let holds = spool.occupation.as_ref().is_some_and(|holder| holder.worker == worker);
    let own: Vec<_> = sessions(&spool.events).into_iter().filter(|session| session.worker == worker).collect();
    for (nth, session) in own.iter().enumerate() {
        // The office may have freed it by hand: what no event ended lasts only while the row says so.
        let last = nth + 1 == own.len();
        if session.end.is_none() && !(last && holds) {
            continue;
        }
        let completed = session.end.as_ref().filter(|event| event.action == Action::Complete && event.worker == worker);
        let at = session.end.as_ref().map_or(Some(now), |event| event.at);
        let Some(day) = completed.and_then(|event| event.date).or_else(|| at.map(|at| at.with_timezone(&zone).date_naive()))
        else {
            continue;
        };
        entries.push(Entry {
            spool: Arc::clone(spool),
            day,
            operation: session.operation,
            start: session.start,
            end: session.end.clone(),
            minutes: session.minutes(now),
            finished: completed.is_some(),
        });
    }
}

fn verdicts(spool: &Arc<Spool>, worker: WorkerId, zone: Tz, entries: &mut Vec<Entry>) {
    for event in super::audit::effective(&spool.events) {
        let verdict = event.action == Action::Complete && event.operation == Some(Operation::Metrology);
        if !verdict || event.worker != worker {
            continue;
        }
        let Some(day) = event.at.map(|at| at.with_timezone(&zone).date_naive()) else { continue };
        entries.push(Entry {
            spool: Arc::clone(spool),
            day,
            operation: event.operation,
            start: event.at,
            end: Some(Arc::clone(event)),
            minutes: None,
            finished: event.notes.approved != Some(false),
        });
    }
}

fn totals(entries: &[Entry], from: NaiveDate, midnight: Moment, now: Moment) -> Totals {
    let mut totals = Totals::default();
    let mut spools: Vec<&str> = Vec::new();
    let mut stretches: Vec<(Moment, Moment)> = Vec::new();
    for entry in entries {
        if entry.day >= from {
            spools.push(entry.spool.id());
            match (entry.operation, entry.finished) {
                (Some(operation), true) => totals.finished[operation as usize] += 1,
                (Some(Operation::Metrology), false) => totals.rejected += 1,
                _ => {}
            }
        }
        let end = if entry.end.is_none() { Some(now) } else { entry.ended_at() };
        if let (Some(start), Some(end), Some(_)) = (entry.start, end, entry.minutes) {
            stretches.push((start.max(midnight), end));
        }
    }
    spools.sort_unstable();
    spools.dedup();
    totals.spools = spools.len();
    totals.minutes = covered(stretches);
    totals
}

/// Minutes that are in at least one of the stretches.
fn covered(mut stretches: Vec<(Moment, Moment)>) -> i64 {
    stretches.retain(|(start, end)| start < end);
    stretches.sort();
    let mut seconds = 0;
    let mut until: Option<Moment> = None;
    for (start, end) in stretches {
        let from = until.map_or(start, |until| until.max(start));
        seconds += (end - from).num_seconds().max(0);
        until = Some(until.map_or(end, |until| until.max(end)));
    }
    seconds / 60
}
