//! A client of HTTP/2 that does as little as one can.

use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::interval;

/// The preface (24 bytes), empty settings (9), and the whole request `GET /`, whose head is in the table that everybody has.
pub(crate) const ASK: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x03\x01\x05\0\0\0\x01\x82\x86\x84";

/// So many PINGs in one segment that what answers them is more than a kilobyte, as a piece of an answer is.
pub(crate) const BURST: usize = 64;

/// The kinds of frames that matter here.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW: u8 = 8;

/// The flags that matter here: nothing follows in this stream, nothing follows in this head.
const END: u8 = 1;
const WHOLE: u8 = 4;

/// A PING of ours, or the answer to one.
fn ping(flags: u8, what: &[u8]) -> Vec<u8> {
    [&[0, 0, 8, PING, flags, 0, 0, 0, 0], what].concat()
}

/// The next frame: its kind, its flags and what is in it; `None` once the connection has ended.
async fn frame(read: &mut (impl AsyncRead + Unpin)) -> Option<(u8, u8, Vec<u8>)> {
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

/// One frame.
fn framed(kind: u8, flags: u8, stream: u8, what: &[u8]) -> Vec<u8> {
    let length = u32::try_from(what.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags, 0, 0, 0, stream], what].concat()
}

/// A text of a head as it is, with its length before it.
fn literal(text: &str) -> Vec<u8> {
    let mut bytes = vec![text.len().min(127) as u8];
    if let Some(mut rest) = text.len().checked_sub(127) {
        while rest >= 128 {
            bytes.push((rest % 128) as u8 | 128);
            rest /= 128;
        }
        bytes.push(rest as u8);
    }
    bytes.extend(text.as_bytes());
    bytes
}

/// Asks one thing, and gives what the answer holds.
pub(crate) async fn asked(mut stream: impl AsyncRead + AsyncWrite + Unpin, head: &[(&str, &str)], body: &str) -> String {
    let head: Vec<u8> = head.iter().flat_map(|(name, value)| [vec![0], literal(name), literal(value)].concat()).collect();
    let ask = [NOTHING, &framed(HEADERS, WHOLE, 1, &head), &framed(DATA, END, 1, body.as_bytes())].concat();
    stream.write_all(&ask).await.unwrap();
    let mut answer = Vec::new();
    loop {
        let (kind, flags, what) = frame(&mut stream).await.expect("closed before the whole answer");
        if kind == DATA {
            answer.extend(&what);
            let taken = u32::try_from(what.len()).unwrap().to_be_bytes();
            for to in [0, 1].into_iter().filter(|_| !what.is_empty()) {
                stream.write_all(&framed(WINDOW, 0, to, &taken)).await.unwrap();
            }
        }
        if matches!(kind, DATA | HEADERS) && flags & END != 0 {
            return String::from_utf8(answer).unwrap();
        }
    }
}
