//! `check`: settings, connections and data in plain lines, with an exit status that says whether
//! work is possible. Nothing is written.

mod google;
mod record;
mod redis;
mod rows;

use super::{Halt, no_runtime, say};
use crate::config::Config;
use crate::plant::Clock;
use crate::words;
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
        say(format_args!("{:6} {line}", words::text("check-good")));
    }

    fn warning(&self, line: impl std::fmt::Display) {
        say(format_args!("{:6} {line}", words::text("check-warning")));
    }

    fn error(&mut self, line: impl std::fmt::Display) {
        self.errors += 1;
        say(format_args!("{:6} {line}", words::text("check-error")));
    }
}

pub(super) fn check(config: &Config) -> Result<ExitCode, Halt> {
    let mut findings = Findings::default();
    settings(config, &findings);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(no_runtime)?;
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
    match errors {
        0 => say(words::text("check-works")),
        _ => say(words::say("check-errors").count("count", errors)),
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn settings(config: &Config, findings: &Findings) {
    let now = Clock::system(config.zone).now();
    findings.good(words::text("check-settings"));
    let clock = words::say("check-zone").with("zone", config.zone).with("clock", now.format("%H:%M"));
    findings.good(clock.with("day", words::day(now.date_naive())).with("offset", now.format("%:z")));
    findings.good(words::say("check-listens").with("address", config.listen).with("data", config.data.display()));
    match config.enrolled {
        true => findings.good(words::say("check-enrolled").with("access", "SPOOLBOARD_ACCESS=enrolled")),
        false => findings.warning(words::text("check-open")),
    }
    match (&config.front.tls, config.front.proxies.is_empty()) {
        (Some(tls), _) => findings.good(words::say("check-https").with("file", tls.certificate().display())),
        (None, false) => findings.good(words::say("check-behind").with("proxies", format_args!("{:?}", config.front.proxies))),
        (None, true) if !config.listen.ip().is_loopback() => findings.warning(words::text("check-http")),
        (None, true) => {}
    }
    for setting in &config.without_effect {
        findings.warning(words::say("check-no-effect").with("variable", setting));
    }
}
