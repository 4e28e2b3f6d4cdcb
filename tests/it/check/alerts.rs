//! Alerts in the shop whose books are corrupted, and what is done to them. All are of three
//! variants that nothing else is about.

use entity::vocab::{OperationId, StockAlertId};
use serde_json::{Value, json};

use super::books::text;
use super::corruption::{Corruption, Deed, corrupt, set};
use super::rows::of_sku;
use crate::support::{Client, shop};

const LOW: &str = "alert: LOW is open while a level is low, and no longer";
const OVER: &str = "alert: OVERSTOCK is open while too much is on hand, and no longer";
const OUT: &str = "alert: OUT is open while what once ran out is out, and no longer";
const BACK: &str = "alert: BACK_IN_STOCK is told with every OUT that is cleared";
const KEPT: &str = "alert: its operations are kept";

/// The levels by which `check` names them.
pub struct Alerts {
    /// 3 pieces, to be ordered again at 5.
    low: String,
    /// 30 pieces, at most 20 of them wanted, back after there was none.
    over: String,
    /// None left of 2.
    out: String,
    /// The alert of what is low, taken for an operation.
    no_operation: String,
}

impl Alerts {
    /// Makes them through the API.
    pub async fn make(client: &Client) -> Self {
        let mut levels = Vec::new();
        for sku in ["RIVET", "WASHER", "HOOK"] {
            levels.push(shop::variant(client, sku, None).await);
        }
        let line = |sku: &str, field: &str, quantity: &str| {
            let variant = json!({ "sku": sku });
            json!({ "variant": variant, field: quantity })
        };
        let lines = [
            line("RIVET", "reorderPoint", "5"),
            line("WASHER", "maximum", "20"),
        ];
        let input = json!({ "warehouse": { "code": "MAIN" }, "lines": lines });
        client
            .accept("stockPolicySet", input, "warehouse { id }")
            .await;
        for (sku, delta) in [
            ("RIVET", "10"),
            ("RIVET", "-7"),
            ("WASHER", "4"),
            ("WASHER", "-4"),
            ("WASHER", "30"),
            ("HOOK", "2"),
            ("HOOK", "-2"),
        ] {
            adjust(client, sku, delta).await;
        }
        let query = "{ warehouse(by: { code: \"MAIN\" }) { id }
            stockAlerts(filter: { kind: { eq: LOW } }) { nodes { id } } }";
        let found = client.query(query, json!({})).await;
        let main = text(&found, "/warehouse/id");
        let alert = StockAlertId::parse(&text(&found, "/stockAlerts/nodes/0/id"));
        let [low, over, out] = [0, 1, 2].map(|at| format!("{} in {main}", levels[at]));
        Self {
            low,
            over,
            out,
            no_operation: OperationId(alert.expect("an id of an alert").0).to_string(),
        }
    }
}

async fn adjust(client: &Client, sku: &str, delta: &str) {
    let line = json!({ "variant": { "sku": sku }, "change": { "delta": delta },
        "unitCost": "1" });
    let input: Value = json!({ "warehouse": { "code": "MAIN" }, "reason": "OPENING",
        "lines": [line] });
    client
        .accept("stockAdjust", input, "stockAdjustment { id }")
        .await;
}

/// Every corruption of these.
pub fn all(alerts: &Alerts) -> Vec<Corruption> {
    let Alerts {
        low,
        over,
        out,
        no_operation,
    } = alerts;
    let of = |sku: &str, kind: &str| format!("{} AND kind = '{kind}'", of_sku(sku));
    let alert = |sku: &str, kind: &str, deed: Deed| corrupt("stock_alert", of(sku, kind), deed);
    let low_now = format!("{} AND cleared_at IS NULL", of("RIVET", "LOW"));
    let level = |sku: &str, what: &str| corrupt("stock_level", of_sku(sku), set(what));
    let cleared = "cleared_at = raised_at, cleared_by = operation_id, cleared_quantity = quantity";
    let open = "cleared_at = NULL, cleared_by = NULL, cleared_quantity = NULL";
    vec![
        alert("RIVET", "LOW", Deed::Delete).breaks(LOW, low),
        alert("RIVET", "LOW", set(cleared)).breaks(LOW, low),
        corrupt("stock_alert", low_now, set("operation_id = id")).breaks(KEPT, no_operation),
        level("RIVET", "reorder_point = NULL").breaks(LOW, low),
        level("RIVET", "reorder_point = 1000000").breaks(LOW, low),
        level("HOOK", "minimum = 0").breaks(LOW, out),
        alert("WASHER", "OVERSTOCK", Deed::Delete).breaks(OVER, over),
        alert("WASHER", "OVERSTOCK", set(cleared)).breaks(OVER, over),
        level("WASHER", "maximum = NULL").breaks(OVER, over),
        level("RIVET", "maximum = 2000000, reorder_point = 2000000")
            .breaks(OVER, low)
            .breaks(LOW, low),
        alert("WASHER", "OUT", set(open))
            .breaks(OUT, over)
            .breaks(BACK, over),
        alert("WASHER", "BACK_IN_STOCK", Deed::Delete).breaks(BACK, over),
        alert("HOOK", "OUT", set(cleared))
            .breaks(OUT, out)
            .breaks(BACK, out),
    ]
}
