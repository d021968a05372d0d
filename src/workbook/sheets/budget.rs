//! How often Google may be asked (`design.md` 5.3): 60 reads and 60 writes a minute are Google's
//! limit for one account, and we stay below it.
//!
//! All calls of a process pass here. With Redis the bucket is shared by all processes. While Redis does
//! not answer nothing is written, for nobody has the lease, and each process reads on with its part of
//! [`ASIDE`], from nothing: what was taken from the shared bucket in the minute before counts. When
//! Redis is back, that part is paid to the shared bucket first; and where it came back empty, the bucket
//! begins with what its processes saw of it, so that those who wait can write at once. So there are never
//! more than 60 in any minute, but for one case: a process that alone is cut off from Redis reads its part
//! on top of what the others take.

use super::share::{self, Siblings, Tokens};
use crate::redis::Link;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tracing::debug;

/// Calls a minute in the long run.
pub(super) const RATE: f64 = 50.0;

/// Calls at once after a rest, as a share of a minute's. With [`RATE`] never more than 60 in any minute.
const BURST: f64 = 0.2;

/// What all processes together may do while Redis does not answer, as a share of a minute's: a reading
/// every five seconds by one of them.
const ASIDE: f64 = 0.24;

/// How often Redis is asked for a token while it does not answer.
const AGAIN: Duration = Duration::from_secs(1);

/// How soon a call is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// The fence does: nothing is written before.
    Fence,
    /// Somebody waits for it.
    Now,
    /// It leaves something for what is needed now.
    Sometime,
}

/// Reads and writes, each on its own.
#[derive(Debug)]
pub(super) struct Budget {
    /// Calls that read.
    pub(super) reads: Calls,
    /// Calls that write.
    pub(super) writes: Calls,
}

impl Budget {
    /// So many reads and so many writes a minute, of this process or of all on one Redis; what it sees of
    /// their bucket is kept in the folder.
    pub(super) fn new(rate: f64, folder: Option<&Path>, shared: Option<(&Link, &watch::Receiver<Siblings>)>) -> Budget {
        let calls = |key: &'static str, reserves| {
            let file = folder.map(|folder| folder.join(key));
            let shared = shared.zip(file.as_ref()).map(|((link, siblings), file)| Shared {
                tokens: Tokens::new(link.clone(), key, rate, rate * BURST, file.clone()),
                siblings: siblings.clone(),
                each_minute: rate * ASIDE,
                aside: None,
                owed: 0.0,
            });
            let bucket = Bucket { file: file.filter(|_| shared.is_none()), ..Bucket::new(rate, rate * BURST) };
            Calls { bucket: bucket.recalled(), shared, reserves, in_hand: false, refused: None, spent: 0 }
        };
        // Of the writes five in a minute are kept for the fence (`reliability.md` 2).
        Budget { reads: calls("spool_sheet_reads", (0.0, 0.4)), writes: calls("spool_sheet_writes", (0.5, 0.5)) }
    }
}

/// Calls of one kind.
#[derive(Debug)]
pub(super) struct Calls {
    bucket: Bucket,
    shared: Option<Shared>,
    /// What is left to others by a call that is needed now, and by one that is sometime: shares of the burst.
    reserves: (f64, f64),
    /// One was taken before it was needed.
    in_hand: bool,
    /// For how long Google wants no more, until all processes know.
    refused: Option<Duration>,
    /// How many had their turn.
    spent: u32,
}

/// The bucket of all processes, and what is done beside it.
#[derive(Debug)]
struct Shared {
    tokens: Tokens,
    siblings: watch::Receiver<Siblings>,
    /// All processes together, while Redis does not answer.
    each_minute: f64,
    /// This process's part of that, since Redis has not answered.
    aside: Option<Bucket>,
    /// Calls that the shared bucket does not know of.
    owed: f64,
}

impl Calls {
    /// Waits for its turn.
    pub(super) async fn take(&mut self, need: Need) {
        if !std::mem::take(&mut self.in_hand) {
            self.turn(need).await;
        }
    }

    /// Waits for its turn now, for a call that follows: who waits here may do something else first.
    pub(super) async fn afford(&mut self, need: Need) {
        if !self.in_hand {
            self.turn(need).await;
            self.in_hand = true;
        }
    }

    /// Google says that it is too much: nothing for this long.
    pub(super) fn empty(&mut self, until: Duration) {
        self.bucket.empty(until);
        self.refused = self.shared.is_some().then_some(until);
    }

    async fn turn(&mut self, need: Need) {
        let reserve = match need {
            Need::Fence => 0.0,
            Need::Now => self.reserves.0,
            Need::Sometime => self.reserves.1,
        };
        loop {
            let wait = match &mut self.shared {
                None => self.bucket.ask(self.bucket.most * reserve),
                Some(shared) => shared.ask(self.bucket.most * reserve, &mut self.refused).await,
            };
            if wait.is_zero() {
                self.spent += 1;
                return;
            }
            sleep(wait).await;
        }
    }

    /// How many calls may be made at once now; of a shared bucket, as last heard.
    pub(super) fn left(&mut self) -> f64 {
        match &self.shared {
            Some(shared) => shared.tokens.left(),
            None => {
                self.bucket.count();
                self.bucket.tokens.max(0.0)
            }
        }
    }

    /// How many calls have had their turn.
    pub(super) fn spent(&self) -> u32 {
        self.spent
    }
}

impl Shared {
    /// Takes a token; else how long to wait before asking again.
    async fn ask(&mut self, reserve: f64, refused: &mut Option<Duration>) -> Duration {
        let never = !self.tokens.answered();
        let asked = async {
            if let Some(until) = *refused {
                self.tokens.drain(until).await?;
                *refused = None;
            }
            self.tokens.take(reserve, self.owed).await
        };
        match asked.await {
            Ok(wait) => {
                (self.aside, self.owed) = (None, 0.0);
                wait
            }
            Err(error) => {
                debug!(%error, "the shared budget does not answer");
                let part = self.each_minute / f64::from(self.siblings.borrow().live.max(1));
                let aside = self.aside.get_or_insert_with(|| match never {
                    // Before Redis was ever there, a start is one of a process alone.
                    true => Bucket::new(part, self.each_minute),
                    false => Bucket { tokens: 0.0, ..Bucket::new(part, 1.0) },
                });
                if let Some(until) = refused.take() {
                    aside.empty(until);
                }
                let wait = aside.ask(0.0);
                if wait.is_zero() {
                    // More than a minute's part is forgotten, as the bucket itself forgets it.
                    self.owed = (self.owed + 1.0).min(part + aside.most);
                }
                wait.min(AGAIN)
            }
        }
    }
}

/// Tokens that come back with time.
#[derive(Debug)]
pub(super) struct Bucket {
    tokens: f64,
    each_second: f64,
    most: f64,
    counted: Instant,
    /// Where what is left outlives the process: Google still counts what the one before has asked.
    file: Option<PathBuf>,
}

impl Bucket {
    /// So many calls a minute, and so many at once.
    pub(super) fn new(each_minute: f64, most: f64) -> Bucket {
        Bucket { tokens: most, each_second: each_minute / 60.0, most, counted: Instant::now(), file: None }
    }

    /// With what the process before had left, if that was less than a minute ago.
    fn recalled(mut self) -> Bucket {
        if let Some((left, _, age)) = self.file.as_deref().and_then(share::seen)
            && let Ok(left) = left.parse::<f64>()
        {
            self.tokens = (left + age.as_secs_f64() * self.each_second).min(self.most);
        }
        self
    }

    /// Waits for its turn.
    pub(super) async fn take(&mut self) {
        loop {
            let wait = self.ask(0.0);
            if wait.is_zero() {
                return;
            }
            sleep(wait).await;
        }
    }

    /// Takes a token, unless fewer than `reserve` would be left; else how long to wait.
    fn ask(&mut self, reserve: f64) -> Duration {
        self.count();
        let short = 1.0 + reserve - self.tokens;
        // Less than a millionth is what is lost in counting.
        if short > 1e-6 {
            return Duration::from_secs_f64(short / self.each_second).max(Duration::from_millis(1));
        }
        self.tokens -= 1.0;
        if let Some(file) = &self.file {
            share::keep(file, &format!("{:.6}", self.tokens), "0");
        }
        Duration::ZERO
    }

    /// Nothing for this long.
    fn empty(&mut self, until: Duration) {
        self.count();
        self.tokens = (1.0 - until.as_secs_f64() * self.each_second).min(0.0);
    }

    fn count(&mut self) {
        let now = Instant::now();
        let earned = (now - self.counted).as_secs_f64() * self.each_second;
        self.tokens = (self.tokens + earned).min(self.most);
        self.counted = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone() -> Calls {
        Calls {
            bucket: Bucket::new(RATE, RATE * BURST),
            shared: None,
            reserves: (0.0, 0.4),
            in_hand: false,
            refused: None,
            spent: 0,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn c3_never_more_than_sixty_calls_in_any_minute() {
        let (mut calls, mut times) = (alone(), Vec::new());
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(300) {
            calls.take(Need::Now).await;
            times.push(Instant::now());
        }
        let most =
            times.iter().map(|from| times.iter().filter(|at| *at >= from && **at - *from < Duration::from_secs(60)).count());
        assert!(most.max().unwrap() <= 60);
        assert!(times.len() >= 250, "and what is allowed is used: {}", times.len());
    }

    #[tokio::test(start_paused = true)]
    async fn c3_what_can_wait_leaves_something_for_what_cannot() {
        let (mut calls, start) = (alone(), Instant::now());
        for _ in 0..7 {
            calls.take(Need::Sometime).await;
        }
        assert!(start.elapsed() > Duration::ZERO, "the seventh had to wait");
        let waited = start.elapsed();
        for _ in 0..4 {
            calls.take(Need::Now).await;
        }
        assert_eq!(start.elapsed(), waited, "these four had not");
    }

    #[tokio::test(start_paused = true)]
    async fn c3_after_a_refusal_nothing_is_asked_for_as_long_as_it_said() {
        let (mut calls, start) = (alone(), Instant::now());
        calls.empty(Duration::from_secs(30));
        calls.take(Need::Now).await;
        assert!(start.elapsed() >= Duration::from_millis(29_900));
    }

    #[tokio::test(start_paused = true)]
    async fn c3_a_start_begins_with_what_the_life_before_it_has_left() {
        let folder = tempfile::tempdir().unwrap();
        let start = Instant::now();
        for _ in 0..2 {
            let mut budget = Budget::new(RATE, Some(folder.path()), None);
            for _ in 0..5 {
                budget.reads.take(Need::Now).await;
            }
        }
        assert_eq!(start.elapsed(), Duration::ZERO, "ten at once");
        Budget::new(RATE, Some(folder.path()), None).reads.take(Need::Now).await;
        assert!(start.elapsed() > Duration::from_secs(1), "and the eleventh waits, whoever asks");
    }

    #[tokio::test(start_paused = true)]
    async fn five_writes_are_kept_for_the_fence() {
        let (mut calls, start) = (Calls { reserves: (0.5, 0.5), ..alone() }, Instant::now());
        for _ in 0..5 {
            calls.take(Need::Now).await;
        }
        for _ in 0..5 {
            calls.take(Need::Fence).await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO, "ten at once, five of them for the fence");
        calls.take(Need::Now).await;
        assert!(start.elapsed() > Duration::from_secs(6), "until five are kept again");
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_afforded_is_not_paid_for_again() {
        let (mut calls, start) = (alone(), Instant::now());
        for _ in 0..10 {
            calls.afford(Need::Now).await;
            calls.take(Need::Now).await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
