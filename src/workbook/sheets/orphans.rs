//! Operations that the audit holds and that did not happen: an audit row cannot be taken back, so
//! another one says so (`design.md` 5.4).

use super::budget::Need;
use super::client::{Failed, Part};
use super::writer::Writer;
use crate::domain::{Action, AuditEvent, Change, Moment, Notes, WorkerId};
use tokio::time::Instant;
use tracing::warn;
use uuid::Uuid;

impl Writer {
    /// Tells the audit of operations that it holds and that did not happen, once nobody has decided
    /// on them again.
    pub(super) async fn settle_orphans(&mut self) {
        let due = |since: &Instant| since.elapsed() >= self.limits.orphan && self.is_settled();
        let Some((change, _)) = self.orphans.values().find(|(_, since)| due(since)).cloned() else { return };
        let event = void(&change, (self.now)());
        if self.state.mirror.event(event.id).is_some() {
            self.orphans.remove(&change.event.id);
            return;
        }
        let (Some(fence), Some(layout)) = (self.fence.held(), self.reader.layout()) else { return };
        // What waits in the outbox is older.
        let Ok(Some(audit)) = self.audit_row(layout, &event) else { return };
        self.budget.writes.take(Need::Now).await;
        match self.client.batch_update(&[Part::Fence(fence), audit], &[]).await {
            Ok(_) => {
                self.state.metrics.voided.inc();
                self.orphans.remove(&change.event.id);
            }
            // Not sent again before the fence has been replaced and the audit read.
            Err(Failed::Doubtful(_)) => self.fence.drop_it(),
            Err(failed) => warn!(?failed, "the audit was not told of an operation that did not happen"),
        }
    }
}

/// The event by which the app takes back an operation that its row does not have.
fn void(change: &Change, at: Moment) -> AuditEvent {
    let id = Uuid::new_v5(&change.event.id, b"void");
    let notes = Notes { undoes: Some(change.event.id), reason: Some("no quedó en la fila".into()), ..Notes::default() };
    let (action, event_type) = (Action::Undo, "DESHACER_SPOOL".to_owned());
    let (worker, worker_name) = (WorkerId::SYSTEM, "spoolboard".to_owned());
    AuditEvent {
        id,
        at: Some(at),
        action,
        event_type,
        worker,
        worker_name,
        notes,
        date: Some(at.date_naive()),
        ..change.event.clone()
    }
}
