//! The embedded workbook: one SQLite file with the sheet's own columns and audit.
//!
//! One thread owns the file and writes; whoever reads takes the [`View`] and waits for nobody. The
//! folder is locked by its process. Dates, fillers and foreign columns are kept as the sheet had
//! them, so that an export gives the workbook back (`design.md` 5, last paragraph).

mod cells;
mod rows;
mod sheets;
mod store;
mod writer;

pub use store::{FILE, OpenError, Store, backup};

use super::{Applied, Mirror, Sheets, Status, View, Workbook};
use crate::domain::{AuditEvent, Change, Moment};
use crate::error::{Error, Service};
use async_trait::async_trait;
use chrono_tz::Tz;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use tokio::time::Instant;
use uuid::Uuid;
use writer::{Request, Waiting, Writer};

/// The embedded workbook, open and served by its own thread.
#[derive(Debug)]
pub struct Sqlite {
    zone: Tz,
    folder: Option<PathBuf>,
    mirror: Arc<Mirror>,
    waiting: Arc<AtomicUsize>,
    groups: Histogram,
    work: Mutex<Option<Work>>,
}

/// The way to the thread; gone once the workbook is closed.
#[derive(Debug)]
struct Work {
    requests: SyncSender<Request>,
    thread: JoinHandle<()>,
}

impl Sqlite {
    /// Opens the workbook of a data folder; `now` is when memory was last read.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(folder: &Path, zone: Tz, now: Moment) -> Result<Sqlite, OpenError> {
        let mut store = Store::open(folder)?;
        let mirror = Mirror::new(zone);
        writer::reload(&mut store, &mirror, zone, now).map_err(|error| OpenError::Unreadable(folder.join(FILE), error))?;
        Sqlite::serve(store, mirror, zone, Some(folder.to_owned()))
    }

    /// A workbook that is gone when it is closed, for tests and for trying things out.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn in_memory(zone: Tz) -> Result<Sqlite, OpenError> {
        Sqlite::serve(Store::in_memory()?, Mirror::new(zone), zone, None)
    }

    fn serve(store: Store, mirror: Mirror, zone: Tz, folder: Option<PathBuf>) -> Result<Sqlite, OpenError> {
        let (mirror, waiting) = (Arc::new(mirror), Arc::new(AtomicUsize::new(0)));
        let (requests, received) = writer::queue();
        let groups = Histogram::new(exponential_buckets(1.0, 2.0, 10));
        let writer = Writer { store, mirror: Arc::clone(&mirror), waiting: Arc::clone(&waiting), groups: groups.clone(), zone };
        let thread = std::thread::Builder::new().name("workbook".into()).spawn(move || writer.run(received));
        let thread = thread.map_err(OpenError::Thread)?;
        Ok(Sqlite { zone, folder, mirror, waiting, groups, work: Mutex::new(Some(Work { requests, thread })) })
    }

    /// How many changes land in one transaction.
    pub fn groups(&self) -> &Histogram {
        &self.groups
    }

    /// Puts these sheets in place of what the workbook holds, and reads them; `Metadata` only grows.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; nothing was written.
    pub async fn replace(&self, sheets: Sheets, at: Moment) -> Result<(), Error> {
        let zone = self.zone;
        self.run(move |store, mirror| {
            store.replace_sheets(&sheets)?;
            writer::reload(store, mirror, zone, at)
        })
        .await
    }

    /// All four sheets as they stand, every column included.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when they cannot be read.
    pub async fn read_all(&self) -> Result<Sheets, Error> {
        self.run(|store, _| store.read_all()).await
    }

    /// A small fact about this workbook, such as whether it holds the demonstration plant.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it cannot be read.
    pub async fn setting(&self, key: &str) -> Result<Option<String>, Error> {
        let key = key.to_owned();
        self.run(move |store, _| store.setting(&key)).await
    }

    /// Notes a small fact; `None` forgets it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it cannot be written.
    pub async fn set_setting(&self, key: &str, value: Option<&str>) -> Result<(), Error> {
        let (key, value) = (key.to_owned(), value.map(str::to_owned));
        self.run(move |store, _| store.set_setting(&key, value.as_deref())).await
    }

    /// Copies the workbook into `file`, while changes go on landing; see [`backup`].
    ///
    /// # Errors
    /// [`Error::Unavailable`] when either file cannot be used.
    pub async fn backup(&self, file: PathBuf) -> Result<(), Error> {
        let folder = self.folder.clone().ok_or_else(|| unavailable("a workbook in memory has no file"))?;
        let copied = tokio::task::spawn_blocking(move || backup(&folder, &file)).await;
        copied.map_err(|error| Error::Internal(error.to_string()))?
    }

    /// Lets the thread do something between two groups of changes.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Store, &Mirror) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        self.send(Request::Run(Box::new(move |store, mirror| {
            // Whoever asked may have hung up.
            let _ = answer.send(job(store, mirror));
        })))?;
        answered.await.map_err(|_| unavailable("the workbook's thread has ended"))?
    }

    fn send(&self, request: Request) -> Result<(), Error> {
        let work = self.work();
        let Some(work) = work.as_ref() else { return Err(unavailable("the workbook is closed")) };
        work.requests.try_send(request).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too many changes wait to be written"),
            TrySendError::Disconnected(_) => unavailable("the workbook's thread has ended"),
        })
    }

    /// Never held over an await.
    fn work(&self) -> MutexGuard<'_, Option<Work>> {
        // Nothing can panic while it is held, so a poisoned one is still whole.
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What stops all writing: a critical column that the sheet lacks (`design.md` 5.6).
    fn writable(&self) -> Result<(), String> {
        let view = self.mirror.view();
        let missing: Vec<&str> =
            view.missing.iter().filter(|column| column.is_critical()).map(|column| column.header()).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("Operaciones lacks {}", missing.join(", "))) }
    }
}

#[async_trait]
impl Workbook for Sqlite {
    fn view(&self) -> Arc<View> {
        self.mirror.view()
    }

    fn event(&self, id: Uuid) -> Option<Arc<AuditEvent>> {
        self.mirror.event(id)
    }

    async fn apply(&self, change: Change, deadline: Instant) -> Result<Applied, Error> {
        self.writable().map_err(unavailable)?;
        let (answer, answered) = oneshot::channel();
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = self.send(Request::Apply(Box::new(Waiting { change, deadline, answer }))) {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(error);
        }
        // No answer: the thread died with the change in its hands.
        answered.await.unwrap_or(Err(Error::OutcomeUnknown))
    }

    fn status(&self) -> Status {
        let open = match self.work().as_ref() {
            Some(work) if !work.thread.is_finished() => Ok(()),
            _ => Err("the workbook is closed".to_owned()),
        };
        let waiting = self.waiting.load(Ordering::Relaxed);
        Status { adapter: "sqlite", writable: open.and_then(|()| self.writable()), waiting, outbox: 0, alarms: 0 }
    }

    async fn close(&self) {
        let work = self.work().take();
        if let Some(work) = work {
            // The thread does not panic; were it to, there would be nothing left to close.
            let _ = tokio::task::spawn_blocking(move || work.end()).await;
        }
    }
}

impl Drop for Sqlite {
    /// The folder is free for the next process once this returns.
    fn drop(&mut self) {
        if let Some(work) = self.work().take() {
            work.end();
        }
    }
}

impl Work {
    /// Lets the thread finish what waits, and waits for it.
    fn end(self) {
        drop(self.requests);
        let _ = self.thread.join();
    }
}

fn unavailable(why: impl Into<crate::error::Cause>) -> Error {
    Error::unavailable(Service::Workbook, why)
}
