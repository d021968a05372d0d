//! Broken builds: each leaves one safety out, and the checker has to notice.

use crate::plan::Plan;
use crate::runs;
use spoolboard::broken::Safety;

/// Seeds that turned a broken build red: name, seed, processes, the promise that broke.
const KEPT: &str = include_str!("broken.txt");

/// So many seeds, and one of them has to be red.
const SEEDS: u64 = 20;

/// Runs the builds of this name, or all of them; whether the checker noticed each.
pub(crate) async fn noticed(name: &str, processes: Option<usize>, jobs: usize) -> Result<bool, String> {
    let names: Vec<&str> = Safety::ALL.iter().map(|(known, _)| *known).filter(|known| name == "all" || name == *known).collect();
    if names.is_empty() {
        return Err(format!("no build is called {name}: {}", Safety::ALL.map(|(known, _)| known).join(", ")));
    }
    let mut all = true;
    for name in names {
        all &= one(name, processes, jobs).await;
    }
    Ok(all)
}

/// The kept seeds first, then others; the first that is red is enough.
async fn one(name: &'static str, processes: Option<usize>, jobs: usize) -> bool {
    let kept = KEPT.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (known, seed, processes) = (words.next()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        (known == name).then_some((seed, Some(processes)))
    });
    let others = (1..=SEEDS).map(|seed| (seed, processes.or(Some(1 + (seed % 2) as usize))));
    let tries = kept.chain(others).take(SEEDS as usize).map(|(seed, processes)| Plan::of(seed, processes)).collect();
    let (_, red) = runs(tries, Some(name), jobs, true).await;
    match red.first() {
        Some(found) => println!("{name} was noticed: {found}"),
        None => println!("{name} was NOT noticed within {SEEDS} seeds"),
    }
    !red.is_empty()
}
