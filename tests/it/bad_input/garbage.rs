//! Random values in every place of every mutation's input: an answer, never a failure of ours.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::row::{Mutation, put};
use super::world::World;
use super::{schema, send, shortened, table};
use crate::support::Reply;

/// How many inputs are tried on each database.
const ATTEMPTS: usize = 300;
/// The seed of what is tried: a failure can be run again.
const SEED: [u8; 32] = *b"garbage in, an answer out: 300 x";

both! {
    async fn garbage_in_any_place_is_answered_and_never_an_internal_error(server: &TestServer) {
        let world = World::make(server).await;
        let client = server.client();
        let payloads = schema::payloads(&client).await;
        let table = table(&world);
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let mut accepted = 0;
        for attempt in 0..ATTEMPTS {
            let mutation = &table[attempt % table.len()];
            let input = spoiled(mutation, &mut runner);
            let reply = send(&client, &payloads, mutation.name, &input).await;
            let name = mutation.name;
            assert!(is_answered(&reply), "{name} with {}: HTTP {}, {}",
                shortened(&input), reply.status, shortened(&reply.body));
            accepted += usize::from(reply.body.pointer("/data/payload/errors") == Some(&json!([])));
        }
        assert!(accepted < ATTEMPTS / 2, "{accepted} of {ATTEMPTS} were accepted: too tame");
    }
}

/// An answer to the caller: user errors, or a GraphQL error that is about the input.
fn is_answered(reply: &Reply) -> bool {
    let codes = reply.body["errors"].as_array().cloned().unwrap_or_default();
    let ours = |error: &Value| {
        let code = error.pointer("/extensions/code").and_then(Value::as_str);
        matches!(code, None | Some("INTERNAL" | "UNAVAILABLE"))
    };
    matches!(reply.status, 200 | 400) && !codes.iter().any(ours)
}

/// The baseline with garbage in one to three of its places.
fn spoiled(mutation: &Mutation, runner: &mut TestRunner) -> Value {
    let mut places = Vec::new();
    leaves(&mutation.baseline, "", &mut places);
    let picks = prop::sample::subsequence(places.clone(), 1..=places.len().min(3));
    let mut input = mutation.baseline.clone();
    for place in draw(&picks, runner) {
        put(&mut input, &place, Some(draw(&garbage(), runner)));
    }
    input
}

fn leaves(value: &Value, pointer: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                leaves(field, &format!("{pointer}/{name}"), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, &format!("{pointer}/{index}"), places);
            }
        }
        _ => places.push(pointer.to_owned()),
    }
}

fn draw<S: Strategy>(strategy: &S, runner: &mut TestRunner) -> S::Value {
    strategy
        .new_tree(runner)
        .expect("a value can be drawn")
        .current()
}

fn garbage() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => any::<String>().prop_map(Value::from),
        3 => "\\PC{0,80}".prop_map(Value::from),
        3 => "[-+0-9.eE]{0,40}".prop_map(Value::from),
        2 => "[a-z]{1,16}_[0-9a-hjkmnp-tv-z]{20,30}".prop_map(Value::from),
        1 => "[\\x00-\\x1f'\";%_\\\\]{1,20}".prop_map(Value::from),
        1 => "[\u{200b}\u{202e}\u{feff}\u{301}🂡é]{1,70}".prop_map(Value::from),
        1 => (0..200_000_usize).prop_map(|length| Value::from("9".repeat(length))),
        2 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => Just(json!(null)),
        1 => prop::sample::select(vec![json!(true), json!([]), json!({}), json!([[]])]),
    ]
}
