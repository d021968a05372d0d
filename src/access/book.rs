//! What the register holds, as it is kept, and the whole of it as a process remembers it.
//!
//! No secret is in it: of a cookie, a token or a badge the SHA-256, of a password or a PIN the
//! argon2id. Times are seconds since 1970.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tracing::warn;

/// Something that the register keeps under an id.
pub trait Kept: Serialize + DeserializeOwned {
    /// What its key begins with.
    const KIND: &'static str;

    /// The key of the one with this id.
    fn key(id: &str) -> String {
        format!("{}/{id}", Self::KIND)
    }
}

/// A tablet that a supervisor let in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Device {
    /// What people call it.
    pub name: String,
    /// Of the secret in its cookie.
    pub hash: String,
    /// When it was let in, and by whom.
    pub since: i64,
    /// The supervisor's name.
    pub by: String,
    /// When it was last heard, to the hour.
    pub seen: i64,
    /// When it was last given its cookie, which a browser forgets a year later.
    #[serde(default)]
    pub given: i64,
    /// Too many wrong PINs were typed on it: a supervisor must look into it.
    #[serde(default)]
    pub locked: bool,
}

/// A device that shows a code and waits to be let in; its id will be the tablet's.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pairing {
    /// What it shows.
    pub code: String,
    /// Of the secret in its cookie.
    pub hash: String,
    /// When it asked.
    pub since: i64,
    /// What counts the codes of where it asked; empty where nothing does.
    #[serde(default)]
    pub counted: String,
}

/// Somebody who may supervise; his id is his name, folded.
#[derive(Clone, Serialize, Deserialize)]
pub struct Supervisor {
    /// His name, as the audit keeps it.
    pub name: String,
    /// Of his password.
    pub hash: String,
    /// Since when.
    pub since: i64,
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Who {
    /// A supervisor, by his id.
    Supervisor(String),
    /// A worker, by his number.
    Worker(u32),
}

/// Somebody who signed in, on one device; its id is the SHA-256 of the secret in the cookie.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    /// Who.
    pub who: Who,
    /// On which enrolled tablet, which is the only one where it is good; a supervisor may have signed in elsewhere.
    pub device: Option<String>,
    /// When he signed in.
    pub since: i64,
    /// When he last gave his password or his PIN.
    pub last: i64,
    /// On a tablet: when he last did something there, to the minute.
    #[serde(default)]
    pub heard: i64,
    /// What the password or PIN was kept as: another one ends the session.
    pub hash: String,
}

/// A client's bearer token.
#[derive(Clone, Serialize, Deserialize)]
pub struct Token {
    /// What it is called.
    pub name: String,
    /// Of the secret in it; empty once it has ended.
    pub hash: String,
    /// It may act, not only read.
    pub acts: bool,
    /// Since when.
    pub since: i64,
    /// Who made it.
    pub by: String,
    /// When it was last used, to the hour; 0 for never.
    pub seen: i64,
}

impl Token {
    /// Whether it lets nobody in any more.
    pub fn has_ended(&self) -> bool {
        self.hash.is_empty()
    }
}

/// A worker's PIN; its id is his number.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pin {
    /// Of the PIN.
    pub hash: String,
    /// Since when.
    pub since: i64,
}

/// A code that a scanner types to choose a worker; its id is the SHA-256 of the code.
#[derive(Clone, Serialize, Deserialize)]
pub struct Badge {
    /// Whose it is.
    pub worker: u32,
    /// Since when.
    pub since: i64,
}

/// What there is one of.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct House {
    /// Workers give their PIN before they act.
    #[serde(default)]
    pub pins: bool,
    /// Of the secret in the wall's link; empty while there is none.
    #[serde(default)]
    pub wall: String,
    /// Since when there is this link.
    #[serde(default)]
    pub wall_since: i64,
    /// The forms that asked for the last links, with blanks between them.
    #[serde(default)]
    pub wall_form: String,
}

macro_rules! kept {
    ($($kind:ty = $name:literal),* $(,)?) => { $(impl Kept for $kind { const KIND: &'static str = $name; })* };
}

kept! {
    Device = "device", Pairing = "pairing", Supervisor = "supervisor", Session = "session", Token = "token", Pin = "pin",
    Badge = "badge", House = "house", super::rules::Tries = "tries", super::rules::Meter = "tries", super::rules::Last = "tries",
    super::line::Line = "tries",
}

/// Everything that decides who may come in; tries are apart.
#[derive(Clone, Default)]
pub struct Book {
    /// How often the register had changed.
    pub number: u64,
    /// By id.
    pub devices: BTreeMap<String, Device>,
    /// By the id of the device.
    pub pairings: BTreeMap<String, Pairing>,
    /// By folded name.
    pub supervisors: BTreeMap<String, Supervisor>,
    /// By the SHA-256 of the secret.
    pub sessions: BTreeMap<String, Session>,
    /// By id.
    pub tokens: BTreeMap<String, Token>,
    /// Those that have ended.
    pub ended: BTreeMap<String, Token>,
    /// By the worker's number.
    pub pins: BTreeMap<String, Pin>,
    /// By the SHA-256 of the code.
    pub badges: BTreeMap<String, Badge>,
    /// The rest.
    pub house: House,
}

impl Book {
    /// Reads the register. What cannot be read lets nobody in: where it is not known whether PINs are asked, they are.
    pub fn read(number: u64, entries: impl IntoIterator<Item = (String, String)>) -> Book {
        let mut book = Book { number, ..Book::default() };
        for (key, text) in entries {
            let (kind, id) = key.split_once('/').unwrap_or((&key, ""));
            let read = match kind {
                Device::KIND => put(&mut book.devices, id, &text),
                Pairing::KIND => put(&mut book.pairings, id, &text),
                Supervisor::KIND => put(&mut book.supervisors, id, &text),
                Session::KIND => put(&mut book.sessions, id, &text),
                Token::KIND => put(&mut book.tokens, id, &text),
                Pin::KIND => put(&mut book.pins, id, &text),
                Badge::KIND => put(&mut book.badges, id, &text),
                House::KIND => {
                    let read = serde_json::from_str(&text);
                    book.house = read.as_ref().map_or(House { pins: true, ..House::default() }, House::clone);
                    read.map(drop)
                }
                // Of a later build.
                _ => Ok(()),
            };
            if let Err(error) = read {
                warn!(kind, %error, "an entry of the register cannot be read");
            }
        }
        book.ended = book.tokens.extract_if(.., |_, token| token.has_ended()).collect();
        book
    }
}

fn put<T: Kept>(into: &mut BTreeMap<String, T>, id: &str, text: &str) -> serde_json::Result<()> {
    into.insert(id.to_owned(), serde_json::from_str(text)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_in_which_the_house_cannot_be_read_asks_for_pins_and_has_no_link_for_walls() {
        let book = Book::read(1, [(House::KIND.to_owned(), "{\"pins\":\"no\",\"wall\":\"secret\"}".to_owned())]);
        assert!(book.house.pins && book.house.wall.is_empty());
        let read = |pins| Book::read(1, [(House::KIND.to_owned(), format!("{{\"pins\":{pins}}}"))]).house.pins;
        assert!(read(true) && !read(false) && !Book::read(1, []).house.pins);
    }
}
