//! One run: a shift of forty tablets in all kinds of trouble, then quiet, then the verdict.

use crate::app::{App, Settings};
use crate::history::{self, Counted, History, Screen, Violation};
use crate::plan::Plan;
use crate::stand_in::book::Book;
use crate::stand_in::{Access, Google};
use crate::support::google::{BOOK, book_of};
use crate::support::redis::{RealRedis, free_port};
use crate::support::{HEADER, row, sheet, small_plant};
use crate::tablet::{Floor, Tablet};
use crate::watch::Board;
use crate::weather::{self, RECOVERY, World};
use serde_json::Value;
use spoolboard::domain::Cell;
use spoolboard::workbook::Sheets;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::{JoinSet, block_in_place};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

const TABLETS: usize = 40;

/// How often a process may be started in a run, and be known for another one than it was before.
const LIVES: usize = 8;

/// Everybody shows the workbook after so much quiet, and not before this much is it looked at.
const QUIET: (Duration, Duration) = (Duration::from_millis(3_500), Duration::from_secs(7));

/// How a run ended.
pub(crate) struct Outcome {
    pub(crate) plan: Plan,
    pub(crate) asked: usize,
    pub(crate) unknown: usize,
    pub(crate) lost: usize,
    pub(crate) batches: usize,
    pub(crate) took: Duration,
    pub(crate) verdict: Result<Counted, Box<Violation>>,
    /// What the processes wrote, kept when the run is red.
    pub(crate) logs: PathBuf,
}

/// Lets a plan happen and judges it. `without` is the safety that the processes leave out.
pub(crate) async fn run(plan: Plan, without: Option<&str>) -> Outcome {
    let started = Instant::now();
    // One seed may be done more than once at a time.
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let number = RUNS.fetch_add(1, Ordering::Relaxed);
    let name = format!("chaos-{}-{}-{}-{number}", plan.processes, plan.seed, std::process::id());
    let logs = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&logs);
    std::fs::create_dir_all(&logs).unwrap();
    let google = Google::with(book_of(&plant(plan.spools))).await;
    google.seed(plan.seed);
    match plan.thrift {
        true => google.project_quota(60),
        false => google.quota(60_000, 60_000),
    }
    let before = google.book(BOOK);
    let redis = block_in_place(RealRedis::start);
    let (mut apps, mut urls) = (Vec::new(), Vec::new());
    for number in 0..plan.processes {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        urls.push(format!("http://{listen}"));
        apps.push(App::start(settings(&plan, &google, &redis, listen, &logs, number, without)).await);
    }
    let mut world = World { google: google.clone(), redis, apps };
    weather::fair(&google, &plan);
    ready(&urls).await;
    let boards: Vec<Board> = urls.iter().map(|url| Board::open(url)).collect();
    let tags = (1..=plan.spools).map(tag).collect();
    let floor = Floor { urls, tags, google: google.clone(), asked: Mutex::default(), over: CancellationToken::new() };
    let floor = Arc::new(floor);
    let mut tablets = JoinSet::new();
    for number in 0..TABLETS {
        let (worker, inspects) = who(number);
        tablets.spawn(Tablet::new(Arc::clone(&floor), plan.seed, number, worker, inspects).work());
    }
    let end = Instant::now() + plan.shift;
    weather::happens(&mut world, &plan).await;
    sleep_until(end).await;
    weather::fair(&google, &plan);
    floor.over.cancel();
    while let Some(tablet) = tablets.join_next().await {
        tablet.unwrap();
    }
    ready(&floor.urls).await;
    mended(&before, &floor).await;
    let screens = quiet(&floor.urls, &boards, &google).await;
    for app in &mut world.apps {
        app.kill().await;
    }
    let (journal, asked) = (google.journal(), std::mem::take(&mut *floor.asked.lock().unwrap()));
    let mut history = history::from::journal(&before, &journal, asked, screens, Duration::ZERO);
    if !plan.thrift {
        history.calls.clear();
    }
    let verdict = history::check(&history);
    if verdict.is_ok() {
        let _ = std::fs::remove_dir_all(&logs);
    }
    let count = |fits: fn(&history::Answer) -> bool| history.asked.iter().filter(|asked| fits(&asked.answer)).count();
    Outcome {
        plan,
        asked: history.asked.len(),
        unknown: count(|answer| matches!(answer, history::Answer::Told(_, 500.., _))),
        lost: count(|answer| matches!(answer, history::Answer::Lost(_) | history::Answer::Never)),
        batches: history.steps.iter().filter(|step| step.by == history::By::Us).count(),
        took: started.elapsed(),
        verdict,
        logs,
    }
}

fn settings(
    plan: &Plan,
    google: &Google,
    redis: &RealRedis,
    listen: SocketAddr,
    logs: &Path,
    number: usize,
    without: Option<&str>,
) -> Settings {
    Settings {
        listen,
        spreadsheet: BOOK.into(),
        lives: (0..LIVES).map(|life| credentials(google, (number, life))).collect(),
        google: google.url(),
        redis: redis.url(),
        calls: if plan.thrift { 50.0 } else { 6_000.0 },
        log: logs.join(format!("app-{number}.log")),
        without: without.map(str::to_owned),
    }
}

/// The key of a process's own account in one of its lives, with which the workbook is shared.
fn credentials(google: &Google, process: history::Process) -> String {
    let account = history::from::account(process);
    google.share(BOOK, &account, Some(Access::Write));
    google.credentials_of(&account)
}

/// Thirty-four may fit, weld and mend, two of them on two tablets each; four inspect.
fn who(number: usize) -> (u32, bool) {
    match number {
        0..36 => (101 + (number % 34) as u32, false),
        _ => (201 + number as u32 - 36, true),
    }
}

fn tag(number: u32) -> String {
    format!("MK-{number:04}")
}

/// Spools at every stage, and their people.
fn plant(spools: u32) -> Sheets {
    let armed = [("Armador", "TV(130)"), ("Fecha_Armado", "10-11-2026")];
    let welded = [armed[0], armed[1], ("Soldador", "TV(131)"), ("Fecha_Soldadura", "12-11-2026")];
    let rows = (1..=spools).map(|number| match number % 6 {
        3 => row(&tag(number), "1335", &armed),
        4 => row(&tag(number), "1335", &welded),
        _ => row(&tag(number), "1335", &[]),
    });
    let mut sheets = Sheets { operaciones: sheet(&HEADER, rows.collect()), ..small_plant() };
    for id in 201..=204 {
        let number = Cell::Number(f64::from(id));
        let person = vec![number.clone(), Cell::text("Ana"), Cell::text(format!("Paz {id}")), Cell::Bool(true)];
        let fila = sheets.trabajadores.rows.len() as u32 + 2;
        sheets.trabajadores.rows.push((fila, person));
        let fila = sheets.roles.rows.len() as u32 + 2;
        sheets.roles.rows.push((fila, vec![number, Cell::text("Metrologia"), Cell::Bool(true)]));
    }
    sheets
}

/// Waits until every process says that it can serve and that no audit row waits; one that cannot is
/// judged by its screens.
async fn ready(urls: &[String]) {
    let until = Instant::now() + RECOVERY;
    for url in urls {
        while Instant::now() < until {
            if let Ok(reply) = reqwest::get(format!("{url}/ready")).await
                && reply.status().as_u16() == 200
                && reply.json::<Value>().await.is_ok_and(|ready| ready["workbook"]["outbox"] == 0)
            {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Waits until no row has to be put right and no audit row waits for its own, as long as that may take: who
/// has few calls left, or waits for who knows better, is not done when he can serve.
async fn mended(before: &Book, floor: &Floor) {
    let (until, asked) = (Instant::now() + RECOVERY, floor.asked.lock().unwrap().clone());
    let is_wrong = || {
        let so_far = history::from::journal(before, &floor.google.journal(), asked.clone(), Vec::new(), Duration::ZERO);
        history::check(&so_far).is_err_and(|violation| matches!(violation.invariant, 5 | 6))
    };
    while Instant::now() < until && block_in_place(is_wrong) {
        sleep(Duration::from_secs(1)).await;
    }
}

/// Lets all be quiet, and reads the screens: as soon as they show the workbook, or when they should.
async fn quiet(urls: &[String], boards: &[Board], google: &Google) -> Vec<Screen> {
    let start = Instant::now();
    sleep_until(start + QUIET.0).await;
    loop {
        let mut screens: Vec<Screen> = boards.iter().map(Board::screen).collect();
        for (number, url) in urls.iter().enumerate() {
            for path in ["/api/spools", "/api/dashboard/occupied"] {
                screens.push(screen(format!("{path} of process {}", number + 1), &format!("{url}{path}")).await);
            }
        }
        let history = history::from::journal(&google.book(BOOK), &Default::default(), Vec::new(), screens, Duration::ZERO);
        if start.elapsed() >= QUIET.1 || shown(&history) {
            return history.screens;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Whether the screens show the workbook as it is.
fn shown(now: &History) -> bool {
    history::check(now).is_ok()
}

/// What one list says of who has what.
async fn screen(name: String, url: &str) -> Screen {
    let reply: Value = match reqwest::get(url).await {
        Ok(reply) => reply.json().await.unwrap_or_default(),
        Err(_) => Value::Null,
    };
    let items = reply["items"].as_array().cloned().unwrap_or_default();
    let occupied = items
        .iter()
        .filter_map(|item| Some((item["tag_spool"].as_str()?.to_owned(), u32::try_from(item["worker_id"].as_u64()?).ok()?)));
    Screen { name, occupied: occupied.collect() }
}
