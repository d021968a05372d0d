//! The forms of `REDIS_URL`, each against the real thing.

use super::{answered, asked, locks, refused, taken};
use crate::ports::locks::{TTL, key};
use crate::support::eventually;
use crate::support::redis::{RealRedis, free_port};
use spoolboard::locks::{Acquired, Locks, Redis};
use spoolboard::redis::Link;
use std::path::Path;
use std::process::{Command, Stdio};

#[tokio::test]
async fn a_password_is_sent_and_a_wrong_one_is_a_reason_that_does_not_show_it() {
    let server = RealRedis::with_password("clave-larga");
    taken(&locks(&server), 93).await;
    let wrong = server.url().replace("clave-larga", "otra-clave");
    let locks = Redis::new(Link::open(&wrong).unwrap(), TTL);
    assert!(refused(&asked(&locks, 94).await));
    eventually("there is a reason", async || {
        let why = locks.health().await.latency.unwrap_err();
        assert!(!why.contains("otra-clave"), "{why}");
        why.contains("WRONGPASS") || why.to_lowercase().contains("auth")
    })
    .await;
}

#[tokio::test]
async fn databases_of_one_server_are_apart() {
    let server = RealRedis::start();
    for (db, id) in [(0, 93), (1, 94)] {
        let link = Link::open(&format!("{}/{db}", server.url())).unwrap();
        taken(&Redis::new(link, TTL), id).await;
    }
}

/// A key and a certificate of its own authority, for 127.0.0.1.
fn certificate(folder: &Path) -> (String, String) {
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (key, certificate) = (file("key.pem"), file("cert.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=taller"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", &key, "-out", &certificate])
        .stderr(Stdio::null())
        .status()
        .expect("openssl is needed for this test: apt-get install openssl");
    assert!(made.success());
    (key, certificate)
}

#[tokio::test]
async fn tls_is_spoken_and_an_unknown_authority_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = certificate(folder.path());
    let port = free_port().to_string();
    let options = ["--tls-port", &port, "--tls-cert-file", &certificate, "--tls-key-file", &key, "--tls-auth-clients", "no"];
    let server = RealRedis::with(free_port(), &options);
    let known = Link::open(&format!("rediss://127.0.0.1:{port}/?ca={certificate}")).unwrap();
    taken(&Redis::new(known, TTL), 93).await;
    let unknown = Redis::new(Link::open(&format!("rediss://127.0.0.1:{port}")).unwrap(), TTL);
    assert!(refused(&asked(&unknown, 93).await));
    eventually("the certificate is the reason", async || {
        unknown.health().await.latency.unwrap_err().to_lowercase().contains("certificate")
    })
    .await;
    assert!(matches!(answered(&locks(&server), 93).await, Acquired::Yours(_)), "it is the same server");
}

#[tokio::test]
async fn a_failover_by_sentinel_is_followed() {
    let mut master = RealRedis::with(free_port(), &["--repl-diskless-sync-delay", "0"]);
    let replica = RealRedis::with(free_port(), &["--replicaof", &format!("127.0.0.1 {}", master.port())]);
    eventually("the replica follows", async || replica.ask::<String>(&["INFO", "replication"]).contains("master_link_status:up"))
        .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sentinel.conf");
    let settings = format!(
        "sentinel monitor taller 127.0.0.1 {} 1\nsentinel down-after-milliseconds taller 500\nsentinel failover-timeout taller 3000\n",
        master.port()
    );
    std::fs::write(&file, settings).unwrap();
    let sentinel = RealRedis::with(free_port(), &[&file.to_string_lossy(), "--sentinel"]);
    let away = free_port();
    let url = format!("redis+sentinel://127.0.0.1:{away},127.0.0.1:{}/taller/0", sentinel.port());
    let locks = Redis::new(Link::open(&url).unwrap(), TTL);
    taken(&locks, 93).await;
    eventually("the replica has the lock and the sentinel knows the replica", async || {
        let known: String = sentinel.ask(&["INFO", "sentinel"]);
        replica.ask::<usize>(&["EXISTS", key().as_str()]) == 1 && known.contains("slaves=1")
    })
    .await;

    master.kill9();
    assert!(refused(&asked(&locks, 94).await));
    let Acquired::Theirs(holder) = answered(&locks, 94).await else { panic!("the lock was replicated") };
    assert_eq!(holder.token.worker.get(), 93);
    assert!(replica.ask::<String>(&["INFO", "replication"]).contains("role:master"));
    eventually("health says so", async || locks.health().await.latency.is_ok()).await;
}
