//! How a cell looks: a number in its format, in the workbook's locale.
//! Document: <https://developers.google.com/workspace/sheets/api/guides/formats>.

use super::grid::{Cell, NumberFormat, Value};
use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, Timelike};

/// Whether numbers are written with a decimal comma here.
pub(crate) fn decimal_comma(locale: &str) -> bool {
    !["en_", "ja_", "zh_", "ko_", "he_", "th_", "es_MX", "es_PE"].iter().any(|start| locale.starts_with(start))
}

/// The instant of a serial: days since 30 December 1899.
/// Document: reference of `DateTimeRenderOption`.
pub(crate) fn instant(serial: f64) -> Option<NaiveDateTime> {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?;
    epoch.checked_add_signed(Duration::try_seconds((serial * 86_400.0).round() as i64)?)
}

/// The serial of an instant.
pub(crate) fn serial(instant: NaiveDateTime) -> f64 {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).and_then(|day| day.and_hms_opt(0, 0, 0)).unwrap_or_default();
    (instant - epoch).num_seconds() as f64 / 86_400.0
}

/// What the cell shows; an empty one shows nothing.
pub(crate) fn shown(cell: &Cell, locale: &str) -> String {
    match &cell.value {
        None => String::new(),
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Error(name)) => name.clone(),
        Some(Value::Bool(value)) => truth(*value, locale).to_owned(),
        Some(Value::Number(number)) => match &cell.format {
            Some(format) => number_in(*number, format, locale),
            None => general(*number, locale),
        },
    }
}

/// TRUE and FALSE in the workbook's language.
pub(crate) fn truth(value: bool, locale: &str) -> &'static str {
    match (value, locale.starts_with("es")) {
        (true, true) => "VERDADERO",
        (false, true) => "FALSO",
        (true, false) => "TRUE",
        (false, false) => "FALSE",
    }
}

fn number_in(number: f64, format: &NumberFormat, locale: &str) -> String {
    let pattern = match (format.kind.as_str(), format.pattern.as_str()) {
        ("TEXT", _) => return general(number, locale),
        ("DATE", "") => usual_date(locale),
        ("DATE_TIME", "") => return dated(number, &format!("{} h:mm:ss", usual_date(locale))).unwrap_or_default(),
        ("TIME", "") => "h:mm:ss",
        ("PERCENT", "") => "0.00%",
        ("NUMBER", "") => "#,##0.00",
        (_, "") => return general(number, locale),
        (_, pattern) => pattern,
    };
    if format.is_date() {
        return dated(number, pattern).unwrap_or_else(|| general(number, locale));
    }
    with_pattern(number, pattern, locale)
}

/// How this locale writes a day.
pub(crate) fn usual_date(locale: &str) -> &'static str {
    match locale {
        "en_US" => "M/d/yyyy",
        "es_CL" => "dd-MM-yyyy",
        _ => "dd/MM/yyyy",
    }
}

fn general(number: f64, locale: &str) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let whole = number.abs().log10().floor().max(0.0) as usize + 1;
    let text = format!("{number:.*}", 10_usize.saturating_sub(whole));
    let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
    if decimal_comma(locale) { text.replace('.', ",") } else { text }
}

fn with_pattern(number: f64, pattern: &str, locale: &str) -> String {
    if pattern == "@" || !pattern.contains(['0', '#']) {
        return general(number, locale);
    }
    let percent = pattern.contains('%');
    let places = pattern.split_once('.').map_or(0, |(_, end)| end.chars().filter(|c| matches!(c, '0' | '#')).count());
    let number = if percent { number * 100.0 } else { number };
    let text = format!("{:.places$}", number.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), ""), |(whole, fraction)| (whole, fraction));
    let (thousand, point) = if decimal_comma(locale) { ('.', ',') } else { (',', '.') };
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if pattern.contains(',') && index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(thousand);
        }
        grouped.push(digit);
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let end = if fraction.is_empty() { String::new() } else { format!("{point}{fraction}") };
    format!("{sign}{grouped}{end}{}", if percent { "%" } else { "" })
}

/// A date pattern: runs of `y M d h m s`, where `m` is minutes beside hours or seconds.
fn dated(number: f64, pattern: &str) -> Option<String> {
    let at = instant(number)?;
    let half = pattern.to_lowercase().contains("am/pm");
    let letters: Vec<char> = pattern.chars().collect();
    let (mut text, mut place, mut clock) = (String::new(), 0, false);
    while place < letters.len() {
        let letter = letters[place].to_ascii_lowercase();
        let length = letters[place..].iter().take_while(|other| other.to_ascii_lowercase() == letter).count();
        let seconds_follow =
            letters[place + length..].iter().find(|c| c.is_ascii_alphabetic()).is_some_and(|c| *c == 's' || *c == 'S');
        let hour = if half { (at.hour() + 11) % 12 + 1 } else { at.hour() };
        match letter {
            'y' if length > 2 => text += &format!("{:04}", at.year()),
            'y' => text += &format!("{:02}", at.year().rem_euclid(100)),
            'd' => text += &padded(at.day(), length),
            'h' => text += &padded(hour, length),
            's' => text += &padded(at.second(), length),
            'm' if clock || seconds_follow => text += &padded(at.minute(), length),
            'm' => text += &padded(at.month(), length),
            'a' if half => {
                text += if at.hour() < 12 { "AM" } else { "PM" };
                place += 5;
                continue;
            }
            _ => text.extend(&letters[place..place + length]),
        }
        if letter.is_ascii_alphabetic() {
            clock = letter == 'h';
        }
        place += length;
    }
    Some(text)
}

fn padded(number: u32, length: usize) -> String {
    format!("{number:0width$}", width = length.min(2))
}
