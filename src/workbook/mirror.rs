//! The memory that both adapters keep: views, and the audit by operation id.

use super::view::{Index, View};
use crate::domain::spool::{identify, same_names};
use crate::domain::{AuditEvent, Change, Column, Header, Identity, Moment, People, Row, Spool, Tag, Worker};
use arc_swap::ArcSwap;
use chrono_tz::Tz;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use uuid::Uuid;

/// All that an adapter reads from its record.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The rows of `Operaciones` with their 1-based place, the header being 1; empty ones left out.
    pub rows: Vec<(u32, Seen)>,
    /// `Trabajadores` joined with `Roles`.
    pub workers: Vec<Worker>,
    /// `Metadata`, oldest first.
    pub events: Vec<AuditEvent>,
    /// Columns that the sheet lacks.
    pub missing: Vec<Column>,
    /// Where its columns stand.
    pub header: Header,
    /// When this was read.
    pub read_at: Option<Moment>,
}

/// A row of a reading. Nearly every one is just as memory has it, and is then that one: each tap on
/// Google waits for a reading, and 2,556 rows made anew cost it milliseconds.
#[derive(Debug)]
pub enum Seen {
    /// The same cells.
    As(Arc<Spool>),
    /// Any others.
    New(Box<Row>),
}

impl Seen {
    /// Whether it has the cells of a row that is remembered.
    fn is(&self, known: &Arc<Spool>) -> bool {
        match self {
            Seen::As(spool) => Arc::ptr_eq(spool, known) || spool.row == known.row,
            Seen::New(row) => **row == known.row,
        }
    }

    fn into_row(self) -> Row {
        match self {
            Seen::As(spool) => spool.row.clone(),
            Seen::New(row) => *row,
        }
    }
}

impl Deref for Seen {
    type Target = Row;
    fn deref(&self) -> &Row {
        match self {
            Seen::As(spool) => &spool.row,
            Seen::New(row) => row,
        }
    }
}

impl From<Row> for Seen {
    fn from(row: Row) -> Seen {
        Seen::New(Box::new(row))
    }
}

/// One change that landed, for the memory to follow.
#[derive(Debug)]
pub struct Landing<'a> {
    /// What landed.
    pub change: &'a Change,
    /// The whole row as it stands now.
    pub row: Row,
}

/// The plant in memory. Readers take the current [`View`] and wait for nobody; one writer at a
/// time, the adapter's own, replaces it.
///
/// A view and the audit that belongs to it are published together: the writer keeps the audit to
/// himself until the view stands. So whoever has found an event finds it in the view that he takes
/// next, and whoever has seen a row finds the event that made it.
#[derive(Debug)]
pub struct Mirror {
    zone: Tz,
    view: ArcSwap<View>,
    audit: RwLock<Audit>,
}

/// The audit as far as memory reaches.
#[derive(Debug, Default)]
struct Audit {
    by_id: HashMap<Uuid, Arc<AuditEvent>>,
    in_order: Vec<Arc<AuditEvent>>,
}

impl Audit {
    /// Adds an event at the end; `false` when it is known.
    fn learn(&mut self, event: &Arc<AuditEvent>) -> bool {
        let new = self.by_id.insert(event.id, Arc::clone(event)).is_none();
        if new {
            self.in_order.push(Arc::clone(event));
        }
        new
    }
}

type Events = Arc<Vec<Arc<AuditEvent>>>;

impl Mirror {
    /// An empty plant whose times are in `zone`. Its views are numbered from anywhere on: a screen that outlived a
    /// restart, or came from another process, must not take what it shows for what is known here (`field-failures.md` E4).
    pub fn new(zone: Tz) -> Mirror {
        // What a script can count: below 2^53.
        let number = Uuid::new_v4().as_u64_pair().0 >> 16;
        Mirror { zone, view: ArcSwap::from_pointee(View { number, ..View::default() }), audit: RwLock::default() }
    }

    /// The current view.
    pub fn view(&self) -> Arc<View> {
        self.view.load_full()
    }

    /// The event with this operation id.
    pub fn event(&self, id: Uuid) -> Option<Arc<AuditEvent>> {
        // Nothing can panic while the lock is held, so a poisoned map is still whole.
        self.audit.read().unwrap_or_else(PoisonError::into_inner).by_id.get(&id).cloned()
    }

    fn audit(&self) -> RwLockWriteGuard<'_, Audit> {
        self.audit.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces everything with what was just read. The view keeps its number when it reads the same.
    pub fn load(&self, loaded: Loaded) {
        let old = self.view.load_full();
        let people = Arc::new(People::new(loaded.workers));
        let events: Vec<Arc<AuditEvent>> = loaded.events.into_iter().map(Arc::new).collect();
        let identities = identify(loaded.rows.iter().map(|(_, row)| &**row));
        let mut histories = histories(&identities, &events);
        let index = Index::of(&identities);
        let mut spools = Vec::with_capacity(identities.len());
        for (identity, (fila, row)) in identities.into_iter().zip(loaded.rows) {
            let events = histories.remove(&identity.id).unwrap_or_default();
            spools.push(Arc::new(Spool::read(identity, fila, row.into_row(), Arc::new(events), &people, self.zone)));
        }
        let (missing, header, read_at) = (loaded.missing, Arc::new(loaded.header), loaded.read_at);
        let by_id = events.iter().map(|event| (event.id, Arc::clone(event))).collect();
        let mut view = View { number: old.number, spools, people, read_at, missing, header, index: Arc::new(index) };
        view.number += u64::from(!view.reads_like(&old));
        let mut audit = self.audit();
        *audit = Audit { by_id, in_order: events };
        self.view.store(Arc::new(view));
    }

    /// Follows a new reading of the same record, in which `events` holds only what memory may not
    /// know yet. Rows that are as they were stay the same; when all are, so does the view's number.
    pub fn refresh(&self, loaded: Loaded) {
        let old = self.view();
        let people = People::new(loaded.workers);
        let same_people = people.all() == old.people.all();
        let people = if same_people { Arc::clone(&old.people) } else { Arc::new(people) };
        let mut audit = self.audit();
        let news: Vec<_> = loaded.events.into_iter().map(Arc::new).filter(|event| audit.learn(event)).collect();
        if same_people && news.is_empty() && loaded.missing == old.missing && is_all(&old, &loaded.rows) {
            let (read_at, header) = (loaded.read_at, Arc::new(loaded.header));
            return self.view.store(Arc::new(View { read_at, header, ..View::clone(&old) }));
        }
        let Named { identities, index, known } = name(&old, &loaded.rows);
        let mut new_events = histories(&identities, &news);
        // Who is new here, or has another name, may have a past under it.
        let mut pasts = match known.iter().all(Option::is_some) {
            true => HashMap::new(),
            false => histories(&identities, &audit.in_order),
        };
        let mut spools = Vec::with_capacity(identities.len());
        for ((known, identity), (fila, row)) in known.into_iter().zip(identities).zip(loaded.rows) {
            let more = new_events.remove(&identity.id).unwrap_or_default();
            let spool = match known {
                Some((spool, true)) if same_people && more.is_empty() && spool.fila == fila => Arc::clone(spool),
                Some((spool, _)) => {
                    let events = spool.events.iter().cloned().chain(more).collect();
                    Arc::new(Spool::read(identity, fila, row.into_row(), Arc::new(events), &people, self.zone))
                }
                None => {
                    let events = pasts.remove(&identity.id).unwrap_or_default();
                    Arc::new(Spool::read(identity, fila, row.into_row(), Arc::new(events), &people, self.zone))
                }
            };
            spools.push(spool);
        }
        let same_spools = spools.len() == old.spools.len() && spools.iter().zip(&old.spools).all(|(a, b)| Arc::ptr_eq(a, b));
        let same = same_people && same_spools && loaded.missing == old.missing;
        let (missing, read_at, number) = (loaded.missing, loaded.read_at, old.number + u64::from(!same));
        let header = Arc::new(loaded.header);
        self.view.store(Arc::new(View { number, spools, people, read_at, missing, header, index }));
    }

    /// Notes what the sheet lacks now, and keeps the rows as they were last read with everything.
    pub fn lack(&self, missing: Vec<Column>) {
        let mut view = View::clone(&self.view.load());
        if view.missing != missing {
            (view.missing, view.number) = (missing, view.number + 1);
            self.view.store(Arc::new(view));
        }
    }

    /// Follows a group of changes that landed: one new view for all of them. The answer holds the
    /// rows in the order of `landings`; `None` for a row that the memory does not know.
    pub fn land(&self, landings: Vec<Landing<'_>>, at: Moment) -> Vec<Option<Arc<Spool>>> {
        let mut audit = self.audit();
        let mut view = View::clone(&self.view.load());
        let mut landed = Vec::with_capacity(landings.len());
        for Landing { change, row } in landings {
            let event = Arc::new(change.event.clone());
            audit.learn(&event);
            let place = view.index.by_id.get(&change.spool).copied();
            let spool = place.map(|place| {
                let old = &view.spools[place];
                let mut events = Vec::clone(&old.events);
                events.retain(|known| known.id != event.id);
                events.push(event);
                let spool = self.reread(old, row, Arc::new(events), &view.people);
                view.spools[place] = Arc::clone(&spool);
                spool
            });
            landed.push(spool);
        }
        view.number += 1;
        self.publish(view, at);
        landed
    }

    /// Puts one row that was just read in place of the remembered one, after a conflict.
    pub fn refresh_row(&self, id: &str, row: Row, at: Moment) {
        let mut view = View::clone(&self.view.load());
        if let Some(place) = view.index.by_id.get(id).copied() {
            let old = &view.spools[place];
            if old.row != row {
                view.spools[place] = self.reread(old, row, Arc::clone(&old.events), &view.people);
                view.number += 1;
            }
            self.publish(view, at);
        }
    }

    fn reread(&self, old: &Spool, row: Row, events: Events, people: &People) -> Arc<Spool> {
        Arc::new(Spool::read(old.identity.clone(), old.fila, row, events, people, self.zone))
    }

    fn publish(&self, mut view: View, at: Moment) {
        view.read_at = Some(at);
        self.view.store(Arc::new(view));
    }
}

/// Who the rows of a reading are.
struct Named<'a> {
    identities: Vec<Identity>,
    index: Arc<Index>,
    /// For each row what is remembered of it, and whether its cells are as they were.
    known: Vec<Option<(&'a Arc<Spool>, bool)>>,
}

/// Whether these are all the rows of a view, each as and where it was.
fn is_all(old: &View, rows: &[(u32, Seen)]) -> bool {
    let is = |(known, (fila, row)): (&Arc<Spool>, &(u32, Seen))| known.fila == *fila && row.is(known);
    old.spools.len() == rows.len() && old.spools.iter().zip(rows).all(is)
}

/// Names the rows of a reading. Nearly every one holds the same rows in the same order, and to
/// know that costs far less than to name them.
fn name<'a>(old: &'a View, rows: &[(u32, Seen)]) -> Named<'a> {
    let known: Vec<_> = old.spools.iter().zip(rows).map(|(spool, (_, row))| (spool, row.is(spool))).collect();
    let named_alike = |((spool, same), (_, row)): (&(&Arc<Spool>, bool), &(u32, Seen))| *same || same_names(&spool.row, row);
    if old.spools.len() == rows.len() && known.iter().zip(rows).all(named_alike) {
        let identities = old.spools.iter().map(|spool| spool.identity.clone()).collect();
        return Named { identities, index: Arc::clone(&old.index), known: known.into_iter().map(Some).collect() };
    }
    let identities = identify(rows.iter().map(|(_, row)| &**row));
    let known = identities.iter().zip(rows).map(|(identity, (_, row))| {
        let spool = old.get(&identity.id).filter(|spool| spool.identity == *identity)?;
        Some((spool, row.is(spool)))
    });
    let known = known.collect();
    Named { index: Arc::new(Index::of(&identities)), identities, known }
}

/// Each row's events. The audit names a tag; of rows that share one, only events that name the
/// exact row, too, are its own. Events that name no row are shown by none of them.
fn histories(identities: &[Identity], events: &[Arc<AuditEvent>]) -> HashMap<Arc<str>, Vec<Arc<AuditEvent>>> {
    if events.is_empty() {
        return HashMap::new();
    }
    let mut unique: HashMap<&Tag, &Arc<str>> = HashMap::new();
    let mut shared: HashMap<&str, &Arc<str>> = HashMap::new();
    for identity in identities {
        match identity.duplicate {
            true => shared.insert(&identity.id, &identity.id),
            false => unique.insert(&identity.tag, &identity.id),
        };
    }
    let mut found: HashMap<Arc<str>, Vec<Arc<AuditEvent>>> = HashMap::new();
    for event in events {
        let by_tag = || Tag::read(&event.tag).and_then(|tag| unique.get(&tag).copied());
        let by_row = || event.spool.as_deref().and_then(|id| shared.get(id).copied());
        if let Some(id) = by_tag().or_else(by_row) {
            found.entry(Arc::clone(id)).or_default().push(Arc::clone(event));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, Cell, Notes, WorkerId};

    fn event(tag: &str) -> AuditEvent {
        AuditEvent {
            id: Uuid::nil(),
            at: None,
            action: Action::Take,
            event_type: "TOMAR_SPOOL".into(),
            tag: tag.into(),
            spool: None,
            worker: WorkerId::SYSTEM,
            worker_name: String::new(),
            operation: None,
            date: None,
            notes: Notes::default(),
        }
    }

    /// Rows with these tags, one worker, and the events of these tags.
    fn plant(rows: &[(u32, &str)], given: &str, events: &[&str]) -> Loaded {
        let row = |(fila, tag): &(u32, &str)| (*fila, Row::default().with(&[(Column::Tag, Cell::text(*tag))]).into());
        let (id, given, family) = (WorkerId::new(93).unwrap(), given.to_owned(), "Vera".to_owned());
        Loaded {
            rows: rows.iter().map(row).collect(),
            workers: vec![Worker { id, given, family, active: true, roles: Vec::new() }],
            events: events.iter().map(|tag| event(tag)).collect(),
            ..Loaded::default()
        }
    }

    #[test]
    fn a_reading_of_the_same_keeps_the_number_and_any_difference_raises_it() {
        let mirror = Mirror::new(chrono_tz::UTC);
        let two = [(2, "MK-1"), (3, "MK-2")];
        let number = |loaded: Loaded| {
            mirror.load(loaded);
            mirror.view().number
        };
        let first = number(plant(&two, "Rosa", &[]));
        assert_eq!(number(Loaded { read_at: Some(Moment::default()), ..plant(&two, "Rosa", &[]) }), first);
        assert_eq!(mirror.view().read_at, Some(Moment::default()), "it was read again all the same");
        let different = [
            plant(&two, "Rosa", &["MK-2"]),
            plant(&two, "Elsa", &["MK-2"]),
            plant(&[(2, "MK-1"), (4, "MK-2")], "Elsa", &["MK-2"]),
            plant(&[(2, "MK-1")], "Elsa", &[]),
            Loaded { missing: vec![Column::Version], ..plant(&[(2, "MK-1")], "Elsa", &[]) },
        ];
        for (loaded, expected) in different.into_iter().zip(first + 1..) {
            assert_eq!(number(loaded), expected);
        }
    }

    #[test]
    fn a_tag_is_found_by_its_letters_and_digits_and_one_without_any_by_none() {
        let mirror = Mirror::new(chrono_tz::UTC);
        mirror.load(plant(&[(2, "MK-1"), (3, "mk/1"), (4, "MK-11"), (5, "---")], "Rosa", &[]));
        let found = |text: &str| mirror.view().typed(text).map(|spool| spool.fila).collect::<Vec<_>>();
        assert_eq!((found("MK'1"), found("mk11"), found("MK"), found("--")), (vec![2, 3], vec![4], vec![], vec![]));
        mirror.load(plant(&[(2, "MK-11"), (3, "MK-1")], "Rosa", &[]));
        assert_eq!((found("MK1"), found("MK 11")), (vec![3], vec![2]), "where they are now");
    }

    #[test]
    fn an_nv_and_an_ot_are_known_by_their_letters_and_digits() {
        let mirror = Mirror::new(chrono_tz::UTC);
        let numbers = [(Column::Tag, Cell::text("MK-1")), (Column::Nv, Cell::text("NV-0650")), (Column::Ot, Cell::text("1335"))];
        mirror.load(Loaded { rows: vec![(2, Row::default().with(&numbers).into())], ..Loaded::default() });
        let known = |text: &str| mirror.view().has_number(text);
        assert!(known("nv0650") && known("1335"));
        assert!(!known("MK-1") && !known("") && !known("0650"));
    }

    #[test]
    fn e4_the_same_reading_in_another_process_has_another_number() {
        let numbers = [(); 2].map(|()| {
            let mirror = Mirror::new(chrono_tz::UTC);
            mirror.load(plant(&[(2, "MK-1")], "Rosa", &[]));
            mirror.view().number
        });
        assert_ne!(numbers[0], numbers[1]);
        assert!(numbers.iter().all(|number| *number < 1 << 53), "a script counts them");
    }

    #[test]
    fn a_row_that_reads_the_same_after_a_conflict_keeps_the_number() {
        let mirror = Mirror::new(chrono_tz::UTC);
        mirror.load(plant(&[(2, "MK-1")], "Rosa", &[]));
        let view = mirror.view();
        let spool = &view.spools[0];
        mirror.refresh_row(spool.id(), spool.row.clone(), Moment::default());
        assert_eq!(mirror.view().number, view.number);
        let moved = spool.row.with(&[(Column::Ot, Cell::text("1335"))]);
        mirror.refresh_row(spool.id(), moved, Moment::default());
        assert_eq!(mirror.view().number, view.number + 1);
    }

    #[test]
    fn g6_whoever_has_found_an_event_finds_its_row_and_the_other_way_about() {
        let tags: Vec<String> = (0..1000).map(|tag| format!("MK-{tag}")).collect();
        let rows: Vec<(u32, &str)> = (2..).zip(tags.iter().map(String::as_str)).collect();
        let mirror = Mirror::new(chrono_tz::UTC);
        mirror.load(plant(&rows, "Rosa", &[]));
        let id = Arc::<str>::from(mirror.view().spools[7].id());
        let takes: Vec<AuditEvent> = (1..=200).map(|id| AuditEvent { id: Uuid::from_u128(id), ..event("MK-7") }).collect();
        let shown = || mirror.view().get(&id).unwrap().events.last().map(|event| event.id);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                for event in takes.iter().cloned() {
                    let row = mirror.view().spools[7].row.clone();
                    let change = Change { spool: Arc::clone(&id), image: row.clone(), cells: Vec::new(), event };
                    mirror.land(vec![Landing { change: &change, row }], Moment::default());
                }
            });
            for take in &takes {
                while mirror.event(take.id).is_none() {
                    assert!(shown().is_none_or(|id| mirror.event(id).is_some()), "a row is shown without its event");
                }
                assert!(shown() >= Some(take.id), "an event is known before its row is shown");
            }
        });
    }
}
