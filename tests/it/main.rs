//! The integration tests: one binary, so that it links once.

// Helpers beside the test functions are tests too: what must hold is said by failing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod architecture;
mod ports;
mod redis;
mod support;
