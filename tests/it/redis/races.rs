//! Never two holders (`reliability.md` 7, T3).

use super::locks;
use crate::ports::locks::{keys, row, worker};
use crate::support::redis::RealRedis;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use spoolboard::domain::WorkerId;
use spoolboard::error::Error;
use spoolboard::locks::{Acquired, Holder, Lock, LockKey, Locks, Redis};
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::timeout;

const TASKS: u32 = 64;
const KEYS: usize = 100;
const ROUNDS: u32 = 200;

/// Small, seeded, and good enough to choose by.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// The locks, and beside them who believes to hold each.
struct Shop {
    locks: [Redis; 2],
    keys: Vec<LockKey>,
    believed: Vec<AtomicU32>,
    /// Which keys were left locked for others to take over, and by whom; he keeps off them.
    left: Mutex<HashSet<(usize, u32)>>,
}

impl Shop {
    fn believe(&self, index: usize, id: u32) {
        let before = self.believed[index].swap(id, Ordering::SeqCst);
        assert_eq!(before, 0, "{before} and {id} hold {:?}", self.keys[index]);
    }

    fn let_go(&self, index: usize, id: u32) {
        assert_eq!(self.believed[index].swap(0, Ordering::SeqCst), id);
    }

    fn leave(&self, index: usize, id: u32) {
        self.left.lock().unwrap().insert((index, id));
    }

    fn was_left(&self, index: usize, id: u32) -> bool {
        self.left.lock().unwrap().contains(&(index, id))
    }
}

/// One worker, whose tablet often hangs up before the answer and asks again.
struct Tablet<'a> {
    shop: &'a Shop,
    id: u32,
    dice: Dice,
}

impl Tablet<'_> {
    /// Asks, hanging up early up to three times. What was hung up on may be carried out.
    async fn ask<T>(&mut self, call: impl AsyncFn(&Redis) -> Result<T, Error>) -> T {
        for _ in 0..3 {
            let patience = Duration::from_micros(self.dice.below(3_000));
            // A process is one of the two; what a tablet asks again, it asks the same one.
            let locks = &self.shop.locks[self.id as usize % 2];
            if let Ok(answer) = timeout(patience, call(locks)).await {
                return answer.unwrap();
            }
        }
        call(&self.shop.locks[self.id as usize % 2]).await.unwrap()
    }

    async fn round(&mut self) {
        let index = self.dice.below(KEYS as u64) as usize;
        if self.shop.was_left(index, self.id) {
            return;
        }
        let (key, me) = (self.shop.keys[index].clone(), worker(self.id));
        match self.ask(async |locks| locks.acquire(&key, me).await).await {
            Acquired::New(lock) | Acquired::Yours(lock) => self.work(index, lock, me).await,
            Acquired::Theirs(holder) => self.other(index, &key, &holder, me).await,
        }
    }

    async fn work(&mut self, index: usize, lock: Lock, me: WorkerId) {
        self.shop.believe(index, self.id);
        for _ in 0..self.dice.below(3) {
            assert!(self.ask(async |locks| locks.extend(lock.key(), me).await).await, "lost while held");
        }
        self.shop.let_go(index, self.id);
        match self.dice.below(8) {
            0 => self.shop.leave(index, self.id),
            _ => drop(self.ask(async |locks| locks.release(&lock).await).await),
        }
    }

    /// Takes over only what its holder has left, as the plant does with what is overdue.
    async fn other(&mut self, index: usize, key: &LockKey, holder: &Holder, me: WorkerId) {
        if !self.shop.was_left(index, holder.token.worker.get()) {
            return;
        }
        match self.dice.below(2) {
            0 => drop(self.ask(async |locks| locks.remove(key, holder).await).await),
            _ => {
                self.ask(async |locks| locks.seize(key, holder, me).await.map(drop)).await;
                // Whether it was this worker's, the lock itself says, also after hanging up.
                if let Acquired::New(lock) | Acquired::Yours(lock) = self.ask(async |locks| locks.acquire(key, me).await).await {
                    self.work(index, lock, me).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn d1_never_two_holders_although_tablets_hang_up_and_ask_again() {
    let server = RealRedis::start();
    let rows: Vec<_> = (0..KEYS).map(|number| row(&format!("MK-{number}"), "1")).collect();
    let shop = Shop {
        locks: [locks(&server), locks(&server)],
        keys: keys(&rows),
        believed: (0..KEYS).map(|_| AtomicU32::new(0)).collect(),
        left: Mutex::default(),
    };
    let seed = u64::from(std::process::id());
    println!("seed {seed}");
    let tablets: FuturesUnordered<_> = (1..=TASKS)
        .map(|id| {
            let mut tablet = Tablet { shop: &shop, id, dice: Dice(seed * 1_000 + u64::from(id)) };
            async move {
                for _ in 0..ROUNDS {
                    tablet.round().await;
                }
            }
        })
        .collect();
    tablets.collect::<Vec<()>>().await;
    for (key, holder) in shop.locks[0].holders().await.unwrap() {
        let index = shop.keys.iter().position(|known| *known == key).unwrap();
        assert!(shop.was_left(index, holder.token.worker.get()), "{key:?} was released and is still held");
    }
}
