//! The log: human text on a terminal, one JSON object a line otherwise. Never a body, a name or a
//! secret.

use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

/// Crates that say a lot at `debug`, and the most that they may say unless named.
const NOISY: [&str; 4] = ["hyper", "hyper_util", "h2", "tower_http"];

/// At `debug` it would log tokens, and what they are asked for with. Whatever the filter says, it may not.
const SECRETIVE: &str = "yup_oauth2=info";

/// Begins to log; a second call changes nothing.
pub(super) fn begin(filter: &str) {
    let builder = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(capped(filter))).with_writer(stderr);
    // An error means that somebody logs already, as in tests.
    let _ = match stderr().is_terminal() {
        true => builder.finish().try_init(),
        false => builder.json().flatten_event(true).with_current_span(true).with_span_list(false).finish().try_init(),
    };
}

fn capped(filter: &str) -> String {
    let quiet = NOISY.into_iter().filter(|name| !filter.contains(&format!("{name}="))).map(|name| format!("{name}=warn"));
    let named = filter.split(',').filter(|part| !part.trim().starts_with("yup_oauth2")).collect::<Vec<_>>().join(",");
    std::iter::once(named).chain(quiet).chain([SECRETIVE.to_owned()]).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noisy_crates_are_quiet_unless_they_are_named() {
        assert_eq!(capped("debug"), "debug,hyper=warn,hyper_util=warn,h2=warn,tower_http=warn,yup_oauth2=info");
        assert_eq!(capped("h2=trace"), "h2=trace,hyper=warn,hyper_util=warn,tower_http=warn,yup_oauth2=info");
    }

    #[test]
    fn what_would_log_tokens_never_may() {
        assert!(capped("info,yup_oauth2=trace,yup_oauth2::types=debug").starts_with("info,hyper=warn"));
        assert!(capped("trace").ends_with(",yup_oauth2=info"));
    }
}
