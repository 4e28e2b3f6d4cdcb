//! Warehouses, and what all records with a code have in common: a code, a name, an external id.

use serde_json::{Value, json};

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of warehouses.
pub fn mutations(world: &World) -> Vec<Mutation> {
    let unknown = &world.unknown;
    let mut archive_warehouse = archive(
        ("warehouseArchive", "warehouse"),
        (&unknown.warehouse, &unknown.customer),
        ("EMPTY", "OLD"),
    );
    archive_warehouse.rows.push(
        row("it holds goods")
            .set("/warehouse", json!({ "code": "MAIN" }))
            .gives("INVALID_STATE", "warehouse"),
    );
    vec![
        create("warehouseCreate", ("MAIN", "OLD")),
        update(world),
        archive_warehouse,
    ]
}

fn create(name: &'static str, (active, archived): (&str, &str)) -> Mutation {
    let rows = [
        parts::shape(&["code", "name"]),
        parts::text("/code", 64),
        parts::text("/name", 200),
        parts::text("/externalId", 64),
        parts::priority(9_999),
        parts::key(USED_KEY),
        taken(active, archived),
    ];
    let baseline = json!({
        "code": "FRESH", "name": "Fresh", "priority": 1, "externalId": "fresh",
        "idempotencyKey": name,
    });
    Mutation {
        name,
        baseline,
        rows: rows.concat(),
    }
}

fn update(world: &World) -> Mutation {
    let name = "warehouseUpdate";
    let ids = (
        world.unknown.warehouse.as_str(),
        world.unknown.customer.as_str(),
    );
    let null = |field: &str| {
        row(format!("{field} is null"))
            .set(&format!("/{field}"), Value::Null)
            .invalid(field)
    };
    let stale = row("another version than the one that was read")
        .set("/expectedVersion", 99)
        .gives("STALE", "expectedVersion");
    let rows = [
        parts::shape(&["warehouse"]),
        parts::reference("/warehouse", ids, "code"),
        parts::text("/code", 64),
        parts::text("/name", 200),
        parts::text("/externalId", 64),
        parts::metadata("/metadata"),
        parts::priority(9_999),
        parts::key(USED_KEY),
        taken("MAIN", "OLD"),
        vec![stale, null("code"), null("name"), null("priority")],
    ];
    Mutation {
        name,
        baseline: json!({
            "warehouse": { "code": "CHANGING" }, "code": "RENAMED", "name": "Renamed",
            "priority": 7, "externalId": "renamed", "metadata": { "a": "b" },
            "expectedVersion": 1, "idempotencyKey": name,
        }),
        rows: rows.concat(),
    }
}

fn taken(active: &str, archived: &str) -> Vec<Row> {
    vec![
        row("the code is taken, in another case")
            .set("/code", format!(" {} ", active.to_lowercase()))
            .gives("DUPLICATE", "code"),
        row("the code is taken by an archived record")
            .set("/code", archived)
            .gives("DUPLICATE", "code"),
        row("the external id is taken")
            .set("/externalId", archived.to_lowercase())
            .gives("DUPLICATE", "externalId"),
        row("several errors at once, of two records that are in the way")
            .set("/code", active)
            .set("/externalId", archived.to_lowercase())
            .set("/name", "x".repeat(201))
            .set("/idempotencyKey", "a\0b")
            .gives("DUPLICATE", "code")
            .gives("DUPLICATE", "externalId")
            .invalid("name")
            .invalid("idempotencyKey"),
        row("everything is blank")
            .set("/code", "")
            .set("/name", " ")
            .set("/externalId", "\t")
            .set("/idempotencyKey", "")
            .invalid("code")
            .invalid("name")
            .invalid("externalId")
            .invalid("idempotencyKey"),
    ]
}

/// Archiving: mutation and field, ids that nothing has, an active and an archived code.
pub fn archive(
    (name, field): (&'static str, &str),
    ids: (&str, &str),
    (active, archived): (&str, &str),
) -> Mutation {
    let pointer = format!("/{field}");
    let rows = [
        parts::shape(&[field]),
        parts::reference(&pointer, ids, "code"),
        parts::key(USED_KEY),
        vec![
            row("archived already")
                .set(&pointer, json!({ "code": archived }))
                .gives("INVALID_STATE", field),
            row("several errors at once")
                .set(&pointer, json!({ "externalId": archived.to_lowercase() }))
                .set("/idempotencyKey", "x".repeat(201))
                .gives("INVALID_STATE", field)
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name,
        baseline: json!({ field: { "code": active }, "idempotencyKey": name }),
        rows: rows.concat(),
    }
}
