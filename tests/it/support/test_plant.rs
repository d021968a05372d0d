//! The real application on a free port, with a small dirty plant and a settable clock.

use super::{AUDIT, HEADER, ZONE, google, sheet};
use crate::stand_in::Google;
use chrono::{DateTime, Duration, Utc};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use spoolboard::access::Secret;
use spoolboard::cli::{Running, start};
use spoolboard::config::Config;
use spoolboard::domain::{Cell, Mandate, Mend, WorkerId};
use spoolboard::plant::{Clock, Mending};
use spoolboard::redis::Address;
use spoolboard::web::server::{Front, Limits};
use spoolboard::workbook::sqlite::Store;
use spoolboard::workbook::{Sheets, sheets};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use uuid::Uuid;

/// The application as `serve` starts it, on a folder of its own.
pub(crate) struct TestPlant {
    pub(crate) running: Running,
    folder: TempDir,
    now: Arc<AtomicI64>,
    config: Config,
    client: Client,
}

/// One worker at a tablet.
pub(crate) struct Worker<'a> {
    plant: &'a TestPlant,
    id: u32,
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Reply {
    /// The code of a failure.
    pub(crate) fn code(&self) -> &str {
        self.json["error"].as_str().unwrap_or_default()
    }

    /// The sentence.
    pub(crate) fn message(&self) -> &str {
        self.json["message"].as_str().unwrap_or_default()
    }

    /// Status and code at once.
    pub(crate) fn verdict(&self) -> (u16, &str) {
        (self.status, self.code())
    }
}

/// 10:42 of 21-11-2026 in the plant.
const BEGIN: &str = "2026-11-21T13:42:00Z";

/// The settings with this `REDIS_URL`.
fn with_redis(url: Option<&str>) -> Config {
    Config { redis: url.map(|url| Address::read(url).unwrap()), ..Config::default() }
}

/// The settings with a lock on the door.
fn locked(redis: Option<&str>) -> Config {
    Config { enrolled: true, secret: Secret::new(&"secreto-de-pruebas ".repeat(3)), ..with_redis(redis) }
}

fn begun() -> Arc<AtomicI64> {
    let begin: DateTime<Utc> = BEGIN.parse().unwrap();
    Arc::new(AtomicI64::new(begin.timestamp()))
}

impl TestPlant {
    /// The small plant, served.
    pub(crate) async fn embedded() -> TestPlant {
        TestPlant::with(Limits::default()).await
    }

    /// The small plant, with its locks and events at a `REDIS_URL`.
    pub(crate) async fn with_redis(url: &str) -> TestPlant {
        TestPlant::holding(&small_plant(), Limits::default(), with_redis(Some(url))).await
    }

    /// The small plant behind a door with a lock, with its register in the data folder or at a `REDIS_URL`.
    pub(crate) async fn enrolled(redis: Option<&str>) -> TestPlant {
        TestPlant::holding(&small_plant(), Limits::default(), locked(redis)).await
    }

    /// The same, where browsers come to a trusted proxy on this machine.
    pub(crate) async fn enrolled_behind_a_proxy() -> TestPlant {
        TestPlant::enrolled_behind(Front { proxies: Arc::from(["127.0.0.1".parse().unwrap()]), ..Front::default() }).await
    }

    /// The same, reached in another way.
    pub(crate) async fn enrolled_behind(front: Front) -> TestPlant {
        TestPlant::holding(&small_plant(), Limits::default(), Config { front, ..locked(None) }).await
    }

    /// What `serve` says when it does not start with these settings.
    pub(crate) async fn refused_by(redis: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { data: folder.path().into(), listen: ([127, 0, 0, 1], 0).into(), ..locked(Some(redis)) };
        start(&config, Clock::system(ZONE), Limits::default()).await.err().map(|halt| halt.to_string()).unwrap_or_default()
    }

    /// The workbook of a stand-in for Google; several processes may serve one.
    pub(crate) async fn at_google(google: &Google, redis: Option<&str>) -> TestPlant {
        TestPlant::at_google_within(google, redis, google::quick()).await
    }

    /// The same, behind a door with a lock.
    pub(crate) async fn enrolled_at_google(google: &Google) -> TestPlant {
        let config = Config { google: Some(google::config(google, google::BOOK, google::quick())), ..locked(None) };
        TestPlant::serving(tempfile::tempdir().unwrap(), begun(), Limits::default(), config).await
    }

    /// The same, within other times.
    pub(crate) async fn at_google_within(google: &Google, redis: Option<&str>, limits: sheets::Limits) -> TestPlant {
        let config = Config { google: Some(google::config(google, google::BOOK, limits)), ..with_redis(redis) };
        TestPlant::serving(tempfile::tempdir().unwrap(), begun(), Limits::default(), config).await
    }

    /// The small plant, served within other limits.
    pub(crate) async fn with(limits: Limits) -> TestPlant {
        TestPlant::holding(&small_plant(), limits, Config::default()).await
    }

    /// The small plant, open to everybody on purpose, reached in another way and within other limits.
    pub(crate) async fn behind(front: Front, limits: Limits) -> TestPlant {
        TestPlant::holding(&small_plant(), limits, Config { front, open: true, ..Config::default() }).await
    }

    /// The small plant after somebody has changed its sheets.
    pub(crate) async fn edited(edit: impl FnOnce(&mut Sheets)) -> TestPlant {
        let mut sheets = small_plant();
        edit(&mut sheets);
        TestPlant::holding(&sheets, Limits::default(), Config::default()).await
    }

    async fn holding(sheets: &Sheets, limits: Limits, config: Config) -> TestPlant {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        store.replace_sheets(sheets).unwrap();
        drop(store);
        TestPlant::serving(folder, begun(), limits, config).await
    }

    async fn serving(folder: TempDir, now: Arc<AtomicI64>, limits: Limits, config: Config) -> TestPlant {
        let told = Arc::clone(&now);
        let clock = Clock::from_fn(ZONE, move || DateTime::from_timestamp(told.load(Ordering::SeqCst), 0).unwrap());
        let (listen, data) = (([127, 0, 0, 1], 0).into(), folder.path().into());
        let config = Config { listen, data, zone: ZONE, ..config };
        let running = start(&config, clock, limits).await.unwrap();
        TestPlant { running, folder, now, config, client: Client::new() }
    }

    /// Stops the application and starts it again on the same folder.
    pub(crate) async fn restarted(self) -> TestPlant {
        let TestPlant { running, folder, now, config, .. } = self;
        assert!(running.stop().await, "it stopped in time");
        TestPlant::serving(folder, now, Limits::default(), config).await
    }

    /// The same, with what somebody changed in the sheets while nothing was served.
    pub(crate) async fn restarted_after(self, edit: impl FnOnce(&mut Sheets)) -> TestPlant {
        let TestPlant { running, folder, now, config, .. } = self;
        assert!(running.stop().await, "it stopped in time");
        let mut store = Store::open(folder.path()).unwrap();
        let mut sheets = store.read_all().unwrap();
        edit(&mut sheets);
        store.replace_sheets(&sheets).unwrap();
        drop(store);
        TestPlant::serving(folder, now, Limits::default(), config).await
    }

    /// The record as it is on the disk now.
    pub(crate) fn stored(&self) -> Sheets {
        Store::open_to_read(self.folder.path()).unwrap().read_all().unwrap()
    }

    /// The folder of the record.
    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the clock on.
    pub(crate) fn later(&self, by: Duration) {
        self.now.fetch_add(by.num_seconds(), Ordering::SeqCst);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }

    pub(crate) fn worker(&self, id: u32) -> Worker<'_> {
        Worker { plant: self, id }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.client.get(self.url(path))).await
    }

    pub(crate) async fn get_with_cookie(&self, path: &str, cookie: &str) -> Reply {
        self.send(self.client.get(self.url(path)).header("Cookie", cookie)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(self.client.post(self.url(path)).json(&body)).await
    }

    /// A POST under an operation id.
    pub(crate) async fn post_as(&self, id: &str, path: &str, body: Value) -> Reply {
        self.send(self.client.post(self.url(path)).header("Idempotency-Key", id).json(&body)).await
    }

    /// Any request at all.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, self.url(path))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status, headers, text, json }
    }

    /// The names of the audit events of a spool, oldest first.
    pub(crate) async fn events(&self, tag: &str) -> Vec<String> {
        let reply = self.get(&format!("/api/history/{tag}")).await;
        let events = reply.json["events"].as_array().unwrap();
        events.iter().map(|event| event["evento_tipo"].as_str().unwrap().to_owned()).collect()
    }
}

impl Worker<'_> {
    pub(crate) async fn take(&self, tag: &str, operation: &str) -> Reply {
        let body = json!({"tag_spool": tag, "worker_id": self.id, "operacion": operation});
        self.plant.post("/api/occupation/tomar", body).await
    }

    pub(crate) async fn take_over(&self, tag: &str, operation: &str) -> Reply {
        let body = json!({"tag_spool": tag, "worker_id": self.id, "operacion": operation, "relevar": true});
        self.plant.post("/api/occupation/tomar", body).await
    }

    pub(crate) async fn pause(&self, tag: &str) -> Reply {
        self.plant.post("/api/occupation/pausar", json!({"tag_spool": tag, "worker_id": self.id})).await
    }

    pub(crate) async fn complete(&self, tag: &str) -> Reply {
        self.plant.post("/api/occupation/completar", json!({"tag_spool": tag, "worker_id": self.id})).await
    }

    pub(crate) async fn cancel(&self, tag: &str) -> Reply {
        self.plant.post("/api/occupation/cancelar", json!({"tag_spool": tag, "worker_id": self.id})).await
    }

    pub(crate) async fn undo(&self, tag: &str, event: &str) -> Reply {
        let body = json!({"tag_spool": tag, "worker_id": self.id, "id": event});
        self.plant.post("/api/occupation/deshacer", body).await
    }

    pub(crate) async fn inspect(&self, tag: &str, verdict: &str) -> Reply {
        let body = json!({"tag_spool": tag, "worker_id": self.id, "resultado": verdict});
        self.plant.post("/api/metrologia/completar", body).await
    }

    pub(crate) fn number(&self) -> WorkerId {
        WorkerId::new(self.id).unwrap()
    }
}

/// A supervisor frees a spool at the end of the shift.
pub(crate) async fn freed(plant: &TestPlant, tag: &str) {
    let plant = &plant.running.app.plant;
    let mandate = Mandate { supervisor: "Supervisor".into(), reason: "fin de turno".into(), seen: None };
    plant.mend(Mending { spool: tag.into(), mandate, id: Uuid::new_v4() }, Mend::Release).await.unwrap();
}

/// A fresh operation id.
pub(crate) fn fresh() -> String {
    Uuid::new_v4().to_string()
}

/// `MK-0001` to `MK-0060` are ready for ARM; the others are each in a state of their own. Workers
/// 93 and 94 fit, 95 welds, 96 inspects, 97 has left, 98 has no role, and 101 to 160 may fit and
/// weld.
pub(crate) fn small_plant() -> Sheets {
    let mut rows: Vec<Vec<Cell>> = (1..=60).map(|n| spool(&format!("MK-{n:04}"), "1335", &[])).collect();
    let armed = [("Armador", "MR(93)"), ("Fecha_Armado", "10-11-2026")];
    let welded = [armed[0], armed[1], ("Soldador", "CP(95)"), ("Fecha_Soldadura", "12-11-2026")];
    let with = |more: (&'static str, &'static str)| welded.iter().copied().chain([more]).collect::<Vec<_>>();
    rows.push(spool("MK-SIN-MATERIALES", "1335", &[("Fecha_Materiales", "")]));
    rows.push(spool("MK-ARMADO", "1335", &armed));
    rows.push(spool("MK-SOLDADO", "1335", &welded));
    rows.push(spool("MK-BLOQUEADO", "1335", &with(("Estado_Detalle", "BLOQUEADO - Contactar supervisor"))));
    rows.push(spool("MK-RECHAZADO", "1335", &with(("Estado_Detalle", "RECHAZADO (Ciclo 2/3) - Pendiente reparación"))));
    rows.push(spool("MK-REPETIDO", "1", &[]));
    rows.push(spool("MK-REPETIDO", "2", &[]));
    rows.push(spool("MK-ILEGIBLE", "1335", &[("Ocupado_Por", "turno noche")]));
    rows.push(spool("MK/RARO ñ&<b>", "1335", &[]));
    let person = |id: u32, given: &str, family: &str, active: bool| {
        vec![Cell::Number(f64::from(id)), Cell::text(given), Cell::text(family), Cell::Bool(active)]
    };
    let role = |id: u32, role: &str| vec![Cell::Number(f64::from(id)), Cell::text(role), Cell::Bool(true)];
    let mut people = vec![
        person(93, "Marta", "Ríos", true),
        person(94, "Nicolás", "Ríos", true),
        person(95, "Carla", "Pinto", true),
        person(96, "Ana", "Paz", true),
        person(97, "Pedro", "Soto", false),
        person(98, "Sara", "Lagos", true),
    ];
    let mut roles =
        vec![role(93, "Armador"), role(94, "Armador"), role(95, "Soldador"), role(96, "Metrologia"), role(97, "Armador")];
    for id in 101..=160 {
        people.push(person(id, "Tomás", &format!("Vega {id}"), true));
        roles.push(role(id, "Ayudante"));
    }
    Sheets {
        operaciones: sheet(&HEADER, rows),
        trabajadores: sheet(&["Id", "Nombre", "Apellido", "Activo"], people),
        roles: sheet(&["Id", "Rol", "Activo"], roles),
        metadata: sheet(&AUDIT, Vec::new()),
    }
}

/// A row of the small plant: these cells, besides those that every spool there has.
pub(crate) fn spool(tag: &str, ot: &str, cells: &[(&str, &str)]) -> Vec<Cell> {
    let mut row = vec![Cell::Empty; HEADER.len()];
    let common = [("NV", "NV0650"), ("OT", ot), ("TAG_SPOOL", tag), ("Fecha_Materiales", "02-11-2026")];
    for (name, text) in common.into_iter().chain(cells.iter().copied()) {
        let place = HEADER
            .iter()
            .position(|found| spoolboard::domain::column::normalise(found) == spoolboard::domain::column::normalise(name));
        row[place.unwrap()] = Cell::text(text);
    }
    row
}
