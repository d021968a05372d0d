//! `CellData`: a cell in the JSON of the `spreadsheets` methods.
//! Document: <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells>.

use super::format::shown;
use super::formula;
use super::grid::{Cell, NumberFormat, Sheet, Value};
use super::mask::Mask;
use super::refusal::{Answer, Refusal};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// The longest text of one cell. Report: <https://github.com/moevm/github_repo_commitment_calc/issues/67>.
const LONGEST: usize = 50_000;

/// A number in JSON: 2 and not 2.0, as Google writes it.
pub(crate) fn json_number(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) }
}

fn extended(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!({ "stringValue": text }),
        Value::Number(number) => json!({"numberValue": json_number(*number)}),
        Value::Bool(value) => json!({ "boolValue": value }),
        Value::Error(name) => {
            let kind = name.trim_matches(['#', '!', '?']).replace('/', "_");
            let kind = if kind == "DIV_0" { "DIVIDE_BY_ZERO".to_owned() } else { kind };
            json!({"errorValue": {"type": kind, "message": format!("{name} (stand-in)")}})
        }
    }
}

/// The cell as `CellData`, of which `mask` says what is wanted.
pub(crate) fn written(cell: &Cell, locale: &str, mask: &Mask) -> Json {
    let mut data = Map::new();
    let mut add = |name: &str, value: Option<Json>| {
        if let Some(value) = value.filter(|_| mask.wants(&[name])) {
            data.insert(name.to_owned(), value);
        }
    };
    let entered = cell.source().map(|source| json!({ "formulaValue": source })).or_else(|| cell.value.as_ref().map(extended));
    add("userEnteredValue", entered);
    add("effectiveValue", cell.value.as_ref().map(extended));
    add("formattedValue", cell.value.as_ref().map(|_| json!(shown(cell, locale))));
    let mut format = cell.rare.as_ref().map(|rare| rare.dress.clone()).unwrap_or_default();
    if let Some(number) = &cell.format {
        format.insert("numberFormat".into(), json!({"type": number.kind, "pattern": number.pattern}));
    }
    if !format.is_empty() {
        add("userEnteredFormat", Some(Json::Object(format.clone())));
        add("effectiveFormat", Some(Json::Object(format)));
    }
    add("note", cell.rare.as_ref().and_then(|rare| rare.note.as_ref()).map(|note| json!(note)));
    Json::Object(data)
}

/// Writes the fields that `mask` names from `CellData` into a cell; a named field that the data does not
/// have is cleared. `place` is where in the request this is, for the refusal.
pub(crate) fn write(sheet: &mut Sheet, (row, column): (usize, usize), data: &Json, mask: &Mask, locale: &str) -> Answer<()> {
    check(data)?;
    if mask.wants(&["userEnteredValue"]) {
        enter(sheet, (row, column), data.get("userEnteredValue").unwrap_or(&Json::Null), locale)?;
    }
    let cell = sheet.cell_mut(row, column);
    if mask.wants(&["userEnteredFormat", "numberFormat"]) {
        let format = &data["userEnteredFormat"]["numberFormat"];
        let text = |name: &str| format[name].as_str().unwrap_or_default().to_owned();
        let known = format["type"].as_str().filter(|kind| *kind != "NUMBER_FORMAT_TYPE_UNSPECIFIED");
        cell.format = known.map(|kind| Arc::new(NumberFormat { kind: kind.to_owned(), pattern: text("pattern") }));
    }
    let dress = data["userEnteredFormat"].as_object().cloned().unwrap_or_default();
    let named = |name: &str| name != "numberFormat" && mask.wants(&["userEnteredFormat", name]);
    if dress.keys().any(|name| named(name)) || cell.rare.as_ref().is_some_and(|rare| !rare.dress.is_empty()) {
        let rare = cell.rare();
        rare.dress.retain(|name, _| !named(name));
        rare.dress.extend(dress.into_iter().filter(|(name, _)| named(name)));
    }
    if mask.wants(&["note"]) {
        let note = data["note"].as_str().filter(|note| !note.is_empty()).map(str::to_owned);
        if note.is_some() || cell.rare.is_some() {
            cell.rare().note = note;
        }
    }
    Ok(())
}

/// Refuses what is no `CellData` before anything is written.
fn check(data: &Json) -> Answer<()> {
    const KNOWN: [&str; 14] = [
        "userEnteredValue",
        "effectiveValue",
        "formattedValue",
        "userEnteredFormat",
        "effectiveFormat",
        "hyperlink",
        "note",
        "textFormatRuns",
        "dataValidation",
        "pivotTable",
        "dataSourceTable",
        "dataSourceFormula",
        "chipRuns",
        "values",
    ];
    let Some(fields) = data.as_object() else { return Err(Refusal::invalid("Invalid value: a cell is an object")) };
    match fields.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        Some(name) => {
            Err(Refusal::invalid(format!("Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.")))
        }
        None => Ok(()),
    }
}

/// Puts an `ExtendedValue` into a cell; no value empties it.
fn enter(sheet: &mut Sheet, (row, column): (usize, usize), value: &Json, locale: &str) -> Answer<()> {
    let fields = match value {
        Json::Null => Map::new(),
        Json::Object(fields) => {
            fields.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect()
        }
        _ => return Err(Refusal::invalid("Invalid value at 'user_entered_value'")),
    };
    if fields.len() > 1 {
        return Err(Refusal::invalid("Invalid value: oneof field 'value' is already set."));
    }
    let wrong = |kind: &str, value: &Json| Refusal::invalid(format!("Invalid value at 'user_entered_value' ({kind}), {value}"));
    let value = match fields.iter().next() {
        None => None,
        Some((name, value)) => match (name.as_str(), value) {
            ("stringValue", Json::String(text)) => {
                not_too_long(text)?;
                Some(Value::Text(text.clone()))
            }
            ("stringValue", other) => return Err(wrong("TYPE_STRING", other)),
            ("numberValue", Json::Number(number)) => number.as_f64().map(Value::Number),
            ("numberValue", other) => return Err(wrong("TYPE_DOUBLE", other)),
            ("boolValue", Json::Bool(value)) => Some(Value::Bool(*value)),
            ("boolValue", other) => return Err(wrong("TYPE_BOOL", other)),
            ("formulaValue", Json::String(source)) if source.starts_with('=') => {
                let result = formula::evaluate(sheet, source, (row, column), locale);
                let cell = sheet.cell_mut(row, column);
                cell.put(result);
                cell.rare().formula = Some(source.clone());
                return Ok(());
            }
            ("formulaValue", other) => return Err(wrong("TYPE_STRING", other)),
            (name, _) => {
                return Err(Refusal::invalid(format!(
                    "Invalid JSON payload received. Unknown name \"{name}\": Cannot find field."
                )));
            }
        },
    };
    if value.is_some() || !sheet.cell(row, column).is_empty() {
        sheet.cell_mut(row, column).put(value);
    }
    Ok(())
}

/// Refuses a text that no cell can hold.
pub(crate) fn not_too_long(text: &str) -> Answer<()> {
    if text.chars().count() <= LONGEST {
        return Ok(());
    }
    Err(Refusal::invalid(format!("Your input contains more than the maximum of {LONGEST} characters in a single cell.")))
}
