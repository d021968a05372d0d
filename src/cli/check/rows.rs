//! Columns, people and rows: the same findings wherever the record is.

use super::{Findings, NAMED};
use crate::domain::{Column, Header, Level, Spool};
use crate::words;
use crate::workbook::View;

/// From how many audit rows on it is time to think of an archive (`design.md` 5.8).
const AUDIT_ROWS: usize = 100_000;

/// What the header of the spools lacks, or has twice.
pub(super) fn header(header: &Header, findings: &mut Findings) {
    let names = |columns: Vec<Column>| columns.into_iter().map(Column::header).collect::<Vec<_>>().join(", ");
    match header.missing_critical() {
        columns if columns.is_empty() => findings.good("están todas las columnas imprescindibles"),
        columns => findings.error(format_args!("faltan columnas imprescindibles, agrégalas a la planilla: {}", names(columns))),
    }
    if header.tag_from_split {
        findings.warning("no hay TAG_SPOOL; mientras tanto los carretes se muestran por la columna SPLIT");
    }
    let optional = header.missing_optional();
    if !optional.is_empty() {
        findings.warning(format_args!("faltan columnas opcionales: {}", names(optional)));
    }
    if !header.repeated.is_empty() {
        findings.warning(format_args!("columnas repetidas, se usa la primera: {}", header.repeated.join(", ")));
    }
}

/// What the people and the rows say.
pub(super) fn plant(view: &View, audit_rows: usize, findings: &Findings) {
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
    duplicates(view, findings);
    problems(view, Level::Error, "no se pueden usar", findings);
    problems(view, Level::Warning, "tienen avisos", findings);
    if audit_rows > AUDIT_ROWS {
        findings.warning(format_args!("la auditoría tiene {audit_rows} filas: conviene archivar"));
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
