//! I1, I4, I5 and I6: what our batches did to the workbook.

use super::audit::{added, as_told, speaks_of, takes_back, twins};
use super::late::{Late, Returned};
use super::people::{LEARN, People};
use super::state::{Difference, Event, Row, State};
use super::{By, Counted, History, Process, Step, Violation};
use spoolboard::domain::Column;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// Within how many of its process's batches a wrong cell has to be put right (`reliability.md` 7, I6).
const REPAIR: usize = 2;

/// How long an audit row may stand without its row, or without the one that takes it back: whoever
/// asked decides again first.
const ORPHAN: Duration = Duration::from_secs(35);

/// A row that a batch changed and had no business with.
struct Hit {
    process: Process,
    batch: usize,
    /// Within how many batches it has to be put right.
    within: usize,
    at: Duration,
    op: String,
    key: String,
    /// What has to come back: column and content.
    was: Vec<(String, String)>,
    /// Columns of which nobody can know what stood there: somebody typed it meanwhile.
    lost: BTreeSet<String>,
    /// Columns into which no change of ours had ever written: only who had read the row knows what stood there.
    unwritten: BTreeSet<String>,
    /// The lives of all processes then.
    lives: BTreeMap<usize, usize>,
}

/// An audit row whose own row does not show it yet.
struct Unlanded {
    at: Duration,
    event: Arc<Event>,
}

/// The walk through a history.
#[derive(Default)]
pub(super) struct Walk {
    /// How many batches of each process came so far.
    batches: BTreeMap<Process, usize>,
    /// When each last wrote.
    wrote: BTreeMap<Process, Duration>,
    /// The latest life of each process that was seen.
    lives: BTreeMap<usize, usize>,
    hits: Vec<Hit>,
    unlanded: Vec<Unlanded>,
    late: Late,
    /// What the audit held at any time, by id.
    known: BTreeMap<String, Arc<Event>>,
    /// Which spool each operation was asked of.
    asked: BTreeMap<String, String>,
    people: People,
    pub(super) counted: Counted,
    pub(super) found: Vec<Violation>,
}

/// Every violation of the four, and what was counted on the way.
pub(crate) fn look(history: &History) -> (Vec<Violation>, Counted) {
    let asked = history.asked.iter().map(|asked| (asked.op.clone(), asked.tag.clone())).collect();
    let mut walk = Walk { asked, ..Walk::default() };
    walk.remember(&history.start);
    let mut before = &history.start;
    for step in &history.steps {
        walk.people.look(before, step);
        if step.by != By::Human {
            let life = walk.lives.entry(step.process.0).or_default();
            *life = step.process.1.max(*life);
        }
        match step.by {
            By::Human => walk.human(before, step),
            By::Fence => walk.fence(before, step),
            By::Us => walk.ours(before, step, history),
        }
        before = &step.after;
    }
    walk.end(before);
    (walk.found, walk.counted)
}

impl Walk {
    fn remember(&mut self, state: &State) {
        self.known.extend(state.audit.iter().map(|event| (event.id.clone(), Arc::clone(event))));
    }

    /// People may do anything; what they touched is remembered.
    fn human(&mut self, before: &State, step: &Step) {
        self.people.did(before, step);
        for (key, changes) in changed(before, &step.after) {
            // A row that came or went: there is nothing left to put right.
            self.hits.retain(|hit| hit.key != key || !changes.is_empty());
            // Whoever types over a wrong cell has taken that cell upon himself.
            for hit in self.hits.iter_mut().filter(|hit| hit.key == key) {
                hit.was.retain(|(name, _)| changes.iter().all(|(typed, ..)| typed != name));
            }
        }
        // A tab that is gone, or was cut, is not ours to answer for.
        self.remember(&step.after);
    }

    /// A batch that replaces the fence repairs nothing and harms nothing.
    fn fence(&mut self, before: &State, step: &Step) {
        if before.rows != step.after.rows || before.audit != step.after.audit {
            self.wrong(6, step.at, ("", ""), "a new fence changed more than the fence".into());
        }
    }

    fn ours(&mut self, before: &State, step: &Step, history: &History) {
        *self.batches.entry(step.process).or_default() += 1;
        if self.people.moved(step.since) {
            // Nobody can know where a batch goes under which rows are moved: it puts nothing right.
            self.hits.iter_mut().filter(|hit| hit.process == step.process).for_each(|hit| hit.within += 1);
        }
        let events = match added(before, step) {
            Ok(events) => events,
            Err(violation) => return self.found.push(violation),
        };
        if !before.header.is_empty() && before.header != step.after.header {
            self.wrong(6, step.at, ("", ""), format!("the header became {:?}", step.after.header));
        }
        self.once(step, events, history);
        let (late, events): (Vec<_>, Vec<_>) = events.iter().partition(|event| self.late.holds(&event.id));
        late.into_iter().for_each(|event| self.arrived(step, event));
        let (rows, shared) = (before.by_key(), twins(&step.after));
        let after = step.after.by_key();
        let mut spoken = BTreeSet::new();
        for (key, changes) in changed(before, &step.after) {
            let (Some(old), Some(new)) = (rows.get(key), after.get(key)) else {
                self.came_or_went(step, key, after.get(key).copied());
                continue;
            };
            if let Some((name, ..)) = changes.iter().find(|(name, ..)| self.people.renamed(name, step.since)) {
                self.wrong(6, step.at, (key, ""), format!("wrote into {name} of {key} while it had another name"));
            }
            let own: Vec<&Arc<Event>> = events.iter().copied().filter(|event| speaks_of(event, new, &shared)).collect();
            spoken.extend(own.iter().map(|event| event.id.as_str()));
            match own.is_empty() {
                true => self.unannounced(step, old, new, &changes),
                false => self.announced(step, old, new, &changes, &own),
            }
        }
        events.into_iter().filter(|event| !spoken.contains(event.id.as_str())).for_each(|event| self.unspoken(step, event));
        self.settle(step, &after);
        self.wrote.insert(step.process, step.at);
    }

    /// Whether this is the first batch of its process since the audit was opened again, and not the first of
    /// all: who waited for calls meanwhile had none to look with.
    fn knew_it_closed(&self, step: &Step) -> bool {
        self.wrote.get(&step.process).is_some_and(|at| self.people.closed(at.saturating_add(LEARN)))
    }

    /// Whether audit rows wait in the outbox of a process: those of changes that were right, and of what it has
    /// written into wrong rows.
    fn holds_any(&self, process: Process) -> bool {
        let waits =
            |hit: &Hit| hit.process.0 == process.0 && self.asked.contains_key(&hit.op) && !self.known.contains_key(&hit.op);
        self.late.holds_any(process) || self.hits.iter().any(waits)
    }

    /// Each id stands in the audit once.
    fn once(&mut self, step: &Step, events: &[Arc<Event>], history: &History) {
        for event in events {
            if self.known.insert(event.id.clone(), Arc::clone(event)).is_some() {
                let saved = history.asked.iter().any(|asked| asked.op == event.id && asked.saved().is_some());
                let what = format!("{} of {} was applied a second time", event.kind, event.id);
                self.wrong(if saved { 2 } else { 5 }, step.at, (&event.tag, &event.id), what);
            }
        }
        self.counted.changes += events.iter().filter(|event| event.worker != 0).count();
    }

    /// A row without a name may be hit when rows have moved, and has to go again.
    fn came_or_went(&mut self, step: &Step, key: &str, new: Option<&Row>) {
        let blank = key.starts_with(" (");
        match new {
            Some(new) if blank => {
                let was = new.cells.keys().map(|name| (name.clone(), String::new())).collect();
                self.hit(step, new, new.cell(Column::Version), was);
            }
            None if blank && self.hits.iter().any(|hit| hit.key == key) => {}
            _ => self.wrong(6, step.at, (key, ""), format!("the row {key} came or went by a batch of ours")),
        }
    }

    /// An audit row that had to wait for its tab: now its change can be judged.
    fn arrived(&mut self, step: &Step, event: &Arc<Event>) {
        let (own, others) = self.late.arrives(event);
        for waited in others {
            // Now it is known whom it was meant for: it has to be put right like any other hit.
            let was = waited.old.differences(&waited.new).into_iter().map(|(name, before, _)| (name, before));
            let was = was.filter(|(name, _)| !waited.typed.contains(name)).collect();
            let hit = self.hit_of((waited.process, waited.batch, waited.at), &waited.old, &event.id, (was, waited.typed));
            match waited.moved {
                true => self.hits.push(hit),
                false => self.nobody_moved(&hit),
            }
        }
        if own.is_empty() {
            self.unlanded.push(Unlanded { at: step.at, event: Arc::clone(event) });
        }
        for waited in own {
            if let Some(other) = self.late.overtaken(&waited, step.process) {
                let what = format!("the audit row of {} came before that of {}, which is older", waited.op, other.op);
                self.wrong(5, step.at, (&event.tag, &event.id), what);
            }
            self.judge(waited.at, &waited.old, &waited.new, &[event], &waited.typed);
        }
    }

    /// A row that changed with an audit row of its own.
    fn announced(&mut self, step: &Step, old: &Row, new: &Row, changes: &[Difference], own: &[&Arc<Event>]) {
        let last = own[own.len() - 1];
        if self.late.holds_any(step.process) {
            let what = format!("the audit row of {} overtook those that wait", last.id);
            self.wrong(5, step.at, (&last.tag, &last.id), what);
        }
        if !as_told(last, new, &step.after) {
            // Rows or columns moved: these are not the cells that were meant for it, which are still to come.
            self.unlanded.extend(own.iter().map(|event| Unlanded { at: step.at, event: Arc::clone(event) }));
            let was = changes.iter().map(|(name, before, _)| (name.clone(), before.clone())).collect();
            return self.hit(step, new, new.cell(Column::Version), was);
        }
        let typed = self.people.typed(&old.key, step.since);
        self.judge(step.at, old, new, own, &typed);
        self.foreign(step, new, changes);
    }

    /// Cells that we do not write.
    fn foreign(&mut self, step: &Step, row: &Row, changes: &[Difference]) {
        let foreign = changes.iter().filter(|(name, ..)| !is_ours(name));
        let was: Vec<_> = foreign.map(|(name, before, _)| (name.clone(), before.clone())).collect();
        if !was.is_empty() {
            self.hit(step, row, row.cell(Column::Version), was);
        }
    }

    /// The right row at last: as if it had been written at once, over what stood there before it was
    /// hit by mistake.
    fn at_last(&mut self, step: &Step, old: &Row, new: &Row, changes: &[Difference], event: &Arc<Event>) {
        if !as_told(event, new, &step.after) {
            let was = changes.iter().map(|(name, before, _)| (name.clone(), before.clone())).collect();
            return self.hit(step, new, &event.id, was);
        }
        let typed = self.people.typed(&old.key, step.since);
        let restored = self.restored(old, new);
        self.judge(step.at, &restored, new, &[event], &typed);
        self.unlanded.retain(|waits| waits.event.id != event.id);
    }

    /// A row as it was before it was hit by mistake; what its own change has replaced is put right by that.
    fn restored(&mut self, old: &Row, new: &Row) -> Row {
        let mut cells = BTreeMap::clone(&old.cells);
        for hit in self.hits.iter().rev().filter(|hit| hit.key == *new.key) {
            cells.extend(hit.was.iter().cloned());
        }
        cells.retain(|_, text| !text.is_empty());
        let stands = |(name, was): &(String, String)| new.cells.get(name).cloned().unwrap_or_default() == *was;
        let before = self.hits.len();
        self.hits.retain(|hit| hit.key != *new.key || hit.was.iter().any(|cell| !is_ours(&cell.0) && !stands(cell)));
        self.counted.repaired += before - self.hits.len();
        Row { cells: Arc::new(cells), ..old.clone() }
    }

    /// A row that changed without an audit row in its batch: a repair, the right row at last, one whose
    /// audit row has to wait, or a wrong one.
    fn unannounced(&mut self, step: &Step, old: &Row, new: &Row, changes: &[Difference]) {
        let (op, tag, key) = (new.cell(Column::Version), new.cell(Column::Tag), &*new.key);
        let typed = self.people.typed(key, step.since);
        let returns = |(name, _, to): &Difference| {
            let back = |hit: &Hit| {
                let is_its_own = hit.was.iter().any(|(n, was)| n == name && was == to);
                hit.lost.contains(name) || is_its_own || (to.is_empty() && self.died_with(hit, name))
            };
            is_ours(name) && typed.contains(name) || self.hits.iter().any(|hit| hit.key == key && back(hit))
        };
        if changes.iter().all(returns) {
            self.counted.residues += changes.iter().filter(|(name, ..)| typed.contains(name)).count();
            return;
        }
        let batch = self.batches.get(&step.process).copied().unwrap_or_default();
        if let Some(event) = self.unlanded.iter().find(|waits| waits.event.id == op && waits.event.tag == tag) {
            let event = Arc::clone(&event.event);
            return self.at_last(step, old, new, changes, &event);
        }
        match self.late.returned(new, changes, batch, REPAIR) {
            Some(Returned::InTime) => return self.counted.repaired += 1,
            Some(Returned::TooLate) => return self.wrong(6, step.at, (key, op), format!("{key} was repaired too late")),
            Some(Returned::ForNothing) => {
                return self.wrong(4, step.at, (key, op), format!("what {key} was given was taken back, and nothing had moved"));
            }
            None => {}
        }
        // Columns that moved bring words, stamps and dates there, which name no operation.
        let is_id = op.parse::<f64>().is_err() && op.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-');
        let fresh = old.cell(Column::Version) != op && !op.is_empty() && is_id;
        match self.known.get(op) {
            Some(event) if fresh && event.tag == tag => {
                self.wrong(4, step.at, (tag, op), format!("{key} went back to {op}, which was not the last"));
            }
            None if fresh && (self.holds_any(step.process) || self.people.closed(step.since) || self.knew_it_closed(step)) => {
                if self.asked.get(op).is_some_and(|meant| meant != tag) {
                    let was = changes.iter().map(|(name, before, _)| (name.clone(), before.clone())).collect();
                    return self.hit(step, new, op, was);
                }
                let restored = self.restored(old, new);
                self.foreign(step, new, changes);
                self.late.add(step, batch, (&restored, new), typed, self.people.moved(step.since));
            }
            None if fresh => {
                self.wrong(5, step.at, (tag, op), format!("{key} changed under {op}, and no audit row has that id"));
            }
            _ => {
                let was = changes.iter().map(|(name, before, _)| (name.clone(), before.clone())).collect();
                self.hit(step, new, op, was);
            }
        }
    }

    fn hit(&mut self, step: &Step, row: &Row, op: &str, was: Vec<(String, String)>) {
        self.late.saw(op, step.at);
        let typed = self.people.typed(&row.key, step.since);
        let was = was.into_iter().map(|cell| self.before_any_hit(row, cell)).collect::<Vec<_>>();
        // What a person wrote there a moment before nobody knows, and nobody can give it back.
        let (lost, was): (Vec<_>, Vec<_>) = was.into_iter().partition(|(name, _)| is_ours(name) && typed.contains(name));
        self.counted.residues += lost.len();
        let lost = lost.into_iter().map(|(name, _)| name).collect();
        let batch = self.batches.get(&step.process).copied().unwrap_or_default();
        let hit = self.hit_of((step.process, batch, step.at), row, op, (was, lost));
        match self.people.moved(step.since) {
            true => self.hits.push(hit),
            false => self.nobody_moved(&hit),
        }
    }

    /// What stood in a cell before the first hit of its row that has not been put right.
    fn before_any_hit(&self, row: &Row, (name, was): (String, String)) -> (String, String) {
        let of_row = self.hits.iter().filter(|hit| hit.key == *row.key);
        let first = of_row.flat_map(|hit| &hit.was).find(|(known, _)| *known == name);
        first.cloned().unwrap_or((name, was))
    }

    fn hit_of(
        &self,
        (process, batch, at): (Process, usize, Duration),
        row: &Row,
        op: &str,
        (was, lost): (Vec<(String, String)>, BTreeSet<String>),
    ) -> Hit {
        let of_row = self.known.values().filter(|event| event.id != op && event.tag == row.cell(Column::Tag));
        let written: BTreeSet<&String> =
            of_row.filter_map(|event| Some(event.notes["despues"].as_object()?.keys())).flatten().collect();
        let unwritten =
            was.iter().map(|(name, _)| name).filter(|name| is_ours(name) && !written.contains(name)).cloned().collect();
        let (op, key) = (op.to_owned(), row.key.to_string());
        Hit { process, batch, within: REPAIR, at, op, key, was, lost, unwritten, lives: self.lives.clone() }
    }

    fn nobody_moved(&mut self, hit: &Hit) {
        let what = format!("wrote into {}, and nobody had moved rows or columns", of_hit(hit));
        self.wrong(6, hit.at, (&hit.key, &hit.op), what);
    }

    /// Whether what stood in a cell died with the process that hit it: it was killed before it could write
    /// again, so was every other one that may have read the row, and no audit row tells what it was. Then the
    /// cell may be emptied.
    fn died_with(&self, hit: &Hit, name: &str) -> bool {
        let died = |(number, life): (&usize, &usize)| hit.lives.get(number).copied().unwrap_or(0) < *life;
        // Where rows moved once more it missed once more, and knew no less of what had stood there.
        let missed = hit.within - REPAIR;
        let wrote_again = self.batches.get(&hit.process).is_some_and(|batches| *batches > hit.batch + missed);
        !wrote_again && self.lives.iter().all(died) && hit.unwritten.contains(name)
    }

    /// An audit row whose row did not change with it: one that takes another back, or a row that was missed.
    fn unspoken(&mut self, step: &Step, event: &Arc<Event>) {
        let Some(op) = takes_back(event) else {
            return self.unlanded.push(Unlanded { at: step.at, event: Arc::clone(event) });
        };
        let waits = |waits: &Unlanded| waits.event.id == op && waits.event.tag == event.tag;
        match self.unlanded.iter().position(waits) {
            Some(place) => _ = self.unlanded.remove(place),
            None => self.wrong(5, step.at, (&event.tag, op), format!("the audit takes back {op}, which holds or never was")),
        }
    }

    /// What was put right is forgotten; what stood too long is a violation.
    fn settle(&mut self, step: &Step, after: &BTreeMap<&str, &Row>) {
        let (process, now) = (step.process, self.batches.get(&step.process).copied().unwrap_or_default());
        let in_time = |hit: &Hit| hit.process != process || hit.batch + hit.within > now;
        // How many cells died with who had hit them; nothing while others are wrong.
        let right = |walk: &Walk, hit: &Hit| {
            let cells = after.get(hit.key.as_str()).map(|row| &row.cells);
            let stands = |name: &String| cells.and_then(|cells| cells.get(name)).map_or("", String::as_str);
            let wrong: Vec<&String> = hit.was.iter().filter(|(name, was)| stands(name) != was).map(|(name, _)| name).collect();
            wrong.iter().all(|name| stands(name).is_empty() && walk.died_with(hit, name)).then_some(wrong.len())
        };
        for hit in std::mem::take(&mut self.hits) {
            match right(self, &hit) {
                Some(_) if in_time(&hit) && !hit.lost.is_empty() => self.hits.push(hit),
                Some(died) => {
                    self.counted.repaired += 1;
                    self.counted.residues += died;
                }
                None if in_time(&hit) => self.hits.push(hit),
                None => self.unrepaired(&hit),
            }
        }
        let late: Vec<Unlanded> = self.unlanded.extract_if(.., |waits| step.at.saturating_sub(waits.at) > ORPHAN).collect();
        late.iter().for_each(|waits| self.never_landed(waits));
    }

    /// What was never put right.
    fn end(&mut self, last: &State) {
        if let Some(waits) = self.late.first().filter(|_| !last.audit_closed) {
            let what = format!("the audit row of {} had to wait, and never came", waits.op);
            self.found.push(Violation::new(5, waits.at, waits.new.cell(Column::Tag), &waits.op, what));
        }
        let (hits, unlanded) = (std::mem::take(&mut self.hits), std::mem::take(&mut self.unlanded));
        let rows = last.by_key();
        let stands = |hit: &Hit, (name, was): &(String, String)| {
            rows.get(hit.key.as_str()).and_then(|row| row.cells.get(name)).map_or("", String::as_str) == was
        };
        hits.iter().filter(|hit| !hit.was.iter().all(|cell| stands(hit, cell))).for_each(|hit| self.unrepaired(hit));
        unlanded.iter().for_each(|waits| self.never_landed(waits));
    }

    fn unrepaired(&mut self, hit: &Hit) {
        self.wrong(6, hit.at, (&hit.key, &hit.op), format!("wrote into {}, and did not repair it", of_hit(hit)));
    }

    fn never_landed(&mut self, waits: &Unlanded) {
        let Event { kind, tag, id, .. } = &*waits.event;
        self.wrong(5, waits.at, (tag, id), format!("{kind} of {tag} has an audit row and its spool did not change"));
    }

    pub(super) fn wrong(&mut self, invariant: u8, at: Duration, (tag, op): (&str, &str), what: String) {
        self.found.push(Violation::new(invariant, at, tag, op, what));
    }
}

fn of_hit(hit: &Hit) -> String {
    let was: Vec<String> = hit.was.iter().map(|(name, was)| format!("{name} (it was «{was}»)")).collect();
    format!("{}: {}", hit.key, was.join(", "))
}

/// The rows that differ, with what differs. A row that came or went has no details.
pub(super) fn changed<'a>(before: &'a State, after: &'a State) -> Vec<(&'a str, Vec<Difference>)> {
    let (old, new) = (before.by_key(), after.by_key());
    let both = old.iter().filter_map(|(key, old)| Some((*key, old.differences(new.get(key)?)))).filter(|(_, d)| !d.is_empty());
    let gone = old.keys().filter(|key| !new.contains_key(*key)).map(|key| (*key, Vec::new()));
    let came = new.keys().filter(|key| !old.contains_key(*key)).map(|key| (*key, Vec::new()));
    both.chain(gone).chain(came).collect()
}

fn is_ours(header: &str) -> bool {
    Column::from_header(header).is_some_and(Column::is_ours)
}
