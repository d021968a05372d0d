//! Bytes without any sense, a bounded number of them each time: nothing panics, nothing answers 5xx,
//! and whatever can be read is read the same again.

use crate::access::{Persona, locked_plant, now, register, supervisor, tablet};
use crate::support::dirty;
use crate::support::{AUDIT, TestPlant, ZONE, morning, sheet, small_plant};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use spoolboard::domain::{Cell, Column, Header};
use spoolboard::workbook::{Names, files};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// So many cases, and no file of failed ones: a failure prints what it was.
fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}

/// Cells as a sheet may hold them, and stranger ones.
fn cell() -> impl Strategy<Value = Cell> {
    const KNOWN: [&str; 12] = [
        "",
        "-",
        "MR(93)",
        "TRUE",
        "ARM",
        "TOMAR_SPOOL",
        "{\"antes\":{\"Armador\":1}}",
        "{",
        "20-01-2026",
        "=1+1",
        "\u{202e}",
        "\0",
    ];
    prop_oneof![
        3 => proptest::sample::select(&KNOWN[..]).prop_map(Cell::text),
        2 => ".{0,40}".prop_map(Cell::text),
        1 => any::<f64>().prop_filter("equal to itself", |number| !number.is_nan()).prop_map(Cell::Number),
        1 => any::<f64>().prop_filter("equal to itself", |number| !number.is_nan()).prop_map(Cell::Date),
        1 => any::<bool>().prop_map(Cell::Bool),
        1 => ".{0,8}".prop_map(Cell::Error),
        2 => Just(Cell::Empty),
        1 => Just(Cell::Missing),
    ]
}

fn rows() -> impl Strategy<Value = Vec<Vec<Cell>>> {
    vec(vec(cell(), 0..40), 0..8)
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a7_any_cells_in_any_sheet_are_read_and_no_row_of_spools_is_lost(spools in rows(), people in rows(), roles in rows(), audit in rows()) {
        let mut sheets = small_plant();
        let header: Vec<&str> = Column::ALL.iter().map(|column| column.header()).collect();
        // A row in which nobody would see anything is none.
        let filled = |rows: &[Vec<Cell>]| rows.iter().filter(|row| row.iter().any(|cell| !cell.is_blank())).count();
        let count = filled(&spools.iter().map(|row| row.iter().take(Column::COUNT).cloned().collect()).collect::<Vec<_>>());
        sheets.operaciones = sheet(&header, spools);
        sheets.trabajadores.rows = (2..).zip(people).collect();
        sheets.roles.rows = (2..).zip(roles).collect();
        sheets.metadata = sheet(&AUDIT, audit);
        let all = sheets.operaciones.rows.len();
        let once = sheets.load(ZONE, morning());
        prop_assert!(once.rows.len() <= all);
        prop_assert!(once.rows.len() >= count, "{} of {count}", once.rows.len());
    }

    #[test]
    fn b4_any_header_is_read_and_names_each_column_once(names in vec(prop_oneof![any::<String>(), proptest::sample::select(&["TAG_SPOOL", "tag spool", "Armador", "ARMADOR ", "Fecha_Ocupación"][..]).prop_map(str::to_owned)], 0..60)) {
        let header = Header::read(&names);
        let mut places: Vec<usize> = Column::ALL.into_iter().filter_map(|column| header.place(column)).collect();
        prop_assert!(places.iter().all(|place| *place < names.len()));
        let count = places.len();
        places.sort_unstable();
        places.dedup();
        prop_assert_eq!(places.len(), count);
    }
}

/// The bytes of the dirty workbook.
fn workbook() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sucio.xlsx");
        dirty::write(&path);
        fs::read(path).unwrap()
    })
}

/// Reads a file as an import does; whatever comes of it is an answer.
fn import(path: &Path) {
    let _ = files::read(path, &Names::default(), &mut |_| {});
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn a_workbook_with_bytes_changed_or_cut_off_is_read_or_refused(
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..20),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = workbook().to_vec();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("libro.xlsx");
        fs::write(&path, bytes).unwrap();
        import(&path);
    }

    #[test]
    fn any_bytes_as_csv_are_read_or_refused(spools in vec(any::<u8>(), 0..2_000), text in "([\"',;\n\r\t=]|[a-zñ_]{1,8}|TAG_SPOOL|Armador){0,80}") {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [("Operaciones.csv", &spools[..]), ("Trabajadores.csv", text.as_bytes()), ("Roles.csv", b"Id,Rol,Activo\n")] {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        import(folder.path());
        let header = Column::ALL.map(|column| column.header()).join(",");
        fs::write(folder.path().join("Operaciones.csv"), format!("{header}\n{text}")).unwrap();
        import(folder.path());
    }
}

/// Runs a strategy against one served plant.
fn against_a_plant<S: Strategy>(count: u32, strategy: S, ask: impl AsyncFn(&TestPlant, S::Value)) {
    let runtime = Runtime::new().unwrap();
    let plant = runtime.block_on(TestPlant::embedded());
    let told = TestRunner::new(cases(count)).run(&strategy, |value| {
        runtime.block_on(ask(&plant, value));
        Ok(())
    });
    told.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(runtime.block_on(plant.get("/health")).status, 200);
}

#[test]
fn any_tag_in_any_address_is_found_or_refused_in_words() {
    against_a_plant(100, any::<Vec<u8>>(), async |plant, tag| {
        let tag: String = tag.iter().take(300).map(|byte| format!("%{byte:02x}")).collect();
        for path in ["/historial/{}", "/api/occupation/status/{}", "/api/history/{}", "/escaneo?trabajador=93&tag={}", "/{}"] {
            let reply = plant.get(&path.replace("{}", &tag)).await;
            assert!(reply.status < 500 && !reply.text.is_empty(), "{path} {tag}: {}", reply.status);
        }
    });
}

#[test]
fn any_cookie_and_any_header_is_taken_or_left() {
    let line = vec(prop_oneof![Just(b'='), Just(b';'), Just(b'"'), 0x20..=0x7eu8, 0x80..=0xffu8], 0..200);
    let prefixed = (line, any::<bool>()).prop_map(|(line, known)| [if known { &b"tableta="[..] } else { b"" }, &line].concat());
    against_a_plant(60, prefixed, async |plant, line| {
        for name in [
            "Cookie",
            "X-Request-Id",
            "X-Forwarded-For",
            "Forwarded",
            "Origin",
            "Sec-Fetch-Site",
            "If-None-Match",
            "Accept-Encoding",
        ] {
            let reply = plant.send(plant.request(reqwest::Method::GET, "/").header(name, &line[..])).await;
            assert!(reply.status < 500, "{name}: {line:?}");
            for given in reply.headers.get_all("set-cookie") {
                assert!(given.to_str().unwrap().contains("HttpOnly; SameSite=Strict"), "{given:?}");
            }
        }
    });
}

/// What is done to a credential that was good.
#[derive(Debug, Clone)]
enum Harm {
    /// A byte of it becomes another one.
    Byte(prop::sample::Index, u8),
    /// The rest is missing.
    Cut(prop::sample::Index),
    /// Something follows.
    More(Vec<u8>),
    /// It is something else.
    Other(Vec<u8>),
}

impl Harm {
    /// The credential afterwards; `None` where it is as good as before.
    fn done_to(&self, good: &str) -> Option<Vec<u8>> {
        let mut bytes = good.as_bytes().to_vec();
        match self {
            Harm::Byte(place, byte) => {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            Harm::Cut(place) => bytes.truncate(place.index(bytes.len())),
            Harm::More(more) => bytes.extend(more),
            Harm::Other(other) => bytes.clone_from(other),
        }
        // Blanks around a value are none of it, and what follows a semicolon is another cookie.
        let value = bytes.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_vec();
        (value != good.as_bytes()).then_some(bytes)
    }
}

#[test]
fn h4_no_cookie_and_no_token_but_a_good_one_lets_anybody_in_and_any_bytes_of_one_are_answered() {
    let byte = || prop_oneof![4 => 0x21..=0x7eu8, 1 => Just(b' '), 1 => Just(b'='), 1 => Just(b'.'), 1 => 0x80..=0xffu8];
    let harm = prop_oneof![
        3 => (any::<prop::sample::Index>(), byte()).prop_map(|(place, byte)| Harm::Byte(place, byte)),
        1 => any::<prop::sample::Index>().prop_map(Harm::Cut),
        1 => vec(byte(), 1..40).prop_map(Harm::More),
        1 => vec(byte(), 0..200).prop_map(Harm::Other),
    ];
    let runtime = Runtime::new().unwrap();
    let (plant, known) = runtime.block_on(async {
        let plant = locked_plant().await;
        let door = register(&plant);
        let (device, boss) = (tablet(&plant, "Armado 1").await.0, supervisor(&plant).await);
        let mut wall = Persona::new();
        let link = door.new_wall(now(&plant)).await.unwrap();
        wall.keep(&wall.get(&plant, &format!("/muro/{link}")).await);
        let token = door.add_token("robot", true, "x", now(&plant)).await.unwrap();
        let cookie = |persona: &Persona, name: &str| persona.cookie(name).to_owned();
        let known = [
            ("Cookie", "sb_device=", cookie(&device, "sb_device"), "/"),
            ("Cookie", "sb_session=", cookie(&boss, "sb_session"), "/supervisor"),
            ("Cookie", "sb_wall=", cookie(&wall, "sb_wall"), "/kiosko"),
            ("Authorization", "Bearer ", token, "/api/spools"),
        ];
        (plant, known)
    });
    let nobody = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let asked = async |header: &str, value: Vec<u8>, path: &str| {
        nobody.get(plant.url(path)).header(header, value).send().await.unwrap().status().as_u16()
    };
    for (header, before, good, path) in &known {
        assert!(good.len() > 30, "{before}");
        let whole = [before.as_bytes(), good.as_bytes()].concat();
        assert_eq!(runtime.block_on(asked(header, whole, path)), 200, "{before} as it is lets in");
    }
    let told = TestRunner::new(cases(250)).run(&harm, |harm| {
        for (header, before, good, path) in &known {
            let Some(harmed) = harm.done_to(good) else { continue };
            let status = runtime.block_on(asked(header, [before.as_bytes(), &harmed].concat(), path));
            prop_assert!(matches!(status, 303 | 401), "{}{:?}: {}", before, harmed, status);
        }
        Ok(())
    });
    told.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn any_body_is_taken_or_refused() {
    let json = prop_oneof![
        any::<String>(),
        "[\\[\\]{}:,\"0-9a-z\\\\]{0,60}",
        ("(tag_spool|worker_id|operacion|tag_spools|fecha_operacion)", any::<String>())
            .prop_map(|(name, text)| serde_json::json!({name: text}).to_string()),
    ];
    against_a_plant(100, json, async |plant, body| {
        for (path, kind) in [
            ("/api/occupation/tomar", "application/json"),
            ("/api/occupation/batch-tomar", "application/json"),
            ("/carretes/tomar", "application/x-www-form-urlencoded"),
            ("/carretes/MK-0001/completar", "application/x-www-form-urlencoded"),
        ] {
            let request = plant.request(reqwest::Method::POST, path).header("Content-Type", kind).body(body.clone());
            let reply = plant.send(request).await;
            assert!((400..500).contains(&reply.status), "{path} {body:?}: {}", reply.status);
        }
    });
}

#[test]
fn any_bytes_on_a_connection_end_it_or_are_answered() {
    let start = proptest::sample::select(
        &["", "GET / HTTP/1.1\r\n", "POST /rastro HTTP/1.1\r\nHost: localhost\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"][..],
    );
    against_a_plant(100, (start, vec(any::<u8>(), 0..400)), async |plant, (start, bytes)| {
        let mut stream = TcpStream::connect(plant.running.address).await.unwrap();
        let _ = stream.write_all(&[start.as_bytes(), &bytes].concat()).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let read = async { while let Ok(1..) = stream.read_buf(&mut answer).await {} };
        assert!(tokio::time::timeout(std::time::Duration::from_secs(30), read).await.is_ok(), "never closed: {bytes:?}");
        assert!(!answer.starts_with(b"HTTP/1.1 5"), "{bytes:?}");
    });
}
