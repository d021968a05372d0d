//! HTTP: one loopback listener, and the ways in which a connection can let a client down.
//!
//! A call runs to its end in a task of its own, whether or not the client still listens, as it does
//! at Google's.

use super::call::{Call, Method};
use super::faults::{Fate, Fault};
use super::refusal::Refusal;
use super::world::{Served, World};
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, VARY};
use axum::http::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::Value as Json;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;

/// The largest body that is taken.
const LARGEST: usize = 32 << 20;

/// How a call ends for the client; nothing means that the connection closes without a reply.
type Ending = Option<Response<Body>>;

/// Accepts connections until the runtime ends.
pub(crate) async fn listen(listener: TcpListener, world: Arc<Mutex<World>>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        // Else the end of a long reply waits for an acknowledgement, up to 40 ms.
        let _ = stream.set_nodelay(true);
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            let answer = move |request| answer(Arc::clone(&world), request);
            let service = ServiceBuilder::new().layer(CompressionLayer::new().gzip(true)).service_fn(answer);
            // An error here is one of ours: the connection closes, which is what was ordered.
            let connection = hyper::server::conn::http1::Builder::new();
            let _ = connection.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).await;
        });
    }
}

async fn answer(world: Arc<Mutex<World>>, request: Request<hyper::body::Incoming>) -> Result<Response<Body>, io::Error> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(Body::new(body), LARGEST).await.map_err(io::Error::other)?;
    if world.lock().unwrap_or_else(std::sync::PoisonError::into_inner).away {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    let pretty = !parts.uri.query().unwrap_or_default().contains("prettyPrint=false");
    let Some(mut call) = Call::read(&parts.method, parts.uri.path(), parts.uri.query().unwrap_or_default()) else {
        return Ok(page(StatusCode::NOT_FOUND, "Error 404 (Not Found)!!1", "The requested URL was not found on this server."));
    };
    call.authorization = parts.headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
    call.body = body;
    let (ends, ended) = oneshot::channel();
    tokio::spawn(run(world, call, pretty, ends));
    // No ending at all: the client waits for ever, or until it gives up.
    match ended.await {
        Ok(Some(response)) => Ok(response),
        Ok(None) => Err(io::ErrorKind::ConnectionReset.into()),
        Err(_) => std::future::pending().await,
    }
}

async fn run(world: Arc<Mutex<World>>, mut call: Call, pretty: bool, ends: oneshot::Sender<Ending>) {
    let locked = || world.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Fate { fault, before, after, takes } = locked().faults.fate(&call);
    call.heard = fault.is_none_or(Fault::is_heard);
    let (began, came) = (Instant::now(), locked().now());
    let mut ends = Some(ends);
    let mut end = |ending: Ending| {
        if let Some(ends) = ends.take() {
            // Whoever has left gets nothing, and that is no error.
            let _ = ends.send(ending);
        }
    };
    let before_applying = match fault {
        Some(Fault::Hang) => return std::mem::forget(ends),
        Some(Fault::LostThenApplied(time)) => {
            end(None);
            time
        }
        Some(Fault::Late(time)) => time,
        _ => Duration::ZERO,
    };
    rest(takes / 2 + before_applying).await;
    if let Some(gate) = before {
        gate.pass().await;
    }
    if let Some(refusal) = fault.and_then(|fault| fault.refusal(call.method)) {
        let mut response = json(refusal.code, &refusal.body(), pretty);
        if let Some(Fault::TooManyFor(seconds)) = fault {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        locked().refused(&call, "", None, refusal);
        end(Some(response));
        return;
    }
    if matches!(fault, Some(Fault::LostBefore | Fault::BadGateway)) {
        let code = if fault == Some(Fault::BadGateway) { 502 } else { 0 };
        locked().refused(&call, "", None, Refusal::new(code, "UNAVAILABLE", ""));
        end((fault == Some(Fault::BadGateway)).then(bad_gateway));
        return;
    }
    let served = {
        let mut world = locked();
        world.came = came;
        world.serve(&call)
    };
    let (status, body) = match served {
        Served::Done(status, body) => (status, body),
        Served::Read(at, book, who) => World::read(&world, &call, &book, (&who, at)),
    };
    if let Some(gate) = after {
        gate.pass().await;
    }
    let slow = if let Some(Fault::SlowReply(time)) = fault { time } else { Duration::ZERO };
    rest(takes / 2 + slow).await;
    let ending = match fault {
        Some(Fault::LostAfter) => None,
        Some(Fault::UnavailableYetApplied) => Some(json(503, &super::faults::unavailable().body(), pretty)),
        Some(Fault::BadGatewayYetApplied) => Some(bad_gateway()),
        Some(Fault::CutBody) => Some(cut(status, &body)),
        _ => Some(json(status, &body, pretty || call.method == Method::Token)),
    };
    locked().busy += began.elapsed();
    end(ending);
}

async fn rest(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}

fn written(body: &Json, pretty: bool) -> Vec<u8> {
    let mut text = if pretty { serde_json::to_vec_pretty(body) } else { serde_json::to_vec(body) }.unwrap_or_default();
    text.push(b'\n');
    text
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A reply as Google sends it, pretty-printed unless told otherwise.
fn json(code: u16, body: &Json, pretty: bool) -> Response<Body> {
    let mut response = Response::new(Body::from(written(body, pretty)));
    *response.status_mut() = status(code);
    let text = |text: &'static str| axum::http::HeaderValue::from_static(text);
    response.headers_mut().insert(CONTENT_TYPE, text("application/json; charset=UTF-8"));
    response.headers_mut().insert(CACHE_CONTROL, text("private"));
    response.headers_mut().insert(VARY, text("Origin, X-Origin, Referer"));
    response
}

/// The page that a front end of Google's shows when what is behind it fails.
fn bad_gateway() -> Response<Body> {
    let why = "The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.";
    page(StatusCode::BAD_GATEWAY, "Error 502 (Server Error)!!1", why)
}

fn page(code: StatusCode, title: &str, why: &str) -> Response<Body> {
    let text = format!(
        "<!DOCTYPE html>\n<html lang=en>\n  <title>{title}</title>\n  <p><b>{}.</b> <ins>That’s an error.</ins>\n  <p>{why}\n",
        code.as_u16()
    );
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, axum::http::HeaderValue::from_static("text/html; charset=UTF-8"));
    response
}

/// A reply whose connection breaks in the middle of the body.
fn cut(code: u16, body: &Json) -> Response<Body> {
    let text = written(body, true);
    let half = Bytes::copy_from_slice(&text[..text.len() / 2]);
    let broken = async {
        // The first half must be on its way before the connection goes.
        sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    };
    use futures_util::StreamExt;
    let stream = futures_util::stream::once(async { Ok(half) }).chain(futures_util::stream::once(broken));
    let mut response = json(code, &Json::Null, true);
    *response.body_mut() = Body::from_stream(stream);
    response.headers_mut().insert(CONTENT_LENGTH, text.len().into());
    // Keeps the compression off, which would take the length away.
    response.headers_mut().insert(CONTENT_ENCODING, axum::http::HeaderValue::from_static("identity"));
    response
}
