//! The bucket of calls to Google that all processes share (`design.md` 5.3), filled by Redis' own clock.

use super::{KEPT, millis, run};
use crate::error::Cause;
use crate::redis::Link;
use redis::Script;
use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("take.lua")));
static DRAIN: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("drain.lua")));

/// One bucket, of reads or of writes.
pub(in super::super) struct Tokens {
    link: Link,
    key: &'static str,
    each_second: f64,
    most: f64,
    /// What was left in it when it was last asked, and when that was by Redis' clock. A bucket that is lost
    /// begins again with what its processes saw of it, so that nobody waits for it to fill.
    saw: Option<(String, String)>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.key)
    }
}

impl Tokens {
    /// The bucket under a key: so many calls a minute, and so many at once.
    pub(in super::super) fn new(link: Link, key: &'static str, each_minute: f64, most: f64) -> Tokens {
        Tokens { link, key, each_second: each_minute / 60.0, most, saw: None }
    }

    /// Takes one unless fewer than `reserve` would be left, and first as many as were `owed`. Answers
    /// how long to wait; zero: it was taken.
    pub(in super::super) async fn take(&mut self, reserve: f64, owed: f64) -> Result<Duration, Cause> {
        let mut script = TAKE.key(self.key);
        let (left, at) = self.saw.as_ref().map_or(("", ""), |(left, at)| (left, at));
        script.arg(self.each_second).arg(self.most).arg(reserve).arg(owed).arg(millis(KEPT)).arg(left).arg(at);
        let (wait, left, at) = run(&self.link, &script).await?;
        self.saw = Some((left, at));
        Ok(Duration::from_millis(wait))
    }

    /// Nothing for this long, for any process.
    pub(in super::super) async fn drain(&mut self, until: Duration) -> Result<(), Cause> {
        let left = (1.0 - until.as_secs_f64() * self.each_second).min(0.0);
        let mut script = DRAIN.key(self.key);
        run::<bool>(&self.link, script.arg(self.each_second).arg(left).arg(millis(KEPT))).await?;
        Ok(())
    }

    /// What was left when it was last asked.
    pub(in super::super) fn left(&self) -> f64 {
        self.saw.as_ref().and_then(|(left, _)| left.parse().ok()).map_or(self.most, |left: f64| left.max(0.0))
    }

    /// Whether Redis has ever answered.
    pub(in super::super) fn answered(&self) -> bool {
        self.saw.is_some()
    }
}
