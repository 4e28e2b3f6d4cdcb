//! Purchase orders, and receiving their goods.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;
use stockroom::platform::clock;

use super::parts;
use super::purchases::Purchase;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![
        create(world),
        update(world),
        step(
            world,
            "Delete",
            &world.purchases.deletable,
            &world.purchases.sent,
        ),
        submit(world),
        approve(world),
        reject(world),
        step(
            world,
            "Send",
            &world.purchases.sendable,
            &world.purchases.draft,
        ),
        confirm(world),
        reasoned(
            world,
            "Cancel",
            &world.purchases.cancellable,
            &world.purchases.partly,
        ),
        reasoned(
            world,
            "Close",
            &world.purchases.closable,
            &world.purchases.draft,
        ),
        receive(world),
        reverse(world),
    ]
}

fn of(order: &Purchase) -> Value {
    json!({ "id": order.id })
}

/// Rows of every input that names an order: the reference, and orders in a state that is too late.
fn order_rows(world: &World, wrong: &Purchase) -> Vec<Row> {
    let unknown = &world.purchases.unknown;
    let field = "/purchaseOrder";
    let state = |how: &str, order: &Purchase| {
        row(format!("the order is {how}"))
            .set(field, of(order))
            .gives("INVALID_STATE", "purchaseOrder")
    };
    let rows = vec![
        state("in another state", wrong),
        state("cancelled", &world.purchases.cancelled),
        state("closed", &world.purchases.closed),
        row("another state and a bad key")
            .set(field, json!({ "number": wrong.number.to_lowercase() }))
            .set("/idempotencyKey", "")
            .gives("INVALID_STATE", "purchaseOrder")
            .invalid("idempotencyKey"),
    ];
    let reference = parts::reference(field, (&unknown.order, &world.unknown.variant), "number");
    [reference, rows, parts::key(USED_KEY)].concat()
}

fn named(name: &str) -> &'static str {
    let names = [
        "purchaseOrderDelete",
        "purchaseOrderSend",
        "purchaseOrderCancel",
        "purchaseOrderClose",
    ];
    let wanted = format!("purchaseOrder{name}");
    let found = names.into_iter().find(|one| *one == wanted);
    found.expect("one of these")
}

fn step(world: &World, name: &str, good: &Purchase, wrong: &Purchase) -> Mutation {
    let name = named(name);
    let baseline = json!({ "purchaseOrder": of(good), "idempotencyKey": name });
    let rows = [parts::shape(&["purchaseOrder"]), order_rows(world, wrong)];
    Mutation {
        name,
        baseline,
        rows: rows.concat(),
    }
}

fn reasoned(world: &World, name: &str, good: &Purchase, wrong: &Purchase) -> Mutation {
    let mut mutation = step(world, name, good, wrong);
    mutation.baseline["reason"] = json!("no longer needed");
    mutation.rows.extend(parts::text("/reason", 200));
    mutation
}

fn submit(world: &World) -> Mutation {
    let (good, wrong) = (&world.purchases.submittable, &world.purchases.sent);
    let name = "purchaseOrderSubmit";
    let baseline = json!({
        "purchaseOrder": of(good), "ignoreMinimums": false, "idempotencyKey": name,
    });
    let less = row("less than the supplier sells")
        .set("/purchaseOrder", of(&world.purchases.below))
        .invalid("purchaseOrder");
    let rows = [
        parts::shape(&["purchaseOrder"]),
        order_rows(world, wrong),
        vec![less],
    ];
    Mutation {
        name,
        baseline,
        rows: rows.concat(),
    }
}

fn approve(world: &World) -> Mutation {
    let (good, wrong) = (&world.purchases.approvable, &world.purchases.sent);
    let name = "purchaseOrderApprove";
    let own = row("an order of one's own")
        .set("/purchaseOrder", of(&world.purchases.pending))
        .gives("INVALID_STATE", "purchaseOrder");
    let rows = [
        parts::shape(&["purchaseOrder"]),
        order_rows(world, wrong),
        vec![own],
    ];
    Mutation {
        name,
        baseline: json!({ "purchaseOrder": of(good), "idempotencyKey": name }),
        rows: rows.concat(),
    }
}

fn reject(world: &World) -> Mutation {
    let (good, wrong) = (&world.purchases.rejectable, &world.purchases.sent);
    let name = "purchaseOrderReject";
    let rows = [
        parts::shape(&["purchaseOrder", "reason"]),
        order_rows(world, wrong),
        parts::text("/reason", 200),
    ];
    Mutation {
        name,
        baseline: json!({
            "purchaseOrder": of(good), "reason": "too dear", "idempotencyKey": name,
        }),
        rows: rows.concat(),
    }
}

fn line() -> Value {
    json!({
        "variant": { "sku": "PIPE" }, "quantity": "10", "unitPrice": "1.5", "discountRate": "0.1",
        "expectedOn": "2024-03-10",
    })
}

/// Rows of what orders and their changes have in common.
fn content(world: &World) -> Vec<Row> {
    let unknown = &world.unknown;
    let rows = [
        parts::reference("/warehouse", (&unknown.warehouse, &unknown.variant), "code"),
        parts::reference(
            "/paymentTerms",
            (&unknown.payment_terms, &unknown.variant),
            "code",
        ),
        parts::lines("/lines", &line()),
        parts::reference(
            "/lines/0/variant",
            (&unknown.variant, &unknown.warehouse),
            "sku",
        ),
        parts::pieces("/lines/0/quantity"),
        parts::price("/lines/0/unitPrice"),
        parts::rate("/lines/0/discountRate"),
        parts::past_day("/date"),
        parts::number("/exchangeRate"),
        parts::text("/supplierReference", 200),
        parts::note("/note"),
        parts::text("/externalId", 64),
        content_rules(),
    ];
    rows.concat()
}

fn content_rules() -> Vec<Row> {
    let most = "999999999999";
    vec![
        row("the warehouse is archived")
            .set("/warehouse", json!({ "code": "OLD" }))
            .gives("ARCHIVED", "warehouse"),
        row("the variant is archived")
            .set("/lines/0/variant", json!({ "sku": "GONE" }))
            .gives("ARCHIVED", "lines.0.variant"),
        row("the external id is taken")
            .set("/externalId", "ordered")
            .gives("DUPLICATE", "externalId"),
        row("nobody says a price")
            .set("/lines/0/variant", json!({ "sku": "BARE" }))
            .unset("/lines/0/unitPrice")
            .invalid("lines.0.unitPrice"),
        row("a rate of the company's own currency")
            .set("/exchangeRate", "0.9")
            .invalid("exchangeRate"),
        row("expected before it is ordered")
            .set("/expectedOn", "2024-02-28")
            .invalid("expectedOn"),
        row("expected in a distant future")
            .set("/lines/0/expectedOn", "2999-01-01")
            .invalid("lines.0.expectedOn"),
        row("metadata that is no object")
            .set("/metadata", json!([1]))
            .invalid("metadata"),
        row("a line that is too large")
            .set("/lines/0/quantity", most)
            .set("/lines/0/unitPrice", most)
            .invalid("lines.0.quantity"),
        row("lines that add up to too much")
            .set("/lines/0/quantity", most)
            .set("/lines/1", line())
            .set("/lines/1/quantity", most)
            .invalid("lines"),
        row("several errors of a line and of the order")
            .set("/date", "2999-01-01")
            .set("/note", "")
            .set("/externalId", "ordered")
            .set("/lines/0/quantity", "0.5")
            .set("/lines/0/unitPrice", "-1")
            .invalid("date")
            .invalid("note")
            .gives("DUPLICATE", "externalId")
            .invalid("lines.0.quantity")
            .invalid("lines.0.unitPrice"),
    ]
}

fn baseline(external_id: &str) -> Value {
    json!({
        "warehouse": { "code": "SIDE" },
        "lines": [line()],
        "date": "2024-02-29",
        "expectedOn": "2024-03-31",
        "exchangeRate": "1",
        "supplierReference": "their 17",
        "note": "two\nlines",
        "externalId": external_id,
        "metadata": { "dock": "4" },
    })
}

fn create(world: &World) -> Mutation {
    let name = "purchaseOrderCreate";
    let mut baseline = baseline("order-new");
    baseline["supplier"] = json!({ "code": "MILL" });
    baseline["idempotencyKey"] = json!(name);
    let ids = (
        world.unknown.supplier.as_str(),
        world.unknown.variant.as_str(),
    );
    let supplier = vec![
        row("the supplier is archived")
            .set("/supplier", json!({ "code": "SHUT" }))
            .gives("ARCHIVED", "supplier"),
        row("a foreign currency without its rate")
            .set("/supplier", json!({ "code": "YARD" }))
            .unset("/exchangeRate")
            .invalid("exchangeRate"),
    ];
    let rows = [
        parts::shape(&["supplier", "warehouse", "lines"]),
        parts::reference("/supplier", ids, "code"),
        supplier,
        content(world),
        parts::key(USED_KEY),
    ];
    Mutation {
        name,
        baseline,
        rows: rows.concat(),
    }
}

fn update(world: &World) -> Mutation {
    let name = "purchaseOrderUpdate";
    let mut baseline = baseline("update-new");
    baseline["purchaseOrder"] = of(&world.purchases.updatable);
    baseline["expectedVersion"] = json!(1);
    baseline["idempotencyKey"] = json!(name);
    let stale = row("another version")
        .set("/expectedVersion", 2)
        .gives("STALE", "expectedVersion");
    let rows = [
        parts::shape(&["purchaseOrder"]),
        order_rows(world, &world.purchases.sent),
        content(world),
        vec![stale],
    ];
    Mutation {
        name,
        baseline,
        rows: rows.concat(),
    }
}

fn confirm(world: &World) -> Mutation {
    let name = "purchaseOrderConfirm";
    let purchases = &world.purchases;
    let good = &purchases.confirmable;
    let line = json!({ "line": good.line, "quantity": "9", "promisedOn": "2026-12-24" });
    let ids = (
        purchases.unknown.line.as_str(),
        world.unknown.variant.as_str(),
    );
    let day = |day: &str| {
        row(format!("promised on {day}"))
            .set("/lines/0/promisedOn", day)
            .invalid("lines.0.promisedOn")
    };
    let rows = [
        parts::shape(&["purchaseOrder", "lines"]),
        order_rows(world, &purchases.draft),
        parts::different_lines("/lines", &line, "line"),
        parts::id("/lines/0/line", ids, "lines.0.line"),
        parts::pieces_or_none("/lines/0/quantity"),
        parts::text("/supplierReference", 200),
        vec![day("1899-12-31"), day("9999-12-31")],
    ];
    Mutation {
        name,
        baseline: json!({
            "purchaseOrder": of(good), "lines": [line], "supplierReference": "their 18",
            "idempotencyKey": name,
        }),
        rows: rows.concat(),
    }
}

fn receive(world: &World) -> Mutation {
    let name = "purchaseOrderReceive";
    let purchases = &world.purchases;
    let (good, unknown) = (&purchases.receivable, &world.unknown);
    let line = json!({
        "line": good.line, "accepted": "3", "rejected": "1", "rejectionReason": "bent",
        "short": "1", "unitCost": "1.25",
    });
    let ids = (purchases.unknown.line.as_str(), unknown.variant.as_str());
    let rows = [
        parts::shape(&["purchaseOrder", "lines"]),
        order_rows(world, &purchases.draft),
        parts::reference("/warehouse", (&unknown.warehouse, &unknown.variant), "code"),
        parts::different_lines("/lines", &line, "line"),
        parts::id("/lines/0/line", ids, "lines.0.line"),
        parts::pieces_or_none("/lines/0/accepted"),
        parts::pieces_or_none("/lines/0/rejected"),
        parts::pieces_or_none("/lines/0/short"),
        parts::price("/lines/0/unitCost"),
        parts::text("/lines/0/rejectionReason", 200),
        parts::past_day("/date"),
        parts::text("/deliveryNote", 200),
        parts::note("/note"),
        parts::text("/externalId", 64),
        receive_rules(),
    ];
    Mutation {
        name,
        baseline: json!({
            "purchaseOrder": of(good), "lines": [line], "warehouse": { "code": "SIDE" },
            "date": "2024-02-29", "deliveryNote": "L 17", "note": "two\nlines",
            "externalId": "po-receipt-new", "metadata": { "dock": "4" }, "idempotencyKey": name,
        }),
        rows: rows.concat(),
    }
}

fn receive_rules() -> Vec<Row> {
    vec![
        row("more than is open")
            .set("/lines/0/accepted", "10")
            .invalid("lines.0.accepted"),
        row("nothing is said of a line")
            .set("/lines/0/accepted", "0")
            .set("/lines/0/rejected", "0")
            .set("/lines/0/short", "0")
            .invalid("lines.0.accepted"),
        row("rejected without a reason")
            .unset("/lines/0/rejectionReason")
            .invalid("lines.0.rejectionReason"),
        row("a cost from somebody who may not see costs")
            .without(Scope::CostsRead)
            .gives("FIELD_FORBIDDEN", "lines.0.unitCost"),
        row("the warehouse is archived")
            .set("/warehouse", json!({ "code": "OLD" }))
            .gives("ARCHIVED", "warehouse"),
        row("the external id is taken")
            .set("/externalId", "first")
            .gives("DUPLICATE", "externalId"),
        row("metadata that is no object")
            .set("/metadata", "x")
            .invalid("metadata"),
        row("several errors at once")
            .set("/warehouse", json!({ "code": "OLD" }))
            .set("/externalId", "first")
            .set("/date", "2999-01-01")
            .set("/lines/0/accepted", "100")
            .gives("ARCHIVED", "warehouse")
            .gives("DUPLICATE", "externalId")
            .invalid("date")
            .invalid("lines.0.accepted"),
    ]
}

fn reverse(world: &World) -> Mutation {
    let name = "goodsReceiptReverse";
    let purchases = &world.purchases;
    let field = "/goodsReceipt";
    let ids = (
        purchases.unknown.receipt.as_str(),
        world.unknown.variant.as_str(),
    );
    let by = |id: &str| json!({ "id": id });
    let rules = vec![
        row("it is reversed already")
            .set(field, by(&purchases.reversed))
            .gives("INVALID_STATE", "goodsReceipt"),
        row("its goods are gone")
            .set(field, by(&purchases.sold))
            .gives("INSUFFICIENT_STOCK", "goodsReceipt"),
        row("earlier than the receipt")
            .set("/date", "2024-02-29")
            .invalid("date"),
        row("several errors at once")
            .set(field, by(&purchases.reversed))
            .set("/reason", "")
            .set("/date", "2999-01-01")
            .gives("INVALID_STATE", "goodsReceipt")
            .invalid("reason")
            .invalid("date"),
    ];
    let rows = [
        parts::shape(&["goodsReceipt", "reason"]),
        parts::reference(field, ids, "number"),
        parts::text("/reason", 200),
        parts::past_day("/date"),
        parts::key(USED_KEY),
        rules,
    ];
    let today = clock::now().to_utc().format("%Y-%m-%d").to_string();
    Mutation {
        name,
        baseline: json!({
            "goodsReceipt": by(&purchases.reversible), "reason": "counted twice", "date": today,
            "idempotencyKey": name,
        }),
        rows: rows.concat(),
    }
}
