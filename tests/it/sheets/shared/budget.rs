//! One bucket of calls for all processes, also when Redis goes away and comes back.

use super::Hall;
use crate::stand_in::Quota;
use crate::support::eventually;
use crate::support::google::seldom;
use spoolboard::workbook::Workbook;
use spoolboard::workbook::sheets::Limits;
use std::time::Duration;

/// Six hundred calls a minute, a fifth of them at once: a scale on which a test sees it in seconds.
const RATE: f64 = 600.0;

/// The most calls by which any span of time has more than it may: a burst, and what comes back in it.
fn over(hall: &Hall, quota: Quota) -> f64 {
    let journal = hall.google.journal();
    let calls = journal.calls().iter().filter(|call| call.counted == Some(quota));
    let times: Vec<f64> = calls.map(|call| call.at.as_secs_f64()).collect();
    let spans = times.iter().enumerate().flat_map(|(first, from)| {
        times[first..].iter().enumerate().map(move |(more, to)| (more + 1) as f64 - RATE / 5.0 - (to - from) * RATE / 60.0)
    });
    spans.fold(f64::MIN, f64::max)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c3_two_processes_that_read_all_they_can_never_read_more_than_one_may() {
    let mut hall = Hall::of(5).await;
    hall.google.quota(60_000, 60_000);
    let greedy = Limits { calls: RATE, refresh: Duration::from_millis(1), idle: Duration::from_millis(1), ..seldom() };
    let both = [hall.process(greedy).await, hall.process(greedy).await];
    eventually("the burst is used up", async || hall.counted(Quota::Read) > 110).await;
    hall.redis.kill9();
    let before = hall.counted(Quota::Read);
    eventually("they read on without Redis", async || hall.counted(Quota::Read) > before + 6).await;
    assert!(both.iter().all(|process| process.workbook.status().writable.is_ok()));
    hall.redis.restart();
    let before = hall.counted(Quota::Read);
    eventually("and with it", async || hall.counted(Quota::Read) > before + 60).await;
    // Between the taking of a token and the arrival of its call there is a moment.
    assert!(over(&hall, Quota::Read) <= 3.0, "{}", over(&hall, Quota::Read));
}
