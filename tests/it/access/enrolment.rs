//! How a tablet comes in, what it is called, and how it goes.

use super::{PASSWORD, Persona, asking, locked_plant, now, register, supervisor, tablet};
use crate::support::{TestPlant, eventually};
use chrono::Duration;
use futures_util::StreamExt;
use reqwest::Method;
use spoolboard::access::{Denied, digest};
use spoolboard::web::server::{Front, Limits};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration as StdDuration;
use tokio::time::timeout;

/// Longer than a revoked tablet may go on (`reliability.md` 6: 5 s).
const GONE: StdDuration = StdDuration::from_secs(5);

#[tokio::test]
async fn h4_a_tablet_shows_a_code_a_supervisor_names_it_and_it_works() {
    let plant = locked_plant().await;
    let (device, code) = asking(&plant).await;
    assert_eq!((code.len(), code.chars().filter(|c| *c == '-').count()), (9, 1), "{code}");
    let page = device.get(&plant, "/tableta").await;
    assert!(
        page.text.contains("<svg class=\"qr\"") && page.headers["refresh"] == "5",
        "a camera can read it, and it looks again"
    );
    let before = device.get(&plant, "/").await;
    assert_eq!((before.status, before.headers["location"].to_str().unwrap()), (303, "/tableta"), "not yet");

    let mut boss = supervisor(&plant).await;
    let typed = code.to_lowercase().replace('-', " ");
    let reply = boss.form(&plant, "/supervisor/tabletas/registrar", &[("codigo", &typed), ("nombre", "  Armado   1 ")]).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    assert!(boss.get(&plant, "/supervisor/tabletas").await.text.contains("<b>Armado 1</b>"));
    assert_eq!(device.get(&plant, "/tableta").await.headers["location"], "/", "its page goes on by itself");
    assert_eq!(device.get(&plant, "/").await.status, 200);
    let taken = device
        .post(&plant, "/api/occupation/tomar", serde_json::json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM"}))
        .await;
    assert_eq!(taken.status, 200, "{}", taken.text);

    let again = boss.form(&plant, "/supervisor/tabletas/registrar", &[("codigo", &code), ("nombre", "Otra")]).await;
    assert_eq!(again.status, 400, "a code is good once");
}

#[tokio::test]
async fn h4_cookies_are_out_of_reach_of_scripts_and_other_sites() {
    let plant = locked_plant().await;
    let asked = plant.send(Persona::new().request(&plant, Method::POST, "/tableta").form(&[("x", "y")])).await;
    let signed = plant
        .send(Persona::new().request(&plant, Method::POST, "/entrar").form(&[("nombre", super::SUPERVISOR), ("clave", PASSWORD)]))
        .await;
    for reply in [asked, signed] {
        let cookie =
            reply.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).find(|line| line.starts_with("sb_"));
        let cookie = cookie.unwrap();
        for word in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
            assert!(cookie.contains(word), "{cookie}");
        }
    }
}

#[tokio::test]
async fn h4_under_https_cookies_are_sent_only_so_and_belong_to_this_host_alone() {
    let plant = TestPlant::enrolled_behind_a_proxy().await;
    let mut device = Persona::from("192.0.2.7", "https");
    let asked = device.form(&plant, "/tableta", &[]).await;
    let line = asked.headers["set-cookie"].to_str().unwrap();
    assert!(line.starts_with("__Host-sb_device=") && line.contains("Secure") && !line.contains("Domain"), "{line}");
    let page = device.get(&plant, "/tableta").await;
    assert!(page.text.contains("class=\"code\""), "and it is known by it");
    let proxies = Arc::from(["127.0.0.1".parse().unwrap()]);
    let open = TestPlant::behind(Front { proxies, ..Front::default() }, Limits::default()).await;
    let page = Persona::from("192.0.2.7", "https").get(&open, "/").await;
    assert!(page.headers["set-cookie"].to_str().unwrap().ends_with("; Secure"), "of the trail, too");
    let mut plain = device.clone();
    plain.cookies[0].0 = "sb_device".into();
    assert!(!plain.get(&plant, "/tableta").await.text.contains("class=\"code\""), "a cookie that anybody could have set is none");
}

#[tokio::test]
async fn h4_who_comes_by_http_to_a_trusted_proxy_gets_cookies_that_his_browser_sends_back() {
    let plant = TestPlant::enrolled_behind_a_proxy().await;
    for mut device in [Persona::from("192.0.2.7", "http"), Persona::new()] {
        let asked = device.form(&plant, "/tableta", &[]).await;
        let line = asked.headers["set-cookie"].to_str().unwrap();
        assert!(line.starts_with("sb_device=") && !line.contains("Secure"), "{line}");
        assert!(!asked.headers.contains_key("strict-transport-security"));
        let page = device.get(&plant, "/tableta").await.text;
        assert!(page.contains("class=\"code\""));
    }
}

#[tokio::test]
async fn h4_an_address_that_asks_for_codes_without_end_keeps_no_other_from_asking() {
    let plant = TestPlant::enrolled_behind_a_proxy().await;
    let ask = async |from: &str| Persona::from(from, "https").form(&plant, "/tableta", &[]).await.status;
    let mut given = 0;
    for _ in 0..30 {
        given += u32::from(ask("198.51.100.9").await == 303);
    }
    assert_eq!((given, ask("198.51.100.9").await), (10, 429));
    assert_eq!(ask("192.0.2.7").await, 303);
    let book = register(&plant).book().unwrap();
    let of_the_greedy = |counted: &&str| book.pairings.values().filter(|one| one.counted == **counted).count() == 10;
    let counted = book.pairings.values().map(|one| one.counted.as_str()).find(of_the_greedy).unwrap();
    let code = &book.pairings.values().find(|one| one.counted == counted).unwrap().code;
    register(&plant).let_in(code, "Armado 1", super::SUPERVISOR, now(&plant)).await.unwrap();
    assert_eq!(
        (ask("198.51.100.9").await, ask("198.51.100.9").await),
        (303, 429),
        "a code that came to something counts for nothing"
    );
    for number in 0..40 {
        let wrong = register(&plant).let_in("BBBBBBBB", "x", &format!("supervisor {number}"), now(&plant)).await;
        let waits = matches!(wrong, Err(Denied::Wait(_)));
        assert_eq!(waits, number >= 10, "{number}: of all supervisors together");
    }
}

#[tokio::test]
async fn h4_a_code_ends_after_ten_minutes_and_guessing_one_has_to_wait() {
    let plant = locked_plant().await;
    let (_, code) = asking(&plant).await;
    let mut boss = supervisor(&plant).await;
    for _ in 0..5 {
        let wrong = boss.form(&plant, "/supervisor/tabletas/registrar", &[("codigo", "BBBBBBBB"), ("nombre", "x")]).await;
        assert_eq!(wrong.status, 400);
    }
    let wait = boss.form(&plant, "/supervisor/tabletas/registrar", &[("codigo", &code), ("nombre", "x")]).await;
    assert_eq!((wait.status, wait.headers.contains_key("retry-after")), (429, true));
    plant.later(Duration::minutes(11));
    let late =
        boss.form(&plant, "/supervisor/tabletas/registrar", &[("codigo", &code), ("nombre", "x"), ("clave", PASSWORD)]).await;
    assert_eq!(late.status, 400, "the code has ended: {}", late.text);
}

#[tokio::test]
async fn h4_a_revoked_tablet_loses_its_stream_within_seconds_and_its_replayed_cookie_is_nothing() {
    let plant = locked_plant().await;
    let (device, id) = tablet(&plant, "Armado 1").await;
    let mut stream = device.request(&plant, Method::GET, "/vivo/carretes").send().await.unwrap().bytes_stream();
    assert!(stream.next().await.unwrap().is_ok(), "it hears something");
    let mut boss = supervisor(&plant).await;
    assert_eq!(boss.form(&plant, "/supervisor/tabletas/revocar", &[("id", &id)]).await.status, 303);
    let ended = timeout(GONE, async { while let Some(Ok(_)) = stream.next().await {} }).await;
    assert!(ended.is_ok(), "the stream goes on");
    assert_eq!(device.get(&plant, "/").await.status, 303);
    let act = device.post(&plant, "/api/occupation/tomar", serde_json::json!({})).await;
    assert_eq!(act.verdict(), (401, "NO_REGISTRADO"));
}

#[tokio::test]
async fn h4_a_register_that_came_back_empty_lets_nobody_in() {
    let plant = locked_plant().await;
    let (device, _) = tablet(&plant, "Armado 1").await;
    assert_eq!(device.get(&plant, "/").await.status, 200);
    for file in ["access.db", "access.db-wal", "access.db-shm"] {
        let _ = std::fs::remove_file(plant.data().join(file));
    }
    let plant = plant.restarted().await;
    assert_eq!(device.get(&plant, "/").await.status, 303, "its cookie is signed, and unknown");
    assert_eq!(Persona::new().form(&plant, "/entrar", &[("nombre", super::SUPERVISOR), ("clave", PASSWORD)]).await.status, 403);
}

#[tokio::test]
async fn tablets_and_sessions_survive_a_restart() {
    let plant = locked_plant().await;
    let (device, _) = tablet(&plant, "Armado 1").await;
    let boss = supervisor(&plant).await;
    let plant = plant.restarted().await;
    assert_eq!((device.get(&plant, "/").await.status, boss.get(&plant, "/supervisor/tabletas").await.status), (200, 200));
}

#[tokio::test]
async fn a_tablet_that_is_used_stays_and_one_that_was_not_seen_for_ninety_days_goes() {
    let plant = locked_plant().await;
    let (used, id) = tablet(&plant, "Armado 1").await;
    let (unused, _) = tablet(&plant, "Armado 2").await;
    plant.later(Duration::days(80));
    assert_eq!(used.get(&plant, "/").await.status, 200);
    let seen = now(&plant);
    eventually("it was noted that it was heard", async || register(&plant).book().unwrap().devices[&id].seen == seen).await;
    plant.later(Duration::days(80));
    assert_eq!((used.get(&plant, "/").await.status, unused.get(&plant, "/").await.status), (200, 303));
}

#[tokio::test]
async fn h4_what_is_kept_holds_no_secret_and_nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let plant = locked_plant().await;
    let (device, _) = tablet(&plant, "Armado 1").await;
    let boss = supervisor(&plant).await;
    let token = register(&plant).add_token("informes", false, "x", now(&plant)).await.unwrap();
    let mut secrets = vec![PASSWORD.to_owned(), token.rsplit('_').next().unwrap().to_owned()];
    for (persona, name) in [(&device, "sb_device"), (&boss, "sb_session")] {
        secrets.push(persona.cookie(name).rsplit('.').next().unwrap().to_owned());
    }
    for file in ["access.db", "access.db-wal"] {
        let path = plant.data().join(file);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
        let bytes = std::fs::read(path).unwrap();
        let held = secrets.iter().find(|secret| bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        assert_eq!(held, None, "{file}");
    }
}

#[tokio::test]
async fn a_wall_sees_the_wall_by_its_link_until_there_is_another() {
    let plant: TestPlant = locked_plant().await;
    let mut boss = supervisor(&plant).await;
    let made = boss.form(&plant, "/supervisor/claves/muro", &[]).await;
    let link = made.text.split("id=\"muro-nuevo\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let path = link.strip_prefix(&plant.url("")).unwrap().to_owned();
    let mut wall = Persona::new();
    let opened = wall.get(&plant, &path).await;
    assert_eq!((opened.status, opened.headers["refresh"].to_str().unwrap()), (200, "0; url=/kiosko"));
    wall.keep(&opened);
    assert_eq!((wall.get(&plant, "/kiosko").await.status, wall.get(&plant, "/tablero").await.status), (200, 403));
    boss.form(&plant, "/supervisor/claves/muro", &[]).await;
    assert_eq!(wall.get(&plant, "/kiosko").await.status, 303, "the link before is none");
    assert_eq!(Persona::new().get(&plant, &path).await.status, 401);
    assert!(!boss.get(&plant, "/supervisor/claves").await.text.contains("muro-nuevo"), "it is shown once");
}

#[tokio::test]
async fn h4_an_address_that_asks_for_codes_without_end_takes_neither_the_turn_nor_the_code_of_another() {
    let plant = locked_plant().await;
    let ask = async |from: Ipv4Addr| register(&plant).ask(Some(from.into()), now(&plant)).await;
    let greedy = Ipv4Addr::new(198, 51, 100, 9);
    let like = |address: &Ipv4Addr| digest(&address.to_string())[..2] == digest(&greedy.to_string())[..2];
    let alike = (1..2_000).map(|n| Ipv4Addr::from_bits(0x0a00_0000 + n)).filter(like).collect::<Vec<_>>();
    for _ in 0..10 {
        ask(greedy).await.unwrap();
    }
    assert!(matches!(ask(greedy).await, Err(Denied::Wait(_))));
    let mine = ask(alike[0]).await.expect("another address is another").id;

    // Twenty more addresses ask for all that they are given.
    for address in (1..=20).map(|n| Ipv4Addr::new(203, 0, 113, n)) {
        for _ in 0..10 {
            ask(address).await.unwrap();
        }
    }
    let book = register(&plant).book().unwrap();
    assert_eq!((book.pairings.len(), book.pairings.contains_key(&mine)), (200, true), "his only code is there still");
}

#[tokio::test]
async fn h4_a_tablet_that_is_used_is_given_its_cookie_again_every_month_so_that_none_ends_after_a_year() {
    let plant = locked_plant().await;
    let (mut device, id) = tablet(&plant, "Armado 1").await;
    let cookie = device.cookie("sb_device").to_owned();
    for month in 0..14 {
        let mut given = 0;
        for _ in 0..31 {
            plant.later(Duration::days(1));
            let reply = device.get(&plant, "/carretes?trabajador=93").await;
            assert_eq!(reply.status, 200);
            device.keep(&reply);
            for line in reply.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()) {
                assert!(line.starts_with("sb_device=") && line.contains("Max-Age=31536000"), "{line}");
                assert!(line.contains("HttpOnly") && line.contains("SameSite=Strict"), "{line}");
                given += 1;
                let noted = async || register(&plant).book().unwrap().devices[&id].given == now(&plant);
                eventually("it is noted", noted).await;
            }
        }
        assert_eq!(given, 1, "in month {month}");
    }
    assert_eq!(device.cookie("sb_device"), cookie, "the same one");
    let page = Persona::new().get(&plant, "/").await;
    assert!(!page.headers.contains_key("set-cookie"), "nobody else gets any");
}

#[tokio::test]
async fn f4_a_tablet_that_lies_idle_and_follows_the_plant_is_heard_and_one_that_was_switched_off_is_silent() {
    let plant = locked_plant().await;
    let (device, id) = tablet(&plant, "Armado 1").await;
    assert_eq!(device.get(&plant, "/carretes?trabajador=93").await.status, 200);
    let stream = device.request(&plant, Method::GET, "/vivo/carretes").send().await.unwrap();
    plant.later(Duration::minutes(40));
    let boss = supervisor(&plant).await;
    let silent = async || {
        let page = boss.get(&plant, "/supervisor/actividad").await.text;
        let row = page.split("<tr").find(|row| row.contains(&format!("tableta={id}"))).unwrap().to_owned();
        row.contains("CALLADA")
    };
    assert!(!silent().await, "it is connected");
    drop(stream);
    eventually("it is called silent", silent).await;
}
