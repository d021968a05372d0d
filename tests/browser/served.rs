//! The shipped binary, serving a small plant that the test made.

use crate::binary::{BINARY, Binary};
use crate::stand_in::{Google, plant};
use crate::tab::Tab;
use crate::{DESK, TABLET};
use chromiumoxide::Browser;
use rust_xlsxwriter::{Format, Workbook};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// A served plant; the process ends when this is dropped.
pub(crate) struct Served {
    binary: Binary,
    folder: TempDir,
}

/// One spool of the plant: tag, OT, fitter with date, welder with date.
pub(crate) struct Row {
    pub(crate) tag: String,
    pub(crate) ot: u32,
    pub(crate) welded: bool,
    /// `Estado_Detalle`.
    pub(crate) detail: &'static str,
    /// `Ocupado_Por`, without anything else that a TAKE writes.
    pub(crate) held: &'static str,
    /// Somebody has been fitting it up for months.
    pub(crate) overdue: bool,
    /// Fitted up on a day, and nobody wrote by whom.
    pub(crate) unnamed: bool,
}

/// A spool that is ready for ARM.
pub(crate) fn ready(tag: &str) -> Row {
    Row { tag: tag.into(), ot: 1_335, welded: false, detail: "", held: "", overdue: false, unnamed: false }
}

impl Served {
    /// Imports these spools with `workers` workers, and serves them.
    pub(crate) async fn with(rows: &[Row], workers: u32) -> Served {
        Served::set(rows, workers, &[]).await
    }

    /// The same with these variables.
    pub(crate) async fn set(rows: &[Row], workers: u32, variables: &[(&str, &str)]) -> Served {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("plant.xlsx");
        write(&file, rows, workers);
        let data = folder.path().join("data");
        let output = Command::new(BINARY).arg("import").arg(&file).env("SPOOLBOARD_DATA", &data).output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let binary = Binary::serve_with(&data, "127.0.0.1:0", variables).await;
        Served { binary, folder }
    }

    /// Serves what a first start shows: the demonstration plant.
    pub(crate) async fn demonstration() -> Served {
        let folder = TempDir::new().unwrap();
        let binary = Binary::serve(&folder.path().join("data"), "127.0.0.1:0").await;
        Served { binary, folder }
    }

    /// Serves the workbook of a stand-in for Google, with these variables.
    pub(crate) async fn at_google(google: &Google, variables: &[(&str, &str)]) -> Served {
        let (folder, url, credentials) = (TempDir::new().unwrap(), google.url(), google.credentials());
        let there = [
            ("GOOGLE_SHEET_ID", plant::BOOK),
            ("GOOGLE_SHEETS_URL", &url),
            ("GOOGLE_APPLICATION_CREDENTIALS_JSON", &credentials),
        ];
        let binary = Binary::serve_with(&folder.path().join("data"), "127.0.0.1:0", &[&there, variables].concat()).await;
        Served { binary, folder }
    }

    /// Opens a page on a tablet of its own.
    pub(crate) async fn tablet(&self, browser: &Browser, path: &str) -> Tab {
        Tab::open(browser, &self.at(path), TABLET, true).await
    }

    /// Opens a page at a desk of its own, with a mouse.
    pub(crate) async fn desk(&self, browser: &Browser, path: &str) -> Tab {
        Tab::open(browser, &self.at(path), DESK, false).await
    }

    /// Runs a command of the program beside the server, with a line on its standard input.
    pub(crate) async fn command(&self, arguments: &[&str], line: &str, variables: &[(&str, &str)]) {
        let mut command = Command::new(BINARY);
        command.args(arguments).envs(variables.iter().copied()).env("SPOOLBOARD_DATA", self.data());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{line}\n").as_bytes()).await.unwrap();
        let output = child.wait_with_output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The folder with its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// An address of this server.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.binary.url)
    }

    /// Kills the server, as a power cut would.
    pub(crate) async fn kill(&mut self) {
        self.binary.kill().await;
    }

    /// Serves the same record at the same address again.
    pub(crate) async fn restart(&mut self) {
        let address = self.binary.url.trim_start_matches("http://").to_owned();
        self.binary = Binary::serve(&self.data(), &address).await;
    }

    /// An action through the API, as another client would do it; the status of the answer.
    pub(crate) async fn act(&self, verb: &str, tag: &str, worker: u32) -> u16 {
        let body = serde_json::json!({"tag_spool": tag, "worker_id": worker, "operacion": "ARM"});
        self.send(&format!("/api/occupation/{verb}"), body).await
    }

    /// The id of a spool, which its addresses have.
    pub(crate) async fn id(&self, tag: &str) -> String {
        let status = reqwest::get(self.at(&format!("/api/occupation/status/{tag}"))).await.unwrap();
        status.json::<serde_json::Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// What happened to a spool so far, by its kind.
    pub(crate) async fn events(&self, tag: &str) -> Vec<String> {
        let history = reqwest::get(self.at(&format!("/api/history/{tag}"))).await.unwrap();
        let events = history.json::<serde_json::Value>().await.unwrap()["events"].take();
        events.as_array().unwrap().iter().map(|event| event["evento_tipo"].as_str().unwrap().to_owned()).collect()
    }

    /// Asks for help as a tablet does.
    pub(crate) async fn ask_for_help(&self, tag: &str, worker: u32, reason: &str) {
        let path = format!("/carretes/{}/ayuda", self.id(tag).await);
        let worker = worker.to_string();
        let form = [("trabajador", worker.as_str()), ("motivo", "otro"), ("otro", reason)];
        let client = reqwest::Client::new();
        assert!(client.post(self.at(&path)).header("HX-Request", "true").form(&form).send().await.unwrap().status().is_success());
    }

    /// Any call of the API; the status of the answer.
    pub(crate) async fn send(&self, path: &str, body: serde_json::Value) -> u16 {
        reqwest::Client::new().post(self.at(path)).json(&body).send().await.unwrap().status().as_u16()
    }
}

fn write(file: &Path, rows: &[Row], workers: u32) {
    let date = Format::new().set_num_format("dd-mm-yyyy");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Operaciones").unwrap();
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
    ];
    for (column, name) in columns.iter().enumerate() {
        sheet.write(0, column as u16, *name).unwrap();
    }
    for (index, row) in rows.iter().enumerate() {
        let at = index as u32 + 1;
        sheet.write(at, 0, "NV0650").unwrap();
        sheet.write(at, 1, row.ot).unwrap();
        sheet.write(at, 2, &row.tag).unwrap();
        sheet.write_with_format(at, 3, 46_000, &date).unwrap();
        sheet.write(at, 12, row.detail).unwrap();
        if !row.held.is_empty() {
            sheet.write(at, 9, row.held).unwrap();
        }
        if row.overdue {
            sheet.write(at, 4, "JP(94)").unwrap();
            sheet.write(at, 9, "JP(94)").unwrap();
            sheet.write_with_format(at, 10, 46_030.4, &date).unwrap();
        }
        if row.unnamed {
            sheet.write_with_format(at, 5, 46_010, &date).unwrap();
        }
        if row.welded {
            sheet.write(at, 4, "MR(93)").unwrap();
            sheet.write_with_format(at, 5, 46_010, &date).unwrap();
            sheet.write(at, 6, "PS(20)").unwrap();
            sheet.write_with_format(at, 7, 46_020, &date).unwrap();
        }
    }
    let mut people = vec![
        (93, "Marta", "Ríos", "Armador"),
        (94, "Juan Carlos", "Pérez López", "Armador"),
        (20, "Pedro", "Salas", "Soldador"),
        (30, "Olga", "Fuentes", "Metrologia"),
    ];
    people.extend((0..workers.saturating_sub(4)).map(|index| (200 + index, "Maximiliano", "Marchant Etcheverría", "Ayudante")));
    let sheet = book.add_worksheet().set_name("Trabajadores").unwrap();
    for (column, name) in ["Id", "Nombre", "Apellido", "Activo"].iter().enumerate() {
        sheet.write(0, column as u16, *name).unwrap();
    }
    for (index, (id, given, family, _)) in people.iter().enumerate() {
        let at = index as u32 + 1;
        sheet.write(at, 0, *id).unwrap();
        sheet.write(at, 1, *given).unwrap();
        sheet.write(at, 2, *family).unwrap();
        sheet.write(at, 3, true).unwrap();
    }
    let sheet = book.add_worksheet().set_name("Roles").unwrap();
    for (column, name) in ["Id", "Rol", "Activo"].iter().enumerate() {
        sheet.write(0, column as u16, *name).unwrap();
    }
    for (index, (id, .., role)) in people.iter().enumerate() {
        let at = index as u32 + 1;
        sheet.write(at, 0, *id).unwrap();
        sheet.write(at, 1, *role).unwrap();
        sheet.write(at, 2, true).unwrap();
    }
    book.save(file).unwrap();
}
