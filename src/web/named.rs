//! By which name and port the program was called, and that only this machine's own are answered where nobody has
//! decided who may act: a page of another site can give its own name the address of this machine, and the browser then
//! takes the plant for a part of that site; and a proxy on this machine that nobody named would open the plant to its whole
//! network.

use super::App;
use super::failure::Failure;
use crate::words::Fault;
use axum::extract::{Request, State};
use axum::http::header::{FORWARDED, HOST, VIA};
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

/// Whether a proxy passed a request on, as far as it says so: whoever is behind it is not on this machine.
fn is_passed_on(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| *name == FORWARDED || *name == VIA || name.as_str().starts_with("x-forwarded-"))
}

/// Refuses whoever calls by another name than this machine's, or through a proxy, where nobody has decided who may act.
pub(super) async fn by_our_name(State(app): State<App>, request: Request, next: Next) -> Response {
    let refused = if !app.site.undecided {
        None
    } else if is_passed_on(request.headers()) {
        Some(Fault::PassedOn)
    } else {
        let ours = named(request.uri(), request.headers()).is_some_and(|name| is_local(&name));
        (!ours).then_some(Fault::OtherName)
    };
    match refused {
        Some(fault) => Failure::from(fault).for_path(request.uri().path()),
        None => next.run(request).await,
    }
}
