//! One contract a port, run on every adapter.

mod embedded;
pub(crate) mod events;
pub(crate) mod locks;
mod register;
mod sheets;
mod tally;
mod workbook;
