//! The pages of the door: how a tablet gets in, how supervisors and workers sign in, and how supervisors
//! look after who may.

mod again;
mod enrol;
mod keys;
mod pin;
mod sign_in;
mod tablets;
mod wall;

pub(in crate::web) use again::again;
pub(in crate::web) use pin::{asks, first_pin, whose};

use super::face::{Asker, Face};
use crate::access::{Access, Denied};
use crate::domain::Moment;
use crate::web::App;
use crate::web::caller::{Caller, door};
use crate::web::failure::Failure;
use crate::web::layers::came;
use crate::words::{self, Door, Fault};
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::DateTime;
use std::net::IpAddr;
use std::sync::Arc;
use tracing::info;

/// So much of an id tells the tablets of a plant apart.
const SHORT: usize = 8;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/entrar", get(sign_in::show).post(sign_in::enter))
        .route("/salir", post(sign_in::leave))
        .route("/tableta", get(enrol::show).post(enrol::ask))
        .route("/pin", get(pin::show).post(pin::enter))
        .route("/credencial", post(pin::badge))
        .route("/muro/{llave}", get(wall::open))
        .route("/supervisor/tabletas", get(tablets::show))
        .route("/supervisor/tabletas/registrar", post(tablets::let_in))
        .route("/supervisor/tabletas/nombrar", post(tablets::rename))
        .route("/supervisor/tabletas/desbloquear", post(tablets::unlock))
        .route("/supervisor/tabletas/revocar", post(tablets::revoke))
        .route("/supervisor/claves", get(keys::show))
        .route("/supervisor/claves/crear", post(keys::add_token))
        .route("/supervisor/claves/anular", post(keys::revoke_token))
        .route("/supervisor/claves/muro", post(keys::new_wall))
        .route("/supervisor/claves/sin-muro", post(keys::no_wall))
        .route("/supervisor/claves/pedir-pin", post(keys::ask_pins))
        .route("/supervisor/claves/pin", post(keys::set_pin))
        .route("/supervisor/claves/credencial", post(keys::set_badge))
}

/// The register, where the door has a lock.
fn locked(app: &App) -> Result<&Arc<Access>, Fault> {
    app.access.as_ref().ok_or_else(|| Door::NotOpen.into())
}

/// What a tablet is called: the name that a supervisor gave it; of one without, the beginning of its id.
pub(in crate::web) fn tablet_name(app: &App, id: &str) -> String {
    let named = app.access.as_ref().and_then(|access| Some(access.book().ok()?.devices.get(id)?.name.clone()));
    named.unwrap_or_else(|| id.chars().take(SHORT).collect())
}

impl From<Denied> for Face {
    fn from(denied: Denied) -> Face {
        Failure::from(Fault::from(door(denied))).into()
    }
}

/// Now, as the register counts.
fn now(app: &App) -> i64 {
    app.plant.clock().now().timestamp()
}

/// The address that asks, as limits count it.
fn address() -> Option<IpAddr> {
    came().and_then(|came| came.counted_as())
}

/// A time of the register, as screens write it.
fn when(app: &App, at: i64) -> String {
    let at: Option<Moment> = DateTime::from_timestamp(at, 0).map(|at| at.with_timezone(&app.plant.clock().zone()).fixed_offset());
    at.filter(|at| at.timestamp() > 0).map(words::moment).unwrap_or_default()
}

/// A line in the log of what a supervisor did at the door, and to whom or what; no secret is in it.
fn noted(caller: &Caller, act: &str, whom: &str) {
    info!(by = caller.supervisor_name(), act, whom, "done at the door");
}

/// An answer that also gives or takes a cookie.
pub(in crate::web) fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// To another page, for a form that htmx sent as for one that a browser did.
fn go(asker: Asker, to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    if asker.htmx
        && let Ok(to) = HeaderValue::from_str(to)
    {
        response = axum::http::StatusCode::NO_CONTENT.into_response();
        response.headers_mut().insert("hx-redirect", to);
    }
    response
}
