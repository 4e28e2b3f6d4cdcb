//! Brings Northwind into a running server, through the API alone.
//!
//! Every command has an idempotency key, so that an import that broke off can be run again with
//! the same token and goes on where it stopped.

use std::future::Future;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::data::{Northwind, Order, sku};

/// The warehouse that everything happens in.
pub const WAREHOUSE: &str = "NORTHWIND";

/// Somebody who can ask a server.
pub trait GraphQl {
    /// The `data` of the answer, or everything that is wrong.
    fn ask(&self, query: &str, variables: Value) -> impl Future<Output = Result<Value, String>>;
}

/// Runs a mutation; what the business refuses is an error here.
pub async fn mutate(
    api: &impl GraphQl,
    name: &str,
    input: Value,
    selection: &str,
) -> Result<Value, String> {
    let (first, rest) = name.split_at(1);
    let query = format!(
        "mutation($input: {}{rest}Input!) {{ {name}(input: $input) {{ {selection} \
         errors {{ code message path }} }} }}",
        first.to_uppercase()
    );
    let about = input.to_string();
    let mut data = api.ask(&query, json!({ "input": input })).await?;
    let payload = data[name].take();
    if payload["errors"].as_array().is_some_and(Vec::is_empty) {
        return Ok(payload);
    }
    let about: String = about.chars().take(300).collect();
    Err(format!("{name} was refused: {payload}; it said {about}"))
}

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

/// What happens to one order on a day; on the same day it is placed before it is shipped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Place,
    Ship,
}

impl<G: GraphQl> Import<'_, G> {
    /// How many commands there are.
    pub fn commands(&self) -> u64 {
        let (shipped, open) = (self.data.shipped().count(), self.data.open().count());
        let records = 1 + self.data.products.len() + self.data.customers.len() + 1;
        u64::try_from(records + 2 * shipped + open).unwrap_or(u64::MAX)
    }

    /// The records that orders refer to: a warehouse, the products, the customers.
    pub async fn records(&self) -> Result<(), String> {
        let warehouse = json!({ "code": WAREHOUSE, "name": "Northwind Traders" });
        self.command("warehouseCreate", warehouse, "warehouse")
            .await?;
        for product in &self.data.products {
            let variant = json!({ "sku": product.sku(), "price": product.list_price });
            let input = json!({ "name": product.name, "variants": [variant] });
            let key = format!("product-{}", product.id);
            self.command("productCreate", input, &key).await?;
        }
        for customer in &self.data.customers {
            let input = json!({ "code": customer.code, "name": customer.name });
            let key = format!("customer-{}", customer.code);
            self.command("customerCreate", input, &key).await?;
        }
        Ok(())
    }

    /// Everything that will be shipped, and what is to be left.
    pub async fn receive(&self) -> Result<(), String> {
        let first_day = self.data.orders.first().map(|order| &order.ordered_on);
        let lines: Vec<Value> = self
            .data
            .products
            .iter()
            .filter(|product| !self.data.received(product).is_zero())
            .map(|product| {
                json!({
                    "variant": { "sku": product.sku() },
                    "quantity": self.data.received(product),
                    "unitCost": product.list_price,
                })
            })
            .collect();
        let input = json!({
            "warehouse": { "code": WAREHOUSE }, "date": first_day, "lines": lines,
        });
        self.command("goodsReceiptPost", input, "receipt").await
    }

    /// The shipped orders as time went by: each is placed on its day, and shipped on its day.
    pub async fn trade(&self) -> Result<(), String> {
        let mut calendar: Vec<(&str, Step, &Order)> = Vec::new();
        for order in self.data.shipped() {
            calendar.push((&order.ordered_on, Step::Place, order));
            if let Some(day) = &order.shipped_on {
                calendar.push((day, Step::Ship, order));
            }
        }
        calendar.sort_by_key(|(day, step, order)| (*day, *step, order.id));
        for together in calendar.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            stream::iter(together)
                .map(async |(day, step, order)| match step {
                    Step::Place => self.place(order, "REJECT").await,
                    Step::Ship => self.ship(order, day).await,
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
        let lines: Vec<Value> = order
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

    async fn command(&self, name: &str, mut input: Value, key: &str) -> Result<(), String> {
        input["idempotencyKey"] = format!("northwind-{key}").into();
        mutate(self.api, name, input, "replayed").await?;
        (self.done)();
        Ok(())
    }
}
