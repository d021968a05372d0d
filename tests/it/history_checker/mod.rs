//! The checker of histories, on histories made by hand: every promise kept and broken, and what it lets
//! pass from both sides.

mod deaths;
mod leniencies;
mod promises;
mod tale;
