//! Several processes on one workbook: each with its own adapter, locks and events, on one real Redis
//! and one stand-in for Google.

mod budget;
mod seen;
mod turns;

use crate::history::{Answer, Asked, Counted, Screen, check, from};
use crate::stand_in::book::Book;
use crate::stand_in::{Google, Quota};
use crate::support::google::{BOOK, book_of, config};
use crate::support::redis::RealRedis;
use crate::support::shop::{Time, ZONE, order, ready, sheets};
use spoolboard::domain::{Cell, Operation, Refusal, Rules};
use spoolboard::error::Error;
use spoolboard::events::Redis as Events;
use spoolboard::locks::Redis as Locks;
use spoolboard::metrics::Metrics;
use spoolboard::plant::{Done, Plant};
use spoolboard::tally;
use spoolboard::workbook::sheets::{Limits, SheetsConfig};
use spoolboard::workbook::{GoogleSheets, Workbook};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Between the reading of a batch and its reply, at the stand-in.
const ROUND_TRIP: Duration = Duration::from_secs(2);

/// One process.
#[derive(Clone)]
struct Process {
    workbook: Arc<GoogleSheets>,
    plant: Plant,
}

/// A workbook, a Redis, and what people asked.
struct Hall {
    google: Google,
    redis: RealRedis,
    before: Book,
    time: Time,
    asked: Mutex<Vec<Asked>>,
}

/// `MK-0001` and so on.
fn tag(number: usize) -> String {
    format!("MK-{number:04}")
}

/// As in production, but for a write, which a test does not wait 20 s for.
fn usual() -> Limits {
    Limits { write: Duration::from_secs(2), ..Limits::default() }
}

impl Hall {
    /// A plant of so many spools and fifty fitters, 101 to 150.
    async fn of(spools: usize) -> Hall {
        let mut sheets = sheets((1..=spools).map(|number| ready(&tag(number))).collect());
        for id in 101..=150 {
            let number = || Cell::Number(f64::from(id));
            let worker = vec![number(), Cell::text("Tomás"), Cell::text(format!("Vega {id}")), Cell::Bool(true)];
            sheets.trabajadores.rows.push((id as u32, worker));
            sheets.roles.rows.push((id as u32, vec![number(), Cell::text("Armador"), Cell::Bool(true)]));
        }
        let google = Google::with(book_of(&sheets)).await;
        let before = google.book(BOOK);
        Hall { google, redis: RealRedis::start(), before, time: Time::new(), asked: Mutex::default() }
    }

    /// Starts a process at which somebody looks.
    async fn process(&self, limits: Limits) -> Process {
        let process = self.starting(limits);
        process.workbook.connected().await;
        process.workbook.watched();
        process
    }

    fn starting(&self, limits: Limits) -> Process {
        let (link, clock) = (self.redis.link(), self.time.clock());
        let config = SheetsConfig { share: Some(link.clone()), ..config(&self.google, BOOK, limits) };
        let now = clock.clone();
        let workbook = Arc::new(GoogleSheets::connect(config, move || now.now(), ZONE).unwrap());
        let plant = Plant::new(
            Arc::clone(&workbook) as Arc<dyn Workbook>,
            Arc::new(Locks::new(link.clone(), crate::support::shop::TTL)),
            Arc::new(Events::new(link.clone())),
            Arc::new(tally::Redis::new(link)),
            clock,
            Rules::default(),
            Arc::new(Metrics::default()),
        );
        Process { workbook, plant }
    }

    /// Somebody takes the ARM of a spool, and what he is told is written down.
    async fn take(&self, process: &Process, spool: &str, worker: u32) -> Result<Done, Error> {
        let (order, at) = (order(spool, worker), self.google.now());
        let op = order.id.to_string();
        let result = process.plant.take(order, Operation::Arm, false).await;
        let (status, code) = match &result {
            Ok(_) => (200, String::new()),
            Err(Error::Refused(refusal)) => (409, format!("{refusal:?}")),
            Err(error) => (503, error.to_string()),
        };
        let answer = Answer::Told(self.google.now(), status, code);
        self.asked.lock().unwrap().push(Asked { op, tag: spool.into(), verb: "TOMAR".into(), worker, at, answer });
        result
    }

    /// What a process shows as occupied.
    fn screen(&self, name: &str, process: &Process) -> Screen {
        let view = process.plant.view();
        let owner =
            |spool: &Arc<spoolboard::domain::Spool>| Some((spool.tag().to_string(), spool.occupation.as_ref()?.worker.get()));
        Screen { name: name.into(), occupied: view.spools.iter().filter_map(owner).collect() }
    }

    /// Every promise is looked at, once the screens show the same.
    async fn checked(&self, processes: &[&Process]) -> Counted {
        let screens = || processes.iter().zip(["one", "two", "three"]).map(|(process, name)| self.screen(name, process));
        let occupied = || {
            let book = crate::support::google::sheets_of(&self.google.book(BOOK));
            let place = book.operaciones.place("Ocupado_Por").unwrap();
            book.operaciones.rows.iter().filter(|(_, cells)| cells.get(place).is_some_and(|cell| !cell.is_empty())).count()
        };
        crate::support::eventually("all screens show the workbook", async || {
            screens().all(|screen| screen.occupied.len() == occupied())
        })
        .await;
        let asked = self.asked.lock().unwrap().clone();
        let history = from::journal(&self.before, &self.google.journal(), asked, screens().collect(), ROUND_TRIP);
        check(&history).unwrap_or_else(|violation| panic!("{violation}"))
    }

    /// How often a fence was made.
    fn rotations(&self) -> usize {
        let adds = |request: &serde_json::Value| request.get("addSheet").is_some();
        let journal = self.google.journal();
        journal.batches().filter(|entry| entry.request["requests"].as_array().unwrap().iter().any(adds)).count()
    }

    fn counted(&self, quota: Quota) -> usize {
        self.google.journal().counted(quota)
    }
}

/// Who has it, in the words of a refusal.
fn holder(error: &Error) -> String {
    let Error::Refused(refusal) = error else { panic!("{error}") };
    match &**refusal {
        Refusal::Occupied { holder, .. } => holder.name.clone(),
        Refusal::BeingTaken { name, .. } => name.clone(),
        other => panic!("{other:?}"),
    }
}
