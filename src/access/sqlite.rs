//! The register in a file of the data folder, for one process; its commands may write beside it.

use super::register::{Register, is_quiet};
use crate::error::Cause;
use async_trait::async_trait;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Result, TransactionBehavior, params};
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The name of the file in the data folder.
const FILE: &str = "access.db";

/// How long one process waits for the other.
const PATIENCE: Duration = Duration::from_secs(5);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS changes (number INTEGER NOT NULL) STRICT;
    INSERT INTO changes SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM changes);
";

/// The register in a file.
pub struct Sqlite(Arc<Mutex<Connection>>);

impl Sqlite {
    /// Opens the register of a data folder, or makes it; nobody else on the machine may read it.
    ///
    /// # Errors
    /// The file cannot be opened or made.
    pub fn open(folder: &Path) -> std::result::Result<Sqlite, Cause> {
        fs::create_dir_all(folder)?;
        let path = folder.join(FILE);
        // Made with this mode from the first moment; its journal gets the same from SQLite.
        OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let connection = Connection::open(&path)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Sqlite(Arc::new(Mutex::new(connection))))
    }

    /// Does something with the file where waiting for the disk holds nobody up.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, Cause> {
        let connection = Arc::clone(&self.0);
        // A transaction that a panic cut off was rolled back.
        let job = move || job(&mut connection.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(tokio::task::spawn_blocking(job).await??)
    }
}

/// Copies the register of a data folder, as it stands at one instant, into one file that opens by itself and
/// that nobody else on the machine may read. Works while it is used; nobody waits.
///
/// # Errors
/// Either file cannot be used; an older copy is then untouched.
pub fn backup(folder: &Path, file: &Path) -> std::result::Result<(), Cause> {
    let temporary = file.with_added_extension("tmp");
    let copied = copy(&folder.join(FILE), &temporary).and_then(|()| Ok(fs::rename(&temporary, file)?));
    if copied.is_err() {
        // Best effort: the next copy begins with an empty one anyway.
        let _ = fs::remove_file(&temporary);
    }
    copied
}

fn copy(from: &Path, to: &Path) -> std::result::Result<(), Cause> {
    let connection = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(PATIENCE)?;
    // Made with this mode from the first moment, and empty, as SQLite wants it; whatever is there is of a copy
    // that was cut off.
    let _ = fs::remove_file(to);
    let made = OpenOptions::new().create_new(true).write(true).mode(0o600).open(to)?;
    connection.execute("VACUUM INTO ?1", [to.to_str().ok_or("the path is not text")?])?;
    Ok(made.sync_all()?)
}

/// Whether a data folder holds a register.
pub fn is_kept(folder: &Path) -> bool {
    folder.join(FILE).exists()
}

#[async_trait]
impl Register for Sqlite {
    async fn number(&self) -> std::result::Result<u64, Cause> {
        self.run(|file| number(file)).await
    }

    async fn all(&self) -> std::result::Result<(u64, Vec<(String, String)>), Cause> {
        self.run(|file| {
            let moment = file.transaction()?;
            let entries = {
                let mut select = moment.prepare_cached("SELECT key, text FROM entry")?;
                let entries = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
                entries.collect::<Result<Vec<_>>>()?
            };
            Ok((number(&moment)?, entries.into_iter().filter(|(key, _)| !is_quiet(key)).collect()))
        })
        .await
    }

    async fn get(&self, key: &str) -> std::result::Result<Option<String>, Cause> {
        let key = key.to_owned();
        self.run(move |file| get(file, &key)).await
    }

    async fn swap(&self, key: &str, known: Option<&str>, text: Option<&str>) -> std::result::Result<bool, Cause> {
        let (key, known, text) = (key.to_owned(), known.map(str::to_owned), text.map(str::to_owned));
        self.run(move |file| {
            let change = file.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if get(&change, &key)? != known {
                return Ok(false);
            }
            match text {
                Some(text) => change.execute("INSERT OR REPLACE INTO entry VALUES (?1, ?2)", params![key, text])?,
                None => change.execute("DELETE FROM entry WHERE key = ?1", [&key])?,
            };
            if !is_quiet(&key) {
                change.execute("UPDATE changes SET number = number + 1", [])?;
            }
            change.commit()?;
            Ok(true)
        })
        .await
    }

    async fn lasting(&self) -> std::result::Result<(), Cause> {
        Ok(())
    }
}

fn number(file: &Connection) -> Result<u64> {
    file.query_row("SELECT number FROM changes", [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

fn get(file: &Connection, key: &str) -> Result<Option<String>> {
    file.prepare_cached("SELECT text FROM entry WHERE key = ?1")?.query_row([key], |row| row.get(0)).optional()
}
