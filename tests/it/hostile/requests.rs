//! Requests that are too large, that lead elsewhere, or that are two in one.

use crate::access::{Persona, locked_plant, register, supervisor, tablet};
use crate::support::TestPlant;
use reqwest::Method;
use spoolboard::web::caller::TABLE;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the server answers to these bytes until it closes or has answered; empty if it only closes.
async fn answered(plant: &TestPlant, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(plant.running.address).await.unwrap();
    // Who is refused early may not take the rest.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let read = async { while let Ok(1..) = stream.read_buf(&mut answer).await {} };
    assert!(tokio::time::timeout(Duration::from_secs(30), read).await.is_ok(), "never closed");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of the first answer; 0 if there was none.
fn status(answer: &str) -> u16 {
    answer.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn no_path_leads_out_of_the_static_files() {
    let plant = TestPlant::embedded().await;
    for path in [
        "/static/../Cargo.toml",
        "/static/..%2fCargo.toml",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/....//....//etc/passwd",
        "/static/..%5c..%5cCargo.toml",
        "/static//etc/passwd",
        "/static/%00",
        "/static/app.css%00.html",
        "/static/app.css",
        "/static/vendor/",
        "/static/",
        "//etc/passwd",
        "/..;/etc/passwd",
        "/%c0%ae%c0%ae/etc/passwd",
        "/.env",
        "/.git/config",
        "/data/spoolboard.db",
        "/historial/../../etc/passwd",
        "/historial/..%2f..%2fetc%2fpasswd",
    ] {
        let answer =
            answered(&plant, format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes()).await;
        assert!((400..500).contains(&status(&answer)), "{path}: {answer:.200}");
        for word in ["root:", "[package]", "SQLite format"] {
            assert!(!answer.contains(word), "{path}: {word}");
        }
    }
}

#[tokio::test]
async fn a_request_that_is_none_is_refused_and_nobody_else_notices() {
    let plant = TestPlant::embedded().await;
    let (long, json) = ("x".repeat(20_000), "Content-Type: application/json\r\n");
    let take = |length: &str, rest: &str| {
        format!("POST /api/occupation/tomar HTTP/1.1\r\nHost: localhost\r\n{json}{length}\r\n\r\n{rest}")
    };
    let hidden = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (bytes, at_most) in [
        ("\0\0\0\0\0\0\0\0\r\n\r\n".to_owned(), 0),
        ("GET\r\n\r\n".into(), 0),
        ("GET / HTTP/9.9\r\n\r\n".into(), 0),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: y\r\n\r\n".into(), 0),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n".into(), 0),
        (format!("{long} / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 0),
        (format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"), 0),
        (format!("GET /?{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "x".repeat(3_000)), 0),
        (format!("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: {long}\r\n\r\n"), 0),
        // Two lengths, or a length and chunks: what one reader takes for a body another takes for a request.
        (take("Content-Length: 2\r\nContent-Length: 40", &format!("{{}}{hidden}")), 0),
        (take("Transfer-Encoding: chunked\r\nContent-Length: 4", &format!("0\r\n\r\n{hidden}")), 0),
        (take("Transfer-Encoding: chunked, identity", &format!("0\r\n\r\n{hidden}")), 0),
        (take("Content-Length: -1", "{}"), 0),
        (take("Content-Length: 99999999999999999999", "{}"), 0),
        (take("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFF\r\n"), 0),
        (take("Content-Length: 10000000\r\nConnection: close", &"x".repeat(1_000_000)), 0),
        ("CONNECT malo.example:443 HTTP/1.1\r\nHost: malo.example\r\nConnection: close\r\n\r\n".into(), 0),
        ("TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".into(), 0),
        ("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".into(), 0),
        // The whole address in the first line is how proxies are asked; it leads nowhere else.
        ("GET http://malo.example/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".into(), 1),
    ] {
        let answer = answered(&plant, bytes.as_bytes()).await;
        let found = status(&answer);
        assert!(found < 500, "{bytes:.80}: {answer:.200}");
        let served = answer.matches("HTTP/1.1 200").count();
        assert!(served <= at_most, "{bytes:.80}: {answer:.300}");
    }
    assert_eq!(plant.get("/health").await.status, 200);
    assert!(plant.events("MK-0001").await.is_empty());
}

/// Asks every route, in every way that only asks, with all that a form for it would say.
async fn ask_everything(plant: &TestPlant, who: &Persona) {
    let said = "tag_spool=MK-0001&tag=MK-0001&trabajador=93&worker_id=93&operacion=ARM&motivo=x&resultado=APROBADO&que=x&\
                carretes=ARM:x&paso=visto&remedio=nombrar%20Armador&nombre=x&codigo=BCDFGHJK&id=x&pin=830417&pedir=si&alcance=actuar";
    let streams = ["/vivo/tablero", "/vivo/kiosko", "/vivo/carretes", "/api/sse/stream"];
    for (_, route, _) in TABLE.iter().filter(|(_, route, _)| !streams.contains(route)) {
        let path = ["{id}", "{tag}", "{*tag}", "{*path}", "{*rest}", "{llave}"]
            .iter()
            .fold((*route).to_owned(), |path, name| path.replace(name, "MK-0001"));
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let request = who.request(plant, method.clone(), &format!("{path}?{said}")).header("X-HTTP-Method-Override", "POST");
            let reply = plant.send(request.header("HX-Request", "true")).await;
            assert!(reply.status < 500 && reply.status != 429, "{method} {path}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn a_question_changes_nothing_on_any_route_whatever_is_asked_with_it() {
    let plant = TestPlant::embedded().await;
    let before = plant.stored();
    ask_everything(&plant, &Persona::new()).await;
    assert_eq!(plant.stored(), before);
}

#[tokio::test]
async fn h4_a_question_of_a_supervisor_changes_neither_the_record_nor_who_may_come_in() {
    let plant = locked_plant().await;
    let (boss, _) = (supervisor(&plant).await, tablet(&plant, "Armado 1").await);
    let (before, door) = (plant.stored(), register(&plant));
    let number = door.book().unwrap().number;
    ask_everything(&plant, &boss).await;
    door.look().await.unwrap();
    assert_eq!((plant.stored(), door.book().unwrap().number), (before, number));
    assert_eq!(boss.get(&plant, "/supervisor").await.status, 200, "he is one still");
}

#[tokio::test]
async fn thousands_of_streams_opened_and_reset_at_once_stop_their_connection_and_nobody_else() {
    let plant = TestPlant::embedded().await;
    // The preface, empty settings, and for each stream a head (GET / from the static table) and its reset.
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    for stream in (1..20_001u32).step_by(2) {
        let id = stream.to_be_bytes();
        bytes.extend([&[0, 0, 3, 1, 5][..], &id, &[0x82, 0x86, 0x84]].concat());
        bytes.extend([&[0, 0, 4, 3, 0][..], &id, &[0, 0, 0, 8]].concat());
    }
    answered(&plant, &bytes).await;
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 200);
}

#[tokio::test]
async fn methods_that_nobody_speaks_are_one_figure_however_many_there_are() {
    let plant = TestPlant::embedded().await;
    let figures = async || {
        let text = plant.get("/metrics").await.text;
        text.lines().filter(|line| line.starts_with("spoolboard_requests_total")).map(str::to_owned).collect::<Vec<_>>()
    };
    figures().await;
    let before = figures().await.len();
    for number in 0..50 {
        let method = Method::from_bytes(format!("METODO{number}").as_bytes()).unwrap();
        assert_eq!(plant.send(plant.request(method, "/tablero")).await.status, 405);
    }
    let after = figures().await;
    assert_eq!(after.len(), before + 1, "{after:?}");
    assert!(after.iter().any(|line| line.contains("method=\"OTHER\"") && line.ends_with(" 50")), "{after:?}");
}
