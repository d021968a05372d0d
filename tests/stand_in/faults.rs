//! What can go wrong on demand: one call, several, or a share of all of them by a seeded chance.
//!
//! Each fault says whether the batch was applied, because that is what a client cannot see.

use super::call::{Call, Method};
use super::quota::{Quota, exhausted};
use super::refusal::Refusal;
use std::time::Duration;
use tokio::sync::watch;

/// One way in which a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429, nothing applied.
    TooMany,
    /// 429 with a Retry-After of so many seconds, nothing applied.
    TooManyFor(u32),
    /// 500 in JSON, nothing applied.
    Internal,
    /// 503 in JSON, nothing applied.
    Unavailable,
    /// 503 in JSON, yet applied.
    UnavailableYetApplied,
    /// 409 ABORTED, nothing applied.
    Aborted,
    /// 502 as a page of HTML, nothing applied.
    BadGateway,
    /// 502 as a page of HTML, yet applied.
    BadGatewayYetApplied,
    /// 401 although the token is good.
    Unauthenticated,
    /// Applied; the body is shorter than its Content-Length says.
    CutBody,
    /// The connection closes before anything is applied.
    LostBefore,
    /// Applied; then the connection closes without a reply.
    LostAfter,
    /// The connection closes at once; the batch is applied after this time.
    LostThenApplied(Duration),
    /// Applied after this time, whether or not the client still waits.
    Late(Duration),
    /// Applied at once, answered after this time.
    SlowReply(Duration),
    /// Never applied, never answered.
    Hang,
}

impl Fault {
    /// Whether the caller is told what came of it.
    pub(crate) fn is_heard(self) -> bool {
        use Fault::{BadGatewayYetApplied, CutBody, LostAfter, LostThenApplied, UnavailableYetApplied};
        !matches!(self, UnavailableYetApplied | BadGatewayYetApplied | CutBody | LostAfter | LostThenApplied(_))
    }

    /// The refusal that takes the place of applying.
    pub(crate) fn refusal(self, method: Method) -> Option<Refusal> {
        let quota = if method.is_write() { Quota::Write } else { Quota::Read };
        Some(match self {
            Fault::TooMany | Fault::TooManyFor(_) => exhausted(quota, true, 60),
            Fault::Internal => Refusal::new(500, "INTERNAL", "Internal error encountered."),
            Fault::Unavailable => unavailable(),
            Fault::Aborted => Refusal::new(409, "ABORTED", "The operation was aborted."),
            Fault::Unauthenticated => Refusal::new(
                401,
                "UNAUTHENTICATED",
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
            ),
            _ => return None,
        })
    }
}

/// 503 as Google words it.
pub(crate) fn unavailable() -> Refusal {
    Refusal::new(503, "UNAVAILABLE", "The service is currently unavailable.")
}

/// Which calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum On {
    Any,
    Reads,
    Writes,
    Tokens,
    Only(Method),
    /// Those whose body or question holds this text.
    Holding(String),
}

impl On {
    fn matches(&self, call: &Call) -> bool {
        match self {
            On::Any => call.method != Method::Token,
            On::Reads => call.method.is_read(),
            On::Writes => call.method.is_write(),
            On::Tokens => call.method == Method::Token,
            On::Only(method) => call.method == *method,
            On::Holding(text) => {
                String::from_utf8_lossy(&call.body).contains(text) || call.query.iter().any(|(_, value)| value.contains(text))
            }
        }
    }
}

/// Time that calls take: always this much, and at random up to that much more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Latency {
    pub(crate) fixed: Duration,
    pub(crate) jitter: Duration,
}

/// A call that waits until a test lets it go.
#[derive(Debug)]
pub(crate) struct Gate {
    arrived: watch::Receiver<bool>,
    open: watch::Sender<bool>,
}

impl Gate {
    /// Waits until the call is at the gate.
    pub(crate) async fn arrived(&mut self) {
        let _ = self.arrived.wait_for(|arrived| *arrived).await;
    }

    /// Lets the call go on; dropping the gate does the same.
    pub(crate) fn open(self) {
        let _ = self.open.send(true);
    }
}

/// The call's side of a gate.
#[derive(Debug)]
pub(crate) struct Waiting {
    arrived: watch::Sender<bool>,
    open: watch::Receiver<bool>,
}

impl Waiting {
    /// Says that the call is here, and waits.
    pub(crate) async fn pass(mut self) {
        let _ = self.arrived.send(true);
        let _ = self.open.wait_for(|open| *open).await;
    }
}

/// Where a call can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    BeforeApplying,
    BeforeAnswering,
}

/// What is to happen to one call.
#[derive(Debug, Default)]
pub(crate) struct Fate {
    pub(crate) fault: Option<Fault>,
    pub(crate) before: Option<Waiting>,
    pub(crate) after: Option<Waiting>,
    pub(crate) takes: Duration,
}

/// All that was ordered.
#[derive(Debug)]
pub(crate) struct Faults {
    next: Vec<(On, Fault)>,
    chances: Vec<(On, Fault, f64)>,
    gates: Vec<(On, Held, Waiting)>,
    pub(crate) reads: Latency,
    pub(crate) writes: Latency,
    pub(crate) tokens: Latency,
    random: u64,
}

impl Default for Faults {
    fn default() -> Faults {
        let latency = Latency::default();
        Faults {
            next: Vec::new(),
            chances: Vec::new(),
            gates: Vec::new(),
            reads: latency,
            writes: latency,
            tokens: latency,
            random: 1,
        }
    }
}

impl Faults {
    /// The next call that fits goes wrong this way; orders for the same calls are worked off in turn.
    pub(crate) fn once(&mut self, on: On, fault: Fault) {
        self.next.push((on, fault));
    }

    /// This share of the calls that fit goes wrong this way, until [`Faults::calm`].
    pub(crate) fn chance(&mut self, on: On, fault: Fault, share: f64) {
        self.chances.push((on, fault, share));
    }

    /// The next call that fits waits at a gate.
    pub(crate) fn gate(&mut self, on: On, held: Held) -> Gate {
        let (arrive, arrived) = watch::channel(false);
        let (open, opened) = watch::channel(false);
        self.gates.push((on, held, Waiting { arrived: arrive, open: opened }));
        Gate { arrived, open }
    }

    /// Nothing goes wrong any more.
    pub(crate) fn calm(&mut self) {
        *self = Faults { random: self.random, ..Faults::default() };
    }

    /// The seed of chances and jitter.
    pub(crate) fn seed(&mut self, seed: u64) {
        self.random = seed | 1;
    }

    /// What happens to this call.
    pub(crate) fn fate(&mut self, call: &Call) -> Fate {
        let mut fate = Fate::default();
        if let Some(index) = self.next.iter().position(|(on, _)| on.matches(call)) {
            fate.fault = Some(self.next.remove(index).1);
        }
        for index in 0..self.chances.len() {
            let (fits, share) = (self.chances[index].0.matches(call), self.chances[index].2);
            if fits && fate.fault.is_none() && self.roll() < share {
                fate.fault = Some(self.chances[index].1);
            }
        }
        for held in [Held::BeforeApplying, Held::BeforeAnswering] {
            if let Some(index) = self.gates.iter().position(|(on, at, _)| *at == held && on.matches(call)) {
                let waiting = Some(self.gates.remove(index).2);
                if held == Held::BeforeApplying { fate.before = waiting } else { fate.after = waiting }
            }
        }
        let latency = match call.method {
            Method::Token => self.tokens,
            method if method.is_write() => self.writes,
            _ => self.reads,
        };
        fate.takes = latency.fixed + latency.jitter.mul_f64(self.roll());
        fate
    }

    /// A number in 0..1 (xorshift64*).
    fn roll(&mut self) -> f64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        (self.random.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
