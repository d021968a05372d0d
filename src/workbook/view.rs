//! The plant in memory at one instant: what every page and list is made from.

use crate::domain::decision::Candidate;
use crate::domain::spool::squeeze;
use crate::domain::{Column, Header, Identity, Moment, People, Refusal, Spool, Tag};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// The plant at one instant. Immutable; a change makes a new one that shares all that is the same.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Counts up with each change, so that what was made from one view can be kept until the next.
    pub number: u64,
    /// Every row that holds anything, in the order of the sheet.
    pub spools: Vec<Arc<Spool>>,
    /// Everybody.
    pub people: Arc<People>,
    /// When the rows were last read from (or landed in) the record.
    pub read_at: Option<Moment>,
    /// Columns that the sheet lacks.
    pub missing: Vec<Column>,
    /// Where its columns stand: for people who look for a cell, never an address.
    pub header: Arc<Header>,
    pub(super) index: Arc<Index>,
}

/// Where each row is. Made anew only when rows come, go or are renamed.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) by_id: HashMap<Arc<str>, usize>,
    pub(super) by_tag: HashMap<Tag, Vec<usize>>,
    /// Made when somebody first asks.
    typed: OnceLock<Typed>,
}

/// The rows by what is left of their names when only letters and digits count.
#[derive(Debug, Default)]
struct Typed {
    tags: HashMap<String, Vec<usize>>,
    /// Each NV and each OT.
    numbers: HashSet<String>,
}

impl Typed {
    fn of(spools: &[Arc<Spool>]) -> Typed {
        let mut typed = Typed::default();
        for (place, spool) in spools.iter().enumerate() {
            let mut words = spool.search.split(' ').map(str::to_owned);
            typed.tags.entry(words.next().unwrap_or_default()).or_default().push(place);
            typed.numbers.extend(words);
        }
        typed
    }
}

impl Index {
    /// Where the rows with these identities are, which are all, in the order of the sheet.
    pub(super) fn of(identities: &[Identity]) -> Index {
        let mut index = Index::default();
        for (place, identity) in identities.iter().enumerate() {
            index.by_id.insert(Arc::clone(&identity.id), place);
            index.by_tag.entry(identity.tag.clone()).or_default().push(place);
        }
        index
    }
}

impl View {
    /// The letters of a column in the sheet, if it stands there.
    pub fn letters(&self, column: Column) -> Option<String> {
        self.header.place(column).map(super::sheets::letters)
    }

    /// The row with this short id.
    pub fn get(&self, id: &str) -> Option<&Arc<Spool>> {
        self.index.by_id.get(id).and_then(|place| self.spools.get(*place))
    }

    /// The rows that are not the very ones of `other` in their places: of two readings nearly always few, and
    /// cheaper to find than by name.
    pub fn others_than<'a>(&'a self, other: &'a View) -> impl Iterator<Item = &'a Arc<Spool>> {
        let is_same = |place: usize, spool: &Arc<Spool>| other.spools.get(place).is_some_and(|known| Arc::ptr_eq(known, spool));
        self.spools.iter().enumerate().filter(move |(place, spool)| !is_same(*place, spool)).map(|(_, spool)| spool)
    }

    /// All rows with this tag, in the order of the sheet.
    pub fn tagged<'a>(&'a self, tag: &Tag) -> impl Iterator<Item = &'a Arc<Spool>> {
        self.index.by_tag.get(tag).into_iter().flatten().filter_map(|place| self.spools.get(*place))
    }

    /// All rows whose tag has the same letters and digits, in the order of the sheet. A scanner set to another keyboard
    /// writes `'`, `/` or `_` for `-` (`ux.md` 9).
    pub fn typed(&self, text: &str) -> impl Iterator<Item = &Arc<Spool>> {
        // Nothing is not what the tags without any of them have in common.
        let wanted = Some(squeeze(text)).filter(|wanted| !wanted.is_empty());
        let places = wanted.and_then(|wanted| self.by_typed().tags.get(&wanted));
        places.into_iter().flatten().filter_map(|place| self.spools.get(*place))
    }

    /// Whether a row has this NV or OT, by letters and digits.
    pub fn has_number(&self, text: &str) -> bool {
        let wanted = squeeze(text);
        !wanted.is_empty() && self.by_typed().numbers.contains(&wanted)
    }

    /// Costs one pass over the rows for as long as they are named alike.
    fn by_typed(&self) -> &Typed {
        self.index.typed.get_or_init(|| Typed::of(&self.spools))
    }

    /// Whether whoever shows this view would show the other alike: the same people, rows and events.
    pub(super) fn reads_like(&self, other: &View) -> bool {
        let row = |a: &Spool, b: &Spool| a.identity == b.identity && a.fila == b.fila && a.row == b.row && a.events == b.events;
        self.missing == other.missing
            && self.people.all() == other.people.all()
            && self.spools.len() == other.spools.len()
            && self.spools.iter().zip(&other.spools).all(|(a, b)| row(a, b))
    }

    /// The one row that a caller means by a tag or a short id.
    ///
    /// # Errors
    /// [`Refusal::UnknownSpool`], or [`Refusal::AmbiguousTag`] with the rows to choose from.
    pub fn find(&self, asked: &str) -> Result<&Arc<Spool>, Refusal> {
        let unknown = || Refusal::UnknownSpool { asked: asked.to_owned() };
        let Some(tag) = Tag::read(asked) else { return Err(unknown()) };
        let rows: Vec<&Arc<Spool>> = self.tagged(&tag).collect();
        match rows[..] {
            [] => self.get(tag.as_str()).ok_or_else(unknown),
            [only] => Ok(only),
            _ => Err(Refusal::AmbiguousTag { tag, candidates: rows.into_iter().map(|spool| candidate(spool)).collect() }),
        }
    }
}

fn candidate(spool: &Spool) -> Candidate {
    Candidate { id: Arc::clone(&spool.identity.id), nv: spool.nv.clone(), ot: spool.ot.clone(), fila: spool.fila }
}
