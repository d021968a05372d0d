//! Where the locks are, and how Redis keeps them.

use super::Findings;
use crate::cli::door::forgets;
use crate::config::Config;
use crate::error::Cause;
use crate::redis::{Address, Survey};

pub(super) fn locks(config: &Config, redis: Option<(&Address, Result<Survey, Cause>)>, findings: &mut Findings) {
    let book = if config.google.is_some() { "planilla de Google" } else { "planilla propia" };
    match redis {
        None => findings.good(format_args!("{book} y bloqueos en este proceso: un solo servidor")),
        Some((address, Ok(survey))) => {
            of_redis(book, address, &survey, findings);
            if let Some(why) = forgets(&survey).filter(|_| config.enrolled) {
                findings.error(why);
            }
        }
        Some((address, Err(error))) => {
            findings.error(format_args!("Redis ({address}) no se puede usar, y sin él nadie registra trabajo: {error}"));
        }
    }
}

fn of_redis(book: &str, address: &Address, survey: &Survey, findings: &Findings) {
    let latency = survey.latency.as_secs_f64() * 1e3;
    findings.good(format_args!("{book}, bloqueos en Redis ({address}), que responde en {latency:.1} ms"));
    match survey.appendonly {
        Some(true) => findings.good("Redis guarda los bloqueos en disco"),
        Some(false) => findings.warning(
            "Redis no guarda los bloqueos en disco; al volver de un corte se rehacen desde la planilla, pero conviene «appendonly yes»",
        ),
        None => findings.warning("Redis no dice si guarda los bloqueos en disco: conviene «appendonly yes»"),
    }
    match survey.when_full.as_deref() {
        Some("noeviction") => {}
        Some(policy) => findings.warning(format_args!(
            "Redis puede borrar bloqueos si le falta memoria (maxmemory-policy {policy}); conviene «noeviction»"
        )),
        None => findings.warning("Redis no dice qué hace si le falta memoria: conviene «maxmemory-policy noeviction»"),
    }
}
