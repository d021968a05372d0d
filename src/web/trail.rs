//! Each tablet has an id in a cookie, and what is asked with it goes into the [trail](crate::trail).
//!
//! The id only says which tablet it was; it lets nobody in. Where the door is locked it is the one that the register knows
//! the tablet by, and nobody else but supervisors leaves steps: who may only look, or nothing, must neither write into the
//! record of a tablet nor fill it.

use super::App;
use super::caller::StepsOf;
use super::failure::Code;
use super::layers::{by_https, route_of};
use super::pages::is_known_tag;
use crate::domain::cell::is_unseen;
use crate::trail::Step;
use crate::workbook::View;
use axum::RequestExt;
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, Utc};
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use uuid::Uuid;

/// The header in which what a page asks says of which build the page is: a tablet that is kept on an old page is one
/// that shows old lists (`field-failures.md` F4). What a page cannot give a header says it in the field `build`.
const BUILD: &str = "page-build";

/// The cookie with the tablet's id.
const NAME: &str = "tableta";

/// Fields that are kept: what was meant. No reason, no search, no secret.
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

/// What stands for a value that is not kept.
const UNKNOWN: &str = "?";

/// A card that a list fetches again whenever its spool changes.
const CARD: &str = "/carretes/{id}/tarjeta";

/// The most that is kept of an address, and of the fields of a request, in characters.
const LONGEST: usize = 200;

/// The longest name of a build.
const LONGEST_BUILD: usize = 64;

/// What is not worth a line: files, with the page that a browser keeps for when there is no connection, and who only
/// watches the program; and what has a secret in its address.
const QUIET: [&str; 8] =
    ["/muro/", "/static/", "/health", "/ready", "/metrics", "/manifest.webmanifest", "/sw.js", "/sin-conexion"];

/// What the reader of a request's fields tells the layer around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Told(Arc<Mutex<Vec<(String, String)>>>);

impl Told {
    /// Where the fields of this request are told.
    pub(super) fn of(request: &Request) -> Told {
        request.extensions().get::<Told>().cloned().unwrap_or_default()
    }

    /// Notes the fields that are kept.
    pub(super) fn note<'a, V: Display>(&self, fields: impl IntoIterator<Item = (&'a str, V)>) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, value) in fields.into_iter().filter(|(name, _)| KEPT.contains(name)).take(LONGEST) {
            told.push((name.to_owned(), cut(&value.to_string())));
        }
    }

    /// What is kept of the fields. Nothing is looked up once that is as long as it may be.
    fn text(&self, is_known: impl Fn(&str, &str) -> bool) -> String {
        let mut text = String::new();
        for (name, value) in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            if text.len() >= LONGEST {
                break;
            }
            text.push_str(&format!("{name}={} ", if is_known(name, value) { value } else { UNKNOWN }));
        }
        cut(text.trim_end())
    }

    /// The build that the page told of itself.
    fn build(&self) -> Option<String> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.iter().find(|(name, value)| name == "build" && is_build(value)).map(|(_, value)| value.clone())
    }
}

/// A request that is on its way: when it came, and what it asked for.
struct Asked {
    at: DateTime<Utc>,
    began: Instant,
    told: Told,
    method: Method,
    path: String,
    route: String,
    /// The build of the page that asked, if it said one.
    build: Option<String>,
    /// Whether it is a part of a page that was asked for.
    partial: bool,
    /// The spools that its address names.
    spools: Vec<String>,
}

impl Asked {
    async fn of(request: &mut Request, app: &App) -> Asked {
        let (method, path, route) = (request.method().clone(), request.uri().path().to_owned(), route_of(request));
        let mut spools = Vec::new();
        if route.contains("{id}") || route.contains("tag}") {
            // What cannot be read names none.
            spools = match request.extract_parts::<RawPathParams>().await {
                Ok(params) => params.iter().map(|(_, value)| value.to_owned()).collect(),
                Err(_) => vec![String::new()],
            };
        }
        let build = request.headers().get(BUILD).and_then(|value| value.to_str().ok());
        let build = build.filter(|build| is_build(build)).map(str::to_owned);
        let partial = request.headers().contains_key("hx-request");
        let told = Told::default();
        request.extensions_mut().insert(told.clone());
        let (at, began) = (app.plant.clock().now().with_timezone(&Utc), Instant::now());
        Asked { at, began, told, method, path, route, build, partial, spools }
    }

    /// A card that was fetched as it should be: nobody did anything.
    fn is_card(&self, response: &Response) -> bool {
        self.route == CARD && response.status().as_u16() < 400
    }

    fn step(self, app: &App, tablet: String, response: &Response) -> Step {
        let view = app.plant.view();
        Step {
            at: self.at,
            tablet,
            build: self.build(app, response),
            what: self.text(&view),
            fields: self.told.text(|name, value| is_known(&view, name, value)),
            status: response.status().as_u16(),
            code: response.extensions().get::<Code>().map(|code| code.0.to_owned()).unwrap_or_default(),
            took: u32::try_from(self.began.elapsed().as_millis()).unwrap_or(u32::MAX),
        }
    }

    /// The build of the page that the tablet showed, or shows from now on; empty where nobody says it, as of a program
    /// that calls the API.
    fn build(&self, app: &App, response: &Response) -> String {
        let shows = (!self.partial && is_html(response)).then(|| app.site.build.clone());
        self.build.clone().or_else(|| self.told.build()).or(shows).unwrap_or_default()
    }

    /// Method and path, or the route where what its address names is no spool of the plant.
    fn text(&self, view: &View) -> String {
        let is_known = self.spools.iter().all(|spool| is_known_tag(view, spool));
        cut(&format!("{} {}", self.method, if is_known { &self.path } else { &self.route }))
    }
}

/// Whether a value may be kept. A scanner may type into any field of a screen, and what names nothing of the plant may be
/// anybody's badge.
fn is_known(view: &View, name: &str, value: &str) -> bool {
    match name {
        "carrete" | "tag" | "tag_spool" | "tag_spools" => is_known_tag(view, value),
        // Also the number of a tablet, or of an action.
        "id" => Uuid::try_parse(value).is_ok() || is_known_tag(view, value),
        "nv" | "ot" => view.has_number(value) || view.has_number(&format!("{name}{value}")),
        _ => true,
    }
}

fn cut(text: &str) -> String {
    text.chars().map(|c| if is_unseen(c) { ' ' } else { c }).take(LONGEST).collect()
}

/// Whether this can be the name of a build.
fn is_build(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
    (1..=LONGEST_BUILD).contains(&text.len()) && text.chars().all(fits)
}

/// Keeps one step, and gives a tablet that has no id its own with the first page.
pub(super) async fn kept(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if QUIET.iter().any(|quiet| path.starts_with(quiet)) {
        return next.run(request).await;
    }
    let (asked, shown) = (Asked::of(&mut request, &app).await, tablet(request.headers()));
    let mut response = next.run(request).await;
    if asked.is_card(&response) {
        return response;
    }
    let known = match response.extensions().get::<StepsOf>() {
        // By the id under which it has a name.
        Some(StepsOf::Tablet(id)) => Some(id.clone()),
        Some(StepsOf::Browser) => shown,
        None if app.access.is_some() => return response,
        None => shown,
    };
    let tablet = match known {
        Some(tablet) => tablet,
        None if is_page(&response) => given(&mut response),
        None => return response,
    };
    app.trail.keep(asked.step(&app, tablet, &response));
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
    response.status().is_success() && is_html(response)
}

fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_request_of_two_hundred_unknown_tags_costs_no_more_look_ups_than_its_line_can_show() {
        for (name, most) in [("tag", 34), ("tag_spools", 16)] {
            let (told, looked_up) = (Told::default(), Cell::new(0));
            told.note((0..1_000).map(|number| (name, number)));
            let text = told.text(|_, _| {
                looked_up.set(looked_up.get() + 1);
                false
            });
            assert!(text.starts_with(&format!("{name}=? {name}=? ")) && text.len() <= LONGEST, "{text}");
            assert!(looked_up.get() <= most, "{name}: {}", looked_up.get());
        }
    }
}
