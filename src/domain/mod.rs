//! The plant's rules, pure: no I/O, no clock, no `async`, no serialization.
//!
//! What is, who asks and when go in; a [`Change`] or a [`Refusal`] comes out.

mod act;
pub mod audit;
pub mod cell;
pub mod column;
pub mod correct;
pub mod decision;
pub mod detail;
pub mod finished;
pub mod help;
pub mod mend;
pub mod metrology;
pub mod occupation;
pub mod problem;
pub mod reconcile;
pub mod record;
pub mod spool;
pub mod stage;
pub mod undo;

mod operation;
mod worker;

#[cfg(test)]
mod tests;

pub use act::Act;
pub use audit::{Action, AuditEvent, Notes};
pub use cell::{Cell, Moment};
pub use column::{Column, Header, Row};
pub use correct::Remedy;
pub use decision::{Actor, Change, Circumstance, Decision, Refusal, Rules};
pub use help::Help;
pub use mend::{Mandate, Mend};
pub use operation::{Inspection, Operation, Progress};
pub use problem::{Level, Problem};
pub use spool::{Identity, Occupation, Spool, Tag, Work};
pub use worker::{Allowed, People, Role, RoleTable, Stamp, Worker, WorkerId};
