//! A doubt on the disk: so that a process that is killed while it finds out what became of a batch, or puts
//! right what one hit by mistake, knows when it starts again what it knew.
//!
//! The audit tells whoever comes next what was meant (`heir.rs`), if it is there. Only who sent the batch
//! knows what stood in the rows that were hit, and into which rows without a name it came.

use super::a1::Fila;
use super::batch::{Names, Target};
use super::compare::Attempt;
use super::refresh::Layout;
use super::settle::Doubt;
use super::waiting::Waiting;
use super::writer::Writer;
use crate::domain::{Cell, Change, Column, Header, Row};
use crate::workbook::audit_row::{cell_of_json, from_json, json_of_cell, to_json};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tracing::{error, info};
use uuid::Uuid;

/// How long what was kept is good for: a process that was killed starts again within moments. What is older may
/// come from a copy of the folder, or from before a version that did not know of it, and people have gone on since.
const GOOD: chrono::Duration = chrono::Duration::hours(1);

/// Cells by the names of their columns.
type Cells = Vec<(String, Value)>;

#[derive(Serialize, Deserialize)]
struct Kept {
    /// The workbook it is about: another one is none of its business.
    book: String,
    /// When it was kept, in seconds since 1970.
    at: i64,
    doubtful: bool,
    boxed: Vec<Uuid>,
    /// The rows as they were when it was sent, by their short ids.
    rows: HashMap<String, Cells>,
    changes: Vec<Meant>,
    attempts: Vec<Sent>,
}

#[derive(Serialize, Deserialize)]
struct Meant {
    spool: String,
    image: Cells,
    cells: Cells,
    event: String,
}

#[derive(Serialize, Deserialize)]
struct Sent {
    /// The header line when it was sent, and right after it.
    from: Vec<String>,
    line: Option<Vec<String>>,
    hits: Option<Vec<[Value; 3]>>,
    targets: Vec<To>,
}

#[derive(Serialize, Deserialize)]
struct To {
    fila: u32,
    after: Cells,
    cells: Cells,
}

impl Writer {
    /// Keeps a doubt on the disk, as it is now. Nobody waits for it: what it is kept for is rarer than a disk
    /// that is slow.
    pub(super) fn keep(&self, doubt: &Doubt) {
        match serde_json::to_string(&kept(doubt, (&self.client.book, (self.now)().timestamp()), self.zone)) {
            Ok(text) => drop(self.outbox.keep(Some(text))),
            Err(error) => error!(%error, "what is known of a batch cannot be kept"),
        }
    }

    /// Nothing is in doubt any more.
    pub(super) fn keep_nothing(&self) {
        drop(self.outbox.keep(None));
    }

    /// The doubt of before the start, once the rows have been read.
    pub(super) fn recall(&mut self) {
        if self.outbox.left.is_none() {
            return;
        }
        let read = self.state.mirror.view().read_at.is_some();
        let Some(layout) = self.reader.layout().filter(|_| read) else { return };
        let Some(text) = self.outbox.left.take() else { return };
        let kept = serde_json::from_str::<Kept>(&text).ok();
        let of_this_book = kept.as_ref().is_none_or(|kept| kept.book == self.client.book);
        let oldest = ((self.now)() - GOOD).timestamp();
        self.doubt = kept.filter(|kept| of_this_book && kept.at >= oldest).and_then(|kept| recalled(kept, layout, self.zone));
        match &self.doubt {
            Some(doubt) => info!(changes = doubt.len(), "a batch of before the start has to be looked into"),
            None if of_this_book => {
                error!("what was kept of a batch of before the start is of no use any more; look at the last rows of the audit");
                self.state.alarm("kept");
                self.keep_nothing();
            }
            None => self.keep_nothing(),
        }
    }
}

fn kept(doubt: &Doubt, (book, at): (&str, i64), zone: Tz) -> Kept {
    let changes = doubt.items.iter().map(|waiting| {
        let Change { spool, image, cells, event } = &waiting.change;
        Meant { spool: spool.to_string(), image: of_row(image), cells: of_cells(cells), event: to_json(event, zone) }
    });
    let attempts = doubt.attempts.iter().map(|attempt| {
        let to = |target: &Target| To { fila: target.fila.0, after: of_row(&target.after), cells: of_cells(&target.cells) };
        Sent {
            from: attempt.layout.line.clone(),
            line: attempt.line.clone(),
            hits: attempt.hits.as_ref().map(|hits| hits.iter().map(|names| names.each_ref().map(json_of_cell)).collect()),
            targets: attempt.targets.iter().map(to).collect(),
        }
    });
    Kept {
        book: book.to_owned(),
        at,
        doubtful: doubt.doubtful,
        boxed: doubt.boxed.iter().copied().collect(),
        rows: doubt.images.iter().map(|(id, row)| (id.to_string(), of_row(row))).collect(),
        changes: changes.collect(),
        attempts: attempts.collect(),
    }
}

fn recalled(kept: Kept, now: &Layout, zone: Tz) -> Option<Doubt> {
    let then = Header::read(&kept.attempts.first()?.from);
    let rows: Option<HashMap<String, Row>> = kept.rows.iter().map(|(id, cells)| Some((id.clone(), row(cells, &then)?))).collect();
    let items = kept.changes.iter().map(|meant| {
        let (image, cells) = (row(&meant.image, &then)?, cells(&meant.cells)?);
        let change = Change { spool: meant.spool.as_str().into(), image, cells, event: from_json(&meant.event, zone)? };
        Some(Waiting::by_nobody(change))
    });
    let attempts = kept.attempts.iter().map(|sent| {
        let header = Header::read(&sent.from);
        let target = |to: &To| Some(Target { fila: Fila(to.fila), after: row(&to.after, &header)?, cells: cells(&to.cells)? });
        let names = |names: &[Value; 3]| -> Option<Names> {
            let [tag, nv, ot] = names.each_ref().map(cell_of_json);
            Some([tag?, nv?, ot?])
        };
        let hits = match &sent.hits {
            Some(hits) => Some(hits.iter().map(names).collect::<Option<Vec<Names>>>()?),
            None => None,
        };
        let targets = sent.targets.iter().map(target).collect::<Option<Vec<Target>>>()?;
        Some(Attempt { layout: now.under(sent.from.clone()), line: sent.line.clone(), hits, targets })
    });
    Some(Doubt {
        items: items.collect::<Option<_>>()?,
        boxed: kept.boxed.into_iter().collect::<HashSet<Uuid>>(),
        images: rows?.into_iter().map(|(id, row)| (Arc::from(id), row)).collect(),
        attempts: attempts.collect::<Option<_>>()?,
        doubtful: kept.doubtful,
        aside: Vec::new(),
    })
}

fn of_row(row: &Row) -> Cells {
    let cells = Column::ALL.into_iter().map(|column| (column, &row[column]));
    let full = cells.filter(|(_, cell)| !matches!(cell, Cell::Empty | Cell::Missing));
    full.map(|(column, cell)| (column.header().to_owned(), json_of_cell(cell))).collect()
}

fn of_cells(cells: &[(Column, Cell)]) -> Cells {
    cells.iter().map(|(column, cell)| (column.header().to_owned(), json_of_cell(cell))).collect()
}

fn cells(cells: &Cells) -> Option<Vec<(Column, Cell)>> {
    cells.iter().map(|(name, cell)| Some((Column::from_header(name)?, cell_of_json(cell)?))).collect()
}

/// A row of the sheet that had these columns.
fn row(known: &Cells, header: &Header) -> Option<Row> {
    Some(header.row(Vec::new()).with(&cells(known)?))
}
