//! What happens to the locks when something happens to the server.

use super::{answered, asked, locks, refused, taken};
use crate::ports::locks::{TTL, key, worker};
use crate::support::eventually;
use crate::support::proxy::Proxy;
use crate::support::redis::{RealRedis, free_port};
use spoolboard::locks::{Acquired, Locks, Redis};
use spoolboard::redis::Link;
use std::time::Duration;
use tokio::time::{interval, timeout};

#[tokio::test]
async fn e1_without_redis_a_process_starts_and_refuses_and_comes_back_by_itself() {
    let port = free_port();
    let locks = Redis::new(Link::open(&format!("redis://127.0.0.1:{port}")).unwrap(), TTL);
    for _ in 0..5 {
        assert!(refused(&asked(&locks, 93).await), "never degraded to unlocked");
    }
    assert!(locks.health().await.latency.is_err());
    let _server = RealRedis::with(port, &[]);
    taken(&locks, 93).await;
    eventually("health says so", async || locks.health().await.latency.is_ok()).await;
}

#[tokio::test]
async fn a_server_killed_and_restarted_empty_is_used_again() {
    let mut server = RealRedis::start();
    let locks = locks(&server);
    taken(&locks, 93).await;
    for round in 0..3 {
        server.kill9();
        for _ in 0..5 {
            assert!(refused(&asked(&locks, 94).await), "round {round}");
        }
        eventually("health says so", async || locks.health().await.latency.is_err()).await;
        server.restart();
        // The locks went with the server: making them anew from the rows is the plant's part.
        taken(&locks, 94).await;
    }
}

#[tokio::test]
async fn a_frozen_server_hangs_no_request_and_is_used_again_when_it_thaws() {
    let server = RealRedis::start();
    let locks = locks(&server);
    let lock = taken(&locks, 93).await;
    server.freeze();
    let mut looks = interval(Duration::from_millis(200));
    let asking = async {
        loop {
            looks.tick().await;
            assert!(refused(&asked(&locks, 94).await));
            assert!(locks.holders().await.is_err(), "and not: there are no locks");
            assert!(locks.holder(&key()).await.is_err());
        }
    };
    // Frozen for ten seconds; what is asked at their end is hung up on.
    assert!(timeout(Duration::from_secs(10), asking).await.is_err());
    assert!(locks.health().await.latency.is_err());
    server.thaw();
    let Acquired::Theirs(holder) = answered(&locks, 94).await else { panic!("the lock was lost") };
    assert_eq!(holder.token.worker, worker(93));
    assert!(locks.release(&lock).await.unwrap());
}

#[tokio::test]
async fn a_connection_that_was_lost_in_silence_is_replaced() {
    let server = RealRedis::start();
    let proxy = Proxy::before(server.port()).await;
    let locks = Redis::new(Link::open(&format!("redis://127.0.0.1:{}", proxy.port)).unwrap(), TTL);
    taken(&locks, 93).await;
    proxy.cut();
    assert!(refused(&asked(&locks, 94).await));
    proxy.mend();
    assert!(matches!(answered(&locks, 94).await, Acquired::Theirs(_)));
    eventually("health says so", async || locks.health().await.latency.is_ok()).await;
}

#[tokio::test]
async fn a_master_that_was_demoted_is_noticed_and_is_used_again_when_promoted() {
    let server = RealRedis::start();
    let locks = locks(&server);
    taken(&locks, 93).await;
    let nowhere = free_port().to_string();
    for _ in 0..3 {
        server.ask::<()>(&["REPLICAOF", "127.0.0.1", &nowhere]);
        assert!(refused(&asked(&locks, 94).await));
        eventually("health says so", async || locks.health().await.latency.is_err()).await;
        let why = locks.health().await.latency.unwrap_err().to_lowercase();
        assert!(why.contains("read") && why.contains("only"), "{why}");
        server.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
        assert!(matches!(answered(&locks, 94).await, Acquired::Theirs(_)));
    }
}

#[tokio::test]
async fn a_flush_frees_the_locks_and_no_stale_proof_harms_the_next_holder() {
    let server = RealRedis::start();
    let locks = locks(&server);
    let old = taken(&locks, 93).await;
    server.flushall();
    assert!(!locks.extend(&key(), worker(93)).await.unwrap());
    taken(&locks, 94).await;
    assert!(!locks.release(&old).await.unwrap());
    // The scripts are loaded anew where the server has forgotten them.
    server.ask::<()>(&["SCRIPT", "FLUSH"]);
    assert!(locks.extend(&key(), worker(94)).await.unwrap());
}

#[tokio::test]
async fn a_lock_got_by_a_command_that_timed_out_is_the_askers_own() {
    let server = RealRedis::start();
    let locks = locks(&server);
    taken(&locks, 93).await;
    server.flushall();
    // Longer than an answer is waited for, shorter than the request may take.
    server.ask::<()>(&["CLIENT", "PAUSE", "2600", "ALL"]);
    assert!(matches!(asked(&locks, 94).await, Ok(Acquired::New(_))), "the second sending met the first one's token");
    assert_eq!(locks.holders().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_no_lock_is_never_taken_for_a_free_one_nor_hides_the_others() {
    let server = RealRedis::start();
    let locks = locks(&server);
    taken(&locks, 93).await;
    server.ask::<()>(&["SET", "spool_lock:OTRO", "x"]);
    server.ask::<()>(&["LPUSH", "spool_lock:LISTA", "x"]);
    server.ask::<()>(&["SET", "spool_other", "x"]);
    let held = locks.holders().await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].0, key());
    for stray in [&["SET"][..], &["LPUSH"]] {
        server.flushall();
        server.ask::<()>(&[stray[0], key().as_str(), "x"]);
        assert!(refused(&asked(&locks, 93).await));
        assert!(locks.holder(&key()).await.is_err());
    }
}

#[tokio::test]
async fn the_age_of_a_lock_is_what_is_gone_of_its_ttl() {
    let server = RealRedis::start();
    let locks = locks(&server);
    taken(&locks, 93).await;
    let left: i64 = server.ask(&["PTTL", key().as_str()]);
    assert!(left > 0 && left <= i64::try_from(TTL.as_millis()).unwrap());
    let hour_old = Duration::from_secs(3_000);
    server.ask::<()>(&["PEXPIRE", key().as_str(), "600000"]);
    let Acquired::Theirs(seen) = answered(&locks, 94).await else { panic!("it has a holder") };
    let asked = locks.holder(&key()).await.unwrap().unwrap();
    let listed = locks.holders().await.unwrap().remove(0).1;
    assert!([&seen, &asked, &listed].iter().all(|holder| holder.age >= hour_old && holder.age < TTL));
    assert!(matches!(answered(&locks, 93).await, Acquired::Yours(_)));
    assert!(locks.holder(&key()).await.unwrap().unwrap().age < hour_old, "asking again gives it a full TTL");
    server.ask::<()>(&["PERSIST", key().as_str()]);
    assert_eq!(locks.holder(&key()).await.unwrap().unwrap().age, TTL, "one without expiry counts as old");
}
