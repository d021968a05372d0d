//! What the tests start, and how they wait.

pub(crate) mod proxy;
pub(crate) mod redis;

use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Waits until `holds`, looking often; fails, naming what was waited for, after half a minute.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(Instant::now() < deadline, "not so after 30 s: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}
