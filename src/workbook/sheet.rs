//! A whole workbook in memory as raw cells: what a file holds, before anybody asks what it means.

use crate::domain::Cell;

/// One sheet: its header line and its rows, foreign columns included, in the order of the sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// The header line, as written.
    pub header: Vec<String>,
    /// The rows with their 1-based place, the header being 1. Rows may be shorter than the header.
    pub rows: Vec<(u32, Vec<Cell>)>,
}

/// The four sheets of the plant's workbook (`domain.md` 1).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheets {
    /// `Operaciones`: one row a spool.
    pub operaciones: Sheet,
    /// `Trabajadores`.
    pub trabajadores: Sheet,
    /// `Roles`: several rows a worker.
    pub roles: Sheet,
    /// `Metadata`: the audit, oldest first.
    pub metadata: Sheet,
}
