//! A tablet that is used is given its cookie again every month: browsers keep one for a year, and tablets that were enrolled
//! in one morning would all be strangers on the same day.

use super::Needs;
use super::cookies::{self, Kind};
use super::door::{Credentials, noted};
use crate::web::App;
use crate::web::pages::door::with_cookie;
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

/// Gives the cookie again with the answer, where it is time.
pub(in crate::web) async fn renewed(State(app): State<App>, request: Request, next: Next) -> Response {
    let cookie = due(&app, &request);
    with_cookie(next.run(request).await, cookie)
}

/// The cookie of the enrolled tablet that asks, if it is to be given again. What is there for everybody is left out: others
/// may keep it, and what came with it.
fn due(app: &App, request: &Request) -> Option<HeaderValue> {
    let route = request.extensions().get::<MatchedPath>()?;
    if Needs::of(request.method(), route.as_str()) == Needs::Nothing {
        return None;
    }
    let (access, now) = (app.access.as_ref()?, app.plant.clock().now().timestamp());
    let (id, secret) = request.extensions().get::<Credentials>()?.device.as_ref()?;
    let book = access.book().ok()?;
    book.tablet(id, secret, now).filter(|device| device.is_due(now))?;
    let tablet = id.clone();
    noted(access, move |access| async move { access.given(&tablet, now).await });
    cookies::give(access, Kind::Device, &format!("{id}.{secret}"))
}
