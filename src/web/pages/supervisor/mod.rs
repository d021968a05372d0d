//! `/supervisor`: who needs somebody now, what is wrong in the workbook, how the program is doing, and
//! who did what; and the acts by which a supervisor puts a spool right.

mod act;
mod activity;
mod attend;
mod data;
mod health;
mod one;

use super::Answer;
use super::fields::Fields;
use super::tag::parted;
use crate::domain::{Spool, Worker};
use crate::web::App;
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    let act = || get(act::ask).post(act::act);
    Router::new()
        .route("/supervisor", get(attend::show))
        .route("/supervisor/datos", get(data::show))
        .route("/supervisor/salud", get(health::show))
        .route("/supervisor/actividad", get(activity::show))
        .route("/supervisor/carretes/{id}", get(one::show))
        .route("/supervisor/carretes/{id}/liberar", act())
        .route("/supervisor/carretes/{id}/reabrir", act())
        .route("/supervisor/carretes/{id}/desbloquear", act())
        .route("/supervisor/carretes/{id}/corregir", act())
        .route("/supervisor/carretes/{id}/ayuda", post(act::about_help))
}

/// One of the four sections, for the links above them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Attend,
    Data,
    Health,
    Activity,
}

/// What is around every section.
struct Frame {
    tab: Option<Tab>,
    /// The same address again, for the part that changes.
    here: String,
    /// The number of the view it was made from.
    number: u64,
    /// Audit events that wait on this machine (`design.md` 5.8).
    outbox: usize,
    /// What was just done, in words.
    done: Option<String>,
}

impl Frame {
    fn of(app: &App, tab: Option<Tab>, here: String, query: &Fields) -> Result<Frame, words::Fault> {
        let view = app.plant.view();
        let event = query.done()?.and_then(|id| app.plant.workbook().event(id));
        let done = event.and_then(|event| {
            let spool = event.spool.as_deref().and_then(|id| view.get(id)).or_else(|| view.find(&event.tag).ok())?;
            Some(words::done(spool, Some(&event)))
        });
        let outbox = app.plant.workbook().status().outbox;
        Ok(Frame { tab, here, number: view.number, outbox, done })
    }
}

/// A spool as a line of a list names it.
struct Named {
    id: Arc<str>,
    head: String,
    tail: String,
    /// NV, OT, and the row where the tag alone does not tell.
    numbers: String,
}

impl Named {
    /// The whole tag.
    fn tag(&self) -> String {
        format!("{}{}", self.head, self.tail)
    }

    fn of(spool: &Spool) -> Named {
        let (head, tail) = parted(spool.tag().as_str());
        let mut numbers = vec![words::numbered("NV", &spool.nv), words::numbered("OT", &spool.ot)];
        if spool.identity.duplicate || !spool.identity.tag_ok {
            numbers.push(words::say("row").with("row", spool.fila).to_string());
        }
        numbers.retain(|number| !number.is_empty());
        Named { id: Arc::clone(&spool.identity.id), head: head.to_owned(), tail: tail.to_owned(), numbers: numbers.join(" · ") }
    }
}

/// A worker to choose.
struct Choice {
    id: u32,
    name: String,
    chosen: bool,
}

impl Choice {
    fn of(worker: &Worker, chosen: bool) -> Choice {
        Choice { id: worker.id.get(), name: format!("{} · {}", worker.full_name(), worker.stamp()), chosen }
    }
}
