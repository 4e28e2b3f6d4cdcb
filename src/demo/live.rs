//! Something goes on: a small order every few seconds, shipped a little later.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::Failure;
use super::api::{Api, text};
use super::company::Company;
use super::records::line;
use super::seed::{Dice, Purpose};

/// Between two things that happen.
const EVERY: Duration = Duration::from_secs(3);
/// So many orders are there before the first is shipped.
const OPEN: usize = 4;
/// What comes in when something is sold out.
const MORE: i64 = 120;

/// Goes on until it is to stop; what was begun is done first.
pub async fn go_on(api: &Api, seed: u64, stop: impl Future<Output = ()>) {
    let company = Company::read();
    let mut dice = Dice::new(seed, Purpose::Live);
    let mut open = VecDeque::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = something(api, &company, &mut dice, &mut open).await {
            tracing::warn!(%error, "the demo could not go on; trying something else");
        }
    }
}

async fn something(
    api: &Api,
    company: &Company,
    dice: &mut Dice,
    open: &mut VecDeque<String>,
) -> Result<(), Failure> {
    if open.len() > OPEN && dice.chance(600) {
        let id = open.pop_front().unwrap_or_default();
        let input = json!({ "salesOrder": { "id": id } });
        api.one("fulfilmentShip", "", input.clone()).await?;
        api.one("invoicePost", "", input).await?;
        return Ok(());
    }
    let all = company.catalog.variants.len() as i64;
    let mut chosen: Vec<usize> = (0..dice.between(1, 3))
        .map(|_| dice.between(0, all - 1) as usize)
        .filter(|variant| company.catalog.variants[*variant].supplier.is_some())
        .collect();
    chosen.sort_unstable();
    chosen.dedup();
    if chosen.is_empty() {
        return Ok(());
    }
    let buyer = dice.pick(&company.customers);
    let lines: Vec<Json> = chosen
        .iter()
        .map(|variant| line(&company.catalog, *variant, dice.between(1, 4)))
        .collect();
    let warehouse = json!({ "code": "MAIN" });
    let order = json!({
        "customer": { "code": buyer.code }, "warehouse": warehouse, "onCreditLimit": "IGNORE",
        "lines": lines,
    });
    match api.one("salesOrderPlace", "salesOrder { id }", order).await {
        Ok(payload) => open.push_back(text(&payload, "/salesOrder/id")?),
        // Sold out: a delivery comes.
        Err(_) => {
            let lines = chosen.iter().map(|variant| {
                let mut line = line(&company.catalog, *variant, MORE);
                line["unitCost"] = json!(company.catalog.variants[*variant].cost);
                line
            });
            let lines: Vec<Json> = lines.collect();
            let input = json!({ "warehouse": warehouse, "lines": lines });
            api.one("goodsReceiptPost", "", input).await?;
        }
    }
    Ok(())
}
