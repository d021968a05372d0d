//! Whether somebody looks: an open stream, or a page not long ago.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

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

fn is_recent(last: u64, now: u64) -> bool {
    last > 0 && now.saturating_sub(last) <= super::millis(LOOKS)
}
