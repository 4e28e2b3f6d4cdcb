//! Quotations, changes, holds and closing of orders; goods that are set aside.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![
        create(world),
        update(world),
        confirm(world),
        delete(world),
        close(world),
        prioritize(world),
        hold(world),
        release(world),
        set_aside(world),
    ]
}

fn line(sku: &str) -> Value {
    json!({
        "variant": { "sku": sku }, "quantity": "2", "unitPrice": "3.5", "discountRate": "0.1",
        "warehouse": { "code": "MAIN" }, "description": "as discussed",
    })
}

fn address() -> Value {
    json!({ "street": "Main Street 1", "city": "Berlin", "country": "DE", "postalCode": "10115" })
}

fn addresses(pointer: &str) -> Vec<Row> {
    let place = pointer.trim_start_matches('/');
    let bad = |field: &str, value: &str| {
        row(format!("{pointer}/{field} is {value:?}"))
            .set(&format!("{pointer}/{field}"), value)
            .invalid(&format!("{place}.{field}"))
    };
    vec![
        bad("street", " "),
        bad("city", "a\nb"),
        bad("country", "Germany"),
        bad("postalCode", ""),
    ]
}

fn create(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let full = line("BOLT");
    let baseline = json!({
        "customer": { "code": "ACME" },
        "warehouse": { "code": "MAIN" },
        "lines": [full],
        "priority": 3,
        "date": "2024-02-29",
        "validUntil": "2024-03-31",
        "exchangeRate": "1",
        "pricesIncludeTax": true,
        "customerReference": "PO 1",
        "requestedDeliveryDate": "2024-03-05",
        "shippingAddress": address(),
        "billingAddress": address(),
        "note": "by the gate",
        "externalId": "draft-new", "metadata": { "route": "7" },
        "idempotencyKey": "salesOrderCreate",
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
        parts::text("/lines/0/description", 200),
        parts::text("/customerReference", 64),
        parts::text("/externalId", 64),
        parts::metadata("/metadata"),
        parts::note("/note"),
        parts::key(USED_KEY),
        addresses("/shippingAddress"),
        addresses("/billingAddress"),
        parts::priority(9),
        create_rules(),
    ];
    Mutation {
        name: "salesOrderCreate",
        baseline,
        rows: rows.concat(),
    }
}

fn create_rules() -> Vec<Row> {
    vec![
        row("the customer is archived")
            .set("/customer", json!({ "code": "LEFT" }))
            .gives("ARCHIVED", "customer"),
        row("the variant is archived")
            .set("/lines/0/variant", json!({ "sku": "GONE" }))
            .gives("ARCHIVED", "lines.0.variant"),
        row("the external id is taken")
            .set("/externalId", "open")
            .gives("DUPLICATE", "externalId"),
        row("it ends before it begins")
            .set("/validUntil", "2024-02-28")
            .invalid("validUntil"),
        row("a rate where there is nothing to exchange")
            .set("/exchangeRate", "1.1")
            .invalid("exchangeRate"),
        row("a rate of zero")
            .set("/exchangeRate", "0")
            .invalid("exchangeRate"),
        row("a price and a discount without the scope for them")
            .without(Scope::SalesOrdersPrice)
            .gives("FIELD_FORBIDDEN", "lines.0.unitPrice")
            .gives("FIELD_FORBIDDEN", "lines.0.discountRate"),
        row("several errors at once")
            .set("/customerReference", "")
            .set("/lines/0/quantity", "0")
            .set("/idempotencyKey", " ")
            .invalid("customerReference")
            .invalid("lines.0.quantity")
            .invalid("idempotencyKey"),
    ]
}

/// References, keys, and states of orders that a step cannot be taken in.
fn on_order(world: &World, refused: &[(&str, &str)]) -> Vec<Row> {
    let unknown = &world.unknown;
    let states = refused.iter().map(|(how, id)| {
        row(format!("{how} order"))
            .set("/salesOrder", json!({ "id": id }))
            .gives("INVALID_STATE", "salesOrder")
    });
    let several = refused.first().map(|(how, id)| {
        row(format!("{how} order, and more"))
            .set("/salesOrder", json!({ "id": id }))
            .set("/idempotencyKey", "")
            .gives("INVALID_STATE", "salesOrder")
            .invalid("idempotencyKey")
    });
    let rows = [
        parts::shape(&["salesOrder"]),
        parts::reference("/salesOrder", (&unknown.order, &unknown.variant), "number"),
        parts::key(USED_KEY),
        states.chain(several).collect(),
    ];
    rows.concat()
}

fn update(world: &World) -> Mutation {
    let draft = &world.selling.drafts[0];
    let full = line("BOLT");
    let change = json!({ "line": draft.line, "quantity": "3", "unitPrice": "2",
        "discountRate": "0", "description": "red" });
    let baseline = json!({
        "salesOrder": { "id": draft.id },
        "customer": { "code": "ACME" },
        "date": "2024-02-29",
        "validUntil": "2024-03-31",
        "customerReference": "PO 1",
        "shippingAddress": address(),
        "billingAddress": address(),
        "note": "by the gate",
        "externalId": "draft-changed", "metadata": { "route": "7" },
        "warehouse": { "code": "MAIN" },
        "sourcing": { "strategy": "GIVEN_WAREHOUSE" },
        "addLines": [full],
        "changeLines": [change], "idempotencyKey": "salesOrderUpdate",
    });
    Mutation {
        name: "salesOrderUpdate",
        baseline,
        rows: update_rows(world),
    }
}

fn update_rows(world: &World) -> Vec<Row> {
    let (unknown, draft) = (&world.unknown, &world.selling.drafts[0]);
    let confirmed = row("a date of a confirmed order")
        .set("/salesOrder", json!({ "id": world.cancellable.id }))
        .unset("/customer")
        .unset("/validUntil")
        .unset("/changeLines")
        .gives("INVALID_STATE", "date");
    let rows = [
        on_order(world, &[("a cancelled", &world.cancelled.id)])
            .into_iter()
            .collect(),
        parts::reference("/customer", (&unknown.customer, &unknown.variant), "code"),
        parts::pieces("/changeLines/0/quantity"),
        parts::price("/changeLines/0/unitPrice"),
        parts::text("/changeLines/0/description", 200),
        parts::pieces("/addLines/0/quantity"),
        parts::text("/customerReference", 64),
        parts::on_credit_limit(),
        parts::note("/note"),
        addresses("/shippingAddress"),
        vec![
            confirmed,
            row("a version it does not have")
                .set("/expectedVersion", 999)
                .gives("STALE", "expectedVersion"),
            row("a line of another order")
                .set("/changeLines/0/line", world.open.line.as_str())
                .gives("NOT_FOUND", "changeLines.0.line"),
            row("a line that is taken off and changed")
                .set("/removeLines", json!([draft.line]))
                .invalid("removeLines.0"),
            row("a date that is null")
                .set("/date", Value::Null)
                .unset("/validUntil")
                .invalid("date"),
            row("prices without the scope for them")
                .without(Scope::SalesOrdersPrice)
                .gives("FIELD_FORBIDDEN", "addLines.0.unitPrice")
                .gives("FIELD_FORBIDDEN", "addLines.0.discountRate")
                .gives("FIELD_FORBIDDEN", "changeLines.0.unitPrice")
                .gives("FIELD_FORBIDDEN", "changeLines.0.discountRate"),
        ],
    ];
    rows.concat()
}

fn confirm(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let baseline = json!({
        "salesOrder": { "id": world.selling.drafts[1].id },
        "warehouse": { "code": "MAIN" },
        "sourcing": { "strategy": "GIVEN_WAREHOUSE" },
        "onShortage": "REJECT",
        "reprice": true,
        "ignoreValidity": true,
        "idempotencyKey": "salesOrderConfirm",
    });
    let place = (unknown.warehouse.as_str(), unknown.variant.as_str());
    let states = [
        ("a cancelled", &*world.cancelled.id),
        ("a confirmed", &*world.open.id),
    ];
    let rows = [
        on_order(world, &states),
        parts::on_credit_limit(),
        parts::reference("/warehouse", place, "code"),
        parts::sourcing(),
        vec![
            row("a version it does not have")
                .set("/expectedVersion", 999)
                .gives("STALE", "expectedVersion"),
        ],
    ];
    Mutation {
        name: "salesOrderConfirm",
        baseline,
        rows: rows.concat(),
    }
}

fn delete(world: &World) -> Mutation {
    plain_order(
        world,
        ("salesOrderDelete", &world.selling.drafts[2].id),
        &[
            ("a cancelled", &world.cancelled.id),
            ("a confirmed", &world.open.id),
        ],
    )
}

fn close(world: &World) -> Mutation {
    plain_order(
        world,
        ("salesOrderClose", &world.selling.closable.id),
        &[
            ("a cancelled", &world.cancelled.id),
            ("a draft", &world.selling.drafts[0].id),
        ],
    )
}

fn plain_order(
    world: &World,
    (name, id): (&'static str, &str),
    refused: &[(&str, &str)],
) -> Mutation {
    Mutation {
        name,
        baseline: json!({ "salesOrder": { "id": id }, "idempotencyKey": name }),
        rows: on_order(world, refused),
    }
}

fn prioritize(world: &World) -> Mutation {
    let name = "salesOrderPrioritize";
    let rows = [
        on_order(world, &[("a cancelled", &world.cancelled.id)]),
        parts::priority(9),
        vec![
            row("no priority").unset("/priority").unfit(),
            row("a version it does not have")
                .set("/expectedVersion", 999)
                .gives("STALE", "expectedVersion"),
        ],
    ];
    Mutation {
        name,
        baseline: json!({ "salesOrder": { "id": world.waiting.id }, "priority": 8,
            "idempotencyKey": name }),
        rows: rows.concat(),
    }
}

fn hold(world: &World) -> Mutation {
    let baseline = json!({
        "salesOrder": { "id": world.selling.drafts[0].id },
        "kind": "REVIEW",
        "reason": "a new customer",
        "idempotencyKey": "salesOrderHold",
    });
    let rows = [
        on_order(world, &[("a cancelled", &world.cancelled.id)]),
        parts::text("/reason", 200),
        parts::unfit("/kind", &[json!("review"), json!(1), Value::Null]),
    ];
    Mutation {
        name: "salesOrderHold",
        baseline,
        rows: rows.concat(),
    }
}

fn release(world: &World) -> Mutation {
    let unknown = entity::vocab::SalesOrderHoldId::generate().to_string();
    let baseline = json!({
        "salesOrder": { "id": world.selling.held.id },
        "idempotencyKey": "salesOrderReleaseHold",
    });
    let rows = [
        on_order(world, &[("a never held", &world.open.id)]),
        vec![
            row("a hold that there is not")
                .set("/hold", unknown)
                .gives("NOT_FOUND", "hold"),
            row("no id of a hold")
                .set("/hold", "nonsense")
                .invalid("hold"),
        ],
    ];
    Mutation {
        name: "salesOrderReleaseHold",
        baseline,
        rows: rows.concat(),
    }
}

fn set_aside(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let place = (unknown.warehouse.as_str(), unknown.variant.as_str());
    let one = json!({ "line": world.open.line, "quantity": "1" });
    let baseline = json!({
        "salesOrder": { "id": world.open.id },
        "warehouse": { "code": "MAIN" },
        "lines": [one],
        "date": "2024-03-01",
        "carrier": "By hand",
        "trackingNumber": "T-1",
        "trackingUrl": "https://post.example/1",
        "idempotencyKey": "fulfilmentCreate",
    });
    let rows = [
        parts::shape(&["salesOrder"]),
        parts::reference("/salesOrder", (&unknown.order, &unknown.variant), "number"),
        parts::reference("/warehouse", place, "code"),
        parts::lines("/lines", &one),
        parts::pieces("/lines/0/quantity"),
        parts::past_day("/date"),
        parts::text("/carrier", 200),
        parts::text("/trackingNumber", 64),
        parts::key(USED_KEY),
        vec![
            row("a link that is none")
                .set("/trackingUrl", "javascript:alert(1)")
                .invalid("trackingUrl"),
            row("more than is reserved")
                .set("/lines/0/quantity", "2001")
                .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
            row("a line of another order")
                .set("/lines/0/line", world.waiting.line.as_str())
                .gives("NOT_FOUND", "lines.0.line"),
            row("a draft, and more")
                .set("/salesOrder", json!({ "id": world.selling.drafts[0].id }))
                .set("/carrier", "")
                .gives("INVALID_STATE", "salesOrder")
                .invalid("carrier"),
        ],
    ];
    Mutation {
        name: "fulfilmentCreate",
        baseline,
        rows: rows.concat(),
    }
}
