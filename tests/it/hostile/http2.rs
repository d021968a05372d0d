//! A client of HTTP/2 that does as little as one can.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::mpsc;
use tokio::time::interval;

/// The preface (24 bytes), empty settings (9), and the whole request `GET /`, whose head is in the table that everybody has.
pub(crate) const ASK: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x03\x01\x05\0\0\0\x01\x82\x86\x84";

/// So many PINGs in one segment that what answers them is more than a kilobyte, as a piece of an answer is.
pub(crate) const BURST: usize = 64;

/// The kinds of frames that matter here.
const PING: u8 = 6;
const GOAWAY: u8 = 7;

/// A PING of ours, or the answer to one.
fn ping(flags: u8, what: &[u8]) -> Vec<u8> {
    [&[0, 0, 8, PING, flags, 0, 0, 0, 0], what].concat()
}

/// The next frame: its kind, its flags and what is in it; `None` once the connection has ended.
async fn frame(read: &mut OwnedReadHalf) -> Option<(u8, u8, Vec<u8>)> {
    let mut head = [0; 9];
    read.read_exact(&mut head).await.ok()?;
    let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
    read.read_exact(&mut payload).await.ok()?;
    Some((head[3], head[4], payload))
}

/// The same without the request: it never asks for anything.
pub(crate) const NOTHING: &[u8] = ASK.split_at(33).0;

/// Asks and waits for the end; where it `pings` it answers that it is there, and asks whether the server is, so many times
/// at once. Gives whether the end was announced.
pub(crate) async fn speak(stream: TcpStream, ask: &[u8], pings: usize) -> bool {
    let (mut read, mut write) = stream.into_split();
    if write.write_all(ask).await.is_err() {
        return false;
    }
    let (frames, mut came) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        // A frame is read whole, whatever else is waited for.
        while let Some(frame) = frame(&mut read).await {
            let _ = frames.send(frame);
        }
    });
    let (mut ticks, mut told) = (interval(Duration::from_secs(1)), false);
    loop {
        let say = tokio::select! {
            frame = came.recv() => match frame {
                None => return told,
                Some((PING, 0, what)) => ping(1, &what),
                Some((kind, ..)) => {
                    told |= kind == GOAWAY;
                    continue;
                }
            },
            _ = ticks.tick() => ping(0, &[7; 8]).repeat(pings),
        };
        if pings > 0 {
            // That nobody takes it any more is seen as the end.
            let _ = write.write_all(&say).await;
        }
    }
}
