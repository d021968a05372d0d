//! One sheet: a grid of cells with its size and its place in the workbook.
//!
//! Rows are shared between versions of a sheet, so a copy of a large one costs little: a batch works
//! on a copy that replaces the original only if every part of it was accepted, and the journal keeps
//! a copy of each version.

use std::sync::Arc;

/// What a cell shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Number(f64),
    Bool(bool),
    /// `#REF!` and its kind.
    Error(String),
}

/// A number format: Google's type and pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NumberFormat {
    /// `DATE`, `DATE_TIME`, `TIME`, `NUMBER`, `PERCENT`, `TEXT` …
    pub(crate) kind: String,
    pub(crate) pattern: String,
}

impl NumberFormat {
    /// A format of this type.
    pub(crate) fn new(kind: &str, pattern: &str) -> NumberFormat {
        NumberFormat { kind: kind.into(), pattern: pattern.into() }
    }

    /// Whether numbers in it are shown as dates or times.
    pub(crate) fn is_date(&self) -> bool {
        matches!(self.kind.as_str(), "DATE" | "DATE_TIME" | "TIME")
    }
}

/// What few cells have.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Rare {
    pub(crate) formula: Option<String>,
    pub(crate) note: Option<String>,
    /// Colours, borders and the like: kept as they came.
    pub(crate) dress: serde_json::Map<String, serde_json::Value>,
}

/// One cell; `value` is what it shows, a formula's result included.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Cell {
    pub(crate) value: Option<Value>,
    pub(crate) format: Option<Arc<NumberFormat>>,
    pub(crate) rare: Option<Box<Rare>>,
}

impl Cell {
    /// A cell of text.
    pub(crate) fn text(text: impl Into<String>) -> Cell {
        Cell { value: Some(Value::Text(text.into())), ..Cell::default() }
    }

    /// A cell with a number.
    pub(crate) fn number(number: impl Into<f64>) -> Cell {
        Cell { value: Some(Value::Number(number.into())), ..Cell::default() }
    }

    /// A cell with TRUE or FALSE.
    pub(crate) fn bool(value: bool) -> Cell {
        Cell { value: Some(Value::Bool(value)), ..Cell::default() }
    }

    /// A formula and the value that it shows.
    pub(crate) fn formula(source: &str, value: Option<Value>) -> Cell {
        let rare = Rare { formula: Some(source.into()), ..Rare::default() };
        Cell { value, rare: Some(Box::new(rare)), ..Cell::default() }
    }

    /// The same cell in a number format.
    pub(crate) fn formatted(mut self, format: &Arc<NumberFormat>) -> Cell {
        self.format = Some(Arc::clone(format));
        self
    }

    /// The formula in it.
    pub(crate) fn source(&self) -> Option<&str> {
        self.rare.as_ref()?.formula.as_deref()
    }

    /// Whether it holds anything that counts as data.
    pub(crate) fn is_empty(&self) -> bool {
        self.value.is_none() && self.source().is_none()
    }

    /// Puts a value in, and takes a formula out.
    pub(crate) fn put(&mut self, value: Option<Value>) {
        self.value = value.filter(|value| *value != Value::Text(String::new()));
        if let Some(rare) = &mut self.rare {
            rare.formula = None;
        }
    }

    /// The part that few cells have, made when it is missing.
    pub(crate) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }
}

/// A rectangle of cells, ends excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rect {
    pub(crate) top: usize,
    pub(crate) left: usize,
    pub(crate) bottom: usize,
    pub(crate) right: usize,
}

impl Rect {
    /// A rectangle of this size.
    pub(crate) fn at(top: usize, left: usize, rows: usize, columns: usize) -> Rect {
        Rect { top, left, bottom: top + rows, right: left + columns }
    }

    /// Whether the two have a cell in common.
    pub(crate) fn meets(&self, other: &Rect) -> bool {
        self.top < other.bottom && other.top < self.bottom && self.left < other.right && other.left < self.right
    }

    /// Whether all of the other is within.
    pub(crate) fn holds(&self, other: &Rect) -> bool {
        self.top <= other.top && self.bottom >= other.bottom && self.left <= other.left && self.right >= other.right
    }
}

/// Rows or columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dimension {
    Rows,
    Columns,
}

/// A sheet; rows behind `rows.len()` and cells behind the end of a row are empty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) hidden: bool,
    pub(crate) row_count: usize,
    pub(crate) column_count: usize,
    pub(crate) frozen_rows: usize,
    pub(crate) frozen_columns: usize,
    pub(crate) rows: Vec<Arc<Vec<Cell>>>,
}

static NOTHING: Cell = Cell { value: None, format: None, rare: None };

impl Sheet {
    /// An empty sheet.
    pub(crate) fn new(id: i64, title: &str, row_count: usize, column_count: usize) -> Sheet {
        let (title, rows) = (title.to_owned(), Vec::new());
        Sheet { id, title, hidden: false, row_count, column_count, frozen_rows: 0, frozen_columns: 0, rows }
    }

    /// The cell, empty or not.
    pub(crate) fn cell(&self, row: usize, column: usize) -> &Cell {
        self.rows.get(row).and_then(|cells| cells.get(column)).unwrap_or(&NOTHING)
    }

    /// The cell to change; it must be within the grid.
    pub(crate) fn cell_mut(&mut self, row: usize, column: usize) -> &mut Cell {
        assert!(row < self.row_count && column < self.column_count, "{row},{column} is not in the grid");
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Arc::default);
        }
        let cells = Arc::make_mut(&mut self.rows[row]);
        if cells.len() <= column {
            cells.resize_with(column + 1, Cell::default);
        }
        &mut cells[column]
    }

    /// The whole grid.
    pub(crate) fn rect(&self) -> Rect {
        Rect { top: 0, left: 0, bottom: self.row_count, right: self.column_count }
    }

    /// The first row behind the last one with data.
    pub(crate) fn end_of_data(&self) -> usize {
        self.rows.iter().rposition(|cells| cells.iter().any(|cell| !cell.is_empty())).map_or(0, |row| row + 1)
    }

    /// How long this dimension is.
    pub(crate) fn length(&self, dimension: Dimension) -> usize {
        match dimension {
            Dimension::Rows => self.row_count,
            Dimension::Columns => self.column_count,
        }
    }

    /// Inserts empty rows or columns before `at`.
    pub(crate) fn insert(&mut self, dimension: Dimension, at: usize, count: usize) {
        match dimension {
            Dimension::Rows => {
                self.row_count += count;
                if at < self.rows.len() {
                    self.rows.splice(at..at, std::iter::repeat_with(Arc::default).take(count));
                }
            }
            Dimension::Columns => {
                self.column_count += count;
                for cells in self.rows.iter_mut().filter(|cells| at < cells.len()) {
                    Arc::make_mut(cells).splice(at..at, std::iter::repeat_with(Cell::default).take(count));
                }
            }
        }
    }

    /// Takes rows or columns out.
    pub(crate) fn delete(&mut self, dimension: Dimension, from: usize, to: usize) {
        match dimension {
            Dimension::Rows => {
                self.row_count -= to - from;
                self.rows.drain(from.min(self.rows.len())..to.min(self.rows.len()));
            }
            Dimension::Columns => {
                self.column_count -= to - from;
                for cells in self.rows.iter_mut().filter(|cells| from < cells.len()) {
                    let end = to.min(cells.len());
                    Arc::make_mut(cells).drain(from..end);
                }
            }
        }
    }

    /// Makes the grid this large; what lies outside is gone.
    pub(crate) fn resize(&mut self, row_count: usize, column_count: usize) {
        self.row_count = row_count;
        self.column_count = column_count;
        self.rows.truncate(row_count);
        for cells in self.rows.iter_mut().filter(|cells| cells.len() > column_count) {
            Arc::make_mut(cells).truncate(column_count);
        }
    }

    /// Sorts the rows of a rectangle by columns, each upwards or downwards; empty cells come last
    /// either way. Document: reference of `SortRangeRequest`.
    pub(crate) fn sort(&mut self, rect: Rect, keys: &[(usize, bool)]) {
        let mut lines: Vec<Vec<Cell>> = (rect.top..rect.bottom)
            .map(|row| (rect.left..rect.right).map(|column| self.cell(row, column).clone()).collect())
            .collect();
        lines.sort_by(|a, b| {
            let orders = keys.iter().map(|(column, downwards)| {
                let at = |line: &[Cell]| line.get(column.wrapping_sub(rect.left)).and_then(|cell| cell.value.clone());
                order(&at(a), &at(b), *downwards)
            });
            orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        for (row, line) in lines.into_iter().enumerate() {
            for (column, cell) in line.into_iter().enumerate() {
                if *self.cell(rect.top + row, rect.left + column) != cell {
                    *self.cell_mut(rect.top + row, rect.left + column) = cell;
                }
            }
        }
    }
}

/// Numbers before text before TRUE and FALSE before errors.
fn order(a: &Option<Value>, b: &Option<Value>, downwards: bool) -> std::cmp::Ordering {
    let rank = |value: &Value| match value {
        Value::Number(_) => 0,
        Value::Text(_) => 1,
        Value::Bool(_) => 2,
        Value::Error(_) => 3,
    };
    let (a, b) = match (a, b) {
        (Some(a), Some(b)) => (a, b),
        (a, b) => return a.is_none().cmp(&b.is_none()),
    };
    let upwards = match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.total_cmp(b),
        (Value::Text(a), Value::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (a, b) => rank(a).cmp(&rank(b)),
    };
    if downwards { upwards.reverse() } else { upwards }
}
