//! The demo: a believable company, made from a seed, in a database of its own.

mod believable;
mod folder;
mod seed;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::support::process::stockroom;

/// How long making a demo may take when the machine is busy.
const PATIENCE: Duration = Duration::from_secs(240);

/// `stockroom demo` in a folder. The database that is named besides is not looked at.
fn demo(folder: &Path, more: &[&str]) -> Command {
    let mut command = stockroom("sqlite://not-this-one.db");
    command
        .args(["--port", "0", "demo", "--folder"])
        .arg(folder);
    command.args(more);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A demo that runs; killed when dropped.
struct Running {
    child: Child,
    /// What it has printed.
    said: String,
}

impl Running {
    /// Starts one, and waits until it has said everything.
    async fn start(folder: &Path, more: &[&str]) -> Self {
        let mut child = demo(folder, more).spawn().expect("it starts");
        let stdout = child.stdout.take().expect("its output is ours");
        let said = spawn_blocking(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            let mut said = String::new();
            for line in lines {
                said.push_str(&line);
                said.push('\n');
                if line.starts_with("Stop with") {
                    break;
                }
            }
            said
        });
        let said = timeout(PATIENCE, said).await.expect("it starts in time");
        let said = said.expect("reading does not panic");
        if !said.contains("Stop with") {
            let _ = child.kill();
            let output = child.wait_with_output().expect("it has ended");
            panic!("{said} {}", String::from_utf8_lossy(&output.stderr));
        }
        Self { child, said }
    }

    /// What stands behind a word at the beginning of a line.
    fn word(&self, before: &str) -> String {
        let line = self.said.lines().find_map(|line| line.strip_prefix(before));
        line.unwrap_or_else(|| panic!("no {before} in {}", self.said))
            .to_owned()
    }

    /// Asks it to stop, and waits until it has ended in order.
    async fn stop(mut self) {
        let asked = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        assert!(asked.is_ok_and(|status| status.success()));
        let ended = spawn_blocking(move || self.child.wait());
        let ended = timeout(PATIENCE, ended).await.expect("it stops in time");
        let status = ended
            .expect("waiting does not panic")
            .expect("it was started");
        assert!(status.success(), "{status}");
    }
}

/// Runs a demo that is refused; what it says.
async fn refused(folder: &Path, more: &[&str]) -> String {
    let mut command = demo(folder, more);
    let output = spawn_blocking(move || command.output());
    let output = timeout(PATIENCE, output).await.expect("it ends in time");
    let output = output.expect("running does not panic").expect("it starts");
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}
