//! What the clients were told: one entry for each command, kept outside of the server.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

/// What became of a command, as far as its client knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// Done, with this payload.
    Acknowledged(Value),
    /// Not done, for these reasons; it must have left nothing.
    Refused(Vec<String>),
    /// No answer, and it is asked again later.
    Open(String),
    /// No answer, and it is never asked again: it is there wholly, or not at all.
    Left(String),
}

/// A command that a client sent, once or again and again under the same key.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its idempotency key.
    pub key: String,
    /// The mutation.
    pub command: &'static str,
    /// What is asked of its payload.
    pub selection: &'static str,
    /// What was sent.
    pub input: Value,
    /// What became of it.
    pub fate: Fate,
    /// Whether there was no answer at first.
    pub was_unknown: bool,
    /// Whether the answer came from an earlier attempt under the same key.
    pub is_replayed: bool,
}

impl Entry {
    /// The payload when it is done.
    pub fn payload(&self) -> Option<&Value> {
        match &self.fate {
            Fate::Acknowledged(payload) => Some(payload),
            _ => None,
        }
    }
}

/// How many commands of a kind ended how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    /// Done.
    pub acknowledged: usize,
    /// Not done.
    pub refused: usize,
    /// Without an answer at first.
    pub unknown: usize,
    /// Without an answer for good.
    pub left: usize,
}

/// Everything that clients of one scenario were told.
pub struct Journal {
    began: Instant,
    entries: Mutex<Vec<Entry>>,
    answers: Mutex<Vec<Duration>>,
    wrong: Mutex<Vec<String>>,
    turned_away: Mutex<BTreeMap<String, usize>>,
}

/// Nobody panics while writing; if somebody did, the entries are still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Journal {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            entries: Mutex::default(),
            answers: Mutex::default(),
            wrong: Mutex::default(),
            turned_away: Mutex::default(),
        }
    }

    /// Notes what became of a command.
    pub fn note(&self, entry: Entry) {
        lock(&self.entries).push(entry);
    }

    /// Notes that a command was acknowledged just now.
    pub fn answered(&self) {
        let at = self.began.elapsed();
        lock(&self.answers).push(at);
    }

    /// Notes an answer that no client may ever see.
    pub fn wrong(&self, what: String) {
        lock(&self.wrong).push(what);
    }

    /// Notes that the server said that it could not just now, or did not say what it did.
    pub fn turned_away(&self, code: &str) {
        *lock(&self.turned_away).entry(code.to_owned()).or_default() += 1;
    }

    /// How often the server said so, by what it said.
    pub fn times_turned_away(&self) -> BTreeMap<String, usize> {
        lock(&self.turned_away).clone()
    }

    /// Answers that no client may see.
    pub fn wrongs(&self) -> Vec<String> {
        lock(&self.wrong).clone()
    }

    /// All entries so far, in the order in which clients noted them.
    pub fn entries(&self) -> Vec<Entry> {
        lock(&self.entries).clone()
    }

    /// Puts these in the place of what was noted.
    pub fn replace(&self, entries: Vec<Entry>) {
        *lock(&self.entries) = entries;
    }

    /// The moment on the journal's clock.
    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// The first acknowledgement behind a moment.
    pub fn first_answer_after(&self, moment: Duration) -> Option<Duration> {
        let answers = lock(&self.answers);
        answers.iter().copied().filter(|at| *at > moment).min()
    }

    /// How many acknowledgements came between two moments.
    pub fn answers_between(&self, from: Duration, to: Duration) -> usize {
        let answers = lock(&self.answers);
        answers
            .iter()
            .filter(|at| **at > from && **at <= to)
            .count()
    }

    /// The longest time without any acknowledgement between two moments.
    pub fn longest_silence(&self, from: Duration, to: Duration) -> Duration {
        let mut answers = lock(&self.answers).clone();
        answers.retain(|at| *at > from && *at < to);
        answers.push(to);
        answers.sort_unstable();
        let mut last = from;
        let mut longest = Duration::ZERO;
        for at in answers {
            longest = longest.max(at.saturating_sub(last));
            last = at;
        }
        longest
    }
}

/// What became of commands, by kind.
pub fn counts(entries: &[Entry]) -> BTreeMap<&'static str, Count> {
    let mut counts: BTreeMap<&'static str, Count> = BTreeMap::new();
    for entry in entries {
        let count = counts.entry(entry.command).or_default();
        count.unknown += usize::from(entry.was_unknown);
        match &entry.fate {
            Fate::Acknowledged(_) => count.acknowledged += 1,
            Fate::Refused(_) => count.refused += 1,
            Fate::Open(_) | Fate::Left(_) => count.left += 1,
        }
    }
    counts
}
