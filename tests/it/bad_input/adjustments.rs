//! Adjustments.

use serde_json::{Value, json};

use super::parts::{self, unfit};
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    let unknown = &world.unknown;
    let full = json!({
        "variant": { "sku": "BOLT" },
        "place": "SELLABLE",
        "change": { "delta": "2" },
        "unitCost": "1.5",
    });
    let baseline = json!({
        "warehouse": { "code": "MAIN" },
        "reason": "OTHER",
        "lines": [full],
        "note": "found behind the shelf,\nall of them",
        "date": "2024-02-29",
        "externalId": "adjustment-new",
        "idempotencyKey": "stockAdjust",
    });
    let wrong_enums = [json!("MAYBE"), json!("count"), json!(1), Value::Null];
    let rows = [
        parts::shape(&["warehouse", "reason", "lines"]),
        parts::reference("/warehouse", (&unknown.warehouse, &unknown.variant), "code"),
        parts::different_lines("/lines", &full, "variant"),
        parts::reference(
            "/lines/0/variant",
            (&unknown.variant, &unknown.warehouse),
            "sku",
        ),
        parts::more_or_fewer_pieces("/lines/0/change/delta"),
        counted_parts(),
        parts::price("/lines/0/unitCost"),
        parts::past_day("/date"),
        parts::note("/note"),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        unfit("/reason", &wrong_enums),
        unfit("/lines/0/place", &wrong_enums),
        unfit("/lines/0/place", &[json!("TRANSIT"), json!("OUTSIDE")]),
        shapes(),
        rules(),
        levels(),
        several(),
    ];
    vec![
        Mutation {
            name: "stockAdjust",
            baseline,
            rows: rows.concat(),
        },
        reverse(world),
    ]
}

fn reverse(world: &World) -> Mutation {
    let (name, field) = ("stockAdjustReverse", "/stockAdjustment");
    let (unknown, adjustments) = (&world.unknown, &world.adjustments);
    let ids = (unknown.adjustment.as_str(), unknown.variant.as_str());
    let by = |id: &str| json!({ "id": id });
    let rules = vec![
        row("it is reversed already")
            .set(field, by(&adjustments.reversed))
            .gives("INVALID_STATE", "stockAdjustment"),
        row("what it found is gone")
            .set(field, by(&adjustments.gone))
            .gives("INSUFFICIENT_STOCK", "stockAdjustment"),
        row("earlier than the adjustment")
            .set("/date", "2024-02-28")
            .invalid("date"),
        row("several errors at once")
            .set(field, by(&adjustments.reversed))
            .set("/reason", "")
            .set("/date", "2999-01-01")
            .gives("INVALID_STATE", "stockAdjustment")
            .invalid("reason")
            .invalid("date"),
    ];
    let rows = [
        parts::shape(&["stockAdjustment", "reason"]),
        parts::reference(field, ids, "number"),
        parts::text("/reason", 200),
        parts::past_day("/date"),
        parts::key(USED_KEY),
        rules,
    ];
    Mutation {
        name,
        baseline: json!({
            "stockAdjustment": by(&adjustments.reversible), "reason": "counted twice",
            "date": "2024-03-01", "idempotencyKey": name,
        }),
        rows: rows.concat(),
    }
}

fn counted(quantity: &str, expected: &str) -> Value {
    json!({ "counted": { "quantity": quantity, "expectedQuantity": expected } })
}

fn line(sku: &str, change: Value) -> Value {
    json!({ "variant": { "sku": sku }, "change": change })
}

fn delta(delta: &str) -> Value {
    json!({ "delta": delta })
}

/// Both numbers of a count, each spoilt beside a good one.
fn counted_parts() -> Vec<Row> {
    let quantity = "/lines/0/change/counted/quantity";
    let expected = "/lines/0/change/counted/expectedQuantity";
    let counts = |row: Row| row.instead("/lines/0/change", counted("5", "10000"));
    [parts::pieces_or_none(quantity), parts::number(expected)]
        .concat()
        .into_iter()
        .map(counts)
        .collect()
}

fn shapes() -> Vec<Row> {
    let both = json!({
        "delta": "1", "counted": { "quantity": "1", "expectedQuantity": "2" },
    });
    let mut rows = unfit(
        "/lines/0/change",
        &[
            both,
            json!({}),
            json!("1"),
            json!([[]]),
            json!({ "delta": null }),
            json!({ "counted": "1" }),
            json!({ "counted": { "quantity": "1" } }),
            json!({ "counted": { "expectedQuantity": "1" } }),
        ],
    );
    rows.push(
        row("a line without a change")
            .unset("/lines/0/change")
            .unfit(),
    );
    rows.push(
        row("a line without a variant")
            .unset("/lines/0/variant")
            .unfit(),
    );
    rows
}

fn rules() -> Vec<Row> {
    vec![
        row("the warehouse is archived")
            .set("/warehouse", json!({ "code": "OLD" }))
            .gives("ARCHIVED", "warehouse"),
        row("the variant is archived")
            .set("/lines/0/variant", json!({ "sku": "GONE" }))
            .gives("ARCHIVED", "lines.0.variant"),
        row("the external id is taken")
            .set("/externalId", "adjusted")
            .gives("DUPLICATE", "externalId"),
        row("the reason OTHER, and no note")
            .unset("/note")
            .invalid("note"),
        row("four decimals of a kilogram")
            .set("/lines/0", line("SALT", delta("-1.2345")))
            .invalid("lines.0.change.delta"),
        row("four decimals of a kilogram, counted")
            .set("/lines/0", line("SALT", counted("1.2345", "12.5")))
            .invalid("lines.0.change.counted.quantity"),
        row("the same variant twice")
            .set("/lines/1", line("BOLT", delta("-1")))
            .invalid("lines.1.variant"),
        row("the same variant twice, named differently")
            .set("/lines/1", line("x", counted("5", "10")))
            .set("/lines/1/variant", json!({ "externalId": "bolt" }))
            .invalid("lines.1.variant"),
        row("a value that is too large")
            .set("/lines/0/change", delta("1000"))
            .set("/lines/0/unitCost", "999999999999")
            .invalid("lines.0.unitCost"),
    ]
}

/// What the levels do not allow.
fn levels() -> Vec<Row> {
    vec![
        row("more taken away than is there")
            .set("/lines/0", line("SALT", delta("-12.501")))
            .invalid("lines.0.change.delta"),
        row("the most that can be said, taken away")
            .set("/lines/0", line("SALT", delta("-999999999999")))
            .invalid("lines.0.change.delta"),
        row("taken away where nothing ever was")
            .set("/warehouse", json!({ "code": "SIDE" }))
            .set("/lines/0", line("SALT", delta("-1")))
            .invalid("lines.0.change.delta"),
        row("taken out of a quarantine that is empty")
            .set("/lines/0/place", "QUARANTINE")
            .set("/lines/0/change", delta("-1"))
            .invalid("lines.0.change.delta"),
        row("a count after the books have moved on")
            .set("/lines/0", line("SALT", counted("12", "13")))
            .gives("STALE", "lines.0.change.counted.expectedQuantity"),
        row("a count of a quarantine that is empty")
            .set("/lines/0", line("SALT", counted("12", "12.5")))
            .set("/lines/0/place", "QUARANTINE")
            .gives("STALE", "lines.0.change.counted.expectedQuantity"),
        row("a count that changes nothing")
            .set("/lines/0", line("SALT", counted("12.5", "12.500")))
            .invalid("lines.0.change.counted.quantity"),
        row("found, where nothing is on hand to take a cost from")
            .set("/warehouse", json!({ "code": "SIDE" }))
            .set("/lines/0", line("SALT", delta("1")))
            .invalid("lines.0.unitCost"),
        row("counted, where nothing is on hand to take a cost from")
            .set("/warehouse", json!({ "code": "SIDE" }))
            .set("/lines/0", line("SALT", counted("1", "0")))
            .invalid("lines.0.unitCost"),
        row("several levels do not allow it")
            .set("/lines/0", line("SALT", counted("12", "13")))
            .set("/lines/1", line("BARE", delta("-11")))
            .set("/lines/2", line("SAND", delta("1")))
            .gives("STALE", "lines.0.change.counted.expectedQuantity")
            .invalid("lines.1.change.delta")
            .invalid("lines.2.unitCost"),
    ]
}

fn several() -> Vec<Row> {
    let with_cost = |mut line: Value, cost: &str| {
        line["unitCost"] = json!(cost);
        line
    };
    vec![
        row("several errors at once")
            .set("/warehouse", json!({ "code": "OLD" }))
            .set("/date", "2999-01-01")
            .set("/note", "")
            .set("/externalId", "adjusted")
            .set("/idempotencyKey", "")
            .set("/lines/0", with_cost(line("", delta("0")), "-1"))
            .set("/lines/1", line("x", delta("x")))
            .set("/lines/2", line("BOLT", counted("-1", "")))
            .set("/lines/3", line("BOLT", delta("0.5")))
            .set("/lines/4", line("GONE", delta("1")))
            .gives("ARCHIVED", "warehouse")
            .invalid("date")
            .invalid("note")
            .gives("DUPLICATE", "externalId")
            .invalid("idempotencyKey")
            .invalid("lines.0.variant.sku")
            .invalid("lines.0.change.delta")
            .invalid("lines.0.unitCost")
            .gives("NOT_FOUND", "lines.1.variant")
            .invalid("lines.1.change.delta")
            .invalid("lines.2.change.counted.quantity")
            .invalid("lines.2.change.counted.expectedQuantity")
            .invalid("lines.3.change.delta")
            .invalid("lines.3.variant")
            .gives("ARCHIVED", "lines.4.variant"),
    ]
}
