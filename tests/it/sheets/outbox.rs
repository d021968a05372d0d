//! Changes while the audit cannot be written, and what becomes of their events.

use super::{BATCHES, Floor, landed};
use crate::pages::Screen;
use crate::stand_in::grid::Sheet;
use crate::stand_in::{Fault, Google, Held, Human, On, When};
use crate::support::google::{BOOK, book_of, connected, quick, seldom};
use crate::support::{TestPlant, ZONE, eventually, morning, pause, plant, small_plant, soon};
use axum::body::Body;
use axum::http::Request;
use spoolboard::domain::{Cell, Column, Rules};
use spoolboard::error::Error;
use spoolboard::peers::Peers;
use spoolboard::plant::{Clock, Plant};
use spoolboard::tally;
use spoolboard::trail::Trail;
use spoolboard::web::live::Live;
use spoolboard::web::{App, router};
use spoolboard::workbook::sheets::Limits;
use spoolboard::workbook::{Applied, Workbook};
use spoolboard::{events, locks};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

/// Batches that append to the audit.
pub(super) fn appends() -> On {
    On::Holding("appendCells".into())
}

/// Deletes the audit; what it was like.
pub(super) fn deleted(google: &Google) -> Sheet {
    let sheet = google.book(BOOK).by_title("Metadata").unwrap().clone();
    google.human(BOOK, |human| human.deletes_sheet("Metadata"));
    sheet
}

/// The operations of these that the audit holds, in its order.
pub(super) fn audit(google: &Google, of: &[Uuid]) -> Vec<Uuid> {
    let sheets = crate::support::google::sheets_of(&google.book(BOOK));
    let ids = sheets.metadata.rows.iter().filter_map(|(_, cells)| Uuid::try_parse(&cells[0].display()).ok());
    ids.filter(|id| of.contains(id)).collect()
}

/// Waits until nothing waits any more.
pub(super) async fn emptied(floor: &Floor) {
    eventually("the outbox is empty", async || floor.workbook.status().outbox == 0).await;
}

fn ids<const N: usize>() -> [Uuid; N] {
    std::array::from_fn(|_| Uuid::new_v4())
}

#[tokio::test]
async fn f1_changes_land_without_the_audit_and_their_events_follow_once_each_in_order() {
    let floor = Floor::of(4, quick()).await;
    let all: [Uuid; 4] = ids();
    assert!(landed(&floor.taken("MK-0001", 93, all[0]).await));
    let sheet = deleted(&floor.google);
    assert!(landed(&floor.taken("MK-0002", 93, all[1]).await));
    assert!(landed(&floor.taken("MK-0003", 94, all[2]).await));
    assert_eq!(floor.cell("MK-0003", Column::Version), Cell::text(all[2].to_string()));
    let (status, readings) = (floor.workbook.status(), floor.readings());
    assert_eq!((status.outbox, status.writable), (2, Ok(())));
    eventually("it was read without", async || floor.readings() > readings + 2).await;
    assert!(all[..3].iter().all(|id| floor.workbook.event(*id).is_some()), "what was known stays known");
    floor.google.human(BOOK, |human| human.restores_sheet(sheet));
    assert!(landed(&floor.taken("MK-0004", 93, all[3]).await));
    emptied(&floor).await;
    assert_eq!(audit(&floor.google, &all), all);
    assert_eq!(floor.workbook.alarms(), 0);
}

#[tokio::test]
async fn f1_whoever_watches_the_program_is_told_how_many_events_wait_and_that_work_goes_on() {
    let floor = Floor::of(1, seldom()).await;
    deleted(&floor.google);
    assert!(landed(&floor.taken("MK-0001", 93, Uuid::new_v4()).await));
    let (locks, events) = (Arc::new(locks::Memory::new(Duration::from_secs(60))), Arc::new(events::Memory::default()));
    let clock = Clock::from_fn(ZONE, || morning().to_utc());
    let plant = Plant::new(
        floor.workbook.clone(),
        locks,
        events,
        Arc::new(tally::Memory::default()),
        clock,
        Rules::default(),
        Arc::default(),
    );
    let stop = CancellationToken::new();
    let live = Live::follow(&plant, stop.clone());
    let routes =
        router(App { plant, site: Arc::default(), live, trail: Trail::none(), peers: Peers::none(), access: None, stop });
    let asked = async |path: &str| {
        let answer = routes.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), 1_000_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    let (status, ready) = asked("/ready").await;
    assert!(status == 200 && ready.contains("\"outbox\":1"), "{status} {ready}");
    let metrics = asked("/metrics").await.1;
    assert!(metrics.contains("spoolboard_outbox_events 1"), "{metrics}");
}

#[tokio::test]
async fn f1_a_new_audit_tab_in_place_of_the_old_one_gets_what_waited() {
    let floor = Floor::of(2, quick()).await;
    let [first, second] = ids();
    let sheet = deleted(&floor.google);
    assert!(landed(&floor.taken("MK-0001", 93, first).await));
    floor.google.human(BOOK, |human| {
        human.adds_sheet("Metadata");
        for column in 0..10 {
            let name = sheet.cell(0, column).clone();
            let letter = char::from(b'A' + column as u8);
            let Some(crate::stand_in::grid::Value::Text(name)) = name.value else { panic!("no header") };
            human.edits("Metadata", &format!("{letter}1"), &name);
        }
    });
    emptied(&floor).await;
    assert!(landed(&floor.taken("MK-0002", 93, second).await));
    assert_eq!(audit(&floor.google, &[first, second]), [first, second]);
}

#[tokio::test]
async fn f1_an_audit_that_is_taken_away_while_a_batch_is_on_its_way_costs_nobody_his_change() {
    type Deed = fn(&mut Human<'_>);
    let deeds: [(Deed, Deed); 3] = [
        (|human| human.protects_sheet("Metadata", &[]), |human| human.unprotects_sheet("Metadata")),
        // The list of tabs does not show this one as barred.
        (|human| human.protects_rows("Metadata", 3, &[]), |human| human.unprotects_sheet("Metadata")),
        (|human| human.deletes_sheet("Metadata"), |_| {}),
    ];
    for (taken, given) in deeds {
        let floor = Floor::of(3, quick()).await;
        let sheet = floor.google.book(BOOK).by_title("Metadata").unwrap().clone();
        let [first, second, third] = ids();
        floor.google.human_will(When::BeforeWrite, BOOK, taken);
        let answers = tokio::join!(floor.taken("MK-0001", 93, first), floor.taken("MK-0002", 94, second));
        assert!(landed(&answers.0) && landed(&answers.1), "{answers:?}");
        assert_eq!((floor.workbook.status().outbox, audit(&floor.google, &[first, second])), (2, vec![]));
        floor.google.human(BOOK, |human| {
            given(human);
            if human.book().by_title("Metadata").is_none() {
                human.restores_sheet(sheet);
            }
        });
        emptied(&floor).await;
        assert!(landed(&floor.taken("MK-0003", 93, third).await));
        assert_eq!(audit(&floor.google, &[first, second, third]), [first, second, third]);
    }
}

#[tokio::test]
async fn f1_where_nothing_waits_the_audit_is_tried_again_by_whoever_comes_next() {
    let floor = Floor::of(2, Limits { audit: Duration::from_secs(3_600), ..seldom() }).await;
    let [refused, next] = ids();
    floor.google.human_will(When::BeforeWrite, BOOK, |human| {
        human.protects_rows("Metadata", 3, &[]);
        human.types("Operaciones", "Ocupado_Por", 2, "MR(94)");
    });
    let answer = floor.taken("MK-0001", 93, refused).await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    floor.google.human(BOOK, |human| human.unprotects_sheet("Metadata"));
    assert!(landed(&floor.taken("MK-0002", 93, next).await));
    assert_eq!((floor.workbook.status().outbox, audit(&floor.google, &[refused, next])), (0, vec![next]));
}

#[tokio::test]
async fn f1_without_a_column_of_the_audit_memory_keeps_what_it_knows() {
    let floor = Floor::of(2, quick()).await;
    let [before, during] = ids();
    assert!(landed(&floor.taken("MK-0001", 93, before).await));
    floor.google.human(BOOK, |human| human.renames_header("Metadata", "ID", "Nº"));
    let readings = floor.readings();
    eventually("it was read so", async || floor.readings() > readings + 4).await;
    assert!(landed(&floor.taken("MK-0002", 93, during).await));
    let readings = floor.readings();
    eventually("it was read again", async || floor.readings() > readings + 2).await;
    for (tag, id) in [("MK-0001", before), ("MK-0002", during)] {
        assert!(floor.workbook.event(id).is_some());
        assert_eq!(floor.shown(tag).events.iter().filter(|event| event.id == id).count(), 1);
    }
    floor.google.human(BOOK, |human| human.renames_header("Metadata", "Nº", "ID"));
    emptied(&floor).await;
    assert_eq!(audit(&floor.google, &[before, during]), [before, during]);
    assert!(floor.workbook.event(before).is_some());
}

#[tokio::test]
async fn b6_a_column_that_is_inserted_into_the_audit_costs_memory_nothing_of_what_it_knows() {
    let sheets = plant(2);
    let mut book = book_of(&sheets);
    let audit = &mut book.sheets[3];
    // No spare columns on the right, as in a tab that somebody has trimmed.
    audit.column_count = sheets.metadata.header.len();
    audit.rows.iter_mut().for_each(|row| Arc::make_mut(row).truncate(sheets.metadata.header.len()));
    let google = Google::with(book).await;
    google.quota(60_000, 60_000);
    let floor = Floor { workbook: connected(&google, BOOK, quick()).await, google };
    let id = Uuid::new_v4();
    assert!(landed(&floor.taken("MK-0001", 93, id).await));
    let before = || floor.workbook.event(id).unwrap().notes.before.iter().map(|(column, _)| *column).collect::<BTreeSet<_>>();
    let known = before();
    assert!(!known.is_empty());
    floor.google.human(BOOK, |human| human.inserts_column("Metadata", "Evento_Tipo", "Comentario"));
    let readings = floor.readings();
    eventually("it was read so", async || floor.readings() > readings + 4).await;
    assert_eq!(before(), known);
    assert!(landed(&floor.taken("MK-0002", 93, Uuid::new_v4()).await));
}

#[tokio::test]
async fn an_event_that_waits_is_known_to_whoever_asks_even_when_the_whole_audit_is_read_again() {
    let floor = Floor::of(3, quick()).await;
    let [first, second] = ids();
    assert!(landed(&floor.taken("MK-0001", 93, Uuid::new_v4()).await));
    floor.google.human(BOOK, |human| human.protects_sheet("Metadata", &[]));
    let change = floor.take("MK-0002", 93, first);
    assert!(landed(&floor.workbook.apply(change.clone(), soon()).await));
    let again = floor.workbook.apply(change, soon()).await;
    assert!(matches!(&again, Ok(Applied::Already(event)) if event.id == first), "{again:?}");
    // A row that is taken out of the audit: all of it is read.
    let readings = floor.readings();
    floor.google.human(BOOK, |human| human.deletes_rows("Metadata", 2, 1));
    eventually("all of it was read", async || floor.readings() > readings + 3).await;
    let pausing = pause(&floor.workbook.view(), floor.shown("MK-0002").id(), 93, second);
    assert!(landed(&floor.workbook.apply(pausing, soon()).await));
    let events: Vec<Uuid> = floor.shown("MK-0002").events.iter().map(|event| event.id).collect();
    assert_eq!((events, floor.workbook.status().outbox), (vec![first, second], 2));
    floor.google.human(BOOK, |human| human.unprotects_sheet("Metadata"));
    emptied(&floor).await;
    assert_eq!(audit(&floor.google, &[first, second]), [first, second]);
}

#[tokio::test]
async fn d4_without_the_audit_too_a_doubtful_batch_is_settled_and_the_answer_says_how() {
    let faults = [
        (Fault::Internal, false),
        (Fault::UnavailableYetApplied, true),
        (Fault::CutBody, true),
        (Fault::LostBefore, false),
        (Fault::LostAfter, true),
    ];
    for versions in [true, false] {
        for (fault, applied) in faults {
            let google = Google::with(book_of(&plant(2))).await;
            google.quota(60_000, 60_000);
            if !versions {
                google.human(BOOK, |human| human.deletes_column("Operaciones", "version"));
            }
            let floor = Floor { workbook: connected(&google, BOOK, quick()).await, google };
            let sheet = deleted(&floor.google);
            let id = Uuid::new_v4();
            floor.google.fail(BATCHES, fault);
            let answer = floor.taken("MK-0001", 93, id).await;
            assert_eq!(landed(&answer), applied, "{fault:?}, version {versions}: {answer:?}");
            assert!(applied || matches!(answer, Err(Error::Conflict)), "{fault:?}: {answer:?}");
            assert_eq!((floor.workbook.status().outbox, floor.workbook.event(id).is_some()), (usize::from(applied), applied));
            assert_eq!(floor.cell("MK-0001", Column::OccupiedBy) == Cell::text("MR(93)"), applied);
            assert!(applied || landed(&floor.taken("MK-0001", 93, id).await), "{fault:?}: it may be decided again");
            floor.google.human(BOOK, |human| human.restores_sheet(sheet));
            assert!(landed(&floor.taken("MK-0002", 94, Uuid::new_v4()).await), "{fault:?}: work goes on");
            emptied(&floor).await;
            assert_eq!(audit(&floor.google, &[id]), [id], "{fault:?}, version {versions}");
        }
    }
}

#[tokio::test]
async fn b6_a_row_that_moves_while_the_audit_waits_gets_its_change_and_its_event() {
    let floor = Floor::of(3, quick()).await;
    let sheet = deleted(&floor.google);
    let [moved, lost, next] = ids();
    floor.google.human_will(When::BeforeWrite, BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
    assert!(landed(&floor.taken("MK-0002", 93, moved).await));
    assert_eq!(floor.cell("MK-0002", Column::Version), Cell::text(moved.to_string()));
    assert_eq!(floor.cell("MK-0001", Column::OccupiedBy), Cell::Empty);
    // This one may not be taken any more: no event stands for it.
    floor.google.human_will(When::BeforeWrite, BOOK, |human| {
        human.inserts_rows("Operaciones", 2, 1);
        human.types("Operaciones", "Ocupado_Por", 4, "MR(94)");
    });
    let answer = floor.taken("MK-0001", 93, lost).await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    assert!(floor.workbook.event(lost).is_none());
    assert_eq!(floor.workbook.status().outbox, 1);
    floor.google.human(BOOK, |human| human.restores_sheet(sheet));
    assert!(landed(&floor.taken("MK-0003", 93, next).await));
    emptied(&floor).await;
    assert_eq!(audit(&floor.google, &[moved, lost, next]), [moved, next]);
}

#[tokio::test]
async fn f1_an_append_of_what_waited_that_nobody_can_tell_of_is_there_once() {
    for fault in [Fault::LostAfter, Fault::LostBefore, Fault::UnavailableYetApplied, Fault::Internal, Fault::TooManyFor(1)] {
        let floor = Floor::of(2, quick()).await;
        let all: [Uuid; 2] = ids();
        let sheet = deleted(&floor.google);
        for (tag, id) in [("MK-0001", all[0]), ("MK-0002", all[1])] {
            assert!(landed(&floor.taken(tag, 93, id).await));
        }
        floor.google.fail(appends(), fault);
        floor.google.human(BOOK, |human| human.restores_sheet(sheet));
        emptied(&floor).await;
        assert_eq!(audit(&floor.google, &all), all, "{fault:?}");
    }
}

#[tokio::test]
async fn an_append_that_arrives_after_it_was_given_up_adds_nothing() {
    let floor = Floor::of(2, Limits { write: Duration::from_millis(300), ..quick() }).await;
    let [first, second] = ids();
    let sheet = deleted(&floor.google);
    assert!(landed(&floor.taken("MK-0001", 93, first).await));
    let mut gate = floor.google.hold(appends(), Held::BeforeApplying);
    floor.google.human(BOOK, |human| human.restores_sheet(sheet));
    gate.arrived().await;
    emptied(&floor).await;
    let refused = || floor.google.journal().calls().iter().filter(|call| call.status == 400).count();
    let before = refused();
    gate.open();
    eventually("the late one was refused", async || refused() > before).await;
    assert!(landed(&floor.taken("MK-0002", 93, second).await));
    assert_eq!(audit(&floor.google, &[first, second]), [first, second]);
}

#[tokio::test]
async fn a_change_whose_event_no_audit_could_ever_hold_is_refused_and_does_not_bar_the_way() {
    let floor = Floor::of(2, quick()).await;
    let sheet = deleted(&floor.google);
    let [long, good] = ids();
    let mut change = floor.take("MK-0001", 93, long);
    change.event.notes.reason = Some("x".repeat(60_000));
    let answer = floor.workbook.apply(change, soon()).await;
    assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
    assert!(landed(&floor.taken("MK-0002", 93, good).await));
    assert_eq!((floor.workbook.status().outbox, floor.cell("MK-0001", Column::OccupiedBy)), (1, Cell::Empty));
    floor.google.human(BOOK, |human| human.restores_sheet(sheet));
    emptied(&floor).await;
    assert_eq!(audit(&floor.google, &[long, good]), [good]);
}

#[tokio::test]
async fn f1_supervisors_see_which_events_wait_for_the_audit_the_oldest_first() {
    let google = Google::with(book_of(&small_plant())).await;
    google.quota(60_000, 60_000);
    let shop = TestPlant::at_google(&google, None).await;
    eventually("it is ready", async || shop.get("/ready").await.status == 200).await;
    let sheet = deleted(&google);
    for number in 1..=22 {
        assert_eq!(shop.worker(93).take(&format!("MK-{number:04}"), "ARM").await.status, 200);
    }
    shop.later(chrono::Duration::minutes(3));
    let page = Screen::open(&shop, "/supervisor/salud").await;
    let rows = page.texts("section[aria-labelledby=t-espera] tbody tr");
    assert_eq!(rows.len(), 20, "of 22: {rows:?}");
    for (number, row) in (1..).zip(&rows) {
        assert!(row.contains(&format!("MK-{number:04}")) && row.contains("TOMAR ARM") && row.contains("3m"), "{row}");
    }
    google.human(BOOK, |human| human.restores_sheet(sheet));
    eventually("nothing waits", async || Screen::open(&shop, "/supervisor/salud").await.count("#t-espera") == 0).await;
}
