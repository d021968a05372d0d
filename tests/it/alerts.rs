//! The rules for Prometheus: of figures that exist, each with a page that says what to do.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;
use spoolboard::metrics::{Metrics, SheetsMetrics};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

fn doc(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

/// Every figure that a process can show, by the names of its samples.
fn shown() -> BTreeSet<String> {
    let (sheets, redis, groups) = (SheetsMetrics::default(), Counter::default(), Histogram::new([1.0]));
    let metrics = Metrics::default().with_sheets(&sheets).with_redis(&redis).with_embedded(&groups);
    metrics.action("tomar", "ok");
    metrics.took("tomar", Duration::from_millis(3));
    metrics.request("POST", "/api/occupation/tomar", 409);
    sheets.calls.get_or_create(&[("kind", "read"), ("outcome", "ok")]).inc();
    sheets.seconds.get_or_create(&[("kind", "read")]).observe(0.12);
    sheets.tokens.get_or_create(&[("kind", "read")]).set(50.0);
    sheets.alarms.get_or_create(&[("cause", "moved")]).inc();
    let text = metrics.text();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.map(|line| line.split(['{', ' ']).next().unwrap().to_owned()).collect()
}

/// The names of figures in a text, `spoolboard_…`.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("spoolboard_")).map(str::to_owned).collect()
}

#[test]
fn every_figure_that_an_alert_or_its_page_names_is_shown() {
    let shown = shown();
    let rules = named(&doc("alerts.yml"));
    assert!(rules.len() > 15, "{rules:?}");
    let missing: Vec<&String> = rules.iter().filter(|name| !shown.contains(*name)).collect();
    assert!(missing.is_empty(), "alerts.yml names what nobody counts: {missing:?}");
    // A page may name a histogram without the ending of one of its samples.
    let is_shown = |name: &String| shown.contains(name) || shown.contains(&format!("{name}_bucket"));
    let missing: Vec<String> = named(&doc("hot-spots.md")).into_iter().filter(|name| !is_shown(name)).collect();
    assert!(missing.is_empty(), "hot-spots.md names what nobody counts: {missing:?}");
}

#[test]
fn every_alert_has_a_section_that_says_what_to_do_and_every_section_an_alert() {
    let (rules, page) = (doc("alerts.yml"), doc("hot-spots.md"));
    let alerts: Vec<&str> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    let sections: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(alerts.iter().copied().collect::<BTreeSet<_>>(), sections);
    for alert in alerts {
        assert!(rules.contains(&format!("help: docs/hot-spots.md#{}\n", alert.to_lowercase())), "{alert} leads to its section");
    }
    for field in ["expr:", "summary:", "severity:"] {
        assert_eq!(rules.matches(field).count(), sections.len(), "{field}");
    }
}
