//! Every act that changes a spool, with who does it: what `decide` decides on.

use super::audit::{Action, AuditEvent};
use super::decision::{Actor, Circumstance, Decision};
use super::mend::{Mandate, Mend};
use super::operation::Operation;
use super::spool::Spool;
use super::worker::{Worker, WorkerId};
use super::{help, mend, metrology, occupation, undo};
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
    /// [`mend::decide`].
    Mend { what: Mend, mandate: Mandate },
    /// [`help::ask`].
    AskHelp { worker: Arc<Worker>, reason: Option<String> },
    /// [`help::see`].
    SeeHelp { supervisor: String },
    /// [`help::solve`].
    SolveHelp { by: Actor },
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
            Act::Mend { what, mandate } => mend::decide(spool, what, mandate, at),
            Act::AskHelp { worker, reason } => help::ask(spool, worker, reason.clone(), at),
            Act::SeeHelp { supervisor } => help::see(spool, supervisor, at),
            Act::SolveHelp { by } => help::solve(spool, by, at),
        }
    }

    /// Whether `event` is what this act asks for, so that the same operation id sent again may
    /// answer with the first result (`design.md` 3). What the act leaves open the event may have
    /// filled in.
    pub fn is(&self, event: &AuditEvent) -> bool {
        let notes = &event.notes;
        let as_asked = match self {
            Act::Take { operation, .. } | Act::Mend { what: Mend::Reopen(operation), .. } => event.operation == Some(*operation),
            Act::Complete { date, .. } => notes.approved.is_none() && date.is_none_or(|date| event.date == Some(date)),
            Act::Inspect { approved, .. } => notes.approved == Some(*approved),
            Act::Undo { event, .. } => notes.undoes == Some(*event),
            Act::Pause { .. } | Act::Cancel { .. } | Act::Mend { .. } => true,
            Act::AskHelp { .. } | Act::SeeHelp { .. } | Act::SolveHelp { .. } => true,
        };
        as_asked && event.action == self.action() && event.worker == self.by()
    }

    /// The action of its audit event.
    pub fn action(&self) -> Action {
        match self {
            Act::Take { .. } => Action::Take,
            Act::Pause { .. } => Action::Pause,
            Act::Complete { .. } | Act::Inspect { .. } => Action::Complete,
            Act::Cancel { .. } => Action::Cancel,
            Act::Undo { .. } => Action::Undo,
            Act::Mend { what, .. } => what.action(),
            Act::AskHelp { .. } => Action::AskHelp,
            Act::SeeHelp { .. } => Action::SeeHelp,
            Act::SolveHelp { .. } => Action::SolveHelp,
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
            | Act::Inspect { worker, .. }
            | Act::AskHelp { worker, .. } => worker.id,
            Act::SolveHelp { by } => by.id(),
            Act::Mend { .. } | Act::SeeHelp { .. } => WorkerId::SYSTEM,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Notes;

    fn worker(id: u32) -> Arc<Worker> {
        let id = WorkerId::new(id).unwrap();
        Arc::new(Worker { id, given: "Marta".into(), family: "Vera".into(), active: true, roles: Vec::new() })
    }

    /// What [`worker`] 93 did.
    fn event(action: Action, operation: Operation, date: Option<NaiveDate>, notes: Notes) -> AuditEvent {
        AuditEvent {
            id: Uuid::nil(),
            at: None,
            action,
            event_type: action.event_type(operation),
            tag: "MK-1".into(),
            spool: None,
            worker: worker(93).id,
            worker_name: String::new(),
            operation: Some(operation),
            date,
            notes,
        }
    }

    #[test]
    fn an_act_is_its_own_event_and_no_other_that_looks_alike() {
        let (ann, ben) = (worker(93), worker(94));
        let (monday, friday) = (NaiveDate::from_ymd_opt(2026, 1, 19), NaiveDate::from_ymd_opt(2026, 1, 23));
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let take = |worker: &Arc<Worker>, operation| Act::Take { worker: Arc::clone(worker), operation, takeover: false };
        let complete = |date| Act::Complete { worker: Arc::clone(&ann), date };
        let inspect = |approved| Act::Inspect { worker: Arc::clone(&ann), approved };
        let undo = |event| Act::Undo { worker: Arc::clone(&ann), event };
        let taken = event(Action::Take, Operation::Arm, None, Notes::default());
        let completed = event(Action::Complete, Operation::Arm, monday, Notes::default());
        let verdict = Notes { approved: Some(true), ..Notes::default() };
        let approved = event(Action::Complete, Operation::Metrology, monday, verdict);
        let undone = event(Action::Undo, Operation::Arm, None, Notes { undoes: Some(first), ..Notes::default() });
        for (act, event, same) in [
            (take(&ann, Operation::Arm), &taken, true),
            (take(&ann, Operation::Sold), &taken, false),
            (take(&ben, Operation::Arm), &taken, false),
            (Act::Pause { worker: Arc::clone(&ann), reason: None }, &taken, false),
            (complete(monday), &completed, true),
            (complete(None), &completed, true),
            (complete(friday), &completed, false),
            (complete(None), &approved, false),
            (inspect(true), &approved, true),
            (inspect(false), &approved, false),
            (inspect(true), &completed, false),
            (undo(first), &undone, true),
            (undo(second), &undone, false),
        ] {
            assert_eq!(act.is(event), same, "{act:?} {event:?}");
        }
    }
}
