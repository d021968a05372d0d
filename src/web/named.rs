//! By which name and port the program was called, and that only this machine's own are answered where nobody has
//! decided who may act: a page of another site can give its own name the address of this machine, and the browser then
//! takes the plant for a part of that site.

use super::App;
use super::failure::Failure;
use crate::words::Fault;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::Response;
use std::net::IpAddr;

/// The name and the port that the caller used: HTTP/2 has them in the address, HTTP/1.1 mostly in `Host`.
pub(super) fn named(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    uri.authority().cloned().or_else(|| Authority::try_from(headers.get(HOST)?.as_bytes()).ok())
}

/// Whether a name is this machine's, in whatever network it stands.
fn is_local(name: &Authority) -> bool {
    let host = name.host();
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let loopback = || bare.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    !name.as_str().contains('@') && (host.eq_ignore_ascii_case("localhost") || loopback())
}

/// Refuses whoever calls by another name than this machine's, where nobody has decided who may act.
pub(super) async fn by_our_name(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.site.undecided && !named(request.uri(), request.headers()).is_some_and(|name| is_local(&name)) {
        return Failure::from(Fault::OtherName).for_path(request.uri().path());
    }
    next.run(request).await
}
