//! The questions: all of them answered from memory.

use super::requests::{Filters, Wanted};
use super::shapes::{
    ConflictsOf, EventOf, History, List, OccupiedOf, Point, RedisHealth, SessionOf, SpoolOf, StatusOf, WorkerOf, instant,
};
use super::{App, Rejected};
use crate::domain::occupation::can;
use crate::domain::spool::squeeze;
use crate::domain::{Operation, Spool, WorkerId, audit};
use crate::web::input::Asked;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) async fn status(State(app): State<App>, Asked(asked): Asked) -> Result<Response, Rejected> {
    let view = app.plant.view();
    let spool = view.find(&asked)?;
    Ok(Json(StatusOf::new(spool)).into_response())
}

/// Everybody; with `operacion`, only who may do it (`domain.md` 6).
pub(super) async fn workers(State(app): State<App>, filters: Filters) -> Result<Response, Rejected> {
    let operation = filters.operation()?;
    let view = app.plant.view();
    let roles = &app.plant.rules().roles;
    let people = view.people.all().iter();
    let able = people.filter(|worker| operation.is_none_or(|operation| roles.allows(worker, operation)));
    let items: Vec<WorkerOf<'_>> = able.map(|worker| WorkerOf::new(worker)).collect();
    Ok(Json(List::whole(items)).into_response())
}

/// What `/api/spools` is asked for.
struct Question {
    operation: Option<Operation>,
    state: Option<Wanted>,
    worker: Option<WorkerId>,
    /// Each once: a row is looked at for every one of them.
    words: BTreeSet<String>,
}

impl Question {
    fn fits(&self, spool: &Spool) -> bool {
        let is_of_worker = |worker| spool.occupation.as_ref().is_some_and(|holder| holder.worker == worker);
        self.worker.is_none_or(is_of_worker)
            && self.words.iter().all(|word| spool.search.contains(word.as_str()))
            && match self.state {
                None => self.operation.is_none_or(|operation| concerns(spool, operation)),
                Some(Wanted::Available) => match self.operation {
                    Some(operation) => can(spool, operation),
                    None => Operation::ALL.into_iter().any(|operation| can(spool, operation)),
                },
                Some(Wanted::Occupied) => {
                    spool.occupation.is_some() && self.operation.is_none_or(|operation| in_course(spool) == Some(operation))
                }
                Some(Wanted::Problem) => {
                    !spool.problems.is_empty() && self.operation.is_none_or(|operation| concerns(spool, operation))
                }
            }
    }
}

fn in_course(spool: &Spool) -> Option<Operation> {
    spool.occupation.as_ref().and_then(|holder| holder.operation)
}

/// Whether a row belongs on the list of an operation: in course for it, or free to be taken for it,
/// or unreadable, which must not make it vanish (`field-failures.md` G18).
fn concerns(spool: &Spool, operation: Operation) -> bool {
    in_course(spool) == Some(operation) || can(spool, operation) || spool.unreadable().is_some()
}

pub(super) async fn spools(State(app): State<App>, filters: Filters) -> Result<Response, Rejected> {
    let question = Question {
        operation: filters.operation()?,
        state: filters.state()?,
        worker: filters.worker()?,
        words: filters.text("q").unwrap_or_default().split_whitespace().map(squeeze).collect(),
    };
    let (limit, offset) = (filters.count("limit")?.unwrap_or(usize::MAX), filters.count("offset")?.unwrap_or(0));
    let (view, now, rules) = (app.plant.view(), app.plant.clock().now(), app.plant.rules());
    let found: Vec<&Arc<Spool>> = view.spools.iter().filter(|spool| question.fits(spool)).collect();
    let items: Vec<SpoolOf<'_>> = found.iter().skip(offset).take(limit).map(|spool| SpoolOf::new(spool, rules, now)).collect();
    Ok(Json(List { total: found.len(), items }).into_response())
}

/// The occupied spools, longest first; those whose beginning is not known come last.
pub(super) async fn occupied(State(app): State<App>) -> Response {
    let (view, now, rules) = (app.plant.view(), app.plant.clock().now(), app.plant.rules());
    let mut spools: Vec<&Arc<Spool>> = view.spools.iter().filter(|spool| spool.occupation.is_some()).collect();
    spools.sort_by_key(|spool| spool.occupation.as_ref().map(|holder| (holder.since.is_none(), holder.since)));
    let items: Vec<OccupiedOf<'_>> = spools.into_iter().filter_map(|spool| OccupiedOf::new(spool, rules, now)).collect();
    Json(List::whole(items)).into_response()
}

pub(super) async fn history(State(app): State<App>, Asked(asked): Asked) -> Result<Response, Rejected> {
    let (view, now) = (app.plant.view(), app.plant.clock().now());
    let spool = view.find(&asked)?;
    let sessions = audit::sessions(&spool.events).into_iter().map(|session| SessionOf::new(session, now)).collect();
    let events = spool.events.iter().map(|event| EventOf::new(event)).collect();
    Ok(Json(History { tag_spool: spool.tag().as_str(), sessions, events }).into_response())
}

pub(super) async fn conflicts(State(app): State<App>) -> Response {
    let day = app.plant.conflicts().await;
    let (tasa_409, tasa_410) = (day.conflict_rate(), day.ended_rate());
    Json(ConflictsOf {
        desde: instant(app.plant.clock().now() - Duration::hours(24)),
        tomas: day.taken,
        conflictos_409: day.conflicts,
        tasa_409,
        terminadas_410: day.ended,
        tasa_410,
        puntos: day.hot.into_iter().map(|(tag_spool, conflictos)| Point { tag_spool, conflictos }).collect(),
    })
    .into_response()
}

/// Redis, and nothing else: with in-process locks it is neither configured nor operational, and
/// the plant works all the same (`/ready` says so).
pub(super) async fn redis_health(State(app): State<App>) -> Response {
    let health = app.plant.locks().health().await;
    let configured = health.adapter == "redis";
    let latency = health.latency.ok().filter(|_| configured);
    let latency_ms = latency.map(|round_trip| (round_trip.as_secs_f64() * 1e6).round() / 1e3);
    Json(RedisHealth { operational: latency.is_some(), configured, latency_ms }).into_response()
}
