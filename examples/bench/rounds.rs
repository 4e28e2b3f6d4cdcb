//! The measurement: server, `pgbench` and plain handler by turns, several times over.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;

use crate::api::{Api, Outcome, bytes_of::Body};
use crate::jobs::{Job, Requests};
use crate::load::{self, Latency, Ran};
use crate::meter::{Cpu, Instructions, Processes};
use crate::pgbench::Pgbench;
use crate::plain::Plain;

/// What is measured, with how many clients.
pub const RUNS: [(Job, usize); 5] = [
    (Job::List, 8),
    (Job::Lookup, 8),
    (Job::Order, 1),
    (Job::Order, 8),
    (Job::Order, 32),
];

/// Who does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Who {
    /// Stockroom, over HTTP.
    Server,
    /// The same SQL without a server.
    Pgbench,
    /// The same answer without any work.
    Actix,
}

/// One turn.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Turn {
    /// What was asked.
    pub job: Job,
    /// By how many at once.
    pub clients: usize,
    /// Who did it.
    pub who: Who,
    /// Requests per second.
    pub rate: f64,
    /// How long they took, in milliseconds.
    pub latency: Latency,
    /// CPU time of the server for a request, in milliseconds.
    pub server_cpu: f64,
    /// CPU time of the database for a request, in milliseconds.
    pub database_cpu: f64,
    /// CPU time of whoever asks for a request, in milliseconds; with the plain handler both.
    pub generator_cpu: f64,
    /// Instructions in user space of the server for a request.
    pub server_instructions: Option<f64>,
    /// Instructions in user space of the database for a request.
    pub database_instructions: Option<f64>,
}

/// Everything that is needed for the turns.
pub struct Rounds<'a> {
    /// The server.
    pub api: &'a Api,
    /// What is asked.
    pub requests: &'a Requests,
    /// The scripts for each kind that has some.
    pub scripts: &'a HashMap<&'static str, Pgbench>,
    /// An answer of each kind.
    pub answers: &'a HashMap<&'static str, Body>,
    /// Whose CPU time is told.
    pub processes: &'a Processes,
    /// Whether instructions can be counted.
    pub counts_instructions: bool,
    /// Of one turn.
    pub time: Duration,
}

impl Rounds<'_> {
    /// One round of everybody for each kind of request.
    pub async fn run(&self, mut tell: impl FnMut(&Turn)) -> Outcome<Vec<Turn>> {
        let mut turns = Vec::new();
        for (job, clients) in RUNS {
            let mut done = |turn: Turn| {
                tell(&turn);
                turns.push(turn);
            };
            done(self.asked(job, clients, (Who::Server, self.api)).await?);
            if let Some(script) = self.scripts.get(job.name()) {
                done(self.pgbench(job, clients, script).await?);
            }
            let answer = self.answers.get(job.name()).cloned().unwrap_or_default();
            let plain = Plain::start(answer)?;
            let api = Api::new(&plain.url, &self.api.token)?;
            let turn = self.asked(job, clients, (Who::Actix, &api)).await;
            plain.stop().await;
            done(turn?);
        }
        Ok(turns)
    }

    /// A turn of the generator.
    async fn asked(&self, job: Job, clients: usize, (who, api): (Who, &Api)) -> Outcome<Turn> {
        let bodies = self.requests.bodies(job);
        let begin = || (self.processes.cpu(), self.count());
        let (ran, (cpu, counts)) = load::run(api, &bodies, (clients, self.time), begin).await?;
        let cpu = self.processes.cpu().since(cpu);
        Ok(turn((job, clients, who), &ran, cpu, counts))
    }

    /// A turn of `pgbench`.
    async fn pgbench(&self, job: Job, clients: usize, script: &Pgbench) -> Outcome<Turn> {
        let (cpu, counts) = (self.processes.cpu(), self.count());
        let ran = script.run(clients, self.time).await?;
        let cpu = self.processes.cpu().since(cpu);
        Ok(turn((job, clients, Who::Pgbench), &ran, cpu, counts))
    }

    fn count(&self) -> [Option<Instructions>; 2] {
        let seconds = self.time.as_secs_f64();
        let server: Vec<u32> = self.processes.server.into_iter().collect();
        [server, self.processes.database()].map(|ids| {
            self.counts_instructions
                .then(|| Instructions::begin(&ids, seconds))
                .flatten()
        })
    }
}

fn turn(
    (job, clients, who): (Job, usize, Who),
    ran: &Ran,
    cpu: Cpu,
    counts: [Option<Instructions>; 2],
) -> Turn {
    let each = |sum: f64| sum / ran.requests.max(1) as f64;
    let [server, database] = counts.map(|count| count.and_then(Instructions::end).map(each));
    let asking = match who {
        Who::Pgbench => cpu.children,
        Who::Server | Who::Actix => cpu.own,
    };
    let is_server = who == Who::Server;
    Turn {
        job,
        clients,
        who,
        rate: ran.requests as f64 / ran.seconds,
        latency: ran.latency,
        server_cpu: if is_server { each(cpu.server) } else { 0.0 },
        database_cpu: if who == Who::Actix {
            0.0
        } else {
            each(cpu.database)
        },
        generator_cpu: each(asking),
        server_instructions: server.filter(|_| is_server),
        database_instructions: database.filter(|_| who != Who::Actix),
    }
}
