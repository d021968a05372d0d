//! What is done after a batch that was not plainly right: its outcome is unknown, or somebody moved
//! rows or columns within the one round trip that nobody can guard (`design.md` 5.4, 5.12).
//!
//! Read, [`compare()`], write what it finds, and again until it finds nothing. Only then memory takes
//! the reading, and those who wait are answered.

use super::batch::{self, Batch, Names, Target, same};
use super::budget::Need;
use super::client::{Failed, Reason, Reply, jittered};
use super::compare::{self, Attempt, Found, Images, Sides, Since, compare};
use super::refresh::{Fresh, Layout};
use super::waiting::Waiting;
use super::writer::{Plan, Writer};
use crate::domain::spool::identify;
use crate::domain::{AuditEvent, Cell, Change, Column, Row};
use crate::error::Error;
use crate::words;
use crate::workbook::{Applied, Landing};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{error, info, warn};
use uuid::Uuid;

/// The first pause after a reading that failed, or an attempt that was refused; doubled each time, up
/// to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(4));

/// A batch of which it has to be found out what became of it.
pub(super) struct Doubt {
    pub(super) items: Vec<Waiting>,
    /// Events that wait in the outbox instead of having gone with it.
    pub(super) boxed: HashSet<Uuid>,
    /// The rows as they were when it was sent.
    pub(super) images: Images,
    /// The batch, and what was sent since to put right what it hit.
    pub(super) attempts: Vec<Attempt>,
    /// Its outcome is unknown; else it landed, and not where it was meant to.
    pub(super) doubtful: bool,
    /// The names of rows that Google lets nobody put right: people have been told.
    pub(super) aside: Vec<Names>,
}

/// Why what a batch hit is not put right by this attempt.
enum Unmended {
    Failed(Failed),
    /// Google will not have what is meant for this row.
    Refused(Names),
}

impl Doubt {
    /// A batch of a process that died: in these rows, and meant for those that the changes name. `layout` is where
    /// columns were when it was sent, `line` the header line now.
    pub(super) fn left_behind(items: Vec<(Change, Target)>, images: Images, layout: Layout, line: Vec<String>) -> Doubt {
        let (changes, targets): (Vec<Change>, Vec<Target>) = items.into_iter().unzip();
        let hits = Some(targets.iter().map(|target| batch::names(&target.after)).collect());
        let attempts = vec![Attempt { line: Some(line), hits, layout, targets }];
        let items = changes.into_iter().map(Waiting::by_nobody).collect();
        Doubt { items, boxed: HashSet::new(), images, attempts, doubtful: false, aside: Vec::new() }
    }

    /// How many changes it is about.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// What nobody can put right is left to people; a change that was meant for such a row does not hold.
    fn without_aside(&self, found: &mut Found) {
        let is_aside = |row: &Row| {
            let row = batch::names(row);
            self.aside.iter().any(|names| names.iter().zip(&row).all(|(a, b)| same(a, b)))
        };
        found.repairs.retain(|target| !is_aside(&target.after));
        for (waiting, holds) in self.items.iter().zip(&mut found.hold) {
            *holds &= !is_aside(&waiting.change.image);
        }
    }
}

impl Writer {
    /// Finds out what became of a batch, puts right what it hit by mistake, and answers. `reply` is
    /// what the workbook was right after it; without one it is doubtful.
    ///
    /// A doubtful batch is never sent again. The fence is replaced first: from then on the batch
    /// has been applied or never will be, and a reading tells which.
    pub(super) async fn settle(&mut self, plan: Plan, reply: Option<Reply>) {
        let deadline = Instant::now() + self.limits.settle;
        let (doubtful, images) = (reply.is_none(), compare::images(&self.state.mirror.view()));
        let (items, targets): (Vec<Waiting>, Vec<Target>) = plan.items.into_iter().unzip();
        let attempts = vec![Attempt::of(targets, plan.layout, reply.as_ref())];
        let doubt = Doubt { items, boxed: plan.boxed, images, attempts, doubtful, aside: Vec::new() };
        self.keep(&doubt);
        if !doubtful {
            self.state.alarm("moved");
            error!("rows or columns were moved while a batch was on its way");
        } else if let Err(why) = self.renew_fence(deadline).await {
            self.without_fence(why);
            return self.put_off(doubt);
        }
        self.find_out(doubt, deadline).await;
    }

    /// Does what was put off: the fence is ours, and was replaced since.
    pub(super) async fn settle_the_rest(&mut self) {
        self.recall();
        if let Some(doubt) = self.doubt.take() {
            self.find_out(doubt, Instant::now() + self.limits.settle).await;
        }
    }

    /// Whether no batch of the past has to be looked into before anything new is written.
    pub(super) fn is_settled(&self) -> bool {
        self.doubt.is_none() && self.outbox.left.is_none()
    }

    /// Nobody can tell now, and those who wait are told so. What it hit by mistake is put right later all
    /// the same.
    fn put_off(&mut self, mut doubt: Doubt) {
        doubt.items.iter_mut().for_each(|waiting| waiting.tell_already(Err(Error::OutcomeUnknown)));
        self.doubt = Some(doubt);
    }

    async fn find_out(&mut self, mut doubt: Doubt, deadline: Instant) {
        let mut pause = PAUSES.0;
        loop {
            let fresh = timeout_at(deadline, self.read_until_it_works()).await;
            let (Ok(fresh), Some(now)) = (fresh, self.reader.layout().cloned()) else { return self.put_off(doubt) };
            if !self.was_applied(&doubt, &fresh) {
                return self.never_applied(doubt, fresh);
            }
            let mut found = self.compared(&doubt, &fresh, &now);
            doubt.without_aside(&mut found);
            if found.is_settled() {
                return self.settled(doubt, &found.hold, fresh);
            }
            if fresh.loaded.missing.iter().any(|column| column.is_critical()) {
                // Somebody is at the header line: what has to be written has no place now.
                return self.put_off(doubt);
            }
            if Instant::now() >= deadline {
                return self.not_mended(doubt, &found);
            }
            match self.put_right(&mut doubt, found, now).await {
                Ok(()) => {}
                Err(Unmended::Refused(names)) => {
                    self.state.alarm("not_mended");
                    doubt.aside.push(names);
                }
                Err(Unmended::Failed(Failed::NotApplied(Reason::Quota { retry_after }))) => {
                    self.budget.writes.empty(retry_after.unwrap_or(jittered(Duration::from_secs(8))));
                }
                Err(Unmended::Failed(failed)) => {
                    warn!(?failed, "what a batch hit by mistake is not put right yet");
                    let fenced_out = matches!(failed, Failed::NotApplied(Reason::BadRequest { index: Some(0), .. }));
                    let clean = matches!(failed, Failed::NotApplied(_)) && !fenced_out && self.fence.held().is_some();
                    // Whatever became of it, nothing of it can come later than the next attempt.
                    if !clean && let Err(why) = self.renew_fence(deadline).await {
                        self.without_fence(why);
                        return self.put_off(doubt);
                    }
                    if matches!(failed, Failed::NotApplied(_)) {
                        sleep(jittered(pause)).await;
                        pause = (pause * 2).min(PAUSES.1);
                    }
                }
            }
        }
    }

    async fn read_until_it_works(&mut self) -> Fresh {
        let mut pause = PAUSES.0;
        loop {
            let known = self.state.mirror.view();
            let read = self.reader.read(&self.client, &mut self.budget, Need::Now, &known, (self.now)()).await;
            match read {
                Ok(fresh) if self.reader.judge(&fresh, known.spools.len()).is_ok() => return fresh,
                Ok(_) => warn!("a reading after a batch cannot be true"),
                Err(unread) => warn!(?unread, "the workbook was not read after a batch"),
            }
            sleep(jittered(pause)).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Whether a batch was applied, which it was whole or not at all. A tablet may have repeated its tap
    /// at another process, which did that one change of it: so the audit has to show all of them.
    fn was_applied(&self, doubt: &Doubt, fresh: &Fresh) -> bool {
        if !doubt.doubtful {
            return true;
        }
        let known: HashSet<Uuid> = fresh.loaded.events.iter().map(|event| event.id).collect();
        let in_audit = |id: &Uuid| known.contains(id) || self.state.mirror.event(*id).is_some();
        // The audit knew an orphan before, and of those in the outbox it does not know yet.
        let (orphans, news): (Vec<Uuid>, Vec<Uuid>) = doubt
            .items
            .iter()
            .map(|waiting| waiting.change.event.id)
            .filter(|id| !doubt.boxed.contains(id))
            .partition(|id| self.orphans.contains_key(id));
        if !news.is_empty() && self.is_legible() {
            return news.iter().all(in_audit);
        }
        // Without an audit the rows tell. Of a few of the changes they may show what another process did, whose own
        // audit rows wait: then most rows are as they were, and what was meant for them is nowhere.
        let versions: HashSet<String> = fresh.loaded.rows.iter().map(|(_, row)| row[Column::Version].display()).collect();
        let shown = orphans.iter().chain(&news).filter(|id| versions.contains(&id.to_string())).count();
        shown + self.evidence(fresh, &doubt.boxed) > unmoved(doubt, fresh, &versions)
    }

    fn never_applied(&mut self, doubt: Doubt, fresh: Fresh) {
        self.outbox.forget(&doubt.boxed);
        self.keep_nothing();
        self.follow(fresh);
        // Whoever asked decides again, on the row as it is now.
        doubt.items.into_iter().for_each(|waiting| waiting.tell(Err(Error::Conflict)));
        self.answer_from_memory();
    }

    fn compared(&self, doubt: &Doubt, fresh: &Fresh, now: &Layout) -> Found {
        let changes = doubt.items.iter().map(|waiting| &waiting.change).collect();
        let Doubt { attempts, images, .. } = doubt;
        let since = |change: &Change, row: &Row| self.since(doubt, change, row, &fresh.loaded.events);
        compare(&Sides { attempts, changes, images, rows: &fresh.loaded.rows, now }, since)
    }

    /// What the audit tells of a row since a change of it; `news` is what memory may not know yet.
    fn since(&self, doubt: &Doubt, change: &Change, row: &Row, news: &[AuditEvent]) -> Since {
        let (view, id) = (self.state.mirror.view(), change.event.id);
        if self.state.is_void(id) && !self.orphans.contains_key(&id) {
            // Somebody who looked into it meanwhile has told the audit that it did not happen.
            return Since::Overtaken;
        }
        let known = view.get(&change.spool).into_iter().flat_map(|spool| spool.events.iter().map(Arc::as_ref));
        let of_it = known.chain(news).filter(|event| event.spool.as_deref() == Some(&*change.spool));
        let of_it: Vec<&AuditEvent> = of_it.collect();
        if of_it.iter().any(|event| event.follows(id)) {
            return Since::Followed;
        }
        let version = |cells: &[(Column, Cell)]| cells.iter().any(|(column, _)| *column == Column::Version);
        // What waited in an outbox stands behind what was decided on it.
        let mut basis = vec![&change.event];
        while let Some(before) = of_it.iter().find(|event| basis[basis.len() - 1].follows(event.id)) {
            if basis.iter().any(|known| known.id == before.id) {
                break;
            }
            basis.push(before);
        }
        let mut later = of_it.iter().skip_while(|event| event.id != id).filter(|event| version(&event.notes.before));
        if later.any(|event| basis.iter().all(|known| known.id != event.id) && !self.state.is_void(event.id)) {
            return Since::Overtaken;
        }
        let told = |carried: Uuid| {
            let ours = doubt.items.iter().any(|waiting| waiting.change.event.id == carried);
            ours || self.state.mirror.event(carried).is_some() || news.iter().any(|event| event.id == carried)
        };
        let carried = Uuid::parse_str(&row[Column::Version].display()).ok();
        let carried = carried.filter(|_| !same(&row[Column::Version], &change.image[Column::Version]));
        if carried.is_some_and(|carried| !told(carried)) { Since::Untold } else { Since::Silent }
    }

    /// One attempt to put right what was hit. What it writes is absolute: so a lost reply is one more
    /// comparison and one more attempt, and no doubt.
    async fn put_right(&mut self, doubt: &mut Doubt, found: Found, layout: Layout) -> Result<(), Unmended> {
        let lost = || Unmended::Failed(Failed::NotApplied(Reason::Unreachable("the fence is not ours".into())));
        let mut batch = Batch::new(self.fence.held().ok_or_else(lost)?, &layout);
        found.repairs.iter().for_each(|target| batch.add(&layout, target, None));
        found.clears.iter().for_each(|(fila, col)| batch.clear(&layout, *fila, *col));
        if doubt.attempts.len() == 1 {
            self.state.metrics.overwritten.inc_by(found.overwritten.len() as u64);
            for (fila, column) in &found.overwritten {
                error!(fila = fila.0, column, "a cell of the office was overwritten when a column was moved; look at it");
            }
        }
        // Nothing is more urgent.
        self.budget.writes.take(Need::Fence).await;
        let written = self.client.batch_update(&batch.parts, &batch.shown).await;
        if let Err(Failed::NotApplied(Reason::BadRequest { index: Some(part), text })) = &written
            && let Some(refused) = batch.owner(*part).and_then(|place| found.repairs.get(place))
        {
            error!(fila = refused.fila.0, text, "a row that was hit by mistake cannot be put right; look at it in the workbook");
            return Err(Unmended::Refused(batch::names(&refused.after)));
        }
        if !matches!(written, Err(Failed::NotApplied(_))) {
            info!(rows = found.repairs.len(), "what a batch hit by mistake is being put right");
            doubt.attempts.push(Attempt::of(found.repairs, layout, written.as_ref().ok()));
            self.keep(doubt);
        }
        written.map(drop).map_err(Unmended::Failed)
    }

    /// Out of time: it goes on later, and until then nothing is written.
    fn not_mended(&mut self, doubt: Doubt, found: &Found) {
        let rows: Vec<u32> = found.repairs.iter().map(|target| target.fila.0).collect();
        error!(?rows, "rows that were hit by mistake could not be put right yet; look at them in the workbook");
        self.state.alarm("not_mended");
        self.put_off(doubt);
        self.pause_for(self.limits.rival, words::text("sheets-rows-moved"));
    }

    /// Everything is as it should be: memory follows, and everybody is answered.
    fn settled(&mut self, doubt: Doubt, hold: &[bool], fresh: Fresh) {
        let Doubt { items, boxed, .. } = doubt;
        let (mut landed, mut orphans) = (Vec::new(), Vec::new());
        for (waiting, holds) in items.into_iter().zip(hold) {
            if *holds { landed.push(waiting) } else { orphans.push(waiting) }
        }
        let (landed_boxed, dropped) = boxed.iter().partition(|id| landed.iter().any(|waiting| waiting.change.event.id == **id));
        self.outbox.settle(&landed_boxed);
        self.outbox.forget(&dropped);
        self.keep_nothing();
        // No audit row stands for what had to wait and did not hold: it is as if it had never been sent.
        for waiting in orphans.iter().filter(|waiting| !boxed.contains(&waiting.change.event.id)) {
            self.take_back(waiting.change.event.clone());
        }
        let unread = fresh.loaded.missing.iter().any(|column| column.is_critical());
        self.follow(fresh);
        if unread {
            // A column goes by another name for now: the rows in memory are those of before.
            let changes = landed.iter().map(|waiting| &waiting.change);
            let landings = changes.map(|change| Landing { change, row: change.after() }).collect();
            self.state.mirror.land(landings, (self.now)());
        }
        // Not before memory shows it: what is void no more and shown nowhere would be in doubt.
        for waiting in &landed {
            if self.orphans.remove(&waiting.change.event.id).is_some() {
                self.state.set_void(waiting.change.event.id, false);
            }
        }
        self.pulse.tell();
        let view = self.state.mirror.view();
        for waiting in landed {
            let spool = view.get(&waiting.change.spool).cloned();
            waiting.tell(spool.map(Applied::Landed).ok_or(Error::OutcomeUnknown));
        }
        orphans.into_iter().for_each(|waiting| waiting.tell(Err(Error::Conflict)));
        self.answer_from_memory();
    }
}

/// How many rows of a batch stand as they were, while no row carries what was meant for them.
fn unmoved(doubt: &Doubt, fresh: &Fresh, versions: &HashSet<String>) -> usize {
    let rows = &fresh.loaded.rows;
    let identities = identify(rows.iter().map(|(_, row)| &**row));
    let stands = |change: &Change| {
        let place = identities.iter().position(|identity| identity.id == change.spool);
        let same = |column: &Column| place.is_some_and(|place| same(&rows[place].1[*column], &change.image[*column]));
        change.cells.iter().any(|(column, _)| *column == Column::Version) && same(&Column::Version)
    };
    let changes = doubt.items.iter().map(|waiting| &waiting.change);
    changes.filter(|change| !versions.contains(&change.event.id.to_string()) && stands(change)).count()
}
