//! The contract of `Locks`, run on every adapter.

use crate::support::redis::RealRedis;
use spoolboard::domain::{Column, People, Row, Spool, WorkerId, spool::identify};
use spoolboard::locks::{Acquired, Lock, LockKey, Locks, Memory, Redis, Token};
use std::sync::Arc;
use std::time::Duration;

pub(crate) const TTL: Duration = Duration::from_secs(3_600);

/// The worker of this number.
pub(crate) fn worker(id: u32) -> WorkerId {
    WorkerId::new(id).unwrap()
}

/// A row of a sheet.
pub(crate) fn row(tag: &str, ot: &str) -> Row {
    let mut row = Row::default();
    row[Column::Tag] = spoolboard::domain::Cell::text(tag);
    row[Column::Ot] = spoolboard::domain::Cell::text(ot);
    row
}

/// The locks of these rows.
pub(crate) fn keys(rows: &[Row]) -> Vec<LockKey> {
    let people = People::default();
    identify(rows)
        .into_iter()
        .zip(rows)
        .map(|(identity, row)| {
            let spool = Spool::read(identity, 2, row.clone(), Arc::default(), &people, chrono_tz::America::Santiago);
            LockKey::of(&spool)
        })
        .collect()
}

/// The lock of some spool.
pub(crate) fn key() -> LockKey {
    keys(&[row("MK-1-CW-1-001", "1")]).remove(0)
}

/// A lock that was free.
pub(crate) async fn got(locks: &dyn Locks, key: &LockKey, id: u32) -> Lock {
    match locks.acquire(key, worker(id)).await.unwrap() {
        Acquired::New(lock) => lock,
        other => panic!("expected a new lock, got {other:?}"),
    }
}

async fn only_one_of_many_gets_a_free_lock(locks: Arc<dyn Locks>) {
    let tries: Vec<_> = (1..=50)
        .map(|id| {
            let locks = Arc::clone(&locks);
            tokio::spawn(async move { (id, locks.acquire(&key(), worker(id)).await.unwrap()) })
        })
        .collect();
    let mut winner = None;
    let mut told = Vec::new();
    for tried in tries {
        match tried.await.unwrap() {
            (id, Acquired::New(_)) => assert_eq!(winner.replace(id), None, "two winners"),
            (_, Acquired::Theirs(holder)) => told.push(holder.token.worker.get()),
            (id, Acquired::Yours(_)) => panic!("{id} had it already"),
        }
    }
    assert_eq!(told.len(), 49);
    assert!(told.iter().all(|id| Some(*id) == winner), "everybody is told who won");
}

async fn asking_again_is_harmless_and_says_yours(locks: Arc<dyn Locks>) {
    let first = got(&*locks, &key(), 93).await;
    let Acquired::Yours(again) = locks.acquire(&key(), worker(93)).await.unwrap() else { panic!("not recognised") };
    assert!(locks.release(&again).await.unwrap(), "the token was read back");
    assert!(!locks.release(&first).await.unwrap(), "it is gone");
    got(&*locks, &key(), 94).await;
}

async fn a_stale_proof_releases_nothing(locks: Arc<dyn Locks>) {
    let old = got(&*locks, &key(), 93).await;
    let holder = locks.holder(&key()).await.unwrap().unwrap();
    assert!(locks.remove(&key(), &holder).await.unwrap());
    got(&*locks, &key(), 94).await;
    assert!(!locks.release(&old).await.unwrap());
    assert_eq!(locks.holder(&key()).await.unwrap().unwrap().token.worker, worker(94));
    assert!(!locks.remove(&key(), &holder).await.unwrap(), "nor does a stale holder remove anything");
}

async fn a_lock_is_swapped_only_from_the_holder_that_was_seen(locks: Arc<dyn Locks>) {
    let old = got(&*locks, &key(), 93).await;
    let seen = locks.holder(&key()).await.unwrap().unwrap();
    let first = locks.seize(&key(), &seen, worker(94)).await.unwrap();
    assert!(first.is_some());
    assert!(locks.seize(&key(), &seen, worker(95)).await.unwrap().is_none(), "it is no longer what was seen");
    assert!(!locks.release(&old).await.unwrap());
    assert!(!locks.extend(&key(), worker(93)).await.unwrap());
    assert!(locks.extend(&key(), worker(94)).await.unwrap());
}

async fn d2_take_and_release_alternate_a_hundred_times(locks: Arc<dyn Locks>) {
    for round in 0..100 {
        let lock = got(&*locks, &key(), 90 + round % 3).await;
        assert!(locks.release(&lock).await.unwrap(), "round {round}");
    }
    assert!(locks.holders().await.unwrap().is_empty());
}

async fn rows_that_share_a_tag_have_locks_of_their_own(locks: Arc<dyn Locks>) {
    let keys = keys(&[row("MK-2", "1"), row("MK-2", "2"), row("MK-3", "1")]);
    assert_eq!(keys[2].as_str(), "spool_lock:MK-3");
    assert!(keys[0].as_str().starts_with("spool_lock_dup:"), "{:?}", keys[0]);
    for (index, key) in keys.iter().enumerate() {
        got(&*locks, key, 93 + index as u32).await;
    }
    assert_eq!(locks.holders().await.unwrap().len(), 3);
}

async fn a_proof_by_row_releases_nobodys_lock(locks: Arc<dyn Locks>) {
    got(&*locks, &key(), 93).await;
    assert!(!locks.release(&Lock::guarded_by_row(key())).await.unwrap());
    assert_eq!(locks.holders().await.unwrap().len(), 1);
}

/// Runs the whole contract on an adapter, each part on a fresh one.
macro_rules! contract {
    ($adapter:ident, $fresh:expr) => {
        mod $adapter {
            use super::*;
            contract!(@each $fresh;
                only_one_of_many_gets_a_free_lock,
                asking_again_is_harmless_and_says_yours,
                a_stale_proof_releases_nothing,
                a_lock_is_swapped_only_from_the_holder_that_was_seen,
                d2_take_and_release_alternate_a_hundred_times,
                rows_that_share_a_tag_have_locks_of_their_own,
                a_proof_by_row_releases_nobodys_lock,
            );
        }
    };
    (@each $fresh:expr; $($name:ident,)*) => {
        $(#[tokio::test] async fn $name() {
            // The server, if there is one, lives as long as the test.
            let (_server, locks) = $fresh;
            super::$name(locks).await;
        })*
    };
}

contract!(memory, ((), Arc::new(Memory::new(TTL))));
contract!(redis, {
    let server = RealRedis::start();
    let locks = Redis::new(server.link(), TTL);
    (server, Arc::new(locks))
});

#[tokio::test(start_paused = true)]
async fn a_lock_that_is_not_extended_expires_and_one_that_is_does_not() {
    let locks = Memory::new(TTL);
    got(&locks, &key(), 93).await;
    tokio::time::advance(TTL - Duration::from_secs(1)).await;
    let held = locks.holder(&key()).await.unwrap().unwrap();
    assert_eq!(held.age, TTL - Duration::from_secs(1));
    assert!(locks.extend(&key(), worker(93)).await.unwrap());
    tokio::time::advance(TTL - Duration::from_secs(1)).await;
    assert!(locks.holder(&key()).await.unwrap().is_some());
    tokio::time::advance(Duration::from_secs(2)).await;
    assert!(locks.holder(&key()).await.unwrap().is_none());
    assert!(!locks.extend(&key(), worker(93)).await.unwrap());
    got(&locks, &key(), 94).await;
}

#[test]
fn a_token_is_read_back_from_what_is_stored() {
    let token = Token::new(worker(93));
    assert_eq!(Token::read(&token.to_string()), Some(token));
    for text in ["", "93", "0:0f9a3c1e-0000-4000-8000-000000000000", "93:x", "x:0f9a3c1e-0000-4000-8000-000000000000"] {
        assert_eq!(Token::read(text), None, "{text:?}");
    }
}
