//! Why everybody may look and nobody may register, for the banner of every screen.

use super::catalogue::{say, text};
use crate::domain::Column;

/// What stands in the way of every action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Columns without which nothing may be written.
    Columns(Vec<Column>),
    /// The record takes no change; why, if that can be said to anybody.
    Workbook(Option<String>),
    /// It cannot be found out who holds what.
    Locks,
}

/// The sentence: what is wrong, and what to do about it.
pub fn obstacle(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Columns(columns) => {
            let names = columns.iter().map(|column| column.header()).collect::<Vec<_>>().join(", ");
            say("obstacle-columns").count("count", columns.len()).with("headers", names).into()
        }
        Obstacle::Workbook(Some(why)) => say("obstacle-workbook-why").with("why", why).into(),
        Obstacle::Workbook(None) => text("obstacle-workbook").into(),
        Obstacle::Locks => text("obstacle-locks").into(),
    }
}

/// How old the data are that are shown; nothing as long as they are fresh.
pub fn age(seconds: i64) -> Option<String> {
    let minutes = seconds / 60;
    match (minutes / 60, minutes) {
        (_, 0) => None,
        (0, minutes) => Some(say("data-age-minutes").count("count", minutes).into()),
        (hours, minutes) => Some(say("data-age-hours").count("hours", hours).count("minutes", minutes % 60).into()),
    }
}

/// A sentence that begins with a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g13_every_obstacle_says_what_is_wrong_and_what_to_do() {
        let columns = obstacle(&Obstacle::Columns(vec![Column::OccupiedBy, Column::Tag]));
        assert!(columns.contains("los encabezados Ocupado_Por, TAG_SPOOL") && columns.contains("Avisa a la oficina"));
        for other in [Obstacle::Locks, Obstacle::Workbook(None), Obstacle::Workbook(Some("conectando con la planilla".into()))] {
            let said = obstacle(&other);
            assert!(said.starts_with("Ahora se puede mirar, no registrar: ") && said.contains("Avisa a tu supervisor"), "{said}");
        }
        assert_eq!(capital("ábrela"), "Ábrela");
    }

    #[test]
    fn c5_data_are_fresh_for_a_minute_and_then_their_age_is_said() {
        assert_eq!(age(59), None);
        assert_eq!(age(119).as_deref(), Some("Los datos son de hace 1 minuto."));
        assert_eq!(age(600).as_deref(), Some("Los datos son de hace 10 minutos."));
        assert_eq!(age(3_900).as_deref(), Some("Los datos son de hace 1 h 5 min."));
    }
}
