//! `/supervisor/datos`: rows with problems by kind, tags that several rows share, workers without a
//! role (`field-failures.md` A13, B7).

use super::one::address;
use super::{Answer, Frame, Named, Tab};
use crate::domain::problem::{Kind, Level};
use crate::domain::{Column, Problem, Remedy, Spool, Tag};
use crate::web::pages::fields::Fields;
use crate::web::pages::page;
use crate::web::{App, Site};
use crate::words;
use crate::workbook::{Formulas, View};
use askama::Template;
use axum::extract::State;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many rows of a kind are shown beside the others, and how many when it is asked for alone.
const FEW: usize = 10;
const MANY: usize = 500;

#[derive(Template)]
#[template(path = "supervisor/data.html")]
struct Data<'a> {
    site: &'a Site,
    frame: Frame,
    sheet: &'a str,
    kinds: Vec<Group>,
    chosen: Option<String>,
    /// Rows with a problem, and how many of them cannot be read.
    rows: usize,
    unreadable: usize,
    twins: Vec<(String, Vec<Twin>)>,
    /// The header over the tags.
    tag_column: &'static str,
    strangers: Vec<String>,
}

/// The problems of one kind.
struct Group {
    name: String,
    title: &'static str,
    error: bool,
    /// Nothing is wrong with the rows; the cells are not written.
    formula: bool,
    count: usize,
    lines: Vec<Line>,
}

struct Line {
    spool: Named,
    fila: u32,
    column: &'static str,
    /// The cell as people name it: `K12`.
    cell: String,
    value: String,
    remedies: Vec<(String, String)>,
}

/// One of the rows that share a tag.
struct Twin {
    spool: Named,
    fila: u32,
    cell: String,
    state: String,
}

/// The page.
pub(in crate::web::pages) async fn show(State(app): State<App>, query: Fields) -> Answer {
    let view = app.plant.view();
    let chosen = query.text("tipo").map(str::to_owned);
    let here = chosen.as_ref().map_or_else(|| "/supervisor/datos".to_owned(), |kind| address_of(kind));
    let frame = Frame::of(&app, Some(Tab::Data), here, &query)?;
    let formulas = formulas(&view, &app.plant.workbook().formulas());
    let wrong = |spool: &&Arc<Spool>| !spool.problems.is_empty() || formulas.iter().any(|(with, _)| Arc::ptr_eq(with, spool));
    Ok(page(&Data {
        site: &app.site,
        frame,
        sheet: &app.site.sheet,
        kinds: kinds(&view, &formulas, chosen.as_deref()),
        chosen,
        rows: view.spools.iter().filter(wrong).count(),
        unreadable: view.spools.iter().filter(|spool| spool.unreadable().is_some()).count(),
        twins: twins(&view),
        tag_column: Column::Tag.header(),
        strangers: strangers(&view),
    }))
}

fn address_of(kind: &str) -> String {
    let encoded = askama::filters::urlencode(kind).map(|safe| safe.to_string()).unwrap_or_default();
    format!("/supervisor/datos?tipo={encoded}")
}

/// Rows, each with the problem that it is listed for.
type Wrong<'a> = Vec<(&'a Arc<Spool>, &'a Problem)>;

/// Formulas where we write, as problems of their rows, in the order of the sheet (`field-failures.md` I4).
fn formulas(view: &View, found: &Formulas) -> Vec<(Arc<Spool>, Problem)> {
    let of = |spool: &Arc<Spool>, column: Column| {
        let value = found.get(&(Arc::clone(&spool.identity.id), column))?.clone();
        Some((Arc::clone(spool), Problem { column, value, level: Level::Warning, kind: Kind::Formula }))
    };
    let rows = view.spools.iter().filter(|_| !found.is_empty());
    rows.flat_map(|spool| Column::ALL.into_iter().filter_map(move |column| of(spool, column))).collect()
}

/// Every kind that occurs, what cannot be read first.
fn kinds(view: &View, formulas: &[(Arc<Spool>, Problem)], chosen: Option<&str>) -> Vec<Group> {
    let mut found: BTreeMap<(Level, Kind), Wrong<'_>> = BTreeMap::new();
    for spool in &view.spools {
        for problem in &spool.problems {
            found.entry((problem.level, problem.kind)).or_default().push((spool, problem));
        }
    }
    for (spool, problem) in formulas {
        found.entry((problem.level, problem.kind)).or_default().push((spool, problem));
    }
    let name = |kind: Kind| format!("{kind:?}");
    let wanted = found.into_iter().filter(|((_, kind), _)| chosen.is_none_or(|chosen| name(*kind) == chosen));
    let most = if chosen.is_some() { MANY } else { FEW };
    let group = |((level, kind), rows): ((Level, Kind), Wrong<'_>)| Group {
        name: name(kind),
        title: words::problem_title(kind),
        error: level == Level::Error,
        formula: kind == Kind::Formula,
        count: rows.len(),
        lines: rows.into_iter().take(most).map(|(spool, problem)| line(view, spool, problem)).collect(),
    };
    wanted.map(group).collect()
}

fn line(view: &View, spool: &Spool, problem: &Problem) -> Line {
    let remedies = Remedy::of(spool, problem).into_iter().map(|remedy| (words::remedy(spool, remedy), address(spool, remedy)));
    Line {
        spool: Named::of(spool),
        fila: spool.fila,
        column: problem.column.header(),
        cell: cell(view, spool, problem.column),
        value: words::value(problem.column, problem.value.trim()),
        remedies: remedies.collect(),
    }
}

/// A cell as people name it: `K12`; empty where the sheet has no such column.
fn cell(view: &View, spool: &Spool, column: Column) -> String {
    view.letters(column).map(|letters| format!("{letters}{}", spool.fila)).unwrap_or_default()
}

/// Tags that several rows share, in the order of the sheet.
fn twins(view: &View) -> Vec<(String, Vec<Twin>)> {
    let mut known: Vec<&Tag> = Vec::new();
    let shared = view.spools.iter().filter(|spool| spool.identity.duplicate && spool.identity.tag_ok);
    for spool in shared {
        if !known.contains(&spool.tag()) {
            known.push(spool.tag());
        }
    }
    let twin = |spool: &Arc<Spool>| Twin {
        spool: Named::of(spool),
        fila: spool.fila,
        cell: cell(view, spool, Column::Tag),
        state: words::stage(crate::domain::stage::Stage::of(spool)).to_owned(),
    };
    known.into_iter().map(|tag| (tag.to_string(), view.tagged(tag).map(twin).collect())).collect()
}

/// Active workers whom no list offers anything but repair.
fn strangers(view: &View) -> Vec<String> {
    let idle = view.people.all().iter().filter(|worker| worker.active && worker.roles.is_empty());
    idle.map(|worker| format!("{} · {}", worker.full_name(), worker.stamp())).collect()
}
