//! The events of a single process.

use super::{Events, Health, Receiver, SpoolChanged};
use crate::error::Error;
use async_trait::async_trait;
use std::time::Duration;
use tokio::sync::broadcast;

/// How many events a slow receiver may be behind before it is told to start over.
const CAPACITY: usize = 1_024;

/// An in-process broadcast.
#[derive(Debug, Clone)]
pub struct Memory(broadcast::Sender<Option<SpoolChanged>>);

impl Default for Memory {
    fn default() -> Self {
        Memory(broadcast::Sender::new(CAPACITY))
    }
}

impl Memory {
    /// Tells every receiver. An error would mean that nobody listens, which is nobody's loss.
    pub(super) fn tell(&self, changed: SpoolChanged) {
        let _ = self.0.send(Some(changed));
    }

    /// Tells every receiver that something was missed.
    pub(super) fn start_over(&self) {
        let _ = self.0.send(None);
    }
}

#[async_trait]
impl Events for Memory {
    async fn publish(&self, changed: SpoolChanged) -> Result<(), Error> {
        self.tell(changed);
        Ok(())
    }

    fn subscribe(&self) -> Receiver {
        Receiver(self.0.subscribe())
    }

    fn health(&self) -> Health {
        Health { adapter: "memory", heard: Ok(Duration::ZERO) }
    }
}
