//! One contract a port, run on every adapter.

mod events;
mod locks;
