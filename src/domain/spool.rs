//! A spool: one row of `Operaciones`, read whole by the one reader there is.

use super::audit::{self, AuditEvent};
use super::cell::{Cell, Moment, Unreadable, clean, fold, is_blank, is_unseen, visible};
use super::column::{Column, Row};
use super::detail::{self, Verdict};
use super::help::{self, Help};
use super::operation::{Inspection, Operation, Progress};
use super::problem::{Kind, Level, Problem};
use super::worker::{People, Stamp, WorkerId};
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

/// The plant's key of a spool, such as `MK-1335-CW-25238-011`. Not unique: 52 rows share theirs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(Arc<str>);

impl Tag {
    /// The longest tag, in characters.
    pub const MAX: usize = 100;

    /// Reads a tag: NFC, trimmed, blanks and NBSP collapsed, 1–100 characters, none of them unseen
    /// (`design.md` 3). `None` for anything else.
    pub fn read(text: &str) -> Option<Tag> {
        let composed: String = clean(text).nfc().collect();
        let tag = composed.split(is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let fits = (1..=Tag::MAX).contains(&tag.chars().count()) && !tag.chars().any(is_unseen);
        fits.then(|| Tag(tag.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What makes a row that row: TAG + NV + OT + its occurrence among equals, never its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The short hash of the identity: 16 hex digits, for element ids, URLs and lock keys.
    pub id: Arc<str>,
    /// The tag; a stand-in such as `(sin TAG)` where the cell holds none.
    pub tag: Tag,
    /// Whether other rows have the same tag.
    pub duplicate: bool,
    /// Whether the cell holds a proper tag.
    pub tag_ok: bool,
}

/// Identifies all rows of a sheet, in order.
pub fn identify<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Vec<Identity> {
    let mut seen: HashMap<(Tag, String, String), u32> = HashMap::new();
    let mut tags: HashMap<Tag, u32> = HashMap::new();
    let mut found = Vec::new();
    for row in rows {
        let raw = row[Column::Tag].display();
        let read = Tag::read(&raw).filter(|_| !matches!(row[Column::Tag], Cell::Error(_)));
        let tag_ok = read.is_some();
        let stand_in = if clean(&raw).is_empty() { "(sin TAG)" } else { "(TAG ilegible)" };
        let tag = read.unwrap_or_else(|| Tag(stand_in.into()));
        let (nv, ot) = (row[Column::Nv].display(), row[Column::Ot].display());
        *tags.entry(tag.clone()).or_default() += 1;
        let key = (tag.clone(), clean(&nv).to_owned(), clean(&ot).to_owned());
        let name = format!("{}\u{1f}{}\u{1f}{}", key.0, key.1, key.2);
        let occurrence = seen.entry(key).or_default();
        *occurrence += 1;
        let hash = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{name}\u{1f}{occurrence}").as_bytes());
        let id: String = hash.simple().to_string().chars().take(16).collect();
        found.push(Identity { id: id.into(), tag, duplicate: false, tag_ok });
    }
    for identity in &mut found {
        identity.duplicate = tags.get(&identity.tag).is_some_and(|count| *count > 1);
    }
    found
}

/// Whether two rows are named alike. Rows that are, one by one, keep the identities of before.
pub fn same_names(a: &Row, b: &Row) -> bool {
    [Column::Tag, Column::Nv, Column::Ot].into_iter().all(|column| a[column] == b[column])
}

/// Who has the spool now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occupation {
    /// Who.
    pub worker: WorkerId,
    /// `Ocupado_Por` as written.
    pub stamp: String,
    /// The full name; the stamp where the number is in no list.
    pub name: String,
    /// `Fecha_Ocupacion`.
    pub since: Option<Moment>,
    /// The operation in course; `None` on a row left half-done by the earlier app.
    pub operation: Option<Operation>,
}

impl Occupation {
    /// Whether it is older than `max` (*vencida*); `None` is never.
    pub fn overdue(&self, now: Moment, max: Option<Duration>) -> bool {
        matches!((self.since, max), (Some(since), Some(max)) if now - since > max)
    }
}

/// ARM or SOLD of one spool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// The worker column.
    pub worker: Option<Stamp>,
    /// The date column.
    pub done: Option<NaiveDate>,
    /// The state; `None` only where a cell that decides it cannot be read.
    pub progress: Option<Progress>,
}

/// One row, read whole. There is no partial reader (`field-failures.md` B11).
#[derive(Debug, Clone)]
pub struct Spool {
    /// Which row this is.
    pub identity: Identity,
    /// Its 1-based place in the sheet, the header being 1. For people; never an address.
    pub fila: u32,
    /// The cells it was read from: the image that a change is decided on.
    pub row: Row,
    /// `NV`, the sales note.
    pub nv: String,
    /// `OT`, the work order.
    pub ot: String,
    /// `Fecha_Materiales`.
    pub materials: Option<NaiveDate>,
    /// ARM.
    pub arm: Work,
    /// SOLD.
    pub sold: Work,
    /// `Fecha_QC_Metrología`.
    pub qc: Option<NaiveDate>,
    /// Metrology and repair; `None` before their time, or where the sheet lacks the columns.
    pub inspection: Option<Inspection>,
    /// Whether the sheet has the columns that metrology and repair need.
    pub inspectable: bool,
    /// The repair cycle in course: n of the text, else counted in the audit.
    pub cycle: u32,
    /// Who has it; `None` when free **or when `Ocupado_Por` cannot be read**: ask [`Spool::unreadable`].
    pub occupation: Option<Occupation>,
    /// `Estado_Detalle` as written.
    pub detail: String,
    /// `version`, if one was ever set.
    pub version: Option<String>,
    /// Everything that is wrong with the row.
    pub problems: Vec<Problem>,
    /// What a worker asked a supervisor for, until it is solved.
    pub help: Option<Help>,
    /// Its audit, oldest first.
    pub events: Arc<Vec<Arc<AuditEvent>>>,
    /// TAG, NV and OT squeezed for searching.
    pub search: String,
}

/// Squeezes text for searching: letters and digits only, upper case, without accents.
pub fn squeeze(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

impl Spool {
    /// Reads a row. Total: whatever the cells hold there is a spool, with its problems listed.
    pub fn read(identity: Identity, fila: u32, row: Row, events: Arc<Vec<Arc<AuditEvent>>>, people: &People, zone: Tz) -> Spool {
        let mut cells = Cells { row: &row, problems: Vec::new(), people, zone };
        cells.columns();
        if !identity.tag_ok {
            cells.note(Column::Tag, Level::Error, Kind::BadTag);
        }
        cells.texts();
        let text = |column: Column| visible(clean(&row[column].display()));
        let materials = cells.date(Column::Materials);
        let mut arm = cells.work(Column::ArmWorker, Column::ArmDate);
        let mut sold = cells.work(Column::SoldWorker, Column::SoldDate);
        let qc = cells.date(Column::QcDate).ok().flatten();
        let mut occupation = cells.occupation();
        let detail = text(Column::Detail);
        let verdict = detail::read(&detail);

        let holder = occupation.as_ref().ok().and_then(Option::as_ref);
        let operation = holder.and_then(|_| operation_in_course(&arm, &sold, &detail, verdict, &events));
        let occupied = holder.is_some();
        arm.settle(Operation::Arm, occupation.as_ref().ok().map(|_| occupied), operation);
        sold.settle(Operation::Sold, occupation.as_ref().ok().map(|_| occupied), operation);
        if let Ok(Some(holder)) = &mut occupation {
            holder.operation = operation;
        }
        let inspectable = row[Column::Detail] != Cell::Missing && row[Column::QcDate] != Cell::Missing;
        let inspection = if inspectable { inspection(&arm, &sold, qc, verdict, occupied) } else { None };
        let cycle = verdict.and_then(Verdict::cycle).unwrap_or_else(|| audit::rejections(&events));
        let occupation = occupation.ok().flatten();
        cells.contradictions(&arm, &sold, qc, verdict, occupation.as_ref());

        let problems = cells.problems;
        let version = Some(text(Column::Version)).filter(|version| !version.is_empty() && version != "0");
        let search = [identity.tag.as_str(), &text(Column::Nv), &text(Column::Ot)].map(squeeze).join(" ");
        Spool {
            nv: text(Column::Nv),
            ot: text(Column::Ot),
            materials: materials.ok().flatten(),
            arm,
            sold,
            qc,
            inspection,
            inspectable,
            cycle,
            occupation,
            detail,
            version,
            problems,
            help: help::open(&events),
            events,
            search,
            identity,
            fila,
            row,
        }
    }

    /// The tag.
    pub fn tag(&self) -> &Tag {
        &self.identity.tag
    }

    /// The short id.
    pub fn id(&self) -> &str {
        &self.identity.id
    }

    /// The first cell that cannot be read. Such a row is listed and never actionable.
    pub fn unreadable(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.level == Level::Error)
    }

    /// Whether the row shows an operation that its audit holds: it carries it as its `version`, or a later
    /// one was decided on a row that did. What wrote no `version` is believed.
    pub fn carries(&self, id: Uuid) -> bool {
        let has_version = |cells: &[(Column, Cell)]| cells.iter().any(|(column, _)| *column == Column::Version);
        let Some(place) = self.events.iter().position(|event| event.id == id) else { return false };
        let later = &self.events[place + 1..];
        self.row[Column::Version] == Cell::Missing
            || self.version.as_deref() == Some(id.to_string().as_str())
            || !has_version(&self.events[place].notes.after)
            || self.events.iter().any(|event| event.follows(id))
            || (!later.is_empty() && !later.iter().any(|event| has_version(&event.notes.before)))
    }

    /// Whether nobody has it, and that is known.
    pub fn is_free(&self) -> bool {
        self.occupation.is_none() && self.unreadable().is_none()
    }

    /// ARM or SOLD; `None` for the operations that have no columns of their own.
    pub fn work(&self, operation: Operation) -> Option<&Work> {
        match operation {
            Operation::Arm => Some(&self.arm),
            Operation::Sold => Some(&self.sold),
            Operation::Metrology | Operation::Repair => None,
        }
    }
}

/// Reads cells and collects what is wrong with them.
struct Cells<'a> {
    row: &'a Row,
    problems: Vec<Problem>,
    people: &'a People,
    zone: Tz,
}

impl Cells<'_> {
    fn note(&mut self, column: Column, level: Level, kind: Kind) {
        self.problems.push(Problem { column, value: self.row[column].display(), level, kind });
    }

    /// A column without which nothing may be written says nothing: that nobody has the row is not
    /// known, then.
    fn columns(&mut self) {
        for column in Column::ALL.into_iter().filter(|column| column.is_critical()) {
            if self.row[column] == Cell::Missing {
                self.note(column, Level::Error, Kind::NoColumn);
            }
        }
    }

    /// The text columns. Metrology and repair stand in `Estado_Detalle` alone, so that an error
    /// there hides a rejection; elsewhere it hides nothing that a rule looks at.
    fn texts(&mut self) {
        for (column, level) in [
            (Column::Nv, Level::Warning),
            (Column::Ot, Level::Warning),
            (Column::Version, Level::Warning),
            (Column::Detail, Level::Error),
        ] {
            if matches!(self.row[column], Cell::Error(_)) {
                self.note(column, level, Kind::NotText);
            }
        }
    }

    fn date(&mut self, column: Column) -> Result<Option<NaiveDate>, Unreadable> {
        let read = self.row[column].read_date();
        self.noted(column, read, Kind::NotADate)
    }

    fn noted<T>(&mut self, column: Column, read: Result<T, Unreadable>, kind: Kind) -> Result<T, Unreadable> {
        if read.is_err() {
            self.note(column, Level::Error, kind);
        } else if self.row[column].is_filler() {
            self.note(column, Level::Warning, Kind::Filler);
        }
        read
    }

    fn work(&mut self, worker: Column, date: Column) -> Work {
        let stamp = self.stamp(worker);
        let done = self.date(date);
        // `settle` turns a readable pair into a state; here only what could be read is known.
        let progress = (stamp.is_ok() && done.is_ok()).then_some(Progress::Pending);
        Work { worker: stamp.ok().flatten(), done: done.ok().flatten(), progress }
    }

    /// A worker column. Whoever it names, that something stands there is enough for the state.
    fn stamp(&mut self, column: Column) -> Result<Option<Stamp>, Unreadable> {
        let text = match &self.row[column] {
            Cell::Error(_) | Cell::Bool(_) => {
                self.note(column, Level::Error, Kind::NotAWorker);
                return Err(Unreadable);
            }
            cell => cell.display(),
        };
        if self.row[column].is_filler() {
            self.note(column, Level::Warning, Kind::Filler);
            return Ok(None);
        }
        if clean(&text).is_empty() {
            return Ok(None);
        }
        let stamp = self.people.read_stamp(&text);
        if !matches!(&stamp, Some(Stamp::Worker { id, .. }) if self.people.get(*id).is_some()) {
            self.note(column, Level::Warning, Kind::UnknownName);
        }
        Ok(Some(stamp.unwrap_or_else(|| Stamp::Unknown(visible(clean(&text))))))
    }

    /// `Ocupado_Por` and `Fecha_Ocupacion`. Text that names nobody is neither "occupied" nor
    /// "free" (`field-failures.md` A9).
    fn occupation(&mut self) -> Result<Option<Occupation>, Unreadable> {
        let read = self.row[Column::OccupiedSince].read_moment(self.zone);
        let since = self.noted(Column::OccupiedSince, read, Kind::NotADate).ok().flatten();
        let cell = &self.row[Column::OccupiedBy];
        let text = cell.display();
        if matches!(cell, Cell::Text(_)) && (cell.is_filler() || fold(&text) == "disponible") {
            self.note(Column::OccupiedBy, Level::Warning, Kind::Filler);
            return Ok(None);
        }
        if cell.is_empty() {
            return Ok(None);
        }
        let stamp = matches!(cell, Cell::Text(_)).then(|| self.people.read_stamp(&text)).flatten();
        let Some(Stamp::Worker { id, text }) = stamp else {
            self.note(Column::OccupiedBy, Level::Error, Kind::NotAWorker);
            return Err(Unreadable);
        };
        let name = self.people.name(id);
        if name.is_none() {
            self.note(Column::OccupiedBy, Level::Warning, Kind::UnknownName);
        }
        let name = name.unwrap_or_else(|| text.clone());
        Ok(Some(Occupation { worker: id, stamp: text, name, since, operation: None }))
    }

    /// What two cells say against each other (`field-failures.md` A13, D4); nothing can be said
    /// of a row with a cell that cannot be read.
    fn contradictions(
        &mut self,
        arm: &Work,
        sold: &Work,
        qc: Option<NaiveDate>,
        verdict: Option<Verdict>,
        occupation: Option<&Occupation>,
    ) {
        if self.problems.iter().any(|problem| problem.level == Level::Error) {
            return;
        }
        let left = !matches!(self.row[Column::OccupiedSince].read_moment(self.zone), Ok(None));
        let mut warn = |when: bool, column: Column, kind: Kind| {
            if when {
                self.note(column, Level::Warning, kind);
            }
        };
        warn(arm.done.is_some() && arm.worker.is_none(), Column::ArmWorker, Kind::DateWithoutWorker);
        warn(sold.done.is_some() && sold.worker.is_none(), Column::SoldWorker, Kind::DateWithoutWorker);
        warn(sold.done.is_some() && arm.done.is_none(), Column::SoldDate, Kind::WeldedBeforeFitted);
        warn(qc.is_some() && sold.done.is_none(), Column::QcDate, Kind::InspectedBeforeWelded);
        warn(
            qc.is_some() && verdict.is_some_and(|verdict| verdict != Verdict::Approved),
            Column::QcDate,
            Kind::ApprovalDateAgainstText,
        );
        warn(qc.is_none() && verdict == Some(Verdict::Approved), Column::Detail, Kind::ApprovedWithoutDate);
        let welded = arm.done.is_some() && sold.done.is_some();
        let of_repair = verdict.is_some_and(|v| !matches!(v, Verdict::Approved | Verdict::Pending));
        warn(of_repair && !welded, Column::Detail, Kind::RepairBeforeWelded);
        match occupation {
            Some(holder) => {
                warn(holder.since.is_none(), Column::OccupiedSince, Kind::OccupiedWithoutSince);
                warn(holder.operation.is_none(), Column::OccupiedBy, Kind::OccupiedWithoutOperation);
                warn(arm.is_open() && sold.is_open(), Column::SoldWorker, Kind::TwoOperationsOpen);
                let repaired_by = holder.operation == Some(Operation::Repair);
                warn(welded && !repaired_by, Column::OccupiedBy, Kind::OccupiedAndDone);
            }
            None => {
                warn(matches!(verdict, Some(Verdict::InRepair(_))), Column::Detail, Kind::RepairWithoutOccupant);
                warn(left, Column::OccupiedSince, Kind::SinceWithoutOccupant);
            }
        }
    }
}

impl Work {
    /// Derives the state from the columns (`domain.md` 3). `occupied` is `None` when `Ocupado_Por`
    /// cannot be read, which leaves open work without a state.
    fn settle(&mut self, own: Operation, occupied: Option<bool>, in_course: Option<Operation>) {
        if self.progress.is_none() {
            return;
        }
        self.progress = match (self.done, &self.worker, occupied) {
            (Some(_), _, _) => Some(Progress::Done),
            (None, None, _) => Some(Progress::Pending),
            (None, Some(_), None) => None,
            (None, Some(_), Some(true)) if in_course == Some(own) => Some(Progress::InProgress),
            (None, Some(_), Some(_)) => Some(Progress::Paused),
        };
    }

    fn is_open(&self) -> bool {
        self.worker.is_some() && self.done.is_none()
    }
}

/// The open worker column; if two are open, the last TAKE in the audit; else the text
/// (`design.md` 3). `None` where all of them are silent: a guess could stamp the wrong date.
fn operation_in_course(
    arm: &Work,
    sold: &Work,
    detail: &str,
    verdict: Option<Verdict>,
    events: &[Arc<AuditEvent>],
) -> Option<Operation> {
    match (arm.is_open(), sold.is_open()) {
        (true, false) => Some(Operation::Arm),
        (false, true) => Some(Operation::Sold),
        (true, true) => {
            let open = |operation: &Operation| operation.columns().is_some();
            audit::last_taken(events).filter(open).or_else(|| detail::read_operation(detail).filter(open))
        }
        // A finished operation is not in course whatever the text still says.
        (false, false) => match verdict {
            Some(Verdict::InRepair(_) | Verdict::RepairPaused(_)) if arm.done.is_some() && sold.done.is_some() => {
                Some(Operation::Repair)
            }
            _ => None,
        },
    }
}

fn inspection(arm: &Work, sold: &Work, qc: Option<NaiveDate>, verdict: Option<Verdict>, occupied: bool) -> Option<Inspection> {
    if arm.progress != Some(Progress::Done) || sold.progress != Some(Progress::Done) {
        return None;
    }
    Some(match verdict {
        Some(Verdict::Blocked) => Inspection::Blocked,
        Some(Verdict::Rejected(_)) => Inspection::Rejected,
        // Nobody holds it, so nobody repairs it: whoever is next may take it up again.
        Some(Verdict::InRepair(_)) if !occupied => Inspection::RepairPaused,
        Some(Verdict::RepairPaused(_)) if occupied => Inspection::InRepair,
        Some(Verdict::InRepair(_)) => Inspection::InRepair,
        Some(Verdict::RepairPaused(_)) => Inspection::RepairPaused,
        // Repaired: the date of an earlier approval, or of a rejection by the earlier app, is void.
        Some(Verdict::Pending) => Inspection::Pending,
        Some(Verdict::Approved) | None if qc.is_some() => Inspection::Approved,
        Some(Verdict::Approved) | None => Inspection::Pending,
    })
}
