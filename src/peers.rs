//! What each process of a plant says of itself to the others: one text a process, in Redis. It decides nothing;
//! supervisors read it, on whichever process's page.

use crate::error::Cause;
use crate::redis::{Link, WITHIN};
use uuid::Uuid;

/// The key that lists the processes by when they were last heard, and how many: whoever was silent longest goes.
const LIST: &str = "spool_processes";
const MOST: isize = 20;

/// How long a text is kept after its process was last heard, in seconds: as long as anybody is shown it.
const KEPT: u64 = 24 * 3_600;

/// The other processes, where there may be any. Cheap to clone.
#[derive(Clone)]
pub struct Peers(Option<(Link, Uuid)>);

fn key(id: &str) -> String {
    format!("spool_process:{id}")
}

impl Peers {
    /// There are none.
    pub fn none() -> Peers {
        Peers(None)
    }

    /// Those of the plant whose locks are there, too; this life of this process is a new one of them.
    pub fn at(link: Link) -> Peers {
        Peers(Some((link, Uuid::new_v4())))
    }

    /// Whether there may be others.
    pub fn may_be(&self) -> bool {
        self.0.is_some()
    }

    /// Puts this process's text in the place of its last one.
    ///
    /// # Errors
    /// Redis cannot be reached.
    pub async fn say(&self, text: String, now: i64) -> Result<(), Cause> {
        let Some((link, id)) = &self.0 else { return Ok(()) };
        let id = id.to_string();
        let mut say = redis::pipe();
        say.set_ex(key(&id), text, KEPT).ignore().zadd(LIST, id, now).ignore();
        say.zremrangebyrank(LIST, 0, -MOST - 1).ignore();
        link.run(WITHIN, |mut to| async move { say.query_async::<()>(&mut to).await }).await
    }

    /// What the others last said, the last heard first.
    ///
    /// # Errors
    /// Redis cannot be reached.
    pub async fn others(&self) -> Result<Vec<String>, Cause> {
        let Some((link, own)) = &self.0 else { return Ok(Vec::new()) };
        let own = own.to_string();
        let others = |mut to: redis::aio::ConnectionManager| async move {
            let listed: Vec<String> = redis::cmd("ZREVRANGE").arg(LIST).arg(0).arg(MOST).query_async(&mut to).await?;
            let keys: Vec<String> = listed.iter().filter(|id| **id != own).map(|id| key(id)).collect();
            match keys.is_empty() {
                true => Ok(Vec::new()),
                // Without those whose time is over.
                false => redis::cmd("MGET").arg(keys).query_async::<Vec<Option<String>>>(&mut to).await,
            }
        };
        Ok(link.run(WITHIN, others).await?.into_iter().flatten().collect())
    }
}
