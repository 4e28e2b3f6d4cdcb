//! Brings Northwind into a running server, through the API alone.
//!
//! Every command has an idempotency key, so that an import that broke off can be run again with
//! the same token and goes on where it stopped.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::asking::{GraphQl, mutate};
use super::data::{Northwind, Order, Product, TERM, sku};

/// The warehouse that everything happens in.
pub const WAREHOUSE: &str = "NORTHWIND";

/// What freight is billed as.
pub const FREIGHT: &str = "NW-FREIGHT";
/// The terms of every customer.
const TERMS: &str = "NW-30";

/// An import, and who hears of its progress.
pub struct Import<'a, G> {
    /// The server.
    pub api: &'a G,
    /// What to bring.
    pub data: &'a Northwind,
    /// Commands of one day that run at once.
    pub at_once: usize,
    /// Called after each command.
    pub done: &'a dyn Fn(),
}

/// What happens to one order on a day; on the same day it is placed before it is shipped, and so
/// on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Place,
    Ship,
    Bill,
    Pay,
}

impl<G: GraphQl> Import<'_, G> {
    /// How many commands there are.
    pub fn commands(&self) -> u64 {
        let data = self.data;
        // A warehouse, payment terms and freight.
        let parties = data.categories.len() + data.suppliers.len() + data.customers.len();
        let records = 3 + parties + 2 * data.products.len();
        // Created, submitted, sent; the first ones are received.
        let bought = 4 * self.bought(|product| data.received(product)).len();
        let on_order = 3 * self.bought(|product| product.on_order).len();
        let (shipped, open) = (data.shipped().count(), data.open().count());
        let sold = 3 * shipped + data.paid().count() + open;
        u64::try_from(records + bought + on_order + sold).unwrap_or(u64::MAX)
    }

    /// The records that orders refer to: a warehouse, suppliers and what they offer, products in
    /// their categories, customers with their terms.
    pub async fn records(&self) -> Result<(), String> {
        let warehouse = json!({ "code": WAREHOUSE, "name": "Northwind Traders" });
        self.command("warehouseCreate", warehouse, "warehouse")
            .await?;
        let whole = json!([{ "share": "1", "days": TERM }]);
        let terms = json!({ "code": TERMS, "name": "Net 30", "instalments": whole });
        self.command("paymentTermsCreate", terms, "terms").await?;
        let variant = json!({ "sku": FREIGHT, "isStockTracked": false });
        let freight = json!({ "name": "Freight", "variants": [variant] });
        self.command("productCreate", freight, "freight").await?;
        for category in &self.data.categories {
            let code = format!("NW-C{}", category.id);
            let input = json!({ "code": code, "name": category.name });
            self.command("categoryCreate", input, &code).await?;
        }
        for supplier in &self.data.suppliers {
            let contacts = json!([{ "name": supplier.contact }]);
            let code = supplier.code();
            let input = json!({ "code": code, "name": supplier.name, "contacts": contacts });
            self.command("supplierCreate", input, &code).await?;
        }
        for product in &self.data.products {
            self.product(product).await?;
        }
        for customer in &self.data.customers {
            let input = json!({
                "code": customer.code, "name": customer.name, "paymentTerms": { "code": TERMS },
            });
            let key = format!("customer-{}", customer.code);
            self.command("customerCreate", input, &key).await?;
        }
        Ok(())
    }

    async fn product(&self, product: &Product) -> Result<(), String> {
        let variant = json!({ "sku": product.sku(), "price": product.list_price });
        let category = json!({ "code": format!("NW-C{}", product.category) });
        let input = json!({ "name": product.name, "category": category, "variants": [variant] });
        let key = format!("product-{}", product.id);
        self.command("productCreate", input, &key).await?;
        let offer = json!({
            "supplier": { "code": format!("NW-S{}", product.supplier) },
            "variant": { "sku": product.sku() },
            "supplierSku": format!("S-{}", product.id),
            "isPreferred": true,
            "prices": [{ "unitPrice": product.list_price }],
        });
        let key = format!("offer-{}", product.id);
        self.command("supplierItemCreate", offer, &key).await
    }

    /// Suppliers of whom something is bought, with the products and how much of each.
    fn bought(
        &self,
        quantity: impl Fn(&Product) -> Decimal,
    ) -> BTreeMap<u32, Vec<(&Product, Decimal)>> {
        let mut bought: BTreeMap<u32, Vec<(&Product, Decimal)>> = BTreeMap::new();
        for product in &self.data.products {
            let quantity = quantity(product);
            if !quantity.is_zero() {
                let of_supplier = bought.entry(product.supplier).or_default();
                of_supplier.push((product, quantity));
            }
        }
        bought
    }

    /// Buys everything that will be shipped, and what is to be left, of who supplies it.
    pub async fn buy(&self) -> Result<(), String> {
        let first_day = self
            .data
            .orders
            .first()
            .map(|order| order.ordered_on.as_str());
        let first_day = first_day.unwrap_or_default();
        for (supplier, wanted) in self.bought(|product| self.data.received(product)) {
            let name = format!("bought-{supplier}");
            let sent = self.send(supplier, &name, (first_day, &wanted)).await?;
            let lines = sent["purchaseOrder"]["lines"].as_array();
            let lines: Vec<Value> = lines
                .into_iter()
                .flatten()
                .map(|line| json!({ "line": line["id"], "accepted": line["quantity"] }))
                .collect();
            let by = json!({ "externalId": name });
            let input = json!({ "purchaseOrder": by, "date": first_day, "lines": lines });
            let key = format!("receive-{supplier}");
            self.command("purchaseOrderReceive", input, &key).await?;
        }
        Ok(())
    }

    /// Orders what is on its way when the files end.
    pub async fn leave_on_order(&self) -> Result<(), String> {
        let last_day = self.data.last_day();
        for (supplier, wanted) in self.bought(|product| product.on_order) {
            let name = format!("on-order-{supplier}");
            self.send(supplier, &name, (last_day, &wanted)).await?;
        }
        Ok(())
    }

    /// An order to a supplier that it has.
    async fn send(
        &self,
        supplier: u32,
        name: &str,
        (day, wanted): (&str, &[(&Product, Decimal)]),
    ) -> Result<Value, String> {
        let line = |(product, quantity): &(&Product, Decimal)| {
            let variant = json!({ "sku": product.sku() });
            json!({ "variant": variant, "quantity": quantity })
        };
        let lines: Vec<Value> = wanted.iter().map(line).collect();
        let input = json!({
            "supplier": { "code": format!("NW-S{supplier}") },
            "warehouse": { "code": WAREHOUSE },
            "externalId": name, "date": day, "lines": lines,
        });
        self.command("purchaseOrderCreate", input, name).await?;
        let by = json!({ "purchaseOrder": { "externalId": name } });
        let key = format!("submit-{name}");
        self.command("purchaseOrderSubmit", by.clone(), &key)
            .await?;
        let selection = "purchaseOrder { lines { id quantity } }";
        let key = format!("send-{name}");
        self.command_for("purchaseOrderSend", by, (&key, selection))
            .await
    }

    /// The shipped orders as time went by: each is placed on its day, and shipped on its day.
    pub async fn trade(&self) -> Result<(), String> {
        let mut calendar: Vec<(&str, Step, &Order)> = Vec::new();
        for order in self.data.shipped() {
            calendar.push((&order.ordered_on, Step::Place, order));
            if let Some(day) = &order.shipped_on {
                calendar.push((day, Step::Ship, order));
                calendar.push((day, Step::Bill, order));
            }
        }
        let due: Vec<(String, &Order)> = self
            .data
            .paid()
            .filter_map(|order| Some((order.due_on()?, order)))
            .collect();
        calendar.extend(
            due.iter()
                .map(|(day, order)| (day.as_str(), Step::Pay, *order)),
        );
        calendar.sort_by_key(|(day, step, order)| (*day, *step, order.id));
        for together in calendar.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            stream::iter(together)
                .map(async |(day, step, order)| match step {
                    Step::Place => self.place(order, "REJECT").await,
                    Step::Ship => self.ship(order, day).await,
                    Step::Bill => self.bill(order, day).await,
                    Step::Pay => self.pay(order, day).await,
                })
                .buffered(self.at_once.max(1))
                .try_collect::<()>()
                .await?;
        }
        Ok(())
    }

    /// The orders that were never shipped: what is missing waits for stock.
    pub async fn leave_open(&self) -> Result<(), String> {
        for order in self.data.open() {
            self.place(order, "BACKORDER").await?;
        }
        Ok(())
    }

    async fn place(&self, order: &Order, on_shortage: &str) -> Result<(), String> {
        let mut lines: Vec<Value> = order
            .lines
            .iter()
            .map(|line| {
                json!({
                    "variant": { "sku": sku(line.product) },
                    "quantity": line.quantity,
                    "unitPrice": line.unit_price,
                    "discountRate": line.discount_rate,
                })
            })
            .collect();
        if !order.freight.is_zero() {
            let variant = json!({ "sku": FREIGHT });
            let price = order.freight;
            lines.push(json!({ "variant": variant, "quantity": "1", "unitPrice": price }));
        }
        let input = json!({
            "customer": { "code": order.customer },
            "warehouse": { "code": WAREHOUSE },
            "externalId": order.id.to_string(),
            "date": order.ordered_on,
            "onShortage": on_shortage,
            "lines": lines,
        });
        let key = format!("order-{}", order.id);
        self.command("salesOrderPlace", input, &key).await
    }

    async fn ship(&self, order: &Order, day: &str) -> Result<(), String> {
        let salesorder = json!({ "externalId": order.id.to_string() });
        let input = json!({ "salesOrder": salesorder, "date": day });
        let key = format!("ship-{}", order.id);
        self.command("fulfilmentShip", input, &key).await
    }

    /// Bills what was shipped, and the freight.
    async fn bill(&self, order: &Order, day: &str) -> Result<(), String> {
        let by = json!({ "externalId": order.id.to_string() });
        let id = format!("bill-{}", order.id);
        let input = json!({ "salesOrder": by, "date": day, "externalId": id });
        self.command("invoicePost", input, &id).await
    }

    /// Pays a bill, all of it.
    async fn pay(&self, order: &Order, day: &str) -> Result<(), String> {
        let document = json!({ "externalId": format!("bill-{}", order.id) });
        let input = json!({
            "customer": { "code": order.customer }, "date": day, "amount": order.gross(),
            "allocations": [{ "document": document }],
        });
        let key = format!("pay-{}", order.id);
        self.command("paymentPost", input, &key).await
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
        input["idempotencyKey"] = format!("northwind-{key}").into();
        let payload = mutate(self.api, name, input, selection).await?;
        (self.done)();
        Ok(payload)
    }
}
