//! Every route, once happy and once refused; and what every answer carries.

use crate::support::{Reply, TestPlant};
use reqwest::Method;
use serde_json::{Value, json};
use spoolboard::web::caller::TABLE;
use std::collections::BTreeSet;

/// A call and the status that it must have.
type Case = (&'static str, &'static str, Value, u16);

/// Route, the address that is called, the body, the status. In this order on one plant.
fn cases() -> Vec<Case> {
    let worker = |tag: &str| json!({"tag_spool": tag, "worker_id": 93});
    let take = |tag: &str| json!({"tag_spool": tag, "worker_id": 93, "operacion": "ARM"});
    let inspect = |tag: &str| json!({"tag_spool": tag, "worker_id": 96, "resultado": "APROBADO"});
    let undo = |id: &str| json!({"tag_spool": "MK-0003", "worker_id": 93, "id": id});
    let nobody = uuid::Uuid::nil().to_string();
    vec![
        ("/api/occupation/tomar", "", take("MK-0001"), 200),
        ("/api/occupation/tomar", "", take("MK-NO"), 404),
        ("/api/occupation/pausar", "", worker("MK-0001"), 200),
        ("/api/occupation/pausar", "", worker("MK-0001"), 410),
        ("/api/occupation/tomar", "", take("MK-0002"), 200),
        ("/api/occupation/completar", "", worker("MK-0002"), 200),
        ("/api/occupation/completar", "", worker("MK-0009"), 403),
        ("/api/occupation/tomar", "", take("MK-0003"), 200),
        ("/api/occupation/cancelar", "", worker("MK-0003"), 200),
        ("/api/occupation/cancelar", "", worker("MK-0009"), 403),
        ("/api/occupation/deshacer", "", undo("{last}"), 200),
        ("/api/occupation/deshacer", "", undo(&nobody), 403),
        ("/api/occupation/batch-tomar", "", json!({"tag_spools": ["MK-0004"], "worker_id": 93, "operacion": "ARM"}), 200),
        ("/api/occupation/batch-tomar", "", json!({"tag_spools": [], "worker_id": 93, "operacion": "ARM"}), 400),
        ("/api/metrologia/completar", "", inspect("MK-SOLDADO"), 200),
        ("/api/metrologia/completar", "", inspect("MK-SOLDADO"), 400),
        ("/api/occupation/status/{tag}", "/api/occupation/status/MK-0004", Value::Null, 200),
        ("/api/occupation/status/{tag}", "/api/occupation/status/MK-NO", Value::Null, 404),
        ("/api/workers", "", Value::Null, 200),
        ("/api/workers", "/api/workers?operacion=PINTURA", Value::Null, 400),
        ("/api/spools", "", Value::Null, 200),
        ("/api/spools", "/api/spools?estado=raro", Value::Null, 400),
        ("/api/dashboard/occupied", "", Value::Null, 200),
        ("/api/history/{tag}", "/api/history/MK-0001", Value::Null, 200),
        ("/api/history/{tag}", "/api/history/MK-REPETIDO", Value::Null, 409),
        ("/api/conflicts", "", Value::Null, 200),
        ("/api/redis-health", "", Value::Null, 200),
        ("/api/health/redis", "", Value::Null, 200),
        ("/health", "", Value::Null, 200),
        ("/ready", "", Value::Null, 200),
        ("/metrics", "", Value::Null, 200),
    ]
}

fn carries_everything(reply: &Reply, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(reply.headers.get(name).and_then(|found| found.to_str().ok()), Some(value), "{what}: {name}");
    }
    let csp = reply.headers["content-security-policy"].to_str().unwrap();
    assert!(csp.starts_with("default-src 'none'") && !csp.contains("unsafe"), "{what}");
    assert!(reply.headers.contains_key("permissions-policy") && reply.headers.contains_key("x-request-id"), "{what}");
}

#[tokio::test]
async fn d18_every_route_has_a_happy_and_a_refused_case_and_all_headers() {
    let plant = TestPlant::embedded().await;
    let mut called = BTreeSet::new();
    for (route, address, mut body, status) in cases() {
        if body["id"] == "{last}" {
            let history = plant.get("/api/history/MK-0003").await;
            body["id"] = history.json["events"].as_array().unwrap().last().unwrap()["id"].clone();
        }
        let address = if address.is_empty() { route } else { address };
        let reply = if body.is_null() { plant.get(address).await } else { plant.post(address, body).await };
        assert_eq!(reply.status, status, "{route}: {}", reply.text);
        carries_everything(&reply, route);
        called.insert(route);
    }
    let watches = ["/health", "/ready", "/metrics"];
    // A stream has no end that could be waited for, and what stands for any method refuses none.
    let asked = TABLE.iter().filter(|(method, route, _)| *method != "ANY" && *route != "/api/sse/stream");
    // A question without anything to parse is refused by its method.
    for (method, route, _) in asked.filter(|(_, route, _)| route.starts_with("/api/") || watches.contains(route)) {
        assert!(called.contains(route), "{route} is called by no test");
        let wrong = if *method == "GET" { Method::DELETE } else { Method::GET };
        let reply = plant.send(plant.request(wrong, &route.replace("{tag}", "MK-0001"))).await;
        assert_eq!(reply.status, 405, "{route}");
        carries_everything(&reply, route);
        if route.starts_with("/api/") {
            assert_eq!(reply.code(), "METODO_NO_PERMITIDO", "{route}");
        }
    }
}

#[tokio::test]
async fn g15_unknown_addresses_are_404_in_the_face_of_their_kind() {
    let plant = TestPlant::embedded().await;
    for address in ["/api", "/api/", "/api/nada", "/api/occupation", "/api/occupation/status/", "/api/v2/tomar"] {
        let reply = plant.get(address).await;
        assert_eq!(reply.verdict(), (404, "RUTA_NO_ENCONTRADA"), "{address}");
        assert_eq!(reply.json["detail"], reply.json["message"]);
        carries_everything(&reply, address);
    }
    let page = plant.get("/ninguna-parte").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("lang=\"es-CL\"") && page.text.contains("Esa dirección no existe"));
    carries_everything(&page, "page");
}

#[tokio::test]
async fn a_request_id_is_kept_when_it_is_proper_and_made_when_it_is_not() {
    let plant = TestPlant::embedded().await;
    for (sent, kept) in [("abc-123", true), ("con espacio", false), ("", false), (&"x".repeat(65), false)] {
        let reply = plant.send(plant.request(Method::GET, "/health").header("x-request-id", sent)).await;
        let got = reply.headers["x-request-id"].to_str().unwrap();
        assert_eq!(got == sent, kept, "{sent:?} became {got:?}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_act() {
    let plant = TestPlant::embedded().await;
    let body = json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM"});
    for (name, value) in
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "http://otro.example"), ("Origin", "null")]
    {
        let request = plant.request(Method::POST, "/api/occupation/tomar").json(&body).header(name, value);
        let reply = plant.send(request).await;
        assert_eq!(reply.verdict(), (403, "ORIGEN_NO_PERMITIDO"), "{name}: {value}");
        carries_everything(&reply, value);
    }
    let own = plant.request(Method::POST, "/api/occupation/tomar").json(&body).header("Origin", plant.url(""));
    assert_eq!(plant.send(own).await.status, 200);
}

#[tokio::test]
async fn long_answers_are_compressed_for_who_asks() {
    let plant = TestPlant::embedded().await;
    let raw = plant.request(Method::GET, "/api/spools").header("Accept-Encoding", "gzip").send().await.unwrap();
    // reqwest unpacks, and takes the header away when it has done so.
    assert_eq!(raw.content_length(), None);
    assert!(raw.text().await.unwrap().contains("MK-0001"));
}
