//! Places in a sheet, and the one conversion to A1 notation (`field-failures.md` B2).

use std::fmt;

/// The numeric id of a tab, which stays when somebody renames or moves it (`design.md` 5.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TabId(pub(super) i32);

/// A column, counted from 0 as requests count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Col(pub(super) usize);

/// A row, counted from 1 as people count; the header is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Fila(pub(super) u32);

impl Col {
    /// The letters of a column name, if they are one.
    #[cfg(test)]
    pub(super) fn read(letters: &str) -> Option<Col> {
        let digits = letters.bytes().map(|letter| letter.is_ascii_uppercase().then(|| usize::from(letter - b'A') + 1));
        let number = digits.into_iter().try_fold(0, |number, digit| Some(number * 26 + digit?))?;
        number.checked_sub(1).map(Col)
    }
}

/// A, B … Z, AA, AB …
impl fmt::Display for Col {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Vec::new();
        let mut rest = self.0 + 1;
        while rest > 0 {
            rest -= 1;
            letters.push(char::from(b'A' + (rest % 26) as u8));
            rest /= 26;
        }
        letters.iter().rev().try_for_each(|letter| write!(f, "{letter}"))
    }
}

impl Fila {
    /// The row, counted from 0 as requests count.
    pub(super) fn index(self) -> i32 {
        i32::try_from(self.0.saturating_sub(1)).unwrap_or(i32::MAX)
    }

    /// The row that a request counts from 0.
    pub(super) fn at(index: i32) -> Fila {
        Fila(u32::try_from(index).unwrap_or(0).saturating_add(1))
    }
}

/// A tab by its title. Quoted, or a title such as `A1` would be a cell.
pub(super) fn tab(title: &str) -> String {
    format!("'{}'", title.replace('\'', "''"))
}

/// One cell.
pub(super) fn cell(title: &str, fila: Fila, col: Col) -> String {
    format!("{}!{col}{}", tab(title), fila.0)
}

/// One whole row.
pub(super) fn row(title: &str, fila: Fila) -> String {
    format!("{}!{1}:{1}", tab(title), fila.0)
}

/// Neighbouring columns, from a row down to the end of the grid.
pub(super) fn columns(title: &str, from: Fila, first: Col, last: Col) -> String {
    format!("{}!{first}{}:{last}", tab(title), from.0)
}

/// Whole rows of a tab that is so many columns wide.
pub(super) fn rows(title: &str, first: Fila, last: Fila, width: usize) -> String {
    format!("{}!A{}:{}{}", tab(title), first.0, Col(width.saturating_sub(1)), last.0)
}

/// Runs of neighbouring columns, so that a read names few ranges.
pub(super) fn runs(mut columns: Vec<Col>) -> Vec<(Col, Col)> {
    columns.sort_unstable();
    columns.dedup();
    let mut runs: Vec<(Col, Col)> = Vec::new();
    for column in columns {
        match runs.last_mut() {
            Some((_, last)) if last.0 + 1 == column.0 => *last = column,
            _ => runs.push((column, column)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b2_every_column_comes_back_from_its_letters() {
        for (index, letters) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (66, "BO"), (701, "ZZ"), (702, "AAA"), (18_277, "ZZZ")]
        {
            assert_eq!(Col(index).to_string(), letters);
        }
        for index in 0..18_278 {
            assert_eq!(Col::read(&Col(index).to_string()), Some(Col(index)));
        }
        assert_eq!((Col::read(""), Col::read("a"), Col::read("A1")), (None, None, None));
    }

    #[test]
    fn b2_rows_are_counted_from_one_by_people_and_from_zero_by_requests() {
        assert_eq!((Fila(1).index(), Fila(2).index()), (0, 1));
        assert_eq!((Fila::at(0), Fila::at(1)), (Fila(1), Fila(2)));
    }

    #[test]
    fn ranges_are_quoted_and_join_neighbours() {
        assert_eq!(cell("Año '26", Fila(2), Col(6)), "'Año ''26'!G2");
        assert_eq!((row("Op", Fila(1)), columns("Op", Fila(2), Col(3), Col(5))), ("'Op'!1:1".into(), "'Op'!D2:F".into()));
        assert_eq!(rows("Metadata", Fila(7), Fila(9), 11), "'Metadata'!A7:K9");
        assert_eq!(runs([5, 1, 2, 5, 9].map(Col).to_vec()), [(Col(1), Col(2)), (Col(5), Col(5)), (Col(9), Col(9))]);
    }
}
