//! Payments, and what is done with what is open.

use serde_json::json;

use super::parts;
use super::row::{Mutation, Row, row, times};
use super::world::{USED_KEY, World};

/// The mutations of both modules.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![
        post(world),
        allocate(world),
        deallocate(world),
        write_off(world),
        reverse(world),
    ]
}

/// What an amount above zero must withstand.
fn amount(pointer: &str) -> Vec<Row> {
    let path = pointer.trim_start_matches('/').replace('/', ".");
    let zero = row(format!("{pointer} is 0"))
        .set(pointer, 0)
        .invalid(&path);
    let cents = row(format!("{pointer} has half a cent"))
        .set(pointer, "0.005")
        .invalid(&path);
    [parts::number(pointer), vec![zero, cents]].concat()
}

fn allocations(world: &World) -> Vec<Row> {
    let money = &world.money;
    let line = json!({ "document": { "number": money.open.1 }, "amount": "1" });
    let ids = (
        money.unknown.open_item.as_str(),
        world.unknown.customer.as_str(),
    );
    [
        parts::lines_or_none("/allocations"),
        parts::reference("/allocations/0/document", ids, "number"),
        parts::number("/allocations/0/amount"),
        vec![
            row("no allocations")
                .set("/allocations", json!([]))
                .invalid("allocations"),
            row("1,001 allocations")
                .set("/allocations", times(&line, 1_001))
                .invalid("allocations"),
            row("more than is open")
                .set("/allocations/0/amount", "5.01")
                .invalid("allocations.0.amount"),
            row("a credit is no debt")
                .set("/allocations/0/document", json!({ "number": money.credit }))
                .gives("NOT_FOUND", "allocations.0.document"),
        ],
    ]
    .concat()
}

fn post(world: &World) -> Mutation {
    let (money, unknown) = (&world.money, &world.unknown);
    let baseline = json!({
        "customer": { "code": "ACME" },
        "direction": "IN",
        "amount": "2.5",
        "currency": "EUR",
        "exchangeRate": "1",
        "date": "2024-02-29",
        "method": "transfer",
        "reference": "4711",
        "note": "two\nlines",
        "allocations": [{ "document": { "number": money.open.1 }, "amount": "1" }],
        "allocate": "NONE",
        "externalId": "payment-new",
        "metadata": { "bank": "7" },
        "dryRun": false,
        "idempotencyKey": "paymentPost",
    });
    let rows = [
        parts::shape(&["customer", "amount"]),
        parts::reference("/customer", (&unknown.customer, &unknown.order), "code"),
        amount("/amount"),
        parts::number("/exchangeRate"),
        allocations(world),
        parts::past_day("/date"),
        parts::text("/method", 200),
        parts::text("/reference", 200),
        parts::note("/note"),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        rules_of_post(),
    ];
    Mutation {
        name: "paymentPost",
        baseline,
        rows: rows.concat(),
    }
}

fn rules_of_post() -> Vec<Row> {
    vec![
        row("a currency that is none")
            .set("/currency", "EURO")
            .invalid("currency"),
        row("a currency without a rate")
            .set("/currency", "USD")
            .unset("/exchangeRate")
            .unset("/allocations")
            .invalid("exchangeRate"),
        row("the company's currency at another rate")
            .set("/exchangeRate", "1.1")
            .invalid("exchangeRate"),
        row("allocations of another currency")
            .set("/currency", "USD")
            .set("/exchangeRate", "0.9")
            .gives("NOT_FOUND", "allocations.0.document"),
        row("more is allocated than came in")
            .set("/amount", "0.99")
            .invalid("allocations.0.amount"),
        row("the external id is taken")
            .set("/externalId", "first payment")
            .gives("DUPLICATE", "externalId"),
        row("a refund of more than the credit there is")
            .set("/direction", "OUT")
            .set("/amount", "100")
            .set("/allocate", "OLDEST_FIRST")
            .unset("/allocations")
            .invalid("amount"),
        row("a way that is none").set("/direction", "UP").unfit(),
        row("several errors at once")
            .set("/amount", "0.005")
            .set("/allocations/0/document", json!({ "number": "IN-1" }))
            .set("/date", "2999-01-01")
            .set("/method", "")
            .set("/externalId", "first payment")
            .invalid("amount")
            .gives("NOT_FOUND", "allocations.0.document")
            .invalid("date")
            .invalid("method")
            .gives("DUPLICATE", "externalId"),
    ]
}

fn allocate(world: &World) -> Mutation {
    let money = &world.money;
    let ids = (
        money.unknown.open_item.as_str(),
        world.unknown.customer.as_str(),
    );
    let baseline = json!({
        "credit": { "number": money.credit },
        "allocations": [{ "document": { "number": money.open.1 }, "amount": "1" }],
        "date": "2024-02-29",
        "dryRun": false,
        "idempotencyKey": "paymentAllocate",
    });
    let rows = [
        parts::shape(&["credit"]),
        parts::reference("/credit", ids, "number"),
        allocations(world),
        parts::past_day("/date"),
        parts::key(USED_KEY),
        vec![
            row("a debt is no credit")
                .set("/credit", json!({ "number": money.open.1 }))
                .invalid("credit"),
            row("nothing of the credit is left")
                .set("/credit", json!({ "number": money.reversed }))
                .invalid("credit"),
            row("more than is left")
                .set("/allocations/0/amount", "3.01")
                .invalid("allocations.0.amount"),
            row("several errors at once")
                .set("/allocations/0/document", json!({ "number": "" }))
                .set("/allocations/0/amount", 0)
                .set("/date", "2999-01-01")
                .invalid("allocations.0.document.number")
                .invalid("allocations.0.amount")
                .invalid("date"),
        ],
    ];
    Mutation {
        name: "paymentAllocate",
        baseline,
        rows: rows.concat(),
    }
}

fn deallocate(world: &World) -> Mutation {
    let money = &world.money;
    let baseline = json!({
        "allocation": money.allocations.0,
        "date": "2024-02-29",
        "dryRun": false,
        "idempotencyKey": "paymentDeallocate",
    });
    let ids = (
        money.unknown.allocation.as_str(),
        world.unknown.customer.as_str(),
    );
    let rows = [
        parts::shape(&["allocation"]),
        parts::id("/allocation", ids, "allocation"),
        parts::past_day("/date"),
        parts::key(USED_KEY),
        vec![
            row("it was taken back already")
                .set("/allocation", json!(money.allocations.1))
                .gives("INVALID_STATE", "allocation"),
            row("several errors at once")
                .set("/allocation", json!(money.allocations.1))
                .set("/date", "2999-01-01")
                .gives("INVALID_STATE", "allocation")
                .invalid("date"),
        ],
    ];
    Mutation {
        name: "paymentDeallocate",
        baseline,
        rows: rows.concat(),
    }
}

fn write_off(world: &World) -> Mutation {
    let money = &world.money;
    let ids = (
        money.unknown.open_item.as_str(),
        world.unknown.customer.as_str(),
    );
    let baseline = json!({
        "openItem": { "number": money.open.1 },
        "amount": "0.25",
        "reason": "too little",
        "date": "2024-02-29",
        "dryRun": false,
        "idempotencyKey": "openItemWriteOff",
    });
    let rows = [
        parts::shape(&["openItem", "reason"]),
        parts::reference("/openItem", ids, "number"),
        amount("/amount"),
        parts::text("/reason", 2_000),
        parts::past_day("/date"),
        parts::key(USED_KEY),
        vec![
            row("more than is open")
                .set("/amount", "5.01")
                .invalid("amount"),
            row("a credit")
                .set("/openItem", json!({ "number": money.credit }))
                .invalid("openItem"),
            row("several errors at once")
                .set("/amount", "-1")
                .set("/reason", "")
                .set("/openItem", json!({ "number": "IN-1" }))
                .invalid("amount")
                .invalid("reason")
                .gives("NOT_FOUND", "openItem"),
        ],
    ];
    Mutation {
        name: "openItemWriteOff",
        baseline,
        rows: rows.concat(),
    }
}

fn reverse(world: &World) -> Mutation {
    let (money, unknown) = (&world.money, &world.unknown);
    let baseline = json!({
        "payment": { "number": money.reversible },
        "reason": "no funds",
        "date": chrono::Utc::now().date_naive().to_string(),
        "dryRun": false,
        "idempotencyKey": "paymentReverse",
    });
    let rows = [
        parts::shape(&["payment", "reason"]),
        parts::reference(
            "/payment",
            (&money.unknown.payment, &unknown.order),
            "number",
        ),
        parts::text("/reason", 2_000),
        parts::past_day("/date"),
        parts::key(USED_KEY),
        vec![
            row("it was reversed already")
                .set("/payment", json!({ "number": money.reversed }))
                .gives("INVALID_STATE", "payment"),
            row("before the payment")
                .set("/date", "2024-02-29")
                .invalid("date"),
            row("several errors at once")
                .set("/payment", json!({ "number": money.reversed }))
                .set("/reason", "a\u{0}b")
                .gives("INVALID_STATE", "payment")
                .invalid("reason"),
        ],
    ];
    Mutation {
        name: "paymentReverse",
        baseline,
        rows: rows.concat(),
    }
}
