//! I2, I3 and I9: what people were told.

use super::audit::takes_back;
use super::state::State;
use super::{Answer, Asked, Counted, History, Violation};
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

    /// Whether the answer was that nothing was saved because something is away.
    fn put_off(&self) -> bool {
        let in_doubt = ["RESULTADO_DESCONOCIDO", "TIEMPO_AGOTADO"];
        matches!(&self.answer, Answer::Told(_, 503, code) if !in_doubt.contains(&code.as_str()))
    }
}

/// Within this every process knows what another one has written, even if it reads while Google lets it
/// wait for the ten seconds after which a read is given up.
const KNOWN: Duration = Duration::from_secs(12);

/// What became of the operations.
struct Fates<'a> {
    /// When each was first seen in a row of its spool, or in the audit.
    applied: BTreeMap<(&'a str, &'a str), Duration>,
    /// Those of which the system's own rows say that they did not hold: their audit row could not be taken
    /// back (`design.md` 5.4).
    void: BTreeSet<&'a str>,
}

/// Every violation of the three.
pub(crate) fn look(history: &History) -> Vec<Violation> {
    let fates = Fates::of(history);
    let mut found = Vec::new();
    let mut by_op: BTreeMap<(&str, &str), Vec<&Asked>> = BTreeMap::new();
    for asked in &history.asked {
        by_op.entry((&asked.op, &asked.tag)).or_default().push(asked);
        found.extend(slow(asked));
        found.extend(unsaved(history, asked, &fates));
    }
    for ((op, tag), asked) in by_op {
        let applied = fates.applied.get(&(op, tag)).filter(|_| !fates.void.contains(op));
        found.extend(applied.and_then(|at| lie(history, *at, &asked)));
    }
    found
}

/// A refusal of what was applied: nobody else had asked for it in a way that may have brought it there, or
/// it had stood in the audit for so long that the first result was to be told again (`design.md` 3).
fn lie(history: &History, applied: Duration, asked: &[&Asked]) -> Option<Violation> {
    let known = |refused: &Asked| {
        let stood = |at| state_at(history, at).audit.iter().any(|event| event.id == refused.op);
        stood(refused.at) && refused.at.checked_sub(KNOWN).is_some_and(stood)
    };
    let explained = asked.iter().any(|asked| !asked.refused() && !asked.put_off() && asked.at <= applied);
    // Who cannot be reached may say so of what was saved before.
    let is_lie = |asked: &Asked| (asked.refused() && (!explained || known(asked))) || (asked.put_off() && !explained);
    let lie = asked.iter().find(|asked| is_lie(asked))?;
    let Asked { verb, tag, worker, op, .. } = lie;
    let what = format!("{verb} of {tag} by {worker} was refused, and was applied");
    Some(Violation::new(3, applied.max(lie.at), tag, op, what))
}

/// The workbook as it was at some time.
fn state_at(history: &History, at: Duration) -> &State {
    let until = history.steps.partition_point(|step| step.at <= at);
    until.checked_sub(1).map_or(&history.start, |last| &history.steps[last].after)
}

/// Adds what was answered to what was counted.
pub(crate) fn count(history: &History, counted: Counted) -> Counted {
    let saved = history.asked.iter().filter(|asked| asked.saved().is_some()).count();
    let refused = history.asked.iter().filter(|asked| asked.refused()).count();
    Counted { saved, refused, ..counted }
}

impl<'a> Fates<'a> {
    fn of(history: &'a History) -> Fates<'a> {
        let mut fates = Fates { applied: BTreeMap::new(), void: BTreeSet::new() };
        let mut before = &history.start;
        for step in &history.steps {
            for event in step.after.audit.iter().skip(before.audit.len()) {
                match takes_back(event) {
                    Some(op) => _ = fates.void.insert(op),
                    None => _ = fates.applied.entry((&event.id, &event.tag)).or_insert(step.at),
                }
            }
            for row in &step.after.rows {
                fates.applied.entry((row.cell(Column::Version), row.cell(Column::Tag))).or_insert(step.at);
            }
            before = &step.after;
        }
        fates
    }
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

fn unsaved(history: &History, asked: &Asked, fates: &Fates<'_>) -> Option<Violation> {
    let told = asked.saved()?;
    let what = match fates.applied.get(&(asked.op.as_str(), asked.tag.as_str())) {
        Some(_) if fates.void.contains(asked.op.as_str()) => "was answered as saved, and the audit takes it back".to_owned(),
        Some(at) if *at <= told => return None,
        Some(at) => format!("was answered as saved {:.3} s before it was", (*at - told).as_secs_f64()),
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
    let during = history.steps.iter().filter(|step| step.at > asked.at && step.at <= told).map(|step| &step.after);
    std::iter::once(state_at(history, asked.at)).chain(during).any(|state| state.occupied().contains(&wanted))
}
