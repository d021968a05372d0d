//! Real files: the plant's workbook as `.xlsx` or as a folder of `.csv`, in and out.
//!
//! Everything here is pure over [`Sheets`] and file IO. What a file holds is merged with what the
//! record holds by [`merge()`]; only the caller writes the outcome into a record, so that an error
//! on the way leaves everything as it was.

mod merge;
mod read_csv;
mod read_xlsx;
mod report;
mod write_xlsx;

pub use merge::{Merge, merge};
pub use report::{Counts, Example, Found, People, Report};
pub use write_xlsx::{Shortened, write_xlsx};

use super::audit_row::HEADERS;
use super::{Names, Sheet, Sheets};
use crate::domain::column::normalise;
use crate::domain::{Cell, Column, Header};
use crate::words::{self, Said};
use chrono_tz::Tz;
use std::io;
use std::path::{Path, PathBuf};

/// The largest file that is read: a workbook a hundred times the plant's stays well below.
const MAX_BYTES: u64 = 200 * 1024 * 1024;
/// As many rows as a workbook can have.
const MAX_ROWS: u32 = 1_048_576;
/// As many cells as fit into memory in comfort; the plant's workbook has 200,000.
const MAX_CELLS: usize = 20_000_000;

/// How far the reading of a file has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The sheet being read.
    pub sheet: &'a str,
    /// The row that was just read.
    pub row: u32,
    /// The last row of the sheet, where the file says so.
    pub of: Option<u32>,
}

/// What a file holds, and what was noticed while it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FromFile {
    /// The four sheets; the ones that the file lacks have no header.
    pub sheets: Sheets,
    /// Sheets or files that are none of the four.
    pub ignored: Vec<String>,
    /// Sentences for the report, such as a file that was not in UTF-8.
    pub remarks: Vec<String>,
}

/// Why a file could not be read or written, as one sentence for the person who gave it.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the sentences say it
pub enum FileError {
    #[error("{}", words::say("import-not-found").with("file", .0.display()))]
    NotFound(PathBuf),
    #[error("{}", words::say("import-unread").with("file", path.display()).with("why", source))]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{}", words::say("import-no-workbook").with("file", .0.display()))]
    NotAWorkbook(PathBuf),
    #[error("{}", words::say("import-damaged").with("file", path.display()).with("why", reason))]
    Damaged { path: PathBuf, reason: String },
    #[error("{}", words::say("import-password").with("file", .0.display()))]
    Password(PathBuf),
    #[error("{}", words::say("import-old-format").with("file", .0.display()))]
    OldFormat(PathBuf),
    #[error("{}", words::say("import-single-csv").with("file", path.display()).with("first", first))]
    SingleCsv { path: PathBuf, first: String },
    #[error("{}", words::say("import-too-big").with("file", path.display()).with("limit", limit))]
    TooBig { path: PathBuf, limit: &'static str },
    #[error("{}", no_sheet(path, name, found))]
    NoSheet { path: PathBuf, name: String, found: Vec<String> },
    #[error("{}", words::say("import-two-files").with("sheet", name).with("first", first).with("second", second))]
    TwoFiles { name: String, first: String, second: String },
    #[error("{}", words::say("import-lacks").with("sheet", sheet).count("count", columns.len()).with("columns", columns.join(", ")))]
    MissingColumns { sheet: String, columns: Vec<String> },
    #[error("{}", words::say("import-utf16").with("file", file))]
    Utf16 { file: String },
    #[error("{}", words::say("import-bad-csv").with("file", file).with("why", reason))]
    BadCsv { file: String, reason: String },
    #[error("{}", words::say("import-not-written").with("file", path.display()).with("why", reason))]
    NotWritten { path: PathBuf, reason: String },
}

fn no_sheet(path: &Path, name: &str, found: &[String]) -> Said {
    let said = match found {
        [] => words::say("import-empty"),
        names => words::say("import-no-sheet").with("found", names.join(", ")),
    };
    said.with("sheet", name).with("file", path.display())
}

/// Reads a workbook: an `.xlsx` file, or a folder of `.csv` files named like the sheets.
///
/// # Errors
/// One sentence for whatever is wrong with the file.
pub fn read(path: &Path, names: &Names, progress: &mut dyn FnMut(Progress<'_>)) -> Result<FromFile, FileError> {
    let about = std::fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => FileError::NotFound(path.to_owned()),
        _ => FileError::Unreadable { path: path.to_owned(), source },
    })?;
    let mut file = match about.is_dir() {
        true => read_csv::read(path, names, progress)?,
        false => read_xlsx::read(path, about.len(), names, progress)?,
    };
    let Sheets { operaciones, trabajadores, roles, metadata } = &mut file.sheets;
    for sheet in [operaciones, trabajadores, roles, metadata] {
        tidy(sheet);
    }
    check(&file.sheets, names)?;
    Ok(file)
}

/// Reads a file and merges it with what the record holds: the whole of `import` but the writing.
/// Give empty sheets as `current` for a record that holds nothing but the demonstration.
///
/// # Errors
/// Those of [`read`]; nothing has changed then.
pub fn import(
    current: &Sheets,
    path: &Path,
    names: &Names,
    zone: Tz,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Merge, FileError> {
    let file = read(path, names, progress)?;
    let mut merged = merge(current, &file.sheets, zone);
    merged.report.ignored = file.ignored;
    merged.report.remarks.splice(0..0, file.remarks);
    Ok(merged)
}

/// One shape for what different files leave at the edges: no rows without content, no empty cells
/// at the end of a row, a name (perhaps an empty one) for each column that holds something.
fn tidy(sheet: &mut Sheet) {
    for (_, row) in &mut sheet.rows {
        let used = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        row.truncate(used);
    }
    sheet.rows.retain(|(_, row)| !row.is_empty());
    let width = sheet.rows.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
    let named = sheet.header.iter().rposition(|name| !name.trim().is_empty()).map_or(0, |last| last + 1);
    if named > 0 {
        sheet.header.resize(width.max(named), String::new());
    }
}

/// What a file must have to be imported. The four columns that spoolboard itself brought are not
/// demanded: an older workbook gets them appended.
fn check(sheets: &Sheets, names: &Names) -> Result<(), FileError> {
    let header = Header::read(&sheets.operaciones.header);
    let columns = header.missing_critical().into_iter().filter(|column| !is_appended(*column));
    let columns = columns.filter(|column| *column != Column::Tag || !header.tag_from_split);
    lacking(&names.operaciones, columns.map(|column| column.header().to_owned()).collect())?;
    for (name, sheet, needed) in [
        (&names.trabajadores, &sheets.trabajadores, &["Id", "Nombre", "Apellido", "Activo"][..]),
        (&names.roles, &sheets.roles, &["Id", "Rol", "Activo"][..]),
        (&names.metadata, &sheets.metadata, &HEADERS[..]),
    ] {
        let has = |wanted: &str| place(&sheet.header, wanted).is_some();
        let missing = needed.iter().filter(|wanted| !sheet.header.is_empty() && !has(wanted));
        lacking(name, missing.map(|name| (*name).to_owned()).collect())?;
    }
    Ok(())
}

fn lacking(sheet: &str, columns: Vec<String>) -> Result<(), FileError> {
    match columns.is_empty() {
        true => Ok(()),
        false => Err(FileError::MissingColumns { sheet: sheet.to_owned(), columns }),
    }
}

/// The columns that spoolboard appends to a workbook which lacks them.
const APPENDED: [Column; 4] = [Column::OccupiedBy, Column::OccupiedSince, Column::Version, Column::Detail];

fn is_appended(column: Column) -> bool {
    APPENDED.contains(&column)
}

/// The 0-based place of a column by its normalised name.
fn place(header: &[String], wanted: &str) -> Option<usize> {
    let wanted = normalise(wanted);
    header.iter().position(|name| normalise(name) == wanted)
}

/// A cell of a row that may be shorter than the header.
fn at(row: &[Cell], place: Option<usize>) -> &Cell {
    place.and_then(|place| row.get(place)).unwrap_or(&Cell::Empty)
}

/// Which of the names that a file offers stands for which sheet: the exact name before one that
/// only normalises alike. The rest is ignored, and said to be.
fn choose<'a>(offered: &'a [String], wanted: &str) -> Option<&'a String> {
    let alike = |name: &&String| normalise(name) == normalise(wanted);
    offered.iter().find(|name| *name == wanted).or_else(|| offered.iter().find(alike))
}

/// What a file calls text, as a cell. Error values arrive as text in a CSV and in our own export,
/// which writes no formulas that could bring them about; in Spanish workbooks they are Spanish.
fn text(text: &str) -> Cell {
    const ERRORS: [&str; 14] = [
        "#REF!",
        "#N/A",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#ERROR!",
        "#¡REF!",
        "#¡VALOR!",
        "#¿NOMBRE?",
        "#¡DIV/0!",
        "#¡NUM!",
        "#N/D",
    ];
    if ERRORS.contains(&text) { Cell::Error(text.to_owned()) } else { Cell::text(text) }
}
