//! A plant of any size, imported and served by the release binary.

use crate::{Res, client};
use rust_xlsxwriter::{Format, Workbook};
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};
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

/// The tag of a spool; the first thousand and some are ready for ARM.
pub(crate) fn tag(index: u32) -> String {
    format!("MK-{}-CW-{}-{:05}", 1335 + index % 12, 25_000 + index % 777, index)
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

    pub(crate) async fn stop(mut self) -> Res<()> {
        Ok(self.child.kill().await?)
    }
}

fn write_workbook(file: &std::path::Path, spools: u32) -> Res<()> {
    let date = Format::new().set_num_format("dd-mm-yyyy");
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
            sheet.write(row, 4, format!("AA({})", 101 + index % WORKERS))?;
            sheet.write_with_format(row, 5, 46_100 + index % 30, &date)?;
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
