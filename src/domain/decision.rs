//! The outcomes of a rule: a [`Change`], or a [`Refusal`] with everything a sentence needs.

use super::audit::{Action, AuditEvent, Notes};
use super::cell::{Cell, Moment};
use super::column::{Column, Row};
use super::help::Help;
use super::operation::{Inspection, Operation};
use super::problem::Problem;
use super::spool::{Occupation, Spool, Tag};
use super::worker::{People, Role, RoleTable, Worker, WorkerId};
use chrono::{Duration, NaiveDate};
use std::sync::Arc;
use uuid::Uuid;

/// The plant's settings that rules depend on.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Who may do what.
    pub roles: RoleTable,
    /// From when on an occupation is *vencida*; `None` is never (`OCCUPATION_MAX_HOURS`).
    pub occupation_max: Option<Duration>,
    /// From when on a spool that was begun and let go is *parada*; `None` is never (`IDLE_MAX_HOURS`).
    pub idle_max: Option<Duration>,
    /// The rejection that blocks a spool; 0 is no limit (`REPAIR_MAX_CYCLES`).
    pub repair_max_cycles: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            roles: RoleTable::default(),
            occupation_max: Some(Duration::hours(12)),
            idle_max: Some(Duration::hours(24)),
            repair_max_cycles: 3,
        }
    }
}

/// What a rule is told besides the row: the plant's settings and the circumstances of this act.
#[derive(Debug, Clone, Copy)]
pub struct Circumstance<'a> {
    /// The plant's settings.
    pub rules: &'a Rules,
    /// Everybody, for the names in a refusal.
    pub people: &'a People,
    /// Now, with the plant's offset.
    pub now: Moment,
    /// The operation id: the new `version` and the audit row's `ID`.
    pub id: Uuid,
}

/// Who acts.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A worker at a tablet.
    Worker(Arc<Worker>),
    /// A supervisor, by name; `Worker_ID` 0 in the audit.
    Supervisor(String),
}

impl Actor {
    /// The worker's number; [`WorkerId::SYSTEM`] for a supervisor.
    pub fn id(&self) -> WorkerId {
        match self {
            Actor::Worker(worker) => worker.id,
            Actor::Supervisor(_) => WorkerId::SYSTEM,
        }
    }

    fn name(&self) -> String {
        match self {
            Actor::Worker(worker) => worker.full_name(),
            Actor::Supervisor(name) => name.clone(),
        }
    }
}

/// One audited change of one row: both land, or neither.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The short id of the row.
    pub spool: Arc<str>,
    /// The row that the rule looked at. The change lands only on a row that still equals it.
    pub image: Row,
    /// The new cells; all of them in columns that the app writes.
    pub cells: Vec<(Column, Cell)>,
    /// The one audit event; its `id` is the operation id.
    pub event: AuditEvent,
}

impl Change {
    /// Completes a rule's cells into a change: adds `version`, leaves out cells whose column the
    /// sheet lacks, and writes the audit event with the cells before and after.
    pub(super) fn new(
        spool: &Spool,
        at: &Circumstance<'_>,
        actor: &Actor,
        action: Action,
        operation: Operation,
        mut cells: Vec<(Column, Cell)>,
        notes: Notes,
    ) -> Change {
        cells.push((Column::Version, Cell::text(at.id.to_string())));
        cells.retain(|(column, _)| spool.row[*column] != Cell::Missing);
        let before = cells.iter().map(|(column, _)| (*column, spool.row[*column].clone())).collect();
        let event = AuditEvent {
            id: at.id,
            at: Some(at.now),
            action,
            event_type: action.event_type(operation),
            tag: spool.tag().to_string(),
            spool: Some(spool.id().to_owned()),
            worker: actor.id(),
            worker_name: actor.name(),
            operation: Some(operation),
            date: Some(at.now.date_naive()),
            notes: Notes { before, after: cells.clone(), ..notes },
        };
        Change { spool: Arc::clone(&spool.identity.id), image: spool.row.clone(), cells, event }
    }

    /// The same change, with another day as its `Fecha_Operacion`.
    pub(super) fn dated(mut self, date: NaiveDate) -> Change {
        self.event.date = Some(date);
        self
    }

    /// The row after the change.
    pub fn after(&self) -> Row {
        self.image.with(&self.cells)
    }
}

/// What a rule answers: a change, `None` when it is already so, or a refusal.
pub type Decision = Result<Option<Change>, Refusal>;

/// What is missing before an operation can begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Missing {
    /// `Fecha_Materiales` is empty.
    Materials,
    /// ARM is not finished.
    Arm,
    /// SOLD is not finished.
    Sold,
}

/// How an occupation ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// The operation it was for.
    pub operation: Option<Operation>,
    /// The event that ended it; `None` when somebody changed the workbook by hand.
    pub by: Option<Arc<AuditEvent>>,
}

impl Ending {
    /// Whether another one ended it, and not the worker himself.
    pub fn is_loss(&self) -> bool {
        self.by.as_ref().is_some_and(|event| event.notes.previous.is_some())
    }
}

/// Another row of the same tag, so that a person can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its short id.
    pub id: Arc<str>,
    /// Its `NV`.
    pub nv: String,
    /// Its `OT`.
    pub ot: String,
    /// Its place in the sheet.
    pub fila: u32,
}

/// Every "no" of the plant, as data. Statuses and sentences are the web's business.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // field names say it; each variant is documented
pub enum Refusal {
    /// No row has this tag or id.
    UnknownSpool { asked: String },
    /// No worker has this number.
    UnknownWorker { id: u32 },
    /// The worker's row says `Activo` FALSE.
    InactiveWorker { name: String },
    /// Several rows have this tag; the caller must name one.
    AmbiguousTag { tag: Tag, candidates: Vec<Candidate> },
    /// A cell of the row cannot be read.
    Unreadable { tag: Tag, problem: Problem },
    /// The asker has the spool already, for something else.
    YoursForOther { tag: Tag, operation: Option<Operation> },
    /// Another worker has it; `relief`: so long that the asker may take it over.
    Occupied { tag: Tag, holder: Occupation, relief: bool },
    /// Another worker's TAKE of it is on its way.
    BeingTaken { tag: Tag, name: String },
    /// Metrology rejected it too often.
    Blocked { tag: Tag },
    /// The worker lacks the role.
    RoleMissing { operation: Operation, needed: Vec<Role> },
    /// The operation is finished.
    AlreadyDone { tag: Tag, operation: Operation, on: Option<NaiveDate> },
    /// Something must be finished first.
    Prerequisite { tag: Tag, operation: Operation, missing: Missing },
    /// The operation cannot be taken or inspected in this state.
    NotAvailable { tag: Tag, operation: Operation, state: Option<Inspection> },
    /// The spool is held, but no operation is in course that could be completed.
    NotStarted { tag: Tag },
    /// The asker never had it.
    NotOwner { tag: Tag, holder: Option<Occupation> },
    /// The asker had it; his occupation has ended.
    Ended { tag: Tag, ending: Ending },
    /// A date after today.
    FutureDate { date: NaiveDate, today: NaiveDate },
    /// The action to undo is not the asker's, or not of this spool.
    NotYours { tag: Tag },
    /// Something happened after the action to undo.
    ChangedSince { tag: Tag },
    /// Nobody has the spool that is to be freed.
    AlreadyFree { tag: Tag },
    /// The operation to reopen is not finished.
    NotDone { tag: Tag, operation: Operation },
    /// What follows the operation to reopen has begun.
    NextBegun { tag: Tag, next: Operation },
    /// The spool to unblock is not blocked.
    NotBlocked { tag: Tag },
    /// A supervisor must say why.
    ReasonMissing,
    /// The row is not as the supervisor was shown it.
    SeenOtherwise { tag: Tag },
    /// The row does not call for this remedy, or not any more.
    NothingToCorrect { tag: Tag },
    /// The remedy names a worker, and none was chosen.
    WorkerMissing { tag: Tag, column: Column },
    /// Somebody has asked for help with the spool already.
    HelpAsked { tag: Tag, help: Help },
    /// Nobody has asked for help with it.
    NoHelp { tag: Tag },
    /// Another one asked for the help that is to be called solved.
    NotAsker { tag: Tag, name: String },
    /// The sheet lacks the columns that metrology and repair need.
    InspectionOff,
    /// The operation id belongs to another action.
    KeyReused,
}

impl Refusal {
    /// Refuses a row that cannot be read.
    pub(super) fn unless_readable(spool: &Spool) -> Result<(), Refusal> {
        match spool.unreadable() {
            None => Ok(()),
            Some(problem) => Err(Refusal::Unreadable { tag: spool.tag().clone(), problem: problem.clone() }),
        }
    }
}
