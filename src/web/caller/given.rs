//! What a supervisor gives together with a form: his password once more for a dangerous act, or, after his session has
//! ended, his name and his password. A form that lacks it comes back with all that was typed in it.

use super::Caller;
use super::cookies::{self, Kind};
use super::door::{Credentials, door};
use crate::access::{Access, Denied, Place, digest};
use crate::web::layers::came;
use crate::words::Door;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Form, FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use std::sync::Arc;

/// The largest form that is looked at, and the largest of whoever is not known: what is in it is sent back.
const FORM: usize = 64 * 1_024;
const STRANGERS: usize = 8 * 1_024;

/// The most fields of a form that is looked at: no page of ours has as many.
const FIELDS: usize = 64;

/// The field with his name, where he signs in with the form; the password is in `clave` always.
pub(in crate::web) const NAME: &str = "supervisor";
pub(in crate::web) const PASSWORD: &str = "clave";

/// A form for supervisors that came without what it needs.
pub(in crate::web) struct Unconfirmed {
    /// Why it was not let through.
    pub(in crate::web) door: Door,
    /// Whether he must say who he is, beside his password.
    pub(in crate::web) nobody: bool,
    /// Where it was sent.
    pub(in crate::web) path: String,
    /// What was typed.
    pub(in crate::web) fields: Vec<(String, String)>,
}

/// A request that was read up to its end, so that it can be looked at and passed on as it was.
pub(super) struct Given {
    parts: Parts,
    bytes: Bytes,
    fields: Vec<(String, String)>,
}

/// Who sends the form after all, the form, and a new cookie for him.
type LetThrough = (Caller, Request, Option<HeaderValue>);

impl Given {
    /// Reads the form; one that is too large, or none, holds nothing.
    pub(super) async fn with(request: Request, caller: &Caller) -> Given {
        let (parts, body) = request.into_parts();
        let most = if *caller == Caller::Nobody { STRANGERS } else { FORM };
        let bytes = to_bytes(body, most).await.unwrap_or_default();
        let mut copy = Request::new(Body::from(bytes.clone()));
        *copy.method_mut() = Method::POST;
        if let Some(kind) = parts.headers.get(CONTENT_TYPE) {
            copy.headers_mut().insert(CONTENT_TYPE, kind.clone());
        }
        let form = Form::<Vec<(String, String)>>::from_request(copy, &()).await;
        let fields = form.map(|Form(pairs)| pairs).ok().filter(|pairs| pairs.len() <= FIELDS).unwrap_or_default();
        Given { parts, bytes, fields }
    }

    /// Looks at what was given: of a supervisor his password, of anybody else also his name.
    pub(super) async fn looked_at(
        self,
        access: &Arc<Access>,
        credentials: Credentials,
        caller: &Caller,
        now: i64,
    ) -> Result<LetThrough, Unconfirmed> {
        let looked = match caller {
            Caller::Supervisor { .. } => self.confirmed(access, &credentials, now).await.map(|()| (credentials, None)),
            _ => self.entered(access, credentials, now).await,
        };
        let (credentials, cookie) = match looked {
            Ok(looked) => looked,
            Err(door) => return Err(self.back(door, caller)),
        };
        match credentials.caller(access, now).await {
            Ok(found) if found.may_supervise() => Ok((found, self.request(credentials), cookie)),
            Ok(_) => Err(self.back(Door::EnterFirst, caller)),
            Err(denied) => Err(self.back(door(denied), caller)),
        }
    }

    /// His password, once more.
    async fn confirmed(&self, access: &Access, credentials: &Credentials, now: i64) -> Result<(), Door> {
        let (Some(password), Some(secret)) = (self.field(PASSWORD), &credentials.session) else {
            return Err(Door::PasswordAgain);
        };
        access.confirm(&digest(secret), password, now).await.map_err(|denied| match denied {
            Denied::Wrong => Door::WrongPassword,
            denied => door(denied),
        })
    }

    /// His name and password, as on the page where supervisors sign in.
    async fn entered(
        &self,
        access: &Access,
        mut credentials: Credentials,
        now: i64,
    ) -> Result<(Credentials, Option<HeaderValue>), Door> {
        let (Some(name), Some(password)) = (self.field(NAME), self.field(PASSWORD)) else { return Err(Door::EnterFirst) };
        let book = access.book().map_err(door)?;
        let secret = access.sign_in(name, password, place(credentials.tablet(&book, now)), now).await.map_err(door)?;
        let cookie = cookies::give(access, Kind::Session, &secret);
        credentials.session = Some(secret);
        Ok((credentials, cookie))
    }

    fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.fields.iter().filter(|(found, value)| found == name && !value.is_empty());
        values.next().map(|(_, value)| value.as_str())
    }

    fn back(self, door: Door, caller: &Caller) -> Unconfirmed {
        let nobody = !matches!(caller, Caller::Supervisor { .. });
        Unconfirmed { door, nobody, path: self.parts.uri.path().to_owned(), fields: self.fields }
    }

    fn request(self, credentials: Credentials) -> Request {
        let mut request = Request::from_parts(self.parts, Body::from(self.bytes));
        request.extensions_mut().insert(credentials);
        request
    }
}

/// Where whoever asks tries to come in, as tries are counted: on an enrolled tablet, whoever is signed in there.
pub(in crate::web) fn place(tablet: Option<&str>) -> Place<'_> {
    match (tablet, came().and_then(|came| came.counted_as())) {
        (Some(id), _) => Place::Tablet(id),
        (_, Some(address)) => Place::Address(address),
        (_, None) => Place::Anywhere,
    }
}
