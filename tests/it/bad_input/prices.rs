//! Price lists, categories, and changes of products and variants.

use entity::vocab::{CategoryId, PriceListId, ProductId};
use serde_json::{Value, json};

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![
        list_create(),
        list_update(world),
        list_archive(world),
        items(world),
        category_create(world),
        category_update(world),
        product(world),
        variant_create(world),
        variant_update(world),
        costing(world),
    ]
}

fn several(of: &[&str]) -> Row {
    let first = row("several errors at once")
        .set("/idempotencyKey", "")
        .invalid("idempotencyKey");
    of.iter().fold(first, |row, field| {
        row.set(&format!("/{field}"), " ").invalid(field)
    })
}

fn stale() -> Row {
    row("a version it does not have")
        .set("/expectedVersion", 999)
        .gives("STALE", "expectedVersion")
}

fn list_create() -> Mutation {
    let rows = [
        parts::shape(&["code", "name"]),
        parts::text("/code", 64),
        parts::text("/name", 200),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        vec![
            row("no currency")
                .set("/currency", "EURO")
                .invalid("currency"),
            row("the code is taken")
                .set("/code", "trade")
                .gives("DUPLICATE", "code"),
            several(&["code", "name"]),
        ],
    ];
    Mutation {
        name: "priceListCreate",
        baseline: json!({
            "code": "LIST-NEW", "name": "New", "currency": "EUR", "externalId": "list-new",
            "idempotencyKey": "priceListCreate",
        }),
        rows: rows.concat(),
    }
}

fn list_reference(world: &World) -> Vec<Row> {
    let unknown = PriceListId::generate().to_string();
    let archived = row("an archived list")
        .set("/priceList", json!({ "code": "OLD" }))
        .gives("INVALID_STATE", "priceList");
    let rows = [
        parts::shape(&["priceList"]),
        parts::reference("/priceList", (&unknown, &world.unknown.variant), "code"),
        parts::key(USED_KEY),
        vec![archived],
    ];
    rows.concat()
}

fn list_update(world: &World) -> Mutation {
    let rows = [
        list_reference(world),
        parts::text("/name", 200),
        parts::text("/externalId", 64),
        vec![stale(), several(&["name"])],
    ];
    Mutation {
        name: "priceListUpdate",
        baseline: json!({
            "priceList": { "code": "TRADE" }, "name": "Trade", "externalId": "trade-2",
            "idempotencyKey": "priceListUpdate",
        }),
        rows: rows.concat(),
    }
}

fn list_archive(world: &World) -> Mutation {
    let both = row("an archived list, and more")
        .set("/priceList", json!({ "code": "OLD" }))
        .set("/idempotencyKey", "")
        .gives("INVALID_STATE", "priceList")
        .invalid("idempotencyKey");
    Mutation {
        name: "priceListArchive",
        baseline: json!({
            "priceList": { "code": "GOING" }, "idempotencyKey": "priceListArchive",
        }),
        rows: [list_reference(world), vec![both]].concat(),
    }
}

fn items(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let item = json!({
        "variant": { "sku": "BOLT" }, "minimumQuantity": "5", "validFrom": "2026-01-01",
        "validUntil": "2026-12-31", "unitPrice": "2",
    });
    let rows = [
        list_reference(world),
        parts::reference(
            "/items/0/variant",
            (&unknown.variant, &unknown.order),
            "sku",
        ),
        parts::pieces_or_none("/items/0/minimumQuantity"),
        parts::price("/items/0/unitPrice"),
        vec![
            stale(),
            row("no item").set("/items", json!([])).invalid("items"),
            row("it ends before it begins")
                .set("/items/0/validUntil", "2025-12-31")
                .invalid("items.0.validUntil"),
            row("the same step twice")
                .set("/items/1", item.clone())
                .invalid("items.1"),
            row("a step that is not there is taken off")
                .set("/items/0/unitPrice", Value::Null)
                .gives("NOT_FOUND", "items.0"),
            row("the variant is archived")
                .set("/items/0/variant", json!({ "sku": "GONE" }))
                .gives("ARCHIVED", "items.0.variant"),
            row("several errors at once")
                .set("/items/0/unitPrice", "-1")
                .set("/idempotencyKey", "")
                .invalid("items.0.unitPrice")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "priceListItemsSet",
        baseline: json!({
            "priceList": { "code": "TRADE" }, "items": [item],
            "idempotencyKey": "priceListItemsSet",
        }),
        rows: rows.concat(),
    }
}

fn category_create(world: &World) -> Mutation {
    let unknown = CategoryId::generate().to_string();
    let rows = [
        parts::shape(&["code", "name"]),
        parts::reference("/parent", (&unknown, &world.unknown.variant), "code"),
        parts::text("/code", 64),
        parts::text("/name", 200),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        vec![
            row("too far back")
                .set("/position", 1_000_001)
                .invalid("position"),
            row("the code is taken")
                .set("/code", "tools")
                .gives("DUPLICATE", "code"),
            several(&["code", "name"]),
        ],
    ];
    Mutation {
        name: "categoryCreate",
        baseline: json!({
            "code": "NEW", "name": "New", "parent": { "code": "TOOLS" }, "position": 1,
            "externalId": "category-new", "idempotencyKey": "categoryCreate",
        }),
        rows: rows.concat(),
    }
}

fn category_update(world: &World) -> Mutation {
    let unknown = CategoryId::generate().to_string();
    let rows = [
        parts::shape(&["category"]),
        parts::reference("/category", (&unknown, &world.unknown.variant), "code"),
        parts::text("/code", 64),
        parts::text("/name", 200),
        parts::key(USED_KEY),
        vec![
            stale(),
            row("it would grow from itself")
                .set("/category", json!({ "code": "TOOLS" }))
                .set("/code", "TOOLS-2")
                .set("/parent", json!({ "code": "SAWS" }))
                .invalid("parent"),
            several(&["code", "name"]),
        ],
    ];
    Mutation {
        name: "categoryUpdate",
        baseline: json!({
            "category": { "code": "SAWS" }, "code": "SAWS-2", "name": "Saws", "position": 2,
            "idempotencyKey": "categoryUpdate",
        }),
        rows: rows.concat(),
    }
}

fn product(world: &World) -> Mutation {
    let unknown = ProductId::generate().to_string();
    let category = CategoryId::generate().to_string();
    let of = (unknown.as_str(), world.unknown.variant.as_str());
    let rows = [
        parts::shape(&["product"]),
        parts::reference_by("/product", of, &["externalId"]),
        parts::reference("/category", (&category, &world.unknown.variant), "code"),
        parts::text("/name", 200),
        parts::key(USED_KEY),
        vec![
            stale(),
            row("the external id is taken")
                .set("/externalId", "salt")
                .gives("DUPLICATE", "externalId"),
            several(&["name"]),
        ],
        parts::metadata("/metadata"),
    ];
    Mutation {
        name: "productUpdate",
        baseline: json!({
            "product": { "externalId": "bolt" }, "name": "Bolt", "category": { "code": "TOOLS" },
            "externalId": "bolt", "idempotencyKey": "productUpdate",
        }),
        rows: rows.concat(),
    }
}

fn variant_create(world: &World) -> Mutation {
    let unknown = ProductId::generate().to_string();
    let of = (unknown.as_str(), world.unknown.variant.as_str());
    let rows = [
        parts::shape(&["product", "variant"]),
        parts::reference_by("/product", of, &["externalId"]),
        parts::text("/variant/sku", 64),
        parts::text("/variant/name", 200),
        parts::price("/variant/price"),
        parts::key(USED_KEY),
        vec![
            row("the SKU is taken")
                .set("/variant/sku", "bolt")
                .gives("DUPLICATE", "variant.sku"),
            row("no unit")
                .set("/variant/unit", "PINT")
                .invalid("variant.unit"),
            row("several errors at once")
                .set("/variant/sku", "")
                .set("/idempotencyKey", "")
                .invalid("variant.sku")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "productVariantCreate",
        baseline: json!({
            "product": { "externalId": "salt" },
            "variant": { "sku": "SALT-2", "name": "Fine", "unit": "KG", "price": "1" },
            "idempotencyKey": "productVariantCreate",
        }),
        rows: rows.concat(),
    }
}

fn variant_update(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let rows = [
        parts::shape(&["variant"]),
        parts::reference("/variant", (&unknown.variant, &unknown.order), "sku"),
        parts::text("/name", 200),
        parts::price("/price"),
        parts::text("/barcodes/0", 64),
        super::catalog::barcodes("barcodes"),
        parts::key(USED_KEY),
        vec![
            stale(),
            row("the external id is taken")
                .set("/externalId", "salt")
                .gives("DUPLICATE", "externalId"),
            several(&["name"]),
        ],
        parts::metadata("/metadata"),
    ];
    Mutation {
        name: "productVariantUpdate",
        baseline: json!({
            "variant": { "sku": "BOLT" }, "name": "Bolt", "price": "2.5", "externalId": "bolt",
            "barcodes": ["BOLT 1", "4012345678901"], "idempotencyKey": "productVariantUpdate",
        }),
        rows: rows.concat(),
    }
}

fn costing(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let wrong = [json!("LIFO"), json!("fifo"), json!(1)];
    let rows = [
        parts::shape(&["variant", "costingMethod"]),
        parts::reference("/variant", (&unknown.variant, &unknown.order), "sku"),
        parts::unfit("/costingMethod", &wrong),
        parts::key(USED_KEY),
        vec![
            stale(),
            row("some of it is there")
                .set("/variant", json!({ "sku": "BOLT" }))
                .invalid("costingMethod"),
            row("several errors at once")
                .set("/variant", json!({ "sku": "BOLT" }))
                .set("/expectedVersion", 999)
                .set("/idempotencyKey", "")
                .invalid("costingMethod")
                .gives("STALE", "expectedVersion")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "productVariantChangeCosting",
        baseline: json!({
            "variant": { "sku": "GOING" }, "costingMethod": "FIFO",
            "idempotencyKey": "productVariantChangeCosting",
        }),
        rows: rows.concat(),
    }
}
