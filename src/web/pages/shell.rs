//! What a tablet needs to install the application: the manifest, the worker that keeps the shell,
//! and the page that says there is no connection. Nothing of the plant is kept (`ux.md` 8).

use super::{Answer, page};
use crate::error::Error;
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

#[derive(Template)]
#[template(path = "manifest.webmanifest", escape = "none")]
struct Manifest;

#[derive(Template)]
#[template(path = "sw.js", escape = "none")]
struct Keeper<'a> {
    build: &'a str,
}

#[derive(Template)]
#[template(path = "offline.html")]
struct Offline<'a> {
    site: &'a Site,
}

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/manifest.webmanifest", get(manifest)).route("/sw.js", get(keeper)).route("/sin-conexion", get(offline))
}

async fn manifest() -> Answer {
    text("application/manifest+json", &Manifest)
}

/// At the root, because a worker is in charge of the folder that it comes from.
async fn keeper(State(app): State<App>) -> Answer {
    text("text/javascript; charset=utf-8", &Keeper { build: &app.site.build })
}

async fn offline(State(app): State<App>) -> Response {
    page(&Offline { site: &app.site })
}

/// A text that a browser asks for again each time.
fn text(kind: &'static str, template: &impl Template) -> Answer {
    let text = template.render().map_err(|cause| Error::Internal(format!("a template did not render: {cause}")))?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response())
}
