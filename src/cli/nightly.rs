//! Copies of what is kept on this machine, each night, while serving: the embedded workbook, and the
//! register of who may come in.

use crate::access;
use crate::domain::Moment;
use crate::error::in_full;
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

/// How many copies of each are kept.
const KEPT: usize = 14;

/// How often it is looked whether it is time.
const LOOK: Duration = Duration::from_secs(60);

/// What is copied, which is what its copies are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Workbook,
    Register,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            What::Workbook => "spoolboard-",
            What::Register => "access-",
        }
    }
}

/// Makes one copy a night into `data/backups` until `stop`. A program that was off at that hour
/// makes up for it when it runs again.
pub(super) async fn copies(workbook: Option<Arc<Sqlite>>, data: PathBuf, clock: Clock, stop: CancellationToken) {
    let mut looks = interval_at(tokio::time::Instant::now() + LOOK, LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = looks.tick() => {}
        }
        for what in [What::Workbook, What::Register] {
            let Some(file) = due(&data, what, clock.now()) else { continue };
            match copy(what, workbook.as_ref(), &data, &file).await {
                Ok(true) => info!(file = %file.display(), "backed up"),
                Ok(false) => {}
                Err(error) => warn!(file = %file.display(), error, "no backup; the next look tries again"),
            }
        }
    }
}

/// The copy that should exist by now and does not.
fn due(data: &Path, what: What, now: Moment) -> Option<PathBuf> {
    let hour = NaiveTime::from_hms_opt(HOUR.0, HOUR.1, 0)?;
    let file = data.join("backups").join(format!("{}{}.db", what.name(), now.format("%Y-%m-%d")));
    (now.time() >= hour && !file.exists()).then_some(file)
}

/// Makes a copy, if there is anything of the kind on this machine.
async fn copy(what: What, workbook: Option<&Arc<Sqlite>>, data: &Path, file: &Path) -> Result<bool, String> {
    let Some(folder) = file.parent() else { return Ok(false) };
    let make = || std::fs::create_dir_all(folder).map_err(|error| error.to_string());
    match (what, workbook) {
        (What::Workbook, Some(workbook)) => {
            make()?;
            workbook.backup(file.to_owned()).await.map_err(|error| in_full(&error))?;
        }
        (What::Register, _) if access::is_kept(data) => {
            make()?;
            let (data, file) = (data.to_owned(), file.to_owned());
            let copied = tokio::task::spawn_blocking(move || access::backup(&data, &file)).await;
            copied.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        }
        _ => return Ok(false),
    }
    prune(folder, what).map_err(|error| error.to_string())?;
    Ok(true)
}

/// Removes the oldest copies; their names sort by date. Files of another name are somebody's own.
fn prune(folder: &Path, what: What) -> io::Result<()> {
    let is_ours = |name: &str| name.starts_with(what.name()) && name.ends_with(".db");
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
        assert_eq!(due(data.path(), What::Workbook, at("2026-11-21T02:29:59-03:00")), None);
        let file = due(data.path(), What::Workbook, at("2026-11-21T02:30:00-03:00")).unwrap();
        assert!(file.ends_with("backups/spoolboard-2026-11-21.db"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "x").unwrap();
        assert_eq!(due(data.path(), What::Workbook, at("2026-11-21T23:59:59-03:00")), None);
    }

    #[test]
    fn fourteen_copies_are_kept_and_foreign_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for day in 1..=20 {
            std::fs::write(folder.path().join(format!("spoolboard-2026-11-{day:02}.db")), "x").unwrap();
        }
        for foreign in ["a-mano.db", "access-2026-10-01.db"] {
            std::fs::write(folder.path().join(foreign), "x").unwrap();
        }
        prune(folder.path(), What::Workbook).unwrap();
        let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left.len(), 16);
        assert_eq!((left[1].to_str(), left[2].to_str()), (Some("access-2026-10-01.db"), Some("spoolboard-2026-11-07.db")));
    }

    #[tokio::test]
    async fn h4_the_register_is_copied_for_its_owner_only_and_the_copy_is_a_register() {
        use crate::access::{Register, Sqlite};
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("backups/access-2026-11-21.db");
        assert_eq!(copy(What::Register, None, data.path(), &file).await, Ok(false), "there is none");
        let register = Sqlite::open(data.path()).unwrap();
        assert!(register.swap("device/a", None, Some("uno")).await.unwrap());
        assert_eq!(copy(What::Register, None, data.path(), &file).await, Ok(true), "while it is open");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let restored = tempfile::tempdir().unwrap();
        std::fs::copy(&file, restored.path().join("access.db")).unwrap();
        assert_eq!(Sqlite::open(restored.path()).unwrap().get("device/a").await.unwrap().as_deref(), Some("uno"));
        assert!(register.swap("device/a", Some("uno"), None).await.unwrap());
        assert_eq!(copy(What::Register, None, data.path(), &file).await, Ok(true), "in the place of an older one");
        std::fs::copy(&file, restored.path().join("access.db")).unwrap();
        assert_eq!(Sqlite::open(restored.path()).unwrap().get("device/a").await.unwrap(), None);
        assert_eq!(std::fs::read_dir(data.path().join("backups")).unwrap().count(), 1, "nothing is left beside it");
    }
}
