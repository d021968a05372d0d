//! PORT: tell the screens. At most once, in order per process; a receiver that missed something,
//! because it was slow or because a channel between processes was cut, learns it and starts over
//! from a snapshot (`field-failures.md` E4).

mod memory;
mod redis;
mod wire;
pub use self::redis::Redis;
pub use memory::Memory;

use crate::domain::decision::Ending;
use crate::domain::{Action, AuditEvent, Moment, Notes, Operation, Refusal, Spool, Tag, WorkerId};
use crate::error::Error;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use uuid::Uuid;

/// One spool changed. The row itself is in the workbook's memory.
#[derive(Debug, Clone, PartialEq)]
pub struct SpoolChanged {
    /// The short id of the row.
    pub id: Arc<str>,
    /// Its tag.
    pub tag: String,
    /// What happened.
    pub action: Action,
    /// Of which operation.
    pub operation: Option<Operation>,
    /// Who did it.
    pub worker: WorkerId,
    /// That worker's name.
    pub worker_name: String,
    /// Whose occupation it ended, if another one's.
    pub previous: Option<WorkerId>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// `Estado_Detalle` after it.
    pub detail: String,
    /// When.
    pub at: Option<Moment>,
}

impl SpoolChanged {
    /// What the screens are told of an event that landed.
    pub fn new(spool: &Spool, event: &AuditEvent) -> SpoolChanged {
        SpoolChanged {
            id: Arc::clone(&spool.identity.id),
            tag: spool.tag().to_string(),
            action: event.action,
            operation: event.operation,
            worker: event.worker,
            worker_name: event.worker_name.clone(),
            previous: event.notes.previous,
            reason: event.notes.reason.clone(),
            detail: spool.detail.clone(),
            at: event.at,
        }
    }

    /// Whose occupation it ended, and how he is told.
    pub fn loss(&self) -> Option<(WorkerId, Refusal)> {
        let previous = self.previous?;
        let event = AuditEvent {
            id: Uuid::nil(),
            at: self.at,
            action: self.action,
            event_type: String::new(),
            tag: self.tag.clone(),
            spool: None,
            worker: self.worker,
            worker_name: self.worker_name.clone(),
            operation: self.operation,
            date: None,
            notes: Notes { reason: self.reason.clone(), previous: self.previous, ..Notes::default() },
        };
        let ending = Ending { operation: self.operation, by: Some(Arc::new(event)) };
        Some((previous, Refusal::Ended { tag: Tag::read(&self.tag)?, ending }))
    }
}

/// The channel from those who change spools to those who show them.
#[async_trait]
pub trait Events: Send + Sync {
    /// Tells every receiver of every process.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; the change itself stands, and screens catch up with their next snapshot.
    async fn publish(&self, changed: SpoolChanged) -> Result<(), Error>;

    /// Everything published from now on.
    fn subscribe(&self) -> Receiver;

    /// Whether the other processes are heard.
    fn health(&self) -> Health;
}

/// How the channel is doing.
#[derive(Debug, Clone)]
pub struct Health {
    /// The adapter, as a word: `memory`, `redis`.
    pub adapter: &'static str,
    /// How long ago the channel was last heard, or why it is not.
    pub heard: Result<Duration, String>,
}

/// One listener's end of the channel.
#[derive(Debug)]
pub struct Receiver(broadcast::Receiver<Option<SpoolChanged>>);

impl Receiver {
    /// The next change. Safe to cancel.
    ///
    /// # Errors
    /// `Lagged`: something was missed, by this receiver or by the whole process (the count is 0
    /// then, for nobody knows it); start over from a snapshot and go on receiving. `Closed`: the
    /// process ends.
    pub async fn recv(&mut self) -> Result<SpoolChanged, RecvError> {
        self.0.recv().await?.ok_or(RecvError::Lagged(0))
    }
}
