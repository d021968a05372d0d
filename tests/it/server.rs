//! The accept loop: who says nothing is let go, who is served is finished.

use crate::support::TestPlant;
use spoolboard::web::server::Limits;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Limits that a test can wait for.
fn short() -> Limits {
    let brief = Duration::from_millis(200);
    Limits { first_byte: brief, head: brief, drain: Duration::from_millis(500), ..Limits::default() }
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
    assert!(!spoken(&plant, b"GET /health HTTP/1.1\r\nHost: x\r\nX-Half: ").await.contains("200 OK"));
}

#[tokio::test]
async fn a_kept_connection_that_stays_silent_is_closed_after_its_answer() {
    let plant = TestPlant::with(short()).await;
    let answer = spoken(&plant, b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("{\"status\":\"ok\""), "{answer}");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let plant = TestPlant::with(short()).await;
    let head = format!("GET /health HTTP/1.1\r\nHost: x\r\nX-Large: {}\r\n\r\n", "x".repeat(20_000));
    let answer = spoken(&plant, head.as_bytes()).await;
    assert!(!answer.contains("200 OK"), "{answer}");
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
