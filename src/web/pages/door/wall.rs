//! `/muro/{llave}`: the link that lets a television see the wall, and nothing else.

use super::super::{Answer, page};
use super::{locked, with_cookie};
use crate::web::caller::cookies::{self, Kind};
use crate::web::{App, Site};
use crate::words::{self, Door};
use askama::Template;
use axum::extract::State;
use axum::http::header::REFRESH;
use axum::http::{HeaderValue, Uri};

#[derive(Template)]
#[template(path = "door/wall.html")]
struct Wall<'a> {
    site: &'a Site,
}

/// Gives the cookie and leads to the wall. It is a page and no redirection: a cookie for this site only
/// is not sent where another site's link is still being followed.
pub(super) async fn open(State(app): State<App>, uri: Uri) -> Answer {
    let (access, secret) = (locked(&app)?, uri.path().strip_prefix("/muro/").unwrap_or_default());
    access.find(|book| book.is_wall(secret).then_some(())).await?.ok_or(Door::Unknown)?;
    let mut response = page(&Wall { site: &app.site });
    response.headers_mut().insert(REFRESH, HeaderValue::from_static("0; url=/kiosko"));
    Ok(with_cookie(response, cookies::give(access, Kind::Wall, secret)))
}
