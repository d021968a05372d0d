//! What callers send, parsed into domain types at the edge. Every rejection is one sentence that
//! names the field.

use super::Rejected;
use crate::domain::{Operation, Tag, WorkerId};
use crate::plant::BATCH;
use crate::web::words::{Fault, Wants};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use chrono::NaiveDate;
use serde_json::{Map, Value};
use std::collections::HashSet;
use uuid::{Uuid, Variant};

/// The longest reason for a pause, in characters.
const REASON: usize = 500;

/// A JSON object, whose fields are asked for one by one; unknown fields are never looked at.
pub(super) struct Body(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Rejected;

    async fn from_request(request: Request, state: &S) -> Result<Body, Rejected> {
        if !is_json(request.headers()) {
            return Err(Fault::NotJsonType.into());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| cut(&rejection))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(Body(fields)),
            Ok(_) => Err(Fault::NotAnObject.into()),
            Err(_) => Err(Fault::NotJson.into()),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn cut(rejection: &BytesRejection) -> Fault {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::BodyTooLarge,
        _ => Fault::BodyCut,
    }
}

impl Body {
    /// A field; absent and `null` are the same.
    fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    /// Reads a field that is needed.
    fn needed<'a, T>(&'a self, field: &'static str, wants: Wants, read: impl FnOnce(&'a Value) -> Option<T>) -> Result<T, Fault> {
        let value = self.get(field).ok_or(Fault::Missing(field))?;
        read(value).ok_or(Fault::Wrong(field, wants))
    }

    /// Reads a field that may be absent.
    fn optional<'a, T>(
        &'a self,
        field: &'static str,
        wants: Wants,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        self.get(field).map(|value| read(value).ok_or(Fault::Wrong(field, wants))).transpose()
    }

    /// The spool: `id` where it is given, being the more exact, else `tag_spool`, which may hold
    /// either.
    pub(super) fn spool(&self) -> Result<String, Fault> {
        match self.get("id") {
            Some(_) => self.needed("id", Wants::Tag, tag),
            None => self.tag_spool(),
        }
    }

    /// `tag_spool` alone, where `id` means something else.
    pub(super) fn tag_spool(&self) -> Result<String, Fault> {
        self.needed("tag_spool", Wants::Tag, tag)
    }

    /// `tag_spools`: 1 to 50, each once.
    pub(super) fn tag_spools(&self) -> Result<Vec<String>, Fault> {
        const FIELD: &str = "tag_spools";
        let list = self.needed(FIELD, Wants::TagList, Value::as_array)?;
        if list.is_empty() || list.len() > BATCH {
            return Err(Fault::Wrong(FIELD, Wants::TagList));
        }
        let tags: Option<Vec<String>> = list.iter().map(tag).collect();
        let tags = tags.ok_or(Fault::Wrong(FIELD, Wants::TagList))?;
        let mut seen = HashSet::new();
        match tags.iter().find(|tag| !seen.insert(*tag)) {
            Some(twice) => Err(Fault::Repeated(FIELD, twice.clone())),
            None => Ok(tags),
        }
    }

    /// `worker_id`: a whole number above zero, and a number, not a text.
    pub(super) fn worker(&self) -> Result<WorkerId, Fault> {
        self.needed("worker_id", Wants::Worker, |value| WorkerId::new(value.as_u64()?.try_into().ok()?))
    }

    /// `operacion`.
    pub(super) fn operation(&self) -> Result<Operation, Fault> {
        self.needed("operacion", Wants::Operation, |value| Operation::read(value.as_str()?))
    }

    /// `relevar`; absent is no.
    pub(super) fn takeover(&self) -> Result<bool, Fault> {
        Ok(self.optional("relevar", Wants::Flag, Value::as_bool)?.unwrap_or(false))
    }

    /// `motivo`: free text; blanks alone are no reason.
    pub(super) fn reason(&self) -> Result<Option<String>, Fault> {
        let text = self.optional("motivo", Wants::Text, |value| {
            let text: String = value.as_str()?.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            (text.trim().chars().count() <= REASON).then(|| text.trim().to_owned())
        })?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// `fecha_operacion`: YYYY-MM-DD or DD-MM-YYYY.
    pub(super) fn date(&self) -> Result<Option<NaiveDate>, Fault> {
        self.optional("fecha_operacion", Wants::Date, |value| date(value.as_str()?))
    }

    /// `resultado`: whether it is APROBADO.
    pub(super) fn approved(&self) -> Result<bool, Fault> {
        self.needed("resultado", Wants::Verdict, |value| match value.as_str()?.trim().to_uppercase().as_str() {
            "APROBADO" => Some(true),
            "RECHAZADO" => Some(false),
            _ => None,
        })
    }

    /// `id`: the action to undo.
    pub(super) fn event(&self) -> Result<Uuid, Fault> {
        self.needed("id", Wants::Uuid, |value| Uuid::parse_str(value.as_str()?).ok())
    }
}

fn tag(value: &Value) -> Option<String> {
    Some(Tag::read(value.as_str()?)?.as_str().to_owned())
}

/// A date that exists, in one of the two spellings; digits only, so that `1-2-26` is not guessed at.
fn date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    match parts[..] {
        [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2) => {
            NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
        }
        [day, month, year] if digits(day, 2) && digits(month, 2) && digits(year, 4) => {
            NaiveDate::parse_from_str(text, "%d-%m-%Y").ok()
        }
        _ => None,
    }
}

/// The operation id: the header `Idempotency-Key` where it is sent, else a fresh one.
pub(super) struct OperationId(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for OperationId {
    type Rejection = Rejected;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<OperationId, Rejected> {
        const HEADER: &str = "Idempotency-Key";
        let Some(value) = parts.headers.get(HEADER) else { return Ok(OperationId(Uuid::new_v4())) };
        let read = value.to_str().ok().and_then(|text| Uuid::parse_str(text.trim().trim_matches('"')).ok());
        match read.filter(|id| id.get_version_num() == 4 && id.get_variant() == Variant::RFC4122) {
            Some(id) => Ok(OperationId(id)),
            None => Err(Fault::Wrong(HEADER, Wants::Uuid4).into()),
        }
    }
}

/// The tag or short id at the end of an address.
pub(super) struct Asked(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Rejected;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked, Rejected> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Fault::BadAddress)?;
        let tag = Tag::read(&text).ok_or(Fault::Wrong("tag", Wants::Tag))?;
        Ok(Asked(tag.as_str().to_owned()))
    }
}

/// The filters of a list. A name that no list knows is ignored; an empty value is no filter.
pub(super) struct Filters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Filters {
    type Rejection = Rejected;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Filters, Rejected> {
        let query = axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let axum::extract::Query(pairs) = query.map_err(|_| Fault::BadAddress)?;
        Ok(Filters(pairs))
    }
}

/// `estado` of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Somebody could take it now.
    Available,
    /// Somebody has it.
    Occupied,
    /// Something is wrong with its row.
    Problem,
}

impl Filters {
    /// The text of a filter.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    fn read<T>(&self, name: &'static str, wants: Wants, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Fault> {
        self.text(name).map(|text| read(text).ok_or(Fault::Wrong(name, wants))).transpose()
    }

    /// `operacion`.
    pub(super) fn operation(&self) -> Result<Option<Operation>, Fault> {
        self.read("operacion", Wants::Operation, Operation::read)
    }

    /// `worker_id`.
    pub(super) fn worker(&self) -> Result<Option<WorkerId>, Fault> {
        self.read("worker_id", Wants::Worker, |text| WorkerId::new(text.parse().ok()?))
    }

    /// `limit` or `offset`.
    pub(super) fn count(&self, name: &'static str) -> Result<Option<usize>, Fault> {
        self.read(name, Wants::Count, |text| text.parse().ok())
    }

    /// `estado`.
    pub(super) fn state(&self) -> Result<Option<Wanted>, Fault> {
        self.read("estado", Wants::State, |text| match text.to_lowercase().as_str() {
            "disponible" => Some(Wanted::Available),
            "ocupado" => Some(Wanted::Occupied),
            "problema" => Some(Wanted::Problem),
            _ => None,
        })
    }
}
