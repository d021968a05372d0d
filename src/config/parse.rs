//! How single values are read, and how a wrong one is said.

use super::Complaint;
use std::ops::RangeInclusive;
use tracing_subscriber::EnvFilter;

/// The longest value that is said back.
const SHOWN: usize = 80;

/// A value, where one was given: an empty variable is an unset one.
pub(super) fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// The line about a wrong value.
pub(super) fn complain(variable: &str, value: &str, allowed: &str) -> Complaint {
    let shown: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
    Complaint(format!("{variable}={shown} no es válido: se admite {allowed}"))
}

/// A whole number within bounds.
pub(super) fn number(variable: &str, value: &Option<String>, bounds: RangeInclusive<u32>) -> Result<Option<u32>, Complaint> {
    let Some(text) = given(value) else { return Ok(None) };
    match text.parse().ok().filter(|number| bounds.contains(number)) {
        Some(number) => Ok(Some(number)),
        None => Err(complain(variable, text, &format!("un número entero entre {} y {}", bounds.start(), bounds.end()))),
    }
}

/// Checks a log filter.
pub(super) fn log_filter(text: &str) -> Result<(), Complaint> {
    let read = EnvFilter::builder().parse(text);
    read.map(|_| ()).map_err(|_| complain("RUST_LOG", text, "un filtro como info, o spoolboard=debug,warn"))
}
