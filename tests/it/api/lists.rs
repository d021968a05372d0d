//! The questions: shapes, filters, pages.

use crate::support::{Reply, TestPlant, fresh};
use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};

fn tags(reply: &Reply) -> Vec<&str> {
    reply.json["items"].as_array().unwrap().iter().map(|item| item["tag_spool"].as_str().unwrap()).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn the_status_of_a_spool_has_exactly_the_fields_of_the_contract() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    let taken = plant.get("/api/occupation/status/MK-0001").await.json;
    let free = plant.get("/api/occupation/status/MK-0002").await.json;
    assert_eq!(
        taken,
        json!({
            "tag_spool": "MK-0001", "id": taken["id"], "ocupado": true, "ocupado_por": "MR(93)", "worker_id": 93,
            "worker_nombre": "Marta Ríos", "fecha_ocupacion": "2026-11-21T10:42:00-03:00", "operacion": "ARM",
            "estado_detalle": "MR(93) trabajando ARM (ARM en progreso, SOLD pendiente)", "version": taken["version"],
        })
    );
    assert_eq!((&free["ocupado"], &free["worker_id"], &free["version"]), (&json!(false), &Value::Null, &Value::Null));
    let unreadable = plant.get("/api/occupation/status/MK-ILEGIBLE").await.json;
    assert_eq!((&unreadable["ocupado"], &unreadable["ocupado_por"]), (&Value::Null, &json!("turno noche")), "not silently free");
    assert_eq!(
        plant.get(&format!("/api/occupation/status/{}", taken["id"].as_str().unwrap())).await.json,
        taken,
        "by its id, too"
    );
}

#[tokio::test]
async fn workers_are_everybody_or_only_who_may() {
    let plant = TestPlant::embedded().await;
    let all = plant.get("/api/workers").await.json;
    assert_eq!(all["total"], 66);
    assert_eq!(
        all["items"][0],
        json!({"id": 93, "nombre": "Marta", "apellido": "Ríos", "stamp": "MR(93)", "roles": ["Armador"], "activo": true})
    );
    assert_eq!(all["items"][4]["activo"], false);
    for (operation, total) in [("ARM", 62), ("SOLD", 61), ("METROLOGIA", 1), ("REPARACION", 65), ("reparación", 65)] {
        let reply = plant.get(&format!("/api/workers?operacion={operation}")).await;
        assert_eq!(reply.json["total"], total, "{operation}");
    }
}

#[tokio::test]
async fn spools_are_all_of_them_without_a_filter() {
    let plant = TestPlant::embedded().await;
    let all = plant.get("/api/spools").await.json;
    assert_eq!((&all["total"], all["items"].as_array().unwrap().len()), (&json!(69), 69));
    let mut fields = keys(&all["items"][0]);
    fields.sort_unstable();
    let mut expected = vec![
        "id",
        "tag_spool",
        "fila",
        "nv",
        "ot",
        "arm",
        "sold",
        "metrologia",
        "operacion",
        "ocupado_por",
        "worker_id",
        "fecha_ocupacion",
        "vencida",
        "estado_detalle",
        "version",
        "puede",
        "problemas",
    ];
    expected.sort_unstable();
    assert_eq!(fields, expected);
    assert_eq!((&all["items"][0]["fila"], &all["items"][0]["puede"]), (&json!(2), &json!(["ARM"])));
    let unreadable = plant.get("/api/spools?q=ilegible").await.json;
    assert_eq!(
        unreadable["items"][0]["problemas"],
        json!([{"columna": "Ocupado_Por", "valor": "turno noche", "nivel": "error"}])
    );
    assert_eq!(unreadable["items"][0]["puede"], json!([]));
}

#[tokio::test]
async fn filters_and_pages_narrow_the_list() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0003", "ARM").await;
    for (query, expected) in [
        ("q=0003", vec!["MK-0003"]),
        ("q=mk%20soldado", vec!["MK-SOLDADO"]),
        ("estado=ocupado", vec!["MK-0003"]),
        ("worker_id=93", vec!["MK-0003"]),
        ("worker_id=94", vec![]),
        ("operacion=SOLD&estado=disponible", vec!["MK-ARMADO"]),
        ("operacion=METROLOGIA&estado=disponible", vec!["MK-SOLDADO"]),
        ("operacion=REPARACION&estado=disponible", vec!["MK-RECHAZADO"]),
        ("estado=problema", vec!["MK-ILEGIBLE"]),
        ("operacion=SOLD", vec!["MK-ARMADO", "MK-ILEGIBLE"]),
        ("estado=disponible&operacion=ARM&limit=2&offset=1", vec!["MK-0002", "MK-0004"]),
        ("limit=0", vec![]),
    ] {
        let reply = plant.get(&format!("/api/spools?{query}")).await;
        assert_eq!(tags(&reply), expected, "{query}");
    }
    assert_eq!(plant.get("/api/spools?limit=5").await.json["total"], 69, "the total is of the filter, not of the page");
}

#[tokio::test]
async fn the_board_lists_the_longest_occupation_first() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0002", "ARM").await;
    plant.later(Duration::minutes(95));
    plant.worker(94).take("MK-0001", "ARM").await;
    let board = plant.get("/api/dashboard/occupied").await;
    assert_eq!(tags(&board), ["MK-0002", "MK-0001"]);
    let first = &board.json["items"][0];
    assert_eq!(
        first,
        &json!({
            "id": first["id"], "tag_spool": "MK-0002", "fila": 3, "worker_id": 93, "worker_nombre": "Marta Ríos",
            "operacion": "ARM", "fecha_ocupacion": "2026-11-21T10:42:00-03:00", "minutos": 95, "vencida": false,
        })
    );
    assert_eq!(board.json["items"][1]["minutos"], 0, "i1: a spool taken now shows no time");
}

#[tokio::test]
async fn the_history_tells_sessions_and_events() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.later(Duration::minutes(30));
    let reason = json!({"tag_spool": "MK-0001", "worker_id": 93, "motivo": " falta\tgas "});
    plant.post("/api/occupation/pausar", reason).await;
    let history = plant.get("/api/history/MK-0001").await.json;
    assert_eq!(
        history["sessions"],
        json!([{
            "worker_id": 93, "worker_nombre": "Marta Ríos", "operacion": "ARM", "inicio": "2026-11-21T10:42:00-03:00",
            "fin": "2026-11-21T11:12:00-03:00", "minutos": 30, "motivo": "falta gas",
        }])
    );
    let event = &history["events"][1];
    assert_eq!(
        event,
        &json!({
            "id": event["id"], "timestamp": "2026-11-21T11:12:00-03:00", "evento_tipo": "PAUSAR_SPOOL", "worker_id": 93,
            "worker_nombre": "Marta Ríos", "operacion": "ARM", "accion": "PAUSAR",
        })
    );
}

#[tokio::test]
async fn i3_the_figures_count_each_spool_of_a_batch_as_the_page_does_and_are_there_before_anything_happened() {
    let plant = TestPlant::embedded().await;
    let figures = async || {
        let text = plant.get("/metrics").await.text;
        ["taken", "conflict", "ended"].map(|outcome| {
            let before = format!("spoolboard_outcomes_total{{outcome=\"{outcome}\"}} ");
            text.lines().find_map(|line| line.strip_prefix(&before)?.parse::<u64>().ok())
        })
    };
    assert_eq!(figures().await, [Some(0); 3]);
    plant.worker(94).take("MK-0001", "ARM").await;
    plant.worker(94).take("MK-0002", "ARM").await;
    let many = json!({"tag_spools": ["MK-0001", "MK-0002", "MK-0003"], "worker_id": 93, "operacion": "ARM"});
    let batch = plant.post("/api/occupation/batch-tomar", many).await;
    assert_eq!((batch.status, &batch.json["failed"]), (200, &json!(2)));
    plant.worker(93).pause("MK-0003").await;
    plant.worker(93).pause("MK-0003").await;
    let day = plant.get("/api/conflicts").await.json;
    let page = ["tomas", "conflictos_409", "terminadas_410"].map(|name| day[name].as_u64());
    assert_eq!((page, figures().await), ([Some(3), Some(2), Some(1)], page));
}

#[tokio::test]
async fn conflicts_are_counted_for_a_day() {
    let plant = TestPlant::embedded().await;
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.worker(94).take("MK-0001", "ARM").await;
    plant.worker(94).take("MK-NO-EXISTE", "ARM").await;
    plant.worker(93).pause("MK-0001").await;
    plant.worker(93).pause("MK-0001").await;
    let day = plant.get("/api/conflicts").await.json;
    assert_eq!(
        day,
        json!({
            "desde": "2026-11-20T10:42:00-03:00", "tomas": 1, "conflictos_409": 1, "tasa_409": 0.5, "terminadas_410": 1,
            "tasa_410": 1.0 / 3.0, "puntos": [{"tag_spool": "MK-0001", "conflictos": 1}],
        })
    );
    plant.later(Duration::hours(25));
    assert_eq!(plant.get("/api/conflicts").await.json["conflictos_409"], 0);
}

#[tokio::test]
async fn health_says_what_there_is() {
    let plant = TestPlant::embedded().await;
    let redis = json!({"operational": false, "configured": false, "latency_ms": null});
    assert_eq!(plant.get("/api/redis-health").await.json, redis);
    assert_eq!(plant.get("/api/health/redis").await.json, redis);
    assert_eq!(plant.get("/health").await.json["status"], "ok");
    let ready = plant.get("/ready").await.json;
    assert_eq!((&ready["ready"], &ready["workbook"]["adapter"]), (&json!(true), &json!("sqlite")));
    plant.worker(93).take("MK-0001", "ARM").await;
    plant.worker(94).take("MK-0001", "ARM").await;
    let metrics = plant.get("/metrics").await.text;
    for line in [
        "spoolboard_actions_total{action=\"tomar\",outcome=\"ok\"} 1",
        "spoolboard_actions_total{action=\"tomar\",outcome=\"SPOOL_OCCUPIED\"} 1",
        "spoolboard_requests_total{method=\"POST\",route=\"/api/occupation/tomar\",status=\"409\"} 1",
        "spoolboard_occupied_spools 1",
        "spoolboard_unreadable_spools 1",
        "# EOF",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
}

#[tokio::test]
async fn what_landed_is_counted_by_spool_whichever_way_it_was_asked_for() {
    let plant = TestPlant::embedded().await;
    let acts = async |act: &str| {
        let text = plant.get("/metrics").await.text;
        let figure = format!("spoolboard_acts_total{{act=\"{act}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&figure)?.parse::<u32>().ok())
    };
    assert_eq!(acts("TOMAR_SPOOL").await, Some(0), "it is there before there is anything to count");
    let key = fresh();
    let batch = json!({"tag_spools": ["MK-0001", "MK-0002", "MK-ARMADO"], "worker_id": 93, "operacion": "ARM"});
    for _ in 0..2 {
        assert_eq!(plant.post_as(&key, "/api/occupation/batch-tomar", batch.clone()).await.status, 200);
    }
    let ids = async |before: &str, tags: [&str; 2]| {
        let mut fields = vec![("trabajador".to_owned(), "93".to_owned()), ("operacion".to_owned(), "ARM".to_owned())];
        for tag in tags {
            let id = plant.get(&format!("/api/occupation/status/{tag}")).await.json["id"].as_str().unwrap().to_owned();
            fields.push(("carretes".to_owned(), format!("{before}{id}")));
        }
        fields
    };
    let form =
        async |path: &str, fields: Vec<(String, String)>| plant.send(plant.request(Method::POST, path).form(&fields)).await;
    form("/carretes/tomar", ids("ARM:", ["MK-0003", "MK-0004"]).await).await;
    assert_eq!(plant.worker(93).take("MK-0005", "ARM").await.status, 200);
    assert_eq!(plant.worker(94).take("MK-0005", "ARM").await.status, 409);
    assert_eq!(acts("TOMAR_SPOOL").await, Some(5));
    form("/carretes/soltar", ids("", ["MK-0003", "MK-0004"]).await).await;
    assert_eq!(plant.worker(93).pause("MK-0001").await.status, 200);
    assert_eq!(plant.worker(93).complete("MK-0002").await.status, 200);
    assert_eq!((acts("PAUSAR_SPOOL").await, acts("COMPLETAR_ARM").await), (Some(3), Some(1)));
}

#[tokio::test]
async fn a_closed_record_is_not_ready_and_refuses_with_503() {
    let plant = TestPlant::embedded().await;
    plant.running.app.plant.workbook().close().await;
    let ready = plant.get("/ready").await;
    assert_eq!((ready.status, &ready.json["ready"], &ready.json["workbook"]["ok"]), (503, &json!(false), &json!(false)));
    let take = plant.worker(93).take("MK-0001", "ARM").await;
    assert_eq!(take.verdict(), (503, "SHEETS_NO_DISPONIBLE"));
    assert_eq!(take.headers["retry-after"], "5");
    let batch = json!({"tag_spools": ["MK-0001", "MK-0002"], "worker_id": 93, "operacion": "ARM"});
    assert_eq!(plant.post("/api/occupation/batch-tomar", batch).await.verdict(), (503, "SHEETS_NO_DISPONIBLE"));
    assert_eq!(plant.get("/api/spools").await.status, 200, "the screens go on showing");
}
