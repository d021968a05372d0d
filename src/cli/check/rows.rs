//! Columns, people and rows: the same findings wherever the record is.

use super::{Findings, NAMED};
use crate::domain::{Column, Header, Level, Spool};
use crate::words::{self, Said};
use crate::workbook::View;

/// From how many audit rows on it is time to think of an archive (`design.md` 5.8).
const AUDIT_ROWS: usize = 100_000;

/// What the header of the spools lacks, or has twice.
pub(super) fn header(header: &Header, findings: &mut Findings) {
    let names = |columns: Vec<Column>| columns.into_iter().map(Column::header).collect::<Vec<_>>().join(", ");
    match header.missing_critical() {
        columns if columns.is_empty() => findings.good(words::text("check-columns")),
        columns => {
            findings.error(words::say("check-columns-missing").count("count", columns.len()).with("columns", names(columns)));
        }
    }
    if header.tag_from_split {
        findings.warning(words::say("check-split").with("tag", Column::Tag.header()).with("split", "SPLIT"));
    }
    let optional = header.missing_optional();
    if !optional.is_empty() {
        findings.warning(words::say("check-columns-optional").count("count", optional.len()).with("columns", names(optional)));
    }
    if !header.repeated.is_empty() {
        findings.warning(words::say("check-columns-twice").with("columns", header.repeated.join(", ")));
    }
}

/// What the people and the rows say.
pub(super) fn plant(view: &View, audit_rows: usize, findings: &Findings) {
    let active = view.people.all().iter().filter(|worker| worker.active).count();
    findings.good(words::say("check-plant").count("spools", view.spools.len()).count("workers", active));
    let without_role: Vec<String> = view
        .people
        .all()
        .iter()
        .filter(|worker| worker.active && worker.roles.is_empty())
        .map(|worker| worker.full_name())
        .collect();
    if !without_role.is_empty() {
        findings.warning(words::say("check-no-role").with("workers", without_role.join(", ")));
    }
    duplicates(view, findings);
    problems(view, Level::Error, words::say("check-unusable"), findings);
    problems(view, Level::Warning, words::say("check-warned"), findings);
    if audit_rows > AUDIT_ROWS {
        findings.warning(words::say("check-archive").count("rows", audit_rows));
    }
}

fn duplicates(view: &View, findings: &Findings) {
    let twins: Vec<&Spool> = view.spools.iter().map(|spool| &**spool).filter(|spool| spool.identity.duplicate).collect();
    if !twins.is_empty() {
        findings.warning(words::say("check-twins").count("count", twins.len()));
        for spool in twins.iter().take(NAMED) {
            let (nv, ot) = (words::numbered("NV", &spool.nv), words::numbered("OT", &spool.ot));
            let said = words::say("check-twin").with("row", spool.fila).with("tag", spool.tag());
            findings.warning(format_args!("  {}", said.with("nv", nv).with("ot", ot)));
        }
    }
}

fn problems(view: &View, level: Level, heading: Said, findings: &Findings) {
    let worst = |spool: &Spool| spool.problems.iter().map(|problem| problem.level).min();
    let found: Vec<&Spool> = view.spools.iter().map(|spool| &**spool).filter(|spool| worst(spool) == Some(level)).collect();
    if found.is_empty() {
        return;
    }
    findings.warning(heading.count("count", found.len()));
    for spool in found.iter().take(NAMED) {
        for problem in spool.problems.iter().filter(|problem| problem.level == level) {
            let said = words::say("check-problem").with("row", spool.fila).with("tag", spool.tag());
            findings.warning(format_args!("  {}", said.with("problem", words::problem(problem))));
        }
    }
}
