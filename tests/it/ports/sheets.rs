//! The contract of `Workbook` on Google Sheets.

use super::workbook::{Record, contract};
use crate::stand_in::Google;
use crate::support::google::{BOOK, book_of, connected, seldom, sheets_of};
use async_trait::async_trait;
use spoolboard::domain::{Cell, Column};
use spoolboard::workbook::{Sheets, Workbook};
use std::sync::Arc;

#[async_trait]
impl Record for Google {
    async fn new(sheets: Sheets) -> Google {
        Google::with(book_of(&sheets)).await
    }

    async fn open(&self) -> Arc<dyn Workbook> {
        connected(self, BOOK, seldom()).await
    }

    async fn edit(&self, fila: u32, column: Column, cell: Cell) {
        self.human(BOOK, |human| human.types("Operaciones", column.header(), fila as usize, &cell.display()));
    }

    async fn sheets(&self) -> Sheets {
        sheets_of(&self.book(BOOK))
    }
}

contract! { Google }
