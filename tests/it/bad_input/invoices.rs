//! Invoices and credit notes.

use serde_json::json;

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of both modules.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![invoice(world), credit_note(world)]
}

fn invoice(world: &World) -> Mutation {
    let (money, unknown) = (&world.money, &world.unknown);
    let (order, fulfilment) = &money.unbilled;
    let baseline = json!({
        "salesOrder": { "id": order },
        "fulfilments": [{ "id": fulfilment }],
        "includeCharges": false,
        "date": "2024-02-29",
        "note": "two\nlines",
        "externalId": "invoice-new",
        "metadata": { "shop": "web" },
        "dryRun": false,
        "idempotencyKey": "invoicePost",
    });
    let one = json!({ "id": fulfilment });
    let rows = [
        parts::shape(&["salesOrder"]),
        parts::reference("/salesOrder", (&unknown.order, &unknown.variant), "number"),
        parts::reference(
            "/fulfilments/0",
            (&money.unknown.fulfilment, &unknown.order),
            "number",
        ),
        parts::past_day("/date"),
        parts::note("/note"),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        vec![
            row("no fulfilments")
                .set("/fulfilments", json!([]))
                .invalid("fulfilments"),
            row("a fulfilment twice")
                .set("/fulfilments/1", one)
                .invalid("fulfilments.1"),
            row("the order is cancelled")
                .set("/salesOrder", json!({ "id": world.cancelled.id }))
                .gives("INVALID_STATE", "salesOrder"),
            row("a fulfilment of another order")
                .set("/salesOrder", json!({ "id": world.open.id }))
                .gives("NOT_FOUND", "fulfilments.0"),
            row("nothing was shipped")
                .set("/salesOrder", json!({ "id": world.open.id }))
                .unset("/fulfilments")
                .gives("INVALID_STATE", "salesOrder"),
            row("the external id is taken")
                .set("/externalId", "billed")
                .gives("DUPLICATE", "externalId"),
            row("the metadata is no object")
                .set("/metadata", json!([1]))
                .invalid("metadata"),
        ],
        several_of_invoice(),
    ];
    Mutation {
        name: "invoicePost",
        baseline,
        rows: rows.concat(),
    }
}

fn several_of_invoice() -> Vec<Row> {
    vec![
        row("several errors at once")
            .set("/fulfilments/0", json!({ "number": "" }))
            .set("/fulfilments/1", json!({ "number": "FF-1" }))
            .set("/date", "2999-01-01")
            .set("/note", "")
            .set("/externalId", "billed")
            .set("/idempotencyKey", "")
            .invalid("fulfilments.0.number")
            .gives("NOT_FOUND", "fulfilments.1")
            .invalid("date")
            .invalid("note")
            .gives("DUPLICATE", "externalId")
            .invalid("idempotencyKey"),
    ]
}

fn credit_note(world: &World) -> Mutation {
    let (money, unknown) = (&world.money, &world.unknown);
    let line = json!({ "line": money.open.2, "quantity": "1" });
    let baseline = json!({
        "invoice": { "id": money.open.0 },
        "lines": [line],
        "reason": "torn",
        "date": chrono::Utc::now().date_naive().to_string(),
        "apply": true,
        "externalId": "note-new",
        "metadata": { "shop": "web" },
        "dryRun": false,
        "idempotencyKey": "creditNotePost",
    });
    let many = row("1,001 lines")
        .set("/lines", super::row::times(&line, 1_001))
        .invalid("lines");
    let rows = [
        parts::shape(&["invoice", "reason"]),
        parts::reference(
            "/invoice",
            (&money.unknown.invoice, &unknown.order),
            "number",
        ),
        parts::lines_or_none("/lines"),
        parts::id(
            "/lines/0/line",
            (&money.unknown.invoice_line, &unknown.order_line),
            "lines.0.line",
        ),
        parts::pieces("/lines/0/quantity"),
        parts::past_day("/date"),
        parts::text("/reason", 2_000),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        rules_of_credit_note(world, many),
    ];
    Mutation {
        name: "creditNotePost",
        baseline,
        rows: rows.concat(),
    }
}

fn rules_of_credit_note(world: &World, many: Row) -> Vec<Row> {
    let money = &world.money;
    vec![
        many,
        row("no lines").set("/lines", json!([])).invalid("lines"),
        row("before the invoice")
            .set("/date", "2024-02-29")
            .invalid("date"),
        row("the invoice is void")
            .set("/invoice", json!({ "id": money.void }))
            .gives("INVALID_STATE", "invoice"),
        row("more than was invoiced")
            .set("/lines/0/quantity", "501")
            .invalid("lines.0.quantity"),
        row("more than was invoiced, on two lines")
            .set("/lines/0/quantity", "300")
            .set(
                "/lines/1",
                json!({ "line": money.open.2, "quantity": "201" }),
            )
            .invalid("lines.1.quantity"),
        row("a quantity and an amount")
            .set("/lines/0/amount", "1")
            .invalid("lines.0.amount"),
        row("too large an amount")
            .set(
                "/lines/0",
                json!({ "line": money.open.2, "amount": "5.01" }),
            )
            .invalid("lines.0.amount"),
        row("half a cent")
            .set(
                "/lines/0",
                json!({ "line": money.open.2, "amount": "0.005" }),
            )
            .invalid("lines.0.amount"),
        row("the external id is taken")
            .set("/externalId", "first note")
            .gives("DUPLICATE", "externalId"),
        row("several errors at once")
            .set("/lines/0/quantity", "501")
            .set("/reason", "")
            .set("/externalId", "first note")
            .set("/date", "2999-01-01")
            .invalid("lines.0.quantity")
            .invalid("reason")
            .invalid("date")
            .gives("DUPLICATE", "externalId"),
    ]
}
