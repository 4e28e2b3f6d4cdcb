//! The steps of fulfilments.

use serde_json::{Value, json};

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![
        pick(world),
        pack(world),
        deliver(world),
        give_up(world),
        track(world),
    ]
}

/// References, keys, and a state that a step cannot be taken in.
fn on_fulfilment(world: &World, refused: &str) -> Vec<Row> {
    let unknown = entity::vocab::FulfilmentId::generate().to_string();
    let rows = [
        parts::shape(&["fulfilment"]),
        parts::reference("/fulfilment", (&unknown, &world.unknown.variant), "number"),
        parts::key(USED_KEY),
        vec![
            row("a fulfilment that is past that")
                .set("/fulfilment", json!({ "id": refused }))
                .gives("INVALID_STATE", "fulfilment"),
            row("a fulfilment that is past that, and more")
                .set("/fulfilment", json!({ "id": refused }))
                .set("/idempotencyKey", "")
                .gives("INVALID_STATE", "fulfilment")
                .invalid("idempotencyKey"),
        ],
    ];
    rows.concat()
}

fn step(world: &World, name: &'static str, of: &str, more: Value, rows: Vec<Row>) -> Mutation {
    let mut baseline = more;
    baseline["fulfilment"] = json!({ "id": of });
    baseline["idempotencyKey"] = json!(name);
    Mutation {
        name,
        baseline,
        rows: [on_fulfilment(world, &world.selling.cancelled), rows].concat(),
    }
}

fn pick(world: &World) -> Mutation {
    let of = &world.selling.pending[0];
    step(world, "fulfilmentPick", of, json!({}), Vec::new())
}

fn pack(world: &World) -> Mutation {
    let more = json!({ "packageCount": 2, "weight": "1.5" });
    let rows = [
        parts::number("/weight"),
        vec![
            row("no package")
                .set("/packageCount", 0)
                .invalid("packageCount"),
            row("too many packages")
                .set("/packageCount", 10_001)
                .invalid("packageCount"),
        ],
    ];
    step(
        world,
        "fulfilmentPack",
        &world.selling.pending[1],
        more,
        rows.concat(),
    )
}

fn deliver(world: &World) -> Mutation {
    let early = row("before it was shipped")
        .set("/deliveredOn", "2024-01-01")
        .invalid("deliveredOn");
    let rows = [parts::past_day("/deliveredOn"), vec![early]].concat();
    let today = stockroom::platform::clock::now()
        .to_utc()
        .format("%Y-%m-%d")
        .to_string();
    let more = json!({ "deliveredOn": today });
    step(
        world,
        "fulfilmentDeliver",
        &world.selling.shipped,
        more,
        rows,
    )
}

fn give_up(world: &World) -> Mutation {
    let of = &world.selling.pending[2];
    step(world, "fulfilmentCancel", of, json!({}), Vec::new())
}

fn track(world: &World) -> Mutation {
    let more = json!({
        "carrier": "Post", "trackingNumber": "T-2", "trackingUrl": "https://post.example/2",
    });
    let rows = [
        parts::text("/carrier", 200),
        parts::text("/trackingNumber", 64),
        parts::text("/externalId", 64),
        parts::metadata("/metadata"),
        vec![
            row("the external id is taken")
                .set("/externalId", "fulfilled")
                .gives("DUPLICATE", "externalId"),
            row("a version it does not have")
                .set("/expectedVersion", 999)
                .gives("STALE", "expectedVersion"),
            row("a link that is none")
                .set("/trackingUrl", "post")
                .invalid("trackingUrl"),
        ],
    ];
    step(
        world,
        "fulfilmentUpdate",
        &world.selling.shipped,
        more,
        rows.concat(),
    )
}
