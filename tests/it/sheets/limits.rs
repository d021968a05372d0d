//! How much waits, and how much goes into one batch (`design.md` 5.2).

use super::{Floor, READINGS, landed};
use crate::stand_in::Held;
use crate::support::google::seldom;
use crate::support::{eventually, soon};
use futures_util::future::join_all;
use spoolboard::domain::Change;
use spoolboard::error::Error;
use spoolboard::workbook::{Applied, Workbook};
use uuid::Uuid;

/// The TAKEs of some spools, with reasons of so many letters.
fn takes(floor: &Floor, spools: std::ops::RangeInclusive<u32>, letters: usize) -> Vec<Change> {
    let take = |number: u32| {
        let mut change = floor.take(&format!("MK-{number:04}"), 93, Uuid::new_v4());
        change.event.notes.reason = Some("x".repeat(letters));
        change
    };
    spools.map(take).collect()
}

async fn applied(floor: &Floor, changes: Vec<Change>) -> Vec<Result<Applied, Error>> {
    join_all(changes.into_iter().map(|change| floor.workbook.apply(change, soon()))).await
}

#[tokio::test]
async fn a_thousand_changes_may_wait_and_the_next_one_is_told_so_at_once() {
    let floor = Floor::of(2, seldom()).await;
    let mut reading = floor.google.hold(READINGS, Held::BeforeApplying);
    let waiting: Vec<_> = (0..1_000).map(|_| floor.applying(floor.take("MK-0001", 93, Uuid::new_v4()))).collect();
    eventually("all of them wait", async || floor.workbook.status().waiting == 1_000).await;
    reading.arrived().await;
    let told = floor.taken("MK-0002", 93, Uuid::new_v4()).await;
    assert!(matches!(told, Err(Error::Unavailable { .. })), "{told:?}");
    assert!(format!("{told:?}").contains("too many changes wait"), "{told:?}");
    reading.open();
    let mut saved = 0;
    for answer in waiting {
        match answer.await.unwrap() {
            Ok(Applied::Landed(_)) => saved += 1,
            other => assert!(matches!(other, Err(Error::Conflict)), "{other:?}"),
        }
    }
    assert_eq!(saved, 1);
    assert!(landed(&floor.taken("MK-0002", 93, Uuid::new_v4()).await));
}

#[tokio::test]
async fn changes_that_make_more_than_a_megabyte_go_in_several_batches() {
    let floor = Floor::of(40, seldom()).await;
    let all = takes(&floor, 1..=40, 40_000);
    assert!(applied(&floor, all).await.iter().all(landed));
    let journal = floor.google.journal();
    let sizes: Vec<usize> = journal.batches().map(|entry| entry.request.to_string().len()).collect();
    assert!(sizes.iter().all(|size| *size < 1_100_000), "{sizes:?}");
    assert!(sizes.iter().sum::<usize>() > 1_600_000, "{sizes:?}");
}

#[tokio::test]
async fn after_three_changes_that_google_refused_each_goes_alone_until_one_lands() {
    let floor = Floor::of(7, seldom()).await;
    let all = [takes(&floor, 1..=4, 60_000), takes(&floor, 5..=7, 1)].concat();
    let mut reading = floor.google.hold(READINGS, Held::BeforeApplying);
    let (answers, ()) = tokio::join!(applied(&floor, all), async {
        reading.arrived().await;
        eventually("all of them wait", async || floor.workbook.status().waiting == 7).await;
        reading.open();
    });
    let (poisoned, good) = answers.split_at(4);
    assert!(poisoned.iter().all(|answer| matches!(answer, Err(Error::Unavailable { .. }))), "{poisoned:?}");
    assert!(good.iter().all(landed), "{good:?}");
    let rows = |request: &serde_json::Value| request.to_string().matches("TOMAR_SPOOL").count();
    let journal = floor.google.journal();
    let landed: Vec<usize> = journal.batches().map(|entry| rows(&entry.request)).filter(|rows| *rows > 0).collect();
    assert_eq!(landed, [1, 2], "one alone, and the others together again");
}
