//! Reads what happened in a run, and says which promise was broken first.
//!
//! Three witnesses: the workbook (every change in the order in which it was applied, and how the
//! workbook stood after it), the calls that Google counted, and the people (what each asked, when, and
//! what he was told). [`check`] compares them; it asks nobody and knows no time of its own, so the same
//! history always has the same verdict (`reliability.md` 7).
//!
//! Use it from any test or bench by `#[path = "../history/mod.rs"] mod history;` beside `stand_in`;
//! [`from`](self::from) makes a [`History`] of the stand-in's journal.

#![allow(dead_code, unused_imports)] // each binary that includes it uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod applied;
mod audit;
mod calls;
pub(crate) mod from;
mod judge;
mod late;
mod people;
mod renames;
mod screens;
mod state;
mod timeline;

pub(crate) use state::{Event, Row, State};

use std::fmt;
use std::time::Duration;

/// A whole run; all times are since its start, on one clock.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    /// The workbook before anything happened.
    pub(crate) start: State,
    /// Every change that was applied, in order.
    pub(crate) steps: Vec<Step>,
    /// Every call that reads or writes.
    pub(crate) calls: Vec<Call>,
    /// Everything that people asked, in any order.
    pub(crate) asked: Vec<Asked>,
    /// What the screens showed at the end, when all was quiet.
    pub(crate) screens: Vec<Screen>,
}

/// One of the processes, and which of its lives: a kill ends one.
pub(crate) type Process = (usize, usize);

/// One change of the workbook.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) at: Duration,
    pub(crate) by: By,
    /// Nobody's for people.
    pub(crate) process: Process,
    /// When the process had read what it decided on: nothing that people did from then on could be
    /// seen by it (`design.md` 5.12).
    pub(crate) since: Duration,
    /// In words, for the timeline.
    pub(crate) what: String,
    pub(crate) after: State,
}

/// Who changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Us,
    /// We, and nothing but the fence.
    Fence,
    Human,
}

/// A call that Google counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) at: Duration,
    pub(crate) writes: bool,
}

/// What somebody asked, and was told.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The operation id.
    pub(crate) op: String,
    pub(crate) tag: String,
    /// `TOMAR`, `PAUSAR` …
    pub(crate) verb: String,
    pub(crate) worker: u32,
    pub(crate) at: Duration,
    pub(crate) answer: Answer,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Never.
    Never,
    /// The process or the connection went away.
    Lost(Duration),
    /// Answered then, with this status and code.
    Told(Duration, u16, String),
}

/// What one screen shows as occupied: TAG and worker.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    pub(crate) name: String,
    pub(crate) occupied: Vec<(String, u32)>,
}

/// What a history without a violation held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counted {
    /// Changes of ours that have their audit row.
    pub(crate) changes: usize,
    /// Requests that were answered as saved, or refused.
    pub(crate) saved: usize,
    pub(crate) refused: usize,
    /// Writes over a cell that a person had changed within one round trip.
    pub(crate) residues: usize,
    /// Cells of others that were hit, and repaired in time.
    pub(crate) repaired: usize,
}

/// A promise that was broken.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    /// From 1 to 9.
    pub(crate) invariant: u8,
    pub(crate) at: Duration,
    /// What is wrong, in one sentence.
    pub(crate) what: String,
    /// Of which TAG and which operation, for the timeline.
    pub(crate) tag: String,
    pub(crate) op: String,
    pub(crate) timeline: String,
}

impl Violation {
    fn new(invariant: u8, at: Duration, tag: &str, op: &str, what: String) -> Violation {
        Violation { invariant, at, what, tag: tag.into(), op: op.into(), timeline: String::new() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = [
            "one occupant a spool, and a TOMAR only on a free row",
            "what was answered as saved was applied, once, and before the answer",
            "what was refused is never applied",
            "no write over another row than the one it was decided on",
            "one audit row for each change, in its batch, never altered",
            "no cell of another spool or column without repair within two batches",
            "all screens show the workbook in the end",
            "at most 60 reads and 60 writes in any minute",
            "every request is answered within 35 s",
        ][usize::from(self.invariant) - 1];
        write!(f, "I{} ({name}) at {:.3} s: {}\n{}", self.invariant, self.at.as_secs_f64(), self.what, self.timeline)
    }
}

/// Looks for the first broken promise.
pub(crate) fn check(history: &History) -> Result<Counted, Box<Violation>> {
    let followed = renames::followed(history);
    let (mut found, counted) = applied::look(&followed);
    found.extend(answers::look(&followed));
    found.extend(screens::look(&followed));
    found.extend(calls::look(history));
    match found.into_iter().min_by_key(|violation| (violation.at, violation.invariant)) {
        None => Ok(answers::count(history, counted)),
        Some(mut first) => {
            first.timeline = timeline::around(history, &first);
            Err(Box::new(first))
        }
    }
}
