//! The streams to the screens. One hub a process follows the plant: what is the same for everybody
//! is rendered once for each change and sent to all as shared bytes; worker lists are told *that* a
//! spool changed.

mod frame;
mod hub;
mod stream;

use super::App;
use super::pages::board::{Filter, Known, Screen, Tally, whole};
use crate::plant::Plant;
use arc_swap::ArcSwapOption;
use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tracing::error;

/// How many messages a slow screen may be behind before it is told to start over.
const BACKLOG: usize = 256;

/// How many narrowed pictures are kept: far more than supervisors look at, and no more than an
/// address that is tried out can fill.
const KEPT: usize = 64;

/// Who listens to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    Board,
    Kiosk,
    Lists,
    Api,
}

impl Channel {
    /// The screen whose picture goes over it. A list compares the number in the heartbeat with its
    /// own and fetches itself if they differ.
    fn screen(self) -> Option<Screen> {
        match self {
            Channel::Board => Some(Screen::Board),
            Channel::Kiosk => Some(Screen::Kiosk),
            Channel::Lists | Channel::Api => None,
        }
    }
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
    known: ArcSwapOption<Known>,
    tally: ArcSwapOption<Tally>,
    /// Whether actions can be served, as of the last look.
    acts: AtomicBool,
    pages: [ArcSwapOption<Rendered>; 2],
    narrowed: Mutex<HashMap<Narrowed, Rendered>>,
}

/// What a filter makes of a screen: the whole page, or the part of it that changes.
type Narrowed = (Screen, bool, Filter);

/// A page, or a part of one, as last rendered.
struct Rendered {
    number: u64,
    second: i64,
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
            known: ArcSwapOption::empty(),
            tally,
            acts: AtomicBool::new(true),
            pages,
            narrowed: Mutex::default(),
        };
        let live = Live(Arc::new(parts));
        // Subscribed before this returns, so that nothing after the start is missed.
        let events = plant.events().subscribe();
        tokio::spawn(hub::run(live.clone(), plant.clone(), events, stop));
        live
    }

    /// A page that is the same for everybody, or for all who narrowed it alike: rendered once for
    /// each view and second.
    pub(super) fn page(&self, screen: Screen, filter: &Filter, app: &App) -> Bytes {
        if !filter.is_empty() {
            return self.narrowed((screen, true, filter.clone()), &app.plant, |tally| {
                rendered(whole(screen, tally, filter, &app.plant, &app.site))
            });
        }
        let (number, second) = moment(&app.plant);
        let kept = &self.0.pages[screen as usize];
        if let Some(page) = kept.load().as_ref().filter(|page| page.is_of(number, second)) {
            return page.html.clone();
        }
        let html = rendered(whole(screen, &self.tally(&app.plant), filter, &app.plant, &app.site));
        kept.store(Some(Arc::new(Rendered { number, second, html: html.clone() })));
        html
    }

    /// The part of a screen that changes, as it goes over a stream.
    fn picture(&self, screen: Screen, filter: &Filter, plant: &Plant) -> Bytes {
        match filter.is_empty() {
            true => frame::screen(screen, &self.tally(plant), filter, plant),
            false => self.narrowed((screen, false, filter.clone()), plant, |tally| frame::screen(screen, tally, filter, plant)),
        }
    }

    /// What was rendered for this filter in this second of this view; else what `make` renders now.
    fn narrowed(&self, key: Narrowed, plant: &Plant, make: impl FnOnce(&Tally) -> Bytes) -> Bytes {
        let (number, second) = moment(plant);
        // Nothing can panic while it is held, so a poisoned map is still whole.
        let kept = || self.0.narrowed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(html) = kept().get(&key).filter(|kept| kept.is_of(number, second)).map(|kept| kept.html.clone()) {
            return html;
        }
        let html = make(&Tally::of(&self.known(plant), &key.2));
        let mut kept = kept();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, Rendered { number, second, html: html.clone() });
        html
    }

    /// What each row says, made once for each view and day from what was known before.
    pub(super) fn known(&self, plant: &Plant) -> Arc<Known> {
        let (view, today) = (plant.view(), plant.clock().today());
        let before = self.0.known.load_full();
        if let Some(known) = before.as_ref().filter(|known| known.is_of(view.number, today)) {
            return Arc::clone(known);
        }
        let known = Arc::new(Known::of(&view, before.as_deref(), plant));
        self.0.known.store(Some(Arc::clone(&known)));
        known
    }

    /// What all the rows say, made once for each view and day.
    fn tally(&self, plant: &Plant) -> Arc<Tally> {
        let (view, today) = (plant.view(), plant.clock().today());
        if let Some(tally) = self.0.tally.load_full().filter(|tally| tally.number == view.number && tally.day == today) {
            return tally;
        }
        let tally = Arc::new(Tally::of(&self.known(plant), &Filter::default()));
        self.0.tally.store(Some(Arc::clone(&tally)));
        tally
    }

    /// Whether actions can be served, as of the last look.
    fn acts(&self) -> bool {
        self.0.acts.load(Ordering::Relaxed)
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

/// The number of the view and the second it is.
fn moment(plant: &Plant) -> (u64, i64) {
    (plant.view().number, plant.clock().now().timestamp())
}

impl Rendered {
    fn is_of(&self, number: u64, second: i64) -> bool {
        self.number == number && self.second == second
    }
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
