//! The Sheets adapter when Google, the network or a hand in the workbook gets in its way.

mod application;
mod columns;
mod counted;
mod doubt;
mod fence;
mod figures;
mod heirs;
mod kept;
mod killed;
mod limits;
mod moved;
mod office;
mod outbox;
mod reading;
mod refused;
mod renamed;
mod restart;
mod screens;
mod shared;
mod taken_back;
mod writing;

use crate::stand_in::{Google, Method, On};
use crate::support::google::{BOOK, book_of, connected, sheets_of};
use crate::support::{cell, id_of, pause, plant, soon, take};
use spoolboard::domain::{Cell, Change, Column, Spool};
use spoolboard::error::Error;
use spoolboard::workbook::sheets::Limits;
use spoolboard::workbook::{Applied, GoogleSheets, Sheets, Workbook};
use std::sync::Arc;
use uuid::Uuid;

/// Every batch.
const BATCHES: On = On::Only(Method::BatchUpdate);

/// Every reading of cells.
const READINGS: On = On::Only(Method::ValuesBatchGet);

/// A workbook at the stand-in, and the adapter on it.
struct Floor {
    google: Google,
    workbook: Arc<GoogleSheets>,
}

impl Floor {
    /// A plant of so many spools, `MK-0001` and on.
    async fn of(count: u32, limits: Limits) -> Floor {
        Floor::with(&plant(count), limits).await
    }

    /// These sheets.
    async fn with(sheets: &Sheets, limits: Limits) -> Floor {
        let google = Google::with(book_of(sheets)).await;
        google.quota(60_000, 60_000);
        let workbook = connected(&google, BOOK, limits).await;
        Floor { google, workbook }
    }

    /// The change by which a worker takes a spool, decided on memory as it is now.
    fn take(&self, tag: &str, worker: u32, id: Uuid) -> Change {
        let view = self.workbook.view();
        take(&view, &id_of(&view, tag), worker, id)
    }

    /// The change by which a worker pauses a spool that memory shows as his.
    fn pausing(&self, tag: &str, worker: u32, id: Uuid) -> Change {
        let view = self.workbook.view();
        pause(&view, &id_of(&view, tag), worker, id)
    }

    /// Decides and applies.
    async fn taken(&self, tag: &str, worker: u32, id: Uuid) -> Result<Applied, Error> {
        self.workbook.apply(self.take(tag, worker, id), soon()).await
    }

    /// Applies a change in a task of its own.
    fn applying(&self, change: Change) -> tokio::task::JoinHandle<Result<Applied, Error>> {
        let workbook = Arc::clone(&self.workbook);
        tokio::spawn(async move { workbook.apply(change, soon()).await })
    }

    fn sheets(&self) -> Sheets {
        sheets_of(&self.google.book(BOOK))
    }

    /// What the row of a tag holds, wherever it is.
    fn cell(&self, tag: &str, column: Column) -> Cell {
        let sheets = self.sheets();
        let place = sheets.operaciones.place("TAG_SPOOL").unwrap();
        let (fila, _) = sheets.operaciones.rows.iter().find(|(_, cells)| cells[place].display() == tag).unwrap();
        cell(&sheets.operaciones, *fila, column.header())
    }

    /// How many audit rows an operation has.
    fn audited(&self, id: Uuid) -> usize {
        let sheets = self.sheets();
        sheets.metadata.rows.iter().filter(|(_, cells)| cells[0].display() == id.to_string()).count()
    }

    /// All that rows hold, but for the columns that a TAKE writes.
    fn shown(&self, tag: &str) -> Arc<Spool> {
        Arc::clone(self.workbook.view().find(tag).unwrap())
    }

    fn batches(&self) -> usize {
        self.google.journal().count(Method::BatchUpdate.name())
    }

    fn readings(&self) -> usize {
        self.google.journal().count(Method::ValuesBatchGet.name())
    }
}

fn landed(answer: &Result<Applied, Error>) -> bool {
    matches!(answer, Ok(Applied::Landed(_)))
}
