//! Who asks, as far as it is known, and how fast he may.

use crate::support::{Reply, TestPlant};
use reqwest::Method;
use serde_json::json;
use spoolboard::web::came::Net;
use spoolboard::web::server::{Front, Limits};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A plant behind a proxy on this machine.
async fn behind_a_proxy() -> TestPlant {
    let proxies: Arc<[Net]> = Arc::from(["127.0.0.1".parse().unwrap()]);
    TestPlant::behind(Front { proxies, ..Front::default() }, Limits::default()).await
}

/// A TAKE that says nothing, so that it changes nothing: from an address, with a tablet's cookie.
fn tap(plant: &TestPlant, from: &str, tablet: Option<u32>) -> reqwest::RequestBuilder {
    let request = plant.request(Method::POST, "/api/occupation/tomar").json(&json!({}));
    let request = request.header("X-Forwarded-For", from);
    match tablet {
        Some(number) => request.header("Cookie", format!("tableta={:032x}", number)),
        None => request,
    }
}

/// How often each status was answered to these, asked at once.
async fn asked(requests: Vec<reqwest::RequestBuilder>) -> (HashMap<u16, usize>, Vec<Reply>) {
    let mut tasks = JoinSet::new();
    for request in requests {
        tasks.spawn(async move {
            let response = request.send().await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = response.text().await.unwrap();
            Reply { status, headers, json: serde_json::from_str(&text).unwrap_or_default(), text }
        });
    }
    let replies = tasks.join_all().await;
    let mut counts = HashMap::new();
    replies.iter().for_each(|reply| *counts.entry(reply.status).or_default() += 1);
    (counts, replies.into_iter().filter(|reply| reply.status == 429).collect())
}

/// How many requests a flood is.
const FLOOD: usize = 3_000;

/// Requests one behind the other on one connection, as fast as they are answered, each with another
/// cookie, which hides nothing: how many were served, and how many came too fast.
async fn flood(plant: &TestPlant, from: &str) -> (usize, usize) {
    let (mut read, mut write) = TcpStream::connect(plant.running.address).await.unwrap().into_split();
    let head = format!("POST /api/nada HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {from}\r\nContent-Length: 0\r\n");
    let asking = tokio::spawn(async move {
        for number in 0..FLOOD {
            let last = if number + 1 == FLOOD { "Connection: close\r\n" } else { "" };
            write.write_all(format!("{head}Cookie: tableta={number:032x}\r\n{last}\r\n").as_bytes()).await.unwrap();
        }
        write
    });
    let mut answers = Vec::new();
    read.read_to_end(&mut answers).await.unwrap();
    asking.await.unwrap();
    let answers = String::from_utf8_lossy(&answers);
    (answers.matches("HTTP/1.1 404").count(), answers.matches("HTTP/1.1 429").count())
}

#[tokio::test]
async fn h4_a_tablet_that_taps_without_end_is_told_to_wait_and_its_neighbours_work_on() {
    let plant = behind_a_proxy().await;
    let (counts, refused) = asked((0..200).map(|_| tap(&plant, "203.0.113.7", Some(1))).collect()).await;
    assert!(counts[&400] >= 20, "what is allowed at once is served: {counts:?}");
    let reply = refused.first().unwrap();
    assert_eq!((reply.code(), &reply.headers["retry-after"]), ("DEMASIADAS_PETICIONES", &"1".parse().unwrap()));
    assert!(reply.message().contains("Espera un segundo"), "{}", reply.message());
    assert!(reply.headers.contains_key("x-content-type-options") && reply.headers.contains_key("x-request-id"));
    let (counts, _) = asked(
        (2..52).flat_map(|tablet| (0..3).map(move |_| tablet)).map(|tablet| tap(&plant, "203.0.113.7", Some(tablet))).collect(),
    )
    .await;
    assert_eq!(counts, HashMap::from([(400, 150)]), "fifty tablets behind the same address tap three times at once");
    let text = plant.get("/metrics").await.text;
    assert!(text.contains("spoolboard_refused_requests_total{by=\"tablet\"}"), "{text}");
}

#[tokio::test]
async fn h4_an_address_that_asks_without_end_is_told_to_wait_and_others_are_not() {
    let plant = behind_a_proxy().await;
    let (served, refused) = flood(&plant, "203.0.113.8").await;
    assert!(served >= 200 && refused > 0 && served + refused == FLOOD, "{served} and {refused}");
    assert_eq!(plant.send(tap(&plant, "203.0.113.9", Some(1))).await.status, 400, "another address is another");
    // The machine itself is no address, and neither is a header that no trusted proxy wrote.
    let open = TestPlant::embedded().await;
    let (counts, _) = asked((0..500).map(|number| tap(&open, "203.0.113.8", Some(number))).collect()).await;
    assert_eq!(counts, HashMap::from([(400, 500)]));
}

#[tokio::test]
async fn a_tap_that_came_too_fast_is_a_toast_on_its_screen() {
    let plant = behind_a_proxy().await;
    let tap = || {
        let request = plant.request(Method::POST, "/carretes/nada/tomar").header("HX-Request", "true");
        request.header("Cookie", format!("tableta={:032x}", 7)).form(&[("trabajador", "93")])
    };
    let (_, refused) = asked((0..200).map(|_| tap()).collect()).await;
    let toast = crate::pages::Screen::of(refused.first().unwrap());
    assert!(toast.text("hx-partial[hx-target='#alertas'] .toast.bad p").contains("demasiadas peticiones"));
}

#[tokio::test]
async fn https_in_front_of_a_trusted_proxy_is_https_for_us_and_nobody_else_can_say_so() {
    let said = |plant: &TestPlant| plant.request(Method::GET, "/").header("X-Forwarded-Proto", "https");
    let plant = behind_a_proxy().await;
    let reply = plant.send(said(&plant)).await;
    assert_eq!(reply.headers["strict-transport-security"], "max-age=31536000");
    assert!(!plant.get("/").await.headers.contains_key("strict-transport-security"), "the proxy was asked by http");
    let open = TestPlant::embedded().await;
    assert!(!open.send(said(&open)).await.headers.contains_key("strict-transport-security"));
}
