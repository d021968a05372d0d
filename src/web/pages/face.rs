//! The two faces of a failure that people see: a toast (and the fresh card) for htmx, a page else.

use super::card::{Card, Place};
use super::page;
use crate::error::Error;
use crate::web::failure::Failure;
use crate::web::{App, Site};
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::sync::Arc;

/// Who asks: htmx, which swaps fragments, or a browser, which wants a page.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    /// Whether it is htmx.
    pub(super) htmx: bool,
    site: Arc<Site>,
}

impl FromRequestParts<App> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Asker, Infallible> {
        Ok(Asker { htmx: parts.headers.contains_key("hx-request"), site: Arc::clone(&app.site) })
    }
}

impl Asker {
    /// This failure, shown as this asker needs it.
    pub(super) fn told(&self, failure: impl Into<Face>) -> Face {
        let mut face = failure.into();
        face.asker = Some(self.clone());
        face
    }
}

/// A failure on its way to a screen.
#[derive(Debug)]
pub(super) struct Face {
    failure: Failure,
    asker: Option<Asker>,
    card: Option<Box<Card>>,
}

impl From<Failure> for Face {
    fn from(failure: Failure) -> Face {
        Face { failure, asker: None, card: None }
    }
}

impl From<Error> for Face {
    fn from(cause: Error) -> Face {
        Failure::from(&cause).into()
    }
}

impl Face {
    /// Shows the card as it is now beside the failure: whoever lost a race sees who won it.
    pub(super) fn with(self, card: Option<Card>) -> Face {
        Face { card: card.map(Box::new), ..self }
    }
}

#[derive(Template)]
#[template(path = "_refused.html")]
struct Refused<'a> {
    failure: &'a Failure,
    card: Option<&'a Card>,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    site: &'a Site,
    failure: &'a Failure,
}

impl IntoResponse for Face {
    fn into_response(self) -> Response {
        let failure = &self.failure;
        let mut response = match &self.asker {
            Some(asker) if !asker.htmx => page(&FailurePage { site: &asker.site, failure }),
            Some(_) => page(&Refused { failure, card: self.card.as_deref() }),
            None => page(&FailurePage { site: &Site::default(), failure }),
        };
        *response.status_mut() = failure.status;
        failure.dressed(response)
    }
}
