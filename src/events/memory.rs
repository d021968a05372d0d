//! The events of a single process.

use super::{Events, SpoolChanged};
use crate::error::Error;
use async_trait::async_trait;
use tokio::sync::broadcast;

/// How many events a slow receiver may be behind before it is told to start over.
const CAPACITY: usize = 1_024;

/// An in-process broadcast.
#[derive(Debug)]
pub struct Memory(broadcast::Sender<SpoolChanged>);

impl Default for Memory {
    fn default() -> Self {
        Memory(broadcast::Sender::new(CAPACITY))
    }
}

#[async_trait]
impl Events for Memory {
    async fn publish(&self, changed: SpoolChanged) -> Result<(), Error> {
        // An error means that nobody listens, which is nobody's loss.
        let _ = self.0.send(changed);
        Ok(())
    }

    fn subscribe(&self) -> broadcast::Receiver<SpoolChanged> {
        self.0.subscribe()
    }
}
