//! Stock counts: people count shelves while all the others sell from them.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::caller::Command;
use crate::commands::{code, command, lines, of, warehouse};
use crate::world::{World, each};

/// Its lines are not named so: what they say changes until the count is posted.
const COUNT: &str = "stockCount { id number status shelves: lines { variant { sku } } }";
const POSTED: &str = "stockCount { id shelves: lines { counted difference variant { sku } } \
     stockAdjustment { id number warehouse { code } lines { id delta place variant { sku } } } }";

/// Begins a count of a few variants.
pub fn begin(random: &mut ChaCha8Rng, _: &World) -> Option<Command> {
    let mut variants = lines(random, 3, |_, variant, _| variant);
    variants.dedup();
    let input = json!({
        "warehouse": code(warehouse(random)),
        "variants": variants,
        "isBlind": random.random_bool(0.5),
        "recountOver": if random.random_ratio(1, 4) { json!("20") } else { Value::Null },
    });
    command("stockCountCreate", COUNT, input)
}

/// Records what is on the shelves: about what was there at the beginning.
pub fn record(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let count = world.counting.pick(random)?;
    let mut counted = Vec::new();
    each(&count["shelves"], |line| {
        let sku = line["variant"]["sku"].as_str().unwrap_or_default();
        let pieces = if sku.starts_with("HOT") {
            random.random_range(0..=20)
        } else {
            random.random_range(285..=305)
        };
        counted.push(json!({ "variant": { "sku": sku }, "quantity": pieces.to_string() }));
    });
    let input = json!({ "stockCount": of(&count), "lines": counted });
    command("stockCountRecord", COUNT, input)
}

/// Finishes a count of which everything was recorded.
pub fn finish(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let count = world.counted.pick(random)?;
    command(
        "stockCountFinish",
        COUNT,
        json!({ "stockCount": of(&count) }),
    )
}

/// Corrects the differences.
pub fn post(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let count = world.finished.pick(random)?;
    let mut costs = Vec::new();
    each(&count["shelves"], |line| {
        costs.push(json!({ "variant": line["variant"], "unitCost": "4" }));
    });
    let input = json!({ "stockCount": of(&count), "unitCosts": costs });
    command("stockCountPost", POSTED, input)
}

/// Gives a count up.
pub fn cancel(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let count = world.counting.pick(random)?;
    let input = json!({ "stockCount": of(&count) });
    command("stockCountCancel", "stockCount { id status }", input)
}
