//! The contract of `Tally`, run on every adapter.

use crate::support::redis::RealRedis;
use crate::support::{eventually, morning};
use chrono::Duration;
use spoolboard::tally::{Conflicts, Memory, Outcome, Redis, Tally};

/// What a tally says once it has counted so many in all.
async fn counted(tally: &dyn Tally, all: usize) -> Conflicts {
    eventually("all were counted", async || {
        let day = tally.last_day(morning()).await;
        day.taken + day.conflicts + day.ended == all
    })
    .await;
    tally.last_day(morning()).await
}

async fn i3_a_day_is_counted_by_outcome_and_by_tag(tally: &dyn Tally) {
    tally.note(Outcome::Conflict, "MK-AYER", morning() - Duration::hours(25));
    // Just before it would be no part of the day any more.
    tally.note(Outcome::Taken, "MK-1", morning() - Duration::minutes(24 * 60 - 10));
    for (outcome, tag) in
        [(Outcome::Conflict, "MK-2"), (Outcome::Conflict, "409 ñ"), (Outcome::Conflict, "MK-2"), (Outcome::Ended, "MK-1")]
    {
        tally.note(outcome, tag, morning());
    }
    let day = counted(tally, 5).await;
    assert_eq!((day.taken, day.conflicts, day.ended, day.own), (1, 3, 1, false));
    eventually("by tag", async || tally.last_day(morning()).await.hot == [("MK-2".to_owned(), 2), ("409 ñ".to_owned(), 1)]).await;
    assert_eq!(tally.last_day(morning() + Duration::hours(25)).await, Conflicts::default());
}

#[tokio::test]
async fn i3_the_tally_of_one_process_keeps_the_contract() {
    i3_a_day_is_counted_by_outcome_and_by_tag(&Memory::default()).await;
}

#[tokio::test]
async fn i3_processes_on_one_redis_count_together_and_each_its_own_while_it_is_away() {
    let mut server = RealRedis::start();
    let (one, two) = (Redis::new(server.link()), Redis::new(server.link()));
    i3_a_day_is_counted_by_outcome_and_by_tag(&one).await;
    two.note(Outcome::Conflict, "MK-2", morning());
    assert_eq!(counted(&one, 6).await.hot[0], ("MK-2".to_owned(), 3));
    let keys: Vec<String> = server.ask(&["KEYS", "spool_tally:*"]);
    for key in &keys {
        let left: i64 = server.ask(&["TTL", key]);
        assert!((1..=90_000).contains(&left), "{key} goes by itself: {left}");
    }
    server.kill9();
    eventually("it is away", async || two.last_day(morning()).await.own).await;
    assert_eq!(two.last_day(morning()).await.conflicts, 1);
}
