//! Where the audit row of a change goes: into its batch, or into the outbox while `Metadata` cannot
//! be written, from which it follows later (`design.md` 5.8).
//!
//! As long as anything waits there, newer events wait behind it: the audit keeps its order.

use super::batch::{self, WEIGHT, same};
use super::budget::Need;
use super::client::{Failed, Part, Reason, jittered};
use super::refresh::{Fresh, Layout};
use super::writer::{Plan, Writer};
use crate::domain::spool::identify;
use crate::domain::{AuditEvent, Cell, Column};
use crate::error::{Error, Service};
use crate::words;
use crate::workbook::Loaded;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tracing::{info, warn};
use uuid::Uuid;

impl Writer {
    /// Why no audit row can be written now, if so.
    fn away(&self) -> Option<String> {
        let layout = self.reader.layout()?;
        layout.audit().err().or_else(|| self.outbox.refusal())
    }

    /// Whether audit rows have to wait.
    pub(super) fn boxes(&self) -> bool {
        !self.outbox.is_empty() || self.away().is_some()
    }

    /// Why nothing at all can be written for want of an audit: there is no room to keep it in.
    pub(super) fn unaudited(&self) -> Option<String> {
        let why = || self.away().unwrap_or_else(|| words::text("sheets-audit-catches-up").into());
        (self.outbox.room() == 0).then(|| words::say("sheets-outbox-full").with("why", why()).to_string())
    }

    /// The audit row that goes into the batch with its change; none when it has to wait.
    ///
    /// # Errors
    /// Why there can be none, now or ever.
    pub(super) fn audit_row(&self, layout: &Layout, event: &AuditEvent) -> Result<Option<Part>, String> {
        match self.boxes() {
            true => self.outbox.takes(event).map(|()| None),
            false => batch::audit(layout, event, self.zone).map(Some),
        }
    }

    /// Notes the events of a plan that have to wait, before any of it is sent. Were they not on the
    /// disk, nothing would be written (`field-failures.md` F1).
    pub(super) async fn noted(&mut self, mut plan: Plan) -> Option<Plan> {
        if !self.boxes() {
            return Some(plan);
        }
        let events = plan.items.iter().map(|(waiting, _)| &waiting.change.event);
        let events: Vec<AuditEvent> = events.filter(|event| !self.orphans.contains_key(&event.id)).cloned().collect();
        plan.boxed = events.iter().map(|event| event.id).collect();
        if self.outbox.is_empty() && !plan.boxed.is_empty() {
            let why = self.away();
            warn!(why, "the audit cannot be written; its events wait in the outbox");
        }
        if let Err(error) = self.outbox.put(events).await {
            let why = words::say("sheets-unaudited").with("why", error).to_string();
            for (waiting, _) in plan.items {
                waiting.tell(Err(Error::unavailable(Service::Workbook, why.clone())));
            }
            self.pause = Some((Instant::now() + self.limits.audit, why));
            self.report();
            return None;
        }
        Some(plan)
    }

    /// Whether a part of a batch was refused because nothing can be appended to the audit. One row
    /// that Google does not like is another matter.
    pub(super) async fn audit_refuses(&mut self, plan: &Plan, part: Option<usize>, text: &str) -> bool {
        let part = part.and_then(|part| plan.batch.parts.get(part));
        if !matches!(part, Some(Part::Append { .. })) {
            return false;
        }
        self.look_at_tabs(Need::Sometime).await;
        // Part of the tab may be protected, which the list of tabs does not tell.
        if text.contains("protected") {
            self.outbox.refused = Some((Instant::now(), text.to_owned()));
        }
        self.away().is_some()
    }

    /// How many changes whose events wait a reading shows. One whose event is in the audit was done by
    /// another process, at which a tablet repeated its tap.
    pub(super) fn evidence(&self, fresh: &Fresh, boxed: &HashSet<Uuid>) -> usize {
        let by_another = |id: Uuid| fresh.loaded.events.iter().any(|event| event.id == id);
        self.seen(&fresh.loaded, |id| boxed.contains(&id) && !by_another(id)).len()
    }

    /// Whether the audit was there when it was last read, with its columns.
    pub(super) fn is_legible(&self) -> bool {
        self.reader.layout().is_some_and(|layout| layout.metadata.is_some() && layout.audit_columns().is_ok())
    }

    /// Follows a reading: what the audit shows waits no longer, what was unknown is settled if it
    /// can be, and memory gets what the audit does not show yet.
    pub(super) fn heed(&mut self, fresh: &mut Fresh) {
        let legible = self.is_legible();
        if !legible && self.state.mirror.view().read_at.is_some() {
            // Without its columns the audit tells less than memory knows.
            fresh.loaded.events.clear();
        }
        // Of an audit that is not there nothing is known: memory keeps what it has.
        fresh.whole &= !fresh.loaded.events.is_empty();
        if self.outbox.is_empty() {
            return;
        }
        let shown: HashSet<Uuid> = fresh.loaded.events.iter().map(|event| event.id).collect();
        let shown = self.outbox.entries().iter().map(|entry| entry.event.id).filter(|id| shown.contains(id)).collect();
        self.outbox.forget(&shown);
        let lacks = fresh.loaded.missing.iter().any(|column| column.is_critical());
        // Under a new fence nothing of the past can be applied any more: what is read is final.
        // What belongs to a batch that was put off is told by looking at all of that batch.
        if self.fence.held().is_some() && !lacks && self.is_settled() {
            let unknown: HashSet<Uuid> =
                self.outbox.entries().iter().filter(|entry| !entry.due).map(|entry| entry.event.id).collect();
            if !unknown.is_empty() {
                let landed = self.seen(&fresh.loaded, |id| unknown.contains(&id));
                let dropped: HashSet<Uuid> = unknown.difference(&landed).copied().collect();
                info!(landed = landed.len(), dropped = dropped.len(), "the workbook told what became of events that wait");
                self.outbox.settle(&landed);
                self.outbox.forget(&dropped);
            }
            self.outbox.doubt &= !legible;
        }
        let unseen = |event: &&Arc<AuditEvent>| fresh.whole || self.state.mirror.event(event.id).is_none();
        let due = self.outbox.entries().iter().filter(|entry| entry.due).map(|entry| &entry.event);
        fresh.loaded.events.extend(due.filter(unseen).map(|event| AuditEvent::clone(event)));
    }

    /// Which of the events that wait have landed, by a reading: a row has the event's `version`, or a
    /// later change found it there. Without that column, the row holds all that was to be written.
    fn seen(&self, loaded: &Loaded, of: impl Fn(Uuid) -> bool) -> HashSet<Uuid> {
        let versions: HashSet<String> = loaded.rows.iter().map(|(_, row)| row[Column::Version].display()).collect();
        let identities = identify(loaded.rows.iter().map(|(_, row)| &**row));
        let has = |event: &AuditEvent| {
            let place = identities.iter().position(|identity| Some(&*identity.id) == event.spool.as_deref());
            let there = event.notes.after.iter().filter(|(column, _)| !loaded.missing.contains(column));
            place.is_some_and(|place| there.into_iter().all(|(column, cell)| same(&loaded.rows[place].1[*column], cell)))
        };
        let (mut seen, view): (HashSet<Uuid>, _) = (HashSet::new(), self.state.mirror.view());
        // The newest first: an event that has landed tells of the one before it.
        for entry in self.outbox.entries().iter().rev().filter(|entry| of(entry.event.id)) {
            let id = entry.event.id;
            let followed = |later: &AuditEvent| later.follows(id);
            let by_later = || {
                let ours = self.outbox.entries().iter().filter(|other| other.due || seen.contains(&other.event.id));
                // A reading has only what is new in the audit: what was there before is in memory.
                let known = entry.event.spool.as_deref().and_then(|spool| view.get(spool));
                loaded.events.iter().any(followed)
                    || known.is_some_and(|spool| spool.events.iter().any(|later| followed(later)))
                    || ours.into_iter().any(|other| followed(&other.event))
            };
            let versioned = !loaded.missing.contains(&Column::Version) && entry.event.notes.after.contains(&version(id));
            if if versioned { versions.contains(&id.to_string()) || by_later() } else { has(&entry.event) } {
                seen.insert(id);
            }
        }
        seen
    }

    /// Looks whether the audit can be written again, and appends what waits, a group at a time.
    ///
    /// Each event gets there once: an append without a known outcome is followed by a new fence and
    /// a reading, which drops what has arrived.
    pub(super) async fn drain(&mut self) {
        if self.outbox.is_empty() && self.waiting.is_empty() {
            // Nothing is left to try the audit with: whoever comes next does, with his own batch.
            self.outbox.refused = None;
        }
        let rests = self.outbox.rests.is_some_and(|until| Instant::now() < until);
        if !self.boxes() || rests || !self.is_settled() {
            return;
        }
        self.outbox.rests = Some(Instant::now() + self.limits.audit);
        self.drain_a_group().await;
        self.let_go().await;
    }

    async fn drain_a_group(&mut self) {
        if self.away().is_some() {
            self.look_at_tabs(Need::Sometime).await;
        }
        if self.pause.is_some() || !matches!(self.hold_fence().await, Ok(true)) {
            return;
        }
        // What waits here may have been brought by another process meanwhile, at which a tablet repeated its tap.
        let stale = self.away().is_some() || self.outbox.is_unsettled() || self.share.is_together();
        if stale && self.look(Need::Sometime).await.is_err() {
            return;
        }
        // What a process that died has left in wrong rows is put right before the audit speaks of it.
        self.settle_the_rest().await;
        let (Some(fence), Some(layout)) = (self.fence.held(), self.reader.layout()) else { return };
        if !self.is_settled() || self.outbox.is_unsettled() || self.outbox.is_empty() {
            return;
        }
        let (mut parts, mut ids, mut weight) = (vec![Part::Fence(fence)], HashSet::new(), 0);
        for entry in self.outbox.entries() {
            let Ok(part) = batch::audit(layout, &entry.event, self.zone) else { return };
            weight += batch::weight(&part);
            if weight > WEIGHT && !ids.is_empty() {
                break;
            }
            ids.insert(entry.event.id);
            parts.push(part);
        }
        self.budget.writes.take(Need::Sometime).await;
        if !self.share.may_write().await {
            return;
        }
        match self.client.batch_update(&parts, &[]).await {
            Ok(_) => {
                (self.outbox.refused, self.outbox.rests) = (None, None);
                // Noted before anything else: were it not, a reading after a restart would find them.
                let _ = self.outbox.forget(&ids).await;
                info!(events = ids.len(), "events that waited are in the audit");
            }
            Err(failed) => self.not_drained(failed).await,
        }
    }

    async fn not_drained(&mut self, failed: Failed) {
        warn!(?failed, "events that wait were not taken into the audit");
        match failed {
            Failed::Doubtful(_) => {
                self.outbox.doubt = true;
                self.fence.drop_it();
            }
            Failed::NotApplied(Reason::BadRequest { index: Some(0), .. }) => self.fenced_out().await,
            Failed::NotApplied(Reason::BadRequest { text, .. }) => self.outbox.refused = Some((Instant::now(), text)),
            Failed::NotApplied(Reason::Quota { retry_after }) => {
                self.budget.writes.empty(retry_after.unwrap_or(jittered(Duration::from_secs(8))));
            }
            Failed::NotApplied(_) => {}
        }
    }
}

/// The cell by which a row shows an operation.
fn version(id: Uuid) -> (Column, Cell) {
    (Column::Version, Cell::text(id.to_string()))
}
