//! Every act that changes a spool, with who does it: what `decide` decides on.

use super::audit::Action;
use super::decision::{Circumstance, Decision};
use super::operation::Operation;
use super::spool::Spool;
use super::worker::{Worker, WorkerId};
use super::{mend, metrology, occupation, undo};
use chrono::NaiveDate;
use std::sync::Arc;
use uuid::Uuid;

/// One act. Each variant is one rule; see the function of its name.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // the fields are the parameters of the rule
pub enum Act {
    /// [`occupation::take`].
    Take { worker: Arc<Worker>, operation: Operation, takeover: bool },
    /// [`occupation::pause`].
    Pause { worker: Arc<Worker>, reason: Option<String> },
    /// [`occupation::complete`].
    Complete { worker: Arc<Worker>, date: Option<NaiveDate> },
    /// [`occupation::cancel`].
    Cancel { worker: Arc<Worker> },
    /// [`undo::undo`].
    Undo { worker: Arc<Worker>, event: Uuid },
    /// [`metrology::inspect`].
    Inspect { worker: Arc<Worker>, approved: bool },
    /// [`mend::release`].
    Release { supervisor: String, reason: String },
    /// [`mend::reopen`].
    Reopen { supervisor: String, reason: String, operation: Operation },
    /// [`mend::unblock`].
    Unblock { supervisor: String, reason: String },
}

impl Act {
    /// Decides on a row: pure, and all there is to an act.
    pub fn decide(&self, spool: &Spool, at: &Circumstance<'_>) -> Decision {
        match self {
            Act::Take { worker, operation, takeover } => occupation::take(spool, worker, *operation, *takeover, at),
            Act::Pause { worker, reason } => occupation::pause(spool, worker, reason.clone(), at),
            Act::Complete { worker, date } => occupation::complete(spool, worker, *date, at),
            Act::Cancel { worker } => occupation::cancel(spool, worker, at),
            Act::Undo { worker, event } => undo::undo(spool, worker, *event, at),
            Act::Inspect { worker, approved } => metrology::inspect(spool, worker, *approved, at),
            Act::Release { supervisor, reason } => mend::release(spool, supervisor, reason, at),
            Act::Reopen { supervisor, reason, operation } => mend::reopen(spool, *operation, supervisor, reason, at),
            Act::Unblock { supervisor, reason } => mend::unblock(spool, supervisor, reason, at),
        }
    }

    /// The action of its audit event.
    pub fn action(&self) -> Action {
        match self {
            Act::Take { .. } => Action::Take,
            Act::Pause { .. } => Action::Pause,
            Act::Complete { .. } | Act::Inspect { .. } => Action::Complete,
            Act::Cancel { .. } => Action::Cancel,
            Act::Undo { .. } => Action::Undo,
            Act::Release { .. } => Action::Release,
            Act::Reopen { .. } => Action::Reopen,
            Act::Unblock { .. } => Action::Unblock,
        }
    }

    /// Who does it: [`WorkerId::SYSTEM`] for a supervisor.
    pub fn by(&self) -> WorkerId {
        match self {
            Act::Take { worker, .. }
            | Act::Pause { worker, .. }
            | Act::Complete { worker, .. }
            | Act::Cancel { worker }
            | Act::Undo { worker, .. }
            | Act::Inspect { worker, .. } => worker.id,
            Act::Release { .. } | Act::Reopen { .. } | Act::Unblock { .. } => WorkerId::SYSTEM,
        }
    }
}
