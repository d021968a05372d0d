//! A workbook: its sheets, who may see and change it, and what is protected.

use super::a1::Range;
use super::grid::{Dimension, Rect, Sheet};
use super::refusal::{Answer, Refusal};
use std::collections::BTreeMap;

/// What somebody may do with a workbook that is shared with him.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Read,
    Write,
    /// The owner can edit what is protected, whatever the list of editors says.
    Own,
}

/// A protected range or sheet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Protection {
    pub(crate) id: i64,
    pub(crate) range: Range,
    pub(crate) except: Vec<Range>,
    pub(crate) description: String,
    pub(crate) warning_only: bool,
    pub(crate) editors: Vec<String>,
}

/// A workbook.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Book {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) locale: String,
    pub(crate) time_zone: String,
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) protections: Vec<Protection>,
    pub(crate) shared_with: BTreeMap<String, Access>,
}

impl Book {
    /// A workbook without sheets, as a Chilean office has it.
    pub(crate) fn new(id: &str) -> Book {
        Book {
            id: id.into(),
            title: "Carretes".into(),
            locale: "es_CL".into(),
            time_zone: "America/Santiago".into(),
            sheets: Vec::new(),
            protections: Vec::new(),
            shared_with: BTreeMap::new(),
        }
    }

    /// The sheet with this title; Google compares them without regard to case.
    pub(crate) fn by_title(&self, title: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.title.to_lowercase() == title.to_lowercase())
    }

    /// The sheet with this title, or one to which somebody has written something behind it.
    pub(crate) fn titled(&self, title: &str) -> Option<&Sheet> {
        self.by_title(title).or_else(|| self.sheets.iter().find(|sheet| sheet.title.starts_with(title)))
    }

    /// The sheet with this id.
    pub(crate) fn sheet(&self, id: i64) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.id == id)
    }

    /// The sheet with this id, for a request that works on cells.
    pub(crate) fn grid(&mut self, id: i64) -> Answer<&mut Sheet> {
        self.sheets.iter_mut().find(|sheet| sheet.id == id).ok_or_else(|| Refusal::invalid(format!("No grid with id: {id}")))
    }

    /// The sheet with this id, for a request that works on sheets.
    /// Report: <https://github.com/blinkk/rootjs/issues/554>.
    pub(crate) fn tab(&mut self, id: i64) -> Answer<&mut Sheet> {
        self.sheets.iter_mut().find(|sheet| sheet.id == id).ok_or_else(|| Refusal::invalid(format!("No sheet with id: {id}")))
    }

    /// What this person may do.
    pub(crate) fn access(&self, who: &str) -> Option<Access> {
        self.shared_with.get(who).copied()
    }

    /// Refuses a change of protected cells by somebody who is not an editor of them.
    pub(crate) fn guard(&self, who: &str, sheet: i64, rect: Rect) -> Answer<()> {
        let Some(grid) = self.sheet(sheet) else { return Ok(()) };
        let barred = self.protections.iter().any(|protection| {
            protection.range.sheet == sheet
                && !self.may_edit(protection, who)
                && protection.range.clipped(grid).meets(&rect)
                && !protection.except.iter().any(|range| range.clipped(grid).holds(&rect))
        });
        if barred { Err(Refusal::protected()) } else { Ok(()) }
    }

    /// Whether this person may change what is protected.
    pub(crate) fn may_edit(&self, protection: &Protection, who: &str) -> bool {
        protection.warning_only || self.access(who) == Some(Access::Own) || protection.editors.iter().any(|editor| editor == who)
    }

    /// Inserts rows or columns; protected ranges move along.
    pub(crate) fn insert(&mut self, sheet: i64, dimension: Dimension, at: usize, count: usize) -> Answer<()> {
        self.grid(sheet)?.insert(dimension, at, count);
        self.follow(sheet, dimension, |place| if place >= at { place + count } else { place });
        Ok(())
    }

    /// Deletes rows or columns; protected ranges move along.
    pub(crate) fn delete(&mut self, sheet: i64, dimension: Dimension, from: usize, to: usize) -> Answer<()> {
        self.grid(sheet)?.delete(dimension, from, to);
        self.follow(sheet, dimension, |place| place - (place.min(to) - place.min(from)));
        Ok(())
    }

    fn follow(&mut self, sheet: i64, dimension: Dimension, moved: impl Fn(usize) -> usize) {
        for protection in self.protections.iter_mut().filter(|protection| protection.range.sheet == sheet) {
            let range = &mut protection.range;
            let (start, end) = match dimension {
                Dimension::Rows => (&mut range.top, &mut range.bottom),
                Dimension::Columns => (&mut range.left, &mut range.right),
            };
            // A range from the very top stays there; its end is excluded, so it moves by its last cell.
            *start = if *start == 0 { 0 } else { moved(*start) };
            *end = end.map(|end| moved(end.max(1) - 1) + 1);
        }
    }
}
