//! HTML and JSON: two faces of the same calls and the same errors.

pub mod api;
pub mod assets;
pub mod caller;
pub mod came;
mod chart;
pub mod failure;
pub mod health;
mod input;
pub mod layers;
pub mod live;
mod named;
mod pace;
pub mod pages;
pub mod peers;
pub mod recent;
pub mod server;
mod trail;

use crate::access::Access;
use crate::domain::Moment;
use crate::peers::Peers;
use crate::plant::Plant;
use crate::trail::Trail;
use crate::words::Fault;
use axum::Router;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use failure::Failure;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What every handler may use. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The plant.
    pub plant: Plant,
    /// What the screens say about how the program runs.
    pub site: Arc<Site>,
    /// The streams to the screens.
    pub live: live::Live,
    /// What was done on which tablet.
    pub trail: Trail,
    /// The other processes of this plant.
    pub peers: Peers,
    /// Who may come in; `None`: anybody.
    pub access: Option<Arc<Access>>,
    /// Ends every open stream when the program stops.
    pub stop: CancellationToken,
}

/// Facts about this installation that screens show.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// The content is the built-in demonstration plant.
    pub demo: bool,
    /// Anybody on the network may act: a banner says so.
    pub open: bool,
    /// Nobody has decided who may act: whoever calls this machine by its own name may.
    pub undecided: bool,
    /// Locks live in this process only: the banner "modo un servidor".
    pub single: bool,
    /// Which process this is: its machine, where it listens there, and its number.
    pub process: String,
    /// Since when it serves.
    pub since: Moment,
    /// Which build this is: screens reload when it changes.
    pub build: String,
    /// The name of the sheet with the spools, for people who look for a row.
    pub sheet: String,
    /// The last requests that could not be served.
    pub recent: recent::Recent,
}

/// Whatever is no route.
async fn nowhere(uri: Uri) -> Response {
    Failure::from(Fault::UnknownRoute).for_path(uri.path())
}

/// The whole application.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .merge(pages::routes())
        .merge(live::routes())
        .merge(api::routes())
        .route_layer(from_fn_with_state(app.clone(), pages::once_read))
        .merge(health::routes())
        .merge(assets::routes())
        .method_not_allowed_fallback(api::wrong_method)
        .fallback(nowhere);
    let routes = routes.layer(from_fn_with_state(app.clone(), caller::renewed));
    layers::around(routes.layer(from_fn_with_state(app.clone(), caller::known)), &app).with_state(app)
}
