//! What a server says about Northwind when it is asked, and what it should say.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::asking::{GraphQl, decimal, list, pages};
use super::data::Northwind;
use super::import::{FREIGHT, WAREHOUSE};

const ORDERS: &str = "query($after: String) { page: salesOrders(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
        externalId status fulfilmentStatus net { amount }
        lines { variant { sku } quantity unitPrice discountRate net { amount } }
        fulfilments { lines { cost { amount } } }
    }
} }";
const LEVELS: &str = "query($after: String, $filter: StockLevelFilter) {
    page: stockLevels(first: 250, after: $after, filter: $filter) {
        pageInfo { hasNextPage endCursor }
        nodes { variant { sku } onHand available incoming value { amount } }
    }
}";
const RECEIPTS: &str = "query($after: String) { page: goodsReceipts(first: 50, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { warehouse { code } lines { value { amount } } }
} }";

/// What there is of a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// What is physically there.
    pub on_hand: Decimal,
    /// What can be promised.
    pub available: Decimal,
    /// What suppliers are to bring.
    pub incoming: Decimal,
}

/// The figures of an import, read back through the API.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// By SKU.
    pub stock: BTreeMap<String, Stock>,
    /// Orders of Northwind.
    pub orders: usize,
    /// Those that are shipped in full.
    pub shipped: usize,
    /// Those that are shipped and billed in full, and so are closed.
    pub closed: usize,
    /// Lines of goods of these orders.
    pub lines: usize,
    /// `quantity × unitPrice × (1 − discountRate)` over all lines.
    pub exact_revenue: Decimal,
    /// The lines' net amounts.
    pub net_revenue: Decimal,
    /// What bringing the goods costs.
    pub freight: Decimal,
    /// The orders' net amounts.
    pub order_revenue: Decimal,
    /// What came in was worth that.
    pub received_value: Decimal,
    /// What left was worth that.
    pub shipped_cost: Decimal,
    /// What is there is worth that.
    pub stock_value: Decimal,
}

impl Books {
    /// Reads them, page by page.
    pub async fn read(api: &impl GraphQl, data: &Northwind) -> Result<Self, String> {
        let mut books = Self::default();
        let ours: BTreeSet<String> = data.orders.iter().map(|o| o.id.to_string()).collect();
        for order in pages(api, ORDERS, json!({})).await? {
            if order["externalId"]
                .as_str()
                .is_some_and(|id| ours.contains(id))
            {
                books.add_order(&order)?;
            }
        }
        let filter = json!({ "filter": { "warehouses": [{ "code": WAREHOUSE }] } });
        for level in pages(api, LEVELS, filter).await? {
            let stock = Stock {
                on_hand: decimal(&level["onHand"])?,
                available: decimal(&level["available"])?,
                incoming: decimal(&level["incoming"])?,
            };
            books.stock_value += decimal(&level["value"]["amount"])?;
            let sku = level["variant"]["sku"].as_str().unwrap_or_default();
            books.stock.insert(sku.to_owned(), stock);
        }
        for receipt in pages(api, RECEIPTS, json!({})).await? {
            if receipt["warehouse"]["code"] == WAREHOUSE {
                for line in list(&receipt["lines"])? {
                    books.received_value += decimal(&line["value"]["amount"])?;
                }
            }
        }
        Ok(books)
    }

    fn add_order(&mut self, order: &Value) -> Result<(), String> {
        self.orders += 1;
        self.shipped += usize::from(order["fulfilmentStatus"] == "FULL");
        self.closed += usize::from(order["status"] == "CLOSED");
        self.order_revenue += decimal(&order["net"]["amount"])?;
        for line in list(&order["lines"])? {
            if line["variant"]["sku"] == FREIGHT {
                self.freight += decimal(&line["net"]["amount"])?;
                continue;
            }
            let share = Decimal::ONE - decimal(&line["discountRate"])?;
            self.lines += 1;
            self.exact_revenue +=
                decimal(&line["quantity"])? * decimal(&line["unitPrice"])? * share;
            self.net_revenue += decimal(&line["net"]["amount"])?;
        }
        for fulfilment in list(&order["fulfilments"])? {
            for line in list(&fulfilment["lines"])? {
                self.shipped_cost += decimal(&line["cost"]["amount"])?;
            }
        }
        Ok(())
    }

    /// Products that are promised beyond what is there.
    pub fn oversold(&self) -> usize {
        let below_zero = |stock: &&Stock| stock.available < Decimal::ZERO;
        self.stock.values().filter(below_zero).count()
    }

    /// Everything in which the server and the files differ, computed from the files alone.
    pub fn differences(&self, data: &Northwind) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, here: Decimal, expected: Decimal| {
            if here != expected {
                found.push(format!("{what}: {here}, but the files say {expected}"));
            }
        };
        for product in &data.products {
            let sku = product.sku();
            let stock = self.stock.get(&sku).copied().unwrap_or_default();
            compare(
                &format!("on hand of {sku}"),
                stock.on_hand,
                product.in_stock,
            );
            let available = data.available(product);
            compare(&format!("available of {sku}"), stock.available, available);
            compare(
                &format!("incoming of {sku}"),
                stock.incoming,
                product.on_order,
            );
        }
        compare(
            "levels",
            self.stock.len().into(),
            data.products.len().into(),
        );
        compare("orders", self.orders.into(), data.orders.len().into());
        compare(
            "shipped orders",
            self.shipped.into(),
            data.shipped().count().into(),
        );
        compare(
            "closed orders",
            self.closed.into(),
            data.shipped().count().into(),
        );
        let freight = data.orders.iter().map(|order| order.freight).sum();
        compare("freight", self.freight, freight);
        compare("lines", self.lines.into(), data.lines().count().into());
        compare("exact revenue", self.exact_revenue, data.exact_revenue());
        compare("net revenue of lines", self.net_revenue, data.net_revenue());
        compare(
            "net revenue of orders",
            self.order_revenue,
            data.net_revenue() + freight,
        );
        let received = |p| data.received(p) * p.list_price;
        let received = data.products.iter().map(received).sum();
        compare("received value", self.received_value, received);
        let left = self.received_value - self.shipped_cost;
        compare("stock value", self.stock_value, left);
        found
    }
}
