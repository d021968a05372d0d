//! The counters by name, and their Prometheus text.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// Labels of an action: what was asked (`tomar`, `pausar` …) and how it ended (`ok` or the code
/// of the refusal).
pub type ActionLabels = [(&'static str, String); 2];

/// Labels of a request: method, route as it is written in the router, and status.
pub type RequestLabels = [(&'static str, String); 3];

/// A histogram of seconds for each kind of action.
pub type Latencies = Family<[(&'static str, String); 1], Histogram, fn() -> Histogram>;

/// The same for each kind of call to Google.
pub type CallLatencies = Family<[(&'static str, &'static str); 1], Histogram, fn() -> Histogram>;

/// The causes of alarms at the Google workbook.
const ALARMS: [&str; 7] = ["fence_gone", "fenced_out", "inherited", "kept", "moved", "not_mended", "rival"];

/// What the adapter of the Google workbook counts. Copies count together.
#[derive(Debug, Clone)]
pub struct SheetsMetrics {
    /// Calls to Google by kind (`read`, `write`) and how they ended.
    pub calls: Family<[(&'static str, &'static str); 2], Counter>,
    /// Seconds from a call to Google to its answer as the client has read it, by kind.
    pub seconds: CallLatencies,
    /// Calls that may be made at once now, by kind (`design.md` 5.3).
    pub tokens: Family<[(&'static str, &'static str); 1], Gauge<f64, AtomicU64>>,
    /// Changes in one batch.
    pub batch: Histogram,
    /// Seconds from a change to the answer that it landed.
    pub commit: Histogram,
    /// Attempts to replace the fence.
    pub rotations: Counter,
    /// What should never happen, by cause.
    pub alarms: Family<[(&'static str, &'static str); 1], Counter>,
    /// Cells of the office that were overwritten because a column moved within a round trip.
    pub overwritten: Counter,
    /// Audit rows of operations whose row does not hold them.
    pub voided: Counter,
    /// Cells of columns that we write and that a reading found changed by a hand: how often the one
    /// edit that nobody can see (`design.md` 5.12) has the occasion to happen.
    pub hand_edits: Counter,
}

impl Default for SheetsMetrics {
    fn default() -> Self {
        SheetsMetrics {
            calls: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.025, 2.0, 11))),
            tokens: Family::default(),
            batch: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
            commit: Histogram::new(exponential_buckets(0.05, 2.0, 11)),
            rotations: Counter::default(),
            alarms: Family::default(),
            overwritten: Counter::default(),
            voided: Counter::default(),
            hand_edits: Counter::default(),
        }
    }
}

/// The counters of one process.
pub struct Metrics {
    registry: Registry,
    /// Actions by what was asked and how it ended.
    pub actions: Family<ActionLabels, Counter>,
    /// Seconds from the request to the answer of an action that was not refused, by what was asked.
    pub latency: Latencies,
    /// How spools fared that were asked for (`taken`, `conflict`, `ended`), each of a batch by itself, as the page of
    /// supervisors counts them.
    pub outcomes: Family<[(&'static str, &'static str); 1], Counter>,
    /// Changes that landed by the name of their audit event, each spool of several by itself.
    pub acts: Family<[(&'static str, String); 1], Counter>,
    /// Changes that the screens were not told of.
    pub untold: Counter,
    /// Locks of occupied rows that had expired when they were to be extended.
    pub lock_expiries: Counter,
    /// Comparisons of locks with rows that could not be made.
    pub uncompared: Counter,
    /// Streams that are open now.
    pub streams: Gauge,
    /// Whether the locks can be reached; set when somebody looks, as the next one.
    pub locks: Gauge,
    /// Whether other processes are heard.
    pub events: Gauge,
    /// Requests by route and status.
    pub requests: Family<RequestLabels, Counter>,
    /// Requests that came too fast, by who they were counted for (`tablet`, `address`, `screens`).
    pub refused_requests: Family<[(&'static str, &'static str); 1], Counter>,
    /// Connections that are open now.
    pub connections: Gauge,
    /// Connections that were closed because their address had too many.
    pub refused_connections: Counter,
    /// Certificates that could not be used when they were exchanged.
    pub refused_certificates: Counter,
    /// Steps of tablets that were not kept, or that the other processes will not be told.
    pub lost_steps: Counter,
    /// Rows in memory; set when somebody looks, as the five below.
    pub spools: Gauge,
    /// Rows that somebody has.
    pub occupied: Gauge,
    /// Rows with a cell that cannot be read.
    pub problems: Gauge,
    /// Changes that wait to be written.
    pub waiting: Gauge,
    /// Audit events that wait for their tab.
    pub outbox: Gauge,
    /// Seconds since the rows were read.
    pub age: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("spoolboard");
        let latency_histogram: fn() -> Histogram = || Histogram::new(exponential_buckets(0.001, 2.0, 16));
        let metrics = Metrics {
            actions: Family::default(),
            latency: Family::new_with_constructor(latency_histogram),
            outcomes: Family::default(),
            acts: Family::default(),
            untold: Counter::default(),
            lock_expiries: Counter::default(),
            uncompared: Counter::default(),
            streams: Gauge::default(),
            locks: Gauge::default(),
            events: Gauge::default(),
            requests: Family::default(),
            refused_requests: Family::default(),
            connections: Gauge::default(),
            refused_connections: Counter::default(),
            refused_certificates: Counter::default(),
            lost_steps: Counter::default(),
            spools: Gauge::default(),
            occupied: Gauge::default(),
            problems: Gauge::default(),
            waiting: Gauge::default(),
            outbox: Gauge::default(),
            age: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("actions", "Actions by kind and outcome", metrics.actions.clone());
        registry.register("action_seconds", "Seconds from request to answer of what was not refused", metrics.latency.clone());
        registry.register("outcomes", "Spools taken, met in another's hands, or let go before", metrics.outcomes.clone());
        registry.register("acts", "Changes that landed, by the name of their audit event", metrics.acts.clone());
        registry.register("untold_changes", "Changes the screens were not told of", metrics.untold.clone());
        let uncompared = "Comparisons of locks with rows that could not be made";
        registry.register("locks_uncompared", uncompared, metrics.uncompared.clone());
        registry.register("lock_expiries", "Locks of occupied rows found expired", metrics.lock_expiries.clone());
        registry.register("streams", "Open event streams", metrics.streams.clone());
        registry.register("locks_up", "1 while the locks can be reached", metrics.locks.clone());
        registry.register("events_up", "1 while other processes are heard", metrics.events.clone());
        registry.register("requests", "Requests by route and status", metrics.requests.clone());
        // A counter that is there before anything is counted shows the first time, too.
        for by in ["tablet", "address", "screens"] {
            drop(metrics.refused_requests.get_or_create(&[("by", by)]));
        }
        registry.register("refused_requests", "Requests that came too fast", metrics.refused_requests.clone());
        registry.register("connections", "Open connections", metrics.connections.clone());
        registry.register("refused_connections", "Connections beyond those of one address", metrics.refused_connections.clone());
        registry.register("refused_certificates", "New certificates not taken", metrics.refused_certificates.clone());
        registry.register("lost_steps", "Steps of tablets not kept, or not told to others", metrics.lost_steps.clone());
        registry.register("spools", "Rows in memory", metrics.spools.clone());
        registry.register("occupied_spools", "Rows that somebody has", metrics.occupied.clone());
        registry.register("unreadable_spools", "Rows with a cell that cannot be read", metrics.problems.clone());
        registry.register("waiting_changes", "Changes that wait to be written", metrics.waiting.clone());
        registry.register("outbox_events", "Audit events that wait for their tab", metrics.outbox.clone());
        registry.register("data_age_seconds", "Seconds since the rows were read", metrics.age.clone());
        Metrics { registry, ..metrics }
    }
}

impl Metrics {
    /// Shows what the adapter of the Google workbook counts, too.
    pub fn with_sheets(mut self, sheets: &SheetsMetrics) -> Metrics {
        let google = self.registry.sub_registry_with_prefix("sheets");
        google.register("calls", "Calls to Google by kind and outcome", sheets.calls.clone());
        google.register("call_seconds", "Seconds from a call to Google to its answer", sheets.seconds.clone());
        google.register("tokens", "Calls that may be made at once now", sheets.tokens.clone());
        google.register("batch_changes", "Changes in one batch", sheets.batch.clone());
        google.register("commit_seconds", "Seconds from a change to the answer that it landed", sheets.commit.clone());
        google.register("fence_rotations", "Attempts to replace the fence", sheets.rotations.clone());
        // As above: an alert on the first of them must find that there was none before.
        for cause in ALARMS {
            drop(sheets.alarms.get_or_create(&[("cause", cause)]));
        }
        google.register("alarms", "What should never happen, by cause", sheets.alarms.clone());
        google.register("overwritten_cells", "Cells of the office overwritten as a column moved", sheets.overwritten.clone());
        google.register("voided_operations", "Audit rows taken back, as their row lacks them", sheets.voided.clone());
        google.register("hand_edits", "Cells of our columns found changed by a hand", sheets.hand_edits.clone());
        self
    }

    /// Shows how often Redis did not answer, too.
    pub fn with_redis(mut self, errors: &Counter) -> Metrics {
        self.registry.register("redis_errors", "Commands and probes that Redis did not answer", errors.clone());
        self
    }

    /// Shows how many changes the embedded workbook lands at once, too.
    pub fn with_embedded(mut self, groups: &Histogram) -> Metrics {
        self.registry.register("commit_changes", "Changes in one transaction", groups.clone());
        self
    }

    /// Notes one action: what was asked, and how it ended.
    pub fn action(&self, kind: &str, outcome: &str) {
        self.actions.get_or_create(&[("action", kind.to_owned()), ("outcome", outcome.to_owned())]).inc();
    }

    /// The counter of what landed under this name in the audit.
    pub fn act(&self, event_type: String) -> Counter {
        self.acts.get_or_create(&[("act", event_type)]).clone()
    }

    /// Notes how long an action took that was not refused: a refusal costs next to nothing, and would
    /// hide how slow the others are.
    pub fn took(&self, kind: &str, took: Duration) {
        self.latency.get_or_create(&[("action", kind.to_owned())]).observe(took.as_secs_f64());
    }

    /// Notes one request.
    pub fn request(&self, method: &str, route: &str, status: u16) {
        let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
    }

    /// The Prometheus text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
