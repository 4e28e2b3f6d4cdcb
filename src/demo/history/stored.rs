//! Storing: transfers between warehouses and corrections.

use serde_json::{Value as Json, json};

use super::History;
use crate::demo::Failure;
use crate::demo::api::text;

impl History<'_> {
    /// Goods leave the main warehouse for another.
    pub(super) async fn transfer_out(&mut self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let date = self.extent.date(day);
        let inputs = places.iter().map(|place| {
            let transfer = &self.plan.transfers[*place];
            let lines: Vec<Json> = transfer.lines.iter().map(|line| self.line(line)).collect();
            json!({
                "fromWarehouse": self.warehouse(0), "toWarehouse": self.warehouse(transfer.to),
                "date": date, "lines": lines,
            })
        });
        let inputs = inputs.collect();
        let selection = "stockTransfer { id }";
        let made = self
            .api
            .each("stockTransferCreate", selection, inputs)
            .await?;
        let mut inputs = Vec::new();
        for (place, payload) in places.iter().zip(made) {
            let id = text(&payload, "/stockTransfer/id")?;
            inputs.push(json!({ "stockTransfer": { "id": id }, "date": date }));
            self.made.transfers.insert(*place, id);
        }
        self.api.each("stockTransferDispatch", "", inputs).await?;
        Ok(())
    }

    /// They arrive.
    pub(super) async fn transfer_in(&self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let date = self.extent.date(day);
        let inputs = places.iter().map(|place| {
            let id = &self.made.transfers[place];
            json!({ "stockTransfer": { "id": id }, "date": date })
        });
        let inputs = inputs.collect();
        self.api.each("stockTransferReceive", "", inputs).await?;
        Ok(())
    }

    /// Stock is corrected.
    pub(super) async fn count(&self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let date = self.extent.date(day);
        let inputs = places.iter().map(|place| {
            let count = &self.plan.counts[*place];
            let lines: Vec<Json> = count
                .lines
                .iter()
                .map(|line| {
                    let sku = &self.company.catalog.variants[line.variant].sku;
                    let change = json!({ "delta": line.quantity.to_string() });
                    json!({ "variant": { "sku": sku }, "change": change })
                })
                .collect();
            json!({
                "warehouse": self.warehouse(count.warehouse), "reason": count.reason,
                "date": date, "lines": lines,
            })
        });
        let inputs = inputs.collect();
        self.api.each("stockAdjust", "", inputs).await?;
        Ok(())
    }
}
