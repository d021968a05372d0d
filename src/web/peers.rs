//! How each process is doing, and what it could not serve, as a page of any of them shows it.

use super::App;
use super::recent::Mishap;
use crate::domain::Moment;
use crate::words;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::debug;

/// How often a process says how it is doing.
const OFTEN: Duration = Duration::from_secs(5);

/// After so many seconds one that said nothing is silent, and after so many it is shown no longer.
const SILENT: i64 = 30;
const GONE: i64 = 24 * 3_600;

/// The most mishaps that are shown of all processes together.
const MISHAPS: usize = 100;

/// A process as it last said.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Said {
    name: String,
    build: String,
    since: Moment,
    at: Moment,
    /// It was asked to stop, and did.
    stopped: bool,
    /// Why it takes no changes.
    refuses: Option<String>,
    age: i64,
    waiting: usize,
    streams: i64,
    /// The tablets that have one open there.
    #[serde(default)] // an earlier build says none
    following: Vec<String>,
    mishaps: Vec<Mishap>,
}

/// A process, for a page.
#[derive(Debug, Clone)]
pub struct Process {
    /// The machine, its address there and its number.
    pub name: String,
    /// Its build.
    pub build: String,
    /// It is of another build than this one.
    pub other_build: bool,
    /// Since when it serves.
    pub since: String,
    /// Since how many seconds it said nothing, where that is too long.
    pub silent: Option<i64>,
    /// Why it takes no changes.
    pub refuses: Option<String>,
    /// How old the rows are that it shows, in seconds.
    pub age: i64,
    /// Changes that wait there.
    pub waiting: usize,
    /// Screens that are open there.
    pub streams: i64,
}

/// What is known of the processes.
#[derive(Debug, Default)]
pub struct Known {
    /// Those that serve; empty where there can be one only.
    pub processes: Vec<Process>,
    /// The tablets that follow the plant at any of them.
    pub following: HashSet<String>,
    /// What could not be served, the newest first.
    pub mishaps: Vec<Mishap>,
    /// There are others, and they cannot be heard now.
    pub cut_off: bool,
}

/// Says how this process is doing until `stop`, and once more then.
pub async fn say(app: App, stop: CancellationToken) {
    let mut often = interval(OFTEN);
    often.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stopped = !app.peers.may_be();
    while !stopped {
        tokio::select! {
            () = stop.cancelled() => {}
            _ = often.tick() => {}
        }
        stopped = stop.is_cancelled();
        let said = Said { stopped, ..own(&app) };
        let text = serde_json::to_string(&said).unwrap_or_default();
        if let Err(error) = app.peers.say(text, said.at.timestamp()).await {
            debug!(%error, "the other processes were not told how this one is doing");
        }
    }
}

/// All that is known of this process and the others.
pub async fn known(app: &App) -> Known {
    let own = own(app);
    let others = match app.peers.others().await {
        Ok(others) => others,
        Err(error) => {
            debug!(%error, "the other processes are not heard");
            let following = own.following.into_iter().collect();
            return Known { mishaps: own.mishaps, following, cut_off: true, ..Known::default() };
        }
    };
    // What cannot be read is of another build.
    let others: Vec<Said> = others.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let now = own.at;
    let all: Vec<Said> = std::iter::once(own).chain(others).collect();
    // One that was begun anew in the place of another is shown for it.
    let followed = |said: &Said| all.iter().any(|it| it.since > said.since && place(&it.name) == place(&said.name));
    let serves = |said: &&Said| !said.stopped && (now - said.at).num_seconds() < GONE && !followed(said);
    let mut processes: Vec<Process> = all.iter().filter(serves).map(|said| process(said, now, app)).collect();
    processes.sort_by(|a, b| a.name.cmp(&b.name));
    if !app.peers.may_be() {
        processes.clear();
    }
    let speaks = |said: &&Said| serves(said) && (now - said.at).num_seconds() <= SILENT;
    let following = all.iter().filter(speaks).flat_map(|said| said.following.clone()).collect();
    let mut mishaps: Vec<Mishap> = all.into_iter().flat_map(|said| said.mishaps).collect();
    mishaps.sort_by_key(|mishap| std::cmp::Reverse(mishap.at));
    mishaps.truncate(MISHAPS);
    Known { processes, following, mishaps, cut_off: false }
}

fn own(app: &App) -> Said {
    let (status, now) = (app.plant.workbook().status(), app.plant.clock().now());
    let mut mishaps = app.site.recent.all();
    if app.peers.may_be() {
        mishaps.iter_mut().for_each(|mishap| mishap.process.clone_from(&app.site.process));
    }
    Said {
        name: app.site.process.clone(),
        build: app.site.build.clone(),
        since: app.site.since,
        at: now,
        stopped: false,
        refuses: status.writable.err(),
        age: super::live::age(&app.plant),
        waiting: status.waiting,
        streams: app.plant.metrics().streams.get(),
        following: app.live.followers(),
        mishaps,
    }
}

/// A name without the number.
fn place(name: &str) -> &str {
    name.rsplit_once(" (").map_or(name, |(place, _)| place)
}

fn process(said: &Said, now: Moment, app: &App) -> Process {
    let said = said.clone();
    let silent = Some((now - said.at).num_seconds()).filter(|seconds| *seconds > SILENT);
    Process {
        name: said.name,
        other_build: said.build != app.site.build,
        build: said.build,
        since: words::moment(said.since),
        silent,
        refuses: said.refuses,
        age: said.age,
        waiting: said.waiting,
        streams: said.streams,
    }
}
