//! The one task that follows the plant: events as they come, and hands in the workbook by looking
//! whether the view has changed.

use super::{Channel, Live, Push, frame};
use crate::domain::{Action, Column, Spool, WorkerId};
use crate::events::{Receiver, SpoolChanged};
use crate::plant::Plant;
use crate::web::pages::board::{Filter, Screen, Tally};
use crate::words::{self, Obstacle};
use crate::workbook::View;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

/// Changes within this time are one picture.
const BURST: Duration = Duration::from_millis(50);

/// How often the view is looked at for what no event told: with a reading every 5 s somewhere, a
/// hand in the workbook is on every screen within 7 s (`reliability.md` 7, I7).
const LOOK: Duration = Duration::from_millis(500);

/// How often boards are painted although nothing changed: what waits grows older.
const AGING: i64 = 15 * 60;

/// How often each stream says that it lives (`field-failures.md` E3).
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What the hub remembers.
struct Hub {
    live: Live,
    plant: Plant,
    /// The view that the lists know of.
    known: Arc<View>,
    /// Rows that were told of since the last look, as they were shown then: another process's event may
    /// come before its change has been read here.
    told: HashMap<Arc<str>, Option<Arc<Spool>>>,
    /// What boards and walls show, with how many are overdue and in which quarter of an hour.
    shown: Option<(Arc<Tally>, usize, i64)>,
    /// When the next picture is due.
    due: Option<Instant>,
}

/// Follows the plant until `stop`.
pub(super) async fn run(live: Live, plant: Plant, mut events: Receiver, stop: CancellationToken) {
    let known = plant.view();
    let mut hub = Hub { live, plant, known, told: HashMap::new(), shown: None, due: None };
    let (mut look, mut beat) = (interval(LOOK), interval(HEARTBEAT));
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let due = hub.due.unwrap_or_else(|| Instant::now() + HEARTBEAT);
        tokio::select! {
            () = stop.cancelled() => return,
            event = events.recv() => match event {
                Ok(changed) => hub.tell(&changed),
                Err(RecvError::Lagged(_)) => hub.start_over(),
                Err(RecvError::Closed) => return,
            },
            () = sleep_until(due) => hub.paint(),
            _ = look.tick() => {
                if hub.plant.metrics().streams.get() > 0 {
                    hub.plant.workbook().watched();
                }
                hub.look();
                hub.feel().await;
            }
            _ = beat.tick() => hub.beat(),
        }
    }
}

impl Hub {
    /// Passes an event on, and has the next picture painted.
    fn tell(&mut self, changed: &SpoolChanged) {
        let spool = self.plant.view().get(&changed.id).cloned();
        let version = spool.as_ref().and_then(|spool| spool.version.as_deref());
        let now = self.plant.clock().now();
        let which = spool.as_deref().and_then(words::which).map(|which| format!(" {which}")).unwrap_or_default();
        let loss = changed.loss().map(|(worker, how)| (worker, words::refusal_at(&how, now) + &which));
        let loser = loss.as_ref().map(|(worker, _)| *worker);
        let card = frame::card(&changed.id, spool.as_deref(), version, loss);
        if let Some(loser) = loser {
            // He may look at the board meanwhile.
            self.live.send(Channel::Board, Push::For(loser, card.clone()));
        }
        self.live.send(Channel::Lists, Push::Frame(card));
        self.told.insert(Arc::clone(&changed.id), spool);
        self.live.send(Channel::Api, Push::Frame(frame::update(changed)));
        self.due.get_or_insert_with(|| Instant::now() + BURST);
    }

    /// Events were lost: lists fetch everything again, the picture is painted.
    fn start_over(&mut self) {
        self.live.send(Channel::Lists, Push::Frame(frame::resync()));
        self.live.send(Channel::Api, Push::Frame(frame::resync()));
        self.due.get_or_insert_with(|| Instant::now() + BURST);
    }

    /// Finds what changed without an event: the office's hand, or a process that could not tell.
    fn look(&mut self) {
        let told = std::mem::take(&mut self.told);
        let view = self.plant.view();
        if view.number != self.known.number {
            let is_told = |spool: &Arc<Spool>| {
                told.get(spool.id()).is_some_and(|shown| shown.as_ref().is_some_and(|shown| shown.row == spool.row))
            };
            let changed: Vec<&Arc<Spool>> =
                view.others_than(&self.known).filter(|spool| differs(&self.known, spool) && !is_told(spool)).collect();
            // A sheet that was filled anew is a new list, not a thousand changes; and no card is left of a row
            // that is gone or has another name.
            let gone = self.known.others_than(&view).any(|spool| view.get(spool.id()).is_none());
            if gone || changed.len() > super::BACKLOG / 2 {
                self.live.send(Channel::Lists, Push::Frame(frame::resync()));
            }
            if changed.len() <= super::BACKLOG / 2 {
                for spool in changed {
                    self.live.send(Channel::Lists, Push::Frame(frame::card(spool.id(), Some(spool), None, None)));
                    self.live.send(Channel::Api, Push::Frame(frame::update(&by_hand(spool, &self.plant))));
                }
            }
            self.known = view;
        }
        // Also when nothing changed: an occupation may have become overdue.
        self.paint();
    }

    /// Renders boards and walls, if they would look different and somebody looks.
    fn paint(&mut self) {
        self.due = None;
        let tally = self.live.tally(&self.plant);
        let (overdue, age) = (tally.overdue(&self.plant), self.plant.clock().now().timestamp() / AGING);
        let is_shown = |(shown, late, then): &(Arc<Tally>, usize, i64)| (*late, *then) == (overdue, age) && same(&tally, shown);
        if self.shown.as_ref().is_some_and(is_shown) {
            return;
        }
        for (channel, screen) in [(Channel::Board, Screen::Board), (Channel::Kiosk, Screen::Kiosk)] {
            if self.live.channel(channel).receiver_count() > 0 {
                self.live.send(channel, Push::Frame(frame::screen(screen, &tally, &Filter::default(), &self.plant)));
            }
        }
        self.shown = Some((tally, overdue, age));
    }

    /// Finds out whether actions can be served; when that changes the screens are told at once.
    async fn feel(&self) {
        let found = obstacle(&self.plant).await.map(|found| Arc::new(words::obstacle(&found)));
        if self.live.0.obstacle.swap(found.clone()) != found {
            self.beat();
        }
    }

    fn beat(&self) {
        for channel in [Channel::Board, Channel::Kiosk, Channel::Lists, Channel::Api] {
            self.live.send(channel, Push::Beat);
        }
    }
}

/// What stands in the way of every action now, if anything does.
async fn obstacle(plant: &Plant) -> Option<Obstacle> {
    let status = plant.workbook().status();
    let missing: Vec<Column> = plant.view().missing.iter().copied().filter(|column| column.is_critical()).collect();
    match status.writable {
        Ok(()) => plant.locks().health().await.latency.err().map(|_| Obstacle::Locks),
        Err(_) if !missing.is_empty() => Some(Obstacle::Columns(missing)),
        // The words of the embedded record are for a log.
        Err(why) => Some(Obstacle::Workbook(Some(why).filter(|_| status.adapter == "sheets"))),
    }
}

fn same(one: &Arc<Tally>, other: &Arc<Tally>) -> bool {
    Arc::ptr_eq(one, other) || one.looks_like(other)
}

fn differs(known: &View, spool: &Arc<Spool>) -> bool {
    match known.get(spool.id()) {
        Some(before) => !Arc::ptr_eq(before, spool) && (before.row != spool.row || before.help != spool.help),
        None => true,
    }
}

/// A change that nobody announced.
fn by_hand(spool: &Spool, plant: &Plant) -> SpoolChanged {
    let holder = spool.occupation.as_ref();
    SpoolChanged {
        id: Arc::clone(&spool.identity.id),
        tag: spool.tag().to_string(),
        action: Action::Other,
        operation: holder.and_then(|holder| holder.operation),
        worker: holder.map_or(WorkerId::SYSTEM, |holder| holder.worker),
        worker_name: holder.map_or_else(String::new, |holder| holder.name.clone()),
        previous: None,
        reason: None,
        detail: spool.detail.clone(),
        at: Some(plant.clock().now()),
    }
}
