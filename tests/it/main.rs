//! One integration binary: the ports' contracts, the use cases, the API and the pages.

// Helpers beside the test functions are tests too: what must hold is said by failing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod access;
mod alerts;
mod another_language;
mod api;
mod architecture;
mod catalogue;
mod check;
mod cli;
mod crash;
mod files;
mod google;
#[path = "../history/mod.rs"]
mod history;
mod history_checker;
mod hostile;
mod limits;
mod live;
mod look;
mod network;
mod pages;
mod plant;
mod ports;
mod redis;
mod server;
mod sheets;
#[path = "../stand_in/mod.rs"]
mod stand_in;
mod support;
mod tls;
mod trail;
mod truth;
