//! The demo, in a process of its own: what the pages and their examples are made for.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::support::Client;

/// How long making the demo's data, or stopping, may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// The last thing that the demo says when it has started.
const READY: &str = "Stop with";

/// A running `stockroom demo`; killed when dropped.
pub struct Demo {
    child: Option<Child>,
    folder: TempDir,
    origin: String,
    token: String,
}

impl Demo {
    /// Makes the demo's data in a folder of its own, and waits until it is served.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (child, origin) = launch(folder.path(), "0").await;
        let token = std::fs::read_to_string(folder.path().join("demo-token.txt"))
            .expect("the demo writes its token");
        Self {
            child: Some(child),
            folder,
            origin,
            token: token.trim().to_owned(),
        }
    }

    /// Where a page of it is: `path` begins with a slash.
    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// A client with the demo's token.
    pub fn client(&self) -> Client {
        Client::new(self.page("/graphql"), Some(self.token.clone()))
    }

    /// Stops it in order; its port stays free.
    pub async fn stop(&mut self) {
        let mut child = self.child.take().expect("it runs");
        let asked = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status();
        assert!(
            asked.is_ok_and(|status| status.success()),
            "the demo can be asked to stop"
        );
        let ended = timeout(PATIENCE, spawn_blocking(move || child.wait()))
            .await
            .expect("the demo stops in time")
            .expect("waiting does not panic")
            .expect("the process can be waited for");
        assert!(ended.success(), "the demo ended with {ended}");
    }

    /// Starts it again, on the same data and at the same address.
    pub async fn start_again(&mut self) {
        let port = self
            .origin
            .rsplit(':')
            .next()
            .expect("an address has a port");
        let (child, origin) = launch(self.folder.path(), port).await;
        assert_eq!(origin, self.origin);
        self.child = Some(child);
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts the demo; the process, and the origin of its address.
async fn launch(folder: &Path, port: &str) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_stockroom"))
        .arg("demo")
        .arg("--folder")
        .arg(folder)
        // Fewer orders than usual; no page asks for many.
        .args(["--orders", "120", "--port", port])
        .env("STOCKROOM_ACCESS__PASSWORD_MEMORY_KIB", "8")
        .env("STOCKROOM_ACCESS__PASSWORD_PASSES", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the demo's process starts");
    let said = listen(child.stdout.take().expect("its output is ours"));
    let Ok(said) = timeout(PATIENCE, said)
        .await
        .expect("the demo starts in time")
    else {
        panic!("the demo ended: {:?}", child.wait());
    };
    let origin = said
        .split_whitespace()
        .find(|word| word.starts_with("http://"))
        .and_then(|url| url.split('/').nth(2))
        .unwrap_or_else(|| panic!("the demo says its address: {said}"));
    (child, format!("http://{origin}"))
}

/// What the demo says until it is ready. Afterwards it is read on: nobody shall wait for us.
fn listen(stdout: ChildStdout) -> oneshot::Receiver<String> {
    let (ready, is_ready) = oneshot::channel();
    std::thread::spawn(move || {
        let mut ready = Some(ready);
        let mut said = String::new();
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            said.push_str(&line);
            said.push('\n');
            if line.starts_with(READY)
                && let Some(ready) = ready.take()
            {
                // The test may be gone already.
                let _ = ready.send(said.clone());
            }
        }
    });
    is_ready
}
