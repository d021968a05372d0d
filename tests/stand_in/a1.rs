//! A1 notation: the addresses that people and the `values` methods use.
//! Document: <https://developers.google.com/workspace/sheets/api/guides/concepts#cell>.

use super::book::Book;
use super::grid::{Rect, Sheet};
use super::refusal::{Answer, Refusal};

/// A range of one sheet; an end that is not given reaches to the end of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) sheet: i64,
    pub(crate) top: usize,
    pub(crate) left: usize,
    pub(crate) bottom: Option<usize>,
    pub(crate) right: Option<usize>,
}

impl Range {
    /// All of a sheet.
    pub(crate) fn whole(sheet: i64) -> Range {
        Range { sheet, top: 0, left: 0, bottom: None, right: None }
    }

    /// The part of it that the grid has.
    pub(crate) fn clipped(&self, sheet: &Sheet) -> Rect {
        Rect {
            top: self.top.min(sheet.row_count),
            left: self.left.min(sheet.column_count),
            bottom: self.bottom.unwrap_or(sheet.row_count).min(sheet.row_count),
            right: self.right.unwrap_or(sheet.column_count).min(sheet.column_count),
        }
    }

    /// Whether it names exactly one cell.
    pub(crate) fn is_cell(&self) -> bool {
        self.bottom == Some(self.top + 1) && self.right == Some(self.left + 1)
    }

    /// Parses `Hoja!A1:B2`, `'Hoja uno'!A:C`, `A1`, `Hoja`; without a sheet the first one is meant.
    pub(crate) fn parse(book: &Book, text: &str) -> Answer<Range> {
        let wrong = || Refusal::invalid(format!("Unable to parse range: {text}"));
        let (title, cells) = split(text);
        let sheet = match &title {
            Some(title) => book.by_title(title).ok_or_else(wrong)?,
            None => match book.by_title(&cells) {
                // A bare word is a sheet before it is a cell (`test_get_all_values_title_is_a1_notation`).
                Some(sheet) => return Ok(Range::whole(sheet.id)),
                None => book.sheets.first().ok_or_else(wrong)?,
            },
        };
        if cells.is_empty() {
            return if title.is_some() { Ok(Range::whole(sheet.id)) } else { Err(wrong()) };
        }
        let (first, last) = match cells.split_once(':') {
            Some((first, last)) => (corner(first).ok_or_else(wrong)?, corner(last).ok_or_else(wrong)?),
            None => {
                let only = corner(&cells).ok_or_else(wrong)?;
                if only.0.is_none() || only.1.is_none() {
                    return Err(wrong());
                }
                (only, only)
            }
        };
        let span = |a: Option<usize>, b: Option<usize>| match (a, b) {
            (Some(a), Some(b)) => (a.min(b), Some(a.max(b) + 1)),
            (a, b) => (a.or(b).unwrap_or(0), None),
        };
        let ((left, right), (top, bottom)) = (span(first.0, last.0), span(first.1, last.1));
        Ok(Range { sheet: sheet.id, top, left, bottom, right })
    }
}

/// The sheet's title, unquoted, and what stands behind the `!`.
fn split(text: &str) -> (Option<String>, String) {
    if let Some(rest) = text.strip_prefix('\'') {
        let mut title = String::new();
        let mut letters = rest.chars();
        while let Some(letter) = letters.next() {
            if letter != '\'' {
                title.push(letter);
            } else if letters.as_str().starts_with('\'') {
                letters.next();
                title.push('\'');
            } else {
                return (Some(title), letters.as_str().trim_start_matches('!').to_owned());
            }
        }
    }
    match text.rsplit_once('!') {
        Some((title, cells)) => (Some(title.to_owned()), cells.to_owned()),
        None => (None, text.to_owned()),
    }
}

/// Column and row of `B7`, `B` or `7`, counted from 0.
fn corner(text: &str) -> Option<(Option<usize>, Option<usize>)> {
    let text = text.replace('$', "");
    let split = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (letters, digits) = text.split_at(split);
    if letters.len() > 3 || (letters.is_empty() && digits.is_empty()) {
        return None;
    }
    let column = letters.bytes().fold(0, |number, letter| number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row = if digits.is_empty() { None } else { Some(digits.parse::<usize>().ok()?.checked_sub(1)?) };
    Some((column.checked_sub(1), row))
}

/// The letters of a column: 0 is `A`, 26 is `AA`.
pub(crate) fn letters(column: usize) -> String {
    let mut name = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        name.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    name
}

/// A title as Google writes it before the `!`: quoted unless it is a plain word.
pub(crate) fn quoted(title: &str) -> String {
    let plain = title.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && corner(title).is_none_or(|c| c.0.is_none());
    if plain && !title.starts_with(|c: char| c.is_ascii_digit()) {
        title.to_owned()
    } else {
        format!("'{}'", title.replace('\'', "''"))
    }
}

/// A range as Google writes it in replies: always with both corners, unless it is one cell.
pub(crate) fn written(sheet: &Sheet, rect: Rect) -> String {
    let first = format!("{}{}", letters(rect.left), rect.top + 1);
    let last = format!("{}{}", letters(rect.right.max(1) - 1), rect.bottom);
    let title = quoted(&sheet.title);
    if first == last { format!("{title}!{first}") } else { format!("{title}!{first}:{last}") }
}
