//! The settings: each an environment variable and a flag of `serve` (`design.md` 7).
//!
//! The environment is read here and nowhere else. A bad value stops the start with one line that
//! names the variable, the value and what is allowed; a secret's value is never said.

mod google;
mod network;
mod parse;

use crate::access::Secret;
use crate::domain::Rules;
use crate::redis::{Address, Wrong};
use crate::web::server::Front;
use crate::words::{Language, Said, say, text};
use crate::workbook::Names;
use crate::workbook::sheets::SheetsConfig;
use chrono::Duration;
use chrono_tz::Tz;
use clap::Args;
use parse::{complain, given, number};
use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration as StdDuration;

const LANGUAGE: &str = "SPOOLBOARD_LANGUAGE";
const ACCESS: &str = "SPOOLBOARD_ACCESS";
const SECRET: &str = "SPOOLBOARD_SECRET";

/// The settings as they were given, before anybody looks at them.
#[derive(Args, Clone, Default)]
pub struct Given {
    #[arg(long = "listen", help = text("option-listen"), env = "SPOOLBOARD_LISTEN", hide_env_values = true, value_name = text("value-address"), global = true)]
    listen: Option<String>,
    #[arg(long = "data", help = text("option-data"), env = "SPOOLBOARD_DATA", hide_env_values = true, value_name = text("value-folder"), global = true)]
    data: Option<String>,
    #[arg(long = "access", help = text("option-access"), env = "SPOOLBOARD_ACCESS", hide_env_values = true, value_name = text("value-mode"), global = true)]
    access: Option<String>,
    #[arg(long = "secret", help = text("option-secret"), env = "SPOOLBOARD_SECRET", hide_env_values = true, value_name = text("value-secret"), global = true)]
    secret: Option<String>,
    #[arg(long = "timezone", help = text("option-timezone"), env = "TIMEZONE", hide_env_values = true, value_name = text("value-zone"), global = true)]
    timezone: Option<String>,
    #[arg(
        long = "occupation-max-hours", help = text("option-occupation"),
        env = "OCCUPATION_MAX_HOURS",
        hide_env_values = true,
        value_name = text("value-hours"),
        global = true
    )]
    occupation_max_hours: Option<String>,
    #[arg(long = "idle-max-hours", help = text("option-idle"), env = "IDLE_MAX_HOURS", hide_env_values = true, value_name = text("value-hours"), global = true)]
    idle_max_hours: Option<String>,
    #[arg(long = "repair-max-cycles", help = text("option-cycles"), env = "REPAIR_MAX_CYCLES", hide_env_values = true, value_name = "N", global = true)]
    repair_max_cycles: Option<String>,
    #[arg(
        long = "redis-lock-ttl-seconds", help = text("option-lock-ttl"),
        env = "REDIS_LOCK_TTL_SECONDS",
        hide_env_values = true,
        value_name = "S",
        global = true
    )]
    redis_lock_ttl_seconds: Option<String>,
    #[arg(long = "redis-url", help = text("option-redis"), env = "REDIS_URL", hide_env_values = true, value_name = "URL", global = true)]
    redis_url: Option<String>,
    #[arg(
        long = "redis-max-connections", help = text("option-redis-connections"),
        env = "REDIS_MAX_CONNECTIONS",
        hide_env_values = true,
        value_name = "N",
        global = true
    )]
    redis_max_connections: Option<String>,
    #[arg(long = "google-sheet-id", help = text("option-sheet"), env = "GOOGLE_SHEET_ID", hide_env_values = true, value_name = "ID", global = true)]
    google_sheet_id: Option<String>,
    #[arg(
        long = "google-application-credentials", help = text("option-account"),
        env = "GOOGLE_APPLICATION_CREDENTIALS",
        hide_env_values = true,
        value_name = text("value-file"),
        global = true
    )]
    google_application_credentials: Option<String>,
    #[arg(
        long = "google-application-credentials-json", help = text("option-account-json"),
        env = "GOOGLE_APPLICATION_CREDENTIALS_JSON",
        hide_env_values = true,
        value_name = "JSON",
        global = true
    )]
    google_application_credentials_json: Option<String>,
    #[arg(long = "google-sheets-url", help = text("option-sheets-url"), env = "GOOGLE_SHEETS_URL", hide_env_values = true, value_name = "URL", global = true)]
    google_sheets_url: Option<String>,
    #[arg(
        long = "sheets-refresh-seconds", help = text("option-refresh"),
        env = "SHEETS_REFRESH_SECONDS",
        hide_env_values = true,
        value_name = "S",
        global = true
    )]
    sheets_refresh_seconds: Option<String>,
    #[arg(
        long = "hoja-operaciones-nombre", help = text("option-operaciones"),
        env = "HOJA_OPERACIONES_NOMBRE",
        hide_env_values = true,
        value_name = text("value-sheet"),
        global = true
    )]
    hoja_operaciones_nombre: Option<String>,
    #[arg(
        long = "hoja-trabajadores-nombre", help = text("option-trabajadores"),
        env = "HOJA_TRABAJADORES_NOMBRE",
        hide_env_values = true,
        value_name = text("value-sheet"),
        global = true
    )]
    hoja_trabajadores_nombre: Option<String>,
    #[arg(long = "hoja-roles-nombre", help = text("option-roles"), env = "HOJA_ROLES_NOMBRE", hide_env_values = true, value_name = text("value-sheet"), global = true)]
    hoja_roles_nombre: Option<String>,
    #[arg(
        long = "hoja-metadata-nombre", help = text("option-metadata"),
        env = "HOJA_METADATA_NOMBRE",
        hide_env_values = true,
        value_name = text("value-sheet"),
        global = true
    )]
    hoja_metadata_nombre: Option<String>,
    #[arg(long = "language", help = text("option-language"), env = "SPOOLBOARD_LANGUAGE", hide_env_values = true, value_name = text("value-language"), global = true)]
    #[allow(dead_code)] // read before all others, by `language`
    language: Option<String>,
    #[command(flatten)]
    network: network::Given,
    #[arg(long = "log", help = text("option-records"), env = "RUST_LOG", hide_env_values = true, value_name = text("value-filter"), global = true)]
    rust_log: Option<String>,
}

/// Never a value: some are secrets.
impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given(…)")
    }
}

/// The settings, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `SPOOLBOARD_LISTEN`.
    pub listen: SocketAddr,
    /// `SPOOLBOARD_TLS_CERT`, `SPOOLBOARD_TLS_KEY`, `SPOOLBOARD_TRUSTED_PROXY`.
    pub front: Front,
    /// `SPOOLBOARD_DATA`.
    pub data: PathBuf,
    /// `TIMEZONE`.
    pub zone: Tz,
    /// `OCCUPATION_MAX_HOURS`, `IDLE_MAX_HOURS` and `REPAIR_MAX_CYCLES`.
    pub rules: Rules,
    /// `REDIS_LOCK_TTL_SECONDS`.
    pub lock_ttl: StdDuration,
    /// `REDIS_URL`; without it locks and events live in this process.
    pub redis: Option<Address>,
    /// `GOOGLE_SHEET_ID` and its kin; without it the record is the embedded one.
    pub google: Option<SheetsConfig>,
    /// `HOJA_…_NOMBRE`.
    pub sheets: Names,
    /// Somebody has decided that anybody on the network may act (`SPOOLBOARD_ACCESS=open`).
    pub open: bool,
    /// Only who is known comes in (`SPOOLBOARD_ACCESS=enrolled`).
    pub enrolled: bool,
    /// `SPOOLBOARD_SECRET`; given where `enrolled` is.
    pub secret: Option<Secret>,
    /// `RUST_LOG`.
    pub log: String,
    /// Settings that were given and have no effect.
    pub without_effect: Vec<&'static str>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 8000)),
            front: Front::default(),
            data: PathBuf::from("data"),
            zone: chrono_tz::America::Santiago,
            rules: Rules::default(),
            lock_ttl: StdDuration::from_secs(3_600),
            redis: None,
            google: None,
            sheets: Names::default(),
            open: false,
            enrolled: false,
            secret: None,
            log: "info".into(),
            without_effect: Vec::new(),
        }
    }
}

/// One line that says which setting is wrong, what it holds and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Complaint(pub(crate) String);

impl From<Said> for Complaint {
    fn from(said: Said) -> Complaint {
        Complaint(said.into())
    }
}

/// What the program was called with.
pub fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

/// `SPOOLBOARD_LANGUAGE`, and before it `--language`; nothing without them. It is read before everything else, so
/// that the help and every complaint are said in it.
///
/// # Errors
/// The [`Complaint`], in the language at home.
pub fn language() -> Result<Option<Arc<Language>>, Complaint> {
    let mut called_with = arguments().skip(1).filter_map(|argument| argument.into_string().ok());
    let flag = called_with.find_map(|argument| match argument.strip_prefix("--language")? {
        "" => Some(String::new()),
        value => value.strip_prefix('=').map(str::to_owned),
    });
    // Its value may be the next argument.
    let flag = flag.map(|value| if value.is_empty() { called_with.next().unwrap_or_default() } else { value });
    let named = flag.or_else(|| std::env::var(LANGUAGE).ok());
    let read = |value: &str| {
        let allowed = |faults: Vec<String>| {
            let first = faults.first().map(String::as_str).unwrap_or_default();
            complain(LANGUAGE, value, say("allowed-language").with("why", first))
        };
        Language::find(value).map(Arc::new).map_err(allowed)
    };
    given(&named).map(read).transpose()
}

impl Given {
    /// Checks every value that was given.
    ///
    /// # Errors
    /// The first [`Complaint`].
    pub fn check(&self) -> Result<Config, Complaint> {
        let mut config = Config::default();
        if let Some(value) = given(&self.listen) {
            config.listen = value.parse().map_err(|_| complain("SPOOLBOARD_LISTEN", value, text("allowed-address")))?;
        }
        if let Some(value) = given(&self.data) {
            config.data = PathBuf::from(value);
        }
        if let Some(value) = given(&self.timezone) {
            config.zone = value.parse().map_err(|_| complain("TIMEZONE", value, text("allowed-zone")))?;
        }
        if let Some(hours) = number("OCCUPATION_MAX_HOURS", &self.occupation_max_hours, 0..=8_760)? {
            config.rules.occupation_max = (hours > 0).then(|| Duration::hours(i64::from(hours)));
        }
        if let Some(hours) = number("IDLE_MAX_HOURS", &self.idle_max_hours, 0..=8_760)? {
            config.rules.idle_max = (hours > 0).then(|| Duration::hours(i64::from(hours)));
        }
        if let Some(cycles) = number("REPAIR_MAX_CYCLES", &self.repair_max_cycles, 0..=99)? {
            config.rules.repair_max_cycles = cycles;
        }
        if let Some(seconds) = number("REDIS_LOCK_TTL_SECONDS", &self.redis_lock_ttl_seconds, 60..=86_400)? {
            config.lock_ttl = StdDuration::from_secs(u64::from(seconds));
        }
        self.sheet_names(&mut config.sheets)?;
        if let Some(value) = given(&self.rust_log) {
            parse::log_filter(value)?;
            config.log = value.to_owned();
        }
        if number("REDIS_MAX_CONNECTIONS", &self.redis_max_connections, 1..=100_000)?.is_some() {
            config.without_effect.push("REDIS_MAX_CONNECTIONS");
        }
        config.front = self.network.front()?;
        config.google = self.google(&config)?;
        config.redis = self.redis()?;
        config.secret = self.secret()?;
        self.access(&mut config)?;
        Ok(config)
    }

    fn sheet_names(&self, names: &mut Names) -> Result<(), Complaint> {
        for (variable, value, name) in [
            ("HOJA_OPERACIONES_NOMBRE", &self.hoja_operaciones_nombre, &mut names.operaciones),
            ("HOJA_TRABAJADORES_NOMBRE", &self.hoja_trabajadores_nombre, &mut names.trabajadores),
            ("HOJA_ROLES_NOMBRE", &self.hoja_roles_nombre, &mut names.roles),
            ("HOJA_METADATA_NOMBRE", &self.hoja_metadata_nombre, &mut names.metadata),
        ] {
            if let Some(value) = given(value) {
                if value.chars().count() > 100 || value.chars().any(char::is_control) {
                    return Err(complain(variable, value, text("allowed-sheet")));
                }
                *name = value.to_owned();
            }
        }
        Ok(())
    }

    fn redis(&self) -> Result<Option<Address>, Complaint> {
        let address = given(&self.redis_url).map(Address::read).transpose();
        address.map_err(|bad| {
            let said = say("setting-redis").with("variable", "REDIS_URL").with("value", bad.shown());
            Complaint::from(said.with("why", of_url(bad.why())).with("authority", "?ca=PEM"))
        })
    }

    fn secret(&self) -> Result<Option<Secret>, Complaint> {
        let read = |value| Secret::new(value).ok_or_else(|| say("setting-short").with("variable", SECRET).into());
        given(&self.secret).map(read).transpose()
    }

    /// On loopback anybody at the machine may act; elsewhere somebody must have decided so.
    fn access(&self, config: &mut Config) -> Result<(), Complaint> {
        match given(&self.access) {
            Some("open") => config.open = true,
            Some("enrolled") if config.secret.is_some() => config.enrolled = true,
            Some("enrolled") => {
                return Err(say("setting-wants-secret")
                    .with("access", format!("{ACCESS}=enrolled"))
                    .with("secret", SECRET)
                    .into());
            }
            Some(other) => return Err(complain(ACCESS, other, text("allowed-access"))),
            None if config.listen.ip().is_loopback() && config.front.proxies.is_empty() => {}
            // What only this machine reaches is on the network all the same, once a proxy leads there.
            None if config.listen.ip().is_loopback() => {
                return Err(say("setting-open-behind").with("access", ACCESS).with("proxies", "SPOOLBOARD_TRUSTED_PROXY").into());
            }
            None => {
                let listen = format!("SPOOLBOARD_LISTEN={}", config.listen);
                return Err(say("setting-open-outside")
                    .with("access", ACCESS)
                    .with("secret", SECRET)
                    .with("listen", listen)
                    .into());
            }
        }
        Ok(())
    }
}

/// What is wrong with a `REDIS_URL`.
fn of_url(wrong: &Wrong) -> String {
    match wrong {
        Wrong::NotAUrl | Wrong::Scheme => text("redis-scheme").into(),
        Wrong::NoService => text("redis-service").into(),
        Wrong::Parameter | Wrong::NoTls => say("redis-parameter").with("parameter", "?ca=").into(),
        Wrong::Authority(file, why) => {
            say("redis-authority").with("parameter", format_args!("ca={file}")).with("why", why).into()
        }
        Wrong::Other(why) => why.to_string(),
    }
}

#[cfg(test)]
mod tests;
