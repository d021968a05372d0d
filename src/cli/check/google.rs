//! The plant's workbook at Google.

use super::{Findings, NAMED, rows};
use crate::cli::complaint;
use crate::config::Config;
use crate::domain::{Column, Moment, Spool};
use crate::plant::Clock;
use crate::workbook::sheets::{Barred, Found, NoSurvey, SheetsConfig, Survey, waiting};
use chrono::Duration;
use chrono_tz::Tz;
use std::sync::Arc;

/// Reads a minute that Google allows an account.
const ALLOWED: u32 = 60;

pub(super) fn record(config: &Config, google: &SheetsConfig, survey: Result<Survey, NoSurvey>, findings: &mut Findings) {
    let survey = match survey {
        Ok(survey) => survey,
        Err(NoSurvey::Setting(bad)) => return findings.error(complaint(&bad)),
        Err(why @ NoSurvey::Token { .. }) => {
            return findings.error(format_args!("{why}; mira la hora de este equipo, la red, y que la clave no se haya borrado"));
        }
        Err(why @ NoSurvey::Closed { .. }) => {
            return findings.error(format_args!(
                "{why}; mira GOOGLE_SHEET_ID, y que en «Compartir» la planilla tenga a esa cuenta como editora"
            ));
        }
    };
    let (account, latency) = (&survey.account, survey.latency.as_secs_f64() * 1e3);
    findings.good(format_args!("la cuenta {account} abre la planilla, que responde en {latency:.0} ms"));
    rights(&survey, findings);
    zone(&survey.zone, config.zone, findings);
    match waiting(&google.data) {
        Some(0) | None => {}
        Some(events) => findings.warning(format_args!("registros de auditoría que esperan en este equipo: {events}")),
    }
    match &survey.found {
        Ok(found) => tabs(google, found, &survey, findings),
        Err(why) => findings.error(format_args!("la planilla no se puede leer: {why}")),
    }
    quota(google, survey.reads, findings);
}

/// Whether the account may write, as far as that can be told without writing.
fn rights(survey: &Survey, findings: &mut Findings) {
    let account = &survey.account;
    match &survey.barred {
        Some(Barred { tab, columns }) if columns.is_empty() => {
            findings.error(format_args!("la pestaña {tab} está protegida contra {account}: quita la protección"));
        }
        Some(Barred { tab, columns }) => findings
            .error(format_args!("columnas de {tab} protegidas contra {account}: {}; quita la protección", columns.join(", "))),
        None if survey.editor => findings.good("la cuenta es editora de la planilla"),
        None => findings.warning(format_args!(
            "sin escribir no se puede saber si la cuenta es editora: mira que «Compartir» diga Editor para {account}"
        )),
    }
}

fn zone(name: &str, plant: Tz, findings: &mut Findings) {
    let alike = name.parse().is_ok_and(|zone| same_clock(zone, plant, Clock::system(plant).now()));
    match alike {
        true => findings.good(format_args!("la zona horaria de la planilla es {name}")),
        false => findings.error(format_args!(
            "la zona horaria de la planilla es {name} y la de la planta (TIMEZONE) es {plant}: \
             corrígela en Archivo, Configuración"
        )),
    }
}

/// Whether two zones, which may be two names of one, have shown the same time and will: a look at
/// each fortnight of two years back and two ahead.
fn same_clock(one: Tz, other: Tz, now: Moment) -> bool {
    let shown = |zone: Tz, at: Moment| at.with_timezone(&zone).naive_local();
    (-52..=52).map(|fortnight| now + Duration::days(14 * fortnight)).all(|at| shown(one, at) == shown(other, at))
}

fn tabs(google: &SheetsConfig, found: &Found, survey: &Survey, findings: &mut Findings) {
    let metadata = &google.names.metadata;
    rows::header(&found.header, findings);
    match &found.audit {
        Ok(()) => findings.good(format_args!("{metadata} tiene sus diez columnas")),
        Err(why) => findings
            .error(format_args!("la auditoría no se puede escribir: {why}; mientras tanto sus registros esperan en este equipo")),
    }
    if !found.audit_repeated.is_empty() {
        let names = found.audit_repeated.join(", ");
        findings.warning(format_args!("columnas repetidas en {metadata}, se usa la primera: {names}"));
    }
    if found.audit.is_ok() && !survey.guarded {
        findings.warning(format_args!(
            "conviene proteger la pestaña {metadata} (Datos, Proteger hojas) dejando editar solo a {}: es la auditoría",
            survey.account
        ));
    }
    match &found.formulas {
        Ok(formulas) => of_formulas(formulas, findings),
        Err(why) => findings.warning(format_args!("no se pudieron buscar fórmulas: {why}")),
    }
    rows::plant(&found.view, found.audit_rows, findings);
}

/// Formulas in columns that are written (`field-failures.md` I4).
fn of_formulas(formulas: &[(Arc<Spool>, Column, String)], findings: &Findings) {
    if formulas.is_empty() {
        return findings.good("no hay fórmulas en las columnas que se escriben");
    }
    let columns = Column::ALL.into_iter().filter_map(|column| {
        let count = formulas.iter().filter(|(_, of, _)| *of == column).count();
        (count > 0).then(|| format!("{} {count}", column.header()))
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    findings.warning(format_args!("fórmulas en columnas que se escriben; no se tocan y esas filas se rechazan: {columns}"));
    for (spool, column, text) in formulas.iter().take(NAMED) {
        findings.warning(format_args!("  fila {}: {}: {} {text}", spool.fila, spool.tag(), column.header()));
    }
}

fn quota(google: &SheetsConfig, reads: u32, findings: &Findings) {
    let each_minute = (60.0 / google.limits.refresh.as_secs_f64()).ceil() + 2.0;
    findings.good(format_args!(
        "esta revisión usó {reads} de las {ALLOWED} lecturas por minuto de la cuenta, quedan {} si nadie más la usa; \
         «serve» usa unas {each_minute} y otro programa con la misma cuenta gasta del mismo cupo",
        ALLOWED.saturating_sub(reads)
    ));
    if each_minute > google.limits.calls {
        let seconds = google.limits.refresh.as_secs();
        findings.warning(format_args!("SHEETS_REFRESH_SECONDS={seconds} pide más lecturas que el cupo: se lee menos a menudo"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_names_of_one_zone_are_no_difference() {
        let (now, zone) = ("2026-05-13T12:00:00-04:00".parse().unwrap(), |name: &str| name.parse::<Tz>().unwrap());
        assert!(same_clock(zone("Chile/Continental"), zone("America/Santiago"), now));
        assert!(!same_clock(zone("America/Punta_Arenas"), zone("America/Santiago"), now));
    }
}
