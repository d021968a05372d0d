//! Looking at the workbook at intervals, and what stands in the way of writing.

use super::batch::same;
use super::budget::Need;
use super::client::{Failed, Reason, jittered};
use super::fence::{self, NoFence};
use super::refresh::{Fresh, Unread, lacks_columns, true_formulas};
use super::share::Lead;
use super::state::connecting;
use super::writer::Writer;
use crate::domain::{Column, Spool, WorkerId};
use crate::words;
use crate::workbook::{Formulas, View};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tracing::{info, warn};

/// How often formulas are looked for.
const FORMULAS: Duration = Duration::from_secs(3_600);

/// What looking has brought, besides the plant itself.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Readings that failed one after the other.
    pub(super) failures: u32,
    /// What was wrong with the last reading, and whether waiting does not help.
    wrong: Option<String>,
    people_must_help: bool,
    /// Every column that is needed was there once.
    good: bool,
    /// When the tabs were listed, and when formulas were looked for.
    looked: (Option<Instant>, Option<Instant>),
}

impl Watch {
    /// Whether the tabs were not looked at for twice as long as they should be, which is `each`.
    pub(super) fn is_overdue(&self, each: Duration) -> bool {
        self.failures == 0 && self.looked.0.is_some_and(|at| at.elapsed() >= each * 2)
    }
}

impl Writer {
    /// What is done at intervals, whether or not anybody waits.
    pub(super) async fn tick(&mut self) {
        let due = |last: Option<Instant>, each: Duration| last.is_none_or(|at| at.elapsed() >= each);
        if let Err(unread) = self.look(Need::Sometime).await {
            warn!(unread = format!("{unread:#}"), "the workbook was not read");
        } else {
            let listed = *self.watch.looked.0.get_or_insert_with(Instant::now);
            if due(Some(listed), self.limits.tabs) {
                // After the rows, which screens wait for; and soon, for nothing is written meanwhile.
                self.look_at_tabs(Need::Now).await;
            }
            if due(self.watch.looked.1, FORMULAS) {
                self.look_for_formulas().await;
            }
            let wants = match self.share.is_together() {
                true => !self.fence.is_known() || !self.orphans.is_empty() || !self.is_settled(),
                false => self.fence.held().is_none(),
            };
            if wants && self.pause.is_none() {
                // It is asked for again by whoever wants to write.
                let _ = self.hold_fence().await;
            }
            if self.fence.held().is_some() {
                self.settle_the_rest().await;
            }
            self.settle_orphans(self.limits.orphan).await;
            self.drain().await;
            self.let_go().await;
        }
        self.report();
        if self.watch.failures == 0 {
            self.state.ready.send_replace(true);
        }
    }

    /// Lists the tabs: somebody may have protected or renamed one, or hold the fence.
    pub(super) async fn look_at_tabs(&mut self, need: Need) {
        self.budget.reads.take(need).await;
        let Ok(book) = self.client.get().await else { return };
        self.watch.looked.0 = Some(Instant::now());
        if let Err(unread) = self.reader.place(&book) {
            warn!(?unread, "the tabs are not as they were");
        }
        let (held, found) = (self.fence.held(), fence::fences(&book));
        if found.len() > 1 || held.is_some_and(|held| found != [held]) {
            warn!("the fence is not as it was");
            self.fence.drop_it();
            self.share.doubt();
        }
    }

    /// Looks for formulas; where there are any, between two readings of the rows: they are known by the places of
    /// their cells, and those are true only if nobody has moved any meanwhile.
    async fn look_for_formulas(&mut self) {
        let before = self.state.mirror.view();
        let found = self.reader.formulas(&self.client, &mut self.budget).await;
        if found.as_ref().is_ok_and(|found| !found.is_empty()) && self.look(Need::Sometime).await.is_err() {
            return;
        }
        let view = self.state.mirror.view();
        match found {
            Ok(found) if !found.is_empty() && !same_places(&before, &view) => {
                warn!("rows or columns moved while formulas were looked for")
            }
            Ok(found) => {
                let found = true_formulas(found, &view);
                let by_cell =
                    |(spool, column, text): (Arc<Spool>, Column, String)| ((Arc::clone(&spool.identity.id), column), text);
                let found: Formulas = found.into_iter().map(by_cell).collect();
                if !found.is_empty() {
                    warn!(cells = found.len(), "columns that we write hold formulas; those cells are left alone");
                }
                self.state.formulas.store(Arc::new(found));
                self.watch.looked.1 = Some(Instant::now());
            }
            Err(failed) => warn!(?failed, "formulas were not looked for"),
        }
    }

    /// Reads, judges and remembers.
    pub(super) async fn look(&mut self, need: Need) -> Result<(), Unread> {
        let (hurried, before) = (self.pulse.reading(), self.state.mirror.view());
        let read = self.reader.read(&self.client, &mut self.budget, need, &before, (self.now)()).await;
        let told = match read {
            Ok(fresh) => self.take(fresh),
            Err(unread) => Err(unread),
        };
        self.watch.wrong = match &told {
            Ok(()) => None,
            Err(unread) => Some(unread.to_string()),
        };
        self.watch.people_must_help = matches!(
            &told,
            Err(Unread::Wrong(_) | Unread::Failed(Failed::NotApplied(Reason::Permission | Reason::ApiOff | Reason::NotFound)))
        );
        match &told {
            Ok(()) => {
                self.watch.failures = 0;
                // Without a column that is needed the rows are those of before; and what a batch hit by mistake
                // is given back.
                let lacks = self.state.mirror.view().missing.iter().any(|column| column.is_critical());
                if !lacks {
                    self.inherit();
                }
                if !lacks && self.is_settled() {
                    self.pulse.has_read();
                }
                // Who reads because others told has nothing to tell them.
                if !hurried && before.read_at.is_some() && self.state.mirror.view().number != before.number {
                    self.pulse.tell();
                }
            }
            Err(Unread::Failed(Failed::NotApplied(Reason::Quota { retry_after }))) => {
                self.watch.failures += 1;
                self.budget.reads.empty(retry_after.unwrap_or(jittered(Duration::from_secs(8))));
            }
            Err(_) => self.watch.failures += 1,
        }
        told
    }

    /// Takes a reading into memory, unless it cannot be true.
    fn take(&mut self, fresh: Fresh) -> Result<(), Unread> {
        self.reader.judge(&fresh, self.state.mirror.view().spools.len())?;
        self.follow(fresh);
        Ok(())
    }

    /// Takes a reading into memory that was judged: a second judgement of one that lacks many rows would
    /// take it for the first that does.
    pub(super) fn follow(&mut self, mut fresh: Fresh) {
        let view = self.state.mirror.view();
        self.heed(&mut fresh);
        for event in &fresh.loaded.events {
            let system = event.worker == WorkerId::SYSTEM;
            if let Some(undone) = event.notes.undoes.filter(|_| system) {
                self.state.set_void(undone, true);
            }
        }
        let lacks = fresh.loaded.missing.iter().any(|column| column.is_critical());
        self.watch.good |= !lacks;
        if !(lacks && self.watch.good) {
            self.reader.accept(&fresh);
        }
        match (lacks && self.watch.good, fresh.whole) {
            // The last good rows stay; what is missing is said.
            (true, _) => self.state.mirror.lack(fresh.loaded.missing),
            (false, true) => self.state.mirror.load(fresh.loaded),
            (false, false) => self.state.mirror.refresh(fresh.loaded),
        }
        self.state.metrics.hand_edits.inc_by(hand_edits(&view, &self.state.mirror.view()));
        if !lacks {
            self.remember(&view);
        }
    }

    /// Says what stands in the way of writing, if anything does.
    pub(super) fn report(&mut self) {
        let trouble = self.trouble();
        self.knows();
        self.state.trouble.store(trouble.map(Arc::new));
        for (kind, left) in [("read", self.budget.reads.left()), ("write", self.budget.writes.left())] {
            self.state.metrics.tokens.get_or_create(&[("kind", kind)]).set(left);
        }
    }

    fn trouble(&mut self) -> Option<String> {
        let view = self.state.mirror.view();
        let Some(layout) = self.reader.layout().filter(|_| view.read_at.is_some()) else {
            // A quota or a network that is away passes; what people must put right is said.
            let wrong = self.watch.wrong.clone().filter(|_| self.watch.people_must_help);
            return Some(wrong.unwrap_or_else(|| connecting().into()));
        };
        let missing: Vec<&str> =
            view.missing.iter().filter(|column| column.is_critical()).map(|column| column.header()).collect();
        if !missing.is_empty() {
            return Some(lacks_columns(&layout.operaciones.title, &missing));
        }
        if self.watch.looked.1.is_none() {
            // A formula that nobody has looked for would be written over (`design.md` 5.10).
            return Some(connecting().into());
        }
        if let Some(why) = self.unaudited() {
            return Some(why);
        }
        if let Some((until, why)) = &self.pause {
            if Instant::now() < *until {
                return Some(why.clone());
            }
            self.pause = None;
        }
        if !self.is_settled() {
            return Some(words::text("sheets-in-question").into());
        }
        (self.watch.failures > 2).then(|| self.watch.wrong.clone().unwrap_or_else(|| words::text("sheets-silent").into()))
    }

    /// Stops writing for a while.
    pub(super) fn pause_for(&mut self, time: Duration, why: &str) {
        self.fence.drop_it();
        self.pause = Some((Instant::now() + time, why.to_owned()));
        self.report();
    }

    /// Has the turn to write and the fence, or says why not; `false`: it is another process's turn.
    /// Whoever calls this ends it by [`let_go`](Writer::let_go).
    pub(super) async fn hold_fence(&mut self) -> Result<bool, String> {
        match self.share.lead().await {
            Ok(Lead::Still) => {}
            Ok(Lead::Ours(left)) => self.fence.adopt(left),
            Ok(Lead::Theirs) => return Ok(false),
            Err(error) => {
                warn!(%error, "nobody can tell whose turn it is to write");
                return Err(words::text("sheets-no-turn").into());
            }
        }
        if self.fence.held().is_some() {
            return Ok(true);
        }
        let deadline = Instant::now() + self.limits.settle;
        match self.fence.take_over(&self.client, &mut self.budget, deadline).await {
            Ok(()) => {
                info!("the fence of the workbook is ours");
                self.heir.looks();
                Ok(true)
            }
            Err(why) => Err(self.without_fence(why)),
        }
    }

    /// Ends our turn, if others may want one; they go on under our fence, unless we have lost it.
    pub(super) async fn let_go(&mut self) {
        if self.share.is_together() {
            self.share.release(self.fence.held()).await;
            self.fence.drop_it();
        }
    }

    /// Replaces the fence, so that no batch sent before can be applied any more. Was our turn lost
    /// meanwhile, another one is waited for, but not for long: somebody waits to know.
    pub(super) async fn renew_fence(&mut self, deadline: Instant) -> Result<(), NoFence> {
        self.fence.drop_it();
        if !self.share.is_ours().await {
            let regained = async { while matches!(self.share.lead().await, Ok(Lead::Theirs)) {} };
            if timeout(self.limits.settle / 2, regained).await.is_err() {
                warn!("the fence is replaced out of turn");
            }
        }
        self.fence.take_over(&self.client, &mut self.budget, deadline).await
    }

    /// What not having the fence means, in words.
    pub(super) fn without_fence(&mut self, why: NoFence) -> String {
        warn!(?why, "the fence of the workbook is not ours");
        match why {
            NoFence::Failed(Failed::NotApplied(Reason::Permission)) => {
                let why = words::text("sheets-no-editor");
                self.pause_for(self.limits.rival, why);
                why.into()
            }
            NoFence::Failed(_) | NoFence::Late => words::text("sheets-silent").into(),
            NoFence::Unrest => {
                self.state.alarm("rival");
                let why = words::text("sheets-rival");
                self.pause_for(self.limits.rival, why);
                why.into()
            }
            NoFence::Vanished => {
                self.state.alarm("fence_gone");
                self.fence.forget();
                let why = words::text("sheets-fence-gone");
                self.pause_for(self.limits.vanished, why);
                why.into()
            }
        }
    }
}

/// Whether every cell of two readings is in the same place.
fn same_places(before: &View, after: &View) -> bool {
    let places = |view: &View| view.spools.iter().map(|spool| (spool.fila, Arc::clone(&spool.identity.id))).collect::<Vec<_>>();
    before.missing == after.missing && before.header == after.header && places(before) == places(after)
}

/// Cells of columns that we write which a reading found changed although no operation did it.
fn hand_edits(before: &View, after: &View) -> u64 {
    let ours = || Column::ALL.into_iter().filter(|column| column.is_ours() && *column != Column::Version);
    let changed = after.others_than(before).filter_map(|spool| Some((before.get(spool.id())?, spool)));
    let changed = changed.filter(|(old, new)| !Arc::ptr_eq(old, new) && old.version == new.version);
    changed.map(|(old, new)| ours().filter(|column| !same(&old.row[*column], &new.row[*column])).count() as u64).sum()
}
