//! Broken builds: each leaves one safety out, and the checker has to notice.

use crate::plan::Plan;
use crate::runs;
use spoolboard::broken::Safety;
use std::ops::RangeInclusive;

/// Seeds that turned a broken build red: name, seed, processes, the promise that broke.
const KEPT: &str = include_str!("broken.txt");

/// So many seeds, and one of them has to be red.
const SEEDS: u64 = 20;

/// So often the same seed has to be green with nothing left out.
const WHOLE: usize = 2;

/// Promises up to this one are about what was written; a missing safety breaks no other.
const WRITTEN: u8 = 6;

/// Runs the builds of this name, or all of them; whether the checker noticed each.
pub(crate) async fn noticed(
    name: &str,
    seeds: Option<RangeInclusive<u64>>,
    processes: Option<usize>,
    jobs: usize,
) -> Result<bool, String> {
    let names: Vec<&str> = Safety::ALL.iter().map(|(known, _)| *known).filter(|known| name == "all" || name == *known).collect();
    if names.is_empty() {
        return Err(format!("no build is called {name}: {}", Safety::ALL.map(|(known, _)| known).join(", ")));
    }
    let mut all = true;
    for name in names {
        all &= one(name, tries(name, seeds.clone(), processes), jobs).await;
    }
    Ok(all)
}

/// The kept seeds first, then others; or those that were asked for.
fn tries(name: &str, seeds: Option<RangeInclusive<u64>>, processes: Option<usize>) -> Vec<(u64, Option<usize>)> {
    let kept = KEPT.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (known, seed, processes) = (words.next()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        (known == name).then_some((seed, Some(processes)))
    });
    match seeds {
        Some(seeds) => seeds.map(|seed| (seed, processes)).collect(),
        None => kept.chain((1..=SEEDS).map(|seed| (seed, processes))).take(SEEDS as usize).collect(),
    }
}

/// One is enough that is red by what was written, and green whenever nothing is left out.
async fn one(name: &'static str, mut tries: Vec<(u64, Option<usize>)>, jobs: usize) -> bool {
    while !tries.is_empty() {
        let plans: Vec<Plan> = tries.iter().map(|(seed, processes)| Plan::of(*seed, *processes)).collect();
        let tally = runs(plans, Some(name), jobs, true).await;
        let Some(last) = tally.red.iter().filter_map(|red| tries.iter().position(|(seed, _)| *seed == red.seed)).max() else {
            break;
        };
        for red in tally.red.into_iter().filter(|red| red.invariant <= WRITTEN) {
            println!("{red} without {name}; the same with nothing left out:");
            let again = vec![Plan::of(red.seed, Some(red.processes)); WHOLE];
            if runs(again, None, jobs, true).await.red.is_empty() {
                println!("{name} was noticed: {red}");
                return true;
            }
        }
        tries.drain(..=last);
    }
    println!("{name} was NOT noticed");
    false
}
