//! The Google workbook under load: how many calls things cost, and how long they take on a slow line.

use crate::client::Connection;
use crate::plant::Served;
use crate::stand_in::plant::{BOOK, Plant};
use crate::stand_in::{Google, Latency, Quota};
use crate::{Res, ms, spread};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

/// What a read and a write take at the stand-in, besides its own work.
const READ: Duration = Duration::from_millis(120);
const WRITE: Duration = Duration::from_millis(250);

/// How many spools the workbook has.
const SPOOLS: usize = 2_556;

/// What is there to be taken, and by whom.
struct Work {
    address: SocketAddr,
    tags: Vec<String>,
    fitters: Vec<u64>,
}

impl Work {
    async fn of(served: &Served) -> Res<Work> {
        let mut connection = Connection::open(served.address).await?;
        while connection.get("/ready").await?.expect(200).is_err() {
            sleep(Duration::from_millis(50)).await;
        }
        let mut list = async |path: &str| -> Res<Vec<Value>> {
            let answer: Value = serde_json::from_slice(&connection.get(path).await?.expect(200)?.body)?;
            Ok(answer["items"].as_array().cloned().unwrap_or_default())
        };
        let text = |item: &Value| item["tag_spool"].as_str().unwrap_or_default().to_owned();
        let tags = list("/api/spools?operacion=ARM&estado=disponible").await?.iter().map(text).collect();
        let fitters = list("/api/workers?operacion=ARM").await?.iter().filter_map(|item| item["id"].as_u64()).collect();
        Ok(Work { address: served.address, tags, fitters })
    }

    fn order(&self, index: usize) -> String {
        let (tag, fitter) = (&self.tags[index % self.tags.len()], self.fitters[index % self.fitters.len()]);
        format!(r#"{{"tag_spool":"{tag}","worker_id":{fitter},"operacion":"ARM"}}"#)
    }

    /// How long all calls to Google took so far, from the request to the reply as the client has read it.
    async fn calls(&self) -> Res<Duration> {
        let metrics = Connection::open(self.address).await?.get("/metrics").await?.expect(200)?.body;
        let text = String::from_utf8(metrics)?;
        let sums = text.lines().filter(|line| line.starts_with("spoolboard_sheets_call_seconds_sum"));
        Ok(Duration::from_secs_f64(sums.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()))
    }

    /// One tap; how long it took, and its status if that was not 200.
    async fn act(&self, verb: &str, index: usize) -> Res<(Duration, Option<String>)> {
        post(self.address, &format!("/api/occupation/{verb}"), &self.order(index)).await
    }
}

async fn post(address: SocketAddr, path: &str, body: &str) -> Res<(Duration, Option<String>)> {
    let mut connection = Connection::open(address).await?;
    let start = Instant::now();
    let answer = connection.post(path, body).await?;
    Ok((start.elapsed(), answer.expect(200).err().map(|why| why.to_string())))
}

/// What it costs between two looks.
struct Cost<'a> {
    google: &'a Google,
    before: (usize, usize),
}

impl<'a> Cost<'a> {
    fn from_now(google: &'a Google) -> Cost<'a> {
        Cost { google, before: counted(google) }
    }

    fn so_far(&self) -> String {
        let (reads, writes) = counted(self.google);
        format!("{:>3} reads {:>3} writes", reads - self.before.0, writes - self.before.1)
    }
}

fn counted(google: &Google) -> (usize, usize) {
    let journal = google.journal();
    (journal.counted(Quota::Read), journal.counted(Quota::Write))
}

/// Runs everything, with Google's quotas, and prints it.
pub(crate) async fn measure() -> Res<()> {
    let google = Google::with(Plant::of(SPOOLS).build()).await;
    google.snapshots(false);
    let slow = |fixed| Latency { fixed, jitter: Duration::ZERO };
    google.latency(slow(READ), slow(WRITE));
    let (url, credentials) = (google.url(), google.credentials());
    let settings = [
        ("GOOGLE_SHEET_ID", BOOK),
        ("GOOGLE_SHEETS_URL", url.as_str()),
        ("GOOGLE_APPLICATION_CREDENTIALS_JSON", credentials.as_str()),
    ];
    let served = Served::start(TempDir::new()?, &settings).await?;
    println!("\n== {SPOOLS} spools at Google: {READ:?} a read, {WRITE:?} a write, 60 of each a minute");
    let work = Work::of(&served).await?;
    println!("ready to be taken            {:>9} spools by {} fitters", work.tags.len(), work.fitters.len());
    alone(&google, &work).await?;
    at_once(&google, &work).await?;
    looking(&google, &work).await?;
    steady(&google, &work).await?;
    served.stop().await
}

/// TAKEs one at a time, far enough apart that none waits for the budget.
async fn alone(google: &Google, work: &Work) -> Res<()> {
    let (mut whole, mut beyond_google, mut beyond_calls) = (Vec::new(), Vec::new(), Vec::new());
    let cost = Cost::from_now(google);
    for index in 0..20 {
        let (busy, calls) = (google.busy(), work.calls().await?);
        let (time, refused) = work.act("tomar", index).await?;
        refused.map_or(Ok(()), Err)?;
        whole.push(time);
        beyond_google.push(time.saturating_sub(google.busy() - busy));
        beyond_calls.push(time.saturating_sub(work.calls().await? - calls));
        sleep(Duration::from_secs(2)).await;
    }
    println!("TAKE alone, beyond its calls {}   {} for 20 (budget 5 ms)", spread(beyond_calls), cost.so_far());
    println!("  with the client's own work {}   that is beyond the time at Google", spread(beyond_google));
    println!("  all of it                  {}   a read and a write are {:?}", spread(whole), READ + WRITE);
    Ok(())
}

async fn at_once(google: &Google, work: &Work) -> Res<()> {
    let (cost, start, mut tasks) = (Cost::from_now(google), Instant::now(), JoinSet::new());
    for index in 100..200 {
        let (address, order) = (work.address, work.order(index));
        tasks.spawn(async move { post(address, "/api/occupation/tomar", &order).await });
    }
    let (times, refused) = gathered(tasks).await?;
    println!(
        "100 TAKEs at once            {}   {} in {:.0} ms, {refused} refused (budget 3 writes)",
        spread(times),
        cost.so_far(),
        ms(start.elapsed())
    );
    sleep(Duration::from_secs(5)).await;
    let (cost, tags) = (Cost::from_now(google), &work.tags[200..250]);
    let body = format!(r#"{{"tag_spools":{},"worker_id":{},"operacion":"ARM"}}"#, serde_json::to_string(tags)?, work.fitters[0]);
    let (time, refused) = post(work.address, "/api/occupation/batch-tomar", &body).await?;
    refused.map_or(Ok(()), Err)?;
    println!("batch TAKE of 50             {:>9.0} ms   {} (budget 1 write)", ms(time), cost.so_far());
    Ok(())
}

/// Fifty clients on every page for a minute.
async fn looking(google: &Google, work: &Work) -> Res<()> {
    let (cost, start, mut tasks) = (Cost::from_now(google), Instant::now(), JoinSet::new());
    for client in 0..50 {
        let (address, fitter) = (work.address, work.fitters[client % work.fitters.len()]);
        let tag = work.tags[client].clone();
        tasks.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let list = format!("/carretes?trabajador={fitter}");
            let history = format!("/historial/{tag}");
            let pages = ["/", &list, "/tablero", "/kiosko", &history, "/api/spools?estado=ocupado", "/api/dashboard/occupied"];
            let mut seen = 0_u32;
            while start.elapsed() < Duration::from_secs(60) {
                connection.get(pages[seen as usize % pages.len()]).await?.expect(200)?;
                seen += 1;
                sleep(Duration::from_millis(50)).await;
            }
            Res::Ok(seen)
        });
    }
    let mut pages = 0;
    while let Some(done) = tasks.join_next().await {
        pages += done??;
    }
    println!("50 clients for a minute      {pages:>9} pages   {} (budget 20 reads)", cost.so_far());
    Ok(())
}

/// Ten taps a second for five minutes: each spool is taken, and paused 45 s later.
async fn steady(google: &Google, work: &Work) -> Res<()> {
    const TAPS: usize = 3_000;
    const APART: usize = 450;
    let (cost, mut ticks, mut tasks) = (Cost::from_now(google), interval(Duration::from_millis(100)), JoinSet::new());
    for tap in 0..TAPS {
        ticks.tick().await;
        // Blocks of takes and of pauses follow each other, each with the same spools.
        let (verb, index) = if (tap / APART).is_multiple_of(2) { ("tomar", tap % APART) } else { ("pausar", tap % APART) };
        let (address, order) = (work.address, work.order(300 + index));
        tasks.spawn(async move { post(address, &format!("/api/occupation/{verb}"), &order).await });
    }
    let (mut times, refused) = gathered(tasks).await?;
    times.sort();
    let p95 = times.get(times.len() * 95 / 100).copied().unwrap_or_default();
    let journal = google.journal();
    let most = |quota| journal.most_in_a_minute(quota);
    println!("600 taps a minute, 5 minutes {}   p95 {:.0} ms, {refused} refused (budget p95 3 s)", spread(times), ms(p95));
    println!(
        "                             {}; most in any minute of the whole run: {} reads, {} writes; {} answers 429",
        cost.so_far(),
        most(Quota::Read),
        most(Quota::Write),
        journal.calls().iter().filter(|call| call.status == 429).count()
    );
    Ok(())
}

async fn gathered(mut tasks: JoinSet<Res<(Duration, Option<String>)>>) -> Res<(Vec<Duration>, usize)> {
    let (mut times, mut refused) = (Vec::new(), 0);
    while let Some(done) = tasks.join_next().await {
        let (time, why) = done??;
        if let Some(why) = why {
            refused += 1;
            if refused == 1 {
                println!("  first refusal: {why}");
            }
        }
        times.push(time);
    }
    Ok((times, refused))
}
