//! Stresses the server beside a checker that shares nothing with it: `scripts/stress` starts
//! PostgreSQL and runs this.
//!
//! In each scenario many clients send a mix of commands to a company made for it, while servers
//! are killed, the database goes away or the disk is full. Afterwards everything is recomputed
//! from the database and from the clients' own journal; docs/reliability.md says what is promised.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

#[path = "bench/api.rs"]
mod api;
#[path = "stress/caller.rs"]
mod caller;
#[path = "stress/check/mod.rs"]
mod check;
#[path = "stress/commands.rs"]
mod commands;
#[path = "stress/company.rs"]
mod company;
#[path = "stress/counting.rs"]
mod counting;
#[path = "stress/disturb.rs"]
mod disturb;
#[path = "stress/journal.rs"]
mod journal;
#[path = "stress/load.rs"]
mod load;
#[path = "stress/place.rs"]
mod place;
#[path = "bench/process.rs"]
mod process;
#[path = "stress/report.rs"]
mod report;
#[path = "stress/scenario.rs"]
mod scenario;
#[path = "stress/settle.rs"]
mod settle;
#[path = "stress/subscriber.rs"]
mod subscriber;
#[path = "stress/volume.rs"]
mod volume;
#[path = "stress/world.rs"]
mod world;

use api::{Outcome, told};
use clap::ValueEnum;
use place::Cluster;
use scenario::{Scenario, Stage, Verdict};

/// So many wrongs of a kind are printed.
const PRINTED: usize = 15;

/// Stresses a server on databases of its own.
#[derive(Parser)]
struct Cli {
    /// The program `stockroom`.
    #[arg(long)]
    server: PathBuf,
    /// A PostgreSQL to throw away, as its superuser; without it, SQLite.
    #[arg(long)]
    postgres: Option<String>,
    /// Its folder.
    #[arg(long, requires = "postgres")]
    postgres_folder: Option<PathBuf>,
    /// The script that starts and stops it.
    #[arg(long, default_value = "scripts/throwaway-postgres")]
    throwaway: PathBuf,
    /// A small volume, to be filled; without it, no disk is full.
    #[arg(long)]
    small: Option<PathBuf>,
    /// A folder for databases and logs.
    #[arg(long)]
    folder: PathBuf,
    /// How long clients are at work in each scenario.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Clients at once.
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// Where everything random comes from; drawn and printed when left out.
    #[arg(long)]
    seed: Option<u64>,
    /// Which scenarios; all that suit the database when left out.
    #[arg(long)]
    scenario: Vec<Scenario>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = tokio::select! {
        done = run(Cli::parse()) => done,
        // Servers end with the future that has them.
        stopped = stopped() => stopped,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(3),
        Err(error) => {
            progress(&error);
            ExitCode::FAILURE
        }
    }
}

/// Waits to be told to stop.
async fn stopped() -> Outcome<bool> {
    let mut asked = signal(SignalKind::terminate()).map_err(told)?;
    tokio::select! {
        _ = asked.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Err("stopped".to_owned())
}

/// Says how far it is; a closed pipe is no error.
fn progress(text: &str) {
    let _ = writeln!(std::io::stderr(), "stress: {text}");
}

/// Plays the scenarios; whether all of them are clean.
async fn run(cli: Cli) -> Outcome<bool> {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    let seed = cli.seed.unwrap_or(since.as_secs());
    let script = std::path::absolute(&cli.throwaway).map_err(told)?;
    let cluster = cli.postgres.map(|url| Cluster {
        script,
        folder: cli.postgres_folder.unwrap_or_default(),
        url,
    });
    let database = match &cluster {
        Some(cluster) => cluster.version().await?,
        None => "SQLite".to_owned(),
    };
    let (seconds, clients) = (cli.seconds, cli.clients);
    let setting = format!("{database}, {clients} clients, {seconds} s each, seed {seed}");
    progress(&setting);
    let stage = Stage {
        program: std::path::absolute(&cli.server).map_err(told)?,
        cluster,
        small: cli.small,
        folder: cli.folder,
        time: Duration::from_secs(seconds),
        clients,
        seed,
    };
    let mut verdicts: Vec<Verdict> = Vec::new();
    for scenario in chosen(&cli.scenario, &stage) {
        progress(&format!("{}…", scenario.name()));
        let verdict = stage.play(scenario, verdicts.is_empty()).await?;
        let wrongs = report::wrongs(&verdict, PRINTED);
        for wrong in &wrongs {
            progress(&format!("{}: {wrong}", scenario.name()));
        }
        let is_clean = if verdict.is_clean() {
            "clean"
        } else {
            "NOT CLEAN"
        };
        progress(&format!("{}: {is_clean}", scenario.name()));
        verdicts.push(verdict);
    }
    let text = format!("{setting}\n\n{}", report::text(&verdicts));
    // A closed pipe is no error.
    let _ = write!(std::io::stdout(), "{text}");
    Ok(verdicts.iter().all(Verdict::is_clean))
}

/// The scenarios to play, in their order.
fn chosen(asked: &[Scenario], stage: &Stage) -> Vec<Scenario> {
    let mut chosen = Scenario::value_variants().to_vec();
    chosen.retain(|scenario| {
        let is_asked = asked.is_empty() || asked.contains(scenario);
        let is_possible = stage.cluster.is_some() || scenario.suits_sqlite();
        let has_room = *scenario != Scenario::DiskFull || stage.small.is_some();
        if is_asked && is_possible && !has_room {
            progress("disk-full is left out: there is no small volume");
        }
        is_asked && is_possible && has_room
    });
    chosen
}
