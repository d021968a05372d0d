//! I8: Google's quota, in any sixty seconds and not only in those of the clock.

use super::{History, Violation};
use std::time::Duration;

/// Calls of a kind that Google allows one user in a minute.
const ALLOWED: usize = 60;
const MINUTE: Duration = Duration::from_secs(60);

/// The first minute with too many reads, and the first with too many writes.
pub(crate) fn look(history: &History) -> Vec<Violation> {
    [(false, "reads"), (true, "writes")].into_iter().filter_map(|(writes, name)| over(history, writes, name)).collect()
}

fn over(history: &History, writes: bool, name: &str) -> Option<Violation> {
    let mut times: Vec<Duration> = history.calls.iter().filter(|call| call.writes == writes).map(|call| call.at).collect();
    times.sort();
    let full = times.windows(ALLOWED + 1).find(|window| window[ALLOWED] - window[0] < MINUTE)?;
    let what = format!("{} {name} within {:.1} s", full.len(), (full[ALLOWED] - full[0]).as_secs_f64());
    Some(Violation::new(8, full[ALLOWED], "", "", what))
}
