//! Error -> status, code and sentence; the only place that knows statuses.
//!
//! The matches have no wildcard: a new reason does not compile until it has a status, a code and
//! a sentence. An error is logged here, once, because here it becomes an answer.

use super::Site;
use super::layers::{Here, unspoken};
use super::recent::Mishap;
use crate::domain::Refusal;
use crate::error::{Error, Service, in_full};
use crate::words::{self, Door, Fault};
use askama::Template;
use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use tracing::{debug, error, info, warn};

/// A failure as both faces show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The status.
    pub status: StatusCode,
    /// The code of `domain.md` 11, such as `SPOOL_OCCUPIED`.
    pub code: &'static str,
    /// One clear Spanish sentence: what happened, who has it, what to do now.
    pub message: String,
    /// After how many seconds it is worth trying again, where that is known.
    pub wait: Option<u32>,
    /// Whether the list that it was asked from is older than what happened: a screen brings the button for a newer one.
    pub stale: bool,
}

/// The code of a failure, left on its response for the counters.
#[derive(Debug, Clone, Copy)]
pub struct Code(pub &'static str);

/// The JSON face. `detail` is `message` again, for clients of the earlier API.
#[derive(Serialize)]
struct Shape<'a> {
    error: &'static str,
    message: &'a str,
    detail: &'a str,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct Page<'a> {
    site: &'a Site,
    failure: &'a Failure,
    /// Whether to ask the same once more is worth a button.
    again: bool,
}

/// Whether an address is for programs, which are answered in JSON.
pub(super) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// A failure of a request's own reading, before any handler: it gets the face of its address.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        unspoken(self)
    }
}

impl From<&Error> for Failure {
    /// Times of the day of the request in hand go without their date; the request id names a bug.
    fn from(error: &Error) -> Failure {
        let here = Here::current();
        let (now, reference) = (here.as_ref().map(|here| here.at), here.as_ref().map(|here| here.id.as_str()));
        let (status, code) = of_error(error);
        let (message, stale) = (words::error(error, now, reference), words::is_of_an_old_list(error));
        let failure = Failure { status, code, message, wait: None, stale };
        failure.log(error);
        failure
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        let (status, code) = of_fault(&fault);
        let wait = if let Fault::Door(Door::Wait(seconds) | Door::Turn(seconds)) = &fault { Some(*seconds) } else { None };
        let failure = Failure { status, code, message: fault.sentence(), wait, stale: false };
        failure.remember(failure.message.clone());
        failure
    }
}

impl Failure {
    /// A bug that showed itself outside any use case, such as a panic.
    pub fn internal(what: &str) -> Failure {
        Failure::from(&Error::Internal(what.to_owned()))
    }

    /// After how many seconds it is worth trying again; `None` when trying again changes nothing.
    pub fn retry_after(&self) -> Option<u32> {
        self.wait.or(match self.status {
            StatusCode::SERVICE_UNAVAILABLE => Some(5),
            StatusCode::TOO_MANY_REQUESTS => Some(1),
            _ => None,
        })
    }

    /// The JSON face: `{error, message, detail}`.
    pub fn json(&self) -> Response {
        let Failure { status, code, message, .. } = self;
        let body = Json(Shape { error: code, message, detail: message });
        self.dressed((*status, body).into_response())
    }

    /// The face for an address: JSON under `/api`, a page elsewhere.
    pub fn for_path(&self, path: &str) -> Response {
        match is_api(path) {
            true => self.json(),
            false => self.page(),
        }
    }

    /// Adds what every face carries: `Retry-After`, and the code for the counters.
    pub fn dressed(&self, mut response: Response) -> Response {
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Code(self.code));
        response
    }

    /// The page for people, with a way back.
    pub fn page(&self) -> Response {
        let here = Here::current();
        let none = Site::default();
        let site = here.as_ref().map_or(&none, |here| &*here.site);
        let again = self.retry_after().is_some() && here.as_ref().is_some_and(|here| here.asks);
        // A page that does not render is a bug; the sentence alone cannot fail.
        let body = Page { site, failure: self, again }.render().map(Html).map_err(|_| self.message.clone());
        self.dressed((self.status, body).into_response())
    }

    /// Keeps what could not be served for supervisors.
    fn remember(&self, cause: String) {
        if let Some(Here { id, at, site, route, .. }) = Here::current().filter(|_| self.status.is_server_error()) {
            let (status, code) = (self.status.as_u16(), self.code.into());
            site.recent.keep(Mishap { at, request: id, route, status, code, cause, times: 1, process: String::new() });
        }
    }

    /// One line; never a body, a name or a sentence. The request id is on the span.
    fn log(&self, error: &Error) {
        let (status, code) = (self.status.as_u16(), self.code);
        self.remember(in_full(error));
        match status {
            500 => error!(status, code, cause = in_full(error), "a bug"),
            501.. => warn!(status, code, cause = in_full(error), "could not be served"),
            400 | 404 => debug!(status, code, "refused"),
            _ => info!(status, code, "refused"),
        }
    }
}

fn of_error(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::Refused(refusal) => of_refusal(refusal),
        Error::Conflict => (StatusCode::CONFLICT, "VERSION_CONFLICT"),
        Error::Unavailable { service: Service::Workbook, .. } => (StatusCode::SERVICE_UNAVAILABLE, "SHEETS_NO_DISPONIBLE"),
        Error::Unavailable { service: Service::Locks, .. } => (StatusCode::SERVICE_UNAVAILABLE, "REDIS_NO_DISPONIBLE"),
        Error::Unavailable { service: Service::Events, .. } => (StatusCode::SERVICE_UNAVAILABLE, "EVENTOS_NO_DISPONIBLE"),
        Error::Withdrawn => (StatusCode::SERVICE_UNAVAILABLE, "SHEETS_TIMEOUT"),
        Error::OutcomeUnknown => (StatusCode::SERVICE_UNAVAILABLE, "RESULTADO_DESCONOCIDO"),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "ERROR_INTERNO"),
    }
}

/// `domain.md` 11 and `design.md` 4: the status is chosen by what the person does next.
fn of_refusal(refusal: &Refusal) -> (StatusCode, &'static str) {
    match refusal {
        Refusal::UnknownSpool { .. } => (StatusCode::NOT_FOUND, "SPOOL_NO_ENCONTRADO"),
        Refusal::UnknownWorker { .. } => (StatusCode::NOT_FOUND, "WORKER_NO_ENCONTRADO"),
        Refusal::InactiveWorker { .. } | Refusal::NotOwner { .. } | Refusal::NotYours { .. } | Refusal::NotAsker { .. } => {
            (StatusCode::FORBIDDEN, "NO_AUTORIZADO")
        }
        Refusal::RoleMissing { .. } => (StatusCode::FORBIDDEN, "ROL_NO_AUTORIZADO"),
        Refusal::Blocked { .. } => (StatusCode::FORBIDDEN, "SPOOL_BLOQUEADO"),
        Refusal::AmbiguousTag { .. } => (StatusCode::CONFLICT, "TAG_DUPLICADO"),
        Refusal::Occupied { .. } | Refusal::BeingTaken { .. } => (StatusCode::CONFLICT, "SPOOL_OCCUPIED"),
        Refusal::HelpAsked { .. } => (StatusCode::CONFLICT, "AYUDA_YA_PEDIDA"),
        Refusal::NoHelp { .. } => (StatusCode::BAD_REQUEST, "AYUDA_NO_PEDIDA"),
        Refusal::ChangedSince { .. } | Refusal::SeenOtherwise { .. } => (StatusCode::CONFLICT, "VERSION_CONFLICT"),
        Refusal::Ended { .. } => (StatusCode::GONE, "LOCK_EXPIRED"),
        Refusal::Unreadable { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "DATOS_ILEGIBLES"),
        Refusal::YoursForOther { .. } | Refusal::NextBegun { .. } => (StatusCode::BAD_REQUEST, "OPERACION_YA_INICIADA"),
        Refusal::AlreadyDone { .. } => (StatusCode::BAD_REQUEST, "OPERACION_YA_COMPLETADA"),
        Refusal::NotStarted { .. } | Refusal::AlreadyFree { .. } => (StatusCode::BAD_REQUEST, "OPERACION_NO_INICIADA"),
        Refusal::Prerequisite { .. } => (StatusCode::BAD_REQUEST, "DEPENDENCIAS_NO_SATISFECHAS"),
        Refusal::NotAvailable { .. }
        | Refusal::NotDone { .. }
        | Refusal::NotBlocked { .. }
        | Refusal::NothingToCorrect { .. }
        | Refusal::InspectionOff => (StatusCode::BAD_REQUEST, "OPERACION_NO_DISPONIBLE"),
        Refusal::FutureDate { .. } | Refusal::ReasonMissing | Refusal::WorkerMissing { .. } => {
            (StatusCode::BAD_REQUEST, "VALIDACION")
        }
        Refusal::KeyReused => (StatusCode::BAD_REQUEST, "CLAVE_REUTILIZADA"),
    }
}

fn of_fault(fault: &Fault) -> (StatusCode, &'static str) {
    match fault {
        Fault::UnknownRoute => (StatusCode::NOT_FOUND, "RUTA_NO_ENCONTRADA"),
        Fault::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, "METODO_NO_PERMITIDO"),
        Fault::AddressTooLong => (StatusCode::URI_TOO_LONG, "DIRECCION_DEMASIADO_LARGA"),
        Fault::HeadTooLarge => (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "ENCABEZADOS_DEMASIADO_GRANDES"),
        Fault::TooMany => (StatusCode::TOO_MANY_REQUESTS, "DEMASIADAS_PETICIONES"),
        Fault::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "CUERPO_DEMASIADO_GRANDE"),
        Fault::BadAddress
        | Fault::BodyCut
        | Fault::NotJsonType
        | Fault::NotJson
        | Fault::NotAnObject
        | Fault::NotForm
        | Fault::Missing(..)
        | Fault::NothingChosen
        | Fault::TooManyChosen(_)
        | Fault::Wrong(..)
        | Fault::Repeated(..) => (StatusCode::BAD_REQUEST, "VALIDACION"),
        Fault::OtherSite => (StatusCode::FORBIDDEN, "ORIGEN_NO_PERMITIDO"),
        Fault::OtherName => (StatusCode::MISDIRECTED_REQUEST, "NOMBRE_AJENO"),
        Fault::PassedOn => (StatusCode::MISDIRECTED_REQUEST, "PROXY_NO_ADMITIDO"),
        Fault::Door(door) => of_door(door),
        Fault::NotRead(_) => (StatusCode::SERVICE_UNAVAILABLE, "SHEETS_NO_DISPONIBLE"),
        Fault::TooSlow => (StatusCode::SERVICE_UNAVAILABLE, "TIEMPO_AGOTADO"),
        Fault::TooSlowAction => (StatusCode::SERVICE_UNAVAILABLE, "RESULTADO_DESCONOCIDO"),
    }
}

/// 401 where it would help to say who one is, 403 where it would not.
fn of_door(door: &Door) -> (StatusCode, &'static str) {
    match door {
        Door::Unknown => (StatusCode::UNAUTHORIZED, "NO_REGISTRADO"),
        Door::PinFirst => (StatusCode::UNAUTHORIZED, "PIN_REQUERIDO"),
        Door::NotAllowed | Door::PinOnTablet => (StatusCode::FORBIDDEN, "ACCESO_NO_PERMITIDO"),
        Door::SupervisorsOnly | Door::EnterFirst => (StatusCode::FORBIDDEN, "SOLO_SUPERVISOR"),
        Door::PasswordAgain => (StatusCode::FORBIDDEN, "CLAVE_REQUERIDA"),
        Door::Wrong | Door::WrongPassword => (StatusCode::FORBIDDEN, "CLAVE_INCORRECTA"),
        Door::WrongPin => (StatusCode::FORBIDDEN, "PIN_INCORRECTO"),
        Door::TabletLocked => (StatusCode::FORBIDDEN, "TABLETA_BLOQUEADA"),
        Door::NoSuchCode | Door::NoSuchBadge | Door::BadName | Door::WeakPin | Door::BadBadge => {
            (StatusCode::BAD_REQUEST, "VALIDACION")
        }
        Door::Taken => (StatusCode::CONFLICT, "YA_EXISTE"),
        Door::Gone => (StatusCode::NOT_FOUND, "NO_ENCONTRADO"),
        Door::NotOpen => (StatusCode::NOT_FOUND, "ACCESO_ABIERTO"),
        Door::Wait(_) | Door::Turn(_) => (StatusCode::TOO_MANY_REQUESTS, "DEMASIADOS_INTENTOS"),
        Door::Busy | Door::Away => (StatusCode::SERVICE_UNAVAILABLE, "ACCESO_NO_DISPONIBLE"),
    }
}

#[cfg(test)]
mod tests;
