//! The truth test: an unmodified gspread from PyPI must find in the stand-in what it finds at Google.

use crate::stand_in::{Google, plant};
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;

/// The release whose documents and recordings the script goes by.
const GSPREAD: &str = "gspread==6.2.1";

/// What it works with, as it was when the script was written: a later one could behave otherwise.
const WITH: [&str; 3] = ["google-auth==2.62.2", "google-auth-oauthlib==1.5.0", "requests==2.34.2"];

async fn run(what: &str, command: &mut Command) -> String {
    let done = command
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap_or_else(|error| panic!("{what}: {error}; `tests/run` installs python3"));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{what}\n{said}\n{}", String::from_utf8_lossy(&done.stderr));
    said
}

/// A virtual environment below `target`, made once and kept; half a one is made again.
async fn python(folder: &Path) -> std::path::PathBuf {
    let (environment, ready) = (folder.join(GSPREAD), folder.join(format!("{GSPREAD}.ready")));
    if !ready.exists() {
        run("making a virtual environment", Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment)).await;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", GSPREAD];
        run(&format!("installing {GSPREAD} from PyPI"), Command::new(environment.join("bin/python")).args(pip).args(WITH)).await;
        std::fs::write(&ready, "").unwrap();
    }
    environment.join("bin/python")
}

#[tokio::test(flavor = "multi_thread")]
async fn gspread_works_against_the_stand_in_as_it_does_against_google() {
    let google = Google::with(plant::Plant::of(40).build()).await;
    let python = python(Path::new(env!("CARGO_TARGET_TMPDIR"))).await;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.json");
    std::fs::write(&key, google.credentials()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/google/truth.py");
    let said =
        run("gspread against the stand-in", Command::new(python).arg(script).arg(google.url()).arg(key).arg(plant::BOOK)).await;
    assert_eq!(said.trim(), "gspread 6.2.1 agrees");
}
