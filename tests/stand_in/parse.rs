//! USER_ENTERED: what Google makes of a text as if a person had typed it.
//! Document: <https://developers.google.com/workspace/sheets/api/reference/rest/v4/ValueInputOption>.

use super::format::{decimal_comma, serial};
use super::formula;
use super::grid::{Cell, NumberFormat, Sheet, Value};
use chrono::{NaiveDate, NaiveTime};
use std::sync::Arc;

/// Puts a typed text into a cell: a formula, a number, a date, TRUE or FALSE, or text.
pub(crate) fn enter(sheet: &mut Sheet, row: usize, column: usize, typed: &str, locale: &str) {
    let as_text = sheet.cell(row, column).format.as_ref().is_some_and(|format| format.kind == "TEXT");
    if !as_text && typed.len() > 1 && typed.starts_with('=') {
        let result = formula::evaluate(sheet, typed, (row, column), locale);
        let cell = sheet.cell_mut(row, column);
        cell.put(result);
        cell.rare().formula = Some(typed.to_owned());
        return;
    }
    let cell = sheet.cell_mut(row, column);
    match typed.strip_prefix('\'') {
        Some(text) => cell.put(Some(Value::Text(text.to_owned()))),
        None if as_text => cell.put(Some(Value::Text(typed.to_owned()))),
        None => {
            let (value, format) = understood(typed, locale);
            cell.put(Some(value));
            take_format(cell, format);
        }
    }
}

/// A typed date brings its format along, unless the cell already shows dates its own way.
fn take_format(cell: &mut Cell, format: Option<NumberFormat>) {
    let Some(format) = format else { return };
    if cell.format.as_ref().is_none_or(|old| old.is_date() != format.is_date()) {
        cell.format = Some(Arc::new(format));
    }
}

fn understood(typed: &str, locale: &str) -> (Value, Option<NumberFormat>) {
    let text = typed.trim();
    let upper = text.to_uppercase();
    if upper == "TRUE" || (upper == "VERDADERO" && locale.starts_with("es")) {
        return (Value::Bool(true), None);
    }
    if upper == "FALSE" || (upper == "FALSO" && locale.starts_with("es")) {
        return (Value::Bool(false), None);
    }
    if let Some(number) = number(text, locale) {
        return (Value::Number(number), None);
    }
    if let Some(number) = text.strip_suffix('%').and_then(|text| number(text.trim(), locale)) {
        let pattern = if number.fract() == 0.0 { "0%" } else { "0.00%" };
        return (Value::Number(number / 100.0), Some(NumberFormat::new("PERCENT", pattern)));
    }
    match moment(text, locale) {
        Some((number, format)) => (Value::Number(number), Some(format)),
        None => (Value::Text(typed.to_owned()), None),
    }
}

/// A number as this locale writes it.
pub(crate) fn number(text: &str, locale: &str) -> Option<f64> {
    if text.is_empty() || text.chars().any(|c| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-' | '+' | 'E' | 'e')) {
        return None;
    }
    let (thousand, point) = if decimal_comma(locale) { ('.', ',') } else { (',', '.') };
    let (whole, fraction) = text.split_once(point).map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let groups: Vec<&str> = whole.trim_start_matches(['-', '+']).split(thousand).collect();
    let grouped = groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    if !grouped || fraction.is_some_and(|fraction| fraction.contains([thousand, point])) {
        return None;
    }
    let plain = format!("{}.{}", whole.replace(thousand, ""), fraction.unwrap_or("0"));
    let plain = if whole.contains(['e', 'E']) { whole.to_owned() } else { plain };
    plain.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A day, a time, or both.
fn moment(text: &str, locale: &str) -> Option<(f64, NumberFormat)> {
    let (day, time) = text.split_once([' ', 'T']).map_or((text, None), |(day, time)| (day, Some(time.trim())));
    if time.is_none() && text.contains(':') {
        let (part, pattern) = clock(text)?;
        return Some((part, NumberFormat::new("TIME", pattern)));
    }
    let (date, pattern) = date(day, locale)?;
    let whole = serial(date.and_time(NaiveTime::MIN));
    match time {
        None => Some((whole, NumberFormat::new("DATE", &pattern))),
        Some(time) => {
            let (part, clock) = clock(time)?;
            Some((whole + part, NumberFormat::new("DATE_TIME", &format!("{pattern} {clock}"))))
        }
    }
}

fn clock(text: &str) -> Option<(f64, &'static str)> {
    let parts: Vec<u32> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (hour, minute, second, pattern) = match parts[..] {
        [hour, minute] => (hour, minute, 0, "h:mm"),
        [hour, minute, second] => (hour, minute, second, "h:mm:ss"),
        _ => return None,
    };
    let time = NaiveTime::from_hms_opt(hour, minute, second)?;
    Some((f64::from(time.signed_duration_since(NaiveTime::MIN).num_seconds() as i32) / 86_400.0, pattern))
}

/// Year first everywhere; else month first in the United States and day first elsewhere. The cell
/// goes on showing the date the way it was typed (`test_get_all_values_date_time_render_options`).
fn date(text: &str, locale: &str) -> Option<(NaiveDate, String)> {
    let mark = ['-', '/', '.'].into_iter().find(|mark| text.contains(*mark))?;
    let parts: Vec<&str> = text.split(mark).collect();
    let [a, b, c] = parts[..] else { return None };
    if parts.iter().any(|part| part.is_empty() || part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let digits = |part: &str, letter: &str| letter.repeat(part.len().min(2));
    let (year, month, day, pattern) = if a.len() == 4 {
        (a, b, c, format!("yyyy{mark}{}{mark}{}", digits(b, "m"), digits(c, "d")))
    } else if locale == "en_US" {
        (c, a, b, format!("{}{mark}{}{mark}{}", digits(a, "m"), digits(b, "d"), "y".repeat(c.len())))
    } else {
        (c, b, a, format!("{}{mark}{}{mark}{}", digits(a, "d"), digits(b, "m"), "y".repeat(c.len())))
    };
    let year = match (year.len(), year.parse::<i32>().ok()?) {
        (2, year) => {
            if year < 30 {
                2000 + year
            } else {
                1900 + year
            }
        }
        (4, year) => year,
        _ => return None,
    };
    Some((NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)?, pattern))
}
