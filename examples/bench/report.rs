//! What was measured, for people and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use crate::jobs::Job;
use crate::load::Latency;
use crate::rounds::{RUNS, Turn, Who};
use crate::subscriber::Delay;

/// Requests per second of a list or a lookup for one of `pgbench`, at least.
const READ_SHARE: f64 = 0.20;
/// Orders per second, at least.
const ORDERS: f64 = 1_000.0;
/// Clients with which the goal of orders is looked at.
const ORDER_CLIENTS: usize = 32;
/// Milliseconds from the start to the first answer, at most.
const START_MS: f64 = 200.0;
/// KiB of an idle server, at most.
const IDLE_KIB: u64 = 40 * 1_024;

/// Everything that was measured in one run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What it ran on.
    pub machine: String,
    /// The database's kind and version.
    pub database: String,
    /// Of one turn.
    pub seconds: u64,
    /// How many times everybody had a turn.
    pub rounds: usize,
    /// Variants, each with stock in three warehouses.
    pub variants: usize,
    /// How long the company took to make, in seconds.
    pub prepared_in: f64,
    /// From the start to the first answer, in milliseconds, of several starts.
    pub starts: Vec<f64>,
    /// Resident memory of the server in KiB.
    pub memory: Memory,
    /// Statements of a request, by kind, with `BEGIN` and `COMMIT`.
    pub statements: Vec<(Job, usize)>,
    /// What has to be known about the scripts of `pgbench`.
    pub notes: Vec<String>,
    /// Medians.
    pub summary: Vec<Summary>,
    /// Each turn.
    pub turns: Vec<Turn>,
    /// A subscriber's delay.
    pub subscriber: Delay,
    /// Whether what was aimed at was reached.
    pub goals: Vec<Goal>,
}

/// Resident memory of the server in KiB.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Memory {
    /// Two seconds after the start.
    pub idle: u64,
    /// After everything.
    pub after_load: u64,
    /// At most.
    pub peak: u64,
}

/// The medians of the turns of one kind.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// What they say; its numbers are medians.
    #[serde(flatten)]
    pub median: Turn,
    /// The slowest turn's requests per second.
    pub rate_min: f64,
    /// The fastest turn's.
    pub rate_max: f64,
    /// The median of the rounds' shares of `pgbench`'s rate.
    pub share_of_pgbench: Option<f64>,
    /// The median of the rounds' shares of the plain handler's rate.
    pub share_of_actix: Option<f64>,
}

/// Something that was aimed at.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Goal {
    /// What.
    pub what: String,
    /// What came out.
    pub measured: String,
    /// Whether that is good enough; nothing when it was not measured.
    pub is_met: Option<bool>,
}

/// The one in the middle.
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The turns summed up, in the order of the measurement.
pub fn summarize(turns: &[Turn]) -> Vec<Summary> {
    let kinds = RUNS.into_iter().flat_map(|(job, clients)| {
        [Who::Server, Who::Pgbench, Who::Actix].map(|who| (job, clients, who))
    });
    kinds
        .filter_map(|(job, clients, who)| {
            let of = |who: Who| -> Vec<&Turn> {
                let is_one =
                    |turn: &&Turn| (turn.job, turn.clients, turn.who) == (job, clients, who);
                turns.iter().filter(is_one).collect()
            };
            let own = of(who);
            let share = |other: Who| {
                let pairs = own.iter().zip(of(other)).filter(|_| who != other);
                median(pairs.map(|(one, other)| one.rate / other.rate))
            };
            let rates = || own.iter().map(|turn| turn.rate);
            Some(Summary {
                median: middle(&own)?,
                rate_min: rates().fold(f64::INFINITY, f64::min),
                rate_max: rates().fold(0.0, f64::max),
                share_of_pgbench: share(Who::Pgbench),
                share_of_actix: share(Who::Actix),
            })
        })
        .collect()
}

/// The median of everything that turns tell.
fn middle(turns: &[&Turn]) -> Option<Turn> {
    let first = *turns.first()?;
    let of = |tell: fn(&Turn) -> f64| median(turns.iter().map(|turn| tell(turn)));
    let maybe = |tell: fn(&Turn) -> Option<f64>| median(turns.iter().filter_map(|turn| tell(turn)));
    Some(Turn {
        rate: of(|turn| turn.rate)?,
        latency: Latency {
            p50: of(|turn| turn.latency.p50)?,
            p95: of(|turn| turn.latency.p95)?,
            p99: of(|turn| turn.latency.p99)?,
        },
        server_cpu: of(|turn| turn.server_cpu)?,
        database_cpu: of(|turn| turn.database_cpu)?,
        generator_cpu: of(|turn| turn.generator_cpu)?,
        server_instructions: maybe(|turn| turn.server_instructions),
        database_instructions: maybe(|turn| turn.database_instructions),
        ..first.clone()
    })
}

/// What was aimed at, with what came out.
pub fn goals(summary: &[Summary], starts: &[f64], memory: &Memory) -> Vec<Goal> {
    let server = |job: Job, clients: usize| {
        summary.iter().find(|one| {
            let turn = &one.median;
            (turn.job, turn.clients, turn.who) == (job, clients, Who::Server)
        })
    };
    let read = |job: Job| {
        let share = server(job, 8).and_then(|one| one.share_of_pgbench);
        Goal {
            what: format!("{}: at least 20 % of pgbench", job.name()),
            measured: share.map_or("not measured".to_owned(), percent),
            is_met: share.map(|share| share >= READ_SHARE),
        }
    };
    let orders = server(Job::Order, ORDER_CLIENTS).map(|one| one.median.rate);
    let start = median(starts.iter().copied());
    vec![
        read(Job::List),
        read(Job::Lookup),
        Goal {
            what: format!("orders with {ORDER_CLIENTS} clients: at least 1,000 per second"),
            measured: orders.map_or("not measured".to_owned(), |rate| format!("{rate:.0}/s")),
            is_met: orders.map(|rate| rate >= ORDERS),
        },
        Goal {
            what: "from start to first answer: within 200 ms".to_owned(),
            measured: start.map_or("not measured".to_owned(), |ms| format!("{ms:.0} ms")),
            is_met: start.map(|ms| ms <= START_MS),
        },
        Goal {
            what: "idle memory: under 40 MiB".to_owned(),
            measured: mebibytes(memory.idle),
            is_met: Some(memory.idle < IDLE_KIB),
        },
    ]
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn mebibytes(kib: u64) -> String {
    format!("{:.1} MiB", kib as f64 / 1_024.0)
}

/// Thousands of instructions, where they could be counted.
fn thousands(instructions: Option<f64>) -> String {
    instructions.map_or("–".to_owned(), |number| {
        format!("{:.0}", number / 1_000.0)
    })
}

fn row(one: &Summary) -> String {
    let turn = &one.median;
    let who = match turn.who {
        Who::Server => "stockroom",
        Who::Pgbench => "pgbench, same SQL",
        Who::Actix => "plain actix handler",
    };
    let share = |share: Option<f64>| share.map_or("–".to_owned(), percent);
    format!(
        "| {} | {} | {who} | {:.0} ({:.0}–{:.0}) | {} | {} | {:.2} / {:.2} / {:.2} \
         | {:.3} / {:.3} / {:.3} | {} / {} |",
        turn.job.name(),
        turn.clients,
        turn.rate,
        one.rate_min,
        one.rate_max,
        share(one.share_of_pgbench),
        share(one.share_of_actix),
        turn.latency.p50,
        turn.latency.p95,
        turn.latency.p99,
        turn.server_cpu,
        turn.database_cpu,
        turn.generator_cpu,
        thousands(turn.server_instructions),
        thousands(turn.database_instructions),
    )
}

impl Report {
    /// As a page of Markdown.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        writeln!(text, "{}; {}", self.machine, self.database)?;
        writeln!(
            text,
            "{} rounds of {} s each; {} variants with stock in three warehouses, made in {:.1} s",
            self.rounds, self.seconds, self.variants, self.prepared_in
        )?;
        writeln!(
            text,
            "\n| what | clients | who | per second: median (least–most) | of pgbench | of actix \
             | ms p50 / p95 / p99 | CPU ms per request: server / database / caller \
             | 1,000 instructions: server / database |\n\
             | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
        )?;
        for one in &self.summary {
            writeln!(text, "{}", row(one))?;
        }
        if self
            .summary
            .iter()
            .all(|one| one.median.server_instructions.is_none())
        {
            writeln!(
                text,
                "\nInstructions: not available (perf stat counts none here)"
            )?;
        }
        writeln!(
            text,
            "\nStatements of a request, BEGIN and COMMIT included:"
        )?;
        for (job, statements) in &self.statements {
            writeln!(text, "- {}: {statements}", job.name())?;
        }
        self.delay(&mut text)?;
        let starts: Vec<String> = self.starts.iter().map(|ms| format!("{ms:.0}")).collect();
        writeln!(
            text,
            "\nFrom start to first answer, ms: {}",
            starts.join(", ")
        )?;
        writeln!(
            text,
            "Memory of the server: {} idle, {} after the load, {} at most",
            mebibytes(self.memory.idle),
            mebibytes(self.memory.after_load),
            mebibytes(self.memory.peak)
        )?;
        self.end(&mut text)?;
        Ok(text)
    }

    fn delay(&self, text: &mut String) -> std::fmt::Result {
        let delay = &self.subscriber;
        writeln!(
            text,
            "\nSubscriber's delay while {} clients place {:.0} orders per second \
             ({} events, {} missing), ms p50 / p99:",
            delay.clients, delay.orders_per_second, delay.events, delay.missing
        )?;
        for (what, latency) in [
            (
                "from the answer to the order until the event",
                delay.after_answer,
            ),
            (
                "from sending the order until the event",
                delay.after_sending,
            ),
        ] {
            writeln!(text, "- {what}: {:.2} / {:.2}", latency.p50, latency.p99)?;
        }
        Ok(())
    }

    /// Goals and notes.
    fn end(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "\nGoals:")?;
        for goal in &self.goals {
            let met = goal
                .is_met
                .map_or("–", |met| if met { "met" } else { "NOT met" });
            writeln!(text, "- {}: {} ({met})", goal.what, goal.measured)?;
        }
        for note in &self.notes {
            writeln!(text, "\nNote: {note}")?;
        }
        Ok(())
    }
}
