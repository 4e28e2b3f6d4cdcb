//! Several commands at once.

use serde_json::{Value, json};

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::USED_KEY;

/// The mutation of this module.
pub fn mutations() -> Vec<Mutation> {
    let receive = receive();
    let place = json!({ "salesOrderPlace": {
        "customer": { "code": "ACME" },
        "warehouse": { "code": "MAIN" },
        "lines": [{ "variant": { "sku": "BOLT" }, "quantity": "1" }],
    }});
    let baseline = json!({ "commands": [receive, place], "idempotencyKey": "batch" });
    let rows = [
        parts::shape(&["commands"]),
        parts::key(USED_KEY),
        form(),
        inside(),
    ];
    vec![Mutation {
        name: "batch",
        baseline,
        rows: rows.concat(),
    }]
}

fn receive() -> Value {
    let line = json!({ "variant": { "sku": "BOLT" }, "quantity": "1", "unitCost": "1" });
    json!({ "goodsReceiptPost": { "warehouse": { "code": "MAIN" }, "lines": [line] } })
}

fn form() -> Vec<Row> {
    let mut two = receive();
    two["invoicePost"] = json!({ "salesOrder": { "id": "x" } });
    vec![
        row("no command")
            .set("/commands", json!([]))
            .invalid("commands"),
        row("too many commands")
            .set("/commands", vec![receive(); 51])
            .invalid("commands"),
        row("a command of two kinds")
            .set("/commands/0", two)
            .unfit(),
        row("a command of no kind")
            .set("/commands/0", json!({}))
            .unfit(),
        row("no command at all")
            .set("/commands/0", Value::Null)
            .unfit(),
        row("what cannot be part of a batch")
            .set(
                "/commands/0",
                json!({ "warehouseCreate": { "code": "NEW", "name": "New" } }),
            )
            .unfit(),
        row("a batch in a batch")
            .set(
                "/commands/0",
                json!({ "batch": { "commands": [receive()] } }),
            )
            .unfit(),
    ]
}

fn inside() -> Vec<Row> {
    vec![
        row("a command with a key of its own")
            .set("/commands/0/goodsReceiptPost/idempotencyKey", "mine")
            .invalid("commands.0.goodsReceiptPost.idempotencyKey"),
        row("a command that is only tried")
            .set("/commands/1/salesOrderPlace/dryRun", true)
            .invalid("commands.1.salesOrderPlace.dryRun"),
        row("a bad number behind a command that is good")
            .set("/commands/1/salesOrderPlace/lines/0/quantity", "-1")
            .invalid("commands.1.salesOrderPlace.lines.0.quantity"),
        row("two commands that are bad: the first is told")
            .set("/commands/0/goodsReceiptPost/lines/0/quantity", "-1")
            .set("/commands/1/salesOrderPlace/lines/0/quantity", "-1")
            .invalid("commands.0.goodsReceiptPost.lines.0.quantity"),
        row("a command with several errors: all of them are told")
            .set("/commands/0/goodsReceiptPost/lines/0/quantity", "-1")
            .set("/commands/0/goodsReceiptPost/lines/0/unitCost", "-1")
            .invalid("commands.0.goodsReceiptPost.lines.0.quantity")
            .invalid("commands.0.goodsReceiptPost.lines.0.unitCost"),
        row("more than there is")
            .set("/commands/1/salesOrderPlace/lines/0/quantity", "1000000")
            .gives(
                "INSUFFICIENT_STOCK",
                "commands.1.salesOrderPlace.lines.0.quantity",
            ),
        row("an order that is not there")
            .set(
                "/commands/1",
                json!({ "invoicePost": { "salesOrder": { "number": "SO-0" } } }),
            )
            .gives("NOT_FOUND", "commands.1.invoicePost.salesOrder"),
    ]
}
