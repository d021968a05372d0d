//! Headers that somebody renames in place: the column is the same one as before, and so are its cells.

use super::state::State;
use super::{By, History, Step};
use spoolboard::domain::Column;
use std::collections::BTreeMap;

/// The history as if no column had ever been given another name; each state knows which are.
pub(crate) fn followed(history: &History) -> History {
    let (mut names, mut before) = (BTreeMap::new(), &history.start);
    let steps = history.steps.iter().map(|step| {
        if step.by == By::Human {
            follow(&mut names, before, &step.after);
        }
        before = &step.after;
        Step { after: step.after.under(&names), ..step.clone() }
    });
    History { steps: steps.collect(), ..history.clone() }
}

/// Keeps account of what each new name stands for.
fn follow(names: &mut BTreeMap<String, String>, before: &State, after: &State) {
    names.retain(|name, _| before.header.contains(name));
    if before.header.len() != after.header.len() {
        return;
    }
    let renamed = before.header.iter().zip(after.header.iter()).filter(|(was, is)| was != is);
    for (was, is) in renamed {
        let column = names.remove(was).unwrap_or_else(|| was.clone());
        // A new column is named, not renamed; and under the name of one of ours it would be that one.
        if !column.is_empty() && *is != column && Column::from_header(is).is_none() {
            names.insert(is.clone(), column);
        }
    }
}
