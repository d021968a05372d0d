//! The locks of a single process, with expiry.

use super::{Acquired, Health, Holder, Lock, LockKey, Locks, Token};
use crate::domain::WorkerId;
use crate::error::Error;
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// In-process locks; gone with the process, and made anew from the rows when it starts.
#[derive(Debug)]
pub struct Memory {
    ttl: Duration,
    held: Mutex<HashMap<LockKey, Held>>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    token: Token,
    until: Instant,
}

impl Memory {
    /// Locks that live `ttl` unless extended.
    pub fn new(ttl: Duration) -> Memory {
        Memory { ttl, held: Mutex::default() }
    }

    /// The table, without what has expired. Never held over an await.
    fn table(&self) -> MutexGuard<'_, HashMap<LockKey, Held>> {
        // Nothing can panic while it is held, so a poisoned table is still whole.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self, table: &mut HashMap<LockKey, Held>, key: &LockKey) -> Option<Held> {
        let now = Instant::now();
        table.get(key).copied().filter(|held| held.until > now).or_else(|| {
            table.remove(key);
            None
        })
    }

    fn holder_of(&self, held: Held) -> Holder {
        let left = held.until.saturating_duration_since(Instant::now());
        Holder { token: held.token, age: self.ttl.saturating_sub(left) }
    }

    fn fresh(&self, token: Token) -> Held {
        Held { token, until: Instant::now() + self.ttl }
    }
}

#[async_trait]
impl Locks for Memory {
    async fn acquire(&self, key: &LockKey, worker: WorkerId) -> Result<Acquired, Error> {
        let mut table = self.table();
        let lock = |token| Lock { key: key.clone(), token: Some(token) };
        Ok(match self.live(&mut table, key) {
            None => {
                let token = Token::new(worker);
                table.insert(key.clone(), self.fresh(token));
                Acquired::New(lock(token))
            }
            Some(held) if held.token.worker == worker => {
                table.insert(key.clone(), self.fresh(held.token));
                Acquired::Yours(lock(held.token))
            }
            Some(held) => Acquired::Theirs(self.holder_of(held)),
        })
    }

    async fn extend(&self, key: &LockKey, worker: WorkerId) -> Result<bool, Error> {
        let mut table = self.table();
        let held = self.live(&mut table, key).filter(|held| held.token.worker == worker);
        if let Some(held) = held {
            table.insert(key.clone(), self.fresh(held.token));
        }
        Ok(held.is_some())
    }

    async fn release(&self, lock: &Lock) -> Result<bool, Error> {
        let mut table = self.table();
        let ours = self.live(&mut table, &lock.key).is_some_and(|held| Some(held.token) == lock.token);
        if ours {
            table.remove(&lock.key);
        }
        Ok(ours)
    }

    async fn seize(&self, key: &LockKey, from: &Holder, worker: WorkerId) -> Result<Option<Lock>, Error> {
        let mut table = self.table();
        if self.live(&mut table, key).is_none_or(|held| held.token != from.token) {
            return Ok(None);
        }
        let token = Token::new(worker);
        table.insert(key.clone(), self.fresh(token));
        Ok(Some(Lock { key: key.clone(), token: Some(token) }))
    }

    async fn remove(&self, key: &LockKey, holder: &Holder) -> Result<bool, Error> {
        let mut table = self.table();
        let same = self.live(&mut table, key).is_some_and(|held| held.token == holder.token);
        if same {
            table.remove(key);
        }
        Ok(same)
    }

    async fn holder(&self, key: &LockKey) -> Result<Option<Holder>, Error> {
        let mut table = self.table();
        Ok(self.live(&mut table, key).map(|held| self.holder_of(held)))
    }

    async fn holders(&self) -> Result<Vec<(LockKey, Holder)>, Error> {
        let mut table = self.table();
        let now = Instant::now();
        table.retain(|_, held| held.until > now);
        Ok(table.iter().map(|(key, held)| (key.clone(), self.holder_of(*held))).collect())
    }

    /// A new process knows no lock, and loses none while it lives.
    async fn lost(&self, known: u64) -> u64 {
        match known {
            0 => 1,
            _ => std::future::pending().await,
        }
    }

    async fn health(&self) -> Health {
        Health { adapter: "memory", latency: Ok(Duration::ZERO), age: Some(Duration::ZERO) }
    }
}
