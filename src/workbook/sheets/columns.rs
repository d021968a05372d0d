//! Which columns stand where they stood, although the header line reads otherwise.

use super::a1::Col;
use super::refresh::Layout;
use crate::domain::column::normalise;
use crate::domain::{Column, Header};

/// A later header line as it would read had nobody renamed a column where it stands.
///
/// A name that is new, in the place of one that is gone, is the same column (`design.md` 5.6). Who
/// inserts, moves or deletes a column shifts names that are known; where none is, a place without a name has lost it.
fn unrenamed(layout: &Layout, line: &[String]) -> Vec<String> {
    let (old, new) = (normalised(&layout.line), normalised(line));
    let in_place = |(was, is): (&String, &String)| was == is || was.is_empty() || !new.contains(was);
    let none_shifted = old.len() == new.len() && old.iter().zip(&new).all(in_place);
    let is_same = |place: usize| {
        let (Some(was), is) = (old.get(place), &new[place]) else { return false };
        let is_new = if is.is_empty() { none_shifted } else { !old.contains(is) };
        !was.is_empty() && is_new && !new.contains(was)
    };
    let name = |(place, name): (usize, &String)| if is_same(place) { layout.line[place].clone() } else { name.clone() };
    line.iter().enumerate().map(name).collect()
}

fn normalised(line: &[String]) -> Vec<String> {
    line.iter().map(|name| normalise(name)).collect()
}

/// Whether every tracked column stands where it stood, under whatever name.
pub(super) fn stand(layout: &Layout, line: &[String]) -> bool {
    if layout.line == line {
        return true;
    }
    let then = Header::read(&unrenamed(layout, line));
    Column::ALL.into_iter().all(|column| layout.col(column).is_none_or(|col| then.place(column) == Some(col.0)))
}

/// What was in the place of a column when a batch was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum There {
    /// A column that we track: the one that was meant, or another.
    Tracked(Column),
    /// A column that nobody knew before: nothing stood in it. Where it stands now, if it does.
    New(Option<Col>),
    /// A column of the office, by its name.
    Office(String),
}

/// What was in each column's place under the header line `then`, seen from the header line `now`.
pub(super) fn there(layout: &Layout, then: &[String], now: &Layout) -> impl Fn(Column) -> Option<There> {
    let line = unrenamed(layout, then);
    let (header, known, names) = (Header::read(&line), normalised(&layout.line), normalised(&now.line));
    let cols = Column::ALL.map(|column| layout.col(column));
    move |column| {
        let col = cols[column as usize]?;
        if let Some(tracked) = Column::ALL.into_iter().find(|tracked| header.place(*tracked) == Some(col.0)) {
            return Some(There::Tracked(tracked));
        }
        let name = line.get(col.0).map(|name| normalise(name)).unwrap_or_default();
        if !name.is_empty() && known.contains(&name) {
            return Some(There::Office(line[col.0].clone()));
        }
        let still = if name.is_empty() { names.get(col.0).is_none_or(String::is_empty) } else { names.contains(&name) };
        let place = if name.is_empty() { Some(col.0) } else { names.iter().position(|found| *found == name) };
        Some(There::New(place.filter(|_| still).map(Col)))
    }
}
