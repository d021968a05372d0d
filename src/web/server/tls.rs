//! https from two PEM files, which may be exchanged while the program serves: a new certificate is
//! for the connections that come after it, and a pair that cannot be used changes nothing.

use super::dressed;
use crate::private;
use arc_swap::ArcSwap;
use prometheus_client::metrics::counter::Counter;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Protocols in the order in which we like them.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why a pair cannot be used. It says nothing of the key but where it is.
#[derive(Debug, thiserror::Error)]
pub enum BadPair {
    /// A file cannot be read, or others may read the key.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no certificate or no key in PEM in a file.
    #[error("{}: no {what} in PEM there", path.display())]
    Pem {
        /// Which.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
    /// The two do not belong together, or are of a kind that is not spoken.
    #[error("they cannot be used together: {0}")]
    Pair(#[from] rustls::Error),
}

/// A certificate with its chain, and its key. Cheap to clone.
#[derive(Clone)]
pub struct Tls(Arc<Parts>);

struct Parts {
    certificate: PathBuf,
    key: PathBuf,
    /// What stood in the files when the pair was made.
    print: u64,
    shown: Arc<Shown>,
    config: Arc<ServerConfig>,
}

/// The pair that new connections are shown.
struct Shown(ArcSwap<CertifiedKey>);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown(…)")
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tls({}, …)", self.0.certificate.display())
    }
}

impl Tls {
    /// Reads the certificate with its chain, and the key.
    ///
    /// # Errors
    /// [`BadPair`], and nothing else is tried.
    pub fn read(certificate: &Path, key: &Path) -> Result<Tls, BadPair> {
        let (certificate, key) = (certificate.to_owned(), key.to_owned());
        let files = Files::read(&certificate, &key)?;
        let shown = Arc::new(Shown(ArcSwap::from_pointee(files.pair(&certificate, &key)?)));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&shown) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = PROTOCOLS.iter().map(|name| name.to_vec()).collect();
        Ok(Tls(Arc::new(Parts { certificate, key, print: files.print(), shown, config: Arc::new(config) })))
    }

    /// The file of the certificate.
    pub fn certificate(&self) -> &Path {
        &self.0.certificate
    }

    /// Shakes hands.
    pub(super) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        TlsAcceptor::from(Arc::clone(&self.0.config)).accept(stream).await
    }

    /// Looks at the files again and again until `stop`, and shows a new pair from then on. What
    /// cannot be used is told once and counted.
    pub(super) async fn follow(self, every: Duration, refused: Counter, stop: CancellationToken) {
        let parts = self.0;
        let mut known = Ok(parts.print);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(every) => {}
            }
            // Two small files, once a minute.
            let files = Files::read(&parts.certificate, &parts.key);
            let found = files.as_ref().map(Files::print).map_err(ToString::to_string);
            if found == known {
                continue;
            }
            known = found;
            match files.and_then(|files| files.pair(&parts.certificate, &parts.key)) {
                Ok(pair) => {
                    parts.shown.0.store(Arc::new(pair));
                    info!(certificate = %parts.certificate.display(), "a new certificate is shown from now on");
                }
                Err(error) => {
                    refused.inc();
                    warn!(%error, "the new certificate cannot be used; the old one is shown as before");
                }
            }
        }
    }
}

/// What stands in the two files.
struct Files {
    certificate: String,
    key: String,
}

impl Files {
    fn read(certificate: &Path, key: &Path) -> Result<Files, BadPair> {
        let bad = |path: &Path| {
            let path = path.to_owned();
            |source| BadPair::File { path, source }
        };
        let key_text = private::read(key).map_err(bad(key))?;
        Ok(Files { certificate: std::fs::read_to_string(certificate).map_err(bad(certificate))?, key: key_text })
    }

    /// By this a change is noticed.
    fn print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.certificate, &self.key).hash(&mut hasher);
        hasher.finish()
    }

    fn pair(&self, certificate: &Path, key: &Path) -> Result<CertifiedKey, BadPair> {
        let none = |path: &Path, what| BadPair::Pem { path: path.to_owned(), what };
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(self.certificate.as_bytes()).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| none(certificate, "certificate"))?;
        let secret = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).map_err(|_| none(key, "private key"))?;
        Ok(CertifiedKey::from_der(chain, secret, &ring::default_provider())?)
    }
}

/// The first byte of a record that shakes hands.
const HANDSHAKE: u8 = 22;

/// What plain http is told on a port for https; a browser shows it.
fn plainly() -> String {
    let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\n";
    // HSTS over plain http is ignored (RFC 6797 8.1).
    format!("{head}{}connection: close\r\n\r\nhttps://\n", dressed::lines(false))
}

/// Whether somebody begins with something else than a handshake: plain http on a port for https.
pub(super) async fn speaks_plainly(stream: &TcpStream) -> bool {
    let mut first = [0];
    matches!(stream.peek(&mut first).await, Ok(1) if first[0] != HANDSHAKE)
}

/// Tells him so. What he sent is taken first, or closing would drop the answer.
pub(super) async fn answer_plainly(mut stream: TcpStream) -> io::Result<()> {
    let _ = stream.read(&mut [0; 4_096]).await?;
    stream.write_all(plainly().as_bytes()).await?;
    stream.shutdown().await
}
