//! The way between a tablet and the server: what a Wi-Fi or a proxy does to it.

use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passes {
    /// Everything.
    All,
    /// Everything but the streams to the screens: one that is open ends, another one gets no answer, as at a proxy that
    /// does not let them live.
    NoStreams,
    /// Nothing. What was open then stays open and says nothing ever again, as when an access point forgets its tablets:
    /// no error tells either side.
    Nothing,
}

/// Passes everything on until it is told otherwise.
pub(crate) struct Wire {
    address: SocketAddr,
    passes: watch::Sender<Passes>,
    accepting: JoinHandle<()>,
}

impl Wire {
    /// A way to the server at this address.
    pub(crate) async fn to(server: &str) -> Wire {
        let server: Arc<str> = server.trim_start_matches("http://").into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (passes, hears) = watch::channel(Passes::All);
        let accepting = tokio::spawn(async move {
            while let Ok((tablet, _)) = listener.accept().await {
                tokio::spawn(connect(tablet, Arc::clone(&server), hears.clone()));
            }
        });
        Wire { address, passes, accepting }
    }

    /// An address of the server, on this way.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What is passed on from now on; what fell silent stays so.
    pub(crate) fn set(&self, passes: Passes) {
        self.passes.send_replace(passes);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn connect(tablet: TcpStream, server: Arc<str>, mut hears: watch::Receiver<Passes>) {
    if *hears.borrow_and_update() == Passes::Nothing {
        let _open = tablet;
        return std::future::pending().await;
    }
    let Ok(server) = TcpStream::connect(&*server).await else { return };
    let ((from_tablet, to_tablet), (from_server, to_server)) = (tablet.into_split(), server.into_split());
    let (stream, mut is_stream) = watch::channel(false);
    let passing = async { tokio::join!(pass(from_tablet, to_server, Some(stream)), pass(from_server, to_tablet, None)) };
    let mut told = hears.clone();
    let cut = async {
        let streams = is_stream.wait_for(|is| *is).await.is_ok();
        streams && told.wait_for(|passes| *passes == Passes::NoStreams).await.is_ok()
    };
    tokio::pin!(passing);
    tokio::select! {
        biased;
        true = cut => return,
        _ = &mut passing => return,
        _ = hears.wait_for(|passes| *passes == Passes::Nothing) => {}
    }
    // `passing` still holds both ends open: either side goes on waiting.
    std::future::pending().await
}

/// Passes one direction on, and tells when a stream is asked for.
async fn pass(mut from: tcp::OwnedReadHalf, mut to: tcp::OwnedWriteHalf, stream: Option<watch::Sender<bool>>) {
    let mut bytes = vec![0; 16 * 1_024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if let Some(stream) = stream.as_ref().filter(|_| bytes.starts_with(b"GET /vivo/")) {
            stream.send_replace(true);
            // Whoever ends it does so before it is asked for.
            tokio::task::yield_now().await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
