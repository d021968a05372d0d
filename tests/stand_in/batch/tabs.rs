//! Requests that work on sheets and on the workbook itself.

use super::super::book::Book;
use super::super::grid::Sheet;
use super::super::read::properties;
use super::super::refusal::{Answer, Refusal};
use super::{fields, place, sheet_id};
use serde_json::{Value as Json, json};

/// A title that no other sheet has and that Google would take. The sentences are those of many public logs.
fn free_title(book: &Book, title: &str, own: Option<i64>) -> Answer<()> {
    if title.chars().count() > 100 {
        return Err(Refusal::invalid("The sheet name cannot be greater than 100 characters."));
    }
    match book.by_title(title).filter(|sheet| Some(sheet.id) != own) {
        None => Ok(()),
        Some(_) => Err(Refusal::invalid(format!("A sheet with the name \"{title}\" already exists. Please enter another name."))),
    }
}

/// `addSheet`: a given id must be free ("It is an error to specify the ID of a sheet that already exists",
/// reference of `AddSheetRequest`; the sentence itself is not recorded publicly).
pub(super) fn add(book: &mut Book, arguments: &Json) -> Answer {
    let wanted = &arguments["properties"];
    let id = match &wanted["sheetId"] {
        Json::Null => {
            (1..).map(|step: i64| (step * 1_640_531_527) % 2_147_483_647).find(|id| book.sheet(*id).is_none()).unwrap_or(1)
        }
        id => id
            .as_i64()
            .filter(|id| (0..=i64::from(i32::MAX)).contains(id))
            .ok_or_else(|| Refusal::invalid(format!("Invalid sheetId: {id}")))?,
    };
    if book.sheet(id).is_some() {
        return Err(Refusal::invalid(format!("Sheet with ID {id} already exists. Please enter another ID.")));
    }
    let mut number = book.sheets.len() + 1;
    while wanted["title"].is_null() && book.by_title(&format!("Hoja {number}")).is_some() {
        number += 1;
    }
    let title = wanted["title"].as_str().map_or_else(|| format!("Hoja {number}"), str::to_owned);
    free_title(book, &title, None)?;
    let grid = &wanted["gridProperties"];
    let mut sheet = Sheet::new(id, &title, place(grid, "rowCount")?.unwrap_or(1_000), place(grid, "columnCount")?.unwrap_or(26));
    sheet.frozen_rows = place(grid, "frozenRowCount")?.unwrap_or(0);
    sheet.frozen_columns = place(grid, "frozenColumnCount")?.unwrap_or(0);
    sheet.hidden = wanted["hidden"] == true;
    let index = place(wanted, "index")?.unwrap_or(book.sheets.len()).min(book.sheets.len());
    let reply = json!({"addSheet": {"properties": properties(&sheet, index)}});
    book.sheets.insert(index, sheet);
    Ok(reply)
}

/// `deleteSheet`.
pub(super) fn delete(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let id = sheet_id(arguments);
    let whole = book.tab(id)?.rect();
    book.guard(who, id, whole)?;
    if book.sheets.iter().filter(|sheet| sheet.id != id && !sheet.hidden).count() == 0 {
        return Err(Refusal::invalid("You can't remove all the sheets in a document."));
    }
    book.sheets.retain(|sheet| sheet.id != id);
    book.protections.retain(|protection| protection.range.sheet != id);
    Ok(json!({}))
}

/// `updateSheetProperties`.
pub(super) fn update(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let wanted = &arguments["properties"];
    let id = sheet_id(wanted);
    book.tab(id)?;
    let mask = fields(arguments)?;
    mask.check(&[
        "sheetId",
        "title",
        "index",
        "sheetType",
        "gridProperties",
        "hidden",
        "tabColor",
        "tabColorStyle",
        "rightToLeft",
    ])?;
    if mask.wants(&["title"]) {
        let title = wanted["title"].as_str().unwrap_or_default().to_owned();
        free_title(book, &title, Some(id))?;
        book.tab(id)?.title = title;
    }
    if mask.wants(&["hidden"]) {
        let hidden = wanted["hidden"] == true;
        // Recording: `WorksheetTest.test_hide_show_worksheet.json`.
        if hidden && book.sheets.iter().all(|sheet| sheet.id == id || sheet.hidden) {
            return Err(Refusal::invalid("You can't hide all the sheets in a document."));
        }
        book.tab(id)?.hidden = hidden;
    }
    resize(book, who, id, &wanted["gridProperties"], &mask)?;
    if mask.wants(&["index"]) && !mask.is_all() {
        let from = book.sheets.iter().position(|sheet| sheet.id == id).unwrap_or(0);
        let sheet = book.sheets.remove(from);
        let to = place(wanted, "index")?.unwrap_or(0);
        // The new place is counted before the move (reference of `SheetProperties.index`).
        let to = if to > from { to - 1 } else { to };
        book.sheets.insert(to.min(book.sheets.len()), sheet);
    }
    Ok(json!({}))
}

fn resize(book: &mut Book, who: &str, id: i64, grid: &Json, mask: &super::super::mask::Mask) -> Answer<()> {
    let asked = |name: &str| mask.wants(&["gridProperties", name]) && !mask.is_all();
    let sheet = book.tab(id)?;
    let rows = if asked("rowCount") { place(grid, "rowCount")?.unwrap_or(0) } else { sheet.row_count };
    let columns = if asked("columnCount") { place(grid, "columnCount")?.unwrap_or(0) } else { sheet.column_count };
    if rows == 0 || columns == 0 {
        return Err(Refusal::invalid("You can't have a sheet without rows or columns."));
    }
    if asked("frozenRowCount") {
        sheet.frozen_rows = place(grid, "frozenRowCount")?.unwrap_or(0);
    }
    if asked("frozenColumnCount") {
        sheet.frozen_columns = place(grid, "frozenColumnCount")?.unwrap_or(0);
    }
    if (rows, columns) == (sheet.row_count, sheet.column_count) {
        return Ok(());
    }
    let whole = sheet.rect();
    book.guard(who, id, whole)?;
    let cells: usize = book.sheets.iter().filter(|sheet| sheet.id != id).map(|sheet| sheet.row_count * sheet.column_count).sum();
    // Report: <https://github.com/jennybc/googlesheets/issues/400>; the limit is ten million today.
    if cells + rows * columns > 10_000_000 {
        let sentence = "This action would increase the number of cells in the workbook above the limit of 10000000 cells.";
        return Err(Refusal::invalid(sentence));
    }
    book.tab(id)?.resize(rows, columns);
    Ok(())
}

/// `updateSpreadsheetProperties`. Recording: `SpreadsheetTest.test_update_title.json`.
pub(super) fn update_book(book: &mut Book, arguments: &Json) -> Answer {
    let (mask, wanted) = (fields(arguments)?, &arguments["properties"]);
    mask.check(&["title", "locale", "timeZone", "autoRecalc", "defaultFormat"])?;
    let text = |name: &str| wanted[name].as_str().filter(|_| mask.wants(&[name])).map(str::to_owned);
    book.title = text("title").unwrap_or_else(|| book.title.clone());
    book.locale = text("locale").unwrap_or_else(|| book.locale.clone());
    book.time_zone = text("timeZone").unwrap_or_else(|| book.time_zone.clone());
    Ok(json!({}))
}
