//! Buying: what suppliers offer, orders to them, and the goods that come in.

mod approval;
mod order;
mod receive;
mod reverse;
mod supplier_item;

use serde_json::{Value, json};

use crate::support::{Client, shop};

/// What tests read of an order.
const ORDER: &str = "purchaseOrder { id number status receivingStatus dueOn version \
    net { amount currency } tax { amount } gross { amount } expectedOn \
    lines { id quantity unitPrice net { amount } expectedOn promisedOn accepted rejected short \
    closed open } availableTransitions { transition isAllowed } }";

/// What tests read of a receipt.
const RECEIPT: &str = "goodsReceipt { id number status \
    lines { id quantity accepted rejected short unitCost value { amount } \
    reversalDifference { amount } } }";

/// A warehouse MAIN, a supplier MILL, and tea and cups.
async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    shop::supplier(client, "MILL").await;
    shop::variant(client, "TEA", Some("7.50")).await;
    shop::variant(client, "CUP", Some("3")).await;
}

/// The input of `purchaseOrderCreate` for SKUs, quantities and prices.
fn order(lines: &[(&str, &str, &str)]) -> Value {
    let line = |(sku, quantity, price): &(&str, &str, &str)| {
        let variant = json!({ "sku": sku });
        json!({ "variant": variant, "quantity": quantity, "unitPrice": price })
    };
    json!({
        "supplier": { "code": "MILL" },
        "warehouse": { "code": "MAIN" },
        "lines": lines.iter().map(line).collect::<Vec<Value>>(),
    })
}

/// An order as a draft.
async fn draft(client: &Client, lines: &[(&str, &str, &str)]) -> Value {
    let input = order(lines);
    client.accept("purchaseOrderCreate", input, ORDER).await["purchaseOrder"].take()
}

/// An order that the supplier has.
async fn sent(client: &Client, lines: &[(&str, &str, &str)]) -> Value {
    let order = draft(client, lines).await;
    step(client, "Submit", &order).await;
    step(client, "Send", &order).await
}

/// The input that names an order.
fn of(order: &Value) -> Value {
    json!({ "purchaseOrder": { "id": order["id"] } })
}

/// Takes a step with an order, which must be accepted.
async fn step(client: &Client, step: &str, order: &Value) -> Value {
    let name = format!("purchaseOrder{step}");
    client.accept(&name, of(order), ORDER).await["purchaseOrder"].take()
}

/// Takes a step with an order, which must be refused; the errors.
async fn refused(client: &Client, name: &str, input: Value) -> Value {
    let selection = if name.starts_with("goodsReceipt") || name == "purchaseOrderReceive" {
        RECEIPT
    } else {
        ORDER
    };
    let payload = client.mutate(name, input, selection).await;
    assert_ne!(
        payload["errors"],
        json!([]),
        "{name} was accepted: {payload}"
    );
    payload["errors"].clone()
}

/// The input of `purchaseOrderReceive` for accepted quantities of the first lines.
fn arrival(order: &Value, accepted: &[&str]) -> Value {
    let line = |(index, accepted): (usize, &&str)| {
        let id = &order["lines"][index]["id"];
        json!({ "line": id, "accepted": accepted })
    };
    let lines: Vec<Value> = accepted.iter().enumerate().map(line).collect();
    json!({ "purchaseOrder": { "id": order["id"] }, "lines": lines })
}

/// Receives goods of an order; the receipt.
async fn receive(client: &Client, input: Value) -> Value {
    client.accept("purchaseOrderReceive", input, RECEIPT).await["goodsReceipt"].take()
}

/// The order as it is now.
async fn read(client: &Client, order: &Value) -> Value {
    let (_, fields) = ORDER.split_once("purchaseOrder ").expect("a selection");
    let query = format!("query($id: ID!) {{ purchaseOrder(by: {{ id: $id }}) {fields} }}");
    client.query(&query, json!({ "id": order["id"] })).await["purchaseOrder"].take()
}

/// On hand, sellable and incoming of a variant in MAIN.
async fn level(client: &Client, sku: &str) -> [String; 3] {
    let level = shop::level(client, sku, "MAIN").await;
    ["onHand", "sellable", "incoming"].map(|field| {
        let text = level[field].as_str().unwrap_or("none");
        text.to_owned()
    })
}

/// The value of a variant's level in MAIN.
async fn value(client: &Client, sku: &str) -> String {
    let level = shop::level(client, sku, "MAIN").await;
    level["value"]["amount"]
        .as_str()
        .unwrap_or("none")
        .to_owned()
}
