//! The cookies of the door: signed, for this site only, out of reach of scripts.

use crate::access::Access;
use crate::web::layers::by_https;
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use cookie::time::Duration;
use cookie::{Cookie, CookieJar, SameSite};

/// What a cookie says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Kind {
    /// Which tablet it is, or will be once it is let in.
    Device,
    /// Who signed in.
    Session,
    /// That somebody opened the wall's link.
    Wall,
}

impl Kind {
    /// Under https the prefix keeps any other host from setting it.
    fn name(self) -> &'static str {
        match (self, by_https()) {
            (Kind::Device, false) => "sb_device",
            (Kind::Device, true) => "__Host-sb_device",
            (Kind::Session, false) => "sb_session",
            (Kind::Session, true) => "__Host-sb_session",
            (Kind::Wall, false) => "sb_wall",
            (Kind::Wall, true) => "__Host-sb_wall",
        }
    }

    /// Stands within the signed value: one kind is never good for another.
    fn mark(self) -> &'static str {
        match self {
            Kind::Device => "d.",
            Kind::Session => "s.",
            Kind::Wall => "w.",
        }
    }

    /// How long a browser keeps it; the register may end it before.
    fn age(self) -> Duration {
        match self {
            Kind::Session => Duration::hours(12),
            Kind::Device | Kind::Wall => Duration::days(365),
        }
    }
}

/// What stands in a cookie that we signed.
pub(in crate::web) fn read(access: &Access, headers: &HeaderMap, kind: Kind) -> Option<String> {
    let name = kind.name();
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| Cookie::split_parse(line.to_owned())).filter_map(Result::ok);
    let cookie = cookies.find(|cookie| cookie.name() == name)?;
    let cookie = CookieJar::new().signed(access.cookies()).verify(cookie)?;
    cookie.value().strip_prefix(kind.mark()).map(str::to_owned)
}

/// The header that gives a cookie.
pub(in crate::web) fn give(access: &Access, kind: Kind, value: &str) -> Option<HeaderValue> {
    let mut jar = CookieJar::new();
    jar.signed_mut(access.cookies()).add(Cookie::new(kind.name(), format!("{}{value}", kind.mark())));
    let signed = jar.get(kind.name())?.value().to_owned();
    header(kind, signed, kind.age())
}

/// The header that takes a cookie away.
pub(in crate::web) fn take(kind: Kind) -> Option<HeaderValue> {
    header(kind, String::new(), Duration::ZERO)
}

fn header(kind: Kind, value: String, age: Duration) -> Option<HeaderValue> {
    let cookie = Cookie::build((kind.name(), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(by_https())
        .max_age(age)
        .build();
    HeaderValue::from_str(&cookie.to_string()).ok()
}
