//! The board as a file for a spreadsheet.

use super::filter::Filter;
use super::rows::{Row, Waiting, grouped, waiting};
use super::tally::Tally;
use crate::domain::cell::takes_no_place;
use crate::plant::Plant;
use crate::web::pages::elapsed::Elapsed;
use crate::words;
use std::borrow::Cow;

/// By this a spreadsheet knows that the text is UTF-8.
const MARK: &str = "\u{feff}";

/// Chile writes decimals with a comma, so that its spreadsheets part cells by semicolons.
const BETWEEN: u8 = b';';

/// The file: who has what, or what waits, as the board shows it, and every row of it.
pub(super) fn file(tally: &Tally, filter: &Filter, plant: &Plant) -> Result<Vec<u8>, csv::Error> {
    let (now, rules) = (plant.clock().now(), plant.rules());
    let mut out =
        csv::WriterBuilder::new().delimiter(BETWEEN).terminator(csv::Terminator::CRLF).from_writer(MARK.as_bytes().to_vec());
    if filter.waiting {
        out.write_record(words::waiting_headings())?;
        for row in waiting(tally, now, rules.repair_max_cycles, usize::MAX) {
            out.write_record(waits(&row).iter().map(|text| harmless(text).into_owned()))?;
        }
    } else {
        out.write_record(words::held_headings())?;
        let rows = tally.occupied.iter().filter_map(|spool| Row::of(spool, &tally.people, now, rules.occupation_max));
        for row in grouped(rows.collect(), filter.order).iter().flat_map(|group| &group.rows) {
            out.write_record(held(row).iter().map(|text| harmless(text).into_owned()))?;
        }
    }
    out.into_inner().map_err(|error| error.into_error().into())
}

fn held(row: &Row) -> [String; 9] {
    let [tag, nv, ot, fila] = spool(&row.spool);
    let [since, minutes] = row.since.as_ref().map_or_else(Default::default, Elapsed::cells);
    [tag, nv, ot, fila, row.operation.to_owned(), row.holder.clone(), since, minutes, words::yes(row.overdue).to_owned()]
}

fn waits(row: &Waiting) -> [String; 7] {
    let [tag, nv, ot, fila] = spool(&row.spool);
    let [since, minutes] = row.since.as_ref().map_or_else(Default::default, Elapsed::cells);
    [tag, nv, ot, fila, row.operation.to_owned(), since, minutes]
}

fn spool(spool: &super::rows::Named) -> [String; 4] {
    [format!("{}{}", spool.head, spool.tail), spool.nv.clone(), spool.ot.clone(), spool.fila.to_string()]
}

/// A cell that no spreadsheet takes for a formula: a part that begins like one, blanks aside, begins
/// with an apostrophe (`field-failures.md` A8, `reliability.md` 6). Each part, because a reader that
/// does not know of quotes, or parts cells by another sign, takes it for a cell of its own.
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.split_inclusive(ENDS).any(is_formula) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 4);
    for part in text.split_inclusive(ENDS) {
        if is_formula(part) {
            safe.push('\'');
        }
        safe.push_str(part);
    }
    Cow::Owned(safe)
}

/// What ends a line, or parts cells in some spreadsheet.
const ENDS: [char; 5] = ['\r', '\n', ',', ';', '\t'];

/// Whether a part begins like a formula, or with what hides one.
fn is_formula(part: &str) -> bool {
    part.starts_with(['\t', '\0'])
        || part.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || takes_no_place(c)).starts_with(SIGNS)
}

/// How formulas begin, in the wide signs of East Asian keyboards too.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a8_a_cell_that_begins_like_a_formula_is_text_and_every_other_one_is_left_alone() {
        for text in ["=1+1", "+56 9", "-2", "@x", "＝1", " =1", "\u{a0}=1", "\u{feff}@x", "\0=1"] {
            assert_eq!(harmless(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "MK-1", "5", "a=b", "Ñandú", "uno\ndos", "uno, dos; tres\tcuatro", "12,5"] {
            assert_eq!(harmless(text), text);
        }
        for (text, safe) in [
            ("nota\n=1+1", "nota\n'=1+1"),
            ("nota\r\n\u{a0}@x\ny", "nota\r\n'\u{a0}@x\ny"),
            ("\r=1", "\r'=1"),
            ("=1\r=2", "'=1\r'=2"),
            // Where a reader parts cells otherwise than we do.
            ("x,=cmd", "x,'=cmd"),
            ("x; -1;y", "x;' -1;y"),
            ("x\t+1", "x\t'+1"),
            (",=1", ",'=1"),
            ("\t=1", "'\t'=1"),
        ] {
            assert_eq!(harmless(text), safe, "{text:?}");
        }
    }
}
