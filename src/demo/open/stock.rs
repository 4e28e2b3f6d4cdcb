//! Holds, transfers, corrections and counts in every state.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::Open;
use crate::demo::Failure;
use crate::demo::api::{text, texts};
use crate::demo::demand::Line;
use crate::platform::clock;
use crate::platform::input::LINES_MAX;

const HOUR: u64 = 60 * 60;

/// Who keeps stock, for how many seconds, and what became of it.
const HOLDS: &[(&str, u64, &str)] = &[
    ("Web shop, cart of a guest", 1, ""),
    ("Web shop, cart 4711", 2 * HOUR, ""),
    ("Telephone, Ms Egger", 48 * HOUR, ""),
    ("Fair in Frankfurt", 30 * 24 * HOUR, ""),
    ("Web shop, cart 4698", HOUR, "stockHoldRelease"),
    ("Web shop, cart 4702", HOUR, "stockHoldConvert"),
];

impl Open<'_, '_> {
    /// How much of each variant the main warehouse should have: from what always stays there and
    /// what comes together from the supplier.
    pub(super) async fn policies(&mut self) -> Result<(), Failure> {
        let catalog = &self.history.company.catalog;
        let kept = catalog.variants.iter().filter(|one| one.supplier.is_some());
        let lines: Vec<Json> = kept
            .map(|variant| {
                let safety = (variant.pack / 4).max(1);
                let reorder = safety + variant.stays + variant.pack / 2;
                json!({
                    "variant": { "sku": variant.sku }, "minimum": safety.to_string(),
                    "reorderPoint": reorder.to_string(), "safetyStock": safety.to_string(),
                    "maximum": (reorder + variant.pack * 6).to_string(),
                })
            })
            .collect();
        let warehouse = self.history.warehouse(0);
        for lines in lines.chunks(LINES_MAX) {
            let input = json!({ "warehouse": warehouse, "lines": lines });
            self.api.one("stockPolicySet", "", input).await?;
        }
        Ok(())
    }

    /// Active, released, converted, and one whose time is over before long.
    pub(super) async fn holds(&mut self) -> Result<(), Failure> {
        for (owner, seconds, end) in HOLDS {
            let until: DateTime<Utc> = clock::now().to_utc() + Duration::from_secs(*seconds);
            let warehouse = self.history.warehouse(0);
            let lines = self.plenty(0, 2, 3);
            let mut lines = self.lines(&lines);
            for line in lines.as_array_mut().into_iter().flatten() {
                line["warehouse"] = warehouse.clone();
            }
            let input = json!({ "owner": owner, "expiresAt": until, "lines": lines });
            let payload = self
                .api
                .one("stockHoldCreate", "stockHold { id }", input)
                .await?;
            if end.is_empty() {
                continue;
            }
            let mut input = json!({ "stockHold": { "id": text(&payload, "/stockHold/id")? } });
            if *end == "stockHoldConvert" {
                input["customer"] = json!({ "code": "CAFE-LINDE" });
                input["onCreditLimit"] = json!("IGNORE");
            }
            self.api.one(end, "", input).await?;
        }
        Ok(())
    }

    /// A draft, on their way, cancelled, and one of which something was lost.
    pub(super) async fn transfers(&mut self) -> Result<(), Failure> {
        self.transfer(2, 2, &[]).await?;
        self.transfer(1, 1, &["stockTransferDispatch"]).await?;
        self.transfer(2, 0, &["stockTransferDispatch"]).await?;
        self.transfer(1, 3, &["stockTransferCancel"]).await?;
        let steps = &["stockTransferDispatch", "stockTransferReceive"];
        self.transfer(2, 4, steps).await
    }

    async fn transfer(&mut self, to: usize, days: i64, steps: &[&str]) -> Result<(), Failure> {
        let lines = self.plenty(0, 3, 6);
        let input = json!({
            "fromWarehouse": self.history.warehouse(0), "toWarehouse": self.history.warehouse(to),
            "date": self.ago(days), "lines": self.lines(&lines),
        });
        let selection = "stockTransfer { id lines { id } }";
        let payload = self
            .api
            .one("stockTransferCreate", selection, input)
            .await?;
        let id = text(&payload, "/stockTransfer/id")?;
        for name in steps {
            let mut input = json!({ "stockTransfer": { "id": id } });
            if *name == "stockTransferReceive" {
                let lines = payload
                    .pointer("/stockTransfer/lines")
                    .and_then(Json::as_array);
                let lines = lines.into_iter().flatten().enumerate().map(|(place, line)| {
                    let lost = i64::from(place == 0);
                    let received = (6 - lost).to_string();
                    json!({ "line": line["id"], "received": received, "lost": lost.to_string() })
                });
                input["lines"] = lines.collect();
                input["shortageReason"] = json!("One box fell off the truck");
            }
            if *name != "stockTransferCancel" {
                input["date"] = self.ago(days);
            }
            self.api.one(name, "", input).await?;
        }
        Ok(())
    }

    /// Corrections for the reasons that the history does not have.
    pub(super) async fn corrections(&mut self) -> Result<(), Failure> {
        for (reason, days, change) in [("FOUND", 6, 2), ("OTHER", 3, -1), ("DAMAGE", 1, -3)] {
            let lines = self.plenty(0, 2, 4).into_iter().map(|line| {
                let sku = &self.history.company.catalog.variants[line.variant].sku;
                let delta = change.to_string();
                json!({ "variant": { "sku": sku }, "change": { "delta": delta } })
            });
            let lines: Vec<Json> = lines.collect();
            let input = json!({
                "warehouse": self.history.warehouse(0), "reason": reason, "date": self.ago(days),
                "note": "Seen when the shelf was moved", "lines": lines,
            });
            let selection = "stockAdjustment { id }";
            let payload = self.api.one("stockAdjust", selection, input).await?;
            if reason == "DAMAGE" {
                let by = json!({ "id": text(&payload, "/stockAdjustment/id")? });
                let input = json!({ "stockAdjustment": by, "reason": "Counted wrongly" });
                self.api.one("stockAdjustReverse", "", input).await?;
            }
        }
        Ok(())
    }

    /// Counts that are posted, counted, given up, and begun.
    pub(super) async fn counts(&mut self) -> Result<(), Failure> {
        let (finish, post) = ("stockCountFinish", "stockCountPost");
        let fates: [(i64, &[&str]); 4] = [
            (5, &[finish, post]),
            (1, &[finish]),
            (3, &["stockCountCancel"]),
            (0, &[]),
        ];
        let lines = self.plenty(0, 8, 2);
        for (lines, (days, steps)) in lines.chunks(2).zip(fates) {
            self.count(lines, days, steps).await?;
        }
        Ok(())
    }

    /// A count of a few variants, the first of which is one short when it was counted again.
    async fn count(&self, lines: &[Line], days: i64, steps: &[&str]) -> Result<(), Failure> {
        let catalog = &self.history.company.catalog;
        let skus = lines.iter().map(|line| &catalog.variants[line.variant].sku);
        let skus: Vec<Json> = skus.map(|sku| json!({ "sku": sku })).collect();
        let input = json!({
            "warehouse": self.history.warehouse(0), "variants": skus, "recountOver": "2",
            "date": self.ago(days), "note": "A shelf a week",
        });
        let selection = "stockCount { id lines { expected } }";
        let payload = self.api.one("stockCountCreate", selection, input).await?;
        let count = json!({ "id": text(&payload, "/stockCount/id")? });
        let tally = |counted: Vec<String>| {
            let lines = skus.iter().zip(counted);
            let lines = lines.map(|(sku, counted)| json!({ "variant": sku, "quantity": counted }));
            json!({ "stockCount": count, "lines": lines.collect::<Vec<Json>>() })
        };
        let first = tally(vec!["12".to_owned(); skus.len()]);
        let payload = self.api.one("stockCountRecord", selection, first).await?;
        if steps.is_empty() {
            return Ok(());
        }
        let mut expected = texts(&payload, "/stockCount/lines", "/expected")?;
        if let Some(Ok(pieces)) = expected.first().map(|text| text.parse::<i64>()) {
            expected[0] = (pieces - 1).to_string();
        }
        let again = tally(expected);
        self.api.one("stockCountRecord", "", again).await?;
        for step in steps {
            let mut input = json!({ "stockCount": count });
            if *step == "stockCountPost" {
                input["date"] = self.ago(days);
            }
            self.api.one(step, "", input).await?;
        }
        Ok(())
    }
}
