//! One open stream: a snapshot, then what the hub sends, until the program stops or the screen is
//! too slow.

use super::{Channel, Push, frame};
use crate::metrics::Metrics;
use crate::plant::Plant;
use crate::web::App;
use crate::web::pages::board::Screen;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::collections::VecDeque;
use std::convert::Infallible;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// `/vivo/tablero`.
pub(super) async fn board(State(app): State<App>) -> Response {
    open(app, Channel::Board)
}

/// `/vivo/kiosko`.
pub(super) async fn kiosk(State(app): State<App>) -> Response {
    open(app, Channel::Kiosk)
}

/// `/vivo/carretes`.
pub(super) async fn lists(State(app): State<App>) -> Response {
    open(app, Channel::Lists)
}

/// `/api/sse/stream`.
pub(super) async fn api(State(app): State<App>) -> Response {
    open(app, Channel::Api)
}

/// Counts itself among the open streams while it lives.
struct Counted(Plant);

impl Counted {
    fn new(plant: &Plant) -> Counted {
        plant.metrics().streams.inc();
        Counted(plant.clone())
    }

    fn metrics(&self) -> &Metrics {
        self.0.metrics()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.metrics().streams.dec();
    }
}

struct Open {
    app: App,
    messages: Receiver<Push>,
    /// What goes out before the next message: the snapshot at first.
    first: VecDeque<Bytes>,
    ended: bool,
    _counted: Counted,
}

fn open(app: App, channel: Channel) -> Response {
    // Subscribed before the snapshot is made: a change between the two comes twice, never not.
    let messages = app.live.channel(channel).subscribe();
    let first = snapshot(&app, channel);
    let open = Open { messages, first, ended: false, _counted: Counted::new(&app.plant), app };
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
fn snapshot(app: &App, channel: Channel) -> VecDeque<Bytes> {
    let screen = |screen| frame::screen(screen, &app.live.tally(&app.plant), &app.plant);
    let picture = match channel {
        Channel::Board => Some(screen(Screen::Board)),
        Channel::Kiosk => Some(screen(Screen::Kiosk)),
        // A list compares the number in the heartbeat with its own and fetches itself if they differ.
        Channel::Lists | Channel::Api => None,
    };
    let opening = [Some(frame::retry()), picture, Some(beat(app))];
    opening.into_iter().flatten().collect()
}

fn beat(app: &App) -> Bytes {
    let obstacle = app.live.obstacle();
    frame::beat(&app.plant, &app.site.build, obstacle.as_deref().map(String::as_str))
}

impl Open {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(frame) = self.first.pop_front() {
            return Some(frame);
        }
        if self.ended {
            return None;
        }
        let message = tokio::select! {
            biased;
            () = self.app.stop.cancelled() => return None,
            message = self.messages.recv() => message,
        };
        match message {
            Ok(Push::Frame(frame)) => Some(frame),
            Ok(Push::Beat) => Some(beat(&self.app)),
            Err(RecvError::Lagged(_)) => {
                self.ended = true;
                Some(frame::resync())
            }
            Err(RecvError::Closed) => None,
        }
    }
}
