//! Where the locks are, and how Redis keeps them.

use super::Findings;
use crate::cli::door::forgets;
use crate::config::Config;
use crate::error::Cause;
use crate::redis::{Address, Survey};
use crate::words;

pub(super) fn locks(config: &Config, redis: Option<(&Address, Result<Survey, Cause>)>, findings: &mut Findings) {
    let book = if config.google.is_some() { words::text("check-google-book") } else { words::text("check-own-book") };
    match redis {
        None => findings.good(words::say("check-own-locks").with("book", book)),
        Some((address, Ok(survey))) => {
            of_redis(book, address, &survey, findings);
            if let Some(why) = forgets(&survey).filter(|_| config.enrolled) {
                findings.error(why);
            }
        }
        Some((address, Err(error))) => {
            findings.error(words::say("check-redis-unusable").with("address", address).with("why", error));
        }
    }
}

fn of_redis(book: &str, address: &Address, survey: &Survey, findings: &Findings) {
    let latency = survey.latency.as_secs_f64() * 1e3;
    let said = words::say("check-redis").with("book", book).with("address", address);
    findings.good(said.with("latency", format_args!("{latency:.1}")));
    match survey.appendonly {
        Some(true) => findings.good(words::text("check-redis-keeps")),
        Some(false) => findings.warning(words::text("check-redis-forgets")),
        None => findings.warning(words::text("check-redis-may-forget")),
    }
    match survey.when_full.as_deref() {
        Some("noeviction") => {}
        Some(policy) => findings.warning(words::say("check-redis-evicts").with("policy", policy)),
        None => findings.warning(words::text("check-redis-may-evict")),
    }
}
