//! spoolboard
pub mod cli;
pub mod config;
pub mod domain;
pub mod error;
pub mod events;
pub mod locks;
pub mod metrics;
pub mod plant;
pub mod web;
pub mod workbook;
