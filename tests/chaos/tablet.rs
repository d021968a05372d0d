//! A virtual tablet: one worker who taps at random and remembers what he was told.

use crate::dice::Dice;
use crate::history::{Answer, Asked};
use crate::stand_in::Google;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// After so long a tablet believes that it will never be answered; the promise is 35 s.
const PATIENCE: Duration = Duration::from_secs(45);

/// How often a tablet sends the same tap again.
const AGAIN: usize = 4;

/// Spools that everybody wants.
const HOT: usize = 5;

/// What all tablets of a run have in common.
pub(crate) struct Floor {
    /// Where the processes serve.
    pub(crate) urls: Vec<String>,
    pub(crate) tags: Vec<String>,
    /// Whose clock the history goes by.
    pub(crate) google: Google,
    pub(crate) asked: Mutex<Vec<Asked>>,
    /// The shift is over.
    pub(crate) over: CancellationToken,
}

/// One tablet and whoever works with it.
pub(crate) struct Tablet {
    floor: Arc<Floor>,
    dice: Dice,
    client: Client,
    worker: u32,
    inspects: bool,
    /// The process that it asks first.
    home: usize,
    /// What he believes to have.
    holds: Vec<String>,
    /// His last tap that was saved.
    last: Option<(String, String)>,
}

/// A tap.
struct Tap {
    verb: &'static str,
    path: &'static str,
    body: Value,
    key: String,
    tags: Vec<String>,
}

impl Tablet {
    pub(crate) fn new(floor: Arc<Floor>, seed: u64, number: usize, worker: u32, inspects: bool) -> Tablet {
        let client = Client::builder().timeout(PATIENCE).build().unwrap();
        let home = number % floor.urls.len();
        Tablet {
            dice: Dice::of(seed, 1_000 + number as u64),
            floor,
            client,
            worker,
            inspects,
            home,
            holds: Vec::new(),
            last: None,
        }
    }

    /// Works until the shift is over and the tap in hand is answered.
    pub(crate) async fn work(mut self) {
        while !self.floor.over.is_cancelled() {
            let pause = self.dice.within(10, 300);
            tokio::select! {
                () = sleep(Duration::from_millis(pause)) => {}
                () = self.floor.over.cancelled() => return,
            }
            let tap = self.choose().await;
            self.tap(tap).await;
        }
    }

    async fn choose(&mut self) -> Tap {
        if !self.holds.is_empty() && self.dice.percent(60) {
            let tag = self.dice.one(&self.holds).clone();
            let (verb, path) = match self.dice.below(100) {
                0..45 => ("PAUSAR", "occupation/pausar"),
                45..80 => ("COMPLETAR", "occupation/completar"),
                80..92 => ("CANCELAR", "occupation/cancelar"),
                _ => ("TOMAR", "occupation/tomar"),
            };
            let body = json!({"tag_spool": tag, "worker_id": self.worker, "operacion": "ARM"});
            return self.of(verb, path, body, vec![tag]);
        }
        if self.inspects {
            let tag = self.wanted("METROLOGIA").await;
            let verdict = if self.dice.percent(60) { "APROBADO" } else { "RECHAZADO" };
            let body = json!({"tag_spool": tag, "worker_id": self.worker, "resultado": verdict});
            return self.of("INSPECCIONAR", "metrologia/completar", body, vec![tag]);
        }
        if let Some((tag, id)) = self.last.clone()
            && self.dice.percent(10)
        {
            let body = json!({"tag_spool": tag, "worker_id": self.worker, "id": id});
            return self.of("DESHACER", "occupation/deshacer", body, vec![tag]);
        }
        let operation = *self.dice.one(&["ARM", "ARM", "ARM", "SOLD", "SOLD", "REPARACION"]);
        if self.dice.percent(8) {
            let first = self.dice.below(self.floor.tags.len());
            let tags: Vec<String> = self.floor.tags.iter().cycle().skip(first).take(6).cloned().collect();
            let body = json!({"tag_spools": tags, "worker_id": self.worker, "operacion": operation});
            return self.of("TOMAR", "occupation/batch-tomar", body, tags);
        }
        let tag = self.wanted(operation).await;
        let body = json!({"tag_spool": tag, "worker_id": self.worker, "operacion": operation});
        self.of("TOMAR", "occupation/tomar", body, vec![tag])
    }

    fn of(&mut self, verb: &'static str, path: &'static str, body: Value, tags: Vec<String>) -> Tap {
        Tap { verb, path, body, key: self.dice.id(), tags }
    }

    /// A spool: one that everybody wants, one of the list, or any.
    async fn wanted(&mut self, operation: &str) -> String {
        match self.dice.below(100) {
            0..35 => self.floor.tags[self.dice.below(HOT)].clone(),
            35..80 => {
                let path = format!("/api/spools?estado=disponible&operacion={operation}&limit=30");
                let items = self.look(&path).await["items"].as_array().cloned().unwrap_or_default();
                let tags: Vec<&str> = items.iter().filter_map(|item| item["tag_spool"].as_str()).collect();
                match tags[..] {
                    [] => self.dice.one(&self.floor.tags).clone(),
                    _ => (*self.dice.one(&tags)).to_owned(),
                }
            }
            _ => self.dice.one(&self.floor.tags).clone(),
        }
    }

    /// A list as this tablet sees it; nothing while its process is away.
    async fn look(&self, path: &str) -> Value {
        let asked = self.client.get(format!("{}{path}", self.floor.urls[self.home])).send().await;
        match asked {
            Ok(response) => response.json().await.unwrap_or_default(),
            Err(_) => Value::Null,
        }
    }

    /// Sends a tap, again if nobody can tell what became of it.
    async fn tap(&mut self, tap: Tap) {
        for attempt in 0..AGAIN {
            // A tablet that was let down tries the other door.
            let door = (self.home + attempt) % self.floor.urls.len();
            let request = self.client.post(format!("{}/api/{}", self.floor.urls[door], tap.path));
            let request = request.header("Idempotency-Key", &tap.key).json(&tap.body);
            let (settled, patient) = match self.send(&tap, request).await {
                Some((status, reply)) => (self.hear(&tap, status, &reply), 70),
                None => (false, 85),
            };
            if settled || !self.dice.percent(patient) {
                return;
            }
            sleep(Duration::from_millis(self.dice.within(50, 800))).await;
        }
    }

    /// Asks, and writes down what was asked and answered.
    async fn send(&self, tap: &Tap, request: RequestBuilder) -> Option<(u16, Value)> {
        let asked = self.floor.google.now();
        let reply = async {
            let response = request.send().await?;
            let status = response.status().as_u16();
            // A reply that breaks off is no reply.
            Ok::<_, reqwest::Error>((status, response.json::<Value>().await?))
        };
        let reply = reply.await;
        let at = self.floor.google.now();
        let whole = match &reply {
            Ok((status, body)) => Answer::Told(at, *status, body["error"].as_str().unwrap_or_default().to_owned()),
            Err(error) if error.is_timeout() => Answer::Never,
            Err(_) => Answer::Lost(at),
        };
        let mut all = self.floor.asked.lock().unwrap();
        let batch = tap.path.ends_with("batch-tomar");
        for (place, tag) in tap.tags.iter().enumerate() {
            let (op, answer) = match (batch, &reply) {
                (false, _) => (tap.key.clone(), whole.clone()),
                (true, reply) => {
                    let id = Uuid::parse_str(&tap.key).unwrap();
                    let answer = match reply {
                        Ok((200, body)) => verdict(at, &body["details"][place]),
                        _ => whole.clone(),
                    };
                    (Uuid::new_v5(&id, tag.as_bytes()).to_string(), answer)
                }
            };
            all.push(Asked { op, tag: tag.clone(), verb: tap.verb.to_owned(), worker: self.worker, at: asked, answer });
        }
        reply.ok()
    }

    /// Remembers what he was told; whether that settles the tap.
    fn hear(&mut self, tap: &Tap, status: u16, reply: &Value) -> bool {
        match (status, tap.verb) {
            (200, "TOMAR") if tap.path.ends_with("batch-tomar") => {
                let details = reply["details"].as_array().cloned().unwrap_or_default();
                let won = details.iter().filter(|item| item["success"] == true).filter_map(|item| item["tag_spool"].as_str());
                self.holds.extend(won.map(str::to_owned));
            }
            (200, "TOMAR") => self.holds.push(tap.tags[0].clone()),
            (200, "DESHACER") => self.last = None,
            (200 | 400..=499, "PAUSAR" | "COMPLETAR" | "CANCELAR") => self.holds.retain(|tag| *tag != tap.tags[0]),
            _ => {}
        }
        if status == 200 && tap.tags.len() == 1 && tap.verb != "DESHACER" {
            self.last = Some((tap.tags[0].clone(), tap.key.clone()));
        }
        status < 500
    }
}

/// The answer about one spool of a batch, with the status that it would have had alone.
fn verdict(at: Duration, detail: &Value) -> Answer {
    let code = detail["error"].as_str().unwrap_or_default();
    let status = match (detail["success"] == true, code) {
        (true, _) => 200,
        (false, "RESULTADO_DESCONOCIDO" | "SHEETS_TIMEOUT" | "ERROR_INTERNO") => 503,
        (false, code) if code.ends_with("_NO_DISPONIBLE") && code != "OPERACION_NO_DISPONIBLE" => 503,
        _ => 409,
    };
    Answer::Told(at, status, code.to_owned())
}
