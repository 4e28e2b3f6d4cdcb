//! Quotations, and orders that are held, wait, were shipped in part, cancelled, or closed.

use serde_json::json;

use super::Open;
use crate::demo::Failure;
use crate::demo::api::text;
use crate::demo::demand::Line;

impl Open<'_, '_> {
    /// Six quotations, one of them out of date, one converted, one with prices of its own.
    pub(super) async fn quotations(&mut self) -> Result<(), Failure> {
        let offers = [
            ("HOTEL-PARK", 12, 18, "Opening of the new breakfast room"),
            ("CANTEEN-WERK", 8, 22, "Yearly demand, called off in parts"),
            ("ONLINE-TASSE", 5, 25, "Listing for the spring catalogue"),
            ("EXPORT-ZURICH", 3, 27, "With delivery to Basel"),
            ("SHOP-TISCH", 48, -18, "Not answered"),
            ("CAFE-ZENTRAL", 9, 21, "Second shop"),
        ];
        let mut last = String::new();
        for (customer, days, valid, note) in offers {
            let lines = self.plenty(0, 4, 12);
            let mut lines = self.lines(&lines);
            lines[0]["discountRate"] = json!("0.05");
            let input = json!({
                "customer": { "code": customer }, "warehouse": self.history.warehouse(0),
                "date": self.ago(days), "validUntil": self.ago(-valid), "note": note,
                "lines": lines,
            });
            let selection = "salesOrder { id }";
            let payload = self.api.one("salesOrderCreate", selection, input).await?;
            last = text(&payload, "/salesOrder/id")?;
        }
        let input = json!({ "salesOrder": { "id": last }, "onCreditLimit": "IGNORE" });
        self.api.one("salesOrderConfirm", "", input).await?;
        Ok(())
    }

    /// Orders that somebody has to do something about.
    pub(super) async fn orders(&mut self) -> Result<(), Failure> {
        self.waiting().await?;
        self.held().await?;
        for (customer, days) in [("SHOP-GRUEN", 4), ("HOTEL-SEE", 2), ("TEEHAUS-LENZ", 1)] {
            let lines = self.plenty(0, 4, 8);
            let order = self.place(customer, days, &lines).await?;
            let part = json!([
                { "line": order.lines[0], "quantity": "8" },
                { "line": order.lines[1], "quantity": "3" },
            ]);
            let input = json!({
                "salesOrder": order.by(), "lines": part, "date": self.ago(days - 1),
            });
            self.api.one("fulfilmentShip", "", input).await?;
            if customer == "SHOP-GRUEN" {
                self.bill(&order, days - 1).await?;
            }
            if customer == "TEEHAUS-LENZ" {
                let input = json!({ "salesOrder": order.by() });
                self.api.one("salesOrderClose", "", input).await?;
            }
        }
        for (customer, days) in [("BISTRO-MARKT", 6), ("OFFICE-ARCHITEKT", 3)] {
            let lines = self.plenty(0, 2, 4);
            let order = self.place(customer, days, &lines).await?;
            let input = json!({ "salesOrder": order.by() });
            self.api.one("salesOrderCancel", "", input).await?;
        }
        Ok(())
    }

    /// More is ordered than there is: the rest waits.
    async fn waiting(&mut self) -> Result<(), Failure> {
        let company = self.history.company;
        let variants = company.catalog.variants.iter().enumerate();
        let mut scarce: Vec<(i64, usize)> = variants
            .filter(|(_, variant)| variant.stays == 0 && variant.supplier.is_some())
            .map(|(place, _)| (self.shelf.free(place, 0), place))
            .collect();
        scarce.sort_unstable();
        let buyers = [
            "MARKET-EDEL",
            "CAFE-LINDE",
            "SHOP-REGAL",
            "ONLINE-TEEFREUND",
        ];
        for ((customer, (free, variant)), days) in buyers.into_iter().zip(scarce).zip(2..) {
            let quantity = free + 12;
            self.shelf.change(variant, 0, -free);
            let mut lines = self.plenty(0, 2, 6);
            lines.push(Line { variant, quantity });
            let more = json!({
                "onShortage": "BACKORDER", "onCreditLimit": "IGNORE",
                "requestedDeliveryDate": self.ago(days - 9),
            });
            self.place_with(customer, (days, more), &lines).await?;
        }
        Ok(())
    }

    /// Orders on hold, for each reason there is.
    async fn held(&mut self) -> Result<(), Failure> {
        let holds = [
            (
                "ONLINE-TASSE",
                "REVIEW",
                "Four times as much as usual; call first",
            ),
            (
                "RESTAURANT-OLIVE",
                "STOCK",
                "The new batch is still with the laboratory",
            ),
            (
                "OFFICE-STADT",
                "OTHER",
                "The purchase order's number is missing",
            ),
        ];
        for (customer, kind, reason) in holds {
            let lines = self.plenty(0, 3, 10);
            let order = self.place(customer, 1, &lines).await?;
            let input = json!({ "salesOrder": order.by(), "kind": kind, "reason": reason });
            self.api.one("salesOrderHold", "", input).await?;
        }
        // It may owe 1,500.
        let lines = self.plenty(0, 30, 12);
        let more = json!({ "onCreditLimit": "HOLD" });
        self.place_with("OFFICE-STEUER", (1, more), &lines).await?;
        Ok(())
    }
}
