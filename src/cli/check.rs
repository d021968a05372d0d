//! `check`: settings and data in plain lines, with an exit status that says whether work is
//! possible.

use super::{DEMO, Halt, files, say};
use crate::config::Config;
use crate::domain::{Column, Header, Level, Spool};
use crate::plant::Clock;
use crate::redis::{Address, Survey};
use crate::words;
use crate::workbook::sqlite::FILE;
use crate::workbook::{Mirror, Sheets, View};
use std::process::ExitCode;

/// How many rows of a kind are named.
const NAMED: usize = 10;

/// From how many audit rows on it is time to think of an archive (`design.md` 5.8).
const AUDIT_ROWS: usize = 100_000;

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
    locks(config, &mut findings)?;
    match config.data.join(FILE).exists() {
        false => findings.warning("todavía no hay libro: «serve» empieza con la planta de demostración, «import» con la tuya"),
        true => record(config, &mut findings)?,
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
    for setting in &config.without_effect {
        findings.warning(format_args!("{setting} se acepta y no tiene efecto"));
    }
}

fn locks(config: &Config, findings: &mut Findings) -> Result<(), Halt> {
    let Some(address) = &config.redis else {
        findings.good("libro propio y bloqueos en este proceso: un solo servidor");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Halt::Other(format!("el sistema no permite trabajar: {error}")))?;
    match runtime.block_on(address.survey()) {
        Ok(survey) => of_redis(address, &survey, findings),
        Err(error) => {
            findings.error(format_args!("Redis ({address}) no se puede usar, y sin él nadie registra trabajo: {error}"))
        }
    }
    Ok(())
}

fn of_redis(address: &Address, survey: &Survey, findings: &Findings) {
    let latency = survey.latency.as_secs_f64() * 1e3;
    findings.good(format_args!("libro propio, bloqueos en Redis ({address}), que responde en {latency:.1} ms"));
    match survey.appendonly {
        Some(true) => findings.good("Redis guarda los bloqueos en disco"),
        Some(false) => findings.warning(
            "Redis no guarda los bloqueos en disco; al volver de un corte se rehacen desde el libro, pero conviene «appendonly yes»",
        ),
        None => findings.warning("Redis no deja ver sus ajustes: conviene «appendonly yes» y «maxmemory-policy noeviction»"),
    }
    if let Some(policy) = survey.when_full.as_deref().filter(|policy| *policy != "noeviction") {
        findings.warning(format_args!(
            "Redis puede borrar bloqueos si le falta memoria (maxmemory-policy {policy}); conviene «noeviction»"
        ));
    }
}

fn record(config: &Config, findings: &mut Findings) -> Result<(), Halt> {
    let mut store = files::to_read(config)?;
    match store.integrity()?.as_slice() {
        [] => findings.good("el archivo del libro está íntegro"),
        damages => damages.iter().take(NAMED).for_each(|damage| findings.error(format_args!("archivo dañado: {damage}"))),
    }
    if store.setting(DEMO)?.is_some() {
        findings.warning("el contenido es la planta de demostración");
    }
    let sheets = store.read_all()?;
    header(&sheets, findings);
    rows(config, &sheets, findings);
    Ok(())
}

fn header(sheets: &Sheets, findings: &mut Findings) {
    let header = Header::read(&sheets.operaciones.header);
    let names = |columns: Vec<Column>| columns.into_iter().map(Column::header).collect::<Vec<_>>().join(", ");
    match header.missing_critical() {
        columns if columns.is_empty() => findings.good("están todas las columnas imprescindibles"),
        columns => findings.error(format_args!("faltan columnas imprescindibles, agrégalas al libro: {}", names(columns))),
    }
    let optional = header.missing_optional();
    if !optional.is_empty() {
        findings.warning(format_args!("faltan columnas opcionales: {}", names(optional)));
    }
    if !header.repeated.is_empty() {
        findings.warning(format_args!("columnas repetidas, se usa la primera: {}", header.repeated.join(", ")));
    }
}

fn rows(config: &Config, sheets: &Sheets, findings: &mut Findings) {
    let mirror = Mirror::new(config.zone);
    mirror.load(sheets.load(config.zone, Clock::system(config.zone).now()));
    let view = mirror.view();
    let active = view.people.all().iter().filter(|worker| worker.active).count();
    findings.good(format_args!("{} carretes, {active} trabajadores activos", view.spools.len()));
    let without_role: Vec<String> = view
        .people
        .all()
        .iter()
        .filter(|worker| worker.active && worker.roles.is_empty())
        .map(|worker| worker.full_name())
        .collect();
    if !without_role.is_empty() {
        findings.warning(format_args!("trabajadores sin rol: {}", without_role.join(", ")));
    }
    duplicates(&view, findings);
    problems(&view, Level::Error, "no se pueden usar", findings);
    problems(&view, Level::Warning, "tienen avisos", findings);
    if sheets.metadata.rows.len() > AUDIT_ROWS {
        findings.warning(format_args!("la auditoría tiene {} filas: conviene archivar", sheets.metadata.rows.len()));
    }
}

fn duplicates(view: &View, findings: &Findings) {
    let twins: Vec<&Spool> = view.spools.iter().map(|spool| &**spool).filter(|spool| spool.identity.duplicate).collect();
    if !twins.is_empty() {
        findings.warning(format_args!("filas que comparten su TAG con otra: {}", twins.len()));
        for spool in twins.iter().take(NAMED) {
            let (nv, ot) = (words::numbered("NV", &spool.nv), words::numbered("OT", &spool.ot));
            findings.warning(format_args!("  fila {}: {} ({nv}, {ot})", spool.fila, spool.tag()));
        }
    }
}

fn problems(view: &View, level: Level, verb: &str, findings: &Findings) {
    let worst = |spool: &Spool| spool.problems.iter().map(|problem| problem.level).min();
    let found: Vec<&Spool> = view.spools.iter().map(|spool| &**spool).filter(|spool| worst(spool) == Some(level)).collect();
    if found.is_empty() {
        return;
    }
    findings.warning(format_args!("filas que {verb}: {}", found.len()));
    for spool in found.iter().take(NAMED) {
        for problem in spool.problems.iter().filter(|problem| problem.level == level) {
            findings.warning(format_args!("  fila {}: {}: {}", spool.fila, spool.tag(), words::problem(problem)));
        }
    }
}
