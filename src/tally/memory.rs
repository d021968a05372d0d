//! The outcomes of this process.

use super::{Conflicts, Outcome, Tally};
use crate::domain::Moment;
use async_trait::async_trait;
use chrono::Duration;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// The most outcomes that are remembered: a day of 1,000 taps an hour, twice over.
const LIMIT: usize = 50_000;

/// The outcomes of this process, one by one.
#[derive(Debug, Default)]
pub struct Memory(Mutex<VecDeque<(Moment, Outcome, String)>>);

#[async_trait]
impl Tally for Memory {
    fn note(&self, outcome: Outcome, tag: &str, at: Moment) {
        // Nothing can panic while it is held, so a poisoned tally is still whole.
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.push_back((at, outcome, tag.to_owned()));
        forget(&mut noted, at);
    }

    async fn last_day(&self, now: Moment) -> Conflicts {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut noted, now);
        let (mut day, mut hot) = (Conflicts::default(), HashMap::new());
        for (_, outcome, tag) in noted.iter() {
            day.add(*outcome, 1);
            if *outcome == Outcome::Conflict {
                *hot.entry(tag.clone()).or_default() += 1;
            }
        }
        day.with(hot)
    }
}

fn forget(noted: &mut VecDeque<(Moment, Outcome, String)>, now: Moment) {
    let day_ago = now - Duration::hours(24);
    while noted.len() > LIMIT || noted.front().is_some_and(|(at, ..)| *at < day_ago) {
        noted.pop_front();
    }
}
