//! Conflicts of the last day: how often a worker came too late, and for which spools.

use crate::domain::{Moment, Refusal};
use chrono::Duration;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// The most outcomes that are remembered: a day of 1,000 taps an hour, twice over.
const LIMIT: usize = 50_000;

/// One outcome that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Taken,
    Conflict,
    Ended,
}

/// Remembers the outcomes of the last 24 hours, of known tags only.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<VecDeque<(Moment, Outcome, String)>>);

/// What a tally says of the last 24 hours.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conflicts {
    /// TAKEs that landed.
    pub taken: usize,
    /// TAKEs that met another's occupation (409).
    pub conflicts: usize,
    /// Actions on an occupation that had ended (410).
    pub ended: usize,
    /// The tags with conflicts, most contended first.
    pub hot: Vec<(String, usize)>,
}

impl Conflicts {
    /// The share of TAKEs that were refused because somebody else was first; 0 without any.
    pub fn conflict_rate(&self) -> f64 {
        share(self.conflicts, self.taken + self.conflicts)
    }

    /// The share of ended occupations among all that was counted; 0 without any.
    pub fn ended_rate(&self) -> f64 {
        share(self.ended, self.taken + self.conflicts + self.ended)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Tally {
    /// Notes a TAKE that landed.
    pub(super) fn taken(&self, tag: &str, at: Moment) {
        self.note(Outcome::Taken, tag, at);
    }

    /// Notes a refusal, if it is one that is counted.
    pub(super) fn refused(&self, refusal: &Refusal, at: Moment) {
        match refusal {
            Refusal::Occupied { tag, .. } | Refusal::BeingTaken { tag, .. } => self.note(Outcome::Conflict, tag.as_str(), at),
            Refusal::Ended { tag, .. } => self.note(Outcome::Ended, tag.as_str(), at),
            _ => {}
        }
    }

    /// The last 24 hours up to `now`.
    pub(super) fn last_day(&self, now: Moment) -> Conflicts {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut noted, now);
        let mut day = Conflicts::default();
        let mut hot: HashMap<&str, usize> = HashMap::new();
        for (_, outcome, tag) in noted.iter() {
            match outcome {
                Outcome::Taken => day.taken += 1,
                Outcome::Ended => day.ended += 1,
                Outcome::Conflict => {
                    day.conflicts += 1;
                    *hot.entry(tag).or_default() += 1;
                }
            }
        }
        day.hot = hot.into_iter().map(|(tag, count)| (tag.to_owned(), count)).collect();
        day.hot.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        day
    }

    fn note(&self, outcome: Outcome, tag: &str, at: Moment) {
        // Nothing can panic while it is held, so a poisoned tally is still whole.
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.push_back((at, outcome, tag.to_owned()));
        forget(&mut noted, at);
    }
}

fn forget(noted: &mut VecDeque<(Moment, Outcome, String)>, now: Moment) {
    let day_ago = now - Duration::hours(24);
    while noted.len() > LIMIT || noted.front().is_some_and(|(at, ..)| *at < day_ago) {
        noted.pop_front();
    }
}
