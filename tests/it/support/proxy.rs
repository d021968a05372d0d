//! A wire that can be cut so that neither end is told.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Between a client and a loopback port.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    wire: Arc<Wire>,
}

#[derive(Default)]
struct Wire {
    swallows: AtomicBool,
    cuts: AtomicU64,
}

impl Proxy {
    pub(crate) async fn before(server: u16) -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Arc::<Wire>::default();
        let shared = Arc::clone(&wire);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await else { continue };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(carry(from_client, to_server, Arc::clone(&shared)));
                tokio::spawn(carry(from_server, to_client, Arc::clone(&shared)));
            }
        });
        Proxy { port, wire }
    }

    /// Swallows everything from now on; the connections of before stay open and dead for ever.
    pub(crate) fn cut(&self) {
        self.wire.cuts.fetch_add(1, Ordering::SeqCst);
        self.wire.swallows.store(true, Ordering::SeqCst);
    }

    /// Serves new connections again.
    pub(crate) fn mend(&self) {
        self.wire.cuts.fetch_add(1, Ordering::SeqCst);
        self.wire.swallows.store(false, Ordering::SeqCst);
    }
}

async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, wire: Arc<Wire>) {
    let born = wire.cuts.load(Ordering::SeqCst);
    let mut bytes = [0; 4_096];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let dead = wire.swallows.load(Ordering::SeqCst) || wire.cuts.load(Ordering::SeqCst) != born;
        if !dead && to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
