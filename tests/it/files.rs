//! Files in and out: a dirty workbook, what a merge keeps, and an export that reads back the same.

use crate::support::dirty::{self, Raw};
use chrono_tz::America::Santiago;
use spoolboard::domain::problem::Kind;
use spoolboard::domain::{Cell, Column, Level};
use spoolboard::workbook::Names;
use spoolboard::workbook::files::{FileError, Report, import, merge, read, write_xlsx};
use spoolboard::workbook::{Sheet, Sheets, demo};
use std::path::Path;

fn read_from(path: &Path) -> Result<Sheets, FileError> {
    read(path, &Names::default(), &mut |_| {}).map(|file| file.sheets)
}

fn dirty() -> (tempfile::TempDir, Sheets, Report) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("planta.xlsx");
    dirty::write(&path);
    let merged = import(&Sheets::default(), &path, &Names::default(), Santiago, &mut |_| {}).unwrap();
    (folder, merged.sheets, merged.report)
}

fn count(report: &Report, column: Column, kind: Kind) -> usize {
    report.problems.iter().filter(|found| (found.column, found.kind) == (column, kind)).map(|found| found.count).sum()
}

/// The cell of a column in the row that stands at `fila`.
fn cell(sheets: &Sheets, fila: u32, column: &str) -> Cell {
    let sheet = &sheets.operaciones;
    let place = sheet.header.iter().position(|name| name == column).unwrap();
    let (_, row) = sheet.rows.iter().find(|(found, _)| *found == fila).unwrap();
    row.get(place).cloned().unwrap_or_default()
}

#[test]
fn a7_a_dirty_workbook_is_read_whole_and_exactly_the_bad_rows_are_flagged() {
    let (_folder, sheets, report) = dirty();
    let rows = dirty::rows().len();
    assert_eq!((report.spools.read, report.spools.added, sheets.operaciones.rows.len()), (rows, rows, rows));
    assert_eq!(count(&report, Column::OccupiedBy, Kind::NotAWorker), 1);
    assert_eq!(count(&report, Column::ArmDate, Kind::NotADate), 1);
    assert_eq!(count(&report, Column::SoldDate, Kind::NotADate), 1);
    assert_eq!(count(&report, Column::Materials, Kind::NotADate), 1);
    assert_eq!(count(&report, Column::Tag, Kind::BadTag), 1);
    assert_eq!(count(&report, Column::OccupiedBy, Kind::Filler), 5);
    assert_eq!(count(&report, Column::ArmWorker, Kind::UnknownName), 1);
    assert_eq!((report.unreadable, report.warned), (5, 6));
    assert_eq!(report.problems.len(), 7, "{:?}", report.problems);
    assert!(report.problems.is_sorted_by_key(|found| found.level) && report.problems[0].level == Level::Error);
    assert_eq!((report.duplicates, report.duplicate_tags.len()), (14, 2));
}

#[test]
fn the_report_tells_the_office_what_there_is_to_mend() {
    let (_folder, _, report) = dirty();
    assert_eq!((report.people.workers, report.people.active), (4, 3));
    assert_eq!(report.people.without_role, ["Rosa Vera (96)"]);
    assert_eq!(report.ignored, ["Tabla dinámica"]);
    let text = report.to_string();
    for line in [
        "Operaciones: filas leídas 25; nuevas 25, actualizadas 0, sin cambios 0.",
        "Nota: La columna «notas» está repetida; se usa la primera.",
        "Nota: Roles, fila 5: el rol «Bodega» no se usa.",
        "Ocupado_Por no es un trabajador con la forma INICIALES(ID): 1 (fila 18 «turno noche»).",
        "Filas cuyo TAG ya está en una fila anterior: 14 (MK-1335-CW-25238-011, MK-1335-CW-25238-012).",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn the_report_counts_people_as_the_app_reads_them() {
    let report = |header: &[&str], person: &[&str], fitter: &str| {
        let sheet = |header: &[&str], row: &[&str]| Sheet {
            header: header.iter().map(|name| (*name).to_owned()).collect(),
            rows: vec![(2, row.iter().map(|value| Cell::text(*value)).collect())],
        };
        let trabajadores = sheet(header, person);
        let operaciones = sheet(&["TAG_SPOOL", "Armador"], &["MK-1", fitter]);
        merge(&Sheets::default(), &Sheets { operaciones, trabajadores, ..Sheets::default() }, Santiago).report
    };
    let unmarked = report(&["Id", "Nombre", "Apellido"], &["93", "Marta", "Ríos"], "MR(93)");
    assert_eq!((unmarked.people.workers, unmarked.people.active), (1, 1), "a sheet without the column marks nobody as gone");
    let header = ["Id", "Nombre", "Apellido", "Activo"];
    let untidy = report(&header, &["93", "'Marta", "Ríos\u{200b}", "TRUE"], "Marta Ríos");
    assert_eq!(untidy.people.without_role, ["Marta Ríos (93)"]);
    assert_eq!(count(&untidy, Column::ArmWorker, Kind::UnknownName), 0, "{:?}", untidy.problems);
}

#[test]
fn a5_a8_an_export_keeps_dates_true_text_text_and_every_cell_equal() {
    let (folder, sheets, _) = dirty();
    let out = folder.path().join("salida.xlsx");
    assert_eq!(write_xlsx(&out, &sheets, &Names::default()).unwrap(), []);
    assert_eq!(read_from(&out).unwrap(), sheets);
    let mut book = calamine::open_workbook::<calamine::Xlsx<_>, _>(&out).unwrap();
    let range = calamine::Reader::worksheet_range(&mut book, "Operaciones").unwrap();
    let found = |fila: usize, column: &str| {
        let place = dirty::HEADER.iter().position(|name| *name == column).unwrap();
        range.get((fila - 1, place)).cloned().unwrap()
    };
    assert!(matches!(found(3, "Fecha_Materiales"), calamine::Data::DateTime(_)), "a bare serial became a true date");
    assert!(matches!(found(26, "Fecha_Ocupación"), calamine::Data::DateTime(_)));
    assert_eq!(found(23, "Total_Uniones"), calamine::Data::Float(7.0), "a counter is no date");
    assert_eq!(found(22, "Notas"), calamine::Data::String("=1+1 revisar".into()));
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 2, "nothing is left beside the export");
}

#[test]
fn a8_an_export_holds_no_formula() {
    let (folder, sheets, _) = dirty();
    let out = folder.path().join("salida.xlsx");
    write_xlsx(&out, &sheets, &Names::default()).unwrap();
    let mut book = calamine::open_workbook::<calamine::Xlsx<_>, _>(&out).unwrap();
    for name in calamine::Reader::sheet_names(&book) {
        assert!(calamine::Reader::worksheet_formula(&mut book, &name).unwrap().is_empty(), "{name}");
    }
}

#[test]
fn progress_is_told_for_each_sheet_to_its_last_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("planta.xlsx");
    dirty::write(&path);
    let mut told = Vec::new();
    read(&path, &Names::default(), &mut |progress| told.push((progress.sheet.to_owned(), progress.row, progress.of))).unwrap();
    assert_eq!(told[0], ("operaciones ".to_owned(), 26, Some(26)));
    assert_eq!(told.len(), 4);
}

#[test]
fn text_too_long_for_a_cell_is_cut_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("salida.xlsx");
    let mut sheets = demo::plant(chrono::Utc::now().fixed_offset(), Santiago);
    let place = sheets.operaciones.header.iter().position(|name| name == "Notas").unwrap();
    let row = &mut sheets.operaciones.rows[0].1;
    row.resize(place + 1, Cell::Empty);
    row[place] = Cell::text("ñ€😀".repeat(20_000));
    let cut = write_xlsx(&out, &sheets, &Names::default()).unwrap();
    assert_eq!((cut.len(), cut[0].fila, cut[0].column.as_str()), (1, 2, "Notas"));
    let kept = cell(&read_from(&out).unwrap(), 2, "Notas").display();
    assert_eq!(kept.encode_utf16().count(), 32_767 - 32_767 % 4 + 2, "whole characters only");
}

#[test]
fn the_demonstration_plant_survives_an_export() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("salida.xlsx");
    let sheets = demo::plant(chrono::Utc::now().fixed_offset(), Santiago);
    write_xlsx(&out, &sheets, &Names::default()).unwrap();
    assert_eq!(read_from(&out).unwrap(), sheets);
}

#[test]
fn a_second_import_of_the_same_file_changes_nothing() {
    let (folder, sheets, _) = dirty();
    let again = import(&sheets, &folder.path().join("planta.xlsx"), &Names::default(), Santiago, &mut |_| {}).unwrap();
    assert!(again.report.changes_nothing(), "{}", again.report);
    assert_eq!(again.sheets, sheets);
    assert!(again.report.to_string().starts_with("El archivo no trae nada nuevo"));
}

#[test]
fn a_file_saved_again_by_another_program_changes_nothing() {
    let (_folder, current, _) = dirty();
    let mut saved = current.clone();
    for cell in saved.operaciones.rows.iter_mut().flat_map(|(_, row)| row) {
        if let Cell::Number(number) | Cell::Date(number) = cell {
            *number = format!("{number:.14e}").parse().unwrap();
        }
    }
    assert_ne!(saved, current);
    let merged = merge(&current, &saved, Santiago);
    assert!(merged.report.changes_nothing() && merged.report.kept.0 == 0, "{}", merged.report);
    assert_eq!(merged.sheets, current);
}

const SMALL: [&str; 12] = [
    "NV",
    "OT",
    "TAG_SPOOL",
    "FLAG",
    "Fecha_Materiales",
    "Armador",
    "Fecha_Armado",
    "Soldador",
    "Fecha_Soldadura",
    "Ocupado_Por",
    "Fecha_Ocupacion",
    "version",
];

fn sheets(header: &[&str], rows: &[(u32, &[(&str, &str)])]) -> Sheets {
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let row = |cells: &[(&str, &str)]| {
        let value = |name: &String| cells.iter().find(|(column, _)| column == name).map_or("", |(_, value)| value);
        let mut row: Vec<Cell> = header.iter().map(|name| Cell::text(value(name))).collect();
        row.truncate(row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1));
        row
    };
    let rows = rows.iter().map(|(fila, cells)| (*fila, row(cells))).collect();
    Sheets { operaciones: Sheet { header, rows }, ..Sheets::default() }
}

fn text(sheets: &Sheets, fila: u32, column: &str) -> String {
    cell(sheets, fila, column).display()
}

#[test]
fn a_later_import_adds_updates_and_keeps() {
    let current = sheets(
        &SMALL,
        &[
            (2, &[("TAG_SPOOL", "A"), ("OT", "1"), ("FLAG", "-"), ("Armador", "MR(93)")]),
            (3, &[("TAG_SPOOL", "B"), ("OT", "1"), ("FLAG", "x")]),
            (4, &[("TAG_SPOOL", "C"), ("OT", "1")]),
        ],
    );
    let header = [&SMALL[..], &["MatSys"]].concat();
    let incoming = sheets(
        &header,
        &[
            (2, &[("TAG_SPOOL", "N"), ("OT", "1"), ("MatSys", "m")]),
            (
                3,
                &[
                    ("TAG_SPOOL", "A"),
                    ("OT", "1"),
                    ("FLAG", "OK"),
                    ("Armador", "NR(94)"),
                    ("Soldador", "NR(94)"),
                    ("Fecha_Materiales", "20-01-2026"),
                ],
            ),
            (4, &[("TAG_SPOOL", "B"), ("OT", "1")]),
        ],
    );
    let merged = merge(&current, &incoming, Santiago);
    let report = &merged.report;
    assert_eq!((report.spools.added, report.spools.updated, report.spools.absent), (1, 2, 1));
    assert_eq!(text(&merged.sheets, 3, "FLAG"), "OK", "the office's column follows the file");
    assert_eq!(text(&merged.sheets, 3, "Fecha_Materiales"), "20-01-2026");
    assert_eq!(text(&merged.sheets, 3, "Armador"), "MR(93)", "a cell of the app is never overwritten");
    assert_eq!(text(&merged.sheets, 3, "Soldador"), "NR(94)", "an empty one is filled");
    assert_eq!(text(&merged.sheets, 4, "FLAG"), "", "the office emptied it");
    assert_eq!(text(&merged.sheets, 2, "MatSys"), "m", "a new column of the file");
    assert_eq!(text(&merged.sheets, 5, "TAG_SPOOL"), "C", "an absent row whose place was taken goes to the end");
    assert_eq!((report.absent[0].fila, report.kept.0), (4, 1));
    assert_eq!(merged.sheets.operaciones.header[..12], SMALL);
    let again = merge(&merged.sheets, &incoming, Santiago);
    assert!(again.report.changes_nothing() && again.sheets == merged.sheets);
}

#[test]
fn an_import_does_not_bring_back_an_occupation_that_the_app_has_ended() {
    let taken = ("version", "effe76e0-68b1-43c9-8454-6026d5a7eb2e");
    let old =
        [("TAG_SPOOL", "A"), ("Armador", "MR(93)"), ("Ocupado_Por", "MR(93)"), ("Fecha_Ocupacion", "20-01-2026 08:00:00"), taken];
    let incoming = sheets(&SMALL, &[(2, &old)]);
    let paused =
        sheets(&SMALL, &[(2, &[("TAG_SPOOL", "A"), ("Armador", "MR(93)"), ("version", "0a6be26c-fe8b-4b79-bada-79478b5230ed")])]);
    let merged = merge(&paused, &incoming, Santiago);
    assert!(merged.report.changes_nothing());
    assert_eq!(text(&merged.sheets, 2, "Ocupado_Por"), "");
    assert_eq!(merged.report.kept.0, 3, "{}", merged.report);
}

#[test]
fn b7_equal_rows_keep_their_order_when_one_of_them_is_absent() {
    let row = |flag: &'static str| [("TAG_SPOOL", "A"), ("OT", "1"), ("FLAG", flag)];
    let current = sheets(&SMALL, &[(2, &row("first")), (3, &row("second")), (4, &row("third"))]);
    let incoming = sheets(&SMALL, &[(9, &row("first"))]);
    let merged = merge(&current, &incoming, Santiago);
    let flags: Vec<String> = [9, 10, 11].map(|fila| text(&merged.sheets, fila, "FLAG")).to_vec();
    assert_eq!(flags, ["first", "second", "third"]);
    assert_eq!(merge(&merged.sheets, &incoming, Santiago).sheets, merged.sheets);
}

#[test]
fn f1_metadata_only_grows_and_people_are_kept() {
    let (folder, mut sheets, _) = dirty();
    let path = folder.path().join("planta.xlsx");
    sheets.metadata.rows[0].1[2] = Cell::text("COMPLETAR_ARM");
    sheets.metadata.rows.pop();
    sheets.trabajadores.rows[0].1[2] = Cell::text("Ríos Vidal");
    sheets.trabajadores.rows.push((9, vec![Cell::Number(200.0), Cell::text("Ada"), Cell::text("Luz"), Cell::Bool(true)]));
    let merged = import(&sheets, &path, &Names::default(), Santiago, &mut |_| {}).unwrap();
    assert_eq!(merged.sheets.metadata.rows[0], sheets.metadata.rows[0], "no row of the audit is altered");
    assert_eq!((merged.report.audit.added, merged.sheets.metadata.rows.len()), (1, 3), "the second of two equal rows came back");
    assert_eq!(merged.sheets.trabajadores.rows[0].1[2], Cell::text("Ríos"), "the file tells who works here");
    assert_eq!((merged.report.workers.updated, merged.report.absent_workers[0].value.as_str()), (1, "200"));
    assert_eq!(merged.sheets.trabajadores.rows.len(), 5);
}

#[test]
fn a_workbook_from_before_the_app_gets_its_columns_appended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("antiguo.xlsx");
    let header = ["SPLIT", "Fecha_Materiales", "Armador", "Fecha_Armado", "Soldador", "Fecha_Soldadura"];
    dirty::write_rows(&path, &header, &[vec![("SPLIT", Raw::T("1335-1"))]]);
    let merged = import(&Sheets::default(), &path, &Names::default(), Santiago, &mut |_| {}).unwrap();
    assert_eq!(merged.sheets.operaciones.header[6..], ["Ocupado_Por", "Fecha_Ocupacion", "version", "Estado_Detalle"]);
    let text = merged.report.to_string();
    assert!(text.contains("se usa SPLIT") && text.contains("Ocupado_Por, Fecha_Ocupacion, version, Estado_Detalle"), "{text}");
    assert!(text.contains("Falta la columna Fecha_QC_Metrología: sin ella no hay metrología"), "{text}");
}

fn csv(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

const LINE: &str = "TAG_SPOOL;Fecha_Materiales;Armador;Fecha_Armado;Soldador;Fecha_Soldadura;OT;Ubicación";

#[test]
fn a_folder_of_csv_files_is_a_workbook_and_its_cells_stay_text() {
    let spools = format!("\u{feff}{LINE}\r\nMK-1;20-01-2026;;;;;0012;\"Patio; norte\"\r\n;;;;;;;\r\nMK-2;46042;#REF!\r\n");
    let folder = csv(&[
        ("Planta - OPERACIONES.csv", spools.as_bytes()),
        ("trabajadores.CSV", "Id,Nombre,Apellido,Activo\n93,Marta,Ríos,TRUE\n".as_bytes()),
        ("otra.csv", b"a,b\n"),
        ("leeme.txt", b"nada"),
    ]);
    let file = read(folder.path(), &Names::default(), &mut |_| {}).unwrap();
    let rows = &file.sheets.operaciones.rows;
    assert_eq!((rows.len(), rows[0].0, rows[1].0), (2, 2, 4), "a blank line keeps its place");
    assert_eq!(rows[0].1[6..], [Cell::text("0012"), Cell::text("Patio; norte")]);
    assert_eq!(rows[1].1[1..], [Cell::text("46042"), Cell::Error("#REF!".into())]);
    assert_eq!((file.ignored, file.sheets.trabajadores.rows.len()), (vec!["otra.csv".to_owned()], 1));
    assert!(file.remarks.is_empty());
}

#[test]
fn a_csv_from_a_spanish_excel_is_read_with_its_accents_and_says_so() {
    let spools = format!("{LINE}\nMK-1;;Mu\u{f1}oz;;;;1;Galp\u{f3}n \u{2019}");
    let bytes: Vec<u8> = spools.chars().map(|c| if c == '\u{2019}' { 0x92 } else { c as u8 }).collect();
    let file = read(csv(&[("Operaciones.csv", &bytes)]).path(), &Names::default(), &mut |_| {}).unwrap();
    assert_eq!(file.sheets.operaciones.rows[0].1[7], Cell::text("Galpón ’"));
    assert!(file.remarks[0].contains("Windows-1252"));
}

/// The least compound file that holds what a password wraps a workbook into: a header, the table
/// of its sectors, and a directory of two entries.
fn behind_a_password() -> Vec<u8> {
    let mut bytes = vec![0; 512 * 3];
    let mut put = |at: usize, with: &[u8]| bytes[at..at + with.len()].copy_from_slice(with);
    put(0, &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    put(24, &[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    put(44, &[1, 0, 0, 0, 1, 0, 0, 0]);
    put(56, &[0, 0x10, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]);
    put(76, &[0xff; 436]);
    put(76, &[0; 4]);
    put(512, &[0xff; 512]);
    put(512, &[0xfd, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff]);
    for (entry, (name, kind)) in [("Root Entry", 5), ("EncryptedPackage", 2)].into_iter().enumerate() {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let at = 1024 + 128 * entry;
        put(at, &name);
        put(at + 64, &[name.len() as u8 + 2, 0, kind, 1]);
        put(at + 68, &[0xff; 12]);
        put(at + 116, &[0xfe, 0xff, 0xff, 0xff]);
    }
    bytes
}

#[test]
fn what_is_no_workbook_is_refused_in_one_sentence() {
    let (folder, _, _) = dirty();
    let whole = std::fs::read(folder.path().join("planta.xlsx")).unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let other = file("otro.xlsx", &[]);
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("Hoja1").unwrap();
    book.save(&other).unwrap();
    let few = folder.path().join("pocas.xlsx");
    dirty::write_rows(&few, &["TAG_SPOOL", "Armador", "Soldador", "Fecha_Armado"], &[]);
    let other_csv = csv(&[("x.csv", b"a")]);
    let two_csv = csv(&[("Operaciones.csv", b"a"), ("P - Operaciones.csv", b"a")]);
    let utf_16 = csv(&[("Operaciones.csv", &[0xff, 0xfe, b'a', 0])]);
    let old = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 600]].concat();
    for (path, words) in [
        (folder.path().join("no-existe.xlsx"), "No existe"),
        (file("nota.xlsx", b"hola"), "no es una planilla de Excel"),
        (file("vacio.xlsx", b""), "no es una planilla de Excel"),
        (file("corto.xlsx", &whole[..whole.len() / 2]), "está incompleto o dañado"),
        (file("secreto.xlsx", &behind_a_password()), "está protegido con contraseña"),
        (file("viejo.xls", &old), "formato antiguo"),
        (file("suelto.csv", LINE.as_bytes()), "da la carpeta que contiene Operaciones.csv"),
        (other, "No hay ninguna hoja «Operaciones»"),
        (few, "le faltan columnas en la primera fila: Fecha_Materiales, Fecha_Soldadura."),
        (other_csv.path().to_owned(), "No hay ninguna hoja «Operaciones»"),
        (two_csv.path().to_owned(), "dos archivos para la hoja"),
        (utf_16.path().to_owned(), "UTF-16"),
    ] {
        let error = read_from(&path).unwrap_err().to_string();
        assert!(error.contains(words) && !error.contains('\n'), "{}: {error}", path.display());
    }
}

#[test]
fn an_export_that_cannot_be_written_leaves_the_old_file_whole() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("salida.xlsx");
    std::fs::write(&out, b"antes").unwrap();
    let bad = Names { roles: "no/se/puede".into(), ..Names::default() };
    let error = write_xlsx(&out, &Sheets::default(), &bad).unwrap_err();
    assert!(matches!(error, FileError::NotWritten { .. }));
    assert_eq!(std::fs::read(&out).unwrap(), b"antes");
}
