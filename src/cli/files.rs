//! `import`, `export` and `backup`: the embedded workbook and files.

use super::{DEMO, Halt, say};
use crate::config::Config;
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
        say("Prueba: no se escribió nada.");
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
    say(format_args!("Guardado en {}.", config.data.join(FILE).display()));
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
                return Err(Halt::Other(format!("no se puede quitar la planta de demostración de {}: {error}", data.display())));
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
        say(format_args!("Recortado por el límite de una celda: {}, fila {}, {}.", cell.sheet, cell.fila, cell.column));
    }
    say(format_args!("Escrito {}: {} carretes.", file.display(), sheets.operaciones.rows.len()));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn backup(config: &Config, file: &Path) -> Result<ExitCode, Halt> {
    drop(to_read(config)?);
    sqlite::backup(&config.data, file)?;
    say(format_args!("Copiado en {}.", file.display()));
    Ok(ExitCode::SUCCESS)
}

/// The embedded workbook, which must be there.
pub(super) fn to_read(config: &Config) -> Result<Store, Halt> {
    match config.data.join(FILE).exists() {
        true => Ok(Store::open_to_read(&config.data)?),
        false => Err(Halt::Other(format!("no hay ninguna planilla en SPOOLBOARD_DATA={}", config.data.display()))),
    }
}
