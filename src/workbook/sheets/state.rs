//! What the writer's task and those who look share.

use super::share::{Fresh, Watched};
use crate::domain::AuditEvent;
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
    pub(super) fn event(&self, id: Uuid) -> Option<Arc<AuditEvent>> {
        if self.is_void(id) { None } else { self.mirror.event(id) }
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
