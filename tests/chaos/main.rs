//! Seeded fault runs against the real program: Google, Redis, people and processes let it down, and
//! the history checker says whether it kept its promises (`reliability.md` 7).
//!
//! `cargo test --test chaos` does ten runs. `tests/chaos-runs --seeds 200` does two hundred,
//! `--seed 17` one, `--from 100 --to 150` a part, `--processes 2` with two processes on one workbook,
//! `--jobs 4` four at a time, `--broken all` builds that leave one safety out. One line a run; the first broken promise with what led to it.

// What must hold is said by failing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod app;
mod broken;
mod dice;
#[path = "../history/mod.rs"]
mod history;
mod plan;
mod run;
#[path = "../stand_in/mod.rs"]
mod stand_in;
#[allow(dead_code, unused_imports)] // it is shared with the integration tests
#[path = "../it/support/mod.rs"]
mod support;
mod tablet;
mod watch;
mod weather;

use plan::Plan;
use run::Outcome;
use std::fmt;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

/// What is done when nothing is asked for.
const SEEDS: RangeInclusive<u64> = 1..=10;

/// What was asked on the command line.
#[derive(Debug, Clone)]
struct Wanted {
    seeds: Option<RangeInclusive<u64>>,
    processes: Option<usize>,
    jobs: usize,
    broken: Option<String>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some(app::APP) {
        return app::serve();
    }
    let wanted = match wanted(first.into_iter().chain(arguments)) {
        Ok(Some(wanted)) => wanted,
        Ok(None) => return ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("chaos: {why}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    // Whoever interrupts ends the runs too, and each ends what it started.
    let code = runtime.block_on(async {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt()).unwrap(), signal(SignalKind::terminate()).unwrap());
        tokio::select! {
            code = all(wanted) => code,
            _ = interrupt.recv() => ExitCode::from(130),
            _ = terminate.recv() => ExitCode::from(143),
        }
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    code
}

/// Reads the arguments; nothing when a filter of test names leaves this one out.
fn wanted(mut arguments: impl Iterator<Item = String>) -> Result<Option<Wanted>, String> {
    let mut wanted = Wanted { seeds: None, processes: None, jobs: 2, broken: None };
    while let Some(name) = arguments.next() {
        let Some(flag) = name.strip_prefix("--") else {
            if "chaos".contains(&name) {
                continue;
            }
            return Ok(None);
        };
        let value = arguments.next().unwrap_or_default();
        if flag == "broken" {
            wanted.broken = Some(value);
            continue;
        }
        let number: u64 = value.parse().map_err(|_| format!("--{flag} wants a number, not «{value}»"))?;
        let (first, last) = wanted.seeds.clone().unwrap_or(SEEDS).into_inner();
        match flag {
            "seeds" => wanted.seeds = Some(1..=number),
            "seed" => wanted.seeds = Some(number..=number),
            "from" => wanted.seeds = Some(number..=last.max(number)),
            "to" => wanted.seeds = Some(first..=number),
            "processes" => wanted.processes = Some(number.clamp(1, 4) as usize),
            "jobs" => wanted.jobs = number.clamp(1, 16) as usize,
            _ => return Err(format!("--{flag} is not known: --seeds, --seed, --from, --to, --processes, --jobs, --broken")),
        }
    }
    Ok(Some(wanted))
}

async fn all(wanted: Wanted) -> ExitCode {
    let Wanted { seeds, processes, jobs, broken } = wanted;
    let passed = match broken {
        Some(name) => broken::noticed(&name, seeds, processes, jobs).await,
        None => {
            let Tally { passed, red, lost } =
                runs(seeds.unwrap_or(SEEDS).map(|seed| Plan::of(seed, processes)).collect(), None, jobs, false).await;
            println!("{passed} passed; {} failed", red.len() + lost);
            red.iter().for_each(|red| println!("failed: {red}"));
            Ok(red.is_empty() && lost == 0 && passed > 0)
        }
    };
    match passed {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("chaos: {why}");
            ExitCode::from(2)
        }
    }
}

/// A run in which a promise was broken.
#[derive(Debug, Clone, Copy)]
struct Red {
    seed: u64,
    processes: usize,
    invariant: u8,
}

impl fmt::Display for Red {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {} with {} process(es), I{}", self.seed, self.processes, self.invariant)
    }
}

/// What came of several runs.
#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    red: Vec<Red>,
    /// Runs that ended early: as bad as red ones, and no proof that a broken build was noticed.
    lost: usize,
}

/// Does these runs, so many at a time, or until one is red.
async fn runs(plans: Vec<Plan>, without: Option<&'static str>, jobs: usize, first: bool) -> Tally {
    let (mut waiting, mut running, mut tally) = (plans.into_iter(), JoinSet::new(), Tally::default());
    loop {
        while running.len() < jobs && (tally.red.is_empty() || !first) {
            let Some(plan) = waiting.next() else { break };
            running.spawn(run::run(plan, without));
        }
        match running.join_next().await {
            None => return tally,
            Some(Ok(outcome)) => {
                tell(&outcome);
                let Plan { seed, processes, .. } = outcome.plan;
                match outcome.verdict {
                    Ok(_) => tally.passed += 1,
                    Err(violation) => tally.red.push(Red { seed, processes, invariant: violation.invariant }),
                }
            }
            Some(Err(lost)) => {
                println!("a run ended early: {lost}");
                tally.lost += 1;
            }
        }
    }
}

fn tell(outcome: &Outcome) {
    let Outcome { plan, asked, unknown, lost, batches, took, verdict, logs } = outcome;
    let counts = verdict.as_ref().map_or_else(
        |_| String::new(),
        |counted| {
            format!(
                "saved {} refused {} residues {} repaired {} ",
                counted.saved, counted.refused, counted.residues, counted.repaired
            )
        },
    );
    let head = format!(
        "seed {:>4}  {} process{}{}  asked {asked} {counts}unknown {unknown} lost {lost}  batches {batches}  {:.1} s  [{}]",
        plan.seed,
        plan.processes,
        if plan.processes == 1 { "" } else { "es" },
        if plan.thrift { " thrifty" } else { "" },
        took.as_secs_f64(),
        plan.kinds(),
    );
    match verdict {
        Ok(_) => println!("{head}  green"),
        Err(violation) => println!("{head}  RED\n{violation}\nlogs: {}\nplan: {plan:#?}", logs.display()),
    }
}
