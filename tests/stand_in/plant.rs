//! A plant's workbook, invented: Operaciones, Trabajadores, Roles and Metadata with any number of rows,
//! and the dirt that real ones have.

use super::book::Book;
use super::grid::{Cell, NumberFormat, Sheet, Value};
use std::sync::Arc;

/// The id of the workbook that [`Plant`] makes.
pub(crate) const BOOK: &str = "1InventadoTallerDeCarretes_0123456789abcdefghi";
/// Google gives the first sheet of a new workbook the id 0.
pub(crate) const OPERACIONES: i64 = 0;
pub(crate) const TRABAJADORES: i64 = 1_187_201_463;
pub(crate) const ROLES: i64 = 902_417_733;
pub(crate) const METADATA: i64 = 563_108_842;

/// The header of Operaciones; the office's columns stand between those that the app knows.
pub(crate) const HEADER: [&str; 34] = [
    "NV",
    "OT",
    "SPLIT",
    "TAG_SPOOL",
    "Cliente",
    "Linea",
    "Plano",
    "Revision",
    "Diametro",
    "Material",
    "Peso_Kg",
    "Fecha_Materiales",
    "Armador",
    "Fecha_Armado",
    "Soldador",
    "Fecha_Soldadura",
    "Fecha_QC_Metrología",
    "Fecha_Pintura",
    "STATUS_NV",
    "Status_Spool",
    "Total_Uniones",
    "Uniones_ARM_Completadas",
    "Uniones_SOLD_Completadas",
    "Pulgadas_ARM",
    "Pulgadas_SOLD",
    "FLAG",
    "MatSys",
    "Ocupado_Por",
    "Fecha_Ocupacion",
    "version",
    "Estado_Detalle",
    "Notas",
    "Guia_Despacho",
    "Precio Total",
];

/// The header of Metadata (`domain.md` 1.3).
pub(crate) const AUDIT: [&str; 10] = [
    "ID",
    "Timestamp",
    "Evento_Tipo",
    "TAG_SPOOL",
    "Worker_ID",
    "Worker_Nombre",
    "Operacion",
    "Accion",
    "Fecha_Operacion",
    "Metadata_JSON",
];

const PEOPLE: [(&str, &str); 12] = [
    ("Marta", "Ríos"),
    ("Nelson", "Rojas"),
    ("Carla", "Pinto"),
    ("Álvaro", "Paredes"),
    ("Juan Carlos", "Pérez López"),
    ("María José", "García"),
    ("Rodrigo", "Ñancucheo"),
    ("Isabel", "Fuentes"),
    ("Tomás", "Araya"),
    ("Elena", "Muñoz"),
    ("Hugo", "Sáez"),
    ("Pilar", "Vidal"),
];

/// 13-05-2026, the day on which the invented plant stands.
const TODAY: f64 = 46_155.0;

/// What to plant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plant {
    spools: usize,
    dirty: bool,
    audit: usize,
}

impl Plant {
    /// So many spools, all of them readable: of each ten, four wait for their materials or for ARM, one is
    /// being fitted, one is paused, the rest are further on.
    pub(crate) fn of(spools: usize) -> Plant {
        Plant { spools, dirty: false, audit: spools.min(600) }
    }

    /// With dirt: repeated TAGs, dates as text, sentinels, formulas, errors.
    pub(crate) fn dirty(self) -> Plant {
        Plant { dirty: true, ..self }
    }

    /// With so many rows in Metadata.
    pub(crate) fn audit(self, rows: usize) -> Plant {
        Plant { audit: rows, ..self }
    }

    /// The TAG of a spool, counted from 1.
    pub(crate) fn tag(number: usize) -> String {
        format!("MK-{}-CW-{}-{:03}", 1_300 + number / 400, 25_000 + number / 20, number % 1_000)
    }

    /// The row of a spool in the sheet, counted from 1, as long as nobody moves it.
    pub(crate) fn row(number: usize) -> usize {
        number + 1
    }

    /// The workbook.
    pub(crate) fn build(self) -> Book {
        let mut book = Book::new(BOOK);
        book.sheets = vec![self.operaciones(), workers(), roles(), self.metadata()];
        book
    }

    fn operaciones(self) -> Sheet {
        let mut rows = vec![HEADER.into_iter().map(Cell::text).collect::<Vec<_>>()];
        rows.extend((1..=self.spools).map(|number| self.spool(number)));
        let mut sheet = filled(OPERACIONES, "Operaciones", rows, self.spools + 1 + self.spools / 10 + 20, HEADER.len() + 2);
        sheet.frozen_rows = 1;
        sheet
    }

    fn spool(self, number: usize) -> Vec<Cell> {
        let (day, moment) =
            (Arc::new(NumberFormat::new("DATE", "dd-mm-yyyy")), Arc::new(NumberFormat::new("DATE_TIME", "dd-mm-yyyy hh:mm:ss")));
        let mut row = vec![Cell::default(); HEADER.len()];
        let mut set = |header: &str, cell: Cell| row[HEADER.iter().position(|known| *known == header).unwrap()] = cell;
        let (ago, person) = ((number % 60) as f64, number % PEOPLE.len());
        let date = |days: f64| Cell::number(TODAY - ago - days).formatted(&day);
        set("NV", Cell::text(format!("NV{:04}", 600 + number / 50)));
        // The office keeps an OT as a number.
        set("OT", Cell::number(4_000 + (number / 10) as i32));
        set("SPLIT", Cell::text(Plant::tag(number)));
        set("TAG_SPOOL", Cell::text(Plant::tag(number)));
        set("Cliente", Cell::text("Minera Inventada"));
        set("Diametro", Cell::number([2, 3, 4, 6, 8, 12][number % 6]));
        set("Peso_Kg", Cell::number(12.5 + (number % 400) as f64 / 4.0));
        set("STATUS_NV", Cell::text("ABIERTA"));
        set("Status_Spool", Cell::text("EN_PROCESO"));
        set("Total_Uniones", Cell::number((number % 9) as i32 + 1));
        set("FLAG", Cell::text("-"));
        let stage = number % 10;
        if stage > 0 {
            set("Fecha_Materiales", date(12.0));
        }
        let stamp = Cell::text(stamp(person));
        match stage {
            0..=3 => {}
            4 => {
                set("Armador", stamp.clone());
                set("Ocupado_Por", stamp);
                set("Fecha_Ocupacion", Cell::number(TODAY + 0.375 + ago / 1_440.0).formatted(&moment));
                set("version", Cell::text(uuid(number)));
                set(
                    "Estado_Detalle",
                    Cell::text(format!("{} trabajando ARM (ARM en progreso, SOLD pendiente)", self::stamp(person))),
                );
            }
            5 => {
                set("Armador", stamp);
                set("version", Cell::text(uuid(number)));
                set("Estado_Detalle", Cell::text("Disponible - ARM pausado, SOLD pendiente"));
            }
            _ => {
                set("Armador", stamp.clone());
                set("Fecha_Armado", date(8.0));
                set("Estado_Detalle", Cell::text("Disponible - ARM completado, SOLD pendiente"));
            }
        }
        if stage >= 8 {
            set("Soldador", Cell::text(self::stamp((person + 1) % PEOPLE.len())));
            set("Fecha_Soldadura", date(4.0));
            set("Estado_Detalle", Cell::text("Disponible - ARM completado, SOLD completado, Metrología pendiente"));
        }
        if stage == 9 {
            set("Fecha_QC_Metrología", date(2.0));
            set("Estado_Detalle", Cell::text("METROLOGIA APROBADO ✓"));
        }
        if self.dirty {
            dirt(number, &mut set, &day);
        }
        row
    }

    fn metadata(self) -> Sheet {
        let mut rows = vec![AUDIT.into_iter().map(Cell::text).collect::<Vec<_>>()];
        for number in 1..=self.audit {
            let (person, spool) = (number % PEOPLE.len(), number % self.spools.max(1) + 1);
            let (first, last) = PEOPLE[person];
            let event = ["TOMAR_SPOOL", "PAUSAR_SPOOL", "COMPLETAR_ARM", "INICIAR_SOLD"][number % 4];
            let action = ["TOMAR", "PAUSAR", "COMPLETAR", "TOMAR"][number % 4];
            let operation = if number % 4 == 3 { "SOLD" } else { "ARM" };
            rows.push(vec![
                Cell::text(uuid(1_000_000 + number)),
                Cell::text(format!(
                    "2026-05-{:02}T{:02}:{:02}:00Z",
                    1 + number * 11 / (self.audit + 1),
                    number % 24,
                    number % 60
                )),
                Cell::text(event),
                Cell::text(Plant::tag(spool)),
                Cell::number(91 + person as i32),
                Cell::text(format!("{first} {last}")),
                Cell::text(operation),
                Cell::text(action),
                Cell::text(format!("{:02}-05-2026", 1 + number * 11 / (self.audit + 1))),
                Cell::text("{}"),
            ]);
        }
        filled(METADATA, "Metadata", rows, (self.audit + 50).max(1_000), AUDIT.len())
    }
}

/// What offices and earlier apps have left in such workbooks (`field-failures.md` A, B7, I4).
fn dirt(number: usize, set: &mut impl FnMut(&str, Cell), day: &Arc<NumberFormat>) {
    match number % 50 {
        1 => set("Fecha_Materiales", Cell::text("20-01-2026")),
        2 => set("Fecha_Materiales", Cell::text("2026-01-20")),
        3 => set("Fecha_Materiales", Cell::text("'21/1/2026 ")),
        11 => set("Fecha_Materiales", Cell::number(46_042)),
        12 => set("Ocupado_Por", Cell::text("-")),
        13 => set("Ocupado_Por", Cell::text("DISPONIBLE")),
        15 => set("Armador", Cell::text("Marta Ríos")),
        17 => set("Total_Uniones", Cell::number(7).formatted(day)),
        // Every fiftieth stands for the one before it: two rows, one TAG.
        21 if number > 21 => set("TAG_SPOOL", Cell::text(Plant::tag(number - 1))),
        22 => set("Total_Uniones", Cell::formula("=CONTAR.SI(B:B;\"x\")", Some(Value::Number(4.0)))),
        24 => set("Fecha_Ocupacion", Cell::text("2026-05-13")),
        31 => set("Notas", Cell::text("=1+1")),
        32 => set("Notas", Cell::text("@revisar con Carla")),
        _ => {}
    }
    match number % 400 {
        37 => set("Fecha_Armado", Cell::text("abc")),
        137 => set("Fecha_Materiales", Cell { value: Some(Value::Error("#REF!".into())), ..Cell::default() }),
        237 => set("TAG_SPOOL", Cell::default()),
        // Taken, and nobody knows for what: the earlier app wrote three times and failed once.
        251 => set("Ocupado_Por", Cell::text("MR(91)")),
        _ => {}
    }
}

/// `MR(91)`: initials and id (`domain.md` 2).
pub(crate) fn stamp(person: usize) -> String {
    let (first, last) = PEOPLE[person];
    let initial = |name: &str| name.chars().next().unwrap_or('?');
    format!("{}{}({})", initial(first), initial(last), 91 + person)
}

/// An id that is always the same for the same number, in the form of a UUID4.
fn uuid(number: usize) -> String {
    let mixed = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        mixed >> 32,
        (mixed >> 16) & 0xFFFF,
        mixed & 0xFFF,
        (mixed >> 4) & 0xFFF,
        number
    )
}

fn filled(id: i64, title: &str, rows: Vec<Vec<Cell>>, row_count: usize, column_count: usize) -> Sheet {
    let mut sheet = Sheet::new(id, title, row_count, column_count);
    sheet.rows = rows.into_iter().map(Arc::new).collect();
    sheet
}

fn workers() -> Sheet {
    let mut rows = vec![["Id", "Nombre", "Apellido", "Activo"].into_iter().map(Cell::text).collect::<Vec<_>>()];
    for (person, (first, last)) in PEOPLE.into_iter().enumerate() {
        rows.push(vec![Cell::number(91 + person as i32), Cell::text(first), Cell::text(last), Cell::bool(person != 11)]);
    }
    filled(TRABAJADORES, "Trabajadores", rows, 200, 6)
}

fn roles() -> Sheet {
    let mut rows = vec![["Id", "Rol", "Activo"].into_iter().map(Cell::text).collect::<Vec<_>>()];
    for person in 0..PEOPLE.len() {
        let role = ["Armador", "Soldador", "Ayudante", "Metrologia"][person % 4];
        rows.push(vec![Cell::number(91 + person as i32), Cell::text(role), Cell::bool(true)]);
        if person % 5 == 0 {
            rows.push(vec![Cell::number(91 + person as i32), Cell::text("Despacho"), Cell::bool(person != 5)]);
        }
    }
    filled(ROLES, "Roles", rows, 200, 6)
}
