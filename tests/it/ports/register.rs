//! The contract of `Register`, run on every adapter.

use crate::support::redis::{RealRedis, free_port};
use spoolboard::access::{Redis, Register, Sqlite};
use std::sync::Arc;

async fn an_entry_is_swapped_only_as_it_was_seen(register: Arc<dyn Register>) {
    assert_eq!(register.get("device/a").await.unwrap(), None);
    assert!(!register.swap("device/a", Some("{}"), Some("{1}")).await.unwrap(), "nothing is not something");
    assert!(register.swap("device/a", None, Some("uno «ñ» \"x\"")).await.unwrap());
    assert!(!register.swap("device/a", None, Some("dos")).await.unwrap(), "it is there already");
    assert_eq!(register.get("device/a").await.unwrap().as_deref(), Some("uno «ñ» \"x\""));
    assert!(register.swap("device/a", Some("uno «ñ» \"x\""), Some("dos")).await.unwrap());
    assert!(register.swap("device/a", Some("dos"), None).await.unwrap());
    assert!(!register.swap("device/a", Some("dos"), None).await.unwrap(), "it is gone");
    assert_eq!(register.get("device/a").await.unwrap(), None);
}

async fn a_change_is_seen_by_its_number_and_tries_are_not(register: Arc<dyn Register>) {
    let (before, _) = register.all().await.unwrap();
    assert!(register.swap("token/a", None, Some("1")).await.unwrap());
    let (after, entries) = register.all().await.unwrap();
    assert_ne!(before, after);
    assert_eq!((register.number().await.unwrap(), entries), (after, vec![("token/a".to_owned(), "1".to_owned())]));
    assert!(register.swap("tries/a", None, Some("1")).await.unwrap());
    assert!(!register.swap("token/a", Some("otro"), Some("2")).await.unwrap());
    let (quiet, entries) = register.all().await.unwrap();
    assert_eq!((quiet, entries.len()), (after, 1), "nobody reads everything again for a try");
    assert_eq!(register.get("tries/a").await.unwrap().as_deref(), Some("1"));
}

async fn of_many_at_once_one_swaps(register: Arc<dyn Register>) {
    let swaps: Vec<_> = (0..30)
        .map(|number| {
            let register = Arc::clone(&register);
            tokio::spawn(async move { register.swap("pairing/x", None, Some(&format!("{}", number % 3))).await.unwrap() })
        })
        .collect();
    let mut swapped = 0;
    for swap in swaps {
        swapped += u32::from(swap.await.unwrap());
    }
    assert_eq!(swapped, 1, "also when several put the same");
}

#[tokio::test]
async fn the_register_in_a_file_keeps_the_contract() {
    let folder = || tempfile::tempdir().unwrap();
    let open = |folder: &tempfile::TempDir| -> Arc<dyn Register> { Arc::new(Sqlite::open(folder.path()).unwrap()) };
    let (one, two, three) = (folder(), folder(), folder());
    an_entry_is_swapped_only_as_it_was_seen(open(&one)).await;
    a_change_is_seen_by_its_number_and_tries_are_not(open(&two)).await;
    of_many_at_once_one_swaps(open(&three)).await;
    assert!(open(&three).get("pairing/x").await.unwrap().is_some(), "it lasts");
    assert!(open(&three).lasting().await.is_ok());
}

#[tokio::test]
async fn the_register_in_redis_keeps_the_contract() {
    let server = RealRedis::with(free_port(), &["--appendonly", "yes"]);
    let open = || -> Arc<dyn Register> {
        server.flushall();
        Arc::new(Redis::new(server.link()))
    };
    an_entry_is_swapped_only_as_it_was_seen(open()).await;
    a_change_is_seen_by_its_number_and_tries_are_not(open()).await;
    of_many_at_once_one_swaps(open()).await;
    assert!(open().lasting().await.is_ok());
    let forgets = RealRedis::start();
    assert!(Redis::new(forgets.link()).lasting().await.is_err());
}
