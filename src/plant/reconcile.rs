//! Makes locks follow rows: at the start, every ten minutes, and every third of a TTL so that a
//! job of a whole shift keeps its lock.

use super::Plant;
use crate::domain::reconcile::{Verdict, judge};
use crate::domain::{Spool, WorkerId};
use crate::error::Error;
use crate::locks::{Holder, LockKey};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often all locks are compared with all rows (`design.md` 4).
const EVERY: Duration = Duration::from_secs(600);

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

impl Plant {
    /// Keeps locks and rows together until `stop`: extends every `ttl / 3`, compares every ten
    /// minutes. A failure is a warning; the next round tries again.
    pub async fn keep_locks(&self, ttl: Duration, stop: CancellationToken) {
        let mut extend = interval((ttl / 3).max(Duration::from_secs(1)));
        let mut compare = interval(EVERY);
        extend.set_missed_tick_behavior(MissedTickBehavior::Delay);
        compare.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let result = tokio::select! {
                () = stop.cancelled() => return,
                _ = compare.tick() => self.reconcile().await.map(|did| {
                    if did != Reconciled::default() {
                        info!(created = did.created, replaced = did.replaced, removed = did.removed, "locks follow rows");
                    }
                }),
                _ = extend.tick() => self.extend_locks().await,
            };
            if let Err(error) = result {
                warn!(%error, "locks could not be compared with rows");
            }
        }
    }

    /// Compares every lock with its row, once.
    pub async fn reconcile(&self) -> Result<Reconciled, Error> {
        let mut held: HashMap<LockKey, Holder> = self.0.locks.holders().await?.into_iter().collect();
        let mut did = Reconciled::default();
        for spool in &self.view().spools {
            let key = LockKey::of(spool);
            let holder = held.remove(&key);
            self.follow(spool, &key, holder, &mut did).await?;
        }
        Ok(did)
    }

    async fn follow(&self, spool: &Spool, key: &LockKey, holder: Option<Holder>, did: &mut Reconciled) -> Result<(), Error> {
        let locks = &self.0.locks;
        match (judge(spool, holder.as_ref().map(|holder| (holder.token.worker, holder.age))), holder) {
            (Verdict::Create(owner), _) => {
                locks.acquire(key, owner).await?;
                did.created += 1;
            }
            (Verdict::Replace(owner), Some(holder)) => {
                did.replaced += usize::from(locks.seize(key, &holder, owner).await?.is_some());
            }
            (Verdict::Remove, Some(holder)) => did.removed += usize::from(locks.remove(key, &holder).await?),
            _ => {}
        }
        Ok(())
    }

    async fn extend_locks(&self) -> Result<(), Error> {
        let owners: Vec<(LockKey, WorkerId)> = self
            .view()
            .spools
            .iter()
            .filter_map(|spool| spool.occupation.as_ref().map(|owner| (LockKey::of(spool), owner.worker)))
            .collect();
        for (key, owner) in owners {
            if !self.0.locks.extend(&key, owner).await? {
                self.0.metrics.lock_expiries.inc();
            }
        }
        Ok(())
    }
}
