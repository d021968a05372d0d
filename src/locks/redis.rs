//! Locks in Redis, shared by every process of the plant.
//!
//! Each operation is one script on one key, so that it is atomic on a single master and behind
//! Sentinel alike. Redis at any number of nodes cannot promise that there is one holder across a
//! failover, whose replication is asynchronous (`reliability.md` 1.1); that is why the row owns and
//! the lock only makes a transition fast and known.
//!
//! Acquiring begins with a write, so that a demoted master refuses it. The others compare first and
//! may answer "not there" from such a server until the probe has noticed it, within 2 s: then a lock
//! outlives its use, and the reconciler removes it.

use super::{Acquired, Health, Holder, Lock, LockKey, Locks, PREFIXES, Token};
use crate::domain::WorkerId;
use crate::error::{Cause, Error, Service};
use crate::redis::{Link, WITHIN};
use async_trait::async_trait;
use redis::aio::ConnectionManager;
use redis::{FromRedisValue, RedisResult, Script, ScriptInvocation, Value};
use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;
use tracing::warn;

static ACQUIRE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("acquire.lua")));
static EXTEND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("extend.lua")));
static RELEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("release.lua")));
static SEIZE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("seize.lua")));

/// Keys that one SCAN looks at, and locks that one pipeline asks for.
const BATCH: usize = 1_000;

/// More locks than this are no plant's: the largest has some thousand spools.
const MOST: usize = 100_000;

/// Locks in Redis.
pub struct Redis {
    link: Link,
    ttl: Duration,
}

impl Redis {
    /// Locks that live `ttl` unless extended.
    pub fn new(link: Link, ttl: Duration) -> Redis {
        Redis { link, ttl }
    }

    /// Runs a script once; what a time-out left undone is the caller's to find out.
    async fn once<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Error> {
        self.link.run(WITHIN, |mut to| async move { script.invoke_async(&mut to).await }).await.map_err(unavailable)
    }

    /// Runs a script that may be repeated, and repeats it once when the answer was lost: a command
    /// that timed out may have been carried out (`reliability.md` 4).
    async fn surely<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Error> {
        let twice = |mut to: ConnectionManager| async move {
            match script.invoke_async(&mut to).await {
                Err(error) if error.is_io_error() => script.invoke_async(&mut to).await,
                answer => answer,
            }
        };
        self.link.run(WITHIN, twice).await.map_err(unavailable)
    }

    fn ttl_ms(&self) -> u64 {
        u64::try_from(self.ttl.as_millis()).unwrap_or(u64::MAX)
    }

    /// Age = TTL less what is left; a lock that somebody left without expiry counts as old.
    fn holder_of(&self, token: Token, left: i64) -> Holder {
        let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
        Holder { token, age: self.ttl.saturating_sub(left) }
    }

    async fn delete(&self, key: &LockKey, token: Token) -> Result<bool, Error> {
        self.once(RELEASE.key(key.as_str()).arg(token.to_string())).await
    }
}

#[async_trait]
impl Locks for Redis {
    async fn acquire(&self, key: &LockKey, worker: WorkerId) -> Result<Acquired, Error> {
        let token = Token::new(worker);
        let mut script = ACQUIRE.key(key.as_str());
        script.arg(token.to_string()).arg(worker.get()).arg(self.ttl_ms());
        let (verdict, held, left): (String, String, i64) = self.surely(&script).await?;
        let held = readable(key, &held)?;
        let lock = Lock { key: key.clone(), token: Some(held) };
        Ok(match verdict.as_str() {
            "got" | "mine" => Acquired::New(lock),
            "yours" => Acquired::Yours(lock),
            _ => Acquired::Theirs(self.holder_of(held, left)),
        })
    }

    async fn extend(&self, key: &LockKey, worker: WorkerId) -> Result<bool, Error> {
        self.once(EXTEND.key(key.as_str()).arg(worker.get()).arg(self.ttl_ms())).await
    }

    async fn release(&self, lock: &Lock) -> Result<bool, Error> {
        match lock.token {
            Some(token) => self.delete(&lock.key, token).await,
            None => Ok(false),
        }
    }

    async fn seize(&self, key: &LockKey, from: &Holder, worker: WorkerId) -> Result<Option<Lock>, Error> {
        let token = Token::new(worker);
        let mut script = SEIZE.key(key.as_str());
        script.arg(from.token.to_string()).arg(token.to_string()).arg(self.ttl_ms());
        let swapped: bool = self.surely(&script).await?;
        Ok(swapped.then(|| Lock { key: key.clone(), token: Some(token) }))
    }

    async fn remove(&self, key: &LockKey, holder: &Holder) -> Result<bool, Error> {
        self.delete(key, holder.token).await
    }

    async fn holder(&self, key: &LockKey) -> Result<Option<Holder>, Error> {
        let ask = |mut to: ConnectionManager| async move {
            redis::pipe().atomic().get(key.as_str()).pttl(key.as_str()).query_async(&mut to).await
        };
        let (held, left): (Option<String>, i64) = self.link.run(WITHIN, ask).await.map_err(unavailable)?;
        held.map(|held| Ok(self.holder_of(readable(key, &held)?, left))).transpose()
    }

    async fn holders(&self) -> Result<Vec<(LockKey, Holder)>, Error> {
        let listed = self.link.run(WITHIN, list).await.map_err(unavailable)?;
        if listed.len() >= MOST {
            return Err(unavailable(format!("{MOST} locks or more").into()));
        }
        let mut holders = Vec::with_capacity(listed.len());
        for (key, held, left) in listed {
            match Token::read(&held) {
                Some(token) => holders.push((key, self.holder_of(token, left))),
                None => warn!(key = key.as_str(), "what stands under this key is no lock of ours"),
            }
        }
        Ok(holders)
    }

    async fn lost(&self, known: u64) -> u64 {
        self.link.returned(known).await
    }

    async fn health(&self) -> Health {
        Health { adapter: "redis", latency: self.link.latency(), age: self.link.age() }
    }
}

/// Every lock with its value and what is left of it in ms. Ends early when there are too many.
async fn list(mut to: ConnectionManager) -> RedisResult<Vec<(LockKey, String, i64)>> {
    let mut keys = HashSet::new();
    for prefix in PREFIXES {
        let mut cursor = 0u64;
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(format!("{prefix}*")).arg("COUNT").arg(BATCH);
            let (next, found): (u64, Vec<Vec<u8>>) = scan.query_async(&mut to).await?;
            keys.extend(found.into_iter().filter_map(|key| LockKey::read(String::from_utf8(key).ok()?)));
            cursor = next;
            if cursor == 0 || keys.len() >= MOST {
                break;
            }
        }
    }
    let keys: Vec<LockKey> = keys.into_iter().collect();
    let mut listed = Vec::with_capacity(keys.len());
    for keys in keys.chunks(BATCH) {
        let mut ask = redis::pipe();
        for key in keys {
            ask.get(key.as_str()).pttl(key.as_str());
        }
        // A key that somebody made of another type must not hide the others.
        let answers: Vec<RedisResult<Value>> = ask.ignore_errors().query_async(&mut to).await?;
        for (key, answer) in keys.iter().zip(answers.chunks_exact(2)) {
            if let [Ok(held), Ok(left)] = answer
                && let Some(held) = Option::<String>::from_redis_value_ref(held)?
            {
                listed.push((key.clone(), held, i64::from_redis_value_ref(left)?));
            }
        }
    }
    Ok(listed)
}

/// A value that is no token is nobody's lock and yet stands in the way: never "free".
fn readable(key: &LockKey, held: &str) -> Result<Token, Error> {
    Token::read(held).ok_or_else(|| unavailable(format!("what stands under {} is no lock", key.as_str()).into()))
}

fn unavailable(cause: Cause) -> Error {
    Error::unavailable(Service::Locks, cause)
}
