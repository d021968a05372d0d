//! The port: where it is kept who may come in.

use super::book::Kept;
use crate::error::Cause;
use async_trait::async_trait;

/// Entries by key, changed one at a time and only as they were seen. One change is durable before it
/// is answered, and is seen by every process of the plant.
#[async_trait]
pub trait Register: Send + Sync {
    /// Another number whenever [`all`](Self::all) may give something else.
    async fn number(&self) -> Result<u64, Cause>;

    /// Every entry but tries, and the number of that moment.
    async fn all(&self) -> Result<(u64, Vec<(String, String)>), Cause>;

    /// One entry, as it is now.
    async fn get(&self, key: &str) -> Result<Option<String>, Cause>;

    /// Puts `text` (`None`: nothing) in the place of `known` (`None`: nothing); `false` when something
    /// else is there.
    async fn swap(&self, key: &str, known: Option<&str>, text: Option<&str>) -> Result<bool, Cause>;

    /// Whether what is put here is still there after the power was cut.
    ///
    /// # Errors
    /// Why it is not, in words for an operator.
    async fn lasting(&self) -> Result<(), Cause>;
}

/// Whether an entry is read only by its key: whoever guesses at the door makes nobody read everything again.
pub(super) fn is_quiet(key: &str) -> bool {
    key.split('/').next() == Some(super::rules::Tries::KIND)
}
