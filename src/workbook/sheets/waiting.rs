//! A change that waits, and who waits for it.

use crate::domain::Change;
use crate::error::Error;
use crate::workbook::Applied;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::sync::oneshot;

const WAITS: u8 = 0;
const SENT: u8 = 1;
const WITHDRAWN: u8 = 2;

/// Whether a change has entered a batch or was withdrawn: it can be one of them only.
#[derive(Debug, Clone, Default)]
pub(super) struct Ticket(Arc<AtomicU8>);

impl Ticket {
    fn turn(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Enters a batch, unless it was withdrawn.
    pub(super) fn enter(&self) -> bool {
        self.turn(WAITS, SENT)
    }

    /// Waits again: the batch it was in was certainly not applied.
    pub(super) fn leave(&self) {
        self.turn(SENT, WAITS);
    }

    /// Is withdrawn, unless it is in a batch.
    pub(super) fn withdraw(&self) -> bool {
        self.turn(WAITS, WITHDRAWN)
    }

    /// Whether nobody waits for it any more.
    pub(super) fn is_withdrawn(&self) -> bool {
        self.0.load(Ordering::Acquire) == WITHDRAWN
    }
}

/// A change that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) change: Change,
    pub(super) ticket: Ticket,
    pub(super) answer: oneshot::Sender<Result<Applied, Error>>,
}

impl Waiting {
    /// A change of somebody who is gone.
    pub(super) fn by_nobody(change: Change) -> Waiting {
        Waiting { change, ticket: Ticket::default(), answer: oneshot::channel().0 }
    }

    /// Answers, and goes on without anybody who waits.
    pub(super) fn tell_already(&mut self, answer: Result<Applied, Error>) {
        let (nobody, _) = oneshot::channel();
        let _ = std::mem::replace(&mut self.answer, nobody).send(answer);
    }

    /// Answers. Whoever asked may have hung up: what has landed has landed.
    pub(super) fn tell(self, answer: Result<Applied, Error>) {
        let _ = self.answer.send(answer);
    }
}
