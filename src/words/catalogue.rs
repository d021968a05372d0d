//! The catalogue: every sentence that people read, by its key, in the files of one language.
//!
//! `locales/es-CL/*.ftl` holds them, a file a screen, in the language of Mozilla's Fluent: text that
//! a translator reads and writes without knowing the program, with the plurals of his language and
//! comments for him. Code and templates name keys. Another language is another folder beside it; a
//! folder that lacks a sentence, or asks it for an argument that nobody gives, is refused before
//! anything is served, so that nobody ever reads a key on a screen.
//!
//! A sentence without arguments is made once and is then a `&'static str`: a page of sixty cards
//! asks for a thousand of them. Nothing here escapes anything: pages escape what a sentence holds, with
//! its arguments, as they escape every other text.

mod demands;

use demands::Demands;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use unic_langid::LanguageIdentifier;

/// The languages inside the binary: a folder each.
static LOCALES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/locales");

/// The language that is spoken when nobody chose one, and the one that all others are compared with.
pub const HOME: &str = "es-CL";

/// What stands for markup within a sentence until [`Said::around`] cuts the sentence there.
const SLOT: char = '\u{E000}';

static SPOKEN: OnceLock<Arc<Language>> = OnceLock::new();

/// One language: its sentences by key.
pub struct Language {
    /// Its name, as pages declare it: `es-CL`.
    name: String,
    bundle: FluentBundle<FluentResource>,
    /// The sentences that need no argument, made once.
    fixed: HashMap<String, String>,
    /// Which arguments each sentence takes.
    demands: Demands,
    /// What could not be read, a line each.
    faults: Vec<String>,
    /// Its files, one after the other.
    source: String,
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Language {
    /// The language inside the binary by this name, or the one in this folder, whose own name says
    /// which language it is; else a line for each thing that is wrong.
    pub fn find(name: &str) -> Result<Language, Vec<String>> {
        let found = match LOCALES.get_dir(name) {
            Some(dir) => Language::embedded(dir),
            None => Language::folder(Path::new(name))?,
        };
        let home = Language::home();
        let mut faults = found.faults.clone();
        faults.extend(demands::differences(&home.demands, &found.demands));
        if faults.is_empty() { Ok(found) } else { Err(faults) }
    }

    fn home() -> Language {
        LOCALES.get_dir(HOME).map_or_else(|| Language::read(HOME, Vec::new()), Language::embedded)
    }

    fn embedded(dir: &Dir<'_>) -> Language {
        let texts = dir.files().filter_map(|file| file.contents_utf8()).map(str::to_owned).collect();
        let mut language = Language::read(dir.path().to_str().unwrap_or(HOME), texts);
        let unread = dir.files().filter(|file| file.contents_utf8().is_none());
        language.faults.extend(unread.map(|file| format!("{}: not in UTF-8", file.path().display())));
        language
    }

    fn folder(path: &Path) -> Result<Language, Vec<String>> {
        let failed = |error: std::io::Error| vec![format!("{}: {error}", path.display())];
        let entries = std::fs::read_dir(path).map_err(failed)?.map(|entry| entry.map(|entry| entry.path()));
        let mut files = entries.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        files.retain(|file| file.extension().is_some_and(|ending| ending == "ftl"));
        // A machine lists them in an order of its own, and another text is another build of the screens.
        files.sort();
        let texts = files.iter().map(std::fs::read_to_string).collect::<Result<_, _>>().map_err(failed)?;
        Ok(Language::read(path.file_name().and_then(|name| name.to_str()).unwrap_or_default(), texts))
    }

    fn read(name: &str, texts: Vec<String>) -> Language {
        let mut faults = Vec::new();
        let identifier = name.parse::<LanguageIdentifier>().unwrap_or_else(|_| {
            faults.push(format!("{name}: no language is called that; es-CL and pt-BR are"));
            LanguageIdentifier::default()
        });
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // The marks that Fluent puts around an argument keep two directions of writing apart. Ours is one, and a
        // name is searched and compared as it was written.
        bundle.set_use_isolating(false);
        let mut demands = Demands::new();
        let source = texts.concat();
        for text in texts {
            let resource = FluentResource::try_new(text).unwrap_or_else(|(read, errors)| {
                faults.extend(errors.iter().map(|error| format!("{name}: {error}")));
                read
            });
            demands::gather(&resource, &mut demands);
            if let Err(errors) = bundle.add_resource(resource) {
                faults.extend(errors.iter().map(|error| format!("{name}: {error}")));
            }
        }
        let mut language = Language { name: name.to_owned(), bundle, fixed: HashMap::new(), demands, faults, source };
        let bare: Vec<String> =
            language.demands.iter().filter(|(_, wants)| wants.takes.is_empty()).map(|(key, _)| key.clone()).collect();
        for key in bare {
            let mut text = String::new();
            if language.write(&mut text, &key, &FluentArgs::new()).is_err() {
                language.faults.push(format!("{name}: {key} cannot be made"));
            }
            language.fixed.insert(key, text);
        }
        language
    }

    /// Writes a sentence; an error when there is none by this key, or an argument is missing.
    fn write(&self, to: &mut dyn fmt::Write, key: &str, args: &FluentArgs<'_>) -> fmt::Result {
        let (id, attribute) = key.split_once('.').map_or((key, None), |(id, attribute)| (id, Some(attribute)));
        let message = self.bundle.get_message(id);
        let pattern = message.and_then(|message| match attribute {
            Some(name) => message.get_attribute(name).map(|attribute| attribute.value()),
            None => message.value(),
        });
        let mut errors = Vec::new();
        to.write_str(&self.bundle.format_pattern(pattern.ok_or(fmt::Error)?, Some(args), &mut errors))?;
        if errors.is_empty() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// Chooses the language, once, before anything is said; the first choice holds.
pub fn speak(language: Arc<Language>) {
    let _ = SPOKEN.set(language);
}

fn spoken() -> &'static Language {
    SPOKEN.get_or_init(|| Arc::new(Language::home()))
}

/// The name of the language that is spoken, as `<html lang>` wants it.
pub fn language() -> &'static str {
    &spoken().name
}

/// All that the language was read from: another text is another build of the screens.
pub fn source() -> &'static str {
    &spoken().source
}

/// A sentence that needs no argument. `key.part` is a part of one, such as the words of a link in it.
pub fn text(key: &'static str) -> &'static str {
    let found = spoken().fixed.get(key);
    debug_assert!(found.is_some(), "no sentence without arguments is called {key}");
    found.map_or(key, String::as_str)
}

/// A sentence that needs arguments, which are still to be given.
pub fn say(key: &'static str) -> Said {
    Said { key, args: FluentArgs::new() }
}

/// The keys of sentences and parts that begin with this, without it.
pub fn those_of(prefix: &str) -> impl Iterator<Item = &'static str> {
    spoken().demands.keys().filter_map(move |key| key.strip_prefix(prefix))
}

/// The arguments of a sentence or part, in order of name; nothing where there is none by this key.
pub fn takes(key: &str) -> Option<&'static [String]> {
    spoken().demands.get(key).map(|demand| demand.takes.as_slice())
}

/// The sentence of [`those_of`], with each argument as `{name}`, for whoever fills them in.
pub fn unfilled(prefix: &str, key: &str) -> String {
    let key = format!("{prefix}{key}");
    let mut args = FluentArgs::new();
    for name in spoken().demands.get(&key).into_iter().flat_map(|demand| &demand.takes) {
        args.set(name.clone(), format!("{{{name}}}"));
    }
    let mut text = String::new();
    let made = spoken().write(&mut text, &key, &args);
    debug_assert!(made.is_ok(), "{key} cannot be made without its arguments");
    text
}

/// A sentence and what was given to it; as text it is the sentence.
pub struct Said {
    key: &'static str,
    args: FluentArgs<'static>,
}

impl Said {
    /// Gives it a text.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Said {
        self.args.set(name, value.to_string());
        self
    }

    /// Gives it a number, which may decide between one and many.
    pub fn count(mut self, name: &'static str, number: impl Number) -> Said {
        self.args.set(name, number.value());
        self
    }

    /// Gives it a text that may be absent, as which it counts 0.
    pub fn maybe(self, name: &'static str, value: Option<impl fmt::Display>) -> Said {
        match value {
            Some(value) => self.with(name, value),
            None => self.count(name, 0),
        }
    }

    /// What stands before and after an argument that the page marks up itself.
    pub fn around(self, name: &'static str) -> (String, String) {
        let whole = self.with(name, SLOT).to_string();
        whole.split_once(SLOT).map(|(before, after)| (before.to_owned(), after.to_owned())).unwrap_or_default()
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = spoken().write(f, self.key, &self.args);
        debug_assert!(made.is_ok(), "{} lacks an argument, or is no sentence", self.key);
        Ok(())
    }
}

impl From<Said> for String {
    fn from(said: Said) -> String {
        said.to_string()
    }
}

/// A number that a sentence counts with.
pub trait Number {
    /// As the catalogue wants it.
    fn value(&self) -> FluentValue<'static>;
}

impl<N: Number + ?Sized> Number for &N {
    fn value(&self) -> FluentValue<'static> {
        (**self).value()
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Number for $number {
            fn value(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        })*
    };
}

numbers!(usize u64 u32 u16 u8 i64 i32);

#[cfg(test)]
mod tests;
