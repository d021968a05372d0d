//! The bucket of calls to Google that all processes share (`design.md` 5.3), filled by Redis' own clock.
//!
//! What a process saw of it last is on its disk, too: where the machine loses power, Redis comes back empty
//! and nobody who asked in the minute before lives, but Google still counts.

use super::{KEPT, millis, run};
use crate::error::Cause;
use crate::redis::Link;
use redis::Script;
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;
use tracing::debug;

/// Google counts the calls of a minute; what was seen longer ago says nothing.
const COUNTS: Duration = Duration::from_secs(60);

/// How long the line of that file is: two numbers of six places.
const LENGTH: usize = 48;

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
    /// Where that outlives the process.
    file: PathBuf,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.key)
    }
}

impl Tokens {
    /// The bucket under a key: so many calls a minute, and so many at once. What is seen of it is kept in
    /// the file.
    pub(in super::super) fn new(link: Link, key: &'static str, each_minute: f64, most: f64, file: PathBuf) -> Tokens {
        Tokens { link, key, each_second: each_minute / 60.0, most, saw: seen(&file).map(|(left, at, _)| (left, at)), file }
    }

    /// Takes one unless fewer than `reserve` would be left, and first as many as were `owed`. Answers
    /// how long to wait; zero: it was taken.
    pub(in super::super) async fn take(&mut self, reserve: f64, owed: f64) -> Result<Duration, Cause> {
        let mut script = TAKE.key(self.key);
        let (left, at) = self.saw.as_ref().map_or(("", ""), |(left, at)| (left, at));
        script.arg(self.each_second).arg(self.most).arg(reserve).arg(owed).arg(millis(KEPT)).arg(left).arg(at);
        let (wait, left, at): (u64, String, String) = run(&self.link, &script).await?;
        // Were it not kept, a start after a power cut might ask a few times too often.
        keep(&self.file, &left, &at);
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

    /// Whether Redis has ever answered, in this life or just before it.
    pub(in super::super) fn answered(&self) -> bool {
        self.saw.is_some()
    }
}

/// Keeps what is left of a bucket, and when that was by Redis' clock. Who taps waits for it: it is written over
/// what stood there, in one piece of one length, and not into a new file, which costs ten times as much.
pub(in super::super) fn keep(file: &Path, left: &str, at: &str) {
    let text = format!("{:<LENGTH$}\n", format!("{left} {at}"));
    let written = fs::OpenOptions::new().write(true).create(true).truncate(false).open(file);
    if let Err(error) = written.and_then(|mut file| file.write_all(text.as_bytes())) {
        debug!(%error, "what is left of the budget is not on the disk");
    }
}

/// What a process saw less than a minute ago, before it ended, and how long ago.
pub(in super::super) fn seen(file: &Path) -> Option<(String, String, Duration)> {
    let age = fs::metadata(file).ok()?.modified().ok()?.elapsed().unwrap_or_default();
    let text = fs::read_to_string(file).ok().filter(|_| age < COUNTS)?;
    let (left, at) = text.strip_suffix('\n')?.trim_end().split_once(' ')?;
    let is_number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    (is_number(left) && is_number(at)).then(|| (left.to_owned(), at.to_owned(), age))
}
