//! I1 and I4 of one change: who had the spool, and which row it was decided on.

use super::applied::Walk;
use super::audit::{frees, takes};
use super::state::{Event, Row, same, text_of_json, worker_of};
use spoolboard::domain::Column;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

impl Walk {
    /// A row was changed as these events say. `typed` are the columns into which somebody had typed
    /// since it was read: what stood there nobody could see.
    pub(super) fn judge(&mut self, at: Duration, old: &Row, new: &Row, own: &[&Arc<Event>], typed: &BTreeSet<String>) {
        let mut unseen = BTreeSet::new();
        self.occupants(at, old, new, (own, typed), &mut unseen);
        self.on_its_image(at, old, (own[0], typed), &mut unseen);
        self.counted.residues += unseen.len();
        let (last, holder) = (own[own.len() - 1], new.occupant());
        if takes(last) && holder.and_then(worker_of) != Some(last.worker) {
            let has = holder.unwrap_or("nobody");
            let what = format!("the audit gives {} to {}, and {has} has it", new.key, last.worker);
            self.wrong(1, at, (&last.tag, &last.id), what);
        }
    }

    /// A TOMAR only of what is free, or of him who was confirmed to lose it.
    fn occupants(
        &mut self,
        at: Duration,
        old: &Row,
        new: &Row,
        (own, typed): (&[&Arc<Event>], &BTreeSet<String>),
        unseen: &mut BTreeSet<String>,
    ) {
        let mut occupant = old.occupant().map(str::to_owned);
        for event in own {
            if takes(event) {
                let confirmed = event.notes["anterior"].as_u64();
                if let Some(holder) = &occupant
                    && (confirmed.is_none() || confirmed != worker_of(holder).map(u64::from))
                {
                    if typed.contains(Column::OccupiedBy.header()) {
                        unseen.insert(Column::OccupiedBy.header().to_owned());
                    } else {
                        let what = format!("{} took {} while {holder} had it", event.worker, old.key);
                        self.wrong(1, at, (&event.tag, &event.id), what);
                    }
                }
                occupant = Some(new.occupant().map_or_else(|| format!("({})", event.worker), str::to_owned));
            } else if frees(event) {
                occupant = None;
            }
        }
    }

    /// The cells that the rule saw are those that were written over.
    fn on_its_image(
        &mut self,
        at: Duration,
        old: &Row,
        (event, typed): (&Event, &BTreeSet<String>),
        unseen: &mut BTreeSet<String>,
    ) {
        let Some(seen) = event.notes["antes"].as_object() else { return };
        for (name, seen) in seen {
            let (seen, stood) = (text_of_json(seen), old.cells.get(name).map_or("", String::as_str));
            if same(&seen, stood) {
                continue;
            }
            // `version` is ours alone: nobody's hand explains it.
            if typed.contains(name) && name != Column::Version.header() {
                unseen.insert(name.clone());
                continue;
            }
            let what = format!("{name} of {} was decided on as «{seen}» and stood as «{stood}»", old.key);
            return self.wrong(4, at, (&event.tag, &event.id), what);
        }
    }
}
