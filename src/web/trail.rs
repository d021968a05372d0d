//! Each tablet has an id in a cookie, and what is asked with it goes into the [trail](crate::trail).
//!
//! The id only says which tablet it was; it lets nobody in.

use super::App;
use super::caller::{OnTablet, Stranger};
use super::failure::Code;
use super::layers::by_https;
use crate::domain::cell::is_unseen;
use crate::trail::Step;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use chrono::Utc;
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use uuid::Uuid;

/// The cookie with the tablet's id.
const NAME: &str = "tableta";

/// Fields that are kept: what was meant. No reason, no search, no secret; a scanned TAG as it came.
const KEPT: [&str; 17] = [
    "build",
    "carrete",
    "carretes",
    "evento",
    "fecha",
    "id",
    "nv",
    "operacion",
    "ot",
    "que",
    "resultado",
    "tag",
    "tag_spool",
    "tag_spools",
    "tableta",
    "trabajador",
    "worker_id",
];

/// The most that is kept of an address, and of the fields of a request, in characters.
const LONGEST: usize = 200;

/// What is not worth a line: files, and who only watches the program; and what has a secret in its address.
const QUIET: [&str; 7] = ["/muro/", "/static/", "/health", "/ready", "/metrics", "/manifest.webmanifest", "/sw.js"];

/// What the reader of a request's fields tells the layer around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Told(Arc<Mutex<String>>);

impl Told {
    /// Where the fields of this request are told.
    pub(super) fn of(request: &Request) -> Told {
        request.extensions().get::<Told>().cloned().unwrap_or_default()
    }

    /// Notes the fields that are kept.
    pub(super) fn note<'a, V: Display>(&self, fields: impl IntoIterator<Item = (&'a str, V)>) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, value) in fields.into_iter().filter(|(name, _)| KEPT.contains(name)) {
            if told.len() < LONGEST {
                told.push_str(&cut(&format!("{name}={value} ")));
            }
        }
    }

    fn text(&self) -> String {
        cut(self.0.lock().unwrap_or_else(PoisonError::into_inner).trim_end())
    }
}

fn cut(text: &str) -> String {
    text.chars().map(|c| if is_unseen(c) { ' ' } else { c }).take(LONGEST).collect()
}

/// Keeps one step, and gives a tablet that has no id its own with the first page.
pub(super) async fn kept(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if QUIET.iter().any(|quiet| path.starts_with(quiet)) {
        return next.run(request).await;
    }
    let (what, known) = (cut(&format!("{} {path}", request.method())), tablet(request.headers()));
    let (told, at, began) = (Told::default(), app.plant.clock().now().with_timezone(&Utc), Instant::now());
    request.extensions_mut().insert(told.clone());
    let mut response = next.run(request).await;
    if response.extensions().get::<Stranger>().is_some() {
        return response;
    }
    // An enrolled one is known by the id under which it has a name.
    let known = response.extensions().get::<OnTablet>().map(|tablet| tablet.0.clone()).or(known);
    let tablet = match known {
        Some(tablet) => tablet,
        None if is_page(&response) => given(&mut response),
        None => return response,
    };
    app.trail.keep(Step {
        at,
        tablet,
        build: app.site.build.clone(),
        what,
        fields: told.text(),
        status: response.status().as_u16(),
        code: response.extensions().get::<Code>().map(|code| code.0.to_owned()).unwrap_or_default(),
        took: u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX),
    });
    response
}

/// The id in the cookie, if it is one that we gave.
pub(super) fn tablet(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let id = pairs.find(|(name, _)| *name == NAME)?.1;
    Uuid::try_parse(id).ok().map(|id| id.simple().to_string())
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    response.status().is_success() && kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// A new id, which the tablet keeps for as long as browsers keep anything (400 days, RFC 6265bis).
fn given(response: &mut Response) -> String {
    let id = Uuid::new_v4().simple().to_string();
    let secure = if by_https() { "; Secure" } else { "" };
    let cookie = format!("{NAME}={id}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    id
}
