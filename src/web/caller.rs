//! Who asks, and what he may: one layer says it for every request, one table says what each route
//! wants (`reliability.md` 6, `field-failures.md` H4).
//!
//! A route that is not in the table lets nobody in once the door is closed.

pub(super) mod cookies;
mod door;
mod given;
mod needs;
mod renewed;

pub(super) use door::{Credentials, Pass, StepsOf, Stranger, device, door, known};
pub(super) use given::{NAME, PASSWORD, Unconfirmed, place};
pub use needs::{Needs, TABLE};
pub(super) use renewed::renewed;

use crate::domain::WorkerId;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

tokio::task_local! {
    static CALLER: Caller;
}

/// Who sent a request, as far as the door knows him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Anybody: the door is open on purpose, or this is a demonstration on one machine.
    Open,
    /// A browser or a client that is not known here.
    Nobody,
    /// A television that opened the wall's link.
    Wall,
    /// An enrolled tablet.
    Tablet {
        /// Its id in the register.
        id: String,
        /// The name that a supervisor gave it.
        name: String,
        /// Who gave his PIN on it.
        worker: Option<WorkerId>,
    },
    /// A supervisor who signed in.
    Supervisor {
        /// His name, as the audit keeps it.
        name: String,
        /// He gave his password a short while ago.
        recent: bool,
    },
    /// A client with a bearer token.
    Token {
        /// What the token is called.
        name: String,
        /// It may act, not only read.
        acts: bool,
    },
}

impl Caller {
    /// The caller of the request that this task is answering; nobody outside of one.
    pub fn current() -> Caller {
        CALLER.try_with(Caller::clone).unwrap_or(Caller::Nobody)
    }

    /// Whether he may do what only supervisors may.
    pub fn may_supervise(&self) -> bool {
        self.may(Needs::Supervise)
    }

    /// The name under which he supervises; `None` for whoever may not.
    pub fn supervisor_name(&self) -> Option<&str> {
        match self {
            Caller::Open => Some(crate::words::SUPERVISOR),
            Caller::Supervisor { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Whether a dangerous act needs no password now: it was given a short while ago, or there is
    /// none to give.
    pub fn recent(&self) -> bool {
        matches!(self, Caller::Open | Caller::Supervisor { recent: true, .. })
    }

    /// Whether this is enough for a route.
    pub fn may(&self, needs: Needs) -> bool {
        let tablet = matches!(self, Caller::Open | Caller::Tablet { .. } | Caller::Supervisor { .. });
        match needs {
            Needs::Nothing => true,
            Needs::Wall => tablet || matches!(self, Caller::Wall),
            Needs::Tablet => tablet,
            Needs::Read => tablet || matches!(self, Caller::Token { .. }),
            Needs::Act => tablet || matches!(self, Caller::Token { acts: true, .. }),
            Needs::Supervise | Needs::Again => matches!(self, Caller::Open | Caller::Supervisor { .. }),
            Needs::Unlisted => matches!(self, Caller::Open),
        }
    }
}

/// Whether a form for a dangerous act asks for the password, as the page is being rendered.
pub fn asks_password() -> bool {
    !Caller::current().recent()
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Caller, Infallible> {
        Ok(parts.extensions.get::<Caller>().cloned().unwrap_or(Caller::Nobody))
    }
}
