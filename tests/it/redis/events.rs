//! Events between processes.

use crate::ports::events::{changed, connected};
use crate::ports::locks::{TTL, keys, row, worker};
use crate::support::eventually;
use crate::support::redis::{RealRedis, free_port};
use spoolboard::error::{Error, Service};
use spoolboard::events::{Events, Receiver, Redis};
use spoolboard::locks::{Acquired, Locks};
use spoolboard::redis::Link;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

/// A process that listens already.
async fn process(server: &RealRedis) -> Redis {
    let events = Redis::new(server.link());
    connected(&events).await;
    events
}

/// The number of the next event; `None`: start over.
async fn next(receiver: &mut Receiver) -> Option<u32> {
    match timeout(Duration::from_secs(30), receiver.recv()).await.expect("nothing was told") {
        Ok(event) => {
            let number = event.id.parse().unwrap();
            assert_eq!(event, changed(number));
            Some(number)
        }
        Err(RecvError::Lagged(_)) => None,
        Err(RecvError::Closed) => panic!("the channel ended"),
    }
}

#[tokio::test]
async fn two_processes_hear_each_other_and_themselves_once_and_in_order() {
    let server = RealRedis::start();
    let (one, two) = (process(&server).await, process(&server).await);
    let mut ears = [one.subscribe(), two.subscribe()];
    for number in 0..50 {
        one.publish(changed(number)).await.unwrap();
    }
    for ear in &mut ears {
        for number in 0..50 {
            assert_eq!(next(ear).await, Some(number));
        }
    }
    two.publish(changed(50)).await.unwrap();
    one.publish(changed(51)).await.unwrap();
    // One hears itself at once; so in any order, and each once.
    let mut heard = [next(&mut ears[0]).await, next(&mut ears[0]).await];
    heard.sort();
    assert_eq!(heard, [Some(50), Some(51)]);
    assert_eq!([next(&mut ears[1]).await, next(&mut ears[1]).await], [Some(50), Some(51)]);
}

#[tokio::test]
async fn what_is_published_during_a_cut_is_read_after_it() {
    let server = RealRedis::start();
    let (one, two) = (process(&server).await, process(&server).await);
    let mut ear = two.subscribe();
    for number in 0..5 {
        eventually("a process was cut off", async || server.cut_readers() > 0).await;
        one.publish(changed(number)).await.unwrap();
        assert_eq!(next(&mut ear).await, Some(number), "nothing was missed");
    }
}

#[tokio::test]
async fn e4_a_process_that_missed_something_starts_over() {
    let mut server = RealRedis::start();
    let (one, two) = (process(&server).await, process(&server).await);
    let mut ear = two.subscribe();
    one.publish(changed(1)).await.unwrap();
    assert_eq!(next(&mut ear).await, Some(1));

    server.flushall();
    assert_eq!(next(&mut ear).await, None, "the stream is gone");

    server.ask::<()>(&["XTRIM", "spool_events", "MAXLEN", "0"]);
    one.publish(changed(1)).await.unwrap();
    assert_eq!(next(&mut ear).await, None, "trimmed past us");

    server.kill9();
    server.restart();
    assert_eq!(next(&mut ear).await, None, "restarted empty");
    // What was published before it listened again is in the snapshot; what comes after is told.
    eventually("it hears the other again", async || {
        let _ = one.publish(changed(2)).await;
        matches!(timeout(Duration::from_millis(100), ear.recv()).await, Ok(Ok(event)) if event == changed(2))
    })
    .await;
}

#[tokio::test]
async fn without_redis_the_own_screens_are_told_and_the_others_start_over_later() {
    let port = free_port();
    let mut server = RealRedis::with(port, &[]);
    let (one, two) = (process(&server).await, process(&server).await);
    let (mut here, mut there) = (one.subscribe(), two.subscribe());
    one.publish(changed(1)).await.unwrap();
    assert_eq!((next(&mut here).await, next(&mut there).await), (Some(1), Some(1)));
    server.freeze();
    let answer = timeout(Duration::from_secs(20), one.publish(changed(2))).await.expect("it hangs");
    assert!(matches!(answer, Err(Error::Unavailable { service: Service::Events, .. })));
    assert_eq!(next(&mut here).await, Some(2), "the change stands");
    server.thaw();
    // Carried out late or not at all: in either case the other process learns that it missed something.
    while next(&mut there).await.is_some() {}
    server.kill9();
    assert!(one.publish(changed(3)).await.is_err());
    while next(&mut here).await != Some(3) {}
}

#[tokio::test]
async fn what_another_program_writes_into_the_stream_makes_the_screens_start_over() {
    let server = RealRedis::start();
    let events = process(&server).await;
    let mut ear = events.subscribe();
    server.ask::<String>(&["XADD", "spool_events", "*", "changed", "no event"]);
    assert_eq!(next(&mut ear).await, None);
    events.publish(changed(1)).await.unwrap();
    assert_eq!(next(&mut ear).await, Some(1));
}

#[tokio::test]
async fn e2_many_screens_and_transitions_take_few_connections() {
    let server = RealRedis::start();
    let link: Link = server.link();
    let (locks, events) = (spoolboard::locks::Redis::new(link.clone(), TTL), Redis::new(link));
    connected(&events).await;
    let (locks, events) = (Arc::new(locks), Arc::new(events));
    let screens: Vec<_> = (0..200)
        .map(|_| {
            let mut ear = events.subscribe();
            tokio::spawn(async move {
                for _ in 0..50 {
                    assert!(next(&mut ear).await.is_some());
                }
            })
        })
        .collect();
    let rows: Vec<_> = (0..50).map(|number| row(&format!("MK-{number}"), "1")).collect();
    let taps: Vec<_> = keys(&rows)
        .into_iter()
        .zip(0u32..)
        .map(|(key, number)| {
            let (locks, events) = (Arc::clone(&locks), Arc::clone(&events));
            tokio::spawn(async move {
                let Acquired::New(lock) = locks.acquire(&key, worker(1 + number)).await.unwrap() else { panic!("it was free") };
                events.publish(changed(number)).await.unwrap();
                assert!(locks.release(&lock).await.unwrap());
            })
        })
        .collect();
    for task in taps.into_iter().chain(screens) {
        task.await.unwrap();
        assert!(server.connections() <= 4);
    }
}
