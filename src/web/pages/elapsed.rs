//! How long something has lasted, as people say it. Computed here; the script only counts on from
//! the server's seconds, never from the tablet's clock.

use crate::domain::Moment;
use crate::words;
use chrono::{Datelike, Timelike};

/// A stretch of time up to now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Elapsed {
    /// Since when.
    at: Moment,
    /// Since when, RFC 3339.
    pub(super) since: String,
    /// Since when, on the plant's wall: the day too when it was not today, the year when it was not this.
    pub(super) clock: String,
    /// Whole seconds; never negative.
    pub(super) seconds: i64,
}

impl Elapsed {
    pub(super) fn between(since: Moment, now: Moment) -> Elapsed {
        let format = match since.date_naive() {
            day if day == now.date_naive() => "%H:%M",
            day if day.year() != now.year() => "%d-%m-%Y",
            // A day that was typed has no hour.
            _ if since.num_seconds_from_midnight() == 0 => "%d-%m",
            _ => "%d-%m %H:%M",
        };
        Elapsed {
            at: since,
            since: since.to_rfc3339(),
            clock: since.format(format).to_string(),
            seconds: (now - since).num_seconds().max(0),
        }
    }

    /// Since when, with its day, and how many minutes: two cells of a file.
    pub(super) fn cells(&self) -> [String; 2] {
        [words::moment(self.at), (self.seconds / 60).to_string()]
    }

    /// `2h 15m`, as the board has always said it.
    pub(super) fn words(&self) -> String {
        span(self.seconds / 60)
    }
}

/// Minutes as `15m`, `2h 15m`, `3d 4h`.
pub(super) fn span(minutes: i64) -> String {
    match (minutes / 1_440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => words::say("script-span-minutes").count("minutes", minutes),
        (0, hours, minutes) => words::say("script-span-hours").count("hours", hours).count("minutes", minutes),
        (days, hours, _) => words::say("script-span-days").count("days", days).count("hours", hours),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn a_span_is_said_in_its_two_largest_units() {
        for (minutes, words) in [(0, "0m"), (59, "59m"), (60, "1h 0m"), (135, "2h 15m"), (1_440, "1d 0h"), (4_567, "3d 4h")] {
            assert_eq!(span(minutes), words);
        }
    }

    #[test]
    fn elapsed_time_is_never_negative_and_names_another_day() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap();
        let ahead = Elapsed::between(at("2026-01-20T10:00:00-03:00"), at("2026-01-20T09:00:00-03:00"));
        assert_eq!((ahead.seconds, ahead.words().as_str(), ahead.clock.as_str()), (0, "0m", "10:00"));
        let yesterday = Elapsed::between(at("2026-01-19T22:00:00-03:00"), at("2026-01-20T00:15:00-03:00"));
        assert_eq!((yesterday.words().as_str(), yesterday.clock.as_str()), ("2h 15m", "19-01 22:00"));
        let clock = |text| Elapsed::between(at(text), at("2026-01-20T00:15:00-03:00")).clock;
        assert_eq!([clock("2026-01-09T00:00:00-03:00"), clock("2025-12-09T10:00:00-03:00")], ["09-01", "09-12-2025"]);
    }
}
