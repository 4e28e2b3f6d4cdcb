//! Buying: ordering, approving, sending, receiving, closing.

use serde_json::{Value as Json, json};

use super::{Bought, History, rate};
use crate::demo::Failure;
use crate::demo::api::{text, texts};
use crate::demo::plan::Step;

impl History<'_> {
    /// A dollar has a new rate.
    pub(super) async fn set_rate(&self, day: i64) -> Result<(), Failure> {
        let date = self.extent.date(day);
        let input = json!({ "currency": "USD", "rate": rate(day), "validFrom": date });
        self.api.one("exchangeRateSet", "", input).await?;
        Ok(())
    }

    /// Orders from suppliers: written, submitted, approved where needed, sent.
    pub(super) async fn buy(&mut self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let inputs = places.iter().map(|place| self.purchase(day, *place));
        let inputs = inputs.collect();
        let selection = "purchaseOrder { id lines { id } }";
        let written = self
            .api
            .each("purchaseOrderCreate", selection, inputs)
            .await?;
        let mut ids = Vec::new();
        for (place, payload) in places.iter().zip(written) {
            let bought = Bought {
                id: text(&payload, "/purchaseOrder/id")?,
                lines: texts(&payload, "/purchaseOrder/lines", "/id")?,
            };
            ids.push(bought.id.clone());
            self.made.purchases.insert(*place, bought);
        }
        self.send(&ids).await
    }

    /// Submits orders that are drafts, has them approved where needed, and sends them.
    pub async fn send(&self, ids: &[String]) -> Result<(), Failure> {
        self.submit(ids).await?;
        self.api.each("purchaseOrderSend", "", orders(ids)).await?;
        Ok(())
    }

    /// Submits orders that are drafts, and has them approved where needed.
    pub async fn submit(&self, ids: &[String]) -> Result<(), Failure> {
        let selection = "purchaseOrder { id status }";
        let inputs = orders(ids);
        let submitted = self
            .api
            .each("purchaseOrderSubmit", selection, inputs)
            .await?;
        let waiting: Vec<String> = submitted
            .iter()
            .filter(|payload| payload["purchaseOrder"]["status"] == "PENDING_APPROVAL")
            .map(|payload| text(payload, "/purchaseOrder/id"))
            .collect::<Result<_, _>>()?;
        let inputs = orders(&waiting);
        self.manager
            .each("purchaseOrderApprove", "", inputs)
            .await?;
        Ok(())
    }

    fn purchase(&self, day: i64, place: usize) -> Json {
        let purchase = &self.plan.purchases[place];
        let supplier = &self.company.suppliers[purchase.supplier];
        let lines: Vec<Json> = purchase.lines.iter().map(|line| self.line(line)).collect();
        let mut input = json!({
            "supplier": { "code": supplier.code }, "warehouse": self.warehouse(0),
            "externalId": format!("demo-po-{}", place + 1), "date": self.extent.date(day),
            "expectedOn": self.extent.date(purchase.due), "lines": lines,
        });
        if supplier.currency != "EUR" {
            input["exchangeRate"] = json!(rate(day));
        }
        input
    }

    /// Goods arrive.
    pub(super) async fn arrive(
        &mut self,
        day: i64,
        together: &[(i64, Step)],
    ) -> Result<(), Failure> {
        let mut inputs = Vec::new();
        for (_, step) in together {
            if let Step::Arrive(place, number) = step {
                inputs.push(self.receipt(day, (*place, *number)));
            }
        }
        self.api.each("purchaseOrderReceive", "", inputs).await?;
        Ok(())
    }

    fn receipt(&self, day: i64, (place, number): (usize, usize)) -> Json {
        let made = &self.made.purchases[&place];
        let arrival = &self.plan.purchases[place].arrivals[number];
        let arrived = made.lines.iter().zip(&arrival.lines);
        let lines: Vec<Json> = arrived
            .filter(|(_, (good, rejected, _))| good + rejected > 0)
            .map(|(id, (good, rejected, short))| {
                let mut line = json!({
                    "line": id, "accepted": good.to_string(), "short": short.to_string(),
                });
                if *rejected > 0 {
                    line["rejected"] = json!(rejected.to_string());
                    line["rejectionReason"] = json!("Broken on the way");
                }
                line
            })
            .collect();
        json!({
            "purchaseOrder": { "id": made.id }, "date": self.extent.date(day),
            "externalId": format!("demo-gr-{}-{}", place + 1, number + 1),
            "deliveryNote": format!("L{:05}", 20_000 + place * 3 + number), "lines": lines,
        })
    }

    /// Orders of which nothing is waited for any more are closed.
    pub(super) async fn finish(&self, places: &[usize]) -> Result<(), Failure> {
        let ids = places
            .iter()
            .map(|place| self.made.purchases[place].id.clone());
        let ids: Vec<String> = ids.collect();
        self.api
            .each("purchaseOrderClose", "", orders(&ids))
            .await?;
        Ok(())
    }
}

fn orders(ids: &[String]) -> Vec<Json> {
    let one = |id: &String| json!({ "purchaseOrder": { "id": id } });
    ids.iter().map(one).collect()
}
