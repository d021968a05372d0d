//! `/pin` and `/credencial`: a worker says who he is, where the plant asks for more than his name.

use super::super::fields::Fields;
use super::super::{Answer, page};
use super::{go, locked, now, with_cookie};
use crate::access::Denied;
use crate::domain::{Worker, WorkerId};
use crate::web::caller::cookies::{self, Kind};
use crate::web::caller::{Caller, Credentials, door};
use crate::web::failure::Failure;
use crate::web::pages::Asker;
use crate::web::{App, Site};
use crate::words;
use crate::words::{Door, Fault};
use askama::Template;
use axum::extract::State;

#[derive(Template)]
#[template(path = "door/pin.html")]
struct Pin<'a> {
    site: &'a Site,
    worker: &'a Worker,
    why: Option<&'a str>,
}

/// Whether workers give their PIN.
pub(in crate::web) fn asks(app: &App) -> bool {
    app.access.as_ref().is_some_and(|access| access.book().is_ok_and(|book| book.house.pins))
}

/// Whether a tablet must ask for this worker's PIN before it shows his list.
pub(in crate::web) fn first_pin(app: &App, caller: &Caller, worker: WorkerId) -> bool {
    asks(app) && matches!(caller, Caller::Tablet { worker: found, .. } if *found != Some(worker))
}

/// In whose name whoever asks acts, given whom he named: of people only himself, where the plant asks for PINs.
///
/// # Errors
/// [`Door::PinFirst`].
pub(in crate::web) fn whose(app: &App, named: WorkerId) -> Result<WorkerId, Fault> {
    match Caller::current() {
        Caller::Tablet { worker: Some(found), .. } if found == named => Ok(named),
        Caller::Tablet { .. } | Caller::Supervisor { .. } if asks(app) => Err(Door::PinFirst.into()),
        _ => Ok(named),
    }
}

/// The page.
pub(super) async fn show(State(app): State<App>, query: Fields) -> Answer {
    let view = app.plant.view();
    let worker = view.people.active(query.worker()?)?;
    Ok(page(&Pin { site: &app.site, worker, why: None }))
}

/// The PIN of one worker, on this tablet. Whoever was signed in there is not any more, a supervisor included.
pub(super) async fn enter(State(app): State<App>, asker: Asker, from: Credentials, fields: Fields) -> Answer {
    let (access, view, now) = (locked(&app)?, app.plant.view(), now(&app));
    let worker = view.people.active(fields.worker()?)?;
    let book = access.book()?;
    let tablet = from.tablet(&book, now).ok_or(Door::PinOnTablet)?;
    match access.sign_in_worker(worker.id, fields.text("pin").unwrap_or_default(), tablet, now).await {
        Ok(secret) => {
            from.sign_out(access).await?;
            let cookie = cookies::give(access, Kind::Session, &secret);
            Ok(with_cookie(go(asker, &format!("/carretes?trabajador={}", worker.id)), cookie))
        }
        Err(denied) => {
            let wrong = matches!(denied, Denied::Wrong);
            let failure = Failure::from(Fault::from(if wrong { Door::WrongPin } else { door(denied) }));
            let mut response = page(&Pin { site: &app.site, worker, why: Some(&failure.message) });
            *response.status_mut() = failure.status;
            Ok(failure.dressed(response))
        }
    }
}

/// A badge that a scanner read: to the list of whose it is, by way of his PIN where that is asked.
pub(super) async fn badge(State(app): State<App>, asker: Asker, fields: Fields) -> Answer {
    let access = locked(&app)?;
    let code = fields.text("codigo").unwrap_or_default();
    let worker = access.find(|book| book.badge(code)).await.map_err(|denied| asker.told(denied))?;
    let worker = worker.ok_or_else(|| asker.told(Fault::from(Door::NoSuchBadge)))?;
    Ok(go(asker, &format!("/carretes?trabajador={worker}")))
}
