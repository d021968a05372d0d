//! PORT: who holds a spool now. The lock makes a transition atomic, the refusal fast, and the
//! holder known to every process; it owns nothing: the row does (`design.md` 4).
//!
//! What a worker is told when his occupation has ended (410) is not remembered here: the audit
//! knows it, and the audit survives restarts.

use crate::domain::{Spool, WorkerId};
use crate::error::Error;
use async_trait::async_trait;
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

mod memory;
mod redis;
pub use self::redis::Redis;
pub use memory::Memory;

/// How the keys of locks begin: of a tag that one row has, and of a row that shares its tag.
const PREFIXES: [&str; 2] = ["spool_lock:", "spool_lock_dup:"];

/// The name of one spool's lock.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LockKey(String);

impl LockKey {
    /// `spool_lock:{TAG}`; rows that share a tag have one each: `spool_lock_dup:{id}`.
    pub fn of(spool: &Spool) -> LockKey {
        match spool.identity.duplicate {
            false => LockKey(format!("{}{}", PREFIXES[0], spool.tag())),
            true => LockKey(format!("{}{}", PREFIXES[1], spool.id())),
        }
    }

    /// Reads a stored key; `None` for any other.
    fn read(text: String) -> Option<LockKey> {
        PREFIXES.iter().any(|prefix| text.starts_with(prefix)).then_some(LockKey(text))
    }

    /// The key as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands under a key: `{worker_id}:{uuid4}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    /// Whose lock it is.
    pub worker: WorkerId,
    /// Which of that worker's locks.
    pub nonce: Uuid,
}

impl Token {
    /// A token that nobody else has.
    pub fn new(worker: WorkerId) -> Token {
        Token { worker, nonce: Uuid::new_v4() }
    }

    /// Reads a stored value; `None` for anything that is not a token.
    pub fn read(text: &str) -> Option<Token> {
        let (worker, nonce) = text.split_once(':')?;
        Some(Token { worker: WorkerId::new(worker.parse().ok()?)?, nonce: Uuid::parse_str(nonce).ok()? })
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.worker, self.nonce)
    }
}

/// A lock as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Whose.
    pub token: Token,
    /// TTL less what is left of it.
    pub age: Duration,
}

/// Proof that a spool's lock was obtained; only this module can make one, and a spool is only
/// ever changed by who can show it.
#[derive(Debug)]
pub struct Lock {
    key: LockKey,
    token: Option<Token>,
}

impl Lock {
    /// Whose proof it is of.
    pub fn key(&self) -> &LockKey {
        &self.key
    }

    /// Who has it; nobody when it is only the row that guards.
    pub fn worker(&self) -> Option<WorkerId> {
        self.token.map(|token| token.worker)
    }

    /// Proceeds without the lock where the row names the asker as its owner and a foreign token
    /// did not go away: the image of the row is the guard then (`design.md` 4).
    pub fn guarded_by_row(key: LockKey) -> Lock {
        Lock { key, token: None }
    }
}

/// The answer to an [`acquire`](Locks::acquire).
#[derive(Debug)]
pub enum Acquired {
    /// Nobody had it; it is the asker's now.
    New(Lock),
    /// The asker had it already.
    Yours(Lock),
    /// Somebody else has it.
    Theirs(Holder),
}

/// Who holds a spool now.
///
/// Every method is safe to repeat: after a time-out nobody knows whether it was carried out.
/// All fail with [`Error::Unavailable`] and never degrade to "no lock".
#[async_trait]
pub trait Locks: Send + Sync {
    /// Takes the lock if it is free; if the worker has it, it stays his and lives a full TTL again.
    async fn acquire(&self, key: &LockKey, worker: WorkerId) -> Result<Acquired, Error>;

    /// Lets a lock live a full TTL again, if the worker still has it. `false`: he has not.
    async fn extend(&self, key: &LockKey, worker: WorkerId) -> Result<bool, Error>;

    /// Gives a lock up, if it is still this one. `false`: it was not.
    async fn release(&self, lock: &Lock) -> Result<bool, Error>;

    /// Hands the lock over, if it still is what `from` says. `None`: it is not.
    async fn seize(&self, key: &LockKey, from: &Holder, worker: WorkerId) -> Result<Option<Lock>, Error>;

    /// Removes a lock that no row needs, if it still is what `holder` says. `false`: it is not.
    async fn remove(&self, key: &LockKey, holder: &Holder) -> Result<bool, Error>;

    /// The holder of one lock.
    async fn holder(&self, key: &LockKey) -> Result<Option<Holder>, Error>;

    /// All locks, in no order.
    async fn holders(&self) -> Result<Vec<(LockKey, Holder)>, Error>;

    /// Waits until the locks may have been lost, or were never there, since the answer `known`; the
    /// first question is with 0. Safe to cancel.
    async fn lost(&self, known: u64) -> u64;

    /// Whether actions can be served, how long a round trip takes, and whether the locks are shared.
    async fn health(&self) -> Health;
}

/// How the locks are doing.
#[derive(Debug, Clone)]
pub struct Health {
    /// The adapter, as a word: `memory`, `redis`.
    pub adapter: &'static str,
    /// The round trip, or why there is none.
    pub latency: Result<Duration, String>,
    /// How long ago they were last heard of; `None`: never.
    pub age: Option<Duration>,
}
