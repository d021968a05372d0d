//! Two thousand connections that keep the server waiting, while people work.

use super::http2::{ASK, BURST, speak};
use crate::support::TestPlant;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

/// How many there are.
const CROWD: usize = 2_000;

/// The most that a connection that is not served may live: five seconds to its first byte and five to
/// its head, or ten to its body, or ten after its last answer; and what a busy machine takes to notice.
const GONE: Duration = Duration::from_secs(30);

/// How one of the crowd keeps the server waiting.
#[derive(Clone, Copy)]
enum Way {
    /// Says nothing.
    Silent,
    /// Sends these bytes and then, a byte a second, no end.
    Slow(&'static str),
    /// Asks once by HTTP/2 and then says nothing.
    Asked,
    /// Asks once by HTTP/2 and then answers that it is there, and asks whether the server is, so many times at once and
    /// without end.
    Pings(usize),
}

const WAYS: [Way; 8] = [
    Way::Silent,
    Way::Slow("P"),
    Way::Slow("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "),
    Way::Slow("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Way::Slow(
        "POST /api/occupation/tomar HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
    ),
    Way::Asked,
    Way::Pings(1),
    Way::Pings(BURST),
];

/// Lets this process have as many open files as the machine allows it, and makes sure that they are enough: both ends
/// of each connection are files of it, and it runs other tests as well.
fn have_files_for_all() {
    let had = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: had.maximum, ..had };
    setrlimit(Resource::Nofile, wanted).unwrap();
    let (have, needed) = (had.maximum.unwrap_or(u64::MAX), 2 * CROWD as u64 + 1_000);
    assert!(
        have >= needed,
        "the {CROWD} connections of this test need {needed} open files and the machine allows {have}: ulimit -Hn"
    );
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
    if let Way::Asked | Way::Pings(_) = way {
        let pings = if let Way::Pings(count) = way { count } else { 0 };
        assert!(speak(stream, ASK, pings).await, "the end is announced");
        return began.elapsed();
    }
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
    have_files_for_all();
    let plant = TestPlant::embedded().await;
    let mut tasks = JoinSet::new();
    for number in 0..CROWD {
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
    assert!(!taps.is_empty() && lives.len() == CROWD);
    taps.sort();
    lives.sort();
    println!(
        "{} taps, p99 {:?}; the longest of {CROWD} lived {:?}",
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
