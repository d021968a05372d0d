//! People at the workbook, the journal, and the invented plant.

use super::Caller;
use crate::stand_in::plant::{self, Plant};
use crate::stand_in::{Google, When, format};
use serde_json::{Value, json};

fn take(row: usize, who: &str) -> Value {
    let cell = json!({"values": [{"userEnteredValue": {"stringValue": who}}]});
    let start = json!({"sheetId": plant::OPERACIONES, "rowIndex": row - 1, "columnIndex": 27});
    json!([{"updateCells": {"start": start, "fields": "userEnteredValue", "rows": [cell]}}])
}

/// Document: nothing but one batch is atomic, and people edit between any two calls,
/// <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/batchUpdate>.
#[tokio::test]
async fn a_person_can_change_the_workbook_between_a_read_and_the_write() {
    let caller = Caller::plant(20).await;
    caller.google.human_will(When::AfterRead, plant::BOOK, |human| human.inserts_rows("Operaciones", 2, 1));
    caller.google.human_will(When::BeforeWrite, plant::BOOK, |human| {
        let row = human.row("Operaciones", "TAG_SPOOL", &Plant::tag(1)).unwrap();
        human.types("Operaciones", "Ocupado_Por", row, "CP(93)");
    });
    assert_eq!(caller.values("Operaciones!D2").await, json!([[Plant::tag(1)]]), "the read came before");
    caller.batch(take(2, "MR(91)")).await;
    assert_eq!(caller.values("Operaciones!AB2:AB3").await, json!([["MR(91)"], ["CP(93)"]]));
    let journal = caller.google.journal();
    let what: Vec<(&str, &str)> = journal.entries().iter().map(|entry| (entry.by.as_str(), entry.what.as_str())).collect();
    assert_eq!(what, [("human", "inserts rows"), ("human", "edits"), (crate::stand_in::ACCOUNT, "spreadsheets.batchUpdate")]);
    assert_eq!(journal.entries().iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2, 3]);
}

/// Documents: what the menus do is what `SortRangeRequest`, `InsertDimensionRequest`, `DeleteDimensionRequest`,
/// `UpdateSheetPropertiesRequest` and `DeleteSheetRequest` do,
/// <https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request>.
#[tokio::test]
async fn the_office_can_do_to_a_sheet_what_offices_do() {
    let google = Google::with(Plant::of(30).build()).await;
    google.human(plant::BOOK, |human| {
        human.inserts_column("Operaciones", "Ocupado_Por", "MatSys2");
        assert_eq!(human.column("Operaciones", "Ocupado_Por"), 28);
        human.deletes_column("Operaciones", "Linea");
        human.renames_header("Operaciones", "Armador", "Armador (nuevo)");
        human.types("Operaciones", "Fecha_Armado", 2, "21-01-2026");
        assert_eq!(human.sees("Operaciones", "Fecha_Armado", 2), "21-01-2026");
        human.deletes_rows("Operaciones", 2, 1);
        human.sorts("Operaciones", "TAG_SPOOL", true);
        assert_eq!(human.row("Operaciones", "TAG_SPOOL", &Plant::tag(30)), Some(2));
        human.renames_sheet("Roles", "Cargos");
        human.adds_sheet("Apuntes");
        human.collides("Apuntes");
        human.protects_sheet("Metadata", &[]);
        human.unprotects_sheet("Metadata");
        human.deletes_sheet("Trabajadores");
        let titles: Vec<&str> = human.book().sheets.iter().map(|sheet| sheet.title.as_str()).collect();
        assert_eq!(titles, ["Operaciones", "Cargos", "Metadata", "Apuntes_conflict1739012345"]);
    });
    assert!(google.journal().entries().iter().all(crate::stand_in::Entry::is_human));
}

#[tokio::test]
async fn the_journal_keeps_the_workbook_as_it_was_after_each_batch() {
    let caller = Caller::plant(20).await;
    for (number, who) in ["MR(91)", "NR(92)", "CP(93)"].into_iter().enumerate() {
        caller.batch(take(number + 2, who)).await;
    }
    let journal = caller.google.journal();
    let occupied: Vec<Vec<String>> = journal
        .batches()
        .map(|entry| {
            let book = entry.after.as_ref().unwrap();
            (1..4).map(|row| format::shown(book.sheets[0].cell(row, 27), &book.locale)).collect()
        })
        .collect();
    assert_eq!(occupied, [["MR(91)", "", ""], ["MR(91)", "NR(92)", ""], ["MR(91)", "NR(92)", "CP(93)"]]);
    let second = &journal.entries()[1];
    assert_eq!((&second.request["requests"], second.reply["replies"].as_array().unwrap().len()), (&take(3, "NR(92)"), 1));
    assert_eq!(journal.count("spreadsheets.batchUpdate"), 3);
    assert!(journal.entries().windows(2).all(|pair| pair[0].at <= pair[1].at));
}

#[tokio::test]
async fn a_plant_of_any_size_is_planted_and_read_in_one_call() {
    for (spools, dirty) in [(2_556, true), (10_000, false)] {
        let plant = Plant::of(spools).audit(2_000);
        let caller = Caller::with(if dirty { plant.dirty() } else { plant }.build()).await;
        let query = [("valueRenderOption", "UNFORMATTED_VALUE"), ("ranges", "Operaciones"), ("ranges", "Metadata!A:J")];
        let (_, reply) = caller.get("/values:batchGet", &query).await;
        let rows = reply["valueRanges"][0]["values"].as_array().unwrap();
        assert_eq!((rows.len(), reply["valueRanges"][1]["values"].as_array().unwrap().len()), (spools + 1, 2_001));
        let mut tags: Vec<&str> = rows.iter().filter_map(|row| row[3].as_str()).filter(|tag| !tag.is_empty()).collect();
        tags.sort_unstable();
        let all = tags.len();
        tags.dedup();
        assert_eq!(all - tags.len(), if dirty { 50 } else { 0 }, "repeated TAGs");
        let (status, _) = caller.batch(take(Plant::row(spools), "MR(91)")).await;
        assert_eq!(status, 200);
    }
}
