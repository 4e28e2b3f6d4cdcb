//! What happens to the servers and their database while clients are at work.

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::api::Outcome;
use crate::load::Shared;
use crate::place::Cluster;
use crate::process::{Launch, Server};
use crate::scenario::Scenario;
use crate::volume::Filler;

/// How often the server is killed.
const KILLS: u32 = 20;
/// How long PostgreSQL is away, and how long the disk is full.
const AWAY: Duration = Duration::from_secs(10);
/// How long one of two servers is away.
const ONE_AWAY: Duration = Duration::from_secs(3);
/// Within this time after the disturbance somebody must be served.
const BACK_WITHIN: Duration = Duration::from_secs(15);

/// Servers, clients, and what can be done to them.
pub struct Field<'a> {
    /// How a server is started.
    pub launch: &'a Launch<'a>,
    /// Those that run.
    pub servers: Vec<Option<Server>>,
    /// The clients'.
    pub shared: Arc<Shared>,
    /// The database, when it is PostgreSQL.
    pub cluster: Option<&'a Cluster>,
    /// The small volume.
    pub small: Option<&'a Path>,
    /// How long the load runs.
    pub time: Duration,
    /// What was done.
    pub done: Done,
}

/// What was done to them, and how they took it.
#[derive(Debug, Default)]
pub struct Done {
    /// Servers killed.
    pub kills: usize,
    /// What is worth telling.
    pub notes: Vec<String>,
    /// What must not be.
    pub wrong: Vec<String>,
}

impl Field<'_> {
    /// Lets the time of a scenario pass, and does to them what it is about.
    pub async fn disturb(&mut self, scenario: Scenario) -> Outcome<()> {
        match scenario {
            Scenario::Steady => {
                tokio::time::sleep(self.time).await;
                Ok(())
            }
            Scenario::Kill => self.kill_again_and_again().await,
            Scenario::PostgresRestart => self.restart_postgres().await,
            Scenario::PostgresStopped => self.stop_postgres().await,
            Scenario::DiskFull => self.fill_disk().await,
            Scenario::TwoServers => self.kill_one_of_two().await,
        }
    }

    /// Kills a server as `kill -9` does.
    fn kill(&mut self, number: usize) {
        // A server that is dropped is killed so.
        self.servers[number] = None;
        self.done.kills += 1;
    }

    async fn start(&mut self, number: usize) -> Outcome<()> {
        let server = self.launch.start().await?;
        let mut all = self
            .shared
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        all[number].clone_from(&server.api.url);
        drop(all);
        self.servers[number] = Some(server);
        Ok(())
    }

    async fn kill_again_and_again(&mut self) -> Outcome<()> {
        let mut random = ChaCha8Rng::seed_from_u64(self.shared.seed);
        let each = self.time / KILLS;
        let mut slowest = Duration::ZERO;
        for _ in 0..KILLS {
            // Some early, right behind the start, and some well under way.
            tokio::time::sleep(each.mul_f64(random.random_range(0.2..1.8))).await;
            self.kill(0);
            self.start(0).await?;
            let server = self.servers[0].as_ref();
            let first = server.map_or(Duration::ZERO, |server| server.first_answer);
            slowest = slowest.max(first);
        }
        tokio::time::sleep(each).await;
        let slowest = slowest.as_millis();
        let note = format!("from a start to the first answer at most {slowest} ms");
        self.done.notes.push(note);
        Ok(())
    }

    async fn restart_postgres(&mut self) -> Outcome<()> {
        let cluster = self.cluster.ok_or("there is no PostgreSQL")?;
        let third = self.time / 3;
        tokio::time::sleep(third).await;
        let began = Instant::now();
        cluster.crash().await?;
        cluster.restart().await?;
        self.was_away(began);
        self.comes_back("after a crash of PostgreSQL").await;
        tokio::time::sleep(third).await;
        let began = Instant::now();
        cluster.restart().await?;
        self.was_away(began);
        self.comes_back("after a restart of PostgreSQL").await;
        tokio::time::sleep(third).await;
        Ok(())
    }

    async fn stop_postgres(&mut self) -> Outcome<()> {
        let cluster = self.cluster.ok_or("there is no PostgreSQL")?;
        tokio::time::sleep(self.time / 2).await;
        let began = Instant::now();
        cluster.crash().await?;
        tokio::time::sleep(AWAY).await;
        cluster.restart().await?;
        self.was_away(began);
        self.comes_back("when PostgreSQL was there again").await;
        tokio::time::sleep(self.time / 2).await;
        Ok(())
    }

    async fn fill_disk(&mut self) -> Outcome<()> {
        let folder = self.small.ok_or("there is no small volume")?;
        tokio::time::sleep(self.time / 3).await;
        let mut filler = Filler::new(folder)?;
        filler.fill()?;
        let from = self.shared.journal.now();
        while self.shared.journal.now() < from + AWAY {
            // What the database gives back is taken too.
            filler.fill()?;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let to = self.shared.journal.now();
        filler.remove()?;
        let answers = self.shared.journal.answers_between(from, to);
        let note = format!("{answers} commands were done while the disk was full");
        self.done.notes.push(note);
        if self.shared.journal.times_turned_away().is_empty() {
            let what = "nobody noticed that the disk was full".to_owned();
            self.done.wrong.push(what);
        }
        self.comes_back("after there was room again").await;
        tokio::time::sleep(self.time / 3).await;
        Ok(())
    }

    async fn kill_one_of_two(&mut self) -> Outcome<()> {
        for number in 0..2 {
            tokio::time::sleep(self.time / 3).await;
            self.kill(number);
            tokio::time::sleep(ONE_AWAY).await;
            self.start(number).await?;
        }
        tokio::time::sleep(self.time / 3).await;
        Ok(())
    }

    /// Notes how long PostgreSQL took to stop, to recover and to start.
    fn was_away(&mut self, since: Instant) {
        let seconds = since.elapsed().as_secs_f64();
        let note = format!("PostgreSQL was away for {seconds:.1} s");
        self.done.notes.push(note);
    }

    /// Waits until somebody is served, without doing anything for it.
    async fn comes_back(&mut self, when: &str) {
        let journal = &self.shared.journal;
        let since = journal.now();
        loop {
            let now = journal.now();
            if let Some(first) = journal.first_answer_after(since) {
                let took = first.saturating_sub(since).as_millis();
                let note = format!("{when}, the first command was done within {took} ms");
                self.done.notes.push(note);
                break;
            }
            if now > since + BACK_WITHIN {
                let what = format!("{when}, nobody was served within {BACK_WITHIN:?}");
                self.done.wrong.push(what);
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for server in self.servers.iter().flatten() {
            if !is_alive(server.id()) {
                self.done.wrong.push(format!("{when}, the server is gone"));
            }
        }
    }
}

/// Whether a process has not ended.
fn is_alive(id: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"));
    status.is_ok_and(|status| !status.contains("State:\tZ"))
}
