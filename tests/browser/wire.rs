//! The way between a tablet and the server: what a Wi-Fi does to it.

use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Passes everything on until it falls silent. What was open then stays open and says nothing ever again, as when an
/// access point forgets its tablets: no error tells either side.
pub(crate) struct Wire {
    address: SocketAddr,
    silent: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Wire {
    /// A way to the server at this address.
    pub(crate) async fn to(server: &str) -> Wire {
        let server: Arc<str> = server.trim_start_matches("http://").into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (silent, hears) = watch::channel(false);
        let accepting = tokio::spawn(async move {
            while let Ok((tablet, _)) = listener.accept().await {
                tokio::spawn(connect(tablet, Arc::clone(&server), hears.clone()));
            }
        });
        Wire { address, silent, accepting }
    }

    /// An address of the server, on this way.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Silences it, or lets what is opened from now on through again.
    pub(crate) fn hush(&self, silent: bool) {
        self.silent.send_replace(silent);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn connect(tablet: TcpStream, server: Arc<str>, mut hears: watch::Receiver<bool>) {
    if *hears.borrow_and_update() {
        let _open = tablet;
        return std::future::pending().await;
    }
    let Ok(server) = TcpStream::connect(&*server).await else { return };
    let ((from_tablet, to_tablet), (from_server, to_server)) = (tablet.into_split(), server.into_split());
    let passing = async { tokio::join!(pass(from_tablet, to_server), pass(from_server, to_tablet)) };
    tokio::pin!(passing);
    tokio::select! {
        _ = &mut passing => return,
        _ = hears.wait_for(|silent| *silent) => {}
    }
    // `passing` still holds both ends open: either side goes on waiting.
    std::future::pending().await
}

async fn pass(mut from: tcp::OwnedReadHalf, mut to: tcp::OwnedWriteHalf) {
    let mut bytes = vec![0; 16 * 1_024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
