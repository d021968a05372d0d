//! `.xlsx` -> cells, by calamine, with nothing lost that the file's cell types tell.

use super::{FileError, FromFile, MAX_BYTES, MAX_CELLS, MAX_ROWS, Names, Progress, choose, text};
use crate::domain::{Cell, Column};
use crate::words;
use crate::workbook::{Sheet, Sheets};
use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

type Book = Xlsx<BufReader<File>>;

/// Days between the two counts that a workbook may use: from 1900 and, on old Macs, from 1904.
const DAYS_1904: f64 = 1462.0;
/// More than this, unpacked, is no workbook of a plant.
const MAX_UNPACKED: u64 = 1024 * 1024 * 1024;

pub(super) fn read(
    path: &Path,
    bytes: u64,
    names: &Names,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<FromFile, FileError> {
    let mut book = open(path, bytes, names)?;
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let offered: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    let mut chosen = names.all().map(|name| choose(&offered, name));
    if chosen[0].is_none() {
        return Err(FileError::NoSheet { path: path.to_owned(), name: names.operaciones.clone(), found: offered });
    }
    let ignored = offered.iter().filter(|name| !chosen.contains(&Some(*name))).cloned().collect();
    let mut remarks = Vec::new();
    let mut sheet = |place: usize| match chosen[place].take() {
        None => Ok(Sheet::default()),
        Some(name) => read_sheet(&mut book, path, name, progress),
    };
    let (operaciones, trabajadores, roles, metadata) = (sheet(0)?, sheet(1)?, sheet(2)?, sheet(3)?);
    let mut sheets = Sheets { operaciones, trabajadores, roles, metadata };
    if book.has_1904_epoch() {
        for sheet in [&mut sheets.operaciones, &mut sheets.trabajadores, &mut sheets.roles, &mut sheets.metadata] {
            from_1904(sheet);
        }
        remarks.push(words::text("import-1904").to_owned());
    }
    Ok(FromFile { sheets, ignored, remarks })
}

fn open(path: &Path, bytes: u64, names: &Names) -> Result<Book, FileError> {
    if bytes > MAX_BYTES {
        return Err(too_big(path, words::text("import-heavy")));
    }
    let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut magic = [0; 4];
    let known = file.read_exact(&mut magic).is_ok();
    match magic {
        [b'P', b'K', 3, 4] if known => {}
        // A compound file: an .xls, or an .xlsx that a password has wrapped into one.
        [0xd0, 0xcf, 0x11, 0xe0] if known => {
            return Err(match Book::new(file) {
                Err(XlsxError::Password) => FileError::Password(path.to_owned()),
                _ => FileError::OldFormat(path.to_owned()),
            });
        }
        _ if path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv")) => {
            let first = format!("{}.csv", names.operaciones);
            return Err(FileError::SingleCsv { path: path.to_owned(), first });
        }
        _ => return Err(FileError::NotAWorkbook(path.to_owned())),
    }
    let unpacked = unpacked_size(&mut file).map_err(unreadable)?;
    if unpacked.is_some_and(|size| size > MAX_UNPACKED) {
        return Err(too_big(path, words::text("import-swells")));
    }
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    Book::new(file).map_err(|error| damaged(path, error))
}

fn too_big(path: &Path, limit: &'static str) -> FileError {
    FileError::TooBig { path: path.to_owned(), limit }
}

fn damaged(path: &Path, error: XlsxError) -> FileError {
    match error {
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => FileError::NotAWorkbook(path.to_owned()),
        error => FileError::Damaged { path: path.to_owned(), reason: error.to_string() },
    }
}

/// What the zip's own directory says its files weigh unpacked, so that a small file that unpacks
/// to a huge one is refused before it fills the memory. `None` where there is no directory; the
/// reader proper says what is wrong then.
fn unpacked_size(file: &mut (impl Read + Seek)) -> std::io::Result<Option<u64>> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(66_000)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let Some(end) = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06") else { return Ok(None) };
    let number = |bytes: &[u8], at: usize| {
        bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(|four| u64::from(u32::from_le_bytes(four)))
    };
    let (Some(size), Some(start)) = (number(&tail, end + 12), number(&tail, end + 16)) else { return Ok(None) };
    file.seek(SeekFrom::Start(start))?;
    let mut directory = Vec::new();
    file.take(size.min(16 * 1024 * 1024)).read_to_end(&mut directory)?;
    let entries = directory.windows(4).enumerate().filter(|(_, bytes)| *bytes == b"PK\x01\x02");
    Ok(Some(entries.filter_map(|(at, _)| number(&directory, at + 24)).sum()))
}

fn read_sheet(book: &mut Book, path: &Path, name: &str, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Sheet, FileError> {
    let mut lines: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    let mut held = 0;
    let mut put = |(row, column): (u32, u32), cell: Cell| {
        let (line, column) = (lines.entry(row).or_default(), column as usize);
        held += (column + 1).saturating_sub(line.len());
        if held > MAX_CELLS || row >= MAX_ROWS {
            return Err(too_big(path, words::text("import-many-cells")));
        }
        if line.len() <= column {
            line.resize(column + 1, Cell::Empty);
        }
        line[column] = cell;
        Ok(())
    };
    let strange = read_cells(book, path, name, &mut put, progress)?;
    place_strange(book, path, name, strange, &mut put)?;
    let header = lines.remove(&0).unwrap_or_default().iter().map(Cell::display).collect();
    Ok(Sheet { header, rows: lines.into_iter().map(|(row, cells)| (row + 1, cells)).collect() })
}

/// An error value that calamine has no name for (`#SPILL!`, Google's `#ERROR!`), by its ordinal.
type Strange = Vec<(usize, String)>;

fn read_cells(
    book: &mut Book,
    path: &Path,
    name: &str,
    put: &mut impl FnMut((u32, u32), Cell) -> Result<(), FileError>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Strange, FileError> {
    let mut reader = book.worksheet_cells_reader(name).map_err(|error| damaged(path, error))?;
    let last_row = reader.dimensions().end.0 + 1;
    let of = Some(last_row);
    let (mut ordinal, mut last, mut strange) = (0, 0, Strange::new());
    loop {
        match reader.next_cell() {
            Ok(None) => break,
            Ok(Some(found)) => {
                let (row, _) = found.get_position();
                let cell = read_cell(found.get_value());
                if !cell.is_empty() {
                    put(found.get_position(), cell)?;
                }
                if row >= last + 100 {
                    last = row;
                    progress(Progress { sheet: name, row: row + 1, of });
                }
            }
            Err(XlsxError::CellError(text)) => strange.push((ordinal, text)),
            Err(error) => return Err(damaged(path, error)),
        }
        ordinal += 1;
    }
    progress(Progress { sheet: name, row: last_row, of });
    Ok(strange)
}

/// A second walk over the sheet, only for error values that the first could not place.
fn place_strange(
    book: &mut Book,
    path: &Path,
    name: &str,
    strange: Strange,
    put: &mut impl FnMut((u32, u32), Cell) -> Result<(), FileError>,
) -> Result<(), FileError> {
    if strange.is_empty() {
        return Ok(());
    }
    let mut reader = book.worksheet_cells_reader(name).map_err(|error| damaged(path, error))?;
    let mut strange = strange.into_iter().peekable();
    let mut ordinal = 0;
    while let Some(found) = reader.next_formula().map_err(|error| damaged(path, error))? {
        if let Some((_, text)) = strange.next_if(|(at, _)| *at == ordinal) {
            put(found.get_position(), Cell::Error(text))?;
        }
        ordinal += 1;
    }
    Ok(())
}

fn read_cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(found) => text(found),
        DataRef::SharedString(found) => text(found),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(at) => Cell::Date(at.as_f64()),
        DataRef::DateTimeIso(found) => read_iso(found),
        DataRef::DurationIso(found) => Cell::text(found),
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

/// A cell that is stored as an ISO date is a true date, too. UTC only carries the local time
/// through: no zone is meant.
fn read_iso(text: &str) -> Cell {
    match Cell::text(text).read_moment(chrono_tz::UTC) {
        Ok(Some(at)) => Cell::moment(at),
        _ => Cell::text(text),
    }
}

/// Moves dates from the 1904 count to the 1900 count: all numbers of date columns, and elsewhere
/// what is formatted as a date, except small numbers, which are counters with a stray format
/// (`field-failures.md` A5) or times of day.
fn from_1904(sheet: &mut Sheet) {
    let is_date = |name: &String| Column::from_header(name).is_some_and(|column| column.date_format().is_some());
    let dates: Vec<bool> = sheet.header.iter().map(is_date).collect();
    for cells in sheet.rows.iter_mut().map(|(_, cells)| cells) {
        for (place, cell) in cells.iter_mut().enumerate() {
            match cell {
                Cell::Number(days) | Cell::Date(days) if dates.get(place) == Some(&true) => *cell = Cell::Date(*days + DAYS_1904),
                Cell::Date(days) if *days >= 1000.0 => *days += DAYS_1904,
                _ => {}
            }
        }
    }
}
