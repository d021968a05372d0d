//! Many tablets at one moment.

use crate::support::TestPlant;
use futures_util::future::join_all;
use serde_json::json;

async fn everybody_takes(count: u32) {
    let plant = TestPlant::embedded().await;
    let people: Vec<_> = (101..101 + count).map(|id| plant.worker(id)).collect();
    let replies = join_all(people.iter().map(|worker| worker.take("MK-0001", "ARM"))).await;
    let winners: Vec<usize> = (0..replies.len()).filter(|place| replies[*place].status == 200).collect();
    assert_eq!(winners.len(), 1, "exactly one has it");
    let name = format!("Tomás Vega {}", people[winners[0]].number());
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(reply.verdict(), (409, "SPOOL_OCCUPIED"));
        assert!(reply.message().contains(&name) || reply.message().contains("lo está tomando Tomás Vega"), "{}", reply.message());
    }
    assert_eq!(plant.events("MK-0001").await, ["TOMAR_SPOOL"]);
    let status = plant.get("/api/occupation/status/MK-0001").await;
    assert_eq!(status.json["worker_nombre"], name);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_takes_at_once_one_wins_and_the_others_learn_who() {
    everybody_takes(10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_takes_at_once_one_wins_and_the_others_learn_who() {
    everybody_takes(50).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_five_pauses_at_once_only_the_owners_counts() {
    let plant = TestPlant::embedded().await;
    assert_eq!(plant.worker(101).take("MK-0001", "ARM").await.status, 200);
    let people: Vec<_> = (101..=105).map(|id| plant.worker(id)).collect();
    let replies = join_all(people.iter().map(|worker| worker.pause("MK-0001"))).await;
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [200, 403, 403, 403, 403]);
    assert_eq!(plant.events("MK-0001").await, ["TOMAR_SPOOL", "PAUSAR_SPOOL"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn g6_five_taps_with_one_operation_id_are_one_take() {
    let plant = TestPlant::embedded().await;
    let id = crate::support::fresh();
    let body = json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM"});
    let replies = join_all((0..5).map(|_| plant.post_as(&id, "/api/occupation/tomar", body.clone()))).await;
    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    assert_eq!(plant.events("MK-0001").await, ["TOMAR_SPOOL"]);
}
