//! The file that holds the steps.

use super::{Mark, Now, Step, Steps, TABLETS, Tablet};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Result, Transaction, params};
use std::path::Path;
use uuid::Uuid;

/// The name of the file in the data folder.
const FILE: &str = "tablets.db";

/// How long steps are kept.
const AGE: TimeDelta = TimeDelta::days(30);

/// Pages of 4 KiB that the file may have, and how many may be full before the oldest fifth goes. Together with what SQLite
/// keeps beside it, which grows with the largest change, it is 50 MB.
const PAGES: (u32, u32) = (8_800, 7_500);

/// How large the log of changes stays, in bytes: after one that was larger it is cut.
const LOG: u32 = 4_000_000;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS step (
        at INTEGER NOT NULL, tablet TEXT NOT NULL, build TEXT NOT NULL, what TEXT NOT NULL, fields TEXT NOT NULL,
        status INTEGER NOT NULL, code TEXT NOT NULL, took INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS step_of_tablet ON step (tablet, at);
    CREATE INDEX IF NOT EXISTS step_at ON step (at);
";

pub(super) struct Store {
    pub(super) file: Connection,
    /// The mark of this life of this process, where there are others that are told what it keeps.
    pub(super) origin: Option<String>,
    /// What steps are too old by: not by other steps, as one of a machine whose clock is a month ahead would be the last.
    pub(super) now: Now,
}

impl Store {
    pub(super) fn open(folder: &Path, shared: bool, now: Now) -> Result<Store> {
        let connection = Connection::open(folder.join(FILE))?;
        // What is lost with the power is the last second: nothing is decided by it.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "journal_size_limit", LOG)?;
        connection.pragma_update(None, "max_page_count", PAGES.0)?;
        connection.execute_batch(SCHEMA)?;
        connection.execute_batch(super::exchange::SCHEMA)?;
        let origin = shared.then(|| Uuid::new_v4().simple().to_string());
        let mut store = Store { file: connection, origin, now };
        store.make_room()?;
        Ok(store)
    }

    /// Keeps steps of this process, and makes room for the next ones; gives how many of earlier ones the others will never
    /// be told.
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
        self.make_room()?;
        Ok(lost)
    }

    /// Removes what is older than 30 days, and makes room.
    pub(super) fn prune(&mut self) -> Result<()> {
        let oldest = ((self.now)() - AGE).timestamp_millis();
        self.file.execute("DELETE FROM step WHERE at < ?1", [oldest])?;
        self.file.execute("DELETE FROM heard WHERE at < ?1", [oldest])?;
        self.make_room()
    }

    /// Removes the oldest fifth when the file is nearly full: were it full, it would be the newest that are not kept.
    pub(super) fn make_room(&mut self) -> Result<()> {
        let pragma = |name: &str| self.file.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
        let fifth = "DELETE FROM step WHERE rowid IN (SELECT rowid FROM step ORDER BY at LIMIT (SELECT count(*) / 5 FROM step))";
        while pragma("page_count")? - pragma("freelist_count")? > PAGES.1 {
            if self.file.execute(fifth, [])? == 0 {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn tablets(&self) -> Result<Vec<Tablet>> {
        let select = "SELECT tablet, max(at) AS last, count(*),
                             (SELECT build FROM step AS said WHERE said.tablet = step.tablet AND said.build <> ''
                              ORDER BY said.at DESC, said.rowid DESC LIMIT 1)
                      FROM step GROUP BY tablet ORDER BY last DESC LIMIT ?1";
        let mut found = self.file.prepare_cached(select)?;
        let tablet = |row: &rusqlite::Row<'_>| {
            let build: Option<String> = row.get(3)?;
            Ok(Tablet { id: row.get(0)?, last: moment(row.get(1)?), steps: row.get(2)?, build: build.unwrap_or_default() })
        };
        found.query_map([TABLETS as i64], tablet)?.collect()
    }

    pub(super) fn steps(&self, tablet: &str, from: DateTime<Utc>, before: Mark, most: u32) -> Result<Steps> {
        let select = "SELECT at, tablet, build, what, fields, status, code, took, rowid FROM step
                      WHERE tablet = ?1 AND at >= ?2 AND (at, rowid) < (?3, ?4) ORDER BY at DESC, rowid DESC LIMIT ?5";
        let mut found = self.file.prepare_cached(select)?;
        let step = |row: &rusqlite::Row<'_>| {
            let step = Step {
                at: moment(row.get(0)?),
                tablet: row.get(1)?,
                build: row.get(2)?,
                what: row.get(3)?,
                fields: row.get(4)?,
                status: row.get(5)?,
                code: row.get(6)?,
                took: row.get(7)?,
            };
            Ok((Mark(row.get(0)?, row.get(8)?), step))
        };
        let Mark(at, row) = before;
        // One more says whether there are older ones.
        let rows = found.query_map(params![tablet, from.timestamp_millis(), at, row, most.saturating_add(1)], step)?;
        let mut rows: Vec<(Mark, Step)> = rows.collect::<Result<_>>()?;
        let over = rows.len() > most as usize;
        rows.truncate(most as usize);
        let older = rows.last().map(|(mark, _)| *mark).filter(|_| over);
        Ok(Steps { steps: rows.into_iter().rev().map(|(_, step)| step).collect(), older })
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

    fn store(folder: &Path, now: i64) -> Store {
        Store::open(folder, false, Box::new(move || moment(now))).unwrap()
    }

    const DAY: i64 = 24 * 3_600_000;

    #[test]
    fn f4_what_is_kept_stays_below_fifty_megabytes_and_thirty_days() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(folder.path(), 31 * DAY);
        store.write(&[step(0, "old".into()), step(31 * DAY, "new".into())]).unwrap();
        store.prune().unwrap();
        assert_eq!(store.tablets().unwrap()[0].steps, 1);
        // As fast as they come, and without anybody who looks for old ones meanwhile.
        for round in 0..60 {
            let many: Vec<Step> = (0..200).map(|n| step(31 * DAY + round * 200 + n, "x".repeat(6_000))).collect();
            store.write(&many).unwrap();
            let sizes =
                ["", "-wal", "-shm"].map(|end| std::fs::metadata(folder.path().join(format!("{FILE}{end}"))).unwrap().len());
            assert!(sizes.iter().sum::<u64>() <= 50_000_000, "{sizes:?}");
        }
        let last = store.steps("t1", moment(0), Mark::at(moment(32 * DAY)), 1).unwrap().steps;
        assert_eq!(last[0].at, moment(31 * DAY + 11_999), "the newest stay");
    }

    #[test]
    fn f4_a_step_of_a_clock_that_is_a_month_ahead_makes_no_other_one_old() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(folder.path(), 40 * DAY);
        store.write(&[step(39 * DAY, "yesterday".into()), step(75 * DAY, "ahead".into())]).unwrap();
        store.prune().unwrap();
        assert_eq!(store.tablets().unwrap()[0].steps, 2);
    }

    #[test]
    fn f4_all_steps_of_a_day_are_reached_page_by_page_each_once_also_those_of_one_moment() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(folder.path(), DAY);
        let all: Vec<Step> = (0..25).map(|n| step(n / 10, n.to_string())).collect();
        store.write(&all).unwrap();
        let (mut before, mut read) = (Mark::at(moment(DAY)), Vec::new());
        loop {
            let page = store.steps("t1", moment(0), before, 4).unwrap();
            read = [page.steps, read].concat();
            // As an address names it.
            let Some(older) = page.older else { break };
            before = Mark::read(&older.to_string()).unwrap();
        }
        assert_eq!(read, all);
    }

    #[test]
    fn f4_of_many_tablets_those_heard_last_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(folder.path(), DAY);
        let of = |n: i64| Step { tablet: format!("t{n}"), ..step(n, String::new()) };
        store.write(&(0..300).map(of).collect::<Vec<_>>()).unwrap();
        let listed = store.tablets().unwrap();
        assert_eq!((listed.len(), listed[0].id.as_str()), (TABLETS, "t299"));
    }
}
