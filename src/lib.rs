//! **spoolboard** answers one question for a pipe-spool shop, live: *who has which spool right
//! now?* This page is the map.
//!
//! # The idea
//! The [`domain`] decides, the [`plant`] acts, the ports ([`workbook`], [`locks`], [`events`], [`tally`])
//! remember, the [`web`] shows. A decision is a pure function: what is, who asks and when go in; a
//! [`Change`](domain::Change) or a [`Refusal`](domain::Refusal) comes out. HTML and JSON are two
//! faces of the same call and the same error. Everything else is wiring, and the wiring is in one
//! function, [`cli::build`].
//!
//! ```text
//! main -> cli -> web -> plant -> domain
//!            \          \-> workbook, locks, events, tally (traits) -> domain
//!             \-> adapters (sqlite, sheets, memory, redis) -> their port, domain
//!                  \-> redis (the way there, which three adapters share)
//! cli, config, web, workbook::files, workbook::sheets -> words -> domain, error
//! web, cli -> trail (what was done on which tablet), peers (what each process says of itself) -> redis
//! web, cli -> access (who may come in) -> its adapters (a file, redis), domain
//! web, config -> private (files with keys)
//! ```
//!
//! # What always holds
//! `tests/it/architecture.rs` and the lints table of `Cargo.toml` hold these.
//!
//! 1. `domain` names nothing outside `std`, `chrono` (with `chrono_tz`), `uuid` and
//!    `unicode_normalization`; there is no `async`, no clock and no serialization in it.
//! 2. `plant` names `domain`, `error`, `metrics` and the port traits; never an adapter, never `web`.
//! 3. Adapters name `domain`, `error`, `metrics` and their own port; never another port, `plant` or `web`. What
//!    an import tells the office, and the Google workbook of its state, also names `words`; those in Redis, and
//!    the Google workbook for what its processes share, also name [`redis`], which names `error` only.
//! 4. A spool changes only in `plant::commit`, which wants a [`Lock`](locks::Lock); only `locks`
//!    can make one. `.apply(` occurs there and nowhere else.
//! 5. A spool's row and its audit event land together or not at all; the audit is never altered.
//! 6. Telling the screens never fails a request; a screen that missed an event starts over from a
//!    snapshot.
//! 7. The environment is read in `config`, adapters are built in `cli::build`, the time comes from
//!    the plant's clock.
//! 8. What people read, on a screen or from a command, is in `locales/`, one file a screen, by key: templates,
//!    scripts, commands, settings and [`words`] (domain types in, sentences out) name keys. Spanish elsewhere
//!    is only what the workbook itself holds. What the log says is for developers, and English.
//! 9. Each boundary has its own serialized shapes: `web/api`, `workbook/audit_row.rs`,
//!    `events/wire.rs`.
//!
//! # The walk of one TOMAR
//! 1. `templates/_spool.html`: the button posts the worker, the operation and an operation id made
//!    when the card was rendered; it disables itself and drops further taps.
//! 2. `web/layers.rs` gives the request an id, a span and its limits; `web/pages` names the handler.
//! 3. The handler parses tag, worker and operation into domain types and calls
//!    [`Plant::take`](plant::Plant::take). From here `web/api` is the same.
//! 4. `plant/take.rs` runs to its end in a task of its own, even if the tablet hangs up. An
//!    operation id that the audit knows answers with the first result.
//! 5. [`domain::occupation::take`] is asked on memory first: most refusals cost nothing.
//! 6. [`Locks::acquire`](locks::Locks::acquire): somebody else's lock is a refusal with his name.
//! 7. `plant/commit.rs`: read the row in memory, decide, [`apply`](workbook::Workbook::apply). The
//!    change carries the image of the row it was decided on; if the row moved, it is decided again
//!    on the fresh one, three times at most.
//! 8. The adapter lands the change in a group with whatever else waits: row and audit event in one
//!    transaction. Memory follows before the answer is sent.
//! 9. The screens are told; a board is rendered once and fanned out, a worker's list fetches the
//!    one card.
//! 10. The handler answers with the card as it now is. On a refusal `web/failure.rs` gives the
//!     status, [`words`] the sentence; a lock that was new is released, unless the outcome of
//!     the write is unknown.
//! 11. Later: `plant/reconcile.rs` extends the lock while the row says occupied, and makes locks
//!     follow rows.
//!
//! # Questions and answers
//! **Who wins when lock and workbook disagree?** The workbook. A lock that expired or vanished
//! frees nothing; an occupied row without a lock gets one.
//!
//! **What does TOMAR do while the locks cannot be reached?** It refuses with 503. It never goes on
//! without a lock.
//!
//! **What is lost when Redis comes back empty?** Nothing that counts. A mark in its data is gone with
//! the locks; the keeper sees it and makes them anew from the rows.
//!
//! **Do two processes see each other?** With `REDIS_URL` set: locks are keys there, events a capped
//! stream; on the Google workbook they write by turns, share one budget of calls, and read again when
//! another one has seen something new. What was missed while Redis was away is not replayed; the screens start over. What
//! was done on tablets each keeps of all ([`trail`]), and how each is doing and what failed there all show ([`web::peers`]).
//! A process has two connections to it, one for commands and one that reads.
//!
//! **How stale may a screen be?** On one machine not at all: memory is the record's own writer. Of the
//! Google workbook what another process wrote is seen in about a second, what the office typed in 7 s. A
//! stream that hears nothing for 40 s says so on the screen; a wall after 30 s.
//!
//! **How many retries, how long a lock, how large a batch?** Three decisions after the first,
//! 100 ms doubling with ±25 %; 3,600 s, extended every third of it while the row is occupied;
//! 50 spools.
//!
//! **When is a change given up?** After 30 s of waiting it is withdrawn, and was not written. Once
//! it is in a batch whose end nobody knows, the answer says so and the lock stays.
//!
//! **What if the same tap arrives twice?** The operation id is the `version` of the row and the
//! `ID` of the audit row; the second finds the first there, also after a restart.
//!
//! **Which zone are the workbook's dates in?** The plant's (`TIMEZONE`, America/Santiago). An hour
//! that occurs twice is the earlier one, one that does not occur moves forward.
//!
//! **What is done with a row that cannot be read?** It is listed with its problem and refused with
//! 422. It is never "not there" and never "free".
//!
//! **What makes a write to the Google workbook safe?** [`workbook::sheets`] says it in five steps: the
//! image is compared with a reading of that moment, one batch carries row, audit and fence, its reply
//! is compared before anybody is answered, a batch without a known outcome is never sent again, and
//! whoever follows a process that died looks for its last batch in wrong rows.
//!
//! **What if the tab of the audit is gone or protected?** Work goes on. The event of a change is put on
//! this machine's disk before its row is written, `/ready` counts what waits, and it follows once and
//! in order as soon as the tab can be written. If the disk does not take it, the change is refused.
//!
//! **Who may come in?** With `SPOOLBOARD_ACCESS=enrolled` only who is in the [register](access::Register):
//! tablets that a supervisor let in, supervisors, clients with a token, a wall with its link. One
//! layer (`web/caller/door.rs`) asks it for every request and one table ([`web::caller::TABLE`]) says what each route
//! wants; a route that is not in it is closed. Each process has the register in memory and looks every
//! second whether it has changed. One that came back empty lets nobody in.
//!
//! **What may a supervisor do that a worker may not?** Free, reopen, unblock, and put right a row that
//! contradicts itself ([`domain::mend`], [`domain::correct`]): each with a reason, on the row as it was
//! shown to him, through the same one write path. The audit names him, with `Worker_ID` 0. Whose occupation
//! he ended is told why on his tablet, at once, and by each later refusal.
//!
//! **Where does a call for help live?** In the audit alone ([`domain::help`]); of the row it changes only
//! `version`. So it survives a restart, and every process shows it.
//!
//! **Which language do screens and commands speak?** That of `SPOOLBOARD_LANGUAGE`: a folder of `locales/`, or one
//! anywhere with the same sentences. One that lacks a sentence stops the start, so that nobody reads a key.
//!
//! **Can an audit row be changed?** No. Triggers refuse it, and no code tries.

pub mod access;
pub mod broken;
pub mod cli;
pub mod config;
pub mod domain;
pub mod error;
pub mod events;
pub mod locks;
pub mod metrics;
pub mod peers;
pub mod plant;
pub mod private;
pub mod redis;
pub mod tally;
pub mod trail;
pub mod web;
pub mod words;
pub mod workbook;
