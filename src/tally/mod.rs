//! PORT: what the last day was like: how often a worker came too late, and for which spools
//! (`field-failures.md` I3). It decides nothing, so that nobody waits for it and nothing fails with it.

mod memory;
mod redis;
pub use self::redis::Redis;
pub use memory::Memory;

use crate::domain::Moment;
use async_trait::async_trait;
use std::collections::HashMap;

/// One outcome that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A TAKE that landed.
    Taken,
    /// A TAKE that met another's occupation (409).
    Conflict,
    /// An action on an occupation that had ended (410).
    Ended,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 3] = [Outcome::Taken, Outcome::Conflict, Outcome::Ended];

    /// What counts it is called so.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Taken => "taken",
            Outcome::Conflict => "conflict",
            Outcome::Ended => "ended",
        }
    }
}

/// Remembers the outcomes of the last 24 hours.
#[async_trait]
pub trait Tally: Send + Sync {
    /// Notes one outcome of a known tag. Never waits.
    fn note(&self, outcome: Outcome, tag: &str, at: Moment);

    /// The last 24 hours up to `now`.
    async fn last_day(&self, now: Moment) -> Conflicts;
}

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
    /// It is of this process only, although there may be others.
    pub own: bool,
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

    /// Adds so many of one kind.
    fn add(&mut self, outcome: Outcome, count: usize) {
        match outcome {
            Outcome::Taken => self.taken += count,
            Outcome::Conflict => self.conflicts += count,
            Outcome::Ended => self.ended += count,
        }
    }

    /// With the contended tags in their order.
    fn with(self, hot: HashMap<String, usize>) -> Conflicts {
        let mut hot: Vec<(String, usize)> = hot.into_iter().collect();
        hot.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Conflicts { hot, ..self }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
