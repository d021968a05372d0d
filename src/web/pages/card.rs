//! One spool as one worker sees it: where it belongs in his list, and its card.

use super::elapsed::Elapsed;
use super::tag::parted;
use crate::domain::decision::Ending;
use crate::domain::problem::{Kind, Level};
use crate::domain::{
    Action, AuditEvent, Help, Inspection, Moment, Operation, Progress, Refusal, Rules, Spool, Worker, occupation, stage,
};
use crate::words;
use askama::Template;
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use std::sync::Arc;
use uuid::Uuid;

/// How long a card says that another one ended this worker's occupation.
const TOLD: Duration = Duration::hours(24);

/// A section of the list, in the order of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    /// He has it.
    Mine,
    /// He began it and paused it.
    Paused,
    /// He may take it for ARM or SOLD.
    Take,
    /// He may give the verdict.
    Inspect,
    /// He may repair it; blocked ones stand here, too.
    Repair,
    /// Somebody else has it.
    Others,
    /// The row cannot be read.
    Problem,
    /// His operation cannot begin yet.
    Waiting,
    /// Nothing is left for him to do.
    Done,
}

/// Who looks at the spools, and when.
pub(super) struct Looker<'a> {
    pub(super) worker: &'a Arc<Worker>,
    pub(super) rules: &'a Rules,
    pub(super) now: Moment,
    pub(super) zone: Tz,
}

impl Looker<'_> {
    /// Where a spool belongs in this worker's list, and for which operation. Total: each row is in
    /// exactly one place (`field-failures.md` G18).
    pub(super) fn place(&self, spool: &Spool) -> (Place, Option<Operation>) {
        if spool.unreadable().is_some() {
            return (Place::Problem, None);
        }
        if let Some(holder) = &spool.occupation {
            let place = if holder.worker == self.worker.id { Place::Mine } else { Place::Others };
            return (place, holder.operation);
        }
        if spool.inspection == Some(Inspection::Blocked) {
            return (Place::Repair, Some(Operation::Repair));
        }
        match self.next(spool) {
            Some(operation) if occupation::can(spool, operation) => (self.ready(spool, operation), Some(operation)),
            Some(operation) => (Place::Waiting, Some(operation)),
            None => (Place::Done, None),
        }
    }

    /// The operation that this worker may do and that can begin; else his next that cannot yet.
    fn next(&self, spool: &Spool) -> Option<Operation> {
        let mine = || Operation::ALL.into_iter().filter(|operation| self.rules.roles.allows(self.worker, *operation));
        mine()
            .find(|operation| occupation::can(spool, *operation))
            .or_else(|| mine().find(|operation| is_ahead(spool, *operation)))
    }

    fn ready(&self, spool: &Spool, operation: Operation) -> Place {
        let me = Some(self.worker.id);
        match operation {
            Operation::Arm | Operation::Sold => {
                let began = spool.work(operation).is_some_and(|work| {
                    work.progress == Some(Progress::Paused) && work.worker.as_ref().and_then(|stamp| stamp.id()) == me
                });
                if began { Place::Paused } else { Place::Take }
            }
            Operation::Metrology => Place::Inspect,
            Operation::Repair => {
                let began = spool.inspection == Some(Inspection::RepairPaused) && repairer(spool).map(|event| event.worker) == me;
                if began { Place::Paused } else { Place::Repair }
            }
        }
    }
}

/// Who took the spool for its last repair: a supervisor may have freed it since.
fn repairer(spool: &Spool) -> Option<&AuditEvent> {
    let took = |event: &&Arc<AuditEvent>| event.action == Action::Take && event.operation == Some(Operation::Repair);
    spool.events.iter().rev().find(took).map(|event| &**event)
}

/// Whether an operation of the ordinary course is still to come.
fn is_ahead(spool: &Spool, operation: Operation) -> bool {
    match operation {
        Operation::Arm | Operation::Sold => spool.work(operation).is_some_and(|work| work.done.is_none()),
        Operation::Metrology => spool.inspectable && spool.inspection != Some(Inspection::Approved),
        Operation::Repair => false,
    }
}

/// Who has it, on the card of somebody else's spool.
#[derive(Debug)]
pub(super) struct Holding {
    pub(super) name: String,
    pub(super) overdue: bool,
    /// The operation for which this worker may take it over.
    pub(super) takeover: Option<Operation>,
}

/// A request for help, on the card of its spool.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) words: String,
    pub(super) seen: bool,
    /// Whether it is this worker's own.
    pub(super) own: bool,
}

/// One spool as one worker sees it.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) place: Place,
    pub(super) id: Arc<str>,
    pub(super) tag: String,
    /// The tag in two: neighbours differ in its tail.
    pub(super) head: String,
    pub(super) tail: String,
    pub(super) nv: String,
    pub(super) ot: String,
    pub(super) fila: u32,
    /// What tells it from others of its tag, wherever it is named without its card.
    pub(super) which: Option<String>,
    pub(super) worker: u32,
    /// Which state of the row it shows: an event of the stream about the same changes nothing.
    pub(super) version: String,
    pub(super) today: NaiveDate,
    /// What the one primary button is for.
    pub(super) operation: Option<Operation>,
    pub(super) state: String,
    pub(super) since: Option<Elapsed>,
    pub(super) holding: Option<Holding>,
    /// Who worked on it before.
    pub(super) previous: Option<String>,
    pub(super) blocked: bool,
    /// Why nothing can be done now.
    pub(super) reason: Option<String>,
    /// How another one ended this worker's occupation, within the last day.
    pub(super) loss: Option<String>,
    /// That help was asked for.
    pub(super) help: Option<Called>,
    /// Since when it lies idle, too long.
    pub(super) idle: Option<Elapsed>,
    pub(super) problems: Vec<String>,
}

#[derive(Template)]
#[template(path = "_card.html")]
pub(super) struct CardAlone<'a> {
    pub(super) card: &'a Card,
}

impl Card {
    pub(super) fn new(spool: &Spool, looker: &Looker<'_>) -> Card {
        let (place, operation) = looker.place(spool);
        let (head, tail) = parted(spool.tag().as_str());
        let holder = spool.occupation.as_ref();
        let max = looker.rules.repair_max_cycles;
        let reason = match (place, operation) {
            (Place::Waiting, Some(operation)) => occupation::obstacle(spool, operation).map(|why| words::reason(&why)),
            _ => None,
        };
        Card {
            place,
            id: Arc::clone(&spool.identity.id),
            head: head.to_owned(),
            tail: tail.to_owned(),
            tag: spool.tag().to_string(),
            nv: words::numbered("NV", &spool.nv),
            ot: words::numbered("OT", &spool.ot),
            fila: spool.fila,
            which: words::which(spool),
            worker: looker.worker.id.get(),
            version: spool.version.clone().unwrap_or_default(),
            today: looker.now.date_naive(),
            operation,
            state: state(spool, place, operation, max),
            since: holder.and_then(|holder| holder.since).map(|since| Elapsed::between(since, looker.now)),
            holding: (place == Place::Others).then(|| holding(spool, looker)).flatten(),
            previous: previous(spool, place, operation),
            blocked: place == Place::Repair && spool.inspection == Some(Inspection::Blocked),
            reason,
            loss: loss(spool, looker),
            help: spool.help.as_ref().map(|help| called(help, looker)),
            idle: stage::idle(spool, looker.now, looker.rules.idle_max, looker.zone)
                .map(|since| Elapsed::between(since, looker.now)),
            problems: problems(spool),
        }
    }

    /// A fresh operation id: each form carries its own.
    pub(super) fn key(&self) -> Uuid {
        Uuid::new_v4()
    }

    pub(super) fn label(&self) -> &'static str {
        self.operation.map_or("", words::operation)
    }

    pub(super) fn operation_name(&self) -> &'static str {
        self.operation.map_or("", Operation::name)
    }

    pub(super) fn overdue(&self) -> bool {
        self.holding.as_ref().is_some_and(|holding| holding.overdue)
    }

    /// Whether help may be asked for: with every spool that can be acted on at all.
    pub(super) fn may_call(&self) -> bool {
        self.help.is_none() && !matches!(self.place, Place::Problem | Place::Done)
    }

    /// Whether TOMAR is its button.
    pub(super) fn takes(&self) -> bool {
        matches!(self.place, Place::Paused | Place::Take | Place::Repair) && !self.blocked
    }

    /// The class and the icon of its state: a word, a shape and a colour say the same.
    pub(super) fn look(&self) -> &'static str {
        match self.place {
            Place::Mine => "mine",
            Place::Paused => "paused",
            Place::Take | Place::Inspect => "free",
            Place::Repair if self.blocked => "blocked",
            Place::Repair => "rejected",
            Place::Others if self.overdue() => "overdue",
            Place::Others => "taken",
            Place::Problem => "problem",
            Place::Waiting => "waiting",
            Place::Done => "done",
        }
    }
}

fn state(spool: &Spool, place: Place, operation: Option<Operation>, max: u32) -> String {
    match (place, operation) {
        (Place::Mine | Place::Others, operation) => words::in_course(operation, spool.cycle, max),
        (Place::Problem, _) => words::bad_row().to_owned(),
        (Place::Inspect, _) => words::to_inspect().to_owned(),
        (Place::Waiting, Some(operation)) => words::not_yet(operation),
        (Place::Paused | Place::Take | Place::Repair, Some(operation)) => words::ready(spool, operation, max),
        (Place::Done, _) | (_, None) => words::standing(spool),
    }
}

fn holding(spool: &Spool, looker: &Looker<'_>) -> Option<Holding> {
    let holder = spool.occupation.as_ref()?;
    let overdue = holder.overdue(looker.now, looker.rules.occupation_max);
    let takeover = holder.operation.filter(|operation| overdue && looker.rules.roles.allows(looker.worker, *operation));
    Some(Holding { name: holder.name.clone(), overdue, takeover })
}

fn loss(spool: &Spool, looker: &Looker<'_>) -> Option<String> {
    let me = looker.worker.id;
    if spool.occupation.as_ref().is_some_and(|holder| holder.worker == me) {
        return None;
    }
    let ending = occupation::ended(spool, me).filter(Ending::is_loss)?;
    let recent = ending.by.as_ref()?.at.is_some_and(|at| looker.now - at < TOLD);
    recent.then(|| words::refusal_at(&Refusal::Ended { tag: spool.tag().clone(), ending }, looker.now))
}

fn called(help: &Help, looker: &Looker<'_>) -> Called {
    Called { words: words::help(help), seen: help.seen_by.is_some(), own: help.worker == looker.worker.id }
}

fn previous(spool: &Spool, place: Place, operation: Option<Operation>) -> Option<String> {
    if !matches!(place, Place::Take | Place::Repair) {
        return None;
    }
    match operation? {
        Operation::Repair if spool.inspection == Some(Inspection::RepairPaused) => Some(repairer(spool)?.worker_name.clone()),
        operation => spool
            .work(operation)
            .filter(|work| work.progress == Some(Progress::Paused))
            .and_then(|work| work.worker.as_ref())
            .map(|stamp| stamp.text().to_owned()),
    }
}

/// What is wrong, the worst first; fillers are the office's habit and no worker's business.
fn problems(spool: &Spool) -> Vec<String> {
    let mut found: Vec<_> = spool.problems.iter().filter(|problem| problem.kind != Kind::Filler).collect();
    found.sort_by_key(|problem| problem.level != Level::Error);
    found.into_iter().map(words::problem).collect()
}
