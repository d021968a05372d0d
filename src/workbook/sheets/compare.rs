//! The one comparison by which every batch that was not plainly right is settled (`design.md` 5.4).
//!
//! Three things are laid side by side: **what a fresh reading holds**, **the image each row had when it
//! was decided on**, and **the cells that we sent, and where**: those of the batch, and of every attempt
//! since to put right what it hit. Each cell of the reading is then one of these:
//!
//! | The cell | What is done |
//! |---|---|
//! | is as it should be: its image, or what its own change made of it | nothing |
//! | is ours in a wrong place: its row shows something that was sent to another | the image is given back |
//! | is its image still, in the row of a change that holds | it is written |
//! | is neither | nothing: somebody has taken it upon himself since |
//!
//! A row *shows* what was sent when it carries the `version` that was sent, which nobody else ever
//! writes; where that cannot be seen, when it holds all of it in the place to which it was sent. A
//! change holds if its row, with what is not its own given back, equals the image that it was decided
//! on; or if it stood there already.
//!
//! The comparison knows nothing of the one before it. It is made again after every attempt, and what
//! was hit is settled when it finds nothing to do.

use super::a1::{Col, Fila};
use super::batch::{self, NAMES, Names, Target, names, same};
use super::client::Reply;
use super::columns::{self, There};
use super::refresh::Layout;
use crate::domain::spool::identify;
use crate::domain::{Cell, Change, Column, Row};
use crate::workbook::{Seen, View};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Something that was sent: a batch, or what was to put right what it hit.
#[derive(Debug)]
pub(super) struct Attempt {
    /// Where everything was when it was sent.
    pub(super) layout: Layout,
    /// The header line right after it, if the reply showed it.
    pub(super) line: Option<Vec<String>>,
    /// The names of the row that each target came into, in their order, if the reply showed them.
    pub(super) hits: Option<Vec<Names>>,
    /// The rows that were meant, and what was written into them.
    pub(super) targets: Vec<Target>,
}

/// Rows as they were when something was sent, by their short ids.
pub(super) type Images = HashMap<Arc<str>, Row>;

/// The rows as memory has them.
pub(super) fn images(view: &View) -> Images {
    view.spools.iter().map(|spool| (Arc::clone(&spool.identity.id), spool.row.clone())).collect()
}

/// What is compared. The targets of the first attempt are those of the changes, in their order.
pub(super) struct Sides<'a> {
    pub(super) attempts: &'a [Attempt],
    pub(super) changes: Vec<&'a Change>,
    /// The rows as they were when it was sent.
    pub(super) images: &'a Images,
    /// The rows of a reading, and where its columns are.
    pub(super) rows: &'a [(u32, Seen)],
    pub(super) now: &'a Layout,
}

/// What a comparison found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Of each change, whether its row has it or is to have it; else the row may not have it any more, or
    /// is gone.
    pub(super) hold: Vec<bool>,
    /// What has to be written.
    pub(super) repairs: Vec<Target>,
    /// Cells of new columns to empty.
    pub(super) clears: Vec<(Fila, Col)>,
    /// Cells of the office that nobody can give back, by row and name of the column.
    pub(super) overwritten: Vec<(Fila, String)>,
}

impl Found {
    /// Whether everything is as it should be.
    pub(super) fn is_settled(&self) -> bool {
        self.repairs.is_empty() && self.clears.is_empty()
    }
}

/// What was sent to one row, by the columns that it went into.
struct Written {
    fila: Fila,
    cells: Vec<(Column, Cell)>,
    /// The column that `version` went into, and the cell.
    mark: Option<(Column, Cell)>,
    /// What was in the way outside of the tracked columns.
    outside: Vec<There>,
    /// The names of the row that it came into, if they are known.
    hit: Option<Names>,
    /// All of it went into the columns that were meant.
    straight: bool,
    /// It is in its place, whether or not that can be seen.
    certain: bool,
}

/// A row as it stands in the reading.
struct Standing<'a> {
    /// Its short id when it was sent.
    id: Arc<str>,
    fila: Fila,
    row: &'a Row,
    image: Row,
    /// What it shows: attempt and target.
    shown: Vec<(usize, usize)>,
    /// Its cells that hold what we sent.
    ours: BTreeSet<Column>,
}

/// What the audit tells of a row since a change of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// Nothing.
    Silent,
    /// A later operation was decided on a row that had the change.
    Followed,
    /// A later operation was decided on a row that had it not.
    Overtaken,
    /// The row carries an operation that the audit does not tell yet.
    Untold,
}

/// Compares. `since` tells what the audit knows of the row of a change, as it is in the reading.
pub(super) fn compare(sides: &Sides<'_>, since: impl Fn(&Change, &Row) -> Since) -> Found {
    let mut seen = sides.seen();
    // Once more was sent, what cannot be seen at all has been dealt with.
    let alone = sides.attempts.len() == 1;
    let written: Vec<Vec<Written>> = sides.attempts.iter().map(|attempt| attempt.written(sides.now, &seen, alone)).collect();
    seen.iter_mut().for_each(|row| row.look_for(&written));
    let own: HashMap<&str, usize> = sides.changes.iter().enumerate().map(|(nth, change)| (&*change.spool, nth)).collect();
    let elsewhere = |nth: usize| {
        let others = seen.iter().filter(|row| *row.id != *sides.changes[nth].spool);
        others.flat_map(|row| &row.shown).any(|shown| *shown == (0, nth))
    };
    let mut found = Found { hold: vec![false; sides.changes.len()], ..Found::default() };
    for row in &seen {
        let mut should = row.image.clone();
        let mut due: BTreeSet<Column> = row.ours.clone();
        if let Some(nth) = own.get(&*row.id).copied() {
            let change = sides.changes[nth];
            let (restored, since) = (row.restored(), since(change, row.row));
            let holds = match since != Since::Overtaken && alike(&restored, &row.image) {
                // It came whole, and nothing of ours came over it: what differs was changed by somebody since.
                is_alike if row.has_alone(change, &written) || (!is_alike && row.has(change, &written)) => {
                    due.retain(|column| change.cells.iter().all(|(own, _)| own != column));
                    true
                }
                true => {
                    due.extend(change.cells.iter().map(|(column, _)| *column));
                    true
                }
                false => match since {
                    Since::Followed => true,
                    Since::Overtaken => false,
                    // It was sent to no other row that shows it, and no more can be told.
                    Since::Untold => !elsewhere(nth),
                    Since::Silent => !has_version(row.row, change) && !elsewhere(nth),
                },
            };
            if holds {
                should = should.with(&change.cells);
            }
            found.hold[nth] = holds;
        }
        found.repairs.extend(row.repair(due, &should));
        row.outside(&written, &mut found);
    }
    found
}

impl Sides<'_> {
    fn seen(&self) -> Vec<Standing<'_>> {
        let identities = identify(self.rows.iter().map(|(_, row)| &**row));
        let there: HashSet<&str> = identities.iter().map(|identity| &*identity.id).collect();
        let gone: Images =
            self.images.iter().filter(|(id, _)| !there.contains(&***id)).map(|(id, row)| (Arc::clone(id), row.clone())).collect();
        let seen = identities.iter().zip(self.rows).map(|(identity, (fila, row))| {
            let theirs = || Column::ALL.into_iter().filter(|column| !column.is_ours());
            // A row without a tag is only known by all that we never write.
            let known = self.images.get_key_value(&identity.id);
            let known = known.filter(|(_, image)| identity.tag_ok || theirs().all(|column| same(&image[column], &row[column])));
            let (id, image) = match known.or_else(|| self.renamed(row, &gone)) {
                Some((id, image)) => (id, image.with(&NAMES.map(|column| (column, row[column].clone())))),
                // Nobody knew it: nothing of ours stood in it.
                None => {
                    let ours = Column::ALL.into_iter().filter(|column| column.is_ours());
                    (&identity.id, row.with(&ours.map(|column| (column, Cell::Empty)).collect::<Vec<_>>()))
                }
            };
            Standing { id: Arc::clone(id), fila: Fila(*fila), row, image, shown: Vec::new(), ours: BTreeSet::new() }
        });
        seen.collect()
    }

    /// Which of the rows that are `gone` this one was, that shows what was sent and goes by a name that nobody
    /// knew: somebody has corrected it since. It is the one that it was sent to, or the only one of which
    /// nothing else is different.
    fn renamed<'b>(&self, row: &Row, gone: &'b Images) -> Option<(&'b Arc<str>, &'b Row)> {
        let shown = |target: &&Target| {
            target.cells.iter().any(|(column, cell)| *column == Column::Version && same(cell, &row[Column::Version]))
        };
        let target = self.attempts.iter().flat_map(|attempt| &attempt.targets).find(shown)?;
        let other = |column: &Column| !NAMES.contains(column) && target.cells.iter().all(|(sent, _)| sent != column);
        let is_it = |image: &Row| Column::ALL.into_iter().filter(other).all(|column| same(&image[column], &row[column]));
        let meant = self.changes.iter().find(|change| Cell::text(change.event.id.to_string()) == row[Column::Version]);
        let own = meant.and_then(|change| gone.get_key_value(&*change.spool)).filter(|(_, image)| is_it(image));
        let mut alike = gone.iter().filter(|(_, image)| is_it(image));
        own.or_else(|| alike.next().filter(|_| alike.next().is_none()))
    }
}

impl Attempt {
    /// Something that was sent, and what the reply showed, if there was one.
    pub(super) fn of(targets: Vec<Target>, layout: Layout, reply: Option<&Reply>) -> Attempt {
        let line = reply.and_then(|reply| batch::line(reply, &layout));
        let hits = reply.and_then(|reply| batch::hits(reply, &layout, &targets));
        Attempt { layout, line, hits, targets }
    }

    /// By what went where. Of an attempt without a known outcome nobody knows either whether columns
    /// were moved before it or after: before it, if the rows say so.
    fn written(&self, now: &Layout, seen: &[Standing<'_>], alone: bool) -> Vec<Written> {
        let under = |line: &[String], certain: bool| -> Vec<Written> {
            let there = columns::there(&self.layout, line, now);
            let hit = |nth: usize| self.hits.as_ref().and_then(|hits| hits.get(nth).cloned());
            let targets = self.targets.iter().enumerate();
            targets.map(|(nth, target)| Written { hit: hit(nth), ..Written::of(target, &there, certain) }).collect()
        };
        if let Some(line) = &self.line {
            return under(line, alone);
        }
        let stood = under(&self.layout.line, false);
        let is_seen = |all: &[Written]| seen.iter().any(|row| all.iter().any(|one| row.shows(one)));
        if columns::stand(&self.layout, &now.line) || is_seen(&stood) {
            return stood;
        }
        let moved = under(&now.line, false);
        if is_seen(&moved) { moved } else { stood }
    }
}

impl Written {
    fn of(target: &Target, there: &impl Fn(Column) -> Option<There>, certain: bool) -> Written {
        let mut written =
            Written { fila: target.fila, cells: Vec::new(), mark: None, outside: Vec::new(), hit: None, straight: true, certain };
        for (column, cell) in &target.cells {
            let Some(there) = there(*column) else { continue };
            written.straight &= there == There::Tracked(*column);
            let There::Tracked(tracked) = there else {
                written.outside.push(there);
                continue;
            };
            if *column == Column::Version {
                written.mark = Some((tracked, cell.clone()));
            }
            written.cells.push((tracked, cell.clone()));
        }
        written
    }
}

impl Standing<'_> {
    /// Whether it can be read in the reading, and is not known to hold something later of ours.
    fn is_open(&self, column: Column) -> bool {
        self.row[column] != Cell::Missing && !self.ours.contains(&column)
    }

    fn holds(&self, column: Column, cell: &Cell) -> bool {
        same(&self.row[column], cell)
    }

    /// How much of what was sent is still there, if it came into this row by its names, its mark before all:
    /// rows may share their names.
    fn left(&self, written: &Written) -> Option<(bool, usize)> {
        let left = |(column, cell): &&(Column, Cell)| {
            self.is_open(*column) && self.holds(*column, cell) && !same(&self.image[*column], cell)
        };
        let is_it = |hit: &Names| hit.iter().zip(&names(self.row)).all(|(hit, name)| same(hit, name));
        written.hit.as_ref().filter(|hit| is_it(hit))?;
        // Somebody has gone on in it under an operation of his own: what is left is his.
        let others = |(column, mark): &(Column, Cell)| !self.holds(*column, mark) && !self.holds(*column, &self.image[*column]);
        if written.mark.as_ref().is_some_and(|mark| self.is_open(mark.0) && others(mark)) {
            return None;
        }
        let count = written.cells.iter().filter(left).count();
        (count > 0).then(|| (written.mark.iter().any(|mark| left(&mark)), count))
    }

    /// Whether what was sent is to be seen here.
    fn shows(&self, written: &Written) -> bool {
        if written.cells.is_empty() {
            return written.certain && written.fila == self.fila;
        }
        let mark = written.mark.as_ref().filter(|(column, cell)| self.is_open(*column) && !same(&self.image[*column], cell));
        if let Some((column, cell)) = mark {
            return self.holds(*column, cell);
        }
        let mut open = written.cells.iter().filter(|(column, _)| self.is_open(*column)).peekable();
        let differs = open.clone().any(|(column, cell)| !same(&self.image[*column], cell));
        // Where something of ours has been written since, the row may have moved meanwhile.
        let here = written.fila == self.fila || !self.ours.is_empty();
        here && differs && open.all(|(column, cell)| self.holds(*column, cell))
    }

    /// Looks for everything that was sent, the latest first: it hides what was sent before.
    fn look_for(&mut self, written: &[Vec<Written>]) {
        for (attempt, all) in written.iter().enumerate().rev() {
            // What came here is known by the reply, else by how it looks.
            let left = |(nth, written)| self.left(written).map(|left| (left, nth));
            let known = all.iter().enumerate().filter_map(left).max().map(|(_, nth)| nth);
            // Of several that it may be, such as what was to empty rows, the one of which most is there.
            let stands = |(column, cell): &&(Column, Cell)| self.holds(*column, cell) && !same(&self.image[*column], cell);
            let count = |written: &Written| written.cells.iter().filter(stands).count();
            let shown = all.iter().enumerate().rev().filter(|(_, written)| self.shows(written));
            let Some(nth) = known.or_else(|| shown.max_by_key(|(_, written)| count(written)).map(|(nth, _)| nth)) else {
                continue;
            };
            let ours: Vec<Column> =
                all[nth].cells.iter().filter(|(c, cell)| self.is_open(*c) && self.holds(*c, cell)).map(|(c, _)| *c).collect();
            self.ours.extend(ours);
            self.shown.push((attempt, nth));
        }
    }

    /// As it was before anything of ours came to it.
    fn restored(&self) -> Row {
        let cells: Vec<(Column, Cell)> = self.ours.iter().map(|column| (*column, self.image[*column].clone())).collect();
        self.row.with(&cells)
    }

    /// Whether a change stands here, whatever somebody has written beside or over it since.
    fn has(&self, change: &Change, written: &[Vec<Written>]) -> bool {
        let all = || change.cells.iter().all(|(column, cell)| self.row[*column] == Cell::Missing || self.holds(*column, cell));
        if has_version(self.row, change) { self.shown.iter().any(is_of(change, written)) } else { all() }
    }

    /// Whether a change stands here by its mark, and nothing else of ours came here.
    fn has_alone(&self, change: &Change, written: &[Vec<Written>]) -> bool {
        has_version(self.row, change) && !self.shown.is_empty() && self.shown.iter().all(is_of(change, written))
    }

    /// What has to be written into these columns. `version` always goes along: by it what was sent is
    /// known again.
    fn repair(&self, mut due: BTreeSet<Column>, should: &Row) -> Option<Target> {
        let writable = |column: &Column| self.row[*column] != Cell::Missing && should[*column] != Cell::Missing;
        due.retain(|column| writable(column) && !self.holds(*column, &should[*column]));
        if due.is_empty() {
            return None;
        }
        due.extend(Some(Column::Version).filter(writable));
        let cells: Vec<(Column, Cell)> = due.into_iter().map(|column| (column, should[column].clone())).collect();
        Some(Target { fila: self.fila, after: self.row.with(&cells), cells })
    }

    /// What the latest that it shows has put outside of the tracked columns.
    fn outside(&self, written: &[Vec<Written>], found: &mut Found) {
        for there in self.shown.first().into_iter().flat_map(|(attempt, nth)| &written[*attempt][*nth].outside) {
            match there {
                There::New(Some(col)) => found.clears.push((self.fila, *col)),
                There::Office(name) => found.overwritten.push((self.fila, name.clone())),
                There::New(None) | There::Tracked(_) => {}
            }
        }
    }
}

/// Whether what a row shows is this change by its mark, in the columns that were meant.
fn is_of(change: &Change, written: &[Vec<Written>]) -> impl Fn(&(usize, usize)) -> bool {
    let id = Cell::text(change.event.id.to_string());
    move |(attempt, nth)| {
        let written = &written[*attempt][*nth];
        written.straight && written.mark.as_ref().is_some_and(|(_, mark)| *mark == id)
    }
}

/// Whether two rows are of one content, as far as both can be read.
fn alike(a: &Row, b: &Row) -> bool {
    let unread = |column: Column| a[column] == Cell::Missing || b[column] == Cell::Missing;
    Column::ALL.into_iter().all(|column| unread(column) || same(&a[column], &b[column]))
}

fn has_version(row: &Row, change: &Change) -> bool {
    row[Column::Version] != Cell::Missing && change.cells.iter().any(|(column, _)| *column == Column::Version)
}
