//! Quotations, fulfilments, price lists and categories that bad inputs are tried on.

use serde_json::{Value, json};

use super::world::{Order, text};
use crate::support::Client;

/// Orders and fulfilments for the steps of selling.
pub struct Selling {
    /// Drafts of 2 bolts.
    pub drafts: Vec<Order>,
    /// To be closed by the baseline.
    pub closable: Order,
    /// With a hold.
    pub held: Order,
    /// Ids of fulfilments that are pending.
    pub pending: Vec<String>,
    /// The id of one that was shipped today.
    pub shipped: String,
    /// The id of one that was cancelled.
    pub cancelled: String,
}

impl Selling {
    /// Makes them; and the price lists `TRADE`, `GOING` and the archived `OLD`, and the category
    /// `SAWS` that grows from `TOOLS`.
    pub async fn make(client: &Client) -> Self {
        for code in ["TRADE", "GOING", "OLD"] {
            let input = json!({ "code": code, "name": code, "externalId": code.to_lowercase() });
            client
                .accept("priceListCreate", input, "priceList { id }")
                .await;
        }
        let old = json!({ "priceList": { "code": "OLD" } });
        client
            .accept("priceListArchive", old, "priceList { id }")
            .await;
        for (code, parent) in [("TOOLS", None), ("SAWS", Some("TOOLS"))] {
            let parent = parent.map(|code| json!({ "code": code }));
            let input = json!({
                "code": code, "name": code, "parent": parent, "externalId": code.to_lowercase(),
            });
            client
                .accept("categoryCreate", input, "category { id }")
                .await;
        }
        let mut drafts = Vec::new();
        for _ in 0..3 {
            drafts.push(order(client, "salesOrderCreate").await);
        }
        let held = order(client, "salesOrderPlace").await;
        let why = json!({
            "salesOrder": { "id": held.id }, "kind": "REVIEW", "reason": "a new customer",
        });
        client
            .accept("salesOrderHold", why, "salesOrder { id }")
            .await;
        let mut pending = Vec::new();
        for _ in 0..3 {
            pending.push(fulfilment(client).await);
        }
        let (shipped, cancelled) = (fulfilment(client).await, fulfilment(client).await);
        let by = json!({ "fulfilment": { "id": shipped } });
        client
            .accept("fulfilmentShip", by, "salesOrder { id }")
            .await;
        let named = json!({ "fulfilment": { "id": cancelled }, "externalId": "fulfilled" });
        client
            .accept("fulfilmentUpdate", named, "fulfilment { id }")
            .await;
        let by = json!({ "fulfilment": { "id": cancelled } });
        client
            .accept("fulfilmentCancel", by, "fulfilment { id }")
            .await;
        Self {
            drafts,
            closable: order(client, "salesOrderPlace").await,
            held,
            pending,
            shipped,
            cancelled,
        }
    }
}

async fn order(client: &Client, mutation: &str) -> Order {
    let input = json!({
        "customer": { "code": "ACME" },
        "warehouse": { "code": "MAIN" },
        "lines": [{ "variant": { "sku": "BOLT" }, "quantity": "2" }],
    });
    let selection = "salesOrder { id number lines { id } }";
    let made: Value = client.accept(mutation, input, selection).await;
    Order {
        id: text(&made, "/salesOrder/id"),
        number: text(&made, "/salesOrder/number"),
        line: text(&made, "/salesOrder/lines/0/id"),
    }
}

async fn fulfilment(client: &Client) -> String {
    let order = order(client, "salesOrderPlace").await;
    let input = json!({ "salesOrder": { "id": order.id } });
    let made = client
        .accept("fulfilmentCreate", input, "fulfilments { id }")
        .await;
    text(&made, "/fulfilments/0/id")
}
