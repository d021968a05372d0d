//! How many calls things cost; with `--nocapture` also how long they take on a slow line.

use super::{Floor, landed};
use crate::stand_in::{Latency, Quota};
use crate::support::google::{quick, seldom};
use spoolboard::workbook::Workbook;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

fn slow(floor: &Floor) {
    let takes = |millis| Latency { fixed: Duration::from_millis(millis), jitter: Duration::ZERO };
    floor.google.latency(takes(120), takes(250));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_takes_of_a_hundred_spools_at_once_are_three_write_requests_at_most() {
    let floor = Floor::of(200, seldom()).await;
    slow(&floor);
    let begun = Instant::now();
    assert!(landed(&floor.taken("MK-0200", 93, Uuid::new_v4()).await));
    println!("one TAKE: {:?} (120 ms reads, 250 ms writes)", begun.elapsed());
    for (from, count) in [(1, 100), (101, 50)] {
        let (readings, batches) = (floor.readings(), floor.batches());
        let changes = (from..from + count).map(|n| floor.take(&format!("MK-{n:04}"), 93, Uuid::new_v4()));
        let changes: Vec<_> = changes.collect();
        let begun = Instant::now();
        let tasks: Vec<_> = changes.into_iter().map(|change| floor.applying(change)).collect();
        for task in tasks {
            assert!(landed(&task.await.unwrap()));
        }
        let (readings, batches) = (floor.readings() - readings, floor.batches() - batches);
        println!("{count} TAKEs at once: {batches} write requests, {readings} readings, {:?}", begun.elapsed());
        assert!(batches <= 3);
    }
}

/// A hundredth of the time: readings every 50 ms in place of 5 s, for 600 ms in place of a minute.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c3_fifty_readers_cost_no_reading_at_all() {
    let floor = Floor::of(100, spoolboard::workbook::sheets::Limits { refresh: Duration::from_millis(50), ..quick() }).await;
    let before = floor.google.journal().counted(Quota::Read);
    let until = Instant::now() + Duration::from_millis(600);
    let readers = (0..50).map(|_| {
        let workbook = Arc::clone(&floor.workbook);
        tokio::spawn(async move {
            let mut looks = 0_u64;
            while Instant::now() < until {
                looks += workbook.view().spools.len() as u64;
                tokio::task::yield_now().await;
            }
            looks
        })
    });
    let readers: Vec<_> = readers.collect();
    let mut looks = 0;
    for reader in readers {
        looks += reader.await.unwrap();
    }
    let reads = floor.google.journal().counted(Quota::Read) - before;
    println!("50 readers, {looks} rows looked at: {reads} reads in a scaled minute");
    assert!(reads <= 20, "{reads}");
}
