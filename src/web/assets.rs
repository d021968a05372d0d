//! (to be written)

use super::App;
use axum::Router;

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
}
