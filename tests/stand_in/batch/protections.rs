//! Requests that protect ranges and sheets.
//! Recordings: `WorksheetTest.test_add_protected_range_normal.json`, `test_delete_protected_range.json`.

use super::super::a1::Range;
use super::super::book::{Access, Book, Protection};
use super::super::refusal::{Answer, Refusal};
use super::grid_range;
use serde_json::{Map, Value as Json, json};

/// A `GridRange` as Google writes it: a sheet with id 0 and a start at 0 of a whole sheet are left out.
fn range_json(range: &Range) -> Json {
    let mut json = Map::new();
    let mut add = |name: &str, place: usize| json.insert(name.to_owned(), json!(place));
    for (start, end, from, to) in [
        ("startRowIndex", "endRowIndex", range.top, range.bottom),
        ("startColumnIndex", "endColumnIndex", range.left, range.right),
    ] {
        if from > 0 || to.is_some() {
            add(start, from);
        }
        if let Some(to) = to {
            add(end, to);
        }
    }
    if range.sheet != 0 {
        json.insert("sheetId".into(), json!(range.sheet));
    }
    Json::Object(json)
}

/// A `ProtectedRange` as this person sees it.
pub(crate) fn protection_json(book: &Book, protection: &Protection, who: &str) -> Json {
    let mut json = json!({"protectedRangeId": protection.id, "range": range_json(&protection.range)});
    if !protection.description.is_empty() {
        json["description"] = json!(protection.description);
    }
    if protection.warning_only {
        json["warningOnly"] = json!(true);
    }
    if !protection.except.is_empty() {
        json["unprotectedRanges"] = protection.except.iter().map(range_json).collect();
    }
    if book.may_edit(protection, who) {
        json["requestingUserCanEdit"] = json!(true);
        json["editors"] = json!({"users": protection.editors});
    }
    json
}

/// `addProtectedRange`: who adds it is always among its editors.
pub(super) fn add(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let wanted = &arguments["protectedRange"];
    let range = grid_range(&wanted["range"])?;
    book.grid(range.sheet)?;
    let id = match wanted["protectedRangeId"].as_i64() {
        Some(id) if book.protections.iter().any(|protection| protection.id == id) => {
            return Err(Refusal::invalid(format!("A protected range with id {id} already exists.")));
        }
        Some(id) => id,
        None => (1..)
            .map(|step: i64| (step * 1_103_515_245) % 2_147_483_647)
            .find(|id| book.protections.iter().all(|p| p.id != *id))
            .unwrap_or(1),
    };
    let users = wanted["editors"]["users"].as_array().into_iter().flatten();
    let mut editors: Vec<String> = users.filter_map(|user| user.as_str().map(str::to_owned)).collect();
    if !editors.iter().any(|editor| editor == who) {
        editors.push(who.to_owned());
    }
    let except = wanted["unprotectedRanges"].as_array().into_iter().flatten().map(grid_range).collect::<Answer<Vec<_>>>()?;
    let description = wanted["description"].as_str().unwrap_or_default().to_owned();
    let protection = Protection { id, range, except, description, warning_only: wanted["warningOnly"] == true, editors };
    let reply = json!({"addProtectedRange": {"protectedRange": protection_json(book, &protection, who)}});
    book.protections.push(protection);
    Ok(reply)
}

/// `deleteProtectedRange`.
pub(super) fn delete(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let id = arguments["protectedRangeId"].as_i64().unwrap_or(0);
    let found = book.protections.iter().find(|protection| protection.id == id);
    let found = found.ok_or_else(|| Refusal::invalid(format!("No protected range with ID: {id}.")))?;
    if book.access(who) != Some(Access::Own) && !book.may_edit(found, who) {
        return Err(Refusal::protected());
    }
    book.protections.retain(|protection| protection.id != id);
    Ok(json!({}))
}
