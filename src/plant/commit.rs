//! The only way by which a spool changes: read, decide, apply, tell.

use super::{Done, Plant};
use crate::broken::seen;
use crate::domain::{Act, AuditEvent, Refusal, Spool, WorkerId};
use crate::error::{Error, Service};
use crate::events::SpoolChanged;
use crate::locks::{Acquired, Lock, LockKey};
use crate::workbook::Applied;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tracing::{debug, warn};
use uuid::Uuid;

/// How long a change may wait to be written before it is withdrawn (`design.md` 3).
pub(super) const DEADLINE: Duration = Duration::from_secs(30);

/// How often a change is decided again after a conflict (`design.md` 3).
const RETRIES: u32 = 3;

/// How often, and at what distance, an owner tries to get past a foreign token (`design.md` 4).
const FOREIGN_TOKEN: (u32, Duration) = (5, Duration::from_millis(200));

/// How often, and at what first distance, a lost release is tried again.
const RELEASE: (u32, Duration) = (5, Duration::from_millis(200));

/// One act on one row, under one operation id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) spool: &'a str,
    pub(super) id: Uuid,
    pub(super) act: &'a Act,
}

impl Plant {
    /// Decides on the row in memory and applies the change, again while the row moves.
    ///
    /// `lock` proves that the spool's lock was obtained. The use case is refused when the lock is
    /// not this row's, which can only be when its tag became (or ceased to be) a duplicate.
    pub(super) async fn commit(&self, lock: &Lock, task: Task<'_>) -> Result<Done, Error> {
        let deadline = Instant::now() + DEADLINE;
        let mut fresh = false;
        for attempt in 0.. {
            if let Some(done) = self.repeated(task)? {
                return Ok(done);
            }
            let view = self.view();
            let spool = view.get(task.spool).ok_or_else(|| Refusal::UnknownSpool { asked: task.spool.to_owned() })?;
            if LockKey::of(spool) != *lock.key() {
                return Err(Error::Conflict);
            }
            let decided = task.act.decide(&seen(spool, task.act), &self.circumstance(&view, task.id));
            if decided.is_err()
                && let Some(done) = self.repeated(task)?
            {
                // The same tap has landed since it was looked for: it is no refusal of itself.
                return Ok(done);
            }
            let Some(change) = decided? else {
                if fresh {
                    return Ok(Done { spool: Arc::clone(spool), event: None });
                }
                // "You have it already" is no less of a promise than "saved": it is not made by rows that
                // somebody else may have changed since.
                fresh = self.0.workbook.fresh().await;
                if !fresh {
                    return Err(Error::unavailable(Service::Workbook, "the row could not be read again"));
                }
                continue;
            };
            let event = Arc::new(change.event.clone());
            match self.0.workbook.apply(change, deadline).await {
                Ok(Applied::Landed(spool)) => {
                    self.0.metrics.act(event.event_type.clone()).inc();
                    self.tell(&spool, &event).await;
                    return Ok(Done { spool, event: Some(event) });
                }
                Ok(Applied::Already(_)) => {}
                Err(Error::Conflict) if attempt < RETRIES => {
                    debug!(spool = task.spool, attempt, "the row moved; deciding again");
                    sleep(back_off(attempt)).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::Conflict)
    }

    /// The first result of an operation id that the audit holds already. Where the row does not show
    /// it, somebody's hand or a batch that hit another row was in the way, and nobody knows yet.
    pub(super) fn repeated(&self, task: Task<'_>) -> Result<Option<Done>, Error> {
        let Some(event) = self.0.workbook.event(task.id) else { return Ok(None) };
        let view = self.view();
        let spool = view.get(task.spool).ok_or_else(|| Refusal::UnknownSpool { asked: task.spool.to_owned() })?;
        if !task.act.is(&event) || !is_of(&event, spool) {
            return Err(Refusal::KeyReused.into());
        }
        match spool.carries(task.id) {
            true => Ok(Some(Done { spool: Arc::clone(spool), event: Some(event) })),
            false => Err(Error::OutcomeUnknown),
        }
    }

    /// The lock of a row that the asker owns: taken again if it is missing; a foreign token is
    /// waited for a little, and then the image of the row is the guard.
    pub(super) async fn hold(&self, key: LockKey, worker: WorkerId) -> Result<Lock, Error> {
        for _ in 0..FOREIGN_TOKEN.0 {
            match self.0.locks.acquire(&key, worker).await? {
                Acquired::New(lock) | Acquired::Yours(lock) => return Ok(lock),
                Acquired::Theirs(_) => sleep(FOREIGN_TOKEN.1).await,
            }
        }
        warn!(key = key.as_str(), "a foreign token stays on a row with another owner; the row guards");
        Ok(Lock::guarded_by_row(key))
    }

    /// Gives up the lock of a row; a release that fails is tried again behind the answer.
    pub(super) async fn let_go(&self, spool: &str, lock: Lock) {
        if let Ok(released) = self.0.locks.release(&lock).await {
            return self.leave(spool, &lock, released).await;
        }
        let (plant, spool) = (self.clone(), spool.to_owned());
        self.0.tasks.spawn(async move {
            for attempt in 0..RELEASE.0 {
                sleep(RELEASE.1 * 2u32.pow(attempt)).await;
                if plant.0.locks.release(&lock).await.is_ok() {
                    // Whether it was this one or the first nobody knows.
                    return plant.leave(&spool, &lock, true).await;
                }
            }
            warn!(key = lock.key().as_str(), "a lock was not released; it is removed when it is old");
        });
    }

    /// Sees to what a row needs when its lock has been given up: while we had it, the locks may have been lost
    /// and made anew for the owner that the row had; or it was seized from an owner who has the row still.
    async fn leave(&self, spool: &str, lock: &Lock, released: bool) {
        let (locks, view) = (&self.0.locks, self.view());
        let owner = view.get(spool).and_then(|row| row.occupation.as_ref());
        let left = match owner {
            Some(owner) => locks.acquire(lock.key(), owner.worker).await.map(drop),
            None if released => Ok(()),
            None => match locks.holder(lock.key()).await {
                Ok(Some(left)) if lock.worker() == Some(left.token.worker) => locks.remove(lock.key(), &left).await.map(drop),
                other => other.map(drop),
            },
        };
        if let Err(error) = left {
            warn!(%error, key = lock.key().as_str(), "a lock does not follow its row; it will when they are compared");
        }
    }

    /// Tells the screens. It cannot fail a change that stands.
    async fn tell(&self, spool: &Arc<Spool>, event: &AuditEvent) {
        if let Err(error) = self.0.events.publish(SpoolChanged::new(spool, event)).await {
            self.0.metrics.untold.inc();
            warn!(spool = spool.id(), %error, "the screens were not told; they catch up with their next snapshot");
        }
    }
}

fn is_of(event: &AuditEvent, spool: &Spool) -> bool {
    match &event.spool {
        Some(id) => id == spool.id() || (!spool.identity.duplicate && event.tag == spool.tag().as_str()),
        None => event.tag == spool.tag().as_str(),
    }
}

/// 100 ms, doubled each time, ±25 %; never over 10 s (`design.md` 3).
fn back_off(attempt: u32) -> Duration {
    let base = Duration::from_millis(100).saturating_mul(2u32.saturating_pow(attempt)).min(Duration::from_secs(10));
    let jitter = f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0;
    base.mul_f64(0.75 + 0.5 * jitter)
}
