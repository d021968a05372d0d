//! What is done after a batch that was not plainly right: its outcome is unknown, or somebody moved
//! rows or columns within the one round trip that nobody can guard (`design.md` 5.4, 5.12).

use super::a1::{Col, Fila};
use super::batch::{self, Batch, Hit, Target, same_row};
use super::budget::Need;
use super::client::{Failed, Part, Reason, jittered};
use super::refresh::{Fresh, Layout};
use super::waiting::Waiting;
use super::writer::{Plan, Writer};
use crate::domain::column::normalise;
use crate::domain::spool::identify;
use crate::domain::{Action, AuditEvent, Cell, Change, Column, Identity, Notes, Row, WorkerId};
use crate::error::Error;
use crate::workbook::{Applied, View};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{error, info, warn};
use uuid::Uuid;

/// What became of each change of a batch, by a reading after it.
#[derive(Default)]
pub(super) struct Findings {
    /// Its row has it.
    pub(super) landed: Vec<Waiting>,
    /// The audit does not know it, and never will.
    pub(super) absent: Vec<Waiting>,
    /// The audit knows it and its row has not, and may not have it any more.
    pub(super) orphans: Vec<Waiting>,
    /// Cells to put right, by the place of their row in the reading.
    mends: BTreeMap<usize, BTreeMap<Column, Cell>>,
    /// Cells of new columns to clear.
    clears: Vec<(Fila, Col)>,
    /// Cells of the office that nobody can give back.
    overwritten: u64,
}

/// A row that was hit by mistake, or missed.
struct Wrong {
    /// What it is, wherever it stands.
    id: Arc<str>,
    /// As it was read after the batch.
    before: Row,
    /// As it has to be.
    target: Target,
}

/// What puts right what a batch hit by mistake.
pub(super) struct Repair {
    wrongs: Vec<Wrong>,
    /// Cells of new columns to clear.
    clears: Vec<(Fila, Col)>,
    layout: Layout,
    /// The rows as they have to be.
    view: Arc<View>,
}

/// What came of looking before one more attempt.
enum Again {
    /// Everything was found.
    Ready,
    /// Columns are not where they were.
    Moved,
    /// Nobody answers.
    Away,
}

/// A batch of which it has to be found out what became of it.
pub(super) struct Doubt {
    plan: Plan,
    /// Where everything was, and how the rows were, when it was sent.
    layout: Option<Layout>,
    view: Arc<View>,
    /// Its outcome is unknown; else it landed, and not where it was meant to.
    doubtful: bool,
}

impl Writer {
    /// Finds out what became of a batch, puts right what it hit by mistake, and answers.
    ///
    /// A doubtful batch is never sent again. The fence is replaced first: from then on the batch
    /// has been applied or never will be, and a reading tells which.
    pub(super) async fn settle(&mut self, plan: Plan, doubtful: bool) {
        let deadline = Instant::now() + self.limits.settle;
        let (layout, view) = (self.reader.layout().cloned(), self.state.mirror.view());
        let doubt = Doubt { plan, layout, view, doubtful };
        if doubtful {
            if let Err(why) = self.renew_fence(deadline).await {
                self.without_fence(why);
                return self.put_off(doubt);
            }
        } else {
            self.state.alarm("moved");
            error!("rows or columns were moved while a batch was on its way");
        }
        self.find_out(doubt, deadline).await;
    }

    /// Does what was put off: the fence is ours, and was replaced since.
    pub(super) async fn settle_the_rest(&mut self) {
        for mut repair in std::mem::take(&mut self.repairs) {
            let deadline = Instant::now() + self.limits.settle;
            match self.again(&mut repair, false, deadline).await {
                Again::Ready => _ = self.put_right(repair, deadline).await,
                Again::Away => self.repairs.push(repair),
                Again::Moved => error!("columns were moved before all rows could be put right; look at them in the workbook"),
            }
        }
        for doubt in std::mem::take(&mut self.doubts) {
            self.find_out(doubt, Instant::now() + self.limits.settle).await;
        }
    }

    /// Whether batches of the past still have to be looked into before anything new is written.
    pub(super) fn is_settled(&self) -> bool {
        self.doubts.is_empty() && self.repairs.is_empty()
    }

    /// Nobody can tell now, and those who wait are told so. What it hit by mistake is put right later all
    /// the same.
    fn put_off(&mut self, mut doubt: Doubt) {
        doubt.plan.items.iter_mut().for_each(|(waiting, _)| waiting.tell_already(Err(Error::OutcomeUnknown)));
        self.doubts.push(doubt);
    }

    async fn find_out(&mut self, doubt: Doubt, deadline: Instant) {
        let fresh = timeout_at(deadline, self.read_until_it_works()).await;
        let (Ok(fresh), Some(before), Some(after)) = (fresh, &doubt.layout, self.reader.layout().cloned()) else {
            return self.put_off(doubt);
        };
        let mut audited = self.audited(&fresh, &doubt.plan);
        let boxed = doubt.plan.boxed.clone();
        audited.extend(if doubt.doubtful { self.evident(&fresh, &boxed) } else { boxed.clone() });
        let mut findings = findings(doubt.plan, &audited, &fresh, &doubt.view, (before, &after));
        self.settle_boxed(&boxed, &mut findings);
        self.mend(findings, fresh, &after, deadline).await;
    }

    async fn read_until_it_works(&mut self) -> Fresh {
        let mut pause = Duration::from_millis(250);
        loop {
            let read = self.reader.read(&self.client, &mut self.budget, Need::Now, (self.now)()).await;
            let rows = self.state.mirror.view().spools.len();
            match read {
                Ok(fresh) if self.reader.judge(&fresh, rows).is_ok() => return fresh,
                Ok(_) => warn!("a reading after a batch cannot be true"),
                Err(unread) => warn!(?unread, "the workbook was not read after a batch"),
            }
            sleep(jittered(pause)).await;
            pause = (pause * 2).min(Duration::from_secs(4));
        }
    }

    /// The operations of a batch that the audit holds.
    fn audited(&self, fresh: &Fresh, plan: &Plan) -> HashSet<Uuid> {
        let news: HashSet<Uuid> = fresh.loaded.events.iter().map(|event| event.id).collect();
        let ids = plan.items.iter().map(|(waiting, _)| waiting.change.event.id);
        ids.filter(|id| news.contains(id) || self.state.mirror.event(*id).is_some()).collect()
    }

    /// Writes what must be put right, brings memory up to date, and answers.
    async fn mend(&mut self, findings: Findings, mut fresh: Fresh, layout: &Layout, deadline: Instant) {
        let Findings { landed, absent, orphans, mends, clears, overwritten } = findings;
        self.state.metrics.overwritten.inc_by(overwritten);
        let identities = identify(fresh.loaded.rows.iter().map(|(_, row)| row));
        let mut wrongs = Vec::new();
        for (place, cells) in mends {
            let Some((fila, row)) = fresh.loaded.rows.get_mut(place) else { continue };
            let cells: Vec<(Column, Cell)> = cells.into_iter().filter(|(column, _)| layout.col(*column).is_some()).collect();
            let before = std::mem::replace(row, row.with(&cells));
            let target = Target { fila: Fila(*fila), after: row.clone(), cells };
            wrongs.push(Wrong { id: Arc::clone(&identities[place].id), before, target });
        }
        fresh.loaded.rows.retain(|(_, row)| Column::ALL.into_iter().any(|column| !row[column].is_empty()));
        for waiting in &orphans {
            self.state.set_void(waiting.change.event.id, true);
        }
        // It was judged by the reading itself.
        let _ = self.take(fresh);
        let rows = wrongs.len();
        if !wrongs.is_empty() || !clears.is_empty() {
            let repair = Repair { wrongs, clears, layout: layout.clone(), view: self.state.mirror.view() };
            if !self.put_right(repair, deadline).await {
                let all = landed.into_iter().chain(orphans);
                self.unknown(all);
                absent.into_iter().for_each(|waiting| waiting.tell(Err(Error::Conflict)));
                return;
            }
            info!(rows, "what a batch hit by mistake was put right");
        }
        self.pulse.tell();
        let view = self.state.mirror.view();
        for waiting in landed {
            let spool = view.get(&waiting.change.spool).cloned();
            if self.orphans.remove(&waiting.change.event.id).is_some() {
                self.state.set_void(waiting.change.event.id, false);
            }
            waiting.tell(spool.map(Applied::Landed).ok_or(Error::OutcomeUnknown));
        }
        for waiting in orphans {
            self.orphans.insert(waiting.change.event.id, (waiting.change.clone(), Instant::now()));
            waiting.tell(Err(Error::Conflict));
        }
        // Whoever asked decides again, on the row as it is now.
        absent.into_iter().for_each(|waiting| waiting.tell(Err(Error::Conflict)));
        self.answer_from_memory();
    }

    /// Sends what puts things right, until it stands. What it writes is absolute, and once the fence
    /// has been replaced no earlier attempt can come after: so a lost reply is one more reading and one
    /// more attempt, and no doubt. So are rows that were moved once more within this round trip. Out of
    /// time it goes on later; when columns were moved as well, people have to look. Writing pauses.
    async fn put_right(&mut self, mut repair: Repair, deadline: Instant) -> bool {
        loop {
            let attempt = self.mended(&repair).await;
            if matches!(attempt, Ok(true)) {
                return true;
            }
            warn!(?attempt, "what a batch hit by mistake is not put right yet");
            match self.again(&mut repair, attempt.is_err(), deadline).await {
                Again::Ready if Instant::now() < deadline => continue,
                Again::Ready | Again::Away => self.repairs.push(repair),
                Again::Moved => {
                    let rows: Vec<u32> = repair.wrongs.iter().map(|wrong| wrong.target.fila.0).collect();
                    error!(?rows, "rows that were hit by mistake could not be put right; look at them in the workbook");
                }
            }
            self.state.alarm("not_mended");
            self.pause_for(self.limits.rival, "se movieron filas mientras se escribía; hay que revisar la planilla");
            return false;
        }
    }

    /// One attempt; whether it hit the rows that were meant.
    async fn mended(&mut self, repair: &Repair) -> Result<bool, Failed> {
        let Repair { wrongs, clears, layout, .. } = repair;
        // Without one the next attempt takes it first.
        let lost = || Failed::NotApplied(Reason::Unreachable("the fence is not ours".into()));
        let fence = self.fence.held().ok_or_else(lost)?;
        let mut batch = Batch::new(fence, layout);
        wrongs.iter().for_each(|wrong| batch.add(layout, &wrong.target, None));
        let tab = layout.operaciones.id;
        let clear = |(fila, col): &(Fila, Col)| Part::Write { tab, fila: *fila, col: *col, cells: vec![(Cell::Empty, None)] };
        batch.parts.extend(clears.iter().map(clear));
        self.budget.writes.take(Need::Now).await;
        let reply = self.client.batch_update(&batch.parts, &batch.shown).await?;
        Ok(wrongs.iter().all(|wrong| batch::verify(&reply, layout, &wrong.target) == Hit::Right))
    }

    /// Finds the rows again, and leaves out those that somebody has changed since, who has taken it upon
    /// himself; what the last attempt hit by mistake comes to them.
    async fn again(&mut self, repair: &mut Repair, doubtful: bool, deadline: Instant) -> Again {
        if doubtful && let Err(why) = self.renew_fence(deadline).await {
            self.without_fence(why);
            return Again::Away;
        }
        let Ok(fresh) = timeout_at(deadline, self.read_until_it_works()).await else { return Again::Away };
        if self.reader.layout().is_none_or(|now| now.line != repair.layout.line) {
            return Again::Moved;
        }
        let rows = &fresh.loaded.rows;
        let identities = identify(rows.iter().map(|(_, row)| row));
        let hit = hit_again(&repair.wrongs, &identities, rows, &repair.view);
        let sent: Vec<Vec<(Column, Cell)>> = repair.wrongs.iter().map(|wrong| wrong.target.cells.clone()).collect();
        repair.wrongs.retain_mut(|wrong| {
            let place = identities.iter().position(|identity| identity.id == wrong.id);
            let Some((fila, row)) = place.map(|place| &rows[place]) else { return false };
            wrong.target.fila = Fila(*fila);
            if same_row(row, &wrong.before) || same_row(row, &wrong.target.after) {
                return true;
            }
            // It was hit by what was meant for another one.
            let Some(cells) = sent.iter().find(|cells| holds(row, cells)) else { return false };
            for (column, _) in cells {
                if !wrong.target.cells.iter().any(|(own, _)| own == column) {
                    wrong.target.cells.push((*column, wrong.target.after[*column].clone()));
                }
            }
            wrong.before = row.clone();
            true
        });
        repair.wrongs.extend(hit);
        Again::Ready
    }

    fn unknown(&mut self, changes: impl Iterator<Item = Waiting>) {
        changes.for_each(|waiting| waiting.tell(Err(Error::OutcomeUnknown)));
    }

    /// Tells the audit of operations that it holds and that did not happen, once nobody has decided
    /// on them again.
    pub(super) async fn settle_orphans(&mut self) {
        let due = |since: &Instant| since.elapsed() >= self.limits.orphan;
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
fn void(change: &Change, at: crate::domain::Moment) -> AuditEvent {
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

fn findings(plan: Plan, audited: &HashSet<Uuid>, fresh: &Fresh, old: &View, layouts: (&Layout, &Layout)) -> Findings {
    let rows: Vec<&Row> = fresh.loaded.rows.iter().map(|(_, row)| row).collect();
    let identities = identify(rows.iter().copied());
    let place_of = |id: &Arc<str>| identities.iter().position(|identity| identity.id == *id);
    let mut found = Findings::default();
    let mut lost = Vec::new();
    for (waiting, target) in plan.items {
        if !audited.contains(&waiting.change.event.id) {
            found.absent.push(waiting);
            continue;
        }
        let right = place_of(&waiting.change.spool);
        let shifted = right
            .is_some_and(|right| columns(&mut found, &target, (right, &fresh.loaded.rows[right]), old, &waiting.change, layouts));
        let hit = hit(&rows, &waiting.change, &target, fresh);
        match hit {
            _ if shifted => lost.push((waiting, right)),
            // Nothing of it is to be seen elsewhere: it stands, or somebody has changed it since.
            None => found.landed.push(waiting),
            hit if hit == right => found.landed.push(waiting),
            Some(hit) => {
                restore(&mut found, hit, (&identities[hit], rows[hit]), &target, old);
                lost.push((waiting, right));
            }
        }
    }
    for (waiting, right) in lost {
        let image = &waiting.change.image;
        let restored = |place: usize| {
            let cells: Vec<_> =
                found.mends.get(&place).into_iter().flatten().map(|(column, cell)| (*column, cell.clone())).collect();
            rows[place].with(&cells)
        };
        match right.filter(|right| same_row(&restored(*right), image)) {
            Some(right) => {
                found.mends.entry(right).or_default().extend(waiting.change.cells.iter().cloned());
                found.landed.push(waiting);
            }
            None => found.orphans.push(waiting),
        }
    }
    found
}

/// Where the cells of a change are to be seen: by its `version`, else by all of them at its old place.
fn hit(rows: &[&Row], change: &Change, target: &Target, fresh: &Fresh) -> Option<usize> {
    let id = change.event.id.to_string();
    let by_version = rows.iter().position(|row| row[Column::Version].display() == id);
    let has_version = change.cells.iter().any(|(column, _)| *column == Column::Version);
    let at_place = || {
        let place = fresh.loaded.rows.iter().position(|(fila, _)| *fila == target.fila.0)?;
        change.cells.iter().all(|(column, cell)| batch::same(&rows[place][*column], cell)).then_some(place)
    };
    by_version.or_else(|| if has_version { None } else { at_place() })
}

/// Gives a row that was hit by mistake its cells back, from the reading before.
fn restore(found: &mut Findings, place: usize, (identity, row): (&Identity, &Row), target: &Target, old: &View) {
    let untouched = |column: &Column| !target.cells.iter().any(|(written, _)| written == column);
    let known = old.get(&identity.id).filter(|spool| {
        // A row without a tag is only known by all that was not written.
        identity.tag_ok || Column::ALL.iter().filter(|column| untouched(column)).all(|column| spool.row[*column] == row[*column])
    });
    let cells = found.mends.entry(place).or_default();
    for (column, _) in &target.cells {
        cells.insert(*column, known.map_or(Cell::Empty, |spool| spool.row[*column].clone()));
    }
}

/// Puts right what landed in other columns of the right row, because somebody inserted, moved or
/// deleted one; `false` when all columns are where they were.
fn columns(
    found: &mut Findings,
    target: &Target,
    (place, (fila, row)): (usize, &(u32, Row)),
    old: &View,
    change: &Change,
    (before, after): (&Layout, &Layout),
) -> bool {
    // Columns that moved after the batch took its cells with them.
    let stands = target.cells.iter().all(|(column, cell)| batch::same(&row[*column], cell));
    let along = target.cells.iter().any(|(column, cell)| {
        let is_new = old.get(&change.spool).is_none_or(|spool| !batch::same(&spool.row[*column], cell));
        let moved = before.col(*column) != after.col(*column);
        // An empty cell may have come from its neighbour.
        moved && is_new && !cell.is_empty() && batch::same(&row[*column], cell)
    });
    if before.line == after.line || *fila != target.fila.0 || stands || along {
        return false;
    }
    let moved: Vec<Col> = target
        .cells
        .iter()
        .filter_map(|(column, _)| before.col(*column).filter(|col| after.col(*column) != Some(*col)))
        .collect();
    if moved.is_empty() {
        return false;
    }
    // What stands in the right column goes back, too, until it is clear that all of it may be written.
    for (column, _) in target.cells.iter().filter(|(column, _)| before.col(*column) == after.col(*column)) {
        let cell = old.get(&change.spool).map(|spool| spool.row[*column].clone()).unwrap_or_default();
        found.mends.entry(place).or_default().insert(*column, cell);
    }
    for col in &moved {
        let name = after.line.get(col.0).map(String::as_str).unwrap_or_default();
        let tracked = Column::ALL.into_iter().find(|column| after.col(*column) == Some(*col));
        let known = before.line.iter().any(|known| normalise(known) == normalise(name));
        match tracked {
            Some(column) => {
                let cell = old.get(&change.spool).map(|spool| spool.row[column].clone()).unwrap_or_default();
                found.mends.entry(place).or_default().insert(column, cell);
            }
            None if !known => found.clears.push((Fila(*fila), *col)),
            None => {
                found.overwritten += 1;
                error!(
                    fila,
                    column = name,
                    "a cell of the office was overwritten when a column was moved; look at it in the workbook"
                );
            }
        }
    }
    true
}

/// Rows that hold what an attempt to put things right wrote for others, because rows were moved once
/// more: they get back what memory knows of them.
fn hit_again(wrongs: &[Wrong], identities: &[Identity], rows: &[(u32, Row)], known: &View) -> Vec<Wrong> {
    let meant = |id: &str| wrongs.iter().any(|wrong| *wrong.id == *id);
    let others = identities.iter().zip(rows).filter(|(identity, _)| !meant(&identity.id));
    let hit = others.filter_map(|(identity, (fila, row))| {
        let was = match known.get(&identity.id) {
            Some(spool) => spool.row.clone(),
            None if identity.tag_ok => return None,
            None => Row::default(),
        };
        let differs = |(column, _): &(Column, Cell)| !batch::same(&row[*column], &was[*column]);
        let hit = |cells: &&Vec<(Column, Cell)>| holds(row, cells) && cells.iter().any(differs);
        let written = wrongs.iter().map(|wrong| &wrong.target.cells).find(hit)?;
        let cells: Vec<(Column, Cell)> = written.iter().map(|(column, _)| (*column, was[*column].clone())).collect();
        let target = Target { fila: Fila(*fila), after: row.with(&cells), cells };
        Some(Wrong { id: Arc::clone(&identity.id), before: row.clone(), target })
    });
    hit.collect()
}

/// Whether a row holds all of these.
fn holds(row: &Row, cells: &[(Column, Cell)]) -> bool {
    cells.iter().all(|(column, cell)| batch::same(&row[*column], cell))
}
