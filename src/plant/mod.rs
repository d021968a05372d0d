//! The use cases: what the floor can do, one verb a function, and the one path by which a spool
//! changes.

mod act;
mod clock;
mod commit;
mod help;
mod mend;
mod reconcile;
mod take;

pub use clock::Clock;
pub use mend::Mending;
pub use reconcile::Reconciled;
pub use take::BATCH;

use crate::domain::{Action, AuditEvent, Circumstance, Operation, Refusal, Rules, Spool, Tag, Worker, WorkerId};
use crate::error::Error;
use crate::events::Events;
use crate::locks::Locks;
use crate::metrics::Metrics;
use crate::tally::{Conflicts, Outcome, Tally};
use crate::workbook::{View, Workbook};
use std::future::Future;
use std::sync::Arc;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// The plant: its record, its locks, its screens, its clock and its rules. Cheap to clone.
#[derive(Clone)]
pub struct Plant(Arc<Parts>);

/// What a plant is made of.
struct Parts {
    /// The record.
    workbook: Arc<dyn Workbook>,
    /// Who holds a spool now.
    locks: Arc<dyn Locks>,
    /// The channel to the screens.
    events: Arc<dyn Events>,
    /// Plant time.
    clock: Clock,
    /// The plant's settings.
    rules: Rules,
    /// Counters.
    metrics: Arc<Metrics>,
    /// What the day was like.
    tally: Arc<dyn Tally>,
    tasks: TaskTracker,
}

/// What a worker asks for, already parsed.
#[derive(Debug, Clone)]
pub struct Order {
    /// A tag or a short id, as the caller named the spool.
    pub spool: String,
    /// Who asks.
    pub worker: WorkerId,
    /// The operation id: the same id again answers with the first result.
    pub id: Uuid,
}

/// A use case that ended well.
#[derive(Debug, Clone)]
pub struct Done {
    /// The row as it stands now.
    pub spool: Arc<Spool>,
    /// What was written; `None` when it was so already.
    pub event: Option<Arc<AuditEvent>>,
}

impl Plant {
    /// Puts a plant together.
    pub fn new(
        workbook: Arc<dyn Workbook>,
        locks: Arc<dyn Locks>,
        events: Arc<dyn Events>,
        tally: Arc<dyn Tally>,
        clock: Clock,
        rules: Rules,
        metrics: Arc<Metrics>,
    ) -> Plant {
        let tasks = TaskTracker::new();
        // A counter that is there before anything is counted shows the first time, too.
        for outcome in Outcome::ALL {
            drop(metrics.outcomes.get_or_create(&[("outcome", outcome.name())]));
        }
        for action in Action::WRITTEN {
            Operation::ALL.into_iter().for_each(|operation| drop(metrics.act(action.event_type(operation))));
        }
        Plant(Arc::new(Parts { workbook, locks, events, clock, rules, metrics, tally, tasks }))
    }

    /// The record. A read without a rule goes straight to it.
    pub fn workbook(&self) -> &dyn Workbook {
        &*self.0.workbook
    }

    /// The plant in memory.
    pub fn view(&self) -> Arc<View> {
        self.0.workbook.view()
    }

    /// The locks.
    pub fn locks(&self) -> &dyn Locks {
        &*self.0.locks
    }

    /// The channel to the screens.
    pub fn events(&self) -> &dyn Events {
        &*self.0.events
    }

    /// Plant time.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The plant's settings.
    pub fn rules(&self) -> &Rules {
        &self.0.rules
    }

    /// The counters.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.0.metrics
    }

    /// Conflicts of the last 24 hours.
    pub async fn conflicts(&self) -> Conflicts {
        self.0.tally.last_day(self.0.clock.now()).await
    }

    /// Waits until every use case that has begun has ended, then closes the record. What is asked
    /// after this is refused by the record.
    pub async fn finish(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
        self.0.workbook.close().await;
    }

    /// Runs a use case to its end in a task of its own, whether or not the tablet still listens
    /// (`design.md` 3).
    async fn to_the_end<T, F>(&self, case: impl FnOnce(Plant) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let task = self.0.tasks.spawn(case(self.clone()));
        let result = task.await.unwrap_or_else(|lost| Err(Error::Internal(format!("a use case ended early: {lost}"))));
        if let Err(Error::Refused(refusal)) = &result {
            self.note(refusal);
        }
        result
    }

    /// Notes a refusal, if it is one that is counted.
    fn note(&self, refusal: &Refusal) {
        let (outcome, tag) = match refusal {
            Refusal::Occupied { tag, .. } | Refusal::BeingTaken { tag, .. } => (Outcome::Conflict, tag),
            Refusal::Ended { tag, .. } => (Outcome::Ended, tag),
            _ => return,
        };
        self.count(outcome, tag);
    }

    /// Counts one outcome, for the page and for the figures alike.
    fn count(&self, outcome: Outcome, tag: &Tag) {
        self.0.tally.note(outcome, tag.as_str(), self.0.clock.now());
        self.0.metrics.outcomes.get_or_create(&[("outcome", outcome.name())]).inc();
    }

    /// The row and the active worker that an order names, refused in the order of `design.md` 4:
    /// unknown spool or worker, inactive worker, ambiguous tag.
    fn named<'a>(&self, view: &'a View, order: &Order) -> Result<(&'a Arc<Spool>, Arc<Worker>), Error> {
        let found = view.find(&order.spool);
        if let Err(unknown @ Refusal::UnknownSpool { .. }) = found {
            return Err(unknown.into());
        }
        let worker = Arc::clone(view.people.active(order.worker)?);
        Ok((found?, worker))
    }

    fn circumstance<'a>(&'a self, view: &'a View, id: Uuid) -> Circumstance<'a> {
        Circumstance { rules: &self.0.rules, people: &view.people, now: self.0.clock.now(), id }
    }
}
