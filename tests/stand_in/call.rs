//! A call: which method of the API an HTTP request means.
//! Document: <https://developers.google.com/workspace/sheets/api/reference/rest>.

use axum::body::Bytes;
use axum::http::Method as Verb;

/// The methods that are modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Token,
    Get,
    BatchUpdate,
    ValuesGet,
    ValuesBatchGet,
    ValuesUpdate,
    ValuesBatchUpdate,
    ValuesAppend,
    ValuesClear,
    ValuesBatchClear,
}

impl Method {
    /// Google's name of it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Method::Token => "token",
            Method::Get => "spreadsheets.get",
            Method::BatchUpdate => "spreadsheets.batchUpdate",
            Method::ValuesGet => "spreadsheets.values.get",
            Method::ValuesBatchGet => "spreadsheets.values.batchGet",
            Method::ValuesUpdate => "spreadsheets.values.update",
            Method::ValuesBatchUpdate => "spreadsheets.values.batchUpdate",
            Method::ValuesAppend => "spreadsheets.values.append",
            Method::ValuesClear => "spreadsheets.values.clear",
            Method::ValuesBatchClear => "spreadsheets.values.batchClear",
        }
    }

    /// Whether it counts as a read.
    pub(crate) fn is_read(self) -> bool {
        matches!(self, Method::Get | Method::ValuesGet | Method::ValuesBatchGet)
    }

    /// Whether it counts as a write.
    pub(crate) fn is_write(self) -> bool {
        self != Method::Token && !self.is_read()
    }
}

/// A call as it came.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) book: String,
    /// The range in the path, for the methods that have one.
    pub(crate) range: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Bytes,
    /// Whether its reply will arrive as it was given.
    pub(crate) heard: bool,
}

impl Call {
    /// Reads method, workbook and range from verb and path; nothing when there is no such method.
    pub(crate) fn read(verb: &Verb, path: &str, query: &str) -> Option<Call> {
        let (post, get) = (verb == Verb::POST, verb == Verb::GET);
        let call = |method, book: &str, range: &str| {
            let (book, range, query) = (decoded(book, false), decoded(range, false), pairs(query));
            Some(Call { method, book, range, query, authorization: None, body: Bytes::new(), heard: true })
        };
        if path == "/token" {
            return if post { call(Method::Token, "", "") } else { None };
        }
        let rest = path.strip_prefix("/v4/spreadsheets/")?;
        let Some((book, values)) = rest.split_once('/') else {
            return match rest.split_once([':']).or_else(|| rest.split_once("%3A")) {
                Some((book, "batchUpdate")) if post => call(Method::BatchUpdate, book, ""),
                None if get => call(Method::Get, rest, ""),
                _ => None,
            };
        };
        match values {
            "values:batchGet" if get => call(Method::ValuesBatchGet, book, ""),
            "values:batchUpdate" if post => call(Method::ValuesBatchUpdate, book, ""),
            "values:batchClear" if post => call(Method::ValuesBatchClear, book, ""),
            values => {
                let range = values.strip_prefix("values/")?;
                match range.rsplit_once(':') {
                    Some((range, "append")) if post => call(Method::ValuesAppend, book, range),
                    Some((range, "clear")) if post => call(Method::ValuesClear, book, range),
                    _ if get => call(Method::ValuesGet, book, range),
                    _ if verb == Verb::PUT => call(Method::ValuesUpdate, book, range),
                    _ => None,
                }
            }
        }
    }
}

/// The pairs of a query or a form.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (decoded(key, true), decoded(value, true)))
        .collect()
}

fn decoded(text: &str, plus_is_blank: bool) -> String {
    let (bytes, mut decoded, mut place) = (text.as_bytes(), Vec::new(), 0);
    while place < bytes.len() {
        let hex = bytes.get(place + 1..place + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (bytes[place], hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                place += 2;
            }
            (b'+', _) if plus_is_blank => decoded.push(b' '),
            (byte, _) => decoded.push(byte),
        }
        place += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
