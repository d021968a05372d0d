//! Cells -> `.xlsx`, with true dates, and text that stays text whatever it begins with.

use super::{FileError, Names};
use crate::domain::{Cell, Column, Header};
use crate::workbook::{Sheet, Sheets};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The most characters (in UTF-16) that Excel keeps in a cell.
const LONGEST: usize = 32_767;
const DATE: &str = "dd-mm-yyyy";
const DATE_TIME: &str = "dd-mm-yyyy hh:mm:ss";
const TIME: &str = "hh:mm:ss";
const DURATION: &str = "[h]:mm:ss";
/// Serials below this are no dates of a plant (1000 is in 1902): they are counters and durations.
const FIRST_DATE: f64 = 1000.0;

/// A text that had to be cut because no cell of a workbook holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortened {
    /// Of which sheet.
    pub sheet: String,
    /// The row, the header being 1.
    pub fila: u32,
    /// The name of the column.
    pub column: String,
}

/// Writes the four sheets to `path`, all of it or nothing: first beside it, then renamed.
///
/// # Errors
/// [`FileError::NotWritten`]; a file that was at `path` is still whole.
pub fn write_xlsx(path: &Path, sheets: &Sheets, names: &Names) -> Result<Vec<Shortened>, FileError> {
    let failed = |reason: String| FileError::NotWritten { path: path.to_owned(), reason };
    let (mut book, shortened) = compose(sheets, names).map_err(|error| failed(error.to_string()))?;
    let beside = beside(path);
    let saved = save(&mut book, &beside).and_then(|()| fs::rename(&beside, path).map_err(|error| error.to_string()));
    if let Err(reason) = saved {
        // The reason is what matters; a left-over beside the target harms nobody.
        let _ = fs::remove_file(&beside);
        return Err(failed(reason));
    }
    if let Some(folder) = path.parent() {
        // Makes the new name durable where the system can do that; the content already is.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(shortened)
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn save(book: &mut Workbook, path: &Path) -> Result<(), String> {
    let file = File::create(path).map_err(|error| error.to_string())?;
    let mut writer = BufWriter::new(file);
    book.save_to_writer(&mut writer).map_err(|error| error.to_string())?;
    writer.flush().and_then(|()| writer.get_ref().sync_all()).map_err(|error| error.to_string())
}

fn compose(sheets: &Sheets, names: &Names) -> Result<(Workbook, Vec<Shortened>), XlsxError> {
    let (mut book, mut shortened) = (Workbook::new(), Vec::new());
    let Sheets { operaciones, trabajadores, roles, metadata } = sheets;
    for (sheet, name) in [operaciones, trabajadores, roles, metadata].into_iter().zip(names.all()) {
        let page = book.add_worksheet();
        page.set_name(name)?;
        Page { page, name, formats: Vec::new(), shortened: &mut shortened }.write(sheet)?;
    }
    Ok((book, shortened))
}

/// One sheet on its way into the file.
struct Page<'a> {
    page: &'a mut Worksheet,
    name: &'a str,
    /// A format for each number format in use: one object each keeps the file small.
    formats: Vec<(&'static str, Format)>,
    shortened: &'a mut Vec<Shortened>,
}

impl Page<'_> {
    fn write(mut self, sheet: &Sheet) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold();
        for (place, name) in (0..).zip(&sheet.header) {
            self.page.write_string_with_format(0, place, name, &bold)?;
        }
        let tracked = tracked_dates(&sheet.header);
        let mut last = 0;
        for ((fila, cells), place) in sheet.rows.iter().zip(places(&sheet.rows)) {
            last = place;
            for (column, cell) in (0..).zip(cells) {
                let date_format = tracked.get(usize::from(column)).copied().flatten();
                if self.put((place, column), cell, date_format)? {
                    let column = sheet.header.get(usize::from(column)).cloned().unwrap_or_default();
                    self.shortened.push(Shortened { sheet: self.name.to_owned(), fila: *fila, column });
                }
            }
        }
        self.page.set_freeze_panes(1, 0)?;
        if let Some(right) = u16::try_from(sheet.header.len()).ok().and_then(|width| width.checked_sub(1)) {
            self.page.autofilter(0, 0, last.max(1), right)?;
        }
        for (place, width) in (0..).zip(widths(sheet)) {
            self.page.set_column_width(place, width)?;
        }
        Ok(())
    }

    /// Writes one cell; whether its text had to be cut.
    fn put(&mut self, (row, column): (u32, u16), cell: &Cell, date_format: Option<&'static str>) -> Result<bool, XlsxError> {
        match cell {
            Cell::Empty | Cell::Missing => {}
            Cell::Bool(value) => drop(self.page.write_boolean(row, column, *value)?),
            // Always as a string: text that begins with = + - @ is no formula (A8).
            Cell::Text(text) | Cell::Error(text) => {
                let kept = fitting(text);
                let cut = kept.len() < text.len();
                self.page.write_string(row, column, kept)?;
                return Ok(cut);
            }
            Cell::Number(number) | Cell::Date(number) if !number.is_finite() => {
                self.page.write_string(row, column, cell.display())?;
            }
            Cell::Number(number) | Cell::Date(number) => {
                let is_date = matches!(cell, Cell::Date(_));
                match number_format(*number, is_date, date_format) {
                    None => self.page.write_number(row, column, *number)?,
                    Some(format) => {
                        let format = format_of(&mut self.formats, format);
                        self.page.write_number_with_format(row, column, *number, format)?
                    }
                };
            }
        }
        Ok(false)
    }
}

fn format_of<'a>(formats: &'a mut Vec<(&'static str, Format)>, wanted: &'static str) -> &'a Format {
    let known = formats.iter().position(|(name, _)| *name == wanted);
    let place = known.unwrap_or_else(|| {
        formats.push((wanted, Format::new().set_num_format(wanted)));
        formats.len() - 1
    });
    &formats[place].1
}

/// How the workbook shows a number. In a tracked date column a bare serial becomes a true date.
/// Elsewhere a small whole serial is a counter that carries a date format by mistake (A5).
fn number_format(number: f64, is_date: bool, tracked: Option<&'static str>) -> Option<&'static str> {
    let whole = number.fract() == 0.0;
    match tracked {
        Some(format) if (1.0..2_958_466.0).contains(&number) => Some(format),
        _ if !is_date || number < 0.0 => None,
        _ if number < FIRST_DATE && whole => None,
        _ if number < 1.0 => Some(TIME),
        _ if number < FIRST_DATE => Some(DURATION),
        _ if whole => Some(DATE),
        _ => Some(DATE_TIME),
    }
}

fn tracked_dates(header: &[String]) -> Vec<Option<&'static str>> {
    let header_of = Header::read(header);
    let mut formats = vec![None; header.len()];
    for column in Column::ALL {
        if let Some(place) = header_of.place(column) {
            formats[place] = column.date_format();
        }
    }
    formats
}

/// Rows stand where they stood; only where their places are no places do they follow one another.
fn places(rows: &[(u32, Vec<Cell>)]) -> Vec<u32> {
    let proper = rows.iter().all(|(fila, _)| *fila >= 2) && rows.is_sorted_by(|(a, _), (b, _)| a < b);
    (1..).zip(rows).map(|(next, (fila, _))| if proper { fila - 1 } else { next }).collect()
}

/// The longest beginning of a text that a cell holds.
fn fitting(text: &str) -> &str {
    if text.len() <= LONGEST {
        return text;
    }
    let mut units = 0;
    let cut = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > LONGEST
    });
    cut.map_or(text, |(at, _)| &text[..at])
}

/// Wide enough for most of what a column holds, and never so wide that the next one is lost.
fn widths(sheet: &Sheet) -> Vec<f64> {
    let width = |cell: &Cell| match cell {
        Cell::Date(days) if days.fract() != 0.0 => 19,
        Cell::Date(_) => 10,
        cell => cell.display().chars().count(),
    };
    let longest = |place: usize, name: &String| {
        let cells = sheet.rows.iter().take(500).filter_map(|(_, row)| row.get(place)).map(width).max();
        // The filter's arrow takes the room of two letters.
        (name.chars().count() + 2).max(cells.unwrap_or(0))
    };
    sheet.header.iter().enumerate().map(|(place, name)| longest(place, name).clamp(6, 40) as f64 + 1.0).collect()
}
