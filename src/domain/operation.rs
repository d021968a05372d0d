//! The four operations of the shop and the states that each can be in.

use super::cell::fold;
use super::column::Column;
use std::fmt;

/// What is done to a spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// ARM: fit-up.
    Arm,
    /// SOLD: welding.
    Sold,
    /// METROLOGIA: an instant verdict; nobody occupies the spool for it.
    Metrology,
    /// REPARACION: mending what metrology rejected.
    Repair,
}

impl Operation {
    /// All four, in the order of the work.
    pub const ALL: [Operation; 4] = [Operation::Arm, Operation::Sold, Operation::Metrology, Operation::Repair];

    /// As the plant writes it.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Arm => "ARM",
            Operation::Sold => "SOLD",
            Operation::Metrology => "METROLOGIA",
            Operation::Repair => "REPARACION",
        }
    }

    /// Reads the plant's word, whatever its case and accents.
    pub fn read(text: &str) -> Option<Operation> {
        let wanted = fold(text);
        Operation::ALL.into_iter().find(|operation| fold(operation.name()) == wanted)
    }

    /// The worker and date columns of an operation that has them. An explicit table: generic code
    /// once made up a column `Fecha_REPARACION` (`field-failures.md` I6).
    pub fn columns(self) -> Option<(Column, Column)> {
        match self {
            Operation::Arm => Some((Column::ArmWorker, Column::ArmDate)),
            Operation::Sold => Some((Column::SoldWorker, Column::SoldDate)),
            Operation::Metrology | Operation::Repair => None,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How far ARM or SOLD has come (`domain.md` 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// No worker yet.
    Pending,
    /// A worker holds the spool for it.
    InProgress,
    /// Begun, free, not finished.
    Paused,
    /// The date is set.
    Done,
}

impl Progress {
    /// As the API and the screens write it.
    pub fn name(self) -> &'static str {
        match self {
            Progress::Pending => "PENDIENTE",
            Progress::InProgress => "EN_PROGRESO",
            Progress::Paused => "PAUSADO",
            Progress::Done => "COMPLETADO",
        }
    }
}

/// Where a welded spool stands between metrology and repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inspection {
    /// Waits for a verdict.
    Pending,
    /// Approved: the QC date is set.
    Approved,
    /// Rejected; waits for somebody to repair it.
    Rejected,
    /// Somebody repairs it now.
    InRepair,
    /// A repair was begun and paused.
    RepairPaused,
    /// Rejected too often: only a supervisor can open it again.
    Blocked,
}

impl Inspection {
    /// As the API and the screens write it.
    pub fn name(self) -> &'static str {
        match self {
            Inspection::Pending => "PENDIENTE",
            Inspection::Approved => "APROBADO",
            Inspection::Rejected => "RECHAZADO",
            Inspection::InRepair => "EN_REPARACION",
            Inspection::RepairPaused => "REPARACION_PAUSADA",
            Inspection::Blocked => "BLOQUEADO",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_read_as_the_plant_types_them() {
        assert_eq!(Operation::read(" arm "), Some(Operation::Arm));
        assert_eq!(Operation::read("Metrología"), Some(Operation::Metrology));
        assert_eq!(Operation::read("REPARACIÓN"), Some(Operation::Repair));
        assert_eq!(Operation::read("PINTURA"), None);
    }

    #[test]
    fn i6_repair_and_metrology_have_no_worker_or_date_column_of_their_own() {
        assert_eq!(Operation::Repair.columns(), None);
        assert_eq!(Operation::Metrology.columns(), None);
        assert_eq!(Operation::Sold.columns(), Some((Column::SoldWorker, Column::SoldDate)));
    }
}
