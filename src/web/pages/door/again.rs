//! What is shown to a supervisor who sent a form after his session had ended, or who asked for a dangerous act and gave
//! his password too long ago, or wrongly: the fields for it, and all that he had typed. What he asked for has not been
//! looked at.

use super::super::face::Asker;
use super::super::page;
use crate::web::caller::{NAME, PASSWORD, Unconfirmed};
use crate::web::failure::Failure;
use crate::web::{App, Site};
use crate::words::{self, Fault};
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
    /// Who says that he is a supervisor, where that is not known: his name, as far as he gave it.
    who: Option<&'a str>,
    /// The fields as they were sent.
    kept: Vec<&'a (String, String)>,
    /// A secret of somebody else was among them. It is not sent back, and has to be typed again.
    pin: bool,
    badge: bool,
}

/// The answer to whoever did not give his password with the form.
pub(in crate::web) fn again(app: &App, asker: Asker, unconfirmed: &Unconfirmed) -> Response {
    let failure = Failure::from(Fault::from(unconfirmed.door.clone()));
    let again = Again::of(app, &failure, unconfirmed);
    let mut response = match asker.htmx {
        true => page(&Part { again }),
        false => page(&Page { site: &app.site, again }),
    };
    *response.status_mut() = failure.status;
    failure.dressed(response)
}

impl<'a> Again<'a> {
    /// Whether his name is the first that is to be typed.
    fn asks_who(&self) -> bool {
        self.who.is_some_and(str::is_empty)
    }

    fn of(app: &App, failure: &'a Failure, unconfirmed: &'a Unconfirmed) -> Again<'a> {
        let Unconfirmed { nobody, path, fields, .. } = unconfirmed;
        let (back, act) = path.rsplit_once('/').unwrap_or((path, ""));
        let text = |name: &str| {
            let mut values = fields.iter().filter(|(found, value)| found == name && !value.trim().is_empty());
            values.next().map_or("", |(_, value)| value.trim())
        };
        let spool = back.strip_prefix("/supervisor/carretes/");
        let tag = match nobody {
            // Who is not known is told nothing that he did not send himself.
            true => Some(text("tag").to_owned()).filter(|tag| !tag.is_empty()),
            false => spool.and_then(|id| app.plant.view().get(id).map(|spool| spool.tag().to_string())),
        };
        let (pin, badge) = (!text("pin").is_empty(), act == "credencial" && !text("codigo").is_empty());
        let anew = |name: &str| name == PASSWORD || name == NAME || name == "pin" && pin || name == "codigo" && badge;
        Again {
            failure,
            path,
            back,
            act,
            tag,
            reason: if matches!(text("motivo"), "" | "otro") { text("otro") } else { text("motivo") },
            name: text("nombre"),
            who: nobody.then(|| text(NAME)),
            kept: fields.iter().filter(|(name, _)| !anew(name)).collect(),
            pin,
            badge,
        }
    }
}
