//! Random sequences of all commands, against a model that is simpler than the server.
//!
//! The model (`state`, `stock`, `money`) says of every command whether it is accepted, else with
//! which codes it is refused, and what the world looks like afterwards. After every command levels,
//! open items and exposures are compared, now and then all documents too; at the end the harness
//! checks the books. `undo` holds that what is done and undone leaves the world as it was.
//!
//! The seeds are fixed. `scripts/soak` plays new ones for a while: `STOCKROOM_SOAK_SECONDS` says
//! for how long, `STOCKROOM_SEED` plays one, `STOCKROOM_COMMANDS` says how many commands a sequence
//! has.

mod billing;
mod buying;
mod commands;
pub mod compare;
pub mod dice;
mod documents;
mod editing;
mod money;
mod payments;
mod player;
mod receiving;
mod returns;
mod selling;
mod shelf;
mod shipping;
mod state;
pub mod stock;
mod undo;

use std::time::{Duration, Instant};

use commands::{COMMANDS, EXCEPTIONS};
use player::Player;
use serde_json::json;

use crate::stock::explanation;
use crate::support::{Engine, TestServer};

/// How many seeds, from 1, every run of the tests plays.
const SEQUENCES: u64 = 4;
const UNDONE: u64 = 3;
const LENGTH: u64 = 150;
/// All documents are compared after so many commands.
const DOCUMENTS_EVERY: u64 = 30;

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is a number, not {text}")))
}

/// The seeds to be played: one that is named, new ones for a while, or the fixed ones.
struct Seeds {
    next: u64,
    left: u64,
    until: Option<Instant>,
}

impl Seeds {
    fn get(salt: u64, fixed: u64) -> Self {
        if let Some(seed) = setting("STOCKROOM_SEED") {
            return Self {
                next: seed,
                left: 1,
                until: None,
            };
        }
        let Some(seconds) = setting("STOCKROOM_SOAK_SECONDS") else {
            return Self {
                next: 1,
                left: fixed,
                until: None,
            };
        };
        let until = Some(Instant::now() + Duration::from_secs(seconds));
        let now = stockroom::platform::clock::now()
            .to_utc()
            .timestamp_millis();
        let next = now.unsigned_abs() % 1_000_000_000 * 10 + salt;
        Self {
            next,
            left: u64::MAX,
            until,
        }
    }
}

impl Iterator for Seeds {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let is_over = self.until.is_some_and(|until| Instant::now() >= until);
        if self.left == 0 || is_over {
            return None;
        }
        self.left -= 1;
        let seed = self.next;
        self.next += 10;
        if self.until.is_none() {
            self.next = seed + 1;
        }
        Some(seed)
    }
}

/// Plays a sequence, and compares after every command.
async fn play(engine: Engine, seed: u64) {
    let server = TestServer::start(engine).await;
    let mut player = Player::open(&server, seed).await;
    let length = setting("STOCKROOM_COMMANDS").unwrap_or(LENGTH);
    for number in 1..=length {
        commands::play_any(&mut player).await;
        compare::check(&player).await;
        if number % DOCUMENTS_EVERY == 0 || number == length {
            compare::check_documents(&player).await;
            explanation::assert_all_add_up(&player.client).await;
        }
    }
    let (accepted, refused) = (player.accepted, player.refused);
    println!("seed {seed} on {engine:?}: {accepted} accepted, {refused} refused");
    drop(player);
    server.stop_with_right_books().await;
}

mod sequences_of_all_commands_do_what_a_simple_model_says {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() {
        for seed in Seeds::get(0, SEQUENCES) {
            play(Engine::Sqlite, seed).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() {
        for seed in Seeds::get(1, SEQUENCES) {
            play(Engine::Postgres, seed).await;
        }
    }
}

mod what_is_done_and_undone_leaves_everything_as_it_was {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() {
        for seed in Seeds::get(2, UNDONE) {
            undo::law(Engine::Sqlite, seed).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() {
        for seed in Seeds::get(3, UNDONE) {
            undo::law(Engine::Postgres, seed).await;
        }
    }
}

both! {
    async fn every_mutation_is_played_or_is_an_exception_with_a_reason(server: &TestServer) {
        let query = "{ __schema { mutationType { fields { name } } } }";
        let data = server.client().query(query, json!({})).await;
        let fields = data.pointer("/__schema/mutationType/fields").cloned();
        let fields = fields.and_then(|fields| fields.as_array().cloned()).unwrap_or_default();
        let mut mutations: Vec<String> =
            fields.iter().filter_map(|field| field["name"].as_str()).map(str::to_owned).collect();
        mutations.sort();
        let played = COMMANDS.iter().map(|(name, _)| *name);
        let excepted = EXCEPTIONS.iter().map(|(name, _)| *name);
        let mut known: Vec<&str> = played.chain(excepted).collect();
        known.sort_unstable();
        assert_eq!(
            known, mutations,
            "every mutation (right) is in COMMANDS or in EXCEPTIONS (left), and once"
        );
    }
}
