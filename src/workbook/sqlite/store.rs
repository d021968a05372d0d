//! The file: who may open it, how safely it is written, and which format it has.

use super::sheets;
use crate::domain::Header;
use crate::error::{Error, Service, in_full};
use crate::workbook::Sheets;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// The name of the database in the data folder.
pub const FILE: &str = "spoolboard.db";
const LOCK: &str = "spoolboard.lock";
/// How long a writer waits for somebody with a shell in the file.
const BUSY: Duration = Duration::from_secs(5);
/// How long a process that is just ending is waited for, and how often it is looked. A child that was
/// being started when the lock was given up has it, too, until it is another program.
const ENDING: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_millis(20);
/// The numbered migrations; the count is the format that this program writes.
const MIGRATIONS: [&str; 1] = [include_str!("0001-initial.sql")];

/// Why the embedded workbook cannot be opened; one line each, for whoever runs the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("the data folder {} is in use by another spoolboard", .0.display())]
    InUse(PathBuf),
    /// The folder cannot be used.
    #[error("the data folder {} cannot be used: {source}", folder.display())]
    Folder {
        /// Which one.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A newer (or, to a reader, an older) program wrote the file.
    #[error("{} has format {found} and this program knows format {known}: use the newer program", file.display())]
    Format {
        /// Which one.
        file: PathBuf,
        /// Its `user_version`.
        found: usize,
        /// Ours.
        known: usize,
    },
    /// SQLite refuses the file.
    #[error("{} cannot be opened: {source}", file.display())]
    Database {
        /// Which one.
        file: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The file opens, but holds what this program cannot read.
    #[error("{} cannot be read: {}", .0.display(), in_full(.1))]
    Unreadable(PathBuf, #[source] Error),
    /// The system grants no thread.
    #[error("the workbook's thread cannot be started: {0}")]
    Thread(#[source] io::Error),
}

/// The embedded workbook as a file of sheets, without the memory that an adapter keeps.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    /// Where the tracked columns of `Operaciones` stand, and which are missing.
    pub(super) header: Header,
    /// Held while the store is open; the system frees it whatever ends the process.
    _lock: Option<File>,
}

impl Store {
    /// Opens the workbook of a data folder for this process alone, and makes it where there is none.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(folder: &Path) -> Result<Store, OpenError> {
        let lock = lock(folder)?;
        let file = folder.join(FILE);
        let database = |source| OpenError::Database { file: file.clone(), source };
        let mut connection = Connection::open(&file).map_err(database)?;
        refuse_newer(&connection, &file)?;
        prepare(&connection).and_then(|()| migrate(&mut connection)).map_err(database)?;
        Store::with(connection, Some(lock)).map_err(database)
    }

    /// Opens the workbook of a data folder for reading, also while another process serves it.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_to_read(folder: &Path) -> Result<Store, OpenError> {
        let file = folder.join(FILE);
        let database = |source| OpenError::Database { file: file.clone(), source };
        let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(database)?;
        connection.busy_timeout(BUSY).map_err(database)?;
        refuse_newer(&connection, &file)?;
        Store::with(connection, None).map_err(database)
    }

    /// A workbook that lives as long as it is open.
    ///
    /// # Errors
    /// [`OpenError::Database`] when there is no memory for it.
    pub fn in_memory() -> Result<Store, OpenError> {
        let open = || {
            let mut connection = Connection::open_in_memory()?;
            prepare(&connection)?;
            migrate(&mut connection)?;
            Store::with(connection, None)
        };
        open().map_err(|source| OpenError::Database { file: ":memory:".into(), source })
    }

    fn with(connection: Connection, lock: Option<File>) -> Result<Store, rusqlite::Error> {
        let header = sheets::tracked_header(&connection)?;
        Ok(Store { connection, header, _lock: lock })
    }

    /// What SQLite finds wrong with the file; nothing when it is whole.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file cannot be read at all.
    pub fn integrity(&self) -> Result<Vec<String>, Error> {
        let damages = || {
            let mut statement = self.connection.prepare("PRAGMA integrity_check")?;
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()
        };
        Ok(damages().map_err(unavailable)?.into_iter().filter(|line| line != "ok").collect())
    }

    /// All four sheets as they stand at one instant, every column included.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file cannot be read.
    pub fn read_all(&mut self) -> Result<Sheets, Error> {
        let transaction = self.connection.transaction().map_err(unavailable)?;
        sheets::read(&transaction).map_err(unavailable)
    }

    /// Reads all four sheets, after making sure that each row can be found by its short id.
    pub(super) fn read_afresh(&mut self) -> Result<Sheets, Error> {
        let read = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            sheets::reindex(&transaction)?;
            let sheets = sheets::read(&transaction)?;
            transaction.commit()?;
            Ok(sheets)
        };
        read(&mut self.connection).map_err(unavailable)
    }

    /// Puts these sheets in place of what the workbook holds, all or nothing.
    ///
    /// `Metadata` only grows: rows that it holds already are skipped, none is removed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file cannot be written; nothing was.
    pub fn replace_sheets(&mut self, sheets: &Sheets) -> Result<(), Error> {
        let replace = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            sheets::replace(&transaction, sheets)?;
            let header = sheets::tracked_header(&transaction)?;
            transaction.commit()?;
            Ok(header)
        };
        self.header = replace(&mut self.connection).map_err(unavailable)?;
        Ok(())
    }

    /// A small fact about this workbook, such as whether it holds the demonstration plant.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file cannot be read.
    pub fn setting(&self, key: &str) -> Result<Option<String>, Error> {
        let query = "SELECT valor FROM ajustes WHERE clave = ?1";
        self.connection.query_row(query, [key], |row| row.get(0)).optional().map_err(unavailable)
    }

    /// Notes a small fact; `None` forgets it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file cannot be written.
    pub fn set_setting(&mut self, key: &str, value: Option<&str>) -> Result<(), Error> {
        let done = match value {
            Some(value) => self.connection.execute("INSERT OR REPLACE INTO ajustes VALUES (?1, ?2)", [key, value]),
            None => self.connection.execute("DELETE FROM ajustes WHERE clave = ?1", [key]),
        };
        done.map(|_| ()).map_err(unavailable)
    }

    /// Brings all that the log holds into the file, before closing.
    pub(super) fn checkpoint(&self) -> Result<(), rusqlite::Error> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }
}

/// Copies the workbook of a data folder, as it stands at one instant, into one file that opens by
/// itself. Works while another process serves it; nobody waits.
///
/// # Errors
/// [`Error::Unavailable`] when either file cannot be used; an older copy is then untouched.
pub fn backup(folder: &Path, file: &Path) -> Result<(), Error> {
    let store = Store::open_to_read(folder).map_err(|error| Error::unavailable(Service::Workbook, error))?;
    let temporary = file.with_added_extension("tmp");
    let copied = copy(&store.connection, &temporary).map_err(unavailable);
    let placed = copied.and_then(|()| place(&temporary, file).map_err(|error| Error::unavailable(Service::Workbook, error)));
    if placed.is_err() {
        // Best effort: the next backup overwrites it anyway.
        let _ = fs::remove_file(&temporary);
    }
    placed
}

/// An error of SQLite as the port tells it: the record is away and nothing was written.
pub(super) fn unavailable(error: rusqlite::Error) -> Error {
    Error::unavailable(Service::Workbook, error)
}

fn lock(folder: &Path) -> Result<File, OpenError> {
    let unusable = |source| OpenError::Folder { folder: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(unusable)?;
    let mut options = OpenOptions::new();
    let file = options.create(true).write(true).truncate(false).open(folder.join(LOCK)).map_err(unusable)?;
    let patience = Instant::now() + ENDING;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < patience => thread::sleep(AGAIN),
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(folder.to_owned())),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
    }
}

/// WAL and a sync at each commit: what a worker was told is saved survives the power cut.
fn prepare(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)
}

fn format_of(connection: &Connection) -> Result<usize, rusqlite::Error> {
    let number: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(number as usize)
}

fn refuse_newer(connection: &Connection, file: &Path) -> Result<(), OpenError> {
    let known = MIGRATIONS.len();
    match format_of(connection) {
        Ok(found) if found > known => Err(OpenError::Format { file: file.to_owned(), found, known }),
        Ok(_) => Ok(()),
        Err(source) => Err(OpenError::Database { file: file.to_owned(), source }),
    }
}

fn migrate(connection: &mut Connection) -> Result<(), rusqlite::Error> {
    let from = format_of(connection)?;
    for (number, sql) in MIGRATIONS.iter().enumerate().skip(from) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", number as u32 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

fn copy(from: &Connection, to: &Path) -> Result<(), rusqlite::Error> {
    let mut copy = Connection::open(to)?;
    {
        let backup = Backup::new(from, &mut copy)?;
        // All pages in one step: one instant of the source, whoever writes meanwhile.
        while backup.step(-1)? != StepResult::Done {
            std::thread::yield_now();
        }
    }
    // A file by itself, without a log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE")
}

fn place(temporary: &Path, file: &Path) -> io::Result<()> {
    File::open(temporary)?.sync_all()?;
    fs::rename(temporary, file)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::types::FromSql;

    fn pragma<T: FromSql>(store: &Store, name: &str) -> T {
        store.connection.pragma_query_value(None, name, |row| row.get(0)).unwrap()
    }

    #[test]
    fn each_commit_is_synced_into_a_write_ahead_log() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(pragma::<i64>(&store, "synchronous"), 2, "FULL");
        assert_eq!(pragma::<String>(&store, "journal_mode"), "wal");
        assert_eq!(pragma::<i64>(&store, "foreign_keys"), 1);
    }

    #[test]
    fn a_folder_in_use_is_refused_by_name_and_free_again_when_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let first = Store::open(folder.path()).unwrap();
        let refused = Store::open(folder.path()).unwrap_err().to_string();
        assert!(refused.contains(&folder.path().display().to_string()) && !refused.contains('\n'), "{refused}");
        drop(first);
        Store::open(folder.path()).unwrap();
    }

    #[test]
    fn a_file_of_a_newer_program_is_refused_in_words_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let newer = MIGRATIONS.len() as u32 + 1;
        Store::open(folder.path()).unwrap().connection.pragma_update(None, "user_version", newer).unwrap();
        let refused = Store::open(folder.path()).unwrap_err();
        assert!(matches!(refused, OpenError::Format { found, .. } if found == newer as usize), "{refused}");
        assert!(refused.to_string().contains("newer program"));
        assert!(matches!(Store::open_to_read(folder.path()), Err(OpenError::Format { .. })));
    }

    #[test]
    fn what_is_no_database_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        fs::write(&file, "the office's notes, quite another file ".repeat(100)).unwrap();
        assert!(matches!(Store::open(folder.path()), Err(OpenError::Database { .. })));
        assert!(fs::read_to_string(&file).unwrap().starts_with("the office's notes"));
    }

    #[test]
    fn settings_are_kept_and_forgotten() {
        let mut store = Store::in_memory().unwrap();
        assert_eq!(store.setting("demo").unwrap(), None);
        store.set_setting("demo", Some("1")).unwrap();
        store.set_setting("demo", Some("2")).unwrap();
        assert_eq!(store.setting("demo").unwrap().as_deref(), Some("2"));
        store.set_setting("demo", None).unwrap();
        assert_eq!(store.setting("demo").unwrap(), None);
    }
}
