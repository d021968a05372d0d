//! The rows of boards and walls, as they are shown.

use super::filter::{Filter, Order};
use super::tally::Tally;
use crate::domain::{Moment, Operation, People, Spool, Worker, WorkerId};
use crate::web::pages::elapsed::Elapsed;
use crate::web::pages::tag::parted;
use crate::words;
use chrono::Duration;
use std::sync::Arc;

/// The longest first name and surname that a wall writes out, in letters; else the first is an
/// initial.
const NAME: usize = 15;

/// A tag, its numbers, and where its story stands.
pub(super) struct Named {
    pub(super) id: Arc<str>,
    pub(super) head: String,
    pub(super) tail: String,
    pub(super) nv: String,
    pub(super) ot: String,
    pub(super) duplicate: bool,
    pub(super) fila: u32,
}

impl Named {
    fn of(spool: &Spool) -> Named {
        let (head, tail) = parted(spool.tag().as_str());
        Named {
            id: Arc::clone(&spool.identity.id),
            head: head.to_owned(),
            tail: tail.to_owned(),
            nv: words::numbered("NV", &spool.nv),
            ot: words::numbered("OT", &spool.ot),
            duplicate: spool.identity.duplicate,
            fila: spool.fila,
        }
    }
}

/// Somebody has a spool.
pub(super) struct Row {
    pub(super) spool: Named,
    pub(super) holder: String,
    /// First name and first surname: what is read from afar.
    pub(super) short: String,
    pub(super) work: Option<Operation>,
    pub(super) operation: &'static str,
    pub(super) since: Option<Elapsed>,
    pub(super) overdue: bool,
}

impl Row {
    pub(super) fn of(spool: &Spool, people: &People, now: Moment, max: Option<Duration>) -> Option<Row> {
        let holder = spool.occupation.as_ref()?;
        Some(Row {
            spool: Named::of(spool),
            holder: holder.name.clone(),
            short: short_of(people, holder.worker, &holder.name),
            work: holder.operation,
            operation: holder.operation.map_or(words::no_operation(), words::operation),
            since: holder.since.map(|since| Elapsed::between(since, now)),
            overdue: holder.overdue(now, max),
        })
    }
}

/// As `short`, or the whole name that stands in the row of somebody who is not known.
fn short_of(people: &People, worker: WorkerId, name: &str) -> String {
    people.get(worker).map_or_else(|| name.to_owned(), |worker| short(worker))
}

fn short(worker: &Worker) -> String {
    let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_owned();
    let (given, family) = (first(&worker.given), first(&worker.family));
    match given.chars().next() {
        Some(initial) if !family.is_empty() && given.chars().count() + family.chars().count() > NAME => {
            format!("{initial}. {family}")
        }
        _ => format!("{given} {family}").trim().to_owned(),
    }
}

/// Somebody needs help with a spool.
pub(super) struct Call {
    pub(super) spool: Named,
    pub(super) who: String,
    /// His name as it is read from afar.
    pub(super) short: String,
    pub(super) reason: String,
    pub(super) since: Option<Elapsed>,
    /// Who has seen it.
    pub(super) seen_by: Option<String>,
}

impl Call {
    pub(super) fn of(spool: &Spool, people: &People, now: Moment) -> Option<Call> {
        let help = spool.help.as_ref()?;
        Some(Call {
            spool: Named::of(spool),
            who: help.name.clone(),
            short: short_of(people, help.worker, &help.name),
            reason: help.reason.clone().unwrap_or_default(),
            since: help.since.map(|since| Elapsed::between(since, now)),
            seen_by: help.seen_by.clone(),
        })
    }
}

/// Rows under one heading; without one where the order has none.
pub(super) struct Group {
    pub(super) title: Option<String>,
    pub(super) rows: Vec<Row>,
}

impl Group {
    pub(super) fn overdue(&self) -> usize {
        self.rows.iter().filter(|row| row.overdue).count()
    }
}

/// The rows in this order; within a heading the longest held first, as they come.
pub(super) fn grouped(mut rows: Vec<Row>, order: Order) -> Vec<Group> {
    let title = |row: &Row| match order {
        Order::Time => None,
        Order::Operation => Some(row.operation.to_owned()),
        Order::Person => Some(row.holder.clone()),
    };
    match order {
        Order::Time => {}
        Order::Operation => rows.sort_by_key(|row| row.work.map_or(usize::MAX, |operation| operation as usize)),
        Order::Person => rows.sort_by_cached_key(|row| crate::domain::spool::squeeze(&row.holder)),
    }
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let title = title(&row);
        match groups.last_mut().filter(|group| group.title == title) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { title, rows: vec![row] }),
        }
    }
    groups
}

/// A spool that somebody could take or inspect now.
pub(super) struct Waiting {
    pub(super) spool: Named,
    pub(super) operation: &'static str,
    /// What was done so far: pending, or paused.
    pub(super) state: String,
    pub(super) since: Option<Elapsed>,
}

/// The first `most` spools that wait, the longest waiting first.
pub(super) fn waiting(tally: &Tally, now: Moment, repair_max: u32, most: usize) -> Vec<Waiting> {
    let of = |(operation, since, spool): &(Operation, Option<Moment>, Arc<Spool>)| Waiting {
        spool: Named::of(spool),
        operation: words::operation(*operation),
        state: words::ready(spool, *operation, repair_max),
        since: since.map(|since| Elapsed::between(since, now)),
    };
    tally.waiting.iter().take(most).map(of).collect()
}

/// One operation: how many are being worked on, could begin, and were finished today.
pub(super) struct Count {
    pub(super) operation: Operation,
    pub(super) label: &'static str,
    pub(super) running: usize,
    pub(super) ready: usize,
    pub(super) finished: usize,
}

impl Count {
    /// The board of what waits for this operation.
    pub(super) fn queue(&self, filter: &Filter) -> String {
        Filter { operation: Some(self.operation), waiting: true, ..filter.clone() }.at("/tablero")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_on_the_wall_is_what_people_call_each_other_and_never_long() {
        let name = |given: &str, family: &str| {
            let (given, family) = (given.to_owned(), family.to_owned());
            short(&Worker { id: WorkerId::SYSTEM, given, family, active: true, roles: Vec::new() })
        };
        assert_eq!(name("Juan Carlos", "Pérez López"), "Juan Pérez");
        assert_eq!(name("Maximiliano", "Marchant Etcheverría"), "M. Marchant");
        assert_eq!(name("Maximilianogustavo", ""), "Maximilianogustavo");
    }
}
