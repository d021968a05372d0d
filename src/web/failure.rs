//! Error -> status, code and sentence; the only place that knows statuses.

use crate::error::Error;
use axum::http::StatusCode;

/// A failure as both faces show it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The status.
    pub status: StatusCode,
    /// The code of `domain.md` 11, such as `SPOOL_OCCUPIED`.
    pub code: &'static str,
    /// One clear Spanish sentence: what happened, who has it, what to do now.
    pub message: String,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Failure {
        Failure { status: StatusCode::INTERNAL_SERVER_ERROR, code: "ERROR_INTERNO", message: error.to_string() }
    }
}
