//! Whether somebody looks: an open stream, or a page not long ago; and who wants it fresh.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout};

/// For how long somebody who asked for a page still looks at it.
const LOOKS: Duration = Duration::from_secs(60);

/// When somebody last looked.
#[derive(Debug)]
pub(in super::super) struct Watched {
    start: Instant,
    /// In ms since `start`, and one more; 0: nobody ever did.
    last: AtomicU64,
    begins: Notify,
}

impl Default for Watched {
    fn default() -> Watched {
        Watched { start: Instant::now(), last: AtomicU64::new(0), begins: Notify::new() }
    }
}

impl Watched {
    /// Somebody looks now.
    pub(in super::super) fn look(&self) {
        let now = super::millis(self.start.elapsed()) + 1;
        if !is_recent(self.last.swap(now, Ordering::Relaxed), now) {
            self.begins.notify_one();
        }
    }

    /// Whether somebody looks.
    pub(in super::super) fn is_on(&self) -> bool {
        is_recent(self.last.load(Ordering::Relaxed), super::millis(self.start.elapsed()) + 1)
    }

    /// Waits until somebody begins to look after nobody did.
    pub(super) async fn begins(&self) {
        self.begins.notified().await;
    }
}

/// Readings that somebody waits for.
#[derive(Debug)]
pub(in super::super) struct Fresh {
    /// When one was last asked for.
    asked: watch::Sender<Option<Instant>>,
    /// When the last good reading began.
    begun: watch::Sender<Option<Instant>>,
}

impl Default for Fresh {
    fn default() -> Fresh {
        Fresh { asked: watch::Sender::new(None), begun: watch::Sender::new(None) }
    }
}

impl Fresh {
    /// Asks for a reading, and waits for it; whether it came.
    pub(in super::super) async fn wanted(&self, patience: Duration) -> bool {
        let asked = Instant::now();
        let mut begun = self.begun.subscribe();
        self.asked.send_replace(Some(asked));
        timeout(patience, begun.wait_for(|begun| begun.is_some_and(|begun| begun >= asked))).await.is_ok()
    }

    /// A good reading that began then is in memory.
    pub(in super::super) fn read(&self, begun: Instant) {
        self.begun.send_replace(Some(begun));
    }

    /// Waits until somebody asks for one that begins later than this.
    pub(super) async fn later_than(&self, read: Instant) {
        // The sender lives as long as this does.
        let _ = self.asked.subscribe().wait_for(|asked| asked.is_some_and(|asked| asked > read)).await;
    }
}

fn is_recent(last: u64, now: u64) -> bool {
    last > 0 && now.saturating_sub(last) <= super::millis(LOOKS)
}
