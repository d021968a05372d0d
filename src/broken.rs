//! Builds that leave one safety out, to show that the history checker notices (`reliability.md` 7).
//!
//! Only with the feature `broken`, and there only in a process that asks for it, is anything ever
//! left out. Without the feature `lacks` is the constant `false`.

use crate::domain::{Act, Spool};
use std::borrow::Cow;

/// A safety that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// The fence: batches name it, and a doubtful one replaces it.
    Fence,
    /// A batch without a known outcome is never sent again.
    Doubt,
    /// The reply of a batch is compared before anybody is answered.
    Tag,
    /// The row owns, whoever got the lock.
    Row,
    /// The id of a fence is random: without it each process counts its own, from the same beginning, and
    /// names what a past holder's late batch names, too.
    Random,
}

impl Safety {
    /// Each by the name of the build that lacks it.
    pub const ALL: [(&'static str, Safety); 5] = [
        ("no-fence", Safety::Fence),
        ("blind-resend", Safety::Doubt),
        ("no-tag-check", Safety::Tag),
        ("lock-as-truth", Safety::Row),
        ("fence-by-counter", Safety::Random),
    ];
}

#[cfg(feature = "broken")]
static LACKING: std::sync::OnceLock<Safety> = std::sync::OnceLock::new();

/// This process leaves a safety out from now on, and no other one.
#[cfg(feature = "broken")]
pub fn leave_out(safety: Safety) {
    LACKING.get_or_init(|| safety);
}

/// Whether this process leaves it out.
#[cfg(feature = "broken")]
pub(crate) fn lacks(safety: Safety) -> bool {
    LACKING.get() == Some(&safety)
}

/// Nothing is left out.
#[cfg(not(feature = "broken"))]
pub(crate) const fn lacks(_: Safety) -> bool {
    false
}

/// A row as an act sees it: as it is. Without [`Safety::Row`] it is free for whoever got its lock.
pub(crate) fn seen<'a>(spool: &'a Spool, act: &Act) -> Cow<'a, Spool> {
    let holder = spool.occupation.as_ref().map(|holder| holder.worker);
    match act {
        Act::Take { worker, .. } if lacks(Safety::Row) && holder != Some(worker.id) => {
            Cow::Owned(Spool { occupation: None, ..spool.clone() })
        }
        _ => Cow::Borrowed(spool),
    }
}
