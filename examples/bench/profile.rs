//! Where the server's time goes, by `perf record` while it answers one kind of request.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::api::{Outcome, told};
use crate::jobs::{Job, Requests};
use crate::load;
use crate::process::Server;

/// Samples per second; no multiple of what else happens regularly.
const FREQUENCY: &str = "997";
/// Clients that ask.
const CLIENTS: usize = 8;

/// Writes a profile of each kind of request, by library and by function, into a folder.
pub async fn write(
    folder: &Path,
    server: &Server,
    requests: &Requests,
    time: Duration,
) -> Outcome<()> {
    fs::create_dir_all(folder).map_err(told)?;
    for job in [Job::List, Job::Lookup, Job::Order] {
        let data = folder.join(format!("{job:?}.data"));
        let record = || {
            Command::new("perf")
                .args(["record", "-e", "cpu-clock", "-F", FREQUENCY, "-g", "-o"])
                .arg(&data)
                .args(["-p", &server.id().to_string(), "--", "sleep"])
                .arg(time.as_secs().to_string())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
        };
        let bodies = requests.bodies(job);
        let (_, recorder) = load::run(&server.api, &bodies, (CLIENTS, time), record).await?;
        recorder.map_err(told)?.wait().map_err(told)?;
        let report = Command::new("perf")
            .args([
                "report",
                "--stdio",
                "--no-children",
                "-g",
                "none",
                "--percent-limit",
                "0.3",
            ])
            .args(["--sort", "dso,symbol", "-i"])
            .arg(&data)
            .stdin(Stdio::null())
            .output()
            .map_err(told)?;
        fs::write(folder.join(format!("{job:?}.txt")), report.stdout).map_err(told)?;
    }
    Ok(())
}
