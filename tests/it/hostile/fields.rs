//! Every field that the program looks at, on every route, as everybody: a text in it that would be obeyed is only text.
//!
//! The routes are those of the door's table and the names of the fields are read out of the source and the templates, so
//! that neither a new route nor a new field can be forgotten here.

use super::texts::{bones, encoded, leads_nowhere};
use crate::access::{PIN, Persona, locked_plant, now, register, supervisor, tablet};
use crate::support::{Reply, TestPlant};
use reqwest::Method;
use serde_json::json;
use spoolboard::domain::WorkerId;
use spoolboard::web::caller::{Needs, TABLE};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Routes that do not end, or that take somebody's leave from him: what they read is read by others, too.
const LEFT_OUT: [&str; 5] = ["/vivo/tablero", "/vivo/kiosko", "/vivo/carretes", "/api/sse/stream", "/salir"];

/// A good value of each field, so that whatever is read after the hostile one is read, too.
const GOOD: [(&str, &str); 25] = [
    ("trabajador", "93"),
    ("worker_id", "93"),
    ("operacion", "ARM"),
    ("tag_spool", "MK-0001"),
    ("tag", "MK-0001"),
    ("carrete", "MK-0001"),
    ("carretes", "ARM:MK-0002"),
    ("motivo", "otro"),
    ("otro", "sin motivo"),
    ("resultado", "APROBADO"),
    ("remedio", "nombrar Armador"),
    ("evento", "6f0c1f9e-6f1c-4f5c-9a55-0b1b6c1d2e3f"),
    ("id", "6f0c1f9e-6f1c-4f5c-9a55-0b1b6c1d2e3f"),
    ("fecha", "2026-11-20"),
    ("fecha_operacion", "2026-11-20"),
    ("nombre", "Banco 7"),
    ("pin", PIN),
    ("codigo", "BCDFGHJK"),
    ("alcance", "leer"),
    ("pedir", "no"),
    ("volver", "/supervisor"),
    ("paso", "visto"),
    ("desde", "0"),
    ("limit", "9"),
    ("offset", "0"),
];

/// The words in quotes that follow one of these in a text.
fn quoted_after<'a>(text: &'a str, before: &'a [&str]) -> impl Iterator<Item = &'a str> {
    before.iter().flat_map(|before| text.split(before).skip(1)).filter_map(|rest| rest.split('"').next())
}

fn collect(folder: &Path, before: &[&str], found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, before, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap().replace("words::text(", "");
        let is_name = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        found.extend(quoted_after(&code, before).filter(is_name).map(str::to_owned));
    }
}

/// The names of all fields.
fn names() -> BTreeSet<String> {
    let (root, mut found) = (Path::new(env!("CARGO_MANIFEST_DIR")), BTreeSet::new());
    // However a field is asked for: by the readers of forms, addresses and bodies, or by a constant that holds its name.
    let asked = [
        "text(\"",
        "values(\"",
        "needed(\"",
        "optional(\"",
        "text_if_any(\"",
        "read(\"",
        "get(\"",
        "count(\"",
        "&str = \"",
        "optional(self.get(field), \"",
    ];
    collect(&root.join("src/web"), &asked, &mut found);
    collect(&root.join("templates"), &[" name=\""], &mut found);
    found
}

#[test]
fn every_field_with_a_good_value_is_one_that_the_source_names() {
    let names = names();
    assert!(names.len() >= 40, "{names:?}");
    for name in
        GOOD.iter().map(|(name, _)| *name).chain(["q", "nv", "ot", "orden", "ver", "hecho", "tipo", "quien", "visto", "relevar"])
    {
        assert!(names.contains(name), "{name} is not found in {names:?}");
    }
}

/// One request with this text in one of the fields, or in the address where `name` is none.
async fn sent(plant: &TestPlant, who: &Persona, (method, route): (&str, &str), name: &str, htmx: bool) -> Reply {
    let value = |field: &str| match field == name {
        true => TEXT.to_owned(),
        false => GOOD.iter().find(|(known, _)| *known == field).map_or_else(String::new, |(_, good)| (*good).to_owned()),
    };
    let place = if name.is_empty() { encoded(TEXT) } else { "MK-0001".into() };
    let places = ["{id}", "{tag}", "{*tag}", "{*path}", "{*rest}", "{llave}"];
    let mut path = places.iter().fold(route.to_owned(), |path, word| path.replace(word, &place));
    let mut fields: Vec<&str> = GOOD.iter().map(|(field, _)| *field).filter(|field| *field != name).collect();
    fields.extend(Some(name).filter(|name| !name.is_empty()));
    let form: Vec<String> = fields.iter().map(|field| format!("{field}={}", encoded(&value(field)))).collect();
    let method = if method == "POST" { Method::POST } else { Method::GET };
    if method == Method::GET {
        path = format!("{path}?{}", form.join("&"));
    }
    let mut request = who.request(plant, method.clone(), &path);
    if htmx {
        request = request.header("HX-Request", "true");
    }
    if method == Method::POST && route.starts_with("/api/") {
        let mut body: serde_json::Map<_, _> = fields.iter().map(|field| ((*field).to_owned(), json!(value(field)))).collect();
        body.extend([("worker_id".to_owned(), json!(93)), ("tag_spools".to_owned(), json!(["MK-0001"]))]);
        body.insert(name.to_owned(), if name == "tag_spools" { json!([TEXT, "MK-0001"]) } else { json!(value(name)) });
        request = request.json(&body);
    } else if method == Method::POST {
        request = request.header("Content-Type", "application/x-www-form-urlencoded").body(form.join("&"));
    }
    plant.send(request).await
}

/// Ends whatever it may stand in and begins elements of its own; short enough for every field that is bounded.
const TEXT: &str = "'\"></script></textarea></title><img src=x onerror=x><hostil-x onx=\"";

fn is_only_text(reply: &Reply, what: &str) {
    assert!(reply.status < 500, "{what}: {} {}", reply.status, reply.text);
    let kind = reply.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    assert!(reply.text.is_empty() || !kind.is_empty(), "{what} says not what it is");
    for header in ["location", "hx-redirect", "hx-location", "hx-push-url"] {
        let to = reply.headers.get(header).and_then(|to| to.to_str().ok()).unwrap_or("/");
        assert!(to.starts_with('/') && !to.starts_with("//"), "{what}: {header} {to}");
    }
    if kind.starts_with("text/html") {
        leads_nowhere(&reply.text, what);
        let odd =
            |bone: &&String| ["hostil-x", "img", "hx-partial"].iter().any(|word| bone.starts_with(word)) || *bone == "script ";
        // A part of a page for htmx may stand in such an element; none of ours is for the whole body.
        let found: Vec<String> = bones(&reply.text).into_iter().filter(|bone| odd(&bone)).collect();
        assert!(
            found.iter().all(|bone| bone.starts_with("hx-partial")) && !reply.text.contains("hx-target=\"body\""),
            "{what}: {found:?}"
        );
    }
}

#[tokio::test]
async fn no_text_in_any_field_of_any_route_becomes_markup_whoever_sends_it() {
    let plant = locked_plant().await;
    let (boss, (device, _), nobody) = (supervisor(&plant).await, tablet(&plant, "Armado 1").await, Persona::new());
    register(&plant).set_pin(WorkerId::new(93).unwrap(), Some(PIN), now(&plant)).await.unwrap();
    let names = names();
    let names: Vec<&str> = names.iter().map(String::as_str).chain([""]).collect();
    for (method, route, needs) in TABLE.iter().filter(|(_, route, _)| !LEFT_OUT.contains(route)) {
        // Nobody taps on one tablet as fast as this test; a supervisor may whatever a tablet may, but for a worker's PIN.
        let those: &[(&str, &Persona, &[&str])] = match (needs, *route) {
            // Who has no session sees the form once more, with all that he typed.
            (Needs::Supervise | Needs::Again, _) => &[("a supervisor", &boss, &names), ("nobody", &nobody, &names)],
            (Needs::Nothing, _) => &[("nobody", &nobody, &names)],
            (_, "/pin") => &[("a tablet", &device, &["trabajador", "pin"])],
            _ => &[("a supervisor", &boss, &names)],
        };
        for (who, persona, names) in those {
            for (number, name) in names.iter().enumerate() {
                // A part of a page or the whole of it: each route and each field meets both.
                let htmx = (number + route.len()) % 2 == 0;
                let what = format!("{who}: {method} {route}, {name}, htmx {htmx}");
                let reply = sent(&plant, persona, (method, route), name, htmx).await;
                assert!(!reply.text.contains("DEMASIADAS_PETICIONES"), "{what}");
                is_only_text(&reply, &what);
            }
        }
    }
    assert_eq!(boss.get(&plant, "/supervisor").await.status, 200, "he was a supervisor all the time");
    assert_eq!(device.get(&plant, "/").await.status, 200, "and it a tablet");
}
