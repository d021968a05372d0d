//! https: spoken from two PEM files, exchanged while it serves.

use crate::access::{PASSWORD, SUPERVISOR, now, register};
use crate::hostile::http2;
use crate::support::TestPlant;
use crate::support::binary::{BINARY, Binary};
use crate::support::eventually;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use spoolboard::web::server::{Front, Limits, Tls};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Two PEM files of a certificate of its own authority, for 127.0.0.1.
fn pair(folder: &Path) {
    let made = Command::new("openssl")
        .current_dir(folder)
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=taller", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "new-key.pem", "-out", "new-cert.pem"])
        .stderr(Stdio::null())
        .status()
        .expect("openssl is needed for this test: apt-get install openssl");
    assert!(made.success());
}

/// Puts the new pair in the place of the one that is served.
pub(crate) fn exchange(folder: &Path) {
    pair(folder);
    for name in ["key.pem", "cert.pem"] {
        fs::rename(folder.join(format!("new-{name}")), folder.join(name)).unwrap();
    }
}

/// A plant that speaks https with a pair in this folder, and looks at it often.
async fn secure() -> (TestPlant, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    exchange(folder.path());
    let tls = Tls::read(&folder.path().join("cert.pem"), &folder.path().join("key.pem")).unwrap();
    let brief = Duration::from_millis(300);
    let limits = Limits { certificate: Duration::from_millis(50), first_byte: brief, ..Limits::default() };
    (TestPlant::behind(Front { tls: Some(tls), ..Front::default() }, limits).await, folder)
}

/// The certificate that is in the folder now.
pub(crate) fn shown(folder: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(&fs::read(folder.join("cert.pem")).unwrap()).unwrap()
}

/// A connection that trusts this certificate only.
pub(crate) async fn connect(
    address: SocketAddr,
    trusted: CertificateDer<'static>,
    protocol: &[u8],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let name = ServerName::try_from(address.ip().to_string()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, TcpStream::connect(address).await?).await
}

/// Asks over a connection that is kept.
async fn asked(stream: &mut TlsStream<TcpStream>) -> String {
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "closed");
    }
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn https_is_spoken_in_both_versions_and_asks_to_be_kept_to() {
    let (plant, folder) = secure().await;
    let mut stream = connect(plant.running.address, shown(folder.path()), b"http/1.1").await.unwrap();
    let answer = asked(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000"), "{answer}");
    let stream = connect(plant.running.address, shown(folder.path()), b"h2").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
}

#[tokio::test]
async fn plain_http_on_the_port_for_https_is_told_so_and_a_handshake_that_stops_is_closed() {
    let (plant, _folder) = secure().await;
    for (sent, said) in [("GET / HTTP/1.1\r\nHost: taller\r\n\r\n", "https://"), ("\u{16}\u{3}\u{1}", ""), ("", "")] {
        let mut stream = TcpStream::connect(plant.running.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "{sent:?} is still open");
        let answer = String::from_utf8_lossy(&answer).to_lowercase();
        assert!(answer.contains(said) && !answer.contains("200 ok"), "{answer}");
        for word in ["x-content-type-options: nosniff", "content-security-policy: default-src 'none';", "cache-control: no-store"]
        {
            assert_eq!(answer.contains(&format!("\r\n{word}")), !said.is_empty(), "{word}: {answer}");
        }
    }
}

#[tokio::test]
async fn what_the_door_shows_over_http2_leads_to_the_address_that_was_asked() {
    const PLACE: &str = "taller.example:8443";
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
    let folder = tempfile::tempdir().unwrap();
    exchange(folder.path());
    let tls = Tls::read(&folder.path().join("cert.pem"), &folder.path().join("key.pem")).unwrap();
    let plant = TestPlant::enrolled_behind(Front { tls: Some(tls), ..Front::default() }).await;
    register(&plant).add_supervisor(SUPERVISOR, PASSWORD, now(&plant)).await.unwrap();
    let open = async |protocol: &[u8]| connect(plant.running.address, shown(folder.path()), protocol).await.unwrap();
    let by_http1 = async |ask: &str, head: &str, body: &str| {
        let mut stream = open(b"http/1.1").await;
        let length = body.len();
        let head =
            format!("{ask} HTTP/1.1\r\nHost: {PLACE}\r\nConnection: close\r\n{head}Content-Length: {length}\r\n\r\n{body}");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A server may close without the last word of TLS.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    };
    let form = format!("{}: {}\r\n", FORM.0, FORM.1);
    let given = async |path: &str, body: String, name: &str| {
        let answer = by_http1(&format!("POST {path}"), &form, &body).await;
        let value = answer.split(&format!("{name}=")).nth(1).unwrap_or_else(|| panic!("{answer}")).split(';').next().unwrap();
        format!("{name}={value}")
    };
    let by_http2 = async |method: &str, path: &str, cookie: &str, body: &str| {
        let head = [(":method", method), (":scheme", "https"), (":authority", PLACE), (":path", path), ("cookie", cookie), FORM];
        http2::asked(open(b"h2").await, &head, body).await
    };

    let device = given("/tableta", String::new(), "__Host-sb_device").await;
    let drawn = |page: &str| page.split("class=\"qr\"").nth(1).unwrap().split("</svg>").next().unwrap().to_owned();
    let one = by_http1("GET /tableta", &format!("Cookie: {device}\r\n"), "").await;
    assert_eq!(drawn(&by_http2("GET", "/tableta", &device, "").await), drawn(&one), "the same code as over HTTP/1.1");

    let enter = format!("nombre={}&clave={}", SUPERVISOR.replace(' ', "+"), PASSWORD.replace(' ', "+"));
    let boss = given("/entrar", enter, "__Host-sb_session").await;
    let page = by_http2("POST", "/supervisor/claves/muro", &boss, "x=y").await;
    let link = page.split("id=\"muro-nuevo\">").nth(1).unwrap_or_else(|| panic!("{page}")).split('<').next().unwrap();
    assert!(link.starts_with(&format!("https://{PLACE}/muro/")), "{link}");
}

#[tokio::test]
async fn a_new_certificate_is_shown_without_a_restart_and_a_broken_one_never() {
    let (plant, folder) = secure().await;
    let (address, old) = (plant.running.address, shown(folder.path()));
    let mut kept = connect(address, old.clone(), b"http/1.1").await.unwrap();
    asked(&mut kept).await;
    exchange(folder.path());
    let new = shown(folder.path());
    eventually("the new one is shown", async || connect(address, new.clone(), b"http/1.1").await.is_ok()).await;
    assert!(connect(address, old, b"http/1.1").await.is_err(), "and the old one is not");
    assert!(asked(&mut kept).await.contains("200 OK"), "who was connected stays so");

    let refused = || plant.running.app.plant.metrics().refused_certificates.get();
    for (times, spoil) in [("key.pem", "no key at all"), ("cert.pem", "no certificate either")].into_iter().enumerate() {
        fs::write(folder.path().join(spoil.0), spoil.1).unwrap();
        eventually("it was looked at", async || refused() > times as u64).await;
        assert!(connect(address, new.clone(), b"http/1.1").await.is_ok(), "{} is broken", spoil.0);
    }
    exchange(folder.path());
    let newest = shown(folder.path());
    eventually("the next whole pair is shown", async || connect(address, newest.clone(), b"http/1.1").await.is_ok()).await;
}

#[tokio::test]
async fn the_shipped_program_serves_https_from_two_files_and_check_says_so() {
    let folder = tempfile::tempdir().unwrap();
    exchange(folder.path());
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (file("cert.pem"), file("key.pem"));
    let variables = [("SPOOLBOARD_TLS_CERT", certificate.as_str()), ("SPOOLBOARD_TLS_KEY", key.as_str())];
    let mut binary = Binary::serve_with(&folder.path().join("data"), "127.0.0.1:0", &variables).await;
    let address = binary.url.strip_prefix("https://").unwrap().parse().unwrap();
    let mut stream = connect(address, shown(folder.path()), b"http/1.1").await.unwrap();
    assert!(asked(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    binary.kill().await;
    let checked =
        Command::new(BINARY).arg("check").envs(variables).env("SPOOLBOARD_DATA", folder.path().join("data")).output().unwrap();
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(said.contains(&format!("bien   se atiende por https con el certificado {certificate}")), "{said}");
}

#[test]
fn a_pair_that_does_not_belong_together_or_whose_key_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    exchange(folder.path());
    pair(folder.path());
    let why = |certificate: &str, key: &str| Tls::read(&file(certificate), &file(key)).unwrap_err().to_string();
    assert!(Tls::read(&file("cert.pem"), &file("key.pem")).is_ok());
    assert!(why("cert.pem", "new-key.pem").contains("cannot be used together"));
    assert!(why("key.pem", "key.pem").contains("no certificate"));
    assert!(why("cert.pem", "cert.pem").contains("mode") || why("cert.pem", "cert.pem").contains("no private key"));
    assert!(why("nada.pem", "key.pem").contains("nada.pem"));
    fs::set_permissions(file("key.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(why("cert.pem", "key.pem").contains("mode 0644"));
}
