//! One cell of the workbook, and the only parser and writer of what the plant keeps in it.
//!
//! The office, two generations of the earlier app and Google itself have all left their own
//! spelling in the same columns, so reading is tolerant and total: a cell is a value, is empty,
//! or is [`Unreadable`]; it is never silently nothing (`field-failures.md` A3, A6, A7, A9).

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;

/// An instant that carries the plant's offset, so that both the date on the wall and the order
/// of events can be read from it.
pub type Moment = DateTime<FixedOffset>;

/// One cell as the workbook holds it, before anybody asks what it means.
#[derive(Debug, Clone, Default)]
pub enum Cell {
    /// The sheet has this column and the cell holds nothing.
    #[default]
    Empty,
    /// The sheet has no such column.
    Missing,
    /// Text, exactly as stored.
    Text(String),
    /// A number.
    Number(f64),
    /// A number that carries a date or date-time format: days since 30-12-1899.
    Date(f64),
    /// TRUE or FALSE.
    Bool(bool),
    /// `#REF!`, `#N/A`, `#VALUE!` and kin.
    Error(String),
}

/// A cell whose content cannot be what its column says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable;

/// Equality is of content: a number is the same number whatever its format, because one reader
/// of the workbook sees formats and another does not.
impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Cell::Number(a) | Cell::Date(a), Cell::Number(b) | Cell::Date(b)) => a == b,
            (Cell::Text(a), Cell::Text(b)) | (Cell::Error(a), Cell::Error(b)) => a == b,
            (Cell::Bool(a), Cell::Bool(b)) => a == b,
            (Cell::Empty, Cell::Empty) | (Cell::Missing, Cell::Missing) => true,
            _ => false,
        }
    }
}

impl Cell {
    /// Text, or an empty cell for an empty string: the workbook does not tell the two apart.
    pub fn text(value: impl Into<String>) -> Cell {
        let value = value.into();
        if value.is_empty() { Cell::Empty } else { Cell::Text(value) }
    }

    /// A true date, as the serial number that the workbook formats as `DD-MM-YYYY`.
    pub fn date(date: NaiveDate) -> Cell {
        Cell::Date(serial(date.and_time(NaiveTime::MIN)))
    }

    /// A true date-time in the plant's zone, formatted by the workbook as `DD-MM-YYYY HH:MM:SS`.
    pub fn moment(at: Moment) -> Cell {
        Cell::Date(serial(at.naive_local()))
    }

    /// Nothing is in the cell: no value, or no such column.
    pub fn is_empty(&self) -> bool {
        matches!(self, Cell::Empty | Cell::Missing)
    }

    /// Nothing that a person would see is in the cell.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Empty | Cell::Missing => true,
            Cell::Text(text) | Cell::Error(text) => clean(text).is_empty(),
            Cell::Number(_) | Cell::Date(_) | Cell::Bool(_) => false,
        }
    }

    /// The content as a person would type it; numbers without a needless `.0`.
    ///
    /// Ids are read through this, so that an OT of `1335` is text whatever the cell's type.
    pub fn display(&self) -> String {
        match self {
            Cell::Empty | Cell::Missing => String::new(),
            Cell::Text(text) | Cell::Error(text) => text.clone(),
            Cell::Number(n) | Cell::Date(n) => n.to_string(),
            Cell::Bool(true) => "TRUE".into(),
            Cell::Bool(false) => "FALSE".into(),
        }
    }

    /// Reads a date column: `None` when free of a value, [`Unreadable`] when it holds no date.
    pub fn read_date(&self) -> Result<Option<NaiveDate>, Unreadable> {
        Ok(self.read_naive()?.map(|at| at.date()))
    }

    /// Reads a date-time column in the plant's `zone`; ISO text that names its own offset is that
    /// instant, or an hour of UTC would become one of the plant (`field-failures.md` I1).
    pub fn read_moment(&self, zone: Tz) -> Result<Option<Moment>, Unreadable> {
        if let Cell::Text(text) = self {
            let text = clean(text);
            let utc = text.strip_suffix('Z').and_then(naive_of_text).map(|at| at.and_utc().fixed_offset());
            if let Some(at) = utc.or_else(|| DateTime::parse_from_rfc3339(text).ok()) {
                return Ok(Some(at.with_timezone(&zone).fixed_offset()));
            }
        }
        Ok(self.read_naive()?.map(|at| at_plant(at, zone)))
    }

    /// Reads a TRUE/FALSE column; `VERDADERO`, `SI` and `1` are what Spanish workbooks hold.
    pub fn read_bool(&self) -> Result<Option<bool>, Unreadable> {
        match self {
            Cell::Bool(value) => Ok(Some(*value)),
            Cell::Number(n) if *n == 1.0 => Ok(Some(true)),
            Cell::Number(n) if *n == 0.0 => Ok(Some(false)),
            Cell::Text(text) => match fold(text).as_str() {
                "" => Ok(None),
                "true" | "verdadero" | "si" | "1" => Ok(Some(true)),
                "false" | "falso" | "no" | "0" => Ok(Some(false)),
                _ => Err(Unreadable),
            },
            Cell::Empty | Cell::Missing => Ok(None),
            _ => Err(Unreadable),
        }
    }

    /// Reads a whole positive number such as a worker's `Id`.
    pub fn read_id(&self) -> Result<Option<u32>, Unreadable> {
        match self {
            Cell::Number(n) | Cell::Date(n) if n.fract() == 0.0 && *n >= 0.0 && *n <= f64::from(u32::MAX) => Ok(Some(*n as u32)),
            Cell::Text(text) => match clean(text) {
                "" => Ok(None),
                digits => digits.parse().map(Some).map_err(|_| Unreadable),
            },
            Cell::Empty | Cell::Missing => Ok(None),
            _ => Err(Unreadable),
        }
    }

    /// Whether the cell holds one of the fillers that stand for "nothing" (`field-failures.md` A9):
    /// `-`, `N/A`, blanks, an apostrophe alone. A truly empty cell is not a filler.
    pub fn is_filler(&self) -> bool {
        matches!(self, Cell::Text(text) if matches!(fold(text).as_str(), "" | "-" | "n/a"))
    }

    fn read_naive(&self) -> Result<Option<NaiveDateTime>, Unreadable> {
        match self {
            Cell::Empty | Cell::Missing => Ok(None),
            Cell::Number(n) | Cell::Date(n) => from_serial(*n).map(Some).ok_or(Unreadable),
            Cell::Text(_) if self.is_filler() => Ok(None),
            Cell::Text(text) => naive_of_text(clean(text)).map(Some).ok_or(Unreadable),
            Cell::Bool(_) | Cell::Error(_) => Err(Unreadable),
        }
    }
}

/// Text without the surrounding blanks (NBSP included) and without leading apostrophes, which
/// Sheets shows before text that was forced to be text (`field-failures.md` A1).
pub fn clean(text: &str) -> &str {
    text.trim_end_matches(is_blank).trim_start_matches(|c| is_blank(c) || c == '\'')
}

/// [`clean`], lower case, without accents: for comparing words that people typed.
pub fn fold(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    clean(text).nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// A sign that is not seen and changes what is: a control character, or one that takes no place
/// (`reliability.md` 6).
pub fn is_unseen(c: char) -> bool {
    c.is_control() || takes_no_place(c)
}

/// A sign that takes no place: it turns the direction of what follows, so that a text is read as another, or
/// makes two names of what looks like one. Those that Unicode lets a reader ignore, and the anchors of
/// annotations.
pub fn takes_no_place(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// A text of which everything is seen: names and numbers that the office, or somebody else, wrote.
pub fn visible(text: &str) -> String {
    text.chars().filter(|c| !takes_no_place(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text in which what is not seen is spelt out, as `[U+202E]`: for whoever is to put it right.
pub fn spelt_out(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => shown.push(' '),
            c if is_unseen(c) => shown.push_str(&format!("[U+{:04X}]", u32::from(c))),
            c => shown.push(c),
        }
    }
    shown
}

pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')
}

/// Places a local time of the plant on the line of instants.
///
/// When clocks go back a time occurs twice: the earlier instant is taken. When they go forward
/// a time does not exist: it moves forward by the gap (`design.md` 5.9).
pub fn at_plant(local: NaiveDateTime, zone: Tz) -> Moment {
    let before_gap = |hours| Some(zone.from_local_datetime(&(local - hours)).earliest()? + hours);
    if let Some(found) = zone.from_local_datetime(&local).earliest().or_else(|| before_gap(Duration::hours(3))) {
        return found.fixed_offset();
    }
    // No zone skips more than two hours; were one to, the instant is read as UTC rather than lost.
    local.and_utc().fixed_offset()
}

/// Days since 30-12-1899, the workbook's count, to the second.
fn serial(at: NaiveDateTime) -> f64 {
    let since = at - epoch();
    since.num_seconds() as f64 / 86_400.0
}

fn from_serial(days: f64) -> Option<NaiveDateTime> {
    // 1 is 31-12-1899; 2,958,465 is 31-12-9999, the last day that a workbook can show.
    if !days.is_finite() || !(1.0..2_958_466.0).contains(&days) {
        return None;
    }
    epoch().checked_add_signed(Duration::seconds((days * 86_400.0).round() as i64))
}

fn epoch() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default().and_time(NaiveTime::MIN)
}

/// `DD-MM-YYYY`, `DD/MM/YYYY`, `YYYY-MM-DD`, each with an optional time after a blank or `T`, or
/// a bare serial number typed as text.
fn naive_of_text(text: &str) -> Option<NaiveDateTime> {
    if let Ok(days) = text.replace(',', ".").parse::<f64>() {
        return from_serial(days);
    }
    let (date, time) = match text.split_once(|c: char| c == 'T' || is_blank(c)) {
        Some((date, time)) => (date, time.trim_matches(is_blank)),
        None => (text, ""),
    };
    Some(date_of(date)?.and_time(time_of_text(time)?))
}

/// A day as people type it: `DD-MM-YYYY`, `DD/MM/YYYY` or `YYYY-MM-DD`, if it exists and a cell can show it: what was
/// written and could not be read again would close its row. A bare number is no day here: nobody types serial numbers.
pub fn date_of(text: &str) -> Option<NaiveDate> {
    let text = clean(text);
    let separator = if text.contains('/') { '/' } else { '-' };
    let parts: Vec<&str> = text.split(separator).collect();
    let [a, b, c] = parts[..] else { return None };
    let (year, month, day) = match (a.len(), c.len()) {
        (4, 1..=2) => (a, b, c),
        (1..=2, 4) => (c, b, a),
        _ => return None,
    };
    if b.is_empty() || b.len() > 2 {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(number(year)? as i32, number(month)?, number(day)?)?;
    from_serial(serial(day.and_time(NaiveTime::MIN))).map(|_| day)
}

fn time_of_text(text: &str) -> Option<NaiveTime> {
    if text.is_empty() {
        return Some(NaiveTime::MIN);
    }
    let text = text.strip_suffix('Z').unwrap_or(text);
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let parts: Vec<&str> = whole.split(':').collect();
    let (h, m, s) = match parts[..] {
        [h, m] => (h, m, "0"),
        [h, m, s] => (h, m, s),
        _ => return None,
    };
    NaiveTime::from_hms_opt(number(h)?, number(m)?, number(s)?)
}

/// Digits only: Rust's own parser would accept a sign.
fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::America::Santiago;

    fn moment(cell: Cell) -> Option<String> {
        cell.read_moment(ZONE).ok()?.map(|at| at.format("%d-%m-%Y %H:%M:%S").to_string())
    }

    #[test]
    fn a3_every_spelling_of_a_date_is_the_same_date() {
        for text in [
            "20-01-2026",
            "20/01/2026",
            "2026-01-20",
            "'20-01-2026",
            " 20-01-2026 ",
            "\u{a0}20-01-2026",
            "20-1-2026",
            "20/1/2026",
            "2026-1-20",
            "20-01-2026 00:00",
            "20-01-2026 00:00:00",
            "2026-01-20T00:00:00",
            "2026-01-20 00:00:00",
            "46042",
            "46042.0",
            "46042,5",
            "2026-01-20T13:00:00Z",
            "2026-01-20T13:00:00.123Z",
            "' 20-01-2026",
            "20/01/2026 8:05",
        ] {
            let read = Cell::text(text).read_date();
            assert_eq!(read, Ok(NaiveDate::from_ymd_opt(2026, 1, 20)), "{text:?}");
        }
        assert_eq!(Cell::Number(46042.0).read_date(), Ok(NaiveDate::from_ymd_opt(2026, 1, 20)));
        assert_eq!(Cell::Date(46042.9).read_date(), Ok(NaiveDate::from_ymd_opt(2026, 1, 20)));
    }

    #[test]
    fn a3_what_is_no_date_is_unreadable_and_never_empty() {
        for text in [
            "abc",
            "31-02-2026",
            "20-13-2026",
            "20-01-26",
            "20-01",
            "+1-01-2026",
            // A field for a date where somebody typed 26 for the year; before the workbook's first day.
            "0026-01-20",
            "30-12-1899",
            "20-01-2026 25:00",
            "20.01.2026",
            "20-01-2026 x",
        ] {
            assert_eq!(Cell::text(text).read_date(), Err(Unreadable), "{text:?}");
        }
        assert_eq!(Cell::Bool(true).read_date(), Err(Unreadable));
        assert_eq!(Cell::Error("#REF!".into()).read_date(), Err(Unreadable));
        assert_eq!(Cell::Number(f64::NAN).read_date(), Err(Unreadable));
        assert_eq!(Cell::Number(-3.0).read_date(), Err(Unreadable));
    }

    #[test]
    fn a6_a_serial_float_in_a_date_cell_is_a_date() {
        assert_eq!(moment(Cell::Number(46155.48180555556)).as_deref(), Some("13-05-2026 11:33:48"));
    }

    #[test]
    fn a4_a_date_time_survives_writing_and_reading_to_the_second() {
        let at = at_plant(NaiveDate::from_ymd_opt(2026, 5, 13).unwrap().and_hms_opt(11, 33, 48).unwrap(), ZONE);
        assert_eq!(Cell::moment(at).read_moment(ZONE), Ok(Some(at)));
    }

    #[test]
    fn a9_fillers_are_nothing_and_say_so() {
        for text in ["-", " - ", "N/A", "n/a", "  ", "'", "\u{a0}"] {
            let cell = Cell::Text(text.into());
            assert!(cell.is_filler(), "{text:?}");
            assert_eq!(cell.read_date(), Ok(None), "{text:?}");
        }
        assert!(!Cell::Empty.is_filler());
        assert!(!Cell::text("x").is_filler());
    }

    #[test]
    fn a2_the_repeated_hour_is_the_earlier_and_the_skipped_one_moves_forward() {
        // tz database, America/Santiago: back at 24:00 of 04-04-2026, forward at 24:00 of 05-09-2026.
        let repeated = NaiveDate::from_ymd_opt(2026, 4, 4).unwrap().and_hms_opt(23, 30, 0).unwrap();
        assert_eq!(at_plant(repeated, ZONE).to_rfc3339(), "2026-04-04T23:30:00-03:00");
        let skipped = NaiveDate::from_ymd_opt(2026, 9, 6).unwrap().and_hms_opt(0, 30, 0).unwrap();
        assert_eq!(at_plant(skipped, ZONE).to_rfc3339(), "2026-09-06T01:30:00-03:00");
    }

    #[test]
    fn a7_ids_read_as_text_even_when_they_look_numeric() {
        assert_eq!(Cell::Number(1335.0).display(), "1335");
        assert_eq!(Cell::Number(0.5).display(), "0.5");
        assert_eq!(Cell::Number(93.0).read_id(), Ok(Some(93)));
        assert_eq!(Cell::text("93").read_id(), Ok(Some(93)));
        assert_eq!(Cell::Number(9.5).read_id(), Err(Unreadable));
    }

    #[test]
    fn booleans_are_read_in_both_languages() {
        assert_eq!(Cell::Bool(true).read_bool(), Ok(Some(true)));
        assert_eq!(Cell::text("VERDADERO").read_bool(), Ok(Some(true)));
        assert_eq!(Cell::text("Sí").read_bool(), Ok(Some(true)));
        assert_eq!(Cell::text("FALSE").read_bool(), Ok(Some(false)));
        assert_eq!(Cell::Empty.read_bool(), Ok(None));
        assert_eq!(Cell::text("quizás").read_bool(), Err(Unreadable));
    }

    #[test]
    fn a11_no_value_zero_and_no_column_are_three_things() {
        assert_ne!(Cell::Empty, Cell::Number(0.0));
        assert_ne!(Cell::Empty, Cell::Missing);
        assert_eq!(Cell::Number(7.0), Cell::Date(7.0));
    }
}
