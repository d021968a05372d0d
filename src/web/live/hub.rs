//! The one task that follows the plant: events as they come, and hands in the workbook by looking
//! whether the view has changed.

use super::{Channel, Live, Push, frame};
use crate::domain::{Action, Spool, WorkerId};
use crate::events::{Receiver, SpoolChanged};
use crate::plant::Plant;
use crate::web::pages::board::{Screen, Tally};
use crate::workbook::View;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

/// Changes within this time are one picture.
const BURST: Duration = Duration::from_millis(50);

/// How often the view is looked at for what no event told.
const LOOK: Duration = Duration::from_secs(1);

/// How often each stream says that it lives (`field-failures.md` E3).
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What the hub remembers.
struct Hub {
    live: Live,
    plant: Plant,
    /// The view that the lists know of.
    known: Arc<View>,
    /// Rows that were told of since the last look.
    told: HashSet<Arc<str>>,
    /// What boards and walls show, with how many are overdue.
    shown: Option<(Arc<Tally>, usize)>,
    /// When the next picture is due.
    due: Option<Instant>,
}

/// Follows the plant until `stop`.
pub(super) async fn run(live: Live, plant: Plant, mut events: Receiver, stop: CancellationToken) {
    let known = plant.view();
    let mut hub = Hub { live, plant, known, told: HashSet::new(), shown: None, due: None };
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
        self.told.insert(Arc::clone(&changed.id));
        let view = self.plant.view();
        let spool = view.get(&changed.id).map(|spool| &**spool);
        let version = spool.and_then(|spool| spool.version.as_deref());
        self.live.send(Channel::Lists, Push::Frame(frame::card(&changed.id, spool, version)));
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
            let changed: Vec<&Arc<Spool>> =
                view.spools.iter().filter(|spool| differs(&self.known, spool) && !told.contains(&spool.identity.id)).collect();
            // A sheet that was sorted or filled anew is a new list, not a thousand changes.
            if changed.len() > super::BACKLOG / 2 {
                self.live.send(Channel::Lists, Push::Frame(frame::resync()));
            } else {
                for spool in changed {
                    self.live.send(Channel::Lists, Push::Frame(frame::card(spool.id(), Some(spool), None)));
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
        let overdue = tally.overdue(&self.plant);
        if self.shown.as_ref().is_some_and(|(shown, late)| *late == overdue && same(&tally, shown)) {
            return;
        }
        for (channel, screen) in [(Channel::Board, Screen::Board), (Channel::Kiosk, Screen::Kiosk)] {
            if self.live.channel(channel).receiver_count() > 0 {
                self.live.send(channel, Push::Frame(frame::screen(screen, &tally, &self.plant)));
            }
        }
        self.shown = Some((tally, overdue));
    }

    /// Finds out whether actions can be served; when that changes the screens are told at once.
    async fn feel(&self) {
        let writable = self.plant.workbook().status().writable.is_ok();
        let acts = writable && self.plant.locks().health().await.latency.is_ok();
        if self.live.0.acts.swap(acts, Ordering::Relaxed) != acts {
            self.beat();
        }
    }

    fn beat(&self) {
        for channel in [Channel::Board, Channel::Kiosk, Channel::Lists, Channel::Api] {
            self.live.send(channel, Push::Beat);
        }
    }
}

fn same(one: &Arc<Tally>, other: &Arc<Tally>) -> bool {
    Arc::ptr_eq(one, other) || one.looks_like(other)
}

fn differs(known: &View, spool: &Arc<Spool>) -> bool {
    match known.get(spool.id()) {
        Some(before) => !Arc::ptr_eq(before, spool) && before.row != spool.row,
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
        detail: spool.detail.clone(),
        at: Some(plant.clock().now()),
    }
}
