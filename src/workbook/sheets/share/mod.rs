//! What the processes on one workbook share, in Redis (`design.md` 5.3, 5.5): whose turn it is to
//! write, how often Google was asked, who is there, and that somebody has seen something new.
//!
//! A process without Redis is alone: it is always its turn, and the bucket is its own. The lease saves
//! work and quota; what makes a write safe is the fence, also when Redis says something wrong.

mod lease;
mod pulse;
mod tokens;
mod watched;

pub(super) use lease::Lead;
pub(super) use pulse::{Pulse, Siblings};
pub(super) use tokens::{Tokens, keep, seen};
pub(super) use watched::{Fresh, Watched};

use super::a1::TabId;
use crate::error::Cause;
use crate::redis::Link;
use lease::Lease;
use redis::{FromRedisValue, ScriptInvocation};
use std::time::Duration;

/// How long one question to Redis may take: somebody waits, and the fence guards without an answer.
const WITHIN: Duration = Duration::from_secs(2);

/// How long Redis keeps what no process has touched.
const KEPT: Duration = Duration::from_secs(86_400);

/// The turns to write.
#[derive(Debug)]
pub(super) struct Share(Option<Lease>);

impl Share {
    /// The turns of the processes that reach the same Redis and write to the same workbook.
    pub(super) fn new(link: Option<Link>, book: &str) -> Share {
        Share(link.map(|link| Lease::new(link, book)))
    }

    /// Whether other processes may write, too.
    pub(super) fn is_together(&self) -> bool {
        self.0.is_some()
    }

    /// Asks for the turn, and waits a little for it.
    ///
    /// # Errors
    /// Redis does not answer: nobody writes without knowing who else does.
    pub(super) async fn lead(&mut self) -> Result<Lead, Cause> {
        match &mut self.0 {
            None => Ok(Lead::Still),
            Some(lease) => lease.ask().await,
        }
    }

    /// Whether a write may begin: it still is our turn, and for long enough.
    pub(super) async fn may_write(&mut self) -> bool {
        match &mut self.0 {
            None => true,
            Some(lease) => lease.is_long() || lease.renewed().await,
        }
    }

    /// Whether it still is our turn, as Redis sees it now.
    pub(super) async fn is_ours(&mut self) -> bool {
        match &mut self.0 {
            None => true,
            Some(lease) => lease.renewed().await,
        }
    }

    /// Ends our turn. `fence` is the one under which everything that we sent is settled; `None` makes
    /// the next one replace it first.
    pub(super) async fn release(&mut self, fence: Option<TabId>) {
        if let Some(lease) = &mut self.0 {
            lease.release(fence).await;
        }
    }

    /// Whatever Redis says of the fence, it is replaced at our next turn.
    pub(super) fn doubt(&mut self) {
        if let Some(lease) = &mut self.0 {
            lease.doubt();
        }
    }
}

/// Runs a script on one key.
async fn run<T: FromRedisValue>(link: &Link, script: &ScriptInvocation<'_>) -> Result<T, Cause> {
    link.run(WITHIN, |mut to| async move { script.invoke_async(&mut to).await }).await
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
