//! The way to Google: the connection, and the one task that keeps a token at hand.
//!
//! A token is never logged, and neither is what it was asked for with.

use super::SCOPE;
use crate::words;
use google_sheets4::common::{Client as Http, GetToken};
use google_sheets4::hyper::Uri;
use google_sheets4::hyper_util::client::legacy::{Client, connect::HttpConnector};
use google_sheets4::hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tracing::warn;
use uuid::Uuid;
use yup_oauth2::{CustomHyperClientBuilder, ServiceAccountAuthenticator, ServiceAccountKey};

/// How the client connects: TLS outside, plain HTTP to this machine.
pub(super) type Connector = HttpsConnector<HttpConnector>;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a token may take to come.
const FETCH: Duration = Duration::from_secs(10);

/// The first and the longest pause between two attempts to get a token.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// The connection and the tokens that a client needs.
pub(super) struct Door {
    pub(super) http: Http<Connector>,
    pub(super) tokens: Arc<Tokens>,
    /// The e-mail of the service account.
    pub(super) account: String,
}

/// The current token, or why there has not been any yet.
type Got = Option<Result<Arc<str>, String>>;

/// Keeps a token at hand.
pub(super) struct Tokens {
    current: watch::Receiver<Got>,
    renew: Arc<Notify>,
    task: JoinHandle<()>,
}

/// Gives the current token to the client.
#[derive(Clone)]
pub(super) struct Bearer(pub(super) Arc<Tokens>);

impl Door {
    /// Opens the way. `credentials` is the JSON of a service account; `secure` says that the calls
    /// go over TLS. A token is replaced after so long.
    ///
    /// # Errors
    /// A key that cannot be used, or a machine without certificates of authorities.
    pub(super) fn open(credentials: &str, secure: bool, renew_after: Duration) -> Result<Door, String> {
        use futures_util::FutureExt;
        // The parser's own words could quote the key.
        let key: Result<ServiceAccountKey, _> = serde_json::from_str(credentials);
        let key = key.map_err(|_| words::text("google-no-account").to_owned())?;
        if !is_safe(&key.token_uri) {
            let said = words::say("google-account-url").with("field", "token_uri");
            return Err(said.with("value", &key.token_uri).into());
        }
        let account = key.client_email.clone();
        let tls = tls(secure || key.token_uri.starts_with("https:")).map_err(|error| error.to_string())?;
        let client = CustomHyperClientBuilder::from(client(tls.clone()));
        // Nothing in there waits; a key that cannot be read is told at once.
        let built = ServiceAccountAuthenticator::with_client(key, client).build().now_or_never();
        let authenticator = built.and_then(Result::ok).ok_or_else(|| words::text("google-account-key"))?;
        let (tell, current) = watch::channel::<Got>(None);
        let renew = Arc::new(Notify::new());
        let wanted = Arc::clone(&renew);
        let task = tokio::spawn(async move {
            let (mut pause, mut failures) = (PAUSES.0, 0_u32);
            loop {
                let next = match timeout(FETCH, authenticator.force_refreshed_token(&[SCOPE])).await {
                    // An error page can read like an answer that has none.
                    Ok(Ok(token)) if token.token().is_some() => {
                        (pause, failures) = (PAUSES.0, 0);
                        // The old one stays until the new one is in hand.
                        tell.send_replace(token.token().map(|token| Ok(Arc::from(token))));
                        renew_after
                    }
                    failure => {
                        failures += 1;
                        let why = failure.map_or_else(|_| "no answer in time".to_owned(), |answer| why(answer.err()));
                        warn!(why, failures, "no token from Google; trying again");
                        tell.send_if_modified(|got| {
                            let none = !matches!(got, Some(Ok(_)));
                            if none {
                                *got = Some(Err(why));
                            }
                            none
                        });
                        pause = (pause * 2).min(PAUSES.1);
                        jittered(pause)
                    }
                };
                tokio::select! {
                    () = sleep(next) => {}
                    () = wanted.notified() => {}
                }
            }
        });
        Ok(Door { http: client_of_calls(tls), tokens: Arc::new(Tokens { current, renew, task }), account })
    }
}

impl Tokens {
    /// Waits for the end of the first attempt to get one.
    ///
    /// # Errors
    /// Why none came, in Google's words or the network's.
    pub(super) async fn first(&self) -> Result<(), String> {
        let mut current = self.current.clone();
        let got = current.wait_for(Option::is_some).await.map(|got| Got::clone(&got));
        got.ok().flatten().unwrap_or_else(|| Err("the task that gets it has ended".into())).map(drop)
    }

    /// Gets a new token, because the one in use is not taken; `false` when none comes.
    pub(super) async fn renewed(&self) -> bool {
        let mut current = self.current.clone();
        current.mark_unchanged();
        self.renew.notify_one();
        matches!(timeout(FETCH, current.changed()).await, Ok(Ok(())))
    }
}

impl Drop for Tokens {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Given<'a> = Pin<Box<dyn Future<Output = Result<Option<String>, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

impl GetToken for Bearer {
    fn get_token<'a>(&'a self, _: &'a [&str]) -> Given<'a> {
        Box::pin(async move {
            let mut current = self.0.current.clone();
            let is_one = |got: &Got| matches!(got, Some(Ok(_)));
            let found = timeout(FETCH, current.wait_for(is_one)).await.map_err(|_| "no token in time")??;
            Ok(found.as_ref().and_then(|got| got.as_deref().ok()).map(str::to_owned))
        })
    }
}

/// Between a half and the whole of a pause, so that many do not come back at once.
pub(in crate::workbook::sheets) fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(0.5 + f64::from(Uuid::new_v4().as_bytes()[0]) / 510.0)
}

fn why(error: Option<yup_oauth2::Error>) -> String {
    error.map_or_else(|| "an answer without a token".to_owned(), |error| error.to_string())
}

/// Whether credentials may be sent to an address: it is https, or on this machine (`design.md` 7).
pub fn is_safe(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let here = |host: &str| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    };
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => here(host),
        _ => false,
    }
}

/// TLS by ring, the one crypto provider. Who only talks to this machine needs no authorities.
fn tls(secure: bool) -> io::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(io::Error::other)?;
    let config = match secure {
        true => config.with_native_roots()?,
        false => config.with_root_certificates(RootCertStore::empty()),
    };
    Ok(config.with_no_client_auth())
}

fn connector(tls: ClientConfig) -> Connector {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_connect_timeout(Some(CONNECT));
    http.set_keepalive(Some(Duration::from_secs(20)));
    http.set_nodelay(true);
    HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().enable_http2().wrap_connector(http)
}

fn client(tls: ClientConfig) -> Client<Connector, String> {
    Client::builder(TokioExecutor::new()).build(connector(tls))
}

/// A connection that died in silence is noticed by its pings, not by a person who waits.
fn client_of_calls(tls: ClientConfig) -> Http<Connector> {
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(Duration::from_secs(60))
        .http2_keep_alive_interval(Duration::from_secs(20))
        .http2_keep_alive_timeout(Duration::from_secs(10))
        .http2_keep_alive_while_idle(true)
        .build(connector(tls))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_go_to_https_or_to_this_machine_only() {
        for (url, safe) in [
            ("https://sheets.example", true),
            ("http://127.0.0.1:9000", true),
            ("http://[::1]:9000/x", true),
            ("http://localhost", true),
            ("http://localhost.example", false),
            ("http://10.0.0.1", false),
            ("ftp://127.0.0.1", false),
            ("http://127.0.0.1:80@sheets.example/", false),
            ("sheets", false),
        ] {
            assert_eq!(is_safe(url), safe, "{url}");
        }
    }
}
