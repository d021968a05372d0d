//! What the plant's rows say, whatever the hour is: made once for each view and day, and shared by
//! every screen that shows it.

use super::filter::Filter;
use crate::domain::finished::{Finished, finished, first_day};
use crate::domain::stage::Stage;
use crate::domain::{Column, Moment, Operation, People, Spool, occupation};
use crate::plant::Plant;
use crate::workbook::View;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::sync::Arc;

/// What one row says by itself.
#[derive(Debug)]
struct Fact {
    spool: Arc<Spool>,
    stage: Stage,
    since: Option<Moment>,
    can: [bool; 4],
    finished: Vec<Finished>,
}

/// What each row of a view says by itself. A row that has not changed is not looked at again.
#[derive(Debug)]
pub(in crate::web) struct Known {
    number: u64,
    day: NaiveDate,
    facts: Vec<Arc<Fact>>,
    nvs: Arc<Vec<String>>,
    people: Arc<People>,
    blind: bool,
}

impl Known {
    /// Looks at what changed since `before`, or at everything on another day.
    pub(in crate::web) fn of(view: &View, before: Option<&Known>, plant: &Plant) -> Known {
        let (day, zone) = (plant.clock().today(), plant.clock().zone());
        let before = before.filter(|before| before.day == day).map_or(&[][..], |before| &before.facts);
        let fact = |(place, spool): (usize, &Arc<Spool>)| match before.get(place) {
            Some(fact) if Arc::ptr_eq(&fact.spool, spool) => Arc::clone(fact),
            _ => Arc::new(Fact::of(spool, day, zone)),
        };
        Known {
            number: view.number,
            day,
            facts: view.spools.iter().enumerate().map(fact).collect(),
            nvs: Arc::new(nvs(view)),
            people: Arc::clone(&view.people),
            blind: view.missing.contains(&Column::OccupiedBy),
        }
    }

    /// Whether it is of this view and day.
    pub(in crate::web) fn is_of(&self, number: u64, day: NaiveDate) -> bool {
        self.number == number && self.day == day
    }
}

impl Fact {
    fn of(spool: &Arc<Spool>, day: NaiveDate, zone: Tz) -> Fact {
        let stage = Stage::of(spool);
        let mut done = Vec::new();
        finished(spool, first_day(day), zone, &mut done);
        Fact {
            spool: Arc::clone(spool),
            stage,
            since: stage.since(spool, zone),
            can: Operation::ALL.map(|operation| occupation::can(spool, operation)),
            finished: done,
        }
    }
}

/// The rows of a view, or of the part of it that a filter lets through.
#[derive(Debug)]
pub(in crate::web) struct Tally {
    /// The view it was made from.
    pub(in crate::web) number: u64,
    /// The day in the plant on which it was made: what is of today changes at midnight.
    pub(in crate::web) day: NaiveDate,
    /// Occupied rows, the oldest first.
    pub(super) occupied: Vec<Arc<Spool>>,
    /// Rows with which somebody needs help, the oldest call first.
    pub(super) calls: Vec<Arc<Spool>>,
    /// What can begin, for each operation.
    pub(super) ready: [usize; 4],
    /// What can begin, the longest waiting first; only where the filter asks for it.
    pub(super) waiting: Vec<(Operation, Option<Moment>, Arc<Spool>)>,
    /// For each stage, since when its spools are there.
    pub(super) stages: Vec<(Stage, Vec<Option<Moment>>)>,
    /// What was finished in the last fortnight.
    pub(super) finished: Vec<Finished>,
    /// How many rows there are, of the operation that is asked for.
    pub(super) spools: usize,
    /// Whether there is any row of the NV and OT that are asked for.
    pub(super) known: bool,
    /// Every NV of the plant, to choose from.
    pub(super) nvs: Arc<Vec<String>>,
    pub(super) people: Arc<People>,
    /// The sheet does not say who has what.
    pub(super) blind: bool,
}

impl Tally {
    /// Adds up the rows that the filter lets through.
    pub(in crate::web) fn of(known: &Known, filter: &Filter) -> Tally {
        let mut tally = Tally {
            number: known.number,
            day: known.day,
            occupied: Vec::new(),
            calls: Vec::new(),
            ready: [0; 4],
            waiting: Vec::new(),
            stages: Stage::ALL.into_iter().map(|stage| (stage, Vec::new())).collect(),
            finished: Vec::new(),
            spools: 0,
            known: false,
            nvs: Arc::clone(&known.nvs),
            people: Arc::clone(&known.people),
            blind: known.blind,
        };
        let admits = filter.admits();
        known.facts.iter().filter(|fact| admits(&fact.spool)).for_each(|fact| tally.count(fact, filter));
        tally.occupied.sort_by_key(|spool| spool.occupation.as_ref().and_then(|holder| holder.since));
        tally.waiting.sort_by_key(|(_, since, _)| *since);
        tally.calls.sort_by_key(|spool| spool.help.as_ref().map(|help| help.since));
        tally
    }

    fn count(&mut self, fact: &Fact, filter: &Filter) {
        let Fact { spool, stage, since, can, finished } = fact;
        self.known = true;
        for ((count, operation), can) in self.ready.iter_mut().zip(Operation::ALL).zip(can) {
            if *can && filter.shows(Some(operation)) {
                *count += 1;
                if filter.waiting {
                    self.waiting.push((operation, *since, Arc::clone(spool)));
                }
            }
        }
        if spool.occupation.as_ref().is_some_and(|holder| filter.shows(holder.operation)) {
            self.occupied.push(Arc::clone(spool));
        }
        if spool.help.is_some() && filter.shows(stage.operation()) {
            self.calls.push(Arc::clone(spool));
        }
        if filter.shows(stage.operation()) {
            self.spools += 1;
            if let Some((_, since_all)) = self.stages.get_mut(*stage as usize) {
                since_all.push(*since);
            }
        }
        self.finished.extend(finished.iter().filter(|one| filter.shows(Some(one.operation))));
    }

    /// How many spools are in a stage.
    pub(super) fn in_stage(&self, stage: Stage) -> usize {
        self.stages.get(stage as usize).map_or(0, |(_, since)| since.len())
    }

    /// Whether screens that show `other` show this, too.
    pub(in crate::web) fn looks_like(&self, other: &Tally) -> bool {
        let face = |spool: &Arc<Spool>| (Arc::clone(&spool.identity.id), spool.occupation.clone());
        let call = |spool: &Arc<Spool>| (Arc::clone(&spool.identity.id), spool.help.clone());
        self.day == other.day
            && self.ready == other.ready
            && self.stages == other.stages
            && self.finished == other.finished
            && self.nvs == other.nvs
            && self.blind == other.blind
            && self.occupied.iter().map(face).eq(other.occupied.iter().map(face))
            && self.calls.iter().map(call).eq(other.calls.iter().map(call))
    }

    /// How many are overdue now.
    pub(in crate::web) fn overdue(&self, plant: &Plant) -> usize {
        let (now, max) = (plant.clock().now(), plant.rules().occupation_max);
        let is = |spool: &&Arc<Spool>| spool.occupation.as_ref().is_some_and(|holder| holder.overdue(now, max));
        self.occupied.iter().filter(is).count()
    }

    /// How many were begun, let go, and left lying for too long.
    pub(super) fn idle(&self, plant: &Plant) -> usize {
        let (now, max) = (plant.clock().now(), plant.rules().idle_max);
        let late = |since: &&Option<Moment>| since.is_some_and(|since| max.is_some_and(|max| now - since > max));
        let paused = self.stages.iter().filter(|(stage, _)| stage.is_paused());
        paused.map(|(_, since)| since.iter().filter(late).count()).sum()
    }

    /// How many are being worked on.
    pub(super) fn running(&self, operation: Operation) -> usize {
        let is = |spool: &&Arc<Spool>| spool.occupation.as_ref().is_some_and(|holder| holder.operation == Some(operation));
        self.occupied.iter().filter(is).count()
    }

    /// How many were finished today.
    pub(super) fn finished_today(&self, operation: Operation) -> usize {
        self.finished.iter().filter(|one| one.day == self.day && one.operation == operation).count()
    }
}

fn nvs(view: &View) -> Vec<String> {
    let mut nvs: Vec<&str> = view.spools.iter().map(|spool| spool.nv.as_str()).filter(|nv| !nv.is_empty()).collect();
    // Neighbours are mostly of one NV: what is left to sort is short.
    nvs.dedup();
    nvs.sort_unstable();
    nvs.dedup();
    nvs.into_iter().map(str::to_owned).collect()
}
