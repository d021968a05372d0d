//! The last requests that could not be served, for supervisors: what happened, when, and the id by
//! which the log tells the rest (`field-failures.md` H3). Nothing of what was sent along.

use crate::domain::Moment;
use crate::words;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// How many are kept.
const KEPT: usize = 50;

/// The most that is kept of a cause, in characters.
const LONGEST: usize = 200;

/// A request that could not be served, and others like it right after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mishap {
    /// The last time.
    pub at: Moment,
    /// The request id of the last time.
    pub request: String,
    /// Which route, as the router writes it: no tag and no name is in it.
    pub route: String,
    /// The status of the answer.
    pub status: u16,
    /// The code of the answer.
    pub code: Cow<'static, str>,
    /// The error and what lies beneath it, as in the log.
    pub cause: String,
    /// How often in a row.
    pub times: u32,
    /// In which process, where there are several.
    pub process: String,
}

impl Mishap {
    /// The last time, as screens write it.
    pub fn when(&self) -> String {
        words::moment(self.at)
    }
}

/// The last of them. Copies share them.
#[derive(Debug, Clone, Default)]
pub struct Recent(Arc<Mutex<VecDeque<Mishap>>>);

impl Recent {
    /// Keeps one; the same once more only counts.
    pub fn keep(&self, mut mishap: Mishap) {
        mishap.cause = mishap.cause.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
        // Nothing can panic while it is held, so a poisoned list is still whole.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |last: &&mut Mishap| {
            (last.status, &last.code, &last.route, &last.cause) == (mishap.status, &mishap.code, &mishap.route, &mishap.cause)
        };
        if let Some(last) = kept.back_mut().filter(same) {
            (last.at, last.request, last.times) = (mishap.at, mishap.request, last.times.saturating_add(1));
            return;
        }
        kept.push_back(mishap);
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }

    /// All that are kept, the newest first.
    pub fn all(&self) -> Vec<Mishap> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mishap(route: &str, cause: &str) -> Mishap {
        let (at, request, route, cause) = (Moment::default(), String::new(), route.to_owned(), cause.to_owned());
        Mishap { at, request, route, status: 503, code: "X".into(), cause, times: 1, process: String::new() }
    }

    #[test]
    fn h3_a_flood_of_one_mishap_hides_no_other_and_no_cause_is_long() {
        let recent = Recent::default();
        recent.keep(mishap("/a", "first"));
        for _ in 0..1_000 {
            recent.keep(mishap("/b", &"é\n".repeat(500)));
        }
        let all = recent.all();
        assert_eq!((all.len(), all[0].times, all[1].cause.as_str()), (2, 1_000, "first"));
        assert!(all[0].cause.chars().count() == LONGEST && !all[0].cause.contains('\n'));
        (0..200).for_each(|n| recent.keep(mishap(&format!("/{n}"), "")));
        assert_eq!((recent.all().len(), recent.all()[0].route.as_str()), (KEPT, "/199"));
    }
}
