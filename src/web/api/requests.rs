//! What callers send, parsed into domain types at the edge. Every rejection is one sentence that
//! names the field.

use super::Rejected;
use crate::domain::cell::date_of;
use crate::domain::{Operation, WorkerId};
use crate::plant::BATCH;
use crate::web::input;
use crate::web::trail::Told;
use crate::words::{Fault, Wants};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use chrono::NaiveDate;
use serde_json::{Map, Value};
use std::collections::HashSet;
use uuid::Uuid;

/// A JSON object, whose fields are asked for one by one; unknown fields are never looked at.
pub(super) struct Body(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Rejected;

    async fn from_request(request: Request, state: &S) -> Result<Body, Rejected> {
        if !is_json(request.headers()) {
            return Err(Fault::NotJsonType.into());
        }
        let told = Told::of(&request);
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| input::unread(&rejection))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => {
                told.note(fields.iter().flat_map(|(name, value)| texts(value).into_iter().map(|text| (name.as_str(), text))));
                Ok(Body(fields))
            }
            Ok(_) => Err(Fault::NotAnObject.into()),
            Err(_) => Err(Fault::NotJson.into()),
        }
    }
}

/// What a field holds, each text of a list by itself.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        other => vec![other.to_string()],
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

impl Body {
    /// A field; absent and `null` are the same.
    fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    /// Reads a field that is needed.
    fn needed<'a, T>(&'a self, field: &'static str, wants: Wants, read: impl FnOnce(&'a Value) -> Option<T>) -> Result<T, Fault> {
        input::needed(self.get(field), field, wants, read)
    }

    /// Reads a text that is needed.
    fn text<T>(&self, field: &'static str, wants: Wants, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Fault> {
        self.needed(field, wants, |value| read(value.as_str()?))
    }

    /// Reads a text that may be absent.
    fn text_if_any<T>(
        &self,
        field: &'static str,
        wants: Wants,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        input::optional(self.get(field), field, wants, |value| read(value.as_str()?))
    }

    /// The spool: `id` where it is given, being the more exact, else `tag_spool`, which may hold
    /// either.
    pub(super) fn spool(&self) -> Result<String, Fault> {
        match self.get("id") {
            Some(_) => self.text("id", Wants::Tag, input::spool),
            None => self.tag_spool(),
        }
    }

    /// `tag_spool` alone, where `id` means something else.
    pub(super) fn tag_spool(&self) -> Result<String, Fault> {
        self.text("tag_spool", Wants::Tag, input::spool)
    }

    /// `tag_spools`: 1 to 50, each once.
    pub(super) fn tag_spools(&self) -> Result<Vec<String>, Fault> {
        const FIELD: &str = "tag_spools";
        let list = self.needed(FIELD, Wants::TagList, Value::as_array)?;
        if list.is_empty() || list.len() > BATCH {
            return Err(Fault::Wrong(FIELD, Wants::TagList));
        }
        let tags: Option<Vec<String>> = list.iter().map(|value| input::spool(value.as_str()?)).collect();
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
        self.text("operacion", Wants::Operation, Operation::read)
    }

    /// `relevar`; absent is no.
    pub(super) fn takeover(&self) -> Result<bool, Fault> {
        Ok(input::optional(self.get("relevar"), "relevar", Wants::Flag, Value::as_bool)?.unwrap_or(false))
    }

    /// `motivo`: free text; blanks alone are no reason.
    pub(super) fn reason(&self) -> Result<Option<String>, Fault> {
        Ok(self.text_if_any("motivo", Wants::Text, input::reason)?.filter(|text| !text.is_empty()))
    }

    /// `fecha_operacion`: YYYY-MM-DD or DD-MM-YYYY.
    pub(super) fn date(&self) -> Result<Option<NaiveDate>, Fault> {
        self.text_if_any("fecha_operacion", Wants::Date, date_of)
    }

    /// `resultado`: whether it is APROBADO.
    pub(super) fn approved(&self) -> Result<bool, Fault> {
        self.text("resultado", Wants::Verdict, input::approved)
    }

    /// `id`: the action to undo.
    pub(super) fn event(&self) -> Result<Uuid, Fault> {
        self.text("id", Wants::Uuid, input::event)
    }
}

/// The operation id: the header `Idempotency-Key` where it is sent, else a fresh one.
pub(super) struct OperationId(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for OperationId {
    type Rejection = Rejected;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<OperationId, Rejected> {
        const HEADER: &str = "Idempotency-Key";
        let Some(value) = parts.headers.get(HEADER) else { return Ok(OperationId(Uuid::new_v4())) };
        let read = input::needed(Some(value), HEADER, Wants::Uuid4, |value| input::operation_id(value.to_str().ok()?));
        Ok(OperationId(read?))
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
        input::optional(self.text(name), name, wants, read)
    }

    /// `operacion`.
    pub(super) fn operation(&self) -> Result<Option<Operation>, Fault> {
        self.read("operacion", Wants::Operation, Operation::read)
    }

    /// `worker_id`.
    pub(super) fn worker(&self) -> Result<Option<WorkerId>, Fault> {
        self.read("worker_id", Wants::Worker, input::worker)
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
