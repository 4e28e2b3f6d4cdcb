//! The holds, transfers and adjustment of the shop that bad inputs are tried on.

use serde_json::{Value, json};
use stockroom::platform::clock;

use super::world::text;
use crate::support::Client;

/// A hold and its first line.
pub struct Hold {
    /// Its id.
    pub id: String,
    /// The id of its first line.
    pub line: String,
}

/// Holds of the shop; the first has the external id `held`.
pub struct Holds {
    /// Of 2 `BARE`, which have no price, and of 5 `BOLT`.
    pub active: Hold,
    pub released: Hold,
    pub converted: Hold,
    /// Of a variant that was archived since.
    pub of_archived: Hold,
    /// To be released by the baseline.
    pub releasable: Hold,
    /// To be converted by the baseline.
    pub convertible: Hold,
}

/// A transfer of `BOLT` from MAIN to SIDE, and its first line.
pub struct Transfer {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The id of its first line.
    pub line: String,
}

/// Transfers of the shop; the draft has the external id `moved`.
pub struct Transfers {
    pub draft: Transfer,
    /// A draft of 5 `IRON`, of which 2 are gone by now.
    pub short: Transfer,
    /// With 10 pieces on their way.
    pub in_transit: Transfer,
    pub closed: Transfer,
    pub cancelled: Transfer,
    /// To be dispatched by the baseline.
    pub dispatchable: Transfer,
    /// To be cancelled by the baseline.
    pub cancellable: Transfer,
}

impl Holds {
    /// Makes them, and archives a variant that one of them keeps.
    pub async fn make(client: &Client) -> Self {
        let of_archived = hold(client, "ending", &[("ENDING", "1")]).await;
        let ending = json!({ "variant": { "sku": "ENDING" } });
        client
            .accept("productVariantArchive", ending, "productVariant { id }")
            .await;
        let released = hold(client, "released", &[("BOLT", "5")]).await;
        client
            .accept("stockHoldRelease", by_id(&released), "stockHold { id }")
            .await;
        let converted = hold(client, "converted", &[("BOLT", "5")]).await;
        let mut input = by_id(&converted);
        input["customer"] = json!({ "code": "ACME" });
        client
            .accept("stockHoldConvert", input, "salesOrder { id }")
            .await;
        Self {
            active: hold(client, "held", &[("BARE", "2"), ("BOLT", "5")]).await,
            releasable: hold(client, "releasable", &[("BOLT", "5")]).await,
            convertible: hold(client, "convertible", &[("BOLT", "10")]).await,
            released,
            converted,
            of_archived,
        }
    }
}

impl Transfers {
    /// Makes them, and takes away from one of them what it was promised.
    pub async fn make(client: &Client) -> Self {
        let short = transfer(client, "short", "IRON", "5").await;
        take_away_iron(client).await;
        let in_transit = transfer(client, "sent", "BOLT", "10").await;
        step(client, "stockTransferDispatch", &in_transit).await;
        let closed = transfer(client, "closed", "BOLT", "5").await;
        step(client, "stockTransferDispatch", &closed).await;
        step(client, "stockTransferReceive", &closed).await;
        let cancelled = transfer(client, "cancelled", "BOLT", "5").await;
        step(client, "stockTransferCancel", &cancelled).await;
        Self {
            draft: transfer(client, "moved", "BOLT", "5").await,
            dispatchable: transfer(client, "dispatchable", "BOLT", "5").await,
            cancellable: transfer(client, "cancellable", "BOLT", "5").await,
            short,
            in_transit,
            closed,
            cancelled,
        }
    }
}

fn by_id(hold: &Hold) -> Value {
    json!({ "stockHold": { "id": hold.id } })
}

async fn hold(client: &Client, external_id: &str, lines: &[(&str, &str)]) -> Hold {
    let line = |(sku, quantity): &(&str, &str)| {
        let variant = json!({ "sku": sku });
        json!({ "variant": variant, "warehouse": { "code": "MAIN" }, "quantity": quantity })
    };
    let lines: Vec<Value> = lines.iter().map(line).collect();
    let in_a_month = clock::now().to_utc() + chrono::Days::new(30);
    let input = json!({
        "owner": external_id,
        "expiresAt": in_a_month.to_rfc3339(),
        "lines": lines,
        "externalId": external_id,
    });
    let made = client
        .accept("stockHoldCreate", input, "stockHold { id lines { id } }")
        .await;
    Hold {
        id: text(&made, "/stockHold/id"),
        line: text(&made, "/stockHold/lines/0/id"),
    }
}

async fn transfer(client: &Client, external_id: &str, sku: &str, quantity: &str) -> Transfer {
    let input = json!({
        "fromWarehouse": { "code": "MAIN" },
        "toWarehouse": { "code": "SIDE" },
        "lines": [{ "variant": { "sku": sku }, "quantity": quantity }],
        "externalId": external_id,
    });
    let selection = "stockTransfer { id number lines { id } }";
    let made = client.accept("stockTransferCreate", input, selection).await;
    Transfer {
        id: text(&made, "/stockTransfer/id"),
        number: text(&made, "/stockTransfer/number"),
        line: text(&made, "/stockTransfer/lines/0/id"),
    }
}

async fn step(client: &Client, mutation: &str, transfer: &Transfer) {
    let input = json!({ "stockTransfer": { "id": transfer.id } });
    client.accept(mutation, input, "stockTransfer { id }").await;
}

/// The adjustments of the world.
pub struct Adjustments {
    /// To be reversed by the baseline.
    pub reversible: String,
    pub reversed: String,
    /// What it found was lost meanwhile.
    pub gone: String,
}

impl Adjustments {
    /// Makes them.
    pub async fn make(client: &Client) -> Self {
        let reversed = adjust(client, "BOLT", "-1").await;
        let input = json!({ "stockAdjustment": { "id": reversed }, "reason": "counted again" });
        client
            .accept("stockAdjustReverse", input, "stockAdjustment { id }")
            .await;
        let gone = adjust(client, "IRON", "3").await;
        adjust(client, "IRON", "-2").await;
        Self {
            reversible: adjust(client, "BOLT", "-1").await,
            reversed,
            gone,
        }
    }
}

/// The id of an adjustment; of iron in SIDE, where there is none else.
async fn adjust(client: &Client, sku: &str, delta: &str) -> String {
    let change = json!({ "delta": delta });
    let line = json!({ "variant": { "sku": sku }, "change": change, "unitCost": "1" });
    let warehouse = if sku == "IRON" { "SIDE" } else { "MAIN" };
    let input = json!({
        "warehouse": { "code": warehouse }, "reason": "COUNT", "lines": [line],
        "date": "2024-02-29",
    });
    let selection = "stockAdjustment { id }";
    let made = client.accept("stockAdjust", input, selection).await;
    text(&made, "/stockAdjustment/id")
}

async fn take_away_iron(client: &Client) {
    let line = json!({ "variant": { "sku": "IRON" }, "change": { "delta": "-2" } });
    let input = json!({
        "warehouse": { "code": "MAIN" },
        "reason": "LOSS",
        "lines": [line],
        "externalId": "adjusted",
    });
    client
        .accept("stockAdjust", input, "stockAdjustment { id }")
        .await;
}
