//! The way of steps from each process to the others: a capped stream in Redis.
//!
//! It is looked at once a second, beside whatever is asked of Redis, and on no request's way. What waits for Redis waits in
//! the file, so that an hour without it, or a restart, loses nothing.

use super::exchange::{BATCH, Place, Told};
use super::{Queue, Work};
use crate::error::Cause;
use crate::redis::{Link, WITHIN};
use redis::from_redis_value_ref;
use redis::streams::{StreamId, StreamRangeReply, StreamReadReply};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;

/// The stream, and about how many steps it keeps: 8 MB as tablets are used, 42 MB of the longest there are.
const STREAM: &str = "spool_steps";
const KEPT: u32 = 30_000;

/// For how long, in milliseconds, before its last entry.
const AGE: i64 = 30 * 24 * 3_600_000;

/// The fields of an entry.
const NUMBER: &str = "number";
const STEP: &str = "step";

/// How often.
const ROUND: Duration = Duration::from_secs(1);

/// The task that tells and hears; it ends with this.
#[derive(Debug)]
pub(super) struct Shared {
    cut_off: Arc<AtomicBool>,
    _task: AbortOnDropHandle<()>,
}

impl Shared {
    pub(super) fn by(link: Link, queue: Queue) -> Shared {
        let cut_off = Arc::new(AtomicBool::new(true));
        let task = tokio::spawn(follow(link, queue, Arc::clone(&cut_off)));
        Shared { cut_off, _task: AbortOnDropHandle::new(task) }
    }

    /// Whether the last round failed.
    pub(super) fn is_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::Relaxed)
    }
}

async fn follow(link: Link, queue: Queue, cut_off: Arc<AtomicBool>) {
    let mut tick = interval(ROUND);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let done = round(&link, &queue).await;
        cut_off.store(done.is_err(), Ordering::Relaxed);
        if let Err(error) = done {
            debug!(%error, "steps of tablets were not exchanged with the other processes");
        }
    }
}

/// Tells what is new here, then hears what is new elsewhere.
async fn round(link: &Link, queue: &Queue) -> Result<(), Cause> {
    let mut place = loop {
        let (untold, place) = queue.ask(Work::Untold).await?;
        let Some(last) = untold.last().map(|told| told.number) else { break place };
        tell(link, &untold).await?;
        // Were it not removed here, it would be told again without end.
        queue.ask(|answer| Work::Told(last, answer)).await?;
    };
    loop {
        let (heard, newest) = hear(link, &place).await?;
        // Another stream, or an emptied one, begins anew; what of it was heard before is known by its numbers.
        if comes_before(&newest, &place) {
            place = "0-0".to_owned();
            continue;
        }
        let Some(last) = heard.last().map(|entry| entry.id.clone()) else { return Ok(()) };
        let full = heard.len() == BATCH as usize;
        place.clone_from(&last);
        queue.ask(|answer| Work::Heard(heard.iter().filter_map(told).collect(), last, answer)).await?;
        if !full {
            return Ok(());
        }
    }
}

async fn tell(link: &Link, untold: &[Told]) -> Result<(), Cause> {
    let mut add = redis::pipe();
    for Told { number, text } in untold {
        let entry = add.cmd("XADD").arg(STREAM).arg("MAXLEN").arg("~").arg(KEPT).arg("*");
        entry.arg(NUMBER).arg(*number).arg(STEP).arg(text).ignore();
    }
    link.run(WITHIN, |mut to| async move { add.query_async::<()>(&mut to).await }).await
}

/// The entries after this one, and the name of the newest of all; what is too old is let go.
async fn hear(link: &Link, place: &str) -> Result<(Vec<StreamId>, Place), Cause> {
    let mut ask = redis::pipe();
    ask.cmd("XREAD").arg("COUNT").arg(BATCH).arg("STREAMS").arg(STREAM).arg(place);
    ask.cmd("XREVRANGE").arg(STREAM).arg("+").arg("-").arg("COUNT").arg(1);
    let asked = link.run(WITHIN, |mut to| async move { ask.query_async(&mut to).await });
    let (new, newest): (Option<StreamReadReply>, StreamRangeReply) = asked.await?;
    let newest = newest.ids.into_iter().next().map(|entry| entry.id).unwrap_or_default();
    let heard: Vec<StreamId> = new.into_iter().flat_map(|new| new.keys).flat_map(|key| key.ids).collect();
    if !heard.is_empty() {
        let mut trim = redis::cmd("XTRIM");
        trim.arg(STREAM).arg("MINID").arg("~").arg(parts(&newest).0.saturating_sub(AGE));
        link.run(WITHIN, |mut to| async move { trim.exec_async(&mut to).await }).await?;
    }
    Ok((heard, newest))
}

fn told(entry: &StreamId) -> Option<Told> {
    let number = from_redis_value_ref(entry.map.get(NUMBER)?).ok()?;
    Some(Told { number, text: from_redis_value_ref(entry.map.get(STEP)?).ok()? })
}

/// Whether the newest entry there is comes before one that was read: then that one is of another stream. Where there is none
/// nothing can be said, and nothing is to be heard.
fn comes_before(newest: &str, read: &str) -> bool {
    !newest.is_empty() && parts(newest) < parts(read)
}

/// When an entry was added, in milliseconds, and which one of that moment it is.
fn parts(entry: &str) -> (i64, u64) {
    let (at, number) = entry.split_once('-').unwrap_or((entry, ""));
    (at.parse().unwrap_or(0), number.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_ends_before_what_was_read_is_another_one_and_an_empty_one_says_nothing() {
        assert!(comes_before("9-0", "10-0") && comes_before("10-2", "10-11"));
        assert!(!comes_before("10-0", "10-0") && !comes_before("11-0", "10-5") && !comes_before("1-0", "0-0"));
        assert!(!comes_before("", "10-0"));
    }
}
