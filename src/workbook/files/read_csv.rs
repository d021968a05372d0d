//! A folder of `.csv` files -> cells. Every cell stays text: `0012` is an id and not the number 12,
//! and the one parser of cells reads dates and numbers from text as well.

use super::{FileError, FromFile, MAX_BYTES, MAX_CELLS, MAX_ROWS, Names, Progress, text};
use crate::domain::Cell;
use crate::domain::column::normalise;
use crate::words;
use crate::workbook::{Sheet, Sheets};
use csv::{ReaderBuilder, StringRecord};
use std::io;
use std::path::{Path, PathBuf};

/// A file of the folder, with its name for people and the sheet that its name says it holds.
struct Found {
    path: PathBuf,
    shown: String,
    sheet: Option<usize>,
}

pub(super) fn read(folder: &Path, names: &Names, progress: &mut dyn FnMut(Progress<'_>)) -> Result<FromFile, FileError> {
    let files = list(folder, names).map_err(|source| FileError::Unreadable { path: folder.to_owned(), source })?;
    let mut read = FromFile::default();
    let mut sheet = |place: usize| {
        let name = names.all()[place];
        let mut of_sheet = files.iter().filter(|file| file.sheet == Some(place));
        match (of_sheet.next(), of_sheet.next()) {
            (None, _) => Ok(Sheet::default()),
            (Some(file), None) => read_file(file, name, &mut read.remarks, progress),
            (Some(first), Some(second)) => {
                let (first, second) = (first.shown.clone(), second.shown.clone());
                Err(FileError::TwoFiles { name: name.to_owned(), first, second })
            }
        }
    };
    let (operaciones, trabajadores, roles, metadata) = (sheet(0)?, sheet(1)?, sheet(2)?, sheet(3)?);
    if !files.iter().any(|file| file.sheet == Some(0)) {
        let found = files.into_iter().map(|file| file.shown).collect();
        return Err(FileError::NoSheet { path: folder.to_owned(), name: names.operaciones.clone(), found });
    }
    read.ignored = files.into_iter().filter(|file| file.sheet.is_none()).map(|file| file.shown).collect();
    read.sheets = Sheets { operaciones, trabajadores, roles, metadata };
    Ok(read)
}

/// The `.csv` files of the folder in the order of their names. `Libro - Roles.csv`, the name that
/// Google gives to a downloaded sheet, is `Roles` too.
fn list(folder: &Path, names: &Names) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_csv = path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv"));
        let (Some(stem), true) = (path.file_stem().and_then(|stem| stem.to_str()), is_csv && path.is_file()) else { continue };
        let last = stem.rsplit_once(" - ").map_or(stem, |(_, last)| last);
        let is = |name: &&str| [stem, last].iter().any(|of| normalise(of) == normalise(name));
        let sheet = names.all().iter().position(is);
        let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        found.push(Found { path, shown, sheet });
    }
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    Ok(found)
}

fn read_file(
    file: &Found,
    name: &str,
    remarks: &mut Vec<String>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Sheet, FileError> {
    let unreadable = |source| FileError::Unreadable { path: file.path.clone(), source };
    if std::fs::metadata(&file.path).map_err(unreadable)?.len() > MAX_BYTES {
        return Err(FileError::TooBig { path: file.path.clone(), limit: words::text("import-heavy") });
    }
    let bytes = std::fs::read(&file.path).map_err(unreadable)?;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(FileError::Utf16 { file: file.shown.clone() });
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            remarks.push(words::say("import-not-utf8").with("file", &file.shown).into());
            error.into_bytes().into_iter().map(windows_1252).collect()
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    parse(text, file, name, progress)
}

fn parse(text: &str, file: &Found, name: &str, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Sheet, FileError> {
    let bad = |reason: String| FileError::BadCsv { file: file.shown.clone(), reason };
    if text.contains('\0') {
        return Err(bad(words::text("import-no-text").into()));
    }
    let (separator, text) = separator(text);
    let mut reader = ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let (mut row, mut held) = (0, 0);
    for record in reader.records() {
        let record = record.map_err(|error| bad(error.to_string()))?;
        row += 1;
        held += record.len();
        if row > MAX_ROWS || held > MAX_CELLS {
            return Err(FileError::TooBig { path: file.path.clone(), limit: words::text("import-many-cells") });
        }
        match row {
            1 => sheet.header = record.iter().map(str::to_owned).collect(),
            _ => sheet.rows.push((row, cells(&record))),
        }
        if row % 100 == 0 {
            progress(Progress { sheet: name, row, of: None });
        }
    }
    progress(Progress { sheet: name, row, of: Some(row) });
    Ok(sheet)
}

fn cells(record: &StringRecord) -> Vec<Cell> {
    record.iter().map(text).collect()
}

/// The separator of the header line, and the text without the line `sep=;` that Excel understands.
fn separator(text: &str) -> (u8, &str) {
    let line = text.lines().next().unwrap_or_default();
    if let Some(separator @ (b"," | b";")) = line.strip_prefix("sep=").map(str::as_bytes) {
        return (separator[0], text[line.len()..].trim_start_matches(['\r', '\n']));
    }
    let (mut quoted, mut commas, mut semicolons) = (false, 0, 0);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => commas += 1,
            ';' if !quoted => semicolons += 1,
            _ => {}
        }
    }
    (if semicolons > commas { b';' } else { b',' }, text)
}

/// One byte of Windows-1252, what a Spanish Excel means by "CSV".
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“',
        '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
