//! A whole workbook in memory as raw cells: what a file holds, and what it says once it is read.

use super::audit_row;
use super::mirror::{Loaded, Seen};
use crate::domain::cell::{clean, visible};
use crate::domain::column::normalise;
use crate::domain::{Cell, Header, Moment, Role, Worker, WorkerId};
use chrono_tz::Tz;
use std::collections::HashMap;

/// One sheet: its header line and its rows, foreign columns included, in the order of the sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// The header line, as written.
    pub header: Vec<String>,
    /// The rows with their 1-based place, the header being 1. Rows may be shorter than the header.
    pub rows: Vec<(u32, Vec<Cell>)>,
}

/// The four sheets of the plant's workbook (`domain.md` 1).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheets {
    /// `Operaciones`: one row a spool.
    pub operaciones: Sheet,
    /// `Trabajadores`.
    pub trabajadores: Sheet,
    /// `Roles`: several rows a worker.
    pub roles: Sheet,
    /// `Metadata`: the audit, oldest first.
    pub metadata: Sheet,
}

/// The names of the four sheets (`HOJA_OPERACIONES_NOMBRE` and kin); compared like headers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // each is the name of that sheet
pub struct Names {
    pub operaciones: String,
    pub trabajadores: String,
    pub roles: String,
    pub metadata: String,
}

impl Default for Names {
    fn default() -> Self {
        Names {
            operaciones: "Operaciones".into(),
            trabajadores: "Trabajadores".into(),
            roles: "Roles".into(),
            metadata: "Metadata".into(),
        }
    }
}

impl Names {
    pub(super) fn all(&self) -> [&str; 4] {
        [&self.operaciones, &self.trabajadores, &self.roles, &self.metadata]
    }
}

impl Sheet {
    /// The 0-based place of the column with this name, however it is spelt.
    pub fn place(&self, name: &str) -> Option<usize> {
        place_in(&self.header, name)
    }

    /// The tracked cells of each row of `Operaciones` that holds anything in them.
    pub(super) fn tracked(self) -> Vec<(u32, Seen)> {
        let header = Header::read(&self.header);
        let rows = self.rows.into_iter().map(|(fila, cells)| (fila, header.row(cells)));
        rows.filter(|(_, row)| row.holds_any()).map(|(fila, row)| (fila, row.into())).collect()
    }

    /// For each row, the cells of the named columns; a column that the sheet lacks is `Missing`.
    fn picked<'a, const N: usize>(&'a self, names: [&str; N]) -> impl Iterator<Item = [Cell; N]> + 'a {
        let places = places_in(&self.header, names);
        self.rows.iter().map(move |(_, cells)| {
            places.map(|place| place.map_or(Cell::Missing, |place| cells.get(place).cloned().unwrap_or_default()))
        })
    }
}

impl Sheets {
    /// What the sheets say: spool rows, workers with their roles, and the audit.
    pub fn load(self, zone: Tz, read_at: Moment) -> Loaded {
        let header = Header::read(&self.operaciones.header);
        // A record that holds no sheet yet lacks no column of it.
        let missing = match self.operaciones.header.is_empty() {
            true => Vec::new(),
            false => header.missing_critical().into_iter().chain(header.missing_optional()).collect(),
        };
        let events = self.metadata.picked(audit_row::HEADERS).map(|cells| audit_row::from_cells(&cells, zone)).collect();
        let workers = self.workers();
        Loaded { rows: self.operaciones.tracked(), workers, events, missing, header, read_at: Some(read_at) }
    }

    /// `Trabajadores` with the active rows of `Roles`; rows without a number are nobody's.
    pub(super) fn workers(&self) -> Vec<Worker> {
        let mut roles: HashMap<WorkerId, Vec<Role>> = HashMap::new();
        for [id, role, active] in self.roles.picked(["Id", "Rol", "Activo"]) {
            let known = worker_id(&id).zip(Role::read(&role.display())).filter(|_| is_active(&active));
            if let Some((id, role)) = known {
                let roles = roles.entry(id).or_default();
                if !roles.contains(&role) {
                    roles.push(role);
                }
            }
        }
        let people = self.trabajadores.picked(["Id", "Nombre", "Apellido", "Activo"]);
        people
            .filter_map(|[id, given, family, active]| {
                let id = worker_id(&id)?;
                let name = |cell: Cell| visible(clean(&cell.display()));
                let roles = roles.get(&id).cloned().unwrap_or_default();
                Some(Worker { id, given: name(given), family: name(family), active: is_active(&active), roles })
            })
            .collect()
    }
}

/// The 0-based place of the column with this name in a header line.
pub(super) fn place_in(header: &[String], name: &str) -> Option<usize> {
    let [place] = places_in(header, [name]);
    place
}

/// The same for several names; each reading of the workbook asks for all of the audit's.
pub(super) fn places_in<const N: usize>(header: &[String], names: [&str; N]) -> [Option<usize>; N] {
    let found: Vec<String> = header.iter().map(|name| normalise(name)).collect();
    names.map(|name| {
        let wanted = normalise(name);
        found.iter().position(|found| *found == wanted)
    })
}

/// The number in a cell that should hold a worker's.
pub(super) fn worker_id(cell: &Cell) -> Option<WorkerId> {
    cell.read_id().ok().flatten().and_then(WorkerId::new)
}

/// Only a plain TRUE is active: an empty or unreadable cell gives nobody a right. A sheet without
/// the column marks nobody as gone.
fn is_active(cell: &Cell) -> bool {
    *cell == Cell::Missing || cell.read_bool() == Ok(Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Column;

    fn sheet(header: &[&str], rows: &[&[Cell]]) -> Sheet {
        let numbered = rows.iter().enumerate().map(|(index, cells)| (index as u32 + 2, cells.to_vec()));
        Sheet { header: header.iter().map(|name| (*name).to_owned()).collect(), rows: numbered.collect() }
    }

    fn loaded(sheets: &Sheets) -> Loaded {
        sheets.clone().load(chrono_tz::America::Santiago, Moment::default())
    }

    #[test]
    fn only_active_workers_and_active_role_rows_count() {
        let sheets = Sheets {
            trabajadores: sheet(
                &["ACTIVO", "id", "Apellido", "Nombre"],
                &[
                    &[Cell::Bool(true), Cell::Number(93.0), Cell::text("Ríos"), Cell::text("Marta")],
                    &[Cell::text("quizás"), Cell::text("94"), Cell::text("Rojas"), Cell::text("Mario")],
                    &[Cell::Bool(true), Cell::Empty, Cell::text("Nadie")],
                ],
            ),
            roles: sheet(
                &["Id", "Rol", "Activo"],
                &[
                    &[Cell::Number(93.0), Cell::text("armador"), Cell::text("VERDADERO")],
                    &[Cell::Number(93.0), Cell::text("Armador"), Cell::Bool(true)],
                    &[Cell::Number(93.0), Cell::text("Soldador"), Cell::Bool(false)],
                    &[Cell::Number(93.0), Cell::text("Portero"), Cell::Bool(true)],
                ],
            ),
            ..Sheets::default()
        };
        let workers = loaded(&sheets).workers;
        assert_eq!(workers.len(), 2);
        assert_eq!((workers[0].full_name().as_str(), workers[0].active), ("Marta Ríos", true));
        assert_eq!(workers[0].roles, [Role::Armador]);
        assert!(!workers[1].active, "an Activo that cannot be read gives no right");
    }

    #[test]
    fn empty_rows_are_left_out_and_the_others_keep_their_place() {
        let operaciones = sheet(
            &["NV", "TAG_SPOOL", "Cliente"],
            &[&[], &[Cell::Empty, Cell::text(" "), Cell::text("x")], &[Cell::text("NV1")]],
        );
        let loaded = loaded(&Sheets { operaciones, ..Sheets::default() });
        assert_eq!(loaded.rows.len(), 1);
        assert_eq!(loaded.rows[0].0, 4);
        assert_eq!(loaded.rows[0].1[Column::ArmWorker], Cell::Missing);
        assert!(loaded.missing.contains(&Column::OccupiedBy) && !loaded.missing.contains(&Column::Tag));
    }
}
