//! Transfers, adjustments and holds of the shop whose books are corrupted, all of nails, which
//! nothing else is about; and counts, of screws.

use serde_json::{Value, json};
use stockroom::platform::clock;

use super::books::text;
use crate::support::{Client, shop};

/// The ids by which `check` names records.
pub struct Documents {
    /// The level of the nails where they come from.
    pub main: String,
    /// The level of the nails where they go.
    pub side: String,
    /// The transfer line of 10 nails that were not sent yet.
    pub draft: String,
    /// The transfer line of 8 nails, of which 3 have arrived.
    pub partly: String,
    /// The transfer line of 6 nails, of which 4 have arrived and 2 are lost.
    pub lost: String,
    /// The adjustment line that found 5 nails.
    pub up: String,
    /// The adjustment line that took 4 nails away.
    pub down: String,
    /// The adjustment line that took 3 nails away, and was reversed.
    pub undone: String,
    /// The line of a hold of 7 nails.
    pub held: String,
    /// The line of a hold that was released.
    pub released: String,
    /// The count that found 2 of 10 screws missing, and the variant, as `check` names both.
    pub counted: String,
    /// The line of an open count of which nothing was counted.
    pub uncounted: String,
}

impl Documents {
    /// Makes them through the API.
    pub async fn make(client: &Client) -> Self {
        let nail = shop::variant(client, "NAIL", Some("3")).await;
        let side = shop::warehouse(client, "SIDE").await;
        shop::receive(client, "MAIN", &[("NAIL", "100", "2")]).await;
        let main = main_warehouse(client).await;
        let draft = transfer(client, "10").await.1;
        let (sent, partly) = transfer(client, "8").await;
        step(client, "stockTransferDispatch", &sent, json!({})).await;
        let some = json!({ "lines": [{ "line": partly, "received": "3" }] });
        step(client, "stockTransferReceive", &sent, some).await;
        let (sent, lost) = transfer(client, "6").await;
        step(client, "stockTransferDispatch", &sent, json!({})).await;
        let short = json!({
            "lines": [{ "line": lost, "received": "4", "lost": "2" }],
            "shortageReason": "a torn sack",
        });
        step(client, "stockTransferReceive", &sent, short).await;
        let released = hold(client, "2").await;
        let by = json!({ "stockHold": { "id": released.0 } });
        client
            .accept("stockHoldRelease", by, "stockHold { id }")
            .await;
        Self {
            main: format!("{nail} in {main}"),
            side: format!("{nail} in {side}"),
            draft,
            partly,
            lost,
            up: adjust(client, "FOUND", "5").await,
            down: adjust(client, "DAMAGE", "-4").await,
            undone: adjust_and_reverse(client).await,
            held: hold(client, "7").await.1,
            released: released.1,
            counted: count(client).await,
            uncounted: begin_count(client, "SIDE").await.1,
        }
    }
}

async fn main_warehouse(client: &Client) -> String {
    let query = "{ warehouse(by: { code: \"MAIN\" }) { id } }";
    text(&client.query(query, json!({})).await, "/warehouse/id")
}

/// The ids of a transfer and its only line.
async fn transfer(client: &Client, quantity: &str) -> (String, String) {
    let input = json!({
        "fromWarehouse": { "code": "MAIN" },
        "toWarehouse": { "code": "SIDE" },
        "lines": [{ "variant": { "sku": "NAIL" }, "quantity": quantity }],
    });
    let selection = "stockTransfer { id lines { id } }";
    let made = client.accept("stockTransferCreate", input, selection).await;
    (
        text(&made, "/stockTransfer/id"),
        text(&made, "/stockTransfer/lines/0/id"),
    )
}

async fn step(client: &Client, mutation: &str, transfer: &str, mut input: Value) {
    input["stockTransfer"] = json!({ "id": transfer });
    client.accept(mutation, input, "stockTransfer { id }").await;
}

/// The ids of a hold and its only line.
async fn hold(client: &Client, quantity: &str) -> (String, String) {
    let in_a_month = clock::now().to_utc() + chrono::Days::new(30);
    let input = json!({
        "owner": "cart 17",
        "expiresAt": in_a_month.to_rfc3339(),
        "lines": [{
            "variant": { "sku": "NAIL" }, "warehouse": { "code": "MAIN" }, "quantity": quantity,
        }],
    });
    let made = client
        .accept("stockHoldCreate", input, "stockHold { id lines { id } }")
        .await;
    (
        text(&made, "/stockHold/id"),
        text(&made, "/stockHold/lines/0/id"),
    )
}

/// The id of the only line of an adjustment that was reversed.
async fn adjust_and_reverse(client: &Client) -> String {
    let (adjustment, line) = post(client, "COUNT", "-3").await;
    let input = json!({ "stockAdjustment": { "id": adjustment }, "reason": "counted again" });
    client
        .accept("stockAdjustReverse", input, "stockAdjustment { id }")
        .await;
    line
}

/// The id of an adjustment's only line.
async fn adjust(client: &Client, reason: &str, delta: &str) -> String {
    post(client, reason, delta).await.1
}

/// The ids of an adjustment and its only line.
async fn post(client: &Client, reason: &str, delta: &str) -> (String, String) {
    let input = json!({
        "warehouse": { "code": "MAIN" },
        "reason": reason,
        "lines": [{ "variant": { "sku": "NAIL" }, "change": { "delta": delta } }],
    });
    let selection = "stockAdjustment { id lines { id } }";
    let made = client.accept("stockAdjust", input, selection).await;
    (
        text(&made, "/stockAdjustment/id"),
        text(&made, "/stockAdjustment/lines/0/id"),
    )
}

/// A posted count of screws, of which 2 are missing; and its variant.
async fn count(client: &Client) -> String {
    let variant = shop::variant(client, "SCREW", Some("1")).await;
    shop::receive(client, "MAIN", &[("SCREW", "10", "1")]).await;
    let (count, _) = begin_count(client, "MAIN").await;
    let mut input = json!({ "stockCount": { "id": count } });
    input["lines"] = json!([{ "variant": { "sku": "SCREW" }, "quantity": "8" }]);
    client
        .accept("stockCountRecord", input, "stockCount { id }")
        .await;
    for step in ["stockCountFinish", "stockCountPost"] {
        let input = json!({ "stockCount": { "id": count } });
        client.accept(step, input, "stockCount { id }").await;
    }
    format!("{count} in {variant}")
}

/// The ids of a count of screws and its only line.
async fn begin_count(client: &Client, warehouse: &str) -> (String, String) {
    let input = json!({ "warehouse": { "code": warehouse }, "variants": [{ "sku": "SCREW" }] });
    let selection = "stockCount { id lines { id } }";
    let made = client.accept("stockCountCreate", input, selection).await;
    (
        text(&made, "/stockCount/id"),
        text(&made, "/stockCount/lines/0/id"),
    )
}
