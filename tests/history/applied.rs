//! I1, I4, I5 and I6: what our batches did to the workbook.

use super::audit::{added, frees, speaks_of, takes, twins};
use super::state::{Difference, Event, Row, State, text_of_json, worker_of};
use super::{By, Counted, History, Step, Violation};
use spoolboard::domain::Column;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// How many batches of ours a wrong cell may stand (`reliability.md` 7, I6).
const REPAIR: usize = 2;

/// A row that a batch changed and had no business with.
struct Hit {
    batch: usize,
    at: Duration,
    op: String,
    key: String,
    /// What has to come back: column and content.
    was: Vec<(String, String)>,
}

/// An audit row whose own row does not carry its id yet.
struct Unlanded {
    batch: usize,
    at: Duration,
    event: Arc<Event>,
}

/// The walk through a history.
#[derive(Default)]
struct Walk {
    batches: usize,
    hits: Vec<Hit>,
    unlanded: Vec<Unlanded>,
    /// Changes made while the audit was closed: their audit rows come later.
    due: BTreeSet<String>,
    /// When the audit was last closed.
    closed: Option<Duration>,
    /// What the audit holds, by id.
    known: BTreeMap<String, Arc<Event>>,
    /// Columns of ours that go by another name for a while, by that name.
    renamed: BTreeSet<String>,
    /// When a person last changed a row.
    by_hand: BTreeMap<String, Duration>,
    counted: Counted,
    found: Vec<Violation>,
}

/// Every violation of the four, and what was counted on the way.
pub(crate) fn look(history: &History) -> (Vec<Violation>, Counted) {
    let known = history.start.audit.iter().map(|event| (event.id.clone(), Arc::clone(event))).collect();
    let mut walk = Walk { known, ..Walk::default() };
    let mut before = &history.start;
    for step in &history.steps {
        if before.audit_closed || step.after.audit_closed {
            walk.closed = Some(step.at);
        }
        match step.by {
            By::Human => walk.human(before, step),
            By::Us => walk.ours(before, step, history),
        }
        before = &step.after;
    }
    walk.end(before);
    (walk.found, walk.counted)
}

impl Walk {
    /// People may do anything; what they touched is remembered.
    fn human(&mut self, before: &State, step: &Step) {
        if before.header.len() == step.after.header.len() {
            for (old, new) in before.header.iter().zip(step.after.header.iter()).filter(|(old, new)| old != new) {
                if self.is_ours(old) && !is_ours(new) {
                    self.renamed.insert(new.clone());
                }
            }
        }
        for (key, changes) in changed(before, &step.after) {
            self.by_hand.insert(key.to_owned(), step.at);
            // Whoever types over a wrong cell has taken it upon himself.
            let touched = |hit: &Hit| hit.was.iter().any(|(name, _)| changes.iter().any(|(n, ..)| n == name));
            // Without details, the row came or went.
            self.hits.retain(|hit| hit.key != key || !(changes.is_empty() || touched(hit)));
        }
        // A tab that is gone, or was cut, is not ours to answer for.
        self.known.extend(step.after.audit.iter().map(|event| (event.id.clone(), Arc::clone(event))));
    }

    fn ours(&mut self, before: &State, step: &Step, history: &History) {
        // A batch that replaces the fence repairs nothing and harms nothing.
        self.batches += usize::from(before.rows != step.after.rows || before.audit != step.after.audit);
        let events = match added(before, step) {
            Ok(events) => events,
            Err(violation) => return self.found.push(violation),
        };
        if !before.header.is_empty() && before.header != step.after.header {
            self.found.push(Violation::new(6, step.at, "", "", format!("the header became {:?}", step.after.header)));
        }
        self.once(step, events, history);
        let (rows, shared) = (before.by_key(), twins(&step.after));
        let after = step.after.by_key();
        let mut spoken = BTreeSet::new();
        for (key, changes) in changed(before, &step.after) {
            let (Some(old), Some(new)) = (rows.get(key), after.get(key)) else {
                let blank = key.starts_with(" (");
                match after.get(key) {
                    // Rows moved, and what was meant for one came where none is: it has to go again.
                    Some(new) if blank => {
                        let was = new.cells.keys().map(|name| (name.clone(), String::new())).collect();
                        self.hit(step, new, new.cell(Column::Version), was, history.round_trip);
                        continue;
                    }
                    None if blank && self.hits.iter().any(|hit| hit.key == key) => continue,
                    _ => {}
                }
                self.found.push(Violation::new(6, step.at, key, "", format!("the row {key} came or went by a batch of ours")));
                continue;
            };
            let own: Vec<&Arc<Event>> = events.iter().filter(|event| speaks_of(event, new, &shared)).collect();
            spoken.extend(own.iter().map(|event| event.id.as_str()));
            match own.is_empty() {
                true => self.unannounced(step, old, new, &changes, history.round_trip),
                false => self.announced(step, old, new, &changes, &own, history.round_trip),
            }
        }
        self.unspoken(step, events, &spoken);
        self.settle(step, &after, history.patience);
    }

    /// Each id stands in the audit once.
    fn once(&mut self, step: &Step, events: &[Arc<Event>], history: &History) {
        for event in events {
            if self.known.insert(event.id.clone(), Arc::clone(event)).is_some() {
                let saved = history.asked.iter().any(|asked| asked.op == event.id && asked.saved().is_some());
                let what = format!("{} of {} was applied a second time", event.kind, event.id);
                self.found.push(Violation::new(if saved { 2 } else { 5 }, step.at, &event.tag, &event.id, what));
            }
        }
        self.counted.changes += events.iter().filter(|event| event.worker != 0).count();
    }

    /// A row that changed with an audit row of its own.
    fn announced(
        &mut self,
        step: &Step,
        old: &Row,
        new: &Row,
        changes: &[Difference],
        own: &[&Arc<Event>],
        round_trip: Duration,
    ) {
        // Rows or columns moved: these are not the cells that were meant for it, which are still to come.
        if has_version(&step.after) && own.iter().all(|event| event.id != new.cell(Column::Version)) {
            let (batch, at) = (self.batches, step.at);
            self.unlanded.extend(own.iter().map(|event| Unlanded { batch, at, event: Arc::clone(event) }));
            let was = changes.iter().map(|(name, before, _)| (name.clone(), before.clone())).collect();
            return self.hit(step, new, new.cell(Column::Version), was, round_trip);
        }
        let mut occupant = old.occupant().map(str::to_owned);
        for event in own {
            let op = event.id.as_str();
            if takes(event) {
                let confirmed = event.notes["anterior"].as_u64();
                if let Some(holder) = &occupant
                    && (confirmed.is_none() || confirmed != worker_of(holder).map(u64::from))
                {
                    // Whom a person wrote there within the round trip nobody could see.
                    if self.is_by_hand(old, step, round_trip) {
                        self.counted.residues += 1;
                    } else {
                        let what = format!("{} took {} while {holder} had it", event.worker, old.key);
                        self.found.push(Violation::new(1, step.at, &event.tag, op, what));
                    }
                }
                occupant = Some(new.occupant().map_or_else(|| format!("({})", event.worker), str::to_owned));
            } else if frees(event) {
                occupant = None;
            }
        }
        let (first, last) = (own[0], own[own.len() - 1]);
        self.on_its_image(step, old, first, round_trip);
        self.as_told(step, new, last);
        let foreign = changes.iter().filter(|(name, ..)| !self.is_ours(name));
        let was: Vec<_> = foreign.map(|(name, before, _)| (name.clone(), before.clone())).collect();
        if !was.is_empty() {
            self.hit(step, new, &last.id, was, round_trip);
        }
        if has_version(&step.after) && new.cell(Column::Version) != last.id {
            self.unlanded.push(Unlanded { batch: self.batches, at: step.at, event: Arc::clone(last) });
        }
    }

    /// Whoever took it by the audit has it by the row.
    fn as_told(&mut self, step: &Step, row: &Row, event: &Event) {
        // Under a header that somebody renames meanwhile nothing can be read.
        let readable = step.after.header.iter().any(|name| name == Column::OccupiedBy.header());
        if takes(event) && readable && row.occupant().and_then(worker_of) != Some(event.worker) {
            let has = row.occupant().unwrap_or("nobody");
            let what = format!("the audit gives {} to {}, and {has} has it", row.key, event.worker);
            self.found.push(Violation::new(1, step.at, &event.tag, &event.id, what));
        }
    }

    /// The right row at last: as if it had been written at once, over what stood there before it was
    /// hit by mistake.
    fn at_last(&mut self, step: &Step, old: &Row, new: &Row, event: &Event, round_trip: Duration) {
        let mut cells = BTreeMap::clone(&old.cells);
        for hit in self.hits.iter().rev().filter(|hit| hit.key == *new.key) {
            cells.extend(hit.was.iter().cloned());
        }
        cells.retain(|_, text| !text.is_empty());
        let restored = Row { key: Arc::clone(&old.key), cells: Arc::new(cells) };
        self.on_its_image(step, &restored, event, round_trip);
        self.as_told(step, new, event);
        let stands = |(name, was): &(String, String)| new.cells.get(name).cloned().unwrap_or_default() == *was;
        let before = self.hits.len();
        self.hits.retain(|hit| hit.key != *new.key || hit.was.iter().any(|cell| !is_ours(&cell.0) && !stands(cell)));
        self.counted.repaired += before - self.hits.len();
    }

    /// The cells that the rule saw are those that were written over.
    fn on_its_image(&mut self, step: &Step, old: &Row, event: &Event, round_trip: Duration) {
        let Some(seen) = event.notes["antes"].as_object() else { return };
        for (name, seen) in seen {
            let (seen, stood) = (text_of_json(seen), old.cells.get(name).cloned().unwrap_or_default());
            if seen == stood {
                continue;
            }
            let by_hand = self.is_by_hand(old, step, round_trip);
            // `version` is ours alone: nobody's hand explains it.
            if by_hand && name != Column::Version.header() {
                self.counted.residues += 1;
                return;
            }
            let what = format!("{name} of {} was decided on as «{seen}» and stood as «{stood}»", old.key);
            return self.found.push(Violation::new(4, step.at, &event.tag, &event.id, what));
        }
    }

    /// A row that changed without an audit row in its batch: a repair, the right row at last, or a
    /// wrong one.
    fn unannounced(&mut self, step: &Step, old: &Row, new: &Row, changes: &[Difference], round_trip: Duration) {
        let op = new.cell(Column::Version);
        let returns = |name: &str, to: &str| {
            self.hits.iter().any(|hit| hit.key == *new.key && hit.was.iter().any(|(n, was)| n == name && was == to))
        };
        if changes.iter().all(|(name, _, after)| returns(name, after)) {
            return;
        }
        // Whoever found the audit closed finds out later that it is open again, and what had to wait must
        // come in the end.
        let closed = self.closed.is_some();
        let fresh = old.cell(Column::Version) != op && !op.is_empty();
        match self.known.get(op).cloned() {
            Some(event) if fresh && event.tag == new.cell(Column::Tag) => self.at_last(step, old, new, &event, round_trip),
            None if fresh && closed => drop(self.due.insert(op.to_owned())),
            None if fresh => {
                let what = format!("{} changed under {op}, and no audit row has that id", new.key);
                self.found.push(Violation::new(5, step.at, new.cell(Column::Tag), op, what));
            }
            _ => {
                let was = changes.iter().map(|(name, before, _)| (name.clone(), before.clone())).collect();
                self.hit(step, new, op, was, round_trip);
            }
        }
    }

    /// Whether a person changed the row so shortly before that nobody could see it.
    fn is_by_hand(&self, row: &Row, step: &Step, round_trip: Duration) -> bool {
        self.by_hand.get(&*row.key).is_some_and(|at| step.at.saturating_sub(*at) <= round_trip)
    }

    /// Whether it is a column that the app writes, under whatever name.
    fn is_ours(&self, header: &str) -> bool {
        is_ours(header) || self.renamed.contains(header)
    }

    fn hit(&mut self, step: &Step, row: &Row, op: &str, was: Vec<(String, String)>, round_trip: Duration) {
        let (key, op) = (row.key.to_string(), op.to_owned());
        let was: Vec<_> = match self.is_by_hand(row, step, round_trip) {
            // What a person wrote there a moment before nobody knows, and nobody can give it back.
            true => was.into_iter().filter(|(name, _)| !is_ours(name)).collect(),
            false => was,
        };
        self.hits.push(Hit { batch: self.batches, at: step.at, op, key, was });
    }

    /// Audit rows whose row did not change with them.
    fn unspoken(&mut self, step: &Step, events: &[Arc<Event>], spoken: &BTreeSet<&str>) {
        for event in events.iter().filter(|event| !spoken.contains(event.id.as_str())) {
            let overdue = self.due.remove(&event.id);
            // The system's own rows say what did not hold.
            if event.worker == 0 || overdue {
                self.unlanded.retain(|waits| event.worker != 0 || !event.notes.to_string().contains(&waits.event.id));
                continue;
            }
            self.unlanded.push(Unlanded { batch: self.batches, at: step.at, event: Arc::clone(event) });
        }
    }

    /// What was put right is forgotten; what stood too long is a violation.
    fn settle(&mut self, step: &Step, after: &BTreeMap<&str, &Row>, patience: Duration) {
        let before = self.hits.len();
        self.hits.retain(|hit| {
            let stands = |(name, was): &(String, String)| {
                let row = after.get(hit.key.as_str());
                row.and_then(|row| row.cells.get(name).cloned()).unwrap_or_default() == *was
            };
            !hit.was.iter().all(stands)
        });
        self.counted.repaired += before - self.hits.len();
        if !self.unlanded.is_empty() {
            let carried: BTreeSet<&str> = step.after.rows.iter().map(|row| row.cell(Column::Version)).collect();
            self.unlanded.retain(|waits| !carried.contains(waits.event.id.as_str()));
        }
        let (now, mut late) = (self.batches, Vec::new());
        let in_time = |batch: usize, at: Duration| batch + REPAIR > now || step.at.saturating_sub(at) < patience;
        self.hits.retain(|hit| {
            in_time(hit.batch, hit.at) || {
                late.push(of_hit(hit));
                false
            }
        });
        self.unlanded.retain(|waits| {
            in_time(waits.batch, waits.at) || {
                late.push(of_unlanded(waits));
                false
            }
        });
        self.found.extend(late);
    }

    /// What was never put right.
    fn end(&mut self, last: &State) {
        if let Some(op) = self.due.iter().find(|op| !last.audit_closed && !self.known.contains_key(*op)) {
            let what = format!("the audit row of {op} had to wait, and never came");
            self.found.push(Violation::new(5, self.closed.unwrap_or_default(), "", op, what));
        }
        self.found.extend(self.hits.iter().map(of_hit));
        self.found.extend(self.unlanded.iter().map(of_unlanded));
    }
}

fn of_hit(hit: &Hit) -> Violation {
    let was: Vec<String> = hit.was.iter().map(|(name, was)| format!("{name} (it was «{was}»)")).collect();
    Violation::new(6, hit.at, &hit.key, &hit.op, format!("wrote into {}: {}, and did not repair it", hit.key, was.join(", ")))
}

fn of_unlanded(waits: &Unlanded) -> Violation {
    let what = format!("{} of {} has an audit row and its spool did not change", waits.event.kind, waits.event.tag);
    Violation::new(5, waits.at, &waits.event.tag, &waits.event.id, what)
}

/// The rows that differ, with what differs. A row that came or went has no details.
fn changed<'a>(before: &'a State, after: &'a State) -> Vec<(&'a str, Vec<Difference>)> {
    let (old, new) = (before.by_key(), after.by_key());
    let both = old.iter().filter_map(|(key, old)| Some((*key, old.differences(new.get(key)?)))).filter(|(_, d)| !d.is_empty());
    let gone = old.keys().filter(|key| !new.contains_key(*key)).map(|key| (*key, Vec::new()));
    let came = new.keys().filter(|key| !old.contains_key(*key)).map(|key| (*key, Vec::new()));
    both.chain(gone).chain(came).collect()
}

fn is_ours(header: &str) -> bool {
    Column::from_header(header).is_some_and(Column::is_ours)
}

fn has_version(state: &State) -> bool {
    state.header.iter().any(|name| name == Column::Version.header())
}
