//! Events through a capped stream in Redis, so that every process hears every other.
//!
//! A stream and not a channel: after a cut a process reads on from the last entry it saw, and when
//! that entry is gone it knows that it missed something (`reliability.md` 4). One connection of its
//! own reads for the whole process and feeds the in-process broadcast, however many screens look
//! (`field-failures.md` E2).
//!
//! What a process publishes is told to its own screens first and at once, then to the stream; what
//! comes back is known by the process's mark and dropped. So a change that stands is on the screens
//! beside it also while Redis is away, once and in order. Between two processes the order is the
//! stream's for the events of others, and one's own may come earlier than there: an event says what
//! changed, and what is shown is read from memory.

use super::{Events, Health, Memory, Receiver, SpoolChanged, wire};
use crate::error::{Error, Service};
use crate::redis::Link;
use async_trait::async_trait;
use redis::aio::MultiplexedConnection;
use redis::streams::{StreamId, StreamRangeReply, StreamReadReply};
use redis::{RedisResult, from_redis_value_ref};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;
use uuid::Uuid;

/// The stream, and about how many entries it keeps.
const STREAM: &str = "spool_events";
const KEPT: u32 = 10_000;

/// The fields of an entry: who wrote it, and the event. An entry without an event says that
/// something was missed.
const FROM: &str = "from";
const CHANGED: &str = "changed";

/// How long a publication may take; the answer to a tablet waits for it.
const PUBLISH: Duration = Duration::from_secs(1);

/// How long one read waits for entries, and for how long its answer is waited for.
const BLOCK: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(8);

/// Entries that one read takes.
const BATCH: u32 = 500;

/// How long after a failure the stream is read again.
const AGAIN: Duration = Duration::from_millis(500);

/// Events through Redis.
pub struct Redis {
    link: Link,
    local: Memory,
    origin: Arc<str>,
    untold: Arc<AtomicBool>,
    heard: watch::Receiver<Result<Instant, String>>,
    _reader: AbortOnDropHandle<()>,
}

impl Redis {
    /// Begins to follow the stream; until it does, and whenever that was cut for too long, receivers
    /// are told to start over. Must be called within the runtime.
    pub fn new(link: Link) -> Redis {
        let local = Memory::default();
        let origin: Arc<str> = Uuid::new_v4().to_string().into();
        let untold = Arc::<AtomicBool>::default();
        let (hears, heard) = watch::channel(Err("not asked yet".to_owned()));
        let reader = Reader {
            link: link.clone(),
            local: local.clone(),
            origin: Arc::clone(&origin),
            untold: Arc::clone(&untold),
            hears,
            last: None,
        };
        Redis { link, local, origin, untold, heard, _reader: AbortOnDropHandle::new(tokio::spawn(reader.follow())) }
    }
}

#[async_trait]
impl Events for Redis {
    async fn publish(&self, changed: SpoolChanged) -> Result<(), Error> {
        let text = wire::write(&changed).map_err(|error| Error::Internal(format!("an event that cannot be written: {error}")));
        self.local.tell(changed);
        let mut add = add();
        add.arg(FROM).arg(&*self.origin).arg(CHANGED).arg(text?);
        let sent = self.link.run(PUBLISH, |mut to| async move { add.exec_async(&mut to).await }).await;
        sent.map_err(|cause| {
            self.untold.store(true, Ordering::Relaxed);
            Error::unavailable(Service::Events, cause)
        })
    }

    fn subscribe(&self) -> Receiver {
        self.local.subscribe()
    }

    fn health(&self) -> Health {
        let heard = self.heard.borrow().as_ref().map(Instant::elapsed).map_err(String::clone);
        Health { adapter: "redis", heard }
    }
}

/// An entry, still without fields.
fn add() -> redis::Cmd {
    let mut add = redis::cmd("XADD");
    add.arg(STREAM).arg("MAXLEN").arg("~").arg(KEPT).arg("*");
    add
}

/// Follows the stream for the process.
struct Reader {
    link: Link,
    local: Memory,
    origin: Arc<str>,
    /// Whether a publication may not have reached the other processes.
    untold: Arc<AtomicBool>,
    /// When the stream was last heard, or why it is not.
    hears: watch::Sender<Result<Instant, String>>,
    /// The last entry seen; as long as it is in the stream, nothing after it is lost.
    last: Option<String>,
}

impl Reader {
    /// Reads until the link is closed, on a new connection after each failure.
    async fn follow(mut self) {
        while let Some(generation) = self.link.answering().await {
            if let Err(error) = self.read(generation).await {
                debug!(%error, "the stream of events was cut");
                drop(self.hears.send_replace(Err(error.to_string())));
                sleep(AGAIN).await;
            }
        }
    }

    /// Reads on one connection, until it fails or the link has moved to another server.
    async fn read(&mut self, generation: u64) -> RedisResult<()> {
        let mut from = self.link.own_connection(ANSWER).await?;
        if !self.resumes(&mut from).await? {
            self.begin(&mut from).await?;
        }
        while self.link.generation() == generation {
            drop(self.hears.send_replace(Ok(Instant::now())));
            self.own_up(&mut from).await?;
            let Some(last) = self.last.clone() else { return Ok(()) };
            let (new, still): (Option<StreamReadReply>, StreamRangeReply) = redis::pipe()
                .cmd("XREAD")
                .arg("COUNT")
                .arg(BATCH)
                .arg("BLOCK")
                .arg(BLOCK.as_millis() as u64)
                .arg("STREAMS")
                .arg(STREAM)
                .arg(&last)
                .cmd("XRANGE")
                .arg(STREAM)
                .arg(&last)
                .arg(&last)
                .query_async(&mut from)
                .await?;
            match still.ids.is_empty() {
                // Trimmed past us, flushed, or another stream altogether.
                true => self.begin(&mut from).await?,
                false => new.into_iter().flat_map(|new| new.keys).flat_map(|key| key.ids).for_each(|entry| self.relay(entry)),
            }
        }
        Ok(())
    }

    /// Lets the other processes start over when a publication of this one was lost.
    async fn own_up(&self, to: &mut MultiplexedConnection) -> RedisResult<()> {
        if !self.untold.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let told = add().arg(FROM).arg(&*self.origin).exec_async(to).await;
        if told.is_err() {
            // Only ever set here: another publication may have been lost meanwhile.
            self.untold.store(true, Ordering::Relaxed);
        }
        told
    }

    /// Whether the last entry seen is still there.
    async fn resumes(&self, from: &mut MultiplexedConnection) -> RedisResult<bool> {
        let Some(last) = &self.last else { return Ok(false) };
        let found: StreamRangeReply = redis::cmd("XRANGE").arg(STREAM).arg(last).arg(last).query_async(from).await?;
        Ok(!found.ids.is_empty())
    }

    /// Goes to the end of the stream, and tells the receivers that they may have missed something.
    async fn begin(&mut self, from: &mut MultiplexedConnection) -> RedisResult<()> {
        let newest: StreamRangeReply =
            redis::cmd("XREVRANGE").arg(STREAM).arg("+").arg("-").arg("COUNT").arg(1).query_async(from).await?;
        let newest = match newest.ids.into_iter().next() {
            Some(entry) => entry.id,
            // In an empty stream there is no entry to hold on to: leave a mark.
            None => add().arg(FROM).arg(&*self.origin).query_async(from).await?,
        };
        self.last = Some(newest);
        self.local.start_over();
        Ok(())
    }

    /// Tells the process of what another one published.
    fn relay(&mut self, entry: StreamId) {
        let text = |field| entry.map.get(field).and_then(|value| from_redis_value_ref::<String>(value).ok());
        if text(FROM).as_deref() != Some(&*self.origin) {
            match text(CHANGED).as_deref().and_then(wire::read) {
                Some(changed) => self.local.tell(changed),
                None => self.local.start_over(),
            }
        }
        self.last = Some(entry.id);
    }
}
