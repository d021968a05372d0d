//! One batch: the fence, the cells of each change and its audit row, and what the reply is to show.

use super::a1::{self, Col, Fila, TabId};
use super::client::{Part, Reply};
use super::columns;
use super::refresh::Layout;
use crate::broken::{Safety, lacks};
use crate::domain::{AuditEvent, Cell, Column, Row};
use crate::workbook::audit_row::{self, HEADERS};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::ops::Range;

/// The most that one batch may weigh (`design.md` 5.2).
pub(super) const WEIGHT: usize = 1_000_000;

/// The columns that say which row a row is.
pub(super) const NAMES: [Column; 3] = [Column::Tag, Column::Nv, Column::Ot];

/// What stands in those.
pub(super) type Names = [Cell; 3];

/// The names of a row.
pub(super) fn names(row: &Row) -> Names {
    NAMES.map(|column| row[column].clone())
}

/// Cells of one row that a batch writes, and how the row is known again.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Where the row was when it was last read.
    pub(super) fila: Fila,
    /// The row after the batch.
    pub(super) after: Row,
    /// The cells that are written.
    pub(super) cells: Vec<(Column, Cell)>,
}

/// A batch in the making.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) parts: Vec<Part>,
    pub(super) shown: Vec<String>,
    /// Which parts belong to which target, in the order in which they were added.
    pub(super) owners: Vec<Range<usize>>,
    weight: usize,
}

impl Batch {
    /// An empty batch under a fence; the reply will show the header line as it is then.
    pub(super) fn new(fence: TabId, layout: &Layout) -> Batch {
        let shown = vec![a1::row(&layout.operaciones.title, Fila(1))];
        let parts = if lacks(Safety::Fence) { Vec::new() } else { vec![Part::Fence(fence)] };
        Batch { parts, shown, ..Batch::default() }
    }

    /// Whether one more of this weight is too much.
    pub(super) fn is_full(&self, weight: usize) -> bool {
        !self.owners.is_empty() && self.weight + weight > WEIGHT
    }

    /// Adds the cells of a row, and its audit row if it is to have one.
    pub(super) fn add(&mut self, layout: &Layout, target: &Target, audit: Option<Part>) {
        let first = self.parts.len();
        self.parts.extend(writes(layout, target));
        self.parts.extend(audit);
        self.weight += self.parts[first..].iter().map(weight).sum::<usize>();
        self.owners.push(first..self.parts.len());
        let title = &layout.operaciones.title;
        let shown = NAMES.into_iter().chain([Column::Version]).filter_map(|column| layout.col(column));
        self.shown.extend(shown.map(|col| a1::cell(title, target.fila, col)));
    }

    /// Empties a cell.
    pub(super) fn clear(&mut self, layout: &Layout, fila: Fila, col: Col) {
        let (tab, cells) = (layout.operaciones.id, vec![(Cell::Empty, None)]);
        self.parts.push(Part::Write { tab, fila, col, cells });
    }

    /// Which target a part belongs to.
    pub(super) fn owner(&self, part: usize) -> Option<usize> {
        self.owners.iter().position(|parts| parts.contains(&part))
    }
}

/// About how many bytes a part takes on its way.
pub(super) fn weight(part: &Part) -> usize {
    let cells = match part {
        Part::Write { cells, .. } | Part::Append { cells, .. } => cells.as_slice(),
        _ => &[],
    };
    let text = |cell: &Cell| if let Cell::Text(text) = cell { text.len() } else { 20 };
    200 + cells.iter().map(|(cell, _)| 150 + text(cell)).sum::<usize>()
}

/// The audit row of an event.
pub(super) fn audit(layout: &Layout, event: &AuditEvent, zone: Tz) -> Result<Part, String> {
    let (tab, cols) = layout.audit()?;
    let width = cols.iter().map(|col| col.0 + 1).max().unwrap_or_default();
    let mut cells = vec![(Cell::Empty, None); width];
    for ((col, cell), name) in cols.iter().zip(audit_row::to_cells(event, zone)).zip(HEADERS) {
        let format = match name {
            "Timestamp" => Column::OccupiedSince.date_format(),
            name if audit_row::is_date(name) => Column::ArmDate.date_format(),
            _ => None,
        };
        let format = format.filter(|_| !cell.is_empty());
        cells[col.0] = (cell, format);
    }
    Ok(Part::Append { tab, cells })
}

/// Neighbouring cells in one part, as far as all of them have a number format or none has.
fn writes(layout: &Layout, target: &Target) -> Vec<Part> {
    let placed = target.cells.iter().filter_map(|(column, cell)| {
        let number = matches!(cell, Cell::Number(_) | Cell::Date(_));
        Some((layout.col(*column)?, cell.clone(), column.date_format().filter(|_| number)))
    });
    let mut placed: Vec<_> = placed.collect();
    placed.sort_by_key(|(col, ..)| *col);
    let mut parts: Vec<Part> = Vec::new();
    for (place, cell, format) in placed {
        if let Some(Part::Write { col, cells, .. }) = parts.last_mut()
            && col.0 + cells.len() == place.0
            && cells.iter().all(|(_, known)| known.is_some() == format.is_some())
        {
            cells.push((cell, format));
            continue;
        }
        parts.push(Part::Write { tab: layout.operaciones.id, fila: target.fila, col: place, cells: vec![(cell, format)] });
    }
    parts
}

/// The header line right after a batch, if the reply shows it.
pub(super) fn line(reply: &Reply, layout: &Layout) -> Option<Vec<String>> {
    let tab = layout.operaciones.id;
    let shown = reply.0.iter().filter(|((of, fila, _), _)| *of == tab && *fila == Fila(1));
    let names: BTreeMap<usize, String> = shown.map(|((_, _, col), cell)| (col.0, cell.display())).collect();
    let last = *names.last_key_value()?.0;
    Some((0..=last).map(|col| names.get(&col).cloned().unwrap_or_default()).collect())
}

/// The names of the rows that the targets came into, if the reply shows them.
pub(super) fn hits(reply: &Reply, layout: &Layout, targets: &[Target]) -> Option<Vec<Names>> {
    let shown = |target: &Target, column: Column| {
        layout.col(column).map(|col| reply.0.get(&(layout.operaciones.id, target.fila, col)).cloned().unwrap_or_default())
    };
    let stand = line(reply, layout).is_some_and(|line| columns::stand(layout, &line));
    stand.then(|| targets.iter().map(|target| NAMES.map(|column| shown(target, column).unwrap_or(Cell::Missing))).collect())
}

/// Whether the reply shows all targets right: the rows that were meant, in the columns that were meant.
/// Nobody is answered before that (`design.md` 5.4).
pub(super) fn is_right<'a>(reply: &Reply, layout: &Layout, mut targets: impl Iterator<Item = &'a Target>) -> bool {
    let tab = layout.operaciones.id;
    let names: Vec<Column> = NAMES.into_iter().chain([Column::Version]).collect();
    let is_right = |target: &Target| {
        let shown = |col: Col| reply.0.get(&(tab, target.fila, col)).cloned().unwrap_or_default();
        names.iter().all(|column| layout.col(*column).is_none_or(|col| same(&shown(col), &target.after[*column])))
    };
    line(reply, layout).is_some_and(|line| columns::stand(layout, &line)) && targets.all(is_right)
}

/// Whether two readings are of one content. A date may lose its last digits on the way, an error
/// has two spellings.
pub(super) fn same(a: &Cell, b: &Cell) -> bool {
    match (a, b) {
        (Cell::Number(a) | Cell::Date(a), Cell::Number(b) | Cell::Date(b)) => (a - b).abs() < 5e-9,
        (Cell::Error(_), Cell::Error(_)) => true,
        _ => a == b,
    }
}

/// Whether two readings of a row are of one content.
pub(super) fn same_row(a: &Row, b: &Row) -> bool {
    Column::ALL.into_iter().all(|column| same(&a[column], &b[column]))
}
