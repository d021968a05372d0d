//! `serve`: the plant on a port, until somebody asks it to stop.

use super::{Built, Halt, build, handles, logs, nightly, no_runtime, say};
use crate::access::Access;
use crate::config::Config;
use crate::peers::Peers;
use crate::plant::{Clock, Plant};
use crate::redis::Link;
use crate::trail::Trail;
use crate::web::live::Live;
use crate::web::server::{self, Limits};
use crate::web::{App, Site, peers, router};
use crate::words;
use chrono::Utc;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// What waiting writes may take once the requests in hand have ended; with [`Limits::drain`] it
/// stays below the five seconds in which the program stops (`field-failures.md` E3).
const LANDING: Duration = Duration::from_millis(1_500);

/// A plant that serves.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The application, for who wants to look inside.
    pub app: App,
    server: JoinHandle<()>,
}

impl Running {
    /// Stops: no new connections, streams end, requests in hand are finished, waiting writes land.
    /// `false` when that took too long and something was cut off.
    pub async fn stop(self) -> bool {
        self.app.stop.cancel();
        let served = self.server.await.is_ok();
        served && timeout(LANDING, self.app.plant.finish()).await.is_ok()
    }
}

/// Starts to serve on the configured address.
///
/// # Errors
/// [`Halt`] when the address or the data folder cannot be used.
pub async fn start(config: &Config, clock: Clock, limits: Limits) -> Result<Running, Halt> {
    let listener = TcpListener::bind(config.listen).await.and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (address, listener) = listener.map_err(|error| {
        words::say("setting-address-in-use").with("variable", "SPOOLBOARD_LISTEN").with("value", config.listen).with("why", error)
    })?;
    let Built { plant, embedded, site, access, link } = build(config, clock.clone()).await?;
    let stop = CancellationToken::new();
    let live = Live::follow(&plant, stop.clone());
    let site = Arc::new(Site { process: called(address), ..site });
    let trail = trail(config, link.clone(), &plant);
    let peers = link.map_or_else(Peers::none, Peers::at);
    let app = App { plant: plant.clone(), site, live, trail, peers, access, stop: stop.clone() };
    tokio::spawn(peers::say(app.clone(), stop.clone()));
    if let Some(access) = app.access.clone() {
        let until = stop.clone();
        tokio::spawn(async move { access.follow(until).await });
    }
    let keeper = plant.clone();
    let (ttl, until) = (config.lock_ttl, stop.clone());
    tokio::spawn(async move { keeper.keep_locks(ttl, until).await });
    tokio::spawn(nightly::copies(embedded, config.data.clone(), clock, stop.clone()));
    let server = tokio::spawn(server::serve(
        listener,
        router(app.clone()),
        (config.front.clone(), limits),
        Arc::clone(plant.metrics()),
        stop,
    ));
    Ok(Running { address, app, server })
}

/// Whether it is kept what tablets do decides nothing: without it the plant works as well.
fn trail(config: &Config, others: Option<Link>, plant: &Plant) -> Trail {
    let (clock, lost) = (plant.clock().clone(), plant.metrics().lost_steps.clone());
    let now = move || clock.now().with_timezone(&Utc);
    let opened = std::fs::create_dir_all(&config.data).and_then(|()| Trail::open(&config.data, others, lost, now));
    opened.unwrap_or_else(|error| {
        warn!(%error, "what is done on tablets is not kept");
        Trail::none()
    })
}

/// What this process is called where there are several: its machine, where it listens there, and its number.
fn called(address: SocketAddr) -> String {
    // Where the kernel does not tell it, as on other systems, the rest has to do.
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{} {address} ({})", machine.trim(), std::process::id()).trim_start().to_owned()
}

pub(super) fn serve(config: &Config) -> Result<ExitCode, Halt> {
    logs::begin(&config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(no_runtime)?;
    let code = runtime.block_on(until_asked(config));
    // Whatever did not end in time is cut off: the durable part of it has landed or never will.
    runtime.shutdown_timeout(Duration::from_millis(100));
    code
}

async fn until_asked(config: &Config) -> Result<ExitCode, Halt> {
    let unheard = |error: io::Error| words::say("serve-no-signals").with("why", error);
    let mut terminate = signal(SignalKind::terminate()).map_err(unheard)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unheard)?;
    let running = start(config, Clock::system(config.zone), handles::asked_for(Limits::default())).await?;
    for setting in &config.without_effect {
        warn!(setting, "accepted, without effect");
    }
    greet(config, &running);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    info!("stopping");
    match running.stop().await {
        true => info!("stopped"),
        false => warn!("stopped; something was cut off"),
    }
    Ok(ExitCode::SUCCESS)
}

/// One line that says where to look, and what is behind it.
fn greet(config: &Config, running: &Running) {
    let site = &running.app.site;
    let scheme = if config.front.tls.is_some() { "https" } else { "http" };
    let said = words::say("serve-at").with("address", format_args!("{scheme}://{}", running.address));
    say(said.count("demo", u8::from(site.demo)).count("open", u8::from(site.open)));
    let nobody = |access: &Arc<Access>| access.book().is_ok_and(|book| book.supervisors.is_empty());
    if running.app.access.as_ref().is_some_and(nobody) {
        say(words::text("serve-no-supervisor"));
    }
    let spools = running.app.plant.view().spools.len();
    let redis = config.redis.as_ref().map(ToString::to_string);
    let google = config.google.as_ref().map(|google| google.spreadsheet.as_str());
    if google.is_some() {
        say(words::text("serve-connecting"));
    }
    info!(redis, google, address = %running.address, data = %config.data.display(), demo = site.demo, open = site.open, spools, "serving");
}
