//! The integration tests: one binary, so that it links once.

// Helpers beside the test functions are tests too: what must hold is said by failing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod api;
mod cli;
mod files;
mod live;
mod pages;
mod ports;
mod server;
mod support;
