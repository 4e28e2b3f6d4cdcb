//! Goods receipts.

use serde_json::json;

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    let unknown = &world.unknown;
    let line = json!({ "variant": { "sku": "BOLT" }, "quantity": "3", "unitCost": "1.5" });
    let baseline = json!({
        "warehouse": { "code": "MAIN" },
        "lines": [line],
        "date": "2024-02-29",
        "note": "two\nlines",
        "externalId": "receipt-new",
        "idempotencyKey": "goodsReceiptPost",
    });
    let rows = [
        parts::shape(&["warehouse", "lines"]),
        parts::reference("/warehouse", (&unknown.warehouse, &unknown.variant), "code"),
        parts::lines("/lines", &line),
        parts::reference(
            "/lines/0/variant",
            (&unknown.variant, &unknown.warehouse),
            "sku",
        ),
        parts::pieces("/lines/0/quantity"),
        parts::price("/lines/0/unitCost"),
        parts::past_day("/date"),
        parts::note("/note"),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        rules(),
        too_much(),
        several(),
    ];
    vec![Mutation {
        name: "goodsReceiptPost",
        baseline,
        rows: rows.concat(),
    }]
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
            .set("/externalId", "first")
            .gives("DUPLICATE", "externalId"),
        row("four decimals of a kilogram")
            .set("/lines/0/variant", json!({ "sku": "SALT" }))
            .set("/lines/0/quantity", "1.2345")
            .invalid("lines.0.quantity"),
        row("a line without a cost")
            .unset("/lines/0/unitCost")
            .unfit(),
        row("a line without a quantity")
            .unset("/lines/0/quantity")
            .unfit(),
    ]
}

fn too_much() -> Vec<Row> {
    let most = "999999999999";
    vec![
        row("a value that is too large")
            .set("/lines/0/quantity", most)
            .set("/lines/0/unitCost", most)
            .invalid("lines.0.unitCost"),
        row("lines that add up to too much")
            .set(
                "/lines/1",
                json!({ "variant": { "sku": "SALT" }, "quantity": most, "unitCost": 0 }),
            )
            .set("/lines/0/quantity", most)
            .invalid("lines"),
        row("values that add up to too much")
            .set(
                "/lines/1",
                json!({ "variant": { "sku": "SALT" }, "quantity": 1, "unitCost": most }),
            )
            .set("/lines/0/unitCost", most)
            .set("/lines/0/quantity", 1)
            .invalid("lines"),
        row("more than the level can keep")
            .set(
                "/lines/1",
                json!({
                    "variant": { "sku": "GRAVEL" }, "quantity": "900000000000", "unitCost": 0,
                }),
            )
            .invalid("lines.1.quantity"),
    ]
}

fn several() -> Vec<Row> {
    vec![
        row("several errors at once")
            .set("/warehouse", json!({ "code": "OLD" }))
            .set("/date", "2999-01-01")
            .set("/note", "")
            .set("/externalId", "first")
            .set("/idempotencyKey", "")
            .set(
                "/lines/0",
                json!({ "variant": { "sku": "" }, "quantity": 0, "unitCost": -1 }),
            )
            .set(
                "/lines/1",
                json!({ "variant": { "sku": "x" }, "quantity": "x", "unitCost": "" }),
            )
            .set(
                "/lines/2",
                json!({ "variant": { "sku": "BOLT" }, "quantity": 0.5, "unitCost": 1 }),
            )
            .set(
                "/lines/3",
                json!({ "variant": { "sku": "BOLT" }, "quantity": "0.5", "unitCost": 1 }),
            )
            .gives("ARCHIVED", "warehouse")
            .invalid("date")
            .invalid("note")
            .gives("DUPLICATE", "externalId")
            .invalid("idempotencyKey")
            .invalid("lines.0.variant.sku")
            .invalid("lines.0.quantity")
            .invalid("lines.0.unitCost")
            .gives("NOT_FOUND", "lines.1.variant")
            .invalid("lines.1.quantity")
            .invalid("lines.1.unitCost")
            .invalid("lines.2.quantity")
            .invalid("lines.3.quantity"),
    ]
}
