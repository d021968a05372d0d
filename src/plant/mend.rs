//! What a supervisor may put right. The row is the guard: a supervisor acts on what another owns.

use super::commit::Task;
use super::{Done, Plant};
use crate::domain::{Act, Cell, Column, Mandate, Mend, mend};
use crate::error::Error;
use crate::locks::{Holder, Lock, LockKey};
use tracing::warn;
use uuid::Uuid;

/// What a supervisor asks for.
#[derive(Debug, Clone)]
pub struct Mending {
    /// A tag or a short id.
    pub spool: String,
    /// In whose name and why, and on which row.
    pub mandate: Mandate,
    /// The operation id.
    pub id: Uuid,
}

impl Plant {
    /// Frees, reopens, unblocks or corrects a spool.
    pub async fn mend(&self, mending: Mending, what: Mend) -> Result<Done, Error> {
        self.to_the_end(|plant| async move {
            let view = plant.view();
            let spool = view.find(&mending.spool)?;
            let key = LockKey::of(spool);
            // Asked before the row is written: while the locks are away nothing is freed.
            let former = plant.0.locks.holder(&key).await?;
            let act = Act::Mend { what, mandate: mending.mandate };
            let lock = Lock::guarded_by_row(key.clone());
            let done = plant.commit(&lock, Task { spool: spool.id(), id: mending.id, act: &act }).await?;
            if let Some(former) = former {
                plant.outlived(&key, &former, &done).await;
            }
            Ok(done)
        })
        .await
    }

    /// What a mend would change, cell by cell: the column, before, after.
    ///
    /// # Errors
    /// The refusal that the mend itself would meet.
    pub fn preview(&self, spool: &str, what: &Mend) -> Result<Vec<(Column, Cell, Cell)>, Error> {
        let view = self.view();
        Ok(mend::preview(view.find(spool)?, what, &self.circumstance(&view, Uuid::nil()))?)
    }

    /// Removes the lock of him whose occupation was ended, if it still is that very lock and the row is
    /// free. One that stays is old soon, and then whoever takes the spool removes it.
    async fn outlived(&self, key: &LockKey, former: &Holder, done: &Done) {
        let ended = done.event.as_ref().and_then(|event| event.notes.previous);
        if ended != Some(former.token.worker) || !self.view().get(done.spool.id()).is_some_and(|spool| spool.is_free()) {
            return;
        }
        if let Err(error) = self.0.locks.remove(key, former).await {
            warn!(%error, key = key.as_str(), "the lock of a freed spool was not removed; it is when it is old");
        }
    }
}
