//! What a tablet needs to install the application: the manifest, the worker that keeps the shell,
//! and the page that says there is no connection. Nothing of the plant is kept (`ux.md` 8).

use super::{Answer, page};
use crate::error::Error;
use crate::web::{App, Site, assets};
use crate::words;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;

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

async fn manifest() -> Response {
    let icon = |name, sizes, kind, purpose| json!({"src": assets::url(name), "sizes": sizes, "type": kind, "purpose": purpose});
    let manifest = json!({
        "id": "/",
        "name": words::text("manifest-name"),
        "short_name": "spoolboard",
        "description": words::text("manifest-description"),
        "lang": words::language(),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "fullscreen",
        "display_override": ["fullscreen", "standalone"],
        "background_color": "#001f3f",
        "theme_color": "#001f3f",
        "icons": [
            icon("favicon.svg", "any", "image/svg+xml", "any"),
            icon("icon-192.png", "192x192", "image/png", "any"),
            icon("icon-512.png", "512x512", "image/png", "any"),
            icon("icon-512.png", "512x512", "image/png", "maskable"),
        ],
    });
    asked_again("application/manifest+json", manifest.to_string())
}

/// At the root, because a worker is in charge of the folder that it comes from.
async fn keeper(State(app): State<App>) -> Answer {
    let keeper = Keeper { build: &app.site.build }.render();
    let keeper = keeper.map_err(|cause| Error::Internal(format!("a template did not render: {cause}")))?;
    Ok(asked_again("text/javascript; charset=utf-8", keeper))
}

async fn offline(State(app): State<App>) -> Response {
    page(&Offline { site: &app.site })
}

/// A text that a browser asks for again each time.
fn asked_again(kind: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
