//! `/entrar` and `/salir`: a supervisor signs in, and out at the end of his shift.

use super::super::fields::Fields;
use super::super::{Answer, page};
use super::{go, locked, now, with_cookie};
use crate::access::Denied;
use crate::web::caller::cookies::{self, Kind};
use crate::web::caller::{Caller, Credentials, door, place};
use crate::web::failure::Failure;
use crate::web::pages::Asker;
use crate::web::{App, Site};
use crate::words::{self, Door, Fault};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};

/// Where one comes out who was on the way nowhere.
const SUPERVISOR: &str = "/supervisor";

/// So much of a name that is wrong comes back, in characters, and the longest address behind the page, in bytes: no
/// name and no address of ours is longer.
const NAME: usize = 80;
const BACK: usize = 2_048;

#[derive(Template)]
#[template(path = "door/sign_in.html")]
struct SignIn<'a> {
    site: &'a Site,
    name: String,
    back: &'a str,
    why: Option<&'a str>,
}

/// The page.
pub(super) async fn show(State(app): State<App>, caller: Caller, query: Fields) -> Answer {
    let back = way_back(&query);
    if caller.may_supervise() {
        return Ok(Redirect::to(back).into_response());
    }
    Ok(page(&SignIn { site: &app.site, name: String::new(), back, why: None }))
}

/// Whoever gives the right name and password is a supervisor until his shift ends.
pub(super) async fn enter(State(app): State<App>, asker: Asker, from: Credentials, fields: Fields) -> Answer {
    let (access, now) = (locked(&app)?, now(&app));
    let (book, password) = (access.book()?, fields.text("clave").unwrap_or_default());
    let (name, back) = (fields.text("nombre").unwrap_or_default(), way_back(&fields));
    match access.sign_in(name, password, place(from.tablet(&book, now)), now).await {
        Ok(secret) => Ok(with_cookie(go(asker, back), cookies::give(access, Kind::Session, &secret))),
        Err(denied) => {
            if matches!(denied, Denied::Wrong) {
                // Of these there are never many: they are what is bounded.
                tracing::info!("a wrong name or password was given");
            }
            let failure = Failure::from(Fault::from(door(denied)));
            let name = name.chars().take(NAME).collect();
            let mut response = page(&SignIn { site: &app.site, name, back, why: Some(&failure.message) });
            *response.status_mut() = failure.status;
            Ok(failure.dressed(response))
        }
    }
}

/// Ends the session on the server, too: its cookie is good for nothing afterwards.
pub(super) async fn leave(State(app): State<App>, asker: Asker, from: Credentials, _fields: Fields) -> Answer {
    from.sign_out(locked(&app)?).await?;
    Ok(with_cookie(go(asker, "/"), cookies::take(Kind::Session)))
}

/// Only a page of ours: an address of another site begins with two strokes, or with none. Browsers take `\` for a
/// stroke, and leave tabs and ends of lines out, wherever they stand (the URL standard of WHATWG).
fn way_back(fields: &Fields) -> &str {
    let strange = |c: char| c == '\\' || c.is_control();
    let ours = |back: &&str| back.starts_with('/') && !back.starts_with("//") && !back.contains(strange) && back.len() <= BACK;
    fields.text("volver").filter(ours).unwrap_or(SUPERVISOR)
}

impl From<Door> for crate::web::pages::face::Face {
    fn from(door: Door) -> Self {
        Fault::from(door).into()
    }
}
