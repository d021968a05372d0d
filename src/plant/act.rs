//! PAUSAR, COMPLETAR, CANCELAR and DESHACER by the worker who has the spool, and the verdict of
//! METROLOGIA.

use super::commit::Task;
use super::{Done, Order, Plant};
use crate::domain::{Act, Spool, Worker};
use crate::error::Error;
use crate::locks::{Acquired, LockKey};
use chrono::NaiveDate;
use futures_util::future::join_all;
use std::sync::Arc;
use uuid::Uuid;

impl Plant {
    /// PAUSAR, with an optional reason for the audit.
    pub async fn pause(&self, order: Order, reason: Option<String>) -> Result<Done, Error> {
        self.on_own(order, |worker| Act::Pause { worker, reason }).await
    }

    /// PAUSAR several, for one reason: each on its own, one verdict each, in the order asked.
    ///
    /// The operation id of each is made from `order.id` and the spool, so that the whole batch may
    /// be sent again.
    pub async fn pause_many(&self, order: Order, spools: Vec<String>, reason: Option<String>) -> Vec<Result<Done, Error>> {
        join_all(spools.into_iter().map(|spool| {
            let id = Uuid::new_v5(&order.id, spool.as_bytes());
            self.pause(Order { spool, id, ..order }, reason.clone())
        }))
        .await
    }

    /// COMPLETAR the operation in course, on `date` or today in the plant.
    pub async fn complete(&self, order: Order, date: Option<NaiveDate>) -> Result<Done, Error> {
        self.on_own(order, move |worker| Act::Complete { worker, date }).await
    }

    /// CANCELAR the operation in course.
    pub async fn cancel(&self, order: Order) -> Result<Done, Error> {
        self.on_own(order, |worker| Act::Cancel { worker }).await
    }

    /// DESHACER the asker's own last action, the event `undone`.
    pub async fn undo(&self, order: Order, undone: Uuid) -> Result<Done, Error> {
        self.briefly(order, move |worker| Act::Undo { worker, event: undone }).await
    }

    /// DESHACER several of the asker's own last actions, each spool on its own: one verdict each, in the order asked.
    ///
    /// The operation id of each is made from `order.id` and the spool, as those of the batch were that is undone.
    pub async fn undo_many(&self, order: Order, undone: Vec<(String, Uuid)>) -> Vec<Result<Done, Error>> {
        join_all(undone.into_iter().map(|(spool, event)| {
            let id = Uuid::new_v5(&order.id, spool.as_bytes());
            self.undo(Order { spool, id, ..order }, event)
        }))
        .await
    }

    /// METROLOGIA: the verdict. The lock is held for the moment of writing only.
    pub async fn inspect(&self, order: Order, approved: bool) -> Result<Done, Error> {
        self.briefly(order, move |worker| Act::Inspect { worker, approved }).await
    }

    /// An act by the owner of the row, which ends his occupation.
    async fn on_own(&self, order: Order, act: impl FnOnce(Arc<Worker>) -> Act + Send + 'static) -> Result<Done, Error> {
        self.to_the_end(|plant| async move {
            let view = plant.view();
            let (spool, worker) = plant.named(&view, &order)?;
            let act = act(worker);
            let task = Task { spool: spool.id(), id: order.id, act: &act };
            if let Some(done) = plant.repeated(task)? {
                return Ok(done);
            }
            act.decide(spool, &plant.circumstance(&view, order.id))?;
            let lock = plant.hold(LockKey::of(spool), order.worker).await?;
            let result = plant.commit(&lock, task).await;
            let owns = |spool: &Arc<Spool>| spool.occupation.as_ref().is_some_and(|owner| owner.worker == order.worker);
            match &result {
                // The change may have landed: whoever comes next finds out under the lock.
                Err(Error::OutcomeUnknown) => {}
                Err(_) if plant.view().get(task.spool).is_some_and(owns) => {}
                _ => plant.let_go(task.spool, lock).await,
            }
            result
        })
        .await
    }

    /// An act on a row that the asker need not own: the lock is taken for it, and kept only if he
    /// owns the row afterwards.
    async fn briefly(&self, order: Order, act: impl FnOnce(Arc<Worker>) -> Act + Send + 'static) -> Result<Done, Error> {
        self.to_the_end(|plant| async move {
            let view = plant.view();
            let (spool, worker) = plant.named(&view, &order)?;
            let act = act(worker);
            let task = Task { spool: spool.id(), id: order.id, act: &act };
            if let Some(done) = plant.repeated(task)? {
                return Ok(done);
            }
            act.decide(spool, &plant.circumstance(&view, order.id))?;
            let (lock, new) = match plant.0.locks.acquire(&LockKey::of(spool), order.worker).await? {
                Acquired::New(lock) => (lock, true),
                Acquired::Yours(lock) => (lock, false),
                Acquired::Theirs(holder) => return Err(plant.being_taken(&view, spool, &holder)),
            };
            let result = plant.commit(&lock, task).await;
            let owns = |spool: &Spool| spool.occupation.as_ref().is_some_and(|owner| owner.worker == order.worker);
            match &result {
                Ok(done) if owns(&done.spool) => {}
                // The change may have landed: whoever comes next finds out under the lock.
                Err(Error::OutcomeUnknown) => {}
                Err(_) if !new => {}
                _ => plant.let_go(task.spool, lock).await,
            }
            result
        })
        .await
    }
}
