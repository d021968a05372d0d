//! One file a screen: view struct, template path, handlers.

mod act;
pub(super) mod board;
mod card;
mod connecting;
mod diagnostics;
pub(super) mod door;
mod elapsed;
mod face;
mod fields;
mod history;
mod list;
mod record;
mod scan;
mod shell;
mod spools;
mod supervisor;
mod tag;
mod workers;

pub(super) use connecting::once_read;
pub(super) use face::Asker;
pub(super) use scan::is_known_tag;

use super::App;
use crate::web::failure::{Failure, is_api};
use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use face::Face;

/// The routes of the screens.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(workers::show))
        .route("/carretes", get(spools::show))
        .route("/carretes/tomar", post(act::take_many))
        .route("/carretes/soltar", post(act::pause_many))
        .route("/carretes/deshacer", post(act::undo_many))
        .route("/escaneo", get(scan::show))
        .route("/carretes/{id}/tarjeta", get(spools::card))
        .route("/carretes/{id}/tomar", post(act::take))
        .route("/carretes/{id}/pausar", post(act::pause))
        .route("/carretes/{id}/completar", post(act::complete))
        .route("/carretes/{id}/cancelar", post(act::cancel))
        .route("/carretes/{id}/deshacer", post(act::undo))
        .route("/carretes/{id}/metrologia", post(act::inspect))
        .route("/carretes/{id}/ayuda", get(act::help).post(act::ask_help))
        .route("/carretes/{id}/ayuda/resuelta", post(act::take_back_help))
        .route("/tablero", get(board::show))
        .route("/tablero.csv", get(board::csv))
        .route("/kiosko", get(board::kiosk))
        .route("/registro", get(record::show))
        .route("/historial/{*tag}", get(history::show))
        .route("/rastro", post(diagnostics::told))
        .route("/diagnostico", get(diagnostics::show))
        .merge(door::routes())
        .merge(supervisor::routes())
        .merge(shell::routes())
}

/// A screen as an answer. Nothing between may keep it: it is true for this second only.
fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response(),
        Err(cause) => Failure::internal(&format!("a template did not render: {cause}")).page(),
    }
}

/// A failure from outside any handler, in the face for this address and whoever asks.
pub(super) fn told(failure: Failure, path: &str, asker: Asker) -> Response {
    match is_api(path) {
        true => failure.json(),
        false => asker.told(failure).into_response(),
    }
}

/// What a handler of a screen answers.
type Answer = Result<Response, Face>;
