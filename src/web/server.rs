//! The accept loop: one listener for HTTP/1.1 and HTTP/2, with a bound on everything that a
//! connection may do, and a stop that ends in time.
//!
//! axum's own loop never times out request heads and never stops while a stream is open
//! (`reliability.md` 5).

mod dressed;
mod places;
mod tls;
mod turns;
mod unstalled;

pub use tls::{BadPair, Tls};

use super::came::{Came, Net};
use crate::metrics::Metrics;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use dressed::Dressed;
use hyper::body::{Body as _, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use places::Places;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tower_http::timeout::DeadlineBody;
use tracing::{debug, warn};
use turns::Turns;
use unstalled::Unstalled;

/// How the program is reached.
#[derive(Debug, Clone, Default)]
pub struct Front {
    /// It speaks https itself.
    pub tls: Option<Tls>,
    /// Proxies whose word about their callers is taken.
    pub proxies: Arc<[Net]>,
}

/// What a connection may do, and for how long.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From the connection to its first byte.
    pub first_byte: Duration,
    /// For the head of a request, whole; also how long a kept connection may stay without a request.
    pub head: Duration,
    /// How long a connection of a trusted proxy may stay without one between two requests: longer than a
    /// proxy keeps one, or it sends an action into a connection that is just being closed.
    pub proxy: Duration,
    /// For the body of a request, whole.
    pub body: Duration,
    /// For a write that the other side does not take (`domain.md` 12).
    pub send: Duration,
    /// Size of a head, in bytes: twice what the routes take, which can say so.
    pub head_bytes: usize,
    /// Lines of a head: twice what the routes take.
    pub head_lines: usize,
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// Connections at once from one address; more are closed. A whole plant may have one, so it is
    /// half of all; a trusted proxy may have all.
    pub each: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
    /// How long requests in hand may take once the server stops.
    pub drain: Duration,
    /// How often the files of the certificate are looked at.
    pub certificate: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            first_byte: Duration::from_secs(5),
            head: Duration::from_secs(5),
            proxy: Duration::from_secs(180),
            body: Duration::from_secs(10),
            send: Duration::from_secs(30),
            head_bytes: 16 * 1_024,
            head_lines: 128,
            connections: 4_096,
            each: 2_048,
            streams: 128,
            drain: Duration::from_secs(3),
            certificate: Duration::from_secs(60),
        }
    }
}

/// How long a connection that was told to end, and on which nothing is to be answered, may take to do so.
const GOODBYE: Duration = Duration::from_secs(2);

/// How long to wait when the machine refuses another connection (no file handles left).
const EXHAUSTED: Duration = Duration::from_millis(100);

/// HTTP/2 asks a silent peer whether it is there, and how long it waits for the answer.
const PING: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));

/// Serves `routes` on `listener` until `stop`, then finishes the requests in hand within
/// `limits.drain`. Open streams must watch `stop` themselves.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    (front, limits): (Front, Limits),
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) {
    let [everybodys, proxys] = [limits.head, limits.proxy].map(|silent| Arc::new((builder(&limits, silent), silent)));
    let places = Places::new(limits.connections, limits.each, metrics.connections.clone());
    let connections = TaskTracker::new();
    if let Some(tls) = front.tls.clone() {
        tokio::spawn(tls.follow(limits.certificate, metrics.refused_certificates.clone(), stop.clone()));
    }
    let door = Door { routes, front, limits, acts: connections.clone(), stop: stop.clone() };
    while let Some((stream, peer, permit)) = accepted(&listener, &places, &stop).await {
        // A proxy stands for everybody behind it.
        let trusted = Came::is_trusted(peer.ip(), &door.front.proxies);
        let Some(place) = places.take(peer.ip(), trusted, permit) else {
            metrics.refused_connections.inc();
            continue;
        };
        let manner = Arc::clone(if trusted { &proxys } else { &everybodys });
        let door = door.clone();
        connections.spawn(async move {
            let _place = place;
            door.serve(stream, peer, &manner).await;
        });
    }
    drop(listener);
    connections.close();
    if timeout(door.limits.drain, connections.wait()).await.is_err() {
        warn!("requests in hand did not end in time; their connections are dropped");
    }
}

fn builder(limits: &Limits, silent: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(silent)
        .max_buf_size(limits.head_bytes)
        .max_headers(limits.head_lines);
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
    places: &Places,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let next = async {
        let permit = places.free().await?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return Some((stream, peer, permit)),
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

/// What every connection needs. Cheap to clone.
#[derive(Clone)]
struct Door {
    routes: Router,
    front: Front,
    limits: Limits,
    /// What is being done, also for those who left.
    acts: TaskTracker,
    stop: CancellationToken,
}

/// How a kind of connection is spoken on, and how long it may stay without a request.
type Manner = (Builder<TokioExecutor>, Duration);

impl Door {
    async fn serve(self, stream: TcpStream, peer: SocketAddr, manner: &Manner) {
        // An answer goes out when it is ready: an action's is one small packet.
        let _ = stream.set_nodelay(true);
        if timeout(self.limits.first_byte, stream.readable()).await.is_err() {
            return;
        }
        let turns = Turns::default();
        let (spoken, limit) = (turns.clone(), self.limits.head);
        // From the first byte to the first whole request, the handshake of TLS included.
        let served = async {
            match self.front.tls.clone() {
                None => self.speak(stream, peer, spoken, manner).await,
                Some(_) if tls::speaks_plainly(&stream).await => drop(tls::answer_plainly(stream).await),
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => self.speak(stream, peer, spoken, manner).await,
                    Err(error) => debug!(%error, "a connection did not come to speak TLS"),
                },
            }
        };
        tokio::select! {
            () = served => {}
            () = silent(limit, &turns) => debug!("a connection sent no whole request"),
        }
    }

    async fn speak<S>(self, stream: S, peer: SocketAddr, turns: Turns, (builder, silent): &Manner)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (stop, head, send, ours) = (self.stop.clone(), self.limits.head, self.limits.send, turns.clone());
        let stream = Dressed::new(Unstalled::new(stream, send, turns.clone()), self.front.tls.is_some());
        let service = tower::service_fn(move |request| self.clone().answer(request, peer, ours.clone()));
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = over(&stop, &turns, *silent) => {
                // Nothing more may be asked on it; what was asked is answered.
                connection.as_mut().graceful_shutdown();
                let rest = if turns.any_open() { send } else { GOODBYE.min(head) };
                tokio::select! {
                    ended = connection => ended,
                    () = turns.idle(rest) => return debug!("a connection did not end by itself"),
                }
            }
        };
        if let Err(error) = ended {
            debug!(error, "a connection ended early");
        }
    }

    async fn answer(self, mut request: hyper::Request<Incoming>, peer: SocketAddr, turns: Turns) -> Result<Response, Infallible> {
        let _ours = turns.begin();
        let came = Came::of(peer, self.front.tls.is_some(), request.headers(), &self.front.proxies);
        request.extensions_mut().insert(came);
        let request = request.map(|body| match body.is_end_stream() {
            true => Body::empty(),
            false => Body::new(DeadlineBody::new(self.limits.body, body)),
        });
        let (asks, answer) = (request.method().is_safe(), self.routes.oneshot(request));
        if asks {
            return answer.await.map(|answer| turns.answered(answer));
        }
        // A tablet that is loaded anew leaves, and with it whoever waits for the answer. What it asked for is done all the
        // same, so that its end is counted and in the record of the tablet, too.
        match self.acts.spawn(answer).await {
            Ok(answer) => answer.map(|answer| turns.answered(answer)),
            // Nobody aborts it, and when the runtime ends so does this: it can only have panicked.
            Err(lost) => resume_unwind(lost.into_panic()),
        }
    }
}

/// Ends when a connection is of no more use: the server stops, or nothing is asked on it any more.
async fn over(stop: &CancellationToken, turns: &Turns, silent: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = turns.idle(silent) => {}
    }
}

/// Ends when no request came in time. hyper's own head time-out begins only when it knows which
/// HTTP it is speaking, which takes up to 24 bytes; so the first head has a deadline of ours as well.
async fn silent(limit: Duration, turns: &Turns) {
    sleep(limit).await;
    if !turns.none_yet() {
        std::future::pending::<()>().await;
    }
}
