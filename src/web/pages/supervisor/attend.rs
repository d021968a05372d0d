//! `/supervisor`: who calls for help, what is overdue, idle or blocked, and who has what.

use super::{Answer, Frame, Named, Tab};
use crate::domain::spool::squeeze;
use crate::domain::stage::{Stage, idle};
use crate::domain::{Inspection, Moment, Spool};
use crate::web::pages::elapsed::Elapsed;
use crate::web::pages::fields::Fields;
use crate::web::pages::page;
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::extract::State;
use std::sync::Arc;
use uuid::Uuid;

/// How many rows of a part are shown beside the others, and how many when it is asked for alone.
const FEW: usize = 10;
const MANY: usize = 200;

/// A part of the page, in the order in which somebody is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Somebody asked for help.
    Help,
    /// Somebody has it for too long.
    Overdue,
    /// Begun, let go, and left lying.
    Idle,
    /// Rejected too often.
    Blocked,
    /// Somebody has it.
    Occupied,
    /// What was looked for.
    Found,
}

impl Part {
    const ALL: [Part; 6] = [Part::Help, Part::Overdue, Part::Idle, Part::Blocked, Part::Occupied, Part::Found];

    fn name(self) -> &'static str {
        match self {
            Part::Help => "ayuda",
            Part::Overdue => "vencidos",
            Part::Idle => "parados",
            Part::Blocked => "bloqueados",
            Part::Occupied => "ocupados",
            Part::Found => "buscados",
        }
    }

    /// Whether any row of it wants somebody.
    fn is_loud(self) -> bool {
        matches!(self, Part::Help | Part::Overdue | Part::Idle)
    }

    /// Since when a row belongs to this part; `None` when it does not.
    fn holds(self, spool: &Spool, app: &App, now: Moment) -> Option<Option<Moment>> {
        let (rules, zone) = (app.plant.rules(), app.plant.clock().zone());
        let holder = spool.occupation.as_ref();
        match self {
            Part::Help => spool.help.as_ref().map(|help| help.since),
            Part::Overdue => holder.filter(|holder| holder.overdue(now, rules.occupation_max)).map(|holder| holder.since),
            Part::Idle => idle(spool, now, rules.idle_max, zone).map(Some),
            Part::Blocked => (spool.inspection == Some(Inspection::Blocked)).then(|| Stage::Blocked.since(spool, zone)),
            Part::Occupied => holder.map(|holder| holder.since),
            Part::Found => Some(Stage::of(spool).since(spool, zone)),
        }
    }
}

#[derive(Template)]
#[template(path = "supervisor/attend.html")]
struct Attend<'a> {
    site: &'a Site,
    frame: Frame,
    q: &'a str,
    chosen: Option<Part>,
    parts: Vec<(Part, usize, Vec<Line>)>,
}

struct Line {
    spool: Named,
    state: String,
    who: String,
    since: Option<Elapsed>,
    overdue: bool,
    blocked: bool,
    held: bool,
    help: Option<String>,
    seen: bool,
}

impl Line {
    fn of(spool: &Spool, since: Option<Moment>, app: &App, now: Moment) -> Line {
        let (holder, rules) = (spool.occupation.as_ref(), app.plant.rules());
        let last = spool.arm.worker.iter().chain(&spool.sold.worker).last();
        Line {
            spool: Named::of(spool),
            state: words::stage(Stage::of(spool)).to_owned(),
            who: holder.map(|holder| holder.name.clone()).or(last.map(|stamp| stamp.text().to_owned())).unwrap_or_default(),
            since: since.map(|since| Elapsed::between(since, now)),
            overdue: holder.is_some_and(|holder| holder.overdue(now, rules.occupation_max)),
            blocked: spool.inspection == Some(Inspection::Blocked),
            held: holder.is_some(),
            help: spool.help.as_ref().map(words::help),
            seen: spool.help.as_ref().is_some_and(|help| help.seen_by.is_some()),
        }
    }

    fn key(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// The page.
pub(in crate::web::pages) async fn show(State(app): State<App>, query: Fields) -> Answer {
    let q = query.text("q").unwrap_or_default();
    let chosen = Part::ALL.into_iter().find(|part| query.text("ver") == Some(part.name()));
    let encoded = askama::filters::urlencode(q).map(|safe| safe.to_string()).unwrap_or_default();
    let here = match (q, chosen) {
        ("", None) => "/supervisor".to_owned(),
        ("", Some(part)) => format!("/supervisor?ver={}", part.name()),
        _ => format!("/supervisor?q={encoded}"),
    };
    let frame = Frame::of(&app, Some(Tab::Attend), here, &query)?;
    let asked: Vec<Part> = match (q, chosen) {
        ("", Some(part)) => vec![part],
        ("", None) => Part::ALL.into_iter().filter(|part| *part != Part::Found).collect(),
        _ => vec![Part::Found],
    };
    let most = if asked.len() == 1 { MANY } else { FEW };
    let parts = asked.into_iter().map(|part| rows(part, &squeeze(q), most, &app)).collect();
    Ok(page(&Attend { site: &app.site, frame, q, chosen, parts }))
}

/// A part, how many rows it has, and the first of them: the longest first.
fn rows(part: Part, wanted: &str, most: usize, app: &App) -> (Part, usize, Vec<Line>) {
    let (view, now) = (app.plant.view(), app.plant.clock().now());
    let fits = |spool: &&Arc<Spool>| spool.search.contains(wanted);
    let held = view.spools.iter().filter(fits).filter_map(|spool| Some((part.holds(spool, app, now)?, spool)));
    let mut found: Vec<(Option<Moment>, &Arc<Spool>)> = held.collect();
    found.sort_by_key(|(since, _)| (since.is_none(), *since));
    let lines = found.iter().take(most).map(|(since, spool)| Line::of(spool, *since, app, now)).collect();
    (part, found.len(), lines)
}
