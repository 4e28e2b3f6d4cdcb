//! Purchase orders in every state.

use serde_json::{Value as Json, json};

use super::Open;
use crate::demo::Failure;
use crate::demo::api::{text, texts};
use crate::demo::history::{Bought, rate};
use crate::demo::records::line;

/// Enough to need the approval of a second person, in pieces of everything a supplier has.
const MANY: i64 = 240;
const FEW: i64 = 24;

impl Open<'_, '_> {
    /// Drafts, orders that wait for approval, approved, sent, overdue, in part received ones.
    pub(super) async fn purchases(&mut self) -> Result<(), Failure> {
        self.drafts().await?;
        self.sent().await?;
        self.received().await
    }

    async fn drafts(&self) -> Result<(), Failure> {
        self.order("PORZELLAN-HALM", (0, -12), FEW).await?;
        self.order("LEINEN-LUX", (2, -11), FEW).await?;
        let mut waiting = Vec::new();
        for (supplier, days) in [("KONTOR-HH", 1), ("GUSSEISEN-WERK", 0), ("BREWGEAR", 3)] {
            waiting.push(self.order(supplier, (days, -14), MANY).await?);
        }
        let inputs = waiting.iter().map(by).collect();
        self.api.each("purchaseOrderSubmit", "", inputs).await?;
        let mut input = by(&waiting[2]);
        input["reason"] = json!("Half of it will do until the fair");
        self.history
            .manager
            .one("purchaseOrderReject", "", input)
            .await?;
        let approved = self.order("FINCA-VERDE", (1, -9), FEW).await?;
        self.history.submit(&[approved.id]).await?;
        let cancelled = self.order("GLAS-MORAVA", (9, 2), FEW).await?;
        self.api
            .one("purchaseOrderCancel", "", by(&cancelled))
            .await?;
        Ok(())
    }

    /// Sent and confirmed; two are overdue.
    async fn sent(&self) -> Result<(), Failure> {
        let orders = [
            ("ROESTEREI-SUED", (2, -4), -5),
            ("FEINKOST-BERG", (1, -3), -3),
            ("PORZELLAN-HALM", (24, 9), 6),
            ("HERBARIA-ALPEN", (16, 7), 4),
        ];
        for (supplier, days, promised) in orders {
            let order = self.order(supplier, days, FEW).await?;
            self.history.send(std::slice::from_ref(&order.id)).await?;
            let lines = order.lines.iter();
            let lines = lines.map(|id| json!({ "line": id, "promisedOn": self.ago(promised) }));
            let lines: Vec<Json> = lines.collect();
            let mut input = by(&order);
            input["lines"] = json!(lines);
            input["supplierReference"] = json!(format!("AB-{}", 4_400 + promised));
            self.api.one("purchaseOrderConfirm", "", input).await?;
        }
        Ok(())
    }

    /// Received in part, with and without broken goods; and a receipt that was a mistake.
    async fn received(&self) -> Result<(), Failure> {
        for (supplier, broken) in [("GLAS-MORAVA", 4), ("LEINEN-LUX", 0), ("FEINKOST-BERG", 0)] {
            let order = self.order(supplier, (15, 1), FEW).await?;
            self.history.send(std::slice::from_ref(&order.id)).await?;
            let half = order.lines.iter().take(order.lines.len() / 2 + 1);
            let lines = half.map(|id| {
                let mut line = json!({ "line": id, "accepted": (FEW - broken).to_string() });
                if broken > 0 {
                    line["rejected"] = json!(broken.to_string());
                    line["rejectionReason"] = json!("Chipped");
                }
                line
            });
            let lines: Vec<Json> = lines.collect();
            let mut input = by(&order);
            input["lines"] = json!(lines);
            input["date"] = self.ago(1);
            let selection = "goodsReceipt { id }";
            let receipt = self
                .api
                .one("purchaseOrderReceive", selection, input)
                .await?;
            if supplier == "FEINKOST-BERG" {
                let id = text(&receipt, "/goodsReceipt/id")?;
                let reason = "Booked to the wrong order";
                let input = json!({ "goodsReceipt": { "id": id }, "reason": reason });
                self.api.one("goodsReceiptReverse", "", input).await?;
            }
        }
        Ok(())
    }

    /// Orders six things that a supplier has, so many days ago, expected so many days ago.
    async fn order(
        &self,
        code: &str,
        (days, expected): (i64, i64),
        pieces: i64,
    ) -> Result<Bought, Failure> {
        let company = self.history.company;
        let supplier = company.suppliers.iter().position(|one| one.code == code);
        let variants = company.catalog.variants.iter().enumerate();
        let lines: Vec<Json> = variants
            .filter(|(_, variant)| variant.supplier == supplier)
            .take(6)
            .map(|(place, _)| line(&company.catalog, place, pieces))
            .collect();
        let mut input = json!({
            "supplier": { "code": code }, "warehouse": self.history.warehouse(0),
            "date": self.ago(days), "expectedOn": self.ago(expected), "lines": lines,
        });
        if supplier.is_some_and(|place| company.suppliers[place].currency != "EUR") {
            input["exchangeRate"] = json!(rate(self.history.extent.days));
        }
        let selection = "purchaseOrder { id lines { id } }";
        let payload = self
            .api
            .one("purchaseOrderCreate", selection, input)
            .await?;
        Ok(Bought {
            id: text(&payload, "/purchaseOrder/id")?,
            lines: texts(&payload, "/purchaseOrder/lines", "/id")?,
        })
    }
}

fn by(order: &Bought) -> Json {
    json!({ "purchaseOrder": { "id": order.id } })
}
