//! `import`, `export` and `backup`: the embedded workbook and files.

use super::{DATA, DEMO, Halt, say};
use crate::config::Config;
use crate::words;
use crate::workbook::Sheets;
use crate::workbook::files::{self, Merge, Progress, write_xlsx};
use crate::workbook::sqlite::{self, FILE, Store};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// Reads a file and merges it with what the record holds; demonstration content is replaced, not
/// merged. Nothing is written before the whole file was understood.
pub(super) fn import(config: &Config, path: &Path, dry_run: bool) -> Result<ExitCode, Halt> {
    let exists = config.data.join(FILE).exists();
    let mut store = match (dry_run, exists) {
        (false, _) => Some(Store::open(&config.data)?),
        (true, true) => Some(Store::open_to_read(&config.data)?),
        (true, false) => None,
    };
    let is_demo = store.as_ref().map_or(Ok(None), |store| store.setting(DEMO))?.is_some();
    let current = match &mut store {
        Some(store) if !is_demo => store.read_all()?,
        _ => Sheets::default(),
    };
    let merged = understood(config, path, &current)?;
    say(&merged.report);
    if dry_run {
        say(words::text("files-tried"));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(mut store) = store {
        if is_demo {
            drop(store);
            forget_demonstration(&config.data)?;
            store = Store::open(&config.data)?;
        }
        store.replace_sheets(&merged.sheets)?;
        store.set_setting(DEMO, None)?;
    }
    say(words::say("files-kept").with("file", config.data.join(FILE).display()));
    Ok(ExitCode::SUCCESS)
}

fn understood(config: &Config, path: &Path, current: &Sheets) -> Result<Merge, Halt> {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{msg:20} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    let merged = files::import(current, path, &config.sheets, config.zone, &mut |progress: Progress<'_>| {
        bar.set_message(progress.sheet.to_owned());
        if let Some(of) = progress.of {
            bar.set_length(u64::from(of));
        }
        bar.set_position(u64::from(progress.row));
    });
    bar.finish_and_clear();
    Ok(merged?)
}

/// Takes the demonstration's file away: its audit must not become part of the plant's, and audit
/// rows are never deleted one by one.
fn forget_demonstration(data: &Path) -> Result<(), Halt> {
    for suffix in ["", "-wal", "-shm"] {
        match fs::remove_file(data.join(format!("{FILE}{suffix}"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(words::say("files-demo-stays").with("folder", data.display()).with("why", error).into());
            }
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn export(config: &Config, file: &Path) -> Result<ExitCode, Halt> {
    let sheets = to_read(config)?.read_all()?;
    let shortened = write_xlsx(file, &sheets, &config.sheets)?;
    for cell in &shortened {
        let said = words::say("files-shortened").with("sheet", &cell.sheet).with("row", cell.fila);
        say(said.with("column", &cell.column));
    }
    say(words::say("files-written").with("file", file.display()).count("count", sheets.operaciones.rows.len()));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn backup(config: &Config, file: &Path) -> Result<ExitCode, Halt> {
    drop(to_read(config)?);
    sqlite::backup(&config.data, file)?;
    say(words::say("files-copied").with("file", file.display()));
    Ok(ExitCode::SUCCESS)
}

/// The embedded workbook, which must be there.
pub(super) fn to_read(config: &Config) -> Result<Store, Halt> {
    match config.data.join(FILE).exists() {
        true => Ok(Store::open_to_read(&config.data)?),
        false => Err(words::say("files-none").with("variable", DATA).with("folder", config.data.display()).into()),
    }
}
