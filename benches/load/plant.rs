//! A plant of any size, imported and served by the release binary.

use crate::{Res, client};
use rust_xlsxwriter::{Format, Workbook};
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How many workers the plant has; their numbers start at 101.
pub(crate) const WORKERS: u32 = 60;

const BINARY: &str = env!("CARGO_BIN_EXE_spoolboard");

/// A served plant; the process is ended when this is dropped.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) imported_in: Duration,
    pub(crate) started_in: Duration,
    child: Child,
    _folder: TempDir,
}

/// What the server's threads have spent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    pub(crate) ran: Duration,
    pub(crate) waited: Duration,
}

impl Work {
    /// What was spent since then.
    pub(crate) fn since(self, before: Work) -> Work {
        Work { ran: self.ran.saturating_sub(before.ran), waited: self.waited.saturating_sub(before.waited) }
    }
}

/// The tag of a spool; the first thousand and some are ready for ARM.
pub(crate) fn tag(index: u32) -> String {
    format!("MK-{}-CW-{}-{:05}", 1335 + index % 12, 25_000 + index % 777, index)
}

/// Who works on the spool of this index.
pub(crate) fn worker(index: u32) -> u32 {
    101 + index % WORKERS
}

impl Served {
    pub(crate) async fn with(spools: u32) -> Res<Served> {
        let folder = TempDir::new()?;
        let file = folder.path().join("plant.xlsx");
        write_workbook(&file, spools)?;
        let data = folder.path().join("data");
        let start = Instant::now();
        let imported = Command::new(BINARY).arg("import").arg(&file).env("SPOOLBOARD_DATA", &data).output().await?;
        if !imported.status.success() {
            return Err(String::from_utf8_lossy(&imported.stderr).into_owned().into());
        }
        let imported_in = start.elapsed();
        let mut served = Served::start(folder, &[("SPOOLBOARD_DATA", &data.to_string_lossy())]).await?;
        served.imported_in = imported_in;
        Ok(served)
    }

    /// The release binary with these settings, once it answers.
    pub(crate) async fn start(folder: TempDir, settings: &[(&str, &str)]) -> Res<Served> {
        let start = Instant::now();
        let mut child = Command::new(BINARY)
            .arg("serve")
            .env("SPOOLBOARD_DATA", folder.path())
            .env("SPOOLBOARD_LISTEN", "127.0.0.1:0")
            .env("RUST_LOG", "error")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let address = loop {
            let line = lines.next_line().await?.ok_or("the server ended before it said where it listens")?;
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.trim_matches(|c: char| !c.is_ascii_digit()).parse()?;
            }
        };
        client::Connection::open(address).await?.get("/health").await?.expect(200)?;
        let (imported_in, started_in) = (Duration::ZERO, start.elapsed());
        Ok(Served { address, imported_in, started_in, child, _folder: folder })
    }

    /// Resident memory, in MiB.
    pub(crate) fn memory(&self) -> Res<f64> {
        let id = self.child.id().ok_or("the server ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1_024.0)
    }

    /// How long its threads have run so far, and how long they were ready to and waited for a core: the
    /// kernel's own account. It tells the server's time from that of whoever else is on the machine.
    pub(crate) fn work(&self) -> Res<Work> {
        let id = self.child.id().ok_or("the server ended")?;
        let mut work = Work::default();
        for thread in std::fs::read_dir(format!("/proc/{id}/task"))? {
            // A thread that has just ended has no account.
            let account = std::fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
            let mut times = account.split_whitespace().map(|nanos| Duration::from_nanos(nanos.parse().unwrap_or_default()));
            work.ran += times.next().unwrap_or_default();
            work.waited += times.next().unwrap_or_default();
        }
        Ok(work)
    }

    pub(crate) async fn stop(mut self) -> Res<()> {
        Ok(self.child.kill().await?)
    }
}

fn write_workbook(file: &std::path::Path, spools: u32) -> Res<()> {
    let date = Format::new().set_num_format("dd-mm-yyyy");
    // Today as a sheet counts its days: the first of 1970 is its 25,569th.
    let today = 25_569 + u32::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / 86_400)?;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Operaciones")?;
    let columns = [
        "NV",
        "OT",
        "TAG_SPOOL",
        "Fecha_Materiales",
        "Armador",
        "Fecha_Armado",
        "Soldador",
        "Fecha_Soldadura",
        "Fecha_QC_Metrología",
        "Ocupado_Por",
        "Fecha_Ocupacion",
        "version",
        "Estado_Detalle",
        "Cliente",
        "Precio Total",
    ];
    for (column, name) in columns.iter().enumerate() {
        sheet.write(0, column as u16, *name)?;
    }
    for index in 0..spools {
        let row = index + 1;
        sheet.write(row, 0, format!("NV{:04}", 650 + index / 160))?;
        sheet.write(row, 1, 1_335 + index % 12)?;
        sheet.write(row, 2, tag(index))?;
        sheet.write_with_format(row, 3, 46_000 + index % 90, &date)?;
        sheet.write(row, 13, "Planta Quillón")?;
        sheet.write(row, 14, 100_000 + index)?;
        if index >= 1_400 {
            // An eighth of them in the last fortnight, up to yesterday: those stand in the board's pictures.
            let day = if index % 8 == 0 { today - 1 - index / 8 % 13 } else { 46_100 + index % 30 };
            sheet.write(row, 4, format!("AA({})", 101 + index % WORKERS))?;
            sheet.write_with_format(row, 5, day, &date)?;
            if index % 16 == 0 {
                sheet.write(row, 6, format!("AA({})", 101 + index % WORKERS))?;
                sheet.write_with_format(row, 7, day, &date)?;
            }
        }
    }
    let sheet = book.add_worksheet().set_name("Trabajadores")?;
    for (column, name) in ["Id", "Nombre", "Apellido", "Activo"].iter().enumerate() {
        sheet.write(0, column as u16, *name)?;
    }
    for index in 0..WORKERS {
        sheet.write(index + 1, 0, 101 + index)?;
        sheet.write(index + 1, 1, format!("Nombre{index}"))?;
        sheet.write(index + 1, 2, format!("Apellido{index}"))?;
        sheet.write(index + 1, 3, true)?;
    }
    let sheet = book.add_worksheet().set_name("Roles")?;
    for (column, name) in ["Id", "Rol", "Activo"].iter().enumerate() {
        sheet.write(0, column as u16, *name)?;
    }
    for index in 0..WORKERS {
        sheet.write(index + 1, 0, 101 + index)?;
        sheet.write(index + 1, 1, if index % 3 == 2 { "Ayudante" } else { "Armador" })?;
        sheet.write(index + 1, 2, true)?;
    }
    book.save(file)?;
    Ok(())
}
