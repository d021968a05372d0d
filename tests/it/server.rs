//! The accept loop: who says nothing is let go, who is served is finished.

use crate::hostile::http2::{ASK, BURST, NOTHING, speak};
use crate::support::TestPlant;
use spoolboard::web::server::{Front, Limits};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Limits that a test can wait for.
fn short() -> Limits {
    let brief = Duration::from_millis(200);
    Limits { first_byte: brief, head: brief, body: brief, drain: Duration::from_millis(500), ..Limits::default() }
}

/// Sends bytes and reads until the server closes.
async fn spoken(plant: &TestPlant, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(plant.running.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // The bound only keeps a broken server from hanging the test.
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "still open after {:?}", String::from_utf8_lossy(bytes));
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_connection_that_does_not_speak_is_closed() {
    let plant = TestPlant::with(short()).await;
    assert_eq!(spoken(&plant, b"").await, "");
    assert_eq!(spoken(&plant, b"P").await, "", "the beginning of both POST and the preface of HTTP/2");
    assert_eq!(spoken(&plant, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.matches("HTTP/1.1 200").count(), 0);
    assert!(!spoken(&plant, b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Half: ").await.contains("200 OK"));
}

#[tokio::test]
async fn a_kept_connection_that_stays_silent_is_closed_after_its_answer() {
    let plant = TestPlant::with(short()).await;
    let answer = spoken(&plant, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("{\"status\":\"ok\""), "{answer}");
}

#[tokio::test]
async fn an_http2_connection_that_takes_nothing_of_what_it_asked_for_is_closed_though_it_is_there() {
    let plant = TestPlant::with(Limits { send: Duration::from_millis(200), ..short() }).await;
    // The settings say that it takes no byte of any answer.
    let settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    let ask = [&ASK[..24], &settings, &ASK[33..]].concat();
    let stream = TcpStream::connect(plant.running.address).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), speak(stream, &ask, 1)).await;
    assert_eq!(ended, Ok(true), "it was told before");
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 200);
}

#[tokio::test]
async fn an_http2_connection_on_which_nothing_is_asked_is_closed_however_many_pings_come_at_once() {
    // They come more often than nothing may be asked.
    let plant = TestPlant::with(Limits { head: Duration::from_millis(1_500), ..short() }).await;
    for ask in [NOTHING, ASK] {
        let stream = TcpStream::connect(plant.running.address).await.unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(20), speak(stream, ask, BURST)).await;
        assert!(ended.is_ok(), "still open after {} bytes", ask.len());
    }
}

#[tokio::test]
async fn a_head_of_too_many_bytes_or_lines_is_refused_with_a_sentence() {
    let plant = TestPlant::with(short()).await;
    let lines = |count: usize| (0..count).map(|n| format!("X-{n}: y\r\n")).collect::<String>();
    let large = |bytes: usize| format!("X-Large: {}\r\n", "x".repeat(bytes));
    for (more, said) in
        [(lines(60), "HTTP/1.1 200"), (lines(64), "HTTP/1.1 431"), (large(8_000), "HTTP/1.1 200"), (large(8_200), "HTTP/1.1 431")]
    {
        let answer = spoken(&plant, format!("GET /api/spools HTTP/1.1\r\nHost: localhost\r\n{more}\r\n").as_bytes()).await;
        assert!(answer.starts_with(said), "{answer}");
        assert_eq!(answer.contains("ENCABEZADOS_DEMASIADO_GRANDES"), said.ends_with("431"), "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_request_at_all_is_answered_with_the_security_headers_as_well() {
    let plant = TestPlant::with(short()).await;
    let lines: String = (0..200).map(|n| format!("X-{n}: y\r\n")).collect();
    let large = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(20_000));
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n");
    let far = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000));
    let after = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nwhat is this\r\n\r\n";
    let sent = ["hello\r\n\r\n", "G\0T / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n", &large, &many, &far, after];
    for bytes in sent {
        let answer = spoken(&plant, bytes.as_bytes()).await;
        let (heads, refused) = (answer.matches("HTTP/1.1 ").count(), answer.matches("HTTP/1.1 4").count());
        assert_eq!((heads, refused), (if bytes == after { 2 } else { 1 }, 1), "{answer}");
        for name in ["x-content-type-options", "content-security-policy", "referrer-policy", "cache-control"] {
            assert_eq!(answer.matches(&format!("\r\n{name}: ")).count(), heads, "{name}: {answer}");
        }
    }
}

/// Sends bytes and then, as long as somebody listens, one more every now and then.
async fn dripped(plant: &TestPlant, head: &str) -> String {
    let (mut read, mut write) = TcpStream::connect(plant.running.address).await.unwrap().into_split();
    write.write_all(head.as_bytes()).await.unwrap();
    let drip = async {
        let mut drops = tokio::time::interval(Duration::from_millis(20));
        while write.write_all(b"x").await.is_ok() {
            drops.tick().await;
        }
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    let listen = async {
        // A reset is an end as well: what drips after the answer is not read any more.
        while let Ok(1..) = read.read_buf(&mut answer).await {}
    };
    tokio::select! {
        () = drip => {}
        ended = tokio::time::timeout(Duration::from_secs(20), listen) => assert!(ended.is_ok(), "it drips on: {head}"),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_body_that_trickles_is_refused_in_time_and_its_connection_is_closed() {
    let plant = TestPlant::with(short()).await;
    let json = "Host: localhost\r\nContent-Type: application/json\r\n";
    let form = "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    for (head, said) in [
        (format!("POST /api/occupation/tomar HTTP/1.1\r\n{json}Content-Length: 60000\r\n\r\n{{"), "HTTP/1.1 400"),
        (format!("POST /carretes/x/tomar HTTP/1.1\r\n{form}Content-Length: 60000\r\n\r\na"), "HTTP/1.1 400"),
        (format!("POST /api/occupation/tomar HTTP/1.1\r\n{json}Content-Length: 99999999\r\n\r\n{{"), "HTTP/1.1 413"),
        (format!("GET /health HTTP/1.1\r\n{json}Content-Length: 60000\r\n\r\n{{"), "HTTP/1.1 200"),
        (format!("POST /nada HTTP/1.1\r\n{form}Content-Length: 60000\r\n\r\n{{"), "HTTP/1.1 404"),
    ] {
        let answer = dripped(&plant, &head).await;
        assert!(answer.starts_with(said), "{head}: {answer}");
    }
    let cut = dripped(&plant, &format!("POST /api/occupation/tomar HTTP/1.1\r\n{json}Content-Length: 60000\r\n\r\n{{")).await;
    assert!(cut.contains("no llegaron completos"), "{cut}");
}

#[tokio::test]
async fn one_address_cannot_have_every_connection() {
    let plant = TestPlant::with(Limits { each: 3, ..Limits::default() }).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(TcpStream::connect(plant.running.address).await.unwrap());
    }
    // The fourth is accepted by the machine and closed by us.
    assert_eq!(spoken(&plant, b"").await, "");
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = socket.connect(plant.running.address).await.unwrap();
    other.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    other.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("spoolboard_refused_connections_total 1"), "{answer}");
}

#[tokio::test]
async fn a_silent_crowd_does_not_keep_others_out() {
    let plant = TestPlant::with(Limits { connections: 4, ..short() }).await;
    let mut crowd = Vec::new();
    for _ in 0..8 {
        crowd.push(TcpStream::connect(plant.running.address).await.unwrap());
    }
    assert_eq!(plant.get("/health").await.status, 200);
}

#[tokio::test]
async fn a_stopped_server_refuses_new_connections_and_keeps_what_was_written() {
    let plant = TestPlant::embedded().await;
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 200);
    let plant = plant.restarted().await;
    let status = plant.get("/api/occupation/status/MK-0001").await;
    assert_eq!(status.json["worker_nombre"], "Marta Ríos");
    assert_eq!(plant.worker(94).take("MK-0001", "ARM").await.status, 409);
    assert_eq!(plant.worker(93).complete("MK-0001").await.status, 200, "a restarted process serves the owner");
}

#[tokio::test]
async fn an_http2_connection_that_was_told_to_end_and_does_not_is_closed_soon_however_long_a_head_may_take() {
    let proxies = Arc::from(["127.0.0.1".parse().unwrap()]);
    let limits = Limits { proxy: Duration::from_millis(200), head: Duration::from_secs(120), ..Limits::default() };
    let plant = TestPlant::behind(Front { proxies, ..Front::default() }, limits).await;
    let stream = TcpStream::connect(plant.running.address).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), speak(stream, ASK, 0)).await;
    assert_eq!(ended, Ok(true), "it was told before");
}
