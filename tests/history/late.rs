//! Changes whose audit row may come later, because its tab was closed when they were made
//! (`design.md` 5.8). Until then nobody can tell whether they were right.

use super::state::{Difference, Event, Row};
use super::{Process, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// A change that waits for its audit row.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) process: Process,
    /// The how-many-th batch of its process it was.
    pub(super) batch: usize,
    pub(super) at: Duration,
    pub(super) op: String,
    pub(super) old: Row,
    pub(super) new: Row,
    /// Into which columns somebody had typed meanwhile.
    pub(super) typed: BTreeSet<String>,
    /// Whether rows or columns had been moved meanwhile.
    pub(super) moved: bool,
}

/// All of them, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Late {
    waiting: Vec<Waiting>,
    /// When each operation was first seen, in whichever row: it was decided on then.
    seen: BTreeMap<String, Duration>,
}

/// What is wrong with a row that got back what it had before such a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Returned {
    InTime,
    TooLate,
    /// Nothing had moved: the change was where it belonged.
    ForNothing,
}

impl Late {
    pub(super) fn add(&mut self, step: &Step, batch: usize, (old, new): (&Row, &Row), typed: BTreeSet<String>, moved: bool) {
        let (process, at, op) = (step.process, step.at, new.cell(spoolboard::domain::Column::Version).to_owned());
        self.saw(&op, at);
        self.waiting.push(Waiting { process, batch, at, op, old: old.clone(), new: new.clone(), typed, moved });
    }

    /// An operation is in a row, be it the wrong one.
    pub(super) fn saw(&mut self, op: &str, at: Duration) {
        self.seen.entry(op.to_owned()).or_insert(at);
    }

    /// Whether any waits in the outbox of a process, whichever of its lives put it there.
    pub(super) fn holds_any(&self, process: Process) -> bool {
        self.waiting.iter().any(|waits| waits.process.0 == process.0)
    }

    pub(super) fn holds(&self, op: &str) -> bool {
        self.waiting.iter().any(|waits| waits.op == op)
    }

    /// What waits for this event, and what the same operation did to other rows.
    pub(super) fn arrives(&mut self, event: &Arc<Event>) -> (Vec<Waiting>, Vec<Waiting>) {
        let own = self.waiting.extract_if(.., |waits| waits.op == event.id).collect::<Vec<_>>();
        own.into_iter().partition(|waits| waits.old.cell(spoolboard::domain::Column::Tag) == event.tag)
    }

    /// What waits longer than this in the outbox that it came `from`, and had to come before it. That is not always
    /// the one of the process that wrote the row: who repeats a tap elsewhere leaves it in two.
    pub(super) fn overtaken(&self, by: &Waiting, from: Process) -> Option<&Waiting> {
        self.waiting.iter().find(|waits| waits.process.0 == from.0 && self.seen[&waits.op] < self.seen[&by.op])
    }

    /// A row got back all that it had before such a change, so that it is as if it had not been.
    pub(super) fn returned(&mut self, row: &Row, changes: &[Difference], batch: usize, within: usize) -> Option<Returned> {
        let given_back = |waits: &Waiting| {
            let was = |name: &str| waits.old.cells.get(name).map_or("", String::as_str);
            let stands = |name: &str| row.cells.get(name).map_or("", String::as_str);
            let given = waits.old.differences(&waits.new);
            waits.old.key == row.key
                && changes.iter().all(|(name, _, after)| waits.typed.contains(name) || was(name) == after)
                // Part of it alone is what was meant for another row.
                && given.iter().all(|(name, was, _)| waits.typed.contains(name) || stands(name) == was)
        };
        let waits = self.waiting.remove(self.waiting.iter().rposition(given_back)?);
        Some(match (waits.moved, batch <= waits.batch + within) {
            (false, _) => Returned::ForNothing,
            (true, true) => Returned::InTime,
            (true, false) => Returned::TooLate,
        })
    }

    pub(super) fn first(&self) -> Option<&Waiting> {
        self.waiting.first()
    }
}
