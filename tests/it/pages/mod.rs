//! The screens, asserted by selector over a real socket.

mod actions;
mod board;
mod history;
mod lists;
mod packed;
mod remedies;
mod scan;
mod shell;
mod supervisor;
mod watching;

use crate::support::{Reply, TestPlant, fresh};
use reqwest::Method;
use scraper::{Html, Selector};

/// A screen that was read.
pub(crate) struct Screen(Html);

impl Screen {
    /// The screen at an address, which must answer.
    pub(crate) async fn open(plant: &TestPlant, path: &str) -> Screen {
        let reply = plant.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        Screen(Html::parse_document(&reply.text))
    }

    /// The answer to a form, as htmx unpacks it.
    pub(crate) fn of(reply: &Reply) -> Screen {
        Screen(Html::parse_document(&reply.text))
    }

    pub(crate) fn count(&self, selector: &str) -> usize {
        self.0.select(&Selector::parse(selector).unwrap()).count()
    }

    /// The text of the first match, blanks collapsed; empty without a match.
    pub(crate) fn text(&self, selector: &str) -> String {
        self.texts(selector).into_iter().next().unwrap_or_default()
    }

    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let collapsed = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.0.select(&Selector::parse(selector).unwrap()).map(|found| collapsed(found.text().collect())).collect()
    }

    pub(crate) fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        self.0.select(&selector).filter_map(|found| found.value().attr(name).map(str::to_owned)).collect()
    }

    pub(crate) fn attribute(&self, selector: &str, name: &str) -> String {
        let found = self.0.select(&Selector::parse(selector).unwrap()).next();
        found.and_then(|found| found.value().attr(name)).unwrap_or_default().to_owned()
    }
}

/// The short id of the only row with a tag.
pub(crate) async fn id(plant: &TestPlant, tag: &str) -> String {
    plant.get(&format!("/api/occupation/status/{tag}")).await.json["id"].as_str().unwrap().to_owned()
}

/// A form sent as the screens send it.
pub(crate) async fn tap(plant: &TestPlant, path: &str, fields: &[(&str, &str)]) -> Reply {
    let mut form = fields.to_vec();
    let key = fresh();
    if !form.iter().any(|(name, _)| *name == "id_operacion") {
        form.push(("id_operacion", &key));
    }
    plant.send(plant.request(Method::POST, path).header("HX-Request", "true").form(&form)).await
}
