//! Reading: a start without Google, columns that move, readings that cannot be true.

use super::{Floor, READINGS, landed};
use crate::stand_in::{Fault, Google, Held, On};
use crate::support::google::{BOOK, book_of, connected, connecting, quick, seldom};
use crate::support::{eventually, plant};
use spoolboard::domain::{Cell, Column};
use spoolboard::error::Error;
use spoolboard::workbook::Workbook;
use spoolboard::workbook::sheets::Limits;
use std::time::Duration;
use uuid::Uuid;

#[tokio::test]
async fn c2_a_start_without_google_says_so_and_recovers_by_itself() {
    let google = Google::with(book_of(&plant(3))).await;
    google.away(true);
    let workbook = connecting(&google, BOOK, quick());
    assert_eq!(workbook.status().writable, Err("conectando con la planilla".into()));
    assert!(workbook.view().spools.is_empty() && workbook.view().read_at.is_none());
    google.away(false);
    google.fail_times(On::Reads, Fault::TooManyFor(1), 2);
    eventually("it can be written", async || workbook.status().writable.is_ok()).await;
    assert_eq!(workbook.view().spools.len(), 3);
}

#[tokio::test]
async fn c2_who_may_not_see_the_workbook_is_told_what_to_do_about_it() {
    let google = Google::with(book_of(&plant(1))).await;
    google.share(BOOK, crate::stand_in::ACCOUNT, None);
    let workbook = connecting(&google, BOOK, quick());
    let said = "la planilla no está compartida con esta cuenta";
    eventually("it says so", async || workbook.status().writable == Err(said.into())).await;
    google.share(BOOK, crate::stand_in::ACCOUNT, Some(crate::stand_in::Access::Write));
    eventually("it can be written", async || workbook.status().writable.is_ok()).await;
}

#[tokio::test]
async fn what_the_office_types_is_seen_without_anybody_asking() {
    let floor = Floor::of(3, quick()).await;
    let before = floor.workbook.view();
    floor.google.human(BOOK, |human| human.types("Operaciones", "Ocupado_Por", 3, "MR(94)"));
    eventually("memory shows it", async || floor.shown("MK-0002").occupation.is_some()).await;
    let after = floor.workbook.view();
    assert!(std::sync::Arc::ptr_eq(before.find("MK-0001").unwrap(), after.find("MK-0001").unwrap()), "others stay as they are");
}

#[tokio::test]
async fn c7_readings_that_bring_nothing_new_leave_the_very_same_view() {
    let floor = Floor::of(3, quick()).await;
    let (number, readings) = (floor.workbook.view().number, floor.readings());
    eventually("it was read again", async || floor.readings() > readings + 2).await;
    assert_eq!(floor.workbook.view().number, number);
}

#[tokio::test]
async fn b5_a_column_that_is_inserted_while_running_changes_nothing() {
    let floor = Floor::of(3, quick()).await;
    floor.google.human(BOOK, |human| human.inserts_column("Operaciones", "Ocupado_Por", "Nueva"));
    let id = Uuid::new_v4();
    assert!(landed(&floor.taken("MK-0002", 93, id).await));
    assert_eq!(floor.cell("MK-0002", Column::OccupiedBy), Cell::text("MR(93)"));
    assert_eq!(floor.shown("MK-0002").version, Some(id.to_string()));
    assert_eq!(floor.workbook.alarms(), 0);
}

#[tokio::test]
async fn b5_without_a_critical_column_the_last_good_rows_stay_and_nothing_is_written() {
    let floor = Floor::of(3, quick()).await;
    assert!(landed(&floor.taken("MK-0002", 93, Uuid::new_v4()).await));
    let change = floor.take("MK-0001", 94, Uuid::new_v4());
    floor.google.human(BOOK, |human| human.renames_header("Operaciones", "Ocupado_Por", "Otra"));
    let before = floor.sheets();
    let answer = floor.workbook.apply(change, crate::support::soon()).await;
    assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
    assert!(floor.workbook.status().writable.unwrap_err().contains("Ocupado_Por"));
    assert_eq!(floor.workbook.view().missing, [Column::OccupiedBy]);
    assert!(floor.shown("MK-0002").occupation.is_some(), "the last good row");
    assert_eq!(floor.sheets(), before);
    floor.google.human(BOOK, |human| human.renames_header("Operaciones", "Otra", "OCUPADO POR"));
    eventually("it can be written again", async || floor.workbook.status().writable.is_ok()).await;
}

#[tokio::test]
async fn c5_a_sheet_that_lost_half_its_rows_is_believed_the_second_time_only() {
    let floor = Floor::of(10, quick()).await;
    floor.google.human(BOOK, |human| human.deletes_rows("Operaciones", 2, 5));
    for _ in 0..2 {
        let mut gate = floor.google.hold(READINGS, Held::BeforeApplying);
        gate.arrived().await;
        assert_eq!(floor.workbook.view().spools.len(), 10);
        gate.open();
    }
    eventually("it is believed", async || floor.workbook.view().spools.len() == 5).await;
}

#[tokio::test]
async fn c5_an_empty_sheet_is_never_believed() {
    let floor = Floor::of(4, quick()).await;
    floor.google.human(BOOK, |human| human.deletes_rows("Operaciones", 2, 4));
    let readings = floor.readings();
    eventually("it was read several times", async || floor.readings() > readings + 3).await;
    assert_eq!(floor.workbook.view().spools.len(), 4);
}

#[tokio::test]
async fn c10_a_reading_that_began_before_a_write_does_not_undo_it() {
    let floor = Floor::of(2, quick()).await;
    let mut gate = floor.google.hold(READINGS, Held::BeforeAnswering);
    gate.arrived().await;
    let taking = floor.applying(floor.take("MK-0001", 93, Uuid::new_v4()));
    gate.open();
    assert!(landed(&taking.await.unwrap()));
    let readings = floor.readings();
    eventually("it was read again", async || floor.readings() > readings + 2).await;
    assert!(floor.shown("MK-0001").occupation.is_some());
}

#[tokio::test]
async fn c9_of_a_long_audit_only_what_is_new_is_read_again() {
    let book = crate::stand_in::plant::Plant::of(50).audit(45_000).build();
    let google = Google::with(book).await;
    google.snapshots(false);
    let workbook = crate::support::google::connected(&google, crate::stand_in::plant::BOOK, seldom()).await;
    let view = workbook.view();
    let events: usize = view.spools.iter().map(|spool| spool.events.len()).sum();
    assert_eq!(events, 45_000);
    assert_eq!(google.journal().count("spreadsheets.values.batchGet"), 5, "the headers, three blocks, the formulas");
}

#[tokio::test]
async fn audit_rows_of_a_reading_that_was_not_taken_are_not_lost() {
    let floor = Floor::of(2, quick()).await;
    let id = Uuid::new_v4();
    floor.google.human(BOOK, |human| {
        human.renames_header("Operaciones", "Ocupado_Por", "Otra");
        for (header, text) in [("ID", id.to_string().as_str()), ("Evento_Tipo", "PAUSAR_SPOOL"), ("TAG_SPOOL", "MK-0002")] {
            human.types("Metadata", header, 3, text);
        }
    });
    let readings = floor.readings();
    eventually("it was read several times", async || floor.readings() > readings + 2).await;
    floor.google.human(BOOK, |human| human.renames_header("Operaciones", "Otra", "Ocupado_Por"));
    eventually("the event is known", async || floor.workbook.event(id).is_some()).await;
    assert_eq!(floor.shown("MK-0002").events.len(), 1);
}

#[tokio::test]
async fn a_tab_that_is_renamed_is_still_the_same_tab() {
    let floor = Floor::of(2, quick()).await;
    floor.google.human(BOOK, |human| {
        human.renames_sheet("Operaciones", "Operaciones 2026");
        human.collides("Metadata");
    });
    let id = Uuid::new_v4();
    assert!(landed(&floor.taken("MK-0001", 93, id).await));
    let book = floor.google.book(BOOK);
    assert!(book.by_title("Operaciones 2026").is_some_and(|tab| tab.rows.len() == 3));
    assert!(floor.workbook.event(id).is_some());
}

#[tokio::test]
async fn a_token_that_is_not_taken_any_more_is_replaced() {
    let floor = Floor::of(2, seldom()).await;
    floor.google.revoke_tokens();
    assert!(landed(&floor.taken("MK-0001", 93, Uuid::new_v4()).await));
    floor.google.fail(super::BATCHES, Fault::Unauthenticated);
    assert!(landed(&floor.taken("MK-0002", 93, Uuid::new_v4()).await));
    assert_eq!(floor.google.journal().count("token"), 3);
}

#[tokio::test]
async fn a_token_is_replaced_before_it_ends_and_used_as_long_as_no_other_comes() {
    let google = Google::with(book_of(&plant(3))).await;
    google.quota(60_000, 60_000);
    let limits = Limits { token: Duration::from_millis(50), ..seldom() };
    let floor = Floor { workbook: connected(&google, BOOK, limits).await, google };
    let asked = || floor.google.journal().count("token");
    eventually("it was replaced", async || asked() >= 3).await;
    // From now on none comes.
    floor.google.chance(On::Tokens, Fault::Unavailable, 1.0);
    let before = asked();
    eventually("another one was asked for", async || asked() > before).await;
    let answer = floor.taken("MK-0001", 93, Uuid::new_v4()).await;
    assert!(landed(&answer), "{answer:?}");
    let refused = floor.google.journal().calls().iter().filter(|call| call.status == 401).count();
    assert_eq!(refused, 0);
}

#[tokio::test]
async fn settings_with_which_nothing_can_be_reached_are_refused_at_once_and_not_shown() {
    use spoolboard::workbook::GoogleSheets;
    use spoolboard::workbook::sheets::{BadSetting, SheetsConfig};
    let google = Google::start().await;
    let good = crate::support::google::config(&google, BOOK, seldom());
    let refused =
        |config: SheetsConfig| GoogleSheets::connect(config, crate::support::morning, crate::support::ZONE).unwrap_err();
    assert_eq!(refused(SheetsConfig { spreadsheet: "../x".into(), ..good.clone() }), BadSetting::Spreadsheet);
    for url in ["http://sheets.example/", "ftp://x", "http://127.0.0.1.example/"] {
        assert_eq!(refused(SheetsConfig { url: url.into(), ..good.clone() }), BadSetting::Url, "{url}");
    }
    let key = good.credentials.replace("http://127.0.0.1", "http://elsewhere.example");
    let wrong = refused(SheetsConfig { credentials: key, ..good.clone() }).to_string();
    assert!(wrong.contains("elsewhere.example") && !wrong.contains("PRIVATE"), "{wrong}");
    let broken = good.credentials.replace("BEGIN", "BEGUN");
    assert!(matches!(refused(SheetsConfig { credentials: broken, ..good.clone() }), BadSetting::Credentials(_)));
    assert!(!format!("{good:?}").contains("PRIVATE"));
}
