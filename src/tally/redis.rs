//! The outcomes of all processes: one hash for ten minutes in Redis, gone by itself after a day.
//!
//! What is noted while Redis is away is lost to the others; each process also remembers its own, and shows
//! those until Redis answers again.

use super::{Conflicts, Memory, Outcome, Tally};
use crate::domain::Moment;
use crate::redis::{Link, WITHIN};
use async_trait::async_trait;
use std::collections::HashMap;
use tracing::debug;

/// How long a part of the day is, in seconds, and how many make a day; the one in course is the last of them, so
/// that up to so much is missing of the oldest.
const PART: i64 = 600;
const PARTS: i64 = 24 * 3_600 / PART;

/// How long a part is kept, in seconds: until it is one of no day.
const KEPT: i64 = (PARTS + 1) * PART;

/// What the field of a contended tag begins with; those of the outcomes are shorter.
const TAG: &str = "409 ";

/// The outcomes of all processes.
pub struct Redis {
    link: Link,
    own: Memory,
}

impl Redis {
    /// Those of the plant whose locks are there, too.
    pub fn new(link: Link) -> Redis {
        Redis { link, own: Memory::default() }
    }
}

fn part(at: Moment) -> i64 {
    at.timestamp().div_euclid(PART)
}

fn key(part: i64) -> String {
    format!("spool_tally:{part}")
}

fn field(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Taken => "200",
        Outcome::Conflict => "409",
        Outcome::Ended => "410",
    }
}

#[async_trait]
impl Tally for Redis {
    fn note(&self, outcome: Outcome, tag: &str, at: Moment) {
        self.own.note(outcome, tag, at);
        let (link, key) = (self.link.clone(), key(part(at)));
        let mut commands = redis::pipe();
        commands.hincr(&key, field(outcome), 1).ignore().expire(&key, KEPT).ignore();
        if outcome == Outcome::Conflict {
            commands.hincr(&key, format!("{TAG}{tag}"), 1).ignore();
        }
        tokio::spawn(async move {
            let noted = link.run(WITHIN, |mut to| async move { commands.query_async::<()>(&mut to).await }).await;
            if let Err(error) = noted {
                debug!(%error, "an outcome was not counted for all processes");
            }
        });
    }

    async fn last_day(&self, now: Moment) -> Conflicts {
        let (mut ask, last) = (redis::pipe(), part(now));
        for part in last - PARTS + 1..=last {
            ask.hgetall(key(part));
        }
        let parts = self.link.run(WITHIN, |mut to| async move { ask.query_async::<Vec<HashMap<String, usize>>>(&mut to).await });
        let Ok(parts) = parts.await else {
            return Conflicts { own: true, ..self.own.last_day(now).await };
        };
        let (mut day, mut hot) = (Conflicts::default(), HashMap::new());
        for (name, count) in parts.into_iter().flatten() {
            if let Some(tag) = name.strip_prefix(TAG) {
                *hot.entry(tag.to_owned()).or_default() += count;
                continue;
            }
            let known = Outcome::ALL.into_iter();
            known.filter(|outcome| field(*outcome) == name).for_each(|outcome| day.add(outcome, count));
        }
        day.with(hot)
    }
}
