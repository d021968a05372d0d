//! What one process has written, or read, is soon known to the others.

use super::{Hall, tag, usual};
use crate::live::Stream;
use crate::stand_in::{Google, Held, Method, On, Quota};
use crate::support::google::{BOOK, book_of, seldom};
use crate::support::redis::RealRedis;
use crate::support::shop::order;
use crate::support::{TestPlant, eventually, small_plant};
use spoolboard::workbook::Workbook;
use spoolboard::workbook::sheets::Limits;
use std::collections::HashMap;
use std::time::Duration;

/// Reads often.
fn often() -> Limits {
    Limits { refresh: Duration::from_millis(100), ..seldom() }
}

#[tokio::test]
async fn c10_what_another_process_wrote_is_read_without_waiting_for_the_next_time() {
    let hall = Hall::of(3).await;
    // Neither would read again within the hour.
    let (one, two) = (hall.process(seldom()).await, hall.process(seldom()).await);
    for (number, writer, other) in [(1, &one, &two), (2, &two, &one), (3, &one, &two)] {
        assert!(hall.take(writer, &tag(number), 101).await.is_ok());
        eventually("the other one knows", async || hall.screen("other", other).occupied.len() == number).await;
        assert_eq!(hall.screen("writer", writer).occupied.len(), number);
    }
}

#[tokio::test]
async fn what_the_office_types_and_one_process_finds_the_others_know() {
    let hall = Hall::of(2).await;
    let (_one, two) = (hall.process(often()).await, hall.process(seldom()).await);
    hall.google.human(BOOK, |human| human.types("Operaciones", "Ocupado_Por", 3, "MR(93)"));
    eventually("both know", async || hall.screen("two", &two).occupied.len() == 1).await;
}

#[tokio::test]
async fn i7_a_screen_does_not_wait_for_the_list_of_the_tabs() {
    let hall = Hall::of(1).await;
    let _one = hall.process(often()).await;
    let two = hall.process(Limits { tabs: Duration::ZERO, ..seldom() }).await;
    let mut lists = hall.google.hold(On::Only(Method::Get), Held::BeforeApplying);
    hall.google.human(BOOK, |human| human.types("Operaciones", "Ocupado_Por", 2, "MR(93)"));
    lists.arrived().await;
    assert_eq!(hall.screen("two", &two).occupied, [(tag(1), 93)], "it is there before the tabs are listed");
    lists.open();
}

#[tokio::test]
async fn a_burst_of_changes_is_one_reading_of_the_others() {
    let hall = Hall::of(40).await;
    let (one, two) = (hall.process(seldom()).await, hall.process(seldom()).await);
    let readings = || hall.google.journal().count(Method::ValuesBatchGet.name());
    let (before, begun) = (readings(), hall.google.now());
    for number in 1..=40 {
        assert!(hall.take(&one, &tag(number), 101).await.is_ok());
    }
    eventually("the other one knows", async || hall.screen("two", &two).occupied.len() == 40).await;
    let spent = readings() - before - 40;
    let took = (hall.google.now() - begun).as_secs() as usize;
    assert!(spent <= took + 3, "{spent} readings beside those of the changes, in {took} s");
}

#[tokio::test]
async fn when_somebody_begins_to_look_the_workbook_is_read_at_once() {
    let hall = Hall::of(2).await;
    let process = hall.starting(Limits { idle: Duration::from_secs(3_600), ..often() });
    process.workbook.connected().await;
    hall.google.human(BOOK, |human| human.types("Operaciones", "Ocupado_Por", 3, "MR(93)"));
    eventually("it is read", async || {
        process.workbook.watched();
        hall.screen("it", &process).occupied.len() == 1
    })
    .await;
}

#[tokio::test]
async fn a_process_that_nobody_looks_at_leaves_the_readings_to_the_others() {
    let hall = Hall::of(1).await;
    hall.google.quota(60_000, 60_000);
    let idle = hall.starting(usual());
    idle.workbook.connected().await;
    let before = hall.google.journal().count(Method::ValuesBatchGet.name());
    let watched = hall.process(Limits { refresh: Duration::from_millis(50), ..seldom() }).await;
    let readings = || hall.google.journal().count(Method::ValuesBatchGet.name()) - before;
    eventually("the other one reads on", async || readings() > 20).await;
    hall.google.human(BOOK, |human| human.types("Operaciones", "Ocupado_Por", 2, "MR(93)"));
    eventually("it is seen where somebody looks", async || hall.screen("it", &watched).occupied.len() == 1).await;
    assert_eq!(hall.screen("idle", &idle).occupied, [], "and not where nobody does");
}

#[tokio::test]
async fn locks_are_not_judged_by_rows_that_another_process_has_changed() {
    let hall = Hall::of(1).await;
    let (one, two) = (hall.process(seldom()).await, hall.starting(seldom()));
    two.workbook.connected().await;
    assert!(hall.take(&one, &tag(1), 101).await.is_ok());
    assert_eq!(hall.screen("two", &two).occupied, [], "nobody looks there, and nothing was read");
    assert!(two.workbook.fresh().await);
    assert_eq!(hall.screen("two", &two).occupied, [(tag(1), 101)]);
}

#[tokio::test]
async fn i8_you_have_it_already_is_not_said_by_rows_that_another_process_has_changed() {
    let hall = Hall::of(1).await;
    let (one, two) = (hall.process(seldom()).await, hall.starting(seldom()));
    two.workbook.connected().await;
    assert!(hall.take(&one, &tag(1), 101).await.is_ok());
    assert!(two.workbook.fresh().await);
    assert!(one.plant.pause(order(&tag(1), 101), None).await.is_ok());
    assert_eq!(hall.screen("two", &two).occupied, [(tag(1), 101)], "that is what it knows");
    let done = hall.take(&two, &tag(1), 101).await.unwrap();
    assert!(done.event.is_some(), "it is taken, and not only said to be");
    assert_eq!(hall.screen("two", &two).occupied, [(tag(1), 101)]);
}

/// With the times of production; `--nocapture` says how long it took until both boards showed it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_tapped_or_typed_anywhere_is_on_the_boards_of_both_processes() {
    let (google, redis) = (Google::with(book_of(&small_plant())).await, RealRedis::start());
    let start = async || TestPlant::at_google_within(&google, Some(&redis.url()), Limits::default()).await;
    let both = [start().await, start().await];
    let mut boards = Vec::new();
    for plant in &both {
        eventually("it is ready", async || plant.get("/ready").await.status == 200).await;
        boards.push(Stream::open(plant, "/vivo/tablero").await);
    }
    let mut shown = async |occupied: usize, begun: Duration| {
        for board in &mut boards {
            while !board.named("").await.contains(&format!("id=\"total-ocupados\">{occupied}<")) {}
        }
        println!("{occupied} occupied on both boards {:?} later", google.now() - begun);
    };
    for (number, plant) in [(1, &both[0]), (2, &both[1])] {
        assert_eq!(plant.worker(93).take(&tag(number), "ARM").await.status, 200);
        shown(number, google.now()).await;
    }
    for number in 3..=6 {
        google.human(BOOK, |human| human.types("Operaciones", "Ocupado_Por", number + 1, "MR(93)"));
        shown(number, google.now()).await;
    }
    let journal = google.journal();
    assert!(journal.most_in_a_minute(Quota::Read) <= 60, "{}", journal.most_in_a_minute(Quota::Read));
}

/// While each process is replaced by a newer program, both kinds beat.
#[tokio::test]
async fn a_process_of_an_older_program_counts_and_can_read_the_beats_of_a_newer_one() {
    let (hall, key) = (Hall::of(1).await, format!("spool_sheet_processes:{BOOK}"));
    let (seconds, _): (u64, u64) = hall.redis.ask(&["TIME"]);
    let older = format!("{} 1 5", seconds * 1_000);
    hall.redis.ask::<()>(&["HSET", &key, "older", &older]);
    let newer = hall.starting(seldom());
    newer.workbook.connected().await;
    eventually("the newer one beats", async || hall.redis.ask::<usize>(&["HLEN", &key]) == 2).await;
    let beats: HashMap<String, String> = hall.redis.ask(&["HGETALL", &key]);
    assert_eq!(beats["older"], older, "it is still there");
    let numbers = |beat: &String| beat.split(' ').map(|word| word.parse::<u64>().unwrap()).collect::<Vec<_>>().len();
    assert_eq!(beats.values().map(numbers).collect::<Vec<_>>(), [3, 3], "{beats:?}");
}
