//! The streams to the screens. One hub a process follows the plant: what is the same for everybody
//! is rendered once for each change and sent to all as shared bytes; worker lists are told *that* a
//! spool changed.

mod frame;
mod hub;
mod stream;

use super::App;
use super::pages::board::{Screen, Tally, whole};
use crate::plant::Plant;
use arc_swap::ArcSwapOption;
use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tracing::error;

/// How many messages a slow screen may be behind before it is told to start over.
const BACKLOG: usize = 256;

/// Who listens to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    Board,
    Kiosk,
    Lists,
    Api,
}

/// One message to all the streams of a channel.
#[derive(Debug, Clone)]
enum Push {
    /// A frame as it goes out.
    Frame(Bytes),
    /// The heartbeat, which each stream completes with the build.
    Beat,
}

/// Fans changes out to the screens.
#[derive(Clone)]
pub struct Live(Arc<Parts>);

struct Parts {
    board: broadcast::Sender<Push>,
    kiosk: broadcast::Sender<Push>,
    lists: broadcast::Sender<Push>,
    api: broadcast::Sender<Push>,
    tally: ArcSwapOption<Tally>,
    /// Why actions cannot be served, as of the last look.
    obstacle: ArcSwapOption<String>,
    pages: [ArcSwapOption<Rendered>; 2],
}

/// A page as last rendered.
struct Rendered {
    number: u64,
    second: i64,
    obstacle: Option<Arc<String>>,
    html: Bytes,
}

impl Live {
    /// Starts to follow the plant's events, until `stop`.
    pub fn follow(plant: &Plant, stop: CancellationToken) -> Live {
        let channel = || broadcast::Sender::new(BACKLOG);
        let (tally, pages) = (ArcSwapOption::empty(), [ArcSwapOption::empty(), ArcSwapOption::empty()]);
        let parts = Parts {
            board: channel(),
            kiosk: channel(),
            lists: channel(),
            api: channel(),
            tally,
            obstacle: ArcSwapOption::empty(),
            pages,
        };
        let live = Live(Arc::new(parts));
        // Subscribed before this returns, so that nothing after the start is missed.
        let events = plant.events().subscribe();
        tokio::spawn(hub::run(live.clone(), plant.clone(), events, stop));
        live
    }

    /// A page that is the same for everybody: rendered once for each view and second, and anew when
    /// actions begin or cease to be served.
    pub(super) fn page(&self, screen: Screen, app: &App) -> Bytes {
        let (number, second) = (app.plant.workbook().view().number, app.plant.clock().now().timestamp());
        let (kept, obstacle) = (&self.0.pages[screen as usize], self.obstacle());
        let same = |page: &&Arc<Rendered>| page.number == number && page.second == second && page.obstacle == obstacle;
        if let Some(page) = kept.load().as_ref().filter(same) {
            return page.html.clone();
        }
        let html = rendered(whole(screen, &self.tally(&app.plant), &app.plant, &app.site));
        kept.store(Some(Arc::new(Rendered { number, second, obstacle, html: html.clone() })));
        html
    }

    /// What the rows say, made once for each view.
    fn tally(&self, plant: &Plant) -> Arc<Tally> {
        let view = plant.view();
        if let Some(tally) = self.0.tally.load_full().filter(|tally| tally.number == view.number) {
            return tally;
        }
        let tally = Arc::new(Tally::of(&view));
        self.0.tally.store(Some(Arc::clone(&tally)));
        tally
    }

    /// Why actions cannot be served, as of the last look: a sentence for everybody.
    pub(super) fn obstacle(&self) -> Option<Arc<String>> {
        self.0.obstacle.load_full()
    }

    fn channel(&self, channel: Channel) -> &broadcast::Sender<Push> {
        match channel {
            Channel::Board => &self.0.board,
            Channel::Kiosk => &self.0.kiosk,
            Channel::Lists => &self.0.lists,
            Channel::Api => &self.0.api,
        }
    }

    /// Sends to whoever listens; that nobody does is nobody's loss.
    fn send(&self, channel: Channel, push: Push) {
        let _ = self.channel(channel).send(push);
    }
}

/// How many seconds ago the rows were read that are shown. The embedded record is its own truth:
/// what stands in memory is never old.
pub(super) fn age(plant: &Plant) -> i64 {
    let status = plant.workbook().status();
    let read_at = plant.view().read_at.filter(|_| status.adapter != "sqlite");
    read_at.map_or(0, |at| (plant.clock().now() - at).num_seconds().max(0))
}

/// The bytes of a template. One that does not render is a bug, logged where it shows.
fn rendered(html: askama::Result<String>) -> Bytes {
    html.map(Bytes::from).unwrap_or_else(|cause| {
        error!(%cause, "a template did not render");
        Bytes::new()
    })
}

/// The routes of the streams.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/vivo/tablero", get(stream::board))
        .route("/vivo/kiosko", get(stream::kiosk))
        .route("/vivo/carretes", get(stream::lists))
        .route("/api/sse/stream", get(stream::api))
}
