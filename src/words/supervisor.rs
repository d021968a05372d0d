//! Words of the supervisor's page: what may be done, why, and what then becomes of whom.

use super::operation;
use crate::domain::problem::Kind;
use crate::domain::{Inspection, Mend, Remedy, Spool};
use std::time::Duration;

/// An act as a button says it.
pub fn act(what: &Mend) -> String {
    match what {
        Mend::Release => "Liberar".into(),
        Mend::Reopen(of) => format!("Reabrir {}", operation(*of)),
        Mend::Unblock => "Desbloquear".into(),
        Mend::Correct(Remedy::Empty(column), _) => format!("Vaciar {}", column.header()),
        Mend::Correct(Remedy::Name(column), Some(worker)) => format!("Anotar a {} en {}", worker.full_name(), column.header()),
        Mend::Correct(Remedy::Name(column), None) => format!("Anotar a alguien en {}", column.header()),
        Mend::Correct(Remedy::Begin, _) => "Anotar al ocupante como quien empezó".into(),
        Mend::Correct(Remedy::Since, _) => "Anotar desde cuándo".into(),
        Mend::Correct(Remedy::Retell, _) => "Corregir el texto del estado".into(),
    }
}

/// What the act means for the person or the spool; nothing where the cells say it all.
pub fn outcome(what: &Mend, spool: &Spool) -> Option<String> {
    match what {
        Mend::Release => {
            let holder = &spool.occupation.as_ref()?.name;
            Some(format!(
                "Lo tiene {holder}. Su tableta se lo dice enseguida, con tu nombre y el motivo; el trabajo queda a medias."
            ))
        }
        Mend::Reopen(of) => Some(format!("{} queda sin terminar y el carrete se puede tomar otra vez.", operation(*of))),
        Mend::Unblock if spool.inspection == Some(Inspection::Blocked) => {
            Some("Se puede reparar una vez más; otro rechazo lo bloquea de nuevo.".into())
        }
        Mend::Unblock | Mend::Correct(..) => None,
    }
}

/// Reasons to choose from.
pub fn reasons(what: &Mend) -> &'static [&'static str] {
    match what {
        Mend::Release => &["fin de turno", "se fue sin pausar", "lo tomó por error", "lo sigue otra persona"],
        Mend::Reopen(_) => &["se completó por error", "falta trabajo", "era otro carrete"],
        Mend::Unblock => &["autorizado por ingeniería", "autorizado por calidad"],
        Mend::Correct(..) => &["quedó a medias", "error al escribir en la planilla"],
    }
}

/// A kind of problem as a heading.
pub fn problem_title(kind: Kind) -> &'static str {
    match kind {
        Kind::NoColumn => "Falta una columna",
        Kind::BadTag => "TAG que no se puede leer",
        Kind::NotADate => "Fecha que no se puede leer",
        Kind::NotAWorker => "Trabajador que no se puede leer",
        Kind::NotText => "Fórmula que falla",
        Kind::Formula => "Fórmula donde escribe la aplicación",
        Kind::Filler => "Relleno en vez de una celda vacía",
        Kind::UnknownName => "Nombre que no está en Trabajadores",
        Kind::DateWithoutWorker => "Fecha sin trabajador",
        Kind::WeldedBeforeFitted => "Soldado antes que armado",
        Kind::InspectedBeforeWelded => "Metrología antes que soldadura",
        Kind::ApprovalDateAgainstText => "Fecha de aprobación contra el texto",
        Kind::ApprovedWithoutDate => "Aprobado sin fecha",
        Kind::RepairBeforeWelded => "Reparación antes que soldadura",
        Kind::RepairWithoutOccupant => "En reparación sin ocupante",
        Kind::OccupiedWithoutSince => "Ocupado sin hora",
        Kind::SinceWithoutOccupant => "Hora sin ocupante",
        Kind::OccupiedWithoutOperation => "Ocupado sin operación (a medias)",
        Kind::OccupiedAndDone => "Ocupado y ya terminado",
        Kind::TwoOperationsOpen => "Dos operaciones abiertas",
    }
}

/// How long something took.
pub fn millis(took: Duration) -> String {
    match took.as_millis() {
        0 => "menos de 1 ms".into(),
        millis => format!("{millis} ms"),
    }
}

/// A share as the plant writes it: `12,5 %`.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0).replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_written_with_a_comma() {
        assert_eq!([percent(0.0), percent(0.125), percent(1.0)], ["0,0 %", "12,5 %", "100,0 %"]);
    }
}
