//! The way between a tablet and the server: what a Wi-Fi or a proxy does to it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
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
    /// Everything, but a stream is answered only when its page has been left and the next one asks for its own.
    LateStreams,
    /// Nothing. What was open then stays open and says nothing ever again, as when an access point forgets its tablets:
    /// no error tells either side.
    Nothing,
}

/// The streams that were asked for while they came late, and those of them whose connection the tablet still keeps.
#[derive(Debug, Clone, Copy, Default)]
struct Streams {
    asked: usize,
    kept: usize,
}

/// Passes everything on until it is told otherwise.
pub(crate) struct Wire {
    address: SocketAddr,
    passes: watch::Sender<Passes>,
    late: watch::Sender<Streams>,
    accepting: JoinHandle<()>,
}

impl Wire {
    /// A way to the server at this address.
    pub(crate) async fn to(server: &str) -> Wire {
        let server: Arc<str> = server.trim_start_matches("http://").into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (passes, hears) = watch::channel(Passes::All);
        let late = watch::Sender::new(Streams::default());
        let coming = late.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((tablet, _)) = listener.accept().await {
                tokio::spawn(connect(tablet, Arc::clone(&server), hears.clone(), coming.clone()));
            }
        });
        Wire { address, passes, late, accepting }
    }

    /// An address of the server, on this way.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What is passed on from now on; what fell silent stays so.
    pub(crate) fn set(&self, passes: Passes) {
        self.passes.send_replace(passes);
    }

    /// Waits until so many late streams were asked for and only the last of them is kept.
    pub(crate) async fn keeps_the_last_of(&self, asked: usize) {
        let mut late = self.late.subscribe();
        let end = late.wait_for(|late| late.asked >= asked && late.kept == 1);
        let end = tokio::time::timeout(Duration::from_secs(40), end).await;
        assert!(end.is_ok(), "{:?}, of {asked}", *self.late.borrow());
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn connect(tablet: TcpStream, server: Arc<str>, mut hears: watch::Receiver<Passes>, late: watch::Sender<Streams>) {
    if *hears.borrow_and_update() == Passes::Nothing {
        let _open = tablet;
        return std::future::pending().await;
    }
    let Ok(server) = TcpStream::connect(&*server).await else { return };
    let ((from_tablet, to_tablet), (from_server, to_server)) = (tablet.into_split(), server.into_split());
    let (stream, mut is_stream) = watch::channel(false);
    let (mut told, heard) = (hears.clone(), hears.clone());
    let passing = async { tokio::join!(ask(from_tablet, to_server, stream, heard, late), pass(from_server, to_tablet)) };
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

/// Passes on what the tablet asks, and tells when it asks for a stream.
async fn ask(
    mut from: tcp::OwnedReadHalf,
    mut to: tcp::OwnedWriteHalf,
    stream: watch::Sender<bool>,
    hears: watch::Receiver<Passes>,
    late: watch::Sender<Streams>,
) {
    let mut bytes = vec![0; 16 * 1_024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if bytes.starts_with(b"GET /vivo/") {
            if *hears.borrow() == Passes::LateStreams {
                late.send_modify(|late| (late.asked, late.kept) = (late.asked + 1, late.kept + 1));
                let (number, mut next) = (late.borrow().asked, late.subscribe());
                let mut more = [0; 1];
                let left = tokio::select! {
                    _ = next.wait_for(|late| late.asked > number) => false,
                    _ = from.read(&mut more) => true,
                };
                if !left && to.write_all(&bytes[..count]).await.is_ok() {
                    let _ = from.read(&mut more).await;
                }
                late.send_modify(|late| late.kept -= 1);
                return;
            }
            stream.send_replace(true);
            // Whoever ends it does so before it is asked for.
            tokio::task::yield_now().await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// Passes on what the server answers.
async fn pass(mut from: tcp::OwnedReadHalf, mut to: tcp::OwnedWriteHalf) {
    let _ = tokio::io::copy(&mut from, &mut to).await;
}
