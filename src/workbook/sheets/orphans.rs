//! Operations that the audit holds and that did not happen: an audit row cannot be taken back, so
//! another one says so (`design.md` 5.4).

use super::batch::{self, WEIGHT};
use super::budget::Need;
use super::client::{Failed, Part};
use super::writer::Writer;
use crate::domain::{Action, AuditEvent, Moment, Notes, WorkerId};
use crate::words;
use std::time::Duration;
use tokio::time::Instant;
use tracing::warn;
use uuid::Uuid;

impl Writer {
    /// Notes that an operation which the audit holds did not happen.
    pub(super) fn take_back(&mut self, event: AuditEvent) {
        self.state.set_void(event.id, true);
        self.orphans.insert(event.id, (event, Instant::now()));
    }

    /// What did not happen is told before the process ends, if it can be.
    pub(super) async fn last_orphans(&mut self) {
        if !self.orphans.is_empty() && matches!(self.hold_fence().await, Ok(true)) {
            self.settle_orphans(Duration::ZERO).await;
            self.let_go().await;
        }
    }

    /// Tells the audit of operations that it holds and that did not happen, once nobody has decided
    /// on them again: all of them at once, for what a sort has missed may be many.
    pub(super) async fn settle_orphans(&mut self, wait: Duration) {
        if std::mem::take(&mut self.voids_in_doubt) {
            // Under a fence that was replaced since nothing of it can come later than this reading.
            self.voids_in_doubt = self.fence.held().is_none() || self.look(Need::Sometime).await.is_err();
        }
        if self.voids_in_doubt || !self.is_settled() {
            return;
        }
        for id in self.orphans.keys().copied().collect::<Vec<_>>() {
            if self.state.mirror.event(void_id(id)).is_some() {
                self.orphans.remove(&id);
            } else if self.state.is_shown(id) {
                // Somebody has brought it there since.
                self.orphans.remove(&id);
                self.state.set_void(id, false);
            }
        }
        let due = |since: &Instant| since.elapsed() >= wait;
        let (Some(fence), Some(layout)) = (self.fence.held(), self.reader.layout()) else { return };
        let (mut parts, mut ids, mut weight) = (vec![Part::Fence(fence)], Vec::new(), 0);
        for (event, _) in self.orphans.values().filter(|(_, since)| due(since)) {
            // What waits in the outbox is older.
            let Ok(Some(audit)) = self.audit_row(layout, &void(event, (self.now)())) else { return };
            weight += batch::weight(&audit);
            if weight > WEIGHT && !ids.is_empty() {
                break;
            }
            parts.push(audit);
            ids.push(event.id);
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
            Err(Failed::Doubtful(_)) => {
                self.voids_in_doubt = true;
                self.fence.drop_it();
            }
            Err(failed) => warn!(?failed, "the audit was not told of operations that did not happen"),
        }
    }
}

fn void_id(id: Uuid) -> Uuid {
    Uuid::new_v5(&id, b"void")
}

/// The event by which the app takes back an operation that its row does not have.
fn void(taken_back: &AuditEvent, at: Moment) -> AuditEvent {
    let id = void_id(taken_back.id);
    let notes = Notes { undoes: Some(taken_back.id), reason: Some(words::text("reason-not-held").into()), ..Notes::default() };
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
        ..taken_back.clone()
    }
}
