//! What surrounds every request, from the outside in: its id and span, the security headers, the
//! counters, haste, panics, other sites, long heads, slow answers, compression.

use super::caller::Stranger;
use super::came::Came;
use super::failure::{Code, Failure};
use super::pace::{self, Pace};
use super::pages::{self, Asker};
use super::{App, Site, named, trail};
use crate::domain::Moment;
use crate::words::{self, Fault};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use std::any::Any;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tracing::{Instrument, debug, info, info_span};
use uuid::Uuid;

/// The longest address, in bytes.
const ADDRESS: usize = 2_048;

/// The most lines of a head.
const HEAD: usize = 64;

/// The largest head, in bytes of names and values: what is larger than the server reads can be told nothing.
const HEAD_BYTES: usize = 8 * 1_024;

/// What whoever came by https shall do from then on, for a year (`reliability.md` 6).
pub(super) const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The largest body, in bytes.
const BODY: usize = 64 * 1_024;

/// After this every request is answered, whatever is dead, so that the answer is there within 35 s; an
/// action is withdrawn after 30 s (`design.md` 3). A stream answers at once and goes on.
const ANSWER: Duration = Duration::from_secs(34);

/// What is asked for by machines, or behind a page: nobody looks at the plant there.
const NO_SCREENS: [&str; 11] = [
    "/health",
    "/ready",
    "/metrics",
    "/api/redis-health",
    "/api/health/redis",
    "/static/{*path}",
    "/favicon.ico",
    "/manifest.webmanifest",
    "/sw.js",
    "/sin-conexion",
    "-",
];

/// The methods that have a name in logs and figures.
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];

/// The header of the request id, both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What every answer carries, errors included (`reliability.md` 6).
pub(super) const SECURITY: [(HeaderName, HeaderValue); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
             manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
             frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"),
    ),
];

tokio::task_local! {
    static HERE: Here;
}

/// The request in hand, for sentences that name its time or its id, and for the page of a failure.
#[derive(Debug, Clone)]
pub struct Here {
    /// The request id.
    pub id: String,
    /// When it came, in the plant.
    pub at: Moment,
    /// What every page says about how the program runs.
    pub site: Arc<Site>,
    /// The route as the router writes it, with its method.
    pub route: String,
    /// Whether it only asks, so that the same address may be opened again.
    pub asks: bool,
    /// Where it came from, if it came over a socket.
    pub came: Option<Came>,
    /// Why nobody may act now.
    pub obstacle: Option<Arc<String>>,
    /// How many seconds ago the rows were read.
    pub age: i64,
}

impl Here {
    /// The request that this task is answering; `None` outside of one.
    pub fn current() -> Option<Here> {
        HERE.try_with(Here::clone).ok()
    }
}

/// Whether the request in hand came by https, to us or to a trusted proxy: what it was asked by, and not
/// what the settings hope for, decides on cookies and on HSTS (`reliability.md` 6).
pub fn by_https() -> bool {
    came().is_some_and(|came| came.https)
}

/// Where the request in hand came from.
pub fn came() -> Option<Came> {
    HERE.try_with(|here| here.came).ok().flatten()
}

/// Why the screen that is being rendered can show and not act, and how old its data are.
pub fn obstacle() -> Option<String> {
    let told = |here: &Here| Some((Arc::clone(here.obstacle.as_ref()?), here.age));
    let (why, age) = HERE.try_with(told).ok().flatten()?;
    Some(words::age(age).map_or_else(|| String::clone(&why), |age| format!("{why} {age}")))
}

/// Whether the screen that is being rendered may offer actions.
pub fn may_act() -> bool {
    HERE.try_with(|here| here.obstacle.is_none()).unwrap_or(true)
}

/// Wraps the routes in the middleware stack, outermost last.
pub fn around(routes: Router<App>, app: &App) -> Router<App> {
    routes
        .layer(DefaultBodyLimit::max(BODY))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(ANSWER, in_time))
        .layer(from_fn_with_state(app.clone(), named::by_our_name))
        .layer(from_fn(short_head))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(spoken))
        .layer(from_fn_with_state(app.clone(), trail::kept))
        .layer(from_fn_with_state((app.clone(), Arc::new(Pace::default())), pace::paced))
        .layer(from_fn_with_state(app.clone(), counted))
        .layer(from_fn(guarded))
        .layer(from_fn_with_state(app.clone(), identified))
}

/// Whether the caller takes an answer as gzip.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        name.trim() == "gzip" && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

/// A page as gzip, as the layer around every answer would pack it; `None` where it would not.
pub(super) async fn packed(html: Bytes) -> Option<Bytes> {
    let once = CompressionLayer::new()
        .layer(service_fn(async |_: Request| Ok::<_, Infallible>(Response::new(Body::from(html.clone())))));
    let asked = Request::builder().header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).ok()?;
    let Ok(answer) = once.oneshot(asked).await;
    let is_packed = answer.headers().contains_key(header::CONTENT_ENCODING);
    let body = axum::body::to_bytes(Body::new(answer.into_body()), usize::MAX).await;
    body.ok().filter(|_| is_packed)
}

/// Gives the request its id, its span and its place in time.
async fn identified(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let route = route_of(&request);
    let method = method_of(request.method());
    let span = info_span!("request", id = %id, method, route);
    let asks = request.method().is_safe();
    let came = request.extensions().get::<Came>().copied();
    // Before the first reading there is nothing to look at, either.
    let shows = app.plant.view().read_at.is_some() && !NO_SCREENS.contains(&route.as_str());
    let obstacle = app.live.obstacle().filter(|_| shows);
    let (at, age) = (app.plant.clock().now(), super::live::age(&app.plant));
    let route = format!("{method} {route}");
    let here = Here { id: id.clone(), at, site: app.site, route, asks, came, obstacle, age };
    let mut response = HERE.scope(here, next.run(request)).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The caller's id if it is one that a log can hold, else ours.
fn request_id(headers: &HeaderMap) -> String {
    let sent = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let fits = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    sent.filter(fits).map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// The route as the router writes it: a label of few values, and no tag in it.
pub(super) fn route_of(request: &Request) -> String {
    request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned()
}

/// The method as it is written in logs and figures: anybody can invent one, and each would be a figure more.
fn method_of(method: &Method) -> &'static str {
    METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER")
}

/// Security headers, and `no-store` wherever a handler said nothing else.
async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in SECURITY {
        headers.insert(name, value);
    }
    if by_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Counts and logs one request, and lets the record know that somebody looks; an action also by what was asked and how it ended.
async fn counted(State(app): State<App>, request: Request, next: Next) -> Response {
    let (method, route, began) = (request.method().clone(), route_of(&request), Instant::now());
    if !NO_SCREENS.contains(&route.as_str()) {
        app.plant.workbook().watched();
    }
    let response = next.run(request).await;
    let (status, took, metrics) = (response.status(), began.elapsed(), app.plant.metrics());
    metrics.request(method_of(&method), &route, status.as_u16());
    if method == Method::POST && route != "-" {
        let code = response.extensions().get::<Code>().map(|code| code.0);
        let outcome =
            code.map_or_else(|| if status.is_success() { "ok".into() } else { status.as_str().to_owned() }, str::to_owned);
        let action = route.rsplit('/').next().unwrap_or_default();
        metrics.action(action, &outcome);
        if !status.is_client_error() {
            metrics.took(action, took);
        }
    }
    let latency_ms = (took.as_secs_f64() * 1e6).round() / 1e3;
    let refused = status.as_u16() >= 400;
    // There is no end to what strangers and floods are refused.
    let endless = status == StatusCode::TOO_MANY_REQUESTS || refused && response.extensions().get::<Stranger>().is_some();
    match endless || method.is_safe() && !refused {
        true => debug!(status = status.as_u16(), latency_ms, "answered"),
        false => info!(status = status.as_u16(), latency_ms, "answered"),
    }
    response
}

/// A panic ends one request, never the program; its message goes to the log only.
fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response {
    let what = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let what = what.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "of an unknown kind".into());
    unspoken(Failure::internal(&format!("panic: {what}")))
}

/// Gives a failure that was made without knowing the address the face for it.
async fn spoken(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    if response.extensions().get::<tower_http::csrf::ProtectionError>().is_some() {
        return Failure::from(Fault::OtherSite).for_path(&path);
    }
    let Some(Unspoken(failure)) = response.extensions().get::<Unspoken>() else { return response };
    let mut spoken = failure.for_path(&path);
    // Who was refused is told as it was.
    spoken.extensions_mut().extend(response.into_parts().0.extensions);
    spoken
}

/// A failure that still has no face.
#[derive(Clone)]
struct Unspoken(Failure);

/// An answer that gets its face where the address is known.
pub(super) fn unspoken(failure: Failure) -> Response {
    let mut response = Response::default();
    response.extensions_mut().insert(Unspoken(failure));
    response
}

async fn short_head(request: Request, next: Next) -> Response {
    let uri = request.uri();
    if uri.path_and_query().is_some_and(|address| address.as_str().len() > ADDRESS) {
        return Failure::from(Fault::AddressTooLong).for_path(uri.path());
    }
    let head: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if request.headers().len() > HEAD || head > HEAD_BYTES {
        return Failure::from(Fault::HeadTooLarge).for_path(uri.path());
    }
    // What says that it is too large need not be read to its end.
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > BODY as u64) {
        return Failure::from(Fault::BodyTooLarge).for_path(uri.path());
    }
    next.run(request).await
}

/// Every request is answered in time. What an action has begun runs to its end all the same.
async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let (asks, asker) = (request.method().is_safe(), Asker::of(request.headers()));
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        // The screen itself says what it could not fetch, and offers to ask again.
        Err(_) if asks => Failure::from(Fault::TooSlow).for_path(&path),
        Err(_) => pages::told(Failure::from(Fault::TooSlowAction), &path, asker),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    async fn boom() -> &'static str {
        panic!("the reason is for the log only")
    }

    #[tokio::test]
    async fn a_panic_and_an_endless_answer_are_answered_in_the_face_of_their_address() {
        let routes: Router = Router::new()
            .route("/api/boom", get(boom))
            .route("/boom", get(boom))
            .route("/api/slow", get(std::future::pending::<()>).post(std::future::pending::<()>))
            .route("/slow", get(std::future::pending::<()>).post(std::future::pending::<()>))
            .layer(from_fn_with_state(Duration::from_millis(20), in_time))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn(spoken));
        for (method, path, status, code) in [
            ("GET", "/api/boom", StatusCode::INTERNAL_SERVER_ERROR, "ERROR_INTERNO"),
            ("GET", "/boom", StatusCode::INTERNAL_SERVER_ERROR, "ERROR_INTERNO"),
            ("GET", "/api/slow", StatusCode::SERVICE_UNAVAILABLE, "TIEMPO_AGOTADO"),
            ("POST", "/api/slow", StatusCode::SERVICE_UNAVAILABLE, "RESULTADO_DESCONOCIDO"),
            ("GET", "/slow", StatusCode::SERVICE_UNAVAILABLE, "TIEMPO_AGOTADO"),
            ("POST", "/slow", StatusCode::SERVICE_UNAVAILABLE, "RESULTADO_DESCONOCIDO"),
        ] {
            let request = Request::builder().method(method).uri(path).header("HX-Request", "true").body(Body::empty()).unwrap();
            let response = routes.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status, "{method} {path}");
            let text = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
            let text = String::from_utf8_lossy(&text);
            assert!(text.contains(code) && !text.contains("the reason"), "{text}");
            assert_eq!(text.starts_with('{'), path.starts_with("/api/"), "{text}");
            // Who taps is told what is known of it; what a page asks for by itself it asks for again.
            assert_eq!(text.starts_with("<hx-partial hx-target=\"#alertas\""), (method, path) == ("POST", "/slow"), "{text}");
        }
    }
}
