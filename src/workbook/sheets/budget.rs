//! How often Google may be asked (`design.md` 5.3): 60 reads and 60 writes a minute are Google's
//! limit for one account, and we stay below it.
//!
//! All calls of a process pass here, and nothing else knows of the counts: what several processes
//! share one day takes the place of [`Bucket`].

use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Calls a minute in the long run.
pub(super) const RATE: f64 = 50.0;

/// Calls at once after a rest, as a share of a minute's. With [`RATE`] never more than 60 in any minute.
const BURST: f64 = 0.2;

/// How soon a call is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Somebody waits for it, or the fence does.
    Now,
    /// It leaves something for what is needed now.
    Sometime,
}

/// Reads and writes, each on its own.
#[derive(Debug)]
pub(super) struct Budget {
    /// Calls that read.
    pub(super) reads: Bucket,
    /// Calls that write.
    pub(super) writes: Bucket,
}

impl Budget {
    /// So many reads and so many writes a minute.
    pub(super) fn new(rate: f64) -> Budget {
        Budget { reads: Bucket::new(rate, rate * BURST), writes: Bucket::new(rate, rate * BURST) }
    }
}

/// Tokens that come back with time.
#[derive(Debug)]
pub(super) struct Bucket {
    tokens: f64,
    each_second: f64,
    most: f64,
    counted: Instant,
    spent: u32,
}

impl Bucket {
    /// So many calls a minute, and so many at once.
    pub(super) fn new(each_minute: f64, most: f64) -> Bucket {
        Bucket { tokens: most, each_second: each_minute / 60.0, most, counted: Instant::now(), spent: 0 }
    }

    /// Waits for its turn.
    pub(super) async fn take(&mut self, need: Need) {
        let reserve = if need == Need::Sometime { self.most * 0.4 } else { 0.0 };
        self.count();
        if self.tokens < 1.0 + reserve {
            let short = 1.0 + reserve - self.tokens;
            sleep_until(self.counted + Duration::from_secs_f64(short / self.each_second)).await;
            self.count();
        }
        self.tokens -= 1.0;
        self.spent += 1;
    }

    /// How many calls may be made at once now.
    pub(super) fn left(&mut self) -> f64 {
        self.count();
        self.tokens.max(0.0)
    }

    /// How many calls have had their turn.
    pub(super) fn spent(&self) -> u32 {
        self.spent
    }

    /// Google says that it is too much: nothing for this long.
    pub(super) fn empty(&mut self, until: Duration) {
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

    #[tokio::test(start_paused = true)]
    async fn c3_never_more_than_sixty_calls_in_any_minute() {
        let (mut bucket, mut times) = (Bucket::new(RATE, RATE * BURST), Vec::new());
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(300) {
            bucket.take(Need::Now).await;
            times.push(Instant::now());
        }
        let most =
            times.iter().map(|from| times.iter().filter(|at| *at >= from && **at - *from < Duration::from_secs(60)).count());
        assert!(most.max().unwrap() <= 60);
        assert!(times.len() >= 250, "and what is allowed is used: {}", times.len());
    }

    #[tokio::test(start_paused = true)]
    async fn c3_what_can_wait_leaves_something_for_what_cannot() {
        let (mut bucket, start) = (Bucket::new(RATE, RATE * BURST), Instant::now());
        for _ in 0..7 {
            bucket.take(Need::Sometime).await;
        }
        assert!(start.elapsed() > Duration::ZERO, "the seventh had to wait");
        let waited = start.elapsed();
        for _ in 0..4 {
            bucket.take(Need::Now).await;
        }
        assert_eq!(start.elapsed(), waited, "these four had not");
    }

    #[tokio::test(start_paused = true)]
    async fn c3_after_a_refusal_nothing_is_asked_for_as_long_as_it_said() {
        let (mut bucket, start) = (Bucket::new(RATE, RATE * BURST), Instant::now());
        bucket.empty(Duration::from_secs(30));
        bucket.take(Need::Now).await;
        assert!(start.elapsed() >= Duration::from_millis(29_900));
    }
}
