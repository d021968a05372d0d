//! How long things last, and how often somebody may try: pure, with the figures of `reliability.md` 6.

use super::book::{Device, Pairing, Session};
use crate::domain::cell::visible;
use crate::domain::spool::squeeze;
use serde::{Deserialize, Serialize};

pub(super) const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// A tablet that was not heard for so long is let in no more.
pub const UNSEEN: i64 = 90 * 24 * HOUR;

/// How often a tablet is given its cookie again.
const GIVEN: i64 = 30 * 24 * HOUR;

/// How long a code is good.
pub const PAIRING: i64 = 10 * MINUTE;

/// How long somebody stays signed in at most.
pub const SESSION: i64 = 12 * HOUR;

/// How long somebody stays signed in on an enrolled tablet, which is in many hands, without doing anything there.
pub const IDLE: i64 = 10 * MINUTE;

/// For how long after the password a dangerous act needs it not again.
pub const RECENT: i64 = 10 * MINUTE;

/// How many wrong tries cost nothing, and how long one waits after each further one.
const FREE: u32 = 5;
const DELAYS: [i64; 5] = [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, LONGEST];
const LONGEST: i64 = 15 * MINUTE;

/// After so long without a try nothing is held against anybody.
const FORGET: i64 = 15 * MINUTE;

/// How far ahead the clock of another machine may be. What lies farther ahead was written before a clock was put back: by
/// it nobody stays signed in.
const AHEAD: i64 = MINUTE;

/// So many wrong PINs within so long lock a tablet.
const ON_TABLET: (u32, i64) = (20, 10 * MINUTE);

/// So many at once after a rest, and one more after each so many seconds: within any time no more than
/// both together.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    at_once: i64,
    each: i64,
}

/// Passwords and PINs that are looked at, whosever: 60 in any minute.
pub const CHECKS: Rate = Rate { at_once: 30, each: 2 };

/// Wrong PINs of one worker on all tablets together where his PIN was not right lately: 30 in any hour. It is more than
/// one tablet has by itself ([`Tries`]), so that a single one that guesses keeps nobody out on the others, and many guess
/// no faster.
pub const PINS: Rate = Rate { at_once: 15, each: 4 * MINUTE };

/// The same on all tablets together where it was right lately, but the one where it was right last: 60 in any hour. That
/// one counts by itself alone, so that there is always one on which no guess of others is held against him.
pub const PINS_WHERE_KNOWN: Rate = Rate { at_once: 30, each: 2 * MINUTE };

/// Codes that no device shows, whoever types them: 20 in any hour.
pub const WRONG_CODES: Rate = Rate { at_once: 10, each: HOUR / 10 };

/// Codes that one address is given and that nobody lets in: 20 in any hour.
pub const NEW_CODES: Rate = Rate { at_once: 10, each: HOUR / 10 };

/// For how long an address from which a supervisor came in, or a tablet on which a worker did, has a share of his tries
/// for itself.
const KNOWN: i64 = 30 * 24 * HOUR;

/// The letters of a code: consonants that are not taken for one another, and make no words.
pub const CONSONANTS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// How many letters a code has.
pub const CODE: usize = 8;

/// The fewest characters of a password, and the most.
pub const PASSWORD: (usize, usize) = (10, 200);

/// The most characters of a name.
const NAME: usize = 80;

/// The fewest characters of a badge, and the most.
const BADGE: (usize, usize) = (4, 100);

/// The digits of a PIN.
pub const PIN: usize = 6;

impl Device {
    /// Whether it is let in.
    pub fn holds(&self, now: i64) -> bool {
        now - self.seen <= UNSEEN
    }

    /// Whether it is time to give it its cookie again.
    pub fn is_due(&self, now: i64) -> bool {
        (now - self.given).abs() > GIVEN
    }
}

impl Pairing {
    /// Whether its code is still good.
    pub fn holds(&self, now: i64) -> bool {
        within(PAIRING, self.since, now)
    }

    /// How many minutes it is still good, begun ones counted.
    pub fn minutes(&self, now: i64) -> i64 {
        ((self.since + PAIRING - now).max(0) + MINUTE - 1) / MINUTE
    }
}

impl Session {
    /// Whether he still is signed in.
    pub fn holds(&self, now: i64) -> bool {
        within(SESSION, self.since, now) && (self.device.is_none() || self.is_in_use(now))
    }

    /// Whether he did something not long ago.
    pub fn is_in_use(&self, now: i64) -> bool {
        within(IDLE, self.last.max(self.heard), now)
    }
}

/// Whether a password that was given then was given a short while ago.
pub fn is_recent(given: i64, now: i64) -> bool {
    within(RECENT, given, now)
}

/// Whether something was not longer ago than this, nor is still to come.
fn within(time: i64, since: i64, now: i64) -> bool {
    (-AHEAD..=time).contains(&(now - since))
}

/// What was tried wrongly, for one account (seen from one tablet), or on one tablet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    wrong: u32,
    /// When the first of them was, and the last.
    first: i64,
    last: i64,
    /// Until when nothing is looked at.
    until: i64,
    /// When somebody last came in from here.
    #[serde(default)]
    known: i64,
}

/// On which tablet a worker's PIN was right last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Its id.
    pub tablet: String,
}

/// What was done of something that has a rate: when it will have been paid for (the generic cell rate
/// algorithm).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    paid: i64,
}

impl Meter {
    /// Counts one more.
    ///
    /// # Errors
    /// The seconds after which there is a place.
    pub fn count(&self, rate: Rate, now: i64) -> Result<Meter, i64> {
        let Rate { at_once, each } = rate;
        // What lies farther ahead than it can was written before a clock was put back.
        let paid = if self.paid > now + each * at_once { now } else { self.paid.max(now) };
        match paid - now - each * (at_once - 1) {
            over @ 1.. => Err(over),
            _ => Ok(Meter { paid: paid + each }),
        }
    }

    /// One that was counted is as if it had not been.
    pub fn give_back(&self, rate: Rate) -> Meter {
        Meter { paid: self.paid - rate.each }
    }
}

impl Tries {
    /// Nothing was tried since somebody came in from here.
    pub fn known(now: i64) -> Tries {
        Tries { known: now, ..Tries::default() }
    }

    /// Whether somebody came in from here not long ago.
    pub fn is_known(&self, now: i64) -> bool {
        self.known > 0 && now - self.known <= KNOWN
    }

    /// Whether nothing is held against anybody any more. What lies farther ahead than anybody waits was written before a
    /// clock was put back.
    pub fn is_forgotten(&self, now: i64) -> bool {
        let ago = now - self.last.max(self.until);
        !(-LONGEST..=FORGET).contains(&ago)
    }

    /// Counts one try before it is looked at, so that many at once are not all looked at. In how many
    /// seconds it is worth coming back, where this one is not looked at; then it counts for nothing.
    ///
    /// # Errors
    /// The seconds to wait.
    pub fn begin(self, now: i64) -> Result<Tries, i64> {
        let before = if self.is_forgotten(now) { Tries { first: now, known: self.known, ..Tries::default() } } else { self };
        if now < before.until {
            return Err(before.until - now);
        }
        let wrong = before.wrong.saturating_add(1);
        let delay = wrong.checked_sub(FREE).map_or(0, |over| DELAYS[(over as usize).min(DELAYS.len() - 1)]);
        Ok(Tries { wrong, last: now, until: now + delay, ..before })
    }

    /// Counts a wrong PIN on a tablet; whether it is one too many.
    pub fn on_tablet(self, now: i64) -> (Tries, bool) {
        let (most, within) = ON_TABLET;
        let before = if (now - self.first).abs() > within { Tries { first: now, ..Tries::default() } } else { self };
        let wrong = before.wrong.saturating_add(1);
        (Tries { wrong, last: now, ..before }, wrong >= most)
    }
}

/// Whether a PIN is not the first that anybody would guess: no run, no repetition, no year, no pattern of two.
pub fn is_pin(text: &str) -> bool {
    let digits: Vec<i32> = text.chars().filter_map(|c| Some(c.to_digit(10)? as i32)).collect();
    if text.len() != PIN || digits.len() != PIN {
        return false;
    }
    let step = digits[1] - digits[0];
    let is_run = step.abs() <= 1 && digits.windows(2).all(|pair| pair[1] - pair[0] == step);
    let repeats = |length: usize| digits.chunks(length).all(|chunk| chunk == &digits[..length]);
    let pairs = digits.chunks(2).all(|pair| pair[0] == pair[1]);
    let halves = digits.chunks(3).all(|half| half.iter().all(|digit| *digit == half[0]));
    let known = ["147258", "258369", "159357", "147369", "123654", "789456", "456123", "112358", "102030", "010203", "123987"];
    // Six digits, as was looked at above.
    let year = |four: &str| four.parse().is_ok_and(|year: u16| (1940..2100).contains(&year));
    !(is_run || repeats(2) || repeats(3) || pairs || halves || known.contains(&text) || year(&text[..4]) || year(&text[2..]))
}

/// Whether a password is long enough and not the first that anybody would guess.
pub fn is_password(text: &str, name: &str) -> bool {
    let length = text.chars().count();
    let same = text.chars().all(|c| text.starts_with(c));
    (PASSWORD.0..=PASSWORD.1).contains(&length) && !same && squeeze(text) != squeeze(name)
}

/// A name that a person gave: one line, blanks collapsed, without what is not seen.
pub fn name(text: &str) -> Option<String> {
    let name = visible(text);
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    ((1..=NAME).contains(&name.chars().count()) && name.chars().any(char::is_alphanumeric)).then_some(name)
}

/// What a badge says, as a scanner types it, without the sign of three characters (`]C1`) by which some
/// of them name the kind of the code.
pub fn badge(text: &str) -> Option<&str> {
    let text = text.trim();
    let text = if text.starts_with(']') { text.get(3..)?.trim() } else { text };
    (BADGE.0..=BADGE.1).contains(&text.chars().count()).then_some(text)
}

/// A code as people type it: small letters, blanks and dashes are forgiven.
pub fn code(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    (letters.len() == CODE && letters.bytes().all(|letter| CONSONANTS.contains(&letter))).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::super::book::Who;
    use super::*;

    #[test]
    fn after_any_thousand_wrong_tries_the_right_one_is_looked_at_within_fifteen_minutes() {
        for every in [1, 20, 61, 120, 600, 901] {
            let (mut tries, mut now) = (Tries::default(), 1_000_000);
            for _ in 0..1_000 {
                now += every;
                tries = tries.clone().begin(now).unwrap_or(tries);
            }
            let wait = tries.clone().begin(now + 1).err().unwrap_or(0);
            assert!(wait <= 15 * MINUTE, "every {every} s: {wait}");
            assert!(tries.begin(now + 1 + wait).is_ok());
        }
    }

    #[test]
    fn a_day_of_guessing_is_a_hundred_tries() {
        let (mut tries, mut looked_at) = (Tries::default(), 0);
        for now in 0..24 * HOUR {
            if let Ok(after) = tries.clone().begin(now) {
                (tries, looked_at) = (after, looked_at + 1);
            }
        }
        assert!((90..=110).contains(&looked_at), "{looked_at}");
    }

    #[test]
    fn no_minute_holds_more_than_sixty_checks_and_no_hour_more_codes_or_pins_than_it_may() {
        let rates = [
            (CHECKS, MINUTE, 60),
            (WRONG_CODES, HOUR, 20),
            (NEW_CODES, HOUR, 20),
            (PINS, HOUR, 30),
            (PINS_WHERE_KNOWN, HOUR, 60),
        ];
        for (rate, within, most) in rates {
            let (mut meter, mut counted) = (Meter::default(), Vec::new());
            for now in 0..3 * within {
                // Asked again and again within each second.
                while let Ok(after) = meter.count(rate, now) {
                    meter = after;
                    counted.push(now);
                }
            }
            let in_window = |from: i64| counted.iter().filter(|at| (from..from + within).contains(at)).count();
            let busiest = (0..2 * within).map(in_window).max().unwrap();
            assert!((most / 2..=most).contains(&busiest), "{rate:?}: {busiest}");
            assert!(meter.count(rate, 3 * within - 1).unwrap_err() <= rate.each);
        }
    }

    #[test]
    fn one_tablet_that_guesses_a_pin_all_day_leaves_places_on_the_others_and_fifty_are_thirty_in_an_hour() {
        let guessed = |tablets: usize| {
            let (mut tries, mut together) = (vec![Tries::default(); tablets], Meter::default());
            let mut looked_at = Vec::new();
            for now in 1_000_000..1_000_000 + 24 * HOUR {
                for tries in &mut tries {
                    let (Ok(after), Ok(counted)) = (tries.clone().begin(now), together.count(PINS, now)) else { continue };
                    (*tries, together) = (after, counted);
                    looked_at.push(now);
                }
                assert!(tablets > 1 || together.count(PINS, now).is_ok(), "she has no place after {} s", now - 1_000_000);
            }
            looked_at
        };
        assert!((90..=110).contains(&guessed(1).len()), "as before");
        let looked_at = guessed(50);
        let in_hour = |from: &i64| looked_at.iter().filter(|at| (*from..from + HOUR).contains(at)).count();
        assert!((20..=30).contains(&looked_at.iter().map(in_hour).max().unwrap()));
        assert!(looked_at.len() <= 15 + 24 * 15, "{}", looked_at.len());
    }

    #[test]
    fn what_was_given_back_was_not_counted_and_a_clock_put_back_locks_nobody_out() {
        let mut meter = Meter::default();
        for _ in 0..1_000 {
            meter = meter.count(NEW_CODES, 50_000).unwrap().give_back(NEW_CODES);
        }
        while let Ok(after) = meter.count(NEW_CODES, 50_000) {
            meter = after;
        }
        assert!(meter.count(NEW_CODES, 50_000 - HOUR).is_ok());
    }

    #[test]
    fn after_a_clock_was_put_back_a_year_nobody_waits_longer_than_ever_and_no_session_or_code_lasts_longer() {
        let (year, now) = (365 * 24 * HOUR, 1_000_000);
        let mut tries = Tries::default();
        for later in 0..40 {
            tries = tries.clone().begin(now + year + later * 15 * MINUTE).unwrap();
        }
        let mut looked_at = tries.clone().begin(now).expect("what lies farther ahead than anybody waits says nothing");
        for slip in 1..i64::from(FREE) - 1 {
            looked_at = looked_at.begin(now + slip).expect("and neither does how often it was wrong");
        }
        for minutes in 0..60 {
            let wait = tries.clone().begin(now + year + 39 * 15 * MINUTE - minutes * MINUTE).err().unwrap_or(0);
            assert!(wait <= LONGEST, "put back {minutes} minutes: {wait}");
        }
        let (mut locked, mut over) = (Tries::default().on_tablet(now + year).0, false);
        for wrong in 0..19 {
            (locked, over) = locked.on_tablet(now + wrong * HOUR);
        }
        assert!(!over, "nineteen in a day");
        let session = |since: i64, last: i64, heard: i64| Session {
            who: Who::Supervisor("ana".into()),
            device: Some("armado-1".into()),
            since,
            last,
            heard,
            hash: String::new(),
        };
        assert!(session(now + MINUTE, now + MINUTE, now + MINUTE).holds(now), "two machines are a little apart");
        for ahead in
            [session(now + MINUTE + 1, now, now), session(now, now + MINUTE + 1, now), session(now, now, now + MINUTE + 1)]
        {
            assert!(!ahead.holds(now), "{} {} {}", ahead.since, ahead.last, ahead.heard);
        }
        assert!(is_recent(now + MINUTE, now) && !is_recent(now + MINUTE + 1, now));
        let pairing = |since| Pairing { code: String::new(), hash: String::new(), since, counted: String::new() };
        assert!(pairing(now + MINUTE).holds(now) && !pairing(now + MINUTE + 1).holds(now));
    }

    #[test]
    fn five_slips_cost_nothing_and_are_forgotten() {
        let mut tries = Tries::default();
        for now in 0..4 {
            tries = tries.begin(now).unwrap();
        }
        assert_eq!(tries.clone().begin(4).unwrap().begin(5), Err(59), "the fifth asks for a minute");
        let later = tries.begin(4 + 16 * MINUTE).unwrap();
        assert!(later.begin(5 + 16 * MINUTE).is_ok());
    }

    #[test]
    fn twenty_wrong_pins_in_ten_minutes_lock_a_tablet_and_as_many_in_a_day_do_not() {
        let count = |every: i64| {
            let (mut tries, mut locks) = (Tries::default(), 0);
            for n in 0..20 {
                let (after, over) = tries.on_tablet(1_000 + n * every);
                (tries, locks) = (after, locks + u32::from(over));
            }
            locks
        };
        assert_eq!((count(10), count(600)), (1, 0));
    }

    #[test]
    fn a_pin_is_six_digits_that_nobody_guesses_first() {
        for bad in [
            "12345",
            "1234567",
            "12345a",
            "123456",
            "654321",
            "000000",
            "121212",
            "123123",
            "112233",
            "111222",
            "１２３４５６",
            "198512",
            "121985",
            "202712",
        ] {
            assert!(!is_pin(bad), "{bad}");
        }
        for good in ["830417", "295038", "407193"] {
            assert!(is_pin(good), "{good}");
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(code("bcdf-ghjk").as_deref(), Some("BCDFGHJK"));
        assert_eq!(code(" BCDF GHJK ").as_deref(), Some("BCDFGHJK"));
        assert_eq!((code("BCDFGHJ"), code("BCDFGHJA"), code("")), (None, None, None));
    }

    #[test]
    fn sessions_codes_and_tablets_end_by_themselves() {
        let session = |who, device: Option<&str>, heard| Session {
            who,
            device: device.map(str::to_owned),
            since: 0,
            last: 0,
            heard,
            hash: String::new(),
        };
        let supervisor = session(Who::Supervisor("ana".into()), None, 0);
        assert!(supervisor.holds(SESSION) && !supervisor.holds(SESSION + 1), "at a desk of his own");
        assert!(is_recent(0, RECENT) && !is_recent(0, RECENT + 1));
        for who in [Who::Worker(93), Who::Supervisor("ana".into())] {
            let here = session(who.clone(), Some("armado-1"), 100);
            assert!(here.holds(100 + IDLE) && !here.holds(101 + IDLE), "{who:?}");
            assert!(!session(who, Some("armado-1"), SESSION).holds(SESSION + 1), "no longer than a shift");
        }
        let pairing = Pairing { code: String::new(), hash: String::new(), since: 0, counted: String::new() };
        assert!(pairing.holds(PAIRING) && !pairing.holds(PAIRING + 1));
        assert_eq!((pairing.minutes(1), pairing.minutes(541)), (10, 1));
    }
}
