use super::*;

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
fn what_cannot_be_read_is_a_fault_with_its_language() {
    assert_eq!(spoken("no language", "a = Hola").faults.len(), 1);
    assert_eq!(spoken("es-CL", "a = Hola\nb = { $name\n").faults.len(), 1);
    assert_eq!(spoken("es-CL", "a = Hola\na = Otra vez\n").faults.len(), 1);
}
