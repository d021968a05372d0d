//! The streams to the screens.

use super::App;
use crate::plant::Plant;
use axum::Router;
use tokio_util::sync::CancellationToken;

/// Fans changes out to the screens.
#[derive(Clone)]
pub struct Live {}

impl Live {
    /// Starts to follow the plant's events, until `stop`.
    pub fn follow(_plant: &Plant, _stop: CancellationToken) -> Live {
        Live {}
    }
}

/// The routes of the streams.
pub fn routes() -> Router<App> {
    Router::new()
}
