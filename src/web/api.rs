//! JSON for the clients of the plant's earlier `/api/occupation/*`, and for whoever else asks.
//!
//! A handler parses, calls one use case, answers; `design.md` 6 is the table of calls.

mod lists;
mod requests;
mod shapes;

use requests::{Body, OperationId};

use super::App;
use super::failure::Failure;
use super::pages::door::whose;
use crate::domain::Refusal;
use crate::error::Error;
use crate::plant::{Done, Order};
use crate::words::{self, Fault};
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use shapes::{Batch, Detail, Success};

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/occupation/tomar", post(take))
        .route("/api/occupation/pausar", post(pause))
        .route("/api/occupation/completar", post(complete))
        .route("/api/occupation/cancelar", post(cancel))
        .route("/api/occupation/deshacer", post(undo))
        .route("/api/occupation/batch-tomar", post(take_many))
        .route("/api/metrologia/completar", post(inspect))
        .route("/api/occupation/status/{tag}", get(lists::status))
        .route("/api/workers", get(lists::workers))
        .route("/api/spools", get(lists::spools))
        .route("/api/dashboard/occupied", get(lists::occupied))
        .route("/api/history/{tag}", get(lists::history))
        .route("/api/conflicts", get(lists::conflicts))
        .route("/api/redis-health", get(lists::redis_health))
        .route("/api/health/redis", get(lists::redis_health))
        .route("/api", axum::routing::any(unknown))
        .route("/api/", axum::routing::any(unknown))
        .route("/api/{*rest}", axum::routing::any(unknown))
}

/// A failure in its JSON face.
#[derive(Debug)]
pub struct Rejected(Failure);

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        self.0.json()
    }
}

impl From<Fault> for Rejected {
    fn from(fault: Fault) -> Rejected {
        Rejected(Failure::from(fault))
    }
}

/// The answer of a handler: its shape, or the JSON face of a failure.
type Answer<T> = Result<Json<T>, Rejected>;

impl From<Error> for Rejected {
    fn from(error: Error) -> Rejected {
        Rejected(Failure::from(&error))
    }
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Rejected {
        Error::from(refusal).into()
    }
}

fn success(done: &Done) -> Answer<Success> {
    Ok(Json(Success {
        success: true,
        tag_spool: done.spool.tag().to_string(),
        message: words::done(&done.spool, done.event.as_deref()),
    }))
}

fn order(app: &App, body: &Body, id: OperationId) -> Result<Order, Fault> {
    Ok(Order { spool: body.spool()?, worker: whose(app, body.worker()?)?, id: id.0 })
}

async fn take(State(app): State<App>, id: OperationId, body: Body) -> Answer<Success> {
    let (order, operation, takeover) = (order(&app, &body, id)?, body.operation()?, body.takeover()?);
    success(&app.plant.take(order, operation, takeover).await?)
}

async fn pause(State(app): State<App>, id: OperationId, body: Body) -> Answer<Success> {
    let (order, reason) = (order(&app, &body, id)?, body.reason()?);
    success(&app.plant.pause(order, reason).await?)
}

async fn complete(State(app): State<App>, id: OperationId, body: Body) -> Answer<Success> {
    let (order, date) = (order(&app, &body, id)?, body.date()?);
    success(&app.plant.complete(order, date).await?)
}

async fn cancel(State(app): State<App>, id: OperationId, body: Body) -> Answer<Success> {
    success(&app.plant.cancel(order(&app, &body, id)?).await?)
}

async fn undo(State(app): State<App>, id: OperationId, body: Body) -> Answer<Success> {
    let order = Order { spool: body.tag_spool()?, worker: whose(&app, body.worker()?)?, id: id.0 };
    success(&app.plant.undo(order, body.event()?).await?)
}

async fn inspect(State(app): State<App>, id: OperationId, body: Body) -> Answer<Success> {
    let (order, approved) = (order(&app, &body, id)?, body.approved()?);
    success(&app.plant.inspect(order, approved).await?)
}

/// One verdict a spool, in the order asked; 503 only if none could be tried (`design.md` 6).
async fn take_many(State(app): State<App>, id: OperationId, body: Body) -> Answer<Batch> {
    let (asked, worker, operation) = (body.tag_spools()?, whose(&app, body.worker()?)?, body.operation()?);
    let order = Order { spool: String::new(), worker, id: id.0 };
    let mut results = app.plant.take_many(order, asked.clone(), operation).await;
    let untried = |result: &Result<Done, Error>| matches!(result, Err(Error::Unavailable { .. }));
    if results.iter().all(untried)
        && let Some(Err(error)) = results.pop()
    {
        return Err(error.into());
    }
    let details = asked.into_iter().zip(results).map(|(asked, result)| detail(&app, asked, result)).collect();
    Ok(Json(Batch::of(details)))
}

fn detail(app: &App, asked: String, result: Result<Done, Error>) -> Detail {
    match result {
        Ok(done) => Detail {
            success: true,
            tag_spool: done.spool.tag().to_string(),
            message: words::done(&done.spool, done.event.as_deref()),
            error: None,
        },
        Err(error) => {
            let Failure { code, message, .. } = Failure::from(&error);
            let tag_spool = app.plant.view().find(&asked).map_or(asked, |spool| spool.tag().to_string());
            Detail { success: false, tag_spool, message, error: Some(code) }
        }
    }
}

/// Whatever under `/api` is no route.
async fn unknown() -> Rejected {
    Fault::UnknownRoute.into()
}

/// Any route, by any method that it does not know.
pub(super) async fn wrong_method(uri: Uri) -> Response {
    Failure::from(Fault::WrongMethod).for_path(uri.path())
}
