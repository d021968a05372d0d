//! What is wrong with a row, for the people who can put it right in the workbook.

use crate::domain::Problem;
use crate::domain::problem::Kind;

/// A problem as one sentence: the column, what stands there, and what is wrong with it.
pub fn problem(problem: &Problem) -> String {
    let column = problem.column.header();
    let what = problem_kind(problem.kind);
    match problem.value.trim() {
        "" => format!("en {column}, {what}."),
        value => format!("en {column} («{}»), {what}.", super::echo(value)),
    }
}

/// A kind of problem, as the end of a sentence that began with the column.
pub fn problem_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::BadTag => "el TAG falta o no se puede leer",
        Kind::NotADate => "lo escrito no es una fecha",
        Kind::NotAWorker => "lo escrito no es un trabajador",
        Kind::NotText => "hay un error de fórmula",
        Kind::Formula => "hay una fórmula donde la aplicación tiene que escribir",
        Kind::Filler => "hay un relleno que cuenta como vacío",
        Kind::UnknownName => "el nombre no corresponde a ningún trabajador de la lista",
        Kind::DateWithoutWorker => "hay fecha de término pero falta quién lo hizo",
        Kind::WeldedBeforeFitted => "hay fecha de soldadura sin fecha de armado",
        Kind::InspectedBeforeWelded => "hay fecha de metrología sin fecha de soldadura",
        Kind::ApprovalDateAgainstText => "hay fecha de aprobación y el estado dice otra cosa",
        Kind::ApprovedWithoutDate => "el estado dice aprobado y falta la fecha de metrología",
        Kind::RepairBeforeWelded => "el estado habla de reparación y la soldadura no está completa",
        Kind::RepairWithoutOccupant => "el estado dice en reparación y nadie tiene el carrete",
        Kind::OccupiedWithoutSince => "el carrete está ocupado y no se sabe desde cuándo",
        Kind::SinceWithoutOccupant => "hay fecha de ocupación y nadie tiene el carrete",
        Kind::OccupiedWithoutOperation => "el carrete está ocupado sin ninguna operación en curso",
        Kind::OccupiedAndDone => "el carrete está ocupado y ya está soldado",
        Kind::TwoOperationsOpen => "hay dos operaciones abiertas a la vez",
    }
}
