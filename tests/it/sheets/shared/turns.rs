//! Who writes: one after the other, each in its own name, under one fence.

use super::super::BATCHES;
use super::{Hall, holder, tag, usual};
use crate::stand_in::Held;
use crate::support::eventually;
use crate::support::redis::{RealRedis, free_port};
use futures_util::future::join_all;
use spoolboard::workbook::Workbook;
use std::sync::Arc;
use tokio::runtime::Builder;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_tablets_of_two_processes_take_one_spool_and_one_of_them_gets_it() {
    let hall = Hall::of(2).await;
    let both = [hall.process(usual()).await, hall.process(usual()).await];
    for (spool, tablets) in [(tag(1), 10), (tag(2), 50)] {
        let takes = (0..tablets).map(|n| hall.take(&both[n % 2], &spool, 101 + n as u32));
        let results = join_all(takes).await;
        let winners: Vec<_> = results.iter().flatten().collect();
        assert_eq!(winners.len(), 1, "{spool}");
        let owner = winners[0].spool.occupation.clone().unwrap();
        for error in results.iter().filter_map(|result| result.as_ref().err()) {
            assert_eq!(holder(error), owner.name, "{spool}");
        }
    }
    let counted = hall.checked(&[&both[0], &both[1]]).await;
    assert_eq!((counted.changes, counted.saved, counted.refused), (2, 2, 58));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c3_a_hundred_taps_over_two_processes_land_once_under_one_fence_and_within_the_quota() {
    let hall = Hall::of(100).await;
    let both = [hall.process(usual()).await, hall.process(usual()).await];
    let rotations = hall.rotations();
    assert_eq!(rotations, 2, "the first fence there ever was, and one in its place");
    for wave in 0..5 {
        let taps = (0..20).map(|n| (n, tag(wave * 20 + n + 1)));
        let results = join_all(taps.map(async |(n, spool)| hall.take(&both[n % 2], &spool, 101 + n as u32).await)).await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
    }
    let counted = hall.checked(&[&both[0], &both[1]]).await;
    assert_eq!((counted.changes, counted.saved), (100, 100));
    assert_eq!(hall.rotations(), rotations, "nobody replaces a fence that another vouches for");
    assert_eq!((both[0].workbook.alarms(), both[1].workbook.alarms()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_in_its_turn_stops_the_other_for_as_long_as_its_lease_lasts() {
    let hall = Arc::new(Hall::of(3).await);
    let machine = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let dying = {
        let hall = Arc::clone(&hall);
        machine.spawn(async move { hall.process(usual()).await }).await.unwrap()
    };
    let other = hall.process(usual()).await;
    let rotations = hall.rotations();
    let mut gate = hall.google.hold(BATCHES, Held::BeforeApplying);
    let plant = dying.plant.clone();
    machine.spawn(async move {
        let _ = plant.take(crate::support::shop::order(&tag(1), 101), spoolboard::domain::Operation::Arm, false).await;
    });
    gate.arrived().await;
    machine.shutdown_background();
    let (died, taken) = (hall.google.now(), hall.take(&other, &tag(2), 102).await);
    println!("the other process wrote {:?} later", hall.google.now() - died);
    assert!(taken.is_ok(), "{taken:?}");
    let calls = hall.google.journal().calls().len();
    gate.open();
    eventually("the batch of the dead was decided", async || hall.google.journal().calls().len() > calls).await;
    assert_eq!(hall.rotations(), rotations + 1);
    assert!(hall.take(&other, &tag(3), 103).await.is_ok());
    let counted = hall.checked(&[&other]).await;
    assert_eq!(counted.changes, 2, "what the dead one sent changes nothing any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_whose_turn_ran_out_asks_for_another_one_and_nobody_is_alarmed() {
    let hall = Arc::new(Hall::of(2).await);
    let both = [hall.process(usual()).await, hall.process(usual()).await];
    let mut gate = hall.google.hold(BATCHES, Held::BeforeApplying);
    let late = tokio::spawn({
        let (hall, process) = (Arc::clone(&hall), both[0].clone());
        async move { hall.take(&process, &tag(1), 101).await }
    });
    gate.arrived().await;
    // As if it had stood still for so long.
    let leases: Vec<String> = hall.redis.ask(&["KEYS", "spool_sheet_lease:*"]);
    assert_eq!((leases.len(), hall.redis.ask::<usize>(&["DEL", &leases[0]])), (1, 1));
    let rotations = hall.rotations();
    assert!(hall.take(&both[1], &tag(2), 102).await.is_ok());
    assert_eq!(hall.rotations(), rotations + 1, "a lease that is missing means a new fence");
    gate.open();
    let late = late.await.unwrap();
    assert!(late.is_ok(), "{late:?}");
    assert_eq!((both[0].workbook.alarms(), both[1].workbook.alarms()), (0, 0));
    assert!(both.iter().all(|process| process.workbook.status().writable.is_ok()));
    assert_eq!(hall.checked(&[&both[0], &both[1]]).await.changes, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_redis_has_lost_what_it_knew_the_fence_is_replaced_and_nothing_lands_twice() {
    let mut hall = Hall::of(60).await;
    let both = [hall.process(usual()).await, hall.process(usual()).await];
    let wave = async |hall: &Hall, wave: usize| {
        let taps = (0..20).map(|n| (n, tag(wave * 20 + n + 1)));
        join_all(taps.map(async |(n, spool)| {
            // While Redis is away nothing is done, and a tablet asks again.
            eventually("it is taken", async || hall.take(&both[n % 2], &spool, 101 + n as u32).await.is_ok()).await;
        }))
        .await;
    };
    let mut rotations = hall.rotations();
    wave(&hall, 0).await;
    assert_eq!(hall.rotations(), rotations);
    hall.redis.flushall();
    wave(&hall, 1).await;
    assert_eq!(hall.rotations(), rotations + 1);
    rotations += 1;
    hall.redis.kill9();
    hall.redis.restart();
    wave(&hall, 2).await;
    assert_eq!(hall.rotations(), rotations + 1);
    assert_eq!((both[0].workbook.alarms(), both[1].workbook.alarms()), (0, 0));
    assert_eq!(hall.checked(&[&both[0], &both[1]]).await.changes, 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_run_of_redis_remembers_of_the_fence_is_not_believed() {
    // It may be a replica that lacks the last second, or a file that does.
    let mut hall = Hall::of(2).await;
    hall.redis = RealRedis::with(free_port(), &["--appendonly", "yes", "--appendfsync", "always"]);
    let process = hall.process(usual()).await;
    assert!(hall.take(&process, &tag(1), 101).await.is_ok());
    let rotations = hall.rotations();
    let remembers = |redis: &RealRedis| {
        let leases: Vec<String> = redis.ask(&["KEYS", "spool_sheet_lease:*"]);
        leases.iter().any(|lease| redis.ask::<usize>(&["HEXISTS", lease, "fence"]) == 1)
    };
    // The turn ends a moment after the answer.
    eventually("the turn has ended", async || remembers(&hall.redis)).await;
    hall.redis.kill9();
    hall.redis.restart();
    assert!(remembers(&hall.redis), "it remembers one");
    eventually("it is taken", async || hall.take(&process, &tag(2), 102).await.is_ok()).await;
    assert_eq!(hall.rotations(), rotations + 1);
}

#[test]
fn the_end_of_a_turn_that_arrives_late_does_not_end_the_next_one() {
    let redis = RealRedis::start();
    let run = |script: &str, words: [&str; 3]| -> redis::Value {
        redis.ask(&["EVAL", script, "1", "lease", words[0], words[1], words[2]])
    };
    let (ask, end) = (
        include_str!("../../../../src/workbook/sheets/share/lease_ask.lua"),
        include_str!("../../../../src/workbook/sheets/share/lease_release.lua"),
    );
    let (ours, lasts) = (|told| matches!(told, redis::Value::Array(told) if told[0] == redis::Value::Int(1)), "15000");
    assert!(ours(run(ask, ["a", lasts, "1"])));
    // The server was frozen: the second turn was asked for before the end of the first was heard.
    assert!(ours(run(ask, ["a", lasts, "2"])));
    assert_eq!(run(end, ["a:1", "77", lasts]), redis::Value::Int(0));
    assert!(!ours(run(ask, ["b", lasts, "1"])), "it is still the turn of a");
    assert_eq!(run(end, ["a:2", "78", lasts]), redis::Value::Int(1), "and b waits for it");
    assert!(ours(run(ask, ["b", lasts, "2"])));
}
