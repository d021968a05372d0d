//! The outbox: audit events of changes that landed, or may have, while `Metadata` could not be
//! written (`design.md` 5.8, `field-failures.md` F1).
//!
//! A SQLite file of its own, one event a row, because a commit of it is whole and on the disk when
//! it returns. Lines at the end of a file would need an answer of our own to a torn last line, to
//! lines that are done with, and to a second process: here the file's own lock refuses that one.
//! What is noted follows in the order in which it was asked for, on a thread that owns the file.

use super::state::State;
use crate::domain::{AuditEvent, Cell};
use crate::words;
use crate::workbook::audit_row;
use chrono_tz::Tz;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tracing::{error, info, warn};
use uuid::Uuid;

/// The name of the file in the data folder.
const FILE: &str = "outbox.db";

/// So many events may wait; then nothing is written any more.
const MOST: usize = 10_000;

/// How many of the oldest are told to whoever looks.
const TOLD: usize = 20;

/// The most characters that Google takes in one cell: an event beyond it could never leave.
const CELL: usize = 50_000;

/// The format of the file.
const FORMAT: u32 = 1;

/// How long a process that is just ending is waited for.
const BUSY: Duration = Duration::from_secs(5);

const TABLE: &str = "CREATE TABLE IF NOT EXISTS events (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    due INTEGER NOT NULL DEFAULT FALSE,
    cells TEXT NOT NULL)";

/// What is known of a batch that is in doubt (`kept.rs`).
const KEPT: &str = "CREATE TABLE IF NOT EXISTS kept (n INTEGER PRIMARY KEY CHECK (n = 1), doubt TEXT NOT NULL)";

/// The format of a file, its events, and the batch that was in doubt.
type Opened = (u32, Vec<(bool, String)>, Option<String>);

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// Whether something is on the disk.
pub(super) type Noted = oneshot::Receiver<Result<(), String>>;

/// How long a refusal is believed while nothing waits for the audit.
const BELIEVED: Duration = Duration::from_secs(5);

/// One event that waits.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) event: Arc<AuditEvent>,
    /// Its change has landed; else that is not known yet.
    pub(super) due: bool,
}

/// The events that wait, in the order in which their changes were written.
#[derive(Debug)]
pub(super) struct Outbox {
    /// The plant's.
    pub(super) zone: Tz,
    state: Arc<State>,
    entries: Vec<Entry>,
    /// Something of it may be in the audit already, or may still get there: nothing is appended
    /// before the audit has been read under a new fence.
    pub(super) doubt: bool,
    /// When Google refused to append to an audit that looks as it should, and why.
    pub(super) refused: Option<(Instant, String)>,
    /// No attempt to append before this.
    pub(super) rests: Option<Instant>,
    /// The batch that was in doubt when the process before ended, until it is looked into.
    pub(super) left: Option<String>,
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Outbox {
    /// Opens the outbox of a data folder for this process alone, with what waits in it.
    ///
    /// # Errors
    /// A sentence that says why it cannot be used.
    pub(super) fn open(folder: &Path, zone: Tz, state: Arc<State>) -> Result<Outbox, String> {
        let file = folder.join(FILE);
        let unusable = |why: String| words::say("google-outbox").with("file", file.display()).with("why", why).to_string();
        fs::create_dir_all(folder).map_err(|error| unusable(error.to_string()))?;
        let opened = Connection::open(&file).and_then(|mut connection| Ok((load(&mut connection)?, connection)));
        let ((format, rows, left), mut connection) = opened.map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy) => unusable(words::text("google-outbox-in-use").into()),
            _ => unusable(error.to_string()),
        })?;
        if format > FORMAT {
            let said = words::say("google-outbox-newer").with("found", format).with("known", FORMAT);
            return Err(unusable(said.into()));
        }
        let entry = |(due, cells): (bool, String)| Some(Entry { event: Arc::new(audit_row::from_json(&cells, zone)?), due });
        let entries: Option<Vec<Entry>> = rows.into_iter().map(entry).collect();
        let entries = entries.ok_or_else(|| unusable(words::text("google-outbox-damaged").into()))?;
        let (jobs, asked) = channel::<Job>();
        let work = move || asked.into_iter().for_each(|job| job(&mut connection));
        let thread =
            std::thread::Builder::new().name("outbox".into()).spawn(work).map_err(|error| unusable(error.to_string()))?;
        let doubt = !entries.is_empty();
        let (jobs, thread) = (Some(jobs), Some(thread));
        let outbox = Outbox { zone, state, entries, doubt, refused: None, rests: None, left, jobs, thread };
        if doubt {
            warn!(waits = outbox.entries.len(), "audit events wait in the outbox since before the start");
        }
        outbox.counted();
        Ok(outbox)
    }

    /// Why Google takes no audit row. While nothing waits that is believed for the batch that was refused, and
    /// not for one that could only be sent later: the audit may be open again.
    pub(super) fn refusal(&self) -> Option<String> {
        let (at, why) = self.refused.as_ref()?;
        (!self.is_empty() || at.elapsed() < BELIEVED).then(|| why.clone())
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many more may wait.
    pub(super) fn room(&self) -> usize {
        MOST.saturating_sub(self.entries.len())
    }

    /// Everything that waits.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether the audit must be read, under a fence that is ours, before anything is appended.
    pub(super) fn is_unsettled(&self) -> bool {
        self.doubt || self.entries.iter().any(|entry| !entry.due)
    }

    /// Whether Google would take the event; one that it never takes must not get in here.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub(super) fn takes(&self, event: &AuditEvent) -> Result<(), String> {
        let long = |cell: &Cell| matches!(cell, Cell::Text(text) if text.encode_utf16().count() > CELL);
        match audit_row::to_cells(event, self.zone).iter().any(long) {
            true => Err(format!("more than {CELL} characters in a cell of the audit")),
            false => Ok(()),
        }
    }

    /// Notes events whose changes are about to be written; on the disk when this returns.
    ///
    /// # Errors
    /// Why they are not; none of the changes may be written.
    pub(super) async fn put(&mut self, events: Vec<AuditEvent>) -> Result<(), String> {
        let rows: Vec<_> = events.iter().map(|event| (event.id.to_string(), audit_row::to_json(event, self.zone))).collect();
        let noted = self.note(move |file| {
            let mut put = file.prepare("INSERT OR REPLACE INTO events (id, cells) VALUES (?1, ?2)")?;
            rows.iter().try_for_each(|(id, cells)| put.execute([id, cells]).map(|_| ()))
        });
        noted.await.unwrap_or_else(|_| Err("the outbox's thread has ended".into()))?;
        let ids: HashSet<Uuid> = events.iter().map(|event| event.id).collect();
        self.entries.retain(|entry| !ids.contains(&entry.event.id));
        self.entries.extend(events.into_iter().map(|event| Entry { event: Arc::new(event), due: false }));
        self.counted();
        Ok(())
    }

    /// The changes of these have landed. Were that not noted, the workbook would tell it again
    /// after a restart.
    pub(super) fn settle(&mut self, ids: &HashSet<Uuid>) -> Noted {
        let landed = |entry: &&mut Entry| ids.contains(&entry.event.id);
        self.entries.iter_mut().filter(landed).for_each(|entry| entry.due = true);
        self.note_each(ids, "UPDATE events SET due = TRUE WHERE id = ?1")
    }

    /// These wait no longer: they are in the audit, or did not happen. Were that not noted, the
    /// workbook would tell it again after a restart.
    pub(super) fn forget(&mut self, ids: &HashSet<Uuid>) -> Noted {
        self.entries.retain(|entry| !ids.contains(&entry.event.id));
        self.counted();
        self.note_each(ids, "DELETE FROM events WHERE id = ?1")
    }

    /// Keeps what is known of a batch in doubt, in the place of what was kept before.
    pub(super) fn keep(&self, doubt: Option<String>) -> Noted {
        self.note(move |file| {
            file.execute("DELETE FROM kept", [])?;
            doubt.map_or(Ok(0), |doubt| file.execute("INSERT INTO kept VALUES (1, ?1)", [doubt])).map(drop)
        })
    }

    fn note_each(&self, ids: &HashSet<Uuid>, statement: &'static str) -> Noted {
        let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
        self.note(move |file| {
            let mut each = file.prepare(statement)?;
            ids.iter().try_for_each(|id| each.execute([id]).map(|_| ()))
        })
    }

    /// Writes to the file, after all that was asked for before.
    fn note(&self, write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()> + Send + 'static) -> Noted {
        let (answer, noted) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let written = connection.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|transaction| {
                write(&transaction)?;
                transaction.commit()
            });
            let written = written.map_err(|error| {
                error!(%error, "the outbox was not written");
                error.to_string()
            });
            // Not everybody waits for it.
            let _ = answer.send(written);
        });
        // A thread that has ended drops the job, and whoever waits hears that.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
        noted
    }

    /// Tells how many wait, and which have waited longest, and says it once when none does any more.
    fn counted(&self) {
        let waits = self.entries.len();
        self.state.oldest.store(Arc::new(self.entries.iter().take(TOLD).map(|entry| Arc::clone(&entry.event)).collect()));
        if self.state.outbox.swap(waits, Ordering::Relaxed) > 0 && waits == 0 {
            info!("the outbox is empty");
        }
    }
}

/// What was asked for is written before the file is closed.
impl Drop for Outbox {
    fn drop(&mut self) {
        self.jobs = None;
        // The thread does not panic; were it to, the file would be closed all the same.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// How many events wait in the outbox of a data folder; `None` while another process has it, or where
/// there is none.
pub fn waiting(folder: &Path) -> Option<usize> {
    let file = Connection::open_with_flags(folder.join(FILE), OpenFlags::SQLITE_OPEN_READ_WRITE).ok()?;
    let events: i64 = file.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).ok()?;
    usize::try_from(events).ok()
}

/// Prepares the file, and reads its format, its events and the batch that was in doubt.
fn load(connection: &mut Connection) -> rusqlite::Result<Opened> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let file = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let format: u32 = file.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if format > FORMAT {
        return Ok((format, Vec::new(), None));
    }
    file.execute(TABLE, [])?;
    file.execute(KEPT, [])?;
    file.pragma_update(None, "user_version", FORMAT)?;
    let mut all = file.prepare("SELECT due, cells FROM events ORDER BY n")?;
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    drop(all);
    let left = file.query_row("SELECT doubt FROM kept", [], |row| row.get(0)).optional()?;
    file.commit()?;
    Ok((FORMAT, rows, left))
}
