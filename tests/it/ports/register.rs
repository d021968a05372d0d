//! The contract of `Register`, run on every adapter.

use crate::support::redis::{RealRedis, free_port};
use spoolboard::access::{Access, Denied, Place, Redis, Register, Secret, Sqlite};
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

const NAME: &str = "Elena Toro";
const PASSWORD: &str = "cobre y lluvia 7";

/// A process at this register.
async fn process(register: &Arc<dyn Register>) -> Arc<Access> {
    let access = Access::new(Arc::clone(register), &Secret::new(&"secreto de pruebas ".repeat(3)).unwrap()).unwrap();
    access.look().await.unwrap();
    Arc::new(access)
}

/// How many of so many wrong passwords, tried all at once at two processes, are looked at.
async fn looked_at(processes: &[Arc<Access>; 2], tries: usize, now: i64, on_tablets: bool) -> usize {
    let tries = (0..tries).map(|number| {
        let (access, name) =
            (Arc::clone(&processes[number % 2]), if on_tablets { NAME.into() } else { format!("Nadie {number}") });
        tokio::spawn(async move {
            let tablet = number.to_string();
            let place = if on_tablets { Place::Tablet(&tablet) } else { Place::Anywhere };
            match access.sign_in(&name, "otra clave larga", place, now).await {
                Err(Denied::Wrong) => true,
                Err(Denied::Wait(_) | Denied::Turn(_) | Denied::Busy) => false,
                other => panic!("{:?}", other.err()),
            }
        })
    });
    let mut looked_at = 0;
    for tried in tries.collect::<Vec<_>>() {
        looked_at += usize::from(tried.await.unwrap());
    }
    looked_at
}

async fn sixty_checks_a_minute_and_ten_strangers_at_once(register: Arc<dyn Register>) {
    let processes = [process(&register).await, process(&register).await];
    processes[0].add_supervisor(NAME, PASSWORD, 0).await.unwrap();
    processes[1].look().await.unwrap();
    let now = 1_000_000;
    let strange = looked_at(&processes, 40, now, false).await;
    assert!((5..=10).contains(&strange), "{strange}");
    assert!(matches!(processes[0].sign_in(NAME, PASSWORD, Place::Anywhere, now).await, Err(Denied::Turn(1..=10))));
    for tablet in ["a", "b"] {
        assert!(processes[1].sign_in(NAME, PASSWORD, Place::Tablet(tablet), now).await.is_ok(), "strangers leave places");
    }
    let plant = looked_at(&processes, 40, now, true).await;
    assert!(strange + 2 + plant <= 30, "{strange} and {plant}");
    assert!(processes[0].sign_in(NAME, PASSWORD, Place::Anywhere, now + 60).await.is_ok(), "a minute later there is a place");
}

#[tokio::test]
async fn the_register_in_a_file_keeps_the_contract() {
    let folder = || tempfile::tempdir().unwrap();
    let open = |folder: &tempfile::TempDir| -> Arc<dyn Register> { Arc::new(Sqlite::open(folder.path()).unwrap()) };
    let (one, two, three) = (folder(), folder(), folder());
    an_entry_is_swapped_only_as_it_was_seen(open(&one)).await;
    a_change_is_seen_by_its_number_and_tries_are_not(open(&two)).await;
    of_many_at_once_one_swaps(open(&three)).await;
    sixty_checks_a_minute_and_ten_strangers_at_once(open(&folder())).await;
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
    sixty_checks_a_minute_and_ten_strangers_at_once(open()).await;
    assert!(open().lasting().await.is_ok());
    let forgets = RealRedis::start();
    assert!(Redis::new(forgets.link()).lasting().await.is_err());
}
