//! Who asks, as far as it is known, and how fast he may.

use crate::support::TestPlant;
use reqwest::Method;
use spoolboard::web::came::Net;
use spoolboard::web::server::{Front, Limits};
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
    let (mut read, mut write) = TcpStream::connect(plant.running.address).await.unwrap().into_split();
    let head = format!("POST /api/nada HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {from}\r\nContent-Length: 0\r\n");
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
async fn h4_an_address_that_asks_without_end_is_told_to_wait_and_others_are_not() {
    let plant = behind_a_proxy().await;
    // Another cookie each time hides no flood.
    let (served, refused) = counted(&asked(&plant, "203.0.113.8", (0..3_000).collect()).await);
    assert!(served >= 200 && refused > 0 && served + refused == 3_000, "{served} and {refused}");
    assert_eq!(counted(&asked(&plant, "203.0.113.9", vec![1]).await), (1, 0), "another address is another");
    // The machine itself is no address, and neither is a header that no trusted proxy wrote.
    let open = TestPlant::embedded().await;
    assert_eq!(counted(&asked(&open, "203.0.113.8", (0..500).collect()).await), (500, 0));
}

#[tokio::test]
async fn a_tap_that_came_too_fast_is_a_toast_on_its_screen() {
    let plant = behind_a_proxy().await;
    let mut refused = None;
    for _ in 0..200 {
        let request = plant.request(Method::POST, "/carretes/nada/tomar").header("HX-Request", "true");
        let request = request.header("Cookie", format!("tableta={:032x}", 7)).form(&[("trabajador", "93")]);
        refused = Some(plant.send(request).await).filter(|reply| reply.status == 429);
        if refused.is_some() {
            break;
        }
    }
    let toast = crate::pages::Screen::of(&refused.unwrap());
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
