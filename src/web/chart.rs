//! Pictures of counts, drawn on the server: the geometry of a chart in per cent of its room, so that
//! it fits any width and its letters grow with the reader's. The drawing is in `_chart.html`.

use crate::domain::finished::Counts;
use std::fmt;

/// Where the bars stand, in per cent of the height: above are the numbers, below the names.
const FLOOR: f64 = 86.0;

/// The highest bar.
const HIGHEST: f64 = 72.0;

/// How much of its share of the width a bar takes.
const WIDE: f64 = 0.72;

/// A length as SVG writes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}%", self.0)
    }
}

/// One coloured part of a bar.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// Which of the kinds that the legend names.
    pub(super) kind: usize,
    /// Where it begins: from above in an upright bar, from the left in a lying one.
    pub(super) from: Percent,
    /// How far it reaches.
    pub(super) length: Percent,
}

/// One upright bar.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bar {
    /// What stands below it.
    pub(super) label: String,
    /// Its whole name, for the table.
    pub(super) name: String,
    pub(super) counts: Counts,
    pub(super) total: usize,
    pub(super) x: Percent,
    pub(super) width: Percent,
    pub(super) middle: Percent,
    /// Where its number stands.
    pub(super) above: Percent,
    pub(super) pieces: Vec<Piece>,
}

/// Upright bars side by side, each of up to four kinds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bars {
    pub(super) bars: Vec<Bar>,
    pub(super) total: usize,
}

impl Bars {
    /// The bars for these columns: label, whole name, counts.
    pub(super) fn of(columns: Vec<(String, String, Counts)>) -> Bars {
        let sum = |counts: &Counts| counts.iter().sum::<usize>();
        let most = columns.iter().map(|(.., counts)| sum(counts)).max().unwrap_or(0).max(1);
        let share = 100.0 / columns.len().max(1) as f64;
        let bar = |(place, (label, name, counts)): (usize, (String, String, Counts))| {
            let mut top = FLOOR;
            let mut pieces = Vec::new();
            for (kind, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let length = HIGHEST * *count as f64 / most as f64;
                top -= length;
                pieces.push(Piece { kind, from: Percent(top), length: Percent(length) });
            }
            let x = share * (place as f64 + (1.0 - WIDE) / 2.0);
            Bar {
                label,
                name,
                total: sum(&counts),
                counts,
                x: Percent(x),
                width: Percent(share * WIDE),
                middle: Percent(share * (place as f64 + 0.5)),
                above: Percent(top - 2.0),
                pieces,
            }
        };
        let bars: Vec<Bar> = columns.into_iter().enumerate().map(bar).collect();
        Bars { total: bars.iter().map(|bar| bar.total).sum(), bars }
    }
}

/// One lying bar, divided by the shares of its kinds; empty when there is nothing.
pub(super) fn shares(counts: &[usize]) -> Vec<Piece> {
    let total: usize = counts.iter().sum();
    let mut from = 0.0;
    let mut pieces = Vec::new();
    for (kind, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let length = 100.0 * *count as f64 / total as f64;
        pieces.push(Piece { kind, from: Percent(from), length: Percent(length) });
        from += length;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(label: &str, counts: Counts) -> (String, String, Counts) {
        (label.into(), label.into(), counts)
    }

    #[test]
    fn the_highest_bar_takes_the_room_there_is_and_all_stand_on_one_floor() {
        let chart = Bars::of(vec![column("a", [3, 0, 1, 0]), column("b", [0, 2, 0, 0]), column("c", [0; 4])]);
        assert_eq!(chart.total, 6);
        let lengths = |bar: &Bar| bar.pieces.iter().map(|piece| (piece.kind, piece.length.0.round())).collect::<Vec<_>>();
        assert_eq!(lengths(&chart.bars[0]), [(0, 54.0), (2, 18.0)]);
        assert_eq!(lengths(&chart.bars[1]), [(1, 36.0)]);
        assert!(chart.bars[2].pieces.is_empty() && chart.bars[2].total == 0);
        for bar in &chart.bars {
            let floor = bar.pieces.first().map_or(FLOOR, |piece| piece.from.0 + piece.length.0);
            assert!((floor - FLOOR).abs() < 1e-9, "{bar:?}");
            assert!(bar.above.0 > 0.0 && bar.x.0 + bar.width.0 <= 100.0, "{bar:?}");
        }
        assert!(chart.bars.windows(2).all(|two| two[0].x.0 + two[0].width.0 < two[1].x.0), "side by side");
    }

    #[test]
    fn nothing_at_all_is_drawn_without_dividing_by_it() {
        assert_eq!(Bars::of(vec![]), Bars { bars: vec![], total: 0 });
        let empty = Bars::of(vec![column("a", [0; 4])]);
        assert!(empty.bars[0].pieces.is_empty() && empty.bars[0].above.to_string() == "84.00%");
        assert_eq!(shares(&[0, 0]), []);
    }

    #[test]
    fn shares_fill_the_whole_bar_one_after_the_other() {
        let pieces = shares(&[1, 0, 2, 1]);
        let found: Vec<(usize, String, String)> =
            pieces.iter().map(|piece| (piece.kind, piece.from.to_string(), piece.length.to_string())).collect();
        let expected = [(0, "0.00%", "25.00%"), (2, "25.00%", "50.00%"), (3, "75.00%", "25.00%")];
        assert_eq!(found, expected.map(|(kind, from, length)| (kind, from.to_owned(), length.to_owned())));
    }
}
