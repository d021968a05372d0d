//! TOMAR: one spool, or many at once.

use super::commit::Task;
use super::{Done, Order, Plant};
use crate::broken::seen;
use crate::domain::reconcile::IN_FLIGHT;
use crate::domain::{Act, Operation, Refusal, Spool, Worker};
use crate::error::Error;
use crate::locks::{Acquired, Holder, Lock, LockKey};
use crate::tally::Outcome;
use crate::workbook::View;
use futures_util::future::join_all;
use std::sync::Arc;
use uuid::Uuid;

/// The most spools in one batch, on every face (`domain.md` 9).
pub const BATCH: usize = 50;

impl Plant {
    /// TOMAR one spool. `takeover` confirms that a *vencida* occupation is to be ended.
    ///
    /// Memory refuses first, then the lock, then the row itself; nothing is written unless all
    /// three agree.
    pub async fn take(&self, order: Order, operation: Operation, takeover: bool) -> Result<Done, Error> {
        self.to_the_end(|plant| async move { plant.take_now(order, operation, takeover).await }).await
    }

    /// TOMAR many, each spool on its own: one verdict each, in the order asked.
    ///
    /// The operation id of each is made from `order.id` and the spool, so that the whole batch may
    /// be sent again.
    pub async fn take_many(&self, order: Order, spools: Vec<String>, operation: Operation) -> Vec<Result<Done, Error>> {
        join_all(spools.into_iter().map(|spool| {
            let id = Uuid::new_v5(&order.id, spool.as_bytes());
            self.take(Order { spool, id, ..order }, operation, false)
        }))
        .await
    }

    async fn take_now(&self, order: Order, operation: Operation, takeover: bool) -> Result<Done, Error> {
        let view = self.view();
        let (spool, worker) = self.named(&view, &order)?;
        let act = Act::Take { worker: Arc::clone(&worker), operation, takeover };
        let task = Task { spool: spool.id(), id: order.id, act: &act };
        if let Some(done) = self.repeated(task)? {
            return Ok(done);
        }
        act.decide(&seen(spool, &act), &self.circumstance(&view, order.id))?;
        let (lock, new) = self.lock_to_take(&view, spool, &worker, takeover).await?;
        let result = self.commit(&lock, task).await;
        match &result {
            Ok(done) if done.event.is_some() => self.count(Outcome::Taken, done.spool.tag()),
            // The change may have landed: whoever comes next finds out under the lock.
            Ok(_) | Err(Error::OutcomeUnknown) => {}
            Err(_) if new => self.let_go(task.spool, lock).await,
            Err(_) => {}
        }
        result
    }

    /// The lock of a spool that the asker may take, and whether it is new to him.
    async fn lock_to_take(&self, view: &View, spool: &Spool, worker: &Worker, takeover: bool) -> Result<(Lock, bool), Error> {
        let key = LockKey::of(spool);
        let holder = match self.0.locks.acquire(&key, worker.id).await? {
            Acquired::New(lock) => return Ok((lock, true)),
            Acquired::Yours(lock) => return Ok((lock, false)),
            Acquired::Theirs(holder) => holder,
        };
        let owner = spool.occupation.as_ref().map(|owner| owner.worker);
        let is_owners = takeover && owner == Some(holder.token.worker);
        if (is_owners || self.is_left_over(spool.id(), &holder).await)
            && let Some(lock) = self.0.locks.seize(&key, &holder, worker.id).await?
        {
            return Ok((lock, true));
        }
        Err(self.being_taken(view, spool, &holder))
    }

    /// The refusal for a free row whose lock somebody else has.
    pub(super) fn being_taken(&self, view: &View, spool: &Spool, holder: &Holder) -> Error {
        let name = view.people.name(holder.token.worker).unwrap_or_else(|| holder.token.worker.to_string());
        Refusal::BeingTaken { tag: spool.tag().clone(), name }.into()
    }

    /// Whether a lock belongs to no action on its way and to no occupation: old, on a free row.
    async fn is_left_over(&self, spool: &str, holder: &Holder) -> bool {
        let is_free = || self.view().get(spool).is_some_and(|spool| spool.is_free());
        if holder.age <= IN_FLIGHT || !is_free() {
            return false;
        }
        self.0.workbook.fresh().await && is_free()
    }
}
