//! How fast a tablet, and an address, may ask (`reliability.md` 6). What comes faster is answered 429
//! at once and does nothing.
//!
//! A whole plant may sit behind one address, so the figures for an address are those of some fifty
//! tablets in their busiest second. The machine itself is not counted as an address: what runs on it
//! is either trusted or a proxy, behind which everybody would look like one.

use super::App;
use super::caller;
use super::came::Came;
use super::failure::Failure;
use super::pages::{self, Asker};
use crate::words::Fault;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tracing::warn;

/// How many callers are remembered: more than any plant has, and little memory.
const CALLERS: usize = 20_000;

/// How often a refusal is worth a line of its own in the log: a flood of requests is none of lines.
const TELL: Duration = Duration::from_secs(1);

/// How often forgotten callers are looked for while there are too many.
const SWEEP: Duration = Duration::from_secs(1);

/// What a request costs us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// It changes something.
    Act,
    /// It opens a stream.
    Stream,
    /// It asks for everything there is, or from the disk.
    Heavy,
    /// It asks for a page or a part of one.
    Look,
}

/// So many a second, and so many at once after a rest.
#[derive(Debug, Clone, Copy)]
struct Rate {
    a_second: u32,
    at_once: u32,
}

/// What one tablet may do: nobody taps faster.
const TABLET: Rate = Rate { a_second: 10, at_once: 20 };

impl Kind {
    fn of(method: &Method, route: &str) -> Kind {
        match route {
            // A page telling what it showed, which it does with each dialog.
            "/rastro" => Kind::Look,
            _ if !method.is_safe() => Kind::Act,
            "/vivo/tablero" | "/vivo/kiosko" | "/vivo/carretes" | "/api/sse/stream" => Kind::Stream,
            "/tablero.csv" | "/diagnostico" | "/registro" | "/historial/{*tag}" | "/api/spools" | "/api/history/{tag}" => {
                Kind::Heavy
            }
            _ => Kind::Look,
        }
    }

    /// What one address may do.
    fn rate(self) -> Rate {
        let (a_second, at_once) = match self {
            Kind::Act => (100, 200),
            Kind::Stream | Kind::Heavy => (50, 200),
            Kind::Look => (1_000, 3_000),
        };
        Rate { a_second, at_once }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Caller {
    Tablet(String),
    Address(IpAddr, Kind),
    /// Whoever opens a stream: after a restart every screen does, and those of many addresses come at once.
    Screens,
}

/// Who asked how much lately.
#[derive(Default)]
pub(super) struct Pace(Mutex<Book>);

#[derive(Default)]
struct Book {
    /// When each caller will have paid for what was served to him (the generic cell rate algorithm).
    paid: HashMap<Caller, Instant>,
    swept: Option<Instant>,
    told: Option<Instant>,
}

impl Pace {
    /// Whether the caller may ask now; if so it is counted.
    fn admits(&self, caller: Caller, rate: Rate, now: Instant) -> bool {
        let cost = Duration::from_secs(1) / rate.a_second;
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let paid = book.paid.get(&caller).copied().filter(|paid| *paid > now).unwrap_or(now);
        if paid - now > cost * (rate.at_once - 1) {
            return false;
        }
        // Who is one too many is served and not remembered: the book never grows beyond its bound.
        if book.has_place(&caller, now) {
            book.paid.insert(caller, paid + cost);
        }
        true
    }

    /// The first of these callers that asks too fast.
    fn refused(&self, tablet: Option<String>, came: Option<Came>, kind: Kind) -> Option<&'static str> {
        let now = Instant::now();
        // The tablet first: one that is stuck must not use up what its neighbours have together.
        if let Some(id) = tablet.filter(|_| kind == Kind::Act)
            && !self.admits(Caller::Tablet(id), TABLET, now)
        {
            return Some("tablet");
        }
        let address = came.and_then(|came| came.counted_as())?;
        if !self.admits(Caller::Address(address, kind), kind.rate(), now) {
            return Some("address");
        }
        (kind == Kind::Stream && !self.admits(Caller::Screens, kind.rate(), now)).then_some("screens")
    }

    /// Whether this refusal is told.
    fn tells(&self, now: Instant) -> bool {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = book.told.is_none_or(|told| now.saturating_duration_since(told) >= TELL);
        if due {
            book.told = Some(now);
        }
        due
    }
}

impl Book {
    fn has_place(&mut self, caller: &Caller, now: Instant) -> bool {
        if self.paid.len() < CALLERS || self.paid.contains_key(caller) {
            return true;
        }
        if self.swept.is_none_or(|swept| now.saturating_duration_since(swept) >= SWEEP) {
            self.paid.retain(|_, paid| *paid > now);
            self.swept = Some(now);
        }
        self.paid.len() < CALLERS
    }
}

/// Refuses what comes too fast.
pub(super) async fn paced(State((app, pace)): State<(App, Arc<Pace>)>, request: Request, next: Next) -> Response {
    let kind = Kind::of(request.method(), &super::layers::route_of(&request));
    let came = request.extensions().get::<Came>().copied();
    let tablet = caller::device(&app, request.headers());
    let Some(by) = pace.refused(tablet, came, kind) else { return next.run(request).await };
    app.plant.metrics().refused_requests.get_or_create(&[("by", by)]).inc();
    if pace.tells(Instant::now()) {
        warn!(by, address = came.map(|came| came.from.to_string()), "asks too fast");
    }
    pages::told(Failure::from(Fault::TooMany), request.uri().path(), Asker::of(request.headers()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tablet(id: u32) -> Caller {
        Caller::Tablet(id.to_string())
    }

    #[test]
    fn a_tablet_may_tap_twenty_times_at_once_and_ten_times_a_second_after_that() {
        let (pace, began) = (Pace::default(), Instant::now());
        let taps = |at: u64, count: usize| {
            let now = began + Duration::from_millis(at);
            (0..count).filter(|_| pace.admits(tablet(1), TABLET, now)).count()
        };
        assert_eq!(taps(0, 50), 20);
        assert_eq!(taps(50, 5), 0, "what was refused is not counted against him");
        assert_eq!(taps(1_000, 50), 10);
        assert_eq!(taps(60_000, 50), 20, "a rest gives back what may be done at once, and no more");
        assert!(pace.admits(tablet(2), TABLET, began), "another tablet is another");
    }

    #[test]
    fn fifty_tablets_behind_one_address_are_not_slowed_and_a_flood_from_one_of_them_is() {
        let (pace, began) = (Pace::default(), Instant::now());
        let address: IpAddr = "192.168.1.1".parse().unwrap();
        let mut served = [0; 51];
        // Ten seconds: each of fifty taps twice a second, one as fast as it can.
        for tenth in 0..100u64 {
            let now = began + Duration::from_millis(tenth * 100);
            let calm = (0..50).filter(|id| (id + tenth) % 5 == 0);
            for id in std::iter::repeat_n(50, 40).chain(calm) {
                let admitted = pace.admits(tablet(id as u32), TABLET, now)
                    && pace.admits(Caller::Address(address, Kind::Act), Kind::Act.rate(), now);
                served[id as usize] += usize::from(admitted);
            }
        }
        assert!(served[..50].iter().all(|taps| *taps == 20), "{served:?}");
        assert!((110..=120).contains(&served[50]), "{served:?}");
    }

    #[test]
    fn strangers_without_number_fill_no_memory() {
        let (pace, now) = (Pace::default(), Instant::now());
        for id in 0..(CALLERS as u32 + 5_000) {
            assert!(pace.admits(tablet(id), TABLET, now));
        }
        assert_eq!(pace.0.lock().unwrap().paid.len(), CALLERS);
        assert!(pace.admits(tablet(9_999_999), TABLET, now + Duration::from_secs(2)));
        assert_eq!(pace.0.lock().unwrap().paid.len(), 1, "who has been silent is forgotten");
    }

    #[test]
    fn e4_screens_that_come_back_from_many_addresses_at_once_are_let_in_one_after_the_other() {
        let pace = Pace::default();
        let from = |n: u32| Some(Came { from: std::net::Ipv4Addr::from_bits(0x0a00_0000 + n).into(), https: false });
        let refused = (0..1_000).filter_map(|n| pace.refused(None, from(n), Kind::Stream)).collect::<Vec<_>>();
        assert!((700..=800).contains(&refused.len()) && refused.iter().all(|by| *by == "screens"), "{}", refused.len());
        assert_eq!(pace.refused(None, from(2_000), Kind::Look), None, "what they show is there meanwhile");
        assert_eq!(
            pace.refused(None, Some(Came { from: std::net::Ipv4Addr::LOCALHOST.into(), https: false }), Kind::Stream),
            None
        );
    }

    #[test]
    fn the_machine_itself_is_no_address() {
        let pace = Pace::default();
        let from = |address: &str| Some(Came { from: address.parse().unwrap(), https: false });
        let refused = |address: &str| (0..500).filter_map(|_| pace.refused(None, from(address), Kind::Act)).count();
        assert_eq!(refused("127.0.0.1"), 0);
        assert!(refused("192.168.1.9") > 200);
    }
}
