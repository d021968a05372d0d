//! `supervisor` and `token`: who may come in, from the command line, also while the plant is served.

use super::{Halt, say};
use crate::access::{self, Access, Denied, Register, rules};
use crate::config::{Complaint, Config};
use crate::error::Cause;
use crate::plant::Clock;
use crate::redis::{Link, Survey};
use chrono::DateTime;
use clap::{Subcommand, ValueEnum};
use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Subcommand)]
pub(super) enum Supervisors {
    /// Crea una cuenta de supervisor; pide su clave
    Add {
        /// Su nombre, como quedará en el historial
        name: String,
        /// Lee la clave de la entrada estándar, una línea
        #[arg(long)]
        password_stdin: bool,
    },
    /// Muestra las cuentas
    List,
    /// Quita una cuenta; sus sesiones terminan
    Remove {
        /// El nombre
        name: String,
    },
}

#[derive(Subcommand)]
pub(super) enum Tokens {
    /// Crea una clave para un programa y la muestra una sola vez
    Add {
        /// El nombre del programa
        name: String,
        /// Qué puede
        #[arg(long, value_enum)]
        scope: Scope,
    },
    /// Muestra las claves que hay, sin su secreto
    List,
    /// Anula una clave
    Revoke {
        /// Su identificador, el que muestra «token list»
        id: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Scope {
    /// Solo leer
    Read,
    /// Leer y registrar trabajo
    Act,
}

/// The register of who may come in: beside the locks where several processes share those, else in the
/// data folder.
pub(super) fn open(config: &Config, link: Option<Link>) -> Result<Access, Halt> {
    let failed = |error: Cause| Halt::Other(format!("no se puede abrir el registro de quién puede entrar: {error}"));
    let secret = config.secret.as_ref().ok_or_else(|| {
        Complaint("SPOOLBOARD_SECRET no está definida: se piden al menos 32 bytes al azar, los mismos con que se atiende".into())
    })?;
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
            let alone =
                if config.google.is_none() { "; o quita REDIS_URL: un solo proceso lo guarda en SPOOLBOARD_DATA" } else { "" };
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
    let begin = "SPOOLBOARD_ACCESS=enrolled guarda en Redis quién puede entrar, y";
    let evicts = survey.when_full.as_deref().filter(|policy| policy.starts_with("allkeys"));
    match (survey.appendonly, evicts) {
        (Some(false), _) => Some(format!(
            "{begin} este lo olvidaría al apagarse: ponle «appendonly yes» (redis-cli CONFIG SET appendonly yes, y la misma línea en redis.conf)"
        )),
        (None, _) => Some(format!(
            "{begin} este no dice si lo conserva al apagarse: permite INFO al usuario de REDIS_URL (redis-cli ACL SETUSER usuario +info)"
        )),
        (_, Some(policy)) => Some(format!(
            "{begin} este lo borraría al llenarse su memoria (maxmemory-policy {policy}): ponle «maxmemory-policy noeviction» (redis-cli CONFIG SET maxmemory-policy noeviction, y la misma línea en redis.conf)"
        )),
        _ => None,
    }
}

fn unread(error: &Cause) -> Halt {
    Halt::Other(format!("no se puede leer el registro de quién puede entrar: {error}"))
}

/// Does something with the register, on whichever it is.
fn with(config: &Config, job: impl AsyncFnOnce(Access, i64) -> Result<(), Halt>) -> Result<ExitCode, Halt> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|error| Halt::Other(format!("el sistema no permite trabajar: {error}")))?;
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
                access.add_supervisor(&name, &password, now).await.map_err(|denied| why(denied, "una cuenta con ese nombre"))?;
                say(format_args!("{name} puede entrar en /entrar con su clave."));
                Ok(())
            })
        }
        Supervisors::List => with(config, async |access, _| {
            let book = access.book().map_err(|denied| why(denied, ""))?;
            if book.supervisors.is_empty() {
                say("No hay supervisores. El primero se crea con «spoolboard supervisor add NOMBRE».");
            }
            book.supervisors
                .values()
                .for_each(|known| say(format_args!("{}, desde el {}", known.name, day(config, known.since))));
            Ok(())
        }),
        Supervisors::Remove { name } => with(config, async |access, _| {
            access.remove_supervisor(&name).await.map_err(|denied| why(denied, "una cuenta con ese nombre"))?;
            say(format_args!("{name} ya no puede entrar como supervisor."));
            Ok(())
        }),
    }
}

pub(super) fn tokens(config: &Config, command: Tokens) -> Result<ExitCode, Halt> {
    match command {
        Tokens::Add { name, scope } => with(config, async |access, now| {
            let acts = matches!(scope, Scope::Act);
            let token = access.add_token(&name, acts, "la línea de órdenes", now).await.map_err(|denied| why(denied, ""))?;
            say(token);
            eprintln!("Se muestra una sola vez: guárdala ahora. El programa la envía como «Authorization: Bearer …».");
            Ok(())
        }),
        Tokens::List => with(config, async |access, _| {
            let book = access.book().map_err(|denied| why(denied, ""))?;
            if book.tokens.is_empty() {
                say("No hay claves de programas.");
            }
            for (id, token) in &book.tokens {
                let (scope, since) = (if token.acts { "act" } else { "read" }, day(config, token.since));
                say(format_args!("{id}  {scope:4}  {}, creada el {since} por {}", token.name, token.by));
            }
            Ok(())
        }),
        Tokens::Revoke { id } => with(config, async |access, _| {
            let token = access.revoke_token(&id).await.map_err(|denied| why(denied, "una clave con ese identificador"))?;
            say(format_args!("La clave de {} está anulada.", token.name));
            Ok(())
        }),
    }
}

fn day(config: &Config, at: i64) -> String {
    DateTime::from_timestamp(at, 0).map(|at| crate::words::day(at.with_timezone(&config.zone).date_naive())).unwrap_or_default()
}

/// The password, not shown as it is typed; from a pipe one line.
fn password(from_stdin: bool) -> Result<String, Halt> {
    let failed = |error: io::Error| Halt::Other(format!("no se puede leer la clave: {error}"));
    if !from_stdin && !io::stdin().is_terminal() {
        return Err(Halt::Other("la clave se escribe en una terminal; desde un programa, usa --password-stdin".into()));
    }
    if from_stdin {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(failed)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = rpassword::prompt_password("Clave: ").map_err(failed)?;
    let again = rpassword::prompt_password("Otra vez: ").map_err(failed)?;
    if first == again { Ok(first) } else { Err(Halt::Other("las dos claves no son iguales; no se guardó nada".into())) }
}

fn why(denied: Denied, what: &str) -> Halt {
    let (least, most) = rules::PASSWORD;
    Halt::Other(match denied {
        Denied::Taken => format!("ya existe {what}; quítala primero"),
        Denied::Gone => format!("no existe {what}"),
        Denied::BadName => "el nombre debe tener de 1 a 80 caracteres, con alguna letra o número".into(),
        Denied::Weak => {
            format!("la clave debe tener de {least} a {most} caracteres, no ser el nombre ni un solo carácter repetido")
        }
        Denied::Away(error) => format!("el registro de quién puede entrar no responde: {error}"),
        Denied::Busy | Denied::Wrong | Denied::Wait(_) | Denied::Turn(_) | Denied::Locked => {
            "ahora no se puede; inténtalo otra vez".into()
        }
    })
}
