//! The invariants of `src/lib.rs`, held by reading the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One source file: its path below `src/`, and its lines without tests and comments.
struct Source {
    path: String,
    code: Vec<String>,
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn files_below(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut paths = Vec::new();
    files_below(&src, ".rs", &mut paths);
    let mut sources: Vec<Source> = paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text
                .lines()
                .take_while(|line| line.trim() != "#[cfg(test)]" || line.starts_with(' '))
                .filter(|_| !path.ends_with("tests.rs"))
                .filter(|line| !line.trim_start().starts_with("//"))
                .map(str::to_owned)
                .collect();
            let path = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
            Source { path, code }
        })
        .collect();
    sources.retain(|source| !source.path.starts_with("domain/tests") && !source.path.ends_with("tests.rs"));
    assert!(sources.len() > 30, "the source was not found");
    sources
}

/// Every line of `within` that holds one of the words, as `path: line`.
fn lines_with(within: impl Fn(&str) -> bool, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| within(&source.path)) {
        for line in source.code.iter().filter(|line| words.iter().any(|word| line.contains(word))) {
            found.push(format!("{}: {}", source.path, line.trim()));
        }
    }
    found
}

fn none(found: Vec<String>, why: &str) {
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

#[test]
fn the_domain_names_nothing_but_dates_ids_and_letters() {
    let allowed = ["std", "chrono", "chrono_tz", "uuid", "unicode_normalization", "super", "crate::domain"];
    let mut foreign = BTreeSet::new();
    for source in sources().iter().filter(|source| source.path.starts_with("domain/")) {
        for line in &source.code {
            let Some(used) = line.trim().trim_start_matches("pub ").strip_prefix("use ") else { continue };
            let known = allowed.iter().any(|name| used == *name || used.starts_with(&format!("{name}::")));
            // `mod.rs` re-exports its own children by bare name.
            if !known && source.path != "domain/mod.rs" {
                foreign.insert(format!("{}: {line}", source.path));
            }
        }
    }
    none(foreign.into_iter().collect(), "foreign names in the domain");
    let words = ["async ", ".await", "::now()", "Serialize", "tracing::", "println!"];
    none(lines_with(|path| path.starts_with("domain/"), &words), "effects in the domain");
}

#[test]
fn the_plant_knows_the_ports_and_no_adapter() {
    let words = ["crate::web", "crate::cli", "crate::config", "Sqlite", "Sheets", "Memory", "Redis", "rusqlite"];
    none(lines_with(|path| path.starts_with("plant/"), &words), "adapters or screens in the plant");
}

#[test]
fn adapters_know_only_their_own_port() {
    let ports = [
        ("workbook/", ["crate::locks", "crate::events"]),
        ("locks/", ["crate::workbook", "crate::events"]),
        ("events/", ["crate::workbook", "crate::locks"]),
        ("access/", ["crate::workbook", "crate::locks"]),
        ("tally/", ["crate::workbook", "crate::locks"]),
    ];
    let above = ["crate::plant", "crate::web", "crate::cli", "crate::config"];
    for (port, others) in ports {
        let mut words = above.to_vec();
        words.extend(others);
        none(lines_with(|path| path.starts_with(port), &words), "another port in an adapter");
    }
    // The way to Redis is beneath its adapters and knows no port at all.
    let mut words = above.to_vec();
    words.extend(["crate::domain", "crate::workbook", "crate::locks", "crate::events", "crate::tally"]);
    none(lines_with(|path| path.starts_with("redis/"), &words), "a port in the way to Redis");
}

#[test]
fn d11_a_spool_changes_in_one_place_only() {
    let found = lines_with(|path| !path.starts_with("workbook/"), &[".apply("]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("plant/commit.rs: "), "{found:?}");
}

#[test]
fn a2_there_is_one_clock() {
    let elsewhere = |path: &str| path != "plant/clock.rs";
    none(lines_with(elsewhere, &["Utc::now", "Local::now", "SystemTime::now"]), "a second clock");
}

#[test]
fn a3_there_is_one_parser_of_dates() {
    let elsewhere = |path: &str| path != "domain/cell.rs";
    let words = ["parse_from_str", "from_ymd_opt", "from_ymd(", "parse_from_rfc", "parse::<NaiveDate", "parse::<DateTime"];
    let found = lines_with(elsewhere, &words);
    // An instant in RFC 3339 is no cell: the audit's JSON holds one, and only its own reader may.
    let found = found.into_iter().filter(|line| !line.starts_with("workbook/audit_row.rs")).collect();
    none(found, "a second parser of dates");
}

#[test]
fn a4_nothing_that_writes_to_the_workbook_formats_a_date_by_hand() {
    let writes = |path: &str| ["domain/", "plant/", "workbook/"].iter().any(|place| path.starts_with(place));
    let formats = lines_with(writes, &["%d-%m", "%Y-%m", "%H:%M"]);
    let formats = formats.into_iter().filter(|line| !line.starts_with("workbook/demo.rs")).collect();
    none(formats, "a date formatted as text on its way to a cell");
}

/// What stands between double quotes on a line.
fn literals(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

#[test]
fn i10_spanish_is_in_locales_and_in_what_the_workbook_holds() {
    let speaks = [
        // What the workbook itself holds: headers, values of `Estado_Detalle`, the name of a row without a TAG, the
        // errors of a Spanish workbook, an invented plant.
        "domain/column.rs",
        "domain/detail.rs",
        "domain/spool.rs",
        "workbook/files/mod.rs",
        "workbook/demo.rs",
    ];
    // Words that no name of a field and no format of a date is made of.
    let small = "de del la el los las un una que con para sin por se es son este esta hay lo al su y o"
        .split(' ')
        .collect::<BTreeSet<_>>();
    let spanish = |text: &str| {
        let marked = text.contains(|c| "áéíóúñÁÉÍÓÚÑ¿¡«".contains(c));
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        marked || words.len() > 1 && words.iter().any(|word| small.contains(word.as_str()))
    };
    assert!(spanish("conviene proteger la hoja") && spanish("está") && !spanish("%Y-%m-%d") && !spanish("id TEXT NOT NULL"));
    let mut found = Vec::new();
    for source in sources() {
        let may = speaks.iter().any(|place| source.path.starts_with(place));
        let said = |line: &&String| literals(line).any(spanish);
        found.extend(source.code.iter().filter(|line| !may && said(line)).map(|line| format!("{}: {line}", source.path)));
    }
    none(found, "a sentence outside the catalogue");
    let words = ["crate::web", "crate::plant", "crate::workbook", "crate::cli", "axum"];
    none(lines_with(|path| path.starts_with("words/"), &words), "words for more than the domain");
}

#[test]
fn the_environment_is_read_in_one_place() {
    let elsewhere = |path: &str| !matches!(path, "config.rs" | "main.rs");
    none(lines_with(elsewhere, &["std::env", "env::var"]), "the environment is read elsewhere");
}

#[test]
fn f5_no_code_alters_the_audit() {
    let mut paths = Vec::new();
    files_below(&root().join("src"), ".rs", &mut paths);
    files_below(&root().join("src"), ".sql", &mut paths);
    for path in paths {
        let text = fs::read_to_string(&path).unwrap().to_lowercase();
        for statement in ["update metadata", "delete from metadata", "replace into metadata", "drop table metadata"] {
            assert!(!text.contains(statement), "{}: {statement}", path.display());
        }
    }
}

#[test]
fn files_stay_short_enough_to_read() {
    let mut paths = Vec::new();
    for (folder, ending) in [
        ("src", ".rs"),
        ("src", ".sql"),
        ("tests", ".rs"),
        ("benches", ".rs"),
        ("examples", ".rs"),
        ("static", ".js"),
        ("templates", ""),
    ] {
        let before = paths.len();
        files_below(&root().join(folder), ending, &mut paths);
        assert!(paths.len() > before, "no {ending} in {folder}");
    }
    // What others wrote is as long as they made it.
    paths.retain(|path| !path.starts_with(root().join("static/vendor")));
    let long = paths.iter().filter_map(|path| {
        let length = fs::read_to_string(path).unwrap().lines().count();
        (length > 500).then(|| format!("{}: {length}", path.display()))
    });
    none(long.collect(), "files over 500 lines");
}

/// What answers somebody: the asynchronous functions that return something, and how many lines stand in each. What
/// returns nothing is a loop that the program runs, with an arm for all that it waits for.
fn handlers(code: &[String]) -> Vec<(&str, usize)> {
    let begun = code.iter().enumerate().filter(|(_, line)| line.contains("async fn "));
    let measured = begun.filter_map(|(first, line)| {
        let opened = first + code[first..].iter().position(|line| line.ends_with(['{', ';', '}']))?;
        let answers = code[opened].ends_with('{') && code[first..=opened].iter().any(|line| line.contains("->"));
        // What a match or a closure in it ends with stands further in than its own end.
        let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        let length = code[opened + 1..].iter().position(|line| *line == end)?;
        answers.then_some((line.trim(), length))
    });
    measured.collect()
}

#[test]
fn handlers_are_short() {
    let mut long = Vec::new();
    let mut measured = 0;
    for source in sources().iter().filter(|source| source.path.starts_with("web/")) {
        let handlers = handlers(&source.code);
        measured += handlers.len();
        let over = handlers.into_iter().filter(|(_, length)| *length > 25);
        long.extend(over.map(|(name, length)| format!("{}: {name} has {length} lines", source.path)));
    }
    assert!(measured > 60, "the handlers were not found");
    none(long, "handlers over 25 lines");
}

#[test]
fn templates_hold_no_inline_script_or_style() {
    let mut paths = Vec::new();
    files_below(&root().join("templates"), ".html", &mut paths);
    assert!(!paths.is_empty());
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        for word in [" style=", "<style", " onclick", " onload", "hx-on", "javascript:", "js:", "|safe", "user-scalable"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
        for script in text.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains("src="), "{}: inline script", path.display());
        }
    }
}

#[test]
fn h1_no_test_is_ignored_and_no_failure_is_tolerated() {
    let mut paths = Vec::new();
    ["src", "tests", "benches"].iter().for_each(|folder| files_below(&root().join(folder), ".rs", &mut paths));
    // Spelt so that this file does not find itself.
    let skipped = [concat!("#[", "ignore"), concat!("should_", "panic"), concat!("-- ", "--skip")];
    let mut found = Vec::new();
    for path in &paths {
        let text = fs::read_to_string(path).unwrap();
        found.extend(skipped.iter().filter(|word| text.contains(**word)).map(|word| format!("{}: {word}", path.display())));
    }
    for script in [".ci/run", ".ci/deny", "tests/run"] {
        let text = fs::read_to_string(root().join(script)).unwrap();
        assert!(text.contains("set -euo pipefail"), "{script} goes on after a failure");
        let tolerant = ["|| true", "|| :", "set +e", "continue-on-error", "--skip", "2>/dev/null; true"];
        found.extend(tolerant.iter().filter(|word| text.contains(**word)).map(|word| format!("{script}: {word}")));
    }
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    for step in ["cargo fmt --check", "-D warnings", ".ci/deny", "tests/run"] {
        assert!(ci.contains(step), "what lands is not asked for {step}");
    }
    let all = fs::read_to_string(root().join("tests/run")).unwrap();
    assert!(all.lines().any(|line| line.starts_with("cargo test") && !line.contains("--test ")), "not every test is run");
    none(found, "tests that may fail or do not run");
}

/// The ids of every failure in the record: `A1` … `I11`.
fn known_failures() -> Vec<String> {
    let counts = [('A', 13), ('B', 12), ('C', 10), ('D', 18), ('E', 7), ('F', 5), ('G', 19), ('H', 5), ('I', 11)];
    counts.iter().flat_map(|(letter, count)| (1..=*count).map(move |number| format!("{letter}{number}"))).collect()
}

/// The ids that a test's name begins with.
fn tested_failures() -> BTreeSet<String> {
    let mut paths = Vec::new();
    files_below(&root().join("src"), ".rs", &mut paths);
    files_below(&root().join("tests"), ".rs", &mut paths);
    let mut tested = BTreeSet::new();
    for path in paths {
        for line in fs::read_to_string(path).unwrap().lines() {
            let Some((_, name)) = line.split_once("fn ") else { continue };
            let Some((id, _)) = name.split_once('_') else { continue };
            let id = id.to_uppercase();
            if known_failures().contains(&id) {
                tested.insert(id);
            }
        }
    }
    tested
}

#[test]
fn the_table_of_field_failures_and_the_tests_are_in_step() {
    let table = fs::read_to_string(root().join("tests/field-failures.md")).unwrap();
    let mut listed = Vec::new();
    let mut wrong = Vec::new();
    let tested = tested_failures();
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (id, state, note) = (cells[1], cells[2], cells[3]);
        if id == "Id" {
            continue;
        }
        listed.push(id.to_owned());
        let has_test = tested.contains(id);
        match state {
            "tested" if has_test => {}
            "later" | "not applicable" if !has_test && !note.is_empty() => {}
            "tested" => wrong.push(format!("{id} is listed as tested and no test begins with its id")),
            "later" | "not applicable" => wrong.push(format!("{id} is listed as {state}: give the reason, or list it as tested")),
            other => wrong.push(format!("{id}: unknown state {other}")),
        }
    }
    assert_eq!(listed, known_failures(), "every id once, in order");
    none(wrong, "the table and the tests disagree");
}
