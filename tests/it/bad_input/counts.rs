//! Bad input for stock counts.

use entity::vocab::StockCountId;
use serde_json::{Value, json};

use super::parts;
use super::row::{Mutation, Row, row, times};
use super::world::{USED_KEY, World, text};
use crate::support::Client;

/// Counts of the shop; the open one has the external id `counting`.
pub struct Counting {
    /// An id of the right form that nothing has.
    pub unknown: String,
    /// Of `BARE` and `SALT`, both in MAIN: nothing is recorded yet.
    pub open: String,
    /// Of `GRAVEL`, counted once; to be finished by the baseline.
    pub finishable: String,
    /// Of `IRON`, with a difference that must be counted again.
    pub doubtful: String,
    /// Of `SAND`; to be posted by the baseline.
    pub postable: String,
    /// Of `BOLT` in SIDE; to be cancelled by the baseline.
    pub cancellable: String,
    pub posted: String,
    pub cancelled: String,
    /// What is missing by it is no longer there.
    pub short: String,
    /// What was found by it has no cost.
    pub costless: String,
}

impl Counting {
    /// Makes them.
    pub async fn make(client: &Client) -> Self {
        let posted = counted(client, ("SIDE", "SALT"), "0").await;
        step(client, "stockCountPost", &posted).await;
        let cancelled = begin(client, "SIDE", &["BARE"], "cancelled").await;
        step(client, "stockCountCancel", &cancelled).await;
        let short = counted(client, ("SIDE", "IRON"), "0").await;
        take_away_iron(client).await;
        let finishable = begin(client, "MAIN", &["GRAVEL"], "finishable").await;
        record(client, &finishable, ("GRAVEL", "1")).await;
        let doubtful = begin(client, "MAIN", &["IRON"], "doubtful").await;
        record(client, &doubtful, ("IRON", "1")).await;
        Self {
            unknown: StockCountId::generate().to_string(),
            open: begin(client, "MAIN", &["BARE", "SALT"], "counting").await,
            postable: counted(client, ("MAIN", "SAND"), "0").await,
            cancellable: begin(client, "SIDE", &["BOLT"], "cancellable").await,
            costless: counted(client, ("SIDE", "GRAVEL"), "5").await,
            finishable,
            doubtful,
            posted,
            cancelled,
            short,
        }
    }
}

/// A count, the doubtful one with a limit.
async fn begin(client: &Client, warehouse: &str, skus: &[&str], external_id: &str) -> String {
    let variants: Vec<Value> = skus.iter().map(|sku| json!({ "sku": sku })).collect();
    let over = (external_id == "doubtful").then_some("0");
    let input = json!({
        "warehouse": { "code": warehouse }, "variants": variants, "recountOver": over,
        "date": "2024-02-29", "externalId": external_id,
    });
    let made = client
        .accept("stockCountCreate", input, "stockCount { id }")
        .await;
    text(&made, "/stockCount/id")
}

async fn record(client: &Client, count: &str, (sku, quantity): (&str, &str)) {
    let line = json!({ "variant": { "sku": sku }, "quantity": quantity });
    let input = json!({ "stockCount": { "id": count }, "lines": [line] });
    client
        .accept("stockCountRecord", input, "stockCount { id }")
        .await;
}

/// A finished count of one variant.
async fn counted(client: &Client, (warehouse, sku): (&str, &str), quantity: &str) -> String {
    let external_id = format!("{warehouse} {sku}");
    let count = begin(client, warehouse, &[sku], &external_id).await;
    record(client, &count, (sku, quantity)).await;
    step(client, "stockCountFinish", &count).await;
    count
}

async fn step(client: &Client, mutation: &str, count: &str) {
    let input = json!({ "stockCount": { "id": count } });
    client.accept(mutation, input, "stockCount { id }").await;
}

async fn take_away_iron(client: &Client) {
    let line = json!({ "variant": { "sku": "IRON" }, "change": { "delta": "-1" } });
    let input = json!({ "warehouse": { "code": "SIDE" }, "reason": "LOSS", "lines": [line] });
    client
        .accept("stockAdjust", input, "stockAdjustment { id }")
        .await;
}

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![
        create(world),
        record_rows(world),
        finish(world),
        post(world),
        cancel(world),
    ]
}

fn by(id: &str) -> Value {
    json!({ "id": id })
}

fn create(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let ids = (unknown.variant.as_str(), unknown.warehouse.as_str());
    let name = "stockCountCreate";
    let baseline = json!({
        "warehouse": { "code": "MAIN" }, "variants": [{ "sku": "BOLT" }], "isBlind": true,
        "recountOver": "2.5", "date": "2024-02-29", "note": "the upper\nshelf",
        "externalId": "count-new", "metadata": { "aisle": 3 }, "idempotencyKey": name,
    });
    let wrong = [json!("x"), json!([1]), json!([null]), json!([{}])];
    let rows = [
        parts::shape(&["warehouse"]),
        parts::reference("/warehouse", (ids.1, ids.0), "code"),
        parts::unfit("/variants", &wrong),
        parts::reference("/variants/0", ids, "sku"),
        parts::unfit("/isBlind", &[json!("yes"), json!(1)]),
        parts::number("/recountOver"),
        parts::past_day("/date"),
        parts::note("/note"),
        parts::text("/externalId", 64),
        parts::metadata("/metadata"),
        parts::key(USED_KEY),
        create_rules(),
    ];
    Mutation {
        name,
        baseline,
        rows: rows.concat(),
    }
}

fn create_rules() -> Vec<Row> {
    let bolt = json!({ "sku": "BOLT" });
    let too_many = row("1,001 variants, all the same")
        .set("/variants", times(&bolt, 1_001))
        .invalid("variants");
    let too_many = (1..1_000).fold(too_many, |row, index| {
        row.invalid(&format!("variants.{index}"))
    });
    vec![
        too_many,
        row("no variants")
            .set("/variants", json!([]))
            .invalid("variants"),
        row("everything, of which some is counted already")
            .unset("/variants")
            .invalid("variants"),
        row("everything, where there is nothing")
            .unset("/variants")
            .set("/warehouse", json!({ "code": "EMPTY" }))
            .invalid("variants"),
        row("a variant is counted already")
            .set("/variants/1", json!({ "sku": "BARE" }))
            .gives("DUPLICATE", "variants.1"),
        row("a variant waits to be posted")
            .set("/variants/1", json!({ "sku": "SAND" }))
            .gives("DUPLICATE", "variants.1"),
        row("the same variant, named differently")
            .set("/variants/1", json!({ "externalId": "bolt" }))
            .invalid("variants.1"),
        row("the external id is taken")
            .set("/externalId", "counting")
            .gives("DUPLICATE", "externalId"),
        row("several errors at once")
            .set("/warehouse", json!({ "code": "OLD" }))
            .set("/variants/1", json!({ "sku": "GONE" }))
            .set("/recountOver", "-1")
            .set("/date", "2999-01-01")
            .set("/note", "")
            .set("/externalId", "counting")
            .gives("ARCHIVED", "warehouse")
            .gives("ARCHIVED", "variants.1")
            .invalid("recountOver")
            .invalid("date")
            .invalid("note")
            .gives("DUPLICATE", "externalId"),
    ]
}

fn line(sku: &str, quantity: &str) -> Value {
    json!({ "variant": { "sku": sku }, "quantity": quantity })
}

fn record_rows(world: &World) -> Mutation {
    let (unknown, counting, name) = (&world.unknown, &world.counting, "stockCountRecord");
    let full = line("BARE", "7");
    let rows = [
        parts::shape(&["stockCount", "lines"]),
        parts::reference(
            "/stockCount",
            (&counting.unknown, &unknown.variant),
            "number",
        ),
        parts::different_lines("/lines", &full, "variant"),
        parts::reference(
            "/lines/0/variant",
            (&unknown.variant, &unknown.order),
            "sku",
        ),
        parts::pieces_or_none("/lines/0/quantity"),
        parts::unfit("/expectedVersion", &[json!("1"), json!(1.5)]),
        parts::key(USED_KEY),
        record_rules(counting),
    ];
    Mutation {
        name,
        baseline: json!({ "stockCount": by(&counting.open), "lines": [full],
            "expectedVersion": 1, "idempotencyKey": name }),
        rows: rows.concat(),
    }
}

fn record_rules(counting: &Counting) -> Vec<Row> {
    vec![
        row("it is posted")
            .set("/stockCount", by(&counting.posted))
            .unset("/expectedVersion")
            .set("/lines/0", line("SALT", "1"))
            .gives("INVALID_STATE", "stockCount"),
        row("four decimals of a kilogram")
            .set("/lines/0", line("SALT", "1.2345"))
            .invalid("lines.0.quantity"),
        row("a variant that is not in it")
            .set("/lines/0", line("BOLT", "1"))
            .invalid("lines.0.variant"),
        row("the same variant, named differently")
            .set("/lines/1", line("", "1"))
            .set("/lines/1/variant", json!({ "externalId": "bare" }))
            .invalid("lines.1.variant"),
        row("a line without a quantity")
            .unset("/lines/0/quantity")
            .unfit(),
        row("several errors at once")
            .set("/expectedVersion", 999)
            .set("/lines/0", line("BARE", "0.5"))
            .set("/lines/1", line("BOLT", "-1"))
            .set("/lines/2", line("nothing", "x"))
            .gives("STALE", "expectedVersion")
            .invalid("lines.0.quantity")
            .invalid("lines.1.quantity")
            .invalid("lines.1.variant")
            .invalid("lines.2.quantity")
            .gives("NOT_FOUND", "lines.2.variant"),
    ]
}

/// What is wrong with every step of a count.
fn step_rows(world: &World, version: i64) -> Vec<Row> {
    let counting = &world.counting;
    let ids = (counting.unknown.as_str(), world.unknown.variant.as_str());
    let rules = [
        row("it is cancelled")
            .set("/stockCount", by(&counting.cancelled))
            .unset("/expectedVersion")
            .gives("INVALID_STATE", "stockCount"),
        row("it is posted")
            .set("/stockCount", by(&counting.posted))
            .unset("/expectedVersion")
            .gives("INVALID_STATE", "stockCount"),
        row("it has changed since")
            .set("/expectedVersion", version - 1)
            .gives("STALE", "expectedVersion"),
        row("several errors at once")
            .set("/stockCount", by(&counting.posted))
            .set("/expectedVersion", 999)
            .set("/idempotencyKey", "")
            .gives("STALE", "expectedVersion")
            .gives("INVALID_STATE", "stockCount")
            .invalid("idempotencyKey"),
    ];
    [
        parts::shape(&["stockCount"]),
        parts::reference("/stockCount", ids, "number"),
        parts::unfit("/expectedVersion", &[json!("1"), json!(1.5)]),
        parts::key(USED_KEY),
        rules.to_vec(),
    ]
    .concat()
}

fn baseline(count: &str, version: i64, name: &str) -> Value {
    json!({ "stockCount": by(count), "expectedVersion": version, "idempotencyKey": name })
}

fn finish(world: &World) -> Mutation {
    let (counting, name) = (&world.counting, "stockCountFinish");
    let mut rows = step_rows(world, 2);
    let state = |what: &str, count: &str| {
        row(what)
            .set("/stockCount", by(count))
            .unset("/expectedVersion")
            .gives("INVALID_STATE", "stockCount")
    };
    rows.extend([
        state("nothing is counted", &counting.cancellable),
        state("a large difference was counted once", &counting.doubtful),
        state("it is finished", &counting.postable),
    ]);
    Mutation {
        name,
        baseline: baseline(&counting.finishable, 2, name),
        rows,
    }
}

fn cancel(world: &World) -> Mutation {
    let (counting, name) = (&world.counting, "stockCountCancel");
    Mutation {
        name,
        baseline: baseline(&counting.cancellable, 1, name),
        rows: step_rows(world, 1),
    }
}

fn post(world: &World) -> Mutation {
    let (unknown, counting, name) = (&world.unknown, &world.counting, "stockCountPost");
    let cost = |sku: &str, cost: &str| json!({ "variant": { "sku": sku }, "unitCost": cost });
    let mut baseline = baseline(&counting.postable, 3, name);
    baseline["date"] = json!("2024-02-29");
    baseline["unitCosts"] = json!([cost("SAND", "1.5")]);
    let other = |what: &str, count: &str| {
        row(what)
            .set("/stockCount", by(count))
            .unset("/expectedVersion")
            .unset("/unitCosts")
    };
    let rules = vec![
        other("it is not finished", &counting.open).gives("INVALID_STATE", "stockCount"),
        other("what is missing is gone by now", &counting.short).invalid("stockCount"),
        other("what was found has no cost", &counting.costless).invalid("stockCount"),
        row("earlier than the count")
            .set("/date", "2024-02-28")
            .invalid("date"),
        row("a cost of a variant that is not in it")
            .set("/unitCosts/1", cost("BOLT", "1"))
            .invalid("unitCosts.1.variant"),
        row("a cost given twice")
            .set("/unitCosts/1", cost("sand", "2"))
            .invalid("unitCosts.1.variant"),
        row("no costs")
            .set("/unitCosts", json!([]))
            .invalid("unitCosts"),
    ];
    let rows = [
        step_rows(world, 3),
        parts::past_day("/date"),
        parts::reference(
            "/unitCosts/0/variant",
            (&unknown.variant, &unknown.warehouse),
            "sku",
        ),
        parts::price("/unitCosts/0/unitCost"),
        rules,
    ];
    Mutation {
        name,
        baseline,
        rows: rows.concat(),
    }
}
