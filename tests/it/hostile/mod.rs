//! What somebody might send on purpose: crowds, texts that would be obeyed, things too large, paths
//! that lead elsewhere, and bytes without any sense.

mod any_bytes;
mod crowd;
mod door;
mod fields;
pub(crate) mod http2;
mod requests;
mod secrets;
mod texts;
