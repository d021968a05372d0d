//! `/tablero` and `/kiosko`: who has which spool right now, for everybody the same.

use super::Answer;
use super::elapsed::Elapsed;
use crate::domain::{Column, Inspection, Moment, Operation, People, Spool, Worker, occupation};
use crate::plant::Plant;
use crate::web::live::age;
use crate::web::{App, Site};
use crate::words;
use crate::workbook::View;
use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use chrono::{Duration, Timelike};
use std::sync::Arc;

/// How many rows a page of the wall holds (`ux.md` 3).
const WALL_ROWS: usize = 9;

/// What the plant's rows say, whatever the time is. Made once for each view.
#[derive(Debug)]
pub(in crate::web) struct Tally {
    /// The view it was made from.
    pub(in crate::web) number: u64,
    /// Occupied rows, the oldest first.
    occupied: Vec<Arc<Spool>>,
    ready: [usize; 4],
    blocked: usize,
    problems: usize,
    spools: usize,
    people: Arc<People>,
    /// The sheet does not say who has what.
    blind: bool,
}

impl Tally {
    pub(in crate::web) fn of(view: &View) -> Tally {
        let mut occupied: Vec<Arc<Spool>> = view.spools.iter().filter(|spool| spool.occupation.is_some()).cloned().collect();
        occupied.sort_by_key(|spool| spool.occupation.as_ref().and_then(|holder| holder.since));
        let mut tally = Tally {
            number: view.number,
            occupied,
            ready: [0; 4],
            blocked: 0,
            problems: 0,
            spools: view.spools.len(),
            people: Arc::clone(&view.people),
            blind: view.missing.contains(&Column::OccupiedBy),
        };
        for spool in &view.spools {
            for (count, operation) in tally.ready.iter_mut().zip(Operation::ALL) {
                *count += usize::from(occupation::can(spool, operation));
            }
            tally.blocked += usize::from(spool.inspection == Some(Inspection::Blocked));
            tally.problems += usize::from(spool.unreadable().is_some());
        }
        tally
    }

    /// Whether screens that show `other` show this, too.
    pub(in crate::web) fn looks_like(&self, other: &Tally) -> bool {
        let face = |spool: &Arc<Spool>| (Arc::clone(&spool.identity.id), spool.occupation.clone());
        self.ready == other.ready
            && self.blocked == other.blocked
            && self.problems == other.problems
            && self.spools == other.spools
            && self.blind == other.blind
            && self.occupied.iter().map(face).eq(other.occupied.iter().map(face))
    }

    /// How many are overdue now.
    pub(in crate::web) fn overdue(&self, plant: &Plant) -> usize {
        let (now, max) = (plant.clock().now(), plant.rules().occupation_max);
        let is = |spool: &&Arc<Spool>| spool.occupation.as_ref().is_some_and(|holder| holder.overdue(now, max));
        self.occupied.iter().filter(is).count()
    }

    fn rows(&self, now: Moment, max: Option<Duration>) -> Vec<Row> {
        self.occupied.iter().filter_map(|spool| Row::of(spool, &self.people, now, max)).collect()
    }

    fn running(&self, operation: Operation) -> usize {
        let is = |spool: &&Arc<Spool>| spool.occupation.as_ref().is_some_and(|holder| holder.operation == Some(operation));
        self.occupied.iter().filter(is).count()
    }

    fn counts(&self) -> Vec<Count> {
        Operation::ALL
            .into_iter()
            .zip(self.ready)
            .map(|(operation, ready)| Count {
                operation,
                label: words::operation(operation),
                running: self.running(operation),
                ready,
            })
            .collect()
    }
}

struct Row {
    id: Arc<str>,
    head: String,
    tail: String,
    nv: String,
    ot: String,
    duplicate: bool,
    fila: u32,
    holder: String,
    /// First name and first surname: what is read from afar.
    short: String,
    operation: &'static str,
    since: Option<Elapsed>,
    overdue: bool,
}

impl Row {
    fn of(spool: &Spool, people: &People, now: Moment, max: Option<Duration>) -> Option<Row> {
        let holder = spool.occupation.as_ref()?;
        let tag = spool.tag().as_str();
        let cut = tag.rfind('-').map_or(0, |dash| dash + 1);
        Some(Row {
            id: Arc::clone(&spool.identity.id),
            head: tag[..cut].to_owned(),
            tail: tag[cut..].to_owned(),
            nv: words::numbered("NV", &spool.nv),
            ot: words::numbered("OT", &spool.ot),
            duplicate: spool.identity.duplicate,
            fila: spool.fila,
            holder: holder.name.clone(),
            short: people.get(holder.worker).map_or_else(|| holder.name.clone(), |worker| short(worker)),
            operation: holder.operation.map_or(words::NO_OPERATION, words::operation),
            since: holder.since.map(|since| Elapsed::between(since, now)),
            overdue: holder.overdue(now, max),
        })
    }
}

fn short(worker: &Worker) -> String {
    let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_owned();
    format!("{} {}", first(&worker.given), first(&worker.family)).trim().to_owned()
}

/// One operation: how many are being worked on, how many could begin.
struct Count {
    operation: Operation,
    label: &'static str,
    running: usize,
    ready: usize,
}

/// What is the same on the page and in the stream: the one part that changes.
struct Facts<'a> {
    tally: &'a Tally,
    rows: Vec<Row>,
    counts: Vec<Count>,
    /// Seconds since midnight on the plant's wall.
    clock: u32,
    /// The time of day of the data.
    hour: String,
}

impl Facts<'_> {
    fn of<'a>(tally: &'a Tally, plant: &Plant) -> Facts<'a> {
        let now = plant.clock().now();
        let rows = tally.rows(now, plant.rules().occupation_max);
        let clock = now.num_seconds_from_midnight();
        let hour = (now - Duration::seconds(age(plant))).format("%H:%M").to_string();
        Facts { tally, rows, counts: tally.counts(), clock, hour }
    }

    /// The time of day on the plant's wall.
    fn wall_hour(&self) -> String {
        format!("{:02}:{:02}", self.clock / 3_600, self.clock / 60 % 60)
    }

    /// What is said when there is nobody to show.
    fn nobody(&self) -> &'static str {
        match self.tally.blind {
            true => words::UNKNOWN_HOLDERS,
            false => words::NO_HOLDERS,
        }
    }

    fn overdue(&self) -> usize {
        self.rows.iter().filter(|row| row.overdue).count()
    }

    fn wall(&self) -> Vec<&[Row]> {
        self.rows.chunks(WALL_ROWS).collect()
    }
}

#[derive(Template)]
#[template(path = "board.html")]
struct Board<'a> {
    site: &'a Site,
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "kiosk.html")]
struct Kiosk<'a> {
    site: &'a Site,
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "_board.html")]
struct BoardPart<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "_kiosk.html")]
struct KioskPart<'a> {
    facts: Facts<'a>,
}

/// Which of the two screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Screen {
    /// `/tablero`.
    Board,
    /// `/kiosko`.
    Kiosk,
}

/// A whole page.
pub(in crate::web) fn whole(screen: Screen, tally: &Tally, plant: &Plant, site: &Site) -> askama::Result<String> {
    let facts = Facts::of(tally, plant);
    match screen {
        Screen::Board => Board { site, facts }.render(),
        Screen::Kiosk => Kiosk { site, facts }.render(),
    }
}

/// The part of a page that changes.
pub(in crate::web) fn part(screen: Screen, tally: &Tally, plant: &Plant) -> askama::Result<String> {
    let facts = Facts::of(tally, plant);
    match screen {
        Screen::Board => BoardPart { facts }.render(),
        Screen::Kiosk => KioskPart { facts }.render(),
    }
}

/// `/tablero`.
pub(super) async fn show(State(app): State<App>) -> Answer {
    Ok(shared(app.live.page(Screen::Board, &app)))
}

/// `/kiosko`.
pub(super) async fn kiosk(State(app): State<App>) -> Answer {
    Ok(shared(app.live.page(Screen::Kiosk, &app)))
}

fn shared(html: Bytes) -> axum::response::Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], html).into_response()
}
