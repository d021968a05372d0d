//! `spoolboard`: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    spoolboard::cli::main()
}
