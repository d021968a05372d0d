//! A connection is an open file, and machines allow 1,024 of them unless they are asked for more.

use crate::web::server::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::warn;

/// Files that are no connections of screens: the record, its copies, the ways to Redis and Google.
const OWN: u64 = 256;

/// The fewest connections that are any use.
const FEWEST: usize = 64;

/// Asks the machine for as many open files as the connections need. Where it allows fewer, there are
/// fewer connections: a crowd at the door must not keep the record from being opened.
pub(super) fn asked_for(limits: Limits) -> Limits {
    let wanted = limits.connections as u64 + OWN;
    let found = getrlimit(Resource::Nofile);
    let mut have = found.current.unwrap_or(u64::MAX);
    if have < wanted {
        let most = found.maximum.unwrap_or(u64::MAX).min(wanted);
        if setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: found.maximum }).is_ok() {
            have = most;
        }
    }
    let connections = usize::try_from(have.saturating_sub(OWN)).unwrap_or(usize::MAX).max(FEWEST).min(limits.connections);
    if connections < limits.connections {
        warn!(files = have, connections, "the machine allows few open files, so there are fewer connections");
    }
    Limits { connections, each: limits.each.min(connections.div_ceil(2)), ..limits }
}
