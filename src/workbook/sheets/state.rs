//! What the writer's task and those who look share.

use super::share::{Fresh, Watched};
use crate::domain::{AuditEvent, Spool};
use crate::metrics::SheetsMetrics;
use crate::words;
use crate::workbook::{Formulas, Mirror};
use arc_swap::{ArcSwap, ArcSwapOption};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;
use uuid::Uuid;

/// What is said until the workbook has been reached for the first time (`field-failures.md` C2).
pub(super) fn connecting() -> &'static str {
    words::text("sheets-connecting")
}

/// Shared by the adapter and its task.
#[derive(Debug)]
pub(super) struct State {
    pub(super) mirror: Mirror,
    /// Whether somebody looks.
    pub(super) watched: Watched,
    /// Readings that somebody waits for.
    pub(super) fresh: Fresh,
    /// Changes that wait.
    pub(super) waiting: AtomicUsize,
    /// Audit events that wait for their tab.
    pub(super) outbox: AtomicUsize,
    /// The oldest of them.
    pub(super) oldest: ArcSwap<Vec<Arc<AuditEvent>>>,
    /// Cells that hold a formula where we write.
    pub(super) formulas: ArcSwap<Formulas>,
    /// Why nothing can be written, for an operator.
    pub(super) trouble: ArcSwapOption<String>,
    /// How well this process knows what has to be put right; its siblings are told (`heir.rs`).
    pub(super) knows: AtomicU8,
    /// Operations whose audit row stands and whose row does not: they did not happen.
    void: RwLock<HashSet<Uuid>>,
    /// Whether the first attempt to read and to take the fence is over.
    pub(super) ready: watch::Sender<bool>,
    /// Batches that hit another row than was meant, or found somebody else at the fence.
    pub(super) alarms: AtomicU64,
    pub(super) metrics: SheetsMetrics,
}

impl State {
    pub(super) fn new(mirror: Mirror, metrics: SheetsMetrics) -> State {
        State {
            mirror,
            watched: Watched::default(),
            fresh: Fresh::default(),
            waiting: AtomicUsize::new(0),
            outbox: AtomicUsize::new(0),
            oldest: ArcSwap::default(),
            formulas: ArcSwap::default(),
            trouble: ArcSwapOption::from_pointee(connecting().to_owned()),
            knows: AtomicU8::new(0),
            void: RwLock::default(),
            ready: watch::Sender::new(false),
            alarms: AtomicU64::new(0),
            metrics,
        }
    }

    /// The event of an operation that happened.
    ///
    /// What a row shows did happen, although it was taken for void a moment ago: rows and voids are not
    /// published together.
    pub(super) fn event(&self, id: Uuid) -> Option<Arc<AuditEvent>> {
        if self.is_void(id) && !self.is_shown(id) { None } else { self.mirror.event(id) }
    }

    /// Whether a row carries the operation as its `version`, or a later one was decided on a row that did.
    pub(super) fn is_shown(&self, id: Uuid) -> bool {
        let mark = id.to_string();
        let shows =
            |spool: &Arc<Spool>| spool.version.as_deref() == Some(&*mark) || spool.events.iter().any(|event| event.follows(id));
        self.mirror.view().spools.iter().any(shows)
    }

    /// Whether the audit has the operation and the row has not.
    pub(super) fn is_void(&self, id: Uuid) -> bool {
        self.void.read().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    /// Notes that an operation did not happen, whatever the audit holds, or that it did.
    pub(super) fn set_void(&self, id: Uuid, void: bool) {
        let mut known = self.void.write().unwrap_or_else(PoisonError::into_inner);
        if void {
            known.insert(id)
        } else {
            known.remove(&id)
        };
    }

    /// Counts something that should never be.
    pub(super) fn alarm(&self, cause: &'static str) {
        self.alarms.fetch_add(1, Ordering::Relaxed);
        self.metrics.alarms.get_or_create(&[("cause", cause)]).inc();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, Cell, Column, Notes, Row, WorkerId};
    use crate::workbook::Loaded;

    /// What is known of an operation that its row carries, or not.
    fn known(carried: bool) -> State {
        let id = Uuid::from_u128(7);
        let version = if carried { Cell::text(id.to_string()) } else { Cell::Empty };
        let after = vec![(Column::Version, Cell::text(id.to_string()))];
        let event = AuditEvent {
            id,
            at: None,
            action: Action::Take,
            event_type: "TOMAR_SPOOL".into(),
            tag: "MK-1".into(),
            spool: None,
            worker: WorkerId::SYSTEM,
            worker_name: String::new(),
            operation: None,
            date: None,
            notes: Notes { after, ..Notes::default() },
        };
        let row = Row::default().with(&[(Column::Tag, Cell::text("MK-1")), (Column::Version, version)]);
        let state = State::new(Mirror::new(chrono_tz::UTC), SheetsMetrics::default());
        state.mirror.load(Loaded { rows: vec![(2, row.into())], events: vec![event], ..Loaded::default() });
        state.set_void(id, true);
        state
    }

    #[test]
    fn what_a_row_shows_did_happen_although_it_was_taken_for_void_a_moment_ago() {
        assert!(known(true).event(Uuid::from_u128(7)).is_some());
        assert!(known(false).event(Uuid::from_u128(7)).is_none());
    }
}
