//! What a worker does from his list. Each handler parses, calls the plant, and answers with the
//! card as it is now and a toast; a refusal brings the fresh card, too.

use super::card::{Card, Place};
use super::face::{Asker, Face};
use super::fields::{Fields, wrong};
use super::spools::fresh;
use super::{Answer, page};
use crate::domain::{Action, Operation, WorkerId};
use crate::error::Error;
use crate::plant::{BATCH, Done, Order};
use crate::web::failure::Failure;
use crate::web::words;
use crate::web::{App, Site};
use askama::Template;
use axum::extract::{Form, Path, State};
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
}

impl Acted {
    fn key(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// TOMAR; with `relevar` a takeover.
pub(super) async fn take(State(app): State<App>, asker: Asker, Path(id): Path<String>, Form(fields): Form<Fields>) -> Answer {
    act(&app, &asker, id, &fields, async |order| {
        let operation =
            fields.operation()?.ok_or_else(|| wrong("Falta la operación (campo «operacion»). Actualiza la lista."))?;
        Ok(app.plant.take(order, operation, fields.text("relevar").is_some()).await?)
    })
    .await
}

/// PAUSAR, with a reason or without.
pub(super) async fn pause(State(app): State<App>, asker: Asker, Path(id): Path<String>, Form(fields): Form<Fields>) -> Answer {
    act(&app, &asker, id, &fields, async |order| Ok(app.plant.pause(order, fields.reason()?).await?)).await
}

/// COMPLETAR on a date.
pub(super) async fn complete(State(app): State<App>, asker: Asker, Path(id): Path<String>, Form(fields): Form<Fields>) -> Answer {
    act(&app, &asker, id, &fields, async |order| Ok(app.plant.complete(order, fields.date()?).await?)).await
}

/// CANCELAR.
pub(super) async fn cancel(State(app): State<App>, asker: Asker, Path(id): Path<String>, Form(fields): Form<Fields>) -> Answer {
    act(&app, &asker, id, &fields, async |order| Ok(app.plant.cancel(order).await?)).await
}

/// DESHACER one's own last action.
pub(super) async fn undo(State(app): State<App>, asker: Asker, Path(id): Path<String>, Form(fields): Form<Fields>) -> Answer {
    act(&app, &asker, id, &fields, async |order| {
        let event = fields.uuid("evento")?.ok_or_else(|| wrong("Falta la acción que se deshace (campo «evento»)."))?;
        Ok(app.plant.undo(order, event).await?)
    })
    .await
}

/// APROBAR or RECHAZAR.
pub(super) async fn inspect(State(app): State<App>, asker: Asker, Path(id): Path<String>, Form(fields): Form<Fields>) -> Answer {
    act(&app, &asker, id, &fields, async |order| {
        let approved = match fields.text("resultado") {
            Some("APROBADO") => true,
            Some("RECHAZADO") => false,
            _ => return Err(wrong("El resultado (campo «resultado») debe ser APROBADO o RECHAZADO.").into()),
        };
        Ok(app.plant.inspect(order, approved).await?)
    })
    .await
}

/// One action of one worker on one spool, told as this asker needs it.
async fn act<F>(app: &App, asker: &Asker, spool: String, fields: &Fields, deed: impl FnOnce(Order) -> F) -> Answer
where
    F: Future<Output = Result<Done, Face>>,
{
    let worker = fields.worker().map_err(|failure| asker.told(failure))?;
    let card = || fresh(app, &spool, worker).ok();
    let id = fields.id().map_err(|failure| asker.told(failure).with(card()))?;
    let order = Order { spool: spool.clone(), worker, id };
    let done = deed(order).await.map_err(|face| asker.told(face).with(card()))?;
    if !asker.htmx {
        return Ok(Redirect::to(&format!("/carretes?trabajador={worker}#spool-{}", done.spool.id())).into_response());
    }
    let card = fresh(app, done.spool.id(), worker).map_err(|error| asker.told(error))?;
    let undo = done.event.as_ref().filter(|event| event.action != Action::Undo).map(|event| event.id);
    Ok(page(&Acted { card, message: words::done(&done), undo }))
}

#[derive(Template)]
#[template(path = "_batch.html")]
struct Batch {
    verdicts: Vec<Verdict>,
    taken: usize,
}

impl Batch {
    fn key(&self) -> Uuid {
        Uuid::new_v4()
    }
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage<'a> {
    site: &'a Site,
    worker: WorkerId,
    verdicts: Vec<Verdict>,
    taken: usize,
}

/// How one spool of many fared.
struct Verdict {
    tag: String,
    taken: bool,
    message: String,
    card: Option<Card>,
}

/// TOMAR many at once: a verdict for each, kept on the screen until it is put away.
pub(super) async fn take_many(State(app): State<App>, asker: Asker, Form(fields): Form<Fields>) -> Answer {
    let worker = fields.worker().map_err(|failure| asker.told(failure))?;
    let id = fields.id().map_err(|failure| asker.told(failure))?;
    let chosen = chosen(&fields).map_err(|failure| asker.told(failure))?;
    let mut verdicts = Vec::with_capacity(chosen.len());
    for operation in Operation::ALL {
        let of = |(found, _): &&(Operation, String)| *found == operation;
        let spools: Vec<String> = chosen.iter().filter(of).map(|(_, spool)| spool.clone()).collect();
        let order = Order { spool: String::new(), worker, id };
        let results = app.plant.take_many(order, spools.clone(), operation).await;
        verdicts.extend(spools.iter().zip(results).map(|(spool, result)| verdict(&app, spool, worker, &result)));
    }
    let taken = verdicts.iter().filter(|verdict| verdict.taken).count();
    match asker.htmx {
        true => Ok(page(&Batch { verdicts, taken })),
        false => Ok(page(&BatchPage { site: &app.site, worker, verdicts, taken })),
    }
}

/// The boxes that were ticked: `ARM:{id}` each.
fn chosen(fields: &Fields) -> Result<Vec<(Operation, String)>, Failure> {
    let mut chosen: Vec<(Operation, String)> = Vec::new();
    for value in fields.values("carretes").filter(|value| !value.is_empty()) {
        let read = value.split_once(':').and_then(|(operation, id)| Some((Operation::read(operation)?, id.to_owned())));
        let one = read.ok_or_else(|| wrong("La selección (campo «carretes») no se entiende. Actualiza la lista."))?;
        if !chosen.contains(&one) {
            chosen.push(one);
        }
    }
    match chosen.len() {
        0 => Err(wrong("No hay carretes seleccionados (campo «carretes»). Marca al menos uno.")),
        1..=BATCH => Ok(chosen),
        many => Err(wrong(format!("Son {many} carretes (campo «carretes») y el máximo es {BATCH}. Desmarca algunos."))),
    }
}

fn verdict(app: &App, spool: &str, worker: WorkerId, result: &Result<Done, Error>) -> Verdict {
    let card = fresh(app, spool, worker).ok();
    let tag = card.as_ref().map_or_else(|| spool.to_owned(), |card| card.tag.clone());
    match result {
        Ok(done) => Verdict { tag, taken: true, message: words::done(done), card },
        Err(error) => Verdict { tag, taken: false, message: Failure::from(error).message, card },
    }
}
