//! What a supervisor may put right. The row is the guard: a supervisor acts on what another owns.

use super::commit::Task;
use super::{Done, Plant};
use crate::domain::{Act, Operation};
use crate::error::Error;
use crate::locks::{Lock, LockKey};
use uuid::Uuid;

/// What a supervisor asks for.
#[derive(Debug, Clone)]
pub struct Mending {
    /// A tag or a short id.
    pub spool: String,
    /// The supervisor's name, for the audit.
    pub supervisor: String,
    /// Why; required.
    pub reason: String,
    /// The operation id.
    pub id: Uuid,
}

impl Plant {
    /// LIBERAR_SPOOL: end another's occupation.
    pub async fn release(&self, mending: Mending) -> Result<Done, Error> {
        self.mend(mending, |supervisor, reason| Act::Release { supervisor, reason }).await
    }

    /// REABRIR_SPOOL: an operation completed by mistake is unfinished again.
    pub async fn reopen(&self, mending: Mending, operation: Operation) -> Result<Done, Error> {
        self.mend(mending, move |supervisor, reason| Act::Reopen { supervisor, reason, operation }).await
    }

    /// SUPERVISOR_OVERRIDE: a blocked spool may be repaired once more.
    pub async fn unblock(&self, mending: Mending) -> Result<Done, Error> {
        self.mend(mending, |supervisor, reason| Act::Unblock { supervisor, reason }).await
    }

    async fn mend(&self, mending: Mending, act: impl FnOnce(String, String) -> Act + Send + 'static) -> Result<Done, Error> {
        self.to_the_end(|plant| async move {
            let view = plant.view();
            let spool = view.find(&mending.spool)?;
            let key = LockKey::of(spool);
            let act = act(mending.supervisor, mending.reason);
            let lock = Lock::guarded_by_row(key.clone());
            let done = plant.commit(&lock, Task { spool: spool.id(), id: mending.id, act: &act }).await?;
            // The former owner's lock has nothing left to guard; the reconciler would find it, too.
            if done.spool.occupation.is_none()
                && let Some(holder) = plant.0.locks.holder(&key).await?
            {
                plant.0.locks.remove(&key, &holder).await?;
            }
            Ok(done)
        })
        .await
    }
}
