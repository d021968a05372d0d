//! Quotas a minute, and the refusal when one is used up.
//! Document: <https://developers.google.com/workspace/sheets/api/limits>; the body is that of
//! <https://github.com/n8n-io/n8n/issues/16750> and <https://github.com/Sage-Bionetworks/data_curator/issues/110>.

use super::refusal::{Answer, Refusal};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a call is counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Quota {
    Read,
    Write,
}

/// How many calls a minute, each user and all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) each: u32,
    pub(crate) project: u32,
}

/// The counters of the minute that runs.
#[derive(Debug)]
pub(crate) struct Quotas {
    pub(crate) reads: Limits,
    pub(crate) writes: Limits,
    /// The minute, and how often each user called in it.
    counted: (u64, BTreeMap<(Quota, String), u32>),
}

impl Default for Quotas {
    fn default() -> Quotas {
        let limits = Limits { each: 60, project: 300 };
        Quotas { reads: limits, writes: limits, counted: (0, BTreeMap::new()) }
    }
}

impl Quotas {
    /// Counts a call, or refuses it; what is refused is not counted. Quotas are refilled every minute.
    pub(crate) fn count(&mut self, quota: Quota, who: &str, now: Duration) -> Answer<()> {
        let minute = now.as_secs() / 60;
        if self.counted.0 != minute {
            self.counted = (minute, BTreeMap::new());
        }
        let limits = if quota == Quota::Read { self.reads } else { self.writes };
        let counted = &mut self.counted.1;
        let all: u32 = counted.iter().filter(|((of, _), _)| *of == quota).map(|(_, count)| count).sum();
        let own = counted.entry((quota, who.to_owned())).or_default();
        if *own >= limits.each {
            return Err(exhausted(quota, true, limits.each));
        }
        if all >= limits.project {
            return Err(exhausted(quota, false, limits.project));
        }
        *own += 1;
        Ok(())
    }
}

/// 429 as Google words it.
pub(crate) fn exhausted(quota: Quota, each: bool, limit: u32) -> Refusal {
    let (word, metric) = if quota == Quota::Read { ("Read", "read_requests") } else { ("Write", "write_requests") };
    let (per, end, unit) = if each { (" per user", "PerUser", "/{project}/{user}") } else { ("", "PerProject", "/{project}") };
    let message = format!(
        "Quota exceeded for quota metric '{word} requests' and limit '{word} requests per minute{per}' of service 'sheets.googleapis.com' for consumer 'project_number:100000000000'."
    );
    let metadata = json!({
        "quota_limit": format!("{word}RequestsPerMinute{end}"),
        "quota_limit_value": limit.to_string(),
        "quota_location": "global",
        "quota_metric": format!("sheets.googleapis.com/{metric}"),
        "quota_unit": format!("1/min{unit}"),
        "service": "sheets.googleapis.com",
        "consumer": "projects/100000000000",
    });
    let details = json!([
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "RATE_LIMIT_EXCEEDED",
            "domain": "googleapis.com",
            "metadata": metadata,
        },
        {
            "@type": "type.googleapis.com/google.rpc.Help",
            "links": [{
                "description": "Request a higher quota limit.",
                "url": "https://cloud.google.com/docs/quotas/help/request_increase",
            }],
        },
    ]);
    Refusal { details: Some(details), ..Refusal::new(429, "RESOURCE_EXHAUSTED", message) }
}
