//! How single values are read, and how a wrong one is said.

use super::Complaint;
use crate::private::OpenToOthers;
use crate::words::{say, text};
use std::fmt::Display;
use std::io;
use std::ops::RangeInclusive;
use tracing_subscriber::EnvFilter;

/// The longest value that is said back.
const SHOWN: usize = 80;

/// A value, where one was given: an empty variable is an unset one.
pub(super) fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// The line about a wrong value.
pub(super) fn complain(variable: &str, value: &str, allowed: impl Display) -> Complaint {
    let shown: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
    say("setting-wrong").with("variable", variable).with("value", shown).with("allowed", allowed).into()
}

/// Why a file with a key in it was not read; the system's own words, where it is not ours.
pub(super) fn unread(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(OpenToOthers { mode }) => say("setting-open-to-others").with("mode", format_args!("{mode:04o}")).into(),
        None => error.to_string(),
    }
}

/// A whole number within bounds.
pub(super) fn number(variable: &str, value: &Option<String>, bounds: RangeInclusive<u32>) -> Result<Option<u32>, Complaint> {
    let Some(value) = given(value) else { return Ok(None) };
    match value.parse().ok().filter(|number| bounds.contains(number)) {
        Some(number) => Ok(Some(number)),
        None => {
            let allowed = say("allowed-number").with("least", bounds.start()).with("most", bounds.end());
            Err(complain(variable, value, allowed))
        }
    }
}

/// Checks a log filter.
pub(super) fn log_filter(value: &str) -> Result<(), Complaint> {
    let read = EnvFilter::builder().parse(value);
    read.map(|_| ()).map_err(|_| complain("RUST_LOG", value, text("allowed-filter")))
}
