//! Every way to put a row right, from its address to the row and its audit: what the page shows beforehand is what
//! is written, and nothing else (`field-failures.md` A13, D4).

use super::supervisor::Confirm;
use crate::support::{TestPlant, cell, row};
use spoolboard::domain::{Cell, Column};
use spoolboard::words;
use spoolboard::workbook::Sheets;

/// A row, the remedy that is asked for, and the cells that it shows: column, now, then.
struct Case {
    cells: &'static [(&'static str, &'static str)],
    remedy: &'static str,
    shown: &'static [&'static str],
}

const SINCE: (&str, &str) = ("Fecha_Ocupacion", "20-11-2026 08:00:00");

const CASES: [Case; 5] = [
    Case {
        cells: &[("Ocupado_Por", "MR(93)"), SINCE],
        remedy: "empezar",
        shown: &[
            "Armador columna G | vacía | MR(93)",
            "Estado_Detalle columna P | vacía | MR(93) trabajando ARM (ARM en progreso, SOLD pendiente)",
        ],
    },
    Case {
        cells: &[("Fecha_Armado", "10-11-2026")],
        remedy: "nombrar Armador&trabajador=94",
        shown: &["Armador columna G | vacía | NR(94)"],
    },
    Case {
        cells: &[SINCE],
        remedy: "vaciar Fecha_Ocupacion",
        shown: &["Fecha_Ocupacion columna N | 20-11-2026 08:00:00 | vacía"],
    },
    Case {
        cells: &[("Armador", "MR(93)"), ("Ocupado_Por", "MR(93)")],
        remedy: "desde",
        shown: &["Fecha_Ocupacion columna N | vacía | 21-11-2026 10:42"],
    },
    Case {
        cells: &[("Estado_Detalle", "RECHAZADO (Ciclo 1/3) - Pendiente reparación")],
        remedy: "texto",
        shown: &[
            "Estado_Detalle columna P | RECHAZADO (Ciclo 1/3) - Pendiente reparación | Disponible - ARM pendiente, SOLD pendiente",
        ],
    },
];

/// A cell as the page writes it.
fn said(sheets: &Sheets, fila: u32, column: Column) -> String {
    match words::value(column, cell(&sheets.operaciones, fila, column.header()).display().trim()) {
        empty if empty.is_empty() => "vacía".to_owned(),
        text => text,
    }
}

/// The rows of all sheets but for the row that is put right, the audit apart.
fn others(sheets: &Sheets, fila: u32) -> Vec<&(u32, Vec<Cell>)> {
    let rows = sheets.operaciones.rows.iter().filter(|(found, _)| *found != fila);
    rows.chain(&sheets.trabajadores.rows).chain(&sheets.roles.rows).collect()
}

#[tokio::test]
async fn d4_every_remedy_writes_the_cells_that_its_page_showed_and_no_other_with_one_event() {
    let plant = TestPlant::edited(|sheets| {
        let first = sheets.operaciones.rows.last().unwrap().0 + 1;
        let rows = (first..).zip(&CASES).map(|(fila, case)| (fila, row(&format!("MK-CASO-{fila}"), "1335", case.cells)));
        sheets.operaciones.rows.extend(rows);
    })
    .await;
    let last = plant.stored().operaciones.rows.last().unwrap().0;
    for (case, fila) in CASES.iter().zip(last + 1 - CASES.len() as u32..) {
        let (tag, remedy) = (format!("MK-CASO-{fila}"), case.remedy);
        let before = plant.stored();
        let confirm = Confirm::open(&plant, &tag, &format!("corregir?remedio={}", remedy.replace(' ', "%20"))).await;
        assert_eq!(confirm.cells(), case.shown, "{remedy}");
        assert_eq!(plant.stored().operaciones.rows, before.operaciones.rows, "{remedy}: looked at only");
        let done = confirm.send(&plant, "quedó a medias").await;
        assert_eq!(done.status, 303, "{remedy}: {}", done.text);
        let after = plant.stored();
        let written: Vec<String> = Column::ALL
            .into_iter()
            .filter(|column| *column != Column::Version)
            .map(|column| (column.header(), said(&before, fila, column), said(&after, fila, column)))
            .filter(|(_, before, after)| before != after)
            .map(|(column, before, after)| format!("{column} | {before} | {after}"))
            .collect();
        // The page also says under which letters a column stands.
        let without_letters = |line: &&str| match line.split_once(" columna ") {
            Some((column, rest)) => format!("{column}{}", rest.split_at(1).1),
            None => (*line).to_owned(),
        };
        assert_eq!(written, case.shown.iter().map(without_letters).collect::<Vec<_>>(), "{remedy}");
        assert_eq!(others(&after, fila), others(&before, fila), "{remedy}");
        assert_eq!(after.metadata.rows.len(), before.metadata.rows.len() + 1, "{remedy}");
        assert_eq!(plant.events(&tag).await, ["CORREGIR_SPOOL"], "{remedy}");
    }
}
