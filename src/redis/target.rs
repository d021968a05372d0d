//! What `REDIS_URL` names: one server, or the sentinels that know which server is the master.

use redis::io::tcp::{TcpSettings, socket2::TcpKeepalive};
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, RedisResult, TlsCertificates};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How long a sentinel may take to connect, and then to answer.
const SENTINEL: Duration = Duration::from_secs(1);

/// The port of a sentinel that the URL gives none for.
const SENTINEL_PORT: u16 = 26_379;

/// A `REDIS_URL` that cannot be used. It says why and what is allowed, and holds no secret.
#[derive(Debug, thiserror::Error)]
#[error(
    "{shown}: {why}; allowed: redis://[user:password@]host[:port][/db], rediss:// for TLS, \
     redis+sentinel://[user:password@]host[:port][,host[:port]...]/service[/db], rediss+sentinel://, \
     each with ?ca=FILE for a private authority"
)]
pub struct BadUrl {
    shown: String,
    why: Wrong,
}

/// What is wrong with a `REDIS_URL`.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// It has no `://`.
    #[error("not a URL")]
    NotAUrl,
    /// It begins with another word than is allowed.
    #[error("unknown scheme")]
    Scheme,
    /// Sentinels, and not whose master they are asked for.
    #[error("the name of the service is missing")]
    NoService,
    /// Something else behind `?` than the file of an authority.
    #[error("the only parameter is ca")]
    Parameter,
    /// An authority, and no TLS.
    #[error("ca is for TLS")]
    NoTls,
    /// The file of the authority cannot be read; the system's words.
    #[error("ca={0}: {1}")]
    Authority(String, std::io::Error),
    /// What the client says of it.
    #[error("{0}")]
    Other(redis::RedisError),
}

impl BadUrl {
    /// The URL without anything that may be a secret.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What is wrong with it.
    pub fn why(&self) -> &Wrong {
        &self.why
    }
}

/// A `REDIS_URL` that was read and can be used. It shows where it leads, and no secret.
#[derive(Clone)]
pub struct Address(Arc<Target>);

impl Address {
    /// Reads a URL, and the file of the authority that it names.
    ///
    /// # Errors
    /// A URL that is not one of the forms that [`BadUrl`] lists.
    pub fn read(url: &str) -> Result<Address, BadUrl> {
        Ok(Address(Arc::new(Target::read(url)?)))
    }

    /// A client of the master.
    pub(super) async fn client(&self) -> RedisResult<Client> {
        self.0.client().await
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |client: &Client| client.get_connection_info().addr().to_string();
        match &*self.0 {
            Target::Server(client) => f.write_str(&place(client)),
            Target::Sentinels { sentinels, service, .. } => {
                write!(f, "{service} ({})", sentinels.iter().map(place).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// Where the master is.
enum Target {
    /// At one address; its name is resolved again with each new connection.
    Server(Client),
    /// Wherever the sentinels say. `master` is how to talk to it, but for the address.
    Sentinels { sentinels: Vec<Client>, service: String, master: Box<ConnectionInfo> },
}

impl Target {
    fn read(url: &str) -> Result<Target, BadUrl> {
        read(url).map_err(|why| BadUrl { shown: mask(url), why })
    }

    /// A client of the master. Sentinels are asked each time, one after the other.
    async fn client(&self) -> RedisResult<Client> {
        match self {
            Target::Server(client) => Ok(client.clone()),
            Target::Sentinels { sentinels, service, master } => {
                let mut last = redis::RedisError::from((redis::ErrorKind::EmptySentinelList, "no sentinel answers"));
                for sentinel in sentinels {
                    match ask(sentinel, service).await {
                        Ok(found) => return Client::open(moved(master, found)),
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
        }
    }
}

/// Asks one sentinel for the master's address. The connection is closed with the answer.
async fn ask(sentinel: &Client, service: &str) -> RedisResult<(String, u16)> {
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(SENTINEL)).set_response_timeout(Some(SENTINEL));
    let mut connection = sentinel.get_multiplexed_async_connection_with_config(&config).await?;
    let found: Option<(String, u16)> =
        redis::cmd("SENTINEL").arg("get-master-addr-by-name").arg(service).query_async(&mut connection).await?;
    found.ok_or_else(|| (redis::ErrorKind::MasterNameNotFoundBySentinel, "the sentinel knows no such service").into())
}

/// The same way of talking, to another address.
fn moved(info: &ConnectionInfo, (host, port): (String, u16)) -> ConnectionInfo {
    let addr = match info.addr().clone() {
        ConnectionAddr::TcpTls { insecure, tls_params, .. } => ConnectionAddr::TcpTls { host, port, insecure, tls_params },
        _ => ConnectionAddr::Tcp(host, port),
    };
    info.clone().set_addr(addr)
}

fn read(url: &str) -> Result<Target, Wrong> {
    let (scheme, rest) = url.split_once("://").ok_or(Wrong::NotAUrl)?;
    let (rest, ca) = authority(rest)?;
    let client = |url: &str| client(url, ca.as_deref());
    match scheme {
        "redis" | "rediss" => Ok(Target::Server(client(&format!("{scheme}://{rest}"))?)),
        "redis+sentinel" | "rediss+sentinel" => {
            let scheme = scheme.trim_end_matches("+sentinel");
            let (place, path) = rest.split_once('/').ok_or(Wrong::NoService)?;
            let (service, db) = path.split_once('/').unwrap_or((path, ""));
            if service.is_empty() {
                return Err(Wrong::NoService);
            }
            let (login, hosts) =
                place.rsplit_once('@').map_or((String::new(), place), |(login, hosts)| (format!("{login}@"), hosts));
            // The login is for Redis; sentinels are asked without one.
            let sentinel = |host| client(&format!("{scheme}://{}", with_port(host)));
            let sentinels = hosts.split(',').map(sentinel).collect::<Result<_, _>>()?;
            let first = with_port(hosts.split_once(',').map_or(hosts, |(first, _)| first));
            let master = client(&format!("{scheme}://{login}{first}/{db}"))?.get_connection_info().clone();
            Ok(Target::Sentinels { sentinels, service: service.to_owned(), master: Box::new(master) })
        }
        _ => Err(Wrong::Scheme),
    }
}

/// Takes `?ca=FILE` off, and reads the file.
fn authority(rest: &str) -> Result<(&str, Option<Vec<u8>>), Wrong> {
    let Some((before, query)) = rest.split_once('?') else { return Ok((rest, None)) };
    let file = query.strip_prefix("ca=").ok_or(Wrong::Parameter)?;
    let pem = std::fs::read(file).map_err(|error| Wrong::Authority(file.to_owned(), error))?;
    Ok((before, Some(pem)))
}

fn with_port(host: &str) -> String {
    match host.ends_with(']') || !host.contains(':') {
        true => format!("{host}:{SENTINEL_PORT}"),
        false => host.to_owned(),
    }
}

/// One address, with the settings of `reliability.md` 4: a dead peer is noticed by the kernel.
fn client(url: &str, ca: Option<&[u8]>) -> Result<Client, Wrong> {
    let keepalive = TcpKeepalive::new().with_time(Duration::from_secs(15)).with_interval(Duration::from_secs(5)).with_retries(3);
    let tcp = TcpSettings::default().set_nodelay(true).set_keepalive(keepalive);
    #[cfg(target_os = "linux")]
    let tcp = tcp.set_user_timeout(Duration::from_secs(5));
    let info = url.into_connection_info().map_err(Wrong::Other)?.set_tcp_settings(tcp);
    match (info.addr(), ca) {
        (ConnectionAddr::TcpTls { .. }, ca) => {
            // Said once for the process; a provider that is there already stays.
            let _ = rustls::crypto::ring::default_provider().install_default();
            match ca {
                None => Client::open(info),
                Some(pem) => Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert: Some(pem.to_vec()) }),
            }
        }
        (_, Some(_)) => return Err(Wrong::NoTls),
        (_, None) => Client::open(info),
    }
    .map_err(Wrong::Other)
}

/// What may be shown of a URL that may hold a secret anywhere.
fn mask(url: &str) -> String {
    let scheme = match url.split_once("://") {
        Some((scheme, _)) if scheme.len() <= 16 => scheme,
        _ => return "***".into(),
    };
    match url.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://***@{place}"),
        None => format!("{scheme}://***"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_server_or_sentinels() {
        for url in ["redis://localhost", "redis://:secreto@10.0.0.5:6380/2", "rediss://ana:clave@redis.taller.example/0"] {
            assert!(matches!(Target::read(url), Ok(Target::Server(_))), "{url}");
        }
        let url = "redis+sentinel://:secreto@uno,[::1],tres:26400/taller/3";
        let Ok(Target::Sentinels { sentinels, service, master }) = Target::read(url) else { panic!("{url}") };
        let places: Vec<_> = sentinels.iter().map(|client| client.get_connection_info().addr().to_string()).collect();
        assert_eq!(places, ["uno:26379", "::1:26379", "tres:26400"]);
        assert_eq!(service, "taller");
        assert_eq!((master.redis_settings().db(), master.redis_settings().password()), (3, Some("secreto")));
        assert!(sentinels.iter().all(|client| client.get_connection_info().redis_settings().password().is_none()));
    }

    #[test]
    fn an_address_shows_where_it_leads_and_no_secret() {
        let shown = |url| Address::read(url).unwrap().to_string();
        assert_eq!(shown("redis://ana:secreto@10.0.0.5:6380/2"), "10.0.0.5:6380");
        assert_eq!(shown("redis+sentinel://:secreto@uno,dos:26400/taller"), "taller (uno:26379, dos:26400)");
        assert!(!format!("{:?}", Address::read("redis://:secreto@localhost").unwrap()).contains("secreto"));
    }

    #[test]
    fn a_malformed_url_is_refused_without_showing_its_secret() {
        for url in [
            "",
            "secreto",
            "localhost:6379",
            "http://:secreto@localhost",
            "redis://:secreto@",
            "redis://:secreto@localhost:seis",
            "redis://:secreto@localhost/uno",
            "redis://:se/cre#to?secreto@localhost:6379",
            "redis://:secreto",
            "redis+sentinel://:secreto@localhost",
            "redis+sentinel://:secreto@localhost/",
            "redis+sentinel://:secreto@/taller",
            "redis://:secreto@localhost?db=1",
            "redis://:secreto@localhost?ca=/nowhere/ca.pem",
            "redis://:secreto@localhost?ca=Cargo.toml",
        ] {
            let Err(error) = Target::read(url) else { panic!("{url} was accepted") };
            let said = error.to_string();
            assert!(!said.contains("secreto") && !said.contains("cre#to"), "{said}");
            assert!(said.contains("allowed: redis://"), "{said}");
        }
    }
}
