//! The register in Redis, for several processes: one hash, and another for tries.
//!
//! Entries come and go by a script on one key. What a server would forget, with the power where it does not
//! append to a file, or when its memory is full, is not put there at all: [`lasting`](Register::lasting) refuses it.

use super::register::{Register, is_quiet};
use crate::error::Cause;
use crate::redis::{Link, WITHIN};
use async_trait::async_trait;
use redis::{AsyncCommands, Script};
use std::collections::HashMap;
use std::sync::LazyLock;

static SWAP: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("swap.lua")));

/// The keys of the hashes.
const ENTRIES: &str = "spool_access";
const TRIES: &str = "spool_access_tries";

/// The field that counts the changes; no entry has such a key.
const NUMBER: &str = "#";

/// The register in Redis.
pub struct Redis(Link);

impl Redis {
    /// The register of the plant whose locks are there, too.
    pub fn new(link: Link) -> Redis {
        Redis(link)
    }
}

fn place(key: &str) -> &'static str {
    if is_quiet(key) { TRIES } else { ENTRIES }
}

#[async_trait]
impl Register for Redis {
    async fn number(&self) -> Result<u64, Cause> {
        let number = self.0.run(WITHIN, |mut to| async move { to.hget::<_, _, Option<u64>>(ENTRIES, NUMBER).await });
        Ok(number.await?.unwrap_or(0))
    }

    async fn all(&self) -> Result<(u64, Vec<(String, String)>), Cause> {
        let all = self.0.run(WITHIN, |mut to| async move { to.hgetall::<_, HashMap<String, String>>(ENTRIES).await });
        let mut all = all.await?;
        let number = all.remove(NUMBER).and_then(|number| number.parse().ok()).unwrap_or(0);
        Ok((number, all.into_iter().collect()))
    }

    async fn get(&self, key: &str) -> Result<Option<String>, Cause> {
        let key = key.to_owned();
        self.0.run(WITHIN, |mut to| async move { to.hget(place(&key), key).await }).await
    }

    async fn swap(&self, key: &str, known: Option<&str>, text: Option<&str>) -> Result<bool, Cause> {
        let mut script = SWAP.key(place(key));
        script.arg(key).arg(known.unwrap_or("")).arg(text.unwrap_or("")).arg(if is_quiet(key) { "" } else { NUMBER });
        self.0.run(WITHIN, |mut to| async move { script.invoke_async(&mut to).await }).await
    }

    async fn lasting(&self) -> Result<(), Cause> {
        let ask = |mut to: redis::aio::ConnectionManager| async move { redis::cmd("INFO").query_async::<String>(&mut to).await };
        let told = self.0.run(WITHIN, ask).await?;
        let says = |wanted: &str| told.lines().any(|line| line.trim().starts_with(wanted));
        match (says("aof_enabled:1"), says("maxmemory_policy:allkeys")) {
            (true, false) => Ok(()),
            (false, _) => Err("Redis would forget it: appendonly is off".into()),
            (_, true) => Err("Redis would forget it when its memory is full: maxmemory-policy".into()),
        }
    }
}
