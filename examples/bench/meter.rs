//! What processes use: CPU time and memory by `/proc`, instructions by `perf stat`.

use std::collections::HashMap;
use std::fs;
use std::process::{Child, Command, Stdio};

use crate::api::{Outcome, told};

/// CPU time in clock ticks, as `/proc/PID/stat` has it.
#[derive(Clone, Copy, Default)]
struct Ticks {
    parent: u32,
    own: u64,
    /// Of children that ended and were waited for.
    ended: u64,
}

fn ticks(id: u32) -> Option<Ticks> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name, in parentheses, may contain anything.
    let rest = text.rsplit_once(") ")?.1;
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Ticks {
        parent: fields.get(1)?.parse().ok()?,
        own: number(11)? + number(12)?,
        ended: number(13)? + number(14)?,
    })
}

fn milliseconds(ticks: u64) -> f64 {
    ticks as f64 * 1_000.0 / rustix::param::clock_ticks_per_second() as f64
}

/// The processes whose CPU time is told.
#[derive(Clone, Default)]
pub struct Processes {
    /// The server.
    pub server: Option<u32>,
    /// PostgreSQL's first process, whose children do the work.
    pub postmaster: Option<u32>,
}

/// CPU time so far, in milliseconds.
#[derive(Clone, Copy, Default)]
pub struct Cpu {
    /// The server's.
    pub server: f64,
    /// PostgreSQL's, all processes of it.
    pub database: f64,
    /// This program's: the generator of the load, and the plain handler.
    pub own: f64,
    /// Of programs this one ran and waited for: pgbench.
    pub children: f64,
}

impl Cpu {
    /// What was used since.
    pub fn since(self, before: Self) -> Self {
        Self {
            server: self.server - before.server,
            database: self.database - before.database,
            own: self.own - before.own,
            children: self.children - before.children,
        }
    }
}

impl Processes {
    /// What they have used until now.
    pub fn cpu(&self) -> Cpu {
        let own = ticks(std::process::id()).unwrap_or_default();
        let server = self.server.and_then(ticks).unwrap_or_default();
        Cpu {
            server: milliseconds(server.own),
            database: self.postmaster.map_or(0.0, tree_cpu),
            own: milliseconds(own.own),
            children: milliseconds(own.ended),
        }
    }

    /// The processes of the database now.
    pub fn database(&self) -> Vec<u32> {
        self.postmaster
            .map(|first| tree(first).into_iter().map(|(id, _)| id).collect())
            .unwrap_or_default()
    }
}

/// A process and its children.
fn tree(first: u32) -> Vec<(u32, Ticks)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let all: HashMap<u32, Ticks> = ids.filter_map(|id| Some((id, ticks(id)?))).collect();
    let is_of = |id: u32, ticks: &Ticks| id == first || ticks.parent == first;
    all.into_iter()
        .filter(|(id, ticks)| is_of(*id, ticks))
        .collect()
}

fn tree_cpu(first: u32) -> f64 {
    let of = |(id, ticks): (u32, Ticks)| {
        // Backends that ended count as the first process's children.
        ticks.own + if id == first { ticks.ended } else { 0 }
    };
    milliseconds(tree(first).into_iter().map(of).sum())
}

/// The process that a process was started by.
pub fn parent(id: u32) -> Option<u32> {
    ticks(id).map(|ticks| ticks.parent)
}

/// Resident memory of a process now, and its most so far, in KiB.
pub fn memory(id: u32) -> Outcome<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{id}/status")).map_err(told)?;
    let of = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    of("VmRSS:")
        .zip(of("VmHWM:"))
        .ok_or_else(|| format!("/proc/{id}/status tells no memory"))
}

/// Counts instructions of processes in user space for some time.
pub struct Instructions(Child);

impl Instructions {
    /// Whether `perf stat` can count them on this machine.
    pub fn are_available() -> bool {
        let output = Command::new("perf")
            .args(["stat", "-x", ",", "-e", "instructions:u", "true"])
            .stdin(Stdio::null())
            .output();
        output.is_ok_and(|output| count(&output.stderr).is_some())
    }

    /// Begins to count; processes that these start are counted too.
    pub fn begin(ids: &[u32], seconds: f64) -> Option<Self> {
        if ids.is_empty() {
            return None;
        }
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let child = Command::new("perf")
            .args(["stat", "-x", ",", "-e", "instructions:u", "-p"])
            .args([&ids.join(","), "--", "sleep", &seconds.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        child.ok().map(Self)
    }

    /// How many there were.
    pub fn end(self) -> Option<f64> {
        count(&self.0.wait_with_output().ok()?.stderr)
    }
}

/// The number in what `perf stat -x ,` says.
fn count(said: &[u8]) -> Option<f64> {
    let text = String::from_utf8_lossy(said);
    let line = text.lines().find(|line| line.contains("instructions"))?;
    line.split(',').next()?.trim().parse().ok()
}
