//! `/carretes`: one worker's list and actions, and a single card of it.

use super::card::{Card, CardAlone, Looker, Place};
use super::door::{self, first_pin};
use super::face::Asker;
use super::fields::Fields;
use super::list::{Filter, List, Show};
use super::{Answer, page};
use crate::domain::{Operation, Refusal, Rules, Worker, WorkerId};
use crate::error::Error;
use crate::web::caller::Caller;
use crate::web::input::Asked;
use crate::web::{App, Site};
use crate::words::{self, Fault};
use crate::workbook::View;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use std::fmt::Write;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "spools.html")]
struct Spools<'a> {
    site: &'a Site,
    worker: &'a Worker,
    address: Address,
    filter: Filter,
    list: List,
    shows: Vec<(Show, Choice)>,
    /// Of a worker with several operations, one choice each.
    operations: Vec<(&'static str, Choice)>,
    /// The operations of this worker: the script learns which changes concern him.
    duties: String,
    /// The number of the view it was made from.
    number: u64,
    /// Why the chosen operation is not for this worker.
    not_mine: Option<String>,
    /// He gave his PIN, and is signed out when he goes.
    pins: bool,
}

/// One filter as a link.
struct Choice {
    href: String,
    current: bool,
}

/// The list.
pub(super) async fn show(State(app): State<App>, asker: Asker, caller: Caller, query: Fields) -> Answer {
    if query.text("trabajador").is_none() {
        return Ok(Redirect::to("/").into_response());
    }
    let id = query.worker().map_err(|failure| asker.told(failure))?;
    if first_pin(&app, &caller, id) {
        return Ok(Redirect::to(&format!("/pin?trabajador={id}")).into_response());
    }
    let filter = filter(&query).map_err(|failure| asker.told(failure))?;
    let view = app.plant.view();
    let worker = view.people.active(id).map_err(|refusal| asker.told(refusal))?;
    Ok(page(&Spools::of(&app, &view, worker, filter)))
}

fn filter(query: &Fields) -> Result<Filter, Fault> {
    Ok(Filter {
        q: query.text("q").unwrap_or_default().chars().take(100).collect(),
        operation: query.operation_if_any()?,
        show: Show::read(query.text("ver")),
        spool: query.spool_if_any()?,
        from: query.text("desde").and_then(|text| text.parse().ok()).unwrap_or(0),
    })
}

fn not_mine(operation: Operation, rules: &Rules) -> String {
    words::refusal(&Refusal::RoleMissing { operation, needed: rules.roles.needed(operation) })
}

/// One card, fresh.
pub(super) async fn card(State(app): State<App>, asker: Asker, Asked(id): Asked, query: Fields) -> Answer {
    let worker = query.worker().map_err(|failure| asker.told(failure))?;
    let card = fresh(&app, &id, worker).map_err(|error| asker.told(error))?;
    Ok(page(&CardAlone { card: &card }))
}

/// The card of a spool as this worker sees it now.
pub(super) fn fresh(app: &App, spool: &str, worker: WorkerId) -> Result<Card, Error> {
    let view = app.plant.view();
    let worker = view.people.active(worker)?;
    let looker = looker(app, worker);
    Ok(Card::new(view.find(spool)?, &looker))
}

fn looker<'a>(app: &'a App, worker: &'a Arc<Worker>) -> Looker<'a> {
    let clock = app.plant.clock();
    Looker { worker, rules: app.plant.rules(), now: clock.now(), zone: clock.zone() }
}

/// The address of a list, and of the same list with one choice changed.
struct Address {
    worker: WorkerId,
    filter: Filter,
}

impl Address {
    fn of(&self, operation: Option<Operation>, show: Show, from: usize) -> String {
        let mut address = format!("/carretes?trabajador={}", self.worker);
        // Writing into a String cannot fail.
        if !self.filter.q.is_empty() {
            let encoded = askama::filters::urlencode(&self.filter.q).map(|safe| safe.to_string()).unwrap_or_default();
            let _ = write!(address, "&q={encoded}");
        }
        if let Some(operation) = operation {
            let _ = write!(address, "&operacion={operation}");
        }
        if show != Show::Now {
            let _ = write!(address, "&ver={}", show.name());
        }
        if from > 0 {
            let _ = write!(address, "&desde={from}");
        }
        address
    }

    fn here(&self) -> String {
        match &self.filter.spool {
            Some(spool) => format!("/carretes?trabajador={}&carrete={spool}", self.worker),
            None => self.from(&self.filter.from),
        }
    }

    fn from(&self, from: &usize) -> String {
        self.of(self.filter.operation, self.filter.show, *from)
    }

    fn waiting(&self) -> String {
        self.of(None, Show::All, 0)
    }

    fn show(&self, show: Show) -> Choice {
        Choice { href: self.of(self.filter.operation, show, 0), current: show == self.filter.show }
    }

    /// The same choice again takes it back.
    fn operation(&self, operation: Operation) -> Choice {
        let current = self.filter.operation == Some(operation);
        let href = self.of((!current).then_some(operation), self.filter.show, 0);
        Choice { href, current }
    }
}

impl<'a> Spools<'a> {
    /// What this worker sees of the plant through this filter.
    fn of(app: &'a App, view: &View, worker: &'a Arc<Worker>, filter: Filter) -> Spools<'a> {
        let rules = app.plant.rules();
        let list = List::of(view, &looker(app, worker), &filter);
        let own: Vec<Operation> = Operation::ALL.into_iter().filter(|operation| rules.roles.allows(worker, *operation)).collect();
        let address = Address { worker: worker.id, filter: filter.clone() };
        let several = own.iter().filter(|_| own.len() > 1);
        Spools {
            site: &app.site,
            worker,
            list,
            shows: Show::ALL.into_iter().map(|show| (show, address.show(show))).collect(),
            operations: several.map(|operation| (words::operation(*operation), address.operation(*operation))).collect(),
            duties: own.iter().map(|operation| operation.name()).collect::<Vec<_>>().join(" "),
            number: view.number,
            not_mine: filter.operation.filter(|operation| !own.contains(operation)).map(|operation| not_mine(operation, rules)),
            pins: door::asks(app),
            address,
            filter,
        }
    }

    fn key(&self) -> Uuid {
        Uuid::new_v4()
    }

    /// Whether something is chosen that stands behind the word for the rarer filters.
    fn more(&self) -> bool {
        self.filter.operation.is_some() || !self.filter.show.is_daily()
    }

    fn before(&self) -> Option<usize> {
        (self.list.from > 0).then(|| self.list.from.saturating_sub(self.filter.show.page()))
    }

    /// Of what there is nothing. Of other operations than the chosen one there may be.
    fn nothing(&self) -> &'static str {
        match (self.filter.show, self.filter.operation) {
            (Show::Problems, _) => words::text("list-no-problems"),
            (Show::Mine, None) => words::text("list-none-mine"),
            (Show::Occupied, None) => words::text("list-none-others"),
            _ => words::text("list-empty"),
        }
    }

    /// Cards after this page.
    fn rest(&self) -> usize {
        self.list.next.map_or(0, |next| self.list.total - next)
    }
}
