//! Makes locks follow rows: at the start, when the locks may have been lost, every ten minutes, and
//! every third of a TTL so that a job of a whole shift keeps its lock.

use super::Plant;
use crate::domain::reconcile::{Verdict, judge};
use crate::domain::{Spool, WorkerId};
use crate::error::{Error, Service};
use crate::locks::{Acquired, Holder, LockKey};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;
use std::ops::Add;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often all locks are compared with all rows (`design.md` 4).
const EVERY: Duration = Duration::from_secs(600);

/// How soon locks that may be lost are compared again with rows that could not be read: each attempt costs a
/// reading, of which there may be few.
const AGAIN: Duration = Duration::from_secs(10);

/// How many locks are asked for at once: after a flush every occupied row wants one.
const AT_ONCE: usize = 32;

/// What a reconciliation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Locks that were missing.
    pub created: usize,
    /// Locks that were another's than the row's owner.
    pub replaced: usize,
    /// Locks that no row needed.
    pub removed: usize,
}

impl Add for Reconciled {
    type Output = Reconciled;

    fn add(self, other: Reconciled) -> Reconciled {
        Reconciled {
            created: self.created + other.created,
            replaced: self.replaced + other.replaced,
            removed: self.removed + other.removed,
        }
    }
}

impl Plant {
    /// Keeps locks and rows together until `stop`: extends every `ttl / 3`, compares at the start,
    /// whenever the locks may have been lost, and every ten minutes. A failure is a warning; the next
    /// round tries again.
    pub async fn keep_locks(&self, ttl: Duration, stop: CancellationToken) {
        let mut extend = interval((ttl / 3).max(Duration::from_secs(1)));
        let mut compare = interval_at(Instant::now() + EVERY, EVERY);
        extend.set_missed_tick_behavior(MissedTickBehavior::Delay);
        compare.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut known = 0;
        loop {
            let result = tokio::select! {
                () = stop.cancelled() => return,
                now = self.0.locks.lost(known) => match self.compare().await {
                    Ok(()) => {
                        known = now;
                        Ok(())
                    }
                    // What was lost is still lost.
                    Err(error) => {
                        let _ = timeout(AGAIN, stop.cancelled()).await;
                        Err(error)
                    }
                },
                _ = compare.tick() => self.compare().await,
                _ = extend.tick() => self.extend_locks().await,
            };
            if let Err(error) = result {
                self.0.metrics.uncompared.inc();
                warn!(%error, "locks could not be compared with rows");
            }
        }
    }

    async fn compare(&self) -> Result<(), Error> {
        // By rows that another process has changed since, locks would be made and removed wrongly.
        if !self.0.workbook.fresh().await {
            return Err(Error::unavailable(Service::Workbook, "the rows could not be read again"));
        }
        let did = self.reconcile().await?;
        if did != Reconciled::default() {
            info!(created = did.created, replaced = did.replaced, removed = did.removed, "locks follow rows");
        }
        Ok(())
    }

    /// Compares every lock with its row, once.
    pub async fn reconcile(&self) -> Result<Reconciled, Error> {
        let mut held: HashMap<LockKey, Holder> = self.0.locks.holders().await?.into_iter().collect();
        let view = self.view();
        let pairs = view.spools.iter().map(|spool| {
            let key = LockKey::of(spool);
            let holder = held.remove(&key);
            (Arc::clone(spool), key, holder)
        });
        // Most rows need nothing, and are not waited for.
        let due: Vec<_> = pairs.filter(|(spool, _, holder)| verdict(spool, holder.as_ref()) != Verdict::Leave).collect();
        stream::iter(due)
            .map(|(spool, key, holder)| async move { self.follow(&spool, &key, holder).await })
            .buffer_unordered(AT_ONCE)
            .try_fold(Reconciled::default(), async |sum, did| Ok(sum + did))
            .await
    }

    /// Makes one lock follow its row.
    async fn follow(&self, spool: &Spool, key: &LockKey, holder: Option<Holder>) -> Result<Reconciled, Error> {
        let (locks, mut did) = (&self.0.locks, Reconciled::default());
        match (verdict(spool, holder.as_ref()), holder) {
            (Verdict::Create(owner), _) => {
                if let Acquired::New(lock) = locks.acquire(key, owner).await? {
                    // The row may have been freed, and its lock given up, since it was looked at.
                    match self.owns(spool.id(), owner) {
                        true => did.created = 1,
                        false => self.let_go(spool.id(), lock).await,
                    }
                }
            }
            (Verdict::Replace(owner), Some(holder)) => {
                did.replaced = usize::from(locks.seize(key, &holder, owner).await?.is_some());
            }
            (Verdict::Remove, Some(holder)) => did.removed = usize::from(locks.remove(key, &holder).await?),
            _ => {}
        }
        Ok(did)
    }

    fn owns(&self, spool: &str, worker: WorkerId) -> bool {
        let view = self.view();
        let owner = view.get(spool).and_then(|spool| spool.occupation.as_ref());
        owner.is_some_and(|owner| owner.worker == worker)
    }

    async fn extend_locks(&self) -> Result<(), Error> {
        let owners: Vec<(LockKey, WorkerId)> = self
            .view()
            .spools
            .iter()
            .filter_map(|spool| spool.occupation.as_ref().map(|owner| (LockKey::of(spool), owner.worker)))
            .collect();
        let extended = stream::iter(owners)
            .map(|(key, owner)| async move { self.0.locks.extend(&key, owner).await })
            .buffer_unordered(AT_ONCE);
        let expired =
            extended.try_filter(|extended| std::future::ready(!extended)).try_fold(0, async |sum, _| Ok(sum + 1)).await?;
        self.0.metrics.lock_expiries.inc_by(expired);
        Ok(())
    }
}

/// What is to be done about a lock, given as it was listed.
fn verdict(spool: &Spool, holder: Option<&Holder>) -> Verdict {
    judge(spool, holder.map(|holder| (holder.token.worker, holder.age)))
}
