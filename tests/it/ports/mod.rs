//! One contract a port, run on every adapter.

mod embedded;
mod events;
mod locks;
mod workbook;
