//! The use cases, on the embedded adapters.

use crate::support::shop::{Shop, TTL, order, ready, worker};
use chrono::Duration;
use spoolboard::domain::reconcile::IN_FLIGHT;
use spoolboard::domain::{Action, Cell, Column, Inspection, Mandate, Mend, Operation, Progress, Refusal};
use spoolboard::error::Error;
use spoolboard::locks::{Acquired, LockKey, Locks};
use spoolboard::plant::{Mending, Order};
use std::sync::Arc;
use uuid::Uuid;

const TAG: &str = "MK-1335-CW-25238-011";

async fn one() -> Shop {
    Shop::with(vec![ready(TAG)]).await
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => *refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn mending(reason: &str) -> Mending {
    let mandate = Mandate { supervisor: "Rosa Silva".into(), reason: reason.into(), seen: None };
    Mending { spool: TAG.into(), mandate, id: Uuid::new_v4() }
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_fifty_workers_take_one_spool_and_exactly_one_gets_it() {
    let shop = one().await;
    let tries: Vec<_> = (0..50)
        .map(|index| {
            let plant = shop.plant.clone();
            tokio::spawn(async move { plant.take(order(TAG, 93 + index % 5), Operation::Arm, false).await })
        })
        .collect();
    let mut landed = 0;
    for tried in tries {
        match tried.await.unwrap() {
            Ok(done) => landed += usize::from(done.event.is_some()),
            Err(Error::Refused(refusal)) => {
                assert!(matches!(*refusal, Refusal::Occupied { .. } | Refusal::BeingTaken { .. }), "{refusal:?}");
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((landed, shop.audited().await), (1, 1));
}

#[tokio::test]
async fn d1_without_a_common_lock_the_row_still_lets_only_one_in() {
    let shop = one().await;
    let other = Shop::on(Arc::clone(&shop.workbook), shop.time.clone());
    let (first, second) = tokio::join!(
        shop.plant.take(order(TAG, 93), Operation::Arm, false),
        other.plant.take(order(TAG, 94), Operation::Arm, false)
    );
    let (won, lost) = if first.is_ok() { (first, second) } else { (second, first) };
    let owner = won.unwrap().spool.occupation.clone().unwrap();
    let Refusal::Occupied { holder, .. } = refusal(lost) else { panic!() };
    assert_eq!(holder.name, owner.name, "the loser is told who won");
    assert_eq!(shop.audited().await, 1);
}

#[tokio::test]
async fn c4_a_take_can_be_paused_at_once() {
    let shop = one().await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    let done = shop.plant.pause(order(TAG, 93), Some("falta material".into())).await.unwrap();
    assert_eq!(done.spool.arm.progress, Some(Progress::Paused));
    assert_eq!(done.event.unwrap().notes.reason.as_deref(), Some("falta material"));
    assert!(shop.locks.holders().await.unwrap().is_empty());
}

#[tokio::test]
async fn d2_a_paused_spool_is_free_for_the_next_a_hundred_times() {
    let shop = one().await;
    for round in 0..100 {
        let id = 93 + round % 3;
        shop.plant.take(order(TAG, id), Operation::Arm, false).await.unwrap();
        shop.plant.pause(order(TAG, id), None).await.unwrap();
    }
    assert_eq!(shop.audited().await, 200);
}

#[tokio::test]
async fn d3_the_owner_completes_after_nine_hours_without_his_lock_and_nobody_else_can() {
    let shop = one().await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    shop.time.pass(Duration::hours(9));
    let later = Shop::on(Arc::clone(&shop.workbook), shop.time.clone());
    assert!(later.locks.holders().await.unwrap().is_empty());
    let other = refusal(later.plant.complete(order(TAG, 94), None).await);
    assert!(matches!(other, Refusal::NotOwner { .. }), "{other:?}");
    let done = later.plant.complete(order(TAG, 93), None).await.unwrap();
    assert_eq!(done.spool.arm.progress, Some(Progress::Done));
}

#[tokio::test]
async fn the_same_operation_id_answers_with_the_first_result() {
    let shop = one().await;
    let take = order(TAG, 93);
    let first = shop.plant.take(take.clone(), Operation::Arm, false).await.unwrap();
    let again = shop.plant.take(take, Operation::Arm, false).await.unwrap();
    assert_eq!(again.event.unwrap().id, first.event.unwrap().id);
    let pause = order(TAG, 93);
    shop.plant.pause(pause.clone(), None).await.unwrap();
    let again = shop.plant.pause(pause.clone(), None).await.unwrap();
    assert_eq!(again.event.unwrap().id, pause.id, "not 410, although the occupation has ended");
    assert_eq!(shop.audited().await, 2);
    let other = refusal(shop.plant.take(pause, Operation::Arm, false).await);
    assert_eq!(other, Refusal::KeyReused);
}

#[tokio::test]
async fn g6_five_quick_taps_are_one_change() {
    let shop = one().await;
    let take = order(TAG, 93);
    let taps = futures_util::future::join_all((0..5).map(|_| shop.plant.take(take.clone(), Operation::Arm, false))).await;
    assert!(taps.iter().all(Result::is_ok), "{taps:?}");
    assert_eq!(shop.audited().await, 1);
}

#[tokio::test]
async fn a_use_case_that_has_begun_ends_although_the_tablet_hung_up() {
    let shop = one().await;
    let plant = shop.plant.clone();
    let mut take = Box::pin(async move { plant.take(order(TAG, 93), Operation::Arm, false).await });
    // One poll starts it; the drop is the tablet hanging up.
    assert!(futures_util::poll!(&mut take).is_pending());
    drop(take);
    shop.plant.finish().await;
    assert_eq!(shop.spool(TAG).occupation.as_ref().map(|owner| owner.worker), Some(worker(93)));
}

#[tokio::test]
async fn the_lock_of_a_freed_spool_goes_with_its_occupation_and_nobody_elses_does() {
    let shop = one().await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    shop.plant.mend(mending("fin de turno"), Mend::Release).await.unwrap();
    assert!(shop.locks.holders().await.unwrap().is_empty());

    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    let key = LockKey::of(&shop.spool(TAG));
    let his = shop.locks.holder(&key).await.unwrap().unwrap();
    shop.locks.remove(&key, &his).await.unwrap();
    // His lock was lost, and another one's TAKE is on its way.
    assert!(matches!(shop.locks.acquire(&key, worker(94)).await.unwrap(), Acquired::New(_)));
    shop.plant.mend(mending("fin de turno"), Mend::Release).await.unwrap();
    assert_eq!(shop.locks.holder(&key).await.unwrap().map(|holder| holder.token.worker), Some(worker(94)));
}

#[tokio::test]
async fn an_occupation_that_ended_says_how() {
    let shop = one().await;
    let ended = async |how: &str| match refusal(shop.plant.pause(order(TAG, 93), None).await) {
        Refusal::Ended { ending, .. } => assert_eq!(ending.by.map(|event| event.event_type.clone()).as_deref(), Some(how)),
        other => panic!("{other:?}"),
    };
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    shop.plant.pause(order(TAG, 93), None).await.unwrap();
    ended("PAUSAR_SPOOL").await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    shop.plant.mend(mending("cambio de turno"), Mend::Release).await.unwrap();
    ended("LIBERAR_SPOOL").await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    shop.time.pass(Duration::hours(13));
    shop.plant.take(order(TAG, 94), Operation::Arm, true).await.unwrap();
    ended("TOMAR_SPOOL").await;
}

#[tokio::test]
async fn a_vencida_occupation_is_taken_over_only_when_confirmed() {
    let shop = one().await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    let early = refusal(shop.plant.take(order(TAG, 94), Operation::Arm, true).await);
    assert!(matches!(early, Refusal::Occupied { relief: false, .. }), "{early:?}");
    shop.time.pass(Duration::hours(13));
    let unconfirmed = refusal(shop.plant.take(order(TAG, 94), Operation::Arm, false).await);
    assert!(matches!(unconfirmed, Refusal::Occupied { relief: true, .. }), "{unconfirmed:?}");
    let done = shop.plant.take(order(TAG, 94), Operation::Arm, true).await.unwrap();
    assert_eq!(done.event.unwrap().notes.previous, Some(worker(93)));
    let holder = shop.locks.holder(&LockKey::of(&shop.spool(TAG))).await.unwrap().unwrap();
    assert_eq!(holder.token.worker, worker(94), "the lock was handed over");
}

#[tokio::test(start_paused = true)]
async fn a_lock_on_its_way_is_respected_and_one_left_over_is_not() {
    let shop = one().await;
    let key = LockKey::of(&shop.spool(TAG));
    assert!(matches!(shop.locks.acquire(&key, worker(94)).await, Ok(Acquired::New(_))));
    let told = refusal(shop.plant.take(order(TAG, 93), Operation::Arm, false).await);
    assert_eq!(told, Refusal::BeingTaken { tag: shop.spool(TAG).tag().clone(), name: "Juan Carlos Pérez López".into() });
    tokio::time::advance(IN_FLIGHT + std::time::Duration::from_secs(1)).await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_owner_gets_past_a_foreign_token_that_stays() {
    let shop = one().await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    let key = LockKey::of(&shop.spool(TAG));
    let own = shop.locks.holder(&key).await.unwrap().unwrap();
    shop.locks.seize(&key, &own, worker(95)).await.unwrap().unwrap();
    let done = shop.plant.pause(order(TAG, 93), None).await.unwrap();
    assert!(done.spool.occupation.is_none(), "the row said that it was his");
    assert_eq!(shop.locks.holder(&key).await.unwrap().unwrap().token.worker, worker(95), "the foreign lock is not ours to end");
}

#[tokio::test(start_paused = true)]
async fn locks_follow_rows() {
    let free = "MK-1335-CW-25238-012";
    let shop = Shop::with(vec![ready(TAG), ready(free), ready("MK-1335-CW-25238-013")]).await;
    for tag in [TAG, "MK-1335-CW-25238-013"] {
        shop.plant.take(order(tag, 93), Operation::Arm, false).await.unwrap();
    }
    let restarted = Shop::on(Arc::clone(&shop.workbook), shop.time.clone());
    let locks = &restarted.locks;
    assert_eq!(restarted.plant.reconcile().await.unwrap().created, 2, "a restarted process knows no locks");
    locks.acquire(&LockKey::of(&shop.spool(free)), worker(94)).await.unwrap();
    let key = LockKey::of(&shop.spool(TAG));
    let own = locks.holder(&key).await.unwrap().unwrap();
    locks.seize(&key, &own, worker(95)).await.unwrap().unwrap();
    assert_eq!(restarted.plant.reconcile().await.unwrap(), Default::default(), "what is young may be on its way");
    tokio::time::advance(IN_FLIGHT + std::time::Duration::from_secs(1)).await;
    let did = restarted.plant.reconcile().await.unwrap();
    assert_eq!((did.created, did.replaced, did.removed), (0, 1, 1));
    assert_eq!(locks.holder(&key).await.unwrap().unwrap().token.worker, worker(93));
}

#[tokio::test(start_paused = true)]
async fn d3_the_keeper_keeps_the_lock_of_a_whole_shift() {
    let shop = one().await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    let key = LockKey::of(&shop.spool(TAG));
    let token = shop.locks.holder(&key).await.unwrap().unwrap().token;
    let stop = tokio_util::sync::CancellationToken::new();
    let plant = shop.plant.clone();
    let keeper = tokio::spawn({
        let stop = stop.clone();
        async move { plant.keep_locks(TTL, stop).await }
    });
    for _ in 0..(9 * 4) {
        tokio::time::advance(TTL / 4).await;
        // Let the keeper's tick run before the next quarter of an hour.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
    }
    assert_eq!(shop.locks.holder(&key).await.unwrap().map(|holder| holder.token), Some(token));
    stop.cancel();
    keeper.await.unwrap();
}

#[tokio::test]
async fn many_are_taken_at_once_with_a_verdict_each() {
    let tags: Vec<String> = (0..10).map(|number| format!("MK-1335-CW-25238-{number:03}")).collect();
    let shop = Shop::with(tags.iter().map(|tag| ready(tag)).collect()).await;
    for tag in &tags[..3] {
        shop.plant.take(order(tag, 94), Operation::Arm, false).await.unwrap();
    }
    let verdicts = shop.plant.take_many(order("", 93), tags.clone(), Operation::Arm).await;
    assert_eq!(verdicts.iter().filter(|verdict| verdict.is_ok()).count(), 7);
    for verdict in verdicts.into_iter().take(3) {
        assert!(matches!(refusal(verdict), Refusal::Occupied { holder, .. } if holder.name == "Juan Carlos Pérez López"));
    }
}

#[tokio::test]
async fn deshacer_gives_back_what_was_and_the_lock_follows() {
    let shop = one().await;
    let take = order(TAG, 93);
    shop.plant.take(take.clone(), Operation::Arm, false).await.unwrap();
    let done = shop.plant.undo(order(TAG, 93), take.id).await.unwrap();
    assert_eq!((done.spool.arm.progress, done.spool.occupation.clone()), (Some(Progress::Pending), None));
    assert!(shop.locks.holders().await.unwrap().is_empty());
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    let complete = order(TAG, 93);
    shop.plant.complete(complete.clone(), None).await.unwrap();
    let foreign = refusal(shop.plant.undo(order(TAG, 94), complete.id).await);
    assert!(matches!(foreign, Refusal::NotYours { .. }), "{foreign:?}");
    let done = shop.plant.undo(order(TAG, 93), complete.id).await.unwrap();
    assert_eq!(done.spool.arm.progress, Some(Progress::InProgress));
    assert_eq!(shop.locks.holders().await.unwrap().len(), 1, "his again");
    let late = refusal(shop.plant.undo(order(TAG, 93), complete.id).await);
    assert!(matches!(late, Refusal::ChangedSince { .. }), "{late:?}");
}

#[tokio::test]
async fn a_spool_goes_the_whole_way_through_three_pairs_of_hands() {
    let shop = one().await;
    let plant = &shop.plant;
    plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    plant.pause(order(TAG, 93), None).await.unwrap();
    plant.take(order(TAG, 94), Operation::Arm, false).await.unwrap();
    plant.complete(order(TAG, 94), None).await.unwrap();
    plant.take(order(TAG, 20), Operation::Sold, false).await.unwrap();
    plant.complete(order(TAG, 20), None).await.unwrap();
    for cycle in 1..=2 {
        let done = plant.inspect(order(TAG, 30), false).await.unwrap();
        assert_eq!((done.spool.inspection, done.spool.cycle), (Some(Inspection::Rejected), cycle));
        plant.take(order(TAG, 50), Operation::Repair, false).await.unwrap();
        plant.complete(order(TAG, 50), None).await.unwrap();
    }
    let done = plant.inspect(order(TAG, 30), false).await.unwrap();
    assert_eq!(done.spool.inspection, Some(Inspection::Blocked));
    assert!(matches!(refusal(plant.take(order(TAG, 50), Operation::Repair, false).await), Refusal::Blocked { .. }));
    plant.mend(mending("autorizado por ingeniería"), Mend::Unblock).await.unwrap();
    plant.take(order(TAG, 50), Operation::Repair, false).await.unwrap();
    plant.complete(order(TAG, 50), None).await.unwrap();
    let done = plant.inspect(order(TAG, 30), true).await.unwrap();
    assert_eq!(done.spool.inspection, Some(Inspection::Approved));
    assert_eq!(done.spool.row[Column::Detail], Cell::text("METROLOGIA APROBADO ✓"));
    let actions: Vec<Action> = done.spool.events.iter().map(|event| event.action).collect();
    assert_eq!(shop.audited().await, actions.len());
    assert_eq!(actions.iter().filter(|action| **action == Action::Unblock).count(), 1);
    assert!(shop.locks.holders().await.unwrap().is_empty());
}

#[tokio::test]
async fn d16_an_unknown_or_inactive_worker_writes_nothing() {
    let shop = one().await;
    assert_eq!(refusal(shop.plant.take(order(TAG, 99_999), Operation::Arm, false).await), Refusal::UnknownWorker { id: 99_999 });
    assert!(matches!(refusal(shop.plant.take(order(TAG, 60), Operation::Arm, false).await), Refusal::InactiveWorker { .. }));
    assert!(matches!(refusal(shop.plant.take(order("MK-NADA", 93), Operation::Arm, false).await), Refusal::UnknownSpool { .. }));
    assert_eq!(shop.audited().await, 0);
}

#[tokio::test]
async fn b7_an_act_on_the_second_of_two_rows_never_changes_the_first() {
    let mut second = ready(TAG);
    second.push((Column::Ot, Cell::text("1400")));
    let shop = Shop::with(vec![ready(TAG), second]).await;
    let Refusal::AmbiguousTag { candidates, .. } = refusal(shop.plant.take(order(TAG, 93), Operation::Arm, false).await) else {
        panic!()
    };
    assert_eq!(candidates.iter().map(|row| row.ot.as_str()).collect::<Vec<_>>(), ["1335", "1400"]);
    let ask = Order { spool: candidates[1].id.to_string(), ..order("", 93) };
    shop.plant.take(ask, Operation::Arm, false).await.unwrap();
    let first = Order { spool: candidates[0].id.to_string(), ..order("", 94) };
    shop.plant.take(first, Operation::Arm, false).await.unwrap();
    let owners: Vec<_> = shop.plant.view().spools.iter().map(|spool| spool.occupation.as_ref().unwrap().worker.get()).collect();
    assert_eq!(owners, [94, 93]);
}

#[tokio::test]
async fn who_may_not_act_at_all_is_told_so_before_he_is_asked_to_choose_a_row() {
    let mut second = ready(TAG);
    second.push((Column::Ot, Cell::text("1400")));
    let shop = Shop::with(vec![ready(TAG), second]).await;
    let ask = async |tag: &str, id| refusal(shop.plant.take(order(tag, id), Operation::Arm, false).await);
    assert_eq!(ask(TAG, 99_999).await, Refusal::UnknownWorker { id: 99_999 });
    assert!(matches!(ask(TAG, 60).await, Refusal::InactiveWorker { .. }));
    assert!(matches!(ask("MK-NADA", 60).await, Refusal::UnknownSpool { .. }));
    assert!(matches!(ask(TAG, 93).await, Refusal::AmbiguousTag { .. }));
}

#[tokio::test]
async fn a1_the_completion_is_stored_as_a_true_date() {
    let shop = one().await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    shop.plant.complete(order(TAG, 93), None).await.unwrap();
    let stored = shop.workbook.read_all().await.unwrap().operaciones.rows[0].1[Column::ArmDate as usize].clone();
    assert!(matches!(stored, Cell::Date(serial) if serial == 46_155.0), "{stored:?}: 13-05-2026");
}

#[tokio::test]
async fn a2_evening_work_is_dated_today_in_the_plant() {
    let shop = one().await;
    shop.time.pass(Duration::hours(12) + Duration::minutes(30));
    assert_eq!(shop.time.now().to_utc().to_rfc3339(), "2026-05-14T02:30:00+00:00");
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    let done = shop.plant.complete(order(TAG, 93), None).await.unwrap();
    assert_eq!(done.spool.arm.done.unwrap().to_string(), "2026-05-13");
}

#[tokio::test]
async fn conflicts_of_the_day_are_counted_by_tag() {
    let shop = one().await;
    shop.plant.take(order(TAG, 93), Operation::Arm, false).await.unwrap();
    for _ in 0..3 {
        let _ = shop.plant.take(order(TAG, 94), Operation::Arm, false).await;
    }
    let _ = shop.plant.take(order("MK-NADA", 94), Operation::Arm, false).await;
    let day = shop.plant.conflicts().await;
    assert_eq!((day.taken, day.conflicts, day.hot), (1, 3, vec![(TAG.to_owned(), 3)]));
    shop.time.pass(Duration::hours(25));
    assert_eq!(shop.plant.conflicts().await.conflicts, 0);
}
