//! The JSON of the answers, exactly as `design.md` 6 lists it. Names are the plant's.

use crate::domain::audit::Session;
use crate::domain::occupation::can;
use crate::domain::{AuditEvent, Level, Moment, Operation, Problem, Progress, Rules, Spool, Worker};
use chrono::SecondsFormat;
use serde::Serialize;

/// An action that ended well.
#[derive(Serialize)]
pub(super) struct Success {
    pub(super) success: bool,
    pub(super) tag_spool: String,
    pub(super) message: String,
}

/// One spool of a batch.
#[derive(Serialize)]
pub(super) struct Detail {
    pub(super) success: bool,
    pub(super) tag_spool: String,
    pub(super) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'static str>,
}

/// A batch, in the order asked.
#[derive(Serialize)]
pub(super) struct Batch {
    total: usize,
    succeeded: usize,
    failed: usize,
    details: Vec<Detail>,
}

impl Batch {
    pub(super) fn of(details: Vec<Detail>) -> Batch {
        let succeeded = details.iter().filter(|detail| detail.success).count();
        Batch { total: details.len(), succeeded, failed: details.len() - succeeded, details }
    }
}

/// A list; `total` counts what the filters let through, whatever the page.
#[derive(Serialize)]
pub(super) struct List<T> {
    pub(super) total: usize,
    pub(super) items: Vec<T>,
}

impl<T> List<T> {
    pub(super) fn whole(items: Vec<T>) -> List<T> {
        List { total: items.len(), items }
    }
}

/// Who has one spool.
#[derive(Serialize)]
pub(super) struct StatusOf<'a> {
    tag_spool: &'a str,
    id: &'a str,
    /// `null` where `Ocupado_Por` cannot be read: neither occupied nor free.
    ocupado: Option<bool>,
    ocupado_por: Option<&'a str>,
    worker_id: Option<u32>,
    worker_nombre: Option<&'a str>,
    fecha_ocupacion: Option<String>,
    operacion: Option<&'static str>,
    estado_detalle: &'a str,
    version: Option<&'a str>,
}

impl<'a> StatusOf<'a> {
    pub(super) fn new(spool: &'a Spool) -> StatusOf<'a> {
        let holder = spool.occupation.as_ref();
        let unreadable = unreadable_occupant(spool);
        StatusOf {
            tag_spool: spool.tag().as_str(),
            id: spool.id(),
            ocupado: unreadable.is_none().then_some(holder.is_some()),
            ocupado_por: holder.map(|holder| holder.stamp.as_str()).or(unreadable.map(|problem| problem.value.as_str())),
            worker_id: holder.map(|holder| holder.worker.get()),
            worker_nombre: holder.map(|holder| holder.name.as_str()),
            fecha_ocupacion: holder.and_then(|holder| holder.since).map(instant),
            operacion: holder.and_then(|holder| holder.operation).map(Operation::name),
            estado_detalle: &spool.detail,
            version: spool.version.as_deref(),
        }
    }
}

fn unreadable_occupant(spool: &Spool) -> Option<&Problem> {
    use crate::domain::Column;
    spool.problems.iter().find(|problem| problem.column == Column::OccupiedBy && problem.level == Level::Error)
}

/// One person.
#[derive(Serialize)]
pub(super) struct WorkerOf<'a> {
    id: u32,
    nombre: &'a str,
    apellido: &'a str,
    stamp: String,
    roles: Vec<&'static str>,
    activo: bool,
}

impl<'a> WorkerOf<'a> {
    pub(super) fn new(worker: &'a Worker) -> WorkerOf<'a> {
        WorkerOf {
            id: worker.id.get(),
            nombre: worker.given.trim(),
            apellido: worker.family.trim(),
            stamp: worker.stamp(),
            roles: worker.roles.iter().map(|role| role.name()).collect(),
            activo: worker.active,
        }
    }
}

/// One row of the list of spools.
#[derive(Serialize)]
pub(super) struct SpoolOf<'a> {
    id: &'a str,
    tag_spool: &'a str,
    fila: u32,
    nv: &'a str,
    ot: &'a str,
    arm: Option<&'static str>,
    sold: Option<&'static str>,
    metrologia: Option<&'static str>,
    operacion: Option<&'static str>,
    ocupado_por: Option<&'a str>,
    worker_id: Option<u32>,
    fecha_ocupacion: Option<String>,
    vencida: bool,
    estado_detalle: &'a str,
    version: Option<&'a str>,
    puede: Vec<&'static str>,
    problemas: Vec<ProblemOf<'a>>,
}

#[derive(Serialize)]
struct ProblemOf<'a> {
    columna: &'static str,
    valor: &'a str,
    nivel: &'static str,
}

impl<'a> SpoolOf<'a> {
    pub(super) fn new(spool: &'a Spool, rules: &Rules, now: Moment) -> SpoolOf<'a> {
        let holder = spool.occupation.as_ref();
        let of = |problem: &'a Problem| ProblemOf {
            columna: problem.column.header(),
            valor: &problem.value,
            nivel: problem.level.name(),
        };
        SpoolOf {
            id: spool.id(),
            tag_spool: spool.tag().as_str(),
            fila: spool.fila,
            nv: &spool.nv,
            ot: &spool.ot,
            arm: spool.arm.progress.map(Progress::name),
            sold: spool.sold.progress.map(Progress::name),
            metrologia: spool.inspection.map(|state| state.name()),
            operacion: holder.and_then(|holder| holder.operation).map(Operation::name),
            ocupado_por: holder.map(|holder| holder.stamp.as_str()),
            worker_id: holder.map(|holder| holder.worker.get()),
            fecha_ocupacion: holder.and_then(|holder| holder.since).map(instant),
            vencida: holder.is_some_and(|holder| holder.overdue(now, rules.occupation_max)),
            estado_detalle: &spool.detail,
            version: spool.version.as_deref(),
            puede: Operation::ALL.into_iter().filter(|operation| can(spool, *operation)).map(Operation::name).collect(),
            problemas: spool.problems.iter().map(of).collect(),
        }
    }
}

/// One occupied spool.
#[derive(Serialize)]
pub(super) struct OccupiedOf<'a> {
    id: &'a str,
    tag_spool: &'a str,
    fila: u32,
    worker_id: u32,
    worker_nombre: &'a str,
    operacion: Option<&'static str>,
    fecha_ocupacion: Option<String>,
    minutos: Option<i64>,
    vencida: bool,
}

impl<'a> OccupiedOf<'a> {
    /// `None` for a spool that nobody has.
    pub(super) fn new(spool: &'a Spool, rules: &Rules, now: Moment) -> Option<OccupiedOf<'a>> {
        let holder = spool.occupation.as_ref()?;
        Some(OccupiedOf {
            id: spool.id(),
            tag_spool: spool.tag().as_str(),
            fila: spool.fila,
            worker_id: holder.worker.get(),
            worker_nombre: &holder.name,
            operacion: holder.operation.map(Operation::name),
            fecha_ocupacion: holder.since.map(instant),
            minutos: holder.since.map(|since| (now - since).num_minutes().max(0)),
            vencida: holder.overdue(now, rules.occupation_max),
        })
    }
}

/// The history of one spool.
#[derive(Serialize)]
pub(super) struct History<'a> {
    pub(super) tag_spool: &'a str,
    pub(super) sessions: Vec<SessionOf>,
    pub(super) events: Vec<EventOf<'a>>,
}

/// One stretch of work.
#[derive(Serialize)]
pub(super) struct SessionOf {
    worker_id: u32,
    worker_nombre: String,
    operacion: Option<&'static str>,
    inicio: Option<String>,
    fin: Option<String>,
    minutos: Option<i64>,
    motivo: Option<String>,
}

impl SessionOf {
    pub(super) fn new(session: Session, now: Moment) -> SessionOf {
        SessionOf {
            minutos: session.minutes(now),
            worker_id: session.worker.get(),
            operacion: session.operation.map(Operation::name),
            inicio: session.start.map(instant),
            fin: session.end.as_ref().and_then(|event| event.at).map(instant),
            motivo: session.end.and_then(|event| event.notes.reason.clone()),
            worker_nombre: session.worker_name,
        }
    }
}

/// One row of the audit.
#[derive(Serialize)]
pub(super) struct EventOf<'a> {
    id: String,
    timestamp: Option<String>,
    evento_tipo: &'a str,
    worker_id: u32,
    worker_nombre: &'a str,
    operacion: Option<&'static str>,
    accion: &'static str,
}

impl<'a> EventOf<'a> {
    pub(super) fn new(event: &'a AuditEvent) -> EventOf<'a> {
        EventOf {
            id: event.id.to_string(),
            timestamp: event.at.map(instant),
            evento_tipo: &event.event_type,
            worker_id: event.worker.get(),
            worker_nombre: &event.worker_name,
            operacion: event.operation.map(Operation::name),
            accion: event.action.verb(),
        }
    }
}

/// How often workers met each other in the last 24 hours.
#[derive(Serialize)]
pub(super) struct ConflictsOf {
    pub(super) desde: String,
    pub(super) tomas: usize,
    pub(super) conflictos_409: usize,
    pub(super) tasa_409: f64,
    pub(super) terminadas_410: usize,
    pub(super) tasa_410: f64,
    pub(super) puntos: Vec<Point>,
}

/// One contended spool.
#[derive(Serialize)]
pub(super) struct Point {
    pub(super) tag_spool: String,
    pub(super) conflictos: usize,
}

/// How Redis is doing.
#[derive(Serialize)]
pub(super) struct RedisHealth {
    pub(super) operational: bool,
    pub(super) configured: bool,
    pub(super) latency_ms: Option<f64>,
}

/// An instant as RFC 3339 with the plant's offset.
pub(super) fn instant(at: Moment) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
}
