//! Fulfilments on their way through the warehouse.

use serde_json::{Value as Json, json};

use super::Open;
use crate::demo::Failure;
use crate::demo::api::text;

/// How far one has come, and for whom.
const ON_THEIR_WAY: &[(&str, usize)] = &[
    ("BAKERY-SCHULZ", 0),
    ("CAFE-ANNA", 0),
    ("CAFE-ALTSTADT", 1),
    ("SHOP-UNVERPACKT", 1),
    ("MARKET-SUEDSTADT", 2),
    ("KAFFEEBAR-NOVA", 2),
    ("SHOP-KRAUT", 3),
    ("HOTEL-BAHNHOF", 4),
];

impl Open<'_, '_> {
    /// Waiting, picked, packed, shipped, delivered, and one that was cancelled.
    pub(super) async fn fulfilments(&mut self) -> Result<(), Failure> {
        for (customer, steps) in ON_THEIR_WAY {
            let fulfilment = self.set_aside(customer).await?;
            let on = |more: Json| {
                let mut input = more;
                input["fulfilment"] = json!({ "id": fulfilment });
                input
            };
            let all = [
                ("fulfilmentPick", on(json!({}))),
                (
                    "fulfilmentPack",
                    on(json!({ "packageCount": 2, "weight": "11.4" })),
                ),
                ("fulfilmentShip", on(json!({ "carrier": "Nordpaket" }))),
                ("fulfilmentDeliver", on(json!({}))),
            ];
            for (name, input) in all.into_iter().take(*steps) {
                self.api.one(name, "", input).await?;
            }
        }
        let fulfilment = self.set_aside("CAFE-ANNA").await?;
        let input = json!({ "fulfilment": { "id": fulfilment } });
        self.api.one("fulfilmentCancel", "", input).await?;
        Ok(())
    }

    async fn set_aside(&mut self, customer: &str) -> Result<String, Failure> {
        let lines = self.plenty(0, 3, 6);
        let order = self.place(customer, 1, &lines).await?;
        let input = json!({ "salesOrder": order.by() });
        let selection = "fulfilments { id }";
        let payload = self.api.one("fulfilmentCreate", selection, input).await?;
        text(&payload, "/fulfilments/0/id")
    }
}
