//! Locks, events and the whole application on a real Redis that is killed, frozen, emptied, demoted, cut off and replaced
//! (`field-failures.md` E, `reliability.md` 7 T3 and T6).

mod application;
mod events;
mod faults;
mod pages;
mod places;
mod races;

use crate::ports::locks::{TTL, key, worker};
use crate::support::eventually;
use crate::support::redis::RealRedis;
use spoolboard::error::{Error, Service};
use spoolboard::locks::{Acquired, Lock, Locks, Redis};
use std::time::Duration;
use tokio::time::timeout;

/// A process's locks on this server.
fn locks(server: &RealRedis) -> Redis {
    Redis::new(server.link(), TTL)
}

/// Asks for the lock; no answer at all is a failure, whatever Redis does.
async fn asked(locks: &Redis, id: u32) -> Result<Acquired, Error> {
    timeout(Duration::from_secs(20), locks.acquire(&key(), worker(id))).await.expect("a request hangs")
}

/// Asks until Redis answers.
async fn answered(locks: &Redis, id: u32) -> Acquired {
    let mut answer = None;
    eventually("locks can be taken", async || {
        answer = asked(locks, id).await.ok();
        answer.is_some()
    })
    .await;
    answer.unwrap()
}

/// The lock, which was free.
async fn taken(locks: &Redis, id: u32) -> Lock {
    match answered(locks, id).await {
        Acquired::New(lock) => lock,
        other => panic!("expected a new lock, got {other:?}"),
    }
}

/// The only answer while Redis is away.
fn refused(answer: &Result<Acquired, Error>) -> bool {
    matches!(answer, Err(Error::Unavailable { service: Service::Locks, .. }))
}
