//! I2, I3 and I9: what people were told.

use super::{Answer, Asked, Counted, History, Step, Violation};
use spoolboard::domain::Column;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The longest that anybody may wait (`reliability.md` 7, I9).
const LONGEST: Duration = Duration::from_secs(35);

impl Asked {
    /// When it was answered as saved.
    pub(crate) fn saved(&self) -> Option<Duration> {
        match self.answer {
            Answer::Told(at, 200..=299, _) => Some(at),
            _ => None,
        }
    }

    /// Whether the answer was no.
    pub(crate) fn refused(&self) -> bool {
        matches!(self.answer, Answer::Told(_, 400..=499, _))
    }
}

/// Every violation of the three.
pub(crate) fn look(history: &History) -> Vec<Violation> {
    let (applied, void) = (applied(history), void(history));
    let mut found = Vec::new();
    let mut by_op: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for asked in &history.asked {
        by_op.entry(&asked.op).or_default().push(asked);
        found.extend(slow(asked));
        found.extend(unsaved(history, asked, applied.get(asked.op.as_str()).copied()));
    }
    for (op, asked) in by_op {
        if let Some(at) = applied.get(op)
            && asked.iter().all(|asked| asked.refused())
            && !void.contains(op)
        {
            let first = asked[0];
            let what = format!("{} of {} by {} was refused, and was applied", first.verb, first.tag, first.worker);
            found.push(Violation::new(3, *at, &first.tag, op, what));
        }
    }
    found
}

/// Adds what was answered to what was counted.
pub(crate) fn count(history: &History, counted: Counted) -> Counted {
    let saved = history.asked.iter().filter(|asked| asked.saved().is_some()).count();
    let refused = history.asked.iter().filter(|asked| asked.refused()).count();
    Counted { saved, refused, ..counted }
}

/// When each operation was first seen in the workbook, in a row or in the audit.
fn applied(history: &History) -> BTreeMap<&str, Duration> {
    let mut applied = BTreeMap::new();
    let mut before = &history.start;
    for step in &history.steps {
        for event in step.after.audit.iter().skip(before.audit.len()) {
            applied.entry(event.id.as_str()).or_insert(step.at);
        }
        for row in &step.after.rows {
            applied.entry(row.cell(Column::Version)).or_insert(step.at);
        }
        before = &step.after;
    }
    applied
}

/// Operations of which the system's own rows say that they did not hold: their audit row could not be
/// taken back (`design.md` 5.4).
fn void(history: &History) -> BTreeSet<&str> {
    let last = history.steps.last().map_or(&history.start, |step| &step.after);
    last.audit.iter().filter(|event| event.worker == 0).filter_map(|event| event.notes["deshace"].as_str()).collect()
}

fn slow(asked: &Asked) -> Option<Violation> {
    let answered = match asked.answer {
        Answer::Never => None,
        Answer::Lost(at) | Answer::Told(at, ..) => Some(at),
    };
    let took = answered.map(|at| at.saturating_sub(asked.at));
    let what = match took {
        Some(took) if took <= LONGEST => return None,
        Some(took) => format!("{} of {} was answered after {:.1} s", asked.verb, asked.tag, took.as_secs_f64()),
        None => format!("{} of {} was never answered", asked.verb, asked.tag),
    };
    Some(Violation::new(9, asked.at + LONGEST, &asked.tag, &asked.op, what))
}

fn unsaved(history: &History, asked: &Asked, applied: Option<Duration>) -> Option<Violation> {
    let told = asked.saved()?;
    let what = match applied {
        Some(at) if at <= told => return None,
        Some(at) => format!("was answered as saved {:.3} s before it was", (at - told).as_secs_f64()),
        // Who has it already is told so, and nothing is written.
        None if asked.verb == "TOMAR" && was_his(history, asked, told) => return None,
        None => "was answered as saved, and was never applied".to_owned(),
    };
    let what = format!("{} of {} by {} {what}", asked.verb, asked.tag, asked.worker);
    Some(Violation::new(2, told, &asked.tag, &asked.op, what))
}

/// Whether the worker had the spool at some time between the question and the answer.
fn was_his(history: &History, asked: &Asked, told: Duration) -> bool {
    let wanted = (asked.tag.clone(), asked.worker);
    // Under a header that somebody has renamed for a while nothing can be read.
    let readable = |step: &&Step| step.after.header.iter().any(|name| name == Column::OccupiedBy.header());
    let at_first =
        history.steps.iter().filter(readable).rfind(|step| step.at <= asked.at).map_or(&history.start, |step| &step.after);
    let during = history.steps.iter().filter(|step| step.at > asked.at && step.at <= told).map(|step| &step.after);
    std::iter::once(at_first).chain(during).any(|state| state.occupied().contains(&wanted))
}
