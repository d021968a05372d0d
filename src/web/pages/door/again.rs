//! What is shown to a supervisor who asked for a dangerous act and gave his password too long ago, or
//! wrongly: the field for it, and all that he had typed. What he asked for has not been looked at.

use super::super::face::Asker;
use super::super::page;
use crate::web::caller::Unconfirmed;
use crate::web::failure::Failure;
use crate::web::{App, Site};
use crate::words::Fault;
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "door/again.html")]
struct Page<'a> {
    site: &'a Site,
    again: Again<'a>,
}

#[derive(Template)]
#[template(path = "door/_again_part.html")]
struct Part<'a> {
    again: Again<'a>,
}

struct Again<'a> {
    failure: &'a Failure,
    /// Where the form goes, which is where it came, and the page before it.
    path: &'a str,
    back: &'a str,
    /// The last word of the address: which act it is.
    act: &'a str,
    /// The spool that it is about.
    tag: Option<String>,
    /// What was typed, to be read again: why, and what somebody or something shall be called.
    reason: &'a str,
    name: &'a str,
    /// The fields as they were sent.
    kept: Vec<&'a (String, String)>,
    /// A secret of somebody else was among them. It is not sent back, and has to be typed again.
    pin: bool,
    badge: bool,
}

/// The answer to whoever did not give his password with the form.
pub(in crate::web) fn again(app: &App, asker: Asker, unconfirmed: &Unconfirmed) -> Response {
    let Unconfirmed { door, path, fields } = unconfirmed;
    let failure = Failure::from(Fault::from(door.clone()));
    let mut response = match asker.htmx {
        true => page(&Part { again: Again::of(app, &failure, path, fields) }),
        false => page(&Page { site: &app.site, again: Again::of(app, &failure, path, fields) }),
    };
    *response.status_mut() = failure.status;
    failure.dressed(response)
}

impl<'a> Again<'a> {
    fn of(app: &App, failure: &'a Failure, path: &'a str, fields: &'a [(String, String)]) -> Again<'a> {
        let (back, act) = path.rsplit_once('/').unwrap_or((path, ""));
        let text = |name: &str| {
            let mut values = fields.iter().filter(|(found, value)| found == name && !value.trim().is_empty());
            values.next().map_or("", |(_, value)| value.trim())
        };
        let spool = back.strip_prefix("/supervisor/carretes/");
        let tag = spool.and_then(|id| app.plant.view().get(id).map(|spool| spool.tag().to_string()));
        let (pin, badge) = (!text("pin").is_empty(), act == "credencial" && !text("codigo").is_empty());
        let secret = |name: &str| name == "clave" || name == "pin" && pin || name == "codigo" && badge;
        Again {
            failure,
            path,
            back,
            act,
            tag,
            reason: if matches!(text("motivo"), "" | "otro") { text("otro") } else { text("motivo") },
            name: text("nombre"),
            kept: fields.iter().filter(|(name, _)| !secret(name)).collect(),
            pin,
            badge,
        }
    }
}
