//! The rules for Prometheus: of figures that exist, each with a page that says what to do.

use crate::stand_in::Google;
use crate::support::google::book_of;
use crate::support::redis::RealRedis;
use crate::support::{TestPlant, eventually, small_plant};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn doc(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

/// The names of the samples that a program shows, or will as soon as there is something to count.
async fn shown(plant: &TestPlant) -> BTreeSet<String> {
    let text = plant.get("/metrics").await.text;
    let kinds = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let samples = kinds.flat_map(|(name, kind)| {
        let endings: &[&str] = match kind {
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_count", "_sum"],
            _ => &[""],
        };
        endings.iter().map(move |ending| format!("{name}{ending}"))
    });
    samples.collect()
}

/// The names of figures in a text, `spoolboard_…`.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("spoolboard_")).map(str::to_owned).collect()
}

/// Every cause that the source names.
fn causes_of_alarms() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/workbook/sheets");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let texts: Vec<String> = files.map(|path| fs::read_to_string(path).unwrap()).collect();
    let named = |text: &String| -> Vec<String> {
        text.split(".alarm(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let causes: BTreeSet<String> = texts.iter().flat_map(named).collect();
    assert!(causes.len() > 4, "{causes:?}");
    causes
}

#[tokio::test]
async fn every_figure_that_an_alert_or_its_page_names_is_shown_by_the_program() {
    let (google, redis) = (Google::with(book_of(&small_plant())).await, RealRedis::start());
    let shared = TestPlant::at_google(&google, Some(&redis.url())).await;
    eventually("a take works", async || shared.worker(93).take("MK-0001", "ARM").await.status == 200).await;
    let alone = TestPlant::embedded().await;
    assert_eq!(alone.worker(93).take("MK-0001", "ARM").await.status, 200);
    let shown: BTreeSet<String> = shown(&shared).await.into_iter().chain(shown(&alone).await).collect();
    // An alert on the first of something must find that there was none before.
    let figures = shared.get("/metrics").await.text;
    for cause in causes_of_alarms() {
        let none = format!("spoolboard_sheets_alarms_total{{cause=\"{cause}\"}} 0");
        assert!(figures.contains(&none), "{none}");
    }
    let rules = named(&doc("alerts.yml"));
    assert!(rules.len() > 15, "{rules:?}");
    let missing: Vec<&String> = rules.iter().filter(|name| !shown.contains(*name)).collect();
    assert!(missing.is_empty(), "alerts.yml names what nobody counts: {missing:?}");
    // A page may name a histogram without the ending of one of its samples.
    let is_shown = |name: &String| shown.contains(name) || shown.contains(&format!("{name}_bucket"));
    let missing: Vec<String> = named(&doc("hot-spots.md")).into_iter().filter(|name| !is_shown(name)).collect();
    assert!(missing.is_empty(), "hot-spots.md names what nobody counts: {missing:?}");
}

/// A line of YAML: its number, how far it is indented, and the rest.
type Line<'a> = (usize, usize, &'a str);

fn lines(text: &str) -> Vec<Line<'_>> {
    let all = text.lines().enumerate().map(|(at, line)| (at + 1, line.len() - line.trim_start().len(), line.trim()));
    all.filter(|(_, _, rest)| !rest.is_empty() && !rest.starts_with('#')).collect()
}

/// Reads the part of YAML that the rules are written in: maps, lists of maps, quoted and plain words, `|`. What is
/// anything else, and what could be read in two ways, is refused.
fn yaml(lines: &[Line<'_>]) -> Value {
    let indent = lines[0].1;
    let starts: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].1 == indent).collect();
    assert!(lines.iter().all(|line| line.1 >= indent), "line {} is less indented than what it stands in", lines[0].0);
    let blocks = starts.iter().enumerate().map(|(n, at)| &lines[*at..starts.get(n + 1).copied().unwrap_or(lines.len())]);
    if lines[0].2.starts_with("- ") {
        let item = |block: &[Line<'_>]| {
            let first = block[0].2.strip_prefix("- ").unwrap_or_else(|| panic!("line {} is none of a list", block[0].0));
            let within: Vec<Line<'_>> = [(block[0].0, indent + 2, first)].into_iter().chain(block[1..].iter().copied()).collect();
            yaml(&within)
        };
        return blocks.map(item).collect();
    }
    let mut map = Map::new();
    for block in blocks {
        let (at, _, text) = block[0];
        let (key, value) = text.split_once(':').unwrap_or_else(|| panic!("line {at} has no key: {text}"));
        assert!(key.bytes().all(|byte| byte.is_ascii_lowercase()), "line {at}: {key}");
        assert!(value.is_empty() || value.starts_with(' '), "line {at}: no blank after the colon");
        let (value, rest) = (value.trim(), &block[1..]);
        assert!(matches!(value, "" | "|") != rest.is_empty(), "line {at}: nothing, or too much, belongs to {key}");
        let value = match value {
            "" => yaml(rest),
            "|" => rest.iter().map(|line| line.2).collect::<Vec<_>>().join("\n").into(),
            value => scalar(at, value),
        };
        assert!(map.insert(key.into(), value).is_none(), "line {at}: {key} again");
    }
    Value::Object(map)
}

fn scalar(at: usize, text: &str) -> Value {
    if let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        return yaml(&inner.split(", ").map(|pair| (at, 0, pair)).collect::<Vec<_>>());
    }
    if text.starts_with('"') {
        return serde_json::from_str(text).unwrap_or_else(|why| panic!("line {at}: {why}"));
    }
    let plain = !text.starts_with(|c: char| "!&*[]{}|>@`'%,?-#".contains(c)) && !text.contains(": ") && !text.contains(" #");
    assert!(plain && !text.ends_with(':'), "line {at} must be quoted: {text}");
    text.into()
}

#[test]
fn the_rules_are_yaml_of_the_shape_that_prometheus_reads() {
    let text = doc("alerts.yml");
    let rules = yaml(&lines(&text));
    assert_eq!(rules.as_object().unwrap().keys().collect::<Vec<_>>(), ["groups"]);
    let group = &rules["groups"][0];
    assert_eq!((rules["groups"].as_array().unwrap().len(), &group["name"]), (1, &json!("spoolboard")));
    let known = ["alert", "expr", "for", "labels", "annotations"];
    let is_span = |text: &str| {
        text.trim_end_matches(['s', 'm', 'h', 'd']).parse::<u32>().is_ok_and(|_| !text.ends_with(|c: char| c.is_ascii_digit()))
    };
    for rule in group["rules"].as_array().unwrap() {
        let name = rule["alert"].as_str().unwrap();
        assert!(rule.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{name}");
        assert!(rule["for"].is_null() || rule["for"].as_str().is_some_and(is_span), "{name}: {}", rule["for"]);
        assert!(["page", "notice"].map(|one| json!(one)).contains(&rule["labels"]["severity"]), "{name}");
        assert!(rule["annotations"]["summary"].is_string() && rule["annotations"]["help"].is_string(), "{name}");
        let expression = rule["expr"].as_str().unwrap();
        assert!(["==", ">", "<"].iter().any(|sign| expression.contains(sign)), "{name} says when");
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            assert_eq!(expression.matches(open).count(), expression.matches(close).count(), "{name}: {open}");
        }
        assert_eq!(expression.matches('"').count() % 2, 0, "{name}");
        let spans = expression.split('[').skip(1).map(|rest| rest.split(']').next().unwrap());
        spans.for_each(|span| assert!(is_span(span), "{name}: {span}"));
    }
}

/// What a sum over outcomes in an expression is now: `spoolboard_outcomes_total{outcome=~"taken|conflict"}[15m]`.
fn sum(part: &str, figures: &str) -> f64 {
    let (_, asked) = part.split_once("spoolboard_outcomes_total").unwrap();
    let wanted: Vec<&str> = asked.split('[').next().unwrap().split('"').nth(1).unwrap_or_default().split('|').collect();
    let lines = figures.lines().filter_map(|line| line.strip_prefix("spoolboard_outcomes_total{")?.rsplit_once(' '));
    let counted = lines.filter(|(labels, _)| wanted == [""] || wanted.iter().any(|one| labels.contains(&format!("\"{one}\""))));
    counted.map(|(_, count)| count.parse::<f64>().unwrap()).sum()
}

#[tokio::test]
async fn i3_the_alerts_on_conflicts_divide_by_what_the_page_of_supervisors_divides_by_and_say_so() {
    let plant = TestPlant::embedded().await;
    for tag in ["MK-0001", "MK-0002", "MK-0003"] {
        assert_eq!(plant.worker(93).take(tag, "ARM").await.status, 200);
    }
    assert_eq!(plant.worker(94).take("MK-0001", "ARM").await.status, 409);
    for status in [200, 410, 410] {
        assert_eq!(plant.worker(93).pause("MK-0001").await.status, status);
    }
    let (figures, page) = (plant.get("/metrics").await.text, plant.get("/api/conflicts").await.json);
    let rules = yaml(&lines(&doc("alerts.yml")));
    for (alert, rate, share, kinds) in [
        ("SpoolboardManyConflicts", "tasa_409", 1.0 / 4.0, &["taken", "(409)"][..]),
        ("SpoolboardManyEnded", "tasa_410", 2.0 / 6.0, &["TAKEs that landed", "(409)", "(410)"][..]),
    ] {
        let rule = rules["groups"][0]["rules"].as_array().unwrap().iter().find(|rule| rule["alert"] == alert).unwrap();
        let (part, rest) = rule["expr"].as_str().unwrap().split_once("/ sum(").unwrap();
        let found = sum(part, &figures) / sum(rest.split('>').next().unwrap(), &figures);
        assert_eq!((found, page[rate].as_f64().unwrap()), (share, share), "{alert}");
        let summary = rule["annotations"]["summary"].as_str().unwrap();
        for kind in kinds {
            assert!(summary.contains(kind), "{alert} divides by {kind}, too: {summary}");
        }
    }
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
