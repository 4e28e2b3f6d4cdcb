//! Returns in every state.

use serde_json::{Value as Json, json};

use super::Open;
use crate::demo::Failure;
use crate::demo::api::text;

/// Who gives back, why, and what was done about it, in this order.
const RETURNS: &[(&str, &str, &[&str])] = &[
    ("CAFE-ALTSTADT", "DAMAGED", &[]),
    ("SHOP-KRAUT", "NOT_WANTED", &[]),
    ("HOTEL-SEE", "WRONG_ITEM", &["customerReturnApprove"]),
    (
        "MARKET-EDEL",
        "DEFECTIVE",
        &["customerReturnApprove", "customerReturnReceive"],
    ),
    (
        "TEEHAUS-LENZ",
        "DAMAGED",
        &[
            "customerReturnApprove",
            "customerReturnReceive",
            "customerReturnInspect",
        ],
    ),
    (
        "SHOP-REGAL",
        "NOT_WANTED",
        &[
            "customerReturnApprove",
            "customerReturnReceive",
            "customerReturnInspect",
            "customerReturnCredit",
            "customerReturnClose",
        ],
    ),
    ("OFFICE-STADT", "NOT_WANTED", &["customerReturnReject"]),
    (
        "BISTRO-MARKT",
        "NOT_WANTED",
        &["customerReturnApprove", "customerReturnCancel"],
    ),
];

impl Open<'_, '_> {
    /// Requested, approved, received, inspected, closed, rejected, cancelled.
    pub(super) async fn returns(&mut self) -> Result<(), Failure> {
        for (days, (customer, reason, steps)) in (12..).zip(RETURNS) {
            let lines = self.plenty(0, 2, 6);
            let order = self.place(customer, days, &lines).await?;
            let shipped = self.ship(&order, days - 1).await?;
            self.bill(&order, days - 1).await?;
            let input = json!({
                "salesOrder": order.by(), "date": self.ago(days - 8), "lines": [
                    { "fulfilmentLine": shipped[0], "quantity": "2", "reason": reason },
                ],
            });
            let selection = "customerReturn { id lines { id } }";
            let payload = self
                .api
                .one("customerReturnRequest", selection, input)
                .await?;
            let id = text(&payload, "/customerReturn/id")?;
            let line = text(&payload, "/customerReturn/lines/0/id")?;
            for name in *steps {
                let mut input = said(name, &line);
                input["customerReturn"] = json!({ "id": id });
                self.api.one(name, "", input).await?;
            }
        }
        Ok(())
    }
}

/// What else a step needs to be told.
fn said(name: &str, line: &str) -> Json {
    match name {
        "customerReturnReject" => json!({ "reason": "Opened and used" }),
        "customerReturnClose" => json!({ "settlement": "CREDIT" }),
        "customerReturnInspect" => json!({
            "lines": [{ "line": line, "restock": "1", "scrap": "1", "finding": "One is broken" }],
        }),
        _ => json!({}),
    }
}
