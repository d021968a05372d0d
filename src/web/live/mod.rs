//! The streams to the screens. One hub a process follows the plant: what is the same for everybody
//! is rendered once for each change and sent to all as shared bytes; worker lists are told *that* a
//! spool changed.

mod frame;
mod hub;
mod stream;

use super::App;
use super::caller::Needs;
use super::layers::packed;
use super::pages::board::{Filter, Known, Screen, Tally, whole};
use crate::domain::WorkerId;
use crate::plant::Plant;
use crate::trail::TABLETS;
use arc_swap::ArcSwapOption;
use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OnceCell, broadcast};
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
    /// What is asked of whoever listens.
    fn needs(self) -> Needs {
        match self {
            Channel::Board | Channel::Lists => Needs::Tablet,
            Channel::Kiosk => Needs::Wall,
            Channel::Api => Needs::Read,
        }
    }

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
    /// A frame for the screens that one worker opened, and for nobody else's.
    For(WorkerId, Bytes),
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
    /// Why actions cannot be served, as of the last look.
    obstacle: ArcSwapOption<String>,
    pages: [ArcSwapOption<Rendered>; 2],
    narrowed: Mutex<HashMap<Narrowed, Rendered>>,
    /// How many streams each tablet has open here.
    following: Mutex<HashMap<String, usize>>,
}

/// What a filter makes of a screen: the whole page, or the part of it that changes.
type Narrowed = (Screen, bool, Filter);

/// What a rendered page is true for: the view's number, the second, and why nobody may act.
type State = (u64, i64, Option<Arc<String>>);

/// A page, or a part of one, as last rendered.
struct Rendered {
    of: State,
    page: Arc<Page>,
}

/// A page that is the same for everybody, packed once for all whose browser takes it so.
pub(super) struct Page {
    pub(super) html: Bytes,
    gzip: OnceCell<Option<Bytes>>,
}

impl Page {
    fn new(html: Bytes) -> Arc<Page> {
        Arc::new(Page { html, gzip: OnceCell::new() })
    }

    /// The page as gzip, if it is worth packing.
    pub(super) async fn packed(&self) -> Option<Bytes> {
        self.gzip.get_or_init(|| packed(self.html.clone())).await.clone()
    }
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
            obstacle: ArcSwapOption::empty(),
            pages,
            narrowed: Mutex::default(),
            following: Mutex::default(),
        };
        let live = Live(Arc::new(parts));
        // Subscribed before this returns, so that nothing after the start is missed.
        let events = plant.events().subscribe();
        tokio::spawn(hub::run(live.clone(), plant.clone(), events, stop));
        live
    }

    /// A page that is the same for everybody, or for all who narrowed it alike: rendered once for
    /// each view and second, and anew when actions begin or cease to be served.
    pub(super) fn page(&self, screen: Screen, filter: &Filter, app: &App) -> Arc<Page> {
        if !filter.is_empty() {
            let make = |tally: &Tally| rendered(whole(screen, tally, filter, &app.plant, &app.site));
            return match filter.is_of_somebody() {
                // He opens it once; what follows is the picture that he shares.
                true => Page::new(make(&self.tally_of(filter, &app.plant))),
                false => self.narrowed((screen, true, filter.clone()), &app.plant, make),
            };
        }
        let (of, kept) = (self.state(&app.plant), &self.0.pages[screen as usize]);
        if let Some(kept) = kept.load().as_ref().filter(|kept| kept.of == of) {
            return Arc::clone(&kept.page);
        }
        let page = Page::new(rendered(whole(screen, &self.tally(&app.plant), filter, &app.plant, &app.site)));
        kept.store(Some(Arc::new(Rendered { of, page: Arc::clone(&page) })));
        page
    }

    /// The part of a screen that changes, as it goes over a stream. Boards that workers opened from their lists are one
    /// picture: each gets it with his own number in its addresses.
    fn picture(&self, screen: Screen, filter: &Filter, plant: &Plant) -> Bytes {
        if filter.is_empty() {
            return frame::screen(screen, &self.tally(plant), filter, plant);
        }
        let anybodys = filter.anybodys();
        let of_this = |tally: &Tally| frame::screen(screen, tally, &anybodys, plant);
        filter.his(&self.narrowed((screen, false, anybodys.clone()), plant, of_this).html)
    }

    /// What was rendered for this filter in this second of this view; else what `make` renders now.
    fn narrowed(&self, key: Narrowed, plant: &Plant, make: impl FnOnce(&Tally) -> Bytes) -> Arc<Page> {
        let of = self.state(plant);
        // Nothing can panic while it is held, so a poisoned map is still whole.
        let kept = || self.0.narrowed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = kept().get(&key).filter(|kept| kept.of == of).map(|kept| Arc::clone(&kept.page)) {
            return page;
        }
        let page = Page::new(make(&self.tally_of(&key.2, plant)));
        let mut kept = kept();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, Rendered { of, page: Arc::clone(&page) });
        page
    }

    fn state(&self, plant: &Plant) -> State {
        (plant.view().number, plant.clock().now().timestamp(), self.obstacle())
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

    /// What the rows say that a filter lets through.
    fn tally_of(&self, filter: &Filter, plant: &Plant) -> Arc<Tally> {
        match filter.narrows() {
            true => Arc::new(Tally::of(&self.known(plant), filter)),
            false => self.tally(plant),
        }
    }

    /// Why actions cannot be served, as of the last look: a sentence for everybody.
    pub(super) fn obstacle(&self) -> Option<Arc<String>> {
        self.0.obstacle.load_full()
    }

    /// The tablets that have a stream open here, by which they are heard whatever is done on them.
    pub(super) fn followers(&self) -> Vec<String> {
        self.following().keys().take(TABLETS).cloned().collect()
    }

    /// Nothing can panic while it is held, so a poisoned map is still whole.
    fn following(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.following.lock().unwrap_or_else(PoisonError::into_inner)
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
///
/// A wall is dim, and says since when, half a minute after the last reading where none succeeds any more. One that is
/// only late is no outage: of several processes each reads the more seldom, and hardly at all while nobody looks; then
/// it is two minutes.
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

#[cfg(test)]
mod tests;
