//! Who may have a connection: so many in all, and so many from one address, so that nobody alone can
//! keep the rest out. A network of IPv6 that one subscriber has is one address.

use crate::web::came::subscriber;
use prometheus_client::metrics::gauge::Gauge;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places of one listener. Cheap to clone.
#[derive(Clone)]
pub(super) struct Places {
    all: Arc<Semaphore>,
    each: usize,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    /// How many are taken in all, for whoever watches.
    open: Gauge,
}

impl Places {
    /// So many in all, and so many from each address.
    pub(super) fn new(all: usize, each: usize, open: Gauge) -> Places {
        Places { all: Arc::new(Semaphore::new(all)), each, taken: Arc::default(), open }
    }

    /// Waits until there is a place for somebody.
    pub(super) async fn free(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.all).acquire_owned().await.ok()
    }

    /// The place for a connection from this address; `None` when it has all of its own already, which
    /// one that is trusted never has.
    pub(super) fn take(&self, from: IpAddr, trusted: bool, permit: OwnedSemaphorePermit) -> Option<Place> {
        let from = subscriber(from);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(from).or_default();
        if *count >= self.each && !trusted {
            return None;
        }
        *count += 1;
        self.open.inc();
        Some(Place { from, taken: Arc::clone(&self.taken), open: self.open.clone(), _permit: permit })
    }
}

/// A place that is taken until this is dropped.
pub(super) struct Place {
    from: IpAddr,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    open: Gauge,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.dec();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_address_cannot_have_every_place_and_who_leaves_makes_room() {
        let places = Places::new(4, 2, Gauge::default());
        let (greedy, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let first = places.take(greedy, false, places.free().await.unwrap());
        let second = places.take(greedy, false, places.free().await.unwrap());
        assert!(first.is_some() && second.is_some());
        assert!(places.take(greedy, false, places.free().await.unwrap()).is_none());
        assert!(places.take(other, false, places.free().await.unwrap()).is_some());
        drop(first);
        assert!(places.take(greedy, false, places.free().await.unwrap()).is_some());
        drop(second);
        assert!(places.taken.lock().unwrap().is_empty(), "nobody who has left is remembered");
        assert_eq!((places.all.available_permits(), places.open.get()), (4, 0));
    }

    #[tokio::test]
    async fn one_subscriber_of_ipv6_has_no_more_places_than_one_address() {
        let places = Places::new(9, 2, Gauge::default());
        let mut open = Vec::new();
        let mut take = async |from: &str| {
            let place = places.take(from.parse().unwrap(), false, places.free().await.unwrap());
            let had = place.is_some();
            open.push(place);
            had
        };
        assert!(take("2001:db8:1:2::1").await && take("2001:db8:1:2:ffff::9").await);
        assert!(!take("2001:db8:1:2:3:4:5:6").await, "the third of one network");
        assert!(take("2001:db8:1:3::1").await, "the network beside it is somebody else's");
        assert!(take("::1").await && take("::ffff:10.0.0.1").await && take("::ffff:10.0.0.2").await);
        assert!(take("10.0.0.1").await && !take("10.0.0.1").await, "IPv4 in the clothes of IPv6 is IPv4");
    }
}
