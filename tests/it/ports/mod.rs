//! The contracts of the ports, each run on every adapter.

mod embedded;
mod workbook;
