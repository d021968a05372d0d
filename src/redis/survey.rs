//! What `check` wants to know of a server.

use super::{Address, CONNECT, PROBED, RESPONSE};
use crate::error::Cause;
use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
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
        let appendonly = told(&mut server, "persistence", "aof_enabled:").await.map(|value| value == "1");
        let when_full = told(&mut server, "memory", "maxmemory_policy:").await;
        Ok(Survey { latency, appendonly, when_full })
    }
}

/// What a server tells of itself, also where it hides its settings.
async fn told(server: &mut MultiplexedConnection, section: &str, name: &str) -> Option<String> {
    let told = redis::cmd("INFO").arg(section).query_async::<String>(server).await.ok()?;
    Some(told.lines().find_map(|line| line.trim().strip_prefix(name))?.to_owned())
}
