//! The static files, inside the binary: a URL with the hash of its content, kept for ever.

use super::App;
use super::failure::Failure;
use crate::words::{self, Fault};
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use include_dir::{Dir, include_dir};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/static");
static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Scripts that travel as one file, in this order. Over a line with a long way each file costs as much
/// as its bytes do; and what htmx begins with finds everything that listens to it.
const JOINED: [(&str, &[&str]); 3] = [
    ("screen.js", &["vendor/htmx-4.0.1.min.js", "vendor/hx-sse-4.0.1.min.js", WORDS, "app.js", "act.js", "tablet.js"]),
    ("wall.js", &[WORDS, "app.js"]),
    ("list.js", &["ask.js", "choose.js", "scan.js"]),
];

/// The script that begins with what the scripts say, of the language that is spoken.
const WORDS: &str = "words.js";

/// The style sheet, which begins with what it says itself: a property for each sentence.
const STYLE: &str = "app.css";

/// What the keys of those sentences begin with.
const SCRIPTS: &str = "script-";

/// One file as it is served.
struct Asset {
    url: String,
    body: Bytes,
}

static BY_NAME: LazyLock<HashMap<&'static str, Asset>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    collect(&FILES, &mut found);
    for name in [WORDS, STYLE] {
        found.insert(name, Asset::new(name, body(name).into_owned().into()));
    }
    for (name, parts) in JOINED {
        found.insert(name, Asset::new(name, joined(parts).into()));
    }
    found
});

static BY_URL: LazyLock<HashMap<&'static str, Bytes>> =
    LazyLock::new(|| BY_NAME.values().map(|asset| (asset.url.as_str(), asset.body.clone())).collect());

impl Asset {
    fn new(name: &str, body: Bytes) -> Asset {
        Asset { url: hashed(name, &body), body }
    }
}

/// Files one after the other, each a statement of its own.
fn joined(parts: &[&str]) -> Vec<u8> {
    let bodies: Vec<Cow<'_, [u8]>> = parts.iter().map(|part| body(part)).collect();
    bodies.join(&b"\n;\n"[..])
}

/// A file under `static/`; before the words of the scripts their sentences, which nothing alters, and before the style
/// sheet its own: set by a script they would make the whole page be styled anew.
fn body(name: &str) -> Cow<'static, [u8]> {
    let file = FILES.get_file(name).map(|file| file.contents()).unwrap_or_default();
    match name {
        WORDS => [format!("const WORDS = Object.freeze({});\n", sentences()).as_bytes(), file].concat().into(),
        STYLE => [styled().as_bytes(), file].concat().into(),
        _ => file.into(),
    }
}

/// The sentences of the scripts by key, with `{name}` where an argument comes; a number's forms by their names.
fn sentences() -> Value {
    let mut found = Value::Null;
    for key in words::those_of(SCRIPTS) {
        let place = match key.split_once('.') {
            Some((key, form)) => &mut found[key][form],
            None => &mut found[key],
        };
        *place = words::unfilled(SCRIPTS, key).into();
    }
    found
}

/// The sentences of the style sheet, each a string as CSS writes it, too.
fn styled() -> String {
    let [closed, looking, saving] =
        [words::text("script-no-registering"), words::text("only-looking"), words::text("saving")].map(Value::from);
    format!(":root {{ --no-registering: {closed}; --only-looking: {looking}; --saving: {saving}; }}\n")
}

/// The URL of a file under `static/`, for templates. A name that is not there becomes a URL that
/// answers 404; a test looks for such names in the templates.
pub fn url(name: &str) -> &str {
    BY_NAME.get(name).map_or(name, |asset| asset.url.as_str())
}

/// What a screen was made with, in 12 hex digits: another template, style, script or sentence is another
/// build, whether or not somebody thought of raising the version (`field-failures.md` C6).
pub fn fingerprint() -> &'static str {
    static PRINT: LazyLock<String> = LazyLock::new(|| {
        let mut bytes = Vec::new();
        [&FILES, &TEMPLATES].into_iter().for_each(|dir| gather(dir, &mut bytes));
        bytes.extend_from_slice(words::source().as_bytes());
        Uuid::new_v5(&Uuid::NAMESPACE_URL, &bytes).simple().to_string()[..12].to_owned()
    });
    &PRINT
}

fn gather(dir: &Dir<'_>, bytes: &mut Vec<u8>) {
    dir.files().for_each(|file| bytes.extend_from_slice(file.contents()));
    dir.dirs().for_each(|dir| gather(dir, bytes));
}

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new().route("/static/{*path}", get(file)).route("/favicon.ico", get(async || Redirect::permanent(url("favicon.svg"))))
}

async fn file(Path(path): Path<String>) -> Response {
    let asked = format!("/static/{path}");
    match BY_URL.get(asked.as_str()) {
        Some(body) => {
            let headers = [(header::CONTENT_TYPE, kind(&path)), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
            (headers, body.clone()).into_response()
        }
        None => Failure::from(Fault::UnknownRoute).into_response(),
    }
}

fn collect(dir: &'static Dir<'static>, found: &mut HashMap<&'static str, Asset>) {
    for file in dir.files() {
        if let Some(name) = file.path().to_str() {
            found.insert(name, Asset::new(name, Bytes::from_static(file.contents())));
        }
    }
    dir.dirs().for_each(|dir| collect(dir, found));
}

/// `app.css` becomes `/static/app.{12 hex digits}.css`.
fn hashed(name: &str, body: &[u8]) -> String {
    let hash = Uuid::new_v5(&Uuid::NAMESPACE_URL, body).simple().to_string();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "txt"));
    format!("/static/{stem}.{}.{extension}", &hash[..12])
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use include_dir::File;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_vendored_files_are_those_on_record() {
        let record = include_str!("../../static/vendor/README.md");
        let mut files = 0;
        for line in record.lines() {
            let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
            let [_, name, _, hash, _] = cells[..] else { continue };
            let Some(asset) = BY_NAME.get(format!("vendor/{name}").as_str()) else { continue };
            let found: String = Sha256::digest(&asset.body).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, hash, "{name}");
            files += 1;
        }
        assert_eq!(files, 3, "each vendored file has its line");
    }

    #[test]
    fn a_url_changes_with_the_content_and_keeps_the_extension() {
        assert_ne!(hashed("app.css", b"a"), hashed("app.css", b"b"));
        let url = hashed("vendor/x-1.0.min.js", b"a");
        assert!(url.starts_with("/static/vendor/x-1.0.min.") && url.ends_with(".js"), "{url}");
    }

    #[test]
    fn what_travels_as_one_file_is_all_of_its_parts() {
        for (name, parts) in JOINED {
            let whole = String::from_utf8(BY_NAME[name].body.to_vec()).unwrap();
            let mut rest = whole.as_str();
            for part in parts {
                let body = String::from_utf8(body(part).into_owned()).unwrap();
                rest = rest.strip_prefix(body.as_str()).unwrap_or_else(|| panic!("{part} is not next in {name}"));
                rest = rest.strip_prefix("\n;\n").unwrap_or(rest);
            }
            assert_eq!(rest, "", "{name}");
        }
    }

    /// Every template, those in folders too.
    fn templates(dir: &'static Dir<'static>) -> Vec<&'static File<'static>> {
        dir.files().chain(dir.dirs().flat_map(templates)).collect()
    }

    #[test]
    fn every_asset_that_a_template_names_exists() {
        let templates = templates(&TEMPLATES);
        assert!(templates.iter().any(|template| template.path().starts_with("door")), "folders are looked into");
        for template in templates {
            let text = template.contents_utf8().unwrap_or_default();
            for name in text.split("assets::url(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(BY_NAME.contains_key(name), "{name} in {}", template.path().display());
            }
        }
    }
}
