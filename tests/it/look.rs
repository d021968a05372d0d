//! What the style sheet and the templates promise to everybody's eyes, and which build a screen is.

use crate::pages::Screen;
use crate::support::TestPlant;
use std::collections::HashMap;

const CSS: &str = include_str!("../../static/app.css");

/// One rule: its selectors and its declarations.
type Rule = (String, HashMap<String, String>);

/// The rules of the style sheet, those inside `@media` included.
fn rules() -> Vec<Rule> {
    let mut css = String::new();
    for part in CSS.split("/*") {
        css.push_str(part.split_once("*/").map_or(part, |(_, rest)| rest));
    }
    let mut rules = Vec::new();
    for block in css.split('}') {
        let Some((head, body)) = block.rsplit_once('{') else { continue };
        let selector = head.rsplit(['{', ';']).next().unwrap().trim().to_owned();
        let declarations = body.split(';').filter_map(|line| line.split_once(':'));
        rules.push((selector, declarations.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()));
    }
    assert!(rules.len() > 100, "the style sheet was not understood");
    rules
}

fn root() -> HashMap<String, String> {
    rules().into_iter().find(|(selector, _)| selector == ":root").unwrap().1
}

/// The colours of the theme for the sun: those of the other, but for what it changes.
fn sun() -> HashMap<String, String> {
    let of_sun = rules().into_iter().find(|(selector, _)| selector == ":root[data-tema=sol]").unwrap().1;
    root().into_iter().chain(of_sun).collect()
}

/// A colour as red, green and blue from 0 to 1; `None` for `none`, `inherit` and the like.
fn colour(value: &str, root: &HashMap<String, String>) -> Option<[f64; 3]> {
    let value = value.strip_prefix("var(").map_or(value, |name| root.get(name.trim_end_matches(')')).map_or("", String::as_str));
    let digits: String = match value.strip_prefix('#')? {
        short if short.len() == 3 => short.chars().flat_map(|digit| [digit, digit]).collect(),
        long => long.to_owned(),
    };
    Some([0, 2, 4].map(|at| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0))
}

/// Relative luminance and contrast as WCAG 2 defines them.
fn luminance(colour: [f64; 3]) -> f64 {
    let [r, g, b] = colour.map(|part| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn g12_text_is_four_and_a_half_to_one_and_signs_three_to_one_on_what_they_lie_on() {
    assert!((contrast([1.0; 3], [0.0; 3]) - 21.0).abs() < 1e-9);
    // The wall knows one theme only.
    look_at("navy", &root(), |_| true);
    look_at("sol", &sun(), |selector| !selector.contains("wall") && !selector.contains(".stale"));
}

fn look_at(theme: &str, root: &HashMap<String, String>, shown: impl Fn(&str) -> bool) {
    let named = |name: &str| colour(&format!("var({name})"), root).unwrap();
    let grounds = [named("--ground"), named("--panel"), named("--panel-2"), named("--late")];
    let mut poor = Vec::new();
    let mut pairs = 0;
    let mut look = |selector: &str, text: [f64; 3], ground: [f64; 3], least: f64| {
        pairs += 1;
        let found = contrast(text, ground);
        if found < least {
            poor.push(format!("{theme}: {selector}: {found:.2}, {least} wanted"));
        }
    };
    for (selector, rule) in rules().into_iter().filter(|(selector, _)| shown(selector)) {
        let of = |name: &str| rule.get(name).and_then(|value| colour(value, root));
        match (of("color"), of("background")) {
            (Some(text), Some(ground)) => look(&selector, text, ground, 4.5),
            // The head and foot of the wall lie on the bare ground; everything else may lie anywhere.
            (Some(text), None) if selector.starts_with(".wall-") => look(&selector, text, grounds[0], 4.5),
            // The dark text of two kinds of toast is set beside its ground; `a` and `small` inherit.
            (Some(text), None) => grounds.iter().for_each(|ground| look(&selector, text, *ground, 4.5)),
            // A dot that is never alone: beside it stands the word.
            (None, Some(ground)) if selector.contains(".dot") => look(&selector, ground, grounds[0], 3.0),
            (None, Some(ground)) if selector == ".toast .undo" => look(&selector, named("--dark"), ground, 4.5),
            (None, Some(ground)) => ["--ink", "--soft"].iter().for_each(|name| look(&selector, named(name), ground, 4.5)),
            (None, None) => {}
        }
        if let Some(mark) = rule.get("--mark").and_then(|value| colour(value, root)) {
            grounds[..2].iter().for_each(|ground| look(&format!("{selector} --mark"), mark, *ground, 3.0));
        }
    }
    look("the focus", named("--focus"), named("--ground"), 3.0);
    look("the focus", named("--focus"), named("--panel"), 3.0);
    look("a border", named("--line"), named("--ground"), 3.0);
    look("a border", named("--line"), named("--panel"), 3.0);
    assert!(pairs > 60, "{pairs} pairs");
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}

#[tokio::test]
async fn every_variable_that_a_rule_uses_exists_and_its_sentences_are_the_catalogues() {
    // What it says stands before it as it is served.
    let served = TestPlant::embedded().await.get(spoolboard::web::assets::url("app.css")).await.text;
    let said = served.strip_suffix(CSS).unwrap();
    assert!(said.starts_with(":root {") && said.contains("--saving: \"GUARDANDO…\";"), "{said}");
    let known: Vec<String> = rules().into_iter().flat_map(|(_, rule)| rule.into_keys()).collect();
    for used in CSS.split("var(").skip(1).filter_map(|rest| rest.split([')', ',']).next()) {
        assert!(known.iter().any(|name| name == used) || said.contains(&format!("{used}: \"")), "{used}");
    }
}

#[test]
fn the_style_sheet_says_nothing_in_any_language() {
    let said = CSS.split("content: \"").skip(1).filter_map(|rest| rest.split('"').next());
    assert_eq!(said.filter(|text| text.contains(char::is_alphabetic)).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn g12_no_text_is_small_and_nobody_is_kept_from_zooming() {
    let root = root();
    let rem = |value: &str| {
        let value = value.strip_prefix("var(").map_or(value, |name| root[name.trim_end_matches(')')].as_str());
        value.strip_suffix("rem").and_then(|number| number.parse::<f64>().ok())
    };
    assert!(rem("var(--text)").unwrap() * 16.0 >= 18.0, "the body");
    for (selector, rule) in rules() {
        let font = rule.get("font").and_then(|font| font.split([' ', '/']).find_map(rem));
        for size in rule.get("font-size").and_then(|size| rem(size)).into_iter().chain(font) {
            assert!(size >= 1.0, "{selector}: {size} rem");
        }
        assert!(
            selector == "html.wall" || !(selector == "html" && rule.contains_key("font-size")),
            "the rem is the tablet's own"
        );
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let listed = |folder: &str| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let templates = listed(folder).into_iter().chain(listed(&format!("{folder}/supervisor")));
    for path in templates.filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in ["user-scalable", "maximum-scale", "minimum-scale"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
        assert!(!text.contains("<head>") || text.contains("width=device-width, initial-scale=1"), "{}", path.display());
    }
}

#[tokio::test]
async fn g8_an_error_has_no_end_of_its_own_and_a_success_goes_after_five_or_eight_seconds() {
    let plant = TestPlant::embedded().await;
    let path = format!("/carretes/{}/tomar", crate::pages::id(&plant, "MK-0001").await);
    let form = |worker| [("trabajador", worker), ("operacion", "ARM")];
    let good = Screen::of(&crate::pages::tap(&plant, &path, &form("93")).await);
    assert_eq!(good.attribute("[hx-target='#toasts'] .toast.good", "data-dura"), "8", "as long as it may be taken back");
    let bad = Screen::of(&crate::pages::tap(&plant, &path, &form("94")).await);
    assert_eq!(bad.count("[hx-target='#alertas'][hx-swap=beforeend] .toast.bad:not([data-dura])"), 1);
    assert_eq!(bad.count(".toast.bad button[data-cerrar]"), 1, "it is put away by hand");
    let list = Screen::open(&plant, "/carretes?trabajador=93").await;
    assert_eq!((list.count("#alertas[role=alert]"), list.count("#toasts[role=status]")), (1, 1));
}

#[tokio::test]
async fn c6_a_screen_names_its_build_and_nothing_of_an_older_one_can_be_kept() {
    let plant = TestPlant::embedded().await;
    let build = plant.get("/health").await.json["build"].as_str().unwrap().to_owned();
    let (version, print) = build.rsplit_once('-').unwrap();
    assert_eq!((version, print.len()), (env!("CARGO_PKG_VERSION"), 12), "two builds of one version are two");
    for path in [
        "/",
        "/carretes?trabajador=93",
        "/tablero",
        "/kiosko",
        "/registro?trabajador=93",
        "/historial/MK-0001",
        "/historial/MK-NO",
    ] {
        let reply = plant.get(path).await;
        assert_eq!(reply.headers["cache-control"], "no-store", "{path}");
        let page = Screen::of(&reply);
        assert_eq!(page.attribute("body", "data-build"), build, "{path}");
        for (selector, name) in [("script", "src"), ("link[rel=stylesheet]", "href")] {
            let asset = page.attribute(selector, name);
            let hash = asset.rsplit('.').nth(1).unwrap();
            assert!(hash.len() == 12 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()), "{path}: {asset}");
            let kept = plant.get(&asset).await;
            assert!(kept.headers["cache-control"].to_str().unwrap().contains("immutable"), "{asset}");
            let stale = plant.get(&asset.replace(hash, "0123456789ab")).await;
            assert_eq!((stale.status, stale.headers["cache-control"].to_str().unwrap()), (404, "no-store"), "an older one");
        }
    }
}
