//! A real `redis-server` of a test's own.

pub(crate) use super::port::free_port;
use redis::FromRedisValue;
use spoolboard::redis::Link;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A server on a free loopback port and in a folder of its own, without persistence; gone when
/// dropped.
pub(crate) struct RealRedis {
    child: Child,
    port: u16,
    arguments: Vec<String>,
    /// What the test itself asks by: the administrator's URL.
    admin: String,
    folder: TempDir,
}

impl RealRedis {
    /// A plain server.
    pub(crate) fn start() -> RealRedis {
        RealRedis::with(free_port(), &[])
    }

    /// A server with more arguments, as `--name`, `value`.
    pub(crate) fn with(port: u16, arguments: &[&str]) -> RealRedis {
        let folder = tempfile::tempdir().unwrap();
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        let child = spawn(port, &arguments, &folder);
        let mut server = RealRedis { child, port, arguments, admin: format!("redis://127.0.0.1:{port}"), folder };
        server.wait();
        server
    }

    /// A server that wants this password.
    pub(crate) fn with_password(password: &str) -> RealRedis {
        let (port, folder) = (free_port(), tempfile::tempdir().unwrap());
        let arguments = vec!["--requirepass".to_owned(), password.to_owned()];
        let child = spawn(port, &arguments, &folder);
        let mut server = RealRedis { child, port, arguments, admin: format!("redis://:{password}@127.0.0.1:{port}"), folder };
        server.wait();
        server
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The URL as in `REDIS_URL`.
    pub(crate) fn url(&self) -> String {
        self.admin.clone()
    }

    /// A process's way to this server.
    pub(crate) fn link(&self) -> Link {
        Link::open(&self.admin).unwrap()
    }

    /// Asks the server, as an administrator would.
    pub(crate) fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        self.try_ask(words).unwrap()
    }

    fn try_ask<T: FromRedisValue>(&self, words: &[&str]) -> redis::RedisResult<T> {
        let mut connection = redis::Client::open(self.admin.as_str())?.get_connection_with_timeout(Duration::from_secs(5))?;
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).query(&mut connection)
    }

    /// The connections of others.
    pub(crate) fn connections(&self) -> usize {
        self.ask::<String>(&["CLIENT", "LIST"]).lines().count() - 1
    }

    /// Cuts the connections that wait for events; how many there were.
    pub(crate) fn cut_readers(&self) -> usize {
        let list: String = self.ask(&["CLIENT", "LIST"]);
        let readers = list.lines().filter(|line| line.contains("cmd=xread"));
        let ids = readers.filter_map(|line| line.split([' ', '=']).nth(1));
        ids.map(|id| self.ask::<usize>(&["CLIENT", "KILL", "ID", id])).sum()
    }

    pub(crate) fn flushall(&self) {
        self.ask::<()>(&["FLUSHALL"]);
    }

    /// As `kill -9`.
    pub(crate) fn kill9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again after [`kill9`](Self::kill9), on the same port and empty.
    pub(crate) fn restart(&mut self) {
        self.child = spawn(self.port, &self.arguments, &self.folder);
        self.wait();
    }

    /// Stops it where it is; its sockets stay open and nothing answers.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Waits until PING is answered.
    fn wait(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.try_ask::<String>(&["PING"]).is_err() {
            if let Some(status) = self.child.try_wait().unwrap() {
                let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                panic!("redis-server ended with {status}:\n{log}");
            }
            assert!(Instant::now() < deadline, "redis-server does not answer");
            sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for RealRedis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(port: u16, arguments: &[String], folder: &TempDir) -> Child {
    let port = port.to_string();
    let mut command = Command::new("redis-server");
    // A sentinel keeps its state in its configuration file, which has to come first.
    let (file, options): (Vec<_>, Vec<_>) = arguments.iter().partition(|word| word.ends_with(".conf"));
    command.args(file).args(["--port", &port, "--bind", "127.0.0.1", "--logfile", "log"]).arg("--dir").arg(folder.path());
    if !arguments.iter().any(|word| word == "--sentinel") {
        command.args(["--save", "", "--appendonly", "no"]);
    }
    let started = command.args(options).stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    started.expect("redis-server is needed for these tests: apt-get install redis-server")
}
