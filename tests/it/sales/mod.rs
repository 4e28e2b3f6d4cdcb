//! Selling: barcodes, quotations, orders, prices, holds, fulfilments.

mod barcodes;
mod catalog;
mod credit;
mod details;
mod editing;
mod fulfilment;
mod holds;
mod prices;
mod quotation;
mod returns;
mod sourcing;
mod transitions;

use serde_json::{Value, json};

use crate::support::{Client, shop};

/// What tests look at of an order.
pub const ORDER: &str = "salesOrder { id number status fulfilmentStatus version validUntil
    net { amount } tax { amount } gross { amount } currency
    lines { id position quantity shipped reserved backordered allocated closed unitPrice priceSource
        taxRate net { amount } tax { amount } gross { amount } isStockTracked description }
    fulfilments { id status } holds { id kind isActive } }";

/// A shop: warehouse `MAIN`, customer `ANNA`, and variants for 10 each, so many of each in stock.
pub async fn open_shop(client: &Client, stock: &[(&str, &str)]) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    for (sku, quantity) in stock {
        shop::variant(client, sku, Some("10")).await;
        if *quantity != "0" {
            shop::receive(client, "MAIN", &[(sku, quantity, "4")]).await;
        }
    }
}

/// A variant that is not kept in stock, for 5.
pub async fn freight(client: &Client) {
    let variants = json!([{ "sku": "FREIGHT", "price": "5", "isStockTracked": false }]);
    let input = json!({ "name": "Freight", "variants": variants });
    client
        .accept("productCreate", input, "product { id }")
        .await;
}

/// A draft of SKUs and quantities; the order.
pub async fn draft(client: &Client, lines: &[(&str, &str)]) -> Value {
    let input = shop::order("ANNA", "MAIN", lines);
    let made = client.accept("salesOrderCreate", input, ORDER).await;
    made["salesOrder"].clone()
}

/// A confirmed order; the order.
pub async fn placed(client: &Client, lines: &[(&str, &str)], on_shortage: &str) -> Value {
    let mut input = shop::order("ANNA", "MAIN", lines);
    input["onShortage"] = json!(on_shortage);
    let made = client.accept("salesOrderPlace", input, ORDER).await;
    made["salesOrder"].clone()
}

/// The input that names an order, with more.
pub fn of(order: &Value, more: Value) -> Value {
    let mut input = json!({ "salesOrder": { "id": order["id"] } });
    for (name, value) in more.as_object().expect("an object") {
        input[name] = value.clone();
    }
    input
}

/// What an order became of a step that must be accepted.
pub async fn step(client: &Client, mutation: &str, order: &Value, more: Value) -> Value {
    let made = client.accept(mutation, of(order, more), ORDER).await;
    made["salesOrder"].clone()
}

/// The codes of errors of a step that must be refused.
pub async fn refused(client: &Client, mutation: &str, order: &Value, more: Value) -> Vec<String> {
    let payload = client
        .mutate(mutation, of(order, more), "salesOrder { id }")
        .await;
    codes(&payload)
}

/// The codes of a payload's errors.
pub fn codes(payload: &Value) -> Vec<String> {
    let errors = payload["errors"].as_array().expect("a payload has errors");
    errors
        .iter()
        .map(|error| error["code"].as_str().expect("a code").to_owned())
        .collect()
}

/// Sellable, reserved and backordered of a variant in `MAIN`.
pub async fn level(client: &Client, sku: &str) -> [String; 3] {
    let level = shop::level(client, sku, "MAIN").await;
    ["sellable", "reserved", "backordered"].map(|field| level[field].as_str().unwrap_or("").into())
}

/// The text at a pointer.
pub fn text(answer: &Value, pointer: &str) -> String {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no text at {pointer} in {answer:#}"))
        .to_owned()
}
