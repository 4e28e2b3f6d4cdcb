//! Products and variants.

use serde_json::{Value, json};

use super::parts::{self, unfit};
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![create(), archive(world)]
}

fn create() -> Mutation {
    let variant = json!({
        "sku": "NEW-1", "name": "Red", "unit": "EACH", "price": "9.5", "externalId": "new-1",
        "barcodes": ["4006381333931", "NEW 1"],
        "metadata": { "colour": "red" },
    });
    let baseline = json!({
        "name": "New product",
        "externalId": "new",
        "metadata": { "shelf": "A3" },
        "idempotencyKey": "productCreate",
        "variants": [variant],
    });
    let rows = [
        parts::shape(&["name", "variants"]),
        parts::text("/name", 200),
        parts::text("/externalId", 64),
        parts::text("/variants/0/sku", 64),
        parts::text("/variants/0/name", 200),
        parts::text("/variants/0/unit", 64),
        parts::text("/variants/0/externalId", 64),
        parts::price("/variants/0/price"),
        parts::metadata("/metadata"),
        parts::metadata("/variants/0/metadata"),
        parts::key(USED_KEY),
        unfit(
            "/variants",
            &[json!("x"), json!([1]), json!([null]), json!([{}])],
        ),
        parts::text("/variants/0/barcodes/0", 64),
        unfit("/variants/0/barcodes", &[json!([1]), json!([null])]),
        taken(),
        barcodes("variants.0.barcodes"),
        twice(&variant),
        create_several(),
    ];
    Mutation {
        name: "productCreate",
        baseline,
        rows: rows.concat(),
    }
}

fn taken() -> Vec<Row> {
    vec![
        row("the SKU is taken, in another case and width")
            .set("/variants/0/sku", " ｂolt ")
            .gives("DUPLICATE", "variants.0.sku"),
        row("the SKU is taken by an archived variant")
            .set("/variants/0/sku", "GONE")
            .gives("DUPLICATE", "variants.0.sku"),
        row("the variant's external id is taken")
            .set("/variants/0/externalId", "bolt")
            .gives("DUPLICATE", "variants.0.externalId"),
        row("the product's external id is taken")
            .set("/externalId", "bolt")
            .gives("DUPLICATE", "externalId"),
        row("the unit is unknown")
            .set("/variants/0/unit", "FURLONG")
            .invalid("variants.0.unit"),
        row("the unit is in the wrong case")
            .set("/variants/0/unit", "each")
            .invalid("variants.0.unit"),
    ]
}

/// Barcodes that a variant cannot have; `BARE` has 5901234123457, the archived `GONE` has OLD-1.
pub fn barcodes(place: &str) -> Vec<Row> {
    let pointer = format!("/{}", place.replace('.', "/"));
    let many: Vec<String> = (0..21).map(|number| format!("MANY-{number}")).collect();
    let all = |codes: &[&str]| json!(codes);
    vec![
        row("21 barcodes").set(&pointer, json!(many)).invalid(place),
        row("a barcode twice, with spaces")
            .set(&pointer, all(&["A1", "B2", " A 1"]))
            .invalid(&format!("{place}.2")),
        row("a GTIN twice, with a leading zero")
            .set(&pointer, all(&["036000291452", "0036000291452"]))
            .invalid(&format!("{place}.1")),
        row("barcodes of others")
            .set(&pointer, all(&["05901234123457", "C3", "OLD-1"]))
            .gives("DUPLICATE", &format!("{place}.0"))
            .gives("DUPLICATE", &format!("{place}.2")),
    ]
}

fn twice(variant: &Value) -> Vec<Row> {
    let many = |count: usize| {
        let one = |index: usize| json!({ "sku": format!("MANY-{index}") });
        Value::from((0..count).map(one).collect::<Vec<Value>>())
    };
    vec![
        row("no variants")
            .set("/variants", json!([]))
            .invalid("variants"),
        row("251 variants")
            .set("/variants", many(251))
            .invalid("variants"),
        row("two variants of one SKU and external id")
            .set("/variants/1", variant.clone())
            .set("/variants/1/sku", "new-1")
            .invalid("variants.1.sku")
            .invalid("variants.1.barcodes.0")
            .invalid("variants.1.barcodes.1")
            .invalid("variants.1.externalId"),
        row("two variants without a SKU are not twins")
            .set("/variants/1", json!({ "sku": " " }))
            .set("/variants/0/sku", " ")
            .invalid("variants.0.sku")
            .invalid("variants.1.sku"),
    ]
}

fn create_several() -> Vec<Row> {
    vec![
        row("several errors at once")
            .set("/name", "")
            .set("/externalId", "bolt")
            .set("/idempotencyKey", " ")
            .set("/variants/0/sku", "BOLT")
            .set("/variants/0/price", "-1")
            .set(
                "/variants/1",
                json!({ "sku": "a\0", "unit": "FURLONG", "name": "x".repeat(201) }),
            )
            .invalid("name")
            .gives("DUPLICATE", "externalId")
            .invalid("idempotencyKey")
            .gives("DUPLICATE", "variants.0.sku")
            .invalid("variants.0.price")
            .invalid("variants.1.sku")
            .invalid("variants.1.unit")
            .invalid("variants.1.name"),
    ]
}

fn archive(world: &World) -> Mutation {
    let ids = (
        world.unknown.variant.as_str(),
        world.unknown.warehouse.as_str(),
    );
    let rows = [
        parts::shape(&["variant"]),
        parts::reference("/variant", ids, "sku"),
        parts::key(USED_KEY),
        vec![
            row("archived already")
                .set("/variant", json!({ "sku": "GONE" }))
                .gives("INVALID_STATE", "variant"),
            row("several errors at once")
                .set("/variant", json!({ "externalId": "gone" }))
                .set("/idempotencyKey", "")
                .gives("INVALID_STATE", "variant")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "productVariantArchive",
        baseline: json!({ "variant": { "sku": "GOING" }, "idempotencyKey": "archive" }),
        rows: rows.concat(),
    }
}
