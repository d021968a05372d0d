//! The one thread that writes: it takes what waits, lands it in one transaction and answers.

use super::rows::{self, Fate};
use super::store::{Store, unavailable};
use crate::domain::{Change, Column, Moment, Row};
use crate::error::{Error, Service};
use crate::workbook::{Applied, Landing, Mirror};
use chrono_tz::Tz;
use prometheus_client::metrics::histogram::Histogram;
use rusqlite::{ErrorCode, TransactionBehavior};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// What the thread is asked to do.
pub(super) enum Request {
    /// Land a change; those that wait together share one transaction.
    Apply(Box<Waiting>),
    /// Do something else with the file, between two groups.
    Run(Job),
}

/// Anything else that needs the file.
pub(super) type Job = Box<dyn FnOnce(&mut Store, &Mirror) + Send>;

/// A change that waits, and who waits for it.
pub(super) struct Waiting {
    pub(super) change: Change,
    pub(super) deadline: Instant,
    pub(super) answer: oneshot::Sender<Result<Applied, Error>>,
}

/// How many may wait (`design.md` 5.2); also the most that one transaction carries.
pub(super) const QUEUE: usize = 1_000;

/// All that the thread works with.
pub(super) struct Writer {
    pub(super) store: Store,
    pub(super) mirror: Arc<Mirror>,
    pub(super) waiting: Arc<AtomicUsize>,
    pub(super) groups: Histogram,
    pub(super) zone: Tz,
}

/// Why a whole group did not land.
enum Failure {
    /// Nothing was written.
    Nothing(rusqlite::Error),
    /// The disk failed while the group was made durable, and failed again when asked.
    Unknown(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        Failure::Nothing(error)
    }
}

type Fates = Vec<Result<Fate, rusqlite::Error>>;

/// Makes the queue to a writer.
pub(super) fn queue() -> (SyncSender<Request>, Receiver<Request>) {
    std::sync::mpsc::sync_channel(QUEUE)
}

impl Writer {
    /// Works until every sender is gone and nothing waits, then leaves a clean file.
    pub(super) fn run(mut self, requests: Receiver<Request>) {
        let mut next = requests.recv().ok();
        while let Some(request) = next.take() {
            match request {
                Request::Run(job) => job(&mut self.store, &self.mirror),
                Request::Apply(first) => {
                    let mut group = vec![*first];
                    while group.len() < QUEUE && next.is_none() {
                        match requests.try_recv() {
                            Ok(Request::Apply(waiting)) => group.push(*waiting),
                            Ok(other) => next = Some(other),
                            Err(_) => break,
                        }
                    }
                    self.serve(group);
                }
            }
            next = next.or_else(|| requests.recv().ok());
        }
        if let Err(error) = self.store.checkpoint() {
            // The log stays beside the file and is read at the next start: nothing is lost.
            tracing::warn!(%error, "the workbook was closed without a checkpoint");
        }
    }

    /// Lands a group and answers each of its changes, once memory shows what landed.
    fn serve(&mut self, group: Vec<Waiting>) {
        let size = group.len();
        let now = Instant::now();
        let (group, late): (Vec<Waiting>, Vec<Waiting>) = group.into_iter().partition(|waiting| waiting.deadline >= now);
        late.into_iter().for_each(|waiting| tell(waiting, Err(Error::Withdrawn)));
        match self.land(&group) {
            Ok(fates) => self.publish(group, fates),
            Err(Failure::Nothing(cause)) => {
                let why = cause.to_string();
                group.into_iter().for_each(|waiting| tell(waiting, Err(Error::unavailable(Service::Workbook, why.clone()))));
            }
            Err(Failure::Unknown(error)) => {
                tracing::error!(%error, changes = group.len(), "the disk failed while a group was being made durable");
                group.into_iter().for_each(|waiting| tell(waiting, Err(Error::OutcomeUnknown)));
            }
        }
        self.waiting.fetch_sub(size, Ordering::Relaxed);
    }

    /// One transaction for the group, one savepoint for each change.
    fn land(&mut self, group: &[Waiting]) -> Result<Fates, Failure> {
        if group.is_empty() {
            return Ok(Vec::new());
        }
        self.groups.observe(group.len() as f64);
        let mut transaction = self.store.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut fates = Fates::with_capacity(group.len());
        for waiting in group {
            let savepoint = transaction.savepoint()?;
            match rows::land(&savepoint, &self.store.header, &waiting.change, self.zone) {
                Ok(fate) => {
                    savepoint.commit()?;
                    fates.push(Ok(fate));
                }
                // Some errors, a full disk for one, end the whole transaction and its savepoints.
                Err(error) => match savepoint.finish() {
                    Ok(()) => fates.push(Err(error)),
                    Err(_) => return Err(Failure::Nothing(error)),
                },
            }
        }
        match transaction.commit() {
            Ok(()) => Ok(fates),
            Err(error) => Err(self.settle(error)),
        }
    }

    /// After a commit that failed. A failed sync may have left a whole commit in the log, which the
    /// next start would find; another commit overwrites it, and only then is nothing certain.
    fn settle(&mut self, error: rusqlite::Error) -> Failure {
        let doubtful = error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure);
        if doubtful && self.store.set_setting("ultimo_fallo", Some(&error.to_string())).is_err() {
            return Failure::Unknown(error);
        }
        Failure::Nothing(error)
    }

    fn publish(&mut self, group: Vec<Waiting>, fates: Fates) {
        let mut at = self.mirror.view().read_at.unwrap_or_default();
        let mut landings = Vec::new();
        for (waiting, fate) in group.iter().zip(&fates) {
            if let Ok(Fate::Landed(row)) = fate {
                at = waiting.change.event.at.unwrap_or(at);
                landings.push(Landing { change: &waiting.change, row: row.clone() });
            }
        }
        let landed = if landings.is_empty() { Vec::new() } else { self.mirror.land(landings, at) };
        let mut landed = landed.into_iter();
        for (waiting, fate) in group.into_iter().zip(fates) {
            let answer = match fate {
                Ok(Fate::Landed(_)) => match landed.next().flatten() {
                    Some(spool) => Ok(Applied::Landed(spool)),
                    None => Err(Error::Internal("a row landed that the memory does not know".into())),
                },
                Ok(Fate::Already(event)) => Ok(Applied::Already(self.mirror.event(event.id).unwrap_or_else(|| Arc::new(event)))),
                Ok(Fate::Conflict(row)) => self.conflict(&waiting.change, row, at),
                Err(error) => Err(unavailable(error)),
            };
            tell(waiting, answer);
        }
    }

    /// A hand, or another change of the group, was there first: memory learns the row as it is.
    fn conflict(&mut self, change: &Change, row: Option<Row>, at: Moment) -> Result<Applied, Error> {
        let names = [Column::Tag, Column::Nv, Column::Ot];
        match row {
            Some(row) if row.differences(&change.image).iter().all(|column| !names.contains(column)) => {
                let known = self.mirror.view().get(&change.spool).is_some_and(|spool| spool.row == row);
                if !known {
                    self.mirror.refresh_row(&change.spool, row, at);
                }
            }
            // The row is gone, or has become another: only a whole reading tells.
            _ => reload(&mut self.store, &self.mirror, self.zone, at)?,
        }
        Err(Error::Conflict)
    }
}

/// Reads everything into memory.
pub(super) fn reload(store: &mut Store, mirror: &Mirror, zone: Tz, at: Moment) -> Result<(), Error> {
    mirror.load(store.read_afresh()?.load(zone, at));
    Ok(())
}

fn tell(waiting: Waiting, answer: Result<Applied, Error>) {
    // Whoever asked may have hung up: what landed has landed.
    let _ = waiting.answer.send(answer);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, AuditEvent, Cell, Notes, WorkerId};
    use crate::workbook::{Sheet, Sheets, Sqlite, Workbook};
    use std::time::Duration;
    use uuid::Uuid;

    const ZONE: Tz = chrono_tz::America::Santiago;

    async fn plant(tags: &[&str]) -> Sqlite {
        let header = Column::ALL.map(|column| column.header().to_owned()).to_vec();
        let row =
            |tag: &&str| Column::ALL.map(|column| if column == Column::Tag { Cell::text(*tag) } else { Cell::Empty }).to_vec();
        let rows = (2..).zip(tags.iter().map(row)).collect();
        let plant = Sqlite::in_memory(ZONE).unwrap();
        let sheets = Sheets { operaciones: Sheet { header, rows }, ..Sheets::default() };
        plant.replace(sheets, Moment::default()).await.unwrap();
        plant
    }

    /// Writes one cell of a row, with as long a reason as wanted.
    fn change(plant: &Sqlite, tag: &str, reason: String) -> Change {
        let spool = Arc::clone(plant.view().find(tag).unwrap());
        let event = AuditEvent {
            id: Uuid::new_v4(),
            at: Some(Moment::default()),
            action: Action::Take,
            event_type: "TOMAR_SPOOL".into(),
            tag: tag.into(),
            spool: None,
            worker: WorkerId::SYSTEM,
            worker_name: String::new(),
            operation: None,
            date: None,
            notes: Notes { reason: Some(reason), ..Notes::default() },
        };
        let cells = vec![(Column::OccupiedBy, Cell::text("MR(93)"))];
        Change { spool: Arc::clone(&spool.identity.id), image: spool.row.clone(), cells, event }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(600)
    }

    async fn sql(plant: &Sqlite, statement: String) {
        plant.run(move |store, _| store.connection.execute_batch(&statement).map_err(unavailable)).await.unwrap();
    }

    async fn rows(plant: &Sqlite) -> (Vec<Row>, usize) {
        let sheets = plant.read_all().await.unwrap();
        let loaded = sheets.load(ZONE, Moment::default());
        (loaded.rows.into_iter().map(|(_, row)| row.clone()).collect(), loaded.events.len())
    }

    #[tokio::test]
    async fn a_change_that_cannot_be_written_harms_no_other_of_its_group() {
        let plant = plant(&["MK-1", "MK-2"]).await;
        let refuse = "CREATE TRIGGER t BEFORE INSERT ON metadata WHEN NEW.\"TAG_SPOOL\" = 'MK-1'
            BEGIN SELECT RAISE(ABORT, 'sabotage'); END";
        sql(&plant, refuse.into()).await;
        let (bad, good) = (change(&plant, "MK-1", String::new()), change(&plant, "MK-2", String::new()));
        let (bad, good) = tokio::join!(plant.apply(bad, soon()), plant.apply(good, soon()));
        assert!(matches!(bad, Err(Error::Unavailable { .. })), "{bad:?}");
        assert!(matches!(good, Ok(Applied::Landed(_))), "{good:?}");
        let (rows, events) = rows(&plant).await;
        assert_eq!((rows[0][Column::OccupiedBy].clone(), events), (Cell::Empty, 1), "row and audit together or not at all");
        assert!(plant.view().find("MK-1").unwrap().occupation.is_none());
    }

    #[tokio::test]
    async fn on_a_full_disk_nothing_is_written_and_work_goes_on_when_there_is_room() {
        let plant = plant(&["MK-1", "MK-2"]).await;
        sql(&plant, "PRAGMA max_page_count = 1".into()).await;
        let big = change(&plant, "MK-1", "x".repeat(1 << 20));
        let refused = plant.apply(big.clone(), soon()).await;
        assert!(matches!(refused, Err(Error::Unavailable { .. })), "{refused:?}");
        assert_eq!(rows(&plant).await.1, 0);
        sql(&plant, "PRAGMA max_page_count = 100000".into()).await;
        assert!(matches!(plant.apply(big, soon()).await, Ok(Applied::Landed(_))));
        assert_eq!(rows(&plant).await.1, 1);
        assert_eq!(plant.status().waiting, 0);
    }

    #[tokio::test]
    async fn a_queue_that_is_full_refuses_and_what_waits_still_lands() {
        let plant = Arc::new(plant(&["MK-1"]).await);
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let (started, begun) = oneshot::channel();
        let busy = tokio::spawn({
            let plant = Arc::clone(&plant);
            async move {
                let wait = move |_: &mut Store, _: &Mirror| {
                    let _ = started.send(());
                    let _ = held.recv();
                    Ok(())
                };
                plant.run(wait).await
            }
        });
        begun.await.unwrap();
        let one = change(&plant, "MK-1", String::new());
        let waiting: Vec<_> = (0..QUEUE)
            .map(|_| {
                let (plant, one) = (Arc::clone(&plant), one.clone());
                tokio::spawn(async move { plant.apply(one, soon()).await })
            })
            .collect();
        while plant.status().waiting < QUEUE {
            tokio::task::yield_now().await;
        }
        assert!(matches!(plant.apply(one.clone(), soon()).await, Err(Error::Unavailable { .. })));
        hold.send(()).unwrap();
        busy.await.unwrap().unwrap();
        let mut landed = 0;
        for answer in waiting {
            match answer.await.unwrap().unwrap() {
                Applied::Landed(_) => landed += 1,
                Applied::Already(event) => assert_eq!(event.id, one.event.id),
            }
        }
        assert_eq!((landed, rows(&plant).await.1, plant.status().waiting), (1, 1, 0));
    }
}
