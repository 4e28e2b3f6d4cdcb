//! Transfers.

use serde_json::{Value, json};

use super::documents::Transfer;
use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![
        create(world),
        dispatch(world),
        receive(world),
        cancel(world),
    ]
}

fn line(sku: &str, quantity: &str) -> Value {
    json!({ "variant": { "sku": sku }, "quantity": quantity })
}

fn create(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let full = line("BOLT", "2");
    let baseline = json!({
        "fromWarehouse": { "code": "MAIN" },
        "toWarehouse": { "code": "SIDE" },
        "lines": [full],
        "date": "2024-02-29",
        "note": "two\nlines",
        "externalId": "transfer-new",
        "idempotencyKey": "stockTransferCreate",
    });
    let (variant, warehouse) = (unknown.variant.as_str(), unknown.warehouse.as_str());
    let rows = [
        parts::shape(&["fromWarehouse", "toWarehouse", "lines"]),
        parts::reference("/fromWarehouse", (warehouse, variant), "code"),
        parts::reference("/toWarehouse", (warehouse, variant), "code"),
        parts::lines("/lines", &full),
        parts::reference("/lines/0/variant", (variant, warehouse), "sku"),
        parts::pieces("/lines/0/quantity"),
        parts::past_day("/date"),
        parts::note("/note"),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        create_rules(),
        shortage(),
        create_several(),
    ];
    Mutation {
        name: "stockTransferCreate",
        baseline,
        rows: rows.concat(),
    }
}

fn create_rules() -> Vec<Row> {
    vec![
        row("the goods leave an archived warehouse")
            .set("/fromWarehouse", json!({ "code": "OLD" }))
            .gives("ARCHIVED", "fromWarehouse"),
        row("the goods go to an archived warehouse")
            .set("/toWarehouse", json!({ "code": "OLD" }))
            .gives("ARCHIVED", "toWarehouse"),
        row("the same warehouse on both sides")
            .set("/toWarehouse", json!({ "code": "MAIN" }))
            .invalid("toWarehouse"),
        row("the same warehouse on both sides, named differently")
            .set("/toWarehouse", json!({ "externalId": "main" }))
            .invalid("toWarehouse"),
        row("the same unknown warehouse on both sides")
            .set("/fromWarehouse", json!({ "code": "nowhere" }))
            .set("/toWarehouse", json!({ "code": "nowhere" }))
            .gives("NOT_FOUND", "fromWarehouse")
            .gives("NOT_FOUND", "toWarehouse"),
        row("the variant is archived")
            .set("/lines/0/variant", json!({ "sku": "GONE" }))
            .gives("ARCHIVED", "lines.0.variant"),
        row("the external id is taken")
            .set("/externalId", "moved")
            .gives("DUPLICATE", "externalId"),
        row("four decimals of a kilogram")
            .set("/lines/0", line("SALT", "1.2345"))
            .invalid("lines.0.quantity"),
        row("a line without a quantity")
            .unset("/lines/0/quantity")
            .unfit(),
        row("a line without a variant")
            .unset("/lines/0/variant")
            .unfit(),
    ]
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
            .set("/fromWarehouse", json!({ "code": "SIDE" }))
            .set("/toWarehouse", json!({ "code": "MAIN" }))
            .set("/lines/0", line("SALT", "1"))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("stock that others wait for")
            .set("/lines/0", line("SAND", "1"))
            .gives("INSUFFICIENT_STOCK", "lines.0.quantity"),
        row("stock that another transfer waits for")
            .set("/lines/0", line("IRON", "1"))
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
            .set("/fromWarehouse", json!({ "code": "OLD" }))
            .set("/toWarehouse", json!({ "code": "nowhere" }))
            .set("/date", "2999-01-01")
            .set("/note", "")
            .set("/externalId", "moved")
            .set("/idempotencyKey", "x".repeat(201))
            .set("/lines/0", line("", "0"))
            .set("/lines/1", line("BARE", "0.5"))
            .set("/lines/2", line("nothing", "x"))
            .set("/lines/3", line("GONE", "1"))
            .gives("ARCHIVED", "fromWarehouse")
            .gives("NOT_FOUND", "toWarehouse")
            .invalid("date")
            .invalid("note")
            .gives("DUPLICATE", "externalId")
            .invalid("idempotencyKey")
            .invalid("lines.0.variant.sku")
            .invalid("lines.0.quantity")
            .invalid("lines.1.quantity")
            .gives("NOT_FOUND", "lines.2.variant")
            .invalid("lines.2.quantity")
            .gives("ARCHIVED", "lines.3.variant"),
        row("the same warehouse on both sides, and more")
            .set("/toWarehouse", json!({ "code": "MAIN" }))
            .set("/lines/0", line("nothing", "-1"))
            .invalid("toWarehouse")
            .gives("NOT_FOUND", "lines.0.variant")
            .invalid("lines.0.quantity"),
    ]
}

/// What every change of a transfer must withstand: it is named, and in none of these states.
fn transfer_rows(world: &World, states: &[(&str, &Transfer)]) -> Vec<Row> {
    let ids = (
        world.unknown.transfer.as_str(),
        world.unknown.transfer_line.as_str(),
    );
    let references = parts::reference("/stockTransfer", ids, "number");
    let state = |(name, transfer): &(&str, &Transfer)| {
        row(*name)
            .set("/stockTransfer", json!({ "id": transfer.id }))
            .gives("INVALID_STATE", "stockTransfer")
    };
    let states = states.iter().map(state).collect();
    [references, parts::key(USED_KEY), states].concat()
}

fn dispatch(world: &World) -> Mutation {
    let transfers = &world.transfers;
    let states = [
        ("it is on its way already", &transfers.in_transit),
        ("it has arrived", &transfers.closed),
        ("it is cancelled", &transfers.cancelled),
        ("a part of what it was promised is gone", &transfers.short),
    ];
    let several = row("several errors at once")
        .set(
            "/stockTransfer",
            json!({ "number": transfers.closed.number }),
        )
        .set("/date", "2999-01-01")
        .set("/idempotencyKey", "")
        .gives("INVALID_STATE", "stockTransfer")
        .invalid("date")
        .invalid("idempotencyKey");
    let rows = [
        parts::shape(&["stockTransfer"]),
        transfer_rows(world, &states),
        parts::past_day("/date"),
        vec![several],
    ];
    Mutation {
        name: "stockTransferDispatch",
        baseline: json!({
            "stockTransfer": { "number": transfers.dispatchable.number },
            "date": "2024-02-29",
            "idempotencyKey": "stockTransferDispatch",
        }),
        rows: rows.concat(),
    }
}

fn cancel(world: &World) -> Mutation {
    let transfers = &world.transfers;
    let states = [
        ("it is on its way", &transfers.in_transit),
        ("it has arrived", &transfers.closed),
        ("it is cancelled already", &transfers.cancelled),
    ];
    let several = row("several errors at once")
        .set("/stockTransfer", json!({ "externalId": "cancelled" }))
        .set("/idempotencyKey", "a\tb")
        .gives("INVALID_STATE", "stockTransfer")
        .invalid("idempotencyKey");
    let rows = [
        parts::shape(&["stockTransfer"]),
        transfer_rows(world, &states),
        vec![several],
    ];
    Mutation {
        name: "stockTransferCancel",
        baseline: json!({
            "stockTransfer": { "number": transfers.cancellable.number },
            "idempotencyKey": "stockTransferCancel",
        }),
        rows: rows.concat(),
    }
}

fn receive(world: &World) -> Mutation {
    let (unknown, transfers) = (&world.unknown, &world.transfers);
    let full = json!({
        "line": transfers.in_transit.line, "received": "2", "lost": "1", "returned": "1",
    });
    let baseline = json!({
        "stockTransfer": { "number": transfers.in_transit.number },
        "lines": [full],
        "shortageReason": "a carton fell off the truck",
        "date": "2024-03-01",
        "idempotencyKey": "stockTransferReceive",
    });
    let states = [
        ("it was not sent yet", &transfers.draft),
        ("it has arrived", &transfers.closed),
        ("it is cancelled", &transfers.cancelled),
    ];
    let line = (unknown.transfer_line.as_str(), unknown.transfer.as_str());
    let rows = [
        parts::shape(&["stockTransfer"]),
        transfer_rows(world, &states),
        parts::different_lines("/lines", &full, "line"),
        parts::id("/lines/0/line", line, "lines.0.line"),
        parts::pieces_or_none("/lines/0/received"),
        parts::pieces_or_none("/lines/0/lost"),
        parts::pieces_or_none("/lines/0/returned"),
        parts::text("/shortageReason", 200),
        parts::past_day("/date"),
        receive_lines(world),
        receive_shortage(world),
        receive_several(world),
    ];
    Mutation {
        name: "stockTransferReceive",
        baseline,
        rows: rows.concat(),
    }
}

/// A line of the transfer that is on its way, received, lost and returned.
fn arrived(world: &World, [received, lost, returned]: [&str; 3]) -> Value {
    let line = &world.transfers.in_transit.line;
    json!({ "line": line, "received": received, "lost": lost, "returned": returned })
}

fn receive_lines(world: &World) -> Vec<Row> {
    let most = "999999999999";
    let too_much = |name: &str, parts: [&str; 3]| {
        row(name)
            .set("/lines/0", arrived(world, parts))
            .invalid("lines.0.received")
    };
    vec![
        too_much("more than is on its way", ["11", "0", "0"]),
        too_much("more lost than is on its way", ["0", "11", "0"]),
        too_much("more returned than is on its way", ["0", "0", "11"]),
        too_much("together more than is on its way", ["4", "4", "3"]),
        too_much("as much as can be said", [most, most, most]),
        too_much("nothing is said of a line", ["0", "0", "0"]),
        row("nothing at all is said of a line")
            .set(
                "/lines/0",
                json!({ "line": world.transfers.in_transit.line }),
            )
            .invalid("lines.0.received"),
        row("a quantity that is none, and nothing else")
            .set("/lines/0", arrived(world, ["x", "0", "0"]))
            .invalid("lines.0.received"),
        row("the same line twice")
            .set("/lines/1", arrived(world, ["1", "0", "0"]))
            .invalid("lines.1.line"),
        row("a line of another transfer")
            .set("/lines/0/line", world.transfers.draft.line.as_str())
            .gives("NOT_FOUND", "lines.0.line"),
        row("without saying of which line")
            .unset("/lines/0/line")
            .unfit(),
        row("all of a transfer that was not sent yet")
            .set("/stockTransfer", json!({ "externalId": "moved" }))
            .unset("/lines")
            .gives("INVALID_STATE", "stockTransfer"),
        row("all of a transfer that has arrived")
            .set("/stockTransfer", json!({ "externalId": "closed" }))
            .unset("/lines")
            .gives("INVALID_STATE", "stockTransfer"),
    ]
}

fn receive_shortage(world: &World) -> Vec<Row> {
    let silent = |name: &str, parts: [&str; 3]| {
        row(name)
            .set("/lines/0", arrived(world, parts))
            .unset("/shortageReason")
            .invalid("shortageReason")
    };
    vec![
        silent("lost without a reason", ["1", "1", "0"]),
        silent("returned without a reason", ["1", "0", "1"]),
        silent("lost, and the reason is null", ["0", "1", "0"]).set("/shortageReason", Value::Null),
    ]
}

fn receive_several(world: &World) -> Vec<Row> {
    vec![
        row("several errors at once")
            .set("/date", "2999-01-01")
            .set("/idempotencyKey", "")
            .unset("/shortageReason")
            .set("/lines/0", arrived(world, ["x", "-1", "0.0000001"]))
            .set("/lines/0/line", "nonsense")
            .set("/lines/1", arrived(world, ["1", "1", "0"]))
            .set("/lines/1/line", world.unknown.transfer_line.as_str())
            .set("/lines/2", arrived(world, ["0.5", "11", "0"]))
            .invalid("date")
            .invalid("idempotencyKey")
            .invalid("shortageReason")
            .invalid("lines.0.line")
            .invalid("lines.0.received")
            .invalid("lines.0.lost")
            .invalid("lines.0.returned")
            .gives("NOT_FOUND", "lines.1.line")
            .invalid("lines.2.received")
            .invalid("lines.2.received"),
        row("a closed transfer, and more")
            .set("/stockTransfer", json!({ "id": world.transfers.closed.id }))
            .set("/date", "2999-01-01")
            .set("/shortageReason", "")
            .set("/lines/0/received", "x")
            .gives("INVALID_STATE", "stockTransfer")
            .invalid("date")
            .invalid("shortageReason")
            .invalid("lines.0.received"),
    ]
}
