//! Two thousand connections that keep the server waiting, while people work.

use crate::support::TestPlant;
use std::fs;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

/// The most that a connection that is not served may live: five seconds to its first byte and five to
/// its head, or ten to its body; and what a busy machine takes to notice.
const GONE: Duration = Duration::from_secs(30);

/// How one of the crowd keeps the server waiting.
#[derive(Clone, Copy)]
enum Way {
    /// Says nothing.
    Silent,
    /// Sends these bytes and then, a byte a second, no end.
    Slow(&'static str),
}

const WAYS: [Way; 5] = [
    Way::Silent,
    Way::Slow("P"),
    Way::Slow("GET / HTTP/1.1\r\nHost: taller\r\nX-Slow: "),
    Way::Slow("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Way::Slow(
        "POST /api/occupation/tomar HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
    ),
];

/// How many files a process may have open here.
fn files() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    line.split_whitespace().nth(3).and_then(|number| number.parse().ok()).unwrap_or(1_024)
}

/// A connection from an address of its own: one in a hundred of the crowd shares it.
async fn connect(plant: &TestPlant, number: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let from = Ipv4Addr::new(127, 0, 1, (number % 100) as u8 + 1);
    socket.bind((from, 0).into()).unwrap();
    socket.connect(plant.running.address).await.unwrap()
}

/// Behaves like this until the server closes the connection; how long that took.
async fn wait_for_the_end(stream: TcpStream, way: Way) -> Duration {
    let began = Instant::now();
    let (mut read, mut write) = stream.into_split();
    let speak = async {
        let Way::Slow(first) = way else { return std::future::pending().await };
        let mut ticks = interval(Duration::from_secs(1));
        let mut alive = write.write_all(first.as_bytes()).await.is_ok();
        while alive {
            ticks.tick().await;
            alive = write.write_all(b"x").await.is_ok();
        }
        std::future::pending().await
    };
    let mut answer = Vec::new();
    let listen = async { while let Ok(1..) = read.read_buf(&mut answer).await {} };
    tokio::select! {
        () = speak => {}
        () = listen => {}
    }
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_silent_and_slow_connections_are_let_go_and_keep_nobody_from_working() {
    let plant = TestPlant::embedded().await;
    // Both ends of each connection are files of this process, which runs other tests as well.
    let crowd = 2_000.min(files().saturating_sub(1_000) / 2);
    println!("{crowd} connections; this process may have {} files open", files());
    let mut tasks = JoinSet::new();
    for number in 0..crowd {
        let stream = connect(&plant, number).await;
        tasks.spawn(wait_for_the_end(stream, WAYS[number % WAYS.len()]));
    }
    let (mut taps, mut lives) = (Vec::new(), Vec::new());
    let working = async {
        loop {
            taps.push(work(&plant, taps.len()).await);
        }
    };
    let leaving = async {
        while let Some(life) = tasks.join_next().await {
            lives.push(life.unwrap());
        }
    };
    tokio::select! {
        () = working => {}
        ended = timeout(GONE, leaving) => assert!(ended.is_ok(), "connections are still open"),
    }
    assert!(!taps.is_empty() && lives.len() == crowd);
    taps.sort();
    lives.sort();
    println!(
        "{} taps, p99 {:?}; the longest of {crowd} lived {:?}",
        taps.len(),
        taps[taps.len() * 99 / 100],
        lives[lives.len() - 1]
    );
}

/// One spool taken and paused; both must succeed. How long the first took.
async fn work(plant: &TestPlant, number: usize) -> Duration {
    let tag = format!("MK-{:04}", number % 60 + 1);
    let began = Instant::now();
    assert_eq!(plant.worker(93).take(&tag, "ARM").await.status, 200);
    let took = began.elapsed();
    assert_eq!(plant.worker(93).pause(&tag).await.status, 200);
    took
}
