//! `/supervisor/carretes/{id}`: one spool, what is wrong with its row, and what may be done about it.

use super::{Answer, Frame, Named, Tab};
use crate::domain::{Column, Mend, Operation, Remedy, Spool};
use crate::web::input::Asked;
use crate::web::pages::face::Asker;
use crate::web::pages::fields::Fields;
use crate::web::pages::page;
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::extract::State;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "supervisor/one.html")]
struct One<'a> {
    site: &'a Site,
    frame: Frame,
    spool: Named,
    state: String,
    fila: u32,
    help: Option<String>,
    seen: bool,
    problems: Vec<Wrong>,
    offers: Vec<(String, String)>,
    cells: Vec<(&'static str, String, String)>,
}

/// A problem and its remedies, each with its address.
struct Wrong {
    words: String,
    remedies: Vec<(String, String)>,
}

impl One<'_> {
    fn key(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// The page.
pub(in crate::web::pages) async fn show(State(app): State<App>, asker: Asker, Asked(id): Asked, query: Fields) -> Answer {
    let view = app.plant.view();
    let spool = view.find(&id).map_err(|refusal| asker.told(refusal))?;
    let frame = Frame::of(&app, None, format!("/supervisor/carretes/{}", spool.id()), &query)?;
    let cell = |column: Column| {
        let value = words::value(column, &spool.row[column].display());
        (column.header(), view.letters(column).unwrap_or_default(), value)
    };
    Ok(page(&One {
        site: &app.site,
        frame,
        spool: Named::of(spool),
        state: words::stage(crate::domain::stage::Stage::of(spool)).to_owned(),
        fila: spool.fila,
        help: spool.help.as_ref().map(words::help),
        seen: spool.help.as_ref().is_some_and(|help| help.seen_by.is_some()),
        problems: problems(spool),
        offers: offers(spool, &app),
        cells: Column::ALL.into_iter().filter(|column| view.header.place(*column).is_some()).map(cell).collect(),
    }))
}

fn problems(spool: &Spool) -> Vec<Wrong> {
    let wrong = |problem| {
        let remedies =
            Remedy::of(spool, problem).into_iter().map(|remedy| (words::remedy(spool, remedy), address(spool, remedy)));
        Wrong { words: words::problem(problem), remedies: remedies.collect() }
    };
    spool.problems.iter().map(wrong).collect()
}

/// Where a remedy is confirmed.
pub(super) fn address(spool: &Spool, remedy: Remedy) -> String {
    let name = remedy.name();
    let encoded = askama::filters::urlencode(&name).map(|safe| safe.to_string()).unwrap_or_default();
    format!("/supervisor/carretes/{}/corregir?remedio={encoded}", spool.id())
}

/// What may be done now: each act that the plant would not refuse, with its address.
fn offers(spool: &Spool, app: &App) -> Vec<(String, String)> {
    let at = |path: &str| format!("/supervisor/carretes/{}/{path}", spool.id());
    let reopen = |operation: Operation| {
        let label = words::act(&Mend::Reopen(operation));
        (Mend::Reopen(operation), label, at(&format!("reabrir?operacion={operation}")))
    };
    let plain = |what: Mend, path: &str| (what.clone(), words::act(&what), at(path));
    let all = [plain(Mend::Release, "liberar"), plain(Mend::Unblock, "desbloquear")].into_iter();
    let all = all.chain([Operation::Arm, Operation::Sold, Operation::Metrology, Operation::Repair].map(reopen));
    all.filter(|(what, ..)| app.plant.preview(spool.id(), what).is_ok()).map(|(_, label, href)| (label, href)).collect()
}
