//! What was done on which tablet: pages, taps and dialogs with their outcome and how long it took,
//! kept outside the workbook (`field-failures.md` F4).
//!
//! It explains afterwards what somebody says he tapped. Nothing depends on it: a step that finds the
//! queue full is forgotten, and nobody waits for the disk.

mod store;

use chrono::{DateTime, Utc};
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};
use store::Store;
use tracing::warn;

/// How many steps may wait for the disk.
const QUEUE: usize = 4_096;

/// How long steps are gathered before they are written together.
const GATHER: Duration = Duration::from_millis(500);

/// How often what is too old, or too much, is looked for.
const PRUNE: Duration = Duration::from_secs(600);

/// One step on a tablet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When it began.
    pub at: DateTime<Utc>,
    /// Which tablet; the id in its cookie.
    pub tablet: String,
    /// The build of the page that it showed, or of the program that answered.
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
    /// The build of its last step.
    pub build: String,
    /// How many steps of it are kept.
    pub steps: i64,
}

/// Keeps steps and finds them again. Cheap to clone; the last clone ends its thread.
#[derive(Debug, Clone)]
pub struct Trail(Option<SyncSender<Work>>);

enum Work {
    Keep(Step),
    Tablets(Answer<Vec<Tablet>>),
    Steps { tablet: String, from: DateTime<Utc>, to: DateTime<Utc>, most: u32, answer: Answer<Vec<Step>> },
}

type Answer<T> = tokio::sync::oneshot::Sender<Result<T, String>>;

impl Trail {
    /// Keeps steps in a file of the data folder, for 30 days and in 50 MB at most.
    ///
    /// # Errors
    /// The file cannot be opened or made.
    pub fn open(folder: &Path) -> io::Result<Trail> {
        let store = Store::open(folder).map_err(io::Error::other)?;
        let (work, received) = sync_channel(QUEUE);
        thread::Builder::new().name("trail".into()).spawn(move || keep(store, &received))?;
        Ok(Trail(Some(work)))
    }

    /// Keeps nothing.
    pub fn none() -> Trail {
        Trail(None)
    }

    /// Keeps a step; never waits.
    pub fn keep(&self, step: Step) {
        if let Some(queue) = &self.0 {
            // With a full queue this step is the one that is missing.
            let _ = queue.try_send(Work::Keep(step));
        }
    }

    /// The tablets that were heard of, the last one first.
    ///
    /// # Errors
    /// The file cannot be read, in words for an operator.
    pub async fn tablets(&self) -> Result<Vec<Tablet>, String> {
        self.ask(Work::Tablets).await
    }

    /// What was done on a tablet in `from..to`, oldest first; the last `most` of it.
    ///
    /// # Errors
    /// The file cannot be read, in words for an operator.
    pub async fn steps(&self, tablet: &str, from: DateTime<Utc>, to: DateTime<Utc>, most: u32) -> Result<Vec<Step>, String> {
        let tablet = tablet.to_owned();
        self.ask(|answer| Work::Steps { tablet, from, to, most, answer }).await
    }

    async fn ask<T: Default>(&self, work: impl FnOnce(Answer<T>) -> Work) -> Result<T, String> {
        let Some(queue) = &self.0 else { return Ok(T::default()) };
        let (answer, answered) = tokio::sync::oneshot::channel();
        queue.try_send(work(answer)).map_err(|_| "too much waits for the disk".to_owned())?;
        answered.await.unwrap_or_else(|_| Err("the trail has ended".to_owned()))
    }
}

/// Writes what comes, some of it together, until the last handle is gone.
fn keep(mut store: Store, received: &Receiver<Work>) {
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
                if gathered.len() < QUEUE && due.is_some_and(|due| Instant::now() < due) {
                    continue;
                }
                write(&mut store, &mut gathered);
            }
            // Who asks sees what was kept before.
            Ok(Work::Tablets(answer)) => {
                write(&mut store, &mut gathered);
                let _ = answer.send(store.tablets().map_err(|error| error.to_string()));
            }
            Ok(Work::Steps { tablet, from, to, most, answer }) => {
                write(&mut store, &mut gathered);
                let _ = answer.send(store.steps(&tablet, from, to, most).map_err(|error| error.to_string()));
            }
            Err(_) => write(&mut store, &mut gathered),
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

fn write(store: &mut Store, gathered: &mut Vec<Step>) {
    if let Err(error) = store.write(gathered) {
        warn!(%error, steps = gathered.len(), "steps of tablets were not kept");
    }
    gathered.clear();
}
