//! What is wrong with a cell, in words for the office.

use crate::domain::problem::Kind;

/// The kind as the end of a sentence that begins with the column's name.
pub(super) fn of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::BadTag => "no es un TAG",
        Kind::NotADate => "no es una fecha",
        Kind::NotAWorker => "no es un trabajador con la forma INICIALES(ID)",
        Kind::NotText => "tiene un error de fórmula",
        Kind::Formula => "hay una fórmula donde la aplicación escribe",
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
