//! A copy of the embedded workbook each night, while serving.

use crate::domain::Moment;
use crate::plant::Clock;
use crate::workbook::Sqlite;
use chrono::NaiveTime;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// When, in the plant: no shift changes then, and no clock is put forward or back over it.
const HOUR: (u32, u32) = (2, 30);

/// How many copies are kept.
const KEPT: usize = 14;

/// How often it is looked whether it is time.
const LOOK: Duration = Duration::from_secs(60);

/// Makes one copy a night into `data/backups` until `stop`. A program that was off at that hour
/// makes up for it when it runs again.
pub(super) async fn copies(workbook: Arc<Sqlite>, data: PathBuf, clock: Clock, stop: CancellationToken) {
    let mut looks = interval_at(tokio::time::Instant::now() + LOOK, LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = looks.tick() => {}
        }
        let Some(file) = due(&data, clock.now()) else { continue };
        match copy(&workbook, &file).await {
            Ok(()) => info!(file = %file.display(), "backed up"),
            Err(error) => warn!(file = %file.display(), error, "no backup; the next look tries again"),
        }
    }
}

/// The copy that should exist by now and does not.
fn due(data: &Path, now: Moment) -> Option<PathBuf> {
    let hour = NaiveTime::from_hms_opt(HOUR.0, HOUR.1, 0)?;
    let file = data.join("backups").join(format!("spoolboard-{}.db", now.format("%Y-%m-%d")));
    (now.time() >= hour && !file.exists()).then_some(file)
}

async fn copy(workbook: &Sqlite, file: &Path) -> Result<(), String> {
    let Some(folder) = file.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    workbook.backup(file.to_owned()).await.map_err(|error| super::in_full(&error))?;
    prune(folder).map_err(|error| error.to_string())
}

/// Removes the oldest copies; their names sort by date. Files of another name are somebody's own.
fn prune(folder: &Path) -> io::Result<()> {
    let is_ours = |name: &str| name.starts_with("spoolboard-") && name.ends_with(".db");
    let mut copies: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_ours))
        .collect();
    copies.sort();
    let surplus = copies.len().saturating_sub(KEPT);
    copies.into_iter().take(surplus).try_for_each(std::fs::remove_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_due_from_half_past_two_until_it_is_there() {
        let data = tempfile::tempdir().unwrap();
        let at = |text: &str| Moment::parse_from_rfc3339(text).unwrap();
        assert_eq!(due(data.path(), at("2026-11-21T02:29:59-03:00")), None);
        let file = due(data.path(), at("2026-11-21T02:30:00-03:00")).unwrap();
        assert!(file.ends_with("backups/spoolboard-2026-11-21.db"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "x").unwrap();
        assert_eq!(due(data.path(), at("2026-11-21T23:59:59-03:00")), None);
    }

    #[test]
    fn fourteen_copies_are_kept_and_foreign_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for day in 1..=20 {
            std::fs::write(folder.path().join(format!("spoolboard-2026-11-{day:02}.db")), "x").unwrap();
        }
        std::fs::write(folder.path().join("a-mano.db"), "x").unwrap();
        prune(folder.path()).unwrap();
        let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left.len(), 15);
        assert_eq!((left[0].to_str(), left[1].to_str()), (Some("a-mano.db"), Some("spoolboard-2026-11-07.db")));
    }
}
