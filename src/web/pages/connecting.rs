//! What is answered until the plant's workbook has been read for the first time: never an empty
//! list, never "unknown spool" (`field-failures.md` C2, G9).

use super::face::Asker;
use crate::web::failure::{Failure, is_api};
use crate::web::{App, Site};
use crate::words::{self, Fault};
use askama::Template;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::http::header::REFRESH;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

/// Routes that say something without the workbook.
const WITHOUT: [&str; 29] = [
    "/api/redis-health",
    "/api/health/redis",
    "/api",
    "/api/",
    "/api/{*rest}",
    "/diagnostico",
    "/rastro",
    "/supervisor/salud",
    "/supervisor/actividad",
    "/manifest.webmanifest",
    "/sw.js",
    "/sin-conexion",
    "/entrar",
    "/salir",
    "/tableta",
    "/muro/{llave}",
    "/supervisor/tabletas",
    "/supervisor/tabletas/registrar",
    "/supervisor/tabletas/nombrar",
    "/supervisor/tabletas/desbloquear",
    "/supervisor/tabletas/revocar",
    "/supervisor/claves",
    "/supervisor/claves/crear",
    "/supervisor/claves/anular",
    "/supervisor/claves/muro",
    "/supervisor/claves/sin-muro",
    "/supervisor/claves/pedir-pin",
    "/supervisor/claves/pin",
    "/supervisor/claves/credencial",
];

#[derive(Template)]
#[template(path = "connecting.html")]
struct Connecting<'a> {
    site: &'a Site,
    failure: &'a Failure,
}

/// Lets a request through once the workbook has been read; answers it here until then.
pub(in crate::web) async fn once_read(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let without = route.is_some_and(|route| WITHOUT.contains(&route));
    if without || app.plant.view().read_at.is_some() {
        return next.run(request).await;
    }
    let why = app.plant.workbook().status().writable.err().unwrap_or_default();
    let failure = Failure::from(Fault::NotRead(why));
    let asks = request.method().is_safe();
    let (mut parts, _) = request.into_parts();
    let Ok(asker) = Asker::from_request_parts(&mut parts, &()).await;
    match is_api(parts.uri.path()) {
        true => failure.json(),
        false if asker.htmx || !asks => asker.told(failure).into_response(),
        false => page(&app, &failure),
    }
}

/// A page that opens itself again.
fn page(app: &App, failure: &Failure) -> Response {
    let Ok(html) = (Connecting { site: &app.site, failure }).render() else { return failure.page() };
    let mut response = failure.dressed((failure.status, Html(html)).into_response());
    if let Some(seconds) = failure.retry_after() {
        response.headers_mut().insert(REFRESH, HeaderValue::from(seconds));
    }
    response
}
