//! One worker's list: every row in its place, searched, filtered, and a page of it as cards.

use super::card::{Card, Looker, Place};
use crate::domain::Operation;
use crate::domain::Spool;
use crate::domain::spool::squeeze;
use crate::workbook::View;
use std::sync::Arc;

/// Which part of the list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// What concerns this worker now.
    Now,
    /// What he has or has paused.
    Mine,
    /// What he could begin.
    Available,
    /// What others have.
    Occupied,
    /// Rows that cannot be read.
    Problems,
    /// Every row, with the reason for each that cannot be taken.
    All,
}

impl Show {
    pub(super) const ALL: [Show; 6] = [Show::Now, Show::Available, Show::Mine, Show::Occupied, Show::Problems, Show::All];

    /// The value of `ver`; what is unknown shows what concerns him.
    pub(super) fn read(text: Option<&str>) -> Show {
        Show::ALL.into_iter().find(|show| Some(show.name()) == text).unwrap_or(Show::Now)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Show::Now => "",
            Show::Mine => "mios",
            Show::Available => "disponibles",
            Show::Occupied => "ocupados",
            Show::Problems => "problemas",
            Show::All => "todo",
        }
    }

    /// How many cards are sent at once: at most 60 (`design.md` 6), of which as many can be chosen as a batch holds.
    /// What opens first is fewer: a slow tablet draws them in half the time.
    pub(super) fn page(self) -> usize {
        if self == Show::Now { 24 } else { 60 }
    }

    /// Whether it is chosen many times a day; the others stand behind one word where there is little room.
    pub(super) fn is_daily(self) -> bool {
        !matches!(self, Show::Problems | Show::All)
    }

    /// Whether what waits for somebody else would stand here, if it waited no more.
    fn is_of_work(self) -> bool {
        matches!(self, Show::Now | Show::Available | Show::All)
    }

    fn holds(self, place: Place, searching: bool) -> bool {
        use Place::*;
        match self {
            Show::Now => searching || !matches!(place, Waiting | Done),
            Show::Mine => matches!(place, Mine | Paused),
            Show::Available => matches!(place, Paused | Take | Inspect | Repair),
            Show::Occupied => place == Others,
            Show::Problems => place == Problem,
            Show::All => true,
        }
    }
}

/// What the address asks for.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    /// As typed.
    pub(super) q: String,
    pub(super) operation: Option<Operation>,
    pub(super) show: Show,
    /// The one row that was scanned; nothing else is shown.
    pub(super) spool: Option<String>,
    /// How many cards to leave out.
    pub(super) from: usize,
}

/// A heading with its cards.
pub(super) struct Section {
    pub(super) place: Place,
    pub(super) total: usize,
    pub(super) cards: Vec<Card>,
}

/// A page of the list.
pub(super) struct List {
    pub(super) sections: Vec<Section>,
    /// Rows that the filter lets through, on all pages.
    pub(super) total: usize,
    /// How many of them are left out before this page.
    pub(super) from: usize,
    /// Where the next page begins.
    pub(super) next: Option<usize>,
    /// Rows of this worker's operations that cannot begin yet, where that may be why there is no card.
    pub(super) waiting: usize,
    /// The one row that was asked for is in the workbook no more, or under another name.
    pub(super) gone: bool,
}

impl List {
    /// One pass over the plant, and cards for one page of it.
    pub(super) fn of(view: &View, looker: &Looker<'_>, filter: &Filter) -> List {
        let wanted = squeeze(&filter.q);
        let mut found: Vec<(Place, &Arc<Spool>)> = Vec::new();
        let mut waiting = 0;
        for spool in view.spools.iter().filter(|spool| matches(spool, &wanted)) {
            if filter.spool.as_ref().is_some_and(|asked| asked != spool.id()) {
                continue;
            }
            let (place, operation) = looker.place(spool);
            waiting += usize::from(place == Place::Waiting && filter.show.is_of_work());
            let of_operation = match filter.operation {
                None => true,
                Some(wanted) => operation == Some(wanted) || matches!(place, Place::Mine | Place::Problem),
            };
            if of_operation && filter.show.holds(place, !wanted.is_empty() || filter.spool.is_some()) {
                found.push((place, spool));
            }
        }
        // Within a section the order of the sheet; of what others have, the oldest first.
        found.sort_by_key(|(place, spool)| (*place, since(*place, spool)));
        let (total, page) = (found.len(), filter.show.page());
        // Whoever has taken all of the last page sees the one before it.
        let from = if filter.from < total { filter.from } else { total.saturating_sub(1) / page * page };
        let mut totals = [0usize; 9];
        found.iter().for_each(|(place, _)| totals[*place as usize] += 1);
        let mut sections: Vec<Section> = Vec::new();
        for (place, spool) in found.into_iter().skip(from).take(page) {
            let card = Card::new(spool, looker);
            match sections.last_mut().filter(|section| section.place == place) {
                Some(section) => section.cards.push(card),
                None => sections.push(Section { place, total: totals[place as usize], cards: vec![card] }),
            }
        }
        let next = Some(from + page).filter(|next| *next < total);
        let gone = filter.spool.as_ref().is_some_and(|asked| view.get(asked).is_none());
        List { sections, total, from, next, waiting, gone }
    }
}

/// Whether every part of the search is in TAG, NV or OT.
fn matches(spool: &Spool, wanted: &str) -> bool {
    wanted.is_empty() || spool.search.contains(wanted)
}

fn since(place: Place, spool: &Spool) -> i64 {
    let since = spool.occupation.as_ref().and_then(|holder| holder.since);
    match place {
        Place::Others => since.map_or(i64::MIN, |since| since.timestamp()),
        _ => 0,
    }
}

impl Section {
    /// The word for its anchor.
    pub(super) fn anchor(&self) -> &'static str {
        match self.place {
            Place::Mine => "tengo",
            Place::Paused => "pausados",
            Place::Take => "tomar",
            Place::Inspect => "metrologia",
            Place::Repair => "reparacion",
            Place::Others => "otros",
            Place::Problem => "problemas",
            Place::Waiting => "todavia-no",
            Place::Done => "terminados",
        }
    }
}
