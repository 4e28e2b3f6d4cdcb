//! Sales orders and fulfilments.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use super::parts::{self, unfit};
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![place(world), cancel(world), ship(world)]
}

fn line(sku: &str, quantity: &str) -> Value {
    json!({ "variant": { "sku": sku }, "quantity": quantity })
}

fn place(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let full = json!({
        "variant": { "sku": "BOLT" },
        "quantity": "2",
        "unitPrice": "3.5",
        "discountRate": "0.1",
        "warehouse": { "code": "MAIN" },
    });
    let baseline = json!({
        "customer": { "code": "ACME" },
        "warehouse": { "code": "MAIN" },
        "lines": [full],
        "sourcing": { "strategy": "GIVEN_WAREHOUSE" },
        "priority": 7,
        "onShortage": "REJECT",
        "date": "2024-02-29",
        "externalId": "order-new",
        "metadata": { "route": "7" },
        "idempotencyKey": "salesOrderPlace",
    });
    let place = (unknown.warehouse.as_str(), unknown.variant.as_str());
    let rows = [
        parts::shape(&["customer", "lines"]),
        parts::reference("/customer", (&unknown.customer, &unknown.variant), "code"),
        parts::reference("/warehouse", place, "code"),
        parts::lines("/lines", &full),
        parts::reference(
            "/lines/0/variant",
            (&unknown.variant, &unknown.order),
            "sku",
        ),
        parts::reference("/lines/0/warehouse", place, "code"),
        parts::pieces("/lines/0/quantity"),
        parts::price("/lines/0/unitPrice"),
        parts::rate("/lines/0/discountRate"),
        parts::past_day("/date"),
        parts::text("/externalId", 64),
        parts::metadata("/metadata"),
        parts::key(USED_KEY),
        unfit(
            "/onShortage",
            &[json!("MAYBE"), json!("reject"), json!(1), Value::Null],
        ),
        parts::on_credit_limit(),
        place_rules(),
        parts::sourcing(),
        parts::priority(9),
        shortage(),
        too_much(),
        place_several(),
    ];
    Mutation {
        name: "salesOrderPlace",
        baseline,
        rows: rows.concat(),
    }
}

fn place_rules() -> Vec<Row> {
    vec![
        row("the customer is archived")
            .set("/customer", json!({ "code": "LEFT" }))
            .gives("ARCHIVED", "customer"),
        row("the warehouse is archived")
            .set("/warehouse", json!({ "code": "OLD" }))
            .gives("ARCHIVED", "warehouse"),
        row("a line's warehouse is archived")
            .set("/lines/0/warehouse", json!({ "code": "OLD" }))
            .gives("ARCHIVED", "lines.0.warehouse"),
        row("the variant is archived")
            .set("/lines/0/variant", json!({ "sku": "GONE" }))
            .gives("ARCHIVED", "lines.0.variant"),
        row("the external id is taken")
            .set("/externalId", "open")
            .gives("DUPLICATE", "externalId"),
        row("no warehouse, and there are several")
            .unset("/warehouse")
            .unset("/lines/0/warehouse")
            .invalid("warehouse"),
        row("no price, and the variant has none")
            .set("/lines/0", line("BARE", "1"))
            .invalid("lines.0.unitPrice"),
        row("four decimals of a kilogram")
            .set("/lines/0", line("SALT", "1.2345"))
            .invalid("lines.0.quantity"),
        row("a price and a discount without the scope for them")
            .without(Scope::SalesOrdersPrice)
            .gives("FIELD_FORBIDDEN", "lines.0.unitPrice")
            .gives("FIELD_FORBIDDEN", "lines.0.discountRate"),
        row("a price of the variant's own amount without the scope for it")
            .without(Scope::SalesOrdersPrice)
            .set("/lines/0", line("BOLT", "1"))
            .set("/lines/0/unitPrice", "2.5")
            .gives("FIELD_FORBIDDEN", "lines.0.unitPrice"),
        row("a line without a quantity")
            .unset("/lines/0/quantity")
            .unfit(),
        row("a line without a variant")
            .unset("/lines/0/variant")
            .unfit(),
    ]
}

fn shortage() -> Vec<Row> {
    let sides = [("REJECT", "SALT"), ("SPLIT", "SALT")];
    let mut rows: Vec<Row> = sides
        .iter()
        .map(|(policy, sku)| {
            row(format!("more than there is, {policy}"))
                .set("/onShortage", *policy)
                .set("/lines/0", line(sku, "12.501"))
                .gives("INSUFFICIENT_STOCK", "lines.0.quantity")
        })
        .collect();
    rows.extend([
        row("two lines that each fit, but not together")
            .set("/lines/0", line("SALT", "7"))
            .set("/lines/1", line("SALT", "5.6"))
            .gives("INSUFFICIENT_STOCK", "lines.1.quantity"),
        row("a variant that never was in the warehouse")
            .set("/lines/0", line("SALT", "1"))
            .set("/warehouse", json!({ "code": "SIDE" }))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("stock that others wait for")
            .set("/lines/0", line("SAND", "1"))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("two variants are short")
            .set("/lines/0", line("SALT", "100"))
            .set("/lines/1", line("BOLT", "100000"))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity")
            .gives("INSUFFICIENT_STOCK", "lines.1.quantity"),
    ]);
    rows
}

fn too_much() -> Vec<Row> {
    let most = "999999999999";
    vec![
        row("an amount that is too large")
            .set("/onShortage", "BACKORDER")
            .set("/lines/0/quantity", most)
            .set("/lines/0/unitPrice", most)
            .invalid("lines.0.quantity"),
        row("quantities that add up to too much")
            .set("/onShortage", "BACKORDER")
            .set("/lines/0", line("SALT", most))
            .set("/lines/0/unitPrice", 0)
            .set("/lines/1", line("BOLT", most))
            .set("/lines/1/unitPrice", 0)
            .invalid("lines"),
        row("more waiting than the level can keep")
            .set("/onShortage", "BACKORDER")
            .set("/lines/0", line("SAND", "900000000000"))
            .set("/lines/0/unitPrice", 0)
            .invalid("lines.0.quantity"),
        row("the most that can be asked for is merely too little stock")
            .set("/lines/0", line("BOLT", most))
            .set("/lines/0/unitPrice", 0)
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
    ]
}

fn place_several() -> Vec<Row> {
    vec![
        row("several errors at once")
            .without(Scope::SalesOrdersPrice)
            .set("/customer", json!({ "code": "LEFT" }))
            .set("/warehouse", json!({ "code": "nowhere" }))
            .set("/date", "2999-01-01")
            .set("/externalId", "open")
            .set("/idempotencyKey", "x".repeat(201))
            .set("/lines/0", line("", "0"))
            .set("/lines/1", line("BARE", "0.5"))
            .set("/lines/2", line("nothing", "x"))
            .set("/lines/2/discountRate", "2")
            .set("/lines/3", line("GONE", "1"))
            .set("/lines/3/warehouse", json!({ "code": "OLD" }))
            .set("/lines/3/unitPrice", "-1")
            .gives("ARCHIVED", "customer")
            .gives("NOT_FOUND", "warehouse")
            .invalid("date")
            .gives("DUPLICATE", "externalId")
            .invalid("idempotencyKey")
            .invalid("lines.0.variant.sku")
            .invalid("lines.0.quantity")
            // That it has no price is not told: which lists count depends on the customer.
            .invalid("lines.1.quantity")
            .gives("NOT_FOUND", "lines.2.variant")
            .invalid("lines.2.quantity")
            .invalid("lines.2.discountRate")
            .gives("FIELD_FORBIDDEN", "lines.2.discountRate")
            .gives("ARCHIVED", "lines.3.variant")
            .gives("ARCHIVED", "lines.3.warehouse")
            .gives("FIELD_FORBIDDEN", "lines.3.unitPrice")
            .invalid("lines.3.unitPrice"),
    ]
}

fn cancel(world: &World) -> Mutation {
    let ids = (
        world.unknown.order.as_str(),
        world.unknown.order_line.as_str(),
    );
    let state = |name: &str, order: &str| {
        row(name)
            .set("/salesOrder", json!({ "id": order }))
            .gives("INVALID_STATE", "salesOrder")
    };
    let rows = [
        parts::shape(&["salesOrder"]),
        parts::reference("/salesOrder", ids, "number"),
        parts::key(USED_KEY),
        vec![
            state("cancelled already", &world.cancelled.id),
            state("shipped in part", &world.partial.id),
            state("shipped in full", &world.shipped.id),
            state("several errors at once", &world.cancelled.id)
                .set("/idempotencyKey", "a\tb")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "salesOrderCancel",
        baseline: json!({
            "salesOrder": { "number": world.cancellable.number },
            "idempotencyKey": "salesOrderCancel",
        }),
        rows: rows.concat(),
    }
}

fn ship(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let one = json!({ "line": world.open.line, "quantity": "1" });
    let place = (unknown.warehouse.as_str(), unknown.order.as_str());
    let line = (unknown.order_line.as_str(), unknown.order.as_str());
    let baseline = json!({
        "salesOrder": { "number": world.open.number },
        "warehouse": { "code": "MAIN" },
        "lines": [one],
        "date": "2024-03-01",
        "carrier": "By hand",
        "trackingNumber": "T-1",
        "idempotencyKey": "fulfilmentShip",
    });
    let rows = [
        parts::shape(&[]),
        parts::reference("/salesOrder", (&unknown.order, &unknown.variant), "number"),
        parts::reference("/warehouse", place, "code"),
        parts::lines("/lines", &one),
        parts::id("/lines/0/line", line, "lines.0.line"),
        parts::pieces("/lines/0/quantity"),
        parts::past_day("/date"),
        parts::text("/carrier", 200),
        parts::text("/trackingNumber", 64),
        parts::key(USED_KEY),
        ship_rules(world),
        ship_states(world),
        ship_several(world),
    ];
    Mutation {
        name: "fulfilmentShip",
        baseline,
        rows: rows.concat(),
    }
}

fn ship_rules(world: &World) -> Vec<Row> {
    let of = |quantity: &str| json!({ "line": world.open.line, "quantity": quantity });
    vec![
        row("a line of another order")
            .set("/lines/0/line", world.waiting.line.as_str())
            .gives("NOT_FOUND", "lines.0.line"),
        row("more than is reserved")
            .set("/lines/0", of("2001"))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("the same line twice, together more than is reserved")
            .set("/lines/0", of("1500"))
            .set("/lines/1", of("501"))
            .gives("INSUFFICIENT_STOCK", "lines.1.quantity"),
        row("from a warehouse where nothing is reserved")
            .set("/warehouse", json!({ "code": "SIDE" }))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("everything, from a warehouse where nothing is reserved")
            .set("/warehouse", json!({ "code": "SIDE" }))
            .unset("/lines")
            .gives("INVALID_STATE", "warehouse"),
        row("neither an order nor a fulfilment")
            .unset("/salesOrder")
            .invalid("fulfilment"),
        row("a line without a quantity")
            .unset("/lines/0/quantity")
            .unfit(),
    ]
}

fn ship_states(world: &World) -> Vec<Row> {
    let all = |name: &str, order: &str| {
        row(name)
            .set("/salesOrder", json!({ "id": order }))
            .unset("/lines")
            .gives("INVALID_STATE", "salesOrder")
    };
    let one = |name: &str, order: &str, line: &str| {
        row(name)
            .set("/salesOrder", json!({ "id": order }))
            .set("/lines/0/line", line)
    };
    let (cancelled, shipped) = (&world.cancelled, &world.shipped);
    vec![
        all("all of a cancelled order", &cancelled.id),
        all("all of an order that was shipped", &shipped.id),
        all("all of an order that waits for stock", &world.waiting.id),
        one(
            "a line of a cancelled order",
            &cancelled.id,
            &cancelled.line,
        )
        .gives("INVALID_STATE", "salesOrder"),
        one("a line that was shipped", &shipped.id, &shipped.line)
            .gives("INVALID_STATE", "salesOrder"),
        one(
            "a line that waits for stock",
            &world.waiting.id,
            &world.waiting.line,
        )
        .gives("INVALID_STATE", "salesOrder"),
        one(
            "the rest of a line and one more",
            &world.partial.id,
            &world.partial.line,
        )
        .set("/lines/0/quantity", "3")
        .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
    ]
}

fn ship_several(world: &World) -> Vec<Row> {
    let line = |line: &str, quantity: Value| json!({ "line": line, "quantity": quantity });
    vec![
        row("several errors at once")
            .set("/date", "2999-01-01")
            .set("/carrier", "")
            .set("/trackingNumber", "x".repeat(65))
            .set("/idempotencyKey", "")
            .set("/lines/0", line("nonsense", json!("0")))
            .set("/lines/1", line(&world.waiting.line, json!("1.5")))
            .set("/lines/2", line(&world.open.line, json!("2001")))
            .invalid("date")
            .invalid("carrier")
            .invalid("trackingNumber")
            .invalid("idempotencyKey")
            .invalid("lines.0.line")
            .invalid("lines.0.quantity")
            .gives("NOT_FOUND", "lines.1.line")
            .gives("INSUFFICIENT_STOCK", "lines.2.quantity"),
        row("a cancelled order, and more")
            .set("/salesOrder", json!({ "id": world.cancelled.id }))
            .set("/warehouse", json!({ "code": "nowhere" }))
            .set("/lines/0/quantity", "0")
            .gives("INVALID_STATE", "salesOrder")
            .gives("NOT_FOUND", "warehouse")
            .invalid("lines.0.quantity"),
    ]
}
