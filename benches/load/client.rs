//! A lean HTTP/1.1 client, so that what is measured is the server.

use crate::Res;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One kept-alive connection.
pub(crate) struct Connection {
    socket: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, whole.
pub(crate) struct Answer {
    status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn expect(self, status: u16) -> Res<Answer> {
        match self.status == status {
            true => Ok(self),
            false => Err(format!("{}: {}", self.status, String::from_utf8_lossy(&self.body)).into()),
        }
    }
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Res<Connection> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        Ok(Connection { socket, buffer: Vec::with_capacity(64 * 1024) })
    }

    pub(crate) async fn get(&mut self, path: &str) -> Res<Answer> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await
    }

    /// Asks as a browser does, which takes an answer packed.
    pub(crate) async fn open_page(&mut self, path: &str) -> Res<Answer> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n")).await
    }

    /// Sends a form as a page without script does; the answer leads back to the page.
    pub(crate) async fn submit(&mut self, path: &str, fields: &str) -> Res<Answer> {
        let length = fields.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
        );
        self.send(&(head + fields)).await
    }

    pub(crate) async fn post(&mut self, path: &str, json: &str) -> Res<Answer> {
        let length = json.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        self.send(&(head + json)).await
    }

    async fn send(&mut self, request: &str) -> Res<Answer> {
        self.socket.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let head_end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.read_more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or("no status")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
        if let Some(length) = length {
            while self.buffer.len() < head_end + length {
                self.read_more().await?;
            }
        } else {
            // Chunked: the last chunk is empty.
            while !self.buffer.ends_with(b"\r\n0\r\n\r\n") {
                self.read_more().await?;
            }
        }
        Ok(Answer { status, body: self.buffer[head_end..].to_vec() })
    }

    async fn read_more(&mut self) -> Res<()> {
        match self.socket.read_buf(&mut self.buffer).await? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(()),
        }
    }
}

/// An open event stream.
pub(crate) struct Stream(TcpStream);

impl Stream {
    pub(crate) async fn open(address: SocketAddr, path: &str) -> Res<Stream> {
        let mut socket = TcpStream::connect(address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
        socket.write_all(request.as_bytes()).await?;
        let mut first = [0u8; 16 * 1024];
        let read = socket.read(&mut first).await?;
        match first[..read].starts_with(b"HTTP/1.1 200") {
            true => Ok(Stream(socket)),
            false => Err(String::from_utf8_lossy(&first[..read]).into_owned().into()),
        }
    }

    /// Drops whatever has arrived so far.
    pub(crate) fn forget(&mut self) {
        let mut rest = [0u8; 64 * 1024];
        while matches!(self.0.try_read(&mut rest), Ok(read) if read > 0) {}
    }

    /// Waits until something arrives.
    pub(crate) async fn next(&mut self) -> Res<()> {
        let mut some = [0u8; 64 * 1024];
        match self.0.read(&mut some).await? {
            0 => Err("the stream ended".into()),
            _ => Ok(()),
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
