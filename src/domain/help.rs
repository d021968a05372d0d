//! PEDIR AYUDA: a worker calls a supervisor to a spool; the supervisor has seen it, and it is solved.
//!
//! No cell but `version` changes: the request lives in the audit alone, so that it survives restarts
//! and every process sees it.

use super::audit::{Action, AuditEvent, Notes};
use super::cell::Moment;
use super::decision::{Actor, Change, Circumstance, Decision, Refusal};
use super::occupation::presumed;
use super::operation::Operation;
use super::spool::Spool;
use super::worker::{Worker, WorkerId};
use std::sync::Arc;

/// A request for help that nobody has solved yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// Who asked.
    pub worker: WorkerId,
    /// The name at that time.
    pub name: String,
    /// When.
    pub since: Option<Moment>,
    /// What for, if he said it.
    pub reason: Option<String>,
    /// Which supervisor has seen it, if one has.
    pub seen_by: Option<String>,
}

/// The request that is open by the events of one spool, oldest first.
pub fn open(events: &[Arc<AuditEvent>]) -> Option<Help> {
    // An event that its row does not have was taken back by the app.
    let counts = |event: &&Arc<AuditEvent>| !events.iter().any(|later| later.notes.undoes == Some(event.id));
    let mut seen_by = None;
    for event in events.iter().rev().filter(|event| event.action.is_help()).filter(counts) {
        match event.action {
            Action::SeeHelp => seen_by = seen_by.or_else(|| Some(event.worker_name.clone())),
            Action::AskHelp => {
                let (worker, name) = (event.worker, event.worker_name.clone());
                return Some(Help { worker, name, since: event.at, reason: event.notes.reason.clone(), seen_by });
            }
            _ => return None,
        }
    }
    None
}

/// PEDIR AYUDA, by any active worker, with a reason or without.
pub fn ask(spool: &Spool, worker: &Arc<Worker>, reason: Option<String>, at: &Circumstance<'_>) -> Decision {
    Refusal::unless_readable(spool)?;
    match &spool.help {
        Some(help) => Err(Refusal::HelpAsked { tag: spool.tag().clone(), help: help.clone() }),
        None => Ok(Some(told(spool, at, &Actor::Worker(Arc::clone(worker)), Action::AskHelp, reason))),
    }
}

/// VISTO: a supervisor is on his way.
pub fn see(spool: &Spool, supervisor: &str, at: &Circumstance<'_>) -> Decision {
    requested(spool)?;
    Ok(Some(told(spool, at, &Actor::Supervisor(supervisor.into()), Action::SeeHelp, None)))
}

/// RESUELTO, by a supervisor or by who asked.
pub fn solve(spool: &Spool, by: &Actor, at: &Circumstance<'_>) -> Decision {
    let help = requested(spool)?;
    match by {
        Actor::Worker(worker) if worker.id != help.worker => {
            Err(Refusal::NotAsker { tag: spool.tag().clone(), name: help.name.clone() })
        }
        _ => Ok(Some(told(spool, at, by, Action::SolveHelp, None))),
    }
}

fn requested(spool: &Spool) -> Result<&Help, Refusal> {
    Refusal::unless_readable(spool)?;
    spool.help.as_ref().ok_or_else(|| Refusal::NoHelp { tag: spool.tag().clone() })
}

fn told(spool: &Spool, at: &Circumstance<'_>, by: &Actor, action: Action, reason: Option<String>) -> Change {
    let in_course = spool.occupation.as_ref().and_then(|holder| holder.operation);
    let operation: Operation = in_course.unwrap_or_else(|| presumed(spool));
    Change::new(spool, at, by, action, operation, Vec::new(), Notes { reason, ..Notes::default() })
}
