//! What was finished when: for the pictures of a day and of a fortnight.
//!
//! The day is what the workbook says: `Fecha_Armado`, `Fecha_Soldadura`, the date of an approval,
//! whoever typed it. The hour is known only of what the app recorded. Repairs have no column
//! (`field-failures.md` I6), so that theirs are counted in the audit.

use super::audit::{Action, AuditEvent, effective};
use super::operation::{Inspection, Operation};
use super::spool::Spool;
use chrono::{Days, NaiveDate, Timelike};
use chrono_tz::Tz;
use std::sync::Arc;

/// How many days a fortnight's picture shows.
pub const DAYS: usize = 14;

/// Counts of the four operations, in the order of [`Operation::ALL`].
pub type Counts = [usize; 4];

/// One operation of one spool that is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Which.
    pub operation: Operation,
    /// The day in the plant.
    pub day: NaiveDate,
    /// The hour on the plant's wall, 0 to 23; `None` for a date that somebody typed.
    pub hour: Option<u32>,
}

/// The first day of the fortnight that ends today.
pub fn first_day(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(DAYS as u64 - 1)).unwrap_or(today)
}

/// Adds what was finished of a spool from a day on.
pub fn finished(spool: &Spool, from: NaiveDate, zone: Tz, found: &mut Vec<Finished>) {
    let approved = spool.qc.filter(|_| spool.inspection == Some(Inspection::Approved));
    let dated = [(Operation::Arm, spool.arm.done), (Operation::Sold, spool.sold.done), (Operation::Metrology, approved)];
    let repaired = spool.events.iter().any(|event| event.operation == Some(Operation::Repair));
    if !repaired && dated.iter().all(|(_, day)| day.is_none_or(|day| day < from)) {
        return;
    }
    let events = effective(&spool.events);
    let completed = |operation: Operation| {
        let is = move |event: &&&Arc<AuditEvent>| event.action == Action::Complete && event.operation == Some(operation);
        events.iter().filter(is).filter(|event| event.notes.approved != Some(false))
    };
    for (operation, day) in dated {
        let Some(day) = day.filter(|day| *day >= from) else { continue };
        let hour = completed(operation).next_back().and_then(|event| hour_on(event, day, zone));
        found.push(Finished { operation, day, hour });
    }
    for event in completed(Operation::Repair) {
        let Some(day) = event.date.or_else(|| day_of(event, zone)).filter(|day| *day >= from) else { continue };
        found.push(Finished { operation: Operation::Repair, day, hour: hour_on(event, day, zone) });
    }
}

fn day_of(event: &AuditEvent, zone: Tz) -> Option<NaiveDate> {
    event.at.map(|at| at.with_timezone(&zone).date_naive())
}

/// The hour of an event that was recorded on that very day. Both halves of an hour that occurs
/// twice are that hour of the wall clock.
fn hour_on(event: &AuditEvent, day: NaiveDate, zone: Tz) -> Option<u32> {
    event.at.map(|at| at.with_timezone(&zone)).filter(|at| at.date_naive() == day).map(|at| at.hour())
}

/// What was finished on one day, by hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// Hour by hour of the wall clock.
    pub hours: [Counts; 24],
    /// What nobody knows the hour of.
    pub unknown: Counts,
}

/// The hours of one day.
pub fn by_hour(finished: &[Finished], day: NaiveDate) -> Hours {
    let mut hours = Hours { hours: [[0; 4]; 24], unknown: [0; 4] };
    for one in finished.iter().filter(|one| one.day == day) {
        let counts = one.hour.and_then(|hour| hours.hours.get_mut(hour as usize)).unwrap_or(&mut hours.unknown);
        counts[one.operation as usize] += 1;
    }
    hours
}

/// The fortnight that ends today, day by day, the oldest first.
pub fn by_day(finished: &[Finished], today: NaiveDate) -> Vec<(NaiveDate, Counts)> {
    let mut days: Vec<(NaiveDate, Counts)> = first_day(today).iter_days().take(DAYS).map(|day| (day, [0; 4])).collect();
    for one in finished {
        if let Some((_, counts)) = days.iter_mut().find(|(day, _)| *day == one.day) {
            counts[one.operation as usize] += 1;
        }
    }
    days
}
