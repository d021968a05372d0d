//! `/`: who are you?

use super::fields::Fields;
use super::{Answer, page};
use crate::domain::spool::squeeze;
use crate::domain::{Role, Worker};
use crate::web::{App, Site};
use crate::words;
use askama::Template;
use axum::extract::State;
use std::collections::HashSet;

#[derive(Template)]
#[template(path = "workers.html")]
struct Workers<'a> {
    site: &'a Site,
    q: &'a str,
    groups: Vec<Group>,
    /// Active workers in all, before the search.
    active: usize,
}

/// The people of one role.
struct Group {
    /// `None`: people without any.
    role: Option<Role>,
    people: Vec<Person>,
}

struct Person {
    id: u32,
    name: String,
    /// As the workbook writes him, where another one has the same name.
    stamp: Option<String>,
    initials: String,
    roles: Vec<&'static str>,
}

/// The page.
pub(super) async fn show(State(app): State<App>, query: Fields) -> Answer {
    let view = app.plant.view();
    let q = query.text("q").unwrap_or_default();
    let wanted = squeeze(q);
    let active: Vec<_> = view.people.all().iter().filter(|worker| worker.active).collect();
    let mut names = HashSet::new();
    let shared: HashSet<String> = active.iter().map(|worker| called(worker)).filter(|name| !names.insert(name.clone())).collect();
    let mut groups: Vec<Group> =
        Role::ALL.into_iter().map(Some).chain([None]).map(|role| Group { role, people: Vec::new() }).collect();
    for worker in active.iter().filter(|worker| squeeze(&format!("{} {}", worker.full_name(), worker.stamp())).contains(&wanted))
    {
        // Once each, under the first role of the plant's list.
        let first = Role::ALL.into_iter().find(|role| worker.roles.contains(role));
        if let Some(group) = groups.iter_mut().find(|group| group.role == first) {
            group.people.push(person(worker, shared.contains(&called(worker))));
        }
    }
    groups.retain(|group| !group.people.is_empty());
    groups.iter_mut().for_each(|group| group.people.sort_by_cached_key(|person| squeeze(&person.name)));
    Ok(page(&Workers { site: &app.site, q, groups, active: active.len() }))
}

/// His name as somebody who looks for it reads it.
fn called(worker: &Worker) -> String {
    squeeze(&worker.full_name())
}

fn person(worker: &Worker, twin: bool) -> Person {
    Person {
        id: worker.id.get(),
        name: worker.full_name(),
        stamp: twin.then(|| worker.stamp()),
        initials: worker.initials(),
        roles: worker.roles.iter().map(|role| words::role(*role)).collect(),
    }
}

impl Group {
    fn title(&self) -> &'static str {
        self.role.map_or_else(|| words::text("people-no-role"), words::role)
    }
}
