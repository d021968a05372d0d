//! Whose turn it is to write: a key that expires, held for one batch at a time.
//!
//! A holder that lets go says under which fence all that it sent is settled, and the next one writes
//! under the same. One that died, or was cut off, says nothing: its lease runs out, and the next one
//! replaces the fence first.

use super::super::a1::TabId;
use super::super::client::jittered;
use super::{KEPT, millis, run};
use crate::error::Cause;
use crate::redis::Link;
use redis::Script;
use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::task::AbortOnDropHandle;
use tracing::{debug, warn};
use uuid::Uuid;

static ASK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lease_ask.lua")));
static RENEW: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lease_renew.lua")));
static RELEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lease_release.lua")));

/// The name of the key, before the id of the workbook.
const KEY: &str = "spool_sheet_lease";

/// How long a turn lasts unless it is renewed (`design.md` 5.5), and how often it is. A write may take
/// longer than a lease lasts, so it is renewed also while one is on its way; a process that stands
/// still renews nothing.
const LEASE: Duration = Duration::from_secs(15);
const RENEWED: Duration = Duration::from_secs(4);

/// With less than this left nothing is sent before the lease has been renewed: `reliability.md` 1.6
/// begins no write later than 10 s after a renewal.
const LONG: Duration = Duration::from_secs(5);

/// How long one asks for a turn that another has, and how often.
const PATIENCE: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_millis(25);

/// The longest that one who had a turn stands back when others want one.
const STAND_BACK: Duration = Duration::from_secs(1);

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Lead {
    /// It was our turn before, and is.
    Still,
    /// It is our turn from now on, under this fence; `None`: replace it first.
    Ours(Option<TabId>),
    /// It is another's.
    Theirs,
}

/// One process's claim to the turns of a workbook.
pub(super) struct Lease {
    link: Link,
    key: Arc<str>,
    me: Arc<str>,
    /// Turns asked for so far. Each has a name of its own: an end that arrives late ends no later one.
    turns: u64,
    held: Option<Held>,
    /// Another one waits: not asked for before this.
    not_before: Instant,
    doubted: bool,
}

/// A turn of ours.
struct Held {
    since: Instant,
    /// When it runs out; `None` once it is lost.
    until: Arc<watch::Sender<Option<Instant>>>,
    _keeper: AbortOnDropHandle<()>,
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lease({} of {}, held: {})", self.me, self.key, self.held.is_some())
    }
}

impl Lease {
    /// The claim of a new process.
    pub(super) fn new(link: Link, book: &str) -> Lease {
        let (key, me) = (format!("{KEY}:{book}").into(), Uuid::new_v4().to_string().into());
        Lease { link, key, me, turns: 0, held: None, not_before: Instant::now(), doubted: false }
    }

    /// Asks for the turn, again and again for a little while.
    pub(super) async fn ask(&mut self) -> Result<Lead, Cause> {
        if self.left() > Duration::ZERO {
            return Ok(Lead::Still);
        }
        self.held = None;
        self.turns += 1;
        sleep_until(self.not_before).await;
        let patience = Instant::now() + PATIENCE;
        loop {
            let asked = Instant::now();
            let mut script = ASK.key(&*self.key);
            let (ours, told): (bool, String) = run(&self.link, script.arg(&*self.me).arg(millis(LEASE)).arg(self.turns)).await?;
            if ours {
                self.hold(asked);
                let doubted = std::mem::take(&mut self.doubted);
                return Ok(Lead::Ours(told.parse().ok().map(TabId).filter(|_| !doubted)));
            }
            if Instant::now() >= patience {
                return Ok(Lead::Theirs);
            }
            sleep(jittered(AGAIN)).await;
        }
    }

    fn hold(&mut self, asked: Instant) {
        let until = Arc::new(watch::Sender::new(Some(asked + LEASE)));
        let keeper = keep(self.link.clone(), Arc::clone(&self.key), self.turn(), Arc::clone(&until));
        self.held = Some(Held { since: asked, until, _keeper: AbortOnDropHandle::new(tokio::spawn(keeper)) });
    }

    /// The name of our last turn.
    fn turn(&self) -> String {
        format!("{}:{}", self.me, self.turns)
    }

    fn left(&self) -> Duration {
        let until = self.held.as_ref().and_then(|held| *held.until.borrow());
        until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }

    /// Whether so much of the turn is left that a write may begin.
    pub(super) fn is_long(&self) -> bool {
        self.left() >= LONG
    }

    /// Renews the turn now; whether it still is ours.
    pub(super) async fn renewed(&mut self) -> bool {
        let Some(held) = &self.held else { return false };
        match renew(&self.link, &self.key, &self.turn()).await {
            Ok(until) => held.until.send_replace(until).is_some() && until.is_some(),
            Err(error) => {
                debug!(%error, "the turn to write was not renewed");
                false
            }
        }
    }

    /// Ends the turn. If others want one, we stand back for as long as ours took: one of them gets it.
    pub(super) async fn release(&mut self, fence: Option<TabId>) {
        let Some(held) = self.held.take() else { return };
        let took = held.since.elapsed();
        drop(held);
        let fence = fence.map(|fence| fence.0.to_string()).unwrap_or_default();
        let mut script = RELEASE.key(&*self.key);
        match run(&self.link, script.arg(self.turn()).arg(fence).arg(millis(KEPT))).await {
            Ok(true) => self.not_before = Instant::now() + took.min(STAND_BACK),
            Ok(false) => {}
            Err(error) => warn!(%error, "the turn to write was not ended; it runs out"),
        }
    }

    /// Lets the next turn begin with another fence.
    pub(super) fn doubt(&mut self) {
        self.doubted = true;
    }
}

/// Until when the lease lasts after having been renewed; `None` when it is not ours any more.
async fn renew(link: &Link, key: &str, turn: &str) -> Result<Option<Instant>, Cause> {
    let asked = Instant::now();
    let mut script = RENEW.key(key);
    let ours: bool = run(link, script.arg(turn).arg(millis(LEASE))).await?;
    Ok(ours.then(|| asked + LEASE))
}

/// Renews a lease for as long as it is held.
async fn keep(link: Link, key: Arc<str>, turn: String, until: Arc<watch::Sender<Option<Instant>>>) {
    loop {
        sleep(RENEWED).await;
        match renew(&link, &key, &turn).await {
            Ok(Some(later)) => _ = until.send_replace(Some(later)),
            Ok(None) => {
                warn!("the turn to write was lost");
                until.send_replace(None);
                return;
            }
            Err(error) => debug!(%error, "the turn to write was not renewed"),
        }
    }
}
