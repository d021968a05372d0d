//! One open stream: a snapshot, then what the hub sends, until the program stops or the screen is
//! too slow.

use super::{Channel, Live, Push, frame};
use crate::metrics::Metrics;
use crate::plant::Plant;
use crate::web::App;
use crate::web::caller::{Credentials, Pass, device};
use crate::web::pages::board::Filter;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// `/vivo/tablero`.
pub(super) async fn board(State(app): State<App>, from: Opener, filter: Filter) -> Response {
    open(app, Channel::Board, filter, from)
}

/// `/vivo/kiosko`.
pub(super) async fn kiosk(State(app): State<App>, from: Opener, filter: Filter) -> Response {
    open(app, Channel::Kiosk, filter, from)
}

/// `/vivo/carretes`.
pub(super) async fn lists(State(app): State<App>, from: Opener) -> Response {
    open(app, Channel::Lists, Filter::default(), from)
}

/// `/api/sse/stream`.
pub(super) async fn api(State(app): State<App>, from: Opener) -> Response {
    open(app, Channel::Api, Filter::default(), from)
}

/// Who opens a stream, and what says on which tablet.
type Opener = (Credentials, HeaderMap);

/// Counts itself among the open streams while it lives, and among those of its tablet.
struct Counted {
    plant: Plant,
    live: Live,
    tablet: Option<String>,
}

impl Counted {
    fn new(app: &App, tablet: Option<String>) -> Counted {
        app.plant.metrics().streams.inc();
        if let Some(tablet) = &tablet {
            *app.live.following().entry(tablet.clone()).or_default() += 1;
        }
        Counted { plant: app.plant.clone(), live: app.live.clone(), tablet }
    }

    fn metrics(&self) -> &Metrics {
        self.plant.metrics()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.metrics().streams.dec();
        let Some(tablet) = self.tablet.take() else { return };
        if let Entry::Occupied(mut open) = self.live.following().entry(tablet) {
            *open.get_mut() -= 1;
            if *open.get() == 0 {
                open.remove();
            }
        }
    }
}

struct Open {
    app: App,
    messages: Receiver<Push>,
    channel: Channel,
    filter: Filter,
    /// What goes out before the next message: the snapshot at first.
    first: VecDeque<Bytes>,
    ended: bool,
    /// A tablet that was sent away sees no more.
    pass: Pass,
    _counted: Counted,
}

fn open(app: App, channel: Channel, filter: Filter, (credentials, headers): Opener) -> Response {
    let pass = Pass::new(&app, credentials, channel.needs());
    let counted = Counted::new(&app, device(&app, &headers));
    // Subscribed before the snapshot is made: a change between the two comes twice, never not.
    let messages = app.live.channel(channel).subscribe();
    let first = snapshot(&app, channel, &filter);
    let open = Open { messages, channel, filter, first, ended: false, pass, _counted: counted, app };
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let frames = stream::unfold(open, |mut open| async move {
        let frame = open.next().await?;
        Some((Ok::<Bytes, Infallible>(frame), open))
    });
    (headers, Body::from_stream(frames)).into_response()
}

/// Everything that a screen must know when it connects, whatever it missed.
fn snapshot(app: &App, channel: Channel, filter: &Filter) -> VecDeque<Bytes> {
    let picture = channel.screen().map(|screen| app.live.picture(screen, filter, &app.plant));
    let opening = [Some(frame::retry()), picture, Some(beat(app))];
    opening.into_iter().flatten().collect()
}

fn beat(app: &App) -> Bytes {
    let obstacle = app.live.obstacle();
    frame::beat(&app.plant, &app.site.build, obstacle.as_deref().map(String::as_str))
}

impl Open {
    /// What the hub sends next; `None` when the program stops, or whoever looks may not any more.
    async fn message(&mut self) -> Option<Result<Push, RecvError>> {
        tokio::select! {
            biased;
            () = self.app.stop.cancelled() => None,
            () = self.pass.ends() => None,
            message = self.messages.recv() => Some(message),
        }
    }

    /// The next one that is not for somebody else's screens.
    async fn own_message(&mut self) -> Option<Result<Push, RecvError>> {
        loop {
            match self.message().await? {
                Ok(Push::For(worker, _)) if !self.filter.is_of(worker) => {}
                message => return Some(message),
            }
        }
    }

    async fn next(&mut self) -> Option<Bytes> {
        if let Some(frame) = self.first.pop_front() {
            return Some(frame);
        }
        if self.ended {
            return None;
        }
        match self.own_message().await? {
            Ok(Push::For(_, frame)) => Some(frame),
            Ok(Push::Frame(frame)) if self.filter.is_empty() => Some(frame),
            // The picture for all says that there is a new one; this screen shows a part of it.
            Ok(Push::Frame(frame)) => {
                let picture = |screen| self.app.live.picture(screen, &self.filter, &self.app.plant);
                Some(self.channel.screen().map_or(frame, picture))
            }
            Ok(Push::Beat) => Some(beat(&self.app)),
            Err(RecvError::Lagged(_)) => {
                self.ended = true;
                Some(frame::resync())
            }
            Err(RecvError::Closed) => None,
        }
    }
}
