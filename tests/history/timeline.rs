//! What happened around a violation, for whoever has to find out why.

use super::{Answer, By, History, Violation};
use spoolboard::domain::Column;
use std::time::Duration;

/// Lines that are shown, up to the violation and behind it.
const BEFORE: usize = 25;
const BEHIND: usize = 40;

/// One line an event that has to do with the spool or the operation; all of them, when it is about
/// neither.
pub(crate) fn around(history: &History, violation: &Violation) -> String {
    let mut lines: Vec<(Duration, String)> = Vec::new();
    let tag = violation.tag.split(" (").next().unwrap_or_default();
    let of_it = |other: &str, op: &str| tag.is_empty() || other == tag || (!op.is_empty() && op == violation.op);
    for asked in history.asked.iter().filter(|asked| of_it(&asked.tag, &asked.op)) {
        let who = format!("{} {} {} [{}]", asked.worker, asked.verb, asked.tag, short(&asked.op));
        lines.push((asked.at, format!("asks    {who}")));
        match &asked.answer {
            Answer::Never => {}
            Answer::Lost(at) => lines.push((*at, format!("lost    {who}"))),
            Answer::Told(at, status, code) => lines.push((*at, format!("told    {who}: {status} {code}"))),
        }
    }
    let mut before = &history.start;
    for (number, step) in history.steps.iter().enumerate() {
        let by = if step.by == By::Human { "human  " } else { "applied" };
        let new = step.after.audit.iter().skip(before.audit.len()).filter(|event| of_it(&event.tag, &event.id));
        for event in new {
            let told = format!("{by} #{} {} {} by {} [{}]", number + 1, event.kind, event.tag, event.worker, short(&event.id));
            lines.push((step.at, told));
        }
        let rows = before.by_key();
        // Also where the operation came into a row of another spool.
        for row in step.after.rows.iter().filter(|row| of_it(row.cell(Column::Tag), row.cell(Column::Version))) {
            let changes = rows.get(&*row.key).map(|old| old.differences(row)).unwrap_or_default();
            let told: Vec<String> =
                changes.iter().map(|(name, was, is)| format!("{name} «{}» → «{}»", short(was), short(is))).collect();
            if !told.is_empty() {
                lines.push((step.at, format!("{by} #{} {}: {} ({})", number + 1, row.key, told.join(", "), step.what)));
            }
        }
        before = &step.after;
    }
    // Stable: what happened at the same time stays in the order in which it was noted.
    lines.sort_by_key(|(at, _)| *at);
    let middle = lines.partition_point(|(at, _)| *at <= violation.at);
    let shown = &lines[middle.saturating_sub(BEFORE)..(middle + BEHIND).min(lines.len())];
    shown.iter().map(|(at, line)| format!("{:>10.3} s  {line}\n", at.as_secs_f64())).collect()
}

/// Enough of an id to tell it from others.
fn short(text: &str) -> &str {
    match text.len() == 36 && text.is_ascii() {
        true => &text[..8],
        false => text,
    }
}
