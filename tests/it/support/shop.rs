//! A small shop on the embedded adapters, with a clock that tests set.

use chrono::{DateTime, Duration, TimeZone, Utc};
use spoolboard::domain::{Cell, Column, Moment, Rules, Spool, WorkerId};
use spoolboard::events::Memory as Events;
use spoolboard::locks::{Locks, Memory};
use spoolboard::metrics::Metrics;
use spoolboard::plant::{Clock, Order, Plant};
use spoolboard::tally;
use spoolboard::workbook::{Sheet, Sheets, Sqlite, Workbook};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

pub(crate) const ZONE: chrono_tz::Tz = chrono_tz::America::Santiago;
pub(crate) const TTL: std::time::Duration = std::time::Duration::from_secs(3_600);

/// Seconds since 1970 that tests wind forward.
#[derive(Clone)]
pub(crate) struct Time(Arc<AtomicI64>);

impl Time {
    pub(crate) fn new() -> Time {
        let start = Utc.with_ymd_and_hms(2026, 5, 13, 14, 0, 0).single().unwrap();
        Time(Arc::new(AtomicI64::new(start.timestamp())))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.0.fetch_add(time.num_seconds(), Ordering::SeqCst);
    }

    pub(crate) fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.0);
        Clock::from_fn(ZONE, move || DateTime::from_timestamp(seconds.load(Ordering::SeqCst), 0).unwrap())
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock().now()
    }
}

/// One shop: a plant, and what tests reach behind it for.
pub(crate) struct Shop {
    pub(crate) plant: Plant,
    pub(crate) workbook: Arc<Sqlite>,
    pub(crate) locks: Arc<Memory>,
    pub(crate) time: Time,
}

/// People: fitters 93–97, welder 20, inspector 30, a helper 40 with both trades, 50 without a
/// role, 60 inactive.
fn people() -> (Sheet, Sheet) {
    let names = [
        (93, "Marta", "Ríos"),
        (94, "Juan Carlos", "Pérez López"),
        (95, "Elena", "Soto"),
        (96, "Raúl", "Ñancupil"),
        (97, "Inés", "Vidal"),
        (20, "Pedro", "Salas"),
        (30, "Olga", "Fuentes"),
        (40, "Luis", "Araya"),
        (50, "Sonia", "Leal"),
        (60, "Hugo", "Mena"),
    ];
    let roles = [
        (93, "Armador"),
        (94, "Armador"),
        (95, "Armador"),
        (96, "Armador"),
        (97, "Armador"),
        (20, "Soldador"),
        (30, "Metrologia"),
        (40, "Ayudante"),
        (60, "Armador"),
    ];
    let number = |id: i32| Cell::Number(f64::from(id));
    let workers =
        names.iter().map(|(id, given, family)| vec![number(*id), Cell::text(*given), Cell::text(*family), Cell::Bool(*id != 60)]);
    let roles = roles.iter().map(|(id, role)| vec![number(*id), Cell::text(*role), Cell::Bool(true)]);
    (sheet(&["Id", "Nombre", "Apellido", "Activo"], workers), sheet(&["Id", "Rol", "Activo"], roles))
}

fn sheet(header: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> Sheet {
    Sheet { header: header.iter().map(|name| (*name).to_owned()).collect(), rows: (2..).zip(rows).collect() }
}

/// The cells of one spool, by column.
pub(crate) type Cells = Vec<(Column, Cell)>;

/// A spool with its materials, ready for ARM.
pub(crate) fn ready(tag: &str) -> Cells {
    let materials = Cell::Number(46_000.0);
    vec![
        (Column::Tag, Cell::text(tag)),
        (Column::Nv, Cell::text("NV0650")),
        (Column::Ot, Cell::text("1335")),
        (Column::Materials, materials),
    ]
}

/// The sheets of a shop with these spools.
pub(crate) fn sheets(spools: Vec<Cells>) -> Sheets {
    let header: Vec<&str> = Column::ALL.iter().map(|column| column.header()).collect();
    let rows = spools.into_iter().map(|cells| {
        let mut row = vec![Cell::Empty; Column::COUNT];
        cells.into_iter().for_each(|(column, cell)| row[column as usize] = cell);
        row
    });
    let (trabajadores, roles) = people();
    let metadata = sheet(&super::AUDIT[..10], std::iter::empty());
    Sheets { operaciones: sheet(&header, rows), trabajadores, roles, metadata }
}

impl Shop {
    /// A shop with these spools.
    pub(crate) async fn with(spools: Vec<Cells>) -> Shop {
        let time = Time::new();
        let workbook = Arc::new(Sqlite::in_memory(ZONE).unwrap());
        workbook.replace(sheets(spools), time.now()).await.unwrap();
        Shop::on(workbook, time)
    }

    /// Another process on the same record, with locks of its own: as if the locks were lost.
    pub(crate) fn on(workbook: Arc<Sqlite>, time: Time) -> Shop {
        let locks = Arc::new(Memory::new(TTL));
        let plant = Plant::new(
            Arc::clone(&workbook) as Arc<dyn Workbook>,
            Arc::clone(&locks) as Arc<dyn Locks>,
            Arc::new(Events::default()),
            Arc::new(tally::Memory::default()),
            time.clock(),
            Rules::default(),
            Arc::new(Metrics::default()),
        );
        Shop { plant, workbook, locks, time }
    }

    /// The spool as memory has it.
    pub(crate) fn spool(&self, tag: &str) -> Arc<Spool> {
        Arc::clone(self.plant.view().find(tag).unwrap())
    }

    /// How many audit rows there are.
    pub(crate) async fn audited(&self) -> usize {
        self.workbook.read_all().await.unwrap().metadata.rows.len()
    }
}

/// A worker's number.
pub(crate) fn worker(id: u32) -> WorkerId {
    WorkerId::new(id).unwrap()
}

/// An order with an operation id of its own.
pub(crate) fn order(spool: &str, id: u32) -> Order {
    Order { spool: spool.into(), worker: worker(id), id: Uuid::new_v4() }
}
