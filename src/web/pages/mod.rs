//! One file a screen: view struct, template path, handlers.

use super::App;
use axum::Router;

/// The routes of the screens.
pub fn routes() -> Router<App> {
    Router::new()
}
