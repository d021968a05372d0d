//! The door with a lock, over a real socket: who is let in to what (`field-failures.md` H4, `reliability.md` 6).

mod commands;
mod enrolment;
mod guessing;
mod left_open;
mod matrix;
mod processes;
mod sign_in;
mod tokens;
mod two_doors;

use crate::support::{Reply, TestPlant};
use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use reqwest::{Client, Method, redirect};
use serde_json::Value;
use spoolboard::access::Access;
use spoolboard::domain::WorkerId;
use std::sync::Arc;

pub(crate) const SUPERVISOR: &str = "Elena Toro";
pub(crate) const PASSWORD: &str = "cobre y lluvia 7";
pub(crate) const PIN: &str = "830417";

/// Somebody with cookies of his own, or a token.
#[derive(Clone)]
pub(crate) struct Persona {
    client: Client,
    /// Cookies as they were given, by name.
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) bearer: Option<String>,
    /// What the proxy in front says of him: from which address he came, and by what.
    pub(crate) came: Option<(String, &'static str)>,
}

impl Persona {
    /// Nobody yet.
    pub(crate) fn new() -> Persona {
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Persona { client, cookies: Vec::new(), bearer: None, came: None }
    }

    /// Nobody yet, who comes to the proxy from an address, by `http` or `https`.
    pub(crate) fn from(address: &str, scheme: &'static str) -> Persona {
        Persona { came: Some((address.to_owned(), scheme)), ..Persona::new() }
    }

    /// A client with a token.
    pub(crate) fn token(token: &str) -> Persona {
        Persona { bearer: Some(token.to_owned()), ..Persona::new() }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !self.cookies.is_empty() {
            let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            headers.insert("cookie", HeaderValue::from_str(&line.join("; ")).unwrap());
        }
        if let Some((address, scheme)) = &self.came {
            headers.insert("x-forwarded-for", HeaderValue::from_str(address).unwrap());
            headers.insert("x-forwarded-proto", HeaderValue::from_static(scheme));
        }
        if let Some(token) = &self.bearer {
            headers.insert("authorization", HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
        }
        headers
    }

    /// A request as this one sends it.
    pub(crate) fn request(&self, plant: &TestPlant, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, plant.url(path)).headers(self.headers())
    }

    pub(crate) async fn get(&self, plant: &TestPlant, path: &str) -> Reply {
        plant.send(self.request(plant, Method::GET, path)).await
    }

    /// A form as a browser sends it; cookies that come back are kept.
    pub(crate) async fn form(&mut self, plant: &TestPlant, path: &str, fields: &[(&str, &str)]) -> Reply {
        let reply = plant.send(self.request(plant, Method::POST, path).form(fields)).await;
        self.keep(&reply);
        reply
    }

    pub(crate) async fn post(&self, plant: &TestPlant, path: &str, body: Value) -> Reply {
        plant.send(self.request(plant, Method::POST, path).json(&body)).await
    }

    pub(crate) fn keep(&mut self, reply: &Reply) {
        for line in reply.headers.get_all(SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            let value = rest.split(';').next().unwrap();
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    pub(crate) fn cookie(&self, name: &str) -> &str {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

/// The register of a plant.
pub(crate) fn register(plant: &TestPlant) -> &Arc<Access> {
    plant.running.app.access.as_ref().unwrap()
}

/// Now, as the register counts.
pub(crate) fn now(plant: &TestPlant) -> i64 {
    plant.running.app.plant.clock().now().timestamp()
}

/// A plant with a locked door and one supervisor.
pub(crate) async fn locked_plant() -> TestPlant {
    let plant = TestPlant::enrolled(None).await;
    register(&plant).add_supervisor(SUPERVISOR, PASSWORD, now(&plant)).await.unwrap();
    plant
}

/// Somebody who signed in as the supervisor.
pub(crate) async fn supervisor(plant: &TestPlant) -> Persona {
    let mut persona = Persona::new();
    let reply = persona.form(plant, "/entrar", &[("nombre", SUPERVISOR), ("clave", PASSWORD)]).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    persona
}

/// A device that asked, and the code that it shows.
pub(crate) async fn asking(plant: &TestPlant) -> (Persona, String) {
    let mut persona = Persona::new();
    assert_eq!(persona.form(plant, "/tableta", &[]).await.status, 303);
    let page = persona.get(plant, "/tableta").await.text;
    let code = page.split("class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    (persona, code)
}

/// A tablet that the register let in, and its id.
pub(crate) async fn tablet(plant: &TestPlant, name: &str) -> (Persona, String) {
    let (persona, code) = asking(plant).await;
    let id = register(plant).let_in(&code, name, SUPERVISOR, now(plant)).await.unwrap();
    (persona, id)
}

/// A worker who gave his PIN on a tablet.
pub(crate) async fn worker(plant: &TestPlant, id: u32, name: &str) -> Persona {
    let (mut persona, _) = tablet(plant, name).await;
    register(plant).set_pin(WorkerId::new(id).unwrap(), Some(PIN), now(plant)).await.unwrap();
    let reply = persona.form(plant, "/pin", &[("trabajador", &id.to_string()), ("pin", PIN)]).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    persona
}
