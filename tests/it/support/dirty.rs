//! A workbook as dirty as the plant's, made here so that nothing but the repository is needed.
//! All people in it are invented.

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};
use std::path::Path;

/// A cell as a program or a hand left it in a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Raw {
    /// Nothing.
    None,
    /// Text.
    T(&'static str),
    /// A number without a format.
    N(f64),
    /// A number that is formatted as a date.
    D(f64),
    /// A number that is formatted as a date-time.
    M(f64),
    /// TRUE or FALSE.
    B(bool),
    /// An error value, the outcome of a formula.
    E(&'static str),
}
use Raw::{B, D, E, M, N, T};

/// Shuffled, with foreign columns between, one accent composed of two characters, and one name
/// twice.
pub(crate) const HEADER: [&str; 19] = [
    "FLAG",
    "TAG SPOOL",
    "Soldador",
    "NV",
    "Fecha_QC_Metrologi\u{301}a",
    "MatSys",
    "OT",
    "fecha_armado ",
    "ARMADOR",
    "Fecha Soldadura",
    "Total_Uniones",
    "Fecha_Materiales",
    "Ocupado-Por",
    "Notas",
    "version",
    "Fecha_Ocupación",
    "Estado_Detalle",
    "SPLIT",
    "notas",
];

/// One row of the dirty sheet by column name; what is not named is empty.
pub(crate) type Row = Vec<(&'static str, Raw)>;

/// The rows, each with something of its own; row 2 of the sheet is the first.
pub(crate) fn rows() -> Vec<Row> {
    let base =
        |tag: &'static str, more: Row| [vec![("NV", T("NV0650")), ("OT", N(1335.0)), ("TAG SPOOL", T(tag))], more].concat();
    let mut rows = Vec::new();
    // Every form of a date (A3, A6), 20-01-2026 in each.
    for date in [
        D(46042.0),
        N(46042.0),
        N(46042.9),
        T("20-01-2026"),
        T("20/01/2026"),
        T("2026-01-20"),
        T("'20-01-2026"),
        T("\u{a0}20-01-2026 "),
        T("20-1-2026"),
        T("2026-01-20T13:00:00Z"),
        T("46042"),
    ] {
        rows.push(base("MK-1335-CW-25238-011", vec![("Fecha_Materiales", date), ("FLAG", T("-"))]));
    }
    // Every filler (A9).
    for filler in [T("-"), T("N/A"), T("\u{a0}"), T("'"), T("disponible")] {
        rows.push(base("MK-1335-CW-25238-012", vec![("Ocupado-Por", filler)]));
    }
    // What cannot be read.
    rows.push(base("MK-1335-TW-17422-001", vec![("Ocupado-Por", T("turno noche"))]));
    rows.push(base("MK-1335-TW-17422-002", vec![("fecha_armado ", T("31-02-2026")), ("ARMADOR", T("MR(93)"))]));
    rows.push(base("MK-1335-TW-17422-003", vec![("Fecha Soldadura", E("#REF!"))]));
    rows.push(base("MK-1335-TW-17422-004", vec![("Fecha_Materiales", B(true))]));
    rows.push(vec![("Notas", T("=1+1 revisar")), ("NV", T("NV0650"))]);
    // Names of older rows, a formula's lookalikes, a counter with the format of a date (A5, A8).
    rows.push(base(
        "MK-1335-GW-00001-001",
        vec![("ARMADOR", T("Marta Rios")), ("Total_Uniones", D(7.0)), ("Notas", T("@bodega"))],
    ));
    rows.push(base("MK-1335-GW-00001-002", vec![("ARMADOR", T("Rios(93)")), ("Notas", T("+56 9")), ("MatSys", T("-1"))]));
    rows.push(base(
        "MK-1335-GW-00001-003",
        vec![("ARMADOR", T("Nadie Conocido")), ("SPLIT", T("0012")), ("notas", E("#DIV/0!"))],
    ));
    rows.push(base(
        "MK-1335-GW-00001-004",
        vec![
            ("ARMADOR", T("MR(93)")),
            ("Ocupado-Por", T("MR(93)")),
            ("Fecha_Ocupación", M(46155.48180555556)),
            ("version", T("effe76e0-68b1-43c9-8454-6026d5a7eb2e")),
            ("Estado_Detalle", T("MR(93) trabajando ARM (ARM en progreso, SOLD pendiente)")),
        ],
    ));
    rows
}

/// Writes the dirty workbook.
pub(crate) fn write(path: &Path) {
    write_rows(path, &HEADER, &rows());
}

/// Writes a workbook with these rows of `Operaciones` and a small crew.
pub(crate) fn write_rows(path: &Path, header: &[&str], rows: &[Row]) {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.set_name("operaciones ").unwrap();
    for (column, name) in (0..).zip(header) {
        page.write_string(0, column, *name).unwrap();
    }
    for (line, row) in (1..).zip(rows) {
        for (name, cell) in row {
            let column = header.iter().position(|found| found == name).unwrap();
            put(page, line, column as u16, *cell);
        }
    }
    sheet(
        &mut book,
        "Trabajadores",
        &["Id", "Nombre", "Apellido", "Activo"],
        &[
            &[N(93.0), T("Marta"), T("Ríos"), B(true)],
            &[T("94"), T("Juan Carlos"), T("Pérez López"), T("VERDADERO")],
            &[N(95.0), T("Elsa"), T("Mora"), B(false)],
            &[N(96.0), T("Rosa"), T("Vera"), B(true)],
        ],
    );
    sheet(
        &mut book,
        "Roles",
        &["Id", "Rol", "Activo"],
        &[
            &[N(93.0), T("Armador"), B(true)],
            &[N(94.0), T("SOLDADOR"), B(true)],
            &[N(96.0), T("Armador"), B(false)],
            &[N(94.0), T("Bodega"), B(true)],
        ],
    );
    sheet(
        &mut book,
        "Metadata",
        &super::AUDIT[..10],
        &[
            &[
                T("be127f82-4074-42e3-9679-6a6bd056af7b"),
                T("2026-01-30T10:00:00Z"),
                T("INICIAR_ARM"),
                T("MK-1335-CW-25238-011"),
                N(93.0),
            ],
            &[Raw::None, M(46155.5), T("PAUSAR_SPOOL"), T("MK-1335-CW-25238-011"), N(93.0)],
            &[Raw::None, M(46155.5), T("PAUSAR_SPOOL"), T("MK-1335-CW-25238-011"), N(93.0)],
        ],
    );
    sheet(&mut book, "Tabla dinámica", &["x"], &[]);
    book.save(path).unwrap();
}

fn sheet(book: &mut Workbook, name: &str, header: &[&str], rows: &[&[Raw]]) {
    let page = book.add_worksheet();
    page.set_name(name).unwrap();
    for (column, name) in (0..).zip(header) {
        page.write_string(0, column, *name).unwrap();
    }
    for (line, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(*row) {
            put(page, line, column, *cell);
        }
    }
}

fn put(page: &mut Worksheet, row: u32, column: u16, cell: Raw) {
    match cell {
        Raw::None => page,
        T(text) => page.write_string(row, column, text).unwrap(),
        N(number) => page.write_number(row, column, number).unwrap(),
        D(days) => page.write_number_with_format(row, column, days, &Format::new().set_num_format("dd-mm-yyyy")).unwrap(),
        M(days) => {
            page.write_number_with_format(row, column, days, &Format::new().set_num_format("dd-mm-yyyy hh:mm:ss")).unwrap()
        }
        B(value) => page.write_boolean(row, column, value).unwrap(),
        E(error) => page.write_formula(row, column, Formula::new("=1/0").set_result(error)).unwrap(),
    };
}
