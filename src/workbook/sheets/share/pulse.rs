//! When to read: at one's turn among the processes that have screens, and soon when another one has
//! seen or written something new.
//!
//! Each process reads every `SHEETS_REFRESH_SECONDS` times their number, and their times are spread
//! over it by Redis' clock: so one of them reads every `SHEETS_REFRESH_SECONDS`, and what it finds the
//! others read within a second. Nobody reads twice a second for that, however much happens.

use super::super::state::State;
use super::{KEPT, WITHIN, millis, run};
use crate::error::Cause;
use crate::redis::Link;
use redis::Script;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;
use uuid::Uuid;

static BEAT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("beat.lua")));

/// The name of the key, before the id of the workbook.
const KEY: &str = "spool_sheet_processes";

/// How often a process says that it lives, and after how long without it counts no more.
const BEATS: Duration = Duration::from_millis(250);
const SILENT: Duration = Duration::from_secs(5);

/// At most one reading within this because of what others have seen, or because it was asked for.
const HURRY: Duration = Duration::from_secs(1);

/// How long saying good-bye may take: who stops is waited for.
const LEAVES: Duration = Duration::from_millis(300);

/// The processes, as of the last beat.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Siblings {
    /// How many there are, this one included.
    pub(in super::super) live: u32,
    /// How many of them have screens, and how many of those come before this one.
    watched: u32,
    rank: u32,
    /// The server's clock in ms, and when it showed that.
    clock: (u64, Instant),
    /// How often the others have seen something new.
    news: u64,
    /// How well the best of the others knows what has to be put right.
    knows: u8,
}

/// The rhythm of one process.
#[derive(Debug)]
pub(in super::super) struct Pulse {
    state: Arc<State>,
    refresh: Duration,
    idle: Duration,
    siblings: watch::Receiver<Siblings>,
    told: Arc<Told>,
    /// What the others had told when we last began to read, and when that was.
    seen: u64,
    read: Instant,
    together: Option<Together>,
}

#[derive(Debug)]
struct Together {
    beats: Beats,
    _task: AbortOnDropHandle<()>,
}

/// How often this process has seen something new.
#[derive(Debug, Default)]
struct Told {
    count: AtomicU64,
    now: Notify,
}

impl Pulse {
    /// Begins to beat, if there is a Redis to beat in. `refresh` is how often one process alone reads,
    /// `idle` how often it does when nobody looks.
    pub(in super::super) fn new(
        link: Option<Link>,
        book: &str,
        state: Arc<State>,
        (refresh, idle): (Duration, Duration),
    ) -> Pulse {
        let alone = Siblings { live: 1, watched: 1, rank: 0, clock: (0, Instant::now()), news: 0, knows: 0 };
        let (set, siblings) = watch::channel(alone);
        let told = Arc::<Told>::default();
        let together = link.map(|link| {
            let beats = Beats { link, key: format!("{KEY}:{book}").into(), me: Uuid::new_v4().to_string().into() };
            let task = beats.clone().run(Arc::clone(&state), Arc::clone(&told), set);
            Together { beats, _task: AbortOnDropHandle::new(tokio::spawn(task)) }
        });
        Pulse { state, refresh, idle, siblings, told, seen: 0, read: Instant::now(), together }
    }

    /// Whether nobody else knows better than this process what has to be put right, as told after `since`.
    pub(in super::super) fn leave_it_to(&self, knows: u8, since: Instant) -> bool {
        self.together.is_none() || self.siblings.borrow().leave_it_to(knows, since)
    }

    /// The processes as they are.
    pub(in super::super) fn siblings(&self) -> watch::Receiver<Siblings> {
        self.siblings.clone()
    }

    /// A reading begins; whether what others have told is a reason for it.
    pub(in super::super) fn reading(&mut self) -> bool {
        self.read = Instant::now();
        let news = self.siblings.borrow().news;
        std::mem::replace(&mut self.seen, news) != news
    }

    /// The reading that began last is in memory.
    pub(in super::super) fn has_read(&self) {
        self.state.fresh.read(self.read);
    }

    /// Tells the others that there is something new to read.
    pub(in super::super) fn tell(&self) {
        self.told.count.fetch_add(1, Ordering::Relaxed);
        self.told.now.notify_one();
    }

    /// When to read next if nothing happens.
    pub(in super::super) fn next(&self) -> Instant {
        let now = Instant::now();
        if !self.state.watched.is_on() {
            return now + self.idle.max(self.refresh);
        }
        let siblings = *self.siblings.borrow();
        match siblings.watched {
            0 | 1 => now + self.refresh,
            _ => now + siblings.wait(self.refresh, now),
        }
    }

    /// Waits for a reason to read sooner than that.
    pub(in super::super) async fn hurried(&mut self) {
        let state = Arc::clone(&self.state);
        let (seen, mut looked_at) = (self.seen, None);
        let soon = self.read + HURRY;
        loop {
            let hears = self.together.is_some() && state.watched.is_on();
            tokio::select! {
                () = state.fresh.later_than(self.read) => return sleep_until(soon).await,
                () = async { drop(self.siblings.wait_for(|siblings| siblings.news != seen).await) }, if hears => {
                    return sleep_until(soon).await;
                }
                // Somebody begins to look: as often as for him, and what others tell is heard again.
                () = state.watched.begins() => looked_at = Some(self.read + self.refresh),
                () = sleep_until(looked_at.unwrap_or(soon)), if looked_at.is_some() => return,
            }
        }
    }

    /// Says that this process is no more.
    pub(in super::super) async fn leave(&mut self) {
        if let Some(Together { beats, .. }) = self.together.take() {
            let mut command = redis::cmd("HDEL");
            command.arg(&*beats.key).arg(&*beats.me);
            // Else it is missed after a while.
            let _ = beats.link.run(LEAVES, |mut to| async move { command.exec_async(&mut to).await }).await;
        }
    }
}

impl Siblings {
    /// Whether nobody else knows better than this what has to be put right. What they knew is asked for
    /// after `since`.
    pub(in super::super) fn leave_it_to(&self, knows: u8, since: Instant) -> bool {
        self.clock.1 > since + WITHIN + 2 * BEATS && (self.live <= 1 || self.knows <= knows)
    }

    /// How long until this process's time to read comes round.
    fn wait(&self, each: Duration, now: Instant) -> Duration {
        let each = millis(each).max(1);
        let round = each * u64::from(self.watched);
        let clock = self.clock.0 + millis(now.saturating_duration_since(self.clock.1));
        let wait = (u64::from(self.rank) * each + round - clock % round) % round;
        // What was read a moment ago, because a clock is never exact, is not read again at once.
        Duration::from_millis(if wait < each / 10 { wait + round } else { wait })
    }
}

/// What the beating task works with.
#[derive(Clone)]
struct Beats {
    link: Link,
    key: Arc<str>,
    me: Arc<str>,
}

impl std::fmt::Debug for Beats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Beats({} of {})", self.me, self.key)
    }
}

impl Beats {
    async fn run(self, state: Arc<State>, told: Arc<Told>, set: watch::Sender<Siblings>) {
        loop {
            let knows = state.knows.load(Ordering::Relaxed);
            match self.beat(state.watched.is_on(), told.count.load(Ordering::Relaxed), knows).await {
                Ok(siblings) => _ = set.send_replace(siblings),
                // How many there were is remembered.
                Err(error) => debug!(%error, "the other processes are not heard"),
            }
            // What is to be told is told at once.
            let _ = timeout(BEATS, told.now.notified()).await;
        }
    }

    async fn beat(&self, watched: bool, told: u64, knows: u8) -> Result<Siblings, Cause> {
        let mut script = BEAT.key(&*self.key);
        script.arg(&*self.me).arg(u8::from(watched)).arg(told).arg(millis(SILENT)).arg(millis(KEPT)).arg(knows);
        let (live, watched, rank, clock, news, knows) = run(&self.link, &script).await?;
        Ok(Siblings { live, watched, rank, clock: (clock, Instant::now()), news, knows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_has_its_own_time_and_one_of_them_reads_every_five_seconds() {
        let (each, now) = (Duration::from_secs(5), Instant::now());
        let wait = |rank, clock| {
            Siblings { live: 3, watched: 3, rank, clock: (clock, now), news: 0, knows: 0 }.wait(each, now).as_millis()
        };
        for clock in [1_795_262_852_593, 1_795_262_860_000] {
            let mut waits = [wait(0, clock), wait(1, clock), wait(2, clock)];
            waits.sort_unstable();
            assert_eq!((waits[1] - waits[0], waits[2] - waits[1]), (5_000, 5_000), "{waits:?}");
            assert!((500..=15_500).contains(&waits[0]) && waits[2] <= 15_500, "{waits:?}");
        }
        assert_eq!(wait(0, 15_000), 15_000, "a moment after its time it waits for the next");
    }
}
