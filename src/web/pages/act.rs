//! What a worker does from his list. Each handler parses, calls the plant, and answers with the
//! card as it is now and a toast; a refusal brings the fresh card, too.
//!
//! Each part of an answer names its place. A form's own target is one that no list takes along when it
//! is fetched anew: of an answer whose target is gone htmx shows nothing at all.

use super::card::{Card, Place};
use super::door::whose;
use super::face::{Asker, Face};
use super::fields::{Fields, Ticked};
use super::spools::fresh;
use super::{Answer, page};
use crate::domain::{Action, Operation, Worker, WorkerId};
use crate::error::Error;
use crate::plant::{Done, Order};
use crate::web::failure::Failure;
use crate::web::input::Asked;
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use std::future::Future;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "_acted.html")]
struct Acted {
    card: Card,
    message: String,
    /// The event that may be taken back.
    undo: Option<Uuid>,
    /// What was asked above the list has its answer.
    closes: bool,
}

impl Acted {
    fn key(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// TOMAR; with `relevar` a takeover.
pub(super) async fn take(State(app): State<App>, asker: Asker, Asked(id): Asked, fields: Fields) -> Answer {
    act(&app, asker, id, &fields, async |order| {
        Ok(app.plant.take(order, fields.operation()?, fields.text("relevar").is_some()).await?)
    })
    .await
}

/// PAUSAR, with a reason or without.
pub(super) async fn pause(State(app): State<App>, asker: Asker, Asked(id): Asked, fields: Fields) -> Answer {
    act(&app, asker, id, &fields, async |order| Ok(app.plant.pause(order, fields.reason()?).await?)).await
}

/// COMPLETAR on a date.
pub(super) async fn complete(State(app): State<App>, asker: Asker, Asked(id): Asked, fields: Fields) -> Answer {
    act(&app, asker, id, &fields, async |order| Ok(app.plant.complete(order, fields.date()?).await?)).await
}

/// CANCELAR.
pub(super) async fn cancel(State(app): State<App>, asker: Asker, Asked(id): Asked, fields: Fields) -> Answer {
    act(&app, asker, id, &fields, async |order| Ok(app.plant.cancel(order).await?)).await
}

/// DESHACER one's own last action.
pub(super) async fn undo(State(app): State<App>, asker: Asker, Asked(id): Asked, fields: Fields) -> Answer {
    act(&app, asker, id, &fields, async |order| Ok(app.plant.undo(order, fields.event()?).await?)).await
}

/// APROBAR or RECHAZAR.
pub(super) async fn inspect(State(app): State<App>, asker: Asker, Asked(id): Asked, fields: Fields) -> Answer {
    act(&app, asker, id, &fields, async |order| Ok(app.plant.inspect(order, fields.approved()?).await?)).await
}

/// PEDIR AYUDA, with a reason or without.
pub(super) async fn ask_help(State(app): State<App>, asker: Asker, Asked(id): Asked, fields: Fields) -> Answer {
    act(&app, asker, id, &fields, async |order| Ok(app.plant.ask_help(order, fields.reason()?).await?)).await
}

/// RESUELTO, by who asked for help.
pub(super) async fn take_back_help(State(app): State<App>, asker: Asker, Asked(id): Asked, fields: Fields) -> Answer {
    act(&app, asker, id, &fields, async |order| Ok(app.plant.take_back_help(order).await?)).await
}

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage<'a> {
    site: &'a Site,
    who: &'a Worker,
    id: &'a str,
    tag: &'a str,
    which: Option<String>,
    worker: WorkerId,
    key: Uuid,
}

#[derive(Template)]
#[template(path = "_help.html")]
struct HelpForm<'a> {
    id: &'a str,
    tag: &'a str,
    which: Option<String>,
    worker: WorkerId,
    key: Uuid,
}

/// What he needs help for: asked above the list, or on a page of its own.
pub(super) async fn help(State(app): State<App>, asker: Asker, Asked(id): Asked, query: Fields) -> Answer {
    let worker = query.worker().map_err(|failure| asker.told(failure))?;
    let view = app.plant.view();
    let spool = view.find(&id).map_err(|refusal| asker.told(refusal))?;
    let who = view.people.active(worker).map_err(|refusal| asker.told(refusal))?;
    let (id, tag, which, key) = (spool.id(), spool.tag().as_str(), words::which(spool), Uuid::new_v4());
    Ok(match asker.htmx {
        true => page(&HelpForm { id, tag, which, worker, key }),
        false => page(&HelpPage { site: &app.site, who, id, tag, which, worker, key }),
    })
}

/// One action of one worker on one spool, told as this asker needs it.
async fn act<F>(app: &App, asker: Asker, spool: String, fields: &Fields, deed: impl FnOnce(Order) -> F) -> Answer
where
    F: Future<Output = Result<Done, Face>>,
{
    let worker = fields.worker().and_then(|worker| whose(app, worker)).map_err(|failure| asker.told(failure))?;
    let card = || fresh(app, &spool, worker).ok();
    let id = fields.id().map_err(|failure| asker.told(failure).with(card()))?;
    let order = Order { spool: spool.clone(), worker, id };
    let done = deed(order).await.map_err(|face| asker.told(face).with(card()))?;
    if !asker.htmx {
        return Ok(Redirect::to(&format!("/carretes?trabajador={worker}#spool-{}", done.spool.id())).into_response());
    }
    let card = fresh(app, done.spool.id(), worker).map_err(|error| asker.told(error))?;
    let closes = done.event.as_ref().is_some_and(|event| event.action.is_help());
    let undo = done.event.as_ref().filter(|event| event.action != Action::Undo && !closes).map(|event| event.id);
    Ok(page(&Acted { card, message: words::done(&done.spool, done.event.as_deref()), undo, closes }))
}

/// What was asked for many spools at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Many {
    Take,
    Pause,
    Undo,
}

impl Many {
    /// The form whose boxes were sent; none has boxes for what is undone.
    fn form(self) -> &'static str {
        match self {
            Many::Take => "lote",
            Many::Pause => "soltar",
            Many::Undo => "deshacer",
        }
    }

    /// What came of them in all.
    fn told(self, verdicts: &[Verdict]) -> String {
        let good = verdicts.iter().filter(|verdict| verdict.good).count();
        let said = match self {
            Many::Take => words::say("batch-took"),
            Many::Pause => words::say("batch-dropped"),
            Many::Undo => words::say("batch-undid"),
        };
        said.count("good", good).count("all", verdicts.len()).into()
    }
}

#[derive(Template)]
#[template(path = "_batch.html")]
struct Batch {
    many: Many,
    worker: WorkerId,
    verdicts: Vec<Verdict>,
}

impl Batch {
    /// More than this many are not taken in at a glance: there is a way out at both ends.
    const FEW: usize = 3;

    fn key(&self) -> Uuid {
        Uuid::new_v4()
    }

    /// What went well and may be taken back: the event and the box of each. What was taken back may not.
    fn undo(&self) -> Vec<String> {
        let undone = |verdict: &Verdict| Some(format!("{} {} {}", verdict.event?, verdict.tag, verdict.spool));
        self.verdicts.iter().filter(|_| self.many != Many::Undo).filter_map(undone).collect()
    }

    fn is_stale(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.stale)
    }

    /// The spools whose ticks stay, because they may be sent again as they are.
    fn staying(&self) -> String {
        let stay = self.verdicts.iter().filter(|verdict| verdict.stays).map(|verdict| verdict.spool.as_str());
        stay.collect::<Vec<_>>().join(" ")
    }
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage<'a> {
    site: &'a Site,
    worker: &'a Worker,
    many: Many,
    verdicts: Vec<Verdict>,
}

/// How one spool of many fared.
struct Verdict {
    spool: String,
    tag: String,
    good: bool,
    /// What was done, where anything was.
    event: Option<Uuid>,
    /// The workbook or the locks did not answer: it may be sent again as it is.
    stays: bool,
    /// The list from which it was ticked is an old one.
    stale: bool,
    message: String,
    card: Option<Card>,
}

/// TOMAR many at once: a verdict for each, kept on the screen until it is put away.
pub(super) async fn take_many(State(app): State<App>, asker: Asker, fields: Fields) -> Answer {
    let worker = fields.worker().and_then(|worker| whose(&app, worker)).map_err(|failure| asker.told(failure))?;
    let id = fields.id().map_err(|failure| asker.told(failure))?;
    let chosen = fields.chosen().map_err(|failure| asker.told(failure))?;
    let mut verdicts = Vec::with_capacity(chosen.len());
    for operation in Operation::ALL {
        let of = |(found, _): &&(Operation, Ticked)| *found == operation;
        let ticked: Vec<&Ticked> = chosen.iter().filter(of).map(|(_, ticked)| ticked).collect();
        let spools = ticked.iter().map(|ticked| ticked.spool.clone()).collect();
        let order = Order { spool: String::new(), worker, id };
        let results = app.plant.take_many(order, spools, operation).await;
        verdicts.extend(ticked.iter().zip(results).map(|(ticked, result)| verdict(&app, ticked, worker, &result)));
    }
    told(&app, asker, worker, Many::Take, verdicts)
}

/// PAUSAR many at once, for one reason: how a shift ends.
pub(super) async fn pause_many(State(app): State<App>, asker: Asker, fields: Fields) -> Answer {
    let worker = fields.worker().and_then(|worker| whose(&app, worker)).map_err(|failure| asker.told(failure))?;
    let id = fields.id().map_err(|failure| asker.told(failure))?;
    let ticked = fields.released().map_err(|failure| asker.told(failure))?;
    let reason = fields.reason().map_err(|failure| asker.told(failure))?;
    let order = Order { spool: String::new(), worker, id };
    let spools = ticked.iter().map(|ticked| ticked.spool.clone()).collect();
    let results = app.plant.pause_many(order, spools, reason).await;
    let verdicts = ticked.iter().zip(results).map(|(ticked, result)| verdict(&app, ticked, worker, &result)).collect();
    told(&app, asker, worker, Many::Pause, verdicts)
}

/// DESHACER what was just done to several at once: each by its own event.
pub(super) async fn undo_many(State(app): State<App>, asker: Asker, fields: Fields) -> Answer {
    let worker = fields.worker().and_then(|worker| whose(&app, worker)).map_err(|failure| asker.told(failure))?;
    let id = fields.id().map_err(|failure| asker.told(failure))?;
    let undone = fields.undone().map_err(|failure| asker.told(failure))?;
    let order = Order { spool: String::new(), worker, id };
    let events = undone.iter().map(|(event, ticked)| (ticked.spool.clone(), *event)).collect();
    let results = app.plant.undo_many(order, events).await;
    let verdicts = undone.iter().zip(results).map(|((_, ticked), result)| verdict(&app, ticked, worker, &result)).collect();
    told(&app, asker, worker, Many::Undo, verdicts)
}

fn told(app: &App, asker: Asker, worker: WorkerId, many: Many, mut verdicts: Vec<Verdict>) -> Answer {
    // What somebody has to see to stands first.
    verdicts.sort_by_key(|verdict| verdict.good);
    if asker.htmx {
        return Ok(page(&Batch { many, worker, verdicts }));
    }
    let view = app.plant.view();
    let worker = view.people.active(worker).map_err(|refusal| asker.told(refusal))?;
    Ok(page(&BatchPage { site: &app.site, worker, many, verdicts }))
}

fn verdict(app: &App, ticked: &Ticked, worker: WorkerId, result: &Result<Done, Error>) -> Verdict {
    let card = fresh(app, &ticked.spool, worker).ok();
    let tag = card.as_ref().map_or(&ticked.tag, |card| &card.tag).clone();
    let spool = ticked.spool.clone();
    match result.as_ref().map_err(Failure::from) {
        Ok(done) => {
            let message = words::done(&done.spool, done.event.as_deref());
            let event = done.event.as_ref().map(|event| event.id);
            Verdict { spool, tag, good: true, event, stays: false, stale: false, message, card }
        }
        Err(Failure { status, message, stale, .. }) => {
            Verdict { spool, tag, good: false, event: None, stays: status.is_server_error(), stale, message, card }
        }
    }
}
