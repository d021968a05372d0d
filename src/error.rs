//! What can fail outside the rules; a rule's own "no" travels inside as a [`Refusal`].

use crate::domain::Refusal;
use crate::domain::problem::Kind;
use std::fmt;

/// The collaborators that can be away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// The plant's record.
    Workbook,
    /// Who holds a spool now.
    Locks,
    /// The channel to the screens.
    Events,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Service::Workbook => "workbook",
            Service::Locks => "locks",
            Service::Events => "events",
        })
    }
}

/// The cause beneath an error, for the log and never for a tablet.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// An error with all that lies beneath it, in one line.
pub fn in_full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ").replace('\n', " ")
}

/// Why a use case did not end as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The plant said no.
    #[error("refused: {0:?}")]
    Refused(Box<Refusal>),
    /// The row kept changing under the change, also after the bounded retries. Nothing was written.
    #[error("the row changed while it was being decided on")]
    Conflict,
    /// A collaborator cannot be reached or is over its quota. Nothing was written.
    #[error("{service} unavailable")]
    Unavailable {
        /// Which one.
        service: Service,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The change waited longer than its deadline and was withdrawn. Nothing was written.
    #[error("withdrawn: it waited too long to be written")]
    Withdrawn,
    /// The change was sent and its outcome is not known.
    #[error("sent, with an unknown outcome")]
    OutcomeUnknown,
    /// A bug: something that the types do not rule out and should never be.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        // No row is to blame for it, and trying again will help (`design.md` 5.6).
        if let Refusal::Unreadable { problem, .. } = &refusal
            && problem.kind == Kind::NoColumn
        {
            return Error::unavailable(Service::Workbook, format!("the sheet lacks {}", problem.column.header()));
        }
        Error::Refused(Box::new(refusal))
    }
}

impl Error {
    /// A collaborator that cannot be reached, with the cause.
    pub fn unavailable(service: Service, source: impl Into<Cause>) -> Error {
        Error::Unavailable { service, source: source.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_lies_beneath_an_error_is_one_line() {
        let error = Error::unavailable(Service::Workbook, std::io::Error::other("disk\nfull"));
        assert_eq!(in_full(&error), "workbook unavailable: disk full");
    }
}
