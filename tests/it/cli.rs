//! The program as somebody starts it: the real binary, its lines and its exit statuses.

use crate::support::binary::Binary;
use crate::support::google::BOOK;
use crate::support::redis::{RealRedis, free_port};
use crate::tls;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spoolboard"));
    command.env_clear().env("SPOOLBOARD_DATA", data).env("SPOOLBOARD_LISTEN", "127.0.0.1:0").env("RUST_LOG", "warn");
    command
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    program(data).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A serving program; killed when the test ends early.
struct Serving {
    child: Child,
    stdout: BufReader<ChildStdout>,
    greeting: String,
    url: String,
}

impl Serving {
    fn on(data: &Path) -> Serving {
        Serving::of(&mut program(data))
    }

    fn of(program: &mut Command) -> Serving {
        let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        stdout.read_line(&mut greeting).unwrap();
        let url = greeting.split_whitespace().find(|word| word.starts_with("http://")).unwrap_or_default().to_owned();
        Serving { child, stdout, greeting, url }
    }

    /// SIGTERM, and the wait for the end.
    fn terminate(mut self) -> std::process::ExitStatus {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "one line on stdout and no more");
        status
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn post(url: &str, path: &str, body: Value) -> (u16, Value) {
    let response = reqwest::Client::new().post(format!("{url}{path}")).json(&body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn without_any_setting_the_demonstration_plant_is_served_and_says_so() {
    let data = TempDir::new().unwrap();
    let serving = Serving::on(data.path());
    assert!(serving.greeting.contains("planta de demostración"), "{}", serving.greeting);
    let (status, reply) = post(
        &serving.url,
        "/api/occupation/tomar",
        json!({"tag_spool": "MK-1335-CW-25238-012", "worker_id": 93, "operacion": "ARM"}),
    )
    .await;
    assert_eq!(status, 200, "{reply}");
    assert!(serving.terminate().success());
}

#[tokio::test]
async fn h2_the_shipped_program_alone_has_its_screens_their_style_and_a_take_that_works() {
    let data = TempDir::new().unwrap();
    // An empty folder to stand in, and no variable but its own: nothing beside the program is used.
    let elsewhere = TempDir::new().unwrap();
    let serving = Serving::of(program(data.path()).current_dir(elsewhere.path()));
    assert!(!serving.url.ends_with(":0"), "the port is the real one: {}", serving.greeting);

    let page = reqwest::get(format!("{}/", serving.url)).await.unwrap().text().await.unwrap();
    assert!(page.contains("¿Quién eres?") && page.contains("href=\"/carretes?trabajador=93\""), "{page}");
    let assets: Vec<&str> = page.split('"').filter(|part| part.starts_with("/static/") && !part.contains('#')).collect();
    assert!(["app.", "screen."].iter().all(|name| assets.iter().any(|asset| asset.contains(name))), "{assets:?}");
    for asset in assets {
        let answer = reqwest::get(format!("{}{asset}", serving.url)).await.unwrap();
        assert_eq!(answer.status(), 200, "{asset}");
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        let text = answer.text().await.unwrap();
        match asset.rsplit('.').next().unwrap() {
            "css" => assert!(kind.starts_with("text/css") && text.contains(".spool") && text.contains("--ground"), "{asset}"),
            "js" => assert!(kind.starts_with("text/javascript") && text.len() > 1_000, "{asset}"),
            _ => assert!(text.contains("<svg"), "{asset}"),
        }
    }
    let take = json!({"tag_spool": "MK-1335-CW-25238-012", "worker_id": 93, "operacion": "ARM"});
    let (status, reply) = post(&serving.url, "/api/occupation/tomar", take).await;
    assert_eq!((status, &reply["tag_spool"]), (200, &json!("MK-1335-CW-25238-012")), "{reply}");
    let board = reqwest::get(format!("{}/tablero", serving.url)).await.unwrap().text().await.unwrap();
    assert!(board.contains("<b>012</b>"), "{board}");
    assert!(serving.terminate().success());
}

#[tokio::test]
async fn e3_sigterm_with_open_streams_and_waiting_writes_ends_in_time_and_loses_nothing() {
    let data = TempDir::new().unwrap();
    let serving = Serving::on(data.path());
    let client = reqwest::Client::new();
    let mut streams = Vec::new();
    for path in ["/api/sse/stream", "/api/sse/stream", "/api/spools"] {
        streams.push(client.get(format!("{}{path}", serving.url)).send().await.unwrap());
    }
    // A request in hand whose body never comes, too.
    let mut half = tokio::net::TcpStream::connect(serving.url.trim_start_matches("http://")).await.unwrap();
    let head =
        b"POST /api/occupation/tomar HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    tokio::io::AsyncWriteExt::write_all(&mut half, head).await.unwrap();
    let body = json!({"tag_spool": "MK-1335-CW-25238-013", "worker_id": 93, "operacion": "ARM"});
    assert_eq!(post(&serving.url, "/api/occupation/tomar", body.clone()).await.0, 200);
    let ended = tokio::task::spawn_blocking(move || serving.terminate());
    let status = tokio::time::timeout(Duration::from_secs(5), ended).await.expect("it ends within five seconds").unwrap();
    assert!(status.success());
    let again = Serving::on(data.path());
    let held = reqwest::get(format!("{}/api/occupation/status/MK-1335-CW-25238-013", again.url)).await.unwrap();
    assert_eq!(held.json::<Value>().await.unwrap()["worker_id"], 93);
}

#[test]
fn a_bad_setting_stops_the_start_with_one_line_that_names_it() {
    let data = TempDir::new().unwrap();
    for (variable, value, allowed) in [
        ("SPOOLBOARD_LISTEN", "ocho mil", "127.0.0.1:8000"),
        ("TIMEZONE", "Santiago", "America/Santiago"),
        ("OCCUPATION_MAX_HOURS", "-1", "entre 0 y 8760"),
        ("OCCUPATION_MAX_HOURS", "doce", "entre 0 y 8760"),
        ("IDLE_MAX_HOURS", "siempre", "entre 0 y 8760"),
        ("REPAIR_MAX_CYCLES", "1.5", "entre 0 y 99"),
        ("REDIS_LOCK_TTL_SECONDS", "0", "entre 60 y 86400"),
        ("REDIS_MAX_CONNECTIONS", "muchas", "entre 1 y 100000"),
        ("SHEETS_REFRESH_SECONDS", "0", "entre 1 y 3600"),
        ("GOOGLE_SHEETS_URL", "http://hojas.example", "https"),
        ("SPOOLBOARD_ACCESS", "todos", "open o enrolled"),
        ("RUST_LOG", "a=b=c", "spoolboard=debug"),
        ("SPOOLBOARD_TRUSTED_PROXY", "proxy.example", "127.0.0.1,10.0.0.0/8"),
        ("SPOOLBOARD_TRUSTED_PROXY", "0.0.0.0/0", "ninguna las puede abarcar todas"),
    ] {
        let output = program(data.path()).env(variable, value).output().unwrap();
        let line = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{variable}: {line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.contains(variable) && line.contains(value) && line.contains(allowed), "{line}");
    }
    assert!(!data.path().join("spoolboard.db").exists(), "nothing was made");
}

#[test]
fn what_cannot_work_is_refused_in_words_and_secrets_are_not_said() {
    const KEY: &str = "GOOGLE_APPLICATION_CREDENTIALS_JSON";
    const KEY_FILE: &str = "GOOGLE_APPLICATION_CREDENTIALS";
    let data = TempDir::new().unwrap();
    let file = |name: &str, mode: u32| {
        let path = data.path().join(name);
        fs::write(&path, "clave-secreta").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (readable, private) = (&*file("readable", 0o644), &*file("private", 0o600));
    for (variables, said) in [
        (vec![("GOOGLE_SHEET_ID", BOOK)], "falta la cuenta de servicio"),
        (vec![("GOOGLE_SHEET_ID", "1AbC"), (KEY, "{}")], "GOOGLE_SHEET_ID no es válido: no es el identificador"),
        (vec![("GOOGLE_SHEET_ID", BOOK), (KEY, "clave-secreta")], "GOOGLE_APPLICATION_CREDENTIALS no es válido"),
        (vec![("GOOGLE_SHEET_ID", BOOK), (KEY, "{}"), (KEY_FILE, "cuenta.json")], "deja solo una"),
        (
            vec![("GOOGLE_SHEET_ID", BOOK), (KEY_FILE, "/no/hay/cuenta.json")],
            "GOOGLE_APPLICATION_CREDENTIALS=/no/hay/cuenta.json",
        ),
        (
            vec![("GOOGLE_SHEETS_URL", "http://127.0.0.1:80@planillas.example/")],
            "GOOGLE_SHEETS_URL=http://127.0.0.1:80@planillas",
        ),
        (vec![("REDIS_URL", "http://:clave-secreta@redis/0")], "REDIS_URL=http://***@redis/0"),
        (vec![("REDIS_URL", "clave-secreta")], "se admite redis://"),
        (vec![("REDIS_URL", "redis://:clave-secreta@redis/0?ca=/nada")], "ca=/nada"),
        (vec![("SPOOLBOARD_ACCESS", "enrolled")], "SPOOLBOARD_SECRET"),
        (vec![("SPOOLBOARD_SECRET", "clave-secreta")], "32 bytes"),
        (vec![("SPOOLBOARD_LISTEN", "0.0.0.0:0")], "SPOOLBOARD_ACCESS"),
        (vec![("SPOOLBOARD_LISTEN", "[::]:0")], "SPOOLBOARD_ACCESS"),
        (vec![("SPOOLBOARD_LISTEN", "192.168.1.20:8000")], "SPOOLBOARD_ACCESS"),
        (vec![("SPOOLBOARD_TRUSTED_PROXY", "127.0.0.1")], "SPOOLBOARD_ACCESS no está definida y SPOOLBOARD_TRUSTED_PROXY"),
        (vec![("GOOGLE_SHEET_ID", BOOK), (KEY_FILE, readable)], "modo 0644"),
        (vec![("SPOOLBOARD_TLS_CERT", "/no/hay/cert.pem")], "falta SPOOLBOARD_TLS_KEY"),
        (vec![("SPOOLBOARD_TLS_KEY", readable)], "falta SPOOLBOARD_TLS_CERT"),
        (vec![("SPOOLBOARD_TLS_CERT", readable), ("SPOOLBOARD_TLS_KEY", readable)], "modo 0644"),
        (vec![("SPOOLBOARD_TLS_CERT", private), ("SPOOLBOARD_TLS_KEY", private)], "no contiene lo que se espera en PEM"),
    ] {
        let output = program(data.path()).envs(variables.clone()).output().unwrap();
        let line = stderr(&output);
        assert_eq!((output.status.code(), line.lines().count()), (Some(2), 1), "{variables:?}: {line}");
        assert!(line.contains(said) && !line.contains("clave-secreta"), "{line}");
    }
}

#[test]
fn h4_the_image_does_not_start_until_whoever_runs_it_says_who_may_act() {
    let file = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Dockerfile")).unwrap();
    let set = file.lines().filter_map(|line| line.strip_prefix("ENV ")).flat_map(str::split_whitespace);
    let set: Vec<(&str, &str)> = set.filter_map(|pair| pair.split_once('=')).collect();
    assert!(set.contains(&("SPOOLBOARD_LISTEN", "0.0.0.0:8000")), "{set:?}");
    let data = TempDir::new().unwrap();
    let output = program(data.path()).envs(set).env("SPOOLBOARD_DATA", data.path()).output().unwrap();
    let line = stderr(&output);
    assert_eq!((output.status.code(), line.lines().count()), (Some(2), 1), "{line}");
    for word in ["-e SPOOLBOARD_ACCESS=open", "-e SPOOLBOARD_ACCESS=enrolled -e SPOOLBOARD_SECRET"] {
        assert!(line.contains(word), "{line}");
    }
}

#[tokio::test]
async fn the_image_asks_whether_it_is_well_by_what_it_speaks() {
    let file = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Dockerfile")).unwrap();
    let asked = file.lines().find(|line| line.starts_with("HEALTHCHECK")).unwrap().split_once("CMD ").unwrap().1;
    let asked: Vec<String> = serde_json::from_str(asked).unwrap();
    let well = |listen: &str, certificate: &str| {
        let mut ask = Command::new(&asked[0]);
        ask.args(&asked[1..]).env("SPOOLBOARD_LISTEN", listen).env("SPOOLBOARD_TLS_CERT", certificate);
        ask.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    };
    let folder = TempDir::new().unwrap();
    tls::exchange(folder.path());
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let with_key = [("SPOOLBOARD_TLS_CERT", &*cert), ("SPOOLBOARD_TLS_KEY", &*key)];
    for (name, variables) in [("http", &[][..]), ("https", &with_key)] {
        let mut serving = Binary::serve_with(&folder.path().join(name), "127.0.0.1:0", variables).await;
        let listen = serving.url.split_once("://").unwrap().1.to_owned();
        let certificate = if variables.is_empty() { "" } else { &*cert };
        assert!(well(&listen, certificate), "{name}");
        serving.kill().await;
        assert!(!well(&listen, certificate), "{name} is down");
    }
}

#[test]
fn a_second_process_on_one_folder_is_refused_with_one_line() {
    let data = TempDir::new().unwrap();
    let _first = Serving::on(data.path());
    for arguments in [&[][..], &["serve"], &["import", "libro.xlsx"]] {
        let output = run(data.path(), arguments);
        let line = stderr(&output);
        assert_eq!((output.status.code(), line.lines().count()), (Some(1), 1), "{arguments:?}: {line}");
        assert!(line.contains("está en uso por otro spoolboard"), "{line}");
    }
    assert!(run(data.path(), &["check"]).status.success(), "looking is allowed");
    assert!(run(data.path(), &["backup", data.path().join("copia.db").to_str().unwrap()]).status.success());
}

#[test]
fn an_exported_plant_is_imported_in_place_of_the_demonstration() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    drop(Serving::on(one.path()));
    drop(Serving::on(two.path()));
    let file = one.path().join("planta.xlsx");
    let file = file.to_str().unwrap();
    let exported = run(one.path(), &["export", file]);
    assert!(exported.status.success(), "{}", stderr(&exported));
    let tried = run(two.path(), &["import", file, "--dry-run"]);
    assert!(tried.status.success() && stdout(&tried).contains("no se escribió nada"), "{}{}", stdout(&tried), stderr(&tried));
    assert!(stdout(&run(two.path(), &["check"])).contains("planta de demostración"));
    let imported = run(two.path(), &["import", file]);
    assert!(imported.status.success(), "{}{}", stdout(&imported), stderr(&imported));
    let checked = run(two.path(), &["check"]);
    assert!(checked.status.success(), "{}", stdout(&checked));
    assert!(
        !stdout(&checked).contains("planta de demostración") && stdout(&checked).contains("40 carretes"),
        "{}",
        stdout(&checked)
    );
    let again = Serving::on(two.path());
    assert!(!again.greeting.contains("demostración"), "{}", again.greeting);
}

#[test]
fn files_that_cannot_be_used_are_one_line() {
    let data = TempDir::new().unwrap();
    std::fs::write(data.path().join("roto.xlsx"), "no es un libro").unwrap();
    let broken = data.path().join("roto.xlsx");
    for arguments in [
        vec!["import", "no-existe.xlsx"],
        vec!["import", broken.to_str().unwrap()],
        vec!["export", "x.xlsx"],
        vec!["backup", "x.db"],
    ] {
        let folder = TempDir::new().unwrap();
        let output = run(folder.path(), &arguments);
        assert_eq!((output.status.code(), stderr(&output).lines().count()), (Some(1), 1), "{arguments:?}: {}", stderr(&output));
    }
    let nowhere = run(Path::new("/proc/nada"), &["serve"]);
    assert_eq!((nowhere.status.code(), stderr(&nowhere).lines().count()), (Some(1), 1), "{}", stderr(&nowhere));
}

#[test]
fn check_says_what_is_there_without_any_workbook() {
    let data = TempDir::new().unwrap();
    let output = run(data.path(), &["check"]);
    assert!(output.status.success());
    assert!(
        stdout(&output).contains("todavía no hay planilla") && stdout(&output).contains("America/Santiago"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn check_asks_redis_whether_it_answers_and_keeps_what_it_is_told() {
    let data = TempDir::new().unwrap();
    let check = |url: &str| program(data.path()).env("REDIS_URL", url).arg("check").output().unwrap();
    let server = RealRedis::with_password("clave-secreta");
    let careless = check(&server.url());
    let said = stdout(&careless);
    assert!(careless.status.success() && said.contains("bloqueos en Redis") && said.contains("appendonly yes"), "{said}");
    server.ask::<()>(&["CONFIG", "SET", "appendonly", "yes"]);
    server.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let said = stdout(&check(&server.url()));
    assert!(!said.contains("appendonly") && said.contains("noeviction"), "{said}");
    // A hosted server that hides its settings, and one that says nothing of itself.
    server.ask::<()>(&["ACL", "SETUSER", "taller", "on", ">otra-clave", "~spool_*", "+@all", "-config"]);
    let url = format!("redis://taller:otra-clave@127.0.0.1:{}", server.port());
    let hosted = check(&url);
    assert!(hosted.status.success() && stdout(&hosted).contains("allkeys-lru"), "{}", stdout(&hosted));
    server.ask::<()>(&["ACL", "SETUSER", "taller", "-info"]);
    let hosted = check(&url);
    assert!(hosted.status.success() && stdout(&hosted).contains("no dice qué hace"), "{}", stdout(&hosted));
    for url in [format!("redis://127.0.0.1:{}", free_port()), server.url().replace("clave-secreta", "clave-falsa")] {
        let output = check(&url);
        let said = stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("ERROR  Redis") && !said.contains("clave-"), "{said}");
    }
}

#[test]
fn i11_an_import_can_be_tried_first_a_second_one_changes_nothing_and_check_verifies_it() {
    let (from, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    drop(Serving::on(from.path()));
    let file = from.path().join("planta.xlsx");
    let file = file.to_str().unwrap();
    assert!(run(from.path(), &["export", file]).status.success());
    let tried = stdout(&run(to.path(), &["import", file, "--dry-run"]));
    assert!(tried.contains("40") && tried.contains("no se escribió nada"), "it lists what it would do: {tried}");
    assert_eq!(std::fs::read_dir(to.path()).unwrap().count(), 0, "and does nothing");
    let checked = |said: Output| (said.status.success(), stdout(&said).lines().skip(3).collect::<Vec<_>>().join("\n"));
    assert!(run(to.path(), &["import", file]).status.success());
    let first = checked(run(to.path(), &["check"]));
    assert!(
        first.0 && first.1.contains("40 carretes") && first.1.contains("están todas las columnas imprescindibles"),
        "{}",
        first.1
    );
    let contents = |name: &str| {
        let path = to.path().join(name);
        assert!(run(to.path(), &["export", path.to_str().unwrap()]).status.success());
        let store = TempDir::new().unwrap();
        assert!(run(store.path(), &["import", path.to_str().unwrap()]).status.success());
        spoolboard::workbook::sqlite::Store::open_to_read(store.path()).unwrap().read_all().unwrap()
    };
    let before = contents("antes.xlsx");
    assert!(run(to.path(), &["import", file]).status.success());
    assert!(contents("después.xlsx") == before, "a second import changes nothing");
    assert_eq!(checked(run(to.path(), &["check"])), first);
}

#[tokio::test]
async fn a_machine_that_allows_few_open_files_is_asked_for_more_and_work_goes_on_where_it_refuses() {
    let open_files = |pid: u32| {
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap().to_owned();
        line.split_whitespace().nth(3).unwrap().parse::<u64>().unwrap()
    };
    for (limit, least) in [("ulimit -Sn 256", 4_096 + 256), ("ulimit -n 400", 400)] {
        let data = TempDir::new().unwrap();
        let mut shell = Command::new("sh");
        let line = format!("{limit}; exec {} serve", env!("CARGO_BIN_EXE_spoolboard"));
        shell
            .arg("-c")
            .arg(line)
            .env("SPOOLBOARD_DATA", data.path())
            .env("SPOOLBOARD_LISTEN", "127.0.0.1:0")
            .env("RUST_LOG", "error");
        let serving = Serving::of(&mut shell);
        let may = open_files(serving.child.id());
        assert!(may >= least, "{limit}: {may}");
        // More silent connections than there are files, from elsewhere: they are let go, and a tap gets through.
        let address = serving.url.strip_prefix("http://").unwrap().parse().unwrap();
        let mut crowd = Vec::new();
        for _ in 0..450 {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(([127, 0, 0, 2], 0).into()).unwrap();
            crowd.push(socket.connect(address).await.unwrap());
        }
        let body = json!({"tag_spool": "MK-1335-CW-25238-013", "worker_id": 93, "operacion": "ARM"});
        assert_eq!(post(&serving.url, "/api/occupation/tomar", body).await.0, 200, "{limit}");
        drop(crowd);
        assert!(serving.terminate().success());
    }
}
