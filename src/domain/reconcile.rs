//! Which side wins when a lock and a row disagree: the row owns, the lock follows.

use super::spool::Spool;
use super::worker::WorkerId;
use std::time::Duration;

/// A lock younger than this may belong to a TAKE that is on its way (`design.md` 4).
pub const IN_FLIGHT: Duration = Duration::from_secs(60);

/// What is to be done about the lock of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Lock and row agree, or the difference may be an action on its way.
    Leave,
    /// The row is occupied and has no lock: make one for its owner.
    Create(WorkerId),
    /// The lock is another's than the row's owner: swap it.
    Replace(WorkerId),
    /// The row is free and the lock is old: remove it.
    Remove,
}

/// Judges one row against its lock, given as the lock's worker and age.
pub fn judge(spool: &Spool, lock: Option<(WorkerId, Duration)>) -> Verdict {
    if spool.unreadable().is_some() {
        return Verdict::Leave;
    }
    match (&spool.occupation, lock) {
        (Some(owner), None) => Verdict::Create(owner.worker),
        (Some(owner), Some((holder, _))) if owner.worker == holder => Verdict::Leave,
        (Some(owner), Some((_, age))) if age > IN_FLIGHT => Verdict::Replace(owner.worker),
        (None, Some((_, age))) if age > IN_FLIGHT => Verdict::Remove,
        _ => Verdict::Leave,
    }
}
