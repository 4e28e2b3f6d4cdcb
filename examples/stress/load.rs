//! The clients: each draws a command, sends it until it knows what became of it, and goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use tokio::task::JoinSet;

use crate::api::{Outcome, told};
use crate::caller::{Caller, Command, Seen};
use crate::commands;
use crate::journal::{Entry, Fate, Journal};
use crate::world::World;

/// Between two attempts while nobody listens.
const ASK_AGAIN: Duration = Duration::from_millis(20);
/// Between two attempts after the server said that it cannot just now: at least, at most.
const COME_BACK: (u64, u64) = (20, 200);
/// Of commands without an answer, so many of a hundred are left so for good where they may be.
const LEFT: u32 = 25;
/// And so many are asked again only at the end; the others at once.
const LATER: u32 = 30;
/// Of those that were turned away, so many of a hundred are given up.
const GIVEN_UP: u32 = 15;

/// Where the servers answer; a server that is started again has another address.
pub type Addresses = Arc<RwLock<Vec<String>>>;

/// The address of one of the servers.
pub fn address(addresses: &Addresses, number: usize) -> String {
    let all = addresses.read().unwrap_or_else(PoisonError::into_inner);
    all[number % all.len()].clone()
}

/// What all clients share.
pub struct Shared {
    /// Where to send.
    pub addresses: Addresses,
    /// With what.
    pub token: String,
    /// What they were told.
    pub journal: Journal,
    /// What they know.
    pub world: World,
    /// Of the whole run.
    pub seed: u64,
    /// Whether to end.
    pub stop: AtomicBool,
    /// Whether nothing is sent any more.
    pub settled: AtomicBool,
}

impl Shared {
    /// Whether nothing is sent any more.
    pub fn is_settled(&self) -> bool {
        self.settled.load(Ordering::Relaxed)
    }
}

/// Clients at work.
pub struct Load {
    shared: Arc<Shared>,
    clients: JoinSet<Outcome<()>>,
}

impl Load {
    /// Starts them.
    pub fn start(shared: &Arc<Shared>, count: usize) -> Self {
        let mut clients = JoinSet::new();
        for number in 0..count {
            let shared = shared.clone();
            clients.spawn(async move { Client::new(&shared, number)?.work(&shared).await });
        }
        let shared = shared.clone();
        Self { shared, clients }
    }

    /// Ends them, each after the answer it waits for.
    pub async fn stop(mut self) -> Outcome<()> {
        self.shared.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.clients.join_next().await {
            ended.map_err(told)??;
        }
        Ok(())
    }
}

struct Client {
    number: usize,
    caller: Caller,
    random: ChaCha8Rng,
}

impl Client {
    fn new(shared: &Shared, number: usize) -> Outcome<Self> {
        let mut random = ChaCha8Rng::seed_from_u64(shared.seed);
        // A sequence of its own for each client, out of the one seed.
        random.set_stream(number as u64 + 1);
        let caller = Caller::new(&shared.token)?;
        Ok(Self {
            number,
            caller,
            random,
        })
    }

    async fn work(mut self, shared: &Shared) -> Outcome<()> {
        let mut count = 0_usize;
        while !shared.stop.load(Ordering::Relaxed) {
            let mut command = commands::draw(&mut self.random, &shared.world);
            let key = format!("{}-{count}", self.number);
            command.input["idempotencyKey"] = json!(key);
            count += 1;
            let entry = self.carry_out(shared, key, command).await;
            shared.journal.note(entry.clone());
            shared.world.learn(&entry);
        }
        Ok(())
    }

    /// Sends a command until it is known what became of it, or until it is put off.
    async fn carry_out(&mut self, shared: &Shared, key: String, command: Command) -> Entry {
        let mut server = self.number;
        let mut was_unknown = false;
        let mut is_replayed = false;
        let fate = loop {
            let url = address(&shared.addresses, server);
            let seen = self.caller.send(&url, &command).await;
            let is_over = shared.stop.load(Ordering::Relaxed);
            match seen {
                Seen::Done(payload) => {
                    shared.journal.answered();
                    is_replayed = payload["replayed"] == true;
                    break Fate::Acknowledged(payload);
                }
                Seen::Refused(codes) => break Fate::Refused(codes),
                Seen::NotSent if is_over => break unsent(was_unknown, "NOT_SENT"),
                Seen::NotSent => {
                    server += 1;
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                Seen::TurnedAway(code) => {
                    shared.journal.turned_away(&code);
                    if is_over || self.random.random_ratio(GIVEN_UP, 100) {
                        break unsent(was_unknown, "UNAVAILABLE");
                    }
                    let pause = self.random.random_range(COME_BACK.0..=COME_BACK.1);
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                Seen::Unknown(why) => {
                    was_unknown = true;
                    shared.journal.turned_away(without_answer(&why));
                    let drawn = self.random.random_range(0..100);
                    if drawn < LEFT && commands::may_be_left(&command) {
                        break Fate::Left(why);
                    }
                    if drawn < LEFT + LATER || is_over {
                        break Fate::Open(why);
                    }
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                Seen::Wrong(what) => {
                    shared.journal.wrong(what.clone());
                    was_unknown = true;
                    break Fate::Open(what);
                }
            }
        };
        Entry {
            key,
            command: command.name,
            selection: command.selection,
            input: command.input,
            fate,
            was_unknown,
            is_replayed,
        }
    }
}

/// Why there was no answer, in a word.
fn without_answer(why: &str) -> &str {
    if why == "OUTCOME_UNKNOWN" {
        why
    } else {
        "a broken connection or answer"
    }
}

/// What is known of a command that was not carried out in the end: nothing, when an attempt before
/// had no answer.
fn unsent(was_unknown: bool, code: &str) -> Fate {
    if was_unknown {
        Fate::Open(code.to_owned())
    } else {
        Fate::Refused(vec![code.to_owned()])
    }
}
