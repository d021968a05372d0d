//! `/tableta`: a device that is not known here asks to be let in, and shows its code until it is.

use super::super::fields::Fields;
use super::super::{Answer, page};
use super::{address, go, locked, now, with_cookie};
use crate::access::Pairing;
use crate::error::Error;
use crate::web::caller::cookies::{self, Kind};
use crate::web::caller::{Caller, Credentials};
use crate::web::layers::by_https;
use crate::web::named::named;
use crate::web::pages::Asker;
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::extract::State;
use axum::http::header::REFRESH;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse, Redirect};
use qrcode::{Color, QrCode};

/// How often the device looks whether it was let in, in seconds.
const LOOK: u32 = 5;

/// Light modules around a code, so that a camera finds it.
const QUIET: usize = 4;

#[derive(Template)]
#[template(path = "door/tablet.html")]
struct Tablet<'a> {
    site: &'a Site,
    waiting: Option<Waiting>,
}

/// What a waiting device shows.
struct Waiting {
    code: (String, String),
    minutes: i64,
    /// How many modules wide the drawing is, and its dark ones as a path.
    size: usize,
    dark: String,
}

/// The page; once the device is let in, the names.
pub(super) async fn show(State(app): State<App>, caller: Caller, from: Credentials, uri: Uri, headers: HeaderMap) -> Answer {
    if !matches!(caller, Caller::Nobody | Caller::Wall | Caller::Supervisor { .. }) {
        return Ok(Redirect::to("/").into_response());
    }
    let (access, at) = (locked(&app)?, now(&app));
    let mine = from.device.as_ref().and_then(|(id, secret)| access.book().ok()?.waiting(id, secret, at).cloned());
    let waiting = mine.map(|pairing| waiting(&pairing, at, &origin(&uri, &headers))).transpose()?;
    let waits = waiting.is_some();
    let mut response = page(&Tablet { site: &app.site, waiting });
    if waits {
        response.headers_mut().insert(REFRESH, HeaderValue::from(LOOK));
    }
    Ok(response)
}

/// Asks to be let in: from now on the device shows a code.
pub(super) async fn ask(State(app): State<App>, asker: Asker, _fields: Fields) -> Answer {
    let access = locked(&app)?;
    let asked = access.ask(address(), now(&app)).await?;
    let cookie = cookies::give(access, Kind::Device, &format!("{}.{}", asked.id, asked.secret));
    Ok(with_cookie(go(asker, "/tableta"), cookie))
}

fn waiting(pairing: &Pairing, at: i64, origin: &str) -> Result<Waiting, Error> {
    let (first, second) = pairing.code.split_at(pairing.code.len() / 2);
    let address = format!("{origin}/supervisor/tabletas?codigo={}", pairing.code);
    let drawing = QrCode::new(&address).map_err(|error| Error::Internal(format!("a code was not drawn: {error}")))?;
    let (width, mut dark) = (drawing.width(), String::new());
    for (index, color) in drawing.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            dark.push_str(&format!("M{} {}h1v1h-1z", index % width + QUIET, index / width + QUIET));
        }
    }
    Ok(Waiting { code: (first.into(), second.into()), minutes: pairing.minutes(at), size: width + 2 * QUIET, dark })
}

/// Where the tablet found us, which is where the supervisor will.
pub(super) fn origin(uri: &Uri, headers: &HeaderMap) -> String {
    let name = named(uri, headers).map(|name| name.to_string()).unwrap_or_default();
    let clean: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(*c)).take(100).collect();
    format!("{}://{clean}", if by_https() { "https" } else { "http" })
}
