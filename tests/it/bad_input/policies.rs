//! Policies of levels.

use serde_json::{Value, json};

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    let unknown = &world.unknown;
    let full = json!({
        "variant": { "sku": "BOLT" }, "expectedVersion": 0, "minimum": "5", "maximum": "50",
        "reorderPoint": "10", "safetyStock": "2",
    });
    let name = "stockPolicySet";
    let baseline = json!({
        "warehouse": { "code": "MAIN" }, "lines": [full], "idempotencyKey": name,
    });
    let ids = (unknown.variant.as_str(), unknown.warehouse.as_str());
    let rows = [
        parts::shape(&["warehouse", "lines"]),
        parts::reference("/warehouse", (ids.1, ids.0), "code"),
        parts::different_lines("/lines", &full, "variant"),
        parts::reference("/lines/0/variant", ids, "sku"),
        parts::pieces_or_none("/lines/0/minimum"),
        parts::number("/lines/0/maximum"),
        parts::number("/lines/0/reorderPoint"),
        parts::pieces_or_none("/lines/0/safetyStock"),
        parts::unfit("/lines/0/expectedVersion", &[json!("x"), json!(0.5)]),
        parts::key(USED_KEY),
        rules(),
    ];
    vec![Mutation {
        name,
        baseline,
        rows: rows.concat(),
    }]
}

fn line(sku: &str, field: &str, quantity: &str) -> Value {
    json!({ "variant": { "sku": sku }, field: quantity })
}

fn rules() -> Vec<Row> {
    vec![
        row("a version it does not have")
            .set("/lines/0/expectedVersion", 3)
            .gives("STALE", "lines.0.expectedVersion"),
        row("half a piece of each")
            .set("/lines/0/maximum", "50.5")
            .set("/lines/0/reorderPoint", "10.5")
            .invalid("lines.0.maximum")
            .invalid("lines.0.reorderPoint"),
        row("a minimum above the maximum")
            .set("/lines/0/minimum", "51")
            .invalid("lines.0.minimum"),
        row("a reorder point above the maximum")
            .set("/lines/0/reorderPoint", "51")
            .invalid("lines.0.reorderPoint"),
        row("a safety stock above the reorder point")
            .set("/lines/0/safetyStock", "11")
            .invalid("lines.0.safetyStock"),
        row("the same variant, named differently")
            .set("/lines/1", json!({ "variant": { "externalId": "bolt" } }))
            .invalid("lines.1.variant"),
        row("several errors at once")
            .set("/warehouse", json!({ "code": "OLD" }))
            .set("/lines/0/minimum", "-1")
            .set("/lines/0/safetyStock", "11.5")
            .set("/lines/1", line("GONE", "maximum", "1"))
            .set("/lines/2", line("NONE", "maximum", "x"))
            .gives("ARCHIVED", "warehouse")
            .invalid("lines.0.minimum")
            .invalid("lines.0.safetyStock")
            .invalid("lines.0.safetyStock")
            .gives("ARCHIVED", "lines.1.variant")
            .gives("NOT_FOUND", "lines.2.variant")
            .invalid("lines.2.maximum"),
    ]
}
