//! `/supervisor/tabletas`: which tablets there are; one is let in, named, unlocked, sent away.

use super::super::fields::Fields;
use super::super::{Answer, page};
use super::{go, locked, noted, now, when};
use crate::access::{Device, rules};
use crate::web::caller::{Caller, Credentials};
use crate::web::pages::Asker;
use crate::web::{App, Site};
use crate::words::{self, Door, Fault};
use askama::Template;
use axum::extract::State;
use axum::response::Response;

const HERE: &str = "/supervisor/tabletas";

#[derive(Template)]
#[template(path = "door/tablets.html")]
struct Tablets<'a> {
    site: &'a Site,
    /// The code that a camera read.
    code: &'a str,
    waiting: usize,
    tablets: Vec<Tablet>,
}

struct Tablet {
    id: String,
    name: String,
    since: String,
    by: String,
    seen: String,
    locked: bool,
    over: bool,
    here: bool,
}

/// The page.
pub(super) async fn show(State(app): State<App>, from: Credentials, query: Fields) -> Answer {
    let (book, now) = (locked(&app)?.book()?, now(&app));
    let here = from.device.map(|(id, _)| id).unwrap_or_default();
    let mut tablets: Vec<Tablet> = book.devices.iter().map(|(id, device)| tablet(&app, id, device, now, *id == here)).collect();
    tablets.sort_by_key(|tablet| tablet.name.to_lowercase());
    let waiting = book.pairings.values().filter(|pairing| pairing.holds(now)).count();
    Ok(page(&Tablets { site: &app.site, code: query.text("codigo").unwrap_or_default(), waiting, tablets }))
}

fn tablet(app: &App, id: &str, device: &Device, now: i64, here: bool) -> Tablet {
    Tablet {
        id: id.to_owned(),
        name: device.name.clone(),
        since: when(app, device.since),
        by: device.by.clone(),
        seen: when(app, device.seen),
        locked: device.locked,
        over: !device.holds(now),
        here,
    }
}

/// Lets in the device that shows a code.
pub(super) async fn let_in(State(app): State<App>, asker: Asker, caller: Caller, fields: Fields) -> Answer {
    let (access, by) = (locked(&app)?, caller.supervisor_name().unwrap_or_default());
    let (code, name) = (fields.text("codigo").unwrap_or_default(), fields.text("nombre").unwrap_or_default());
    if rules::code(code).is_none() {
        return Err(asker.told(Fault::from(Door::NoSuchCode)));
    }
    let let_in = access.let_in(code, name, by, now(&app)).await;
    let id = let_in.map_err(|denied| match denied {
        crate::access::Denied::Wrong => asker.told(Fault::from(Door::NoSuchCode)),
        denied => asker.told(denied),
    })?;
    noted(&caller, "let in", &named(&id, name));
    Ok(back(asker))
}

/// Gives a tablet another name.
pub(super) async fn rename(State(app): State<App>, asker: Asker, caller: Caller, fields: Fields) -> Answer {
    let (id, name) = (which(&fields), fields.text("nombre").unwrap_or_default());
    locked(&app)?.rename(id, name).await.map_err(|denied| asker.told(denied))?;
    noted(&caller, "rename", &named(id, name));
    Ok(back(asker))
}

/// Lets PINs be typed on a tablet again.
pub(super) async fn unlock(State(app): State<App>, asker: Asker, caller: Caller, fields: Fields) -> Answer {
    let id = which(&fields);
    locked(&app)?.unlock(id).await.map_err(|denied| asker.told(denied))?;
    noted(&caller, "unlock", id);
    Ok(back(asker))
}

/// Sends a tablet away.
pub(super) async fn revoke(State(app): State<App>, asker: Asker, caller: Caller, fields: Fields) -> Answer {
    let id = which(&fields);
    locked(&app)?.revoke(id).await.map_err(|denied| asker.told(denied))?;
    noted(&caller, "revoke", id);
    Ok(back(asker))
}

fn which(fields: &Fields) -> &str {
    fields.text("id").unwrap_or_default()
}

/// A tablet as the log names it. What was typed is cut as a name is.
fn named(id: &str, name: &str) -> String {
    format!("{id} {}", rules::name(name).unwrap_or_default())
}

fn back(asker: Asker) -> Response {
    go(asker, HERE)
}
