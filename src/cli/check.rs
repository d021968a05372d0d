//! `check`: settings, connections and data in plain lines, with an exit status that says whether
//! work is possible. Nothing is written.

mod google;
mod record;
mod redis;
mod rows;

use super::{Halt, say};
use crate::config::Config;
use crate::plant::Clock;
use crate::workbook::sheets;
use std::process::ExitCode;

/// How many rows of a kind are named.
const NAMED: usize = 10;

/// What was found; only errors keep people from working.
#[derive(Default)]
struct Findings {
    errors: usize,
}

impl Findings {
    fn good(&self, line: impl std::fmt::Display) {
        say(format_args!("bien   {line}"));
    }

    fn warning(&self, line: impl std::fmt::Display) {
        say(format_args!("aviso  {line}"));
    }

    fn error(&mut self, line: impl std::fmt::Display) {
        self.errors += 1;
        say(format_args!("ERROR  {line}"));
    }
}

pub(super) fn check(config: &Config) -> Result<ExitCode, Halt> {
    let mut findings = Findings::default();
    settings(config, &findings);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Halt::Other(format!("el sistema no permite trabajar: {error}")))?;
    let redis = async {
        match &config.redis {
            Some(address) => Some((address, address.survey().await)),
            None => None,
        }
    };
    let google = async {
        match &config.google {
            Some(google) => Some((google, sheets::survey(google, Clock::system(config.zone).now(), config.zone).await)),
            None => None,
        }
    };
    // Both at once: what is dead is waited for once.
    let (redis, google) = runtime.block_on(async { tokio::join!(redis, google) });
    redis::locks(config, redis, &mut findings);
    match google {
        Some((google, survey)) => google::record(config, google, survey, &mut findings),
        None => record::record(config, &mut findings)?,
    }
    let errors = findings.errors;
    say(match errors {
        0 => "Se puede trabajar.".to_owned(),
        1 => "Hay un error que corregir.".to_owned(),
        _ => format!("Hay {errors} errores que corregir."),
    });
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn settings(config: &Config, findings: &Findings) {
    let now = Clock::system(config.zone).now();
    findings.good("la configuración es válida");
    findings.good(format_args!("zona horaria {}: ahora son las {}", config.zone, now.format("%H:%M del %d-%m-%Y (%:z)")));
    findings.good(format_args!("se escucha en {}, datos en {}", config.listen, config.data.display()));
    match config.enrolled {
        true => findings.good("entra solo quien está registrado (SPOOLBOARD_ACCESS=enrolled)"),
        false => findings.warning("acceso abierto: cualquiera que llegue a esa dirección puede registrar trabajo"),
    }
    match (&config.front.tls, config.front.proxies.is_empty()) {
        (Some(tls), _) => findings.good(format_args!("se atiende por https con el certificado {}", tls.certificate().display())),
        (None, false) => findings.good(format_args!("se atiende por http detrás de {:?}", config.front.proxies)),
        (None, true) if !config.listen.ip().is_loopback() => {
            findings.warning("se atiende por http: lo que se envía en la red se puede leer y cambiar en el camino");
        }
        (None, true) => {}
    }
    for setting in &config.without_effect {
        findings.warning(format_args!("{setting} se acepta y no tiene efecto"));
    }
}
