//! Seeded fault runs against the real program: Google, Redis, people and processes let it down, and
//! the history checker says whether it kept its promises (`reliability.md` 7).
//!
//! `cargo test --test chaos` does ten runs. `tests/chaos-runs --seeds 200` does two hundred,
//! `--seed 17` one, `--from 100 --to 150` a part, `--processes 2` with two processes on one workbook,
//! `--jobs 4` four at a time. One line a run; the first broken promise with what led to it.

// What must hold is said by failing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod app;
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
mod weather;

use plan::Plan;
use run::Outcome;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What was asked on the command line.
#[derive(Debug, Clone)]
struct Wanted {
    seeds: std::ops::RangeInclusive<u64>,
    processes: Option<usize>,
    jobs: usize,
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
    let mut wanted = Wanted { seeds: 1..=10, processes: None, jobs: 2 };
    while let Some(name) = arguments.next() {
        let Some(flag) = name.strip_prefix("--") else {
            if "chaos".contains(&name) {
                continue;
            }
            return Ok(None);
        };
        let value = arguments.next().unwrap_or_default();
        let number: u64 = value.parse().map_err(|_| format!("--{flag} wants a number, not «{value}»"))?;
        match flag {
            "seeds" => wanted.seeds = 1..=number,
            "seed" => wanted.seeds = number..=number,
            "from" => wanted.seeds = number..=(*wanted.seeds.end()).max(number),
            "to" => wanted.seeds = *wanted.seeds.start()..=number,
            "processes" => wanted.processes = Some(number.clamp(1, 4) as usize),
            "jobs" => wanted.jobs = number.clamp(1, 16) as usize,
            _ => return Err(format!("--{flag} is not known: --seeds, --seed, --from, --to, --processes, --jobs")),
        }
    }
    Ok(Some(wanted))
}

async fn all(wanted: Wanted) -> ExitCode {
    let turns = Arc::new(Semaphore::new(wanted.jobs));
    let mut runs = JoinSet::new();
    for seed in wanted.seeds {
        let (turns, plan) = (Arc::clone(&turns), Plan::of(seed, wanted.processes));
        runs.spawn(async move {
            let _turn = turns.acquire_owned().await.unwrap();
            run::run(plan, None).await
        });
    }
    let (mut passed, mut failed) = (0, 0);
    while let Some(ended) = runs.join_next().await {
        match ended {
            Ok(outcome) => {
                tell(&outcome);
                if outcome.verdict.is_ok() { passed += 1 } else { failed += 1 }
            }
            Err(lost) => {
                println!("a run ended early: {lost}");
                failed += 1;
            }
        }
    }
    println!("{passed} passed; {failed} failed");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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
