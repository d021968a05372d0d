//! What can be wrong with a row.

use super::column::Column;

/// How bad it is (`design.md` 5.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// A cell that cannot be read: the row is listed and not actionable.
    Error,
    /// A contradiction, a filler or an old name: listed, and actionable where the state is clear.
    Warning,
}

impl Level {
    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "aviso",
        }
    }
}

/// The kinds of problem; the sentences are the screens' business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Kind {
    NoColumn,
    BadTag,
    NotADate,
    NotAWorker,
    NotText,
    Formula,
    Filler,
    UnknownName,
    DateWithoutWorker,
    WeldedBeforeFitted,
    InspectedBeforeWelded,
    ApprovalDateAgainstText,
    ApprovedWithoutDate,
    RepairBeforeWelded,
    RepairWithoutOccupant,
    OccupiedWithoutSince,
    SinceWithoutOccupant,
    OccupiedWithoutOperation,
    OccupiedAndDone,
    TwoOperationsOpen,
}

/// One thing that is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub column: Column,
    /// What stands there.
    pub value: String,
    /// How bad.
    pub level: Level,
    /// What is wrong.
    pub kind: Kind,
}
