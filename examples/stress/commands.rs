//! What clients ask for: one command out of a mix, about documents that they know.

use chrono::{Duration, Utc};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::caller::Command;
use crate::company::{self, COLD, CUSTOMERS, HOT, RECEIPT, SUPPLIERS, WAREHOUSES};
use crate::counting;
use crate::world::World;

const ORDER: &str = "salesOrder { id number lines { id quantity variant { sku } } }";
const ORDER_STATUS: &str = "salesOrder { id status }";
const FULFILMENTS: &str = "fulfilments { id number warehouse { code } \
     lines { id quantity salesOrderLineId variant { sku } } }";
const SHIPPED: &str = "fulfilments { id number warehouse { code } \
     lines { id quantity salesOrderLineId variant { sku } } } \
     salesOrder { id fulfilmentStatus lines { id quantity variant { sku } } }";
const HOLD: &str = "stockHold { id lines { id quantity variant { sku } warehouse { code } } }";
const PURCHASE: &str = "purchaseOrder { id number warehouse { code } \
     lines { id quantity variant { sku } } }";
const ADJUSTMENT: &str = "stockAdjustment { id number warehouse { code } \
     lines { id delta place variant { sku } } }";
const TRANSFER: &str = "stockTransfer { id number fromWarehouse { code } toWarehouse { code } \
     lines { id quantity inTransit variant { sku } } }";
const RETURN: &str = "customerReturn { id number warehouse { code } \
     lines { id quantity received variant { sku } } }";
const INVOICE: &str = "invoice { id number gross { amount } lines { id quantity } }";
const PAYMENT: &str = "payment { id number amount { amount } }";

/// How long a hold lives that is meant to run out during the run, in seconds.
pub const SHORT_HOLD: i64 = 5;

/// A kind of command, and how often it is drawn.
type Kind = (u32, fn(&mut ChaCha8Rng, &World) -> Option<Command>);

const MIX: &[Kind] = &[
    (26, place),
    (6, |random, world| {
        order_ends("salesOrderCancel", random, world)
    }),
    (2, |random, world| {
        order_ends("salesOrderClose", random, world)
    }),
    (16, ship_order),
    (4, fulfil),
    (3, ship_fulfilment),
    (2, cancel_fulfilment),
    (8, hold),
    (4, release),
    (4, convert),
    (7, receive),
    (1, reverse_receipt),
    (2, buy),
    (2, submit),
    (2, send),
    (4, receive_purchase),
    (6, adjust),
    (1, reverse_adjustment),
    (3, counting::begin),
    (4, counting::record),
    (3, counting::finish),
    (3, counting::post),
    (1, counting::cancel),
    (4, transfer),
    (4, dispatch),
    (4, arrive),
    (1, cancel_transfer),
    (3, ask_return),
    (3, approve_return),
    (3, receive_return),
    (3, inspect_return),
    (3, invoice),
    (2, pay),
];

/// Draws a command; one about a document that nobody knows yet becomes an order.
pub fn draw(random: &mut ChaCha8Rng, world: &World) -> Command {
    let all: u32 = MIX.iter().map(|(weight, _)| weight).sum();
    let mut at = random.random_range(0..all);
    for (weight, make) in MIX {
        if at < *weight {
            if let Some(command) = make(random, world) {
                return command;
            }
            break;
        }
        at -= weight;
    }
    new_order(random)
}

/// Whether a command may be left without an answer for good: what it does is told by its input.
pub fn may_be_left(command: &Command) -> bool {
    let names = [
        "salesOrderPlace",
        "goodsReceiptPost",
        "stockHoldCreate",
        "stockTransferCreate",
        "stockAdjust",
    ];
    names.contains(&command.name) && !command.input.to_string().contains("counted")
}

/// A command.
pub fn command(name: &'static str, selection: &'static str, input: Value) -> Option<Command> {
    Some(Command {
        name,
        selection,
        input,
    })
}

fn variant(random: &mut ChaCha8Rng) -> usize {
    if random.random_bool(0.55) {
        random.random_range(0..HOT)
    } else {
        random.random_range(HOT..HOT + COLD)
    }
}

/// A warehouse; most often the first.
pub fn warehouse(random: &mut ChaCha8Rng) -> usize {
    [0, 0, 0, 1, 1, 2][random.random_range(0..6)]
}

/// How a warehouse is named.
pub fn code(warehouse: usize) -> Value {
    json!({ "code": WAREHOUSES[warehouse] })
}

fn pieces(random: &mut ChaCha8Rng, most: u32) -> String {
    random.random_range(1..=most).to_string()
}

/// Lines of different variants, or now and then of the same.
pub fn lines(
    random: &mut ChaCha8Rng,
    most: usize,
    mut line: impl FnMut(&mut ChaCha8Rng, Value, usize) -> Value,
) -> Vec<Value> {
    let count = random.random_range(1..=most);
    let mut numbers: Vec<usize> = (0..count).map(|_| variant(random)).collect();
    if !random.random_ratio(1, 10) {
        numbers.sort_unstable();
        numbers.dedup();
    }
    numbers
        .into_iter()
        .map(|number| {
            let sku = json!({ "sku": company::sku(number) });
            line(random, sku, number)
        })
        .collect()
}

fn new_order(random: &mut ChaCha8Rng) -> Command {
    let lines = lines(
        random,
        3,
        |random, variant, _| json!({ "variant": variant, "quantity": pieces(random, 4) }),
    );
    let policies = ["REJECT", "REJECT", "BACKORDER", "BACKORDER", "SPLIT"];
    let customer = company::customer(random.random_range(0..CUSTOMERS));
    let input = json!({
        "customer": { "code": customer },
        "warehouse": code(warehouse(random)),
        "onShortage": policies[random.random_range(0..policies.len())],
        "lines": lines,
    });
    Command {
        name: "salesOrderPlace",
        selection: ORDER,
        input,
    }
}

fn place(random: &mut ChaCha8Rng, _: &World) -> Option<Command> {
    Some(new_order(random))
}

/// How a document is named.
pub fn of(document: &Value) -> Value {
    json!({ "id": document["id"] })
}

fn order_ends(name: &'static str, random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let order = world.orders.pick(random)?;
    command(name, ORDER_STATUS, json!({ "salesOrder": of(&order) }))
}

fn ship_order(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let order = world.orders.pick(random)?;
    let input = json!({ "salesOrder": of(&order) });
    command("fulfilmentShip", SHIPPED, input)
}

fn fulfil(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let order = world.orders.pick(random)?;
    world.orders.put(&order);
    let input = json!({ "salesOrder": of(&order) });
    command("fulfilmentCreate", FULFILMENTS, input)
}

fn ship_fulfilment(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let fulfilment = world.fulfilments.pick(random)?;
    let input = json!({ "fulfilment": of(&fulfilment) });
    command("fulfilmentShip", SHIPPED, input)
}

fn cancel_fulfilment(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let fulfilment = world.fulfilments.pick(random)?;
    let input = json!({ "fulfilment": of(&fulfilment) });
    command("fulfilmentCancel", "fulfilment { id }", input)
}

fn hold(random: &mut ChaCha8Rng, _: &World) -> Option<Command> {
    let lines = lines(random, 2, |random, variant, _| {
        let warehouse = code(warehouse(random));
        json!({ "variant": variant, "warehouse": warehouse, "quantity": pieces(random, 3) })
    });
    let seconds = if random.random_bool(0.5) {
        random.random_range(2..=SHORT_HOLD)
    } else {
        86_400
    };
    let expires_at = (Utc::now() + Duration::seconds(seconds)).to_rfc3339();
    let input = json!({ "owner": "cart", "expiresAt": expires_at, "lines": lines });
    command("stockHoldCreate", HOLD, input)
}

fn release(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let hold = world.holds.pick(random)?;
    let input = json!({ "stockHold": of(&hold) });
    command("stockHoldRelease", "stockHold { id }", input)
}

fn convert(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let hold = world.holds.pick(random)?;
    let customer = company::customer(random.random_range(0..CUSTOMERS));
    let input = json!({ "stockHold": of(&hold), "customer": { "code": customer } });
    command("stockHoldConvert", ORDER, input)
}

fn receive(random: &mut ChaCha8Rng, _: &World) -> Option<Command> {
    let lines = lines(random, 3, |random, variant, _| {
        let cost = format!("{}.25", random.random_range(3..=5));
        json!({ "variant": variant, "quantity": pieces(random, 12), "unitCost": cost })
    });
    let input = json!({ "warehouse": code(warehouse(random)), "lines": lines });
    command("goodsReceiptPost", RECEIPT, input)
}

fn reverse_receipt(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let receipt = world.receipts.pick(random)?;
    let input = json!({ "goodsReceipt": of(&receipt), "reason": "Posted twice" });
    command("goodsReceiptReverse", "goodsReceipt { id status }", input)
}

fn buy(random: &mut ChaCha8Rng, _: &World) -> Option<Command> {
    let lines = lines(random, 3, |random, variant, _| {
        let quantity = pieces(random, 20);
        json!({ "variant": variant, "quantity": quantity, "unitPrice": "3.9" })
    });
    let supplier = company::supplier(random.random_range(0..SUPPLIERS));
    let warehouse = code(warehouse(random));
    let input = json!({
        "supplier": { "code": supplier }, "warehouse": warehouse, "lines": lines,
    });
    command("purchaseOrderCreate", PURCHASE, input)
}

fn submit(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let purchase = world.purchases.pick(random)?;
    let input = json!({ "purchaseOrder": of(&purchase) });
    command("purchaseOrderSubmit", PURCHASE, input)
}

fn send(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let purchase = world.approved.pick(random)?;
    let input = json!({ "purchaseOrder": of(&purchase) });
    command("purchaseOrderSend", PURCHASE, input)
}

/// A whole number as it is in an answer.
fn whole(value: &Value) -> u32 {
    let text = value.as_str().unwrap_or_default();
    text.parse().unwrap_or_default()
}

fn list(document: &Value) -> &[Value] {
    document["lines"].as_array().map_or(&[], Vec::as_slice)
}

fn receive_purchase(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let purchase = world.sent.pick(random)?;
    let mut lines = Vec::new();
    for line in list(&purchase) {
        // A part of it; the rest comes later, if somebody thinks of it.
        let came = random.random_range(1..=whole(&line["quantity"]).max(1));
        let rejected = u32::from(came > 3);
        let accepted = (came - rejected).to_string();
        let mut came = json!({ "line": line["id"], "accepted": accepted });
        if rejected > 0 {
            came["rejected"] = json!(rejected.to_string());
            came["rejectionReason"] = json!("Broken");
        }
        lines.push(came);
    }
    if random.random_bool(0.5) {
        world.sent.put(&purchase);
    }
    let input = json!({ "purchaseOrder": of(&purchase), "lines": lines });
    let selection = "goodsReceipt { id number warehouse { code } \
         lines { id quantity purchaseOrderLineId variant { sku } } }";
    command("purchaseOrderReceive", selection, input)
}

fn adjust(random: &mut ChaCha8Rng, _: &World) -> Option<Command> {
    let is_found = random.random_bool(0.5);
    let lines = lines(random, 2, |random, variant, _| {
        let quantity = pieces(random, 3);
        if is_found {
            json!({ "variant": variant, "change": { "delta": quantity }, "unitCost": "4" })
        } else {
            json!({ "variant": variant, "change": { "delta": format!("-{quantity}") } })
        }
    });
    let reason = if is_found { "FOUND" } else { "DAMAGE" };
    let input = json!({ "warehouse": code(warehouse(random)), "reason": reason, "lines": lines });
    command("stockAdjust", ADJUSTMENT, input)
}

fn reverse_adjustment(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let adjustment = world.adjustments.pick(random)?;
    let input = json!({ "stockAdjustment": of(&adjustment), "reason": "Found again" });
    command("stockAdjustReverse", "stockAdjustment { id status }", input)
}

fn transfer(random: &mut ChaCha8Rng, _: &World) -> Option<Command> {
    let lines = lines(
        random,
        2,
        |random, variant, _| json!({ "variant": variant, "quantity": pieces(random, 4) }),
    );
    let from = warehouse(random);
    let to = (from + random.random_range(1..WAREHOUSES.len())) % WAREHOUSES.len();
    let (from, to) = (code(from), code(to));
    let input = json!({ "fromWarehouse": from, "toWarehouse": to, "lines": lines });
    command("stockTransferCreate", TRANSFER, input)
}

fn dispatch(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let transfer = world.transfers.pick(random)?;
    let input = json!({ "stockTransfer": of(&transfer) });
    command("stockTransferDispatch", TRANSFER, input)
}

fn arrive(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let transfer = world.on_their_way.pick(random)?;
    let mut lines = Vec::new();
    for line in list(&transfer) {
        let all = whole(&line["inTransit"]);
        let lost = u32::from(all > 2 && random.random_ratio(1, 4));
        let returned = u32::from(all > 3 && random.random_ratio(1, 4));
        lines.push(json!({
            "line": line["id"],
            "received": (all - lost - returned).to_string(),
            "lost": lost.to_string(),
            "returned": returned.to_string(),
        }));
    }
    let input = json!({
        "stockTransfer": of(&transfer), "lines": lines, "shortageReason": "Broken on the way",
    });
    command("stockTransferReceive", "stockTransfer { id status }", input)
}

fn cancel_transfer(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let transfer = world.transfers.pick(random)?;
    let input = json!({ "stockTransfer": of(&transfer) });
    command("stockTransferCancel", "stockTransfer { id status }", input)
}

fn ask_return(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let line = world.shipped.pick(random)?;
    let quantity = pieces(random, whole(&line["quantity"]).max(1));
    let lines = json!([
        { "fulfilmentLine": line["id"], "quantity": quantity, "reason": "NOT_WANTED" }
    ]);
    let input = json!({ "salesOrder": { "id": line["order"] }, "lines": lines });
    command("customerReturnRequest", RETURN, input)
}

fn approve_return(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let asked = world.requested.pick(random)?;
    let input = json!({ "customerReturn": of(&asked) });
    command("customerReturnApprove", RETURN, input)
}

fn receive_return(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let expected = world.expected.pick(random)?;
    let lines: Vec<Value> = list(&expected)
        .iter()
        .map(|line| {
            let came = pieces(random, whole(&line["quantity"]).max(1));
            json!({ "line": line["id"], "quantity": came })
        })
        .collect();
    let input = json!({ "customerReturn": of(&expected), "lines": lines });
    command("customerReturnReceive", RETURN, input)
}

fn inspect_return(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let received = world.received.pick(random)?;
    let lines: Vec<Value> = list(&received)
        .iter()
        .map(|line| {
            let all = whole(&line["received"]);
            let restock = random.random_range(0..=all);
            let scrap = random.random_range(0..=all - restock);
            json!({
                "line": line["id"],
                "restock": restock.to_string(),
                "scrap": scrap.to_string(),
                "sendBack": (all - restock - scrap).to_string(),
            })
        })
        .collect();
    let input = json!({ "customerReturn": of(&received), "lines": lines });
    command(
        "customerReturnInspect",
        "customerReturn { id status }",
        input,
    )
}

fn invoice(random: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let order = world.to_invoice.pick(random)?;
    command("invoicePost", INVOICE, json!({ "salesOrder": of(&order) }))
}

fn pay(random: &mut ChaCha8Rng, _: &World) -> Option<Command> {
    let customer = company::customer(random.random_range(0..CUSTOMERS));
    let amount = format!("{}.50", random.random_range(1..=60));
    let input = json!({
        "customer": { "code": customer }, "amount": amount, "allocate": "OLDEST_FIRST",
    });
    command("paymentPost", PAYMENT, input)
}
