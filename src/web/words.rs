//! Every Spanish sentence that is not in a template, in one place.

use crate::domain::Refusal;
use crate::plant::Done;

/// What a refusal says to the person: what is wrong, who has it, what to do now.
pub fn refusal(refusal: &Refusal) -> String {
    format!("{refusal:?}")
}

/// What a success says: the operation, the spool, and how far it has come.
pub fn done(done: &Done) -> String {
    format!("{}", done.spool.tag())
}
