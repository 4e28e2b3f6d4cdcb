//! PostgreSQL clusters to throw away: the one that all tests share, and clusters of one's own for
//! tests that stop them.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// Names a cluster that is already running, as `scripts/test` does.
pub const SHARED_URL: &str = "TEST_POSTGRES_URL";

/// The superuser URL of the cluster that the tests share; starts one when none is named.
pub fn shared_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| match std::env::var(SHARED_URL) {
        Ok(url) if !url.is_empty() => url,
        _ => start_shared(),
    })
}

/// Starts a cluster for this process. A shell outlives the process, however that ends: it waits
/// for the end of its input, which is this process, and then removes the cluster.
fn start_shared() -> String {
    let folder = TempDir::with_prefix("stockroom-test-").expect("a folder for PostgreSQL");
    let path = folder.keep();
    let url = run(&["start"], &path, "off");
    let guard = Command::new("sh")
        .args([
            "-c",
            "read line; \"$0\" stop \"$1\" immediate; rm -rf \"$1\"",
        ])
        .arg(script())
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell to remove the cluster later");
    // It must live as long as the process, which closes the shell's input by ending.
    static GUARD: OnceLock<std::process::Child> = OnceLock::new();
    assert!(GUARD.set(guard).is_ok(), "the cluster is started once");
    url
}

/// A durable cluster of a test's own.
pub struct OwnCluster {
    folder: TempDir,
    url: String,
}

impl OwnCluster {
    /// Makes and starts it, with everything on that makes commits last.
    pub async fn start() -> Self {
        tokio::task::spawn_blocking(|| {
            let folder = TempDir::with_prefix("stockroom-own-").expect("a folder for PostgreSQL");
            let url = run(&["start"], folder.path(), "on");
            Self { folder, url }
        })
        .await
        .expect("the script is run to its end")
    }

    /// Its superuser URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file PostgreSQL writes its log to.
    pub fn log(&self) -> std::path::PathBuf {
        self.folder.path().join("postgres.log")
    }

    /// Ends it without a checkpoint, as a crash would.
    pub async fn stop_immediately(&self) {
        self.script(&["stop", "immediate"]).await;
    }

    /// Starts it again on its port; it recovers what was committed.
    pub async fn restart(&self) {
        self.script(&["restart"]).await;
    }

    async fn script(&self, arguments: &'static [&'static str]) {
        let folder = self.folder.path().to_owned();
        tokio::task::spawn_blocking(move || run(arguments, &folder, "on"))
            .await
            .expect("the script is run to its end");
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        let _ = Command::new(script())
            .arg("stop")
            .arg(self.folder.path())
            .arg("immediate")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

fn script() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/throwaway-postgres")
}

/// Runs the script; its one line of output.
fn run(arguments: &[&str], folder: &Path, fsync: &str) -> String {
    let output = Command::new(script())
        .arg(arguments[0])
        .arg(folder)
        .args(&arguments[1..])
        .env("THROWAWAY_FSYNC", fsync)
        .stdin(Stdio::null())
        .output()
        .expect("bash runs scripts/throwaway-postgres");
    assert!(
        output.status.success(),
        "PostgreSQL is needed for the tests; scripts/throwaway-postgres {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
