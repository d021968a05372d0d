//! The accept loop: one listener for HTTP/1.1 and HTTP/2, with a bound on everything that a
//! connection may do, and a stop that ends in time.
//!
//! axum's own loop never times out request heads and never stops while a stream is open
//! (`reliability.md` 5).

mod unstalled;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use prometheus_client::metrics::gauge::Gauge;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tracing::{debug, warn};
use unstalled::Unstalled;

/// What a connection may do, and for how long.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From the connection to its first byte.
    pub first_byte: Duration,
    /// For the head of a request, whole; also how long a kept connection may stay silent.
    pub head: Duration,
    /// For a write that the other side does not take (`domain.md` 12).
    pub send: Duration,
    /// Size of a head, in bytes.
    pub head_bytes: usize,
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
    /// How long requests in hand may take once the server stops.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            first_byte: Duration::from_secs(5),
            head: Duration::from_secs(5),
            send: Duration::from_secs(30),
            head_bytes: 16 * 1_024,
            connections: 4_096,
            streams: 128,
            drain: Duration::from_secs(3),
        }
    }
}

/// How long to wait when the machine refuses another connection (no file handles left).
const EXHAUSTED: Duration = Duration::from_millis(100);

/// HTTP/2 asks a silent peer whether it is there, and how long it waits for the answer.
const PING: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));

/// Serves `routes` on `listener` until `stop`, then finishes the requests in hand within
/// `limits.drain`. Open streams must watch `stop` themselves. `open` counts the connections.
pub async fn serve(listener: TcpListener, routes: Router, limits: Limits, open: Gauge, stop: CancellationToken) {
    let builder = Arc::new(builder(&limits));
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    while let Some((stream, place)) = accepted(&listener, &places, &stop).await {
        let connection = Connection { stream, routes: routes.clone(), limits: limits.clone(), _place: place };
        let (builder, watcher, open) = (Arc::clone(&builder), graceful.watcher(), open.clone());
        tokio::spawn(async move {
            open.inc();
            connection.serve(&builder, watcher).await;
            open.dec();
        });
    }
    drop(listener);
    if timeout(limits.drain, graceful.shutdown()).await.is_err() {
        warn!("requests in hand did not end in time; their connections are dropped");
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(limits.head_bytes);
    let head_bytes = u32::try_from(limits.head_bytes).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(head_bytes)
        .keep_alive_interval(PING.0)
        .keep_alive_timeout(PING.1);
    builder
}

/// The next connection, once there is a place for it; `None` when the server stops.
async fn accepted(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let next = async {
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return Some((stream, place)),
                Err(error) => {
                    warn!(%error, "a connection could not be accepted");
                    sleep(EXHAUSTED).await;
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => None,
        next = next => next,
    }
}

struct Connection {
    stream: TcpStream,
    routes: Router,
    limits: Limits,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(self, builder: &Builder<TokioExecutor>, watcher: Watcher) {
        // An answer goes out when it is ready: an action's is one small packet.
        let _ = self.stream.set_nodelay(true);
        if timeout(self.limits.first_byte, self.stream.readable()).await.is_err() {
            return;
        }
        let (routes, asked) = (self.routes, Arc::new(AtomicBool::new(false)));
        let begun = Arc::clone(&asked);
        let service = tower::service_fn(move |request: hyper::Request<Incoming>| {
            begun.store(true, Ordering::Relaxed);
            routes.clone().oneshot(request.map(Body::new))
        });
        let stream = TokioIo::new(Unstalled::new(self.stream, self.limits.send));
        let connection = builder.serve_connection(stream, TowerToHyperService::new(service)).into_owned();
        tokio::select! {
            result = watcher.watch(connection) => if let Err(error) = result {
                debug!(error, "a connection ended early");
            },
            () = silent(self.limits.head, &asked) => debug!("a connection sent no whole request"),
        }
    }
}

/// Ends when no request came in time. hyper's own head time-out begins only when it knows which
/// HTTP it is speaking, which takes up to 24 bytes; so the first head has a deadline of ours as well.
async fn silent(limit: Duration, asked: &AtomicBool) {
    sleep(limit).await;
    if asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}
