//! A very small calculator: arithmetic, references, SUM and COUNTIF (SUMA, CONTAR.SI).
//!
//! A result is computed once, when the formula is entered; references do not move with rows. The
//! plant's formulas matter here only because they must survive, not for what they compute.

use super::grid::{Sheet, Value};
use super::parse::number;

/// The value of a formula, or the error it shows.
pub(crate) fn evaluate(sheet: &Sheet, source: &str, at: (usize, usize), locale: &str) -> Option<Value> {
    let mut reader = Reader { sheet, letters: source[1..].chars().filter(|c| *c != ' ').collect(), place: 0, at, locale };
    let value = reader.sum();
    Some(match value {
        Ok(value) if reader.place == reader.letters.len() => value,
        Ok(_) => Value::Error("#ERROR!".into()),
        Err(error) => Value::Error(error.into()),
    })
}

struct Reader<'a> {
    sheet: &'a Sheet,
    letters: Vec<char>,
    place: usize,
    at: (usize, usize),
    locale: &'a str,
}

type Part = Result<Value, &'static str>;

fn as_number(value: &Value) -> Result<f64, &'static str> {
    match value {
        Value::Number(number) => Ok(*number),
        Value::Bool(value) => Ok(f64::from(u8::from(*value))),
        Value::Text(text) if text.is_empty() => Ok(0.0),
        Value::Text(text) => text.parse().map_err(|_| "#VALUE!"),
        Value::Error(_) => Err("#VALUE!"),
    }
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.place).copied()
    }

    fn takes(&mut self, letter: char) -> bool {
        let found = self.peek() == Some(letter);
        self.place += usize::from(found);
        found
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let start = self.place;
        while self.peek().is_some_and(&belongs) {
            self.place += 1;
        }
        self.letters[start..self.place].iter().collect()
    }

    fn sum(&mut self) -> Part {
        let mut value = self.product()?;
        loop {
            let sign = if self.takes('+') {
                1.0
            } else if self.takes('-') {
                -1.0
            } else {
                return Ok(value);
            };
            value = Value::Number(as_number(&value)? + sign * as_number(&self.product()?)?);
        }
    }

    fn product(&mut self) -> Part {
        let mut value = self.part()?;
        loop {
            if self.takes('*') {
                value = Value::Number(as_number(&value)? * as_number(&self.part()?)?);
            } else if self.takes('/') {
                let divisor = as_number(&self.part()?)?;
                if divisor == 0.0 {
                    return Err("#DIV/0!");
                }
                value = Value::Number(as_number(&value)? / divisor);
            } else {
                return Ok(value);
            }
        }
    }

    fn part(&mut self) -> Part {
        if self.takes('-') {
            return Ok(Value::Number(-as_number(&self.part()?)?));
        }
        if self.takes('(') {
            let value = self.sum()?;
            return if self.takes(')') { Ok(value) } else { Err("#ERROR!") };
        }
        if self.takes('"') {
            let text = self.word(|c| c != '"');
            return if self.takes('"') { Ok(Value::Text(text)) } else { Err("#ERROR!") };
        }
        if self.peek().is_some_and(|c| c.is_ascii_digit()) {
            let text = self.word(|c| c.is_ascii_digit() || c == '.' || c == ',');
            return number(&text, self.locale).or_else(|| text.parse().ok()).map(Value::Number).ok_or("#ERROR!");
        }
        let name = self.word(|c| c.is_ascii_alphanumeric() || matches!(c, '$' | '.' | ':')).to_uppercase();
        if self.takes('(') {
            return self.call(&name);
        }
        self.cells(&name)?.into_iter().next().ok_or("#NAME?")
    }

    fn call(&mut self, name: &str) -> Part {
        let range = self.word(|c| c.is_ascii_alphanumeric() || matches!(c, '$' | ':')).to_uppercase();
        let cells = self.cells(&range)?;
        let value = match name {
            "SUM" | "SUMA" => cells.iter().filter_map(|value| as_number(value).ok()).sum(),
            "COUNTIF" | "CONTAR.SI" => {
                if !self.takes(',') && !self.takes(';') {
                    return Err("#ERROR!");
                }
                let wanted = self.sum()?;
                cells.iter().filter(|value| **value == wanted).count() as f64
            }
            _ => return Err("#NAME?"),
        };
        if self.takes(')') { Ok(Value::Number(value)) } else { Err("#ERROR!") }
    }

    /// The values of `B7`, `B2:B9` or `B:B`; the formula's own cell would be a circle.
    fn cells(&self, name: &str) -> Result<Vec<Value>, &'static str> {
        let name = name.replace('$', "");
        let corner = |text: &str| -> Option<(usize, Option<usize>)> {
            let split = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
            let (letters, digits) = text.split_at(split);
            let column = letters.bytes().fold(0, |sum, letter| sum * 26 + usize::from(letter - b'A') + 1).checked_sub(1)?;
            let row = if digits.is_empty() { None } else { Some(digits.parse::<usize>().ok()?.checked_sub(1)?) };
            (letters.len() <= 3).then_some((column, row))
        };
        let (first, last) = name.split_once(':').unwrap_or((&name, &name));
        let ((left, top), (right, bottom)) = (corner(first).ok_or("#NAME?")?, corner(last).ok_or("#NAME?")?);
        let (top, bottom) = (top.unwrap_or(0), bottom.map_or(self.sheet.row_count, |row| row + 1));
        if top >= self.sheet.row_count || right >= self.sheet.column_count {
            return Err("#REF!");
        }
        if (top..bottom).contains(&self.at.0) && (left..=right).contains(&self.at.1) {
            return Err("#REF!");
        }
        let places = (top..bottom.min(self.sheet.row_count)).flat_map(|row| (left..=right).map(move |column| (row, column)));
        Ok(places.map(|(row, column)| self.sheet.cell(row, column).value.clone().unwrap_or(Value::Text(String::new()))).collect())
    }
}
