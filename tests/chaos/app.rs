//! The application as a process of its own, which can be killed.
//!
//! It is this very program again, with `app` as its argument: the real `cli::start` serves, only the
//! times of the Google adapter are shortened so that they fit into a run. Its settings are the first
//! line of its input; when its input ends it ends, so it never outlives whoever started it.

use crate::support::ZONE;
use serde::{Deserialize, Serialize};
use spoolboard::broken::Safety;
use spoolboard::cli;
use spoolboard::config::Config;
use spoolboard::plant::Clock;
use spoolboard::redis::Address;
use spoolboard::web::server;
use spoolboard::workbook::Names;
use spoolboard::workbook::sheets::{Limits, SheetsConfig};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::Mutex;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};

/// What makes this program an application.
pub(crate) const APP: &str = "app";

/// What one process is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) spreadsheet: String,
    /// A key for each of its lives; the last is kept.
    pub(crate) lives: Vec<String>,
    pub(crate) google: String,
    pub(crate) redis: String,
    /// Reads, and writes, a minute.
    pub(crate) calls: f64,
    pub(crate) log: PathBuf,
    /// The safety that is left out.
    pub(crate) without: Option<String>,
}

impl Settings {
    /// A write is given up sooner than Google applies the latest of the late ones, and a pause after
    /// the fence was deleted is longer than anything can be under way.
    fn limits(&self) -> Limits {
        let millis = Duration::from_millis;
        Limits {
            calls: self.calls,
            refresh: millis(400),
            idle: millis(400),
            tabs: millis(30_000),
            token: millis(3_000_000),
            write: millis(1_500),
            beyond: millis(3_000),
            settle: millis(8_000),
            rival: millis(700),
            vanished: millis(4_000),
            orphan: millis(1_500),
            audit: millis(500),
            others: millis(60_000),
        }
    }

    /// The data folder, where the outbox of the audit survives a kill.
    fn data(&self) -> PathBuf {
        self.log.with_extension("data")
    }

    fn config(&self) -> Result<Config, String> {
        let google = SheetsConfig {
            spreadsheet: self.spreadsheet.clone(),
            credentials: self.lives.first().cloned().unwrap_or_default(),
            url: self.google.clone(),
            names: Names::default(),
            share: None,
            data: self.data(),
            limits: self.limits(),
        };
        let redis = Address::read(&self.redis).map_err(|bad| bad.why().to_string())?;
        let data = self.data();
        Ok(Config { listen: self.listen, data, zone: ZONE, redis: Some(redis), google: Some(google), ..Config::default() })
    }
}

/// Serves until the input ends.
pub(crate) fn serve() -> ExitCode {
    let mut line = String::new();
    let settings = io::stdin().lock().read_line(&mut line).map_err(|error| error.to_string());
    let settings = settings.and_then(|_| serde_json::from_str::<Settings>(&line).map_err(|error| error.to_string()));
    let told = settings.and_then(|settings| {
        log_to(&settings.log).map_err(|error| error.to_string())?;
        leave_out(settings.without.as_deref())?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let started = runtime.block_on(cli::start(&settings.config()?, Clock::system(ZONE), server::Limits::default()));
        let _running = started.map_err(|halt| halt.to_string())?;
        io::stdout().write_all(b".").and_then(|()| io::stdout().flush()).map_err(|error| error.to_string())?;
        // Whatever comes, nothing does: this waits for the end.
        let _ = io::stdin().lock().read_to_end(&mut Vec::new());
        // As a power cut would: nothing is put in order.
        std::process::exit(0)
    });
    let why: String = told.map_or_else(|why| why, |never: std::convert::Infallible| match never {});
    eprintln!("the application did not start: {why}");
    ExitCode::FAILURE
}

/// Leaves the safety of this name out.
fn leave_out(name: Option<&str>) -> Result<(), String> {
    let Some(name) = name else { return Ok(()) };
    let (_, _safety) = Safety::ALL.into_iter().find(|(known, _)| *known == name).ok_or("no such safety")?;
    #[cfg(feature = "broken")]
    spoolboard::broken::leave_out(_safety);
    if cfg!(feature = "broken") { Ok(()) } else { Err("nothing is left out without the feature `broken`".into()) }
}

fn log_to(path: &Path) -> io::Result<()> {
    let file: File = OpenOptions::new().create(true).append(true).open(path)?;
    let filter = tracing_subscriber::EnvFilter::new("info,spoolboard::plant=debug,spoolboard::web::layers=warn");
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file)).init();
    Ok(())
}

/// A process that serves, or did.
pub(crate) struct App {
    settings: Settings,
    running: Option<(Child, ChildStdin)>,
}

impl App {
    /// Starts one, and waits until it listens.
    pub(crate) async fn start(settings: Settings) -> App {
        let mut app = App { settings, running: None };
        app.spawn().await;
        app
    }

    /// Ends it as a power cut would.
    pub(crate) async fn kill(&mut self) {
        if let Some((mut child, _input)) = self.running.take() {
            child.kill().await.unwrap();
        }
    }

    /// Starts it again, on the same address.
    pub(crate) async fn restart(&mut self) {
        self.kill().await;
        if self.settings.lives.len() > 1 {
            self.settings.lives.remove(0);
        }
        self.spawn().await;
    }

    async fn spawn(&mut self) {
        let program = std::env::current_exe().unwrap();
        let mut command = Command::new(program);
        command.arg(APP).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let line = serde_json::to_string(&self.settings).unwrap();
        input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        let mut output = child.stdout.take().unwrap();
        assert_eq!(output.read_u8().await.unwrap(), b'.', "the application did not start");
        self.running = Some((child, input));
    }

    /// Stops it where it is, or lets it go on.
    pub(crate) fn signal(&self, signal: &str) {
        if let Some(pid) = self.running.as_ref().and_then(|(child, _)| child.id()) {
            assert!(std::process::Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
        }
    }
}
