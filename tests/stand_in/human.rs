//! A person at the workbook: what the office does while the app runs.

use super::a1::{Range, letters};
use super::book::{Book, Protection};
use super::format::shown;
use super::grid::{Dimension, Rect, Sheet};
use super::parse;
use super::world::World;
use serde_json::{Value as Json, json};

/// Whoever has the workbook open in a browser; a deed on a sheet or header that is not there panics,
/// because then the test is wrong.
pub(crate) struct Human<'a> {
    world: &'a mut World,
    book: String,
}

impl<'a> Human<'a> {
    /// Somebody who opens this workbook.
    pub(crate) fn at(world: &'a mut World, book: &str) -> Human<'a> {
        assert!(world.books.contains_key(book), "no workbook {book}");
        Human { world, book: book.to_owned() }
    }

    /// The workbook as it is now.
    pub(crate) fn book(&self) -> &Book {
        &self.world.books[&self.book]
    }

    /// By its title, or by the one that it had before somebody wrote something behind it.
    fn sheet(&self, title: &str) -> &Sheet {
        self.book().titled(title).unwrap_or_else(|| panic!("no sheet {title}"))
    }

    /// The column under a header, counted from 0.
    pub(crate) fn column(&self, sheet: &str, header: &str) -> usize {
        let (grid, locale) = (self.sheet(sheet), &self.book().locale);
        let found = (0..grid.column_count).find(|column| shown(grid.cell(0, *column), locale) == header);
        found.unwrap_or_else(|| panic!("no header {header} in {sheet}"))
    }

    /// The first row, counted from 1, that shows this text under a header.
    pub(crate) fn row(&self, sheet: &str, header: &str, text: &str) -> Option<usize> {
        let (column, grid, locale) = (self.column(sheet, header), self.sheet(sheet), &self.book().locale);
        (1..grid.rows.len()).find(|row| shown(grid.cell(*row, column), locale) == text).map(|row| row + 1)
    }

    /// What the cell under a header shows in a row counted from 1.
    pub(crate) fn sees(&self, sheet: &str, header: &str, row: usize) -> String {
        shown(self.sheet(sheet).cell(row - 1, self.column(sheet, header)), &self.book().locale)
    }

    fn does(&mut self, what: &str, how: Json, deed: impl FnOnce(&mut Book)) {
        let mut book = self.book().clone();
        deed(&mut book);
        self.world.applied("human", what, book, how, Json::Null);
    }

    fn with_sheet(&mut self, what: &str, title: &str, how: Json, deed: impl FnOnce(&mut Sheet, &str)) {
        let id = self.sheet(title).id;
        self.does(what, how, |book| {
            let locale = book.locale.clone();
            if let Ok(sheet) = book.grid(id) {
                deed(sheet, &locale);
            }
        });
    }

    /// Types a text into the cell under a header, in a row counted from 1.
    pub(crate) fn types(&mut self, sheet: &str, header: &str, row: usize, text: &str) {
        let column = self.column(sheet, header);
        self.edits(sheet, &format!("{}{row}", letters(column)), text);
    }

    /// Types a text into a cell; an empty one deletes what is there.
    pub(crate) fn edits(&mut self, sheet: &str, cell: &str, text: &str) {
        let range =
            Range::parse(self.book(), &format!("'{sheet}'!{cell}")).unwrap_or_else(|_| panic!("no cell {cell} in {sheet}"));
        let how = json!({"sheet": sheet, "cell": cell, "text": text});
        self.with_sheet("edits", sheet, how, |grid, locale| match text {
            "" => grid.cell_mut(range.top, range.left).put(None),
            text => parse::enter(grid, range.top, range.left, text, locale),
        });
    }

    /// Inserts empty rows before a row counted from 1.
    pub(crate) fn inserts_rows(&mut self, sheet: &str, before: usize, count: usize) {
        self.dimension("inserts rows", sheet, Dimension::Rows, before - 1, count, true);
    }

    /// Deletes rows, counted from 1.
    pub(crate) fn deletes_rows(&mut self, sheet: &str, first: usize, count: usize) {
        self.dimension("deletes rows", sheet, Dimension::Rows, first - 1, count, false);
    }

    /// Inserts a column before the one with this header, and gives it a header of its own.
    pub(crate) fn inserts_column(&mut self, sheet: &str, before: &str, header: &str) {
        let at = self.column(sheet, before);
        self.dimension("inserts a column", sheet, Dimension::Columns, at, 1, true);
        self.edits(sheet, &format!("{}1", letters(at)), header);
    }

    /// Deletes the column with this header.
    pub(crate) fn deletes_column(&mut self, sheet: &str, header: &str) {
        let at = self.column(sheet, header);
        self.dimension("deletes a column", sheet, Dimension::Columns, at, 1, false);
    }

    fn dimension(&mut self, what: &str, sheet: &str, dimension: Dimension, at: usize, count: usize, insert: bool) {
        let (id, how) = (self.sheet(sheet).id, json!({"sheet": sheet, "at": at, "count": count}));
        self.does(what, how, |book| {
            let done = if insert { book.insert(id, dimension, at, count) } else { book.delete(id, dimension, at, at + count) };
            assert!(done.is_ok(), "{what}");
        });
    }

    /// Writes another header over one.
    pub(crate) fn renames_header(&mut self, sheet: &str, old: &str, new: &str) {
        let cell = format!("{}1", letters(self.column(sheet, old)));
        self.edits(sheet, &cell, new);
    }

    /// Sorts all rows under the header row by one column.
    pub(crate) fn sorts(&mut self, sheet: &str, header: &str, downwards: bool) {
        let column = self.column(sheet, header);
        let how = json!({"sheet": sheet, "by": header, "downwards": downwards});
        self.with_sheet("sorts", sheet, how, |grid, _| {
            let rect = Rect { top: 1, ..grid.rect() };
            let rect = Rect { bottom: grid.end_of_data().max(1), ..rect };
            grid.sort(rect, &[(column, downwards)]);
        });
    }

    /// Gives a sheet another title.
    pub(crate) fn renames_sheet(&mut self, old: &str, new: &str) {
        let how = json!({"sheet": old, "title": new});
        self.with_sheet("renames a sheet", old, how, |grid, _| new.clone_into(&mut grid.title));
    }

    /// Google renames a sheet when structural edits collide.
    /// Report: <https://github.com/burnash/gspread/issues/1160>.
    pub(crate) fn collides(&mut self, sheet: &str) {
        self.renames_sheet(sheet, &format!("{sheet}_conflict1739012345"));
    }

    /// Deletes a sheet with everything in it.
    pub(crate) fn deletes_sheet(&mut self, sheet: &str) {
        let id = self.sheet(sheet).id;
        self.does("deletes a sheet", json!({ "sheet": sheet }), |book| {
            book.sheets.retain(|sheet| sheet.id != id);
            book.protections.retain(|protection| protection.range.sheet != id);
        });
    }

    /// Takes the deletion of a sheet back: it is there again as it was, under its id.
    pub(crate) fn restores_sheet(&mut self, sheet: Sheet) {
        self.does("restores a sheet", json!({ "sheet": sheet.title }), |book| book.sheets.push(sheet));
    }

    /// Adds an empty sheet at the end.
    pub(crate) fn adds_sheet(&mut self, title: &str) {
        let id = self.book().sheets.iter().map(|sheet| sheet.id).max().unwrap_or(0) + 7_919;
        self.does("adds a sheet", json!({ "sheet": title }), |book| book.sheets.push(Sheet::new(id, title, 1_000, 26)));
    }

    /// Protects a whole sheet: only these people, and the owner, may edit it.
    pub(crate) fn protects_sheet(&mut self, sheet: &str, editors: &[&str]) {
        self.protects_rows(sheet, 1, editors);
    }

    /// Protects a sheet from a row on, counted from 1.
    pub(crate) fn protects_rows(&mut self, sheet: &str, first: usize, editors: &[&str]) {
        let (id, number) = (self.sheet(sheet).id, 4_000 + self.book().protections.len() as i64);
        let editors = editors.iter().map(|editor| (*editor).to_owned()).collect();
        self.does("protects a sheet", json!({ "sheet": sheet }), |book| {
            let (range, description) = (Range { top: first - 1, ..Range::whole(id) }, String::new());
            book.protections.push(Protection {
                id: number,
                range,
                except: Vec::new(),
                description,
                warning_only: false,
                editors,
            });
        });
    }

    /// Takes every protection of a sheet away.
    pub(crate) fn unprotects_sheet(&mut self, sheet: &str) {
        let id = self.sheet(sheet).id;
        self.does("unprotects a sheet", json!({ "sheet": sheet }), |book| book.protections.retain(|p| p.range.sheet != id));
    }
}
