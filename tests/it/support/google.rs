//! The Sheets adapter on the stand-in for Google, and sheets as a workbook of it.

use super::{ZONE, morning};
use crate::stand_in::Google;
use crate::stand_in::book::Book;
use crate::stand_in::grid::{self, NumberFormat, Value};
use spoolboard::domain::{Cell, Moment};
use spoolboard::workbook::sheets::{Limits, SheetsConfig};
use spoolboard::workbook::{GoogleSheets, Names, Sheet, Sheets};
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// The workbook of these tests.
pub(crate) const BOOK: &str = "1InventadaPlanilla_0123456789abcdefghijklmnopq";

/// Times that a test can wait for.
pub(crate) fn quick() -> Limits {
    Limits { refresh: Duration::from_millis(100), idle: Duration::from_millis(100), write: Duration::from_secs(2), ..seldom() }
}

/// No reading but the first and those that a change needs.
pub(crate) fn seldom() -> Limits {
    let (seconds, millis) = (Duration::from_secs, Duration::from_millis);
    Limits {
        calls: 60_000.0,
        refresh: seconds(3_600),
        idle: seconds(3_600),
        tabs: seconds(30),
        token: seconds(3_000),
        write: seconds(2),
        beyond: seconds(3),
        settle: seconds(5),
        rival: millis(600),
        vanished: millis(600),
        orphan: millis(500),
        audit: millis(100),
        others: seconds(60),
    }
}

thread_local! {
    /// The data folders of a test's adapters; gone when the test's thread ends.
    static FOLDERS: RefCell<Vec<TempDir>> = const { RefCell::new(Vec::new()) };
}

/// A new data folder, which lasts as long as the test.
pub(crate) fn folder() -> PathBuf {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_owned();
    FOLDERS.with_borrow_mut(|folders| folders.push(folder));
    path
}

/// How the adapter gets to the workbook at the stand-in, with a data folder of its own.
pub(crate) fn config(google: &Google, book: &str, limits: Limits) -> SheetsConfig {
    SheetsConfig {
        spreadsheet: book.into(),
        credentials: google.credentials(),
        url: google.url(),
        names: Names::default(),
        share: None,
        data: folder(),
        limits,
    }
}

/// An adapter that has not read anything yet.
pub(crate) fn connecting(google: &Google, book: &str, limits: Limits) -> Arc<GoogleSheets> {
    Arc::new(GoogleSheets::connect(config(google, book, limits), now, ZONE).unwrap())
}

/// An adapter that has read everything.
pub(crate) async fn connected(google: &Google, book: &str, limits: Limits) -> Arc<GoogleSheets> {
    let workbook = connecting(google, book, limits);
    workbook.connected().await;
    workbook
}

pub(crate) fn now() -> Moment {
    morning()
}

/// Sheets as a workbook at Google.
pub(crate) fn book_of(sheets: &Sheets) -> Book {
    let mut book = Book::new(BOOK);
    let tabs = [
        (0, "Operaciones", &sheets.operaciones),
        (11, "Trabajadores", &sheets.trabajadores),
        (12, "Roles", &sheets.roles),
        (1_300_000_013, "Metadata", &sheets.metadata),
    ];
    book.sheets = tabs.into_iter().map(|(id, title, sheet)| tab(id, title, sheet)).collect();
    book
}

fn tab(id: i64, title: &str, sheet: &Sheet) -> grid::Sheet {
    let last = sheet.rows.iter().map(|(fila, _)| *fila as usize).max().unwrap_or(1);
    let mut tab = grid::Sheet::new(id, title, last + 20, sheet.header.len() + 2);
    for (column, name) in sheet.header.iter().enumerate() {
        *tab.cell_mut(0, column) = grid::Cell::text(name);
    }
    for (fila, cells) in &sheet.rows {
        for (column, cell) in cells.iter().enumerate() {
            if let Some(cell) = at_google(cell) {
                *tab.cell_mut(*fila as usize - 1, column) = cell;
            }
        }
    }
    tab
}

fn at_google(cell: &Cell) -> Option<grid::Cell> {
    Some(match cell {
        Cell::Empty | Cell::Missing => return None,
        Cell::Text(text) => grid::Cell::text(text),
        Cell::Number(number) => grid::Cell::number(*number),
        Cell::Date(number) => grid::Cell::number(*number).formatted(&Arc::new(NumberFormat::new("DATE", "dd-mm-yyyy"))),
        Cell::Bool(value) => grid::Cell::bool(*value),
        Cell::Error(text) => grid::Cell { value: Some(Value::Error(text.clone())), ..grid::Cell::default() },
    })
}

/// A workbook at Google as sheets.
pub(crate) fn sheets_of(book: &Book) -> Sheets {
    let sheet = |title: &str| book.by_title(title).map(sheet_of).unwrap_or_default();
    Sheets {
        operaciones: sheet("Operaciones"),
        trabajadores: sheet("Trabajadores"),
        roles: sheet("Roles"),
        metadata: sheet("Metadata"),
    }
}

fn sheet_of(tab: &grid::Sheet) -> Sheet {
    let lines = tab.end_of_data();
    let width = (0..tab.column_count).rev().find(|column| (0..lines).any(|row| !tab.cell(row, *column).is_empty()));
    let width = width.map_or(0, |last| last + 1);
    let line = |row: usize| (0..width).map(|column| from_google(tab.cell(row, column))).collect::<Vec<Cell>>();
    let header = line(0).iter().map(Cell::display).collect();
    Sheet { header, rows: (1..lines).map(|row| (row as u32 + 1, line(row))).collect() }
}

fn from_google(cell: &grid::Cell) -> Cell {
    match &cell.value {
        None => Cell::Empty,
        Some(Value::Text(text)) => Cell::text(text),
        Some(Value::Number(number)) if cell.format.as_ref().is_some_and(|format| format.is_date()) => Cell::Date(*number),
        Some(Value::Number(number)) => Cell::Number(*number),
        Some(Value::Bool(value)) => Cell::Bool(*value),
        Some(Value::Error(text)) => Cell::Error(text.clone()),
    }
}
