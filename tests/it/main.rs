//! Everything that is tested through the crate's public face.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests are tests, too

mod files;
mod support;
