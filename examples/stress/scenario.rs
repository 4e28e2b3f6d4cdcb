//! One scenario from the empty database to the verdict.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use clap::ValueEnum;
use tokio::task::JoinHandle;

use crate::api::{Outcome, told};
use crate::check::books::Source;
use crate::check::{self, Differences, spoil};
use crate::commands::SHORT_HOLD;
use crate::company;
use crate::disturb::{Done, Field};
use crate::journal::{Entry, Journal};
use crate::load::{Load, Shared};
use crate::place::{self, Cluster};
use crate::process::Launch;
use crate::settle;
use crate::subscriber::{self, Ear};
use crate::world::World;

/// How long the sweeper may take to end holds.
const SWEPT_WITHIN: u64 = 6;
/// Subscribers that listen all the time.
const SUBSCRIBERS: usize = 2;

/// What happens while clients are at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Nothing.
    Steady,
    /// The server is killed, 20 times.
    Kill,
    /// PostgreSQL crashes, and is restarted.
    PostgresRestart,
    /// PostgreSQL is stopped for 10 seconds.
    PostgresStopped,
    /// There is no room on the disk for 10 seconds.
    DiskFull,
    /// Two servers; each is killed once.
    TwoServers,
}

impl Scenario {
    /// Whether it can be played on SQLite.
    pub fn suits_sqlite(self) -> bool {
        matches!(self, Self::Steady | Self::Kill | Self::DiskFull)
    }

    /// Its name on the command line.
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

/// What all scenarios share.
pub struct Stage {
    /// The program `stockroom`.
    pub program: PathBuf,
    /// PostgreSQL; without it, SQLite.
    pub cluster: Option<Cluster>,
    /// The small volume.
    pub small: Option<PathBuf>,
    /// Where files go.
    pub folder: PathBuf,
    /// How long the load runs.
    pub time: Duration,
    /// Clients at once.
    pub clients: usize,
    /// Where everything random comes from.
    pub seed: u64,
}

/// What came of a scenario.
pub struct Verdict {
    /// Which one.
    pub scenario: Scenario,
    /// How long clients were at work.
    pub time: Duration,
    /// The longest time without any acknowledgement.
    pub silence: Duration,
    /// Everything that clients sent.
    pub entries: Vec<Entry>,
    /// How often they were turned away, by what they were told.
    pub turned_away: Vec<(String, usize)>,
    /// What was done to the servers.
    pub done: Done,
    /// What the independent checker found.
    pub differences: Differences,
    /// Answers that no client may see.
    pub forbidden: Vec<String>,
    /// What the server's own check says.
    pub own_check: Option<String>,
    /// Subscribers: messages, and how often they came back.
    pub heard: (usize, usize),
    /// What the checker was spoiled with, and whether it found it.
    pub spoiled: Vec<(String, bool)>,
}

impl Verdict {
    /// Whether all is as it must be.
    pub fn is_clean(&self) -> bool {
        self.differences.all().is_empty()
            && self.forbidden.is_empty()
            && self.done.wrong.is_empty()
            && self.own_check.is_none()
            && self.spoiled.iter().all(|(_, is_found)| *is_found)
    }
}

impl Stage {
    /// The database of a scenario.
    async fn database(&self, scenario: Scenario, folder: &Path) -> Outcome<String> {
        let name = format!("stress_{}", scenario.name().replace('-', "_"));
        let small = self
            .small
            .as_deref()
            .filter(|_| scenario == Scenario::DiskFull);
        match (&self.cluster, small) {
            (Some(cluster), small) => cluster.create(&name, small).await,
            (None, Some(small)) => Ok(format!("sqlite://{}", small.join("stress.db").display())),
            (None, None) => Ok(format!("sqlite://{}", folder.join("stress.db").display())),
        }
    }

    /// Plays a scenario; `spoils` says whether the checker is put to the test after it.
    pub async fn play(&self, scenario: Scenario, spoils: bool) -> Outcome<Verdict> {
        let folder = self.folder.join(scenario.name());
        fs::create_dir_all(&folder).map_err(told)?;
        let url = self.database(scenario, &folder).await?;
        let token = place::token(&self.program, &url).await?;
        let launch = Launch {
            program: &self.program,
            database: &url,
            token: &token,
            folder: &folder,
        };
        let mut field = self.field(scenario, &launch).await?;
        let shared = field.shared.clone();
        let ears: Vec<JoinHandle<Outcome<Ear>>> = (0..SUBSCRIBERS)
            .map(|number| tokio::spawn(subscriber::listen(shared.clone(), number)))
            .collect();
        let from = shared.journal.now();
        let load = Load::start(&shared, self.clients);
        field.disturb(scenario).await?;
        load.stop().await?;
        let to = shared.journal.now();
        field.done.wrong.extend(settle::settle(&shared).await?);
        let swept = SHORT_HOLD.unsigned_abs() + SWEPT_WITHIN;
        tokio::time::sleep(Duration::from_secs(swept)).await;
        shared.settled.store(true, Ordering::Relaxed);
        let mut heard = Vec::new();
        for ear in ears {
            heard.push(ear.await.map_err(told)??);
        }
        let mut done = std::mem::take(&mut field.done);
        for server in field.servers.into_iter().flatten() {
            server.stop().await?;
        }
        done.wrong.extend(panics(&folder)?);
        let mut verdict = Verdict {
            scenario,
            time: to.saturating_sub(from),
            silence: shared.journal.longest_silence(from, to),
            entries: shared.journal.entries(),
            turned_away: shared.journal.times_turned_away().into_iter().collect(),
            done,
            differences: Differences::default(),
            forbidden: shared.journal.wrongs(),
            own_check: place::own_check(&self.program, &url).await?,
            heard: (0, 0),
            spoiled: Vec::new(),
        };
        judge(&url, &heard, spoils, &mut verdict).await?;
        Ok(verdict)
    }

    /// Starts the servers and makes the company.
    async fn field<'a>(&'a self, scenario: Scenario, launch: &'a Launch<'a>) -> Outcome<Field<'a>> {
        let count = if scenario == Scenario::TwoServers {
            2
        } else {
            1
        };
        let mut servers = Vec::new();
        for _ in 0..count {
            servers.push(launch.start().await?);
        }
        let journal = Journal::new();
        company::prepare(&servers[0].api, &journal).await?;
        let addresses = servers
            .iter()
            .map(|server| server.api.url.clone())
            .collect();
        let shared = Shared {
            addresses: Arc::new(RwLock::new(addresses)),
            token: launch.token.to_owned(),
            journal,
            world: World::default(),
            seed: self.seed,
            stop: AtomicBool::new(false),
            settled: AtomicBool::new(false),
        };
        Ok(Field {
            launch,
            servers: servers.into_iter().map(Some).collect(),
            shared: Arc::new(shared),
            cluster: self.cluster.as_ref(),
            small: self.small.as_deref(),
            time: self.time,
            done: Done::default(),
        })
    }
}

/// Lines of the servers' log that say that something broke.
fn panics(folder: &Path) -> Outcome<Vec<String>> {
    let log = fs::read_to_string(folder.join("server.log")).map_err(told)?;
    let broken = log.lines().filter(|line| line.contains("panicked"));
    Ok(broken.map(|line| format!("server.log: {line}")).collect())
}

/// Checks everything that is left behind.
async fn judge(url: &str, heard: &[Ear], spoils: bool, verdict: &mut Verdict) -> Outcome<()> {
    let source = Source::open(url).await?;
    let books = source.read().await?;
    verdict.differences = check::all(&books, &verdict.entries);
    for ear in heard {
        verdict.heard.0 += ear.messages;
        verdict.heard.1 += ear.breaks;
        for what in ear.compare(&books) {
            let what = format!("subscriber: {what}");
            verdict.differences.note(check::About::Sum, what);
        }
    }
    if spoils {
        verdict.spoiled = spoil::spoil(&source, &verdict.entries).await?;
    }
    source.close().await
}
