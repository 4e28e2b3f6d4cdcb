//! Live stock: what a subscriber of `stockLevelChanged` or `stockAlertRaised` sees, and what it
//! never misses.

mod alerts;
mod facts;
mod order;
mod outage;
mod processes;
pub mod recorder;
mod resume;
mod slow_reader;
mod snapshot;
mod socket;

use serde_json::{Value, json};

use crate::support::{Client, shop};

/// The warehouse of these tests.
pub const WAREHOUSE: &str = "LIVE";
/// Each change, from now on, beginning with what is there.
pub const EVERY_CHANGE: &str = "snapshot: true, mode: EVERY_CHANGE";

/// A subscription with these arguments, selecting all that is recorded.
pub fn subscription(arguments: &str) -> String {
    format!(
        "subscription {{ stockLevelChanged({arguments}) {{ {} }} }}",
        recorder::CHANGED
    )
}

/// A warehouse and variants in it, ten pieces of each.
pub async fn stocked(client: &Client, skus: &[&str]) {
    shop::warehouse(client, WAREHOUSE).await;
    shop::customer(client, "READER").await;
    for sku in skus {
        shop::variant(client, sku, Some("5")).await;
        receive(client, WAREHOUSE, sku, "10").await;
    }
}

/// Receives goods at a cost of 2; returns the payload.
pub async fn receive(client: &Client, warehouse: &str, sku: &str, quantity: &str) -> Value {
    let line = json!({ "variant": { "sku": sku }, "quantity": quantity, "unitCost": "2" });
    let input = json!({ "warehouse": { "code": warehouse }, "lines": [line] });
    let selection = "eventCursor goodsReceipt { id number }";
    client.accept("goodsReceiptPost", input, selection).await
}

/// Orders goods; what is missing waits. Returns the payload.
pub async fn order(client: &Client, sku: &str, quantity: &str) -> Value {
    let line = json!({ "variant": { "sku": sku }, "quantity": quantity });
    let input = json!({
        "customer": { "code": "READER" }, "warehouse": { "code": WAREHOUSE },
        "onShortage": "BACKORDER", "lines": [line],
    });
    let selection = "eventCursor salesOrder { id number }";
    client.accept("salesOrderPlace", input, selection).await
}

/// Makes the last change there is: a new variant in a warehouse, by which subscribers know that
/// they have seen all that was before.
pub async fn ring(client: &Client, warehouse: &str, sku: &str) {
    shop::variant(client, sku, None).await;
    receive(client, warehouse, sku, "1").await;
}
