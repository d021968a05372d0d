//! Two processes at one door: what is given, taken or counted at one holds at the other.

use super::processes::{lasting, two};
use super::sign_in::take;
use super::{PASSWORD, PIN, Persona, SUPERVISOR, now, register, supervisor, tablet};
use crate::support::{TestPlant, eventually};
use spoolboard::access::Denied;
use spoolboard::domain::WorkerId;
use uuid::Uuid;

fn marta() -> WorkerId {
    WorkerId::new(93).unwrap()
}

/// Both read what was changed last: what was there already is looked at again once a second only.
async fn both_look(one: &TestPlant, two: &TestPlant) {
    for plant in [one, two] {
        register(plant).look().await.unwrap();
    }
}

#[tokio::test]
async fn h4_a_pin_given_at_one_process_lets_her_act_at_the_other_until_she_gets_a_new_one() {
    let redis = lasting();
    let (one, two) = two(&redis).await;
    let (mut device, _) = tablet(&one, "Armado 1").await;
    register(&one).set_pin(marta(), Some(PIN), now(&one)).await.unwrap();
    register(&one).ask_pins(true).await.unwrap();
    both_look(&one, &two).await;
    assert_eq!(take(&device, &two, "MK-0001", 93).await, (401, "PIN_REQUERIDO".into()), "asked for at both");
    let pin = [("trabajador", "93"), ("pin", PIN)];
    assert_eq!(device.form(&two, "/pin", &pin).await.status, 303);
    assert_eq!(take(&device, &one, "MK-0001", 93).await.0, 200, "the very next tap");
    assert_eq!(take(&device, &two, "MK-0002", 94).await, (401, "PIN_REQUERIDO".into()));
    register(&two).set_pin(marta(), Some("295038"), now(&two)).await.unwrap();
    both_look(&one, &two).await;
    assert_eq!(take(&device, &one, "MK-0003", 93).await, (401, "PIN_REQUERIDO".into()), "the session ends with the PIN");
}

#[tokio::test]
async fn h4_wrong_pins_at_two_processes_are_counted_together_and_lock_the_tablet_at_both() {
    let redis = lasting();
    let (one, two) = two(&redis).await;
    let (mut device, id) = tablet(&one, "Armado 1").await;
    let (_, other) = tablet(&one, "Armado 2").await;
    let plants = [&one, &two];
    register(&one).set_pin(marta(), Some(PIN), now(&one)).await.unwrap();
    both_look(&one, &two).await;
    let tried = async |turn: usize, tablet: &str, worker: u32, pin: &str| {
        let plant = plants[turn % 2];
        register(plant).sign_in_worker(WorkerId::new(worker).unwrap(), pin, tablet, now(plant)).await
    };
    let mut looked_at = 0;
    for turn in 0..10 {
        looked_at += u32::from(matches!(tried(turn, &id, 93, "111213").await, Err(Denied::Wrong)));
    }
    assert_eq!(looked_at, 5, "five slips cost nothing, wherever they were");
    // The worker's own meter: five there, ten more on others where she never was.
    for number in 3..=5 {
        let (_, id) = tablet(&one, &format!("Armado {number}")).await;
        both_look(&one, &two).await;
        for turn in 0..5 {
            looked_at += u32::from(matches!(tried(turn, &id, 93, "111213").await, Err(Denied::Wrong)));
        }
    }
    assert_eq!(looked_at, 15, "of one worker so many, on all tablets and at all processes");
    assert!(matches!(tried(1, &other, 93, PIN).await, Err(Denied::Wait(_))), "the meter is one");

    // Twenty within ten minutes lock it: fifteen more, of as many workers.
    one.later(chrono::Duration::minutes(5));
    two.later(chrono::Duration::minutes(5));
    for worker in 101..=115 {
        assert!(matches!(tried(worker as usize, &id, worker, "111213").await, Err(Denied::Wrong)), "{worker}");
    }
    both_look(&one, &two).await;
    for plant in plants {
        let told = device.form(plant, "/pin", &[("trabajador", "93"), ("pin", PIN)]).await;
        assert!(told.status == 403 && told.text.contains("desbloquee"), "{}", told.text);
    }
    let mut boss = supervisor(&two).await;
    assert_eq!(boss.form(&two, "/supervisor/tabletas/desbloquear", &[("id", &id)]).await.status, 303);
    both_look(&one, &two).await;
    assert_eq!(device.form(&one, "/pin", &[("trabajador", "93"), ("pin", PIN)]).await.status, 303, "unlocked at both");
}

#[tokio::test]
async fn h4_a_badge_given_at_one_process_chooses_its_worker_at_the_other_and_is_taken_back_at_both() {
    let redis = lasting();
    let (one, two) = two(&redis).await;
    let (mut device, _) = tablet(&one, "Armado 1").await;
    register(&one).add_badge("CREDENCIAL-0093", marta(), now(&one)).await.unwrap();
    let badge = [("codigo", "CREDENCIAL-0093")];
    assert_eq!(device.form(&two, "/credencial", &badge).await.headers["location"], "/carretes?trabajador=93");
    assert!(matches!(
        register(&two).add_badge("CREDENCIAL-0093", WorkerId::new(94).unwrap(), now(&two)).await,
        Err(Denied::Taken)
    ));
    register(&two).remove_badges(marta()).await.unwrap();
    both_look(&one, &two).await;
    assert_eq!(device.form(&one, "/credencial", &badge).await.status, 400);
}

#[tokio::test]
async fn h4_a_walls_link_made_at_one_process_opens_at_the_other_and_its_successor_ends_it_at_both() {
    let redis = lasting();
    let (one, two) = two(&redis).await;
    let form = Uuid::new_v4();
    let link = register(&one).new_wall_once(form, now(&one)).await.unwrap().unwrap();
    let mut wall = Persona::new();
    let opened = wall.get(&two, &format!("/muro/{link}")).await;
    wall.keep(&opened);
    for plant in [&one, &two] {
        assert_eq!(wall.get(plant, "/kiosko").await.status, 200);
    }
    assert_eq!(register(&two).new_wall_once(form, now(&two)).await.unwrap(), None, "the form makes one at both together");
    let next = register(&two).new_wall(now(&two)).await.unwrap();
    both_look(&one, &two).await;
    for plant in [&one, &two] {
        assert_eq!(wall.get(plant, "/kiosko").await.status, 303);
        assert_eq!(Persona::new().get(plant, &format!("/muro/{next}")).await.status, 200);
    }
}

#[tokio::test]
async fn h4_codes_that_no_tablet_shows_are_counted_together_at_two_processes() {
    let redis = lasting();
    let (one, two) = two(&redis).await;
    let mut answers = Vec::new();
    for turn in 0..12 {
        let plant = [&one, &two][turn % 2];
        // Each by another supervisor, so that none of them waits for his own wrong ones.
        answers.push(register(plant).let_in("BBBBBBBB", "Armado 1", &format!("Supervisora {turn}"), now(plant)).await);
    }
    let wrong = answers.iter().filter(|answer| matches!(answer, Err(Denied::Wrong))).count();
    let waits = answers.iter().filter(|answer| matches!(answer, Err(Denied::Wait(_)))).count();
    assert_eq!((wrong, waits), (10, 2));
}

#[tokio::test]
async fn h4_the_end_of_an_account_at_one_process_ends_its_sessions_at_the_other() {
    let redis = lasting();
    let (one, two) = two(&redis).await;
    let boss = supervisor(&one).await;
    assert_eq!(boss.get(&two, "/supervisor").await.status, 200);
    register(&one).remove_supervisor(SUPERVISOR).await.unwrap();
    // Nobody tells the other one: it looks.
    eventually("he is out", async || boss.get(&two, "/supervisor").await.status == 303).await;
    let again = Persona::new().form(&two, "/entrar", &[("nombre", SUPERVISOR), ("clave", PASSWORD)]).await;
    assert_eq!(again.status, 403, "and does not come in again");
}

#[tokio::test]
async fn h4_a_token_revoked_at_one_process_stays_so_at_the_other_also_when_its_form_is_sent_again_there() {
    let redis = lasting();
    let (one, two) = two(&redis).await;
    let form = Uuid::new_v4();
    let make = async |plant: &TestPlant| register(plant).add_token_once(form, ("robot", true), "x", now(plant)).await.unwrap();
    let token = make(&one).await.unwrap();
    assert_eq!(Persona::token(&token).get(&two, "/api/spools").await.status, 200);
    register(&one).revoke_token(token.split('_').nth(1).unwrap()).await.unwrap();
    assert_eq!(make(&two).await, None);
    eventually("it is none there, too", async || Persona::token(&token).get(&two, "/api/spools").await.status == 401).await;
}
