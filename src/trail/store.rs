//! The file that holds the steps.

use super::{Step, Tablet};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Result, Transaction, params};
use std::path::Path;
use uuid::Uuid;

/// The name of the file in the data folder.
const FILE: &str = "tablets.db";

/// How long steps are kept.
const AGE: TimeDelta = TimeDelta::days(30);

/// Pages of 4 KiB that the file may have: 50 MB; and how many may be full before the oldest fifth goes.
const PAGES: (u32, u32) = (12_200, 10_000);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS step (
        at INTEGER NOT NULL, tablet TEXT NOT NULL, build TEXT NOT NULL, what TEXT NOT NULL, fields TEXT NOT NULL,
        status INTEGER NOT NULL, code TEXT NOT NULL, took INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS step_of_tablet ON step (tablet, at);
    CREATE INDEX IF NOT EXISTS step_at ON step (at);
";

#[derive(Debug)]
pub(super) struct Store {
    pub(super) file: Connection,
    /// The mark of this life of this process, where there are others that are told what it keeps.
    pub(super) origin: Option<String>,
}

impl Store {
    pub(super) fn open(folder: &Path, shared: bool) -> Result<Store> {
        let connection = Connection::open(folder.join(FILE))?;
        // What is lost with the power is the last second: nothing is decided by it.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "max_page_count", PAGES.0)?;
        connection.execute_batch(SCHEMA)?;
        connection.execute_batch(super::exchange::SCHEMA)?;
        Ok(Store { file: connection, origin: shared.then(|| Uuid::new_v4().simple().to_string()) })
    }

    /// Keeps steps of this process; gives how many of earlier ones the others will never be told.
    pub(super) fn write(&mut self, steps: &[Step]) -> Result<u64> {
        if steps.is_empty() {
            return Ok(0);
        }
        let change = self.file.transaction()?;
        steps.iter().try_for_each(|step| insert(&change, step))?;
        let lost = match &self.origin {
            Some(origin) => super::exchange::note(&change, origin, steps)?,
            None => 0,
        };
        change.commit()?;
        Ok(lost)
    }

    /// Removes what is older than 30 days before the last step, and makes room.
    pub(super) fn prune(&mut self) -> Result<()> {
        let oldest = "DELETE FROM step WHERE at < (SELECT max(at) FROM step) - ?1";
        self.file.execute(oldest, [AGE.num_milliseconds()])?;
        self.file.execute("DELETE FROM heard WHERE at < (SELECT max(at) FROM step) - ?1", [AGE.num_milliseconds()])?;
        self.make_room()
    }

    /// Removes the oldest fifth when the file is nearly full.
    pub(super) fn make_room(&mut self) -> Result<()> {
        let pragma = |name: &str| self.file.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
        if pragma("page_count")? - pragma("freelist_count")? > PAGES.1 {
            let fifth =
                "DELETE FROM step WHERE rowid IN (SELECT rowid FROM step ORDER BY at LIMIT (SELECT count(*) / 5 FROM step))";
            self.file.execute(fifth, [])?;
        }
        Ok(())
    }

    pub(super) fn tablets(&self) -> Result<Vec<Tablet>> {
        let mut found =
            self.file.prepare_cached("SELECT tablet, max(at), build, count(*) FROM step GROUP BY tablet ORDER BY 2 DESC")?;
        let tablet = |row: &rusqlite::Row<'_>| {
            Ok(Tablet { id: row.get(0)?, last: moment(row.get(1)?), build: row.get(2)?, steps: row.get(3)? })
        };
        found.query_map([], tablet)?.collect()
    }

    pub(super) fn steps(&self, tablet: &str, from: DateTime<Utc>, to: DateTime<Utc>, most: u32) -> Result<Vec<Step>> {
        let select = "SELECT at, tablet, build, what, fields, status, code, took FROM step
                      WHERE tablet = ?1 AND at >= ?2 AND at < ?3 ORDER BY at DESC, rowid DESC LIMIT ?4";
        let mut found = self.file.prepare_cached(select)?;
        let step = |row: &rusqlite::Row<'_>| {
            Ok(Step {
                at: moment(row.get(0)?),
                tablet: row.get(1)?,
                build: row.get(2)?,
                what: row.get(3)?,
                fields: row.get(4)?,
                status: row.get(5)?,
                code: row.get(6)?,
                took: row.get(7)?,
            })
        };
        let rows = found.query_map(params![tablet, from.timestamp_millis(), to.timestamp_millis(), most], step)?;
        let mut steps: Vec<Step> = rows.collect::<Result<_>>()?;
        steps.reverse();
        Ok(steps)
    }
}

pub(super) fn insert(change: &Transaction<'_>, step: &Step) -> Result<()> {
    let Step { at, tablet, build, what, fields, status, code, took } = step;
    let mut insert = change.prepare_cached("INSERT INTO step VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    insert.execute(params![at.timestamp_millis(), tablet, build, what, fields, status, code, took]).map(|_| ())
}

pub(super) fn moment(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(at: i64, what: String) -> Step {
        let text = String::new;
        let at = moment(at);
        Step { at, tablet: "t1".into(), build: "b".into(), what, fields: text(), status: 200, code: text(), took: 3 }
    }

    #[test]
    fn f4_what_is_kept_stays_below_fifty_megabytes_and_thirty_days() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path(), false).unwrap();
        let day = 24 * 3_600_000;
        store.write(&[step(0, "old".into()), step(31 * day, "new".into())]).unwrap();
        store.prune().unwrap();
        assert_eq!(store.tablets().unwrap()[0].steps, 1);
        for round in 0..60 {
            let many: Vec<Step> = (0..200).map(|n| step(31 * day + round * 200 + n, "x".repeat(6_000))).collect();
            store.write(&many).unwrap();
            store.prune().unwrap();
        }
        let size = std::fs::metadata(folder.path().join(FILE)).unwrap().len();
        assert!(size <= 50_000_000, "{size}");
        let last = store.steps("t1", moment(0), moment(32 * day), 1).unwrap();
        assert_eq!(last[0].at, moment(31 * day + 11_999), "the newest stay");
    }
}
