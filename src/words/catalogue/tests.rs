use super::*;
use include_dir::{DirEntry, File};

fn spoken(name: &str, text: &str) -> Language {
    Language::read(name, vec![text.to_owned()])
}

fn made(language: &Language, key: &str, args: &[(&'static str, FluentValue<'static>)]) -> String {
    let mut text = String::new();
    language.write(&mut text, key, &args.iter().cloned().collect()).unwrap();
    text
}

#[test]
fn the_language_at_home_is_whole() {
    let home = Language::home();
    assert_eq!(home.faults, Vec::<String>::new());
    assert!(home.demands.len() > 100, "{}", home.demands.len());
    assert_eq!(home.name, HOME);
}

#[test]
fn one_and_many_are_those_of_the_language() {
    let said = "changes = { $count ->\n    [one] un cambio\n   *[other] { $count } cambios\n }";
    let spanish = spoken("es-CL", said);
    assert_eq!(made(&spanish, "changes", &[("count", 1.into())]), "un cambio");
    assert_eq!(made(&spanish, "changes", &[("count", 2_556.into())]), "2556 cambios");
}

#[test]
fn an_argument_comes_out_as_it_went_in() {
    let language = spoken("es-CL", "holds = Lo tiene { $name }.");
    for name in ["<script>alert(1)</script>", "O'Higgins \"Pepe\" & Cía", "{ $name }", "\u{202e}oir"] {
        assert_eq!(made(&language, "holds", &[("name", name.into())]), format!("Lo tiene {name}."));
    }
}

#[test]
fn a_language_that_lacks_a_sentence_or_wants_more_than_is_given_is_refused() {
    let home = spoken("es-CL", "a = Hola\nb = Lo tiene { $name }.\nc =\n    .one = uno\n    .other = { $count }\n");
    let other = spoken(
        "pt-BR",
        "b = Está com { $who }.\nc =\n    .one = um\n    .many = { $count }\n    .other = { $count }\nd = Mais\n",
    );
    assert_eq!(
        demands::differences(&home.demands, &other.demands),
        ["a is missing", "b is never given who", "d is not the key of any sentence", "b does not say name"]
    );
    assert!(Language::find("no/such/folder").is_err());
}

#[test]
fn a_folder_is_one_text_wherever_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pt-BR");
    std::fs::create_dir(&path).unwrap();
    ["d", "b", "a", "c"].iter().for_each(|key| std::fs::write(path.join(format!("{key}.ftl")), format!("{key} = x\n")).unwrap());
    std::fs::write(path.join("notes.txt"), "e = x\n").unwrap();
    assert_eq!(Language::folder(&path).unwrap().source, "a = x\nb = x\nc = x\nd = x\n");
}

#[test]
fn a_file_in_another_encoding_is_a_fault_and_not_left_out() {
    let files =
        [DirEntry::File(File::new("es-CL/a.ftl", b"a = Hola\n")), DirEntry::File(File::new("es-CL/b.ftl", b"b = Adi\xf3s\n"))];
    let language = Language::embedded(&Dir::new("es-CL", &files));
    assert_eq!((language.source.as_str(), language.faults), ("a = Hola\n", vec!["es-CL/b.ftl: not in UTF-8".to_owned()]));
}

#[test]
fn what_cannot_be_read_is_a_fault_with_its_language() {
    assert_eq!(spoken("no language", "a = Hola").faults.len(), 1);
    assert_eq!(spoken("es-CL", "a = Hola\nb = { $name\n").faults.len(), 1);
    assert_eq!(spoken("es-CL", "a = Hola\na = Otra vez\n").faults.len(), 1);
}
