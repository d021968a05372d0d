//! What is wrong with a row, for the people who can put it right in the workbook.

use crate::domain::cell::spelt_out;
use crate::domain::problem::Kind;
use crate::domain::{Cell, Column, Problem};

/// A problem as one sentence that begins with the column, so that it reads well by itself and
/// after "Por corregir:".
pub fn problem(problem: &Problem) -> String {
    let (column, what) = (problem.column.header(), problem_kind(problem.kind));
    match value(problem.column, problem.value.trim()).as_str() {
        "" => format!("{column} {what}."),
        value => format!("{column} («{}») {what}.", super::echo(value)),
    }
}

/// What a cell holds as the office sees it: in a date column a day, and not the number that the
/// workbook keeps; what nobody sees is spelt out.
pub fn value(column: Column, value: &str) -> String {
    let is_number = column.date_format().is_some() && value.parse::<f64>().is_ok();
    match Cell::text(value).read_moment(chrono_tz::UTC) {
        Ok(Some(at)) if is_number && column == Column::OccupiedSince => super::moment(at),
        Ok(Some(at)) if is_number => super::day(at.date_naive()),
        _ => spelt_out(value),
    }
}

/// A kind of problem, as the rest of a sentence that begins with the column's name.
pub fn problem_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::NoColumn => "falta en la fila de encabezados de la planilla",
        Kind::BadTag => "no es un TAG",
        Kind::NotADate => "no es una fecha",
        Kind::NotAWorker => "no es un trabajador con la forma INICIALES(ID)",
        Kind::NotText => "tiene una fórmula que falla",
        Kind::Formula => "tiene una fórmula donde escribe la aplicación",
        Kind::Filler => "tiene un relleno en vez de estar vacía",
        Kind::UnknownName => "nombra a alguien que no está en Trabajadores, o a más de uno",
        Kind::DateWithoutWorker => "está vacía aunque la operación tiene fecha",
        Kind::WeldedBeforeFitted => "tiene fecha aunque el armado no la tiene",
        Kind::InspectedBeforeWelded => "tiene fecha aunque la soldadura no la tiene",
        Kind::ApprovalDateAgainstText => "tiene fecha de aprobación, pero Estado_Detalle dice otra cosa",
        Kind::ApprovedWithoutDate => "dice aprobado, pero falta la fecha de metrología",
        Kind::RepairBeforeWelded => "habla de rechazo o reparación, pero el carrete no está soldado",
        Kind::RepairWithoutOccupant => "dice que está en reparación, pero nadie lo ocupa",
        Kind::OccupiedWithoutSince => "está vacía aunque el carrete está ocupado",
        Kind::SinceWithoutOccupant => "tiene fecha aunque nadie ocupa el carrete",
        Kind::OccupiedWithoutOperation => "ocupa el carrete sin ninguna operación en curso",
        Kind::OccupiedAndDone => "ocupa un carrete que ya está armado y soldado",
        Kind::TwoOperationsOpen => "está abierta a la vez que el armado",
    }
}
