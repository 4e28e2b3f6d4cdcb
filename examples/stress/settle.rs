//! When all is quiet: what had no answer is asked again, and some of what was done.

use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::api::Outcome;
use crate::caller::{Caller, Command, Seen};
use crate::journal::{Entry, Fate};
use crate::load::{Shared, address};

/// How long a command may take to get its answer after the disturbance.
const PATIENCE: Duration = Duration::from_secs(60);
/// So many commands that were done are sent once more under their keys.
const REPEATED: usize = 300;

/// Asks again what is open, until it is known; returns what is wrong.
pub async fn settle(shared: &Shared) -> Outcome<Vec<String>> {
    let caller = Caller::new(&shared.token)?;
    let mut wrong = Vec::new();
    let mut entries = shared.journal.entries();
    for entry in &mut entries {
        if let Fate::Open(_) = entry.fate {
            let began = Instant::now();
            let fate = loop {
                match send(&caller, shared, entry).await {
                    Seen::Done(payload) => {
                        entry.is_replayed = payload["replayed"] == true;
                        break Some(Fate::Acknowledged(payload));
                    }
                    Seen::Refused(codes) => break Some(Fate::Refused(codes)),
                    Seen::Wrong(what) => shared.journal.wrong(what),
                    _ => {}
                }
                if began.elapsed() > PATIENCE {
                    break None;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            };
            match fate {
                Some(fate) => entry.fate = fate,
                None => wrong.push(format!("{} has no answer for good", entry.key)),
            }
        }
    }
    wrong.extend(repeat(&caller, shared, &entries).await);
    shared.journal.replace(entries);
    Ok(wrong)
}

/// Sends some of what was done once more: it must be recognised, and tell the same record.
async fn repeat(caller: &Caller, shared: &Shared, entries: &[Entry]) -> Vec<String> {
    let done: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.payload().is_some() && !entry.key.starts_with("opening"))
        .collect();
    let mut random = ChaCha8Rng::seed_from_u64(shared.seed);
    let mut wrong = Vec::new();
    for _ in 0..REPEATED.min(done.len()) {
        let entry = done[random.random_range(0..done.len())];
        match send(caller, shared, entry).await {
            Seen::Done(payload) if payload["replayed"] == true => {
                let before = entry.payload().map(ids);
                if before != Some(ids(&payload)) {
                    wrong.push(format!("{} told another record again", entry.key));
                }
            }
            other => wrong.push(format!("{} was done, yet again: {other:?}", entry.key)),
        }
    }
    wrong
}

/// The ids of the records at the top of a payload.
fn ids(payload: &serde_json::Value) -> Vec<String> {
    let fields = payload.as_object().into_iter().flatten();
    fields
        .filter_map(|(_, record)| record["id"].as_str().map(str::to_owned))
        .collect()
}

async fn send(caller: &Caller, shared: &Shared, entry: &Entry) -> Seen {
    let command = Command {
        name: entry.command,
        selection: entry.selection,
        input: entry.input.clone(),
    };
    caller.send(&address(&shared.addresses, 0), &command).await
}
