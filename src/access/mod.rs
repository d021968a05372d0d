//! Who may come in: tablets that a supervisor enrolled, supervisors who sign in, clients with a
//! token, walls with their link (`reliability.md` 6, `field-failures.md` H4).
//!
//! Every process has the whole register in memory and looks each second whether it has changed, so
//! that a request waits for nobody, and a tablet that was revoked is out everywhere at once. A
//! register that was never read lets nobody in, and neither does one that came back empty; one that
//! cannot be reached any more is believed as it was last read.

mod book;
mod clients;
mod line;
mod meter;
mod people;
mod redis;
mod register;
pub mod rules;
mod secret;
mod sqlite;
mod tablets;

pub use book::{Badge, Book, Device, House, Kept, Pairing, Pin, Session, Supervisor, Token, Who};
pub use meter::Place;
pub use people::SignedIn;
pub use redis::Redis;
pub use register::Register;
pub use secret::{LEAST, Secret, digest};
pub use sqlite::{Sqlite, backup, is_kept};

use crate::error::Cause;
use arc_swap::ArcSwapOption;
use rules::Tries;
use secret::Hasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, watch};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

/// How often it is looked whether the register has changed.
const LOOK: Duration = Duration::from_secs(1);

/// How often a change is decided anew because another one came first.
const ROUNDS: usize = 20;

/// Why somebody was not let in, or an entry not made.
#[derive(Debug)]
pub enum Denied {
    /// The name, the password, the PIN or the code is wrong; which one is not said.
    Wrong,
    /// Too many tries: nothing is looked at for so many seconds.
    Wait(i64),
    /// Others try to come in, too: his turn is in so many seconds, and is kept for him.
    Turn(i64),
    /// Too many wrong PINs on this tablet: a supervisor must unlock it.
    Locked,
    /// Too many passwords wait to be looked at.
    Busy,
    /// A name that is empty or too long.
    BadName,
    /// There is one of this name already.
    Taken,
    /// A password or PIN that anybody would guess, or of the wrong length.
    Weak,
    /// There is nothing under this id any more.
    Gone,
    /// The register cannot be reached.
    Away(Cause),
}

impl From<Cause> for Denied {
    fn from(cause: Cause) -> Denied {
        Denied::Away(cause)
    }
}

/// The register as this process knows it, and what is done with it.
pub struct Access {
    register: Arc<dyn Register>,
    hasher: Hasher,
    cookies: cookie::Key,
    book: ArcSwapOption<Book>,
    /// When the last look began; held while somebody looks.
    looked: Mutex<Option<Instant>>,
    /// Whether the last look saw nothing.
    away: AtomicBool,
    /// Held while something is counted that everybody has together.
    turn: Mutex<()>,
    changed: watch::Sender<u64>,
}

impl Access {
    /// Knows nothing yet; [`look`](Self::look) reads.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn new(register: Arc<dyn Register>, secret: &Secret) -> Result<Access, Cause> {
        let (hasher, cookies) = (Hasher::new(secret)?, secret.cookies());
        let (book, changed) = (ArcSwapOption::empty(), watch::Sender::new(0));
        Ok(Access {
            register,
            hasher,
            cookies,
            book,
            looked: Mutex::default(),
            away: AtomicBool::default(),
            turn: Mutex::default(),
            changed,
        })
    }

    /// Follows the register until `stop`.
    pub async fn follow(&self, stop: CancellationToken) {
        let (mut look, mut away) = (interval(LOOK), false);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = look.tick() => {}
            }
            let looked = self.look().await;
            match &looked {
                Ok(()) if away => info!("the register of who may come in answers again"),
                Err(error) if !away => warn!(%error, "the register of who may come in cannot be read"),
                _ => {}
            }
            away = looked.is_err();
        }
    }

    /// Reads the register if it has changed. Of many who look at once two do, the rest sees what the second saw.
    ///
    /// # Errors
    /// It cannot be reached, or would not last.
    pub async fn look(&self) -> Result<(), Cause> {
        let asked = Instant::now();
        let mut looked = self.looked.lock().await;
        if *looked >= Some(asked) {
            return if self.away.load(Ordering::Relaxed) { Err("the register does not answer".into()) } else { Ok(()) };
        }
        let began = Instant::now();
        let read = self.read().await;
        self.away.store(read.is_err(), Ordering::Relaxed);
        *looked = Some(began);
        read
    }

    async fn read(&self) -> Result<(), Cause> {
        let known = self.book.load().as_ref().map(|book| book.number);
        if known.is_none() {
            self.register.lasting().await?;
        }
        if known.is_none() || known != Some(self.register.number().await?) {
            let (number, entries) = self.register.all().await?;
            self.book.store(Some(Arc::new(Book::read(number, entries))));
            self.changed.send_modify(|changes| *changes += 1);
        }
        Ok(())
    }

    /// What cookies are signed with.
    pub fn cookies(&self) -> &cookie::Key {
        &self.cookies
    }

    /// Sees each change of the register.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The register as last read.
    ///
    /// # Errors
    /// It was never read.
    pub fn book(&self) -> Result<Arc<Book>, Denied> {
        self.book.load_full().ok_or_else(|| Denied::Away("the register was not read yet".into()))
    }

    /// What `find` finds in the register; of something that is not there it looks once more, because
    /// another process may have entered it just now. While the register does not answer only [`follow`](Self::follow)
    /// looks at it: whoever is not known would wait for it, and everybody after him.
    ///
    /// # Errors
    /// It was never read.
    pub async fn find<T>(&self, find: impl Fn(&Book) -> Option<T>) -> Result<Option<T>, Denied> {
        if let Some(found) = self.book.load_full().and_then(|book| find(&book)) {
            return Ok(Some(found));
        }
        if !self.away.load(Ordering::Relaxed)
            && let Err(error) = self.look().await
        {
            debug!(%error, "the register of who may come in cannot be read");
        }
        Ok(find(&*self.book()?))
    }

    /// Changes one entry by a rule that sees it as it is; `None` is no entry. What the rule refuses
    /// changes nothing.
    async fn change<T: Kept, R>(
        &self,
        id: &str,
        rule: impl Fn(Option<T>) -> Result<(Option<T>, R), Denied>,
    ) -> Result<R, Denied> {
        let key = T::key(id);
        for _ in 0..ROUNDS {
            let known = self.register.get(&key).await?;
            let there = known.as_deref().map(serde_json::from_str).transpose().map_err(Cause::from)?;
            let (after, result) = rule(there)?;
            let text = after.map(|after| serde_json::to_string(&after)).transpose().map_err(Cause::from)?;
            if text == known {
                return Ok(result);
            }
            if self.register.swap(&key, known.as_deref(), text.as_deref()).await? {
                if !register::is_quiet(&key) {
                    self.look().await?;
                }
                return Ok(result);
            }
        }
        Err(Denied::Busy)
    }

    /// Enters something new.
    async fn enter<T: Kept + Clone>(&self, id: &str, entry: T) -> Result<(), Denied> {
        self.change(id, |there: Option<T>| match there {
            None => Ok((Some(entry.clone()), ())),
            Some(_) => Err(Denied::Taken),
        })
        .await
    }

    /// Alters what is there.
    async fn alter<T: Kept>(&self, id: &str, alter: impl Fn(&mut T)) -> Result<(), Denied> {
        self.change(id, |there: Option<T>| {
            let mut entry = there.ok_or(Denied::Gone)?;
            alter(&mut entry);
            Ok((Some(entry), ()))
        })
        .await
    }

    /// Removes what is there, and gives it; of many at once one gets it.
    async fn remove<T: Kept + Clone>(&self, id: &str) -> Result<T, Denied> {
        self.change(id, |there: Option<T>| Ok((None, there.ok_or(Denied::Gone)?))).await
    }

    /// Counts a try of something that can be guessed, before it is looked at.
    async fn attempt(&self, what: &str, now: i64) -> Result<(), Denied> {
        self.change(what, |tries: Option<Tries>| {
            let tries = tries.unwrap_or_default().begin(now).map_err(Denied::Wait)?;
            Ok((Some(tries), ()))
        })
        .await
    }

    /// It was right: earlier tries are forgotten.
    async fn forgive(&self, what: &str) -> Result<(), Denied> {
        self.change(what, |_: Option<Tries>| Ok((None, ()))).await
    }
}
