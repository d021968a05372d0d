//! The plant's Google workbook (`design.md` 5).
//!
//! One task reads and writes; whoever looks takes the [`View`] and waits for nobody. The rules that
//! make it safe, in the order in which a change meets them:
//!
//! 1. Changes that wait are gathered, and everything is read: a change is sent only if its row still
//!    equals the image it was decided on.
//! 2. One batch carries the fence, the cells of every change and its audit row. Google applies all
//!    of it or nothing.
//! 3. The reply shows header, TAG and version as they were right after. Nobody is answered before
//!    they have been compared; a row that was hit because rows moved is given its cells back
//!    (`compare.rs`).
//! 4. A batch without a known outcome is never sent again. The fence is replaced, which makes sure
//!    that the batch has been applied or never will be, and the audit tells which.
//! 5. A process that was killed before it knew what became of a batch knows when it starts again what it
//!    knew (`kept.rs`). Whoever takes over from one that died looks for its last batch in wrong rows (`heir.rs`).
//!
//! With Redis several processes may do so, one batch at a time (the folder `share`); without it there
//! is one.
//!
//! While `Metadata` cannot be written, the audit row of a change is put on this machine's disk before
//! the rest of the batch is sent, and follows as soon as it can (`outbox.rs`).
//!
//! What remains: somebody who edits the very cells that a batch writes, within its round trip, is
//! overwritten; and a column that is moved within it may cost a cell of a column that we do not read.
//! Where the process dies as well, a cell of a row that was hit, that no change of ours had ever
//! written and that no other process had read, is not known to anybody.

mod a1;
mod audit;
mod batch;
mod budget;
mod client;
mod columns;
mod compare;
mod fence;
mod heir;
mod kept;
mod orphans;
mod outbox;
mod refresh;
mod settle;
mod share;
mod state;
mod survey;
mod waiting;
mod watch;
mod writer;

pub use client::is_safe;
pub use outbox::waiting;
pub use survey::{Barred, Found, NoSurvey, Survey, survey};

use super::{Applied, Formulas, Mirror, Names, Status, View, Workbook};
use crate::domain::{AuditEvent, Change, Moment};
use crate::error::{Error, Service};
use crate::metrics::SheetsMetrics;
use crate::redis::Link;
use crate::words;
use async_trait::async_trait;
use budget::Budget;
use chrono_tz::Tz;
use client::Client;
use outbox::Outbox;
use refresh::Reader;
use share::{Pulse, Share};
use state::State;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;
use waiting::{Ticket, Waiting};
use writer::Writer;

/// How many may wait (`design.md` 5.2).
const QUEUE: usize = 1_000;

/// How long a reading that somebody asked for is waited for.
const FRESH: Duration = Duration::from_secs(5);

/// Google's own address.
pub const GOOGLE: &str = "https://sheets.googleapis.com/";

/// The letters of the column at a 0-based place.
pub(super) fn letters(place: usize) -> String {
    a1::Col(place).to_string()
}

/// Which workbook, and how to get there.
#[derive(Clone)]
pub struct SheetsConfig {
    /// The id of the workbook, as it stands in its address (`GOOGLE_SHEET_ID`).
    pub spreadsheet: String,
    /// The JSON of a service account.
    pub credentials: String,
    /// Where the API is: [`GOOGLE`], or another address that is https or on this machine.
    pub url: String,
    /// The names of the tabs.
    pub names: Names,
    /// The way to the other processes on this workbook; `None`: there are none. `cli::build` gives it.
    pub share: Option<Link>,
    /// The data folder (`SPOOLBOARD_DATA`), where audit events wait while their tab cannot be written.
    /// Each process has one of its own.
    pub data: PathBuf,
    /// Times, for tests to shorten.
    pub limits: Limits,
}

/// How long things may take, and how often they are done.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Reads, and writes, a minute: Google allows an account 60 of each.
    pub calls: f64,
    /// Between two readings of one process (`SHEETS_REFRESH_SECONDS`); of several, one reads this often.
    pub refresh: Duration,
    /// Between two readings when nobody looks.
    pub idle: Duration,
    /// Between two lists of the tabs: somebody may have protected or renamed one.
    pub tabs: Duration,
    /// How long a token is used; it lives an hour, and the old one stays until the new one is in hand.
    pub token: Duration,
    /// A write, before it is doubtful.
    pub write: Duration,
    /// How long, beyond its deadline, a change that is in a batch is waited for.
    pub beyond: Duration,
    /// Finding out what became of a doubtful write, before nobody knows.
    pub settle: Duration,
    /// No writing when somebody else holds the fence.
    pub rival: Duration,
    /// No writing when the fence was deleted: longer than any call can be under way at Google.
    pub vanished: Duration,
    /// How long an operation that the audit holds and its row does not waits to be decided again.
    pub orphan: Duration,
    /// Between two looks whether an audit that could not be written can be written again.
    pub audit: Duration,
    /// How long other processes that live, and know better what has to be put right, are waited for.
    pub others: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        let seconds = Duration::from_secs;
        Limits {
            calls: budget::RATE,
            refresh: seconds(5),
            idle: seconds(60),
            tabs: seconds(30),
            token: seconds(50 * 60),
            write: seconds(20),
            beyond: seconds(3),
            settle: seconds(30),
            rival: seconds(30),
            vanished: seconds(200),
            orphan: seconds(15),
            audit: seconds(10),
            others: seconds(60),
        }
    }
}

impl SheetsConfig {
    /// A client of that workbook, which begins to get its token.
    fn client(&self) -> Result<Client, BadSetting> {
        let id_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if !(20..=80).contains(&self.spreadsheet.len()) || !self.spreadsheet.chars().all(id_ok) {
            return Err(BadSetting::Spreadsheet);
        }
        if !is_safe(&self.url) {
            return Err(BadSetting::Url);
        }
        // Paths are put behind it as they are.
        let url = format!("{}/", self.url.trim_end_matches('/'));
        Client::new(&url, &self.spreadsheet, &self.credentials, &self.limits).map_err(BadSetting::Credentials)
    }
}

/// The credentials are never shown.
impl fmt::Debug for SheetsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SheetsConfig({} at {})", self.spreadsheet, self.url)
    }
}

/// A setting with which no workbook can be reached, however long one waits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// No id of a workbook.
    #[error("{}", words::text("google-no-id"))]
    Spreadsheet,
    /// An address that is neither https nor on this machine.
    #[error("{}", words::say("google-url").with("allowed", words::text("allowed-url")))]
    Url,
    /// Credentials that cannot be used; why, without any of them.
    #[error("{0}")]
    Credentials(String),
    /// The outbox in the data folder cannot be used; why.
    #[error("{0}")]
    Outbox(String),
}

/// The plant's workbook at Google.
#[derive(Debug)]
pub struct GoogleSheets {
    state: Arc<State>,
    beyond: Duration,
    work: Mutex<Option<(UnboundedSender<Waiting>, JoinHandle<()>)>>,
}

impl GoogleSheets {
    /// Begins to connect and returns at once: until the workbook has been read the view is empty
    /// and nothing can be written. `now` tells the plant's time.
    ///
    /// # Errors
    /// [`BadSetting`].
    pub fn connect(
        config: SheetsConfig,
        now: impl Fn() -> Moment + Send + Sync + 'static,
        zone: Tz,
    ) -> Result<GoogleSheets, BadSetting> {
        let client = config.client()?;
        let SheetsConfig { spreadsheet, names, share, data, limits, .. } = config;
        let state = Arc::new(State::new(Mirror::new(zone), client.metrics().clone()));
        let outbox = Outbox::open(&data, zone, Arc::clone(&state)).map_err(BadSetting::Outbox)?;
        let (queue, received) = unbounded_channel();
        let reader = Reader::new(names, zone);
        let pulse = Pulse::new(share.clone(), &spreadsheet, Arc::clone(&state), (limits.refresh, limits.idle));
        let siblings = pulse.siblings();
        let budget = Budget::new(limits.calls, Some(&data), share.as_ref().map(|link| (link, &siblings)));
        let turns = Share::new(share, &spreadsheet);
        let shared = (pulse, budget, turns);
        let kept = (Arc::clone(&state), outbox);
        let writer = Writer::new(client, reader, shared, kept, Arc::new(now), limits, received);
        let task = tokio::spawn(writer.run());
        Ok(GoogleSheets { state, beyond: limits.beyond, work: Mutex::new(Some((queue, task))) })
    }

    /// Waits until the workbook has been read for the first time.
    pub async fn connected(&self) {
        // The sender lives as long as the state does.
        let _ = self.state.ready.subscribe().wait_for(|ready| *ready).await;
    }

    /// How often something happened that should never happen: a batch that hit other rows than were
    /// meant, or somebody else at the fence.
    pub fn alarms(&self) -> u64 {
        self.state.alarms.load(Ordering::Relaxed)
    }

    /// What is counted, for whoever shows it.
    pub fn metrics(&self) -> &SheetsMetrics {
        &self.state.metrics
    }

    fn trouble(&self) -> Result<(), String> {
        self.state.trouble.load().as_ref().map_or(Ok(()), |why| Err(String::clone(why)))
    }

    fn send(&self, waiting: Waiting) -> Result<(), Error> {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        let closed = || unavailable("the workbook is closed");
        work.as_ref().ok_or_else(closed)?.0.send(waiting).map_err(|_| closed())
    }
}

/// Counts a change as long as somebody waits for it.
struct Counted<'a>(&'a State);

impl<'a> Counted<'a> {
    fn new(state: &'a State) -> Option<Counted<'a>> {
        let before = state.waiting.fetch_add(1, Ordering::Relaxed);
        let counted = Counted(state);
        (before < QUEUE).then_some(counted)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl Workbook for GoogleSheets {
    fn view(&self) -> Arc<View> {
        self.state.mirror.view()
    }

    fn event(&self, id: Uuid) -> Option<Arc<AuditEvent>> {
        self.state.event(id)
    }

    async fn apply(&self, change: Change, deadline: Instant) -> Result<Applied, Error> {
        self.trouble().map_err(unavailable)?;
        if deadline <= Instant::now() {
            return Err(Error::Withdrawn);
        }
        let Some(_counted) = Counted::new(&self.state) else {
            return Err(unavailable("too many changes wait to be written"));
        };
        let began = Instant::now();
        let (ticket, (answer, mut answered)) = (Ticket::default(), oneshot::channel());
        self.send(Waiting { change, ticket: ticket.clone(), answer })?;
        let told = match timeout_at(deadline, &mut answered).await {
            Ok(told) => told,
            Err(_) if ticket.withdraw() => return Err(Error::Withdrawn),
            // It is in a batch: how that ends is known soon, or is not waited for.
            Err(_) => match timeout_at(deadline + self.beyond, answered).await {
                Ok(told) => told,
                Err(_) if ticket.withdraw() => return Err(Error::Withdrawn),
                Err(_) => return Err(Error::OutcomeUnknown),
            },
        };
        // No answer: the task died with the change in its hands.
        let told = told.unwrap_or(Err(Error::OutcomeUnknown));
        if matches!(told, Ok(Applied::Landed(_))) {
            self.state.metrics.commit.observe(began.elapsed().as_secs_f64());
        }
        told
    }

    fn watched(&self) {
        self.state.watched.look();
    }

    async fn fresh(&self) -> bool {
        self.state.fresh.wanted(FRESH).await
    }

    fn formulas(&self) -> Arc<Formulas> {
        self.state.formulas.load_full()
    }

    fn outbox(&self) -> Arc<Vec<Arc<AuditEvent>>> {
        self.state.oldest.load_full()
    }

    fn status(&self) -> Status {
        let open = match self.work.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some((_, task)) if !task.is_finished() => Ok(()),
            _ => Err(words::text("sheets-closing").to_owned()),
        };
        let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        let (waiting, outbox) = (count(&self.state.waiting), count(&self.state.outbox));
        Status { adapter: "sheets", writable: open.and_then(|()| self.trouble()), waiting, outbox, alarms: self.alarms() }
    }

    async fn close(&self) {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((queue, task)) = work {
            drop(queue);
            // The task does not panic; were it to, there would be nothing left to close.
            let _ = task.await;
        }
    }
}

fn unavailable(why: impl Into<crate::error::Cause>) -> Error {
    Error::unavailable(Service::Workbook, why)
}
