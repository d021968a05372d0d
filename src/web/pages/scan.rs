//! `/escaneo`: a tag as a scanner typed it leads to its card in the worker's list.

use super::face::Asker;
use super::fields::{Fields, bare};
use super::{Answer, page};
use crate::domain::{Refusal, Spool, Tag, Worker, WorkerId};
use crate::error::Error;
use crate::web::{App, Site};
use crate::words;
use crate::workbook::View;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use std::sync::Arc;

/// What htmx fires on the page: where the card is.
const TRIGGER: HeaderName = HeaderName::from_static("hx-trigger");

#[derive(Template)]
#[template(path = "_which.html")]
struct Which<'a> {
    tag: &'a str,
    worker: &'a Worker,
    rows: &'a [&'a Arc<Spool>],
}

#[derive(Template)]
#[template(path = "which.html")]
struct WhichPage<'a> {
    site: &'a Site,
    tag: &'a str,
    worker: &'a Worker,
    rows: &'a [&'a Arc<Spool>],
}

/// One row: its card. Several rows: a choice. None: a sentence.
pub(super) async fn show(State(app): State<App>, asker: Asker, query: Fields) -> Answer {
    let id = query.worker().map_err(|failure| asker.told(failure))?;
    let tag = query.scanned().map_err(|failure| asker.told(failure))?;
    let view = app.plant.view();
    let worker = view.people.active(id).map_err(|refusal| asker.told(refusal))?;
    let rows = scanned(&view, &tag);
    match rows[..] {
        [] => Err(asker.told(Error::from(Refusal::UnknownSpool { asked: tag }))),
        [only] => Ok(found(asker, id, only)),
        _ if asker.htmx => Ok(page(&Which { tag: &tag, worker, rows: &rows })),
        _ => Ok(page(&WhichPage { site: &app.site, tag: &tag, worker, rows: &rows })),
    }
}

/// The rows that a scanner may have meant: letters and digits decide where the tag itself is not found.
fn scanned<'a>(view: &'a View, text: &str) -> Vec<&'a Arc<Spool>> {
    let exact: Vec<&Arc<Spool>> = Tag::read(text).map(|tag| view.tagged(&tag).collect()).unwrap_or_default();
    if exact.is_empty() { view.typed(text).collect() } else { exact }
}

/// Whether a text names spools of the plant: as people write it, as a scanner types it, or by the short id. Costs the
/// same however many there are.
pub(in crate::web) fn is_known_tag(view: &View, text: &str) -> bool {
    let text = bare(text);
    let names = |tag: Tag| view.get(tag.as_str()).is_some() || view.tagged(&tag).next().is_some();
    Tag::read(text).is_some_and(names) || view.typed(text).next().is_some()
}

/// The list that shows this one card.
fn address(worker: WorkerId, spool: &Spool) -> String {
    format!("/carretes?trabajador={worker}&carrete={}", spool.id())
}

fn found(asker: Asker, worker: WorkerId, spool: &Spool) -> Response {
    let address = address(worker, spool);
    if !asker.htmx {
        return Redirect::to(&address).into_response();
    }
    // The page jumps by itself where the card is on it already.
    let told = json!({ "escaneado": { "id": spool.id(), "lugar": address } }).to_string();
    (StatusCode::NO_CONTENT, [(TRIGGER, told)]).into_response()
}
