//! What was done on which tablet: pages, taps and dialogs with their outcome and how long it took,
//! kept outside the workbook (`field-failures.md` F4).
//!
//! It explains afterwards what somebody says he tapped. Nothing depends on it: a step that finds the
//! queue full is forgotten and counted, and nobody waits for the disk.
//!
//! A tablet is served by whichever process it meets, so several processes tell one another their steps
//! through Redis, and each keeps all of them in its own file: a page reads an index on the disk and waits for
//! nobody, and what was heard is not lost with Redis.

mod exchange;
mod shared;
mod store;

use crate::redis::Link;
use chrono::{DateTime, Utc};
use exchange::{Place, Told};
use prometheus_client::metrics::counter::Counter;
use shared::Shared;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};
use store::Store;
use tracing::warn;

/// How many steps may wait for the disk.
const QUEUE: usize = 4_096;

/// How many are written together at most: there is room for as many in the file after each writing.
const TOGETHER: usize = 1_000;

/// How long steps are gathered before they are written together.
const GATHER: Duration = Duration::from_millis(500);

/// How often what is too old, or too much, is looked for.
const PRUNE: Duration = Duration::from_secs(600);

/// The most tablets that are listed: those heard last.
pub const TABLETS: usize = 200;

/// One step on a tablet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When it began.
    pub at: DateTime<Utc>,
    /// Which tablet; the id in its cookie.
    pub tablet: String,
    /// The build of the page that it showed; empty where nobody said it.
    pub build: String,
    /// What was asked: a method and a path, or what the page itself told.
    pub what: String,
    /// The fields that were sent along, free text left out.
    pub fields: String,
    /// The status of the answer; 0 for what the page itself told.
    pub status: u16,
    /// The code of a refusal, else empty.
    pub code: String,
    /// How long the answer took, in milliseconds.
    pub took: u32,
}

/// A tablet, as its steps show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tablet {
    /// The id in its cookie.
    pub id: String,
    /// When it was last heard.
    pub last: DateTime<Utc>,
    /// The build of the page that it showed last; empty where none of its steps says one.
    pub build: String,
    /// How many steps of it are kept.
    pub steps: i64,
}

impl Tablet {
    /// Whether it shows a page of another build than this one. One that never said its build is not known to.
    pub fn is_old(&self, current: &str) -> bool {
        !self.build.is_empty() && self.build != current
    }
}

/// Steps of a tablet, oldest first, and before which place there are older ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// The steps.
    pub steps: Vec<Step>,
    /// `None` when these are the oldest.
    pub older: Option<Mark>,
}

/// A place between two steps, as an address names it: a moment in milliseconds, and which of its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(i64, i64);

impl Mark {
    /// Before every step of this moment.
    pub fn at(moment: DateTime<Utc>) -> Mark {
        Mark(moment.timestamp_millis(), i64::MIN)
    }

    /// The mark that was written so.
    pub fn read(text: &str) -> Option<Mark> {
        let (moment, step) = text.split_once('-')?;
        Some(Mark(moment.parse().ok()?, step.parse().ok()?))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.1)
    }
}

/// What time it is.
type Now = Box<dyn Fn() -> DateTime<Utc> + Send>;

/// Keeps steps and finds them again. Cheap to clone; the last clone ends its thread.
#[derive(Debug, Clone)]
pub struct Trail {
    queue: Option<Queue>,
    shared: Option<Arc<Shared>>,
    lost: Counter,
}

/// The way to the thread that has the file.
#[derive(Debug, Clone)]
struct Queue(SyncSender<Work>);

enum Work {
    Keep(Step),
    /// What the others were not told yet, and up to where they were heard.
    Untold(Answer<(Vec<Told>, Place)>),
    /// They were told all up to this number.
    Told(i64, Answer<()>),
    Heard(Vec<Told>, Place, Answer<()>),
    Tablets(Answer<Vec<Tablet>>),
    Steps {
        tablet: String,
        from: DateTime<Utc>,
        before: Mark,
        most: u32,
        answer: Answer<Steps>,
    },
}

type Answer<T> = tokio::sync::oneshot::Sender<Result<T, String>>;

impl Trail {
    /// Keeps steps in a file of the data folder, for 30 days and in 50 MB at most; those of other processes,
    /// too, where there is a way to them. `lost` counts what is not kept, or not told; `now` says what is too old. With a
    /// way to others it must be called within the runtime.
    ///
    /// # Errors
    /// The file cannot be opened or made.
    pub fn open(
        folder: &Path,
        others: Option<Link>,
        lost: Counter,
        now: impl Fn() -> DateTime<Utc> + Send + 'static,
    ) -> io::Result<Trail> {
        let store = Store::open(folder, others.is_some(), Box::new(now)).map_err(io::Error::other)?;
        let (work, received) = sync_channel(QUEUE);
        let counter = lost.clone();
        thread::Builder::new().name("trail".into()).spawn(move || keep(store, &received, &counter))?;
        let queue = Queue(work);
        let shared = others.map(|link| Arc::new(Shared::by(link, queue.clone())));
        Ok(Trail { queue: Some(queue), shared, lost })
    }

    /// Keeps nothing.
    pub fn none() -> Trail {
        Trail { queue: None, shared: None, lost: Counter::default() }
    }

    /// Keeps a step; never waits.
    pub fn keep(&self, step: Step) {
        let full = |queue: &Queue| queue.0.try_send(Work::Keep(step)).is_err();
        if self.queue.as_ref().is_some_and(full) {
            // With a full queue this step is the one that is missing.
            self.lost.inc();
        }
    }

    /// Whether there are other processes whose last steps are not known, because they cannot be heard now.
    pub fn is_cut_off(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.is_cut_off())
    }

    /// The tablets that were heard of, the last one first; the 200 heard last.
    ///
    /// # Errors
    /// The file cannot be read, in words for an operator.
    pub async fn tablets(&self) -> Result<Vec<Tablet>, String> {
        match &self.queue {
            Some(queue) => queue.ask(Work::Tablets).await,
            None => Ok(Vec::new()),
        }
    }

    /// What was done on a tablet since `from` and before a place; the last `most` of it.
    ///
    /// # Errors
    /// The file cannot be read, in words for an operator.
    pub async fn steps(&self, tablet: &str, from: DateTime<Utc>, before: Mark, most: u32) -> Result<Steps, String> {
        let tablet = tablet.to_owned();
        match &self.queue {
            Some(queue) => queue.ask(|answer| Work::Steps { tablet, from, before, most, answer }).await,
            None => Ok(Steps { steps: Vec::new(), older: None }),
        }
    }
}

impl Queue {
    async fn ask<T>(&self, work: impl FnOnce(Answer<T>) -> Work) -> Result<T, String> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.0.try_send(work(answer)).map_err(|_| "too much waits for the disk".to_owned())?;
        answered.await.unwrap_or_else(|_| Err("the trail has ended".to_owned()))
    }
}

/// Writes what comes, some of it together, until the last handle is gone.
fn keep(mut store: Store, received: &Receiver<Work>, lost: &Counter) {
    let mut gathered = Vec::new();
    let (mut due, mut prune) = (None, Instant::now());
    loop {
        let wait = due.map_or(PRUNE, |due: Instant| due.saturating_duration_since(Instant::now()));
        let came = received.recv_timeout(wait);
        let over = matches!(came, Err(RecvTimeoutError::Disconnected));
        match came {
            Ok(Work::Keep(step)) => {
                gathered.push(step);
                due.get_or_insert_with(|| Instant::now() + GATHER);
                if gathered.len() < TOGETHER && due.is_some_and(|due| Instant::now() < due) {
                    continue;
                }
                write(&mut store, &mut gathered, lost);
            }
            // Who asks sees what was kept before.
            Ok(Work::Tablets(answer)) => {
                write(&mut store, &mut gathered, lost);
                let _ = answer.send(store.tablets().map_err(|error| error.to_string()));
            }
            Ok(Work::Steps { tablet, from, before, most, answer }) => {
                write(&mut store, &mut gathered, lost);
                let _ = answer.send(store.steps(&tablet, from, before, most).map_err(|error| error.to_string()));
            }
            Ok(Work::Untold(answer)) => {
                write(&mut store, &mut gathered, lost);
                let _ = answer.send(store.untold().map_err(|error| error.to_string()));
            }
            Ok(Work::Told(number, answer)) => {
                write(&mut store, &mut gathered, lost);
                let _ = answer.send(store.told(number).map_err(|error| error.to_string()));
            }
            Ok(Work::Heard(told, place, answer)) => {
                write(&mut store, &mut gathered, lost);
                let _ = answer.send(store.heard(&told, &place).map_err(|error| error.to_string()));
            }
            Err(_) => write(&mut store, &mut gathered, lost),
        }
        due = None;
        if over {
            return;
        }
        if prune <= Instant::now() {
            prune = Instant::now() + PRUNE;
            store.prune().unwrap_or_else(|error| warn!(%error, "old steps were not removed"));
        }
    }
}

fn write(store: &mut Store, gathered: &mut Vec<Step>, lost: &Counter) {
    match store.write(gathered) {
        Ok(untold) => drop(lost.inc_by(untold)),
        Err(error) => {
            warn!(%error, steps = gathered.len(), "steps of tablets were not kept");
            lost.inc_by(gathered.len() as u64);
        }
    }
    gathered.clear();
}
