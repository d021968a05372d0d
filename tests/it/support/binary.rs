//! The shipped binary, serving a data folder until it is killed.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_spoolboard");

/// A serving process; killed when this is dropped.
pub(crate) struct Binary {
    child: Child,
    /// `http://127.0.0.1:port`, or `https`.
    pub(crate) url: String,
    /// What it has said so far on its standard output.
    said: Arc<Mutex<String>>,
}

impl Binary {
    /// Serves a folder at an address such as `127.0.0.1:0`, and waits until it says that it does.
    pub(crate) async fn serve(data: &Path, listen: &str) -> Binary {
        Binary::serve_with(data, listen, &[]).await
    }

    /// The same with more variables.
    pub(crate) async fn serve_with(data: &Path, listen: &str, variables: &[(&str, &str)]) -> Binary {
        Binary::serving(data, listen, variables, Stdio::null()).await
    }

    /// The same, with its log in a file.
    #[allow(dead_code)] // each binary of tests that includes this file uses its own part
    pub(crate) async fn serve_logging(data: &Path, listen: &str, variables: &[(&str, &str)], log: &Path) -> Binary {
        Binary::serving(data, listen, variables, File::create(log).unwrap().into()).await
    }

    async fn serving(data: &Path, listen: &str, variables: &[(&str, &str)], log: Stdio) -> Binary {
        let mut child = Command::new(BINARY)
            .arg("serve")
            .envs(variables.iter().copied())
            .env("SPOOLBOARD_DATA", data)
            .env("SPOOLBOARD_LISTEN", listen)
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = Arc::new(Mutex::new(String::new()));
        loop {
            let line = lines.next_line().await.unwrap().expect("the server ended before it said where it listens");
            said.lock().unwrap().push_str(&line);
            let Some((before, rest)) = line.split_once("://") else { continue };
            let scheme = before.split_whitespace().last().unwrap_or_default();
            let address = rest.split_whitespace().next().unwrap().trim_end_matches(['/', '.', ',']);
            let url = format!("{scheme}://{address}");
            // The pipe is read to its end, so that the server never waits for a reader.
            let rest = Arc::clone(&said);
            tokio::spawn(async move {
                while let Ok(Some(line)) = lines.next_line().await {
                    rest.lock().unwrap().push_str(&line);
                }
            });
            return Binary { child, url, said };
        }
    }

    /// What it has said so far on its standard output.
    #[allow(dead_code)] // each binary of tests that includes this file uses its own part
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Ends it as a power cut would.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }
}
