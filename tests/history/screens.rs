//! I7: in the end everybody sees what the workbook says.

use super::{History, Screen, Violation};
use std::collections::BTreeSet;
use std::time::Duration;

/// Every screen that shows something else.
pub(crate) fn look(history: &History) -> Vec<Violation> {
    let (state, at) = match history.steps.last() {
        Some(step) => (&step.after, step.at),
        None => (&history.start, Duration::ZERO),
    };
    let workbook = state.occupied();
    history.screens.iter().filter_map(|screen| differs(screen, &workbook, at)).collect()
}

fn differs(screen: &Screen, workbook: &[(String, u32)], at: Duration) -> Option<Violation> {
    let (shown, stands): (BTreeSet<_>, BTreeSet<_>) = (screen.occupied.iter().collect(), workbook.iter().collect());
    let wrong = shown.difference(&stands).next();
    let (of, how) = match (wrong, stands.difference(&shown).next()) {
        (Some(of), _) => (of, "and the workbook does not"),
        (None, Some(of)) => (of, "in the workbook, and not there"),
        (None, None) => return None,
    };
    let what = format!("{} shows {} with {} {how}", screen.name, of.0, of.1);
    let what = if wrong.is_some() { what } else { format!("{} is with {} {how} ({})", of.0, of.1, screen.name) };
    Some(Violation::new(7, at, &of.0, "", what))
}
