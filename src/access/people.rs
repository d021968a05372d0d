//! People: supervisors with a password, workers with a PIN or a badge.

use super::book::{Badge, House, Pin, Session, Supervisor, Who};
use super::meter::{Place, Share, at_address};
use super::rules::{self, Last, Meter, Rate};
use super::secret::{digest, random};
use super::{Access, Book, Denied};
use crate::domain::WorkerId;
use crate::domain::spool::squeeze;

/// To the minute: when somebody last did something on a tablet.
const HEARD: i64 = 60;

/// Somebody who signed in and still is.
pub struct SignedIn {
    /// The id of his session.
    pub id: String,
    /// The session.
    pub session: Session,
    /// A supervisor's name.
    pub name: String,
    /// It is on an enrolled tablet, wherever he signed in.
    pub on_tablet: bool,
}

impl Access {
    /// Signs a supervisor in. Gives the secret of his cookie. Guesses from elsewhere do not make him wait on a
    /// tablet of the plant, nor where he came in before; anywhere else he has his turn.
    ///
    /// # Errors
    /// [`Denied::Wrong`], whether it is the name or the password.
    pub async fn sign_in(&self, name: &str, password: &str, from: Place<'_>, now: i64) -> Result<String, Denied> {
        let id = squeeze(name);
        let known = self.find(|book| book.supervisors.get(&id).cloned()).await?;
        let share = self.share(&id, known.is_some(), from, now).await?;
        self.attempt_check(&share, now).await?;
        let kept = known.as_ref().map(|supervisor| supervisor.hash.as_str());
        if !self.hasher.fits(password, kept).await? {
            return Err(Denied::Wrong);
        }
        self.was_right(&share).await?;
        let mut device = None;
        match from {
            Place::Tablet(tablet) => device = Some(tablet.to_owned()),
            Place::Address(address) => self.welcome(&at_address(&id, address), now).await?,
            Place::Anywhere => {}
        }
        let hash = known.map(|supervisor| supervisor.hash).unwrap_or_default();
        self.open(Session { who: Who::Supervisor(id), device, since: now, last: now, heard: now, hash }).await
    }

    /// A supervisor gives his password once more, for something dangerous.
    ///
    /// # Errors
    /// [`Denied::Wrong`], or [`Denied::Gone`] when he is not signed in any more.
    pub async fn confirm(&self, session: &str, password: &str, now: i64) -> Result<(), Denied> {
        let share = Share::Own(format!("session {session}"));
        let found = self.find(|book| book.sessions.get(session).cloned()).await?.ok_or(Denied::Gone)?;
        self.attempt_check(&share, now).await?;
        if !self.hasher.fits(password, Some(&found.hash)).await? {
            return Err(Denied::Wrong);
        }
        self.was_right(&share).await?;
        self.alter(session, |session: &mut Session| session.last = now).await
    }

    /// Signs a worker in with his PIN, on one tablet. Gives the secret of his cookie. The tablet on which his PIN was
    /// right last, if that was within the month, counts by itself alone: guesses on others never keep him out there.
    ///
    /// # Errors
    /// [`Denied::Wrong`], also for a worker who has none; [`Denied::Locked`] after too many on this tablet.
    pub async fn sign_in_worker(&self, worker: WorkerId, pin: &str, tablet: &str, now: i64) -> Result<String, Denied> {
        let known = self.find(|book| Some((book.pins.get(&worker.to_string()).cloned(), book.devices.get(tablet)?.locked)));
        let (known, locked) = known.await?.ok_or(Denied::Gone)?;
        if locked {
            return Err(Denied::Locked);
        }
        let share = Share::Own(at_pin(worker, tablet));
        let together = self.counted_together(worker, tablet, now).await?;
        let together = together.as_ref().map(|(meter, rate)| (meter.as_str(), *rate));
        // What waits for its own sake must not use up the places that he has on the other tablets.
        if let Some(meter) = together {
            self.has_place(meter, now).await?;
        }
        self.attempt_check(&share, now).await?;
        if let Some(meter) = together {
            self.count(meter, now).await?;
        }
        if !self.hasher.fits(pin, known.as_ref().map(|pin| pin.hash.as_str())).await? {
            self.wrong_on(tablet, now).await?;
            return Err(Denied::Wrong);
        }
        self.welcome(&at_pin(worker, tablet), now).await?;
        self.change(&last_of(worker), |_| Ok((Some(Last { tablet: tablet.to_owned() }), ()))).await?;
        if let Some(meter) = together {
            self.give_back(meter).await?;
        }
        let hash = known.map(|pin| pin.hash).unwrap_or_default();
        let device = Some(tablet.to_owned());
        self.open(Session { who: Who::Worker(worker.get()), device, since: now, last: now, heard: now, hash }).await
    }

    /// What counts a worker's wrong PINs on this tablet together with those on others, where anything does.
    async fn counted_together(&self, worker: WorkerId, tablet: &str, now: i64) -> Result<Option<(String, Rate)>, Denied> {
        if !self.is_known(&at_pin(worker, tablet), now).await? {
            return Ok(Some((pins_of(worker), rules::PINS)));
        }
        let was_last = |last: Option<Last>| {
            let here = last.as_ref().is_some_and(|last| last.tablet == tablet);
            Ok((last, here))
        };
        let here = self.change(&last_of(worker), was_last).await?;
        Ok((!here).then(|| (known_pins_of(worker), rules::PINS_WHERE_KNOWN)))
    }

    async fn open(&self, session: Session) -> Result<String, Denied> {
        let now = session.since;
        for (id, _) in self.book()?.sessions.iter().filter(|(_, session)| !session.holds(now)) {
            // That somebody else removed it is as good.
            let _ = self.remove::<Session>(id).await;
        }
        let secret = random::<32>()?;
        self.enter(&digest(&secret), session).await?;
        Ok(secret)
    }

    /// Ends a session; that it has ended already is as good.
    ///
    /// # Errors
    /// The register cannot be reached.
    pub async fn sign_out(&self, session: &str) -> Result<(), Denied> {
        match self.remove::<Session>(session).await {
            Ok(_) | Err(Denied::Gone) => Ok(()),
            Err(denied) => Err(denied),
        }
    }

    /// A session that was begun on a tablet before it was let in is the tablet's from now on, and ends with it.
    ///
    /// # Errors
    /// The register cannot be reached, or the session has ended.
    pub async fn bind(&self, session: &str, tablet: &str) -> Result<(), Denied> {
        self.alter(session, |session: &mut Session| {
            session.device.get_or_insert_with(|| tablet.to_owned());
        })
        .await
    }

    /// Notes that whoever signed in on a tablet did something there, if that was not noted within the minute.
    ///
    /// # Errors
    /// The register cannot be reached, or the session has ended.
    pub async fn still_there(&self, found: &SignedIn, now: i64) -> Result<(), Denied> {
        match found.on_tablet && now - found.session.heard > HEARD {
            true => self.alter(&found.id, |session: &mut Session| session.heard = now).await,
            false => Ok(()),
        }
    }

    /// Makes somebody a supervisor.
    ///
    /// # Errors
    /// [`Denied::Taken`] when there is one of this name; [`Denied::Weak`] for a password that is too
    /// short, too long, one character again and again, or the name.
    pub async fn add_supervisor(&self, name: &str, password: &str, now: i64) -> Result<(), Denied> {
        let name = rules::name(name).ok_or(Denied::BadName)?;
        if !rules::is_password(password, &name) {
            return Err(Denied::Weak);
        }
        let hash = self.hasher.hash(password).await?;
        self.enter(&squeeze(&name), Supervisor { name, hash, since: now }).await
    }

    /// Takes the office from somebody; he is signed out everywhere.
    ///
    /// # Errors
    /// There is none of this name.
    pub async fn remove_supervisor(&self, name: &str) -> Result<(), Denied> {
        self.remove::<Supervisor>(&squeeze(name)).await.map(|_| ())
    }

    /// Whether workers give their PIN before they act.
    ///
    /// # Errors
    /// The register cannot be reached.
    pub async fn ask_pins(&self, ask: bool) -> Result<(), Denied> {
        self.change("", |house: Option<House>| Ok((Some(House { pins: ask, ..house.unwrap_or_default() }), ()))).await
    }

    /// Gives a worker a PIN in the place of the one that he had; `None` takes it.
    ///
    /// # Errors
    /// [`Denied::Weak`].
    pub async fn set_pin(&self, worker: WorkerId, pin: Option<&str>, now: i64) -> Result<(), Denied> {
        let Some(pin) = pin else { return self.remove::<Pin>(&worker.to_string()).await.map(|_| ()) };
        if !rules::is_pin(pin) {
            return Err(Denied::Weak);
        }
        let hash = self.hasher.hash(pin).await?;
        let pin = |_| Ok((Some(Pin { hash: hash.clone(), since: now }), ()));
        self.change(&worker.to_string(), pin).await?;
        for tablet in self.book()?.devices.keys() {
            self.forgive(&at_pin(worker, tablet)).await?;
        }
        for together in [pins_of(worker), known_pins_of(worker)] {
            self.change(&together, |_: Option<Meter>| Ok((None, ()))).await?;
        }
        self.change(&last_of(worker), |_: Option<Last>| Ok((None, ()))).await
    }

    /// Makes a code choose a worker.
    ///
    /// # Errors
    /// [`Denied::Weak`] for a code that is too short or too long; [`Denied::Taken`] when it is somebody's.
    pub async fn add_badge(&self, code: &str, worker: WorkerId, now: i64) -> Result<(), Denied> {
        let code = rules::badge(code).ok_or(Denied::Weak)?;
        self.enter(&digest(code), Badge { worker: worker.get(), since: now }).await
    }

    /// Makes the codes of a worker choose nobody.
    ///
    /// # Errors
    /// He has none.
    pub async fn remove_badges(&self, worker: WorkerId) -> Result<(), Denied> {
        let of_his = |book: &Book| -> Vec<String> {
            book.badges.iter().filter(|(_, badge)| badge.worker == worker.get()).map(|(id, _)| id.clone()).collect()
        };
        let his = of_his(&*self.book()?);
        for id in &his {
            self.remove::<Badge>(id).await?;
        }
        if his.is_empty() { Err(Denied::Gone) } else { Ok(()) }
    }
}

/// What counts the tries at a worker's PIN: each tablet its own, so that nobody is kept out on another one.
fn at_pin(worker: WorkerId, tablet: &str) -> String {
    format!("worker {worker} {tablet}")
}

/// What counts the wrong tries at a worker's PIN on all tablets together where it was not right lately.
fn pins_of(worker: WorkerId) -> String {
    format!("pins {worker}")
}

/// The same where it was.
fn known_pins_of(worker: WorkerId) -> String {
    format!("pins {worker} known")
}

/// Where it is kept on which tablet a worker's PIN was right last.
fn last_of(worker: WorkerId) -> String {
    format!("pins {worker} last")
}

impl Book {
    /// Who signed in with this secret, if he still is, what he gave is still his, and this is the tablet on
    /// which he did; a supervisor may also have done it elsewhere, a worker may not.
    pub fn signed_in(&self, secret: &str, tablet: Option<&str>, now: i64) -> Option<SignedIn> {
        let id = digest(secret);
        let session = self.sessions.get(&id).filter(|session| session.holds(now))?;
        let (name, hash) = match &session.who {
            Who::Supervisor(who) => self.supervisors.get(who).map(|known| (known.name.clone(), &known.hash))?,
            Who::Worker(who) => (String::new(), &self.pins.get(&who.to_string()).filter(|_| session.device.is_some())?.hash),
        };
        let here = session.device.is_none() || session.device.as_deref() == tablet;
        let on_tablet = tablet.is_some();
        let holds = here && (!on_tablet || session.is_in_use(now)) && *hash == session.hash;
        holds.then(|| SignedIn { id, session: session.clone(), name, on_tablet })
    }

    /// Whether this is the secret of a session that is no tablet's, good or not.
    pub fn is_unbound(&self, secret: &str) -> bool {
        self.sessions.get(&digest(secret)).is_some_and(|session| session.device.is_none())
    }

    /// Whose badge this is.
    pub fn badge(&self, code: &str) -> Option<WorkerId> {
        WorkerId::new(self.badges.get(&digest(rules::badge(code)?))?.worker)
    }
}
