//! What callers may send by mistake or on purpose: each is 400 with one sentence that names the
//! field, and nothing is written.

use crate::support::TestPlant;
use reqwest::Method;
use serde_json::{Value, json};

const TAKE: &str = "/api/occupation/tomar";
const PAUSE: &str = "/api/occupation/pausar";
const COMPLETE: &str = "/api/occupation/completar";
const UNDO: &str = "/api/occupation/deshacer";
const BATCH: &str = "/api/occupation/batch-tomar";
const INSPECT: &str = "/api/metrologia/completar";

/// A take with one field replaced, or removed by `null`.
fn with(field: &str, value: Value) -> Value {
    let mut body = json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM", "resultado": "APROBADO"});
    body[field] = value;
    body
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let plant = TestPlant::embedded().await;
    let many: Vec<String> = (1..=51).map(|n| format!("MK-{n:04}")).collect();
    let batch = |tags: Value| json!({"tag_spools": tags, "worker_id": 93, "operacion": "ARM"});
    for (route, body, field) in [
        (TAKE, with("tag_spool", Value::Null), "tag_spool"),
        (TAKE, with("tag_spool", json!("")), "tag_spool"),
        (TAKE, with("tag_spool", json!(" \u{a0} ")), "tag_spool"),
        (TAKE, with("tag_spool", json!(5)), "tag_spool"),
        (TAKE, with("tag_spool", json!("M".repeat(300))), "tag_spool"),
        (TAKE, with("tag_spool", json!("MK\u{0}0001")), "tag_spool"),
        (TAKE, with("tag_spool", json!(["MK-0001"])), "tag_spool"),
        (TAKE, with("worker_id", Value::Null), "worker_id"),
        (TAKE, with("worker_id", json!(0)), "worker_id"),
        (TAKE, with("worker_id", json!(-93)), "worker_id"),
        (TAKE, with("worker_id", json!(9.5)), "worker_id"),
        (TAKE, with("worker_id", json!("93")), "worker_id"),
        (TAKE, with("worker_id", json!(4_294_967_296u64)), "worker_id"),
        (TAKE, with("operacion", Value::Null), "operacion"),
        (TAKE, with("operacion", json!("PINTURA")), "operacion"),
        (TAKE, with("operacion", json!(1)), "operacion"),
        (TAKE, with("relevar", json!("si")), "relevar"),
        (PAUSE, with("motivo", json!("x".repeat(501))), "motivo"),
        (PAUSE, with("motivo", json!(7)), "motivo"),
        (COMPLETE, with("fecha_operacion", json!("2026-02-30")), "fecha_operacion"),
        (COMPLETE, with("fecha_operacion", json!("31-11-2026")), "fecha_operacion"),
        (COMPLETE, with("fecha_operacion", json!("1-2-26")), "fecha_operacion"),
        (COMPLETE, with("fecha_operacion", json!("0026-02-01")), "fecha_operacion"),
        (COMPLETE, with("fecha_operacion", json!("hoy")), "fecha_operacion"),
        (COMPLETE, with("fecha_operacion", json!(46042)), "fecha_operacion"),
        (INSPECT, with("resultado", json!("QUIZAS")), "resultado"),
        (INSPECT, with("resultado", Value::Null), "resultado"),
        (UNDO, with("id", json!("no-es-un-uuid")), "id"),
        (UNDO, with("id", Value::Null), "id"),
        (BATCH, batch(json!([])), "tag_spools"),
        (BATCH, batch(json!(many)), "tag_spools"),
        (BATCH, batch(json!(["MK-0001", "MK-0002", " MK-0001 "])), "tag_spools"),
        (BATCH, batch(json!(["MK-0001", 2])), "tag_spools"),
        (BATCH, batch(json!("MK-0001")), "tag_spools"),
        (BATCH, batch(Value::Null), "tag_spools"),
    ] {
        let reply = plant.post(route, body.clone()).await;
        assert_eq!(reply.verdict(), (400, "VALIDACION"), "{route} {body}: {}", reply.text);
        assert!(reply.message().contains(&format!("campo {field}")), "{body}: {}", reply.message());
        assert_eq!(reply.json["detail"], reply.json["message"]);
    }
    assert!(plant.events("MK-0001").await.is_empty());
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused_in_words() {
    let plant = TestPlant::embedded().await;
    let deep = "[".repeat(10_000);
    for body in ["", "{", "no json", "[]", "null", "\"MK-0001\"", "{\"tag_spool\":}", "\u{feff}{}", deep.as_str()] {
        let request = plant.request(Method::POST, TAKE).header("Content-Type", "application/json").body(body.to_owned());
        let reply = plant.send(request).await;
        assert_eq!(reply.verdict(), (400, "VALIDACION"), "{body:.20}");
        assert!(reply.message().contains("JSON"), "{}", reply.message());
    }
    let bytes = plant.request(Method::POST, TAKE).header("Content-Type", "application/json").body(vec![0xff, 0xfe, 0x00]);
    assert_eq!(plant.send(bytes).await.status, 400);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", ""] {
        let request = plant.request(Method::POST, TAKE).header("Content-Type", kind).body("{}");
        assert_eq!(plant.send(request).await.verdict(), (400, "VALIDACION"), "{kind}");
    }
    let charset = plant.request(Method::POST, TAKE).header("Content-Type", "Application/JSON; charset=utf-8");
    assert_eq!(plant.send(charset.body(with("x", json!(1)).to_string())).await.status, 200, "unknown fields are ignored");
}

#[tokio::test]
async fn an_operation_id_must_be_a_uuid_of_version_4() {
    let plant = TestPlant::embedded().await;
    let v5 = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, b"x").to_string();
    for key in ["", "1", "no", v5.as_str(), "00000000-0000-0000-0000-000000000000"] {
        let reply = plant.post_as(key, TAKE, with("x", json!(1))).await;
        assert_eq!(reply.verdict(), (400, "VALIDACION"), "{key:?}");
        assert!(reply.message().contains("Idempotency-Key"), "{}", reply.message());
    }
}

#[tokio::test]
async fn filters_that_mean_nothing_are_refused_and_unknown_ones_ignored() {
    let plant = TestPlant::embedded().await;
    for (query, field) in [
        ("operacion=PINTURA", "operacion"),
        ("estado=libre", "estado"),
        ("worker_id=0", "worker_id"),
        ("worker_id=-1", "worker_id"),
        ("worker_id=abc", "worker_id"),
        ("limit=-1", "limit"),
        ("limit=diez", "limit"),
        ("offset=1.5", "offset"),
        ("limit=99999999999999999999999", "limit"),
    ] {
        let reply = plant.get(&format!("/api/spools?{query}")).await;
        assert_eq!(reply.verdict(), (400, "VALIDACION"), "{query}");
        assert!(reply.message().contains(field), "{query}: {}", reply.message());
    }
    for query in ["", "x=1", "operacion=", "estado=&q=", "q=%00", "q=%F0%9F%98%80", "q=%FF", "&&&", "offset=999999"] {
        assert_eq!(plant.get(&format!("/api/spools?{query}")).await.status, 200, "{query}");
    }
}

#[tokio::test]
async fn tags_with_signs_of_other_languages_travel_whole() {
    let plant = TestPlant::embedded().await;
    let tag = "MK/RARO ñ&<b>";
    assert_eq!(plant.worker(93).take(tag, "ARM").await.json["tag_spool"], tag);
    let status = plant.get("/api/occupation/status/MK%2FRARO%20n%CC%83&%3Cb%3E").await;
    assert_eq!((status.status, &status.json["tag_spool"]), (200, &json!(tag)), "{}", status.text);
    for (address, expected) in [("%FF", 400), ("%00", 400), (&"M".repeat(101), 400), ("..%2F..%2Fetc", 404)] {
        assert_eq!(plant.get(&format!("/api/history/{address}")).await.status, expected, "{address}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_by_its_size() {
    let plant = TestPlant::embedded().await;
    let long = plant.get(&format!("/api/spools?q={}", "x".repeat(2_100))).await;
    assert_eq!(long.verdict(), (414, "DIRECCION_DEMASIADO_LARGA"));
    let page = plant.get(&format!("/?q={}", "x".repeat(2_100))).await;
    assert_eq!(page.status, 414);
    assert!(page.text.contains("demasiado larga"));
    let body = with("x", json!("x".repeat(70_000)));
    assert_eq!(plant.post(TAKE, body).await.verdict(), (413, "CUERPO_DEMASIADO_GRANDE"));
}

#[tokio::test]
async fn a_question_changes_nothing_whatever_it_is_called_with() {
    let plant = TestPlant::embedded().await;
    for route in [TAKE, PAUSE, COMPLETE, UNDO, BATCH, INSPECT, "/api/occupation/cancelar"] {
        let reply = plant.get(&format!("{route}?tag_spool=MK-0001&worker_id=93&operacion=ARM")).await;
        assert_eq!(reply.verdict(), (405, "METODO_NO_PERMITIDO"), "{route}");
    }
    assert!(plant.events("MK-0001").await.is_empty());
}
