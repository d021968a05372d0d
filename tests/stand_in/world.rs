//! The state behind the stand-in, and the one place where calls change it.

use super::book::{Access, Book};
use super::call::{Call, Method, pairs};
use super::faults::Faults;
use super::human::Human;
use super::journal::{Entry, Journal, Record};
use super::quota::{Quota, Quotas};
use super::refusal::{Answer, Refusal};
use super::token::{Tokens, insufficient};
use super::{batch, read, write};
use serde_json::Value as Json;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Something a person does between two calls.
pub(crate) type Deed = Box<dyn FnOnce(&mut Human<'_>) + Send>;

/// When a deed is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Right before the next writing call is applied.
    BeforeWrite,
    /// Right after the next reading call was served.
    AfterRead,
}

/// What became of a call.
pub(crate) enum Served {
    /// It is answered.
    Done(u16, Json),
    /// It is a read at this time of this workbook by this person.
    Read(Duration, Box<Book>, String),
}

/// Everything that the stand-in knows.
pub(crate) struct World {
    pub(crate) books: BTreeMap<String, Book>,
    pub(crate) tokens: Tokens,
    pub(crate) quotas: Quotas,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) deeds: VecDeque<(When, String, Deed)>,
    /// Whether the journal keeps the workbook after each change.
    pub(crate) snapshots: bool,
    /// Nobody gets through to it.
    pub(crate) away: bool,
    /// How long all calls together took here.
    pub(crate) busy: Duration,
    /// When the call came that is being served.
    pub(crate) came: Duration,
    /// How many changes were applied, for those who wait for one.
    pub(crate) changes: watch::Sender<usize>,
    started: Instant,
    /// How far a test has wound the clock forward.
    pub(crate) ahead: Duration,
    /// The address of the token endpoint.
    pub(crate) token_uri: String,
}

impl World {
    /// An empty world whose token endpoint is here.
    pub(crate) fn new(token_uri: String) -> World {
        World {
            books: BTreeMap::new(),
            tokens: Tokens::default(),
            quotas: Quotas::default(),
            faults: Faults::default(),
            journal: Journal::default(),
            deeds: VecDeque::new(),
            snapshots: true,
            busy: Duration::ZERO,
            came: Duration::ZERO,
            away: false,
            changes: watch::Sender::new(0),
            started: Instant::now(),
            ahead: Duration::ZERO,
            token_uri,
        }
    }

    /// Time since the start, as quotas and tokens see it.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed() + self.ahead
    }

    /// Serves a call in one instant: status and body. A read is given the workbook of that instant, to be
    /// answered from it without keeping others waiting.
    pub(crate) fn serve(&mut self, call: &Call) -> Served {
        let now = self.now();
        if call.method == Method::Token {
            let form = pairs(&String::from_utf8_lossy(&call.body));
            let (status, body) = self.tokens.exchange(&form, &self.token_uri.clone(), now);
            self.record(now, call, "", None, status);
            return Served::Done(status, body);
        }
        let bearer = match self.tokens.bearer(call.authorization.as_deref(), now) {
            Ok(bearer) => bearer,
            Err(refusal) => return self.refused(call, "", None, refusal),
        };
        let (who, quota) = (bearer.email.as_str(), if call.method.is_write() { Quota::Write } else { Quota::Read });
        if let Err(refusal) = self.quotas.count(quota, who, now) {
            return self.refused(call, who, None, refusal);
        }
        if call.method.is_write() {
            self.deeds_due(When::BeforeWrite, &call.book);
            let answer = if bearer.writes { self.write(call, who) } else { Err(insufficient()) };
            return match answer {
                Ok(reply) => {
                    self.record(self.now(), call, who, Some(quota), 200);
                    Served::Done(200, reply)
                }
                Err(refusal) => self.refused(call, who, Some(quota), refusal),
            };
        }
        let book = self.open(call, who).cloned();
        self.deeds_due(When::AfterRead, &call.book);
        match book {
            Ok(book) => Served::Read(now, Box::new(book), bearer.email),
            Err(refusal) => self.refused(call, who, Some(quota), refusal),
        }
    }

    /// Answers a read from the workbook that [`World::serve`] gave it, and writes the call down.
    pub(crate) fn read(world: &Mutex<World>, call: &Call, book: &Book, (who, at): (&str, Duration)) -> (u16, Json) {
        let reply = match call.method {
            Method::Get => read::spreadsheet(book, who, &call.query),
            Method::ValuesGet => read::values(book, &call.range, &call.query),
            _ => read::values_batch(book, &call.query),
        };
        let (status, body) = match reply.and_then(|reply| masked(&call.query, reply)) {
            Ok(reply) => (200, reply),
            Err(refusal) => (refusal.code, refusal.body()),
        };
        let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
        world.record(at, call, who, Some(Quota::Read), status);
        (status, body)
    }

    /// Answers in place of the call, which is not applied.
    pub(crate) fn refused(&mut self, call: &Call, by: &str, counted: Option<Quota>, refusal: Refusal) -> Served {
        self.record(self.now(), call, by, counted, refusal.code);
        Served::Done(refusal.code, refusal.body())
    }

    fn record(&mut self, at: Duration, call: &Call, by: &str, counted: Option<Quota>, status: u16) {
        let (method, heard) = (call.method.name(), call.heard);
        let record = Record { at, by: by.to_owned(), method, counted, status, heard };
        self.journal.called(record);
    }

    /// The workbook of a call, if this person may do such a thing with it.
    fn open(&self, call: &Call, who: &str) -> Answer<&Book> {
        let book = self.books.get(&call.book).ok_or_else(Refusal::unknown)?;
        let needed = if call.method.is_write() { Access::Write } else { Access::Read };
        if book.access(who).is_some_and(|access| access >= needed) { Ok(book) } else { Err(Refusal::forbidden()) }
    }

    fn write(&mut self, call: &Call, who: &str) -> Answer {
        let mut copy = self.open(call, who)?.clone();
        let query = &call.query;
        let body = match (call.body.is_empty(), serde_json::from_slice::<Json>(&call.body)) {
            (true, _) => Json::Null,
            (false, Ok(body)) => body,
            (false, Err(_)) => return Err(Refusal::invalid("Invalid JSON payload received. Unexpected token.")),
        };
        let reply = match call.method {
            Method::BatchUpdate => batch::apply(&mut copy, who, query, &body),
            Method::ValuesUpdate => write::values(&mut copy, who, &call.range, query, &body),
            Method::ValuesBatchUpdate => write::values_batch(&mut copy, who, query, &body),
            Method::ValuesAppend => write::append(&mut copy, who, &call.range, query, &body),
            Method::ValuesClear => write::clear(&mut copy, who, &call.range),
            _ => write::clear_batch(&mut copy, who, &body),
        }?;
        let reply = masked(query, reply)?;
        self.applied(who, call.method.name(), copy, body, reply.clone());
        Ok(reply)
    }

    /// Puts a changed workbook in the place of the old one and writes that down.
    pub(crate) fn applied(&mut self, by: &str, what: &str, book: Book, request: Json, reply: Json) {
        let after = self.snapshots.then(|| Arc::new(book.clone()));
        let entry = Entry {
            number: 0,
            at: self.now(),
            came: self.came,
            by: by.into(),
            what: what.into(),
            book: book.id.clone(),
            request,
            reply,
            after,
        };
        self.journal.applied(entry);
        self.books.insert(book.id.clone(), book);
        self.changes.send_replace(self.journal.entries().len());
    }

    fn deeds_due(&mut self, when: When, book: &str) {
        let due = self.deeds.iter().position(|(at, of, _)| *at == when && of == book);
        if let Some((_, _, deed)) = due.and_then(|index| self.deeds.remove(index)) {
            deed(&mut Human::at(self, book));
        }
    }
}

/// A reply reduced to what `fields` names.
fn masked(query: &read::Query, reply: Json) -> Answer {
    match read::asked(query, "fields").filter(|text| !text.is_empty()) {
        None => Ok(reply),
        Some(text) => {
            let mask = super::mask::Mask::parse(text)?;
            if let Some(known) = reply.as_object().filter(|_| !mask.is_all()) {
                // A field that this reply happens not to have is no mistake; one that no reply has is.
                let others = [
                    "values",
                    "sheets",
                    "valueRanges",
                    "updatedSpreadsheet",
                    "replies",
                    "namedRanges",
                    "developerMetadata",
                    "tableRange",
                    "updates",
                ];
                let known: Vec<&str> = known.keys().map(String::as_str).chain(others).collect();
                mask.check(&known)?;
            }
            Ok(mask.apply(reply))
        }
    }
}
