//! The integration tests, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests too say what must hold

mod architecture;
mod google;
mod ports;
#[path = "../stand_in/mod.rs"]
mod stand_in;
