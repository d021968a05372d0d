//! Operations that the audit holds and that did not happen: an audit row cannot be taken back, so
//! another one says so (`design.md` 5.4).

use super::batch::{self, WEIGHT};
use super::budget::Need;
use super::client::{Failed, Part};
use super::writer::Writer;
use crate::domain::{Action, AuditEvent, Change, Moment, Notes, WorkerId};
use tokio::time::Instant;
use tracing::warn;
use uuid::Uuid;

impl Writer {
    /// Tells the audit of operations that it holds and that did not happen, once nobody has decided
    /// on them again: all of them at once, for what a sort has missed may be many.
    pub(super) async fn settle_orphans(&mut self) {
        let mirror = &self.state.mirror;
        self.orphans.retain(|id, _| mirror.event(void_id(*id)).is_none());
        let due = |since: &Instant| since.elapsed() >= self.limits.orphan && self.is_settled();
        let (Some(fence), Some(layout)) = (self.fence.held(), self.reader.layout()) else { return };
        let (mut parts, mut ids, mut weight) = (vec![Part::Fence(fence)], Vec::new(), 0);
        for (change, _) in self.orphans.values().filter(|(_, since)| due(since)) {
            // What waits in the outbox is older.
            let Ok(Some(audit)) = self.audit_row(layout, &void(change, (self.now)())) else { return };
            weight += batch::weight(&audit);
            if weight > WEIGHT && !ids.is_empty() {
                break;
            }
            parts.push(audit);
            ids.push(change.event.id);
        }
        if ids.is_empty() {
            return;
        }
        self.budget.writes.take(Need::Now).await;
        match self.client.batch_update(&parts, &[]).await {
            Ok(_) => {
                self.state.metrics.voided.inc_by(ids.len() as u64);
                ids.iter().for_each(|id| drop(self.orphans.remove(id)));
            }
            // Not sent again before the fence has been replaced and the audit read.
            Err(Failed::Doubtful(_)) => self.fence.drop_it(),
            Err(failed) => warn!(?failed, "the audit was not told of operations that did not happen"),
        }
    }
}

fn void_id(id: Uuid) -> Uuid {
    Uuid::new_v5(&id, b"void")
}

/// The event by which the app takes back an operation that its row does not have.
fn void(change: &Change, at: Moment) -> AuditEvent {
    let id = void_id(change.event.id);
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
