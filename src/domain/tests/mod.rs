//! A small plant on paper: people, one spool, a clock that a test sets, and every action by name.

mod figures;
mod history;
mod mending;
mod properties;
mod reading;
mod rules;
mod table;

use super::cell::at_plant;
use super::detail::{self, Verdict};
use super::spool::identify;
use super::*;
use chrono::{Duration, NaiveDate};
use chrono_tz::{America::Santiago, Tz};
use std::sync::Arc;
use uuid::Uuid;

const ZONE: Tz = Santiago;

/// Fitter and helper: ARM and SOLD.
const MARTA: u32 = 93;
/// May do everything.
const OMAR: u32 = 94;
/// Welder.
const SARA: u32 = 95;
/// Has no role: REPARACION only.
const NICO: u32 = 96;
/// Metrology.
const VERA: u32 = 97;
/// May do everything and is no longer active.
const IVAN: u32 = 98;
/// Helper who also inspects, as is Dora: between them they can do everything.
const BETO: u32 = 99;
const DORA: u32 = 100;

fn people() -> People {
    use Role::*;
    let worker = |id, given: &str, family: &str, roles: &[Role]| Worker {
        id: WorkerId::new(id).unwrap(),
        given: given.into(),
        family: family.into(),
        active: id != IVAN,
        roles: roles.to_vec(),
    };
    People::new(vec![
        worker(MARTA, "Marta", "Ríos", &[Armador, Ayudante]),
        worker(OMAR, "Omar", "Paz", &[Armador, Soldador, Metrologia]),
        worker(SARA, "Sara", "Lagos", &[Soldador]),
        worker(NICO, "Nico", "Vera", &[]),
        worker(VERA, "Vera", "Soto", &[Metrologia]),
        worker(IVAN, "Iván", "Mora", &[Armador, Soldador, Metrologia]),
        worker(BETO, "Beto", "Cruz", &[Ayudante, Metrologia]),
        worker(DORA, "Dora", "Luna", &[Ayudante, Metrologia]),
    ])
}

/// 20-01-2026 08:00 in the plant.
fn morning() -> Moment {
    at_plant(day(20).and_hms_opt(8, 0, 0).unwrap(), ZONE)
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, day).unwrap()
}

/// A row of a sheet that has every column; the cells that are not named are empty.
fn row(cells: &[(Column, Cell)]) -> Row {
    Row::default()
        .with(&[(Column::Nv, Cell::text("NV0650")), (Column::Ot, Cell::Number(1335.0)), (Column::Tag, Cell::text("MK-1"))])
        .with(cells)
}

fn text(column: Column, value: &str) -> (Column, Cell) {
    (column, Cell::text(value))
}

fn date(column: Column, of: u32) -> (Column, Cell) {
    (column, Cell::date(day(of)))
}

/// A row whose ARM and SOLD are finished, with this `Estado_Detalle`.
fn welded(detail: &str) -> Row {
    row(&[
        date(Column::Materials, 2),
        text(Column::ArmWorker, "MR(93)"),
        date(Column::ArmDate, 3),
        text(Column::SoldWorker, "SL(95)"),
        date(Column::SoldDate, 4),
        text(Column::Detail, detail),
    ])
}

fn read(row: Row, events: Vec<Arc<AuditEvent>>) -> Spool {
    let identity = identify([&row]).remove(0);
    Spool::read(identity, 2, row, Arc::new(events), &people(), ZONE)
}

/// The kinds of problem of a row, with their level.
fn problems(row: Row) -> Vec<(Column, problem::Kind, Level)> {
    read(row, vec![]).problems.into_iter().map(|problem| (problem.column, problem.kind, problem.level)).collect()
}

fn mandate(reason: &str) -> Mandate {
    Mandate { supervisor: "Jefa".into(), reason: reason.into(), seen: None }
}

/// All that can be asked of a spool.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ask {
    Take(Operation),
    Seize(Operation),
    Pause,
    Complete,
    Cancel,
    Approve,
    Reject,
    /// Undo the event that is this many from the last.
    Undo(usize),
    Release,
    Reopen(Operation),
    Unblock,
    /// A remedy, where it names a worker with Dora.
    Correct(Remedy),
    CallHelp,
    SeeHelp,
    SolveHelp,
    /// RESUELTO by the supervisor.
    EndHelp,
}

/// One spool, its past, the plant's settings and the time.
#[derive(Debug, Clone)]
struct Bench {
    spool: Spool,
    rules: Rules,
    now: Moment,
    /// The changes that landed, oldest first.
    changes: Vec<Change>,
}

impl Bench {
    fn new(row: Row) -> Bench {
        Bench { spool: read(row, vec![]), rules: Rules::default(), now: morning(), changes: vec![] }
    }

    /// A spool with its materials, which nobody has begun.
    fn ready() -> Bench {
        Bench::new(row(&[date(Column::Materials, 2)]))
    }

    fn decide(&self, who: u32, ask: Ask) -> Decision {
        let people = people();
        let worker = people.get(WorkerId::new(who).unwrap()).unwrap();
        let at = Circumstance { rules: &self.rules, people: &people, now: self.now, id: Uuid::new_v4() };
        let spool = &self.spool;
        match ask {
            Ask::Take(operation) => occupation::take(spool, worker, operation, false, &at),
            Ask::Seize(operation) => occupation::take(spool, worker, operation, true, &at),
            Ask::Pause => occupation::pause(spool, worker, None, &at),
            Ask::Complete => occupation::complete(spool, worker, None, &at),
            Ask::Cancel => occupation::cancel(spool, worker, &at),
            Ask::Approve => metrology::inspect(spool, worker, true, &at),
            Ask::Reject => metrology::inspect(spool, worker, false, &at),
            Ask::Undo(back) => {
                let event = spool.events.iter().rev().nth(back);
                undo::undo(spool, worker, event.map_or_else(Uuid::new_v4, |event| event.id), &at)
            }
            Ask::Release => mend::decide(spool, &Mend::Release, &mandate("fin de turno"), &at),
            Ask::Reopen(operation) => mend::decide(spool, &Mend::Reopen(operation), &mandate("error"), &at),
            Ask::Unblock => mend::decide(spool, &Mend::Unblock, &mandate("una más"), &at),
            Ask::Correct(remedy) => {
                let dora = people.get(WorkerId::new(DORA).unwrap()).cloned();
                mend::decide(spool, &Mend::Correct(remedy, dora), &mandate("quedó a medias"), &at)
            }
            Ask::CallHelp => help::ask(spool, worker, Some("falta plano".into()), &at),
            Ask::SeeHelp => help::see(spool, "Jefa", &at),
            Ask::SolveHelp => help::solve(spool, &Actor::Worker(Arc::clone(worker)), &at),
            Ask::EndHelp => help::solve(spool, &Actor::Supervisor("Jefa".into()), &at),
        }
    }

    /// Lands a change as a workbook would: new cells, one more event, the row read again.
    fn land(&mut self, change: Change) {
        let mut events = Vec::clone(&self.spool.events);
        events.push(Arc::new(change.event.clone()));
        self.spool = read(change.after(), events);
        self.changes.push(change);
    }

    fn try_(&mut self, who: u32, ask: Ask) -> Result<(), Refusal> {
        if let Some(change) = self.decide(who, ask)? {
            self.land(change);
        }
        Ok(())
    }

    /// Plays a sequence that must succeed, a minute a step.
    fn play(mut self, steps: &[(u32, Ask)]) -> Bench {
        for (who, ask) in steps {
            self.now += Duration::minutes(1);
            self.try_(*who, *ask).unwrap_or_else(|refusal| panic!("{who} {ask:?}: {refusal:?}"));
        }
        self
    }

    fn later(mut self, hours: i64) -> Bench {
        self.now += Duration::hours(hours);
        self
    }

    /// What a person does in the workbook, without any event.
    fn by_hand(mut self, cells: &[(Column, Cell)]) -> Bench {
        self.spool = read(self.spool.row.with(cells), Vec::clone(&self.spool.events));
        self
    }

    /// What a column holds.
    fn cell(&self, column: Column) -> &Cell {
        &self.spool.row[column]
    }

    fn last(&self) -> &AuditEvent {
        self.spool.events.last().unwrap()
    }
}

/// A refusal in a word.
fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Unreadable { .. } => "ilegible",
        Refusal::YoursForOther { .. } => "tuyo",
        Refusal::Occupied { relief: false, .. } => "ocupado",
        Refusal::Occupied { relief: true, .. } => "vencido",
        Refusal::Blocked { .. } => "bloq",
        Refusal::RoleMissing { .. } => "rol",
        Refusal::AlreadyDone { .. } => "hecho",
        Refusal::Prerequisite { missing: decision::Missing::Materials, .. } => "sin-mat",
        Refusal::Prerequisite { missing: decision::Missing::Arm, .. } => "sin-arm",
        Refusal::Prerequisite { missing: decision::Missing::Sold, .. } => "sin-sold",
        Refusal::NotAvailable { .. } => "no-va",
        Refusal::NotStarted { .. } => "no-ini",
        Refusal::NotOwner { .. } => "ajeno",
        Refusal::Ended { .. } => "fin",
        Refusal::NotYours { .. } => "no-tuyo",
        Refusal::ChangedSince { .. } => "cambió",
        Refusal::AlreadyFree { .. } => "libre",
        Refusal::NotDone { .. } => "no-hecho",
        Refusal::NextBegun { .. } => "sigue",
        Refusal::NotBlocked { .. } => "no-bloq",
        Refusal::NothingToCorrect { .. } => "sano",
        Refusal::HelpAsked { .. } => "ya-pidió",
        Refusal::NoHelp { .. } => "no-pidió",
        Refusal::NotAsker { .. } => "otro-pidió",
        other => panic!("no rule of one spool answers {other:?}"),
    }
}

/// The state of a spool in a few letters: ARM and SOLD as `-` pending, `i` in progress, `p`
/// paused, `c` completed, `?` unknown; then metrology with its cycle, where it has begun; then `@` where
/// somebody has it.
fn state(spool: &Spool) -> String {
    let letter = |work: &Work| match work.progress {
        None => '?',
        Some(Progress::Pending) => '-',
        Some(Progress::InProgress) => 'i',
        Some(Progress::Paused) => 'p',
        Some(Progress::Done) => 'c',
    };
    let inspection = match spool.inspection {
        None => "",
        Some(Inspection::Pending) => "M",
        Some(Inspection::Approved) => "A",
        Some(Inspection::Rejected) => "R",
        Some(Inspection::InRepair) => "E",
        Some(Inspection::RepairPaused) => "P",
        Some(Inspection::Blocked) => "B",
    };
    let cycle = if spool.cycle > 0 { spool.cycle.to_string() } else { String::new() };
    let held = if spool.occupation.is_some() { "@" } else { "" };
    format!("{}{}{inspection}{cycle}{held}", letter(&spool.arm), letter(&spool.sold))
}
