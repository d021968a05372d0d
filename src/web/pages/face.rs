//! The two faces of a failure that people see: a toast (and the fresh card) for htmx, a page else.

use super::card::{Card, Place};
use super::page;
use crate::domain::Refusal;
use crate::error::Error;
use crate::web::failure::Failure;
use crate::words::{self, Fault};
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;

/// Who asks: htmx, which swaps fragments, or a browser, which wants a page.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Asker {
    /// Whether it is htmx.
    pub(in crate::web) htmx: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Asker, Infallible> {
        Ok(Asker::of(&parts.headers))
    }
}

impl Asker {
    /// Who sends these headers.
    pub(in crate::web) fn of(headers: &HeaderMap) -> Asker {
        Asker { htmx: headers.contains_key("hx-request") }
    }

    /// This failure, shown as this asker needs it.
    pub(in crate::web) fn told(self, failure: impl Into<Face>) -> Face {
        Face { htmx: self.htmx, ..failure.into() }
    }
}

/// A failure on its way to a screen.
#[derive(Debug)]
pub(in crate::web) struct Face {
    failure: Failure,
    htmx: bool,
    card: Option<Box<Card>>,
}

impl From<Failure> for Face {
    fn from(failure: Failure) -> Face {
        Face { failure, htmx: false, card: None }
    }
}

impl From<Error> for Face {
    fn from(error: Error) -> Face {
        Failure::from(&error).into()
    }
}

impl From<Refusal> for Face {
    fn from(refusal: Refusal) -> Face {
        Error::from(refusal).into()
    }
}

impl From<Fault> for Face {
    fn from(fault: Fault) -> Face {
        Failure::from(fault).into()
    }
}

impl Face {
    /// Shows the card as it is now beside the failure: whoever lost a race sees who won it. Where nothing was decided the
    /// card stays as it is, with what was typed on it; sent again under the same id it is done once.
    pub(super) fn with(self, card: Option<Card>) -> Face {
        let card = card.filter(|_| !self.failure.status.is_server_error());
        Face { card: card.map(Box::new), ..self }
    }
}

#[derive(Template)]
#[template(path = "_refused.html")]
struct Refused<'a> {
    failure: &'a Failure,
    card: Option<&'a Card>,
}

impl IntoResponse for Face {
    fn into_response(self) -> Response {
        let failure = &self.failure;
        if !self.htmx {
            return failure.page();
        }
        let mut response = page(&Refused { failure, card: self.card.as_deref() });
        *response.status_mut() = failure.status;
        failure.dressed(response)
    }
}
