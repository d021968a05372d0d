//! What `check` wants to know of a server.

use super::{Address, CONNECT, PROBED, RESPONSE};
use crate::error::Cause;
use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// A server as it was found.
#[derive(Debug, Clone)]
pub struct Survey {
    /// How long a write took.
    pub latency: Duration,
    /// Whether it writes to disk what it is told; `None` when it does not say.
    pub appendonly: Option<bool>,
    /// What it does when its memory is full; `None` when it does not say.
    pub when_full: Option<String>,
}

impl Address {
    /// Asks the server once, on a connection that is closed with the answer.
    ///
    /// # Errors
    /// Why it cannot be used. A server that hides its settings, as hosted ones do, can.
    pub async fn survey(&self) -> Result<Survey, Cause> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(Some(RESPONSE));
        let mut server = self.client().await?.get_multiplexed_async_connection_with_config(&config).await?;
        let asked = Instant::now();
        redis::cmd("DEL").arg(PROBED).exec_async(&mut server).await?;
        let latency = asked.elapsed();
        let appendonly = persistence(&mut server).await;
        let when_full = setting(&mut server, "maxmemory-policy").await;
        Ok(Survey { latency, appendonly, when_full })
    }
}

/// What a server that hides its settings tells all the same.
async fn persistence(server: &mut MultiplexedConnection) -> Option<bool> {
    let told = redis::cmd("INFO").arg("persistence").query_async::<String>(server).await.ok()?;
    let value = told.lines().find_map(|line| line.trim().strip_prefix("aof_enabled:"))?;
    Some(value == "1")
}

async fn setting(server: &mut MultiplexedConnection, name: &str) -> Option<String> {
    let found = redis::cmd("CONFIG").arg("GET").arg(name).query_async::<HashMap<String, String>>(server).await;
    found.ok()?.remove(name)
}
