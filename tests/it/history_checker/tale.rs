//! Histories made by hand, step by step.

use crate::history::{Answer, Asked, By, Counted, Event, History, Process, Screen, State, Step, Violation, check};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const HEADER: [&str; 7] = ["TAG_SPOOL", "NV", "OT", "Ocupado_Por", "Armador", "version", "Notas"];

/// How long a read and the write after it take.
pub(super) const ROUND_TRIP: Duration = Duration::from_secs(2);

/// A workbook under the hands of a test.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<BTreeMap<String, String>>,
    pub(super) audit: Vec<Arc<Event>>,
    pub(super) closed: bool,
}

impl Draft {
    pub(super) fn row(&mut self, tag: &str) -> &mut BTreeMap<String, String> {
        self.rows.iter_mut().find(|row| row["TAG_SPOOL"] == tag).unwrap()
    }

    pub(super) fn set(&mut self, tag: &str, name: &str, text: &str) {
        match text {
            "" => self.row(tag).remove(name),
            text => self.row(tag).insert(name.into(), text.into()),
        };
    }

    pub(super) fn event(&mut self, op: &str, kind: &str, tag: &str, worker: u32, notes: serde_json::Value) {
        let whole = format!("{op} {kind} {tag} {worker}");
        self.audit.push(Arc::new(Event { id: op.into(), tag: tag.into(), kind: kind.into(), worker, notes, whole }));
    }

    /// What `antes` says of a row.
    pub(super) fn before(&mut self, tag: &str) -> serde_json::Value {
        let row = self.row(tag);
        let cell = |name: &str| row.get(name).map_or(serde_json::Value::Null, |text| json!(text));
        json!({"antes": {"Ocupado_Por": cell("Ocupado_Por"), "version": cell("version")}})
    }

    pub(super) fn occupy(&mut self, op: &str, tag: &str, worker: u32) {
        self.set(tag, "Ocupado_Por", &format!("MR({worker})"));
        self.set(tag, "version", op);
    }

    /// A TOMAR as it should be.
    pub(super) fn take(&mut self, op: &str, tag: &str, worker: u32) {
        let before = self.before(tag);
        self.occupy(op, tag, worker);
        self.event(op, "TOMAR_SPOOL", tag, worker, before);
    }

    /// A PAUSAR as it should be.
    pub(super) fn pause(&mut self, op: &str, tag: &str, worker: u32) {
        let before = self.before(tag);
        self.set(tag, "Ocupado_Por", "");
        self.set(tag, "version", op);
        self.event(op, "PAUSAR_SPOOL", tag, worker, before);
    }

    pub(super) fn state(&self) -> State {
        let rows: Vec<_> = self.rows.iter().cloned().map(Arc::new).collect();
        State { audit_closed: self.closed, ..State::new(Arc::new(self.header.clone()), rows, self.audit.clone()) }
    }

    /// Somebody gives a column another name.
    pub(super) fn rename(&mut self, old: &str, new: &str) {
        let place = self.header.iter().position(|name| name == old).unwrap();
        self.header[place] = new.into();
        for row in &mut self.rows {
            if let Some(text) = row.remove(old) {
                row.insert(new.into(), text);
            }
        }
    }
}

/// A history in the making: each thing happens a second after the one before.
pub(super) struct Tale {
    pub(super) draft: Draft,
    pub(super) history: History,
    pub(super) now: Duration,
}

impl Tale {
    /// Four free spools, and an audit that began before.
    pub(super) fn new() -> Tale {
        let mut draft = Draft { header: HEADER.map(str::to_owned).to_vec(), ..Draft::default() };
        for tag in ["MK-1", "MK-2", "MK-3", "MK-4"] {
            let cells = [("TAG_SPOOL", tag), ("NV", "NV1"), ("OT", "1335"), ("Notas", "urgente")];
            draft.rows.push(cells.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
        }
        draft.event("old", "INICIAR_ARM", "MK-1", 93, json!(null));
        let history = History { start: draft.state(), ..History::default() };
        Tale { draft, history, now: Duration::ZERO }
    }

    pub(super) fn step(&mut self, by: By, process: Process, what: &str, deed: impl FnOnce(&mut Draft)) -> &mut Tale {
        self.now += Duration::from_secs(1);
        deed(&mut self.draft);
        let (at, since, after) = (self.now, self.now.saturating_sub(ROUND_TRIP), self.draft.state());
        self.history.steps.push(Step { at, by, process, since, what: what.into(), after });
        self
    }

    /// A batch of ours.
    pub(super) fn ours(&mut self, deed: impl FnOnce(&mut Draft)) -> &mut Tale {
        self.by((0, 0), deed)
    }

    /// A batch of one of several processes.
    pub(super) fn by(&mut self, process: Process, deed: impl FnOnce(&mut Draft)) -> &mut Tale {
        self.step(By::Us, process, "batchUpdate", deed)
    }

    pub(super) fn human(&mut self, deed: impl FnOnce(&mut Draft)) -> &mut Tale {
        self.step(By::Human, (0, 0), "edits", deed)
    }

    /// Somebody moves rows.
    pub(super) fn sorted(&mut self) -> &mut Tale {
        self.human(|book| book.rows.rotate_left(1))
    }

    /// More than a round trip in which nothing happens.
    pub(super) fn later(&mut self) -> &mut Tale {
        self.now += ROUND_TRIP;
        self
    }

    /// Somebody asked half a second before now, and is told half a second after.
    pub(super) fn told(&mut self, op: &str, tag: &str, worker: u32, status: u16, code: &str) -> &mut Tale {
        let half = Duration::from_millis(500);
        let answer = Answer::Told(self.now + half, status, code.into());
        self.asked(op, tag, worker, self.now.saturating_sub(half), answer)
    }

    pub(super) fn asked(&mut self, op: &str, tag: &str, worker: u32, at: Duration, answer: Answer) -> &mut Tale {
        let (op, tag, verb) = (op.into(), tag.into(), "TOMAR".into());
        self.history.asked.push(Asked { op, tag, verb, worker, at, answer });
        self
    }

    pub(super) fn screen(&mut self, occupied: &[(&str, u32)]) -> &mut Tale {
        let occupied = occupied.iter().map(|(tag, worker)| ((*tag).to_owned(), *worker)).collect();
        self.history.screens.push(Screen { name: "tablero".into(), occupied });
        self
    }

    pub(super) fn holds(&self) -> Counted {
        check(&self.history).unwrap_or_else(|violation| panic!("{violation}"))
    }

    /// Exactly this promise is the first that is broken.
    pub(super) fn breaks(&self, invariant: u8) -> Violation {
        let violation = *check(&self.history).expect_err("it was not caught");
        assert_eq!(violation.invariant, invariant, "{violation}");
        violation
    }
}
