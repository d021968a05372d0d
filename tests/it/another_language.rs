//! A second language is only a folder away: one made of the first, in letters that occur nowhere else, is
//! spoken by the shipped binary, and nothing that people read is left in the first.

use crate::architecture::{files_below, root};
use crate::support::binary::{BINARY, Binary};
use scraper::{Html, Node};
use spoolboard::domain::{Action, Column};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A letter without its mark, as wide as a Chinese one: nobody has it in his name.
fn strange(c: char) -> char {
    let plain = "áéíóúüñÁÉÍÓÚÜÑ".chars().position(|marked| marked == c).map_or(c, |at| "aeiouunAEIOUUN".chars().nth(at).unwrap());
    match plain {
        'a'..='z' | 'A'..='Z' => char::from_u32(plain as u32 - 'A' as u32 + 'Ａ' as u32).unwrap(),
        other => other,
    }
}

/// The text of a sentence in strange letters; what stands in braces is for the program.
fn spoken(text: &str) -> String {
    let mut depth = 0;
    let letter = |c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth > 0 { c } else { strange(c) }
    };
    text.chars().map(letter).collect()
}

/// One line of a file: key, form of a plural and end of a choice stay, what is said changes.
fn translated(line: &str) -> String {
    if line.starts_with('#') {
        return line.to_owned();
    }
    let ends = |mark: &str| line.find(mark).map(|at| at + mark.len());
    let said_from = match line.chars().next() {
        Some('}') => Some(1),
        Some(' ') => ends("]").or_else(|| ends(" =")),
        _ => ends(" ="),
    };
    let (code, said) = line.split_at(said_from.unwrap_or(line.len()));
    format!("{code}{}", spoken(said))
}

/// The folder of a language that is called `en-XA`.
fn made(folder: &Path) -> PathBuf {
    let language = folder.join("en-XA");
    fs::create_dir(&language).unwrap();
    let mut files = Vec::new();
    files_below(&root().join("locales/es-CL"), ".ftl", &mut files);
    for file in files {
        // A translator may write any letter, also what JSON and HTML write otherwise.
        let odd = |line: String| if line.starts_with("manifest-") { line + " \"<\\" } else { line };
        let text: Vec<String> = fs::read_to_string(&file).unwrap().lines().map(translated).map(odd).collect();
        fs::write(language.join(file.file_name().unwrap()), text.join("\n") + "\n").unwrap();
    }
    language
}

/// The number of a build, a tablet or a request, which may have any letters from a to f.
fn is_number(text: &str) -> bool {
    text.len() >= 8 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-' || c == '.')
}

/// Two letters and more that belong together.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .filter(|text| !is_number(text))
        .flat_map(|text| text.split(|c: char| !c.is_alphabetic()))
        .filter(|word| word.chars().count() > 1 && word.chars().any(|c| c.is_ascii_alphabetic()))
}

/// What people read on a page, and what is read to them.
fn read(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for node in Html::parse_document(page).tree.nodes() {
        match node.value() {
            Node::Text(text) => {
                let parent =
                    node.parent().and_then(|parent| parent.value().as_element().map(|element| element.name().to_owned()));
                if !matches!(parent.as_deref(), Some("script" | "style")) {
                    found.push(text.to_string());
                }
            }
            Node::Element(element) => {
                let read = ["aria-label", "placeholder", "title", "alt"];
                found.extend(read.iter().filter_map(|name| element.attr(name)).map(str::to_owned));
            }
            _ => {}
        }
    }
    found
}

/// What stays as it is in every language: names and tags, and what the workbook and programs call things.
fn known(data: &[String]) -> BTreeSet<String> {
    // The demonstration plant's own reason and sheet, and the field that a refusal names.
    let mut known: BTreeSet<String> = ["spoolboard", "Fin", "de", "turno", "Operaciones", "trabajador"].map(str::to_owned).into();
    known.extend(data.iter().flat_map(|text| words(text)).map(str::to_owned));
    // A button says a name in capitals.
    known.extend(data.iter().flat_map(|text| words(text)).map(str::to_uppercase));
    for column in Column::ALL {
        known.extend(words(column.header()).map(str::to_owned));
    }
    let verbs = [
        Action::Take,
        Action::Pause,
        Action::Complete,
        Action::Cancel,
        Action::Undo,
        Action::Release,
        Action::Reopen,
        Action::Unblock,
        Action::Correct,
        Action::AskHelp,
        Action::SeeHelp,
        Action::SolveHelp,
    ];
    known.extend(verbs.iter().flat_map(|action| words(action.verb())).map(str::to_owned));
    known
}

#[tokio::test]
async fn a_page_in_another_language_holds_no_word_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let language = made(folder.path());
    let variables = [("SPOOLBOARD_LANGUAGE", language.to_str().unwrap())];
    let server = Binary::serve_with(&folder.path().join("data"), "127.0.0.1:0", &variables).await;
    let http = reqwest::Client::builder().cookie_store(true).build().unwrap();
    let get = async |path: &str| http.get(format!("{}{path}", server.url)).send().await.unwrap().text().await.unwrap();

    let (spools, workers) = (get("/api/spools").await, get("/api/workers").await);
    let known = known(&[spools.clone(), workers]);
    let spools: serde_json::Value = serde_json::from_str(&spools).unwrap();
    let ids: Vec<&str> = spools["items"].as_array().unwrap().iter().map(|spool| spool["id"].as_str().unwrap()).collect();

    let mut paths: Vec<String> =
        ["/", "/?q=0", "/tablero", "/tablero?ver=listos", "/tablero?ot=0", "/kiosko", "/kiosko?ot=0", "/sin-conexion"]
            .into_iter()
            .chain(["/supervisor", "/supervisor/datos", "/supervisor/salud", "/supervisor/actividad", "/diagnostico", "/nada"])
            .chain([
                "/escaneo?trabajador=93&tag=0",
                "/supervisor?ver=bloqueados",
                "/registro?trabajador=93",
                "/carretes?trabajador=0",
            ])
            .map(str::to_owned)
            .collect();
    for worker in [41, 52, 63, 74, 93, 94, 97] {
        paths.extend(["", "&ver=todo", "&q=0", "&ver=mios"].map(|filter| format!("/carretes?trabajador={worker}{filter}")));
    }
    for id in &ids {
        paths.push(format!("/historial/{id}?trabajador=93"));
        paths.push(format!("/supervisor/carretes/{id}"));
        paths.extend(["liberar", "reabrir?operacion=ARM", "desbloquear"].map(|act| format!("/supervisor/carretes/{id}/{act}")));
    }
    paths.push(format!("/carretes/{}/ayuda?trabajador=93", ids[1]));

    let mut left = BTreeSet::new();
    let mut strange_letters = 0;
    for path in &paths {
        let page = get(path).await;
        assert!(page.contains("<html lang=\"en-XA\""), "{path} does not name its language");
        for text in read(&page) {
            strange_letters += text.chars().filter(|c| ('Ａ'..='ｚ').contains(c)).count();
            let is_code = text.trim().chars().all(|c| c.is_ascii_uppercase() || c == '_');
            // A tablet without a name is called by its number, as chance gave it.
            let is_number = text.trim().len() == 8 && text.trim().chars().all(|c| c.is_ascii_hexdigit());
            if !is_code && !is_number && words(&text).any(|word| !known.contains(word)) {
                left.insert(format!("{}: {}", path.split(['?', '0']).next().unwrap(), text.trim()));
            }
        }
    }
    assert!(strange_letters > 10_000, "{strange_letters}");
    assert!(left.is_empty(), "not in the catalogue:\n{}", left.into_iter().collect::<Vec<_>>().join("\n"));

    let page = get("/kiosko").await;
    let script = page.split("src=\"").filter_map(|rest| rest.split('"').next()).find(|name| name.contains("wall.")).unwrap();
    let script = get(script).await;
    assert!(script.starts_with("const WORDS = Object.freeze({") && script.contains("ＳＩＮ ＣＯＮＥＸＩＯＮ"), "{:.300}", script);
    let manifest: serde_json::Value = serde_json::from_str(&get("/manifest.webmanifest").await).unwrap();
    assert_eq!(manifest["lang"], "en-XA");
    assert!(manifest["description"].as_str().unwrap().ends_with(" \"<\\"), "{manifest}");
}

#[tokio::test]
async fn what_somebody_typed_stays_what_he_typed_inside_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let server = Binary::serve(folder.path(), "127.0.0.1:0").await;
    for typed in ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)", "{ $name }", "&lt;b&gt;"]
    {
        let query = [("trabajador", "93"), ("q", typed)];
        let asked = reqwest::Client::new().get(format!("{}/carretes", server.url)).query(&query).send().await.unwrap();
        let page = asked.text().await.unwrap();
        let document = Html::parse_document(&page);
        let empty = document.select(&scraper::Selector::parse(".empty").unwrap()).next().unwrap();
        let said: String = empty.text().collect();
        assert!(said.contains(&format!("«{}»", typed.trim())), "{said}");
        assert_eq!(empty.select(&scraper::Selector::parse("script, img, b").unwrap()).count(), 0, "{typed}");
        // The marks that keep directions of writing apart would be copied along with a TAG.
        assert!(!page.contains(['\u{2068}', '\u{2069}']), "{typed}");
    }
}

/// The folder of the data, what is called for, with which settings.
type Call<'a> = (&'a Path, String, &'a [(&'a str, &'a str)]);

/// What a command says with these settings, on both of its outputs.
fn told(language: &Path, data: &Path, call: &str, settings: &[(&str, &str)]) -> String {
    let mut command = Command::new(BINARY);
    command.env_clear().env("SPOOLBOARD_DATA", data).env("SPOOLBOARD_LANGUAGE", language).envs(settings.iter().copied());
    let output = command.args(call.split_whitespace()).stdin(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn a_command_in_another_language_says_no_word_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let language = made(folder.path());
    let (data, nothing) = (folder.path().join("data"), folder.path().join("none"));
    let server = Binary::serve_with(&data, "127.0.0.1:0", &[("SPOOLBOARD_LANGUAGE", language.to_str().unwrap())]).await;
    let get = async |path: &str| reqwest::get(format!("{}{path}", server.url)).await.unwrap().text().await.unwrap();
    let mut known = known(&[get("/api/spools").await, get("/api/workers").await]);
    // Commands and what may stand for a setting; names of settings are in capitals, and options, paths and values apart.
    let names = "serve import export backup check supervisor token add list remove revoke read act open enrolled env \
        Metadata Roles Trabajadores America Santiago nada extra todo csv help token";
    known.extend(names.split_whitespace().map(str::to_owned));
    let locked = [("SPOOLBOARD_ACCESS", "enrolled"), ("SPOOLBOARD_SECRET", "0123456789012345678901234567890123456789")];
    let (book, csv) = (folder.path().join("planta.xlsx"), folder.path().join("csv"));
    fs::create_dir(&csv).unwrap();
    fs::write(csv.join("Operaciones.csv"), "TAG_SPOOL;Armador\nMK-1;x\n").unwrap();
    fs::write(folder.path().join("roto.xlsx"), "x").unwrap();
    let (book, csv, broken) = (book.display(), csv.display(), folder.path().join("roto.xlsx"));
    let mut calls: Vec<Call<'_>> = [
        "--help",
        "-h",
        "import --help",
        "supervisor --help",
        "supervisor add --help",
        "token add --help",
        "token revoke --help",
        "nada",
        "supervisor",
        "help",
        "--nada",
        "import",
        "token add x --scope todo",
        "check extra",
        "supervisor add",
    ]
    .map(|call| (&*nothing, call.to_owned(), &[][..]))
    .into();
    for call in ["check", "serve", &format!("export {book}"), &format!("backup {book}.db"), &format!("import {book} --dry-run")] {
        calls.push((&data, call.to_owned(), &[]));
    }
    let broken = broken.display();
    for call in [
        "check",
        "export x.xlsx",
        &format!("import {book}"),
        &format!("import {csv}"),
        &format!("import {broken}"),
        "import nada.csv",
    ] {
        calls.push((&nothing, call.to_owned(), &[]));
    }
    for call in ["check", "supervisor list", "supervisor remove Nadie", "supervisor add Marta", "token list", "token revoke 0"] {
        calls.push((&nothing, call.to_owned(), &locked));
    }
    let wrong: [&[(&str, &str)]; 12] = [
        &[("SPOOLBOARD_LISTEN", "0")],
        &[("TIMEZONE", "0")],
        &[("OCCUPATION_MAX_HOURS", "0x")],
        &[("RUST_LOG", "=0=")],
        &[("SPOOLBOARD_ACCESS", "0")],
        &[("SPOOLBOARD_SECRET", "0")],
        &[("SPOOLBOARD_ACCESS", "enrolled")],
        &[("SPOOLBOARD_LISTEN", "0.0.0.0:0")],
        &[("GOOGLE_SHEETS_URL", "0")],
        &[("GOOGLE_SHEET_ID", "0")],
        &[("SPOOLBOARD_TRUSTED_PROXY", "0")],
        &[("SPOOLBOARD_TLS_CERT", "0")],
    ];
    calls.extend(wrong.map(|settings| (&*nothing, "check".to_owned(), settings)));

    let mut left = BTreeSet::new();
    for (data, call, settings) in &calls {
        let said = told(&language, data, call, settings);
        assert!(said.chars().any(|c| ('Ａ'..='ｚ').contains(&c)), "{call} {settings:?} says: {said}");
        for part in said.split_whitespace().filter(|part| !part.starts_with('-') && !part.contains(['/', '='])) {
            let is_setting = |word: &str| word.chars().all(|c| c.is_ascii_uppercase());
            if words(part).any(|word| !is_setting(word) && !known.contains(word)) {
                left.insert(format!("{call} {settings:?}: {part}"));
            }
        }
    }
    assert!(left.is_empty(), "not in the catalogue:\n{}", left.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_language_that_is_not_whole_stops_the_start_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let language = made(folder.path());
    fs::remove_file(language.join("trouble.ftl")).unwrap();
    let missing = folder.path().join("pt-BR");
    for (path, why) in [(&language, "connecting-title is missing"), (&missing, "pt-BR")] {
        let ended = Command::new(BINARY)
            .arg("serve")
            .env("SPOOLBOARD_LANGUAGE", path)
            .env("SPOOLBOARD_DATA", folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("SPOOLBOARD_LANGUAGE=") && said.contains(why), "{said}");
    }
}
