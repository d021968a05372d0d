//! PORT: the plant's record. Rows of spools, people, and the append-only audit.
//!
//! Reads come from memory and wait for nobody. A change lands whole, row and audit event
//! together, and only on a row that still equals the image it was decided on.

mod audit_row;
pub mod demo;
pub mod files;
mod mirror;
mod sheet;
pub mod sheets;
pub mod sqlite;
mod view;

pub use mirror::{Landing, Loaded, Mirror, Seen};
pub use sheet::{Names, Sheet, Sheets};
pub use sheets::GoogleSheets;
pub use sqlite::Sqlite;
pub use view::View;

use crate::domain::{AuditEvent, Change, Column, Spool};
use crate::error::Error;
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::time::Instant;
use uuid::Uuid;

/// How a change ended.
#[derive(Debug, Clone)]
pub enum Applied {
    /// It landed; the row as it stands now.
    Landed(Arc<Spool>),
    /// The audit already holds its operation id: this is that event, and nothing was written.
    Already(Arc<AuditEvent>),
}

/// Cells of columns that we write and that hold a formula, with its text, by the short id of the row: they
/// are never overwritten (`design.md` 5.10).
pub type Formulas = HashMap<(Arc<str>, Column), String>;

/// How the record is doing.
#[derive(Debug, Clone)]
pub struct Status {
    /// The adapter, as a word: `sqlite`, `sheets`.
    pub adapter: &'static str,
    /// Whether changes can land; else why not, in words for an operator.
    pub writable: Result<(), String>,
    /// Changes that wait to be written.
    pub waiting: usize,
    /// Audit events of changes that have landed, which wait on this machine for the audit to be
    /// writable again (`design.md` 5.8).
    pub outbox: usize,
    /// How often something happened that should never happen and that somebody should look into.
    pub alarms: u64,
}

/// The plant's record.
#[async_trait]
pub trait Workbook: Send + Sync {
    /// The plant as last read, own writes included. Never waits.
    fn view(&self) -> Arc<View>;

    /// The event with this operation id, if the audit (of the last 400 days) holds it.
    fn event(&self, id: Uuid) -> Option<Arc<AuditEvent>>;

    /// Lands a change.
    ///
    /// Waiting changes are grouped: one transaction or one request carries them all, each on its
    /// own merits. Memory is up to date before this returns, also after a conflict.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the row no longer equals the image; the view holds the fresh row.
    /// [`Error::Withdrawn`] when `deadline` passed before the change was in a batch.
    /// [`Error::OutcomeUnknown`] when it was sent and nobody can tell.
    /// [`Error::Unavailable`] when it could not be sent: nothing was written.
    async fn apply(&self, change: Change, deadline: Instant) -> Result<Applied, Error>;

    /// Somebody looks at the plant now. A record that is read from elsewhere is read more seldom
    /// while nobody does (`design.md` 5.1).
    fn watched(&self) {}

    /// Waits until memory is no older than this call, but not for ever; whether it is. For what must not
    /// be judged by rows that somebody else may have changed. The embedded record is its own truth at
    /// any time.
    async fn fresh(&self) -> bool {
        true
    }

    /// The formulas that were found where we write, when it was last looked for them. The embedded
    /// record holds none.
    fn formulas(&self) -> Arc<Formulas> {
        Arc::default()
    }

    /// The oldest of the audit events that wait, a page of them. Those of the embedded record never do.
    fn outbox(&self) -> Arc<Vec<Arc<AuditEvent>>> {
        Arc::default()
    }

    /// How the record is doing.
    fn status(&self) -> Status;

    /// Lets waiting changes land and closes; later changes are [`Error::Unavailable`].
    async fn close(&self);
}
