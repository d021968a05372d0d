//! What the plant's rows say, whatever the hour is: made once for each view and day, and shared by
//! every screen that shows it.

use super::filter::Filter;
use crate::domain::finished::{Finished, finished, first_day};
use crate::domain::stage::Stage;
use crate::domain::{Moment, Operation, People, Spool, occupation};
use crate::plant::Plant;
use crate::workbook::View;
use chrono::NaiveDate;
use std::sync::Arc;

/// The rows of a view, or of the part of it that a filter lets through.
#[derive(Debug)]
pub(in crate::web) struct Tally {
    /// The view it was made from.
    pub(in crate::web) number: u64,
    /// The day in the plant on which it was made: what is of today changes at midnight.
    pub(in crate::web) day: NaiveDate,
    /// Occupied rows, the oldest first.
    pub(super) occupied: Vec<Arc<Spool>>,
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
    pub(super) nvs: Vec<String>,
    pub(super) people: Arc<People>,
}

impl Tally {
    /// Looks at each row once.
    pub(in crate::web) fn of(view: &View, filter: &Filter, plant: &Plant) -> Tally {
        let (day, zone) = (plant.clock().today(), plant.clock().zone());
        let mut tally = Tally {
            number: view.number,
            day,
            occupied: Vec::new(),
            ready: [0; 4],
            waiting: Vec::new(),
            stages: Stage::ALL.into_iter().map(|stage| (stage, Vec::new())).collect(),
            finished: Vec::new(),
            spools: 0,
            known: false,
            nvs: nvs(view),
            people: Arc::clone(&view.people),
        };
        let (admits, from) = (filter.admits(), first_day(day));
        for spool in view.spools.iter().filter(|spool| admits(spool)) {
            tally.known = true;
            let stage = Stage::of(spool);
            let since = stage.since(spool, zone);
            tally.count(spool, stage, since, filter);
            finished(spool, from, zone, &mut tally.finished);
        }
        tally.finished.retain(|one| filter.shows(Some(one.operation)));
        tally.occupied.sort_by_key(|spool| spool.occupation.as_ref().and_then(|holder| holder.since));
        tally.waiting.sort_by_key(|(_, since, _)| *since);
        tally
    }

    fn count(&mut self, spool: &Arc<Spool>, stage: Stage, since: Option<Moment>, filter: &Filter) {
        for (count, operation) in self.ready.iter_mut().zip(Operation::ALL) {
            if filter.shows(Some(operation)) && occupation::can(spool, operation) {
                *count += 1;
                if filter.waiting {
                    self.waiting.push((operation, since, Arc::clone(spool)));
                }
            }
        }
        if spool.occupation.as_ref().is_some_and(|holder| filter.shows(holder.operation)) {
            self.occupied.push(Arc::clone(spool));
        }
        if filter.shows(stage.operation()) {
            self.spools += 1;
            if let Some((_, since_all)) = self.stages.get_mut(stage as usize) {
                since_all.push(since);
            }
        }
    }

    /// How many spools are in a stage.
    pub(super) fn in_stage(&self, stage: Stage) -> usize {
        self.stages.get(stage as usize).map_or(0, |(_, since)| since.len())
    }

    /// Whether screens that show `other` show this, too.
    pub(in crate::web) fn looks_like(&self, other: &Tally) -> bool {
        let face = |spool: &Arc<Spool>| (Arc::clone(&spool.identity.id), spool.occupation.clone());
        self.day == other.day
            && self.ready == other.ready
            && self.stages == other.stages
            && self.finished == other.finished
            && self.nvs == other.nvs
            && self.occupied.iter().map(face).eq(other.occupied.iter().map(face))
    }

    /// How many are overdue now.
    pub(in crate::web) fn overdue(&self, plant: &Plant) -> usize {
        let (now, max) = (plant.clock().now(), plant.rules().occupation_max);
        let is = |spool: &&Arc<Spool>| spool.occupation.as_ref().is_some_and(|holder| holder.overdue(now, max));
        self.occupied.iter().filter(is).count()
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
    nvs.sort_unstable();
    nvs.dedup();
    nvs.into_iter().map(str::to_owned).collect()
}
