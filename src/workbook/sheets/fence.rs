//! The fence: one hidden tab whose random id every batch names, so that no batch of the past can
//! ever be applied once the tab has been replaced (`reliability.md` 1.5).

use super::a1::TabId;
use super::budget::{Budget, Need};
use super::client::{Book, Client, Failed, Part, jittered};
use crate::broken::{Safety, lacks};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{error, warn};
use uuid::Uuid;

/// How the title of a fence begins; the rest is the id of the attempt that made it.
const TITLE: &str = "_fence_";

/// The id of the tab that is the base of the first rotation, and never authorises a write.
const FIRST: TabId = TabId(777_000_777);

/// So many rotations in so long, and then a pause: two holders must not wear each other out. It is not
/// the three of `reliability.md` 1.6: a workbook without a fence takes two for the first, and on a bad
/// line, where a tenth of fifty batches a minute is doubtful, each of five takes one. What keeps holders
/// apart is the lease, or without Redis the pause of whoever is fenced out.
const ROTATIONS: (usize, Duration) = (6, Duration::from_secs(60));

/// Why the fence is not ours.
#[derive(Debug, Clone)]
pub(super) enum NoFence {
    /// Google refused, or could not be asked.
    Failed(Failed),
    /// It was not settled in time.
    Late,
    /// Too many rotations: writing must pause.
    Unrest,
    /// Somebody deleted the tab while we held it: a pause, so that nothing is in flight.
    Vanished,
}

/// What this process knows of the fence.
#[derive(Debug, Default)]
pub(super) struct Fence {
    held: Option<TabId>,
    /// One was held by this process.
    known: bool,
    rotations: VecDeque<Instant>,
    /// How many this process has begun to make that were to authorise a write.
    begun: i32,
}

/// The fences among the tabs.
pub(super) fn fences(book: &Book) -> Vec<TabId> {
    book.tabs.iter().filter(|tab| tab.title.starts_with(TITLE)).map(|tab| tab.id).collect()
}

impl Fence {
    /// The tab that our batches name, once its being the only one has been seen.
    pub(super) fn held(&self) -> Option<TabId> {
        self.held
    }

    /// Writes under the fence that another process has left, and vouches for.
    pub(super) fn adopt(&mut self, left: Option<TabId>) {
        self.held = left;
        self.known |= left.is_some();
    }

    /// Whether this process has ever had one.
    pub(super) fn is_known(&self) -> bool {
        self.known
    }

    /// Writes nothing under it any more.
    pub(super) fn drop_it(&mut self) {
        self.held = None;
    }

    /// After a pause in which nothing was sent, a fence that is gone is made anew.
    pub(super) fn forget(&mut self) {
        self.known = false;
    }

    /// Replaces the fence by one of our own. Afterwards no batch that was sent before can ever be
    /// applied, and what is read is final.
    pub(super) async fn take_over(&mut self, client: &Client, budget: &mut Budget, deadline: Instant) -> Result<(), NoFence> {
        if lacks(Safety::Fence) && self.held.is_some() {
            return Ok(());
        }
        self.held = None;
        // Cut off in the middle it is like a rotation whose reply was lost: the next one looks again.
        timeout_at(deadline, self.rotate(client, budget)).await.unwrap_or(Err(NoFence::Late))
    }

    async fn rotate(&mut self, client: &Client, budget: &mut Budget) -> Result<(), NoFence> {
        let mut found = fences(&list(client, budget).await?);
        loop {
            self.rotations.retain(|at| at.elapsed() < ROTATIONS.1);
            if self.rotations.len() >= ROTATIONS.0 {
                return Err(NoFence::Unrest);
            }
            self.rotations.push_back(Instant::now());
            client.metrics().rotations.inc();
            if found.is_empty() && self.known {
                error!("the fence is gone from the workbook");
                return Err(NoFence::Vanished);
            }
            let attempt = Uuid::new_v4();
            let mine = match found.is_empty() {
                true => FIRST,
                false => {
                    self.begun = self.begun.saturating_add(1);
                    if lacks(Safety::Random) { TabId(FIRST.0 + self.begun) } else { random(attempt) }
                }
            };
            let mut parts: Vec<Part> = found.iter().map(|tab| Part::DeleteTab(*tab)).collect();
            parts.push(Part::AddTab { id: mine, title: format!("{TITLE}{attempt}") });
            budget.writes.take(Need::Fence).await;
            if let Err(failed) = client.batch_update(&parts, &[]).await {
                use super::client::Reason;
                match &failed {
                    // Refused by who was first, or without a known outcome: the list tells.
                    Failed::NotApplied(Reason::BadRequest { .. }) | Failed::Doubtful(_) => {}
                    Failed::NotApplied(Reason::Quota { retry_after }) => {
                        budget.writes.empty(retry_after.unwrap_or(jittered(Duration::from_secs(8))));
                    }
                    Failed::NotApplied(_) => return Err(NoFence::Failed(failed)),
                }
                warn!(?failed, "a rotation of the fence was not confirmed");
            }
            found = fences(&list(client, budget).await?);
            if found == [mine] && mine != FIRST {
                (self.held, self.known) = (Some(mine), true);
                return Ok(());
            }
        }
    }
}

/// The tabs as they are now, asked for until an answer comes.
async fn list(client: &Client, budget: &mut Budget) -> Result<Book, NoFence> {
    use super::client::Reason;
    let mut pause = Duration::from_millis(250);
    loop {
        budget.reads.take(Need::Fence).await;
        match client.get().await {
            Ok(book) => return Ok(book),
            Err(Failed::NotApplied(Reason::Quota { retry_after })) => {
                budget.reads.empty(retry_after.unwrap_or(jittered(Duration::from_secs(8))));
            }
            Err(Failed::NotApplied(Reason::Unreachable(_)) | Failed::Doubtful(_)) => {
                sleep(jittered(pause)).await;
                pause = (pause * 2).min(Duration::from_secs(4));
            }
            Err(failed) => return Err(NoFence::Failed(failed)),
        }
    }
}

/// Thirty random bits, of which no attempt will ever have the same.
fn random(attempt: Uuid) -> TabId {
    let [a, b, c, d, ..] = *attempt.as_bytes();
    TabId((i32::from_be_bytes([a & 0x3F, b, c, d])).max(1))
}
