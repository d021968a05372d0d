//! The settings: each an environment variable and a flag of `serve` (`design.md` 7).
//!
//! The environment is read here and nowhere else. A bad value stops the start with one line that
//! names the variable, the value and what is allowed; a secret's value is never said.

mod google;
mod network;
mod parse;

use crate::access::Secret;
use crate::domain::Rules;
use crate::redis::Address;
use crate::web::server::Front;
use crate::words::Language;
use crate::workbook::Names;
use crate::workbook::sheets::SheetsConfig;
use chrono::Duration;
use chrono_tz::Tz;
use clap::Args;
use parse::{complain, given, number};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration as StdDuration;

/// The settings as they were given, before anybody looks at them.
#[derive(Args, Clone, Default)]
#[allow(rustdoc::broken_intra_doc_links)] // each comment is the help of its flag; brackets hold the default
pub struct Given {
    /// Dirección y puerto en que se escucha [127.0.0.1:8000]
    #[arg(long = "listen", env = "SPOOLBOARD_LISTEN", hide_env_values = true, value_name = "IP:PUERTO", global = true)]
    listen: Option<String>,
    /// Carpeta de los datos [./data]
    #[arg(long = "data", env = "SPOOLBOARD_DATA", hide_env_values = true, value_name = "CARPETA", global = true)]
    data: Option<String>,
    /// Quién puede registrar trabajo: open o enrolled
    #[arg(long = "access", env = "SPOOLBOARD_ACCESS", hide_env_values = true, value_name = "MODO", global = true)]
    access: Option<String>,
    /// Clave de al menos 32 bytes para firmar y proteger claves; la pide enrolled
    #[arg(long = "secret", env = "SPOOLBOARD_SECRET", hide_env_values = true, value_name = "CLAVE", global = true)]
    secret: Option<String>,
    /// Zona horaria de la planta [America/Santiago]
    #[arg(long = "timezone", env = "TIMEZONE", hide_env_values = true, value_name = "ZONA", global = true)]
    timezone: Option<String>,
    /// Horas tras las que un carrete ocupado está vencido; 0 es nunca [12]
    #[arg(
        long = "occupation-max-hours",
        env = "OCCUPATION_MAX_HOURS",
        hide_env_values = true,
        value_name = "HORAS",
        global = true
    )]
    occupation_max_hours: Option<String>,
    /// Horas tras las que un carrete empezado y suelto está parado; 0 es nunca [24]
    #[arg(long = "idle-max-hours", env = "IDLE_MAX_HOURS", hide_env_values = true, value_name = "HORAS", global = true)]
    idle_max_hours: Option<String>,
    /// Rechazo que bloquea un carrete; 0 es sin límite [3]
    #[arg(long = "repair-max-cycles", env = "REPAIR_MAX_CYCLES", hide_env_values = true, value_name = "N", global = true)]
    repair_max_cycles: Option<String>,
    /// Vida de un bloqueo en segundos [3600]
    #[arg(
        long = "redis-lock-ttl-seconds",
        env = "REDIS_LOCK_TTL_SECONDS",
        hide_env_values = true,
        value_name = "S",
        global = true
    )]
    redis_lock_ttl_seconds: Option<String>,
    /// Redis; sin él los bloqueos viven en este proceso
    #[arg(long = "redis-url", env = "REDIS_URL", hide_env_values = true, value_name = "URL", global = true)]
    redis_url: Option<String>,
    /// Se acepta por configuraciones anteriores; no tiene efecto
    #[arg(
        long = "redis-max-connections",
        env = "REDIS_MAX_CONNECTIONS",
        hide_env_values = true,
        value_name = "N",
        global = true
    )]
    redis_max_connections: Option<String>,
    /// La planilla de Google; sin ella se usa la propia
    #[arg(long = "google-sheet-id", env = "GOOGLE_SHEET_ID", hide_env_values = true, value_name = "ID", global = true)]
    google_sheet_id: Option<String>,
    /// Archivo con la cuenta de servicio
    #[arg(
        long = "google-application-credentials",
        env = "GOOGLE_APPLICATION_CREDENTIALS",
        hide_env_values = true,
        value_name = "ARCHIVO",
        global = true
    )]
    google_application_credentials: Option<String>,
    /// La cuenta de servicio misma, como JSON
    #[arg(
        long = "google-application-credentials-json",
        env = "GOOGLE_APPLICATION_CREDENTIALS_JSON",
        hide_env_values = true,
        value_name = "JSON",
        global = true
    )]
    google_application_credentials_json: Option<String>,
    /// Otra dirección del servicio de hojas
    #[arg(long = "google-sheets-url", env = "GOOGLE_SHEETS_URL", hide_env_values = true, value_name = "URL", global = true)]
    google_sheets_url: Option<String>,
    /// Cada cuántos segundos se lee la planilla [5]
    #[arg(
        long = "sheets-refresh-seconds",
        env = "SHEETS_REFRESH_SECONDS",
        hide_env_values = true,
        value_name = "S",
        global = true
    )]
    sheets_refresh_seconds: Option<String>,
    /// Nombre de la hoja de carretes [Operaciones]
    #[arg(
        long = "hoja-operaciones-nombre",
        env = "HOJA_OPERACIONES_NOMBRE",
        hide_env_values = true,
        value_name = "HOJA",
        global = true
    )]
    hoja_operaciones_nombre: Option<String>,
    /// Nombre de la hoja de trabajadores [Trabajadores]
    #[arg(
        long = "hoja-trabajadores-nombre",
        env = "HOJA_TRABAJADORES_NOMBRE",
        hide_env_values = true,
        value_name = "HOJA",
        global = true
    )]
    hoja_trabajadores_nombre: Option<String>,
    /// Nombre de la hoja de roles [Roles]
    #[arg(long = "hoja-roles-nombre", env = "HOJA_ROLES_NOMBRE", hide_env_values = true, value_name = "HOJA", global = true)]
    hoja_roles_nombre: Option<String>,
    /// Nombre de la hoja de auditoría [Metadata]
    #[arg(
        long = "hoja-metadata-nombre",
        env = "HOJA_METADATA_NOMBRE",
        hide_env_values = true,
        value_name = "HOJA",
        global = true
    )]
    hoja_metadata_nombre: Option<String>,
    /// Idioma de las pantallas, o una carpeta con sus archivos .ftl [es-CL]
    #[arg(long = "language", env = "SPOOLBOARD_LANGUAGE", hide_env_values = true, value_name = "IDIOMA", global = true)]
    language: Option<String>,
    #[command(flatten)]
    network: network::Given,
    /// Qué se escribe en el registro de sucesos [info]
    #[arg(long = "log", env = "RUST_LOG", hide_env_values = true, value_name = "FILTRO", global = true)]
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
    /// `SPOOLBOARD_LANGUAGE`; without it the one at home.
    pub language: Option<Arc<Language>>,
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
            language: None,
            log: "info".into(),
            without_effect: Vec::new(),
        }
    }
}

/// One line that says which setting is wrong, what it holds and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Complaint(pub(crate) String);

impl Given {
    /// Checks every value that was given.
    ///
    /// # Errors
    /// The first [`Complaint`].
    pub fn check(&self) -> Result<Config, Complaint> {
        let mut config = Config::default();
        if let Some(text) = given(&self.listen) {
            config.listen = text
                .parse()
                .map_err(|_| complain("SPOOLBOARD_LISTEN", text, "una dirección IP y un puerto, como 127.0.0.1:8000"))?;
        }
        if let Some(text) = given(&self.data) {
            config.data = PathBuf::from(text);
        }
        if let Some(text) = given(&self.timezone) {
            config.zone = text.parse().map_err(|_| complain("TIMEZONE", text, "una zona horaria como America/Santiago"))?;
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
        config.language = self.language()?;
        self.sheet_names(&mut config.sheets)?;
        if let Some(text) = given(&self.rust_log) {
            parse::log_filter(text)?;
            config.log = text.to_owned();
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
            if let Some(text) = given(value) {
                if text.chars().count() > 100 || text.chars().any(char::is_control) {
                    return Err(complain(variable, text, "el nombre de una hoja, de 1 a 100 caracteres"));
                }
                *name = text.to_owned();
            }
        }
        Ok(())
    }

    fn language(&self) -> Result<Option<Arc<Language>>, Complaint> {
        let read = |text| {
            let allowed = |faults: Vec<String>| {
                let first = faults.first().map(String::as_str).unwrap_or_default();
                complain("SPOOLBOARD_LANGUAGE", text, &format!("es-CL, o una carpeta con todas sus frases ({first})"))
            };
            Language::find(text).map(Arc::new).map_err(allowed)
        };
        given(&self.language).map(read).transpose()
    }

    fn redis(&self) -> Result<Option<Address>, Complaint> {
        let address = given(&self.redis_url).map(Address::read).transpose();
        address.map_err(|bad| {
            Complaint(format!(
                "REDIS_URL={} no es válido ({}): se admite redis://[usuario:clave@]equipo[:puerto][/base], rediss:// con TLS, \
                 redis+sentinel://[usuario:clave@]equipo[:puerto][,equipo[:puerto]]/servicio[/base] o rediss+sentinel://, y al final ?ca=ARCHIVO",
                bad.shown(),
                bad.why()
            ))
        })
    }

    fn secret(&self) -> Result<Option<Secret>, Complaint> {
        let read = |text| {
            Secret::new(text).ok_or_else(|| {
                Complaint("SPOOLBOARD_SECRET es demasiado corta (su valor no se muestra): se piden al menos 32 bytes".into())
            })
        };
        given(&self.secret).map(read).transpose()
    }

    /// On loopback anybody at the machine may act; elsewhere somebody must have decided so.
    fn access(&self, config: &mut Config) -> Result<(), Complaint> {
        match given(&self.access) {
            Some("open") => config.open = true,
            Some("enrolled") if config.secret.is_some() => config.enrolled = true,
            Some("enrolled") => {
                return Err(Complaint(
                    "SPOOLBOARD_ACCESS=enrolled pide SPOOLBOARD_SECRET, que no está definida: se piden al menos 32 bytes al azar, como los de «openssl rand -hex 32»".into(),
                ));
            }
            Some(other) => return Err(complain("SPOOLBOARD_ACCESS", other, "open o enrolled")),
            None if config.listen.ip().is_loopback() && config.front.proxies.is_empty() => {}
            // What only this machine reaches is on the network all the same, once a proxy leads there.
            None if config.listen.ip().is_loopback() => {
                return Err(Complaint(
                    "SPOOLBOARD_ACCESS no está definida y SPOOLBOARD_TRUSTED_PROXY dice que se llega desde la red: defínela como open (cualquiera puede registrar trabajo) o enrolled".into(),
                ));
            }
            None => {
                return Err(Complaint(format!(
                    "SPOOLBOARD_ACCESS no está definida y SPOOLBOARD_LISTEN={} se alcanza desde la red: defínela como open (cualquiera puede registrar trabajo) o enrolled; en un contenedor, con \
                     «-e SPOOLBOARD_ACCESS=open» para probar, o «-e SPOOLBOARD_ACCESS=enrolled -e SPOOLBOARD_SECRET=…» para una planta",
                    config.listen
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
