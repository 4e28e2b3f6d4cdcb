//! The server in a process of its own.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::api::{Api, Outcome, told};

/// How a server is started.
pub struct Launch<'a> {
    /// The program.
    pub program: &'a Path,
    /// Its database.
    pub database: &'a str,
    /// The token that callers have.
    pub token: &'a str,
    /// Where its log goes.
    pub folder: &'a Path,
}

/// A running `stockroom serve`; killed when dropped.
pub struct Server {
    child: Child,
    /// Asks it.
    pub api: Api,
    /// From its start to the first answer to a request.
    pub first_answer: Duration,
}

impl Launch<'_> {
    /// Starts the server and waits until it has answered.
    pub async fn start(&self) -> Outcome<Server> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("server.log"))
            .map_err(told)?;
        let mut command = Command::new(self.program);
        command
            .args(["--database", self.database, "--port", "0", "serve"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let began = Instant::now();
        let mut child = command
            .spawn()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let line = spawn_blocking(move || {
            let (mut reader, mut line) = (BufReader::new(stdout), String::new());
            let read = reader.read_line(&mut line).map(|_| line);
            // Nobody reads on, yet the server must be able to write.
            std::thread::spawn(move || reader.read_to_end(&mut Vec::new()));
            read
        });
        let line = line.await.map_err(told)?.map_err(told)?;
        let url = line.split_whitespace().last().unwrap_or_default();
        let mut server = Server {
            child,
            api: Api::new(url, self.token)?,
            first_answer: Duration::ZERO,
        };
        if !line.contains("listens on") {
            return Err(format!("the server did not start: {line:?}"));
        }
        server.api.ask("{ __typename }", &Value::Null).await?;
        server.first_answer = began.elapsed();
        Ok(server)
    }
}

impl Server {
    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) -> Outcome<()> {
        let id = i32::try_from(self.child.id()).map_err(told)?;
        let pid = Pid::from_raw(id).ok_or("no process has the id 0")?;
        kill_process(pid, Signal::TERM).map_err(told)?;
        let began = Instant::now();
        while self.child.try_wait().map_err(told)?.is_none() {
            if began.elapsed() > Duration::from_secs(30) {
                return Err("the server does not stop".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
