//! What the processes of a plant tell one another, as the file of each keeps it: what it did not tell yet, and whom it
//! heard up to which number. A step that is told twice is kept once, whoever was interrupted.

use super::Step;
use super::store::{Store, insert, moment};
use rusqlite::{OptionalExtension, Result, Transaction, params};
use serde::{Deserialize, Serialize};

/// How many are told, and heard, at once.
pub(super) const BATCH: u32 = 500;

/// How many wait to be told: those of some hours of a whole plant. The oldest give way.
const UNTOLD: i64 = 10_000;

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS untold (number INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS heard (origin TEXT PRIMARY KEY, number INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY CHECK (id = 1), text TEXT NOT NULL) STRICT;
";

/// A step as one process tells it to the others; numbers of one origin only grow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) number: i64,
    pub(super) text: String,
}

/// Up to where the others were heard: the name of an entry in the stream.
pub(super) type Place = String;

/// A step on its way: its origin, when (in milliseconds since 1970), tablet, build, what, fields, status, code, how long.
#[derive(Serialize, Deserialize)]
struct Wire(String, i64, String, String, String, String, u16, String, u32);

/// Notes that the others are to be told these; gives how many earlier ones they will not be told any more.
pub(super) fn note(change: &Transaction<'_>, origin: &str, steps: &[Step]) -> Result<u64> {
    let mut last = 0;
    for step in steps {
        change.prepare_cached("INSERT INTO untold (text) VALUES (?1)")?.execute([write(origin, step)])?;
        last = change.last_insert_rowid();
    }
    hear(change, origin, last, steps.last().map_or(0, |step| step.at.timestamp_millis()))?;
    let lost = change.prepare_cached("DELETE FROM untold WHERE number <= ?1")?.execute([last - UNTOLD])?;
    Ok(lost as u64)
}

/// One's own are noted as heard, too: they come back when the stream is read from its beginning.
fn hear(change: &Transaction<'_>, origin: &str, number: i64, at: i64) -> Result<()> {
    let upsert = "INSERT INTO heard VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET number = ?2, at = ?3";
    change.prepare_cached(upsert)?.execute(params![origin, number, at]).map(|_| ())
}

impl Store {
    /// What is to be told next, and up to where the others were heard.
    pub(super) fn untold(&self) -> Result<(Vec<Told>, Place)> {
        let mut found = self.file.prepare_cached("SELECT number, text FROM untold ORDER BY number LIMIT ?1")?;
        let told = found.query_map([BATCH], |row| Ok(Told { number: row.get(0)?, text: row.get(1)? }))?;
        let place = self.file.query_row("SELECT text FROM place", [], |row| row.get(0)).optional()?;
        Ok((told.collect::<Result<_>>()?, place.unwrap_or_else(|| "0-0".to_owned())))
    }

    /// They were told all up to this number.
    pub(super) fn told(&mut self, number: i64) -> Result<()> {
        self.file.execute("DELETE FROM untold WHERE number <= ?1", [number]).map(|_| ())
    }

    /// Keeps what others told and was not heard yet; what cannot be read is of a later build.
    pub(super) fn heard(&mut self, told: &[Told], place: &Place) -> Result<()> {
        let now = (self.now)();
        let change = self.file.transaction()?;
        for Told { number, text } in told {
            let Some((origin, step)) = read(text) else { continue };
            let known = "SELECT number FROM heard WHERE origin = ?1";
            let known = change.prepare_cached(known)?.query_row([&origin], |row| row.get::<_, i64>(0)).optional()?;
            if known.is_none_or(|known| known < *number) {
                // What its clock has ahead of ours must not stand before what comes.
                let step = Step { at: step.at.min(now), ..step };
                insert(&change, &step)?;
                hear(&change, &origin, *number, step.at.timestamp_millis())?;
            }
        }
        change.execute("INSERT INTO place VALUES (1, ?1) ON CONFLICT DO UPDATE SET text = ?1", [place])?;
        change.commit()?;
        self.make_room()
    }
}

fn write(origin: &str, step: &Step) -> String {
    let Step { at, tablet, build, what, fields, status, code, took } = step.clone();
    let wire = Wire(origin.to_owned(), at.timestamp_millis(), tablet, build, what, fields, status, code, took);
    // Numbers and strings are always JSON.
    serde_json::to_string(&wire).unwrap_or_default()
}

fn read(text: &str) -> Option<(String, Step)> {
    let Wire(origin, at, tablet, build, what, fields, status, code, took) = serde_json::from_str(text).ok()?;
    Some((origin, Step { at: moment(at), tablet, build, what, fields, status, code, took }))
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::*;
    use std::path::Path;

    fn step(at: i64) -> Step {
        let what = format!("GET /{at}");
        let text = || "a\"b".to_owned();
        Step { at: moment(at), tablet: "t".into(), build: text(), what, fields: text(), status: 409, code: text(), took: 7 }
    }

    fn kept(store: &Store) -> Vec<Step> {
        store.steps("t", moment(0), Mark::at(moment(1_000_000)), 1_000_000).unwrap().steps
    }

    fn store(folder: &Path) -> Store {
        Store::open(folder, true, Box::new(|| moment(500_000))).unwrap()
    }

    #[test]
    fn f4_a_step_that_is_told_again_and_again_is_kept_once_by_everybody() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let mut one = store(folders[0].path());
        let mut two = store(folders[1].path());
        one.write(&[step(1), step(2)]).unwrap();
        let (told, _) = one.untold().unwrap();
        two.heard(&told, &"1-0".into()).unwrap();
        // It is interrupted before it notes that it told them.
        drop(one);
        let mut one = store(folders[0].path());
        one.write(&[step(3)]).unwrap();
        let (told, _) = one.untold().unwrap();
        for _ in 0..2 {
            two.heard(&told, &"2-0".into()).unwrap();
            one.heard(&told, &"2-0".into()).unwrap();
        }
        assert_eq!(kept(&one), [step(1), step(2), step(3)]);
        assert_eq!((kept(&two), two.untold().unwrap()), (kept(&one), (Vec::new(), "2-0".to_owned())));
        one.told(told[2].number).unwrap();
        assert_eq!(one.untold().unwrap().0, []);
        one.write(&[step(4)]).unwrap();
        two.heard(&one.untold().unwrap().0, &"3-0".into()).unwrap();
        assert_eq!(kept(&two).len(), 4, "numbers only grow");
    }

    #[test]
    fn f4_what_waits_to_be_told_is_bounded_and_what_is_left_out_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let mut one = store(folder.path());
        let many: Vec<Step> = (0..4_000).map(step).collect();
        let lost: Vec<u64> = (0..4).map(|_| one.write(&many).unwrap()).collect();
        assert_eq!(lost, [0, 0, 2_000, 4_000]);
        assert_eq!(one.untold().unwrap().0[0].number, 6_001);
    }

    #[test]
    fn f4_a_step_of_a_process_whose_clock_is_ahead_is_kept_as_of_when_it_was_heard() {
        let folder = tempfile::tempdir().unwrap();
        let mut one = store(folder.path());
        let ahead = Told { number: 1, text: write("x", &step(900_000)) };
        one.heard(&[ahead], &"9-9".into()).unwrap();
        assert_eq!(kept(&one)[0].at, moment(500_000));
    }

    #[test]
    fn what_is_no_step_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut one = store(folder.path());
        let other = |text: &str| Told { number: 1, text: text.to_owned() };
        one.heard(&[other("{}"), other(""), other("[1]"), other(&write("x", &step(5)))], &"9-9".into()).unwrap();
        assert_eq!(kept(&one), [step(5)]);
    }
}
