//! Who asks, as far as it is known, and how fast he may.

use crate::access::tablet;
use crate::support::TestPlant;
use crate::support::binary::{BINARY, Binary};
use reqwest::Method;
use scraper::{Html, Selector};
use spoolboard::web::came::Net;
use spoolboard::web::server::{Front, Limits};
use std::fs;
use std::process::Command;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A plant behind a proxy on this machine.
async fn behind_a_proxy() -> TestPlant {
    let proxies: Arc<[Net]> = Arc::from(["127.0.0.1".parse().unwrap()]);
    TestPlant::behind(Front { proxies, ..Front::default() }, Limits::default()).await
}

/// What was answered to requests that change nothing, asked one behind the other on one connection as
/// fast as they are answered; each with the cookie of a tablet.
async fn asked(plant: &TestPlant, from: &str, tablets: Vec<usize>) -> String {
    told(plant, &format!("POST /api/nada HTTP/1.1\r\nX-Forwarded-For: {from}\r\n"), tablets).await
}

/// The same for any request; how its head begins.
async fn told(plant: &TestPlant, head: &str, tablets: Vec<usize>) -> String {
    let (mut read, mut write) = TcpStream::connect(plant.running.address).await.unwrap().into_split();
    let head = format!("{head}Host: localhost\r\nContent-Length: 0\r\n");
    let asking = tokio::spawn(async move {
        for (left, tablet) in (0..tablets.len()).rev().zip(tablets) {
            let last = if left == 0 { "Connection: close\r\n" } else { "" };
            write.write_all(format!("{head}Cookie: tableta={tablet:032x}\r\n{last}\r\n").as_bytes()).await.unwrap();
        }
        write
    });
    let mut answers = Vec::new();
    read.read_to_end(&mut answers).await.unwrap();
    asking.await.unwrap();
    String::from_utf8(answers).unwrap()
}

/// How many were served, and how many came too fast.
fn counted(answers: &str) -> (usize, usize) {
    (answers.matches("HTTP/1.1 404").count(), answers.matches("HTTP/1.1 429").count())
}

#[tokio::test]
async fn h4_a_tablet_that_taps_without_end_is_told_to_wait_and_its_neighbours_work_on() {
    let plant = behind_a_proxy().await;
    let answers = asked(&plant, "203.0.113.7", vec![1; 1_000]).await;
    let (served, refused) = counted(&answers);
    assert!(served >= 20 && refused > 0 && served + refused == 1_000, "{served} and {refused}");
    let (_, told) = answers.split_once("HTTP/1.1 429").unwrap();
    let told = told.split("HTTP/1.1").next().unwrap();
    for word in [
        "retry-after: 1\r\n",
        "\"error\":\"DEMASIADAS_PETICIONES\"",
        "Espera un segundo",
        "x-content-type-options",
        "x-request-id",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let fifty = (2..52).flat_map(|tablet| [tablet; 3]).collect();
    assert_eq!(counted(&asked(&plant, "203.0.113.7", fifty).await), (150, 0), "fifty behind the same address tap three times");
    let text = plant.get("/metrics").await.text;
    let figure = format!("spoolboard_refused_requests_total{{by=\"tablet\"}} {refused}");
    assert!(text.contains(&figure), "{figure}: {text}");
}

#[tokio::test]
async fn h4_a_stranger_who_shows_the_number_of_an_enrolled_tablet_keeps_it_from_no_tap() {
    let plant = TestPlant::enrolled_behind_a_proxy().await;
    let (mut device, id) = tablet(&plant, "Armado 1").await;
    let head = format!("POST /api/nada HTTP/1.1\r\nX-Forwarded-For: 203.0.113.7\r\nCookie: tableta={id}\r\n");
    assert!(!told(&plant, &head, vec![1; 150]).await.contains("HTTP/1.1 429"), "he is one address");
    for _ in 0..20 {
        let tap = plant.send(device.request(&plant, Method::POST, "/api/nada").header("X-Forwarded-For", "203.0.113.9")).await;
        assert_eq!(tap.status, 404);
    }
    let mut refused = 0;
    for _ in 0..100 {
        refused += u32::from(device.form(&plant, "/api/nada", &[]).await.status == 429);
    }
    assert!(refused > 0, "the tablet itself is held to what it may");
}

#[tokio::test]
async fn h4_an_address_that_asks_without_end_is_told_to_wait_and_others_are_not() {
    let plant = behind_a_proxy().await;
    // Another cookie each time hides no flood.
    let (served, refused) = counted(&asked(&plant, "203.0.113.8", (0..3_000).collect()).await);
    assert!(served >= 200 && refused > 0 && served + refused == 3_000, "{served} and {refused}");
    assert_eq!(counted(&asked(&plant, "203.0.113.9", vec![1]).await), (1, 0), "another address is another");
    // The machine itself is no address, and neither is a header that no trusted proxy wrote.
    let open = TestPlant::behind(Front::default(), Limits::default()).await;
    assert_eq!(counted(&asked(&open, "203.0.113.8", (0..500).collect()).await), (500, 0));
}

#[tokio::test]
async fn a_tap_that_came_too_fast_is_a_toast_on_its_screen() {
    let plant = behind_a_proxy().await;
    let answers = told(&plant, "POST /carretes/nada/tomar HTTP/1.1\r\nHX-Request: true\r\n", vec![7; 1_000]).await;
    let (_, refused) = answers.split_once("HTTP/1.1 429").unwrap();
    let (_, html) = refused.split("HTTP/1.1").next().unwrap().split_once("\r\n\r\n").unwrap();
    let toast = Html::parse_document(html);
    let words = Selector::parse("hx-partial[hx-target='#alertas'] .toast.bad p").unwrap();
    let words: String = toast.select(&words).flat_map(|found| found.text()).collect();
    assert!(words.contains("demasiadas peticiones"), "{words}");
}

#[tokio::test]
async fn https_in_front_of_a_trusted_proxy_is_https_for_us_and_nobody_else_can_say_so() {
    let said = |plant: &TestPlant| plant.request(Method::GET, "/").header("X-Forwarded-Proto", "https");
    let plant = behind_a_proxy().await;
    let reply = plant.send(said(&plant)).await;
    assert_eq!(reply.headers["strict-transport-security"], "max-age=31536000");
    assert!(!plant.get("/").await.headers.contains_key("strict-transport-security"), "the proxy was asked by http");
    let open = TestPlant::behind(Front::default(), Limits::default()).await;
    assert!(!open.send(said(&open)).await.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn h4_where_nobody_said_who_may_act_a_page_that_calls_this_machine_by_a_name_of_its_own_is_not_served() {
    let asked =
        async |plant: &TestPlant, host: &str, path: &str| plant.send(plant.request(Method::GET, path).header("Host", host)).await;
    let plant = TestPlant::embedded().await;
    for host in ["localhost", "LocalHost:8000", "127.0.0.1", "127.8.9.1:1", "[::1]", "[::1]:8000"] {
        assert_eq!(asked(&plant, host, "/").await.status, 200, "{host}");
    }
    let others = ["mal.example", "mal.example:8000", "localhost.mal.example", "127.0.0.1.mal.example", "192.168.1.5:8000"];
    for host in others.into_iter().chain(["0.0.0.0:8000", "[::]:8000", "[::1", "localhost:8000@mal.example", "127.1"]) {
        let reply = asked(&plant, host, "/api/spools").await;
        assert_eq!(reply.verdict(), (421, "NOMBRE_AJENO"), "{host}");
        assert!(reply.message().contains("localhost") && reply.message().contains("SPOOLBOARD_ACCESS"), "{}", reply.text);
        let page = asked(&plant, host, "/").await;
        assert!(page.status == 421 && !page.text.contains("Marta"), "{host}: {}", page.text);
    }
    let take = serde_json::json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM"});
    let request = plant.request(Method::POST, "/api/occupation/tomar").header("Host", "mal.example").json(&take);
    assert_eq!(plant.send(request).await.status, 421);
    assert!(plant.events("MK-0001").await.is_empty());

    // Whoever has decided who may act says by that how the plant is reached, too.
    assert_eq!(asked(&behind_a_proxy().await, "taller.example", "/").await.status, 200);
    let locked = TestPlant::enrolled(None).await;
    assert_ne!(asked(&locked, "taller.example", "/").await.status, 421);
}

#[tokio::test]
async fn h4_where_nobody_said_who_may_act_a_proxy_on_this_machine_does_not_open_the_plant_to_its_network() {
    let plant = TestPlant::embedded().await;
    let passed_on = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "x-forwarded-proto", "X-Forwarded-Anything", "Via"];
    for name in passed_on {
        let asked = async |plant: &TestPlant, path: &str| plant.send(plant.request(Method::GET, path).header(name, "x")).await;
        let reply = asked(&plant, "/api/spools").await;
        assert_eq!(reply.verdict(), (421, "PROXY_NO_ADMITIDO"), "{name}");
        assert!(reply.message().contains("SPOOLBOARD_ACCESS"), "{}", reply.text);
        let page = asked(&plant, "/").await;
        assert!(page.status == 421 && !page.text.contains("Marta"), "{name}: {}", page.text);
        // Whoever has decided has decided for whom the proxy calls, too.
        assert_eq!(asked(&TestPlant::behind(Front::default(), Limits::default()).await, "/").await.status, 200, "{name}");
        assert_ne!(asked(&TestPlant::enrolled(None).await, "/").await.status, 421, "{name}");
    }
    assert_eq!(plant.get("/api/spools").await.status, 200);
}

#[tokio::test]
async fn h4_a_flood_of_refused_requests_is_none_of_lines_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let settings = [
        ("SPOOLBOARD_ACCESS", "enrolled"),
        ("SPOOLBOARD_SECRET", "clave-para-firmar-de-la-puerta-0123456789"),
        ("SPOOLBOARD_TRUSTED_PROXY", "127.0.0.1"),
        ("RUST_LOG", "info"),
    ];
    let mut binary = Binary::serve_logging(&data, "127.0.0.1:0", &settings, &log).await;
    let mut add = Command::new(BINARY);
    add.args(["token", "add", "informes", "--scope", "read"]).env("SPOOLBOARD_DATA", &data).envs(settings);
    let token = String::from_utf8(add.output().unwrap().stdout).unwrap();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let take = || client.post(format!("{}/api/occupation/tomar", binary.url)).header("X-Forwarded-For", "203.0.113.7").body("{}");
    let mut refused = [0, 0];
    let asked = client.post(format!("{}/tableta", binary.url)).header("X-Forwarded-For", "203.0.113.7").form(&[("x", "y")]);
    let asked = asked.send().await.unwrap().headers()["set-cookie"].to_str().unwrap().to_owned();
    let cookie = asked.split(';').next().unwrap();
    for _ in 0..100 {
        // One device, so that it comes too fast.
        let status = take().header("Cookie", cookie).send().await.unwrap().status();
        refused[usize::from(status == 429)] += 1;
    }
    assert!(refused.iter().all(|count| *count > 0), "{refused:?}");
    let form = || client.post(format!("{}/tableta", binary.url)).header("X-Forwarded-For", "203.0.113.8").body("{}");
    assert_eq!(form().send().await.unwrap().status(), 400, "a stranger whose form is none");
    let known = take().header("X-Forwarded-For", "203.0.113.9").bearer_auth(token.trim()).send().await.unwrap();
    assert_eq!(known.status(), 403);
    binary.kill().await;
    let log = fs::read_to_string(&log).unwrap();
    let is_answer = |line: &&str| line.contains("\"message\":\"answered\"") && !line.contains("\"status\":303");
    let answered: Vec<&str> = log.lines().filter(is_answer).collect();
    assert!(answered.len() == 1 && answered[0].contains("\"status\":403"), "{} lines: {:?}", answered.len(), answered.last());
}
