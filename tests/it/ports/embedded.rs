//! The contract on the embedded workbook, and what holds for its file alone.

use super::workbook::{Record, contract};
use crate::support::{ZONE, id_of, morning, pause, plant, soon, take};
use async_trait::async_trait;
use rusqlite::Connection;
use rusqlite::types::Value;
use spoolboard::domain::{Cell, Column};
use spoolboard::error::Error;
use spoolboard::workbook::sqlite::{FILE, Store, backup};
use spoolboard::workbook::{Applied, Sheets, Sqlite, Workbook};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

contract!(Embedded);

/// A data folder of its own.
struct Embedded(TempDir);

impl Embedded {
    fn shell(&self) -> Connection {
        Connection::open(self.0.path().join(FILE)).unwrap()
    }
}

#[async_trait]
impl Record for Embedded {
    async fn new(sheets: Sheets) -> Embedded {
        let folder = tempfile::tempdir().unwrap();
        Store::open(folder.path()).unwrap().replace_sheets(&sheets).unwrap();
        Embedded(folder)
    }

    async fn open(&self) -> Arc<dyn Workbook> {
        Arc::new(Sqlite::open(self.0.path(), ZONE, morning()).unwrap())
    }

    async fn edit(&self, fila: u32, column: Column, cell: Cell) {
        let value = match cell {
            Cell::Text(text) => Value::Text(text),
            Cell::Number(n) | Cell::Date(n) => Value::Real(n),
            _ => Value::Null,
        };
        let update = format!("UPDATE operaciones SET \"{}\" = ?1 WHERE fila = ?2", column.header());
        assert_eq!(self.shell().execute(&update, (value, fila)).unwrap(), 1);
    }

    async fn sheets(&self) -> Sheets {
        Store::open_to_read(self.0.path()).unwrap().read_all().unwrap()
    }
}

#[tokio::test]
async fn f5_the_audit_cannot_be_altered_not_even_with_a_shell() {
    let record = Embedded::new(plant(1)).await;
    let before = record.sheets().await;
    for statement in [
        "UPDATE metadata SET \"Worker_ID\" = 94",
        "DELETE FROM metadata",
        "REPLACE INTO metadata (clave, otras) SELECT clave, otras FROM metadata",
        "REPLACE INTO metadata (seq, clave, otras) SELECT seq, 'x', otras FROM metadata",
    ] {
        let refused = record.shell().execute_batch(statement).unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{statement}: {refused}");
    }
    assert_eq!(record.sheets().await, before);
}

#[tokio::test]
async fn a_folder_that_is_served_is_refused_to_a_second_and_can_still_be_read_and_copied() {
    let record = Embedded::new(plant(2)).await;
    let workbook = record.open().await;
    let refused = Sqlite::open(record.0.path(), ZONE, morning()).unwrap_err().to_string();
    assert!(refused.contains(&record.0.path().display().to_string()), "{refused}");

    let (view, id) = (workbook.view(), Uuid::new_v4());
    let change = take(&view, &id_of(&view, "MK-0002"), 93, id);
    assert!(matches!(workbook.apply(change, soon()).await, Ok(Applied::Landed(_))));
    let copy = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        backup(record.0.path(), &copy.path().join(FILE)).unwrap();
    }
    let names: Vec<_> = std::fs::read_dir(copy.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [FILE], "one file by itself");
    assert_eq!(Store::open_to_read(copy.path()).unwrap().read_all().unwrap(), record.sheets().await);
    let restored = Sqlite::open(copy.path(), ZONE, morning()).unwrap();
    assert!(restored.event(id).is_some());
}

#[tokio::test]
async fn a_copy_that_cannot_be_placed_leaves_the_older_one_alone() {
    let record = Embedded::new(plant(1)).await;
    let nowhere = record.0.path().join("no such folder").join("copy.db");
    assert!(matches!(backup(record.0.path(), &nowhere), Err(Error::Unavailable { .. })));
}

/// How often the process is killed.
const KILLS: usize = 20;
/// The child's workers, each at a spool of its own.
const WORKERS: usize = 5;
const CRASH_FOLDER: &str = "SPOOLBOARD_TEST_CRASH_FOLDER";

#[tokio::test]
async fn what_a_worker_was_told_is_saved_survives_a_killed_process() {
    let record = Embedded::new(plant(WORKERS as u32)).await;
    let mut told = Vec::new();
    for _ in 0..KILLS {
        told.extend(killed_at_random(record.0.path()));
        let workbook = record.open().await;
        for id in &told {
            assert!(workbook.event(*id).is_some(), "{id} was told and is lost");
        }
        for spool in &workbook.view().spools {
            let events: Vec<_> = spool.events.iter().filter(|event| !event.notes.after.is_empty()).collect();
            let version = |cells: &[(Column, Cell)]| cells.iter().find(|(c, _)| *c == Column::Version).unwrap().1.clone();
            for pair in events.windows(2) {
                assert_eq!(version(&pair[0].notes.after), version(&pair[1].notes.before), "the chain of versions is whole");
            }
            let last = events.last().map(|event| event.id.to_string());
            assert_eq!(spool.version, last, "row and audit are one");
        }
        workbook.close().await;
    }
    let sheets = record.sheets().await;
    let place = sheets.metadata.place("ID").unwrap();
    let mut times: HashMap<String, usize> = HashMap::new();
    sheets.metadata.rows.iter().for_each(|(_, cells)| *times.entry(cells[place].display()).or_default() += 1);
    assert!(told.len() >= KILLS);
    assert!(told.iter().all(|id| times[&id.to_string()] == 1), "each exactly once");
}

/// Runs the child until it has told some changes, kills it, and gives back all that it told.
fn killed_at_random(folder: &Path) -> Vec<Uuid> {
    let name = concat!(module_path!(), "::the_child_of_the_crash_test");
    let name = name.split_once("::").unwrap().1;
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env(CRASH_FOLDER, folder);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let enough = 1 + Uuid::new_v4().as_bytes()[0] as usize % 60;
    let mut told = Vec::new();
    let mut read = |lines: &mut dyn Iterator<Item = std::io::Result<String>>, most: usize| {
        let ids = lines.map_while(Result::ok).filter_map(|line| Uuid::try_parse(line.strip_prefix("told ")?).ok());
        told.extend(ids.take(most));
    };
    read(&mut lines, enough);
    child.kill().unwrap();
    child.wait().unwrap();
    read(&mut lines, usize::MAX);
    told
}

/// Not a test by itself: what the crash test runs as a process of its own, and kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_child_of_the_crash_test() {
    let Some(folder) = std::env::var_os(CRASH_FOLDER) else { return };
    let workbook = Arc::new(Sqlite::open(Path::new(&folder), ZONE, morning()).unwrap());
    println!();
    let ids: Vec<String> = workbook.view().spools.iter().map(|spool| spool.id().to_owned()).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for id in ids {
        let workbook = Arc::clone(&workbook);
        tasks.spawn(async move {
            loop {
                let (view, operation) = (workbook.view(), Uuid::new_v4());
                let change = match view.get(&id).unwrap().is_free() {
                    true => take(&view, &id, 93, operation),
                    false => pause(&view, &id, 93, operation),
                };
                workbook.apply(change, soon()).await.unwrap();
                println!("told {operation}");
            }
        });
    }
    tasks.join_all().await;
}
