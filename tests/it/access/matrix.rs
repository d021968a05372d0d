//! Every route for everybody.

use super::{PASSWORD, Persona, SUPERVISOR, locked_plant, now, register, supervisor, tablet, worker};
use crate::pages::id;
use crate::support::{TestPlant, eventually};
use chrono::Duration;
use reqwest::Method;
use reqwest::header::HeaderMap;
use spoolboard::web::caller::Needs::{Act, Again, Nothing, Read, Supervise, Tablet, Wall};
use spoolboard::web::caller::{Needs, TABLE};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The routes that the source names, with their methods.
fn routes_of_the_source() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut found);
    assert!(found.len() > 60, "{found:?}");
    found
}

fn collect(folder: &Path, found: &mut BTreeSet<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for route in code.split(".route(").skip(1) {
            let end = route.find(".route(").into_iter().chain(route.find(".merge(")).chain(route.find("\n}")).min();
            let statement = &route[..end.unwrap_or(route.len())];
            let Some(address) = statement.split('"').nth(1) else { continue };
            let methods = [("get(", "GET"), ("post(", "POST"), ("any(", "ANY"), ("put(", "PUT"), ("delete(", "DELETE")];
            let mut named: Vec<&str> =
                methods.iter().filter(|(word, _)| statement.contains(word)).map(|(_, name)| *name).collect();
            if named.is_empty() {
                // A function makes its methods: a form that is shown and sent.
                named = vec!["GET", "POST"];
            }
            found.extend(named.into_iter().map(|method| (method.to_owned(), address.to_owned())));
        }
    }
}

#[test]
fn h4_each_route_of_the_source_is_in_the_table_and_the_table_names_no_other() {
    let listed: BTreeSet<(String, String)> =
        TABLE.iter().map(|(method, route, _)| ((*method).to_owned(), (*route).to_owned())).collect();
    assert_eq!(listed.len(), TABLE.len(), "each once");
    let routes = routes_of_the_source();
    let missing: Vec<_> = routes.difference(&listed).collect();
    let extra: Vec<_> = listed.difference(&routes).collect();
    assert!(missing.is_empty() && extra.is_empty(), "missing: {missing:?}\nnot routed: {extra:?}");
}

#[test]
fn h4_the_table_leaves_nothing_open_that_shows_or_changes_the_plant() {
    let open: Vec<&str> = TABLE.iter().filter(|(_, _, needs)| *needs == Nothing).map(|(_, route, _)| *route).collect();
    let outside = [
        "/entrar",
        "/entrar",
        "/salir",
        "/tableta",
        "/tableta",
        "/muro/{llave}",
        "/manifest.webmanifest",
        "/sw.js",
        "/sin-conexion",
        "/health",
        "/ready",
        "/static/{*path}",
        "/favicon.ico",
    ];
    assert_eq!(open, outside);
    for (method, route, needs) in TABLE {
        match route {
            route if route.starts_with("/supervisor") => assert!(matches!(needs, Supervise | Again), "{route}"),
            route if route.starts_with("/api") && *method == "POST" => assert_eq!(*needs, Act, "{route}"),
            route if route.starts_with("/api") => assert_eq!(*needs, Read, "{route}"),
            _ => assert!(!matches!(needs, Needs::Unlisted), "{route}"),
        }
    }
}

/// An address of a route, and a body that no handler takes: who is let in is told that it is none.
async fn addressed(plant: &TestPlant, route: &str, spool: &str, wall: &str) -> String {
    let filled = route.replace("{id}", spool).replace("{*tag}", "MK-0001").replace("{tag}", "MK-0001").replace("{llave}", wall);
    let filled = filled.replace("{*path}", "nada.css").replace("{*rest}", "nada");
    assert!(!filled.contains('{'), "{}: the test must say what {filled} is", plant.url(""));
    match route {
        "/carretes" | "/registro" | "/pin" => format!("{filled}?trabajador=93"),
        _ => filled,
    }
}

/// What the door did with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    /// He got past it; what came of that is in the status.
    In(u16),
    /// He was led to where one is let in.
    Led,
    /// He was refused, with this status.
    Refused(u16),
    /// It was taken for a request that a page of another site sent.
    OtherSite,
}

/// What the door says to whoever does not get past it.
const REFUSALS: [&str; 5] = ["NO_REGISTRADO", "ACCESO_NO_PERMITIDO", "SOLO_SUPERVISOR", "CLAVE_REQUERIDA", "CLAVE_INCORRECTA"];

/// A header by which a browser says from whose page a request comes.
type Site<'a> = (&'static str, &'a str);

/// From our own page, as every browser says it that trusts the address.
const OURS: Site<'_> = ("sec-fetch-site", "same-origin");

/// From a page of somebody else, in either way that browsers say it: over plain http nothing but the origin is told.
const OTHERS: [[Site<'_>; 2]; 2] =
    [[("sec-fetch-site", "cross-site"), ("origin", "http://mal.example")], [("sec-fetch-site", "same-site"), ("origin", "null")]];

/// What every answer carries (`reliability.md` 6).
fn carries_everything(headers: &HeaderMap, what: &str) {
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin"), ("cross-origin-opener-policy", "same-origin")]
    {
        assert_eq!(says(name), value, "{what}: {name}");
    }
    let policy = says("content-security-policy");
    for rule in ["default-src 'none'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
        assert!(policy.split(';').any(|found| found.trim() == rule), "{what}: {rule} in {policy}");
    }
    assert!(!policy.contains("unsafe") && says("permissions-policy").contains("camera=()"), "{what}");
    let caches = says("cache-control");
    assert!(
        caches == "no-store" || what.contains("/static/") || SHELL.iter().any(|path| what.ends_with(path)),
        "{what}: {caches}"
    );
    assert!(!says("x-request-id").is_empty(), "{what}");
}

/// What a browser may keep: it says nothing of the plant.
const SHELL: [&str; 4] = ["/manifest.webmanifest", "/sw.js", "/sin-conexion", "/favicon.ico"];

async fn met(persona: &Persona, plant: &TestPlant, method: &str, path: &str, site: Site<'_>) -> Met {
    let method = if method == "POST" { Method::POST } else { Method::GET };
    let mut response = asked(persona, plant, &method, path, site).await;
    // Nobody taps as fast as this test walks.
    while response.status() == 429 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        response = asked(persona, plant, &method, path, site).await;
    }
    carries_everything(response.headers(), &format!("{method} {path}"));
    let status = response.status().as_u16();
    let to = response.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    match status {
        303 if to.starts_with("/tableta") || to.starts_with("/entrar") => Met::Led,
        401 | 403 => {
            let text = response.text().await.unwrap();
            if text.contains("ORIGEN_NO_PERMITIDO") {
                return Met::OtherSite;
            }
            assert!(REFUSALS.iter().any(|code| text.contains(code)), "{method} {path}: {text}");
            Met::Refused(status)
        }
        // A stream is not read: it does not end.
        _ => Met::In(status),
    }
}

async fn asked(persona: &Persona, plant: &TestPlant, method: &Method, path: &str, (name, site): Site<'_>) -> reqwest::Response {
    let request = persona.request(plant, method.clone(), path).header(name, site);
    let request = if *method == Method::POST { request.header("content-type", "text/plain").body("nada") } else { request };
    request.send().await.unwrap()
}

/// What whoever is let in is told: each page and each answer is there, and a form that is none is refused as one.
fn is_served(method: &str, route: &str, status: u16) -> bool {
    match (method, route) {
        // They ask for what the test does not say, or there is nothing of that name.
        ("GET", "/escaneo" | "/carretes/{id}/tarjeta" | "/carretes/{id}/ayuda" | "/supervisor/carretes/{id}/corregir") => {
            status == 400
        }
        ("GET", "/supervisor/carretes/{id}/reabrir") => status == 400,
        ("GET", "/static/{*path}") | ("ANY", _) => status == 404,
        ("GET", "/favicon.ico") => status == 308,
        // To the page behind them.
        ("GET", "/muro/{llave}" | "/entrar" | "/tableta") => matches!(status, 200 | 303),
        ("GET", _) => status == 200,
        ("POST", _) => matches!(status, 400 | 415),
        _ => false,
    }
}

/// What the door does with whoever may not: it leads people who open a page to where one is let in, and refuses the rest.
fn is_kept_out(method: &str, route: &str, needs: Needs, met: Met) -> bool {
    let is_page = !matches!(needs, Read | Act) && !route.starts_with("/vivo/");
    match met {
        Met::Led => is_page && method == "GET",
        Met::Refused(status) => matches!(status, 401 | 403) && !(is_page && method == "GET" && status == 401),
        Met::In(_) | Met::OtherSite => false,
    }
}

/// Somebody, and what is his.
type Who<'a> = (&'a str, &'a Persona, &'a [Needs]);

/// Compares what the routes let somebody do with what is his; and that nothing of it is his on a page of another site.
async fn walk((who, persona, theirs): Who<'_>, plant: &TestPlant, wall: &str, spool: &str, wrong: &mut Vec<String>) {
    for (at, (method, route, needs)) in TABLE.iter().enumerate() {
        let path = addressed(plant, route, spool, wall).await;
        let found = met(persona, plant, method, &path, OURS).await;
        let fits = match (theirs.contains(needs), found) {
            (true, Met::In(status)) => is_served(method, route, status),
            (true, _) => false,
            (false, found) => is_kept_out(method, route, *needs, found),
        };
        if !fits {
            wrong.push(format!("{who}: {method} {route} ({needs:?}, his: {}): {found:?}", theirs.contains(needs)));
        }
        for site in OTHERS[at % 2].iter().filter(|_| *method == "POST") {
            let found = met(persona, plant, method, &path, *site).await;
            if found != Met::OtherSite {
                wrong.push(format!("{who}, on a page of another site ({site:?}): POST {route}: {found:?}"));
            }
        }
    }
}

/// Somebody with one of his cookies altered, so that its signature is not ours any more.
fn forged(persona: &Persona, name: &str) -> Persona {
    let mut forged = persona.clone();
    let (_, value) = forged.cookies.iter_mut().find(|(known, _)| known == name).unwrap();
    let altered = value.replacen(|c: char| c.is_ascii_lowercase(), "Z", 1);
    assert_ne!(altered, *value);
    *value = altered;
    forged
}

/// Somebody whose good cookie of one kind is sent as one of another.
fn renamed(persona: &Persona, name: &str, other: &str) -> Persona {
    let mut renamed = Persona::new();
    renamed.cookies.push((other.to_owned(), persona.cookie(name).to_owned()));
    renamed
}

#[tokio::test]
async fn h4_every_route_lets_in_whom_it_should_and_nobody_else() {
    let plant = locked_plant().await;
    let door = register(&plant);
    let (old_link, wall_at) = (door.new_wall(now(&plant)).await.unwrap(), async |link: &str| {
        let mut wall = Persona::new();
        wall.keep(&wall.get(&plant, &format!("/muro/{link}")).await);
        wall
    });
    let old_wall = wall_at(&old_link).await;
    let link = door.new_wall(now(&plant)).await.unwrap();
    let wall = wall_at(&link).await;
    let (tablet_in, _) = tablet(&plant, "Armado 1").await;
    let (revoked, gone) = tablet(&plant, "Armado 2").await;
    door.revoke(&gone).await.unwrap();
    let (asking, _) = super::asking(&plant).await;
    let boss = supervisor(&plant).await;
    let reads = Persona::token(&door.add_token("informes", false, "x", now(&plant)).await.unwrap());
    let acts = Persona::token(&door.add_token("robot", true, "x", now(&plant)).await.unwrap());
    let ended = door.add_token("viejo", true, "x", now(&plant)).await.unwrap();
    door.revoke_token(ended.split('_').nth(1).unwrap()).await.unwrap();
    let pinned = worker(&plant, 93, "Armado 3").await;
    let left_behind = left_behind(&plant).await;
    let spool = id_by(&acts, &plant).await;

    let (base, all) = ([Nothing, Wall, Tablet, Read, Act], [Nothing, Wall, Tablet, Read, Act, Supervise, Again]);
    let mut wrong = Vec::new();
    let everybody: [Who<'_>; 18] = [
        ("nobody", &Persona::new(), &[Nothing]),
        ("an enrolled tablet", &tablet_in, &base),
        ("a worker", &pinned, &base),
        ("a revoked tablet", &revoked, &[Nothing]),
        ("a revoked tablet on which a supervisor had signed in", &left_behind, &[Nothing]),
        ("a tablet that waits", &asking, &[Nothing]),
        ("a supervisor", &boss, &all),
        ("a wall", &wall, &[Nothing, Wall]),
        ("a wall with an old link", &old_wall, &[Nothing]),
        ("a token that reads", &reads, &[Nothing, Read]),
        ("a token that acts", &acts, &[Nothing, Read, Act]),
        ("a token that ended", &Persona::token(&ended), &[Nothing]),
        ("a token that was never", &Persona::token("spool_00000000_ff"), &[Nothing]),
        ("a forged cookie of a tablet", &forged(&tablet_in, "sb_device"), &[Nothing]),
        ("a forged cookie of a session", &forged(&boss, "sb_session"), &[Nothing]),
        ("a forged cookie of a wall", &forged(&wall, "sb_wall"), &[Nothing]),
        ("a wall's cookie as a session's", &renamed(&wall, "sb_wall", "sb_session"), &[Nothing]),
        ("a session's cookie as a tablet's", &renamed(&boss, "sb_session", "sb_device"), &[Nothing]),
    ];
    for who in everybody {
        walk(who, &plant, &link, &spool, &mut wrong).await;
    }
    plant.later(Duration::minutes(11));
    walk(("a supervisor without a recent password", &boss, &all[..6]), &plant, &link, &spool, &mut wrong).await;
    walk(("a worker who was not heard for long", &pinned, &base), &plant, &link, &spool, &mut wrong).await;
    plant.later(Duration::hours(12));
    walk(("a session that ended", &boss, &[Nothing]), &plant, &link, &spool, &mut wrong).await;
    plant.later(Duration::days(91));
    walk(("a tablet that was not seen for long", &tablet_in, &[Nothing]), &plant, &link, &spool, &mut wrong).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A tablet on which a supervisor had signed in before it was let in, and that was sent away.
async fn left_behind(plant: &TestPlant) -> Persona {
    let (mut shared, code) = super::asking(plant).await;
    assert_eq!(shared.form(plant, "/entrar", &[("nombre", SUPERVISOR), ("clave", PASSWORD)]).await.status, 303);
    let id = register(plant).let_in(&code, "Armado 4", SUPERVISOR, now(plant)).await.unwrap();
    assert_eq!(shared.get(plant, "/supervisor").await.status, 200);
    register(plant).revoke(&id).await.unwrap();
    // That his session is the tablet's was noted beside the request.
    eventually("he is out", async || shared.get(plant, "/supervisor").await.status == 303).await;
    shared
}

#[tokio::test]
async fn h4_no_method_leads_nobody_past_the_door() {
    let plant = locked_plant().await;
    let link = register(&plant).new_wall(now(&plant)).await.unwrap();
    let acts = Persona::token(&register(&plant).add_token("robot", true, "x", now(&plant)).await.unwrap());
    let (nobody, spool, mut wrong) = (Persona::new(), id_by(&acts, &plant).await, Vec::new());
    for (name, (_, route, needs)) in ["HEAD", "PUT", "INVENTADO"].iter().flat_map(|name| TABLE.iter().map(move |row| (name, row)))
    {
        let path = addressed(&plant, route, &spool, &link).await;
        let method = Method::from_bytes(name.as_bytes()).unwrap();
        let response = asked(&nobody, &plant, &method, &path, OURS).await;
        carries_everything(response.headers(), &format!("{method} {path}"));
        let to = response.headers().get("location").map_or(&b""[..], |to| to.as_bytes());
        let led = to.starts_with(b"/tableta") || to.starts_with(b"/entrar");
        let (status, open) = (response.status().as_u16(), *needs == Nothing);
        let is_right = match open {
            true => !led && !matches!(status, 401 | 403 | 500..),
            false => led && method.is_safe() || matches!(status, 401 | 403),
        };
        if !is_right {
            wrong.push(format!("{name} {route} ({needs:?}): {status}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The short id of a spool, asked for by a client that may.
async fn id_by(client: &Persona, plant: &TestPlant) -> String {
    client.get(plant, "/api/occupation/status/MK-0001").await.json["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn without_a_lock_everybody_is_let_in_everywhere_and_the_screens_say_so() {
    let plant = TestPlant::embedded().await;
    let (nobody, spool) = (Persona::new(), id(&plant, "MK-0001").await);
    for (method, route, _) in TABLE {
        let path = addressed(&plant, route, &spool, "x").await;
        let found = met(&nobody, &plant, method, &path, OURS).await;
        // What belongs to a door is not there where there is none, and says so.
        assert!(matches!(found, Met::In(status) if status < 500), "{method} {route}: {found:?}");
    }
    assert!(plant.get("/").await.text.contains("Acceso abierto"), "and says so");
}
