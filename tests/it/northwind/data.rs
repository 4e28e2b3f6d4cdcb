//! The Northwind files: a small trading company's products, customers and orders, as they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};

use super::files::{self, number, text};

/// Names another folder than the default one.
const FOLDER: &str = "STOCKROOM_NORTHWIND";

/// Days until a bill is due.
pub const TERM: u64 = 30;

/// Something that is kept in stock.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its number in the files.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The number of who supplies it.
    pub supplier: u32,
    /// The number of its category.
    pub category: u32,
    /// What one piece costs in the list.
    pub list_price: Decimal,
    /// How much is there at the end.
    pub in_stock: Decimal,
    /// How much is ordered from the supplier, and has not come.
    pub on_order: Decimal,
}

impl Product {
    /// The SKU it gets.
    pub fn sku(&self) -> String {
        sku(self.id)
    }
}

/// A kind of product.
#[derive(Clone, Debug)]
pub struct Category {
    /// Its number in the files.
    pub id: u32,
    /// Its name.
    pub name: String,
}

/// Somebody who sells to us.
#[derive(Clone, Debug)]
pub struct Supplier {
    /// Its number in the files.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Whom to ask for.
    pub contact: String,
}

impl Supplier {
    /// The code it gets.
    pub fn code(&self) -> String {
        format!("NW-S{}", self.id)
    }
}

/// Somebody who buys.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// What was ordered of one product.
#[derive(Clone, Debug)]
pub struct Line {
    /// The product's number.
    pub product: u32,
    /// How many pieces.
    pub quantity: Decimal,
    /// What one piece costs.
    pub unit_price: Decimal,
    /// The share that is taken off.
    pub discount_rate: Decimal,
}

impl Line {
    fn exact(&self) -> Decimal {
        self.quantity * self.unit_price * (Decimal::ONE - self.discount_rate)
    }

    fn cents(&self) -> Decimal {
        self.exact()
            .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
    }
}

/// An order; days are written as the API takes them.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its number in the files.
    pub id: u32,
    /// The customer's code.
    pub customer: String,
    /// When it was placed.
    pub ordered_on: String,
    /// When it was shipped; none while it is open.
    pub shipped_on: Option<String>,
    /// What bringing it costs.
    pub freight: Decimal,
    /// What was ordered.
    pub lines: Vec<Line>,
}

impl Order {
    /// What its goods come to, each line rounded half away from zero to cents.
    pub fn net(&self) -> Decimal {
        self.lines.iter().map(Line::cents).sum()
    }

    /// What is billed when all is shipped.
    pub fn gross(&self) -> Decimal {
        self.net() + self.freight
    }

    /// The day its bill is due: 30 days after it was shipped.
    pub fn due_on(&self) -> Option<String> {
        let shipped: NaiveDate = self.shipped_on.as_ref()?.parse().ok()?;
        Some((shipped + Days::new(TERM)).to_string())
    }
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Northwind {
    /// By number.
    pub categories: Vec<Category>,
    /// By number.
    pub suppliers: Vec<Supplier>,
    /// By number.
    pub products: Vec<Product>,
    /// By code.
    pub customers: Vec<Customer>,
    /// By day and number.
    pub orders: Vec<Order>,
}

/// The SKU of a product.
pub fn sku(product: u32) -> String {
    format!("NW-{product}")
}

/// Where the files are: `STOCKROOM_NORTHWIND`, or beside the project.
pub fn folder() -> PathBuf {
    files::place(FOLDER, "northwind")
}

impl Northwind {
    /// Reads the files, or says which one cannot be read and what to do.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let mut lines = read_lines(folder)?;
        let mut orders = Vec::new();
        for row in rows(folder, "orders.csv")? {
            // Addresses have commas without quotes; what is needed comes before them.
            let id = number(&row, 0)?;
            orders.push(Order {
                id,
                customer: text(&row, 1)?,
                ordered_on: day(&row, 3)?.ok_or_else(|| format!("order {id} has no day"))?,
                shipped_on: day(&row, 5)?,
                freight: number(&row, 7)?,
                lines: lines.remove(&id).unwrap_or_default(),
            });
        }
        orders.sort_by(|a, b| (&a.ordered_on, a.id).cmp(&(&b.ordered_on, b.id)));
        let products = rows(folder, "products.csv")?
            .iter()
            .map(|row| {
                Ok(Product {
                    id: number(row, 0)?,
                    name: text(row, 1)?,
                    supplier: number(row, 2)?,
                    category: number(row, 3)?,
                    list_price: number(row, 5)?,
                    in_stock: number(row, 6)?,
                    on_order: number(row, 7)?,
                })
            })
            .collect::<Result<_, String>>()?;
        let customers = rows(folder, "customers.csv")?
            .iter()
            .map(|row| {
                Ok(Customer {
                    code: text(row, 0)?,
                    name: text(row, 1)?,
                })
            })
            .collect::<Result<_, String>>()?;
        Ok(Self {
            categories: categories(folder)?,
            suppliers: suppliers(folder)?,
            products,
            customers,
            orders,
        })
    }

    /// Orders that were shipped, by day.
    pub fn shipped(&self) -> impl Iterator<Item = &Order> {
        self.orders
            .iter()
            .filter(|order| order.shipped_on.is_some())
    }

    /// Orders that still wait, by day.
    pub fn open(&self) -> impl Iterator<Item = &Order> {
        self.orders
            .iter()
            .filter(|order| order.shipped_on.is_none())
    }

    /// The last day that anything happened on.
    pub fn last_day(&self) -> &str {
        let days = self.orders.iter().flat_map(|order| {
            let shipped = order.shipped_on.iter();
            [&order.ordered_on].into_iter().chain(shipped)
        });
        days.max().map_or("", String::as_str)
    }

    /// Orders whose bills are due by the last day, and so are paid.
    pub fn paid(&self) -> impl Iterator<Item = &Order> {
        let last = self.last_day();
        self.shipped()
            .filter(move |order| order.due_on().is_some_and(|due| *due <= *last))
    }

    /// What customers owe at the end of a day, by code: what was shipped by then and is due later.
    pub fn owed_on(&self, day: &str) -> BTreeMap<&str, Decimal> {
        let mut owed = BTreeMap::new();
        for order in self.shipped() {
            let is_billed = order
                .shipped_on
                .as_deref()
                .is_some_and(|shipped| shipped <= day);
            if is_billed && order.due_on().is_some_and(|due| *due > *day) {
                *owed.entry(order.customer.as_str()).or_default() += order.gross();
            }
        }
        owed
    }

    /// How much of a product must come in, so that it is `in_stock` when all is shipped.
    pub fn received(&self, product: &Product) -> Decimal {
        product.in_stock + demand(self.shipped(), product.id)
    }

    /// What is left for others when everybody who waits has been served.
    pub fn available(&self, product: &Product) -> Decimal {
        product.in_stock - demand(self.open(), product.id)
    }

    /// What all lines are worth, not rounded at all.
    pub fn exact_revenue(&self) -> Decimal {
        self.lines().map(Line::exact).sum()
    }

    /// What all lines are worth, each rounded half away from zero to cents.
    pub fn net_revenue(&self) -> Decimal {
        self.lines().map(Line::cents).sum()
    }

    /// Every line of every order.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.orders.iter().flat_map(|order| &order.lines)
    }
}

fn demand<'a>(orders: impl Iterator<Item = &'a Order>, product: u32) -> Decimal {
    orders
        .flat_map(|order| &order.lines)
        .filter(|line| line.product == product)
        .map(|line| line.quantity)
        .sum()
}

fn categories(folder: &Path) -> Result<Vec<Category>, String> {
    rows(folder, "categories.csv")?
        .iter()
        .map(|row| {
            Ok(Category {
                id: number(row, 0)?,
                name: text(row, 1)?,
            })
        })
        .collect()
}

fn suppliers(folder: &Path) -> Result<Vec<Supplier>, String> {
    rows(folder, "suppliers.csv")?
        .iter()
        .map(|row| {
            Ok(Supplier {
                id: number(row, 0)?,
                name: text(row, 1)?,
                contact: text(row, 2)?,
            })
        })
        .collect()
}

fn read_lines(folder: &Path) -> Result<BTreeMap<u32, Vec<Line>>, String> {
    let mut lines: BTreeMap<u32, Vec<Line>> = BTreeMap::new();
    for row in rows(folder, "order-details.csv")? {
        lines.entry(number(&row, 0)?).or_default().push(Line {
            product: number(&row, 1)?,
            unit_price: number(&row, 2)?,
            quantity: number(&row, 3)?,
            discount_rate: number(&row, 4)?,
        });
    }
    Ok(lines)
}

fn rows(folder: &Path, file: &str) -> Result<Vec<csv::StringRecord>, String> {
    let hint = format!("Put the Northwind files there, or name their folder in {FOLDER}.");
    files::rows(&folder.join(file), &hint)
}

/// `1996-07-04 00:00:00.000` is a day; `NULL` is none.
fn day(row: &csv::StringRecord, column: usize) -> Result<Option<String>, String> {
    let text = text(row, column)?;
    Ok(text
        .split_whitespace()
        .next()
        .filter(|day| *day != "NULL")
        .map(str::to_owned))
}
