//! A server in a process of its own, for tests that kill it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::client::Client;
use super::cluster::SHARED_URL;
use super::database::CONNECTIONS;

/// How long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `stockroom serve`; killed when dropped.
pub struct ServerProcess {
    child: Option<Child>,
    url: String,
    token: String,
}

impl ServerProcess {
    /// Makes a token with every scope, starts the server, and waits until it answers.
    pub async fn start(database_url: &str) -> Self {
        let token = create_token(database_url).await;
        Self::start_with_token(database_url, &token).await
    }

    /// Starts the server for callers that have their token from an earlier start.
    pub async fn start_with_token(database_url: &str, token: &str) -> Self {
        Self::start_as(stockroom(database_url), database_url, token).await
    }

    /// Makes a token and starts a server that is told by an error, and not by a signal that ends
    /// it, when a file may not grow.
    pub async fn start_with_endless_files(database_url: &str) -> Self {
        let token = create_token(database_url).await;
        let plain = stockroom(database_url);
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(plain.get_program())
            .args(plain.get_args());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Self::start_as(command, database_url, &token).await
    }

    async fn start_as(mut command: Command, database_url: &str, token: &str) -> Self {
        command
            .args(["--port", "0", "serve"])
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("the server's process starts");
        let stdout = child.stdout.take().expect("its output is ours");
        let line = timeout(
            PATIENCE,
            spawn_blocking(move || {
                let mut line = String::new();
                let read = BufReader::new(stdout).read_line(&mut line);
                read.map(|_| line)
            }),
        )
        .await
        .expect("the server starts in time")
        .expect("reading does not panic")
        .expect("the server's output can be read");
        let Some(url) = line
            .split_whitespace()
            .last()
            .filter(|_| line.contains("listens on"))
        else {
            let status = child.wait();
            panic!("the server on {database_url} did not start: {status:?} {line:?}");
        };
        let process = Self {
            child: Some(child),
            url: url.to_owned(),
            token: token.to_owned(),
        };
        process
            .client()
            .query("{ viewer { __typename } }", serde_json::Value::Null)
            .await;
        process
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    /// A client with every scope.
    pub fn client(&self) -> Client {
        Client::new(self.url(), Some(self.token.clone()))
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child
            .as_ref()
            .expect("it runs until this is gone")
            .id()
    }

    /// Ends it as a power failure would (`kill -9`), and waits until it is gone.
    pub async fn kill9(mut self) {
        let mut child = self.child.take().expect("it runs until this is gone");
        spawn_blocking(move || {
            child.kill().expect("the process can be killed");
            child.wait().expect("the process can be waited for");
        })
        .await
        .expect("killing does not panic");
    }

    /// Asks it to stop, and asserts that it ends in order.
    pub async fn stop(mut self) {
        let mut child = self.child.take().expect("it runs until this is gone");
        let asked = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status();
        assert!(
            asked.is_ok_and(|status| status.success()),
            "the server can be asked to stop"
        );
        let status = timeout(PATIENCE, spawn_blocking(move || child.wait()))
            .await
            .expect("the server stops in time")
            .expect("waiting does not panic")
            .expect("the process can be waited for");
        assert!(status.success(), "the server ended with {status}");
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Makes a token with every scope by `stockroom token`; no server may have the SQLite file.
pub async fn create_token(database_url: &str) -> String {
    let mut command = stockroom(database_url);
    command.args(["token", "--name", "test", "--scope", "all"]);
    let output = spawn_blocking(move || command.output())
        .await
        .expect("running does not panic")
        .expect("stockroom can be run");
    assert!(
        output.status.success(),
        "stockroom token on {database_url}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The program with a database and as few connections as other tests have.
pub fn stockroom(database_url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stockroom"));
    command
        .args(["--database", database_url])
        .env_remove(SHARED_URL)
        .env("STOCKROOM_DATABASE__CONNECTIONS", CONNECTIONS.to_string())
        .env("STOCKROOM_ACCESS__PASSWORD_MEMORY_KIB", "8")
        .env("STOCKROOM_ACCESS__PASSWORD_PASSES", "1")
        .stdin(Stdio::null());
    command
}
