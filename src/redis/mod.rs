//! One process's way to Redis: its address, one managed connection for all commands, and the watch
//! over it. The adapters of [`Locks`](crate::locks::Locks) and [`Events`](crate::events::Events), and
//! the processes on one Google workbook, share it, so that a process has two connections however many screens look
//! (`field-failures.md` E2). Keys carry no name of a plant: two plants on one server take a database
//! each.
//!
//! What the client library does not do, and this does (`reliability.md` 4, measured there): its
//! manager reconnects neither after a time-out nor after a READONLY reply, waits 9.5 s for a server
//! that was killed, and has no eye on a connection that nobody uses. Redis Cluster is not spoken: its
//! redirections are refusals here.

mod survey;
mod target;
pub use survey::Survey;
pub use target::{Address, BadUrl, Wrong};

use crate::error::Cause;
use prometheus_client::metrics::counter::Counter;
use redis::aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection};
use redis::{AsyncConnectionConfig, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind, Value};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};
use uuid::Uuid;

/// How long a command may take in all, connecting included.
pub(crate) const WITHIN: Duration = Duration::from_secs(4);

/// How long the server may take to answer, and to be connected to.
const RESPONSE: Duration = Duration::from_secs(2);
const CONNECT: Duration = Duration::from_secs(1);

/// How often a lost connection is tried again by the manager, and at what distances.
const RETRIES: usize = 2;
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(500));

/// Commands that may wait to be sent.
const BUFFER: usize = 256;

/// How often the server is probed while it answers, and while it does not.
const PROBE: Duration = Duration::from_secs(2);
const PROBE_AGAIN: Duration = Duration::from_millis(500);

/// How many probes are missed before Redis counts as away and nobody waits for it.
const MISSES: u32 = 3;

/// The key that a probe deletes; nobody ever sets it.
const PROBED: &str = "spool_probe";

/// The key that says which data this is: whoever finds none leaves one. Another value, and the
/// server was emptied, or is another one.
const MARK: &str = "spool_mark";

/// The way to Redis. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Link(Arc<Parts>);

struct Parts {
    address: Address,
    now: watch::Receiver<Now>,
    doubt: Arc<Notify>,
    errors: Counter,
    _keeper: AbortOnDropHandle<()>,
}

/// How things stand.
struct Now {
    connection: Option<ConnectionManager>,
    /// Counts the connections that were given up.
    generation: u64,
    /// The round trip of the last probe, or why there was none.
    latency: Result<Duration, String>,
    /// When a probe was last answered.
    heard: Option<Instant>,
    /// Counts how often it began to answer, or was found with other data.
    returns: u64,
    /// Given up for now: nobody waits for it.
    away: bool,
}

impl Link {
    /// Reads the URL and begins to connect; it does not wait for Redis, which may come up later
    /// (`field-failures.md` E1). Must be called within the runtime.
    ///
    /// # Errors
    /// A URL that is not one of the forms that [`BadUrl`] lists.
    pub fn open(url: &str) -> Result<Link, BadUrl> {
        Ok(Link::to(Address::read(url)?))
    }

    /// Begins to connect to an address that was read before. Must be called within the runtime.
    pub fn to(address: Address) -> Link {
        let doubt = Arc::new(Notify::new());
        let latency = Err("not asked yet".into());
        let start = Now { connection: None, generation: 0, latency, heard: None, returns: 0, away: false };
        let (set, now) = watch::channel(start);
        let errors = Counter::default();
        let keeper = tokio::spawn(keep(address.clone(), set, Arc::clone(&doubt), errors.clone()));
        Link(Arc::new(Parts { address, now, doubt, errors, _keeper: AbortOnDropHandle::new(keeper) }))
    }

    /// Runs a command on the shared connection, within `within` whatever happens. While Redis is
    /// known to be away it fails at once.
    pub(crate) async fn run<T, F>(&self, within: Duration, command: impl FnOnce(ConnectionManager) -> F) -> Result<T, Cause>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let answer = timeout(within, async {
            let connection = self.connection().await?;
            command(connection).await.map_err(Cause::from)
        });
        let answer = answer.await.unwrap_or_else(|_| Err(late().into()));
        if answer.is_err() {
            self.0.errors.inc();
            self.0.doubt.notify_one();
        }
        answer
    }

    /// The shared connection; waits for the very first one only.
    async fn connection(&self) -> Result<ConnectionManager, Cause> {
        let mut now = self.0.now.clone();
        let now = now.wait_for(|now| now.away || now.connection.is_some()).await?;
        match &now.connection {
            Some(connection) if !now.away => Ok(connection.clone()),
            _ => Err(now.latency.as_ref().err().cloned().unwrap_or_default().into()),
        }
    }

    /// The round trip of the last probe, or why there was none. Asks nobody.
    pub(crate) fn latency(&self) -> Result<Duration, String> {
        self.0.now.borrow().latency.clone()
    }

    /// How long ago a probe was last answered.
    pub(crate) fn age(&self) -> Option<Duration> {
        self.0.now.borrow().heard.map(|heard| heard.elapsed())
    }

    /// Commands and probes that were not answered, or with an error.
    pub fn errors(&self) -> &Counter {
        &self.0.errors
    }

    /// Waits until Redis answers and has begun to, or was found with other data, more often than
    /// `known`; gives how often that was.
    pub(crate) async fn returned(&self, known: u64) -> u64 {
        let mut now = self.0.now.clone();
        let returns = now.wait_for(|now| now.latency.is_ok() && now.returns > known).await.ok().map(|now| now.returns);
        match returns {
            Some(returns) => returns,
            None => std::future::pending().await,
        }
    }

    /// Waits until Redis answers; gives the number of connections given up so far. `None`: closed.
    pub(crate) async fn answering(&self) -> Option<u64> {
        let mut now = self.0.now.clone();
        now.wait_for(|now| now.latency.is_ok()).await.ok().map(|now| now.generation)
    }

    /// How many connections were given up so far: when it grows, the master may be elsewhere.
    pub(crate) fn generation(&self) -> u64 {
        self.0.now.borrow().generation
    }

    /// A connection of the caller's own, for a command that blocks; nobody renews it.
    pub(crate) async fn own_connection(&self, response: Duration) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(Some(response));
        self.0.address.client().await?.get_multiplexed_async_connection_with_config(&config).await
    }
}

/// Probes the server for ever; gives a connection up when it is silent, when the server says that it
/// is the wrong one, or after three misses of any kind, and builds the next from the URL, asking DNS
/// or the sentinels anew.
async fn keep(address: Address, now: watch::Sender<Now>, doubt: Arc<Notify>, errors: Counter) {
    let (mut misses, mut known) = (0, None);
    loop {
        match probe(&address, &now).await {
            Ok((latency, mark)) => {
                let returned = misses > 0 || known.as_ref() != Some(&mark);
                now.send_modify(|now| {
                    (now.latency, now.heard, now.away) = (Ok(latency), Some(Instant::now()), false);
                    now.returns += u64::from(returned);
                });
                known = Some(mark);
                if misses > 0 {
                    info!("Redis answers again");
                }
                misses = 0;
            }
            Err(error) => {
                misses += 1;
                errors.inc();
                let reason = error.to_string();
                if misses == 1 {
                    warn!(%reason, "Redis does not answer");
                }
                let away = misses >= MISSES || wrong_server(&error);
                now.send_modify(|now| {
                    now.latency = Err(reason);
                    now.away |= away;
                    // Silence may be the connection's own: only a new one tells.
                    if away || error.is_timeout() {
                        now.connection = None;
                        now.generation += 1;
                    }
                });
            }
        }
        match misses {
            // A command that failed asks for a probe before its time.
            0 => drop(timeout(PROBE, doubt.notified()).await),
            _ => sleep(PROBE_AGAIN).await,
        }
    }
}

/// One round trip that changes nothing and yet is a write: unlike PING it is refused by a server
/// that could not take a lock either (a replica, loading, without its required replicas, with a
/// failing disk). Gives how long it took, and the mark of the data.
async fn probe(address: &Address, now: &watch::Sender<Now>) -> RedisResult<(Duration, Option<String>)> {
    let known = now.borrow().connection.clone();
    let mut connection = match known {
        Some(connection) => connection,
        None => {
            let new = manager(address).await?;
            now.send_modify(|now| now.connection = Some(new.clone()));
            new
        }
    };
    let asked = Instant::now();
    let mut ask = redis::pipe();
    ask.del(PROBED).cmd("SET").arg(MARK).arg(Uuid::new_v4().to_string()).arg("NX").get(MARK).ignore_errors();
    let answers = timeout(WITHIN, ask.query_async::<Vec<RedisResult<Value>>>(&mut connection)).await;
    let [deleted, _, mark] = <[_; 3]>::try_from(answers.unwrap_or_else(|_| Err(late()))?).map_err(|_| late())?;
    // The round trip counts; a mark that cannot be left, as on a full server, is none.
    deleted?;
    Ok((asked.elapsed(), mark.ok().and_then(|mark| Option::from_redis_value(mark).ok()).flatten()))
}

/// A manager with the figures of `reliability.md` 4; it connects with its first command.
async fn manager(address: &Address) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_response_timeout(Some(RESPONSE))
        .set_connection_timeout(Some(CONNECT))
        .set_number_of_retries(RETRIES)
        .set_min_delay(BACK_OFF.0)
        .set_max_delay(BACK_OFF.1)
        .set_pipeline_buffer_size(BUFFER);
    ConnectionManager::new_lazy_with_config(address.client().await?, config)
}

fn wrong_server(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, MasterDown, ReadOnly};
    matches!(error.kind(), ErrorKind::Server(ReadOnly | BusyLoading | MasterDown))
}

fn late() -> RedisError {
    io::Error::new(io::ErrorKind::TimedOut, "no answer in time").into()
}
