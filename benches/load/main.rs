//! The load run: prints what `design.md` 8 budgets, of the release binary over real sockets.
//!
//! `cargo bench` measures the embedded workbook in about two minutes, `cargo bench -- google` the
//! Google workbook in about eight, against the tests' stand-in with Google's quotas and a slow line.
//! It asserts nothing: machines differ, ratios are what to compare.
#![allow(clippy::print_stdout)] // printing is what it is for

mod client;
mod google;
mod plant;
mod screens;
#[path = "../../tests/stand_in/mod.rs"]
mod stand_in;

use client::Connection;
use plant::{Served, WORKERS};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

type Res<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Res<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if std::env::args().any(|argument| argument == "google") {
        return runtime.block_on(google::measure());
    }
    for spools in [2_556, 10_000] {
        runtime.block_on(measure(spools))?;
    }
    Ok(())
}

async fn measure(spools: u32) -> Res<()> {
    println!("\n== {spools} spools, {WORKERS} workers, embedded workbook");
    let mut served = Served::with(spools).await?;
    println!("import                       {:>9.0} ms", ms(served.imported_in));
    println!("start to the first answer    {:>9.0} ms   (budget 300)", ms(served.started_in));
    screens::measure(&served).await?;
    takes(&served).await?;
    streams(&mut served).await?;
    served.stop().await
}

async fn takes(served: &Served) -> Res<()> {
    let mut connection = Connection::open(served.address).await?;
    let mut times = Vec::new();
    for index in 0..300 {
        times.push(act(&mut connection, "tomar", index).await?);
    }
    println!("TAKE, one at a time, durable {}   (budget p99 10 ms)", spread(times));
    for verb in ["pausar", "tomar", "completar"] {
        let (start, mut tasks) = (Instant::now(), JoinSet::new());
        for task in 0..50 {
            let address = served.address;
            tasks.spawn(async move {
                let mut connection = Connection::open(address).await?;
                let mut times = Vec::new();
                for index in (task * 6)..(task * 6 + 6) {
                    times.push(act(&mut connection, verb, index).await?);
                }
                Res::Ok(times)
            });
        }
        let mut times = Vec::new();
        while let Some(done) = tasks.join_next().await {
            times.extend(done??);
        }
        let rate = times.len() as f64 / start.elapsed().as_secs_f64();
        println!("{verb:<9} 50 at once, durable {}   {rate:>6.0}/s (budget 1,000/s)", spread(times));
    }
    Ok(())
}

/// One action on the spool of this index, by the worker who is due.
async fn act(connection: &mut Connection, verb: &str, index: u32) -> Res<Duration> {
    let body = format!(r#"{{"tag_spool":"{}","worker_id":{},"operacion":"ARM"}}"#, plant::tag(index), plant::worker(index));
    let start = Instant::now();
    connection.post(&format!("/api/occupation/{verb}"), &body).await?.expect(200)?;
    Ok(start.elapsed())
}

async fn streams(served: &mut Served) -> Res<()> {
    const STREAMS: usize = 1_000;
    let before = served.memory()?;
    let mut streams = Vec::new();
    for index in 0..STREAMS {
        let path = if index % 2 == 0 { "/vivo/tablero" } else { "/vivo/carretes" };
        streams.push(client::Stream::open(served.address, path).await?);
    }
    let mut connection = Connection::open(served.address).await?;
    let mut times = Vec::new();
    for round in 0..20 {
        let index = 1_000 + round;
        for stream in &mut streams {
            stream.forget();
        }
        act(&mut connection, "tomar", index).await?;
        let confirmed = Instant::now();
        for stream in &mut streams {
            stream.next().await?;
            times.push(confirmed.elapsed());
        }
    }
    println!("tap to each of {STREAMS} streams {}   after the answer (budget p99 200 ms)", spread(times));
    println!(
        "memory                       {:>9.1} MiB with {STREAMS} streams, {before:.1} without (budget 150)",
        served.memory()?
    );
    Ok(())
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |share: f64| times.get(((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1)));
    let show = |share: f64| at(share).map_or(0.0, |time| time.as_secs_f64() * 1_000.0);
    format!("p50 {:>7.2} ms  p99 {:>7.2} ms  max {:>7.2} ms", show(0.5), show(0.99), show(1.0))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
