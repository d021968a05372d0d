//! `/tablero` and `/kiosko`: who has which spool right now, what waits, and what was finished. For
//! everybody the same, but for what the address narrows it to.

mod csv;
mod filter;
mod pictures;
mod rows;
mod tally;

pub(in crate::web) use filter::Filter;
pub(in crate::web) use tally::{Known, Tally};

use super::Answer;
use crate::domain::stage::Stage;
use crate::domain::{Moment, Operation, Worker};
use crate::plant::Plant;
use crate::web::failure::Failure;
use crate::web::layers::takes_gzip;
use crate::web::live::{Page, age};
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chrono::{TimeDelta, Timelike};
use filter::Order;
use pictures::Pictures;
use rows::{Call, Count, Group, Row, Waiting, grouped};
use std::borrow::Cow;

/// How many rows a page of the wall holds (`ux.md` 3).
const WALL_ROWS: usize = 9;

/// How many calls for help a wall shows at once.
const WALL_CALLS: usize = 2;

/// How many waiting spools a board lists; its file holds all.
const QUEUE: usize = 60;

/// What is the same on the page and in the stream: the one part that changes.
struct Facts<'a> {
    tally: &'a Tally,
    filter: &'a Filter,
    rows: Vec<Row>,
    calls: Vec<Call>,
    idle: usize,
    counts: Vec<Count>,
    now: Moment,
    /// When the rows were read: what is shown is of then.
    read: Moment,
}

impl<'a> Facts<'a> {
    fn of(tally: &'a Tally, filter: &'a Filter, plant: &Plant) -> Facts<'a> {
        let (now, max) = (plant.clock().now(), plant.rules().occupation_max);
        let rows = tally.occupied.iter().filter_map(|spool| Row::of(spool, &tally.people, now, max)).collect();
        let shown = Operation::ALL.into_iter().zip(tally.ready).filter(|(operation, _)| filter.shows(Some(*operation)));
        let count = |(operation, ready)| Count {
            operation,
            label: words::operation(operation),
            running: tally.running(operation),
            ready,
            finished: tally.finished_today(operation),
        };
        let read = now - TimeDelta::seconds(age(plant));
        let calls = tally.calls.iter().filter_map(|spool| Call::of(spool, &tally.people, now)).collect();
        let idle = tally.idle(plant);
        Facts { tally, filter, rows, calls, idle, counts: shown.map(count).collect(), now, read }
    }

    /// From whose list it was opened.
    fn worker(&self) -> Option<&Worker> {
        let worker = self.tally.people.get(self.filter.worker?)?;
        worker.active.then_some(&**worker)
    }

    fn overdue(&self) -> usize {
        self.rows.iter().filter(|row| row.overdue).count()
    }

    /// Seconds since midnight on the plant's wall.
    fn clock(&self) -> u32 {
        self.now.num_seconds_from_midnight()
    }

    /// The time of day on the plant's wall.
    fn wall_hour(&self) -> String {
        self.now.format("%H:%M").to_string()
    }

    /// The time of day of the data.
    fn hour(&self) -> String {
        self.read.format("%H:%M").to_string()
    }

    /// The day and the time of the data.
    fn moment(&self) -> String {
        words::moment(self.read)
    }

    /// What is said when there is nobody to show.
    fn nobody(&self) -> Cow<'static, str> {
        let unknown = self.filter.numbers();
        match self.tally.blind {
            true => words::unknown_holders().into(),
            false if self.tally.known || unknown.is_empty() => words::nobody(&self.filter.words()),
            false => words::nothing(&unknown).into(),
        }
    }

    fn blocked(&self) -> usize {
        self.tally.in_stage(Stage::Blocked)
    }

    fn problems(&self) -> usize {
        self.tally.in_stage(Stage::Problem)
    }

    fn ready(&self) -> usize {
        self.tally.ready.iter().sum()
    }

    /// The calls for help that a wall has room for.
    fn loudest(&self) -> &[Call] {
        self.calls.get(..WALL_CALLS).unwrap_or(&self.calls)
    }

    /// The pages of the wall.
    fn wall(&self) -> Vec<&[Row]> {
        self.rows.chunks(WALL_ROWS).collect()
    }
}

/// What a board shows beside the facts that a wall shows, too.
struct Details {
    groups: Vec<Group>,
    waiting: Vec<Waiting>,
    pictures: Pictures,
}

impl Details {
    /// Takes the rows out of the facts and puts them under their headings.
    fn of(facts: &mut Facts<'_>, plant: &Plant) -> Details {
        let (now, order) = (facts.now, facts.filter.order);
        Details {
            waiting: rows::waiting(facts.tally, now, plant.rules().repair_max_cycles, QUEUE),
            pictures: Pictures::of(facts.tally, now),
            groups: grouped(std::mem::take(&mut facts.rows), order),
        }
    }

    fn held(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }

    fn overdue(&self) -> usize {
        self.groups.iter().map(Group::overdue).sum()
    }
}

#[derive(Template)]
#[template(path = "board.html")]
struct Board<'a> {
    site: &'a Site,
    facts: Facts<'a>,
    details: Details,
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
    details: Details,
}

#[derive(Template)]
#[template(path = "_kiosk.html")]
struct KioskPart<'a> {
    facts: Facts<'a>,
}

/// Which of the two screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::web) enum Screen {
    /// `/tablero`.
    Board,
    /// `/kiosko`.
    Kiosk,
}

/// A whole page.
pub(in crate::web) fn whole(
    screen: Screen,
    tally: &Tally,
    filter: &Filter,
    plant: &Plant,
    site: &Site,
) -> askama::Result<String> {
    let mut facts = Facts::of(tally, filter, plant);
    match screen {
        Screen::Board => {
            let details = Details::of(&mut facts, plant);
            Board { site, facts, details }.render()
        }
        Screen::Kiosk => Kiosk { site, facts }.render(),
    }
}

/// The part of a page that changes.
pub(in crate::web) fn part(screen: Screen, tally: &Tally, filter: &Filter, plant: &Plant) -> askama::Result<String> {
    let mut facts = Facts::of(tally, filter, plant);
    match screen {
        Screen::Board => {
            let details = Details::of(&mut facts, plant);
            BoardPart { facts, details }.render()
        }
        Screen::Kiosk => KioskPart { facts }.render(),
    }
}

/// `/tablero`.
pub(super) async fn show(State(app): State<App>, headers: HeaderMap, filter: Filter) -> Answer {
    Ok(shared(&app.live.page(Screen::Board, &filter, &app), &headers).await)
}

/// `/kiosko`.
pub(super) async fn kiosk(State(app): State<App>, headers: HeaderMap, filter: Filter) -> Answer {
    Ok(shared(&app.live.page(Screen::Kiosk, &filter, &app), &headers).await)
}

/// A page for everybody: as it is, or as it was packed for the first who asked.
async fn shared(page: &Page, headers: &HeaderMap) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    let packed = if takes_gzip(headers) { page.packed().await } else { None };
    match packed {
        Some(packed) => (kind, [(header::CONTENT_ENCODING, "gzip"), (header::VARY, "accept-encoding")], packed).into_response(),
        None => (kind, page.html.clone()).into_response(),
    }
}

/// `/tablero.csv`: the same board as a file, named by its day.
pub(super) async fn csv(State(app): State<App>, filter: Filter) -> Answer {
    let tally = Tally::of(&app.live.known(&app.plant), &filter);
    let name = format!("attachment; filename=\"tablero-{}.csv\"", app.plant.clock().today());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    match csv::file(&tally, &filter, &app.plant) {
        Ok(file) => Ok((headers, file).into_response()),
        Err(cause) => Err(Failure::internal(&format!("the board's file was not written: {cause}")).into()),
    }
}
