//! What happened, in the order in which it was applied: for whoever checks a history afterwards.

use super::book::Book;
use super::quota::Quota;
use serde_json::Value as Json;
use std::sync::Arc;
use std::time::Duration;

/// A change that was applied, by a caller or by a person at the workbook.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Counted from 1 without a gap, over all workbooks.
    pub(crate) number: usize,
    /// Since the stand-in was started.
    pub(crate) at: Duration,
    /// When the call came that did it, which may have been long before.
    pub(crate) came: Duration,
    /// The caller's address, or `human`.
    pub(crate) by: String,
    /// `spreadsheets.batchUpdate` and the like, or what the person did.
    pub(crate) what: String,
    pub(crate) book: String,
    pub(crate) request: Json,
    /// What was (or would have been) answered.
    pub(crate) reply: Json,
    /// The workbook right after, unless snapshots are off.
    pub(crate) after: Option<Arc<Book>>,
}

impl Entry {
    /// Whether a person did it.
    pub(crate) fn is_human(&self) -> bool {
        self.by == "human"
    }
}

/// A call, refused ones too.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) at: Duration,
    pub(crate) by: String,
    pub(crate) method: &'static str,
    /// What it was counted as; nothing for the token endpoint and for what the quota refused.
    pub(crate) counted: Option<Quota>,
    /// The status that was decided, whether or not the reply arrived; 0 when the call was lost on the way.
    pub(crate) status: u16,
    /// Whether the caller was told; not so when the reply is to be lost or cut.
    pub(crate) heard: bool,
}

/// Everything that happened.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal {
    entries: Vec<Entry>,
    calls: Vec<Record>,
}

impl Journal {
    /// Writes down a change.
    pub(crate) fn applied(&mut self, mut entry: Entry) {
        entry.number = self.entries.len() + 1;
        self.entries.push(entry);
    }

    /// Writes down a call.
    pub(crate) fn called(&mut self, record: Record) {
        self.calls.push(record);
    }

    /// Every change, in the order in which it was applied.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The batches of callers only.
    pub(crate) fn batches(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.what == "spreadsheets.batchUpdate")
    }

    /// Every call, in the order in which it was decided.
    pub(crate) fn calls(&self) -> &[Record] {
        &self.calls
    }

    /// How many calls of a method there were.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.calls.iter().filter(|call| call.method == method).count()
    }

    /// How many calls were counted as reads, or writes.
    pub(crate) fn counted(&self, quota: Quota) -> usize {
        self.calls.iter().filter(|call| call.counted == Some(quota)).count()
    }

    /// Calls counted in each minute since the start, as the quota counts them.
    pub(crate) fn per_minute(&self, quota: Quota) -> Vec<usize> {
        let mut minutes = Vec::new();
        for call in self.calls.iter().filter(|call| call.counted == Some(quota)) {
            let minute = (call.at.as_secs() / 60) as usize;
            minutes.resize(minutes.len().max(minute + 1), 0);
            minutes[minute] += 1;
        }
        minutes
    }

    /// The most calls counted in any 60 seconds, wherever they begin.
    pub(crate) fn most_in_a_minute(&self, quota: Quota) -> usize {
        let times: Vec<Duration> = self.calls.iter().filter(|call| call.counted == Some(quota)).map(|call| call.at).collect();
        let within =
            |start: &Duration| times.iter().filter(|at| **at >= *start && **at < *start + Duration::from_secs(60)).count();
        times.iter().map(within).max().unwrap_or(0)
    }

    /// Calls refused with 429, one after the other, at most.
    pub(crate) fn longest_run_of_429(&self) -> usize {
        let (mut run, mut longest) = (0, 0);
        for call in &self.calls {
            run = if call.status == 429 { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        longest
    }
}
