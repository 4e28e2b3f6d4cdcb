//! Bad input for customer returns.

use entity::vocab::{CustomerReturnId, CustomerReturnLineId, FulfilmentLineId};
use serde_json::{Value, json};

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World, text};
use crate::support::{Client, shop};

/// A return and its first line.
pub struct Return {
    pub id: String,
    pub line: String,
}

/// Returns in every state, of goods that were shipped and billed.
pub struct Returning {
    /// The id of the order.
    pub order: String,
    /// The id of the line that all of it was shipped by.
    pub shipped: String,
    /// For approving, rejecting and giving up.
    pub requested: Vec<Return>,
    pub approved: Return,
    pub received: Return,
    /// For crediting and for closing.
    pub inspected: Vec<Return>,
    pub cancelled: Return,
}

const RETURN: &str = "customerReturn { id lines { id } }";

impl Returning {
    /// Makes them, of 40 pieces of `CHAIN`, which nothing else is about.
    pub async fn make(client: &Client) -> Self {
        shop::variant(client, "CHAIN", Some("2")).await;
        shop::receive(client, "MAIN", &[("CHAIN", "40", "1")]).await;
        let order = shop::order("ACME", "MAIN", &[("CHAIN", "40")]);
        let made = client
            .accept("salesOrderPlace", order, "salesOrder { id }")
            .await;
        let order = text(&made, "/salesOrder/id");
        let of = json!({ "salesOrder": { "id": order } });
        let selection = "fulfilments { lines { id } }";
        let made = client.accept("fulfilmentShip", of.clone(), selection).await;
        let shipped = text(&made, "/fulfilments/0/lines/0/id");
        client.accept("invoicePost", of, "invoice { id }").await;
        let mut all = Vec::new();
        for steps in [
            &[][..],
            &[],
            &[],
            &["Approve"],
            &["Approve", "Receive"],
            &["Approve", "Receive", "Inspect"],
            &["Approve", "Receive", "Inspect"],
            &["Cancel"],
        ] {
            all.push(made_in(client, (&order, &shipped), steps).await);
        }
        let mut all = all.into_iter();
        let mut next = || all.next().expect("as many as were made");
        Self {
            requested: vec![next(), next(), next()],
            approved: next(),
            received: next(),
            inspected: vec![next(), next()],
            cancelled: next(),
            order,
            shipped,
        }
    }
}

async fn made_in(client: &Client, (order, shipped): (&str, &str), steps: &[&str]) -> Return {
    let line = json!({ "fulfilmentLine": shipped, "quantity": "2", "reason": "DAMAGED" });
    let input = json!({ "salesOrder": { "id": order }, "lines": [line] });
    let made = client.accept("customerReturnRequest", input, RETURN).await;
    let made = Return {
        id: text(&made, "/customerReturn/id"),
        line: text(&made, "/customerReturn/lines/0/id"),
    };
    for step in steps {
        let input = json!({ "customerReturn": { "id": made.id } });
        client
            .accept(&format!("customerReturn{step}"), input, RETURN)
            .await;
    }
    made
}

pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![
        request(world),
        step(
            world,
            "customerReturnApprove",
            &world.returning.requested[0],
        ),
        reject(world),
        step(world, "customerReturnCancel", &world.returning.requested[2]),
        receive(world),
        inspect(world),
        credit(world),
        close(world),
    ]
}

fn request(world: &World) -> Mutation {
    let line = json!({ "fulfilmentLine": world.returning.shipped, "quantity": "1",
        "reason": "OTHER", "note": "too long" });
    let baseline = json!({
        "salesOrder": { "id": world.returning.order },
        "warehouse": { "code": "SIDE" },
        "lines": [line],
        "date": "2024-02-29",
        "note": "by the gate",
        "externalId": "return-1",
        "metadata": { "colour": "red" },
        "idempotencyKey": "customerReturnRequest",
    });
    let unknown = &world.unknown;
    let fulfilment_line = FulfilmentLineId::generate().to_string();
    let ids = (fulfilment_line.as_str(), unknown.order.as_str());
    let rows = [
        parts::shape(&["salesOrder", "lines"]),
        parts::reference("/salesOrder", (&unknown.order, &unknown.variant), "number"),
        parts::reference("/warehouse", (&unknown.warehouse, &unknown.order), "code"),
        parts::different_lines("/lines", &line, "fulfilmentLine"),
        parts::id("/lines/0/fulfilmentLine", ids, "lines.0.fulfilmentLine"),
        parts::pieces("/lines/0/quantity"),
        parts::unfit("/lines/0/reason", &[json!("BORED"), json!(1), Value::Null]),
        parts::note("/lines/0/note"),
        parts::past_day("/date"),
        parts::note("/note"),
        parts::text("/externalId", 64),
        parts::metadata("/metadata"),
        parts::key(USED_KEY),
        vec![
            row("OTHER without a note")
                .unset("/lines/0/note")
                .invalid("lines.0.note"),
            row("more than is left")
                .set("/lines/0/quantity", "27")
                .invalid("lines.0.quantity"),
            row("an order of which nothing was shipped")
                .set("/salesOrder", json!({ "id": world.open.id }))
                .gives("INVALID_STATE", "salesOrder"),
            row("an archived warehouse, and more")
                .set("/warehouse", json!({ "code": "OLD" }))
                .set("/lines/0/quantity", "0.5")
                .set("/date", "2999-01-01")
                .gives("ARCHIVED", "warehouse")
                .invalid("lines.0.quantity")
                .invalid("date"),
        ],
    ];
    Mutation {
        name: "customerReturnRequest",
        baseline,
        rows: rows.concat(),
    }
}

/// References, keys, versions, and a state that a step cannot be taken in.
fn on_return(world: &World) -> Vec<Row> {
    let unknown = CustomerReturnId::generate().to_string();
    let refused = json!({ "id": world.returning.cancelled.id });
    let rows = [
        parts::shape(&["customerReturn"]),
        parts::reference(
            "/customerReturn",
            (&unknown, &world.unknown.variant),
            "number",
        ),
        parts::key(USED_KEY),
        vec![
            row("a version it does not have")
                .set("/expectedVersion", 999)
                .gives("STALE", "expectedVersion"),
            row("a return that is past that, and more")
                .set("/customerReturn", refused)
                .set("/idempotencyKey", "")
                .gives("INVALID_STATE", "customerReturn")
                .invalid("idempotencyKey"),
        ],
    ];
    rows.concat()
}

fn with(world: &World, name: &'static str, of: &Return, more: Value, rows: Vec<Row>) -> Mutation {
    let mut baseline = more;
    baseline["customerReturn"] = json!({ "id": of.id });
    baseline["idempotencyKey"] = json!(name);
    Mutation {
        name,
        baseline,
        rows: [on_return(world), rows].concat(),
    }
}

fn step(world: &World, name: &'static str, of: &Return) -> Mutation {
    with(world, name, of, json!({}), Vec::new())
}

fn reject(world: &World) -> Mutation {
    let more = json!({ "reason": "too late" });
    let rows = parts::text("/reason", 2_000);
    let of = &world.returning.requested[1];
    with(world, "customerReturnReject", of, more, rows)
}

fn line_rows(line: &Value) -> Vec<Row> {
    let unknown = CustomerReturnLineId::generate().to_string();
    let other = FulfilmentLineId::generate().to_string();
    let ids = (unknown.as_str(), other.as_str());
    [
        parts::different_lines("/lines", line, "line"),
        parts::id("/lines/0/line", ids, "lines.0.line"),
        parts::past_day("/date"),
    ]
    .concat()
}

fn receive(world: &World) -> Mutation {
    let of = &world.returning.approved;
    let line = json!({ "line": of.line, "quantity": "1" });
    let more = json!({ "lines": [line], "date": today() });
    let rows = [
        line_rows(&line),
        parts::pieces_or_none("/lines/0/quantity"),
        vec![
            row("more than was to come")
                .set("/lines/0/quantity", "3")
                .invalid("lines.0.quantity"),
            row("nothing has come")
                .set("/lines/0/quantity", "0")
                .invalid("lines"),
            row("before the return")
                .set("/date", "2024-02-29")
                .invalid("date"),
        ],
    ];
    with(world, "customerReturnReceive", of, more, rows.concat())
}

fn inspect(world: &World) -> Mutation {
    let of = &world.returning.received;
    let line = json!({ "line": of.line, "restock": "1", "scrap": "1", "finding": "wet" });
    let more = json!({ "lines": [line], "date": today() });
    let rows = [
        line_rows(&line),
        parts::pieces_or_none("/lines/0/restock"),
        parts::pieces_or_none("/lines/0/scrap"),
        parts::pieces_or_none("/lines/0/sendBack"),
        parts::note("/lines/0/finding"),
        vec![
            row("less than came")
                .set("/lines/0/scrap", "0")
                .invalid("lines.0"),
            row("more than came")
                .set("/lines/0/sendBack", "1")
                .invalid("lines.0"),
        ],
    ];
    with(world, "customerReturnInspect", of, more, rows.concat())
}

fn credit(world: &World) -> Mutation {
    let rows = parts::past_day("/date");
    let of = &world.returning.inspected[0];
    let more = json!({ "date": today(), "apply": true });
    with(world, "customerReturnCredit", of, more, rows)
}

fn close(world: &World) -> Mutation {
    let unknown = &world.unknown;
    let of = &world.returning.inspected[1];
    let more = json!({ "settlement": "REPLACEMENT", "replacement": { "id": world.open.id } });
    let rows = [
        parts::unfit("/settlement", &[json!("LATER"), json!(1), Value::Null]),
        parts::reference("/replacement", (&unknown.order, &unknown.variant), "number"),
        vec![
            row("no replacement")
                .unset("/replacement")
                .invalid("replacement"),
            row("a cancelled replacement")
                .set("/replacement", json!({ "id": world.cancelled.id }))
                .invalid("replacement"),
            row("a replacement beside a credit")
                .set("/settlement", "CREDIT")
                .invalid("replacement"),
            row("a credit that was not given")
                .set("/settlement", "CREDIT")
                .unset("/replacement")
                .invalid("settlement"),
        ],
    ];
    with(world, "customerReturnClose", of, more, rows.concat())
}

fn today() -> String {
    let now = stockroom::platform::clock::now().to_utc();
    now.format("%Y-%m-%d").to_string()
}
