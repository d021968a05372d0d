//! Whose turn it is on a connection. As long as we work at an answer, or a stream waits for something to tell, it is
//! ours; then it is the other side's to take what we sent, or to ask anew. One that does neither has no use of the
//! connection, however often it answers that it is there.

use axum::body::Body;
use axum::response::Response;
use hyper::body::{Body as _, Bytes, Frame, SizeHint};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What is written at once, in bytes, of an answer that somebody takes.
const MUCH: usize = 1_024;

/// The turns of one connection. Copies count together.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Counts>);

#[derive(Default)]
struct Counts {
    /// How many are ours now: one a request.
    ours: AtomicUsize,
    /// When one began or ended last, or much of an answer was taken.
    last: Mutex<Option<Instant>>,
    /// Answers that are not taken to their end.
    open: AtomicUsize,
    /// Bytes of answers that were given to be written, and that nothing written so far can have been.
    owed: AtomicUsize,
}

/// A turn that is ours until this is dropped.
pub(super) struct Turn(Turns);

impl Turns {
    /// We have something to do.
    pub(super) fn begin(&self) -> Turn {
        self.0.ours.fetch_add(1, Ordering::Relaxed);
        self.changed();
        Turn(self.clone())
    }

    /// Whether nothing was asked so far.
    pub(super) fn none_yet(&self) -> bool {
        self.last().is_none()
    }

    /// So many bytes were taken. Where no answer is owed it was no answer that was: that we are there is said as often as
    /// somebody asks, in 17 bytes each time.
    pub(super) fn taken(&self, count: usize) {
        let pay = |owed: usize| (owed > 0).then(|| owed.saturating_sub(count));
        let owed = self.0.owed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay);
        if owed.is_ok() && count >= MUCH {
            self.changed();
        }
    }

    /// Whether something was asked whose answer is not taken to its end.
    pub(super) fn any_open(&self) -> bool {
        self.0.open.load(Ordering::Relaxed) > 0
    }

    /// Ends when nothing was taken and no turn was ours for so long from now on.
    pub(super) async fn idle(&self, limit: Duration) {
        let begun = Instant::now();
        loop {
            let since = match self.0.ours.load(Ordering::Relaxed) {
                0 => self.last().map_or(begun, |last| last.max(begun)),
                // It is over later than now, and from then on it is as long.
                _ => Instant::now(),
            };
            if since.elapsed() >= limit {
                return;
            }
            sleep_until(since + limit).await;
        }
    }

    /// When a turn began or ended last, or much of an answer was taken.
    fn last(&self) -> Option<Instant> {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// An answer whose turn is ours again whenever the other side wants more of it.
    pub(super) fn answered(&self, response: Response) -> Response {
        response.map(|body| match body.is_end_stream() {
            true => body,
            false => {
                self.0.open.fetch_add(1, Ordering::Relaxed);
                Body::new(Answer { body, turns: self.clone(), ours: None })
            }
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // In this order: who sees no turn of ours sees when it ended.
        self.0.changed();
        self.0.0.ours.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Answer {
    body: Body,
    turns: Turns,
    ours: Option<Turn>,
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.turns.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let turn = self.turns.begin();
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        // What is there is theirs to take.
        self.ours = polled.is_pending().then_some(turn);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            self.turns.0.owed.fetch_add(bytes, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{advance, sleep};

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_idle_when_no_turn_was_ours_for_the_whole_time() {
        let (turns, limit, began) = (Turns::default(), Duration::from_secs(5), Instant::now());
        assert!(turns.none_yet());
        let ours = turns.begin();
        let idle = tokio::spawn({
            let turns = turns.clone();
            async move { turns.idle(limit).await }
        });
        sleep(Duration::from_secs(60)).await;
        assert!(!idle.is_finished(), "an open stream is ours for as long as it waits");
        drop(ours);
        // A short turn within the time counts, too.
        sleep(Duration::from_secs(4)).await;
        drop(turns.begin());
        idle.await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 69, "five seconds after the last turn");
        assert!(!turns.none_yet());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_taken_counts_for_as_much_as_there_is_of_answers() {
        let turns = Turns::default();
        turns.taken(64 * MUCH);
        assert!(turns.none_yet(), "however much is said to whoever asked nothing");
        let answer = turns.answered(Response::new(Body::from(vec![0; 2 * MUCH])));
        axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let mut changes = 0;
        for _ in 0..9 {
            let before = turns.last();
            advance(Duration::from_millis(1)).await;
            turns.taken(MUCH);
            changes += usize::from(turns.last() != before);
        }
        assert_eq!(changes, 2);
    }
}
