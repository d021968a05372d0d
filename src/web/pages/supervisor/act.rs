//! LIBERAR, REABRIR, DESBLOQUEAR and CORREGIR: shown cell by cell, then done with a reason; and what
//! becomes of a call for help.

use super::{Answer, Choice, Named};
use crate::domain::{Cell, Column, Mandate, Mend, Operation, Remedy, Spool, correct};
use crate::error::Error;
use crate::plant::Mending;
use crate::web::caller::Caller;
use crate::web::failure::Failure;
use crate::web::input::Asked;
use crate::web::pages::face::{Asker, Face};
use crate::web::pages::fields::Fields;
use crate::web::pages::page;
use crate::web::{App, Site};
use crate::words::{self, Fault};
use askama::Template;
use axum::extract::{FromRequestParts, MatchedPath, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;
use uuid::Uuid;

/// Which of the four, by the last word of the route.
#[derive(Debug, Clone, Copy)]
pub(in crate::web::pages) enum Verb {
    Release,
    Reopen,
    Unblock,
    Correct,
}

impl<S: Send + Sync> FromRequestParts<S> for Verb {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Verb, Failure> {
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        match route.rsplit('/').next() {
            Some("liberar") => Ok(Verb::Release),
            Some("reabrir") => Ok(Verb::Reopen),
            Some("desbloquear") => Ok(Verb::Unblock),
            Some("corregir") => Ok(Verb::Correct),
            _ => Err(Fault::UnknownRoute.into()),
        }
    }
}

impl Verb {
    /// What is asked for, with what the form says of it.
    fn what(self, app: &App, spool: &Spool, fields: &Fields) -> Result<Mend, Fault> {
        Ok(match self {
            Verb::Release => Mend::Release,
            Verb::Unblock => Mend::Unblock,
            Verb::Reopen => Mend::Reopen(fields.operation()?),
            Verb::Correct => {
                let remedy = fields.remedy()?;
                let likely = match remedy {
                    Remedy::Name(column) => correct::likely(spool, column),
                    _ => None,
                };
                let id = fields.worker_if_any()?.or(likely);
                Mend::Correct(remedy, id.and_then(|id| app.plant.view().people.get(id).cloned()))
            }
        })
    }
}

#[derive(Template)]
#[template(path = "supervisor/act.html")]
struct Act<'a> {
    site: &'a Site,
    spool: Named,
    /// What it is called, as question and as button.
    label: String,
    /// Something about the spool is meant, not the spool itself.
    within: bool,
    /// Who has it now, and what will become of him.
    holder: Option<String>,
    /// The cells that change: column, letters, before, after.
    cells: Vec<Changed>,
    reasons: Vec<&'static str>,
    /// Of a remedy that names somebody: everybody.
    people: Vec<Choice>,
    /// What the form sends along.
    hidden: Vec<(&'static str, String)>,
    /// Why it cannot be done, or was not.
    refusal: Option<String>,
    /// What was said as a reason so far.
    reason: String,
    can: bool,
}

/// One cell before and after.
struct Changed {
    column: &'static str,
    letters: String,
    before: String,
    after: String,
}

impl Act<'_> {
    /// The question, before and after the tag.
    fn question(&self) -> (String, String) {
        let asked = if self.within { words::say("act-ask-in") } else { words::say("act-ask") };
        asked.with("act", &self.label).around("tag")
    }

    /// Whether the reason is none of those to choose from.
    fn typed(&self) -> bool {
        !self.reason.is_empty() && !self.reasons.contains(&self.reason.as_str())
    }
}

/// What is about to be done, to be confirmed.
pub(in crate::web::pages) async fn ask(
    State(app): State<App>,
    asker: Asker,
    verb: Verb,
    Asked(id): Asked,
    query: Fields,
) -> Answer {
    let view = app.plant.view();
    let spool = view.find(&id).map_err(|refusal| asker.told(refusal))?;
    let what = verb.what(&app, spool, &query)?;
    Ok(page(&confirm(&app, spool, &what, &query, None)))
}

/// The act itself. Refused, it shows the row as it is now and what was said.
pub(in crate::web::pages) async fn act(
    State(app): State<App>,
    caller: Caller,
    verb: Verb,
    Asked(id): Asked,
    fields: Fields,
) -> Answer {
    let view = app.plant.view();
    let spool = view.find(&id).map_err(Error::from)?;
    let what = verb.what(&app, spool, &fields)?;
    let supervisor = caller.supervisor_name().unwrap_or_default().to_owned();
    let mandate = Mandate { supervisor, reason: fields.why()?, seen: fields.seen()? };
    let mending = Mending { spool: spool.id().to_owned(), mandate, id: fields.id()? };
    match app.plant.mend(mending, what.clone()).await {
        Ok(done) => {
            let event = done.event.map(|event| event.id.to_string()).unwrap_or_default();
            Ok(Redirect::to(&format!("{}?hecho={event}", after(&what, done.spool.id()))).into_response())
        }
        Err(error) => refused(&app, &id, &what, &fields, &error),
    }
}

/// Where somebody goes on: from a list to the list, from a spool to the spool.
fn after(what: &Mend, spool: &str) -> String {
    match what {
        Mend::Release | Mend::Unblock => "/supervisor".into(),
        Mend::Reopen(_) | Mend::Correct(..) => format!("/supervisor/carretes/{spool}"),
    }
}

fn refused(app: &App, id: &str, what: &Mend, fields: &Fields, error: &Error) -> Answer {
    let failure = Failure::from(error);
    let view = app.plant.view();
    let Ok(spool) = view.find(id) else { return Err(Face::from(failure)) };
    let mut response = page(&confirm(app, spool, what, fields, Some(failure.message.clone())));
    *response.status_mut() = failure.status;
    Ok(failure.dressed(response))
}

fn confirm<'a>(app: &'a App, spool: &Arc<Spool>, what: &Mend, fields: &Fields, refusal: Option<String>) -> Act<'a> {
    let preview = app.plant.preview(spool.id(), what);
    let (cells, why) = match preview {
        Ok(cells) => (cells, None),
        Err(error) => (Vec::new(), Some(Failure::from(&error).message)),
    };
    let view = app.plant.view();
    let changed = |(column, before, after): (Column, Cell, Cell)| Changed {
        column: column.header(),
        letters: view.letters(column).unwrap_or_default(),
        before: words::value(column, &before.display()),
        after: words::value(column, &after.display()),
    };
    let (key, seen, tag) = (Uuid::new_v4().to_string(), spool.row.print().to_string(), spool.tag().to_string());
    let mut hidden = vec![("id_operacion", key), ("visto", seen), ("tag", tag)];
    hidden.extend(chosen(what));
    Act {
        site: &app.site,
        spool: Named::of(spool),
        label: words::act(what),
        within: !matches!(what, Mend::Release | Mend::Unblock),
        holder: words::outcome(what, spool),
        can: why.is_none(),
        cells: cells.into_iter().map(changed).collect(),
        reasons: words::reasons(what),
        people: people(app, what),
        hidden,
        refusal: refusal.or(why),
        reason: fields.why().unwrap_or_default(),
    }
}

/// What the form says of the act itself.
fn chosen(what: &Mend) -> Vec<(&'static str, String)> {
    match what {
        Mend::Release | Mend::Unblock => Vec::new(),
        Mend::Reopen(operation) => vec![("operacion", Operation::name(*operation).to_owned())],
        Mend::Correct(remedy, worker) => {
            let worker = worker.as_ref().map(|worker| ("trabajador", worker.id.to_string()));
            std::iter::once(("remedio", remedy.name())).chain(worker).collect()
        }
    }
}

fn people(app: &App, what: &Mend) -> Vec<Choice> {
    let Mend::Correct(Remedy::Name(_), chosen) = what else { return Vec::new() };
    let is_chosen = |id| chosen.as_ref().is_some_and(|worker| worker.id == id);
    app.plant.view().people.all().iter().map(|worker| Choice::of(worker, is_chosen(worker.id))).collect()
}

/// VISTO or RESUELTO.
pub(in crate::web::pages) async fn about_help(
    State(app): State<App>,
    asker: Asker,
    caller: Caller,
    Asked(id): Asked,
    fields: Fields,
) -> Result<Response, Face> {
    let supervisor = caller.supervisor_name().unwrap_or_default().to_owned();
    let (key, spool) = (fields.id()?, id);
    let done = match fields.text("paso") {
        Some("resuelta") => app.plant.solve_help(spool, supervisor, key).await,
        _ => app.plant.see_help(spool, supervisor, key).await,
    };
    let done = done.map_err(|error| asker.told(error))?;
    let event = done.event.map(|event| event.id.to_string()).unwrap_or_default();
    let back = if fields.text("volver") == Some("carrete") {
        format!("/supervisor/carretes/{}", done.spool.id())
    } else {
        "/supervisor".to_owned()
    };
    Ok(Redirect::to(&format!("{back}?hecho={event}")).into_response())
}
