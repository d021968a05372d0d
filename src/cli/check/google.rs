//! The plant's workbook at Google.

use super::{Findings, NAMED, rows};
use crate::cli::complaint;
use crate::config::Config;
use crate::domain::{Column, Moment, Spool};
use crate::plant::Clock;
use crate::words;
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
            return findings.error(words::say("check-no-token").with("why", why));
        }
        Err(why @ NoSurvey::Closed { .. }) => {
            return findings.error(words::say("check-closed").with("why", why).with("variable", "GOOGLE_SHEET_ID"));
        }
    };
    let (account, latency) = (&survey.account, survey.latency.as_secs_f64() * 1e3);
    findings.good(words::say("check-opens").with("account", account).with("latency", format_args!("{latency:.0}")));
    rights(&survey, findings);
    zone(&survey.zone, config.zone, findings);
    match waiting(&google.data) {
        Some(0) | None => {}
        Some(events) => findings.warning(words::say("check-outbox").count("count", events)),
    }
    match &survey.found {
        Ok(found) => tabs(google, found, &survey, findings),
        Err(why) => findings.error(words::say("check-unread").with("why", why)),
    }
    quota(google, survey.reads, findings);
}

/// Whether the account may write, as far as that can be told without writing.
fn rights(survey: &Survey, findings: &mut Findings) {
    let account = &survey.account;
    match &survey.barred {
        Some(Barred { tab, columns }) if columns.is_empty() => {
            findings.error(words::say("check-tab-barred").with("tab", tab).with("account", account));
        }
        Some(Barred { tab, columns }) => {
            let said = words::say("check-columns-barred").with("tab", tab).with("account", account);
            findings.error(said.with("columns", columns.join(", ")));
        }
        None if survey.editor => findings.good(words::text("check-editor")),
        None => findings.warning(words::say("check-maybe-editor").with("account", account)),
    }
}

fn zone(name: &str, plant: Tz, findings: &mut Findings) {
    let alike = name.parse().is_ok_and(|zone| same_clock(zone, plant, Clock::system(plant).now()));
    match alike {
        true => findings.good(words::say("check-book-zone").with("zone", name)),
        false => {
            let said = words::say("check-other-zone").with("zone", name).with("plant", plant);
            findings.error(said.with("variable", "TIMEZONE"));
        }
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
        Ok(()) => findings.good(words::say("check-audit").with("tab", metadata)),
        Err(why) => findings.error(words::say("check-no-audit").with("why", why)),
    }
    if !found.audit_repeated.is_empty() {
        let names = found.audit_repeated.join(", ");
        findings.warning(words::say("check-audit-twice").with("tab", metadata).with("columns", names));
    }
    if found.audit.is_ok() && !survey.guarded {
        findings.warning(words::say("check-guard").with("tab", metadata).with("account", &survey.account));
    }
    match &found.formulas {
        Ok(formulas) => of_formulas(formulas, findings),
        Err(why) => findings.warning(words::say("check-formulas-unknown").with("why", why)),
    }
    rows::plant(&found.view, found.audit_rows, findings);
}

/// Formulas in columns that are written (`field-failures.md` I4).
fn of_formulas(formulas: &[(Arc<Spool>, Column, String)], findings: &Findings) {
    if formulas.is_empty() {
        return findings.good(words::text("check-no-formulas"));
    }
    let columns = Column::ALL.into_iter().filter_map(|column| {
        let count = formulas.iter().filter(|(_, of, _)| *of == column).count();
        (count > 0).then(|| format!("{} {count}", column.header()))
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    findings.warning(words::say("check-formulas").with("columns", columns));
    for (spool, column, text) in formulas.iter().take(NAMED) {
        let said = words::say("check-formula").with("row", spool.fila).with("tag", spool.tag());
        findings.warning(format_args!("  {}", said.with("column", column.header()).with("formula", text)));
    }
}

fn quota(google: &SheetsConfig, reads: u32, findings: &Findings) {
    let each_minute = (60.0 / google.limits.refresh.as_secs_f64()).ceil() + 2.0;
    let said = words::say("check-quota").with("reads", reads).with("allowed", ALLOWED).with("each", each_minute);
    findings.good(said.with("left", ALLOWED.saturating_sub(reads)));
    if each_minute > google.limits.calls {
        let seconds = google.limits.refresh.as_secs();
        let setting = format!("SHEETS_REFRESH_SECONDS={seconds}");
        findings.warning(words::say("check-over-quota").with("setting", setting));
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
