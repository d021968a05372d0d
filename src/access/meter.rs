//! What everybody together may try, counted in the register, so that all processes count together
//! (`reliability.md` 6). Each has a share that nobody else can use up: nobody is locked out by what
//! strangers do, for as long as they do it.

use super::line::Line;
use super::rules::{self, Meter, Rate, Tries};
use super::secret::digest;
use super::{Access, Denied};
use std::net::IpAddr;

/// Passwords and PINs that are looked at.
const CHECKS: (&str, Rate) = ("checks", rules::CHECKS);

/// Where those stand in line who are not known.
const STRANGERS: &str = "strangers";

/// Codes that no device shows.
pub(super) const WRONG_CODES: (&str, Rate) = ("codes", rules::WRONG_CODES);

/// Where somebody tries to come in.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// On an enrolled tablet, by its id.
    Tablet(&'a str),
    /// At an address from which nobody may have come in before.
    Address(IpAddr),
    /// There is no telling.
    Anywhere,
}

impl Place<'_> {
    fn text(self) -> String {
        match self {
            Place::Tablet(tablet) => tablet.to_owned(),
            Place::Address(address) => address.to_string(),
            Place::Anywhere => String::new(),
        }
    }
}

/// What a try of a password is counted by.
pub(super) enum Share {
    /// Wrong tries of its own.
    Own(String),
    /// The line of all who are not known: from where, and at which name.
    Strange(String, String),
}

impl Access {
    /// What tries at a supervisor's password from this place count by: a tablet, or an address from which he came
    /// in within the month, has a share of its own; all others stand in one line, as do those at a name that nobody has.
    pub(super) async fn share(&self, supervisor: &str, is_one: bool, place: Place<'_>, now: i64) -> Result<Share, Denied> {
        let own = match place {
            Place::Tablet(tablet) => Some(format!("supervisor {supervisor} {tablet}")),
            Place::Address(address) => {
                let own = at_address(supervisor, address);
                self.is_known(&own, now).await?.then_some(own)
            }
            Place::Anywhere => None,
        };
        // A name may be long, and is none of ours.
        let strange = || Share::Strange(place.text(), digest(supervisor)[..16].to_owned());
        Ok(own.filter(|_| is_one).map_or_else(strange, Share::Own))
    }

    /// Counts a try of a password or a PIN before it is looked at: for what is guessed at, and among
    /// everybody's. One for which there is no place counts for nothing.
    pub(super) async fn attempt_check(&self, share: &Share, now: i64) -> Result<(), Denied> {
        // Tries that have to wait for their own sake must not use up everybody's places.
        self.has_place(CHECKS, now).await?;
        match share {
            Share::Own(tries) => self.attempt(tries, now).await?,
            Share::Strange(place, name) => self.in_line(|line| line.begin(place, name, now)).await??,
        }
        self.count(CHECKS, now).await
    }

    /// It was right: earlier tries are forgotten, and it was no guess.
    pub(super) async fn was_right(&self, share: &Share) -> Result<(), Denied> {
        match share {
            Share::Own(tries) => self.forgive(tries).await,
            Share::Strange(place, name) => self.in_line(|line| (line.was_right(place, name), ())).await,
        }
    }

    async fn in_line<R>(&self, rule: impl Fn(Line) -> (Line, R)) -> Result<R, Denied> {
        // One after the other: those of one process do not overtake each other in the register.
        let _turn = self.turn.lock().await;
        self.change(STRANGERS, |line: Option<Line>| {
            let (line, result) = rule(line.unwrap_or_default());
            Ok((Some(line), result))
        })
        .await
    }

    /// Somebody came in from where this counts: earlier tries are forgotten, and it has a share of its own from now on.
    pub(super) async fn welcome(&self, own: &str, now: i64) -> Result<(), Denied> {
        self.change(own, |_: Option<Tries>| Ok((Some(Tries::known(now)), ()))).await
    }

    /// Whether somebody came in from where this counts not long ago.
    pub(super) async fn is_known(&self, own: &str, now: i64) -> Result<bool, Denied> {
        self.change(own, |tries: Option<Tries>| {
            let known = tries.as_ref().is_some_and(|tries| tries.is_known(now));
            Ok((tries, known))
        })
        .await
    }

    /// Counts one more of what a meter counts.
    ///
    /// # Errors
    /// [`Denied::Wait`] when there is no place.
    pub(super) async fn count(&self, (meter, rate): (&str, Rate), now: i64) -> Result<(), Denied> {
        // One after the other: those of one process do not overtake each other in the register.
        let _turn = self.turn.lock().await;
        self.change(meter, |known: Option<Meter>| {
            let counted = known.unwrap_or_default().count(rate, now).map_err(Denied::Wait)?;
            Ok((Some(counted), ()))
        })
        .await
    }

    /// What was counted is as if it had not been.
    pub(super) async fn give_back(&self, (meter, rate): (&str, Rate)) -> Result<(), Denied> {
        let _turn = self.turn.lock().await;
        self.change(meter, |known: Option<Meter>| Ok((known.map(|meter| meter.give_back(rate)), ()))).await
    }

    /// Whether one more would be counted; it is not.
    pub(super) async fn has_place(&self, (meter, rate): (&str, Rate), now: i64) -> Result<(), Denied> {
        self.change(meter, |known: Option<Meter>| {
            known.clone().unwrap_or_default().count(rate, now).map_err(Denied::Wait)?;
            Ok((known, ()))
        })
        .await
    }
}

/// What counts the tries at a supervisor's password from an address.
pub(super) fn at_address(supervisor: &str, address: IpAddr) -> String {
    format!("supervisor {supervisor} @{address}")
}
