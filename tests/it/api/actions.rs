//! Take, pause, complete, cancel, undo, inspect: what is answered, and what the row says then.

use crate::support::{TestPlant, freed, fresh};
use chrono::Duration;
use serde_json::{Value, json};

#[tokio::test]
async fn a_spool_goes_from_take_to_approval() {
    let plant = TestPlant::embedded().await;
    let (fitter, welder, inspector) = (plant.worker(93), plant.worker(95), plant.worker(96));
    let taken = fitter.take("MK-0001", "ARM").await;
    assert_eq!(taken.status, 200);
    assert_eq!(taken.json, json!({"success": true, "tag_spool": "MK-0001", "message": "ARM tomado: MK-0001 es tuyo ahora."}));
    assert_eq!(fitter.pause("MK-0001").await.message(), "ARM pausado: MK-0001 queda libre con el trabajo a medias.");
    assert_eq!(fitter.take("MK-0001", "ARM").await.status, 200);
    assert_eq!(fitter.complete("MK-0001").await.message(), "ARM completado: MK-0001. Sigue SOLD.");
    assert_eq!(welder.take("MK-0001", "SOLD").await.message(), "SOLD tomado: MK-0001 es tuyo ahora.");
    assert_eq!(welder.complete("MK-0001").await.message(), "SOLD completado: MK-0001. Sigue METROLOGÍA.");
    assert_eq!(inspector.inspect("MK-0001", "APROBADO").await.message(), "METROLOGÍA aprobada: MK-0001 está terminado.");
    let names =
        ["TOMAR_SPOOL", "PAUSAR_SPOOL", "TOMAR_SPOOL", "COMPLETAR_ARM", "TOMAR_SPOOL", "COMPLETAR_SOLD", "COMPLETAR_METROLOGIA"];
    assert_eq!(plant.events("MK-0001").await, names);
}

#[tokio::test]
async fn i6_a_rejected_spool_is_repaired_over_http() {
    let plant = TestPlant::embedded().await;
    let rejected = plant.worker(96).inspect("MK-SOLDADO", "RECHAZADO").await;
    assert_eq!(rejected.message(), "METROLOGÍA rechazada: MK-SOLDADO espera reparación (ciclo 1).");
    let anyone = plant.worker(98);
    assert_eq!(anyone.take("MK-SOLDADO", "REPARACION").await.message(), "REPARACIÓN tomada: MK-SOLDADO es tuyo ahora.");
    assert_eq!(anyone.pause("MK-SOLDADO").await.status, 200);
    assert_eq!(anyone.take("MK-SOLDADO", "REPARACIÓN").await.status, 200);
    assert_eq!(anyone.complete("MK-SOLDADO").await.message(), "REPARACIÓN completada: MK-SOLDADO. Sigue METROLOGÍA.");
    assert_eq!(plant.worker(96).inspect("MK-SOLDADO", "APROBADO").await.status, 200);
    let blocked = plant.worker(96).inspect("MK-RECHAZADO", "RECHAZADO").await;
    assert_eq!(blocked.verdict(), (400, "OPERACION_NO_DISPONIBLE"), "it waits for its repair first");
}

#[tokio::test]
async fn i3_an_occupied_spool_names_its_holder_operation_and_since_when() {
    let plant = TestPlant::embedded().await;
    assert_eq!(plant.worker(94).take("MK-0001", "ARM").await.status, 200);
    plant.later(Duration::minutes(20));
    let reply = plant.worker(93).take("MK-0001", "ARM").await;
    assert_eq!(reply.verdict(), (409, "SPOOL_OCCUPIED"));
    assert_eq!(reply.message(), "MK-0001 lo tiene Nicolás Ríos (ARM) desde las 10:42. Elige otro carrete o pídele que lo pause.");
    assert_eq!(reply.json["detail"], reply.json["message"]);
    plant.later(Duration::hours(14));
    let next_day = plant.worker(93).take("MK-0001", "ARM").await;
    assert!(next_day.message().contains("desde el 21-11-2026 a las 10:42. Está vencido"), "{}", next_day.message());
    let over = plant.worker(93).take_over("MK-0001", "ARM").await;
    assert_eq!(over.message(), "ARM tomado: MK-0001 es tuyo ahora, por relevo.");
    let late = plant.worker(94).pause("MK-0001").await;
    assert_eq!(late.verdict(), (410, "LOCK_EXPIRED"));
    assert!(
        late.message().starts_with("Marta Ríos tomó el relevo de MK-0001 (ARM) a las 01:02")
            || late.message().contains("a la 01:02"),
        "{}",
        late.message()
    );
}

#[tokio::test]
async fn an_occupation_that_ended_is_410_with_how_and_when() {
    let plant = TestPlant::embedded().await;
    let worker = plant.worker(93);
    worker.take("MK-0001", "ARM").await;
    worker.pause("MK-0001").await;
    let again = worker.pause("MK-0001").await;
    assert_eq!(again.verdict(), (410, "LOCK_EXPIRED"));
    assert_eq!(again.message(), "Ya pausaste MK-0001 (ARM) a las 10:42. Tómalo otra vez para seguir.");
    worker.take("MK-0001", "ARM").await;
    worker.complete("MK-0001").await;
    assert!(worker.complete("MK-0001").await.message().starts_with("Ya completaste MK-0001 (ARM) a las 10:42."));
    worker.take("MK-0002", "ARM").await;
    worker.cancel("MK-0002").await;
    assert!(worker.cancel("MK-0002").await.message().starts_with("Ya cancelaste MK-0002 (ARM) a las 10:42."));
}

#[tokio::test]
async fn every_refusal_of_take_has_its_status_and_code() {
    let plant = TestPlant::embedded().await;
    for (worker, tag, operation, status, code) in [
        (93, "MK-9999", "ARM", 404, "SPOOL_NO_ENCONTRADO"),
        (99_999, "MK-0001", "ARM", 404, "WORKER_NO_ENCONTRADO"),
        (97, "MK-0001", "ARM", 403, "NO_AUTORIZADO"),
        (93, "MK-REPETIDO", "ARM", 409, "TAG_DUPLICADO"),
        (93, "MK-ILEGIBLE", "ARM", 422, "DATOS_ILEGIBLES"),
        (93, "MK-BLOQUEADO", "REPARACION", 403, "SPOOL_BLOQUEADO"),
        (95, "MK-0001", "ARM", 403, "ROL_NO_AUTORIZADO"),
        (93, "MK-ARMADO", "ARM", 400, "OPERACION_YA_COMPLETADA"),
        (95, "MK-0001", "SOLD", 400, "DEPENDENCIAS_NO_SATISFECHAS"),
        (93, "MK-SIN-MATERIALES", "ARM", 400, "DEPENDENCIAS_NO_SATISFECHAS"),
        (96, "MK-SOLDADO", "METROLOGIA", 400, "OPERACION_NO_DISPONIBLE"),
    ] {
        let reply = plant.worker(worker).take(tag, operation).await;
        assert_eq!(reply.verdict(), (status, code), "{worker} {tag} {operation}: {}", reply.text);
    }
    assert!(plant.events("MK-0001").await.is_empty(), "nothing was written");
}

#[tokio::test]
async fn d16_an_unknown_or_inactive_worker_writes_nothing() {
    let plant = TestPlant::embedded().await;
    for (id, status) in [(99_999, 404), (97, 403)] {
        assert_eq!(plant.worker(id).take("MK-0001", "ARM").await.status, status);
        assert_eq!(plant.worker(id).pause("MK-0001").await.status, status);
        assert_eq!(plant.worker(id).inspect("MK-SOLDADO", "APROBADO").await.status, status);
    }
    assert!(plant.events("MK-0001").await.is_empty() && plant.events("MK-SOLDADO").await.is_empty());
}

#[tokio::test]
async fn one_of_two_rows_with_one_tag_is_taken_by_its_short_id() {
    let plant = TestPlant::embedded().await;
    let list = plant.get("/api/spools?q=REPETIDO").await;
    let ids: Vec<&str> = list.json["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(plant.worker(93).take(ids[0], "ARM").await.json["tag_spool"], "MK-REPETIDO");
    let by_field = json!({"id": ids[1], "tag_spool": "MK-REPETIDO", "worker_id": 94, "operacion": "ARM"});
    assert_eq!(plant.post("/api/occupation/tomar", by_field).await.status, 200);
    let first = plant.get(&format!("/api/occupation/status/{}", ids[0])).await;
    assert_eq!(first.json["worker_nombre"], "Marta Ríos");
}

#[tokio::test]
async fn one_operation_id_answers_the_same_also_after_a_restart() {
    let plant = TestPlant::embedded().await;
    let id = fresh();
    let body = json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM"});
    let first = plant.post_as(&id, "/api/occupation/tomar", body.clone()).await;
    assert_eq!(plant.worker(93).pause("MK-0001").await.status, 200);
    let repeated = plant.post_as(&id, "/api/occupation/tomar", body.clone()).await;
    assert_eq!((repeated.status, &repeated.json), (200, &first.json), "the first result, though it was paused since");
    let plant = plant.restarted().await;
    assert_eq!(plant.post_as(&id, "/api/occupation/tomar", body).await.json, first.json);
    let other =
        plant.post_as(&id, "/api/occupation/tomar", json!({"tag_spool": "MK-0002", "worker_id": 93, "operacion": "ARM"})).await;
    assert_eq!(other.verdict(), (400, "CLAVE_REUTILIZADA"));
    assert_eq!(plant.events("MK-0001").await, ["TOMAR_SPOOL", "PAUSAR_SPOOL"]);
}

#[tokio::test]
async fn ones_own_last_action_can_be_undone_once() {
    let plant = TestPlant::embedded().await;
    let id = fresh();
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.post_as(&id, "/api/occupation/completar", json!({"tag_spool": "MK-0001", "worker_id": 93})).await;
    assert_eq!(plant.worker(94).undo("MK-0001", &id).await.verdict(), (403, "NO_AUTORIZADO"));
    let undone = plant.worker(93).undo("MK-0001", &id).await;
    assert_eq!(undone.message(), "Última acción deshecha (ARM): MK-0001 está como antes.");
    let status = plant.get("/api/occupation/status/MK-0001").await;
    assert_eq!((&status.json["ocupado"], &status.json["operacion"]), (&json!(true), &json!("ARM")));
    assert_eq!(plant.worker(93).undo("MK-0001", &id).await.verdict(), (409, "VERSION_CONFLICT"));
}

#[tokio::test]
async fn who_undoes_a_take_after_a_supervisor_has_freed_the_spool_hears_who_did_and_why() {
    let plant = TestPlant::embedded().await;
    let id = fresh();
    let take = json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM"});
    assert_eq!(plant.post_as(&id, "/api/occupation/tomar", take).await.status, 200);
    freed(&plant, "MK-0001").await;
    let undo = plant.worker(93).undo("MK-0001", &id).await;
    assert_eq!(undo.verdict(), plant.worker(93).pause("MK-0001").await.verdict(), "as any act on what is hers no more");
    assert_eq!(undo.status, 410);
    assert!(
        undo.message().contains("El supervisor liberó MK-0001") && undo.message().contains("fin de turno"),
        "{}",
        undo.message()
    );
}

#[tokio::test]
async fn g7_a_batch_of_ten_with_three_occupied_takes_seven_and_gives_three_reasons() {
    let plant = TestPlant::embedded().await;
    for tag in ["MK-0002", "MK-0005", "MK-0009"] {
        plant.worker(94).take(tag, "ARM").await;
    }
    let tags: Vec<String> = (1..=10).map(|n| format!("MK-{n:04}")).collect();
    let body = json!({"tag_spools": tags, "worker_id": 93, "operacion": "ARM", "worker_nombre": "Otra Persona"});
    let reply = plant.post("/api/occupation/batch-tomar", body).await;
    assert_eq!(reply.status, 200);
    let count = |name: &str| reply.json[name].as_u64().unwrap();
    assert_eq!((count("total"), count("succeeded"), count("failed")), (10, 7, 3));
    let details = reply.json["details"].as_array().unwrap();
    let order: Vec<&str> = details.iter().map(|detail| detail["tag_spool"].as_str().unwrap()).collect();
    assert_eq!(order, tags);
    for detail in details.iter().filter(|detail| detail["success"] == false) {
        assert_eq!(detail["error"], "SPOOL_OCCUPIED");
        assert!(detail["message"].as_str().unwrap().contains("lo tiene Nicolás Ríos (ARM) desde las 10:42"));
    }
    assert!(details[0].get("error").is_none(), "a success carries no code");
}

#[tokio::test]
async fn a_completion_is_dated_by_the_worker_up_to_today() {
    let plant = TestPlant::embedded().await;
    let complete = |tag: &str, date: Value| {
        let body = json!({"tag_spool": tag, "worker_id": 93, "fecha_operacion": date});
        let plant = &plant;
        async move { plant.post("/api/occupation/completar", body).await }
    };
    for tag in ["MK-0001", "MK-0002", "MK-0003"] {
        plant.worker(93).take(tag, "ARM").await;
    }
    let future = complete("MK-0001", json!("2026-11-22")).await;
    assert_eq!(future.verdict(), (400, "VALIDACION"));
    assert_eq!(future.message(), "La fecha 22-11-2026 todavía no llega: hoy es 21-11-2026. Indica hoy o un día anterior.");
    assert_eq!(complete("MK-0001", json!("2026-11-20")).await.status, 200);
    assert_eq!(complete("MK-0002", json!("19-11-2026")).await.status, 200);
    assert_eq!(complete("MK-0003", Value::Null).await.status, 200);
}
