//! Who tries to come in from where nobody is known, one after the other: whoever guesses there without end has his
//! turn like everybody else, and keeps nobody out (`reliability.md` 6).
//!
//! Whoever finds no place is given a turn. It is his alone, so that he need not be faster than anybody when it comes.

use super::Denied;
use super::rules::{MINUTE, Tries};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many are looked at at once after a rest, and one more after each so many seconds.
const AT_ONCE: i64 = 10;
const EACH: i64 = 10;

/// For how long a turn is kept for him whose it is, once it has come.
const KEPT: i64 = 2 * MINUTE;

/// How far ahead turns are given: nobody who has one waits longer, and who came when all were given away, and
/// was told to come again, is still within a quarter of an hour.
const AHEAD: i64 = 14 * MINUTE;

/// Everybody who tries and is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)] // an earlier build kept less of it
pub(super) struct Line {
    /// When all that was looked at, or promised, will have been paid for.
    paid: i64,
    /// From when on it is whose turn, by address.
    turns: BTreeMap<String, i64>,
    /// What was tried wrongly, by address and name.
    tries: BTreeMap<String, Tries>,
}

impl Line {
    /// Counts a try before it is looked at. Where it is not looked at now it counts for nothing, and whoever
    /// tried may have a turn in the line that comes back.
    ///
    /// # Errors
    /// [`Denied::Wait`] for his own wrong tries, or while the line is full; else [`Denied::Turn`].
    pub(super) fn begin(mut self, address: &str, name: &str, now: i64) -> (Line, Result<(), Denied>) {
        self.forget(now);
        let guess = guess(address, name);
        let begun = self.tries.get(&guess).cloned().unwrap_or_default().begin(now).map_err(Denied::Wait);
        let looked_at = begun.and_then(|tries| self.turn(address, now).map(|()| tries));
        let result = looked_at.map(|tries| {
            self.tries.insert(guess, tries);
        });
        (self, result)
    }

    /// It was right: earlier tries are forgotten, and it was no guess.
    pub(super) fn was_right(mut self, address: &str, name: &str) -> Line {
        self.tries.remove(&guess(address, name));
        self.paid -= EACH;
        self
    }

    fn turn(&mut self, address: &str, now: i64) -> Result<(), Denied> {
        if let Some(at) = self.turns.get(address).copied() {
            if at > now {
                return Err(Denied::Turn(at - now));
            }
            self.turns.remove(address);
            return Ok(());
        }
        let paid = self.paid.max(now);
        let at = paid - EACH * (AT_ONCE - 1);
        if at > now + AHEAD {
            return Err(Denied::Wait(at - now - AHEAD));
        }
        self.paid = paid + EACH;
        if at > now {
            self.turns.insert(address.to_owned(), at);
            return Err(Denied::Turn(at - now));
        }
        Ok(())
    }

    /// Forgets turns that nobody came for, and tries of long ago.
    fn forget(&mut self, now: i64) {
        // What lies farther ahead than it can was written before a clock was put back.
        if self.paid > now + AHEAD + EACH * AT_ONCE {
            *self = Line::default();
        }
        self.turns.retain(|_, at| now - *at <= KEPT);
        self.tries.retain(|_, tries| !tries.is_forgotten(now));
    }
}

fn guess(address: &str, name: &str) -> String {
    format!("{address} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: i64 = 1_000_000;

    /// What becomes of a try; the line is kept.
    fn tries(line: &mut Line, address: &str, name: &str, now: i64) -> Result<(), Denied> {
        let (after, result) = std::mem::take(line).begin(address, name, now);
        *line = after;
        result
    }

    /// In how many seconds it is his turn.
    fn turn(result: Result<(), Denied>) -> i64 {
        match result {
            Err(Denied::Turn(seconds)) => seconds,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn while_eighty_addresses_guess_each_second_whoever_comes_from_another_is_looked_at_within_fifteen_minutes() {
        let (mut line, mut looked_at, mut his) = (Line::default(), Vec::new(), None);
        for now in BEGIN..BEGIN + 3 * AHEAD {
            for address in 0..80 {
                // Each time another name, so that no wrong try makes it wait.
                if tries(&mut line, &format!("a{address}"), &format!("n{now}"), now).is_ok() {
                    looked_at.push(now);
                }
            }
            if now == BEGIN + AHEAD {
                his = Some(now + turn(tries(&mut line, "office", "elena", now)));
            }
            // He comes a minute late, because he was told whole minutes.
            if his.is_some_and(|at| now == at + MINUTE) {
                assert!(now - BEGIN - AHEAD <= 15 * MINUTE, "{} s", now - BEGIN - AHEAD);
                assert!(tries(&mut line, "office", "elena", now).is_ok());
                his = None;
            }
        }
        assert_eq!(his, None, "he came");
        assert!((3 * AHEAD / EACH - 20..=3 * AHEAD / EACH + AT_ONCE).contains(&(looked_at.len() as i64)), "{}", looked_at.len());
    }

    #[test]
    fn after_a_thousand_wrong_tries_from_a_thousand_addresses_the_right_one_is_looked_at_within_fifteen_minutes() {
        for spread in [0, 1, 60, 600] {
            let mut line = Line::default();
            for number in 0..1_000 {
                let now = BEGIN + number * spread / 1_000;
                let _ = tries(&mut line, &format!("a{number}"), "elena", now);
            }
            let came = BEGIN + spread;
            let mut now = came;
            // He comes again when he was told to, a whole minute late, and at once once it is his turn.
            while let Err(told) = tries(&mut line, "office", "elena", now) {
                now += match told {
                    Denied::Turn(seconds) => seconds,
                    Denied::Wait(seconds) => seconds.min(EACH),
                    other => panic!("{other:?}"),
                };
            }
            assert!(now - came <= 15 * MINUTE, "{spread} s: {}", now - came);
        }
    }

    #[test]
    fn turns_that_are_saved_up_and_used_together_are_thirty_in_a_minute_at_most() {
        let (mut line, mut looked_at) = (Line::default(), Vec::new());
        for now in BEGIN..BEGIN + 2 * AHEAD {
            for address in 0..300 {
                let (address, name) = (format!("a{address}"), format!("n{now}"));
                // Whoever has a turn keeps it until the last moment; all moments are the same one.
                let due = line.turns.get(&address).is_some_and(|at| *at <= now);
                if (!due || now % KEPT == 0) && tries(&mut line, &address, &name, now).is_ok() {
                    looked_at.push(now);
                }
            }
        }
        let in_minute = |from: i64| looked_at.iter().filter(|at| (from..from + MINUTE).contains(at)).count();
        let busiest = (BEGIN..BEGIN + 2 * AHEAD).map(in_minute).max().unwrap();
        assert!((12..=30).contains(&busiest), "{busiest}");
    }

    #[test]
    fn one_address_has_one_turn_and_five_wrong_tries_at_a_name() {
        let mut line = Line::default();
        let free = (0..9).filter(|_| tries(&mut line, "a", "elena", BEGIN).is_ok()).count();
        assert_eq!(free, 5);
        assert!(matches!(tries(&mut line, "a", "elena", BEGIN), Err(Denied::Wait(60))));
        // Other names at the same address are tried by its turns.
        for name in 0..50 {
            let _ = tries(&mut line, "a", &format!("n{name}"), BEGIN);
        }
        assert_eq!(line.turns.len(), 1);
        assert_eq!(turn(tries(&mut line, "b", "elena", BEGIN)), 2 * EACH, "behind one, not behind fifty");
    }

    #[test]
    fn what_is_kept_stays_small_and_ends_with_the_tries() {
        let mut line = Line::default();
        for now in BEGIN..BEGIN + 2 * AHEAD {
            for address in 0..120 {
                let _ = tries(&mut line, &format!("a{address}"), &format!("n{now}"), now);
            }
        }
        assert!(line.turns.len() <= 100 && line.tries.len() < 300, "{} {}", line.turns.len(), line.tries.len());
        let _ = tries(&mut line, "b", "elena", BEGIN + 6 * AHEAD);
        assert_eq!((line.turns.len(), line.tries.len()), (0, 1));
    }

    #[test]
    fn what_was_right_was_no_guess_and_a_clock_put_back_locks_nobody_out() {
        let mut line = Line::default();
        for _ in 0..1_000 {
            tries(&mut line, "a", "elena", BEGIN).unwrap();
            line = line.was_right("a", "elena");
        }
        for address in 0..300 {
            let _ = tries(&mut line, &format!("a{address}"), "elena", BEGIN);
        }
        assert!(tries(&mut line, "b", "elena", BEGIN).is_err());
        assert!(tries(&mut line, "b", "elena", BEGIN - 4 * AHEAD).is_ok());
    }
}
