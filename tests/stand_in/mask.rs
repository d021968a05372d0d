//! Field masks: `sheets(properties(sheetId,title),data.rowData)`, `gridProperties/rowCount`.
//! Document: <https://developers.google.com/workspace/sheets/api/guides/field-masks>.

use super::refusal::{Answer, Refusal};
use serde_json::Value;
use std::collections::BTreeMap;

/// The fields that are asked for; a node without children means all of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Mask(BTreeMap<String, Mask>);

impl Mask {
    /// Reads a mask; `.` and `/` both lead into a field.
    pub(crate) fn parse(text: &str) -> Answer<Mask> {
        let letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut place = 0;
        let mask = list(&letters, &mut place).filter(|_| place == letters.len() && !letters.is_empty());
        mask.ok_or_else(|| Refusal::field("fields", format!("Error expanding 'fields' parameter. Cannot parse '{text}'.")))
    }

    /// Whether the field at this path, or part of it, is asked for.
    pub(crate) fn wants(&self, path: &[&str]) -> bool {
        let Some((first, rest)) = path.split_first() else { return true };
        if self.0.is_empty() || self.0.contains_key("*") {
            return true;
        }
        self.0.get(*first).is_some_and(|below| below.wants(rest))
    }

    /// The mask for what is below a field, if that field is asked for.
    pub(crate) fn below(&self, name: &str) -> Option<Mask> {
        if self.is_all() { Some(Mask::default()) } else { self.0.get(name).cloned() }
    }

    /// Whether everything is asked for.
    pub(crate) fn is_all(&self) -> bool {
        self.0.is_empty() || self.0.contains_key("*")
    }

    /// The names at the top.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Refuses a name at the top that the message does not have.
    pub(crate) fn check(&self, known: &[&str]) -> Answer<()> {
        match self.names().find(|name| *name != "*" && !known.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let sentence = format!("Error expanding 'fields' parameter. Cannot find matching fields for path '{name}'.");
                let refusal = Refusal::field(name, sentence);
                Err(Refusal { message: "Request contains an invalid argument.".into(), ..refusal })
            }
        }
    }

    /// What is left of a reply; empty rows and cells at the end go too
    /// (`WorksheetTest.test_get_notes.json`).
    pub(crate) fn apply(&self, value: Value) -> Value {
        if self.is_all() {
            return value;
        }
        match value {
            Value::Object(fields) => {
                let kept = fields.into_iter().filter_map(|(name, field)| {
                    let mut field = self.0.get(&name)?.apply(field);
                    if let Value::Array(items) = &mut field {
                        // Sheets and ranges keep their places; rows and cells are cut at the last that has something.
                        while matches!(name.as_str(), "rowData" | "values") && items.last().is_some_and(is_bare) {
                            items.pop();
                        }
                        if items.is_empty() {
                            return None;
                        }
                    }
                    Some((name, field))
                });
                Value::Object(kept.collect())
            }
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.apply(item)).collect()),
            other => other,
        }
    }
}

fn is_bare(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn list(letters: &[char], place: &mut usize) -> Option<Mask> {
    let mut mask = Mask::default();
    loop {
        path(letters, place, &mut mask)?;
        if letters.get(*place) != Some(&',') {
            return Some(mask);
        }
        *place += 1;
    }
}

fn path(letters: &[char], place: &mut usize, into: &mut Mask) -> Option<()> {
    let start = *place;
    while letters.get(*place).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '*')) {
        *place += 1;
    }
    let name: String = letters[start..*place].iter().collect();
    if name.is_empty() {
        return None;
    }
    let known = into.0.contains_key(&camel(&name));
    let below = into.0.entry(camel(&name)).or_default();
    match letters.get(*place) {
        Some('.' | '/') => {
            *place += 1;
            if known && below.0.is_empty() { path(letters, place, &mut Mask::default()) } else { path(letters, place, below) }
        }
        Some('(') => {
            *place += 1;
            below.0.extend(list(letters, place)?.0);
            (letters.get(*place) == Some(&')')).then(|| *place += 1)
        }
        _ => {
            below.0.clear();
            Some(())
        }
    }
}

/// Masks may also be written in snake case.
fn camel(name: &str) -> String {
    let mut upper = false;
    let mut text = String::new();
    for letter in name.chars() {
        match letter {
            '_' => upper = true,
            letter if upper => {
                text.push(letter.to_ascii_uppercase());
                upper = false;
            }
            letter => text.push(letter),
        }
    }
    text
}
