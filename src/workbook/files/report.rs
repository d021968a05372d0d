//! What an import found and did, as lines that the office understands.

use super::{at, place};
use crate::domain::problem::Kind;
use crate::domain::spool::identify;
use crate::domain::{self, Column, Header, Level, Role, Spool, Tag};
use crate::words::{self, say, text};
use crate::workbook::sheet::worker_id;
use crate::workbook::{Sheet, Sheets};
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

/// What became of the rows of one sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of the file.
    pub read: usize,
    /// Rows that the record did not have.
    pub added: usize,
    /// Rows in which at least one cell changes.
    pub updated: usize,
    /// Rows that stay as they are.
    pub unchanged: usize,
    /// Rows of the record that the file lacks; they stay.
    pub absent: usize,
}

/// One place to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The row, the header being 1.
    pub fila: u32,
    /// What stands there.
    pub value: String,
}

impl Example {
    /// As many as a line of the report shows.
    pub const MOST: usize = 3;
}

/// One kind of problem in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How bad.
    pub level: Level,
    /// Where.
    pub column: Column,
    /// What.
    pub kind: Kind,
    /// In how many rows.
    pub count: usize,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// Who is in the merged workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Everybody with a number.
    pub workers: usize,
    /// Those who may act.
    pub active: usize,
    /// Active ones without any role that is in force, by name.
    pub without_role: Vec<String>,
}

/// The outcome of an import.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The rows of `Operaciones`.
    pub spools: Counts,
    /// How many cells of each column change in rows that were there before.
    pub changed: Vec<(String, usize)>,
    /// Cells of the file in columns that the app writes, that were not taken, and the first ones.
    pub kept: (usize, Vec<Example>),
    /// Rows of the record that the file lacks, at the place they had.
    pub absent: Vec<Example>,
    /// The rows of `Trabajadores`.
    pub workers: Counts,
    /// Workers that the file lacks, by their number.
    pub absent_workers: Vec<Example>,
    /// The rows of `Roles`.
    pub roles: Counts,
    /// Roles that the file lacks, as number and role.
    pub absent_roles: Vec<Example>,
    /// The rows of `Metadata`.
    pub audit: Counts,
    /// Who is in the merged workbook.
    pub people: People,
    /// Rows whose TAG stands on an earlier row.
    pub duplicates: usize,
    /// The TAGs that stand on more than one row, in order.
    pub duplicate_tags: Vec<String>,
    /// Rows that cannot be read: shown, and nobody can act on them.
    pub unreadable: usize,
    /// Rows that can be read and have something to look at.
    pub warned: usize,
    /// What is wrong with the merged rows, the worst first.
    pub problems: Vec<Found>,
    /// What the header lines and the lists of people have to be told of.
    pub remarks: Vec<String>,
    /// Sheets or files that are none of the four.
    pub ignored: Vec<String>,
}

impl Report {
    /// Whether the record already holds all that the file brings.
    pub fn changes_nothing(&self) -> bool {
        [self.spools, self.workers, self.roles, self.audit].iter().all(|counts| counts.added == 0 && counts.updated == 0)
    }

    /// Reads the merged workbook as the app will.
    pub(super) fn look_at(&mut self, sheets: &Sheets, file_header: &[String], lacked: &[Column], zone: Tz) {
        self.look_at_header(file_header, lacked);
        self.remarks.extend(unread(&sheets.trabajadores, &sheets.roles));
        let people = domain::People::new(sheets.workers());
        self.people = People::of(&people);
        self.look_at_spools(&sheets.operaciones, &people, zone);
    }

    fn look_at_header(&mut self, names: &[String], lacked: &[Column]) {
        let header = Header::read(names);
        for name in &header.repeated {
            self.remarks.push(say("report-column-twice").with("column", name.trim()).into());
        }
        if header.tag_from_split {
            self.remarks.push(text("report-split").into());
        }
        if !lacked.is_empty() {
            let names: Vec<&str> = lacked.iter().map(|column| column.header()).collect();
            self.remarks.push(say("report-added").with("columns", names.join(", ")).into());
        }
        for column in header.missing_optional().into_iter().filter(|column| !lacked.contains(column)) {
            let lacks = match column {
                Column::QcDate => say("report-lacks-inspection"),
                Column::Nv | Column::Ot => say("report-lacks-number"),
                _ => say("report-lacks-known"),
            };
            self.remarks.push(lacks.with("column", column.header()).into());
        }
    }

    fn look_at_spools(&mut self, sheet: &Sheet, people: &domain::People, zone: Tz) {
        let header = Header::read(&sheet.header);
        let rows: Vec<_> = sheet.rows.iter().map(|(_, cells)| header.row(cells.clone())).collect();
        let identities = identify(&rows);
        let mut found: BTreeMap<(Level, Column, Kind), (usize, Vec<Example>)> = BTreeMap::new();
        let mut seen: HashMap<Tag, usize> = HashMap::new();
        let nothing = Arc::new(Vec::new());
        for ((identity, row), (fila, _)) in identities.into_iter().zip(rows).zip(&sheet.rows) {
            if identity.tag_ok {
                let count = seen.entry(identity.tag.clone()).or_default();
                *count += 1;
                self.duplicates += usize::from(*count > 1);
            }
            let spool = Spool::read(identity, *fila, row, Arc::clone(&nothing), people, zone);
            match spool.unreadable() {
                Some(_) => self.unreadable += 1,
                None => self.warned += usize::from(!spool.problems.is_empty()),
            }
            for problem in spool.problems {
                let value = words::value(problem.column, &problem.value);
                let (count, examples) = found.entry((problem.level, problem.column, problem.kind)).or_default();
                *count += 1;
                if examples.len() < Example::MOST {
                    examples.push(Example { fila: *fila, value });
                }
            }
        }
        let repeated = seen.into_iter().filter(|(_, count)| *count > 1);
        self.duplicate_tags = repeated.map(|(tag, _)| tag.to_string()).collect();
        self.duplicate_tags.sort();
        let found = found.into_iter();
        let found = found.map(|((level, column, kind), (count, examples))| Found { level, column, kind, count, examples });
        self.problems = found.collect();
    }
}

impl People {
    fn of(people: &domain::People) -> People {
        let active: Vec<_> = people.all().iter().filter(|worker| worker.active).collect();
        let without = active.iter().filter(|worker| worker.roles.is_empty());
        let without_role = without.map(|worker| format!("{} ({})", worker.full_name(), worker.id)).collect();
        People { workers: people.all().len(), active: active.len(), without_role }
    }
}

/// What cannot be read in the lists of people: whom the app will know is not decided here.
fn unread(trabajadores: &Sheet, roles: &Sheet) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut known = HashSet::new();
    let [id, active] = ["Id", "Activo"].map(|name| place(&trabajadores.header, name));
    for (fila, row) in &trabajadores.rows {
        let (id, active) = (at(row, id), at(row, active));
        let said = match worker_id(id) {
            None => say("report-id").with("row", fila).with("value", id.display()),
            Some(number) if !known.insert(number) => say("report-id-twice").with("row", fila).with("id", number),
            Some(_) if active.read_bool().is_err() => say("report-active").with("row", fila).with("value", active.display()),
            Some(_) => continue,
        };
        remarks.push(said.into());
    }
    let [id, role] = ["Id", "Rol"].map(|name| place(&roles.header, name));
    for (fila, row) in &roles.rows {
        let (id, role) = (at(row, id), at(row, role).display());
        let said = match worker_id(id).filter(|id| known.contains(id)) {
            None => say("report-stranger").with("row", fila).with("value", id.display()),
            Some(_) if Role::read(&role).is_none() => say("report-role").with("row", fila).with("value", role),
            Some(_) => continue,
        };
        remarks.push(said.into());
    }
    remarks
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes_nothing() {
            writeln!(f, "{}", text("report-nothing-new"))?;
        }
        line(f, "Operaciones", self.spools)?;
        if !self.changed.is_empty() {
            let columns: Vec<String> = self.changed.iter().map(|(name, count)| format!("{name} ({count})")).collect();
            writeln!(f, "  {}", say("report-changed").with("columns", columns.join(", ")))?;
        }
        if self.kept.0 > 0 {
            let places = places(self.kept.0, &self.kept.1);
            writeln!(f, "  {}", say("report-kept").count("count", self.kept.0).with("places", places))?;
        }
        absent(f, text("report-absent-rows"), &self.absent)?;
        line(f, "Trabajadores", self.workers)?;
        absent(f, text("report-absent-workers"), &self.absent_workers)?;
        let people = say("report-people").count("workers", self.people.workers).count("active", self.people.active);
        writeln!(f, "  {people}")?;
        if !self.people.without_role.is_empty() {
            writeln!(f, "  {}", say("report-no-role").with("workers", self.people.without_role.join(", ")))?;
        }
        line(f, "Roles", self.roles)?;
        absent(f, text("report-absent-roles"), &self.absent_roles)?;
        line(f, "Metadata", self.audit)?;
        for remark in &self.remarks {
            writeln!(f, "{}", say("report-note").with("note", remark))?;
        }
        if !self.ignored.is_empty() {
            writeln!(f, "{}", say("report-ignored").with("sheets", self.ignored.join(", ")))?;
        }
        self.write_duplicates(f)?;
        self.write_problems(f)
    }
}

impl Report {
    fn write_duplicates(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.duplicates == 0 {
            return Ok(());
        }
        let shown: Vec<&str> = self.duplicate_tags.iter().take(10).map(String::as_str).collect();
        let said = match self.duplicate_tags.len().saturating_sub(shown.len()) {
            0 => say("report-twins"),
            more => say("report-twins-more").count("more", more),
        };
        writeln!(f, "{}", said.count("count", self.duplicates).with("tags", shown.join(", ")))
    }

    fn write_problems(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (level, rows, heading) in
            [(Level::Error, self.unreadable, say("report-errors")), (Level::Warning, self.warned, say("report-warnings"))]
        {
            let mut found = self.problems.iter().filter(|found| found.level == level).peekable();
            if found.peek().is_some() {
                writeln!(f, "{}", heading.count("rows", rows))?;
            }
            for Found { column, kind, count, examples, .. } in found {
                let said = say("report-problem").with("column", column.header()).with("problem", words::problem_kind(*kind));
                writeln!(f, "  {}", said.count("count", count).with("places", places(*count, examples)))?;
            }
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, sheet: &str, counts: Counts) -> fmt::Result {
    let Counts { read, added, updated, unchanged, absent } = counts;
    let said = say("report-sheet").with("sheet", sheet).count("read", read).count("added", added).count("updated", updated);
    writeln!(f, "{}", said.count("unchanged", unchanged).count("absent", absent))
}

fn absent(f: &mut fmt::Formatter<'_>, heading: &str, rows: &[Example]) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f, "  {heading}")?;
    rows.iter().try_for_each(|row| writeln!(f, "    {}", say("report-absent").with("row", row.fila).with("value", &row.value)))
}

fn places(count: usize, examples: &[Example]) -> String {
    let shown = examples.iter().map(|Example { fila, value }| match value.is_empty() {
        true => say("report-place").with("row", fila).to_string(),
        false => say("report-place-value").with("row", fila).with("value", value).to_string(),
    });
    let more = if count > examples.len() { ", …" } else { "" };
    format!("{}{more}", shown.collect::<Vec<_>>().join(", "))
}
