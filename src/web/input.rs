//! What callers send, read into domain types at the edge: one reader for each thing, whether it
//! comes as JSON, as a form or in an address. `None` is for something else than it should be.

use super::failure::Failure;
use crate::domain::cell::visible;
use crate::domain::{Tag, WorkerId};
use crate::words::{Fault, Wants};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use uuid::{Uuid, Variant};

/// The longest reason for a pause, in characters.
const REASON: usize = 500;

/// A tag or a short id.
pub(super) fn spool(text: &str) -> Option<String> {
    Some(Tag::read(text)?.as_str().to_owned())
}

/// A worker's number.
pub(super) fn worker(text: &str) -> Option<WorkerId> {
    WorkerId::new(text.parse().ok()?)
}

/// Whether it is APROBADO.
pub(super) fn approved(text: &str) -> Option<bool> {
    match text.trim().to_uppercase().as_str() {
        "APROBADO" => Some(true),
        "RECHAZADO" => Some(false),
        _ => None,
    }
}

/// The id of an event.
pub(super) fn event(text: &str) -> Option<Uuid> {
    Uuid::parse_str(text).ok()
}

/// The id of an operation: a UUID of version 4, because two callers must never make the same one.
pub(super) fn operation_id(text: &str) -> Option<Uuid> {
    let id = Uuid::parse_str(text.trim().trim_matches('"')).ok();
    id.filter(|id| id.get_version_num() == 4 && id.get_variant() == Variant::RFC4122)
}

/// A reason, on one line; it may be empty.
pub(super) fn reason(text: &str) -> Option<String> {
    let text = visible(text);
    (text.trim().chars().count() <= REASON).then(|| text.trim().to_owned())
}

/// A field that must be there.
pub(super) fn needed<V, T>(
    value: Option<V>,
    field: &'static str,
    wants: Wants,
    read: impl FnOnce(V) -> Option<T>,
) -> Result<T, Fault> {
    optional(value, field, wants, read)?.ok_or(Fault::Missing(field, wants))
}

/// A field that may be absent.
pub(super) fn optional<V, T>(
    value: Option<V>,
    field: &'static str,
    wants: Wants,
    read: impl FnOnce(V) -> Option<T>,
) -> Result<Option<T>, Fault> {
    value.map(|value| read(value).ok_or(Fault::Wrong(field, wants))).transpose()
}

/// The tag or short id at the end of an address.
pub(super) struct Asked(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked, Failure> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Fault::BadAddress)?;
        Ok(Asked(needed(Some(text.as_str()), "tag", Wants::Tag, spool)?))
    }
}

/// A body that could not be read.
pub(super) fn unread(rejection: &BytesRejection) -> Fault {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::BodyTooLarge,
        _ => Fault::BodyCut,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_id_is_a_uuid_of_version_4() {
        let id = Uuid::new_v4();
        assert_eq!(operation_id(&id.to_string()), Some(id));
        assert_eq!(operation_id(&format!("\"{id}\"")), Some(id));
        let v5 = Uuid::new_v5(&Uuid::NAMESPACE_OID, b"x");
        assert_eq!((operation_id(&v5.to_string()), event(&v5.to_string())), (None, Some(v5)));
    }

    #[test]
    fn a_reason_is_one_line_of_bounded_length() {
        assert_eq!(reason(" falta\nmaterial ").as_deref(), Some("falta material"));
        assert_eq!(reason(&"x".repeat(REASON + 1)), None);
    }
}
