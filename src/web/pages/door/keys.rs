//! `/supervisor/claves`: tokens of clients, the wall's link, the workers' PINs and badges.

use super::super::fields::Fields;
use super::super::{Answer, page};
use super::enrol::origin;
use super::{go, locked, noted, now, when};
use crate::access::{Book, Denied, rules};
use crate::domain::{Refusal, WorkerId};
use crate::web::caller::Caller;
use crate::web::pages::Asker;
use crate::web::pages::face::Face;
use crate::web::{App, Site};
use crate::words;
use crate::workbook::View;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use std::collections::BTreeSet;
use uuid::Uuid;

const HERE: &str = "/supervisor/claves";

#[derive(Template)]
#[template(path = "door/keys.html")]
struct Keys<'a> {
    site: &'a Site,
    /// What was made just now, and is never shown again.
    new_token: Option<&'a str>,
    new_wall: Option<&'a str>,
    wall: String,
    tokens: Vec<Token>,
    asks: bool,
    people: Vec<Person>,
    digits: usize,
    /// By which a form that is sent twice is known.
    form: Uuid,
}

struct Token {
    id: String,
    name: String,
    acts: bool,
    since: String,
    by: String,
    seen: String,
}

struct Person {
    id: u32,
    name: String,
    pin: bool,
    badges: usize,
}

/// The page.
pub(super) async fn show(State(app): State<App>) -> Answer {
    shown(&app, None, None)
}

fn shown(app: &App, new_token: Option<&str>, new_wall: Option<&str>) -> Answer {
    let (book, view) = (locked(app)?.book()?, app.plant.view());
    let tokens = book.tokens.iter().map(|(id, token)| Token {
        id: id.clone(),
        name: token.name.clone(),
        acts: token.acts,
        since: when(app, token.since),
        by: token.by.clone(),
        seen: when(app, token.seen),
    });
    let people = people(&book, &view).into_iter().map(|(id, name)| Person {
        pin: book.pins.contains_key(&id.to_string()),
        badges: book.badges.values().filter(|badge| badge.worker == id).count(),
        id,
        name,
    });
    let wall = if book.house.wall.is_empty() { String::new() } else { when(app, book.house.wall_since) };
    let (tokens, people, asks) = (tokens.collect(), people.collect(), book.house.pins);
    Ok(page(&Keys { site: &app.site, new_token, new_wall, wall, tokens, asks, people, digits: rules::PIN, form: Uuid::new_v4() }))
}

/// Who may be given a PIN or a badge. As long as the workbook was never read nobody's name is known: those who have one,
/// so that it can be taken from them.
fn people(book: &Book, view: &View) -> Vec<(u32, String)> {
    if view.read_at.is_none() {
        let with_pin = book.pins.keys().filter_map(|id| id.parse().ok());
        let known: BTreeSet<u32> = with_pin.chain(book.badges.values().map(|badge| badge.worker)).collect();
        return known.into_iter().map(|id| (id, id.to_string())).collect();
    }
    view.people.all().iter().filter(|worker| worker.active).map(|worker| (worker.id.get(), worker.full_name())).collect()
}

/// Whose PIN or badge it is; see [`people`].
fn whose(view: &View, id: WorkerId) -> Result<WorkerId, Refusal> {
    if view.read_at.is_none() { Ok(id) } else { view.people.active(id).map(|worker| worker.id) }
}

/// Makes a token, and shows it once; the form sent again, as by a reload, makes none.
pub(super) async fn add_token(State(app): State<App>, asker: Asker, caller: Caller, fields: Fields) -> Answer {
    let acts = fields.text("alcance") == Some("actuar");
    let (name, by) = (fields.text("nombre").unwrap_or_default(), caller.supervisor_name().unwrap_or_default());
    let made = locked(&app)?.add_token_once(fields.id()?, (name, acts), by, now(&app)).await;
    match made.map_err(|denied| asker.told(denied))? {
        Some(token) => {
            noted(&caller, "make token", name);
            shown(&app, Some(&token), None)
        }
        None => Ok(go(asker, HERE)),
    }
}

/// Ends a token.
pub(super) async fn revoke_token(State(app): State<App>, asker: Asker, caller: Caller, fields: Fields) -> Answer {
    let ended = locked(&app)?.revoke_token(fields.text("id").unwrap_or_default()).await;
    let name = ended.as_ref().map(|token| token.name.clone()).unwrap_or_default();
    done(asker, &caller, ("revoke token", &name), ended.map(drop))
}

/// Makes another link for walls, and shows it once; the form sent again leaves it as it is.
pub(super) async fn new_wall(
    State(app): State<App>,
    (asker, caller): (Asker, Caller),
    uri: Uri,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    match locked(&app)?.new_wall_once(fields.id()?, now(&app)).await.map_err(|denied| asker.told(denied))? {
        Some(secret) => {
            noted(&caller, "make wall link", "");
            shown(&app, None, Some(&format!("{}/muro/{secret}", origin(&uri, &headers))))
        }
        None => Ok(go(asker, HERE)),
    }
}

/// Makes the link for walls none any more.
pub(super) async fn no_wall(State(app): State<App>, asker: Asker, caller: Caller, _fields: Fields) -> Answer {
    done(asker, &caller, ("drop wall link", ""), locked(&app)?.no_wall(now(&app)).await)
}

/// Whether workers give their PIN.
pub(super) async fn ask_pins(State(app): State<App>, asker: Asker, caller: Caller, fields: Fields) -> Answer {
    let asks = fields.text("pedir") == Some("si");
    let act = if asks { "ask for PINs" } else { "ask for no PINs" };
    done(asker, &caller, (act, ""), locked(&app)?.ask_pins(asks).await)
}

/// Gives a worker a PIN; an empty field takes his.
pub(super) async fn set_pin(State(app): State<App>, asker: Asker, caller: Caller, fields: Fields) -> Answer {
    let worker = whose(&app.plant.view(), fields.worker()?).map_err(|error| asker.told(error))?;
    let pin = fields.text("pin");
    let set = locked(&app)?.set_pin(worker, pin, now(&app)).await;
    let act = if pin.is_some() { "give PIN" } else { "take PIN" };
    done(asker, &caller, (act, &worker.to_string()), set)
}

/// Gives a worker a badge beside those that he has; an empty field takes them all.
pub(super) async fn set_badge(State(app): State<App>, asker: Asker, caller: Caller, fields: Fields) -> Answer {
    let (access, worker) = (locked(&app)?, whose(&app.plant.view(), fields.worker()?).map_err(|error| asker.told(error))?);
    let whom = worker.to_string();
    let Some(code) = fields.text("codigo") else {
        return done(asker, &caller, ("take badges", &whom), access.remove_badges(worker).await);
    };
    if rules::badge(code).is_none() {
        return Err(asker.told(crate::words::Fault::from(crate::words::Door::BadBadge)));
    }
    done(asker, &caller, ("give badge", &whom), access.add_badge(code, worker, now(&app)).await)
}

fn done(asker: Asker, caller: &Caller, (act, whom): (&str, &str), result: Result<(), Denied>) -> Result<Response, Face> {
    result.map_err(|denied| asker.told(denied))?;
    noted(caller, act, whom);
    Ok(go(asker, HERE))
}
