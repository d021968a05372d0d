//! The pictures of a board: what was finished by hour and by day, and how old each stage is.

use super::tally::Tally;
use crate::domain::Moment;
use crate::domain::finished::{Counts, by_day, by_hour};
use crate::domain::stage::{Ages, Stage};
use crate::web::chart::{Bars, Piece, shares};
use crate::web::pages::elapsed::span;
use crate::words;
use chrono::Datelike;

/// The hours that a day's picture always shows; more where something was finished outside them.
const SHIFT: (usize, usize) = (7, 18);

/// All the pictures.
pub(super) struct Pictures {
    pub(super) hours: Bars,
    /// What was finished today and nobody knows the hour of.
    pub(super) no_hour: usize,
    pub(super) days: Bars,
    pub(super) stages: Vec<StageRow>,
}

/// One stage, with the ages of its spools.
pub(super) struct StageRow {
    pub(super) label: &'static str,
    pub(super) count: usize,
    /// Shares of the bands; none where age says nothing.
    pub(super) pieces: Vec<Piece>,
    /// The bands in words, for those who do not see the bar.
    pub(super) bands: String,
    pub(super) median: String,
    pub(super) oldest: String,
}

impl Pictures {
    pub(super) fn of(tally: &Tally, now: Moment) -> Pictures {
        let today = by_hour(&tally.finished, tally.day);
        let days = by_day(&tally.finished, tally.day)
            .into_iter()
            .map(|(day, counts)| (day.day().to_string(), words::weekday(day), counts))
            .collect();
        let rows = tally.stages.iter().filter(|(_, since)| !since.is_empty());
        Pictures {
            hours: Bars::of(shift(&today.hours)),
            no_hour: today.unknown.iter().sum(),
            days: Bars::of(days),
            stages: rows.map(|(stage, since)| StageRow::of(*stage, since, now)).collect(),
        }
    }
}

fn shift(hours: &[Counts; 24]) -> Vec<(String, String, Counts)> {
    let busy = |counts: &Counts| counts.iter().any(|count| *count > 0);
    let first = hours.iter().position(busy).unwrap_or(SHIFT.0).min(SHIFT.0);
    let last = hours.iter().rposition(busy).unwrap_or(SHIFT.1).max(SHIFT.1);
    let column = |(hour, counts): (usize, &Counts)| (hour.to_string(), words::hour(hour as u32), *counts);
    hours.iter().enumerate().take(last + 1).skip(first).map(column).collect()
}

impl StageRow {
    fn of(stage: Stage, since: &[Option<Moment>], now: Moment) -> StageRow {
        let label = words::stage(stage);
        let row = |count| StageRow {
            label,
            count,
            pieces: Vec::new(),
            bands: String::new(),
            median: String::new(),
            oldest: String::new(),
        };
        if !stage.ages() {
            return row(since.len());
        }
        let ages = Ages::at(now, since);
        let counts: Vec<usize> = ages.bands.into_iter().chain([ages.unknown]).collect();
        let named = counts.iter().zip(words::bands()).filter(|(count, _)| **count > 0);
        StageRow {
            pieces: shares(&counts),
            bands: named.map(|(count, band)| format!("{band}: {count}")).collect::<Vec<_>>().join(", "),
            median: ages.median.map(span).unwrap_or_default(),
            oldest: ages.oldest.map(span).unwrap_or_default(),
            ..row(ages.count)
        }
    }
}
