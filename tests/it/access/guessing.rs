//! Whoever guesses at a supervisor's password, and him whose it is.

use super::{PASSWORD, PIN, Persona, SUPERVISOR, locked_plant, now, register, tablet};
use crate::support::TestPlant;
use chrono::Duration;
use spoolboard::access::{Denied, Place};
use spoolboard::domain::WorkerId;

#[tokio::test]
async fn h4_after_any_thousand_wrong_passwords_the_right_one_works_within_fifteen_minutes() {
    let plant = locked_plant().await;
    let (_, id) = tablet(&plant, "Oficina").await;
    let door = register(&plant);
    let (mut looked_at, mut refused) = (0, 0);
    for number in 0..1_000 {
        match door.sign_in(SUPERVISOR, &format!("clave {number} que no es"), Place::Anywhere, now(&plant)).await {
            Err(Denied::Wrong) => looked_at += 1,
            Err(Denied::Wait(seconds)) if seconds <= 900 => refused += 1,
            other => panic!("{:?}", other.err()),
        }
        if number % 100 == 99 {
            plant.later(Duration::minutes(3));
        }
    }
    println!("of 1,000 wrong passwords {looked_at} were looked at, {refused} refused unseen");
    assert!(looked_at < 20, "{looked_at}");
    assert!(matches!(door.sign_in(SUPERVISOR, PASSWORD, Place::Anywhere, now(&plant)).await, Err(Denied::Wait(_))));
    assert!(
        door.sign_in(SUPERVISOR, PASSWORD, Place::Tablet(&id), now(&plant)).await.is_ok(),
        "who guesses elsewhere keeps nobody from his tablet"
    );
    plant.later(Duration::minutes(15));
    assert!(door.sign_in(SUPERVISOR, PASSWORD, Place::Anywhere, now(&plant)).await.is_ok());
}

#[tokio::test]
async fn h4_whoever_guesses_without_end_keeps_nobody_from_where_he_came_in_before() {
    let plant = TestPlant::enrolled_behind_a_proxy().await;
    register(&plant).add_supervisor(SUPERVISOR, PASSWORD, now(&plant)).await.unwrap();
    let enter = async |from: &str, password: &str| {
        let fields = [("nombre", SUPERVISOR), ("clave", password)];
        Persona::from(from, "https").form(&plant, "/entrar", &fields).await.status
    };
    assert_eq!(enter("192.0.2.7", PASSWORD).await, 303);
    let many_guess = async || {
        for number in 0..30 {
            // Each from an address of its own.
            let status = enter(&format!("198.51.100.{number}"), "no es esta clave").await;
            assert_eq!(status, if number < 10 { 403 } else { 429 }, "{number}");
        }
    };
    many_guess().await;
    assert_eq!(enter("203.0.113.4", PASSWORD).await, 429, "where he never was he has his turn");
    assert_eq!(enter("192.0.2.7", PASSWORD).await, 303);
    plant.later(Duration::days(31));
    many_guess().await;
    assert_eq!(enter("192.0.2.7", PASSWORD).await, 429, "an address is not known for ever");
}

#[tokio::test]
async fn h4_many_guesses_at_once_are_not_all_looked_at() {
    let plant = locked_plant().await;
    let door = register(&plant);
    let guesses = (0..50).map(|number| {
        let door = std::sync::Arc::clone(door);
        let now = now(&plant);
        tokio::spawn(async move {
            matches!(door.sign_in(SUPERVISOR, &format!("otra clave {number}"), Place::Anywhere, now).await, Err(Denied::Wrong))
        })
    });
    let mut looked_at = 0;
    for guess in guesses.collect::<Vec<_>>() {
        looked_at += usize::from(guess.await.unwrap());
    }
    assert!(looked_at <= 5, "{looked_at}");
}

#[tokio::test]
async fn h4_while_guesses_go_on_from_many_addresses_a_supervisor_from_another_one_comes_in_within_fifteen_minutes() {
    let plant = TestPlant::enrolled_behind_a_proxy().await;
    register(&plant).add_supervisor(SUPERVISOR, PASSWORD, now(&plant)).await.unwrap();
    let mut guessers: Vec<Persona> = (0..20).map(|number| Persona::from(&format!("198.51.100.{number}"), "https")).collect();
    let mut round = 0;
    let mut all_guess = async || {
        round += 1;
        for guesser in &mut guessers {
            for name in [SUPERVISOR, &format!("Nadie {round}")] {
                let tried = guesser.form(&plant, "/entrar", &[("nombre", name), ("clave", "no es esta clave")]).await;
                assert!(matches!(tried.status, 403 | 429), "{}", tried.status);
            }
        }
    };
    for _ in 0..5 {
        all_guess().await;
        plant.later(Duration::seconds(10));
    }
    let (mut office, began) = (Persona::from("203.0.113.4", "https"), now(&plant));
    loop {
        // They are always there before him.
        all_guess().await;
        let tried = office.form(&plant, "/entrar", &[("nombre", SUPERVISOR), ("clave", PASSWORD)]).await;
        let waited = now(&plant) - began;
        if tried.status == 303 {
            println!("he came in after {waited} s");
            break;
        }
        let back: i64 = tried.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!(tried.status == 429 && waited + back <= 900, "{} after {waited} s: {back} s more", tried.status);
        // He comes when he was told to, or a little later; they never stop.
        let until = now(&plant) + back + 20;
        while now(&plant) < until {
            plant.later(Duration::seconds(10));
            all_guess().await;
        }
    }
}

#[tokio::test]
async fn h4_tablets_where_a_workers_pin_was_right_guess_no_faster_together_and_keep_her_out_nowhere_on_the_last_one() {
    let plant = locked_plant().await;
    let (door, marta) = (register(&plant), WorkerId::new(93).unwrap());
    door.set_pin(marta, Some(PIN), now(&plant)).await.unwrap();
    let mut tablets = Vec::new();
    for number in 1..=12 {
        tablets.push(tablet(&plant, &format!("Armado {number}")).await.1);
    }
    let enter = async |tablet: &str, pin: &str| {
        // No more than everybody together may.
        plant.later(Duration::seconds(2));
        door.sign_in_worker(marta, pin, tablet, now(&plant)).await
    };
    for tablet in &tablets {
        assert!(enter(tablet, PIN).await.is_ok());
    }
    let (last, others) = tablets.split_last().unwrap();
    let mut looked_at = 0;
    for tablet in others {
        for _ in 0..5 {
            looked_at += u32::from(matches!(enter(tablet, "111213").await, Err(Denied::Wrong)));
        }
    }
    assert_eq!(looked_at, 30);
    let Err(Denied::Wait(seconds)) = enter(&others[10], PIN).await else { panic!("there is a place") };
    assert!(seconds <= 120, "{seconds}");
    assert!(enter(last, PIN).await.is_ok());
    assert!(matches!(enter(last, "111213").await, Err(Denied::Wrong)), "and it is counted there alone");
    assert!(enter(last, PIN).await.is_ok());
    plant.later(Duration::seconds(seconds));
    assert!(enter(&others[10], PIN).await.is_ok(), "there is a place again");
    door.set_pin(marta, Some("295038"), now(&plant)).await.unwrap();
    assert!(enter(&others[0], "295038").await.is_ok(), "a new PIN begins anew");
}
