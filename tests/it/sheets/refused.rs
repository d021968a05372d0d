//! What Google, a formula or a missing audit refuses: that change alone, with its reason.

use super::{Floor, landed};
use crate::pages::Screen;
use crate::stand_in::book::Book;
use crate::stand_in::grid::{self, Value};
use crate::stand_in::{Fault, Google, Held, On};
use crate::support::google::{BOOK, book_of, connected, quick, seldom};
use crate::support::{HEADER, TestPlant, eventually, plant};
use spoolboard::domain::{Cell, Column, Refusal};
use spoolboard::error::Error;
use spoolboard::workbook::{Applied, Workbook};
use uuid::Uuid;

#[tokio::test]
async fn a_change_that_google_refuses_harms_no_other_of_its_group() {
    let floor = Floor::of(3, seldom()).await;
    let mut poisoned = floor.take("MK-0002", 93, Uuid::new_v4());
    poisoned.event.notes.reason = Some("x".repeat(60_000));
    let good = [floor.take("MK-0001", 93, Uuid::new_v4()), floor.take("MK-0003", 93, Uuid::new_v4())];
    let [first, last] = good.map(|change| floor.applying(change));
    let bad = floor.applying(poisoned).await.unwrap();
    assert!(matches!(bad, Err(Error::Unavailable { .. })), "{bad:?}");
    assert!(landed(&first.await.unwrap()) && landed(&last.await.unwrap()));
    assert_eq!(floor.cell("MK-0002", Column::OccupiedBy), Cell::Empty);
}

#[tokio::test]
async fn i4_a_cell_with_a_formula_is_never_overwritten() {
    let google = Google::with(with_formula()).await;
    let floor = Floor { workbook: connected(&google, BOOK, seldom()).await, google };
    let before = floor.google.book(BOOK).sheets[0].clone();
    match floor.taken("MK-0001", 93, Uuid::new_v4()).await {
        Err(Error::Refused(refusal)) => {
            assert!(matches!(&*refusal, Refusal::Unreadable { problem, .. } if problem.column == Column::Detail), "{refusal:?}")
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(floor.google.book(BOOK).sheets[0], before);
    assert!(landed(&floor.taken("MK-0002", 93, Uuid::new_v4()).await));
}

/// A plant of two spools, the first of which has a formula as its state.
fn with_formula() -> Book {
    let mut book = book_of(&plant(2));
    let column = HEADER.iter().position(|name| *name == "Estado_Detalle").unwrap();
    *book.sheets[0].cell_mut(1, column) = grid::Cell::formula("=\"Dis\"&\"ponible\"", Some(Value::Text("Disponible".into())));
    book
}

/// The reading of formulas.
fn formulas() -> On {
    On::Holding("FORMULA".into())
}

/// Whether a row is refused for its formula.
fn is_refused(answer: &Result<Applied, Error>) -> bool {
    matches!(answer, Err(Error::Refused(refusal)) if matches!(&**refusal, Refusal::Unreadable { .. }))
}

#[tokio::test]
async fn i4_a_formula_of_a_row_that_moves_while_formulas_are_looked_for_is_not_overwritten() {
    let google = Google::with(with_formula()).await;
    google.quota(60_000, 60_000);
    let mut looking = google.hold(formulas(), Held::BeforeApplying);
    let (workbook, ()) = tokio::join!(connected(&google, BOOK, quick()), async {
        looking.arrived().await;
        google.human(BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
        looking.open();
    });
    let floor = Floor { workbook, google };
    eventually("work can begin", async || floor.workbook.status().writable.is_ok()).await;
    let told = floor.taken("MK-0001", 93, Uuid::new_v4()).await;
    assert!(is_refused(&told), "{told:?}");
    assert!(landed(&floor.taken("MK-0002", 93, Uuid::new_v4()).await));
}

#[tokio::test]
async fn i4_nothing_is_written_before_formulas_were_looked_for() {
    let google = Google::with(with_formula()).await;
    google.quota(60_000, 60_000);
    google.chance(formulas(), Fault::Internal, 1.0);
    let floor = Floor { workbook: connected(&google, BOOK, quick()).await, google };
    let told = floor.taken("MK-0001", 93, Uuid::new_v4()).await;
    assert!(matches!(told, Err(Error::Unavailable { .. })), "{told:?}");
    floor.google.calm();
    eventually("work can begin", async || floor.workbook.status().writable.is_ok()).await;
    let told = floor.taken("MK-0001", 93, Uuid::new_v4()).await;
    assert!(is_refused(&told), "{told:?}");
    assert!(landed(&floor.taken("MK-0002", 93, Uuid::new_v4()).await));
}

#[tokio::test]
async fn i4_formulas_where_the_app_writes_are_shown_to_supervisors_with_sheet_row_and_column() {
    let mut book = book_of(&plant(2));
    let column = HEADER.iter().position(|name| *name == "Estado_Detalle").unwrap();
    *book.sheets[0].cell_mut(2, column) = grid::Cell::formula("=\"Dis\"&\"ponible\"", Some(Value::Text("Disponible".into())));
    let google = Google::with(book).await;
    google.quota(60_000, 60_000);
    let plant = TestPlant::at_google(&google, None).await;
    eventually("it was looked for them", async || !plant.running.app.plant.workbook().formulas().is_empty()).await;
    let (data, of) = (Screen::open(&plant, "/supervisor/datos").await, "section[aria-labelledby=t-Formula]");
    assert!(data.text(&format!("{of} h2")).starts_with("Fórmula donde escribe la aplicación 1"), "{}", data.text("main"));
    assert_eq!(data.text(&format!("{of} tbody th a")), "MK-0002");
    let place = format!("Operaciones, fila 3, celda {}3Estado_Detalle", letter(column));
    assert_eq!(data.texts(&format!("{of} td")), [&place, "=\"Dis\"&\"ponible\"", "Corregir en la planilla"]);
    assert_eq!(data.text(".tiles .tile:nth-child(2) b"), "1", "it is a row with something to put right");
}

fn letter(place: usize) -> char {
    char::from(b'A' + u8::try_from(place).unwrap())
}

#[tokio::test]
async fn i9_without_its_audit_tab_everything_is_shown_and_work_goes_on() {
    let floor = Floor::of(2, quick()).await;
    floor.google.human(BOOK, |human| human.deletes_sheet("Metadata"));
    let readings = floor.readings();
    eventually("it was read without", async || floor.readings() > readings + 4).await;
    assert_eq!(floor.workbook.view().spools.len(), 2);
    assert_eq!(floor.workbook.status().writable, Ok(()));
    assert!(landed(&floor.taken("MK-0001", 93, Uuid::new_v4()).await));
}
