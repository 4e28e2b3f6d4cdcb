//! Measures the server beside what it stands on: `scripts/bench` starts PostgreSQL and runs this.
//!
//! The same requests are answered by turns by the server, by `pgbench` with the very statements
//! that the server sends, and by a plain actix handler that knows the answer. They share the
//! machine with whoever asks, so what counts is the ratio of turns of one run.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

#[path = "bench/api.rs"]
mod api;
#[path = "bench/capture.rs"]
mod capture;
#[path = "bench/company.rs"]
mod company;
#[path = "bench/jobs.rs"]
mod jobs;
#[path = "bench/load.rs"]
mod load;
#[path = "bench/meter.rs"]
mod meter;
#[path = "bench/pgbench.rs"]
mod pgbench;
#[path = "bench/plain.rs"]
mod plain;
#[path = "bench/postgres.rs"]
mod postgres;
#[path = "bench/process.rs"]
mod process;
#[path = "bench/profile.rs"]
mod profile;
#[path = "bench/replay.rs"]
mod replay;
#[path = "bench/report.rs"]
mod report;
#[path = "bench/rounds.rs"]
mod rounds;
#[path = "bench/subscriber.rs"]
mod subscriber;

use api::{Outcome, bytes_of::Body, told};
use jobs::{Job, Requests};
use meter::{Instructions, Processes};
use pgbench::Pgbench;
use postgres::Postgres;
use process::{Launch, Server};
use report::{Memory, Report};
use rounds::{Rounds, Turn, Who};

/// Starts whose time is measured.
const STARTS: usize = 7;
/// How long a server has been idle when its memory is read.
const IDLE: Duration = Duration::from_secs(2);
/// Clients that place orders while a subscriber listens.
const SUBSCRIBER_CLIENTS: usize = 8;

/// Measures a server on a database of its own.
#[derive(Parser)]
struct Cli {
    /// The program `stockroom`, as it is released.
    #[arg(long)]
    server: PathBuf,
    /// An empty database for the server: postgres://… or sqlite://…
    #[arg(long)]
    database: String,
    /// A token with every scope.
    #[arg(long)]
    token: String,
    /// PostgreSQL's log, which tells the statements; without it, nothing is replayed.
    #[arg(long)]
    postgres_log: Option<PathBuf>,
    /// The program `pgbench`.
    #[arg(long, default_value = "pgbench")]
    pgbench: PathBuf,
    /// A folder for scripts and logs.
    #[arg(long)]
    folder: PathBuf,
    /// Seconds of one turn.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Rounds: in each, everybody has one turn for each kind of request.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Variants of the company.
    #[arg(long, default_value_t = 2_000)]
    variants: usize,
    /// Write everything that was measured to this file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Also write where the server's time goes, by `perf record`, to this folder.
    #[arg(long)]
    profile: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = tokio::select! {
        done = run(cli) => done,
        // The server ends with the future that has it.
        stopped = stopped() => stopped,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress(&format!("bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Waits to be told to stop.
async fn stopped() -> Outcome<()> {
    let mut asked = signal(SignalKind::terminate()).map_err(told)?;
    tokio::select! {
        _ = asked.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Err("stopped".to_owned())
}

/// Says how far it is; a closed pipe is no error.
fn progress(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

async fn run(cli: Cli) -> Outcome<()> {
    let launch = Launch {
        program: &cli.server,
        database: &cli.database,
        token: &cli.token,
        folder: &cli.folder,
    };
    let prepared_in = prepare(&launch, cli.variants).await?;
    let postgres = match &cli.postgres_log {
        Some(_) => Some(Postgres::settle(&cli.database).await?),
        None => None,
    };
    let starts = starts(&launch).await?;
    let server = launch.start().await?;
    tokio::time::sleep(IDLE).await;
    let (idle, _) = meter::memory(server.id())?;
    let requests = Requests::find(&server.api, cli.variants).await?;
    let known = Known::find(&cli, postgres.as_ref(), (&server, &requests)).await?;
    let turns = measure(&cli, &known, (&server, &requests, postgres.as_ref())).await?;
    progress("a subscriber's delay");
    let bodies = requests.bodies(Job::Order);
    let how = (SUBSCRIBER_CLIENTS, Duration::from_secs(cli.seconds));
    let subscriber = subscriber::measure(&server.api, &bodies, how).await?;
    let (after_load, peak) = meter::memory(server.id())?;
    if let Some(folder) = &cli.profile {
        progress("where the time goes");
        profile::write(folder, &server, &requests, Duration::from_secs(cli.seconds)).await?;
    }
    server.stop().await?;
    let memory = Memory {
        idle,
        after_load,
        peak,
    };
    let summary = report::summarize(&turns);
    let report = Report {
        machine: machine(),
        database: postgres.map_or("SQLite".to_owned(), |postgres| postgres.version),
        seconds: cli.seconds,
        rounds: cli.rounds,
        variants: cli.variants,
        prepared_in,
        goals: report::goals(&summary, &starts, &memory),
        starts,
        memory,
        statements: known.statements,
        notes: known.notes,
        summary,
        turns,
        subscriber,
    };
    tell(&report, cli.json.as_deref())
}

/// Makes the company; how many seconds that took.
async fn prepare(launch: &Launch<'_>, variants: usize) -> Outcome<f64> {
    progress(&format!("making a company with {variants} variants"));
    let server = launch.start().await?;
    let began = Instant::now();
    company::prepare(&server.api, variants).await?;
    let took = began.elapsed().as_secs_f64();
    server.stop().await?;
    Ok(took)
}

/// The times of several starts, in milliseconds.
async fn starts(launch: &Launch<'_>) -> Outcome<Vec<f64>> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let server = launch.start().await?;
        starts.push(server.first_answer.as_secs_f64() * 1_000.0);
        server.stop().await?;
    }
    Ok(starts)
}

/// What is known of each kind of request before it is measured.
#[derive(Default)]
struct Known {
    answers: HashMap<&'static str, Body>,
    scripts: HashMap<&'static str, Pgbench>,
    statements: Vec<(Job, usize)>,
    notes: Vec<String>,
}

impl Known {
    /// Learns all of it from the server.
    async fn find(
        cli: &Cli,
        postgres: Option<&Postgres>,
        (server, requests): (&Server, &Requests),
    ) -> Outcome<Self> {
        let mut known = Self::default();
        known.answers(server, requests).await?;
        if let (Some(postgres), Some(path)) = (postgres, &cli.postgres_log) {
            progress("reading the statements from PostgreSQL's log");
            let log = capture::Log {
                path,
                pool: &postgres.own,
            };
            known
                .replay((cli, postgres), &log, (server, requests))
                .await?;
        }
        Ok(known)
    }

    /// Asks for an answer of each kind.
    async fn answers(&mut self, server: &Server, requests: &Requests) -> Outcome<()> {
        let bodies = [
            (Job::List, requests.lists[0].clone()),
            (Job::Lookup, requests.lookups[0].clone()),
            (Job::Order, Requests::order([0, 1, 2], 0)),
        ];
        for (job, body) in bodies {
            let answer = server.api.post(body).await?;
            self.answers.insert(job.name(), answer);
        }
        Ok(())
    }

    /// Makes the scripts for `pgbench` out of what the server sends.
    async fn replay(
        &mut self,
        (cli, postgres): (&Cli, &Postgres),
        log: &capture::Log<'_>,
        (server, requests): (&Server, &Requests),
    ) -> Outcome<()> {
        let program = (cli.pgbench.as_path(), postgres.twin_url.as_str());
        for (job, bodies) in [
            (Job::List, &requests.lists),
            (Job::Lookup, &requests.lookups),
        ] {
            let mut scripts = Vec::new();
            for captured in log.capture(&server.api, bodies).await? {
                if scripts.is_empty() {
                    self.statements.push((job, captured.statements.len()));
                }
                scripts.push(replay::read(&postgres.twin, &captured).await?);
            }
            let folder = cli.folder.join(format!("{job:?}"));
            let pgbench = Pgbench::new(program, folder, &scripts)?;
            pgbench.once(scripts.len()).await?;
            self.scripts.insert(job.name(), pgbench);
        }
        if let Err(error) = self.replay_order((cli, postgres), log, server).await {
            self.notes
                .push(format!("the order is not replayed: {error}"));
            progress(&format!("the order is not replayed: {error}"));
        }
        Ok(())
    }

    async fn replay_order(
        &mut self,
        (cli, postgres): (&Cli, &Postgres),
        log: &capture::Log<'_>,
        server: &Server,
    ) -> Outcome<()> {
        let third = cli.variants / jobs::LINES;
        let numbers = |at: usize| [at, third + at, 2 * third + at];
        let bodies: Vec<Body> = (0..4).map(|at| Requests::order(numbers(at), at)).collect();
        let before = postgres::rows(&postgres.own).await?;
        let captured = log.capture(&server.api, &bodies).await?;
        let ours = postgres::rows(&postgres.own).await?;
        // Something that the server does now and then may have come between.
        let captured = captured.iter().find(|one| replay::is_alone(one));
        let captured = captured.ok_or("no order was placed in one transaction of its own")?;
        self.statements
            .push((Job::Order, captured.statements.len()));
        let variants = replay::make_variants(&postgres.twin).await?;
        let script = replay::order(&postgres.twin, captured, variants).await?;
        let program = (cli.pgbench.as_path(), postgres.twin_url.as_str());
        let pgbench = Pgbench::new(program, cli.folder.join("Order"), &[script])?;
        let twin_before = postgres::rows(&postgres.twin).await?;
        let orders = 10;
        pgbench.once(orders).await?;
        let twin = postgres::rows(&postgres.twin).await?;
        let difference = postgres::compare((&before, &ours), (&twin_before, &twin), orders);
        self.notes.push(difference?);
        self.scripts.insert(Job::Order.name(), pgbench);
        Ok(())
    }
}

/// All rounds.
async fn measure(
    cli: &Cli,
    known: &Known,
    (server, requests, postgres): (&Server, &Requests, Option<&Postgres>),
) -> Outcome<Vec<Turn>> {
    let processes = Processes {
        server: Some(server.id()),
        postmaster: postgres.map(|postgres| postgres.postmaster),
    };
    let rounds = Rounds {
        api: &server.api,
        requests,
        scripts: &known.scripts,
        answers: &known.answers,
        processes: &processes,
        counts_instructions: Instructions::are_available(),
        time: Duration::from_secs(cli.seconds),
    };
    let mut turns = Vec::new();
    for round in 1..=cli.rounds {
        let tell = |turn: &Turn| {
            let who = match turn.who {
                Who::Server => "stockroom",
                Who::Pgbench => "pgbench",
                Who::Actix => "actix",
            };
            let (what, clients) = (turn.job.name(), turn.clients);
            progress(&format!(
                "{round}: {what}, {clients} clients, {who}: {:.0}/s",
                turn.rate
            ));
        };
        turns.extend(rounds.run(tell).await?);
    }
    Ok(turns)
}

/// What this runs on.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(": "));
    let model = model.map_or("unknown processor", |(_, name)| name);
    format!("{cores} cores of {model}")
}

fn tell(report: &Report, json: Option<&Path>) -> Outcome<()> {
    let text = report.text().map_err(told)?;
    // A closed pipe is no error.
    let _ = write!(std::io::stdout(), "{text}");
    if let Some(path) = json {
        let json = serde_json::to_string_pretty(report).map_err(told)?;
        std::fs::write(path, json).map_err(told)?;
    }
    Ok(())
}
