//! Holds, and converting one into an order.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;
use stockroom::platform::clock;

use super::documents::Hold;
use super::parts::{self, unfit};
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module, and the one of sales that ends a hold.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![create(world), extend(world), release(world), convert(world)]
}

fn in_a_month() -> Value {
    let moment = clock::now().to_utc() + chrono::Days::new(30);
    json!(moment.to_rfc3339())
}

fn line(sku: &str, quantity: &str) -> Value {
    let warehouse = json!({ "code": "MAIN" });
    json!({ "variant": { "sku": sku }, "warehouse": warehouse, "quantity": quantity })
}

fn create(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let full = line("BOLT", "2");
    let baseline = json!({
        "owner": "cart 17",
        "expiresAt": in_a_month(),
        "lines": [full],
        "externalId": "hold-new",
        "idempotencyKey": "stockHoldCreate",
    });
    let (variant, warehouse) = (unknown.variant.as_str(), unknown.warehouse.as_str());
    let rows = [
        parts::shape(&["owner", "expiresAt", "lines"]),
        parts::text("/owner", 200),
        parts::coming_moment("/expiresAt"),
        parts::lines("/lines", &full),
        parts::reference("/lines/0/variant", (variant, warehouse), "sku"),
        parts::reference("/lines/0/warehouse", (warehouse, variant), "code"),
        parts::pieces("/lines/0/quantity"),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        create_rules(),
        shortage(),
        create_several(),
    ];
    Mutation {
        name: "stockHoldCreate",
        baseline,
        rows: rows.concat(),
    }
}

fn create_rules() -> Vec<Row> {
    let mut rows = vec![
        row("the warehouse is archived")
            .set("/lines/0/warehouse", json!({ "code": "OLD" }))
            .gives("ARCHIVED", "lines.0.warehouse"),
        row("the variant is archived")
            .set("/lines/0/variant", json!({ "sku": "GONE" }))
            .gives("ARCHIVED", "lines.0.variant"),
        row("the external id is taken")
            .set("/externalId", "held")
            .gives("DUPLICATE", "externalId"),
        row("the external id is taken by a hold that was released")
            .set("/externalId", "released")
            .gives("DUPLICATE", "externalId"),
        row("four decimals of a kilogram")
            .set("/lines/0", line("SALT", "1.2345"))
            .invalid("lines.0.quantity"),
    ];
    for field in ["variant", "warehouse", "quantity"] {
        let name = format!("a line without a {field}");
        rows.push(row(name).unset(&format!("/lines/0/{field}")).unfit());
    }
    rows
}

fn shortage() -> Vec<Row> {
    vec![
        row("more than there is")
            .set("/lines/0", line("SALT", "12.501"))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("the most that can be asked for is merely too little stock")
            .set("/lines/0", line("BOLT", "999999999999"))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("two lines that each fit, but not together")
            .set("/lines/0", line("SALT", "7"))
            .set("/lines/1", line("SALT", "5.6"))
            .gives("INSUFFICIENT_STOCK", "lines.1.quantity"),
        row("a variant that never was in the warehouse")
            .set("/lines/0", line("SALT", "1"))
            .set("/lines/0/warehouse", json!({ "code": "SIDE" }))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("stock that others wait for")
            .set("/lines/0", line("SAND", "1"))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("stock that another hold keeps")
            .set("/lines/0", line("BARE", "9"))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("two variants are short")
            .set("/lines/0", line("SALT", "100"))
            .set("/lines/1", line("BOLT", "100000"))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity")
            .gives("INSUFFICIENT_STOCK", "lines.1.quantity"),
    ]
}

fn create_several() -> Vec<Row> {
    vec![
        row("several errors at once")
            .set("/owner", "a\nb")
            .set("/expiresAt", "2001-01-01T00:00:00Z")
            .set("/externalId", "held")
            .set("/idempotencyKey", "x".repeat(201))
            .set("/lines/0", line("", "0"))
            .set("/lines/1", line("BARE", "0.5"))
            .set("/lines/2", line("nothing", "x"))
            .set("/lines/3", line("GONE", "1"))
            .set("/lines/3/warehouse", json!({ "code": "OLD" }))
            .set("/lines/4", line("SALT", "-1"))
            .set("/lines/4/warehouse", json!({ "code": "nowhere" }))
            .invalid("owner")
            .invalid("expiresAt")
            .gives("DUPLICATE", "externalId")
            .invalid("idempotencyKey")
            .invalid("lines.0.variant.sku")
            .invalid("lines.0.quantity")
            .invalid("lines.1.quantity")
            .gives("NOT_FOUND", "lines.2.variant")
            .invalid("lines.2.quantity")
            .gives("ARCHIVED", "lines.3.variant")
            .gives("ARCHIVED", "lines.3.warehouse")
            .gives("NOT_FOUND", "lines.4.warehouse")
            .invalid("lines.4.quantity"),
    ]
}

/// What every change of a hold must withstand: it is named by id or external id, and is active.
fn hold_rows(world: &World) -> Vec<Row> {
    let ids = (
        world.unknown.hold.as_str(),
        world.unknown.hold_line.as_str(),
    );
    let state = |name: &str, by: Value| {
        row(name)
            .set("/stockHold", by)
            .gives("INVALID_STATE", "stockHold")
    };
    let id = |hold: &Hold| json!({ "id": hold.id });
    let states = vec![
        state("it was released", id(&world.holds.released)),
        state("it became an order", id(&world.holds.converted)),
        state(
            "it was released, named by its external id",
            json!({ "externalId": "released" }),
        ),
        row("a hold has no number")
            .set("/stockHold", json!({ "number": "1" }))
            .unfit(),
    ];
    let references = parts::reference_by("/stockHold", ids, &["externalId"]);
    [references, parts::key(USED_KEY), states].concat()
}

fn extend(world: &World) -> Mutation {
    let several = row("several errors at once")
        .set("/stockHold", json!({ "id": world.holds.released.id }))
        .set("/expiresAt", "2001-01-01T00:00:00Z")
        .set("/idempotencyKey", "")
        .gives("INVALID_STATE", "stockHold")
        .invalid("expiresAt")
        .invalid("idempotencyKey");
    let rows = [
        parts::shape(&["stockHold", "expiresAt"]),
        hold_rows(world),
        parts::coming_moment("/expiresAt"),
        vec![several],
    ];
    Mutation {
        name: "stockHoldExtend",
        baseline: json!({
            "stockHold": { "externalId": "held" },
            "expiresAt": in_a_month(),
            "idempotencyKey": "stockHoldExtend",
        }),
        rows: rows.concat(),
    }
}

fn release(world: &World) -> Mutation {
    let several = row("several errors at once")
        .set("/stockHold", json!({ "id": world.holds.converted.id }))
        .set("/idempotencyKey", "a\tb")
        .gives("INVALID_STATE", "stockHold")
        .invalid("idempotencyKey");
    let rows = [
        parts::shape(&["stockHold"]),
        hold_rows(world),
        vec![several],
    ];
    Mutation {
        name: "stockHoldRelease",
        baseline: json!({
            "stockHold": { "id": world.holds.releasable.id },
            "idempotencyKey": "stockHoldRelease",
        }),
        rows: rows.concat(),
    }
}

fn convert(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let full = json!({
        "line": world.holds.convertible.line, "unitPrice": "3.5", "discountRate": "0.1",
    });
    let baseline = json!({
        "stockHold": { "id": world.holds.convertible.id },
        "customer": { "code": "ACME" },
        "prices": [full],
        "date": "2024-02-29",
        "externalId": "converted-new",
        "idempotencyKey": "stockHoldConvert",
    });
    let customer = (unknown.customer.as_str(), unknown.variant.as_str());
    let line = (unknown.hold_line.as_str(), unknown.hold.as_str());
    let rows = [
        parts::shape(&["stockHold", "customer"]),
        // Without prices: those of an ended hold are told to be of another one.
        without_prices(hold_rows(world)),
        parts::reference("/customer", customer, "code"),
        parts::id("/prices/0/line", line, "prices.0.line"),
        parts::price("/prices/0/unitPrice"),
        parts::rate("/prices/0/discountRate"),
        parts::past_day("/date"),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        parts::on_credit_limit(),
        convert_rules(world),
        convert_prices(world, &full),
        convert_several(world),
    ];
    Mutation {
        name: "stockHoldConvert",
        baseline,
        rows: rows.concat(),
    }
}

fn without_prices(rows: Vec<Row>) -> Vec<Row> {
    let bare = |row: Row| row.instead("/prices", json!([]));
    rows.into_iter().map(bare).collect()
}

fn convert_rules(world: &World) -> Vec<Row> {
    vec![
        row("an unknown hold, and prices of who knows which")
            .set("/stockHold", json!({ "id": world.unknown.hold }))
            .gives("NOT_FOUND", "stockHold"),
        row("the customer is archived")
            .set("/customer", json!({ "code": "LEFT" }))
            .gives("ARCHIVED", "customer"),
        row("a variant was archived since")
            .set("/stockHold", json!({ "id": world.holds.of_archived.id }))
            .set("/prices", json!([]))
            .gives("ARCHIVED", "stockHold"),
        row("the external id is taken by an order")
            .set("/externalId", "open")
            .gives("DUPLICATE", "externalId"),
        row("no price, and the variant has none")
            .set("/stockHold", json!({ "id": world.holds.active.id }))
            .set("/prices", json!([]))
            .invalid("prices"),
        row("a discount, but no price, and the variant has none")
            .set("/stockHold", json!({ "id": world.holds.active.id }))
            .set("/prices/0/line", world.holds.active.line.as_str())
            .unset("/prices/0/unitPrice")
            .invalid("prices.0.unitPrice"),
        row("an amount that is too large")
            .set("/prices/0/unitPrice", "999999999999")
            .unset("/prices/0/discountRate")
            .invalid("prices.0.unitPrice"),
        row("an amount that is more than an order can have")
            .set("/prices/0/unitPrice", "500000000000")
            .invalid("prices"),
    ]
}

fn convert_prices(world: &World, full: &Value) -> Vec<Row> {
    let mut rows = vec![
        parts::too_many_of_one("/prices", full, "line"),
        row("a line of another hold")
            .set("/prices/0/line", world.holds.active.line.as_str())
            .gives("NOT_FOUND", "prices.0.line"),
        row("the same line twice")
            .set("/prices/1", full.clone())
            .invalid("prices.1.line"),
        row("a price and a discount without the scope for them")
            .without(Scope::SalesOrdersPrice)
            .gives("FIELD_FORBIDDEN", "prices.0.unitPrice")
            .gives("FIELD_FORBIDDEN", "prices.0.discountRate"),
        row("a price of the variant's own amount without the scope for it")
            .without(Scope::SalesOrdersPrice)
            .unset("/prices/0/discountRate")
            .set("/prices/0/unitPrice", "2.5")
            .gives("FIELD_FORBIDDEN", "prices.0.unitPrice"),
        row("a price without a line")
            .unset("/prices/0/line")
            .unfit(),
    ];
    rows.extend(parts::lines_or_none("/prices"));
    rows.extend(unfit("/prices", &[Value::Null]));
    rows
}

fn convert_several(world: &World) -> Vec<Row> {
    vec![
        row("several errors at once")
            .without(Scope::SalesOrdersPrice)
            .set("/customer", json!({ "code": "LEFT" }))
            .set("/date", "2999-01-01")
            .set("/externalId", "open")
            .set("/idempotencyKey", "")
            .set("/prices/0/unitPrice", "-1")
            .set("/prices/0/discountRate", "x")
            .set("/prices/1", json!({ "line": "nonsense" }))
            .set("/prices/2", json!({ "line": world.unknown.hold_line }))
            .gives("ARCHIVED", "customer")
            .invalid("date")
            .gives("DUPLICATE", "externalId")
            .invalid("idempotencyKey")
            .gives("FIELD_FORBIDDEN", "prices.0.unitPrice")
            .invalid("prices.0.unitPrice")
            .gives("FIELD_FORBIDDEN", "prices.0.discountRate")
            .invalid("prices.0.discountRate")
            .invalid("prices.1.line")
            .gives("NOT_FOUND", "prices.2.line"),
        row("a released hold, and more")
            .set("/stockHold", json!({ "id": world.holds.released.id }))
            .set("/customer", json!({ "code": "nobody" }))
            .set("/prices/0/line", world.holds.released.line.as_str())
            .set("/prices/0/unitPrice", "x")
            .gives("INVALID_STATE", "stockHold")
            .gives("NOT_FOUND", "customer")
            .invalid("prices.0.unitPrice"),
    ]
}
