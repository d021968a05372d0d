//! spoolboard
pub mod domain;
pub mod error;
pub mod events;
pub mod locks;
pub mod workbook;
