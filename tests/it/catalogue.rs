//! The catalogue of sentences: everything that people read stands in it, everything in it is used, and reads well.

use crate::architecture::{files_below, root};
use spoolboard::words;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The text of every file below a folder, by its path.
fn texts(folder: &str, ending: &str) -> BTreeMap<String, String> {
    let mut paths = Vec::new();
    files_below(&root().join(folder), ending, &mut paths);
    assert!(!paths.is_empty(), "nothing in {folder}");
    let named = |path: std::path::PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(named).collect()
}

/// Our own scripts.
fn scripts() -> BTreeMap<String, String> {
    texts("static", ".js").into_iter().filter(|(name, _)| !name.contains("vendor")).collect()
}

/// The text without what stands between two marks, and what stood there.
fn without<'t>(text: &'t str, open: &str, close: &str, inside: &mut Vec<&'t str>) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once(open) {
        kept.push_str(before);
        kept.push('\n');
        let (within, next) = after.split_once(close).unwrap_or((after, ""));
        inside.push(within);
        rest = next;
    }
    kept + rest
}

/// What stands in quotes.
fn quoted(code: &str) -> impl Iterator<Item = &str> {
    code.split('"').skip(1).step_by(2)
}

fn none(found: Vec<String>, why: &str) {
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

fn speaks(text: &str) -> bool {
    text.replace("spoolboard", "").contains(char::is_alphabetic)
}

/// What a person reads in a template although the catalogue does not hold it, and what is wrong with its code.
fn said_in(template: &str) -> Vec<String> {
    let mut code = Vec::new();
    // What stands in the tag of the body is no text, nor is the end of a tag that a condition closes.
    let template = without(template, "{% block body_attributes %}", "{% endblock %}", &mut Vec::new()).replace(" hidden>", ">");
    let bare = without(&template, "{{", "}}", &mut code);
    let bare = without(&bare, "{%", "%}", &mut Vec::new());
    let mut statements = Vec::new();
    without(&template, "{%", "%}", &mut statements);
    code.extend(statements);
    let mut tags = Vec::new();
    // What decides about attributes leaves pieces of a tag; a letter outside of tags is text.
    let bare = bare.replace("<!doctype html>", "");
    let text = without(&bare, "<", ">", &mut tags);
    let mut found: Vec<String> = text.lines().filter(|line| speaks(line)).map(|line| line.trim().to_owned()).collect();
    for attribute in ["aria-label=\"", "placeholder=\"", " title=\"", "alt=\"", "label=\""] {
        let values = tags.iter().flat_map(|tag| tag.split(attribute).skip(1)).filter_map(|rest| rest.split('"').next());
        found.extend(values.filter(|value| speaks(value)).map(|value| format!("{attribute}{value}")));
    }
    let sentence = |text: &&str| !text.is_ascii() || text.split(' ').filter(|word| speaks(word)).count() > 1;
    found.extend(code.iter().flat_map(|code| quoted(code)).filter(sentence).map(|text| format!("in code: {text}")));
    found
}

#[test]
fn i10_no_template_holds_a_word_that_people_read() {
    assert_eq!(said_in("<p title=\"Uno\">Dos{{ x }} <b>{% if y == \"tres y\" %}</b> spoolboard</p>").len(), 3);
    let mut found = Vec::new();
    for (name, text) in texts("templates", ".html") {
        found.extend(said_in(&text).into_iter().map(|said| format!("{name}: {said}")));
    }
    none(found, "said in a template and not in locales/");
}

#[test]
fn no_script_holds_a_word_that_people_read() {
    // Names of the browser, not sentences.
    let names = ["Enter", "Tab", "Shift", "POST", "GET", "DOMContentLoaded"];
    let mut found = Vec::new();
    for (name, text) in scripts() {
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let code = line.split(" // ").next().unwrap();
            for said in code.split(['\'', '`']).skip(1).step_by(2) {
                let capital = said.starts_with(char::is_uppercase) && !names.contains(&said);
                if capital || said.contains(|c: char| !c.is_ascii()) {
                    found.push(format!("{name}: {said}"));
                }
            }
        }
    }
    none(found, "said in a script and not in locales/");
}

/// A use of a sentence: its key, whether it is said to take arguments, and those given right there.
struct Use {
    place: String,
    key: String,
    takes: bool,
    given: BTreeSet<String>,
    counted: BTreeSet<String>,
}

/// What stands behind the bracket that closes the one before.
fn behind_call(code: &str) -> &str {
    let (mut depth, mut quoted) = (1, false);
    for (at, c) in code.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &code[at + 1..];
        }
    }
    ""
}

fn uses(place: &str, code: &str) -> Vec<Use> {
    // Other things are called text and say too, outside of what names these two.
    let names_both = |line: &str| line.starts_with("use crate::words::{") && line.ends_with("say, text};");
    let bare = place.starts_with("src/words/") || code.lines().any(names_both);
    // As if no line had been broken.
    let code = code.split('\n').map(str::trim).collect::<String>();
    let mut found = Vec::new();
    for (call, takes) in [("text(\"", false), ("say(\"", true)] {
        for (at, _) in code.match_indices(call) {
            let before = &code[..at];
            let is_ours = before.ends_with("words::")
                || bare && !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == ':');
            if !is_ours {
                continue;
            }
            let (key, mut rest) = code[at + call.len()..].split_once('"').unwrap();
            let (mut given, mut counted) = (BTreeSet::new(), BTreeSet::new());
            rest = behind_call(rest);
            while let Some((call, (name, after))) = [".with(\"", ".count(\"", ".maybe(\"", ".around(\""]
                .iter()
                .find_map(|call| Some((*call, rest.strip_prefix(call)?.split_once('"')?)))
            {
                given.insert(name.to_owned());
                if call == ".count(\"" {
                    counted.insert(name.to_owned());
                }
                rest = behind_call(after);
            }
            found.push(Use { place: place.to_owned(), key: key.to_owned(), takes, given, counted });
        }
    }
    found
}

fn all_uses() -> Vec<Use> {
    let mut found = Vec::new();
    for (name, text) in texts("src", ".rs").into_iter().filter(|(name, _)| !name.ends_with("tests.rs")) {
        let code: Vec<&str> = text
            .lines()
            .take_while(|line| line.trim() != "#[cfg(test)]" || line.starts_with(' '))
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        found.extend(uses(&name, &code.join("\n")));
    }
    for (name, text) in texts("templates", "") {
        found.extend(uses(&name, &text));
    }
    found
}

#[test]
fn every_sentence_that_is_asked_for_is_there_with_the_arguments_it_takes() {
    let mut found = Vec::new();
    let sources = texts("src", ".rs");
    for asked in all_uses() {
        let Some(takes) = words::takes(&asked.key) else {
            found.push(format!("{}: there is no {}", asked.place, asked.key));
            continue;
        };
        if asked.takes == takes.is_empty() {
            found.push(format!("{}: {} takes {takes:?}", asked.place, asked.key));
        }
        // In code an argument may be given further below.
        let later = |name: &str| {
            let source = sources.get(&asked.place);
            source.is_some_and(|text| {
                ["with", "count", "maybe", "around"].iter().any(|call| text.contains(&format!(".{call}(\"{name}\"")))
            })
        };
        let missing: Vec<_> = takes.iter().filter(|name| !asked.given.contains(*name) && !later(name)).collect();
        let more: Vec<_> = asked.given.iter().filter(|name| !takes.contains(name)).collect();
        if !missing.is_empty() || !more.is_empty() {
            found.push(format!("{}: {} lacks {missing:?} and is given {more:?} in vain", asked.place, asked.key));
        }
    }
    none(found, "a sentence that is not as it is asked for");
}

#[test]
fn every_sentence_of_the_catalogue_is_used() {
    let mut used: BTreeSet<String> = all_uses().into_iter().map(|asked| asked.key).collect();
    // A dialog's question is handed to the macro that marks it up.
    for text in texts("templates", ".html").values() {
        used.extend(text.split("verbs::dialog(").skip(1).filter_map(|call| call.split('"').nth(3)).map(str::to_owned));
    }
    for text in scripts().values() {
        for rest in text.split("WORDS").skip(1) {
            let name = rest.trim_start_matches(['.', '[', '\'']);
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
            used.insert(format!("script-{}", &name[..end]));
        }
    }
    let is_used = |key: &&str| used.contains(*key) || key.starts_with("script-") && used.contains(key.split('.').next().unwrap());
    let idle = words::those_of("").filter(|key| !is_used(key)).map(str::to_owned).collect();
    none(idle, "sentences that nobody says");
}

/// What is wrong with a sentence that says how many, by the word behind the number: one of them is in the singular,
/// two in the plural. What stands there for any number is in the list.
fn disagrees(said: &str) -> bool {
    let any = "de del en a y o por sin más ms s h m min todavía aún desde entre no".split(' ').collect::<BTreeSet<_>>();
    let words: Vec<&str> = said.split_whitespace().collect();
    let wrong = |number: &str, word: &str| {
        let (number, word) = (number.trim_start_matches(['(', '«']), word.trim_matches(|c: char| !c.is_alphanumeric()));
        let counts = word.len() > 1 && word.chars().all(char::is_alphabetic) && !any.contains(word.to_lowercase().as_str());
        counts && (number == "1" && word.ends_with(['s', 'S']) || number == "2" && !word.ends_with(['s', 'S', 'n', 'N']))
    };
    words.windows(2).any(|pair| wrong(pair[0], pair[1]))
}

#[test]
fn i10_a_sentence_with_a_number_is_right_for_none_one_and_many() {
    assert!(disagrees("1 filas") && disagrees("2 fila") && !disagrees("1 fila, 2 filas; 2 esperan, 2 de 3"));
    let counted: BTreeSet<(String, String)> =
        all_uses().into_iter().flat_map(|asked| asked.counted.into_iter().map(move |name| (asked.key.clone(), name))).collect();
    assert!(counted.len() > 40, "{}", counted.len());
    let mut found = Vec::new();
    for key in words::those_of("") {
        for number in [0_u32, 1, 2] {
            let numbers: Vec<&str> = words::takes(key).unwrap().iter().map(String::as_str).collect();
            let mut said = words::say(key);
            for name in &numbers {
                let counts = counted.contains(&(key.to_owned(), (*name).to_owned()));
                said = if counts { said.count(name, number) } else { said.with(name, "X") };
            }
            let said = said.to_string();
            if disagrees(&said) {
                found.push(format!("{key}: {said}"));
            }
        }
    }
    none(found, "sentences that one or many would make wrong");
}

/// The sentences as they stand in the files: a line each, a form of a plural too, without key and comment.
fn lines() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, text) in texts("locales/es-CL", ".ftl") {
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let said = match line.strip_prefix(' ').or_else(|| line.strip_prefix('}')) {
                Some(rest) => rest.split_once(']').or_else(|| rest.split_once(" = ")).map_or(rest, |(_, said)| said),
                None => line.split_once(" =").unwrap_or_else(|| panic!("{name}: {line}")).1,
            };
            found.push((name.clone(), without(said, "{", "}", &mut Vec::new()).trim().to_owned()));
        }
    }
    found
}

#[test]
fn i10_every_sentence_is_spanish_of_the_plant_and_says_tu() {
    // Words that need their mark, as they are when it is forgotten; English; what only programmers say; "usted".
    let unmarked = "sesion operacion metrologia reparacion numero numeros dia dias codigo codigos pagina paginas mas aqui \
        ahi despues tambien todavia segun ultimo ultimos ultima ultimas atras linea minimo maximo unico rapido valido \
        valida dificil facil tu-supervisor ingenieria maquina colacion credito razon version duracion conexion accion acciones \
        seccion direccion peticion planta-nueva camara telefono aplicacion tipico tomalo pausalo eligelo escribelo completalo \
        estan podria sera esta-bien anio ano anos espanol senal companero pequeno manana diseno tamano dueno auditoria boton \
        formula formulas escanea-lo vacia-lo revisalos";
    let foreign = "the and with your you please errors click tap button save saved loading offline online update refresh \
        login logout password user users token tokens cookie server request response timeout retry stack null undefined exception \
        backend frontend database lock locked cache host thread socket query default string integer boolean bug crash log email";
    let usted = "usted ustedes ingrese presione seleccione haga pulse intente espere avise revise elija escriba toque favor";
    // Names of fields, formats and places that programs and the office know by these words.
    let known = [
        "application/json",
        "JSON",
        "UUID",
        "KiB",
        "true, false",
        "Content-Type",
        "Redis",
        "CSV",
        "Wi-Fi",
        "Kiosko",
        "METROLOGIA",
        "REPARACION",
    ];
    let mut found = Vec::new();
    for (name, said) in lines() {
        let said_here = known.iter().fold(said.clone(), |said, word| said.replace(word, ""));
        let lower = said_here.to_lowercase();
        for word in lower.split(|c: char| !c.is_alphabetic() && c != '-').filter(|word| !word.is_empty()) {
            let wrong = [unmarked, foreign, usted].iter().any(|list| list.split_whitespace().any(|bad| bad == word));
            let ends = ["cion", "sion"].iter().any(|end| word.ends_with(end));
            if wrong || ends {
                found.push(format!("{name}: {word} in {said}"));
            }
        }
        for (wrong, why) in
            [("  ", "two blanks"), ("...", "three points"), (" ,", "a blank before a comma"), (" .", "a blank before a point")]
        {
            // The ending of a file begins with a point, too.
            let is_ending = |rest: &str| wrong == " ." && rest.starts_with(|c: char| c.is_ascii_lowercase());
            if said.split(wrong).skip(1).any(|rest| !is_ending(rest)) {
                found.push(format!("{name}: {why} in {said}"));
            }
        }
        for (open, close) in [('¿', '?'), ('¡', '!')] {
            // A question may be cut where an argument stands; the file's line has both ends.
            if said.matches(open).count() != said.matches(close).count() {
                found.push(format!("{name}: {open} and {close} are not as many in {said}"));
            }
        }
    }
    none(found, "sentences that a welder would stumble over");
}

#[test]
fn every_sentence_begins_and_ends_as_one() {
    // What is a part of another sentence, a reason or a state behind a name, or the words beneath a number.
    let parts = [
        "wants-",
        "sheets-",
        "problem-",
        "refusal-state-",
        "refusal-held",
        "refusal-role-or",
        "refusal-twin",
        "finished",
        "time-",
        "reason-",
        "because-",
        "ending-",
        "verdict-",
        "band-",
        "day-",
        "hours-from-to",
        "lasts",
        "freed-by-hand",
        "yes",
        "no",
        "no-",
        "cycle",
        "cycle-of",
        "report-place",
        "report-place-value",
        "report-absent",
        "wait-",
        "board-",
        "holders-",
        "manifest-name",
        "wall-",
        "record-",
        "keys-",
        "tablets-",
        "health-",
        "mishaps-",
        "data-",
        "act-",
        "activity-",
        "row",
        "held-since",
        "empty-cell",
        "this-process",
        "card-idle",
        "card-pause-for-other",
        "help-for-other",
        "milliseconds",
        "less-than-millisecond",
        "option-",
        "value-",
        "allowed-",
        "setting-",
        "redis-",
        "google-",
        "command-",
        "serve-",
        "files-",
        "import-",
        "register-",
        "account-",
        "key-",
        "check-",
    ];
    let mut found = Vec::new();
    for key in words::those_of("") {
        let said = words::unfilled("", key);
        let is_part = key.contains('.') || parts.iter().any(|part| key == *part || part.ends_with('-') && key.starts_with(part));
        let first = said.trim_start_matches(['«', '¿', '(', '←', ' ']).chars().next();
        if !is_part && first.is_none_or(|c| !c.is_uppercase() && !c.is_numeric() && c != '{') {
            found.push(format!("{key} does not begin as a sentence: {said}"));
        }
        let is_whole = said.contains(". ") || said.split(' ').count() > 9;
        if !is_part && is_whole && !said.ends_with(['.', ':', '?', '!', '}', ')']) {
            found.push(format!("{key} does not end as a sentence: {said}"));
        }
        if said.ends_with([',', ';', ' ']) || said.contains("..") {
            found.push(format!("{key} ends in the middle: {said}"));
        }
    }
    none(found, "sentences that are none");
}
