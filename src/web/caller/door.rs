//! The layer that finds out who asks, and lets him through to what he may.

use super::cookies::{self, Kind};
use super::given::Given;
use super::{CALLER, Caller, Needs};
use crate::access::{Access, Book, Denied, Device, Session, SignedIn, Who, digest, rules};
use crate::domain::WorkerId;
use crate::web::App;
use crate::web::failure::Failure;
use crate::web::pages::{self, Asker};
use crate::web::trail;
use crate::words::{Door, Fault};
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tracing::{debug, warn};

/// How often it is looked whether a session or a tablet has ended by its age: a stream ends within five
/// seconds of it, as that of a tablet that was sent away does (`reliability.md` 6).
const LOOK: Duration = Duration::from_secs(3);

/// What stands before a token.
const BEARER: &[u8] = b"Bearer ";

/// What a request brought that may say who asks: cookies whose signature is ours, a token.
#[derive(Clone, Default)]
pub(in crate::web) struct Credentials {
    /// Id and secret of a tablet, which may not be let in yet.
    pub(in crate::web) device: Option<(String, String)>,
    /// The secret of a session.
    pub(in crate::web) session: Option<String>,
    wall: Option<String>,
    bearer: Option<String>,
}

impl Credentials {
    fn of(access: &Access, headers: &HeaderMap) -> Credentials {
        let cookie = |kind| cookies::read(access, headers, kind);
        let device = cookie(Kind::Device);
        let device = device.as_deref().and_then(|text| text.split_once('.')).map(|(id, secret)| (id.into(), secret.into()));
        Credentials { device, session: cookie(Kind::Session), wall: cookie(Kind::Wall), bearer: bearer(headers) }
    }

    /// Who that is now. A token that is none is nobody's, whatever cookies come with it.
    pub(in crate::web) async fn caller(&self, access: &Arc<Access>, now: i64) -> Result<Caller, Denied> {
        // Whoever has nothing to show is not turned away either before anybody could be known.
        access.find(|_| Some(())).await?;
        if let Some(text) = &self.bearer {
            return client(access, text, now).await;
        }
        let device = match &self.device {
            Some((id, secret)) => access.find(|book| book.tablet(id, secret, now).cloned()).await?.map(|device| (id, device)),
            None => None,
        };
        let person = match &self.session {
            Some(_) => access.find(|book| self.person(book, now)).await?,
            None => None,
        };
        if let Some((id, _)) = &device {
            self.bind(access, id)?;
        }
        match (device, person) {
            (_, Some(SignedIn { session: Session { who: Who::Supervisor(_), last, .. }, name, .. })) => {
                Ok(Caller::Supervisor { name, recent: rules::is_recent(last, now) })
            }
            (Some((id, device)), person) => Ok(tablet(access, id.clone(), device, person, now)),
            (None, _) => self.wall(access).await,
        }
    }

    /// The enrolled tablet that this came from.
    pub(in crate::web) fn tablet(&self, book: &Book, now: i64) -> Option<&str> {
        let (id, secret) = self.device.as_ref()?;
        book.tablet(id, secret, now).map(|_| id.as_str())
    }

    /// What was begun on a tablet before it was let in is the tablet's from now on.
    fn bind(&self, access: &Arc<Access>, tablet: &str) -> Result<(), Denied> {
        let book = access.book()?;
        if let Some(secret) = self.session.as_ref().filter(|secret| book.is_unbound(secret)) {
            let (session, tablet) = (digest(secret), tablet.to_owned());
            noted(access, move |access| async move { access.bind(&session, &tablet).await });
        }
        Ok(())
    }

    /// Whoever signed in and still is.
    fn person(&self, book: &Book, now: i64) -> Option<SignedIn> {
        book.signed_in(self.session.as_ref()?, self.tablet(book, now), now)
    }

    /// Ends the session on the server: its cookie is good for nothing afterwards.
    pub(in crate::web) async fn sign_out(&self, access: &Access) -> Result<(), Denied> {
        match &self.session {
            Some(secret) => access.sign_out(&digest(secret)).await,
            None => Ok(()),
        }
    }

    /// Notes that whoever signed in did something.
    fn used(&self, access: &Arc<Access>, now: i64) {
        if let Some(person) = access.book().ok().and_then(|book| self.person(&book, now)) {
            noted(access, move |access| async move { access.still_there(&person, now).await });
        }
    }

    async fn wall(&self, access: &Access) -> Result<Caller, Denied> {
        let Some(secret) = &self.wall else { return Ok(Caller::Nobody) };
        Ok(access.find(|book| book.is_wall(secret).then_some(Caller::Wall)).await?.unwrap_or(Caller::Nobody))
    }

    /// On what somebody does something whose steps are kept: the enrolled tablet, whoever is signed in there, or the
    /// browser of a supervisor.
    async fn on_tablet(&self, access: &Arc<Access>, caller: &Caller, now: i64) -> Option<StepsOf> {
        match caller {
            Caller::Tablet { id, .. } => Some(StepsOf::Tablet(id.clone())),
            Caller::Supervisor { .. } => {
                let tablet = access.find(|book| self.tablet(book, now).map(|id| StepsOf::Tablet(id.to_owned()))).await;
                Some(tablet.ok().flatten().unwrap_or(StepsOf::Browser))
            }
            _ => None,
        }
    }
}

/// The token that a client sent. What a proxy passes on of another scheme is none, and takes nothing from the cookies
/// beside it.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.as_bytes().split_at_checked(BEARER.len())?;
    scheme.eq_ignore_ascii_case(BEARER).then(|| String::from_utf8_lossy(token).trim().to_owned())
}

async fn client(access: &Arc<Access>, text: &str, now: i64) -> Result<Caller, Denied> {
    let found = access.find(|book| book.token(text).map(|(id, token)| (id, token.clone()))).await?;
    let Some((id, token)) = found else { return Ok(Caller::Nobody) };
    let caller = Caller::Token { name: token.name.clone(), acts: token.acts };
    noted(access, move |access| async move { access.used(&id, &token, now).await });
    Ok(caller)
}

/// An enrolled tablet, and who gave his PIN on it.
fn tablet(access: &Arc<Access>, id: String, device: Device, person: Option<SignedIn>, now: i64) -> Caller {
    let number = person.and_then(|person| match person.session.who {
        Who::Worker(number) => WorkerId::new(number),
        Who::Supervisor(_) => None,
    });
    let caller = Caller::Tablet { id: id.clone(), name: device.name.clone(), worker: number };
    noted(access, move |access| async move { access.heard(&id, &device, now).await });
    caller
}

impl<S: Send + Sync> FromRequestParts<S> for Credentials {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Credentials, Infallible> {
        Ok(parts.extensions.get::<Credentials>().cloned().unwrap_or_default())
    }
}

/// The id of the tablet that asks, whether or not it is let in. Where the door is locked only what we signed says which it
/// is: anybody can show the number of another one.
pub(in crate::web) fn device(app: &App, headers: &HeaderMap) -> Option<String> {
    let Some(access) = &app.access else { return trail::tablet(headers) };
    let value = cookies::read(access, headers, Kind::Device)?;
    value.split_once('.').map(|(id, _)| id.to_owned())
}

/// Leave to look on, for as long as whoever opened a stream may.
pub(in crate::web) struct Pass {
    app: App,
    credentials: Credentials,
    needs: Needs,
    changes: Option<watch::Receiver<u64>>,
    /// When it is looked whether time has ended his leave.
    look: Interval,
}

impl Pass {
    /// What is asked of whoever opens a stream, and stays asked.
    pub(in crate::web) fn new(app: &App, credentials: Credentials, needs: Needs) -> Pass {
        let mut changes = app.access.as_ref().map(|access| access.changes());
        // What changed since he was let in is looked at, too.
        changes.iter_mut().for_each(watch::Receiver::mark_changed);
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Pass { app: app.clone(), credentials, needs, changes, look }
    }

    /// Whether he still may. That the register cannot be asked takes leave from nobody.
    async fn holds(&self) -> bool {
        let Some(access) = &self.app.access else { return true };
        let now = self.app.plant.clock().now().timestamp();
        self.credentials.caller(access, now).await.map_or(true, |caller| caller.may(self.needs))
    }

    /// Ends when he may not any more: he was sent away, or his session or his tablet has grown too old.
    pub(in crate::web) async fn ends(&mut self) {
        while let Some(changes) = &mut self.changes {
            tokio::select! {
                Ok(()) = changes.changed() => {}
                _ = self.look.tick() => {}
            }
            if !self.holds().await {
                return;
            }
        }
        std::future::pending().await
    }
}

/// Notes something beside the request; that it could not be noted stops nobody.
pub(super) fn noted<F>(access: &Arc<Access>, note: impl FnOnce(Arc<Access>) -> F)
where
    F: Future<Output = Result<(), Denied>> + Send + 'static,
{
    let note = note(Arc::clone(access));
    tokio::spawn(async move {
        if let Err(denied) = note.await {
            debug!(?denied, "who was heard was not noted");
        }
    });
}

/// Finds out who asks, and lets him through to what he may.
pub(in crate::web) async fn known(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(access) = app.access.clone() else { return through(Caller::Open, request, next).await };
    let needs = needs(&request);
    let credentials = Credentials::of(&access, request.headers());
    let now = app.plant.clock().now().timestamp();
    let caller = match credentials.caller(&access, now).await {
        Ok(caller) => caller,
        // What needs nothing is there also while nobody can be known.
        Err(_) if needs == Needs::Nothing => Caller::Nobody,
        Err(denied) => return refused(door(denied), &Caller::Nobody, needs, request).await,
    };
    if is_somebodys(&request, needs) {
        credentials.used(&access, now);
    }
    request.extensions_mut().insert(credentials.clone());
    let stranger = caller == Caller::Nobody;
    let tablet = credentials.on_tablet(&access, &caller, now).await;
    let response = match caller.may(needs) && (needs != Needs::Again || caller.recent()) {
        true => through(caller, request, next).await,
        false => stopped(&app, &access, (credentials, caller, needs, now), request, next).await,
    };
    marked(response, stranger, tablet)
}

/// Leaves on an answer who it is for, where the trail and the log ask for it.
fn marked(mut response: Response, stranger: bool, tablet: Option<StepsOf>) -> Response {
    if stranger {
        response.extensions_mut().insert(Stranger);
    }
    if let Some(tablet) = tablet {
        response.extensions_mut().insert(tablet);
    }
    response
}

/// Whether somebody did something, or opened or searched a page. Streams, and what a page that lies open fetches by itself
/// because others did something, keep nobody signed in: htmx says that a part of the page (`div#lista`) asked for it.
fn is_somebodys(request: &Request, needs: Needs) -> bool {
    let source = request.headers().get("hx-source").map_or(&b""[..], |source| source.as_bytes());
    let part = source.starts_with(b"div#") || source.starts_with(b"article#");
    !request.method().is_safe() || !(part || needs == Needs::Nothing || request.uri().path().starts_with("/vivo/"))
}

/// What may not pass: refused, or asked for what is missing.
async fn stopped(
    app: &App,
    access: &Arc<Access>,
    (credentials, caller, needs, now): (Credentials, Caller, Needs, i64),
    request: Request,
    next: Next,
) -> Response {
    let lacks = lacking(&caller, needs);
    if !caller.may(needs) && (lacks != Door::SupervisorsOnly || request.method().is_safe()) {
        return refused(lacks, &caller, needs, request).await;
    }
    // A form for supervisors that came after the session had ended, or too long after the password: it may bring
    // what was missing, and what was typed in it is not lost.
    let asker = Asker::of(request.headers());
    match Given::with(request, &caller).await.looked_at(access, credentials, &caller, now).await {
        Ok((caller, request, cookie)) => pages::door::with_cookie(through(caller, request, next).await, cookie),
        Err(unconfirmed) => pages::door::again(app, asker, &unconfirmed),
    }
}

async fn through(caller: Caller, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(caller.clone());
    CALLER.scope(caller, next.run(request)).await
}

/// On what something was done, left on the answer for the trail.
#[derive(Clone)]
pub(in crate::web) enum StepsOf {
    /// An enrolled tablet, by its id.
    Tablet(String),
    /// Another browser on which a supervisor is signed in.
    Browser,
}

/// Left on the answer to whoever is not known at a door that is locked: there is no end to what he is refused.
#[derive(Clone)]
pub(in crate::web) struct Stranger;

/// What a request wants. A route that does not exist is not told apart from one that needs nothing: both say so.
fn needs(request: &Request) -> Needs {
    let route = request.extensions().get::<MatchedPath>();
    route.map_or(Needs::Nothing, |route| Needs::of(request.method(), route.as_str()))
}

fn lacking(caller: &Caller, needs: Needs) -> Door {
    match (caller, needs) {
        (_, Needs::Supervise | Needs::Again) if !matches!(caller, Caller::Token { .. }) => Door::SupervisorsOnly,
        (Caller::Nobody, _) => Door::Unknown,
        _ => Door::NotAllowed,
    }
}

/// What the door says of what the register denied.
pub(in crate::web) fn door(denied: Denied) -> Door {
    match denied {
        Denied::Wrong => Door::Wrong,
        Denied::Wait(seconds) => Door::Wait(u32::try_from(seconds).unwrap_or(u32::MAX)),
        Denied::Turn(seconds) => Door::Turn(u32::try_from(seconds).unwrap_or(u32::MAX)),
        Denied::Locked => Door::TabletLocked,
        Denied::Busy => Door::Busy,
        Denied::BadName => Door::BadName,
        Denied::Taken => Door::Taken,
        Denied::Weak => Door::WeakPin,
        Denied::Gone => Door::Gone,
        Denied::Away(error) => {
            warn!(%error, "the register of who may come in does not answer");
            Door::Away
        }
    }
}

/// The answer to whoever is not let through: a page that can be opened leads to where one is let in.
async fn refused(door: Door, caller: &Caller, needs: Needs, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let Ok(asker) = Asker::from_request_parts(&mut parts, &()).await;
    let path = parts.uri.path();
    let way = way_in(&door, &parts);
    let failure = Failure::from(Fault::from(door));
    if matches!(needs, Needs::Read | Needs::Act) || path.starts_with("/vivo/") {
        let response = failure.for_path(path);
        return match caller {
            Caller::Nobody => ([(WWW_AUTHENTICATE, "Bearer")], response).into_response(),
            _ => response,
        };
    }
    match way {
        Some(way) if asker.htmx => ([("hx-redirect", way)], asker.told(failure)).into_response(),
        Some(way) if parts.method.is_safe() => Redirect::to(&way).into_response(),
        _ if asker.htmx => asker.told(failure).into_response(),
        _ => failure.for_path(path),
    }
}

/// Where whoever is stopped for this reason is let in.
fn way_in(door: &Door, parts: &Parts) -> Option<String> {
    match door {
        Door::Unknown => Some("/tableta".to_owned()),
        Door::SupervisorsOnly => Some(format!("/entrar?volver={}", way_back(parts))),
        _ => None,
    }
}

/// The page that was asked for, with all that stood in its address, such as the code that a camera read.
fn way_back(parts: &Parts) -> String {
    let asked = parts.uri.path_and_query().map_or("", |asked| asked.as_str());
    askama::filters::urlencode(asked).map(|safe| safe.to_string()).unwrap_or_default()
}
