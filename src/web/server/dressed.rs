//! A connection on which no answer goes out without the security headers: what is no request at all hyper answers by
//! itself, with a head that nobody else has seen, and gives no way to add to it.

use crate::web::layers::{ONLY_HTTPS, SECURITY};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, STRICT_TRANSPORT_SECURITY};
use hyper::body::{Buf, Bytes};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What hyper says by itself begins and ends so. Every answer of the routes has more in its head, and
/// none of their bodies ends with an empty line after a date.
const BARE: (&[u8], &[u8], &[u8]) = (b"HTTP/1.1 4", b"\r\nconnection: close\r\ncontent-length: 0\r\ndate: ", b" GMT\r\n\r\n");

/// The longest of them, in bytes.
const LONGEST: usize = 160;

/// Reads and writes as `S` does, but for an answer of hyper's own.
pub(super) struct Dressed<S> {
    stream: S,
    /// Whether the connection is a https one.
    https: bool,
    /// What is still to be written in the place of such an answer.
    instead: Option<Bytes>,
}

impl<S> Dressed<S> {
    pub(super) fn new(stream: S, https: bool) -> Dressed<S> {
        Dressed { stream, https, instead: None }
    }
}

/// The security headers as lines of a head, and that nobody keeps the answer.
pub(super) fn lines(https: bool) -> String {
    let by_https = https.then_some((STRICT_TRANSPORT_SECURITY, ONLY_HTTPS));
    let all = SECURITY.into_iter().chain(by_https).chain([(CACHE_CONTROL, HeaderValue::from_static("no-store"))]);
    all.map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap_or_default())).collect()
}

fn is_bare(bytes: &[u8]) -> bool {
    let (begins, has, ends) = BARE;
    let has_it = || bytes.windows(has.len()).any(|part| part == has);
    bytes.len() <= LONGEST && bytes.starts_with(begins) && bytes.ends_with(ends) && has_it()
}

impl<S: AsyncRead + Unpin> AsyncRead for Dressed<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Dressed<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.instead.is_none() && is_bare(buf) {
            // Before the empty line at its end.
            let head = &buf[..buf.len() - 2];
            this.instead = Some([head, lines(this.https).as_bytes(), b"\r\n"].concat().into());
        }
        let Some(instead) = &mut this.instead else { return Pin::new(&mut this.stream).poll_write(cx, buf) };
        while instead.has_remaining() {
            match ready!(Pin::new(&mut this.stream).poll_write(cx, instead))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => instead.advance(count),
            }
        }
        this.instead = None;
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match bufs {
            // A head that goes out alone.
            [head] => self.poll_write(cx, head),
            _ => Pin::new(&mut self.stream).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const HYPERS: &str =
        "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: Sun, 22 Nov 2026 03:04:05 GMT\r\n\r\n";

    #[tokio::test]
    async fn an_answer_of_hypers_own_gets_the_headers_however_little_is_taken_at_once() {
        let (ours, mut theirs) = tokio::io::duplex(7);
        let mut ours = Dressed::new(ours, true);
        let read = tokio::spawn(async move {
            let mut text = String::new();
            theirs.read_to_string(&mut text).await.unwrap();
            text
        });
        ours.write_all(HYPERS.as_bytes()).await.unwrap();
        drop(ours);
        let text = read.await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(HYPERS.trim_end()) && body.is_empty(), "{text}");
        for name in ["content-security-policy: ", "x-content-type-options: nosniff", "strict-transport-security: "] {
            assert_eq!(head.matches(name).count(), 1, "{name}: {text}");
        }
    }

    #[tokio::test]
    async fn whatever_the_routes_say_goes_out_as_it_is() {
        let dressed = HYPERS.replace("date", "x-content-type-options: nosniff\r\ndate");
        for said in [&dressed, "0\r\n\r\n", &format!("{HYPERS}more"), &format!("before{HYPERS}"), "a,b GMT\r\n\r\n"] {
            let (ours, mut theirs) = tokio::io::duplex(1_024);
            Dressed::new(ours, true).write_all(said.as_bytes()).await.unwrap();
            let mut text = String::new();
            theirs.read_to_string(&mut text).await.unwrap();
            assert_eq!(text, *said);
        }
    }
}
