//! What goes wrong in a run, and when: all of it decided by the seed.

use crate::dice::Dice;
use crate::stand_in::{Fault, On, When};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long tablets work while things go wrong; and in a few thrifty runs, so that Google's minutes are
/// judged by more than one of them.
const SHIFTS: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(75));

/// Longer than anybody waits.
const DEAD: Duration = Duration::from_secs(40);

/// Everything about a run that is decided beforehand.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) processes: usize,
    pub(crate) spools: u32,
    /// Google allows, and the app makes, as few calls as in life; then I8 is judged too.
    pub(crate) thrift: bool,
    /// How long tablets work while things go wrong.
    pub(crate) shift: Duration,
    /// How long calls take: always, and at random up to that much more.
    pub(crate) latency: (Duration, Duration),
    pub(crate) google: Vec<(Duration, Weather)>,
    pub(crate) people: Vec<(Duration, Deed)>,
    pub(crate) redis: Vec<(Duration, Trouble)>,
    pub(crate) apps: Vec<(Duration, usize, Trouble)>,
    /// What strikes while a batch is on its way, which Google applies so much later.
    pub(crate) ambush: Option<(Duration, Ambush, Duration)>,
}

/// What Google does for a while.
#[derive(Debug, Clone)]
pub(crate) enum Weather {
    /// The next so many calls go wrong.
    Once(On, Fault, usize),
    /// A share of the calls goes wrong, in percent, for a time.
    Spell(On, Fault, u64, Duration),
    /// Nobody gets through to it.
    Away(Duration),
}

/// What somebody does in the workbook.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// Types into a column of the office.
    Note,
    /// Gives a spool to somebody, or takes it from him, by hand.
    Occupies,
    Frees,
    Sorts(Option<When>),
    InsertsRows(Option<When>),
    DeletesRow,
    InsertsColumn,
    /// Renames the header of a critical column, and puts it back.
    Renames(Duration),
    DeletesFence,
    /// Protects Metadata, and takes that back.
    Protects(Duration),
    /// Deletes Metadata; the office takes that back, or makes a new one with nothing but its header.
    LosesAudit(Duration, bool),
    /// Empties a header, and types it again.
    EmptiesHeader(Duration),
    /// Gives the tab of the rows, or of the audit, another title for a while.
    RenamesTab(Duration, bool),
    /// Lets nobody write rows from one on.
    ProtectsRows(Duration),
}

/// What leaves a late batch of a past holder behind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ambush {
    /// The machine under Redis and all processes loses power: Redis comes back empty.
    PowerCut,
    /// Redis forgets whose turn it is, and the next one takes over.
    LeaseLost,
}

/// What happens to Redis, or to a process.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// Killed, and started again after this: Redis is empty then.
    Killed(Duration),
    /// Stopped where it is for this long.
    Frozen(Duration),
    Flushed,
}

const MILLIS: fn(u64) -> Duration = Duration::from_millis;

impl Plan {
    pub(crate) fn of(seed: u64, processes: Option<usize>) -> Plan {
        let mut dice = Dice::of(seed, 1);
        let processes = processes.unwrap_or(1 + (seed % 2) as usize);
        let thrift = dice.percent(20);
        let fixed = dice.within(2, 50);
        // What a run has of each kind: seeds differ in their kind of trouble, not only in its times.
        let mut some = |most: usize| dice.below(most + 1);
        let (google, people, redis, apps) = (2 + some(7), some(7), some(3), some(3) / 2);
        let shift = if thrift && seed.is_multiple_of(6) { SHIFTS.1 } else { SHIFTS.0 };
        let plan = Plan {
            seed,
            processes,
            spools: 60 + some(60) as u32,
            thrift,
            shift,
            latency: (MILLIS(fixed), MILLIS(fixed)),
            google: at_times(&mut Dice::of(seed, 2), google, shift, weather),
            people: at_times(&mut Dice::of(seed, 3), people, shift, deed),
            redis: at_times(&mut Dice::of(seed, 4), redis, shift, |dice| match dice.below(3) {
                0 => Trouble::Killed(MILLIS(dice.within(50, 1_500))),
                1 => Trouble::Frozen(MILLIS(dice.within(200, 3_000))),
                _ => Trouble::Flushed,
            }),
            apps: at_times(&mut Dice::of(seed, 5), apps, shift, |dice| {
                let which = dice.below(processes);
                match dice.below(3) {
                    0 => (which, Trouble::Frozen(MILLIS(dice.within(300, 4_000)))),
                    _ => (which, Trouble::Killed(MILLIS(dice.within(10, 1_500)))),
                }
            })
            .into_iter()
            .map(|(at, (which, trouble))| (at, which, trouble))
            .collect(),
            ambush: ambush(&mut Dice::of(seed, 7)),
        };
        plan.without_audit(&mut Dice::of(seed, 8)).without_names(&mut Dice::of(seed, 9)).without_service(&mut Dice::of(seed, 10))
    }

    /// In long runs something is dead for longer than anybody may wait for an answer (I9). Nobody moves rows in
    /// those: what has to be put right would have to wait as long.
    fn without_service(mut self, dice: &mut Dice) -> Plan {
        if self.shift == SHIFTS.1 {
            let at = MILLIS(dice.within(5_000, 20_000));
            match dice.below(3) {
                0 => self.google.push((at, Weather::Away(DEAD))),
                1 => self.google.push((at, Weather::Spell(On::Any, Fault::Hang, 100, DEAD))),
                _ => self.redis.push((at, Trouble::Frozen(DEAD))),
            }
            let moves =
                |deed: &Deed| matches!(deed, Deed::Sorts(_) | Deed::InsertsRows(_) | Deed::DeletesRow | Deed::InsertsColumn);
            self.people.retain(|(_, deed)| !moves(deed));
            self.google.sort_by_key(|(at, _)| *at);
            self.redis.sort_by_key(|(at, _)| *at);
        }
        self
    }

    /// In some runs Metadata is deleted for a while, in half of those a process is killed meanwhile.
    fn without_audit(mut self, dice: &mut Dice) -> Plan {
        if dice.percent(70) {
            return self;
        }
        let (at, time) = (MILLIS(dice.within(1_000, 6_000)), MILLIS(dice.within(500, 3_000)));
        self.people.push((at, Deed::LosesAudit(time, dice.percent(50))));
        self.people.sort_by_key(|(at, _)| *at);
        if dice.percent(50) {
            let killed = Trouble::Killed(MILLIS(dice.within(10, 1_000)));
            self.apps.push((at + time.mul_f64(0.7), dice.below(self.processes), killed));
            self.apps.sort_by_key(|(at, ..)| *at);
        }
        self
    }

    /// In some runs a header or a tab goes by another name or by none, or rows are closed, for a while.
    fn without_names(mut self, dice: &mut Dice) -> Plan {
        let (at, time) = (MILLIS(dice.within(1_000, 8_000)), MILLIS(dice.within(200, 2_000)));
        let deed = match dice.below(8) {
            0 => Deed::EmptiesHeader(time),
            1 | 2 => Deed::RenamesTab(time, dice.percent(50)),
            3 => Deed::ProtectsRows(time),
            _ => return self,
        };
        self.people.push((at, deed));
        self.people.sort_by_key(|(at, _)| *at);
        self
    }

    /// The kinds of trouble in it, in few words.
    pub(crate) fn kinds(&self) -> String {
        let mut kinds: BTreeSet<String> = BTreeSet::new();
        let word = |debug: String| debug.split(['(', ' ']).next().unwrap_or_default().to_owned();
        for (_, weather) in &self.google {
            kinds.insert(match weather {
                Weather::Once(_, fault, _) | Weather::Spell(_, fault, ..) => word(format!("{fault:?}")),
                Weather::Away(_) => "Away".into(),
            });
        }
        kinds.extend(self.people.iter().map(|(_, deed)| word(format!("{deed:?}"))));
        kinds.extend(self.redis.iter().map(|(_, trouble)| format!("Redis{}", word(format!("{trouble:?}")))));
        kinds.extend(self.apps.iter().map(|(_, _, trouble)| format!("App{}", word(format!("{trouble:?}")))));
        kinds.extend(self.ambush.iter().map(|(_, ambush, _)| format!("{ambush:?}")));
        kinds.into_iter().collect::<Vec<_>>().join(" ")
    }
}

/// So many of something within the shift, in the order of their times.
fn at_times<T>(dice: &mut Dice, count: usize, shift: Duration, mut make: impl FnMut(&mut Dice) -> T) -> Vec<(Duration, T)> {
    let last = shift.as_millis() as u64 - 500;
    let mut times: Vec<u64> = (0..count).map(|_| dice.within(500, last)).collect();
    times.sort_unstable();
    times.into_iter().map(|at| (MILLIS(at), make(dice))).collect()
}

fn ambush(dice: &mut Dice) -> Option<(Duration, Ambush, Duration)> {
    let (at, kind) = (MILLIS(dice.within(1_000, 6_000)), *dice.one(&[Ambush::PowerCut, Ambush::LeaseLost]));
    let late = match kind {
        Ambush::PowerCut => dice.within(200, 2_500),
        // A write that is given up is another fault.
        Ambush::LeaseLost => dice.within(300, 1_300),
    };
    dice.percent(35).then_some((at, kind, MILLIS(late)))
}

fn weather(dice: &mut Dice) -> Weather {
    let later = MILLIS(dice.within(300, 3_500));
    let on = dice.one(&[On::Writes, On::Writes, On::Writes, On::Any, On::Reads]).clone();
    let fault = *dice.one(&[
        Fault::TooMany,
        Fault::TooManyFor(1),
        Fault::Internal,
        Fault::Unavailable,
        Fault::UnavailableYetApplied,
        Fault::UnavailableYetApplied,
        Fault::Aborted,
        Fault::BadGateway,
        Fault::BadGatewayYetApplied,
        Fault::Unauthenticated,
        Fault::CutBody,
        Fault::LostBefore,
        Fault::LostAfter,
        Fault::LostThenApplied(later),
        Fault::LostThenApplied(later),
        Fault::Late(later),
        Fault::Late(later),
        Fault::SlowReply(later),
        Fault::Hang,
    ]);
    match dice.below(10) {
        0..5 => Weather::Once(on, fault, dice.within(1, 3) as usize),
        5..9 => Weather::Spell(on, fault, dice.within(10, 60), MILLIS(dice.within(300, 2_500))),
        _ => Weather::Away(MILLIS(dice.within(200, 2_500))),
    }
}

fn deed(dice: &mut Dice) -> Deed {
    let when = *dice.one(&[None, Some(When::BeforeWrite), Some(When::AfterRead)]);
    match dice.below(100) {
        0..15 => Deed::Note,
        15..22 => Deed::Occupies,
        22..30 => Deed::Frees,
        30..48 => Deed::Sorts(when),
        48..62 => Deed::InsertsRows(when),
        62..67 => Deed::DeletesRow,
        67..75 => Deed::InsertsColumn,
        75..85 => Deed::Renames(MILLIS(dice.within(200, 2_000))),
        85..90 => Deed::DeletesFence,
        _ => Deed::Protects(MILLIS(dice.within(200, 2_000))),
    }
}
