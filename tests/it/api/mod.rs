//! The JSON API over a real socket.

mod actions;
mod input;
mod lists;
mod races;
mod table;
