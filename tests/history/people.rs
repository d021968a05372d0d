//! What people did to the workbook lately, as far as it excuses what our batches did meanwhile.

use super::Step;
use super::applied::changed;
use super::state::State;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long after the audit was opened again a process may believe that it is closed: it looks at
/// intervals, and asks a Google that may let it wait for the ten seconds after which a read is given up.
pub(super) const LEARN: Duration = Duration::from_secs(12);

/// When they last did what.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Typed into a cell: of this row, in this column.
    typed: BTreeMap<(String, String), Duration>,
    /// Moved rows or columns.
    moved: Option<Duration>,
    /// Gave a column another name, which it still has.
    renamed: BTreeMap<String, Duration>,
    /// Left the audit closed.
    closed: Option<Duration>,
}

impl People {
    /// Whoever did a step, before it the audit may have been closed.
    pub(super) fn look(&mut self, before: &State, step: &Step) {
        if before.audit_closed || step.after.audit_closed {
            self.closed = Some(step.at);
        }
    }

    /// One of them did something.
    pub(super) fn did(&mut self, before: &State, step: &Step) {
        let places = |state: &State| state.rows.iter().map(|row| (row.key.clone(), row.place)).collect::<BTreeSet<_>>();
        if before.header != step.after.header || places(before) != places(&step.after) {
            self.moved = Some(step.at);
        }
        for (key, changes) in changed(before, &step.after) {
            self.typed.extend(changes.into_iter().map(|(name, ..)| ((key.to_owned(), name), step.at)));
        }
        self.renamed.retain(|name, _| step.after.renamed.contains(name));
        for name in &step.after.renamed {
            self.renamed.entry(name.clone()).or_insert(step.at);
        }
    }

    /// The columns of a row into which somebody typed since then.
    pub(super) fn typed(&self, key: &str, since: Duration) -> BTreeSet<String> {
        let of_row = self.typed.iter().filter(|((row, _), at)| row == key && **at >= since);
        of_row.map(|((_, name), _)| name.clone()).collect()
    }

    /// Whether rows or columns were moved since then.
    pub(super) fn moved(&self, since: Duration) -> bool {
        self.moved.is_some_and(|at| at >= since)
    }

    /// Whether a column had another name then already, and still has it.
    pub(super) fn renamed(&self, name: &str, since: Duration) -> bool {
        self.renamed.get(name).is_some_and(|at| *at < since)
    }

    /// Whether who read at that time may believe that the audit is closed.
    pub(super) fn closed(&self, since: Duration) -> bool {
        self.closed.is_some_and(|at| at + LEARN >= since)
    }
}
