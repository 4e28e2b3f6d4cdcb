//! Selling: orders, shipping, bills, payments, returns.

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::{Back, History};
use crate::demo::Failure;
use crate::demo::api::text;
use crate::demo::catalog::FREIGHT;

/// Who brings the goods.
const CARRIERS: &[&str] = &["Nordpaket", "Blitzkurier", "Spedition Hartmann"];

impl History<'_> {
    /// Orders come.
    pub(super) async fn place(&self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let inputs = places.iter().map(|place| self.order(day, *place));
        let inputs = inputs.collect();
        self.api.each("salesOrderPlace", "", inputs).await?;
        Ok(())
    }

    fn order(&self, day: i64, place: usize) -> Json {
        let order = &self.plan.orders[place];
        let customer = &self.company.customers[order.customer];
        let mut lines: Vec<Json> = order.lines.iter().map(|line| self.line(line)).collect();
        if order.has_freight {
            lines.push(json!({ "variant": { "sku": FREIGHT }, "quantity": "1" }));
        }
        json!({
            "customer": { "code": customer.code },
            "warehouse": self.warehouse(customer.warehouse),
            "externalId": order_name(place), "date": self.extent.date(day),
            "customerReference": format!("B{:04}", (place * 37) % 10_000),
            "onCreditLimit": "IGNORE", "lines": lines,
        })
    }

    /// Orders are shipped whole.
    pub(super) async fn ship(&mut self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let asked = places.iter().map(|place| {
            let order = &self.plan.orders[*place];
            let selection = match (order.comes_back, order.is_reported) {
                (true, _) => "fulfilments { id lines { id variant { sku } } }",
                (_, true) => "fulfilments { id }",
                _ => "",
            };
            let input = json!({
                "salesOrder": { "externalId": order_name(*place) },
                "date": self.extent.date(day), "carrier": CARRIERS[place % CARRIERS.len()],
                "trackingNumber": format!("NP{:09}", 310_000_000 + place * 7_919),
            });
            (selection, input)
        });
        let asked = asked.collect();
        let shipped = self.api.all("fulfilmentShip", asked).await?;
        for (place, payload) in places.iter().zip(shipped) {
            if let Ok(fulfilment) = text(&payload, "/fulfilments/0/id") {
                self.made.fulfilments.insert(*place, fulfilment);
            }
            let lines = payload
                .pointer("/fulfilments/0/lines")
                .and_then(Json::as_array);
            for line in lines.into_iter().flatten() {
                let (sku, id) = (text(line, "/variant/sku")?, text(line, "/id")?);
                self.made.shipped.entry(*place).or_default().insert(sku, id);
            }
        }
        Ok(())
    }

    /// The carrier tells that it has brought them.
    pub(super) async fn deliver(&self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let date = self.extent.date(day);
        let inputs = places.iter().map(|place| {
            let id = &self.made.fulfilments[place];
            json!({ "fulfilment": { "id": id }, "deliveredOn": date })
        });
        let inputs = inputs.collect();
        self.api.each("fulfilmentDeliver", "", inputs).await?;
        Ok(())
    }

    /// What was shipped is billed.
    pub(super) async fn bill(&mut self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let date = self.extent.date(day);
        let inputs = places.iter().map(|place| {
            json!({
                "salesOrder": { "externalId": order_name(*place) }, "date": date,
                "externalId": bill_name(*place),
            })
        });
        let inputs = inputs.collect();
        let selection = "invoice { gross { amount } }";
        let billed = self.api.each("invoicePost", selection, inputs).await?;
        for (place, payload) in places.iter().zip(billed) {
            let gross: Decimal = text(&payload, "/invoice/gross/amount")?.parse()?;
            self.made.owed.insert(*place, gross);
        }
        Ok(())
    }

    /// Customers pay what is due, several bills at once.
    pub(super) async fn pay(&mut self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let mut inputs = Vec::new();
        for place in places {
            let payment = &self.plan.payments[*place];
            let owed = |order: &usize| self.made.owed.get(order).copied().unwrap_or_default();
            let open: Vec<usize> = payment
                .orders
                .iter()
                .copied()
                .filter(|order| !owed(order).is_zero())
                .collect();
            let amount: Decimal = open.iter().map(owed).sum();
            if amount.is_zero() {
                continue;
            }
            let bills = open.iter().map(|order| bill_name(*order));
            let bills: Vec<Json> = bills
                .map(|name| json!({ "document": { "externalId": name } }))
                .collect();
            let customer = &self.company.customers[payment.customer];
            inputs.push(json!({
                "customer": { "code": customer.code }, "date": self.extent.date(day),
                "amount": amount, "method": "transfer", "allocations": bills,
                "externalId": format!("demo-pay-{}", place + 1),
            }));
            for order in open {
                self.made.owed.insert(order, Decimal::ZERO);
            }
        }
        self.api.each("paymentPost", "", inputs).await?;
        Ok(())
    }

    /// Customers want to give something back.
    pub(super) async fn request_returns(
        &mut self,
        day: i64,
        places: &[usize],
    ) -> Result<(), Failure> {
        let mut inputs = Vec::new();
        for place in places {
            let back = &self.plan.returns[*place];
            let sku = &self.company.catalog.variants[back.line.variant].sku;
            let shipped = self.made.shipped.get(&back.order);
            let line = shipped.and_then(|lines| lines.get(sku));
            let line = line.ok_or_else(|| format!("{sku} was not shipped"))?;
            inputs.push(json!({
                "salesOrder": { "externalId": order_name(back.order) },
                "date": self.extent.date(day), "lines": [{
                    "fulfilmentLine": line, "quantity": back.line.quantity.to_string(),
                    "reason": back.reason,
                }],
            }));
        }
        let selection = "customerReturn { id lines { id } }";
        let asked = self
            .api
            .each("customerReturnRequest", selection, inputs)
            .await?;
        for (place, payload) in places.iter().zip(asked) {
            let back = Back {
                id: text(&payload, "/customerReturn/id")?,
                line: text(&payload, "/customerReturn/lines/0/id")?,
            };
            self.made.returns.insert(*place, back);
        }
        Ok(())
    }

    fn back(&self, place: usize) -> Json {
        json!({ "customerReturn": { "id": self.made.returns[&place].id } })
    }

    fn back_on(&self, place: usize, day: i64) -> Json {
        let id = &self.made.returns[&place].id;
        json!({ "customerReturn": { "id": id }, "date": self.extent.date(day) })
    }

    /// They may.
    pub(super) async fn approve_returns(&self, places: &[usize]) -> Result<(), Failure> {
        let inputs = places.iter().map(|place| self.back(*place)).collect();
        self.api.each("customerReturnApprove", "", inputs).await?;
        Ok(())
    }

    /// It came back.
    pub(super) async fn receive_returns(&self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let inputs = places.iter().map(|place| self.back_on(*place, day));
        let inputs = inputs.collect();
        self.api.each("customerReturnReceive", "", inputs).await?;
        Ok(())
    }

    /// It is looked at: what is good is sold again, the rest thrown away.
    pub(super) async fn inspect(&self, day: i64, places: &[usize]) -> Result<(), Failure> {
        let inputs = places.iter().map(|place| {
            let back = &self.plan.returns[*place];
            let what = if back.is_good { "restock" } else { "scrap" };
            let quantity = back.line.quantity.to_string();
            let mut input = self.back_on(*place, day);
            let line = &self.made.returns[place].line;
            input["lines"] = json!([{ "line": line, what: quantity }]);
            input
        });
        let inputs = inputs.collect();
        self.api.each("customerReturnInspect", "", inputs).await?;
        Ok(())
    }

    /// It is credited, which pays what is open of the bill.
    pub(super) async fn credit_returns(
        &mut self,
        day: i64,
        places: &[usize],
    ) -> Result<(), Failure> {
        let inputs = places.iter().map(|place| self.back_on(*place, day));
        let inputs = inputs.collect();
        let selection = "customerReturn { creditNotes { gross { amount } } }";
        let credited = self
            .api
            .each("customerReturnCredit", selection, inputs)
            .await?;
        for (place, payload) in places.iter().zip(credited) {
            let pointer = "/customerReturn/creditNotes/0/gross/amount";
            let credit: Decimal = text(&payload, pointer)?.parse()?;
            let order = self.plan.returns[*place].order;
            if let Some(owed) = self.made.owed.get_mut(&order) {
                *owed = (*owed - credit).max(Decimal::ZERO);
            }
        }
        Ok(())
    }

    /// It is settled.
    pub(super) async fn close_returns(&self, places: &[usize]) -> Result<(), Failure> {
        let inputs = places.iter().map(|place| {
            let mut input = self.back(*place);
            input["settlement"] = json!("CREDIT");
            input
        });
        let inputs = inputs.collect();
        self.api.each("customerReturnClose", "", inputs).await?;
        Ok(())
    }
}

/// What an order of the history is called.
#[must_use]
pub fn order_name(place: usize) -> String {
    format!("demo-so-{}", place + 1)
}

/// What its bill is called.
#[must_use]
pub fn bill_name(place: usize) -> String {
    format!("demo-inv-{}", place + 1)
}
