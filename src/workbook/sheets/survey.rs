//! Looking at the workbook once, for whoever sets it up. Only reading methods are called.

use super::budget::{Budget, Need};
use super::client::{Book, Client, Failed};
use super::refresh::{Layout, Reader, Unread, true_formulas};
use super::{BadSetting, SheetsConfig};
use crate::domain::column::normalise;
use crate::domain::{Column, Header, Moment, Spool};
use crate::words;
use crate::workbook::audit_row::HEADERS;
use crate::workbook::{Mirror, View};
use chrono_tz::Tz;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long all of it may take, whatever does not answer.
const BOUND: Duration = Duration::from_secs(20);

/// A workbook as it was found.
#[derive(Debug)]
pub struct Survey {
    /// The e-mail of the service account.
    pub account: String,
    /// How long Google took to list the tabs.
    pub latency: Duration,
    /// The workbook's own time zone.
    pub zone: String,
    /// A protection that lets the account edit shows that it is an editor. Without one nobody can
    /// tell before the first write.
    pub editor: bool,
    /// `Metadata` is protected, and the account may write it.
    pub guarded: bool,
    /// What is protected from the account of the spools' tab, if anything is.
    pub barred: Option<Barred>,
    /// What the tabs hold, or why they could not be read, in words.
    pub found: Result<Found, String>,
    /// How many reads all this took.
    pub reads: u32,
}

/// What is protected from the account and has to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barred {
    /// The tab.
    pub tab: String,
    /// The columns; none means the whole tab.
    pub columns: Vec<&'static str>,
}

/// What the tabs hold.
#[derive(Debug)]
pub struct Found {
    /// The header of `Operaciones`.
    pub header: Header,
    /// The plant.
    pub view: Arc<View>,
    /// Whether the audit can be written; else why not, in words.
    pub audit: Result<(), String>,
    /// Columns of the audit that stand there twice.
    pub audit_repeated: Vec<String>,
    /// How many rows the audit has.
    pub audit_rows: usize,
    /// Cells of columns that we write and that hold a formula, or why that is not known.
    pub formulas: Result<Vec<(Arc<Spool>, Column, String)>, String>,
}

/// Why there is nothing to tell of a workbook.
#[derive(Debug, thiserror::Error)]
pub enum NoSurvey {
    /// It can never be reached with these settings.
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// Google gives the account no token; in Google's words or the network's.
    #[error("{}", words::say("google-no-permission").with("account", account).with("why", why))]
    Token {
        /// The account.
        account: String,
        /// Why.
        why: String,
    },
    /// The workbook does not open for the account; why, in words.
    #[error("{}", words::say("google-closed").with("account", account).with("why", why))]
    Closed {
        /// The account.
        account: String,
        /// Why.
        why: String,
    },
}

/// Looks at a workbook. Nothing is written, and it ends in time whatever does not answer.
///
/// # Errors
/// [`NoSurvey`] when the workbook cannot be opened at all.
pub async fn survey(config: &SheetsConfig, now: Moment, zone: Tz) -> Result<Survey, NoSurvey> {
    let deadline = Instant::now() + BOUND;
    let client = config.client()?;
    let account = client.account().to_owned();
    let mut look = Look {
        client,
        budget: Budget::new(config.limits.calls, None, None),
        reader: Reader::new(config.names.clone(), zone).briefly(),
    };
    let late = || words::text("google-slow").to_owned();
    let token = in_time(deadline, look.client.token()).await.unwrap_or_else(|| Err(late()));
    token.map_err(|why| NoSurvey::Token { account: account.clone(), why })?;
    let asked = Instant::now();
    look.budget.reads.take(Need::Now).await;
    let book = in_time(deadline, look.client.get()).await.map_or_else(|| Err(late()), |book| book.map_err(in_words));
    let book = book.map_err(|why| NoSurvey::Closed { account: account.clone(), why })?;
    let latency = asked.elapsed();
    let found = look.found(&book, deadline, now, zone).await;
    let layout = look.reader.layout();
    let metadata = layout.and_then(|layout| layout.metadata.as_ref());
    Ok(Survey {
        account,
        latency,
        editor: book.tabs.iter().flat_map(|tab| &tab.guards).any(|guard| guard.ours),
        guarded: metadata.is_some_and(|tab| tab.guards.iter().any(|guard| guard.whole && guard.ours)),
        barred: layout.and_then(barred),
        found,
        reads: look.budget.reads.spent(),
        zone: book.zone,
    })
}

/// What a look needs.
struct Look {
    client: Client,
    budget: Budget,
    reader: Reader,
}

impl Look {
    async fn found(&mut self, book: &Book, deadline: Instant, now: Moment, zone: Tz) -> Result<Found, String> {
        self.reader.place(book).map_err(|unread| format!("{unread:#}"))?;
        let nothing = View::default();
        let read = self.reader.read(&self.client, &mut self.budget, Need::Now, &nothing, now);
        let late = words::text("google-slow").to_owned();
        let fresh = in_time(deadline, read).await.ok_or(late.clone())?.map_err(|unread| format!("{unread:#}"))?;
        self.reader.accept(&fresh);
        let mirror = Mirror::new(zone);
        mirror.load(fresh.loaded);
        let view = mirror.view();
        let formulas = in_time(deadline, self.reader.formulas(&self.client, &mut self.budget)).await;
        let formulas = formulas.ok_or(late)?.map(|found| true_formulas(found, &view)).map_err(in_words);
        let layout = self.reader.layout().ok_or_else(|| words::text("sheets-changes"))?;
        Ok(Found {
            header: layout.header.clone(),
            audit: layout.audit().map(drop),
            audit_repeated: repeated(&layout.audit),
            audit_rows: usize::try_from(self.reader.audit_rows()).unwrap_or(usize::MAX),
            formulas,
            view,
        })
    }
}

async fn in_time<T>(deadline: Instant, what: impl Future<Output = T>) -> Option<T> {
    timeout_at(deadline, what).await.ok()
}

fn in_words(failed: Failed) -> String {
    format!("{:#}", Unread::from(failed))
}

/// Columns of the audit that stand there twice.
fn repeated(line: &[String]) -> Vec<String> {
    let times = |name: &&str| line.iter().filter(|found| normalise(found) == normalise(name)).count();
    HEADERS.into_iter().filter(|name| times(name) > 1).map(str::to_owned).collect()
}

/// What is protected from us of the columns that we write.
fn barred(layout: &Layout) -> Option<Barred> {
    let tab = &layout.operaciones;
    let ours = || Column::ALL.into_iter().filter(|column| column.is_ours());
    let known = || ours().filter_map(|column| Some((column, layout.col(column)?)));
    let columns: Vec<&str> = known().filter(|(_, col)| tab.bars(*col)).map(|(column, _)| column.header()).collect();
    let all = columns.len() == known().count() && (tab.is_barred() || !columns.is_empty());
    (all || !columns.is_empty()).then(|| Barred { tab: tab.title.clone(), columns: if all { Vec::new() } else { columns } })
}
