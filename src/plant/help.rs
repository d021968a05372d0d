//! PEDIR AYUDA, VISTO and RESUELTO. Nobody's work changes, so that no lock is asked for: help can be
//! called also while it cannot be found out who holds what.

use super::commit::Task;
use super::{Done, Order, Plant};
use crate::domain::{Act, Actor};
use crate::error::Error;
use crate::locks::{Lock, LockKey};
use uuid::Uuid;

impl Plant {
    /// PEDIR AYUDA with a spool, by a worker.
    pub async fn ask_help(&self, order: Order, reason: Option<String>) -> Result<Done, Error> {
        let worker = self.named(&self.view(), &order)?.1;
        self.about_help(order.spool, order.id, Act::AskHelp { worker, reason }).await
    }

    /// VISTO, by the supervisor of this name.
    pub async fn see_help(&self, spool: String, supervisor: String, id: Uuid) -> Result<Done, Error> {
        self.about_help(spool, id, Act::SeeHelp { supervisor }).await
    }

    /// RESUELTO, by the worker who asked.
    pub async fn take_back_help(&self, order: Order) -> Result<Done, Error> {
        let by = Actor::Worker(self.named(&self.view(), &order)?.1);
        self.about_help(order.spool, order.id, Act::SolveHelp { by }).await
    }

    /// RESUELTO, by the supervisor of this name.
    pub async fn solve_help(&self, spool: String, supervisor: String, id: Uuid) -> Result<Done, Error> {
        self.about_help(spool, id, Act::SolveHelp { by: Actor::Supervisor(supervisor) }).await
    }

    async fn about_help(&self, spool: String, id: Uuid, act: Act) -> Result<Done, Error> {
        self.to_the_end(|plant| async move {
            let view = plant.view();
            let spool = view.find(&spool)?;
            let lock = Lock::guarded_by_row(LockKey::of(spool));
            plant.commit(&lock, Task { spool: spool.id(), id, act: &act }).await
        })
        .await
    }
}
