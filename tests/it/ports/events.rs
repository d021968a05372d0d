//! The contract of `Events`, run on every adapter.

use crate::support::redis::RealRedis;
use spoolboard::domain::{Action, Operation, WorkerId};
use spoolboard::events::{Events, Memory, Redis, SpoolChanged};
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

/// Some event.
pub(crate) fn changed(number: u32) -> SpoolChanged {
    SpoolChanged {
        id: number.to_string().into(),
        tag: format!("MK-{number}"),
        action: Action::Take,
        operation: Some(Operation::Arm),
        worker: WorkerId::new(93).unwrap(),
        worker_name: "Marta Ríos".into(),
        previous: None,
        reason: None,
        detail: String::new(),
        at: None,
    }
}

/// A process that begins to listen to the others starts over once.
pub(crate) async fn connected(events: &dyn Events) {
    assert_eq!(events.subscribe().recv().await, Err(RecvError::Lagged(0)));
}

async fn every_receiver_gets_every_event_in_order(events: Arc<dyn Events>) {
    let mut receivers = [events.subscribe(), events.subscribe()];
    for number in 0..100 {
        events.publish(changed(number)).await.unwrap();
    }
    for receiver in &mut receivers {
        for number in 0..100 {
            assert_eq!(receiver.recv().await.unwrap(), changed(number));
        }
    }
}

async fn nobody_listening_is_no_error(events: Arc<dyn Events>) {
    events.publish(changed(1)).await.unwrap();
    let mut late = events.subscribe();
    events.publish(changed(2)).await.unwrap();
    assert_eq!(late.recv().await.unwrap(), changed(2), "only what came after it subscribed");
}

async fn a_receiver_that_lags_is_told_so(events: Arc<dyn Events>) {
    let mut slow = events.subscribe();
    for number in 0..5_000 {
        events.publish(changed(number)).await.unwrap();
    }
    assert!(matches!(slow.recv().await, Err(RecvError::Lagged(_))));
}

macro_rules! contract {
    ($adapter:ident, $fresh:expr) => {
        mod $adapter {
            use super::*;
            contract!(@each $fresh;
                every_receiver_gets_every_event_in_order,
                nobody_listening_is_no_error,
                a_receiver_that_lags_is_told_so,
            );
        }
    };
    (@each $fresh:expr; $($name:ident,)*) => {
        $(#[tokio::test] async fn $name() {
            // The server, if there is one, lives as long as the test.
            let (_server, events) = $fresh;
            super::$name(events).await;
        })*
    };
}

contract!(memory, ((), Arc::new(Memory::default())));
contract!(redis, {
    let server = RealRedis::start();
    let events = Redis::new(server.link());
    connected(&events).await;
    (server, Arc::new(events))
});
