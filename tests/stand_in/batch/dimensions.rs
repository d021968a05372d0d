//! Requests that insert, append and delete rows and columns.

use super::super::book::Book;
use super::super::grid::{Dimension, Rect, Sheet};
use super::super::refusal::{Answer, Refusal};
use super::{dimension, place, sheet_id};
use serde_json::{Value as Json, json};

fn span(sheet: &Sheet, dimension: Dimension, from: usize, to: usize) -> Rect {
    match dimension {
        Dimension::Rows => Rect { top: from, bottom: to, ..sheet.rect() },
        Dimension::Columns => Rect { left: from, right: to, ..sheet.rect() },
    }
}

/// `insertDimension`.
pub(super) fn insert(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let range = &arguments["range"];
    let (id, dimension) = (sheet_id(range), dimension(range, "dimension")?);
    let (from, to) = (place(range, "startIndex")?.unwrap_or(0), place(range, "endIndex")?.unwrap_or(0));
    let sheet = book.grid(id)?;
    let (length, whole) = (sheet.length(dimension), span(sheet, dimension, from, from + 1));
    if to <= from {
        return Err(Refusal::invalid("range.endIndex must be after range.startIndex"));
    }
    if from > length || (from == length && arguments["inheritFromBefore"] != true) {
        let what = if dimension == Dimension::Rows { "row" } else { "column" };
        return Err(Refusal::invalid(format!("range.startIndex[{from}] is after last {what} in grid[{}]", length - 1)));
    }
    book.guard(who, id, whole)?;
    book.insert(id, dimension, from, to - from)?;
    Ok(json!({}))
}

/// `deleteDimension`; the sentences are those of many public logs.
pub(super) fn delete(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let range = &arguments["range"];
    let (id, dimension) = (sheet_id(range), dimension(range, "dimension")?);
    let sheet = book.grid(id)?;
    let (length, frozen, what) = match dimension {
        Dimension::Rows => (sheet.row_count, sheet.frozen_rows, "row"),
        Dimension::Columns => (sheet.column_count, sheet.frozen_columns, "column"),
    };
    let (from, to) = (place(range, "startIndex")?.unwrap_or(0), place(range, "endIndex")?.unwrap_or(length));
    if from >= length || to > length {
        let index = if from >= length { from } else { length };
        let sentence = format!(
            "Cannot delete a {what} that doesn't exist. Tried to delete {what} index {index} but there are only {length} {what}s."
        );
        return Err(Refusal::invalid(sentence));
    }
    if from == 0 && to == length {
        return Err(Refusal::invalid(format!("You can't delete all the {what}s on the sheet.")));
    }
    if from <= frozen && to == length {
        return Err(Refusal::invalid(format!("Sorry, it is not possible to delete all non-frozen {what}s.")));
    }
    let touched = span(sheet, dimension, from, to);
    book.guard(who, id, touched)?;
    book.delete(id, dimension, from, to)?;
    Ok(json!({}))
}

/// `appendDimension`.
pub(super) fn append(book: &mut Book, who: &str, arguments: &Json) -> Answer {
    let (id, dimension) = (sheet_id(arguments), dimension(arguments, "dimension")?);
    let count = place(arguments, "length")?.unwrap_or(0);
    let sheet = book.grid(id)?;
    let (length, whole) = (sheet.length(dimension), sheet.rect());
    // Only a protected sheet keeps its size; a protected range does not.
    let sheet_is_protected = book.protections.iter().any(|p| p.range == super::super::a1::Range::whole(id));
    if sheet_is_protected {
        book.guard(who, id, whole)?;
    }
    book.insert(id, dimension, length, count)?;
    Ok(json!({}))
}
