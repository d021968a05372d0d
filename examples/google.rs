//! Serves the tests' stand-in for Google until it is stopped, with an invented plant in it.
//!
//! `cargo run --example google -- [spools] [port]` prints what a client needs: the address, the file of a
//! service account, the id of the workbook.

#![allow(clippy::print_stdout)] // what it prints is its purpose

#[path = "../tests/stand_in/mod.rs"]
mod stand_in;

use stand_in::{Google, plant};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let number = |place: usize, usual: usize| std::env::args().nth(place).map_or(Ok(usual), |text| text.parse());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", u16::try_from(number(2, 0)?)?)).await?;
    let google = Google::on(listener)?;
    google.put(plant::Plant::of(number(1, 2_556)?).dirty().build());
    // The journal of a long run would keep every version of the workbook.
    google.snapshots(false);
    let folder = tempfile::tempdir()?;
    let key = folder.path().join("service-account.json");
    std::fs::write(&key, google.credentials())?;
    println!("GOOGLE_SHEETS_URL={}", google.url());
    println!("GOOGLE_APPLICATION_CREDENTIALS={}", key.display());
    println!("GOOGLE_SHEET_ID={}", plant::BOOK);
    tokio::signal::ctrl_c().await?;
    Ok(())
}
