//! Every route for everybody.

use super::{Persona, locked_plant, now, register, supervisor, tablet, worker};
use crate::pages::id;
use crate::support::TestPlant;
use chrono::Duration;
use reqwest::Method;
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

/// Whether somebody gets past the door; what he does then is another matter.
async fn is_let_in(persona: &Persona, plant: &TestPlant, method: &str, path: &str, site: &str) -> bool {
    let method = if method == "POST" { Method::POST } else { Method::GET };
    let mut response = asked(persona, plant, &method, path, site).await;
    // Nobody taps as fast as this test walks.
    while response.status() == 429 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        response = asked(persona, plant, &method, path, site).await;
    }
    let status = response.status().as_u16();
    let to = response.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    match status {
        401 => false,
        303 => !(to.starts_with("/tableta") || to.starts_with("/entrar")),
        403 => {
            let text = response.text().await.unwrap();
            let door = ["ACCESO_NO_PERMITIDO", "SOLO_SUPERVISOR", "CLAVE_REQUERIDA", "ORIGEN_NO_PERMITIDO", "CLAVE_INCORRECTA"];
            !door.iter().any(|code| text.contains(code))
        }
        // A stream is not read: it does not end.
        _ => true,
    }
}

async fn asked(persona: &Persona, plant: &TestPlant, method: &Method, path: &str, site: &str) -> reqwest::Response {
    let request = persona.request(plant, method.clone(), path).header("Sec-Fetch-Site", site);
    let request = if *method == Method::POST { request.header("content-type", "text/plain").body("nada") } else { request };
    request.send().await.unwrap()
}

/// Compares what the routes let somebody do with what is his.
async fn walk(
    who: &str,
    persona: &Persona,
    plant: &TestPlant,
    theirs: &[Needs],
    wall: &str,
    spool: &str,
    wrong: &mut Vec<String>,
) {
    for (method, route, needs) in TABLE {
        let path = addressed(plant, route, spool, wall).await;
        let found = is_let_in(persona, plant, method, &path, "same-origin").await;
        if found != theirs.contains(needs) {
            wrong.push(format!("{who}: {method} {route} ({needs:?}): {}", if found { "let in" } else { "kept out" }));
        }
    }
}

#[tokio::test]
async fn h4_every_route_lets_in_whom_it_should_and_nobody_else() {
    let plant = locked_plant().await;
    let door = register(&plant);
    let wall_secret = door.new_wall(now(&plant)).await.unwrap();
    let (tablet_in, _) = tablet(&plant, "Armado 1").await;
    let (revoked, gone) = tablet(&plant, "Armado 2").await;
    door.revoke(&gone).await.unwrap();
    let (asking, _) = super::asking(&plant).await;
    let boss = supervisor(&plant).await;
    let mut wall = Persona::new();
    wall.keep(&wall.get(&plant, &format!("/muro/{wall_secret}")).await);
    let reads = Persona::token(&door.add_token("informes", false, "x", now(&plant)).await.unwrap());
    let acts = Persona::token(&door.add_token("robot", true, "x", now(&plant)).await.unwrap());
    let ended = door.add_token("viejo", true, "x", now(&plant)).await.unwrap();
    door.revoke_token(ended.split('_').nth(1).unwrap()).await.unwrap();
    let mut forged = tablet_in.clone();
    forged.cookies[0].1 = forged.cookies[0].1.replacen(|c: char| c.is_ascii_lowercase(), "Z", 1);
    let spool = id_by(&acts, &plant).await;

    let (base, all) = ([Nothing, Wall, Tablet, Read, Act], [Nothing, Wall, Tablet, Read, Act, Supervise, Again]);
    let mut wrong = Vec::new();
    let everybody: [(&str, &Persona, &[Needs]); 11] = [
        ("nobody", &Persona::new(), &[Nothing]),
        ("an enrolled tablet", &tablet_in, &base),
        ("a revoked tablet", &revoked, &[Nothing]),
        ("a tablet that waits", &asking, &[Nothing]),
        ("a supervisor", &boss, &all),
        ("a wall", &wall, &[Nothing, Wall]),
        ("a token that reads", &reads, &[Nothing, Read]),
        ("a token that acts", &acts, &[Nothing, Read, Act]),
        ("a token that ended", &Persona::token(&ended), &[Nothing]),
        ("a token that was never", &Persona::token("spool_00000000_ff"), &[Nothing]),
        ("a forged cookie", &forged, &[Nothing]),
    ];
    for (who, persona, theirs) in everybody {
        walk(who, persona, &plant, theirs, &wall_secret, &spool, &mut wrong).await;
    }
    for (method, route, _) in TABLE.iter().filter(|(method, ..)| *method == "POST") {
        let path = addressed(&plant, route, &spool, &wall_secret).await;
        if is_let_in(&boss, &plant, method, &path, "cross-site").await {
            wrong.push(format!("a page of another site: POST {route}"));
        }
    }

    let pinned = worker(&plant, 93, "Armado 3").await;
    walk("a worker", &pinned, &plant, &base, &wall_secret, &spool, &mut wrong).await;
    plant.later(Duration::minutes(11));
    walk("a supervisor without a recent password", &boss, &plant, &all[..6], &wall_secret, &spool, &mut wrong).await;
    plant.later(Duration::hours(12));
    walk("a session that ended", &boss, &plant, &[Nothing], &wall_secret, &spool, &mut wrong).await;
    plant.later(Duration::days(91));
    walk("a tablet that was not seen for long", &tablet_in, &plant, &[Nothing], &wall_secret, &spool, &mut wrong).await;
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
        assert!(is_let_in(&nobody, &plant, method, &path, "same-origin").await, "{method} {route}");
    }
    assert!(plant.get("/").await.text.contains("Acceso abierto"), "and says so");
}
