//! Running `pgbench`, with prepared statements.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::task::spawn_blocking;

use crate::api::{Outcome, told};
use crate::load::{Latency, Ran};
use crate::replay::Script;

/// Of so many transactions one is written down with its time.
const SAMPLING: &str = "0.1";

/// Scripts for one kind of request, and where they run.
#[derive(Clone)]
pub struct Pgbench {
    /// The program.
    program: PathBuf,
    /// The database.
    database: String,
    /// Where files go.
    folder: PathBuf,
    arguments: Vec<String>,
}

impl Pgbench {
    /// Writes the scripts down; one of them is drawn for each transaction.
    pub fn new(
        (program, database): (&Path, &str),
        folder: PathBuf,
        scripts: &[Script],
    ) -> Outcome<Self> {
        fs::create_dir_all(&folder).map_err(told)?;
        let mut arguments = Vec::new();
        for (number, script) in scripts.iter().enumerate() {
            // Variables are of the whole run, so each script has names of its own.
            let own = format!(":s{number}_p");
            let text = script.text.replace(":p", &own);
            let file = folder.join(format!("{number}.sql"));
            fs::write(&file, text).map_err(told)?;
            arguments.push(format!("--file={}", file.display()));
            for (name, value) in &script.values {
                arguments.push(format!("--define=s{number}_{name}={value}"));
            }
        }
        Ok(Self {
            program: program.to_owned(),
            database: database.to_owned(),
            folder,
            arguments,
        })
    }

    /// Runs just so many transactions.
    pub async fn once(&self, transactions: usize) -> Outcome<()> {
        let arguments = vec![format!("--transactions={transactions}")];
        self.execute(arguments).await.map(|_| ())
    }

    /// Runs with so many clients for some time.
    pub async fn run(&self, clients: usize, time: Duration) -> Outcome<Ran> {
        self.forget_times();
        let prefix = self.folder.join("times");
        let arguments = vec![
            format!("--client={clients}"),
            format!("--jobs={}", clients.min(2)),
            format!("--time={}", time.as_secs().max(1)),
            "--log".to_owned(),
            format!("--log-prefix={}", prefix.display()),
            format!("--sampling-rate={SAMPLING}"),
        ];
        let said = self.execute(arguments).await?;
        let requests: f64 = number(&said, "number of transactions actually processed: ")?;
        let rate: f64 = number(&said, "tps = ")?;
        let latency = Latency::of(self.times()?);
        self.forget_times();
        Ok(Ran {
            requests: requests as usize,
            seconds: requests / rate,
            latency,
        })
    }

    async fn execute(&self, arguments: Vec<String>) -> Outcome<String> {
        let mut command = Command::new(&self.program);
        command
            .args(["--no-vacuum", "--protocol=prepared"])
            .args(arguments)
            .args(&self.arguments)
            .arg(&self.database)
            .stdin(Stdio::null());
        let output = spawn_blocking(move || command.output());
        let output = output.await.map_err(told)?.map_err(told)?;
        let (said, complained) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        if output.status.success() && !complained.contains("aborted") {
            return Ok(said.into_owned());
        }
        let complained: String = complained.chars().take(2_000).collect();
        Err(format!("pgbench: {complained}"))
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path());
        let is_of_times = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("times."))
        };
        files.filter(is_of_times).collect()
    }

    fn forget_times(&self) {
        for file in self.files() {
            let _ = fs::remove_file(file);
        }
    }

    /// Times of transactions in microseconds: the third word of each line.
    fn times(&self) -> Outcome<Vec<i64>> {
        let mut times = Vec::new();
        for file in self.files() {
            let text = fs::read_to_string(file).map_err(told)?;
            times.extend(
                text.lines()
                    .filter_map(|line| line.split(' ').nth(2)?.parse::<i64>().ok()),
            );
        }
        Ok(times)
    }
}

/// The number behind some words.
fn number(said: &str, before: &str) -> Outcome<f64> {
    let found = said.split_once(before).and_then(|(_, rest)| {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        rest[..end.unwrap_or(rest.len())].parse().ok()
    });
    found.ok_or_else(|| format!("pgbench did not say {before:?}: {said}"))
}
