//! Which arguments the sentences of a language take, and how two languages differ in that.

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::BTreeMap;

/// What a sentence takes, each in order of name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Demand {
    /// Every argument.
    pub(super) takes: Vec<String>,
    /// Those that are read in it; others only decide how it goes.
    says: Vec<String>,
}

/// All sentences of a language, and their parts, by key.
pub(super) type Demands = BTreeMap<String, Demand>;

/// The sentences of a file and their parts, each with the arguments it takes, in order of name.
pub(super) fn gather(resource: &FluentResource, found: &mut Demands) {
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
pub(super) fn differences(home: &Demands, other: &Demands) -> Vec<String> {
    let missing = home.keys().filter(|key| !other.contains_key(*key)).map(|key| format!("{key} is missing"));
    let more = other.iter().filter_map(|(key, wants)| {
        let Some(given) = known(home, key) else { return Some(format!("{key} is not the key of any sentence")) };
        let unknown: Vec<&str> = wants.takes.iter().filter(|want| !given.takes.contains(want)).map(String::as_str).collect();
        (!unknown.is_empty()).then(|| format!("{key} is never given {}", unknown.join(", ")))
    });
    // A page marks up what it puts there itself: a sentence without the place for it loses it.
    let lost = other.iter().filter_map(|(key, wants)| {
        let gone: Vec<&str> = home.get(key)?.says.iter().filter(|said| !wants.says.contains(said)).map(String::as_str).collect();
        (!gone.is_empty()).then(|| format!("{key} does not say {}", gone.join(", ")))
    });
    missing.chain(more).chain(lost).collect()
}

/// The arguments that are given to a sentence. Another language may have more plural forms of a part
/// that scripts choose from (`.few`, `.many`); they are given what `.other` is.
fn known<'h>(home: &'h Demands, key: &str) -> Option<&'h Demand> {
    home.get(key).or_else(|| {
        let (id, form) = key.split_once('.')?;
        ["zero", "two", "few", "many"].contains(&form).then(|| home.get(&format!("{id}.other"))).flatten()
    })
}

fn wanted(pattern: &Pattern<&str>) -> Demand {
    let mut demand = Demand::default();
    in_pattern(pattern, &mut demand);
    for names in [&mut demand.takes, &mut demand.says] {
        names.sort();
        names.dedup();
    }
    demand
}

fn in_pattern(pattern: &Pattern<&str>, demand: &mut Demand) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, demand);
        }
    }
}

fn in_expression(expression: &Expression<&str>, demand: &mut Demand) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, demand),
        Expression::Select { selector, variants } => {
            let mut deciding = Demand::default();
            in_inline(selector, &mut deciding);
            demand.takes.extend(deciding.takes);
            variants.iter().for_each(|variant| in_pattern(&variant.value, demand));
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, demand: &mut Demand) {
    match inline {
        InlineExpression::VariableReference { id } => {
            demand.takes.push(id.name.to_owned());
            demand.says.push(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => in_expression(expression, demand),
        InlineExpression::FunctionReference { arguments, .. } => in_arguments(arguments, demand),
        InlineExpression::TermReference { arguments: Some(arguments), .. } => in_arguments(arguments, demand),
        _ => {}
    }
}

fn in_arguments(arguments: &CallArguments<&str>, demand: &mut Demand) {
    arguments.positional.iter().for_each(|inline| in_inline(inline, demand));
    arguments.named.iter().for_each(|named| in_inline(&named.value, demand));
}
