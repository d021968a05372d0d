//! Tablets: one asks and shows a code, a supervisor lets it in, names it, and sends it away again.

use super::book::{Device, Pairing, Session};
use super::meter::WRONG_CODES;
use super::rules::{self, NEW_CODES, Tries};
use super::secret::{bytes, digest, random};
use super::{Access, Book, Denied};
use crate::error::Cause;
use std::cmp::Reverse;
use std::net::IpAddr;
use uuid::Uuid;

/// How many may wait at once.
const WAITING: usize = 200;

/// To the hour: when something was last heard.
const HEARD: i64 = 3_600;

/// What a device gets that asked to be let in: its cookie will be good once it is.
pub struct Asked {
    /// Its id.
    pub id: String,
    /// The secret of its cookie.
    pub secret: String,
}

impl Access {
    /// Lets a device ask; it shows the code of its [`Pairing`] from now on. Each address has a number of
    /// codes that come to nothing, so that none keeps the others from asking.
    ///
    /// # Errors
    /// [`Denied::Wait`]; the register cannot be reached.
    pub async fn ask(&self, from: Option<IpAddr>, now: i64) -> Result<Asked, Denied> {
        let counted = from.map(asked_at).unwrap_or_default();
        if !counted.is_empty() {
            self.count((&counted, NEW_CODES), now).await?;
        }
        for id in self.book()?.giving_way(now) {
            // That somebody else removed it is as good.
            let _ = self.remove::<Pairing>(id).await;
        }
        let (id, secret) = (Uuid::new_v4().simple().to_string(), random::<32>()?);
        let pairing = Pairing { code: new_code()?, hash: digest(&secret), since: now, counted };
        self.enter(&id, pairing).await?;
        Ok(Asked { id, secret })
    }

    /// Lets in the device that shows this code; each code is good once. Gives the tablet's id.
    ///
    /// # Errors
    /// [`Denied::Wrong`] when no device shows it; whoever gave too many wrong ones has to wait.
    pub async fn let_in(&self, code: &str, name: &str, by: &str, now: i64) -> Result<String, Denied> {
        let name = rules::name(name).ok_or(Denied::BadName)?;
        let tries = format!("pairing {by}");
        self.has_place(WRONG_CODES, now).await?;
        self.attempt(&tries, now).await?;
        self.count(WRONG_CODES, now).await?;
        let shows = |book: &Book| {
            let code = rules::code(code)?;
            let found = book.pairings.iter().find(|(_, pairing)| pairing.code == code && pairing.holds(now));
            found.map(|(id, _)| id.clone())
        };
        let id = self.find(shows).await?.ok_or(Denied::Wrong)?;
        // Somebody else was faster; a register that cannot be reached is no wrong code.
        let pairing = self.remove::<Pairing>(&id).await.map_err(|denied| match denied {
            Denied::Gone => Denied::Wrong,
            other => other,
        })?;
        let device = Device { name, hash: pairing.hash, since: now, by: by.to_owned(), seen: now, given: now, locked: false };
        self.enter(&id, device).await?;
        self.forgive(&tries).await?;
        self.give_back(WRONG_CODES).await?;
        if !pairing.counted.is_empty() {
            self.give_back((&pairing.counted, NEW_CODES)).await?;
        }
        Ok(id)
    }

    /// Gives a tablet another name.
    ///
    /// # Errors
    /// There is no such tablet, or the name is none.
    pub async fn rename(&self, id: &str, name: &str) -> Result<(), Denied> {
        let name = rules::name(name).ok_or(Denied::BadName)?;
        self.alter(id, |device: &mut Device| device.name.clone_from(&name)).await
    }

    /// Sends a tablet away, and whoever signed in on it.
    ///
    /// # Errors
    /// There is no such tablet.
    pub async fn revoke(&self, id: &str) -> Result<(), Denied> {
        self.remove::<Device>(id).await?;
        for (session, _) in self.book()?.sessions.iter().filter(|(_, session)| session.device.as_deref() == Some(id)) {
            let _ = self.remove::<Session>(session).await;
        }
        Ok(())
    }

    /// Lets PINs be typed on a tablet again.
    ///
    /// # Errors
    /// There is no such tablet.
    pub async fn unlock(&self, id: &str) -> Result<(), Denied> {
        self.forgive(&on_tablet(id)).await?;
        self.alter(id, |device: &mut Device| device.locked = false).await
    }

    /// Counts a wrong PIN on a tablet, and locks it when it is one too many.
    pub(super) async fn wrong_on(&self, id: &str, now: i64) -> Result<(), Denied> {
        let count = |tries: Option<Tries>| {
            let (tries, over) = tries.unwrap_or_default().on_tablet(now);
            Ok((Some(tries), over))
        };
        match self.change(&on_tablet(id), count).await? {
            true => self.alter(id, |device: &mut Device| device.locked = true).await,
            false => Ok(()),
        }
    }

    /// Notes that a tablet was heard, if that was not noted within the hour.
    ///
    /// # Errors
    /// The register cannot be reached, or the tablet is gone.
    pub async fn heard(&self, id: &str, device: &Device, now: i64) -> Result<(), Denied> {
        match (now - device.seen).abs() > HEARD {
            true => self.alter(id, |device: &mut Device| device.seen = now).await,
            false => Ok(()),
        }
    }

    /// Notes that a tablet was given its cookie again.
    ///
    /// # Errors
    /// The register cannot be reached, or the tablet is gone.
    pub async fn given(&self, id: &str, now: i64) -> Result<(), Denied> {
        self.alter(id, |device: &mut Device| device.given = now).await
    }
}

/// What counts the codes of an address; there are some ten thousands of them, however many addresses ask.
fn asked_at(address: IpAddr) -> String {
    format!("asked {}", &digest(&address.to_string())[..4])
}

fn on_tablet(id: &str) -> String {
    format!("tablet {id}")
}

impl Book {
    /// The tablet with this id, if the secret is its own and it was heard lately.
    pub fn tablet(&self, id: &str, secret: &str, now: i64) -> Option<&Device> {
        self.devices.get(id).filter(|device| device.hash == digest(secret) && device.holds(now))
    }

    /// Those whose codes have ended, and whoever gives way to one more: of the address from which most wait, the first.
    fn giving_way(&self, now: i64) -> Vec<&str> {
        let (mut waiting, mut gone): (Vec<_>, Vec<_>) = self.pairings.iter().partition(|(_, pairing)| pairing.holds(now));
        waiting.sort_by_key(|(_, pairing)| Reverse(pairing.since));
        while waiting.len() >= WAITING {
            let from = |pairing: &Pairing| waiting.iter().filter(|(_, other)| other.counted == pairing.counted).count();
            let most = (0..waiting.len()).max_by_key(|at| from(waiting[*at].1)).unwrap_or_default();
            gone.push(waiting.remove(most));
        }
        gone.into_iter().map(|(id, _)| id.as_str()).collect()
    }

    /// The device with this id that waits to be let in, if the secret is its own.
    pub fn waiting(&self, id: &str, secret: &str, now: i64) -> Option<&Pairing> {
        self.pairings.get(id).filter(|pairing| pairing.hash == digest(secret) && pairing.holds(now))
    }
}

/// Eight letters, each as likely as the other.
fn new_code() -> Result<String, Cause> {
    let count = rules::CONSONANTS.len();
    let mut code = String::new();
    while code.len() < rules::CODE {
        let fair = bytes::<16>()?.into_iter().map(usize::from).filter(|byte| *byte < 256 / count * count);
        code.extend(fair.map(|byte| char::from(rules::CONSONANTS[byte % count])));
    }
    code.truncate(rules::CODE);
    Ok(code)
}
