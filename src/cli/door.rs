//! `supervisor` and `token`: who may come in, from the command line, also while the plant is served.

use super::{DATA, Halt, no_runtime, say};
use crate::access::{self, Access, Denied, Register, rules};
use crate::config::{Complaint, Config};
use crate::error::Cause;
use crate::plant::Clock;
use crate::redis::{Link, Survey};
use crate::words;
use chrono::DateTime;
use clap::{Subcommand, ValueEnum};
use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Subcommand)]
pub(super) enum Supervisors {
    #[command(about = words::text("command-supervisor-add"))]
    Add {
        #[arg(help = words::text("command-supervisor-name"), value_name = words::text("value-name"))]
        name: String,
        #[arg(long, help = words::text("command-supervisor-piped"))]
        password_stdin: bool,
    },
    #[command(about = words::text("command-supervisor-list"))]
    List,
    #[command(about = words::text("command-supervisor-remove"))]
    Remove {
        #[arg(help = words::text("command-supervisor-which"), value_name = words::text("value-name"))]
        name: String,
    },
}

#[derive(Subcommand)]
pub(super) enum Tokens {
    #[command(about = words::text("command-token-add"))]
    Add {
        #[arg(help = words::text("command-token-name"), value_name = words::text("value-name"))]
        name: String,
        #[arg(long, value_enum, hide_possible_values = true, help = words::text("command-token-scope"), value_name = "read|act")]
        scope: Scope,
    },
    #[command(about = words::text("command-token-list"))]
    List,
    #[command(about = words::text("command-token-revoke"))]
    Revoke {
        #[arg(help = words::text("command-token-id"))]
        id: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Scope {
    Read,
    Act,
}

/// The register of who may come in: beside the locks where several processes share those, else in the
/// data folder.
pub(super) fn open(config: &Config, link: Option<Link>) -> Result<Access, Halt> {
    let failed = |error: Cause| Halt::from(words::say("register-closed").with("why", error));
    let undefined = || Complaint::from(words::say("setting-undefined").with("variable", "SPOOLBOARD_SECRET"));
    let secret = config.secret.as_ref().ok_or_else(undefined)?;
    let register: Arc<dyn Register> = match link {
        Some(link) => Arc::new(access::Redis::new(link)),
        None => Arc::new(access::Sqlite::open(&config.data).map_err(failed)?),
    };
    Access::new(register, secret).map_err(failed)
}

/// Reads the register once. A Redis that is away may come up later; one that would forget who may come
/// in is not used.
pub(super) async fn read(access: &Access, config: &Config) -> Result<(), Halt> {
    if let Some(address) = &config.redis {
        let Ok(survey) = address.survey().await else { return Ok(()) };
        if let Some(why) = forgets(&survey) {
            let alone = words::say("register-alone").with("variable", "REDIS_URL").with("data", DATA);
            let alone = if config.google.is_none() { alone.to_string() } else { String::new() };
            return Err(Complaint(format!("{why}{alone}")).into());
        }
    }
    match access.look().await {
        Err(error) if config.redis.is_none() => Err(unread(&error)),
        _ => Ok(()),
    }
}

/// Why a Redis would forget who may come in, and what is to be set.
pub(super) fn forgets(survey: &Survey) -> Option<String> {
    let access = "SPOOLBOARD_ACCESS=enrolled";
    let evicts = survey.when_full.as_deref().filter(|policy| policy.starts_with("allkeys"));
    let said = match (survey.appendonly, evicts) {
        (Some(false), _) => words::say("register-forgets"),
        (None, _) => words::say("register-may-forget").with("variable", "REDIS_URL"),
        (_, Some(policy)) => words::say("register-evicts").with("policy", policy),
        _ => return None,
    };
    Some(said.with("access", access).into())
}

fn unread(error: &Cause) -> Halt {
    words::say("register-unread").with("why", error).into()
}

/// Does something with the register, on whichever it is.
fn with(config: &Config, job: impl AsyncFnOnce(Access, i64) -> Result<(), Halt>) -> Result<ExitCode, Halt> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(no_runtime)?;
    runtime.block_on(async {
        let access = open(config, config.redis.clone().map(Link::to))?;
        read(&access, config).await?;
        access.look().await.map_err(|error| unread(&error))?;
        job(access, Clock::system(config.zone).now().timestamp()).await
    })?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn supervisors(config: &Config, command: Supervisors) -> Result<ExitCode, Halt> {
    match command {
        Supervisors::Add { name, password_stdin } => {
            let password = password(password_stdin)?;
            with(config, async |access, now| {
                access.add_supervisor(&name, &password, now).await.map_err(why)?;
                say(words::say("account-added").with("name", &name));
                Ok(())
            })
        }
        Supervisors::List => with(config, async |access, _| {
            let book = access.book().map_err(why)?;
            if book.supervisors.is_empty() {
                say(words::text("account-none"));
            }
            for known in book.supervisors.values() {
                say(words::say("account-line").with("name", &known.name).with("day", day(config, known.since)));
            }
            Ok(())
        }),
        Supervisors::Remove { name } => with(config, async |access, _| {
            access.remove_supervisor(&name).await.map_err(why)?;
            say(words::say("account-removed").with("name", &name));
            Ok(())
        }),
    }
}

pub(super) fn tokens(config: &Config, command: Tokens) -> Result<ExitCode, Halt> {
    match command {
        Tokens::Add { name, scope } => with(config, async |access, now| {
            let acts = matches!(scope, Scope::Act);
            let token = access.add_token(&name, acts, words::text("key-by"), now).await.map_err(why)?;
            say(token);
            eprintln!("{}", words::text("key-once"));
            Ok(())
        }),
        Tokens::List => with(config, async |access, _| {
            let book = access.book().map_err(why)?;
            if book.tokens.is_empty() {
                say(words::text("key-none"));
            }
            for (id, token) in &book.tokens {
                let scope = if token.acts { "act" } else { "read" };
                let said = words::say("key-line").with("name", &token.name).with("by", &token.by);
                say(format_args!("{id}  {scope:4}  {}", said.with("day", day(config, token.since))));
            }
            Ok(())
        }),
        Tokens::Revoke { id } => with(config, async |access, _| {
            let token = access.revoke_token(&id).await.map_err(|denied| match denied {
                Denied::Gone => words::say("key-gone").with("id", &id).into(),
                other => why(other),
            })?;
            say(words::say("key-revoked").with("name", &token.name));
            Ok(())
        }),
    }
}

fn day(config: &Config, at: i64) -> String {
    DateTime::from_timestamp(at, 0).map(|at| words::day(at.with_timezone(&config.zone).date_naive())).unwrap_or_default()
}

/// The password, not shown as it is typed; from a pipe one line.
fn password(from_stdin: bool) -> Result<String, Halt> {
    let failed = |error: io::Error| Halt::from(words::say("account-unread").with("why", error));
    if !from_stdin && !io::stdin().is_terminal() {
        return Err(words::say("account-no-terminal").with("option", "--password-stdin").into());
    }
    if from_stdin {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(failed)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = rpassword::prompt_password(format!("{} ", words::text("account-ask"))).map_err(failed)?;
    let again = rpassword::prompt_password(format!("{} ", words::text("account-ask-again"))).map_err(failed)?;
    if first == again { Ok(first) } else { Err(Halt::Other(words::text("account-differ").into())) }
}

fn why(denied: Denied) -> Halt {
    let (least, most) = rules::PASSWORD;
    Halt::Other(match denied {
        Denied::Taken => words::text("account-taken").into(),
        Denied::Gone => words::text("account-gone").into(),
        Denied::BadName => words::text("account-bad-name").into(),
        Denied::Weak => words::say("account-weak").with("least", least).with("most", most).into(),
        Denied::Away(error) => words::say("register-silent").with("why", error).into(),
        Denied::Busy | Denied::Wrong | Denied::Wait(_) | Denied::Turn(_) | Denied::Locked => {
            words::text("account-not-now").into()
        }
    })
}
