//! spoolboard
fn main() {}
