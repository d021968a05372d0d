//! A stateful stand-in for Google: Sheets API v4 and the OAuth token endpoint, over HTTP on loopback.
//!
//! The real Rust client and an unmodified gspread work against it. What it models follows Google's
//! reference and public recordings of real traffic; each test in `tests/it/google/` names the page or
//! the recording it goes by. What it does not model: filters, charts, merged cells, named ranges,
//! developer metadata, references that move when rows are inserted.
//!
//! Use it from any test or bench by `#[path = "../stand_in/mod.rs"] mod stand_in;`, and by hand through
//! `cargo run --example google`.

#![allow(dead_code, unused_imports)] // each binary that includes it uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // it is test code, in benches and examples too

pub(crate) mod a1;
mod batch;
pub(crate) mod book;
pub(crate) mod call;
mod cell;
pub(crate) mod faults;
pub(crate) mod format;
mod formula;
pub(crate) mod grid;
pub(crate) mod human;
pub(crate) mod journal;
mod mask;
mod parse;
pub(crate) mod plant;
pub(crate) mod quota;
mod read;
mod refusal;
mod token;
mod wire;
mod world;
mod write;

pub(crate) use book::{Access, Book};
pub(crate) use call::Method;
pub(crate) use faults::{Fault, Gate, Held, Latency, On};
pub(crate) use human::Human;
pub(crate) use journal::{Entry, Journal};
pub(crate) use quota::{Limits, Quota};
pub(crate) use world::When;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::net::TcpListener;
use world::World;

/// The service account that workbooks are shared with unless a test says otherwise.
pub(crate) const ACCOUNT: &str = "tablero@taller-inventado.iam.gserviceaccount.com";
/// Who owns the workbooks.
pub(crate) const OWNER: &str = "oficina@taller.example";

/// A running stand-in; copies are the same one.
#[derive(Clone)]
pub(crate) struct Google {
    world: Arc<Mutex<World>>,
    address: std::net::SocketAddr,
}

impl Google {
    /// Starts one on a free port, with one service account and no workbook.
    pub(crate) async fn start() -> Google {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Google::on(listener).expect("its own address")
    }

    /// Starts one on a listener.
    pub(crate) fn on(listener: TcpListener) -> std::io::Result<Google> {
        let address = listener.local_addr()?;
        let world = Arc::new(Mutex::new(World::new(format!("http://{address}/token"))));
        tokio::spawn(wire::listen(listener, Arc::clone(&world)));
        let google = Google { world, address };
        google.add_account(ACCOUNT);
        Ok(google)
    }

    /// Starts one with this workbook in it.
    pub(crate) async fn with(book: Book) -> Google {
        let google = Google::start().await;
        google.put(book);
        google
    }

    /// The address of the API, with the slash at the end that `base_url` needs.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The address of the token endpoint.
    pub(crate) fn token_uri(&self) -> String {
        format!("http://{}/token", self.address)
    }

    /// The JSON file of the service account.
    pub(crate) fn credentials(&self) -> String {
        token::service_account(ACCOUNT, &self.token_uri()).to_string()
    }

    /// The JSON file of another account, which is made if need be.
    pub(crate) fn credentials_of(&self, email: &str) -> String {
        self.add_account(email);
        token::service_account(email, &self.token_uri()).to_string()
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        // A test that panicked inside has failed already; the others may look.
        self.world.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn add_account(&self, email: &str) {
        let accounts = &mut self.lock().tokens.accounts;
        if !accounts.iter().any(|account| account == email) {
            accounts.push(email.to_owned());
        }
    }

    /// Adds a workbook, shared with the account unless it says with whom; one with the same id is replaced.
    pub(crate) fn put(&self, mut book: Book) {
        if book.shared_with.is_empty() {
            book.shared_with.insert(OWNER.into(), Access::Own);
            book.shared_with.insert(ACCOUNT.into(), Access::Write);
        }
        self.lock().books.insert(book.id.clone(), book);
    }

    /// A copy of the workbook as it is now.
    pub(crate) fn book(&self, id: &str) -> Book {
        self.lock().books.get(id).unwrap_or_else(|| panic!("no workbook {id}")).clone()
    }

    /// Shares a workbook with somebody, or no longer.
    pub(crate) fn share(&self, id: &str, email: &str, access: Option<Access>) {
        let mut world = self.lock();
        let book = world.books.get_mut(id).unwrap_or_else(|| panic!("no workbook {id}"));
        match access {
            Some(access) => book.shared_with.insert(email.into(), access),
            None => book.shared_with.remove(email),
        };
    }

    /// A bearer token of the account, without the detour over an assertion.
    pub(crate) fn token(&self) -> String {
        self.token_of(ACCOUNT)
    }

    /// A bearer token of anybody.
    pub(crate) fn token_of(&self, email: &str) -> String {
        let mut world = self.lock();
        let now = world.now();
        world.tokens.grant_all(email, now)
    }

    /// Makes every token worthless, as when a key is revoked.
    pub(crate) fn revoke_tokens(&self) {
        self.lock().tokens.revoke();
    }

    /// How long tokens live from now on.
    pub(crate) fn token_lifetime(&self, lifetime: Duration) {
        self.lock().tokens.lifetime = lifetime;
    }

    /// Winds the clock of quotas and tokens forward.
    pub(crate) fn advance(&self, time: Duration) {
        self.lock().ahead += time;
    }

    /// Time since the start, as quotas, tokens and the journal see it.
    pub(crate) fn now(&self) -> Duration {
        self.lock().now()
    }

    /// Sets the quotas of one user a minute; the project's follow if they are smaller.
    pub(crate) fn quota(&self, reads: u32, writes: u32) {
        let limits = |each: u32| Limits { each, project: each.max(300) };
        let quotas = &mut self.lock().quotas;
        (quotas.reads, quotas.writes) = (limits(reads), limits(writes));
    }

    /// Sets the quotas of all users together, as if they were one.
    pub(crate) fn project_quota(&self, calls: u32) {
        let quotas = &mut self.lock().quotas;
        (quotas.reads.project, quotas.writes.project) = (calls, calls);
    }

    /// The next call that fits goes wrong.
    pub(crate) fn fail(&self, on: On, fault: Fault) {
        self.lock().faults.once(on, fault);
    }

    /// The next so many calls that fit go wrong.
    pub(crate) fn fail_times(&self, on: On, fault: Fault, times: usize) {
        for _ in 0..times {
            self.fail(on.clone(), fault);
        }
    }

    /// A share of the calls that fit goes wrong, from 0 to 1.
    pub(crate) fn chance(&self, on: On, fault: Fault, share: f64) {
        self.lock().faults.chance(on, fault, share);
    }

    /// The seed of chances and jitter.
    pub(crate) fn seed(&self, seed: u64) {
        self.lock().faults.seed(seed);
    }

    /// How long reads and writes take; half of it before they are applied.
    pub(crate) fn latency(&self, reads: Latency, writes: Latency) {
        let faults = &mut self.lock().faults;
        (faults.reads, faults.writes) = (reads, writes);
    }

    /// Ends every fault, chance, gate and latency.
    pub(crate) fn calm(&self) {
        self.lock().faults.calm();
    }

    /// Holds the next call that fits until the gate is opened.
    pub(crate) fn hold(&self, on: On, held: Held) -> Gate {
        self.lock().faults.gate(on, held)
    }

    /// Somebody does something in a workbook now.
    pub(crate) fn human<T>(&self, book: &str, deed: impl FnOnce(&mut Human<'_>) -> T) -> T {
        deed(&mut Human::at(&mut self.lock(), book))
    }

    /// Somebody will do something, right before the next write is applied or right after the next read.
    pub(crate) fn human_will(&self, when: When, book: &str, deed: impl FnOnce(&mut Human<'_>) + Send + 'static) {
        self.lock().deeds.push_back((when, book.to_owned(), Box::new(deed)));
    }

    /// Whether somebody waits for a call to do something.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.lock().deeds.is_empty()
    }

    /// What happened so far.
    pub(crate) fn journal(&self) -> Journal {
        self.lock().journal.clone()
    }

    /// Waits until so many changes have been applied in all.
    pub(crate) async fn changes(&self, count: usize) {
        let mut changes = self.lock().changes.subscribe();
        let _ = changes.wait_for(|applied| *applied >= count).await;
    }

    /// Goes away or comes back: meanwhile every connection breaks, the token endpoint's too.
    pub(crate) fn away(&self, away: bool) {
        self.lock().away = away;
    }

    /// How long all calls together took here, from their arrival to their reply.
    pub(crate) fn busy(&self) -> Duration {
        self.lock().busy
    }

    /// Whether the journal keeps the workbook after each change; on unless a long run turns it off.
    pub(crate) fn snapshots(&self, keep: bool) {
        self.lock().snapshots = keep;
    }
}
