//! Random histories of goods that leave first in, first out, in two warehouses, against a reference
//! of a few lines: quantity and value of both levels after every step.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::model::compare::micros;
use crate::model::dice::Dice;
use crate::model::stock::share;
use crate::support::{Client, shop};

const WAREHOUSES: [&str; 2] = ["MAIN", "SHOP"];
const STEPS: usize = 80;

/// What is left of goods that came together; the value in millionths.
struct Layer {
    quantity: i64,
    value: i64,
    /// The id of the receipt that brought it and how much it was; empty for transfers.
    receipt: String,
    came: i64,
}

/// What leaves first is in front.
type Queue = VecDeque<Layer>;

fn arrived(quantity: i64, value: i64) -> Layer {
    Layer {
        quantity,
        value,
        receipt: String::new(),
        came: quantity,
    }
}

/// Takes pieces of the front; what they cost.
fn take(queue: &mut Queue, mut open: i64) -> i64 {
    let mut cost = 0;
    while open > 0 {
        let first = queue.front_mut().expect("no more leaves than is there");
        let part = first.quantity.min(open);
        let leaves = share(first.value, part, first.quantity);
        first.quantity -= part;
        first.value -= leaves;
        if first.quantity == 0 {
            queue.pop_front();
        }
        open -= part;
        cost += leaves;
    }
    cost
}

fn sum(queue: &Queue) -> (i64, i64) {
    let add = |sum: (i64, i64), one: &Layer| (sum.0 + one.quantity, sum.1 + one.value);
    queue.iter().fold((0, 0), add)
}

/// Receives goods; the id of the receipt.
async fn receive(client: &Client, dice: &mut Dice, (code, queue): (&str, &mut Queue)) -> String {
    let (quantity, cents) = (dice.between(1, 12), dice.between(0, 900));
    let cost = format!("{}.{:02}", cents / 100, cents % 100);
    let line = json!({ "variant": { "sku": "TEA" }, "quantity": quantity.to_string(),
        "unitCost": cost });
    let input = json!({ "warehouse": { "code": code }, "lines": [line] });
    let made = client
        .accept("goodsReceiptPost", input, "goodsReceipt { id }")
        .await;
    let id = made["goodsReceipt"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    queue.push_back(Layer {
        receipt: id.clone(),
        ..arrived(quantity, quantity * cents * 10_000)
    });
    id
}

/// Takes a receipt back, which is refused unless all of its goods are there at their cost.
async fn take_back(client: &Client, receipt: &str, queues: &mut [Queue; 2]) -> bool {
    let is_whole = |layer: &Layer| layer.receipt == receipt && layer.quantity == layer.came;
    let is_there = queues.iter().flatten().any(is_whole);
    let input = json!({ "goodsReceipt": { "id": receipt }, "reason": "wrong" });
    let answer = client
        .mutate("goodsReceiptReverse", input, "goodsReceipt { id }")
        .await;
    assert_eq!(answer["errors"] == json!([]), is_there, "{answer}");
    for queue in queues {
        queue.retain(|layer| !is_whole(layer));
    }
    is_there
}

async fn lose(client: &Client, quantity: i64, (code, queue): (&str, &mut Queue)) {
    let delta = (-quantity).to_string();
    let line = json!({ "variant": { "sku": "TEA" }, "change": { "delta": delta } });
    let input = json!({ "warehouse": { "code": code }, "reason": "LOSS", "lines": [line] });
    let selection = "stockAdjustment { lines { value { amount } } }";
    let made = client.accept("stockAdjust", input, selection).await;
    let value = micros(&made["stockAdjustment"]["lines"][0]["value"]["amount"]);
    assert_eq!(-value, take(queue, quantity));
}

/// Sends goods to the other warehouse, where a part arrives before the rest.
async fn send(client: &Client, quantity: i64, from: usize, queues: &mut [Queue; 2]) {
    let input = json!({
        "fromWarehouse": { "code": WAREHOUSES[from] },
        "toWarehouse": { "code": WAREHOUSES[1 - from] },
        "lines": [{ "variant": { "sku": "TEA" }, "quantity": quantity.to_string() }],
    });
    let selection = "stockTransfer { id lines { id } }";
    let made = client.accept("stockTransferCreate", input, selection).await;
    let of = json!({ "stockTransfer": { "id": made["stockTransfer"]["id"] } });
    client
        .accept("stockTransferDispatch", of.clone(), selection)
        .await;
    let value = take(&mut queues[from], quantity);
    let first = (quantity + 1) / 2;
    let mut part = of.clone();
    let line = &made["stockTransfer"]["lines"][0]["id"];
    part["lines"] = json!([{ "line": line, "received": first.to_string() }]);
    client.accept("stockTransferReceive", part, selection).await;
    let early = share(value, first, quantity);
    queues[1 - from].push_back(arrived(first, early));
    if first < quantity {
        client.accept("stockTransferReceive", of, selection).await;
        queues[1 - from].push_back(arrived(quantity - first, value - early));
    }
}

async fn compare(client: &Client, queues: &[Queue; 2], step: usize) {
    for (code, queue) in WAREHOUSES.iter().zip(queues) {
        let level = shop::level(client, "TEA", code).await;
        let (quantity, value) = sum(queue);
        if level.is_null() {
            assert_eq!(quantity, 0, "step {step}, {code}");
            continue;
        }
        let told = (micros(&level["onHand"]), micros(&level["value"]["amount"]));
        assert_eq!(told, (quantity * 1_000_000, value), "step {step}, {code}");
    }
}

/// Does something at random.
async fn play(
    client: &Client,
    dice: &mut Dice,
    (queues, receipts): (&mut [Queue; 2], &mut Vec<String>),
) {
    let at = dice.below(2);
    let there = sum(&queues[at]).0;
    let deed = dice.below(4);
    if there == 0 || deed == 0 {
        let target = (WAREHOUSES[at], &mut queues[at]);
        receipts.push(receive(client, dice, target).await);
        return;
    }
    let quantity = dice.between(1, there.min(20));
    match deed {
        1 => lose(client, quantity, (WAREHOUSES[at], &mut queues[at])).await,
        2 => send(client, quantity, at, queues).await,
        _ if receipts.is_empty() => {}
        _ => {
            // Of the latest, some are still there.
            let one = receipts.len() - 1 - dice.below(receipts.len().min(3));
            if take_back(client, &receipts[one], queues).await {
                receipts.remove(one);
            }
        }
    }
}

both! {
    async fn quantity_and_value_are_those_of_the_reference_after_every_step(server: &TestServer) {
        let client = server.client();
        for code in WAREHOUSES {
            shop::warehouse(&client, code).await;
        }
        let variants: Value = json!([{ "sku": "TEA", "costingMethod": "FIFO" }]);
        let input = json!({ "name": "Tea", "variants": variants });
        client.accept("productCreate", input, "product { id }").await;
        let mut dice = Dice::of(20_261_124);
        let mut queues: [Queue; 2] = Default::default();
        let mut receipts = Vec::new();
        for step in 0..STEPS {
            play(&client, &mut dice, (&mut queues, &mut receipts)).await;
            compare(&client, &queues, step).await;
        }
    }
}
