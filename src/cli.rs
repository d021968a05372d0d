//! The commands. Adapters are made here, in [`build`], and nowhere else.

mod called;
mod check;
mod door;
mod files;
mod handles;
mod logs;
mod nightly;
mod serve;

pub use serve::{Running, start};

use crate::access::Access;
use crate::config::{self, Complaint, Config, Given};
use crate::error::{Error, in_full};
use crate::events::{self, Events};
use crate::locks::{self, Locks};
use crate::metrics::Metrics;
use crate::plant::{Clock, Plant};
use crate::redis::Link;
use crate::tally::{self, Tally};
use crate::web::{Site, assets};
use crate::words::{self, Said};
use crate::workbook::files::FileError;
use crate::workbook::sheets::{BadSetting, SheetsConfig};
use crate::workbook::sqlite::OpenError;
use crate::workbook::{GoogleSheets, Sqlite, Workbook, demo};
use chrono_tz::Tz;
use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Parser)]
#[command(name = "spoolboard", version, about = words::text("command-about"), propagate_version = true)]
struct Cli {
    #[command(flatten)]
    given: Given,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    #[command(about = words::text("command-serve"))]
    Serve,
    #[command(about = words::text("command-import"))]
    Import {
        #[arg(help = words::text("command-import-path"), value_name = words::text("value-path"))]
        path: PathBuf,
        #[arg(long, help = words::text("command-import-try"))]
        dry_run: bool,
    },
    #[command(about = words::text("command-export"))]
    Export {
        #[arg(help = words::text("command-export-file"), value_name = words::text("value-file"))]
        file: PathBuf,
    },
    #[command(about = words::text("command-backup"))]
    Backup {
        #[arg(help = words::text("command-backup-file"), value_name = words::text("value-file"))]
        file: PathBuf,
    },
    #[command(about = words::text("command-check"))]
    Check,
    #[command(about = words::text("command-supervisor"))]
    Supervisor {
        #[command(subcommand)]
        command: door::Supervisors,
    },
    #[command(about = words::text("command-token"))]
    Token {
        #[command(subcommand)]
        command: door::Tokens,
    },
}

/// Why a command ended without doing what was asked: one line.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    /// A setting is wrong.
    #[error(transparent)]
    Setting(#[from] Complaint),
    /// The data folder cannot be used.
    #[error("{}", of_folder(.0))]
    Folder(#[from] OpenError),
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The record or another port failed.
    #[error("{}", in_full(.0))]
    Port(#[from] Error),
    /// Anything else, said whole.
    #[error("{0}")]
    Other(String),
}

fn of_folder(error: &OpenError) -> String {
    match error {
        OpenError::InUse(folder) => {
            words::say("setting-folder-in-use").with("folder", folder.display()).with("variable", DATA).into()
        }
        OpenError::Folder { folder, source } => {
            words::say("setting-folder").with("variable", DATA).with("folder", folder.display()).with("why", source).into()
        }
        OpenError::Format { file, found, known } => {
            let said = words::say("setting-newer").with("file", file.display());
            said.with("found", found).with("known", known).into()
        }
        OpenError::Database { file, source } => {
            words::say("setting-closed").with("file", file.display()).with("why", source).into()
        }
        other => in_full(other),
    }
}

impl From<Said> for Halt {
    fn from(said: Said) -> Halt {
        Halt::Other(said.into())
    }
}

/// The whole program.
pub fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(halt) => {
            eprintln!("spoolboard: {halt}");
            ExitCode::from(if matches!(halt, Halt::Setting(_)) { 2 } else { 1 })
        }
    }
}

fn run() -> Result<ExitCode, Halt> {
    if let Some(language) = config::language()? {
        words::speak(language);
    }
    let Some(cli) = called::with()? else { return Ok(ExitCode::SUCCESS) };
    let config = cli.given.check()?;
    if config.google.is_some()
        && matches!(cli.command, Some(Command::Import { .. } | Command::Export { .. } | Command::Backup { .. }))
    {
        say(words::say("files-own").with("variable", "GOOGLE_SHEET_ID"));
    }
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::serve(&config),
        Command::Import { path, dry_run } => files::import(&config, &path, dry_run),
        Command::Export { file } => files::export(&config, &file),
        Command::Backup { file } => files::backup(&config, &file),
        Command::Check => check::check(&config),
        Command::Supervisor { command } => door::supervisors(&config, command),
        Command::Token { command } => door::tokens(&config, command),
    }
}

/// The setting that names the data folder.
const DATA: &str = "SPOOLBOARD_DATA";

/// The setting of the embedded workbook that says it holds the demonstration plant.
const DEMO: &str = "demo";

/// A plant with the adapters that the settings ask for.
pub struct Built {
    /// The plant.
    pub plant: Plant,
    /// The embedded workbook, for copies of it; `None` when the plant's own is at Google.
    pub embedded: Option<Arc<Sqlite>>,
    /// What the screens say about how the program runs.
    pub site: Site,
    /// Who may come in; `None`: anybody.
    pub access: Option<Arc<Access>>,
    /// The way to Redis, where there may be other processes.
    pub link: Option<Link>,
}

/// Makes the adapters and puts the plant together. It waits neither for Google nor for Redis.
///
/// # Errors
/// [`Halt`] when the data folder cannot be used, or is used by another process, and when a setting
/// is such that the workbook can never be reached.
pub async fn build(config: &Config, clock: Clock) -> Result<Built, Halt> {
    let link = config.redis.clone().map(Link::to);
    let mut metrics = Metrics::default();
    let (workbook, embedded, demo): (Arc<dyn Workbook>, _, _) = match config.google.clone() {
        Some(google) => {
            let workbook = at_google(SheetsConfig { share: link.clone(), ..google }, &clock, config.zone)?;
            metrics = metrics.with_sheets(workbook.metrics());
            (Arc::new(workbook), None, false)
        }
        None => {
            let (workbook, demo) = embedded(config, &clock).await?;
            metrics = metrics.with_embedded(workbook.groups());
            (Arc::clone(&workbook) as Arc<dyn Workbook>, Some(workbook), demo)
        }
    };
    if let Some(link) = &link {
        metrics = metrics.with_redis(link.errors());
    }
    let access = match config.enrolled {
        true => Some(Arc::new(door::open(config, link.clone())?)),
        false => None,
    };
    if let Some(access) = &access {
        door::read(access, config).await?;
    }
    let (locks, events, tally) = shared(link.clone(), config);
    let site = Site {
        demo,
        open: !config.enrolled,
        undecided: !config.enrolled && !config.open,
        // One record may have several processes only when locks, events and the record are shared.
        single: config.redis.is_none() || config.google.is_none(),
        build: format!("{}-{}", env!("CARGO_PKG_VERSION"), assets::fingerprint()),
        sheet: config.sheets.operaciones.clone(),
        since: clock.now(),
        ..Site::default()
    };
    let plant = Plant::new(workbook, locks, events, tally, clock, config.rules.clone(), Arc::new(metrics));
    Ok(Built { plant, embedded, site, access, link })
}

/// What the processes of a plant have together, where there may be several.
type Shared = (Arc<dyn Locks>, Arc<dyn Events>, Arc<dyn Tally>);

fn shared(link: Option<Link>, config: &Config) -> Shared {
    match link {
        Some(link) => (
            Arc::new(locks::Redis::new(link.clone(), config.lock_ttl)),
            Arc::new(events::Redis::new(link.clone())),
            Arc::new(tally::Redis::new(link)),
        ),
        None => (
            Arc::new(locks::Memory::new(config.lock_ttl)),
            Arc::new(events::Memory::default()),
            Arc::new(tally::Memory::default()),
        ),
    }
}

/// The embedded workbook, and whether it holds the demonstration plant: an empty one gets it.
async fn embedded(config: &Config, clock: &Clock) -> Result<(Arc<Sqlite>, bool), Halt> {
    let workbook = Sqlite::open(&config.data, config.zone, clock.now())?;
    let view = workbook.view();
    if view.spools.is_empty() && view.people.all().is_empty() {
        workbook.replace(demo::plant(clock.now(), config.zone), clock.now()).await?;
        workbook.set_setting(DEMO, Some("1")).await?;
    }
    let demo = workbook.setting(DEMO).await?.is_some();
    Ok((Arc::new(workbook), demo))
}

/// The plant's workbook at Google, to which it begins to connect.
fn at_google(google: SheetsConfig, clock: &Clock, zone: Tz) -> Result<GoogleSheets, Complaint> {
    let clock = clock.clone();
    GoogleSheets::connect(google, move || clock.now(), zone).map_err(|bad| complaint(&bad))
}

/// Which setting of the Google workbook is wrong, and why.
fn complaint(bad: &BadSetting) -> Complaint {
    let variable = match bad {
        BadSetting::Spreadsheet => "GOOGLE_SHEET_ID",
        BadSetting::Url => "GOOGLE_SHEETS_URL",
        BadSetting::Credentials(_) => "GOOGLE_APPLICATION_CREDENTIALS",
        BadSetting::Outbox(_) => DATA,
    };
    words::say("setting-bad").with("variable", variable).with("why", bad).into()
}

/// A machine that gives no threads or no events of the network.
fn no_runtime(error: std::io::Error) -> Halt {
    words::say("serve-no-runtime").with("why", error).into()
}

/// Writes a line for whoever called; that he has stopped reading is his business.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
