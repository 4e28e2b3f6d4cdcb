//! Replays the month on a running server, through the API alone.
//!
//! Every command has an idempotency key, so that a replay that broke off can be run again with the
//! same token and goes on where it stopped.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::asking::{GraphQl, decimal, list, mutate};
use super::data::{Retail, sku};
use super::plan::{Correction, Day, Order, Plan, TakenBack};

/// The warehouse that everything happens in.
pub const WAREHOUSE: &str = "ONLINE-RETAIL";
/// Lines of a receipt.
const RECEIPT_LINES: usize = 500;

/// A replay, and who hears of its progress.
pub struct Replay<'a, G> {
    /// The server.
    pub api: &'a G,
    /// What happened.
    pub data: &'a Retail,
    /// What is done for it.
    pub plan: &'a Plan,
    /// Commands that run at once, where their order does not matter.
    pub at_once: usize,
    /// Called after each command.
    pub done: &'a dyn Fn(),
}

/// By the place of a sold line: the id of what was shipped of it, or billed where nothing is
/// shipped.
type Ids = BTreeMap<usize, String>;

/// The name that a document or a customer of the files gets.
pub fn name(number: &str) -> String {
    format!("OR-{number}")
}

impl<G: GraphQl> Replay<'_, G> {
    /// How many commands there are.
    pub fn commands(&self) -> u64 {
        let records = 1 + self.products().len() + self.customers().len();
        let days = self.plan.days.iter().map(|day| {
            let receipts = day.received.len().div_ceil(RECEIPT_LINES);
            let shipped = day.orders.iter().filter(|order| order.has_goods).count();
            // Placed and billed; a return is asked for, approved, received, inspected, credited
            // and closed.
            let sold = 2 * day.orders.len() + shipped;
            receipts + sold + day.corrections.len() + 6 * day.returns.len() + day.refunds.len()
        });
        u64::try_from(records + days.sum::<usize>()).unwrap_or(u64::MAX)
    }

    /// Codes by the product that they are variants of: a number of five digits, and what follows
    /// tells one from the other.
    fn products(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut products: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for code in self.data.articles.keys() {
            let digits = code.bytes().take_while(u8::is_ascii_digit).count();
            let product = if digits == 5 { &code[..5] } else { code };
            products.entry(product).or_default().push(code);
        }
        products
    }

    fn customers(&self) -> BTreeSet<&str> {
        self.data.lines.iter().map(|line| line.customer()).collect()
    }

    /// The records that documents refer to.
    pub async fn records(&self) -> Result<(), String> {
        let warehouse = json!({ "code": WAREHOUSE, "name": "Online retail" });
        self.command("warehouseCreate", warehouse, "warehouse")
            .await?;
        let products = self.products();
        let products = products
            .iter()
            .map(|(product, codes)| self.product(product, codes));
        self.together(products).await?;
        let customers = self.customers();
        let customers = customers.into_iter().map(async |customer| {
            let input = json!({ "code": name(customer), "name": name(customer) });
            let key = format!("customer-{customer}");
            self.command("customerCreate", input, &key).await
        });
        self.together(customers).await?;
        Ok(())
    }

    async fn product(&self, product: &str, codes: &[&str]) -> Result<(), String> {
        let articles = &self.data.articles;
        let variant = |code: &&str| {
            let article = &articles[*code];
            json!({
                "sku": sku(code), "name": article.name, "price": article.price,
                "isStockTracked": !article.is_charge,
            })
        };
        let variants: Vec<Value> = codes.iter().map(variant).collect();
        let input = json!({ "name": articles[codes[0]].name, "variants": variants });
        self.command("productCreate", input, &format!("product-{product}"))
            .await
    }

    /// The month, day by day.
    pub async fn trade(&self) -> Result<(), String> {
        let mut ids = Ids::new();
        for day in &self.plan.days {
            self.receive(day).await?;
            let sold = self.together(day.orders.iter().map(|order| self.sell(order, &day.day)));
            ids.extend(sold.await?.into_iter().flatten());
            let corrections = day.corrections.iter().enumerate();
            self.together(
                corrections.map(|(index, correction)| self.correct(correction, (index, &day.day))),
            )
            .await?;
            let returns = day.returns.iter();
            self.together(returns.map(|one| self.take_back(one, (&day.day, &ids))))
                .await?;
            let refunds = day.refunds.iter();
            self.together(refunds.map(|one| self.refund(one, (&day.day, &ids))))
                .await?;
        }
        Ok(())
    }

    async fn together<T>(
        &self,
        work: impl Iterator<Item = impl Future<Output = Result<T, String>>>,
    ) -> Result<Vec<T>, String> {
        stream::iter(work)
            .buffer_unordered(self.at_once.max(1))
            .try_collect()
            .await
    }

    async fn receive(&self, day: &Day) -> Result<(), String> {
        let line = |(code, quantity): (&String, &Decimal)| {
            let cost = self.data.articles[code].cost();
            json!({ "variant": { "sku": sku(code) }, "quantity": quantity, "unitCost": cost })
        };
        let lines: Vec<Value> = day.received.iter().map(line).collect();
        let parts = lines.chunks(RECEIPT_LINES).enumerate();
        let parts = parts.map(async |(index, lines)| {
            let key = format!("receipt-{}-{index}", day.day);
            let input = json!({
                "warehouse": { "code": WAREHOUSE }, "date": day.day,
                "externalId": name(&key), "lines": lines,
            });
            self.command("goodsReceiptPost", input, &key).await
        });
        self.together(parts).await?;
        Ok(())
    }

    /// Places, ships and bills an invoice of the files; the ids of what is taken back later.
    async fn sell(&self, order: &Order, day: &str) -> Result<Ids, String> {
        let data = &self.data.lines;
        let line = |index: &usize| {
            let line = &data[*index];
            let variant = json!({ "sku": line.sku() });
            json!({ "variant": variant, "quantity": line.quantity, "unitPrice": line.unit_price })
        };
        let lines: Vec<Value> = order.lines.iter().map(line).collect();
        let is_asked = order
            .lines
            .iter()
            .any(|line| self.plan.taken_back.contains(line));
        let select = |selection| if is_asked { selection } else { "replayed" };
        let input = json!({
            "customer": { "code": name(data[order.lines[0]].customer()) },
            "warehouse": { "code": WAREHOUSE },
            "externalId": name(&order.invoice), "date": day, "lines": lines,
        });
        let key = format!("order-{}", order.invoice);
        let about = (key.as_str(), select("salesOrder { lines { id } }"));
        let placed = self.command_for("salesOrderPlace", input, about).await?;
        let by = json!({ "externalId": name(&order.invoice) });
        let mut ids = Ids::new();
        if order.has_goods {
            let input = json!({ "salesOrder": by, "date": day });
            let key = format!("ship-{}", order.invoice);
            let about = (
                key.as_str(),
                select("fulfilments { lines { id salesOrderLineId } }"),
            );
            let shipped = self.command_for("fulfilmentShip", input, about).await?;
            if is_asked {
                ids.extend(shipped_ids(order, &placed, &shipped)?);
            }
        }
        let input = json!({ "salesOrder": by, "date": day, "externalId": name(&order.invoice) });
        let key = format!("bill-{}", order.invoice);
        let selection = "invoice { lines { id quantity unitPrice variant { sku } } }";
        let about = (key.as_str(), select(selection));
        let billed = self.command_for("invoicePost", input, about).await?;
        if is_asked {
            ids.extend(self.billed_ids(order, &billed)?);
        }
        Ok(ids)
    }

    /// The ids of what is billed and was not shipped.
    fn billed_ids(&self, order: &Order, billed: &Value) -> Result<Ids, String> {
        let mut ids = Ids::new();
        let of_service = |index: &&usize| self.data.lines[**index].is_charge();
        for index in order.lines.iter().filter(of_service) {
            let line = &self.data.lines[*index];
            for bill in list(&billed["invoice"]["lines"])? {
                let is_it = bill["variant"]["sku"] == line.sku()
                    && decimal(&bill["quantity"])? == line.quantity
                    && decimal(&bill["unitPrice"])? == line.unit_price;
                if is_it {
                    ids.insert(*index, bill["id"].as_str().unwrap_or_default().to_owned());
                }
            }
        }
        Ok(ids)
    }

    async fn correct(
        &self,
        correction: &Correction,
        (index, day): (usize, &str),
    ) -> Result<(), String> {
        let line = |(code, delta): (&String, &Decimal)| {
            let cost = self.data.articles[code].cost();
            let variant = json!({ "sku": sku(code) });
            json!({ "variant": variant, "change": { "delta": delta }, "unitCost": cost })
        };
        let lines: Vec<Value> = correction.lines.iter().map(line).collect();
        let key = format!("correction-{day}-{index}");
        let input = json!({
            "warehouse": { "code": WAREHOUSE }, "date": day,
            "externalId": name(&format!("{}-{index}", correction.invoice)),
            "reason": correction.cause.reason, "note": correction.cause.note, "lines": lines,
        });
        self.command("stockAdjust", input, &key).await
    }

    /// Takes goods back, restocks them, credits them and is done with it.
    async fn take_back(&self, one: &TakenBack, (day, ids): (&str, &Ids)) -> Result<(), String> {
        let number = format!("{}-{}", one.cancellation, one.invoice);
        let mut lines = Vec::new();
        for (line, quantity) in &one.lines {
            let id = ids
                .get(line)
                .ok_or_else(|| format!("{number}: line {line} has no id"))?;
            let note = format!("Cancelled by {}", one.cancellation);
            lines.push(json!({
                "fulfilmentLine": id, "quantity": quantity, "reason": "OTHER", "note": note,
            }));
        }
        let input = json!({
            "salesOrder": { "externalId": name(&one.invoice) },
            "externalId": name(&number), "date": day, "lines": lines,
        });
        let key = format!("return-{number}");
        self.command("customerReturnRequest", input, &key).await?;
        let by = json!({ "externalId": name(&number) });
        let dated = json!({ "customerReturn": by, "date": day });
        let settled = json!({ "customerReturn": by, "settlement": "CREDIT" });
        for (command, input) in [
            ("customerReturnApprove", json!({ "customerReturn": by })),
            ("customerReturnReceive", dated.clone()),
            ("customerReturnInspect", dated.clone()),
            ("customerReturnCredit", dated),
            ("customerReturnClose", settled),
        ] {
            self.command(command, input, &format!("{command}-{number}"))
                .await?;
        }
        Ok(())
    }

    /// Credits services.
    async fn refund(&self, one: &TakenBack, (day, ids): (&str, &Ids)) -> Result<(), String> {
        let number = format!("{}-{}", one.cancellation, one.invoice);
        let mut lines = Vec::new();
        for (line, quantity) in &one.lines {
            let id = ids
                .get(line)
                .ok_or_else(|| format!("{number}: line {line} has no id"))?;
            lines.push(json!({ "line": id, "quantity": quantity }));
        }
        let input = json!({
            "invoice": { "externalId": name(&one.invoice) }, "externalId": name(&number),
            "date": day, "lines": lines, "reason": format!("Cancelled by {}", one.cancellation),
        });
        self.command("creditNotePost", input, &format!("credit-{number}"))
            .await
    }

    async fn command(&self, name: &str, input: Value, key: &str) -> Result<(), String> {
        self.command_for(name, input, (key, "replayed")).await?;
        Ok(())
    }

    async fn command_for(
        &self,
        name: &str,
        mut input: Value,
        (key, selection): (&str, &str),
    ) -> Result<Value, String> {
        input["idempotencyKey"] = format!("online-retail-{key}").into();
        let payload = mutate(self.api, name, input, selection).await?;
        (self.done)();
        Ok(payload)
    }
}

/// The ids of what was shipped, by the lines of the files.
fn shipped_ids(order: &Order, placed: &Value, shipped: &Value) -> Result<Ids, String> {
    let mut by_order_line = BTreeMap::new();
    let placed = list(&placed["salesOrder"]["lines"])?;
    for (index, line) in order.lines.iter().zip(placed) {
        by_order_line.insert(line["id"].as_str().unwrap_or_default(), *index);
    }
    let mut ids = Ids::new();
    for fulfilment in list(&shipped["fulfilments"])? {
        for line in list(&fulfilment["lines"])? {
            let of_order = line["salesOrderLineId"].as_str().unwrap_or_default();
            if let Some(index) = by_order_line.get(of_order) {
                ids.insert(*index, line["id"].as_str().unwrap_or_default().to_owned());
            }
        }
    }
    Ok(ids)
}
