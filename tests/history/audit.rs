//! Which audit rows a change of ours added, and whether it left the others alone.

use super::state::{Event, Row, State, same, text_of_json};
use super::{Step, Violation};
use spoolboard::domain::Column;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The audit rows that this step added; wrong when it touched one that was there.
pub(crate) fn added<'a>(before: &State, step: &'a Step) -> Result<&'a [Arc<Event>], Violation> {
    let (old, new) = (&before.audit, &step.after.audit);
    for (place, event) in old.iter().enumerate() {
        if new.get(place).is_none_or(|found| found != event) {
            let now = new.get(place).map_or("gone", |found| &found.whole);
            let what = format!("audit row {} was altered: it said {} and is {now}", place + 2, event.whole);
            return Err(Violation::new(5, step.at, &event.tag, &event.id, what));
        }
    }
    Ok(&new[old.len()..])
}

/// Whether an event speaks of this row: by its TAG, and of rows that share one only that whose
/// `antes` fit, or which now carries the id.
pub(crate) fn speaks_of(event: &Event, row: &Row, twins: &BTreeMap<&str, usize>) -> bool {
    let tag = row.cell(Column::Tag);
    let alone = twins.get(tag).copied().unwrap_or(0) < 2;
    event.tag == tag && (alone || row.cell(Column::Version) == event.id)
}

/// Whether a row shows what an event says that it was given, in the columns that are there. An event
/// that does not say it is known by its id.
pub(crate) fn as_told(event: &Event, row: &Row, state: &State) -> bool {
    let has = |name: &str| state.header.iter().any(|known| known == name);
    match event.notes["despues"].as_object() {
        None => !has(Column::Version.header()) || row.cell(Column::Version) == event.id,
        Some(given) => {
            let stands = |name: &str| row.cells.get(name).map_or("", String::as_str);
            given.iter().filter(|(name, _)| has(name)).all(|(name, cell)| same(&text_of_json(cell), stands(name)))
        }
    }
}

/// The operation that an event of the system takes back, because its row does not have it
/// (`design.md` 5.4).
pub(crate) fn takes_back(event: &Event) -> Option<&str> {
    let op = event.notes["deshace"].as_str()?;
    (event.worker == 0 && event.kind.starts_with("DESHACER_")).then_some(op)
}

/// How many rows have each TAG.
pub(crate) fn twins(state: &State) -> BTreeMap<&str, usize> {
    let mut count = BTreeMap::new();
    for row in &state.rows {
        *count.entry(row.cell(Column::Tag)).or_default() += 1;
    }
    count
}

/// The verb of an event, without the operation that some names carry.
pub(crate) fn takes(event: &Event) -> bool {
    event.kind.starts_with("TOMAR_")
}

/// Whether an event ends an occupation.
pub(crate) fn frees(event: &Event) -> bool {
    ["PAUSAR_", "COMPLETAR_", "CANCELAR_", "LIBERAR_"].iter().any(|verb| event.kind.starts_with(verb))
}
