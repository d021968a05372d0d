//! Which arguments the sentences of a language take, and how two languages differ in that.

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::BTreeMap;

/// The sentences of a file and their parts, each with the arguments it takes, in order of name.
pub(super) fn gather(resource: &FluentResource, found: &mut BTreeMap<String, Vec<String>>) {
    for entry in resource.entries() {
        let Entry::Message(message) = entry else { continue };
        if let Some(value) = &message.value {
            found.insert(message.id.name.to_owned(), wanted(value));
        }
        for part in &message.attributes {
            found.insert(format!("{}.{}", message.id.name, part.id.name), wanted(&part.value));
        }
    }
}

/// What a language lacks or has too much, compared with the one at home: a line each.
pub(super) fn differences(home: &BTreeMap<String, Vec<String>>, other: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let missing = home.keys().filter(|key| !other.contains_key(*key)).map(|key| format!("{key} is missing"));
    let more = other.iter().filter_map(|(key, wants)| {
        let Some(given) = known(home, key) else { return Some(format!("{key} is not the key of any sentence")) };
        let unknown: Vec<&str> = wants.iter().filter(|want| !given.contains(want)).map(String::as_str).collect();
        (!unknown.is_empty()).then(|| format!("{key} is never given {}", unknown.join(", ")))
    });
    // A page marks up what it puts there itself: a sentence without the place for it loses it.
    let lost = other.iter().filter_map(|(key, wants)| {
        let gone: Vec<&str> = home.get(key)?.iter().filter(|want| !wants.contains(want)).map(String::as_str).collect();
        (!gone.is_empty()).then(|| format!("{key} does not say {}", gone.join(", ")))
    });
    missing.chain(more).chain(lost).collect()
}

/// The arguments that are given to a sentence. Another language may have more plural forms of a part
/// that scripts choose from (`.few`, `.many`); they are given what `.other` is.
fn known<'h>(home: &'h BTreeMap<String, Vec<String>>, key: &str) -> Option<&'h Vec<String>> {
    home.get(key).or_else(|| {
        let (id, form) = key.split_once('.')?;
        ["zero", "two", "few", "many"].contains(&form).then(|| home.get(&format!("{id}.other"))).flatten()
    })
}

fn wanted(pattern: &Pattern<&str>) -> Vec<String> {
    let mut names = Vec::new();
    in_pattern(pattern, &mut names);
    names.sort();
    names.dedup();
    names
}

fn in_pattern(pattern: &Pattern<&str>, names: &mut Vec<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, names);
        }
    }
}

fn in_expression(expression: &Expression<&str>, names: &mut Vec<String>) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, names),
        Expression::Select { selector, variants } => {
            in_inline(selector, names);
            variants.iter().for_each(|variant| in_pattern(&variant.value, names));
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, names: &mut Vec<String>) {
    match inline {
        InlineExpression::VariableReference { id } => names.push(id.name.to_owned()),
        InlineExpression::Placeable { expression } => in_expression(expression, names),
        InlineExpression::FunctionReference { arguments, .. } => in_arguments(arguments, names),
        InlineExpression::TermReference { arguments: Some(arguments), .. } => in_arguments(arguments, names),
        _ => {}
    }
}

fn in_arguments(arguments: &CallArguments<&str>, names: &mut Vec<String>) {
    arguments.positional.iter().for_each(|inline| in_inline(inline, names));
    arguments.named.iter().for_each(|named| in_inline(&named.value, names));
}
