//! Several processes at one door, with the register in Redis.

use super::{PASSWORD, Persona, SUPERVISOR, now, register, supervisor, tablet};
use crate::support::redis::{RealRedis, free_port};
use crate::support::{TestPlant, eventually};
use futures_util::StreamExt;
use reqwest::Method;
use spoolboard::access::{Denied, Place};
use std::time::Duration;
use tokio::time::timeout;

pub(super) fn lasting() -> RealRedis {
    RealRedis::with(free_port(), &["--appendonly", "yes"])
}

pub(super) async fn two(redis: &RealRedis) -> (TestPlant, TestPlant) {
    let (one, two) = (TestPlant::enrolled(Some(&redis.url())).await, TestPlant::enrolled(Some(&redis.url())).await);
    register(&one).add_supervisor(SUPERVISOR, PASSWORD, now(&one)).await.unwrap();
    (one, two)
}

#[tokio::test]
async fn h4_who_is_let_in_at_one_process_is_known_at_the_other_at_once() {
    let redis = lasting();
    let (one, two) = two(&redis).await;
    let boss = supervisor(&one).await;
    assert_eq!(boss.get(&two, "/supervisor/tabletas").await.status, 200, "the very next request");
    let (device, _) = tablet(&one, "Armado 1").await;
    assert_eq!(device.get(&two, "/").await.status, 200);
    let token = register(&two).add_token("robot", true, "x", now(&two)).await.unwrap();
    assert_eq!(Persona::token(&token).get(&one, "/api/spools").await.status, 200);
}

#[tokio::test]
async fn h4_a_tablet_revoked_at_one_process_is_out_at_the_other_within_seconds() {
    let redis = lasting();
    let (one, two) = two(&redis).await;
    let (device, id) = tablet(&one, "Armado 1").await;
    let mut stream = device.request(&two, Method::GET, "/vivo/carretes").send().await.unwrap().bytes_stream();
    assert!(stream.next().await.unwrap().is_ok());
    register(&one).revoke(&id).await.unwrap();
    let ended = timeout(Duration::from_secs(5), async { while let Some(Ok(_)) = stream.next().await {} }).await;
    assert!(ended.is_ok(), "the stream goes on");
    eventually("it is out", async || device.get(&two, "/").await.status == 303).await;
}

#[tokio::test]
async fn h4_guesses_at_several_processes_are_counted_together() {
    let redis = lasting();
    let (one, two) = two(&redis).await;
    let mut looked_at = 0;
    for number in 0..10 {
        for plant in [&one, &two] {
            let tried = register(plant).sign_in(SUPERVISOR, &format!("otra clave {number}"), Place::Anywhere, now(plant)).await;
            looked_at += u32::from(matches!(tried, Err(Denied::Wrong)));
        }
    }
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn h4_a_redis_that_would_forget_who_may_come_in_is_refused_in_one_line() {
    let redis = RealRedis::start();
    let said = TestPlant::refused_by(&redis.url()).await;
    assert!(said.contains("CONFIG SET appendonly yes") && said.lines().count() == 1, "{said}");
    assert!(said.contains("o quita REDIS_URL"), "one process alone has another way: {said}");
    assert_eq!(redis.ask::<usize>(&["EXISTS", "spool_access"]), 0, "nothing was put there");
    let evicts = RealRedis::with(free_port(), &["--appendonly", "yes", "--maxmemory-policy", "allkeys-lru"]);
    let said = TestPlant::refused_by(&evicts.url()).await;
    assert!(said.contains("CONFIG SET maxmemory-policy noeviction") && said.lines().count() == 1, "{said}");
    let silent = lasting();
    silent.ask::<()>(&["ACL", "SETUSER", "taller", "on", ">clave-del-taller", "~spool_*", "&*", "+@all", "-info"]);
    let said = TestPlant::refused_by(&silent.url().replace("//", "//taller:clave-del-taller@")).await;
    assert!(said.contains("+info") && said.lines().count() == 1, "{said}");
}

#[tokio::test]
async fn h4_a_redis_that_came_back_empty_lets_nobody_in_and_one_that_kept_it_everybody() {
    let mut redis = lasting();
    let (one, _two) = two(&redis).await;
    let (device, _) = tablet(&one, "Armado 1").await;
    redis.kill9();
    assert_eq!(device.get(&one, "/").await.status, 200, "what was known is believed while Redis is away");
    redis.restart();
    eventually("the register is read again", async || register(&one).look().await.is_ok()).await;
    assert_eq!(device.get(&one, "/").await.status, 200);
    redis.flushall();
    eventually("nobody is known", async || device.get(&one, "/").await.status == 303).await;
}

#[tokio::test]
async fn a_process_that_starts_without_redis_lets_nobody_in_and_says_why_until_it_is_there() {
    let mut redis = lasting();
    redis.kill9();
    let plant = TestPlant::enrolled(Some(&redis.url())).await;
    let page = Persona::new().get(&plant, "/").await;
    assert!(page.status == 503 && page.text.contains("No se puede comprobar quién entra"), "{}", page.status);
    assert_eq!(Persona::new().get(&plant, "/health").await.status, 200);
    redis.restart();
    eventually("the door works", async || Persona::new().get(&plant, "/").await.status == 303).await;
}

#[tokio::test]
async fn h4_while_redis_hangs_whoever_is_not_known_is_told_so_without_one_more_question_to_it() {
    let redis = lasting();
    let (one, _two) = two(&redis).await;
    let boss = supervisor(&one).await;
    let ended = boss.clone();
    assert_eq!(boss.clone().form(&one, "/salir", &[]).await.status, 303);
    let unanswered = || {
        let text = one.running.app.plant.metrics().text();
        let figure = text.lines().find_map(|line| line.strip_prefix("spoolboard_redis_errors_total "));
        figure.unwrap_or_else(|| panic!("{text}")).parse::<u32>().unwrap()
    };
    redis.freeze();
    eventually("it is known that nothing answers", async || register(&one).look().await.is_err()).await;
    let before = unanswered();
    for _ in 0..30 {
        assert_eq!(ended.get(&one, "/supervisor").await.status, 303);
        assert_eq!(Persona::token("spool_00000000_ff").get(&one, "/api/spools").await.status, 401);
    }
    let asked = unanswered() - before;
    assert!(asked < 30, "{asked} questions while sixty requests were answered");
    redis.thaw();
    eventually("it is looked at again", async || register(&one).look().await.is_ok()).await;
    assert_eq!(supervisor(&one).await.get(&one, "/supervisor").await.status, 200);
}
