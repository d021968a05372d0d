//! The calls to Google, in types of our own. Nothing outside this folder names google-sheets4 or
//! yup-oauth2: the family of these crates may one day have to be left (`reliability.md` 3).
//!
//! Every call has a deadline, and every failure says whether the call may have had an effect.

mod token;
mod wire;

pub use token::is_safe;
pub(super) use token::jittered;

use super::Limits;
use super::a1::{Col, Fila, TabId};
use crate::broken::{Safety, lacks};
use crate::domain::Cell;
use crate::error::in_full;
use crate::metrics::SheetsMetrics;
use google_sheets4::api::BatchUpdateSpreadsheetRequest;
use google_sheets4::common::{Response, Retry};
use google_sheets4::hyper::header::RETRY_AFTER;
use google_sheets4::{Delegate, Error, Sheets as Hub};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How long a read may take.
const READ: Duration = Duration::from_secs(10);

/// The one scope that is asked for; without it the client would ask for all of Drive.
const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets";

/// Asks Google for JSON without blanks. With them a reading of 2,556 rows is 661 KB, which somebody who
/// taps waits for (<https://cloud.google.com/apis/docs/system-parameters>).
const COMPACT: (&str, &str) = ("prettyPrint", "false");

/// Why a call did not work, with the certainty that it had no effect.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reason {
    /// 429: too many calls, and for how long if Google says so.
    Quota { retry_after: Option<Duration> },
    /// 400: the request is wrong, by the number of the part that is, if it says so; or 403 that names
    /// a part.
    BadRequest { index: Option<usize>, text: String },
    /// 401: the token is not taken.
    Auth(String),
    /// 404: no such workbook.
    NotFound,
    /// 403: the workbook is not shared with the account, or not for writing.
    Permission,
    /// 403: the account's project may not use the API at all.
    ApiOff,
    /// No connection was made, or no token came.
    Unreachable(String),
}

/// How a call failed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Failed {
    /// It had no effect.
    NotApplied(Reason),
    /// Nobody can tell: no reply, half a reply, or one that does not say.
    Doubtful(String),
}

/// How a write ended.
pub(super) type Written = Result<Reply, Failed>;

/// What the reply of a write shows of the workbook right after it.
#[derive(Debug, Default)]
pub(super) struct Reply(pub(super) HashMap<(TabId, Fila, Col), Cell>);

/// How cells are to be read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Render {
    /// What the cell holds, dates as serial numbers.
    Value,
    /// The formula where there is one.
    Formula,
}

/// The cells of one range by column, each cut at its last cell that holds anything.
pub(super) type Columns = Vec<Vec<Cell>>;

/// A workbook as its list of tabs shows it.
#[derive(Debug, Clone, Default)]
pub(super) struct Book {
    /// Its own time zone.
    pub(super) zone: String,
    /// Its tabs, in order.
    pub(super) tabs: Vec<Tab>,
}

/// One tab.
#[derive(Debug, Clone)]
pub(super) struct Tab {
    pub(super) id: TabId,
    pub(super) title: String,
    pub(super) rows: u32,
    pub(super) columns: usize,
    /// What is protected in it.
    pub(super) guards: Vec<Guard>,
}

/// A protection that is more than a warning.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    /// We may edit what it protects. Only who may edit the workbook ever may.
    pub(super) ours: bool,
    /// It protects the whole tab.
    pub(super) whole: bool,
    protects: Span,
    except: Vec<Span>,
}

/// Rows and columns, counted from 0; without an end up to the last.
#[derive(Debug, Clone)]
struct Span {
    rows: Range<usize>,
    columns: Range<usize>,
}

impl Tab {
    /// Whether somebody protects all of it from us.
    pub(super) fn is_barred(&self) -> bool {
        self.guards.iter().any(|guard| guard.whole && !guard.ours)
    }

    /// Whether somebody protects rows of this column from us; the header line is nothing to us.
    pub(super) fn bars(&self, col: Col) -> bool {
        let everywhere = |span: &Span| span.columns.contains(&col.0) && span.rows.start < 2 && span.rows.end == usize::MAX;
        let reaches = |span: &Span| span.columns.contains(&col.0) && span.rows.end > 1;
        let bars = |guard: &Guard| !guard.ours && reaches(&guard.protects) && !guard.except.iter().any(everywhere);
        self.guards.iter().any(bars)
    }
}

/// One part of a batch.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Does nothing, and is refused when the tab is gone: the fence of `reliability.md` 1.5.
    Fence(TabId),
    /// Writes neighbouring cells of one row; all of them have a number format, or none.
    Write { tab: TabId, fila: Fila, col: Col, cells: Vec<(Cell, Option<&'static str>)> },
    /// Writes a row behind the last one that holds anything.
    Append { tab: TabId, cells: Vec<(Cell, Option<&'static str>)> },
    /// Adds a hidden tab of one cell.
    AddTab { id: TabId, title: String },
    /// Deletes a tab.
    DeleteTab(TabId),
}

/// One workbook at Google.
pub(super) struct Client {
    hub: Hub<token::Connector>,
    pub(super) book: String,
    tokens: Arc<token::Tokens>,
    account: String,
    write: Duration,
    metrics: SheetsMetrics,
}

impl Client {
    /// A client of a workbook. `credentials` is the JSON of a service account; `write` is how long a
    /// write may take before it is doubtful.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the credentials, and holds nothing of them.
    pub(super) fn new(url: &str, book: &str, credentials: &str, limits: &Limits) -> Result<Client, String> {
        let door = token::Door::open(credentials, url.starts_with("https:"), limits.token)?;
        let mut hub = Hub::new(door.http, token::Bearer(Arc::clone(&door.tokens)));
        hub.base_url(url.to_owned());
        Ok(Client {
            hub,
            book: book.to_owned(),
            tokens: door.tokens,
            account: door.account,
            write: limits.write,
            metrics: SheetsMetrics::default(),
        })
    }

    /// What is counted here and above.
    pub(super) fn metrics(&self) -> &SheetsMetrics {
        &self.metrics
    }

    /// The e-mail of the service account.
    pub(super) fn account(&self) -> &str {
        &self.account
    }

    /// Waits for the end of the first attempt to get a token.
    ///
    /// # Errors
    /// Why none came.
    pub(super) async fn token(&self) -> Result<(), String> {
        self.tokens.first().await
    }

    /// The tabs, with what is protected.
    pub(super) async fn get(&self) -> Result<Book, Failed> {
        let first = self.get_once().await;
        if self.needs_token(&first).await { self.get_once().await } else { first }
    }

    /// Ranges, in the order in which they are named.
    pub(super) async fn batch_get(&self, ranges: &[String], render: Render) -> Result<Vec<Columns>, Failed> {
        let first = self.batch_get_once(ranges, render).await;
        if self.needs_token(&first).await { self.batch_get_once(ranges, render).await } else { first }
    }

    /// One batch, all of it or nothing; `shown` names the cells that the reply is to hold.
    pub(super) async fn batch_update(&self, parts: &[Part], shown: &[String]) -> Written {
        let first = self.batch_update_once(parts, shown).await;
        // A call whose token was not taken had no effect: to send it again is no repetition.
        let blindly = lacks(Safety::Doubt) && matches!(first, Err(Failed::Doubtful(_)));
        if blindly || self.needs_token(&first).await { self.batch_update_once(parts, shown).await } else { first }
    }

    async fn needs_token<T>(&self, first: &Result<T, Failed>) -> bool {
        matches!(first, Err(Failed::NotApplied(Reason::Auth(_)))) && self.tokens.renewed().await
    }

    async fn get_once(&self) -> Result<Book, Failed> {
        let fields = "properties(timeZone),sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),\
                      protectedRanges(range,unprotectedRanges,warningOnly,requestingUserCanEdit))";
        let mut ear = Ear::default();
        let call = self.hub.spreadsheets().get(&self.book).param("fields", fields).param(COMPACT.0, COMPACT.1).add_scope(SCOPE);
        let answer = self.timed("read", timeout(READ, call.delegate(&mut ear).doit())).await;
        self.counted("read", judged(answer, &ear)).map(wire::book)
    }

    async fn batch_get_once(&self, ranges: &[String], render: Render) -> Result<Vec<Columns>, Failed> {
        let option = match render {
            Render::Value => "UNFORMATTED_VALUE",
            Render::Formula => "FORMULA",
        };
        let mut ear = Ear::default();
        let call = self.hub.spreadsheets().values_batch_get(&self.book).value_render_option(option);
        let call = call.date_time_render_option("SERIAL_NUMBER").major_dimension("COLUMNS");
        let call = call.param("fields", "valueRanges.values").param(COMPACT.0, COMPACT.1);
        let call = ranges.iter().fold(call, |call, range| call.add_ranges(range)).add_scope(SCOPE);
        let answer = self.timed("read", timeout(READ, call.delegate(&mut ear).doit())).await;
        let found = self.counted("read", judged(answer, &ear))?.value_ranges.unwrap_or_default();
        if found.len() != ranges.len() {
            return Err(Failed::Doubtful("the reply holds other ranges than were asked for".into()));
        }
        let columns =
            |columns: Vec<Vec<Json>>| columns.into_iter().map(|cells| cells.into_iter().map(wire::cell).collect()).collect();
        Ok(found.into_iter().map(|range| columns(range.values.unwrap_or_default())).collect())
    }

    async fn batch_update_once(&self, parts: &[Part], shown: &[String]) -> Written {
        let shows = !shown.is_empty();
        let body = BatchUpdateSpreadsheetRequest {
            requests: Some(parts.iter().map(wire::request).collect()),
            include_spreadsheet_in_response: Some(shows),
            response_ranges: shows.then(|| shown.to_vec()),
            response_include_grid_data: shows.then_some(true),
        };
        let fields = match shows {
            true => "updatedSpreadsheet.sheets(properties.sheetId,data(startRow,startColumn,rowData.values.effectiveValue))",
            false => "spreadsheetId",
        };
        let mut ear = Ear::default();
        let call = self
            .hub
            .spreadsheets()
            .batch_update(body, &self.book)
            .param("fields", fields)
            .param(COMPACT.0, COMPACT.1)
            .add_scope(SCOPE);
        let answer = self.timed("write", timeout(self.write, call.delegate(&mut ear).doit())).await;
        self.counted("write", judged(answer, &ear)).map(wire::reply)
    }

    async fn timed<T>(&self, kind: &'static str, call: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let answer = call.await;
        self.metrics.seconds.get_or_create(&[("kind", kind)]).observe(began.elapsed().as_secs_f64());
        answer
    }

    fn counted<T>(&self, kind: &'static str, answer: Result<T, Failed>) -> Result<T, Failed> {
        let outcome = match &answer {
            Ok(_) => "ok",
            Err(Failed::Doubtful(_)) => "doubtful",
            Err(Failed::NotApplied(reason)) => match reason {
                Reason::Quota { .. } => "quota",
                Reason::BadRequest { .. } => "refused",
                Reason::Auth(_) => "unauthenticated",
                Reason::NotFound => "not_found",
                Reason::Permission | Reason::ApiOff => "forbidden",
                Reason::Unreachable(_) => "unreachable",
            },
        };
        self.metrics.calls.get_or_create(&[("kind", kind), ("outcome", outcome)]).inc();
        answer
    }
}

/// Hears what the client does not tell its caller. It never lets a call be repeated.
#[derive(Debug, Default)]
struct Ear {
    sent: bool,
    status: Option<u16>,
    retry_after: Option<Duration>,
}

impl Delegate for Ear {
    fn pre_request(&mut self) {
        self.sent = true;
    }

    fn http_failure(&mut self, response: &Response, _: Option<&Json>) -> Retry {
        self.status = Some(response.status().as_u16());
        let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        self.retry_after = seconds.map(Duration::from_secs);
        Retry::Abort
    }
}

/// Tells what is certain from what is not. No text of a body gets into a log from here, but for
/// the sentence of a refusal.
fn judged<T, E>(answer: Result<google_sheets4::Result<(Response, T)>, E>, ear: &Ear) -> Result<T, Failed> {
    let error = match answer {
        Ok(Ok((_, found))) => return Ok(found),
        Ok(Err(error)) => error,
        Err(_) if ear.sent => return Err(Failed::Doubtful("no reply in time".into())),
        Err(_) => return Err(Failed::NotApplied(Reason::Unreachable("no token in time".into()))),
    };
    Err(match error {
        Error::MissingToken(why) => Failed::NotApplied(Reason::Unreachable(format!("no token: {why}"))),
        Error::HttpError(error) if error.is_connect() => Failed::NotApplied(Reason::Unreachable(in_full(&error))),
        Error::HttpError(error) => Failed::Doubtful(in_full(&error)),
        Error::BadRequest(body) => refused(ear, body["error"]["message"].as_str().unwrap_or_default()),
        Error::Failure(_) => refused(ear, ""),
        Error::JsonDecodeError(..) => Failed::Doubtful("the reply cannot be read".into()),
        _ => Failed::Doubtful("the client gave up".into()),
    })
}

fn refused(ear: &Ear, text: &str) -> Failed {
    let text = text.to_owned();
    Failed::NotApplied(match ear.status {
        Some(429) => Reason::Quota { retry_after: ear.retry_after },
        Some(401) => Reason::Auth(text),
        // Google's words for a project in which the API was never switched on, or was switched off.
        Some(403) if text.contains("has not been used in project") || text.contains("is disabled") => Reason::ApiOff,
        // Of the whole call, unless it names a part behind the fence: that one is protected from us.
        Some(403) => match part_of(&text) {
            Some(1..) => Reason::BadRequest { index: part_of(&text), text },
            _ => Reason::Permission,
        },
        Some(404) => Reason::NotFound,
        Some(400 | 413) => Reason::BadRequest { index: part_of(&text), text },
        status => return Failed::Doubtful(format!("status {}", status.unwrap_or_default())),
    })
}

/// The number in `requests[7]`.
fn part_of(text: &str) -> Option<usize> {
    text.split_once("requests[")?.1.split_once(']')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_without_the_api_is_told_from_a_workbook_that_is_not_shared() {
        let ear = Ear { status: Some(403), ..Ear::default() };
        let off = "Google Sheets API has not been used in project 1234 before or it is disabled. Enable it by visiting …";
        assert_eq!(refused(&ear, off), Failed::NotApplied(Reason::ApiOff));
        assert_eq!(refused(&ear, "The caller does not have permission"), Failed::NotApplied(Reason::Permission));
    }

    #[test]
    fn what_is_protected_from_us_is_known_by_its_column() {
        let span = |rows, columns| Span { rows, columns };
        let all = 0..usize::MAX;
        let tab = |ours, protects, except| {
            let guards = vec![Guard { ours, whole: false, protects, except }];
            Tab { id: TabId(0), title: String::new(), rows: 9, columns: 9, guards }
        };
        assert!(tab(false, span(all.clone(), 2..4), vec![]).bars(Col(3)));
        assert!(!tab(false, span(all.clone(), 2..4), vec![]).bars(Col(4)));
        assert!(!tab(true, span(all.clone(), 2..4), vec![]).bars(Col(3)), "we may");
        assert!(!tab(false, span(0..1, all.clone()), vec![]).bars(Col(3)), "the header line");
        let except = vec![span(1..usize::MAX, 3..4)];
        assert!(!tab(false, span(all.clone(), all.clone()), except.clone()).bars(Col(3)));
        assert!(tab(false, span(all.clone(), all), except).bars(Col(2)));
    }

    #[test]
    fn a_refusal_names_the_part_that_is_wrong() {
        assert_eq!(part_of("Invalid requests[12].updateCells: No grid with id: 9"), Some(12));
        assert_eq!(part_of("Invalid value at 'requests[3]' (oneof)"), Some(3));
        assert_eq!(part_of("Must specify at least one request."), None);
    }

    #[test]
    fn a_403_that_names_a_part_is_about_that_part() {
        let ear = Ear { status: Some(403), ..Ear::default() };
        let text = "Invalid requests[2].appendCells: You are trying to edit a protected cell or object.";
        let reason = Reason::BadRequest { index: Some(2), text: text.into() };
        assert_eq!(refused(&ear, text), Failed::NotApplied(reason));
        assert_eq!(refused(&ear, "The caller does not have permission"), Failed::NotApplied(Reason::Permission));
    }
}
