//! What the record holds and what a file brings -> one workbook (`design.md` 7, `import`).
//!
//! The file wins in the office's columns. In the columns that the app writes the record wins: an
//! empty cell is filled, but not where the app has acted on the row since the file was made,
//! because then the cell is empty for a reason (a paused spool has no `Ocupado_Por`).

use super::report::{Counts, Example, Report};
use super::{APPENDED, at, place};
use crate::domain::cell::{clean, fold};
use crate::domain::column::normalise;
use crate::domain::spool::identify;
use crate::domain::{Cell, Column, Header};
use crate::workbook::audit_row::HEADERS;
use crate::workbook::{Sheet, Sheets};
use chrono_tz::Tz;
use std::collections::{HashMap, HashSet};

/// A merged workbook and what there is to say about it.
#[derive(Debug, Clone)]
pub struct Merge {
    /// The workbook as it should stand.
    pub sheets: Sheets,
    /// What was read, what changes and what is wrong.
    pub report: Report,
}

/// Merges what a file brings into what the record holds; either may be empty. Pure: nothing has
/// changed until the caller writes the outcome.
pub fn merge(current: &Sheets, incoming: &Sheets, zone: Tz) -> Merge {
    let spools = Union::of(&current.operaciones, &incoming.operaciones, spool_groups, OfWhom::TheApp);
    let workers = Union::of(&current.trabajadores, &incoming.trabajadores, |sheet| groups(sheet, &["Id"]), OfWhom::TheOffice);
    let roles = Union::of(&current.roles, &incoming.roles, |sheet| groups(sheet, &["Id", "Rol"]), OfWhom::TheOffice);
    let (metadata, audit) = append_audit(&current.metadata, &incoming.metadata);
    let mut sheets = Sheets { operaciones: spools.sheet, trabajadores: workers.sheet, roles: roles.sheet, metadata };
    let mut report = Report {
        spools: spools.counts,
        changed: spools.changed,
        kept: spools.kept,
        absent: spools.absent,
        workers: workers.counts,
        absent_workers: workers.absent,
        roles: roles.counts,
        absent_roles: roles.absent,
        audit,
        ..Report::default()
    };
    let lacked = complete_headers(&mut sheets);
    report.look_at(&sheets, &incoming.operaciones.header, &lacked, zone);
    Merge { sheets, report }
}

/// Gives each sheet the columns without which the app cannot write, and tells which ones
/// `Operaciones` lacked.
fn complete_headers(sheets: &mut Sheets) -> Vec<Column> {
    let header = Header::read(&sheets.operaciones.header);
    let lacked: Vec<Column> = APPENDED.into_iter().filter(|column| header.place(*column).is_none()).collect();
    sheets.operaciones.header.extend(lacked.iter().map(|column| column.header().to_owned()));
    for (sheet, names) in [
        (&mut sheets.trabajadores, &["Id", "Nombre", "Apellido", "Activo"][..]),
        (&mut sheets.roles, &["Id", "Rol", "Activo"][..]),
        (&mut sheets.metadata, &HEADERS[..]),
    ] {
        if sheet.header.is_empty() {
            sheet.header = names.iter().map(|name| (*name).to_owned()).collect();
        }
    }
    lacked
}

/// What makes two rows of `Operaciones` equals: TAG, NV and OT, by the domain's own reading.
fn spool_groups(sheet: &Sheet) -> Vec<String> {
    let header = Header::read(&sheet.header);
    let rows: Vec<_> = sheet.rows.iter().map(|(_, cells)| header.row(cells.clone())).collect();
    let identities = identify(&rows);
    let names = identities.iter().zip(&rows).map(|(identity, row)| {
        let (nv, ot) = (row[Column::Nv].display(), row[Column::Ot].display());
        format!("{} · NV {} · OT {}", identity.tag, clean(&nv), clean(&ot))
    });
    names.collect()
}

/// What makes two rows of another sheet equals: the values of these columns.
fn groups(sheet: &Sheet, names: &[&str]) -> Vec<String> {
    let places: Vec<_> = names.iter().map(|name| place(&sheet.header, name)).collect();
    let value = |cell: &Cell| match cell.read_id() {
        Ok(Some(id)) => id.to_string(),
        _ => fold(&cell.display()),
    };
    sheet.rows.iter().map(|(_, row)| places.iter().map(|place| value(at(row, *place))).collect::<Vec<_>>().join(" ")).collect()
}

/// Each row's group, and which of its equals it is.
fn keys(groups: Vec<String>) -> Vec<(String, u32)> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut nth = |group: &String| {
        let count = seen.entry(group.clone()).or_default();
        *count += 1;
        *count
    };
    groups.into_iter().map(|group| (nth(&group), group)).map(|(nth, group)| (group, nth)).collect()
}

/// The columns of both sides: the record's first, in their order, then what only the file has.
/// Of columns that share a name the first goes with the first, the second with the second.
struct Columns {
    header: Vec<String>,
    /// For each column of the outcome its place in the file.
    from: Vec<Option<usize>>,
}

impl Columns {
    fn of(current: &[String], incoming: &[String]) -> Columns {
        let mut theirs = keys(incoming.iter().map(|name| normalise(name)).collect());
        let mut header = current.to_vec();
        let mut from = Vec::with_capacity(header.len());
        for key in keys(current.iter().map(|name| normalise(name)).collect()) {
            let found = theirs.iter().position(|their| *their == key);
            if let Some(found) = found {
                theirs[found].1 = 0; // taken: no key has an occurrence of 0
            }
            from.push(found);
        }
        for (place, _) in theirs.iter().enumerate().filter(|(_, (_, nth))| *nth > 0) {
            header.push(incoming[place].clone());
            from.push(Some(place));
        }
        Columns { header, from }
    }

    /// A row of the file in the order of the outcome.
    fn arrange(&self, row: &[Cell]) -> Vec<Cell> {
        trimmed(self.from.iter().map(|place| at(row, *place).clone()).collect())
    }
}

fn trimmed(mut row: Vec<Cell>) -> Vec<Cell> {
    let used = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    row.truncate(used);
    row
}

/// Whose the columns of a sheet are.
#[derive(Clone, Copy, PartialEq)]
enum OfWhom {
    /// The app writes those that are its own.
    TheApp,
    /// All are the office's.
    TheOffice,
}

/// Two sheets made one, row by row.
#[derive(Default)]
struct Union {
    sheet: Sheet,
    counts: Counts,
    changed: Vec<(String, usize)>,
    kept: (usize, Vec<Example>),
    absent: Vec<Example>,
}

impl Union {
    fn of(current: &Sheet, incoming: &Sheet, groups: impl Fn(&Sheet) -> Vec<String>, whose: OfWhom) -> Union {
        if incoming.header.is_empty() {
            let counts = Counts { unchanged: current.rows.len(), ..Counts::default() };
            return Union { sheet: current.clone(), counts, ..Union::default() };
        }
        let columns = Columns::of(&current.header, &incoming.header);
        let ours = Ours::of(&columns.header, whose);
        let mut union = Union::default();
        union.counts.read = incoming.rows.len();
        let known = keys(groups(current));
        let mut left: HashMap<&(String, u32), usize> = known.iter().zip(0..).collect();
        let brought = keys(groups(incoming));
        let mut lines = Lines::default();
        for (key, (fila, row)) in brought.iter().zip(&incoming.rows) {
            let new = columns.arrange(row);
            let row = match left.remove(key) {
                None => {
                    union.counts.added += 1;
                    new
                }
                Some(index) => union.update(&current.rows[index].1, new, &columns, &ours, *fila),
            };
            lines.put(&key.0, *fila, row);
        }
        for (key, (fila, row)) in known.iter().zip(&current.rows).filter(|(key, _)| left.contains_key(key)) {
            union.counts.absent += 1;
            union.absent.push(Example { fila: *fila, value: key.0.clone() });
            lines.keep(&key.0, *fila, row.clone());
        }
        union.sheet = Sheet { header: columns.header, rows: lines.sorted() };
        union
    }

    /// One row that both sides have.
    fn update(&mut self, old: &[Cell], new: Vec<Cell>, columns: &Columns, ours: &Ours, fila: u32) -> Vec<Cell> {
        let mut row = old.to_vec();
        row.resize(columns.header.len(), Cell::Empty);
        let mut differs = false;
        for place in (0..columns.header.len()).filter(|place| columns.from[*place].is_some()) {
            let cell = at(&new, Some(place));
            if same(&row[place], cell) {
                continue;
            }
            match ours.columns[place] {
                None => row[place] = cell.clone(),
                Some(_) if cell.is_empty() => continue,
                Some(column) if row[place].is_empty() && ours.may_fill(column, old, &new) => row[place] = cell.clone(),
                Some(_) => {
                    self.keep(fila, &columns.header[place], cell);
                    continue;
                }
            }
            differs = true;
            self.count(&columns.header[place]);
        }
        match differs {
            true => self.counts.updated += 1,
            false => self.counts.unchanged += 1,
        }
        trimmed(row)
    }

    fn count(&mut self, column: &str) {
        match self.changed.iter_mut().find(|(name, _)| name == column) {
            Some((_, count)) => *count += 1,
            None => self.changed.push((column.to_owned(), 1)),
        }
    }

    fn keep(&mut self, fila: u32, column: &str, cell: &Cell) {
        self.kept.0 += 1;
        if self.kept.1.len() < Example::MOST {
            self.kept.1.push(Example { fila, value: format!("{column}: {}", cell.display()) });
        }
    }
}

/// Whether two cells hold the same. Programs that save a workbook again round its numbers to 15
/// digits: a time that differs by less than that is the same time.
fn same(a: &Cell, b: &Cell) -> bool {
    match (a, b) {
        (Cell::Number(a) | Cell::Date(a), Cell::Number(b) | Cell::Date(b)) => (a - b).abs() <= a.abs().max(b.abs()) * 1e-13,
        _ => a == b,
    }
}

/// Which columns of the outcome the app writes.
struct Ours {
    columns: Vec<Option<Column>>,
    header: Header,
}

impl Ours {
    fn of(names: &[String], whose: OfWhom) -> Ours {
        let header = Header::read(names);
        let mut columns = vec![None; names.len()];
        for column in Column::ALL.into_iter().filter(|column| column.is_ours() && whose == OfWhom::TheApp) {
            if let Some(place) = header.place(column) {
                columns[place] = Some(column);
            }
        }
        Ours { columns, header }
    }

    /// Whether an empty cell of ours may be filled from the file: the app has not written the row
    /// since, and what belongs to an occupation goes with that occupation only.
    fn may_fill(&self, column: Column, old: &[Cell], new: &[Cell]) -> bool {
        let pair = |column| (at(old, self.header.place(column)), at(new, self.header.place(column)));
        let ((version, theirs), (holder, other)) = (pair(Column::Version), pair(Column::OccupiedBy));
        let untouched = version.is_empty() || clean(&version.display()) == clean(&theirs.display());
        let of_occupation = matches!(column, Column::OccupiedSince | Column::Detail);
        untouched && (!of_occupation || holder.is_empty() || holder == other)
    }
}

/// The rows of the outcome, each with a place of its own.
#[derive(Default)]
struct Lines {
    rows: Vec<(u32, Vec<Cell>)>,
    taken: HashSet<u32>,
    last: u32,
    /// The last place of each group: a row's occurrence among its equals is counted in the order
    /// of the sheet, so that an absent row must stay behind its equals or become one of them.
    behind: HashMap<String, u32>,
    displaced: Vec<Vec<Cell>>,
}

impl Lines {
    fn put(&mut self, group: &str, fila: u32, row: Vec<Cell>) {
        self.taken.insert(fila);
        self.last = self.last.max(fila);
        self.behind.insert(group.to_owned(), fila);
        self.rows.push((fila, row));
    }

    /// A row that the file lacks keeps its place if that is free, else it goes to the end.
    fn keep(&mut self, group: &str, fila: u32, row: Vec<Cell>) {
        if self.taken.contains(&fila) || self.behind.get(group).is_some_and(|place| *place > fila) {
            self.behind.insert(group.to_owned(), u32::MAX);
            self.displaced.push(row);
        } else {
            self.put(group, fila, row);
        }
    }

    fn sorted(mut self) -> Vec<(u32, Vec<Cell>)> {
        self.rows.extend((self.last + 1..).zip(self.displaced));
        self.rows.sort_by_key(|(fila, _)| *fila);
        self.rows
    }
}

/// `Metadata` only ever grows: rows whose ID is unknown are appended and none is altered. A row
/// without an ID is known by its content.
fn append_audit(current: &Sheet, incoming: &Sheet) -> (Sheet, Counts) {
    if current.rows.is_empty() && !incoming.header.is_empty() {
        let counts = Counts { read: incoming.rows.len(), added: incoming.rows.len(), ..Counts::default() };
        return (incoming.clone(), counts);
    }
    let columns = Columns::of(&current.header, &incoming.header);
    let mut sheet = Sheet { header: columns.header.clone(), rows: current.rows.clone() };
    let id = place(&sheet.header, "ID");
    let group = |row: &[Cell]| match fold(&at(row, id).display()) {
        id if id.is_empty() => row.iter().map(Cell::display).collect::<Vec<_>>().join("\u{1f}"),
        id => id,
    };
    let known: HashSet<_> = keys(current.rows.iter().map(|(_, row)| group(row)).collect()).into_iter().collect();
    let rows: Vec<Vec<Cell>> = incoming.rows.iter().map(|(_, row)| columns.arrange(row)).collect();
    let brought = keys(rows.iter().map(|row| group(row)).collect());
    let mut counts = Counts { read: rows.len(), ..Counts::default() };
    let mut last = sheet.rows.iter().map(|(fila, _)| *fila).max().unwrap_or(1);
    for (key, row) in brought.into_iter().zip(rows) {
        if known.contains(&key) {
            counts.unchanged += 1;
            continue;
        }
        counts.added += 1;
        last += 1;
        sheet.rows.push((last, row));
    }
    (sheet, counts)
}
