//! `supervisor` and `token`: the real binary, beside one that serves.

use super::{PASSWORD, PIN, SUPERVISOR};
use crate::support::binary::{BINARY, Binary};
use crate::support::eventually;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SECRET: (&str, &str) = ("SPOOLBOARD_SECRET", "secreto-de-pruebas secreto-de-pruebas");

fn run(data: &Path, arguments: &[&str], line: &str) -> Output {
    let mut command = Command::new(BINARY);
    command.env_clear().env("SPOOLBOARD_DATA", data).envs([SECRET]).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> (bool, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

#[tokio::test]
async fn h4_the_first_supervisor_is_made_by_a_command_while_the_plant_is_served() {
    let data = tempfile::tempdir().unwrap();
    let served = Binary::serve_with(data.path(), "127.0.0.1:0", &[("SPOOLBOARD_ACCESS", "enrolled"), SECRET]).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let sign_in = async || {
        let form = [("nombre", SUPERVISOR), ("clave", PASSWORD)];
        client.post(format!("{}/entrar", served.url)).form(&form).send().await.unwrap().status().as_u16()
    };
    assert_eq!(sign_in().await, 403, "there is no account that everybody knows");
    let (good, text) = said(&run(data.path(), &["supervisor", "add", SUPERVISOR, "--password-stdin"], PASSWORD));
    assert!(good && !text.contains(PASSWORD), "{text}");
    assert_eq!(sign_in().await, 303, "at once");
    assert!(said(&run(data.path(), &["supervisor", "list"], "")).1.contains(SUPERVISOR));
    let twice = said(&run(data.path(), &["supervisor", "add", "elena TORO", "--password-stdin"], PASSWORD));
    assert!(!twice.0 && twice.1.contains("ya existe"), "{}", twice.1);
    assert!(said(&run(data.path(), &["supervisor", "remove", SUPERVISOR], "")).0);
    eventually("he cannot sign in any more", async || sign_in().await == 403).await;
}

#[tokio::test]
async fn h4_a_token_is_printed_once_and_ended_by_its_id() {
    let data = tempfile::tempdir().unwrap();
    let served = Binary::serve_with(data.path(), "127.0.0.1:0", &[("SPOOLBOARD_ACCESS", "enrolled"), SECRET]).await;
    let made = run(data.path(), &["token", "add", "informes", "--scope", "read"], "");
    let token = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert!(token.starts_with("spool_") && token.len() > 64, "{token}");
    let ask = async || {
        let request = reqwest::Client::new().get(format!("{}/api/spools?limit=1", served.url)).bearer_auth(&token);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask().await, 200);
    let list = said(&run(data.path(), &["token", "list"], "")).1;
    assert!(list.contains("informes") && list.contains("read") && !list.contains(token.rsplit('_').next().unwrap()), "{list}");
    assert!(said(&run(data.path(), &["token", "revoke", token.split('_').nth(1).unwrap()], "")).0);
    eventually("it is nothing any more", async || ask().await == 401).await;
    let again = said(&run(data.path(), &["token", "revoke", "00000000"], ""));
    assert!(!again.0 && again.1.contains("no existe"), "{}", again.1);
}

#[test]
fn what_an_account_may_not_be_is_one_line() {
    let data = tempfile::tempdir().unwrap();
    for (arguments, line, expected) in [
        (vec!["supervisor", "add", SUPERVISOR, "--password-stdin"], "corta", "de 10 a 200 caracteres"),
        (vec!["supervisor", "add", SUPERVISOR, "--password-stdin"], "", "de 10 a 200 caracteres"),
        (vec!["supervisor", "add", " \u{202e} ", "--password-stdin"], PASSWORD, "el nombre debe tener"),
        (vec!["supervisor", "add", SUPERVISOR], PASSWORD, "--password-stdin"),
        (vec!["supervisor", "remove", "Nadie"], "", "no existe"),
    ] {
        let (good, text) = said(&run(data.path(), &arguments, line));
        assert!(!good && text.contains(expected) && text.lines().count() == 1, "{arguments:?}: {text}");
    }
    let mut without = Command::new(BINARY);
    let output = without.env_clear().env("SPOOLBOARD_DATA", data.path()).args(["token", "list"]).output().unwrap();
    assert!(said(&output).1.contains("SPOOLBOARD_SECRET"));
}

/// What stands in a page between two marks.
fn between(text: &str, from: &str, to: &str) -> String {
    text.split(from).nth(1).unwrap_or_else(|| panic!("no {from} in {text}")).split(to).next().unwrap().to_owned()
}

#[tokio::test]
async fn h4_no_password_pin_badge_code_or_cookie_is_in_the_log_at_its_loudest() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let variables = [("SPOOLBOARD_ACCESS", "enrolled"), SECRET, ("RUST_LOG", "trace")];
    let served = Binary::serve_logging(&data, "127.0.0.1:0", &variables, &log).await;
    assert!(said(&run(&data, &["supervisor", "add", SUPERVISOR, "--password-stdin"], PASSWORD)).0);
    let browser = || reqwest::Client::builder().cookie_store(true).build().unwrap();
    let (tablet, desk) = (browser(), browser());
    let mut secrets = vec![PASSWORD.to_owned(), SECRET.1.to_owned()];
    let send = async |who: &reqwest::Client, path: &str, fields: &[(&str, &str)]| {
        let response = who.post(format!("{}{path}", served.url)).form(fields).send().await.unwrap();
        response.text().await.unwrap()
    };
    send(&desk, "/entrar", &[("nombre", SUPERVISOR), ("clave", "una clave equivocada")]).await;
    let signed_in = desk.post(format!("{}/entrar", served.url)).form(&[("nombre", SUPERVISOR), ("clave", PASSWORD)]);
    assert_eq!(signed_in.send().await.unwrap().url().path(), "/supervisor");
    let code = between(&send(&tablet, "/tableta", &[]).await, "class=\"code\">", "<");
    send(&desk, "/supervisor/tabletas/registrar", &[("codigo", &code), ("nombre", "Armado 1")]).await;
    let worker = {
        let names = tablet.get(format!("{}/", served.url)).send().await.unwrap().text().await.unwrap();
        between(&names, "/carretes?trabajador=", "\"")
    };
    let made = send(&desk, "/supervisor/claves/crear", &[("nombre", "informes"), ("alcance", "leer")]).await;
    let token = between(&made, "id=\"clave-nueva\">", "<");
    let wall = between(&send(&desk, "/supervisor/claves/muro", &[]).await, "/muro/", "<");
    send(&desk, "/supervisor/claves/pin", &[("trabajador", &worker), ("pin", "830417")]).await;
    send(&desk, "/supervisor/claves/credencial", &[("trabajador", &worker), ("codigo", "TRAB-0093-X")]).await;
    send(&tablet, "/pin", &[("trabajador", &worker), ("pin", "830417")]).await;
    send(&tablet, "/credencial", &[("codigo", "TRAB-0093-X")]).await;
    let anybody = reqwest::Client::new();
    anybody.get(format!("{}/muro/{wall}", served.url)).send().await.unwrap();
    let asked = anybody.get(format!("{}/api/spools", served.url)).bearer_auth(&token).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    let figures = asked_for(&anybody, &format!("{}/metrics", served.url), &token).await;
    secrets.extend(["una clave equivocada", "830417", "TRAB-0093-X"].map(str::to_owned));
    secrets.extend([token.rsplit('_').next().unwrap().to_owned(), wall]);
    drop(served);
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("/pin") && log.contains("\"level\":\"DEBUG\""), "everything was logged");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
        assert!(!figures.contains(&secret), "{secret} is in the figures");
    }
    assert!(!log.contains("sb_session=") && !log.contains("sb_device="), "no cookie is in the log");
}

#[tokio::test]
async fn h4_what_a_supervisor_does_at_the_door_is_in_the_log_with_his_name_and_with_what_he_did_it_to() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let settings = [("SPOOLBOARD_ACCESS", "enrolled"), SECRET, ("RUST_LOG", "info")];
    let mut served = Binary::serve_logging(&data, "127.0.0.1:0", &settings, &log).await;
    assert!(said(&run(&data, &["supervisor", "add", SUPERVISOR, "--password-stdin"], PASSWORD)).0);
    let browser = || {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).cookie_store(true);
        client.build().unwrap()
    };
    let (boss, device) = (browser(), browser());
    let at = |path: &str| format!("{}{path}", served.url);
    let between = |text: &str, before: &str| text.split(before).nth(1).unwrap().split(['<', '"']).next().unwrap().to_owned();
    boss.post(at("/entrar")).form(&[("nombre", SUPERVISOR), ("clave", PASSWORD)]).send().await.unwrap();
    device.post(at("/tableta")).form(&[("x", "y")]).send().await.unwrap();
    let code = between(&device.get(at("/tableta")).send().await.unwrap().text().await.unwrap(), "class=\"code\">");
    let act = async |path: &str, fields: &[(&str, &str)]| {
        let reply = boss.post(at(&format!("/supervisor/{path}"))).form(fields).send().await.unwrap();
        assert!(matches!(reply.status().as_u16(), 200 | 303), "{path}: {}", reply.status());
        reply.text().await.unwrap()
    };
    act("tabletas/registrar", &[("codigo", &code), ("nombre", "Armado 1")]).await;
    let tablet = between(&boss.get(at("/supervisor/tabletas")).send().await.unwrap().text().await.unwrap(), "id=\"tableta-");
    act("tabletas/nombrar", &[("id", &tablet), ("nombre", "Armado 2")]).await;
    act("tabletas/desbloquear", &[("id", &tablet)]).await;
    act("tabletas/revocar", &[("id", &tablet)]).await;
    let made = act("claves/crear", &[("nombre", "informes"), ("alcance", "leer")]).await;
    let token = between(&made, "id=\"clave-nueva\">");
    act("claves/anular", &[("id", token.split('_').nth(1).unwrap())]).await;
    let wall = between(&act("claves/muro", &[]).await, "id=\"muro-nuevo\">");
    act("claves/sin-muro", &[]).await;
    act("claves/pedir-pin", &[("pedir", "si")]).await;
    act("claves/pedir-pin", &[("pedir", "no")]).await;
    let page = boss.get(at("/supervisor/claves")).send().await.unwrap().text().await.unwrap();
    let worker = between(page.split("claves/pin\"").nth(1).unwrap(), "</option><option value=\"");
    act("claves/pin", &[("trabajador", &worker), ("pin", PIN)]).await;
    act("claves/pin", &[("trabajador", &worker)]).await;
    act("claves/credencial", &[("trabajador", &worker), ("codigo", "TRAB-0093-X")]).await;
    act("claves/credencial", &[("trabajador", &worker)]).await;
    served.kill().await;
    let log = std::fs::read_to_string(&log).unwrap();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let done: Vec<String> = lines
        .filter(|line| line["by"] == SUPERVISOR)
        .map(|line| format!("{} {}", line["act"].as_str().unwrap(), line["whom"].as_str().unwrap()))
        .collect();
    let expected = [
        format!("let in {tablet} Armado 1"),
        format!("rename {tablet} Armado 2"),
        format!("unlock {tablet}"),
        format!("revoke {tablet}"),
        "make token informes".into(),
        "revoke token informes".into(),
        "make wall link ".into(),
        "drop wall link ".into(),
        "ask for PINs ".into(),
        "ask for no PINs ".into(),
        format!("give PIN {worker}"),
        format!("take PIN {worker}"),
        format!("give badge {worker}"),
        format!("take badges {worker}"),
    ];
    assert_eq!(done, expected);
    for secret in [&token, &wall, PIN, "TRAB-0093", PASSWORD, &code] {
        assert!(!log.contains(secret), "{secret}");
    }
}

async fn asked_for(client: &reqwest::Client, url: &str, token: &str) -> String {
    client.get(url).bearer_auth(token).send().await.unwrap().text().await.unwrap()
}
