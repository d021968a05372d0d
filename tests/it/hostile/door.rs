//! The same with a door that is locked: whatever one comes in with is in no log, no figure, no file and
//! no answer to anything that failed.

use super::secrets::{PASSWORD as REDIS, holds_none};
use crate::support::binary::{BINARY, Binary};
use crate::support::eventually;
use crate::support::redis::RealRedis;
use crate::tls;
use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Client, RequestBuilder, redirect};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const SECRET: &str = "clave-para-firmar-de-la-puerta-0123456789abcdef";
const NAME: &str = "Elena Toro";
const PASSWORD: &str = "cobre y lluvia 7 al amanecer";
const PIN: &str = "830417";
const BADGE: &str = "CREDENCIAL-0093-K";

/// What was tried wrongly: it may be right elsewhere, or nearly.
const WRONG: [&str; 5] =
    ["cobre y lluvia 8 al amanecer", "295038", "CREDENCIAL-0094-K", "spool_ajena_9e21bb55d1e0", "llave-del-muro-ajeno"];

/// What was said, and what nobody may have said.
#[derive(Default)]
struct Scrape {
    shown: String,
    secrets: Vec<String>,
}

impl Scrape {
    /// An answer that may hold what it hands out; its cookies are secrets.
    async fn quiet(&mut self, request: RequestBuilder) -> (u16, String) {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        self.keep(answer.headers());
        (status, answer.text().await.unwrap())
    }

    /// An answer that may hold none.
    async fn ask(&mut self, request: RequestBuilder) -> u16 {
        let (status, text) = self.quiet(request).await;
        self.shown.push_str(&text);
        status
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            // The number of a tablet's trail is no secret.
            if name != "tableta" && !value.is_empty() {
                self.secrets.push(value.to_owned());
                self.secrets.push(value.rsplit(['.', '=']).next().unwrap().to_owned());
            }
        }
    }
}

fn between<'a>(text: &'a str, before: &str) -> &'a str {
    text.split(before).nth(1).unwrap_or_else(|| panic!("{before} is not in {text}")).split('<').next().unwrap()
}

fn browser() -> Client {
    Client::builder().redirect(redirect::Policy::none()).cookie_store(true).build().unwrap()
}

/// Runs a command of the program; all that it said.
fn run(data: &Path, variables: &[(&str, &str)], arguments: &[&str], line: &str) -> String {
    let mut command = Command::new(BINARY);
    command.env("SPOOLBOARD_DATA", data).envs(variables.iter().copied()).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Everything that lies in a folder, as text.
fn files(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.push_str(&files(&path)),
            false => all.push_str(&String::from_utf8_lossy(&fs::read(path).unwrap())),
        }
    }
    all
}

#[tokio::test]
async fn h4_nothing_that_opens_the_door_is_logged_counted_kept_or_shown_to_another() {
    let mut redis = RealRedis::with_password(REDIS);
    redis.ask::<()>(&["CONFIG", "SET", "appendonly", "yes"]);
    let folder = tempfile::tempdir().unwrap();
    let (data, log, redis_url) = (folder.path().join("data"), folder.path().join("log"), redis.url());
    let settings =
        [("REDIS_URL", &*redis_url), ("SPOOLBOARD_SECRET", SECRET), ("SPOOLBOARD_ACCESS", "enrolled"), ("RUST_LOG", "trace")];
    let mut binary = Binary::serve_logging(&data, "127.0.0.1:0", &settings, &log).await;
    let mut scrape = Scrape::default();
    scrape.shown.push_str(&run(&data, &settings, &["supervisor", "add", NAME, "--password-stdin"], PASSWORD));
    scrape.shown.push_str(&run(&data, &settings, &["supervisor", "add", NAME, "--password-stdin"], PASSWORD));
    let at = |path: &str| format!("{}{path}", binary.url);
    let (boss, tablet, program) = (browser(), browser(), browser());

    let enter = |password: &str| boss.post(at("/entrar")).form(&[("nombre", NAME), ("clave", password)]);
    assert_eq!((scrape.ask(enter(WRONG[0])).await, scrape.ask(enter(PASSWORD)).await), (403, 303));
    assert_eq!(scrape.ask(tablet.post(at("/tableta")).form(&[("x", "y")])).await, 303);
    let (_, page) = scrape.quiet(tablet.get(at("/tableta"))).await;
    let code = between(&page, "class=\"code\">").to_owned();
    scrape.secrets.extend([code.clone(), code.replace('-', "")]);
    let act = |path: &str, fields: &[(&str, &str)]| boss.post(at(&format!("/supervisor/{path}"))).form(fields);
    assert_eq!(scrape.ask(act("tabletas/registrar", &[("codigo", "BBBBBBBB"), ("nombre", "Armado 1")])).await, 400);
    assert_eq!(scrape.ask(act("tabletas/registrar", &[("codigo", &code), ("nombre", "Armado 1")])).await, 303);
    let (_, page) = scrape.quiet(act("claves/crear", &[("nombre", "informes"), ("alcance", "actuar")])).await;
    let token = between(&page, "id=\"clave-nueva\">").to_owned();
    let (_, page) = scrape.quiet(act("claves/muro", &[])).await;
    let wall = between(&page, "id=\"muro-nuevo\">").to_owned();
    let (_, text) = scrape.quiet(program.get(at("/api/workers")).bearer_auth(&token)).await;
    let workers: serde_json::Value = serde_json::from_str(&text).unwrap();
    let worker = workers["items"].as_array().unwrap().iter().find(|one| one["activo"] == true).unwrap()["id"].to_string();
    let his = |field: &'static str, value: &'static str| [("trabajador", worker.clone()), (field, value.to_owned())];
    let set = |path: &str, fields: &[(&str, String); 2]| boss.post(at(path)).form(fields);
    for (path, field, value, status) in [
        ("/supervisor/claves/pin", "pin", "123456", 400),
        ("/supervisor/claves/pin", "pin", PIN, 303),
        ("/supervisor/claves/credencial", "codigo", BADGE, 303),
        ("/supervisor/claves/credencial", "codigo", BADGE, 409),
    ] {
        assert_eq!(scrape.ask(set(path, &his(field, value))).await, status, "{path} {value}");
    }
    assert_eq!(scrape.ask(act("claves/pedir-pin", &[("pedir", "si")])).await, 303);
    for (path, field, value, status) in [
        ("/pin", "pin", WRONG[1], 403),
        ("/pin", "pin", PIN, 303),
        ("/credencial", "codigo", WRONG[2], 400),
        ("/credencial", "codigo", BADGE, 303),
    ] {
        assert_eq!(scrape.ask(tablet.post(at(path)).form(&his(field, value))).await, status, "{path} {value}");
    }
    assert_eq!(scrape.ask(program.get(at("/api/workers")).bearer_auth(WRONG[3])).await, 401);
    assert_eq!(scrape.ask(program.post(at("/api/occupation/tomar")).bearer_auth(&token).json(&"nada")).await, 400);
    assert_eq!(scrape.quiet(browser().get(&wall)).await.0, 200);
    assert_eq!(scrape.ask(browser().get(at(&format!("/muro/{}", WRONG[4])))).await, 401);
    let forged = scrape.secrets.iter().find(|secret| secret.len() > 60).unwrap().replace('a', "b");
    scrape.ask(browser().get(at("/")).header("Cookie", format!("sb_device={forged}"))).await;

    // What watches the program shows none of it either.
    let looked_at = [
        "/metrics",
        "/diagnostico",
        "/supervisor/salud",
        "/supervisor/actividad",
        "/supervisor/claves",
        "/supervisor/tabletas",
        "/ready",
    ];
    for path in looked_at {
        assert_eq!(scrape.ask(boss.get(at(path))).await, 200, "{path}");
    }
    let (_, page) = scrape.quiet(boss.get(at("/supervisor/tabletas"))).await;
    let id = between(&page.replace('"', "<"), "id=<tableta-").to_owned();
    assert_eq!(scrape.ask(boss.get(at(&format!("/diagnostico?tableta={id}")))).await, 200);
    scrape.secrets.extend([
        token.clone(),
        token.rsplit('_').next().unwrap().to_owned(),
        wall.rsplit('/').next().unwrap().to_owned(),
    ]);
    over_tls(folder.path(), &settings, &mut scrape).await;

    // And now nobody can be known any more.
    redis.kill9();
    eventually("the register is away", async || fs::read_to_string(&log).unwrap().contains("who may come in cannot be read"))
        .await;
    scrape.ask(enter(PASSWORD)).await;
    scrape.ask(tablet.post(at("/pin")).form(&his("pin", PIN))).await;
    scrape.ask(set("/supervisor/claves/pin", &his("pin", PIN))).await;
    scrape.ask(program.get(at("/api/spools")).bearer_auth(&token)).await;
    binary.kill().await;

    let secrets: Vec<String> =
        [REDIS, SECRET, PASSWORD, PIN, BADGE].into_iter().chain(WRONG).map(str::to_owned).chain(scrape.secrets).collect();
    assert!(secrets.len() > 20 && secrets.iter().all(|secret| secret.len() >= PIN.len()), "{secrets:?}");
    holds_none(&scrape.shown, &secrets, "an answer");
    holds_none(&binary.said(), &secrets, "the output");
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains("\"level\":\"DEBUG\"") && log.contains("/supervisor/claves/pin"), "everything was logged");
    holds_none(&log, &secrets, "the log");
    holds_none(&files(&data), &secrets, "the data folder");
}

/// Another process with a certificate, and one whose setting names the wrong file.
async fn over_tls(folder: &Path, settings: &[(&str, &str)], scrape: &mut Scrape) {
    tls::exchange(folder);
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    let pem = fs::read_to_string(key).unwrap();
    scrape.secrets.extend(pem.lines().filter(|line| !line.starts_with("-----")).map(str::to_owned));
    let log = folder.join("log-tls");
    let with_key = [settings, &[("SPOOLBOARD_TLS_CERT", cert), ("SPOOLBOARD_TLS_KEY", key)]].concat();
    let mut binary = Binary::serve_logging(&folder.join("data-tls"), "127.0.0.1:0", &with_key, &log).await;
    let address = binary.url.strip_prefix("https://").unwrap().parse().unwrap();
    let mut stream = tls::connect(address, tls::shown(folder), b"http/1.1").await.unwrap();
    let ask = format!(
        "GET /supervisor HTTP/1.1\r\nHost: taller\r\nCookie: __Host-sb_session={}\r\nConnection: close\r\n\r\n",
        WRONG[3]
    );
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server may close without the last word of TLS.
    let _ = stream.read_to_end(&mut answer).await;
    binary.kill().await;
    scrape.shown.push_str(&String::from_utf8_lossy(&answer));
    scrape.shown.push_str(&(fs::read_to_string(&log).unwrap() + &binary.said()));
    let swapped = [settings, &[("SPOOLBOARD_TLS_CERT", key), ("SPOOLBOARD_TLS_KEY", cert)]].concat();
    let refused = run(&folder.join("data-no"), &swapped, &["serve"], "");
    assert!(refused.contains("SPOOLBOARD_TLS"), "{refused}");
    scrape.shown.push_str(&refused);
}
