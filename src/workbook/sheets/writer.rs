//! The one task that talks to Google: it reads at intervals, and lands what waits in groups.
//!
//! Reads and writes follow each other in one task. So a reading that began before a write of our
//! own can never be taken for newer (`field-failures.md` C10), and there are never two batches in
//! flight.

use super::a1::Fila;
use super::batch::{self, Batch, Target, same_row};
use super::budget::{Bucket, Budget, Calls, Need};
use super::client::{Client, Failed, Reason, jittered};
use super::fence::{self, Fence, NoFence};
use super::heir::Heir;
use super::outbox::Outbox;
use super::refresh::{Layout, Reader, Unread};
use super::settle::Doubt;
use super::share::{Pulse, Share};
use super::state::{State, connecting};
use super::waiting::Waiting;
use super::watch::Watch;
use super::{Limits, QUEUE};
use crate::broken::{Safety, lacks};
use crate::domain::problem::Kind;
use crate::domain::{AuditEvent, Change, Column, Level, Moment, Problem, Refusal, Spool};
use crate::error::{Error, Service};
use crate::words;
use crate::workbook::{Applied, Landing};
use chrono_tz::Tz;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::{error, warn};
use uuid::Uuid;

/// Tells the plant's time.
pub(super) type Now = Arc<dyn Fn() -> Moment + Send + Sync>;

/// How often a reading that somebody waits for is tried.
const READS: u32 = 4;

/// How long a reading that is due makes way for those of others.
const OVERDUE: Duration = Duration::from_secs(5);

/// The first pause after a reading that failed; doubled each time, up to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// So many changes refused by Google one after the other, and each goes alone (`design.md` 5.2).
const REMOVALS: u32 = 3;

/// A batch and the changes in it.
pub(super) struct Plan {
    /// Where everything was when it was made.
    pub(super) layout: Layout,
    pub(super) batch: Batch,
    pub(super) items: Vec<(Waiting, Target)>,
    /// Events that wait in the outbox instead of going with the batch.
    pub(super) boxed: HashSet<Uuid>,
}

/// All that the task works with.
pub(super) struct Writer {
    pub(super) client: Client,
    pub(super) budget: Budget,
    pub(super) pulse: Pulse,
    pub(super) share: Share,
    pub(super) reader: Reader,
    pub(super) fence: Fence,
    pub(super) state: Arc<State>,
    pub(super) outbox: Outbox,
    pub(super) zone: Tz,
    pub(super) now: Now,
    pub(super) limits: Limits,
    pub(super) queue: UnboundedReceiver<Waiting>,
    pub(super) waiting: VecDeque<Waiting>,
    pub(super) closed: bool,
    /// No writing before this, and why.
    pub(super) pause: Option<(Instant, String)>,
    pub(super) watch: Watch,
    /// Changes that Google refused one after the other.
    removals: u32,
    alone: Bucket,
    /// The batch of which nobody could tell yet what became of it, or that has not been put right yet.
    pub(super) doubt: Option<Doubt>,
    /// What may be left of a process that died.
    pub(super) heir: Heir,
    /// Operations whose audit row stands without their row, and since when.
    pub(super) orphans: HashMap<Uuid, (AuditEvent, Instant)>,
    /// Whether the audit was told of some of them is not known.
    pub(super) voids_in_doubt: bool,
}

impl Writer {
    pub(super) fn new(
        client: Client,
        reader: Reader,
        (pulse, budget, share): (Pulse, Budget, Share),
        (state, outbox): (Arc<State>, Outbox),
        now: Now,
        limits: Limits,
        queue: UnboundedReceiver<Waiting>,
    ) -> Writer {
        let mut heir = Heir::default();
        if !outbox.is_empty() {
            heir.looks();
        }
        Writer {
            client,
            budget,
            pulse,
            share,
            reader,
            fence: Fence::default(),
            state,
            zone: outbox.zone,
            outbox,
            now,
            limits,
            queue,
            waiting: VecDeque::new(),
            closed: false,
            pause: None,
            watch: Watch::default(),
            removals: 0,
            alone: Bucket::new(5.0, 2.0),
            doubt: None,
            heir,
            orphans: HashMap::new(),
            voids_in_doubt: false,
        }
    }

    /// Works until the adapter is closed and nothing waits.
    pub(super) async fn run(mut self) {
        let mut next = Instant::now();
        loop {
            tokio::select! {
                biased;
                came = self.queue.recv(), if !self.closed => match came {
                    Some(waiting) => self.waiting.push_back(waiting),
                    None => self.closed = true,
                },
                () = due(next, &mut self.pulse, &mut self.budget.reads) => {
                    self.tick().await;
                    next = self.next();
                }
            }
            while self.gather() {
                self.commit().await;
                self.drain().await;
                next = self.next();
                if self.watch.is_overdue(self.limits.tabs) {
                    // Where somebody always waits, nobody would ever look at the tabs.
                    self.look_at_tabs(Need::Now).await;
                }
            }
            if self.closed {
                self.last_orphans().await;
                return self.pulse.leave().await;
            }
        }
    }

    /// When to read next.
    fn next(&self) -> Instant {
        match self.watch.failures {
            0 if !self.is_settled() => Instant::now() + jittered(PAUSES.0),
            0 => self.pulse.next(),
            failures => Instant::now() + jittered(PAUSES.0.saturating_mul(1 << failures.min(6)).min(PAUSES.1)),
        }
    }

    /// Takes what came meanwhile; whether anything waits.
    fn gather(&mut self) -> bool {
        while self.waiting.len() < QUEUE {
            match self.queue.try_recv() {
                Ok(waiting) => self.waiting.push_back(waiting),
                Err(_) => break,
            }
        }
        self.waiting.retain(|waiting| !waiting.ticket.is_withdrawn());
        !self.waiting.is_empty()
    }

    /// Lands what waits, if it is our turn.
    async fn commit(&mut self) {
        self.report();
        if self.state.trouble.load().is_some() && (self.pause.is_some() || self.watch.failures == 0) {
            return self.refuse_all();
        }
        if self.share.is_together() && self.watch.failures > 0 && self.look(Need::Now).await.is_err() {
            // Who cannot read takes no turn from those who can.
            return self.give_up();
        }
        match self.hold_fence().await {
            Ok(true) => {
                self.settle_the_rest().await;
                match self.is_settled() {
                    true => self.land_what_waits().await,
                    false => self.give_up(),
                }
                self.settle_orphans(self.limits.orphan).await;
            }
            // Another process writes. Those who wait go on waiting, each until his own deadline.
            Ok(false) => {}
            Err(why) => {
                self.state.trouble.store(Some(Arc::new(why)));
                self.refuse_all();
                self.report();
            }
        }
        self.let_go().await;
    }

    /// Read, compare, write, verify.
    async fn land_what_waits(&mut self) {
        if self.removals >= REMOVALS {
            self.alone.take().await;
        }
        self.budget.writes.take(Need::Now).await;
        if self.read_patiently().await.is_err() {
            return self.give_up();
        }
        self.settle_the_rest().await;
        self.report();
        if self.state.trouble.load().is_some() {
            return self.refuse_all();
        }
        self.gather();
        let Some(plan) = self.plan() else { return };
        if !self.share.may_write().await {
            return self.put_back(plan);
        }
        let Some(plan) = self.noted(plan).await else { return };
        self.state.metrics.batch.observe(plan.items.len() as f64);
        self.begins();
        match self.client.batch_update(&plan.batch.parts, &plan.batch.shown).await {
            Ok(reply) => {
                let targets = plan.items.iter().map(|(_, target)| target);
                match lacks(Safety::Tag) || batch::is_right(&reply, &plan.layout, targets) {
                    true => {
                        // Were it not noted, the workbook would tell it again after a restart.
                        let _ = self.outbox.settle(&plan.boxed).await;
                        self.land(plan);
                    }
                    false => self.settle(plan, Some(reply)).await,
                }
            }
            Err(Failed::NotApplied(reason)) => {
                self.outbox.forget(&plan.boxed);
                self.not_applied(plan, reason).await;
            }
            Err(Failed::Doubtful(why)) => {
                warn!(why, changes = plan.items.len(), "a batch without a known outcome");
                self.settle(plan, None).await;
            }
        }
        self.knows();
    }

    /// Reads for those who wait, again when it fails.
    pub(super) async fn read_patiently(&mut self) -> Result<(), Unread> {
        let tries = if self.watch.failures > 2 { 1 } else { READS };
        let mut last = Unread::Wrong(String::new());
        for attempt in 0..tries {
            match self.look(Need::Now).await {
                Ok(()) => return Ok(()),
                Err(wrong @ Unread::Wrong(_)) => return Err(wrong),
                Err(unread) => {
                    warn!(unread = format!("{unread:#}"), attempt, "the workbook was not read");
                    let quick =
                        matches!(unread, Unread::Implausible(_) | Unread::Failed(Failed::NotApplied(Reason::Quota { .. })));
                    if !quick && attempt + 1 < tries {
                        sleep(jittered(PAUSES.0 * 2u32.pow(attempt))).await;
                    }
                    last = unread;
                }
            }
        }
        Err(last)
    }

    /// The workbook was not read: whoever waits is told so.
    fn give_up(&mut self) {
        self.state.trouble.store(Some(Arc::new(words::text("sheets-silent").into())));
        self.refuse_all();
        self.report();
    }

    /// Answers everybody that nothing can be written now.
    fn refuse_all(&mut self) {
        let why = self.state.trouble.load().as_ref().map_or_else(|| connecting().to_owned(), |why| String::clone(why));
        for waiting in std::mem::take(&mut self.waiting) {
            waiting.tell(Err(Error::unavailable(Service::Workbook, why.clone())));
        }
    }

    /// Answers what is answered by memory alone, and puts the rest into a batch.
    fn plan(&mut self) -> Option<Plan> {
        self.answer_from_memory();
        let (layout, fence) = (self.reader.layout()?.clone(), self.fence.held()?);
        let most = if self.removals >= REMOVALS { 1 } else { self.outbox.room() };
        let batch = Batch::new(fence, &layout);
        let mut plan = Plan { layout: layout.clone(), batch, items: Vec::new(), boxed: HashSet::new() };
        let mut rows: HashSet<Arc<str>> = HashSet::new();
        let view = self.state.mirror.view();
        for waiting in std::mem::take(&mut self.waiting) {
            let change = &waiting.change;
            let twin =
                rows.contains(&change.spool) || plan.items.iter().any(|(other, _)| other.change.event.id == change.event.id);
            let Some(spool) = view.get(&change.spool).filter(|_| !twin && plan.items.len() < most) else {
                self.waiting.push_back(waiting);
                continue;
            };
            let target = Target { fila: Fila(spool.fila), after: change.after(), cells: change.cells.clone() };
            let audited = self.orphans.contains_key(&change.event.id);
            let audit = match audited {
                true => Ok(None),
                false => self.audit_row(&layout, &change.event),
            };
            let audit = match audit {
                Ok(audit) => audit,
                // Never a row without its audit row (`field-failures.md` F1).
                Err(why) => {
                    waiting.tell(Err(Error::unavailable(Service::Workbook, why)));
                    continue;
                }
            };
            let weight = audit.as_ref().map_or(2_000, batch::weight) + 2_000;
            if plan.batch.is_full(weight) {
                self.waiting.push_back(waiting);
                continue;
            }
            if !waiting.ticket.enter() {
                continue;
            }
            rows.insert(Arc::clone(&change.spool));
            plan.batch.add(&layout, &target, audit);
            plan.items.push((waiting, target));
        }
        (!plan.items.is_empty()).then_some(plan)
    }

    /// Answers what needs no batch: what is known already, and what was decided on another row.
    pub(super) fn answer_from_memory(&mut self) {
        let view = self.state.mirror.view();
        for waiting in std::mem::take(&mut self.waiting) {
            let change = &waiting.change;
            if let Some(event) = self.state.event(change.event.id) {
                waiting.tell(Ok(Applied::Already(event)));
                continue;
            }
            if self.state.is_void(change.event.id) && !self.orphans.contains_key(&change.event.id) {
                // The audit says already that it did not hold: it is not told again under this id.
                waiting.tell(Err(Error::Conflict));
                continue;
            }
            match view.get(&change.spool) {
                Some(spool) if self.is_in_question(spool, &view) => {
                    waiting.tell(Err(Error::unavailable(Service::Workbook, words::text("sheets-in-question"))));
                }
                Some(spool) if same_row(&spool.row, &change.image) => match self.formula(spool, change) {
                    Some(refusal) => waiting.tell(Err(refusal.into())),
                    None => self.waiting.push_back(waiting),
                },
                _ => waiting.tell(Err(Error::Conflict)),
            }
        }
    }

    /// A cell that holds a formula is never overwritten (`design.md` 5.10).
    fn formula(&self, spool: &Spool, change: &Change) -> Option<Refusal> {
        let formulas = self.state.formulas.load();
        let hit = |column: &Column| formulas.contains_key(&(Arc::clone(&spool.identity.id), *column));
        let column = change.cells.iter().map(|(column, _)| *column).find(hit)?;
        let value = spool.row[column].display();
        let problem = Problem { column, value, level: Level::Error, kind: Kind::Formula };
        Some(Refusal::Unreadable { tag: spool.tag().clone(), problem })
    }

    /// Everything landed where it was meant to.
    pub(super) fn land(&mut self, plan: Plan) {
        self.removals = 0;
        let at = (self.now)();
        let landings = plan.items.iter().map(|(waiting, target)| Landing { change: &waiting.change, row: target.after.clone() });
        let landed = self.state.mirror.land(landings.collect(), at);
        self.pulse.tell();
        for ((waiting, _), spool) in plan.items.into_iter().zip(landed) {
            let id = waiting.change.event.id;
            if self.orphans.remove(&id).is_some() {
                self.state.set_void(id, false);
            }
            waiting.tell(match spool {
                Some(spool) => Ok(Applied::Landed(spool)),
                None => Err(Error::Internal("a row landed that the memory does not know".into())),
            });
        }
        self.answer_from_memory();
    }

    /// A batch that certainly had no effect.
    async fn not_applied(&mut self, plan: Plan, reason: Reason) {
        match reason {
            Reason::Quota { retry_after } => {
                let wait = retry_after.unwrap_or(jittered(Duration::from_secs(8)));
                warn!(?wait, "over Google's quota of writes");
                self.budget.writes.empty(wait);
                self.put_back(plan);
            }
            Reason::BadRequest { index: Some(0), .. } => {
                self.put_back(plan);
                self.fenced_out().await;
            }
            Reason::BadRequest { index, text } if self.audit_refuses(&plan, index, &text).await => {
                warn!(text, "the audit takes no rows");
                self.put_back(plan);
            }
            Reason::BadRequest { index, text } => {
                error!(text, ?index, "Google refused a part of a batch");
                let culprit = index.and_then(|index| plan.batch.owner(index));
                self.removals += 1;
                let mut rest = Vec::new();
                for (place, (waiting, target)) in plan.items.into_iter().enumerate() {
                    match culprit.is_none_or(|culprit| culprit == place) {
                        true => waiting.tell(Err(Error::unavailable(Service::Workbook, text.clone()))),
                        false => rest.push((waiting, target)),
                    }
                }
                self.put_back(Plan { items: rest, ..plan });
            }
            Reason::Auth(_) | Reason::NotFound | Reason::Permission | Reason::ApiOff | Reason::Unreachable(_) => {
                warn!(?reason, "a batch was not taken");
                let why =
                    if reason == Reason::Permission { words::text("sheets-read-only") } else { words::text("sheets-silent") };
                for (waiting, _) in plan.items {
                    waiting.tell(Err(Error::unavailable(Service::Workbook, why)));
                }
            }
        }
    }

    /// Changes wait again, before those that came later; but not those whose outcome is waited for no more.
    pub(super) fn put_back(&mut self, plan: Plan) {
        for (waiting, _) in plan.items.into_iter().rev() {
            waiting.ticket.leave();
            if !waiting.answer.is_closed() {
                self.waiting.push_front(waiting);
            }
        }
    }

    /// Our batch named a fence that is not there any more: somebody else took over, or deleted it.
    pub(super) async fn fenced_out(&mut self) {
        if !self.share.is_ours().await {
            // Our turn had run out: that the next process replaced the fence is as it should be.
            warn!("fenced out after our turn had ended; asking for another one");
            return self.fence.drop_it();
        }
        self.state.alarm("fenced_out");
        error!("fenced out of the workbook");
        self.budget.reads.take(Need::Now).await;
        let rival = self.client.get().await.map(|book| !fence::fences(&book).is_empty());
        match rival {
            Ok(false) => _ = self.without_fence(NoFence::Vanished),
            _ => {
                let why = words::text("sheets-rival");
                self.pause_for(self.limits.rival, why);
            }
        }
    }
}

/// Waits until it is time to read, and Google may be asked.
async fn due(next: Instant, pulse: &mut Pulse, reads: &mut Calls) {
    tokio::select! {
        () = sleep_until(next) => {}
        () = pulse.hurried() => {}
    }
    // Those who wait to write come first, but nobody's screens are left behind for long.
    if timeout(OVERDUE, reads.afford(Need::Sometime)).await.is_err() {
        reads.afford(Need::Now).await;
    }
}
